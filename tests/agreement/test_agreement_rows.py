"""The fields of a row by hand: shares, flags, what was sampled, and why a limit is missing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from agreement_builder import coding, of_study, of_table, pick, random_table, row_of, study, table

from omnistudy.agreement.coefficients.registry import COEFFICIENTS
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.scopes.rows import NO_INTERVAL, NO_RESAMPLES, ONE_CLUSTER
from omnistudy.results import Undefined

TEXT = "Participant: one two three. four five six. seven eight nine.\n"
FREE_OF_MARGINS = ["gwet_ac1", "gwet_ac2", "brennan_prediger", "randolph_kappa", "pabak"]


def yes_no(first: str, second: str) -> list[list[str]]:
    return [list(first), list(second)]


def test_shares_of_a_code_by_hand() -> None:
    """Of 16 ratings 6 are y; the first coder says y in 4 of 8 units, the second in 2."""
    for name in ("cohen_kappa", "percent_agreement", "krippendorff_alpha"):
        row = row_of(yes_no("yyyynnnn", "yynnnnnn"), name)
        assert row.prevalence == pytest.approx(6 / 16)
        assert row.prevalence_index == pytest.approx(2 * 6 / 16 - 1)
        assert row.bias_index == pytest.approx((4 - 2) / 8)
        assert (row.n_units, row.n_pairable, row.n_coders, row.missing_share) == (8, 8, 2, 0)
    three = row_of([list("yyn"), list("ynn"), list("ynn")], "krippendorff_alpha")
    assert three.bias_index is None
    assert three.prevalence == pytest.approx(4 / 9)
    assert row_of([list("abc"), list("abb")], "krippendorff_alpha").prevalence is None


def test_single_ratings_count_in_no_share_of_the_code() -> None:
    data: Sequence[Sequence[object]] = [["y", "y", "n", None, "y"], ["y", "n", "n", "y", None]]
    row = row_of(data, "cohen_kappa")
    assert row.prevalence == pytest.approx(3 / 6)
    assert row.bias_index == pytest.approx(1 / 3)
    assert (row.n_units, row.n_pairable) == (5, 3)
    assert row.missing_share == pytest.approx(2 / 10)


def test_a_code_that_nobody_used_has_no_bias() -> None:
    rows = of_table(
        table([list("aabb"), list("abbb")], categories=["a", "b", "c"]),
        AgreementOptions(resamples=0, by=("code",)),
    )
    unused = pick(rows, code="c", coefficient="percent_agreement")
    assert (unused.value, unused.prevalence, unused.bias_index) == (1, 0, 0)
    used = pick(rows, code="a", coefficient="percent_agreement")
    assert used.bias_index == pytest.approx(1 / 4)


def test_the_paradox_is_flagged_where_margins_matter_only() -> None:
    """94 % agreement and kappa near 0: both say n nearly always and never y together."""
    data = yes_no("y" * 3 + "n" * 97, "n" * 97 + "y" * 3)
    for name in ("cohen_kappa", "krippendorff_alpha", "scott_pi"):
        assert "paradox" in row_of(data, name).flag
    for name in (*FREE_OF_MARGINS, "percent_agreement", "kappa_max"):
        assert "paradox" not in row_of(data, name).flag
    scale = [list("1" * 94 + "123451"), list("1" * 94 + "543211")]
    assert "paradox" not in row_of(scale, "gwet_ac2", weights="quadratic").flag


def test_flags_of_small_samples_and_of_no_variation() -> None:
    for units, small in ((39, True), (40, False)):
        row = row_of(
            [["a", "b"] * 20][:1] * 2 if units == 40 else [(["a", "b"] * 20)[:39]] * 2, "cohen_kappa"
        )
        assert row.n_pairable == units
        assert ("small_n" in row.flag) == small
    assert "no_variation" in row_of([["a"] * 50, ["a"] * 50], "percent_agreement").flag
    assert "no_variation" not in row_of([["a", "b"] * 25, ["a", "b"] * 25], "percent_agreement").flag
    unshared: Sequence[Sequence[object]] = [["a", None], [None, "b"]]
    assert "no_variation" not in row_of(unshared, "krippendorff_alpha").flag


def interviews(count: int) -> dict[str, str]:
    return {f"P{i}": TEXT for i in range(count)}


@pytest.mark.parametrize(
    ("count", "raised"), [(4, {"small_n", "few_clusters"}), (5, {"small_n"}), (10, set())]
)
def test_flags_of_few_interviews(count: int, raised: set[str]) -> None:
    rows = [coding(name, 13, 26, coder, "a") for name in interviews(count) for coder in "xy"]
    rows.append(coding("P0", 28, 42, "x", "a"))
    result = of_study(study(interviews(count), rows), AgreementOptions(resamples=0, unit="sentence"))
    row = pick(result, scope="code", code="a", coefficient="krippendorff_alpha")
    assert (row.cluster, row.n_clusters) == ("interview", count)
    assert set(row.flag) & {"small_n", "few_clusters"} == raised
    by_unit = of_study(
        study(interviews(count), rows),
        AgreementOptions(resamples=0, unit="sentence", cluster="unit"),
    )
    row = pick(by_unit, scope="code", code="a", coefficient="krippendorff_alpha")
    assert (row.cluster, row.n_clusters) == ("unit", 3 * count)


@pytest.mark.parametrize("ci", ["analytic", "kalpha"])
def test_formulas_without_clusters_say_that_units_were_sampled(ci: str) -> None:
    rows = [coding(name, 13, 26, coder, "a") for name in interviews(6) for coder in "xy"]
    rows.append(coding("P0", 28, 42, "x", "a"))
    options = AgreementOptions(resamples=50, unit="sentence", ci=ci)
    row = pick(
        of_study(study(interviews(6), rows), options),
        scope="code",
        code="a",
        coefficient="krippendorff_alpha",
    )
    assert (row.ci_method, row.cluster, row.n_clusters) == (ci, "unit", 18)
    assert row.se is not None
    if ci == "kalpha":
        other = pick(
            of_study(study(interviews(6), rows), options), scope="code", code="a", coefficient="gwet_ac1"
        )
        assert (other.ci_method, other.se) == ("kalpha", None)


def test_one_interview_is_no_sample_of_interviews() -> None:
    rows = [coding("P0", 13, 26, coder, "a") for coder in "xy"] + [coding("P0", 28, 42, "x", "a")]
    given = study(interviews(1), rows)
    row = pick(
        of_study(given, AgreementOptions(resamples=0, unit="sentence")),
        scope="code",
        code="a",
        coefficient="krippendorff_alpha",
    )
    assert (row.cluster, row.n_clusters) == ("unit", 3)
    characters = pick(
        of_study(given, AgreementOptions(resamples=0, unit="character")),
        scope="code",
        code="a",
        coefficient="krippendorff_alpha",
    )
    assert (characters.cluster, characters.n_clusters) == ("interview", 1)
    assert characters.ci_reason == ONE_CLUSTER


def test_why_a_limit_is_missing() -> None:
    data = random_table(2, 2, 60, 2, 0.0)
    complete = row_of(data, "cohen_kappa", resamples=50)
    assert complete.ci_reason is None
    assert complete.resamples == 50
    assert row_of(data, "cohen_kappa", resamples=0).ci_reason == NO_RESAMPLES
    assert row_of(data, "cohen_kappa", resamples=0).resamples is None
    assert row_of(data, "cohen_kappa", resamples=50, ci="none").ci_reason == NO_INTERVAL
    constant = row_of([["a"] * 9, ["a"] * 9], "cohen_kappa")
    assert constant.ci_reason == constant.reason
    single = row_of([list("aab"), list("aac")], "cohen_kappa", resamples=0)
    assert single.value is not None
    # without the last unit both coders said a only, so kappa does not exist there
    assert single.se is None
    assert "does not exist without one of the units" in str(single.ci_reason)
    assert str(single.as_json()["ci_reason"]) == str(single.ci_reason)


def test_the_tidy_table_gives_the_reason_in_place_of_a_value() -> None:
    result = of_table(
        [["a"] * 9, ["a"] * 9], AgreementOptions(resamples=0, coefficients=("cohen_kappa", "holsti"))
    )
    table_of_rows = result.tables()[0]
    keys = [column.key for column in table_of_rows.columns]
    for shown, row in zip(table_of_rows.rows, result.rows, strict=True):
        cells = dict(zip(keys, shown, strict=True))
        if row.value is None:
            assert cells["value"] == Undefined(row.reason)  # type: ignore[arg-type]
        else:
            assert cells["value"] == row.value
        assert cells["coders"] == "c0, c1"
        assert cells["observed"] == row.observed


def test_the_sentence_is_about_alpha_where_there_is_one() -> None:
    data = random_table(2, 2, 60, 2, 0.0)
    both = of_table(data, AgreementOptions(resamples=0, coefficients=("holsti", "krippendorff_alpha")))
    assert both.headline is not None
    assert both.headline.coefficient == "krippendorff_alpha"
    assert both.headline.scope == "overall"
    assert f"(interval {both.headline.ci_low:.3f} to {both.headline.ci_high:.3f})" in str(both.summary)
    plain = of_table(data, AgreementOptions(resamples=0, ci="none", coefficients=("holsti",)))
    assert plain.headline is not None
    assert plain.headline.coefficient == "holsti"
    assert f"is {plain.headline.value:.3f} for 2 coders on 60 units" in str(plain.summary)
    constant = of_table([["a"] * 9, ["a"] * 9], AgreementOptions(resamples=0, coefficients=("cohen_kappa",)))
    assert "is undefined: no variation" in str(constant.summary)
    coded = of_table(data, AgreementOptions(resamples=0, by=("code",)))
    assert coded.headline is not None
    assert coded.headline.coefficient == "krippendorff_alpha"


def test_resamples_are_exact_where_an_interval_rests_on_them() -> None:
    """Twelve thousand distinct units: resamples beside another interval come from the normal limit."""
    generator = random_table(1, 6, 9000, 9, 0.0)
    beside = row_of(generator, "krippendorff_alpha", ci="bca", resamples=300)
    assert beside.ci_method == "bca"


def test_aliases_and_cases_name_no_coefficient_twice() -> None:
    names = [name for row in COEFFICIENTS.values() for name in (row.name, *row.aliases)]
    assert len(set(names)) == len(names)
    assert all(name.strip() for name in names)
    assert all(case.strip() for row in COEFFICIENTS.values() for case in row.cases)


def test_observed_agreement_on_ranks_is_relative_to_the_largest_gap_of_mid_ranks() -> None:
    """Mid-ranks of 1, 2, 3 (used 4, 3 and 1 times) are 2, 5.5 and 7.5; one unit differs by 2 of 5.5."""
    row = row_of([list("1221"), list("1231")], "krippendorff_alpha", metric="ordinal")
    assert row.observed == pytest.approx(1 - (2 * 2**2 / 8) / 5.5**2)


def test_the_interval_of_kalpha_counts_ratings_less_one() -> None:
    """With 40 ratings De by N (N - 1) and by N² differ by a fortieth, which the error shows."""
    data = [list("ab" * 10), list("ab" * 7 + "bababa")]
    row = row_of(data, "krippendorff_alpha", ci="kalpha", resamples=40_000)
    assert row.se is not None
    assert row.expected is not None
    assert 1 - row.expected == pytest.approx(2 * 20 * 20 / (40 * 39))
    assert row.se == pytest.approx((0.3 * 0.7 / 20) ** 0.5 / (1 - row.expected), rel=0.012)


def test_two_sampling_units_are_drawn_too() -> None:
    rows = [coding(name, 13, 26, coder, "a") for name in ("P0", "P1") for coder in "xy"]
    rows += [coding("P0", 28, 42, "x", "a"), coding("P1", 44, 55, "x", "a"), coding("P1", 28, 42, "x", "a")]
    row = pick(
        of_study(study(interviews(2), rows), AgreementOptions(resamples=60, unit="sentence")),
        scope="code",
        code="a",
        coefficient="krippendorff_alpha",
    )
    assert (row.cluster, row.n_clusters, row.resamples) == ("interview", 2, 60)


def test_the_normal_limit_serves_coefficients_of_different_size_and_few_resamples() -> None:
    """Many units and categories: shares below the lines beside the jackknife come from the normal limit."""
    data = random_table(6, 3, 60_000, 12, 0.0)
    names = ("krippendorff_alpha", "conger_kappa", "percent_agreement")
    found = of_table(data, AgreementOptions(resamples=1000, coefficients=names, by=("overall",))).rows
    for row in found:
        assert row.resamples == 1000
        assert row.value is not None
        assert row.p_below_667 == (1 if row.value < 0.6 else row.p_below_667)
    few = of_table(
        data, AgreementOptions(resamples=10, coefficients=("krippendorff_alpha",), by=("overall",))
    ).rows
    assert [row.resamples for row in few] == [10]


def test_weights_of_ones_own_are_called_custom() -> None:
    import numpy as np

    from omnistudy.agreement.ratings.weights import WeightMatrix

    own = WeightMatrix(("1", "2"), np.eye(2))
    data = [list("1212"), list("1222")]
    row = row_of(data, "weighted_kappa", weight_matrix=own)
    assert row.weights == "custom"
    assert row.value == pytest.approx(row_of(data, "cohen_kappa").value)
    assert row_of(data, "weighted_kappa", weights="linear").weights == "linear"


def test_listwise_kappa_is_that_of_the_complete_units_with_weights_too() -> None:
    data = random_table(9, 3, 80, 4, 0.2)
    complete = [list(unit) for unit in zip(*data, strict=True) if None not in unit]
    rest = [list(coder) for coder in zip(*complete, strict=True)]
    for weights in ("identity", "linear", "quadratic"):
        listwise = row_of(data, "fleiss_kappa_listwise", weights=weights)
        assert listwise.weights == weights
        assert listwise.value == pytest.approx(row_of(rest, "fleiss_kappa", weights=weights).value)


def test_two_words_have_no_scale_either() -> None:
    from omnistudy.errors import StudyError

    for metric in ("interval", "ratio", "ordinal"):
        with pytest.raises(StudyError):
            row_of([list("abab"), list("abbb")], "krippendorff_alpha", metric=metric)


def test_results_know_their_command_and_side_columns() -> None:
    result = of_table([list("abab"), list("abbb")], AgreementOptions(resamples=0))
    assert result.command == "agreement"
    from omnistudy.results import Table

    for block in result.blocks():
        if isinstance(block, Table) and any(column.key == "n_pairable" for column in block.columns):
            assert [c.secondary for c in block.columns if c.key == "n_pairable"] == [True]
