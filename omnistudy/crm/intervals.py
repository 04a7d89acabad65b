"""Intervals of shares, rates and scores, in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True, slots=True)
class Interval:
    """Two limits and the name of the method."""

    low: float
    high: float
    method: str


def normal_quantile(confidence: float) -> float:
    """Two-sided normal quantile, for example 1.96 for 0.95."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + confidence / 2))


def wilson(successes: float, n: float, confidence: float = 0.95) -> Interval:
    """Wilson's score interval of a share (Wilson, 1927, doi:10.1080/01621459.1927.10502953)."""
    z = normal_quantile(confidence)
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return Interval(low, high, "wilson")


def poisson(count: float, exposure: float, confidence: float = 0.95) -> Interval:
    """Exact interval of a rate of ``count`` events in ``exposure`` (Garwood, 1936, doi:10.2307/2333958)."""
    from scipy.special import gammaincinv

    tail = (1 - confidence) / 2
    low = float(gammaincinv(count, tail)) if count else 0.0
    high = float(gammaincinv(count + 1, 1 - tail))
    return Interval(low / exposure, high / exposure, "poisson_exact")


def net_score(promoters: int, detractors: int, n: int, confidence: float = 0.95) -> Interval:
    """Interval of a net promoter score in points: adjusted Wald below 50 answers, else Wald.

    The adjusted interval adds three answers, of which 3/4 each promote and detract (Rocks, 2016,
    doi:10.1177/1470785316665250).
    """
    z = normal_quantile(confidence)
    small = n < 50
    size = n + 3 if small else n
    p, d = (
        ((promoters + 0.75) / size, (detractors + 0.75) / size) if small else (promoters / n, detractors / n)
    )
    half = z * sqrt(max(0.0, p + d - (p - d) ** 2) / size)
    method = "adjusted_wald" if small else "wald"
    return Interval(max(-100.0, 100 * (p - d - half)), min(100.0, 100 * (p - d + half)), method)


def mean_t(total: float, squares: float, n: int, confidence: float = 0.95) -> Interval | None:
    """Student's interval of a mean from sums; ``None`` for fewer than two values."""
    from scipy.special import stdtrit

    if n < 2:
        return None
    mean = total / n
    variance = max(0.0, (squares - n * mean * mean) / (n - 1))
    half = float(stdtrit(n - 1, 0.5 + confidence / 2)) * sqrt(variance / n)
    return Interval(mean - half, mean + half, "student_t")
