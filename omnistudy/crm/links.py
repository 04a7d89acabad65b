"""`crm links`: each category of the model beside its quotations, its agreement and its metric."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from omnistudy.crm.association import Association, adjusted, associated
from omnistudy.crm.evidence import Difference, Evidence, Reliability, difference, grade, sentence
from omnistudy.crm.inputs import Records
from omnistudy.crm.interrupted import Interrupted, interrupted_series
from omnistudy.crm.intervals import wilson
from omnistudy.crm.jalali import month_label
from omnistudy.crm.link_register import Link, LinkRegister
from omnistudy.crm.links_result import LinkRow, LinksResult
from omnistudy.crm.metric_case import By, MetricsOptions
from omnistudy.crm.metric_rows import MetricRow
from omnistudy.crm.metrics import METRICS, metrics_of_records
from omnistudy.crm.reading_sql import day_of
from omnistudy.crm.refusals import Refusal
from omnistudy.results import Kind, Message, Number, Provenance, msg
from omnistudy.study.model import Coding, Study
from omnistudy.theory.retrieval import quotes_of, spread

LEAST_SHOWN = 6
NO_RECORDS = msg("the study has no customer records")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksOptions:
    """Choices of `crm links`.

    Parameters
    ----------
    metrics
        How the metrics are computed (goal events, windows, …).
    registered
        Hashes of links that were registered before the records were read.
    seed, confidence
        Of permutations and resamples, and of all intervals.
    """

    metrics: MetricsOptions = field(default_factory=MetricsOptions)
    registered: frozenset[str] = frozenset()
    seed: int = 1
    confidence: float = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """One link before its p is adjusted in the family of all links."""

    link: Link
    evidence: Evidence
    metric: MetricRow | None
    reason: Message | None
    codings: tuple[Coding, ...]
    refusals: tuple[Refusal, ...]


def links_of(
    study: Study,
    records: Records | None,
    register: LinkRegister,
    options: LinksOptions,
    provenance: Provenance,
) -> LinksResult:
    """Put the joint display together; contradictions stand first.

    Parameters
    ----------
    study
        Gives salience, quotations and agreement of the categories, by crosswalk or by equal ids.
    records
        Gives the metrics; ``None`` where the study has none.
    register
        The links.
    options, provenance
        Choices of the user, and where the result comes from.
    """
    reliability = _reliability(study, options)
    judged = [_judged(study, records, link, reliability, options) for link in register.links]
    family = [one for one in judged if one.evidence.registered and one.evidence.association is not None]
    p = adjusted([one.evidence.association.p for one in family if one.evidence.association is not None])
    by_link = {one.link.id: value for one, value in zip(family, p, strict=True)}
    rows = [_row(study, one, by_link.get(one.link.id), options) for one in judged]
    rows.sort(key=lambda row: row.grade != "X")
    return LinksResult(
        provenance=provenance,
        rows=tuple(rows),
        register=register.source.sha256,
        registered=sum(link.sha256 in options.registered for link in register.links),
        interviews=len(study.interviews),
        loaded=() if records is None else tuple(records.tables.values()),
    )


def local_codes(study: Study, category: str) -> frozenset[str]:
    """The study's codes that stand for a category of the reference: by crosswalk, else by equal id."""
    crossed = {row.local for row in study.crosswalk if row.reference == category and row.relation != "none"}
    return frozenset(crossed or ({category} if category in study.codebook else set()))


def _codings(study: Study, codes: frozenset[str]) -> tuple[Coding, ...]:
    return tuple(
        coding
        for coding in study.analysed
        if codes.intersection((coding.code, *study.codebook.ancestors(coding.code)))
    )


def _reliability(study: Study, options: LinksOptions) -> Mapping[str, Reliability]:
    """Alpha of every code that has one."""
    from omnistudy.agreement.analysis import agreement_of_study
    from omnistudy.agreement.options import AgreementOptions

    asked = AgreementOptions(
        coefficients=("krippendorff_alpha",),
        by=("code",),
        resamples=0,
        seed=options.seed,
        confidence=options.confidence,
    )
    provenance = Provenance(version="", command="", seed=None, inputs=(), synthetic=study.synthetic)
    return {
        row.code: Reliability(
            alpha=row.value, low=row.ci_low, high=row.ci_high, code=row.code, reason=row.reason
        )
        for row in agreement_of_study(study, asked, provenance).rows
        if row.scope == "code" and row.code is not None
    }


