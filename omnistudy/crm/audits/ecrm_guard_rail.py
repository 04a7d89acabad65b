"""The guard-rail: a fall of cost counts as good only while satisfaction and retention did not fall.

Looked at are the channel's own customers and those of the other channels. ``good`` needs every
lower limit of the four changes above −margin, ``harmful`` one upper limit below 0; all else, and
whatever cannot be computed, is ``unclear``. The rule is the source's, the margin this program's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from omnistudy.crm.audits.ecrm_indicators import Paired, mean_of_ops
from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.metrics.case import Case
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.results import Message, msg

COST_NAMES = ("cost_to_serve", "cost_per_task")
RETAINED_SQL = """
select sum(case when later.customer_id is null then 0 else 1 end), count(*)
from (
    select customer_id, max(case when channel = ? then 1 else 0 end) as own from m_events
    where customer_id is not null and day_ix < ? group by customer_id
) as early
left join (
    select distinct customer_id from m_events where customer_id is not null and day_ix >= ?
) as later on later.customer_id = early.customer_id
where early.own = ?
"""
UNITS_SQL = "select distinct unit from m_ops where indicator = ? and unit is not null order by unit"


class GuardRail(StrEnum):
    """What a fall of cost was worth."""

    GOOD = "good"
    HARMFUL = "harmful"
    UNCLEAR = "unclear"
    NO_FALL = "no_fall"


GUARD_WORDS: Mapping[GuardRail, Message] = {
    GuardRail.GOOD: msg("good"),
    GuardRail.HARMFUL: msg("harmful"),
    GuardRail.UNCLEAR: msg("unclear"),
    GuardRail.NO_FALL: msg("no fall of cost"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelGuard:
    """One channel: its cost, four changes, and the verdict with its reason."""

    channel: str
    cost: Paired
    changes: tuple[Paired, ...]
    verdict: GuardRail
    reason: Message

    def as_json(self) -> dict[str, object]:
        """The channel as JSON values."""
        return {
            "channel": self.channel,
            "verdict": str(self.verdict),
            "why": str(self.reason),
            "cost": self.cost.as_json(),
            "changes": [one.as_json() for one in self.changes],
        }


@dataclass(frozen=True, slots=True)
class CycleValues:
    """What one cycle knows of a channel: cost, own and others' satisfaction and retention."""

    cost: Indicator
    parts: tuple[Indicator, ...]


_PARTS: tuple[tuple[str, Message, Message], ...] = (
    (
        "csat_own",
        msg("Satisfaction, this channel"),
        msg("answers in the two best boxes / answers, of this channel"),
    ),
    (
        "csat_others",
        msg("Satisfaction, other channels"),
        msg("answers in the two best boxes / answers, of the other channels"),
    ),
    (
        "retention_own",
        msg("Retention, this channel's customers"),
        msg(
            "customers of the channel in the first half of the cycle who were active in the second half / such customers"
        ),
    ),
    (
        "retention_others",
        msg("Retention, other customers"),
        msg("the same of customers who did not use the channel in the first half"),
    ),
)


def cost_channels(case: Case) -> tuple[tuple[str, str], ...]:
    """Indicator of cost and channel, for every channel with a cost in the table ``ops``."""
    if not case.records.has("ops", "unit"):
        return ()
    for name in COST_NAMES:
        found = case.rows(UNITS_SQL, name)
        if found:
            return tuple((name, str(row[0])) for row in found)
    return ()


def cycle_values(case: Case, cost: str, channel: str, answers: Sequence[MetricRow]) -> CycleValues:
    """Compute what one cycle knows; ``answers`` are the rows of ``csat`` by channel."""
    indicator = Indicator(
        id=cost,
        title=msg("Cost to serve"),
        definition=msg("cost / tasks, from the table ops"),
        window=case.window("ops"),
    )
    parts = tuple(_parts(case, channel, answers))
    return CycleValues(mean_of_ops(case, indicator, channel), parts)


def _parts(case: Case, channel: str, answers: Sequence[MetricRow]) -> Iterator[Indicator]:
    top = [row for row in answers if row.level == "top_two" and row.n is not None and row.denominator]
    for (name, title, definition), own in zip(_PARTS[:2], (True, False), strict=True):
        indicator = Indicator(id=name, title=title, definition=definition)
        mine = [row for row in top if (row.group == channel) is own]
        if mine:
            n, of = sum(row.n or 0 for row in mine), sum(row.denominator or 0 for row in mine)
            yield indicator.share_of(n, of, case.confidence)
        else:
            yield indicator.lacking(
                msg("the survey has no satisfaction by channel"), msg("a survey with csat and channel")
            )
    for (name, title, definition), flag in zip(_PARTS[2:], (1, 0), strict=True):
        indicator = Indicator(id=name, title=title, definition=definition)
        if not case.records.has("events"):
            yield indicator.lacking(msg("there is no log of events"), msg("a table of events"))
            continue
        first, last = case.window_days("events")
        middle = first + (last - first + 1) // 2
        ((stayed, early),) = case.rows(RETAINED_SQL, channel, middle, middle, flag)
        yield indicator.share_of(int(stayed or 0), int(early or 0), case.confidence)


def guard(channel: str, now: CycleValues, before: CycleValues, margin: float) -> ChannelGuard:
    """Judge one channel."""
    cost = Paired(process="performance", now=now.cost, before=before.cost)
    changes = tuple(
        Paired(process="performance", now=one, before=other)
        for one, other in zip(now.parts, before.parts, strict=True)
    )
    verdict, reason = _verdict(cost, changes, margin)
    return ChannelGuard(channel=channel, cost=cost, changes=changes, verdict=verdict, reason=reason)


def _verdict(cost: Paired, changes: Sequence[Paired], margin: float) -> tuple[GuardRail, Message]:
    if cost.change is None:
        return GuardRail.UNCLEAR, msg("the cost of one cycle is not known")
    if cost.change >= 0:
        return GuardRail.NO_FALL, msg("the cost did not fall")
    unknown = []
    for one in changes:
        interval = one.interval
        if interval is not None and interval.high < 0:
            return GuardRail.HARMFUL, msg("{part} fell, beyond chance", part=one.now.title)
        if interval is None or interval.low <= -margin:
            unknown.append(one)
    if not unknown:
        return GuardRail.GOOD, msg("neither satisfaction nor retention fell by more than the margin")
    first = unknown[0]
    if first.interval is None:
        return GuardRail.UNCLEAR, msg("{part} has no value in both cycles", part=first.now.title)
    return GuardRail.UNCLEAR, msg("a fall of {part} is not excluded", part=first.now.title)
