"""The paradigm model: no arrow through a box, no box over another, no label outside its box."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from lxml import etree
from render_networks import MEASURE, MEASURED
from render_samples import SMALL, diagram

from omnistudy.pictures import Diagram, DiagramEdge, DiagramNode
from omnistudy.render.figures import as_tables, svg, svg_file
from omnistudy.render.language import language
from omnistudy.render.svg.diagram import rounded
from omnistudy.render.svg.diagram_grid import INSET, LEADING, MEASURE_SIZE, SIZE, Band, arrange
from omnistudy.render.svg.diagram_layout import Box, Layout, Point, lay_out
from omnistudy.render.svg.diagram_routes import bundles
from omnistudy.render.svg.diagram_tracks import Span, assign_tracks, crossings
from omnistudy.render.svg.measure import text_width, wrap
from omnistudy.results import Figure, Label, Message

USUAL = {"causal": 5, "phenomenon": 1, "context": 4, "intervening": 5, "strategy": 6, "outcome": 4}
LARGE = {"causal": 12, "phenomenon": 1, "context": 10, "intervening": 12, "strategy": 15, "outcome": 10}
CASES = [
    pytest.param(SMALL, 14, 40, id="small"),
    pytest.param(USUAL, 25, 40, id="usual"),
    pytest.param(USUAL, 60, 12, id="dense"),
    pytest.param(LARGE, 120, 40, id="large"),
    pytest.param({"strategy": 3}, 4, 60, id="one role"),
    pytest.param({"causal": 2, "phenomenon": 2, "outcome": 3}, 8, 3, id="no strategies"),
]


def layout_of(model: Diagram, tag: str) -> Layout:
    grid = arrange(model, language(tag))
    return lay_out(grid, bundles(model.edges, grid), mirrored=tag == "fa")


def segments(layout: Layout) -> list[tuple[DiagramEdge, Point, Point]]:
    found = []
    for line in layout.lines:
        for index, (edge, _, _) in enumerate(line.leaves):
            course = line.course(index)
            found += [(edge, a, b) for a, b in pairwise(course)]
    return found


def enters(a: Point, b: Point, box: Box) -> bool:
    """Whether an upright or level segment has a point strictly inside a box."""
    left, right = sorted((a[0], b[0]))
    top, bottom = sorted((a[1], b[1]))
    return left < box.x + box.width and right > box.x and top < box.y + box.height and bottom > box.y


def turns_back(course: tuple[Point, ...]) -> bool:
    """Whether a course goes back the way it came, which would leave a loose end in the picture."""
    kept = [point for index, point in enumerate(course) if index == 0 or point != course[index - 1]]
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(kept)]
    return any(a[0] * b[0] + a[1] * b[1] < 0 for a, b in pairwise(steps))


@pytest.mark.parametrize("tag", ["en", "fa"])
@pytest.mark.parametrize(("counts", "edges", "letters"), CASES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_geometry(counts: dict[str, int], edges: int, letters: int, seed: int, tag: str) -> None:
    model = diagram(counts, edges=edges, seed=seed, letters=letters)
    layout = layout_of(model, tag)
    assert len(layout.boxes) == len(model.nodes)
    assert sum(len(line.leaves) for line in layout.lines) == len(model.edges)
    through = [
        (edge.source, edge.target, box.place.node.id)
        for edge, a, b in segments(layout)
        for box in layout.boxes
        if enters(a, b, box)
    ]
    assert not through
    for one, other in combinations(layout.boxes, 2):
        apart = (
            one.x + one.width <= other.x
            or other.x + other.width <= one.x
            or one.y + one.height <= other.y
            or other.y + other.height <= one.y
        )
        assert apart
    for box in layout.boxes:
        assert box.x >= 0
        assert box.x + box.width <= layout.width
        assert box.y >= 0
        assert box.y + box.height <= layout.height
    for line in layout.lines:
        for index in range(len(line.leaves)):
            assert not turns_back(line.course(index))
    for _, a, b in segments(layout):
        assert a[0] == b[0] or a[1] == b[1]
        assert all(0 < x < layout.width and 0 < y < layout.height for x, y in (a, b))


@pytest.mark.parametrize("tag", ["en", "fa"])
@pytest.mark.parametrize(("counts", "edges", "letters"), CASES)
def test_labels_fit_and_are_whole(counts: dict[str, int], edges: int, letters: int, tag: str) -> None:
    model = diagram(counts, edges=edges, letters=letters)
    for box in layout_of(model, tag).boxes:
        lines, bold = box.place.lines, box.place.emphasised
        assert all(text_width(line, SIZE, bold=bold) <= box.width - 2 * INSET for line in lines)
        assert len(lines) * SIZE * LEADING <= box.height
        said = "".join(lines).replace(" ", "").replace("\u200d", "")
        assert said == language(tag).name(box.place.node.label).replace(" ", "")


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_lines_of_different_bundles_never_coincide(tag: str) -> None:
    layout = layout_of(diagram(LARGE, edges=120), tag)
    pieces: dict[int, set[tuple[Point, Point]]] = {}
    for number, line in enumerate(layout.lines):
        for index in range(len(line.leaves)):
            course = line.course(index)
            pieces.setdefault(number, set()).update(pairwise(course))
    for (_, some), (_, others) in combinations(pieces.items(), 2):
        for a, b in some:
            for c, d in others:
                assert not overlapping(a, b, c, d)


def overlapping(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two parallel segments share more than a point."""
    for along, across in ((0, 1), (1, 0)):
        if a[across] == b[across] == c[across] == d[across]:
            low = max(min(a[along], b[along]), min(c[along], d[along]))
            return low < min(max(a[along], b[along]), max(c[along], d[along]))
    return False


