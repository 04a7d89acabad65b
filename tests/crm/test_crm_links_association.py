"""Association over cases: every number beside scipy's, refusals, and the adjustment of p."""

from __future__ import annotations

from dataclasses import asdict
from math import atanh, sqrt
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import bootstrap, norm, spearmanr

from omnistudy.crm.links.association import Association, _bca, adjusted, associated, minimum_detectable
from omnistudy.crm.refusals import Refusal

Matrix = NDArray[np.float64]


def pairs(n: int, seed: int, noise: float = 1.0) -> tuple[list[float], list[float]]:
    random = np.random.default_rng(seed)
    x = np.round(random.gamma(1.0, size=n), 1)
    y = x + noise * random.normal(size=n)
    return x.tolist(), np.round(y, 1).tolist()


def spearman(x: list[float], y: list[float]) -> float:
    return float(spearmanr(x, y).statistic)


def by_row(a: Matrix, b: Matrix) -> Matrix:
    """ρ of every row of two matrices."""
    return np.array([spearman(one.tolist(), two.tolist()) for one, two in zip(a, b, strict=True)])


def limits(x: list[float], y: list[float], seed: int, confidence: float) -> tuple[float, float]:
    """scipy's limits with bias correction and acceleration, of the 2,000 resamples that the seed draws first."""
    a, b = np.array(x), np.array(y)
    at = np.random.default_rng(seed).integers(0, len(x), (2000, len(x)))
    found = bootstrap(
        (a, b),
        spearman,
        paired=True,
        vectorized=False,
        n_resamples=0,
        confidence_level=confidence,
        method="BCa",
        bootstrap_result=SimpleNamespace(bootstrap_distribution=by_row(a[at], b[at])),  # type: ignore[call-overload]
    ).confidence_interval
    return float(found.low), float(found.high)


@pytest.mark.parametrize(("n", "seed", "confidence"), [(14, 3, 0.95), (11, 5, 0.6)])
def test_every_number_of_an_association(n: int, seed: int, confidence: float) -> None:
    """ρ, what is left without each case, and the limits from scipy, with ties among the cases."""
    x, y = pairs(n, seed)
    assert len(set(x)) < n
    found = associated(x, y, seed=7, confidence=confidence)
    assert isinstance(found, Association)
    left = [spearman(x[:at] + x[at + 1 :], y[:at] + y[at + 1 :]) for at in range(n)]
    low, high = limits(x, y, 7, confidence)
    assert asdict(found) == {
        "rho": pytest.approx(spearman(x, y)),
        "p": pytest.approx(float(spearmanr(x, y).pvalue), rel=0.15, abs=0.02),
        "low": pytest.approx(low),
        "high": pytest.approx(high),
        "n": n,
        "leave_one_out": (pytest.approx(min(left)), pytest.approx(max(left))),
        "detectable": minimum_detectable(n),
    }
    if confidence == 0.95:
        assert found == associated(x, y, seed=7)


def test_a_value_beyond_all_resamples_has_no_limits() -> None:
    """Bias correction has nothing to go by where all or none of the resamples are below the value."""
    x, y = (np.array(one) for one in pairs(12, 1))
    left = [0.1 * at for at in range(12)]
    for rho in (-1.5, 1.5):
        assert _bca(x, y, rho, left, np.random.default_rng(1), 0.95) == (None, None)


def test_every_case_is_resampled() -> None:
    """The first case alone makes the association, so that samples without it have the opposite one."""
    x = [100.0, *range(12)]
    y = [100.0, *range(12, 0, -1)]
    found = associated([float(one) for one in x], [float(one) for one in y], seed=1)
    assert isinstance(found, Association)
    assert found.rho == pytest.approx(spearman(x, y))
    # With the case drawn three times of thirteen and more the sign turns.
    assert found.high is not None
    assert found.high > 0


def test_the_p_of_the_strongest_association_is_the_least_that_can_be() -> None:
    """No permutation of ten different values is as strong but for 2 of 3,628,800."""
    x = [float(at) for at in range(10)]
    for y in (x, x[::-1]):
        found = associated(x, y, seed=1)
        assert isinstance(found, Association)
        assert abs(found.rho) == pytest.approx(1.0)
        assert found.p in (1 / 100_000, 2 / 100_000)
        # Every resample of a perfect order is perfect.
        assert (found.low, found.high) == pytest.approx((found.rho, found.rho))
        assert found.leave_one_out == pytest.approx((found.rho, found.rho))


