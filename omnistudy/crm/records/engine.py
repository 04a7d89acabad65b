# ruff: noqa: S608 - names of tables and columns are our own or quoted; values are parameters
"""The engine that runs the SQL: an interface of four methods, and DuckDB behind it.

All SQL of this room stays inside a subset that other engines share: no quantile, mode, date
difference or day of week, joins with a calendar table for months, total orders in window functions,
explicit casts and ``nullif`` under every division. Reading files is the engine's own business and
stays in this module. No data frame crosses the interface.
"""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from omnistudy.errors import StudyError

if TYPE_CHECKING:
    from types import TracebackType

    import duckdb

Scalar = str | int | float | bool | None
Row = tuple[Scalar, ...]
_NAME = re.compile(r"^[a-z][a-z0-9_]*$")


def as_count(value: Scalar) -> int:
    """A cell of an answer as a whole number; null, the sum over no row, is 0."""
    return int(value or 0)


def as_number(value: Scalar) -> float:
    """A cell of an answer as a number; null, the sum over no row, is 0."""
    return float(value or 0)


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
    keep
        The columns that are needed; empty for all.
    """

    paths: tuple[Path, ...]
    names: tuple[str, ...] = ()
    header: bool = True
    delimiter: str = ","
    keep: tuple[str, ...] = ()

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
    reported for. ``words`` are text columns with all their values in order: an engine may keep them
    as numbers, as long as they read and sort as texts.
    """

    sql: str
    parameters: tuple[Scalar, ...] = ()
    stored: bool = True
    reads: tuple[Path, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))


Source = FileSource | RowSource | QuerySource


