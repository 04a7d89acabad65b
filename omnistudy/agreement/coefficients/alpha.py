"""Krippendorff's alpha for any metric and any pattern of missing ratings.

``alpha = 1 - Do / De`` with ``Do = 1/N sum_u 1/(r_u - 1) sum_{i != j in u} d2`` and
``De = 1/(N (N - 1)) sum_{i != j} d2`` over the N ratings of pairable units.

Source: Krippendorff (2019), Content Analysis, 4th ed., chapter 12, doi:10.4135/9781071878781;
Hayes & Krippendorff (2007), doi:10.1080/19312450709336664.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from omnistudy.agreement.ratings.counts import Block, Tally
from omnistudy.agreement.ratings.estimators import Estimates, ratio
from omnistudy.agreement.ratings.rating_table import CodeArray, FloatArray


def _alpha(
    observed_sum: FloatArray, expected_sum: FloatArray, n: FloatArray, largest: FloatArray | float
) -> Estimates:
    """Return alpha from ``N Do``, ``N (N - 1) De`` and N; ``largest`` scales the disagreements to 0..1."""
    do = ratio(observed_sum, n)
    de = ratio(expected_sum, n * (n - 1))
    value = 1 - ratio(do, np.where(de > 0, de, 0.0))
    scale = np.broadcast_to(np.asarray(largest, np.float64), do.shape)
    return Estimates(value, 1 - ratio(do, scale), 1 - ratio(de, scale))


def _others(block: Block) -> FloatArray:
    return np.maximum(block.rated - 1, 1.0)


@dataclass(frozen=True, slots=True)
class NominalAlpha:
    """Alpha with the nominal metric: two categories are the same or not.

    Units with fewer than two ratings drop out entirely.

    Parameters
    ----------
    used
        Number k of used categories.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's alpha-reliability, section C,
    https://repository.upenn.edu/asc_papers/43; the same data in Krippendorff (2019), Content Analysis,
    4th ed., p. 290, doi:10.4135/9781071878781.

    Examples
    --------
    Four coders, twelve units, missing ratings; the last unit has one rating and does not count. Krippendorff
    prints .743.

    >>> from omnistudy.agreement.matrices import estimate, ratings_of_matrix
    >>> units = "11.1 2232 3333 3333 2222 1234 4444 1121 2222 .555 ..11 .3..".split()
    >>> coders = [[None if x == "." else int(x) for x in coder] for coder in zip(*units)]
    >>> data = ratings_of_matrix(coders)
    >>> round(estimate("krippendorff_alpha", data, metric="nominal").value, 3)
    0.743
    """

    used: int

    @property
    def width(self) -> int:
        """Disagreement and a count per category."""
        return 1 + self.used

    def features(self, block: Block) -> FloatArray:
        """Return the unit's disagreement and its counts; zero where fewer than two coders rated."""
        rows = np.empty((block.codes.shape[1], self.width))
        rows[:, 1:] = block.counts
        rows[~block.pairable] = 0
        counts = rows[:, 1:]
        r = np.where(block.pairable, block.rated, 0.0)
        rows[:, 0] = (r * r - np.einsum("uc,uc->u", counts, counts)) / _others(block)
        return rows

    def evaluate(self, sums: FloatArray) -> Estimates:
        """Return alpha."""
        counts = sums[:, 1:]
        n = counts.sum(axis=1)
        return _alpha(sums[:, 0], n * n - np.einsum("rc,rc->r", counts, counts), n, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class MatrixAlpha:
    """Alpha with a given matrix of squared differences, used as it is.

    Units with fewer than two ratings drop out entirely.

    Parameters
    ----------
    distance
        (k, k) symmetric, zero on the diagonal.
    largest
        Scale on which observed and expected agreement are reported.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's alpha-reliability, section C,
    https://repository.upenn.edu/asc_papers/43; the same data in Krippendorff (2019), Content Analysis,
    4th ed., p. 290, doi:10.4135/9781071878781.

    Examples
    --------
    Four coders, twelve units, missing ratings; the last unit has one rating and does not count. Krippendorff
    prints .797 (the ratio metric is such a matrix).

    >>> from omnistudy.agreement.matrices import estimate, ratings_of_matrix
    >>> units = "11.1 2232 3333 3333 2222 1234 4444 1121 2222 .555 ..11 .3..".split()
    >>> coders = [[None if x == "." else int(x) for x in coder] for coder in zip(*units)]
    >>> data = ratings_of_matrix(coders)
    >>> round(estimate("krippendorff_alpha", data, metric="ratio").value, 3)
    0.797
    """

    distance: FloatArray
    largest: float = 1.0

    @property
    def width(self) -> int:
        """Disagreement and a count per category."""
        return 1 + len(self.distance)

    def features(self, block: Block) -> FloatArray:
        """Return the unit's disagreement and its counts; zero where fewer than two coders rated."""
        counts = np.where(block.pairable[:, None], block.counts, 0.0)
        within = np.einsum("uc,uc->u", counts, counts @ self.distance)
        return np.column_stack([within / _others(block), counts])

    def evaluate(self, sums: FloatArray) -> Estimates:
        """Return alpha."""
        counts = sums[:, 1:]
        between = np.einsum("rc,rc->r", counts, counts @ self.distance)
        return _alpha(sums[:, 0], between, counts.sum(axis=1), self.largest)


@dataclass(frozen=True, slots=True, eq=False)
class IntervalAlpha:
    """Alpha with the interval metric, from sums and sums of squares.

    Units with fewer than two ratings drop out entirely.

    Parameters
    ----------
    values
        (k,) numbers of the used categories.
    width
        Number of features of a unit.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's alpha-reliability, section C,
    https://repository.upenn.edu/asc_papers/43; the same data in Krippendorff (2019), Content Analysis,
    4th ed., p. 290, doi:10.4135/9781071878781.

    Examples
    --------
    Four coders, twelve units, missing ratings; the last unit has one rating and does not count. Krippendorff
    prints .849.

    >>> from omnistudy.agreement.matrices import estimate, ratings_of_matrix
    >>> units = "11.1 2232 3333 3333 2222 1234 4444 1121 2222 .555 ..11 .3..".split()
    >>> coders = [[None if x == "." else int(x) for x in coder] for coder in zip(*units)]
    >>> data = ratings_of_matrix(coders)
    >>> round(estimate("krippendorff_alpha", data, metric="interval").value, 3)
    0.849
    """

    values: FloatArray
    width: int = 4

    def features(self, block: Block) -> FloatArray:
        """Return disagreement, ratings, their sum and the sum of their squares."""
        centred = self.values - self.values.mean()  # large numbers would lose digits in the squares
        counts = np.where(block.pairable[:, None], block.counts, 0.0)
        r, total, squares = counts.sum(axis=1), counts @ centred, counts @ centred**2
        return np.column_stack([2 * (r * squares - total**2) / _others(block), r, total, squares])

    def evaluate(self, sums: FloatArray) -> Estimates:
        """Return alpha."""
        within, n, total, squares = sums.T
        between = 2 * (n * squares - total**2)
        between = np.where(between > 1e-12 * n * np.abs(squares), between, 0.0)
        return _alpha(within, between, n, float(np.ptp(self.values)) ** 2)


def mid_ranks(counts: FloatArray) -> FloatArray:
    """Return (R, k) mid-ranks of the categories for (R, k) counts."""
    return np.asarray(np.cumsum(counts, axis=1) - counts / 2)


def _largest_gap(ranks: FloatArray, counts: FloatArray) -> FloatArray:
    present = counts > 0
    high = np.where(present, ranks, -np.inf).max(axis=1)
    low = np.where(present, ranks, np.inf).min(axis=1)
    gap = np.where(np.isfinite(high) & np.isfinite(low), high - low, 0.0)
    return np.asarray(gap**2)


@dataclass(frozen=True, slots=True)
class OrdinalAlpha:
    """Alpha with the ordinal metric: squared difference of mid-ranks.

    The ranks move whenever a unit is left out, so the features are the coincidences themselves.
    Units with fewer than two ratings drop out entirely.

    Parameters
    ----------
    used
        Number k of used categories.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's alpha-reliability, section C,
    https://repository.upenn.edu/asc_papers/43; the same data in Krippendorff (2019), Content Analysis,
    4th ed., p. 290, doi:10.4135/9781071878781.

    Examples
    --------
    Four coders, twelve units, missing ratings; the last unit has one rating and does not count. Krippendorff
    prints .815.

    >>> from omnistudy.agreement.matrices import estimate, ratings_of_matrix
    >>> units = "11.1 2232 3333 3333 2222 1234 4444 1121 2222 .555 ..11 .3..".split()
    >>> coders = [[None if x == "." else int(x) for x in coder] for coder in zip(*units)]
    >>> data = ratings_of_matrix(coders)
    >>> round(estimate("krippendorff_alpha", data, metric="ordinal").value, 3)
    0.815
    """

    used: int

    @property
    def width(self) -> int:
        """One coincidence per pair of categories."""
        return self.used**2

    def features(self, block: Block) -> FloatArray:
        """Return the unit's coincidences, row by row."""
        counts = np.where(block.pairable[:, None], block.counts, 0.0)
        pairs = counts[:, :, None] * counts[:, None, :]
        own = np.arange(self.used)
        pairs[:, own, own] -= counts
        return np.asarray((pairs / _others(block)[:, None, None]).reshape(len(counts), -1))

    def evaluate(self, sums: FloatArray) -> Estimates:
        """Return alpha."""
        coincidences = sums.reshape(len(sums), self.used, self.used)
        counts = coincidences.sum(axis=2)
        ranks = mid_ranks(counts)
        squares = (counts * ranks**2).sum(axis=1)
        total = (counts * ranks).sum(axis=1)
        n = counts.sum(axis=1)
        products = np.einsum("rc,rck,rk->r", ranks, coincidences, ranks)
        return _alpha(2 * (squares - products), 2 * (n * squares - total**2), n, _largest_gap(ranks, counts))


@dataclass(frozen=True, slots=True, eq=False)
class OrdinalAlphaOfManyValues:
    """The ordinal metric where the values are too many for a coincidence matrix.

    The features are the patterns themselves: a sum of features is a weight per pattern.
    """

    tally: Tally

    @property
    def width(self) -> int:
        """One per pattern."""
        return self.tally.d

    def features(self, block: Block) -> FloatArray:
        """Return the rows of the identity matrix that belong to the block's patterns."""
        rows = np.zeros((block.codes.shape[1], self.tally.d))
        own = np.arange(len(rows))
        rows[own, block.start + own] = 1
        return rows

    def evaluate(self, sums: FloatArray) -> Estimates:
        """Return alpha for (R, D) weights of the patterns."""
        codes, rated = self.tally.codes, self.tally.rated.astype(np.float64)
        pairable = rated >= 2
        parts = [self._one(weight * pairable, codes, rated) for weight in sums]
        within, between, n, gap = np.array(parts).reshape(len(sums), 4).T
        return _alpha(within, between, n, gap)

    def _one(
        self, weight: FloatArray, codes: CodeArray, rated: FloatArray
    ) -> tuple[float, float, float, float]:
        k = self.tally.k
        counts = np.zeros(k + 1)
        for coder in codes:
            counts += np.bincount(coder + 1, weight, minlength=k + 1)
        counts = counts[1:]
        ranks = mid_ranks(counts[None, :])[0]
        padded = np.append(ranks, 0.0)
        total, squares = np.zeros(len(weight)), np.zeros(len(weight))
        for coder in codes:
            rank = padded[coder]
            total += rank
            squares += rank**2
        within = float(weight @ (2 * (rated * squares - total**2) / np.maximum(rated - 1, 1)))
        n = float(counts.sum())
        between = float(2 * (n * (counts @ ranks**2) - (counts @ ranks) ** 2))
        return within, between, n, float(_largest_gap(ranks[None, :], counts[None, :])[0])
