"""Intervals of shares, rates and scores, in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt


@dataclass(frozen=True, slots=True)
class Interval:
    """Two limits and the name of the method."""

    low: float
    high: float
    method: str


@cache
def normal_quantile(confidence: float) -> float:
    """Two-sided normal quantile, for example 1.96 for 0.95."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + confidence / 2))


def wilson(successes: float, n: float, confidence: float = 0.95) -> Interval:
    """Return Wilson's score interval of a share.

    Parameters
    ----------
    successes, n
        How many of how many, n above 0; need not be whole where cases are weighted.
    confidence
        Level of the interval.

    Returns
    -------
    Interval
        Limits from 0 to 1.

    References
    ----------
    Wilson (1927), Probable inference, the law of succession, and statistical inference,
    doi:10.1080/01621459.1927.10502953.

    Examples
    --------
    Four cases of Newcombe (1998), Two-sided confidence intervals for the single proportion, Statistics in
    Medicine 17, 857-872, method 3:

    >>> for successes, n in ((81, 263), (15, 148), (0, 20), (1, 29)):
    ...     found = wilson(successes, n)
    ...     print(f"{found.low:.4f} {found.high:.4f}")
    0.2553 0.3662
    0.0624 0.1605
    0.0000 0.1611
    0.0061 0.1718
    """
    z = normal_quantile(confidence)
    p = successes / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low = 0.0 if successes == 0 else max(0.0, centre - half)
    high = 1.0 if successes == n else min(1.0, centre + half)
    return Interval(low, high, "wilson")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """Sums over clusters whose members are alike, such as the events of one customer.

    Parameters
    ----------
    clusters
        How many clusters there are.
    successes, members
        Sums over clusters: of successes y, and of members n.
    yy, yn, nn
        Sums over clusters of y², y n and n².
    """

    clusters: int
    successes: float
    members: float
    yy: float
    yn: float
    nn: float


# Put around a query of a y and an n for every cluster of a group.
CLUSTERED_SQL = """
select grp, count(*), sum(y), sum(n), sum(y * y), sum(y * n), sum(n * n) from ({clusters}) as clusters
group by grp order by grp
"""
# A row of events belongs to its customer, else to its journey, else to itself.
CLUSTER = "coalesce('c' || customer_id, 'j' || journey_id, 'r' || cast(row as varchar))"


def clustered(sums: Sequence[object]) -> Clustered:
    """The sums of one row of :data:`CLUSTERED_SQL`, without its group; nothing counted is 0."""
    clusters, y, n, yy, yn, nn = (float(str(value or 0)) for value in sums)
    return Clustered(clusters=int(clusters), successes=y, members=n, yy=yy, yn=yn, nn=nn)


def wilson_clustered(sums: Clustered, confidence: float = 0.95) -> Interval:
    """Wilson's interval of a share with the number of independent members that its clusters amount to.

    The variance is that of a ratio over clusters, linearised; it replaces p (1 − p) / n, and n shrinks
    accordingly, never grows (Korn & Graubard, 1998, Survey Methodology, 24(2), 193-201). Clusters of
    one member give Wilson's own interval.
    """
    p = sums.successes / sums.members
    spread = sums.yy - 2 * p * sums.yn + p * p * sums.nn
    if not 2 <= sums.clusters < sums.members or spread <= 0:
        return wilson(sums.successes, sums.members, confidence)
    variance = spread / sums.members**2 * sums.clusters / (sums.clusters - 1)
    size = min(sums.members, p * (1 - p) / variance)
    found = wilson(p * size, size, confidence)
    return Interval(found.low, found.high, "wilson_clustered")


def poisson(count: float, exposure: float, confidence: float = 0.95) -> Interval:
    """Return the exact interval of a rate of ``count`` events in ``exposure``.

    Parameters
    ----------
    count, exposure
        Events, and what they are counted in (customers, days, …), above 0.
    confidence
        Level of the interval.

    Returns
    -------
    Interval
        Limits of the rate per unit of exposure; the lower one is 0 without an event.

    References
    ----------
    Garwood (1936), Fiducial limits for the Poisson distribution, doi:10.2307/2333958.

    Examples
    --------
    Ten events: 4.80 to 18.39, as tables of the Poisson distribution have it. No event in n: up to 3.69 / n.

    >>> found = poisson(10, 1)
    >>> round(found.low, 2), round(found.high, 2)
    (4.8, 18.39)
    >>> round(poisson(0, 1).high, 2)
    3.69
    """
    from scipy.special import gammaincinv

    tail = (1 - confidence) / 2
    low = float(gammaincinv(count, tail)) if count else 0.0
    high = float(gammaincinv(count + 1, 1 - tail))
    return Interval(low / exposure, high / exposure, "poisson_exact")


def net_score(promoters: int, detractors: int, n: int, confidence: float = 0.95) -> Interval:
    """Return the interval of a net promoter score: adjusted Wald below 50 answers, else Wald.

    The adjusted interval adds three answers, of which 3/4 each promote and detract.

    Parameters
    ----------
    promoters, detractors, n
        Answers of 9 and 10, of 0 to 6, and all answers; n above 0.
    confidence
        Level of the interval.

    Returns
    -------
    Interval
        Limits in points, from -100 to 100.

    References
    ----------
    Rocks (2016), Interval estimation for the Net Promoter Score, doi:10.1177/1470785316665250.

    Examples
    --------
    Worked by hand: 45 promoters and 25 detractors among 100 give 20 ± 1.96 √(.70 - .04) / 10 points.

    >>> found = net_score(45, 25, 100)
    >>> round(found.low, 1), round(found.high, 1), found.method
    (4.1, 35.9, 'wald')
    >>> net_score(7, 2, 14).method
    'adjusted_wald'
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
    """Return Student's interval of a mean, from sums.

    Parameters
    ----------
    total, squares, n
        Sum and sum of squares of n values.
    confidence
        Level of the interval.

    Returns
    -------
    Interval or None
        ``None`` for fewer than two values.

    References
    ----------
    Student (1908), The probable error of a mean, doi:10.2307/2331554.

    Examples
    --------
    Student (1908), the ten additional hours of sleep by one optical isomer over another: mean 1.58.

    >>> gains = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4]
    >>> found = mean_t(sum(gains), sum(x * x for x in gains), len(gains))
    >>> round(found.low, 2), round(found.high, 2)
    (0.7, 2.46)
    """
    from scipy.special import stdtrit

    if n < 2:
        return None
    mean = total / n
    variance = max(0.0, (squares - n * mean * mean) / (n - 1))
    half = float(stdtrit(n - 1, 0.5 + confidence / 2)) * sqrt(variance / n)
    return Interval(mean - half, mean + half, "student_t")
