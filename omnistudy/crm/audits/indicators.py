"""Values that audits show: a share, mean or count with interval and window, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from omnistudy.crm.metrics.case import MetricsOptions
from omnistudy.crm.metrics.registry import METRICS, metrics_of_records
from omnistudy.crm.metrics.rows import NO_LIMITS, NOBODY, MetricRow
from omnistudy.crm.metrics.units import level_name
from omnistudy.crm.records.model import Records
from omnistudy.crm.statistics.intervals import Clustered, Interval, wilson, wilson_clustered
from omnistudy.results import Message, Provenance, msg


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """One value beside what it means.

    Parameters
    ----------
    id, title, definition
        Stable name, name for people, and what is divided by what.
    value, reason
        The value, or why there is none; never both.
    needed
        What would have to be recorded, where that is why.
    n, denominator
        What was counted, out of what.
    unit
        share, count, mean, seconds, score, per_1000 and the like.
    window
        First and last day, as ISO dates.
    group
        Channel, segment or cycle it is about; ``all`` otherwise.
    """

    id: str
    title: Message
    definition: Message
    value: float | None = None
    n: int | None = None
    denominator: int | None = None
    unit: str = "share"
    interval: Interval | None = None
    window: str = ""
    group: str = "all"
    reason: Message | None = None
    needed: Message | None = None

    @property
    def low(self) -> float | None:
        """Lower limit of the interval."""
        return None if self.interval is None else self.interval.low

    @property
    def high(self) -> float | None:
        """Upper limit of the interval."""
        return None if self.interval is None else self.interval.high

    def as_json(self) -> dict[str, object]:
        """The value as JSON values."""
        return {
            "id": self.id,
            "group": self.group,
            "value": self.value,
            "n": self.n,
            "denominator": self.denominator,
            "unit": self.unit,
            "ci_low": self.low,
            "ci_high": self.high,
            "ci_method": None if self.interval is None else self.interval.method,
            "ci_reason": None if self.interval is not None else str(self.reason or NO_LIMITS),
            "window": self.window,
            "definition": str(self.definition),
            "reason": None if self.reason is None else str(self.reason),
            "needed": None if self.needed is None else str(self.needed),
        }

    def lacking(self, reason: Message, needed: Message | None = None) -> Indicator:
        """The same indicator without a value, and why."""
        return replace(
            self, value=None, n=None, denominator=None, interval=None, reason=reason, needed=needed
        )

    def share_of(self, n: int, denominator: int, confidence: float, group: str = "all") -> Indicator:
        """The same indicator as a share with Wilson's interval."""
        if not denominator:
            return replace(self, n=n, denominator=0, group=group, reason=NOBODY)
        interval = wilson(n, denominator, confidence)
        return replace(
            self, value=n / denominator, n=n, denominator=denominator, interval=interval, group=group
        )

    def share_of_clusters(self, sums: Clustered, confidence: float, group: str = "all") -> Indicator:
        """The same indicator as a share whose members come in clusters, such as events of one customer."""
        found = self.share_of(int(sums.successes), int(sums.members), confidence, group)
        return found if found.value is None else replace(found, interval=wilson_clustered(sums, confidence))


def indicator_of(row: MetricRow) -> Indicator:
    """A row of `crm metrics` as an indicator."""
    interval = None
    if row.ci_low is not None and row.ci_high is not None:
        interval = Interval(row.ci_low, row.ci_high, row.ci_method or "")
    title = METRICS[row.metric].title
    if row.level is not None:
        title = msg(
            "{metric}, {level}",
            metric=title,
            level=level_name(row.metric, row.level),
        )
    return Indicator(
        id=row.metric if row.level is None else f"{row.metric}/{row.level}",
        title=title,
        definition=row.definition,
        value=row.value,
        n=row.n,
        denominator=row.denominator,
        unit=row.unit,
        interval=interval,
        window=row.window,
        group=row.group,
        reason=row.reason,
    )


def metric_rows(
    records: Records | None, names: Iterable[str], options: MetricsOptions, provenance: Provenance
) -> tuple[MetricRow, ...]:
    """Compute metrics of the registry; no records, no rows."""
    chosen = tuple(dict.fromkeys(name for name in names if name in METRICS))
    if records is None or not chosen:
        return ()
    return metrics_of_records(records, replace(options, metrics=chosen), provenance).rows


def by_level(rows: Iterable[MetricRow]) -> dict[tuple[str, str], Indicator]:
    """Index rows by (metric, level); the level ``""`` is the metric's pooled row, else its first."""
    found: dict[tuple[str, str], Indicator] = {}
    for row in rows:
        indicator = indicator_of(row)
        if row.level == "pooled":
            found[row.metric, ""] = indicator
        found.setdefault((row.metric, ""), indicator)
        if row.level is not None:
            found[row.metric, row.level] = indicator
    return found
