"""Gamma–Gamma: what a purchase of a customer is worth, from the mean value of the repeat purchases.

Fader, P. S., Hardie, B. G. S., & Lee, K. L. (2005). RFM and CLV. Journal of Marketing Research,
42(4), 415-430. doi:10.1509/jmkr.2005.42.4.415
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from omnistudy.crm.lifetime.likelihood import Fit, maximise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

PARAMETERS = ("p", "q", "v")


def fit(
    x: Vector, mean: Vector, weight: Vector, start: Vector | None = None, *, information: bool = True
) -> Fit:
    """Fit p, q, v to customers with x > 0 repeat purchases of mean value ``mean`` > 0."""
    import numpy as np
    from scipy.special import gammaln, psi

    typical = float(np.average(mean, weights=weight))
    z = mean / typical  # values of size 1 keep v in reach; v is given back in the original units
    n = float(weight.sum())

    def objective(theta: Vector) -> tuple[float, Vector]:
        p, q, v = np.exp(theta)
        px, spread = p * x, np.log(v + x * z)
        terms = gammaln(px + q) - gammaln(px) + (px - 1) * np.log(z) + px * np.log(x) - (px + q) * spread
        value = float(weight @ terms + n * (q * np.log(v) - gammaln(q)))
        gradient = np.array(
            [
                weight @ (x * (psi(px + q) - psi(px) + np.log(z) + np.log(x) - spread)),
                weight @ (psi(px + q) - spread) + n * (np.log(v) - psi(q)),
                n * q / v - weight @ ((px + q) / (v + x * z)),
            ]
        )
        return value, gradient * np.exp(theta)

    shift = np.array([0.0, 0.0, np.log(typical)])
    found = maximise(objective, np.zeros(3) if start is None else start - shift, information=information)
    return Fit(
        log_parameters=found.log_parameters + shift,
        log_likelihood=found.log_likelihood - n * float(np.log(typical)),
        converged=found.converged,
        at_bound=found.at_bound,
        covariance=found.covariance,
    )


def expected_value(theta: Vector, x: Vector, mean: Vector) -> Vector:
    """Return the expected value of a purchase given x repeat purchases of mean value ``mean``.

    Parameters
    ----------
    theta
        Log p, log q, log v; v is in the currency of ``mean``.
    x, mean
        Repeat purchases and their mean value, shape (n,). Without a repeat purchase (x = 0) the mean of the
        population is returned, which exists for q > 1 only.

    Returns
    -------
    numpy.ndarray
        Shape (n,), in the same currency.

    References
    ----------
    Fader, Hardie & Lee (2005), RFM and CLV, doi:10.1509/jmkr.2005.42.4.415.

    Examples
    --------
    The first CDNOW customer, with 2 repeat purchases of $22.35 on average, is expected to spend $24.66 per
    purchase; parameters and value as in Fader & Hardie's note on the model. One without a repeat purchase
    gets the mean of the population.

    >>> import numpy as np
    >>> theta = np.log([6.25, 3.74, 15.44])
    >>> expected_value(theta, np.array([2.0, 0.0]), np.array([22.35, 0.0])).round(2).tolist()
    [24.66, 35.22]
    """
    import numpy as np

    p, q, v = np.exp(theta)
    return np.asarray(p * (v + x * mean) / (p * x + q - 1))


def population_mean(theta: Vector) -> float | None:
    """Mean value of a purchase over all customers; ``None`` where it is infinite (q ≤ 1)."""
    import numpy as np

    p, q, v = np.exp(theta)
    return float(p * v / (q - 1)) if q > 1 else None
