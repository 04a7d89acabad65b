"""Figures as PNG, for Word and for journals that take no SVG: the same drawing, put on a raster.

There is one layout of every picture, the SVG's. This module reads the elements that ``svg/`` writes
(and no others) and hands them to matplotlib's Agg renderer, which joins Persian letters and orders
mixed directions itself. A new element or attribute in ``svg/`` therefore needs a line here; an
unknown element is an error and not a silent gap.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from omnistudy.render.figures import svg
from omnistudy.render.language import Language
from omnistudy.results import Figure

if TYPE_CHECKING:
    from matplotlib.path import Path
    from matplotlib.transforms import Transform

    from omnistudy.render.png_text import TextLine, Typesetter

CSS_DPI = 96  # pixels of an SVG per inch
DPI = 192
_SILENT = frozenset({"title", "desc"})
_INHERITED = ("fill", "stroke", "font-weight", "font-style", "fill-opacity", "stroke-opacity")
_STEP = re.compile(r"([MLHVQCZ])([^MLHVQCZ]*)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_MOVE = re.compile(r"(translate|rotate)\(([^)]*)\)")
_ARC = 0.5523  # a quarter of a circle as a Bézier curve

_RGB, _UP = 2, 2  # colour type and filter of PNG

Attributes = Mapping[str, str]
Colour = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnText:
    """A line of text as it was set: its letters, and the rectangle they cover in pixels of the SVG."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def png_file(figure: Figure, language: Language, *, synthetic: bool, dpi: float = DPI) -> bytes:
    """Return a figure as the bytes of a PNG file, the same bytes for the same figure and fonts.

    Parameters
    ----------
    figure, language
        What to draw and for whom, as for :func:`omnistudy.render.figures.svg`.
    synthetic
        Write the watermark into the picture.
    dpi
        Dots per inch; at 96 one dot is one pixel of the SVG. The file says its resolution, so that
        word processors show it in the size for which its letters were chosen.
    """
    canvas = _Canvas.of(svg(figure, language, synthetic=synthetic), dpi)
    canvas.draw()
    return _png(canvas.pixels(), dpi)


def _png(pixels: Any, dpi: float) -> bytes:
    """Write the chunks that a picture needs and no others: no program, no date (PNG, ISO/IEC 15948).

    Every row is written as its difference from the row above, which suits flat areas and is quick.
    """
    import numpy as np

    height, width, _ = pixels.shape
    rows = np.empty((height, 1 + 3 * width), np.uint8)
    flat = pixels.reshape(height, 3 * width)
    rows[:, 0] = _UP
    rows[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])
    per_metre = round(dpi / 0.0254)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, _RGB, 0, 0, 0)),
        (b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
        (b"IDAT", zlib.compress(rows.data, 6)),
        (b"IEND", b""),
    )
    written = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(written)


def drawn_texts(drawing: str, dpi: float = DPI) -> tuple[DrawnText, ...]:
    """Return every line of a drawing's text with the rectangle that its letters cover.

    The measure of whether a layout holds: no label is cut as long as its rectangle lies within its
    box. Upright texts give the rectangle that they cover on the page.
    """
    canvas = _Canvas.of(drawing, dpi)
    canvas.draw()
    return tuple(canvas.texts)


