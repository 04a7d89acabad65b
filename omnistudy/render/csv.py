"""The first table as tidy CSV: machine keys for headings, raw values, LF newlines."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Sequence

from omnistudy.render import words
from omnistudy.render.blocks import is_synthetic
from omnistudy.render.context import RenderContext
from omnistudy.render.untrusted import without_formula
from omnistudy.results import Cell, Column, Label, Number, Quote, Result, Table, Undefined


def render_csv(results: Sequence[Result], context: RenderContext) -> str:
    """Return the first table of the first result that has one; without any, the summaries.

    Numbers keep full precision and Latin digits, an undefined or missing value is an empty cell, and
    every text is neutralised against spreadsheet formulas. Labels are in the reader's language.
    """
    table = next((table for result in results for table in result.tables()), None) or _summaries(results)
    synthetic = is_synthetic(results)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    mark = [str(words.SYNTHETIC_SHORT)] if synthetic else []
    writer.writerow(
        [*(without_formula(column.key) for column in table.columns), *(["synthetic"] if synthetic else [])]
    )
    for row in table.rows:
        writer.writerow([*(_cell(cell, context) for cell in row), *mark])
    return buffer.getvalue()


def _summaries(results: Sequence[Result]) -> Table:
    rows = tuple((result.command, result.summary) for result in results)
    return Table(
        name="summary",
        columns=(Column("command", words.COMMAND), Column("summary", words.SUMMARY)),
        rows=rows,
    )


def _cell(cell: Cell, context: RenderContext) -> str:
    raw = cell.value if isinstance(cell, Number) else cell
    match raw:
        case None | Undefined():
            return ""
        case bool():
            return "true" if raw else "false"
        case int() | float():
            return _number(raw)
        case Label():
            text = raw.in_language(context.language.tag)
        case Quote():
            text = raw.text
        case _:
            text = str(raw)
    return without_formula(text)


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"{value} in a table; an undefined cell says Undefined")
    return repr(float(value)) if isinstance(value, float) else str(int(value))
