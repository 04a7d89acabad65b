"""Metrics of alpha: how different two categories, or two sets of codes, are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from omnistudy.agreement.coefficients.alpha import (
    IntervalAlpha,
    MatrixAlpha,
    NominalAlpha,
    OrdinalAlpha,
    OrdinalAlphaOfManyValues,
)
from omnistudy.agreement.ratings.counts import Tally
from omnistudy.agreement.ratings.estimators import Estimator
from omnistudy.agreement.ratings.rating_table import FloatArray, Ratings
from omnistudy.agreement.ratings.weights import LARGEST_MATRIX, Weights, positions
from omnistudy.errors import StudyError

_LARGEST_COINCIDENCES = 24


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of alpha: its name, and whether it compares sets or needs numbers."""

    name: str
    of_sets: bool = False
    needs_numbers: bool = False
    needs_order: bool = False


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("nominal"),
        Metric("ordinal", needs_order=True),
        Metric("interval", needs_numbers=True),
        Metric("ratio", needs_numbers=True),
        Metric("masi", of_sets=True),
        Metric("jaccard", of_sets=True),
    )
}


def jaccard_distance(left: Collection[str], right: Collection[str]) -> float:
    """Return the Jaccard distance of two code sets, ``1 - |A & B| / |A | B|``.

    Parameters
    ----------
    left, right
        The codes that each coder applied to the unit.

    Returns
    -------
    float
        From 0 (the same codes) to 1 (no code shared); 0 for two empty sets, for both coders found nothing.

    References
    ----------
    Jaccard (1912), The distribution of the flora in the alpine zone, New Phytologist 11,
    doi:10.1111/j.1469-8137.1912.tb05611.x.

    Examples
    --------
    Two coders share one of three codes; two coders found nothing.

    >>> round(jaccard_distance({"trust", "fees"}, {"trust", "queue"}), 4)
    0.6667
    >>> jaccard_distance(set(), set())
    0.0
    """
    a, b = set(left), set(right)
    return 1 - len(a & b) / len(a | b) if a | b else 0.0


def masi_distance(left: Collection[str], right: Collection[str]) -> float:
    """Return Passonneau's distance of two code sets, ``1 - J M``.

    J is the Jaccard share; M is 1 for equal sets, 2/3 where one holds the other, 1/3 where they
    overlap, 0 where they share nothing. Two empty sets are equal.

    Parameters
    ----------
    left, right
        The codes that each coder applied to the unit.

    Returns
    -------
    float
        From 0 (the same codes) to 1 (no code shared); used as a squared difference as it is.

    References
    ----------
    Passonneau (2006), Measuring agreement on set-valued items (MASI) for semantic and pragmatic annotation,
    Proceedings of LREC 2006.

    Examples
    --------
    The four cases of the definition: one set holds the other, they overlap, they are the same, they share
    nothing.

    >>> round(masi_distance({"a"}, {"a", "b"}), 4), round(masi_distance({"a", "b"}, {"a", "c"}), 4)
    (0.6667, 0.8889)
    >>> masi_distance({"a"}, {"a"}), masi_distance({"a"}, {"b"})
    (0.0, 1.0)
    """
    a, b = set(left), set(right)
    if not a | b:
        return 0.0
    return 1 - len(a & b) / len(a | b) * _monotonicity(a, b)


def _monotonicity(a: set[str], b: set[str]) -> float:
    if a == b:
        return 1.0
    if a <= b or b <= a:
        return 2 / 3
    return 1 / 3 if a & b else 0.0


def set_distances(members: NDArray[np.bool_], metric: str) -> FloatArray:
    """Return (V, V) distances between V code sets given as (V, C) membership."""
    inside = members.astype(np.float64)
    size = inside.sum(axis=1)
    return _distances(inside @ inside.T, size[:, None], size[None, :], metric)


def paired_distances(left: NDArray[np.bool_], right: NDArray[np.bool_], metric: str) -> FloatArray:
    """Return (P,) distances between P pairs of code sets given as (P, C) memberships."""
    shared = (left & right).sum(axis=1).astype(np.float64)
    first, second = (part.sum(axis=1).astype(np.float64) for part in (left, right))
    return _distances(shared, first, second, metric)


def _distances(shared: FloatArray, left: FloatArray, right: FloatArray, metric: str) -> FloatArray:
    union = left + right - shared
    share = np.divide(shared, union, out=np.ones_like(union), where=union > 0)
    if metric == "jaccard":
        return np.asarray(1 - share)
    nested = (shared == left) | (shared == right)
    monotonicity = np.where(shared == union, 1.0, np.where(shared == 0, 0.0, np.where(nested, 2 / 3, 1 / 3)))
    return np.asarray(1 - share * monotonicity)


def alpha_for(metric: str, ratings: Ratings, tally: Tally) -> Estimator:
    """Return alpha with a metric on values, for a rating table.

    Raises
    ------
    StudyError
        A metric that the categories do not allow.
    """
    if metric == "nominal" or tally.k < 2:
        return NominalAlpha(tally.k)
    rule = METRICS[metric]
    if rule.needs_numbers and ratings.values is None:
        raise StudyError.of(
            f"The metric '{metric}' needs numbers, but the categories are words such as"
            f" '{ratings.categories[0]}'.",
            "Use --metric nominal, or ordinal with --categories FILE in their order.",
        )
    if metric == "ordinal":
        if ratings.values is None and not ratings.ordered:
            positions(ratings, metric)
        few = tally.k <= _LARGEST_COINCIDENCES
        return OrdinalAlpha(tally.k) if few else OrdinalAlphaOfManyValues(tally)
    values = (ratings.values if ratings.values is not None else np.zeros(0))[tally.used]
    return IntervalAlpha(values) if metric == "interval" else MatrixAlpha(_ratio(values))


def _ratio(values: FloatArray) -> FloatArray:
    if len(values) > LARGEST_MATRIX:
        raise StudyError.of(
            f"There are {len(values)} different values, too many for the ratio metric.",
            "Use --metric interval, or put the values into classes first.",
        )
    if float(values.min()) < 0:
        raise StudyError.of("The ratio metric needs numbers of at least 0.", "Use --metric interval.")
    total = values[:, None] + values[None, :]
    share = np.divide(values[:, None] - values[None, :], total, out=np.zeros_like(total), where=total != 0)
    return np.asarray(share**2)


def weighted_alpha(weights: Weights, used: int) -> Estimator:
    """Return alpha with the disagreement ``1 - w`` of a weight set, used as it is."""
    if weights.matrix is None:
        return NominalAlpha(used)
    if not weights.symmetric:
        raise StudyError.of(
            "Alpha needs weights that are the same in both directions.",
            "Use weighted_kappa for weights that depend on the order of two coders.",
        )
    return MatrixAlpha(1 - weights.matrix)
