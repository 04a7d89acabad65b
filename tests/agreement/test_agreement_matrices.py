"""Ratings from what a program holds already, and one coefficient of them."""

from __future__ import annotations

import numpy as np
import pytest

from omnistudy.agreement.matrices import estimate, ratings_of_contingency, ratings_of_matrix
from omnistudy.errors import StudyError


def test_missing_ratings_in_every_spelling() -> None:
    data: list[list[object]] = [["a", None, "b", ""], ["a", "b", float("nan"), "a"]]
    assert ratings_of_matrix(data).codes.tolist() == [[0, -1, 1, -1], [0, 1, -1, 0]]


def test_a_whole_number_is_one_label_however_a_column_holds_it() -> None:
    """A column with a gap becomes one of floats, in lists and in data frames."""
    ratings = ratings_of_matrix([[1, 2, None], [1.0, 2.0, 2.0], [1, 2, 2]])
    array = ratings_of_matrix(np.array([[1, 2, np.nan], [1, 2, 2], [1, 2, 2]]))
    assert array.codes.tolist() == ratings.codes.tolist()
    assert ratings.categories == ("1", "2")
    assert ratings.values is not None
    assert ratings.values.tolist() == [1.0, 2.0]
    assert ratings.codes.tolist() == [[0, 1, -1], [0, 1, 1], [0, 1, 1]]


def test_coders_may_be_called_like_columns() -> None:
    names = ("unit", "interview", "coder", "value", "id")
    ratings = ratings_of_matrix([["a", "b"]] * 5, coders=names)
    assert ratings.coders == names
    assert ratings.frame.interview is None


def test_categories_that_nobody_chose_count_in_chance() -> None:
    data = [["a", "b", "a", "b"], ["a", "b", "b", "b"]]
    observed, declared = (estimate("brennan_prediger", ratings_of_matrix(data, categories=k)) for k in (2, 4))
    assert observed.value == pytest.approx((0.75 - 1 / 2) / (1 - 1 / 2))
    assert declared.value == pytest.approx((0.75 - 1 / 4) / (1 - 1 / 4))


@pytest.mark.parametrize(
    ("matrix", "coders", "words"),
    [
        ([["a"], ["b"]], ("sara",), "2 rows of ratings"),
        ([["a"], ["b"]], ("sara", "sara"), "2 rows of ratings"),
        ([["a", "b"], ["a"]], (), "differ in length"),
        ([], (), "no rows"),
        ([[], []], (), "no rows"),
        ([["a|b"], ["a"]], (), "several codes"),
    ],
)
def test_what_is_no_matrix_of_ratings(matrix: list[list[str]], coders: tuple[str, ...], words: str) -> None:
    with pytest.raises(StudyError, match=words):
        ratings_of_matrix(matrix, coders=coders)


def test_a_contingency_table_is_the_ratings_it_counts() -> None:
    counts = [[20, 5, 0], [3, 7, 2], [1, 0, 4]]
    pairs = [(i, j) for i, row in enumerate(counts) for j, n in enumerate(row) for _ in range(n)]
    whole = ratings_of_matrix([[str(i) for i, _ in pairs], [str(j) for _, j in pairs]])
    table = ratings_of_contingency(counts, ["0", "1", "2"])
    for name in ("cohen_kappa", "scott_pi", "krippendorff_alpha", "gwet_ac1"):
        assert estimate(name, table).value == pytest.approx(estimate(name, whole).value, abs=1e-15)
    assert estimate("weighted_kappa", table, weights="quadratic").value == pytest.approx(
        estimate("weighted_kappa", whole, weights="quadratic").value, abs=1e-15
    )


@pytest.mark.parametrize(
    ("counts", "names", "words"),
    [
        ([[1, 2]], (), "not square"),
        ([[1, 2], [3]], (), "not square"),
        ([[1, 2], [3, 4]], ("yes",), "not square"),
        ([[1, 2], [3, -4]], (), "no whole number|not a whole number"),
        ([], (), "not square|no rows"),
    ],
)
def test_what_is_no_contingency_table(counts: list[list[int]], names: tuple[str, ...], words: str) -> None:
    with pytest.raises(StudyError, match=words):
        ratings_of_contingency(counts, names)


def test_an_estimate_has_the_interval_that_was_asked_for() -> None:
    ratings = ratings_of_contingency([[106, 10, 4], [22, 28, 10], [2, 12, 6]])
    assert estimate("cohen_kappa", ratings).ci_low is None
    rows = [estimate("cohen_kappa", ratings, ci=ci, confidence=0.9) for ci in ("analytic", "jackknife")]
    for row in rows:
        assert row.value is not None
        assert row.ci_low is not None
        assert row.ci_high is not None
        assert row.ci_low < row.value < row.ci_high
    with pytest.raises(StudyError, match="no coefficient"):
        estimate("cohens kapa", ratings)
    with pytest.raises(StudyError, match="needs resamples"):
        estimate("cohen_kappa", ratings, ci="bca")
