"""Intervals against their definitions, and plans against the variance that another package computes."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from agreement_builder import random_table, row_of
from scipy.stats import t as student

from omnistudy.agreement.coefficients.registry import COEFFICIENTS
from omnistudy.agreement.intervals.limits import Interval, bca, clipped, jackknife, percentile, shares_below
from omnistudy.agreement.intervals.replicates import Replicates
from omnistudy.agreement.planning import (
    AgreementPlan,
    ThemePlan,
    kappa_variance,
    units_for_power,
    units_for_width,
)
from omnistudy.errors import StudyError

OF_RATINGS = [row.name for row in COEFFICIENTS.values() if not row.spans]
ANALYTIC = [row.name for row in COEFFICIENTS.values() if row.analytic is not None]


def replicates(
    drawn: list[float], value: float, left_out: list[float] | None = None, **more: bool
) -> Replicates:
    out = np.array(left_out if left_out is not None else [value - 0.1, value, value + 0.1])
    return Replicates(
        value=value,
        observed=value,
        expected=0.0,
        left_out=out,
        multiplicity=np.ones(len(out), np.int64),
        drawn=np.array(drawn),
        **more,
    )


@pytest.mark.parametrize(
    ("value", "se", "limits"),
    [
        (0.5, 0.1, (0.3, 0.7)),
        (0.95, 0.1, (0.75, 1.0)),
        (-0.95, 0.1, (-1.0, -0.75)),
        (-1.5, 0.1, (-1.5, -1.3)),
        (0.0, 0.1, (-0.2, 0.2)),
        (0.0, 2.0, (-1.0, 1.0)),
    ],
)
def test_limits_are_cut_at_the_range_and_hold_the_value(
    value: float, se: float, limits: tuple[float, float]
) -> None:
    assert clipped(value, se, 2.0) == pytest.approx(limits)


def test_the_jackknife_by_its_definition() -> None:
    """se² = (n - 1)/n Σ (θ₋ᵢ - mean)²; limits by Student's t with n - 1 degrees of freedom."""
    left_out = [0.40, 0.42, 0.38, 0.44]
    mean = sum(left_out) / 4
    se = math.sqrt(3 / 4 * sum((x - mean) ** 2 for x in left_out))
    found = jackknife(replicates([], 0.41, left_out), 0.9)
    quantile = student.ppf(0.95, 3)
    assert found.method == "jackknife"
    assert found.se == pytest.approx(se)
    assert (found.low, found.high) == pytest.approx((0.41 - quantile * se, 0.41 + quantile * se))
    assert jackknife(replicates([], 0.41, [0.4]), 0.95) == Interval("jackknife")
    assert jackknife(replicates([], 0.41, [0.4, math.nan, 0.4]), 0.95) == Interval("jackknife")


def test_the_percentile_interval_by_its_definition() -> None:
    drawn = list(np.linspace(0, 1, 101))
    found = percentile(replicates([*drawn, math.nan], 0.5), 0.9)
    assert found.method == "percentile"
    assert (found.low, found.high) == pytest.approx((0.05, 0.95))
    assert found.se == pytest.approx(float(np.std(drawn)) * math.sqrt(101 / 100))
    assert percentile(replicates([0.5], 0.5), 0.9) == Interval("percentile")
    assert percentile(replicates(drawn, 0.5, exact=False), 0.9).method == "percentile_normal"


def test_bca_by_its_definition() -> None:
    """Efron (1987): z0 from the share below the value, a from the skewness of the jackknife values."""
    drawn = list(np.linspace(0, 1, 1001))
    symmetric = bca(replicates(drawn, 0.5), 0.9)
    assert (symmetric.low, symmetric.high) == pytest.approx((0.05, 0.95), abs=1e-9)
    assert symmetric.se == pytest.approx(float(np.std(drawn)) * math.sqrt(1001 / 1000))
    left_out = [0.1, 0.45, 0.5, 0.55]
    found = bca(replicates(drawn, 0.6, left_out), 0.9)
    normal = NormalDist()
    bias = normal.inv_cdf(0.6)
    away = [sum(left_out) / 4 - x for x in left_out]
    skew = sum(x**3 for x in away) / (6 * sum(x**2 for x in away) ** 1.5)
    limits = []
    for tail in (0.05, 0.95):
        z = bias + normal.inv_cdf(tail)
        limits.append(normal.cdf(bias + z / (1 - skew * z)))
    assert (found.low, found.high) == pytest.approx(tuple(limits), abs=2e-3)
    assert found.method == "bca"
    assert bca(replicates(drawn, 0.5, exact=False), 0.9).method == "bca_normal"