def test_the_p_is_that_of_all_permutations_in_either_direction() -> None:
    """With one case that differs on either side, a tenth of all orders bring the two together."""
    x, y = [1.0] + [0.0] * 9, [2.0] + [5.0] * 9
    found = associated(x, y, seed=1)
    assert isinstance(found, Association)
    assert found.rho == pytest.approx(-1.0)
    assert found.p == pytest.approx(0.1, abs=0.003)
    # Where one order in ten has -1, all others have 1/9 and none has less.
    y = [5.0, 2.0] + [5.0] * 8
    weak = associated(x, y, seed=1)
    assert isinstance(weak, Association)
    assert weak.rho == pytest.approx(1 / 9)
    assert weak.p == 1.0


def test_without_variation_in_the_resamples_there_are_no_limits() -> None:
    """One case in twelve differs: a third of all resamples miss it."""
    x = [1.0] + [0.0] * 11
    y = [6.5] + [float(at) for at in range(11)]
    found = associated(x, y, seed=1)
    assert isinstance(found, Association)
    assert (found.low, found.high) == (None, None)
    # Without the first case nothing is left to associate, so eleven numbers are compared.
    left = [spearman(x[:at] + x[at + 1 :], y[:at] + y[at + 1 :]) for at in range(1, 12)]
    assert found.leave_one_out == pytest.approx((min(left), max(left)))


def test_the_seed_decides_on_permutations_and_resamples() -> None:
    x, y = pairs(12, 9)
    first, again, other = (associated(x, y, seed=seed) for seed in (1, 1, 2))
    assert isinstance(first, Association)
    assert isinstance(other, Association)
    assert first == again
    assert (first.rho, first.leave_one_out) == (other.rho, other.leave_one_out)
    assert first.low != other.low


FEW = "only {n} cases carry both coded interviews and the metric"
HIDDEN = FEW + "; so few are not even shown."
SAME = "the category or the metric is the same in all {n} cases, so there is nothing to associate."
MORE = "at least 10 cases."
CASES = "cases (branches, regions, segments) that carry both coded interviews and their own metric."


@pytest.mark.parametrize(
    ("x", "y", "code", "reason", "needed"),
    [
        ([], [], "far_too_few_cases", HIDDEN, MORE),
        ([1, 2, 3, 4, 5], [1] * 5, "far_too_few_cases", HIDDEN, MORE),
        ([1, 2, 3, 4, 5, 6], [2, 1, 3, 4, 6, 5], "too_few_cases", FEW + ".", MORE),
        (list(range(9)), list(range(9)), "too_few_cases", FEW + ".", MORE),
        ([1] * 6, [2, 1, 3, 4, 6, 5], "constant_over_cases", SAME, CASES),
        (list(range(12)), [4] * 12, "constant_over_cases", SAME, CASES),
    ],
)
def test_what_is_refused(x: list[float], y: list[float], code: str, reason: str, needed: str) -> None:
    found = associated(x, y, seed=1)
    assert isinstance(found, Refusal)
    said = {"code": code, "subject": "association", "reason": reason.format(n=len(x)), "needed": needed}
    assert found.as_json() == said


@pytest.mark.parametrize("n", [10, 14, 50])
def test_what_could_be_found_at_all(n: int) -> None:
    """Fisher's z of the least ρ is 2.8 errors: 1.96 for the level and .84 for the power; 1.06 is for ranks."""
    errors = atanh(minimum_detectable(n)) * sqrt((n - 3) / 1.06**2)
    assert errors == pytest.approx(norm.ppf(0.975) + norm.ppf(0.8), abs=0.002)


def test_adjusted_p_by_hand() -> None:
    """From the largest down: p m / rank, and never more than the one above."""
    assert adjusted([0.01, 0.04, 0.03, 0.5]) == pytest.approx((0.04, 0.04 * 4 / 3, 0.04 * 4 / 3, 0.5))
    assert adjusted([0.2]) == (0.2,)
    assert adjusted([]) == ()
    assert adjusted([0.9, 0.9, 1.0]) == pytest.approx((1.0, 1.0, 1.0))
