"""The interval of the KALPHA macros, for reproducing published papers and nothing else.

It draws single pairs of ratings from the observed coincidences and keeps expected disagreement fixed.
The pairs of one unit are thereby taken as independent evidence, so with more than two coders the
interval is far too narrow (coverage about .70 instead of .95 with five coders).

Source: Hayes & Krippendorff (2007), doi:10.1080/19312450709336664.
"""

from __future__ import annotations

import numpy as np

from omnistudy.agreement.coefficients.alpha import IntervalAlpha, MatrixAlpha, NominalAlpha, mid_ranks
from omnistudy.agreement.intervals.limits import FIRM, TENTATIVE, Interval
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings.counts import Tally
from omnistudy.agreement.ratings.estimators import Estimator
from omnistudy.agreement.ratings.rating_table import FloatArray

_MOST_CATEGORIES = 512


def interval(counted: Tally, estimator: Estimator, options: AgreementOptions) -> Interval:
    """Return the KALPHA interval: as many pairs are drawn as there are pairs of ratings."""
    if counted.k > _MOST_CATEGORIES:
        return Interval("kalpha")
    coincidences = _coincidences(counted)
    totals = coincidences.sum(axis=1)
    n = totals.sum()
    difference = _differences(estimator, totals)
    expected = float(totals @ difference @ totals) / (n * (n - 1))
    pairs = int((counted.multiplicity * counted.rated * (counted.rated - 1) // 2).sum())
    shares = coincidences.ravel() / n
    generator = np.random.default_rng(options.seed)
    counts = generator.multinomial(pairs, shares / shares.sum(), size=options.resamples)
    drawn = np.clip(1 - counts @ difference.ravel() / pairs / expected, -1, 1)
    tail = (1 - options.confidence) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return Interval(
        "kalpha",
        float(drawn.std(ddof=1)),
        float(low),
        float(high),
        len(drawn),
        float((drawn < TENTATIVE).mean()),
        float((drawn < FIRM).mean()),
    )


def _coincidences(counted: Tally) -> FloatArray:
    total = np.zeros((counted.k, counted.k))
    for part, block in counted.blocks(counted.k):
        weight = np.where(block.pairable, counted.multiplicity[part] / np.maximum(block.rated - 1, 1), 0.0)
        weighted = block.counts * weight[:, None]
        total += weighted.T @ block.counts - np.diag(weighted.sum(axis=0))
    return total


def _differences(estimator: Estimator, totals: FloatArray) -> FloatArray:
    k = len(totals)
    if isinstance(estimator, NominalAlpha):
        return 1 - np.eye(k)
    if isinstance(estimator, MatrixAlpha):
        return estimator.distance
    values = estimator.values if isinstance(estimator, IntervalAlpha) else mid_ranks(totals[None, :])[0]
    return np.asarray((values[:, None] - values[None, :]) ** 2)
