"""Results as a workbook: a list of sheets, one tidy sheet per table, a dictionary, the provenance."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from omnistudy.render import words
from omnistudy.render.blocks import NUMERIC, is_synthetic
from omnistudy.render.context import RenderContext
from omnistudy.render.language import Language
from omnistudy.render.office_package import repacked
from omnistudy.render.quoting import policy_note
from omnistudy.render.workbook import phrases
from omnistudy.render.workbook.cells import Type, Typed, typed
from omnistudy.render.workbook.gathered import LONGEST_NAME, Sheet, gathered
from omnistudy.render.workbook.rows import Look, Style, with_rows
from omnistudy.results import Cell, Column, Kind, Label, Message, Result, Table, Undefined

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_ROWS = 1_048_575
"""Rows of data that a sheet holds below its headings."""

_FORMATS: Mapping[Kind, str] = {
    Kind.COUNT: "#,##0",
    Kind.COEFFICIENT: "0.000",
    Kind.NUMBER: "General",
    Kind.SHARE: "0.0%",
    Kind.PERCENT_POINTS: '0.0"%"',
    Kind.P_VALUE: '[<0.0001]"< 0.0001";[<0.001]0.0000;0.000',
    Kind.DATE: "yyyy-mm-dd",
}
_NARROWEST, _WIDEST, _WIDEST_QUOTE = 9, 48, 90
_ROWS_MEASURED = 200
_A4 = 9
_CHANGED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


@dataclass(frozen=True, slots=True)
class _Field:
    """A column of a sheet: a column of the table, or the reasons of its undefined values."""

    at: int
    column: Column
    heading: str
    reason: bool = False


def render_xlsx(results: Sequence[Result], context: RenderContext) -> bytes:
    """Return a .xlsx file; the same results give the same bytes.

    Every table of every result is a sheet, every figure the sheet of what it shows, and every quotation
    a row. Numbers keep all their digits and get a format by their kind; a value that is undefined is an
    empty cell with its reason in a column of its own. On synthetic data every sheet has a last column
    that says so in each row, beside the sentence in the page header and in the list of sheets.
    """
    from openpyxl import Workbook

    language = context.language
    listing, dictionary = language.name(words.CONTENTS), language.name(phrases.DICTIONARY)
    sheets = list(gathered(results, context, (listing, dictionary)))
    synthetic = is_synthetic(results)
    dictionary_table = _dictionary(sheets, language, synthetic=synthetic)
    sheets.insert(len(sheets) - 1, Sheet(dictionary, phrases.DICTIONARY, dictionary_table))
    book = Workbook(write_only=True)
    title = context.title or (results[0].title if results else words.REPORT)
    book.properties.creator = "omnistudy"
    book.properties.title = language.name(title)
    buffer = io.BytesIO()
    try:
        filled = _pages(book, listing, title, sheets, context, synthetic=synthetic)
        book.save(buffer)
    except BaseException:
        # Half-written sheets lie in temporary files, which are open until they are closed.
        for page in book.worksheets:
            if not page.closed:
                page.close()
        raise

    def changed(name: str, data: bytes) -> bytes:
        return filled[name](data) if name in filled else _without_clock(name, data)

    return repacked(buffer.getvalue(), changed)


def _pages(
    book: Workbook,
    listing: str,
    title: Message,
    sheets: Sequence[Sheet],
    context: RenderContext,
    *,
    synthetic: bool,
) -> Mapping[str, Callable[[bytes], bytes]]:
    """Start all sheets; return what adds the rows to each member of the package, one sheet at a time."""
    filled = {}
    _contents(book, listing, title, sheets, context, synthetic=synthetic)
    for sheet in sheets:
        for number, start in enumerate(range(0, max(1, len(sheet.table.rows)), MOST_ROWS), start=1):
            name = sheet.name if number == 1 else f"{sheet.name[: LONGEST_NAME - 4]} ({number})"
            rows = sheet.table.rows[start : start + MOST_ROWS]
            adding = _sheet(book, name, sheet.table, rows, context, synthetic=synthetic)
            filled[f"xl/worksheets/sheet{len(book.worksheets)}.xml"] = adding
    return filled


def _without_clock(name: str, data: bytes) -> bytes:
    return _CHANGED.sub(rb"\g<1>1980-01-01T00:00:00Z", data) if name == "docProps/core.xml" else data


def _cell(page: Any, *, kind: Kind | None = None, **look: bool) -> Any:
    """Return an empty cell of a sheet; the writer copies what it holds, so it can be filled again.

    Parameters
    ----------
    page
        The sheet it is for.
    kind
        Decides the number format.
    look
        ``head``, ``guarded``, ``wrapped``, ``alarm``, ``large`` or ``link``.
    """
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    cell = WriteOnlyCell(page)
    if kind is not None and kind in _FORMATS:
        cell.number_format = _FORMATS[kind]
    if look.get("head"):
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="E8ECF1")
        cell.border = Border(bottom=Side(style="thin", color="1B2530"))
    if look.get("alarm"):
        cell.font = Font(bold=True, color="A61C1C")
    if look.get("large"):
        cell.font = Font(bold=True, size=14)
    if look.get("link"):
        cell.font = Font(color="0B57A4", underline="single")
    if look.get("head") or look.get("wrapped"):
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    if look.get("guarded"):
        cell.quotePrefix = True
    return cell


def _contents(
    book: Workbook,
    name: str,
    title: Message,
    sheets: Sequence[Sheet],
    context: RenderContext,
    *,
    synthetic: bool,
) -> None:
    """Write the first sheet: title, watermark, and a line with a link for every sheet."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    page = _page(book, name, context, synthetic=synthetic)
    for letter, width in zip("ABCDE", (26, 34, 70, 10, 60), strict=True):
        page.column_dimensions[letter].width = width
    page.append([_filled(_cell(page, large=True), typed(title, Kind.TEXT, context))])
    if synthetic:
        page.append([_filled(_cell(page, alarm=True), typed(words.SYNTHETIC, Kind.TEXT, context))])
    policy = policy_note(context)
    if policy is not None:
        page.append([_filled(_cell(page), typed(policy, Kind.TEXT, context))])
    page.append([])
    heads = (phrases.SHEET, phrases.SECTION, phrases.CAPTION, phrases.ROWS, phrases.NOTE)
    page.append([_filled(_cell(page, head=True), typed(head, Kind.TEXT, context)) for head in heads])
    for sheet in sheets:
        link = _cell(page, link=True)
        _filled(link, typed(sheet.name, Kind.ID, context))
        link.row = link.column = 1  # the writer sets the true place
        link.hyperlink = Hyperlink(ref="A1", location=f"'{sheet.name}'!A1", display=sheet.name)
        texts = (sheet.section, sheet.table.caption, len(sheet.table.rows), sheet.table.note)
        kinds = (Kind.TEXT, Kind.TEXT, Kind.COUNT, Kind.TEXT)
        cells = [
            _filled(_cell(page, kind=kind, wrapped=kind is Kind.TEXT), typed(text, kind, context))
            for text, kind in zip(texts, kinds, strict=True)
        ]
        page.append([link, *cells])


