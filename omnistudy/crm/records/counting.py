# ruff: noqa: S608 - names of tables and columns are our own
"""One pass over a table as it was read: how many rows are good, what is wrong with the others, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from omnistudy.crm.records.engine import Engine, Scalar, as_count
from omnistudy.crm.records.reading_sql import Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeCount:
    """What the good rows say about one field of times.

    Parameters
    ----------
    filled, jalali
        Rows with a time, and rows in which it was written in the Jalali calendar.
    timed, timed_with_offset
        Rows with a time of day, and those among them that name their offset from UTC.
    first_without
        First row with a time of day and no offset.
    """

    field: str
    filled: int
    jalali: int
    timed: int
    timed_with_offset: int
    first_without: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Rows kept, problems by kind (the most frequent first), days of the kept rows, and their times."""

    kept: int
    problems: tuple[tuple[str, int], ...]
    first_day: int | None
    last_day: int | None
    times: tuple[TimeCount, ...]


def counted(engine: Engine, reading: Reading, outside: str) -> Count:
    """Count the rows of ``read_<table>`` by what is wrong with them.

    Parameters
    ----------
    outside
        SQL for the kind of a row outside the window; empty where no window was asked for.
    """
    name, clock = reading.table.name, reading.table.clock
    outer = outside or "cast(null as varchar)"
    columns = ["reason", f"{outer} as outer_kind", "count(*)"]
    columns += [f"min({clock}_day)", f"max({clock}_day)"] if clock else ["0", "0"]
    for field in reading.times:
        columns += _columns(reading, field)
    rows = engine.rows(f"select {', '.join(columns)} from read_{name} group by 1, 2").rows
    reasons = reading.reasons
    problems: dict[str, int] = {}
    kept, good = 0, []
    for row in rows:
        if row[0] is None:
            good.append(row)
        kind = reasons[int(row[0]) - 1] if row[0] is not None else row[1]
        if kind is None:
            kept = as_count(row[2])
        else:
            problems[str(kind)] = problems.get(str(kind), 0) + as_count(row[2])
    inside = [row for row in good if row[1] is None]
    return Count(
        kept=kept,
        problems=tuple(sorted(problems.items(), key=lambda pair: (-pair[1], pair[0]))),
        first_day=as_count(inside[0][3]) if clock and inside else None,
        last_day=as_count(inside[0][4]) if clock and inside else None,
        times=tuple(_times(reading, good)),
    )


def _columns(reading: Reading, field: str) -> tuple[str, ...]:
    if field in reading.written_times:
        offset = f"{field}_timed and {field}_offset is not null"
        return (
            f"sum(case when {field}_jalali then 1 else 0 end)",
            f"sum(case when {field}_timed then 1 else 0 end)",
            f"sum(case when {offset} then 1 else 0 end)",
            f"count({field}_at)",
            f"min(case when {field}_timed and {field}_offset is null then row end)",
        )
    # What the file holds as a time is the same in every row.
    kind = reading.kind_of_time(field)
    timed = f"count({field}_at)" if kind != "DATE" else "0"
    offset = timed if kind.startswith("TIMESTAMP WITH") else "0"
    return ("0", timed, offset, f"count({field}_at)", "cast(null as bigint)")


def _times(reading: Reading, rows: list[tuple[Scalar, ...]]) -> Iterator[TimeCount]:
    for at, field in enumerate(reading.times):
        parts = [row[5 + 5 * at : 10 + 5 * at] for row in rows]
        sums = [sum(as_count(part[n]) for part in parts) for n in range(4)]
        without = [int(part[4]) for part in parts if part[4] is not None]
        yield TimeCount(
            field=field,
            jalali=sums[0],
            timed=sums[1],
            timed_with_offset=sums[2],
            filled=sums[3],
            first_without=min(without, default=None),
        )
