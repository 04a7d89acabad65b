"""Where the points of a network lie: forces until they balance, then names where they find room.

Points repel each other by how strongly they are linked, links pull, and a weak pull towards the
middle keeps loose parts together (ForceAtlas2: Jacomy, Venturini, Heymann & Bastian 2014,
doi:10.1371/journal.pone.0098679). Plain Python and no chance: the same network lies the same way on
every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, hypot, pi, sin, sqrt

GOLDEN = pi * (3 - sqrt(5))
PAIRS = 400_000  # forces between two points, over all rounds: what keeps a large network fast
TRIES = 6
NEARER = 3.0  # pixels by which a name is nearer to its own point than to any other
APART = 18.0  # between the rims of two points: room for the names

Point = tuple[float, float]
Links = Sequence[tuple[int, int, float]]


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle, of a text or of the whole picture."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Area) -> bool:
        """Whether two rectangles share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: Area) -> bool:
        """Whether the other rectangle lies wholly inside."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )

    def gap(self, centre: Point, radius: float) -> float:
        """Return how far a disc is from the rectangle; below 0 where it reaches into it."""
        x = min(max(centre[0], self.left), self.right)
        y = min(max(centre[1], self.top), self.bottom)
        return hypot(centre[0] - x, centre[1] - y) - radius


def balance(count: int, links: Links) -> list[Point]:
    """Let forces move the points until they balance.

    Parameters
    ----------
    count
        Number of points.
    links
        Pairs of different points with weights above 0.

    Returns
    -------
    points
        Positions without unit, one per point.
    """
    heaviest = max((weight for _, _, weight in links), default=1.0)
    pulls = [(a, b, sqrt(weight / heaviest)) for a, b, weight in links]
    strength = [1.0] * count
    for a, b, pull in pulls:
        strength[a] += pull
        strength[b] += pull
    # A spiral with the most linked points in the middle: a start that is no worse than chance and repeatable.
    order = sorted(range(count), key=lambda i: (-strength[i], i))
    points = [(0.0, 0.0)] * count
    for rank, i in enumerate(order):
        radius = sqrt(rank + 0.5)
        points[i] = (radius * cos(GOLDEN * rank), radius * sin(GOLDEN * rank))
    rounds = max(40, min(300, PAIRS // max(1, count * count // 2)))
    for step in range(rounds):
        longest = 0.6 * (1 - step / rounds) + 0.01
        points = _moved(points, _forces(points, pulls, strength), longest)
    return points


def _forces(points: Sequence[Point], pulls: Links, strength: Sequence[float]) -> list[list[float]]:
    forces = [[-0.12 * s * x, -0.12 * s * y] for (x, y), s in zip(points, strength, strict=True)]
    for i, (x, y) in enumerate(points):
        own, mine = forces[i], strength[i]
        for j in range(i):
            dx, dy = x - points[j][0], y - points[j][1]
            push = 0.5 * mine * strength[j] / (dx * dx + dy * dy + 1e-6)
            own[0] += dx * push
            own[1] += dy * push
            forces[j][0] -= dx * push
            forces[j][1] -= dy * push
    for a, b, pull in pulls:
        dx, dy = points[b][0] - points[a][0], points[b][1] - points[a][1]
        forces[a][0] += dx * pull
        forces[a][1] += dy * pull
        forces[b][0] -= dx * pull
        forces[b][1] -= dy * pull
    return forces


def _moved(points: Sequence[Point], forces: Sequence[Sequence[float]], longest: float) -> list[Point]:
    moved: list[Point] = []
    for (x, y), (fx, fy) in zip(points, forces, strict=True):
        force = hypot(fx, fy)
        share = min(0.15, longest / force) if force else 0.0
        moved.append((x + fx * share, y + fy * share))
    return moved


def fitted(points: Sequence[Point], radii: Sequence[float], area: Area) -> list[Point]:
    """Stretch positions over an area, then push discs apart that would touch.

    Half of a position comes from the balance, half from its rank in each direction: a single point
    far away would otherwise press all others into a corner, where no name finds room.
    """
    if not points:
        return []
    widest = max(radii)
    placed = list(points)
    for axis, (low, high) in enumerate(((area.left, area.right), (area.top, area.bottom))):
        values = [point[axis] for point in placed]
        first, span = min(values), (max(values) - min(values)) or 1.0
        room = high - low - 2 * widest
        rank = {
            index: place for place, index in enumerate(sorted(range(len(values)), key=values.__getitem__))
        }
        for index, value in enumerate(values):
            share = ((value - first) / span + rank[index] / max(1, len(values) - 1)) / 2
            share = share if len(values) > 1 else 0.5
            at = low + widest + room * share
            placed[index] = (at, placed[index][1]) if axis == 0 else (placed[index][0], at)
    for _ in range(60):
        if not _part(placed, radii, area):
            break
    return placed


def _part(points: list[Point], radii: Sequence[float], area: Area) -> bool:
    """Push every pair that is too close half the way apart; returns whether there was one."""
    pushed = False
    for i in range(len(points)):
        for j in range(i):
            (ax, ay), (bx, by) = points[i], points[j]
            away = hypot(ax - bx, ay - by)
            missing = radii[i] + radii[j] + APART - away
            if missing <= 0:
                continue
            pushed = True
            dx, dy = ((ax - bx) / away, (ay - by) / away) if away > 1e-9 else (cos(i), sin(i))
            points[i] = _kept((ax + dx * missing / 2, ay + dy * missing / 2), radii[i], area)
            points[j] = _kept((bx - dx * missing / 2, by - dy * missing / 2), radii[j], area)
    return pushed


def _kept(point: Point, radius: float, area: Area) -> Point:
    return (
        min(max(point[0], area.left + radius), area.right - radius),
        min(max(point[1], area.top + radius), area.bottom - radius),
    )


def place_names(
    points: Sequence[Point],
    radii: Sequence[float],
    sizes: Mapping[int, tuple[float, float]],
    area: Area,
) -> dict[int, Area]:
    """Find for every name a rectangle beside its point that meets no other name and no other point.

    Names that found no room are tried again before all others, a few times; the best try counts.

    Parameters
    ----------
    points, radii
        Discs in pixels.
    sizes
        Index of a point to width and height of its name, the most important first.
    area
        What all names must lie in.

    Returns
    -------
    names
        Index to rectangle; names that found no room are absent.
    """
    order = list(sizes)
    best: dict[int, Area] = {}
    for _ in range(TRIES):
        placed = _placed(points, radii, sizes, order, area)
        if len(placed) > len(best):
            best = placed
        missing = [index for index in order if index not in placed]
        if not missing:
            break
        order = [*missing, *(index for index in order if index in placed)]
    return best


def _placed(
    points: Sequence[Point],
    radii: Sequence[float],
    sizes: Mapping[int, tuple[float, float]],
    order: Sequence[int],
    area: Area,
) -> dict[int, Area]:
    placed: dict[int, Area] = {}
    for index in order:
        width, height = sizes[index]
        for place in _beside(points[index], radii[index], width, height):
            # A name that stood nearer to another point would be read as that one's.
            nearest = place.gap(points[index], radii[index]) + NEARER
            free = (
                area.holds(place)
                and not any(place.meets(other) for other in placed.values())
                and not any(
                    place.gap(point, radius) < nearest
                    for other, (point, radius) in enumerate(zip(points, radii, strict=True))
                    if other != index
                )
            )
            if free:
                placed[index] = place
                break
    return placed


def _beside(point: Point, radius: float, width: float, height: float) -> list[Area]:
    """Return places around a disc, the preferred ones first: below, above, beside, then corners."""
    x, y = point
    found: list[Area] = []
    for gap in (3.0, 9.0, 18.0):
        reach = radius + gap
        slant = reach * 0.7
        centres = [
            (x, y + reach + height / 2),
            (x, y - reach - height / 2),
            (x + reach + width / 2, y),
            (x - reach - width / 2, y),
            *(
                (x + dx * (slant + width / 2), y + dy * (slant + height / 2))
                for dx in (1, -1)
                for dy in (1, -1)
            ),
            *((x + dx * width / 3, y + dy * (reach + height / 2)) for dy in (1, -1) for dx in (1, -1)),
        ]
        found += [
            Area(cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2) for cx, cy in centres
        ]
    return found
