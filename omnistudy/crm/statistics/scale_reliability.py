"""How well the items of a scale hang together: Cronbach's α with Feldt's interval, McDonald's ω.

Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. Psychometrika, 16,
297-334. doi:10.1007/BF02310555. Feldt, L. S. (1965). The approximate sampling distribution of
Kuder-Richardson reliability coefficient twenty. Psychometrika, 30, 357-370. doi:10.1007/BF02289499.
McDonald, R. P. (1999). Test theory: a unified treatment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from omnistudy.crm.refusals import Refusal
from omnistudy.crm.statistics.intervals import Interval
from omnistudy.results import Kind, Number, msg

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

LEAST_ITEMS, LEAST_RESPONDENTS = 3, 30
_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleReliability:
    """Both coefficients of one scale; ``omega`` is ``None`` where one factor does not fit the items.

    ``loadings`` are those of the one factor on items of unit variance.
    """

    alpha: float
    interval: Interval
    omega: float | None
    loadings: tuple[float, ...]
    items: int
    n: int


def too_small(items: int, n: int) -> Refusal | None:
    """Refuse scales of fewer than three items or thirty respondents."""
    if items >= LEAST_ITEMS and n >= LEAST_RESPONDENTS:
        return None
    return Refusal(
        code="scale_too_small",
        subject="scale_reliability",
        reason=msg(
            "the scale has {items} items answered in full by {n} respondents",
            items=Number(items, Kind.COUNT),
            n=Number(n, Kind.COUNT),
        ),
        needed=msg("at least 3 items and 30 respondents who answered all of them."),
    )


def scale_reliability(covariance: Matrix, n: int, confidence: float = 0.95) -> ScaleReliability | Refusal:
    """Compute α and ω from the covariances of the items.

    Parameters
    ----------
    covariance
        Items by items, over the ``n`` respondents who answered all, reversed items turned before.
    confidence
        Level of Feldt's interval.
    n
        Respondents who answered all items.

    Returns
    -------
    ScaleReliability or Refusal
        Refused for fewer than three items, fewer than thirty respondents, or items that do not vary.

    References
    ----------
    Cronbach (1951), doi:10.1007/BF02310555; Feldt (1965), doi:10.1007/BF02289499; McDonald (1999), Test
    theory.

    Examples
    --------
    Three parallel items that correlate .5: Spearman and Brown's 3 × .5 / (1 + 2 × .5) = .75, and one factor
    with loadings √.5 gives the same omega.

    >>> import numpy as np
    >>> found = scale_reliability(np.full((3, 3), 0.5) + np.eye(3) / 2, n=100)
    >>> round(found.alpha, 3), round(found.omega, 3), [round(one, 3) for one in found.loadings]
    (0.75, 0.75, [0.707, 0.707, 0.707])
    >>> scale_reliability(np.eye(2), n=100).code
    'scale_too_small'
    """
    import numpy as np
    from scipy.special import fdtri

    s = np.asarray(covariance, dtype=np.float64)
    k = len(s)
    refused = too_small(k, n)
    if refused is not None:
        return refused
    # Sums of decimals leave variances of 1e-17 where nothing varies; no item varies by so little.
    nothing = _ROUNDING * float(np.trace(s))
    if float(s.sum()) <= nothing or np.any(np.diag(s) <= nothing):
        return Refusal(
            code="scale_constant",
            subject="scale_reliability",
            reason=msg("an item or the sum of the items does not vary"),
            needed=msg("items on which respondents differ."),
        )
    alpha = k / (k - 1) * (1 - float(np.trace(s) / s.sum()))
    upper, lower = (
        float(fdtri(n - 1, (n - 1) * (k - 1), at)) for at in (0.5 - confidence / 2, 0.5 + confidence / 2)
    )
    interval = Interval(1 - (1 - alpha) * lower, 1 - (1 - alpha) * upper, "feldt")
    loadings = one_factor(s)
    omega = None
    if loadings is not None:
        spread = np.sqrt(np.diag(s)) * loadings
        common = float(spread.sum()) ** 2
        omega = common / (common + float((np.diag(s) * (1 - loadings**2)).sum()))
    return ScaleReliability(
        alpha=alpha,
        interval=interval,
        omega=omega,
        loadings=() if loadings is None else tuple(float(one) for one in loadings),
        items=k,
        n=n,
    )


def one_factor(covariance: Matrix) -> Matrix | None:
    """Loadings of one common factor by maximum likelihood, on items of unit variance.

    Jöreskog, K. G. (1967). Some contributions to maximum likelihood factor analysis. Psychometrika, 32,
    443-482. doi:10.1007/BF02289658: the uniquenesses minimise the discrepancy, the loadings follow from
    the largest root. ``None`` where a uniqueness ends at its bound (a Heywood case) or nothing converges.
    """
    import numpy as np
    from scipy.optimize import minimize

    spread = np.sqrt(np.diag(covariance))
    r = covariance / np.outer(spread, spread)
    if float(np.linalg.eigvalsh(r)[0]) < 1e-10:
        return None

    def roots(psi: Matrix) -> tuple[Matrix, Matrix]:
        scale = 1 / np.sqrt(psi)
        values, vectors = np.linalg.eigh(r * np.outer(scale, scale))
        return values, vectors

    def discrepancy(logs: Matrix) -> tuple[float, Matrix]:
        psi = np.exp(logs)
        values, vectors = roots(psi)
        rest = values[:-1]
        load = np.sqrt(psi) * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0))
        gradient = (load**2 + psi - np.diag(r)) / psi
        return float((rest - np.log(rest) - 1).sum()), np.asarray(gradient)

    start = np.log(np.clip(1 / np.diag(np.linalg.inv(r)), 0.05, 0.95))
    bounds = [(np.log(0.005), 0.0)] * len(r)
    found = minimize(
        discrepancy, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-15, "gtol": 1e-9}
    )
    psi = np.exp(found.x)
    if not np.all(np.isfinite(psi)) or float(psi.min()) < 0.0051:
        return None
    values, vectors = roots(psi)
    loadings = np.sqrt(psi) * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0))
    return np.asarray(loadings if loadings.sum() >= 0 else -loadings)
