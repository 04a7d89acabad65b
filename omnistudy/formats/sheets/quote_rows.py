"""Rows of a table of coded quotations, and the codes that stand in a cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from omnistudy.formats.reading.options import ReadOptions, split_path
from omnistudy.formats.sheets.headers import Headers
from omnistudy.formats.sheets.tabular import Sheet

_SAID_ONCE = ("source", "coder", "code")
_USED = frozenset(
    {
        "source",
        "code",
        "quote",
        "coder",
        "begin",
        "end",
        "reference",
        "memo",
        "created",
        "round",
        "id",
        "name",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRow:
    """One row; ``number`` counts as the spreadsheet does."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    rest: Mapping[str, str]

    def __getitem__(self, field: str) -> str:
        return self.cells.get(field, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteTable:
    """The rows of all sheets of one kind; ``program`` decides how codes are written in a cell."""

    program: str
    file: str
    sha256: str
    rows: tuple[QuoteRow, ...]
    has_offsets: bool


def quote_rows(sheet: Sheet, headers: Headers, *, fill_down: bool = False) -> Iterator[QuoteRow]:
    """Yield the rows below the header that hold anything; with ``fill_down`` names are said once."""
    used = {at: name for name, at in headers.columns.items()}
    above: dict[str, str] = {}
    for number, cells in enumerate(sheet.rows[headers.row + 1 :], start=headers.row + 2):
        if not any(cell.strip() for cell in cells):
            continue
        named = {used[at]: cell.strip() for at, cell in enumerate(cells) if at in used}
        if fill_down:
            above |= {name: named[name] for name in _SAID_ONCE if named.get(name)}
            named = {**named, **above}
        rest = {
            header: cells[at].strip()
            for at, header in enumerate(headers.cells)
            if header and at < len(cells) and cells[at].strip() and used.get(at) not in _USED
        }
        yield QuoteRow(sheet=sheet.name, number=number, cells=named, rest=rest)


def code_paths(cell: str, program: str, options: ReadOptions) -> list[tuple[str, ...]]:
    """Return the codes of a cell as paths, without repetition."""
    names = cell.split("\n")
    if program == "ATLAS.ti table" and len(names) == 1:
        names = cell.split(";")
    separator = options.split
    if separator is None and program == "MAXQDA table":
        separator = ">" if ">" in cell else "\\"
    return list(dict.fromkeys(split_path(name, separator) for name in names if name.strip()))
