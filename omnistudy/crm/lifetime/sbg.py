"""Shifted beta-geometric: contract renewals of customers whose propensity to leave differs.

Fader, P. S., & Hardie, B. G. S. (2007). How to project customer retention. Journal of Interactive
Marketing, 21(1), 76-90. doi:10.1002/dir.20074; DERL: Fader & Hardie (2010), Customer-base valuation in
a contractual setting. Marketing Science, 29(1), 85-93. doi:10.1287/mksc.1080.0482
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from omnistudy.crm.lifetime.likelihood import Fit, maximise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]


def fit(lost: Vector, kept: Vector, *, information: bool = True) -> Fit:
    """Fit α, β.

    Parameters
    ----------
    lost
        Customers who left in period 1, 2, …; shape (periods,).
    kept
        Customers last seen alive after period 1, 2, …; same shape.
    """
    import numpy as np
    from scipy.special import betaln, psi

    period = np.arange(1, len(lost) + 1, dtype=np.float64)
    n = float(lost.sum() + kept.sum())

    def objective(theta: Vector) -> tuple[float, Vector]:
        a, b = np.exp(theta)
        value = lost @ betaln(a + 1, b + period - 1) + kept @ betaln(a, b + period) - n * betaln(a, b)
        whole = psi(a + b + period)
        slope_a = lost @ (psi(a + 1) - whole) + kept @ (psi(a) - whole) - n * (psi(a) - psi(a + b))
        slope_b = (
            lost @ (psi(b + period - 1) - whole)
            + kept @ (psi(b + period) - whole)
            - n * (psi(b) - psi(a + b))
        )
        return float(value), np.array([slope_a * a, slope_b * b])

    return maximise(objective, np.zeros(2), information=information)


def survival(theta: Vector, periods: Vector) -> Vector:
    """Share still customers after each number of periods."""
    import numpy as np
    from scipy.special import betaln

    a, b = np.exp(theta)
    return np.asarray(np.exp(betaln(a, b + periods) - betaln(a, b)))


def discounted_residual_lifetime(theta: Vector, renewals: float, discount: float) -> float:
    """Expected number of further periods, discounted, of a customer who renewed ``renewals`` times.

    Evaluated just before the next renewal decision.
    """
    import numpy as np
    from scipy.special import hyp2f1

    a, b = np.exp(theta)
    n = renewals + 1
    return float((b + n - 1) / (a + b + n - 1) * hyp2f1(1, b + n, a + b + n, 1 / (1 + discount)))
