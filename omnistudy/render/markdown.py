"""Results as a Markdown document for repositories: tables, quotations and figures in words or links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from omnistudy.render import words
from omnistudy.render.blocks import NUMERIC, inputs_of, is_synthetic, origins_of, source_of
from omnistudy.render.context import RenderContext
from omnistudy.render.figures import as_tables
from omnistudy.render.language import Language, Piece, PieceKind
from omnistudy.render.quoting import limited, policy_note, quote_cell
from omnistudy.render.untrusted import visible
from omnistudy.results import (
    Block,
    Cell,
    Column,
    Figure,
    Heading,
    Kind,
    Message,
    Note,
    Prose,
    Quote,
    Quotes,
    Result,
    Table,
    Undefined,
)

_SPECIAL = re.compile(r"([\\`*_\[\]|~$])")
_LINE_START = re.compile(r"^(\s*\d*)([#>+=.)-])")
_ISOLATES = ("\u2066", "\u2068", "\u2069")
_BETWEEN_ISOLATES = re.compile("([\u2066\u2068\u2069])")
_AUTOLINK = re.compile(r"(https?|ftp|mailto)(:)|(www)(\.)|(@)", re.IGNORECASE)


def render_markdown(results: Sequence[Result], context: RenderContext) -> str:
    """Return one document with a section for every result and the provenance at its end."""
    return "\n\n".join(part for part in _document(results, context) if part) + "\n"


def _document(results: Sequence[Result], context: RenderContext) -> Iterator[str]:
    language = context.language
    title = context.title or (results[0].title if results else words.REPORT)
    synthetic = is_synthetic(results)
    yield f"# {_words(title, language)}"
    if synthetic:
        yield f"> **{_words(words.SYNTHETIC, language)}**"
    policy = policy_note(context)
    if policy is not None:
        yield f"*{_words(policy, language)}*"
    for result in results:
        if len(results) > 1 or context.title is not None:
            yield f"## {_words(result.title, language)}"
        yield f"**{_words(result.summary, language)}**"
        for block in result.blocks() or result.tables():
            yield from _block(block, context)
    yield from _provenance(results, context)
    if synthetic:
        yield f"> **{_words(words.SYNTHETIC, language)}**"


def escape(text: str) -> str:
    """Return text that Markdown shows as it is: no markup, no HTML, no links, no table borders."""
    text = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _SPECIAL.sub(r"\\\1", text)
    return _AUTOLINK.sub(_unlinked, text)


def _unlinked(found: re.Match[str]) -> str:
    scheme, sign = found[1] or found[3] or "", found[2] or found[4] or found[5]
    return f"{scheme}&#{ord(sign)};"


def escape_lines(text: str) -> str:
    """Escape text whose lines must not turn into headings, lists or quotations."""
    return "\n".join(_LINE_START.sub(r"\1\\\2", line) for line in escape(text).split("\n"))


def _own(text: str) -> str:
    """Escape text that :class:`Language` has already made visible, and keep its isolates."""
    return "".join(part if part in _ISOLATES else escape(part) for part in _BETWEEN_ISOLATES.split(text))


def _words(message: Message | str, language: Language) -> str:
    return _own(language.text(message))


def _block(block: Block, context: RenderContext) -> Iterator[str]:
    language = context.language
    match block:
        case Heading():
            yield f"{'#' * min(6, max(3, block.level + 1))} {_words(block.text, language)}"
        case Prose():
            yield _LINE_START.sub(r"\1\\\2", _words(block.text, language))
        case Note():
            yield f"> {_words(block.text, language)}"
        case Table():
            yield from _table(block, context)
        case Quotes():
            yield from _quotes(block, context)
        case Figure():
            yield from _figure(block, context)


def _figure(figure: Figure, context: RenderContext) -> Iterator[str]:
    language = context.language
    caption, alt = _words(figure.caption, language), _words(figure.alt, language)
    path = context.figure_files.get(figure.name)
    if path is not None:
        yield f"![{alt}](<{path.replace('<', '%3C').replace('>', '%3E')}>)"
        yield f"*{caption}*"
        return
    yield f"**{caption}**"
    yield alt
    for table in as_tables(figure):
        yield from _table(table, context)


def _table(table: Table, context: RenderContext) -> Iterator[str]:
    language = context.language
    if table.caption is not None:
        yield f"**{_words(table.caption, language)}**"
    reasons: dict[str, int] = {}
    lines = [
        _row(_words(column.heading, language) for column in table.columns),
        _row("---:" if column.kind in NUMERIC else "---" for column in table.columns),
    ]
    for row in table.rows[: context.page_row_limit]:
        cells = zip(row, table.columns, strict=True)
        lines.append(_row(_cell(cell, column, reasons, context) for cell, column in cells))
    yield "\n".join(lines)
    if reasons:
        yield "  \n".join(f"({language.number(n, Kind.COUNT)}) {reason}" for reason, n in reasons.items())
    if len(table.rows) > context.page_row_limit:
        yield f"*{_words(words.more_rows(len(table.rows) - context.page_row_limit), language)}*"
    if table.note is not None:
        yield _words(table.note, language)


def _row(cells: Iterator[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell, column: Column, reasons: dict[str, int], context: RenderContext) -> str:
    language = context.language
    if isinstance(cell, Undefined):
        reason = _words(words.undefined_because(cell.reason), language)
        return f"– ({language.number(reasons.setdefault(reason, len(reasons) + 1), Kind.COUNT)})"
    if isinstance(cell, Quote):
        passage = Piece(quote_cell(cell, context, language), PieceKind.NAME)
        return _own(language.isolated(passage)).replace("\n", "<br>")
    text = "".join(language.isolated(piece) for piece in language.cell(cell, column.kind))
    return _own(text).replace("\n", "<br>")


def _quotes(block: Quotes, context: RenderContext) -> Iterator[str]:
    language = context.language
    quotes, beyond, left_out = limited(block.quotes, context, block.left_out)
    if block.caption is not None:
        yield f"**{_words(block.caption, language)}**"
    for quote in quotes:
        source = f"> — {_own(source_of(quote, language))}"
        passage = "\n".join(f"> {line}" for line in escape_lines(quote.text).split("\n"))
        yield f"{passage}\n>\n{source}" if quote.text else source
    if beyond:
        yield f"*{_words(words.quotations_in_spreadsheet(beyond), language)}*"
    if left_out:
        yield f"*{_words(words.more_quotations(left_out), language)}*"


def _provenance(results: Sequence[Result], context: RenderContext) -> Iterator[str]:
    language = context.language
    yield f"## {_words(words.PROVENANCE, language)}"
    lines: list[str] = []
    for provenance in origins_of(results):
        seed = _words(words.NO_SEED, language) if provenance.seed is None else str(provenance.seed)
        lines += [
            f"- {_words(words.COMMAND, language)}: {_code(provenance.command)}",
            f"- {_words(words.VERSION, language)}: {escape(provenance.version)}",
            f"- {_words(words.SEED, language)}: {seed}",
        ]
    yield "\n".join(dict.fromkeys(lines))
    inputs = inputs_of(results)
    if inputs:
        head = [_row(_words(word, language) for word in (words.FILE, words.HASH)), "| --- | --- |"]
        yield "\n".join([*head, *(f"| {_code(item.path)} | `{escape(item.sha256)}` |" for item in inputs)])
    yield _words(words.REPEATABLE, language)


def _code(text: str) -> str:
    """Return text as code; a backquote or a pipe would end it, so such text is escaped instead."""
    return escape(text) if re.search(r"[`|\n]", text) else f"`{visible(text)}`"
