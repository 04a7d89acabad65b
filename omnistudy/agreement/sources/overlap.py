"""Which units a quotation rates: overlap measured in code points that are words of a participant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from omnistudy.agreement.ratings.rating_table import IntArray
from omnistudy.errors import StudyError
from omnistudy.study.model import Interview, Quotation
from omnistudy.text.speakers import speech
from omnistudy.text.units import units

_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Material:
    """The units of one interview.

    Parameters
    ----------
    spans
        (n, 2) half-open offsets in the canonical text, ascending and disjoint.
    before
        (length + 1,) code points of data before each position: no white space, and only the speech that
        is data.
    weight
        (n,) units per row, for characters; else ``None``.
    """

    spans: IntArray
    before: IntArray
    weight: IntArray | None = None


def material_of(
    interview: Interview,
    unit: str,
    coded: Sequence[Quotation],
    *,
    participants_only: bool,
    interviewers: Sequence[str],
) -> Material:
    """Divide an interview into units.

    Parameters
    ----------
    interview, unit
        The interview and the name of the unit. Characters come as runs with equal codings, each
        standing for its number of characters.
    coded
        The quotations that count, which cut the runs of characters and are the units of free
        quotations.
    participants_only, interviewers
        Whose speech is data.
    """
    before = _data_before(interview, participants_only, interviewers)
    if unit == "character":
        return _character_runs(before, coded)
    if unit == "quotation" and not interview.excerpt:
        return Material(spans=_quotations(interview.id, coded, before), before=before)
    found = units(interview.transcript, unit, participants_only=participants_only, interviewers=interviewers)
    spans = np.array([(span.start, span.end) for span in found], np.int64).reshape(-1, 2)
    return Material(spans=spans, before=before)


def _data_before(interview: Interview, participants_only: bool, interviewers: Sequence[str]) -> IntArray:
    data = np.zeros(len(interview.text) + 1, np.int64)
    for span in speech(interview.transcript, participants_only=participants_only, interviewers=interviewers):
        for word in _WORD.finditer(interview.text, span.start, span.end):
            data[word.start() + 1 : word.end() + 1] = 1
    return np.asarray(np.cumsum(data), np.int64)


def _character_runs(before: IntArray, coded: Sequence[Quotation]) -> Material:
    total = int(before[-1])
    where = np.flatnonzero(np.diff(before))  # positions of the characters that are data
    ends = [before[p] for q in coded for p in (q.start, q.end)]
    borders = np.unique(np.array([0, *ends, total], np.int64))
    if total == 0:
        return Material(spans=np.zeros((0, 2), np.int64), before=before, weight=np.zeros(0, np.int64))
    spans = np.stack([where[borders[:-1]], where[borders[1:] - 1] + 1], axis=1)
    return Material(spans=spans, before=before, weight=np.diff(borders))


def _quotations(interview: str, coded: Sequence[Quotation], before: IntArray) -> IntArray:
    spans = sorted({(q.start, q.end) for q in coded if before[q.end] > before[q.start]})
    for (start, end), (following, _) in pairwise(spans):
        if following < end:
            raise StudyError.of(
                f"Quotations overlap in interview '{interview}' ({start}-{end} and from {following}), so they are"
                " no units that coders share.",
                "Use a text unit such as --unit turn or sentence, or the measures of spans (u_alpha).",
            )
    return np.array(spans, np.int64).reshape(-1, 2)


def rated_rows(
    material: Material, quotations: Sequence[Quotation], overlap: int | str
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return which quotation rates which unit, as two equally long index arrays.

    Parameters
    ----------
    material
        The units of the interview.
    quotations
        Quotations of the same interview.
    overlap
        Least overlap in code points of data, or ``"50%"`` for a share of the unit.
    """
    unit_start, unit_end = material.spans.T
    start = np.array([q.start for q in quotations], np.int64)
    end = np.array([q.end for q in quotations], np.int64)
    first = np.searchsorted(unit_end, start, side="right")
    last = np.searchsorted(unit_start, end, side="left")
    touched = np.maximum(last - first, 0)
    quotation = np.repeat(np.arange(len(start)), touched)
    offset = np.arange(len(quotation)) - np.repeat(np.cumsum(touched) - touched, touched)
    unit = first[quotation] + offset
    before = material.before
    shared = (
        before[np.minimum(end[quotation], unit_end[unit])]
        - before[np.maximum(start[quotation], unit_start[unit])]
    )
    enough = shared >= _least(overlap, before[unit_end[unit]] - before[unit_start[unit]], material)
    return quotation[enough], unit[enough]


def _least(overlap: int | str, size: IntArray, material: Material) -> IntArray:
    if isinstance(overlap, int):
        # a run of characters stands for single characters, which share one code point at most
        return np.ones_like(size) if material.weight is not None else np.full_like(size, overlap)
    share = float(overlap.strip().removesuffix("%")) / 100
    return np.asarray(np.maximum(np.ceil(size * share - 1e-9), 1), np.int64)
