"""Drawing the paradigm model: boxes with their roles, arrows with their evidence, and a legend."""

from __future__ import annotations

from collections.abc import Sequence
from math import hypot

from omnistudy.pictures import Diagram, DiagramEdge
from omnistudy.render import words
from omnistudy.render.language import Language
from omnistudy.render.svg.diagram_grid import (
    HEADING_SIZE,
    LEADING,
    MEASURE_GAP,
    MEASURE_SIZE,
    SIZE,
    arrange,
)
from omnistudy.render.svg.diagram_layout import Box, Layout, Line, Panel, Point, lay_out
from omnistudy.render.svg.diagram_routes import Look, bundles
from omnistudy.render.svg.element import CARD, INK, LINE, SOFT, element, number, text_block, title
from omnistudy.render.svg.measure import text_width, wrap

RADIUS = 7
ARROW = 8
DASH = "6 4"
# Okabe & Ito's hues (2008), darkened until each keeps 4.5:1 against white and its own place in grey.
COLOURS = {
    "causal": "#0b5a9c",
    "conditions": "#0b5a9c",
    "phenomenon": "#1b2530",
    "context": "#1d6f42",
    "intervening": "#87408f",
    "strategy": "#a8480f",
    "outcome": "#0d6d78",
}
# The same hues at seven parts in a hundred.
TINTS = {
    "causal": "#eff5fa",
    "conditions": "#eff5fa",
    "phenomenon": "#ffffff",
    "context": "#eff6f2",
    "intervening": "#f7f1f8",
    "strategy": "#faf2ee",
    "outcome": "#eff6f7",
}


def draw_diagram(diagram: Diagram, language: Language) -> tuple[list[str], float, float]:
    """Return the parts of the drawing, its width and its height."""
    grid = arrange(diagram, language)
    layout = lay_out(grid, bundles(diagram.edges, grid), mirrored=language.is_rtl)
    names = {node.id: language.name(node.label) for node in diagram.nodes}
    parts = [_panel(panel, language) for panel in layout.panels]
    parts += [_line(line) for line in _back_to_front(layout.lines)]
    parts += [_courses(line, names, language) for line in layout.lines]
    parts += [_box(box, language) for box in layout.boxes]
    legend, height = _legend(layout, language)
    return [*parts, *legend], layout.width, layout.height + height


def _colour(group: str) -> str:
    return COLOURS.get(group, SOFT)


def _role(group: str) -> str:
    return f"role-{group}" if group in COLOURS else "role-other"


def _panel(panel: Panel, language: Language) -> str:
    colour, role = _colour(panel.group.id), _role(panel.group.id)
    border = element(
        "rect",
        x=panel.x,
        y=panel.y,
        width=panel.width,
        height=panel.height,
        rx=10,
        fill="none",
        stroke=LINE,
        stroke_dasharray="2 3",
        class_="panel",
    )
    parts = [border]
    if panel.group.heading:
        parts.append(
            text_block(
                panel.group.heading,
                panel.heading_x,
                panel.heading_y,
                language,
                size=HEADING_SIZE,
                leading=LEADING,
                font_weight="bold",
                fill=colour,
                class_=f"heading {role}",
            )
        )
    if panel.group.empty:
        lines = wrap(language.text(words.EMPTY_ROLE), 180, 12)
        y = panel.y + panel.height - 34
        parts.append(
            text_block(
                lines, panel.heading_x, y, language, size=12, fill=SOFT, class_="soft", font_style="italic"
            )
        )
    return element("g", *parts, class_="group")


def _box(box: Box, language: Language) -> str:
    node = box.place.node
    colour, strong = _colour(node.group), box.place.emphasised
    further = [language.text(said) for said in (node.detail, node.measure) if said is not None]
    hover = ": ".join([language.name(node.label), *(["\n".join(further)] if further else [])])
    rectangle = element(
        "rect",
        x=box.x,
        y=box.y,
        width=box.width,
        height=box.height,
        rx=8,
        fill=TINTS.get(node.group, CARD),
        stroke=colour,
        stroke_width=2.6 if strong else 1.4,
        class_=f"box {_role(node.group)}",
    )
    label = text_block(
        box.place.lines,
        box.x + box.width / 2,
        box.y + (box.height - box.place.measure_height) / 2,
        language,
        size=SIZE,
        leading=LEADING,
        font_weight="bold" if strong else None,
    )
    parts = [title(hover), rectangle, label]
    if box.place.measure:
        low = box.y + (box.height + box.place.label_height + MEASURE_GAP) / 2
        middle = box.x + box.width / 2
        parts.append(
            text_block(
                box.place.measure,
                middle,
                low,
                language,
                size=MEASURE_SIZE,
                leading=LEADING,
                fill=SOFT,
                class_="soft",
            )
        )
    return element("g", *parts, class_="node", data_id=node.id)


