"""Maximum likelihood over positive parameters: log scale, L-BFGS-B, analytic gradient, information."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

BOUND = 9.0
"""Largest absolute value of a log-parameter; a fit that ends there has not identified it."""
STEP = 1e-4
"""How far to each side of a log-parameter a slope is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A maximum of a likelihood.

    Parameters
    ----------
    log_parameters
        Where it lies, on the log scale of the working units.
    log_likelihood
        Its value in the working units.
    converged
        Whether the optimiser says so and the gradient vanishes.
    at_bound
        Indices of parameters that lie at their bound.
    covariance
        Inverse of the observed information on the log scale; ``None`` where it is not positive
        definite, so that the data do not identify the parameters.
    """

    log_parameters: Vector
    log_likelihood: float
    converged: bool
    at_bound: tuple[int, ...]
    covariance: Vector | None


Objective = Callable[["Vector"], tuple[float, "Vector"]]
"""Log-parameters to log-likelihood and its gradient with respect to them."""


def maximise(objective: Objective, start: Vector, *, information: bool = True) -> Fit:
    """Maximise ``objective`` from ``start`` (log-parameters)."""
    import numpy as np
    from scipy.optimize import minimize

    scale = max(1.0, abs(objective(start)[0]))

    def falling(theta: Vector) -> tuple[float, Vector]:
        value, gradient = objective(theta)
        return -value / scale, -gradient / scale

    bounds = [(-BOUND, BOUND)] * len(start)
    found = minimize(
        falling,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"maxiter": 1000, "ftol": 1e-14, "gtol": 1e-10},
    )
    theta = np.asarray(found.x, dtype=np.float64)
    at_bound = tuple(int(at) for at in np.flatnonzero(np.abs(theta) > BOUND - 1e-3))
    if information and not at_bound:
        theta = _settled(objective, theta)
    value, gradient = objective(theta)
    inside = np.delete(gradient, at_bound)
    converged = bool(np.isfinite(value)) and bool(np.all(np.abs(inside) < 1e-4 * scale))
    return Fit(
        log_parameters=theta,
        log_likelihood=float(value),
        converged=converged,
        at_bound=at_bound,
        covariance=_covariance(objective, theta) if information else None,
    )


def _settled(objective: Objective, theta: Vector) -> Vector:
    """Go on by Newton's steps: where the optimiser stops depends in the eighth digit on its version."""
    import numpy as np

    covariance = _covariance(objective, theta)
    if covariance is None:
        return theta
    gradient = objective(theta)[1]
    for _ in range(5):
        step = covariance @ gradient
        ahead = theta + step
        slope = objective(ahead)[1]
        if np.max(np.abs(step)) > 1e-3 or not np.max(np.abs(slope)) < np.max(np.abs(gradient)):
            break
        theta, gradient = ahead, slope
    return theta


def _covariance(objective: Objective, theta: Vector) -> Vector | None:
    import numpy as np

    rows = []
    for at in range(len(theta)):
        shift = np.zeros_like(theta)
        shift[at] = STEP
        rows.append((objective(theta + shift)[1] - objective(theta - shift)[1]) / (2 * STEP))
    information = -np.array(rows)
    information = (information + information.T) / 2
    if not np.all(np.isfinite(information)) or np.linalg.eigvalsh(information).min() <= 0:
        return None
    return np.asarray(np.linalg.inv(information), dtype=np.float64)


def derivatives(quantity: Callable[[Vector], Vector], theta: Vector) -> Vector:
    """Central differences of a vector-valued quantity: one row per parameter."""
    import numpy as np

    rows = []
    for at in range(len(theta)):
        shift = np.zeros_like(theta)
        shift[at] = STEP
        rows.append((quantity(theta + shift) - quantity(theta - shift)) / (2 * STEP))
    return np.array(rows)


def delta_variance(slopes: Vector, covariance: Vector) -> Vector:
    """Variance by the delta method from slopes (parameters × quantities)."""
    import numpy as np

    variance: Vector = np.einsum("ik,ij,jk->k", slopes, covariance, slopes)
    return variance
