"""How much of what the participants said carries a code, and where the longest gaps are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from omnistudy.results import Quote
from omnistudy.study.model import Quotation, Study
from omnistudy.text.speakers import speech
from omnistudy.theory.counts.frequencies import in_order
from omnistudy.theory.counts.retrieval import quote

_LONGEST_GAP = 300
Span = tuple[int, int]
Speech = Mapping[str, Sequence[Span]]
"""Interview id to the half-open spans of its text that are data, ascending and apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewCoverage:
    """Code points of one interview that are not white space: the participants', and the coded ones."""

    interview: str
    characters: int
    coded: int

    @property
    def share(self) -> float | None:
        """Coded share; ``None`` for an interview without a participant's running speech."""
        return self.coded / self.characters if self.characters else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Coverage of the participants' speech by the analysed codings.

    ``gaps`` are the longest stretches of one participant's turn without any code.
    """

    interviews: tuple[InterviewCoverage, ...]
    gaps: tuple[Quote, ...]

    @property
    def characters(self) -> int:
        """Code points of participants' speech that are not white space."""
        return sum(row.characters for row in self.interviews)

    @property
    def coded(self) -> int:
        """Those of them that carry a code."""
        return sum(row.coded for row in self.interviews)

    @property
    def share(self) -> float | None:
        """Coded share; ``None`` where nobody says anything."""
        return self.coded / self.characters if self.characters else None


def participants_speech(study: Study) -> Speech:
    """Return what is data by the study's settings: the participants' turns, or all speech."""
    only = study.settings.analysis.speakers == "participants"
    interviewers = study.settings.interviews.interviewers
    return {
        interview.id: tuple(
            (span.start, span.end)
            for span in speech(interview.transcript, participants_only=only, interviewers=interviewers)
        )
        for interview in study.interviews
    }


def coverage_of(study: Study, spoken: Speech, gaps: int = 10) -> Coverage:
    """Measure coverage by sweeping spans; white space counts nowhere.

    Parameters
    ----------
    study
        The study; its analysed codings cover.
    spoken
        What is data: usually the participants' turns.
    gaps
        How many uncoded stretches are returned.
    """
    coded: dict[str, list[Span]] = {interview.id: [] for interview in study.interviews}
    for span in {coding.quotation for coding in study.analysed}:
        coded[span.interview].append((span.start, span.end))
    rows: list[InterviewCoverage] = []
    longest: list[tuple[int, int, Quotation]] = []
    for place, interview in enumerate(in_order(study)):
        text = interview.text
        # Single statements came because somebody coded them: how much of the talk that is, nobody knows.
        said = () if interview.excerpt else spoken.get(interview.id, ())
        total = sum(_solid(text, span) for span in said)
        uncovered = list(_without(said, _merged(coded[interview.id])))
        sizes = [_solid(text, span) for span in uncovered]
        rows.append(InterviewCoverage(interview=interview.id, characters=total, coded=total - sum(sizes)))
        longest += [
            (-size, place, Quotation(interview.id, *_trimmed(text, span)))
            for size, span in zip(sizes, uncovered, strict=True)
            if size and _speaks(text, span)
        ]
        longest = sorted(longest)[:gaps]
    return Coverage(
        interviews=tuple(rows), gaps=tuple(_shortened(quote(study, span)) for _, _, span in longest)
    )


def _speaks(text: str, span: Span) -> bool:
    """Tell whether a stretch holds a letter or digit, and not only the stop that a quotation left over."""
    return any(character.isalnum() for character in text[span[0] : span[1]])


def _shortened(passage: Quote) -> Quote:
    """Cut the words of a long gap for reading; its span still says how long it is."""
    if len(passage.text) <= _LONGEST_GAP:
        return passage
    return replace(passage, text=passage.text[:_LONGEST_GAP].rstrip() + " …")


def _solid(text: str, span: Span) -> int:
    return sum(map(len, text[span[0] : span[1]].split()))


def _trimmed(text: str, span: Span) -> Span:
    passage = text[span[0] : span[1]]
    start = span[0] + len(passage) - len(passage.lstrip())
    return start, start + len(passage.strip())


def _merged(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _without(said: Sequence[Span], covered: Sequence[Span]) -> Iterable[Span]:
    """Yield the parts of ``said`` outside ``covered``; both are ascending and disjoint."""
    first = 0
    for start, end in said:
        while first < len(covered) and covered[first][1] <= start:
            first += 1
        at, here = start, first
        while here < len(covered) and covered[here][0] < end:
            if covered[here][0] > at:
                yield at, covered[here][0]
            at = max(at, covered[here][1])
            here += 1
        if at < end:
            yield at, end
