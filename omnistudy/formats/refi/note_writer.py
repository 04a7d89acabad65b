"""Memos, rounds and memos of codings as notes of a REFI-QDA project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from omnistudy.formats.refi.elements import Elements
from omnistudy.formats.refi.tags import tagged
from omnistudy.study.model import Memo, Quotation, Study

if TYPE_CHECKING:
    from lxml.etree import _Element


def refer(elements: Elements, parent: _Element, notes: Iterable[str]) -> None:
    """Let an element refer to notes."""
    for note in notes:
        elements.add(parent, "NoteRef", targetGUID=note)


def quotations_by_id(study: Study, ids: Iterable[str]) -> dict[str, Quotation]:
    """Return the quotations that these ids name, as far as they lie in an interview."""
    found: dict[str, Quotation] = {}
    for written in ids:
        parts = re.fullmatch(r"(.+):(\d{1,15})-(\d{1,15})", written.strip())
        interview = study.interview.get(parts[1]) if parts else None
        if parts and interview is not None and int(parts[2]) < int(parts[3]) <= len(interview.text):
            found[written] = Quotation(parts[1], int(parts[2]), int(parts[3]))
    return found


@dataclass
class NoteWriter:
    """The notes of one export, and which element is to refer to each of them."""

    study: Study
    elements: Elements
    notes: list[_Element] = field(default_factory=list)
    of_code: dict[str, list[str]] = field(default_factory=dict)
    of_interview: dict[str, list[str]] = field(default_factory=dict)
    of_quotation: dict[Quotation, list[str]] = field(default_factory=dict)
    of_relation: dict[str, list[str]] = field(default_factory=dict)
    of_study: list[str] = field(default_factory=list)

    def add(self, guid: str, title: str, words: str, text: str, tags: Iterable[tuple[str, str]],
              coder: str = "", created: str = "") -> str:  # fmt: skip
        """Add a note and return its GUID."""
        note = self.elements.root(
            "Note",
            guid=guid,
            name=title,
            creatingUser=self.elements.user(coder),
            creationDateTime=self.elements.created(created),
        )
        description = tagged(words, tags)
        if description:
            self.elements.add(note, "Description", description)
        self.elements.add(note, "PlainTextContent", text)
        self.notes.append(note)
        return guid

    def add_memos(self) -> None:
        """Write every memo as a note, and remember which element is to refer to it."""
        relations = {f"{relation.source}>{relation.target}" for relation in self.study.relations}
        quotations = quotations_by_id(self.study, [memo.target_id for memo in self.study.memos])
        for memo in self.study.memos:
            note = self.add(
                self.elements.guid("memo", memo.id),
                memo.title,
                "",
                memo.text,
                [("memo", memo.id)],
                memo.coder,
                memo.created,
            )
            self._attach(memo, note, relations, quotations)
        self.elements.counts["memos"] = len(self.study.memos)

    def _attach(
        self, memo: Memo, note: str, relations: set[str], quotations: Mapping[str, Quotation]
    ) -> None:
        key = memo.target_id.replace(" ", "")
        if memo.target == "code" and memo.target_id in self.study.codebook:
            self.of_code.setdefault(memo.target_id, []).append(note)
        elif memo.target == "interview" and memo.target_id in self.study.interview:
            self.of_interview.setdefault(memo.target_id, []).append(note)
        elif memo.target == "quotation" and memo.target_id in quotations:
            self.of_quotation.setdefault(quotations[memo.target_id], []).append(note)
        elif memo.target == "relation" and key in relations:
            self.of_relation.setdefault(key, []).append(note)
        else:
            self.elements.lost["targets of memos"] += memo.target != "study"
            self.of_study.append(note)

    def add_rounds(self) -> None:
        """Add a note for every named round, to which its codings refer."""
        for name in self.study.rounds:
            if name:
                self.add(self.elements.guid("round", name), f"Round: {name}", "", name, [("round", name)])