@pytest.mark.parametrize("value", [-0.5, 1.5])
def test_bca_without_resamples_on_both_sides_has_an_error_and_no_limits(value: float) -> None:
    found = bca(replicates([0.1, 0.3, 0.8], value, [0.1, 0.2, 0.4]), 0.95)
    assert (found.low, found.high) == (None, None)
    assert found.se == pytest.approx(float(np.std([0.1, 0.3, 0.8], ddof=1)))


def test_bca_of_equal_resamples_is_that_value() -> None:
    found = bca(replicates([0.5, 0.5, 0.5], 0.5), 0.95)
    assert (found.se, found.low, found.high) == (0, 0.5, 0.5)
    assert bca(replicates([0.5], 0.5), 0.95) == Interval("bca")
    assert bca(replicates([0.1, 0.9], 0.5, [0.5, math.nan]), 0.95) == Interval("bca")


def test_shares_of_resamples_below_the_lines() -> None:
    assert shares_below(replicates([0.5, 0.667, 0.7, 0.8, 0.9, math.nan], 0.7)) == (5, 1 / 5, 3 / 5)
    assert shares_below(replicates([], 0.7)) == (None, None, None)
    assert shares_below(replicates([math.nan], 0.7)) == (0, None, None)


@pytest.mark.parametrize("name", OF_RATINGS)
@pytest.mark.parametrize("ci", ["none", "analytic", "kalpha"])
def test_a_unit_that_nobody_rated_changes_nothing(name: str, ci: str) -> None:
    data = random_table(3, 2 if COEFFICIENTS[name].max_coders == 2 else 3, 30, 2, 0.2)
    before = row_of(data, name, ci=ci, resamples=100)
    after = row_of([[*coder, None] for coder in data], name, ci=ci, resamples=100)
    for field in ("value", "observed", "expected", "se", "ci_low", "ci_high", "n_pairable"):
        assert getattr(after, field) == pytest.approx(getattr(before, field), abs=1e-12), field


@pytest.mark.parametrize("name", sorted(set(ANALYTIC) - {"fleiss_kappa"}))
def test_the_analytic_interval_is_t_times_its_error(name: str) -> None:
    """The degrees of freedom are the rated units less one; for listwise rules, the complete ones."""
    row = COEFFICIENTS[name]
    data = random_table(8, 2 if row.max_coders == 2 else 3, 60, 2, 0.15)
    found = row_of(data, name, ci="analytic")
    assert found.value is not None
    assert found.se is not None
    assert found.ci_high is not None
    assert found.ci_low is not None
    rated = sum(any(value is not None for value in unit) for unit in zip(*data, strict=True))
    complete = sum(all(value is not None for value in unit) for unit in zip(*data, strict=True))
    n = complete if row.missing in {"pairwise", "listwise"} else rated
    assert (found.ci_high - found.value) / found.se == pytest.approx(student.ppf(0.975, n - 1), rel=1e-6)
    assert (found.value - found.ci_low) / found.se == pytest.approx(student.ppf(0.975, n - 1), rel=1e-6)


