"""Standard errors and confidence limits from replicates.

Jackknife-t: Tukey (1958); on Fisher's z (1921), as Lin (1989), doi:10.2307/2532051, for a coefficient of
agreement; Efron & Tibshirani (1993), An Introduction to the Bootstrap, chapter 11.
BCa: Efron (1987), doi:10.2307/2289144. KALPHA: Hayes & Krippendorff (2007),
doi:10.1080/19312450709336664.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from omnistudy.agreement.intervals.replicates import Replicates
from omnistudy.agreement.ratings.rating_table import FloatArray

TENTATIVE, FIRM = 0.667, 0.80
"""Krippendorff's lines: below the first no conclusions, from the second on firm ones."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Uncertainty of one value; every part may be undefined on its own.

    ``resamples`` counts the resamples in which the coefficient exists.
    """

    method: str = "none"
    se: float | None = None
    low: float | None = None
    high: float | None = None
    resamples: int | None = None
    below_tentative: float | None = None
    below_firm: float | None = None


def t_quantile(probability: float, degrees: int) -> float:
    """Quantile of Student's t distribution."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, probability))


def clipped(value: float, se: float, quantile: float) -> tuple[float, float]:
    """Return the limits of a symmetric interval, cut at -1 and 1 but never between the value and itself.

    With missing ratings Conger's kappa can lie below -1; its interval still holds it.
    """
    low, high = value - quantile * se, value + quantile * se
    return min(value, max(-1.0, low)), max(value, min(1.0, high))


def jackknife(replicates: Replicates, confidence: float) -> Interval:
    """Return the jackknife-t interval.

    Undefined where leaving one sampling unit out leaves the coefficient undefined: the value then
    rests on that unit alone, and the replicates cannot say how far it would move.
    """
    n = int(replicates.multiplicity.sum())
    values, weight = replicates.left_out, replicates.multiplicity
    if n < 2 or not np.isfinite(values).all():
        return Interval("jackknife")
    mean = float(weight @ values) / n
    se = math.sqrt((n - 1) / n * float(weight @ (values - mean) ** 2))
    low, high = clipped(replicates.value, se, t_quantile(0.5 + confidence / 2, n - 1))
    return Interval("jackknife", se, low, high)


def jackknife_z(replicates: Replicates, confidence: float) -> Interval:
    """Return the jackknife-t interval made on the scale of Fisher's z and turned back.

    The limits stay inside -1 and 1 by themselves and reach further down than up where agreement is high. In
    simulations they hold the true value more often there than limits of equal length to both sides
    (``coverage_of_intervals.csv``). The standard error is that of the value itself.
    """
    plain = jackknife(replicates, confidence)
    value = replicates.value
    if plain.se is None or abs(value) >= 1:
        return replace(plain, method="jackknife_z")
    n = int(replicates.multiplicity.sum())
    half = t_quantile(0.5 + confidence / 2, n - 1) * plain.se / (1 - value**2)
    centre = math.atanh(value)
    # beside 1 the way to z and back may end an ulp on the wrong side of the value
    low, high = min(value, math.tanh(centre - half)), max(value, math.tanh(centre + half))
    return Interval("jackknife_z", plain.se, low, high)


def percentile(replicates: Replicates, confidence: float) -> Interval:
    """Return the percentile bootstrap interval; undefined resamples are dropped and not counted."""
    drawn = _defined(replicates.drawn)
    name = "percentile" if replicates.exact else "percentile_normal"
    if len(drawn) < 2:
        return Interval(name)
    tail = (1 - confidence) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Interval(name, float(drawn.std(ddof=1)), float(low), float(high))


def bca(replicates: Replicates, confidence: float) -> Interval:
    """Return the bias-corrected and accelerated bootstrap interval."""
    drawn = _defined(replicates.drawn)
    name = "bca" if replicates.exact else "bca_normal"
    if len(drawn) < 2 or not np.isfinite(replicates.left_out).all():
        return Interval(name)
    se = float(drawn.std(ddof=1))
    if drawn.min() == drawn.max():
        return Interval(name, se, float(drawn[0]), float(drawn[0]))
    share = float(((drawn < replicates.value).mean() + (drawn <= replicates.value).mean()) / 2)
    if not 0 < share < 1:
        return Interval(name, se)
    normal = NormalDist()
    bias = normal.inv_cdf(share)
    acceleration = _acceleration(replicates)
    tail = (1 - confidence) / 2
    limits = []
    for probability in (tail, 1 - tail):
        z = bias + normal.inv_cdf(probability)
        room = 1 - acceleration * z
        if room <= 0:
            return Interval(name, se)
        limits.append(float(np.quantile(drawn, normal.cdf(bias + z / room))))
    return Interval(name, se, limits[0], limits[1])


def _acceleration(replicates: Replicates) -> float:
    weight = replicates.multiplicity
    deviation = float(weight @ replicates.left_out) / float(weight.sum()) - replicates.left_out
    squares = float(weight @ deviation**2)
    return float(weight @ deviation**3) / (6 * squares**1.5) if squares > 0 else 0.0


def shares_below(replicates: Replicates) -> tuple[int | None, float | None, float | None]:
    """Return the number of defined resamples and their shares below .667 and below .80."""
    if not len(replicates.drawn):
        return None, None, None
    drawn = _defined(replicates.drawn)
    if not len(drawn):
        return 0, None, None
    return len(drawn), float((drawn < TENTATIVE).mean()), float((drawn < FIRM).mean())


def _defined(values: FloatArray) -> FloatArray:
    return values[np.isfinite(values)]
