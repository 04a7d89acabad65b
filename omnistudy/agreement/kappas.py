"""Percent agreement and the coefficients that correct it for chance with some model of the coders.

Definitions and their sources are in :mod:`omnistudy.agreement.registry`; here is the arithmetic.
Notation: n_uc ratings of unit u in category c, r_u ratings of the unit, w_ck agreement weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from omnistudy.agreement.counts import Block
from omnistudy.agreement.estimators import Estimates, corrected, ratio, uncorrected
from omnistudy.agreement.ratings import MISSING, CodeArray, FloatArray
from omnistudy.agreement.weights import Weights


def unit_agreement(block: Block, weights: Weights) -> FloatArray:
    """Return (d,) the weighted share of agreeing coder pairs; 0 for units with fewer than two ratings."""
    counts, rated = block.counts, block.rated
    if weights.matrix is None:
        pairs = (counts * (counts - 1)).sum(axis=1)
    else:
        symmetric = (weights.matrix + weights.matrix.T) / 2
        pairs = np.einsum("uc,uc->u", counts, counts @ symmetric) - rated
    out = np.zeros(len(rated))
    np.divide(pairs, rated * (rated - 1), out=out, where=block.pairable)
    return out


def unit_shares(block: Block) -> FloatArray:
    """Return (d, k) the share of a unit's ratings in every category; 0 without ratings."""
    rated = block.rated[:, None]
    return np.divide(block.counts, rated, out=np.zeros_like(block.counts), where=rated > 0)


@dataclass(frozen=True, slots=True)
class PercentAgreement:
    """Mean of the unit agreements over pairable units."""

    weights: Weights
    width: int = 2

    def features(self, block: Block) -> FloatArray:
        """Return the unit's agreement and whether it is pairable."""
        return np.column_stack([unit_agreement(block, self.weights), block.pairable])

    def evaluate(self, sums: FloatArray) -> Estimates:
        """Return the mean agreement."""
        return uncorrected(ratio(sums[:, 0], sums[:, 1]))


@dataclass(frozen=True, slots=True)
class FixedChance:
    """Chance agreement from the number of categories alone: Bennett S, Brennan–Prediger, Randolph, PABAK."""

    weights: Weights
    width: int = 2

    def features(self, block: Block) -> FloatArray:
        """Return the unit's agreement and whether it is pairable."""
        return np.column_stack([unit_agreement(block, self.weights), block.pairable])

    def evaluate(self, sums: FloatArray) -> Estimates:
        """Return the coefficient with chance ``W / K**2``."""
        observed = ratio(sums[:, 0], sums[:, 1])
        return corrected(observed, np.full(observed.shape, self.weights.total / self.weights.k**2))


@dataclass(frozen=True, slots=True)
class PooledMargins:
    """One distribution for all coders, averaged over units: Scott pi, Fleiss kappa.

    With missing ratings this is Gwet's general form (all rated units enter the margins); with
    ``listwise`` only units that every coder rated enter at all.
    """

    weights: Weights
    used: int
    listwise: bool = False

    @property
    def width(self) -> int:
        """Unit agreement, pairable, and a share per category."""
        return 2 + self.used

    def features(self, block: Block) -> FloatArray:
        """Return the unit's agreement, whether it is pairable, and its shares."""
        rows = np.column_stack([unit_agreement(block, self.weights), block.pairable, unit_shares(block)])
        if self.listwise:
            rows[block.rated < len(block.codes)] = 0
        return rows

    def evaluate(self, sums: FloatArray) -> Estimates:
        """Return the coefficient with chance ``sum w_ck p_c p_k``."""
        shares = ratio(sums[:, 2:], sums[:, 2:].sum(axis=1, keepdims=True))
        return corrected(ratio(sums[:, 0], sums[:, 1]), self.weights.quadratic_form(shares, shares))


