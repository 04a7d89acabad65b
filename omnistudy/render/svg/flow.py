"""Flows from one column of boxes to another as SVG: ribbons as wide as what they carry (Sankey 1898).

Read in grey by position, edges and written amounts; the hue only says from which box a ribbon comes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from omnistudy.pictures import Flow
from omnistudy.render import words
from omnistudy.render.language import Language
from omnistudy.render.svg.axes import MARGIN, WIDTH, axis_title
from omnistudy.render.svg.axes import Scale as Mirror
from omnistudy.render.svg.element import SOFT, element, text_block, title
from omnistudy.render.svg.lines import INKS
from omnistudy.render.svg.measure import text_width, wrap, wrap_briefly
from omnistudy.results import Kind, Label, Message, Number, msg

SIZE = 12.5
VALUE_SIZE = 11.5
LEADING = 1.35
HEIGHT = 340.0  # of all boxes of the fuller column together
BAR = 14.0
ROOM = 190.0  # for the names on each side
GAP = 10.0
LINES = 3
THINNEST = 1.2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    """A box with its name: ``top`` and ``height`` are those of the bar, ``middle`` that of its slot."""

    lines: tuple[str, ...]
    whole: str
    shown: str
    top: float
    height: float
    middle: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ribbon:
    """What passes from one box to another, and where its upper edge leaves and arrives."""

    source: int
    target: int
    amount: float
    leaves: float
    arrives: float
    width: float


def draw_flow(flow: Flow, language: Language) -> tuple[list[str], float, float]:
    """Return the parts of the drawing, its width and its height; mirrored for right-to-left languages.

    Ribbons that would be thinner than can be seen are drawn wider, and a line below counts them; so
    are amounts that nobody knows. Amounts below 0 are not drawn.
    """
    amounts = [[max(0.0, amount or 0.0) for amount in row] for row in flow.amounts]
    given = [sum(row) for row in amounts]
    received = [sum(row[j] for row in amounts) for j in range(len(flow.targets))]
    most = max(sum(given), 0.0)
    scale = HEIGHT / most if most else 0.0
    sources = _column(flow.sources, given, scale, flow.kind, language)
    targets = _column(flow.targets, received, scale, flow.kind, language)
    head = MARGIN + 30.0
    tall = max(_depth(sources), _depth(targets))
    sources, targets = (_shifted(own, head + (tall - _depth(own)) / 2) for own in (sources, targets))
    mirror = Mirror(0, 1, 0, WIDTH, mirrored=language.is_rtl)
    left, right = MARGIN + ROOM + 8.0, WIDTH - MARGIN - ROOM - 8.0
    ribbons = _ribbons(amounts, scale, sources, targets)
    names = (sources, targets)
    drawn = sorted(ribbons, key=lambda one: -one.width)
    parts = [_ribbon(one, (left + BAR, right - BAR), names, mirror, flow, language) for one in drawn]
    parts += [_amount(one, (left + BAR, right - BAR), mirror, flow, language) for one in drawn]
    for boxes, x, first in ((sources, left, True), (targets, right - BAR, False)):
        heading = words.FROM if first else words.TO
        parts.append(_heading(heading, x, mirror, language, first=first))
        parts += [_box(box, i, x, mirror, language, first=first) for i, box in enumerate(boxes)]
    y = head + tall + 22
    parts.append(axis_title(flow.axis, WIDTH / 2, y, mirror, language))
    notes = _notes(flow, ribbons, language)
    for index, line in enumerate(notes):
        parts.append(
            text_block([line], WIDTH / 2, y + 19 * (index + 1), language, size=11.5, fill=SOFT, class_="soft")
        )
    return parts, WIDTH, y + 19 * len(notes) + 18


def _column(
    labels: Sequence[Label], totals: Sequence[float], scale: float, kind: Kind, language: Language
) -> list[_Box]:
    boxes: list[_Box] = []
    y = 0.0
    for label, total in zip(labels, totals, strict=True):
        whole = language.name(label)
        lines = wrap_briefly(whole, ROOM - 8, SIZE, most=LINES)
        height = max(total * scale, 1.5)
        slot = max(height, len(lines) * SIZE * LEADING + VALUE_SIZE * LEADING)
        shown = language.number(total, kind)
        middle = y + slot / 2
        boxes.append(
            _Box(
                lines=lines,
                whole=whole,
                shown=shown,
                top=middle - height / 2,
                height=height,
                middle=middle,
            )
        )
        y += slot + GAP
    return boxes


def _depth(boxes: Sequence[_Box]) -> float:
    if not boxes:
        return 0.0
    last = boxes[-1]
    words_below = (len(last.lines) * SIZE + VALUE_SIZE) * LEADING / 2
    return max(last.top + last.height, last.middle + words_below)


def _shifted(boxes: Sequence[_Box], by: float) -> list[_Box]:
    return [
        _Box(
            lines=box.lines,
            whole=box.whole,
            shown=box.shown,
            top=box.top + by,
            height=box.height,
            middle=box.middle + by,
        )
        for box in boxes
    ]


def _ribbons(
    amounts: Sequence[Sequence[float]], scale: float, sources: Sequence[_Box], targets: Sequence[_Box]
) -> list[_Ribbon]:
    """Stack the ribbons at both ends in the order of the boxes that they come from and go to."""
    found: list[_Ribbon] = []
    filled = [0.0] * len(targets)
    for i, row in enumerate(amounts):
        spent = 0.0
        for j, amount in enumerate(row):
            if amount > 0:
                found.append(
                    _Ribbon(
                        source=i,
                        target=j,
                        amount=amount,
                        leaves=sources[i].top + spent,
                        arrives=targets[j].top + filled[j],
                        width=amount * scale,
                    )
                )
                spent += amount * scale
                filled[j] += amount * scale
    return found


def _ribbon(
    one: _Ribbon,
    ends: tuple[float, float],
    boxes: tuple[Sequence[_Box], Sequence[_Box]],
    mirror: Mirror,
    flow: Flow,
    language: Language,
) -> str:
    ink = one.source % len(INKS)
    width = max(one.width, THINNEST)
    start, end = (mirror.flip(x) for x in ends)
    half = (start + end) / 2
    upper = (one.leaves + (one.width - width) / 2, one.arrives + (one.width - width) / 2)
    lower = (upper[0] + width, upper[1] + width)
    there = f"C{half:.1f} {{0:.1f}} {half:.1f} {{1:.1f}} {{2:.1f}} {{1:.1f}}"
    top = f"M{start:.1f} {upper[0]:.1f}" + there.format(upper[0], upper[1], end)
    back = f"L{end:.1f} {lower[1]:.1f}" + there.format(lower[1], lower[0], start)
    bottom = f"M{start:.1f} {lower[0]:.1f}" + there.format(lower[0], lower[1], end)
    area = element("path", d=f"{top}{back}Z", fill=INKS[ink], fill_opacity="0.22", class_=f"band-{ink}")
    edges = element(
        "path",
        d=top + bottom,
        fill="none",
        stroke=INKS[ink],
        stroke_width=0.7,
        stroke_opacity="0.7",
        class_=f"curve-{ink}",
    )
    arrow = language.text(words.arrow(boxes[0][one.source].whole, boxes[1][one.target].whole))
    told = title(f"{arrow}: {language.number(one.amount, flow.kind)}")
    return element("g", told, area, edges, class_="flow-ribbon")


def _amount(one: _Ribbon, ends: tuple[float, float], mirror: Mirror, flow: Flow, language: Language) -> str:
    """Write the amount into its ribbon near the box it leaves, if it lies wholly inside there."""
    shown = language.number(one.amount, flow.kind)
    room = text_width(shown, VALUE_SIZE)
    share = (8 + room) / (ends[1] - ends[0])
    drift = abs(one.arrives - one.leaves) * _height_at(share)
    if one.width < VALUE_SIZE + 3 + drift:
        return ""
    # The ribbon has already begun to climb or to sink under the middle of the number.
    lean = (one.arrives - one.leaves) * _height_at((8 + room / 2) / (ends[1] - ends[0]))
    return text_block(
        [shown],
        mirror.flip(ends[0] + 8 + room / 2),
        one.leaves + one.width / 2 + lean,
        language,
        size=VALUE_SIZE,
    )


def _height_at(across: float) -> float:
    """Return how far a ribbon has climbed, of its whole climb, at a share of its way across."""
    low, high = 0.0, 1.0
    for _ in range(24):
        t = (low + high) / 2
        # Control points half way: x is 1.5 t (1 − t)² + 1.5 t² (1 − t) + t³.
        x = 1.5 * t * (1 - t) ** 2 + 1.5 * t * t * (1 - t) + t**3
        low, high = (t, high) if x < across else (low, t)
    return 3 * low * low - 2 * low**3


def _heading(message: Message, x: float, mirror: Mirror, language: Language, *, first: bool) -> str:
    at = x - 8 if first else x + BAR + 8
    return text_block(
        [language.text(message)],
        mirror.flip(at),
        MARGIN + 8,
        language,
        size=SIZE,
        align=_side(mirror, first=first),
        font_weight="bold",
    )


def _side(mirror: Mirror, *, first: bool) -> str:
    """Return the physical side of a name's text on which its bar stands."""
    return "right" if first != mirror.mirrored else "left"


