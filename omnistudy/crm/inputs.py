# ruff: noqa: S608 - names of tables and columns are our own or quoted; values are parameters
"""Customer records from files, as tables of an engine: what was read, kept and set aside, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from omnistudy.crm.column_map import ColumnMap
from omnistudy.crm.engine import Engine, QuerySource, RowSource, Scalar
from omnistudy.crm.reading_sql import Reading, calendar_source, day_of, quoted, reading_sql, zone_source
from omnistudy.crm.record_files import RecordFiles, hashed, source_of
from omnistudy.crm.set_aside import DUPLICATES, SetAside, reason_words
from omnistudy.crm.tables import TABLES, kinds_of
from omnistudy.errors import StudyError, did_you_mean
from omnistudy.results import InputFile, Kind, Message, Number, msg

_FIRST_ROWS = 3


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
    """All records of one command: the engine that holds them, and what is known about them."""

    engine: Engine
    tables: Mapping[str, LoadedTable]
    inputs: tuple[InputFile, ...]
    calendar: str
    columns: ColumnMap
    since: int | None = None
    until: int | None = None

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
        engine.register("zone_offsets", zone_source(wanted.columns.zone))
    pairs = [(f, a, b) for f, values in wanted.columns.values.items() for a, b in values.items()]
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
    header = [name for name in engine.register("raw_records", source) if name != "file_row"]
    twice = sorted({name for name in source.names if source.names.count(name) > 1})
    if twice:
        raise StudyError.of(
            f"The column '{twice[0]}' appears twice.", "Rename one of them.", file=str(paths[0])
        )
    renamed = wanted.columns.rename(header)
    name = given or _kind_of(renamed, prefer, header, paths[0])
    table = TABLES[name]
    lacking = [field for field in table.required if field not in renamed]
    if lacking:
        raise _lacking(name, lacking, header, paths[0])
    used = {field: renamed[field] for field in table.fields if field in renamed}
    types = engine.rows(
        f"select {', '.join(f'typeof({quoted(c)})' for c in used.values())} from raw_records limit 1"
    )
    if not types.rows:
        raise StudyError.of("The table has no rows.", "Give it at least one row.", file=str(paths[0]))
    reading = Reading(
        table=table,
        columns={f: (c, str(kind)) for (f, c), kind in zip(used.items(), types.rows[0], strict=True)},
        zone=wanted.columns.zone is not None,
        calendar=wanted.calendar,
        mapped=frozenset(wanted.columns.values),
    )
    engine.register(f"read_{name}", QuerySource(sql=reading_sql(reading, "raw_records"), reads=paths))
    return _kept(engine, reading, wanted, paths[0])


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
    table, name = reading.table, f"read_{reading.table.name}"
    _check_zones(engine, reading, name, path)
    aside = _outside(reading, wanted)
    reason = f"coalesce(reason, {aside})" if aside else "reason"
    columns = ", ".join(_canonical(reading))
    engine.register(
        table.name,
        QuerySource(sql=f"select row, {columns} from {name} where {reason} is null", stored=False),
    )
    counts = engine.rows(
        f"select {reason} as reason, count(*) as n from {name} group by 1 order by 2 desc, 1"
    ).rows
    kept = sum(int(n or 0) for kind, n in counts if kind is None)
    problems = tuple(
        SetAside(str(kind), reason_words(str(kind)), int(n or 0), _first(engine, name, reason, str(kind)))
        for kind, n in counts
        if kind is not None
    )
    if not kept:
        first = problems[0]
        raise StudyError.of(
            f"No row of the table can be used; the most frequent reason is: {first.what}",
            "Correct the file or the column map.",
            file=str(path),
            row=None if not first.rows else first.rows[0],
        )
    _check_channels(engine, reading, wanted.columns, path)
    _check_currency(engine, reading, wanted.columns, path)
    days: tuple[Scalar, ...] = (None, None)
    if table.clock:
        days = engine.rows(f"select min(day_ix), max(day_ix) from {table.name}").rows[0]
    timed = any(
        engine.rows(f"select max(cast({f}_timed as integer)) from {name}").rows[0][0] for f in reading.times
    )
    return LoadedTable(
        name=table.name,
        fields=frozenset(reading.present),
        read=sum(int(n or 0) for _, n in counts),
        kept=kept,
        set_aside=problems + _duplicates(engine, reading),
        first_day=None if days[0] is None else int(days[0]),
        last_day=None if days[1] is None else int(days[1]),
        timed=timed,
        notes=_notes(engine, reading, name, timed=timed),
    )


def _canonical(reading: Reading) -> Iterable[str]:
    """Every field of the table under its own name, null where the file has no such column."""
    kinds = {"id": "varchar", "text": "varchar", "number": "double", "whole": "bigint", "truth": "boolean"}
    for field, holds in reading.table.fields.items():
        if holds == "time":
            for part in ("day", "at"):
                known = field in reading.present
                yield f"{field}_{part}" if known else f"cast(null as double) as {field}_{part}"
        else:
            yield field if field in reading.present else f"cast(null as {kinds[holds]}) as {field}"
    if reading.table.clock:
        yield from ("day_ix", "instant", "month_ix")


def _outside(reading: Reading, wanted: RecordFiles) -> str:
    if not reading.table.clock:
        return ""
    whens = []
    if wanted.since is not None:
        whens.append(f"when day_ix < {day_of(wanted.since)} then 'before_window:{reading.table.clock}'")
    if wanted.until is not None:
        whens.append(f"when day_ix > {day_of(wanted.until)} then 'after_window:{reading.table.clock}'")
    return f"case {' '.join(whens)} end" if whens else ""


def _first(engine: Engine, name: str, reason: str, kind: str) -> tuple[int, ...]:
    sql = f"select row from {name} where {reason} = ? order by row limit {_FIRST_ROWS}"
    return tuple(int(row[0] or 0) for row in engine.rows(sql, [kind]).rows)


def _duplicates(engine: Engine, reading: Reading) -> tuple[SetAside, ...]:
    fields = [f"{f}_at" if f in reading.times else f for f in reading.present]
    sql = (
        f"select sum(n - 1), min(second) from (select count(*) as n, max(row) as second from {reading.table.name} "
        f"group by {', '.join(fields)} having count(*) > 1) as same"
    )
    ((count, row),) = engine.rows(sql).rows
    return (
        ()
        if count is None
        else (SetAside(DUPLICATES, reason_words(DUPLICATES), int(count), (int(row or 0),)),)
    )


def _check_zones(engine: Engine, reading: Reading, name: str, path: Path) -> None:
    """Refuse times of which some say their offset and some do not, unless a zone was declared."""
    if reading.zone:
        return
    for field in reading.times:
        sql = (
            f"select sum(case when {field}_offset is not null then 1 else 0 end), "
            f"sum(case when {field}_offset is null and {field}_timed then 1 else 0 end), "
            f"min(case when {field}_offset is null and {field}_timed then row end) "
            f"from {name} where reason is null"
        )
        ((with_offset, without, first),) = engine.rows(sql).rows
        if with_offset and without:
            raise StudyError.of(
                f"Some times say their offset from UTC ({with_offset}), others do not ({without}).",
                "Say in which zone the others are: --zone Asia/Tehran.",
                file=str(path),
                row=None if first is None else int(first),
                column=field,
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


def _check_currency(engine: Engine, reading: Reading, columns: ColumnMap, path: Path) -> None:
    """Refuse values of several currencies, and values of another one than was declared: they have no sum."""
    if "currency" not in reading.present:
        return
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


def _notes(engine: Engine, reading: Reading, name: str, *, timed: bool) -> tuple[Message, ...]:
    notes = []
    for field in reading.times:
        sql = (
            f"select sum(case when {field}_jalali then 1 else 0 end), count(*), "
            f"sum(case when {field}_offset is not null then 1 else 0 end) from {name} where reason is null"
        )
        ((jalali, all_rows, offsets),) = engine.rows(sql).rows
        if jalali and jalali != all_rows:
            notes.append(
                msg(
                    "{field}: {jalali} of {rows} dates are Jalali, the others Gregorian.",
                    field=field,
                    jalali=Number(int(jalali), Kind.COUNT),
                    rows=Number(int(all_rows or 0), Kind.COUNT),
                )
            )
        if timed and not reading.zone and not offsets:
            notes.append(
                msg(
                    "{field}: the times name no zone and are taken as local clock time; spans across a change "
                    "of the clock can be off by an hour. Declare the zone with --zone.",
                    field=field,
                )
            )
        elif timed and not reading.zone:
            notes.append(
                msg("{field}: days are those of the offsets as written; no zone was declared.", field=field)
            )
    return tuple(notes)
