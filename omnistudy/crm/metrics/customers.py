"""Metrics of customers: retention, churn, repeat purchases, return, RFM, referral."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import sqrt

from omnistudy.crm.metrics.case import By, Case, Metric
from omnistudy.crm.metrics.rows import NOBODY, Found, share
from omnistudy.crm.records.calendar_table import calendar_days, month_bounds, month_label
from omnistudy.crm.records.engine import as_count
from omnistudy.crm.records.reading_sql import as_read
from omnistudy.crm.records.reading_times import date_of
from omnistudy.crm.statistics.intervals import Interval, normal_quantile
from omnistudy.results import Message, msg

# A customer's cohort is the month of the first row of all, inside the window or before it.
RETENTION_SQL = """
with m as (select distinct customer_id, month_ix from activity)
select f.cohort, m.month_ix - f.cohort as k, count(*) as customers
from m join (select customer_id, min(month_ix) as cohort from {ever} group by customer_id) as f
    on f.customer_id = m.customer_id
where f.cohort >= ? group by f.cohort, m.month_ix - f.cohort order by 1, 2
"""
ROLLING_SQL = """
select f.cohort, s.last_month - f.cohort as k, count(*) as customers
from (select customer_id, max(month_ix) as last_month from activity group by customer_id) as s
join (select customer_id, min(month_ix) as cohort from {ever} group by customer_id) as f
    on f.customer_id = s.customer_id
where f.cohort >= ? group by f.cohort, s.last_month - f.cohort order by 1, 2
"""
INACTIVE_SQL = """
select s.grp, sum(case when s.last_day + ? < ? then 1 else 0 end), count(*)
from (select grp, customer_id, max(day_ix) as last_day from activity group by grp, customer_id) as s
join (select grp, customer_id, min(day_ix) as first_day from {ever} group by grp, customer_id) as f
    on f.grp = s.grp and f.customer_id = s.customer_id
where f.first_day + ? < ? group by s.grp order by s.grp
"""
ENDED_SQL = "select grp, sum(case when churned then 1 else 0 end), count(*) from m_contracts group by grp order by grp"
REPEAT_SQL = """
select grp, sum(case when purchases >= 2 then 1 else 0 end), sum(case when days >= 2 then 1 else 0 end), count(*)
from (select grp, customer_id, count(*) as purchases, count(distinct day_ix) as days from m_transactions
      group by grp, customer_id) as customers
group by grp order by grp
"""
RETURN_SQL = """
select a.month_ix, count(b.customer_id), count(*)
from (select distinct customer_id, month_ix from activity) as a
left join (select distinct customer_id, month_ix from activity) as b
    on b.customer_id = a.customer_id and b.month_ix = a.month_ix + 1
group by a.month_ix order by a.month_ix
"""
RFM_SQL = """
select r, f, m, count(*) as customers from (
    select
        floor((row_number() over (order by last_day, customer_id) - 1) * 5.0 / count(*) over ()) + 1 as r,
        floor((row_number() over (order by days, customer_id) - 1) * 5.0 / count(*) over ()) + 1 as f,
        floor((row_number() over (order by spent, customer_id) - 1) * 5.0 / count(*) over ()) + 1 as m
    from (select customer_id, max(day_ix) as last_day, count(distinct day_ix) as days,
            sum(cast(value as decimal(18, 6))) as spent
          from m_transactions group by customer_id) as customers
) as scores group by r, f, m order by r desc, f desc, m desc
"""
REFERRED_SQL = """
select t.grp, sum(case when t.referrer_id is not null then 1 else 0 end), count(*)
from m_transactions as t join (
    select row, row_number() over (partition by customer_id order by instant, row) as place from transactions
) as purchases on purchases.row = t.row
where purchases.place = 1 group by t.grp order by t.grp
"""
INVITATIONS_SQL = """
select grp, count(*), sum(case when event = ? then 1 else 0 end),
    sum(case when event = ? and outcome = 'completed' then 1 else 0 end), count(distinct customer_id)
