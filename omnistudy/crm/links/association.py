"""Association over cases: Spearman with permutation p, bootstrap interval, leave-one-out, adjustment.

A test is legitimate only where a case (branch, region, segment) carries both coded material and
metrics; with few cases it finds only very strong associations, so what it could find is printed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt, tanh
from typing import TYPE_CHECKING

from omnistudy.crm.refusals import Refusal
from omnistudy.results import Kind, Message, Number, msg

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

LEAST_CASES, LEAST_SHOWN = 10, 6
PERMUTATIONS, RESAMPLES = 99_999, 2_000
# Two ρ that differ by less are the same order of the cases, summed in another order.
ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Association:
    """Spearman's ρ over cases; ``detectable`` is the least |ρ| found with power .80 at level .05."""

    rho: float
    p: float
    low: float | None
    high: float | None
    n: int
    leave_one_out: tuple[float, float]
    detectable: float


def associated(
    salience: Sequence[float], metric: Sequence[float], *, seed: int, confidence: float = 0.95
) -> Association | Refusal:
    """Associate two series over the same cases, or refuse.

    The interval is bootstrapped over cases with bias correction and acceleration.

    Parameters
    ----------
    salience, metric
        One value per case of each, equally long; ties get mid-ranks.
    seed
        Seed of permutations and resamples.
    confidence
        Level of the interval.

    Returns
    -------
    Association or Refusal
        Spearman's ρ with the p of 99,999 permutations; limits are ``None`` where resamples do not vary.
        Refused below ten cases, and where one of the two does not vary.

    References
    ----------
    Spearman (1904), doi:10.2307/1412159. Efron (1987), Better bootstrap confidence intervals,
    doi:10.1080/01621459.1987.10478410.

    Examples
    --------
    Ten cases in nearly the same order, worked by hand: the ranks differ by 1 in six cases, so that
    ρ = 1 - 6 × 6 / (10 × 99).

    >>> salience = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
    >>> metric = [2, 1, 4, 3, 6, 5, 7, 8, 9, 10]
    >>> found = associated(salience, metric, seed=1)
    >>> round(found.rho, 4), found.p < 0.001, found.n
    (0.9636, True, 10)
    >>> associated(salience[:8], metric[:8], seed=1).code
    'too_few_cases'
    """
    import numpy as np

    x, y = np.asarray(salience, dtype=np.float64), np.asarray(metric, dtype=np.float64)
    refused = _refused(x, y)
    if refused is not None:
        return refused
    n = len(x)
    random = np.random.default_rng(seed)
    rx, ry = _ranks(x), _ranks(y)
    rho = _correlation(rx, ry)
    left = [_spearman(np.delete(x, at), np.delete(y, at)) for at in range(n)]
    known = [value for value in left if value is not None]
    low, high = _bca(x, y, rho, known, random, confidence)
    return Association(
        rho=rho,
        p=_permutation_p(rx, ry, rho, random),
        low=low,
        high=high,
        n=n,
        leave_one_out=(min(known), max(known)),
        detectable=minimum_detectable(n),
    )


def minimum_detectable(n: int) -> float:
    """Least |ρ| that a test at .05 finds with power .80: tanh(2.8 × 1.06 / √(n − 3))."""
    return tanh(2.8 * 1.06 / sqrt(n - 3))


def _refused(x: Vector, y: Vector) -> Refusal | None:
    n = len(x)
    if n < LEAST_SHOWN:
        return _few(
            "far_too_few_cases",
            msg(
                "only {n} cases carry both coded interviews and the metric; so few are not even shown.",
                n=Number(n, Kind.COUNT),
            ),
        )
    if (x == x[0]).all() or (y == y[0]).all():
        return Refusal(
            code="constant_over_cases",
            subject="association",
            reason=msg(
                "the category or the metric is the same in all {n} cases, so there is nothing to associate.",
                n=Number(n, Kind.COUNT),
            ),
            needed=msg(
                "cases (branches, regions, segments) that carry both coded interviews and their own metric."
            ),
        )
    if n < LEAST_CASES:
        return _few(
            "too_few_cases",
            msg("only {n} cases carry both coded interviews and the metric.", n=Number(n, Kind.COUNT)),
        )
    return None


