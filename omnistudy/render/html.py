"""One self-contained page: sections, tables, figures and quotations, without script or outside resource."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from omnistudy.render import words
from omnistudy.render.blocks import NUMERIC, inputs_of, is_synthetic, origins_of
from omnistudy.render.context import RenderContext
from omnistudy.render.figures import as_tables, svg
from omnistudy.render.language import Language, Piece, PieceKind, direction_of
from omnistudy.render.untrusted import visible
from omnistudy.results import (
    Block,
    Cell,
    Column,
    Diagram,
    Figure,
    Heading,
    Kind,
    Label,
    Message,
    Note,
    Prose,
    Quote,
    Quotes,
    Result,
    Table,
    Undefined,
)

if TYPE_CHECKING:
    from markupsafe import Markup

_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A block made ready for the template, which only decides on tags and order."""

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
    more: Markup | None = None
    picture: Markup | None = None
    width: int = 0
    alternative: Markup | None = None
    tables: tuple[View, ...] = ()
    quotes: tuple[QuoteView, ...] = ()
    trace: tuple[tuple[Markup, tuple[QuoteView, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class CellView:
    """A table cell; ``reason`` is the number of the footnote of an undefined one."""

    text: Markup
    look: str = ""
    row_head: bool = False
    reason: int = 0
    title: str = ""
    reason_shown: str = ""


@dataclass(frozen=True, slots=True)
class QuoteView:
    """A passage in its own language and direction, with its source."""

    text: str
    language: str
    direction: str
    source: Markup


@dataclass(frozen=True, slots=True)
class Section:
    """A result in the page."""

    id: str
    number: str
    title: Markup
    summary: Markup
    blocks: tuple[View, ...]


@dataclass(slots=True)
class _Page:
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


def render_html(results: Sequence[Result], context: RenderContext) -> str:
    """Return the whole page; the same results give the same bytes.

    Everything that came from outside is escaped and stands in an element of its own direction. An
    undefined cell shows a dash with a numbered reason below its table. Tables stop after
    ``context.page_row_limit`` rows and say how many are left.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    language = context.language
    page = _Page(context=context, synthetic=is_synthetic(results))
    page.taken.update({"top", "report", "summary", "provenance", "contents"})
    environment = Environment(
        loader=PackageLoader("omnistudy.render", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    title = context.title or (results[0].title if results else words.REPORT)
    sections = tuple(_section(result, index, page) for index, result in enumerate(results, start=1))
    return environment.get_template("report.html.j2").render(
        language=language,
        title=markup(title, language),
        title_text=language.text(title),
        synthetic=page.synthetic,
        sections=sections,
        origins=origins_of(results),
        inputs=inputs_of(results),
        words=words,
        t=lambda message: markup(message, language),
        seed=lambda seed: markup(words.NO_SEED, language) if seed is None else _number(seed, language),
        count=lambda value: language.number(value, Kind.COUNT),
        visible=visible,
    )


def markup(message: Message | str | Label, language: Language) -> Markup:
    """Return a sentence or label as HTML with its values isolated."""
    from markupsafe import Markup

    pieces = (language.label(message),) if isinstance(message, Label) else language.pieces(message)
    return Markup("").join(_piece(piece, language) for piece in pieces)


def _piece(piece: Piece, language: Language) -> Markup:
    from markupsafe import Markup, escape

    if piece.kind is PieceKind.NUMBER:
        return Markup('<bdi dir="ltr">{}</bdi>').format(piece.text) if language.is_rtl else escape(piece.text)
    if piece.kind is PieceKind.WORDS:
        if piece.language:
            return Markup('<span lang="{}" dir="ltr">{}</span>').format(piece.language, piece.text)
        return escape(piece.text)
    if piece.fallback:
        return Markup('<bdi lang="{0}">{1}</bdi><span class="fallback" title="{2}">{0}</span>').format(
            piece.language, piece.text, language.text(words.MISSING_LABEL)
        )
    return Markup("<bdi>{}</bdi>").format(piece.text)


def _number(value: int, language: Language) -> Markup:
    from markupsafe import Markup

    return Markup("").join(_piece(piece, language) for piece in language.value(value))


def _section(result: Result, index: int, page: _Page) -> Section:
    language = page.context.language
    views = tuple(_view(block, page) for block in result.blocks() or result.tables())
    return Section(
        id=page.anchor(result.command),
        number=language.number(index, Kind.COUNT),
        title=markup(result.title, language),
        summary=markup(result.summary, language),
        blocks=views,
    )


def _view(block: Block, page: _Page) -> View:
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
            return _quotes(block, language)
        case Figure():
            return _figure(block, page)


def _table(table: Table, page: _Page, number: Markup | None) -> View:
    language = page.context.language
    reasons: dict[str, tuple[int, Markup]] = {}
    shown = table.rows[: page.context.page_row_limit]
    rows = tuple(
        tuple(
            _cell(cell, column, position == 0, reasons, language)
            for position, (cell, column) in enumerate(zip(row, table.columns, strict=True))
        )
        for row in shown
    )
    left = len(table.rows) - len(shown)
    return View(
        kind="table",
        id=page.anchor(f"table-{table.name}"),
        number=number,
        text=markup(table.caption if table.caption is not None else "", language),
        note=None if table.note is None else markup(table.note, language),
        head=tuple((markup(column.heading, language), _look(column.kind)) for column in table.columns),
        rows=rows,
        reasons=tuple(text for _, text in reasons.values()),
        more=markup(words.more_rows(left), language) if left else None,
    )


def _cell(
    cell: Cell, column: Column, first: bool, reasons: dict[str, tuple[int, Markup]], language: Language
) -> CellView:
    from markupsafe import Markup

    look = _look(column.kind)
    if isinstance(cell, Undefined):
        message = words.undefined_because(cell.reason)
        title = language.text(message)
        number, _ = reasons.setdefault(title, (len(reasons) + 1, markup(message, language)))
        shown = language.number(number, Kind.COUNT)
        return CellView(
            Markup("–"), f"{look} undefined".strip(), first, reason=number, title=title, reason_shown=shown
        )
    if isinstance(cell, Quote):
        view = _quote(cell, language)
        text = Markup('<q class="passage" lang="{}" dir="{}">{}</q>').format(
            view.language, view.direction, view.text
        )
        return CellView(text)
    pieces = language.cell(cell, column.kind)
    return CellView(Markup("").join(_piece(piece, language) for piece in pieces), look, first)


def _look(kind: Kind) -> str:
    """Return the class of a column: digits under digits, dates on one line."""
    if kind in NUMERIC:
        return "n"
    return "nowrap" if kind is Kind.DATE else ""


def _quotes(block: Quotes, language: Language) -> View:
    return View(
        kind="quotes",
        text=markup(block.caption, language) if block.caption is not None else markup("", language),
        quotes=tuple(_quote(quote, language) for quote in block.quotes),
        more=markup(words.more_quotations(block.left_out), language) if block.left_out else None,
    )


def _quote(quote: Quote, language: Language) -> QuoteView:
    from markupsafe import Markup

    tag = quote.language if _TAG.fullmatch(quote.language) else ""
    comma = Markup("، ") if language.is_rtl else Markup(", ")
    parts = [
        markup(words.place_of(quote), language),
        comma.join(markup(coder, language) for coder in quote.coders),
        comma.join(markup(code, language) for code in quote.codes),
    ]
    source = Markup(' <span class="dot">·</span> ').join(part for part in parts if part)
    return QuoteView(visible(quote.text), tag, direction_of(tag) if tag else "auto", source)


def _figure(figure: Figure, page: _Page) -> View:
    from markupsafe import Markup

    language = page.context.language
    page.figures += 1
    anchor = page.anchor(f"figure-{figure.name}")
    # The drawing escapes every text itself and is tested to; it must stay SVG here.
    drawn = svg(figure, language, synthetic=page.synthetic, prefix=f"{anchor}-")
    width = re.search(r' width="(\d+)', drawn)
    picture = figure.picture
    return View(
        kind="figure",
        id=anchor,
        number=markup(words.numbered_figure(page.figures), language),
        text=markup(figure.caption, language),
        picture=Markup(drawn),  # noqa: S704
        width=int(width[1]) if width else 0,
        alternative=markup(figure.alt, language),
        tables=tuple(_table(table, page, None) for table in as_tables(figure)),
        trace=tuple(_trace(picture, language)) if isinstance(picture, Diagram) else (),
    )


def _trace(diagram: Diagram, language: Language) -> Iterator[tuple[Markup, tuple[QuoteView, ...]]]:
    """Yield the passages behind every box and arrow that brings some."""
    labels = {node.id: node.label for node in diagram.nodes}
    for node in diagram.nodes:
        if node.quotes:
            yield markup(node.label, language), tuple(_quote(quote, language) for quote in node.quotes)
    for edge in diagram.edges:
        if edge.quotes:
            ends = (labels.get(end, Label(end)) for end in (edge.source, edge.target))
            quotes = tuple(_quote(quote, language) for quote in edge.quotes)
            yield markup(words.arrow(*ends), language), quotes
