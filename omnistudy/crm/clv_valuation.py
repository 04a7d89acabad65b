"""What fitted purchase models say of every customer, with intervals by delta method or bootstrap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from omnistudy.crm import gamma_gamma
from omnistudy.crm.clv_options import ClvOptions
from omnistudy.crm.clv_purchases import SPEND_PARAMETERS, Buyers
from omnistudy.crm.clv_result import CustomerValue, Estimate
from omnistudy.crm.intervals import normal_quantile
from omnistudy.crm.likelihood import Fit, delta_variance, derivatives
from omnistudy.crm.purchase_models import purchase_model
from omnistudy.results import Kind, Message, Number, msg

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

MOST_CELLS = 20_000_000
NOT_COMPUTED = msg("values carry no interval: too many histories times periods; shorten --horizon")
NO_INTERVAL = msg("no interval was asked for")


@dataclass(frozen=True, slots=True, kw_only=True)
class Valuation:
    """Estimates of the models and of every customer."""

    parameters: tuple[Estimate, ...]
    spend: tuple[Estimate, ...]
    totals: tuple[Estimate, ...]
    customers: tuple[CustomerValue, ...]
    notes: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """Values with lower and upper limits; limits are ``None`` where none were computed."""

    value: Vector
    low: Vector | None = None
    high: Vector | None = None

    def at(self, place: int) -> tuple[float, float | None, float | None]:
        """The value and limits of one customer."""
        low = None if self.low is None else float(self.low[place])
        high = None if self.high is None else float(self.high[place])
        return float(self.value[place]), low, high


class Quantities:
    """The quantities of interest as functions of the log-parameters of both models."""

    def __init__(self, buyers: Buyers, options: ClvOptions, *, with_spend: bool) -> None:
        import numpy as np

        self.buyers, self.options, self.with_spend = buyers, options, with_spend
        self.model = purchase_model(options.model)
        whole = int(options.span)
        self.ends = np.arange(1, whole + 1, dtype=np.float64)
        if whole < options.span:
            self.ends = np.append(self.ends, options.span)

    def expected(self, theta: Vector) -> Vector:
        """Expected purchases over the horizon, per history."""
        return self.model.expected_purchases(theta, self.buyers.histories, self.options.span)

    def logit_alive(self, theta: Vector) -> Vector:
        """Log-odds of being alive, per history; 0 where the model takes it for certain."""
        import numpy as np

        alive = self.model.p_alive(theta, self.buyers.histories)
        with np.errstate(divide="ignore"):
            odds = np.log(alive) - np.log1p(-alive)
        return np.where(alive < 1, np.nan_to_num(odds, posinf=700.0), 0.0)

    def discounted(self, theta: Vector) -> Vector:
        """Expected purchases over the horizon, discounted at the end of each time unit, per history."""
        import numpy as np

        rate = self.options.discount_per_unit
        total = np.zeros_like(self.buyers.histories.t)
        before = np.zeros_like(total)
        for end in self.ends:
            upto = self.model.expected_purchases(theta, self.buyers.histories, float(end))
            total += (upto - before) / (1 + rate) ** end
            before = upto
        return total

    def spend(self, eta: Vector) -> Vector:
        """Expected value of a purchase times the margin, per customer."""
        return self.options.margin * gamma_gamma.expected_value(eta, self.buyers.x, self.buyers.mean)


def valued(buyers: Buyers, fit: Fit, spend: Fit | None, options: ClvOptions) -> Valuation:
    """Value every customer; the two models are taken as independent, as they assume themselves."""
    quantities = Quantities(buyers, options, with_spend=spend is not None)
    # Without q > 1 the mean of the population is infinite, and so is the value of one-time buyers.
    endless = spend is not None and gamma_gamma.population_mean(spend.log_parameters) is None
    if endless:
        spend = None
    if options.ci == "bootstrap":
        from omnistudy.crm.clv_bootstrap import resampled

        bands = resampled(quantities, fit, spend)
    else:
        bands = _by_delta(quantities, fit, spend)
    notes = [
        note for note, holds in ((NOT_COMPUTED, _too_many(quantities)),) if holds and options.ci != "none"
    ]
    if endless:
        notes.append(msg("The values have no finite mean (q ≤ 1), so customers get no value."))
    if options.ci == "hessian":
        notes.append(
            msg(
                "Intervals say how well the expectations are known ({confidence}, delta method on the observed "
                "information); what single customers will do varies more.",
                confidence=Number(options.confidence, Kind.SHARE),
            )
        )
    return Valuation(
        parameters=bands.parameters,
        spend=bands.spend,
        totals=bands.totals,
        customers=_customers(buyers, bands),
        notes=tuple(notes),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """Everything with limits; ``expected`` and ``alive`` per history, ``mean`` and ``value`` per customer."""

    parameters: tuple[Estimate, ...]
    spend: tuple[Estimate, ...]
    totals: tuple[Estimate, ...]
    expected: Band
    alive: Band
    mean: Vector | None
    value: Band | None


def _too_many(quantities: Quantities) -> bool:
    return len(quantities.buyers.histories.t) * len(quantities.ends) * 8 > MOST_CELLS


def _parameters(names: Sequence[str], fit: Fit, options: ClvOptions) -> tuple[Estimate, ...]:
    import numpy as np

    values = np.exp(fit.log_parameters)
    if options.ci == "none" or fit.covariance is None:
        return tuple(
            Estimate(name=n, value=float(v), reason=NO_INTERVAL) for n, v in zip(names, values, strict=True)
        )
    spread = np.exp(normal_quantile(options.confidence) * np.sqrt(np.diag(fit.covariance)))
    return tuple(
        Estimate(name=name, value=float(value), low=float(value / by), high=float(value * by))
        for name, value, by in zip(names, values, spread, strict=True)
    )


def _by_delta(quantities: Quantities, fit: Fit, spend: Fit | None) -> Bands:
    import numpy as np

    options, buyers = quantities.options, quantities.buyers
    theta, with_ci = fit.log_parameters, options.ci != "none"
    z = normal_quantile(options.confidence)
    expected = quantities.expected(theta)
    alive = quantities.model.p_alive(theta, buyers.histories)
    band, alive_band, total = Band(expected), Band(alive), float(expected @ buyers.histories.weight)
    totals = [Estimate(name="expected_transactions", value=float(total), reason=NO_INTERVAL)]
    if with_ci and fit.covariance is not None:
        slopes = derivatives(quantities.expected, theta)
        half = z * np.sqrt(delta_variance(slopes / np.maximum(expected, 1e-300), fit.covariance))
        band = Band(expected, expected * np.exp(-half), expected * np.exp(half))
        alive_band = _alive_band(quantities, fit, alive, z)
        totals = [_total("expected_transactions", total, _variance(slopes @ buyers.histories.weight, fit), z)]
    mean = value = None
    if spend is not None:
        mean = quantities.spend(spend.log_parameters)
        value, value_total = _value_by_delta(quantities, fit, spend, mean, z)
        totals.append(value_total)
    return Bands(
        parameters=_parameters(quantities.model.parameters, fit, options),
        spend=() if spend is None else _parameters(SPEND_PARAMETERS, spend, options),
        totals=tuple(totals),
        expected=band,
        alive=alive_band,
        mean=None if mean is None else mean / options.margin,
        value=value,
    )


def _variance(slopes: Vector, fit: Fit) -> float:
    return 0.0 if fit.covariance is None else float(slopes @ fit.covariance @ slopes)


def _total(name: str, total: float, variance: float, z: float) -> Estimate:
    import numpy as np

    by = float(np.exp(z * np.sqrt(variance) / total))
    return Estimate(name=name, value=float(total), low=float(total / by), high=float(total * by))


def _alive_band(quantities: Quantities, fit: Fit, alive: Vector, z: float) -> Band:
    import numpy as np
    from scipy.special import expit

    theta = fit.log_parameters
    centre = quantities.logit_alive(theta)
    slopes = derivatives(quantities.logit_alive, theta)
    assert fit.covariance is not None  # noqa: S101 - the caller looked
    half = z * np.sqrt(delta_variance(slopes, fit.covariance))
    unsure = alive < 1
    low = np.where(unsure, np.minimum(alive, expit(centre - half)), 1.0)
    high = np.where(unsure, np.maximum(alive, expit(centre + half)), 1.0)
    return Band(alive, low, high)


def _value_by_delta(
    quantities: Quantities, fit: Fit, spend: Fit, mean: Vector, z: float
) -> tuple[Band, Estimate]:
    import numpy as np

    at = quantities.buyers.at
    discounted = quantities.discounted(fit.log_parameters)
    value = mean * discounted[at]
    total = float(value.sum())
    if quantities.options.ci == "none" or fit.covariance is None or spend.covariance is None:
        return Band(value), Estimate(name="value", value=total, reason=NO_INTERVAL)
    if _too_many(quantities):
        return Band(value), Estimate(name="value", value=total, reason=NOT_COMPUTED)
    by_history = derivatives(quantities.discounted, fit.log_parameters)
    by_spend = derivatives(quantities.spend, spend.log_parameters)
    relative = delta_variance(by_history / np.maximum(discounted, 1e-300), fit.covariance)[at]
    relative = relative + delta_variance(by_spend / mean, spend.covariance)
    factor = np.exp(z * np.sqrt(relative))
    sums = np.bincount(at, weights=mean, minlength=len(discounted))
    variance = _variance(by_history @ sums, fit) + _variance(by_spend @ discounted[at], spend)
    return Band(value, value / factor, value * factor), _total("value", total, variance, z)


def _customers(buyers: Buyers, bands: Bands) -> tuple[CustomerValue, ...]:
    h, found = buyers.histories, []
    for place, (name, at) in enumerate(zip(buyers.ids, buyers.at.tolist(), strict=True)):
        expected, expected_low, expected_high = bands.expected.at(at)
        alive, alive_low, alive_high = bands.alive.at(at)
        value = (None, None, None) if bands.value is None else bands.value.at(place)
        found.append(
            CustomerValue(
                customer_id=name,
                frequency=int(h.x[at]),
                recency=float(h.tx[at]),
                age=float(h.t[at]),
                expected=expected,
                expected_low=expected_low,
                expected_high=expected_high,
                p_alive=alive,
                p_alive_low=alive_low,
                p_alive_high=alive_high,
                mean_value=None if bands.mean is None else float(bands.mean[place]),
                value=value[0],
                value_low=value[1],
                value_high=value[2],
            )
        )
    return tuple(found)
