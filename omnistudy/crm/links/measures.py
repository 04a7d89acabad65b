"""Metric, value and grade on the boxes of the paradigm diagram."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from omnistudy.crm.links.words import metric_name
from omnistudy.crm.metrics.units import spoken
from omnistudy.pictures import Diagram
from omnistudy.results import Figure, Kind, Message, Number, Provenance, msg
from omnistudy.study.model import Study
from omnistudy.theory.paradigm.result import ParadigmOptions, paradigm_of

if TYPE_CHECKING:
    from omnistudy.crm.links.result import LinkRow, LinksResult

# A box has one line: the finding that a reader must not miss stands there.
_ORDER = ("X", "D", "C", "B", "A", "Q1", "Q0")


def with_measures(diagram: Diagram, links: LinksResult) -> Diagram:
    """Put the metric, its value and its grade on every box that a link speaks of.

    Parameters
    ----------
    diagram
        A paradigm diagram of the same study; its boxes are found by their ids, which are codes.
    links
        What `crm links` found. A box of several links shows the strongest, contradiction first.
    """
    return _measured(diagram, links.rows)


def paradigm_figure(study: Study, rows: Iterable[LinkRow], provenance: Provenance) -> Figure | None:
    """The paradigm diagram of the study with measures; ``None`` where it has no model."""
    model = paradigm_of(study, ParadigmOptions(resamples=0), provenance)
    found = [block for block in model.blocks() if isinstance(block, Figure) and block.name == "paradigm"]
    if not found or not isinstance(found[0].picture, Diagram):
        return None
    drawn = _measured(found[0].picture, rows)
    count = sum(node.measure is not None for node in drawn.nodes)
    if not count:
        return None
    return Figure(
        name="crm-paradigm",
        picture=drawn,
        caption=msg(
            "The paradigm model with the metric of every linked category and the grade of its evidence"
        ),
        alt=msg(
            "Paradigm model with {categories} categories, {measured} of which show a metric and its grade.",
            categories=Number(len(drawn.nodes), Kind.COUNT),
            measured=Number(count, Kind.COUNT),
        ),
    )


def _measured(diagram: Diagram, rows: Iterable[LinkRow]) -> Diagram:
    by_node: dict[str, list[LinkRow]] = {}
    for row in rows:
        for code in row.codes:
            by_node.setdefault(code, []).append(row)
    # A metric of many values, such as retention by cohort, has none that a box could show.
    valued = {node: [row for row in held if row.evidence.value is not None] for node, held in by_node.items()}
    measures: Mapping[str, Message] = {node: _measure(held) for node, held in valued.items() if held}
    return replace(
        diagram,
        nodes=tuple(replace(node, measure=measures.get(node.id, node.measure)) for node in diagram.nodes),
    )


def _measure(rows: list[LinkRow]) -> Message:
    first = min(rows, key=lambda row: _ORDER.index(row.grade))
    shown = msg(
        "{metric}: {value}, grade {grade}",
        metric=metric_name(first.link.metric),
        value=spoken(first.evidence.value or 0.0, first.unit),
        grade=first.grade,
    )
    if len(rows) == 1:
        return shown
    return msg("{measure}; {more} more", measure=shown, more=Number(len(rows) - 1, Kind.COUNT))