def _page(book: Workbook, name: str, context: RenderContext, *, synthetic: bool) -> Any:
    """Start a sheet: direction, and how it prints."""
    page = book.create_sheet(name)
    page.sheet_view.rightToLeft = context.language.is_rtl
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = _A4
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    if synthetic:
        page.oddHeader.center.text = context.language.name(words.SYNTHETIC).replace("&", "&&")
    page.oddFooter.center.text = "&A — &P"
    return page


def _sheet(
    book: Workbook,
    name: str,
    table: Table,
    rows: Sequence[Sequence[Cell]],
    context: RenderContext,
    *,
    synthetic: bool,
) -> Callable[[bytes], bytes]:
    """Write a table's headings, which stay in sight and filter; return what adds the rows when packing."""
    from openpyxl.utils import get_column_letter

    language = context.language
    page = _page(book, name, context, synthetic=synthetic)
    fields = list(_fields(table, language))
    mark = typed(words.SYNTHETIC_SHORT, Kind.TEXT, context)
    heads = [field.heading for field in fields]
    if synthetic:
        _unique(language.name(phrases.SYNTHETIC_COLUMN), heads)
    wrapped = set()
    for at, field in enumerate(fields):
        width, longest = _width(field, rows, context)
        page.column_dimensions[get_column_letter(at + 1)].width = width
        if longest > width:
            wrapped.add(at)
    if synthetic:
        page.column_dimensions[get_column_letter(len(heads))].width = 22
    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    page.auto_filter.ref = f"A1:{get_column_letter(len(heads))}{len(rows) + 1}"
    page.append([_filled(_cell(page, head=True), Typed(Type.TEXT, head)) for head in heads])
    letters = [get_column_letter(at + 1) for at in range(len(heads))]
    look = Look(letters, frozenset(wrapped), _Looks(page).number)

    def filled(sheet: bytes) -> bytes:
        values = _Values(fields, context)
        marks = [mark] if synthetic else []
        return with_rows(sheet, (values.row(row) + marks for row in rows), look)

    return filled


