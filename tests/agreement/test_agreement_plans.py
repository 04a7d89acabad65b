"""How many units and interviews: whole tables against the formulas and against the binomial distribution."""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import pytest
from agreement_builder import PROVENANCE, layout, rows_of, said

from omnistudy.agreement.planning import (
    AgreementPlan,
    ThemePlan,
    chance_of_seeing,
    interviews_for,
    kappa_variance,
    units_for_power,
    units_for_width,
)
from omnistudy.errors import StudyError
from omnistudy.results import Note, Result, Status

Z = NormalDist()


def delta_method(kappa: float, prevalence: float) -> float:
    """Variance of kappa from the three cells of the common-correlation model, by numerical gradient."""
    both = prevalence**2 + kappa * prevalence * (1 - prevalence)
    one_only = 2 * (1 - kappa) * prevalence * (1 - prevalence)
    cells = np.array([both, one_only, 1 - both - one_only])

    def estimate(p: np.ndarray) -> float:
        share = p[0] + p[1] / 2
        return float(1 - p[1] / (2 * share * (1 - share)))

    gradient = np.array([(estimate(cells + h) - estimate(cells - h)) / 2e-6 for h in np.eye(3) * 1e-6])
    return float(gradient**2 @ cells - (gradient @ cells) ** 2)


@pytest.mark.parametrize("kappa", [-0.2, 0.0, 0.35, 0.8])
@pytest.mark.parametrize("prevalence", [0.05, 0.3, 0.5, 0.9])
def test_the_variance_is_that_of_the_delta_method(kappa: float, prevalence: float) -> None:
    assert kappa_variance(kappa, prevalence) == pytest.approx(delta_method(kappa, prevalence), rel=1e-6)
    assert kappa_variance(kappa, 0.5) == pytest.approx(1 - kappa**2)


def test_a_whole_number_of_units_is_not_rounded_up() -> None:
    """Around kappa 0 the variance is 1: (z / h)² units. With power one half only the bound's error counts."""
    assert units_for_width(0.0, 0.3, Z.inv_cdf(0.975) / 10) == 100
    assert units_for_width(0.0, 0.3, Z.inv_cdf(0.975) / 10 * 0.9999) == 101
    assert units_for_width(0.0, 0.3, Z.inv_cdf(0.95) / 10, confidence=0.90) == 100
    assert units_for_power(0.6, 0.0, 0.5, power=0.5, confidence=Z.cdf(3.0)) == 25  # (3 / 0.6)²


def test_the_table_of_a_plan_has_a_row_per_prevalence() -> None:
    """(1.96 / .1)² = 384.146 times the variance of kappa .6; for power ((1.645 · 1 + .842 · sd) / .6)².

    The variances are 3.5048, 1.8347, 1.018, .864, .768 and .64; around 0, the bound, each is 1.
    """
    plan = AgreementPlan(provenance=PROVENANCE, kappa=0.6, above=0.0, prevalence=0.25, half_width=0.1)
    (table,) = plan.tables()
    assert table.name == "plan-agreement"
    assert layout(table) == [
        "prevalence | Prevalence | share",
        "units_for_width | Units for the width | count",
        "units_for_power | Units for the power | count",
    ]
    assert rows_of(table) == [
        (0.05, 1347, 29),
        (0.10, 705, 22),
        (0.20, 392, 18),
        (0.25, 332, 17),
        (0.30, 296, 16),
        (0.50, 246, 15),
    ]
    assert plan.payload() == {
        "units_for_width": 332,
        "units_for_power": 17,
        "kappa": 0.6,
        "above": 0.0,
        "prevalence": 0.25,
        "half_width": 0.1,
        "power": 0.80,
        "confidence": 0.95,
    }
    assert str(plan.summary) == (
        "Double-code 332 units for an interval of ± 0.100 around a kappa of 0.600, or 17 units to show that it"
        " exceeds 0.000."
    )
    assert (plan.command, str(plan.title)) == ("plan-agreement", "Units to double-code")
    shown, note = plan.blocks()
    assert shown == table
    assert isinstance(note, Note)
    assert note.status is Status.NEUTRAL
    assert str(note.text).startswith("For two coders, one code and independent units.")


def test_what_a_plan_assumes_where_nothing_is_said() -> None:
    plan = AgreementPlan(provenance=PROVENANCE)
    assert plan.payload() == {
        "units_for_width": 167,  # the docstring's example
        "units_for_power": 204,
        "kappa": 0.80,
        "above": 0.667,
        "prevalence": 0.30,
        "half_width": 0.10,
        "power": 0.80,
        "confidence": 0.95,
    }
    assert [row[0] for row in rows_of(plan.tables()[0])] == [0.05, 0.1, 0.2, 0.3, 0.5]
    assert ThemePlan(provenance=PROVENANCE).prevalence == 0.20
    assert ThemePlan(provenance=PROVENANCE).power == 0.80


