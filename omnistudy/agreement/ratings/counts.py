"""Sufficient statistics: distinct rating patterns, how often each occurs, and category counts per unit.

Every coefficient is a function of sums over units of a few features of the unit's rating pattern.
Three coders with eight codes leave some 150 distinct patterns whatever the number of units, so the
ratings are collapsed once and all coefficients, jackknives and bootstraps work on the patterns.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from omnistudy.agreement.ratings.rating_table import (
    MISSING,
    CodeArray,
    FloatArray,
    IntArray,
    Ratings,
    smallest_type,
)

BLOCK_CELLS = 1 << 20
"""Upper bound of the numbers held per block, which keeps the memory flat for any number of units."""

_DENSE_KEYS = 1 << 22
_SAMPLE = 4096


@dataclass(frozen=True)
class Block:
    """Some rating patterns with their counts.

    Parameters
    ----------
    codes
        (m, d) categories by position in the used ones, -1 for missing.
    k
        Number of used categories.
    start
        Position of the first pattern in the tally.
    """

    codes: CodeArray
    k: int
    start: int = 0

    @cached_property
    def counts(self) -> FloatArray:
        """(d, k) ratings per pattern and category."""
        d = self.codes.shape[1]
        table = np.zeros(d * (self.k + 1), np.uint8 if len(self.codes) < 256 else np.int32)
        first = np.arange(d, dtype=np.int64) * (self.k + 1) + 1
        for coder in self.codes:
            table[first + coder] += 1  # one cell per pattern, so no index occurs twice
        return table.reshape(d, self.k + 1)[:, 1:].astype(np.float64)

    @cached_property
    def rated(self) -> FloatArray:
        """(d,) number of ratings per pattern."""
        return np.asarray((self.codes != MISSING).sum(axis=0), np.float64)

    @cached_property
    def pairable(self) -> NDArray[np.bool_]:
        """(d,) whether at least two coders rated."""
        return self.rated >= 2


@dataclass(frozen=True, slots=True, eq=False)
class RowKeys:
    """Which pattern each row of a rating table has, worked out only where somebody asks.

    Parameters
    ----------
    keys
        (n,) a number that stands for the row's pattern.
    present
        (D,) the keys of the patterns, ascending.
    """

    keys: NDArray[Any]
    present: NDArray[Any]

    @property
    def pattern(self) -> IntArray:
        """(n,) position of each row's pattern."""
        return np.asarray(np.searchsorted(self.present, self.keys), np.int64)


