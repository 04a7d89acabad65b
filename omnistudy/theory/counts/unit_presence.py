"""Which text unit carries which code, for co-occurrence in the same turn, paragraph or sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from omnistudy.study.model import Study
from omnistudy.text.units import units
from omnistudy.theory.counts.frequencies import Incidence, Integers

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def unit_presence(study: Study, counts: Incidence, unit: str) -> csr_array:
    """Return whether each unit carries each code, shape (U units, C codes), 0 or 1.

    A quotation carries its codes into every unit with which it shares a code point. Units are those of
    the study's settings: of the participants' speech, or of all speech.

    Parameters
    ----------
    study, counts
        The study and the incidence at one level of its tree.
    unit
        A name of :data:`omnistudy.text.units.UNITS`.
    """
    from scipy.sparse import csr_array

    starts, ends, at = unit_bounds(study, counts, unit)
    if not starts.size or not counts.quotations:
        return csr_array((starts.size, len(counts.codes)), dtype=np.int64)
    opened = np.asarray([span.start for span in counts.quotations], dtype=np.int64)
    closed = np.asarray([span.end for span in counts.quotations], dtype=np.int64)
    stride = int(max(ends.max(), closed.max())) + 1
    here = counts.interview_of * stride
    # Units are disjoint and ascending, so those that a span meets lie between two binary searches.
    first = np.searchsorted(at * stride + ends, here + opened, side="right")
    last = np.searchsorted(at * stride + starts, here + closed, side="left")
    amount = np.maximum(last - first, 0)
    quotation = np.repeat(np.arange(amount.size), amount)
    step = np.arange(quotation.size) - np.repeat(np.cumsum(amount) - amount, amount)
    meets = csr_array(
        (np.ones(quotation.size, dtype=np.int64), (first[quotation] + step, quotation)),
        shape=(starts.size, amount.size),
    )
    carries = csr_array(
        (np.ones(counts.quotation_of.size, dtype=np.int64), (counts.quotation_of, counts.code_of)),
        shape=(amount.size, len(counts.codes)),
    )
    together = meets @ carries
    together.data[:] = 1
    return together


def unit_bounds(study: Study, counts: Incidence, unit: str) -> tuple[Integers, Integers, Integers]:
    """Return starts, ends and interview positions of the units, each of shape (U,), in reading order."""
    names = study.settings.interviews.interviewers
    only = study.settings.analysis.speakers == "participants"
    found = [
        (place, span.start, span.end)
        for place, interview in enumerate(counts.interviews)
        for span in units(
            study.interview[interview].transcript, unit, participants_only=only, interviewers=names
        )
    ]
    table = np.asarray(found, dtype=np.int64).reshape(-1, 3)
    return table[:, 1], table[:, 2], table[:, 0]