from m_events group by grp order by grp
"""

WHOLE = frozenset({By.ALL})
NOT_BY_CHANNEL = frozenset({By.ALL, By.SEGMENT})
NO_COHORT = msg("no customer came first in a month that the window holds from its first day")
INCOMPLETE = msg("the month is not wholly inside the window of observation")


def retention(case: Case) -> Iterator[Found]:
    """Bounded: active in the k-th month after the cohort's."""
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    # Months are fewer than rows: they are enough where nothing lies before the window.
    sql = RETENTION_SQL.format(ever=case.ever if case.cut else "m")
    for cohort, k, customers in case.rows(sql, _first_cohort(case)):
        counts[as_count(cohort)][as_count(k)] = as_count(customers)
    yield from _cohorts(case, counts, "bounded")


def rolling_retention(case: Case) -> Iterator[Found]:
    """Rolling: active in the k-th month after the cohort's, or later."""
    last: dict[int, dict[int, int]] = defaultdict(dict)
    for cohort, k, customers in case.rows(ROLLING_SQL.format(ever=case.ever), _first_cohort(case)):
        last[as_count(cohort)][as_count(k)] = as_count(customers)
    later = {
        cohort: {k: sum(n for span, n in spans.items() if span >= k) for k in range(max(spans) + 1)}
        for cohort, spans in last.items()
    }
    yield from _cohorts(case, later, "rolling")


def _first_cohort(case: Case) -> int:
    """Month index of the first cohort whose members are all in the window; 0 where nothing lies before it."""
    if not case.cut:
        return 0
    first, calendar = date_of(case.window_days(case.activity)[0]), case.records.calendar
    (day,) = calendar_days(first, first)
    month = day.j_month_ix if calendar == "jalali" else day.g_month_ix
    return month + (month_bounds(month, calendar)[0] < first)


def _cohorts(case: Case, counts: dict[int, dict[int, int]], level: str) -> Iterator[Found]:
    if not counts:
        yield Found(level=level, reason=NO_COHORT)
        return
    newest = max(cohort + k for cohort, spans in counts.items() for k in spans)
    for cohort, spans in sorted(counts.items()):
        size = spans[0]
        for k in range(1, newest - cohort + 1):
            n = spans.get(k, 0)
            found = share("all", n, size, case.confidence, cohort=month_label(cohort), k=k, level=level)
            if not case.complete(case.activity, cohort + k):
                found = Found(
                    n=n, denominator=size, cohort=month_label(cohort), k=k, level=level, reason=INCOMPLETE
                )
            yield found


def churn(case: Case) -> Iterator[Found]:
    """Ended contracts, or customers silent for longer than was declared."""
    if case.records.has("contracts"):
        for group, ended, customers in case.rows(ENDED_SQL):
            yield share(
                str(group), as_count(ended), as_count(customers), case.confidence, level="contractual"
            )
        return
    days = case.options.inactive_days or 0
    last = case.window_days(case.activity)[1]
    # Who first came less than so many days before the end cannot have been silent for so long.
    for group, silent, customers in case.rows(INACTIVE_SQL.format(ever=case.ever), days, last, days, last):
        yield share(str(group), as_count(silent), as_count(customers), case.confidence, level="inactive")


def churn_refused(case: Case) -> Message | None:
    """Churn without contracts is only what somebody declared it to be."""
    if case.records.has("contracts") or case.options.inactive_days is not None:
        return None
    if not case.records.has(case.activity):
        return msg("there are neither contracts nor customers' activity")
    return msg(
        "customers without a contract do not end visibly: say after how many silent days, --inactive-days N"
    )


def repeat_rate(case: Case) -> Iterator[Found]:
    """Customers who bought twice: counted by rows, and by days."""
    for group, by_rows, by_days, customers in case.rows(REPEAT_SQL):
        n = as_count(customers)
        yield share(str(group), as_count(by_rows), n, case.confidence, level="rows")
        yield share(str(group), as_count(by_days), n, case.confidence, level="days")


def return_rate(case: Case) -> Iterator[Found]:
    """Customers of a month who came back in the next; per month, where both are complete."""
    months = case.rows(RETURN_SQL)
    whole = [0, 0]
    for month, again, customers in months[:-1]:
        at, n, of = as_count(month), as_count(again), as_count(customers)
        label = month_label(at + 1)
        if case.complete(case.activity, at) and case.complete(case.activity, at + 1):
            whole = [whole[0] + n, whole[1] + of]
            yield share("all", n, of, case.confidence, level=label)
        else:
            yield Found(n=n, denominator=of, level=label, reason=INCOMPLETE)
    # One customer stands in many months, so the pooled share has no interval of this kind.
    reason = None if whole[1] else INCOMPLETE
    value = whole[0] / whole[1] if whole[1] else None
    yield Found(value=value, n=whole[0], denominator=whole[1], level="pooled", reason=reason)


