# ruff: noqa: S608 - names of tables and columns are our own or quoted; values are parameters
"""Customer records from files: which table each is, how its cells are read, and what the engine then holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from omnistudy.crm.records.engine import Engine, QuerySource, RowSource
from omnistudy.crm.records.files import RecordFiles, hashed, source_of
from omnistudy.crm.records.keeping import kept
from omnistudy.crm.records.model import LoadedTable, Records
from omnistudy.crm.records.reading_sql import (
    OTHER_SHAPE,
    Reading,
    as_read,
    reading_sql,
    shapes_sql,
    vocabulary_sql,
)
from omnistudy.crm.records.reading_times import calendar_source, day_of, written_days_source, zone_source
from omnistudy.crm.records.tables import TABLES, kinds_of
from omnistudy.errors import StudyError, did_you_mean

_MOST_WORDS = 2_000
_SAMPLE = 2_000


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
    return kept(engine, reading, wanted, paths[0])


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
        columns = (("theirs", "varchar"), ("ours", "varchar"))
        engine.register(f"words_{field}", RowSource(columns=columns, rows=pairs))
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
