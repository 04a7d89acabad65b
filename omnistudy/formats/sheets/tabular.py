"""Spreadsheets and text tables as sheets of text cells, read so that no file can do harm.

Values only: formulas are never run, macros refused, sizes bounded before anything is unpacked. Every
cell is text: ``007``, ``+0`` and ``TRUE`` stay what somebody wrote.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from omnistudy.errors import StudyError
from omnistudy.study.input_files import UnusableFileError, read_input
from omnistudy.study.workbook_guard import MOST_CELLS, SAVE_AGAIN, WorkbookFaultError, column, inspected

MOST_COLUMNS = 16_384  # Excel's own limit
LARGEST_FILE = 256 * 2**20
MOST_MERGED = 10_000
_DELIMITERS = ",;\t|"
_MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as rows of text cells, as long as they come; empty rows stay, so that numbers are right."""

    name: str
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Workbook:
    """The sheets of a file, with what was not simply read.

    ``formulas`` is the number of cells whose last computed value was read, ``merged`` that of cells that
    belong to a merged one above them and hold its value here.
    """

    sheets: tuple[Sheet, ...]
    formulas: int = 0
    merged: int = 0


def is_table_file(path: Path) -> bool:
    """Tell whether a file is a workbook by content, or a text table by name."""
    with path.open("rb") as stream:
        magic = stream.read(4)
    if magic != b"PK\x03\x04":
        return path.suffix.casefold() in {".csv", ".tsv"}
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return path.suffix.casefold() in {".xlsx", ".csv", ".tsv"}


def read_workbook(path: Path, encoding: str | None = None, data: bytes | None = None) -> Workbook:
    """Read a .xlsx, .csv or .tsv file.

    Parameters
    ----------
    path
        The file.
    encoding
        Codec of a text table that is neither UTF-8 nor marked as UTF-16.
    data
        The bytes of the file, where they were read already.

    Raises
    ------
    StudyError
        For a damaged, protected, oversized or macro-bearing workbook, a text in an unknown encoding,
        and tables of more columns than a spreadsheet can have.
    """
    if data is None:
        data = bytes_of(path)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _read_xlsx(path, data)
    return Workbook((Sheet(path.stem, tuple(_csv_rows(path, _decoded(path, data, encoding)))),))


def bytes_of(path: Path) -> bytes:
    """Read a file that may be a table, once: what is hashed is what is parsed.

    Raises
    ------
    StudyError
        For a file that is too large, before it is read.
    """
    try:
        return read_input(path, LARGEST_FILE)
    except UnusableFileError as error:
        raise _error(path, f"The file {error.reason}.", error.remedy) from None


def _error(path: Path, what: str, remedy: str, row: int | None = None) -> StudyError:
    return StudyError.of(what, remedy, file=str(path), row=row)


def _decoded(path: Path, data: bytes, encoding: str | None) -> str:
    codec = next((codec for bom, codec in _BOMS if data.startswith(bom)), None)
    for candidate in [codec] if codec else ["utf-8", encoding]:
        if candidate is None:
            continue
        try:
            text = data.decode(candidate)
        except LookupError:
            raise _error(path, f"'{candidate}' is not an encoding.", "Name one such as cp1256.") from None
        except (UnicodeError, ValueError):
            continue
        if "\0" in text:
            raise _error(path, "This is not a table: it contains NUL characters.", SAVE_AGAIN)
        return text.removeprefix("\ufeff")
    ask = "Say how it was written: --encoding cp1256 (Persian, Arabic), --encoding cp1252 (western)."
    raise _error(path, f"The text is not {'in ' + encoding if encoding else 'UTF-8'}.", ask)


def _csv_rows(path: Path, text: str) -> Iterator[tuple[str, ...]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = 0
    try:
        for number, row in enumerate(reader, start=1):
            if len(row) > MOST_COLUMNS:
                raise _error(path, f"The row has more than {MOST_COLUMNS:,} columns.", SAVE_AGAIN, number)
            yield tuple(cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row)
    except csv.Error as error:
        raise _error(
            path, f"The row is not CSV ({error}).", "Close the quotation mark.", number + 1
        ) from None


def _delimiter(text: str) -> str:
    """Return the delimiter that divides the first rows most evenly."""
    lines = [line for line in text[:20_000].split("\n")[:20] if line.strip()]

    def evenness(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        return sum(count > 0 for count in counts), max(counts[:1], default=0)

    return max(_DELIMITERS, key=evenness)


def _read_xlsx(path: Path, data: bytes) -> Workbook:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise _error(path, "This is an old .xls, or a workbook protected by a password.", SAVE_AGAIN)
    formulas = _inspected(path, data)
    import openpyxl

    from omnistudy.study.workbook_faults import workbook_faults

    try:
        with warnings.catch_warnings():
            # Validation lists and styles that the reader skips do not matter for values.
            warnings.simplefilter("ignore", UserWarning)
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            sheets = []
            merged = 0
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                worksheets: list[Any] = list(book.worksheets)
                for sheet in worksheets:
                    sheet.reset_dimensions()  # the file's own word for it may be a lie
                    rows = [list(row) for row in _xlsx_rows(path, sheet.iter_rows(values_only=True))]
                    merged += _fill_merged(rows, archive.read(sheet._worksheet_path))
                    sheets.append(Sheet(sheet.title, tuple(tuple(row) for row in rows)))
    except StudyError:
        raise
    except workbook_faults() as error:
        raise _error(path, f"The workbook is damaged ({type(error).__name__}).", SAVE_AGAIN) from None
    return Workbook(tuple(sheets), formulas, merged)


def _fill_merged(rows: list[list[str]], xml: bytes) -> int:
    """Give every cell below a merged one its value: it is shown once and means them all.

    Cells merged across columns are titles and stay as they are. Returns the number of cells filled.
    """
    filled = 0
    for left, top, right, bottom in _MERGED.findall(xml)[:MOST_MERGED]:
        if left != right or int(top) > len(rows):
            continue
        at = column(left)
        above = rows[int(top) - 1]
        value = above[at] if at < len(above) else ""
        if not value:
            continue
        for row in rows[int(top) : int(bottom)]:
            row.extend([""] * (at + 1 - len(row)))
            filled += not row[at]
            row[at] = row[at] or value
    return filled


def _xlsx_rows(path: Path, rows: Iterable[tuple[object, ...]]) -> Iterator[tuple[str, ...]]:
    cells = 0
    for number, row in enumerate(rows, start=1):
        last = next((at for at in range(len(row), 0, -1) if row[at - 1] is not None), 0)
        if last > MOST_COLUMNS:
            raise _error(path, f"The row has more than {MOST_COLUMNS:,} columns.", SAVE_AGAIN, number)
        cells += last
        if cells > MOST_CELLS:
            raise _error(path, f"A sheet has more than {MOST_CELLS:,} cells.", "Remove the far ones.", number)
        yield tuple(_cell(value) for value in row[:last])


def _cell(value: object) -> str:
    """Write a value as the sheet shows it, as far as that is known without its format."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value).replace("\r\n", "\n").replace("\r", "\n")


def _inspected(path: Path, data: bytes) -> int:
    """Look through a workbook's archive before anything reads it; return the number of formulas."""
    try:
        return inspected(data)
    except WorkbookFaultError as error:
        raise _error(path, error.what, error.remedy) from None
