"""Where customer records lie: files, folders of parts, delimiters, headers and hashes."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.crm.records.engine import FileSource
from omnistudy.crm.records.tables import TABLES
from omnistudy.errors import StudyError, did_you_mean
from omnistudy.results import InputFile
from omnistudy.study.input_files import sha256_of

SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".csv.gz", ".tsv.gz", ".txt.gz")
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFiles:
    """Where the records lie: table name to files; the name is empty where the columns must tell."""

    files: Mapping[str, tuple[Path, ...]]
    columns: ColumnMap
    calendar: str = "gregorian"
    since: date | None = None
    until: date | None = None


def files_of_folder(folder: Path) -> dict[str, tuple[Path, ...]]:
    """Find tables in a folder: ``events.csv``, ``transactions.parquet``, or folders of such parts.

    Raises
    ------
    StudyError
        When two of them could be the same table.
    """
    found: dict[str, tuple[Path, ...]] = {}
    entries = sorted(folder.iterdir())
    for name in TABLES:
        files = {name + suffix for suffix in SUFFIXES}
        candidates = [
            entry
            for entry in entries
            if (entry.is_dir() and entry.name == name) or (entry.is_file() and entry.name.casefold() in files)
        ]
        if len(candidates) > 1:
            names = ", ".join(entry.name for entry in candidates)
            raise StudyError.of(
                f"Each of {names} could be the table {name}.", "Keep one of them here.", file=str(folder)
            )
        if candidates:
            found[name] = parts_of(candidates[0])
    return found


def parts_of(path: Path) -> tuple[Path, ...]:
    """Return a file, or the files of a folder that all hold one table.

    Raises
    ------
    StudyError
        When there is no such file, or the folder mixes kinds of files.
    """
    if not path.exists():
        siblings = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        near = did_you_mean(path.name, siblings)
        raise StudyError.of("The file does not exist.", near or "Correct the path.", file=str(path))
    if path.is_file():
        if not path.name.casefold().endswith(SUFFIXES):
            raise StudyError.of("This is neither CSV nor Parquet.", "Save it as CSV UTF-8.", file=str(path))
        return (path,)
    if not path.is_dir():
        raise StudyError.of(
            "This is a pipe or a device.", "Save what it gives in a file, and name that.", file=str(path)
        )
    parts = tuple(p for p in sorted(path.iterdir()) if p.is_file() and p.name.casefold().endswith(SUFFIXES))
    if not parts or len({part.suffix.casefold() == ".parquet" for part in parts}) > 1:
        raise StudyError.of(
            "The folder does not hold the parts of one table.", "Keep CSV or Parquet files of one layout in it.",
            file=str(path),
        )  # fmt: skip
    return parts


def hashed(path: Path) -> InputFile:
    """Hash a file of any size."""
    return InputFile(str(path), sha256_of(path))


def source_of(paths: tuple[Path, ...], columns: ColumnMap) -> FileSource:
    """Find out how the files of one table are written.

    Raises
    ------
    StudyError
        When the first line cannot be read, or has another number of columns than were named.
    """
    if paths[0].suffix.casefold() == ".parquet":
        return FileSource(paths=paths)
    line = _first_line(paths[0])
    if not line.strip():
        raise StudyError.of(
            "The table is empty.",
            "Save it as CSV UTF-8 or Parquet with one header row, or name its columns with --columns FILE.",
            file=str(paths[0]),
        )
    delimiter = max(_DELIMITERS, key=line.count)
    if not line.count(delimiter):
        delimiter = " "
    cells = line.split() if delimiter == " " else [cell.strip().strip('"') for cell in line.split(delimiter)]
    if not columns.names:
        return FileSource(paths=paths, names=tuple(cells), delimiter=delimiter)
    if len(cells) != len(columns.names):
        raise StudyError.of(
            f"The file has {len(cells)} columns, and {len(columns.names)} are named.",
            "Name every column in order, - for one to skip.",
            file=str(paths[0]),
        )
    return FileSource(paths=paths, names=columns.names, header=False, delimiter=delimiter)


def _first_line(path: Path) -> str:
    packed = path.suffix.casefold() == ".gz"
    try:
        with gzip.open(path, "rb") if packed else path.open("rb") as stream:
            return stream.readline(1 << 20).decode("utf-8-sig").rstrip("\r\n")
    except (EOFError, zlib.error, gzip.BadGzipFile):
        reason = "it is not a whole gzip file"
    except OSError as error:
        reason = str(error.strerror)
    except UnicodeDecodeError:
        reason = "it is not UTF-8 text"
    raise StudyError.of(f"The file cannot be read: {reason}.", "Save it as CSV UTF-8.", file=str(path))
