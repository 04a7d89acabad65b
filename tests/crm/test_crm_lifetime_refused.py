"""Which model the records lead to, when it is refused and why, and what the options stand for."""

from __future__ import annotations

import inspect
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pandas as pd
import pytest
from lifetime_builder import as_transactions, buyers, clv, purchases
from records_builder import PROVENANCE, records_of

from omnistudy.cli.crm_command import clv as clv_command
from omnistudy.crm.lifetime import analysis, gamma_gamma
from omnistudy.crm.lifetime import purchases as purchase_room
from omnistudy.crm.lifetime.analysis import clv_of_records
from omnistudy.crm.lifetime.likelihood import Fit
from omnistudy.crm.lifetime.options import INTERVALS, MODELS, UNITS_PER_YEAR, ClvOptions
from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.crm.records.opening import open_records

SALES = "customer_id,ts,value\na,2024-01-01,5\na,2024-02-01,6\nb,2024-01-05,7\n"
CONTRACTS = "customer_id,duration,churned\na,1,yes\nb,3,no\n"
SURVIVORS = "period,customers\n0,1000\n1,700\n2,560\n"
VISITS = "customer_id,ts,channel,event\na,2024-01-01,app,v\n"
TEXTS = {"transactions": SALES, "contracts": CONTRACTS, "survivors": SURVIVORS, "events": VISITS}


@pytest.mark.parametrize(
    ("tables", "asked", "model", "refused"),
    [
        ("transactions", "auto", "bgnbd", "too_few_repeaters"),
        ("contracts", "auto", "kaplan_meier", None),
        ("survivors", "auto", "sbg", None),
        ("contracts survivors", "auto", "kaplan_meier", None),
        ("transactions contracts", "auto", "bgnbd", "too_few_repeaters"),
        ("transactions survivors", "auto", "bgnbd", "too_few_repeaters"),
        ("transactions", "paretonbd", "paretonbd", "too_few_repeaters"),
        ("transactions contracts", "kaplan_meier", "kaplan_meier", None),
        ("transactions survivors", "sbg", "sbg", None),
        ("events", "auto", "bgnbd", "no_records"),
        ("contracts", "bgnbd", "bgnbd", "no_records"),
        ("contracts", "paretonbd", "paretonbd", "no_records"),
        ("survivors", "kaplan_meier", "kaplan_meier", "no_records"),
        ("transactions", "sbg", "sbg", "no_records"),
    ],
)
def test_the_model_goes_by_the_records(
    tmp_path: Path, tables: str, asked: str, model: str, refused: str | None
) -> None:
    named = tables.split()
    result = clv(tmp_path, {name: TEXTS[name] for name in named}, model=asked, ci="none")
    assert (result.model, [one.code for one in result.refusals]) == (model, [refused] if refused else [])
    assert [one.subject for one in result.refusals] == [model] * bool(refused)
    purchase = model in {"bgnbd", "paretonbd"}
    assert (result.unit, result.horizon) == (("week", 52) if purchase else ("period", 12))
    method = {"kaplan_meier": "wilson_greenwood", "sbg": "hessian"}.get(model, "none")
    assert (result.ci_method, result.discount, result.margin) == (method, 0.1, 1.0)
    assert [one.name for one in result.loaded] == named
    needed = {"kaplan_meier": "contracts", "sbg": "contracts or survivors"}.get(model, "transactions")
    if refused == "no_records":
        assert result.refusals[0].as_json() == {
            "code": "no_records",
            "subject": model,
            "reason": "there are no records of the kind that the model needs.",
            "needed": f"a table of {needed}.",
        }


def test_choices_are_carried_into_the_result(tmp_path: Path) -> None:
    choices: dict[str, Any] = {"horizon": 7.5, "discount": 0.2, "margin": 0.3}
    columns = ColumnMap(currency="IRR")
    for text, unit in ((SALES, "day"), (CONTRACTS, "period")):
        name = "transactions" if unit == "day" else "contracts"
        found: Any = clv(tmp_path, {name: text}, columns, unit="day", **choices).payload()
        assert (found["horizon"], found["discount"], found["margin"]) == (7.5, 0.2, 0.3)
        assert (found["unit"], found["currency"]) == (unit, "IRR")