def test_arrows_end_at_the_border_of_their_boxes() -> None:
    layout = layout_of(diagram(USUAL, edges=40), "en")
    boxes = {box.place.node.id: box for box in layout.boxes}
    for line in layout.lines:
        for index, (edge, _, _) in enumerate(line.leaves):
            course = line.course(index)
            for point, box in ((course[0], boxes[edge.source]), (course[-1], boxes[edge.target])):
                assert point[0] in {box.x, box.x + box.width}
                assert box.y < point[1] < box.y + box.height


def test_classic_layout_and_its_mirror_image() -> None:
    model = diagram(USUAL, edges=20)
    for tag, sign in (("en", 1), ("fa", -1)):
        layout = layout_of(model, tag)
        middle = {box.place.node.group: (box.x, box.y) for box in layout.boxes}
        order = ["causal", "phenomenon", "strategy", "outcome"]
        assert sorted(order, key=lambda group: sign * middle[group][0]) == order
        tops = {band: [b.y for b in layout.boxes if b.place.band is band] for band in Band}
        assert max(tops[Band.ABOVE]) < min(tops[Band.MAIN])
        assert max(tops[Band.MAIN]) < min(tops[Band.BELOW])


def test_feedback_runs_along_the_outside() -> None:
    model = diagram(SMALL, edges=0)
    last, first = model.nodes[-1].id, model.nodes[0].id
    edge = DiagramEdge(source=last, target=first, solid=True, feedback=True)
    layout = layout_of(Diagram(groups=model.groups, nodes=model.nodes, edges=(edge,)), "en")
    course = layout.lines[0].course(0)
    assert max(y for _, y in course) > max(box.y + box.height for box in layout.boxes)


def test_one_bundle_for_arrows_of_one_look() -> None:
    model = diagram({"causal": 5, "phenomenon": 1}, edges=0)
    edges = tuple(DiagramEdge(source=f"n{i}", target="n5", solid=True) for i in range(5))
    layout = layout_of(Diagram(groups=model.groups, nodes=model.nodes, edges=edges), "en")
    assert len(layout.lines) == 1
    assert layout.lines[0].bundle.centre == "n5"


def figure(model: Diagram) -> Figure:
    return Figure(name="model", picture=model, caption=Message("Model"), alt=Message("In words"))


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_svg_file_is_well_formed_and_speaks(tag: str) -> None:
    model = diagram(USUAL, edges=30)
    text = svg_file(figure(model), language(tag), synthetic=True)
    assert text == svg_file(figure(model), language(tag), synthetic=True)
    root = etree.fromstring(text.encode())
    space = {"s": "http://www.w3.org/2000/svg"}
    assert root.get("role") == "img"
    assert len(root.findall(".//s:g[@class='node']/s:title", space)) == len(model.nodes)
    assert len(root.findall(".//s:g[@class='edge']/s:title", space)) == len(model.edges)
    for element in root.iterfind(".//s:text", space):
        said = "".join(str(part) for part in element.itertext())
        wanted = language(tag).base_direction(said)
        assert (element.get("direction") or "ltr") == wanted
    assert not root.findall(".//s:image", space) and not root.findall(".//s:script", space)  # noqa: PT018


def test_dashes_and_marks_follow_the_evidence() -> None:
    model = diagram(SMALL, edges=0)

    def drawn(*, solid: bool = True, negative: bool = False, feedback: bool = False) -> str:
        edge = DiagramEdge(source="n0", target="n3", solid=solid, negative=negative, feedback=feedback)
        whole = Diagram(groups=model.groups, nodes=model.nodes, edges=(edge,))
        return svg(figure(whole), language("en"), synthetic=False).split('class="legend"')[0]

    assert "6 4" not in drawn()
    assert "6 4" in drawn(solid=False)
    assert "<circle" in drawn(negative=True)
    assert "<circle" not in drawn()
    assert 'class="tip' in drawn()
    assert 'class="tip' not in drawn(feedback=True)


