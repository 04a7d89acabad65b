"""Sheets of small cases, and results of audits as plain text, so that tests compare whole rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from omnistudy.results import (
    Block,
    Cell,
    Figure,
    Heading,
    Kind,
    Note,
    Number,
    Prose,
    Result,
    Table,
    Undefined,
)
from omnistudy.study.bare_table import BareTable, read_bare_table


def sheet_of(folder: Path, text: str) -> BareTable:
    """A sheet as if it had been read from ``sheet.csv``."""
    path = folder / "sheet.csv"
    path.write_text(text, encoding="utf-8")
    return read_bare_table(path)


def word(cell: Cell) -> str:
    """A cell as text: shares in per cent, other numbers as they are, reasons in brackets, nothing as –."""
    if cell is None or cell == "":
        return "–"
    if isinstance(cell, Undefined):
        return f"[{cell.reason}]"
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, Number):
        if cell.value is None:
            return "–"
        return f"{100 * cell.value:.2f}%" if cell.kind is Kind.SHARE else f"{cell.value:.6g}"
    return f"{cell:.6g}" if isinstance(cell, float) else str(cell)


def rows_of(table: Table) -> list[str]:
    """The rows of a table, each as one line."""
    assert all(len(row) == len(table.columns) for row in table.rows)
    return [" | ".join(word(cell) for cell in row) for row in table.rows]


def keys_of(table: Table) -> str:
    """The keys of a table's columns as one line."""
    return " ".join(column.key for column in table.columns)


def table_of(tables: Result | Iterable[Block], name: str) -> Table:
    """The one table of that name."""
    found = tables.tables() if isinstance(tables, Result) else tables
    (table,) = [one for one in found if isinstance(one, Table) and one.name == name]
    return table


def outline(blocks: Sequence[Block]) -> list[str]:
    """A page as lines: tables and figures by name, headings, and sentences with their status."""
    lines = []
    for one in blocks:
        match one:
            case Table():
                lines.append(f"table {one.name}")
            case Figure():
                lines.append(f"figure {one.name}")
            case Heading():
                lines.append(f"{'#' * one.level} {one.text}")
            case Prose() | Note():
                lines.append(f"{one.status}: {one.text}")
    return lines
