"""Bars, intervals and matrices as SVG. One hue, readable in grey; an undefined value is said, not drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from omnistudy.pictures import Bars, Forest, Heatmap
from omnistudy.render.language import Language
from omnistudy.render.svg.axes import MARGIN, WIDTH, Scale, axis_of, axis_title, shown_value, ticks_of
from omnistudy.render.svg.element import CARD, INK, LINE, SOFT, element, text_block, title
from omnistudy.render.svg.measure import text_width, widest_piece, wrap
from omnistudy.results import Kind, Label, Message

SIZE = 12.5
LEADING = 1.35
BLUE = "#0b5a9c"
ORANGE = "#a8480f"
_PALE, _DARK = (238, 243, 248), (11, 74, 122)
_PALE_NEGATIVE, _DARK_NEGATIVE = (252, 240, 230), (146, 62, 10)


@dataclass(frozen=True, slots=True)
class _Row:
    """A bar: its name, its value as data and as text, and the height at which it stands."""

    name: str
    value: float | None
    shown: str
    middle: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """A cell of a matrix: what it says, where its centre is, how large it is, how dark (0 to 1)."""

    value: float | None
    shown: str
    hover: str
    x: float
    y: float
    width: float
    height: float
    share: float


def draw_bars(bars: Bars, language: Language) -> tuple[list[str], float, float]:
    """Return the parts of a bar chart, its width and its height; it grows in reading direction."""
    room = _label_room(bars.labels, language, 280)
    rows = [wrap(language.name(label), room, SIZE) for label in bars.labels]
    known = [value for value in bars.values if value is not None]
    ticks = ticks_of(min([0, *known]), max([0, *known]), whole=bars.kind is Kind.COUNT)
    value_room = (
        max((text_width(shown_value(v, bars.kind, language), SIZE) for v in bars.values), default=0) + 10
    )
    start, end = MARGIN + room + 12, WIDTH - MARGIN - value_room
    scale = Scale(ticks[0], ticks[-1], start, end, mirrored=language.is_rtl)
    parts: list[str] = []
    y = float(MARGIN)
    for label, lines, value in zip(bars.labels, rows, bars.values, strict=True):
        height = max(26.0, len(lines) * SIZE * LEADING + 8)
        middle = y + height / 2
        parts.append(_row_label(lines, scale.flip(start - 12), middle, language))
        row = _Row(language.name(label), value, shown_value(value, bars.kind, language), middle)
        parts.append(_bar(row, scale, language))
        y += height
    grid = axis_of(ticks, bars.kind, (MARGIN, y), scale, language)
    parts = [*grid, *parts, axis_title(bars.axis, (start + end) / 2, y + 42, scale, language)]
    return parts, WIDTH, y + 62


def _bar(row: _Row, scale: Scale, language: Language) -> str:
    value, shown, middle = row.value, row.shown, row.middle
    zero = scale.at(0)
    tip = zero if value is None else scale.at(value)
    align = "right" if scale.mirrored else "left"
    x = min(zero, tip) - 6 if scale.mirrored else max(zero, tip) + 6
    text = text_block([shown], x, middle, language, size=SIZE, align=align)
    room = text_width(shown, SIZE)
    # Parts the grid lines, which would otherwise run through the figures.
    ground = element(
        "rect",
        x=x - room - 1 if scale.mirrored else x - 1,
        y=middle - SIZE * 0.6,
        width=room + 2,
        height=SIZE * 1.2,
        fill=CARD,
        class_="card",
    )
    bar = element(
        "rect",
        x=min(zero, tip),
        y=middle - 7,
        width=abs(tip - zero),
        height=14,
        rx=2,
        fill=ORANGE if value is not None and value < 0 else BLUE,
        class_="bar-negative" if value is not None and value < 0 else "bar",
    )
    return element("g", title(f"{row.name}: {shown}"), bar if value is not None else "", ground, text)


def draw_forest(forest: Forest, language: Language) -> tuple[list[str], float, float]:
    """Return the parts of a forest plot; its axis runs from left to right in every language."""
    room = _label_room(forest.labels, language, 260)
    rows = [wrap(language.name(label), room, SIZE) for label in forest.labels]
    estimates = list(zip(forest.values, forest.lows, forest.highs, strict=True))
    shown = [_estimate(*estimate, language) for estimate in estimates]
    value_room = max((text_width(text, SIZE) for text in shown), default=0) + 14
    known = [x for row in estimates for x in row if x is not None]
    ticks = ticks_of(min([*known, *forest.lines], default=0), max([*known, *forest.lines], default=1))
    labels, numbers = (value_room, room + 12) if language.is_rtl else (room + 12, value_room)
    scale = Scale(ticks[0], ticks[-1], MARGIN + labels, WIDTH - MARGIN - numbers, mirrored=False)
    top = MARGIN + 18.0
    y = top
    parts: list[str] = []
    for lines, estimate, text, label in zip(rows, estimates, shown, forest.labels, strict=True):
        height = max(26.0, len(lines) * SIZE * LEADING + 8)
        middle = y + height / 2
        sides = (WIDTH - MARGIN, MARGIN) if language.is_rtl else (MARGIN + room, WIDTH - MARGIN)
        parts.append(_forest_label(lines, sides[0], middle, language))
        align = "left" if language.is_rtl else "right"
        parts.append(text_block([text], sides[1], middle, language, size=SIZE, align=align))
        parts.append(
            element("g", title(f"{language.name(label)}: {text}"), *_interval(*estimate, middle, scale))
        )
        y += height
    grid = axis_of(ticks, Kind.NUMBER, (top, y), scale, language)
    marks = _references(forest.lines, (top, y), scale, language)
    heading = axis_title(forest.axis, (scale.start + scale.end) / 2, y + 42, scale, language)
    return [*grid, *marks, *parts, heading], WIDTH, y + 62


def _forest_label(lines: Sequence[str], x: float, middle: float, language: Language) -> str:
    return text_block(lines, x, middle, language, size=SIZE, align="right", leading=LEADING)


def _estimate(value: float | None, low: float | None, high: float | None, language: Language) -> str:
    shown = shown_value(value, Kind.COEFFICIENT, language)
    if value is None or low is None or high is None:
        return shown
    comma = "، " if language.persian_digits else ", "
    limits = comma.join(language.number(limit, Kind.COEFFICIENT) for limit in (low, high))
    return f"{shown} [{limits}]"


def _interval(
    value: float | None, low: float | None, high: float | None, y: float, scale: Scale
) -> list[str]:
    parts: list[str] = []
    if low is not None and high is not None:
        left, right = scale.at(low), scale.at(high)
        path = f"M{left:.1f} {y:.1f}H{right:.1f}M{left:.1f} {y - 4:.1f}V{y + 4:.1f}M{right:.1f} {y - 4:.1f}V{y + 4:.1f}"
        parts.append(element("path", d=path, stroke=BLUE, stroke_width=1.6, fill="none", class_="interval"))
    if value is not None:
        x = scale.at(value)
        parts.append(element("rect", x=x - 4, y=y - 4, width=8, height=8, fill=BLUE, class_="bar"))
    return parts


def _references(
    values: Sequence[float], rows: tuple[float, float], scale: Scale, language: Language
) -> list[str]:
    """Draw dashed verticals; the labels of two that stand close lean away from each other."""
    parts: list[str] = []
    ordered = sorted(set(values))
    for index, value in enumerate(ordered):
        x, text = scale.at(value), language.number(value)
        parts.append(
            element(
                "line",
                x1=x,
                x2=x,
                y1=rows[0] - 4,
                y2=rows[1],
                stroke=INK,
                stroke_dasharray="4 3",
                class_="reference",
            )
        )
        room = text_width(text, 11) + 10
        align, lean = "middle", 0
        if index + 1 < len(ordered) and scale.at(ordered[index + 1]) - x < room:
            align, lean = "right", 4
        elif index and x - scale.at(ordered[index - 1]) < room:
            align, lean = "left", -4
        parts.append(
            text_block(
                [text], x + lean, rows[0] - 12, language, size=11, align=align, fill=SOFT, class_="soft"
            )
        )
    return parts


def draw_heatmap(heatmap: Heatmap, language: Language) -> tuple[list[str], float, float]:
    """Return the parts of a matrix of shaded cells with their values written in."""
    room = _label_room(heatmap.rows, language, 230)
    shown = [["–" if v is None else language.number(v, heatmap.kind) for v in row] for row in heatmap.values]
    widest = max((text_width(text, 11.5) for row in shown for text in row), default=0)
    columns = max(1, len(heatmap.columns))
    width = max(widest + 10, min(96.0, (WIDTH - 2 * MARGIN - room - 12) / columns), 26.0)
    heads, upright = _column_heads(heatmap.columns, width, language)
    start = MARGIN + room + 12
    total = max(start + width * columns + MARGIN, 320.0)
    scale = Scale(0, columns, start, start + width * columns, mirrored=language.is_rtl, whole=total)
    head = max((_head_height(lines, upright) for lines in heads), default=0.0) + 10
    parts = [
        _column_head(lines, upright, scale.at(i + 0.5), MARGIN + head, language)
        for i, lines in enumerate(heads)
    ]
    largest = max((abs(v) for row in heatmap.values for v in row if v is not None), default=0) or 1
    y = MARGIN + head
    for label, values, texts in zip(heatmap.rows, heatmap.values, shown, strict=True):
        lines = wrap(language.name(label), room, SIZE)
        height = max(28.0, len(lines) * SIZE * LEADING + 6)
        parts.append(_row_label(lines, scale.flip(start - 12), y + height / 2, language))
        for i, (value, text) in enumerate(zip(values, texts, strict=True)):
            cell = _Cell(
                value=value,
                shown=text,
                hover=f"{language.name(label)} · {language.name(heatmap.columns[i])}: {text}",
                x=scale.at(i + 0.5),
                y=y + height / 2,
                width=width,
                height=height,
                share=0.0 if value is None else min(1.0, abs(value) / largest),
            )
            parts.append(_cell(cell, language))
        y += height
    parts.append(axis_title(heatmap.axis, total / 2, y + 22, Scale(0, 1, 0, total), language))
    return parts, total, y + 42


def _cell(cell: _Cell, language: Language) -> str:
    value = cell.value
    fill = CARD if value is None else _shade(cell.share, negative=value < 0)
    # A zero is left pale and its figure soft, so that the pattern of a sparse matrix stands out.
    ink = _legible_on(fill) if value else SOFT
    box = element(
        "rect",
        x=cell.x - cell.width / 2 + 1,
        y=cell.y - cell.height / 2 + 1,
        width=cell.width - 2,
        height=cell.height - 2,
        rx=3,
        fill=fill,
        stroke=LINE if value is None else None,
        stroke_dasharray="2 2" if value is None else None,
        class_="undefined-cell" if value is None else "cell",
    )
    look = "soft" if value is None else "cell-text"
    label = text_block([cell.shown], cell.x, cell.y, language, size=11.5, fill=ink, class_=look)
    return element("g", title(cell.hover), box, label)


def _shade(share: float, *, negative: bool) -> str:
    pale, dark = (_PALE_NEGATIVE, _DARK_NEGATIVE) if negative else (_PALE, _DARK)
    mixed = (round(p + (d - p) * share) for p, d in zip(pale, dark, strict=True))
    return "#" + "".join(f"{part:02x}" for part in mixed)


def _legible_on(fill: str) -> str:
    """Return dark or white ink, whichever contrasts more by the formula of WCAG 2.2."""

    def luminance(colour: str) -> float:
        parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    ground = luminance(fill)
    return "#ffffff" if 1.05 / (ground + 0.05) > (ground + 0.05) / (luminance(INK) + 0.05) else INK


def _column_heads(
    labels: Sequence[Label], width: float, language: Language
) -> tuple[list[tuple[str, ...]], bool]:
    """Wrap the column labels above their columns, or set them upright where they do not fit."""
    level = [wrap(language.name(label), width - 6, 11.5) for label in labels]
    longest = max((widest_piece(language.name(label), 11.5) for label in labels), default=0)
    if longest <= width - 6 and all(len(lines) <= 4 for lines in level):
        return level, False
    lines_that_fit = max(1, floor(width / (11.5 * LEADING)))
    room = 150.0
    upright = [wrap(language.name(label), room, 11.5) for label in labels]
    while any(len(lines) > lines_that_fit for lines in upright):
        room *= 1.25
        upright = [wrap(language.name(label), room, 11.5) for label in labels]
    return upright, True


def _head_height(lines: Sequence[str], upright: bool) -> float:
    if upright:
        return max(text_width(line, 11.5) for line in lines)
    return len(lines) * 11.5 * LEADING


def _column_head(lines: Sequence[str], upright: bool, x: float, bottom: float, language: Language) -> str:
    if not upright:
        y = bottom - 8 - _head_height(lines, upright) / 2
        return text_block(lines, x, y, language, size=11.5, leading=LEADING)
    text = text_block(lines, 0, 0, language, size=11.5, leading=LEADING, align="left")
    return element("g", text, transform=f"translate({x:.1f} {bottom - 8:.1f}) rotate(-90)")


def _row_label(lines: Sequence[str], x: float, middle: float, language: Language) -> str:
    align = "left" if language.is_rtl else "right"
    return text_block(lines, x, middle, language, size=SIZE, align=align, leading=LEADING)


def _label_room(labels: Sequence[Label | Message], language: Language, most: float) -> float:
    return min(most, max((text_width(language.name(label), SIZE) for label in labels), default=0) + 1)
