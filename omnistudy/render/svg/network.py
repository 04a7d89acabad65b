"""Networks as SVG: areas as large as what they count, links as wide as their weight, names that never meet.

Groups differ in lightness before they differ in hue, and further ones by a dashed rim, so that the
picture can be read in grey.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from omnistudy.pictures import Network, NetworkNode
from omnistudy.render.language import Language
from omnistudy.render.svg.axes import MARGIN, WIDTH
from omnistudy.render.svg.element import CARD, INK, SOFT, element, text_block, title
from omnistudy.render.svg.measure import text_width, wrap, wrap_briefly
from omnistudy.render.svg.network_layout import Area, Point, balance, fitted, place_names
from omnistudy.results import Kind, Number, msg

SIZE = 11.5
LEADING = 1.25
NAME_WIDTH = 128.0
LINES = 3
HEIGHT = 520.0
TALLER = (1.0, 1.25, 1.55, 1.9, 2.3, 2.8)  # tried in turn until every name finds room
CROWDED = (1.9,)
EVERY_NAME = 40  # above so many points the picture does not grow until every one has its name
MOST_NAMES = 100  # the largest points; more names than that nobody could read
LARGEST, SMALLEST = 24.0, 3.0
WIDEST, THINNEST = 7.0, 0.7
# The hues of the paradigm model's roles, each at a lightness of its own.
ROLES = ("causal", "phenomenon", "context", "intervening", "strategy", "outcome")
SHADES = ("#4f93cc", "#10161d", "#a9d8bb", "#7a3a82", "#e0a07c", "#e6f4f6")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """The finished geometry: discs, names with their lines, and how high all that is."""

    points: Sequence[Point]
    radii: Sequence[float]
    names: dict[int, Area]
    lines: Sequence[tuple[str, ...]]
    height: float


def draw_network(network: Network, language: Language) -> tuple[list[str], float, float]:
    """Return the parts of the drawing, its width and its height.

    Links to points that do not exist are left out. Names that find no room are left out and counted
    in a line below; the title of every point holds its whole name.
    """
    number = {node.id: index for index, node in enumerate(network.nodes)}
    links = [
        (number[a], number[b], weight)
        for a, b, weight in network.links
        if a in number and b in number and a != b and weight > 0
    ]
    scene = _scene(network.nodes, links, language)
    heaviest = max((weight for _, _, weight in links), default=1.0)
    groups = _groups(network)
    told = [language.name(node.label) for node in network.nodes]
    parts = []
    for a, b, weight in sorted(links, key=lambda link: link[2]):
        words = f"{told[a]} – {told[b]}: {language.number(weight, network.kind)}"
        ends = (scene.points[a], scene.points[b])
        parts.append(element("g", title(words), _link(*ends, weight / heaviest), class_="network-tie"))
    for index, node in enumerate(network.nodes):
        words = f"{told[index]}: {language.number(node.size, network.size_kind)}"
        disc = _disc(scene.points[index], scene.radii[index], groups.get(node.group, 0))
        parts.append(element("g", title(words), disc, class_="network-point"))
    parts += [_name(scene.lines[index], area, language) for index, area in scene.names.items()]
    legend, y = _legend(network, groups, heaviest, scene.height + 14, language)
    left_out = len(network.nodes) - len(scene.names)
    if left_out:
        note = msg("Points without a name, for want of room: {count}", count=Number(left_out, Kind.COUNT))
        legend.append(
            text_block([language.text(note)], WIDTH / 2, y, language, size=11.5, fill=SOFT, class_="soft")
        )
        y += 20
    return [*parts, *legend], WIDTH, y + 4


def _scene(
    nodes: Sequence[NetworkNode], links: Sequence[tuple[int, int, float]], language: Language
) -> _Scene:
    largest = max((node.size for node in nodes), default=0.0) or 1.0
    most = LARGEST / sqrt(1 + len(nodes) / 60)
    radii = [max(SMALLEST, most * sqrt(max(0.0, node.size) / largest)) for node in nodes]
    lines = [wrap_briefly(language.name(node.label), NAME_WIDTH, SIZE, most=LINES) for node in nodes]
    order = sorted(range(len(nodes)), key=lambda i: (-nodes[i].size, i))
    sizes = {
        i: (max(text_width(line, SIZE) for line in lines[i]) + 4, len(lines[i]) * SIZE * LEADING + 2)
        for i in order[:MOST_NAMES]
    }
    start = balance(len(nodes), links)
    found: list[_Scene] = []
    for factor in TALLER if len(nodes) <= EVERY_NAME else CROWDED:
        height = HEIGHT * factor
        inner = Area(MARGIN + 44, MARGIN + 12, WIDTH - MARGIN - 44, height - 34)
        points = fitted(start, radii, inner)
        names = place_names(points, radii, sizes, Area(MARGIN, MARGIN, WIDTH - MARGIN, height))
        found.append(_Scene(points=points, radii=radii, names=names, lines=lines, height=height))
        if len(names) == len(nodes):
            break
    # The first of the best: a taller picture that names no more points is no gain.
    return max(found, key=lambda scene: len(scene.names))


def _groups(network: Network) -> dict[str, int]:
    """Number the groups: roles as in the paradigm model, others in the order of the legend, then by id."""
    known = [group for group, _ in network.groups]
    present = dict.fromkeys([*known, *sorted({node.group for node in network.nodes})])
    if all(group in ROLES for group in present):
        return {group: ROLES.index(group) for group in present}
    return {group: index for index, group in enumerate(present)}


def _link(start: Point, end: Point, share: float) -> str:
    return element(
        "line",
        x1=start[0],
        y1=start[1],
        x2=end[0],
        y2=end[1],
        stroke=SOFT,
        stroke_width=_stroke_of(share),
        stroke_opacity="0.45",
        class_="network-link",
    )


def _stroke_of(share: float) -> float:
    return max(THINNEST, WIDEST * share)


def _disc(centre: Point, radius: float, group: int) -> str:
    shade = group % len(SHADES)
    return element(
        "circle",
        cx=centre[0],
        cy=centre[1],
        r=radius,
        fill=SHADES[shade],
        stroke=INK,
        stroke_width=1.2,
        stroke_dasharray="3 2" if (group // len(SHADES)) % 2 else None,
        class_=f"shade-{shade}",
    )


def _name(lines: Sequence[str], area: Area, language: Language) -> str:
    x, y = (area.left + area.right) / 2, (area.top + area.bottom) / 2
    ground = element(
        "rect",
        x=area.left,
        y=area.top,
        width=area.right - area.left,
        height=area.bottom - area.top,
        rx=3,
        fill=CARD,
        fill_opacity="0.78",
        class_="card",
    )
    return ground + text_block(lines, x, y, language, size=SIZE, leading=LEADING, class_="ink network-name")


def _legend(
    network: Network, groups: dict[str, int], heaviest: float, y: float, language: Language
) -> tuple[list[str], float]:
    """Explain shades, areas and widths; items follow each other in reading direction."""
    parts: list[str] = []
    x = float(MARGIN)
    for group, message in network.groups:
        swatch = _disc((9, 0), 6.5, groups[group])
        x, y = _item(parts, (x, y), 18, swatch, language.text(message), language)
    for width, swatch, text in _keys(network, heaviest, language):
        x, y = _item(parts, (x, y), width, swatch, text, language)
    return parts, y + 22


def _keys(network: Network, heaviest: float, language: Language) -> list[tuple[float, str, str]]:
    """Return the largest point and the widest link as samples with their values."""
    keys: list[tuple[float, str, str]] = []
    largest = max((node.size for node in network.nodes), default=0.0)
    if largest:
        size = msg(
            "area: {axis}, at most {value}", axis=network.size_axis, value=Number(largest, network.size_kind)
        )
        ring = element(
            "circle", cx=9, cy=0, r=8, fill="none", stroke=INK, stroke_width=1.2, class_="reference"
        )
        keys.append((20, ring, language.text(size)))
    if network.links:
        weight = msg(
            "width of a line: {axis}, at most {value}",
            axis=network.axis,
            value=Number(heaviest, network.kind),
        )
        keys.append((34, _link((0, 0), (30, 0), 1.0), language.text(weight)))
    return keys


def _item(
    parts: list[str], at: tuple[float, float], width: float, swatch: str, text: str, language: Language
) -> tuple[float, float]:
    """Add a sample and its words, on a new row where the row is full; returns where the next one goes."""
    x, y = at
    lines = wrap(text, WIDTH - 2 * MARGIN - width - 8, 12)
    needed = width + 8 + max(text_width(line, 12) for line in lines) + 20
    if x > MARGIN and x + needed - 20 > WIDTH - MARGIN:
        x, y = float(MARGIN), y + 22
    place = WIDTH - x - width if language.is_rtl else x
    words_at = WIDTH - x - width - 8 if language.is_rtl else x + width + 8
    middle = y + (len(lines) - 1) * 12 * LEADING / 2
    parts.append(element("g", swatch, transform=f"translate({place:.1f} {middle:.1f})", class_="legend"))
    parts.append(
        text_block(
            lines,
            words_at,
            middle,
            language,
            size=12,
            align="right" if language.is_rtl else "left",
            leading=LEADING,
            fill=SOFT,
            class_="soft",
        )
    )
    return x + needed, y + (len(lines) - 1) * 12 * LEADING