class _Canvas:
    """A raster of the size of a drawing, and the walk over its elements."""

    def __init__(self, root: Any, dpi: float) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure as Sheet
        from matplotlib.transforms import Affine2D

        from omnistudy.render.png_text import Typesetter

        self.root = root
        self.scale = dpi / CSS_DPI
        # Whole dots, so that the last row and column of the card are not cut.
        self.width, self.height = (
            -(-float(root.get(side)) * self.scale // 1) for side in ("width", "height")
        )
        sheet = Sheet(figsize=(self.width / dpi, self.height / dpi), dpi=dpi)
        canvas: Any = FigureCanvasAgg(sheet)
        self.renderer = canvas.get_renderer()
        self.page = Affine2D().scale(self.scale, self.scale)
        self.letters: Typesetter = Typesetter(self.renderer, self.scale)
        self.texts: list[DrawnText] = []

    @classmethod
    def of(cls, drawing: str, dpi: float) -> _Canvas:
        from lxml import etree

        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        return cls(etree.fromstring(drawing.encode(), parser), dpi)

    def draw(self) -> None:
        from matplotlib import rc_context

        # A drawing must not depend on what the user's matplotlibrc says about letters and lines.
        with rc_context(
            {
                "text.hinting": "none",
                "font.stretch": "normal",
                "font.variant": "normal",
                "path.simplify": False,
                "agg.path.chunksize": 0,
            }
        ):
            self._paint(_rectangle(0, 0, self.width, self.height), {"fill": "#ffffff"}, self.page)
            self._children(self.root, {}, self.page)

    def pixels(self) -> Any:
        import numpy as np

        return np.asarray(self.renderer.buffer_rgba())[..., :3]

    def _children(self, parent: Any, look: Attributes, place: Transform) -> None:
        for child in parent:
            own = {key: child.get(key) for key in _INHERITED if child.get(key) is not None}
            self._element(child, {**look, **own}, place)

    def _element(self, element: Any, look: Attributes, place: Transform) -> None:
        name = element.tag.rpartition("}")[2]
        if name in _SILENT:
            return
        if name == "g":
            self._children(element, look, _moved(element.get("transform", ""), place))
        elif name == "text":
            self._text(element, look, place)
        else:
            shape = _SHAPES[name](element.attrib)
            given = {
                key: element.get(key) for key in ("stroke-width", "stroke-dasharray") if element.get(key)
            }
            self._paint(shape, {**look, **given}, place)

    def _paint(self, shape: Path, look: Attributes, place: Transform) -> None:
        from matplotlib.transforms import Affine2D

        face = _colour(look.get("fill", "#000000"), look.get("fill-opacity"))
        edge = _colour(look.get("stroke", "none"), look.get("stroke-opacity"))
        if face is None and edge is None:
            return
        points = 72 / CSS_DPI
        pen = self.renderer.new_gc()
        pen.set_linewidth(float(look.get("stroke-width", "1")) * points if edge else 0)
        pen.set_foreground(edge or (0, 0, 0, 0), isRGBA=True)
        pen.set_joinstyle("miter")
        pen.set_capstyle("butt")
        if look.get("stroke-dasharray"):
            pen.set_dashes(0, [float(n) * points for n in look["stroke-dasharray"].split()])
        upwards = Affine2D().scale(1, -1).translate(0, self.height)
        self.renderer.draw_path(pen, shape, place + upwards, face)
        pen.restore()

    def _text(self, element: Any, look: Attributes, place: Transform) -> None:
        for holder in element.findall("{*}tspan") or [element]:
            anchor, rtl = element.get("text-anchor", "start"), element.get("direction") == "rtl"
            share = {"start": 0.0, "middle": 0.5, "end": 1.0}[anchor]
            line = self.letters.line(
                holder.text or "",
                float(element.get("font-size")),
                rtl=rtl,
                bold=look.get("font-weight") == "bold",
                italic=look.get("font-style") == "italic",
            )
            # A text from right to left starts at its right edge.
            before = line.width * (1 - share if rtl else share)
            at = (float(holder.get("x")), float(holder.get("y")))
            self._set(line, (at[0] - before, at[1]), _colour(look.get("fill", "#000000"), None), place)

    def _set(self, line: TextLine, start: tuple[float, float], colour: Any, place: Transform) -> None:
        import math

        matrix = place.get_matrix()
        angle = -math.degrees(math.atan2(matrix[1, 0], matrix[0, 0]))
        x, y = place.transform(start)
        self.letters.draw(line, (float(x), float(y)), angle, colour)
        corners = [
            place.transform((start[0] + across, start[1] + down)) / self.scale
            for across in (0, line.width)
            for down in (-line.ascent, line.descent)
        ]
        self.texts.append(
            DrawnText(
                text=line.text,
                left=min(float(x) for x, _ in corners),
                top=min(float(y) for _, y in corners),
                right=max(float(x) for x, _ in corners),
                bottom=max(float(y) for _, y in corners),
            )
        )


def _colour(name: str, opacity: str | None) -> Colour | None:
    if name in {"none", "transparent"}:
        return None
    red, green, blue = (int(name[index : index + 2], 16) / 255 for index in (1, 3, 5))
    return (red, green, blue, 1.0 if opacity is None else float(opacity))


def _moved(said: str, place: Transform) -> Transform:
    """Put ``translate`` and ``rotate`` before what holds already, the last one nearest to the element."""
    from matplotlib.transforms import Affine2D

    inner = Affine2D()
    for name, numbers in reversed(_MOVE.findall(said)):
        values = [float(n) for n in _NUMBER.findall(numbers)]
        if name == "translate":
            inner.translate(values[0], values[1])
        else:
            inner.rotate_deg(values[0])
    return inner + place


def _numbers(attributes: Attributes, *names: str) -> Iterator[float]:
    return (float(attributes.get(name, "0")) for name in names)


def _rect(attributes: Attributes) -> Path:
    return _rectangle(*_numbers(attributes, "x", "y", "width", "height", "rx"))


def _rectangle(x: float, y: float, width: float, height: float, corner: float = 0) -> Path:
    from matplotlib.path import Path

    radius = min(corner, width / 2, height / 2)
    right, bottom, control = x + width, y + height, radius * (1 - _ARC)
    if radius <= 0:
        return Path([(x, y), (right, y), (right, bottom), (x, bottom), (x, y)], closed=True)
    corners = [
        [(right - radius, y), (right - control, y), (right, y + control), (right, y + radius)],
        [
            (right, bottom - radius),
            (right, bottom - control),
            (right - control, bottom),
            (right - radius, bottom),
        ],
        [(x + radius, bottom), (x + control, bottom), (x, bottom - control), (x, bottom - radius)],
        [(x, y + radius), (x, y + control), (x + control, y), (x + radius, y)],
    ]
    points = [point for own in corners for point in own]
    codes = [code for _ in corners for code in (Path.LINETO, *([Path.CURVE4] * 3))]
    return Path([*points, points[0]], [Path.MOVETO, *codes[1:], Path.CLOSEPOLY])


def _line(attributes: Attributes) -> Path:
    from matplotlib.path import Path

    x1, y1, x2, y2 = _numbers(attributes, "x1", "y1", "x2", "y2")
    return Path([(x1, y1), (x2, y2)])


def _circle(attributes: Attributes) -> Path:
    from matplotlib.path import Path

    x, y, radius = _numbers(attributes, "cx", "cy", "r")
    return Path.circle((x, y), radius)


def _polygon(attributes: Attributes) -> Path:
    from matplotlib.path import Path

    numbers = [float(n) for n in _NUMBER.findall(attributes["points"])]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    return Path([*points, points[0]], closed=True)


def _path(attributes: Attributes) -> Path:
    """Read absolute path data; curves keep their control points."""
    from matplotlib.path import Path

    drawn = {"M": [Path.MOVETO], "L": [Path.LINETO], "Q": [Path.CURVE3] * 2, "C": [Path.CURVE4] * 3}
    points: list[tuple[float, float]] = []
    codes: list[int] = []
    for step, written in _STEP.findall(attributes["d"]):
        values = [float(n) for n in _NUMBER.findall(written)]
        if step == "Z":
            points.append(points[-1])
            codes.append(int(Path.CLOSEPOLY))
        elif step in "HV":
            x, y = points[-1]
            points.append((values[0], y) if step == "H" else (x, values[0]))
            codes.append(int(Path.LINETO))
        else:
            points += zip(values[::2], values[1::2], strict=True)
            codes += [int(code) for code in drawn[step]]
    return Path(points, codes)


_SHAPES = {"rect": _rect, "line": _line, "circle": _circle, "polygon": _polygon, "path": _path}
