"""Notes and links of a REFI-QDA project as memos and relations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from omnistudy.formats.reading.imported import ImportedCoding, ImportedMemo, ImportedRelation, LeftOut
from omnistudy.formats.refi.people import People
from omnistudy.formats.refi.records import RawLink, RawProject, RawText
from omnistudy.formats.refi.sources import Library
from omnistudy.formats.refi.tags import untagged
from omnistudy.formats.refi.xml import guid
from omnistudy.results import msg

_DIRECTIONS = {"associative": "associative", "bidirectional": "bidirectional"}
_IS_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class NoteTargets:
    """What refers to notes.

    Parameters
    ----------
    links
        Note, kind of thing, and its id.
    codings
        Note to places in the list of codings.
    quotations
        GUID of a selection to the id of its quotation.
    """

    links: Sequence[tuple[str, str, str]]
    codings: Mapping[str, list[int]]
    quotations: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Memos and relations; ``rounds`` and ``coding_memos`` go onto codings, by their place in the list."""

    memos: tuple[ImportedMemo, ...]
    relations: tuple[ImportedRelation, ...]
    rounds: Mapping[int, str]
    coding_memos: Mapping[int, str]
    left_out: tuple[LeftOut, ...]
    count: int

    def with_memos(self, codings: Sequence[ImportedCoding]) -> tuple[ImportedCoding, ...]:
        """Return the codings with their memos and rounds."""
        if not self.rounds and not self.coding_memos:
            return tuple(codings)
        return tuple(
            replace(coding, round=self.rounds.get(at, ""), memo=self.coding_memos.get(at, ""))
            if at in self.rounds or at in self.coding_memos
            else coding
            for at, coding in enumerate(codings)
        )


def imported_notes(
    project: RawProject,
    shelf: Library,
    targets: NoteTargets,
    codes: frozenset[str],
    people: People,
) -> Notes:
    """Resolve what every note is about, and which links are relations between codes."""
    reader = _NoteReader(project, shelf, targets, codes, people)
    reader.take_links()
    reader.take_notes()
    return Notes(
        memos=tuple(reader.memos),
        relations=tuple(reader.relations),
        rounds=reader.rounds,
        coding_memos=reader.coding_memos,
        left_out=tuple(reader.left_out()),
        count=reader.count,
    )


