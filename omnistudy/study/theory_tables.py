"""Role votes, relations, propositions, memos and the crosswalk of a study."""

from __future__ import annotations

import re
from collections.abc import Iterable

from omnistudy.errors import did_you_mean
from omnistudy.study.codebook import parse_role
from omnistudy.study.codings import Names
from omnistudy.study.model import CrosswalkRow, Memo, Proposition, Relation, RoleVote
from omnistudy.study.tables import Door, Row, read_table

CROSSWALK_RELATIONS = ("exact", "narrower", "broader", "overlap", "none")
TRUE_WORDS = {"1", "true", "yes", "feedback"}
FALSE_WORDS = {"", "0", "false", "no"}


def read_role_votes(door: Door, name: str | None, codes: Names) -> tuple[RoleVote, ...]:
    """Read ``code,role,coder,rationale``; two votes of one coder on one code are a problem."""
    votes: dict[tuple[str, str], RoleVote] = {}
    for row in _rows(door, name, ("code", "role", "coder"), ("rationale",)):
        code = _code(door, name, row, "code", codes)
        role = parse_role(door, row["role"], str(name), row.number)
        if code is None or role is None:
            continue
        if (code, row["coder"]) in votes:
            what = f"'{row['coder']}' votes twice on '{code}'."
            door.problem(what, "Keep one vote.", file=name, row=row.number)
            continue
        votes[code, row["coder"]] = RoleVote(
            code=code, role=role, coder=row["coder"], rationale=row["rationale"]
        )
    return tuple(votes.values())


def read_relations(door: Door, name: str | None, codes: Names) -> tuple[Relation, ...]:
    """Read ``source,target,type,polarity,feedback,rationale,evidence``; evidence is split at ``;``."""
    optional = ("type", "polarity", "feedback", "rationale", "evidence", "direction")
    relations: dict[tuple[str, str, str, str], Relation] = {}
    for row in _rows(door, name, ("source", "target"), optional):
        source, target = _code(door, name, row, "source", codes), _code(door, name, row, "target", codes)
        polarity = {"": "+", "+": "+", "-": "-", "−": "-"}.get(row["polarity"])
        if polarity is None:
            what = f"'{row['polarity']}' is not a polarity."
            door.problem(what, "Write + or -.", file=name, row=row.number, column="polarity")
        feedback = row["feedback"].casefold()
        if feedback not in TRUE_WORDS | FALSE_WORDS:
            what = f"'{row['feedback']}' is neither yes nor no."
            door.problem(what, "Write true or false.", file=name, row=row.number, column="feedback")
        if source is None or target is None or polarity is None:
            continue
        if source == target:
            what = f"'{source}' is related to itself."
            door.problem(what, "Name two different codes.", file=name, row=row.number)
            continue
        identity = (source, target, row["type"], polarity)
        if identity in relations:
            what = f"The relation '{source}' to '{target}' stands twice."
            door.problem(what, "Join the evidence in one row.", file=name, row=row.number)
            continue
        relations[identity] = Relation(
            source=source,
            target=target,
            type=row["type"],
            polarity=polarity,
            feedback=feedback in TRUE_WORDS,
            rationale=row["rationale"],
            evidence=split_list(row["evidence"]),
        )
    return tuple(relations.values())


def read_propositions(door: Door, name: str | None, codes: Names) -> tuple[Proposition, ...]:
    """Read ``id,text,relations,negative_cases``; a relation is written ``source>target``."""
    propositions: dict[str, Proposition] = {}
    for row in _rows(door, name, ("id", "text"), ("relations", "negative_cases")):
        if row["id"] in propositions:
            what = f"Two propositions have the id '{row['id']}'."
            door.problem(what, "Give one another id.", file=name, row=row.number, column="id")
            continue
        relations = []
        for written in split_list(row["relations"]):
            ends = [codes.find(part.strip()) for part in re.split(r"->|→|>", written)]
            if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
                relations.append((ends[0], ends[1]))
            else:
                what = f"'{written}' is not a relation between two codes."
                door.problem(what, "Write source>target.", file=name, row=row.number, column="relations")
        propositions[row["id"]] = Proposition(
            id=row["id"],
            text=row["text"],
            relations=tuple(relations),
            negative_cases=split_list(row["negative_cases"]),
        )
    return tuple(propositions.values())


def read_memos(door: Door, name: str | None) -> tuple[Memo, ...]:
    """Read ``target,target_id,coder,created,title,text``; ids are the ``id`` column or M1, M2, …"""
    memos: dict[str, Memo] = {}
    for at, row in enumerate(
        _rows(door, name, ("target", "target_id", "text"), ("id", "coder", "created", "title")), 1
    ):
        memo_id = row["id"] or f"M{at}"
        if memo_id in memos:
            door.problem(
                f"Two memos have the id '{memo_id}'.",
                "Give one another id.",
                file=name,
                row=row.number,
                column="id",
            )
            continue
        memos[memo_id] = Memo(
            id=memo_id,
            target=row["target"],
            target_id=row["target_id"],
            coder=row["coder"],
            created=row["created"],
            title=row["title"],
            text=row["text"],
        )
    return tuple(memos.values())


def read_crosswalk(door: Door, name: str | None, codes: Names) -> tuple[CrosswalkRow, ...]:
    """Read ``local,reference,relation,rater,rationale``; ``coder`` is accepted for ``rater``."""
    rows: dict[tuple[str, str, str], CrosswalkRow] = {}
    synonyms = {"coder": "rater"}
    for row in _rows(door, name, ("local", "relation", "rater"), ("reference", "rationale"), synonyms):
        local = _code(door, name, row, "local", codes)
        relation = row["relation"].casefold()
        if relation not in CROSSWALK_RELATIONS:
            near = (
                did_you_mean(relation, CROSSWALK_RELATIONS) or f"Use one of {', '.join(CROSSWALK_RELATIONS)}."
            )
            door.problem(
                f"'{row['relation']}' is not a relation of a crosswalk.",
                near,
                file=name,
                row=row.number,
                column="relation",
            )
            continue
        if (relation == "none") != (row["reference"] == ""):
            what = "A reference and the relation 'none' exclude each other, and one of them is needed."
            door.problem(what, "Name the reference concept, or write none.", file=name, row=row.number)
            continue
        if local is None:
            continue
        identity = (local, row["reference"], row["rater"])
        if identity in rows:
            what = f"'{row['rater']}' rates '{local}' with '{row['reference']}' twice."
            door.problem(what, "Keep one row.", file=name, row=row.number)
            continue
        rows[identity] = CrosswalkRow(
            local=local,
            reference=row["reference"] or None,
            relation=relation,
            rater=row["rater"],
            rationale=row["rationale"],
        )
    return tuple(rows.values())


def split_list(text: str) -> tuple[str, ...]:
    """Split a cell that holds several ids at ``;``."""
    return tuple(part.strip() for part in text.split(";") if part.strip())


def _rows(
    door: Door,
    name: str | None,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    synonyms: dict[str, str] | None = None,
) -> Iterable[Row]:
    if name is None:
        return ()
    table = read_table(door, name, required=required, optional=optional, synonyms=synonyms)
    return table.rows() if table is not None else ()


def _code(door: Door, name: str | None, row: Row, column: str, codes: Names) -> str | None:
    code = codes.find(row[column])
    if code is None:
        remedy = codes.nearest(row[column]) or "Correct it, or add it to the codebook."
        door.problem(
            f"code '{row[column]}' is not in the codebook.", remedy, file=name, row=row.number, column=column
        )
    return code