@pytest.mark.parametrize(
    ("columns", "kind"),
    [
        ("customer_id,ts,value,channel,event,duration,churned\na,2024-01-01,5,app,v,2,no\n", "transactions"),
        ("customer_id,duration,churned,period,customers\na,2,no,0,100\n", "contracts"),
        ("period,customers,ticket_id,customer_id,opened\n0,100,t,a,2024-01-01\n", "survivors"),
    ],
)
def test_a_bare_table_is_taken_for_what_has_a_lifetime(tmp_path: Path, columns: str, kind: str) -> None:
    (tmp_path / "bare.csv").write_text(columns, encoding="utf-8")
    with open_records(tmp_path / "bare.csv", prefer=analysis.PREFERRED) as records:
        assert list(records.tables) == [kind]


KINDS = "customer_id,ts,value,kind\na,2024-01-01,5,\na,2024-02-01,6,discretionary\n"


def notes(folder: Path, rows: str, **options: Any) -> list[str]:
    tables = {"transactions": KINDS + rows, "contracts": CONTRACTS}
    return [str(note) for note in clv(folder, tables, **options).notes]


def test_postings_that_nobody_decides_on_are_counted(tmp_path: Path) -> None:
    rows = "a,2024-02-02,6,fee\nb,2024-02-03,6,scheduled\nb,2024-02-03,1,fee\n"
    left_out = ["3 scheduled postings and fees are left out: nobody decides on them."]
    assert notes(tmp_path, rows) == left_out
    assert notes(tmp_path, "") == []
    # Nothing is left out of contracts.
    assert "left out" not in " ".join(notes(tmp_path, rows, model="kaplan_meier"))
    assert clv(tmp_path, {"transactions": SALES}).notes == ()


def clockwork(customers: int) -> str:
    """Everybody buys three times, twenty days apart."""
    rows = [
        (f"c{customer}", customer % 30 + 20 * at, 10.0) for customer in range(customers) for at in range(3)
    ]
    return as_transactions(pd.DataFrame(rows, columns=["customer", "day", "value"]))


@pytest.mark.parametrize("model", ["auto", "paretonbd"])
def test_too_few_came_back(tmp_path: Path, model: str) -> None:
    subject = {"auto": "bgnbd"}.get(model, model)
    result = clv(tmp_path, {"transactions": clockwork(99)}, model=model)
    assert [one.as_json() for one in result.refusals] == [
        {
            "code": "too_few_repeaters",
            "subject": subject,
            "reason": "only 99 customers bought on a second day.",
            "needed": "at least 100 of them.",
        }
    ]
    assert str(result.summary) == "No lifetime value is given: only 99 customers bought on a second day."
    assert [table.name for table in result.tables()] == ["clv-refusals", "records-read"]


def test_a_hundred_who_came_back_are_enough_to_try(tmp_path: Path) -> None:
    [refusal] = clv(tmp_path, {"transactions": clockwork(100)}).refusals
    assert refusal.code in {"boundary", "not_converged"}


SCHEDULED = {
    "code": "scheduled",
    "subject": "bgnbd",
    "reason": "every transaction is scheduled or a fee, so its rhythm says nothing about the customer.",
    "needed": "purchases that customers decide on, or contracts with their ends.",
}
EMPTY = {
    "code": "empty_period",
    "subject": "bgnbd",
    "reason": "no time passes between the first transaction and the end of calibration.",
    "needed": "a later --calibration-end, or records of a longer period.",
}