@dataclass
class _NoteReader:
    project: RawProject
    shelf: Library
    targets: NoteTargets
    codes: frozenset[str]
    people: People
    memos: list[ImportedMemo] = field(default_factory=list)
    relations: list[ImportedRelation] = field(default_factory=list)
    rounds: dict[int, str] = field(default_factory=dict)
    coding_memos: dict[int, str] = field(default_factory=dict)
    lost: Counter[str] = field(default_factory=Counter)
    count: int = 0

    def __post_init__(self) -> None:
        self.notes = {note.guid: note for note in self.project.memos}
        self.about: dict[str, list[tuple[str, str]]] = {}
        for note, target, at in self.targets.links:
            self._refer(note, target, at)
        for code in self.project.codes:
            for note in code.notes:
                self._refer(note, "code", code.guid)
        for note in self.project.notes:
            self._refer(note, "study", "")

    def _refer(self, note: str, target: str, at: str) -> None:
        if note in self.notes:
            places = self.about.setdefault(note, [])
            if (target, at) not in places:
                places.append((target, at))
        else:
            self.lost["references"] += 1

    def take_links(self) -> None:
        """Links between codes are relations; a link of a note says what the note is about.

        What notes are about is gathered first, because a note on a link brings its quotations with it.
        """
        relations = []
        for link in self.project.links:
            if link.origin in self.codes and link.target in self.codes and link.origin != link.target:
                relations.append(link)
            elif not self._is_about(link.origin, link.target) and not self._is_about(
                link.target, link.origin
            ):
                self.lost["links"] += 1
        for link in relations:
            self._take_relation(link)

    def _is_about(self, note: str, other: str) -> bool:
        if note not in self.notes:
            return False
        target = self._target(other)
        if target is not None:
            self._refer(note, *target)
        return target is not None

    def _target(self, reference: str) -> tuple[str, str] | None:
        if reference in self.codes:
            return "code", reference
        if reference in self.targets.quotations:
            return "quotation", self.targets.quotations[reference]
        document = self.shelf.by_guid.get(reference)
        return None if document is None or document.text is None else ("interview", document.id)

    def _take_relation(self, link: RawLink) -> None:
        told = [(note, *untagged(self.notes[note].description)) for note in link.notes if note in self.notes]
        self.lost["references"] += len(link.notes) - len(told)
        ours = next(((note, words, tags) for note, words, tags in told if _is_evidence(tags)), None)
        attached = [note for note, _, tags in told if not _is_evidence(tags)]
        for note in attached:
            self._refer(note, "relation", f"{link.origin}>{link.target}")
        direction = _DIRECTIONS.get(link.direction.casefold(), "oneway")
        if ours is None:
            evidence = [each for note in attached for each in self._of_note(note)]
            self.relations.append(
                ImportedRelation(
                    source=link.origin,
                    target=link.target,
                    type=link.name,
                    direction=direction,
                    evidence=tuple(dict.fromkeys(evidence)),
                )
            )
            return
        note, words, tags = ours
        self.relations.append(
            ImportedRelation(
                source=link.origin,
                target=link.target,
                type=tags.get("type", ""),
                direction=direction,
                polarity="-" if tags.get("polarity") == "-" else "+",
                feedback=tags.get("feedback") == "true",
                rationale=words,
                evidence=tuple(
                    self._evidence(line) for line in self._words(self.notes[note]).split("\n") if line
                ),
                origin=tags.get("origin", ""),
            )
        )

    def _of_note(self, note: str) -> list[tuple[str, str]]:
        """A note that somebody put on a link is its evidence, and so are the quotations it stands at."""
        places = self.about.get(note, [])
        return [("memo", note), *((target, at) for target, at in places if target == "quotation")]

    def _evidence(self, line: str) -> tuple[str, str]:
        reference = guid(line)
        if reference in self.targets.quotations:
            return "quotation", self.targets.quotations[reference]
        if reference in self.notes:
            return "memo", reference
        if _IS_GUID.fullmatch(reference):
            self.lost["evidence"] += 1
        return "", line.strip()

    def take_notes(self) -> None:
        """Every note that is no bookkeeping of ours is a memo of each thing that it is about."""
        for note in self.project.memos:
            words, tags = untagged(note.description)
            codings = self.targets.codings.get(note.guid, [])
            if "round" in tags:
                self.rounds.update(dict.fromkeys(codings, tags["round"]))
                continue
            if _is_evidence(tags):
                continue
            self.count += 1
            self.lost["coded memos"] += len(note.codings) + sum(len(each.codings) for each in note.selections)
            text = self._words(note)
            if words.strip():
                text = f"{words}\n\n{text}" if text else words
            self._take_memo(note, text, tags, codings)
        self._take_descriptions()

    def _take_memo(self, note: RawText, text: str, tags: Mapping[str, str], codings: Sequence[int]) -> None:
        for at in codings:
            before = self.coding_memos.get(at)
            own = text or note.name
            self.coding_memos[at] = f"{before}\n\n{own}" if before else own
        # What a relation rests on refers to the first row of a note, which must be one that is kept.
        targets = sorted(self.about.get(note.guid, []), key=lambda place: place[0] != "relation")
        if codings and not targets:
            return
        for at, (target, target_id) in enumerate(targets or [("study", "")]):
            self.memos.append(
                ImportedMemo(
                    id=note.guid if at == 0 else f"{note.guid}-{at}",
                    target=target,
                    target_id=target_id,
                    text=text,
                    title=note.name,
                    coder=self.people.name(note.user),
                    created=_date(note.created, self.project.origin),
                    proposed_id=tags.get("memo", "") if at == 0 else "",
                )
            )

    def _words(self, note: RawText) -> str:
        return note.content or self.shelf.notes.get(note.guid, "")

    def _take_descriptions(self) -> None:
        """Descriptions of the project and of documents are memos without an author."""
        ours = self.project.origin.casefold().startswith("omnistudy")
        described: list[tuple[str, str, str, str]] = []
        if not ours:
            described.append(("study", "", self.project.name, self.project.description))
        described.extend(
            ("interview", each.id, each.name, each.description)
            for each in self.shelf.documents
            if each.text is not None
        )
        for target, target_id, title, text in described:
            if text.strip():
                self.count += 1
                self.memos.append(ImportedMemo(target=target, target_id=target_id, title=title, text=text))

    def left_out(self) -> Iterator[LeftOut]:
        """Yield what found no place."""
        reasons = {
            "links": (
                msg("links"),
                msg("their ends are not two codes of the file, nor a note and what it is about"),
            ),
            "references": (msg("references to notes"), msg("the file does not hold the note")),
            "evidence": (msg("evidence of relations"), msg("the file does not hold the selection")),
            "coded memos": (msg("codings of notes"), msg("a study codes interviews only")),
        }
        for key, (what, why) in reasons.items():
            if self.lost[key]:
                yield LeftOut(what, self.lost[key], why)


def _is_evidence(tags: Mapping[str, str]) -> bool:
    """Tell whether a note is our own list of what a relation rests on."""
    return tags.get("relation") == "evidence"


def _date(written: str, origin: str) -> str:
    return written.removesuffix("T00:00:00") if origin.casefold().startswith("omnistudy") else written
