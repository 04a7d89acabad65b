"""Where a quote stands in a text, when a table holds the words and no offsets."""

from __future__ import annotations

from functools import cached_property

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

    def _find(self, needle: str) -> list[tuple[int, int]]:
        haystack, places = self._folded
        found: list[tuple[int, int]] = []
        at = haystack.find(needle) if needle else -1
        while at >= 0 and len(found) < MOST_PLACES:
            found.append((places[at], places[at + len(needle) - 1] + 1))
            at = haystack.find(needle, at + 1)
        return found

    def paragraph_of(self, place: int) -> int:
        """Return the number of the paragraph, from 1; blank lines are none."""
        before = self.text[:place].split("\n")
        return sum(1 for line in before[:-1] if line.strip()) + 1


def folded(words: str) -> str:
    """Return words as they are searched for."""
    return " ".join(words.translate(_FOLDS).split())