def test_empty_roles_are_said() -> None:
    text = svg(figure(diagram({"causal": 1}, edges=0)), language("en"), synthetic=False)
    assert text.count("no category has this role") + text.count("no category has this</tspan>") >= 5


def test_unknown_group_and_no_groups_are_drawn() -> None:
    node = DiagramNode(id="x", label=Label("x"), group="elsewhere")
    layout = layout_of(Diagram(groups=(), nodes=(node,), edges=()), "en")
    assert len(layout.boxes) == 1
    assert layout_of(Diagram(groups=(), nodes=(), edges=()), "en").boxes == ()


def test_arrows_to_nowhere_and_to_oneself_are_left_out_of_the_picture_only() -> None:
    model = diagram(SMALL, edges=0)
    edges = (
        DiagramEdge(source="n0", target="gone", solid=True),
        DiagramEdge(source="n0", target="n0", solid=True),
    )
    broken = Diagram(groups=model.groups, nodes=model.nodes, edges=edges)
    assert not layout_of(broken, "en").lines
    assert len(as_tables(figure(broken))[1].rows) == 2


def test_long_labels_wrap_and_lose_nothing() -> None:
    for text in ("x" * 300, "دیجیتالی‌سازی" * 20, "one two " * 40, "a-b/c-d" * 30):
        lines = wrap(text, 172, 13)
        assert all(text_width(line, 13) <= 172 for line in lines)
        assert "".join(lines).replace("\u200d", "").replace(" ", "") == text.replace(" ", "")
    assert wrap("", 100, 13) == ("",)


def test_tracks_of_overlapping_spans_differ() -> None:
    spans = [Span(i, i, i + 5, (i + 1.0,), (i + 4.0,)) for i in range(12)]
    tracks, count = assign_tracks(spans)
    for one, other in combinations(spans, 2):
        if one.overlaps(other):
            assert tracks[one.bundle] != tracks[other.bundle]
    assert count == max(tracks.values()) + 1


def test_order_of_tracks_avoids_crossings() -> None:
    # The line from the lower left to the upper right must lie on the side that the other does not cross.
    first, second = Span(0, 0, 10, (0,), (10,)), Span(1, 2, 8, (2,), (8,))
    tracks, _ = assign_tracks([first, second])
    ordered = (first, second) if tracks[0] < tracks[1] else (second, first)
    assert crossings(*ordered) <= crossings(*ordered[::-1])


def test_rounded_corners_keep_the_ends() -> None:
    data = rounded([(0, 0), (10, 0), (10, 40)])
    assert data.startswith("M0 0")
    assert data.endswith("L10 40")
    assert "Q10 0" in data


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_a_measure_makes_its_box_grow_and_is_whole(tag: str) -> None:
    grown = {box.place.node.id: box for box in layout_of(MEASURED, tag).boxes}
    plain = {
        box.place.node.id: box
        for box in layout_of(
            replace(MEASURED, nodes=tuple(replace(n, measure=None) for n in MEASURED.nodes)), tag
        ).boxes
    }
    assert any(box.place.measure for box in grown.values())
    for name, box in grown.items():
        place = box.place
        assert place.text_height <= box.height
        assert bool(place.measure) == (place.node.measure is not None)
        if place.measure:
            assert place.text_height > plain[name].place.text_height
            assert all(text_width(line, MEASURE_SIZE) <= box.width - 2 * INSET for line in place.measure)
            assert place.node.measure is not None
            said = re.sub("[\u2066-\u2069 ]", "", "".join(place.measure))
            assert said == re.sub("[\u2066-\u2069 ]", "", language(tag).text(place.node.measure))
        else:
            assert place.text_height == plain[name].place.text_height


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_arrows_go_round_boxes_with_a_measure(tag: str) -> None:
    layout = layout_of(MEASURED, tag)
    assert not [(edge, box) for edge, a, b in segments(layout) for box in layout.boxes if enters(a, b, box)]


def test_measures_are_told_in_a_column_of_their_own() -> None:
    boxes, _ = as_tables(figure(MEASURED))
    assert [column.key for column in boxes.columns] == ["role", "category", "detail", "measure"]
    assert MEASURE in [row[3] for row in boxes.rows]
    without, _ = as_tables(figure(diagram(SMALL)))
    assert [column.key for column in without.columns] == ["role", "category", "detail"]
