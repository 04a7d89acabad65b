"""`crm journeys`: how customers move between channels, how far journeys go, what each channel carries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from omnistudy.crm.journeys.markov import CONVERSION, NULL, START, Chain, removal_effects
from omnistudy.crm.journeys.result import Drop, JourneysResult, OrderTest, PeakEnd, Switch
from omnistudy.crm.records.engine import QuerySource, Row, as_count, as_number
from omnistudy.crm.records.model import Records
from omnistudy.crm.records.reading_sql import as_read
from omnistudy.crm.refusals import Refusal
from omnistudy.crm.statistics.intervals import mean_t, wilson
from omnistudy.results import Message, Number, Provenance, msg

PREFERRED = ("events",)
UNITS = ("event", "journey")

EVENT_SWITCHES_SQL = """
select before_channel, channel, count(*) from (
    select channel, lag(channel) over (partition by customer_id order by instant, row) as before_channel
    from events where customer_id is not null
) as steps where before_channel is not null
group by before_channel, channel order by before_channel, channel
"""
# With a longest pause the time of the event before is needed too, which doubles what is sorted.
NEAR_SWITCHES_SQL = """
select before_channel, channel, count(*) from (
    select channel, instant,
        lag(channel) over (partition by customer_id order by instant, row) as before_channel,
        lag(instant) over (partition by customer_id order by instant, row) as before_instant
    from events where customer_id is not null
) as steps where before_channel is not null and instant - before_instant <= ?
group by before_channel, channel order by before_channel, channel
"""
JOURNEY_SWITCHES_SQL = """
select before_channel, first_channel, count(*) from (
    select first_channel, begun,
        lag(last_channel) over (partition by customer_id order by begun, first_row) as before_channel,
        lag(ended) over (partition by customer_id order by begun, first_row) as before_ended
    from (
        select customer_id, journey_id, min(instant) as begun, max(instant) as ended, min(row) as first_row,
            min(case when forward = 1 then channel end) as first_channel,
            min(case when backward = 1 then channel end) as last_channel
        from (
            select customer_id, journey_id, channel, instant, row,
                row_number() over (partition by customer_id, journey_id order by instant, row) as forward,
                row_number() over (partition by customer_id, journey_id order by instant desc, row desc) as backward
            from events where customer_id is not null and journey_id is not null
        ) as numbered group by customer_id, journey_id
    ) as journeys
) as following where before_channel is not null and (? < 0 or begun - before_ended <= ?)
group by before_channel, first_channel order by before_channel, first_channel
"""
# A path ends at its first goal; without a goal event, at the first outcome "completed".
STEPS_SQL = """
select path_id, channel, place, goal, before_channel,
    case when goal = 1 or next_row is null then 1 else 0 end as ends
from (
    select path_id, channel, goal,
        row_number() over (partition by path_id order by instant, row) as place,
        lag(channel) over (partition by path_id order by instant, row) as before_channel,
        lead(row) over (partition by path_id order by instant, row) as next_row,
        sum(goal) over (partition by path_id order by instant, row
            rows between unbounded preceding and current row) - goal as goals_before
    from (
        select {path} as path_id, channel, instant, row,
            case when event = ? or (? = '' and outcome = 'completed') then 1 else 0 end as goal
        from events where {path} is not null
    ) as events_of_paths
) as steps where goals_before = 0
"""
MOVES_SQL = (
    "select before_channel, channel, count(*) from path_steps group by before_channel, channel order by 1, 2"
)
ENDS_SQL = (
    "select channel, goal, count(*) from path_steps where ends = 1 group by channel, goal order by 1, 2"
)
REACHED_SQL = "select channel, count(distinct path_id) from path_steps group by channel order by channel"
LENGTHS_SQL = """
select place, sum(goal), count(*) from path_steps where ends = 1 group by place order by place
"""
PEAK_END_SQL = """
select count(*), sum(score), sum(score * score) from (
    select (min(case when by_peak = 1 then emotion end) + min(case when by_end = 1 then emotion end)) / 2 as score
    from (
        select journey_id, emotion,
            row_number() over (partition by journey_id order by abs(emotion) desc, instant desc, row desc) as by_peak,
            row_number() over (partition by journey_id order by instant desc, row desc) as by_end
        from events where journey_id is not null and emotion is not null
    ) as felt group by journey_id
) as journeys
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class JourneysOptions:
    """Choices of `crm journeys`.

    Parameters
    ----------
    unit
        Switches from event to event, or from journey to journey.
    gap_hours
        Longest time between two events or journeys that still is a switch; ``None`` for any.
    goal
        Event that is a conversion; ``None`` takes the outcome ``completed``.
    confidence
        Level of the intervals.
    """

    unit: str = "event"
    gap_hours: float | None = None
    goal: str | None = None
    confidence: float = 0.95


