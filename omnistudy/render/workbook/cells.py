"""What a cell of a sheet holds: typed, exact, and never a formula."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from omnistudy.render.context import RenderContext
from omnistudy.render.language import PieceKind
from omnistudy.render.quoting import shown_quote
from omnistudy.render.untrusted import visible
from omnistudy.results import Cell, Day, Kind, Label, Message, Number, Quote, Undefined

LONGEST_TEXT = 32_767
_FORMULA_START = tuple("=+-@\t\r\n＝＋－＠")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FIRST_YEAR = 1901  # sheets count days from 1900 on, with a day too many in that year


class Type(StrEnum):
    """How a sheet stores a value."""

    EMPTY = "empty"
    NUMBER = "number"
    FLAG = "flag"
    DATE = "date"
    TEXT = "text"
    GUARDED = "guarded"  # text that begins like a formula and must stay text when somebody edits it


@dataclass(frozen=True, slots=True)
class Typed:
    """A value ready for a sheet; numbers are written with all their digits."""

    type: Type
    value: str | bool | date | None = None
    kind: Kind | None = None


NOTHING = Typed(Type.EMPTY)


def typed(cell: Cell, kind: Kind, context: RenderContext) -> Typed:
    """Return what a sheet stores for a cell.

    Undefined and missing values are empty, and labels in the reader's language. Characters that would
    reorder or break the sheet become visible signs.

    Raises
    ------
    ValueError
        For NaN and infinities.
    """
    if type(cell) is float or type(cell) is int:
        return _number(cell, kind)  # most cells of a large sheet, told apart at once
    match cell:
        case None | Undefined():
            made = NOTHING
        case Number(value=value, kind=own):
            made = NOTHING if value is None else _number(value, own)
        case bool():
            made = Typed(Type.FLAG, cell)
        case int() | float():  # of a class of its own, as numpy has
            made = _number(cell, kind)
        case Quote():
            made = _text(visible(shown_quote(cell, context).text))
        case Message():
            made = _text(_sentence(cell, context))
        case Day(iso=iso):
            made = _date(iso) or _text(visible(iso))
        case Label():
            made = _text(visible(cell.in_language(context.language.tag)))
        case _:
            made = (_date(cell) if kind is Kind.DATE else None) or _text(visible(cell))
    return made


def _number(value: float, kind: Kind) -> Typed:
    if not math.isfinite(value):
        raise ValueError(f"{value} in a table; an undefined cell says Undefined")
    written = repr(float(value)) if isinstance(value, float) else str(int(value))
    return Typed(Type.NUMBER, written, kind)


def _date(text: str) -> Typed | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return Typed(Type.DATE, day, Kind.DATE) if day.year >= _FIRST_YEAR else None


def _text(text: str) -> Typed:
    """Return text; a longer one than a cell can hold ends in an ellipsis."""
    shown = _ESCAPE.sub("_x005F_", text)
    if len(shown) > LONGEST_TEXT:
        shown = f"{shown[: LONGEST_TEXT - 1]}…"
    return Typed(Type.GUARDED if shown.startswith(_FORMULA_START) else Type.TEXT, shown)


def _sentence(message: Message, context: RenderContext) -> str:
    """Return a sentence with isolates around its numbers only, so that names in it can be searched for."""
    language = context.language
    return "".join(
        language.isolated(piece) if piece.kind is PieceKind.NUMBER else piece.text
        for piece in language.pieces(message)
    )
