"""Opening the customer records that a `crm` command means: a study, a folder, or a bare table."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from omnistudy.cli.messages import say
from omnistudy.cli.options import one_of
from omnistudy.errors import StudyError
from omnistudy.results import InputFile, Message, msg

if TYPE_CHECKING:
    from omnistudy.crm.records.column_map import ColumnMap
    from omnistudy.crm.records.engine import DuckDBEngine
    from omnistudy.crm.records.files import RecordFiles
    from omnistudy.crm.records.model import LoadedTable, Records
    from omnistudy.crm.records.set_aside import SetAside
    from omnistudy.crm.records.spark_engine import SparkEngine
    from omnistudy.study.settings import StudySettings

COLUMN_MAP = "columns.toml"
KINDS = ("events", "transactions", "survey", "tickets", "ops", "identity_map", "preferences", "cases")

RecordsArgument = Annotated[
    Path | None,
    typer.Argument(metavar="[STUDY|TABLE]", help="A study, a table (CSV, Parquet), or a folder of tables."),
]
MapOption = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="FIELD=COLUMN", help="Which column holds a field; repeatable."),
]
ColumnsOption = Annotated[
    Path | None,
    typer.Option(
        "--columns", metavar="FILE", help="Column names of a headerless file in order, or a TOML map."
    ),
]
ZoneOption = Annotated[
    str | None, typer.Option("--zone", metavar="ZONE", help="Time zone of the records, such as Asia/Tehran.")
]
CalendarOption = Annotated[
    str, typer.Option("--calendar", metavar="gregorian|jalali", help="Calendar of months.")
]
FromOption = Annotated[
    str | None, typer.Option("--from", metavar="DATE", help="First day of observation, in either calendar.")
]
UntilOption = Annotated[
    str | None, typer.Option("--until", metavar="DATE", help="Last day of observation, in either calendar.")
]
EngineOption = Annotated[
    str, typer.Option("--engine", metavar="duckdb|spark", help="What runs the queries; spark is an extra.")
]
ENGINES = ("duckdb", "spark")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChoice:
    """What a command line says about its records."""

    given: Path | None
    pairs: Sequence[str]
    columns: Path | None
    zone: str | None = None
    calendar: str = "gregorian"
    since: str | None = None
    until: str | None = None
    engine: str = "duckdb"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Loaded records, the files they rest on (study.toml included), and whether they are made up."""

    records: Records
    inputs: tuple[InputFile, ...]
    synthetic: bool


def a_day(text: str | None) -> date | None:
    """Read a day of the command line, Gregorian or Jalali."""
    from omnistudy.text.jalali import parse_day

    if text is None:
        return None
    try:
        return parse_day(text)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.") from None


@contextlib.contextmanager
def open_records(
    choice: RecordChoice, prefer: Sequence[str], *, lang: str = "en", quiet: bool
) -> Iterator[Opened]:
    """Load the records and let go of the engine afterwards.

    Raises
    ------
    StudyError
        When there are none, or they cannot be used.
    """
    from omnistudy.crm.records.load import load_records

    files, inputs, synthetic = located(choice, prefer)
    with _engine(choice.engine, files) as engine:
        records = load_records(engine, files, prefer)
        for table in records.tables.values():
            for kind in table.set_aside:
                say(_left(table, kind), lang, quiet=quiet)
        yield Opened(
            records=records,
            inputs=(*inputs, *records.inputs),
            synthetic=synthetic or files.columns.synthetic,
        )


def _left(table: LoadedTable, kind: SetAside) -> Message:
    """Say how many rows of a table are set aside and why, or are kept though they give to think."""
    return msg(
        "{table}: {count} of {read} rows are {what} (first: {rows})."
        if kind.kept
        else "{table}: {count} of {read} rows are set aside: {what} (first: {rows}).",
        table=table.name,
        count=kind.count,
        read=table.read,
        what=kind.what,
        rows=", ".join(str(row) for row in kind.rows),
    )


