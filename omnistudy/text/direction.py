"""Direction of text, and signs of it that must not reach a terminal unseen.

Transcripts are untrusted: an override can make a line read as what it does not say, and an escape
sequence can move the cursor. Stored texts are never changed; these functions serve what is shown.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

Direction = Literal["rtl", "ltr"]
# Letters only: digits and number signs of the Arabic block are written from left to right.
RTL_LETTER = re.compile(
    "[\u0590-\u05ff\u061b-\u064a\u066d-\u066f\u0671-\u06d5\u06e5\u06e6\u06ee\u06ef\u06fa-\u08ff"
    "\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)

_LANGUAGE_TAG = re.compile(r"([a-z]{2,3})(?:-[A-Za-z0-9]{2,8})*")
_RTL_LANGUAGES = frozenset({"fa", "ar", "ur", "he", "ps", "ckb", "sd", "ug", "yi", "dv", "fas", "per", "ara"})
_LRI, _PDI = "\u2066", "\u2069"
# Marks (U+200E, U+200F, U+061C) and joiners only place or join their neighbours: they stay.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # control sequences: colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # titles, links
    r"|\x1b[ -/]*[0-~]"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def direction(text_or_language: str) -> Direction:
    """Return the direction of a text, or of the language that a tag such as ``fa`` names.

    A text runs the way of most of its letters, so that a Persian sentence that begins with a Latin
    abbreviation stays right-to-left; equal numbers go by the first letter, none at all is ``"ltr"``.
    """
    tag = _LANGUAGE_TAG.fullmatch(text_or_language)
    if tag and tag[1] in _RTL_LANGUAGES:
        return "rtl"
    classes = [unicodedata.bidirectional(character) for character in text_or_language]
    strong = [kind != "L" for kind in classes if kind in {"L", "R", "AL"}]
    right = 2 * sum(strong) - len(strong)
    return "rtl" if right > 0 or (right == 0 and strong and strong[0]) else "ltr"


def isolate(text: str) -> str:
    """Wrap a number, interval, percentage or id so that right-to-left text around it keeps it whole.

    Source: Unicode Standard Annex 9, isolates U+2066 and U+2069.
    """
    return f"{_LRI}{text}{_PDI}"


def neutralise_bidi(text: str) -> str:
    """Write embeddings, overrides and isolates of untrusted text as visible code points.

    A right-to-left override becomes ``‹U+202E›``. Marks, ZWNJ and ZWJ stay, since Persian needs them.
    """
    return _BIDI_CONTROLS.sub(lambda sign: f"‹U+{ord(sign[0]):04X}›", text)


def without_escapes(text: str) -> str:
    """Remove terminal escape sequences, and control characters other than tab and newline."""
    return _CONTROLS.sub("", _ESCAPES.sub("", text))


def terminal_safe(text: str) -> str:
    """Return untrusted text as a terminal may show it: no escapes, no hidden change of direction."""
    return neutralise_bidi(without_escapes(text))
