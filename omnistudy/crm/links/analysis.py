"""`crm links`: each category of the model beside its quotations, its agreement and its metric."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from omnistudy.crm.links.association import adjusted
from omnistudy.crm.links.cases import OverCases, over_cases, salience_by_case
from omnistudy.crm.links.change import Change, changes_of
from omnistudy.crm.links.grades import Evidence, Reliability, changed_with_control, grade, sentence
from omnistudy.crm.links.measures import paradigm_figure
from omnistudy.crm.links.metrics import Rows, measured, row_of, whole
from omnistudy.crm.links.panel import Panel, panel_of
from omnistudy.crm.links.refusals import blocks_of, causal_words, no_watermark, not_tested, requested
from omnistudy.crm.links.register import Link, LinkRegister
from omnistudy.crm.links.result import LinkRow, LinksResult
from omnistudy.crm.links.words import metric_name
from omnistudy.crm.metrics.case import MetricsOptions
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.crm.records.model import Records
from omnistudy.crm.refusals import Refusal
from omnistudy.crm.statistics.intervals import wilson
from omnistudy.results import Label, Message, Provenance, msg
from omnistudy.study.model import Coding, Study
from omnistudy.theory.counts.retrieval import quotes_of, spread

MOST_QUOTES = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LinksOptions:
    """Choices of `crm links`.

    Parameters
    ----------
    metrics
        How the metrics are computed (goal events, windows, …).
    registered
        Hashes of links that were registered before the records were read.
    labels
        Names of the categories; the study's own codes need none.
    seed, confidence
        Of permutations and resamples, and of all intervals.
    """

    metrics: MetricsOptions = field(default_factory=MetricsOptions)
    registered: frozenset[str] = frozenset()
    labels: Mapping[str, Label] = field(default_factory=lambda: MappingProxyType({}))
    seed: int = 1
    confidence: float = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """One link before its p is adjusted in the family of all links."""

    link: Link
    evidence: Evidence
    metric: MetricRow | None
    reason: Message | None
    codes: frozenset[str]
    codings: tuple[Coding, ...]
    change: Change
    cases: OverCases
    panel: Panel | None
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What all links of one run share."""

    study: Study
    records: Records | None
    rows: Rows
    reliability: Mapping[str, Reliability]
    changes: Mapping[str, Change]
    blocks: Mapping[str, int]
    options: LinksOptions


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
        Choices of the user, and where the result comes from. Synthetic interviews or records carry their
        watermark whatever the provenance says.

    Returns
    -------
    LinksResult
        One row per link with grounding, reliability, the metric's value, the tests that were registered, and
        a grade of evidence; refusals say why something was not tested.

    Raises
    ------
    StudyError
        A link to a category or metric that does not exist.

    Examples
    --------
    The shipped demonstration study without its records, so that every link rests on the interviews alone:

    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> from omnistudy.study.provenance import provenance_of
    >>> folder = shipped_study()
    >>> study = load_study(folder)
    >>> from omnistudy.crm.links.register import read_links
    >>> from omnistudy.crm.metrics.registry import METRICS
    >>> register = read_links(folder / "crm" / "links.toml", METRICS)
    >>> result = links_of(study, None, register, LinksOptions(), provenance_of(study))
    >>> len(result.rows), {str(row.grade) for row in result.rows} <= {"Q0", "Q1"}
    (8, True)
    """
    asked = replace(options.metrics, confidence=options.confidence)
    rows: Rows = {} if records is None else measured(records, register.links, asked)
    known = _Known(
        study=study,
        records=records,
        rows=rows,
        reliability=_reliability(study, options),
        changes=changes_of(rows, register.links, records, options.confidence),
        blocks=blocks_of(register.links),
        options=options,
    )
    judged = _repeated([_judged(known, link) for link in register.links])
    p = _family(judged)
    found = [_row(known, one, p.get(one.link.id)) for one in judged]
    found.sort(key=lambda row: row.grade != "X")
    synthetic = study.synthetic or (records is not None and records.columns.synthetic)
    shown = replace(provenance, synthetic=provenance.synthetic or synthetic)
    return LinksResult(
        provenance=shown,
        rows=tuple(found),
        register=register.source.sha256,
        registered=sum(link.sha256 in options.registered for link in register.links),
        interviews=len(study.interviews),
        loaded=() if records is None else tuple(records.tables.values()),
        figure=paradigm_figure(study, found, shown),
        refusals=(no_watermark(),) if synthetic and not provenance.synthetic else (),
    )


def _family(judged: list[_Judged]) -> dict[str, float]:
    """Adjust p within the confirmatory family: the registered links that could be tested over cases."""
    family = {
        one.link.id: one.evidence.association.p
        for one in judged
        if one.evidence.registered and one.evidence.association is not None
    }
    return dict(zip(family, adjusted(list(family.values())), strict=True))


def _repeated(judged: list[_Judged]) -> list[_Judged]:
    """Count for every link the others that found the same with a control at another date or place."""
    found = []
    for one in judged:
        same = {
            (other.link.date, other.link.within)
            for other in judged
            if _finding(other.link) == _finding(one.link)
            and (other.link.date, other.link.within) != (one.link.date, one.link.within)
            and changed_with_control(other.evidence)
        }
        found.append(replace(one, evidence=replace(one.evidence, repetitions=len(same))))
    return found


def _finding(link: Link) -> tuple[str, str, str, str]:
    return link.category, link.metric, link.level, link.direction


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
        if row.code is not None
    }


def _least_reliable(codes: Iterable[str], known: Mapping[str, Reliability]) -> Reliability:
    alphas = [(known[code].alpha, code) for code in codes if code in known]
    measured_codes = [(alpha, code) for alpha, code in alphas if alpha is not None]
    if not measured_codes:
        return Reliability(alpha=None, low=None, high=None, reason=msg("no coders agree or disagree on it"))
    return known[min(measured_codes)[1]]


def _judged(known: _Known, link: Link) -> _Judged:
    study, records, options = known.study, known.records, known.options
    codes = local_codes(study, link.category)
    codings = _codings(study, codes)
    change = known.changes[link.id]
    tested = link.role == "effect"
    cases = OverCases()
    panel: Panel | Refusal | None = None
    refusals = [] if tested else [not_tested(link)]
    if tested:
        cases = over_cases(study, records, known.rows, link, codings, (options.seed, options.confidence))
        if link.test == "panel":
            exposed = {} if records is None else salience_by_case(study, records, link, codings)
            panel = panel_of(records, link, exposed, options.metrics, (options.seed, options.confidence))
    asked = requested(link, cases.n, known.blocks[link.category], len(study.interviews))
    refusals += [one for one in (*change.refusals, cases.refusal, asked) if one is not None]
    if isinstance(panel, Refusal):
        refusals.append(panel)
    metric, reason = row_of(known.rows, whole(link), link, records)
    evidence = Evidence(
        direction=link.direction,
        role=link.role,
        fit=link.fit,
        salience=(len({coding.quotation.interview for coding in codings}), len(study.interviews)),
        reliability=_least_reliable(codes, known.reliability),
        metric=metric_name(link.metric),
        value=None if metric is None else metric.value,
        low=None if metric is None else metric.ci_low,
        high=None if metric is None else metric.ci_high,
        unit="" if metric is None else metric.unit,
        window="" if metric is None else metric.window,
        date=link.date,
        difference=change.difference,
        series=change.series,
        controlled=change.controlled,
        association=cases.association,
        registered=link.sha256 in options.registered,
    )
    above = {up for code in codes for up in study.codebook.ancestors(code)}
    return _Judged(
        link=link,
        evidence=evidence,
        metric=metric,
        reason=reason,
        codes=codes | above,
        codings=codings,
        change=change,
        cases=cases,
        panel=None if isinstance(panel, Refusal) else panel,
        refusals=tuple(refusals),
    )


def _row(known: _Known, one: _Judged, p_adjusted: float | None) -> LinkRow:
    study, link = known.study, one.link
    evidence = replace(one.evidence, p_adjusted=p_adjusted)
    given = grade(evidence)
    k, n = evidence.salience
    limits = wilson(k, n, known.options.confidence) if n else None
    shown = None if evidence.difference is None else evidence.difference.agrees(evidence.direction)
    words = causal_words(link, str(given))
    return LinkRow(
        link=link,
        label=_label(known, link.category),
        grade=str(given),
        sentence=sentence(evidence, given),
        evidence=evidence,
        codes=one.codes,
        salience_low=None if limits is None else limits.low,
        salience_high=None if limits is None else limits.high,
        quotations=len({coding.quotation for coding in one.codings}),
        proposal="unknown" if shown is None else ("agrees" if shown else "disagrees"),
        reason=one.reason,
        unit="" if one.metric is None else one.metric.unit,
        ci_method=None if one.metric is None else one.metric.ci_method,
        quotes=spread(quotes_of(study, one.codings), MOST_QUOTES),
        change=one.change,
        cases=one.cases,
        panel=one.panel,
        meta_inference="" if words is not None else link.meta_inference,
        refusals=one.refusals if words is None else (*one.refusals, words),
    )


def _label(known: _Known, category: str) -> Label:
    if category in known.options.labels:
        return known.options.labels[category]
    return known.study.codebook[category].label if category in known.study.codebook else Label(category)
