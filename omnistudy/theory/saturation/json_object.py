"""The JSON object of `saturation`: full precision, and a reason beside whatever does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omnistudy.results import msg
from omnistudy.theory.saturation.richness import whole_units
from omnistudy.theory.saturation.tables import LAST_RUN, NEVER_MET, NO_COVERAGE, NO_ESTIMATE, NO_RUN

if TYPE_CHECKING:
    from omnistudy.theory.saturation.guest_rule import Guest
    from omnistudy.theory.saturation.orders import OrderRange
    from omnistudy.theory.saturation.result import SaturationResult

FEWER_THAN_13 = msg("the rule needs 13 interviews")
NO_THREE = msg("no three interviews in a row after the tenth were without a new code")
NO_ORDERS = msg("no other order was tried")
NOT_ASSESSED = msg("not assessed: no property, dimension or comment is coded")


def payload(result: SaturationResult) -> dict[str, object]:
    """Return the JSON object of ``result``."""
    estimate = result.richness.estimate
    thin = len(result.interviews) < 13
    return {
        "analysis_set": result.analysis_set,
        "level": None if result.level is None else str(result.level),
        "codes_left_out": list(result.left_out),
        "interviews": list(result.interviews),
        "new_codes": list(result.new),
        "cumulative": list(result.cumulative),
        "guest": [_rule(rule) for rule in result.guest],
        "order": _order(result),
        "orders": [_range(found) for found in result.orders],
        "band": _band(result),
        "stopping_10_3": result.stopping,
        "stopping_10_3_reason": str(FEWER_THAN_13 if thin else NO_THREE) if result.stopping is None else None,
        "chao2": {
            "estimate": estimate.estimate,
            "se": estimate.se,
            "ci_low": estimate.low,
            "ci_high": estimate.high,
            "reason": None if estimate.reason is None else str(estimate.reason),
            "observed": estimate.observed,
            "in_one_interview": estimate.once,
            "in_two_interviews": estimate.twice,
        },
        "coverage": result.richness.coverage,
        "coverage_reason": str(NO_COVERAGE) if result.richness.coverage is None else None,
        "further_interviews": [
            {
                "share": goal,
                "exact": further,
                "interviews": whole_units(further),
                "reason": str(NO_ESTIMATE) if further is None else None,
            }
            for goal, further in result.richness.further
        ],
        "rarefaction": [
            {
                "interviews": point.units,
                "kind": point.kind,
                "codes": point.classes,
                "ci_low": point.low,
                "ci_high": point.high,
                "coverage": point.coverage,
                "coverage_reason": str(NO_COVERAGE) if point.coverage is None else None,
            }
            for point in result.richness.curve
        ],
        "parts": [
            {
                "kind": part.kind,
                "id": part.id,
                "codes": part.codes,
                "new_codes": list(part.new),
                **_rule(part.guest),
                "coverage": part.coverage,
                "coverage_reason": str(NO_COVERAGE) if part.coverage is None else None,
                "chao2": part.estimate,
                "chao2_reason": str(NO_ESTIMATE) if part.estimate is None else None,
            }
            for part in result.parts
        ],
        "meaning": {
            "reason": None if result.meaning else str(NOT_ASSESSED),
            "codes": [
                {
                    "code": row.code,
                    "properties": row.properties,
                    "dimensions": row.dimensions,
                    "comments": row.comments,
                    "last_interview": row.interview,
                    "position": row.place,
                }
                for row in result.meaning
            ],
        },
    }


def _rule(rule: Guest) -> dict[str, object]:
    return {
        "base": rule.base,
        "run": rule.run,
        "threshold": rule.threshold,
        "base_codes": rule.base_codes,
        "shares": list(rule.shares),
        "first": rule.first,
        "sustained": rule.sustained,
        "reason": _why(rule),
    }


def _why(rule: Guest) -> str | None:
    """Say why an interview count is null: too few interviews, never reached, or not kept up."""
    if rule.reason is not None:
        return str(rule.reason)
    if rule.first is None:
        return str(NO_RUN)
    return str(LAST_RUN) if rule.sustained is None else None


def _order(result: SaturationResult) -> dict[str, object]:
    ranges = result.ranges(result.headline)
    if not ranges:
        reason = result.headline.reason or NO_ORDERS
        return {
            "resamples": 0,
            "median": None,
            "p05": None,
            "p95": None,
            "never": None,
            "reason": str(reason),
        }
    first = _range(ranges["first"])
    return {**first, "sustained": _range(ranges["sustained"])}


def _band(result: SaturationResult) -> dict[str, object] | None:
    if result.band is None:
        return None
    return {
        "resamples": result.n_orders,
        "exact": result.exact_orders,
        "p05": list(result.band.low),
        "median": list(result.band.median),
        "p95": list(result.band.high),
    }


def _range(found: OrderRange) -> dict[str, object]:
    return {
        "base": found.base,
        "run": found.run,
        "threshold": found.threshold,
        "rule": found.rule,
        "resamples": found.orders,
        "exact": found.exact,
        "median": found.median,
        "p05": found.p05,
        "p95": found.p95,
        "reason": str(NEVER_MET) if None in (found.p05, found.median, found.p95) else None,
        "never": found.never,
        "at": {str(place): n for place, n in found.at.items()},
    }
