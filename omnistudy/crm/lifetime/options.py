"""What the user of `crm clv` chooses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

MODELS = ("auto", "bgnbd", "paretonbd", "kaplan_meier", "sbg")
INTERVALS = ("hessian", "bootstrap", "none")
UNITS_PER_YEAR = {"week": 365.25 / 7, "day": 365.25}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClvOptions:
    """Choices of `crm clv`.

    Parameters
    ----------
    model
        ``auto`` takes BG/NBD for transactions, Kaplan–Meier for contracts, sBG for survivors; Pareto/NBD has
        to be asked for.
    calibration_end
        Last day the model sees; later records test the forecast.
    unit
        Time unit of histories, week or day.
    horizon
        How many time units to look ahead; ``None`` is a year.
    discount
        Discount rate per year for transactions, per period for contracts and survivors.
    margin
        Share of the value that is profit.
    renewals
        sBG: renewals already made by the customer whose residual lifetime is asked for.
    ci, resamples, seed, confidence
        Kind of interval: from the observed information by the delta method, or by resampling customers.
    """

    model: str = "auto"
    calibration_end: date | None = None
    unit: str = "week"
    horizon: float | None = None
    discount: float = 0.10
    margin: float = 1.0
    renewals: int = 0
    ci: str = "hessian"
    resamples: int = 200
    seed: int = 1
    confidence: float = 0.95

    @property
    def span(self) -> float:
        """The horizon in time units."""
        return round(UNITS_PER_YEAR[self.unit]) if self.horizon is None else self.horizon

    @property
    def discount_per_unit(self) -> float:
        """The discount rate per time unit."""
        return float((1 + self.discount) ** (1 / UNITS_PER_YEAR[self.unit]) - 1)
