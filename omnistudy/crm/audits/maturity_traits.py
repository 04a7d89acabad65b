# ruff: noqa: S608 - what is put into the SQL is our own; values are parameters
"""The five traits of omnichannel banking as five rows of observables; never summed.

The traits are the source's. What is observed for each is this program's choice, as is the window of
``days`` in which a reply or a request counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from statistics import median

from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.audits.maturity_processes import similarities, weighted
from omnistudy.crm.metrics.answers import DAY
from omnistudy.crm.metrics.case import Case
from omnistudy.crm.metrics.registry import METRICS, refusal
from omnistudy.crm.metrics.rows import NOBODY
from omnistudy.crm.names import named
from omnistudy.crm.records.engine import QuerySource
from omnistudy.crm.statistics.intervals import CLUSTER, CLUSTERED_SQL, clustered, mean_t
from omnistudy.results import Message, listed, msg

STEPS_SQL = """
select journey_id, customer_id, outcome, instant, day_ix,
    case when coalesce(initiator, 'customer') <> 'bank' then 1 else 0 end as own
from m_events where journey_id is not null
"""
# A journey was left where the customer's own last step is: the bank's prompt is a step of it too.
UNFINISHED_SQL = """
select journey_id, max(customer_id) as customer_id,
    coalesce(min(case when outcome = 'abandoned' then instant end), max(case when own = 1 then instant end)) as instant
from journey_steps group by journey_id
having (max(case when outcome = 'abandoned' then 1 else 0 end) = 1
    or (max(case when outcome = 'started' then 1 else 0 end) = 1
        and max(case when outcome in ('completed', 'failed') then 1 else 0 end) = 0))
    and coalesce(min(case when outcome = 'abandoned' then day_ix end), max(case when own = 1 then day_ix end)) <= ?
"""
PROMPTED_SQL = """
select (select count(*) from (
    select u.journey_id from unfinished as u join m_events as b on b.journey_id = u.journey_id
    where b.initiator = 'bank' and b.instant >= u.instant and b.instant <= u.instant + ?
    union
    select u.journey_id from unfinished as u join m_events as b on b.customer_id = u.customer_id
    where b.initiator = 'bank' and b.trigger_event is not null
        and b.instant >= u.instant and b.instant <= u.instant + ?
) as met), (select count(*) from unfinished)
"""
GOALS_SQL = """
select sum(completed), count(*), sum(completed * steps), sum(completed * steps * steps),
    sum(case when services > 1 then 1 else 0 end), sum(case when services > 0 then 1 else 0 end)
from (
    select journey_id, count(*) as steps, count(distinct service) as services,
        max(case when outcome = 'completed' then 1 else 0 end) as completed
    from m_events where journey_id is not null group by journey_id
) as journeys
"""
INITIATOR_SQL = f"""
select 'all' as grp, sum(case when initiator = 'bank' then 1 else 0 end) as y, count(*) as n
from m_events where initiator is not null group by {CLUSTER}
"""
TRIGGERED_SQL = f"""
select 'all' as grp, sum(case when trigger_event is not null then 1 else 0 end) as y, count(*) as n
from m_events where initiator = 'bank' group by {CLUSTER}
"""
REPLIES_SQL = """
select 'all' as grp, sum(case when answered <= instant + ? then 1 else 0 end) as y, count(*) as n from (
    select customer_id, initiator, instant, day_ix, min(case when initiator = 'customer' then instant end) over (
        partition by customer_id order by instant, row rows between 1 following and unbounded following
    ) as answered
    from m_events where customer_id is not null
) as contacts where initiator = 'bank' and day_ix <= ? group by customer_id
"""
TURNS_SQL = """
select turns, count(*) from (
    select journey_id, 1 + sum(case when initiator <> before then 1 else 0 end) as turns from (
        select journey_id, initiator,
            lag(initiator) over (partition by journey_id order by instant, row) as before
        from m_events where journey_id is not null and initiator is not null
    ) as said group by journey_id
) as conversations group by turns order by turns
"""
ANTICIPATED_SQL = """
select 'all' as grp, sum(case when asked <= instant + ? then 1 else 0 end) as y, count(*) as n from (
    select customer_id, initiator, offer_id, service, instant, day_ix,
        min(case when initiator = 'customer' then instant end) over (
            partition by customer_id, service order by instant, row rows between 1 following and unbounded following
        ) as asked
    from m_events where customer_id is not null and service is not null
) as offers where initiator = 'bank' and offer_id is not null and day_ix <= ? group by customer_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """One trait with its observables."""

    number: int
    id: str
    title: Message
    meaning: Message
    observables: tuple[Indicator, ...]