@dataclass(frozen=True, slots=True)
class GwetAC:
    """Gwet's AC1 (identity weights) and AC2."""

    weights: Weights
    used: int

    @property
    def width(self) -> int:
        """Unit agreement, pairable, and a share per category."""
        return 2 + self.used

    def features(self, block: Block) -> FloatArray:
        """Return the unit's agreement, whether it is pairable, and its shares."""
        return np.column_stack([unit_agreement(block, self.weights), block.pairable, unit_shares(block)])

    def evaluate(self, sums: FloatArray) -> Estimates:
        """Return the coefficient with chance ``W / (K (K - 1)) sum p_c (1 - p_c)``."""
        shares = ratio(sums[:, 2:], sums[:, 2:].sum(axis=1, keepdims=True))
        factor = self.weights.total / (self.weights.k * (self.weights.k - 1))
        expected = factor * (shares * (1 - shares)).sum(axis=1)
        return corrected(ratio(sums[:, 0], sums[:, 1]), expected)


def one_hot(codes: CodeArray, k: int) -> FloatArray:
    """Return (d, k) indicators of (d,) categories; a zero row for missing."""
    return np.asarray(codes[:, None] == np.arange(k)[None, :], np.float64)


@dataclass(frozen=True, slots=True)
class Conger:
    """A distribution per coder, averaged over pairs of coders."""

    weights: Weights
    used: int
    coders: int

    @property
    def width(self) -> int:
        """Unit agreement, pairable, and an indicator per coder and category."""
        return 2 + self.used * self.coders

    def features(self, block: Block) -> FloatArray:
        """Return the unit's agreement, whether it is pairable, and each coder's category."""
        hot = [one_hot(coder, self.used) for coder in block.codes]
        return np.column_stack([unit_agreement(block, self.weights), block.pairable, *hot])

    def evaluate(self, sums: FloatArray) -> Estimates:
        """Return the coefficient with chance averaged over ordered pairs of coders."""
        totals = sums[:, 2:].reshape(len(sums), self.coders, self.used)
        n = totals.sum(axis=2, keepdims=True)
        shares = np.divide(totals, n, out=np.zeros_like(totals), where=n > 0)
        active = (n[:, :, 0] > 0).sum(axis=1)
        pooled = shares.sum(axis=1)
        own = np.zeros(len(sums))
        for g in range(self.coders):
            own += self.weights.quadratic_form(shares[:, g], shares[:, g])
        pairs = (active * (active - 1)).astype(np.float64)
        expected = ratio(self.weights.quadratic_form(pooled, pooled) - own, pairs)
        return corrected(ratio(sums[:, 0], sums[:, 1]), expected)


