"""Which codes stand together: in overlapping quotations, and in the same interviews.

Co-occurrence is never causation; a table of it proposes where to read, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from omnistudy.results import msg
from omnistudy.theory.counts.frequencies import Incidence, Integers

if TYPE_CHECKING:
    from scipy.sparse import csr_array

PAIRS_AT_ONCE = 4_000_000
"""Overlapping quotation pairs held in memory together; it bounds memory and changes no number."""
NESTED = msg("the quotations nest so often that the denominator n1 + n2 - n12 is not positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class CoOccurrence:
    """Two codes that stand together.

    Parameters
    ----------
    first, second
        The codes, in codebook order.
    overlaps
        Pairs of overlapping quotations, one with each code; a quotation with both codes is one pair.
    c_coefficient
        overlaps / (n1 + n2 - overlaps) with the groundings n1 and n2. Where quotations nest, one
        quotation enters several pairs, so that the value can exceed 1; ``None`` where the
        denominator is not positive.
    interviews
        Interviews that hold both codes.
    units, unit_jaccard
        Text units that carry both codes, and their share of the units that carry either; ``None`` where
        units were not looked at, the share also where no unit carries either.
    jaccard
        Interviews with both / interviews with either.
    lift
        Share of interviews with both / product of the shares; 1 where presence is unrelated.
    p, p_adjusted
        One-sided exact probability of at least so many common interviews with both margins fixed
        (Fisher), and its Benjamini–Hochberg adjustment over all pairs of used codes; ``None`` unless
        asked for.
    """

    first: str
    second: str
    overlaps: int
    c_coefficient: float | None
    interviews: int
    jaccard: float
    lift: float
    units: int | None = None
    unit_jaccard: float | None = None
    p: float | None = None
    p_adjusted: float | None = None


def c_coefficient(overlaps: int, grounding_first: int, grounding_second: int) -> float | None:
    """Return how far two codes stand together, overlaps / (n1 + n2 - overlaps).

    Parameters
    ----------
    overlaps
        Pairs of overlapping quotations, one with each code.
    grounding_first, grounding_second
        Quotations of each code, n1 and n2.

    Returns
    -------
    float or None
        0 where they never overlap, 1 where they always do; above 1 where quotations nest, ``None`` where
        nesting makes the denominator zero or negative.

    References
    ----------
    The c-coefficient of ATLAS.ti, whose manual defines it; for distinct quotations it is Jaccard's share.

    Examples
    --------
    Four overlaps of codes with 11 and 8 quotations:

    >>> round(c_coefficient(4, 11, 8), 4)
    0.2667
    """
    rest = grounding_first + grounding_second - overlaps
    return overlaps / rest if rest > 0 else None


def overlap_counts(counts: Incidence) -> Integers:
    """Count pairs of overlapping quotations for every pair of codes.

    Parameters
    ----------
    counts
        The incidence of Q quotations and C codes; spans are half-open and overlap when they share
        at least one code point.

    Returns
    -------
    numpy.ndarray
        Symmetric, shape (C, C); the diagonal is 0.
    """
    from scipy.sparse import csr_array

    size = (len(counts.quotations), len(counts.codes))
    total = np.zeros((size[1], size[1]), dtype=np.int64)
    if not size[0] or not size[1]:
        return total
    ones = np.ones(len(counts.quotation_of), dtype=np.int64)
    carries = csr_array((ones, (counts.quotation_of, counts.code_of)), shape=size)
    total += (carries.T @ carries).toarray()
    for pairs in _overlapping(counts, size[0]):
        together: csr_array[Any] = carries.T @ (pairs @ carries)
        dense = together.toarray()
        total += dense + dense.T
    np.fill_diagonal(total, 0)
    return total


def _overlapping(counts: Incidence, size: int) -> list[Any]:
    """Sparse Q × Q matrices of overlapping pairs p < q, in blocks of bounded size.

    Quotations are sorted by interview and start, so those that start inside a quotation follow it
    without a gap: one binary search finds them all.
    """
    from scipy.sparse import csr_array

    starts = np.asarray([span.start for span in counts.quotations], dtype=np.int64)
    ends = np.asarray([span.end for span in counts.quotations], dtype=np.int64)
    stride = int(ends.max()) + 1
    here = counts.interview_of * stride
    last = np.searchsorted(here + starts, here + ends, side="left")
    follow = np.maximum(last - np.arange(size) - 1, 0)
    cuts = np.flatnonzero(np.diff(np.cumsum(follow) // PAIRS_AT_ONCE)) + 1
    blocks = []
    for rows in np.split(np.arange(size), cuts):
        amount = follow[rows]
        first = np.repeat(rows, amount)
        if not first.size:
            continue
        step = np.arange(first.size) - np.repeat(np.cumsum(amount) - amount, amount)
        ones = np.ones(first.size, dtype=np.int64)
        blocks.append(csr_array((ones, (first, first + 1 + step)), shape=(size, size)))
    return blocks


def co_occurrences(
    counts: Incidence,
    *,
    every: bool = False,
    exact_p: bool = False,
    by_unit: csr_array[Any] | None = None,
) -> tuple[CoOccurrence, ...]:
    """Return the pairs of codes that stand together, the strongest overlap first.

    Parameters
    ----------
    counts
        The incidence at one level of the tree; codes of different levels would contain each other.
    every
        Also return pairs that share interviews but never overlap.
    exact_p
        Also test the common interviews exactly.
    by_unit
        Which text unit carries which code, shape (U, C), 0 or 1; adds the counts by unit.
    """
    overlaps = overlap_counts(counts)
    present = counts.present.astype(np.int64)
    both = present.T @ present
    held = counts.n_interviews
    used = np.flatnonzero(held)
    first, second = np.triu_indices(used.size, k=1)
    first, second = used[first], used[second]
    p, adjusted = _exact(both, held, len(counts.interviews), first, second) if exact_p else (None, None)
    in_units = None if by_unit is None else (by_unit.T @ by_unit).toarray()
    kept = np.flatnonzero((overlaps[first, second] > 0) | (every & (both[first, second] > 0)))
    rows = []
    for at in kept:
        i, j = int(first[at]), int(second[at])
        shared, either = _in_units(in_units, i, j)
        common, n1, n2 = int(both[i, j]), int(held[i]), int(held[j])
        rows.append(
            CoOccurrence(
                first=counts.codes[i],
                second=counts.codes[j],
                overlaps=int(overlaps[i, j]),
                c_coefficient=c_coefficient(
                    int(overlaps[i, j]), int(counts.grounding[i]), int(counts.grounding[j])
                ),
                interviews=common,
                jaccard=common / (n1 + n2 - common),
                units=shared,
                unit_jaccard=shared / either if shared is not None and either else None,
                lift=common * len(counts.interviews) / (n1 * n2),
                p=None if p is None else float(p[at]),
                p_adjusted=None if adjusted is None else float(adjusted[at]),
            )
        )
    # An undefined coefficient comes of heavy nesting, so it ranks first rather than last.
    return tuple(sorted(rows, key=lambda row: -(np.inf if row.c_coefficient is None else row.c_coefficient)))


def _in_units(together: Integers | None, first: int, second: int) -> tuple[int | None, int]:
    """Units with both codes, and with either."""
    if together is None:
        return None, 0
    both = int(together[first, second])
    return both, int(together[first, first] + together[second, second]) - both


def _exact(
    both: Integers, held: Integers, total: int, first: Integers, second: Integers
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    from scipy.stats import false_discovery_control, hypergeom

    if not first.size:
        return np.zeros(0), np.zeros(0)
    p = np.clip(hypergeom.sf(both[first, second] - 1, total, held[first], held[second]), 0.0, 1.0)
    return p, np.asarray(false_discovery_control(p, method="bh"))
