"""Blocks made ready for the page's template, which only decides on tags and order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from omnistudy.pictures import Diagram, DiagramEdge, DiagramNode
from omnistudy.render import words
from omnistudy.render.blocks import NUMERIC
from omnistudy.render.context import RenderContext
from omnistudy.render.figures import as_tables, readable, svg
from omnistudy.render.html_text import comma, joined, markup
from omnistudy.render.language import Language, direction_of
from omnistudy.render.quoting import limited, quote_cell
from omnistudy.render.untrusted import visible
from omnistudy.results import (
    Block,
    Cell,
    Column,
    Figure,
    Heading,
    Kind,
    Label,
    Message,
    Note,
    Number,
    Prose,
    Quote,
    Quotes,
    Result,
    Table,
    Undefined,
)

if TYPE_CHECKING:
    from markupsafe import Markup

MOST_CELLS = 10_000
"""Cells of one table: a matrix of 1,000 codes and 200 interviews would fill the page by itself."""

_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A block made ready for the template."""

    kind: str
    text: Markup
    id: str = ""
    level: int = 0
    status: str = ""
    number: Markup | None = None
    note: Markup | None = None
    head: tuple[tuple[Markup, str], ...] = ()
    rows: tuple[tuple[CellView, ...], ...] = ()
    reasons: tuple[Markup, ...] = ()
    more: tuple[Markup, ...] = ()
    picture: Markup | None = None
    width: int = 0
    alternative: Markup | None = None
    tables: tuple[View, ...] = ()
    quotes: tuple[QuoteView, ...] = ()
    trace: tuple[TraceView, ...] = ()


@dataclass(frozen=True, slots=True)
class CellView:
    """A table cell; ``reason`` is the number of the footnote of an undefined one.

    ``raw`` is the unrounded value by which the page's script sorts, empty where the text decides.
    """

    text: Markup
    look: str = ""
    row_head: bool = False
    reason: int = 0
    title: str = ""
    reason_shown: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A passage in its own language and direction, with its source; no text where the policy is none."""

    text: str
    language: str
    direction: str
    source: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceView:
    """What stands behind a box (``node``) or an arrow (``source`` and ``target``) of a model."""

    name: Markup
    said: tuple[Markup, ...]
    quotes: tuple[QuoteView, ...]
    more: tuple[Markup, ...]
    node: str = ""
    source: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A result in the page."""

    id: str
    number: str
    title: Markup
    summary: Markup
    blocks: tuple[View, ...]


@dataclass(slots=True)
class Page:
    """Numbers and identifiers that are given once in a page while it is put together."""

    context: RenderContext
    synthetic: bool
    tables: int = 0
    figures: int = 0
    taken: set[str] = field(default_factory=set)

    def anchor(self, wish: str) -> str:
        """Return an identifier that is unique in the page and stable for the same results."""
        base = re.sub(r"[^\w-]+", "-", wish).strip("-") or "part"
        anchor, copy = base, 2
        while anchor in self.taken:
            anchor, copy = f"{base}-{copy}", copy + 1
        self.taken.add(anchor)
        return anchor


def section(result: Result, index: int, page: Page) -> Section:
    """Return a result as a numbered section of the page."""
    language = page.context.language
    views: list[View] = []
    open_levels: list[int] = []
    for block in result.blocks() or result.tables():
        view = _view(block, page)
        if view.kind == "heading":
            # Whoever goes from heading to heading must not miss a level that nobody used.
            open_levels = [*(level for level in open_levels if level < view.level), view.level]
            view = replace(view, level=min(6, 2 + len(open_levels)))
        views.append(view)
    return Section(
        id=page.anchor(result.command),
        number=language.number(index, Kind.COUNT),
        title=markup(result.title, language),
        summary=markup(result.summary, language),
        blocks=tuple(views),
    )


def widths(sections: Sequence[Section]) -> tuple[int, ...]:
    """Return the natural widths of all figures, ascending, for which the style sheet needs a rule."""
    return tuple(sorted({view.width for part in sections for view in part.blocks if view.width}))


