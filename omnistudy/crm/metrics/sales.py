# ruff: noqa: S608 - names of tables and columns are our own or quoted; values are parameters
"""Metrics of what customers buy and whom they bring: products, margins, the way to a sale, referrals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import sqrt

from omnistudy.crm.metrics.case import By, Case, Metric
from omnistudy.crm.metrics.customers import INCOMPLETE
from omnistudy.crm.metrics.rows import NOBODY, Found, share
from omnistudy.crm.records.calendar_table import month_label
from omnistudy.crm.records.engine import QuerySource, as_count, as_number
from omnistudy.crm.statistics.intervals import Interval, mean_t, poisson, wilson
from omnistudy.crm.statistics.survival import kaplan_meier
from omnistudy.results import Kind, Message, Number, msg

PRODUCTS_SQL = """
select grp, cast(sum(products) as double), cast(sum(products * products) as double), count(*),
    sum(case when products >= 2 then 1 else 0 end)
from (select grp, customer_id, count(distinct product) as products from m_transactions
      where product is not null group by grp, customer_id) as customers
group by grp order by grp
"""
MARGIN_SQL = """
select grp, cast(sum(earned) as double), cast(sum(cast(earned * earned as decimal(38, 6))) as double), count(*)
from (select grp, customer_id, sum(cast(margin as decimal(16, 3))) as earned from m_transactions
      where margin is not null group by grp, customer_id) as customers
group by grp order by grp
"""
# Who was known before the window did not first come in it; who bought after it had not bought yet.
CYCLE_SQL = """
select met.grp, case when bought.first_day is null then ? - met.first_day else bought.first_day - met.first_day end,
    sum(case when bought.first_day is null then 0 else 1 end),
    sum(case when bought.first_day is null then 1 else 0 end)
from (select f.customer_id, f.first_day, min(e.grp) as grp from m_events as e
      join (select customer_id, min(day_ix) as first_day from events where customer_id is not null
            group by customer_id) as f on f.customer_id = e.customer_id
      where f.first_day >= ? group by f.customer_id, f.first_day) as met
left join (select customer_id, min(day_ix) as first_day from transactions where day_ix <= ? group by customer_id)
    as bought on bought.customer_id = met.customer_id
where bought.first_day is null or bought.first_day >= met.first_day
group by 1, 2 order by 1, 2
"""
# A customer is new in the month of the first transaction of all, inside the window or before it.
NEW_SQL = """
select a.month_ix, sum(case when f.first_month < a.month_ix then 1 else 0 end),
    sum(case when f.first_month = a.month_ix and f.referred = 1 then 1 else 0 end),
    sum(case when f.first_month = a.month_ix and f.referred = 0 then 1 else 0 end)
from (select distinct customer_id, month_ix from m_transactions) as a
join (select customer_id, min(month_ix) as first_month,
        max(case when referrer_id is not null then 1 else 0 end) as referred
      from transactions group by customer_id) as f on f.customer_id = a.customer_id
group by a.month_ix order by a.month_ix
"""
FIRST_MONTH_SQL = "select min(month_ix) from transactions"
# The referrer of a customer is that of the first transaction that names one, and the first day that of
# the first transaction of all, inside the window or before it.
TREE_SQL = """
select customer_id, first_day, referrer_id from (
    select customer_id, referrer_id, min(day_ix) over (partition by customer_id) as first_day,
        row_number() over (partition by customer_id
            order by case when referrer_id is null then 1 else 0 end, instant, row) as place
    from transactions where customer_id in (select customer_id from m_transactions) and day_ix <= {last}
) as purchases where place = 1
"""
REFERRED_VALUE_SQL = """
select cast(sum(worth) as double), cast(sum(cast(worth * worth as decimal(38, 6))) as double), count(*)
from (select t.referrer_id, sum(v.spent) as worth from referral_tree as t
      join (select customer_id, sum(cast(value as decimal(16, 3))) as spent from m_transactions group by customer_id)
        as v on v.customer_id = t.customer_id
      where t.referrer_id is not null group by t.referrer_id) as referrers
