"""Corners of reading, weighing and comparing that ordinary studies do not reach, each with its value by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from agreement_builder import (
    PROVENANCE,
    coding,
    layout,
    of_study,
    of_table,
    passages,
    random_table,
    row_of,
    rows_of,
    study,
    table,
)

from omnistudy.agreement.analysis import agreement_of_spans
from omnistudy.agreement.coefficients.registry import COEFFICIENTS
from omnistudy.agreement.intervals.limits import bca
from omnistudy.agreement.intervals.replicates import Replicates
from omnistudy.agreement.matrices import ratings_of_contingency
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings import counts, weights
from omnistudy.agreement.ratings.rating_table import Ratings
from omnistudy.agreement.rounds.comparison import (
    difference_of_groups,
    difference_of_rounds,
    retest_ratings,
)
from omnistudy.errors import StudyError
from omnistudy.results import Table
from omnistudy.study.model import Coder

TEXT = "Interviewer: why is that?\nParticipant: one two three. four five six.\n"
ONE, FOUR = TEXT.index("one"), TEXT.index("four")


def near(value: float) -> Any:
    return pytest.approx(value, abs=1e-12)


# Intervals


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval", "ratio"])
def test_kalpha_draws_pairs_of_ratings_with_their_differences(metric: str) -> None:
    """Its error is that of a mean of as many squared differences as there are pairs, over the expected one."""
    data = [[str(int(x or 0) + 1) for x in coder] for coder in random_table(4, 2, 200, 4, 0.0)]
    row = row_of(data, "krippendorff_alpha", metric=metric, ci="kalpha", resamples=5000)
    values = [(float(a), float(b)) for a, b in zip(*data, strict=True)]
    flat = [x for pair in values for x in pair]
    rank = {x: sum(v < x for v in flat) + flat.count(x) / 2 for x in set(flat)}
    differences: dict[str, Callable[[float, float], float]] = {
        "nominal": lambda a, b: float(a != b),
        "ordinal": lambda a, b: (rank[a] - rank[b]) ** 2,
        "interval": lambda a, b: (a - b) ** 2,
        "ratio": lambda a, b: ((a - b) / (a + b)) ** 2,
    }
    squared = differences[metric]
    observed = [squared(a, b) for a, b in values]
    expected = np.mean([squared(a, b) for i, a in enumerate(flat) for j, b in enumerate(flat) if i != j])
    assert row.value == pytest.approx(1 - np.mean(observed) / expected)
    assert row.se == pytest.approx(np.std(observed) / math.sqrt(200) / expected, rel=0.06)
    assert (row.ci_method, row.cluster, row.n_clusters, row.resamples) == ("kalpha", "unit", 200, 5000)


def test_kalpha_with_missing_ratings_weighs_units_by_their_pairs() -> None:
    """Three coders of one unit are three pairs, each counted half: the pairs drawn are 3 + 1 + 1."""
    data: list[list[str | None]] = [["a", "a", "b"] * 20, ["a", "b", "b"] * 20, ["b", None, None] * 20]
    row = row_of(data, "krippendorff_alpha", ci="kalpha", resamples=4000)
    n, pairs = 140, 100
    # a unit of three has 4 unlike ordered pairs, over two; a unit of two has 2, over one
    observed = (20 * 2 + 20 * 2) / n
    of_a = 20 * 2 + 20
    expected = 2 * of_a * (n - of_a) / (n * (n - 1))
    assert row.value == near(1 - observed / expected)
    assert row.se == pytest.approx(math.sqrt(observed * (1 - observed) / pairs) / expected, rel=0.06)


@pytest.mark.parametrize(
    "name",
    [
        "percent_agreement",
        "gwet_ac2",
        "fleiss_kappa",
        "fleiss_kappa_listwise",
        "scott_pi",
        "conger_kappa",
        "weighted_kappa",
    ],
)
@pytest.mark.parametrize("missing", [0.0, 0.15])
def test_errors_by_formula_are_those_of_the_jackknife_in_large_samples(name: str, missing: float) -> None:
    coders = 2 if COEFFICIENTS[name].max_coders == 2 else 3
    name = "fleiss_kappa_gwet" if missing and name == "fleiss_kappa" else name
    data = random_table(11, coders, 400, 4, missing)
    if missing and name == "percent_agreement":
        return  # Gwet's formula takes the number of pairable units for part of the sample, the jackknife does not
    for chosen in ({}, {"weights": "quadratic"}):
        by_formula, left_out = (row_of(data, name, ci=ci, **chosen) for ci in ("analytic", "jackknife"))
        assert by_formula.se == pytest.approx(left_out.se, rel=0.03), chosen


def test_formulas_exist_for_nominal_alpha_only() -> None:
    data = random_table(11, 3, 60, 4, 0.1)
    rows = [
        row_of(data, "krippendorff_alpha", ci="analytic", metric=metric) for metric in ("nominal", "interval")
    ]
    assert [row.se is None for row in rows] == [False, True]
    assert [row.ci_method for row in rows] == ["analytic", "analytic"]
    assert row_of(data, "light_kappa", ci="analytic").se is None  # nobody has a formula for it
    assert rows[0].se == pytest.approx(row_of(data, "krippendorff_alpha").se, rel=0.1)
    # one unit has no spread, two have: nothing is divided by their number less one before that
    for name in ("krippendorff_alpha", "cohen_kappa", "percent_agreement", "gwet_ac1"):
        assert row_of([["a"], ["b"]], name, ci="analytic").se is None, name
        assert row_of([["a", "a"], ["b", "a"]], name, ci="analytic").se is not None, name


@pytest.mark.parametrize("weights", ["identity", "quadratic"])
@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_the_error_of_alpha_by_formula_in_a_large_sample(weights: str, missing: float) -> None:
    """Gwet's formula, beside leaving units out one at a time and beside drawing them anew."""
    data = random_table(13, 3, 500, 4, missing)
    by_formula, left_out = (
        row_of(data, "krippendorff_alpha", ci=ci, weights=weights) for ci in ("analytic", "jackknife")
    )
    assert by_formula.se == pytest.approx(left_out.se, rel=0.02)
    assert by_formula.value == left_out.value
    assert by_formula.ci_high is not None
    rated = sum(any(x is not None for x in unit) for unit in zip(*data, strict=True))
    from scipy.stats import t

    assert by_formula.ci_high - (by_formula.value or 0) == pytest.approx(
        t.ppf(0.975, rated - 1) * (by_formula.se or 0)
    )