def _view(block: Block, page: Page) -> View:
    language = page.context.language
    match block:
        case Heading():
            anchor = page.anchor(block.anchor or str(block.text).lower())
            level = min(6, max(3, block.level + 1))
            return View(kind="heading", text=markup(block.text, language), id=anchor, level=level)
        case Prose():
            return View(kind="prose", text=markup(block.text, language), status=block.status)
        case Note():
            return View(kind="note", text=markup(block.text, language), status=block.status)
        case Table():
            page.tables += 1
            number = markup(words.numbered_table(page.tables), language)
            return _table(block, page, number)
        case Quotes():
            return _quotes(block, page.context)
        case Figure():
            return _figure(block, page)


def _table(table: Table, page: Page, number: Markup | None) -> View:
    from markupsafe import Markup

    context, language = page.context, page.context.language
    reasons: dict[str, tuple[int, Markup]] = {}
    most = min(context.page_row_limit, max(1, MOST_CELLS // max(1, len(table.columns))))
    shown = table.rows[:most]
    rows = tuple(
        tuple(
            _cell(cell, column, position == 0, reasons, context)
            for position, (cell, column) in enumerate(zip(row, table.columns, strict=True))
        )
        for row in shown
    )
    looks = [_look(column.kind) or _width(rows, at) for at, column in enumerate(table.columns)]
    left = len(table.rows) - len(shown)
    return View(
        kind="table",
        id=page.anchor(f"table-{table.name}"),
        number=number,
        text=Markup("") if table.caption is None else markup(table.caption, language),
        note=None if table.note is None else markup(table.note, language),
        head=tuple(
            (markup(column.heading, language), look)
            for column, look in zip(table.columns, looks, strict=True)
        ),
        rows=rows,
        reasons=tuple(text for _, text in reasons.values()),
        more=(markup(words.more_rows(left), language),) if left else (),
    )


def _cell(
    cell: Cell, column: Column, first: bool, reasons: dict[str, tuple[int, Markup]], context: RenderContext
) -> CellView:
    from markupsafe import Markup

    look, language = _look(column.kind), context.language
    if isinstance(cell, Undefined):
        message = words.undefined_because(cell.reason)
        title = language.text(message)
        number, _ = reasons.setdefault(title, (len(reasons) + 1, markup(message, language)))
        shown = language.number(number, Kind.COUNT)
        return CellView(
            Markup("–"), f"{look} undefined".strip(), first, reason=number, title=title, reason_shown=shown
        )
    if isinstance(cell, Quote):
        if context.quotes == "none":
            return CellView(
                Markup("[{}]").format(markup(words.place_of(cell), language)), raw=_raw(cell, column)
            )
        view = _quote(cell, language)
        text = Markup('<q class="passage" lang="{}" dir="{}">{}</q>').format(
            view.language, view.direction, quote_cell(cell, context, language)
        )
        return CellView(text)
    return CellView(joined(language.cell(cell, column.kind), language), look, first, raw=_raw(cell, column))


def _raw(cell: Cell, column: Column) -> str:
    """Return the value to sort by, where the text of the cell would sort otherwise."""
    value = cell.value if isinstance(cell, Number) else cell
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int | float):
        return repr(value)
    return visible(value) if column.kind is Kind.DATE and isinstance(value, str) else ""


def _look(kind: Kind) -> str:
    """Return the class of a column: digits under digits, dates on one line."""
    if kind in NUMERIC:
        return "n"
    return "nowrap" if kind is Kind.DATE else ""


def _width(rows: Sequence[Sequence[CellView]], at: int) -> str:
    """Return the class of a column of words: room for sentences, and short names on one line.

    It stands on the column's heading; the style sheet lets it speak for the column.
    """
    longest = max((len(row[at].text.striptags()) for row in rows), default=0)
    if longest > 24:
        return "long" if longest > 60 else ""
    return f"c{4 * -(-longest // 4)}" if longest > 4 else ""


def _quotes(block: Quotes, context: RenderContext) -> View:
    from markupsafe import Markup

    quotes, more = _limited(block.quotes, context, block.left_out)
    caption = Markup("") if block.caption is None else markup(block.caption, context.language)
    return View(kind="quotes", text=caption, quotes=quotes, more=more)


def _limited(
    quotes: Sequence[Quote], context: RenderContext, left_out: int = 0
) -> tuple[tuple[QuoteView, ...], tuple[Markup, ...]]:
    """Return the passages that a list shows, and the sentences about those that it does not."""
    language = context.language
    shown, beyond, left = limited(quotes, context, left_out)
    more = []
    if beyond:
        more.append(markup(words.quotations_in_spreadsheet(beyond), language))
    if left:
        more.append(markup(words.more_quotations(left), language))
    return tuple(_quote(quote, language) for quote in shown), tuple(more)


def _quote(quote: Quote, language: Language) -> QuoteView:
    from markupsafe import Markup

    tag = quote.language if _TAG.fullmatch(quote.language) else ""
    between = comma(language)
    parts = [
        markup(words.place_of(quote), language),
        between.join(markup(words.coder_name(coder), language) for coder in quote.coders),
        between.join(markup(code, language) for code in quote.codes),
    ]
    source = Markup(' <span class="dot">·</span> ').join(part for part in parts if part)
    return QuoteView(visible(quote.text), tag, direction_of(tag) if tag else "auto", source)


def _figure(figure: Figure, page: Page) -> View:
    from markupsafe import Markup

    context, language = page.context, page.context.language
    page.figures += 1
    anchor = page.anchor(f"figure-{figure.name}")
    figure, left_out = readable(figure)
    picture = figure.picture
    # The drawing escapes every text itself and is tested to; it must stay SVG here.
    drawn = svg(figure, language, synthetic=page.synthetic, prefix=f"{anchor}-")
    width = re.search(r' width="(\d+)', drawn)
    return View(
        kind="figure",
        id=anchor,
        number=markup(words.numbered_figure(page.figures), language),
        text=markup(figure.caption, language),
        note=None if left_out is None else markup(left_out, language),
        picture=Markup(drawn),  # noqa: S704
        width=int(width[1]) if width else 0,
        alternative=markup(figure.alt, language),
        tables=tuple(_table(table, page, None) for table in as_tables(figure)),
        trace=tuple(_trace(picture, context)) if isinstance(picture, Diagram) else (),
    )


def _trace(diagram: Diagram, context: RenderContext) -> Iterator[TraceView]:
    """Yield what stands behind every box and arrow, the same for readers with and without script."""
    language = context.language
    labels = {node.id: node.label for node in diagram.nodes}
    for node in diagram.nodes:
        quotes, more = _limited(node.quotes, context)
        yield TraceView(
            name=markup(node.label, language),
            said=tuple(markup(text, language) for text in _said_of_node(node, diagram)),
            quotes=quotes,
            more=more,
            node=visible(node.id),
        )
    for edge in diagram.edges:
        ends = (labels.get(end, Label(end)) for end in (edge.source, edge.target))
        quotes, more = _limited(edge.quotes, context)
        yield TraceView(
            name=markup(words.arrow(*ends), language),
            said=tuple(markup(text, language) for text in _said_of_edge(edge)),
            quotes=quotes,
            more=more,
            source=visible(edge.source),
            target=visible(edge.target),
        )


def _said_of_node(node: DiagramNode, diagram: Diagram) -> Iterator[Message]:
    role = dict(diagram.groups).get(node.group)
    yield from (text for text in (role, node.detail, node.measure) if text is not None)


def _said_of_edge(edge: DiagramEdge) -> Iterator[Message]:
    yield words.LEGEND_SOLID if edge.solid else words.LEGEND_DASHED
    if edge.negative:
        yield words.LEGEND_NEGATIVE
    if edge.feedback:
        yield words.LEGEND_FEEDBACK
    if edge.detail is not None:
        yield edge.detail
