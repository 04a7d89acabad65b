"""The reader's language: translated sentences, written numbers, labels, dates and directions.

English is the template itself; other languages come from a gettext catalogue in ``locale/`` that is
read at run time. Sentences are handed out in pieces, so that every renderer isolates values in its
own way: :meth:`Language.text` with U+2066 to U+2069, HTML with ``<bdi>``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from string import Formatter
from types import MappingProxyType

from omnistudy.render import words
from omnistudy.render.catalogues import read_catalogue
from omnistudy.render.numbers import PERSIAN_DIGITS, latin_number, to_persian_digits
from omnistudy.render.problem_sentences import said_in
from omnistudy.render.untrusted import one_line, visible
from omnistudy.results import Cell, Day, Kind, Label, Message, Number, Quote, Undefined, Value
from omnistudy.text.direction import RTL_LETTER

LANGUAGES = ("en", "fa")
RTL_TAGS = frozenset({"ar", "arc", "ckb", "dv", "fa", "glk", "he", "mzn", "ps", "sd", "ug", "ur", "yi"})
_SEPARATOR = re.compile("(, |; )")
_STRONG = re.compile(r"[^\W\d_]")
_LTR_ISOLATE, _FIRST_STRONG_ISOLATE, _POP = "\u2066", "\u2068", "\u2069"


class PieceKind(StrEnum):
    """What a piece of a sentence is, hence how a renderer keeps it apart from its neighbours."""

    WORDS = "words"  # of the template
    NUMBER = "number"  # always written from left to right
    NAME = "name"  # an id, label or other text with a direction of its own


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence; ``language`` is set where it differs from the reader's."""

    text: str
    kind: PieceKind = PieceKind.WORDS
    language: str | None = None
    fallback: bool = False


