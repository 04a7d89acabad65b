"""Results as a Word document: title page, lists, a chapter for every result, appendix, provenance."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, assert_never

from omnistudy.render import words
from omnistudy.render.blocks import inputs_of, is_synthetic, origins_of
from omnistudy.render.context import RenderContext
from omnistudy.render.office_package import repacked
from omnistudy.render.once import Once
from omnistudy.render.word import front, phrases
from omnistudy.render.word.figures import add_figure
from omnistudy.render.word.paper import Paper
from omnistudy.render.word.quotations import add_appendix, add_quotes, is_in_appendix
from omnistudy.render.word.sections import continue_counting, own_pages, pages_of_template
from omnistudy.render.word.styles import PERSIAN_FONT, PERSIAN_INSTEAD, own_styles, styles_of_template
from omnistudy.render.word.tables import add_table
from omnistudy.render.word.template import Opened, open_template, put
from omnistudy.render.word.widths import Orientation
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
    Quotes,
    Result,
    Table,
)

if TYPE_CHECKING:
    from docx.document import Document

_UNUSED_PARTS = ("stylesWithEffects", "customXml", "webSettings", "numbering", "thumbnail")
_FONT = (
    '<w:font w:name="{name}"><w:altName w:val="{instead}"/><w:charset w:val="B2"/><w:family w:val="auto"/>'
    '<w:pitch w:val="variable"/></w:font></w:fonts>'
)


def render_docx(results: Sequence[Result], context: RenderContext) -> bytes:
    """Return a .docx file; the same results and template give the same bytes.

    With ``context.template`` the report takes the styles, margins, headers and footers of that document
    and stands where it says ``{{omnistudy}}``, else after its text. Fonts come from the template's
    styles; without a template, Persian asks for B Nazanin and Latin script for Times New Roman.

    Raises
    ------
    StudyError
        If the template cannot be read.
    """
    results = [Once.of(result) for result in results]
    title = context.title or (results[0].title if results else words.REPORT)
    synthetic = is_synthetic(results)
    opened = _new() if context.template is None else open_template(context.template)
    document = opened.document
    if context.template is None:
        styles = own_styles(document, context.language)
        sections = own_pages(document, context.language, styles, title, synthetic=synthetic)
    else:
        styles = styles_of_template(document)
        properties = opened.properties
        sections = pages_of_template(document, properties, context.language, styles, synthetic=synthetic)
    paper = Paper(context, styles, sections)
    _write(results, paper, document, synthetic=synthetic)
    paper.turn(Orientation.PORTRAIT)
    if paper.turned:
        continue_counting(opened.properties)
    before = "" if opened.has_text else front.title_page(title, results, paper, synthetic=synthetic)
    lists = "" if opened.has_contents else front.contents(paper, page_break=True)
    put(f"{before}{lists}{''.join(paper.parts)}", opened)
    _identify(document, title, context, own=context.template is None)
    return _saved(document)


def _new() -> Opened:
    """Return an empty document without the parts that no report needs."""
    import docx

    document = docx.Document()
    for part in (document.part, document.part.package):
        for name, relation in list(part.rels.items()):
            if relation.reltype.rpartition("/")[2] in _UNUSED_PARTS:
                part.rels.pop(name)
    end = document.element.body.get_or_add_sectPr()
    return Opened(document, end, end, has_text=False, has_contents=False)


def _write(results: Sequence[Result], paper: Paper, document: Document, *, synthetic: bool) -> None:
    def embed(data: bytes) -> str:
        return str(document.part.get_or_add_image(io.BytesIO(data))[0])

    front.add_summary(results, paper)
    for result in results:
        paper.turn(Orientation.PORTRAIT)
        paper.heading(result.title, 1, page_break=True)
        paper.lead(result.summary)
        whole = result.blocks() or result.tables()
        blocks = [block for block in whole if not is_in_appendix(block, result)]
        levels = _levels(blocks)
        for block in blocks:
            if isinstance(block, Figure):
                add_figure(block, paper, embed, synthetic=synthetic)
            else:
                _block(block, levels, paper)
        if len(blocks) < len(whole):
            paper.turn(Orientation.PORTRAIT)
            paper.words(phrases.IN_APPENDIX)
    paper.turn(Orientation.PORTRAIT)
    add_appendix(results, paper)
    _provenance(results, paper)


def _block(block: Heading | Prose | Note | Table | Quotes, levels: Mapping[int, int], paper: Paper) -> None:
    if isinstance(block, Table):
        add_table(block, paper)
        return
    paper.turn(Orientation.PORTRAIT)
    match block:
        case Heading():
            paper.heading(block.text, levels[block.level])
        case Prose():
            paper.words(block.text)
        case Note():
            paper.words(block.text, "OmnistudyRemark")
        case Quotes():
            add_quotes(block, paper)
        case _:
            assert_never(block)


def _levels(blocks: Sequence[Block]) -> Mapping[int, int]:
    """Give the heading levels of a result consecutive ones below that of its title, four at most."""
    found = sorted({block.level for block in blocks if isinstance(block, Heading)})
    return {level: min(4, rank) for rank, level in enumerate(found, start=2)}


def _provenance(results: Sequence[Result], paper: Paper) -> None:
    paper.heading(words.PROVENANCE, 1, page_break=True)
    rows: dict[str, tuple[Cell, ...]] = {}
    for origin in origins_of(results):
        seed: Cell = words.NO_SEED if origin.seed is None else origin.seed
        for name, value in (
            (words.COMMAND, origin.command),
            (words.VERSION, origin.version),
            (words.SEED, seed),
        ):
            rows.setdefault(f"{name}: {value}", (name, value))
    columns = (Column("name", words.DETAIL), Column("value", words.VALUE))
    add_table(
        Table(name="provenance", columns=columns, rows=tuple(rows.values()), caption=words.PROVENANCE), paper
    )
    inputs = tuple((item.path, item.sha256) for item in inputs_of(results))
    if inputs:
        names = (Column("file", words.FILE, Kind.ID), Column("sha256", words.HASH, Kind.ID))
        add_table(Table(name="inputs", columns=names, rows=inputs, caption=words.INPUTS), paper)
    paper.words(words.REPEATABLE)


def _identify(document: Document, title: Message, context: RenderContext, *, own: bool) -> None:
    """Say in the file's properties what it is, without a clock and without a person's name."""
    core = document.core_properties
    language = context.language
    if own or not core.title:
        core.title = language.name(title)[:255]
    core.last_modified_by = "omnistudy"
    if not own:
        return
    core.author, core.comments, core.keywords, core.subject = "omnistudy", "", "", ""
    core.language = language.tag
    for child in list(core._element):
        if child.tag.endswith(("}created", "}modified")):
            core._element.remove(child)


def _saved(document: Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return repacked(buffer.getvalue(), _with_font)


def _with_font(name: str, data: bytes) -> bytes:
    """Tell Word which font stands in for the Persian one where that is not installed."""
    if name != "word/fontTable.xml" or PERSIAN_FONT.encode() in data:
        return data
    font = _FONT.format(name=PERSIAN_FONT, instead=PERSIAN_INSTEAD)
    return data.replace(b"</w:fonts>", font.encode())
