"""Fits of the purchase models: likelihoods as published, units, weights, starts; and how a maximum is found."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from lifetime_builder import histories, purchases, summarised
from scipy.special import beta as beta_function
from scipy.special import gammaln, hyp2f1

from omnistudy.crm.lifetime import bgnbd, gamma_gamma, likelihood, paretonbd
from omnistudy.crm.lifetime.bgnbd import Histories
from omnistudy.crm.lifetime.likelihood import Fit, maximise
from omnistudy.crm.lifetime.purchase_models import PURCHASE_MODELS

MODELS = {"bgnbd": bgnbd, "paretonbd": paretonbd}
HISTORIES = histories(summarised(purchases(), 399, 7.0))


def bgnbd_published(theta: np.ndarray, h: Histories) -> np.ndarray:
    """Fader, Hardie & Lee (2005), equation 6, per customer."""
    r, alpha, a, b = np.exp(theta)
    x, gap = h.x, np.where(h.x > 0, b + h.x - 1, 1.0)
    steady = np.log(beta_function(a, b + x) / beta_function(a, b)) + r * np.log(alpha)
    steady = steady + gammaln(r + x) - gammaln(r)
    alive = (alpha + h.t) ** -(r + x)
    left = np.where(x > 0, a / gap * (alpha + h.tx) ** -(r + x), 0.0)
    return np.asarray(steady + np.log(alive + left))


def paretonbd_published(theta: np.ndarray, h: Histories) -> np.ndarray:
    """Fader & Hardie (2005), A note on deriving the Pareto/NBD model, for α below β, per customer."""
    r, alpha, s, b = np.exp(theta)
    assert alpha < b
    x, whole = h.x, r + s + h.x

    def term(y: np.ndarray) -> np.ndarray:
        return np.asarray(hyp2f1(whole, r + x, whole + 1, (b - alpha) / (b + y)) / (b + y) ** whole)

    alive = 1 / ((alpha + h.t) ** (r + x) * (b + h.t) ** s)
    left = s / whole * (term(h.tx) - term(h.t))
    steady = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(b)
    return np.asarray(steady + np.log(alive + left))


PUBLISHED: dict[str, Callable[[np.ndarray, Histories], np.ndarray]] = {
    "bgnbd": bgnbd_published,
    "paretonbd": paretonbd_published,
}


def gradient(value: Callable[[np.ndarray], float], at: np.ndarray, step: float = 1e-5) -> np.ndarray:
    units = np.eye(len(at)) * step
    return np.array([(value(at + unit) - value(at - unit)) / (2 * step) for unit in units])


def curvature(value: Callable[[np.ndarray], float], at: np.ndarray) -> np.ndarray:
    units = np.eye(len(at)) * 1e-3
    return np.array([(gradient(value, at + u, 1e-3) - gradient(value, at - u, 1e-3)) / 2e-3 for u in units])


@pytest.fixture(scope="module", params=["bgnbd", "paretonbd"])
def fitted(request: pytest.FixtureRequest) -> tuple[str, Fit]:
    return request.param, MODELS[request.param].fit(HISTORIES)


def test_a_fit_is_the_maximum_of_the_published_likelihood(fitted: tuple[str, Fit]) -> None:
    name, fit = fitted

    def value(theta: np.ndarray) -> float:
        return float(HISTORIES.weight @ PUBLISHED[name](theta, HISTORIES))

    assert fit.log_likelihood == pytest.approx(value(fit.log_parameters), rel=1e-9)
    assert (fit.converged, fit.at_bound) == (True, ())
    assert np.abs(gradient(value, fit.log_parameters)).max() < 1e-3
    wanted = np.linalg.inv(-curvature(value, fit.log_parameters))
    assert fit.covariance is not None
    scale = np.sqrt(np.outer(np.diag(wanted), np.diag(wanted)))
    assert np.abs((fit.covariance - wanted) / scale).max() < 1e-3


def test_the_units_of_time_are_those_of_the_histories(fitted: tuple[str, Fit]) -> None:
    """In days α (and β) are seven times as many, and every purchase adds −ln 7 to the log-likelihood."""
    name, weeks = fitted
    h = HISTORIES
    days = MODELS[name].fit(Histories(x=h.x, tx=h.tx * 7, t=h.t * 7, weight=h.weight))
    longer = {"bgnbd": [0, np.log(7), 0, 0], "paretonbd": [0, np.log(7), 0, np.log(7)]}[name]
    assert days.log_parameters == pytest.approx(weeks.log_parameters + longer, abs=1e-6)
    assert days.log_likelihood == pytest.approx(weeks.log_likelihood - h.x.sum() * np.log(7), rel=1e-10)
    assert days.covariance == pytest.approx(weeks.covariance, rel=1e-4)


@pytest.mark.parametrize("name", list(MODELS))
def test_a_weight_is_how_many_customers_have_the_history(name: str) -> None:
    table = summarised(purchases(), 399, 7.0)
    twice = table.iloc[np.repeat(np.arange(len(table)), np.where(np.arange(len(table)) % 2, 1, 2))]
    weight = np.where(np.arange(len(table)) % 2, 1.0, 2.0)
    one, other = MODELS[name].fit(histories(table, weight)), MODELS[name].fit(histories(twice))
    assert one.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-10)
    assert one.log_parameters == pytest.approx(other.log_parameters, abs=1e-6)


def test_without_information_there_is_no_covariance(fitted: tuple[str, Fit]) -> None:
    name, fit = fitted
    found = MODELS[name].fit(HISTORIES, fit.log_parameters, information=False)
    assert (found.covariance, found.converged) == (None, True)
    assert found.log_parameters == pytest.approx(fit.log_parameters, abs=1e-3)


@pytest.mark.parametrize("module", [bgnbd, paretonbd, gamma_gamma])
def test_a_start_counts_in_the_units_of_the_result(
    module: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fit that starts where another one ended begins at a maximum: nothing is left to climb."""
    table = summarised(purchases(), 399, 7.0)
    again = table[table.x > 0]
    x, mean = again.x.to_numpy(), again["mean"].to_numpy()

    def fit(start: np.ndarray | None) -> Fit:
        if module is gamma_gamma:
            return gamma_gamma.fit(x, mean, np.ones(len(x)), start)
        found: Fit = module.fit(HISTORIES, start)
        return found

    whole, slopes = fit(None), []

    def begun(objective: Any, start: np.ndarray, **choices: Any) -> Fit:
        slopes.append(np.abs(objective(start)[1]).max())
        return maximise(objective, start, **choices)

    monkeypatch.setattr(module, "maximise", begun)
    fit(whole.log_parameters)
    fit(None)
    assert slopes[0] < 1e-5
    assert slopes[1] > 1


