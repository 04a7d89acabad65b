"""How a file counts positions, proved on the words that it stores beside them.

Programs count code points, UTF-16 units or UTF-8 bytes, a CRLF once or twice, the byte order mark or
not, and mean the last character or the one after it. Every reader starts from its program's habit and
lets the stored words confirm or correct it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import accumulate, product
from types import MappingProxyType

SEARCH_RADIUS = 20
ENOUGH_QUOTATIONS = 5
CLEAR_GAIN = 0.05
LOWEST_SHARE = 0.80


class Unit(StrEnum):
    """What a position counts."""

    CODEPOINT = "codepoint"
    UTF16 = "utf16"
    UTF8 = "utf8"


_SIZES: Mapping[Unit, Callable[[int], int]] = MappingProxyType(
    {
        Unit.CODEPOINT: lambda _: 1,
        Unit.UTF16: lambda point: 1 + (point > 0xFFFF),
        Unit.UTF8: lambda point: 1 + (point > 0x7F) + (point > 0x7FF) + (point > 0xFFFF),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One way to count positions.

    Parameters
    ----------
    unit
        What is counted.
    newline
        Length of a CRLF: 2 as it stands in the file, or 1.
    bom_counts
        Whether a leading byte order mark takes up a position.
    end_inclusive
        Whether the end names the last character rather than the one after it.
    base
        Number of the first position.
    """

    unit: Unit = Unit.CODEPOINT
    newline: int = 2
    bom_counts: bool = False
    end_inclusive: bool = False
    base: int = 0

    def __str__(self) -> str:
        bom = "count" if self.bom_counts else "skip"
        end = "inclusive" if self.end_inclusive else "exclusive"
        base = f",base={self.base}" if self.base else ""
        return f"unit={self.unit},newline={self.newline},bom={bom},end={end}{base}"


class Ruler:
    """Turns positions of one text in one dialect into positions of its canonical text.

    Parameters
    ----------
    decoded
        The text as the program holds it, byte order mark and carriage returns included.
    dialect
        How the program counts.
    """

    def __init__(self, decoded: str, dialect: Dialect) -> None:
        self._dialect = dialect
        size = _SIZES[dialect.unit]
        sizes = [size(ord(character)) for character in decoded]
        lengths = [1] * len(decoded)
        for newline in re.finditer("\r\n", decoded):
            lengths[newline.start()] = 0
            if dialect.newline == 1:
                sizes[newline.start()] = 0
        if decoded.startswith("\ufeff"):
            lengths[0] = 0
            if not dialect.bom_counts:
                sizes[0] = 0
        self._positions = list(accumulate(sizes, initial=0))
        self._canonical = list(accumulate(lengths, initial=0))

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the canonical span; ``None`` if an end splits a character or lies outside."""
        first = self._index(start - self._dialect.base)
        last = self._index(end - self._dialect.base)
        if last is not None and self._dialect.end_inclusive:
            last = last + 1 if last + 1 < len(self._canonical) else None
        if first is None or last is None or last < first:
            return None
        return self._canonical[first], self._canonical[last]

    def _index(self, position: int) -> int | None:
        at = bisect_left(self._positions, position)
        return at if at < len(self._positions) and self._positions[at] == position else None


@dataclass(frozen=True, slots=True)
class StoredSpan:
    """A quotation as the file gives it: source, positions, and the words stored beside them."""

    source: str
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dialect with the share of stored words that it finds."""

    dialect: Dialect
    share: float


@dataclass(frozen=True, slots=True)
class Choice:
    """The dialect taken, the candidates in falling order, and whether the evidence suffices.

    ``proved`` is false with fewer than five quotations that store their words; ``fits`` is false if
    even the best candidate finds fewer than four in five.
    """

    dialect: Dialect
    candidates: tuple[Candidate, ...]
    proved: bool
    fits: bool


def choose_dialect(
    texts: Mapping[str, str], canonical: Mapping[str, str], spans: Sequence[StoredSpan], habit: Dialect
) -> Choice:
    """Test every dialect that makes a difference in these texts against the stored words.

    The program's habit is kept unless another dialect finds at least 5 points more of the words.

    Parameters
    ----------
    texts
        Source id to the text as the program holds it.
    canonical
        Source id to the canonical text.
    spans
        The quotations; those without words are no evidence.
    habit
        How the program is known to count.
    """
    evidence = [span for span in spans if span.words.split() and span.source in texts]
    candidates = sorted(
        (
            Candidate(dialect, _share(dialect, texts, canonical, evidence))
            for dialect in _rivals(texts, habit)
        ),
        key=lambda candidate: (-candidate.share, candidate.dialect != habit),
    )
    of_habit = next(candidate.share for candidate in candidates if candidate.dialect == habit)
    best = candidates[0]
    proved = len(evidence) >= ENOUGH_QUOTATIONS
    switched = proved and best.share - of_habit >= CLEAR_GAIN
    chosen = best if switched else Candidate(habit, of_habit)
    return Choice(chosen.dialect, tuple(candidates), proved, not proved or chosen.share >= LOWEST_SHARE)


def _rivals(texts: Mapping[str, str], habit: Dialect) -> list[Dialect]:
    """Return the dialects that can give other spans than ``habit`` on these texts, and ``habit``."""
    whole = texts.values()
    units = list(Unit) if any(not text.isascii() for text in whole) else [habit.unit]
    newlines = [1, 2] if any("\r\n" in text for text in whole) else [habit.newline]
    boms = [False, True] if any(text.startswith("\ufeff") for text in whole) else [habit.bom_counts]
    return [
        replace(habit, unit=unit, newline=newline, bom_counts=bom, end_inclusive=inclusive)
        for unit, newline, bom, inclusive in product(units, newlines, boms, (False, True))
    ]


def _share(
    dialect: Dialect, texts: Mapping[str, str], canonical: Mapping[str, str], evidence: Sequence[StoredSpan]
) -> float:
    if not evidence:
        return 0.0
    rulers = {source: Ruler(texts[source], dialect) for source in {span.source for span in evidence}}
    found = 0
    for span in evidence:
        place = rulers[span.source].span(span.start, span.end)
        found += place is not None and collapsed(canonical[span.source][slice(*place)]) == collapsed(
            span.words
        )
    return found / len(evidence)


def collapsed(text: str) -> str:
    """Return the text with white space collapsed, as stored words are compared."""
    return " ".join(text.split())


def occurrences(text: str, words: str) -> Iterable[tuple[int, int]]:
    """Yield every span of ``text`` that holds ``words``, white space apart."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    return (match.span() for match in re.finditer(pattern, text)) if pattern else ()
