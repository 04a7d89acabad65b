# ruff: noqa: S608 - names of tables and columns are our own or quoted; values are parameters
"""Which rows of a table as read the analyses see: what is set aside and why, and what must hold of the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from omnistudy.crm.names import named
from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.crm.records.counting import Count, counted
from omnistudy.crm.records.engine import Engine, QuerySource, as_count
from omnistudy.crm.records.files import RecordFiles
from omnistudy.crm.records.model import LoadedTable
from omnistudy.crm.records.reading_sql import (
    Reading,
)
from omnistudy.crm.records.reading_times import day_of
from omnistudy.crm.records.set_aside import AFTER, BEFORE, DUPLICATES, SetAside, reason_words
from omnistudy.crm.records.tables import DATED
from omnistudy.errors import StudyError
from omnistudy.results import Kind, Message, Number, msg

_FIRST_ROWS = 3


def kept(engine: Engine, reading: Reading, wanted: RecordFiles, path: Path) -> LoadedTable:
    """Register the rows that can be used under the table's own name.

    Raises
    ------
    StudyError
        No usable row, mixed time zones, unknown channels, several currencies.
    """
    table = reading.table
    outside = _outside(reading, wanted)
    where = "reason is null" if not outside else f"reason is null and ({outside}) is null"
    columns = ", ".join(_canonical(reading))
    engine.register(
        table.name,
        QuerySource(sql=f"select row, {columns} from read_{table.name} where {where}", stored=False),
    )
    count = counted(engine, reading, outside)
    _check_zones(count, reading, path)
    problems = tuple(
        SetAside(kind, reason_words(kind), n, _first(engine, reading, outside, kind))
        for kind, n in count.problems
    )
    if not count.kept:
        first = problems[0]
        raise StudyError.of(
            f"No row of the table can be used; the most frequent reason is: {first.what}",
            "Correct the file or the column map.",
            file=str(path),
            row=None if not first.rows else first.rows[0],
        )
    _check_channels(engine, reading, wanted.columns, path)
    currency = _currency(engine, reading, wanted.columns, path)
    return LoadedTable(
        name=table.name,
        fields=frozenset(reading.present),
        read=count.kept + sum(n for _, n in count.problems),
        kept=count.kept,
        set_aside=problems + _duplicates(engine, reading),
        first_day=count.first_day,
        last_day=count.last_day,
        timed=any(time.timed for time in count.times),
        notes=(*_notes(count, reading), *_unit_notes(reading, currency)),
    )


def _canonical(reading: Reading) -> Iterable[str]:
    """Every field of the table under its own name, null where the file has no such column."""
    kinds = {"id": "varchar", "text": "varchar", "number": "double", "whole": "bigint", "truth": "boolean"}
    for field, holds in reading.table.fields.items():
        if holds in DATED:
            for part, kind in (("day", "integer"), ("at", "double")):
                known = field in reading.present
                yield f"{field}_{part}" if known else f"cast(null as {kind}) as {field}_{part}"
        else:
            yield field if field in reading.present else f"cast(null as {kinds[holds]}) as {field}"
    clock = reading.table.clock
    if clock:
        yield from (f"{clock}_day as day_ix", f"{clock}_at as instant", "month_ix")


def _outside(reading: Reading, wanted: RecordFiles) -> str:
    """The kind of a row outside the window that was asked for, as SQL; empty without a window."""
    clock = reading.table.clock
    whens = []
    if clock and wanted.since is not None:
        whens.append(f"when {clock}_day < {day_of(wanted.since)} then '{BEFORE}:{clock}'")
    if clock and wanted.until is not None:
        whens.append(f"when {clock}_day > {day_of(wanted.until)} then '{AFTER}:{clock}'")
    return f"case {' '.join(whens)} end" if whens else ""


def _first(engine: Engine, reading: Reading, outside: str, kind: str) -> tuple[int, ...]:
    numbers = [str(at) for at, one in enumerate(reading.reasons, start=1) if one == kind]
    where = f"reason in ({', '.join(numbers)})" if numbers else f"reason is null and ({outside}) = '{kind}'"
    sql = f"select row from read_{reading.table.name} where {where} order by row limit {_FIRST_ROWS}"
    return tuple(as_count(row[0]) for row in engine.rows(sql).rows)


def _duplicates(engine: Engine, reading: Reading) -> tuple[SetAside, ...]:
    """Count the rows that repeat an earlier one in every field.

    Rows of equal hash are found first; only they are compared, in full.
    """
    fields = ", ".join(f"{f}_at" if f in reading.times else f for f in reading.present)
    name = reading.table.name
    suspects = f"select hash({fields}) as h from {name} group by 1 having count(*) > 1"
    if not engine.rows(f"{suspects} limit 1").rows:
        return ()
    sql = (
        f"select row from (select row, row_number() over (partition by {fields} order by row) as place "
        f"from {name} where hash({fields}) in ({suspects})) as same where place > 1"
    )
    ((count,),) = engine.rows(f"select count(*) from ({sql}) as again").rows
    if not count:
        return ()
    rows = tuple(as_count(row[0]) for row in engine.rows(f"{sql} order by row limit {_FIRST_ROWS}").rows)
    return (SetAside(DUPLICATES, reason_words(DUPLICATES), int(count), rows),)


def _check_zones(count: Count, reading: Reading, path: Path) -> None:
    """Refuse times of which some say their offset and some do not, unless a zone was declared."""
    if reading.zone:
        return
    for time in count.times:
        without = time.timed - time.timed_with_offset
        if time.timed_with_offset and without:
            raise StudyError.of(
                f"Some times say their offset from UTC ({time.timed_with_offset}), others do not ({without}).",
                "Say in which zone the others are: --zone Asia/Tehran.",
                file=str(path),
                row=time.first_without,
                column=time.field,
            )


def _check_channels(engine: Engine, reading: Reading, columns: ColumnMap, path: Path) -> None:
    if not columns.channels or "channel" not in reading.present:
        return
    found = engine.rows(
        f"select distinct channel from {reading.table.name} where channel is not null order by 1"
    )
    unknown = [str(row[0]) for row in found.rows if row[0] not in columns.channels]
    if unknown:
        raise StudyError.of(
            f"These channels have no group: {', '.join(unknown)}.",
            "Add them under [channels] of the column map, or map them under [values.channel].",
            file=str(path),
            column="channel",
        )


def _currency(engine: Engine, reading: Reading, columns: ColumnMap, path: Path) -> str | None:
    """The currency of the values, declared or written; several, or another than declared, have no sum."""
    if "currency" not in reading.present:
        return columns.currency
    sql = f"select distinct currency from {reading.table.name} where currency is not null order by 1"
    found = [str(row[0]) for row in engine.rows(sql).rows]
    if len(found) > 1:
        raise StudyError.of(
            f"The values are in several currencies: {', '.join(found)}.",
            "Convert them to one, or analyse one file for each.",
            file=str(path),
            column="currency",
        )
    if found and columns.currency is not None and found[0] != columns.currency:
        raise StudyError.of(
            f"The column map declares {columns.currency}, the values are in {found[0]}.",
            "Correct the declaration or the file.",
            file=str(path),
            column="currency",
        )
    return found[0] if found else columns.currency


def _unit_notes(reading: Reading, currency: str | None) -> Iterator[Message]:
    """Say what money is counted in where the table has any."""
    if (
        currency is not None
        and reading.table.name in {"transactions", "contracts"}
        and "value" in reading.present
    ):
        yield msg(
            "{table}: values are in {currency}.", table=named(reading.table.name), currency=named(currency)
        )


def _notes(count: Count, reading: Reading) -> Iterator[Message]:
    for time in count.times:
        if time.jalali and time.jalali != time.filled:
            yield msg(
                "{field}: {jalali} of {rows} dates are Jalali, the others Gregorian.",
                field=time.field,
                jalali=Number(time.jalali, Kind.COUNT),
                rows=Number(time.filled, Kind.COUNT),
            )
        if not time.timed or reading.zone:
            continue
        if time.timed_with_offset:
            yield msg(
                "{field}: days are those of the offsets as written; no zone was declared.", field=time.field
            )
        else:
            yield msg(
                "{field}: the times name no zone and are taken as local clock time; spans across a change "
                "of the clock can be off by an hour. Declare the zone with --zone.",
                field=time.field,
            )