Compute = Callable[[Case, Indicator, int], Indicator]


@dataclass(frozen=True, slots=True, kw_only=True)
class Observable:
    """What is looked at for a trait: fields of the events that it needs, and its arithmetic."""

    id: str
    title: Message
    definition: Message
    needs: tuple[str, ...]
    compute: Compute

    def of(self, case: Case | None, days: int) -> Indicator:
        """Compute it, or say what would be needed."""
        indicator = Indicator(id=self.id, title=self.title, definition=self.definition)
        if case is None or not case.records.has("events"):
            needed = msg("a table of events with {columns}", columns=listed(self.needs))
            return indicator.lacking(msg("there is no log of events"), needed)
        lacking = [name for name in self.needs if not case.records.has("events", name)]
        if lacking:
            names = listed(lacking)
            reason = msg("the table of {table} has no column {column}", table=named("events"), column=names)
            return indicator.lacking(reason, msg("events with {columns}", columns=listed(self.needs)))
        return self.compute(case, replace(indicator, window=case.window("events")), days)


def _share(sql: str, *, days: int = 0, last: bool = False) -> Compute:
    """A share of a query of clusters (y, n); ``days`` counts how many parameters hold the window."""

    def compute(case: Case, indicator: Indicator, span: int) -> Indicator:
        parameters: list[int] = [span * DAY] * days
        if last:
            # A contact closer to the end than the window cannot have been answered within it.
            parameters.append(case.window_days("events")[1] - span)
        found = case.rows(CLUSTERED_SQL.format(clusters=sql), *parameters)
        if not found:
            return indicator.share_of(0, 0, case.confidence)
        return indicator.share_of_clusters(clustered(found[0][1:]), case.confidence)

    return compute


def process_similarity(case: Case, indicator: Indicator, _: int) -> Indicator:
    """Weighted mean over pairs of channels; it is no count, so it has no interval of Wilson's."""
    pairs = similarities(case)
    value = weighted(pairs)
    if value is None:
        return indicator.lacking(
            msg("no service has completed journeys that stayed in one channel, in two channels"),
            msg("journeys of the same service in two channels or more"),
        )
    journeys = sum(pair.journeys for pair in pairs)
    return replace(indicator, value=value, n=len(pairs), denominator=journeys, unit="similarity")


def _registered(name: str) -> Compute:
    """A metric of the registry, so that it has one definition."""

    def compute(case: Case, indicator: Indicator, _: int) -> Indicator:
        metric = METRICS[name]
        reason = refusal(case, metric)
        found = None if reason is not None else next(iter(metric.compute(case)), None)
        if found is None:
            return indicator.lacking(reason or NOBODY)
        return replace(
            indicator,
            value=found.value,
            n=found.n,
            denominator=found.denominator,
            unit=found.unit,
            interval=found.interval,
            reason=found.reason,
        )

    return compute


def _metric(name: str) -> Observable:
    metric = METRICS[name]
    return Observable(
        id=name,
        title=metric.title,
        definition=metric.definition,
        needs=metric.needs,
        compute=_registered(name),
    )


def _prompted(case: Case, indicator: Indicator, span: int) -> Indicator:
    in_journeys = "select 1 from m_events where initiator = 'bank' and journey_id is not null limit 1"
    if not case.records.has("events", "trigger_event") and not case.rows(in_journeys):
        return indicator.lacking(
            msg("no contact of the bank says what set it off or which journey it belongs to"),
            msg("trigger_event, or the journey_id of the contact"),
        )
    _register_steps(case)
    last = case.window_days("events")[1] - span
    case.records.engine.register("unfinished", QuerySource(sql=UNFINISHED_SQL, parameters=(last,)))
    ((n, of),) = case.rows(PROMPTED_SQL, span * DAY, span * DAY)
    return indicator.share_of(int(n or 0), int(of or 0), case.confidence)


def _register_steps(case: Case) -> None:
    case.records.engine.register("journey_steps", QuerySource(sql=STEPS_SQL))


def _steps_per_goal(case: Case, indicator: Indicator, _: int) -> Indicator:
    completed, _journeys, steps, squares, *_rest = (float(one or 0) for one in case.rows(GOALS_SQL)[0])
    if not completed:
        return indicator.lacking(msg("no journey was completed"))
    return replace(
        indicator,
        value=steps / completed,
        n=int(steps),
        denominator=int(completed),
        unit="mean",
        interval=mean_t(steps, squares, int(completed), case.confidence),
    )


def _several_products(case: Case, indicator: Indicator, _: int) -> Indicator:
    several, any_service = case.rows(GOALS_SQL)[0][4:]
    return indicator.share_of(int(several or 0), int(any_service or 0), case.confidence)


