"""Whether a span begins and ends where people mark words: evidence where a file stores no words."""

from __future__ import annotations

import unicodedata
from functools import cache

_JOINERS = "\u200c\u200d"


def is_tight(text: str, start: int, end: int) -> bool:
    """Tell whether a span has no white space at its ends and cuts through no word.

    Letters, digits, combining marks, tatweel and the zero-width joiner and non-joiner are word
    characters. The condition on white space matters: without it, spans that are one character off
    still pass almost everywhere.
    """
    if not 0 <= start < end <= len(text) or text[start].isspace() or text[end - 1].isspace():
        return False
    cuts_first = start > 0 and _in_word(text[start - 1]) and _in_word(text[start])
    cuts_last = end < len(text) and _in_word(text[end - 1]) and _in_word(text[end])
    return not cuts_first and not cuts_last


@cache
def _in_word(character: str) -> bool:
    return character in _JOINERS or unicodedata.category(character)[0] in "LMN"
