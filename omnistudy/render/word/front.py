"""What stands before the sections: title page, table of contents, lists, summary, categories by role."""

from __future__ import annotations

from collections.abc import Sequence

from omnistudy.pictures import Diagram
from omnistudy.render import words
from omnistudy.render.quoting import policy_note
from omnistudy.render.word import phrases
from omnistudy.render.word.paper import Entry, Paper
from omnistudy.render.word.quotations import trace_table
from omnistudy.render.word.tables import add_table
from omnistudy.render.word.text import escaped, paragraph, run, words_runs
from omnistudy.results import Cell, Column, Figure, Label, Message, Result, Table

_FREQUENCIES = "frequencies"
_LEVELS = ("role", "category", "subcategory")


def title_page(title: Message, results: Sequence[Result], paper: Paper, *, synthetic: bool) -> str:
    """Return the title of the study, what the document is, and the watermark sentence."""
    language = paper.language
    lines = [(title, "Title"), (phrases.MADE_BY, "Subtitle")]
    versions = dict.fromkeys(result.provenance.version for result in results)
    lines += [(phrases.version(version), "Subtitle") for version in versions]
    if synthetic:
        lines.append((words.SYNTHETIC, "OmnistudyMark"))
    return "".join(
        paragraph(words_runs(line, language), paper.style(style), rtl=language.is_rtl)
        for line, style in lines
    )


def contents(paper: Paper, *, page_break: bool) -> str:
    """Return the table of contents, and the lists of tables and figures where there are any.

    They are fields whose entries are filled in already, as links without page numbers: only a word
    processor knows those. Nothing is marked for updating at the opening, because Word asks a question
    about other files then that would frighten people with confidential transcripts.
    """
    language = paper.language
    entries = [entry for entry in paper.headings if entry.level <= 2]
    listed = _list('TOC \\o "1-2" \\h \\z \\u', entries, ("TOC1", "TOC2"), paper)
    parts = [
        paragraph(
            words_runs(words.CONTENTS, language),
            paper.style("TOCHeading"),
            rtl=language.is_rtl,
            keep_next=True,
            page_break=page_break,
        ),
        _gallery(listed),
    ]
    for heading, sequence in ((phrases.TABLES, "Table"), (phrases.FIGURES, "Figure")):
        captions = paper.captions["Table" if sequence == "Table" else "Figure"]
        if captions:
            runs = words_runs(heading, language)
            style = paper.style("TOCHeading")
            parts.append(paragraph(runs, style, rtl=language.is_rtl, keep_next=True, page_break=True))
            parts.append(_list(f'TOC \\h \\z \\c "{sequence}"', captions, ("TableofFigures",), paper))
    return "".join(parts)


def _gallery(markup: str) -> str:
    """Wrap a table of contents in what gives it Word's button for updating."""
    return (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/>'
        f"</w:docPartObj></w:sdtPr><w:sdtContent>{markup}</w:sdtContent></w:sdt>"
    )


def _list(instruction: str, entries: Sequence[Entry], styles: Sequence[str], paper: Paper) -> str:
    """Return a field of entries; its last line, gone after the first update, says how to get page numbers."""
    language = paper.language
    start = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {escaped(instruction)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    lines = []
    for at, entry in enumerate(entries):
        link = f'<w:hyperlink w:anchor="{entry.bookmark}" w:history="1">{entry.runs}</w:hyperlink>'
        style = paper.style(styles[min(entry.level, len(styles)) - 1])
        lines.append(paragraph(("" if at else start) + link, style, rtl=language.is_rtl))
    hint = words_runs(phrases.UPDATE, language) + end
    lines.append(
        paragraph(("" if entries else start) + hint, paper.style("OmnistudyNote"), rtl=language.is_rtl)
    )
    return "".join(lines)


def add_summary(results: Sequence[Result], paper: Paper) -> None:
    """Write one sentence for each section, and the categories of the model by role where there is one."""
    language = paper.language
    paper.heading(words.SUMMARY, 1, page_break=True)
    for result in results:
        title = words_runs(result.title, language, bold=True) + run(": ", rtl=language.is_rtl, bold=True)
        summary = words_runs(result.summary, language)
        paper.add(paragraph(title + summary, paper.style("Normal"), rtl=language.is_rtl))
    policy = policy_note(paper.context)
    if policy is not None:
        paper.words(policy, "OmnistudyRemark")
    table = categories_table(results)
    if table is not None:
        add_table(table, paper, merged=(0, 1) if len(table.columns) > 2 else (0,))


def categories_table(results: Sequence[Result]) -> Table | None:
    """Return role, category and subcategory once each, as abstracts of grounded theories list them.

    The levels come from the table of frequencies or from that of quotation to role; without either, the
    boxes of the model stand below their roles. ``None`` where no result has a model.
    """
    diagrams = [
        block.picture
        for result in results
        for block in result.blocks()
        if isinstance(block, Figure) and isinstance(block.picture, Diagram)
    ]
    if not diagrams:
        return None
    tables = {table.name: table for result in results for table in result.tables()}
    levels = tables.get(_FREQUENCIES) or trace_table(results)
    rows = _by_level(levels) if levels is not None else ()
    columns: tuple[Column, ...] = (Column("role", words.ROLE), Column("category", words.CATEGORY))
    if rows:
        columns = (*columns, Column("subcategories", phrases.SUBCATEGORIES))
    else:
        rows = _by_role(diagrams[0])
    return Table(name="model_categories", columns=columns, rows=rows, caption=phrases.MODEL_CATEGORIES)


def _by_level(table: Table) -> tuple[tuple[Cell, ...], ...]:
    """Return the distinct roles, categories and subcategories; nothing where a level has no column."""
    keys = [column.key for column in table.columns]
    if not set(_LEVELS) <= set(keys):
        return ()
    places = [keys.index(level) for level in _LEVELS]
    distinct = dict.fromkeys(tuple(_hashable(row[at]) for at in places) for row in table.rows)
    cells = {_hashable(row[at]): row[at] for row in table.rows for at in places}
    return tuple(tuple(cells[key] for key in keys) for keys in distinct if keys[0] is not None)


def _hashable(cell: Cell) -> str | None:
    return None if cell is None else str(cell)


def _by_role(diagram: Diagram) -> tuple[tuple[Cell, ...], ...]:
    roles: dict[str, Message] = dict(diagram.groups)
    order = list(roles)
    nodes = sorted(diagram.nodes, key=lambda node: order.index(node.group) if node.group in order else 99)
    return tuple((roles.get(node.group) or Label(node.group), node.label) for node in nodes)
