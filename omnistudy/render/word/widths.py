"""Which columns of a table a page has room for, and how wide each becomes; lengths in twentieths of a point."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from omnistudy.render.svg.measure import text_width

CELL_PADDING = 100
MOST_COLUMNS = 7
"""Columns that a page shows before secondary ones are left out."""

_LATIN_SIZE = 7.4  # nine points; the type for Latin script is that much narrower than what is measured
_PERSIAN_SIZE = 10.0
_ARABIC_SCRIPT = re.compile("[\u0600-\u06ff]")  # letters and digits
_BOLDER = 1.06  # headings are never broken inside a word, so they get a little more than they need
_SQUEEZE = 1.04  # the measures are upper estimates
_HEADING_LINES = 3
_BREAK = re.compile(r"[ \t\n]+|(?<=[-/])")  # where a word processor breaks lines; not at U+00A0
_LONGEST_WORD = 2400  # longer words are broken by the word processor
_LONGEST_LINE = 9000
_ROWS_MEASURED = 200
_EMPTY = 500


class Orientation(StrEnum):
    """How a page lies."""

    PORTRAIT = "portrait"
    LANDSCAPE = "landscape"


@dataclass(frozen=True, slots=True)
class Need:
    """What a column needs: its longest word, its longest line, and its mean line."""

    least: int
    most: int
    mean: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a table goes: the columns it keeps, their widths, and how its page lies."""

    columns: tuple[int, ...]
    widths: tuple[int, ...]
    orientation: Orientation


def twips(text: str, *, bold: bool = False) -> int:
    """Return an upper estimate of the width of one line of a table."""
    size = _PERSIAN_SIZE if _ARABIC_SCRIPT.search(text) else _LATIN_SIZE
    return round((_BOLDER if bold else 1) * 20 * text_width(text, size, bold=bold))


def need(heading: str, cells: Sequence[str], *, number: bool) -> Need:
    """Measure a column; numbers are never broken, of long tables a part is looked at."""
    step = max(1, len(cells) // _ROWS_MEASURED)
    looked_at = [cell[:400] for cell in cells[::step]]
    words = {word for cell in looked_at for word in ([cell] if number else _BREAK.split(cell)) if word}
    longest = max((twips(word) for word in _longest(words)), default=_EMPTY)
    header = max((twips(word, bold=True) for word in re.split(r"\s+", heading) if word), default=_EMPTY)
    header = max(header, twips(heading, bold=True) // _HEADING_LINES)
    lines = [twips(line) for cell in looked_at for line in cell.split("\n")] or [_EMPTY]
    return Need(
        least=min(_LONGEST_WORD, max(longest, header)) + CELL_PADDING,
        most=min(_LONGEST_LINE, max(*lines, header, longest)) + CELL_PADDING,
        mean=sum(lines) / len(lines),
    )


def _longest(words: set[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))[:8]


def arranged(needs: Sequence[Need], secondary: Sequence[bool], portrait: int, landscape: int) -> Layout:
    """Choose columns and page: all of them upright, then without the secondary ones, then lying.

    More than seven columns lose the secondary ones first.

    Parameters
    ----------
    needs, secondary
        One of each per column.
    portrait, landscape
        Widths of the text area.
    """
    every = tuple(range(len(needs)))
    main = tuple(at for at in every if not secondary[at]) or every
    for columns in (every, main) if len(every) <= MOST_COLUMNS else (main,):
        if _fits(columns, needs, portrait):
            return Layout(columns, _shared([needs[at] for at in columns], portrait), Orientation.PORTRAIT)
    wide = every if _fits(every, needs, landscape) else main
    return Layout(wide, _shared([needs[at] for at in wide], landscape), Orientation.LANDSCAPE)


def _fits(columns: Sequence[int], needs: Sequence[Need], room: int) -> bool:
    return sum(needs[at].least for at in columns) <= _SQUEEZE * room


def _shared(needs: Sequence[Need], room: int) -> tuple[int, ...]:
    """Give every column its longest word, and what is left to those that have more to say.

    A table that needs less than the page is narrower; one that does not fit at all is squeezed evenly.
    """
    least = sum(each.least for each in needs)
    if least >= room:
        return tuple(each.least * room // least for each in needs)
    wishes = [(each.most - each.least) * max(each.mean, 1.0) ** 0.5 for each in needs]
    most = sum(each.most for each in needs)
    free = min(room, max(most, round(0.6 * room))) - least
    total = sum(wishes)
    if most <= room:
        spare = (least + free - most) // len(needs)
        return tuple(each.most + spare for each in needs)
    return tuple(each.least + int(free * wish / total) for each, wish in zip(needs, wishes, strict=True))
