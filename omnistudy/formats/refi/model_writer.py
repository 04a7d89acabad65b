"""The paradigm model in a REFI-QDA project: links with their evidence, sets for roles, and a graph."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from omnistudy.formats.exported import KeptTables
from omnistudy.formats.refi.codebook_writer import SET_NAMES, code_guid, code_names, codes_by_role
from omnistudy.formats.refi.elements import Elements
from omnistudy.formats.refi.note_writer import NoteWriter, refer
from omnistudy.formats.refi.tags import tagged
from omnistudy.study.model import Relation, Study

_DIRECTIONS = {"bidirectional": "Bidirectional", "associative": "Associative"}

if TYPE_CHECKING:
    from lxml.etree import _Element


@dataclass
class ModelWriter:
    """Links, sets and graph of one export; ``selections`` finds selections by the quotation's id."""

    study: Study
    elements: Elements
    notes: NoteWriter
    kept: KeptTables
    selections: Mapping[str, str]

    def __post_init__(self) -> None:
        self.memos = {memo.id for memo in self.study.memos}

    def links(self) -> _Element | None:
        """Return a link per relation, each with a note that lists its evidence."""
        if not self.study.relations:
            return None
        links = self.elements.root("Links")
        told: set[str] = set()
        for relation in self.study.relations:
            key = (relation.source, relation.target, relation.type, relation.polarity)
            note = self.notes.add(
                self.elements.guid("relation note", *key),
                f"Evidence: {relation.source} > {relation.target}",
                relation.rationale,
                "\n".join(self._reference(each) for each in relation.evidence),
                [
                    ("relation", "evidence"),
                    ("type", relation.type),
                    ("polarity", relation.polarity),
                    ("feedback", "true" if relation.feedback else ""),
                    ("origin", _origin(relation)),
                ],
            )
            link = self.elements.add(
                links,
                "Link",
                guid=self.elements.guid("relation", *key),
                name=relation.type or "is related to",
                direction=_DIRECTIONS.get(relation.direction, "OneWay"),
                originGUID=code_guid(self.study, relation.source),
                targetGUID=code_guid(self.study, relation.target),
            )
            ends = f"{relation.source}>{relation.target}"
            memos = [] if ends in told else self.notes.of_relation.get(ends, [])
            told.add(ends)
            refer(self.elements, link, [note, *memos])
        self.elements.counts["relations"] = len(self.study.relations)
        return links

    def _reference(self, evidence: str) -> str:
        """Return the GUID of a quotation or memo; what is neither stays as it is written."""
        if evidence in self.selections:
            return self.selections[evidence]
        if evidence in self.memos:
            return self.elements.guid("memo", evidence)
        return evidence

    def add_sets(self, root: _Element) -> None:
        """Add a set per role, and the groups that were imported."""
        roles = codes_by_role(self.study)
        groups: dict[str, list[Mapping[str, str]]] = {}
        for row in self.kept.sets:
            groups.setdefault(row.get("set", ""), []).append(row)
        if not roles and not groups:
            return
        sets = self.elements.add(root, "Sets")
        for role, codes in roles.items():
            group = self.elements.add(sets, "Set", guid=self.elements.guid("set", role), name=SET_NAMES[role])
            self.elements.add(group, "Description", tagged("", [("role", role)]))
            for code in codes:
                self.elements.add(group, "MemberCode", targetGUID=code_guid(self.study, code))
        for name, rows in groups.items():
            group = self.elements.add(sets, "Set", guid=self.elements.guid("group", name))
            group.set("name", self.elements.legal(name))
            self._members(group, rows)
        self.elements.counts["sets"] = len(roles) + len(groups)

    def _members(self, group: _Element, rows: Iterable[Mapping[str, str]]) -> None:
        members = [(row.get("member_type", ""), row.get("member", "")) for row in rows]
        for kind, member in members:
            if kind == "code" and member in self.study.codebook:
                self.elements.add(group, "MemberCode", targetGUID=code_guid(self.study, member))
        for kind, member in members:
            if kind == "source" and member in self.study.interview:
                self.elements.add(group, "MemberSource", targetGUID=self.elements.guid("source", member))
        known = {*self.study.interview, *(code.id for code in self.study.codebook)}
        self.elements.lost["members of groups"] += sum(
            bool(member) and member not in known for _, member in members
        )

    def add_graph(self, root: _Element) -> None:
        """Draw the paradigm model: a column per role, an edge per relation, dashed where it has no evidence."""
        study, names = self.study, code_names(self.study)
        if not study.relations:
            return
        columns: dict[str, list[str]] = {}
        ends = dict.fromkeys(end for each in study.relations for end in (each.source, each.target))
        for code in ends:
            columns.setdefault(str(study.codebook.role_of(code) or "~"), []).append(code)
        graph = self.elements.add(
            self.elements.add(root, "Graphs"),
            "Graph",
            guid=self.elements.guid("graph"),
            name="Paradigm model",
        )
        for across, role in enumerate(sorted(columns)):
            for down, code in enumerate(columns[role]):
                x, y = 40 + 280 * across, 40 + 90 * down
                self.elements.add(
                    graph,
                    "Vertex",
                    guid=self.elements.guid("vertex", code),
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
            self.elements.add(
                graph,
                "Edge",
                guid=self.elements.guid("edge", *key),
                representedGUID=self.elements.guid("relation", *key),
                name=relation.type,
                sourceVertex=self.elements.guid("vertex", relation.source),
                targetVertex=self.elements.guid("vertex", relation.target),
                direction=_DIRECTIONS.get(relation.direction, "OneWay"),
                lineStyle="solid" if relation.evidence else "dashed",
            )


def _origin(relation: Relation) -> str:
    """Return where a relation that nobody wrote down first came from, as its table says it."""
    if relation.origin == "table":
        return ""
    return f"{relation.origin}: {relation.origin_of}" if relation.origin_of else relation.origin
