"""The words, tables and figure of `saturation`; they never say more than 'codes'."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omnistudy.results import (
    Block,
    Heading,
    Kind,
    Message,
    Note,
    Number,
    Prose,
    Status,
    Table,
    msg,
)
from omnistudy.theory.saturation import figure as saturation_figure
from omnistudy.theory.saturation.tables import (
    NOT_REACHED,
    curve_table,
    guest_table,
    meaning_table,
    new_codes_table,
    orders_table,
    parts_table,
    richness_table,
)
from omnistudy.theory.terms import count

if TYPE_CHECKING:
    from omnistudy.theory.saturation.guest_rule import Guest
    from omnistudy.theory.saturation.orders import OrderRange
    from omnistudy.theory.saturation.result import SaturationResult


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
        new_codes_table(result),
        guest_table(result),
        orders_table(result),
        richness_table(result),
        curve_table(result),
        parts_table(result),
        meaning_table(result),
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
    shown += [new_codes_table(result), guest_table(result)]
    if result.orders:
        shown.append(orders_table(result))
    shown += [
        Prose(text=_ten_and_three(result)),
        Heading(text=msg("Codes still to come"), level=3, anchor="richness"),
        *_still_to_come(result),
    ]
    if result.parts:
        shown += [Heading(text=msg("By role and subcategory"), level=3, anchor="parts"), parts_table(result)]
    shown.append(Heading(text=msg("Meaning"), level=3, anchor="meaning"))
    if result.meaning:
        shown.append(meaning_table(result))
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
        richness_table(result),
        curve_table(result),
    ]
