"""Agreement without correction for chance: of units, of decisions, of one category.

Definitions and their sources are in :mod:`omnistudy.agreement.coefficients.registry`; here is the arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from omnistudy.agreement.ratings.counts import Block
from omnistudy.agreement.ratings.estimators import Estimates, ratio, uncorrected
from omnistudy.agreement.ratings.rating_table import MISSING, FloatArray
from omnistudy.agreement.ratings.weights import Weights


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
    """Mean of the unit agreements over pairable units.

    Units with fewer than two ratings do not count; a missing rating takes its pairs out.

    Parameters
    ----------
    weights
        Agreement weights between the used categories.
    width
        Number of features of a unit.

    References
    ----------
    Fleiss (1971), Measuring nominal scale agreement among many raters, doi:10.1037/h0031619, for the share of
    agreeing pairs within a unit.

    Examples
    --------
    Two coders on 100 utterances: Artstein & Poesio (2008), Computational Linguistics 34(4), p. 558,
    doi:10.1162/coli.07-034-R2, observed agreement .7.

    >>> from omnistudy.agreement.matrices import estimate, ratings_of_contingency
    >>> artstein_poesio = ratings_of_contingency([[20, 20], [10, 50]], ["statement", "request"])
    >>> round(estimate("percent_agreement", artstein_poesio).value, 3)
    0.7
    """

    weights: Weights
    width: int = 2

    def features(self, block: Block) -> FloatArray:
        """Return the unit's agreement and whether it is pairable."""
        return np.column_stack([unit_agreement(block, self.weights), block.pairable])

    def evaluate(self, sums: FloatArray) -> Estimates:
        """Return the mean agreement."""
        return uncorrected(ratio(sums[:, 0], sums[:, 1]))


@dataclass(frozen=True, slots=True)
class Holsti:
    """Twice the shared decisions over all decisions, per pair of coders; the mean over pairs for more.

    Decisions are the ratings that a coder made, or the codes that a coder applied (``presence``).
    A missing rating is no decision.

    Parameters
    ----------
    coders
        Number m of coders.
    presence
        Whether the ratings say of one code that it was applied or not.
    positive
        Position of the category that says so.

    References
    ----------
    Holsti (1969), Content Analysis for the Social Sciences and Humanities: C.R. = 2 M / (N1 + N2).

    Examples
    --------
    Both coders decide on every unit, so that 2 M / (N1 + N2) is the share of agreement:

    >>> from omnistudy.agreement.matrices import estimate, ratings_of_contingency, ratings_of_matrix
    >>> round(estimate("holsti", ratings_of_contingency([[20, 20], [10, 50]])).value, 3)
    0.7

    Where each decides on other units as well, 3 decisions are shared of 4 + 4:

    >>> rows = [["a", "b", "b", "a", None], ["a", "b", "b", None, "a"]]
    >>> estimate("holsti", ratings_of_matrix(rows)).value
    0.75
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
    Undefined where nobody chose the category.

    Parameters
    ----------
    category
        Its position among the used ones.
    width
        Number of features of a unit.

    References
    ----------
    Cicchetti & Feinstein (1990), High agreement but low kappa: II. Resolving the paradoxes,
    doi:10.1016/0895-4356(90)90159-M.

    Examples
    --------
    A table often cited for the paradox of kappa (80 both yes, 5 both no, 15 one only), worked by hand:
    2 80 / 175 = .914 and 2 5 / 25 = .400.

    >>> from omnistudy.agreement.matrices import estimate, ratings_of_contingency
    >>> paradox = ratings_of_contingency([[5, 5], [10, 80]], ["absent", "present"])
    >>> round(estimate("positive_agreement", paradox).value, 3)
    0.914
    >>> round(estimate("negative_agreement", paradox).value, 3)
    0.4
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