def _engine(name: str, files: RecordFiles) -> DuckDBEngine | SparkEngine:
    from omnistudy.crm.records.engine import DuckDBEngine, memory_for
    from omnistudy.crm.records.spark_engine import SparkEngine

    if one_of(name, ENGINES) == "spark":
        return SparkEngine()
    return DuckDBEngine(memory_for([path for paths in files.files.values() for path in paths]))


def located(choice: RecordChoice, prefer: Sequence[str]) -> tuple[RecordFiles, tuple[InputFile, ...], bool]:
    """Find the files that a command line means, the inputs beside them, and whether they are made up.

    Of a study or a folder only the tables that the command works on are read, as long as there is one.
    """
    from omnistudy.crm.records.files import RecordFiles, files_of_folder, hashed, parts_of
    from omnistudy.study.load import STUDY_FILE

    inputs: tuple[InputFile, ...] = ()
    synthetic, beside, declared = False, choice.given, None
    given = choice.given
    is_study = given is None or given.name == STUDY_FILE or (given / STUDY_FILE).is_file()
    if is_study:
        files, declared, inputs, synthetic = _of_study(given)
        beside = next(iter(files.values()))[0].parent
    elif given is not None and given.is_dir():
        files = files_of_folder(given)
        if not files:
            raise StudyError.of(
                "The folder has no study.toml and no table of records.",
                f"Name its files {', '.join(f'{kind}.csv' for kind in prefer)} (or .parquet).",
                file=str(given),
            )
    elif given is not None:
        files, beside = {"": parts_of(given)}, None
    wanted = {kind: paths for kind, paths in files.items() if kind in prefer}
    path = choice.columns or declared or _beside(beside)
    return (
        RecordFiles(
            files=wanted or files,
            columns=_column_map(choice, path),
            calendar=choice.calendar,
            since=a_day(choice.since),
            until=a_day(choice.until),
        ),
        inputs if path is None else (*inputs, hashed(path)),
        synthetic,
    )


def _of_study(
    given: Path | None,
) -> tuple[dict[str, tuple[Path, ...]], Path | None, tuple[InputFile, ...], bool]:
    """Tables and column map that study.toml names, the study's inputs, and whether it is made up."""
    from omnistudy.crm.records.files import parts_of
    from omnistudy.study.load import STUDY_FILE, find_study, read_settings
    from omnistudy.study.tables import Door

    folder = find_study(given, Path.cwd())
    door = Door(folder)
    settings = read_settings(door)
    door.raise_if_failed()
    named = _named(settings)
    if settings is None or not named:
        raise StudyError.of(
            "The study names no customer records.",
            'Add [crm] to study.toml, for example events = "crm/events.csv".',
            file=str(folder / STUDY_FILE),
        )
    files = {kind: parts_of(folder / name) for kind, name in named.items()}
    columns = None if settings.crm.columns is None else folder / settings.crm.columns
    return files, columns, door.input_files(), settings.study.synthetic


def _named(settings: StudySettings | None) -> dict[str, str]:
    if settings is None:
        return {}
    found = {kind: getattr(settings.crm, kind) for kind in KINDS}
    return {kind: str(name) for kind, name in found.items() if name is not None}


def _beside(folder: Path | None) -> Path | None:
    """The columns.toml that lies beside the tables."""
    path = None if folder is None else folder / COLUMN_MAP
    return path if path is not None and path.is_file() else None


def _column_map(choice: RecordChoice, path: Path | None) -> ColumnMap:
    """Read the column map: --columns, [crm] columns, or columns.toml; options go before what it says."""
    from omnistudy.crm.records.column_map import ColumnMap, checked_zone, read_column_map

    columns = ColumnMap() if path is None else read_column_map(path)
    columns = columns.with_pairs(choice.pairs)
    return columns if choice.zone is None else replace(columns, zone=checked_zone(choice.zone))
