"""What purchase models say of every customer: values, limits by both methods, notes, the forecast tested."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lifetime_builder import (
    FIRST_DAY,
    as_transactions,
    buyers,
    clv,
    histories,
    purchases,
    same,
    summarised,
)
from records_builder import PROVENANCE, records_of
from scipy.special import expit, logit
from scipy.stats import norm

from omnistudy.crm.lifetime import (
    bgnbd,
    gamma_gamma,
    paretonbd,
    quantities,
)
from omnistudy.crm.lifetime import (
    purchases as purchase_room,
)
from omnistudy.crm.lifetime.analysis import clv_of_records
from omnistudy.crm.lifetime.buyers import buyers_of
from omnistudy.crm.lifetime.delta_method import by_delta
from omnistudy.crm.lifetime.likelihood import Fit
from omnistudy.crm.lifetime.options import ClvOptions
from omnistudy.crm.lifetime.quantities import Quantities
from omnistudy.crm.lifetime.result import ClvResult
from omnistudy.crm.records.model import Records

SUMMARY = summarised(purchases(), 399, 7.0)
AGAIN = SUMMARY[SUMMARY.x > 0]
WHAT_LIMITS_SAY = (
    "Intervals say how well the expectations are known (80.0 %, delta method on the observed information); "
    "what single customers will do varies more."
)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    with records_of(tmp_path_factory.mktemp("sales"), transactions=as_transactions(purchases())) as found:
        yield found


@pytest.fixture(scope="module")
def fit() -> Fit:
    return bgnbd.fit(histories(SUMMARY))


@pytest.fixture(scope="module")
def spend() -> Fit:
    return gamma_gamma.fit(AGAIN.x.to_numpy(), AGAIN["mean"].to_numpy(), np.ones(len(AGAIN)))


def found(records: Records, **options: Any) -> ClvResult:
    return clv_of_records(records, ClvOptions(**options), PROVENANCE)


def discounted(theta: np.ndarray, horizon: float, yearly: float, per_year: float) -> np.ndarray:
    """Purchases of every time unit ahead, each discounted at its end; the last unit may be a part."""
    rate = (1 + yearly) ** (1 / per_year) - 1
    ends = [*range(1, int(horizon) + 1), *([horizon] if horizon % 1 else [])]
    upto = [np.zeros(len(SUMMARY))]
    upto += [bgnbd.expected_purchases(theta, histories(SUMMARY), float(end)) for end in ends]
    parts = [(b - a) / (1 + rate) ** end for a, b, end in zip(upto, upto[1:], ends, strict=False)]
    return np.asarray(sum(parts))


def test_purchases_of_a_day_are_one_and_fees_are_none(tmp_path: Path) -> None:
    """In weeks; c bought after the end only, b's second purchase is a fee; histories of their own stay apart."""
    text = "customer_id,ts,value,kind\n" + (
        "a,2024-01-01,10,\na,2024-01-08 09:00,3,discretionary\na,2024-01-08 10:00,4,\na,2024-01-15,11,\n"
        "b,2024-01-02,5,\nb,2024-01-09,6,fee\nc,2024-01-30,9,\nd,2024-01-01,8,scheduled\nd,2024-01-02,8,\n"
        "e,2024-01-02,1,\nf,2024-01-01,2,\nf,2024-01-15,3,\ng,2024-01-01,2,\ng,2024-01-08,3,\n"
        "h,2024-01-02,2,\nh,2024-01-09,3,\n"
    )
    with records_of(tmp_path, transactions=text) as records:
        end = records.window("transactions")[0] + 21
        buying = buyers_of(records, end, 7.0)
    assert buying.ids == ("a", "b", "d", "e", "f", "g", "h")
    assert buying.mean.tolist() == [(7 + 11) / 2, 0, 0, 0, 3, 3, 3]
    assert buying.x.tolist() == [2, 0, 0, 0, 1, 1, 1]
    assert buying.repeaters.tolist() == [True, False, False, False, True, True, True]
    h = buying.histories  # b, d and e have the same one, which is kept once
    found = list(zip(h.x.tolist(), h.tx.tolist(), h.t.tolist(), h.weight.tolist(), strict=True))
    assert found == [(0, 0, 20 / 7, 3), (1, 1, 20 / 7, 1), (1, 1, 3, 1), (1, 2, 3, 1), (2, 2, 3, 1)]
    assert buying.at.tolist() == [4, 0, 0, 0, 3, 2, 1]


