"""Carrying positions from one version of a text to another, over what both have in common."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

LOWEST_SIMILARITY = 0.95
_TOKENS = re.compile(r"\w+|\s+|[^\w\s]")
_MANY_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Realignment:
    """The stretches that two texts share, ascending in both, and how similar the texts are.

    ``similarity`` is the number of shared characters over the length of the longer text. ``blocks``
    are start in the old text, start in the new text, and length.
    """

    similarity: float
    blocks: tuple[tuple[int, int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Return the span in the new text; ``None`` if nothing of it is left.

        An end that lies in words of the old text only moves to where the shared text goes on.
        """
        starts = [block[0] for block in self.blocks]
        first = bisect_right(starts, start) - 1
        if first >= 0 and start < self.blocks[first][0] + self.blocks[first][2]:
            new_start = self.blocks[first][1] + start - self.blocks[first][0]
        elif first + 1 < len(self.blocks):
            new_start = self.blocks[first + 1][1]
        else:
            return None
        last = bisect_right(starts, end - 1) - 1
        if last < 0:
            return None
        old, new, length = self.blocks[last]
        new_end = new + min(end - old, length)
        return (new_start, new_end) if new_start < new_end else None


def realignment(old: str, new: str) -> Realignment:
    """Compare two versions of a text: by lines, within changed lines by words, and within changed
    words by what they share at their ends.

    A pair of texts that cannot be similar enough by the characters that they hold is not compared
    further; its similarity is then an upper bound.
    """
    longest = max(len(old), len(new))
    if not longest:
        return Realignment(1.0, ())
    bound = (Counter(old) & Counter(new)).total() / longest
    if bound < LOWEST_SIMILARITY:
        return Realignment(bound, ())
    blocks = tuple(_joined(_by_lines(old, new)))
    return Realignment(sum(length for _, _, length in blocks) / longest, blocks)


def _by_lines(old: str, new: str) -> Iterator[tuple[int, int, int]]:
    return _blocks(
        re.findall(r"[^\n]*\n|[^\n]+", old), re.findall(r"[^\n]*\n|[^\n]+", new), 0, 0, by_words=True
    )


def _blocks(
    old: Sequence[str], new: Sequence[str], old_start: int, new_start: int, *, by_words: bool
) -> Iterator[tuple[int, int, int]]:
    matcher = SequenceMatcher(None, old, new, autojunk=not by_words or len(old) > _MANY_LINES)
    old_ends, new_ends = _offsets(old, old_start), _offsets(new, new_start)
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            yield old_ends[i], new_ends[k], old_ends[j] - old_ends[i]
        elif what == "replace" and by_words:
            yield from _blocks(
                _TOKENS.findall("".join(old[i:j])),
                _TOKENS.findall("".join(new[k:m])),
                old_ends[i],
                new_ends[k],
                by_words=False,
            )
        elif what == "replace":
            yield from _ends("".join(old[i:j]), "".join(new[k:m]), old_ends[i], new_ends[k])


def _ends(old: str, new: str, old_start: int, new_start: int) -> Iterator[tuple[int, int, int]]:
    """Yield what changed words share at their ends, so that a quotation beginning in one keeps its letters."""
    head = _shared(old, new)
    tail = _shared(old[head:][::-1], new[head:][::-1])
    if head:
        yield old_start, new_start, head
    if tail:
        yield old_start + len(old) - tail, new_start + len(new) - tail, tail


def _shared(one: str, two: str) -> int:
    """Number of characters that two strings share at their start."""
    pairs = enumerate(zip(one, two, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(two)))


def _offsets(pieces: Sequence[str], start: int) -> list[int]:
    found = [start]
    for piece in pieces:
        found.append(found[-1] + len(piece))
    return found


def _joined(blocks: Iterator[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Yield blocks with neighbours that touch in both texts made one."""
    current: tuple[int, int, int] | None = None
    for old, new, length in blocks:
        if current and (current[0] + current[2], current[1] + current[2]) == (old, new):
            current = (current[0], current[1], current[2] + length)
            continue
        if current and current[2]:
            yield current
        current = (old, new, length)
    if current and current[2]:
        yield current
