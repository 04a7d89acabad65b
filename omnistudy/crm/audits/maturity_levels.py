# ruff: noqa: S608 - what is put into the SQL is our own; values are parameters
"""Single, multi, cross, omni: what the log shows, criterion by criterion.

Levels and their meaning are the source's; the criteria and thresholds are this program's and can be
changed. A threshold from below is tested on the lower limit of Wilson's interval, one from above on
the upper limit, so that a short log cannot pass by luck. A criterion that cannot be computed is
neither met nor failed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from enum import IntEnum, StrEnum

from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.metrics.case import Case
from omnistudy.crm.statistics.intervals import CLUSTER, clustered
from omnistudy.results import Kind, Message, Number, Value, msg

# Sums over customers of their events in a channel (y), of those with an id (known), and of all (n).
CHANNELS_SQL = f"""
with held as (
    select channel, {CLUSTER} as unit, count(*) as y, count(customer_id) as known
    from m_events group by channel, {CLUSTER}
)
select channel, sum(y) as events, sum(known), sum(y * y), sum(y * n), count(*), sum(known * known), sum(known * y)
from held join (select unit, sum(y) as n from held group by unit) as whole on whole.unit = held.unit
group by channel order by events desc, channel
"""
WHOLE_SQL = f"""
select count(*), sum(n), sum(n * n) from (
    select {CLUSTER} as unit, count(*) as n from m_events group by {CLUSTER}
) as units
"""
DUPLICATES_SQL = """
select sum(case when most > 1 then 1 else 0 end), count(*) from (
    select customer_id, max(ids) as most from (
        select customer_id, channel, count(distinct source_id) as ids from m_identity_map
        where customer_id is not null group by customer_id, channel
    ) as per_channel group by customer_id
) as customers
"""


class Level(IntEnum):
    """Maturity of the channels, the lowest first."""

    SINGLE = 1
    MULTI = 2
    CROSS = 3
    OMNI = 4

    @classmethod
    def named(cls, name: str) -> Level:
        """The level that a sheet calls ``single``, ``multi``, ``cross`` or ``omni``."""
        return cls[name.upper()]

    @property
    def id(self) -> str:
        """Stable name."""
        return self.name.lower()


MEANINGS: Mapping[Level, Message] = {
    Level.SINGLE: msg("one route to the bank, normally the branch"),
    Level.MULTI: msg("several routes, each on its own; one customer looks like several"),
    Level.CROSS: msg("one identity is recognised in every channel; the channels are still independent"),
    Level.OMNI: msg("one identity and one system at any time, place and device; needs are guessed"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Where the criteria are cut; all are this program's defaults and not the source's."""

    active_share: float = 0.05
    identity_match: float = 0.90
    duplicate_identity: float = 0.02
    continuity: float = 0.80
    repeat_information: float = 0.10
    process_similarity: float = 0.80
    personalised_share: float = 0.20


THRESHOLD_NAMES = tuple(item.name for item in fields(Thresholds))


