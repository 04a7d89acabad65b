"""How a file counts positions, proved on the words that it stores beside them.

Programs count code points, UTF-16 units or UTF-8 bytes, a CRLF once or twice, the byte order mark or
not, and mean the last character or the one after it. Every reader starts from its program's habit and
lets the stored words confirm or correct it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

SEARCH_RADIUS = 20
ENOUGH_QUOTATIONS = 5
CLEAR_GAIN = 0.05
LOWEST_SHARE = 0.80
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class Unit(StrEnum):
    """What a position counts."""

    CODEPOINT = "codepoint"
    UTF16 = "utf16"
    UTF8 = "utf8"


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
        self._length = len(decoded)
        self._positions: list[int] | None = None
        self._canonical: list[int] | None = None
        if not _plain(decoded, dialect):
            self._positions, self._canonical = _scales(decoded, dialect)

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the canonical span; ``None`` if an end splits a character or lies outside."""
        first = self._index(start - self._dialect.base)
        last = self._index(end - self._dialect.base)
        if last is not None and self._dialect.end_inclusive:
            last = last + 1 if last < self._length else None
        if first is None or last is None or last < first:
            return None
        if self._canonical is None:
            return first, last
        return self._canonical[first], self._canonical[last]

    def _index(self, position: int) -> int | None:
        if self._positions is None:
            return position if 0 <= position <= self._length else None
        at = bisect_left(self._positions, position)
        return at if at < len(self._positions) and self._positions[at] == position else None


def _plain(decoded: str, dialect: Dialect) -> bool:
    """Tell whether every character counts as one, in the file and in the canonical text."""
    if "\r\n" in decoded or decoded.startswith("\ufeff"):
        return False
    return (
        dialect.unit is Unit.CODEPOINT
        or decoded.isascii()
        or (dialect.unit is Unit.UTF16 and not _ASTRAL.search(decoded))
    )


def _scales(decoded: str, dialect: Dialect) -> tuple[list[int], list[int]]:
    """Return, for every code point and the end, its position in the file and in the canonical text."""
    import numpy as np

    points = np.frombuffer(decoded.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    sizes = np.ones(len(points), dtype=np.int64)
    if dialect.unit is not Unit.CODEPOINT:
        sizes += points > 0xFFFF
    if dialect.unit is Unit.UTF8:
        sizes += (points > 0x7F).astype(np.int64) + (points > 0x7FF)
    lengths = np.ones(len(points), dtype=np.int64)
    returns = np.flatnonzero((points[:-1] == 0x0D) & (points[1:] == 0x0A))
    lengths[returns] = 0
    if dialect.newline == 1:
        sizes[returns] = 0
    if decoded.startswith("\ufeff"):
        lengths[0] = 0
        sizes[0] = sizes[0] if dialect.bom_counts else 0
    positions, canonical = ([0, *np.cumsum(values).tolist()] for values in (sizes, lengths))
    return positions, canonical


def collapsed(text: str) -> str:
    """Return the text with white space collapsed, as stored words are compared."""
    return " ".join(text.split())


def same_words(passage: str, words: str) -> bool:
    """Tell whether stored words are those of a passage, runs of white space apart.

    White space at the ends of a passage may be missing from the stored words, which programs trim, but
    not the other way round: that is how a span that is one character off is seen.
    """
    return passage == words or (
        collapsed(passage) == collapsed(words)
        and (not words[:1].isspace() or passage[:1].isspace())
        and (not words[-1:].isspace() or passage[-1:].isspace())
    )


def occurrences(text: str, words: str) -> Iterable[tuple[int, int]]:
    """Yield every span of ``text`` that holds ``words``, white space apart."""
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    return (match.span() for match in re.finditer(pattern, text)) if pattern else ()
