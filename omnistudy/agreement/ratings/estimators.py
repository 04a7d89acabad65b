"""What a coefficient is to the engine: features of a rating pattern, and a function of their sums.

Because every coefficient depends on the data only through sums over units, leaving a unit out is a
subtraction and resampling units is one matrix product.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from omnistudy.agreement.ratings.counts import Block
from omnistudy.agreement.ratings.rating_table import FloatArray

ZERO = 1e-12
"""A chance term that leaves less than this to be explained is 1: sums of fractions end a few ulp beside it."""


class Estimates(NamedTuple):
    """Values of a coefficient for R data sets; NaN marks what is undefined and never leaves the engine."""

    value: FloatArray
    observed: FloatArray
    expected: FloatArray


class Estimator(Protocol):
    """A coefficient with its weights and rules fixed."""

    @property
    def width(self) -> int:
        """Number F of features of a pattern."""

    def features(self, block: Block) -> FloatArray:
        """Return (d, F) features of the patterns of a block."""

    def evaluate(self, sums: FloatArray) -> Estimates:
        """Return the coefficient for (R, F) sums of features over units."""


def ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Divide, NaN where the denominator is zero."""
    out = np.full(np.broadcast_shapes(numerator.shape, denominator.shape), np.nan)
    np.divide(numerator, denominator, out=out, where=denominator != 0)
    return out


def corrected(observed: FloatArray, expected: FloatArray) -> Estimates:
    """Return ``(po - pe) / (1 - pe)``, undefined where chance alone gives full agreement."""
    room = 1.0 - expected
    value = np.full(room.shape, np.nan)
    np.divide(observed - expected, room, out=value, where=np.abs(room) > ZERO)
    return Estimates(value, observed, expected)


def uncorrected(observed: FloatArray) -> Estimates:
    """Return an agreement without correction for chance."""
    return Estimates(observed, observed, np.full(observed.shape, np.nan))