def test_the_error_of_kappa_by_its_published_formula() -> None:
    """Fleiss, Cohen & Everitt (1969), cell by cell, with weights that depend on the order of the coders."""
    counts = np.array([[20, 5, 1], [3, 30, 2], [6, 4, 9]])
    w = np.array([[1.0, 0.8, 0.0], [0.2, 1.0, 0.5], [0.0, 0.1, 1.0]])
    p = counts / counts.sum()
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    po, pe = (p * w).sum(), rows @ w @ columns
    kappa = (po - pe) / (1 - pe)
    total = sum(
        p[i, j] * (w[i, j] - (w[i] @ columns + rows @ w[:, j]) * (1 - kappa)) ** 2
        for i in range(3)
        for j in range(3)
    )
    variance = (total - (kappa - pe * (1 - kappa)) ** 2) / (counts.sum() * (1 - pe) ** 2)
    ratings = ratings_of_contingency(counts.tolist(), ["a", "b", "c"])
    own = weights.WeightMatrix(("a", "b", "c"), w)
    row = row_of(ratings, "weighted_kappa", ci="analytic", weight_matrix=own)
    assert (row.value, row.se) == (near(kappa), near(math.sqrt(variance)))
    assert (row.n_units, row.n_clusters) == (80, 80)


def test_bca_with_an_acceleration_beyond_its_range_has_no_limits() -> None:
    """One of fifty units pulls so hard that 1 - a z falls below 0 at the upper limit."""
    left_out = np.zeros(50)
    left_out[0] = -1.0
    away = left_out.mean() - left_out
    acceleration = (away**3).sum() / (6 * (away**2).sum() ** 1.5)
    drawn = np.concatenate([np.full(999, 0.2), [0.9]])
    found = bca(
        Replicates(
            value=0.5,
            observed=0.5,
            expected=0.0,
            left_out=left_out,
            multiplicity=np.ones(50, np.int64),
            drawn=drawn,
        ),
        1 - 1e-12,
    )
    from statistics import NormalDist

    z = NormalDist().inv_cdf(0.999) + NormalDist().inv_cdf(1 - 5e-13)
    assert 1 - acceleration * z <= 0
    assert (found.method, found.low, found.high) == ("bca", None, None)
    assert found.se == pytest.approx(float(np.std(drawn, ddof=1)))