def _box(box: _Box, index: int, x: float, mirror: Mirror, language: Language, *, first: bool) -> str:
    ink = index % len(INKS) if first else 0
    bar = element(
        "rect",
        x=min(mirror.flip(x), mirror.flip(x + BAR)),
        y=box.top,
        width=BAR,
        height=box.height,
        fill=INKS[ink],
        class_=f"curve-{ink}-mark",
    )
    at = mirror.flip(x - 8 if first else x + BAR + 8)
    high, low = len(box.lines) * SIZE * LEADING, VALUE_SIZE * LEADING
    name = text_block(
        box.lines,
        at,
        box.middle - low / 2,
        language,
        size=SIZE,
        align=_side(mirror, first=first),
        leading=LEADING,
    )
    value = text_block(
        [box.shown],
        at,
        box.middle + high / 2,
        language,
        size=VALUE_SIZE,
        align=_side(mirror, first=first),
        fill=SOFT,
        class_="soft",
    )
    return element("g", title(f"{box.whole}: {box.shown}"), bar, name, value)


def _notes(flow: Flow, ribbons: Sequence[_Ribbon], language: Language) -> list[str]:
    thin = sum(one.width < THINNEST for one in ribbons)
    unknown = sum(amount is None for row in flow.amounts for amount in row)
    messages = []
    if thin:
        messages.append(
            msg(
                "Thin flows drawn wider than their share, so that they can be seen: {count}",
                count=Number(thin, Kind.COUNT),
            )
        )
    if unknown:
        messages.append(
            msg("Flows without a known amount, not drawn: {count}", count=Number(unknown, Kind.COUNT))
        )
    return [line for one in messages for line in wrap(language.text(one), WIDTH - 2 * MARGIN, 11.5)]
