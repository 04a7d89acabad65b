"""Replicates of a coefficient: with one sampling unit left out, and with sampling units drawn anew.

A sampling unit is a unit of analysis or, where units lie within interviews, a whole interview. Left
out means subtracted from the sums of features; drawn anew means multinomial weights times features,
which is the exact bootstrap at a cost that does not depend on the number of units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from omnistudy.agreement.ratings.counts import Tally
from omnistudy.agreement.ratings.estimators import Estimates, Estimator
from omnistudy.agreement.ratings.rating_table import FloatArray, IntArray

_CACHED_CELLS = 1 << 23
_DRAW_BLOCK = 1 << 22
_BINOMIAL_COST = 12
"""A binomial draw costs about as much as this many uniform draws of one unit."""
_WIDEST_NORMAL = 1500


Evaluate = Callable[[FloatArray], Estimates]
"""A coefficient as a function of (R, F) sums of features."""


class View(NamedTuple):
    """A coefficient on a tally: what is replicated."""

    tally: Tally
    estimator: Estimator


@dataclass(frozen=True, kw_only=True, eq=False)
class Sampling:
    """What is left out or drawn.

    Parameters
    ----------
    cluster
        ``unit`` or ``interview``.
    multiplicity
        (G,) how often each row occurs: distinct patterns with their numbers, or interviews with 1.
    membership
        For interviews: (3, E) interview, pattern and number of units, sorted by interview. ``None``
        for units, whose rows are the patterns themselves.
    """

    cluster: str
    multiplicity: IntArray
    membership: IntArray | None = None

    @property
    def n(self) -> int:
        """Number of sampling units."""
        return int(self.multiplicity.sum())


@dataclass(frozen=True, kw_only=True, eq=False)
class Draws:
    """How many resamples, and from which seed."""

    resamples: int
    seed: int
    effort: int
    """Largest number of elementary draws; beyond it the sums are drawn from their normal limit."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Replicates:
    """Values of one coefficient; NaN where a replicate is undefined.

    Parameters
    ----------
    value, observed, expected
        The estimate from all units.
    left_out
        (G,) the coefficient without each sampling unit; empty where no jackknife was asked for.
    multiplicity
        (G,) how many sampling units each entry of ``left_out`` stands for.
    drawn
        (B,) the coefficient in every resample; empty where none was asked for.
    exact
        Whether the resamples are multinomial draws and not draws from the normal limit of the sums.
    """

    value: float
    observed: float
    expected: float
    left_out: FloatArray
    multiplicity: IntArray
    drawn: FloatArray
    exact: bool = True


def by_unit(tally: Tally) -> Sampling:
    """Sample units of analysis."""
    return Sampling(cluster="unit", multiplicity=tally.multiplicity)