def _back_to_front(lines: Sequence[Line]) -> list[Line]:
    """Draw the large bundles first, so that the halos of single arrows part them and not the reverse."""
    return sorted(lines, key=lambda line: -len(line.leaves))


def _line(line: Line) -> str:
    """Draw a bundle: a halo that parts the lines it crosses, the strokes, and the arrowheads."""
    look = line.bundle.look
    paths = [rounded(points) for points in _strokes(line)]
    halo = element("path", d=" ".join(paths), stroke=CARD, stroke_width=5, class_="halo")
    stroke = element(
        "path",
        d=" ".join(paths),
        stroke=_colour(look.group),
        stroke_width=1.7,
        stroke_dasharray=None if look.solid else DASH,
        class_=_role(look.group),
    )
    heads = [_head(*ends, look) for ends in _tips(line)]
    return element("g", halo, stroke, *heads, class_="bundle", fill="none")


def _strokes(line: Line) -> list[tuple[Point, ...]]:
    """Cut a bundle into strokes that overlap nowhere, since overlapping dashes would fill their gaps.

    The farthest leaf on each side of the hub gets the trunk; nearer ones branch off it. Strokes end
    a little before a tip, where the arrowhead begins.
    """
    stem, hub = line.stem, line.stem[-1]
    inward = not line.bundle.centre_is_source
    stem = _shortened(stem[::-1], line.bundle.look)[::-1] if inward else stem
    strokes: list[tuple[Point, ...]] = []
    above = sorted((leaf for leaf in line.leaves if leaf[1][1] < hub[1]), key=lambda leaf: leaf[1][1])
    below = sorted((leaf for leaf in line.leaves if leaf[1][1] >= hub[1]), key=lambda leaf: -leaf[1][1])
    for side in (above, below):
        for rank, (_, branch, port) in enumerate(side):
            tail = (branch, port) if inward else _shortened((branch, port), line.bundle.look)
            if rank:
                towards = 1 if hub[1] > branch[1] else -1
                room = min(RADIUS, abs(hub[1] - branch[1]))
                strokes.append(((branch[0], branch[1] + towards * room), *tail))
            elif side is below and above:
                before = _towards(hub, stem[-2], RADIUS)
                strokes.append((before, hub, *tail))
            else:
                strokes.append((*stem, *tail))
    return strokes


def _tips(line: Line) -> list[tuple[Point, Point]]:
    """Return the last stretch of every arrow that ends here: from where it comes, and its tip."""
    if line.bundle.centre_is_source:
        return [(branch, port) for _, branch, port in line.leaves]
    return [(line.stem[1], line.stem[0])]


def _shortened(points: Sequence[Point], look: Look) -> tuple[Point, ...]:
    room = ARROW + 3 if look.negative else ARROW - 1
    return (*points[:-1], _towards(points[-1], points[-2], room))


def _towards(start: Point, end: Point, length: float) -> Point:
    whole = hypot(end[0] - start[0], end[1] - start[1])
    share = min(1.0, length / whole) if whole else 0.0
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)