@dataclass(frozen=True, slots=True)
class Answer:
    """The small result of a query: column names and rows."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


class Engine(Protocol):
    """What an engine can do. ``dialect`` is its name in sqlglot's list of dialects.

    SQL is written in the dialect of DuckDB, in the portable subset; three functions of it are not
    portable and each engine has its own for them: ``epoch_us(timestamp)``, ``hash(column, …)`` (any
    64-bit hash) and ``try_cast``.
    """

    dialect: str

    def register(self, name: str, source: Source) -> Mapping[str, str]:
        """Make ``source`` readable under ``name``, in place of an older one; return column to type.

        Types are those of DuckDB. Files get a column ``file_row``, from 1 in the order of the files.
        """
        ...

    def forget(self, name: str) -> None:
        """Drop what was registered under ``name``, if anything was."""
        ...

    def rows(self, sql: str, parameters: Sequence[Scalar] = ()) -> Answer:
        """Run a query with ``?`` parameters."""
        ...

    def close(self) -> None:
        """Let go of everything."""
        ...


LEAST_MEMORY = 700 * 1_000_000
MOST_MEMORY = 6_000 * 1_000_000


def memory_for(paths: Sequence[Path]) -> int:
    """Bytes of buffers that records of these files deserve; beyond them DuckDB works on disk.

    Ten million events fit the least; Parquet is packed about three times as densely as text.
    """
    wanted = sum(path.stat().st_size * (4 if path.suffix.casefold() == ".parquet" else 2) for path in paths)
    return min(max(wanted, LEAST_MEMORY), MOST_MEMORY)


class DuckDBEngine:
    """DuckDB in the process: tables spill to a scratch folder of its own.

    Parameters
    ----------
    memory
        Limit of the buffers in bytes; beyond it DuckDB works on disk.
    threads
        Number of threads; ``None`` takes the machine's.
    """

    dialect = "duckdb"

    def __init__(self, memory: int = LEAST_MEMORY, threads: int | None = None) -> None:
        import duckdb

        # What stands in the database under a name, the last made first; asking it would cost more than most queries.
        self._made: dict[str, list[tuple[str, str]]] = {}
        self._scratch = tempfile.TemporaryDirectory(prefix="omnistudy-", ignore_cleanup_errors=True)
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{memory}B",
            "temp_directory": self._scratch.name,
            # Rows carry their number, so that no query need keep them in order.
            "preserve_insertion_order": False,
            # Nothing may ever be fetched or loaded: the records are confidential.
            "autoinstall_known_extensions": False,
        }
        if threads is not None:
            settings["threads"] = threads
        try:
            self._connection: duckdb.DuckDBPyConnection = duckdb.connect(":memory:", config=settings)
        except duckdb.Error:
            self._scratch.cleanup()
            raise
        # Builds without time zones know UTC only, and refuse the setting.
        with contextlib.suppress(duckdb.InvalidInputException, duckdb.CatalogException):
            self._connection.execute("set TimeZone = 'UTC'")

    def __enter__(self) -> DuckDBEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def register(self, name: str, source: Source) -> Mapping[str, str]:
        """Register files, rows or a query; see :class:`Engine`."""
        check_name(name)
        # Metrics put the same views up again and again; dropping them first would cost more than they do.
        view = isinstance(source, QuerySource) and not source.stored
        if not (view and self._made.get(name) == [("view", name)]):
            self.forget(name)
        match source:
            case QuerySource() if view:
                sql = f"create or replace view {name} as {source.sql}"
                self._read(sql, source.parameters, source.reads)
                self._made[name] = [("view", name)]
            case FileSource():
                self._register_files(name, source)
            case RowSource():
                self._register_rows(name, source)
            case QuerySource():
                sql = self._with_words(name, source) if source.words else source.sql
                self._read(f"create table {name} as {sql}", source.parameters, source.reads)
                self._note(name, "table")
        described = self._connection.execute(
            f"select column_name, column_type from (describe {name})"
        ).fetchall()
        return {str(column): str(kind) for column, kind in described}

    def rows(self, sql: str, parameters: Sequence[Scalar] = ()) -> Answer:
        """Run a query; see :class:`Engine`."""
        with _told():
            done = self._connection.execute(sql, list(parameters))
            found = done.fetchall()
        columns = tuple(str(column[0]) for column in done.description or ())
        return Answer(columns, tuple(tuple(row) for row in found))

    def close(self) -> None:
        """Close the database and remove its scratch folder."""
        self._connection.close()
        self._scratch.cleanup()

    def forget(self, name: str) -> None:
        """Drop a table or view; see :class:`Engine`."""
        for kind, part in self._made.pop(name, ()):
            self._connection.execute(f"drop {kind} {part}")

    def _note(self, name: str, kind: str, part: str | None = None) -> None:
        """Remember what was made for a name, to drop it before what it rests on."""
        self._made.setdefault(name, []).insert(0, (kind, part or name))

    def _register_files(self, name: str, source: FileSource) -> None:
        if source.parquet:
            # A view: the files are streamed through the query that uses them, never kept whole.
            self._read(f"create view {name} as {self._parquet(source)}", (), source.paths)
            self._note(name, "view")
            return
        # Text is read once, in order, by all threads; a numbering query would run in one of them.
        self._connection.execute("set preserve_insertion_order = true")
        try:
            table = f"create table {name}_text as"
            try:
                self._read(f"{table} {_reading_text(source)}", (), source.paths)
            except StudyError:
                # Several threads cannot read line breaks inside quotes; one alone can, and is much slower.
                self._read(f"{table} {_reading_text(source, parallel=False)}", (), source.paths)
            self._note(name, "table", f"{name}_text")
        finally:
            self._connection.execute("set preserve_insertion_order = false")
        self._connection.execute(f"create view {name} as select rowid + 1 as file_row, * from {name}_text")
        self._note(name, "view")

    def _parquet(self, source: FileSource) -> str:
        """Read the parts one after the other, each with the rows before it added to its own numbers."""
        parts, before = [], 0
        columns = ", ".join(_identifier(column) for column in source.keep) or "* exclude (file_row_number)"
        for path in source.paths:
            file = _file(path)
            parts.append(
                f"select file_row_number + {before + 1} as file_row, {columns} "
                f"from read_parquet({file}, file_row_number = true)"
            )
            if len(source.paths) > 1:
                count = self._read(f"select num_rows from parquet_file_metadata({file})", (), (path,))
                before += int(count[0][0])
        return " union all by name ".join(parts)

    def _with_words(self, name: str, source: QuerySource) -> str:
        """Keep columns of few words as numbers: each gets a type that lists its words."""
        kept = []
        for column, words in source.words.items():
            listed = ", ".join(_literal(word) for word in words)
            self._connection.execute(f"create type {name}__{column} as enum ({listed})")
            self._note(name, "type", f"{name}__{column}")
            kept.append(f"cast({column} as {name}__{column}) as {column}")
        return f"select * replace ({', '.join(kept)}) from ({source.sql}) as coded"

    def _register_rows(self, name: str, source: RowSource) -> None:
        columns = ", ".join(f'"{column}" {kind}' for column, kind in source.columns)
        self._connection.execute(f"create table {name} ({columns})")
        self._note(name, "table")
        if not source.rows:
            return
        values = [list(column) for column in zip(*source.rows, strict=True)]
        arrays = _arrays(values)
        if arrays is None:
            # Whole columns as lists: one statement for any number of rows.
            lists = ", ".join(f"unnest(cast(? as {kind}[]))" for _, kind in source.columns)
            self._connection.execute(f"insert into {name} select {lists}", values)
            return
        self._connection.register(f"{name}_given", arrays)
        self._connection.execute(f"insert into {name} select * from {name}_given")
        self._connection.unregister(f"{name}_given")

    def _read(self, sql: str, parameters: Sequence[Scalar], paths: Sequence[Path]) -> list[Any]:
        with _told(paths):
            return self._connection.execute(sql, list(parameters)).fetchall()


@contextlib.contextmanager
def _told(paths: Sequence[Path] = ()) -> Iterator[None]:
    """Turn what the database cannot read into an error about the files.

    A view of Parquet is first read by the query that uses it, which knows no files: whatever is not a
    fault of that query's own words is one of theirs.
    """
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        ours = duckdb.BinderException | duckdb.CatalogException | duckdb.ParserException
        if not paths and isinstance(error, ours):
            raise
        raise StudyError.of(
            f"This table cannot be read: {str(error).strip().splitlines()[0]}",
            "Save it as CSV UTF-8 or Parquet with one header row, or name its columns with --columns FILE.",
            file=str(paths[0]) if paths else None,
        ) from None


def _arrays(columns: Sequence[list[Any]]) -> dict[str, Any] | None:
    """Return columns of numbers as arrays, which the database reads ten times faster than lists.

    ``None`` where one holds a text or lacks a value: those go as lists.
    """
    import numpy as np

    arrays = {f"c{at}": np.array(column) for at, column in enumerate(columns)}
    return arrays if all(array.dtype.kind in "if" for array in arrays.values()) else None


def check_name(name: str) -> None:
    """Refuse what is not a table name of ours; names cannot be parameters."""
    if not _NAME.match(name):
        raise ValueError(f"{name!r} is not a table name")


def _literal(text: str) -> str:
    """Write a text as an SQL literal; only paths and delimiters need it, which no parameter can carry."""
    return "'" + text.replace("'", "''") + "'"


def _file(path: Path) -> str:
    """Write the name of one file as an SQL literal; unescaped, ``x[1].csv`` would mean the file ``x1.csv``."""
    return _literal(re.sub(r"[*?\[]", r"[\g<0>]", str(path)))


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _reading_text(source: FileSource, *, parallel: bool = True) -> str:
    """Return the query that reads text files as text."""
    files = "[" + ", ".join(_file(path) for path in source.paths) + "]"
    wanted = source.keep or source.names
    if source.delimiter == " ":
        return _reading_white_space(source, files, wanted)
    columns = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in source.names)
    alone = "" if parallel else "parallel=false, "
    return (
        f"select {', '.join(_identifier(name) for name in wanted)} "
        f"from read_csv({files}, delim={_literal(source.delimiter)}, "
        f"header={str(source.header).lower()}, quote='\"', escape='\"', null_padding=true, "
        f"auto_detect=false, {alone}columns={{{columns}}})"
    )


def _reading_white_space(source: FileSource, files: str, wanted: Sequence[str]) -> str:
    """Columns parted by runs of blanks, as in fixed-width research files: one line, then its parts."""
    lines = (
        f"select string_split_regex(trim(line), '\\s+') as part from read_csv({files}, delim='\x01', "
        f"header={str(source.header).lower()}, auto_detect=false, columns={{'line': 'VARCHAR'}}, quote='', escape='') "
        "where trim(line) <> ''"
    )
    places = {name: at for at, name in enumerate(source.names, start=1)}
    parts = ", ".join(f"part[{places[name]}] as {_identifier(name)}" for name in wanted)
    return f"select {parts} from ({lines})"
