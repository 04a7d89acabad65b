"""When each code came into use, where the codings carry times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from omnistudy.results import Column, Kind, Label, Table, msg
from omnistudy.study.model import Study
from omnistudy.theory.terms import coder_name


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeHistory:
    """The dated codings of one code, of all coders and rounds.

    ``first`` and ``last`` are ISO dates, ``first_coder`` made the first of them; ``undated`` counts the
    codings without a date that can be read.
    """

    code: str
    label: Label
    first: str
    first_coder: str
    last: str
    dated: int
    undated: int


def code_history(study: Study) -> tuple[CodeHistory, ...]:
    """Return the codes with dated codings, the first used first; empty where no coding has a time.

    Only ISO 8601 times are read; others say nothing certain about day and month.
    """
    dates: dict[str, list[tuple[str, str]]] = {}
    undated: dict[str, int] = {}
    for coding in study.codings:
        day = _day(coding.created)
        if day is None:
            undated[coding.code] = undated.get(coding.code, 0) + 1
        else:
            dates.setdefault(coding.code, []).append((day, coding.coder))
    rows = [
        CodeHistory(
            code=code.id,
            label=code.label,
            first=min(dates[code.id])[0],
            first_coder=min(dates[code.id])[1],
            last=max(dates[code.id])[0],
            dated=len(dates[code.id]),
            undated=undated.get(code.id, 0),
        )
        for code in study.codebook
        if code.id in dates
    ]
    return tuple(sorted(rows, key=lambda row: row.first))


def _day(created: str) -> str | None:
    try:
        return date.fromisoformat(created.strip()[:10]).isoformat()
    except ValueError:
        return None


def history_table(rows: Sequence[CodeHistory]) -> Table:
    """Return the history as a table."""
    return Table(
        name="code_history",
        caption=msg("When each code came into use, in the codings of all coders"),
        columns=(
            Column("code", msg("Code"), Kind.ID),
            Column("label", msg("Label")),
            Column("first", msg("First used"), Kind.DATE),
            Column("first_coder", msg("First by")),
            Column("last", msg("Last used"), Kind.DATE),
            Column("dated", msg("Dated codings"), Kind.COUNT),
            Column("undated", msg("Undated codings"), Kind.COUNT, secondary=True),
        ),
        rows=tuple(
            (row.code, row.label, row.first, coder_name(row.first_coder), row.last, row.dated, row.undated)
            for row in rows
        ),
        note=msg("Dates are those that the coding programs wrote; merges and renamings leave no trace here."),
    )


def history_json(row: CodeHistory) -> dict[str, object]:
    """Return the JSON object of a row."""
    return {
        "code": row.code,
        "first": row.first,
        "first_coder": row.first_coder,
        "last": row.last,
        "dated": row.dated,
        "undated": row.undated,
    }
