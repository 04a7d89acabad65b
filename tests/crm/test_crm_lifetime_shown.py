"""How lifetime values read: tables cell by cell, and the section of a report."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from lifetime_results import BOUGHT, ENDED, NO_SPEND, columns, customer, estimate
from table_texts import cell, rows

from omnistudy.crm.lifetime.blocks import customer_table, segment_table, survival_table
from omnistudy.crm.lifetime.delta_method import NO_INTERVAL
from omnistudy.crm.lifetime.result import ClvResult, Estimate
from omnistudy.results import Label, Note, Prose, Status, Table


def test_tables_of_purchases() -> None:
    customers, parameters, holdout, read = BOUGHT.tables()
    assert columns(customers) == [
        "customer_id: Customer id",
        "frequency: Repeat purchases count",
        "(recency: Last purchase at number)",
        "(age: Observed for number)",
        "expected: Expected purchases number",
        "(expected_low: Lower limit number)",
        "(expected_high: Upper limit number)",
        "p_alive: P(alive) coefficient",
        "(mean_value: Value per purchase number)",
        "value: Lifetime value number",
        "value_low: Lower limit number",
        "value_high: Upper limit number",
    ]
    assert rows(customers) == [
        ("a", 3, 2.5, 4.5, 1.0, 0.5, 2.0, 0.75, 5.0, 10.0, 2.5, 40.0),
        ("b", 3, 2.5, 4.5, 2.0, 1.0, 4.0, 0.75, 5.0, 40.0, 10.0, 160.0),
    ]
    assert columns(parameters) == [
        "model: Model id",
        "name: Quantity id",
        "value: Value number",
        "ci_low: Lower limit number",
        "ci_high: Upper limit number",
    ]
    assert rows(parameters) == [
        ("bgnbd", "r", 0.5, 0.25, 1.0),
        ("bgnbd", "alpha", 4.0, 2.0, 8.0),
        ("bgnbd", "log_likelihood", -100.5, None, None),
        ("gamma_gamma", "p", 6.0, 3.0, 12.0),
        ("gamma_gamma", "log_likelihood", -40.25, None, None),
        ("total", "expected_transactions", 30.0, 15.0, 60.0),
        ("total", "value", 800.0, 400.0, 1600.0),
    ]
    assert columns(holdout) == [
        "x: Repeat purchases before id",
        "predicted: Predicted per customer number",
        "actual: Actual per customer number",
        "customers: Customers count",
    ]
    assert rows(holdout) == [("0", 0.25, 0.5, 6), ("7+", 2.0, 3.0, 1)]
    names = [(table.name, str(table.caption)) for table in (customers, parameters, holdout, read)]
    assert names == [
        ("clv-customers", "Customers"),
        ("clv-parameters", "Parameters and totals, intervals by the observed information (delta method)"),
        ("clv-holdout", "Forecast and what happened after the end of calibration"),
        ("records-read", "Records read, kept and set aside"),
    ]


def test_tables_of_contracts() -> None:
    segments, survival, _ = ENDED.tables()
    assert columns(segments) == [
        "segment: Segment id",
        "customers: Customers count",
        "churned: Ended count",
        "churn: Churn share",
        "ci_low: Lower limit share",
        "ci_high: Upper limit share",
        "retention: Retention per period coefficient",
        "value: Lifetime value number",
        "value_low: Value from number",
        "value_high: Value to number",
    ]
    without = ("(no values)",) * 3
    assert rows(segments) == [("all", 8, 2, 0.25, 0.125, 0.5, "(too short)", *without)]
    assert columns(survival) == [
        "segment: Segment id",
        "time: Period number",
        "survival: Survival coefficient",
        "se: Greenwood error number",
        "ci_low: Lower limit coefficient",
        "ci_high: Upper limit coefficient",
        "at_risk: At risk count",
    ]
    certain = "(the curve is 0 or 1 here)"
    assert rows(survival) == [
        ("all", 1.0, 0.5, 0.25, 0.125, 0.875, 8),
        ("all", 2.0, 0.0, certain, certain, certain, 4),
        ("all", 3.0, 1.0, 0.0, certain, certain, 4),
    ]
    assert (segments.name, survival.name) == ("clv-segments", "clv-survival")
    assert str(segments.caption) == "Contracts: churn with Wilson intervals, value by Gupta and Lehmann"
    assert str(survival.caption) == "Survival of contracts (Kaplan–Meier)"


@pytest.mark.parametrize("table", [segment_table, survival_table])
def test_segments_are_named_in_the_language_of_the_reader(table: Any) -> None:
    """The word of the records stays what scripts read; all customers are همه in Persian."""
    [name] = {one.values["name"].in_language("fa") for row in table(ENDED).rows for one in row[:1]}
    assert name == "همه"


def test_a_forecast_and_refusals_as_tables() -> None:
    renewed = replace(
        ENDED,
        model="sbg",
        segments=(),
        survival=(),
        forecast=((1.0, 0.75), (2.0, 0.5)),
        refusals=(NO_SPEND,),
    )
    forecast, refused, _ = renewed.tables()
    assert (forecast.name, str(forecast.caption)) == (
        "clv-forecast",
        "Projected survival (shifted beta-geometric)",
    )
    assert columns(forecast) == ["period: Period number", "survival: Survival coefficient"]
    assert rows(forecast) == [(1.0, 0.75), (2.0, 0.5)]
    assert columns(refused) == [
        "code: Code id",
        "subject: Refused id",
        "reason: Reason text",
        "needed: Needed text",
    ]
    assert rows(refused) == [("spend_correlated", "gamma_gamma", "they correlate.", "no correlation.")]
    assert refused.name == "clv-refusals"


def laid_out(result: ClvResult) -> list[object]:
    return [
        block.name if isinstance(block, Table) else str(getattr(block, "text", ""))
        for block in result.blocks()
    ]


def test_the_section_of_purchases() -> None:
    assert laid_out(replace(BOUGHT, refusals=(NO_SPEND,))) == [
        "gamma_gamma is refused: they correlate. Needed: no correlation.",
        "limits are wide",
        "clv-parameters",
        "clv-holdout",
        "clv-customers",
        "records-read",
        "times are local",
    ]
    first, second, *_ = replace(BOUGHT, refusals=(NO_SPEND,)).blocks()
    assert isinstance(first, Note)
    assert first.status is Status.UNDEFINED
    assert isinstance(second, Prose)
    assert laid_out(ENDED) == ["clv-segments", "clv-survival", "records-read", "times are local"]
    renewed = replace(ENDED, segments=(), survival=(), forecast=((1.0, 0.5),), parameters=BOUGHT.parameters)
    assert laid_out(renewed) == ["clv-parameters", "clv-forecast", "records-read", "times are local"]
    nothing = replace(ENDED, segments=(), survival=())
    assert laid_out(nothing) == ["records-read", "times are local"]
    assert [table.name for table in nothing.tables()] == ["records-read"]


def shown(result: ClvResult, name: str) -> Table:
    [table] = [block for block in result.blocks() if isinstance(block, Table) and block.name == name]
    return table


def test_parameters_have_names_for_people() -> None:
    table = shown(BOUGHT, "clv-parameters")
    assert [row[:2] for row in rows(table)] == [
        ("BG/NBD", "r"),
        ("BG/NBD", "α"),
        ("BG/NBD", "Log-likelihood"),
        ("Gamma–Gamma", "p"),
        ("Gamma–Gamma", "Log-likelihood"),
        ("All", "Expected purchases of all customers"),
        ("All", "Value of all customers"),
    ]
    assert [row[2:] for row in table.rows] == [row[2:] for row in BOUGHT.tables()[1].rows]
    other = replace(
        BOUGHT, model="paretonbd", parameters=(estimate("s", 1.0), estimate("beta", 2.0)), currency="IRR"
    )
    named = rows(shown(other, "clv-parameters"))
    assert [row[:2] for row in named][:2] == [("Pareto/NBD", "s"), ("Pareto/NBD", "β")]
    assert named[-1][:2] == ("All", "Value of all customers, in IRR")
    worth: Any = shown(other, "clv-parameters").rows[-1][1]
    currency = worth.values["currency"].values["name"]
    assert isinstance(currency, Label)
    assert currency.in_language("fa") == "ریال"


@pytest.mark.parametrize(
    ("method", "caption"),
    [
        ("none", "Parameters and totals, without intervals"),
        ("hessian", "Parameters and totals, intervals by the observed information (delta method)"),
        ("bootstrap", "Parameters and totals, intervals by resampling customers"),
        ("wilson_greenwood", "Parameters and totals, intervals by Wilson and Greenwood"),
    ],
)
def test_the_caption_names_the_method(method: str, caption: str) -> None:
    assert str(shown(replace(BOUGHT, ci_method=method), "clv-parameters").caption) == caption


def test_parameters_without_limits_say_why() -> None:
    alone = Estimate(name="r", value=0.5, reason=NO_INTERVAL)
    told = replace(BOUGHT, parameters=(alone, Estimate(name="alpha", value=4.0)), spend=(), totals=())
    told = replace(told, log_likelihood=None, spend_log_likelihood=None)
    asked, computed = "(no interval was asked for)", "(no interval was computed)"
    assert rows(shown(told, "clv-parameters")) == [
        ("BG/NBD", "r", 0.5, asked, asked),
        ("BG/NBD", "α", 4.0, computed, computed),
    ]
    assert told.payload()["ci_reason"] == "no interval was asked for"


def test_a_page_shows_the_twenty_most_valuable() -> None:
    """By value, else by expected purchases; ties by name."""
    many = tuple(customer(f"c{at:02d}", float(at), 100.0 - at // 2) for at in range(30))
    table = shown(replace(BOUGHT, customers=many), "clv-customers")
    assert [row[0] for row in table.rows] == [f"c{at:02d}" for at in range(20)]
    assert str(table.caption) == "The most valuable customers"
    without = tuple(customer(f"c{at:02d}", float(at // 2), None) for at in range(6))
    result = replace(BOUGHT, customers=without, refusals=(NO_SPEND,))
    chosen = customer_table(result, most=3)
    assert [row[0] for row in chosen.rows] == ["c04", "c05", "c02"]
    assert {cell(row[-1]) for row in chosen.rows} == {"(they correlate.)"}
    assert [row[0] for row in customer_table(result).rows] == [f"c{at:02d}" for at in range(6)]


def test_a_customer_without_limits_says_so() -> None:
    bare = replace(
        customer("a", 1.0, 10.0), expected_low=None, expected_high=None, value_low=None, value_high=None
    )
    [row] = rows(customer_table(replace(BOUGHT, customers=(bare,))))
    no = "(no interval was computed)"
    assert row == ("a", 3, 2.5, 4.5, 1.0, no, no, 0.75, 5.0, 10.0, no, no)
