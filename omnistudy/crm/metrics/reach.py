"""Metrics of reach: how many channels a customer uses, who moved to digital ones, who takes up what is new."""

from __future__ import annotations

from collections.abc import Iterator

from omnistudy.crm.metrics.case import By, Case, Metric, register_channel_groups
from omnistudy.crm.metrics.channels import digital_refused
from omnistudy.crm.metrics.rows import NOBODY, Found, share, share_of_clusters
from omnistudy.crm.records.engine import as_count, as_number
from omnistudy.crm.records.reading_sql import as_read
from omnistudy.crm.statistics.intervals import CLUSTERED_SQL, clustered, mean_t
from omnistudy.results import Kind, Message, Number, msg

CHANNELS_SQL = """
select grp, cast(sum(channels) as double), cast(sum(channels * channels) as double), count(*),
    sum(case when channels >= 2 then 1 else 0 end)
from (select grp, customer_id, count(distinct channel) as channels from m_events
      where customer_id is not null group by grp, customer_id) as customers
group by grp order by grp
"""
DIGITAL_USERS_SQL = """
select grp, sum(digital), count(*) from (
    select e.grp, e.customer_id, max(case when g.kind = 'digital' then 1 else 0 end) as digital
    from m_events as e join channel_groups as g on g.channel = e.channel
    where e.customer_id is not null group by e.grp, e.customer_id
) as customers group by grp order by grp
"""
# Shares of a half are compared by products, so that nothing is divided.
MIGRATED_SQL = """
select grp, sum(case when 2 * late_branch * early <= early_branch * late then 1 else 0 end), count(*) from (
    select e.grp, e.customer_id,
        sum(case when e.day_ix <= ? then 1 else 0 end) as early,
        sum(case when e.day_ix > ? then 1 else 0 end) as late,
        sum(case when e.day_ix <= ? and g.kind = 'physical' then 1 else 0 end) as early_branch,
        sum(case when e.day_ix > ? and g.kind = 'physical' then 1 else 0 end) as late_branch
    from m_events as e join channel_groups as g on g.channel = e.channel
    where e.customer_id is not null group by e.grp, e.customer_id
) as customers where early_branch > 0 and late > 0 group by grp order by grp
"""
LAUNCH_SQL = "select min(day_ix) from m_events where event = ?"
ADOPTED_SQL = """
select grp, sum(used), count(*) from (
    select grp, customer_id, max(case when event = ? then 1 else 0 end) as used from m_events
    where customer_id is not null and day_ix >= ? and day_ix < ? group by grp, customer_id
) as customers group by grp order by grp
"""
# The offers to one customer are alike; one without a customer stands for itself.
OFFERS_SQL = CLUSTERED_SQL.format(
    clusters="""
    select grp, sum(accepted) as y, count(*) as n from (
        select min(grp) as grp, customer_id, offer_id,
            max(case when outcome = 'completed' then 1 else 0 end) as accepted
        from m_events where offer_id is not null group by customer_id, offer_id
    ) as offers group by grp, coalesce('c' || customer_id, 'o' || offer_id)
"""
)
NOT_BY_CHANNEL = frozenset({By.ALL, By.SEGMENT, By.PERIOD})
ADOPTION_DAYS = (30, 90)


def active_channels(case: Case) -> Iterator[Found]:
    """Mean number of different channels that a customer used."""
    for group, total, squares, n, _ in case.rows(CHANNELS_SQL):
        size = as_count(n)
        interval = mean_t(as_number(total), as_number(squares), size, case.confidence)
        yield Found(group=str(group), value=as_number(total) / size, n=size, unit="mean", interval=interval)


def multichannel_share(case: Case) -> Iterator[Found]:
    """Customers who used two channels or more."""
    for group, _, _, n, several in case.rows(CHANNELS_SQL):
        yield share(str(group), as_count(several), as_count(n), case.confidence)


def digital_users(case: Case) -> Iterator[Found]:
    """Customers with an event in a digital channel."""
    register_channel_groups(case)
    for group, digital, customers in case.rows(DIGITAL_USERS_SQL):
        yield share(str(group), as_count(digital), as_count(customers), case.confidence)