def _few(code: str, reason: Message) -> Refusal:
    return Refusal(
        code=code,
        subject="association",
        reason=reason,
        needed=msg("at least {least} cases.", least=Number(LEAST_CASES, Kind.COUNT)),
    )


def _ranks(values: Vector) -> Vector:
    from scipy.stats import rankdata

    return rankdata(values) - (len(values) + 1) / 2


def _correlation(a: Vector, b: Vector) -> float:
    import numpy as np

    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


def _spearman(x: Vector, y: Vector) -> float | None:
    if (x == x[0]).all() or (y == y[0]).all():
        return None
    return _correlation(_ranks(x), _ranks(y))


def _spearman_by_row(x: Vector, y: Vector) -> Vector:
    """ρ of every row of two matrices; rows in which something does not vary are left out."""
    import numpy as np
    from scipy.stats import rankdata

    middle = (x.shape[1] + 1) / 2
    rx, ry = rankdata(x, axis=1) - middle, rankdata(y, axis=1) - middle
    scale = np.sqrt((rx * rx).sum(axis=1) * (ry * ry).sum(axis=1))
    varies = scale > 0
    return np.asarray((rx * ry).sum(axis=1)[varies] / scale[varies])


def _permutation_p(rx: Vector, ry: Vector, rho: float, random: np.random.Generator) -> float:
    import numpy as np

    scale = float(np.sqrt((rx @ rx) * (ry @ ry)))
    beyond, left = 0, PERMUTATIONS
    while left:
        block = min(left, 10_000)
        drawn = random.permuted(np.tile(ry, (block, 1)), axis=1)
        beyond += int((np.abs(drawn @ rx / scale) >= abs(rho) - ROUNDING).sum())
        left -= block
    return (beyond + 1) / (PERMUTATIONS + 1)


def _bca(
    x: Vector, y: Vector, rho: float, left: Sequence[float], random: np.random.Generator, confidence: float
) -> tuple[float | None, float | None]:
    import numpy as np
    from scipy.special import ndtr, ndtri

    n = len(x)
    at = random.integers(0, n, (RESAMPLES, n))
    drawn = _spearman_by_row(x[at], y[at])
    if len(drawn) < 0.9 * RESAMPLES:
        return None, None
    alike = np.abs(drawn - rho) <= ROUNDING
    below = float(np.mean((drawn < rho) & ~alike)) + float(np.mean(alike)) / 2
    if not 0 < below < 1:
        return None, None
    deviation = float(np.mean(left)) - np.array(left)
    spread = float((deviation**2).sum()) ** 1.5
    acceleration = float((deviation**3).sum()) / (6 * spread) if spread else 0.0
    bias = float(ndtri(below))
    limits = []
    for tail in ((1 - confidence) / 2, (1 + confidence) / 2):
        z = bias + float(ndtri(tail))
        limits.append(float(ndtr(bias + z / (1 - acceleration * z))))
    low, high = np.quantile(drawn, limits)
    return float(low), float(high)


def adjusted(p: Sequence[float]) -> tuple[float, ...]:
    """Return Benjamini and Hochberg's adjustment within one family of tests.

    Parameters
    ----------
    p
        The p values of the family, in any order.

    Returns
    -------
    tuple of float
        Adjusted values in the same order: the least false discovery rate at which each is rejected.

    References
    ----------
    Benjamini & Hochberg (1995), Controlling the false discovery rate,
    doi:10.1111/j.2517-6161.1995.tb02031.x.

    Examples
    --------
    Their fifteen comparisons, of which the four smallest are rejected at a rate of .05:

    >>> p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459,
    ...      0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    >>> sum(value <= 0.05 for value in adjusted(p))
    4
    """
    order = sorted(range(len(p)), key=lambda at: p[at], reverse=True)
    found: dict[int, float] = {}
    least = 1.0
    for rank, at in enumerate(order):
        least = min(least, p[at] * len(p) / (len(p) - rank))
        found[at] = least
    return tuple(found[at] for at in range(len(p)))