class Status(StrEnum):
    """What a criterion says."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_ASSESSABLE = "not_assessable"


STATUS_WORDS: Mapping[Status, Message] = {
    Status.MET: msg("met"),
    Status.NOT_MET: msg("not met"),
    Status.NOT_ASSESSABLE: msg("not assessable"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One test of one level.

    Parameters
    ----------
    at_least
        Whether the value has to reach the threshold (tested on the lower limit) or stay below it
        (tested on the upper limit). Values without an interval are tested themselves.
    """

    level: Level
    indicator: Indicator
    threshold: float | None
    at_least: bool = True

    @property
    def status(self) -> Status:
        """Whether the limit that counts is on the right side of the threshold."""
        tested = self.tested
        if self.threshold is None or tested is None:
            return Status.NOT_ASSESSABLE
        met = tested >= self.threshold if self.at_least else tested <= self.threshold
        return Status.MET if met else Status.NOT_MET

    @property
    def tested(self) -> float | None:
        """The number that is compared with the threshold."""
        one = self.indicator
        if one.value is None or one.interval is None:
            return one.value
        return one.interval.low if self.at_least else one.interval.high

    @property
    def only_by_bound(self) -> bool:
        """Whether the value itself is on the right side and only its limit is not."""
        value = self.indicator.value
        if self.status is not Status.NOT_MET or value is None or self.threshold is None:
            return False
        return value >= self.threshold if self.at_least else value <= self.threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelShare:
    """A channel's part of the events, and how many of them name their customer."""

    share: Indicator
    identity: Indicator
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """The level that the log shows.

    Parameters
    ----------
    level
        Highest level all of whose criteria, and those below, are met; ``None`` without one.
    failing
        First criterion that is not met, of whichever level.
    open
        First criterion of the next level that is not assessable.
    """

    criteria: tuple[Criterion, ...]
    channels: tuple[ChannelShare, ...]
    level: Level | None
    failing: Criterion | None
    open: Criterion | None

    @property
    def stop(self) -> Criterion | None:
        """What keeps the log from the next level: the criterion that fails there, else the open one."""
        nearest = 1 if self.level is None else self.level + 1
        failed = self.failing if self.failing is not None and self.failing.level <= nearest else None
        return failed or self.open


# Names and definitions of what the criteria look at, in the order of the levels.
_TITLES: Mapping[str, tuple[Message, Message]] = {
    "active_channels": (
        msg("Active channels"),
        msg("channels whose share of the events reaches the threshold at its lower limit"),
    ),
    "identity_match": (
        msg("Identity match, weakest active channel"),
        msg("events with a customer / events, in the active channel with the lowest limit"),
    ),
    "duplicate_identity": (
        msg("Duplicate identities"),
        msg("customers with more than one id in one channel of the identity map / customers in it"),
    ),
    "continuity": (msg("Cross-channel continuity"), msg("as in omnistudy crm metrics")),
    "repeat_information": (msg("Repeated information"), msg("as in omnistudy crm metrics")),
    "process_similarity": (
        msg("Process similarity"),
        msg(
            "1 − Levenshtein distance / longer length of the modal sequences of steps, over pairs of channels"
        ),
    ),
    "personalised_share": (msg("Personalised contacts"), msg("as in omnistudy crm metrics")),
}
PRECONDITION = Indicator(
    id="central_record",
    title=msg("Central customer record"),
    definition=msg("the sheet says that there is one, with evidence"),
    unit="answer",
)
NO_LOG = msg("there is no log of events")


def named(name: str) -> Indicator:
    """An indicator of a criterion, without a value yet."""
    title, definition = _TITLES[name]
    return Indicator(id=name, title=title, definition=definition)


def channel_shares(case: Case, thresholds: Thresholds) -> tuple[ChannelShare, ...]:
    """Share and identity match of every channel, the largest first."""
    ((units, total, squares),) = case.rows(WHOLE_SQL)
    window = case.window("events")
    share = Indicator(
        id="channel_share",
        title=msg("Share of the events"),
        definition=msg("events of the channel / events"),
        window=window,
    )
    identity = Indicator(
        id="identity_match",
        title=msg("Identity match"),
        definition=msg("events with a customer / events"),
        window=window,
    )
    return tuple(
        ChannelShare(
            share=of_all,
            identity=identity.share_of_clusters(
                clustered((held, known, y, known_squares, known_y, yy)), case.confidence, str(name)
            ),
            active=of_all.low is not None and of_all.low >= thresholds.active_share,
        )
        for name, y, known, yy, yn, held, known_squares, known_y in case.rows(CHANNELS_SQL)
        for of_all in (
            share.share_of_clusters(
                clustered((units, y, total, yy, yn, squares)), case.confidence, str(name)
            ),
        )
    )


def duplicate_identity(case: Case) -> Indicator:
    """Customers who have more than one id within a channel.

    Ids of different channels do not count: joining them is what the map is for.
    """
    indicator = named("duplicate_identity")
    if not case.records.has("identity_map"):
        return indicator.lacking(
            msg("there is no identity map"), msg("a table identity_map with channel, source_id, customer_id")
        )
    ((twice, customers),) = case.rows(DUPLICATES_SQL)
    return indicator.share_of(int(twice or 0), int(customers or 0), case.confidence)


