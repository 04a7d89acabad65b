"""Match keys: two spellings of one name get one key, while texts and labels stay as written.

Persian is typed with Arabic and Persian letter forms, with and without ZWNJ, with three sets of
digits. Keys make these equal for comparison only; nothing that is shown or counted passes through
here, and offsets never refer to a key.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

ZWNJ = "\u200c"
_LETTERS = {
    **dict.fromkeys("يىے", "ی"),
    "ك": "ک",
    **dict.fromkeys("ةۀەھہ", "ه"),
    **dict.fromkeys("أإٱ", "ا"),
    "٫": ".",
    "٪": "%",
    **{digit: str(value) for value, digit in enumerate("٠١٢٣٤٥٦٧٨٩")},
    **{digit: str(value) for value, digit in enumerate("۰۱۲۳۴۵۶۷۸۹")},
}
_FORMS = str.maketrans(
    {
        **dict.fromkeys("يى", "ی"),
        "ك": "ک",
        **{digit: str(value) for value, digit in enumerate("٠١٢٣٤٥٦٧٨٩")},
        **{digit: str(value) for value, digit in enumerate("۰۱۲۳۴۵۶۷۸۹")},
        **dict.fromkeys("\u200b\u200e\u200f\u061c\ufeff"),
    }
)
_MARKS = "".join(
    chr(point)
    for block in (range(0x0600, 0x0700), range(0x08D0, 0x0900))
    for point in block
    if unicodedata.category(chr(point)).startswith("M")
)
_FOLDED = str.maketrans({**_LETTERS, **dict.fromkeys(f"ـ{_MARKS}", "")})
_THOUSANDS = re.compile(r"(?<=\d)٬(?=\d)")
_EZAFE_YE = re.compile(rf"ه{ZWNJ}ی(?![^\W\d_]|{ZWNJ})")
_BLANKS = re.compile(r"\s+")


def match_key(text: str) -> str:
    """Return the key under which spellings of one name are equal.

    The steps, in this order: drop format characters except ZWNJ; NFKC, casefold, NFKC; drop format
    characters again; unify Arabic and Persian letters and digits; drop tatweel and Arabic marks; drop
    the thousands separator; drop the ezafe ye after a final he; ZWNJ to blank; everything but letters,
    numbers, marks, per cent signs and decimal points to blank; collapse blanks.

    The steps are repeated until nothing changes, which for almost every text is at once: dropping a
    mark can bring a base letter and an accent together that then compose. Hence
    ``match_key(match_key(s)) == match_key(s)``, and the Unicode normal form of ``s`` does not matter.
    """
    key = _fold(text)
    while True:
        again = _fold(key)
        if again == key:
            return key
        key = again


def tight_key(text: str) -> str:
    """Return :func:`match_key` without blanks, for suggestions and for texts that lost their ZWNJ."""
    return match_key(text).replace(" ", "")


def letter_form(text: str) -> str:
    """Return a label with Arabic letters and digits as Persian and Latin ones, for labels of data.

    Narrower than :func:`match_key`: case, signs and ZWNJ stay, because in data ``+`` and ``-``, or ``a`` and
    ``A``, are different labels. Composed and decomposed letters are the same, invisible marks are none.
    """
    if text.isascii():
        return text
    composed = unicodedata.normalize("NFC", text).translate(_FORMS)
    return _BLANKS.sub(" ", composed).strip()


def _fold(text: str) -> str:
    text = _without_format_characters(text)
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    text = _without_format_characters(text).translate(_FOLDED)
    text = _THOUSANDS.sub("", text)
    text = _EZAFE_YE.sub("ه", text).replace(ZWNJ, " ")
    kept = "".join(
        character if _kept(character) or (character == "." and _between_digits(text, place)) else " "
        for place, character in enumerate(text)
    )
    return _BLANKS.sub(" ", kept).strip()


def _without_format_characters(text: str) -> str:
    if text.isascii():
        return text
    return "".join(c for c in text if c == ZWNJ or not _is_format(c))


def _between_digits(text: str, place: int) -> bool:
    return 0 < place < len(text) - 1 and text[place - 1].isdecimal() and text[place + 1].isdecimal()


@cache
def _is_format(character: str) -> bool:
    return unicodedata.category(character) == "Cf"


@cache
def _kept(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LN" or category in {"Mn", "Mc"} or character == "%"
