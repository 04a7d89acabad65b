"""Interrupted time series: level and slope before and after a dated change, AR(1) errors by REML.

Turner, S. L., Forbes, A. B., Karahalios, A., Taljaard, M., & McKenzie, J. E. (2021). Evaluation of
statistical methods used in the analysis of interrupted time series studies. BMC Medical Research
Methodology, 21, 181. doi:10.1186/s12874-021-01364-0
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from omnistudy.crm.refusals import Refusal
from omnistudy.results import Kind, Message, Number, msg

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

LEAST_POINTS, LEAST_ON_A_SIDE, COMFORTABLE = 12, 6, 24
LEAST_FREEDOM = 5
LARGEST_RHO, STARTS = 0.99, 100
# Below this share of the series' own size, what is left beside its lines is rounding.
EXACT = 1e-12
TERMS = ("intercept", "slope", "level_change", "slope_change")
NOTHING_BESIDE: Mapping[str, Sequence[float]] = MappingProxyType({})
# Shares of 1,000 simulated series without a step (AR(1) errors, ρ = 0.4): 12 points a side 10.4 %,
# 24 a side 7.3 %, 26 and 25 a side 8.1 %; the interval held the true step in 90 to 93 %.
FEW_POINTS = msg(
    "With fewer than 24 points on a side the test of the step is too eager: at a nominal 5 % it finds a step in 7 to "
    "10 % of series that have none. The p by placebo dates is the stricter check."
)
MANY_POINTS = msg(
    "Even with 24 points and more on each side the test of the step is somewhat too eager: at a nominal 5 % it finds "
    "a step in 7 to 8 % of series that have none, so that a p near 0.05 is weak. The p by placebo dates is the "
    "stricter check."
)


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One term with its error, two-sided p of Student's t, and interval."""

    name: str
    value: float
    se: float
    p: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Interrupted:
    """The fitted series.

    ``placebo_p`` is the share of dates, the true one among them, whose step is at least as large in
    units of its error; ``None`` where no other date leaves enough points on both sides. ``adjusted``
    names what was held constant, ``left_out`` what could not be.
    """

    rho: float
    freedom: int
    coefficients: tuple[Coefficient, ...]
    before: int
    after: int
    placebo_p: float | None
    placebo_dates: int
    notes: tuple[Message, ...]
    adjusted: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()

    def term(self, name: str) -> Coefficient:
        """One coefficient by name."""
        return next(one for one in self.coefficients if one.name == name)


def interrupted_series(
    values: Sequence[float],
    change: int,
    confidence: float = 0.95,
    beside: Mapping[str, Sequence[float]] = NOTHING_BESIDE,
) -> Interrupted | Refusal:
    """Fit y = b0 + b1 t + b2 D + b3 D (t − change) + what stands beside it, equally spaced t from 0.

    Parameters
    ----------
    values
        The series in order of time, without gaps; the difference from a control where there is one.
    change
        Index of the first value after the change.
    confidence
        Level of the intervals.
    beside
        Further columns by name, each as long as ``values``: dummies of holidays, months, regulation,
        outages. A column that does not vary, or that the others already hold, is left out and named.

    Returns
    -------
    Interrupted or Refusal
        Intercept, slope, change of level and of slope with Student intervals, and the p by placebo dates.
        Refused below twelve points or six on a side, and where the series does not vary around its lines.

    References
    ----------
    Turner et al. (2021), Evaluation of statistical methods used in the analysis of interrupted time series
    studies, doi:10.1186/s12874-021-01364-0.

    Examples
    --------
    Forty points with a step of 6 and a change of slope of .3 at the twentieth, and waves around them; two
    independent routes of restricted maximum likelihood give ρ = .482 and a step of 5.907 (error 1.647).

    >>> from math import cos, sin
    >>> waves = [2 * sin(0.9 * t) + 1.5 * cos(0.7 * t * t) for t in range(40)]
    >>> lines = [50 + 0.4 * t + (6 + 0.3 * (t - 20) if t >= 20 else 0) for t in range(40)]
    >>> found = interrupted_series([a + b for a, b in zip(lines, waves)], change=20)
    >>> step = found.term("level_change")
    >>> round(found.rho, 3), round(step.value, 3), round(step.se, 3)
    (0.482, 5.907, 1.647)
    """
    import numpy as np
    from scipy.special import stdtr, stdtrit

    y: Vector = np.asarray(values, dtype=np.float64)
    before, after = change, len(y) - change
    if len(y) < LEAST_POINTS or min(before, after) < LEAST_ON_A_SIDE:
        return too_short(len(y), before, after)
    kept = _usable(len(y), change, beside)
    extra = np.column_stack([np.asarray(beside[name], dtype=np.float64) for name in kept]) if kept else None
    fitted = _fit(y, _design(len(y), change, extra))
    if fitted is None:
        return _too_smooth()
    rho, beta, errors = fitted
    freedom = len(y) - len(beta)
    t = beta / errors
    spread = float(stdtrit(freedom, 0.5 + confidence / 2)) * errors
    p = 2 * stdtr(freedom, -np.abs(t))
    dates = [at for at in range(LEAST_ON_A_SIDE, len(y) - LEAST_ON_A_SIDE + 1) if at != change]
    steps = [step for step in (_step(y, at, extra) for at in dates) if step is not None]
    larger = sum(abs(step) >= abs(float(t[2])) for step in steps)
    return Interrupted(
        rho=rho,
        freedom=freedom,
        coefficients=tuple(
            Coefficient(name, float(b), float(se), float(q), float(b - s), float(b + s))
            for name, b, se, q, s in zip((*TERMS, *kept), beta, errors, p, spread, strict=True)
        ),
        before=before,
        after=after,
        placebo_p=(larger + 1) / (len(steps) + 1) if steps else None,
        placebo_dates=len(steps),
        notes=tuple(_notes(min(before, after), len(steps))),
        adjusted=kept,
        left_out=tuple(name for name in beside if name not in kept),
    )