@pytest.mark.parametrize("model", ["bgnbd", "paretonbd"])
def test_values_without_limits(records: Records, fit: Fit, spend: Fit, model: str) -> None:
    choices = {"horizon": 10.5, "discount": 0.3, "margin": 0.4, "ci": "none", "model": model}
    result = found(records, **choices)
    module = {"bgnbd": bgnbd, "paretonbd": paretonbd}[model]
    theta = module.fit(histories(SUMMARY)).log_parameters
    expected = module.expected_purchases(theta, histories(SUMMARY), 10.5)
    alive = module.p_alive(theta, histories(SUMMARY))
    mean = gamma_gamma.expected_value(spend.log_parameters, SUMMARY.x.to_numpy(), SUMMARY["mean"].to_numpy())
    rows = [
        (one.customer_id, one.frequency, one.recency, one.age, one.expected, one.p_alive, one.mean_value)
        for one in result.customers
    ]
    wanted = [
        (str(name), int(row.x), row.tx, row.t, float(e), float(a), float(m))
        for (name, row), e, a, m in zip(SUMMARY.iterrows(), expected, alive, mean, strict=True)
    ]
    assert same(rows, wanted, 1e-6)
    if model == "bgnbd":
        worth = 0.4 * mean * discounted(theta, 10.5, 0.3, 365.25 / 7)
        assert [one.value for one in result.customers] == pytest.approx(worth.tolist(), rel=1e-6)
        assert result.totals[1].value == pytest.approx(worth.sum(), rel=1e-6)
    asked = "no interval was asked for"
    assert [(one.name, one.low, one.high, str(one.reason)) for one in result.totals] == [
        ("expected_transactions", None, None, asked),
        ("value", None, None, asked),
    ]
    assert result.totals[0].value == pytest.approx(expected.sum(), rel=1e-6)
    for parameters, at in ((result.parameters, theta), (result.spend, spend.log_parameters)):
        assert [one.value for one in parameters] == pytest.approx(np.exp(at).tolist(), rel=1e-6)
        assert {(one.low, one.high, str(one.reason)) for one in parameters} == {(None, None, asked)}
    assert [one.name for one in result.spend] == ["p", "q", "v"]
    assert result.spend_log_likelihood == pytest.approx(spend.log_likelihood)
    customer = result.customers[0]
    limits = (customer.expected_low, customer.expected_high, customer.p_alive_low, customer.p_alive_high)
    assert (*limits, customer.value_low, customer.value_high) == (None,) * 6
    assert (result.notes, result.holdout, result.horizon, result.ci_method) == ((), None, 10.5, "none")


def test_days_and_a_year_ahead(records: Records) -> None:
    weeks, days = found(records, ci="none"), found(records, ci="none", unit="day")
    assert (weeks.horizon, weeks.unit, days.horizon, days.unit) == (52, "week", 365, "day")
    assert [one.age * 7 for one in weeks.customers] == pytest.approx([one.age for one in days.customers])
    # A week is 7 days of the same process: 364 days ahead are 52 weeks ahead.
    same_span = found(records, ci="none", unit="day", horizon=364)
    assert same_span.totals[0].value == pytest.approx(weeks.totals[0].value, rel=1e-5)
    assert str(weeks.summary).startswith("BG/NBD on 160 customers: ")
    assert str(weeks.summary).endswith(" purchases are expected in the next 52 weeks.")
    assert str(days.summary).endswith(" purchases are expected in the next 365 days.")


def slopes(quantity: Any, at: np.ndarray) -> np.ndarray:
    units = np.eye(len(at)) * 1e-5
    return np.array([(quantity(at + unit) - quantity(at - unit)) / 2e-5 for unit in units])


def spread(quantity: Any, fitted: Fit) -> np.ndarray:
    """Standard error by the delta method."""
    at = slopes(quantity, fitted.log_parameters)
    assert fitted.covariance is not None
    return np.asarray(np.sqrt(np.sum(at * (fitted.covariance @ at), axis=0)))


