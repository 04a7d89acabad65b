"""Kaplan–Meier curves worked by hand, their quantiles and limits, and the reliability of scales at its bounds."""

from __future__ import annotations

from math import exp, log, sqrt
from statistics import NormalDist

import numpy as np
import pytest

from omnistudy.crm.refusals import Refusal
from omnistudy.crm.statistics.intervals import Interval
from omnistudy.crm.statistics.scale_reliability import (
    ScaleReliability,
    one_factor,
    scale_reliability,
    too_small,
)
from omnistudy.crm.statistics.survival import Curve, Step, kaplan_meier

# Ten customers: two end on day 2 and one is last seen then, one ends on day 3, two are last seen on
# day 5, three end on day 7, one on day 9. Given out of order.
SPELLS = ((7.0, 3, 0), (2.0, 2, 1), (9.0, 1, 0), (5.0, 0, 2), (3.0, 1, 0))


def test_a_curve_by_hand() -> None:
    """At risk are 10, 7, 4 and 1; the variance sums d / (r (r − d)) until nobody is left."""
    terms = (2 / (10 * 8), 1 / (7 * 6), 3 / (4 * 1))
    survival = (0.8, 0.8 * 6 / 7, 0.8 * 6 / 7 / 4, 0.0)
    curve = kaplan_meier(SPELLS)
    assert (curve.n, curve.last) == (10, 9.0)
    assert [(step.time, step.at_risk, step.ended) for step in curve.steps] == [
        (2.0, 10, 2),
        (3.0, 7, 1),
        (7.0, 4, 3),
        (9.0, 1, 1),
    ]
    assert [step.survival for step in curve.steps] == pytest.approx(survival)
    errors = [survival[at] * sqrt(sum(terms[: at + 1])) for at in range(3)]
    assert [step.se for step in curve.steps[:3]] == pytest.approx(errors)
    assert curve.steps[3].se is None


def test_what_the_curve_says_between_its_steps() -> None:
    curve = kaplan_meier(SPELLS)
    assert curve.at(0) == curve.at(1.99) == Step(0.0, 1.0, 0.0, 10, 0)
    assert curve.at(2) == curve.at(2.5) == curve.steps[0]
    assert curve.at(6.99) == curve.steps[1]
    assert curve.at(9) == curve.at(1_000) == curve.steps[3]


def test_equal_times_count_together() -> None:
    """Who is last seen on a day is at risk on it, in whatever rows the day stands."""
    apart = [spell for time, ended, lost in SPELLS for spell in ((time, 0, lost), (time, ended, 0))]
    assert kaplan_meier(apart) == kaplan_meier(SPELLS)
    assert kaplan_meier([(0.0, 0, 1), (0.0, 1, 0), (3.0, 2, 0)]).steps[0].at_risk == 4


def test_nobody_and_nobody_who_ended() -> None:
    assert kaplan_meier([]) == Curve((), 0, 0.0)
    assert kaplan_meier([(4.0, 0, 2), (1.0, 0, 1)]) == Curve((), 3, 4.0)
    assert kaplan_meier([]).quantile(0.5) is None
    assert kaplan_meier([(4.0, 0, 2)]).quantile_interval(0.5) == (None, None)


@pytest.mark.parametrize("confidence", [0.5, 0.95])
def test_limits_on_the_scale_of_log_minus_log(confidence: float) -> None:
    """v = ln(−ln S) has the error se / (S |ln S|); v ± z errors are turned back by S = exp(−exp v)."""
    step = kaplan_meier(SPELLS).steps[1]
    s, v = step.survival, log(-log(step.survival))
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    half = z * (step.se or 0) / (s * abs(log(s)))
    found = step.interval(confidence)
    assert found is not None
    assert (found.low, found.high) == pytest.approx((exp(-exp(v + half)), exp(-exp(v - half))))
    assert found.method == "greenwood_loglog"
    assert 0 < found.low < s < found.high < 1


def test_a_curve_at_one_or_nought_has_no_limits() -> None:
    curve = kaplan_meier(SPELLS)
    assert curve.at(0).interval() is None
    assert curve.at(9).interval() is None
    assert Step(1.0, 0.5, None, 4, 2).interval() is None
    assert curve.steps[0].interval() == curve.steps[0].interval(0.95)


