"""Do matched concepts play the same role here and in the reference? Cohen's kappa over the roles.

Interval: percentile bootstrap over the matched concepts; draws without a value are dropped and counted.
Null: the local roles are permuted over the concepts. Confusion of context with intervening conditions is
the usual disagreement, so that kappa over three roles (conditions, actions, consequences; Corbin &
Strauss 2008) stands beside it.

References
----------
Cohen, J. (1960), doi:10.1177/001316446002000104. Efron & Tibshirani (1993), An introduction to the
bootstrap, doi:10.1007/978-1-4899-4541-9.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from omnistudy.results import Message, msg
from omnistudy.study.model import Role

COLLAPSED: Mapping[Role, int] = {
    Role.CAUSAL: 0,
    Role.CONTEXT: 0,
    Role.INTERVENING: 0,
    Role.STRATEGY: 1,
    Role.OUTCOME: 2,
    Role.PHENOMENON: 3,
}
_PLACE: Mapping[Role, int] = {role: at for at, role in enumerate(Role)}
_ROUNDING = 1e-12
_CELLS_AT_ONCE = 2_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleAgreement:
    """Kappa of the roles of matched concepts.

    Parameters
    ----------
    concepts
        Matched concepts with a role on both sides, m.
    value, observed, expected
        Kappa, and the agreement observed and expected by chance; ``None`` with ``reason``.
    low, high
        95 % percentile limits over resampled concepts.
    draws, undefined
        Resamples, and how many of them had no value.
    null_p95, p
        95th percentile of kappa when the local roles are permuted, and the share of permutations that
        reach the value, (1 + count) / (draws + 1).
    """

    concepts: int
    value: float | None = None
    observed: float | None = None
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    draws: int = 0
    undefined: int = 0
    null_p95: float | None = None
    p: float | None = None
    reason: Message | None = None


Labels = NDArray[np.int64]


def kappas(first: Labels, second: Labels, categories: int) -> NDArray[np.float64]:
    """Return Cohen's kappa of every row.

    Parameters
    ----------
    first, second
        Category numbers, shape (B, m) with m at least 1.
    categories
        Number of categories.

    Returns
    -------
    numpy.ndarray
        Shape (B,); NaN where chance alone gives full agreement.
    """
    rows, m = first.shape
    observed = (first == second).mean(axis=1)
    offset = categories * np.arange(rows)[:, None]
    shares = [
        np.bincount((offset + side).ravel(), minlength=rows * categories).reshape(rows, categories) / m
        for side in (first, second)
    ]
    expected = (shares[0] * shares[1]).sum(axis=1)
    undefined = expected >= 1 - _ROUNDING
    return np.asarray(
        np.where(undefined, np.nan, (observed - expected) / np.where(undefined, 1, 1 - expected))
    )


def role_agreement(
    reference: Sequence[Role], local: Sequence[Role], *, draws: int, seed: int, collapsed: bool = False
) -> RoleAgreement:
    """Measure the agreement of roles.

    Parameters
    ----------
    reference, local
        The roles of the m matched concepts in the reference and in the study, in the same order.
    draws, seed
        Resamples of concepts, and permutations of the local roles.
    collapsed
        Take causal, contextual and intervening conditions as one role.
    """
    m = len(reference)
    if not m:
        return RoleAgreement(concepts=0, reason=msg("no matched concept has a role on both sides"))
    place = COLLAPSED if collapsed else _PLACE
    theirs = np.array([place[role] for role in reference], dtype=np.int64)
    ours = np.array([place[role] for role in local], dtype=np.int64)
    value = float(kappas(theirs[None], ours[None], len(_PLACE))[0])
    observed = float((theirs == ours).mean())
    if not np.isfinite(value):
        reason = msg("all matched concepts have one and the same role, so that chance gives full agreement")
        return RoleAgreement(concepts=m, observed=observed, expected=1.0, reason=reason)
    expected = _expected(theirs, ours)
    if not draws:
        return RoleAgreement(concepts=m, value=value, observed=observed, expected=expected)
    drawn, permuted = _replicates(theirs, ours, draws, seed)
    defined = drawn[np.isfinite(drawn)]
    low, high = np.quantile(defined, [0.025, 0.975]) if len(defined) else (None, None)
    reached = int((permuted >= value - _ROUNDING).sum())
    return RoleAgreement(
        concepts=m,
        value=value,
        observed=observed,
        expected=expected,
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        draws=draws,
        undefined=draws - len(defined),
        null_p95=float(np.quantile(permuted, 0.95)),
        p=(1 + reached) / (draws + 1),
    )


def _expected(theirs: Labels, ours: Labels) -> float:
    shares = [np.bincount(side, minlength=len(_PLACE)) / len(side) for side in (theirs, ours)]
    return float(shares[0] @ shares[1])


def _replicates(
    theirs: Labels, ours: Labels, draws: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return kappa of resampled concepts and of permuted local roles, both of length ``draws``."""
    generator = np.random.default_rng(seed)
    m, categories = len(theirs), len(_PLACE)
    step = max(1, _CELLS_AT_ONCE // m)
    drawn, permuted = [], []
    for start in range(0, draws, step):
        rows = min(step, draws - start)
        chosen = generator.integers(m, size=(rows, m))
        drawn.append(kappas(theirs[chosen], ours[chosen], categories))
        shuffled = generator.permuted(np.tile(ours, (rows, 1)), axis=1)
        permuted.append(kappas(np.tile(theirs, (rows, 1)), shuffled, categories))
    return np.concatenate(drawn), np.concatenate(permuted)
