# ruff: noqa: S608 - names of tables and columns are our own or quoted; values are parameters
"""Customer records from files, as tables of an engine: what was read, kept and set aside, and why."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as attribute
from pathlib import Path
from typing import Any

from omnistudy.crm.names import named
from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.crm.records.counting import Count, counted
from omnistudy.crm.records.engine import Engine, QuerySource, RowSource
from omnistudy.crm.records.files import RecordFiles, hashed, source_of
from omnistudy.crm.records.reading_sql import (
    OTHER_SHAPE,
    Reading,
    as_read,
    reading_sql,
    shapes_sql,
    vocabulary_sql,
)
from omnistudy.crm.records.reading_times import calendar_source, day_of, written_days_source, zone_source
from omnistudy.crm.records.set_aside import AFTER, BEFORE, DUPLICATES, SetAside, reason_words
from omnistudy.crm.records.tables import DATED, TABLES, kinds_of
from omnistudy.errors import StudyError, did_you_mean
from omnistudy.results import InputFile, Kind, Message, Number, msg

_FIRST_ROWS = 3
_MOST_WORDS = 2_000
_SAMPLE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedTable:
    """One table of records in the engine, under its own name.

    Parameters
    ----------
    fields
        The fields that the files have.
    read, kept
        Rows of the files, and rows that the analyses see.
    set_aside
        Rows not kept, by kind; and exact duplicates, which are kept.
    first_day, last_day
        Days since 1970-01-01 of the earliest and latest kept row; ``None`` for undated tables.
    timed
        Whether any kept row has a time of day.
    notes
        What the reader of a result has to know about the times.
    """

    name: str
    fields: frozenset[str]
    read: int
    kept: int
    set_aside: tuple[SetAside, ...]
    first_day: int | None
    last_day: int | None
    timed: bool
    notes: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """All records of one command: the engine that holds them, and what is known about them.

    ``memo`` keeps what was computed from them, by window and choices, so that the sections of a report
    do not compute it again; a copy with another window shares it. It never changes what is answered.
    """

    engine: Engine
    tables: Mapping[str, LoadedTable]
    inputs: tuple[InputFile, ...]
    calendar: str
    columns: ColumnMap
    since: int | None = None
    until: int | None = None
    memo: dict[Hashable, Any] = attribute(default_factory=dict, compare=False, repr=False)

    def has(self, table: str, *fields: str) -> bool:
        """Tell whether a table was given, has rows, and has all these fields."""
        loaded = self.tables.get(table)
        return loaded is not None and loaded.kept > 0 and loaded.fields.issuperset(fields)

    def window(self, table: str) -> tuple[int, int]:
        """First and last day of observation of a dated table that has rows, both included."""
        loaded = self.tables[table]
        first, last = loaded.first_day, loaded.last_day
        if first is None or last is None:
            raise ValueError(f"{table} has no days")
        return (first if self.since is None else self.since), (last if self.until is None else self.until)


def load_records(engine: Engine, wanted: RecordFiles, prefer: Sequence[str]) -> Records:
    """Read all files into the engine.

    Parameters
    ----------
    engine
        Gets one table per kind of record, named like it.
    wanted
        The files.
    prefer
        Kinds that the command works on, the first being the one a bare table is taken for when its
        columns fit several.

    Raises
    ------
    StudyError
        Columns that fit no table, unreadable files, mixed time zones, unknown channels, no row left.
    """
    engine.register("calendar", calendar_source())
    if wanted.columns.zone is not None:
        engine.register("zone_days", zone_source(wanted.columns.zone))
    words = {(f, as_read(f, a)): b for f, values in wanted.columns.values.items() for a, b in values.items()}
    pairs = [(field, theirs, ours) for (field, theirs), ours in words.items()]
    engine.register(
        "value_map",
        RowSource(columns=(("field", "varchar"), ("theirs", "varchar"), ("ours", "varchar")), rows=pairs),
    )
    tables = {}
    for name, paths in wanted.files.items():
        loaded = _loaded(engine, name, paths, wanted, prefer)
        tables[loaded.name] = loaded
    inputs = tuple(hashed(path) for paths in wanted.files.values() for path in paths)
    return Records(
        engine=engine,
        tables=tables,
        inputs=inputs,
        calendar=wanted.calendar,
        columns=wanted.columns,
        since=None if wanted.since is None else day_of(wanted.since),
        until=None if wanted.until is None else day_of(wanted.until),
    )


def _loaded(
    engine: Engine, given: str, paths: tuple[Path, ...], wanted: RecordFiles, prefer: Sequence[str]
) -> LoadedTable:
    source = source_of(paths, wanted.columns)
    twice = sorted({name for name in source.names if source.names.count(name) > 1})
    if twice:
        raise StudyError.of(
            f"The column '{twice[0]}' appears twice.", "Rename one of them.", file=str(paths[0])
        )
    header = source.names or tuple(
        name for name in engine.register("raw_records", source) if name != "file_row"
    )
    renamed = wanted.columns.rename(header)
    name = given or _kind_of(renamed, prefer, header, paths[0])
    table = TABLES[name]
    lacking = [field for field in table.required if field not in renamed]
    if lacking:
        raise _lacking(name, lacking, header, paths[0])
    used = {field: renamed[field] for field in table.fields if field in renamed}
    kinds = engine.register("raw_records", replace(source, keep=tuple(dict.fromkeys(used.values()))))
    if not engine.rows("select 1 from raw_records limit 1").rows:
        raise StudyError.of("The table has no rows.", "Give it at least one row.", file=str(paths[0]))
    plain = Reading(
        table=table,
        columns={field: (column, kinds[column]) for field, column in used.items()},
        zone=wanted.columns.zone is not None,
        calendar=wanted.calendar,
        mapped=frozenset(wanted.columns.values),
    )
    reading, words = _vocabularies(engine, plain)
    reading = _read(engine, replace(reading, plain=_plain_times(engine, reading)), words, paths)
    engine.forget("raw_records")
    return _kept(engine, reading, wanted, paths[0])


def _read(
    engine: Engine, reading: Reading, words: Mapping[str, tuple[str, ...]], paths: tuple[Path, ...]
) -> Reading:
    """Store the table as it is read; once more, with all shapes of times, when one was not as its first rows."""
    name = f"read_{reading.table.name}"
    if reading.written_times:
        engine.register("written_days", written_days_source())
    engine.register(name, QuerySource(sql=reading_sql(reading, "raw_records"), reads=paths, words=words))
    others = [at for at, kind in enumerate(reading.reasons, start=1) if kind.startswith(OTHER_SHAPE)]
    if not others:
        return reading
    where = f"reason in ({', '.join(map(str, others))})"
    if not engine.rows(f"select 1 from {name} where {where} limit 1").rows:
        return reading
    return _read(engine, replace(reading, plain={}), words, paths)


def _plain_times(engine: Engine, reading: Reading) -> dict[str, str]:
    """Fields whose first rows are all written as ``2024-03-20``, or all as ``2024-03-20 10:15:00``."""
    fields = reading.written_times
    texts = [field for field in fields if reading.columns[field][1] == "VARCHAR"]
    if not texts or len(texts) < len(fields):
        return {}
    (counts,) = engine.rows(shapes_sql(reading, "raw_records", _SAMPLE)).rows
    found = {}
    for at, field in enumerate(fields):
        cells, moments, days = counts[3 * at : 3 * at + 3]
        if cells and cells in (moments, days):
            found[field] = "TIMESTAMP" if cells == moments else "DATE"
    return found


def _vocabularies(engine: Engine, reading: Reading) -> tuple[Reading, dict[str, tuple[str, ...]]]:
    """Look up the distinct names of every field of names; few of them are cleaned once, not in every row."""
    clean, coded, words = set(), set(), {}
    for field in reading.words:
        pairs = engine.rows(f"{vocabulary_sql(reading, field, 'raw_records')} limit {_MOST_WORDS + 1}").rows
        if len(pairs) > _MOST_WORDS:
            continue
        words[field] = tuple(sorted({str(ours) for _, ours in pairs if ours is not None}, key=str.encode))
        if all(theirs == ours for theirs, ours in pairs):
            clean.add(field)
            continue
        coded.add(field)
        known = [pair for pair in pairs if pair[0] is not None]
        columns = (("theirs", "varchar"), ("ours", "varchar"))
        engine.register(f"words_{field}", RowSource(columns=columns, rows=known))
    return replace(reading, clean=frozenset(clean), coded=frozenset(coded)), {
        f: w for f, w in words.items() if w
    }


def _kind_of(renamed: Mapping[str, str], prefer: Sequence[str], header: Sequence[str], path: Path) -> str:
    fitting = kinds_of(renamed)
    for kind in (*prefer, *fitting):
        if kind in fitting:
            return kind
    wanted = "; ".join(f"{kind}: {', '.join(TABLES[kind].required)}" for kind in prefer)
    raise StudyError.of(
        f"The columns ({', '.join(header)}) fit no table of this command.",
        f"Name them with --map field=Column, or --columns FILE for a file without a header. Needed: {wanted}.",
        file=str(path),
    )


def _lacking(name: str, lacking: Sequence[str], header: Sequence[str], path: Path) -> StudyError:
    near = did_you_mean(lacking[0], header)
    remedy = f"{near} " if near else ""
    return StudyError.of(
        f"The table of {name} has no column {', '.join(lacking)}.",
        f"{remedy}Map it: --map {lacking[0]}=Column.",
        file=str(path),
        row=1,
    )


def _kept(engine: Engine, reading: Reading, wanted: RecordFiles, path: Path) -> LoadedTable:
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
    return tuple(int(row[0] or 0) for row in engine.rows(sql).rows)


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
    rows = tuple(int(row[0] or 0) for row in engine.rows(f"{sql} order by row limit {_FIRST_ROWS}").rows)
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
