"""Coordinates of the paradigm model: boxes, panels and lines, from left to right; mirrored last.

The order of work keeps every promise by construction: ports first (they decide how high a box must
be), then rows, then the tracks of every gutter and channel (they decide how wide it must be), then
the lines. A line is horizontal only inside a gutter or a channel and vertical only inside a gutter,
so none can pass through a box.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from omnistudy.pictures import DiagramEdge
from omnistudy.render.svg.diagram_grid import BOX_WIDTH, HEADING_SIZE, LEADING, Band, Grid, Group, Place
from omnistudy.render.svg.diagram_routes import Bundle, Channel
from omnistudy.render.svg.diagram_tracks import Span, assign_tracks

PORT = 12  # distance of two ports on one side of a box
TRACK = 10  # distance of two parallel lines
GAP = 16  # between boxes of a column
PANEL = 12  # between a panel's border and its boxes
CLEAR = 16  # between a panel's border and the first line: room for an arrowhead
OUTSIDE = 18
MINIMUM_GUTTER = 2 * (PANEL + CLEAR) + 8

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A node with its rectangle."""

    place: Place
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """The background of a group; the heading stands centred at (``heading_x``, ``heading_y``)."""

    group: Group
    x: float
    y: float
    width: float
    height: float
    heading_x: float
    heading_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A bundle with its course: centre port to hub, and every leaf's way on from the hub.

    ``stem`` runs from the centre's port to the trunk of the leaves; ``leaves`` holds an arrow, the
    point where its branch leaves the trunk, and its port.
    """

    bundle: Bundle
    stem: tuple[Point, ...]
    leaves: tuple[tuple[DiagramEdge, Point, Point], ...]

    def course(self, index: int) -> tuple[Point, ...]:
        """Return the whole way of one arrow as corner points, from its source to its target."""
        _, branch, port = self.leaves[index]
        points = (*self.stem, branch, port)
        return points if self.bundle.centre_is_source else points[::-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The finished geometry."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    panels: tuple[Panel, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class _Port:
    """One opening of a box into a gutter; ``leaf`` is -1 for the centre of the bundle."""

    bundle: int
    leaf: int
    node: str
    gutter: int


@dataclass(frozen=True, slots=True)
class _Course:
    """What the lines follow: heights of ports, heights of channel tracks, x of gutter tracks."""

    port_y: Mapping[_Port, float]
    channel_y: Mapping[int, float]
    track_x: Mapping[tuple[int, int], float]


def lay_out(grid: Grid, bundles: Sequence[Bundle], *, mirrored: bool) -> Layout:
    """Compute the geometry; ``mirrored`` for languages that are read from right to left."""
    ports = _ports(bundles)
    heights = _heights(grid, ports)
    channels = _channel_tracks(grid, bundles)
    rows = _Rows(grid, heights, {channel: count for channel, (_, count) in channels.items()})
    port_y = _port_heights(grid, ports, bundles, rows.tops, heights)
    channel_y = {
        index: rows.channels[channel] + TRACK * track
        for channel, (tracks, _) in channels.items()
        for index, track in tracks.items()
    }
    gutters = _gutter_tracks(grid, ports, port_y, channel_y)
    starts, columns, width = _columns(grid, [count for _, count in gutters])
    track_x = {
        (gutter, index): starts[gutter] + TRACK * track
        for gutter, (tracks, _) in enumerate(gutters)
        for index, track in tracks.items()
    }
    boxes = tuple(
        Box(
            place=place,
            x=columns[place.column],
            y=rows.tops[place.node.id],
            width=BOX_WIDTH,
            height=heights[place.node.id],
        )
        for place in grid.places
    )
    by_id = {box.place.node.id: box for box in boxes}
    course = _Course(port_y, channel_y, track_x)
    lines = tuple(_line(index, bundle, by_id, course) for index, bundle in enumerate(bundles))
    panels = tuple(_panel(group, rows, columns) for group in grid.groups)
    layout = Layout(width=width, height=rows.bottom, boxes=boxes, panels=panels, lines=lines)
    return _mirror(layout) if mirrored else layout


def _ports(bundles: Sequence[Bundle]) -> list[_Port]:
    ports: list[_Port] = []
    for index, bundle in enumerate(bundles):
        ports.append(_Port(index, -1, bundle.centre, bundle.centre_gutter))
        for leaf, edge in enumerate(bundle.edges):
            ports.append(_Port(index, leaf, bundle.leaf(edge), bundle.leaf_gutter))
    return ports


def _heights(grid: Grid, ports: Sequence[_Port]) -> dict[str, float]:
    sides: dict[tuple[str, int], int] = defaultdict(int)
    for port in ports:
        sides[port.node, port.gutter] += 1
    heights: dict[str, float] = {}
    for place in grid.places:
        busiest = max((sides[place.node.id, g] for g in (place.column, place.column + 1)), default=0)
        least = 64 if place.emphasised else 44
        heights[place.node.id] = max(least, place.text_height, PORT * (busiest + 1))
    return heights


def _channel_tracks(grid: Grid, bundles: Sequence[Bundle]) -> dict[Channel, tuple[dict[int, int], int]]:
    """Give every bundle that needs a channel its track there; gutter numbers stand for x."""
    bands = {place.node.id: place.band for place in grid.places}
    spans: dict[Channel, list[Span]] = {channel: [] for channel in Channel}
    for index, bundle in enumerate(bundles):
        channel = bundle.way.channel
        if channel is None:
            continue
        ends = (
            (bundle.centre_gutter, bands[bundle.centre]),
            (bundle.leaf_gutter, bands[bundle.leaf(bundle.edges[0])]),
        )
        from_above = tuple(gutter for gutter, band in ends if _comes_from_above(band, channel))
        from_below = tuple(gutter for gutter, band in ends if not _comes_from_above(band, channel))
        gutters = from_above + from_below
        spans[channel].append(Span(index, min(gutters), max(gutters), from_above, from_below))
    return {channel: assign_tracks(members) for channel, members in spans.items()}


def _comes_from_above(band: Band, channel: Channel) -> bool:
    """Whether boxes of a band lie above a channel: the bands stand between the four channels."""
    return band < channel


class _Rows:
    """Vertical positions: tops of boxes by node id, of bands, and the first track of each channel."""

    def __init__(self, grid: Grid, heights: Mapping[str, float], tracks: Mapping[Channel, int]) -> None:
        self.tops: dict[str, float] = {}
        self.bands: dict[Band, tuple[float, float]] = {}
        self.panels: dict[str, tuple[float, float]] = {}
        self.channels: dict[Channel, float] = {}
        self.headings: dict[Band, float] = {}
        y = self._channel(Channel.TOP, tracks, 0)
        y = self._band(grid, Band.ABOVE, heights, y)
        y = self._channel(Channel.UPPER, tracks, y)
        y = self._main(grid, heights, y)
        y = self._channel(Channel.LOWER, tracks, y)
        y = self._band(grid, Band.BELOW, heights, y)
        self.bottom = self._channel(Channel.BOTTOM, tracks, y)

    def _channel(self, channel: Channel, tracks: Mapping[Channel, int], y: float) -> float:
        self.channels[channel] = y + OUTSIDE
        count = tracks[channel]
        return y + (2 * OUTSIDE + TRACK * (count - 1) if count else OUTSIDE)

    def _head(self, grid: Grid, band: Band) -> float:
        lines = max((len(group.heading) for group in grid.groups if group.band is band), default=0)
        self.headings[band] = lines * HEADING_SIZE * LEADING + PANEL
        return self.headings[band]

    def _band(self, grid: Grid, band: Band, heights: Mapping[str, float], y: float) -> float:
        groups = [group for group in grid.groups if group.band is band]
        if not groups:
            return y
        top, y = y, y + PANEL + self._head(grid, band)
        places = [place for place in grid.places if place.band is band]
        for row in range(1 + max((place.row for place in places), default=-1)):
            members = [place for place in places if place.row == row]
            tallest = max(heights[place.node.id] for place in members)
            for place in members:
                self.tops[place.node.id] = y + (tallest - heights[place.node.id]) / 2
            y += tallest + GAP
        y = y - GAP + PANEL if places else y + 44
        for group in groups:
            self.panels[group.id] = (top, y)
        return y

    def _main(self, grid: Grid, heights: Mapping[str, float], y: float) -> float:
        head = PANEL + self._head(grid, Band.MAIN)
        stacks = {
            column: [p for p in grid.places if p.column == column and p.band is Band.MAIN]
            for column in range(grid.columns)
        }
        filled = {
            column: sum(heights[p.node.id] for p in places) + GAP * (len(places) - 1) if places else 44
            for column, places in stacks.items()
        }
        tallest = max(filled.values())
        for column, places in stacks.items():
            top = y + (tallest - filled[column]) / 2
            for group in grid.groups:
                if group.band is Band.MAIN and group.first == column:
                    self.panels[group.id] = (top, top + head + filled[column] + PANEL)
            top += head
            for place in places:
                self.tops[place.node.id] = top
                top += heights[place.node.id] + GAP
        return y + head + tallest + PANEL


def _port_heights(
    grid: Grid,
    ports: Sequence[_Port],
    bundles: Sequence[Bundle],
    tops: Mapping[str, float],
    heights: Mapping[str, float],
) -> dict[_Port, float]:
    """Spread the ports of each side around its middle, in the order of the other ends.

    Ports on the left of a gutter lie at multiples of :data:`PORT`, those on its right half a step
    lower, so that no two horizontal lines of a gutter ever coincide.
    """
    middles = {place.node.id: tops[place.node.id] + heights[place.node.id] / 2 for place in grid.places}
    columns = {place.node.id: place.column for place in grid.places}
    sides: dict[tuple[str, int], list[_Port]] = defaultdict(list)
    for port in ports:
        sides[port.node, port.gutter].append(port)
    placed: dict[_Port, float] = {}
    for (node, gutter), members in sides.items():
        members.sort(key=lambda p: (_aim(p, bundles[p.bundle], middles), p.bundle, p.leaf))
        shift = 0 if columns[node] < gutter else PORT / 2
        first = middles[node] - PORT * (len(members) - 1) / 2
        first = round((first - shift) / PORT) * PORT + shift
        for rank, port in enumerate(members):
            placed[port] = first + PORT * rank
    return placed


def _aim(port: _Port, bundle: Bundle, middles: Mapping[str, float]) -> float:
    """Return the height towards which a port looks: its channel, or the boxes at the other end."""
    if bundle.way.channel is not None:
        return -1e6 if bundle.way.channel in {Channel.TOP, Channel.UPPER} else 1e6
    if port.leaf >= 0:
        return middles[bundle.centre]
    return sum(middles[bundle.leaf(edge)] for edge in bundle.edges) / len(bundle.edges)


def _gutter_tracks(
    grid: Grid,
    ports: Sequence[_Port],
    port_y: Mapping[_Port, float],
    channel_y: Mapping[int, float],
) -> list[tuple[dict[int, int], int]]:
    columns = {place.node.id: place.column for place in grid.places}
    members: dict[tuple[int, int], list[_Port]] = defaultdict(list)
    for port in ports:
        members[port.gutter, port.bundle].append(port)
    spans: list[list[Span]] = [[] for _ in range(grid.columns + 1)]
    for (gutter, index), openings in members.items():
        left = tuple(port_y[p] for p in openings if columns[p.node] < gutter)
        right = tuple(port_y[p] for p in openings if columns[p.node] >= gutter)
        ends = (*left, *right, *([channel_y[index]] if index in channel_y else []))
        spans[gutter].append(Span(index, min(ends), max(ends), left, right))
    return [assign_tracks(gutter) for gutter in spans]


def _columns(grid: Grid, tracks: Sequence[int]) -> tuple[list[float], list[float], float]:
    """Return the x of each gutter's first track, the left edge of each column, and the width."""
    starts: list[float] = []
    columns: list[float] = []
    x = float(OUTSIDE)
    for gutter, count in enumerate(tracks):
        outer = gutter in {0, grid.columns}
        lines = TRACK * max(0, count - 1)
        if outer:
            width = lines + CLEAR + PANEL if count else PANEL
            starts.append(x if gutter == 0 else x + PANEL + CLEAR)
        else:
            width = max(MINIMUM_GUTTER, lines + 2 * (PANEL + CLEAR))
            starts.append(x + (width - lines) / 2)
        x += width
        if gutter < grid.columns:
            columns.append(x)
            x += BOX_WIDTH
    return starts, columns, x + OUTSIDE


