"""Flows and networks: amounts as widths and areas, names whole and apart, the same bytes twice."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations, pairwise
from math import hypot

import pytest
from lxml import etree
from render_networks import CHANNELS, FLOW, LONG, NETWORK, network

from omnistudy.pictures import Flow, Network, NetworkNode
from omnistudy.render.figures import as_tables, svg, svg_file
from omnistudy.render.language import language
from omnistudy.render.png import DrawnText, drawn_texts
from omnistudy.render.svg.measure import text_width, wrap, wrap_briefly
from omnistudy.render.svg.network_layout import Area, balance, fitted, place_names
from omnistudy.results import Figure, Label, Message, Picture, Undefined

SPACE = {"s": "http://www.w3.org/2000/svg"}
both = pytest.mark.parametrize("tag", ["en", "fa"])


def figure(picture: Picture) -> Figure:
    return Figure(name="f", picture=picture, caption=Message("C"), alt=Message("A"))


def drawn(picture: Picture, tag: str = "en") -> etree._Element:
    return etree.fromstring(svg(figure(picture), language(tag), synthetic=True).encode())


def flows(root: etree._Element) -> list[tuple[str, list[float]]]:
    """Return the title of every ribbon and the four heights of its ends."""
    found = []
    for group in root.iterfind(".//s:g[@class='flow-ribbon']", SPACE):
        path = group.find("s:path", SPACE)
        assert path is not None
        numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", path.get("d", ""))]
        found.append((group.findtext("s:title", "", SPACE), [numbers[i] for i in (1, 7, 9, 15)]))
    return found


@both
@pytest.mark.parametrize("picture", [FLOW, NETWORK, network(60, 150)], ids=["flow", "network", "large"])
def test_the_same_bytes_with_every_text_escaped(picture: Picture, tag: str) -> None:
    text = svg_file(figure(picture), language(tag), synthetic=True)
    assert text == svg_file(figure(picture), language(tag), synthetic=True)
    assert "<script" not in text
    assert "\u202e" not in text
    for element in etree.fromstring(text.encode()).iterfind(".//s:text", SPACE):
        said = "".join(str(part) for part in element.itertext())
        assert (element.get("direction") or "ltr") == language(tag).base_direction(said)


@both
def test_ribbons_are_as_wide_as_their_amounts(tag: str) -> None:
    heights = dict(flows(drawn(FLOW, tag)))
    assert len(heights) == sum(bool(amount) for row in FLOW.amounts for amount in row)
    widths = {title.rpartition(": ")[2]: below - above for title, (above, _, _, below) in heights.items()}
    reader = language(tag)
    thousand, two_hundred = (widths[reader.number(n)] for n in (1000, 200))
    assert thousand == pytest.approx(5 * two_hundred, abs=0.5)
    for leaves, arrives, arrives_below, leaves_below in heights.values():
        assert arrives_below - arrives == pytest.approx(leaves_below - leaves, abs=0.2)
        assert leaves_below - leaves >= 1


def test_thin_and_unknown_flows_are_counted_in_words() -> None:
    said = [one.text for one in drawn_texts(svg(figure(FLOW), language("en"), synthetic=False))]
    assert "Thin flows drawn wider than their share, so that they can be seen: 2" in said
    assert "Flows without a known amount, not drawn: 2" in said
    plain = Flow(sources=CHANNELS[:1], targets=CHANNELS[:1], amounts=((5,),), axis=Message("N"))
    assert not [
        t for t in drawn_texts(svg(figure(plain), language("en"), synthetic=False)) if "hin" in t.text
    ]


def test_flows_run_in_reading_direction() -> None:
    sides = {}
    for tag in ("en", "fa"):
        root = drawn(FLOW, tag)
        bars = root.findall(".//s:rect[@class]", SPACE)
        xs = [float(bar.get("x", "")) for bar in bars if "mark" in bar.get("class", "")]
        sides[tag] = xs[0] < xs[-1]
    assert sides == {"en": True, "fa": False}


@both
def test_names_and_amounts_of_flows_are_whole_and_meet_nothing(tag: str) -> None:
    drawing = svg(figure(FLOW), language(tag), synthetic=True)
    texts = drawn_texts(drawing)
    for one, other in combinations(texts, 2):
        assert not meet(one, other), (one.text, other.text)
    said = " ".join(one.text for one in texts)
    for total in (1231, 1160, 620):
        assert language(tag).number(total, FLOW.kind) in said
    assert CHANNELS[3].texts[tag].strip() in drawing  # whole in the title
    assert "…" in said  # shortened in the open


def meet(one: DrawnText, other: DrawnText) -> bool:
    return Area(one.left, one.top, one.right, one.bottom).meets(
        Area(other.left, other.top, other.right, other.bottom)
    )


@both
@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("points", "links"), [(1, 0), (2, 1), (14, 20), (40, 60), (90, 250)])
def test_names_of_points_meet_no_name_and_no_other_point(
    points: int, links: int, seed: int, tag: str
) -> None:
    picture = network(points, links, seed=seed)
    root = drawn(picture, tag)
    width, height = (float(root.get(side, "")) for side in ("width", "height"))
    discs = [
        group.find("s:circle", SPACE) for group in root.iterfind(".//s:g[@class='network-point']", SPACE)
    ]
    circles = [tuple(float(d.get(k, "")) for k in ("cx", "cy", "r")) for d in discs if d is not None]
    assert len(circles) == points
    for x, y, radius in circles:
        assert radius <= x <= width - radius
        assert radius <= y <= height - radius
    for (ax, ay, ar), (bx, by, br) in combinations(circles, 2):
        assert hypot(ax - bx, ay - by) >= ar + br
    names = name_areas(root, tag)
    for one, other in combinations(names, 2):
        assert not one.meets(other)
    for area in names:
        gaps = sorted(area.gap((x, y), radius) for x, y, radius in circles)
        assert gaps[0] > 0
        assert len(gaps) == 1 or gaps[0] < gaps[1]  # it belongs to one point only
        assert Area(0, 0, width, height).holds(area)
    said = "".join(str(part) for part in root.itertext())
    if points > len(names):
        assert language(tag).number(points - len(names)) in said
        assert points > 40
    assert points - len(names) < points / 2


def name_areas(root: etree._Element, tag: str) -> list[Area]:
    """Return what the letters of every name cover; the lines of one name are one rectangle."""
    texts = iter(drawn_texts(etree.tostring(root, encoding="unicode")))
    found = []
    for element in root.iterfind(".//s:text", SPACE):
        lines = [next(texts) for _ in element.findall("s:tspan", SPACE) or [element]]
        if element.get("class") == "ink network-name":
            found.append(
                Area(
                    min(line.left for line in lines),
                    min(line.top for line in lines),
                    max(line.right for line in lines),
                    max(line.bottom for line in lines),
                )
            )
    return found


def test_areas_and_widths_follow_sizes_and_weights() -> None:
    nodes = tuple(
        NetworkNode(id=name, label=Label(name), size=size) for name, size in (("a", 40), ("b", 10), ("c", 0))
    )
    picture = Network(
        nodes=nodes,
        links=(("a", "b", 8.0), ("b", "c", 4.0), ("a", "gone", 9.0)),
        axis=Message("W"),
        size_axis=Message("S"),
    )
    root = drawn(picture)
    radii = [float(c.get("r", "")) for c in root.iterfind(".//s:g[@class='network-point']/s:circle", SPACE)]
    assert radii[0] == pytest.approx(2 * radii[1], abs=0.1)
    assert 0 < radii[2] < radii[1]
    widths = {
        group.findtext("s:title", "", SPACE): float(group.find("s:line", SPACE).get("stroke-width", ""))  # type: ignore[union-attr]
        for group in root.iterfind(".//s:g[@class='network-tie']", SPACE)
    }
    assert widths == {"a – b: 8": 7.0, "b – c: 4": 3.5}
    assert len(as_tables(figure(picture))[1].rows) == 3


@pytest.mark.parametrize("groups", [1, 6, 9])
def test_every_group_has_a_look_of_its_own_and_a_line_in_the_legend(groups: int) -> None:
    root = drawn(network(18, 10, groups=groups))
    looks = set()
    for circle in root.iterfind(".//s:g[@class='network-point']/s:circle", SPACE):
        looks.add((circle.get("fill"), circle.get("stroke-dasharray")))
    assert len(looks) == groups
    said = " ".join(str(part) for part in root.itertext())
    assert said.count("Group ") == groups


def test_shades_differ_in_grey() -> None:
    from omnistudy.render.svg.network import SHADES

    greys = sorted(
        sum(weight * int(shade[i : i + 2], 16) for weight, i in ((0.299, 1), (0.587, 3), (0.114, 5)))
        for shade in SHADES
    )
    assert min(b - a for a, b in pairwise(greys)) >= 20


def test_balance_is_repeatable_and_brings_linked_points_together() -> None:
    links = [(0, 1, 1.0), (1, 2, 1.0), (0, 2, 1.0), (3, 4, 1.0), (4, 5, 1.0), (3, 5, 1.0)]
    points = balance(6, links)
    assert points == balance(6, links)

    def apart(a: int, b: int) -> float:
        return hypot(points[a][0] - points[b][0], points[a][1] - points[b][1])

    assert max(apart(a, b) for a, b, _ in links) < min(apart(a, b) for a in (0, 1, 2) for b in (3, 4, 5))
    assert balance(0, []) == []


def test_points_in_one_place_are_parted() -> None:
    area = Area(0, 0, 300, 200)
    placed = fitted([(1.0, 1.0)] * 5, [10.0] * 5, area)
    for (ax, ay), (bx, by) in combinations(placed, 2):
        assert hypot(ax - bx, ay - by) >= 20
    assert fitted([], [], area) == []


def test_a_name_without_room_is_left_out() -> None:
    names = place_names([(50, 50)], [10], {0: (200.0, 20.0)}, Area(0, 0, 100, 100))
    assert names == {}
    names = place_names([(50, 50)], [10], {0: (60.0, 20.0)}, Area(0, 0, 100, 100))
    assert set(names) == {0}


def test_a_name_of_300_letters_is_shortened_in_the_open_only() -> None:
    text = LONG[:300]
    lines = wrap_briefly(text, 120, 12, most=3)
    assert len(lines) == 3
    assert lines[-1].endswith("…")
    assert all(text_width(line, 12) <= 120 for line in lines)
    assert wrap_briefly("short", 120, 12, most=3) == ("short",)
    node = NetworkNode(id="a", label=Label("a", {"en": text}), size=1)
    whole = svg(
        figure(Network(nodes=(node,), links=(), axis=Message("W"), size_axis=Message("S"))),
        language("en"),
        synthetic=False,
    )
    assert text.strip() in whole


def test_isolates_that_a_line_end_cuts_are_closed_and_opened_again() -> None:
    lines = wrap("\u2068one two three four five\u2069 and six", 70, 12)
    assert len(lines) > 2
    for line in lines:
        assert line.count("\u2068") == line.count("\u2069")
    assert lines[1].startswith("\u2068")


@pytest.mark.parametrize(
    "picture",
    [
        Flow(sources=(), targets=(), amounts=(), axis=Message("N")),
        Flow(sources=CHANNELS[:2], targets=CHANNELS[:1], amounts=((None,), (0,)), axis=Message("N")),
        Network(nodes=(), links=(), axis=Message("W"), size_axis=Message("S")),
        replace(NETWORK, links=()),
    ],
    ids=["no boxes", "no amounts", "no points", "no links"],
)
def test_empty_pictures_are_drawn_and_told(picture: Picture) -> None:
    assert drawn(picture) is not None
    for table in as_tables(figure(picture)):
        assert all(len(row) == len(table.columns) for row in table.rows)


def test_flows_and_networks_are_told() -> None:
    (flows_told,) = as_tables(figure(FLOW))
    assert len(flows_told.rows) == 25
    assert isinstance(flows_told.rows[9][2], Undefined)
    assert flows_told.rows[0] == (CHANNELS[0], CHANNELS[0], 1000)
    points, links = as_tables(figure(NETWORK))
    assert len(points.rows) == 14
    weights = [row[2] for row in links.rows]
    assert weights == sorted(weights, reverse=True)  # type: ignore[type-var]