def _least_reliable(codes: Iterable[str], known: Mapping[str, Reliability]) -> Reliability:
    measured = [known[code] for code in sorted(codes) if code in known and known[code].alpha is not None]
    if not measured:
        return Reliability(alpha=None, low=None, high=None, reason=msg("no coders agree or disagree on it"))
    return min(measured, key=lambda one: one.alpha if one.alpha is not None else 1.0)


def _judged(
    study: Study,
    records: Records | None,
    link: Link,
    reliability: Mapping[str, Reliability],
    options: LinksOptions,
) -> _Judged:
    codes = local_codes(study, link.category)
    codings = _codings(study, codes)
    informants = len({coding.quotation.interview for coding in codings})
    refusals: list[Refusal] = []
    metric, reason = _metric(records, link, options)
    tested = link.role == "effect"
    if not tested:
        refusals.append(_not_tested(link))
    found, series = _change(records, link, options, refusals) if tested else (None, None)
    association = _association(study, records, link, codes, options, refusals) if tested else None
    evidence = Evidence(
        direction=link.direction,
        role=link.role,
        fit=link.fit,
        salience=(informants, len(study.interviews)),
        reliability=_least_reliable(codes, reliability),
        metric=link.metric,
        value=None if metric is None else metric.value,
        low=None if metric is None else metric.ci_low,
        high=None if metric is None else metric.ci_high,
        window="" if metric is None else metric.window,
        date=link.date,
        difference=found,
        series=series,
        association=association,
        registered=link.sha256 in options.registered,
    )
    return _Judged(
        link=link, evidence=evidence, metric=metric, reason=reason, codings=codings, refusals=tuple(refusals)
    )


def _row(study: Study, one: _Judged, p_adjusted: float | None, options: LinksOptions) -> LinkRow:
    evidence = replace(one.evidence, p_adjusted=p_adjusted)
    given = grade(evidence)
    k, n = evidence.salience
    limits = wilson(k, n, options.confidence) if n else None
    shown = None if evidence.difference is None else evidence.difference.agrees(evidence.direction)
    return LinkRow(
        link=one.link,
        grade=str(given),
        sentence=sentence(evidence, given),
        evidence=evidence,
        salience_low=None if limits is None else limits.low,
        salience_high=None if limits is None else limits.high,
        quotations=len({coding.quotation for coding in one.codings}),
        proposal="unknown" if shown is None else ("agrees" if shown else "disagrees"),
        reason=one.reason,
        ci_method=None if one.metric is None else one.metric.ci_method,
        quotes=spread(quotes_of(study, one.codings), 2),
        refusals=one.refusals,
    )


def _metric(
    records: Records | None, link: Link, options: LinksOptions, by: By = By.ALL
) -> tuple[MetricRow | None, Message | None]:
    """The row of the metric that the link means, or why there is none."""
    if records is None:
        return None, NO_RECORDS
    if link.metric not in METRICS:
        return None, msg("{metric} is not computed from these records", metric=link.metric)
    rows = [
        row for row in _metric_rows(records, link, options, by) if not link.level or row.level == link.level
    ]
    known = [row for row in rows if row.value is not None]
    if len(known) == 1:
        return known[0], None
    if known:
        return None, msg("{metric} has several rows: name a level in the link", metric=link.metric)
    return None, rows[0].reason if rows else msg(
        "{metric} has no level {level}", metric=link.metric, level=link.level
    )


def _metric_rows(records: Records, link: Link, options: LinksOptions, by: By) -> tuple[MetricRow, ...]:
    asked = replace(options.metrics, metrics=(link.metric,), by=by, confidence=options.confidence)
    nowhere = Provenance(version="", command="", seed=None, inputs=(), synthetic=False)
    return metrics_of_records(records, asked, nowhere).rows


def _not_tested(link: Link) -> Refusal:
    return Refusal(
        code="role",
        subject=link.id,
        reason=msg("its role is {role}: it tells for whom or against what something holds.", role=link.role),
        needed=msg("a link whose role is effect."),
    )


