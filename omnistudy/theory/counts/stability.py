"""How a concept holds when the interviews are drawn again.

Stability given the coding: interviews are resampled, the coding itself is not redone. A concept that
k of n interviews hold keeps two of them with a probability that depends on k and n alone, so this is
a frequency rule, and k is always shown beside it.
"""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import NDArray

from omnistudy.theory.counts.frequencies import Integers

CELLS_AT_ONCE = 5_000_000
"""Resample × code cells held in memory together; it bounds memory and changes no number."""


def stability(
    counts: Integers,
    *,
    resamples: int = 2000,
    seed: int = 1,
    min_interviews: int = 2,
    min_quotations: int = 2,
) -> NDArray[np.float64]:
    """Return the share of resamples in which each code keeps enough interviews and quotations.

    Parameters
    ----------
    counts
        Distinct quotations, shape (T interviews, C codes).
    resamples
        Samples of T interviews with replacement; positive.
    seed
        Seed of the generator; the same draws serve every code.
    min_interviews, min_quotations
        What a code must keep, counted without repetition: an interview drawn twice is one
        interview, and its quotations are no new ones.

    Returns
    -------
    numpy.ndarray
        Shape (C,). Without interviews every share is 0.

    Examples
    --------
    Four interviews that all hold the first code and of which one holds the second, which can never keep
    two; the first one is held against :func:`exact_stability`, as worked by hand there.

    >>> import numpy as np
    >>> counts = np.array([[2, 0], [1, 3], [1, 0], [4, 0]])
    >>> kept = stability(counts, resamples=4000, seed=1).tolist()
    >>> kept[1], abs(kept[0] - exact_stability(4, 4)) < 0.02
    (0.0, True)
    """
    interviews, codes = counts.shape
    if not interviews or not codes:
        return np.zeros(codes)
    drawn = draw(interviews, resamples, seed)
    present = (counts > 0).astype(np.float32)
    amounts = counts.astype(np.float32)
    held = np.zeros(codes)
    step = max(1, CELLS_AT_ONCE // codes)
    for start in range(0, resamples, step):
        block = drawn[start : start + step]
        keeps = (block @ present >= min_interviews) & (block @ amounts >= min_quotations)
        held += keeps.sum(axis=0)
    return held / resamples


def draw(interviews: int, resamples: int, seed: int) -> NDArray[np.float32]:
    """Return which interviews each resample contains, shape (resamples, interviews), 0 or 1."""
    chosen = np.random.default_rng(seed).integers(interviews, size=(resamples, interviews))
    drawn = np.zeros((resamples, interviews), dtype=np.float32)
    np.put_along_axis(drawn, chosen, 1.0, axis=1)
    return drawn


def exact_stability(holding: int, interviews: int, *, min_interviews: int = 2) -> float:
    """Return the probability that a resample keeps enough of the interviews that hold a code.

    Every interview that holds a code holds at least one quotation of it, so that this is the exact
    value of :func:`stability` whenever ``min_quotations`` does not exceed ``min_interviews``.

    Parameters
    ----------
    holding
        Interviews that hold the code, k.
    interviews
        Interviews of the study and size of each resample, n.
    min_interviews
        Distinct interviews that must be kept. For two the value is
        1 - (1 - k/n)^n - k[(1 - (k-1)/n)^n - (1 - k/n)^n].

    Returns
    -------
    float
        From 0 to 1; 0 without interviews.

    Examples
    --------
    Worked by hand: of 14 interviews, a code that four hold keeps two of them in 89 of 100 resamples, one
    that two hold in 41.

    >>> [round(exact_stability(k, 14), 3) for k in (2, 3, 4, 5)]
    [0.407, 0.722, 0.89, 0.963]
    """
    if not interviews:
        return 0.0
    missed = 0.0
    for kept in range(min(min_interviews, holding + 1)):
        # Exactly these `kept` interviews and no other holder: inclusion–exclusion over the kept ones.
        exactly = sum(
            (-1) ** without
            * comb(kept, without)
            * (1 - (holding - kept + without) / interviews) ** interviews
            for without in range(kept + 1)
        )
        missed += comb(holding, kept) * exactly
    return min(max(1.0 - missed, 0.0), 1.0)


def leave_one_out(counts: Integers, *, min_interviews: int = 2, min_quotations: int = 2) -> NDArray[np.bool_]:
    """Return whether each code falls below the rule without each interview.

    Parameters
    ----------
    counts
        Distinct quotations, shape (T, C).
    min_interviews, min_quotations
        The rule, as in :func:`stability`.

    Returns
    -------
    numpy.ndarray
        Shape (T, C); true where the code meets the rule in the whole study and not without that
        interview.
    """
    present = counts > 0
    held, total = present.sum(axis=0), counts.sum(axis=0)
    meets = (held >= min_interviews) & (total >= min_quotations)
    without = (held - present >= min_interviews) & (total - counts >= min_quotations)
    return np.asarray(meets & ~without, dtype=np.bool_)