class _Looks:
    """Numbers of the styles of a workbook, each asked of the library once."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._numbers: dict[Style, int] = {}

    def number(self, style: Style) -> int:
        """Return the number under which the workbook keeps a style."""
        if style not in self._numbers:
            of, kind, wrapped = style
            cell = _cell(self._page, kind=kind, guarded=of is Type.GUARDED, wrapped=wrapped)
            self._numbers[style] = int(cell.style_id)
        return self._numbers[style]


class _Values:
    """The values of a sheet's cells; a label or sentence that many rows share is worded once."""

    def __init__(self, fields: Sequence[_Field], context: RenderContext) -> None:
        self._fields = fields
        self._context = context
        self._worded: dict[tuple[int, bool], Typed] = {}

    def row(self, row: Sequence[Cell]) -> list[Typed]:
        """Return the values of a row, from the left."""
        return [self._value(row[field.at], field) for field in self._fields]

    def _value(self, cell: Cell, field: _Field) -> Typed:
        if not isinstance(cell, (Label, Message, Undefined)):
            return _value(cell, field, self._context)
        # The rows hold the cell as long as this lives, so its address stays its own.
        key = (id(cell), field.reason)
        if key not in self._worded:
            self._worded[key] = _value(cell, field, self._context)
        return self._worded[key]


def _filled(cell: Any, value: Typed) -> Any:
    """Put a value into a cell under its own type; text is never read as a formula, a number keeps its digits."""
    cell.value = value.value
    if value.type is Type.NUMBER:
        cell.data_type = "n"
    elif value.type in {Type.TEXT, Type.GUARDED}:
        cell.data_type = "s"
    return cell


def _fields(table: Table, language: Language) -> Iterator[_Field]:
    """Yield the columns of a sheet; one of reasons follows each in which some value is undefined."""
    taken: list[str] = []
    for at, column in enumerate(table.columns):
        heading = _unique(language.name(column.heading), taken)
        yield _Field(at, column, heading)
        if any(isinstance(row[at], Undefined) for row in table.rows):
            reason = _unique(language.name(phrases.reason_of(heading)), taken)
            yield _Field(at, column, reason, reason=True)


def _unique(heading: str, taken: list[str]) -> str:
    """Return a heading that no column before it has, and remember it."""
    name, copy = heading, 2
    while name in taken:
        name, copy = f"{heading} ({copy})", copy + 1
    taken.append(name)
    return name


def _value(cell: Cell, field: _Field, context: RenderContext) -> Typed:
    if field.reason:
        reason = cell.reason if isinstance(cell, Undefined) else None
        return typed(reason, Kind.TEXT, context)
    return typed(cell, field.column.kind, context)


def _width(field: _Field, rows: Sequence[Sequence[Cell]], context: RenderContext) -> tuple[float, int]:
    """Return a width in characters by the heading and the first rows, and the longest line of those."""
    if field.column.kind in NUMERIC and not field.reason:
        return min(_WIDEST, max(_NARROWEST + 3, len(field.heading) + 3)), 0
    most = _WIDEST_QUOTE if field.column.kind is Kind.QUOTE and not field.reason else _WIDEST
    shown = [str(_value(row[field.at], field, context).value or "") for row in rows[:_ROWS_MEASURED]]
    longest = max((len(line) for text in shown for line in text.split("\n")), default=0)
    return min(most, max(_NARROWEST, longest + 2, len(field.heading) + 3)), longest


def _dictionary(sheets: Sequence[Sheet], language: Language, *, synthetic: bool) -> Table:
    """Say of every column of every sheet what it is called in programs and on the sheet, and what it holds."""
    rows: list[tuple[Cell, ...]] = []
    for sheet in sheets:
        for field in _fields(sheet.table, language):
            key = f"{field.column.key}_reason" if field.reason else field.column.key
            kind = phrases.REASON_KIND if field.reason else phrases.KINDS[field.column.kind]
            rows.append((sheet.name, key, field.heading, kind, sheet.table.caption))
    if synthetic:
        rows.append((None, "synthetic", phrases.SYNTHETIC_COLUMN, phrases.KINDS[Kind.TEXT], words.SYNTHETIC))
    return Table(
        name="dictionary",
        columns=(
            Column("sheet", phrases.SHEET, Kind.ID),
            Column("column", phrases.COLUMN, Kind.ID),
            Column("heading", phrases.HEADING),
            Column("kind", phrases.KIND),
            Column("caption", phrases.CAPTION),
        ),
        rows=tuple(rows),
        caption=phrases.DICTIONARY_CAPTION,
        note=phrases.CUT,
    )
