"""Metrics of tasks: whether what was started is completed, how long it takes, and without whose help.

A task is a journey. An outcome belongs to the event in which it was logged; a journey is completed
when any of its events is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from omnistudy.crm.metrics.case import By, Case, Metric, register_channel_groups
from omnistudy.crm.metrics.channels import digital_refused, no_switch, share_of_events
from omnistudy.crm.metrics.rows import NOBODY, Found, share
from omnistudy.crm.records.engine import as_count, as_number
from omnistudy.crm.statistics.intervals import Interval
from omnistudy.crm.statistics.survival import kaplan_meier
from omnistudy.results import Message, msg

TASKS_SQL = """
select grp, sum(completed), sum(case when completed = 0 and abandoned = 1 then 1 else 0 end), count(*) from (
    select min(grp) as grp, journey_id,
        max(case when outcome = 'completed' then 1 else 0 end) as completed,
        max(case when outcome = 'abandoned' then 1 else 0 end) as abandoned
    from m_events where journey_id is not null group by journey_id
) as journeys group by grp order by grp
"""
DURATION_SQL = """
select grp, completed_at - started_at as duration, count(*) from (
    select min(grp) as grp, journey_id, min(instant) as started_at,
        min(case when outcome = 'completed' then instant end) as completed_at
    from m_events where journey_id is not null group by journey_id
) as journeys where completed_at is not null group by grp, completed_at - started_at order by 1, 2
"""
ENDED = "outcome in ('completed', 'failed', 'abandoned')"
# The first event of a journey decides where it began; one event in an assisted or physical channel is help.
DIGITAL_TASKS_SQL = """
select grp, sum(case when began = 1 and completed = 1 and helped = 0 then 1 else 0 end), sum(began),
    sum(case when helped = 0 and completed = 1 then 1 else 0 end), sum(case when helped = 0 then 1 else 0 end)
from (
    select min(grp) as grp, journey_id,
        max(case when place = 1 and kind = 'digital' then 1 else 0 end) as began,
        max(case when kind = 'digital' then 0 else 1 end) as helped,
        max(case when outcome = 'completed' then 1 else 0 end) as completed
    from (select e.grp, e.journey_id, e.outcome, g.kind,
              row_number() over (partition by e.journey_id order by e.instant, e.row) as place
          from m_events as e join channel_groups as g on g.channel = e.channel
          where e.journey_id is not null) as steps
    group by journey_id
) as journeys group by grp order by grp
"""
RESUMED_SQL = """
select grp, sum(case when finished = 1 and again = 0 then 1 else 0 end), count(*) from (
    select min(s.grp) as grp, s.journey_id,
        max(case when e.instant >= s.instant and e.channel <> s.left_channel and e.outcome = 'completed'
            then 1 else 0 end) as finished,
        max(case when e.instant >= s.instant and e.reentry then 1 else 0 end) as again
    from (
        select grp, journey_id, instant, before_channel as left_channel from (
            select grp, journey_id, instant, channel, row,
                lag(channel) over (partition by journey_id order by instant, row) as before_channel,
                lag(outcome) over (partition by journey_id order by instant, row) as before_outcome
            from m_events where journey_id is not null
        ) as steps where channel <> before_channel and before_outcome in ('started', 'abandoned')
    ) as s
    join m_events as e on e.journey_id = s.journey_id
    group by s.journey_id
) as journeys group by grp order by grp
"""
NOT_BY_CHANNEL = frozenset({By.ALL, By.SEGMENT, By.PERIOD})


def task_completion(case: Case) -> Iterator[Found]:
    """Journeys that were completed."""
    for group, completed, _, journeys in case.rows(TASKS_SQL):
        yield share(str(group), as_count(completed), as_count(journeys), case.confidence)


def abandonment(case: Case) -> Iterator[Found]:
    """Journeys that were given up and never completed."""
    for group, _, abandoned, journeys in case.rows(TASKS_SQL):
        yield share(str(group), as_count(abandoned), as_count(journeys), case.confidence)


def time_to_complete(case: Case) -> Iterator[Found]:
    """Median and 90th percentile of the seconds from first event to completion, of completed journeys."""
    spells: dict[str, list[tuple[float, int, int]]] = defaultdict(list)
    for group, seconds, journeys in case.rows(DURATION_SQL):
        spells[str(group)].append((as_number(seconds), as_count(journeys), 0))
    for group, rows in spells.items():
        curve = kaplan_meier(rows)
        for level, part in (("median", 0.5), ("p90", 0.9)):
            low, high = curve.quantile_interval(part, case.confidence)
            yield Found(
                group=group, value=curve.quantile(part), n=curve.n, unit="seconds", level=level,
                interval=None if low is None or high is None else Interval(low, high, "km_loglog"),
            )  # fmt: skip


def technical_failure(case: Case) -> Iterator[Found]:
    """Attempts that failed."""
    yield from share_of_events(case, "outcome = 'failed'", ENDED)


def step_up_abandonment(case: Case) -> Iterator[Found]:
    """Requests for a further proof of identity at which the customer gave up."""
    yield from share_of_events(case, "outcome = 'abandoned'", f"event = 'step_up' and {ENDED}")


def step_up_refused(case: Case) -> Message | None:
    """Which event is a request for further proof is the bank's own word."""
    if case.rows("select 1 from events where event = 'step_up' limit 1"):
        return None
    return msg("there is no event step_up: name yours under [values.event] of a column map")


