"""Pareto/NBD against the published CDNOW fit, and its place in `crm clv`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from demo_records import generator, loaded, written
from records_builder import PROVENANCE
from scipy.integrate import quad

from omnistudy.crm.lifetime import bgnbd, paretonbd
from omnistudy.crm.lifetime.analysis import clv_of_records
from omnistudy.crm.lifetime.likelihood import Fit
from omnistudy.crm.lifetime.options import ClvOptions
from omnistudy.crm.lifetime.purchase_models import PURCHASE_MODELS, purchase_model


def one(x: float, tx: float, t: float) -> bgnbd.Histories:
    return bgnbd.Histories(x=np.array([x]), tx=np.array([tx]), t=np.array([t]), weight=np.ones(1))


@pytest.fixture(scope="module")
def fitted(shared: Path) -> Fit:
    path = shared / "data" / "cdnow" / "cdnow_customers_summary_with_transactions.csv"
    summary = np.genfromtxt(path, delimiter=",", skip_header=1)
    x, tx, t = summary[:, 1], summary[:, 2], summary[:, 3]
    return paretonbd.fit(bgnbd.Histories(x=x, tx=tx, t=t, weight=np.ones(len(x))))


def test_the_published_fit(fitted: Fit) -> None:
    """Fader & Hardie print .553, 10.578, .606, 11.669 and -9595.0 for the CDNOW sample."""
    assert np.exp(fitted.log_parameters) == pytest.approx([0.5533, 10.578, 0.6062, 11.668], rel=1e-3)
    assert fitted.log_likelihood == pytest.approx(-9594.974, abs=2e-3)
    assert fitted.converged
    assert fitted.covariance is not None


def test_expectations(fitted: Fit) -> None:
    theta = fitted.log_parameters
    assert paretonbd.expected_of_new_customer(theta, 52) == pytest.approx(1.4734, rel=1e-3)
    first, heavy = one(2, 30.43, 38.86), one(26, 30.86, 31)
    assert paretonbd.p_alive(theta, first)[0] == pytest.approx(0.8691, rel=1e-3)
    assert paretonbd.expected_purchases(theta, first, 39)[0] == pytest.approx(1.4551, rel=1e-3)
    assert paretonbd.p_alive(theta, heavy)[0] == pytest.approx(0.9979, rel=1e-3)
    assert paretonbd.expected_purchases(theta, heavy, 52)[0] == pytest.approx(25.456, rel=1e-3)


@pytest.mark.parametrize(
    "history", [(0.0, 0.0, 39.0), (3.0, 5.0, 60.0), (80.0, 10.0, 100.0), (4.0, 20.0, 20.0)]
)
def test_the_quadrature_is_that_of_a_slow_integral(history: tuple[float, float, float]) -> None:
    r, alpha, s, beta = 0.6, 10.0, 0.7, 12.0
    x, tx, t = history
    still = (alpha + t) ** -(r + x) * (beta + t) ** -s
    left, _ = quad(
        lambda y: s * ((alpha + y) / (alpha + t)) ** -(r + x) * (beta + y) ** -(s + 1),
        tx,
        t,
        epsrel=1e-12,
        limit=500,
    )
    wanted = 1 / (1 + left * (alpha + t) ** -(r + x) / still)
    found = paretonbd.p_alive(np.log([r, alpha, s, beta]), one(*history))[0]
    assert found == pytest.approx(wanted, rel=1e-8)


def test_lifetimes_of_shape_one_are_no_exception() -> None:
    near = [
        paretonbd.expected_of_new_customer(np.log([0.6, 10.0, s, 12.0]), 52)
        for s in (1 - 1e-6, 1.0, 1 + 1e-6)
    ]
    assert near[1] == pytest.approx((near[0] + near[2]) / 2, rel=1e-9)


def test_both_models_agree_about_a_population(demo: Path) -> None:
    """They tell the same purchases ahead within some percent, though they tell another story of leaving."""
    make, size = generator(demo), 3_000
    random = np.random.default_rng(1)
    age = make.WINDOW - 1 - random.integers(0, make.LATEST_START, size)
    owner, day = make.purchases(random, age)
    x, last = np.bincount(owner, minlength=size).astype(float), np.zeros(size)
    np.maximum.at(last, owner, day.astype(float))
    histories = bgnbd.Histories(x=x, tx=last / 7, t=age / 7, weight=np.ones(size))
    sums = []
    for model in PURCHASE_MODELS.values():
        fit = model.fit(histories)
        assert fit.converged
        assert len(fit.log_parameters) == len(model.parameters)
        sums.append(float(model.expected_purchases(fit.log_parameters, histories, 26).sum()))
    assert sums[1] == pytest.approx(sums[0], rel=0.1)
    assert purchase_model("auto").name == "bgnbd"


@pytest.mark.parametrize("ci", ["hessian", "bootstrap"])
def test_lifetime_value_by_the_other_model(demo: Path, tmp_path: Path, ci: str) -> None:
    make, random, size = generator(demo), np.random.default_rng(1), 600
    people = pd.DataFrame({"customer_id": [f"{at:04d}" for at in range(size)], "segment": "all"})
    ((_, part), _) = make.transactions(random, people)
    path = written(part, tmp_path / "transactions.parquet")
    with loaded(demo / "crm" / "columns.toml", {"transactions": (path,)}) as records:
        options = ClvOptions(model="paretonbd", ci=ci, resamples=20, horizon=8)
        found = clv_of_records(records, options, PROVENANCE)
    assert found.model == "paretonbd"
    assert [one.name for one in found.parameters] == ["r", "alpha", "s", "beta"]
    assert str(found.summary).startswith("Pareto/NBD on 216 customers")
    for one in (*found.parameters, *found.totals):
        assert one.value is not None
        assert one.low is not None
        assert one.high is not None
        assert one.low <= one.value <= one.high
    once = [customer for customer in found.customers if customer.frequency == 0]
    assert once
    for customer in once:  # unlike under BG/NBD, who bought once may have left
        assert customer.p_alive < 1
        assert customer.p_alive_low is not None
        assert customer.p_alive_high is not None
        assert customer.p_alive_low <= customer.p_alive <= customer.p_alive_high