@dataclass(frozen=True, slots=True)
class CohenPairs:
    """Cohen's kappa per pair of coders on the units both rated; Light's is the mean over the pairs.

    Pairs without a common unit, or whose chance agreement is 1, drop out.
    """

    weights: Weights
    used: int
    coders: int

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The pairs of coders, by position."""
        return tuple(combinations(range(self.coders), 2))

    @property
    def width(self) -> int:
        """Agreement, common, and two indicators per category, for every pair."""
        return len(self.pairs) * (2 + 2 * self.used)

    def features(self, block: Block) -> FloatArray:
        """Return agreement, commonness and both categories for every pair."""
        columns: list[FloatArray] = []
        for g, h in self.pairs:
            first, second = block.codes[g], block.codes[h]
            common = (first != MISSING) & (second != MISSING)
            if self.weights.matrix is None:
                agreement = (common & (first == second)).astype(np.float64)
            else:
                agreement = np.where(common, self.weights.matrix[first, second], 0.0)
            columns += [
                np.column_stack([agreement, common]),
                one_hot(np.where(common, first, MISSING), self.used),
                one_hot(np.where(common, second, MISSING), self.used),
            ]
        return np.hstack(columns)

    def per_pair(self, sums: FloatArray) -> Estimates:
        """Return (R, pairs) kappas with observed and expected agreement."""
        rows = sums.reshape(len(sums), len(self.pairs), 2 + 2 * self.used)
        n = rows[:, :, 1:2]
        first = ratio(rows[:, :, 2 : 2 + self.used], n)
        second = ratio(rows[:, :, 2 + self.used :], n)
        return corrected(ratio(rows[:, :, 0], n[:, :, 0]), self.weights.quadratic_form(first, second))

    def evaluate(self, sums: FloatArray) -> Estimates:
        """Return the mean over the pairs that have a kappa."""
        pairs = self.per_pair(sums)
        defined = np.isfinite(pairs.value)
        n = defined.sum(axis=1).astype(np.float64)
        return Estimates(*(ratio(np.where(defined, part, 0.0).sum(axis=1), n) for part in pairs))


@dataclass(frozen=True, slots=True)
class KappaMax:
    """The largest Cohen kappa that the two coders' margins allow."""

    used: int

    @property
    def width(self) -> int:
        """Two indicators per category."""
        return 2 * self.used

    def features(self, block: Block) -> FloatArray:
        """Return both coders' categories of units that both rated."""
        first, second = block.codes
        common = (first != MISSING) & (second != MISSING)
        hot = [one_hot(np.where(common, coder, MISSING), self.used) for coder in (first, second)]
        return np.hstack(hot)

    def evaluate(self, sums: FloatArray) -> Estimates:
        """Return kappa with the smaller of the two margins as observed agreement."""
        first, second = sums[:, : self.used], sums[:, self.used :]
        n = first.sum(axis=1)
        observed = ratio(np.minimum(first, second).sum(axis=1), n)
        return corrected(observed, ratio((first * second).sum(axis=1), n**2))


@dataclass(frozen=True, slots=True)
class Holsti:
    """Twice the shared decisions over all decisions, per pair of coders; the mean over pairs for more.

    Decisions are the ratings that a coder made, or the codes that a coder applied (``presence``).
    """

    coders: int
    presence: bool
    positive: int

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The pairs of coders, by position."""
        return tuple(combinations(range(self.coders), 2))

    @property
    def width(self) -> int:
        """Shared and all decisions per pair."""
        return 2 * len(self.pairs)

    def features(self, block: Block) -> FloatArray:
        """Return shared and all decisions of every pair."""
        columns = []
        for g, h in self.pairs:
            first, second = block.codes[g], block.codes[h]
            if self.presence:
                seen = (first != MISSING) & (second != MISSING)
                one, other = seen & (first == self.positive), seen & (second == self.positive)
                shared = one & other
            else:
                one, other = first != MISSING, second != MISSING
                shared = one & other & (first == second)
            columns += [2.0 * shared, one.astype(np.float64) + other]
        return np.column_stack(columns)

    def evaluate(self, sums: FloatArray) -> Estimates:
        """Return the coefficient, averaged over the pairs that decided anything."""
        rows = sums.reshape(len(sums), len(self.pairs), 2)
        value = ratio(rows[:, :, 0], rows[:, :, 1])
        defined = np.isfinite(value)
        mean = ratio(np.where(defined, value, 0.0).sum(axis=1), defined.sum(axis=1).astype(np.float64))
        return uncorrected(mean)


@dataclass(frozen=True, slots=True)
class SpecificAgreement:
    """How often a coder who chose the category is joined by another coder.

    For two coders ``2a / (2a + b + c)``; for more, ratings of pairable units weigh alike.
    """

    category: int
    width: int = 2

    def features(self, block: Block) -> FloatArray:
        """Return agreeing and all ratings in the category."""
        chosen = np.where(block.pairable, (block.codes == self.category).sum(axis=0), 0).astype(np.float64)
        others = np.maximum(block.rated - 1, 1)
        return np.column_stack([chosen * (chosen - 1) / others, chosen])

    def evaluate(self, sums: FloatArray) -> Estimates:
        """Return the share of agreeing ratings."""
        return uncorrected(ratio(sums[:, 0], sums[:, 1]))
