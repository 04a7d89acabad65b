"""Passages of the transcripts: lists inside the report, and the appendix that holds the evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from omnistudy.pictures import Diagram
from omnistudy.render import words
from omnistudy.render.blocks import source_of
from omnistudy.render.quoting import limited, shown_quote
from omnistudy.render.word import phrases
from omnistudy.render.word.paper import Paper
from omnistudy.render.word.text import is_rtl_quote, isolated_runs, paragraph, passage_runs, run, words_runs
from omnistudy.results import Block, Cell, Figure, Heading, Label, Message, Quote, Quotes, Result, Table

TRACE = "trace"
"""Name of the table from quotation to role, and of the section of quotations: both become the appendix."""

Name = Message | Label | str
_ABOVE = ("category", "subcategory", "role")


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage in the appendix: what it stands for, who said it, and its code."""

    group: Name
    interviewee: str
    code: Name | None
    quote: Quote


def add_quotes(block: Quotes, paper: Paper) -> None:
    """Write a list of passages, each in its own direction, with its source below."""
    if block.caption is not None:
        paper.words(block.caption, bold=True, keep=True)
    shown, beyond, left_out = limited(block.quotes, paper.context, block.left_out)
    for quote in shown:
        _passage(quote, source_of(quote, paper.language), paper)
    _not_shown(beyond, left_out, paper)


def _passage(quote: Quote, source: str, paper: Paper) -> None:
    language = paper.language
    if quote.text:
        rtl = is_rtl_quote(quote)
        runs = passage_runs(quote.text, rtl=rtl)
        paper.add(paragraph(runs, paper.style("Quote"), rtl=rtl, keep_next=True))
    paper.add(paragraph(isolated_runs(source, language), paper.style("OmnistudySource"), rtl=language.is_rtl))


def _not_shown(beyond: int, left_out: int, paper: Paper) -> None:
    if beyond:
        paper.words(words.quotations_in_spreadsheet(beyond), "OmnistudyNote")
    if left_out:
        paper.words(words.more_quotations(left_out), "OmnistudyNote")


def is_in_appendix(block: Block, result: Result) -> bool:
    """Whether the appendix shows this block in place of the section that it comes from."""
    if isinstance(block, Table):
        return block.name == TRACE
    return result.command == TRACE and isinstance(block, (Heading, Quotes))


def trace_table(results: Sequence[Result]) -> Table | None:
    """Return the table from quotation to role, wherever a result has it."""
    for result in results:
        for block in (*result.blocks(), *result.tables()):
            if isinstance(block, Table) and block.name == TRACE:
                return block
    return None


def add_appendix(results: Sequence[Result], paper: Paper) -> None:
    """Write the quotations by category and interviewee, and those behind the arrows of the model.

    They come from the table from quotation to role where there is one, else from the section that lists
    them by category, else from the boxes of the model.
    """
    trace = trace_table(results)
    diagrams = [
        block.picture
        for result in results
        for block in result.blocks()
        if isinstance(block, Figure) and isinstance(block.picture, Diagram)
    ]
    categories = list(_traced(trace)) if trace else [e for one in results for e in _listed(one)]
    categories = categories or [evidence for diagram in diagrams for evidence in _boxes(diagram)]
    arrows = [evidence for diagram in diagrams for evidence in _arrows(diagram)]
    if categories:
        paper.heading(phrases.APPENDIX, 1, page_break=True)
        _groups(categories, paper, level=2)
    if arrows:
        paper.heading(phrases.BEHIND_ARROWS, 1, page_break=True)
        _groups(arrows, paper, level=3)


def _traced(table: Table) -> Iterator[Evidence]:
    """Yield the rows of the table that hold a passage."""
    keys = {column.key: at for at, column in enumerate(table.columns)}

    def named(row: Sequence[Cell], key: str) -> Name | None:
        cell = row[keys[key]] if key in keys else None
        return cell if isinstance(cell, (Message, Label, str)) and cell else None

    for row in table.rows:
        quote = next((cell for cell in row if isinstance(cell, Quote)), None)
        if quote is not None:
            group = next((name for key in _ABOVE if (name := named(row, key)) is not None), None)
            code = named(row, "code")
            yield Evidence(phrases.NO_CATEGORY if group is None else group, quote.interview, code, quote)


