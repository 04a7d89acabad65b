# ruff: noqa: S608 - names of tables and columns are our own or quoted; values are parameters
"""The engine that runs the SQL: an interface of four methods, and DuckDB behind it.

All SQL of this room stays inside a subset that other engines share: no quantile, mode, date
difference or day of week, joins with a calendar table for months, total orders in window functions,
explicit casts and ``nullif`` under every division. Reading files is the engine's own business and
stays in this module. No data frame crosses the interface.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from omnistudy.errors import StudyError

if TYPE_CHECKING:
    from types import TracebackType

    import duckdb

Scalar = str | int | float | bool | None
Row = tuple[Scalar, ...]
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """Files of one table, read as text where they are text and as they are where they are Parquet.

    Parameters
    ----------
    paths
        One file, or several of the same layout.
    names
        Column names of text files, in their order.
    header
        Whether the first line of each file holds the names.
    delimiter
        One character, or ``" "`` for columns parted by any white space.
    """

    paths: tuple[Path, ...]
    names: tuple[str, ...] = ()
    header: bool = True
    delimiter: str = ","

    @property
    def parquet(self) -> bool:
        """Whether the files are Parquet."""
        return all(path.suffix.casefold() == ".parquet" for path in self.paths)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSource:
    """A small table made in Python: ``columns`` are names with SQL types."""

    columns: tuple[tuple[str, str], ...]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuerySource:
    """A table made by a query over tables registered before.

    ``stored`` computes it once and keeps it; ``reads`` names the files that a fault in reading is
    reported for.
    """

    sql: str
    parameters: tuple[Scalar, ...] = ()
    stored: bool = True
    reads: tuple[Path, ...] = ()


Source = FileSource | RowSource | QuerySource


@dataclass(frozen=True, slots=True)
class Answer:
    """The small result of a query: column names and rows."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


class Engine(Protocol):
    """What an engine can do. ``dialect`` is its name in sqlglot's list of dialects."""

    dialect: str

    def register(self, name: str, source: Source) -> tuple[str, ...]:
        """Make ``source`` readable under ``name``, in place of an older one; return its columns."""
        ...

    def rows(self, sql: str, parameters: Sequence[Scalar] = ()) -> Answer:
        """Run a query with ``?`` parameters."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


class DuckDBEngine:
    """DuckDB in the process: files are streamed, tables spill to a scratch folder of its own.

    Parameters
    ----------
    memory
        Limit of the buffers, for example ``"1GB"``; beyond it DuckDB works on disk.
    threads
        Number of threads; ``None`` takes the machine's.
    """

    dialect = "duckdb"

    def __init__(self, memory: str = "1GB", threads: int | None = None) -> None:
        import duckdb

        self._scratch = tempfile.TemporaryDirectory(prefix="omnistudy-", ignore_cleanup_errors=True)
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": memory,
            "temp_directory": self._scratch.name,
            "TimeZone": "UTC",
            # Nothing may ever be fetched or loaded: the records are confidential.
            "autoinstall_known_extensions": False,
        }
        if threads is not None:
            settings["threads"] = threads
        self._connection: duckdb.DuckDBPyConnection = duckdb.connect(":memory:", config=settings)

    def __enter__(self) -> DuckDBEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def register(self, name: str, source: Source) -> tuple[str, ...]:
        """Register files, rows or a query; see :class:`Engine`."""
        _check_name(name)
        self._drop(name)
        match source:
            case FileSource():
                # A view: the files are streamed through the query that uses them, never kept whole.
                self._read(f"create view {name} as {_reading(source)}", (), source.paths)
            case RowSource():
                self._register_rows(name, source)
            case QuerySource():
                kind = "table" if source.stored else "view"
                self._read(f"create {kind} {name} as {source.sql}", source.parameters, source.reads)
        described = self._connection.execute(f"describe {name}").fetchall()
        return tuple(str(row[0]) for row in described)

    def rows(self, sql: str, parameters: Sequence[Scalar] = ()) -> Answer:
        """Run a query; see :class:`Engine`."""
        done = self._connection.execute(sql, list(parameters))
        columns = tuple(str(column[0]) for column in done.description or ())
        return Answer(columns, tuple(tuple(row) for row in done.fetchall()))

    def close(self) -> None:
        """Close the database and remove its scratch folder."""
        self._connection.close()
        self._scratch.cleanup()

    def _drop(self, name: str) -> None:
        # "drop view if exists" on a table is an error, so the kind is looked up first.
        found = self._connection.execute(
            "select table_type from information_schema.tables where table_name = ?", [name]
        ).fetchone()
        if found is not None:
            self._connection.execute(f"drop {'view' if found[0] == 'VIEW' else 'table'} {name}")

    def _register_rows(self, name: str, source: RowSource) -> None:
        columns = ", ".join(f'"{column}" {kind}' for column, kind in source.columns)
        self._connection.execute(f"create table {name} ({columns})")
        if source.rows:
            # Whole columns as lists: one statement for any number of rows.
            lists = ", ".join(f"unnest(cast(? as {kind}[]))" for _, kind in source.columns)
            values = [list(column) for column in zip(*source.rows, strict=True)]
            self._connection.execute(f"insert into {name} select {lists}", values)

    def _read(self, sql: str, parameters: Sequence[Scalar], paths: Sequence[Path]) -> None:
        import duckdb

        try:
            self._connection.execute(sql, list(parameters))
        except (duckdb.InvalidInputException, duckdb.IOException) as error:
            if not paths:
                raise
            raise StudyError.of(
                f"This table cannot be read: {str(error).strip().splitlines()[0]}",
                "Save it as CSV UTF-8 or Parquet with one header row, or name its columns with --columns FILE.",
                file=str(paths[0]),
            ) from None


def _check_name(name: str) -> None:
    if not _NAME.match(name):
        raise ValueError(f"{name!r} is not a table name")


def _literal(text: str) -> str:
    """Write a text as an SQL literal; only paths and delimiters need it, which no parameter can carry."""
    return "'" + text.replace("'", "''") + "'"


def _reading(source: FileSource) -> str:
    """Return the query that reads the files with a row number: 1-based, over the data rows."""
    files = "[" + ", ".join(_literal(str(path)) for path in source.paths) + "]"
    if source.parquet:
        return f"select row_number() over () as file_row, * from read_parquet({files})"
    if source.delimiter == " ":
        return _reading_white_space(source, files)
    columns = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in source.names)
    return (
        f"select row_number() over () as file_row, * from read_csv({files}, delim={_literal(source.delimiter)}, "
        f"header={str(source.header).lower()}, quote='\"', escape='\"', null_padding=true, "
        f"auto_detect=false, columns={{{columns}}})"
    )


def _reading_white_space(source: FileSource, files: str) -> str:
    """Columns parted by runs of blanks, as in fixed-width research files: one line, then its parts."""
    lines = (
        f"select string_split_regex(trim(line), '\\s+') as part from read_csv({files}, delim='\x01', "
        f"header={str(source.header).lower()}, auto_detect=false, columns={{'line': 'VARCHAR'}}, quote='', escape='') "
        "where trim(line) <> ''"
    )
    parts = ", ".join(f'part[{at}] as "{name}"' for at, name in enumerate(source.names, start=1))
    return f"select row_number() over () as file_row, {parts} from ({lines})"
