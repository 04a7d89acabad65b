# ruff: noqa: S608 - names of tables and columns are our own or quoted; values are parameters
"""Metrics of channels and journeys: conversion, digital share, entropy, continuity, repeated information."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from math import log, sqrt

from omnistudy.crm.metrics.case import By, Case, Metric
from omnistudy.crm.metrics.rows import NOBODY, Found, share, share_of_clusters
from omnistudy.crm.records.engine import RowSource, as_count, as_number
from omnistudy.crm.records.reading_sql import as_read
from omnistudy.crm.statistics.intervals import (
    CLUSTER,
    CLUSTERED_SQL,
    Interval,
    clustered,
    mean_t,
    normal_quantile,
)
from omnistudy.results import Message, msg

JOURNEYS_SQL = """
select grp, sum(converted * started), sum(started), count(*) from (
    select min(grp) as grp, journey_id,
        max(case when event = ? or (? = '' and outcome = 'completed') then 1 else 0 end) as converted,
        max(case when ? = '' or event = ? then 1 else 0 end) as started
    from m_events where journey_id is not null group by journey_id
) as journeys group by grp order by grp
"""
CONVERTING_CUSTOMERS_SQL = JOURNEYS_SQL.replace("journey_id", "customer_id")
CHANNELS_SQL = """
select grp, channel, count(*) from m_events group by grp, channel order by grp, channel
"""
# The events of one customer are alike, else those of one journey.
EVENT_SHARE_SQL = CLUSTERED_SQL.format(
    clusters=f"""
    select grp, sum(case when {{test}} then 1 else 0 end) as y, count(*) as n
    from m_events where {{where}} group by grp, {CLUSTER}
"""
)
ENTROPY_SPREAD_SQL = """
select grp, cast(sum(cast(deviation * deviation as decimal(38, 9))) as double), count(*) from (
    select c.grp, c.customer_id, sum(c.n * (s.surprise - s.entropy)) as deviation
    from (select grp, customer_id, channel, count(*) as n from m_events where customer_id is not null
          group by grp, customer_id, channel) as c
    join surprise s on s.grp = c.grp and s.channel = c.channel
    group by c.grp, c.customer_id
) as customers group by grp order by grp
"""
CUSTOMER_ENTROPY_SQL = """
select grp, cast(sum(entropy) as double), cast(sum(cast(entropy * entropy as decimal(38, 12))) as double), count(*)
from (
    select grp, customer_id,
        cast(sum(-(n * 1.0 / total) * ln(n * 1.0 / total)) as decimal(18, 12)) as entropy
    from (
        select grp, customer_id, channel, count(*) as n,
            sum(count(*)) over (partition by grp, customer_id) as total
        from m_events where customer_id is not null group by grp, customer_id, channel
    ) as counts group by grp, customer_id
) as customers group by grp order by grp
"""
STEPS_SQL = """
select grp, row, journey_id, channel, customer_id, journey_step, outcome, reentry,
    lag(channel) over (partition by journey_id order by instant, row) as before_channel,
    lag(customer_id) over (partition by journey_id order by instant, row) as before_customer,
    lag(journey_step) over (partition by journey_id order by instant, row) as before_step
from m_events where journey_id is not null
"""
CONTINUITY_SQL = f"""
select grp, sum(stitched), count(*), sum(known), sum(known * smooth), sum(switches), sum(again) from (
    select min(grp) as grp, journey_id, count(*) as switches,
        min(case when customer_id is not null and before_customer is not null then 1 else 0 end) as stitched,
        min(case when customer_id is not null and before_customer is not null and reentry is not null
            and (outcome = 'resumed' or (journey_step is not null and before_step is not null))
            then 1 else 0 end) as known,
        min(case when not reentry and (outcome = 'resumed' or journey_step >= before_step) then 1 else 0 end) as smooth,
        sum(case when reentry then 1 else 0 end) as again
    from ({STEPS_SQL}) as steps where channel <> before_channel group by journey_id
) as journeys group by grp order by grp
"""
REPEAT_INFORMATION_SQL = CLUSTERED_SQL.format(
    clusters=f"""
    select grp, sum(case when reentry then 1 else 0 end) as y, sum(case when reentry is null then 0 else 1 end) as n
    from ({STEPS_SQL}) as steps where channel <> before_channel group by grp, {CLUSTER}
