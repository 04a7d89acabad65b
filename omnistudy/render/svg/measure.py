"""How wide a text will be, without a font at hand, and where to break it into lines.

The widths are advances of DejaVu Sans and, for Arabic script, the larger of DejaVu Sans and Noto
Sans Arabic, rounded up. Both are wider than the other families of the font stack, so a text that
fits by these numbers fits in all of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

FONT_STACK = "Vazirmatn, Tahoma, 'Segoe UI', 'DejaVu Sans', sans-serif"
BOLD = 1.14  # DejaVu Sans Bold against the regular weight, at most, over whole words

# Hundredths of the type size to the characters that are so wide.
_LATIN: dict[int, str] = {
    28: "'ijl",
    32: "IJ ,.‘’·",
    35: "/:;\\|f",
    40: "-()[]t!",
    46: 'r"',
    52: "*_`–“”",
    56: "szc?L",
    60: "Fkvxy",
    62: "PTYaeo«»",
    66: "$0123456789ESbdghnpqu{}K",
    70: "ABVXZCR",
    76: "UNH",
    80: "DG&OQw",
    88: "#+<=>^~−×M",
    100: "%mW@—…",
}
# Arabic script: width at the end of a joined group, and in its beginning or middle.
_ARABIC: dict[tuple[int, int], str] = {
    (33, 33): "اآأإٱ،؛٫٬ـ",
    (54, 54): "ءدذڈةەؤو؟ۀ٪",
    (57, 57): "رزژڑ۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩",
    (60, 60): "عغ",
    (72, 65): "جچحخ",
    (72, 58): "مهھہ",
    (78, 38): "لنں",
    (84, 40): "ئىيی",
    (84, 51): "ق",
    (95, 83): "طظ",
    (98, 56): "کكگ",
    (110, 38): "بپتثٹ",
    (110, 51): "ف",
    (128, 90): "سش",
    (136, 95): "صض",
}
_WIDTHS = {letter: width for width, letters in _LATIN.items() for letter in letters}
_ENDING = {letter: end for (end, _), letters in _ARABIC.items() for letter in letters}
_JOINED = {letter: joined for (_, joined), letters in _ARABIC.items() for letter in letters}
_NEVER_JOIN_ON = frozenset("اآأإٱدذڈرزژڑؤوءةەۀ")
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_OPENING, _CLOSING = ("\u2066", "\u2067", "\u2068"), "\u2069"


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Return an upper estimate of the width of one line in pixels at type size ``size``."""
    hundredths = sum(
        _character(letter, text[index + 1] if index + 1 < len(text) else "")
        for index, letter in enumerate(text)
    )
    return hundredths * size / 100 * (BOLD if bold else 1)


def _character(letter: str, following: str) -> int:
    if letter in _WIDTHS:
        return _WIDTHS[letter]
    if letter in _ENDING:
        joins = letter not in _NEVER_JOIN_ON and (following in _JOINED or following == _ZWJ)
        return _JOINED[letter] if joins and not _is_sign(following) else _ENDING[letter]
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    if unicodedata.east_asian_width(letter) in {"W", "F"}:
        return 135
    return 110


def _is_sign(letter: str) -> bool:
    return not unicodedata.category(letter).startswith("L") if len(letter) == 1 else True


def wrap(text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """Break a text into lines of at most ``width`` pixels; nothing is ever cut off.

    Lines break at blanks, then after hyphens and slashes, then, in a word that is longer than a
    line, between letters; joined Arabic letters keep their joined forms there. An isolate that is
    open where a line ends is closed there and opened again on the next line.
    """
    return _isolated(_wrapped(text, width, size, bold=bold))


def _isolated(lines: tuple[str, ...]) -> tuple[str, ...]:
    if len(lines) == 1 or not any(mark in line for mark in _OPENING for line in lines):
        return lines
    whole: list[str] = []
    waiting: list[str] = []
    for line in lines:
        begun = "".join(waiting)
        for letter in line:
            if letter in _OPENING:
                waiting.append(letter)
            elif letter == _CLOSING and waiting:
                waiting.pop()
        whole.append(begun + line + _CLOSING * len(waiting))
    return tuple(whole)


def _wrapped(text: str, width: float, size: float, *, bold: bool) -> tuple[str, ...]:
    lines: list[str] = []
    line = ""
    for word, blank in _words(text):
        candidate = f"{line}{blank}{word}" if line else word
        if text_width(candidate, size, bold=bold) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        *whole, line = _chopped(word, width, size, bold=bold)
        lines.extend(whole)
    return (*lines, line) if line or not lines else tuple(lines)


def widest_piece(text: str, size: float) -> float:
    """Return the width of the widest piece that :func:`wrap` would not break unless it must."""
    return max((text_width(piece, size) for piece, _ in _words(text)), default=0.0)


def wrap_briefly(text: str, width: float, size: float, *, most: int) -> tuple[str, ...]:
    """Break a text like :func:`wrap`, but end with ``…`` where it would take more than ``most`` lines.

    For names that stand in the open, where nothing can grow; the whole name then belongs into a title.
    """
    lines = wrap(text, width, size)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and text_width(f"{last}…", size) > width:
        last = last[:-1]
    return (*lines[: most - 1], f"{last.rstrip()}…")


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Yield pieces that stay together, each with the blank that stands before it."""
    for word in text.split():
        blank = " "
        start = 0
        for index, letter in enumerate(word[:-1], start=1):
            if letter in "-/–_" and 2 <= index <= len(word) - 2:
                yield word[start:index], blank
                start, blank = index, ""
        yield word[start:], blank


def _chopped(word: str, width: float, size: float, *, bold: bool) -> list[str]:
    parts: list[str] = []
    part = ""
    for letter in word:
        if part and text_width(part + letter + _ZWJ, size, bold=bold) > width:
            joined = _joins(part[-1], letter)
            parts.append(part + _ZWJ if joined else part)
            part = _ZWJ if joined else ""
        part += letter
    return [*parts, part]


def _joins(before: str, after: str) -> bool:
    return before in _JOINED and before not in _NEVER_JOIN_ON and after in _JOINED and after != _ZWNJ
