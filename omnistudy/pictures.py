"""Figures declared as data: what is to be seen, and nothing of how it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from omnistudy.results import Kind, Label, Message, Picture, Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars(Picture):
    """Horizontal bars: one value per label, for example quotations per code."""

    labels: tuple[Label, ...]
    values: tuple[float | None, ...]
    axis: Message
    kind: Kind = Kind.COUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest(Picture):
    """Estimates with intervals, one row each; ``None`` limits draw the point alone.

    ``lines`` are reference values drawn as dashed verticals, for example .667 and .80.
    """

    labels: tuple[Label | Message, ...]
    values: tuple[float | None, ...]
    lows: tuple[float | None, ...]
    highs: tuple[float | None, ...]
    axis: Message
    lines: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Heatmap(Picture):
    """A matrix of values; ``None`` cells are drawn as undefined."""

    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    values: tuple[tuple[float | None, ...], ...]
    axis: Message
    kind: Kind = Kind.COUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramNode:
    """A box of the paradigm model; ``group`` is the role, which decides the column it stands in.

    ``detail`` is the line below the label, ``measure`` a further one: the category's metric, its value
    and the grade of the evidence, where records were linked.
    """

    id: str
    label: Label
    group: str
    detail: Message | None = None
    measure: Message | None = None
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramEdge:
    """An arrow between two boxes; ``solid`` arrows rest on evidence, dashed ones are asserted."""

    source: str
    target: str
    solid: bool
    negative: bool = False
    feedback: bool = False
    detail: Message | None = None
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram(Picture):
    """The paradigm model in its classic layout; ``groups`` names the roles in reading order."""

    groups: tuple[tuple[str, Message], ...]
    nodes: tuple[DiagramNode, ...]
    edges: tuple[DiagramEdge, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A curve over an axis of numbers, with a band around it where there is one.

    Parameters
    ----------
    name
        What the legend calls it.
    places, values
        Ascending positions and the values there, equally long; ``None`` interrupts the curve.
    lows, highs
        Limits of the band, as long as ``values``, or empty.
    dashed, marked
        Draw the curve dashed, for example where it is extrapolated; mark every value.
    """

    name: Message | Label
    places: tuple[float, ...]
    values: tuple[float | None, ...]
    lows: tuple[float | None, ...] = ()
    highs: tuple[float | None, ...] = ()
    dashed: bool = False
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines(Picture):
    """Curves over a common axis of numbers, for example codes after so many interviews."""

    series: tuple[Series, ...]
    across: Message
    axis: Message
    across_kind: Kind = Kind.COUNT
    kind: Kind = Kind.NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow(Picture):
    """Amounts that pass from one column of boxes to the next, for example switches between channels.

    Parameters
    ----------
    sources, targets
        Boxes of the first and the second column; the same label may stand in both.
    amounts
        One row per source, one amount per target; ``None`` where nothing is known, 0 where nothing flows.
    axis
        What an amount counts.
    """

    sources: tuple[Label, ...]
    targets: tuple[Label, ...]
    amounts: tuple[tuple[float | None, ...], ...]
    axis: Message
    kind: Kind = Kind.COUNT


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkNode:
    """A point of a network; ``size`` decides its area, ``group`` its shade."""

    id: str
    label: Label
    size: float
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network(Picture):
    """Points and the weighted links between them, for example codes that stand on the same passages.

    Parameters
    ----------
    nodes
        The points, with their sizes; ``groups`` names their groups in the order of the legend.
    links
        Pairs of node ids with a weight above 0, each pair once.
    axis, size_axis
        What a weight and a size are.
    """

    nodes: tuple[NetworkNode, ...]
    links: tuple[tuple[str, str, float], ...]
    axis: Message
    size_axis: Message
    groups: tuple[tuple[str, Message], ...] = ()
    kind: Kind = Kind.NUMBER
    size_kind: Kind = Kind.COUNT
