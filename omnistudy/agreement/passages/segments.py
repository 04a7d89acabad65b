"""Agreement on coded segments: does the other coder have a segment with the same code at this place?

This is how MAXQDA compares two coders. Text that nobody coded does not exist here, so chance is one
divided by the number of codes (Brennan & Prediger 1981, doi:10.1177/001316448104100307).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from omnistudy.agreement.passages.spans import SpanRatings
from omnistudy.agreement.ratings.rating_table import IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentMatch:
    """Agreement of two coders over their segments.

    Parameters
    ----------
    agreements, disagreements
        Segments of either coder that the other one matches, or does not.
    codes
        Number of codes that could be chosen.
    threshold
        Least overlap, as a share of the longer segment.
    """

    agreements: int
    disagreements: int
    codes: int
    threshold: float

    @property
    def percent(self) -> float | None:
        """Share of matched segments; ``None`` without segments."""
        total = self.agreements + self.disagreements
        return self.agreements / total if total else None

    @property
    def brennan_prediger(self) -> float | None:
        """Share of matched segments, corrected for chance ``1 / codes``."""
        if self.percent is None or self.codes < 2:
            return None
        return (self.percent - 1 / self.codes) / (1 - 1 / self.codes)


def segment_match(
    spans: SpanRatings, first: int, second: int, threshold: float = 0.9, codes: int | None = None
) -> SegmentMatch:
    """Match the segments of two coders.

    Parameters
    ----------
    spans
        Passages of all coders.
    first, second
        Positions of the two coders.
    threshold
        Least overlap, as a share of the longer of the two segments; 0 means any overlap.
    codes
        Number of codes that could be chosen; those of the spans otherwise.

    Notes
    -----
    Interviews that only one of the two saw do not count. Every segment of either coder is one decision.
    """
    both = spans.seen[:, first] & spans.seen[:, second]
    mine = np.flatnonzero((spans.coder == first) & both[spans.interview])
    theirs = np.flatnonzero((spans.coder == second) & both[spans.interview])
    matched = _matched(spans, mine, theirs, threshold) + _matched(spans, theirs, mine, threshold)
    total = len(mine) + len(theirs)
    return SegmentMatch(
        agreements=matched,
        disagreements=total - matched,
        codes=len(spans.codes) if codes is None else codes,
        threshold=threshold,
    )


def _matched(spans: SpanRatings, these: IntArray, those: IntArray, threshold: float) -> int:
    """Count the segments of one coder that have a counterpart.

    Segments of one coder and code do not overlap, so a segment meets a contiguous run of the others.
    """
    step = int(spans.lengths.max(initial=0)) + 1
    lane = (spans.interview * len(spans.codes) + spans.code) * step
    start, end = spans.start + lane, spans.end + lane
    those = those[np.argsort(start[those])]
    first = np.searchsorted(end[those], start[these], side="right")
    last = np.searchsorted(start[those], end[these], side="left")
    met = np.maximum(last - first, 0)
    owner = np.repeat(np.arange(len(these)), met)
    other = those[first[owner] + np.arange(len(owner)) - np.repeat(np.cumsum(met) - met, met)]
    own = these[owner]
    shared = np.minimum(end[own], end[other]) - np.maximum(start[own], start[other])
    longer = np.maximum(end[own] - start[own], end[other] - start[other])
    return len(np.unique(owner[shared >= threshold * longer - 1e-9]))