def _change(
    records: Records | None, link: Link, options: LinksOptions, refusals: list[Refusal]
) -> tuple[Difference | None, Interrupted | None]:
    """The metric before and after the date of the strategy, and its monthly series."""
    change = link.change
    if change is None or records is None or link.metric not in METRICS:
        return None, None
    before, _ = _metric(replace(records, until=day_of(change) - 1), link, options)
    after, _ = _metric(replace(records, since=day_of(change)), link, options)
    found = None
    if before is not None and after is not None:
        sides = [_limits(before), _limits(after)]
        found = difference(sides[0], sides[1]) if sides[0] is not None and sides[1] is not None else None
    series = _series(records, link, change, options)
    if isinstance(series, Refusal):
        refusals.append(series)
        return found, None
    return found, series


def _limits(row: MetricRow) -> tuple[float, float, float] | None:
    if row.value is None or row.ci_low is None or row.ci_high is None:
        return None
    return row.value, row.ci_low, row.ci_high


def _series(records: Records, link: Link, change: date, options: LinksOptions) -> Interrupted | Refusal:
    rows = _metric_rows(records, link, options, By.PERIOD)
    values = {row.group: row.value for row in rows if not link.level or row.level == link.level}
    first = _month_of(change, records.calendar)
    whole = sorted(label for label, value in values.items() if value is not None and "-" in label)
    consecutive = [label for label in whole if _is_whole(records, label)]
    at = sum(label < first for label in consecutive)
    return interrupted_series([float(values[label] or 0.0) for label in consecutive], at, options.confidence)


def _month_of(day: date, calendar: str) -> str:
    from omnistudy.crm.jalali import to_jalali

    year, month = to_jalali(day)[:2] if calendar == "jalali" else (day.year, day.month)
    return f"{year:04d}-{month:02d}"


def _is_whole(records: Records, label: str) -> bool:
    from omnistudy.crm.jalali import month_bounds

    index = int(label[:4]) * 12 + int(label[5:]) - 1
    start, end = month_bounds(index, records.calendar)
    assert month_label(index) == label  # noqa: S101 - labels are made by month_label
    return any(
        records.window(name)[0] <= day_of(start) and day_of(end) <= records.window(name)[1]
        for name, table in records.tables.items()
        if table.first_day is not None
    )


def _association(
    study: Study,
    records: Records | None,
    link: Link,
    codes: frozenset[str],
    options: LinksOptions,
    refusals: list[Refusal],
) -> Association | None:
    """Salience against metric over cases; refused where the interviews speak of one organisation."""
    if not link.case or records is None:
        refusals.append(_no_cases(study, link))
        return None
    salience = _salience_by_case(study, codes, link.case)
    rows = _metric_rows(records, link, options, By.SEGMENT) if link.metric in METRICS else ()
    metric = {
        row.group: row.value
        for row in rows
        if row.value is not None and (not link.level or row.level == link.level)
    }
    cases = sorted(set(salience) & set(metric))
    found = associated(
        [salience[one] for one in cases], [metric[one] or 0.0 for one in cases], seed=options.seed
    )
    if isinstance(found, Refusal):
        refusals.append(replace(found, subject=link.id))
        return None
    return found


def _no_cases(study: Study, link: Link) -> Refusal:
    return Refusal(
        code="no_cases",
        subject=link.id,
        reason=msg(
            "{n} informants speak of one organisation, whose metric has one value: nothing varies, so there is no "
            "correlation to compute.",
            n=Number(len(study.interviews), Kind.COUNT),
        ),
        needed=msg(
            "at least 10 cases (branches, regions, segments) that carry both coded interviews and their own metric; "
            'name the attribute with case = "…".'
        ),
    )


def _salience_by_case(study: Study, codes: frozenset[str], attribute: str) -> dict[str, float]:
    """Share of the interviews of each case in which the category occurs."""
    holding = {coding.quotation.interview for coding in _codings(study, codes)}
    members: dict[str, list[bool]] = {}
    for interview in study.interviews:
        case = interview.attributes.get(attribute)
        if case:
            members.setdefault(case, []).append(interview.id in holding)
    return {case: sum(held) / len(held) for case, held in members.items()}
