"""The JSON object of whole lifetime results, and their sentences."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lifetime_results import BOUGHT, ENDED, NO_SPEND, customer, estimate

ASKED = "no interval was asked for, or the fit allows none"
MODELLED = "no value per purchase was modelled: see the refusals"


@pytest.mark.parametrize(
    ("changes", "reason", "ci_reason"),
    [
        ({}, None, None),
        ({"expected_low": None}, None, ASKED),
        ({"expected_high": None}, None, ASKED),
        ({"p_alive_low": None}, None, ASKED),
        ({"p_alive_high": None}, None, ASKED),
        ({"value_low": None}, None, ASKED),
        ({"value_high": None}, None, ASKED),
        ({"mean_value": None}, MODELLED, None),
        ({"value": None, "value_low": None, "value_high": None}, MODELLED, MODELLED),
        ({"mean_value": None, "value_low": None}, MODELLED, MODELLED),
        ({"value": None, "value_low": None, "expected_low": None}, MODELLED, ASKED),
    ],
)
def test_a_customer_as_json(changes: dict[str, Any], reason: str | None, ci_reason: str | None) -> None:
    found = replace(customer("a", 1.0, 10.0), **changes).as_json()
    numbers = {
        "customer_id": "a",
        "frequency": 3,
        "recency": 2.5,
        "age": 4.5,
        "expected": 1.0,
        "expected_low": 0.5,
        "expected_high": 2.0,
        "p_alive": 0.75,
        "p_alive_low": 0.5,
        "p_alive_high": 0.875,
        "mean_value": 5.0,
        "value": 10.0,
        "value_low": 2.5,
        "value_high": 40.0,
    }
    assert found == {**numbers, **changes, "reason": reason, "ci_reason": ci_reason}


def as_json(value: float, reason: str | None = None) -> dict[str, object]:
    return {"value": value, "ci_low": value / 2, "ci_high": value * 2, "reason": reason}


def test_purchases_as_json() -> None:
    found: Any = BOUGHT.payload()
    read = {"table": "transactions", "read": 9, "kept": 8, "first_day": None, "last_day": None}
    assert [one.pop("customer_id") for one in found["customers"]] == ["a", "b"]
    assert found.pop("customers")[0]["value"] == 10
    assert found == {
        "model": "bgnbd",
        "unit": "week",
        "horizon": 26,
        "discount": 0.1,
        "margin": 1.0,
        "currency": None,
        "ci_method": "hessian",
        "ci_reason": None,
        "parameters": {"r": 0.5, "alpha": 4.0},
        "parameter_intervals": {"r": [0.25, 1.0], "alpha": [2.0, 8.0]},
        "log_likelihood": -100.5,
        "log_likelihood_reason": None,
        "spend": {
            "model": "gamma_gamma",
            "parameters": {"p": 6.0},
            "parameter_intervals": {"p": [3.0, 12.0]},
            "log_likelihood": -40.25,
            "log_likelihood_reason": None,
        },
        "totals": {"expected_transactions": as_json(30.0), "value": as_json(800.0)},
        "holdout": {
            "span": 3.0,
            "predicted": 8.0,
            "actual": 9,
            "mean_absolute_error": 0.5,
            "correlation": None,
            "correlation_reason": "the forecasts or the purchases do not vary over customers",
            "bands": [
                {"x": "0", "predicted": 0.25, "actual": 0.5, "customers": 6},
                {"x": "7+", "predicted": 2.0, "actual": 3.0, "customers": 1},
            ],
        },
        "segments": [],
        "survival": [],
        "forecast": [],
        "refusals": [],
        "notes": ["limits are wide"],
        "tables": [{**read, "set_aside": [], "notes": ["times are local"]}],
    }


def test_undefined_parts_of_the_json_have_reasons() -> None:
    found: Any = ENDED.payload()
    certain = "nothing ended so far, or everything, so the estimate has no error of its own"
    assert [one["ci_reason"] for one in found["survival"]] == [None, certain, certain]
    undefined = {"value": None, "ci_low": None, "ci_high": None}
    assert found["segments"][0]["retention"] == {**undefined, "reason": "too short"}
    assert found["segments"][0]["value"] == {**undefined, "reason": "no values"}
    likelihood = "no model with a likelihood was fitted: see the model and the refusals"
    assert (found["log_likelihood"], found["log_likelihood_reason"]) == (None, likelihood)
    spent: Any = replace(BOUGHT, spend_log_likelihood=None).payload()["spend"]
    assert (spent["log_likelihood"], spent["log_likelihood_reason"]) == (None, likelihood)


def test_sentences() -> None:
    assert str(BOUGHT.title) == "Customer lifetime value"
    assert str(BOUGHT.summary) == "BG/NBD on 2 customers: 30 purchases are expected in the next 26 weeks."
    days = replace(BOUGHT, model="paretonbd", unit="day", horizon=1.5)
    assert str(days.summary) == "Pareto/NBD on 2 customers: 30 purchases are expected in the next 1.5 days."
    assert str(ENDED.summary) == "2 of 8 contracts ended: churn 25.0 %."
    renewed = replace(ENDED, segments=(), parameters=(estimate("alpha", 0.6), estimate("beta", 1.4)))
    assert str(renewed.summary) == "Shifted beta-geometric model: α = 0.6, β = 1.4."
    refused = replace(ENDED, segments=(), refusals=(NO_SPEND,))
    assert str(refused.summary) == "No lifetime value is given: they correlate."