def direction_of(tag: str) -> str:
    """Return ``"rtl"`` or ``"ltr"`` for a language tag such as ``fa`` or ``fa-IR``."""
    return "rtl" if tag.partition("-")[0].lower() in RTL_TAGS else "ltr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How a report speaks.

    Parameters
    ----------
    tag
        ``en`` or ``fa``.
    persian_digits
        Write ۰–۹ and ٫ instead of 0–9 and the point.
    catalogue
        English template to translated template; empty for English.
    """

    tag: str = "en"
    persian_digits: bool = False
    catalogue: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)

    @property
    def direction(self) -> str:
        """``"rtl"`` or ``"ltr"``."""
        return direction_of(self.tag)

    @property
    def is_rtl(self) -> bool:
        """Whether the report is read from right to left."""
        return self.direction == "rtl"

    def pieces(self, message: Message | str) -> tuple[Piece, ...]:
        """Translate a message and split it into words and values, adjacent words joined.

        A sentence without translation stays English, in one piece that is marked as such.
        """
        if isinstance(message, str):
            return (Piece(one_line(message), PieceKind.NAME),)
        if self.tag != "en" and message.template not in self.catalogue:
            # One foreign stretch: its words and values must keep their own order.
            return (Piece(Language(persian_digits=self.persian_digits).text(message), language="en"),)
        template = self.catalogue.get(message.template, message.template)
        return tuple(_joined(self._message_pieces(template, message.values)))

    def _message_pieces(self, template: str, values: Mapping[str, Value | Message]) -> Iterator[Piece]:
        end = 0
        for found in _intervals(template, values):
            yield from self._plain_pieces(template[end : found.start()], values)
            text = "".join(piece.text for piece in self._plain_pieces(found[0], values))
            yield Piece(text, PieceKind.NUMBER)
            end = found.end()
        yield from self._plain_pieces(template[end:], values)

    def _plain_pieces(self, template: str, values: Mapping[str, Value | Message]) -> Iterator[Piece]:
        for literal, name, _, _ in Formatter().parse(template):
            if literal:
                yield Piece(literal)
            if name is not None:
                value = values[name]
                yield from self.pieces(value) if isinstance(value, Message) else self.value(value)

    def value(self, value: Value, kind: Kind = Kind.NUMBER) -> tuple[Piece, ...]:
        """Return the pieces of one value; whole numbers without a kind stay ungrouped."""
        if isinstance(value, Number):
            kind = value.kind
            value = value.value
            if value is None:
                return self.pieces(words.UNDEFINED)
        elif isinstance(value, int) and not isinstance(value, bool) and kind is Kind.NUMBER:
            return (Piece(self._digits(str(value).replace("-", "\u2212")), PieceKind.NUMBER),)
        match value:
            case None | bool():
                return self.pieces(words.NONE if value is None else words.YES if value else words.NO)
            case int() | float():
                piece = Piece(self.number(value, kind), PieceKind.NUMBER)
            case Label():
                piece = self.label(value)
            case Day():
                piece = Piece(self.date(value.iso), PieceKind.NAME)
            case str() if kind is Kind.SENTENCE and self.tag != "en":
                return (Piece(said_in(self.tag, one_line(value))),)
            case str() if kind is Kind.ID and self.is_rtl and _SEPARATOR.search(value):
                return tuple(self._names(value))
            case _:
                shown = self.date(str(value)) if kind is Kind.DATE else one_line(str(value))
                piece = Piece(shown, PieceKind.NAME)
        return (piece,)

    def _names(self, ids: str) -> Iterator[Piece]:
        """Set every identifier of a list apart, with the commas of the reader's language between them."""
        for part in _SEPARATOR.split(one_line(ids)):
            sign = {", ": "، ", "; ": "؛ "}.get(part)
            yield Piece(part, PieceKind.NAME) if sign is None else Piece(sign)

    def number(self, value: float, kind: Kind = Kind.NUMBER) -> str:
        """Write a number by its kind, without isolates.

        Raises
        ------
        ValueError
            For NaN and infinities: undefined is a value with a reason, never a number.
        """
        return self._digits(latin_number(value, kind))

    def _digits(self, text: str) -> str:
        return to_persian_digits(text) if self.persian_digits else text

    def text(self, message: Message | str) -> str:
        """Return a message as one string, values isolated by control characters where needed."""
        return "".join(self.isolated(piece) for piece in self.pieces(message))

    def isolated(self, piece: Piece) -> str:
        """Return a piece as text that cannot disturb the order of its neighbours.

        In a left-to-right report only right-to-left names need it.
        """
        shown = f"{piece.text} [{piece.language}]" if piece.fallback else piece.text
        if self.is_rtl:
            if piece.kind is PieceKind.NUMBER or (piece.kind is PieceKind.WORDS and piece.language):
                return f"{_LTR_ISOLATE}{shown}{_POP}"
            if piece.kind is PieceKind.NAME:
                return f"{_FIRST_STRONG_ISOLATE}{shown}{_POP}"
        elif piece.kind is PieceKind.NAME and RTL_LETTER.search(piece.text):
            return f"{_FIRST_STRONG_ISOLATE}{shown}{_POP}"
        return shown

    def label(self, label: Label) -> Piece:
        """Return a label in the reader's language, else a marked one in another language.

        A label without any text is an identifier: it is shown as it is, and nothing is missing.
        """
        if label.texts.get(self.tag):
            return Piece(one_line(label.texts[self.tag]), PieceKind.NAME)
        text = label.in_language(self.tag)
        for tag in ("en", *sorted(label.texts)):
            if label.texts.get(tag) == text:
                return Piece(one_line(text), PieceKind.NAME, language=tag, fallback=True)
        return Piece(one_line(text), PieceKind.NAME)

    def name(self, value: Label | Message | str) -> str:
        """Return a label, message or identifier as text without isolates, for figures and headings."""
        pieces = (self.label(value),) if isinstance(value, Label) else self.pieces(value)
        return "".join(f"{p.text} [{p.language}]" if p.fallback else p.text for p in pieces)

    def cell(self, cell: Cell, kind: Kind) -> tuple[Piece, ...]:
        """Return the pieces of a table cell; an empty cell and an undefined one have none."""
        match cell:
            case None | Undefined():
                return ()
            case Quote(text=text):
                return (Piece(visible(text), PieceKind.NAME),)
            case Message():
                return self.pieces(cell)
            case _:
                return self.value(cell, kind)

    def date(self, iso: str) -> str:
        """Write an ISO date: ``12 March 2025``; in Persian the Jalali date before the Gregorian one.

        A span of days, two dates joined by a slash, is written as from one to the other. Text that is no
        ISO date is shown as it stands.
        """
        from datetime import date

        if re.fullmatch(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", iso):
            first, _, last = iso.partition("/")
            return self.name(words.span_of(first, last))

        try:
            day = date.fromisoformat(iso)
        except ValueError:
            return one_line(iso)
        if self.tag != "fa":
            return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
        import jdatetime

        jalali = jdatetime.date.fromgregorian(date=day)
        shown = f"{jalali.day} {_JALALI_MONTHS[jalali.month - 1]} {jalali.year}"
        return f"{self._digits(shown)} ({_LTR_ISOLATE}{self._digits(day.isoformat())}{_POP})"

    def base_direction(self, text: str) -> str:
        """Return the direction in which a label is to be set, for renderers that must say it.

        In a right-to-left report any right-to-left letter decides, else the first letter does.
        """
        if self.is_rtl:
            return "rtl" if RTL_LETTER.search(text) else "ltr"
        first = _STRONG.search(text)
        return "rtl" if first and RTL_LETTER.match(first[0]) else "ltr"


# Written out because strftime follows the machine's locale.
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_JALALI_MONTHS = (
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد",
    "شهریور",
    "مهر",
    "آبان",
    "آذر",
    "دی",
    "بهمن",
    "اسفند",
)


def _intervals(template: str, values: Mapping[str, Value | Message]) -> Iterator[re.Match[str]]:
    """Yield stretches such as ``[{low}, {high}]``: their numbers share one isolate to keep their order.

    A dash joins two numbers anywhere, a comma only within brackets: elsewhere it ends a phrase.
    """
    numeric = "|".join(name for name, value in values.items() if isinstance(value, (Number, float, int)))
    if "|" not in numeric:
        return iter(())
    one = rf"\{{(?:{numeric})\}}"
    listed = rf"[\[(]{one}(?:\s*[,،;–—-]\s*{one})+[\])]"
    ranged = rf"{one}(?:\s*[–—-]\s*{one})+"
    return re.finditer(rf"{listed}|{ranged}", template)


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Join neighbouring words of the same language into one piece."""
    held: Piece | None = None
    for piece in pieces:
        if held and piece.kind is held.kind is PieceKind.WORDS and piece.language == held.language:
            held = Piece(held.text + piece.text, PieceKind.WORDS, held.language)
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def language(tag: str = "en", *, persian_digits: bool | None = None) -> Language:
    """Return the language of a report.

    Parameters
    ----------
    tag
        One of :data:`LANGUAGES`.
    persian_digits
        ``None`` takes the habit of the language: on for ``fa``, off for ``en``.

    Raises
    ------
    ValueError
        For a language that has no catalogue.
    """
    if tag not in LANGUAGES:
        raise ValueError(f"no catalogue for language {tag!r}; there is {', '.join(LANGUAGES)}")
    digits = tag in PERSIAN_DIGITS if persian_digits is None else persian_digits
    return Language(tag=tag, persian_digits=digits, catalogue=read_catalogue(tag))