def test_the_interval_of_kalpha_by_its_definition() -> None:
    """Pairs are drawn from the coincidences, so De·alpha is a mean of as many indicators as there are pairs."""
    data = random_table(4, 2, 300, 2, 0.0)
    found = row_of(data, "krippendorff_alpha", ci="kalpha", resamples=4000)
    assert found.value is not None
    assert found.expected is not None
    assert found.observed is not None
    assert found.se is not None
    do, de = 1 - found.observed, 1 - found.expected
    assert found.se == pytest.approx(math.sqrt(do * (1 - do) / 300) / de, rel=0.05)
    assert found.ci_low is not None
    assert found.ci_high is not None
    assert (found.ci_low + found.ci_high) / 2 == pytest.approx(found.value, abs=0.02)
    assert (found.ci_high - found.ci_low) / found.se == pytest.approx(2 * 1.96, rel=0.06)
    below = NormalDist(found.value, found.se)
    assert found.p_below_667 == pytest.approx(below.cdf(0.667), abs=0.03)
    assert found.p_below_80 == pytest.approx(below.cdf(0.8), abs=0.03)
    assert found.resamples == 4000
    many = [[str(i) for i in range(513)], [str(i) for i in range(513)]]
    assert row_of(many, "krippendorff_alpha", ci="kalpha", resamples=10).se is None
    fewer = [[str(i) for i in range(512)], [str(i) for i in range(512)]]
    assert row_of(fewer, "krippendorff_alpha", ci="kalpha", resamples=10).se == 0


@pytest.mark.parametrize(("kappa", "prevalence"), [(0.8, 0.3), (0.5, 0.1), (0.2, 0.4), (0.0, 0.5)])
def test_the_variance_of_the_plan_is_that_of_another_package(kappa: float, prevalence: float) -> None:
    from statsmodels.stats.inter_rater import cohens_kappa

    spread = prevalence * (1 - prevalence)
    yes, apart = prevalence**2 + kappa * spread, spread * (1 - kappa)
    table = 1e6 * np.array([[yes, apart], [apart, 1 - yes - 2 * apart]])
    assert kappa_variance(kappa, prevalence) == pytest.approx(cohens_kappa(table).var_kappa * 1e6)


def test_the_planned_units_reach_width_and_power_and_one_fewer_does_not() -> None:
    normal = NormalDist()
    n = units_for_width(0.8, 0.3, 0.1, 0.9)
    widths = [normal.inv_cdf(0.95) * math.sqrt(kappa_variance(0.8, 0.3) / units) for units in (n - 1, n)]
    assert widths[1] <= 0.1 < widths[0]
    m = units_for_power(0.8, 0.6, 0.3, power=0.9, confidence=0.95)

    def power(units: int) -> float:
        bound = 0.6 + normal.inv_cdf(0.95) * math.sqrt(kappa_variance(0.6, 0.3) / units)
        return 1 - normal.cdf((bound - 0.8) / math.sqrt(kappa_variance(0.8, 0.3) / units))

    assert power(m) >= 0.9 > power(m - 1)
    assert units_for_power(0.8, 0.6, 0.3) == units_for_power(0.8, 0.6, 0.3, power=0.80, confidence=0.95)
    # a width that a whole number of units reaches exactly needs no unit more: 4·1·1/.2² = 100
    exact = units_for_width(0.0, 0.5, normal.inv_cdf(0.975) / 10, 0.95)
    assert exact == 100


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"prevalence": 0.0}, "The prevalence 0.0 is not between 0 and 1"),
        ({"power": 1.0}, "The power 1.0 is not"),
        ({"confidence": 95.0}, "The confidence 95.0 is not"),
        ({"kappa": 0.6, "above": 0.6}, "does not exceed the bound"),
        ({"kappa": 1.0}, "does not exceed the bound"),
        ({"above": -1.0}, "does not exceed the bound"),
        ({"half_width": 0.0}, "must be above 0"),
    ],
)
def test_impossible_plans_say_what_is_wrong(wrong: dict[str, float], said: str) -> None:
    from agreement_builder import PROVENANCE

    with pytest.raises(StudyError, match=said):
        AgreementPlan(provenance=PROVENANCE, **wrong)


def test_a_theme_that_no_feasible_number_of_interviews_shows() -> None:
    from agreement_builder import PROVENANCE

    with pytest.raises(StudyError):
        ThemePlan(provenance=PROVENANCE, prevalence=1e-9).payload()
