"""How lifetime values are laid out in a report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from omnistudy.crm.lifetime.purchase_models import PURCHASE_MODELS
from omnistudy.crm.names import named
from omnistudy.crm.records.loading_blocks import loading_blocks, loading_table, refusal_blocks
from omnistudy.results import Block, Cell, Column, Kind, Message, Prose, Table, Undefined, msg

if TYPE_CHECKING:
    from omnistudy.crm.lifetime.result import ClvResult, Estimate, Holdout

WITHOUT = msg("no interval was computed")
_MOST = 20


def tables(result: ClvResult) -> tuple[Table, ...]:
    """All tables that have rows, the main one first."""
    found = (
        customer_table(result) if result.customers else None,
        segment_table(result) if result.segments else None,
        forecast_table(result) if result.forecast else None,
        parameter_table(result) if result.parameters else None,
        survival_table(result) if result.survival else None,
        holdout_table(result.holdout) if result.holdout else None,
        refusal_table(result) if result.refusals else None,
        loading_table(result.loaded),
    )
    return tuple(table for table in found if table is not None)


def blocks(result: ClvResult) -> tuple[Block, ...]:
    """The section: refusals first, then parameters, totals, customers or contracts, and the files."""
    return tuple(_blocks(result))


def _blocks(result: ClvResult) -> Iterator[Block]:
    yield from refusal_blocks(result.refusals)
    yield from (Prose(text=note) for note in result.notes)
    if result.parameters:
        yield shown_parameters(result)
    if result.holdout:
        yield holdout_table(result.holdout)
    if result.customers:
        yield customer_table(result, most=_MOST)
    if result.segments:
        yield segment_table(result)
    if result.survival:
        yield survival_table(result)
    if result.forecast:
        yield forecast_table(result)
    yield from loading_blocks(result.loaded)


# Names for people; scripts read the ids in the tables of CSV and in JSON.
_MODELS = {
    **{name: model.title for name, model in PURCHASE_MODELS.items()},
    "gamma_gamma": "Gamma–Gamma",
    "sbg": "sBG",
}
_QUANTITIES: Mapping[str, str | Message] = {
    "alpha": "α",
    "beta": "β",
    "log_likelihood": msg("Log-likelihood"),
    "expected_transactions": msg("Expected purchases of all customers"),
    "value": msg("Value of all customers"),
    "discounted_residual_lifetime": msg("Discounted residual lifetime"),
}
_METHODS: Mapping[str, Message] = {
    "hessian": msg("the observed information (delta method)"),
    "bootstrap": msg("resampling customers"),
    "wilson_greenwood": msg("Wilson and Greenwood"),
}


def _cell(value: float | None, reason: Message | None = None) -> Cell:
    return Undefined(reason or WITHOUT) if value is None else value


def _estimate(one: Estimate) -> tuple[Cell, Cell, Cell]:
    return _cell(one.value, one.reason), _cell(one.low, one.reason), _cell(one.high, one.reason)


def shown_parameters(result: ClvResult) -> Table:
    """The parameters with names for people in place of ids."""
    table = parameter_table(result)
    total, currency = msg("All"), result.currency
    worth = (
        msg("Value of all customers, in {currency}", currency=named(currency))
        if currency
        else _QUANTITIES["value"]
    )
    names = {**_QUANTITIES, "value": worth}
    return replace(
        table,
        rows=tuple(
            (
                total if row[0] == "total" else _MODELS.get(str(row[0]), row[0]),
                names.get(str(row[1]), row[1]),
                *row[2:],
            )
            for row in table.rows
        ),
    )


def parameter_table(result: ClvResult) -> Table:
    """Parameters of the models and the totals, with intervals."""
    rows: list[tuple[Cell, ...]] = [(result.model, one.name, *_estimate(one)) for one in result.parameters]
    if result.log_likelihood is not None:
        rows.append((result.model, "log_likelihood", result.log_likelihood, None, None))
    rows += [("gamma_gamma", one.name, *_estimate(one)) for one in result.spend]
    if result.spend_log_likelihood is not None:
        rows.append(("gamma_gamma", "log_likelihood", result.spend_log_likelihood, None, None))
    rows += [("total", one.name, *_estimate(one)) for one in result.totals]
    return Table(
        name="clv-parameters",
        columns=(
            Column("model", msg("Model"), Kind.ID),
            Column("name", msg("Quantity"), Kind.ID),
            Column("value", msg("Value"), Kind.NUMBER),
            Column("ci_low", msg("Lower limit"), Kind.NUMBER),
            Column("ci_high", msg("Upper limit"), Kind.NUMBER),
        ),
        rows=tuple(rows),
        caption=msg("Parameters and totals, without intervals")
        if result.ci_method == "none"
        else msg("Parameters and totals, intervals by {method}", method=_METHODS[result.ci_method]),
    )


def customer_table(result: ClvResult, most: int | None = None) -> Table:
    """One row per customer, or the ``most`` most valuable ones."""
    chosen = list(result.customers)
    if most is not None:
        chosen.sort(
            key=lambda one: (-(one.value if one.value is not None else one.expected), one.customer_id)
        )
        chosen = chosen[:most]
    no_value = result.refusals[0].reason if result.refusals else WITHOUT
    rows = tuple(
        (
            one.customer_id,
            one.frequency,
            one.recency,
            one.age,
            one.expected,
            _cell(one.expected_low),
            _cell(one.expected_high),
            one.p_alive,
            _cell(one.mean_value, no_value),
            _cell(one.value, no_value),
            _cell(one.value_low, no_value),
            _cell(one.value_high, no_value),
        )
        for one in chosen
    )
    return Table(
        name="clv-customers",
        columns=(
            Column("customer_id", msg("Customer"), Kind.ID),
            Column("frequency", msg("Repeat purchases"), Kind.COUNT),
            Column("recency", msg("Last purchase at"), Kind.NUMBER, secondary=True),
            Column("age", msg("Observed for"), Kind.NUMBER, secondary=True),
            Column("expected", msg("Expected purchases"), Kind.NUMBER),
            Column("expected_low", msg("Lower limit"), Kind.NUMBER, secondary=True),
            Column("expected_high", msg("Upper limit"), Kind.NUMBER, secondary=True),
            Column("p_alive", msg("P(alive)"), Kind.COEFFICIENT),
            Column("mean_value", msg("Value per purchase"), Kind.NUMBER, secondary=True),
            Column("value", msg("Lifetime value"), Kind.NUMBER),
            Column("value_low", msg("Lower limit"), Kind.NUMBER),
            Column("value_high", msg("Upper limit"), Kind.NUMBER),
        ),
        rows=rows,
        caption=msg("Customers") if most is None else msg("The most valuable customers"),
    )


def segment_table(result: ClvResult) -> Table:
    """Churn, retention per period and simple lifetime value per segment."""
    rows = tuple(
        (
            named(one.segment),
            one.customers,
            one.churned,
            one.churn,
            one.ci_low,
            one.ci_high,
            _cell(one.retention.value, one.retention.reason),
            *_estimate(one.value),
        )
        for one in result.segments
    )
    return Table(
        name="clv-segments",
        columns=(
            Column("segment", msg("Segment"), Kind.ID),
            Column("customers", msg("Customers"), Kind.COUNT),
            Column("churned", msg("Ended"), Kind.COUNT),
            Column("churn", msg("Churn"), Kind.SHARE),
            Column("ci_low", msg("Lower limit"), Kind.SHARE),
            Column("ci_high", msg("Upper limit"), Kind.SHARE),
            Column("retention", msg("Retention per period"), Kind.COEFFICIENT),
            Column("value", msg("Lifetime value"), Kind.NUMBER),
            Column("value_low", msg("Value from"), Kind.NUMBER),
            Column("value_high", msg("Value to"), Kind.NUMBER),
        ),
        rows=rows,
        caption=msg("Contracts: churn with Wilson intervals, value by Gupta and Lehmann"),
    )


def survival_table(result: ClvResult) -> Table:
    """The Kaplan–Meier curve."""
    certain = msg("the curve is 0 or 1 here")
    rows = tuple(
        (
            named(p.segment),
            p.time,
            p.survival,
            _cell(p.se, certain),
            _cell(p.ci_low, certain),
            _cell(p.ci_high, certain),
            p.at_risk,
        )
        for p in result.survival
    )
    return Table(
        name="clv-survival",
        columns=(
            Column("segment", msg("Segment"), Kind.ID),
            Column("time", msg("Period"), Kind.NUMBER),
            Column("survival", msg("Survival"), Kind.COEFFICIENT),
            Column("se", msg("Greenwood error"), Kind.NUMBER),
            Column("ci_low", msg("Lower limit"), Kind.COEFFICIENT),
            Column("ci_high", msg("Upper limit"), Kind.COEFFICIENT),
            Column("at_risk", msg("At risk"), Kind.COUNT),
        ),
        rows=rows,
        caption=msg("Survival of contracts (Kaplan–Meier)"),
    )


def forecast_table(result: ClvResult) -> Table:
    """The survival that the model projects."""
    return Table(
        name="clv-forecast",
        columns=(
            Column("period", msg("Period"), Kind.NUMBER),
            Column("survival", msg("Survival"), Kind.COEFFICIENT),
        ),
        rows=tuple(result.forecast),
        caption=msg("Projected survival (shifted beta-geometric)"),
    )


def holdout_table(held: Holdout) -> Table:
    """Forecast against what happened, by number of repeat purchases before."""
    return Table(
        name="clv-holdout",
        columns=(
            Column("x", msg("Repeat purchases before"), Kind.ID),
            Column("predicted", msg("Predicted per customer"), Kind.NUMBER),
            Column("actual", msg("Actual per customer"), Kind.NUMBER),
            Column("customers", msg("Customers"), Kind.COUNT),
        ),
        rows=held.bands,
        caption=msg("Forecast and what happened after the end of calibration"),
    )


def refusal_table(result: ClvResult) -> Table:
    """What was refused, why, and what would be needed."""
    return Table(
        name="clv-refusals",
        columns=(
            Column("code", msg("Code"), Kind.ID),
            Column("subject", msg("Refused"), Kind.ID),
            Column("reason", msg("Reason")),
            Column("needed", msg("Needed")),
        ),
        rows=tuple((one.code, one.subject, one.reason, one.needed) for one in result.refusals),
    )