def test_bca_of_units_that_pull_alike_is_not_accelerated() -> None:
    """Left out one by one all give the same value, so only the bias moves the limits: here it is none."""
    drawn = np.linspace(0, 1, 1001)
    found = bca(
        Replicates(
            value=0.5,
            observed=0.5,
            expected=0.0,
            left_out=np.full(4, 0.5),
            multiplicity=np.ones(4, np.int64),
            drawn=drawn,
        ),
        0.9,
    )
    assert found.low == pytest.approx(0.05)
    assert found.high == pytest.approx(0.95)


# Scales and weights


def test_scales_that_categories_do_not_allow() -> None:
    words = [list("abc"), list("abb")]
    for metric, said in (("interval", "needs numbers"), ("ratio", "needs numbers"), ("ordinal", "ordered")):
        with pytest.raises(StudyError, match=said):
            row_of(words, "krippendorff_alpha", metric=metric)
    below = [["-1", "2", "3"], ["-1", "2", "2"]]
    with pytest.raises(StudyError, match="ratio metric needs numbers of at least 0"):
        row_of(below, "krippendorff_alpha", metric="ratio")
    with pytest.raises(StudyError, match="Ratio weights need numbers of at least 0"):
        row_of(below, "weighted_kappa", weights="ratio")
    for name in ("linear", "ratio"):
        with pytest.raises(StudyError, match="words such as 'a'"):
            row_of(words, "weighted_kappa", weights=name)
    zero = [["0", "2", "3"], ["0", "2", "2"]]
    assert row_of(zero, "krippendorff_alpha", metric="ratio").value is not None
    assert row_of(zero, "weighted_kappa", weights="ratio").value is not None


def test_labels_in_their_order_are_ranks() -> None:
    order = ["low", "mid", "high"]
    named = table([["low", "mid", "high", "low"], ["mid", "mid", "high", "low"]], categories=order)
    ranked = table([["0", "1", "2", "0"], ["1", "1", "2", "0"]])
    for name, options in (
        ("weighted_kappa", {"weights": "linear"}),
        ("krippendorff_alpha", {"metric": "ordinal"}),
        ("krippendorff_alpha", {"weights": "quadratic"}),
    ):
        assert row_of(named, name, **options).value == row_of(ranked, name, **options).value
    with pytest.raises(StudyError, match="needs numbers"):
        row_of(named, "weighted_kappa", weights="ratio")


def test_too_many_values_for_a_matrix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weights, "LARGEST_MATRIX", 3)
    from omnistudy.agreement.coefficients import metrics, registry

    monkeypatch.setattr(metrics, "LARGEST_MATRIX", 3)
    monkeypatch.setattr(registry, "LARGEST_MATRIX", 3)
    four, three = [list("1234"), list("1243")], [list("1233"), list("1223")]
    assert row_of(three, "weighted_kappa", weights="linear").value is not None
    assert row_of(three, "krippendorff_alpha", metric="ratio").value is not None
    with pytest.raises(StudyError, match="There are 4 categories, too many for a weight matrix"):
        row_of(four, "weighted_kappa", weights="linear")
    with pytest.raises(StudyError, match="There are 4 different values, too many for the ratio metric"):
        row_of(four, "krippendorff_alpha", metric="ratio")
    sets = of_table(
        table([["a|b", "a", "b", "|"], ["a", "a", "b", "|"]]), AgreementOptions(resamples=0, by=("overall",))
    )
    assert str(sets.rows[0].reason) == (
        "there are 4 different sets of codes, too many to compare each with each; choose a coarser level, or read the"
        " mean of codes"
    )
    few = of_table(
        table([["a|b", "a", "|"], ["a", "a", "|"]]), AgreementOptions(resamples=0, by=("overall",))
    )
    assert few.rows[0].value is not None


