"""Role votes, relations, propositions, memos and the crosswalk of a study."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from omnistudy.errors import did_you_mean
from omnistudy.study.codebook import parse_role
from omnistudy.study.codings import Names
from omnistudy.study.model import CrosswalkRow, Memo, Proposition, Relation, RoleVote
from omnistudy.study.tables import Door, Row, read_table
from omnistudy.text.keys import match_key

CROSSWALK_RELATIONS = ("exact", "narrower", "broader", "overlap", "none")
TRUE_WORDS = {"1", "true", "yes", "feedback"}
FALSE_WORDS = {"", "0", "false", "no"}
DIRECTIONS = ("oneway", "bidirectional", "associative")
ORIGINS = ("table", "link", "memo")
RELATION_TYPES = (
    "causes", "leads-to", "results-in", "shapes", "modifies", "eases", "hinders", "speeds-up", "feeds-back",
    "is cause of", "is part of", "is associated with", "is a", "is property of", "contradicts", "is related to",
)  # fmt: skip
"""Words for a relation that are in use; others are free, and named so that a slip is seen."""


def read_role_votes(door: Door, name: str | None, codes: Names) -> tuple[RoleVote, ...]:
    """Read ``code,role,coder,rationale``; two votes of one coder on one code are a problem."""
    votes: dict[tuple[str, str], RoleVote] = {}
    for row in rows_of(door, name, ("code", "role", "coder"), ("rationale",)):
        code = code_of(door, name, row, "code", codes)
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
    """Read ``source,target,type,polarity,feedback,rationale,evidence``; evidence is split at ``;``.

    ``direction`` (oneway, bidirectional, associative) and ``origin`` (table, link, memo, after a colon the
    file or memo) stand there where an import wrote them. A type that is not in use anywhere else is a
    warning, once: types are free, but a slip makes two relations of one.
    """
    optional = ("type", "polarity", "feedback", "rationale", "evidence", "direction", "origin")
    relations: dict[tuple[str, str, str, str], Relation] = {}
    new_types: dict[str, int] = {}
    for row in rows_of(door, name, ("source", "target"), optional):
        source, target = code_of(door, name, row, "source", codes), code_of(door, name, row, "target", codes)
        polarity = {"": "+", "+": "+", "-": "-", "−": "-"}.get(row["polarity"])
        if polarity is None:
            what = f"'{row['polarity']}' is not a polarity."
            door.problem(what, "Write + or -.", file=name, row=row.number, column="polarity")
        feedback = row["feedback"].casefold()
        if feedback not in TRUE_WORDS | FALSE_WORDS:
            what = f"'{row['feedback']}' is neither yes nor no."
            door.problem(what, "Write true or false.", file=name, row=row.number, column="feedback")
        direction = _word(door, name, row, "direction", DIRECTIONS)
        kind, _, origin_of = row["origin"].partition(":")
        origin = _word(door, name, row, "origin", ORIGINS, kind)
        if source is None or target is None or polarity is None or direction is None or origin is None:
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
            direction=direction,
            origin=origin,
            origin_of=origin_of.strip(),
        )
        if origin != "link":
            new_types.setdefault(row["type"], row.number)
    _check_types(door, name, new_types)
    return tuple(relations.values())


def _word(
    door: Door, name: str | None, row: Row, column: str, known: tuple[str, ...], written: str | None = None
) -> str | None:
    """Return a word of a closed list, the first of it where the cell is empty; else report it."""
    word = (row[column] if written is None else written).strip().casefold() or known[0]
    if word in known:
        return word
    remedy = did_you_mean(word, known) or f"Use one of {', '.join(known)}."
    door.problem(
        f"'{row[column]}' is no {column} of a relation.", remedy, file=name, row=row.number, column=column
    )
    return None


def _check_types(door: Door, name: str | None, rows: dict[str, int]) -> None:
    """Warn of each type that is not among those in use, with its first row."""
    for written, number in rows.items():
        if written and match_key(written) not in {match_key(known) for known in RELATION_TYPES}:
            others = [other for other in (*RELATION_TYPES, *rows) if other and other != written]
            near = did_you_mean(written, others)
            door.warning(
                f"'{written}' is a type of relation of this study's own.",
                near or f"Nothing needs to be done; in use elsewhere: {', '.join(RELATION_TYPES)}.",
                file=name,
                row=number,
                column="type",
            )


def read_propositions(door: Door, name: str | None, codes: Names) -> tuple[Proposition, ...]:
    """Read ``id,text,relations,negative_cases``; a relation is written ``source>target``."""
    propositions: dict[str, Proposition] = {}
    for row in rows_of(door, name, ("id", "text"), ("relations", "negative_cases")):
        if row["id"] in propositions:
            what = f"Two propositions have the id '{row['id']}'."
            door.problem(what, "Give one another id.", file=name, row=row.number, column="id")
            continue
        relations = []
        for written in split_list(row["relations"]):
            ends = ends_of(written, codes)
            if ends is not None:
                relations.append(ends)
            elif not door.codes_unknown:
                what = f"'{written}' is not a relation between two codes."
                door.problem(what, "Write source>target.", file=name, row=row.number, column="relations")
        propositions[row["id"]] = Proposition(
            id=row["id"],
            text=row["text"],
            relations=tuple(relations),
            negative_cases=split_list(row["negative_cases"]),
        )
    return tuple(propositions.values())


def read_memos(door: Door, name: str | None, codes: Names, interviews: Collection[str]) -> tuple[Memo, ...]:
    """Read ``target,target_id,coder,created,title,text``; ids are the ``id`` column or M1, M2, …

    A memo on an interview, code or relation that the study does not have is kept, with a warning.
    """
    memos: dict[str, Memo] = {}
    for at, row in enumerate(
        rows_of(door, name, ("target", "target_id", "text"), ("id", "coder", "created", "title")), 1
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
            target_id=_memo_on(door, name, row, codes, interviews),
            coder=row["coder"],
            created=row["created"],
            title=row["title"],
            text=row["text"],
        )
    return tuple(memos.values())


def _memo_on(door: Door, name: str | None, row: Row, codes: Names, interviews: Collection[str]) -> str:
    """Return what a memo is about, in the study's own ids where it is known."""
    kind, written = row["target"], row["target_id"]
    known: str | None = written
    nearest = ""
    match kind:
        case "interview" | "quotation":
            interview = written.rpartition(":")[0] if kind == "quotation" else written
            known = written if interview in interviews else None
            nearest = did_you_mean(interview, interviews)
        case "code":
            known, nearest = codes.find(written), codes.nearest(written)
        case "relation":
            ends = ends_of(written, codes)
            known = None if ends is None else ">".join(ends)
    if known is None and not (door.codes_unknown and kind in {"code", "relation"}):
        door.warning(
            f"The memo is about the {kind} '{written}', which the study does not have.",
            nearest or "Correct it, or write study as its target.",
            file=name,
            row=row.number,
            column="target_id",
        )
    return written if known is None else known


