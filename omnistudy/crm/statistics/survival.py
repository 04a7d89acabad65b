"""Kaplan–Meier: how long relationships, or waits, last when some of them have not ended yet.

Kaplan, E. L., & Meier, P. (1958). Nonparametric estimation from incomplete observations. Journal of
the American Statistical Association, 53(282), 457-481. doi:10.1080/01621459.1958.10501452
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, log, sqrt

from omnistudy.crm.statistics.intervals import Interval, normal_quantile


@dataclass(frozen=True, slots=True)
class Step:
    """The curve from ``time`` on: share surviving, its Greenwood error, those at risk and ending there."""

    time: float
    survival: float
    se: float | None
    at_risk: int
    ended: int

    def interval(self, confidence: float = 0.95) -> Interval | None:
        """Interval on the log(-log) scale; ``None`` where the curve is 0 or 1."""
        if self.se is None or self.survival == 1:
            return None
        spread = normal_quantile(confidence) * self.se / (self.survival * abs(log(self.survival)))
        low, high = self.survival ** exp(spread), self.survival ** exp(-spread)
        return Interval(low, high, "greenwood_loglog")


@dataclass(frozen=True, slots=True)
class Curve:
    """A survival curve: one step per distinct time at which something ended, in order."""

    steps: tuple[Step, ...]
    n: int
    last: float

    def at(self, time: float) -> Step:
        """The step that holds at ``time``; before the first end everything survives."""
        held = Step(0.0, 1.0, 0.0, self.n, 0)
        for step in self.steps:
            if step.time > time:
                break
            held = step
        return held

    def quantile(self, share: float) -> float | None:
        """First time by which ``share`` have ended; ``None`` when the curve never gets there."""
        return next((step.time for step in self.steps if step.survival <= 1 - share + 1e-12), None)

    def quantile_interval(self, share: float, confidence: float = 0.95) -> tuple[float | None, float | None]:
        """Limits of a quantile: where the limits of the curve reach it (Brookmeyer & Crowley, 1982)."""
        target = 1 - share
        low = high = None
        for step in self.steps:
            limits = step.interval(confidence)
            bottom = limits.low if limits else step.survival
            top = limits.high if limits else step.survival
            low = step.time if low is None and bottom <= target + 1e-12 else low
            high = step.time if high is None and top <= target + 1e-12 else high
        return low, high


def kaplan_meier(spells: Iterable[tuple[float, int, int]]) -> Curve:
    """Estimate the curve.

    Parameters
    ----------
    spells
        (time, number that ended there, number last seen there), in any order; those of equal times
        count together. Those last seen at a time are at risk of ending at it.

    Returns
    -------
    Curve
        One step per time at which something ended, with Greenwood's error; :meth:`Curve.at` reads it.

    References
    ----------
    Kaplan & Meier (1958), Nonparametric estimation from incomplete observations,
    doi:10.1080/01621459.1958.10501452.

    Examples
    --------
    The eight lifetimes of Kaplan & Meier (1958), four of which end at .8, 3.1, 5.4 and 9.2 and four are lost
    from sight:

    >>> ended = [(time, 1, 0) for time in (0.8, 3.1, 5.4, 9.2)]
    >>> lost = [(time, 0, 1) for time in (1.0, 2.7, 7.0, 12.1)]
    >>> curve = kaplan_meier([*ended, *lost])
    >>> [round(step.survival, 4) for step in curve.steps]
    [0.875, 0.7, 0.525, 0.2625]
    >>> curve.quantile(0.5)
    9.2
    """
    counts: dict[float, tuple[int, int]] = {}
    for time, ended, censored in spells:
        before = counts.get(time, (0, 0))
        counts[time] = (before[0] + ended, before[1] + censored)
    ordered = sorted((time, *both) for time, both in counts.items())
    at_risk = total = sum(ended + censored for _, ended, censored in ordered)
    survival, variance = 1.0, 0.0
    steps = []
    for time, ended, censored in ordered:
        if ended:
            survival *= 1 - ended / at_risk
            se = None
            if at_risk > ended:
                variance += ended / (at_risk * (at_risk - ended))
                se = survival * sqrt(variance)
            steps.append(Step(time, survival, se, at_risk, ended))
        at_risk -= ended + censored
    return Curve(tuple(steps), total, ordered[-1][0] if ordered else 0.0)
