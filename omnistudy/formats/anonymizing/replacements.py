"""A reviewed table of words to replace, and finding them in texts however they are spelt.

Arabic and Persian letter forms, digits, vowel signs, tatweel and ZWNJ are alike for the search; the
text changes only where words are found.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from omnistudy.errors import Problem, StudyError
from omnistudy.formats.into_study.csv_text import parse_csv
from omnistudy.text.keys import match_key

_ALIKE = (
    "یيىے", "کك", "هةۀەھہ", "اأإٱ",
    *(f"{digit}{chr(0x660 + digit)}{chr(0x6F0 + digit)}" for digit in range(10)),
)  # fmt: skip
_CLASS = {character: f"[{group}]" for group in _ALIKE for character in group}
_SIGNS = "[\u0640\u064b-\u065f\u0670\u06d6-\u06ed\u200c-\u200f\u00ad]*"
_SIGN = re.compile(_SIGNS[:-1])
_TRUE = frozenset({"", "1", "true", "yes"})
_FALSE = frozenset({"0", "false", "no"})
CODER = "coder"


@dataclass(frozen=True, slots=True)
class Replacement:
    """A row of the table: what to find and what to put there.

    ``kind`` is free (name, place, …); rows of kind ``coder`` rename coders and touch nothing else.
    With ``whole_word``, letters and digits may not touch the words on either side; ZWNJ may, because a
    suffix after it is still the name.
    """

    row: int
    find: str
    replace: str
    kind: str = ""
    whole_word: bool = True


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of a text and what comes in its place, by which row of the table."""

    start: int
    end: int
    new: str
    row: int


def read_replacements(data: bytes, file: str) -> tuple[Replacement, ...]:
    """Read ``find,replace[,kind,whole_word]``.

    Raises
    ------
    StudyError
        With all problems: missing columns, empty cells, and words that are to be replaced in two ways.
    """
    try:
        table = parse_csv(data)
    except UnicodeDecodeError:
        raise StudyError.of("This is not UTF-8 text.", "Save the table as UTF-8.", file=file) from None
    problems: list[Problem] = []
    found: dict[tuple[str, bool], Replacement] = {}
    missing = [column for column in ("find", "replace") if column not in table.header]
    if missing:
        raise StudyError.of(
            f"Column '{missing[0]}' is missing.", "Give the table find,replace.", file=file, row=1
        )
    for number, row in enumerate(table.rows, start=2):
        find, new = row.get("find", "").strip(), row.get("replace", "").strip()
        whole = row.get("whole_word", "").strip().casefold()
        kind = row.get("kind", "").strip().casefold()
        key = (match_key(find), kind == CODER)
        if not find and not new:
            continue
        if not key[0] or not new:
            empty = "replace" if key[0] else "find"
            remedy = (
                "Write what stands in its place, such as [name]." if key[0] else "Name the words to find."
            )
            problems.append(
                Problem(what="The cell has no words.", remedy=remedy, file=file, row=number, column=empty)
            )
        elif whole not in _TRUE | _FALSE:
            problems.append(
                Problem(
                    what=f"'{whole}' is neither yes nor no.",
                    remedy="Write true or false.",
                    file=file,
                    row=number,
                    column="whole_word",
                )
            )
        elif key in found and found[key].replace != new:
            problems.append(
                Problem(
                    what=f"'{find}' has another replacement in row {found[key].row}.",
                    remedy="Keep one row.",
                    file=file,
                    row=number,
                )
            )
        else:
            found.setdefault(key, Replacement(number, find, new, kind, whole in _TRUE))
    if problems:
        raise StudyError(problems)
    if not found:
        raise StudyError.of("The table has no rows.", "List what is to be replaced.", file=file)
    return tuple(found.values())


class Replacer:
    """Finds the words of a table, the longest first, each place once.

    Parameters
    ----------
    rows
        The table; rows for coders are not looked for in texts.
    """

    def __init__(self, rows: Sequence[Replacement]) -> None:
        words = sorted((row for row in rows if row.kind != CODER), key=lambda row: -len(row.find))
        self._rows = words
        self._pattern = (
            re.compile("|".join(f"({_pattern(row)})" for row in words), re.IGNORECASE) if words else None
        )

    def edits(self, text: str) -> list[Edit]:
        """Return the places to change, ascending and disjoint."""
        if self._pattern is None:
            return []
        found = []
        for match in self._pattern.finditer(text):
            row = self._rows[(match.lastindex or 1) - 1]
            found.append(Edit(match.start(), match.end(), row.replace, row.row))
        return found

    def replaced(self, text: str, counts: Counter[int]) -> str:
        """Return the text with its words replaced, counting by row."""
        edits = self.edits(text)
        counts.update(edit.row for edit in edits)
        return applied(text, edits)


def applied(text: str, edits: Sequence[Edit]) -> str:
    """Return the text with the edits made."""
    parts, at = [], 0
    for edit in edits:
        parts += [text[at : edit.start], edit.new]
        at = edit.end
    return "".join([*parts, text[at:]])


class Carrier:
    """Carries positions of a text over edits; a replaced word is inside a span or outside, never halved.

    Parameters
    ----------
    edits
        Ascending and disjoint.
    """

    def __init__(self, edits: Sequence[Edit]) -> None:
        self._edits = edits
        self._starts = [edit.start for edit in edits]
        self._grown = [0]
        for edit in edits:
            self._grown.append(self._grown[-1] + len(edit.new) - (edit.end - edit.start))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the new span; one that cuts a replaced word takes in the whole replacement."""
        first = bisect_right(self._starts, start) - 1
        if first >= 0 and start < self._edits[first].end:
            new_start = self._edits[first].start + self._grown[first]
        else:
            new_start = start + self._grown[first + 1]
        last = bisect_right(self._starts, end - 1) - 1
        if last >= 0 and end <= self._edits[last].end:
            new_end = self._edits[last].end + self._grown[last + 1]
        else:
            new_end = end + self._grown[last + 1]
        return new_start, new_end

    def touched(self, start: int, end: int) -> bool:
        """Tell whether a span holds or cuts a replaced word."""
        at = bisect_right(self._starts, end - 1) - 1
        return at >= 0 and self._edits[at].end > start


def _pattern(row: Replacement) -> str:
    pieces: list[str] = []
    for character in _SIGN.sub("", row.find):
        if character.isspace():
            if pieces and pieces[-1] != r"[\s\u200c]*":
                pieces.append(r"[\s\u200c]*")
        else:
            pieces.append(_CLASS.get(character, re.escape(character)) + _SIGNS)
    body = "".join(pieces)
    body = body.removesuffix(_SIGNS)
    return rf"(?<!\w){body}(?!\w)" if row.whole_word else body
