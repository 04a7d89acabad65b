"""Tables as journals set them: number, title, rules above and below, notes; header rows repeat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from omnistudy.render import words
from omnistudy.render.blocks import NUMERIC, source_of
from omnistudy.render.context import RenderContext
from omnistudy.render.language import Language, Piece, PieceKind
from omnistudy.render.quoting import shown_quote
from omnistudy.render.word import phrases
from omnistudy.render.word.paper import Paper
from omnistudy.render.word.text import (
    escaped,
    is_rtl_quote,
    isolated_runs,
    number_run,
    paragraph,
    passage_runs,
    piece_runs,
    run,
    words_runs,
)
from omnistudy.render.word.widths import Layout, Need, arranged, need
from omnistudy.results import Cell, Column, Kind, Message, Quote, Table, Undefined
from omnistudy.text.direction import RTL_LETTER

_RULE = 'w:val="single" w:sz="{size}" w:space="0" w:color="1B2530"'
_A_NAME = 60  # characters; longer texts in right-to-left script start at the right in every table
MOST_ROWS = 300
"""Rows that a printed table shows at most; nobody reads more on paper, the spreadsheet holds them all."""

_KEPT_TOGETHER = 12
"""Tables of so many rows stay on one page."""


@dataclass(slots=True)
class _Reasons:
    """The reasons of undefined cells, numbered in the order in which a reader meets them."""

    numbers: dict[str, int] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)

    def number_of(self, cell: Undefined) -> int:
        message = words.undefined_because(cell.reason)
        key = str(message)
        if key not in self.numbers:
            self.numbers[key] = len(self.numbers) + 1
            self.messages.append(message)
        return self.numbers[key]


def add_table(table: Table, paper: Paper, *, merged: Sequence[int] = ()) -> None:
    """Write a table with its caption and notes.

    Parameters
    ----------
    table
        What to show; ``context.page_row_limit`` rows of it, 300 at most.
    paper
        Takes the markup, and turns the page where the table needs it.
    merged
        Columns whose equal neighbours become one cell, such as the role of several categories.
    """
    context = paper.context
    shown = table.rows[: min(context.page_row_limit, MOST_ROWS)]
    layout = arranged(
        [_need(table, at, shown, context) for at in range(len(table.columns))],
        [column.secondary for column in table.columns],
        *paper.rooms,
    )
    paper.turn(layout.orientation)
    paper.caption("Table", words.numbered_table, table.caption, table.name)
    reasons = _Reasons()
    notes = bool(table.note or _has_reasons(shown) or len(layout.columns) < len(table.columns))
    together = len(shown) <= _KEPT_TOGETHER
    rows = []
    for at, row in enumerate(shown):
        keep = (together and at < len(shown) - 1) or (notes and at == len(shown) - 1)
        merge = _Merge(frozenset(merged), _continued(shown, at, merged))
        rows.append(_row(row, table, layout, reasons, paper, keep=keep, merge=merge))
    paper.add(_frame(table, layout, paper) + _header(table, layout, paper) + "".join(rows) + "</w:tbl>")
    _notes(table, layout, reasons, len(table.rows) - len(shown), paper)


def _need(table: Table, at: int, rows: Sequence[Sequence[Cell]], context: RenderContext) -> Need:
    column = table.columns[at]
    texts = [_measured(row[at], column.kind, context) for row in rows]
    unbroken = column.kind in NUMERIC or column.kind is Kind.FLAG
    if column.kind is Kind.DATE:
        texts = [_together(text).replace("-", "\u2011") for text in texts]
    return need(context.language.name(column.heading), texts, number=unbroken)


def _measured(cell: Cell, kind: Kind, context: RenderContext) -> str:
    if isinstance(cell, Undefined):
        return "–00"
    if isinstance(cell, Quote):
        return shown_quote(cell, context).text or source_of(cell, context.language)
    return "".join(piece.text for piece in context.language.cell(cell, kind))


def _has_reasons(rows: Sequence[Sequence[Cell]]) -> bool:
    return any(isinstance(cell, Undefined) for row in rows for cell in row)


@dataclass(frozen=True, slots=True)
class _Merge:
    """Columns that merge, and those of them whose cell continues the one above."""

    columns: frozenset[int]
    continued: frozenset[int]

    def mark(self, at: int) -> str:
        if at not in self.columns:
            return ""
        return "<w:vMerge/>" if at in self.continued else '<w:vMerge w:val="restart"/>'


def _continued(rows: Sequence[Sequence[Cell]], at: int, merged: Sequence[int]) -> frozenset[int]:
    """Return the columns whose cell equals the one above, as long as those before them do."""
    continued: set[int] = set()
    for column in merged:
        if at == 0 or rows[at][column] != rows[at - 1][column]:
            break
        continued.add(column)
    return frozenset(continued)


def _frame(table: Table, layout: Layout, paper: Paper) -> str:
    """Open a table: direction, width, a rule above and below, fixed columns."""
    rule = _RULE.format(size=8)
    caption = paper.language.text(table.caption) if table.caption is not None else ""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in layout.widths)
    return (
        "<w:tbl><w:tblPr>"
        + ("<w:bidiVisual/>" if paper.language.is_rtl else "")
        + f'<w:tblW w:w="{sum(layout.widths)}" w:type="dxa"/>'
        # Word and LibreOffice differ in what left and right mean here; the middle is the same.
        + ('<w:jc w:val="center"/>' if paper.language.is_rtl else "")
        + f"<w:tblBorders><w:top {rule}/><w:bottom {rule}/></w:tblBorders>"
        + '<w:tblLayout w:type="fixed"/>'
        + '<w:tblCellMar><w:left w:w="50" w:type="dxa"/><w:right w:w="50" w:type="dxa"/></w:tblCellMar>'
        + '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0"'
        + ' w:noHBand="1" w:noVBand="1"/>'
        + (f'<w:tblCaption w:val="{escaped(caption)}"/>' if caption else "")
        + f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
    )


def _header(table: Table, layout: Layout, paper: Paper) -> str:
    cells = []
    for at, width in zip(layout.columns, layout.widths, strict=True):
        column = table.columns[at]
        runs = words_runs(column.heading, paper.language, bold=True)
        align = "right" if column.kind in NUMERIC and not paper.language.is_rtl else ""
        text = paragraph(
            runs, paper.style("OmnistudyTable"), rtl=paper.language.is_rtl, keep_next=True, align=align
        )
        border = f"<w:tcBorders><w:bottom {_RULE.format(size=4)}/></w:tcBorders>"
        cells.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{border}<w:vAlign w:val="bottom"/></w:tcPr>'
            f"{text}</w:tc>"
        )
    return f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{''.join(cells)}</w:tr>"


def _row(
    row: Sequence[Cell],
    table: Table,
    layout: Layout,
    reasons: _Reasons,
    paper: Paper,
    *,
    keep: bool,
    merge: _Merge,
) -> str:
    cells = []
    for at, width in zip(layout.columns, layout.widths, strict=True):
        cell = None if at in merge.continued else row[at]
        text = _cell(cell, table.columns[at], reasons, paper, keep=keep)
        size = f'<w:tcW w:w="{width}" w:type="dxa"/>{merge.mark(at)}'
        cells.append(f"<w:tc><w:tcPr>{size}</w:tcPr>{text}</w:tc>")
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{''.join(cells)}</w:tr>"


def _cell(cell: Cell, column: Column, reasons: _Reasons, paper: Paper, *, keep: bool) -> str:
    """Return the paragraph of a cell; numbers stand at the right in both directions of writing."""
    language, style = paper.language, paper.style("OmnistudyTable")
    if isinstance(cell, Quote):
        shown = shown_quote(cell, paper.context)
        if shown.text:
            rtl = is_rtl_quote(shown)
            return paragraph(passage_runs(shown.text, rtl=rtl), style, rtl=rtl, keep_next=keep)
        return paragraph(
            isolated_runs(f"({source_of(cell, language)})", language), style, rtl=language.is_rtl
        )
    if isinstance(cell, Undefined):
        number = language.number(reasons.number_of(cell), Kind.COUNT)
        runs = run("–") + number_run(number, language, raised=True)
    else:
        pieces = language.cell(cell, column.kind)
        if column.kind is Kind.DATE:
            pieces = tuple(replace(piece, text=_together(piece.text)) for piece in pieces)
        if (text := _running_rtl(pieces, language)) is not None:
            return paragraph(passage_runs(text, rtl=True), style, rtl=True, keep_next=keep)
        runs = piece_runs(pieces, language)
    if column.kind in NUMERIC:
        return paragraph(runs, style, keep_next=keep, align="right")
    return paragraph(runs, style, rtl=language.is_rtl, keep_next=keep)


def _running_rtl(pieces: Sequence[Piece], language: Language) -> str | None:
    """Return the words of a cell that is one text in right-to-left script, though it may begin otherwise.

    A rationale such as "c1: …" in Persian would turn around if its first letter decided; the paragraph's
    direction keeps it. Short names in a left-to-right table stay where their column starts.
    """
    if len(pieces) != 1 or pieces[0].kind is not PieceKind.NAME or pieces[0].fallback:
        return None
    text = pieces[0].text
    letters = sum(character.isalpha() for character in text)
    mostly = 2 * len(RTL_LETTER.findall(text)) > letters
    return text if mostly and (language.is_rtl or len(text) > _A_NAME) else None


def _together(date: str) -> str:
    """Keep day and month of a date on one line, and put the other calendar's date on the next."""
    return re.sub(r"(?<=\d) (?=[^\W\d])", "\u00a0", date, count=1).replace(" (", "\n(")


def _notes(table: Table, layout: Layout, reasons: _Reasons, cut: int, paper: Paper) -> None:
    """Write what belongs under a table: its note, columns and rows left out, reasons by number."""
    language = paper.language
    messages = [] if table.note is None else [table.note]
    if len(layout.columns) < len(table.columns):
        comma = "، " if language.is_rtl else ", "
        left = [
            language.name(column.heading)
            for at, column in enumerate(table.columns)
            if at not in layout.columns
        ]
        messages.append(phrases.columns_left_out(comma.join(left)))
    if cut:
        messages.append(phrases.rows_in_spreadsheet(cut))
    if not messages and not reasons.messages:
        paper.gap()
        return
    blank = run(" ", rtl=language.is_rtl)
    parts = [words_runs(message, language) for message in messages]
    if parts:
        parts.insert(0, words_runs(phrases.NOTE, language, italic=True, bold=language.is_rtl))
    parts += [
        number_run(language.number(number, Kind.COUNT), language, raised=True) + words_runs(message, language)
        for number, message in enumerate(reasons.messages, start=1)
    ]
    paper.add(paragraph(blank.join(parts), paper.style("OmnistudyNote"), rtl=language.is_rtl))