def migrated_customers(case: Case) -> Iterator[Found]:
    """Customers of the branch whose share of physical events fell by half or more."""
    register_channel_groups(case)
    first, last = case.window_days("events")
    middle = (first + last) // 2
    found = case.rows(MIGRATED_SQL, middle, middle, middle, middle)
    if not found:
        yield Found(n=0, denominator=0, reason=NOBODY)
    for group, moved, customers in found:
        yield share(str(group), as_count(moved), as_count(customers), case.confidence)


def feature_adoption(case: Case) -> Iterator[Found]:
    """Customers active after the launch who used the feature within 30 and 90 days of it."""
    feature = as_read("event", case.options.feature)
    ((launch,),) = case.rows(LAUNCH_SQL, feature)
    last = case.window_days("events")[1]
    if launch is None:
        yield Found(n=0, denominator=0, reason=NOBODY)
        return
    for days in ADOPTION_DAYS:
        end = int(launch) + days
        if end > last + 1:
            reason = msg(
                "the records end before {days} days after the launch are over", days=Number(days, Kind.COUNT)
            )
            yield Found(level=str(days), reason=reason)
            continue
        for group, used, customers in case.rows(ADOPTED_SQL, feature, int(launch), end):
            yield share(str(group), as_count(used), as_count(customers), case.confidence, level=str(days))


def feature_refused(case: Case) -> Message | None:
    """Which event is the use of the feature has to be known."""
    if case.happened(case.options.feature):
        return None
    return msg(
        "there is no event {name}: name the use of the feature under [values.event] of a column map",
        name=case.options.feature,
    )


def offer_acceptance(case: Case) -> Iterator[Found]:
    """Offers that were accepted; an offer is one offer id to one customer."""
    for group, *sums in case.rows(OFFERS_SQL):
        yield share_of_clusters(str(group), clustered(sums), case.confidence)


REACH_METRICS = (
    Metric(
        name="active_channels",
        title=msg("Active channels per customer"),
        definition=msg("mean number of different channels that a customer used"),
        table="events",
        compute=active_channels,
        by=NOT_BY_CHANNEL,
    ),
    Metric(
        name="multichannel_share",
        title=msg("Customers with several channels"),
        definition=msg("customers who used two channels or more / customers"),
        table="events",
        compute=multichannel_share,
        by=NOT_BY_CHANNEL,
    ),
    Metric(
        name="digital_users",
        title=msg("Digital users"),
        definition=msg("customers with an event in a channel of the group digital / customers"),
        table="events",
        compute=digital_users,
        refused=digital_refused,
        by=NOT_BY_CHANNEL,
    ),
    Metric(
        name="migrated_customers",
        title=msg("Migrated customers"),
        definition=msg(
            "customers whose share of events in physical channels fell by half or more from the first half of the "
            "window to the second / customers with such events in the first half and any in the second"
        ),
        table="events",
        compute=migrated_customers,
        refused=digital_refused,
        by=frozenset({By.ALL, By.SEGMENT}),
        source="Xue, M., Hitt, L. M., & Chen, P. (2011). Determinants and outcomes of internet banking adoption. "
        "doi:10.1287/mnsc.1100.1187",
    ),
    Metric(
        name="feature_adoption",
        title=msg("Feature adoption"),
        definition=msg(
            "customers who used the feature within 30 (90) days of its first use by anybody / customers active then; "
            "level is the days"
        ),
        table="events",
        compute=feature_adoption,
        refused=feature_refused,
        by=frozenset({By.ALL, By.SEGMENT}),
        source="Rogers, E. M. (2003). Diffusion of innovations (5th ed.). Free Press",
    ),
    Metric(
        name="offer_acceptance",
        title=msg("Offer acceptance"),
        definition=msg(
            "offers with an event whose outcome is completed / offers; one offer to one customer counts once"
        ),
        table="events",
        needs=("offer_id", "outcome"),
        compute=offer_acceptance,
    ),
)
