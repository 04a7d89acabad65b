"""What the records say of the five processes of electronic CRM, one cycle beside the one before.

Figures that no log holds (segments as customers see themselves, completeness, delay of feeds) are
taken from the table ``ops`` where a row of that name stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import sqrt

from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.audits.maturity_levels import duplicate_identity
from omnistudy.crm.metrics.case import Case, register_channel_groups
from omnistudy.crm.metrics.registry import METRICS, refusal
from omnistudy.crm.metrics.rows import NO_LIMITS
from omnistudy.crm.names import named
from omnistudy.crm.statistics.intervals import CLUSTERED_SQL, Interval, clustered, mean_t
from omnistudy.results import Message, listed, msg

OPS_SQL = """
select sum(value), sum(denominator), count(*), sum(case when denominator is null then 1 else 0 end)
from m_ops where indicator = ? and (? = '' or unit = ?)
"""
PREFERENCE_SQL = CLUSTERED_SQL.format(
    clusters="""
select 'all' as grp, sum(case when wanted.customer_id is null then 0 else 1 end) as y, count(*) as n
from m_events as e
join (select distinct customer_id from m_preferences) as known on known.customer_id = e.customer_id
left join (select distinct customer_id, channel from m_preferences) as wanted
    on wanted.customer_id = e.customer_id and wanted.channel = e.channel
group by e.customer_id
"""
)
FEEDBACK_SQL = """
select sum(case when first_response_at is not null or closed_at is not null then 1 else 0 end), count(*)
from m_tickets where is_complaint
"""
HYBRID_SQL = """
select sum(assisted * digital), count(*) from (
    select journey_id, max(case when g.kind <> 'digital' then 1 else 0 end) as assisted,
        max(case when g.kind = 'digital' then 1 else 0 end) as digital
    from m_events as e join channel_groups as g on g.channel = e.channel
    where journey_id is not null group by journey_id
) as journeys
"""
WORTH_SQL = """
select count(*), cast(sum(cast(worth as decimal(30, 6))) as double), cast(sum(worth * worth) as double) from (
    select customer_id, cast(sum(cast({field} as decimal(30, 6))) as double) as worth
    from m_transactions group by customer_id
) as customers
"""
MATRIX_SQL = """
select channel, coalesce(service, '') as service, coalesce(segment, '') as segment, count(*) as events
from m_events group by 1, 2, 3 order by count(*) desc, 1, 2, 3
"""


def in_ops(indicator: str) -> Message:
    """What would be needed of a figure that no log holds."""
    return msg("a row of {indicator} in the table ops, with value and denominator", indicator=indicator)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """One indicator in this cycle and in the one before."""

    process: str
    now: Indicator
    before: Indicator

    @property
    def change(self) -> float | None:
        """The value of this cycle minus the one before; ``None`` where one has no value."""
        if self.now.value is None or self.before.value is None:
            return None
        return self.now.value - self.before.value

    @property
    def interval(self) -> Interval | None:
        """Interval of the change; see :func:`difference`."""
        return difference(self.now, self.before)

    @property
    def _why(self) -> Message:
        """Why there is no change, or no interval of it."""
        return self.now.reason or self.before.reason or NO_LIMITS

    def as_json(self) -> dict[str, object]:
        """The pair as JSON values."""
        between = self.interval
        return {
            "process": self.process,
            "id": self.now.id,
            "now": self.now.as_json(),
            "before": self.before.as_json(),
            "change": self.change,
            "change_ci_low": None if between is None else between.low,
            "change_ci_high": None if between is None else between.high,
            "change_ci_method": None if between is None else between.method,
            "change_reason": None if between is not None else str(self._why),
        }


def difference(now: Indicator, before: Indicator) -> Interval | None:
    """Interval of a difference from the intervals of both values (Zou & Donner, 2008, doi:10.1002/sim.3095).

    For two shares with Wilson's intervals it is Newcombe's (1998) hybrid score interval. The two
    cycles are taken as independent.
    """
    if now.value is None or before.value is None or now.interval is None or before.interval is None:
        return None
    change = now.value - before.value
    down = sqrt((now.value - now.interval.low) ** 2 + (before.interval.high - before.value) ** 2)
    up = sqrt((now.interval.high - now.value) ** 2 + (before.value - before.interval.low) ** 2)
    return Interval(change - down, change + up, "mover")


Compute = Callable[[Case, Indicator], Indicator]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One indicator: the process it belongs to, the table and fields it needs, its arithmetic."""

    process: str
    id: str
    title: Message
    definition: Message
    table: str
    needs: tuple[str, ...] = ()
    compute: Compute

    def of(self, case: Case | None) -> Indicator:
        """Compute it, or say what would be needed."""
        indicator = Indicator(id=self.id, title=self.title, definition=self.definition)
        needed = msg(
            "a table {table} with {columns}",
            table=named(self.table),
            columns=listed(self.needs) or named(self.table),
        )
        if self.table == "ops":
            needed = in_ops(self.id)
        if case is None or not case.records.has(self.table):
            return indicator.lacking(msg("there is no table of {table}", table=named(self.table)), needed)
        lacking = [name for name in self.needs if not case.records.has(self.table, name)]
        if lacking:
            names = listed(lacking)
            reason = msg("the table of {table} has no column {column}", table=named(self.table), column=names)
            return indicator.lacking(reason, needed)
        return self.compute(case, replace(indicator, window=case.window(self.table)))


def from_ops(case: Case, indicator: Indicator) -> Indicator:
    """A share of the table ``ops``; a mean where nothing, or less than the value, is given to divide by."""
    return _of_ops(case, indicator, shares=True)


def mean_of_ops(case: Case, indicator: Indicator, unit: str = "") -> Indicator:
    """A mean of the table ``ops``, of one unit: a cost per task of 0.4 is not 40 % of anything."""
    return _of_ops(case, indicator, unit, shares=False)