"""
KEPT_SQL = """
select count(*), sum(early), sum(early * late), cast(sum(earned) as double),
    cast(sum(cast(earned * earned as decimal(38, 6))) as double)
from (select customer_id, max(case when day_ix <= ? then 1 else 0 end) as early,
        max(case when day_ix > ? then 1 else 0 end) as late, sum(cast(margin as decimal(16, 3))) as earned
      from m_transactions where margin is not null group by customer_id) as customers
"""
MOST_GENERATIONS = 8
NOT_BY_CHANNEL = frozenset({By.ALL, By.SEGMENT, By.PERIOD})
WHOLE = frozenset({By.ALL})


def products_per_customer(case: Case) -> Iterator[Found]:
    """Mean number of different products of a customer."""
    for group, total, squares, n, _ in case.rows(PRODUCTS_SQL):
        size = as_count(n)
        interval = mean_t(as_number(total), as_number(squares), size, case.confidence)
        yield Found(group=str(group), value=as_number(total) / size, n=size, unit="mean", interval=interval)


def cross_sell(case: Case) -> Iterator[Found]:
    """Customers with two products or more."""
    for group, _, _, n, several in case.rows(PRODUCTS_SQL):
        yield share(str(group), as_count(several), as_count(n), case.confidence)


def margin_per_customer(case: Case) -> Iterator[Found]:
    """Mean margin of a customer in the window."""
    for group, total, squares, n in case.rows(MARGIN_SQL):
        size = as_count(n)
        interval = mean_t(as_number(total), as_number(squares), size, case.confidence)
        yield Found(group=str(group), value=as_number(total) / size, n=size, unit="amount", interval=interval)


def sales_cycle(case: Case) -> Iterator[Found]:
    """Median days from the first event of a customer to the first transaction; the others censored."""
    first, last = case.window_days("events")[0], case.window_days("transactions")[1]
    spells: dict[str, list[tuple[float, int, int]]] = defaultdict(list)
    for group, days, bought, waiting in case.rows(CYCLE_SQL, last, first, last):
        spells[str(group)].append((max(0.0, as_number(days)), as_count(bought), as_count(waiting)))
    for group, rows in spells.items():
        curve = kaplan_meier(rows)
        for level, part in (("median", 0.5), ("p90", 0.9)):
            value = curve.quantile(part)
            low, high = curve.quantile_interval(part, case.confidence)
            reason = None
            if value is None:
                reason = msg(
                    "too few customers bought: the curve never reaches {share}",
                    share=Number(part, Kind.SHARE),
                )
            yield Found(
                group=group, value=value, n=sum(ended for _, ended, _ in rows), denominator=curve.n, unit="days",
                level=level, interval=None if low is None or high is None else Interval(low, high, "km_loglog"),
                reason=reason,
            )  # fmt: skip


def wom_coefficient(case: Case) -> Iterator[Found]:
    """Customers won by word of mouth, for every customer who came back or was won otherwise."""
    months = case.rows(NEW_SQL)
    pooled, earliest = [0, 0], as_count(case.rows(FIRST_MONTH_SQL)[0][0])
    reason = INCOMPLETE
    for month, returning, won, other in months:
        index, n, of = as_count(month), as_count(won), as_count(returning) + as_count(other)
        label = month_label(index)
        # In the first month everybody is new, because nobody was watched before.
        if index == earliest or not case.complete("transactions", index):
            yield Found(n=n, denominator=of, unit="ratio", level=label, reason=INCOMPLETE)
            continue
        pooled, reason = [pooled[0] + n, pooled[1] + of], NOBODY
        yield _odds(n, of, label, case.confidence)
    if not pooled[1]:
        yield Found(n=pooled[0], denominator=0, unit="ratio", level="pooled", reason=reason)
    else:
        yield Found(
            value=pooled[0] / pooled[1], n=pooled[0], denominator=pooled[1], unit="ratio", level="pooled"
        )


def _odds(n: int, of: int, level: str, confidence: float) -> Found:
    """A ratio of two counts of different customers: the odds of their share, with its limits."""
    if not of:
        return Found(n=n, denominator=0, unit="ratio", level=level, reason=NOBODY)
    limits = wilson(n, n + of, confidence)
    interval = Interval(limits.low / (1 - limits.low), limits.high / (1 - limits.high), "wilson_odds")
    return Found(value=n / of, n=n, denominator=of, unit="ratio", level=level, interval=interval)


def _tree(case: Case) -> None:
    case.records.engine.register(
        "referral_tree", QuerySource(sql=TREE_SQL.format(last=case.window_days("transactions")[1]))
    )


def referral_generations(case: Case) -> Iterator[Found]:
    """K of every generation: customers whom a customer of the generation before brought."""
    _tree(case)
    generation = "select customer_id from referral_tree where referrer_id is null"
    case.records.engine.register("generation_0", QuerySource(sql=generation))
    size = as_count(case.rows("select count(*) from generation_0")[0][0])
    for at in range(1, MOST_GENERATIONS + 1):
        if not size:
            return
        sql = (
            f"select t.customer_id from referral_tree t join generation_{at - 1} g "
            "on g.customer_id = t.referrer_id where t.customer_id <> t.referrer_id"
        )
        case.records.engine.register(f"generation_{at}", QuerySource(sql=sql))
        won = as_count(case.rows(f"select count(*) from generation_{at}")[0][0])
        interval = poisson(won, size, case.confidence)
        yield Found(value=won / size, n=won, denominator=size, unit="score", level=str(at), interval=interval)
        size = won


def referral_cycle(case: Case) -> Iterator[Found]:
    """Mean days from the referrer's first transaction to that of the customer referred."""
    _tree(case)
    sql = (
        "select cast(sum(days) as double), cast(sum(days * days) as double), count(*) from ("
        "select t.first_day - r.first_day as days from referral_tree t "
        "join referral_tree r on r.customer_id = t.referrer_id where t.first_day >= r.first_day) as pairs"
    )
    ((total, squares, n),) = case.rows(sql)
    size = as_count(n)
    if not size:
        yield Found(n=0, denominator=0, unit="days", reason=msg("no referrer is a customer of the records"))
        return
    interval = mean_t(as_number(total), as_number(squares), size, case.confidence)
    yield Found(value=as_number(total) / size, n=size, unit="days", interval=interval)