def test_gamma_gamma_is_the_maximum_of_the_published_likelihood() -> None:
    """Fader, Hardie & Lee (2005), RFM and CLV, equation 1a; in other coins v and the density change."""
    again = summarised(purchases(), 399, 7.0)
    again = again[again.x > 0]
    x, mean = again.x.to_numpy(), again["mean"].to_numpy()
    weight = np.where(np.arange(len(x)) % 3, 1.0, 2.0)

    def value(theta: np.ndarray) -> float:
        p, q, v = np.exp(theta)
        density = gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
        density = density + (p * x - 1) * np.log(mean) + p * x * np.log(x)
        return float(weight @ (density - (p * x + q) * np.log(v + mean * x)))

    fit = gamma_gamma.fit(x, mean, weight)
    assert fit.log_likelihood == pytest.approx(value(fit.log_parameters), rel=1e-9)
    assert (fit.converged, fit.at_bound) == (True, ())
    assert np.abs(gradient(value, fit.log_parameters)).max() < 1e-3
    wanted = np.linalg.inv(-curvature(value, fit.log_parameters))
    assert fit.covariance == pytest.approx(wanted, rel=2e-3)
    coins = gamma_gamma.fit(x, mean * 100, weight)
    assert coins.log_parameters == pytest.approx(fit.log_parameters + np.log([1, 1, 100]), abs=1e-6)
    assert coins.log_likelihood == pytest.approx(fit.log_likelihood - weight.sum() * np.log(100), rel=1e-9)