@dataclass(frozen=True, kw_only=True, eq=False)
class Tally:
    """Distinct rating patterns with multiplicities.

    Parameters
    ----------
    codes
        (m, D) patterns: position in ``used``, -1 for missing.
    multiplicity
        (D,) number of units with each pattern.
    used
        Positions of the used categories in the rating table's list of categories.
    rows
        The rows of the rating table, or ``None`` where every row is a pattern of its own.
    """

    codes: CodeArray
    multiplicity: IntArray
    used: IntArray
    rows: RowKeys | None = None

    @cached_property
    def pattern(self) -> IntArray:
        """(n,) pattern of each row of the rating table."""
        return np.arange(self.d) if self.rows is None else self.rows.pattern

    @property
    def m(self) -> int:
        """Number of coders."""
        return len(self.codes)

    @property
    def d(self) -> int:
        """Number of distinct patterns."""
        return int(self.codes.shape[1])

    @property
    def k(self) -> int:
        """Number of used categories."""
        return len(self.used)

    @cached_property
    def n_units(self) -> int:
        """Number of units."""
        return int(self.multiplicity.sum())

    @cached_property
    def rated(self) -> IntArray:
        """(D,) number of ratings per pattern."""
        return np.asarray((self.codes != MISSING).sum(axis=0), np.int64)

    @cached_property
    def n_pairable(self) -> int:
        """Number of units that at least two coders rated."""
        return int(self.multiplicity[self.rated >= 2].sum())

    @cached_property
    def missing_share(self) -> float | None:
        """Share of the unit × coder cells without a rating; ``None`` without cells."""
        cells = self.n_units * self.m
        return 1 - int(self.multiplicity @ self.rated) / cells if cells else None

    @cached_property
    def totals(self) -> IntArray:
        """(k,) ratings per used category in pairable units."""
        totals = np.zeros(self.k, np.int64)
        weight = np.where(self.rated >= 2, self.multiplicity, 0)
        for coder in self.codes:
            present = coder != MISSING
            totals += np.bincount(coder[present], weight[present], minlength=self.k).astype(np.int64)
        return totals

    @property
    def varies(self) -> bool:
        """Whether the ratings of pairable units are not all the same."""
        return int((self.totals > 0).sum()) > 1

    @cached_property
    def ratings_per_unit(self) -> tuple[int, ...]:
        """The different numbers of ratings that units with a rating have, ascending."""
        return tuple(int(r) for r in np.unique(self.rated[self.multiplicity > 0]) if r)

    def blocks(self, width: int) -> Iterator[tuple[slice, Block]]:
        """Yield the patterns in blocks of at most ``BLOCK_CELLS`` features of that ``width``."""
        rows = max(64, BLOCK_CELLS // max(width, self.k + 1))
        for start in range(0, self.d, rows):
            part = slice(start, min(start + rows, self.d))
            yield part, Block(self.codes[:, part], self.k, start)

    def mapped(self, table: NDArray[Any]) -> Tally:
        """Return the same patterns with categories replaced by ``table[category]`` (index -1 = missing).

        ``table`` is indexed by the rating table's categories; ``used`` of the result holds positions in
        the new categories.
        """
        codes = np.append(table[self.used], table[-1])[self.codes]
        used = np.unique(codes[codes != MISSING]).astype(np.int64)
        position = np.full(int(table.max(initial=0)) + 2, MISSING, smallest_type(len(used)))
        position[used] = np.arange(len(used))
        return replace(self, codes=position[codes], used=used)


def tally(ratings: Ratings) -> Tally:
    """Collapse a rating table to its distinct patterns.

    Where nearly every unit has a pattern of its own, collapsing costs more than it saves and each
    unit stays its own pattern; the results are the same.
    """
    m, n = ratings.codes.shape
    base, weight = len(ratings.categories) + 1, ratings.frame.weight
    if n and float(base) ** m <= min(_DENSE_KEYS, max(4 * n, 1024)):
        return _tally_by_counting(ratings.codes, base, weight)
    codes, used = _used(ratings)
    if _worth_collapsing(codes, len(used)):
        keys = _keys(codes, len(used))
        present, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        number = np.arange(len(present))
        return Tally(
            codes=codes[:, first],
            multiplicity=_count(inverse, len(first), weight),
            used=used,
            rows=RowKeys(inverse, number),
        )
    ones = np.ones(n, np.int64) if weight is None else weight.astype(np.int64)
    return Tally(codes=codes, multiplicity=ones, used=used)


def _tally_by_counting(codes: CodeArray, base: int, weight: IntArray | None) -> Tally:
    """Count patterns in one table of all possible ones, and read the patterns off their numbers."""
    m = len(codes)
    keys = np.zeros(codes.shape[1], np.int32)
    for coder in codes:
        keys *= base
        keys += coder
        keys += 1
    counts = _count(keys, base**m, weight)
    present = np.flatnonzero(np.bincount(keys, minlength=base**m) if weight is not None else counts)
    digits = np.array([present // base ** (m - 1 - g) % base for g in range(m)]) - 1
    used = np.unique(digits[digits != MISSING]).astype(np.int64)
    position = np.full(base, MISSING, smallest_type(len(used)))
    position[used] = np.arange(len(used))
    return Tally(codes=position[digits], multiplicity=counts[present], used=used, rows=RowKeys(keys, present))


def _used(ratings: Ratings) -> tuple[CodeArray, IntArray]:
    """Drop the categories that nobody used: they count in K and nowhere else."""
    k = len(ratings.categories)
    present = np.zeros(k + 1, np.bool_)
    for coder in ratings.codes:
        present[coder] = True  # -1 marks the last entry
    used = np.flatnonzero(present[:-1])
    if len(used) == k:
        return ratings.codes, used
    table = np.full(k + 1, MISSING, smallest_type(len(used)))
    table[used] = np.arange(len(used))
    return table[ratings.codes], used


def _worth_collapsing(codes: CodeArray, k: int) -> bool:
    n = codes.shape[1]
    if n <= 4 * _SAMPLE:
        return True
    sample = codes[:, :: max(1, n // _SAMPLE)]
    return bool(len(np.unique(_keys(sample, k))) < 0.6 * sample.shape[1])


def _keys(codes: CodeArray, k: int) -> NDArray[Any]:
    """Return one sortable value per row, equal for equal rows."""
    m, n = codes.shape
    if (k + 1.0) ** m >= 2.0**62:
        wide = np.ascontiguousarray(codes.T)
        return wide.view(np.dtype((np.void, wide.dtype.itemsize * m))).reshape(n)
    keys = np.zeros(n, np.int64)
    for coder in codes:
        keys *= k + 1
        keys += coder
        keys += 1
    return keys


def _count(group: NDArray[Any], groups: int, weight: IntArray | None) -> IntArray:
    if weight is None:
        return np.bincount(group, minlength=groups).astype(np.int64)
    # sums of whole numbers below 2**53 are exact in double precision
    return np.bincount(group, weight, minlength=groups).astype(np.int64)
