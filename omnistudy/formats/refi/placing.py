"""Selections and codings of a REFI-QDA project, put into their texts or counted as lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from omnistudy.formats.reading.dialect import Dialect, Ruler
from omnistudy.formats.reading.dialect_choice import Choice, StoredSpan
from omnistudy.formats.reading.imported import Check, ImportedCoding, ImportedQuotation
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.refi.codes import CodeTree
from omnistudy.formats.refi.notes import NoteTargets
from omnistudy.formats.refi.offsets import RefiText, checked_name, habit_of, judge
from omnistudy.formats.refi.people import People
from omnistudy.formats.refi.records import RawCoding, RawProject, RawSelection
from omnistudy.formats.refi.sources import Document, Library


@dataclass
class Placing:
    """Selections and codings on their way into the study's terms; lives as long as one reading.

    ``lost`` counts by reason, ``area_codings`` by kind of place, code and coder.
    """

    project: RawProject
    shelf: Library
    canonical: Mapping[str, str]
    tree: CodeTree
    people: People
    choices: list[Choice] = field(default_factory=list)
    quotations: dict[str, ImportedQuotation] = field(default_factory=dict)
    quotation_ids: dict[str, str] = field(default_factory=dict)  # GUID of a selection to its quotation
    codings: list[ImportedCoding] = field(default_factory=list)
    case_members: dict[str, set[str]] = field(default_factory=dict)  # case to documents coded with it
    coding_notes: dict[str, list[int]] = field(default_factory=dict)  # note to codings
    note_links: list[tuple[str, str, str]] = field(default_factory=list)  # note, target, target id
    steps: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    area_codings: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    areas: Counter[str] = field(default_factory=Counter)
    selections: int = 0
    all_codings: int = 0

    def __post_init__(self) -> None:
        self.code_ids = self.tree.ids
        self.cases = {case.guid for case in self.project.cases}
        self.names = {code.id: " > ".join(code.path) for code in self.tree.codes}

    def place(self, options: ReadOptions, file: str) -> None:
        """Turn every selection into a quotation and every coding into a coding, or count it as lost."""
        for inline in (False, True):
            texts = {
                each.id: each.text
                for each in self.shelf.documents
                if each.text is not None and each.text.inline is inline
            }
            documents = [each for each in self.shelf.documents if each.id in texts]
            if not documents:
                continue
            spans = (span for each in documents for _, span in self._spans(each))
            habit = habit_of(self.project.origin, inline=inline)
            choice = judge(texts, self.canonical, spans, habit, options, file)
            self.choices.append(choice)
            for document in documents:
                self._place_document(document, texts[document.id], choice.dialect)
        for document in self.shelf.documents:
            if document.text is None:
                self._place_unseen(document)
        self._place_media()

    def _spans(self, document: Document) -> Iterator[tuple[RawSelection, StoredSpan]]:
        for selection in document.selections:
            start, end = self._positions(document, selection)
            if start is not None and end is not None:
                name = "" if selection.kind == "TranscriptSelection" else selection.name
                yield selection, StoredSpan(document.id, start, end, name)

    def _positions(self, document: Document, selection: RawSelection) -> tuple[int | None, int | None]:
        written = (selection.start, selection.end)
        if selection.kind == "TranscriptSelection":
            written = (document.sync.get(selection.start, ""), document.sync.get(selection.end, ""))
        return _whole(written[0]), _whole(written[1])

    def _place_document(self, document: Document, held: RefiText, dialect: Dialect) -> None:
        text = self.canonical[document.id]
        ruler = Ruler(held.decoded, dialect)
        spans = {id(selection): span for selection, span in self._spans(document)}
        for selection in document.selections:
            stored = spans.get(id(selection))
            named = None if stored is None else ruler.span(stored.start, stored.end)
            place, check, shift, name = checked_name(text, named, selection.name)
            self._take(document, selection, place, check, shift, name)
        self._take_whole(document, len(text))

    def _place_unseen(self, document: Document) -> None:
        """Keep the positions as the file gives them: without the text, nothing can be said of them."""
        spans = {id(selection): span for selection, span in self._spans(document)}
        for selection in document.selections:
            stored = spans.get(id(selection))
            place = (stored.start, stored.end) if stored and 0 <= stored.start <= stored.end else None
            self._take(document, selection, place, Check.UNVERIFIED, 0, selection.name)
        self._take_whole(document, 0)

    def _take(
        self,
        document: Document,
        selection: RawSelection,
        place: tuple[int, int] | None,
        check: Check,
        shift: int,
        name: str,
    ) -> None:
        self.selections += 1
        self.all_codings += len(selection.codings)
        if place is None:
            self.lost["selections"] += 1
            self.lost["codings of lost selections"] += len(selection.codings)
            self._note(selection.notes, "interview", document)
            return
        quotation_id = selection.guid or f"selection-{self.selections}"
        if quotation_id in self.quotations:
            quotation_id = f"{quotation_id}-{self.selections}"
        self.quotation_ids.setdefault(selection.guid, quotation_id)
        self.quotations[quotation_id] = ImportedQuotation(
            id=quotation_id,
            source=document.id,
            start=place[0],
            end=place[1],
            check=check,
            shift=shift,
            coder=self.people.name(selection.user),
            name=name,
            comment=selection.description,
        )
        self.note_links.extend((note, "quotation", quotation_id) for note in selection.notes)
        for coding in selection.codings:
            self._take_coding(coding, quotation_id, document, selection.user)

    def _take_whole(self, document: Document, length: int) -> None:
        """Codings directly under a source are about all of it."""
        self.all_codings += len(document.codings)
        whole = f"document-{document.id}"
        for coding in document.codings:
            if coding.code in self.code_ids and whole not in self.quotations:
                self.quotations[whole] = ImportedQuotation(id=whole, source=document.id, start=0, end=length)
            self._take_coding(coding, whole, document, "")
        self._note(document.notes, "interview", document)

    def _take_coding(self, coding: RawCoding, quotation: str, document: Document, user: str) -> None:
        if coding.code in self.cases and coding.code not in self.code_ids:
            self.case_members.setdefault(coding.code, set()).add(document.id)
            self.lost["case codings"] += 1
            return
        if coding.code not in self.code_ids:
            self.lost["codings without a code"] += 1
            return
        coder, step = self.people.coder(coding.user, user, document.user)
        self.steps[step] += 1
        for note in coding.notes:
            self.coding_notes.setdefault(note, []).append(len(self.codings))
        self.codings.append(
            ImportedCoding(
                quotation=quotation,
                code=coding.code,
                coder=coder,
                created=self._created(coding.created),
                coder_from=step,
            )
        )

    def _created(self, written: str) -> str:
        """Return a time as the study writes it: our own exports hold dates as midnights."""
        ours = self.project.origin.casefold().startswith("omnistudy")
        return written.removesuffix("T00:00:00") if ours else written

    def _note(self, notes: Iterable[str], target: str, document: Document) -> None:
        has_text = document.text is not None
        self.note_links.extend((note, target, document.id) for note in notes if has_text)

    def _place_media(self) -> None:
        codings: dict[str, set[tuple[str, str]]] = {}
        for coding in self.codings:
            codings.setdefault(coding.quotation, set()).add((coding.code, coding.coder))
        for medium in self.project.media:
            document = self.shelf.by_guid.get(medium.guid)
            twins = self._text_twins(document)
            for selection in medium.selections:
                self.selections += 1
                self.all_codings += len(selection.codings)
                twin = twins.get((selection.name, selection.user, selection.created))
                if selection.kind == "PDFSelection" and twin is not None:
                    self._join(selection, twin, codings.setdefault(twin, set()))
                    continue
                self.areas[selection.kind] += 1
                self._count_areas(selection.codings, selection.kind, selection.user, medium.user)
                if document is not None:
                    self._note(selection.notes, "interview", document)
        for medium in self.shelf.bare:
            self.all_codings += len(medium.codings)
            self._count_areas(medium.codings, medium.kind, "", medium.user)
            self.lost["values"] += len(medium.values)
            document = self.shelf.by_guid.get(medium.guid)
            if document is not None:
                self._note(medium.notes, "interview", document)

    def _text_twins(self, document: Document | None) -> Mapping[tuple[str, str, str], str]:
        """Return text quotations by what a rectangle on a page shares with its quotation."""
        return {
            (each.name, each.user, each.created): self.quotation_ids[each.guid]
            for each in reversed(document.selections if document is not None else [])
            if each.guid in self.quotation_ids and (each.name or each.created)
        }

    def _join(self, selection: RawSelection, twin: str, there: set[tuple[str, str]]) -> None:
        """Count a rectangle and its codings as the quotation's own, and keep what only the rectangle has."""
        self.lost["rectangles"] += 1
        document = self.shelf.by_guid[self.quotations[twin].source]
        for coding in selection.codings:
            coder, _ = self.people.coder(coding.user, selection.user, document.user)
            if (coding.code, coder) in there:
                self.lost["codings of rectangles"] += 1
            else:
                self._take_coding(coding, twin, document, selection.user)
                there.add((coding.code, coder))
        self.note_links.extend((note, "quotation", twin) for note in selection.notes)

    def _count_areas(self, codings: Iterable[RawCoding], kind: str, user: str, source_user: str) -> None:
        for coding in codings:
            coder, _ = self.people.coder(coding.user, user, source_user)
            self.area_codings[kind, self.names.get(coding.code, coding.code), coder] += 1

    def note_targets(self) -> NoteTargets:
        """Return what every note is about, as far as selections, sources and codings say."""
        return NoteTargets(self.note_links, self.coding_notes, self.quotation_ids)


def _whole(written: str) -> int | None:
    text = written.strip()
    return int(text) if text.removeprefix("-").isdecimal() and len(text) <= 18 else None
