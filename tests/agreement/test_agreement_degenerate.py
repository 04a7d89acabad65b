"""Inputs without an ordinary answer: a reason or one clear error, never NaN, never a stand-in."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from agreement_builder import PROVENANCE, bare, of_table, pick, random_table, row_of, table, value_of

from omnistudy.agreement.analysis import agreement_of_spans, agreement_of_table
from omnistudy.agreement.coefficients.registry import COEFFICIENTS
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.passages.spans import span_ratings, spans_of_table
from omnistudy.agreement.ratings.rating_table import Ratings, SetRatings
from omnistudy.agreement.ratings.weights import WeightMatrix
from omnistudy.agreement.sources.from_table import ratings_of_counts, ratings_of_table
from omnistudy.errors import StudyError

EVERYTHING = tuple(name for name, row in COEFFICIENTS.items() if not row.spans)
ODD: dict[str, list[list[Any]]] = {
    "constant": [["a"] * 5] * 3,
    "one unit": [["a"], ["b"]],
    "one unit, alike": [["a"], ["a"]],
    "no shared unit": [["a", "b", None, None], [None, None, "a", "b"]],
    "a blank coder": [["a", "b", "a"], [None, None, None]],
    "nothing rated": [[None, None], [None, None]],
    "labels nan and 0": [["nan", "0", "nan", "None"], ["nan", "0", "0", "None"]],
    "numbers as text": [["1", "2.0", "3", "1.0"], ["1.0", "2", "3.0", "2"]],
    "one deviating value": [["3"] * 12, ["3"] * 11 + ["1"]],
    "one coder each": [["a", None], [None, "b"]],
}


@pytest.mark.parametrize("ci", ["jackknife", "bca", "percentile", "analytic", "kalpha"])
@pytest.mark.parametrize("what", list(ODD))
def test_odd_tables_give_numbers_or_reasons(what: str, ci: str) -> None:
    options = AgreementOptions(coefficients=EVERYTHING, ci=ci, resamples=60, by=("overall", "code", "pair"))
    result = of_table(ODD[what], options)
    text = json.dumps(result.payload(), allow_nan=False)
    assert "NaN" not in text
    for row in result.rows:
        assert (row.value is None) != (row.reason is None)
        if row.value is not None:
            assert math.isfinite(row.value)
    assert str(result.summary)
    assert result.blocks()


def test_numbers_as_text_are_the_same_categories() -> None:
    ratings = table(ODD["numbers as text"])
    assert isinstance(ratings, Ratings)
    assert ratings.categories == ("1", "2", "3")
    assert value_of(ratings, "percent_agreement") == 0.75


def test_nan_and_zero_are_labels() -> None:
    ratings = table(ODD["labels nan and 0"])
    assert isinstance(ratings, Ratings)
    assert set(ratings.categories) == {"nan", "0", "None"}
    assert value_of(ratings, "percent_agreement") == 0.75


def test_one_deviating_value_is_zero_not_high() -> None:
    row = row_of(ODD["one deviating value"], "krippendorff_alpha")
    assert row.value == pytest.approx(0, abs=1e-12)
    assert row.observed == pytest.approx(11 / 12)
    assert "paradox" in row.flag
    assert row.ci_low is None  # it rests on one unit, which no jackknife can judge


def test_a_pair_without_a_shared_unit_has_a_reason() -> None:
    data: list[list[Any]] = [[1, 1, 2, None, None], [1, 2, 2, 1, 2], [None, None, None, 1, 2]]
    names = ("krippendorff_alpha", "conger_kappa", "gwet_ac1", "cohen_kappa", "light_kappa")
    result = of_table(data, AgreementOptions(coefficients=names, by=("overall", "pair"), resamples=0))
    assert pick(result, scope="overall", coefficient="krippendorff_alpha").value == pytest.approx(0.64)
    assert pick(result, scope="overall", coefficient="conger_kappa").value == pytest.approx(0.6087, abs=1e-4)
    assert pick(result, scope="overall", coefficient="gwet_ac1").value == pytest.approx(0.6)
    row = pick(result, scope="pair", coders=("c0", "c2"), coefficient="cohen_kappa")
    assert row.value is None
    assert "0 shared" in str(row.reason)
    assert row.n_pairable == 0


def test_one_coder_is_an_answer() -> None:
    result = of_table([["a", "b"]])
    assert result.rows == ()
    assert "cannot be computed" in str(result.summary)


def test_ten_thousand_categories() -> None:
    labels: list[Any] = [f"code {i}" for i in range(10_000)]
    shifted: list[Any] = [*labels[:9_000], *labels[9_001:], labels[9_000]]
    options = AgreementOptions(resamples=0, ci="jackknife")
    result = of_table([labels, shifted], options)
    assert pick(result, coefficient="percent_agreement").value == pytest.approx(0.9)
    assert pick(result, coefficient="cohen_kappa").value == pytest.approx(0.9, abs=1e-3)
    with pytest.raises(StudyError, match="too many"):
        of_table(table([[str(i) for i in range(10_000)]] * 2), AgreementOptions(weights="linear"))


def test_words_have_no_scale() -> None:
    data = [["low", "mid", "high"], ["low", "high", "high"]]
    for options in (
        {"metric": "interval"},
        {"metric": "ordinal"},
        {"weights": "linear"},
        {"metric": "ratio"},
    ):
        with pytest.raises(StudyError, match="words"):
            of_table(data, AgreementOptions(**options))  # type: ignore[arg-type]
    ordered = table(data, ("low", "mid", "high"))
    assert value_of(ordered, "krippendorff_alpha", metric="ordinal") is not None
    assert value_of(ordered, "weighted_kappa", weights="linear") == pytest.approx(2 / 3)


def test_unknown_labels_are_refused() -> None:
    with pytest.raises(StudyError, match="'maybe' is not one of the categories"):
        table([["yes", "no"], ["maybe", "no"]], ("yes", "no"))
    with pytest.raises(StudyError, match="3 categories and 2 were declared"):
        of_table([["a", "b"], ["c", "b"]], AgreementOptions(categories=2))


@pytest.mark.parametrize(
    ("labels", "values", "kind", "what"),
    [
        (("a", "b"), [[1, 0]], "agreement", "1 × 2"),
        (("a", "b"), [[1, 0], [0, 0.5]], "agreement", "1 on the diagonal"),
        (("a", "b"), [[0, -1], [1, 0]], "disagreement", "at least 0"),
        (("a", "c"), [[1, 0], [0, 1]], "agreement", "no row for: b"),
        (("a", "a"), [[1, 0], [0, 1]], "agreement", "twice"),
        (("a", "b"), [[1, float("nan")], [0, 1]], "agreement", "no number"),
    ],
)
def test_wrong_weights_are_one_clear_error(
    labels: tuple[str, ...], values: object, kind: str, what: str
) -> None:
    matrix = WeightMatrix(labels, np.array(values, float), kind)
    with pytest.raises(StudyError, match=what):
        of_table([["a", "b"], ["b", "b"]], AgreementOptions(weight_matrix=matrix))


def test_all_wrong_options_are_reported_at_once() -> None:
    with pytest.raises(StudyError) as caught:
        AgreementOptions(
            coefficients=("kohen_kappa",),
            metric="ordinl",
            weights="linear",
            ci="magic",
            by=("codes",),
            confidence=2,
        )
    words = str(caught.value)
    for part in ("cohen_kappa", "ordinal", "not both", "magic", "codes", "confidence"):
        assert part in words


def test_duplicate_rows_are_errors_with_their_place() -> None:
    columns = {"unit": ["u1", "u1", "u1"], "coder": ["x", "y", "x"], "value": ["a", "a", "b"]}
    with pytest.raises(StudyError) as caught:
        ratings_of_table(bare(columns))
    assert caught.value.problems[0].row == 4


def test_long_tables_with_interviews_are_clustered() -> None:
    columns: dict[str, list[str]] = {"interview": [], "unit": [], "coder": [], "value": []}
    for u in range(40):
        for coder in ("x", "y"):
            columns["interview"].append(f"P{u // 10}")
            columns["unit"].append(str(u % 10))  # numbered anew in every interview
            columns["coder"].append(coder)
            columns["value"].append("a" if (u + (coder == "x" and u % 7 == 0)) % 3 else "b")
    ratings = ratings_of_table(bare(columns)).ratings
    result = agreement_of_table(
        ratings, AgreementOptions(resamples=100, by=("overall", "interview")), PROVENANCE
    )
    row = pick(result, scope="overall", coefficient="krippendorff_alpha")
    assert (row.n_units, row.cluster, row.n_clusters) == (40, "interview", 4)
    by_unit = AgreementOptions(resamples=0, cluster="unit")
    assert (
        pick(agreement_of_table(ratings, by_unit, PROVENANCE), coefficient="krippendorff_alpha").n_clusters
        == 40
    )
    assert {r.interview for r in result.rows if r.scope == "interview"} == {"P0", "P1", "P2", "P3"}


def test_long_tables_with_rounds_take_the_last_independent_one() -> None:
    columns: dict[str, list[str]] = {"unit": [], "coder": [], "value": [], "round": []}
    for name, labels in (("r1", "ab"), ("r2", "aa"), ("consensus", "bb")):
        for coder, label in zip(("x", "y"), labels, strict=True):
            for unit in ("u1", "u2"):
                for key, cell in zip(columns, (unit, coder, label, name), strict=True):
                    columns[key].append(cell)
    agreement = {
        wanted: value_of(ratings_of_table(bare(columns), 2, wanted).ratings, "percent_agreement")
        for wanted in (None, "r1")
    }
    assert agreement == {None: 1.0, "r1": 0.0}
    with pytest.raises(StudyError, match="Did you mean 'r1'"):
        ratings_of_table(bare(columns), None, "r11")


def test_set_tables() -> None:
    ratings = table([["a|b", "a", "|", None], ["a", "a", "|", "b"]])
    assert isinstance(ratings, SetRatings)
    result = of_table(ratings, AgreementOptions(resamples=0, by=("overall", "code"), disagreements=True))
    assert pick(result, scope="overall", aggregate="direct").metric == "masi"
    assert pick(result, scope="code", code="b", coefficient="percent_agreement").value == pytest.approx(2 / 3)
    assert [item.unit for item in result.disagreements] == ["u0"]


def test_contingency_tables() -> None:
    counts = bare({"": ["a", "b"], "a": ["20", "5"], "b": ["10", "15"]})
    ratings = ratings_of_counts(counts)
    row = row_of(ratings, "cohen_kappa", ci="analytic")
    assert row.value == pytest.approx(0.4)
    assert row.n_units == 50


def test_spans_outside_their_text_are_refused() -> None:
    for start, end in ((5, 5), (7, 3), (0, 99)):
        with pytest.raises(StudyError):
            span_ratings(
                coders=("x", "y"),
                codes=("a",),
                interviews=("t",),
                lengths=np.array([10]),
                seen=np.ones((1, 2), np.bool_),
                rows=np.array([[0, 0, 0, start, end]]),
            )


def test_span_tables() -> None:
    columns = {
        "interview": ["t", "t", "t", "u"],
        "start": ["0", "2", "5", ""],
        "end": ["4", "6", "7", ""],
        "coder": ["x", "y", "y", "x"],
        "code": ["a", "a", "a", ""],
    }
    with pytest.raises(StudyError, match="lengths of the texts"):
        spans_of_table(bare(columns))
    spans = spans_of_table(bare(columns), 10)
    assert spans.merged == 1
    result = agreement_of_spans(spans, AgreementOptions(resamples=50), PROVENANCE)
    on_characters = pick(result, scope="code", code="a", coefficient="percent_agreement")
    assert on_characters.value == pytest.approx(0.5)
    assert on_characters.unit == "character"
    assert pick(result, scope="code", code="a", coefficient="holsti").value == pytest.approx(2 * 2 / 9)
    assert pick(result, scope="overall", coefficient="cu_alpha").value is None
    assert pick(result, scope="overall", coefficient="u_alpha").value is not None


def test_intervals_stay_within_the_range() -> None:
    for seed in range(10):
        for ci in ("jackknife", "analytic", "bca", "percentile"):
            row = row_of(random_table(seed, 2, 8, 2, 0), "krippendorff_alpha", ci=ci, resamples=200)
            if row.ci_low is not None and row.ci_high is not None:
                assert -1 <= row.ci_low <= row.ci_high <= 1


def test_more_sets_than_can_be_compared_have_a_reason() -> None:
    """Thirteen codes in every combination: the codes have values, alpha over sets says why it has none."""
    sets = ["|".join(["|", *(f"c{i}" for i in range(13) if n >> i & 1)]) for n in range(8192)]
    result = of_table([sets, [*sets[1:], sets[0]]], AgreementOptions(resamples=0, disagreements=True))
    direct = pick(result, scope="overall", aggregate="direct")
    assert direct.value is None
    assert "too many to compare" in str(direct.reason)
    assert pick(result, coefficient="krippendorff_alpha", aggregate="mean_of_codes").value is not None
    assert len(result.disagreements) == 8192
