"""Agreement weights: how nearly two categories agree, 1 on the diagonal.

Sources: Cohen (1968, doi:10.1037/h0026256) for weighted kappa; Gwet (2014, Handbook of Inter-Rater
Reliability, 4th ed.) for the family of weight sets.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from omnistudy.agreement.ratings.rating_table import FloatArray, IntArray, Ratings
from omnistudy.errors import StudyError

LARGEST_MATRIX = 6000


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Agreement weights between the used categories.

    Parameters
    ----------
    name
        Name of the weight set; ``identity`` needs no matrix.
    matrix
        (k, k) weights between the used categories, or ``None`` for identity.
    total
        Sum of the weights over all K categories, used or not (``W`` of Gwet's AC2).
    k
        Number K of all categories.
    """

    name: str
    matrix: FloatArray | None
    total: float
    k: int

    @property
    def symmetric(self) -> bool:
        """Whether the order of two coders does not matter."""
        return self.matrix is None or bool(np.array_equal(self.matrix, self.matrix.T))

    def sums(self, shares: FloatArray) -> FloatArray:
        """Return (R, k) ``sum_k w_ck p_k`` for (R, k) shares."""
        return shares if self.matrix is None else shares @ self.matrix.T

    def quadratic_form(self, left: FloatArray, right: FloatArray) -> FloatArray:
        """Return (R,) ``sum_ck w_ck left_c right_k``."""
        return np.asarray((left * self.sums(right)).sum(axis=-1))


@dataclass(frozen=True, slots=True, eq=False)
class WeightMatrix:
    """A labelled matrix from a file.

    Parameters
    ----------
    labels
        Categories in the order of rows and columns.
    values
        (K, K) numbers; rows belong to the first coder.
    kind
        ``agreement`` (1 on the diagonal) or ``disagreement`` (0 on it, any scale).
    """

    labels: tuple[str, ...]
    values: FloatArray
    kind: str = "agreement"


def _linear(x: FloatArray) -> FloatArray:
    distance = np.abs(x[:, None] - x[None, :])
    return np.asarray(1 - distance / distance.max())


def _quadratic(x: FloatArray) -> FloatArray:
    return np.asarray(1 - (1 - _linear(x)) ** 2)


def _ordinal(x: FloatArray) -> FloatArray:
    rank = np.argsort(np.argsort(x)).astype(np.float64)
    steps = np.abs(rank[:, None] - rank[None, :]) + 1
    pairs = steps * (steps - 1) / 2
    return np.asarray(1 - pairs / pairs.max())


def _radical(x: FloatArray) -> FloatArray:
    return np.asarray(1 - np.sqrt(1 - _linear(x)))


def _ratio(x: FloatArray) -> FloatArray:
    total = x[:, None] + x[None, :]
    share = np.divide(x[:, None] - x[None, :], total, out=np.zeros_like(total), where=total != 0)
    largest = (x.max() - x.min()) / (x.max() + x.min())
    return np.asarray(1 - (share / largest) ** 2)


def _circular(x: FloatArray) -> FloatArray:
    circle = x.max() - x.min() + 1
    sine = np.sin(np.pi * (x[:, None] - x[None, :]) / circle) ** 2
    return np.asarray(1 - sine / sine.max())


def _bipolar(x: FloatArray) -> FloatArray:
    total = x[:, None] + x[None, :]
    room = (total - 2 * x.min()) * (2 * x.max() - total)
    squared = (x[:, None] - x[None, :]) ** 2
    pull = np.divide(squared, room, out=np.zeros_like(room), where=(squared > 0) & (room > 0))
    return np.asarray(1 - pull / pull.max())


WEIGHT_SETS: MappingProxyType[str, Callable[[FloatArray], FloatArray] | None] = MappingProxyType(
    {
        "identity": None,
        "linear": _linear,
        "quadratic": _quadratic,
        "ordinal": _ordinal,
        "radical": _radical,
        "ratio": _ratio,
        "circular": _circular,
        "bipolar": _bipolar,
    }
)
"""Name of a weight set to its function of the (K,) values of the categories; ``None`` needs no matrix."""


def weights_for(name: str, ratings: Ratings, used: IntArray, custom: WeightMatrix | None = None) -> Weights:
    """Return the weights of a rating table for its used categories.

    Parameters
    ----------
    name
        A key of :data:`WEIGHT_SETS`; ignored where ``custom`` is given.
    ratings
        The table, for its categories, their values and their order.
    used
        Positions of the used categories.
    custom
        A labelled matrix from a file.

    Raises
    ------
    StudyError
        Labels without order or numbers under weights that need them; a matrix that does not fit.
    """
    if custom is not None:
        return _custom(custom, ratings, used)
    function = WEIGHT_SETS[name]
    if function is None or len(ratings.categories) < 2:
        return Weights(name, None, float(ratings.k), ratings.k)
    matrix = function(positions(ratings, name))
    return Weights(name, matrix[np.ix_(used, used)], float(matrix.sum()), len(ratings.categories))


def positions(ratings: Ratings, name: str) -> FloatArray:
    """Return (K,) the categories' values, or their ranks where they are ordered labels.

    Raises
    ------
    StudyError
        Categories without order; ratios of labels or of negative numbers; too many categories.
    """
    if len(ratings.categories) > LARGEST_MATRIX:
        raise StudyError.of(
            f"There are {len(ratings.categories)} categories, too many for a weight matrix.",
            "Leave --weights and --metric out, or put the values into classes first.",
        )
    if ratings.values is not None:
        if name == "ratio" and float(ratings.values.min()) < 0:
            raise StudyError.of("Ratio weights need numbers of at least 0.", "Choose another scale.")
        return ratings.values
    if name == "ratio" or not ratings.ordered:
        raise StudyError.of(
            f"'{name}' needs {'numbers' if name == 'ratio' else 'ordered categories'}, but the categories"
            f" are words such as '{ratings.categories[0]}'.",
            "Use nominal agreement, or name the categories in their order with --categories FILE.",
        )
    return np.arange(len(ratings.categories), dtype=np.float64)


def _custom(custom: WeightMatrix, ratings: Ratings, used: IntArray) -> Weights:
    values = np.asarray(custom.values, np.float64)
    problem = _fault(custom, values)
    if problem:
        raise StudyError.of(
            problem, "Correct the weights file: a square table with the same labels on both sides."
        )
    position = {label: i for i, label in enumerate(custom.labels)}
    absent = [label for label in ratings.categories if label not in position]
    if absent:
        raise StudyError.of(
            f"The weights file has no row for: {', '.join(absent[:5])}.",
            "Add a row and a column for every category.",
        )
    if custom.kind == "disagreement":
        largest = values.max()
        values = 1 - values / (largest if largest > 0 else 1.0)
    of_used = [position[ratings.categories[i]] for i in used]
    return Weights("custom", values[np.ix_(of_used, of_used)], float(values.sum()), len(custom.labels))


def _fault(custom: WeightMatrix, values: FloatArray) -> str:
    n = len(custom.labels)
    if values.shape != (n, n):
        return f"The weights are {' × '.join(map(str, values.shape))} for {n} labels."
    if len(set(custom.labels)) != n:
        return "A label of the weights occurs twice."
    if not np.isfinite(values).all():
        return "A weight is missing or no number."
    if custom.kind == "agreement":
        if not np.all(np.diag(values) == 1) or values.max() > 1 or values.min() < 0:
            return "Agreement weights lie between 0 and 1 and are 1 on the diagonal."
    elif not np.all(np.diag(values) == 0) or values.min() < 0:
        return "Disagreement weights are at least 0 and are 0 on the diagonal."
    return ""
