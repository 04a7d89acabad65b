"""The words and tables of `audit trustworthiness`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from omnistudy.results import Cell, Column, Kind, Label, Table, msg
from omnistudy.study.model import MemberCheck, Role
from omnistudy.theory.terms import arrow_name, code_name, role_name
from omnistudy.theory.trustworthiness.techniques import CRITERION_NAMES

if TYPE_CHECKING:
    from omnistudy.theory.trustworthiness.analysis import TrustworthinessResult

STATES = {
    "yes": msg("done"),
    "partly": msg("done in part"),
    "no": msg("not done"),
    "not described": msg("not described"),
}
SHOWN_NAMES = {
    "code": msg("code"),
    "role": msg("role"),
    "relation": msg("relation"),
    "proposition": msg("proposition"),
    "model": msg("model"),
}
ANSWERS = {"agree": msg("agrees"), "partly": msg("agrees in part"), "disagree": msg("disagrees")}


def tables(result: TrustworthinessResult) -> tuple[Table, ...]:
    """Return the techniques, the counts by thing shown, and every answer."""
    return (_techniques(result), _by_shown(result), _answers(result))


def _techniques(result: TrustworthinessResult) -> Table:
    return Table(
        name="trustworthiness",
        caption=msg("The four criteria of trustworthiness, with what the study describes"),
        columns=(
            Column("criterion", msg("Criterion")),
            Column("technique", msg("Technique")),
            Column("state", msg("State")),
            Column("evidence", msg("Evidence")),
            Column("note", msg("Note")),
        ),
        rows=tuple(
            (
                CRITERION_NAMES[row.criterion],
                row.title,
                STATES[row.state],
                row.evidence or None,
                row.note or None,
            )
            for row in result.techniques
        ),
        note=msg("Not every study needs every technique; what is not described stays empty."),
    )


def _shown_name(row: MemberCheck, labels: Mapping[str, Label]) -> Cell:
    """Name what was shown: a code or role by its label, an arrow by its ends, a proposition by its id."""
    name = row.shown_id
    match row.shown:
        case "code":
            return code_name(name, labels)
        case "role" if name:
            return role_name(Role(name))
        case "relation" if ">" in name:
            source, _, target = name.partition(">")
            return arrow_name((source, target), labels)
        case _:
            return msg("{id}", id=name) if name else None


def _by_shown(result: TrustworthinessResult) -> Table:
    checks = result.member_checks
    rows: list[tuple[Cell, ...]] = []
    for kind, name in dict.fromkeys((row.shown, row.shown_id) for row in checks):
        own = [row for row in checks if (row.shown, row.shown_id) == (kind, name)]
        given = [sum(row.answer == answer for row in own) for answer in ANSWERS]
        which = _shown_name(own[0], result.labels)
        rows.append((SHOWN_NAMES[kind], which, len(own), *given, sum(bool(row.change) for row in own)))
    return Table(
        name="member_checks",
        caption=msg("What was shown to members and how they answered"),
        columns=(
            Column("shown", msg("Shown")),
            Column("shown_id", msg("Which")),
            Column("members", msg("Members"), Kind.COUNT),
            Column("agree", msg("Agree"), Kind.COUNT),
            Column("partly", msg("Partly"), Kind.COUNT),
            Column("disagree", msg("Disagree"), Kind.COUNT),
            Column("changes", msg("Changes made"), Kind.COUNT),
        ),
        rows=tuple(rows),
    )


def _answers(result: TrustworthinessResult) -> Table:
    return Table(
        name="member_answers",
        caption=msg("Every answer of the members"),
        columns=(
            Column("member", msg("Member"), Kind.ID),
            Column("interviewee", msg("Was interviewed"), Kind.FLAG, secondary=True),
            Column("date", msg("Date"), Kind.DATE),
            Column("shown", msg("Shown")),
            Column("shown_id", msg("Which")),
            Column("answer", msg("Answer")),
            Column("comment", msg("Comment")),
            Column("change", msg("Change made")),
        ),
        rows=tuple(
            (
                row.member,
                row.member in result.interviews,
                row.date or None,
                SHOWN_NAMES[row.shown],
                _shown_name(row, result.labels),
                ANSWERS[row.answer],
                row.comment or None,
                row.change or None,
            )
            for row in result.member_checks
        ),
    )
