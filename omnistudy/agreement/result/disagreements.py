"""The passages that coders disagree on, ranked by what they add to the observed disagreement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from omnistudy.agreement.coefficients.metrics import METRICS, paired_distances
from omnistudy.agreement.ratings.rating_table import MISSING, FloatArray, Ratings, SetRatings


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """One unit on which coders differ.

    Parameters
    ----------
    unit
        Identifier of the unit.
    interview, start, end, quote
        Where it is and what was said; ``None`` for tables without texts.
    codes
        (coder, codes) for every coder who rated the unit, in the order of the coders.
    weight
        Share of the whole observed disagreement that this unit adds.
    """

    unit: str
    interview: str | None
    start: int | None
    end: int | None
    quote: str | None
    codes: tuple[tuple[str, tuple[str, ...]], ...]
    weight: float

    def as_json(self) -> dict[str, object]:
        """The contract's object, with the unit's identifier."""
        return {
            "unit": self.unit,
            "interview": self.interview,
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            "codes": {coder: list(codes) for coder, codes in self.codes},
            "weight": self.weight,
        }


def disagreements_of(
    ratings: Ratings | SetRatings, metric: str | None, texts: Mapping[str, str]
) -> tuple[Disagreement, ...]:
    """Return the units on which coders differ, the weightiest first, then in the order of the material.

    Parameters
    ----------
    ratings
        Values or code sets.
    metric
        MASI or Jaccard for sets (``None`` is MASI); values are compared as the same or not.
    texts
        Interview id to canonical text, empty for tables.
    """
    weight = _set_weights(ratings, metric or "masi") if isinstance(ratings, SetRatings) else _weights(ratings)
    if ratings.frame.weight is not None:
        weight = weight * ratings.frame.weight
    total = float(weight.sum())
    order = np.argsort(-weight, kind="stable")
    return tuple(_one(ratings, int(u), float(weight[u]) / total, texts) for u in order if weight[u] > 0)


def _weights(ratings: Ratings) -> FloatArray:
    codes = ratings.codes
    rated = (codes != MISSING).sum(axis=0)
    same = np.zeros(codes.shape[1], np.float64)
    for g in range(len(codes)):
        for h in range(len(codes)):
            if g != h:
                same += (codes[g] == codes[h]) & (codes[g] != MISSING)
    return np.where(rated > 1, (rated * (rated - 1) - same) / np.maximum(rated - 1, 1), 0.0)


def _set_weights(ratings: SetRatings, metric: str) -> FloatArray:
    if not METRICS[metric].of_sets:
        metric = "masi"
    codes, members = ratings.as_sets.codes, ratings.members
    rated = (codes != MISSING).sum(axis=0)
    total = np.zeros(codes.shape[1])
    for g, one in enumerate(codes):
        for other in codes[g + 1 :]:
            differ = np.flatnonzero((one != other) & (one != MISSING) & (other != MISSING))
            distance = paired_distances(members[one[differ]], members[other[differ]], metric)
            total[differ] += 2 * distance  # the pair counts in either order
    return np.where(rated > 1, total / np.maximum(rated - 1, 1), 0.0)


def _one(ratings: Ratings | SetRatings, u: int, weight: float, texts: Mapping[str, str]) -> Disagreement:
    frame = ratings.frame
    interview = None if frame.interview is None else frame.interviews[int(frame.interview[u])]
    start, end = (None, None) if frame.spans is None else (int(frame.spans[u, 0]), int(frame.spans[u, 1]))
    text = texts.get(interview or "")
    return Disagreement(
        unit=str(frame.ids[u]),
        interview=interview,
        start=start,
        end=end,
        quote=None if text is None or start is None else text[start:end],
        codes=tuple(_chosen(ratings, u)),
        weight=weight,
    )


def _chosen(ratings: Ratings | SetRatings, u: int) -> list[tuple[str, tuple[str, ...]]]:
    chosen: list[tuple[str, tuple[str, ...]]] = []
    for g, coder in enumerate(ratings.coders):
        if isinstance(ratings, SetRatings):
            state = int(ratings.index[g, u])
            codes = tuple(c for c in ratings.codes if state >= 0 and c in ratings.sets[state])
        else:
            state = int(ratings.codes[g, u])
            codes = (ratings.categories[state],) if state >= 0 else ()
        if state != MISSING:
            chosen.append((coder, codes))
    return chosen
