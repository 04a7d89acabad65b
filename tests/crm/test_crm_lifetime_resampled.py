"""Resampling of customers with a model so simple that its resamples can be drawn by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from lifetime_builder import buyers, purchases, same, summarised

from omnistudy.crm.lifetime import bootstrap, gamma_gamma
from omnistudy.crm.lifetime.bgnbd import Histories
from omnistudy.crm.lifetime.likelihood import Fit
from omnistudy.crm.lifetime.options import ClvOptions
from omnistudy.crm.lifetime.quantities import Bands, Quantities
from omnistudy.errors import StudyError

SUMMARY = summarised(purchases(), 399, 7.0)


class Rates:
    """A model of one parameter, the mean number of repeat purchases, that fails as often as it is told."""

    parameters = ("rate",)

    def __init__(self, *failing: int, at_bound: bool = False) -> None:
        self.failing, self.at_bound, self.fits = failing, at_bound, 0

    def fit(self, h: Histories, start: np.ndarray, *, information: bool) -> Fit:
        assert not information
        failed = self.fits in self.failing
        self.fits += 1
        return Fit(
            log_parameters=np.log([h.weight @ h.x / h.weight.sum()]),
            log_likelihood=0.0,
            converged=not failed or self.at_bound,
            at_bound=(0,) if failed and self.at_bound else (),
            covariance=None,
        )

    def p_alive(self, theta: np.ndarray, h: Histories) -> np.ndarray:
        return np.full(len(h.x), np.exp(-np.exp(theta[0])))

    def expected_purchases(self, theta: np.ndarray, h: Histories, span: float) -> np.ndarray:
        return np.full(len(h.x), np.exp(theta[0]) * span)


def drawn(model: Rates, spend: Fit | None = None, **options: Any) -> Bands:
    few = buyers(SUMMARY.iloc[:12])
    asked = Quantities(few, ClvOptions(ci="bootstrap", seed=4, horizon=2.0, **options))
    asked.model = model  # type: ignore[assignment]
    whole = np.log([few.x.mean()])
    at = Fit(log_parameters=whole, log_likelihood=0.0, converged=True, at_bound=(), covariance=None)
    return bootstrap.resampled(asked, at, spend)


def test_resamples_without_a_fit_are_left_out() -> None:
    """By hand: the third of ten resamples fails, nine means of drawn purchases are left; without a spend model."""
    x, random = SUMMARY.x.to_numpy()[:12], np.random.default_rng(4)
    means = np.array([x[random.integers(0, 12, 12)].mean() for _ in range(10)])
    left = np.delete(means, 2)
    low, high = np.percentile(left, [2.5, 97.5])
    for bound in (False, True):
        bands = drawn(Rates(2, at_bound=bound), resamples=10)
        [rate], [total] = bands.parameters, bands.totals
        assert same([rate.name, rate.value, rate.low, rate.high], ["rate", x.mean(), low, high])
        assert same(
            [total.name, total.value, total.low, total.high],
            ["expected_transactions", x.mean() * 2 * 12, low * 24, high * 24],
        )
        assert (bands.spend, bands.mean, bands.value) == ((), None, None)
        assert bands.expected.at(3) == pytest.approx((x.mean() * 2, low * 2, high * 2))
        assert bands.alive.at(3) == pytest.approx(
            (np.exp(-x.mean()), *np.percentile(np.exp(-left), [2.5, 97.5]))
        )


def test_too_few_fits_are_an_error() -> None:
    with pytest.raises(StudyError) as caught:
        drawn(Rates(2, 5), resamples=10)
    assert "Only 8 of 10 resamples could be fitted." in str(caught.value)
    assert "Use --ci hessian or --ci none." in str(caught.value)


@pytest.mark.parametrize(("q", "converged"), [(0.9, True), (3.0, False)])
def test_resamples_whose_values_have_no_mean_are_left_out(
    monkeypatch: pytest.MonkeyPatch, q: float, converged: bool
) -> None:
    spend = Fit(
        log_parameters=np.log([2.0, 3.0, 10.0]),
        log_likelihood=0.0,
        converged=True,
        at_bound=(),
        covariance=None,
    )
    bad = replace(spend, log_parameters=np.log([2.0, q, 10.0]), converged=converged)
    monkeypatch.setattr(gamma_gamma, "fit", lambda *_, **__: bad)
    with pytest.raises(StudyError, match="Only 0 of 10"):
        drawn(Rates(), spend, resamples=10)
