"""Contracts: survival, churn and simple value by hand, and the shifted beta-geometric model where it is exact."""

from __future__ import annotations

from dataclasses import replace
from math import exp, inf, log, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lifetime_builder import clv, same
from scipy.special import beta
from scipy.stats import norm

from omnistudy.crm.lifetime import sbg
from omnistudy.crm.lifetime.result import Estimate
from omnistudy.results import Message, Undefined

HEADER = "customer_id,duration,churned,segment,value\n"
FOUR = HEADER + "a,1,yes,x,10\nb,2,no,x,20\nc,2,yes,y,30\nd,3,no,,40\n"
NOTE = (
    "Retention per period is 1 − ends / periods at risk, constant over time; the value is m r / (1 + i − r) "
    "(Gupta and Lehmann), with the discount rate i per period and the limits of r carried over."
)
NO_ERROR = "nothing ended so far, or everything, so the estimate has no error of its own"
NOT_A_PERIOD = "the contracts lasted less than a period each"


def scored(successes: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's limits as the roots of (p − k / n)² = z² p (1 − p) / n."""
    z, share = norm.ppf(0.5 + confidence / 2), successes / n
    low, high = sorted(np.roots([1 + z * z / n, -2 * share - z * z / n, share * share]).real)
    return float(low), float(high)


def loglog(survival: float, se: float, confidence: float = 0.95) -> tuple[float, float]:
    """Limits of a survival on the scale of log(−log S)."""
    z = norm.ppf(0.5 + confidence / 2)
    centre, half = log(-log(survival)), z * se / (survival * -log(survival))
    return exp(-exp(centre + half)), exp(-exp(centre - half))


def segment(
    name: str, ended: int, customers: int, periods: float, mean: float, **choices: float
) -> dict[str, Any]:
    """A segment as JSON: churn ended / customers, retention r = 1 − ended / periods, value m r / (1 + i − r)."""
    confidence, margin = choices.get("confidence", 0.95), choices.get("margin", 1.0)
    discount = choices.get("discount", 0.1)
    low, high = scored(ended, customers, confidence)
    ends = scored(ended, periods, confidence)
    kept = [1 - ended / periods, 1 - ends[1], 1 - ends[0]]
    worth = [mean * margin * r / (1 + discount - r) for r in kept]
    keys = ("value", "ci_low", "ci_high")
    return {
        "segment": name,
        "customers": customers,
        "churned": ended,
        "churn": ended / customers,
        "ci_low": low,
        "ci_high": high,
        "ci_method": "wilson",
        "retention": {**dict(zip(keys, kept, strict=True)), "reason": None},
        "value": {**dict(zip(keys, worth, strict=True)), "reason": None},
    }


@pytest.mark.parametrize("choices", [{}, {"confidence": 0.8, "margin": 0.25, "discount": 0.02}])
def test_four_contracts_by_hand(tmp_path: Path, choices: dict[str, float]) -> None:
    """Two of four ended in 1 + 2 + 2 + 3 periods: r = 3/4, mean value 25; d has no segment of its own."""
    found: Any = clv(tmp_path, {"contracts": FOUR}, **choices).payload()
    assert same(
        found["segments"],
        [
            segment("all", 2, 4, 8, 25.0, **choices),
            segment("x", 1, 2, 3, 15.0, **choices),
            segment("y", 1, 1, 2, 30.0, **choices),
        ],
        1e-7,
    )
    # All: 3/4 are left after period 1, 2/3 of these after period 2. Greenwood: S √Σ d / (n (n − d)).
    steps = [
        ("all", 1.0, 3 / 4, 1 / 12, 4),
        ("all", 2.0, 1 / 2, 1 / 12 + 1 / 6, 3),
        ("x", 1.0, 1 / 2, 1 / 2, 2),
    ]
    wanted: list[dict[str, Any]] = []
    for name, time, survival, variance, at_risk in steps:
        se = survival * sqrt(variance)
        low, high = loglog(survival, se, choices.get("confidence", 0.95))
        point = {
            "segment": name,
            "time": time,
            "survival": survival,
            "se": se,
            "ci_low": low,
            "ci_high": high,
        }
        wanted.append({**point, "at_risk": at_risk, "ci_reason": None})
    last = {"segment": "y", "time": 2.0, "survival": 0.0, "se": None, "ci_low": None, "ci_high": None}
    wanted.append({**last, "at_risk": 1, "ci_reason": NO_ERROR})
    assert same(found["survival"], wanted)
    rest = {key: value for key, value in found.items() if key not in {"segments", "survival", "tables"}}
    assert rest == {
        "model": "kaplan_meier",
        "unit": "period",
        "horizon": 12,
        "discount": choices.get("discount", 0.1),
        "margin": choices.get("margin", 1.0),
        "currency": None,
        "ci_method": "wilson_greenwood",
        "ci_reason": None,
        "parameters": {},
        "parameter_intervals": {},
        "log_likelihood": None,
        "log_likelihood_reason": "no model with a likelihood was fitted: see the model and the refusals",
        "spend": None,
        "totals": {},
        "customers": [],
        "holdout": None,
        "forecast": [],
        "refusals": [],
        "notes": [NOTE],
    }


def words(cell: object) -> object:
    """A cell as it reads."""
    if isinstance(cell, Undefined):
        return str(cell.reason)
    return str(cell) if isinstance(cell, Message) else cell


def test_tables_of_four_contracts(tmp_path: Path) -> None:
    result = clv(tmp_path, {"contracts": FOUR})
    assert str(result.summary) == "2 of 4 contracts ended: churn 50.0 %."
    segments, survival, read = result.tables()
    assert [column.key for column in segments.columns] == [
        "segment", "customers", "churned", "churn", "ci_low", "ci_high", "retention", "value", "value_low",
        "value_high",
    ]  # fmt: skip
    first = segment("all", 2, 4, 8, 25.0)
    limits = [first["value"][key] for key in ("value", "ci_low", "ci_high")]
    row = [words(cell) for cell in segments.rows[0]]
    assert same(row, ["all", 4, 2, 0.5, first["ci_low"], first["ci_high"], 0.75, *limits], 1e-7)
    assert [column.key for column in survival.columns] == [
        "segment", "time", "survival", "se", "ci_low", "ci_high", "at_risk",
    ]  # fmt: skip
    certain = "the curve is 0 or 1 here"
    assert [words(cell) for cell in survival.rows[-1]] == ["y", 2.0, 0.0, certain, certain, certain, 1]
    assert same([words(cell) for cell in survival.rows[0]][:4], ["all", 1.0, 0.75, 0.75 * sqrt(1 / 12)])
    assert read.name == "records-read"
    assert [getattr(block, "name", "") for block in result.blocks()] == [
        "", "clv-segments", "clv-survival", "records-read",
    ]  # fmt: skip


def values(folder: Path, rows: str, **options: Any) -> list[tuple[Estimate, Estimate]]:
    result = clv(folder, {"contracts": HEADER + rows}, **options)
    return [(one.retention, one.value) for one in result.segments]


def undefined(name: str, reason: str) -> tuple[str, None, None, None, str]:
    return (name, None, None, None, reason)


def told(one: Estimate) -> tuple[object, ...]:
    return (one.name, one.value, one.low, one.high, str(one.reason))


@pytest.mark.parametrize(
    "rows", ["a,0.5,yes,,10\nb,0.4,no,,10\n", "a,0,no,,10\nb,0,no,,10\n", "a,0,yes,,10\nb,0.5,yes,,10\n"]
)
def test_less_than_a_period_tells_no_retention(tmp_path: Path, rows: str) -> None:
    [(retention, value)] = values(tmp_path, rows)
    assert told(retention) == undefined("retention", NOT_A_PERIOD)
    assert told(value) == undefined("value", NOT_A_PERIOD)


def test_a_single_period_tells_a_retention(tmp_path: Path) -> None:
    [(retention, value)] = values(tmp_path, "a,1,no,,10\n")
    assert (retention.value, retention.high) == (1, 1)
    assert value.value == pytest.approx(10 / 0.1)


def test_everybody_leaving_after_one_period_is_worth_nothing(tmp_path: Path) -> None:
    [(retention, value)] = values(tmp_path, "a,1,yes,,10\nb,1,yes,,10\n")
    low, high = scored(2, 2)
    assert (retention.value, retention.low, value.value, value.low) == (0, 0, 0, 0)
    assert retention.high == pytest.approx(1 - low)
    assert value.high == pytest.approx(10 * (1 - low) / (0.1 + low))
    assert high == pytest.approx(1)


def test_nothing_ends(tmp_path: Path) -> None:
    """r = 1 is worth m / i; without discounting that has no end. Two segments, one of them without values."""
    rows = "a,4,no,x,10\nb,2,no,x,\nc,2,no,y,\n"
    (retention, value), _, (kept, nothing) = values(tmp_path, rows)
    assert (retention.name, retention.value, retention.high, value.name) == ("retention", 1, 1, "value")
    # The mean is over the contracts that have a value: 10, not 10 / 3.
    assert (value.value, value.high) == pytest.approx((10 / 0.1, 10 / 0.1))
    assert value.low == pytest.approx(10 * (retention.low or 0) / (1.1 - (retention.low or 0)))
    assert kept.value == 1
    assert told(nothing) == undefined("value", "the contracts have no column value")
    whole = values(tmp_path, rows, discount=0.0)[0][1]
    assert told(whole) == undefined("value", "nothing ends and nothing is discounted")
    result = clv(tmp_path, {"contracts": HEADER + rows})
    assert result.survival == ()  # no step: nothing ended, so there is no curve to show
    assert [table.name for table in result.tables()] == ["clv-segments", "records-read"]
    assert "clv-survival" not in [getattr(block, "name", "") for block in result.blocks()]


def test_without_discounting_ends_keep_the_value_finite(tmp_path: Path) -> None:
    [(_, value)] = values(tmp_path, "a,1,yes,,10\nb,3,no,,10\n", discount=0.0)
    low, high = scored(1, 4)
    kept = [3 / 4, 1 - high, 1 - low]
    assert [value.value, value.low, value.high] == pytest.approx([10 * r / (1 - r) for r in kept])


# Shifted beta-geometric. 1,000 customers, of whom 700 stay in period 1 and 560, four in five, in period 2:
# retention is (β + t − 1) / (α + β + t − 1), so β = .7 s and .7 s + 1 = .8 (s + 1) with s = α + β, hence
# s = 2, β = 1.4 and α = .6: as many parameters as free shares, hence an exact fit.
EXACT = "period,customers\n0,1000\n1,700\n2,560\n"


def of_shares(theta: np.ndarray) -> np.ndarray:
    """Log α and log β from the two retentions."""
    first, second = theta
    whole = (1 - second) / (second - first)
    return np.log([(1 - first) * whole, first * whole])


def residual(alpha: float, b: float, renewals: int, discount: float) -> float:
    """DERL as its series: Σ S(t) / S(n − 1) / (1 + d)^(t − n) from t = n, S(t) = B(α, β + t) / B(α, β)."""
    t = np.arange(renewals + 1, 1500.0)
    terms = beta(alpha, b + t) / beta(alpha, b + renewals) / (1 + discount) ** (t - renewals - 1)
    return float(terms.sum())


def by_delta(quantity: Any, confidence: float = 0.95) -> tuple[float, float]:
    """Limits of a positive quantity of two independent shares, .7 of 1000 and .8 of 700, on the log scale."""
    at, step = np.array([0.7, 0.8]), 1e-6
    slopes = [
        (log(quantity(at + step * unit)) - log(quantity(at - step * unit))) / (2 * step) for unit in np.eye(2)
    ]
    variance = slopes[0] ** 2 * 0.7 * 0.3 / 1000 + slopes[1] ** 2 * 0.8 * 0.2 / 700
    by = exp(norm.ppf(0.5 + confidence / 2) * sqrt(variance))
    return quantity(at) / by, quantity(at) * by


@pytest.mark.parametrize(("renewals", "discount", "confidence"), [(0, 0.1, 0.95), (3, 0.25, 0.8)])
def test_an_exact_fit_by_hand(tmp_path: Path, renewals: int, discount: float, confidence: float) -> None:
    options = {"renewals": renewals, "discount": discount, "confidence": confidence, "horizon": 3.0}
    result = clv(tmp_path, {"survivors": EXACT}, **options)
    found: Any = result.payload()

    def worth(shares: np.ndarray) -> float:
        alpha, b = np.exp(of_shares(shares))
        return residual(alpha, b, renewals, discount)

    limits = {
        "alpha": by_delta(lambda shares: exp(of_shares(shares)[0]), confidence),
        "beta": by_delta(lambda shares: exp(of_shares(shares)[1]), confidence),
    }
    low, high = by_delta(worth, confidence)
    value = residual(0.6, 1.4, renewals, discount)
    total = {"value": value, "ci_low": low, "ci_high": high, "reason": None}
    kept = np.cumprod([(1.4 + t) / (2 + t) for t in range(3)])
    wanted = {
        "model": "sbg",
        "unit": "period",
        "horizon": 3.0,
        "discount": discount,
        "margin": 1.0,
        "currency": None,
        "ci_method": "hessian",
        "ci_reason": None,
        "parameters": {"alpha": 0.6, "beta": 1.4},
        "parameter_intervals": limits,
        "log_likelihood": 300 * log(0.3) + 140 * log(0.7 * 0.2) + 560 * log(0.56),
        "log_likelihood_reason": None,
        "spend": None,
        "totals": {"discounted_residual_lifetime": total},
        "customers": [],
        "holdout": None,
        "segments": [],
        "survival": [],
        "forecast": [{"period": t + 1.0, "survival": float(kept[t])} for t in range(3)],
        "refusals": [],
        "notes": [],
    }
    assert same({key: value for key, value in found.items() if key != "tables"}, wanted, 1e-5)
    assert str(result.summary) == "Shifted beta-geometric model: α = 0.6, β = 1.4."


def test_tables_and_section_of_an_exact_fit(tmp_path: Path) -> None:
    result = clv(tmp_path, {"survivors": EXACT})
    forecast, parameters, _ = result.tables()
    assert [row[0] for row in forecast.rows] == list(range(1, 13))  # twelve periods if not told otherwise
    assert [(row[0], row[1]) for row in parameters.rows] == [
        ("sbg", "alpha"),
        ("sbg", "beta"),
        ("sbg", "log_likelihood"),
        ("total", "discounted_residual_lifetime"),
    ]
    shown, projected, read = result.blocks()
    assert [getattr(block, "name", "") for block in (projected, read)] == ["clv-forecast", "records-read"]
    assert [tuple(str(cell) for cell in row[:2]) for row in getattr(shown, "rows", ())] == [
        ("sBG", "α"),
        ("sBG", "β"),
        ("sBG", "Log-likelihood"),
        ("All", "Discounted residual lifetime"),
    ]
    caption = str(getattr(shown, "caption", ""))
    assert caption == "Parameters and totals, intervals by the observed information (delta method)"


def test_contracts_say_the_same_as_survivors(tmp_path: Path) -> None:
    """300 end in period 1, 140 in period 2, 560 go on; one that has not met a renewal yet says nothing."""
    spells = ["1,yes"] * 300 + ["2,yes"] * 140 + ["2,no"] * 560 + ["0,no"]
    text = "customer_id,duration,churned\n" + "".join(f"c{at},{one}\n" for at, one in enumerate(spells))
    found = clv(tmp_path, {"contracts": text}, model="sbg")
    wanted = clv(tmp_path, {"survivors": EXACT})
    assert (found.parameters, found.totals, found.forecast) == (
        wanted.parameters,
        wanted.totals,
        wanted.forecast,
    )
    assert found.log_likelihood == wanted.log_likelihood


def test_survivors_come_before_contracts(tmp_path: Path) -> None:
    tables = {"survivors": EXACT, "contracts": FOUR}
    assert (
        clv(tmp_path, tables, model="sbg").log_likelihood
        == clv(tmp_path, {"survivors": EXACT}).log_likelihood
    )


def test_a_period_in_which_nobody_ends(tmp_path: Path) -> None:
    """Ends after one and three periods: no contract has duration 2, which counts as a period without ends."""
    spells = ["1,yes"] * 300 + ["3,yes"] * 60 + ["3,no"] * 640
    text = "customer_id,duration,churned\n" + "".join(f"c{at},{one}\n" for at, one in enumerate(spells))
    found = clv(tmp_path, {"contracts": text}, model="sbg").parameters
    rows = "period,customers\n0,1000\n1,700\n2,700\n3,640\n"
    assert found == clv(tmp_path, {"survivors": rows}).parameters
    assert len(found) == 2


def test_without_discounting_a_lifetime_may_have_no_end(tmp_path: Path) -> None:
    """Σ S(t) diverges for α ≤ 1. For α = 1.2, β = .8 (.4, then .6 of these stay) it is β / (α − 1) = 4."""
    endless = clv(tmp_path, {"survivors": EXACT}, discount=0.0)
    [total] = endless.totals
    reason = "without discounting the expected lifetime has no end (α ≤ 1)"
    assert told(total) == undefined("discounted_residual_lifetime", reason)
    assert len(endless.parameters) == 2
    text = "period,customers\n0,1000\n1,400\n2,240\n"
    [total] = clv(tmp_path, {"survivors": text}, discount=0.0).totals
    assert total.value == pytest.approx(4, rel=1e-6)
    assert total.low is not None
    assert total.high is not None
    assert 0 < total.low < 4 < total.high < inf


NOT_IDENTIFIED = {
    "code": "not_identified",
    "subject": "sbg",
    "reason": "the ends do not show whether customers differ: the likelihood has no maximum inside its bounds.",
    "needed": "ends in at least two periods, with a rate that falls over time.",
}
MISSING = {
    "code": "periods_missing",
    "subject": "sbg",
    "reason": "the periods are not 0, 1, 2, … without a gap.",
    "needed": "one row per period from 0, at least three.",
}
RISE = {
    "code": "survivors_rise",
    "subject": "sbg",
    "reason": "the number of survivors rises.",
    "needed": "how many of the first customers are left after each period.",
}
NOT_WHOLE = {
    "code": "not_whole_periods",
    "subject": "sbg",
    "reason": "the durations are not whole numbers of periods.",
    "needed": "durations counted in renewal periods.",
}
BEFORE = {
    "code": "ended_before_renewal",
    "subject": "sbg",
    "reason": "some contracts ended with a duration of 0 periods.",
    "needed": "durations that count the period in which the contract ended.",
}


@pytest.mark.parametrize(
    ("table", "rows", "refusal"),
    [
        ("survivors", "0,100\n1,80\n3,70\n", MISSING),
        ("survivors", "1,100\n2,80\n3,70\n", MISSING),
        ("survivors", "0,100\n1,80\n", MISSING),
        ("survivors", "0,100\n1,80\n2,81\n", RISE),
        ("survivors", "0,100\n1,100\n2,100\n", NOT_IDENTIFIED),  # nobody left
        ("survivors", "0,100\n1,50\n2,50\n", NOT_IDENTIFIED),  # all who left left at once
        ("survivors", "0,1000\n1,869\n2,700\n", NOT_IDENTIFIED),  # ever more leave: no beta fits
        ("contracts", "a,1.5,yes\nb,2,no\n", NOT_WHOLE),
        ("contracts", "a,0,yes\nb,2,no\n", BEFORE),
        ("contracts", "a,0,no\n", NOT_IDENTIFIED),
        ("contracts", "a,1,yes\nb,1,no\n", NOT_IDENTIFIED),
        ("contracts", "a,1,no\nb,2,yes\nc,9,no\n", NOT_IDENTIFIED),  # ends in one period only
    ],
)
def test_refusals_of_the_beta_geometric_model(
    tmp_path: Path, table: str, rows: str, refusal: dict[str, str]
) -> None:
    header = {"survivors": "period,customers\n", "contracts": "customer_id,duration,churned\n"}[table]
    result = clv(tmp_path, {table: header + rows}, model="sbg")
    found: Any = result.payload()
    assert found["refusals"] == [refusal]
    assert (found["parameters"], found["totals"], found["forecast"]) == ({}, {}, [])
    assert str(result.summary) == f"No lifetime value is given: {refusal['reason']}"
    table_of = {one.name: one for one in result.tables()}["clv-refusals"]
    assert [[str(cell) for cell in row] for row in table_of.rows] == [list(refusal.values())]
    assert "clv-forecast" not in {one.name for one in result.tables()}


@pytest.mark.parametrize("parts", [{"converged": False}, {"at_bound": (1,)}, {"covariance": None}])
def test_a_fit_that_says_nothing_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, parts: dict[str, Any]
) -> None:
    fit = replace(sbg.fit(np.array([300.0, 140.0]), np.array([0.0, 560.0])), **parts)
    monkeypatch.setattr(sbg, "fit", lambda *_: fit)
    found: Any = clv(tmp_path, {"survivors": EXACT}).payload()
    assert (found["refusals"], found["parameters"], found["log_likelihood"]) == ([NOT_IDENTIFIED], {}, None)


def test_the_covariance_comes_without_asking() -> None:
    lost, kept = np.array([300.0, 140.0]), np.array([0.0, 560.0])
    assert sbg.fit(lost, kept).covariance is not None
    without = sbg.fit(lost, kept, information=False)
    assert without.covariance is None
    assert np.exp(without.log_parameters) == pytest.approx([0.6, 1.4], rel=1e-4)
