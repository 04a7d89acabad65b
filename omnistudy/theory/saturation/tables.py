"""The tidy tables of `saturation`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omnistudy.results import (
    Cell,
    Column,
    Kind,
    Message,
    Number,
    Table,
    Undefined,
    msg,
)
from omnistudy.theory.saturation.richness import whole_units
from omnistudy.theory.terms import LEVEL_NAMES

if TYPE_CHECKING:
    from omnistudy.theory.saturation.result import SaturationResult

NO_COVERAGE = msg("coverage needs two interviews and one code")
NO_ESTIMATE = msg("there is no estimate of the codes that exist")
NOT_REACHED = msg("not reached")
NO_RUN = msg("no run of interviews meets the threshold")
LAST_RUN = msg("the last run is above the threshold")
NEVER_MET = msg("so many orders never meet the rule")


def new_codes_table(result: SaturationResult) -> Table:
    """Return the new codes of every interview, in order."""
    return Table(
        name="new_codes",
        caption=msg("New codes per interview"),
        columns=(
            Column("interview", msg("Interview"), Kind.ID),
            Column("new_codes", msg("New codes"), Kind.COUNT),
            Column("cumulative", msg("Codes so far"), Kind.COUNT),
        ),
        rows=tuple(zip(result.interviews, result.new, result.cumulative, strict=True)),
        note=_level_note(result),
    )


def _level_note(result: SaturationResult) -> Message | None:
    if result.level is None:
        return None
    return msg("Counted at the level: {level}.", level=LEVEL_NAMES[result.level])


def guest_table(result: SaturationResult) -> Table:
    """Return where the rule of base, run and threshold is met."""
    never = Undefined(NO_RUN)
    broken = Undefined(LAST_RUN)
    rows: list[tuple[Cell, ...]] = []
    for rule in result.guest:
        none = None if rule.reason is None else Undefined(rule.reason)
        rows.append(
            (
                rule.base,
                rule.run,
                Number(rule.threshold, Kind.SHARE),
                rule.base_codes if rule.base_codes is not None else none,
                rule.first if rule.first is not None else none or never,
                rule.sustained if rule.sustained is not None else none or broken,
                rule.shares[-1] if rule.shares else none,
            )
        )
    return Table(
        name="guest",
        caption=msg("The rule of Guest, Namey and Chen, in the order of the interviews"),
        columns=(
            Column("base", msg("Base"), Kind.COUNT),
            Column("run", msg("Run"), Kind.COUNT),
            Column("threshold", msg("Threshold"), Kind.SHARE),
            Column("base_codes", msg("Codes of the base"), Kind.COUNT),
            Column("first", msg("First met after interview"), Kind.COUNT),
            Column("sustained", msg("Sustained after interview"), Kind.COUNT),
            Column("last_share", msg("New in the last run"), Kind.SHARE),
        ),
        rows=tuple(rows),
    )


def orders_table(result: SaturationResult) -> Table:
    """Return the same rule over other orders of the interviews."""
    words = {"first": msg("first met"), "sustained": msg("sustained")}
    never = Undefined(NEVER_MET)
    return Table(
        name="orders",
        caption=msg("The same rule over other orders of the interviews"),
        columns=(
            Column("base", msg("Base"), Kind.COUNT),
            Column("run", msg("Run"), Kind.COUNT),
            Column("threshold", msg("Threshold"), Kind.SHARE),
            Column("rule", msg("Rule")),
            Column("orders", msg("Orders"), Kind.COUNT),
            Column("exact", msg("All orders"), Kind.FLAG),
            Column("p05", msg("5 %"), Kind.COUNT),
            Column("median", msg("Median"), Kind.COUNT),
            Column("p95", msg("95 %"), Kind.COUNT),
            Column("never", msg("Never"), Kind.SHARE),
        ),
        rows=tuple(
            (
                found.base,
                found.run,
                found.threshold,
                words[found.rule],
                found.orders,
                found.exact,
                never if found.p05 is None else found.p05,
                never if found.median is None else found.median,
                never if found.p95 is None else found.p95,
                found.never,
            )
            for found in result.orders
        ),
    )


def richness_table(result: SaturationResult) -> Table:
    """Return how many codes are estimated to exist."""
    estimate = result.richness.estimate
    none = Undefined(estimate.reason or NO_ESTIMATE)
    rows: list[tuple[Cell, ...]] = [
        (msg("codes seen"), estimate.observed),
        (msg("seen in one interview only"), estimate.once),
        (msg("seen in two interviews"), estimate.twice),
        (msg("Chao2, lower bound of the codes that exist"), _number(estimate.estimate, none)),
        (msg("standard error"), _number(estimate.se, none)),
        (msg("lower limit (95 %)"), _number(estimate.low, none)),
        (msg("upper limit (95 %)"), _number(estimate.high, none)),
        (
            msg("coverage"),
            Undefined(NO_COVERAGE)
            if result.richness.coverage is None
            else Number(result.richness.coverage, Kind.SHARE),
        ),
    ]
    for goal, further in result.richness.further:
        what = msg("further interviews for {share} of the codes", share=Number(goal, Kind.SHARE))
        rows.append((what, _number(whole_units(further), Undefined(NO_ESTIMATE))))
    return Table(
        name="richness",
        caption=msg("Codes that exist, estimated from the interviews"),
        columns=(Column("measure", msg("Measure")), Column("value", msg("Value"), Kind.NUMBER)),
        rows=tuple(rows),
    )


def _number(value: float | None, none: Undefined) -> Cell:
    return none if value is None else Number(value)


def curve_table(result: SaturationResult) -> Table:
    """Return rarefaction and extrapolation."""
    kinds = {
        "rarefied": msg("fewer interviews"),
        "observed": msg("as held"),
        "extrapolated": msg("more interviews"),
    }
    return Table(
        name="rarefaction",
        caption=msg("Codes to be expected after fewer and after more interviews"),
        columns=(
            Column("interviews", msg("Interviews"), Kind.COUNT),
            Column("kind", msg("Kind")),
            Column("codes", msg("Codes"), Kind.NUMBER),
            Column("ci_low", msg("Lower limit"), Kind.NUMBER),
            Column("ci_high", msg("Upper limit"), Kind.NUMBER),
            Column("coverage", msg("Coverage"), Kind.SHARE),
        ),
        rows=tuple(
            (
                point.units,
                kinds[point.kind],
                point.classes,
                point.low,
                point.high,
                Undefined(NO_COVERAGE) if point.coverage is None else point.coverage,
            )
            for point in result.richness.curve
        ),
    )


def parts_table(result: SaturationResult) -> Table:
    """Return saturation by role and by subcategory."""
    kinds = {"role": msg("role"), "subcategory": msg("subcategory")}
    rows: list[tuple[Cell, ...]] = []
    for part in result.parts:
        never = Undefined(part.guest.reason or NO_RUN)
        rows.append(
            (
                kinds[part.kind],
                part.name,
                part.codes,
                never if part.guest.first is None else part.guest.first,
                never if part.guest.sustained is None else part.guest.sustained,
                Undefined(NO_COVERAGE) if part.coverage is None else part.coverage,
                _number(part.estimate, Undefined(NO_ESTIMATE)),
            )
        )
    return Table(
        name="parts",
        caption=msg("Saturation of the codes of each role and subcategory"),
        columns=(
            Column("kind", msg("Kind")),
            Column("name", msg("Name")),
            Column("codes", msg("Codes"), Kind.COUNT),
            Column("first", msg("First met after interview"), Kind.COUNT),
            Column("sustained", msg("Sustained after interview"), Kind.COUNT),
            Column("coverage", msg("Coverage"), Kind.SHARE),
            Column("chao2", msg("Chao2"), Kind.NUMBER),
        ),
        rows=tuple(rows),
    )


def meaning_table(result: SaturationResult) -> Table:
    """Return the last interview that added meaning to each code."""
    return Table(
        name="meaning",
        caption=msg("The last interview that added a property, a dimension or a comment to each code"),
        columns=(
            Column("code", msg("Code"), Kind.ID),
            Column("label", msg("Label")),
            Column("properties", msg("Properties"), Kind.COUNT),
            Column("dimensions", msg("Dimensions"), Kind.COUNT),
            Column("comments", msg("Comments"), Kind.COUNT),
            Column("interview", msg("Interview"), Kind.ID),
            Column("position", msg("Place in the order"), Kind.COUNT),
        ),
        rows=tuple(
            (
                row.code,
                row.label,
                row.properties,
                row.dimensions,
                row.comments,
                row.interview,
                row.place,
            )
            for row in result.meaning
        ),
        note=msg(
            "Counted is what stands in the comments on codings: 'property: value' with a property of the "
            "codebook, and everything else as a comment. Codes without one are not assessed."
        ),
    )
