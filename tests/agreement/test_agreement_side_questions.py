"""Segments, rounds, test–retest, audit of printed kappas, planning, and what other programs print."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from agreement_builder import PROVENANCE, coding, of_table, pick, random_table, study, table, value_of

from omnistudy.agreement.audit import audit_kappa, spss_row
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.passages.segments import segment_match
from omnistudy.agreement.passages.spans import SpanRatings, span_ratings
from omnistudy.agreement.planning import (
    AgreementPlan,
    ThemePlan,
    chance_of_seeing,
    interviews_for,
    units_for_width,
)
from omnistudy.agreement.programs.vendors import vendor_values
from omnistudy.agreement.ratings.rating_table import Ratings
from omnistudy.agreement.rounds.comparison import (
    difference_of_groups,
    difference_of_rounds,
    retest_ratings,
    rounds_of,
)
from omnistudy.errors import StudyError
from omnistudy.study.model import Study

AUDITED = [
    ((20, 5, 10, 15), {"percent_agreement": 0.7, "cohen_kappa": 0.4, "four_margin_product": 0.6809, "scott_pi": 0.3939,
                       "krippendorff_alpha": 0.4, "pabak": 0.4, "gwet_ac1": 0.4059, "holsti": 0.7273}),
    ((52, 7, 9, 24), {"percent_agreement": 0.8261, "cohen_kappa": 0.6169, "four_margin_product": 0.8167,
                      "scott_pi": 0.6167, "krippendorff_alpha": 0.6188, "pabak": 0.6522, "gwet_ac1": 0.6817,
                      "holsti": 0.8667}),
    ((30, 6, 4, 0), {"percent_agreement": 0.75, "cohen_kappa": -0.1364, "four_margin_product": 0.7471,
                     "scott_pi": -0.1429, "krippendorff_alpha": -0.1286, "pabak": 0.5, "gwet_ac1": 0.68,
                     "holsti": 0.8571}),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "expected"), AUDITED)
def test_every_formula_of_the_audit(cells: tuple[int, int, int, int], expected: dict[str, float]) -> None:
    found = {item.formula: item.value for item in audit_kappa(*cells, PROVENANCE).candidates}
    for formula, value in expected.items():
        assert found[formula] == pytest.approx(value, abs=5e-5)
        assert found["positive_agreement"] == found["holsti"]


def test_the_audit_agrees_with_the_engine() -> None:
    data = [["y"] * 25 + ["n"] * 25, ["y"] * 20 + ["n"] * 5 + ["y"] * 10 + ["n"] * 15]
    for item in audit_kappa(20, 5, 10, 15, PROVENANCE).candidates:
        if item.formula in {"four_margin_product", "qualcoder", "jaccard", "holsti"}:
            continue
        assert item.value == pytest.approx(value_of(data, item.formula), abs=1e-14)


def test_a_printed_value_may_fit_several_formulas() -> None:
    result = audit_kappa(20, 5, 10, 15, PROVENANCE, ".40")
    assert {item.formula for item in result.candidates if item.matches} == {
        "cohen_kappa",
        "krippendorff_alpha",
        "pabak",
    }
    wrong = audit_kappa(52, 7, 9, 24, PROVENANCE, "0.82")
    assert [item.formula for item in wrong.candidates if item.matches] == ["four_margin_product"]
    assert "four_margin_product" in str(wrong.summary)
    assert "No known formula" in str(audit_kappa(20, 5, 10, 15, PROVENANCE, ".99").summary)


@pytest.mark.parametrize("d", [0, None])
def test_kappa_is_refused_without_the_fourth_cell(d: int | None) -> None:
    result = audit_kappa(30, 6, 4, d, PROVENANCE)
    payload = result.payload()
    assert payload["cohen_kappa"] == {"value": None, "reason": str(result.reason)}
    assert payload["holsti"] == pytest.approx(60 / 70)
    assert payload["spss"] is None
    assert result.blocks()


def test_impossible_audits() -> None:
    with pytest.raises(StudyError):
        audit_kappa(0, 0, 0, None, PROVENANCE)
    with pytest.raises(StudyError):
        audit_kappa(1, 2, 3, 4, PROVENANCE, "high")


def test_the_row_of_spss() -> None:
    from statsmodels.stats.inter_rater import cohens_kappa

    found = spss_row((20, 5, 10, 15))
    theirs = cohens_kappa(np.array([[20, 5], [10, 15]]))
    assert found["Value"] == pytest.approx(theirs.kappa)
    assert found["Asymptotic Standard Error"] == pytest.approx(theirs.std_kappa)
    assert found["Approximate T"] == pytest.approx(theirs.z_value)
    assert found["Approximate Significance"] == pytest.approx(theirs.pvalue_two_sided)


@pytest.mark.parametrize(
    ("prevalence", "powers"),
    [
        (0.05, (0.51, 0.15, 0.03)),
        (0.10, (0.77, 0.42, 0.16)),
        (0.20, (0.96, 0.80, 0.55)),
        (0.30, (0.99, 0.95, 0.84)),
    ],
)
def test_detection_power_of_fourteen_interviews(prevalence: float, powers: Sequence[float]) -> None:
    for times, power in enumerate(powers, 1):
        assert chance_of_seeing(prevalence, 14, times) == pytest.approx(power, abs=0.0051)


@pytest.mark.parametrize(("prevalence", "needed"), [(0.10, 29), (0.15, 19), (0.20, 14), (0.30, 9)])
def test_interviews_to_see_a_theme_twice(prevalence: float, needed: int) -> None:
    assert interviews_for(prevalence, 0.80, 2) == needed


def test_plans_are_results() -> None:
    plan = AgreementPlan(provenance=PROVENANCE)
    assert plan.for_width == units_for_width(0.80, 0.30, 0.10)
    assert "Double-code" in str(plan.summary)
    themes = ThemePlan(provenance=PROVENANCE)
    assert themes.payload()["interviews"] == [
        {"times": 1, "interviews": 8},
        {"times": 2, "interviews": 14},
        {"times": 3, "interviews": 21},
    ]
    for result in (plan, themes):
        assert result.blocks()
        assert result.tables()[0].rows
    with pytest.raises(StudyError, match="prevalence"):
        ThemePlan(provenance=PROVENANCE, prevalence=1.5)
    with pytest.raises(StudyError, match="does not exceed"):
        AgreementPlan(provenance=PROVENANCE, kappa=0.5)


def test_the_planned_width_is_what_simulation_gives() -> None:
    kappa, prevalence = 0.7, 0.3
    n = units_for_width(kappa, prevalence, 0.10)
    generator = np.random.default_rng(5)
    values = []
    for _ in range(300):
        truth = generator.random(n) < prevalence
        copied = generator.random(n) < kappa
        other = np.where(copied, truth, generator.random(n) < prevalence)
        values.append(
            value_of([["y" if x else "n" for x in truth], ["y" if x else "n" for x in other]], "cohen_kappa")
        )
    assert 1.96 * float(np.std(np.array(values, float))) == pytest.approx(0.10, abs=0.012)


def two_coders(rows: list[tuple[int, int, int, int, int]], length: int = 100) -> SpanRatings:
    return span_ratings(
        coders=("x", "y"),
        codes=("a", "b"),
        interviews=("t",),
        lengths=np.array([length]),
        seen=np.ones((1, 2), np.bool_),
        rows=np.array(rows),
    )


@pytest.mark.parametrize(("threshold", "agreements"), [(0.9, 0), (0.8, 2), (0.5, 2), (0.0, 2)])
def test_segments_match_at_a_threshold(threshold: float, agreements: int) -> None:
    spans = two_coders([(0, 0, 0, 0, 10), (0, 1, 0, 0, 8), (0, 0, 1, 20, 30), (0, 1, 0, 20, 30)])
    found = segment_match(spans, 0, 1, threshold)
    assert found.agreements == agreements
    assert found.agreements + found.disagreements == 4
    assert found.brennan_prediger == pytest.approx(2 * agreements / 4 - 1)


def test_what_other_programs_print() -> None:
    found = {(v.program, v.measure): v.value for v in vendor_values(50, 75, 75, 800, 10)}
    assert found["NVivo", "percent_agreement"] == pytest.approx(85)
    assert found["NVivo", "kappa"] == pytest.approx(0.3142857, abs=1e-7)
    assert found["QualCoder", "kappa"] == pytest.approx(0.2064, abs=5e-5)
    assert found["ATLAS.ti", "holsti"] == pytest.approx(0.40)
    empty = {(v.program, v.measure): v.value for v in vendor_values(0, 0, 0, 100, 10)}
    assert empty["NVivo", "kappa"] == 1.0
    assert empty["QualCoder", "kappa"] is None


TEXT = "one two. three four. five six. seven eight.\n"
WORDS = ("one", "three", "five", "seven")


def rounds_study() -> Study:
    rows = []
    for interview in ("P1", "P2", "P3"):
        for i, word in enumerate(WORDS):
            start = TEXT.index(word)
            rows += [
                coding(interview, start, start + 3, "x", "ab"[i % 2], round_=name) for name in ("r1", "r2")
            ]
            wrong = i == 0 or interview == "P2"
            rows.append(
                coding(interview, start, start + 3, "y", "ba"[i % 2] if wrong else "ab"[i % 2], round_="r1")
            )
            rows.append(coding(interview, start, start + 3, "y", "ab"[i % 2], round_="r2"))
    return study(dict.fromkeys(("P1", "P2", "P3"), TEXT), rows)


def test_rounds_are_compared_on_the_same_units() -> None:
    given = rounds_study()
    options = AgreementOptions(unit="sentence", resamples=500)
    found = difference_of_rounds(given, "r1", "r2", options)
    assert found.second == pytest.approx(1)
    assert found.value is not None
    assert found.value > 0.5
    assert (found.cluster, found.n_clusters) == ("interview", 3)
    assert found.share_above == 1
    assert found.low is not None
    assert found.low > 0
    assert rounds_of(given) == ("r1", "r2")
    same = difference_of_rounds(given, "r2", "r2", options)
    assert same.value == 0
    assert (same.low, same.high) == (0, 0)


def test_a_coder_against_their_own_second_round() -> None:
    given = rounds_study()
    options = AgreementOptions(unit="sentence", resamples=0)
    retest = retest_ratings(given, "y", "r1", "r2", options)
    assert retest.coders == ("r1", "r2")
    result = of_table(retest, AgreementOptions(resamples=0))
    value = pick(result, scope="overall", coefficient="krippendorff_alpha", aggregate="direct").value
    assert value is not None
    assert value < 1
    same = of_table(retest_ratings(given, "x", "r1", "r2", options), AgreementOptions(resamples=0))
    assert pick(
        same, scope="overall", coefficient="krippendorff_alpha", aggregate="direct"
    ).value == pytest.approx(1)
    with pytest.raises(StudyError, match="no interview in both"):
        retest_ratings(given, "z", "r1", "r2", options)


def test_groups_of_coders_are_compared_on_the_same_units() -> None:
    data: list[list[str | None]] = [*random_table(1, 2, 200, 3, 0.0), ["0", "1"] * 100, ["0", "1"] * 100]
    ratings = table(data)
    assert isinstance(ratings, Ratings)
    options = AgreementOptions(resamples=300)
    found = difference_of_groups(ratings, ("c0", "c1"), ("c2", "c3"), options)
    assert found.second == pytest.approx(1)
    assert found.first == pytest.approx(value_of(data[:2], "krippendorff_alpha"))
    assert found.low is not None
    assert found.high is not None
    assert found.value is not None
    assert found.low < found.value < found.high
    with pytest.raises(StudyError, match="'c9'"):
        difference_of_groups(ratings, ("c0", "c9"), ("c2", "c3"), options)