def test_expected_values_lie_between_a_customer_and_the_population() -> None:
    """p = 2, q = 3, v = 10: the population's mean is 2 · 10 / 2 = 10; four purchases of 40 count 8 to 2."""
    theta = np.log([2.0, 3.0, 10.0])
    assert gamma_gamma.population_mean(theta) == pytest.approx(10)
    found = gamma_gamma.expected_value(theta, np.array([4.0, 0.0]), np.array([40.0, 0.0]))
    assert found.tolist() == pytest.approx([(8 * 40 + 2 * 10) / 10, 10])
    assert gamma_gamma.population_mean(np.log([2.0, 1.0, 10.0])) is None  # q = 1: no finite mean
    assert gamma_gamma.population_mean(np.log([2.0, 1.5, 10.0])) == pytest.approx(2 * 10 / 0.5)


@pytest.mark.parametrize("s", [0.4, 1.0, 2.5])
def test_purchases_ahead_under_the_pareto_model_are_those_published(s: float) -> None:
    """Schmittlein, Morrison & Colombo (1987): mean rate × P(alive) × mean time that is left of the span."""
    r, alpha, b, span = 0.7, 9.0, 11.0, 26.0
    theta = np.log([r, alpha, s, b])
    h = Histories(x=np.array([3.0, 0]), tx=np.array([20.0, 0]), t=np.array([35.0, 12.0]), weight=np.ones(2))
    later = np.linspace(0, span, 200_001)
    left = np.array([np.trapezoid(((b + t) / (b + t + later)) ** s, later) for t in h.t])
    wanted = paretonbd.p_alive(theta, h) * (r + h.x) / (alpha + h.t) * left
    assert paretonbd.expected_purchases(theta, h, span) == pytest.approx(wanted, rel=1e-8)
    new = float(np.trapezoid((b / (b + later)) ** s, later) * r / alpha)
    assert paretonbd.expected_of_new_customer(theta, span) == pytest.approx(new, rel=1e-8)


def test_a_customer_who_bought_on_the_last_day_is_there() -> None:
    h = Histories(x=np.array([3.0, 3.0]), tx=np.array([20.0, 20]), t=np.array([20.0, 40]), weight=np.ones(2))
    theta = np.log([0.7, 9.0, 0.6, 11.0])
    alive = paretonbd.p_alive(theta, h)
    assert alive[0] == 1
    assert 0 < alive[1] < 1


def test_both_models_are_known_by_name() -> None:
    shown = [(key, one.name, one.title, one.parameters) for key, one in PURCHASE_MODELS.items()]
    assert shown == [
        ("bgnbd", "bgnbd", "BG/NBD", ("r", "alpha", "a", "b")),
        ("paretonbd", "paretonbd", "Pareto/NBD", ("r", "alpha", "s", "beta")),
    ]


# How a maximum is found, on likelihoods whose maximum is known.
CENTRE = np.array([0.5, -1.0])
CURVE = np.array([[4.0, 1.0], [1.0, 2.0]])


def quadratic(theta: np.ndarray) -> tuple[float, np.ndarray]:
    off = theta - CENTRE
    return float(7 - off @ CURVE @ off / 2), -CURVE @ off


def test_a_quadratic_has_its_maximum_and_inverse_curvature() -> None:
    fit = maximise(quadratic, np.zeros(2))
    assert fit.log_parameters == pytest.approx(CENTRE, abs=1e-9)
    assert fit.log_likelihood == pytest.approx(7)
    assert fit.covariance == pytest.approx(np.array([[2.0, -1.0], [-1.0, 4.0]]) / 7, rel=1e-6)
    assert (fit.converged, fit.at_bound) == (True, ())
    assert maximise(quadratic, np.zeros(2), information=False).covariance is None


def test_a_likelihood_that_only_rises_ends_at_the_bound() -> None:
    """Its second parameter is settled all the same, and the first tells nothing of its uncertainty."""

    def rising(theta: np.ndarray) -> tuple[float, np.ndarray]:
        return float(theta[0] - (theta[1] - 2) ** 2), np.array([1.0, -2 * (theta[1] - 2)])

    fit = maximise(rising, np.zeros(2))
    assert (fit.at_bound, fit.converged, fit.covariance) == ((0,), True, None)
    assert fit.log_parameters == pytest.approx([likelihood.BOUND, 2], abs=1e-4)
    falling = maximise(lambda theta: (rising(-theta)[0], -rising(-theta)[1]), np.zeros(2))
    assert falling.log_parameters == pytest.approx([-likelihood.BOUND, -2], abs=1e-4)
    assert falling.at_bound == (0,)