def _notes(shorter: int, dates: int) -> list[Message]:
    notes = [FEW_POINTS if shorter < COMFORTABLE else MANY_POINTS]
    # With 19 other dates the least p is .05 itself, which is not below the level.
    if dates < 20:
        notes.append(
            msg(
                "With {dates} other dates to compare with, the placebo p cannot fall below {least}.",
                dates=Number(dates, Kind.COUNT),
                least=Number(1 / (dates + 1), Kind.COEFFICIENT),
            )
        )
    return notes


def _usable(n: int, change: int, beside: Mapping[str, Sequence[float]]) -> tuple[str, ...]:
    """The columns that add something to the lines and to each other, while enough freedom is left."""
    import numpy as np

    design = _design(n, change, None)
    kept: list[str] = []
    for name, column in beside.items():
        wider = np.column_stack([design, np.asarray(column, dtype=np.float64)])
        if n - wider.shape[1] >= LEAST_FREEDOM and np.linalg.matrix_rank(wider) == wider.shape[1]:
            design = wider
            kept.append(name)
    return tuple(kept)


def _step(y: Vector, change: int, extra: Vector | None) -> float | None:
    """The step at another date in units of its error; ``None`` where the columns repeat each other there."""
    import numpy as np

    x = _design(len(y), change, extra)
    if np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    fitted = _fit(y, x)
    # Lines without any error are the largest step that there can be.
    return float("inf") if fitted is None else float(fitted[1][2] / fitted[2][2])


def _design(n: int, change: int, extra: Vector | None) -> Vector:
    import numpy as np

    t = np.arange(n, dtype=np.float64)
    after = (t >= change).astype(np.float64)
    lines = np.column_stack([np.ones(n), t, after, after * (t - change)])
    return lines if extra is None else np.column_stack([lines, extra])


def _fit(y: Vector, x: Vector) -> tuple[float, Vector, Vector] | None:
    """Correlation, coefficients and their errors; ``None`` where the lines leave nothing but rounding."""
    import numpy as np

    n, k = x.shape
    base = np.linalg.qr(x)[0]
    rest = y - base @ (base.T @ y)
    size = float(np.linalg.norm(rest))
    if size <= EXACT * float(np.linalg.norm(y)):
        return None
    rho = _autocorrelation(base, rest / size)
    white = np.column_stack([x, y])
    white[1:] = (white[1:] - rho * white[:-1]) / np.sqrt(1 - rho * rho)
    w, v = white[:, :k], white[:, k]
    beta = np.linalg.lstsq(w, v, rcond=None)[0]
    variance = float(((v - w @ beta) ** 2).sum()) / (n - k)
    errors = np.sqrt(variance * np.diag(np.linalg.inv(w.T @ w)))
    return rho, np.asarray(beta), np.asarray(errors)