def _of_ops(case: Case, indicator: Indicator, unit: str = "", *, shares: bool) -> Indicator:
    ((value, of, rows, without),) = case.rows(OPS_SQL, indicator.id, unit, unit)
    if not rows:
        return indicator.lacking(
            msg("the table ops has no row of it in this window"),
            in_ops(indicator.id),
        )
    total, base = float(value or 0), float(of or 0)
    if without or not base:
        return replace(indicator, value=total / int(rows), n=int(rows), denominator=int(rows), unit="mean")
    whole = total.is_integer() and base.is_integer()
    if shares and whole and total <= base:
        return indicator.share_of(int(total), int(base), case.confidence)
    return replace(indicator, value=total / base, n=None, denominator=int(base), unit="mean")


def _one(sql: str) -> Compute:
    def compute(case: Case, indicator: Indicator) -> Indicator:
        ((n, of),) = case.rows(sql)
        return indicator.share_of(int(n or 0), int(of or 0), case.confidence)

    return compute


def _preferred(case: Case, indicator: Indicator) -> Indicator:
    found = case.rows(PREFERENCE_SQL)
    if not found:
        return indicator.share_of(0, 0, case.confidence)
    return indicator.share_of_clusters(clustered(found[0][1:]), case.confidence)


def _hybrid(case: Case, indicator: Indicator) -> Indicator:
    if not case.records.columns.channels:
        return indicator.lacking(
            msg("no channel has a group"),
            msg("[channels] with physical, assisted or digital in a column map"),
        )
    register_channel_groups(case)
    return _one(HYBRID_SQL)(case, indicator)


def _perceived(case: Case, indicator: Indicator) -> Indicator:
    """The mean of the scale over respondents, as the registry computes it for every scale."""
    needed = msg("answers to the instrument scale:perceived-value")
    metric = METRICS["scale_mean"]
    reason = refusal(case, metric)
    if reason is not None:
        return indicator.lacking(reason, needed)
    for found in metric.compute(case):
        if (found.level or "").replace("_", "-").endswith("perceived-value"):
            return replace(
                indicator,
                value=found.value,
                n=found.n,
                denominator=found.denominator,
                unit=found.unit,
                interval=found.interval,
                reason=found.reason,
            )
    return indicator.lacking(msg("the survey has no answers to it in this window"), needed)


def _worth(case: Case, indicator: Indicator) -> Indicator:
    field = "margin" if case.records.has("transactions", "margin") else "value"
    ((n, total, squares),) = case.rows(WORTH_SQL.replace("{field}", field))
    size = int(n or 0)
    if not size or total is None:
        return indicator.lacking(msg("nobody bought in this window"), msg("transactions in both cycles"))
    return replace(
        indicator,
        value=float(total) / size,
        n=size,
        denominator=size,
        unit="value",
        interval=mean_t(float(total), float(squares or 0), size, case.confidence),
    )


def _duplicates(case: Case, indicator: Indicator) -> Indicator:
    found = duplicate_identity(case)
    return replace(found, id=indicator.id, title=indicator.title)


INDICATORS: tuple[Source, ...] = (
    Source(
        process="strategy",
        id="segment_agreement",
        title=msg("Segment agreement"),
        definition=msg("customers whose own segment is the one they were put in / customers asked"),
        table="ops",
        compute=from_ops,
    ),
    Source(
        process="value",
        id="perceived_value",
        title=msg("Perceived value"),
        definition=msg(
            "mean answer to the scale of perceived value (Zeithaml, 1988, doi:10.1177/002224298805200302)"
        ),
        table="survey",
        compute=_perceived,
    ),
    Source(
        process="value",
        id="firm_value",
        title=msg("Value per customer"),
        definition=msg(
            "margin (without one: value) of the cycle / customers who bought; stands in for lifetime value, which "
            "omnistudy crm clv estimates"
        ),
        table="transactions",
        compute=_worth,
    ),
    Source(
        process="integration",
        id="preference_match",
        title=msg("Preference match"),
        definition=msg("contacts in a preferred channel / contacts of customers with a known preference"),
        table="preferences",
        needs=("customer_id", "channel"),
        compute=_preferred,
    ),
    Source(
        process="integration",
        id="hybrid_share",
        title=msg("Hybrid journeys"),
        definition=msg("journeys with a digital and another channel / journeys"),
        table="events",
        needs=("journey_id",),
        compute=_hybrid,
    ),
    Source(
        process="information",
        id="duplicate_identity",
        title=msg("Duplicate identities"),
        definition=msg(
            "customers with more than one id in one channel of the identity map / customers in it"
        ),
        table="identity_map",
        compute=_duplicates,
    ),
    Source(
        process="information",
        id="completeness",
        title=msg("Completeness of records"),
        definition=msg("filled fields of customer records / fields"),
        table="ops",
        compute=from_ops,
    ),
    Source(
        process="information",
        id="feed_lag",
        title=msg("Delay from event to store"),
        definition=msg("mean delay of the feeds, in the unit of the table"),
        table="ops",
        compute=mean_of_ops,
    ),
    Source(
        process="information",
        id="feedback_loop",
        title=msg("Feedback answered"),
        definition=msg("complaints that were answered or closed / complaints received"),
        table="tickets",
        needs=("is_complaint",),
        compute=_one(FEEDBACK_SQL),
    ),
)
# Metrics of the registry that stand under a process.
PROCESS_METRICS: Mapping[str, tuple[str, ...]] = {
    "integration": ("identity_match", "repeat_information"),
    "performance": ("csat", "silent_churn"),
}
# A value is the same in both cycles where its table has no dates.
UNDATED = frozenset({"duplicate_identity"})
