"""Metrics of surveys and tickets: NPS, CSAT, CES, response time, first-contact resolution, complaints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from omnistudy.crm.metrics.case import Case, Metric
from omnistudy.crm.metrics.rows import Found, share
from omnistudy.crm.records.engine import as_count, as_number
from omnistudy.crm.statistics.intervals import Interval, mean_t, net_score, poisson
from omnistudy.crm.statistics.survival import kaplan_meier
from omnistudy.results import Kind, Message, Number, msg

SCALES_SQL = """
select count(distinct scale_min * 100000 + scale_max), min(scale_min), max(scale_max)
from m_survey where lower(instrument) = ?
"""
NPS_SQL = """
select grp, sum(case when score >= 9 then 1 else 0 end), sum(case when score <= 6 then 1 else 0 end), count(*)
from m_survey where lower(instrument) = 'nps' group by grp order by grp
"""
CSAT_SQL = """
select grp, sum(case when score >= scale_max - 1 then 1 else 0 end), count(*),
    cast(sum(cast(score as decimal(20, 6))) as double),
    cast(sum(cast(score as decimal(18, 6)) * cast(score as decimal(18, 6))) as double)
from m_survey where lower(instrument) = ? group by grp order by grp
"""
WAITS_SQL = """
select grp, case when first_response_at is null then ? - opened_at else first_response_at - opened_at end as wait,
    sum(case when first_response_at is null then 0 else 1 end),
    sum(case when first_response_at is null then 1 else 0 end)