def test_limits_by_the_delta_method(records: Records, fit: Fit, spend: Fit) -> None:
    """Positive quantities on the log scale, P(alive) on the logit scale; both fits are independent."""
    result = found(records, horizon=4.5, confidence=0.8, margin=0.4)
    z, h = norm.ppf(0.9), histories(SUMMARY)
    x, mean = SUMMARY.x.to_numpy(), SUMMARY["mean"].to_numpy()

    def ahead(theta: np.ndarray) -> np.ndarray:
        return bgnbd.expected_purchases(theta, h, 4.5)

    def worth(theta: np.ndarray) -> np.ndarray:
        return discounted(theta, 4.5, 0.1, 365.25 / 7)

    def spent(eta: np.ndarray) -> np.ndarray:
        return gamma_gamma.expected_value(eta, x, mean)

    theta, eta = fit.log_parameters, spend.log_parameters
    wide = z * spread(lambda at: np.log(ahead(at)), fit)
    limits = [(one.expected_low, one.expected_high) for one in result.customers]
    assert same(
        limits, np.stack([ahead(theta) * np.exp(-wide), ahead(theta) * np.exp(wide)], 1).tolist(), 1e-5
    )

    sure = x == 0
    alive = bgnbd.p_alive(theta, h)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = z * spread(lambda at: logit(np.where(sure, 0.5, bgnbd.p_alive(at, h))), fit)
        low, high = expit(logit(alive) - half), expit(logit(alive) + half)
    wanted = np.where(sure[:, None], 1.0, np.stack([low, high], 1))
    assert same([(one.p_alive_low, one.p_alive_high) for one in result.customers], wanted.tolist(), 1e-5)

    value = 0.4 * spent(eta) * worth(theta)
    relative = (
        spread(lambda at: np.log(worth(at)), fit) ** 2 + spread(lambda at: np.log(spent(at)), spend) ** 2
    )
    by = np.exp(z * np.sqrt(relative))
    assert same(
        [(one.value, one.value_low, one.value_high) for one in result.customers],
        np.stack([value, value / by, value * by], 1).tolist(),
        1e-5,
    )

    total = spread(lambda at: np.log(np.array([ahead(at).sum()])), fit)[0]
    whole = np.hypot(
        spread(lambda at: np.array([np.log((spent(eta) * worth(at)).sum())]), fit)[0],
        spread(lambda at: np.array([np.log((spent(at) * worth(theta)).sum())]), spend)[0],
    )
    sums = [("expected_transactions", ahead(theta).sum(), total), ("value", value.sum(), whole)]
    assert same(
        [(one.name, one.value, one.low, one.high, one.reason) for one in result.totals],
        [(n, float(v), float(v * np.exp(-z * e)), float(v * np.exp(z * e)), None) for n, v, e in sums],
        1e-5,
    )
    for parameters, fitted in ((result.parameters, fit), (result.spend, spend)):
        assert fitted.covariance is not None
        error = z * np.sqrt(np.diag(fitted.covariance))
        at = fitted.log_parameters
        assert [one.value for one in parameters] == pytest.approx(np.exp(at).tolist(), rel=1e-6)
        assert [one.low for one in parameters] == pytest.approx(np.exp(at - error).tolist(), rel=1e-5)
        assert [one.high for one in parameters] == pytest.approx(np.exp(at + error).tolist(), rel=1e-5)
    assert [str(note) for note in result.notes] == [WHAT_LIMITS_SAY]


