"""Pareto/NBD: purchases at random while a customer lives, and a lifetime that nobody sees end.

Schmittlein, D. C., Morrison, D. G., & Colombo, R. (1987). Counting your customers: Who are they and what
will they do next? Management Science, 33(1), 1-24. doi:10.1287/mnsc.33.1.1

The likelihood is written as an integral over the moment at which the customer may have left, which is
smooth, has an analytic gradient and needs no hypergeometric function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from omnistudy.crm.lifetime.bgnbd import Histories
from omnistudy.crm.lifetime.likelihood import Fit, maximise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

PARAMETERS = ("r", "alpha", "s", "beta")
_NODES = 64


def fit(histories: Histories, start: Vector | None = None, *, information: bool = True) -> Fit:
    """Fit r, α (purchases) and s, β (lifetimes); α and β are in the time units of the histories."""
    import numpy as np
    from scipy.special import gammaln, psi

    scale = 10.0 / float(histories.t.max())
    h = Histories(x=histories.x, tx=histories.tx * scale, t=histories.t * scale, weight=histories.weight)
    shift = np.array([0.0, np.log(scale), 0.0, np.log(scale)])
    values, index = np.unique(h.x, return_inverse=True)
    counts = np.bincount(index, weights=h.weight)
    n = float(h.weight.sum())

    def objective(theta: Vector) -> tuple[float, Vector]:
        r, alpha, s, beta = np.exp(theta)
        alive, left, slopes = _parts(theta, h)
        both = np.logaddexp(alive, left)
        p_alive, p_left = h.weight * np.exp(alive - both), h.weight * np.exp(left - both)
        value = float(counts @ gammaln(r + values) + n * (r * np.log(alpha) + s * np.log(beta) - gammaln(r)))
        purchases = counts @ psi(r + values) + n * (np.log(alpha) - psi(r))
        gradient = np.array(
            [
                purchases - p_alive @ np.log(alpha + h.t) + p_left @ slopes[0],
                n * r / alpha - p_alive @ ((r + h.x) / (alpha + h.t)) + p_left @ slopes[1],
                n * np.log(beta) - p_alive @ np.log(beta + h.t) + p_left @ slopes[2],
                n * s / beta - p_alive @ (s / (beta + h.t)) + p_left @ slopes[3],
            ]
        )
        return value + float(h.weight @ both), gradient * np.exp(theta)

    first = np.zeros(4) if start is None else start + shift
    found = maximise(objective, first, information=information)
    return Fit(
        log_parameters=found.log_parameters - shift,
        log_likelihood=found.log_likelihood + float((h.weight * h.x).sum()) * float(np.log(scale)),
        converged=found.converged,
        at_bound=found.at_bound,
        covariance=found.covariance,
    )


def _parts(theta: Vector, h: Histories) -> tuple[Vector, Vector, tuple[Vector, ...]]:
    """Logarithms of "still there" and "left at some moment since the last purchase", and slopes of the latter.

    The moment y is integrated over ln(α + y) by Gauss and Legendre; slopes are with respect to r, α, s, β.
    """
    import numpy as np

    r, alpha, s, beta = np.exp(theta)
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    alive = -(r + h.x) * np.log(alpha + h.t) - s * np.log(beta + h.t)
    low, high = np.log(alpha + h.tx), np.log(alpha + h.t)
    half = (high - low) / 2
    place = low[:, None] + half[:, None] * (nodes + 1)
    y = np.exp(place) - alpha
    ends = np.log(beta + y)
    with np.errstate(divide="ignore"):
        logs = -(r + h.x)[:, None] * place - (s + 1) * ends + place + np.log(weights) + np.log(half)[:, None]
    top = logs.max(axis=1, keepdims=True)
    top = np.where(np.isfinite(top), top, 0.0)
    shares = np.exp(logs - top)
    total = shares.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = np.log(s) + top[:, 0] + np.log(total)
        shares = np.nan_to_num(shares / total[:, None])
    slopes = (
        -(shares * place).sum(axis=1),
        -(r + h.x) * (shares * np.exp(-place)).sum(axis=1),
        1 / s - (shares * ends).sum(axis=1),
        -(s + 1) * (shares * np.exp(-ends)).sum(axis=1),
    )
    return alive, left, slopes


def p_alive(theta: Vector, histories: Histories) -> Vector:
    """Probability that a customer with each history is still there."""
    import numpy as np

    alive, left, _ = _parts(theta, histories)
    return np.asarray(np.exp(alive - np.logaddexp(alive, left)))


def expected_purchases(theta: Vector, histories: Histories, span: float) -> Vector:
    """Return the expected number of purchases in the next ``span`` time units, given each history.

    Parameters
    ----------
    theta
        Log r, log α, log s, log β.
    histories
        n histories; α and β count in their time units.
    span
        How far to look ahead, in the same units.

    Returns
    -------
    numpy.ndarray
        Shape (n,).

    References
    ----------
    Schmittlein, Morrison & Colombo (1987), Counting your customers, doi:10.1287/mnsc.33.1.1.

    Examples
    --------
    The walk-through of R's BTYD expects 25.46 purchases in 52 weeks of a CDNOW customer with 26 repeat
    purchases, the last in week 30.86 of 31:

    >>> import numpy as np
    >>> from omnistudy.crm.lifetime.bgnbd import Histories
    >>> theta = np.log([0.553, 10.578, 0.606, 11.669])
    >>> heavy = Histories(
    ...     x=np.array([26.0]), tx=np.array([30.86]), t=np.array([31.0]), weight=np.ones(1)
    ... )
    >>> expected_purchases(theta, heavy, 52).round(2).tolist()
    [25.46]
    """
    import numpy as np

    r, alpha, s, beta = np.exp(theta)
    h = histories
    lasting = (beta + h.t) * _staying(np.log1p(span / (beta + h.t)), s)
    return np.asarray(p_alive(theta, h) * (r + h.x) / (alpha + h.t) * lasting)


def expected_of_new_customer(theta: Vector, span: float) -> float:
    """Expected purchases of a customer of whom nothing is known, in ``span`` time units."""
    import numpy as np

    r, alpha, s, beta = np.exp(theta)
    return float(r / alpha * beta * _staying(np.log1p(np.array([span / beta])), s)[0])


def _staying(log_ratio: Vector, s: float) -> Vector:
    """(1 − e^(−(s − 1) ln ratio)) / (s − 1), which is ln ratio at s = 1."""
    import numpy as np

    if abs(s - 1) < 1e-9:
        return log_ratio
    return np.asarray(-np.expm1(-(s - 1) * log_ratio) / (s - 1))
