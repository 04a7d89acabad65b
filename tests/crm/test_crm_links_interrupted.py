"""Interrupted time series: what ρ solves, its bounds, refusals, placebo dates, and what stands beside."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import t as student

from omnistudy.crm.links.interrupted import (
    FEW_POINTS,
    MANY_POINTS,
    Interrupted,
    interrupted_series,
)
from omnistudy.crm.refusals import Refusal

Vector = NDArray[np.float64]


def fitted(y: Vector, change: int, **more: object) -> Interrupted:
    found = interrupted_series(y.tolist(), change, **more)  # type: ignore[arg-type]
    assert isinstance(found, Interrupted)
    return found


def design(n: int, change: int, *extra: Vector) -> Vector:
    t = np.arange(float(n))
    after = (t >= change) * 1.0
    return np.column_stack([np.ones(n), t, after, after * (t - change), *extra])


def parts(y: Vector, x: Vector, rho: float) -> tuple[Vector, Vector, Vector]:
    """V, its derivative, and P = V⁻¹ - V⁻¹X(X'V⁻¹X)⁻¹X'V⁻¹, written out as matrices."""
    far = np.abs(np.subtract.outer(np.arange(len(y)), np.arange(len(y)))).astype(float)
    v = np.where(far == 0, 1.0, rho**far)
    by_rho = np.where(far == 0, 0.0, far * rho ** np.maximum(far - 1, 0))
    inverse = np.linalg.inv(v)
    p = inverse - inverse @ x @ np.linalg.inv(x.T @ inverse @ x) @ x.T @ inverse
    return v, by_rho, p


def score(y: Vector, x: Vector, rho: float) -> tuple[float, float]:
    """The derivative of -2 × the profiled restricted log-likelihood, and the size of its two terms."""
    _, by_rho, p = parts(y, x, rho)
    trace = float(np.trace(p @ by_rho))
    weighed = (len(y) - x.shape[1]) * float(y @ p @ by_rho @ p @ y) / float(y @ p @ y)
    return trace - weighed, abs(trace) + abs(weighed)


def deviance(y: Vector, x: Vector, rho: float) -> float:
    """-2 × the profiled restricted log-likelihood, up to a constant."""
    v, _, p = parts(y, x, rho)
    n, k = x.shape
    logs = [float(np.linalg.slogdet(one)[1]) for one in (v, x.T @ np.linalg.inv(v) @ x)]
    return float((n - k) * np.log(y @ p @ y)) + sum(logs)


def worked() -> Vector:
    t = np.arange(40.0)
    lines = 50 + 0.4 * t + (t >= 20) * (6 + 0.3 * (t - 20))
    return np.asarray(lines + 2 * np.sin(0.9 * t) + 1.5 * np.cos(0.7 * t**2))


def random_series(seed: int, n: int, rho: float) -> Vector:
    y = np.random.default_rng(seed).normal(size=n)
    for at in range(1, n):
        y[at] += rho * y[at - 1]
    return y


@pytest.mark.parametrize(
    ("y", "change"),
    [
        (worked(), 20),
        (random_series(1, 24, 0.6), 12),
        (random_series(2, 50, -0.5), 14),
        (1e6 + random_series(3, 36, 0.2), 30),
    ],
    ids=["worked", "short", "negative", "far from zero"],
)
def test_rho_makes_the_score_zero(y: Vector, change: int) -> None:
    """ρ is the root of the derivative of the restricted likelihood, written with matrices here."""
    found = fitted(y, change)
    x, centred = design(len(y), change), y - y.mean()
    slope, size = score(centred, x, found.rho)
    assert abs(slope) < 1e-9 * size
    theirs = brentq(lambda rho: score(centred, x, rho)[0], found.rho - 0.05, found.rho + 0.05, xtol=1e-14)
    assert found.rho == pytest.approx(theirs, abs=1e-10)
    # The root is the least -2 log-likelihood and not the greatest.
    least = deviance(centred, x, found.rho)
    assert all(deviance(centred, x, found.rho + step) > least for step in (-0.05, 0.05))


def test_rho_of_a_series_with_a_column_beside_it() -> None:
    y, dummy = random_series(5, 36, 0.4), (np.arange(36) % 12 == 2) * 1.0
    found = fitted(y, 18, beside={"nowruz": dummy.tolist()})
    slope, size = score(y, design(36, 18, dummy), found.rho)
    assert abs(slope) < 1e-9 * size


def test_another_scale_or_level_is_the_same_series() -> None:
    y = worked()
    plain, moved = fitted(y, 20), fitted(1000 * y + 7e5, 20)
    assert moved.rho == pytest.approx(plain.rho, abs=1e-9)
    assert moved.term("level_change").value == pytest.approx(1000 * plain.term("level_change").value)
    assert moved.placebo_p == plain.placebo_p


@pytest.mark.parametrize("sign", [1, -1])
def test_a_likelihood_that_grows_to_the_end_stops_at_the_bound(sign: int) -> None:
    """A slow wave is nearly the same from point to point, and one that turns its sign the opposite."""
    wave = np.cos(np.arange(30) / 6) ** 3
    y = wave if sign > 0 else (5 + wave) * (-1.0) ** np.arange(30)
    x = design(30, 15)
    assert fitted(y, 15).rho == sign * 0.99
    assert np.sign(score(y, x, sign * 0.99)[0]) == -sign
    curve = [deviance(y, x, sign * rho) for rho in np.linspace(-0.99, 0.99, 100)]
    assert int(np.argmin(curve)) == 99


@pytest.mark.parametrize(
    "digits",
    ["00221130331201", "01313303002011", "22223200121221", "02223312312322", "31110030213113"],
)
def test_the_greatest_of_several_maxima_is_taken(digits: str) -> None:
    """Each of these short series has two maxima, in the middle or at the bound; the higher one counts."""
    y = np.array([float(digit) for digit in digits])
    x = design(14, 7)
    grid = np.linspace(-0.99, 0.99, 397)
    curve = np.array([deviance(y, x, rho) for rho in grid])
    lows = sum(
        (at == 0 or curve[at] < curve[at - 1]) and (at == 396 or curve[at] < curve[at + 1])
        for at in range(397)
    )
    assert lows == 2
    assert fitted(y, 7).rho == pytest.approx(grid[np.argmin(curve)], abs=0.005)


def test_coefficients_carry_students_p_and_limits() -> None:
    y = random_series(7, 40, 0.3)
    dummy = (np.arange(40) == 25) * 1.0
    for level, more in ((0.95, {}), (0.8, {"confidence": 0.8})):
        found = fitted(y, 18, beside={"outage": dummy.tolist()}, **more)
        assert (found.before, found.after, found.freedom) == (18, 22, 35)
        names = ["intercept", "slope", "level_change", "slope_change", "outage"]
        assert [one.name for one in found.coefficients] == names
        for one in found.coefficients:
            half = student.ppf(0.5 + level / 2, 35) * one.se
            p = 2 * student.sf(abs(one.value) / one.se, 35)
            assert (one.p, one.low, one.high) == pytest.approx((p, one.value - half, one.value + half))


@pytest.mark.parametrize(
    "y",
    [
        np.full(30, 5.0),
        np.full(30, 0.1),
        np.zeros(30),
        0.3 + 0.1 * np.arange(30),
        1e6 + np.arange(30) / 3 + 2 * (np.arange(30) >= 15),
    ],
    ids=["five", "a tenth", "zero", "a line", "lines with a step"],
)
def test_series_on_their_lines_are_refused(y: Vector) -> None:
    """What floating point leaves beside exact lines is rounding, no error to measure a step by."""
    found = interrupted_series(y.tolist(), 15)
    assert isinstance(found, Refusal)
    assert found.as_json() == {
        "code": "series_constant",
        "subject": "interrupted_time_series",
        "reason": "the series does not vary around its lines, so there is no error to measure against.",
        "needed": "a metric that varies from period to period.",
    }


def test_too_short_series_are_refused_with_their_points() -> None:
    y = random_series(9, 30, 0.0)
    for n, change in ((11, 5), (11, 6), (30, 5), (30, 25)):
        found = interrupted_series(y[:n].tolist(), change)
        assert isinstance(found, Refusal)
        assert found.as_json() == {
            "code": "series_too_short",
            "subject": "interrupted_time_series",
            "reason": f"the series has {n} points, {change} before the change and {n - change} after it.",
            "needed": "at least 12 points, 6 on each side; 24 on each side for a test that nearly keeps its level.",
        }
    least = fitted(y[:12], 6)
    # No other date leaves six points on both sides.
    assert (least.before, least.after, least.freedom, least.placebo_dates, least.placebo_p) == (
        6,
        6,
        8,
        0,
        None,
    )
    assert fitted(y, 6).after == 24
    assert fitted(y, 24).before == 24


def test_the_placebo_p_counts_every_other_date() -> None:
    """Every date from the seventh point to the seventh from the end, its step in units of its error."""
    y = random_series(11, 30, 0.3) + 1.2 * (np.arange(30) >= 13)
    found = fitted(y, 13)

    def size(at: int) -> float:
        step = fitted(y, at).term("level_change")
        return abs(step.value / step.se)

    others = [at for at in range(6, 25) if at != 13]
    assert found.placebo_dates == len(others) == 18
    larger = sum(size(at) >= size(13) for at in others)
    assert 0 < larger < 18
    assert found.placebo_p == (larger + 1) / 19


def test_a_date_whose_lines_fit_exactly_has_the_larger_step() -> None:
    y = np.where(np.arange(30) >= 20, 3.0, 1.0)
    refused = interrupted_series(y.tolist(), 20)
    assert isinstance(refused, Refusal)
    found = fitted(y, 12)
    step = found.term("level_change")
    others = [at for at in range(6, 25) if at not in {12, 20}]
    steps = [fitted(y, at).term("level_change") for at in others]
    larger = sum(abs(one.value / one.se) >= abs(step.value / step.se) for one in steps)
    assert found.placebo_p == (larger + 1 + 1) / (len(others) + 2)


def test_dates_at_which_the_columns_repeat_each_other_are_passed_over() -> None:
    y = random_series(12, 30, 0.1)
    alike = (np.arange(30) >= 10) * 1.0
    found = fitted(y, 15, beside={"law": alike.tolist()})
    assert found.adjusted == ("law",)
    assert (fitted(y, 15).placebo_dates, found.placebo_dates) == (18, 17)


def test_columns_that_add_nothing_are_left_out_and_named() -> None:
    y = random_series(13, 12, 0.2)
    odd = {f"m{at}": ((np.arange(12) == at) * 1.0).tolist() for at in (1, 3, 8, 10)}
    found = fitted(y, 6, beside={"still": [1.0] * 12, "trend": list(range(12)), **odd})
    # Five degrees of freedom are kept: 12 points, four terms of the lines and three dummies.
    assert (found.adjusted, found.left_out) == (("m1", "m3", "m8"), ("still", "trend", "m10"))
    assert found.freedom == 5
    twice = fitted(y, 6, beside={"first": odd["m3"], "again": odd["m3"]})
    assert (twice.adjusted, twice.left_out) == (("first",), ("again",))


@pytest.mark.parametrize(
    ("n", "change", "tail"),
    [
        (30, 15, ["With 18 other dates to compare with, the placebo p cannot fall below 0.053."]),
        (31, 15, ["With 19 other dates to compare with, the placebo p cannot fall below 0.050."]),
        (32, 15, []),
        (12, 6, ["With 0 other dates to compare with, the placebo p cannot fall below 1.000."]),
    ],
)
def test_few_other_dates_are_said(n: int, change: int, tail: list[str]) -> None:
    """The note stands wherever the placebo p cannot be below .05."""
    notes = fitted(random_series(14, n, 0.2), change).notes
    assert [str(note) for note in notes] == [str(FEW_POINTS), *tail]


@pytest.mark.parametrize(
    ("n", "change", "note"),
    [(48, 24, MANY_POINTS), (47, 24, FEW_POINTS), (47, 23, FEW_POINTS), (60, 23, FEW_POINTS)],
)
def test_the_shorter_side_decides_how_strict_the_test_is(n: int, change: int, note: object) -> None:
    assert fitted(random_series(15, n, 0.2), change).notes == (note,)