from m_tickets group by 1, 2 order by 1, 2
"""
LAST_SEEN_SQL = "select max(opened_at), max(first_response_at), max(closed_at) from m_tickets"
FCR_SQL = """
select grp, sum(case when coalesce(reopened, false) or next_opened <= closed_at + ? then 0 else 1 end), count(*)
from (
    select grp, closed_at, reopened,
        lead(opened_at) over (partition by customer_id, topic order by opened_at, row) as next_opened
    from m_tickets
) as contacts
where closed_at is not null and closed_at + ? <= ? group by grp order by grp
"""
# Complaints of the customers who are counted below the line, within the same days.
COMPLAINTS_SQL = """
select a.grp, count(*), sum(complaints) from (
    select distinct grp, customer_id from activity where day_ix >= ? and day_ix <= ?
) as a left join (
    select grp, customer_id, count(*) as complaints from m_tickets
    where is_complaint and day_ix >= ? and day_ix <= ? group by grp, customer_id
) as t on t.grp = a.grp and t.customer_id = a.customer_id
group by a.grp order by a.grp
"""
SILENT_SQL = """
select lost.grp, sum(case when t.customer_id is null then 1 else 0 end), count(*)
from (select customer_id, min(grp) as grp, max(day_ix) as last_day from activity group by customer_id) as lost
left join (
    select distinct a.customer_id from (
        select customer_id, max(day_ix) as last_day from activity group by customer_id) as a
    join tickets k on k.customer_id = a.customer_id
        and k.day_ix <= a.last_day + ? and k.day_ix >= a.last_day - ?
) as t on t.customer_id = lost.customer_id
where lost.last_day + ? < ? group by lost.grp order by lost.grp
"""
DAY = 86_400


def _one_scale(case: Case, instrument: str, low: float | None, high: float | None) -> Message | None:
    ((scales, least, most),) = case.rows(SCALES_SQL, instrument)
    if not scales:
        return msg("the survey has no answers to {instrument}", instrument=instrument)
    if int(scales) > 1:
        return msg(
            "the answers to {instrument} are on more than one scale, which are never pooled",
            instrument=instrument,
        )
    if (low is not None and least != low) or (high is not None and most != high):
        return msg(
            "the scale of {instrument} is {least} to {most}, and the measure is defined for {low} to {high}",
            instrument=instrument,
            least=Number(as_number(least)),
            most=Number(as_number(most)),
            low=Number(low),
            high=Number(high),
        )
    return None


def nps(case: Case) -> Iterator[Found]:
    """Net promoter score in points."""
    for group, promoters, detractors, n in case.rows(NPS_SQL):
        p, d, size = as_count(promoters), as_count(detractors), as_count(n)
        yield Found(
            group=str(group),
            value=100 * (p - d) / size,
            n=p - d,
            denominator=size,
            unit="score",
            interval=net_score(p, d, size, case.confidence),
        )


def csat(case: Case) -> Iterator[Found]:
    """Share in the two best boxes, and the mean."""
    for group, top, n, total, squares in case.rows(CSAT_SQL, "csat"):
        size = as_count(n)
        yield share(str(group), as_count(top), size, case.confidence, level="top_two")
        yield _mean(case, str(group), size, as_number(total), as_number(squares))


def ces(case: Case) -> Iterator[Found]:
    """Mean effort on seven points, high meaning easy, and the share of 5 to 7."""
    for group, easy, n, total, squares in case.rows(CSAT_SQL.replace("scale_max - 1", "5"), "ces"):
        size = as_count(n)
        yield _mean(case, str(group), size, as_number(total), as_number(squares))
        yield share(str(group), as_count(easy), size, case.confidence, level="five_to_seven")


def _mean(case: Case, group: str, n: int, total: float, squares: float) -> Found:
    interval = mean_t(total, squares, n, case.confidence)
    return Found(
        group=group, value=total / n, n=n, denominator=n, unit="mean", level="mean", interval=interval
    )


def response_time(case: Case) -> Iterator[Found]:
    """Median and 90th percentile of the wait for the first response, in seconds; open tickets censored."""
    last = max((float(value) for value in case.rows(LAST_SEEN_SQL)[0] if value is not None), default=0.0)
    end = max(last, (case.window_days("tickets")[1] + 1) * DAY) if case.records.until is not None else last
    spells: dict[str, list[tuple[float, int, int]]] = defaultdict(list)
    for group, wait, answered, waiting in case.rows(WAITS_SQL, end):
        spells[str(group)].append((as_number(wait), as_count(answered), as_count(waiting)))
    for group, rows in spells.items():
        curve = kaplan_meier(rows)
        answered = sum(ended for _, ended, _ in rows)
        for level, part in (("median", 0.5), ("p90", 0.9)):
            value = curve.quantile(part)
            low, high = curve.quantile_interval(part, case.confidence)
            interval = None if low is None or high is None else Interval(low, high, "km_loglog")
            reason = None
            if value is None:
                reason = msg(
                    "too few tickets were answered: the curve never reaches {share}",
                    share=Number(part, Kind.SHARE),
                )
            yield Found(
                group=group, value=value, n=answered, denominator=curve.n, unit="seconds", level=level,
                interval=interval, reason=reason,
            )  # fmt: skip


def first_contact_resolution(case: Case) -> Iterator[Found]:
    """Closed tickets without a further contact on the topic."""
    span = case.options.recontact_days * DAY
    end = (case.window_days("tickets")[1] + 1) * DAY
    for group, resolved, closed in case.rows(FCR_SQL, span, span, end):
        yield share(str(group), as_count(resolved), as_count(closed), case.confidence)


def complaint_rate(case: Case) -> Iterator[Found]:
    """Complaints of active customers per 1,000 of them, in the days that tickets and activity both cover."""
    days = case.shared_days("tickets", case.activity)
    if days is None:
        yield Found(unit="per_1000", reason=msg("tickets and activity have no day in common"))
        return
    for group, customers, complaints in case.rows(COMPLAINTS_SQL, *days, *days):
        n, of = as_count(complaints), as_count(customers)
        yield Found(
            group=str(group),
            value=1000 * n / of,
            n=n,
            denominator=of,
            unit="per_1000",
            interval=poisson(n, of / 1000, case.confidence),
        )


def silent_churn(case: Case) -> Iterator[Found]:
    """Lost customers who had sent no ticket in the days before."""
    days, before = case.options.inactive_days or 0, case.options.silent_days
    last = case.window_days(case.activity)[1]
    for group, silent, lost in case.rows(SILENT_SQL, days, before, days, last):
        yield share(str(group), as_count(silent), as_count(lost), case.confidence)


def silent_refused(case: Case) -> Message | None:
    """Silent churn needs churn to be declared, and tickets to be silent in."""
    if not case.records.has(case.activity):
        return msg("there is no activity of customers")
    if case.options.inactive_days is None:
        return msg("say after how many silent days a customer counts as lost, --inactive-days N")
    return None


ANSWER_METRICS = (
    Metric(
        name="nps",
        title=msg("Net promoter score"),
        definition=msg("100 × (share of 9 and 10 − share of 0 to 6) of the answers"),
        table="survey",
        compute=nps,
        refused=lambda case: _one_scale(case, "nps", 0.0, 10.0),
        source="Reichheld, F. F. (2003). The one number you need to grow. Harvard Business Review, 81(12), 46-55; "
        "interval: Rocks, B. (2016). doi:10.1177/1470785316665250",
    ),
    Metric(
        name="csat",
        title=msg("Customer satisfaction"),
        definition=msg("answers in the two best boxes / answers; and the mean"),
        table="survey",
        compute=csat,
        refused=lambda case: _one_scale(case, "csat", None, None),
    ),
    Metric(
        name="ces",
        title=msg("Customer effort score"),
        definition=msg("mean on seven points, 7 meaning easy; and the share of 5 to 7"),
        table="survey",
        compute=ces,
        refused=lambda case: _one_scale(case, "ces", 1.0, 7.0),
        source="Dixon, M., Freeman, K., & Toman, N. (2010). Stop trying to delight your customers. "
        "Harvard Business Review, 88(7/8), 116-122",
    ),
    Metric(
        name="response_time",
        title=msg("Response time"),
        definition=msg(
            "Kaplan–Meier median and 90th percentile from opened to first response; open tickets censored"
        ),
        table="tickets",
        needs=("first_response",),
        compute=response_time,
    ),
    Metric(
        name="first_contact_resolution",
        title=msg("First-contact resolution"),
        definition=msg(
            "closed tickets neither reopened nor followed by the same customer on the same topic within the days "
            "of --recontact-days / tickets closed that long before the end"
        ),
        table="tickets",
        needs=("closed", "topic"),
        compute=first_contact_resolution,
    ),
    Metric(
        name="complaint_rate",
        title=msg("Complaint rate"),
        definition=msg(
            "complaints of customers with any activity / such customers, per 1,000, in the days that both tables cover"
        ),
        table="tickets",
        needs=("is_complaint",),
        also=("activity",),
        compute=complaint_rate,
        together=True,
    ),
    Metric(
        name="silent_churn",
        title=msg("Silent churn"),
        definition=msg(
            "lost customers without a ticket from the days of --silent-days before their last activity until they "
            "count as lost / lost customers"
        ),
        table="activity",
        also=("tickets",),
        compute=silent_churn,
        refused=silent_refused,
    ),
)
