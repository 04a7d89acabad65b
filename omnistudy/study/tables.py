"""CSV tables of a study, read with every fault of every row collected."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from omnistudy.errors import Problem, Severity, StudyError, did_you_mean
from omnistudy.results import InputFile
from omnistudy.study.input_files import LARGEST_TABLE, fault_of, read_input, remedy_of

MOST_COLUMNS = 1_000
csv.field_size_limit(2**27)  # a quotation may be long; the standard limit is 128 KiB


@dataclass
class Door:
    """What loading has met so far: the study folder, the files read and the problems found.

    The only mutable object of the room; it lives as long as one call of ``load_study``.
    ``unreadable`` holds the interviews whose transcript was reported, so that no row about them is
    reported as well; ``codes_unknown`` says the same of the codebook: what it holds cannot be told.
    """

    folder: Path
    problems: list[Problem] = field(default_factory=list)
    inputs: dict[str, str] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    codes_unknown: bool = False

    def problem(
        self,
        what: str,
        remedy: str,
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
    ) -> None:
        """Record an error."""
        self.problems.append(Problem(what=what, remedy=remedy, file=file, row=row, column=column))

    def warning(
        self,
        what: str,
        remedy: str,
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
    ) -> None:
        """Record something that does not stop the command."""
        self.problems.append(
            Problem(what=what, remedy=remedy, file=file, row=row, column=column, severity=Severity.WARNING)
        )

    def read_bytes(self, name: str, *, most: int = LARGEST_TABLE) -> bytes | None:
        """Return the bytes of a file of the study and remember its hash; ``None`` when unreadable.

        A pipe, a device and a file of more than ``most`` bytes is a problem and is not read.
        """
        path = self.folder / name
        try:
            data = read_input(path, most)
        except FileNotFoundError:
            near = did_you_mean(path.name, _siblings(path))
            self.problem("The file does not exist.", near or "Correct the path in study.toml.", file=name)
        except IsADirectoryError:
            self.problem("This is a folder, not a file.", "Name the file in study.toml.", file=name)
        except OSError as error:
            self.problem(f"The file {fault_of(error)}.", remedy_of(error), file=name)
        else:
            self.inputs[name] = hashlib.sha256(data).hexdigest()
            return data
        return None

    def read_text(self, name: str, *, most: int = LARGEST_TABLE) -> str | None:
        """Return a UTF-8 file as text without a byte order mark; ``None`` when it is not text."""
        data = self.read_bytes(name, most=most)
        if data is None:
            return None
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self.problem("This is not UTF-8 text.", "Save the file as UTF-8.", file=name, row=line)
            return None

    @property
    def failed(self) -> bool:
        """Whether any error was recorded."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The recorded warnings."""
        return tuple(p for p in self.problems if p.severity is Severity.WARNING)

    def raise_if_failed(self) -> None:
        """Raise everything that was found, when there is an error among it.

        Raises
        ------
        StudyError
            With all problems, warnings included.
        """
        if self.failed:
            raise StudyError(self.problems)

    def input_files(self) -> tuple[InputFile, ...]:
        """The files read, sorted by name."""
        return tuple(InputFile(name, digest) for name, digest in sorted(self.inputs.items()))