"""
)
EVENTS = frozenset({By.ALL, By.SEGMENT, By.CHANNEL, By.PERIOD})
NOT_BY_CHANNEL = frozenset({By.ALL, By.SEGMENT, By.PERIOD})


def conversion(case: Case) -> Iterator[Found]:
    """Journeys and customers that reached the goal, of those that started."""
    goal, start = as_read("event", case.options.goal or ""), as_read("event", case.options.start or "")
    levels = [("customer", CONVERTING_CUSTOMERS_SQL)]
    if case.records.has("events", "journey_id"):
        levels.insert(0, ("journey", JOURNEYS_SQL))
    for level, sql in levels:
        for group, converted, started, _ in case.rows(sql, goal, goal, start, start):
            yield share(str(group), as_count(converted), as_count(started), case.confidence, level=level)


def conversion_refused(case: Case) -> Message | None:
    """Without a goal event the outcome of the journey has to say whether it was completed."""
    if case.options.goal is None and not case.records.has("events", "outcome"):
        return msg("the events have no outcome: name the event that is the goal, --goal EVENT")
    for name in (case.options.goal, case.options.start):
        if name is not None and not case.happened(name):
            return msg("there is no event {name}", name=name)
    return None


def digital_share(case: Case) -> Iterator[Found]:
    """Events in digital channels, of all events."""
    digital = [name for name, group in case.records.columns.channels.items() if group == "digital"]
    test = f"channel in ({', '.join('?' for _ in digital)})" if digital else "1 = 0"
    yield from share_of_events(case, test, parameters=digital)


def share_of_events(
    case: Case, test: str, where: str = "1 = 1", parameters: Sequence[str] = ()
) -> Iterator[Found]:
    """Share of events that pass a test; the events of one customer (else of one journey) are alike."""
    for group, *sums in case.rows(EVENT_SHARE_SQL.format(test=test, where=where), *parameters):
        yield share_of_clusters(str(group), clustered(sums), case.confidence)


def digital_refused(case: Case) -> Message | None:
    """Whether a channel is digital is a decision that the log does not hold."""
    if case.records.columns.channels:
        return None
    return msg(
        "no channel has a group: put [channels] with physical, assisted or digital for each into a column map"
    )


def channel_entropy(case: Case) -> Iterator[Found]:
    """Entropy in nats, pooled over events and as the mean over customers."""
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for group, channel, n in case.rows(CHANNELS_SQL):
        counts[str(group)][str(channel)] = as_count(n)
    spread = _entropy_spread(case, counts)
    for group, channels in counts.items():
        n, h = sum(channels.values()), _entropy(channels)
        interval = None
        if group in spread:
            half = normal_quantile(case.confidence) * sqrt(spread[group]) / n
            interval = Interval(max(0.0, h - half), h + half, "linearised_by_customer")
        yield Found(group=group, value=h, n=n, unit="nats", level="pooled", interval=interval)
        corrected = h + (len(channels) - 1) / (2 * n)
        yield Found(group=group, value=corrected, n=n, unit="nats", level="pooled_miller_madow")
        if len(channels) > 1:
            yield Found(group=group, value=h / log(len(channels)), n=n, unit="share", level="normalised")
        else:
            reason = msg("there is one channel only")
            yield Found(group=group, n=n, unit="share", level="normalised", reason=reason)
    for group, total, squares, customers in case.rows(CUSTOMER_ENTROPY_SQL):
        size = as_count(customers)
        interval = mean_t(as_number(total), as_number(squares), size, case.confidence)
        yield Found(
            group=str(group), value=as_number(total) / size, n=size, unit="nats", level="mean_over_customers",
            interval=interval,
        )  # fmt: skip


def _entropy(channels: dict[str, int]) -> float:
    n = sum(channels.values())
    return -sum(count / n * log(count / n) for count in channels.values())


def _entropy_spread(case: Case, counts: dict[str, dict[str, int]]) -> dict[str, float]:
    """Sum of squared influences of the customers: what leaving one out changes, to first order."""
    rows = []
    for group, channels in counts.items():
        n, h = sum(channels.values()), _entropy(channels)
        rows += [(group, channel, -log(count / n), h) for channel, count in channels.items()]
    case.records.engine.register(
        "surprise",
        RowSource(
            columns=(
                ("grp", "varchar"),
                ("channel", "varchar"),
                ("surprise", "double"),
                ("entropy", "double"),
            ),
            rows=rows,
        ),
    )
    found = case.rows(ENTROPY_SPREAD_SQL)
    return {str(group): as_number(squares) for group, squares, n in found if as_count(n) > 1}


def continuity(case: Case) -> Iterator[Found]:
    """Journeys over several channels in which every switch goes on where the last channel stopped."""
    for group, _, _, known, smooth, _, _ in case.rows(CONTINUITY_SQL):
        yield share(str(group), as_count(smooth), as_count(known), case.confidence)


def stitch_rate(case: Case) -> Iterator[Found]:
    """Journeys over several channels with the customer known on both sides of every switch."""
    for group, stitched, journeys, *_ in case.rows(CONTINUITY_SQL):
        yield share(str(group), as_count(stitched), as_count(journeys), case.confidence)


def repeat_information(case: Case) -> Iterator[Found]:
    """Switches at which the customer had to say again what the bank knew already."""
    for group, *sums in case.rows(REPEAT_INFORMATION_SQL):
        yield share_of_clusters(str(group), clustered(sums), case.confidence)


def no_switch(case: Case) -> Message | None:
    """Journeys within one channel have no switch to look at."""
    return (
        None
        if case.rows(f"{REPEAT_INFORMATION_SQL} limit 1")
        else msg("no journey uses more than one channel")
    )


def identity_match(case: Case) -> Iterator[Found]:
    """Events with a customer."""
    yield from share_of_events(case, "customer_id is not null")


def personalised_share(case: Case) -> Iterator[Found]:
    """Contacts that the bank began and that were personalised."""
    found = list(share_of_events(case, "personalised", "initiator = 'bank' and personalised is not null"))
    yield from found or [Found(n=0, denominator=0, reason=NOBODY)]


CHANNEL_METRICS = (
    Metric(
        name="conversion",
        title=msg("Conversion"),
        definition=msg(
            "journeys (or customers) that reached the goal / those that started; level says which"
        ),
        table="events",
        compute=conversion,
        refused=conversion_refused,
    ),
    Metric(
        name="digital_share",
        title=msg("Digital share"),
        definition=msg("events in channels of the group digital / events"),
        table="events",
        compute=digital_share,
        refused=digital_refused,
        by=NOT_BY_CHANNEL,
    ),
    Metric(
        name="identity_match",
        title=msg("Identity match"),
        definition=msg("events with a customer id / events"),
        table="events",
        compute=identity_match,
    ),
    Metric(
        name="personalised_share",
        title=msg("Personalised contacts"),
        definition=msg("contacts that the organisation began and personalised / contacts that it began"),
        table="events",
        needs=("initiator", "personalised"),
        compute=personalised_share,
    ),
    Metric(
        name="channel_entropy",
        title=msg("Channel entropy"),
        definition=msg(
            "−Σ p ln p over channels: pooled, corrected (Miller–Madow), divided by ln K, mean over customers"
        ),
        table="events",
        compute=channel_entropy,
        by=NOT_BY_CHANNEL,
    ),
    Metric(
        name="continuity",
        title=msg("Cross-channel continuity"),
        definition=msg(
            "journeys over several channels, the customer known at every switch, in which every switch goes on "
            "(step not earlier, or resumed) without asking again / such journeys"
        ),
        table="events",
        needs=("journey_id", "reentry"),
        compute=continuity,
        refused=no_switch,
        by=NOT_BY_CHANNEL,
    ),
    Metric(
        name="stitch_rate",
        title=msg("Stitch rate"),
        definition=msg(
            "journeys over several channels with the customer known at every switch / journeys over several channels"
        ),
        table="events",
        needs=("journey_id",),
        compute=stitch_rate,
        refused=no_switch,
        by=NOT_BY_CHANNEL,
    ),
    Metric(
        name="repeat_information",
        title=msg("Repeated information"),
        definition=msg(
            "switches at which the customer had to enter something again / switches where that is known"
        ),
        table="events",
        needs=("journey_id", "reentry"),
        compute=repeat_information,
        refused=no_switch,
        by=NOT_BY_CHANNEL,
    ),
)
