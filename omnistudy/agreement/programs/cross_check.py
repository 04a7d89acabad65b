"""The same coefficients from other packages, fed the raw ratings.

krippendorff (alpha), statsmodels (Cohen, Fleiss) and scikit-learn (Cohen, weighted) are asked for what
each computes correctly; a difference above :data:`TOLERANCE` is a bug of ours or theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from omnistudy.agreement.coefficients.registry import COEFFICIENTS
from omnistudy.agreement.intervals.replicates import by_unit
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings.counts import tally
from omnistudy.agreement.ratings.rating_table import MISSING, FloatArray, Ratings, SetRatings
from omnistudy.agreement.scopes.cases import build_case
from omnistudy.agreement.scopes.scope import run
from omnistudy.results import Cell, Column, Kind, Message, Number, Table, Value, listed, msg

TOLERANCE = 1e-9
_MOST_UNITS = 20_000
"""krippendorff holds an array of units × categories², so it is not asked beyond this many units."""
_MOST_CATEGORIES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedValue:
    """One value from us and from a peer.

    ``about`` is the code or the pair of coders, empty for the whole table. ``difference`` is ``None``
    where neither has a value, and infinite where only one has.
    """

    coefficient: str
    metric: str
    about: str
    ours: float | None
    theirs: float | None
    peer: str

    @property
    def difference(self) -> float | None:
        """Absolute difference."""
        if self.ours is None or self.theirs is None:
            return None if self.ours is self.theirs else float("inf")
        return abs(self.ours - self.theirs)


@dataclass(frozen=True, slots=True)
class CrossCheck:
    """All comparisons, in the order in which they were made."""

    rows: tuple[CheckedValue, ...]

    @property
    def largest(self) -> float | None:
        """The largest difference; ``None`` where nothing could be compared."""
        found = [row.difference for row in self.rows if row.difference is not None]
        return max(found, default=None)

    @property
    def agrees(self) -> bool:
        """Whether all differences are within the tolerance."""
        return self.largest is None or self.largest <= TOLERANCE

    @property
    def sentence(self) -> Message:
        """What was compared and how it came out."""
        if self.largest is None:
            return msg(
                "No other package computes these coefficients for such data, so nothing was cross-checked."
            )
        words: dict[str, Value | Message] = {
            "count": Number(sum(row.difference is not None for row in self.rows), Kind.COUNT),
            "peers": listed(list(dict.fromkeys(row.peer for row in self.rows))),
        }
        if self.agrees:
            # The digits of the largest difference belong to the machine, so they stand in the section only.
            return msg(
                "{count} values were recomputed from the raw ratings with {peers}; no difference is above 10⁻⁹.",
                **words,
            )
        return msg(
            "{count} values were recomputed from the raw ratings with {peers}; a difference is above 10⁻⁹.",
            **words,
        )

    def as_json(self) -> dict[str, object]:
        """The comparisons as JSON values; an infinite difference is written as ``null`` beside both values."""
        rows = []
        for row in self.rows:
            gap = row.difference
            finite = gap if gap is None or np.isfinite(gap) else None
            rows.append(
                {
                    "coefficient": row.coefficient,
                    "metric": row.metric,
                    "about": row.about,
                    "ours": row.ours,
                    "theirs": row.theirs,
                    "peer": row.peer,
                    "difference": finite,
                }
            )
        largest = self.largest
        return {"rows": rows, "largest": largest if largest is None or np.isfinite(largest) else None}

    def table(self) -> Table:
        """The comparisons for people."""
        columns = (
            Column("coefficient", msg("Coefficient"), Kind.ID),
            Column("metric", msg("Metric"), Kind.TEXT),
            Column("about", msg("Scope"), Kind.TEXT),
            Column("ours", msg("omnistudy"), Kind.COEFFICIENT),
            Column("theirs", msg("Other package"), Kind.COEFFICIENT),
            Column("peer", msg("Package"), Kind.ID),
            Column("difference", msg("Difference"), Kind.NUMBER),
        )
        rows: tuple[tuple[Cell, ...], ...] = tuple(
            (r.coefficient, r.metric, r.about, r.ours, r.theirs, r.peer, r.difference) for r in self.rows
        )
        return Table(name="cross-check", columns=columns, rows=rows)


def cross_check(ratings: Ratings | SetRatings) -> CrossCheck:
    """Recompute what other packages offer, from the raw ratings.

    Parameters
    ----------
    ratings
        One table; code sets are checked code by code.
    """
    if isinstance(ratings, SetRatings):
        rows = []
        for code, name in enumerate(ratings.codes):
            rows += list(_checks(ratings.binary(code), name))
        return CrossCheck(tuple(rows))
    return CrossCheck(tuple(_checks(ratings, "")))


def _checks(ratings: Ratings, about: str) -> Iterator[CheckedValue]:
    if len(ratings.coders) < 2 or not ratings.codes.shape[1]:
        return
    raw = _raw(ratings)
    yield from _alpha(ratings, raw, about)
    yield from _fleiss(ratings, raw, about)
    for g, h in combinations(range(len(ratings.coders)), 2):
        pair = ratings.of_coders([g, h])
        both = raw[[g, h]][:, (raw[[g, h]] != MISSING).all(axis=0)]
        names = f"{ratings.coders[g]}, {ratings.coders[h]}"
        yield from _cohen(pair, both, f"{about}: {names}" if about else names)


def _raw(ratings: Ratings) -> NDArray[np.int64]:
    """Return (m, n) codes with runs of equal units written out."""
    codes = ratings.codes.astype(np.int64)
    return codes if ratings.frame.weight is None else np.repeat(codes, ratings.frame.weight, axis=1)


def _ours(ratings: Ratings, name: str, metric: str = "nominal", weights: str = "identity") -> float | None:
    counted = tally(ratings)
    options = AgreementOptions(
        metric=None if metric == "nominal" else metric, weights=weights, resamples=0, ci="none"
    )
    case = build_case(COEFFICIENTS[name], ratings, counted, options)
    return run([case], by_unit(counted), options)[0].value


def _alpha(ratings: Ratings, raw: NDArray[np.int64], about: str) -> Iterator[CheckedValue]:
    import krippendorff

    counted = tally(ratings)
    if raw.shape[1] > _MOST_UNITS or counted.k > _MOST_CATEGORIES:
        return
    peer = f"krippendorff {version('krippendorff')}"
    numbers = (
        ratings.values if ratings.values is not None else np.arange(len(ratings.categories), dtype=np.float64)
    )
    data = np.append(numbers, np.nan)[raw]
    metrics: list[Literal["nominal", "ordinal", "interval", "ratio"]] = ["nominal"]
    if not ratings.collapsed and (ratings.values is not None or ratings.ordered):
        metrics.append("ordinal")
    if not ratings.collapsed and ratings.values is not None:
        metrics.append("interval")
        if float(ratings.values.min()) >= 0:
            metrics.append("ratio")
    for metric in metrics:
        theirs = None
        if counted.varies:  # with one value it raises instead of answering
            found = krippendorff.alpha(
                reliability_data=data, value_domain=numbers[counted.used], level_of_measurement=metric
            )
            theirs = _finite(found)
        ours = _ours(ratings, "krippendorff_alpha", metric)
        yield CheckedValue(
            coefficient="krippendorff_alpha", metric=metric, about=about, ours=ours, theirs=theirs, peer=peer
        )


def _fleiss(ratings: Ratings, raw: NDArray[np.int64], about: str) -> Iterator[CheckedValue]:
    from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa

    # it counts missing as a category of its own, so only complete tables are asked for
    if (raw == MISSING).any() or not tally(ratings).varies:
        return
    theirs = _finite(fleiss_kappa(aggregate_raters(raw.T)[0], method="fleiss"))
    yield CheckedValue(
        coefficient="fleiss_kappa",
        metric="nominal",
        about=about,
        ours=_ours(ratings, "fleiss_kappa"),
        theirs=theirs,
        peer=f"statsmodels {version('statsmodels')}",
    )


def _cohen(ratings: Ratings, both: NDArray[np.int64], about: str) -> Iterator[CheckedValue]:
    from sklearn.metrics import cohen_kappa_score
    from statsmodels.stats.inter_rater import cohens_kappa

    k = len(ratings.categories)
    if both.shape[1] == 0 or k > _MOST_CATEGORIES or len(np.unique(both)) < 2:
        return
    ours = _ours(ratings, "cohen_kappa")
    table = np.bincount(both[0] * k + both[1], minlength=k * k).reshape(k, k)
    theirs = _finite(cohens_kappa(table, return_results=False))
    peer = f"statsmodels {version('statsmodels')}"
    yield CheckedValue(
        coefficient="cohen_kappa", metric="nominal", about=about, ours=ours, theirs=theirs, peer=peer
    )
    peer = f"scikit-learn {version('scikit-learn')}"
    weights: Sequence[str | None] = (None, "linear", "quadratic") if _equal_steps(ratings) else (None,)
    for weight in weights:
        name = "cohen_kappa" if weight is None else "weighted_kappa"
        yield CheckedValue(
            coefficient=name,
            metric=weight or "nominal",
            about=about,
            ours=ours if weight is None else _ours(ratings, name, weights=weight),
            theirs=_finite(cohen_kappa_score(both[0], both[1], labels=list(range(k)), weights=weight)),
            peer=peer,
        )


def _equal_steps(ratings: Ratings) -> bool:
    """Tell whether ranks and values give the same weights; scikit-learn knows ranks only."""
    if ratings.collapsed or len(ratings.categories) < 2:
        return False
    if ratings.values is None:
        return ratings.ordered
    steps: FloatArray = np.diff(ratings.values)
    return bool(np.allclose(steps, steps[0]))


def _finite(value: object) -> float | None:
    number = float(value)  # type: ignore[arg-type]
    return number if np.isfinite(number) else None