@pytest.mark.parametrize(("centre", "at_bound"), [(8.5, ()), (-8.5, ()), (9.5, (0,)), (-9.5, (0,))])
def test_the_bound_of_a_log_parameter_is_nine(centre: float, at_bound: tuple[int, ...]) -> None:
    """A maximum within it is found, with a variance of 8 where the curvature is 1/8."""
    fit = maximise(
        lambda theta: (float(-((theta[0] - centre) ** 2) / 16), -(theta - centre) / 8), np.zeros(1)
    )
    assert fit.at_bound == at_bound
    assert fit.log_parameters == pytest.approx([np.clip(centre, -9, 9)], abs=1e-6)
    assert fit.covariance == pytest.approx(np.array([[8.0]]))


def test_a_gradient_that_does_not_vanish_is_no_maximum() -> None:
    """A slope that leads nowhere: the value stays, so the search stops where it began."""
    stuck = maximise(lambda theta: (0.0, np.array([1.0])), np.zeros(1))
    assert not stuck.converged
    assert not maximise(lambda theta: (0.0, np.array([1.0, 0.0])), np.zeros(2)).converged
    # A slope is small beside the size of the likelihood: less than a ten thousandth of it.
    for slope, converged in ((99.0, True), (101.0, False)):
        steep = np.array([slope])
        assert maximise(lambda theta: (-1e6, steep), np.zeros(1)).converged is converged  # noqa: B023 - called at once


@pytest.mark.parametrize(
    ("off", "settled"), [((5e-4, -5e-4), True), ((5e-3, 0.0), False), ((0.0, 5e-3), False)]
)
def test_newton_only_polishes(off: tuple[float, float], settled: bool) -> None:
    """Steps beyond a thousandth are the optimiser's business, even where one parameter does not move."""
    start = CENTRE + off
    wanted = CENTRE if settled else start
    assert likelihood._settled(quadratic, start) == pytest.approx(wanted, abs=1e-9)


def test_newton_stops_where_the_slope_no_longer_falls() -> None:
    """The curvature at the start leads to a place whose slope is steeper, in the first parameter alone."""

    def kinked(theta: np.ndarray) -> tuple[float, np.ndarray]:
        return 0.0, np.array([-theta[0] if theta[0] > 2e-4 else 1.0, -theta[1]])

    start = np.array([5e-4, 5e-4])
    assert likelihood._settled(kinked, start).tolist() == start.tolist()


def test_a_saddle_or_an_undefined_slope_has_no_covariance() -> None:
    assert likelihood._covariance(lambda theta: (0.0, np.array([-theta[0], theta[1]])), np.zeros(2)) is None
    assert likelihood._covariance(lambda theta: (0.0, np.array([0.0 * theta[0]])), np.zeros(1)) is None
    assert likelihood._covariance(lambda theta: (0.0, np.array([np.nan])), np.zeros(1)) is None
    half = np.array([1.0, np.nan])
    assert likelihood._covariance(lambda theta: (0.0, -theta * half), np.zeros(2)) is None
    start = np.array([1e-4])
    assert likelihood._settled(lambda theta: (0.0, theta), start) is start  # a minimum: stay


def test_slopes_and_variance_of_products_by_hand() -> None:
    """(u v, u²) at u = 2, v = 3: slopes (3, 4) for u and (2, 0) for v; V = 9 · 1 + 12 · .5 + 4 · 2 = 23, 16."""

    def products(theta: np.ndarray) -> np.ndarray:
        return np.array([theta[0] * theta[1], theta[0] ** 2])

    slopes = likelihood.derivatives(products, np.array([2.0, 3.0]))
    assert slopes == pytest.approx(np.array([[3.0, 4.0], [2.0, 0.0]]), abs=1e-8)
    found = likelihood.delta_variance(slopes, np.array([[1.0, 0.5], [0.5, 2.0]]))
    assert found == pytest.approx([23.0, 16.0])