def test_weights_that_call_everything_agreement_leave_nothing_to_measure() -> None:
    """The ratings vary, but every pair of categories counts as agreement, so chance agrees in full."""
    alike = weights.WeightMatrix(("a", "b"), np.ones((2, 2)))
    data = [list("aab"), list("aba")]
    for name in ("weighted_kappa", "scott_pi", "light_kappa", "conger_kappa"):
        row = row_of(data, name, weight_matrix=alike)
        assert (row.value, str(row.reason)) == (
            None,
            "chance alone would give full agreement, so nothing is left to measure",
        ), name
    # AC2 takes chance from the number of categories: 4/2 · 2 · (4/6)(2/6) = 8/9
    row = row_of(data, "gwet_ac2", weight_matrix=alike)
    assert (row.value, row.expected) == (near(1), near(8 / 9))


def test_one_category_with_weights_shows_no_variation() -> None:
    row = row_of([list("11"), list("11")], "krippendorff_alpha", weights="linear")
    assert (row.value, str(row.reason), row.weights) == (None, "no variation: every rating is '1'", "linear")


# Studies


def test_an_interview_without_words_of_participants_has_no_units() -> None:
    silent = "Interviewer: nobody came.\n"
    rows = [coding("P1", ONE, ONE + 3, coder, "a") for coder in "xy"]
    given = study({"P1": TEXT, "P0": silent}, rows)
    for unit, units in (("character", 24), ("turn", 1), ("sentence", 2)):
        row = of_study(given, AgreementOptions(resamples=0, unit=unit, by=("overall",))).rows[0]  # type: ignore[arg-type]
        assert row.n_units == units


def test_free_quotations_are_units_where_they_do_not_overlap() -> None:
    """Two passages of P1 and one of P2 were coded by anyone; a question that was coded is no unit."""
    rows = [coding("P1", ONE, ONE + 3, "x", "a"), coding("P1", FOUR, FOUR + 4, "y", "a")]
    rows += [coding("P1", FOUR, FOUR + 4, "x", "a"), coding("P2", ONE, ONE + 7, "y", "b")]
    rows += [coding("P1", TEXT.index("why"), TEXT.index("why") + 3, "x", "a")]
    options = AgreementOptions(
        resamples=0, unit="quotation", by=("code",), coefficients=("percent_agreement",)
    )
    found = of_study(study({"P1": TEXT, "P2": TEXT}, rows), options)
    assert [(row.code, row.value, row.n_units) for row in found.rows] == [("a", 2 / 3, 3), ("b", 2 / 3, 3)]
    touching = [coding("P1", ONE, FOUR, "x", "a"), coding("P1", FOUR, FOUR + 4, "y", "a")]
    assert of_study(study({"P1": TEXT}, touching), options).rows[0].n_units == 2
    crossing = [coding("P1", ONE, FOUR + 1, "x", "a"), coding("P1", FOUR, FOUR + 4, "y", "a")]
    with pytest.raises(StudyError) as caught:
        of_study(study({"P1": TEXT}, crossing), options)
    assert caught.value.problems[0].what == (
        f"Quotations overlap in interview 'P1' ({ONE}-{FOUR + 1} and from {FOUR}), so they are no units that coders"
        " share."
    )


def test_a_unit_too_small_for_the_overlap_has_no_row_beside() -> None:
    rows = [coding("P1", ONE, ONE + 7, coder, "a") for coder in "xy"]
    options = AgreementOptions(
        resamples=0, ci="none", unit="turn", min_overlap=6, units=("token", "turn"), by=("overall",)
    )
    assert {row.unit for row in of_study(study({"P1": TEXT}, rows), options).beside.units} == {"turn"}


