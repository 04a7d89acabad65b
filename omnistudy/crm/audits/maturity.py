"""`crm maturity`: the declared level beside what the log shows, five traits, and what to check by hand.

The levels, traits and checklists come from essays on omnichannel; the criteria, thresholds and
observables are this program's and are printed with the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from omnistudy.crm.audits.blocks import metric_indicators
from omnistudy.crm.audits.indicators import Indicator, by_level, metric_rows
from omnistudy.crm.audits.maturity_items import CENTRAL_RECORD, DECLARED, VALUES
from omnistudy.crm.audits.maturity_levels import (
    PRECONDITION,
    THRESHOLD_NAMES,
    Level,
    Observed,
    Thresholds,
    observed_level,
)
from omnistudy.crm.audits.maturity_result import MaturityResult
from omnistudy.crm.audits.maturity_traits import OBSERVABLES, traits_of
from omnistudy.crm.audits.questionnaire import sheet_reader
from omnistudy.crm.audits.risk_register import NOT_OFFERED
from omnistudy.crm.audits.sheet import Rating, metrics_of_sheet, ratings_of
from omnistudy.crm.metrics.case import Case, MetricsOptions, prepared
from omnistudy.crm.records.model import Records
from omnistudy.errors import Problem, StudyError, did_you_mean
from omnistudy.results import Provenance, msg
from omnistudy.study.bare_table import BareTable
from omnistudy.study.model import Study

_METRICS = ("continuity", "repeat_information", "personalised_share")


@dataclass(frozen=True, slots=True, kw_only=True)
class MaturityOptions:
    """Choices of `crm maturity`.

    Parameters
    ----------
    declared
        Level that the organisation declares; goes before the sheet's.
    central_record
        Document that shows a central customer record; goes before the sheet's.
    thresholds
        Where the criteria are cut.
    days
        Window of replies, prompts and requests after an offer.
    metrics
        Choices of the metrics that the sheet refers to.
    """

    declared: Level | None = None
    central_record: str = ""
    thresholds: Thresholds = field(default_factory=Thresholds)
    days: int = 7
    metrics: MetricsOptions = field(default_factory=MetricsOptions)


def maturity_of(
    study: Study | None,
    records: Records | None,
    sheet: BareTable | None,
    options: MaturityOptions,
    provenance: Provenance,
) -> MaturityResult:
    """Audit the maturity of the channels.

    Parameters
    ----------
    study
        Where quotations that the sheet names are looked up.
    records
        The log; without events the observed level is not assessable.
    sheet
        Answers to :data:`~omnistudy.crm.audits.maturity_items.MATURITY_ITEMS`.
    options
        Choices of the user.
    provenance
        Where the result comes from.

    Returns
    -------
    MaturityResult
        Declared and observed level with the first criterion that fails; what the log cannot show is not
        assessable, neither passed nor failed.

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
    >>> sheet = read_bare_table(folder / "crm" / "maturity.csv")
    >>> result = maturity_of(study, None, sheet, MaturityOptions(), provenance_of(study))
    >>> result.payload()["declared"], result.payload()["observed"]
    ('omni', None)
    """
    names = (*metrics_of_sheet(sheet), *_METRICS, *(name for _, _, found in VALUES for name in found))
    values = by_level(metric_rows(records, names, options.metrics, provenance))
    reader = sheet_reader("crm maturity", study, values, frozenset({DECLARED}))
    ratings = ratings_of(sheet, reader)
    central = _central(ratings, options)
    logged = None if records is None or not records.has("events") else records
    case = None if logged is None else prepared(logged, options.metrics)
    return MaturityResult(
        provenance=provenance,
        declared=_declared(ratings, options),
        observed=None if case is None else _observed(case, options, values, central),
        central=central,
        thresholds=options.thresholds,
        traits=traits_of(case, options.days),
        ratings=ratings,
        values=tuple(
            (name, title, metric_indicators(found, values, NOT_OFFERED)) for name, title, found in VALUES
        ),
        days=options.days,
        confidence=options.metrics.confidence,
        window="" if case is None else case.window("events"),
        loaded=() if records is None else tuple(records.tables.values()),
    )


def thresholds_of(pairs: Mapping[str, str]) -> Thresholds:
    """Thresholds from ``name=value`` pairs of the command line.

    Raises
    ------
    StudyError
        With every unknown name and every value outside 0 to 1.
    """
    problems: list[Problem] = []
    changed: dict[str, float] = {}
    for name, written in pairs.items():
        if name not in THRESHOLD_NAMES:
            near = did_you_mean(name, THRESHOLD_NAMES) or f"Known: {', '.join(THRESHOLD_NAMES)}."
            problems += StudyError.of(f"'{name}' is not a threshold.", near).problems
            continue
        try:
            value = float(written)
        except ValueError:
            value = -1.0
        if not 0 <= value <= 1:
            remedy = f"Write it as --threshold {name}=0.8."
            problems += StudyError.of(f"The threshold {name} is no share from 0 to 1.", remedy).problems
        changed[name] = value
    if problems:
        raise StudyError(problems)
    return replace(Thresholds(), **changed)


def _declared(ratings: tuple[Rating, ...], options: MaturityOptions) -> Level | None:
    if options.declared is not None:
        return options.declared
    answer = next(one.answer for one in ratings if one.item.id == DECLARED)
    return None if answer is None else Level.named(answer)


def _central(ratings: tuple[Rating, ...], options: MaturityOptions) -> Indicator:
    """The precondition as a criterion: 1 where evidenced, else not assessable with its reason."""
    needed = msg("the row {item} with yes and evidence, or --central-record DOCUMENT", item=CENTRAL_RECORD)
    if options.central_record:
        return replace(PRECONDITION, value=1.0, n=1, denominator=1)
    rating = next(one for one in ratings if one.item.id == CENTRAL_RECORD)
    if not rating.counts:
        reason = msg("whether there is a central customer record is not evidenced: {why}", why=rating.reason)
        return PRECONDITION.lacking(reason, needed)
    if rating.answer != "yes":
        reason = msg("there is no central customer record, so omnichannel cannot be assessed")
        return PRECONDITION.lacking(reason, needed)
    return replace(PRECONDITION, value=1.0, n=1, denominator=1)


def _observed(
    case: Case,
    options: MaturityOptions,
    values: Mapping[tuple[str, str], Indicator],
    central: Indicator,
) -> Observed:
    found = {name: values[name, ""] for name in _METRICS}
    found["process_similarity"] = OBSERVABLES["process_similarity"].of(case, options.days)
    return observed_level(case, options.thresholds, found, central)