@pytest.mark.parametrize(
    ("rows", "end", "refusal"),
    [
        ("a,2024-01-01,5,fee\na,2024-02-01,6,scheduled\n", None, SCHEDULED),
        ("a,2024-01-01,5,\na,2024-02-01,6,\n", date(2024, 1, 1), EMPTY),
        ("a,2024-01-01,5,\na,2024-02-01,6,\n", date(2023, 1, 1), EMPTY),
        # A fee was posted before the end, but nobody had bought anything by then.
        ("a,2024-01-01,5,fee\na,2024-02-01,6,\n", date(2024, 1, 15), EMPTY),
        ("a,2024-01-01,5,\n", None, EMPTY),
    ],
)
def test_nothing_to_see(tmp_path: Path, rows: str, end: date | None, refusal: dict[str, str]) -> None:
    text = "customer_id,ts,value,kind\n" + rows
    result = clv(tmp_path, {"transactions": text}, calibration_end=end)
    assert [one.as_json() for one in result.refusals] == [refusal]
    found: Any = result.payload()
    assert (found["customers"], found["totals"], found["holdout"]) == ([], {}, None)


def test_a_day_after_the_first_purchase_is_a_period(tmp_path: Path) -> None:
    with records_of(tmp_path, transactions=SALES, since=date(2023, 6, 1)) as records:
        codes = [
            [
                one.code
                for one in clv_of_records(records, ClvOptions(calibration_end=end), PROVENANCE).refusals
            ]
            for end in (date(2023, 12, 1), date(2024, 1, 1), date(2024, 1, 2))
        ]
    assert codes == [["empty_period"], ["empty_period"], ["too_few_repeaters"]]


def a_fit(**parts: Any) -> Fit:
    return Fit(
        **{
            "log_parameters": np.log([2.0, 3.0, 10.0]),
            "log_likelihood": -5.0,
            "converged": True,
            "at_bound": (),
            "covariance": np.eye(3) / 100,
            **parts,
        }
    )


def test_a_fit_that_says_nothing_is_refused() -> None:
    refused = purchase_room._unidentified
    assert refused(a_fit(), "paretonbd") is None
    for at in ((), (0,)):
        no = refused(a_fit(converged=False, at_bound=at), "paretonbd")
        assert no is not None
        assert no.as_json() == {
            "code": "not_converged",
            "subject": "paretonbd",
            "reason": "the likelihood has no maximum that the optimiser can find.",
            "needed": "more customers, or a longer period.",
        }
    for fit in (a_fit(at_bound=(1,)), a_fit(covariance=None)):
        edge = refused(fit, "paretonbd")
        assert edge is not None
        assert edge.as_json() == {
            "code": "boundary",
            "subject": "paretonbd",
            "reason": "the likelihood is flat or highest at the edge: the data do not identify when customers leave.",
            "needed": "a longer period, in which some customers fall silent and others do not.",
        }


def customers(x: list[float], mean: list[float]) -> Any:
    return buyers(
        pd.DataFrame({"x": x, "tx": x, "t": 9.0, "mean": mean}, index=[f"c{at}" for at in range(len(x))])
    )


def test_values_must_be_above_zero() -> None:
    """Customers who never came back have no repeat purchase that could be worth anything."""
    refusal = purchase_room._refused_spend(customers([0, 1, 2, 3], [0, 0, -4, 5]))
    assert refusal is not None
    assert refusal.as_json() == {
        "code": "values_not_positive",
        "subject": "gamma_gamma",
        "reason": "the repeat purchases of 2 customers are worth nothing or less on average.",
        "needed": "values above zero, refunds netted beforehand.",
    }


@pytest.mark.parametrize("sign", [1, -1])
def test_values_must_not_go_with_frequency(monkeypatch: pytest.MonkeyPatch, sign: int) -> None:
    x, mean = [1.0, 2.0, 3.0, 4.0, 0.0], [5.0 + sign * one for one in (1, 2, 4, 3)] + [0.0]
    refusal = purchase_room._refused_spend(customers(x, mean))
    assert refusal is not None  # r = Σ dx dy / Σ dx² = 4 / 5: the one who never came back does not count
    assert refusal.as_json() == {
        "code": "spend_correlated",
        "subject": "gamma_gamma",
        "reason": f"frequency and value of purchases correlate ({'-' * (sign < 0)}0.800), which the model rules out.",
        "needed": "a correlation between -0.3 and 0.3.",
    }
    r = abs(float(np.corrcoef(x[:4], mean[:4])[0, 1]))
    monkeypatch.setattr(purchase_room, "LARGEST_CORRELATION", r)
    assert purchase_room._refused_spend(customers(x, mean)) is None


