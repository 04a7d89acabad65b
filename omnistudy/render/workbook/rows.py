"""The rows of a sheet as SpreadsheetML, written as text: a library's object per cell costs many times more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from html import escape

from omnistudy.render.workbook.cells import Type, Typed
from omnistudy.results import Kind

END_OF_ROWS = b"</sheetData>"
_DAY_0 = date(1899, 12, 30)  # of sheets, for all days from March 1900 on

Style = tuple[Type, Kind | None, bool]
"""What decides how a cell looks: its type, the kind of a number, and whether its lines are wrapped."""


def with_rows(sheet: bytes, rows: Iterable[Sequence[Typed]], looks: Look) -> bytes:
    """Put rows below those that a sheet has.

    Parameters
    ----------
    sheet
        Its XML as the library wrote it, with the row of headings and no other.
    rows
        The values of every further row, from the left.
    looks
        Numbers of the styles, and the columns whose lines are wrapped.
    """
    head, end, tail = sheet.partition(END_OF_ROWS)
    written = "".join(_row(number, row, looks) for number, row in enumerate(rows, start=2))
    return b"".join((head, written.encode(), end, tail))


class Look:
    """How the cells of a sheet look: the letters of its columns, and a style for each type and kind."""

    def __init__(
        self, letters: Sequence[str], wrapped: frozenset[int], style: Callable[[Style], int]
    ) -> None:
        self.letters = letters
        self._wrapped = wrapped
        self._styles: Mapping[Style, str] = {
            key: f' s="{number}"' if (number := style(key)) else ""
            for wraps in (False, True)
            for key in _styles(wraps)
        }

    def of(self, at: int, value: Typed) -> str:
        """Return the attribute that names the style of a cell, empty for the usual one."""
        return self._styles[value.type, value.kind, at in self._wrapped]


def _styles(wrapped: bool) -> Iterable[Style]:
    yield from ((Type.NUMBER, kind, wrapped) for kind in Kind)
    yield from ((of, None, wrapped) for of in (Type.TEXT, Type.GUARDED, Type.FLAG))
    yield Type.DATE, Kind.DATE, wrapped


def _row(number: int, row: Sequence[Typed], looks: Look) -> str:
    cells = [
        _cell(f"{looks.letters[at]}{number}", value, looks.of(at, value))
        for at, value in enumerate(row)
        if value.type is not Type.EMPTY
    ]
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(place: str, value: Typed, style: str) -> str:
    """Return a cell; text is written as such, whatever it looks like, and a number with all its digits."""
    stored = value.value
    match value.type:
        case Type.NUMBER:
            return f'<c r="{place}"{style} t="n"><v>{stored}</v></c>'
        case Type.FLAG:
            return f'<c r="{place}"{style} t="b"><v>{1 if stored else 0}</v></c>'
        case Type.DATE if isinstance(stored, date):
            return f'<c r="{place}"{style} t="n"><v>{(stored - _DAY_0).days}</v></c>'
        case _:
            text = escape(str(stored), quote=False)
            space = "" if text == text.strip() and "\n" not in text else ' xml:space="preserve"'
            return f'<c r="{place}"{style} t="inlineStr"><is><t{space}>{text}</t></is></c>'
