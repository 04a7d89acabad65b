"""Every coefficient once more from its definition, written out over units and pairs of coders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest
from agreement_builder import random_table, row_of, table

from omnistudy.agreement.coefficients.metrics import jaccard_distance, masi_distance
from omnistudy.agreement.coefficients.registry import COEFFICIENTS, check_metric, defaults, find
from omnistudy.agreement.ratings.rating_table import Ratings, smallest_type
from omnistudy.agreement.ratings.weights import WEIGHT_SETS, WeightMatrix, weights_for
from omnistudy.errors import StudyError

Data = list[list[str | None]]
Array = np.ndarray[Any, Any]

MATRIX = np.array([[1.0, 0.6, 0.1], [0.6, 1.0, 0.3], [0.1, 0.3, 1.0]])
OWN = WeightMatrix(("0", "1", "2"), MATRIX)


class Defined:
    """Ratings 0..2 of coders × units, and the sums that the definitions name."""

    def __init__(self, data: Data, w: Array) -> None:
        self.units = [[int(x) for x in unit if x is not None] for unit in zip(*data, strict=True)]
        self.coders = [[None if x is None else int(x) for x in coder] for coder in data]
        self.w, self.k = w, len(w)
        several = [unit for unit in self.units if len(unit) > 1]
        self.several = several
        self.observed = float(
            np.mean([np.mean([w[a, b] for a, b in permutations(unit, 2)]) for unit in several])
        )

    def shares(self, units: Sequence[Sequence[int]]) -> Array:
        """Mean over units of the share of their ratings in each category."""
        rows = [[unit.count(c) / len(unit) for c in range(self.k)] for unit in units if unit]
        return np.asarray(np.mean(rows, axis=0))

    def own_shares(self) -> list[Array]:
        rated = [[x for x in coder if x is not None] for coder in self.coders]
        return [np.array([own.count(c) / len(own) for c in range(self.k)]) for own in rated]

    def pairs(self) -> list[tuple[float, float]]:
        """Observed and expected agreement of every pair of coders on the units both rated."""
        out = []
        for one, other in combinations(self.coders, 2):
            both = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
            margins = [np.bincount([pair[i] for pair in both], minlength=self.k) / len(both) for i in (0, 1)]
            observed = float(np.mean([self.w[a, b] for a, b in both]))
            out.append((observed, float(margins[0] @ self.w @ margins[1])))
        return out


def corrected(observed: float, expected: float) -> tuple[float, float, float | None]:
    return (observed - expected) / (1 - expected), observed, expected


def percent(d: Defined) -> tuple[float, float, float | None]:
    return d.observed, d.observed, None


def categories(d: Defined) -> tuple[float, float, float | None]:
    return corrected(d.observed, d.w.sum() / d.k**2)


def pooled(d: Defined) -> tuple[float, float, float | None]:
    p = d.shares(d.units)
    return corrected(d.observed, float(p @ d.w @ p))


def complete(d: Defined) -> tuple[float, float, float | None]:
    full = [unit for unit in d.units if len(unit) == len(d.coders)]
    p = d.shares(full)
    observed = float(np.mean([np.mean([d.w[a, b] for a, b in permutations(u, 2)]) for u in full]))
    return corrected(observed, float(p @ d.w @ p))


def gwet(d: Defined) -> tuple[float, float, float | None]:
    p = d.shares(d.units)
    return corrected(d.observed, d.w.sum() / (d.k * (d.k - 1)) * float(p @ (1 - p)))


def conger(d: Defined) -> tuple[float, float, float | None]:
    expected = np.mean([one @ d.w @ other for one, other in permutations(d.own_shares(), 2)])
    return corrected(d.observed, float(expected))


def by_pairs(d: Defined) -> tuple[float, float, float | None]:
    kappas = [corrected(*pair)[0] for pair in d.pairs()]
    observed, expected = np.mean(d.pairs(), axis=0)
    return float(np.mean(kappas)), float(observed), float(expected)


def alpha(d: Defined) -> tuple[float, float, float | None]:
    values = [x for unit in d.several for x in unit]
    within = sum(sum(1 - d.w[a, b] for a, b in permutations(u, 2)) / (len(u) - 1) for u in d.several)
    observed = within / len(values)
    expected = sum(1 - d.w[a, b] for a, b in permutations(values, 2)) / (len(values) * (len(values) - 1))
    return 1 - observed / expected, 1 - observed, 1 - expected


Definition = Callable[[Defined], tuple[float, float, float | None]]
ANY_NUMBER: dict[str, Definition] = {
    "percent_agreement": percent,
    "brennan_prediger": categories,
    "randolph_kappa": categories,
    "fleiss_kappa_gwet": pooled,
    "fleiss_kappa_listwise": complete,
    "gwet_ac2": gwet,
    "conger_kappa": conger,
    "hubert_kappa": conger,
    "light_kappa": by_pairs,
    "krippendorff_alpha": alpha,
}
OF_TWO: dict[str, Definition] = {"cohen_kappa": by_pairs, "weighted_kappa": by_pairs, "scott_pi": complete}


def test_all_coefficients_with_weights_are_defined_here() -> None:
    weighted = {name for name, row in COEFFICIENTS.items() if row.weighted}
    assert weighted == {*ANY_NUMBER, *OF_TWO, "fleiss_kappa"}


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(("coders", "missing"), [(2, 0.0), (2, 0.2), (4, 0.0), (4, 0.25)])
def test_values_by_definition(coders: int, missing: float, *, weighted: bool) -> None:
    data = random_table(31 + coders, coders, 30, 3, missing)
    defined = Defined(data, MATRIX if weighted else np.eye(3))
    names = {**ANY_NUMBER, **(OF_TWO if coders == 2 else {})}
    if not missing:
        names["fleiss_kappa"] = pooled
    options: dict[str, Any] = {"weight_matrix": OWN} if weighted else {}
    for name, definition in names.items():
        row = row_of(data, name, ci="none", **options)
        assert (row.value, row.observed, row.expected) == tuple(
            None if part is None else pytest.approx(part, abs=1e-12) for part in definition(defined)
        ), name
        assert (row.weights, row.metric, row.k) == ("custom" if weighted else "identity", "nominal", 3)


def test_weights_that_depend_on_the_order_of_two_coders() -> None:
    """Only by pairs does a matrix keep its two directions; within a unit both count."""
    data = random_table(8, 2, 30, 3, 0.0)
    lopsided = np.array([[1.0, 0.8, 0.0], [0.2, 1.0, 0.5], [0.0, 0.1, 1.0]])
    own = WeightMatrix(("0", "1", "2"), lopsided)
    for name in ("weighted_kappa", "cohen_kappa"):
        value = by_pairs(Defined(data, lopsided))[0]
        assert row_of(data, name, weight_matrix=own).value == pytest.approx(value)
    observed = percent(Defined(data, (lopsided + lopsided.T) / 2))[0]
    assert row_of(data, "percent_agreement", weight_matrix=own).value == pytest.approx(observed)
    with pytest.raises(StudyError, match="same in both directions"):
        row_of(data, "krippendorff_alpha", weight_matrix=own)


SQUARED: dict[str, Callable[[float, float], float]] = {
    "interval": lambda a, b: (a - b) ** 2,
    "ratio": lambda a, b: 0.0 if a == b else ((a - b) / (a + b)) ** 2,
}


def ordinal(values: list[float]) -> Callable[[float, float], float]:
    """Squared difference of mid-ranks: everything below, and half of the category itself."""

    rank = {x: sum(v < x for v in values) + values.count(x) / 2 for x in set(values)}
    return lambda a, b: (rank[a] - rank[b]) ** 2


def alpha_of(units: list[list[float]], squared: Callable[[float, float], float]) -> tuple[float, float]:
    values = [x for unit in units for x in unit]
    within = sum(sum(squared(a, b) for a, b in permutations(u, 2)) / (len(u) - 1) for u in units)
    between = sum(squared(a, b) for a, b in permutations(values, 2)) / (len(values) - 1)
    largest = max(squared(a, b) for a in set(values) for b in set(values))
    return 1 - within / between, 1 - within / len(values) / largest


@pytest.mark.parametrize("categories", [4, 40])
@pytest.mark.parametrize("metric", ["ordinal", "interval", "ratio"])
def test_metrics_of_few_and_of_many_values(metric: str, categories: int) -> None:
    """From 25 values on ordinal alpha is computed another way; the definition is the same."""
    data = random_table(categories, 3, 60, categories, 0.2)
    units = [[float(x) for x in unit if x is not None] for unit in zip(*data, strict=True)]
    units = [unit for unit in units if len(unit) > 1]
    squared = SQUARED[metric] if metric in SQUARED else ordinal([x for unit in units for x in unit])
    row = row_of(data, "krippendorff_alpha", metric=metric)
    value, observed = alpha_of(units, squared)
    assert row.value == pytest.approx(value, abs=1e-10)
    if metric != "ratio":  # whose differences lie between 0 and 1 as they are
        assert row.observed == pytest.approx(observed, abs=1e-10)
    assert row.metric == metric
    assert row.se is not None


def test_without_each_unit_many_ordinal_values_are_ranked_anew() -> None:
    data = random_table(5, 2, 40, 30, 0.0)
    units = [[float(x) for x in unit if x is not None] for unit in zip(*data, strict=True)]
    left = []
    for at in range(len(units)):
        rest = [*units[:at], *units[at + 1 :]]
        left.append(alpha_of(rest, ordinal([x for unit in rest for x in unit]))[0])
    n = len(units)
    se = np.sqrt((n - 1) / n * ((np.array(left) - np.mean(left)) ** 2).sum())
    assert row_of(data, "krippendorff_alpha", metric="ordinal").se == pytest.approx(se, rel=1e-8)


WEIGHTS_OF_1_2_4 = {
    # weights of 1 and 2, of 1 and 4, of 2 and 4
    "linear": (2 / 3, 0, 1 / 3),
    "quadratic": (8 / 9, 0, 5 / 9),
    "ordinal": (2 / 3, 0, 2 / 3),  # ranks: one step holds 1 pair, two steps 3 pairs
    "radical": (1 - np.sqrt(1 / 3), 0, 1 - np.sqrt(2 / 3)),
    "ratio": (1 - (5 / 9) ** 2, 0, 1 - (5 / 9) ** 2),  # shares of 1/3, 3/5 and 1/3
    "circular": (1 / 2, 1 / 2, 0),  # on a circle of 4: quarter, three quarters, half
    "bipolar": (4 / 5, 0, 1 / 2),  # 1/(1·5), 9/(3·3), 4/(4·2)
}


@pytest.mark.parametrize("name", WEIGHTS_OF_1_2_4)
def test_weight_sets_by_hand(name: str) -> None:
    assert {"identity", *WEIGHTS_OF_1_2_4} == set(WEIGHT_SETS)
    ratings = table([["1", "2", "4"], ["1", "2", "4"]])
    assert isinstance(ratings, Ratings)
    found = weights_for(name, ratings, np.array([0, 1, 2]))
    near, far, other = WEIGHTS_OF_1_2_4[name]
    expected = np.array([[1, near, far], [near, 1, other], [far, other, 1]])
    assert found.matrix is not None
    assert found.matrix == pytest.approx(expected)
    assert (found.name, found.k, found.symmetric) == (name, 3, True)
    assert found.total == pytest.approx(expected.sum())
    # of two used categories of three, the matrix is that of the two, the total that of all
    some = weights_for(name, ratings, np.array([0, 2]))
    assert some.matrix == pytest.approx(np.array([[1, far], [far, 1]]))
    assert some.total == pytest.approx(expected.sum())


def test_weights_of_disagreement_are_turned_round() -> None:
    """Differences 0, 2 and 4 on a scale of 4 are weights 1, 1/2 and 0; a matrix of zeros is full agreement."""
    ratings = table([["a", "b"], ["b", "a"]])
    assert isinstance(ratings, Ratings)
    gaps = np.array([[0.0, 2, 4], [2, 0, 4], [4, 4, 0]])
    found = weights_for(
        "identity", ratings, np.array([0, 1]), WeightMatrix(("c", "a", "b"), gaps, "disagreement")
    )
    # a and b are the second and the third label of the file
    assert found.matrix is not None
    assert found.matrix.tolist() == [[1, 0], [0, 1]]
    assert (found.name, found.k, found.total) == ("custom", 3, 9 - gaps.sum() / 4)
    nothing = WeightMatrix(("a", "b"), np.zeros((2, 2)), "disagreement")
    assert weights_for("identity", ratings, np.array([0, 1]), nothing).total == 4


@pytest.mark.parametrize(
    ("labels", "values", "kind", "said"),
    [
        (("a", "b"), [[1.0, 0, 0], [0, 1, 0]], "agreement", "2 × 3 for 2 labels"),
        (("a", "a"), [[1.0, 0], [0, 1]], "agreement", "occurs twice"),
        (("a", "b"), [[1.0, np.nan], [0, 1]], "agreement", "no number"),
        (("a", "b"), [[0.9, 0], [0, 1]], "agreement", "1 on the diagonal"),
        (("a", "b"), [[1.0, 1.1], [0, 1]], "agreement", "1 on the diagonal"),
        (("a", "b"), [[1.0, -0.1], [0, 1]], "agreement", "1 on the diagonal"),
        (("a", "b"), [[0.5, 1], [1, 0]], "disagreement", "0 on the diagonal"),
        (("a", "b"), [[0.0, -1], [1, 0]], "disagreement", "0 on the diagonal"),
        (("a", "c"), [[1.0, 0], [0, 1]], "agreement", "no row for: b"),
    ],
)
def test_matrices_that_are_no_weights(
    labels: tuple[str, ...], values: list[list[float]], kind: str, said: str
) -> None:
    ratings = table([["a", "b"], ["b", "a"]])
    assert isinstance(ratings, Ratings)
    with pytest.raises(StudyError, match=said):
        weights_for("identity", ratings, np.array([0, 1]), WeightMatrix(labels, np.array(values), kind))


def test_distances_of_sets() -> None:
    sets: list[tuple[set[str], set[str], float, float]] = [
        (set(), set(), 0, 0),
        ({"a"}, {"a"}, 0, 0),
        ({"a"}, set(), 1, 1),
        ({"a"}, {"b"}, 1, 1),
        ({"a"}, {"a", "b"}, 1 / 2, 1 - 1 / 2 * 2 / 3),
        ({"a", "b"}, {"a"}, 1 / 2, 1 - 1 / 2 * 2 / 3),
        ({"a", "b"}, {"b", "c"}, 2 / 3, 1 - 1 / 3 * 1 / 3),
    ]
    for left, right, jaccard, masi in sets:
        assert jaccard_distance(left, right) == pytest.approx(jaccard)
        assert masi_distance(left, right) == pytest.approx(masi)


def test_the_smallest_type_holds_its_categories_and_missing() -> None:
    assert [smallest_type(n) for n in (1, 127, 128, 32_767, 32_768)] == [
        np.int8,
        np.int8,
        np.int16,
        np.int16,
        np.int32,
    ]


def test_full_agreement_without_variation() -> None:
    """Only those have a value whose chance rests on the number of categories, or that know no chance."""
    constant = table([["1"] * 6, ["1"] * 6], categories=["1", "2"])
    values = {name: row_of(constant, name).value for name, row in COEFFICIENTS.items() if not row.spans}
    assert {name for name, value in values.items() if value == 1} == {
        "percent_agreement",
        "holsti",
        "negative_agreement",  # both chose the first of two categories, and nobody the second
        "pabak",
        "randolph_kappa",
        "brennan_prediger",
        "gwet_ac1",
        "gwet_ac2",
    }
    assert {value for value in values.values() if value != 1} == {None}


def test_names_are_found_however_they_are_written() -> None:
    assert [
        find(name).name for name in ("kappa", " Cohen-Kappa ", "PO", "s score", "DICE", "ac1", "ac2")
    ] == [
        "cohen_kappa",
        "cohen_kappa",
        "percent_agreement",
        "brennan_prediger",
        "positive_agreement",
        "gwet_ac1",
        "gwet_ac2",
    ]
    with pytest.raises(StudyError, match="Did you mean 'scott_pi'"):
        find("scot_pi")
    with pytest.raises(StudyError, match="Did you mean 'ordinal'"):
        check_metric("ordnal")


def test_defaults_by_number_of_coders_and_weights() -> None:
    assert defaults(2) == ("percent_agreement", "krippendorff_alpha", "gwet_ac1", "cohen_kappa")
    assert defaults(2, "linear") == (
        "percent_agreement",
        "krippendorff_alpha",
        "gwet_ac2",
        "weighted_kappa",
    )
    for coders in (1, 3, 9):
        assert defaults(coders) == (
            "percent_agreement",
            "krippendorff_alpha",
            "gwet_ac1",
            "fleiss_kappa",
            "conger_kappa",
        )
    assert defaults(3, "linear")[2:4] == ("gwet_ac2", "fleiss_kappa")