def _autocorrelation(base: Vector, rest: Vector) -> float:
    """Solve for the correlation ρ of the errors that maximises the restricted likelihood.

    Its maximum is so flat that comparing values finds ρ to eight digits at most. Solved is therefore
    that the derivative of its logarithm by ρ is 0. The derivative is looked at for a hundred ρ between
    -.99 and .99, and every change of sign at a maximum is solved to the last digits, so that the
    result does not hang on the solver. The most likely of the roots and of ±.99 is returned: there may
    be several maxima, and a likelihood that still grows at a bound.

    Parameters
    ----------
    base
        The columns of the design, n × k, made orthonormal, which moves the logarithm by a constant only.
    rest
        What the series has beside them, n values whose squares sum to 1; another scale moves it by a constant.
    """
    import numpy as np
    from scipy.optimize import brentq

    likelihood = _restricted(base, rest)

    def slope(rho: float) -> float:
        return float(likelihood.slopes(np.array([rho]))[0])

    starts = np.linspace(-LARGEST_RHO, LARGEST_RHO, STARTS)
    slopes = likelihood.slopes(starts)
    tops = np.flatnonzero((slopes[:-1] < 0) & (slopes[1:] >= 0))
    roots = [float(brentq(slope, starts[at], starts[at + 1], xtol=1e-14)) for at in tops]
    return min((*roots, -LARGEST_RHO, LARGEST_RHO), key=likelihood.deviance)


@dataclass(frozen=True, slots=True)
class _Restricted:
    """Minus twice the restricted log-likelihood of ρ and its slope, variance and coefficients profiled out.

    Up to a constant it is (n - k) ln RSS + ln|X'V⁻¹X| + ln|V|, where V is the correlation of the errors
    and RSS their weighted sum of squares; its slope is (n - k) RSS'/RSS + tr((X'V⁻¹X)⁻¹ (X'V⁻¹X)')
    - 2 (n - 1) ρ / (1 - ρ²). V⁻¹ is a quadratic in ρ over 1 - ρ², so that the products of the columns
    are formed once and every ρ costs a system of k equations.
    """

    n: int
    first: Vector
    later: Vector
    earlier: Vector
    crossed: Vector

    def products(self, rho: Vector | float) -> Vector:
        """The products of all columns and the series, weighted by V⁻¹."""
        left = 1 - rho * rho
        return self.first + (self.later - rho * self.crossed + rho * rho * self.earlier) / left

    def deviance(self, rho: float) -> float:
        """Minus twice the logarithm at one ρ."""
        import numpy as np

        k = len(self.first) - 1
        s = self.products(rho)
        # The determinant of the whole is that of the columns times RSS.
        columns, whole = (float(np.linalg.slogdet(one)[1]) for one in (s[:k, :k], s))
        return (self.n - k) * (whole - columns) + columns + (self.n - 1) * float(np.log(1 - rho * rho))

    def slopes(self, rho: Vector) -> Vector:
        """Its derivative at every ρ."""
        import numpy as np

        n, k = self.n, len(self.first) - 1
        r = rho[:, None, None]
        s = self.products(r)
        by_rho = (2 * r * (self.later + self.earlier) - (1 + r * r) * self.crossed) / (1 - r * r) ** 2
        solved = np.linalg.solve(s[:, :k, :k], np.concatenate([s[:, :k, k:], by_rho[:, :k, :k]], axis=2))
        beta, weighed = solved[:, :, 0], solved[:, :, 1:]
        rss = s[:, k, k] - (s[:, k, :k] * beta).sum(axis=1)
        error = np.column_stack([-beta, np.ones(len(rho))])
        rss_by_rho = np.einsum("ri,rij,rj->r", error, by_rho, error)
        trace = np.trace(weighed, axis1=1, axis2=2)
        return np.asarray((n - k) * rss_by_rho / rss + trace - 2 * (n - 1) * rho / (1 - rho * rho))


def _restricted(base: Vector, rest: Vector) -> _Restricted:
    import numpy as np

    z = np.column_stack([base, rest])
    later, earlier, lagged = z[1:].T @ z[1:], z[:-1].T @ z[:-1], z[1:].T @ z[:-1]
    return _Restricted(len(z), np.outer(z[0], z[0]), later, earlier, lagged + lagged.T)


def too_short(points: int, before: int, after: int) -> Refusal:
    """Refuse a test of a series that is shorter than twelve points, or six on a side."""
    return Refusal(
        code="series_too_short",
        subject="interrupted_time_series",
        reason=msg(
            "the series has {points} points, {before} before the change and {after} after it.",
            points=Number(points, Kind.COUNT),
            before=Number(before, Kind.COUNT),
            after=Number(after, Kind.COUNT),
        ),
        needed=msg(
            "at least 12 points, 6 on each side; 24 on each side for a test that nearly keeps its level."
        ),
    )


def _too_smooth() -> Refusal:
    return Refusal(
        code="series_constant",
        subject="interrupted_time_series",
        reason=msg("the series does not vary around its lines, so there is no error to measure against."),
        needed=msg("a metric that varies from period to period."),
    )
