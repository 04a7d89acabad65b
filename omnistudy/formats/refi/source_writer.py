"""Interviews as sources and cases of a REFI-QDA project, with their selections and codings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING

from omnistudy.formats.exported import KeptTables
from omnistudy.formats.refi.codebook_writer import code_guid
from omnistudy.formats.refi.elements import Elements
from omnistudy.formats.refi.note_writer import NoteWriter, quotations_by_id, refer
from omnistudy.formats.refi.offsets import NAME_LENGTH
from omnistudy.formats.refi.xml import guid as normal_guid
from omnistudy.study.model import Coding, Interview, Quotation, Study

if TYPE_CHECKING:
    from lxml.etree import _Element

_IS_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INTEGER = re.compile(r"0|-?[1-9]\d{0,17}")
_OWN_COLUMNS = frozenset({"original_name", "text_sha256"})


@dataclass
class SourceWriter:
    """The sources of one export; ``selections`` finds the GUID of a quotation's selection by its id."""

    study: Study
    elements: Elements
    notes: NoteWriter
    kept: KeptTables
    nvivo: bool
    selections: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)

    def add_variables(self, root: _Element) -> None:
        """Add a variable per attribute, of the narrowest type that holds all of its values."""
        columns: dict[str, list[str]] = {}
        for interview in self.study.interviews:
            for column, value in _attributes(interview).items():
                columns.setdefault(column, []).append(value)
        self.types = {column: _type_of(values) for column, values in columns.items()}
        if columns:
            variables = self.elements.add(root, "Variables")
            for column, kind in self.types.items():
                guid = self.elements.guid("variable", column)
                self.elements.add(variables, "Variable", guid=guid, name=column, typeOfVariable=kind)
        self.elements.counts["variables"] = len(columns)

    def _values(self, parent: _Element, interview: Interview) -> None:
        for column, value in _attributes(interview).items():
            element = self.elements.add(parent, "VariableValue")
            self.elements.add(element, "VariableRef", targetGUID=self.elements.guid("variable", column))
            self.elements.add(element, f"{self.types[column]}Value", value)

    def add_sources(self, root: _Element) -> None:
        """Add a case and a source per interview, both with its attributes."""
        if not self.study.interviews:
            return
        cases = self.elements.add(root, "Cases")
        for interview in self.study.interviews:
            case = self.elements.add(
                cases, "Case", guid=self.elements.guid("case", interview.id), name=interview.id
            )
            self._values(case, interview)
            self.elements.add(case, "SourceRef", targetGUID=self.elements.guid("source", interview.id))
        by_interview: dict[str, list[Coding]] = {}
        for coding in self.study.codings:
            by_interview.setdefault(coding.quotation.interview, []).append(coding)
        described = self._described()
        bare: dict[str, set[Quotation]] = {}
        for quotation in (*self.notes.of_quotation, *self._evidence(), *described):
            bare.setdefault(quotation.interview, set()).add(quotation)
        sources = self.elements.add(root, "Sources")
        for interview in self.study.interviews:
            self._source(
                sources,
                interview,
                by_interview.get(interview.id, []),
                bare.get(interview.id, set()),
                described,
            )
        self.elements.counts["interviews"] = len(self.study.interviews)

    def _evidence(self) -> Iterable[Quotation]:
        ids = [each for relation in self.study.relations for each in relation.evidence]
        return quotations_by_id(self.study, ids).values()

    def _described(self) -> dict[Quotation, tuple[str, str, str]]:
        """Return coder, name and comment of the quotations of quotations.csv."""
        found: dict[Quotation, tuple[str, str, str]] = {}
        for row in self.kept.quotations:
            written = f"{row.get('interview', '')}:{row.get('start', '')}-{row.get('end', '')}"
            for quotation in quotations_by_id(self.study, [written]).values():
                more = (row.get("coder", ""), row.get("name", ""), row.get("comment", ""))
                if quotation in found:
                    self.elements.lost["further names"] += 1
                found.setdefault(quotation, more)
        return found

    def _source(
        self,
        sources: _Element,
        interview: Interview,
        codings: list[Coding],
        bare: set[Quotation],
        described: Mapping[Quotation, tuple[str, str, str]],
    ) -> None:
        guid = self.elements.guid("source", interview.id)
        source = self.elements.add(
            sources, "TextSource", guid=guid, name=interview.id, plainTextPath=f"internal://{guid}.txt"
        )
        position = _positions(interview.text) if self.nvivo else None
        whole = Quotation(interview.id, 0, len(interview.text))
        of_document: list[Coding] = []
        by_quotation: dict[Quotation, list[Coding]] = {quotation: [] for quotation in bare}
        for coding in codings:
            if coding.quotation == whole and "#document-" in coding.source:
                of_document.append(coding)
            else:
                by_quotation.setdefault(coding.quotation, []).append(coding)
        for quotation in sorted(by_quotation):
            given = sorted(by_quotation[quotation], key=_coding_order)
            groups = [[each] for each in given] if self.nvivo and given else [given]
            for at, group in enumerate(groups):
                self._selection(source, interview, quotation, group, position, described, first=at == 0)
        for coding in sorted(of_document, key=_coding_order):
            self._coding(source, coding)
        refer(self.elements, source, self.notes.of_interview.get(interview.id, ()))
        self._values(source, interview)

    def _selection(
        self,
        source: _Element,
        interview: Interview,
        quotation: Quotation,
        codings: list[Coding],
        position: list[int] | None,
        described: Mapping[Quotation, tuple[str, str, str]],
        *,
        first: bool,
    ) -> None:
        coder, name, comment = described.get(quotation, ("", "", "")) if first else ("", "", "")
        guid = self._selection_guid(quotation, codings)
        self.selections.setdefault(quotation.id, guid)
        ends = (quotation.start, quotation.end)
        start, end = ends if position is None else (position[ends[0]], position[ends[1]])
        selection = self.elements.add(
            source,
            "PlainTextSelection",
            guid=guid,
            name=name or _name(interview.text[slice(*ends)]),
            startPosition=str(start),
            endPosition=str(end),
            creatingUser=self.elements.user(coder or (codings[0].coder if codings else "")),
        )
        if comment:
            self.elements.add(selection, "Description", comment)
        for coding in codings:
            self._coding(selection, coding)
        if first:
            refer(self.elements, selection, self.notes.of_quotation.get(quotation, ()))
        self.elements.counts["quotations"] += first

    def _selection_guid(self, quotation: Quotation, codings: list[Coding]) -> str:
        """Return the GUID that the quotation was imported with, else one made from its place."""
        for coding in codings:
            kept = normal_guid(coding.source.rpartition("#")[2])
            if _IS_GUID.fullmatch(kept) and kept not in self.used:
                self.used.add(kept)
                return kept
        part = _coding_order(codings[0]) if self.nvivo and codings else ()
        return self.elements.guid("selection", quotation.id, *part)

    def _coding(self, parent: _Element, coding: Coding) -> None:
        guid = self.elements.guid("coding", coding.quotation.id, *_coding_order(coding))
        element = self.elements.add(
            parent,
            "Coding",
            guid=guid,
            creatingUser=self.elements.user(coding.coder),
            creationDateTime=self.elements.created(coding.created),
        )
        self.elements.add(element, "CodeRef", targetGUID=code_guid(self.study, coding.code))
        if coding.memo:
            note = self.elements.guid("coding memo", guid)
            self.notes.add(note, "", "", coding.memo, [], coding.coder, coding.created)
            refer(self.elements, element, [note])
        if coding.round:
            refer(self.elements, element, [self.elements.guid("round", coding.round)])
        self.elements.counts["codings"] += 1


def _coding_order(coding: Coding) -> tuple[str, str, str]:
    return coding.coder, coding.code, coding.round


def _name(words: str) -> str:
    name = " ".join(words.split())
    return name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1].rstrip()}…"


def _positions(text: str) -> list[int]:
    """Return the UTF-16 units before every code point, a line end as two, without the byte order mark."""
    sizes = (2 if character == "\n" else 1 + (character > "\uffff") for character in text)
    return list(accumulate(sizes, initial=0))


def _attributes(interview: Interview) -> dict[str, str]:
    values = {"order": str(interview.order), "date": interview.date or ""}
    values |= {column: value for column, value in interview.attributes.items() if column not in _OWN_COLUMNS}
    return {column: value for column, value in values.items() if column and value}


def _type_of(values: Iterable[str]) -> str:
    values = list(values)
    if all(_INTEGER.fullmatch(value) for value in values):
        return "Integer"
    return "Date" if all(map(_is_date, values)) else "Text"


def _is_date(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
