"""The words, tables and figure of `saturation`; they never say more than 'codes'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omnistudy.results import (
    Block,
    Cell,
    Column,
    Heading,
    Kind,
    Message,
    Note,
    Number,
    Prose,
    Status,
    Table,
    Undefined,
    msg,
)
from omnistudy.theory import saturation_figure
from omnistudy.theory.richness import whole_units
from omnistudy.theory.terms import LEVEL_NAMES, count

if TYPE_CHECKING:
    from omnistudy.theory.saturation import Guest
    from omnistudy.theory.saturation_orders import OrderRange
    from omnistudy.theory.saturation_result import SaturationResult

NO_COVERAGE = msg("coverage needs two interviews and one code")
NO_ESTIMATE = msg("there is no estimate of the codes that exist")
NOT_REACHED = msg("not reached")
NO_RUN = msg("no run of interviews meets the threshold")
LAST_RUN = msg("the last run is above the threshold")
NEVER_MET = msg("so many orders never meet the rule")


def sentence(result: SaturationResult) -> Message:
    """Return the default sentence: the order as held, sustained, then the range over orders."""
    rule = result.headline
    if rule.reason is not None:
        return msg("Saturation of the codes cannot be judged: {reason}.", reason=rule.reason)
    said = _as_held(rule, len(result.interviews))
    ranges = result.ranges(rule)
    if "first" not in ranges:
        return said
    return msg("{as_held} {orders}", as_held=said, orders=_over_orders(ranges["first"]))


def _as_held(rule: Guest, total: int) -> Message:
    values: dict[str, Number | Message] = {
        "base": count(rule.base),
        "run": count(rule.run),
        "threshold": Number(rule.threshold, Kind.SHARE),
        "first": count(rule.first or 0),
        "sustained": count(rule.sustained or 0),
        "n": count(total),
    }
    if rule.first is None:
        return msg(
            "In the order of the {n} interviews the codes are not saturated (base {base}, run {run}, "
            "threshold {threshold}).",
            **values,
        )
    if rule.sustained is None:
        return msg(
            "In the order of the {n} interviews the rule is first met after interview {first}, but the "
            "codes do not stay saturated (base {base}, run {run}, threshold {threshold}).",
            **values,
        )
    if rule.sustained == rule.first:
        return msg(
            "In the order of the {n} interviews the codes are saturated after interview {first} and stay so "
            "(base {base}, run {run}, threshold {threshold}).",
            **values,
        )
    return msg(
        "In the order of the {n} interviews the rule is first met after interview {first}, and the codes "
        "stay saturated after interview {sustained} (base {base}, run {run}, threshold {threshold}).",
        **values,
    )


def _over_orders(found: OrderRange) -> Message:
    values: dict[str, Number | Message] = {
        "orders": count(found.orders),
        "never": Number(found.never, Kind.SHARE),
        "low": _reached(found.p05),
        "middle": _reached(found.median),
        "high": _reached(found.p95),
    }
    if found.exact:
        return msg(
            "Over all {orders} orders the first hit falls at {low} (5 %), {middle} (median) and {high} (95 "
            "%), and {never} of the orders never meet the rule.",
            **values,
        )
    return msg(
        "Over {orders} random orders the first hit falls at {low} (5 %), {middle} (median) and {high} (95 "
        "%), and {never} of the orders never meet the rule.",
        **values,
    )


def _reached(value: int | None) -> Message:
    return NOT_REACHED if value is None else msg("interview {n}", n=count(value))


def tables(result: SaturationResult) -> tuple[Table, ...]:
    """Return the tidy tables of ``result``."""
    return (
        _new_codes(result),
        _guest(result),
        _orders(result),
        _richness(result),
        _curve(result),
        _parts(result),
        _meaning(result),
    )


def blocks(result: SaturationResult) -> tuple[Block, ...]:
    """Return the blocks of ``result``."""
    shown: list[Block] = [
        Prose(
            text=msg(
                "This is about codes, counting {analysis_set}, and not about the theory: theoretical "
                "saturation concerns properties and relations. The rule of the first hit can stop early, so "
                "that the sustained one stands beside it.",
                analysis_set=result.analysis_words,
            ),
        ),
    ]
    if result.left_out:
        shown.append(
            Note(
                text=msg(
                    "{codes} codes of the frame that the coders were given are left out; they cannot "
                    "saturate.",
                    codes=count(len(result.left_out)),
                )
            )
        )
    if any(result.new):
        shown += saturation_figure.figures(result)
    shown += [_new_codes(result), _guest(result)]
    if result.orders:
        shown.append(_orders(result))
    shown += [
        Prose(text=_ten_and_three(result)),
        Heading(text=msg("Codes still to come"), level=3, anchor="richness"),
        *_still_to_come(result),
    ]
    if result.parts:
        shown += [Heading(text=msg("By role and subcategory"), level=3, anchor="parts"), _parts(result)]
    shown.append(Heading(text=msg("Meaning"), level=3, anchor="meaning"))
    if result.meaning:
        shown.append(_meaning(result))
    else:
        shown.append(
            Prose(
                text=msg(
                    "Saturation of meaning was not assessed: no property, dimension or comment is coded."
                ),
                status=Status.UNDEFINED,
            )
        )
    return tuple(shown)


def _new_codes(result: SaturationResult) -> Table:
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


def _guest(result: SaturationResult) -> Table:
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


def _orders(result: SaturationResult) -> Table:
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


def _ten_and_three(result: SaturationResult) -> Message:
    if result.stopping is not None:
        return msg(
            "The rule of ten and three is met after {n} interviews: the next three add no code.",
            n=count(result.stopping),
        )
    if len(result.interviews) < 13:
        return msg("The rule of ten and three cannot be applied: it needs 13 interviews.")
    return msg(
        "The rule of ten and three is not met: no three interviews after the tenth are without a new code."
    )


def _still_to_come(result: SaturationResult) -> list[Block]:
    estimate, covered = result.richness.estimate, result.richness.coverage
    if estimate.estimate is None or covered is None:
        return [Note(text=msg("How many codes exist cannot be estimated: {reason}.", reason=estimate.reason))]
    said = msg(
        "{observed} codes were seen; the estimated lower bound is {estimate}, and the coverage is "
        "{coverage}.",
        observed=count(estimate.observed),
        estimate=Number(estimate.estimate),
        coverage=Number(covered, Kind.SHARE),
    )
    caveat = msg(
        "The estimate takes interviews as alike. Merging and splitting codes moves it, and finer codes look "
        "less saturated."
    )
    return [
        Prose(text=said),
        Prose(text=caveat),
        _richness(result),
        _curve(result),
    ]


def _richness(result: SaturationResult) -> Table:
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


def _curve(result: SaturationResult) -> Table:
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


def _parts(result: SaturationResult) -> Table:
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


def _meaning(result: SaturationResult) -> Table:
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
