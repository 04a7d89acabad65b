"""Metrics of tickets that count work: hand-offs, backlog, complaints settled."""

from __future__ import annotations

from collections.abc import Iterator

from omnistudy.crm.metrics.answers import DAY
from omnistudy.crm.metrics.case import Case, Metric
from omnistudy.crm.metrics.rows import Found, share
from omnistudy.crm.records.engine import as_count, as_number
from omnistudy.crm.statistics.intervals import mean_t
from omnistudy.results import msg

HANDOFFS_SQL = """
select grp, cast(sum(transfers) as double), cast(sum(transfers * transfers) as double), count(*) from m_tickets
where transfers is not null group by grp order by grp
"""
BACKLOG_SQL = """
select grp, sum(case when closed_at is null or closed_at >= ? then 1 else 0 end), count(*) from m_tickets
group by grp order by grp
"""
RESOLVED_SQL = """
select grp, sum(case when closed_at is not null and closed_at <= opened_at + ? and not coalesce(reopened, false)
    then 1 else 0 end), count(*)
from m_tickets where is_complaint and opened_at + ? <= ? group by grp order by grp
"""
COMPLAINT_DAYS = 30


def handoffs(case: Case) -> Iterator[Found]:
    """Mean number of transfers of a ticket."""
    for group, total, squares, n in case.rows(HANDOFFS_SQL):
        size = as_count(n)
        interval = mean_t(as_number(total), as_number(squares), size, case.confidence)
        yield Found(group=str(group), value=as_number(total) / size, n=size, unit="mean", interval=interval)


def backlog(case: Case) -> Iterator[Found]:
    """Tickets of the window that were still open at its end."""
    end = (case.window_days("tickets")[1] + 1) * DAY
    for group, still_open, tickets in case.rows(BACKLOG_SQL, end):
        yield share(str(group), as_count(still_open), as_count(tickets), case.confidence)


def complaint_resolution(case: Case) -> Iterator[Found]:
    """Complaints closed within 30 days and not reopened, of those that are that old."""
    span = COMPLAINT_DAYS * DAY
    end = (case.window_days("tickets")[1] + 1) * DAY
    for group, resolved, complaints in case.rows(RESOLVED_SQL, span, span, end):
        yield share(str(group), as_count(resolved), as_count(complaints), case.confidence)


SERVICE_METRICS = (
    Metric(
        name="handoffs",
        title=msg("Hand-offs per ticket"),
        definition=msg("mean number of transfers between agents or departments of a ticket"),
        table="tickets",
        needs=("transfers",),
        compute=handoffs,
    ),
    Metric(
        name="backlog",
        title=msg("Backlog"),
        definition=msg("tickets not closed at the end of the window / tickets opened in it"),
        table="tickets",
        needs=("closed",),
        compute=backlog,
    ),
    Metric(
        name="complaint_resolution",
        title=msg("Complaint resolution"),
        definition=msg(
            "complaints closed within 30 days and not reopened / complaints opened that long before the end"
        ),
        table="tickets",
        needs=("closed", "is_complaint"),
        compute=complaint_resolution,
    ),
)
