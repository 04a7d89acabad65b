"""Figures: one row per kind of picture, with its drawing and its text alternative.

A new picture is a class in :mod:`omnistudy.results`, a drawing function in ``svg/``, a function that
writes it as tables, and a row in :data:`PICTURES`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from omnistudy.pictures import Bars, Diagram, Flow, Forest, Heatmap, Lines, Network
from omnistudy.render import words
from omnistudy.render.language import Language
from omnistudy.render.svg.charts import draw_bars, draw_forest, draw_heatmap
from omnistudy.render.svg.diagram import draw_diagram
from omnistudy.render.svg.element import drawing
from omnistudy.render.svg.flow import draw_flow
from omnistudy.render.svg.lines import draw_lines
from omnistudy.render.svg.network import draw_network
from omnistudy.results import Cell, Column, Figure, Kind, Label, Message, Picture, Table, Undefined, msg

NO_VALUE = msg("the study gives no value here")
POINTS = msg("Points of the network")
LINKS = msg("Links of the network, the strongest first")
GROUP = msg("Group")
LINKED_WITH = msg("Linked with")
MEASURE = msg("Metric from the records")


MOST_SHADED = 60
"""Rows and columns of a shaded matrix: beyond that its labels can no longer be read."""


@dataclass(frozen=True, slots=True)
class PictureKind:
    """How one kind of picture is drawn, and how it is told to those who do not see it."""

    draw: Callable[[Any, Language], tuple[list[str], float, float]]
    tables: Callable[[Any], tuple[Table, ...]]


def svg(figure: Figure, language: Language, *, synthetic: bool, prefix: str = "") -> str:
    """Draw a figure as an ``<svg>`` element, the same bytes for the same figure.

    Parameters
    ----------
    figure, language
        What to draw and for whom; right-to-left languages mirror the layout.
    synthetic
        Write the watermark into the picture.
    prefix
        Goes before the figure's name in identifiers, for pages that hold a figure twice.
    """
    parts, width, height = PICTURES[type(figure.picture)].draw(figure.picture, language)
    return drawing(
        parts,
        width,
        height,
        language,
        name=f"{prefix}{figure.name}",
        heading=language.text(figure.caption),
        description=language.text(figure.alt),
        synthetic=synthetic,
    )


def svg_file(figure: Figure, language: Language, *, synthetic: bool) -> str:
    """Return a figure as the text of a standalone ``.svg`` file in UTF-8.

    Parameters
    ----------
    figure
        A figure among the blocks of a result.
    language
        The reader's language, which decides words, digits and direction.
    synthetic
        Whether to write the watermark into the picture.

    Returns
    -------
    str
        The file's text; writing it is the caller's business.

    Examples
    --------
    >>> from omnistudy.pictures import Bars
    >>> from omnistudy.render.language import language
    >>> from omnistudy.results import Label, msg
    >>> bars = Bars(labels=(Label("trust"), Label("fees")), values=(5, 2), axis=msg("Quotations"))
    >>> figure = Figure(name="codes", picture=bars, caption=msg("Codes"), alt=msg("trust 5, fees 2"))
    >>> svg_file(figure, language("en"), synthetic=False).count("<svg")
    1
    """
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{svg(figure, language, synthetic=synthetic)}\n'


def readable(figure: Figure) -> tuple[Figure, Message | None]:
    """Return a figure that a page can show, and the sentence that says what it leaves out."""
    picture = figure.picture
    if not isinstance(picture, Heatmap) or max(len(picture.rows), len(picture.columns)) <= MOST_SHADED:
        return figure, None
    kept = replace(
        picture,
        rows=picture.rows[:MOST_SHADED],
        columns=picture.columns[:MOST_SHADED],
        values=tuple(row[:MOST_SHADED] for row in picture.values[:MOST_SHADED]),
    )
    counts = (len(kept.rows), len(picture.rows), len(kept.columns), len(picture.columns))
    return replace(figure, picture=kept), words.part_of_figure(*counts)


def as_tables(figure: Figure) -> tuple[Table, ...]:
    """Return what a figure shows as tables: the alternative for terminals and screen readers."""
    return PICTURES[type(figure.picture)].tables(figure.picture)


def _value(value: float | None) -> Cell:
    return Undefined(NO_VALUE) if value is None else value


def _bars_tables(bars: Bars) -> tuple[Table, ...]:
    rows = tuple((label, _value(value)) for label, value in zip(bars.labels, bars.values, strict=True))
    columns = (Column("label", words.LABEL), Column("value", bars.axis, bars.kind))
    return (Table(name="bars", columns=columns, rows=rows),)


def _forest_tables(forest: Forest) -> tuple[Table, ...]:
    columns = (
        Column("label", words.LABEL),
        Column("value", forest.axis, Kind.COEFFICIENT),
        Column("low", words.LOW, Kind.COEFFICIENT),
        Column("high", words.HIGH, Kind.COEFFICIENT),
    )
    numbers = zip(forest.labels, forest.values, forest.lows, forest.highs, strict=True)
    rows = tuple((label, _value(value), low, high) for label, value, low, high in numbers)
    return (Table(name="intervals", columns=columns, rows=rows),)


def _heatmap_tables(heatmap: Heatmap) -> tuple[Table, ...]:
    columns = (
        Column("label", words.LABEL),
        *(Column(label.id, msg("{label}", label=label), heatmap.kind) for label in heatmap.columns),
    )
    rows = tuple(
        (label, *(_value(value) for value in values))
        for label, values in zip(heatmap.rows, heatmap.values, strict=True)
    )
    return (Table(name="matrix", columns=columns, rows=rows, caption=heatmap.axis),)


def _lines_tables(lines: Lines) -> tuple[Table, ...]:
    columns = (
        Column("series", words.LABEL),
        Column("place", lines.across, lines.across_kind),
        Column("value", lines.axis, lines.kind),
        Column("low", words.LOW, lines.kind),
        Column("high", words.HIGH, lines.kind),
    )
    rows: list[tuple[Cell, ...]] = []
    for series in lines.series:
        none = (None,) * len(series.places)
        limits = zip(series.lows or none, series.highs or none, strict=True)
        for place, value, (low, high) in zip(series.places, series.values, limits, strict=True):
            rows.append((series.name, place, _value(value), low, high))
    return (Table(name="curves", columns=columns, rows=tuple(rows)),)


def _flow_tables(flow: Flow) -> tuple[Table, ...]:
    columns = (
        Column("source", words.FROM),
        Column("target", words.TO),
        Column("amount", flow.axis, flow.kind),
    )
    rows = tuple(
        (source, target, _value(amount))
        for source, amounts in zip(flow.sources, flow.amounts, strict=True)
        for target, amount in zip(flow.targets, amounts, strict=True)
    )
    return (Table(name="flows", columns=columns, rows=rows),)


def _network_tables(network: Network) -> tuple[Table, ...]:
    groups = dict(network.groups)
    labels = {node.id: node.label for node in network.nodes}
    named = any(node.group for node in network.nodes)
    points = Table(
        name="points",
        caption=POINTS,
        columns=(
            Column("label", words.LABEL),
            *((Column("group", GROUP),) if named else ()),
            Column("size", network.size_axis, network.size_kind),
        ),
        rows=tuple(
            (node.label, *((groups.get(node.group, node.group),) if named else ()), node.size)
            for node in network.nodes
        ),
    )
    links = Table(
        name="links",
        caption=LINKS,
        columns=(
            Column("one", words.LABEL),
            Column("other", LINKED_WITH),
            Column("weight", network.axis, network.kind),
        ),
        rows=tuple(
            (labels.get(one, Label(one)), labels.get(other, Label(other)), weight)
            for one, other, weight in sorted(network.links, key=lambda link: -link[2])
        ),
    )
    return (points, links) if network.links else (points,)


def _diagram_tables(diagram: Diagram) -> tuple[Table, ...]:
    roles = dict(diagram.groups)
    labels = {node.id: node.label for node in diagram.nodes}
    order = [*roles, *sorted({node.group for node in diagram.nodes} - set(roles))]
    nodes = sorted(diagram.nodes, key=lambda node: order.index(node.group))
    measured = any(node.measure is not None for node in nodes)
    boxes = Table(
        name="boxes",
        caption=words.BOXES,
        columns=(
            Column("role", words.ROLE),
            Column("category", words.CATEGORY),
            Column("detail", words.DETAIL),
            *((Column("measure", MEASURE),) if measured else ()),
        ),
        rows=tuple(
            (
                roles.get(node.group, node.group),
                node.label,
                node.detail,
                *((node.measure,) if measured else ()),
            )
            for node in nodes
        ),
    )
    arrows = Table(
        name="arrows",
        caption=words.ARROWS,
        columns=(
            Column("source", words.FROM),
            Column("target", words.TO),
            Column("status", words.RESTS_ON),
            Column("type", words.DIRECTION),
            Column("detail", words.DETAIL),
        ),
        rows=tuple(
            (
                labels.get(edge.source, Label(edge.source)),
                labels.get(edge.target, Label(edge.target)),
                words.EVIDENCED if edge.solid else words.ASSERTED,
                _link(edge.negative, edge.feedback),
                edge.detail,
            )
            for edge in diagram.edges
        ),
    )
    return (boxes, arrows) if diagram.edges else (boxes,)


def _link(negative: bool, feedback: bool) -> Message:
    if negative:
        return words.NEGATIVE
    return words.FEEDBACK if feedback else words.ORDINARY


PICTURES: Mapping[type[Picture], PictureKind] = MappingProxyType(
    {
        Bars: PictureKind(draw_bars, _bars_tables),
        Forest: PictureKind(draw_forest, _forest_tables),
        Heatmap: PictureKind(draw_heatmap, _heatmap_tables),
        Diagram: PictureKind(draw_diagram, _diagram_tables),
        Lines: PictureKind(draw_lines, _lines_tables),
        Flow: PictureKind(draw_flow, _flow_tables),
        Network: PictureKind(draw_network, _network_tables),
    }
)
