"""What every analysis returns: a frozen result with a sentence, a table, blocks and provenance.

Results hold full precision and know no output format. Words are :class:`Message` objects, English
templates with named values, so that a renderer can translate the template and format each value for
the reader's language. Renderers know the blocks of this module and nothing about statistics.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar


class Kind(StrEnum):
    """What a value is, hence how a renderer writes it. Rounding happens there only."""

    TEXT = "text"
    SENTENCE = "sentence"  # of a problem: English, said in the reader's language where it is known
    ID = "id"  # never translated, isolated inside right-to-left text
    COUNT = "count"  # whole number
    COEFFICIENT = "coefficient"  # agreement and similar, three decimals
    NUMBER = "number"  # any real number, four significant digits
    SHARE = "share"  # 0..1, shown as a percentage with one decimal
    PERCENT_POINTS = "percent_points"  # already 0..100
    P_VALUE = "p_value"  # of a test, three decimals; tiny ones as "< 0.0001", never as 0
    QUOTE = "quote"  # transcript text: untrusted, own direction
    FLAG = "flag"  # true or false
    DATE = "date"  # ISO 8601 text, a day or two joined by "/"; Persian reports add the Jalali date


LEAST_P = 0.0001
"""A smaller p is written as being below it."""


class Status(StrEnum):
    """What a passage means for the reader; each renderer gives it its own look, once."""

    NEUTRAL = "neutral"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"
    UNDEFINED = "undefined"


@dataclass(frozen=True, slots=True)
class Number:
    """A number inside a sentence, with the kind that tells a renderer how to write it."""

    value: float | int | None
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True, slots=True)
class Label:
    """A name in several languages, for example a code's label.

    Parameters
    ----------
    id
        Stable identifier, shown where no label exists at all.
    texts
        Language tag (``en``, ``fa``) to label.
    """

    id: str
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def in_language(self, language: str) -> str:
        """Return the label in ``language``, else in English, else in any language, else the id."""
        for candidate in (language, "en", *sorted(self.texts)):
            if self.texts.get(candidate):
                return self.texts[candidate]
        return self.id

    def __str__(self) -> str:
        return self.in_language("en")


@dataclass(frozen=True, slots=True)
class Day:
    """A day or a span of days inside a sentence: ``2025-03-12`` or ``2025-03-01/2025-03-31``, ISO 8601."""

    iso: str

    def __str__(self) -> str:
        return self.iso


Value = str | int | float | bool | Number | Label | Day | None


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence: an English template with ``{named}`` values.

    The template is the key of the message catalogues. Values are inserted by the renderer, which
    formats numbers for its language; :meth:`__str__` gives plain English for JSON and logs.
    """

    template: str
    values: Mapping[str, Value | Message] = field(default_factory=lambda: MappingProxyType({}))

    def __str__(self) -> str:
        return self.template.format(**{k: plain(v) for k, v in self.values.items()})


def msg(template: str, /, **values: Value | Message) -> Message:
    """Build a :class:`Message`; templates are literals so that the catalogues can be checked."""
    return Message(template, MappingProxyType(values))


def listed(items: Sequence[Value | Message], *, apart: bool = False) -> Message | None:
    """Join names into one message, so that each language sets its own comma; ``None`` for no names.

    ``apart`` sets semicolons, for names that may hold commas themselves.
    """
    if not items:
        return None
    joined = items[0] if isinstance(items[0], Message) else msg("{name}", name=items[0])
    for item in items[1:]:
        if apart:
            joined = msg("{first}; {second}", first=joined, second=item)
        else:
            joined = msg("{first}, {second}", first=joined, second=item)
    return joined