def self_service(case: Case) -> Iterator[Found]:
    """Journeys begun in a digital channel that were completed without an assisted or physical one."""
    register_channel_groups(case)
    for group, alone, began, _, _ in case.rows(DIGITAL_TASKS_SQL):
        yield share(str(group), as_count(alone), as_count(began), case.confidence)


def digital_completion(case: Case) -> Iterator[Found]:
    """Journeys wholly in digital channels that were completed."""
    register_channel_groups(case)
    for group, _, _, completed, digital in case.rows(DIGITAL_TASKS_SQL):
        yield share(str(group), as_count(completed), as_count(digital), case.confidence)


def resume_success(case: Case) -> Iterator[Found]:
    """Journeys left unfinished in one channel that were finished in another without asking again."""
    found = case.rows(RESUMED_SQL)
    if not found:
        yield Found(n=0, denominator=0, reason=NOBODY)
    for group, finished, journeys in found:
        yield share(str(group), as_count(finished), as_count(journeys), case.confidence)


TASK_METRICS = (
    Metric(
        name="task_completion",
        title=msg("Task completion"),
        definition=msg("journeys with an event whose outcome is completed / journeys"),
        table="events",
        needs=("journey_id", "outcome"),
        compute=task_completion,
    ),
    Metric(
        name="abandonment",
        title=msg("Abandonment"),
        definition=msg("journeys with an outcome abandoned and none completed / journeys"),
        table="events",
        needs=("journey_id", "outcome"),
        compute=abandonment,
    ),
    Metric(
        name="time_to_complete",
        title=msg("Time to complete"),
        definition=msg(
            "median and 90th percentile of the seconds from the first event of a journey to its completion, over "
            "completed journeys only"
        ),
        table="events",
        needs=("journey_id", "outcome"),
        compute=time_to_complete,
    ),
    Metric(
        name="technical_failure",
        title=msg("Technical failure"),
        definition=msg(
            "events whose outcome is failed / events whose outcome is completed, failed or abandoned"
        ),
        table="events",
        needs=("outcome",),
        compute=technical_failure,
    ),
    Metric(
        name="step_up_abandonment",
        title=msg("Abandonment at the further proof of identity"),
        definition=msg("events step_up whose outcome is abandoned / events step_up with an outcome"),
        table="events",
        needs=("outcome",),
        compute=step_up_abandonment,
        refused=step_up_refused,
    ),
    Metric(
        name="self_service",
        title=msg("Self-service success"),
        definition=msg(
            "journeys begun in a digital channel and completed without an event in an assisted or physical one / "
            "journeys begun in a digital channel"
        ),
        table="events",
        needs=("journey_id", "outcome"),
        compute=self_service,
        refused=digital_refused,
        by=NOT_BY_CHANNEL,
    ),
    Metric(
        name="digital_completion",
        title=msg("Digital completion"),
        definition=msg("completed journeys with digital channels only / journeys with digital channels only"),
        table="events",
        needs=("journey_id", "outcome"),
        compute=digital_completion,
        refused=digital_refused,
        by=NOT_BY_CHANNEL,
    ),
    Metric(
        name="resume_success",
        title=msg("Resume success"),
        definition=msg(
            "journeys left started or abandoned in one channel and completed in another without asking again / "
            "journeys left so whose next event is in another channel"
        ),
        table="events",
        needs=("journey_id", "outcome", "reentry"),
        compute=resume_success,
        refused=no_switch,
        by=NOT_BY_CHANNEL,
    ),
)
