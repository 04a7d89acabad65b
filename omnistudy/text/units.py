"""Units of analysis: what a coder's codes are compared on.

Units are half-open spans of code points of the canonical text, ascending, disjoint, never empty and
without white space at their ends. They lie inside what one speaker says in one turn; speaker labels
and time stamps before the words are in no unit. Line ends bound every unit below the turn.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from omnistudy.text.speakers import Span, Turn, participant_speech, speech, turns
from omnistudy.text.transcript import Transcript

__all__ = ["UNITS", "Span", "Turn", "participant_speech", "turns", "units"]

UNITS = ("character", "token", "sentence", "paragraph", "turn", "quotation", "interview")

_CHARACTER = re.compile(r"\S")
_LINE = re.compile(r"\S(?:[^\n]*\S)?")
_CLOSING = "\"'”’»)]}›"
_STOP = re.compile(rf"(?P<stop>[.!?…؟۔]+)(?P<closing>[{re.escape(_CLOSING)}]*)")
_NEXT = re.compile(r"\s*[\"'“‘«(\[{‹–—-]*\s*")
_LIST_NUMBER = re.compile(r"[(\[]?\d{1,3}")
_WORD_BEFORE = re.compile(r"[\w\u200c][\w.\u200c]*$")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
_LONGEST_ABBREVIATION = 16


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Never the last word of a sentence.
_ALWAYS_SHORT = _words(
    "dr mr mrs ms mx prof rev hon st sen gov gen capt col lt sgt messrs eg ie cf vs viz fig figs eq approx "
    "pp vol chap eds dept دکتر صص نک"
)
# Short, but a sentence may end with them: then a capital follows.
_SOMETIMES_SHORT = _words("etc al inc ltd co corp jr sr bros am pm الخ")
# Short before a number only.
_SHORT_BEFORE_NUMBER = _words("no nos nr ch")


def units(
    transcript: Transcript,
    unit: str,
    *,
    participants_only: bool = True,
    interviewers: Sequence[str] = (),
) -> tuple[Span, ...]:
    """Divide a transcript into units of analysis.

    Parameters
    ----------
    transcript
        Canonical text with the voices that its format declared.
    unit
        ``character``: every code point that is not white space. ``token``: a run of letters, digits and
        marks; ZWNJ, an apostrophe and the point of a decimal belong to it, punctuation is no token.
        ``sentence``: up to a stop with the quotes and brackets after it, or to the line end.
        ``paragraph``: a line with words in it; ``quotation`` is the same, for material that was cut
        into one statement per line before coding. ``turn``: what one speaker says under one label.
        ``interview``: one unit from the first word to the last, whoever speaks between.
    participants_only
        Leave out the speech of interviewers, and what stands before the first label.
    interviewers
        Further names whose turns are the interviewer's.

    Raises
    ------
    ValueError
        For a name that is not a unit.
    """
    if unit not in UNITS:
        raise ValueError(f"'{unit}' is not a unit of analysis: {', '.join(UNITS)}")
    spoken = speech(transcript, participants_only=participants_only, interviewers=interviewers)
    if unit == "turn":
        return spoken
    if unit == "interview":
        return (Span(spoken[0].start, spoken[-1].end),) if spoken else ()
    text = transcript.text
    match unit:
        case "character":
            return _matches(_CHARACTER, text, spoken)
        case "token":
            return _matches(_token_pattern(), text, spoken)
        case "sentence":
            return tuple(_sentences(text, _matches(_LINE, text, spoken)))
        case _:
            return _matches(_LINE, text, spoken)


def _matches(pattern: re.Pattern[str], text: str, spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(
        Span(match.start(), match.end())
        for span in spans
        for match in pattern.finditer(text, span.start, span.end)
    )


@cache
def _token_pattern() -> re.Pattern[str]:
    r"""Build the pattern of a word; it needs the combining marks, which ``\w`` lacks."""
    marks = [c for c in map(chr, range(0x300, 0x1F000)) if unicodedata.category(c)[0] == "M"]
    mark = f"[{''.join(marks)}\U000e0100-\U000e01ef]"
    inside = r"[\u200c\u200d]+(?=[^\W_])|['’](?=[^\W\d_])|(?<=\d)[.,٫٬](?=\d)"
    return re.compile(rf"[^\W_](?:[^\W_]|{mark}|{inside})*")


def _sentences(text: str, lines: Iterable[Span]) -> Iterator[Span]:
    for line in lines:
        start = line.start
        for stop in _STOP.finditer(text, line.start, line.end):
            following = _NEXT.match(text, stop.end(), line.end)
            at = following.end() if following else line.end
            after = text[at] if at < line.end else ""
            if after and _ends_sentence(text, stop, Span(start, line.end), after):
                yield Span(start, stop.end())
                start = _skip_blanks(text, stop.end(), line.end)
        yield Span(start, line.end)


def _skip_blanks(text: str, start: int, end: int) -> int:
    while start < end and text[start].isspace():
        start += 1
    return start


def _ends_sentence(text: str, stop: re.Match[str], rest: Span, after: str) -> bool:
    """Tell whether a stop inside a line ends a sentence.

    ``rest`` runs from the start of the sentence to the end of the line, ``after`` is the first
    character of the next word.
    """
    signs = stop["stop"]
    if "؟" in signs or "۔" in signs:
        return True
    if not text[stop.end()].isspace():
        return False  # a decimal, an address, "wa...it"
    if after.islower() and stop["closing"].strip(")]}"):
        return False  # "Why?" she asked
    if "!" in signs or "?" in signs:
        return True
    if signs != ".":
        return after.isupper()  # dots and … are mostly hesitation; scripts without capitals cannot tell
    return not _is_abbreviation(text, stop.start(), rest, after)


def _is_abbreviation(text: str, point: int, rest: Span, after: str) -> bool:
    if _LIST_NUMBER.fullmatch(text, rest.start, point):
        return True
    found = _WORD_BEFORE.search(text, max(rest.start, point - _LONGEST_ABBREVIATION), point)
    if not found:
        return False
    word = found.group()
    if _INITIALS.fullmatch(word):
        return word != "I"
    short = word.replace(".", "").casefold()
    return (
        short in _ALWAYS_SHORT
        or (short in _SOMETIMES_SHORT and not after.isupper())
        or (short in _SHORT_BEFORE_NUMBER and after.isdigit())
    )
