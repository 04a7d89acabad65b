"""Lifetime values made by hand, and their tables as they read."""

from __future__ import annotations

from dataclasses import replace

from records_builder import PROVENANCE

from omnistudy.crm.lifetime.result import (
    ClvResult,
    CustomerValue,
    Estimate,
    Holdout,
    SegmentChurn,
    SurvivalPoint,
)
from omnistudy.crm.records.model import LoadedTable
from omnistudy.crm.refusals import Refusal
from omnistudy.results import Table, msg

LOADED = LoadedTable(
    name="transactions",
    fields=frozenset(),
    read=9,
    kept=8,
    set_aside=(),
    first_day=None,
    last_day=None,
    timed=False,
    notes=(msg("times are local"),),
)
NO_SPEND = Refusal(
    code="spend_correlated",
    subject="gamma_gamma",
    reason=msg("they correlate."),
    needed=msg("no correlation."),
)


def estimate(name: str, value: float, by: float = 2.0) -> Estimate:
    return Estimate(name=name, value=value, low=value / by, high=value * by)


def customer(name: str, expected: float, value: float | None) -> CustomerValue:
    return CustomerValue(
        customer_id=name,
        frequency=3,
        recency=2.5,
        age=4.5,
        expected=expected,
        expected_low=expected / 2,
        expected_high=expected * 2,
        p_alive=0.75,
        p_alive_low=0.5,
        p_alive_high=0.875,
        mean_value=None if value is None else 5.0,
        value=value,
        value_low=None if value is None else value / 4,
        value_high=None if value is None else value * 4,
    )


BOUGHT = ClvResult(
    provenance=PROVENANCE,
    model="bgnbd",
    unit="week",
    horizon=26,
    discount=0.1,
    margin=1.0,
    currency=None,
    ci_method="hessian",
    parameters=(estimate("r", 0.5), estimate("alpha", 4.0)),
    log_likelihood=-100.5,
    spend=(estimate("p", 6.0),),
    spend_log_likelihood=-40.25,
    totals=(estimate("expected_transactions", 30.0), estimate("value", 800.0)),
    customers=(customer("a", 1.0, 10.0), customer("b", 2.0, 40.0)),
    holdout=Holdout(
        span=3.0,
        predicted=8.0,
        actual=9,
        mean_absolute_error=0.5,
        correlation=None,
        bands=(("0", 0.25, 0.5, 6), ("7+", 2.0, 3.0, 1)),
    ),
    segments=(),
    survival=(),
    forecast=(),
    refusals=(),
    notes=(msg("limits are wide"),),
    loaded=(LOADED,),
)
ENDED = replace(
    BOUGHT,
    model="kaplan_meier",
    unit="period",
    ci_method="wilson_greenwood",
    parameters=(),
    log_likelihood=None,
    spend=(),
    spend_log_likelihood=None,
    totals=(),
    customers=(),
    holdout=None,
    segments=(
        SegmentChurn(
            segment="all",
            customers=8,
            churned=2,
            churn=0.25,
            ci_low=0.125,
            ci_high=0.5,
            retention=Estimate(name="retention", value=None, reason=msg("too short")),
            value=Estimate(name="value", value=None, reason=msg("no values")),
        ),
    ),
    survival=(
        SurvivalPoint(segment="all", time=1.0, survival=0.5, se=0.25, ci_low=0.125, ci_high=0.875, at_risk=8),
        SurvivalPoint(segment="all", time=2.0, survival=0.0, se=None, ci_low=None, ci_high=None, at_risk=4),
        SurvivalPoint(segment="all", time=3.0, survival=1.0, se=0.0, ci_low=None, ci_high=None, at_risk=4),
    ),
    notes=(),
)


def columns(table: Table) -> list[str]:
    """Keys, headings and kinds; secondary ones in brackets."""
    said = [f"{one.key}: {one.heading} {one.kind.value}" for one in table.columns]
    return [f"({text})" if one.secondary else text for text, one in zip(said, table.columns, strict=True)]
