"""Which way the arrows run: through gutters and channels that hold no box, bundled into few lines.

Gutter ``i`` lies before column ``i``. A box touches the gutters on its two sides. Two boxes that
touch the same gutter are joined through it; others go from gutter to gutter along a horizontal
channel between the bands, and feedback runs along the outside. Arrows with the same way and the same
look that share an end become one bundle: a trunk with branches.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from omnistudy.pictures import DiagramEdge
from omnistudy.render.svg.diagram_grid import Band, Grid, Place


class Channel(IntEnum):
    """The free horizontal ways, from top to bottom."""

    TOP = 0
    UPPER = 1  # between the band above and the columns
    LOWER = 2  # between the columns and the band below
    BOTTOM = 3


@dataclass(frozen=True, slots=True)
class Look:
    """What arrows must have in common to share a line."""

    group: str  # role of the source, which gives the colour
    solid: bool
    negative: bool
    feedback: bool


@dataclass(frozen=True, slots=True)
class Way:
    """From the gutter of the source to that of the target, through a channel where they differ."""

    source_gutter: int
    target_gutter: int
    channel: Channel | None


@dataclass(frozen=True, slots=True)
class Bundle:
    """Arrows that share one end (the centre), one way and one look."""

    way: Way
    look: Look
    centre: str
    centre_is_source: bool
    edges: tuple[DiagramEdge, ...]

    @property
    def centre_gutter(self) -> int:
        """The gutter into which the centre's port opens."""
        return self.way.source_gutter if self.centre_is_source else self.way.target_gutter

    @property
    def leaf_gutter(self) -> int:
        """The gutter into which the ports of the other ends open."""
        return self.way.target_gutter if self.centre_is_source else self.way.source_gutter

    def leaf(self, edge: DiagramEdge) -> str:
        """Return the end of an arrow that is not the centre."""
        return edge.target if self.centre_is_source else edge.source


def bundles(edges: Sequence[DiagramEdge], grid: Grid) -> tuple[Bundle, ...]:
    """Route all arrows and bundle them; arrows from a box to itself or to no box are left out."""
    places = {place.node.id: place for place in grid.places}
    drawn = [e for e in edges if e.source in places and e.target in places and e.source != e.target]
    load: Counter[int] = Counter()
    alike: dict[tuple[Way, Look], list[DiagramEdge]] = defaultdict(list)
    for edge in sorted(drawn, key=lambda e: _freedom(places[e.source], places[e.target])):
        source = places[edge.source]
        way = _way(source, places[edge.target], edge.feedback, load, grid)
        load.update({way.source_gutter, way.target_gutter})
        look = Look(source.node.group, edge.solid, edge.negative, edge.feedback)
        alike[way, look].append(edge)
    return tuple(bundle for (way, look), members in alike.items() for bundle in _stars(way, look, members))


def _freedom(source: Place, target: Place) -> int:
    """Arrows that can only go one way come first; the others then take the emptier gutter."""
    return len(_gutters(source) & _gutters(target))


def _gutters(place: Place) -> set[int]:
    return {place.column, place.column + 1}


def _way(source: Place, target: Place, feedback: bool, load: Mapping[int, int], grid: Grid) -> Way:
    if feedback:
        outside = Channel.TOP if Band.ABOVE in {source.band, target.band} else Channel.BOTTOM
        leaving, entering = source.column + 1, target.column
        # Between neighbours both ends open into one gutter: the way outside would only lead back.
        return Way(leaving, entering, None if leaving == entering else outside)
    common = _gutters(source) & _gutters(target)
    if common:
        gutter = min(common, key=lambda g: (load[g], g))
        return Way(gutter, gutter, None)
    forward = source.column < target.column
    leaving = source.column + 1 if forward else source.column
    entering = target.column if forward else target.column + 1
    return Way(leaving, entering, _channel(source, target, grid))


def _channel(source: Place, target: Place, grid: Grid) -> Channel:
    bands = {source.band, target.band}
    if Band.ABOVE in bands:
        return Channel.UPPER
    if Band.BELOW in bands:
        return Channel.LOWER
    rows = [place.row for place in grid.places if place.column == source.column and place.band is Band.MAIN]
    return Channel.UPPER if source.row <= max(rows) / 2 else Channel.LOWER


def _stars(way: Way, look: Look, edges: Sequence[DiagramEdge]) -> list[Bundle]:
    """Cover the arrows with as few stars as a greedy choice finds, the largest star first."""
    left = list(edges)
    found: list[Bundle] = []
    while left:
        sources = Counter(edge.source for edge in left)
        targets = Counter(edge.target for edge in left)
        source, most_out = sources.most_common(1)[0]
        target, most_in = targets.most_common(1)[0]
        outward = most_out >= most_in
        centre = source if outward else target
        ends = [edge.source if outward else edge.target for edge in left]
        members = tuple(edge for edge, end in zip(left, ends, strict=True) if end == centre)
        found.append(Bundle(way, look, centre, outward, members))
        left = [edge for edge, end in zip(left, ends, strict=True) if end != centre]
    return found
