"""Rows of `crm metrics` as lines, beside lines made of what was counted by hand.

Both are compared as text, so that a difference shows the whole row. Intervals come from other formulas
than those of the package: roots of the score equation, quantiles of chi-square, values one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np
from records_builder import PROVENANCE, records_of
from scipy.special import chdtri, stdtrit

from omnistudy.crm.metrics.case import MetricsOptions
from omnistudy.crm.metrics.registry import metrics_of_records
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.crm.statistics.survival import kaplan_meier

NOBODY = "nobody and nothing to count: the denominator is 0"
NO_ROW = "no row of the records enters it"
Limits = tuple[float, float]


def told(row: MetricRow) -> str:
    """Everything of a row but its window, calendar and definition, which are those of the metric."""
    return line(
        row.metric, row.value, row.n, row.denominator, row.unit,
        None if row.ci_low is None or row.ci_high is None else (row.ci_low, row.ci_high),
        row.ci_method, group=row.group, cohort=row.cohort, k=row.k, level=row.level,
        reason=None if row.reason is None else str(row.reason),
    )  # fmt: skip


def line(
    metric: str,
    value: float | None = None,
    n: int | None = None,
    of: int | None = None,
    unit: str = "share",
    limits: Limits | None = None,
    method: str | None = None,
    *,
    group: str = "all",
    cohort: str | None = None,
    k: int | None = None,
    level: str | None = None,
    reason: str | None = None,
) -> str:
    place = [metric, group, cohort, k, level]
    numbers = [value, n, of, unit, *(limits or ("no limits",)), method, reason]
    written = [f"{one:.7g}" if isinstance(one, int | float) else str(one) for one in (*place, *numbers)]
    return " | ".join(written)


def refused(metric: str, reason: str, **place: Any) -> str:
    return line(metric, reason=reason, **place)


def share(metric: str, n: int, of: int, **place: Any) -> str:
    if not of:
        return line(metric, None, n, 0, reason=NOBODY, **place)
    return line(metric, n / of, n, of, "share", score_limits(n / of, of), "wilson", **place)


def score_limits(p: float, n: float, confidence: float = 0.95) -> Limits:
    """Roots of (p − x)² = z² x (1 − x) / n."""
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    low, high = sorted(np.roots([1 + z * z / n, -(2 * p + z * z / n), p * p]).real)
    return (0.0 if p == 0 else float(low)), (1.0 if p == 1 else float(high))


def clustered(metric: str, pairs: Sequence[tuple[int, int]], **place: Any) -> str:
    """A share of (successes, members) of clusters."""
    y, n = np.array(pairs, dtype=float).T
    p, m = float(y.sum() / n.sum()), len(pairs)
    residuals = float(((y - p * n) ** 2).sum())
    if m < 2 or m == n.sum() or residuals < 1e-12:
        return line(
            metric, p, int(y.sum()), int(n.sum()), "share", score_limits(p, n.sum()), "wilson", **place
        )
    variance = m / (m - 1) * residuals / n.sum() ** 2
    size = min(n.sum(), p * (1 - p) / variance)
    return line(
        metric, p, int(y.sum()), int(n.sum()), "share", score_limits(p, size), "wilson_clustered", **place
    )


def mean(
    metric: str, values: Sequence[float], unit: str = "mean", of: int | None = None, **place: Any
) -> str:
    """A mean of values given one by one."""
    limits = t_limits(values)
    method = None if limits is None else "student_t"
    return line(metric, float(np.mean(values)), len(values), of, unit, limits, method, **place)


def t_limits(values: Sequence[float], confidence: float = 0.95) -> Limits | None:
    n = len(values)
    if n < 2:
        return None
    half = float(stdtrit(n - 1, (1 + confidence) / 2)) * float(np.std(values, ddof=1)) / sqrt(n)
    return float(np.mean(values)) - half, float(np.mean(values)) + half


def rate_limits(count: int, exposure: float, confidence: float = 0.95) -> Limits:
    """Garwood's limits by chi-square, whose upper quantile chdtri gives."""
    tail = (1 - confidence) / 2
    low = chdtri(2 * count, 1 - tail) / 2 if count else 0.0
    return float(low) / exposure, float(chdtri(2 * count + 2, tail)) / 2 / exposure


def lines_of(folder: Path, options: MetricsOptions, **tables: Any) -> list[str]:
    with records_of(folder, **tables) as records:
        return [told(row) for row in metrics_of_records(records, options, PROVENANCE).rows]


def lines(folder: Path, *names: str, **tables: Any) -> list[str]:
    """The rows of these metrics over tables given as CSV text."""
    return lines_of(folder, MetricsOptions(metrics=names), **tables)


def lasting(
    metric: str, spells: Sequence[tuple[float, int, int]], unit: str, *, all_ended: bool = False, **place: Any
) -> list[str]:
    """Median and 90th percentile of waits given as (time, ended, still waiting)."""
    curve = kaplan_meier(spells)
    ended = sum(one[1] for one in spells)
    rows = []
    for level, part in (("median", 0.5), ("p90", 0.9)):
        low, high = curve.quantile_interval(part)
        limits = None if low is None or high is None else (low, high)
        method = None if limits is None else "km_loglog"
        rows.append(
            line(
                metric,
                curve.quantile(part),
                ended,
                None if all_ended else curve.n,
                unit,
                limits,
                method,
                level=level,
                **place,
            )
        )
    return rows