def _line(index: int, bundle: Bundle, boxes: Mapping[str, Box], course: _Course) -> Line:
    centre_x = course.track_x[bundle.centre_gutter, index]
    leaf_x = course.track_x[bundle.leaf_gutter, index]
    centre_y = course.port_y[_Port(index, -1, bundle.centre, bundle.centre_gutter)]
    stem: list[Point] = [
        (_edge_of(boxes[bundle.centre], bundle.centre_gutter), centre_y),
        (centre_x, centre_y),
    ]
    if index in course.channel_y:
        stem += [(centre_x, course.channel_y[index]), (leaf_x, course.channel_y[index])]
    leaves = []
    for leaf, edge in enumerate(bundle.edges):
        node = bundle.leaf(edge)
        y = course.port_y[_Port(index, leaf, node, bundle.leaf_gutter)]
        leaves.append((edge, (leaf_x, y), (_edge_of(boxes[node], bundle.leaf_gutter), y)))
    return Line(bundle=bundle, stem=tuple(stem), leaves=tuple(leaves))


def _edge_of(box: Box, gutter: int) -> float:
    return box.x if box.place.column == gutter else box.x + box.width


def _panel(group: Group, rows: _Rows, columns: Sequence[float]) -> Panel:
    top, bottom = rows.panels[group.id]
    left, right = columns[group.first] - PANEL, columns[group.last] + BOX_WIDTH + PANEL
    # A band's heading stands over its first column: lines cross the band in the gutters only.
    return Panel(
        group=group,
        x=left,
        y=top,
        width=right - left,
        height=bottom - top,
        heading_x=columns[group.first] + BOX_WIDTH / 2,
        heading_y=top + (PANEL + rows.headings[group.band]) / 2,
    )


def _mirror(layout: Layout) -> Layout:
    def flip(point: Point) -> Point:
        return layout.width - point[0], point[1]

    boxes = tuple(
        Box(place=b.place, x=layout.width - b.x - b.width, y=b.y, width=b.width, height=b.height)
        for b in layout.boxes
    )
    panels = tuple(
        Panel(
            group=p.group,
            x=layout.width - p.x - p.width,
            y=p.y,
            width=p.width,
            height=p.height,
            heading_x=layout.width - p.heading_x,
            heading_y=p.heading_y,
        )
        for p in layout.panels
    )
    lines = tuple(
        Line(
            bundle=line.bundle,
            stem=tuple(flip(point) for point in line.stem),
            leaves=tuple((edge, flip(branch), flip(port)) for edge, branch, port in line.leaves),
        )
        for line in layout.lines
    )
    return Layout(width=layout.width, height=layout.height, boxes=boxes, panels=panels, lines=lines)