def referral_value(case: Case) -> Iterator[Found]:
    """What the customers whom a referrer brought have spent, per referrer."""
    _tree(case)
    ((total, squares, n),) = case.rows(REFERRED_VALUE_SQL)
    size = as_count(n)
    if not size:
        yield Found(n=0, denominator=0, unit="amount", reason=NOBODY)
        return
    interval = mean_t(as_number(total), as_number(squares), size, case.confidence)
    yield Found(value=as_number(total) / size, n=size, unit="amount", interval=interval)


def simple_value(case: Case) -> Iterator[Found]:
    """Lifetime value by the simple formula: margin × retention / (1 + discount − retention), per year."""
    first, last = case.window_days("transactions")
    years = (last - first + 1) / 365.25
    middle = (first + last) // 2
    ((n, early, kept, earned, squares),) = case.rows(KEPT_SQL, middle, middle)
    size, of, stayed = as_count(n), as_count(early), as_count(kept)
    if not size or not of:
        yield Found(n=size, denominator=of, unit="amount", reason=NOBODY)
        return
    # Half the window is one spell; retention per year follows from it.
    margin, multiple = as_number(earned) / size / years, _multiple(stayed / of, years)
    spread = mean_t(as_number(earned), as_number(squares), size, case.confidence)
    interval = None
    if spread is not None and 0 < stayed < of and margin > 0:
        limits = wilson(stayed, of, case.confidence)
        # Margin and retention vary on their own: their relative half widths add in squares.
        low, high = (
            sqrt(
                ((_multiple(share_kept, years) - multiple) / multiple) ** 2
                + (limit / years / margin - 1) ** 2
            )
            for share_kept, limit in ((limits.low, spread.low), (limits.high, spread.high))
        )
        value = margin * multiple
        interval = Interval(value - value * low, value + value * high, "recovered_variances")
    yield Found(value=margin * multiple, n=size, denominator=of, unit="amount", interval=interval)


