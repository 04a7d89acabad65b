"""Intervals of purchase models by resampling customers and fitting again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omnistudy.crm.lifetime import bgnbd, gamma_gamma
from omnistudy.crm.lifetime.likelihood import Fit
from omnistudy.crm.lifetime.quantities import Band, Bands, Quantities
from omnistudy.crm.lifetime.result import Estimate
from omnistudy.errors import StudyError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]


def resampled(quantities: Quantities, fit: Fit, spend: Fit | None) -> Bands:
    """Percentile intervals: every resample draws customers with replacement and fits both models.

    Raises
    ------
    StudyError
        When fewer than nine in ten resamples can be fitted.
    """
    import numpy as np

    options, buyers = quantities.options, quantities.buyers
    draws = list(_draws(quantities, fit, spend))
    if len(draws) < 0.9 * options.resamples:
        raise StudyError.of(
            f"Only {len(draws)} of {options.resamples} resamples could be fitted.",
            "Use --ci hessian or --ci none.",
        )
    thetas, etas = np.array([theta for theta, _ in draws]), [eta for _, eta in draws if eta is not None]
    tail = 100 * (1 - options.confidence) / 2

    def limits(values: Vector) -> tuple[Vector, Vector]:
        low, high = np.percentile(values, [tail, 100 - tail], axis=0)
        return low, high

    expected = np.array([quantities.expected(theta) for theta in thetas])
    alive = np.array([quantities.model.p_alive(theta, buyers.histories) for theta in thetas])
    here = quantities.expected(fit.log_parameters)
    totals = [
        _estimate(
            "expected_transactions",
            float(here @ buyers.histories.weight),
            expected @ buyers.histories.weight,
            tail,
        )
    ]
    mean = value = None
    if spend is not None:
        mean = quantities.spend(spend.log_parameters)
        values = np.array(
            [
                quantities.spend(eta) * quantities.discounted(theta)[buyers.at]
                for theta, eta in zip(thetas, etas, strict=True)
            ]
        )
        point = mean * quantities.discounted(fit.log_parameters)[buyers.at]
        value = Band(point, *limits(values))
        totals.append(_estimate("value", float(point.sum()), values.sum(axis=1), tail))
    return Bands(
        parameters=_named(quantities.model.parameters, fit, thetas, tail),
        spend=() if spend is None else _named(gamma_gamma.PARAMETERS, spend, np.array(etas), tail),
        totals=tuple(totals),
        expected=Band(here, *limits(expected)),
        alive=Band(quantities.model.p_alive(fit.log_parameters, buyers.histories), *limits(alive)),
        mean=None if mean is None else mean / options.margin,
        value=value,
    )


def _draws(quantities: Quantities, fit: Fit, spend: Fit | None) -> list[tuple[Vector, Vector | None]]:
    import numpy as np

    buyers, options = quantities.buyers, quantities.options
    random = np.random.default_rng(options.seed)
    n, h = len(buyers.ids), buyers.histories
    chosen = buyers.repeaters
    x, mean = buyers.x[chosen], buyers.mean[chosen]
    found: list[tuple[Vector, Vector | None]] = []
    for _ in range(options.resamples):
        drawn = np.bincount(random.integers(0, n, n), minlength=n).astype(np.float64)
        weight = np.asarray(np.bincount(buyers.at, weights=drawn, minlength=len(h.t)), dtype=np.float64)
        again = quantities.model.fit(
            bgnbd.Histories(x=h.x, tx=h.tx, t=h.t, weight=weight), fit.log_parameters, information=False
        )
        eta = None
        if spend is not None:
            spent = gamma_gamma.fit(x, mean, drawn[chosen], spend.log_parameters, information=False)
            if not spent.converged or gamma_gamma.population_mean(spent.log_parameters) is None:
                continue
            eta = spent.log_parameters
        if again.converged and not again.at_bound:
            found.append((again.log_parameters, eta))
    return found


def _estimate(name: str, value: float, draws: Vector, tail: float) -> Estimate:
    import numpy as np

    low, high = np.percentile(draws, [tail, 100 - tail])
    return Estimate(name=name, value=value, low=float(low), high=float(high))


def _named(names: tuple[str, ...], fit: Fit, draws: Vector, tail: float) -> tuple[Estimate, ...]:
    import numpy as np

    return tuple(
        _estimate(name, float(np.exp(fit.log_parameters[at])), np.exp(draws[:, at]), tail)
        for at, name in enumerate(names)
    )