def rfm(case: Case) -> Iterator[Found]:
    """Share of the customers in every cell of the three scores."""
    cells = case.rows(RFM_SQL)
    customers = sum(as_count(row[3]) for row in cells)
    for r, f, m, n in cells:
        level = f"{as_count(r)}{as_count(f)}{as_count(m)}"
        yield share("all", as_count(n), customers, case.confidence, level=level)


def referral_rate(case: Case) -> Iterator[Found]:
    """New customers whom somebody referred."""
    for group, referred, new in case.rows(REFERRED_SQL):
        yield share(str(group), as_count(referred), as_count(new), case.confidence)


def viral_k(case: Case) -> Iterator[Found]:
    """Invitations per customer times the share that became customers; delta-method interval."""
    name = as_read("event", case.options.invitation)
    for group, _, sent, accepted, customers in case.rows(INVITATIONS_SQL, name, name):
        users, invitations, won = as_count(customers), as_count(sent), as_count(accepted)
        if not users or not invitations:
            missing = msg(
                "there is no event {name}; name it with --invitation EVENT", name=case.options.invitation
            )
            reason = NOBODY if not users else missing
            yield Found(group=str(group), n=won, denominator=users, unit="score", reason=reason)
            continue
        value = won / users
        # Var(i c) with i = invitations / users as a Poisson rate and c = won / invitations as a share:
        # c² i / users + i² c (1 − c) / invitations, which is i c / users.
        half = normal_quantile(case.confidence) * sqrt(value / users)
        yield Found(
            group=str(group),
            value=value,
            n=won,
            denominator=users,
            unit="score",
            interval=Interval(max(0.0, value - half), value + half, "delta"),
        )


CUSTOMER_METRICS = (
    Metric(
        name="retention",
        title=msg("Cohort retention, bounded"),
        definition=msg(
            "customers of a cohort who were active in month k after it / customers of the cohort; the cohort is the "
            "month of the first row of all, and one that began before the window is left out"
        ),
        table="activity",
        compute=retention,
        by=WHOLE,
    ),
    Metric(
        name="retention_rolling",
        title=msg("Cohort retention, rolling"),
        definition=msg(
            "customers of a cohort who were active in month k after it or later / customers of the cohort; the cohort "
            "is the month of the first row of all, and one that began before the window is left out"
        ),
        table="activity",
        compute=rolling_retention,
        by=WHOLE,
    ),
    Metric(
        name="churn",
        title=msg("Churn"),
        definition=msg(
            "contracts that ended / contracts; without contracts, customers silent for longer than the declared "
            "days at the end of the window / customers known for longer than that"
        ),
        table="contracts",
        compute=churn,
        refused=churn_refused,
        by=NOT_BY_CHANNEL,
    ),
    Metric(
        name="repeat_rate",
        title=msg("Repeat rate"),
        definition=msg(
            "customers with two purchases or more / customers; level says whether rows or days count"
        ),
        table="transactions",
        compute=repeat_rate,
        by=NOT_BY_CHANNEL,
    ),
    Metric(
        name="return_rate",
        title=msg("Customer return rate"),
        definition=msg(
            "customers active in a month who were active in the month before / active in the month before"
        ),
        table="activity",
        compute=return_rate,
        by=WHOLE,
    ),
    Metric(
        name="rfm",
        title=msg("Recency, frequency, value"),
        definition=msg(
            "customers with this score / customers; score = floor(rank × 5 / n) + 1 of last day, purchase days and "
            "sum of values, rank from 0 upwards, ties by customer id"
        ),
        table="transactions",
        compute=rfm,
        by=WHOLE,
    ),
    Metric(
        name="referral_rate",
        title=msg("Referral rate"),
        definition=msg("new customers with a referrer / new customers, by the first transaction"),
        table="transactions",
        needs=("referrer_id",),
        compute=referral_rate,
    ),
    Metric(
        name="viral_k",
        title=msg("Viral coefficient K"),
        definition=msg("invitations per customer × share of invitations with outcome completed"),
        table="events",
        needs=("outcome",),
        compute=viral_k,
        source="Leskovec, J., Adamic, L. A., & Huberman, B. A. (2007). The dynamics of viral marketing. "
        "doi:10.1145/1232722.1232727",
    ),
)
