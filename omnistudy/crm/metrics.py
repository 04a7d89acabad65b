"""`crm metrics`: the registry of metrics, and their computation with every refusal as a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from omnistudy.crm.inputs import Records
from omnistudy.crm.metric_answers import ANSWER_METRICS
from omnistudy.crm.metric_case import By, Case, Metric, MetricsOptions, prepared
from omnistudy.crm.metric_channels import CHANNEL_METRICS
from omnistudy.crm.metric_customers import CUSTOMER_METRICS
from omnistudy.crm.metric_rows import Found, MetricRow
from omnistudy.crm.metrics_result import MetricsResult
from omnistudy.errors import StudyError, did_you_mean
from omnistudy.results import Message, Provenance, msg

METRICS: Mapping[str, Metric] = MappingProxyType(
    {metric.name: metric for metric in (*CUSTOMER_METRICS, *ANSWER_METRICS, *CHANNEL_METRICS)}
)
PREFERRED = ("events", "transactions", "survey", "tickets", "contracts")


def metrics_of_records(records: Records, options: MetricsOptions, provenance: Provenance) -> MetricsResult:
    """Compute the chosen metrics; what cannot be computed is a row with its reason.

    Raises
    ------
    StudyError
        When a metric is not known.
    """
    for name in options.metrics:
        if name not in METRICS:
            near = did_you_mean(name, METRICS) or f"Known: {', '.join(METRICS)}."
            raise StudyError.of(f"'{name}' is not a metric.", near)
    case = prepared(records, options)
    chosen = [METRICS[name] for name in options.metrics] if options.metrics else list(METRICS.values())
    rows = [row for metric in chosen for row in _rows(case, metric)]
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
    window = case.window(_table(case, metric.table))
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


def _table(case: Case, name: str) -> str:
    if name == "activity":
        return case.activity
    return case.activity if name == "contracts" and not case.records.has("contracts") else name


def refusal(case: Case, metric: Metric) -> Message | None:
    """Why a metric cannot be computed from these records; ``None`` when it can."""
    by = case.options.by
    if by not in metric.by:
        return msg("it is not defined per {by}", by=str(by))
    if metric.table != "contracts":
        for name in (metric.table, *metric.also):
            table = _table(case, name)
            if not case.records.has(table):
                return msg("there is no table of {table}", table=table)
            if name == "activity" and not case.rows("select 1 from activity limit 1"):
                return msg("no row names its customer")
            if by in {By.SEGMENT, By.CHANNEL} and str(by) not in case.records.tables[table].fields:
                return msg("the table of {table} has no column {column}", table=table, column=str(by))
        lacking = [field for field in metric.needs if not case.records.has(_table(case, metric.table), field)]
        if lacking:
            return msg(
                "the table of {table} has no column {column}", table=metric.table, column=", ".join(lacking)
            )
    return metric.refused(case)