def test_too_many_cells_leave_the_values_without_limits(
    records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cells are histories × periods × 8 shifted parameters; at the limit itself they are computed."""
    cells = 8 * 2 * len(SUMMARY.drop_duplicates(["x", "tx", "t"]))
    monkeypatch.setattr(quantities, "MOST_CELLS", cells)
    assert found(records, horizon=1.5, confidence=0.8).customers[0].value_low is not None
    assert found(records, horizon=2.0, confidence=0.8).customers[0].value_low is not None
    monkeypatch.setattr(quantities, "MOST_CELLS", cells - 1)
    result = found(records, horizon=1.5, confidence=0.8)
    reason = "values carry no interval: too many histories times periods; shorten --horizon"
    assert [str(note) for note in result.notes] == [reason, WHAT_LIMITS_SAY]
    customer, (expected, value) = result.customers[0], result.totals
    assert (customer.value_low, customer.value_high, value.low, value.high) == (None,) * 4
    assert (str(value.reason), expected.reason) == (reason, None)
    assert customer.expected_low is not None
    assert found(records, horizon=1.5, ci="none").notes == ()
    drawn = found(records, horizon=1.5, ci="bootstrap", resamples=4)  # needs no derivatives
    assert (drawn.notes, drawn.customers[0].value_low is None) == ((), False)


def test_resampling_draws_customers_and_takes_percentiles(records: Records, fit: Fit, spend: Fit) -> None:
    result = found(records, ci="bootstrap", resamples=6, seed=9, confidence=0.5, horizon=1.5, margin=0.4)
    random, draws, size = np.random.default_rng(9), [], len(SUMMARY)
    x, mean, h = SUMMARY.x.to_numpy(), SUMMARY["mean"].to_numpy(), histories(SUMMARY)
    for _ in range(6):
        weight = np.bincount(random.integers(0, size, size), minlength=size).astype(float)
        theta = bgnbd.fit(histories(SUMMARY, weight)).log_parameters
        eta = gamma_gamma.fit(x[x > 0], mean[x > 0], weight[x > 0]).log_parameters
        expected = bgnbd.expected_purchases(theta, h, 1.5)
        worth = 0.4 * gamma_gamma.expected_value(eta, x, mean) * discounted(theta, 1.5, 0.1, 365.25 / 7)
        alive = bgnbd.p_alive(theta, h)
        sums = [expected.sum(), worth.sum()]
        draws.append((np.exp([*theta, *eta]), np.array(sums), expected, alive, worth))

    def quartiles(at: int) -> list[tuple[float, float]]:
        low, high = np.percentile(np.array([draw[at] for draw in draws]), [25, 75], axis=0)
        return list(zip(low.tolist(), high.tolist(), strict=True))

    theta, eta = fit.log_parameters, spend.log_parameters
    assert same([(one.low, one.high) for one in (*result.parameters, *result.spend)], quartiles(0), 1e-3)
    assert [one.name for one in (*result.parameters, *result.spend)] == [
        "r",
        "alpha",
        "a",
        "b",
        "p",
        "q",
        "v",
    ]
    assert [one.value for one in (*result.parameters, *result.spend)] == pytest.approx(
        np.exp([*theta, *eta]).tolist(), rel=1e-6
    )
    assert [one.name for one in result.totals] == ["expected_transactions", "value"]
    assert same([(one.low, one.high) for one in result.totals], quartiles(1), 1e-3)
    here = bgnbd.expected_purchases(theta, h, 1.5)
    spent = gamma_gamma.expected_value(eta, x, mean)
    worth = 0.4 * spent * discounted(theta, 1.5, 0.1, 365.25 / 7)
    assert [one.value for one in result.totals] == pytest.approx([here.sum(), worth.sum()], rel=1e-6)
    people = result.customers
    assert [one.expected for one in people] == pytest.approx(here.tolist(), rel=1e-6)
    assert [one.mean_value for one in people] == pytest.approx(spent.tolist(), rel=1e-6)
    assert [one.value for one in people] == pytest.approx(worth.tolist(), rel=1e-6)
    assert same([(one.expected_low, one.expected_high) for one in people], quartiles(2), 1e-3)
    assert same([(one.p_alive_low, one.p_alive_high) for one in people], quartiles(3), 1e-3)
    assert same([(one.value_low, one.value_high) for one in people], quartiles(4), 1e-3)
    assert (result.notes, result.ci_method) == ((), "bootstrap")


def test_a_forecast_is_tested_on_the_days_after(tmp_path: Path) -> None:
    frame = purchases()
    end = FIRST_DAY + timedelta(250)
    result = clv(tmp_path, {"transactions": as_transactions(frame)}, calibration_end=end, ci="none")
    before = summarised(frame, 250, 7.0)
    h, span = histories(before), (frame.day.max() - 250) / 7
    predicted = bgnbd.expected_purchases(bgnbd.fit(h).log_parameters, h, span)
    later = frame[frame.day > 250].groupby("customer").day.nunique()
    actual = later.reindex(before.index).fillna(0).to_numpy()
    held = result.holdout
    assert held is not None
    assert held.span == pytest.approx(span)
    assert held.predicted == pytest.approx(predicted.sum(), rel=1e-6)
    assert held.actual == actual.sum()
    assert held.mean_absolute_error == pytest.approx(np.abs(predicted - actual).mean(), rel=1e-6)
    assert held.correlation == pytest.approx(np.corrcoef(predicted, actual)[0, 1], rel=1e-6)
    x = before.x.to_numpy()
    groups = [(f"{n}", x == n) for n in range(7) if (x == n).any()] + [("7+", x >= 7)]
    wanted = [(n, float(predicted[k].mean()), float(actual[k].mean()), int(k.sum())) for n, k in groups]
    assert same(held.bands, wanted, 1e-6)
    table = {one.name: one for one in result.tables()}["clv-holdout"]
    assert table.rows == held.bands
    assert "clv-holdout" in [getattr(block, "name", "") for block in result.blocks()]
    payload: Any = result.payload()["holdout"]
    assert payload["bands"][-1] == dict(
        zip(("x", "predicted", "actual", "customers"), held.bands[-1], strict=True)
    )
    assert payload["correlation_reason"] is None


def test_a_forecast_up_to_the_last_day_has_nothing_to_be_tested_on(records: Records) -> None:
    last = FIRST_DAY + timedelta(int(purchases().day.max()))
    assert found(records, ci="none", calibration_end=last).holdout is None


def test_what_does_not_vary_does_not_correlate(records: Records) -> None:
    first, last = records.window("transactions")
    end = first + 399
    buying = buyers_of(records, end, 7.0)
    flat = purchase_room._holdout(
        records, buying, np.full(len(buying.histories.t), 0.5), end - 100, last, 7.0
    )
    assert (flat.correlation, flat.predicted) == (None, 80)
    nobody = purchase_room._holdout(records, buying, buying.histories.x * 1.0, end, end + 14, 7.0)
    assert (nobody.correlation, nobody.actual, nobody.span) == (None, 0, 2)
    assert nobody.mean_absolute_error == pytest.approx(SUMMARY.x.mean())


def test_the_days_after_are_counted_as_those_before(tmp_path: Path) -> None:
    """a: two days, one of them with two purchases, and a fee; b, who began a day later: none; c had not bought."""
    text = "customer_id,ts,value,kind\n" + (
        "a,2024-01-01,10,\nb,2024-01-02,10,\na,2024-01-05,1,\na,2024-01-05,2,\na,2024-01-06,2,discretionary\n"
        "a,2024-01-07,2,fee\nb,2024-01-07,2,scheduled\nc,2024-01-08,2,\n"
    )
    with records_of(tmp_path, transactions=text) as records:
        first, last = records.window("transactions")
        buying = buyers_of(records, first + 1, 1.0)
        assert buying.at.tolist() == [1, 0]
        held = purchase_room._holdout(records, buying, np.array([0.25, 0.5]), first + 1, last, 1.0)
    assert (held.actual, held.predicted, held.span) == (2, 0.75, 6)
    assert (held.mean_absolute_error, held.bands) == ((1.5 + 0.25) / 2, (("0", 0.375, 1.0, 2),))
    assert held.correlation == pytest.approx(1)


def test_who_is_certainly_there_has_no_log_odds(fit: Fit) -> None:
    table = SUMMARY.iloc[:30]
    asked = Quantities(buyers(table), ClvOptions())
    alive = bgnbd.p_alive(fit.log_parameters, histories(table))
    odds = asked.logit_alive(fit.log_parameters)
    assert odds[alive == 1].tolist() == [0.0] * int((table.x == 0).sum())
    assert odds[alive < 1] == pytest.approx(logit(alive[alive < 1]))


def test_delta_limits_without_a_spend_model(fit: Fit) -> None:
    for ci in ("hessian", "none"):
        bands = by_delta(Quantities(buyers(SUMMARY), ClvOptions(ci=ci)), fit, None)
        assert (bands.spend, bands.mean, bands.value) == ((), None, None)
        assert [one.name for one in bands.totals] == ["expected_transactions"]
