"""What `crm clv` returns: parameters, customers, survival and refusals, and its JSON object."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import ClassVar

from omnistudy.crm.lifetime import blocks
from omnistudy.crm.lifetime.purchase_models import purchase_model
from omnistudy.crm.records.loading_blocks import loading_payload
from omnistudy.crm.records.model import LoadedTable
from omnistudy.crm.refusals import Refusal
from omnistudy.results import Block, Kind, Message, Number, Result, Table, msg

NO_LIMITS = msg("no interval was asked for, or the fit allows none")
NO_VALUE = msg("no value per purchase was modelled: see the refusals")
NO_LIKELIHOOD = msg("no model with a likelihood was fitted: see the model and the refusals")
NOT_VARIED = msg("the forecasts or the purchases do not vary over customers")
CERTAIN = msg("nothing ended so far, or everything, so the estimate has no error of its own")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its interval; ``value`` or the limits are ``None`` with a ``reason``."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    reason: Message | None = None

    def as_json(self) -> dict[str, object]:
        """The estimate as JSON values."""
        reason = None if self.reason is None else str(self.reason)
        return {"value": self.value, "ci_low": self.low, "ci_high": self.high, "reason": reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerValue:
    """What is expected of one customer over the horizon.

    ``frequency`` are repeat purchase days, ``recency`` and ``age`` time units since the first purchase
    (of the last one, and of the end of observation). Limits are ``None`` without intervals.
    """

    customer_id: str
    frequency: int
    recency: float
    age: float
    expected: float
    expected_low: float | None
    expected_high: float | None
    p_alive: float
    p_alive_low: float | None
    p_alive_high: float | None
    mean_value: float | None
    value: float | None
    value_low: float | None
    value_high: float | None

    def as_json(self) -> dict[str, object]:
        """The customer as JSON values."""
        no_value = self.mean_value is None or self.value is None
        no_limits = None in (self.expected_low, self.expected_high, self.p_alive_low, self.p_alive_high)
        no_value_limits = self.value_low is None or self.value_high is None
        why = NO_LIMITS if no_limits or (no_value_limits and not no_value) else NO_VALUE
        return {
            # Not asdict, which copies every value: there is one of these for each customer.
            **{name: getattr(self, name) for name in self.__slots__},
            "reason": str(NO_VALUE) if no_value else None,
            "ci_reason": str(why) if no_limits or no_value_limits else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdout:
    """How the forecast did after the end of calibration; ``bands`` are (x, predicted, actual, customers)."""

    span: float
    predicted: float
    actual: int
    mean_absolute_error: float
    correlation: float | None
    bands: tuple[tuple[str, float, float, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalPoint:
    """The survival of one segment at one time."""

    segment: str
    time: float
    survival: float
    se: float | None
    ci_low: float | None
    ci_high: float | None
    at_risk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentChurn:
    """How many of a segment's contracts ended, and what its customers are worth by Gupta and Lehmann."""

    segment: str
    customers: int
    churned: int
    churn: float
    ci_low: float
    ci_high: float
    retention: Estimate
    value: Estimate


