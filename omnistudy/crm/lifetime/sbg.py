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
    information
        Whether the covariance of the log-parameters is worked out.

    Returns
    -------
    Fit
        ``log_parameters`` holds log α and log β.

    References
    ----------
    Fader & Hardie (2007), How to project customer retention, doi:10.1002/dir.20074.

    Examples
    --------
    1,000 customers of the "high end" segment of Fader & Hardie (2007), of whom 869, 743, 653, 593, 551, 517
    and 491 are left after each year: α = .668, β = 3.806.

    >>> import numpy as np
    >>> left = np.array([1000.0, 869, 743, 653, 593, 551, 517, 491])
    >>> kept = np.array([0.0, 0, 0, 0, 0, 0, 491])
    >>> found = fit(-np.diff(left), kept)
    >>> np.exp(found.log_parameters).round(3).tolist()
    [0.668, 3.806]
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
    """Return the share still customers after each number of periods.

    Parameters
    ----------
    theta
        Log α and log β.
    periods
        Numbers of periods, shape (n,).

    Returns
    -------
    numpy.ndarray
        Shape (n,), from 0 to 1.

    References
    ----------
    Fader & Hardie (2007), How to project customer retention, doi:10.1002/dir.20074.

    Examples
    --------
    The "high end" segment of Fader & Hardie (2007) with α = .668 and β = 3.806; of its 1,000 customers 491
    are left after seven years.

    >>> import numpy as np
    >>> survival(np.log([0.668, 3.806]), np.array([7.0, 8.0, 12.0])).round(2).tolist()
    [0.49, 0.46, 0.38]
    """
    import numpy as np
    from scipy.special import betaln

    a, b = np.exp(theta)
    return np.asarray(np.exp(betaln(a, b + periods) - betaln(a, b)))


def discounted_residual_lifetime(theta: Vector, renewals: float, discount: float) -> float:
    """Return the expected number of further periods, discounted, of a customer who renewed ``renewals`` times.

    Evaluated just before the next renewal decision.

    Parameters
    ----------
    theta
        Log α and log β.
    renewals
        Renewals already made, at least 0.
    discount
        Discount rate per period, above 0.

    Returns
    -------
    float
        Periods; times the margin of a period it is the residual lifetime value.

    References
    ----------
    Fader & Hardie (2010), Customer-base valuation in a contractual setting, doi:10.1287/mksc.1080.0482.

    Examples
    --------
    The later the renewal, the more loyal those who are left, because who wanted to leave has left:

    >>> import numpy as np
    >>> theta = np.log([0.66809, 3.80610])
    >>> [round(discounted_residual_lifetime(theta, n, 0.10), 2) for n in (0, 3, 7)]
    [5.41, 6.62, 7.53]
    """
    import numpy as np
    from scipy.special import hyp2f1

    a, b = np.exp(theta)
    n = renewals + 1
    return float((b + n - 1) / (a + b + n - 1) * hyp2f1(1, b + n, a + b + n, 1 / (1 + discount)))
