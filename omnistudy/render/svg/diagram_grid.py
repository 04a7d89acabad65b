"""Where the boxes of the paradigm model stand: columns in reading order, two bands beside them.

The layout follows the usual drawing of the paradigm model (Strauss & Corbin 1990, 1998): causal
conditions, phenomenon, strategies and outcomes from the start of the line to its end; the context
in a band above the strategies and the intervening conditions in a band below. All boxes keep to
the columns, so the gutters between columns are free from top to bottom: arrows run there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from omnistudy.pictures import Diagram, DiagramNode
from omnistudy.render.language import Language
from omnistudy.render.svg.measure import wrap
from omnistudy.results import Message

BOX_WIDTH = 196
INSET = 12
SIZE = 13
LEADING = 1.5
HEADING_SIZE = 12.5
MEASURE_SIZE = 11
MEASURE_GAP = 4

_ABOVE, _BELOW = frozenset({"context"}), frozenset({"intervening"})
_ACTION = ("strategy", "strategies", "action")


class Band(IntEnum):
    """The storeys of the picture, from top to bottom."""

    ABOVE = 0
    MAIN = 1
    BELOW = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A box before it has coordinates: its column, its band, its row there and its lines of text.

    ``lines`` are those of the label, ``measure`` those of the metric below it, if there is one.
    """

    node: DiagramNode
    column: int
    band: Band
    row: int
    lines: tuple[str, ...]
    emphasised: bool
    measure: tuple[str, ...] = ()

    @property
    def label_height(self) -> float:
        """Height of the label alone."""
        return len(self.lines) * SIZE * LEADING

    @property
    def measure_height(self) -> float:
        """Height of the metric with the gap before it; 0 without one."""
        return len(self.measure) * MEASURE_SIZE * LEADING + MEASURE_GAP if self.measure else 0.0

    @property
    def text_height(self) -> float:
        """Height that all lines need, with space above and below."""
        return self.label_height + self.measure_height + 2 * INSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A role: its heading, wrapped, and the columns that its panel covers."""

    id: str
    heading: tuple[str, ...]
    band: Band
    first: int
    last: int
    empty: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """All places and groups, and the number of columns."""

    places: tuple[Place, ...]
    groups: tuple[Group, ...]
    columns: int


def arrange(diagram: Diagram, language: Language) -> Grid:
    """Give every node its column, band and row.

    Groups other than context and intervening conditions become columns in the order given, so the
    form with conditions, actions and consequences (Corbin & Strauss 2008) needs no rule of its own.
    Nodes whose group is not among ``diagram.groups`` stand in a last column without heading.
    """
    names = dict(diagram.groups)
    strays = sorted({node.group for node in diagram.nodes} - set(names))
    main = [name for name in (*names, *strays) if name not in _ABOVE | _BELOW] or [""]
    middle = next((main.index(name) for name in _ACTION if name in main), len(main) // 2)
    beside = [column for column in (middle - 1, middle, middle + 1) if 0 <= column < len(main)]
    places: list[Place] = []
    groups: list[Group] = []
    for column, name in enumerate(main):
        nodes = [node for node in diagram.nodes if node.group == name]
        places += [_place(n, column, Band.MAIN, row, language) for row, n in enumerate(nodes)]
        if name in names or nodes:
            lines = _heading(names.get(name), language)
            groups.append(
                Group(id=name, heading=lines, band=Band.MAIN, first=column, last=column, empty=not nodes)
            )
    for band, members in ((Band.ABOVE, _ABOVE), (Band.BELOW, _BELOW)):
        for name in (name for name in names if name in members):
            nodes = [node for node in diagram.nodes if node.group == name]
            places += _band_places(nodes, band, beside, middle, language)
            lines = _heading(names[name], language)
            groups.append(
                Group(id=name, heading=lines, band=band, first=beside[0], last=beside[-1], empty=not nodes)
            )
    return Grid(places=tuple(places), groups=tuple(groups), columns=len(main))


def _band_places(
    nodes: Sequence[DiagramNode], band: Band, beside: Sequence[int], middle: int, language: Language
) -> list[Place]:
    places: list[Place] = []
    for start in range(0, len(nodes), len(beside)):
        row = nodes[start : start + len(beside)]
        columns = list(beside)
        if len(row) == 1:
            columns = [middle]
        elif len(row) == 2 and len(beside) == 3:
            columns = [beside[0], beside[2]]
        places += [
            _place(node, column, band, start // len(beside), language)
            for node, column in zip(row, columns, strict=False)
        ]
    return places


def _place(node: DiagramNode, column: int, band: Band, row: int, language: Language) -> Place:
    emphasised = node.group == "phenomenon"
    room = BOX_WIDTH - 2 * INSET
    measure = () if node.measure is None else wrap(language.text(node.measure), room, MEASURE_SIZE)
    return Place(
        node=node,
        column=column,
        band=band,
        row=row,
        lines=wrap(language.name(node.label), room, SIZE, bold=emphasised),
        emphasised=emphasised,
        measure=measure,
    )


def _heading(message: Message | None, language: Language) -> tuple[str, ...]:
    text = "" if message is None else language.name(message)
    return wrap(text, BOX_WIDTH, HEADING_SIZE, bold=True) if text else ()
