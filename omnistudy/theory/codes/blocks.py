"""What `codes` says to people: words and figures around its tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from omnistudy.pictures import Bars, Heatmap
from omnistudy.results import (
    Block,
    Column,
    Figure,
    Heading,
    Kind,
    Label,
    Note,
    Number,
    Prose,
    Quotes,
    Status,
    Table,
    msg,
)
from omnistudy.theory.codes.co_occurrence_figures import co_occurrence_figures
from omnistudy.theory.codes.tables import (
    co_occurrence_table,
    code_by_attribute_table,
    code_by_interview_table,
    codes_table,
    coverage_table,
    quotes_table,
    review_table,
)
from omnistudy.theory.counts.history import history_table
from omnistudy.theory.terms import count

if TYPE_CHECKING:
    from omnistudy.theory.codes.result import CodesResult

MOST_SHOWN = 40
"""Rows of a figure, and of the table of pairs in a report; the tidy tables hold everything."""
MOST_QUOTES = 500


def tables(result: CodesResult) -> tuple[Table, ...]:
    """Return the tidy tables of ``result``."""
    tidy = (
        codes_table(result),
        co_occurrence_table(result, None),
        code_by_interview_table(result),
        code_by_attribute_table(result),
        review_table(result),
        coverage_table(result),
        history_table(result.history),
    )
    return tidy if result.quotes is None else (quotes_table(result), *tidy)


def blocks(result: CodesResult) -> tuple[Block, ...]:
    """Return the blocks of ``result``; its sentence stands above them already."""
    if result.quotes is not None:
        return tuple(_found(result))
    return (
        *_notes(result),
        codes_table(result, named=True),
        *_bars(result),
        *_heatmap(result),
        *_attributes(result),
        *_together(result),
        *_reviewed(result),
        *_covered(result),
        *_history(result),
    )


def _notes(result: CodesResult) -> list[Block]:
    notes: list[Block] = [
        Prose(
            text=msg(
                "A quotation is a span that somebody coded; a coding is a quotation with one code by one "
                "coder. A category counts every quotation below it once. Coders are the human coders that "
                "applied the code in any round. Density is the number of codes linked with it by a relation."
            )
        )
    ]
    if result.n_coders > 1:
        notes.append(
            Note(
                text=msg(
                    "{coders} coders are counted together: where two of them bounded one passage "
                    "differently, it counts as two quotations, and overlapping codes can be a disagreement.",
                    coders=count(result.n_coders),
                )
            )
        )
    return notes


def _together(result: CodesResult) -> list[Block]:
    heading = Heading(text=msg("Co-occurrence"), level=3, anchor="co-occurrence")
    if not result.co_occurrence:
        return [heading, Prose(text=msg("No two codes overlap anywhere."))]
    return [heading, *co_occurrence_figures(result), co_occurrence_table(result, MOST_SHOWN)]


def _strongest(result: CodesResult) -> Sequence[int]:
    totals = [sum(row) for row in result.matrix]
    used = [at for at, total in enumerate(totals) if total]
    kept = sorted(used, key=lambda at: -totals[at])[:MOST_SHOWN]
    return sorted(kept)


def _heatmap(result: CodesResult) -> list[Block]:
    shown = _strongest(result)
    if not shown or not result.interviews:
        return []
    return [
        Figure(
            name="code_by_interview",
            picture=Heatmap(
                rows=tuple(result.labels[result.matrix_codes[at]] for at in shown),
                columns=tuple(Label(name) for name in result.interviews),
                values=tuple(tuple(float(n) for n in result.matrix[at]) for at in shown),
                axis=msg("Quotations"),
            ),
            caption=msg(
                "Quotations of each code in each interview: {shown} of {codes} codes",
                shown=count(len(shown)),
                codes=count(len(result.matrix_codes)),
            ),
            alt=msg(
                "Matrix of {codes} codes by {interviews} interviews; each cell is the number of quotations.",
                codes=count(len(shown)),
                interviews=count(len(result.interviews)),
            ),
        )
    ]


def _bars(result: CodesResult) -> list[Block]:
    totals = {code: sum(row) for code, row in zip(result.matrix_codes, result.matrix, strict=True)}
    top = sorted((code for code in totals if totals[code]), key=lambda code: -totals[code])[:20]
    if not top:
        return []
    return [
        Figure(
            name="groundedness",
            picture=Bars(
                labels=tuple(result.labels[code] for code in top),
                values=tuple(float(totals[code]) for code in top),
                axis=msg("Quotations"),
            ),
            caption=msg("Groundedness: the codes with most quotations"),
            alt=msg(
                "Bars of quotations per code; the longest is {code} with {quotations}.",
                code=result.labels[top[0]],
                quotations=count(totals[top[0]]),
            ),
        )
    ]


def _attributes(result: CodesResult) -> list[Block]:
    """One table per attribute: interviews that hold the code, by value."""
    shown: list[Block] = []
    for name in dict.fromkeys(row.attribute for row in result.attributes):
        own = [row for row in result.attributes if row.attribute == name]
        sizes = {row.value: row.of_interviews for row in own}
        cells = {(row.code, row.value): row.interviews for row in own}
        codes = [code for code in result.matrix_codes if any(cells[code, value] for value in sizes)]
        shown.append(
            Table(
                name=f"interviews_by_{name}",
                caption=msg("Interviews that hold each code, by {attribute}", attribute=name),
                columns=(
                    Column("code", msg("Code")),
                    *(
                        Column(value, msg("{value} (of {n})", value=value, n=count(size)), Kind.COUNT)
                        for value, size in sizes.items()
                    ),
                ),
                rows=tuple((result.labels[code], *(cells[code, value] for value in sizes)) for code in codes),
            )
        )
    return shown


def _reviewed(result: CodesResult) -> list[Block]:
    table = review_table(result)
    if not table.rows:
        return [Prose(text=msg("Every code is defined and used more than once."), status=Status.GOOD)]
    return [Heading(text=msg("Codes to look at again"), level=3, anchor="codes-to-review"), table]


def _covered(result: CodesResult) -> list[Block]:
    share = result.coverage.share
    heading = Heading(text=msg("Coverage"), level=3, anchor="coverage")
    if share is None:
        return [heading, Note(text=msg("No participant's speech was recognised in the transcripts."))]
    whose = msg("the participants' speech") if result.speakers == "participants" else msg("the transcripts")
    said = msg(
        "{coded} of {whose} carries a code; {uncoded} does not.",
        coded=Number(share, Kind.SHARE),
        uncoded=Number(1 - share, Kind.SHARE),
        whose=whose,
    )
    found: list[Block] = [heading, Prose(text=said), coverage_table(result)]
    if result.coverage.gaps:
        found.append(Quotes(quotes=result.coverage.gaps, caption=msg("The longest passages without a code")))
    return found


def _history(result: CodesResult) -> list[Block]:
    if not result.history:
        return []
    return [Heading(text=msg("Code history"), level=3, anchor="history"), history_table(result.history)]


def _found(result: CodesResult) -> list[Block]:
    quotes = result.quotes or ()
    if not quotes:
        return [Note(text=msg("No quotation fits what was asked for."))]
    return [
        Quotes(
            quotes=quotes[:MOST_QUOTES],
            caption=msg("Quotations that fit: {quotations}", quotations=count(len(quotes))),
            left_out=max(len(quotes) - MOST_QUOTES, 0),
        )
    ]
