"""Intervals at their boundaries, against formulas that are not those of the module."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, log, pi, sqrt, tan
from statistics import NormalDist

import numpy as np
import pytest
from scipy.special import chdtri

from omnistudy.crm.statistics import intervals
from omnistudy.crm.statistics.intervals import (
    Clustered,
    Interval,
    clustered,
    mean_t,
    net_score,
    normal_quantile,
    poisson,
    wilson,
    wilson_clustered,
)

LEVELS = (0.5, 0.9, 0.95, 0.99)


def z_of(confidence: float) -> float:
    return NormalDist().inv_cdf((1 + confidence) / 2)


def roots(p: float, n: float, confidence: float) -> tuple[float, float]:
    """The shares whose standard error reaches p: roots of (p − x)² = z² x (1 − x) / n."""
    z = z_of(confidence)
    low, high = sorted(np.roots([1 + z * z / n, -(2 * p + z * z / n), p * p]).real)
    return float(low), float(high)


@pytest.mark.parametrize("confidence", LEVELS)
def test_the_normal_quantile_is_two_sided(confidence: float) -> None:
    assert normal_quantile(confidence) == pytest.approx(z_of(confidence))


@pytest.mark.parametrize("confidence", LEVELS)
@pytest.mark.parametrize(
    ("x", "n"), [(1, 2), (1, 14), (9, 14), (99, 100), (2.5, 7.25), (0.2, 0.5), (3, 4_000)]
)
def test_wilson_limits_are_the_roots_of_the_score_equation(x: float, n: float, confidence: float) -> None:
    found = wilson(x, n, confidence)
    assert (found.low, found.high) == pytest.approx(roots(x / n, n, confidence))
    assert found.method == "wilson"
    mirrored = wilson(n - x, n, confidence)
    assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((found.low, found.high))


@pytest.mark.parametrize("n", [*range(1, 60), 2.5, 10**6])
def test_wilson_of_none_and_of_all(n: float) -> None:
    """The outer limit is 0 or 1 to the last digit; the inner is z² / (n + z²) from it."""
    z = z_of(0.95)
    none, everybody = wilson(0, n), wilson(n, n)
    assert (none.low, everybody.high) == (0.0, 1.0)
    assert none.high == pytest.approx(z * z / (n + z * z))
    assert everybody.low == pytest.approx(n / (n + z * z))


def sums_of(y: Sequence[float], n: Sequence[float]) -> Clustered:
    """The sums as the SQL yields them: clusters, y, n, y², y n, n²."""
    a, b = np.array(y, dtype=float), np.array(n, dtype=float)
    return clustered([len(a), a.sum(), b.sum(), (a * a).sum(), (a * b).sum(), (b * b).sum()])


def test_the_sums_of_clusters_are_named_in_the_order_of_the_query() -> None:
    assert clustered([2, 3, 5, 5, 8, 13]) == Clustered(clusters=2, successes=3, members=5, yy=5, yn=8, nn=13)
    assert clustered([None] * 6) == Clustered(clusters=0, successes=0, members=0, yy=0, yn=0, nn=0)
    assert isinstance(clustered([2.0, 3, 5, 5, 8, 13]).clusters, int)


@pytest.mark.parametrize("confidence", [0.8, 0.95])
@pytest.mark.parametrize(
    ("y", "n"),
    [
        ([0, 4, 1, 6, 2], [5, 6, 2, 6, 9]),
        ([3, 0], [4, 4]),
        ([0, 0, 10, 9], [10, 10, 10, 10]),
        ([1, 7, 3], [1, 8, 30]),
    ],
)
def test_clusters_that_are_alike_are_worth_fewer_members(
    y: list[float], n: list[float], confidence: float
) -> None:
    """Ratio estimator over clusters (Cochran): residuals y − p n of every cluster, m − 1 degrees of freedom."""
    m, p = len(y), sum(y) / sum(n)
    residuals = [a - p * b for a, b in zip(y, n, strict=True)]
    variance = m / (m - 1) * sum(r * r for r in residuals) / sum(n) ** 2
    size = p * (1 - p) / variance
    assert size < sum(n)
    found = wilson_clustered(sums_of(y, n), confidence)
    assert (found.low, found.high) == pytest.approx(roots(p, size, confidence))
    assert found.method == "wilson_clustered"


def test_two_customers_of_whom_one_always_and_one_never() -> None:
    """Residuals of ±1.5 over six members: variance 2 × 4.5 / 36 = .25, so p (1 − p) / .25 = one member."""
    found = wilson_clustered(sums_of([0, 3], [3, 3]))
    assert found == Interval(wilson(0.5, 1).low, wilson(0.5, 1).high, "wilson_clustered")


def test_clusters_never_make_more_members_than_there_are() -> None:
    """Customers who differ less than chance: Σ r² = .75, variance 4 / 3 × .75 / 64, worth 15 of 8."""
    found = wilson_clustered(sums_of([1, 1, 1, 2], [2, 2, 2, 2]))
    assert found == Interval(wilson(5, 8).low, wilson(5, 8).high, "wilson_clustered")


@pytest.mark.parametrize(
    ("y", "n"),
    [
        ([3], [8]),  # one customer tells nothing of the spread between customers
        ([1, 0, 1, 0], [1, 1, 1, 1]),  # everybody stands alone
        ([0, 0, 0], [4, 2, 1]),  # never
        ([4, 2, 1], [4, 2, 1]),  # always
        ([2, 1, 3], [4, 2, 6]),  # all customers alike: no residual at all
    ],
)
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_clusters_that_tell_nothing_leave_wilsons_interval(
    y: list[float], n: list[float], confidence: float
) -> None:
    assert wilson_clustered(sums_of(y, n), confidence) == wilson(sum(y), sum(n), confidence)


@pytest.mark.parametrize("confidence", LEVELS)
@pytest.mark.parametrize(("count", "exposure"), [(1, 1), (3, 0.25), (10, 4), (250, 1_000)])
def test_poisson_limits_are_quantiles_of_chi_square(count: int, exposure: float, confidence: float) -> None:
    tail = (1 - confidence) / 2
    # chdtri(df, q) is the value that chi-square exceeds with probability q.
    low, high = chdtri(2 * count, 1 - tail) / 2, chdtri(2 * count + 2, tail) / 2
    found = poisson(count, exposure, confidence)
    assert (found.low, found.high) == pytest.approx((low / exposure, high / exposure))
    assert found.method == "poisson_exact"


@pytest.mark.parametrize("exposure", [0.5, 1, 40])
def test_no_event_is_below_a_rate_at_which_it_would_be_rare(exposure: float) -> None:
    """Nothing happens with probability exp(−λ), which is .025 at λ = −ln .025 = 3.69."""
    found = poisson(0, exposure)
    assert found.low == 0
    assert found.high == pytest.approx(-log(0.025) / exposure)


def net(promoters: float, detractors: float, n: float, z: float) -> tuple[float, float]:
    """Mean ± z standard errors of answers worth 1, 0 and −1."""
    p, d = promoters / n, detractors / n
    variance = p * (1 - (p - d)) ** 2 + d * (-1 - (p - d)) ** 2 + (1 - p - d) * (p - d) ** 2
    return 100 * (p - d - z * sqrt(variance / n)), 100 * (p - d + z * sqrt(variance / n))


@pytest.mark.parametrize("confidence", [0.5, 0.95])
@pytest.mark.parametrize(("promoters", "detractors", "n"), [(20, 10, 49), (7, 2, 14), (1, 3, 9)])
def test_net_score_of_few_answers_adds_three(
    promoters: int, detractors: int, n: int, confidence: float
) -> None:
    found = net_score(promoters, detractors, n, confidence)
    expected = net(promoters + 0.75, detractors + 0.75, n + 3, z_of(confidence))
    assert (found.low, found.high) == pytest.approx(expected)
    assert found.method == "adjusted_wald"


@pytest.mark.parametrize("confidence", [0.5, 0.95])
@pytest.mark.parametrize(("promoters", "detractors", "n"), [(20, 10, 50), (5, 90, 100), (0, 0, 70)])
def test_net_score_of_fifty_answers_and_more(
    promoters: int, detractors: int, n: int, confidence: float
) -> None:
    found = net_score(promoters, detractors, n, confidence)
    assert (found.low, found.high) == pytest.approx(net(promoters, detractors, n, z_of(confidence)))
    assert found.method == "wald"


def test_a_net_score_stays_within_its_scale() -> None:
    assert net(2.75, 0.75, 5, z_of(0.95))[1] > 101
    assert net_score(2, 0, 2).high == 100
    assert net(0.75, 2.75, 5, z_of(0.95))[0] < -101
    assert net_score(0, 2, 2).low == -100
    assert (net_score(60, 0, 60).low, net_score(60, 0, 60).high) == (100, 100)


def test_students_interval_of_two_and_of_three_values() -> None:
    """With one degree of freedom t is Cauchy's tan(π (q − ½)); with two it is (2q − 1) / √(2q (1 − q))."""
    two = mean_t(1 + 4, 1 + 16, 2, 0.9)
    # Variance of 1 and 4: 4.5.
    half = tan(pi * 0.45) * sqrt(4.5 / 2)
    assert two is not None
    assert (two.low, two.high) == pytest.approx((2.5 - half, 2.5 + half))
    three = mean_t(0.6, 0.14, 3)
    # Variance of .1, .2 and .3: .01.
    half = 0.95 / sqrt(2 * 0.975 * 0.025) * sqrt(0.01 / 3)
    assert three is not None
    assert (three.low, three.high) == pytest.approx((0.2 - half, 0.2 + half))
    assert three.method == "student_t"