def _listed(result: Result) -> Iterator[Evidence]:
    """Yield the passages of the section that lists them, each under the heading before it."""
    group: Name = phrases.NO_CATEGORY
    for block in result.blocks() if result.command == TRACE else ():
        if isinstance(block, Heading):
            group = block.text
        elif isinstance(block, Quotes):
            for quote in block.quotes:
                yield Evidence(group, quote.interview, None, quote)


def _boxes(diagram: Diagram) -> Iterator[Evidence]:
    for node in diagram.nodes:
        for quote in node.quotes:
            yield Evidence(node.label, quote.interview, None, quote)


def _arrows(diagram: Diagram) -> Iterator[Evidence]:
    labels: Mapping[str, Label] = {node.id: node.label for node in diagram.nodes}
    for edge in diagram.edges:
        ends = (labels.get(edge.source, Label(edge.source)), labels.get(edge.target, Label(edge.target)))
        for quote in edge.quotes:
            yield Evidence(words.arrow(*ends), quote.interview, None, quote)


def _groups(evidence: Sequence[Evidence], paper: Paper, *, level: int) -> None:
    """Write passages under a heading for each group and a line for each interviewee in it.

    A group shows ``context.quote_limit`` passages, taken in turn from its interviewees, so that many are heard.
    """
    grouped: dict[str, dict[str, list[Evidence]]] = {}
    names: dict[str, Name] = {}
    for one in evidence:
        key = paper.language.name(one.group)
        names.setdefault(key, one.group)
        grouped.setdefault(key, {}).setdefault(one.interviewee, []).append(one)
    for key, interviewees in grouped.items():
        paper.heading(names[key], level)
        shown = _in_turn(interviewees, paper.context.quote_limit)
        for name, passages in shown.items():
            _of_interviewee(name, passages, paper)
        beyond = sum(map(len, interviewees.values())) - sum(map(len, shown.values()))
        _not_shown(beyond, 0, paper)


def _in_turn(interviewees: Mapping[str, Sequence[Evidence]], most: int) -> dict[str, Sequence[Evidence]]:
    """Return the first passages of every interviewee, as evenly as ``most`` passages allow; names in order."""
    names = sorted(interviewees)
    shares = dict.fromkeys(names, 0)
    left = most
    while left > 0:
        waiting = [name for name in names if shares[name] < len(interviewees[name])][:left]
        if not waiting:
            break
        for name in waiting:
            shares[name] += 1
        left -= len(waiting)
    return {name: interviewees[name][: shares[name]] for name in names if shares[name]}


def _of_interviewee(name: str, evidence: Sequence[Evidence], paper: Paper) -> None:
    language = paper.language
    runs = words_runs(name, language, bold=True)
    paper.add(paragraph(runs, paper.style("Normal"), rtl=language.is_rtl, keep_next=True))
    for one in evidence:
        _compact(one, shown_quote(one.quote, paper.context), paper)


def _compact(evidence: Evidence, quote: Quote, paper: Paper) -> None:
    """Write a passage and its source in one paragraph, in the direction of the passage."""
    language = paper.language
    place = language.text(words.place_of(quote))
    code = "" if evidence.code is None else language.text(phrases.for_code(evidence.code))
    words_of_source = f"[{'; '.join(part for part in (code, place) if part)}]"
    rtl = is_rtl_quote(quote) if quote.text else language.is_rtl
    passage = f"{passage_runs(quote.text, rtl=rtl)}{run(' ', rtl=rtl)}" if quote.text else ""
    if rtl != language.is_rtl:
        # In a passage of the other direction the brackets would fall apart.
        words_of_source = f"\u2068{words_of_source}\u2069"
    source = isolated_runs(words_of_source, language)
    paper.add(paragraph(passage + source, paper.style("OmnistudyPassage"), rtl=rtl))
