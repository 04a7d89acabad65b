"""A row of `crm metrics`, and how shares, rates and means become rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

from omnistudy.crm.statistics.intervals import Clustered, Interval, wilson, wilson_clustered
from omnistudy.results import Message, msg

NO_LIMITS = msg("a value of this kind has no interval here, or too few units were counted for one")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """One value of one metric.

    Parameters
    ----------
    metric
        Name in the registry.
    group
        Segment, channel or month the row is about; ``all`` without ``--by``.
    cohort, k, level
        Month of a cohort and months since; or what else tells rows of one metric apart.
    value, reason
        The value, or why there is none.
    n, denominator
        What was counted, out of what; the denominator is ``None`` where the value is no ratio.
    unit
        share, score, per_1000, seconds, mean, nats.
    """

    metric: str
    group: str
    value: float | None
    n: int | None
    denominator: int | None
    unit: str
    window: str
    calendar: str
    definition: Message
    cohort: str | None = None
    k: int | None = None
    level: str | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    ci_method: str | None = None
    reason: Message | None = None

    def as_json(self) -> dict[str, object]:
        """The row as JSON values, the fields of the contract first."""
        return {
            "metric": self.metric,
            "value": self.value,
            "n": self.n,
            "denominator": self.denominator,
            "ci_low": self.ci_low,
            "ci_high": self.ci_high,
            "ci_method": self.ci_method,
            "window": self.window,
            "reason": None if self.reason is None else str(self.reason),
            "definition": str(self.definition),
            "group": self.group,
            "cohort": self.cohort,
            "k": self.k,
            "level": self.level,
            "unit": self.unit,
            "calendar": self.calendar,
            "ci_reason": None if self.ci_low is not None else str(self.reason or NO_LIMITS),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a metric's arithmetic yields for one group; the registry adds name, window and definition."""

    group: str = "all"
    value: float | None = None
    n: int | None = None
    denominator: int | None = None
    unit: str = "share"
    interval: Interval | None = None
    reason: Message | None = None
    cohort: str | None = None
    k: int | None = None
    level: str | None = None


NOBODY = msg("nobody and nothing to count: the denominator is 0")


def share(
    group: str,
    n: int,
    denominator: int,
    confidence: float,
    *,
    cohort: str | None = None,
    k: int | None = None,
    level: str | None = None,
) -> Found:
    """A share with Wilson's interval; undefined without anything to divide by."""
    if denominator == 0:
        return Found(group=group, n=n, denominator=0, reason=NOBODY, cohort=cohort, k=k, level=level)
    return Found(
        group=group,
        value=n / denominator,
        n=n,
        denominator=denominator,
        interval=wilson(n, denominator, confidence),
        cohort=cohort,
        k=k,
        level=level,
    )


def share_of_clusters(group: str, sums: Clustered, confidence: float) -> Found:
    """A share whose members come in clusters that are alike, such as the events of one customer."""
    found = share(group, int(sums.successes), int(sums.members), confidence)
    if found.value is None:
        return found
    return replace(found, interval=wilson_clustered(sums, confidence))