def test_rounds_in_which_a_coder_gave_no_code_leave_an_empty_table() -> None:
    given = study(
        {"P1": TEXT},
        [],
        codes=[coding_book("a")],
        coders=[Coder("x")],
        rounds=("r1", "r2"),
        seen=[("P1", "x", "r1"), ("P1", "x", "r2")],
    )
    result = of_study(given, AgreementOptions(resamples=0, unit="turn", retest=True))
    tables = {block.name: block for block in result.blocks() if isinstance(block, Table)}
    assert layout(tables["agreement-retest"]) == ["coder | Coder and rounds | text"]
    assert rows_of(tables["agreement-retest"]) == []
    assert [row[-1] for row in rows_of(tables["agreement-percent"])] == [
        "undefined: neither pass gave a code",
        "undefined: neither pass gave a code",
    ]


def coding_book(name: str) -> Any:
    from agreement_builder import code

    return code(name)


def test_who_cannot_be_compared_is_named() -> None:
    ratings = table(random_table(1, 3, 20, 2, 0.0))
    options = AgreementOptions(resamples=10)
    with pytest.raises(StudyError) as caught:
        difference_of_groups(ratings, ("c0", "c1"), ("c1", "cx"), options)
    assert [(p.what, p.remedy) for p in caught.value.problems] == [
        ("No coder is called 'cx'.", "Coders: c0, c1, c2.")
    ]
    rows = [
        coding("P1", ONE, ONE + 3, coder, "a", round_=r)
        for coder, r in (("x", "r1"), ("x", "r2"), ("y", "r1"))
    ]
    given = study({"P1": TEXT}, rows, seen=[("P1", "x", "r1"), ("P1", "x", "r2"), ("P1", "y", "r1")])
    with pytest.raises(StudyError, match="'y' coded no interview in both 'r1' and 'r2'"):
        retest_ratings(given, "y", "r1", "r2", options)
    with pytest.raises(StudyError, match="no unit in common"):
        difference_of_rounds(given, "r1", "r2", options)


def test_disagreements_of_passages_take_the_distance_of_sets() -> None:
    """Where x has both codes and y one of them MASI is 2/3, where only x has one it is 1: 5 and 5 characters."""
    spans = passages([(0, 0, 0, 0, 10), (0, 0, 1, 0, 5), (0, 1, 0, 0, 5)], lengths=(20,))
    for metric, share in ((None, 2 / 3), ("masi", 2 / 3), ("ordinal", 2 / 3), ("jaccard", 1 / 2)):
        options = AgreementOptions(resamples=0, coefficients=("u_alpha",), metric=metric, disagreements=True)
        found = agreement_of_spans(spans, options, PROVENANCE).disagreements
        assert [(item.unit, item.start, item.end) for item in found] == [("A:5", 5, 10), ("A:0", 0, 5)]
        assert [item.weight for item in found] == [near(1 / (1 + share)), near(share / (1 + share))]
    same = passages([(0, 0, 0, 0, 10), (0, 1, 0, 0, 10)])
    assert (
        agreement_of_spans(same, AgreementOptions(resamples=0, disagreements=True), PROVENANCE).disagreements
        == ()
    )


def test_rows_of_a_table_count_in_disagreements_as_often_as_they_stand_for() -> None:
    ratings = ratings_of_contingency([[20, 5], [10, 15]], ["a", "b"])
    found = of_table(ratings, AgreementOptions(resamples=0, disagreements=True)).disagreements
    assert [(item.codes, item.weight) for item in found] == [
        ((("rows", ("b",)), ("columns", ("a",))), near(10 / 15)),
        ((("rows", ("a",)), ("columns", ("b",))), near(5 / 15)),
    ]


def test_a_difference_of_many_units_that_are_all_alike_or_all_unlike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Collapsed to patterns or not, the same units are drawn on both sides."""
    ratings = table(random_table(1, 4, 60, 4, 0.1))
    assert isinstance(ratings, Ratings)
    options = AgreementOptions(resamples=200)
    usual = difference_of_groups(ratings, ("c0", "c1"), ("c2", "c3"), options)
    monkeypatch.setattr(counts, "_DENSE_KEYS", 0)
    monkeypatch.setattr(counts, "_SAMPLE", 2)
    again = difference_of_groups(ratings, ("c0", "c1"), ("c2", "c3"), options)
    assert (again.first, again.second) == (near(usual.first or 0), near(usual.second or 0))
    assert (again.low, again.high, again.share_above) == (
        near(usual.low or 0),
        near(usual.high or 0),
        usual.share_above,
    )
