"""Metrics of the table of operations: one reader of indicators, and the indicators that have a name.

A row of the table is an indicator of a period (and of a unit, where there are several) with its value
and, where it is a ratio, its denominator. Periods are summed, never averaged, so that a busy month
counts for what it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from math import sqrt

from omnistudy.crm.metrics.case import By, Case, Metric
from omnistudy.crm.metrics.rows import NOBODY, Found
from omnistudy.crm.records.engine import as_number
from omnistudy.crm.statistics.intervals import Interval, poisson, wilson
from omnistudy.results import Message, listed, msg

OPS_SQL = """
select grp, period_day, cast(sum(cast(value as decimal(30, 6))) as double),
    cast(sum(cast(denominator as decimal(30, 6))) as double),
    sum(case when denominator is null then 1 else 0 end)
from m_ops where lower(indicator) = ? group by grp, period_day order by grp, period_day
"""
KNOWN_SQL = "select distinct lower(indicator) from ops order by 1"
SPLIT = frozenset({By.ALL, By.SEGMENT, By.PERIOD})


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """How an indicator becomes a metric.

    Parameters
    ----------
    factor
        What the ratio is multiplied with, for example 10,000 for basis points.
    counts
        ``events`` take the exact Poisson interval, ``members`` Wilson's, ``amounts`` that of a ratio
        over the periods; ``total`` has no denominator and no interval.
    last
        Take the last period instead of the sum, for a stock such as the number of staff.
    """

    name: str
    title: Message
    definition: Message
    unit: str
    factor: float = 1.0
    counts: str = "amounts"
    last: bool = False
    source: str = ""


def of_indicator(indicator: Indicator, case: Case) -> Iterator[Found]:
    """The ratio of summed values to summed denominators, or the sum where there is no denominator."""
    groups: dict[str, list[tuple[float, float | None]]] = defaultdict(list)
    for group, _, value, denominator, lacking in case.rows(OPS_SQL, indicator.name):
        groups[str(group)].append((as_number(value), None if lacking else as_number(denominator)))
    for group, rows in groups.items():
        yield _ratio(indicator, group, rows[-1:] if indicator.last else rows, case.confidence)


def _ratio(
    indicator: Indicator, group: str, rows: list[tuple[float, float | None]], confidence: float
) -> Found:
    total = sum(value for value, _ in rows)
    if indicator.counts == "total":
        return Found(group=group, value=total, n=round(total), unit=indicator.unit)
    pairs = [(value, of) for value, of in rows if of is not None]
    if len(pairs) < len(rows):
        reason = msg("some rows of {indicator} have no denominator", indicator=indicator.name)
        return Found(group=group, n=round(total), unit=indicator.unit, reason=reason)
    whole = sum(of for _, of in pairs)
    if whole <= 0:
        return Found(group=group, n=round(total), denominator=0, unit=indicator.unit, reason=NOBODY)
    if indicator.counts == "members" and total > whole:
        reason = msg("{indicator} counts more members than there are", indicator=indicator.name)
        return Found(
            group=group, n=round(total), denominator=round(whole), unit=indicator.unit, reason=reason
        )
    return Found(
        group=group,
        value=indicator.factor * total / whole,
        n=round(total),
        denominator=round(whole),
        unit=indicator.unit,
        interval=_interval(indicator, pairs, confidence),
    )


def _interval(indicator: Indicator, rows: list[tuple[float, float]], confidence: float) -> Interval | None:
    total, whole = sum(value for value, _ in rows), sum(of for _, of in rows)
    match indicator.counts:
        case "members":
            found: Interval | None = wilson(total, whole, confidence)
        case "events":
            found = poisson(total, whole, confidence)
        case _:
            found = ratio_interval(rows, confidence)
    if found is None:
        return None
    return Interval(found.low * indicator.factor, found.high * indicator.factor, found.method)


def ratio_interval(rows: list[tuple[float, float]], confidence: float) -> Interval | None:
    """Student's interval of a ratio of sums, its error linearised over the periods.

    Cochran, W. G. (1977). Sampling techniques (3rd ed.), section 6.3. Limits of amounts that cannot be
    negative stop at 0. ``None`` for fewer than two periods.
    """
    from scipy.special import stdtrit

    n = len(rows)
    if n < 2:
        return None
    whole = sum(of for _, of in rows)
    ratio = sum(value for value, _ in rows) / whole
    squares = sum((value - ratio * of) ** 2 for value, of in rows)
    half = float(stdtrit(n - 1, 0.5 + confidence / 2)) * sqrt(n / (n - 1) * squares) / whole
    low = ratio - half
    return Interval(max(0.0, low) if ratio >= 0 else low, ratio + half, "ratio_over_periods")


def lacking(indicator: Indicator, case: Case) -> Message | None:
    """Say which indicators there are when the wanted one is not among them."""
    known = [str(row[0]) for row in case.rows(KNOWN_SQL)]
    if indicator.name in known:
        return None
    return msg(
        "the table of operations has no indicator {indicator}; it has {known}",
        indicator=indicator.name,
        known=listed(known),
    )


def _metric(indicator: Indicator) -> Metric:
    return Metric(
        name=indicator.name,
        title=indicator.title,
        definition=indicator.definition,
        table="ops",
        compute=partial(of_indicator, indicator),
        refused=partial(lacking, indicator),
        by=SPLIT,
        source=indicator.source,
    )


INDICATORS = (
    Indicator(
        name="availability",
        title=msg("Availability"),
        definition=msg("minutes in service / scheduled minutes"),
        unit="share",
    ),
    Indicator(
        name="fraud_bp",
        title=msg("Fraud loss"),
        definition=msg("loss by fraud / turnover, in basis points"),
        unit="basis_points",
        factor=10_000.0,
    ),
    Indicator(
        name="incidents",
        title=msg("Security incidents"),
        definition=msg("security incidents per million sessions"),
        unit="per_million",
        factor=1e6,
        counts="events",
    ),
    Indicator(
        name="certified_staff",
        title=msg("Certified staff"),
        definition=msg("staff with a certificate / staff, in the last period"),
        unit="share",
        counts="members",
        last=True,
    ),
    Indicator(
        name="training_hours",
        title=msg("Training hours"),
        definition=msg("hours of training / full-time posts"),
        unit="hours",
        source="Heskett, J. L., Jones, T. O., Loveman, G. W., Sasser, W. E., & Schlesinger, L. A. (1994). Putting "
        "the service-profit chain to work. Harvard Business Review, 72(2), 164-174",
    ),
    Indicator(
        name="quality_assurance",
        title=msg("Quality assurance score"),
        definition=msg("points in quality assurance / points possible"),
        unit="share",
    ),
    Indicator(
        name="agent_productivity",
        title=msg("Resolved contacts per agent-hour"),
        definition=msg("resolved contacts / hours that agents worked"),
        unit="per_hour",
    ),
    Indicator(
        name="cost_per_task",
        title=msg("Cost per completed task"),
        definition=msg("cost of the channel / tasks completed in it; a fall counts only with the guard-rail"),
        unit="amount",
    ),
    Indicator(
        name="cost_per_act",
        title=msg("Cost per act"),
        definition=msg("cost of the campaign / persons who acted"),
        unit="amount",
    ),
    Indicator(
        name="cost_to_serve",
        title=msg("Cost to serve"),
        definition=msg("cost of serving / customers served"),
        unit="amount",
    ),
    Indicator(
        name="releases",
        title=msg("Releases per quarter"),
        definition=msg("releases / quarters"),
        unit="per_quarter",
        counts="events",
    ),
    Indicator(
        name="time_to_market",
        title=msg("Time to market"),
        definition=msg("days from decision to release / releases"),
        unit="days",
    ),
    Indicator(
        name="coverage",
        title=msg("Coverage"),
        definition=msg("hours of the week in which a region is served, summed over regions / all such hours"),
        unit="share",
    ),
    Indicator(
        name="unserved_attempts",
        title=msg("Unserved attempts"),
        definition=msg("attempts that no channel took up / attempts"),
        unit="share",
        counts="members",
    ),
    Indicator(
        name="regulation_events",
        title=msg("Regulation events"),
        definition=msg("regulations that came into force, summed; a confounder, never an outcome"),
        unit="events",
        counts="total",
    ),
    Indicator(
        name="outages",
        title=msg("Outages"),
        definition=msg("outages and days of a ban, summed; a confounder, never an outcome"),
        unit="events",
        counts="total",
    ),
)
OPS_METRICS = tuple(_metric(indicator) for indicator in INDICATORS)
