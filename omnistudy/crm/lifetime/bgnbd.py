"""BG/NBD: how often customers buy and when they silently leave, from recency and frequency.

Fader, P. S., Hardie, B. G. S., & Lee, K. L. (2005). "Counting your customers" the easy way.
Marketing Science, 24(2), 275-284. doi:10.1287/mksc.1040.0098
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from omnistudy.crm.lifetime.likelihood import Fit, maximise

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

PARAMETERS = ("r", "alpha", "a", "b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Histories:
    """Purchase histories, equal ones once.

    Parameters
    ----------
    x
        Repeat purchases (whole numbers), shape (n,).
    tx, t
        Time of the last purchase and of the end of observation since the first, in time units, (n,).
    weight
        How many customers have this history, (n,).
    """

    x: Vector
    tx: Vector
    t: Vector
    weight: Vector


def fit(histories: Histories, start: Vector | None = None, *, information: bool = True) -> Fit:
    """Fit r, α, a, b; α is in the time units of the histories.

    Time is rescaled so that the longest observation is 10, which keeps the four log-parameters of one
    size; α and the likelihood are given back in the original units.
    """
    import numpy as np
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # comes with scikit-learn

    scale = 10.0 / float(histories.t.max())
    scaled = Histories(x=histories.x, tx=histories.tx * scale, t=histories.t * scale, weight=histories.weight)
    prepared = _Prepared(scaled)
    shift = np.array([0.0, np.log(scale), 0.0, 0.0])
    first = np.log([1.0, 1.0, 1.0, 1.0]) if start is None else start + shift
    # Products of this size are slower on several threads, and their last digits depend on how many.
    with threadpool_limits(1, user_api="blas"):
        found = maximise(prepared.objective, first, information=information)
    purchases = float((histories.weight * histories.x).sum())
    return Fit(
        log_parameters=found.log_parameters - shift,
        log_likelihood=found.log_likelihood + purchases * float(np.log(scale)),
        converged=found.converged,
        at_bound=found.at_bound,
        covariance=found.covariance,
    )


class _Prepared:
    """The log-likelihood of fixed histories.

    Gamma functions and logarithms run over the distinct x, tx and t only; what is left for each
    history of a repeat buyer is one softplus of the log-odds of having left.
    """

    def __init__(self, histories: Histories) -> None:
        import numpy as np

        w, x = histories.weight, histories.x
        self.values, at_x = np.unique(x, return_inverse=True)
        self.counts = np.bincount(at_x, weights=w)
        self.t, at_t = np.unique(histories.t, return_inverse=True)
        self.of_t = np.bincount(at_t, weights=w)
        self.x_of_t = np.bincount(at_t, weights=w * x)
        again = x > 0
        self.tx, self.at_tx = np.unique(histories.tx[again], return_inverse=True)
        self.at_x, self.at_t = at_x[again], at_t[again]
        self.x, self.w = x[again], w[again]

    def objective(self, theta: Vector) -> tuple[float, Vector]:
        """Return the log-likelihood and its gradient with respect to the log-parameters."""
        import numpy as np
        from scipy.special import gammaln, psi

        r, alpha, a, b = np.exp(theta)
        v, n = self.values, self.counts.sum()
        per_x = gammaln(r + v) + gammaln(b + v) - gammaln(a + b + v)
        constant = -gammaln(r) + r * np.log(alpha) + gammaln(a + b) - gammaln(b)
        log_t = np.log(alpha + self.t)
        purchases = r * self.of_t + self.x_of_t
        bx = np.where(v > 0, b + v - 1, 1.0)
        later = log_t[self.at_t] - np.log(alpha + self.tx)[self.at_tx]
        odds = (r + self.x) * later + (np.log(a) - np.log(bx))[self.at_x]
        either = np.logaddexp(0.0, odds)
        value = float(self.counts @ per_x + n * constant - purchases @ log_t + self.w @ either)
        left = self.w * np.exp(odds - either)
        total = psi(a + b) * n - self.counts @ psi(a + b + v)
        sooner = (1 / (alpha + self.t))[self.at_t] - (1 / (alpha + self.tx))[self.at_tx]
        gradient = np.array(
            [
                self.counts @ psi(r + v) + n * (np.log(alpha) - psi(r)) - self.of_t @ log_t + left @ later,
                n * r / alpha - purchases @ (1 / (alpha + self.t)) + (left * (r + self.x)) @ sooner,
                total + left.sum() / a,
                total + self.counts @ psi(b + v) - n * psi(b) - left @ (1 / bx)[self.at_x],
            ]
        )
        return value, gradient * np.exp(theta)


def p_alive(theta: Vector, histories: Histories) -> Vector:
    """Return the probability that a customer with each history is still alive.

    Parameters
    ----------
    theta
        Log r, log α, log a, log b.
    histories
        n histories; α counts in their time units.

    Returns
    -------
    numpy.ndarray
        Shape (n,); 1 without a repeat purchase, because the model lets nobody leave before the first one.

    References
    ----------
    Fader, Hardie & Lee (2005), "Counting your customers" the easy way, doi:10.1287/mksc.1040.0098.

    Examples
    --------
    Their parameters of the CDNOW customers; a customer who bought 26 times again, last in week 30.86 of 31, is
    alive, one who bought twice, last in week 30.43 of 38.86, probably:

    >>> import numpy as np
    >>> theta = np.log([0.243, 4.414, 0.793, 2.426])
    >>> two = Histories(
    ...     x=np.array([26.0, 2.0]), tx=np.array([30.86, 30.43]), t=np.array([31.0, 38.86]), weight=np.ones(2)
    ... )
    >>> p_alive(theta, two).round(2).tolist()
    [0.97, 0.73]
    """
    import numpy as np

    return np.asarray(1 / (1 + _odds_of_leaving(theta, histories)))


def _odds_of_leaving(theta: Vector, h: Histories) -> Vector:
    import numpy as np

    r, alpha, a, b = np.exp(theta)
    with np.errstate(divide="ignore"):
        bx = np.where(h.x > 0, b + h.x - 1, np.inf)
        log_odds = np.log(a) - np.log(bx) + (r + h.x) * (np.log(alpha + h.t) - np.log(alpha + h.tx))
    odds: Vector = np.exp(log_odds)
    return odds


def expected_purchases(theta: Vector, histories: Histories, span: float) -> Vector:
    """Return the expected number of purchases in the next ``span`` time units, given each history.

    The hypergeometric function is taken after Euler's transformation, whose parameters stay small
    for heavy buyers; at a = 1, where the formula divides zero by zero, the two sides are averaged.

    Parameters
    ----------
    theta
        Log r, log α, log a, log b.
    histories
        n histories; α counts in their time units.
    span
        How far to look ahead, in the same units.

    Returns
    -------
    numpy.ndarray
        Shape (n,).

    References
    ----------
    Fader, Hardie & Lee (2005), "Counting your customers" the easy way, doi:10.1287/mksc.1040.0098.

    Examples
    --------
    The first CDNOW customer (2 repeat purchases, the last in week 30.43 of 38.86) is expected to buy 1.226
    times in the next 39 weeks, as Fader & Hardie's note on the model in Excel has it.

    >>> import numpy as np
    >>> theta = np.log([0.243, 4.414, 0.793, 2.426])
    >>> first = Histories(
    ...     x=np.array([2.0]), tx=np.array([30.43]), t=np.array([38.86]), weight=np.ones(1)
    ... )
    >>> expected_purchases(theta, first, 39).round(3).tolist()
    [1.226]
    """
    import numpy as np
    from scipy.special import hyp2f1

    r, alpha, a, b = np.exp(theta)
    if abs(a - 1) < 1e-6:
        near = [np.log([r, alpha, side, b]) for side in (1 - 2e-6, 1 + 2e-6)]
        return np.asarray(sum(expected_purchases(one, histories, span) for one in near) / 2)
    h = histories
    z = span / (alpha + h.t + span)
    tail = (1 - z) ** (a - 1) * hyp2f1(a + b - 1 - r, a - 1, a + b + h.x - 1, z)
    return np.asarray((a + b + h.x - 1) / (a - 1) * (1 - tail) / (1 + _odds_of_leaving(theta, h)))


def expected_of_new_customer(theta: Vector, span: float) -> float:
    """Expected purchases of a customer of whom nothing is known, in ``span`` time units."""
    import numpy as np

    none = np.zeros(1)
    return float(expected_purchases(theta, Histories(x=none, tx=none, t=none, weight=none + 1), span)[0])
