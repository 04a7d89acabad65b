"""Other programs' SQLite databases, opened so that neither they nor we can come to harm."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from omnistudy.errors import StudyError

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
            connection.execute("PRAGMA query_only = 1")
            connection.execute("PRAGMA trusted_schema = OFF")
            yield connection
    except sqlite3.DatabaseError as error:
        raise StudyError.of(f"The database is damaged ({error}).", _DAMAGED, file=str(path)) from error


def table_names(path: Path) -> frozenset[str]:
    """Return the names of the tables, without views; empty if the file is no SQLite database."""
    if not is_database(path):
        return frozenset()
    with open_database(path) as connection:
        return frozenset(
            str(name) for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
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
