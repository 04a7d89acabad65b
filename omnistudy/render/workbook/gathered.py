"""Every block of the results as a table: what stands on which sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import assert_never

from omnistudy.pictures import Diagram
from omnistudy.render import words
from omnistudy.render.blocks import inputs_of, origins_of
from omnistudy.render.context import RenderContext
from omnistudy.render.figures import as_tables
from omnistudy.render.quoting import shown_quote
from omnistudy.render.workbook import phrases
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
    Prose,
    Quote,
    Quotes,
    Result,
    Table,
)

LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")

_TEXT_COLUMNS = (
    Column("section", phrases.SECTION),
    Column("kind", phrases.KIND_OF_TEXT),
    Column("text", phrases.TEXT),
)
_QUOTATION_COLUMNS = (
    Column("section", phrases.SECTION),
    Column("list", phrases.LIST),
    Column("interview", phrases.INTERVIEW, Kind.ID),
    Column("start", phrases.START, Kind.COUNT),
    Column("end", phrases.END, Kind.COUNT),
    Column("speaker", phrases.SPEAKER),
    Column("coders", phrases.CODERS, Kind.ID),
    Column("codes", phrases.CODES),
    Column("language", phrases.LANGUAGE, Kind.ID),
    Column("words", phrases.WORDS, Kind.QUOTE),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table under the name of its sheet, with the section that it comes from."""

    name: str
    section: Message
    table: Table


def gathered(results: Sequence[Result], context: RenderContext, kept: Iterable[str]) -> tuple[Sheet, ...]:
    """Return all sheets of data: tables and figures of every section, sentences, quotations, provenance.

    A result's own tables are whole; those of its blocks, which may be shortened for a page, only come in
    where it has none of that name. ``kept`` are names of sheets that are taken.
    """
    names = _Names(kept)
    sheets: list[Sheet] = []
    texts: list[tuple[Cell, ...]] = []
    passages: list[tuple[Cell, ...]] = []
    for result in results:
        blocks = result.blocks()
        for table in _tables(result, blocks):
            name = names.free(table.name, result.command)
            sheets.append(Sheet(name, result.title, table))
        texts += _sentences(result, blocks)
        passages += _passages(result, blocks, context)
    own = [
        Table(name="text", columns=_TEXT_COLUMNS, rows=tuple(texts), caption=phrases.TEXT_CAPTION),
        _provenance(results),
    ]
    if passages:
        own.insert(
            1,
            Table(
                name="quotations",
                columns=_QUOTATION_COLUMNS,
                rows=tuple(passages),
                caption=phrases.QUOTATIONS_CAPTION,
                note=phrases.PLACES,
            ),
        )
    titles = {"text": phrases.TEXT, "quotations": phrases.QUOTATIONS, "provenance": words.PROVENANCE}
    sheets += [Sheet(names.free(table.name, "report"), titles[table.name], table) for table in own]
    return tuple(sheets)


class _Names:
    """Names of sheets, which differ in more than their case and have at most 31 characters."""

    def __init__(self, kept: Iterable[str]) -> None:
        self._taken = {name.casefold() for name in kept} | {"history"}  # which Excel keeps for itself

    def free(self, wish: str, command: str) -> str:
        """Return a name like the wish, with the command before it or a number behind it where needed."""
        base = _FORBIDDEN.sub("_", wish).strip() or "table"
        name = next(one for one in self._candidates(base, command) if one.casefold() not in self._taken)
        self._taken.add(name.casefold())
        return name

    @staticmethod
    def _candidates(base: str, command: str) -> Iterator[str]:
        yield base[:LONGEST_NAME]
        if len(f"{command}_{base}") <= LONGEST_NAME:
            yield f"{command}_{base}"
        yield from (f"{base[: LONGEST_NAME - 4]}_{copy}" for copy in count(2))


def _tables(result: Result, blocks: Sequence[Block]) -> Iterator[Table]:
    own = result.tables()
    yield from own
    known = {table.name for table in own}
    heading: Message = result.title
    for block in blocks:
        match block:
            case Heading():
                heading = block.text
            case Table() if block.name not in known:
                yield replace(block, caption=heading if block.caption is None else block.caption)
            case Figure():
                for table in as_tables(block):
                    name = f"{block.name}_{table.name}"
                    yield replace(table, name=name, caption=block.caption, note=table.note or block.alt)
            case Table() | Prose() | Note() | Quotes():
                pass
            case _:
                assert_never(block)


def _sentences(result: Result, blocks: Sequence[Block]) -> Iterator[tuple[Cell, ...]]:
    yield result.title, phrases.SUMMARY, result.summary
    for block in blocks:
        match block:
            case Heading():
                yield result.title, phrases.HEADING_KIND, block.text
            case Prose():
                yield result.title, phrases.SENTENCE, block.text
            case Note():
                yield result.title, phrases.REMARK, block.text
            case Table() | Quotes() | Figure():
                pass
            case _:
                assert_never(block)


def _passages(result: Result, blocks: Sequence[Block], context: RenderContext) -> Iterator[tuple[Cell, ...]]:
    """Yield a row for every passage of a list and of the model; the policy on quotations applies."""
    heading: Message = result.title
    for block in blocks:
        if isinstance(block, Heading):
            heading = block.text
        elif isinstance(block, Quotes):
            for quote in block.quotes:
                yield _passage(result, block.caption or heading, quote, context, heading)
        elif isinstance(block, Figure) and isinstance(block.picture, Diagram):
            for name, quote in _behind(block.picture):
                yield _passage(result, name, quote, context)


def _behind(diagram: Diagram) -> Iterator[tuple[Cell, Quote]]:
    labels = {node.id: node.label for node in diagram.nodes}
    for node in diagram.nodes:
        for quote in node.quotes:
            yield node.label, quote
    for edge in diagram.edges:
        ends = (labels.get(end, Label(end)) for end in (edge.source, edge.target))
        name = words.arrow(*ends)
        for quote in edge.quotes:
            yield name, quote


def _passage(
    result: Result, name: Cell, quote: Quote, context: RenderContext, heading: Message | None = None
) -> tuple[Cell, ...]:
    language = context.language
    section: Cell = result.title if heading is None else heading
    return (
        section,
        name,
        quote.interview,
        quote.start,
        quote.end,
        quote.speaker,
        ", ".join(language.name(words.coder_name(coder)) for coder in quote.coders),
        ", ".join(language.name(code) for code in quote.codes),
        quote.language,
        shown_quote(quote, context),
    )


def _provenance(results: Sequence[Result]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for origin in origins_of(results):
        rows += [
            (words.COMMAND, origin.command, None),
            (words.VERSION, origin.version, None),
            (words.SEED, words.NO_SEED if origin.seed is None else str(origin.seed), None),
        ]
    rows += [(words.FILE, item.path, item.sha256) for item in inputs_of(results)]
    if any(result.provenance.synthetic for result in results):
        rows.append((phrases.SYNTHETIC_COLUMN, words.SYNTHETIC, None))
    unique = {str([str(cell) for cell in row]): row for row in rows}
    return Table(
        name="provenance",
        columns=(
            Column("name", words.DETAIL),
            Column("value", words.VALUE, Kind.ID),
            Column("sha256", words.HASH, Kind.ID),
        ),
        rows=tuple(unique.values()),
        caption=phrases.PROVENANCE_CAPTION,
        note=words.REPEATABLE,
    )
