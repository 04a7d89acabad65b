"""Names that are one slip of the hand apart: what a new name was perhaps meant to be."""

from __future__ import annotations

from collections.abc import Iterable

from omnistudy.text.keys import tight_key

_SHORTEST = 4


def one_edit_away(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that ``name`` becomes by one edit, or ``None``.

    An edit is a letter added, dropped or replaced, or two neighbours changed over (Damerau 1964, DOI
    10.1145/363958.363994), in letter forms that are the same here (ی and ي). Names of fewer than four
    letters, and names that differ in digits only, are taken to be meant as they are.
    """
    key = tight_key(name)
    for other in known:
        if _one_edit(key, tight_key(other)):
            return other
    return None


def _one_edit(one: str, other: str) -> bool:
    if min(len(one), len(other)) < _SHORTEST or abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
    if start is None:
        start = min(len(one), len(other))
    left, right = one[start:], other[start:]
    if len(left) == len(right):
        changed_over = left[1::-1] + left[2:] == right
        return changed_over or (left[1:] == right[1:] and not (left[0].isdecimal() and right[0].isdecimal()))
    longer, shorter = (left, right) if len(left) > len(right) else (right, left)
    return longer[1:] == shorter and not longer[0].isdecimal()