def journeys_of_records(records: Records, options: JourneysOptions, provenance: Provenance) -> JourneysResult:
    """Describe the journeys of a log of events; what cannot be described is refused with its reason.

    Parameters
    ----------
    records
        With events; without ``journey_id`` a customer's events are one path.
    options
        Unit of the switches, longest pause, goal event.
    provenance
        Where the result comes from.

    Returns
    -------
    JourneysResult
        Switches between channels with their shares, drop-off by step, conversion, removal effects
        (descriptive, not causal), and refusals.

    References
    ----------
    Anderl, Becker, von Wangenheim & Schumann (2016), Mapping the customer journey,
    doi:10.1016/j.ijresmar.2016.03.001, for the removal effects.

    Examples
    --------
    The three journeys of :func:`~omnistudy.crm.journeys.markov.removal_effects` as a log: C1 > C2 > C3
    converts, C1 and C2 > C3 do not.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from omnistudy.crm.records.opening import open_records
    >>> from omnistudy.study.provenance import provenance_of
    >>> log = '''customer_id,ts,channel,event,outcome
    ... a,2025-01-01 10:00,C1,visit,started
    ... a,2025-01-02 10:00,C2,visit,started
    ... a,2025-01-03 10:00,C3,visit,completed
    ... b,2025-01-01 10:00,C1,visit,started
    ... c,2025-01-01 10:00,C2,visit,started
    ... c,2025-01-02 10:00,C3,visit,started
    ... '''
    >>> with TemporaryDirectory() as folder:
    ...     table = Path(folder) / "events.csv"
    ...     _ = table.write_text(log)
    ...     with open_records(table) as records:
    ...         result = journeys_of_records(records, JourneysOptions(), provenance_of(records))
    >>> [(one.channel, round(one.credit, 2)) for one in result.chain.removals]
    [('C1', 0.2), ('C2', 0.4), ('C3', 0.4)]
    """
    refusals: list[Refusal] = []
    switches, test = _switching(records, options, refusals)
    path = "journey_id" if records.has("events", "journey_id") else "customer_id"
    chain, drops, lengths = _paths(records, options, path, refusals)
    return JourneysResult(
        provenance=provenance,
        unit=options.unit,
        path_unit=path.removesuffix("_id"),
        switches=switches,
        order_test=test,
        lengths=lengths,
        drops=drops,
        chain=chain,
        peak_end=_peak_end(records, options, refusals),
        refusals=tuple(refusals),
        loaded=tuple(records.tables.values()),
    )


def _refusal(code: str, subject: str, reason: Message, needed: Message) -> Refusal:
    return Refusal(code=code, subject=subject, reason=reason, needed=needed)


def _switching(
    records: Records, options: JourneysOptions, refusals: list[Refusal]
) -> tuple[tuple[Switch, ...], OrderTest | None]:
    if options.unit == "journey" and not records.has("events", "journey_id"):
        needed = msg("a column journey_id, or --unit event.")
        refusals.append(_refusal("no_journeys", "switching", msg("the events name no journey."), needed))
        return (), None
    gap = None if options.gap_hours is None else options.gap_hours * 3600
    if options.unit == "journey":
        found = records.engine.rows(JOURNEY_SWITCHES_SQL, (-1.0, -1.0) if gap is None else (gap, gap))
    else:
        found = records.engine.rows(*((EVENT_SWITCHES_SQL,) if gap is None else (NEAR_SWITCHES_SQL, (gap,))))
    counts = {(str(a), str(b)): as_count(n) for a, b, n in found.rows}
    channels = sorted({channel for pair in counts for channel in pair})
    if not counts:
        needed = msg("customer ids and repeated contacts.")
        refusals.append(_refusal("no_sequence", "switching", _nothing_in_a_row(options), needed))
        return (), None
    if len(channels) == 1:
        reason = msg("every event is in one channel.")
        refusals.append(_refusal("one_channel", "switching", reason, msg("events of two channels or more.")))
    return tuple(_switches(channels, counts, options.confidence)), _order_test(counts)