def test_students_interval_of_one_value_and_of_equal_values() -> None:
    assert mean_t(5, 25, 1) is None
    assert mean_t(0, 0, 0) is None
    # 3 × .1² is a little less than the sum of squares of three times .1, and may not become a root of it.
    assert mean_t(3, 3, 3) == Interval(1, 1, "student_t")
    for total, squares in ((0.1 + 0.1 + 0.1, 3 * 0.1**2), (0.7 * 3, 3 * 0.49 - 1e-15)):
        found = mean_t(total, squares, 3)
        assert found is not None
        assert (found.low, found.high) == pytest.approx((total / 3, total / 3), abs=1e-6)


@pytest.mark.parametrize(
    "interval",
    [
        lambda *level: wilson(3, 9, *level),
        lambda *level: wilson_clustered(sums_of([0, 3, 2], [3, 3, 5]), *level),
        lambda *level: poisson(4, 2, *level),
        lambda *level: net_score(4, 2, 9, *level),
        lambda *level: mean_t(10, 40, 5, *level),
    ],
    ids=["wilson", "wilson_clustered", "poisson", "net_score", "mean_t"],
)
def test_nineteen_in_twenty_is_the_default_and_a_higher_level_is_wider(
    interval: Callable[..., Interval],
) -> None:
    assert interval() == interval(0.95)
    before = (inf, -inf)
    for level in LEVELS:
        found = interval(level)
        assert found.low < before[0]
        assert found.high > before[1]
        before = (found.low, found.high)


def test_events_are_counted_by_customer_else_by_journey_else_alone() -> None:
    import duckdb

    rows = "(values ('a', 'j', 1), ('a', null, 2), (null, 'j', 3), (null, null, 4), (null, null, 5))"
    sql = f"select {intervals.CLUSTER} as c from {rows} as t(customer_id, journey_id, row) order by row"
    with duckdb.connect() as database:
        found = database.execute(sql).fetchall()
    assert [row[0] for row in found] == ["ca", "ca", "jj", "r4", "r5"]
