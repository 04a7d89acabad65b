"""A study as a REFI-QDA project (.qdpx), valid against the schema and the same bytes every time.

Texts are UTF-8 with LF and no byte order mark, positions are code points, ends exclusive; for NVivo they
are UTF-16 units of texts with CRLF and a byte order mark, one selection per coding. The paradigm model
goes as links, one set per role, and a graph. Source: REFI-QDA standard 1.5 and its Project schema.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING

from omnistudy import __version__
from omnistudy.formats.exported import (
    NO_TABLES,
    WATERMARK,
    Exported,
    KeptTables,
    date_time,
    frozen,
    illegal_characters,
    legal,
    packed,
    stable_guid,
)
from omnistudy.formats.imported import LeftOut
from omnistudy.formats.refi_codebook_xml import (
    SET_NAMES,
    add_codes,
    code_guid,
    code_names,
    codes_by_role,
    name_warnings,
)
from omnistudy.formats.refi_offsets import NAME_LENGTH
from omnistudy.formats.refi_tags import tagged
from omnistudy.formats.refi_xml import guid as normal_guid
from omnistudy.results import msg
from omnistudy.study.model import CoderKind, Coding, Interview, Memo, Quotation, Study
from omnistudy.text.keys import match_key

if TYPE_CHECKING:
    from lxml.etree import _Element

SPACE = "urn:QDA-XML:project:1.0"
_IS_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INTEGER = re.compile(r"0|-?[1-9]\d{0,17}")
_OWN_COLUMNS = frozenset({"original_name", "text_sha256"})


def export_qdpx(study: Study, *, nvivo: bool = False, kept: KeptTables = NO_TABLES) -> Exported:
    """Return a study as a .qdpx.

    Parameters
    ----------
    study
        The study.
    nvivo
        Count, split and encode as NVivo for Windows does.
    kept
        Names, comments and bare quotations, and groups, that earlier imports left in the study.

    Returns
    -------
    Exported
        With a list of what REFI-QDA has no place for.
    """
    writer = _Writer(study, nvivo, kept)
    project = writer.project()
    members = {"project.qde": project}
    for interview in study.interviews:
        text = interview.text
        data = "\ufeff" + text.replace("\n", "\r\n") if nvivo else text
        if not nvivo and text.startswith("\ufeff"):
            data = f"\ufeff{text}"  # readers take one mark for the file's
        members[f"sources/{writer.guid('source', interview.id)}.txt"] = data.encode("utf-8", "replace")
    return Exported(
        data=packed(members),
        counts=frozen(writer.counts),
        left_out=tuple(writer.left_out()),
        warnings=tuple(name_warnings(study)),
    )


@dataclass
class _Writer:
    """The XML of one export while it is made."""

    study: Study
    nvivo: bool
    kept: KeptTables
    counts: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    notes: list[_Element] = field(default_factory=list)
    code_notes: dict[str, list[str]] = field(default_factory=dict)
    interview_notes: dict[str, list[str]] = field(default_factory=dict)
    quotation_notes: dict[Quotation, list[str]] = field(default_factory=dict)
    relation_notes: dict[str, list[str]] = field(default_factory=dict)
    study_notes: list[str] = field(default_factory=list)
    selections: dict[str, str] = field(default_factory=dict)  # quotation id to the GUID of its selection
    used: set[str] = field(default_factory=set)

    def guid(self, kind: str, *parts: str) -> str:
        return stable_guid(self.study.id, kind, *parts)

    def _add(
        self, parent: _Element | None, name: str, text: str | None = None, **attributes: str
    ) -> _Element:
        from lxml import etree

        tag = f"{{{SPACE}}}{name}"
        given = {key: self._legal(value) for key, value in attributes.items() if value}
        if parent is None:
            element = etree.Element(tag, given, nsmap={None: SPACE})
        else:
            element = etree.SubElement(parent, tag, given)
        if text is not None:
            element.text = self._legal(text)
        return element

    def _legal(self, text: str) -> str:
        if text.isprintable():
            return text
        self.lost["characters"] += illegal_characters(text)
        return legal(text)

    def _refer(self, parent: _Element, notes: Iterable[str]) -> None:
        for note in notes:
            self._add(parent, "NoteRef", targetGUID=note)

    def _user(self, coder: str) -> str:
        return self.guid("user", coder) if coder else ""

    def project(self) -> bytes:
        """Return the project.qde."""
        from lxml import etree

        study = self.study
        root = self._add(
            None,
            "Project",
            name=study.settings.study.title or study.id,
            origin=f"omnistudy {__version__}{' for NVivo' if self.nvivo else ''}",
        )
        self._users(root)
        self._sort_memos()
        self._rounds()
        if study.codebook.codes:
            codes = self._add(self._add(root, "CodeBook"), "Codes")
            add_codes(codes, study, self.code_notes)
            self.counts["codes"] = len(study.codebook.codes)
        self._variables(root)
        self._cases_and_sources(root)
        links = self._links()
        if self.notes:
            self._add(root, "Notes").extend(self.notes)
        if links is not None:
            root.append(links)
        self._sets(root)
        self._graph(root)
        if study.synthetic:
            self._add(root, "Description", WATERMARK)
        self._refer(root, self.study_notes)
        return etree.tostring(root, xml_declaration=True, encoding="utf-8")

    def _users(self, root: _Element) -> None:
        study = self.study
        coders = dict.fromkeys(coder.id for coder in study.coders)
        coders |= dict.fromkeys(memo.coder for memo in study.memos)
        coders |= dict.fromkeys(row.get("coder", "") for row in self.kept.quotations)
        coders.pop("", None)
        if coders:
            users = self._add(root, "Users")
            for coder in coders:
                self._add(users, "User", guid=self._user(coder), name=coder)
        self.counts["coders"] = len(coders)
        self.lost["kinds of coders"] = sum(
            coder.kind is not CoderKind.HUMAN
            and not (coder.kind is CoderKind.CONSENSUS and match_key(coder.id) == "consensus")
            for coder in study.coders
        )

    def _note(self, guid: str, title: str, words: str, text: str, tags: Iterable[tuple[str, str]],
              coder: str = "", created: str = "") -> str:  # fmt: skip
        note = self._add(
            None,
            "Note",
            guid=guid,
            name=title,
            creatingUser=self._user(coder),
            creationDateTime=self._created(created),
        )
        description = tagged(words, tags)
        if description:
            self._add(note, "Description", description)
        self._add(note, "PlainTextContent", text)
        self.notes.append(note)
        return guid

    def _created(self, written: str) -> str:
        moment = date_time(written) if written else ""
        if written and not moment:
            self.lost["times"] += 1
        return moment

    def _sort_memos(self) -> None:
        """Write every memo as a note, and remember which element is to refer to it."""
        relations = {f"{relation.source}>{relation.target}" for relation in self.study.relations}
        quotations = self._quotations_by_id([memo.target_id for memo in self.study.memos])
        for memo in self.study.memos:
            note = self._note(
                self.guid("memo", memo.id),
                memo.title,
                "",
                memo.text,
                [("memo", memo.id)],
                memo.coder,
                memo.created,
            )
            self._attach(memo, note, relations, quotations)
        self.counts["memos"] = len(self.study.memos)

    def _attach(
        self, memo: Memo, note: str, relations: set[str], quotations: Mapping[str, Quotation]
    ) -> None:
        key = memo.target_id.replace(" ", "")
        if memo.target == "code" and memo.target_id in self.study.codebook:
            self.code_notes.setdefault(memo.target_id, []).append(note)
        elif memo.target == "interview" and memo.target_id in self.study.interview:
            self.interview_notes.setdefault(memo.target_id, []).append(note)
        elif memo.target == "quotation" and memo.target_id in quotations:
            self.quotation_notes.setdefault(quotations[memo.target_id], []).append(note)
        elif memo.target == "relation" and key in relations:
            self.relation_notes.setdefault(key, []).append(note)
        else:
            self.lost["targets of memos"] += memo.target != "study"
            self.study_notes.append(note)

    def _quotations_by_id(self, ids: Iterable[str]) -> dict[str, Quotation]:
        """Return the quotations that these ids name, as far as they lie in an interview."""
        found: dict[str, Quotation] = {}
        for written in ids:
            parts = re.fullmatch(r"(.+):(\d{1,15})-(\d{1,15})", written.strip())
            interview = self.study.interview.get(parts[1]) if parts else None
            if parts and interview is not None and int(parts[2]) < int(parts[3]) <= len(interview.text):
                found[written] = Quotation(parts[1], int(parts[2]), int(parts[3]))
        return found

    def _rounds(self) -> None:
        for name in self.study.rounds:
            if name:
                self._note(self.guid("round", name), f"Round: {name}", "", name, [("round", name)])

    def _variables(self, root: _Element) -> None:
        columns: dict[str, list[str]] = {}
        for interview in self.study.interviews:
            for column, value in _attributes(interview).items():
                columns.setdefault(column, []).append(value)
        self.types = {column: _type_of(values) for column, values in columns.items()}
        if columns:
            variables = self._add(root, "Variables")
            for column, kind in self.types.items():
                guid = self.guid("variable", column)
                self._add(variables, "Variable", guid=guid, name=column, typeOfVariable=kind)
        self.counts["variables"] = len(columns)

    def _values(self, parent: _Element, interview: Interview) -> None:
        for column, value in _attributes(interview).items():
            element = self._add(parent, "VariableValue")
            self._add(element, "VariableRef", targetGUID=self.guid("variable", column))
            self._add(element, f"{self.types[column]}Value", value)

    def _cases_and_sources(self, root: _Element) -> None:
        if not self.study.interviews:
            return
        cases = self._add(root, "Cases")
        for interview in self.study.interviews:
            case = self._add(cases, "Case", guid=self.guid("case", interview.id), name=interview.id)
            self._values(case, interview)
            self._add(case, "SourceRef", targetGUID=self.guid("source", interview.id))
        by_interview: dict[str, list[Coding]] = {}
        for coding in self.study.codings:
            by_interview.setdefault(coding.quotation.interview, []).append(coding)
        bare = {*self.quotation_notes, *self._evidence()}
        described = self._described()
        bare |= set(described)
        sources = self._add(root, "Sources")
        for interview in self.study.interviews:
            self._source(
                sources,
                interview,
                by_interview.get(interview.id, []),
                {each for each in bare if each.interview == interview.id},
                described,
            )
        self.counts["interviews"] = len(self.study.interviews)

    def _evidence(self) -> Iterable[Quotation]:
        ids = [each for relation in self.study.relations for each in relation.evidence]
        return self._quotations_by_id(ids).values()

    def _described(self) -> dict[Quotation, tuple[str, str, str]]:
        """Return coder, name and comment of the quotations of quotations.csv."""
        found: dict[Quotation, tuple[str, str, str]] = {}
        for row in self.kept.quotations:
            written = f"{row.get('interview', '')}:{row.get('start', '')}-{row.get('end', '')}"
            for quotation in self._quotations_by_id([written]).values():
                more = (row.get("coder", ""), row.get("name", ""), row.get("comment", ""))
                if quotation in found:
                    self.lost["further names"] += 1
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
        guid = self.guid("source", interview.id)
        source = self._add(
            sources, "TextSource", guid=guid, name=interview.id, plainTextPath=f"internal://{guid}.txt"
        )
        position = _positions(interview.text) if self.nvivo else None
        whole = Quotation(interview.id, 0, len(interview.text))
        of_document = [each for each in codings if each.quotation == whole and "#document-" in each.source]
        by_quotation: dict[Quotation, list[Coding]] = {quotation: [] for quotation in bare}
        for coding in codings:
            if coding not in of_document:
                by_quotation.setdefault(coding.quotation, []).append(coding)
        for quotation in sorted(by_quotation):
            given = sorted(by_quotation[quotation], key=_coding_order)
            groups = [[each] for each in given] if self.nvivo and given else [given]
            for at, group in enumerate(groups):
                self._selection(source, interview, quotation, group, position, described, first=at == 0)
        for coding in sorted(of_document, key=_coding_order):
            self._coding(source, coding)
        self._refer(source, self.interview_notes.get(interview.id, ()))
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
        selection = self._add(
            source,
            "PlainTextSelection",
            guid=guid,
            name=name or _name(interview.text[slice(*ends)]),
            startPosition=str(start),
            endPosition=str(end),
            creatingUser=self._user(coder or (codings[0].coder if codings else "")),
        )
        if comment:
            self._add(selection, "Description", comment)
        for coding in codings:
            self._coding(selection, coding)
        if first:
            self._refer(selection, self.quotation_notes.get(quotation, ()))
        self.counts["quotations"] += first

    def _selection_guid(self, quotation: Quotation, codings: list[Coding]) -> str:
        """Return the GUID that the quotation was imported with, else one made from its place."""
        for coding in codings:
            kept = normal_guid(coding.source.rpartition("#")[2])
            if _IS_GUID.fullmatch(kept) and kept not in self.used:
                self.used.add(kept)
                return kept
        part = _coding_order(codings[0]) if self.nvivo and codings else ()
        return self.guid("selection", quotation.id, *part)

    def _coding(self, parent: _Element, coding: Coding) -> None:
        guid = self.guid("coding", coding.quotation.id, *_coding_order(coding))
        element = self._add(
            parent,
            "Coding",
            guid=guid,
            creatingUser=self._user(coding.coder),
            creationDateTime=self._created(coding.created),
        )
        self._add(element, "CodeRef", targetGUID=code_guid(self.study, coding.code))
        if coding.memo:
            note = self.guid("coding memo", guid)
            self._note(note, "", "", coding.memo, [], coding.coder, coding.created)
            self._refer(element, [note])
        if coding.round:
            self._refer(element, [self.guid("round", coding.round)])
        self.counts["codings"] += 1

    def _links(self) -> _Element | None:
        if not self.study.relations:
            return None
        links = self._add(None, "Links")
        told: set[str] = set()
        for relation in self.study.relations:
            key = (relation.source, relation.target, relation.type, relation.polarity)
            note = self._note(
                self.guid("relation note", *key),
                f"Evidence: {relation.source} > {relation.target}",
                relation.rationale,
                "\n".join(self._reference(each) for each in relation.evidence),
                [
                    ("relation", "evidence"),
                    ("type", relation.type),
                    ("polarity", relation.polarity),
                    ("feedback", "true" if relation.feedback else ""),
                ],
            )
            link = self._add(
                links,
                "Link",
                guid=self.guid("relation", *key),
                name=relation.type or "is related to",
                direction="OneWay",
                originGUID=code_guid(self.study, relation.source),
                targetGUID=code_guid(self.study, relation.target),
            )
            ends = f"{relation.source}>{relation.target}"
            memos = [] if ends in told else self.relation_notes.get(ends, [])
            told.add(ends)
            self._refer(link, [note, *memos])
        self.counts["relations"] = len(self.study.relations)
        return links

    def _reference(self, evidence: str) -> str:
        """Return the GUID of a quotation or memo; what is neither stays as it is written."""
        if evidence in self.selections:
            return self.selections[evidence]
        if any(memo.id == evidence for memo in self.study.memos):
            return self.guid("memo", evidence)
        return evidence

    def _sets(self, root: _Element) -> None:
        roles = codes_by_role(self.study)
        groups: dict[str, list[Mapping[str, str]]] = {}
        for row in self.kept.sets:
            groups.setdefault(row.get("set", ""), []).append(row)
        if not roles and not groups:
            return
        sets = self._add(root, "Sets")
        for role, codes in roles.items():
            group = self._add(sets, "Set", guid=self.guid("set", role), name=SET_NAMES[role])
            self._add(group, "Description", tagged("", [("role", role)]))
            for code in codes:
                self._add(group, "MemberCode", targetGUID=code_guid(self.study, code))
        for name, rows in groups.items():
            group = self._add(sets, "Set", guid=self.guid("group", name))
            group.set("name", self._legal(name))
            self._members(group, rows)
        self.counts["sets"] = len(roles) + len(groups)

    def _members(self, group: _Element, rows: Iterable[Mapping[str, str]]) -> None:
        members = [(row.get("member_type", ""), row.get("member", "")) for row in rows]
        for kind, member in members:
            if kind == "code" and member in self.study.codebook:
                self._add(group, "MemberCode", targetGUID=code_guid(self.study, member))
        for kind, member in members:
            if kind == "source" and member in self.study.interview:
                self._add(group, "MemberSource", targetGUID=self.guid("source", member))
        known = {*self.study.interview, *(code.id for code in self.study.codebook)}
        self.lost["members of groups"] += sum(bool(member) and member not in known for _, member in members)

    def _graph(self, root: _Element) -> None:
        """Draw the paradigm model: a column per role, an edge per relation, dashed where it has no evidence."""
        study, names = self.study, code_names(self.study)
        if not study.relations:
            return
        columns: dict[str, list[str]] = {}
        ends = dict.fromkeys(end for each in study.relations for end in (each.source, each.target))
        for code in ends:
            columns.setdefault(str(study.codebook.role_of(code) or "~"), []).append(code)
        graph = self._add(self._add(root, "Graphs"), "Graph", guid=self.guid("graph"), name="Paradigm model")
        for across, role in enumerate(sorted(columns)):
            for down, code in enumerate(columns[role]):
                x, y = 40 + 280 * across, 40 + 90 * down
                self._add(
                    graph,
                    "Vertex",
                    guid=self.guid("vertex", code),
                    representedGUID=code_guid(study, code),
                    name=names[code],
                    firstX=str(x),
                    firstY=str(y),
                    secondX=str(x + 220),
                    secondY=str(y + 60),
                    shape="Rectangle",
                )
        for relation in study.relations:
            key = (relation.source, relation.target, relation.type, relation.polarity)
            self._add(
                graph,
                "Edge",
                guid=self.guid("edge", *key),
                representedGUID=self.guid("relation", *key),
                name=relation.type,
                sourceVertex=self.guid("vertex", relation.source),
                targetVertex=self.guid("vertex", relation.target),
                direction="OneWay",
                lineStyle="solid" if relation.evidence else "dashed",
            )

    def left_out(self) -> Iterable[LeftOut]:
        """Yield what REFI-QDA has no place for."""
        study = self.study
        no_field = msg("REFI-QDA has no field for them")
        for what, count, why in (
            (msg("role votes"), len(study.role_votes), no_field),
            (msg("propositions"), len(study.propositions), no_field),
            (msg("rows of the crosswalk"), len(study.crosswalk), no_field),
            (msg("rows of who saw what"), 0 if study.seen_assumed else len(study.seen), no_field),
            (msg("kinds of coders"), self.lost["kinds of coders"], no_field),
            (msg("origins of codings"), sum(bool(each.source) for each in study.codings), no_field),
            (msg("times"), self.lost["times"], msg("they are not written as ISO 8601")),
            (msg("targets of memos"), self.lost["targets of memos"],
             msg("the study does not hold them; the memos are about the project")),
            (msg("further names and comments of quotations"), self.lost["further names"],
             msg("a selection has one name and one comment")),
            (msg("members of groups"), self.lost["members of groups"], msg("the study does not hold them")),
            (msg("characters"), self.lost["characters"],
             msg("XML cannot hold them; each is now U+FFFD")),
        ):  # fmt: skip
            if count:
                yield LeftOut(what, count, why)


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
