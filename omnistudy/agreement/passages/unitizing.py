"""The unitizing family of alpha: agreement on where passages lie and which code they have.

u_alpha (all values and gaps), u_alpha_relevance (coded or not), cu_alpha (which code, where two coders
coded) and ku_alpha (one code), after Krippendorff, Mathet, Bouvry & Widlöcher (2016),
doi:10.1007/s11135-015-0266-1, and Krippendorff (2019), Content Analysis, 4th ed., chapter 12.

Observed lengths l_ck are shared by pairs of segments of different coders; expected ones correct for a
segment meeting itself with S, the sum of squared lengths of passages (gaps enter with their length).
Both are sums over interviews, so intervals come from leaving interviews out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from omnistudy.agreement.passages.spans import SpanRatings
from omnistudy.agreement.ratings.estimators import Estimates, ratio
from omnistudy.agreement.ratings.rating_table import FloatArray, IntArray


class _Parts(NamedTuple):
    """(R, K + 1) sums, the last column for gaps."""

    length: FloatArray
    same: FloatArray
    square: FloatArray
    paired: FloatArray
    paired_square: FloatArray


@dataclass(frozen=True, slots=True)
class Unitizing:
    """The family as functions of summed features of (R,) data sets of K codes."""

    codes: int

    def _parts(self, sums: FloatArray) -> _Parts:
        parts = sums.reshape(len(sums), 5, self.codes + 1)
        return _Parts(*(parts[:, i] for i in range(5)))

    def u_alpha(self, sums: FloatArray) -> Estimates:
        """All values and gaps."""
        p = self._parts(sums)
        total = p.length.sum(axis=1)
        expected = _same_expected(p.length, p.square, total)
        return _one_minus(total - p.same.sum(axis=1), total - expected.sum(axis=1), total)

    def relevance(self, sums: FloatArray) -> Estimates:
        """Coded or not."""
        p = self._parts(sums)
        total, gap = p.length.sum(axis=1), p.length[:, -1]
        expected = ratio(total * gap * (total - gap), total**2 - p.square.sum(axis=1))
        return _one_minus(gap - p.same[:, -1], expected, total)

    def cu_alpha(self, sums: FloatArray) -> Estimates:
        """Which code, where at least two coders coded."""
        p = self._parts(sums)
        length, square = p.paired[:, :-1], p.paired_square[:, :-1]
        total = length.sum(axis=1)
        expected = _same_expected(length, square, total)
        return _one_minus(total - p.same[:, :-1].sum(axis=1), total - expected.sum(axis=1), total)

    def ku_alpha(self, sums: FloatArray, code: int) -> Estimates:
        """One code, where at least two coders coded."""
        p = self._parts(sums)
        length, square = p.paired[:, :-1], p.paired_square[:, :-1]
        total, own = length.sum(axis=1), length[:, code]
        observed = ratio(own - p.same[:, code], own)
        expected = ratio(own * (total - own), own * total - square[:, code])
        return Estimates(
            1 - ratio(observed, expected), np.full(len(sums), np.nan), np.full(len(sums), np.nan)
        )

    def coverage(self, sums: FloatArray, code: int | None = None) -> FloatArray:
        """Share of the length that at least two coders coded: of everything, or of one code."""
        p = self._parts(sums)
        if code is None:
            return ratio(p.paired[:, :-1].sum(axis=1), p.length.sum(axis=1))
        return ratio(p.paired[:, code], p.length[:, code])


def _same_expected(length: FloatArray, square: FloatArray, total: FloatArray) -> FloatArray:
    room = total**2 - square.sum(axis=1)
    return ratio(total[:, None] * (length**2 - square), room[:, None])


def _one_minus(observed: FloatArray, expected: FloatArray, total: FloatArray) -> Estimates:
    """Return ``1 - observed / expected`` disagreement; undefined where no disagreement was possible."""
    safe = np.where(np.nan_to_num(expected) > 1e-12 * total, expected, 0.0)
    value = 1 - ratio(observed, safe)
    return Estimates(value, 1 - ratio(observed, total), 1 - ratio(safe, total))


def features(spans: SpanRatings) -> FloatArray:
    """Return (I, 5 (K + 1)) features of every interview, by one sweep over the sorted borders.

    Parameters
    ----------
    spans
        Passages that do not overlap within a coder. Interviews that fewer than two coders saw count
        nothing.
    """
    k, m = len(spans.codes), len(spans.coders)
    first = spans.first_position
    offset = first[spans.interview]
    start, end = spans.start + offset, spans.end + offset
    borders = np.unique(np.concatenate([first, start, end]))
    left, size = borders[:-1], np.diff(borders).astype(np.float64)
    place = np.searchsorted(first, left, side="right") - 1
    coders = spans.seen.sum(axis=1)[place]
    value, unit = _swept(spans, start, end, left, place)
    others = np.maximum(coders - 1, 1)
    weight = np.where(coders > 1, size, 0.0)
    valued = ((value >= 0) & (value < k)).sum(axis=0)
    out = np.zeros((5, len(spans.lengths) * (k + 1)))
    shared = np.zeros(len(start))
    for g in range(m):
        present = value[g] >= 0
        cell = (place * (k + 1) + value[g])[present]
        same = ((value == value[g]).sum(axis=0) - 1)[present] / others[present]
        out[0] += np.bincount(cell, weight[present], out.shape[1])
        out[1] += np.bincount(cell, weight[present] * same, out.shape[1])
        coded = unit[g] >= 0
        met = (valued - 1)[coded] / others[coded] * weight[coded]
        out[3] += np.bincount((place * (k + 1) + value[g])[coded], met, out.shape[1])
        shared += np.bincount(unit[g][coded], met, len(start))
    own = spans.interview * (k + 1) + spans.code
    counts = spans.seen.sum(axis=1)[spans.interview] > 1
    out[2] = np.bincount(own, np.where(counts, (end - start).astype(np.float64) ** 2, 0.0), out.shape[1])
    out[4] = np.bincount(own, shared**2, out.shape[1])
    table = out.reshape(5, len(spans.lengths), k + 1)
    table[2, :, k] = table[0, :, k]  # gaps enter with their length, not its square
    return np.ascontiguousarray(table.transpose(1, 0, 2)).reshape(len(spans.lengths), -1)


def _swept(
    spans: SpanRatings, start: IntArray, end: IntArray, left: IntArray, place: IntArray
) -> tuple[IntArray, IntArray]:
    """Return (m, s) each coder's value at every segment and the passage it belongs to.

    The value is the code, K for a gap, -1 where the coder did not see the interview; the passage is -1
    outside passages.
    """
    k, m = len(spans.codes), len(spans.coders)
    value = np.full((m, len(left)), k, np.int64)
    unit = np.full((m, len(left)), -1, np.int64)
    for g in range(m):
        mine = np.flatnonzero(spans.coder == g)
        if len(mine):
            at = np.searchsorted(start[mine], left, side="right") - 1
            inside = (at >= 0) & (left < end[mine][np.maximum(at, 0)])
            unit[g][inside] = mine[at[inside]]
            value[g][inside] = spans.code[mine[at[inside]]]
        value[g][~spans.seen[place, g]] = -1
        unit[g][~spans.seen[place, g]] = -1
    return value, unit