def _nothing_in_a_row(options: JourneysOptions) -> Message:
    """Why there is no switch to count, in words."""
    events = options.unit == "event"
    if options.gap_hours is None:
        if events:
            return msg("no customer has two events in a row.")
        return msg("no customer has two journeys in a row.")
    hours = Number(options.gap_hours)
    if events:
        return msg("no customer has two events within {hours} hours of each other.", hours=hours)
    return msg("no customer has two journeys within {hours} hours of each other.", hours=hours)


def _switches(channels: list[str], counts: dict[tuple[str, str], int], confidence: float) -> Iterator[Switch]:
    """Shares of each row with marginal limits under the Dirichlet(1/2) posterior."""
    from scipy.special import betaincinv

    tail, size = (1 - confidence) / 2, len(channels)
    for source in channels:
        total = sum(counts.get((source, target), 0) for target in channels)
        for target in channels:
            n = counts.get((source, target), 0)
            if total == 0:
                yield Switch(source, target, 0, 0, None, None)
                continue
            a, b = n + 0.5, total - n + 0.5 * (size - 1)
            single = size == 1
            low = 1.0 if single else float(betaincinv(a, b, tail))
            high = 1.0 if single else float(betaincinv(a, b, 1 - tail))
            yield Switch(source, target, n, total, low, high)


def _order_test(counts: dict[tuple[str, str], int]) -> OrderTest | None:
    """Likelihood ratio of a chain against independent draws of the next channel."""
    from math import log

    from scipy.special import chdtrc

    total = sum(counts.values())
    rows: dict[str, int] = defaultdict(int)
    columns: dict[str, int] = defaultdict(int)
    for (source, target), n in counts.items():
        rows[source] += n
        columns[target] += n
    ratio = 2 * sum(n * log(n * total / (rows[a] * columns[b])) for (a, b), n in counts.items())
    freedom = (len(rows) - 1) * (len(columns) - 1)
    return OrderTest(ratio, freedom, float(chdtrc(freedom, ratio))) if freedom else None


def _paths(
    records: Records, options: JourneysOptions, path: str, refusals: list[Refusal]
) -> tuple[Chain | None, tuple[Drop, ...], tuple[tuple[int, int, int], ...]]:
    goal = as_read("event", options.goal or "")
    steps = QuerySource(sql=STEPS_SQL.format(path=path), parameters=(goal, goal))
    records.engine.register("path_steps", steps)

    def rows(sql: str) -> tuple[Row, ...]:
        return records.engine.rows(sql).rows

    lengths = tuple((as_count(length), as_count(won), as_count(n)) for length, won, n in rows(LENGTHS_SQL))
    if not lengths:
        reason = msg("no event names its customer or journey.")
        refusals.append(_refusal("no_paths", "removal", reason, msg("a column journey_id or customer_id.")))
        return None, (), ()
    moves: dict[tuple[str, str], int] = {}
    for before, channel, n in rows(MOVES_SQL):
        moves[START if before is None else str(before), str(channel)] = as_count(n)
    ends: dict[str, int] = defaultdict(int)
    for channel, won, n in rows(ENDS_SQL):
        moves[str(channel), CONVERSION if won else NULL] = as_count(n)
        ends[str(channel)] += 0 if won else as_count(n)
    reached = {str(channel): as_count(n) for channel, n in rows(REACHED_SQL)}
    drops = tuple(
        Drop(channel, ends[channel], n, wilson(ends[channel], n, options.confidence))
        for channel, n in reached.items()
    )
    chain = removal_effects(sorted(reached), moves)
    if chain is None:
        known = options.goal is not None or records.has("events", "outcome")
        reason = (
            msg("no path reaches the goal.") if known else msg("the events do not say what a conversion is.")
        )
        refusals.append(
            _refusal("no_conversion", "removal", reason, msg("--goal EVENT, or outcomes completed."))
        )
    return chain, drops, lengths


def _peak_end(records: Records, options: JourneysOptions, refusals: list[Refusal]) -> PeakEnd | None:
    if not records.has("events", "journey_id", "emotion"):
        reason = msg("the events have no column emotion, or no journey_id.")
        refusals.append(
            _refusal("no_emotion", "peak_end", reason, msg("emotion from −3 to 3 per step of a journey."))
        )
        return None
    ((n, total, squares),) = records.engine.rows(PEAK_END_SQL).rows
    size = as_count(n)
    if not size:
        reason = msg("no step of a journey has an emotion.")
        refusals.append(
            _refusal("no_emotion", "peak_end", reason, msg("emotion from −3 to 3 per step of a journey."))
        )
        return None
    limits = mean_t(as_number(total), as_number(squares), size, options.confidence)
    return PeakEnd(as_number(total) / size, size, limits)
