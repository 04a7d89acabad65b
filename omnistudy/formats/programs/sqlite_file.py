"""Other programs' SQLite databases, opened so that neither they nor we can come to harm."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from omnistudy.errors import StudyError

LARGEST_CELL = 64 * 2**20
MOST_STEPS = 2_000_000_000  # of SQLite's machine: minutes of work
_STEPS = 1_000_000
MAGIC = b"SQLite format 3\x00"
_DAMAGED = "Copy or export it again from the program it comes from."


@contextmanager
def open_database(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a database read-only and immutable: no locks, no journals, no files beside it.

    Raises
    ------
    StudyError
        If the file cannot be read, is no database, is cut off or damaged (also while it is being
        used), or has changes waiting in a file beside it.
    """
    _look_at_header(path)
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            connection.text_factory = _lenient
            connection.execute("PRAGMA query_only = 1")
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LARGEST_CELL)
            _bound_work(connection)
            yield connection
    except sqlite3.DataError as error:
        raise StudyError.of(
            f"A text in the database is larger than {LARGEST_CELL // 2**20} MiB.",
            "Remove it in the program that the file comes from.",
            file=str(path),
        ) from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        # SQLite's own messages quote the damaged schema, which may be no text.
        raise StudyError.of(f"The database is damaged ({error}).", _DAMAGED, file=str(path)) from error


def _bound_work(connection: sqlite3.Connection) -> None:
    """End a query that goes round in a damaged or hostile file."""
    left = MOST_STEPS // _STEPS

    def count() -> bool:
        nonlocal left
        left -= 1
        return left < 0

    connection.set_progress_handler(count, _STEPS)


def table_names(path: Path) -> frozenset[str]:
    """Return the names of the tables, without views; empty if the file is no SQLite database."""
    if not is_database(path):
        return frozenset()
    with open_database(path) as connection:
        return frozenset(
            str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        )


Cell = str | int | float | bytes | None
Tables = Mapping[str, list[tuple[Cell, ...]]]
"""Rows of a project's tables, by the table's name."""


def read_rows(connection: sqlite3.Connection, table: str, columns: Sequence[str]) -> list[tuple[Cell, ...]]:
    """Return the wanted columns of a table, whatever version wrote it: what it lacks is ``None``.

    Rows come in the order of their row numbers, which is the first value of every row. A table that does
    not exist has no rows; text that is not UTF-8 keeps its place with U+FFFD.
    """
    known = {str(row[1]) for row in connection.execute(f"PRAGMA table_info({_quoted(table)})")}
    if not known or _is_view(connection, table):
        return []
    wanted = ", ".join(_quoted(column) if column in known else "NULL" for column in columns)
    query = f"SELECT rowid, {wanted} FROM {_quoted(table)} ORDER BY rowid"  # noqa: S608 - names are ours
    return connection.execute(query).fetchall()


def text_of(cell: Cell) -> str:
    """Return a cell as text, an empty one as an empty string."""
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace")
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell)


def whole(cell: Cell) -> int | None:
    """Return a cell as a whole number, also where the program stores it as REAL or text."""
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() else None
    if isinstance(cell, int):
        return cell
    text = cell.strip() if isinstance(cell, str) else ""
    return int(text) if len(text) < 20 and text.lstrip("-").isascii() and text.lstrip("-").isdigit() else None


def _lenient(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _is_view(connection: sqlite3.Connection, table: str) -> bool:
    """Tell whether a name is anything but an ordinary table: a view or a virtual table runs what it likes."""
    query = "SELECT type, sql FROM sqlite_master WHERE name = ? COLLATE NOCASE"
    found = connection.execute(query, (table,)).fetchone()
    return (
        found is None or found[0] != "table" or str(found[1] or "").lstrip()[:14].upper() == "CREATE VIRTUAL"
    )


def is_database(path: Path) -> bool:
    """Tell whether the file begins as an SQLite database."""
    with path.open("rb") as stream:
        return stream.read(len(MAGIC)) == MAGIC


def _look_at_header(path: Path) -> None:
    with path.open("rb") as stream:
        header = stream.read(100)
    if not header.startswith(MAGIC):
        raise StudyError.of(
            "This is not an SQLite database.", "Choose the program's own file.", file=str(path)
        )
    if len(header) < 100:
        raise StudyError.of("The database is cut off.", _DAMAGED, file=str(path))
    page = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    written_by_current = header[24:28] == header[92:96]  # else the page count is not to be trusted
    if written_by_current and pages * (65536 if page == 1 else page) > path.stat().st_size:
        raise StudyError.of("The database is cut off.", _DAMAGED, file=str(path))
    waiting = path.with_name(path.name + "-wal")
    if waiting.exists() and waiting.stat().st_size:
        raise StudyError.of(
            f"Changes that are not yet in the file wait in {waiting.name}.",
            "Close the program that has it open, or export the project.",
            file=str(path),
        )