@pytest.mark.parametrize(
    ("share", "time"), [(0.1, 2), (0.2, 2), (0.201, 3), (0.3, 3), (0.5, 7), (0.9, 9), (1.0, 9)]
)
def test_the_first_time_by_which_a_share_has_ended(share: float, time: float) -> None:
    # After the steps .2, .314, .829 and all have ended.
    assert kaplan_meier(SPELLS).quantile(share) == time


def test_half_is_half_whatever_the_rounding() -> None:
    """One of ten ends every day: half have ended on the fifth, though the product may be .5000000000000001."""
    for size in range(2, 60, 2):
        curve = kaplan_meier((float(day), 1, 0) for day in range(1, size + 1))
        assert curve.quantile(0.5) == size / 2
        assert curve.quantile(1.0) == size


def test_a_share_that_is_never_reached() -> None:
    curve = kaplan_meier([(1.0, 2, 0), (5.0, 0, 8)])
    assert curve.quantile(0.2) == 1
    assert curve.quantile(0.21) is None


def test_limits_of_a_quantile_are_where_those_of_the_curve_reach_it() -> None:
    spells = [(float(day), 1, 0) for day in range(1, 41)]
    curve = kaplan_meier(spells)
    limits = [step.interval() for step in curve.steps]
    low = next(day for day, one in enumerate(limits, start=1) if one is not None and one.low <= 0.5)
    high = next(day for day, one in enumerate(limits, start=1) if one is not None and one.high <= 0.5)
    assert curve.quantile_interval(0.5) == (low, high)
    assert low < 20 < high
    # A lower level is narrower.
    narrow = curve.quantile_interval(0.5, 0.5)
    assert narrow[0] is not None
    assert narrow[1] is not None
    assert low < narrow[0] < narrow[1] < high
    # The last step has no limits: the curve itself reaches nought there.
    assert curve.quantile_interval(1.0) == (40, 40)


def test_a_quantile_whose_upper_limit_the_curve_never_reaches() -> None:
    curve = kaplan_meier([(1.0, 3, 0), (2.0, 3, 0), (3.0, 0, 4)])
    # .4 is left, but its upper limit is above one half.
    top = curve.steps[1].interval()
    assert top is not None
    assert top.high > 0.5 > top.low
    assert curve.quantile(0.5) == 2
    low, high = curve.quantile_interval(0.5)
    assert (low, high) == (1 if (curve.steps[0].interval() or top).low <= 0.5 else 2, None)


@pytest.mark.parametrize(
    ("items", "n", "small"), [(3, 30, False), (2, 30, True), (3, 29, True), (2, 29, True), (40, 1_000, False)]
)
def test_three_items_and_thirty_respondents_are_the_least(items: int, n: int, small: bool) -> None:
    found = too_small(items, n)
    if not small:
        assert found is None
        return
    assert found is not None
    assert scale_reliability(np.eye(items) + 0.5, n) == found
    assert found.as_json() == {
        "code": "scale_too_small",
        "subject": "scale_reliability",
        "reason": f"the scale has {items} items answered in full by {n} respondents",
        "needed": "at least 3 items and 30 respondents who answered all of them.",
    }


@pytest.mark.parametrize(
    ("covariance", "varies"),
    [
        (np.diag([1.0, 1.0, 0.0]), False),
        (np.zeros((3, 3)), False),
        # Two items that are each other's opposite: the sum varies with the third alone, by .1 or hardly.
        (np.array([[1.0, -1.0, 0], [-1.0, 1.0, 0], [0, 0, 0.1]]), True),
        (np.array([[1.0, -1.0, -0.5], [-1.0, 1.0, 0], [-0.5, 0, 1.0]]), False),
        # What rounding leaves of an item, or of a sum, that does not vary.
        (np.diag([1.0, 1.0, 3e-17]), False),
        (np.array([[1.0, -1.0, 0], [-1.0, 1.0, 0], [0, 0, 1.0]]) - np.eye(3) / 3, False),
        (np.diag([1.0, 1.0, 1e-9]), True),
    ],
)
def test_what_does_not_vary_has_no_reliability(covariance: np.ndarray, varies: bool) -> None:
    found = scale_reliability(covariance, 50)
    assert isinstance(found, ScaleReliability) == varies
    if isinstance(found, Refusal):
        assert found.as_json() == {
            "code": "scale_constant",
            "subject": "scale_reliability",
            "reason": "an item or the sum of the items does not vary",
            "needed": "items on which respondents differ.",
        }


