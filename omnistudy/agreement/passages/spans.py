"""Coded passages on continuous texts: who marked what from where to where, with which code.

Every interview is a continuum of its own; nothing is ever compared across its ends. Positions count
code points of what is data, so the interviewer's speech is not there at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings.rating_table import PRESENT, IntArray, SetRatings, UnitFrame, set_ratings
from omnistudy.agreement.sources.from_study import select
from omnistudy.errors import Problem, StudyError
from omnistudy.results import Kind, Message, Number, msg
from omnistudy.study.bare_table import BareTable
from omnistudy.study.model import Level, Study
from omnistudy.text.speakers import speech

LONGEST_OFFSET = 13
"""Digits from which on a number is no offset: no text is as long, and arithmetic would overflow."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpanRatings:
    """Coded passages of m coders on I interviews, sorted by interview, coder, start.

    Parameters
    ----------
    coders, codes, interviews
        Names; the indices below count them.
    lengths
        (I,) code points of each continuum.
    seen
        (I, m) whether the coder coded the interview; without it a coder's silence would be a rating.
    interview, coder, code, start, end
        (S,) one entry per passage: half-open, never empty, inside the continuum.
    merged
        How many passages were joined to an overlapping one of the same coder and code.
    """

    coders: tuple[str, ...]
    codes: tuple[str, ...]
    interviews: tuple[str, ...]
    lengths: IntArray
    seen: NDArray[np.bool_]
    interview: IntArray
    coder: IntArray
    code: IntArray
    start: IntArray
    end: IntArray
    merged: int = 0

    @property
    def first_position(self) -> IntArray:
        """(I + 1,) where each continuum begins when all are laid end to end."""
        return np.concatenate([[0], np.cumsum(self.lengths)]).astype(np.int64)

    def of_code(self, code: int) -> SpanRatings:
        """Return the passages of one code."""
        return self._only(self.code == code)

    def of_coders(self, coders: Sequence[int]) -> SpanRatings:
        """Return the passages of some coders, by position."""
        place = np.full(len(self.coders), -1, np.int64)
        place[list(coders)] = np.arange(len(coders))
        kept = self._only(place[self.coder] >= 0)
        order = np.lexsort((kept.start, place[kept.coder], kept.interview))
        return replace(
            kept,
            coders=tuple(self.coders[g] for g in coders),
            seen=self.seen[:, list(coders)],
            interview=kept.interview[order],
            coder=place[kept.coder][order],
            code=kept.code[order],
            start=kept.start[order],
            end=kept.end[order],
        )

    def of_interview(self, interview: int) -> SpanRatings:
        """Return the passages of one interview, with the coders who saw it."""
        one = self._only(self.interview == interview)
        only = replace(
            one,
            interviews=self.interviews[interview : interview + 1],
            lengths=self.lengths[interview : interview + 1],
            seen=self.seen[interview : interview + 1],
            interview=np.zeros_like(one.interview),
        )
        return only.of_coders([int(g) for g in np.flatnonzero(only.seen[0])])

    def _only(self, keep: NDArray[np.bool_]) -> SpanRatings:
        return replace(
            self,
            interview=self.interview[keep],
            coder=self.coder[keep],
            code=self.code[keep],
            start=self.start[keep],
            end=self.end[keep],
        )

    @property
    def overlapping(self) -> bool:
        """Whether passages of one coder overlap, so that a position has several codes."""
        group = self.interview * len(self.coders) + self.coder
        reach = _reach(group, self.end)
        return bool(((group[1:] == group[:-1]) & (self.start[1:] < reach[:-1])).any())


def span_ratings(
    *,
    coders: Sequence[str],
    codes: Sequence[str],
    interviews: Sequence[str],
    lengths: IntArray,
    seen: NDArray[np.bool_],
    rows: IntArray,
    file: str | None = None,
) -> SpanRatings:
    """Build passages, joining what one coder marked twice with the same code.

    Parameters
    ----------
    coders, codes, interviews, lengths, seen
        As in :class:`SpanRatings`.
    rows
        (S, 5) interview, coder, code, start, end.
    file
        Name for error messages.

    Raises
    ------
    StudyError
        Passages that are empty or lie outside their text.
    """
    rows = np.asarray(rows, np.int64).reshape(-1, 5)
    _refuse_impossible(rows, lengths, file)
    interview, coder, code, start, end = rows.T
    order = np.lexsort((end, start, code, coder, interview))
    interview, coder, code, start, end = (part[order] for part in (interview, coder, code, start, end))
    group = (interview * len(coders) + coder) * len(codes) + code
    reach = _reach(group, end)
    opens = np.ones(len(start), np.bool_)
    opens[1:] = (group[1:] != group[:-1]) | (start[1:] >= reach[:-1])
    first = np.flatnonzero(opens)
    last = np.append(first[1:], len(start)) - 1
    ends = reach[last] if len(first) else end
    final = np.lexsort((code[first], start[first], coder[first], interview[first]))
    chosen = first[final]
    return SpanRatings(
        coders=tuple(coders),
        codes=tuple(codes),
        interviews=tuple(interviews),
        lengths=np.asarray(lengths, np.int64),
        seen=seen,
        interview=interview[chosen],
        coder=coder[chosen],
        code=code[chosen],
        start=start[chosen],
        end=ends[final],
        merged=len(start) - len(first),
    )


