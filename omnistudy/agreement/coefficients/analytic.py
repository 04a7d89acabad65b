"""Large-sample standard errors from formulas, for units that are a random sample.

Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., chapter 5 (divisor n - 1); Fleiss, Cohen &
Everitt (1969), doi:10.1037/h0028106 for Cohen's kappa (divisor n). None of them knows of interviews:
where units lie within interviews these errors are too small.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from omnistudy.agreement.coefficients.uncorrected import unit_agreement, unit_shares
from omnistudy.agreement.intervals.limits import Interval, clipped, t_quantile
from omnistudy.agreement.ratings.counts import Block, Tally
from omnistudy.agreement.ratings.rating_table import MISSING, FloatArray, IntArray
from omnistudy.agreement.ratings.weights import Weights


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnalyticInput:
    """What a variance formula works on: one tally with its weights and the estimate.

    ``expected`` is chance agreement, 0 for percent agreement.
    """

    tally: Tally
    weights: Weights
    value: float
    expected: float


class StandardError(NamedTuple):
    """A standard error with the number of units it rests on."""

    se: float
    n: int


AnalyticError = Callable[[AnalyticInput], StandardError | None]
"""A formula; ``None`` where it does not exist for the data."""


def interval(error: StandardError | None, value: float, confidence: float) -> Interval:
    """Return symmetric limits with Student's t on n - 1 degrees of freedom."""
    if error is None:
        return Interval("analytic")
    low, high = clipped(value, error.se, t_quantile(0.5 + confidence / 2, error.n - 1))
    return Interval("analytic", error.se, low, high)


def _spread(influence: FloatArray, multiplicity: IntArray) -> StandardError | None:
    """Return the standard error of a mean of (D,) influence values around zero, divisor n (n - 1)."""
    n = int(multiplicity.sum())
    if n < 2:
        return None
    return StandardError(math.sqrt(float(multiplicity @ influence**2) / (n * (n - 1))), n)


def _rated(data: AnalyticInput) -> tuple[Block, IntArray]:
    keep = data.tally.rated > 0
    return Block(data.tally.codes[:, keep], data.tally.k), data.tally.multiplicity[keep]


def _agreement_part(data: AnalyticInput, block: Block, multiplicity: IntArray) -> FloatArray:
    """Return Gwet's unit-level kappa: ``n / n' (a_u - pe) / (1 - pe)``, 0 for single-rated units."""
    n, pairable = multiplicity.sum(), multiplicity[block.pairable].sum()
    agreement = unit_agreement(block, data.weights)
    return np.where(block.pairable, (n / pairable) * (agreement - data.expected) / (1 - data.expected), 0.0)


def fixed_chance(data: AnalyticInput) -> StandardError | None:
    """Percent agreement and Brennan–Prediger: chance does not depend on the data."""
    block, multiplicity = _rated(data)
    return _spread(_agreement_part(data, block, multiplicity) - data.value, multiplicity)


def _with_chance(
    data: AnalyticInput, block: Block, multiplicity: IntArray, chance: FloatArray
) -> StandardError | None:
    pull = 2 * (1 - data.value) * (chance - data.expected) / (1 - data.expected)
    return _spread(_agreement_part(data, block, multiplicity) - pull - data.value, multiplicity)


def gwet_ac(data: AnalyticInput) -> StandardError | None:
    """AC1 and AC2."""
    block, multiplicity = _rated(data)
    shares = unit_shares(block)
    mean = multiplicity @ shares / multiplicity.sum()
    weights = data.weights
    chance = weights.total / (weights.k * (weights.k - 1)) * (shares @ (1 - mean))
    return _with_chance(data, block, multiplicity, chance)


def pooled_margins(data: AnalyticInput) -> StandardError | None:
    """Fleiss' kappa in Gwet's general form; Scott's pi."""
    block, multiplicity = _rated(data)
    shares = unit_shares(block)
    mean = multiplicity @ shares / multiplicity.sum()
    return _with_chance(data, block, multiplicity, shares @ _two_sided(data.weights, mean))


