"""Text that came from outside: transcripts, labels, names of coders and files.

Nothing is lost and nothing is obeyed: characters that would steer a terminal, reorder the words
around them or break an XML file are replaced by signs that a reader sees. Letters, joiners (ZWNJ,
ZWJ) and the plain direction marks (LRM, RLM, ALM), which Persian writing needs, stay untouched.
"""

from __future__ import annotations

import re

# Embeddings, overrides and isolates reorder whole passages; the marks LRM, RLM and ALM cannot.
_BIDI_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028\u2029]")
_FORMULA_START = tuple("=+-@\t\r\n＝＋－＠")


def visible(text: str) -> str:
    r"""Return ``text`` with steering characters replaced by visible signs; ``\n`` and ``\t`` stay.

    C0 controls become their control pictures (ESC becomes ``␛``), bidirectional controls their code
    point (``⟨U+202E⟩``), and C1 controls, lone surrogates and non-characters U+FFFD. CR and the
    Unicode line separators count as line breaks.
    """
    text = text.replace("\r\n", "\n")
    text = _CONTROLS.sub(_picture, text)
    return _BIDI_CONTROLS.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if found[0] in "\r\u2028\u2029":
        return "\n"
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else "\ufffd"


def one_line(text: str) -> str:
    """Return :func:`visible` text on a single line, white space collapsed to single blanks."""
    return re.sub(r"[ \t\n]+", " ", visible(text)).strip()


def without_formula(text: str) -> str:
    """Return text that a spreadsheet takes for text: an apostrophe goes before ``= + - @`` and the like.

    Source: OWASP, "CSV Injection". Lone surrogates, which no UTF-8 file can hold, become U+FFFD.
    """
    text = re.sub("[\ud800-\udfff]", "\ufffd", text)
    return f"'{text}" if text.startswith(_FORMULA_START) else text
