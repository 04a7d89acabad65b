"""The tidy tables of `codes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omnistudy.results import (
    Cell,
    Column,
    Kind,
    Message,
    Table,
    Undefined,
    msg,
)
from omnistudy.theory.counts.co_occurrence import NESTED
from omnistudy.theory.terms import LEVEL_NAMES, UNIT_NAMES, code_name, count, role_name

if TYPE_CHECKING:
    from omnistudy.theory.codes.result import CodesResult

NO_UNIT = msg("no text unit of the participants' speech carries either code")


def codes_table(result: CodesResult, *, named: bool = False) -> Table:
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


def co_occurrence_table(result: CodesResult, most: int | None) -> Table:
    """Return pairs of codes; at most ``most``, the strongest first."""
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


def code_by_interview_table(result: CodesResult) -> Table:
    """Return quotations of every code in every interview."""
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


def code_by_attribute_table(result: CodesResult) -> Table:
    """Return quotations of every code by the values of attributes."""
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


def review_table(result: CodesResult) -> Table:
    """Return codes that are worth another look."""
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


def coverage_table(result: CodesResult) -> Table:
    """Return how much of every interview is coded."""
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


def quotes_table(result: CodesResult) -> Table:
    """Return the quotations that were asked for."""
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