def complete_margins(data: AnalyticInput) -> StandardError | None:
    """Fleiss' kappa and Scott's pi on the units that every coder rated."""
    full = data.tally.rated == data.tally.m
    block = Block(data.tally.codes[:, full], data.tally.k)
    multiplicity = data.tally.multiplicity[full]
    shares = unit_shares(block)
    mean = multiplicity @ shares / multiplicity.sum()
    return _with_chance(data, block, multiplicity, shares @ _two_sided(data.weights, mean))


def _two_sided(weights: Weights, shares: FloatArray) -> FloatArray:
    if weights.matrix is None:
        return shares
    return np.asarray((weights.matrix + weights.matrix.T) / 2 @ shares)


def conger(data: AnalyticInput) -> StandardError | None:
    """Conger's kappa: every coder has margins of their own."""
    block, multiplicity = _rated(data)
    n, m, k = int(multiplicity.sum()), data.tally.m, data.tally.k
    margins = np.zeros((m, k))
    sizes = np.zeros(m)
    for g, coder in enumerate(block.codes):
        present = coder != MISSING
        sizes[g] = multiplicity[present].sum()
        if sizes[g]:
            margins[g] = np.bincount(coder[present], multiplicity[present], minlength=k) / sizes[g]
    active = np.flatnonzero(sizes)
    pull = np.zeros(block.codes.shape[1])
    for g in (int(at) for at in active):
        others = _two_sided(data.weights, margins.sum(axis=0) - margins[g])
        centred = np.append(others - margins[g] @ others, 0.0)  # index -1: not rated by this coder
        pull += n / sizes[g] * centred[block.codes[g]]
    pull *= 2 / (len(active) * (len(active) - 1))
    influence = _agreement_part(data, block, multiplicity) - data.value
    return _spread(influence - (1 - data.value) * pull / (1 - data.expected), multiplicity)


def alpha(data: AnalyticInput) -> StandardError | None:
    """Alpha: the error of the kappa with the same pooled margins, times ``1 - 1/N``."""
    keep = data.tally.rated >= 2
    multiplicity = data.tally.multiplicity[keep]
    block = Block(data.tally.codes[:, keep], data.tally.k)
    r, ratings = block.rated, float(multiplicity @ block.rated)
    mean_r = ratings / multiplicity.sum()
    shares = multiplicity @ block.counts / ratings
    toward = _two_sided(data.weights, shares)
    expected = float(shares @ toward)
    agreement = unit_agreement(block, data.weights)
    observed = float(multiplicity @ (r * agreement)) / ratings
    kappa = (observed - expected) / (1 - expected)
    gain = r * (agreement - observed) / mean_r
    pull = 2 * (block.counts @ toward - expected * r) / mean_r
    se = _spread((gain - (1 - kappa) * pull) / (1 - expected), multiplicity)
    if se is None:
        return None
    # single-rated units carry no information about alpha, but the sample was drawn with them
    rated = int(data.tally.multiplicity[data.tally.rated > 0].sum())
    return StandardError((1 - 1 / ratings) * se.se, rated)


def cohen(data: AnalyticInput) -> StandardError | None:
    """Cohen's kappa, weighted or not: the non-null error, for intervals and not for tests of zero."""
    both = (data.tally.codes != MISSING).all(axis=0)
    first, second = data.tally.codes[:, both].astype(np.int64)
    multiplicity = data.tally.multiplicity[both].astype(np.float64)
    n, k = multiplicity.sum(), data.tally.k
    joint = np.bincount(first * k + second, multiplicity, minlength=k * k).reshape(k, k) / n
    weights = np.eye(k) if data.weights.matrix is None else data.weights.matrix
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    kappa, expected = data.value, data.expected
    toward = (weights @ columns)[:, None] + (weights.T @ rows)[None, :]
    total = float((joint * (weights - toward * (1 - kappa)) ** 2).sum())
    variance = (total - (kappa - expected * (1 - kappa)) ** 2) / (n * (1 - expected) ** 2)
    return StandardError(math.sqrt(max(variance, 0.0)), int(n)) if n > 1 else None
