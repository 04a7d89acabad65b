"""Lines of text on a raster: the families that are installed, raw Persian letters, their extents.

matplotlib 3.11 and newer shapes Arabic script and orders mixed directions by itself, so the text goes
in as it stands; only the direction of the whole line has to be said, by a mark before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from unicodedata import category

from omnistudy.render.svg.measure import FONT_STACK

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

_FROM_LEFT, _FROM_RIGHT = "\u200e", "\u200f"
_ALWAYS = "DejaVu Sans"  # comes with matplotlib and has Latin and Persian letters
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """A line ready to be set; extents in pixels of the drawing, from the baseline up and down."""

    text: str
    marked: str
    font: FontProperties
    width: float
    ascent: float
    descent: float


class Typesetter:
    """Sets lines on one raster: matplotlib's ``RendererAgg``, with ``scale`` dots per pixel of the drawing."""

    def __init__(self, renderer: Any, scale: float) -> None:
        self._renderer = renderer
        self._scale = scale
        self._measured: dict[tuple[str, int], tuple[float, float, float]] = {}

    def line(self, text: str, size: float, *, rtl: bool, bold: bool, italic: bool) -> TextLine:
        """Choose the font of a line and measure it.

        Parameters
        ----------
        text
            The line in the order in which it is read.
        size
            Type size in pixels of the drawing.
        rtl
            Direction of the whole line: numbers and brackets at its ends depend on it.
        """
        font, known = _font(text, size, bold=bold, italic=italic)
        marked = (_FROM_RIGHT if rtl else _FROM_LEFT) + known
        # Shaping costs as much as drawing, and the cells of a matrix hold the same few numbers.
        # A font lives as long as the program (it is cached), so its address stays its own.
        key = (marked, id(font))
        if key not in self._measured:
            self._measured[key] = self._renderer.get_text_width_height_descent(marked, font, ismath=False)
        width, height, descent = self._measured[key]
        return TextLine(
            text=text,
            marked=marked,
            font=font,
            width=width / self._scale,
            ascent=(height - descent) / self._scale,
            descent=descent / self._scale,
        )

    def draw(
        self,
        line: TextLine,
        start: tuple[float, float],
        angle: float,
        colour: tuple[float, float, float, float],
    ) -> None:
        """Set a line from ``start``, the left end of its baseline in dots from the top left."""
        pen = self._renderer.new_gc()
        pen.set_foreground(colour, isRGBA=True)
        self._renderer.draw_text(pen, *start, line.marked, line.font, angle)
        pen.restore()


def _font(text: str, size: float, *, bold: bool, italic: bool) -> tuple[FontProperties, str]:
    """Return the font, with families added for letters that the usual ones lack, and the text.

    A letter that no installed family has becomes U+FFFD, which says that something stands there. Letters
    that the slanted face lacks stand upright: Persian has no italics, and their fonts come without.
    """
    families = list(_families())
    if italic and set(text) & _covered(tuple(families)) - _covered(tuple(families), slanted=True):
        italic = False
    known = text
    for letter in sorted(set(text) - _covered(tuple(families))):
        # Marks of direction and joining are obeyed and not drawn: no font needs them.
        if category(letter) == "Cf":
            continue
        further = _family_with(letter)
        if further is None:
            known = known.replace(letter, _REPLACEMENT)
        elif further not in families:
            families.append(further)
    return _properties(tuple(families), size, bold, italic), known


@cache
def _properties(families: tuple[str, ...], size: float, bold: bool, italic: bool) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    return FontProperties(
        family=list(families),
        size=size * 0.75,  # points of 1/72 inch from pixels of 1/96
        weight="bold" if bold else "normal",
        style="italic" if italic else "normal",
    )


@cache
def _families() -> tuple[str, ...]:
    """Return those families of the stack that are installed: a missing one would log a warning."""
    from matplotlib.font_manager import fontManager

    installed = {entry.name for entry in fontManager.ttflist}
    wanted = (name.strip(" '") for name in FONT_STACK.split(","))
    found = [name for name in wanted if name in installed]
    return tuple(dict.fromkeys([*found, _ALWAYS]))


@cache
def _covered(families: tuple[str, ...], *, slanted: bool = False) -> frozenset[str]:
    """Return all characters that a list of families has in its regular weight, upright or slanted."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    files = (
        findfont(
            FontProperties(family=[name], style="italic" if slanted else "normal"), fallback_to_default=False
        )
        for name in families
    )
    return frozenset(chr(code) for file in files for code in get_font(file).get_charmap())


@cache
def _family_with(letter: str) -> str | None:
    """Return the first installed family, by name, that has a letter."""
    from matplotlib.font_manager import fontManager, get_font

    upright = {e.name: e.fname for e in fontManager.ttflist if e.weight == 400 and e.style == "normal"}
    for name in sorted(upright):
        # A font of boxes, one for each script, would say less than U+FFFD.
        if not name.startswith("Last Resort") and get_font(upright[name]).get_char_index(ord(letter)):
            return name
    return None
