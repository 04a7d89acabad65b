"""The words, tables and figures of `codes`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from omnistudy.results import (
    Bars,
    Block,
    Cell,
    Column,
    Figure,
    Heading,
    Heatmap,
    Kind,
    Label,
    Message,
    Note,
    Number,
    Prose,
    Quotes,
    Status,
    Table,
    Undefined,
    msg,
)
from omnistudy.theory.co_occurrence_figures import co_occurrence_figures
from omnistudy.theory.history import history_table
from omnistudy.theory.terms import LEVEL_NAMES, UNIT_NAMES, code_name, count, role_name

if TYPE_CHECKING:
    from omnistudy.theory.codes_result import CodesResult

MOST_SHOWN = 40
"""Rows of a figure, and of the table of pairs in a report; the tidy tables hold everything."""
MOST_QUOTES = 500
NO_UNIT = msg("no text unit of the participants' speech carries either code")
NESTED = msg("the quotations nest so often that the denominator n1 + n2 - n12 is not positive")


def tables(result: CodesResult) -> tuple[Table, ...]:
    """Return the tidy tables of ``result``."""
    tidy = (
        _codes(result),
        _co_occurrence(result, None),
        _code_by_interview(result),
        _code_by_attribute(result),
        _review(result),
        _coverage(result),
        history_table(result.history),
    )
    return tidy if result.quotes is None else (_quotes(result), *tidy)


def blocks(result: CodesResult) -> tuple[Block, ...]:
    """Return the blocks of ``result``; its sentence stands above them already."""
    if result.quotes is not None:
        return tuple(_found(result))
    return (
        *_notes(result),
        _codes(result, named=True),
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


def _codes(result: CodesResult, *, named: bool = False) -> Table:
    """Return the codes; ``named`` gives the code above by its label, for people."""
    return Table(
        name="codes",
        caption=msg("What each code carries, counting {analysis_set}", analysis_set=result.analysis_words),
        columns=(
            Column("code", msg("Code"), Kind.ID),
            Column("label", msg("Label")),
            Column("level", msg("Level"), secondary=True),
            Column("parent", msg("Parent"), Kind.TEXT if named else Kind.ID, secondary=True),
            Column("role", msg("Role")),
            Column("quotations", msg("Quotations"), Kind.COUNT),
            Column("codings", msg("Codings"), Kind.COUNT, secondary=True),
            Column("interviews", msg("Interviews"), Kind.COUNT),
            Column("coders", msg("Coders"), Kind.COUNT),
            Column("density", msg("Density"), Kind.COUNT),
        ),
        rows=tuple(
            (
                row.code,
                row.label,
                LEVEL_NAMES[row.level],
                code_name(row.parent, result.labels) if named and row.parent else row.parent,
                None if row.role is None else role_name(row.role),
                row.quotations,
                row.codings,
                row.interviews,
                row.coders,
                row.density,
            )
            for row in result.codes
        ),
    )


def _co_occurrence(result: CodesResult, most: int | None) -> Table:
    tested = any(pair.p is not None for pair in result.co_occurrence)
    columns = [
        Column("first", msg("Code")),
        Column("second", msg("With")),
        Column("overlaps", msg("Overlaps"), Kind.COUNT),
        Column("c_coefficient", msg("c-coefficient"), Kind.COEFFICIENT),
        Column("units", msg("Units with both"), Kind.COUNT, secondary=True),
        Column("unit_jaccard", msg("Jaccard by unit"), Kind.COEFFICIENT, secondary=True),
        Column("interviews", msg("Interviews with both"), Kind.COUNT),
        Column("jaccard", msg("Jaccard by interview"), Kind.COEFFICIENT),
        Column("lift", msg("Lift by interview"), Kind.NUMBER, secondary=True),
    ]
    if tested:
        columns += [
            Column("p", msg("Exact p"), Kind.COEFFICIENT),
            Column("p_adjusted", msg("p (Benjamini–Hochberg)"), Kind.COEFFICIENT),
        ]
    rows: list[tuple[Cell, ...]] = []
    for pair in result.co_occurrence[:most]:
        coefficient: Cell = pair.c_coefficient
        if coefficient is None:
            coefficient = Undefined(NESTED)
        row: list[Cell] = [
            result.labels[pair.first],
            result.labels[pair.second],
            pair.overlaps,
            coefficient,
            pair.units,
            Undefined(NO_UNIT) if pair.unit_jaccard is None else pair.unit_jaccard,
            pair.interviews,
            pair.jaccard,
            pair.lift,
        ]
        rows.append(tuple([*row, pair.p, pair.p_adjusted] if tested else row))
    return Table(
        name="co_occurrence",
        caption=msg(
            "Codes that stand together (level: {level}; text unit: {unit})",
            level=LEVEL_NAMES[result.level],
            unit=UNIT_NAMES.get(result.unit, result.unit),
        ),
        columns=tuple(columns),
        rows=tuple(rows),
        note=_co_occurrence_note(result, most),
    )


def _co_occurrence_note(result: CodesResult, most: int | None) -> Message:
    if most is not None and len(result.co_occurrence) > most:
        return msg(
            "The {shown} strongest of {pairs} pairs. The c-coefficient is n12/(n1 + n2 - n12); where "
            "quotations nest it can exceed 1. Standing together is no cause.",
            shown=count(most),
            pairs=count(len(result.co_occurrence)),
        )
    return msg(
        "The c-coefficient is n12/(n1 + n2 - n12); where quotations nest it can exceed 1. Standing together "
        "is no cause."
    )


def _together(result: CodesResult) -> list[Block]:
    heading = Heading(text=msg("Co-occurrence"), level=3, anchor="co-occurrence")
    if not result.co_occurrence:
        return [heading, Prose(text=msg("No two codes overlap anywhere."))]
    return [heading, *co_occurrence_figures(result), _co_occurrence(result, MOST_SHOWN)]


def _code_by_interview(result: CodesResult) -> Table:
    rows = zip(result.matrix_codes, result.matrix, strict=True)
    return Table(
        name="code_by_interview",
        caption=msg("Quotations of each code in each interview"),
        columns=(
            Column("code", msg("Code"), Kind.ID),
            *(Column(name, msg("{interview}", interview=name), Kind.COUNT) for name in result.interviews),
        ),
        rows=tuple((code, *row) for code, row in rows),
    )


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


def _code_by_attribute(result: CodesResult) -> Table:
    return Table(
        name="code_by_attribute",
        caption=msg("Codes by the participants' attributes"),
        columns=(
            Column("attribute", msg("Attribute"), Kind.ID),
            Column("value", msg("Value"), Kind.ID),
            Column("code", msg("Code"), Kind.ID),
            Column("quotations", msg("Quotations"), Kind.COUNT),
            Column("interviews", msg("Interviews"), Kind.COUNT),
            Column("of_interviews", msg("Of interviews"), Kind.COUNT),
        ),
        rows=tuple(
            (row.attribute, row.value, row.code, row.quotations, row.interviews, row.of_interviews)
            for row in result.attributes
        ),
    )


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


def _review(result: CodesResult) -> Table:
    kinds = (
        (msg("never used in the analysis set"), result.unused),
        (msg("used for a single quotation"), result.singletons),
        (msg("has no definition"), result.undefined_codes),
    )
    return Table(
        name="codes_to_review",
        caption=msg("Codes to look at again"),
        columns=(
            Column("code", msg("Code"), Kind.ID),
            Column("label", msg("Label")),
            Column("finding", msg("Finding")),
        ),
        rows=tuple((code, result.labels[code], finding) for finding, codes in kinds for code in codes),
    )


def _reviewed(result: CodesResult) -> list[Block]:
    table = _review(result)
    if not table.rows:
        return [Prose(text=msg("Every code is defined and used more than once."), status=Status.GOOD)]
    return [Heading(text=msg("Codes to look at again"), level=3, anchor="codes-to-review"), table]


def _coverage(result: CodesResult) -> Table:
    silent = Undefined(msg("no participant's speech was recognised"))
    return Table(
        name="coverage",
        caption=msg("Coded share of what the participants said"),
        columns=(
            Column("interview", msg("Interview"), Kind.ID),
            Column("characters", msg("Characters"), Kind.COUNT),
            Column("coded_characters", msg("Coded characters"), Kind.COUNT),
            Column("share", msg("Coded share"), Kind.SHARE),
        ),
        rows=tuple(
            (row.interview, row.characters, row.coded, silent if row.share is None else row.share)
            for row in result.coverage.interviews
        ),
        note=msg("Characters that are not white space."),
    )


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
    found: list[Block] = [heading, Prose(text=said), _coverage(result)]
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


def _quotes(result: CodesResult) -> Table:
    return Table(
        name="quotes",
        caption=msg("Quotations"),
        columns=(
            Column("interview", msg("Interview"), Kind.ID),
            Column("start", msg("Start"), Kind.COUNT),
            Column("end", msg("End"), Kind.COUNT),
            Column("codes", msg("Codes"), Kind.ID),
            Column("coders", msg("Coders"), Kind.ID),
            Column("quote", msg("Quotation"), Kind.QUOTE),
        ),
        rows=tuple(
            (
                passage.interview,
                passage.start,
                passage.end,
                "|".join(label.id for label in passage.codes),
                "|".join(passage.coders),
                passage,
            )
            for passage in result.quotes or ()
        ),
    )