def _reach(group: IntArray, end: IntArray) -> IntArray:
    """Return how far the passages of a group reach so far; groups are contiguous and ascending."""
    if not len(end):
        return end
    step = int(end.max()) + 1
    number = np.cumsum(np.concatenate([[0], group[1:] != group[:-1]])).astype(np.int64)
    return np.asarray(np.maximum.accumulate(end + number * step) - number * step, np.int64)


def _refuse_impossible(rows: IntArray, lengths: IntArray, file: str | None) -> None:
    start, end = rows[:, 3], rows[:, 4]
    outside = (start < 0) | (end > np.asarray(lengths)[rows[:, 0]])
    problems = []
    for at in np.flatnonzero((end <= start) | outside)[:20]:
        what = f"The passage {start[at]}-{end[at]} is empty or ends before it starts."
        if outside[at]:
            what = f"The passage {start[at]}-{end[at]} lies outside its text of {lengths[rows[at, 0]]} characters."
        remedy = "Offsets are 0-based and half-open: start < end <= length."
        problems.append(Problem(what=what, remedy=remedy, file=file, row=int(at) + 2))
    if problems:
        raise StudyError(problems)


def spans_of_table(table: BareTable, length: int | None = None) -> SpanRatings:
    """Read a span table: ``interview,start,end,coder,code`` and the length of each text.

    Parameters
    ----------
    table
        One passage per row. A row with a coder and without start, end and code says that the coder saw
        the interview and marked nothing.
    length
        Length of every text, where the table has no column ``length``.

    Returns
    -------
    SpanRatings
        The passages sorted by interview, coder and start, coders by name. Overlapping passages of one coder
        and code are joined, and counted in ``merged``.

    Raises
    ------
    StudyError
        Offsets that are no whole numbers, missing names, texts without a length.

    Examples
    --------
    >>> from omnistudy.study.bare_table import table_of_columns
    >>> table = table_of_columns({
    ...     "interview": ["P01", "P01"], "coder": ["sara", "reza"], "start": [3, 5], "end": [14, 14],
    ...     "code": ["trust", "trust"],
    ... })
    >>> spans = spans_of_table(table, length=55)
    >>> spans.coders, spans.start.tolist(), spans.end.tolist()
    (('reza', 'sara'), [5, 3], [14, 14])
    """
    named = {name.casefold().strip(): column for name, column in table.columns.items()}
    file = table.source.path
    where, who, which = named["interview"], named["coder"], named["code"]
    problems = [
        Problem(
            what=f"The {name} is missing.",
            remedy="Name it in every row.",
            file=file,
            row=int(at) + 2,
            column=name,
        )
        for name, column in (("interview", where), ("coder", who))
        for at in np.flatnonzero(column.codes < 0)[:20]
    ]
    start, end = (
        _whole(named[name].labels, named[name].codes, name, file, problems) for name in ("start", "end")
    )
    marked = (start >= 0) | (end >= 0) | (which.codes >= 0)
    for at in np.flatnonzero(marked & ((start < 0) | (end < 0) | (which.codes < 0)))[:20]:
        what = "The passage lacks its start, end or code."
        problems.append(Problem(what=what, remedy="Complete the row.", file=file, row=int(at) + 2))
    if "length" in named:
        given = _whole(named["length"].labels, named["length"].codes, "length", file, problems)
    elif length is not None:
        given = np.full(table.n_rows, length, np.int64)
    else:
        what = "The lengths of the texts are not known, and text that nobody coded counts."
        raise StudyError.of(what, "Add a column 'length', or give --length L.", file=file)
    if problems:
        raise StudyError(problems)
    lengths = np.zeros(len(where.labels), np.int64)
    np.maximum.at(lengths, where.codes, given)
    seen = np.zeros((len(where.labels), len(who.labels)), np.bool_)
    seen[where.codes, who.codes] = True
    rows = np.stack([where.codes, who.codes, which.codes, start, end], axis=1)[marked]
    return span_ratings(
        coders=who.labels,
        codes=which.labels,
        interviews=where.labels,
        lengths=lengths,
        seen=seen,
        rows=rows,
        file=file,
    )


