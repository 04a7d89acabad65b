"""Every quotation against the words that its file stores for it, and the repair of those that miss."""

from __future__ import annotations

from omnistudy.formats.reading.dialect import SEARCH_RADIUS, occurrences, same_words
from omnistudy.formats.reading.imported import Check


def checked_span(
    text: str, span: tuple[int, int] | None, words: str
) -> tuple[tuple[int, int] | None, Check, int]:
    """Compare a span with the stored words; if they differ, look for the words near it, then everywhere.

    Parameters
    ----------
    text
        Canonical text of the source.
    span
        Where the file says that the words stand; ``None`` if it names no possible place.
    words
        The stored words; empty if the file stores none.

    Returns
    -------
    span, check, shift
        The span to use (``None`` if there is none), the outcome, and by how many code points the start
        moved. Words found in several places, or nowhere, leave the span where the file says.
    """
    if not words.split():
        return span, Check.UNVERIFIED, 0
    if span is not None and same_words(text[slice(*span)], words):
        return span, Check.EXACT, 0
    found = [_with_blanks(text, place, words) for place in occurrences(text, words)]
    near = [
        place
        for place in found
        if span is not None
        and abs(place[0] - span[0]) <= SEARCH_RADIUS
        and abs(place[1] - span[1]) <= SEARCH_RADIUS
    ]
    if span is not None and len(near) == 1:
        return near[0], Check.SHIFTED, near[0][0] - span[0]
    if len(found) == 1:
        return found[0], Check.LOCATED, found[0][0] - span[0] if span is not None else 0
    return span, Check.AMBIGUOUS if found else Check.FAILED, 0


def _with_blanks(text: str, place: tuple[int, int], words: str) -> tuple[int, int]:
    """Widen a place by the white space at the ends of the stored words, as far as the text has it."""
    start, end = place
    before = len(words) - len(words.lstrip())
    after = len(words) - len(words.rstrip())
    while before and start and text[start - 1].isspace():
        start, before = start - 1, before - 1
    while after and end < len(text) and text[end].isspace():
        end, after = end + 1, after - 1
    return start, end
