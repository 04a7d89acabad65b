"""`crm ecrm`: five processes of electronic CRM in cycles, the table of stages, and the guard-rail of cost.

Indicators of this cycle stand beside those of the cycle before, which is as long and ends the day
before. No composite is formed: the source holds that the result is more than the sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from omnistudy.crm.audits.blocks import metric_indicators
from omnistudy.crm.audits.ecrm_guard_rail import ChannelGuard, CycleValues, cost_channels, cycle_values, guard
from omnistudy.crm.audits.ecrm_indicators import INDICATORS, MATRIX_SQL, PROCESS_METRICS, UNDATED, Paired
from omnistudy.crm.audits.ecrm_items import CYCLE_START, LIFECYCLE
from omnistudy.crm.audits.ecrm_result import Cycle, EcrmResult
from omnistudy.crm.audits.ecrm_tables import MatrixCell
from omnistudy.crm.audits.indicators import Indicator, by_level, metric_rows
from omnistudy.crm.audits.questionnaire import sheet_reader
from omnistudy.crm.audits.risk_register import NOT_OFFERED
from omnistudy.crm.audits.sheet import Rating, metrics_of_sheet, ratings_of
from omnistudy.crm.metrics.case import By, MetricsOptions, prepared
from omnistudy.crm.records.model import Records
from omnistudy.crm.records.reading_times import date_of, day_of
from omnistudy.errors import StudyError
from omnistudy.results import Provenance, msg
from omnistudy.study.bare_table import BareTable
from omnistudy.study.model import Study

LEADING = ("events", "transactions", "survey", "tickets")
ONE_CYCLE = msg("the first day of this cycle was not named, so there is no cycle before")
UNDATED_WORDS = msg("the table has no dates, so the cycles cannot be told apart")
_LIFECYCLE_METRICS = tuple(name for _, _, found in LIFECYCLE for name in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class EcrmOptions:
    """Choices of `crm ecrm`.

    Parameters
    ----------
    cycle_start
        First day of this cycle; goes before the sheet's. Without one there is a single cycle.
    margin
        Largest fall of satisfaction or retention that the guard-rail still lets pass.
    metrics
        Choices of the metrics.
    """

    cycle_start: date | None = None
    margin: float = 0.02
    metrics: MetricsOptions = field(default_factory=MetricsOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Computed:
    """Everything that the records say of one cycle."""

    indicators: Mapping[str, Indicator]
    metrics: Mapping[tuple[str, str], Indicator]
    by_channel: tuple[Indicator, ...]
    guards: Mapping[str, CycleValues]


def ecrm_of(
    study: Study | None,
    records: Records | None,
    sheet: BareTable | None,
    options: EcrmOptions,
    provenance: Provenance,
) -> EcrmResult:
    """Audit the five processes.

    Parameters
    ----------
    study
        Where quotations that the sheet names are looked up.
    records
        Log, survey, tickets and side tables that the indicators come from.
    sheet
        Answers to the checklists and the table of stages, one row per item and cycle.
    options
        Choices of the user.
    provenance
        Where the result comes from.

    Returns
    -------
    EcrmResult
        Checklists and indicators of the five processes, this cycle beside the last, and the stage of every
        attribute; nothing is summed.

    Raises
    ------
    StudyError
        With every fault of the sheet, or when the cycle begins outside the records.

    Examples
    --------
    The sheet of the shipped demonstration study, which is synthetic, without its records:

    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> from omnistudy.study.provenance import provenance_of
    >>> folder = shipped_study()
    >>> study = load_study(folder)
    >>> from omnistudy.study.bare_table import read_bare_table
    >>> sheet = read_bare_table(folder / "crm" / "ecrm.csv")
    >>> result = ecrm_of(study, None, sheet, EcrmOptions(), provenance_of(study))
    >>> [(one["id"], one["median"]) for one in result.payload()["stages"]["dimensions"]]
    [('information', 2.0), ('channel', 2.0), ('services', 2.0)]
    """
    values = by_level(metric_rows(records, metrics_of_sheet(sheet), options.metrics, provenance))
    ratings = ratings_of(
        sheet, sheet_reader("crm ecrm", study, values, frozenset({CYCLE_START}), cycles=True)
    )
    cycles = () if records is None else tuple(_cycles(records, _start(ratings, options)))
    # The cycle before is computed first: views of the engine are those of the cycle computed last.
    before = _computed(records, cycles[1], options, provenance) if len(cycles) > 1 else None
    now = _computed(records, cycles[0], options, provenance) if cycles else None
    return EcrmResult(
        provenance=provenance,
        ratings=ratings,
        cycles=cycles,
        pairs=tuple(_pairs(now, before)),
        by_channel=tuple(_channel_pairs(now, before)),
        lifecycle=tuple(_lifecycle(now, before)),
        guards=tuple(_guards(now, before, options.margin)),
        matrix=() if records is None else _matrix(records),
        margin=options.margin,
        confidence=options.metrics.confidence,
        loaded=() if records is None else tuple(records.tables.values()),
    )


def _start(ratings: Iterable[Rating], options: EcrmOptions) -> date | None:
    if options.cycle_start is not None:
        return options.cycle_start
    answers = [one.answer for one in ratings if one.item.id == CYCLE_START and one.answer is not None]
    return date.fromisoformat(answers[-1]) if answers else None


def _cycles(records: Records, start: date | None) -> Iterator[Cycle]:
    """The cycle that is audited, and the one before where its first day is known."""
    dated = [name for name, table in records.tables.items() if table.first_day is not None]
    if not dated:
        yield Cycle(first=None, last=None)
        return
    leading = [name for name in LEADING if name in dated] or dated
    last = max(records.window(name)[1] for name in leading)
    if start is None:
        yield Cycle(first=min(records.window(name)[0] for name in leading), last=last)
        return
    first = day_of(start)
    earliest = min(records.window(name)[0] for name in leading)
    if not earliest < first <= last:
        raise StudyError.of(
            f"The cycle begins on {start.isoformat()}, outside the records "
            f"({date_of(earliest).isoformat()} to {date_of(last).isoformat()}).",
            "Name a day inside them that leaves some records before it.",
        )
    yield Cycle(first=first, last=last)
    yield Cycle(first=first - (last - first + 1), last=first - 1)


def _computed(
    records: Records | None, cycle: Cycle, options: EcrmOptions, provenance: Provenance
) -> _Computed | None:
    if records is None:
        return None
    part = replace(records, since=cycle.first, until=cycle.last)
    names = (*(name for found in PROCESS_METRICS.values() for name in found), *_LIFECYCLE_METRICS)
    found = by_level(metric_rows(part, names, options.metrics, provenance))
    split = replace(options.metrics, by=By.CHANNEL)
    answers = metric_rows(part, ("csat", "identity_match"), split, provenance)
    case = prepared(part, options.metrics)
    return _Computed(
        indicators={one.id: one.of(case) for one in INDICATORS},
        metrics=found,
        by_channel=tuple(
            replace(by_level([row])[row.metric, row.level or ""], group=row.group)
            for row in answers
            if row.value is not None and row.level in {None, "top_two"}
        ),
        guards={
            channel: cycle_values(case, cost, channel, [row for row in answers if row.metric == "csat"])
            for cost, channel in cost_channels(case)
        },
    )


def _paired(process: str, now: Indicator, before: Indicator | None) -> Paired:
    if now.id in UNDATED:
        return Paired(process=process, now=now, before=now.lacking(UNDATED_WORDS))
    return Paired(process=process, now=now, before=now.lacking(ONE_CYCLE) if before is None else before)


def _pairs(now: _Computed | None, before: _Computed | None) -> Iterator[Paired]:
    for source in INDICATORS:
        mine = source.of(None) if now is None else now.indicators[source.id]
        yield _paired(source.process, mine, None if before is None else before.indicators[source.id])
    for process, names in PROCESS_METRICS.items():
        for name in names:
            yield _metric_pair(process, name, now, before)


def _metric_pair(process: str, name: str, now: _Computed | None, before: _Computed | None) -> Paired:
    (mine,) = metric_indicators((name,), {} if now is None else now.metrics, NOT_OFFERED)
    earlier = None if before is None else before.metrics.get((name, ""))
    return _paired(process, mine, earlier)


def _lifecycle(now: _Computed | None, before: _Computed | None) -> Iterator[Paired]:
    for stage, _, names in LIFECYCLE:
        for name in names:
            yield _metric_pair(stage, name, now, before)


def _channel_pairs(now: _Computed | None, before: _Computed | None) -> Iterator[Paired]:
    earlier = {} if before is None else {(one.id, one.group): one for one in before.by_channel}
    for one in () if now is None else now.by_channel:
        process = "integration" if one.id == "identity_match" else "performance"
        yield _paired(process, one, earlier.get((one.id, one.group)))


def _guards(now: _Computed | None, before: _Computed | None, margin: float) -> Iterator[ChannelGuard]:
    if now is None or before is None:
        return
    for channel, values in now.guards.items():
        earlier = before.guards.get(channel)
        # Cost to serve and cost per task are two measures, of which one says nothing about the other.
        if earlier is not None and earlier.cost.id == values.cost.id:
            yield guard(channel, values, earlier, margin)


def _matrix(records: Records) -> tuple[MatrixCell, ...]:
    if not (records.has("events", "service") or records.has("events", "segment")):
        return ()
    rows = records.engine.rows(MATRIX_SQL).rows
    return tuple(MatrixCell(str(row[0]), str(row[1]), str(row[2]), int(row[3] or 0)) for row in rows)
