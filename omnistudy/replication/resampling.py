"""Recovery as numbers, and how they move when interviews are drawn again.

A resample of n interviews is read as a study of n interviews of its own, in which a concept counts as
recovered by the same rule. The crosswalk and the coding stay as they are. The categories of a published
model and informants chosen on purpose are no random sample, so the limits say how the result hangs on the
interviews, not what another bank would give.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from omnistudy.replication.comparison import Evidence, needed
from omnistudy.results import Message, msg
from omnistudy.theory.counts.frequencies import Integers

MEASURES = ("recall", "precision", "f1", "jaccard")
NO_CROSSWALK = msg("the study has no crosswalk to the reference model")
NO_INTERVIEW = msg("no interview is coded")
NO_LOCAL = msg("no local concept is held by any interview")


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A measure with its 95 % percentile limits over resampled interviews; ``None`` with a reason."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    reason: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Recovery of the reference: m recovered of R reference concepts, L local concepts.

    ``matched`` counts strict one-to-one matches whatever their evidence, ``lenient`` the concepts with
    any relation; both only through local concepts that some interview holds. ``resamples`` holds the
    distinct measures in the order of :data:`MEASURES`.
    """

    references: int
    locals: int
    recovered: int
    matched: int
    lenient: int
    recall: Estimate
    precision: Estimate
    f1: Estimate
    jaccard: Estimate

    def named(self) -> Iterable[tuple[str, Estimate]]:
        """Yield the four measures with their names."""
        return ((name, getattr(self, name)) for name in MEASURES)


def measures(
    recovered: NDArray[np.int64], references: int, locals_: NDArray[np.int64]
) -> dict[str, NDArray[np.float64]]:
    """Return recall m/R, precision m/L, F1 2m/(R+L) and Jaccard m/(R+L-m); NaN where undefined.

    Parameters
    ----------
    recovered, locals_
        m and L, both of shape (B,).
    references
        R.
    """
    m, r, local = recovered.astype(np.float64), float(references), locals_.astype(np.float64)
    both = r + local
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "recall": np.asarray(m / r),
            "precision": np.where(local > 0, m / local, np.nan),
            "f1": np.asarray(2 * m / both),
            "jaccard": np.asarray(m / (both - m)),
        }


def multiplicities(interviews: int, resamples: int, seed: int) -> Integers:
    """Return how often each resample of n interviews draws each, shape (resamples, n)."""
    generator = np.random.default_rng(seed)
    return generator.multinomial(interviews, np.full(interviews, 1 / interviews), size=resamples)


def recovery_of(evidence: Evidence, *, has_crosswalk: bool, resamples: int, seed: int) -> Recovery:
    """Measure how much of the reference is recovered.

    Parameters
    ----------
    has_crosswalk
        Without one nothing can be recovered, which is no finding: every measure is undefined.
    resamples, seed
        Resamples of interviews; 0 leaves the limits out.
    """
    total, references = len(evidence.interviews), len(evidence.pairings)
    matched = evidence.matched
    held = (evidence.by_reference > 0).sum(axis=0)
    present_groups = evidence.group_present
    recovered = int((matched & (held >= needed(total))).sum()) if total else 0
    locals_ = present_groups.shape[1]
    reason = None if has_crosswalk else NO_CROSSWALK
    if not total:
        reason = NO_INTERVIEW
    estimates = dict.fromkeys(MEASURES, Estimate(reason=reason))
    if reason is None:
        values = measures(np.array([recovered]), references, np.array([locals_]))
        drawn = _drawn(evidence, resamples, seed)
        estimates = {name: _estimate(float(values[name][0]), drawn[name]) for name in MEASURES}
    return Recovery(
        references=references,
        locals=locals_,
        recovered=recovered,
        matched=int(matched.sum()),
        lenient=int((held > 0).sum()),
        recall=estimates["recall"],
        precision=estimates["precision"],
        f1=estimates["f1"],
        jaccard=estimates["jaccard"],
    )


def _drawn(evidence: Evidence, resamples: int, seed: int) -> dict[str, NDArray[np.float64]]:
    weights = multiplicities(len(evidence.interviews), resamples, seed)
    recovered, locals_ = recovered_in(evidence, weights)
    return measures(recovered, len(evidence.pairings), locals_)


def recovered_in(evidence: Evidence, weights: Integers) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return m and L of every weighting of the interviews.

    Parameters
    ----------
    weights
        How often each interview counts, shape (B, n), rows summing to n.
    """
    present = (evidence.by_reference > 0).astype(np.float32)
    held = weights.astype(np.float32) @ present[:, evidence.matched]
    recovered = (held >= needed(weights.shape[1])).sum(axis=1)
    groups = weights.astype(np.float32) @ evidence.group_present.astype(np.float32) > 0
    return recovered.astype(np.int64), groups.sum(axis=1).astype(np.int64)


def _estimate(value: float, drawn: NDArray[np.float64]) -> Estimate:
    if not np.isfinite(value):
        return Estimate(reason=NO_LOCAL)
    defined = drawn[np.isfinite(drawn)]
    if not len(defined):
        return Estimate(value=value)
    low, high = (float(limit) for limit in np.quantile(defined, [0.025, 0.975]))
    return Estimate(value=value, low=low, high=high)
