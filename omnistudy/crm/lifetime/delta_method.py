"""Intervals of purchase models by the delta method; the two models are taken as independent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from omnistudy.crm.lifetime import gamma_gamma
from omnistudy.crm.lifetime.likelihood import Fit, delta_variance, derivatives
from omnistudy.crm.lifetime.options import ClvOptions
from omnistudy.crm.lifetime.quantities import Band, Bands, Quantities
from omnistudy.crm.lifetime.result import Estimate
from omnistudy.crm.statistics.intervals import normal_quantile
from omnistudy.results import msg

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

NOT_COMPUTED = msg("values carry no interval: too many histories times periods; shorten --horizon")
NO_INTERVAL = msg("no interval was asked for")


def _covariance(fit: Fit) -> Vector:
    assert fit.covariance is not None  # noqa: S101 - a fit without one has been refused
    return fit.covariance


def _parameters(names: Sequence[str], fit: Fit, options: ClvOptions) -> tuple[Estimate, ...]:
    import numpy as np

    values = np.exp(fit.log_parameters)
    if options.ci == "none":
        return tuple(
            Estimate(name=n, value=float(v), reason=NO_INTERVAL) for n, v in zip(names, values, strict=True)
        )
    spread = np.exp(normal_quantile(options.confidence) * np.sqrt(np.diag(_covariance(fit))))
    return tuple(
        Estimate(name=name, value=float(value), low=float(value / by), high=float(value * by))
        for name, value, by in zip(names, values, spread, strict=True)
    )


def by_delta(quantities: Quantities, fit: Fit, spend: Fit | None) -> Bands:
    """All quantities with limits by the delta method on the observed information."""
    import numpy as np

    options, buyers = quantities.options, quantities.buyers
    theta = fit.log_parameters
    z = normal_quantile(options.confidence)
    expected = quantities.expected(theta)
    alive = quantities.model.p_alive(theta, buyers.histories)
    band, alive_band, total = Band(expected), Band(alive), float(expected @ buyers.histories.weight)
    totals = [Estimate(name="expected_transactions", value=float(total), reason=NO_INTERVAL)]
    if options.ci != "none":
        slopes = derivatives(quantities.expected, theta)
        half = z * np.sqrt(delta_variance(slopes / np.maximum(expected, 1e-300), _covariance(fit)))
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
        spend=() if spend is None else _parameters(gamma_gamma.PARAMETERS, spend, options),
        totals=tuple(totals),
        expected=band,
        alive=alive_band,
        mean=None if mean is None else mean / options.margin,
        value=value,
    )


def _variance(slopes: Vector, fit: Fit) -> float:
    return float(slopes @ _covariance(fit) @ slopes)


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
    half = z * np.sqrt(delta_variance(slopes, _covariance(fit)))
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
    if quantities.options.ci == "none":
        return Band(value), Estimate(name="value", value=total, reason=NO_INTERVAL)
    if quantities.too_many:
        return Band(value), Estimate(name="value", value=total, reason=NOT_COMPUTED)
    by_history = derivatives(quantities.discounted, fit.log_parameters)
    by_spend = derivatives(quantities.spend, spend.log_parameters)
    relative = delta_variance(by_history / np.maximum(discounted, 1e-300), _covariance(fit))[at]
    relative = relative + delta_variance(by_spend / mean, _covariance(spend))
    factor = np.exp(z * np.sqrt(relative))
    sums = np.bincount(at, weights=mean, minlength=len(discounted))
    variance = _variance(by_history @ sums, fit) + _variance(by_spend @ discounted[at], spend)
    return Band(value, value / factor, value * factor), _total("value", total, variance, z)