def _head(before: Point, tip: Point, look: Look) -> str:
    """Draw the end of an arrow: filled, hollow for feedback, a circled minus for a negative link."""
    colour, role = _colour(look.group), _role(look.group)
    way = 1 if tip[0] > before[0] else -1
    if look.negative:
        x, y = tip[0] - way * 6.5, tip[1]
        ring = element(
            "circle", cx=x, cy=y, r=5, stroke=colour, stroke_width=1.5, fill=CARD, class_=f"ring {role}"
        )
        bar = element(
            "path", d=f"M{_p((x - 2.6, y))}H{number(x + 2.6)}", stroke=colour, stroke_width=1.6, class_=role
        )
        return ring + bar
    back = tip[0] - way * ARROW
    points = f"{_p(tip)} {_p((back, tip[1] - 4.2))} {_p((back, tip[1] + 4.2))}"
    if look.feedback:
        return element(
            "polygon", points=points, fill=CARD, stroke=colour, stroke_width=1.4, class_=f"ring {role}"
        )
    return element("polygon", points=points, fill=colour, class_=f"tip {role}")


def _courses(line: Line, names: dict[str, str], language: Language) -> str:
    """Lay an unseen course over every single arrow: it carries the title and lights up on hover."""
    return "".join(
        element(
            "g",
            title(_edge_words(edge, names, language)),
            element("path", d=rounded(line.course(index)), fill="none", stroke="transparent", stroke_width=9),
            class_="edge",
            data_source=edge.source,
            data_target=edge.target,
        )
        for index, (edge, _, _) in enumerate(line.leaves)
    )


def _edge_words(edge: DiagramEdge, names: dict[str, str], language: Language) -> str:
    said = [language.text(words.arrow(names[edge.source], names[edge.target]))]
    said.append(language.text(words.LEGEND_SOLID if edge.solid else words.LEGEND_DASHED))
    if edge.negative:
        said.append(language.text(words.LEGEND_NEGATIVE))
    if edge.feedback:
        said.append(language.text(words.LEGEND_FEEDBACK))
    if edge.detail is not None:
        said.append(language.text(edge.detail))
    return "\n".join(said)


def rounded(points: Sequence[Point], radius: float = RADIUS) -> str:
    """Return path data through corner points, the corners rounded as far as their legs allow."""
    kept = [point for index, point in enumerate(points) if index == 0 or point != points[index - 1]]
    data = [f"M{_p(kept[0])}"]
    for before, corner, after in zip(kept, kept[1:], kept[2:], strict=False):
        legs = (hypot(corner[0] - p[0], corner[1] - p[1]) / 2 for p in (before, after))
        room = min(radius, *legs)
        data.append(f"L{_p(_towards(corner, before, room))}Q{_p(corner)} {_p(_towards(corner, after, room))}")
    data.append(f"L{_p(kept[-1])}")
    return "".join(data)


def _p(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def _legend(layout: Layout, language: Language) -> tuple[list[str], float]:
    """Explain the lines in words; only what occurs, except solid and dashed, which always stand."""
    looks = [line.bundle.look for line in layout.lines]
    items = [
        (words.LEGEND_SOLID, Look("", True, False, False)),
        (words.LEGEND_DASHED, Look("", False, False, False)),
    ]
    if any(look.negative for look in looks):
        items.append((words.LEGEND_NEGATIVE, Look("", True, True, False)))
    if any(look.feedback for look in looks):
        items.append((words.LEGEND_FEEDBACK, Look("", True, False, True)))
    parts: list[str] = []
    sample, size, row = 44, 12, 22
    x, y = 20.0, layout.height + 12
    for message, look in items:
        text = language.text(message)
        width = sample + 8 + text_width(text, size) + 26
        if x > 20 and x + width > layout.width:
            x, y = 20.0, y + row
        parts.append(_legend_item((x, y), text, look, layout.width, language))
        x += width
    return parts, y - layout.height + 20


def _legend_item(start: Point, text: str, look: Look, width: float, language: Language) -> str:
    x, y = start
    ends = [(x, y), (x + 44, y)]
    words_at = x + 52
    if language.is_rtl:
        ends = [(width - px, py) for px, py in ends]
        words_at = width - words_at
    line = element(
        "path",
        d=rounded(_shortened(ends, look)),
        stroke=INK,
        stroke_width=1.7,
        stroke_dasharray=None if look.solid else DASH,
        class_="role-phenomenon",
    )
    look = Look("phenomenon", look.solid, look.negative, look.feedback)
    align = "right" if language.is_rtl else "left"
    words_part = text_block([text], words_at, y, language, size=12, align=align, fill=SOFT, class_="soft")
    return element("g", line, _head(ends[0], ends[1], look), words_part, class_="legend", fill="none")
