"""Coefficients that correct agreement for chance with some model of the coders.

Definitions and their sources are in :mod:`omnistudy.agreement.coefficients.registry`; here is the arithmetic.
Notation: n_uc ratings of unit u in category c, r_u ratings of the unit, w_ck agreement weights.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from omnistudy.agreement.coefficients.uncorrected import unit_agreement, unit_shares
from omnistudy.agreement.ratings.counts import Block
from omnistudy.agreement.ratings.estimators import Estimates, corrected, ratio
from omnistudy.agreement.ratings.rating_table import MISSING, CodeArray, FloatArray
from omnistudy.agreement.ratings.weights import Weights


@dataclass(frozen=True, slots=True)
class FixedChance:
    """Chance agreement from the number of categories alone: Bennett S, Brennan–Prediger, Randolph, PABAK.

    Units with fewer than two ratings do not count. The number of categories is that of the codebook, used or
    not.

    Parameters
    ----------
    weights
        Agreement weights between the used categories.
    width
        Number of features of a unit.

    References
    ----------
    Brennan & Prediger (1981), Coefficient kappa: some uses, misuses, and alternatives,
    doi:10.1177/001316448104100307. Randolph (2005), Free-marginal multirater kappa, ERIC ED490661. Byrt,
    Bishop & Carlin (1993), Bias, prevalence and kappa, doi:10.1016/0895-4356(93)90018-V.

    Examples
    --------
    Brennan & Prediger (1981), p. 689, .40; Randolph (2005), p. 17, three coders on four units, .33.

    >>> from omnistudy.agreement.matrices import estimate, ratings_of_contingency, ratings_of_matrix
    >>> brennan_prediger = ratings_of_contingency([[50, 0, 0], [10, 10, 10], [20, 0, 0]])
    >>> round(estimate("brennan_prediger", brennan_prediger).value, 2)
    0.4
    >>> randolph = ratings_of_matrix(["YYNN", "YYNN", "YNYN"])
    >>> round(estimate("randolph_kappa", randolph).value, 2)
    0.33

    With two categories it is PABAK, 2 po - 1:

    >>> yes_no = ratings_of_contingency([[80, 10], [5, 5]], ["yes", "no"])
    >>> round(estimate("pabak", yes_no).value, 2)
    0.7
    """

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

    Parameters
    ----------
    weights
        Agreement weights between the used categories.
    used
        Number k of used categories.
    listwise
        Whether units that some coder did not rate are left out.

    References
    ----------
    Scott (1955), Reliability of content analysis, doi:10.1086/266577. Fleiss (1971), Measuring nominal scale
    agreement among many raters, doi:10.1037/h0031619. Gwet (2014), Handbook of Inter-Rater Reliability,
    4th ed., for missing ratings.

    Examples
    --------
    Two coders: Artstein & Poesio (2008), p. 558, doi:10.1162/coli.07-034-R2, pi = .341.

    >>> from omnistudy.agreement.matrices import estimate, ratings_of_contingency, ratings_of_matrix
    >>> artstein_poesio = ratings_of_contingency([[20, 20], [10, 50]], ["statement", "request"])
    >>> round(estimate("scott_pi", artstein_poesio).value, 3)
    0.341

    Thirty patients, each diagnosed by six psychiatrists: Fleiss (1971), p. 379, kappa = .430.

    >>> patients = (
    ...     "444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 "
    ...     "144444 124444 222333 144444 224445 333335 111455 111112 224444 133555 "
    ...     "555555 244444 224555 114444 144445 222224 111155 224444 133333 555555"
    ... ).split()
    >>> fleiss_1971 = ratings_of_matrix(list(zip(*patients)))
    >>> round(estimate("fleiss_kappa", fleiss_1971).value, 3)
    0.43

    Where ratings are missing, the rule has to be named. Gwet's data cac.raw4raters, as R irrCAC 1.4 prints it:

    >>> units = "11.1 2232 3333 3333 2222 1234 4444 1121 2222 .555 ..11 ..3.".split()
    >>> gwet = ratings_of_matrix([[None if x == "." else x for x in coder] for coder in zip(*units)])
    >>> round(estimate("fleiss_kappa_gwet", gwet).value, 5)
    0.76117
    >>> round(estimate("fleiss_kappa_listwise", gwet).value, 3)
    0.641
    >>> estimate("fleiss_kappa", gwet).value is None
    True
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
    """Gwet's AC1 (identity weights) and AC2.

    Agreement rests on units with at least two ratings; every rated unit enters the margins.

    Parameters
    ----------
    weights
        Agreement weights between the used categories.
    used
        Number k of used categories.

    References
    ----------
    Gwet (2008), Computing inter-rater reliability and its variance in the presence of high agreement,
    doi:10.1348/000711006X126600. Gwet (2014), Handbook of Inter-Rater Reliability, 4th ed., for AC2.

    Examples
    --------
    Four raters, twelve units and missing ratings, the data cac.raw4raters of Gwet's Handbook; his R package
    irrCAC 1.4 prints AC1 = .77544 with the error .14295.

    >>> from omnistudy.agreement.matrices import estimate, ratings_of_contingency, ratings_of_matrix
    >>> units = "11.1 2232 3333 3333 2222 1234 4444 1121 2222 .555 ..11 ..3.".split()
    >>> gwet = ratings_of_matrix([[None if x == "." else x for x in coder] for coder in zip(*units)])
    >>> row = estimate("gwet_ac1", gwet, ci="analytic")
    >>> round(row.value, 5), round(row.se, 5)
    (0.77544, 0.14295)

    Two raters on a scale of four points; irrCAC 1.4 prints AC2 with quadratic weights as .84028:

    >>> likert = ratings_of_contingency([[20, 5, 1, 0], [4, 15, 6, 1], [0, 5, 18, 4], [0, 1, 3, 12]])
    >>> round(estimate("gwet_ac2", likert, weights="quadratic").value, 5)
    0.84028
    """

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
    """A distribution per coder, averaged over pairs of coders.

    Agreement rests on units with at least two ratings; each coder's distribution on all their ratings.

    Parameters
    ----------
    weights
        Agreement weights between the used categories.
    used
        Number k of used categories.
    coders
        Number m of coders.

    References
    ----------
    Conger (1980), Integration and generalization of kappas for multiple raters,
    doi:10.1037/0033-2909.88.2.322. Hubert (1977), Kappa revisited, doi:10.1037/0033-2909.84.2.289.

    Examples
    --------
    The thirty patients of Fleiss (1971), doi:10.1037/h0031619; R irr 0.84.1 prints the exact kappa of Conger
    as .442 and that of Light as .459, beside Fleiss' .430.

    >>> from omnistudy.agreement.matrices import estimate, ratings_of_matrix
    >>> patients = (
    ...     "444444 222555 233335 555555 222444 113333 333355 113334 114444 555555 "
    ...     "144444 124444 222333 144444 224445 333335 111455 111112 224444 133555 "
    ...     "555555 244444 224555 114444 144445 222224 111155 224444 133333 555555"
    ... ).split()
    >>> fleiss_1971 = ratings_of_matrix(list(zip(*patients)))
    >>> round(estimate("conger_kappa", fleiss_1971).value, 3)
    0.442
    >>> round(estimate("hubert_kappa", fleiss_1971).value, 3)
    0.442
    >>> round(estimate("light_kappa", fleiss_1971).value, 3)
    0.459
    """

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

    Parameters
    ----------
    weights
        Agreement weights between the used categories.
    used
        Number k of used categories.
    coders
        Number m of coders.

    References
    ----------
    Cohen (1960), A coefficient of agreement for nominal scales, doi:10.1177/001316446002000104. Cohen (1968),
    Weighted kappa, doi:10.1037/h0026256. Fleiss, Cohen & Everitt (1969), Large sample standard errors of
    kappa and weighted kappa, doi:10.1037/h0028106. Light (1971), Measures of response agreement for
    qualitative data, doi:10.1037/h0031643.

    Examples
    --------
    Cohen (1960), p. 37, kappa = -.09.

    >>> from omnistudy.agreement.matrices import estimate, ratings_of_contingency
    >>> cohen_1960 = ratings_of_contingency([[25, 12, 3], [13, 2, 15], [12, 16, 2]])
    >>> round(estimate("cohen_kappa", cohen_1960).value, 3)
    -0.092

    Cohen (1968) reports .492 without weights and .348 with his weights of disagreement.

    >>> import numpy as np
    >>> from omnistudy.agreement.ratings.weights import WeightMatrix
    >>> cohen_1968 = ratings_of_contingency([[88, 14, 18], [10, 40, 10], [2, 6, 12]])
    >>> differing = np.array([[0.0, 1, 3], [1, 0, 6], [3, 6, 0]])
    >>> disagreement = WeightMatrix(("1", "2", "3"), differing, "disagreement")
    >>> round(estimate("cohen_kappa", cohen_1968).value, 3)
    0.492
    >>> round(estimate("weighted_kappa", cohen_1968, weights=disagreement).value, 3)
    0.348

    Fleiss, Cohen & Everitt (1969): .429 and .507, whose errors by their formula are .0537 and .0570.

    >>> diagnoses = ratings_of_contingency([[106, 10, 4], [22, 28, 10], [2, 12, 6]])
    >>> agreeing = np.array([[1, 0, 0.4444], [0, 1, 0.6667], [0.4444, 0.6667, 1]])
    >>> agreement = WeightMatrix(("1", "2", "3"), agreeing)
    >>> plain = estimate("cohen_kappa", diagnoses, ci="analytic")
    >>> weighted = estimate("weighted_kappa", diagnoses, weights=agreement, ci="analytic")
    >>> round(plain.value, 3), round(plain.se, 4)
    (0.429, 0.0537)
    >>> round(weighted.value, 3), round(weighted.se, 4)
    (0.507, 0.057)

    Light's kappa stands in the examples of :class:`Conger`.
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
    """The largest Cohen kappa that the two coders' margins allow.

    Units that only one of them rated do not count.

    Parameters
    ----------
    used
        Number k of used categories.

    References
    ----------
    Cohen (1960), A coefficient of agreement for nominal scales, doi:10.1177/001316446002000104.

    Examples
    --------
    Cohen (1960) prints .85 for the table of p. 37.

    >>> from omnistudy.agreement.matrices import estimate, ratings_of_contingency
    >>> cohen_1960 = ratings_of_contingency([[25, 12, 3], [13, 2, 15], [12, 16, 2]])
    >>> round(estimate("kappa_max", cohen_1960).value, 2)
    0.85
    """

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
