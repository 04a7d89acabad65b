"""Units, levels and intervals of metrics in words, and numbers written in their unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from omnistudy.crm.names import named
from omnistudy.results import Kind, Message, Number, msg

UNIT_WORDS: Mapping[str, Message] = MappingProxyType(
    {
        "share": msg("share"),
        "count": msg("number"),
        "score": msg("score"),
        "mean": msg("mean"),
        "nats": msg("nats"),
        "seconds": msg("seconds"),
        "days": msg("days"),
        "hours": msg("hours"),
        "per_1000": msg("per 1,000"),
        "per_million": msg("per million"),
        "per_hour": msg("per hour"),
        "per_quarter": msg("per quarter"),
        "basis_points": msg("basis points"),
        "amount": msg("amount of money"),
        "ratio": msg("ratio"),
        "coefficient": msg("coefficient"),
        "answers": msg("answers"),
        "events": msg("events"),
        "similarity": msg("similarity, 0 to 1"),
        "turns": msg("turns"),
        "answer": msg("answer"),
        "cost": msg("cost"),
        "value": msg("value"),
    }
)
LEVEL_WORDS: Mapping[str, Message] = MappingProxyType(
    {
        "journey": msg("by journey"),
        "customer": msg("by customer"),
        "rows": msg("by rows"),
        "days": msg("by days"),
        "bounded": msg("in that month"),
        "rolling": msg("in that month or later"),
        "contractual": msg("by contract"),
        "inactive": msg("by inactivity"),
        "top_two": msg("two best boxes"),
        "five_to_seven": msg("5 to 7"),
        "mean": msg("mean"),
        "median": msg("median"),
        "p90": msg("90th percentile"),
        "pooled": msg("all together"),
        "pooled_miller_madow": msg("all together, corrected"),
        "normalised": msg("of the largest possible"),
        "mean_over_customers": msg("mean over customers"),
        "weighted": msg("weighted"),
        "effective_n": msg("effective number of answers"),
        "30": msg("within 30 days"),
        "90": msg("within 90 days"),
    }
)
METHOD_WORDS: Mapping[str, Message] = MappingProxyType(
    {
        "wilson": msg("Wilson"),
        "wilson_clustered": msg("Wilson, clustered"),
        "wilson_odds": msg("Wilson, as odds"),
        "poisson_exact": msg("exact Poisson"),
        "wald": msg("Wald"),
        "adjusted_wald": msg("adjusted Wald"),
        "wald_effective_n": msg("Wald with the effective number"),
        "student_t": msg("Student's t"),
        "student_t_effective_n": msg("Student's t with the effective number"),
        "delta": msg("delta method"),
        "km_loglog": msg("Kaplan–Meier, log-log"),
        "linearised_by_customer": msg("linearised by customer"),
        "ratio_over_periods": msg("ratio over periods"),
        "recovered_variances": msg("recovered variances"),
        "feldt": msg("Feldt"),
    }
)
_SHARES = {"share", "0-1"}
_NUMBERED = re.compile(r"^\d+$")


def number(value: float | None, unit: str) -> Number:
    """A value as its unit is written: shares as percentages, coefficients with three decimals."""
    if unit in _SHARES:
        return Number(value, Kind.SHARE)
    return Number(value, Kind.COEFFICIENT if unit == "coefficient" else Kind.NUMBER)


_SPANS = (("days", 172_800.0, 86_400.0), ("hours", 3_600.0, 3_600.0), ("minutes", 60.0, 60.0))


def spoken(value: float, unit: str) -> Number | Message:
    """A value with its unit as people say it: 8,649 seconds are 2.402 hours."""
    if unit == "seconds":
        for name, least, length in _SPANS:
            if abs(value) >= least:
                return spoken(value / length, name)
    n = Number(value)
    with_unit = {
        "seconds": msg("{value} seconds", value=n),
        "minutes": msg("{value} minutes", value=n),
        "hours": msg("{value} hours", value=n),
        "days": msg("{value} days", value=n),
        "nats": msg("{value} nats", value=n),
        "per_1000": msg("{value} per 1,000", value=n),
        "per_million": msg("{value} per million", value=n),
        "per_hour": msg("{value} per hour", value=n),
        "per_quarter": msg("{value} per quarter", value=n),
        "basis_points": msg("{value} basis points", value=n),
    }
    return with_unit.get(unit) or number(value, unit)


def level_name(metric: str, level: str | None) -> Message | None:
    """A level in words; months, scales and scores of customers stay as they are."""
    if level is None:
        return None
    if metric == "referral_generations" and _NUMBERED.match(level):
        return msg("generation {number}", number=level)
    return LEVEL_WORDS.get(level) or named(level)


def unit_name(unit: str) -> Message | str:
    """A unit in words; a currency stays as it is."""
    return UNIT_WORDS.get(unit, unit)
