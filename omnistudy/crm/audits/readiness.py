"""`crm readiness`: nine steps with evidence, the four KPIs, multichannel or omnichannel, risks, benefits.

A step without evidence is unscored, which is not 0. Mean and weakest step stand beside each other and
beside how many steps were scored at all.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from omnistudy.crm.audits.blocks import metric_indicators
from omnistudy.crm.audits.indicators import Indicator, by_level, metric_rows
from omnistudy.crm.audits.questionnaire import sheet_reader
from omnistudy.crm.audits.readiness_items import KPIS
from omnistudy.crm.audits.readiness_result import ReadinessResult
from omnistudy.crm.audits.risk_register import BENEFITS, NO_METRIC, NOT_OFFERED, ORGANISATION
from omnistudy.crm.audits.sheet import metrics_of_sheet, ratings_of
from omnistudy.crm.metrics.case import MetricsOptions
from omnistudy.crm.metrics.registry import METRICS
from omnistudy.crm.records.model import Records
from omnistudy.results import Message, Provenance, msg
from omnistudy.study.bare_table import BareTable
from omnistudy.study.model import Study

_NO_RECORDS = msg("there are no records to compute it from")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessOptions:
    """Choices of `crm readiness`: those of the metrics that evidence and KPIs refer to."""

    metrics: MetricsOptions = field(default_factory=MetricsOptions)


def readiness_of(
    study: Study | None,
    records: Records | None,
    sheet: BareTable | None,
    options: ReadinessOptions,
    provenance: Provenance,
) -> ReadinessResult:
    """Audit the readiness for omnichannel marketing.

    Parameters
    ----------
    study
        Where quotations that the sheet names are looked up.
    records
        What KPIs and metrics among the evidence are computed from.
    sheet
        Answers to the nine steps, the five rows of multichannel or omnichannel, and the six risks.
    options
        Choices of the user.
    provenance
        Where the result comes from.

    Returns
    -------
    ReadinessResult
        Scores from 0 to 4 of the steps that have evidence, their mean beside the weakest, and how many of the
        nine are scored.

    Raises
    ------
    StudyError
        With every fault of the sheet.

    Examples
    --------
    The sheet of the shipped demonstration study, which is synthetic, without its records:

    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> from omnistudy.study.provenance import provenance_of
    >>> folder = shipped_study()
    >>> study = load_study(folder)
    >>> from omnistudy.study.bare_table import read_bare_table
    >>> sheet = read_bare_table(folder / "crm" / "readiness.csv")
    >>> result = readiness_of(study, None, sheet, ReadinessOptions(), provenance_of(study))
    >>> result.payload()["coverage"], round(result.payload()["mean"], 2)
    ({'scored': 7, 'steps': 9}, 2.14)
    """
    names = (
        *metrics_of_sheet(sheet),
        *(name for name, _ in KPIS),
        *(name for _, _, found in (*BENEFITS, *ORGANISATION) for name in found),
    )
    values = by_level(metric_rows(records, names, options.metrics, provenance))
    ratings = ratings_of(sheet, sheet_reader("crm readiness", study, values))
    return ReadinessResult(
        provenance=provenance,
        ratings=ratings,
        kpis=tuple(_kpi(values, name, level) for name, level in KPIS),
        benefits=tuple(
            (name, title, metric_indicators(found, values, NOT_OFFERED) or (_without(title),))
            for name, title, found in BENEFITS
        ),
        organisation=tuple(
            (name, title, metric_indicators(found, values, NOT_OFFERED))
            for name, title, found in ORGANISATION
        ),
        confidence=options.metrics.confidence,
        loaded=() if records is None else tuple(records.tables.values()),
    )


def _kpi(values: dict[tuple[str, str], Indicator], name: str, level: str) -> Indicator:
    found = values.get((name, level))
    if found is not None:
        return found
    first = values.get((name, ""))
    if first is not None:
        reason = first.reason if first.value is None else msg("the records do not give it in this form")
        return replace(
            first, id=f"{name}/{level}", value=None, n=None, denominator=None, interval=None, reason=reason
        )
    metric = METRICS[name]
    return Indicator(
        id=f"{name}/{level}", title=metric.title, definition=metric.definition, reason=_NO_RECORDS
    )


def _without(title: Message) -> Indicator:
    return Indicator(id="decisions", title=title, definition=title, reason=NO_METRIC)
