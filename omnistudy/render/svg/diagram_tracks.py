"""Parallel lines in a gutter: who takes which track, so that few lines cross."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_PASSES = 12


@dataclass(frozen=True, slots=True)
class Span:
    """The stretch of a track that a bundle needs.

    ``left`` and ``right`` are the positions along the track at which lines leave it towards the
    lower and the higher side.
    """

    bundle: int
    low: float
    high: float
    left: tuple[float, ...]
    right: tuple[float, ...]

    def overlaps(self, other: Span) -> bool:
        """Whether both need the same stretch; touching counts, lines must not meet end to end."""
        return self.low <= other.high and other.low <= self.high


def crossings(first: Span, second: Span) -> int:
    """Count the crossings of two bundles when ``first`` lies on the lower side of ``second``."""
    return sum(first.low < y < first.high for y in second.left) + sum(
        second.low < y < second.high for y in first.right
    )


def assign_tracks(spans: Sequence[Span]) -> tuple[dict[int, int], int]:
    """Give every bundle a track number; overlapping spans never share one.

    Returns
    -------
    tracks, count
        Bundle index to track, and the number of tracks.
    """
    order = _ordered(sorted(spans, key=lambda span: (span.low + span.high, span.bundle)))
    tracks: dict[int, int] = {}
    for position, span in enumerate(order):
        before = [tracks[other.bundle] for other in order[:position] if other.overlaps(span)]
        tracks[span.bundle] = max(before, default=-1) + 1
    return tracks, max(tracks.values(), default=-1) + 1


def _ordered(spans: list[Span]) -> list[Span]:
    """Move single spans to better places until nothing improves or the passes are used up."""
    gain = {
        (a.bundle, b.bundle): crossings(a, b) - crossings(b, a) for a in spans for b in spans if a is not b
    }
    order = list(spans)
    for _ in range(_PASSES):
        moved = False
        for span in spans:
            moved |= _reinsert(order, span, gain)
        if not moved:
            break
    return order


def _reinsert(order: list[Span], span: Span, gain: dict[tuple[int, int], int]) -> bool:
    """Put ``span`` where it crosses least; returns whether that helped."""
    here = order.index(span)
    others = order[:here] + order[here + 1 :]
    cost = 0
    best, best_at = 0, 0
    costs = [0]
    for position, other in enumerate(others, start=1):
        # Passing one more span to the right of us: it now lies before us instead of behind.
        cost += gain[other.bundle, span.bundle]
        costs.append(cost)
        if cost < best:
            best, best_at = cost, position
    if best < costs[here]:
        order[:] = [*others[:best_at], span, *others[best_at:]]
        return True
    return False