def parallel(correlation: float, items: int = 3) -> np.ndarray:
    return np.full((items, items), correlation) + (1 - correlation) * np.eye(items)


@pytest.mark.parametrize("confidence", [0.5, 0.95])
def test_feldts_limits_are_quantiles_of_f(confidence: float) -> None:
    """(1 − α) / (1 − α̂) is F with n − 1 and (n − 1)(k − 1) degrees of freedom."""
    from scipy.special import fdtr

    found = scale_reliability(parallel(0.4, 5), 40, confidence)
    assert isinstance(found, ScaleReliability)
    # Spearman and Brown: 5 × .4 / (1 + 4 × .4).
    assert found.alpha == pytest.approx(2 / 2.6)
    tail = (1 - confidence) / 2
    beyond = [
        float(fdtr(39, 39 * 4, (1 - limit) / (1 - found.alpha)))
        for limit in (found.interval.low, found.interval.high)
    ]
    assert beyond == pytest.approx([1 - tail, tail])
    assert found.interval == Interval(found.interval.low, found.interval.high, "feldt")
    assert (found.items, found.n, len(found.loadings)) == (5, 40, 5)
    assert scale_reliability(parallel(0.4, 5), 40) == scale_reliability(parallel(0.4, 5), 40, 0.95)


@pytest.mark.parametrize(
    ("a", "b"), [(0.5, 0.6), (sqrt(0.5 * 0.99), 0.5), (0.2, 0.9), (-0.3, 0.4), (0.1, 0.1)]
)
def test_loadings_of_three_items_follow_from_their_correlations(a: float, b: float) -> None:
    """With three items λ₁² = r₁₂ r₁₃ / r₂₃ and λ₂² = r₁₂ r₂₃ / r₁₃ exactly, whatever the scale of the items."""
    units = np.array([2.0, 0.5, 10.0])
    covariance = np.array([[1, a, a], [a, 1, b], [a, b, 1]]) * np.outer(units, units)
    expected = np.array([np.sign(a) * abs(a) / sqrt(b), sqrt(b), sqrt(b)])
    found = one_factor(covariance)
    assert found is not None
    assert found == pytest.approx(expected, abs=1e-4)
    # Where the factor explains every covariance, all that varies in the sum is the covariances' own sum.
    whole = scale_reliability(covariance, 40)
    assert isinstance(whole, ScaleReliability)
    assert whole.loadings == tuple(found)
    assert whole.omega == pytest.approx((units * expected).sum() ** 2 / covariance.sum(), abs=1e-4)


def test_where_one_factor_does_not_fit_there_is_no_omega() -> None:
    """λ₁² = .8 × .7 / .5 = 1.12 would be more than the item's variance (Heywood); α stands all the same."""
    r = np.array([[1, 0.8, 0.7], [0.8, 1, 0.5], [0.7, 0.5, 1]])
    assert one_factor(r) is None
    found = scale_reliability(r, 60)
    assert isinstance(found, ScaleReliability)
    assert (found.omega, found.loadings) == (None, ())
    # α = 3/2 (1 − 3 / (3 + 2 × 2)).
    assert found.alpha == pytest.approx(1.5 * (1 - 3 / 7))
    # An own share of .004 is beyond the bound of .005, one of .006 is not.
    for own, fits in ((0.004, False), (0.006, True)):
        a = sqrt(0.5 * (1 - own))
        near = np.array([[1, a, a], [a, 1, 0.5], [a, 0.5, 1]])
        assert (one_factor(near) is not None) == fits


def test_an_item_that_repeats_another_leaves_no_factor() -> None:
    r = np.array([[1, 1, 0.5], [1, 1, 0.5], [0.5, 0.5, 1]])
    assert one_factor(r) is None
