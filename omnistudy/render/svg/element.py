"""Writing SVG: escaped elements, texts that know their direction, and a frame with title and words.

Every colour stands as a presentation attribute, so that a file is right on its own; the classes let
a page restyle the same drawing for dark mode, since style sheets win over attributes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from omnistudy.render import words
from omnistudy.render.language import Language
from omnistudy.render.svg.measure import FONT_STACK, text_width
from omnistudy.render.untrusted import visible

_OWN_ISOLATES = ("\u2066", "\u2068", "\u2069")
_SPLIT = re.compile("([\u2066\u2068\u2069])")

INK = "#1b2530"
SOFT = "#566270"
LINE = "#c3cad2"
CARD = "#ffffff"


def number(value: float) -> str:
    """Write a coordinate with at most one decimal, the same on every machine."""
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    return "0" if text in {"", "-0"} else text


def element(name: str, /, *children: str, **attributes: str | float | None) -> str:
    """Return an element; children are SVG already, attribute values are escaped here.

    Underscores in attribute names become hyphens, a trailing one is dropped (``class_``), and
    attributes that are ``None`` are left out.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    inside = "".join(children)
    return f"<{name}{written}>{inside}</{name}>" if inside else f"<{name}{written}/>"


def _attribute(value: str | float) -> str:
    return escape(visible(value), quote=True) if isinstance(value, str) else number(value)


def characters(text: str) -> str:
    """Return text content, escaped and without characters that XML forbids."""
    return escape(visible_except_isolates(text), quote=False)


def visible_except_isolates(text: str) -> str:
    """Return text of our own making: its isolates were set by :class:`Language` and stay."""
    return "".join(part if part in _OWN_ISOLATES else visible(part) for part in _SPLIT.split(text))


def title(text: str) -> str:
    """Return a ``<title>``, which browsers show on hover and screen readers read."""
    return element("title", characters(text))


def text_block(
    lines: Sequence[str],
    x: float,
    y: float,
    language: Language,
    *,
    size: float = 13,
    align: str = "middle",
    leading: float = 1.45,
    **style: str | float | None,
) -> str:
    """Return lines of text; ``y`` is the middle of the block, ``align`` a physical side.

    ``direction="rtl"`` is set on texts with right-to-left letters; their ``start`` is the right edge,
    so the anchor is derived from the side that is meant.
    """
    direction = language.base_direction(" ".join(lines))
    anchors = {"left": "start", "right": "end", "middle": "middle"}
    anchor = anchors[align]
    if direction == "rtl" and align != "middle":
        anchor = "end" if anchor == "start" else "start"
    step = size * leading
    first = y - step * (len(lines) - 1) / 2 + size * 0.35
    spans = (
        [characters(lines[0])]
        if len(lines) == 1
        else [
            element("tspan", characters(line), x=x, y=first + step * index)
            for index, line in enumerate(lines)
        ]
    )
    style.setdefault("fill", INK)
    style.setdefault("class_", "ink")
    return element(
        "text",
        *spans,
        x=x,
        y=first,
        font_size=size,
        text_anchor=anchor,
        direction="rtl" if direction == "rtl" else None,
        **style,
    )


def drawing(  # noqa: PLR0913 - all keywords but the first four
    parts: Sequence[str],
    width: float,
    height: float,
    language: Language,
    *,
    name: str,
    heading: str,
    description: str,
    synthetic: bool,
) -> str:
    """Return a whole ``<svg>``: a card with title and description, and the watermark where it belongs.

    ``name`` makes the identifiers unique in a page that holds several figures.
    """
    foot = 26 if synthetic else 0
    total = height + foot
    mark = _watermark(width, height, language) if synthetic else ""
    return element(
        "svg",
        element("title", characters(heading), id=f"{name}-title"),
        element("desc", characters(description), id=f"{name}-desc"),
        element("rect", x=0, y=0, width=width, height=total, rx=6, fill=CARD, class_="card"),
        mark,
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {number(width)} {number(total)}",
        width=width,
        height=total,
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
        font_family=FONT_STACK,
        # Without it the texts of a right-to-left page would inherit its direction, numbers included.
        direction="ltr",
        lang=language.tag,
    )


def _watermark(width: float, height: float, language: Language) -> str:
    long, short = language.text(words.SYNTHETIC), language.text(words.SYNTHETIC_SHORT)
    fits = text_width(long, 12, bold=True) < width - 16
    return text_block(
        [long if fits else short],
        width / 2,
        height + 10,
        language,
        size=12,
        font_weight="bold",
        fill="#9a3412",
        class_="watermark",
    )