def _multiple(kept: float, years: float) -> float:
    """What a margin per year is worth when this share is kept over half the window."""
    rate = float(kept ** (2 / years))
    return rate / (1 + DISCOUNT - rate)


DISCOUNT = 0.10


def half_a_year(case: Case) -> Message | None:
    """Retention per year cannot be read from a few weeks."""
    first, last = case.window_days("transactions")
    if last - first < 181:
        return msg("the transactions span less than half a year, which tells nothing of retention per year")
    return None


SALES_METRICS = (
    Metric(
        name="products_per_customer",
        title=msg("Products per customer"),
        definition=msg("mean number of different products that a customer bought"),
        table="transactions",
        needs=("product",),
        compute=products_per_customer,
        by=NOT_BY_CHANNEL,
    ),
    Metric(
        name="cross_sell",
        title=msg("Cross-sell ratio"),
        definition=msg("customers with two different products or more / customers with a product"),
        table="transactions",
        needs=("product",),
        compute=cross_sell,
        by=NOT_BY_CHANNEL,
    ),
    Metric(
        name="margin_per_customer",
        title=msg("Margin per customer"),
        definition=msg("sum of the margins in the window / customers with a margin"),
        table="transactions",
        needs=("margin",),
        compute=margin_per_customer,
        by=NOT_BY_CHANNEL,
    ),
    Metric(
        name="clv_simple",
        title=msg("Customer lifetime value, simple"),
        definition=msg(
            "m r / (1 + i − r) with m the margin per customer and year, r the yearly retention from the first half "
            "of the window to the second, i = 10 %; omnistudy crm clv has the models"
        ),
        table="transactions",
        needs=("margin",),
        compute=simple_value,
        refused=half_a_year,
        by=WHOLE,
        source="Gupta, S., & Lehmann, D. R. (2003). Customers as assets. doi:10.1002/dir.10045",
    ),
    Metric(
        name="sales_cycle",
        title=msg("Sales cycle time"),
        definition=msg(
            "Kaplan–Meier median and 90th percentile of the days from a customer's first event to the first "
            "transaction; who has not bought is censored, who bought before is left out"
        ),
        table="events",
        also=("transactions",),
        compute=sales_cycle,
        by=frozenset({By.ALL, By.SEGMENT}),
    ),
    Metric(
        name="wom_coefficient",
        title=msg("Word-of-mouth coefficient"),
        definition=msg(
            "new customers with a referrer / (returning customers + other new customers), by month; level pooled sums "
            "the months"
        ),
        table="transactions",
        needs=("referrer_id",),
        compute=wom_coefficient,
        by=WHOLE,
        source="Villanueva, J., Yoo, S., & Hanssens, D. M. (2008). The impact of marketing-induced versus "
        "word-of-mouth customer acquisition on customer equity growth. doi:10.1509/jmkr.45.1.48",
    ),
    Metric(
        name="referral_generations",
        title=msg("Viral coefficient K by generation"),
        definition=msg(
            "customers whom the customers of a generation referred / customers of that generation; level is the "
            "generation, those without a referrer being generation 0"
        ),
        table="transactions",
        needs=("referrer_id",),
        compute=referral_generations,
        by=WHOLE,
        source="Leskovec, J., Adamic, L. A., & Huberman, B. A. (2007). doi:10.1145/1232722.1232727",
    ),
    Metric(
        name="referral_cycle",
        title=msg("Referral cycle time"),
        definition=msg("mean days from a referrer's first transaction to that of a customer referred"),
        table="transactions",
        needs=("referrer_id",),
        compute=referral_cycle,
        by=WHOLE,
    ),
    Metric(
        name="referral_value",
        title=msg("Referral value"),
        definition=msg(
            "value of the transactions of the customers whom a referrer brought, mean over referrers"
        ),
        table="transactions",
        needs=("referrer_id",),
        compute=referral_value,
        by=WHOLE,
        source="Kumar, V., Petersen, J. A., & Leone, R. P. (2010). doi:10.1509/jmkg.74.5.1; Schmitt, P., Skiera, B., "
        "& Van den Bulte, C. (2011). doi:10.1509/jm.75.1.46",
    ),
)