@dataclass(frozen=True, kw_only=True)
class ClvResult(Result):
    """Lifetime value of customers under one model.

    ``spend`` holds the parameters of the Gamma–Gamma model, ``totals`` sums over all customers,
    ``forecast`` the model's survival and residual lifetime for contracts.
    """

    model: str
    unit: str
    horizon: float
    discount: float
    margin: float
    currency: str | None
    ci_method: str
    parameters: tuple[Estimate, ...]
    log_likelihood: float | None
    spend: tuple[Estimate, ...]
    spend_log_likelihood: float | None
    totals: tuple[Estimate, ...]
    customers: tuple[CustomerValue, ...]
    holdout: Holdout | None
    segments: tuple[SegmentChurn, ...]
    survival: tuple[SurvivalPoint, ...]
    forecast: tuple[tuple[float, float], ...]
    refusals: tuple[Refusal, ...]
    notes: tuple[Message, ...]
    loaded: tuple[LoadedTable, ...]
    command: ClassVar[str] = "crm-clv"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Customer lifetime value")

    @property
    def summary(self) -> Message:
        """Say what was fitted, or that it was refused and why."""
        if self.customers:
            expected = self.totals[0]
            return msg(
                "{model} on {customers} customers: {expected} purchases are expected in the next {horizon} {unit}.",
                model=purchase_model(self.model).title,
                customers=Number(len(self.customers), Kind.COUNT),
                expected=Number(expected.value, Kind.NUMBER),
                horizon=Number(self.horizon, Kind.NUMBER),
                unit=msg("days") if self.unit == "day" else msg("weeks"),
            )
        if self.segments:
            whole = self.segments[0]
            return msg(
                "{churned} of {customers} contracts ended: churn {churn}.",
                churned=Number(whole.churned, Kind.COUNT),
                customers=Number(whole.customers, Kind.COUNT),
                churn=Number(whole.churn, Kind.SHARE),
            )
        if self.parameters:
            return msg(
                "Shifted beta-geometric model: α = {alpha}, β = {beta}.",
                alpha=Number(self.parameters[0].value),
                beta=Number(self.parameters[1].value),
            )
        return msg("No lifetime value is given: {reason}", reason=self.refusals[0].reason)

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        holdout = None if self.holdout is None else asdict(self.holdout)
        if holdout is not None:
            holdout["correlation_reason"] = str(NOT_VARIED) if holdout["correlation"] is None else None
            names = ("x", "predicted", "actual", "customers")
            holdout["bands"] = [dict(zip(names, band, strict=True)) for band in holdout["bands"]]
        return {
            "model": self.model,
            "unit": self.unit,
            "horizon": self.horizon,
            "discount": self.discount,
            "margin": self.margin,
            "currency": self.currency,
            "ci_method": self.ci_method,
            "ci_reason": next((str(one.reason) for one in self.parameters if one.low is None), None),
            "parameters": {one.name: one.value for one in self.parameters},
            "parameter_intervals": _limits(self.parameters),
            "log_likelihood": self.log_likelihood,
            "log_likelihood_reason": str(NO_LIKELIHOOD) if self.log_likelihood is None else None,
            "spend": {
                "model": "gamma_gamma",
                "parameters": {one.name: one.value for one in self.spend},
                "parameter_intervals": _limits(self.spend),
                "log_likelihood": self.spend_log_likelihood,
                "log_likelihood_reason": str(NO_LIKELIHOOD) if self.spend_log_likelihood is None else None,
            }
            if self.spend
            else None,
            "totals": {one.name: one.as_json() for one in self.totals},
            "customers": [one.as_json() for one in self.customers],
            "holdout": holdout,
            "segments": [
                {
                    **{key: getattr(one, key) for key in ("segment", "customers", "churned", "churn")},
                    "ci_low": one.ci_low,
                    "ci_high": one.ci_high,
                    "ci_method": "wilson",
                    "retention": one.retention.as_json(),
                    "value": one.value.as_json(),
                }
                for one in self.segments
            ],
            "survival": [
                {**asdict(point), "ci_reason": str(CERTAIN) if None in (point.se, point.ci_low) else None}
                for point in self.survival
            ],
            "forecast": [{"period": period, "survival": share} for period, share in self.forecast],
            "refusals": [refusal.as_json() for refusal in self.refusals],
            "notes": [str(note) for note in self.notes],
            "tables": loading_payload(self.loaded),
        }

    def tables(self) -> tuple[Table, ...]:
        """The tidy tables; the first is the customers, the segments or the forecast."""
        return blocks.tables(self)

    def blocks(self) -> tuple[Block, ...]:
        """Return the section of a report."""
        return blocks.blocks(self)


def _limits(estimates: tuple[Estimate, ...]) -> dict[str, object]:
    return {one.name: [one.low, one.high] for one in estimates}
