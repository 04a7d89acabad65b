"""Interrupted time series: level and slope before and after a dated change, AR(1) errors by REML.

Turner, S. L., Forbes, A. B., Karahalios, A., Taljaard, M., & McKenzie, J. E. (2021). Evaluation of
statistical methods used in the analysis of interrupted time series studies. BMC Medical Research
Methodology, 21, 181. doi:10.1186/s12874-021-01364-0
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from omnistudy.crm.refusals import Refusal
from omnistudy.results import Kind, Message, Number, msg

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]

LEAST_POINTS, LEAST_ON_A_SIDE, COMFORTABLE = 12, 6, 24
TERMS = ("intercept", "slope", "level_change", "slope_change")
FEW_POINTS = msg(
    "With fewer than 24 points on a side the test is too eager: at a nominal 5 % it finds a change in 7 to 10 % of "
    "series that have none."
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
    units of its error; ``None`` where no other date leaves enough points on both sides.
    """

    rho: float
    freedom: int
    coefficients: tuple[Coefficient, ...]
    before: int
    after: int
    placebo_p: float | None
    placebo_dates: int
    notes: tuple[Message, ...]

    def term(self, name: str) -> Coefficient:
        """One coefficient by name."""
        return self.coefficients[TERMS.index(name)]


def interrupted_series(
    values: Sequence[float], change: int, confidence: float = 0.95
) -> Interrupted | Refusal:
    """Fit y = b0 + b1 t + b2 D + b3 D (t − change), equally spaced t from 0.

    Parameters
    ----------
    values
        The series in order of time, without gaps.
    change
        Index of the first value after the change.
    confidence
        Level of the intervals.
    """
    import numpy as np
    from scipy.special import stdtr, stdtrit

    y = np.asarray(values, dtype=np.float64)
    before, after = change, len(y) - change
    if len(y) < LEAST_POINTS or min(before, after) < LEAST_ON_A_SIDE:
        return _too_short(len(y), before, after)
    rho, beta, errors = _fit(y, change)
    freedom = len(y) - len(beta)
    if not np.all(np.isfinite(errors)) or errors.min() <= 0:
        return _too_smooth()
    t = beta / errors
    spread = float(stdtrit(freedom, 0.5 + confidence / 2)) * errors
    p = 2 * stdtr(freedom, -np.abs(t))
    dates = [at for at in range(LEAST_ON_A_SIDE, len(y) - LEAST_ON_A_SIDE + 1) if at != change]
    larger = sum(abs(_step(y, at)) >= abs(float(t[2])) for at in dates)
    return Interrupted(
        rho=rho,
        freedom=freedom,
        coefficients=tuple(
            Coefficient(name, float(b), float(se), float(q), float(b - s), float(b + s))
            for name, b, se, q, s in zip(TERMS, beta, errors, p, spread, strict=True)
        ),
        before=before,
        after=after,
        placebo_p=(larger + 1) / (len(dates) + 1) if dates else None,
        placebo_dates=len(dates),
        notes=(FEW_POINTS,) if min(before, after) < COMFORTABLE else (),
    )


def _step(y: Vector, change: int) -> float:
    _, beta, errors = _fit(y, change)
    return float(beta[2] / errors[2]) if errors[2] > 0 else 0.0


def _fit(y: Vector, change: int) -> tuple[float, Vector, Vector]:
    """Profile the correlation: minimise half of (n − k) ln RSS + ln|X'V⁻¹X| + ln|V|."""
    import numpy as np
    from scipy.optimize import minimize_scalar

    n = len(y)
    t = np.arange(n, dtype=np.float64)
    after = (t >= change).astype(np.float64)
    design = np.column_stack([np.ones(n), t, after, after * (t - change)])
    k = design.shape[1]

    def whitened(rho: float) -> tuple[Vector, Vector]:
        # The inverse Cholesky factor of AR(1) correlation has two diagonals.
        root = np.sqrt(1 - rho * rho)

        def white(column: Vector) -> Vector:
            out = column.copy()
            out[1:] = (column[1:] - rho * column[:-1]) / root
            return out

        return np.apply_along_axis(white, 0, design), white(y)

    def criterion(rho: float) -> float:
        x, z = whitened(rho)
        beta = np.linalg.lstsq(x, z, rcond=None)[0]
        rss = float(((z - x @ beta) ** 2).sum())
        determinant = float(np.linalg.slogdet(x.T @ x)[1]) + (n - 1) * float(np.log(1 - rho * rho))
        return float(0.5 * ((n - k) * np.log(max(rss, 1e-300)) + determinant))

    found = minimize_scalar(criterion, bounds=(-0.99, 0.99), method="bounded", options={"xatol": 1e-10})
    rho = float(found.x)
    x, z = whitened(rho)
    beta = np.linalg.lstsq(x, z, rcond=None)[0]
    variance = float(((z - x @ beta) ** 2).sum()) / (n - k)
    errors = np.sqrt(variance * np.diag(np.linalg.inv(x.T @ x)))
    return rho, np.asarray(beta), np.asarray(errors)


def _too_short(points: int, before: int, after: int) -> Refusal:
    return Refusal(
        code="series_too_short",
        subject="interrupted_time_series",
        reason=msg(
            "the series has {points} points, {before} before the change and {after} after it.",
            points=Number(points, Kind.COUNT),
            before=Number(before, Kind.COUNT),
            after=Number(after, Kind.COUNT),
        ),
        needed=msg("at least 12 points, 6 on each side; 24 on each side for a test that keeps its level."),
    )


def _too_smooth() -> Refusal:
    return Refusal(
        code="series_constant",
        subject="interrupted_time_series",
        reason=msg("the series does not vary around its lines, so there is no error to measure against."),
        needed=msg("a metric that varies from period to period."),
    )
