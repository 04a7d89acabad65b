"""Where a quote stands in a text, when a table holds the words and no offsets."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache, cached_property
from itertools import islice

from omnistudy.formats.reading.boundary import is_tight
from omnistudy.text.keys import match_key

_FOLDS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‘’‚‛′`", "'"),
        "\u00a0": " ",
    }
)
CELL_LIMIT = 32_767
MOST_PLACES = 20
_SHORTEST_PREFIX = 10


class SearchableText:
    """A text in which quotes are found with white space collapsed, dashes and quote marks folded.

    Parameters
    ----------
    text
        Canonical text; places are given in its code points.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _folded(self) -> tuple[str, list[int]]:
        """The folded text, and for each of its characters the place in the text."""
        parts: list[str] = []
        places: list[int] = []
        blank = True
        for at, character in enumerate(self.text.translate(_FOLDS)):
            if character.isspace():
                if not blank:
                    parts.append(" ")
                    places.append(at)
                blank = True
            else:
                parts.append(character)
                places.append(at)
                blank = False
        return "".join(parts), places

    @cached_property
    def lines(self) -> dict[str, list[tuple[int, int]]]:
        """Every line, folded, with its places."""
        found: dict[str, list[tuple[int, int]]] = {}
        start = 0
        for line in self.text.split("\n"):
            found.setdefault(folded(line), []).append((start, start + len(line)))
            start += len(line) + 1
        return found

    def find(self, words: str) -> list[tuple[int, int]]:
        """Return the places of a quote, at most twenty; a quote that was cut matches with what it has."""
        needle = folded(words)
        cut = needle.removesuffix("…").removesuffix("...").rstrip()
        found = self._find(needle)
        if not found and (cut != needle or len(words) >= CELL_LIMIT) and len(cut) >= _SHORTEST_PREFIX:
            found = self._find(cut)
        return found

    @cached_property
    def _letters(self) -> tuple[str, list[int]]:
        """The text in unified letter forms without blanks and joiners, and the place of each character."""
        parts: list[str] = []
        places: list[int] = []
        for at, character in enumerate(self.text):
            key = _letter(character)
            parts.append(key)
            places.extend([at] * len(key))
        return "".join(parts), places

    def find_in_other_letters(self, words: str) -> list[tuple[int, int]]:
        """Return the places of a quote whose letters, ZWNJ or digits are typed in other forms than here.

        Only places that begin and end where words do are given, because blanks do not count.
        """
        found = _occurrences("".join(map(_letter, words)), *self._letters)
        return list(islice((place for place in found if is_tight(self.text, *place)), MOST_PLACES))

    def _find(self, needle: str) -> list[tuple[int, int]]:
        return list(islice(_occurrences(needle, *self._folded), MOST_PLACES))

    def paragraph_of(self, place: int) -> int:
        """Return the number of the paragraph, from 1; blank lines are none."""
        before = self.text[:place].split("\n")
        return sum(1 for line in before[:-1] if line.strip()) + 1


def _occurrences(needle: str, haystack: str, places: list[int]) -> Iterator[tuple[int, int]]:
    """Yield where the needle stands, overlaps included, as places in the text."""
    at = haystack.find(needle) if needle else -1
    while at >= 0:
        yield places[at], places[at + len(needle) - 1] + 1
        at = haystack.find(needle, at + 1)


@cache
def _letter(character: str) -> str:
    """Return a character in its unified form; nothing for blanks, joiners, tatweel and vowel marks."""
    key = match_key(character).replace(" ", "")
    if key or character.isspace() or unicodedata.category(character) in {"Cf", "Mn", "Lm"}:
        return key
    return character.translate(_FOLDS)


def folded(words: str) -> str:
    """Return words as they are searched for."""
    return " ".join(words.translate(_FOLDS).split())