def read_crosswalk(door: Door, name: str | None, codes: Names) -> tuple[CrosswalkRow, ...]:
    """Read ``local,reference,relation,rater,rationale``; ``coder`` is accepted for ``rater``."""
    rows: dict[tuple[str, str, str], CrosswalkRow] = {}
    synonyms = {"coder": "rater"}
    for row in rows_of(door, name, ("local", "relation", "rater"), ("reference", "rationale"), synonyms):
        local = code_of(door, name, row, "local", codes)
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


def rows_of(
    door: Door,
    name: str | None,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    synonyms: dict[str, str] | None = None,
) -> Iterable[Row]:
    """Return the rows of a table of the study; none where study.toml names none or it cannot be read."""
    if name is None:
        return ()
    table = read_table(door, name, required=required, optional=optional, synonyms=synonyms)
    return table.rows() if table is not None else ()


def ends_of(written: str, codes: Names) -> tuple[str, str] | None:
    """Return the two codes of a relation written as source>target; ``None`` where it names none."""
    ends = [codes.find(part.strip()) for part in re.split(r"->|→|>", written)]
    if len(ends) == 2 and ends[0] is not None and ends[1] is not None:
        return ends[0], ends[1]
    return None


def code_of(door: Door, name: str | None, row: Row, column: str, codes: Names) -> str | None:
    """Return the code that a cell means, or report that the codebook has none."""
    code = codes.find(row[column])
    if code is None and not door.codes_unknown:
        remedy = codes.nearest(row[column]) or "Correct it, or add it to the codebook."
        door.problem(
            f"code '{row[column]}' is not in the codebook.", remedy, file=name, row=row.number, column=column
        )
    return code