def _turns(case: Case, indicator: Indicator, _: int) -> Indicator:
    found = [(int(turns or 0), int(n or 0)) for turns, n in case.rows(TURNS_SQL)]
    if not found:
        return indicator.lacking(msg("no journey says who began its events"))
    conversations = sum(n for _, n in found)
    middle = _median(found, conversations)
    return replace(indicator, value=middle, n=conversations, denominator=conversations, unit="turns")


def _median(counts: list[tuple[int, int]], total: int) -> float:
    """Median of values given as (value, how often), ascending."""
    wanted = {(total - 1) // 2, total // 2}
    held, seen = [], 0
    for value, n in counts:
        held += [value for place in wanted if seen <= place < seen + n]
        seen += n
    return float(median(held))


def _rows() -> Iterator[tuple[int, str, Message, Message, tuple[Observable, ...]]]:
    yield (
        1,
        "uniformity",
        msg("Uniform channels"),
        msg("the same interface and process everywhere"),
        (
            Observable(
                id="process_similarity",
                title=msg("Process similarity"),
                definition=msg(
                    "1 − Levenshtein distance / longer length of the modal sequences of steps, over pairs of channels"
                ),
                needs=("service", "journey_id"),
                compute=process_similarity,
            ),
        ),
    )
    yield (
        2,
        "integration",
        msg("Integrated channels"),
        msg("work begun in one channel goes on in another"),
        (
            _metric("resume_success"),
            Observable(
                id="resume_prompt",
                title=msg("Prompted to finish"),
                definition=msg(
                    "unfinished journeys after which the bank made contact within the window / unfinished journeys"
                ),
                needs=("journey_id", "outcome", "initiator"),
                compute=_prompted,
            ),
        ),
    )
    yield (
        3,
        "customer_centred",
        msg("Centred on the customer"),
        msg("services follow the customer's task, not the bank's products"),
        (
            _metric("task_completion"),
            Observable(
                id="steps_per_goal",
                title=msg("Steps per goal"),
                definition=msg("events of completed journeys / completed journeys"),
                needs=("journey_id", "outcome"),
                compute=_steps_per_goal,
            ),
            Observable(
                id="several_products",
                title=msg("Several products in one journey"),
                definition=msg("journeys with more than one service / journeys with a service"),
                needs=("journey_id", "service"),
                compute=_several_products,
            ),
        ),
    )
    yield (
        4,
        "interaction",
        msg("Interaction"),
        msg("contact goes both ways and outlives a transaction"),
        (
            Observable(
                id="bank_initiated",
                title=msg("Begun by the bank"),
                definition=msg("events that the bank began / events whose initiator is known"),
                needs=("initiator",),
                compute=_share(INITIATOR_SQL),
            ),
            Observable(
                id="reply_rate",
                title=msg("Replies of customers"),
                definition=msg(
                    "contacts by the bank that the customer followed within the window / such contacts, those too "
                    "close to the end left out"
                ),
                needs=("initiator",),
                compute=_share(REPLIES_SQL, days=1, last=True),
            ),
            Observable(
                id="triggered",
                title=msg("Contacts after a trigger"),
                definition=msg("contacts by the bank that an event set off / contacts by the bank"),
                needs=("initiator", "trigger_event"),
                compute=_share(TRIGGERED_SQL),
            ),
            Observable(
                id="turns",
                title=msg("Turns per conversation"),
                definition=msg("median number of turns between bank and customer in one journey"),
                needs=("journey_id", "initiator"),
                compute=_turns,
            ),
        ),
    )
    yield (
        5,
        "anticipation",
        msg("Guessing needs"),
        msg("offers come before the request"),
        (
            _metric("offer_acceptance"),
            Observable(
                id="anticipation_precision",
                title=msg("Needs guessed rightly"),
                definition=msg(
                    "offers followed by the customer's request for the same service within the window / offers, "
                    "those too close to the end left out"
                ),
                needs=("offer_id", "initiator", "service"),
                compute=_share(ANTICIPATED_SQL, days=1, last=True),
            ),
        ),
    )


TRAITS = tuple(_rows())
OBSERVABLES: Mapping[str, Observable] = {one.id: one for *_, found in TRAITS for one in found}


def traits_of(case: Case | None, days: int) -> tuple[Trait, ...]:
    """The five traits, each observable computed or refused with its reason."""
    return tuple(
        Trait(
            number=number,
            id=name,
            title=title,
            meaning=meaning,
            observables=tuple(one.of(case, days) for one in found),
        )
        for number, name, title, meaning, found in TRAITS
    )