def by_interview(tally: Tally, interview: IntArray, weight: IntArray | None = None) -> Sampling:
    """Sample interviews.

    Parameters
    ----------
    tally
        Patterns of the units.
    interview
        (n,) interview of each row of the rating table; those that hold no row do not count.
    weight
        (n,) how many units a row stands for.
    """
    names, number = np.unique(interview, return_inverse=True)
    key = number.astype(np.int64) * tally.d + tally.pattern
    cells, inverse = np.unique(key, return_inverse=True)
    ones = np.ones(len(key)) if weight is None else weight.astype(np.float64)
    count = np.bincount(inverse, ones, minlength=len(cells)).astype(np.int64)
    membership = np.stack([cells // max(tally.d, 1), cells % max(tally.d, 1), count])
    return Sampling(cluster="interview", multiplicity=np.ones(len(names), np.int64), membership=membership)


def replicate(
    views: Sequence[View], sampling: Sampling, draws: Draws, *, jackknife: bool
) -> list[Replicates]:
    """Replicate several coefficients on the same rows, so that their replicates belong together.

    Parameters
    ----------
    views
        Coefficients on tallies that share the rows of ``sampling``.
    sampling
        What is left out or drawn.
    draws
        Resamples; 0 of them for no bootstrap.
    jackknife
        Whether each sampling unit is left out in turn.

    Returns
    -------
    list of Replicates
        One per view. All views see the same resamples.
    """
    return _replicates([_Rows(view, sampling) for view in views], sampling, draws, jackknife=jackknife)


def replicate_sums(
    rows: FloatArray, evaluates: Sequence[Evaluate], draws: Draws, *, jackknife: bool
) -> list[Replicates]:
    """Replicate functions of sums whose features are known per interview.

    Parameters
    ----------
    rows
        (G, F) features of every interview.
    evaluates
        Functions of (R, F) sums of features.
    draws, jackknife
        As for :func:`replicate`.
    """
    sampling = Sampling(cluster="interview", multiplicity=np.ones(len(rows), np.int64))
    sources = [_Given(rows, evaluate) for evaluate in evaluates]
    return _replicates(sources, sampling, draws, jackknife=jackknife)


def _replicates(
    sources: Sequence[_Source], sampling: Sampling, draws: Draws, *, jackknife: bool
) -> list[Replicates]:
    left_out = [_leave_out(source, sampling) if jackknife else np.zeros(0) for source in sources]
    drawn, exact = _draw(sources, sampling, draws)
    out = []
    for source, jack, boot in zip(sources, left_out, drawn, strict=True):
        point = source.evaluate(source.total[None, :])
        out.append(
            Replicates(
                value=float(point.value[0]),
                observed=float(point.observed[0]),
                expected=float(point.expected[0]),
                left_out=jack,
                multiplicity=sampling.multiplicity if jackknife else np.zeros(0, np.int64),
                drawn=boot,
                exact=exact,
            )
        )
    return out


class _Source(Protocol):
    width: int
    total: FloatArray

    def evaluate(self, sums: FloatArray) -> Estimates: ...

    def __iter__(self) -> Iterator[tuple[slice, FloatArray]]: ...


class _Given:
    """Feature rows that are already there."""

    def __init__(self, rows: FloatArray, evaluate: Evaluate) -> None:
        self.width = rows.shape[1]
        self.total = rows.sum(axis=0)
        self._evaluate = evaluate
        self._rows = rows

    def evaluate(self, sums: FloatArray) -> Estimates:
        return self._evaluate(sums)

    def __iter__(self) -> Iterator[tuple[slice, FloatArray]]:
        yield slice(0, len(self._rows)), self._rows


class _Rows:
    """Feature rows of one view, one row per entry of the sampling, held only where they are few."""

    def __init__(self, view: View, sampling: Sampling) -> None:
        self.tally, self.estimator = view
        self.width = self.estimator.width
        self.count = len(sampling.multiplicity)
        self._kept: list[tuple[slice, FloatArray]] | None = None
        if sampling.membership is not None:
            self._kept = [(slice(0, self.count), self._per_interview(sampling.membership))]
        elif self.tally.d * self.width <= _CACHED_CELLS:
            self._kept = list(self._computed())
        self.total = np.zeros(self.width)
        for part, rows in self:
            self.total += sampling.multiplicity[part] @ rows

    def evaluate(self, sums: FloatArray) -> Estimates:
        return self.estimator.evaluate(sums)

    def __iter__(self) -> Iterator[tuple[slice, FloatArray]]:
        return iter(self._kept) if self._kept is not None else self._computed()

    def _computed(self) -> Iterator[tuple[slice, FloatArray]]:
        for part, block in self.tally.blocks(self.width):
            yield part, self.estimator.features(block)

    def _per_interview(self, membership: IntArray) -> FloatArray:
        interview, pattern, count = membership
        sums = np.zeros((self.count, self.width))
        by_pattern = np.argsort(pattern, kind="stable")
        interview, pattern, count = interview[by_pattern], pattern[by_pattern], count[by_pattern]
        for part, rows in self._computed():
            first, last = np.searchsorted(pattern, [part.start, part.stop])
            order = first + np.argsort(interview[first:last], kind="stable")
            weighted = rows[pattern[order] - part.start] * count[order, None]
            starts = np.flatnonzero(np.diff(interview[order], prepend=-1))
            sums[interview[order][starts]] += np.add.reduceat(weighted, starts, axis=0)
        return sums


def _leave_out(source: _Source, sampling: Sampling) -> FloatArray:
    values = np.empty(len(sampling.multiplicity))
    for part, rows in source:
        values[part] = source.evaluate(source.total - rows).value
    return values


def _draw(sources: Sequence[_Source], sampling: Sampling, draws: Draws) -> tuple[list[FloatArray], bool]:
    if draws.resamples == 0 or sampling.n < 2:
        return [np.zeros(0) for _ in sources], True
    rows, n = len(sampling.multiplicity), sampling.n
    if draws.resamples * min(_BINOMIAL_COST * rows, n + 8) <= draws.effort:
        return _multinomial(sources, sampling, draws), True
    return _normal(sources, sampling, draws), False


def _multinomial(sources: Sequence[_Source], sampling: Sampling, draws: Draws) -> list[FloatArray]:
    values = [np.empty(draws.resamples) for _ in sources]
    for part, weights in _weights(sampling, draws):
        for source, out in zip(sources, values, strict=True):
            sums = np.zeros((len(weights), source.width))
            for rows, features in source:
                sums += weights[:, rows] @ features
            out[part] = source.evaluate(sums).value
    return values


def _weights(sampling: Sampling, draws: Draws) -> Iterator[tuple[slice, FloatArray]]:
    """Yield (b, G) multinomial weights: how often each row was drawn among n."""
    generator = np.random.default_rng(draws.seed)
    rows, n = len(sampling.multiplicity), sampling.n
    step = max(1, min(draws.resamples, _DRAW_BLOCK // max(rows, 1)))
    by_index = n < _BINOMIAL_COST * rows
    row_of_unit = np.repeat(np.arange(rows), sampling.multiplicity) if by_index and n != rows else None
    shares = sampling.multiplicity / n
    for start in range(0, draws.resamples, step):
        size = min(step, draws.resamples - start)
        if by_index:
            picked = generator.integers(0, n, size=(size, n), dtype=np.int32)
            row = picked.astype(np.int64) if row_of_unit is None else row_of_unit[picked]
            flat = (row + np.arange(size, dtype=np.int64)[:, None] * rows).ravel()
            weights = np.bincount(flat, minlength=size * rows).reshape(size, rows)
        else:
            weights = generator.multinomial(n, shares, size=size)
        yield slice(start, start + size), weights.astype(np.float64)


def _normal(sources: Sequence[_Source], sampling: Sampling, draws: Draws) -> list[FloatArray]:
    """Draw the sums from their normal limit, which needs only their covariance.

    All coefficients share the standard normal numbers, so that equal coefficients get equal draws.
    """
    widths = [source.width for source in sources if source.width <= _WIDEST_NORMAL]
    shape = (draws.resamples, max(widths, default=0))
    noise = np.random.default_rng(draws.seed).standard_normal(shape)
    return [_normal_values(source, sampling, noise[:, : source.width]) for source in sources]


def _normal_values(source: _Source, sampling: Sampling, noise: FloatArray) -> FloatArray:
    if source.width > noise.shape[1]:
        return np.full(len(noise), np.nan)
    products = np.zeros((source.width, source.width))
    for part, rows in source:
        scaled = rows * np.sqrt(sampling.multiplicity[part])[:, None]
        products += scaled.T @ scaled
    covariance = products - np.outer(source.total, source.total) / sampling.n
    eigenvalues, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.clip(eigenvalues, 0, None))
    values = np.empty(len(noise))
    step = max(1, _DRAW_BLOCK // source.width)
    for start in range(0, len(noise), step):
        sums = source.total + noise[start : start + step] @ root.T
        values[start : start + step] = source.evaluate(np.maximum(sums, 0)).value
    return values
