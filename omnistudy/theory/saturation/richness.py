"""How many codes more interviews would still bring: interviews as sampling units.

Chao2 with its variance and log-normal interval (Chao 1987, doi:10.2307/2531532), sample coverage (Chao &
Jost 2012, doi:10.1890/11-1952.1), rarefaction and extrapolation with unconditional variances (Colwell et
al. 2012, doi:10.1093/jpe/rtr044). All of them take interviews as alike; merging and splitting codes moves
the number of codes seen once, and finer codes look less saturated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil, exp, log, sqrt

import numpy as np

from omnistudy.results import Message, msg
from omnistudy.theory.counts.frequencies import Integers

Z = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Chao:
    """Chao's lower bound of the number of classes, from those seen in exactly one and two units.

    Parameters
    ----------
    units, observed, once, twice
        Sampling units T, classes seen S, and seen exactly once (Q1) and twice (Q2).
    unseen
        Estimated unseen classes Q0; ``None`` without data.
    estimate
        S + Q0.
    se, low, high
        Standard error and 95 % interval; ``None`` with a reason.
    """

    units: int
    observed: int
    once: int
    twice: int
    unseen: float | None = None
    estimate: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    reason: Message | None = None


def chao(units: int, observed: int, once: int, twice: int) -> Chao:
    """Estimate the number of classes (Chao2 for interviews, Chao1 for individuals).

    Parameters
    ----------
    units
        Interviews T (Chao2) or individuals n (Chao1).
    observed, once, twice
        Classes seen at all, in exactly one and in exactly two units.

    Returns
    -------
    Chao
        ``estimate`` with ``se`` and the 95 % limits ``low`` and ``high``; without data, or where the
        formula has no error, ``None`` with the ``reason``.

    References
    ----------
    Chao (1987), Estimating the population size for capture–recapture data with unequal catchability,
    doi:10.2307/2531532, with its log-normal interval.

    Examples
    --------
    Spiders under girdled hemlocks: 168 individuals of 26 species, 12 seen once and 4 twice; R iNEXT prints
    43.893 with the error 14.306 (Chao et al. 2014, doi:10.1890/13-0133.1).

    >>> spiders = chao(168, 26, 12, 4)
    >>> round(spiders.estimate, 3), round(spiders.se, 3)
    (43.893, 14.306)

    Species in 19 soil samples of Etosha Pan (Foissner, Agatha & Berger 2002): 216 seen, 107 once, 44 twice;
    R iNEXT prints 339.255 with the error 32.194.

    >>> etosha = chao(19, 216, 107, 44)
    >>> round(etosha.estimate, 3), round(etosha.se, 3), round(etosha.low, 1), round(etosha.high, 1)
    (339.255, 32.194, 290.5, 419.9)

    With nothing seen once there is nothing left to find by this estimate, and no error formula:

    >>> chao(8, 11, 0, 4).estimate, chao(8, 11, 0, 4).se
    (11.0, None)
    """
    if units < 2 or not observed:
        reason = msg("an estimate needs two interviews and one code")
        return Chao(units=units, observed=observed, once=once, twice=twice, reason=reason)
    unseen = _unseen(units, once, twice)
    plain = Chao(
        units=units, observed=observed, once=once, twice=twice, unseen=unseen, estimate=observed + unseen
    )
    if not once:
        return replace(
            plain,
            reason=msg("no code was seen in one interview only, so that the estimate has no error formula"),
        )
    variance = _variance(units, observed, once, twice)
    if unseen <= 0 or variance <= 0:
        return replace(
            plain,
            reason=msg("one code seen once and none seen twice leave nothing to estimate an error from"),
        )
    spread = exp(Z * sqrt(log(1 + variance / unseen**2)))
    low, high = observed + unseen / spread, observed + unseen * spread
    return replace(plain, se=sqrt(variance), low=low, high=high)


def _unseen(units: int, once: float, twice: float) -> float:
    share = (units - 1) / units
    return share * (once**2 / (2 * twice) if twice > 0 else once * (once - 1) / 2)


def _variance(units: int, observed: int, once: int, twice: int) -> float:
    share = (units - 1) / units
    if twice:
        ratio = once / twice
        return twice * (share * ratio**2 / 2 + share**2 * ratio**3 + share**2 * ratio**4 / 4)
    estimate = observed + _unseen(units, once, twice)
    return (
        share * once * (once - 1) / 2
        + share**2 * once * (2 * once - 1) ** 2 / 4
        - share**2 * once**4 / (4 * estimate)
    )


def _decay(units: int, once: float, twice: float) -> float:
    """Return the factor by which each further unit shrinks what is still unseen."""
    unseen = _unseen(units, once, twice)
    return units * unseen / (units * unseen + once) if once > 0 else 0.0


def coverage(estimate: Chao, incidences: int, further: int = 0) -> float | None:
    """Return the share of incidences that belongs to classes already seen.

    Parameters
    ----------
    estimate
        From :func:`chao`.
    incidences
        U, the sum of the units of every class (the individuals for Chao1).
    further
        Units beyond those seen.

    Returns
    -------
    float or None
        From 0 to 1; ``None`` without an incidence or with fewer than two units.

    References
    ----------
    Chao & Jost (2012), Coverage-based rarefaction and extrapolation, doi:10.1890/11-1952.1.

    Examples
    --------
    The spiders of :func:`chao`, and the soil samples with 516 incidences; R iNEXT prints .9289 and .8017.

    >>> round(coverage(chao(168, 26, 12, 4), 168), 4)
    0.9289
    >>> round(coverage(chao(19, 216, 107, 44), 516), 4)
    0.8017
    """
    if not incidences or estimate.units < 2:
        return None
    decay = _decay(estimate.units, estimate.once, estimate.twice)
    return float(1 - estimate.once / incidences * decay ** (further + 1))


def further_units(estimate: Chao, share: float) -> float | None:
    """Return the further units until ``share`` of the estimated classes are seen.

    Parameters
    ----------
    estimate
        From :func:`chao`.
    share
        Share of the estimated classes, between 0 and 1.

    Returns
    -------
    float or None
        Exact number, to be rounded up to whole interviews; 0 where so many are seen already, ``None`` where
        there is no estimate.

    References
    ----------
    Chao, Colwell, Lin & Gotelli (2009), Sufficient sampling for asymptotic minimum species richness
    estimators, doi:10.1890/07-2147.1.

    Examples
    --------
    The 19 soil samples of :func:`chao` hold 216 of 339 species; .80 of them take 14 more samples.

    >>> round(further_units(chao(19, 216, 107, 44), 0.80), 1)
    13.4
    >>> further_units(chao(8, 11, 0, 4), 0.95)
    0.0
    """
    if estimate.estimate is None or estimate.unseen is None:
        return None
    missing = share * estimate.estimate - estimate.observed
    if missing <= 0 or estimate.unseen <= 0:
        return 0.0
    if missing >= estimate.unseen:
        return None
    return log(1 - missing / estimate.unseen) / log(_decay(estimate.units, estimate.once, estimate.twice))


def whole_units(further: float | None) -> int | None:
    """Round further units up."""
    return None if further is None else ceil(further - 1e-9)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """Expected classes after so many units.

    ``kind`` is ``rarefied`` below the units seen, ``observed`` at them, ``extrapolated`` above. ``low``
    and ``high`` are a 95 % interval from the unconditional variance.
    """

    units: int
    kind: str
    classes: float
    low: float
    high: float
    coverage: float | None


def curve(frequencies: Sequence[int] | Integers, units: int, *, reach: int = 2) -> tuple[CurvePoint, ...]:
    """Return rarefaction up to ``units`` and extrapolation up to ``reach`` times as many.

    Parameters
    ----------
    frequencies
        Units per class, Y, all between 1 and ``units``.
    units
        Interviews T, at least 2; else the curve is empty.
    reach
        Extrapolation beyond twice the units is not trustworthy (Colwell et al. 2012).

    Returns
    -------
    tuple of CurvePoint
        One per number of units from 1 to ``reach`` times as many; empty without data.

    References
    ----------
    Colwell et al. (2012), Models and estimators linking individual-based and sample-based rarefaction,
    extrapolation and comparison of assemblages, doi:10.1093/jpe/rtr044.

    Examples
    --------
    Six codes in 1, 1, 1, 3, 4 and 5 of 8 interviews: one interview holds 15/8 of them on average, the
    whole 6.

    >>> points = curve([1, 1, 1, 3, 4, 5], 8)
    >>> points[0].classes, points[7].classes, points[7].kind, len(points)
    (1.875, 6.0, 'observed', 16)
    """
    held = np.bincount(np.asarray(frequencies, dtype=np.int64), minlength=units + 1)[1:]
    if units < 2 or not held.sum():
        return ()
    estimate = chao(units, int(held.sum()), int(held[0]), int(held[1]))
    return (*_rarefied(held, units, estimate), *_extrapolated(held, units, estimate, reach))


def _rarefied(held: Integers, units: int, estimate: Chao) -> list[CurvePoint]:
    """``held[k - 1]`` classes occur in k units; ``missed`` is C(T-k, t)/C(T, t), built up over k."""
    total = estimate.estimate or float(estimate.observed)
    incidences = int((held * np.arange(1, units + 1)).sum())
    points = []
    for t in range(1, units + 1):
        steps = np.maximum(units - t - np.arange(units), 0) / (units - np.arange(units))
        missed = np.cumprod(steps)
        classes = float(((1 - missed) * held).sum())
        variance = float(((1 - missed) ** 2 * held).sum()) - classes**2 / total
        share: float | None
        if t < units:
            # C(T-k, t)/C(T-1, t) is the same product without its first factor.
            without = np.cumprod(np.concatenate(([1.0], steps[1:])))
            share = 1 - float((np.arange(1, units + 1) * held * without).sum()) / incidences
        else:
            share = coverage(estimate, incidences)
        points.append(_point(t, "observed" if t == units else "rarefied", classes, variance, share))
    return points


def _extrapolated(held: Integers, units: int, estimate: Chao, reach: int) -> list[CurvePoint]:
    incidences = int((held * np.arange(1, units + 1)).sum())
    once, twice, observed = estimate.once, estimate.twice, estimate.observed
    total = estimate.estimate or float(observed)

    def gain(q1: float, q2: float, further: int) -> float:
        return _unseen(units, q1, q2) * (1 - _decay(units, q1, q2) ** further)

    points = []
    for further in range(1, (reach - 1) * units + 1):
        classes = observed + gain(once, twice, further)
        # Delta method over the multinomial frequency counts; every class adds itself, those seen once
        # or twice also move the gain.
        step = 1e-4
        slopes = np.ones(units)
        if once:
            slopes[0] += (gain(once + step, twice, further) - gain(once - step, twice, further)) / (2 * step)
        if twice:
            slopes[1] += (gain(once, twice + step, further) - gain(once, twice - step, further)) / (2 * step)
        variance = float((slopes**2 * held).sum()) - float((slopes * held).sum()) ** 2 / total
        share = coverage(estimate, incidences, further)
        points.append(_point(units + further, "extrapolated", classes, variance, share))
    return points


def _point(units: int, kind: str, classes: float, variance: float, share: float | None) -> CurvePoint:
    half = Z * sqrt(max(variance, 0.0))
    return CurvePoint(
        units=units,
        kind=kind,
        classes=classes,
        low=max(classes - half, 0.0),
        high=classes + half,
        coverage=share,
    )