def test_the_level_of_the_plan_is_the_level_of_its_numbers() -> None:
    """At 99 % the width takes (2.576 / 1.96)² = 1.727 times as many units."""
    plan = AgreementPlan(provenance=PROVENANCE, kappa=0.0, above=-0.5, half_width=0.1, confidence=0.99)
    assert plan.for_width == math.ceil((Z.inv_cdf(0.995) / 0.1) ** 2) == 664
    sds = math.sqrt(kappa_variance(-0.5, 0.3)), 1.0
    for power in (0.8, 0.9):
        plan = AgreementPlan(provenance=PROVENANCE, kappa=0.0, above=-0.5, power=power, confidence=0.99)
        needed = ((Z.inv_cdf(0.99) * sds[0] + Z.inv_cdf(power) * sds[1]) / 0.5) ** 2
        assert plan.for_power == plan.payload()["units_for_power"] == math.ceil(needed)


def complaints(make: Callable[[], Result]) -> list[str]:
    with pytest.raises(StudyError) as caught:
        make()
    return [problem.what for problem in caught.value.problems]


def test_every_impossible_assumption_is_named_at_once() -> None:
    def plan(**values: float) -> Callable[[], Result]:
        return lambda: AgreementPlan(provenance=PROVENANCE, **values)

    assert complaints(plan(prevalence=1, power=0, confidence=1.5, kappa=0.5, half_width=0)) == [
        "The prevalence 1 is not between 0 and 1.",
        "The power 0 is not between 0 and 1.",
        "The confidence 1.5 is not between 0 and 1.",
        "The expected kappa 0.5 does not exceed the bound 0.667.",
        "The half width must be above 0.",
    ]
    assert complaints(plan(kappa=1.0)) == ["The expected kappa 1.0 does not exceed the bound 0.667."]
    assert complaints(plan(kappa=0.7, above=0.7)) == ["The expected kappa 0.7 does not exceed the bound 0.7."]
    assert complaints(plan(above=-1.0)) == ["The expected kappa 0.8 does not exceed the bound -1.0."]
    assert complaints(lambda: ThemePlan(provenance=PROVENANCE, prevalence=0.0, power=1.0)) == [
        "The prevalence 0.0 is not between 0 and 1.",
        "The power 1.0 is not between 0 and 1.",
    ]


@pytest.mark.parametrize("prevalence", [0.02, 0.3, 0.95])
@pytest.mark.parametrize("interviews", [1, 2, 14, 40])
def test_the_chance_of_a_theme_is_binomial(prevalence: float, interviews: int) -> None:
    from scipy.stats import binom

    for times in (1, 2, 3, 5):
        expected = binom.sf(times - 1, interviews, prevalence)
        assert chance_of_seeing(prevalence, interviews, times) == pytest.approx(expected, abs=1e-12)
    assert chance_of_seeing(prevalence, interviews) == pytest.approx(1 - (1 - prevalence) ** interviews)


def test_a_theme_cannot_show_more_often_than_there_are_interviews() -> None:
    assert chance_of_seeing(0.5, 1, 2) == 0
    assert chance_of_seeing(0.9, 2, 3) == 0
    assert chance_of_seeing(0.5, 1, 1) == 0.5
    assert interviews_for(0.5, 0.5) == 1  # exactly enough is enough
    assert interviews_for(0.99, 0.5, times=3) == 3


def fewest(prevalence: float, power: float, times: int) -> int:
    from scipy.stats import binom

    n = times
    while binom.sf(times - 1, n, prevalence) < power:
        n += 1
    return n


def test_the_table_of_themes_is_what_counting_up_finds() -> None:
    plan = ThemePlan(provenance=PROVENANCE, prevalence=0.25, power=0.9)
    (table,) = plan.tables()
    assert table.name == "plan-themes"
    assert layout(table) == [
        "prevalence | Prevalence | share",
        "times_1 | Seen at least 1 times | count",
        "times_2 | Seen at least 2 times | count",
        "times_3 | Seen at least 3 times | count",
    ]
    assert rows_of(table) == [
        (share, *(fewest(share, 0.9, times) for times in (1, 2, 3)))
        for share in (0.05, 0.10, 0.15, 0.20, 0.25, 0.30)
    ]
    # .75 ** 8 = .1001 leaves the chance just below .9, so it takes nine
    assert plan.payload() == {
        "prevalence": 0.25,
        "power": 0.9,
        "interviews": [
            {"times": 1, "interviews": 9},
            {"times": 2, "interviews": fewest(0.25, 0.9, 2)},
            {"times": 3, "interviews": fewest(0.25, 0.9, 3)},
        ],
    }
    assert str(plan.summary) == (
        f"A theme that 25.0 % of such people hold shows at least once in 9 interviews and at least twice in"
        f" {fewest(0.25, 0.9, 2)}, with probability 90.0 %."
    )
    assert (plan.command, said(plan.title)) == ("plan-themes", "Interviews to hold")
    shown, note = plan.blocks()
    assert shown == table
    assert isinstance(note, Note)
    assert note.status is Status.NEUTRAL
    assert str(note.text).startswith("Holds if interviewees are drawn at random")


def test_hopeless_themes_are_refused_and_rare_ones_found() -> None:
    """A theme that one of a hundred thousand holds takes n with .99999ⁿ ≤ .2, about ln 5 · 10⁵."""
    assert interviews_for(1e-5) == math.ceil(math.log(0.2) / math.log1p(-1e-5))
    with pytest.raises(StudyError, match="No feasible number"):
        interviews_for(1e-7)
