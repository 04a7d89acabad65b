"""Tables of `crm ecrm`: pairs of cycles, checklists, stages, guard-rail and matrix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from omnistudy.crm.audits.blocks import (
    answer_cell,
    evidence_cells,
    limit_cell,
    value_cell,
    without_empty,
)
from omnistudy.crm.audits.ecrm_guard_rail import GUARD_WORDS, ChannelGuard
from omnistudy.crm.audits.ecrm_indicators import Paired
from omnistudy.crm.audits.ecrm_stages import ATTRIBUTES, NOT_STATED, DimensionStage
from omnistudy.crm.audits.sheet import Rating
from omnistudy.crm.metrics.units import unit_name
from omnistudy.crm.names import named
from omnistudy.results import Cell, Column, Kind, Message, Number, Table, Undefined, msg

NO_STAGE = msg("no attribute is rated with evidence")


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Events of one channel, service and segment; empty texts where the log does not say."""

    channel: str
    service: str
    segment: str
    events: int


def cycles_table(
    name: str, title: Message, ratings: Sequence[Rating], earlier: Mapping[str, Rating]
) -> Table:
    """A checklist in both cycles, with the evidence of the later one."""
    columns = (
        Column("title", msg("What is asked")),
        Column("before", msg("Cycle before")),
        Column("now", msg("This cycle")),
        Column("evidence", msg("Evidence"), Kind.ID),
        Column("value", msg("Value"), Kind.NUMBER),
        Column("reason", msg("Why it does not count")),
    )
    rows = tuple(
        (
            one.item.title,
            answer_cell(earlier[one.item.id]) if one.item.id in earlier else None,
            answer_cell(one),
            *evidence_cells(one),
            one.reason,
        )
        for one in ratings
    )
    table = Table(name=name, columns=columns, rows=rows, caption=title)
    return without_empty(table, "before", "value", "reason")


def pairs_table(name: str, pairs: Sequence[Paired], caption: Message) -> Table:
    """Indicators of both cycles with the interval of this cycle's value and of the change."""
    columns = (
        Column("indicator", msg("Indicator")),
        Column("group", msg("Channel"), Kind.ID),
        Column("before", msg("Cycle before"), Kind.NUMBER),
        Column("now", msg("This cycle"), Kind.NUMBER),
        Column("ci_low", msg("Lower limit"), Kind.NUMBER),
        Column("ci_high", msg("Upper limit"), Kind.NUMBER),
        Column("change", msg("Change"), Kind.NUMBER),
        Column("change_low", msg("Change, lower"), Kind.NUMBER),
        Column("change_high", msg("Change, upper"), Kind.NUMBER),
        Column("unit", msg("Unit")),
    )
    rows = []
    for one in pairs:
        between = one.interval
        rows.append(
            (
                one.now.title,
                None if one.now.group == "all" else named(one.now.group),
                None if one.before.value is None else value_cell(one.before),
                value_cell(one.now),
                limit_cell(one.now, one.now.low),
                limit_cell(one.now, one.now.high),
                limit_cell(one.now, one.change),
                limit_cell(one.now, None if between is None else between.low),
                limit_cell(one.now, None if between is None else between.high),
                unit_name(one.now.unit),
            )
        )
    return Table(name=name, columns=columns, rows=tuple(rows), caption=caption)


def guard_table(guards: Sequence[ChannelGuard]) -> Table:
    """One row per channel: cost, four changes, verdict."""
    parts = guards[0].changes if guards else ()
    columns = (
        Column("channel", msg("Channel"), Kind.ID),
        Column("cost_before", msg("Cost, cycle before"), Kind.NUMBER),
        Column("cost_now", msg("Cost, this cycle"), Kind.NUMBER),
        *(Column(one.now.id, one.now.title, Kind.NUMBER) for one in parts),
        Column("verdict", msg("Verdict")),
        Column("why", msg("Why")),
    )
    rows = tuple(
        (
            named(one.channel),
            value_cell(one.cost.before),
            value_cell(one.cost.now),
            *(_change_cell(part) for part in one.changes),
            GUARD_WORDS[one.verdict],
            one.reason,
        )
        for one in guards
    )
    caption = msg("Guard-rail: cost against satisfaction and retention (changes between the cycles)")
    return Table(name="ecrm-guard-rail", columns=columns, rows=rows, caption=caption)


def stage_table(ratings: Mapping[str, Rating]) -> Table:
    """Every attribute with its stage, what it means, and the stage after it."""
    columns = (
        Column("attribute", msg("Attribute rated")),
        Column("stage", msg("Stage"), Kind.COUNT),
        Column("means", msg("Which means")),
        Column("next", msg("The next stage")),
        Column("evidence", msg("Evidence"), Kind.ID),
    )
    rows = []
    for one in ATTRIBUTES:
        rating = ratings.get(one.item.id, Rating(item=one.item))
        stage = rating.number
        cells: list[Cell] = [one.item.title]
        if stage is None:
            cells += [Undefined(msg("unscored: {why}", why=rating.reason)), None, None]
        else:
            after = one.cells[stage] if stage < len(one.cells) else None
            nothing = None if stage == len(one.cells) else NOT_STATED
            cells += [stage, one.cells[stage - 1] or NOT_STATED, after or nothing]
        rows.append((*cells, evidence_cells(rating)[0]))
    caption = msg("Stages: 1 traditional CRM, 2 new CRM, 3 electronic CRM")
    return Table(name="ecrm-stages", columns=columns, rows=tuple(rows), caption=caption)


def dimension_table(stages: Sequence[DimensionStage], before: Sequence[DimensionStage]) -> Table:
    """Median stage of every dimension in both cycles."""
    earlier = {one.id: one.median for one in before}
    columns = (
        Column("dimension", msg("Dimension")),
        Column("before", msg("Cycle before"), Kind.NUMBER),
        Column("median", msg("Median stage"), Kind.NUMBER),
        Column("rated", msg("Rated"), Kind.COUNT),
        Column("attributes", msg("Of"), Kind.COUNT),
    )
    rows = tuple(
        (
            one.title,
            earlier.get(one.id),
            Undefined(NO_STAGE) if one.median is None else one.median,
            one.rated,
            one.of,
        )
        for one in stages
    )
    return Table(
        name="ecrm-dimensions", columns=columns, rows=rows, caption=msg("Median stage per dimension")
    )


def matrix_table(matrix: Sequence[MatrixCell]) -> Table:
    """Events of every channel, service and segment."""
    columns = (
        Column("channel", msg("Channel"), Kind.ID),
        Column("service", msg("Service"), Kind.ID),
        Column("segment", msg("Segment"), Kind.ID),
        Column("events", msg("Events"), Kind.COUNT),
    )
    rows = tuple((named(one.channel), named(one.service), named(one.segment), one.events) for one in matrix)
    caption = msg("Events by channel, service and segment")
    return Table(name="ecrm-matrix", columns=columns, rows=rows, caption=caption)


def _change_cell(one: Paired) -> Cell:
    if one.change is None:
        missing = one.now if one.now.value is None else one.before
        return Undefined(missing.reason or msg("not computed"))
    return Number(one.change, Kind.SHARE)
