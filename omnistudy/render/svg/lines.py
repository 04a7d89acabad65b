"""Curves with bands as SVG, told apart in grey by dashes and marks; an undefined value is a gap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from omnistudy.pictures import Lines, Series
from omnistudy.render.language import Language
from omnistudy.render.svg.axes import MARGIN, WIDTH, Scale, axis_of, axis_title, ticks_of
from omnistudy.render.svg.element import INK, LINE, SOFT, element, text_block, title
from omnistudy.render.svg.measure import text_width, wrap
from omnistudy.results import Kind

HEIGHT = 300.0
SIZE = 12.0
LEADING = 1.35
SWATCH = 34.0
INKS = (INK, "#0b5a9c", "#a8480f")

Point = tuple[float, float]
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class _Plane:
    """Data to pixels in both directions."""

    across: Scale
    up: Scale

    def at(self, place: float, value: float) -> Point:
        return self.across.at(place), self.up.at(value)


def draw_lines(lines: Lines, language: Language) -> tuple[list[str], float, float]:
    """Return the parts of a chart of curves, its width and its height.

    Both axes are axes of numbers and run from left to right and upwards in every language; the legend
    stands on the side on which the language begins to read.
    """
    legend, top = _legend(lines.series, language)
    places = [place for series in lines.series for place in series.places]
    heights = [v for s in lines.series for vs in (s.values, s.lows, s.highs) for v in vs if v is not None]
    ticks_up = ticks_of(min([0, *heights]), max([0, *heights]), whole=lines.kind is Kind.COUNT)
    ticks_across = ticks_of(min([0, *places]), max([0, *places]), whole=lines.across_kind is Kind.COUNT)
    written = Kind.NUMBER if lines.kind is Kind.COEFFICIENT else lines.kind
    room = max(text_width(language.number(tick, written), 11) for tick in ticks_up)
    start, end = MARGIN + room + 8, WIDTH - MARGIN - 8
    above = top + 30
    plane = _Plane(
        Scale(ticks_across[0], ticks_across[-1], start, end),
        Scale(ticks_up[0], ticks_up[-1], above + HEIGHT, above),
    )
    name = language.text(lines.axis)
    parts = [
        *legend,
        text_block([name], MARGIN, top + 10, language, size=SIZE, align="left", fill=SOFT, class_="soft"),
        *_levels(ticks_up, written, plane, language),
        *axis_of(ticks_across, lines.across_kind, (above, above + HEIGHT), plane.across, language),
    ]
    for index, series in enumerate(lines.series):
        parts += _band(series, index, plane)
    for index, series in enumerate(lines.series):
        parts.append(_curve(series, index, plane, lines, language))
    bottom = above + HEIGHT
    parts.append(axis_title(lines.across, (start + end) / 2, bottom + 40, plane.across, language))
    return parts, WIDTH, bottom + 58


def _legend(series: Sequence[Series], language: Language) -> tuple[list[str], float]:
    """Return one row for each curve, and where the rows end."""
    parts: list[str] = []
    y = float(MARGIN)
    side = -1 if language.is_rtl else 1
    edge = WIDTH - MARGIN if language.is_rtl else float(MARGIN)
    for index, own in enumerate(series):
        words = wrap(language.name(own.name), WIDTH - 2 * MARGIN - SWATCH - 10, SIZE)
        height = len(words) * SIZE * LEADING + 4
        middle = y + height / 2
        left = min(edge, edge + side * SWATCH)
        if own.lows:
            parts.append(_filled([(left, middle - 6), (left + SWATCH, middle - 6)], index, middle + 6))
        parts.append(_stroke([(left, middle), (left + SWATCH, middle)], index, dashed=own.dashed))
        if own.marked:
            parts.append(_mark((left + SWATCH / 2, middle), index))
        align = "right" if language.is_rtl else "left"
        x = edge + side * (SWATCH + 10)
        parts.append(text_block(words, x, middle, language, size=SIZE, align=align, leading=LEADING))
        y += height
    return parts, y


def _levels(ticks: Sequence[float], kind: Kind, plane: _Plane, language: Language) -> list[str]:
    parts: list[str] = []
    left, right = plane.across.start, plane.across.end
    for tick in ticks:
        y = plane.up.at(tick)
        parts.append(
            element("line", x1=left, x2=right, y1=y, y2=y, stroke=LINE, stroke_width=0.8, class_="gridline")
        )
        label = language.number(tick, kind)
        parts.append(
            text_block([label], left - 6, y, language, size=11, align="right", fill=SOFT, class_="soft")
        )
    return parts


def _band(series: Series, index: int, plane: _Plane) -> list[str]:
    limits = zip(series.places, series.lows, series.highs, strict=False)
    runs = _runs(
        [(x, (low, high) if low is not None and high is not None else None) for x, low, high in limits]
    )
    parts = []
    for run in runs:
        lower = [plane.at(x, low) for x, (low, _) in run]
        upper = [plane.at(x, high) for x, (_, high) in run]
        parts.append(_area([*upper, *reversed(lower)], index))
        # Edges as well: two pale areas that overlap cannot be told apart in grey.
        parts += [_stroke(edge, index, thin=True, dashed=series.dashed) for edge in (lower, upper)]
    return parts


def _curve(series: Series, index: int, plane: _Plane, lines: Lines, language: Language) -> str:
    runs = list(_runs(list(zip(series.places, series.values, strict=True))))
    parts = [_stroke([plane.at(x, y) for x, y in run], index, dashed=series.dashed) for run in runs]
    if series.marked:
        for x, y in (point for run in runs for point in run):
            told = f"{language.number(x, lines.across_kind)}: {language.number(y, lines.kind)}"
            parts.append(element("g", title(told), _mark(plane.at(x, y), index)))
    return element("g", *parts)


def _runs(points: Sequence[tuple[float, _Value | None]]) -> Iterator[list[tuple[float, _Value]]]:
    """Yield the stretches without an undefined value."""
    run: list[tuple[float, _Value]] = []
    for place, value in points:
        if value is None:
            if run:
                yield run
            run = []
        else:
            run.append((place, value))
    if run:
        yield run


def _path(points: Sequence[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _stroke(points: Sequence[Point], index: int, *, dashed: bool = False, thin: bool = False) -> str:
    return element(
        "path",
        d=_path(points),
        fill="none",
        stroke=INKS[index % len(INKS)],
        stroke_width=0.8 if thin else 2,
        stroke_opacity=0.6 if thin else None,
        stroke_dasharray="6 4" if dashed else None,
        class_=f"curve-{index % len(INKS)}",
    )


def _area(points: Sequence[Point], index: int) -> str:
    ink = index % len(INKS)
    return element("path", d=f"{_path(points)}Z", fill=INKS[ink], fill_opacity="0.12", class_=f"band-{ink}")


def _filled(upper: Sequence[Point], index: int, lower: float) -> str:
    return _area([*upper, *((x, lower) for x, _ in reversed(upper))], index)


def _mark(point: Point, index: int) -> str:
    ink = index % len(INKS)
    return element("circle", cx=point[0], cy=point[1], r=3.2, fill=INKS[ink], class_=f"curve-{ink}-mark")
