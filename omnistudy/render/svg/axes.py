"""Axes of charts: scales, round ticks, grid lines and titles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from omnistudy.render import words
from omnistudy.render.language import Language
from omnistudy.render.svg.element import LINE, SOFT, element, text_block
from omnistudy.results import Kind, Message

WIDTH = 760.0
MARGIN = 16


@dataclass(frozen=True, slots=True)
class Scale:
    """Data to pixels; mirrored for charts that grow from right to left."""

    low: float
    high: float
    start: float
    end: float
    mirrored: bool = False
    whole: float = WIDTH

    def at(self, value: float) -> float:
        """Return the x of a value."""
        share = (value - self.low) / ((self.high - self.low) or 1)
        return self.flip(self.start + share * (self.end - self.start))

    def flip(self, x: float) -> float:
        """Return x seen from the other side where the chart is mirrored."""
        return self.whole - x if self.mirrored else x


def ticks_of(low: float, high: float, *, whole: bool = False) -> list[float]:
    """Return four to eight round values that embrace ``low`` and ``high``."""
    span = (high - low) or 1.0
    power = 10.0 ** floor(log10(span / 5))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if span / (power * m) <= 6)
    if whole:
        step = max(1.0, float(ceil(step)))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(index * step, 10) for index in range(first, max(last, first + 1) + 1)]


def axis_of(
    ticks: Sequence[float], kind: Kind, rows: tuple[float, float], scale: Scale, language: Language
) -> list[str]:
    """Return vertical grid lines between two heights, with their values below."""
    parts: list[str] = []
    written = Kind.NUMBER if kind is Kind.COEFFICIENT else kind
    for tick in ticks:
        x = scale.at(tick)
        parts.append(
            element(
                "line", x1=x, x2=x, y1=rows[0], y2=rows[1], stroke=LINE, stroke_width=0.8, class_="gridline"
            )
        )
        label = language.number(tick, written)
        parts.append(text_block([label], x, rows[1] + 14, language, size=11, fill=SOFT, class_="soft"))
    return parts


def axis_title(message: Message, x: float, y: float, scale: Scale, language: Language) -> str:
    """Return the name of an axis in soft ink."""
    text = language.text(message)
    return text_block([text], scale.flip(x), y, language, size=12, fill=SOFT, class_="soft")


def shown_value(value: float | None, kind: Kind, language: Language) -> str:
    """Return a value as written, or the word for an undefined one."""
    return language.text(words.UNDEFINED) if value is None else language.number(value, kind)