def plain(value: Value | Message) -> str:
    """Write a value in plain English for JSON sentences and logs: coefficients at three decimals."""
    if isinstance(value, Number):
        return _plain_number(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return "none" if value is None else str(value)


def _plain_number(number: Number) -> str:
    if number.value is None:
        return "undefined"
    written = {
        Kind.COUNT: f"{number.value:,.0f}",
        Kind.COEFFICIENT: f"{number.value:.3f}",
        Kind.SHARE: f"{100 * number.value:.1f} %",
        Kind.PERCENT_POINTS: f"{number.value:.1f} %",
        Kind.P_VALUE: f"< {LEAST_P}" if number.value < LEAST_P else f"{number.value:.4g}",
    }
    return written.get(number.kind, f"{number.value:.4g}")


@dataclass(frozen=True, slots=True)
class Undefined:
    """A table cell whose number does not exist, with the reason."""

    reason: Message


@dataclass(frozen=True, slots=True)
class Quote:
    """A passage of a transcript: untrusted, confidential, in its own language.

    ``start`` and ``end`` are 0-based half-open code points of the interview's canonical text, ``turn``
    the number of the turn in which the passage begins, from 1; ``None`` where it is not known.
    """

    text: str
    interview: str
    start: int
    end: int
    language: str
    speaker: str | None = None
    coders: tuple[str, ...] = ()
    codes: tuple[Label, ...] = ()
    turn: int | None = None


Cell = Value | Message | Undefined | Quote


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: machine key, heading for people, kind of its values.

    A ``secondary`` column may be left out where there is no room, for example on a narrow terminal.
    """

    key: str
    heading: Message
    kind: Kind = Kind.TEXT
    secondary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of raw values under typed columns; every row is as long as ``columns``.

    ``name`` is the stable identifier used for sheets, anchors and file names.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: Message | None = None
    note: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A heading of level 1 to 4; ``anchor`` is its stable identifier in a page."""

    text: Message
    level: int = 2
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose:
    """A paragraph."""

    text: Message
    status: Status = Status.NEUTRAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A remark that must not be overlooked, for example that an interval is unreliable."""

    text: Message
    status: Status = Status.WARNING


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotes:
    """A list of passages, for example those an arrow of the model rests on."""

    quotes: tuple[Quote, ...]
    caption: Message | None = None
    left_out: int = 0


class Picture:
    """What a figure shows, as data; the kinds of pictures stand in :mod:`omnistudy.pictures`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure declared as data and drawn by each renderer; ``alt`` says in words what it shows."""

    name: str
    picture: Picture
    caption: Message
    alt: Message


Block = Heading | Prose | Note | Table | Quotes | Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word that some output prints, explained: what it means, when to use it, formula, source.

    ``formula`` is plain text, ``source`` author, year and DOI; either may be empty where the term is
    a convention of this program, which ``text`` then says.
    """

    name: str
    title: Message
    text: Message
    use: Message | None = None
    formula: str = ""
    source: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that a result rests on: path as shown to the user, and the SHA-256 of its bytes."""

    path: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a result comes from, enough to make it again.

    ``command`` is the command line with relative paths; ``synthetic`` puts the watermark on every
    output. There is no clock: the same inputs, version and seed give the same bytes.
    """

    version: str
    command: str
    seed: int | None
    inputs: tuple[InputFile, ...]
    synthetic: bool


@dataclass(frozen=True, kw_only=True)
class Result(ABC):
    """Base of all results: machines read the payload, people the summary, table and blocks."""

    provenance: Provenance
    command: ClassVar[str]
    """Name in the JSON schema identifier ``omnistudy.<command>/1``."""

    @property
    @abstractmethod
    def summary(self) -> Message:
        """One honest sentence."""

    @abstractmethod
    def payload(self) -> dict[str, object]:
        """The JSON object without schema, provenance and summary: full precision, ``None`` never NaN."""

    @abstractmethod
    def tables(self) -> tuple[Table, ...]:
        """The tidy tables; the first is what ``--format csv`` prints."""

    @abstractmethod
    def blocks(self) -> tuple[Block, ...]:
        """The result as part of a page, without a heading of its own."""

    @property
    @abstractmethod
    def title(self) -> Message:
        """The heading under which the blocks stand in a report."""