def observed_level(
    case: Case,
    thresholds: Thresholds,
    values: Mapping[str, Indicator],
    central: Indicator,
) -> Observed:
    """Judge the criteria.

    Parameters
    ----------
    case
        Records with a table of events.
    values
        ``continuity``, ``repeat_information``, ``process_similarity`` and ``personalised_share``.
    central
        The precondition: value 1 where a central customer record is evidenced.
    """
    channels = channel_shares(case, thresholds)
    criteria = tuple(_criteria(case, thresholds, channels, values, central))
    return ascent(criteria, channels)


def ascent(criteria: Sequence[Criterion], channels: Sequence[ChannelShare] = ()) -> Observed:
    """Climb the levels until a criterion is not met or not assessable."""
    level: Level | None = None
    for step in Level:
        mine = [one for one in criteria if one.level is step]
        if not mine or any(one.status is not Status.MET for one in mine):
            break
        level = step
    reach = 1 if level is None else level + 1
    return Observed(
        criteria=tuple(criteria),
        channels=tuple(channels),
        level=level,
        failing=next((one for one in criteria if one.status is Status.NOT_MET), None),
        open=next(
            (one for one in criteria if one.status is Status.NOT_ASSESSABLE and one.level <= reach), None
        ),
    )


def _criteria(
    case: Case,
    cut: Thresholds,
    channels: Sequence[ChannelShare],
    values: Mapping[str, Indicator],
    central: Indicator,
) -> Iterator[Criterion]:
    active = [one for one in channels if one.active]
    count = replace(
        named("active_channels"),
        value=float(len(active)),
        n=len(active),
        denominator=len(channels),
        unit="count",
        window=case.window("events"),
    )
    yield Criterion(level=Level.SINGLE, indicator=count, threshold=1.0)
    yield Criterion(level=Level.MULTI, indicator=count, threshold=2.0)
    yield Criterion(level=Level.CROSS, indicator=_weakest(active), threshold=cut.identity_match)
    yield Criterion(
        level=Level.CROSS,
        indicator=duplicate_identity(case),
        threshold=cut.duplicate_identity,
        at_least=False,
    )
    yield Criterion(level=Level.OMNI, indicator=central, threshold=1.0)
    for name in ("continuity", "repeat_information", "process_similarity", "personalised_share"):
        yield Criterion(
            level=Level.OMNI,
            indicator=replace(values[name], id=name, title=named(name).title),
            threshold=getattr(cut, name),
            at_least=name != "repeat_information",
        )


def _weakest(active: Sequence[ChannelShare]) -> Indicator:
    indicator = named("identity_match")
    if not active:
        return indicator.lacking(msg("no channel is active"))
    worst = min(active, key=lambda one: (one.identity.low or 0.0, one.identity.group)).identity
    return replace(worst, title=indicator.title, definition=indicator.definition)


def bound_sentence(criterion: Criterion) -> Message:
    """Say what a criterion found beside its threshold."""
    one = criterion.indicator
    kind = Kind.SHARE if one.unit == "share" else Kind.NUMBER
    values: dict[str, Value | Message] = {
        "criterion": one.title,
        "value": Number(one.value, kind),
        "threshold": Number(criterion.threshold, kind),
    }
    if one.interval is None:
        if criterion.at_least:
            return msg("{criterion}: {value}, at least {threshold} is needed", **values)
        return msg("{criterion}: {value}, at most {threshold} is allowed", **values)
    limits: dict[str, Value | Message] = {
        **values,
        "low": Number(one.low, kind),
        "high": Number(one.high, kind),
    }
    if criterion.at_least:
        return msg("{criterion}: {value} ({low} to {high}); the lower limit must reach {threshold}", **limits)
    return msg(
        "{criterion}: {value} ({low} to {high}); the upper limit must not exceed {threshold}", **limits
    )
