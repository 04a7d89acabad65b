"""`crm metrics`: the registry of metrics, and their computation with every refusal as a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from omnistudy.crm.metrics.answers import ANSWER_METRICS
from omnistudy.crm.metrics.case import By, Case, Metric, MetricsOptions, iso_days, prepared, view_of
from omnistudy.crm.metrics.channels import CHANNEL_METRICS
from omnistudy.crm.metrics.customers import CUSTOMER_METRICS
from omnistudy.crm.metrics.ops import OPS_METRICS
from omnistudy.crm.metrics.reach import REACH_METRICS
from omnistudy.crm.metrics.result import MetricsResult
from omnistudy.crm.metrics.rows import Found, MetricRow
from omnistudy.crm.metrics.sales import SALES_METRICS
from omnistudy.crm.metrics.scales import SCALE_METRICS
from omnistudy.crm.metrics.service import SERVICE_METRICS
from omnistudy.crm.metrics.tasks import TASK_METRICS
from omnistudy.crm.metrics.weighted import WEIGHTED_METRICS
from omnistudy.crm.names import named
from omnistudy.crm.records.model import Records
from omnistudy.errors import StudyError, did_you_mean
from omnistudy.results import Message, Provenance, listed, msg

_ROWS = (
    *CUSTOMER_METRICS,
    *SALES_METRICS,
    *ANSWER_METRICS,
    *WEIGHTED_METRICS,
    *SCALE_METRICS,
    *SERVICE_METRICS,
    *CHANNEL_METRICS,
    *TASK_METRICS,
    *REACH_METRICS,
    *OPS_METRICS,
)
METRICS: Mapping[str, Metric] = MappingProxyType({metric.name: metric for metric in _ROWS})
SIDE = ("ops", "identity_map", "preferences", "cases")
PREFERRED = ("events", "transactions", "survey", "tickets", "contracts", *SIDE)


# A case is a segment that somebody drew by hand; a panel is such a segment month by month.
_ASKED: Mapping[By, frozenset[By]] = MappingProxyType(
    {By.CASE: frozenset({By.SEGMENT}), By.PANEL: frozenset({By.SEGMENT, By.PERIOD})}
)


BY_WORDS: Mapping[By, Message] = MappingProxyType(
    {
        By.ALL: msg("whole"),
        By.SEGMENT: msg("segment"),
        By.CHANNEL: msg("channel"),
        By.PERIOD: msg("month"),
        By.CASE: msg("case"),
        By.PANEL: msg("branch and month"),
    }
)


def metrics_of_records(records: Records, options: MetricsOptions, provenance: Provenance) -> MetricsResult:
    r"""Compute the chosen metrics; what cannot be computed is a row with its reason.

    Parameters
    ----------
    records
        The loaded tables; rows that were set aside on loading do not count.
    options
        Names of metrics, by what they are grouped, windows and goals.
    provenance
        Where the result comes from.

    Returns
    -------
    MetricsResult
        One row per metric, group and level: value with its unit, n of denominator, interval and method,
        window and definition; ``value`` is ``None`` with a ``reason`` where the records do not identify it.

    Raises
    ------
    StudyError
        When a metric is not known.

    Examples
    --------
    A hundred answers to the question of recommendation, 45 of 9 and 25 of 3, worked by hand: a net promoter
    score of 45 - 25 = 20.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from omnistudy.crm.metrics.case import MetricsOptions
    >>> from omnistudy.crm.records.opening import open_records
    >>> from omnistudy.study.provenance import provenance_of
    >>> answers = "ts,instrument,score,scale_min,scale_max\n" + "".join(
    ...     f"2025-03-01,nps,{score},0,10\n" for score in [9] * 45 + [3] * 25 + [7] * 30
    ... )
    >>> with TemporaryDirectory() as folder:
    ...     table = Path(folder) / "survey.csv"
    ...     _ = table.write_text(answers)
    ...     with open_records(table) as records:
    ...         options = MetricsOptions(metrics=("nps",))
    ...         result = metrics_of_records(records, options, provenance_of(records))
    >>> (row,) = result.rows
    >>> row.value, row.denominator, round(row.ci_low, 1), round(row.ci_high, 1)
    (20.0, 100, 4.1, 35.9)
    """
    for name in options.metrics:
        if name not in METRICS:
            near = did_you_mean(name, METRICS) or f"Known: {', '.join(METRICS)}."
            raise StudyError.of(f"'{name}' is not a metric.", near)
    chosen = [METRICS[name] for name in options.metrics] if options.metrics else list(METRICS.values())
    known = records.memo.setdefault(("metric rows", view_of(records, options)), {})
    missing = [metric for metric in chosen if metric.name not in known]
    if missing:
        case = prepared(records, options)
        known.update({metric.name: tuple(_rows(case, metric)) for metric in missing})
    rows = [row for metric in chosen for row in known[metric.name]]
    return MetricsResult(
        provenance=provenance,
        by=options.by,
        calendar=records.calendar,
        rows=tuple(rows),
        titles={metric.name: metric.title for metric in chosen},
        loaded=tuple(records.tables.values()),
    )


def _rows(case: Case, metric: Metric) -> Iterator[MetricRow]:
    reason = refusal(case, metric)
    window = _window(case, metric)
    found = [Found(reason=reason)] if reason is not None else list(metric.compute(case))
    if not found:
        found = [Found(n=0, denominator=0, reason=msg("no row of the records enters it"))]
    for one in found:
        interval = one.interval
        yield MetricRow(
            metric=metric.name,
            group=one.group,
            value=one.value,
            n=one.n,
            denominator=one.denominator,
            unit=one.unit,
            window=window,
            calendar=case.records.calendar,
            definition=metric.definition,
            cohort=one.cohort,
            k=one.k,
            level=one.level,
            ci_low=None if interval is None else interval.low,
            ci_high=None if interval is None else interval.high,
            ci_method=None if interval is None else interval.method,
            reason=one.reason,
        )


def _window(case: Case, metric: Metric) -> str:
    tables = [_table(case, name) for name in (metric.table, *metric.also)]
    if not metric.together or not all(case.records.has(table) for table in tables):
        return case.window(tables[0])
    days = case.shared_days(*tables)
    return "" if days is None else iso_days(*days)


def _table(case: Case, name: str) -> str:
    if name == "activity":
        return case.activity
    return case.activity if name == "contracts" and not case.records.has("contracts") else name


def refusal(case: Case, metric: Metric) -> Message | None:
    """Why a metric cannot be computed from these records; ``None`` when it can."""
    by = case.options.by
    if not _ASKED.get(by, {by}) <= metric.by:
        return msg("it is not defined per {by}", by=BY_WORDS[by])
    lacking = None if metric.table == "contracts" else _lacking(case, metric)
    return metric.refused(case) if lacking is None else lacking


def _lacking(case: Case, metric: Metric) -> Message | None:
    """The first table, customer or column that the records do not have."""
    by = case.options.by
    split = {By.SEGMENT: "segment", By.CHANNEL: "channel", By.PANEL: "branch_id"}.get(by)
    for name in (metric.table, *metric.also):
        table = _table(case, name)
        if not case.records.has(table):
            return msg("there is no table of {table}", table=named(table))
        if name == "activity" and not case.rows("select 1 from activity limit 1"):
            return msg("no row names its customer")
        if split is not None and split not in case.records.tables[table].fields:
            return msg("the table of {table} has no column {column}", table=named(table), column=split)
    needed = [field for field in metric.needs if not case.records.has(_table(case, metric.table), field)]
    if needed:
        return msg(
            "the table of {table} has no column {column}", table=named(metric.table), column=listed(needed)
        )
    return None
