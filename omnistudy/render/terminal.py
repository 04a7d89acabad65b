"""Results on a terminal: sentences, tables and bars, as wide as the window, plain when piped."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from omnistudy.pictures import Bars
from omnistudy.render import words
from omnistudy.render.blocks import NUMERIC, is_synthetic, source_of
from omnistudy.render.context import RenderContext
from omnistudy.render.language import Language
from omnistudy.render.untrusted import visible
from omnistudy.results import (
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
_GAP = 3  # between two columns of the grid
_WHOLE_ID, _FOLDED_ID, _LONG_WORD = 26, 16, 14


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
        for block in result.blocks() or [table for table in result.tables() if table.rows]:
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
            # The numbers stand in the tables of the same result.
            yield _wrapped(language.text(block.alt))


def _table(table: Table, context: RenderContext) -> Iterator[RenderableType]:
    from rich import box
    from rich.table import Table as Grid

    language = context.language
    if table.caption is not None:
        yield _wrapped(language.text(table.caption), "bold")
    reasons: dict[str, int] = {}
    cells = [
        [_cell(cell, column, reasons, language) for cell, column in zip(row, table.columns, strict=True)]
        for row in table.rows[: context.row_limit]
    ]
    widths = _layout(table, cells, context)
    kept = list(widths)
    grid = Grid(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for position in kept:
        column = table.columns[position]
        numeric = column.kind in NUMERIC
        grid.add_column(
            _wrapped(language.text(column.heading)),
            justify="right" if numeric else "left",
            overflow="fold",
            width=widths[position],
        )
    for row in cells:
        grid.add_row(*(row[position] for position in kept))
    yield grid
    for reason, number in reasons.items():
        yield _wrapped(f"({language.number(number, Kind.COUNT)}) {reason}", STYLES[Status.UNDEFINED])
    if len(table.rows) > context.row_limit:
        yield _wrapped(language.text(words.more_rows(len(table.rows) - context.row_limit)), "italic")
    hidden = [table.columns[position].key for position in range(len(table.columns)) if position not in kept]
    if hidden:
        yield _wrapped(language.text(words.hidden_columns(", ".join(hidden))), "dim")
    if table.note is not None:
        yield _wrapped(language.text(table.note), "dim")


def _layout(table: Table, cells: Sequence[Sequence[Text]], context: RenderContext) -> dict[int, int]:
    """Return the position and width of the columns that are shown.

    Where there is no room secondary columns go first, then identifiers are folded, and at last columns
    go from the end: better a column that is named as missing than one that is cut through.
    """
    from rich.cells import cell_len

    least, kept = [], []
    for longest in (_WHOLE_ID, _FOLDED_ID):
        least = [
            _least_width(table, cells, position, context.language, longest)
            for position in range(len(table.columns))
        ]
        kept = _that_fit(table, least, context.width)
        if _room(least, kept) <= context.width:
            break
    while len(kept) > 1 and _room(least, kept) > context.width:
        kept.pop()
    natural = {
        at: max(
            cell_len(context.language.text(table.columns[at].heading)),
            max((cell_len(row[at].plain) for row in cells), default=0),
        )
        for at in kept
    }
    return _shared_out({at: (least[at], natural[at]) for at in kept}, context.width - _room(least, kept))


def _shared_out(bounds: Mapping[int, tuple[int, int]], spare: int) -> dict[int, int]:
    """Give the spare room to the columns that want most, up to what each wants."""
    widths = {at: low for at, (low, _) in bounds.items()}
    wanting = {at: high - low for at, (low, high) in bounds.items() if high > low}
    while spare > 0 and wanting:
        at = max(wanting, key=lambda place: wanting[place])
        widths[at] += 1
        spare -= 1
        wanting[at] -= 1
        if not wanting[at]:
            del wanting[at]
    return widths


def _room(least: Sequence[int], kept: Sequence[int]) -> int:
    return sum(least[at] + _GAP for at in kept) - _GAP


def _least_width(
    table: Table, cells: Sequence[Sequence[Text]], position: int, language: Language, longest_id: int
) -> int:
    """Return the room a column needs at least: numbers whole, identifiers and words in one piece."""
    from rich.cells import cell_len

    kind = table.columns[position].kind
    texts = [row[position].plain for row in cells]
    words_of_head = language.text(table.columns[position].heading).split()
    head = max((cell_len(word) for word in words_of_head), default=0)
    if kind in NUMERIC:
        return max(head, max((cell_len(text) for text in texts), default=0))
    if kind is Kind.ID:
        return max(min(longest_id, max((cell_len(text) for text in texts), default=0)), head)
    longest = max((cell_len(word) for text in texts for word in text.split()), default=0)
    return max(head, min(_LONG_WORD, longest))


def _that_fit(table: Table, least: Sequence[int], width: int) -> list[int]:
    """Return the columns that are shown: where there is no room, secondary ones go, the last first."""
    kept = list(range(len(table.columns)))
    for position in reversed(kept[:]):
        if _room(least, kept) <= width:
            break
        if table.columns[position].secondary:
            kept.remove(position)
    return kept


def _cell(cell: Cell, column: Column, reasons: dict[str, int], language: Language) -> Text:
    if isinstance(cell, Undefined):
        reason = language.text(words.undefined_because(cell.reason))
        number = reasons.setdefault(reason, len(reasons) + 1)
        return _wrapped(f"– ({language.number(number, Kind.COUNT)})", STYLES[Status.UNDEFINED])
    text = _wrapped("".join(language.isolated(piece) for piece in language.cell(cell, column.kind)))
    # A number is never broken; its heading may be.
    text.no_wrap = column.kind in NUMERIC
    return text


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