def _whole(
    labels: Sequence[str], codes: NDArray[np.int32], name: str, file: str, problems: list[Problem]
) -> IntArray:
    """Return whole numbers, -1 for empty cells; other cells are reported."""
    numbers = [int(label) if label.isdecimal() and len(label) < LONGEST_OFFSET else -2 for label in labels]
    values = np.array([*numbers, -1], np.int64)[codes]
    for at in np.flatnonzero(values == -2)[:20]:
        what = f"'{labels[codes[at]]}' is no whole number of at least 0."
        problems.append(
            Problem(what=what, remedy="Give offsets in characters.", file=file, row=int(at) + 2, column=name)
        )
    return values


def spans_of_study(study: Study, options: AgreementOptions) -> SpanRatings:
    """Return the passages of a study in the speech that is data.

    The same coders, round, interviews and level as for ratings; the speech that is no data is cut out,
    so a passage that spans a question is one passage.
    """
    chosen = select(study, options.round)
    level = Level(options.level or study.settings.agreement.level)
    book = study.codebook
    target = {code.id: book.rolled_up(code.id, level) for code in book}
    used = {target[c.code] for c in chosen.codings}
    codes = tuple(code.id for code in book if code.id in used)
    places = [_Speech.of(study, interview) for interview in chosen.interviews]
    at = {name: i for i, name in enumerate(chosen.interviews)}
    rows = []
    for c in chosen.codings:
        i = at[c.quotation.interview]
        start, end = places[i].position(c.quotation.start), places[i].position(c.quotation.end)
        if end > start:
            rows.append((i, chosen.coders.index(c.coder), codes.index(target[c.code]), start, end))
    seen = np.array([[(i, g) in chosen.seen for g in chosen.coders] for i in chosen.interviews], np.bool_)
    return span_ratings(
        coders=chosen.coders,
        codes=codes,
        interviews=chosen.interviews,
        lengths=np.array([place.length for place in places], np.int64),
        seen=seen.reshape(len(chosen.interviews), len(chosen.coders)),
        rows=np.array(rows, np.int64),
    )


def merge_notes(spans: SpanRatings) -> tuple[Message, ...]:
    """Say how many passages were joined."""
    if not spans.merged:
        return ()
    return (
        msg(
            "{count} passages overlapped another of the same coder and code and were joined before counting.",
            count=Number(spans.merged, Kind.COUNT),
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Speech:
    """The speech of one interview that is data, laid end to end."""

    starts: IntArray
    before: IntArray
    sizes: IntArray

    @classmethod
    def of(cls, study: Study, interview: str) -> _Speech:
        spans = speech(
            study.interview[interview].transcript,
            participants_only=study.settings.analysis.speakers == "participants",
            interviewers=study.settings.interviews.interviewers,
        )
        starts = np.array([span.start for span in spans], np.int64)
        sizes = np.array([span.end - span.start for span in spans], np.int64)
        return cls(starts, np.cumsum(sizes) - sizes, sizes)

    @property
    def length(self) -> int:
        return int(self.sizes.sum())

    def position(self, offset: int) -> int:
        """Return how many code points of data stand before an offset of the text."""
        i = int(np.searchsorted(self.starts, offset, side="right")) - 1
        if i < 0:
            return 0
        return int(self.before[i] + min(offset - int(self.starts[i]), int(self.sizes[i])))


def as_characters(spans: SpanRatings) -> SetRatings:
    """Return the passages as ratings of single characters, runs with equal codings in one row.

    This is what programs compare that count characters (NVivo, ATLAS.ti, QualCoder).
    """
    first = spans.first_position
    offset = first[spans.interview]
    borders = np.unique(np.concatenate([first, spans.start + offset, spans.end + offset]))
    left, size = borders[:-1], np.diff(borders)
    interview = np.searchsorted(first, left, side="right") - 1
    n, m = len(left), len(spans.coders)
    applied = np.zeros((m, n, len(spans.codes)), np.int8)
    begin = np.searchsorted(left, spans.start + offset)
    stop = np.searchsorted(left, spans.end + offset)
    width = stop - begin
    span = np.repeat(np.arange(len(begin)), width)
    row = begin[span] + np.arange(len(span)) - np.repeat(np.cumsum(width) - width, width)
    applied[spans.coder[span], row, spans.code[span]] = PRESENT
    within = left - first[interview]
    ids = np.array(
        [f"{spans.interviews[i]}:{a}" for i, a in zip(interview, within, strict=True)], dtype=np.object_
    )
    frame = UnitFrame(
        ids=ids,
        interviews=spans.interviews,
        interview=interview.astype(np.int64),
        spans=np.stack([within, within + size], axis=1).astype(np.int64),
        weight=size.astype(np.int64),
        runs=True,
    )
    seen = np.ascontiguousarray(spans.seen[interview].T)
    return set_ratings(coders=spans.coders, codes=spans.codes, applied=applied, seen=seen, frame=frame)
