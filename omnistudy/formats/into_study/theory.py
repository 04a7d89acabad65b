"""Memos, relations and groups of imported projects as rows of a study's tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from omnistudy.formats.into_study.csv_text import CsvText
from omnistudy.formats.into_study.rows import Row, memo_row
from omnistudy.formats.reading.imported import ImportedMemo, ImportedProject, ImportedRelation

_CONTENT = ("target", "target_id", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Ids of one imported project to those of the study."""

    study: str
    interviews: Mapping[str, str]
    codes: Mapping[str, str]
    quotations: Mapping[str, str]

    def find(self, target: str, target_id: str) -> str | None:
        """Return what a memo is about, in the study's words; ``None`` if the study does not hold it."""
        if target == "study":
            return self.study
        if target == "relation":
            ends = [self.codes.get(end) for end in target_id.split(">")]
            return f"{ends[0]}>{ends[1]}" if len(ends) == 2 and None not in ends else None
        known = {"interview": self.interviews, "code": self.codes, "quotation": self.quotations}
        return known.get(target, {}).get(target_id)


@dataclass
class TheoryRows:
    """Rows that are new to a study, while projects are brought into it; lives as long as one import."""

    known_memos: CsvText
    known_relations: CsvText
    known_sets: CsvText
    memos: list[Row] = field(default_factory=list)
    relations: list[Row] = field(default_factory=list)
    sets: list[Row] = field(default_factory=list)
    known: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._memos = {row.get("id", ""): _content(row) for row in self.known_memos.rows}
        self._relations = {_relation_key(row) for row in self.known_relations.rows}
        self._sets = {_set_key(row) for row in self.known_sets.rows}

    def take(self, project: ImportedProject, places: Places) -> None:
        """Bring the memos, relations and groups of one project in."""
        memo_ids: dict[str, str] = {}
        for memo in project.memos:
            target = places.find(memo.target, memo.target_id)
            if target is None:
                self.lost["memos"] += 1
            else:
                memo_ids[memo.id] = self._memo(memo, target)
        for relation in project.relations:
            self._take_relation(relation, places, memo_ids, project.file)
        names = {source.id: source.name for source in project.sources}
        for group in project.sets:
            for kind, member in group.members or (("", ""),):
                found = {"code": places.codes, "source": places.interviews}.get(kind, {}).get(member)
                self._take_set(
                    {
                        "set": group.name,
                        "member_type": "source" if kind == "name" else kind,
                        "member": found or names.get(member, member),
                    }
                )

    def _memo(self, memo: ImportedMemo, target: str) -> str:
        row = memo_row(memo, target)
        row["text"] = row["text"].replace("\r\n", "\n").replace("\r", "\n")
        content = _content(row)
        if memo.proposed_id and self._memos.get(memo.proposed_id, content) == content:
            row["id"] = memo.proposed_id
        if row["id"] in self._memos:
            self.known["memos"] += 1
        else:
            self._memos[row["id"]] = content
            self.memos.append(row)
        return row["id"]

    def _take_relation(
        self, relation: ImportedRelation, places: Places, memo_ids: Mapping[str, str], file: str
    ) -> None:
        source, target = places.codes.get(relation.source), places.codes.get(relation.target)
        if source is None or target is None or source == target:
            self.lost["relations"] += 1
            return
        found = {"quotation": places.quotations, "memo": memo_ids}
        evidence = [
            found.get(kind, {}).get(each, each if not kind else "") for kind, each in relation.evidence
        ]
        self.lost["evidence"] += evidence.count("")
        row = {
            "source": source,
            "target": target,
            "type": " ".join(relation.type.split()),
            "polarity": relation.polarity,
            "feedback": "true" if relation.feedback else "false",
            "rationale": relation.rationale,
            "evidence": ";".join(dict.fromkeys(filter(None, evidence))),
        }
        if relation.origin:
            row["origin"] = f"link: {file}" if relation.origin == "link" else relation.origin
        if relation.direction != "oneway":
            row["direction"] = relation.direction
        if (key := _relation_key(row)) in self._relations:
            self.known["relations"] += 1
        else:
            self._relations.add(key)
            self.relations.append(row)

    def _take_set(self, row: Row) -> None:
        if (key := _set_key(row)) in self._sets:
            self.known["sets"] += 1
        else:
            self._sets.add(key)
            self.sets.append(row)

    def new_sets(self) -> int:
        """Return the number of groups that have a new row."""
        return len(_names(self.sets) - _names(self.known_sets.rows))


def _names(rows: Iterable[Mapping[str, str]]) -> set[str]:
    return {row.get("set", "") for row in rows}


def _content(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row.get(column, "").strip() for column in _CONTENT)


def _relation_key(row: Mapping[str, str]) -> tuple[str, ...]:
    polarity = {"": "+", "\u2212": "-"}.get(row.get("polarity", "").strip(), row.get("polarity", "").strip())
    return (*(row.get(column, "").strip() for column in ("source", "target", "type")), polarity)


def _set_key(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(row.get(column, "") for column in ("set", "member_type", "member"))
