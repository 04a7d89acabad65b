"""What an interval can say where coders never differed.

Leaving out or drawing anew units on which all coders agree gives the same value every time, hence limits
of 1 and 1 however few the units are: in simulations such limits held the true value in none of the samples
(``coverage_of_intervals.csv``). Where units were sampled, the exact limits for no difference among n units
say how often coders may still differ; where interviews were sampled, nothing of the kind is known about
interviews that nobody coded, and there is no interval.

Clopper & Pearson (1934), doi:10.1093/biomet/26.4.404; Hanley & Lippman-Hand (1983), If nothing goes wrong,
is everything all right?, doi:10.1001/jama.1983.03330370053031.
"""

from __future__ import annotations

from math import comb

from omnistudy.agreement.intervals.limits import Interval

EXACT = "exact"
FULL = 1 - 1e-12
"""Observed agreement from here on is 1: sums of fractions end a few ulp beside it."""

_RESAMPLING = frozenset({"jackknife", "jackknife_z", "bca", "bca_normal", "percentile", "percentile_normal"})


def settled(span: Interval, observed: float, lower: float | None) -> Interval:
    """Return the interval, or what stands in its place where coders never differed.

    Parameters
    ----------
    span
        An interval as a method made it. Those that reproduce other programs' numbers stay as they are.
    observed
        Observed agreement.
    lower
        The exact lower limit, ``None`` where there is none for the coefficient or for what was sampled.

    Returns
    -------
    Interval
        Of the method ``exact`` without a standard error, or without limits.
    """
    if span.method not in _RESAMPLING or observed < FULL or span.low is None or span.high is None:
        return span
    if span.high - span.low > 1 - FULL:
        return span
    return Interval(span.method) if lower is None else Interval(EXACT, None, lower, 1.0)


def lowest_value(expected: float, units: int, most: float, confidence: float) -> float:
    """Return the exact lower limit of a coefficient whose observed agreement is 1.

    Parameters
    ----------
    expected
        Agreement by chance, 0 for percent agreement; taken as known.
    units
        Units that at least two coders rated.
    most
        Largest share of differing pairs of coders in one unit, see :func:`most_differing`.
    confidence
        Level of the interval, which leaves out half of the rest on this side.

    Examples
    --------
    >>> round(lowest_value(0.5, 10, 1.0, 0.95), 3)
    0.383
    """
    differing: float = 1 - ((1 - confidence) / 2) ** (1 / units)
    return max(-1.0, 1 - most * differing / (1 - expected))


def most_differing(ratings: int, categories: int) -> float:
    """Return the largest share of pairs that can differ among the ratings of a unit.

    Examples
    --------
    >>> round(most_differing(3, 2), 3)
    0.667
    """
    each, more = divmod(ratings, max(categories, 1))
    agreeing = more * comb(each + 1, 2) + (categories - more) * comb(each, 2)
    return 1 - agreeing / comb(ratings, 2)
