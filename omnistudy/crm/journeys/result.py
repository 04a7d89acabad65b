"""What `crm journeys` returns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import ClassVar

from omnistudy.crm.journeys.markov import Chain
from omnistudy.crm.names import label_of, named
from omnistudy.crm.records.loading_blocks import (
    loading_blocks,
    loading_payload,
    loading_table,
    refusal_blocks,
)
from omnistudy.crm.records.model import LoadedTable
from omnistudy.crm.refusals import Refusal
from omnistudy.crm.statistics.intervals import Interval
from omnistudy.pictures import Flow, Heatmap
from omnistudy.results import (
    LEAST_P,
    Block,
    Cell,
    Column,
    Figure,
    Kind,
    Message,
    Note,
    Number,
    Prose,
    Result,
    Status,
    Table,
    Undefined,
    msg,
)

NEVER_LEFT = msg("nobody was seen after this channel")
NO_PATHS = msg("there are no paths to a goal to compute it from: see the refusals")
DESCRIPTIVE = msg(
    "Removal effects describe the paths as recorded; they do not say what would happen without the channel."
)


@dataclass(frozen=True, slots=True)
class Switch:
    """How often one channel follows another: ``n`` of ``total`` next steps, with Dirichlet limits."""

    source: str
    target: str
    n: int
    total: int
    low: float | None
    high: float | None

    @property
    def share(self) -> float | None:
        """Share of the next steps; ``None`` where there is none."""
        return self.n / self.total if self.total else None


@dataclass(frozen=True, slots=True)
class OrderTest:
    """Likelihood ratio of order one against order zero."""

    ratio: float
    freedom: int
    p: float


@dataclass(frozen=True, slots=True)
class Drop:
    """Paths that end without the goal in a channel, of the paths that reach it."""

    channel: str
    ended: int
    reached: int
    limits: Interval


@dataclass(frozen=True, slots=True)
class PeakEnd:
    """Mean over journeys of the mean of strongest and last emotion."""

    value: float
    n: int
    limits: Interval | None


def _felt(found: PeakEnd) -> Message:
    """The peak–end score in words, with its interval where it has one."""
    value, n = Number(found.value), Number(found.n, Kind.COUNT)
    if found.limits is None:
        return msg("Peak–end score {value} over {n} journeys.", value=value, n=n)
    return msg(
        "Peak–end score {value} ({low} to {high}) over {n} journeys.",
        value=value,
        low=Number(found.limits.low),
        high=Number(found.limits.high),
        n=n,
    )


@dataclass(frozen=True, kw_only=True)
class JourneysResult(Result):
    """Journeys over channels; ``lengths`` are (steps, paths that reach the goal, paths)."""

    unit: str
    path_unit: str
    switches: tuple[Switch, ...]
    order_test: OrderTest | None
    lengths: tuple[tuple[int, int, int], ...]
    drops: tuple[Drop, ...]
    chain: Chain | None
    peak_end: PeakEnd | None
    refusals: tuple[Refusal, ...]
    loaded: tuple[LoadedTable, ...]
    command: ClassVar[str] = "crm-journeys"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Channel journeys")

    @property
    def summary(self) -> Message:
        """Say how often customers change the channel, and how many paths reach the goal."""
        steps = sum(switch.n for switch in self.switches)
        changed = sum(switch.n for switch in self.switches if switch.source != switch.target)
        moved = msg("No two steps of a customer follow each other.")
        if steps:
            moved = msg(
                "{changed} of {steps} next steps change the channel.",
                changed=Number(changed, Kind.COUNT),
                steps=Number(steps, Kind.COUNT),
            )
        if self.chain is None:
            return moved
        return msg(
            "{moved} {share} of {paths} paths reach the goal.",
            moved=moved,
            share=Number(self.chain.conversion, Kind.SHARE),
            paths=Number(sum(n for _, _, n in self.lengths), Kind.COUNT),
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "unit": self.unit,
            "path_unit": self.path_unit,
            "switching": [
                {
                    "from": one.source,
                    "to": one.target,
                    "n": one.n,
                    "of": one.total,
                    "share": one.share,
                    "ci_low": one.low,
                    "ci_high": one.high,
                    "reason": None if one.total else str(NEVER_LEFT),
                }
                for one in self.switches
            ],
            "ci_method": "dirichlet_half",
            "order_test": None if self.order_test is None else asdict(self.order_test),
            "path_lengths": [
                {"steps": steps, "converted": won, "paths": paths} for steps, won, paths in self.lengths
            ],
            "drop_off": [
                {
                    "channel": one.channel,
                    "ended": one.ended,
                    "reached": one.reached,
                    "share": one.ended / one.reached,
                    "ci_low": one.limits.low,
                    "ci_high": one.limits.high,
                }
                for one in self.drops
            ],
            "conversion": None if self.chain is None else self.chain.conversion,
            "conversion_reason": str(NO_PATHS) if self.chain is None else None,
            "removal": [asdict(one) for one in self.chain.removals] if self.chain else [],
            "peak_end": None if self.peak_end is None else self._peak_end(self.peak_end),
            "refusals": [one.as_json() for one in self.refusals],
            "tables": loading_payload(self.loaded),
        }

    @staticmethod
    def _peak_end(found: PeakEnd) -> dict[str, object]:
        limits = found.limits
        return {
            "value": found.value,
            "n": found.n,
            "ci_low": None if limits is None else limits.low,
            "ci_high": None if limits is None else limits.high,
            "reason": None if limits is not None else "one journey has no interval",
        }

    def tables(self) -> tuple[Table, ...]:
        """All tables, the switching matrix in long form first."""
        return (
            self._switch_table(),
            self._removal_table(),
            self._drop_table(),
            self._length_table(),
            loading_table(self.loaded),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the section of a report."""
        return tuple(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        yield from refusal_blocks(self.refusals)
        if self.switches:
            yield self._matrix()
            yield self._flow()
            yield self._switch_table()
        if self.order_test is not None:
            yield Prose(
                text=msg(
                    "Whether the next channel depends on the last one: likelihood ratio {ratio}, {freedom} degrees "
                    "of freedom, {p}. Steps of one customer are not independent, so p is a rough guide.",
                    ratio=Number(self.order_test.ratio),
                    freedom=Number(self.order_test.freedom, Kind.COUNT),
                    p=msg("p < 0.0001")
                    if self.order_test.p < LEAST_P
                    else msg("p = {p}", p=Number(self.order_test.p)),
                )
            )
        if self.chain is not None:
            yield self._removal_table()
            yield Note(text=DESCRIPTIVE, status=Status.NEUTRAL)
        if self.drops:
            yield self._drop_table()
        if self.peak_end is not None:
            yield Prose(text=_felt(self.peak_end))
        yield from loading_blocks(self.loaded)

    def _flow(self) -> Figure:
        """How many next steps lead from where to where."""
        channels = tuple(dict.fromkeys(one.source for one in self.switches))
        steps = {(one.source, one.target): one.n for one in self.switches}
        labels = tuple(label_of(one) for one in channels)
        return Figure(
            name="crm-flow",
            picture=Flow(
                sources=labels,
                targets=labels,
                amounts=tuple(tuple(float(steps[a, b]) for b in channels) for a in channels),
                axis=msg("Next steps"),
            ),
            caption=msg("Where customers go next"),
            alt=msg(
                "Ribbons from the channel of a contact to the channel of the next, as wide as they are frequent."
            ),
        )

    def _matrix(self) -> Figure:
        channels = list(dict.fromkeys(one.source for one in self.switches))
        shares = {(one.source, one.target): one.share for one in self.switches}
        return Figure(
            name="crm-switching",
            picture=Heatmap(
                rows=tuple(label_of(one) for one in channels),
                columns=tuple(label_of(one) for one in channels),
                values=tuple(tuple(shares[a, b] for b in channels) for a in channels),
                axis=msg("Share of next steps"),
                kind=Kind.SHARE,
            ),
            caption=msg("Switching between channels"),
            alt=msg(
                "Matrix of channels: each row is where customers were, each column where they were next."
            ),
        )

    def _switch_table(self) -> Table:
        def cell(value: float | None) -> Cell:
            return Undefined(NEVER_LEFT) if value is None else value

        return Table(
            name="crm-switching",
            columns=(
                Column("from", msg("From channel"), Kind.ID),
                Column("to", msg("To channel"), Kind.ID),
                Column("n", msg("Steps"), Kind.COUNT),
                Column("share", msg("Share"), Kind.SHARE),
                Column("ci_low", msg("Lower limit"), Kind.SHARE),
                Column("ci_high", msg("Upper limit"), Kind.SHARE),
            ),
            rows=tuple(
                (named(one.source), named(one.target), one.n, cell(one.share), cell(one.low), cell(one.high))
                for one in self.switches
            ),
            caption=msg("Next steps, with limits from a Dirichlet(1/2) prior"),
        )

    def _removal_table(self) -> Table:
        return Table(
            name="crm-removal",
            columns=(
                Column("channel", msg("Channel"), Kind.ID),
                Column("effect", msg("Removal effect"), Kind.COEFFICIENT),
                Column("credit", msg("Share of all effects"), Kind.SHARE),
            ),
            rows=tuple(
                (named(one.channel), one.effect, one.credit)
                for one in (self.chain.removals if self.chain else ())
            ),
            caption=msg("Removal effects, descriptive"),
        )

    def _drop_table(self) -> Table:
        return Table(
            name="crm-drop-off",
            columns=(
                Column("channel", msg("Channel"), Kind.ID),
                Column("ended", msg("Paths that end here without the goal"), Kind.COUNT),
                Column("reached", msg("Paths that reach it"), Kind.COUNT),
                Column("share", msg("Drop-off"), Kind.SHARE),
                Column("ci_low", msg("Lower limit"), Kind.SHARE),
                Column("ci_high", msg("Upper limit"), Kind.SHARE),
            ),
            rows=tuple(
                (
                    named(one.channel),
                    one.ended,
                    one.reached,
                    one.ended / one.reached,
                    one.limits.low,
                    one.limits.high,
                )
                for one in self.drops
            ),
            caption=msg("Where paths end"),
        )

    def _length_table(self) -> Table:
        return Table(
            name="crm-path-lengths",
            columns=(
                Column("steps", msg("Steps"), Kind.COUNT),
                Column("converted", msg("Reach the goal"), Kind.COUNT),
                Column("paths", msg("Paths"), Kind.COUNT),
            ),
            rows=self.lengths,
            caption=msg("Lengths of paths"),
        )