def _siblings(path: Path) -> list[str]:
    try:
        return [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return []


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its 1-based number in the file (the header is row 1) and its cells."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A table as lists of cells; ``index`` maps column names to positions."""

    name: str
    header: tuple[str, ...]
    index: Mapping[str, int]
    records: list[tuple[int, list[str]]]

    def rows(self) -> Iterator[Row]:
        """Iterate over the rows as mappings, cells stripped of outer white space."""
        for number, cells in self.records:
            yield Row(number, {name: cells[at].strip() for name, at in self.index.items()})


def read_table(
    door: Door,
    name: str,
    *,
    required: Sequence[str],
    optional: Sequence[str] = (),
    open_ended: bool = False,
    synonyms: Mapping[str, str] | None = None,
    remedies: Mapping[str, str] | None = None,
) -> CsvTable | None:
    """Read a CSV file (comma, semicolon or tab) with named columns in any order.

    Parameters
    ----------
    door
        Collects the problems: missing columns (with the nearest header), rows that are too short or
        too long, an empty file, duplicate headers.
    name
        Path relative to the study folder.
    required, optional
        Column names. Others are ignored with a warning, unless ``open_ended``, where they are kept.
    synonyms
        Accepted header to our column name.
    remedies
        Required column to what can be done where a table has none like it.

    Returns
    -------
    CsvTable or None
        ``None`` when the file cannot be used at all.
    """
    text = door.read_text(name)
    if text is None:
        return None
    # csv keeps a lone CR or CRLF inside quoted cells; offsets count LF, so newlines are unified here.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    header_line = text.split("\n", 1)[0]
    if not header_line.strip():
        door.problem("The table is empty.", f"Give it a header row: {','.join(required)}.", file=name)
        return None
    if "\x00" in text:
        door.problem("This is not a CSV table.", "Save it as CSV UTF-8.", file=name)
        return None
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(header_line), strict=True)
    cells = _header_cells(door, name, reader)
    if cells is None:
        return None
    header = _header(door, name, cells, synonyms or {})
    index = {column: at for at, column in enumerate(header) if column}
    wanted = _Wanted(required, optional, open_ended, remedies or {})
    if not _columns_are_right(door, name, header, wanted):
        return None
    records = _records(door, name, reader, len(header))
    return CsvTable(name, header, index, records)


def _delimiter(header_line: str) -> str:
    return max((",", ";", "\t"), key=header_line.count)


def _header_cells(door: Door, name: str, reader: Iterator[list[str]]) -> list[str] | None:
    try:
        cells = next(reader)
    except csv.Error as error:
        door.problem(f"The row is not CSV ({error}).", "Close the quotation mark.", file=name, row=1)
        return None
    if len(cells) > MOST_COLUMNS:
        what = f"The table has {len(cells):,} columns, more than the {MOST_COLUMNS:,} that are read."
        door.problem(what, "Keep the columns that the study needs.", file=name, row=1)
        return None
    return cells


def _header(door: Door, name: str, cells: list[str], synonyms: Mapping[str, str]) -> tuple[str, ...]:
    header: list[str] = []
    for cell in cells:
        column = cell.strip().casefold().replace(" ", "_")
        column = synonyms.get(column, column)
        if column and column in header:
            door.problem(
                f"Column '{column}' appears twice.", "Remove or rename one of them.", file=name, row=1
            )
        header.append(column)
    return tuple(header)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The columns that a table is to have, as ``read_table`` was told."""

    required: Sequence[str]
    optional: Sequence[str]
    open_ended: bool
    remedies: Mapping[str, str]


def _columns_are_right(door: Door, name: str, header: Sequence[str], wanted: _Wanted) -> bool:
    missing = [column for column in wanted.required if column not in header]
    known = {*wanted.required, *wanted.optional}
    strangers = [column for column in header if column and column not in known]
    for column in missing:
        near = did_you_mean(column, strangers)
        add = wanted.remedies.get(column, f"Add the column '{column}'.")
        remedy = near.replace("Did you mean", "Rename the column") if near else add
        door.problem(
            f"Column '{column}' is missing.", remedy.replace("'?", f"' to '{column}'."), file=name, row=1
        )
    if not wanted.open_ended:
        for column in strangers:
            near = did_you_mean(column, wanted.optional)
            door.warning(
                f"Column '{column}' is not used.", near or "Nothing needs to be done.", file=name, row=1
            )
    return not missing


def _records(door: Door, name: str, reader: Iterator[list[str]], width: int) -> list[tuple[int, list[str]]]:
    records: list[tuple[int, list[str]]] = []
    number = 1
    try:
        for number, cells in enumerate(reader, start=2):
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != width:
                what = f"The row has {len(cells)} cells, the header {width}."
                door.problem(what, "Quote cells that hold the delimiter.", file=name, row=number)
                continue
            records.append((number, cells))
    except csv.Error as error:
        door.problem(f"The row is not CSV ({error}).", "Close the quotation mark.", file=name, row=number + 1)
    return records