def test_what_does_not_vary_cannot_correlate() -> None:
    assert purchase_room._refused_spend(customers([2, 2, 2], [1, 2, 3])) is None
    assert purchase_room._refused_spend(customers([1, 2, 3], [4, 4, 4])) is None


NOT_IDENTIFIED = {
    "code": "not_identified",
    "subject": "gamma_gamma",
    "reason": "the likelihood of the values has no maximum inside its bounds.",
    "needed": "values that differ between customers and within them.",
}
ENDLESS = {
    "code": "infinite_mean",
    "subject": "gamma_gamma",
    "reason": "the values have no finite mean (q ≤ 1), so customers get no value.",
    "needed": "values without a few that outweigh all others.",
}


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [
        ({}, None),
        ({"converged": False}, NOT_IDENTIFIED),
        ({"at_bound": (2,)}, NOT_IDENTIFIED),
        ({"covariance": None}, NOT_IDENTIFIED),
        ({"log_parameters": np.log([2.0, 0.9, 10.0])}, ENDLESS),
    ],
)
@pytest.mark.parametrize("ci", ["none", "hessian"])
def test_a_refused_model_of_values_leaves_the_forecast(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    parts: dict[str, Any],
    refusal: dict[str, str] | None,
    ci: str,
) -> None:
    monkeypatch.setattr(gamma_gamma, "fit", lambda *_, **__: a_fit(**parts))
    result = clv(tmp_path, {"transactions": as_transactions(purchases())}, ci=ci, horizon=1.0)
    found: Any = result.payload()
    assert found["refusals"] == ([] if refusal is None else [refusal])
    first, table = found["customers"][0], result.tables()[0]
    row = dict(zip([column.key for column in table.columns], table.rows[0], strict=True))
    assert list(found["totals"]) == ["expected_transactions"] + ["value"] * (refusal is None)
    assert first["expected"] > 0
    if refusal is None:
        assert found["spend"]["log_likelihood"] == -5
        assert (first["reason"], first["ci_reason"] is None) == (None, ci == "hessian")
        return
    assert (found["spend"], result.spend_log_likelihood) == (None, None)
    why = "no value per purchase was modelled: see the refusals"
    asked = "no interval was asked for, or the fit allows none"
    assert (first["mean_value"], first["value"], first["value_low"], first["value_high"]) == (None,) * 4
    assert (first["reason"], first["ci_reason"]) == (why, asked if ci == "none" else why)
    cells = [row[key] for key in ("mean_value", "value", "value_low", "value_high")]
    assert {str(getattr(cell, "reason", cell)) for cell in cells} == {refusal["reason"]}


def test_the_command_line_starts_from_the_options_of_scripts() -> None:
    """The same defaults; and its help names the very choices."""
    command, hints = (
        inspect.signature(clv_command).parameters,
        get_type_hints(clv_command, include_extras=True),
    )
    for option in fields(ClvOptions):
        name = {"unit": "time_unit"}.get(option.name, option.name)
        assert command[name].default == option.default, option.name
    metavars = {name: hints[name].__metadata__[0].metavar for name in ("model", "ci", "time_unit")}
    assert metavars == {
        "model": "|".join(MODELS),
        "ci": "|".join(INTERVALS),
        "time_unit": "|".join(UNITS_PER_YEAR),
    }


@pytest.mark.parametrize(("unit", "year", "span"), [("week", 365.25 / 7, 52), ("day", 365.25, 365)])
def test_a_year_of_discounts_is_the_yearly_rate(unit: str, year: float, span: float) -> None:
    options = ClvOptions(unit=unit, discount=0.21)
    assert (1 + options.discount_per_unit) ** year == pytest.approx(1.21)
    assert (options.span, ClvOptions(unit=unit, horizon=2.5).span) == (span, 2.5)
