"""What `crm ecrm` returns: checklists and indicators per process, stages, guard-rail, matrix."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from omnistudy.crm.audits.blocks import (
    checklist_counts,
    checklist_table,
    items_of,
    needed_notes,
    source_line,
)
from omnistudy.crm.audits.ecrm_guard_rail import ChannelGuard
from omnistudy.crm.audits.ecrm_indicators import Paired
from omnistudy.crm.audits.ecrm_items import CLAIM, CYCLE_START, FURTHER, PROCESSES
from omnistudy.crm.audits.ecrm_stages import (
    MULTICHANNEL_ONLY,
    STAGE_ITEMS,
    DimensionStage,
    dimension_stages,
    imbalance,
)
from omnistudy.crm.audits.ecrm_tables import (
    NO_STAGE,
    MatrixCell,
    cycles_table,
    dimension_table,
    guard_table,
    matrix_table,
    pairs_table,
    stage_table,
)
from omnistudy.crm.audits.sheet import Rating, cycle_order
from omnistudy.crm.audits.sources import ECRM
from omnistudy.crm.names import label_of
from omnistudy.crm.records.loading_blocks import loading_blocks, loading_payload
from omnistudy.crm.records.model import LoadedTable
from omnistudy.crm.records.reading_times import date_of
from omnistudy.pictures import Heatmap
from omnistudy.results import (
    Block,
    Figure,
    Heading,
    Kind,
    Message,
    Note,
    Number,
    Prose,
    Result,
    Status,
    Table,
    Value,
    msg,
)

NO_IMBALANCE = msg("not every dimension has a rated attribute")
NO_GUARD = msg("the guard-rail needs two cycles and the cost per channel in the table ops")
NO_MATRIX = msg("the events have neither service nor segment")
_BALANCE = ("perceived_value", "firm_value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """First and last day, since 1970-01-01; ``None`` where the records have no dates."""

    first: int | None
    last: int | None

    def __str__(self) -> str:
        if self.first is None or self.last is None:
            return ""
        return f"{date_of(self.first).isoformat()}/{date_of(self.last).isoformat()}"


@dataclass(frozen=True, kw_only=True)
class EcrmResult(Result):
    """Five processes, never summed; this cycle beside the one before."""

    ratings: tuple[Rating, ...]
    cycles: tuple[Cycle, ...]
    pairs: tuple[Paired, ...]
    by_channel: tuple[Paired, ...]
    lifecycle: tuple[Paired, ...]
    guards: tuple[ChannelGuard, ...]
    matrix: tuple[MatrixCell, ...]
    margin: float
    confidence: float
    loaded: tuple[LoadedTable, ...]
    command: ClassVar[str] = "crm-ecrm"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Processes of electronic CRM")

    @property
    def sheet_cycles(self) -> tuple[str, ...]:
        """Cycles of the sheet, the latest first; one empty name where it names none."""
        found = {one.cycle for one in self.ratings if one.row is not None and one.item.id != CYCLE_START}
        named = sorted(found - {""}, key=cycle_order, reverse=True)
        return tuple(named) or ("",)

    def in_cycle(self, at: int) -> tuple[Rating, ...]:
        """Ratings of the latest cycle (0) or the one before (1); rows without a cycle are of the latest."""
        cycles = self.sheet_cycles
        if at >= len(cycles):
            return ()
        mine: dict[str, Rating] = {}
        for one in self.ratings:
            belongs = one.cycle == cycles[at] or (at == 0 and one.cycle == "" and one.row is not None)
            if belongs:
                mine[one.item.id] = one
            elif at == 0:
                mine.setdefault(one.item.id, Rating(item=one.item))
        return tuple(mine.values())

    @property
    def _latest(self) -> dict[str, Rating]:
        return {one.item.id: one for one in self.in_cycle(0)}

    @property
    def _earlier(self) -> dict[str, Rating]:
        return {one.item.id: one for one in self.in_cycle(1)}

    @property
    def stages(self) -> tuple[DimensionStage, ...]:
        """Median stage of every dimension in the latest cycle of the sheet."""
        return dimension_stages(self.in_cycle(0))

    @property
    def imbalance(self) -> float | None:
        """Highest minus lowest median stage."""
        return imbalance(self.stages)

    @property
    def diverging(self) -> bool:
        """Whether value for customers and for the organisation moved apart, beyond chance."""
        changes = [one.interval for one in self.pairs if one.now.id in _BALANCE]
        signs = [0 if one is None else (one.low > 0) - (one.high < 0) for one in changes]
        return len(signs) == len(_BALANCE) and signs[0] * signs[1] < 0

    @property
    def summary(self) -> Message:
        """Say how much is evidenced, and what the guard-rail found."""
        items = [item.id for _, _, found in PROCESSES for item in found]
        counted = sum(one.counts for one in self.in_cycle(0) if one.item.id in set(items))
        words: dict[str, Value | Message] = {
            "counted": Number(counted, Kind.COUNT),
            "items": Number(len(items), Kind.COUNT),
            "values": Number(sum(one.now.value is not None for one in self.pairs), Kind.COUNT),
            "indicators": Number(len(self.pairs), Kind.COUNT),
        }
        if not self.guards:
            return msg(
                "{counted} of {items} items of five processes are answered with evidence; {values} of {indicators} "
                "indicators have a value. They are not summed.",
                **words,
            )
        verdicts = Counter(str(one.verdict) for one in self.guards)
        return msg(
            "{counted} of {items} items of five processes are answered with evidence; {values} of {indicators} "
            "indicators have a value. Cost fell in {fell} of {channels} channels: {good} good, {harmful} harmful, "
            "{unclear} unclear.",
            fell=Number(
                sum(one.cost.change is not None and one.cost.change < 0 for one in self.guards), Kind.COUNT
            ),
            channels=Number(len(self.guards), Kind.COUNT),
            good=Number(verdicts["good"], Kind.COUNT),
            harmful=Number(verdicts["harmful"], Kind.COUNT),
            unclear=Number(verdicts["unclear"], Kind.COUNT),
            **words,
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "cycles": [str(one) or None for one in self.cycles],
            "sheet_cycles": [one for one in self.sheet_cycles if one],
            "processes": [
                {
                    "id": name,
                    "title": str(title),
                    "checklist": [one.as_json() for one in items_of(self.in_cycle(0), items)],
                    "checklist_before": [one.as_json() for one in items_of(self.in_cycle(1), items)],
                    "indicators": [one.as_json() for one in self.pairs if one.process == name],
                    "by_channel": [one.as_json() for one in self.by_channel if one.process == name],
                }
                for name, title, items in PROCESSES
            ],
            "value_diverges": self.diverging,
            "conditions": [
                one.as_json() for _, _, items in FURTHER for one in items_of(self.in_cycle(0), items)
            ],
            "lifecycle": [one.as_json() for one in self.lifecycle],
            "stages": {
                "attributes": [one.as_json() for one in items_of(self.in_cycle(0), STAGE_ITEMS)],
                "dimensions": [
                    {
                        "id": one.id,
                        "median": one.median,
                        "reason": None if one.median is not None else str(NO_STAGE),
                        "rated": one.rated,
                        "attributes": one.of,
                    }
                    for one in self.stages
                ],
                "imbalance": self.imbalance,
                "reason": None if self.imbalance is not None else str(NO_IMBALANCE),
                "omnichannel": None,
                "omnichannel_reason": str(MULTICHANNEL_ONLY),
            },
            "guard_rail": [one.as_json() for one in self.guards],
            "guard_rail_reason": None if self.guards else str(NO_GUARD),
            "margin": self.margin,
            "matrix": [
                {
                    "channel": one.channel,
                    "service": one.service or None,
                    "segment": one.segment or None,
                    "events": one.events,
                }
                for one in self.matrix
            ],
            "confidence": self.confidence,
            "claims": [{"claim": str(CLAIM), "finding": False, "source": ECRM.key}],
            "sources": [ECRM.as_json()],
            "tables": loading_payload(self.loaded),
        }

    def tables(self) -> tuple[Table, ...]:
        """Indicators, checklists, stages, guard-rail and matrix."""
        found = [pairs_table("ecrm-indicators", self.pairs, msg("Indicators of the five processes"))]
        found += [
            checklist_table(f"ecrm-{name}", items_of(self.ratings, items), title, full=True)
            for name, title, items in (*PROCESSES, *FURTHER)
        ]
        found.append(stage_table(self._latest))
        found.append(dimension_table(self.stages, dimension_stages(self.in_cycle(1))))
        found.append(guard_table(self.guards))
        if self.matrix:
            found.append(matrix_table(self.matrix))
        return tuple(found)

    def blocks(self) -> tuple[Block, ...]:
        """Return the section of a report."""
        return tuple(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        yield source_line(ECRM)
        yield self._cycle_line()
        for name, title, items in PROCESSES:
            yield Heading(text=title, level=3)
            ratings = items_of(self.in_cycle(0), items)
            yield Prose(text=checklist_counts(ratings))
            if any(one.row is not None for one in ratings):
                yield cycles_table(f"ecrm-{name}", title, ratings, self._earlier)
            pairs = [one for one in (*self.pairs, *self.by_channel) if one.process == name]
            if pairs and self.cycles:
                yield pairs_table(f"ecrm-{name}-indicators", pairs, msg("Indicators"))
                yield from needed_notes(one.now for one in pairs)
            if name == "value" and self.diverging:
                yield Note(
                    text=msg("Value for customers and for the organisation moved in opposite directions.")
                )
            if name == "performance":
                yield from self._guard_blocks()
        yield from self._stage_blocks()
        for name, title, items in FURTHER:
            ratings = items_of(self.in_cycle(0), items)
            yield Heading(text=title, level=3)
            yield Prose(text=checklist_counts(ratings))
            if any(one.row is not None for one in ratings):
                yield cycles_table(f"ecrm-{name}", title, ratings, self._earlier)
        if self.cycles:
            yield Heading(text=msg("Four stages of a customer's life"), level=3)
            yield pairs_table(
                "ecrm-lifecycle", self.lifecycle, msg("Acquire, retain, develop, differentiate")
            )
            yield from self._matrix_blocks()
        yield Note(
            text=msg("A claim of the source, not a finding: {claim}", claim=CLAIM), status=Status.NEUTRAL
        )
        if self.loaded:
            yield from loading_blocks(self.loaded)

    def _cycle_line(self) -> Prose:
        if not self.cycles:
            return Prose(
                text=msg("There are no records, so no indicator has a value."), status=Status.UNDEFINED
            )
        if len(self.cycles) == 1:
            return Prose(
                text=msg(
                    "One cycle: {now}. Name the first day of this cycle to see it beside the one before.",
                    now=str(self.cycles[0]),
                )
            )
        return Prose(
            text=msg(
                "This cycle: {now}; the cycle before: {before}.",
                now=str(self.cycles[0]),
                before=str(self.cycles[1]),
            )
        )

    def _guard_blocks(self) -> Iterator[Block]:
        if not self.guards:
            yield Note(text=msg("Not assessable: {reason}.", reason=NO_GUARD), status=Status.UNDEFINED)
            return
        yield guard_table(self.guards)
        yield Prose(
            text=msg(
                "Good needs every lower limit above −{margin}, harmful one upper limit below 0. Cost is as booked: "
                "prices are not adjusted.",
                margin=Number(self.margin, Kind.SHARE),
            )
        )

    def _stage_blocks(self) -> Iterator[Block]:
        yield Heading(text=msg("Traditional, new, electronic"), level=3)
        yield Note(text=MULTICHANNEL_ONLY, status=Status.NEUTRAL)
        if any(one.row is not None for one in items_of(self.in_cycle(0), STAGE_ITEMS)):
            yield stage_table(self._latest)
        yield dimension_table(self.stages, dimension_stages(self.in_cycle(1)))
        if self.imbalance is not None:
            yield Prose(
                text=msg("Imbalance, highest minus lowest median: {value}.", value=Number(self.imbalance))
            )

    def _matrix_blocks(self) -> Iterator[Block]:
        yield Heading(text=msg("Channel by service and segment"), level=3)
        if not self.matrix:
            yield Note(text=msg("Not assessable: {reason}.", reason=NO_MATRIX), status=Status.UNDEFINED)
            return
        with_service = any(one.service for one in self.matrix)
        held: Counter[tuple[str, str]] = Counter()
        for one in self.matrix:
            held[one.channel, one.service if with_service else one.segment] += one.events
        rows = sorted({channel for channel, _ in held})
        across = sorted({other for _, other in held})
        yield Figure(
            name="ecrm-matrix",
            picture=Heatmap(
                rows=tuple(label_of(row) for row in rows),
                columns=tuple(label_of(column or "–") for column in across),
                values=tuple(tuple(held.get((row, column)) for column in across) for row in rows),
                axis=msg("Events"),
            ),
            caption=msg("Events by channel and service")
            if with_service
            else msg("Events by channel and segment"),
            alt=msg(
                "One row per channel; the numbers are in the table of events by channel, service and segment."
            ),
        )
