"""Results on a terminal: sentences, tables and bars, as wide as the window, plain when piped."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from omnistudy.render import words
from omnistudy.render.blocks import NUMERIC, is_synthetic, source_of
from omnistudy.render.context import RenderContext
from omnistudy.render.figures import as_tables
from omnistudy.render.language import Language
from omnistudy.render.untrusted import visible
from omnistudy.results import (
    Bars,
    Block,
    Cell,
    Column,
    Figure,
    Heading,
    Kind,
    Note,
    Prose,
    Quotes,
    Result,
    Status,
    Table,
    Undefined,
)

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text

# The one place where a status gets its look on a terminal.
STYLES = {
    Status.NEUTRAL: "",
    Status.GOOD: "green",
    Status.WARNING: "yellow",
    Status.BAD: "bold red",
    Status.UNDEFINED: "dim",
}
WATERMARK_STYLE = "bold black on yellow"
_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL = "█"


def render_terminal(results: Sequence[Result], context: RenderContext) -> str:
    """Return the results as text of at most ``context.width`` columns.

    With ``context.colour`` off there is no escape sequence in it at all. Tables stop after
    ``context.row_limit`` rows and say how many are left. Text from transcripts and codebooks is never
    read as markup and cannot steer the terminal.
    """
    from rich.console import Console

    console = Console(
        file=io.StringIO(),
        width=context.width,
        force_terminal=context.colour,
        color_system="standard" if context.colour else None,
        no_color=not context.colour,
        legacy_windows=False,
        markup=False,
        highlight=False,
        emoji=False,
    )
    with console.capture() as capture:
        for renderable in _page(results, context):
            console.print(renderable, soft_wrap=False)
    lines = (line.rstrip() for line in capture.get().splitlines())
    return "\n".join(lines) + "\n"


def _page(results: Sequence[Result], context: RenderContext) -> Iterator[RenderableType]:
    from rich.text import Text

    language = context.language
    if is_synthetic(results):
        yield Text(language.text(words.SYNTHETIC), style=WATERMARK_STYLE)
    for position, result in enumerate(results):
        if len(results) > 1:
            yield Text(("\n" if position else "") + language.text(result.title), style="bold underline")
        yield _wrapped(language.text(result.summary), "bold")
        for block in result.blocks() or result.tables():
            yield ""
            yield from _block(block, context)


def _wrapped(text: str, style: str = "") -> Text:
    from rich.text import Text

    return Text(text, style=style, overflow="fold")


def _block(block: Block, context: RenderContext) -> Iterator[RenderableType]:
    language = context.language
    match block:
        case Heading():
            yield _wrapped(language.text(block.text), "bold underline" if block.level < 3 else "bold")
        case Prose() | Note():
            mark = "! " if isinstance(block, Note) else ""
            yield _wrapped(mark + language.text(block.text), STYLES[block.status])
        case Table():
            yield from _table(block, context)
        case Quotes():
            yield from _quotes(block, context)
        case Figure(picture=Bars() as bars):
            yield _wrapped(language.text(block.caption), "bold")
            yield from _bars(bars, context)
        case Figure():
            yield _wrapped(language.text(block.caption), "bold")
            yield _wrapped(language.text(block.alt))
            for table in as_tables(block):
                yield from _table(table, context)


def _table(table: Table, context: RenderContext) -> Iterator[RenderableType]:
    from rich import box
    from rich.table import Table as Grid

    language = context.language
    if table.caption is not None:
        yield _wrapped(language.text(table.caption), "bold")
    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for position, column in enumerate(table.columns):
        numeric = column.kind in NUMERIC
        grid.add_column(
            _wrapped(language.text(column.heading)),
            justify="right" if numeric else "left",
            overflow="fold",
            no_wrap=numeric,
            min_width=_id_width(table, position) if column.kind is Kind.ID else None,
        )
    reasons: dict[str, int] = {}
    for row in table.rows[: context.row_limit]:
        grid.add_row(
            *(_cell(cell, column, reasons, language) for cell, column in zip(row, table.columns, strict=True))
        )
    yield grid
    for reason, number in reasons.items():
        yield _wrapped(f"({language.number(number, Kind.COUNT)}) {reason}", STYLES[Status.UNDEFINED])
    if len(table.rows) > context.row_limit:
        yield _wrapped(language.text(words.more_rows(len(table.rows) - context.row_limit)), "italic")
    if table.note is not None:
        yield _wrapped(language.text(table.note), "dim")


def _id_width(table: Table, position: int) -> int:
    """Return the room that keeps identifiers in one piece, unless they are very long."""
    from rich.cells import cell_len

    return min(26, max((cell_len(str(row[position])) for row in table.rows), default=0))


def _cell(cell: Cell, column: Column, reasons: dict[str, int], language: Language) -> Text:
    if isinstance(cell, Undefined):
        reason = language.text(words.undefined_because(cell.reason))
        number = reasons.setdefault(reason, len(reasons) + 1)
        return _wrapped(f"– ({language.number(number, Kind.COUNT)})", STYLES[Status.UNDEFINED])
    return _wrapped("".join(language.isolated(piece) for piece in language.cell(cell, column.kind)))


def _quotes(block: Quotes, context: RenderContext) -> Iterator[RenderableType]:
    from rich.padding import Padding

    language = context.language
    if block.caption is not None:
        yield _wrapped(language.text(block.caption), "bold")
    for quote in block.quotes:
        yield Padding(_wrapped(visible(quote.text)), (0, 0, 0, 2))
        yield Padding(_wrapped(f"— {source_of(quote, language)}", "dim"), (0, 0, 0, 4))
    if block.left_out:
        yield _wrapped(language.text(words.more_quotations(block.left_out)), "italic")


def _bars(bars: Bars, context: RenderContext) -> Iterator[RenderableType]:
    from rich.cells import cell_len

    language = context.language
    names = [language.name(label) for label in bars.labels[: context.row_limit]]
    shown = [
        language.text(words.UNDEFINED) if value is None else language.number(value, bars.kind)
        for value in bars.values[: context.row_limit]
    ]
    room = min(max((cell_len(name) for name in names), default=0), context.width * 2 // 5)
    figures = max((cell_len(text) for text in shown), default=0)
    span = max(4, context.width - room - figures - 4)
    largest = max((abs(value) for value in bars.values if value is not None), default=0) or 1
    yield _wrapped(language.text(bars.axis), "dim")
    for name, text, value in zip(names, shown, bars.values, strict=False):
        bar = _bar(0 if value is None else abs(value) / largest * span)
        for line in _folded(name, room)[:-1]:
            yield _wrapped(line)
        last = _folded(name, room)[-1]
        padded = last + " " * (room - cell_len(last))
        yield _wrapped(f"{padded}  {text:>{figures}}  {bar}")
    if len(bars.labels) > context.row_limit:
        yield _wrapped(language.text(words.more_rows(len(bars.labels) - context.row_limit)), "italic")


def _folded(name: str, room: int) -> list[str]:
    from rich.cells import chop_cells

    return chop_cells(name, max(1, room)) or [""]


def _bar(length: float) -> str:
    whole = int(length)
    return (_FULL * whole + _EIGHTHS[int((length - whole) * 8)]).rstrip()
