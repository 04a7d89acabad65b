"""Coefficients of one scope: replicates on common resamples, and the rows that come of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from omnistudy.agreement.coefficients import analytic
from omnistudy.agreement.coefficients.analytic import AnalyticInput
from omnistudy.agreement.coefficients.registry import Chance
from omnistudy.agreement.intervals.limits import (
    Interval,
    bca,
    jackknife,
    jackknife_z,
    percentile,
    shares_below,
)
from omnistudy.agreement.intervals.replicates import (
    Draws,
    Replicates,
    Sampling,
    View,
    by_interview,
    by_unit,
    replicate,
)
from omnistudy.agreement.intervals.unanimous import lowest_value, most_differing, settled
from omnistudy.agreement.options import LEAVING_OUT, AgreementOptions
from omnistudy.agreement.ratings.counts import Tally
from omnistudy.agreement.ratings.rating_table import MISSING, PRESENT, FloatArray, Ratings
from omnistudy.agreement.scopes import kalpha
from omnistudy.agreement.scopes.cases import Case, undefined_reason
from omnistudy.agreement.scopes.coverage import simulated
from omnistudy.agreement.scopes.rows import AgreementRow
from omnistudy.results import Message, msg

FEW_CLUSTERS = 5
SMALL_CLUSTERS = 10
SMALL_UNITS = 40
SIDE_EFFORT = 20_000_000
MAIN_EFFORT = 1_500_000_000
_PARADOX_AGREEMENT, _PARADOX_GAP = 0.80, 0.20


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the rows of a table are about, copied into each of them."""

    name: str
    unit: str
    aggregate: str = "direct"
    code: str | None = None
    interview: str | None = None
    assumed_seen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """One coefficient on one table with its replicates."""

    case: Case
    replicates: Replicates | None

    @property
    def value(self) -> float | None:
        """The estimate, if there is one."""
        return None if self.replicates is None else number(self.replicates.value)

    @property
    def reason(self) -> Message | None:
        """Why there is no estimate."""
        return None if self.value is not None else self.case.reason or undefined_reason(self.case)


def number(value: float) -> float | None:
    """Turn the engine's NaN into ``None``."""
    return value if math.isfinite(value) else None


def sampling_for(ratings: Ratings, counted: Tally, options: AgreementOptions) -> Sampling:
    """Return what is left out or drawn: interviews where they are known and more than one, else units.

    Characters are never sampled singly: with one interview there is then no interval.
    """
    frame = ratings.frame
    wanted = options.cluster or "interview"
    if frame.runs and frame.interview is not None:
        return by_interview(counted, frame.interview, frame.weight)
    if wanted == "interview" and frame.interview is not None:
        rated = (ratings.codes != MISSING).any(axis=0)
        if len(np.unique(frame.interview[rated])) > 1:
            return by_interview(counted, frame.interview, frame.weight)
    return by_unit(counted)


def draws_for(options: AgreementOptions) -> Draws:
    """Return the resamples: always exact where an interval rests on them and time allows."""
    wanted = options.ci in {"bca", "percentile"}
    return Draws(
        resamples=options.resamples, seed=options.seed, effort=MAIN_EFFORT if wanted else SIDE_EFFORT
    )


def run(cases: Sequence[Case], sampling: Sampling, options: AgreementOptions) -> list[Outcome]:
    """Replicate the cases that have an estimator; all see the same resamples."""
    live = [case for case in cases if case.estimator is not None]
    views = [View(case.setting.tally, case.estimator) for case in live if case.estimator is not None]
    wanted = options.ci in LEAVING_OUT
    done = dict(
        zip(map(id, live), replicate(views, sampling, draws_for(options), jackknife=wanted), strict=True)
    )
    return [Outcome(case=case, replicates=done.get(id(case))) for case in cases]


def row_of(outcome: Outcome, scope: Scope, sampling: Sampling, options: AgreementOptions) -> AgreementRow:
    """Return the row of one coefficient on one table."""
    case, found = outcome.case, outcome.replicates
    counted = case.setting.tally
    row = replace(blank_row(case, scope, sampling), reason=outcome.reason)
    if _is_binary(case):
        row = _with_shares_of_the_code(row, counted)
    if found is not None:
        row = replace(row, observed=number(found.observed))
        row = replace(row, expected=number(found.expected) if case.row.corrected else None)
    if found is not None and outcome.value is not None:
        span = interval_of(case, found, sampling.cluster, options)
        row = with_interval_of_table(replace(row, value=outcome.value), span, counted)
        row = replace(row, simulated=simulated(row, options.ci, _interviews(row, case.setting.ratings)))
    return replace(
        row, flag=flags(row, varies=counted.varies, assumed=scope.assumed_seen, gap=_gap(row, case))
    )


def _interviews(row: AgreementRow, ratings: Ratings) -> int:
    """Return how many interviews hold the units, where single units were sampled."""
    inside = ratings.frame.interview
    if row.cluster == "interview" or inside is None:
        return 1
    return len(np.unique(inside[(ratings.codes != MISSING).any(axis=0)]))


def blank_row(case: Case, scope: Scope, sampling: Sampling) -> AgreementRow:
    """Return what is known of a coefficient on a table before it is computed."""
    counted, ratings = case.setting.tally, case.setting.ratings
    return AgreementRow(
        scope=scope.name,
        aggregate=scope.aggregate,
        code=scope.code,
        coders=ratings.coders,
        interview=scope.interview,
        coefficient=case.row.name,
        metric=case.metric,
        weights=case.weights,
        unit=scope.unit,
        value=None,
        reason=None,
        observed=None,
        expected=None,
        k=None if case.of_sets else ratings.k,
        se=None,
        ci_low=None,
        ci_high=None,
        ci_method="none",
        cluster=sampling.cluster,
        n_clusters=sampling.n,
        resamples=None,
        p_below_667=None,
        p_below_80=None,
        n_units=counted.n_units,
        n_pairable=counted.n_pairable,
        n_coders=len(ratings.coders),
        n_codes=None,
        missing_share=counted.missing_share,
        prevalence=None,
        prevalence_index=None,
        bias_index=None,
        coverage=None,
        flag=(),
    )


def with_interval(row: AgreementRow, span: Interval) -> AgreementRow:
    """Return the row with its uncertainty."""
    return replace(
        row,
        se=span.se,
        ci_low=span.low,
        ci_high=span.high,
        ci_method=span.method,
        resamples=span.resamples,
        p_below_667=span.below_tentative,
        p_below_80=span.below_firm,
    )


def with_interval_of_table(row: AgreementRow, span: Interval, counted: Tally) -> AgreementRow:
    """Return the row of one table with its uncertainty; formulas that know no clusters say so."""
    row = with_interval(row, span)
    if span.method in {"analytic", "kalpha"}:
        row = replace(row, cluster="unit", n_clusters=counted.n_units)
    return row


def interval_of(case: Case, found: Replicates, sampled: str, options: AgreementOptions) -> Interval:
    """Return the interval of a coefficient on a table as the options want it.

    Parameters
    ----------
    case, found
        The coefficient with its replicates.
    sampled
        What was left out or drawn: ``unit`` or ``interview``.
    options
        Method and level.
    """
    if options.ci == "kalpha" and case.row.name == "krippendorff_alpha" and case.estimator is not None:
        return kalpha.interval(case.setting.tally, case.estimator, options)
    span = _analytic(case, found, options) if options.ci == "analytic" else from_replicates(found, options)
    lower = _exact_limit(case, found, options) if sampled == "unit" else None
    return with_shares(settled(span, found.observed, lower), found)


def _exact_limit(case: Case, found: Replicates, options: AgreementOptions) -> float | None:
    """Return the lower limit for coders who never differed; ``None`` for what is no agreement of units."""
    if case.row.name != "percent_agreement" and (not case.row.corrected or case.row.bound):
        return None
    counted = case.setting.tally
    expected = found.expected if case.row.corrected else 0.0
    categories = counted.m if case.of_sets else case.setting.ratings.k
    most = max(most_differing(size, categories) for size in counted.ratings_per_unit if size > 1)
    return lowest_value(expected, counted.n_pairable, most, options.confidence)


def with_shares(span: Interval, found: Replicates) -> Interval:
    """Add the shares of resamples below the lines to an interval."""
    resamples, tentative, firm = shares_below(found)
    return replace(span, resamples=resamples, below_tentative=tentative, below_firm=firm)


def from_replicates(found: Replicates, options: AgreementOptions) -> Interval:
    """Return the jackknife or bootstrap interval of a value."""
    match options.ci:
        case "jackknife":
            return jackknife(found, options.confidence)
        case "jackknife_z":
            return jackknife_z(found, options.confidence)
        case "percentile":
            return percentile(found, options.confidence)
        case "bca":
            return bca(found, options.confidence)
    return Interval(options.ci)


def _analytic(case: Case, found: Replicates, options: AgreementOptions) -> Interval:
    if case.row.analytic is None or case.metric != "nominal":
        return Interval("analytic")
    data = AnalyticInput(
        tally=case.setting.tally,
        weights=case.setting.weights,
        value=found.value,
        expected=found.expected if case.row.corrected else 0.0,
    )
    return analytic.interval(case.row.analytic(data), found.value, options.confidence)


def _is_binary(case: Case) -> bool:
    ratings = case.setting.ratings
    return ratings.k == 2 and len(ratings.categories) == 2 and not case.of_sets


def _with_shares_of_the_code(row: AgreementRow, counted: Tally) -> AgreementRow:
    total = int(counted.totals.sum())
    carrying = sum(int(n) for n, used in zip(counted.totals, counted.used, strict=True) if used == PRESENT)
    share = carrying / total if total else None
    index = None if share is None else 2 * share - 1
    return replace(row, prevalence=share, prevalence_index=index, bias_index=_bias(counted))


def _bias(counted: Tally) -> float | None:
    if counted.m != 2 or not counted.n_pairable:
        return None
    both = (counted.codes != MISSING).all(axis=0)
    position = [i for i, used in enumerate(counted.used) if used == PRESENT]
    if not position:
        return 0.0
    first, second = (
        float(counted.multiplicity[both & (coder == position[0])].sum()) for coder in counted.codes
    )
    return (first - second) / float(counted.multiplicity[both].sum())


def _gap(row: AgreementRow, case: Case) -> float | None:
    """How far the value lies below Brennan–Prediger with the same observed agreement."""
    margins_matter = case.row.chance is Chance.RATINGS and not case.row.bound
    if row.value is None or row.observed is None or not margins_matter or not row.k or row.k < 2:
        return None
    return (row.observed - 1 / row.k) / (1 - 1 / row.k) - row.value


def flags(row: AgreementRow, *, varies: bool, assumed: bool, gap: float | None) -> tuple[str, ...]:
    """Return the warnings of a row, in the contract's order.

    ``gap`` is how far the value lies below Brennan–Prediger, ``None`` where that means nothing.
    """
    clustered = row.cluster == "interview"
    raised = {
        "paradox": gap is not None and gap >= _PARADOX_GAP and (row.observed or 0) >= _PARADOX_AGREEMENT,
        "small_n": row.n_clusters < SMALL_CLUSTERS if clustered else row.n_pairable < SMALL_UNITS,
        "few_clusters": clustered and row.n_clusters < FEW_CLUSTERS,
        "no_variation": not varies and row.n_pairable > 0,
        "assumed_seen": assumed,
    }
    return tuple(name for name, up in raised.items() if up)


def mean_row(
    outcomes: Sequence[Outcome], blank: AgreementRow, options: AgreementOptions, *, assumed_seen: bool
) -> AgreementRow:
    """Return the mean over codes of one coefficient, with its own interval.

    A code without a value does not enter; in a replicate, neither does a code that has none there.

    Parameters
    ----------
    outcomes
        The coefficient on every code, replicated on common rows.
    blank
        The row to fill, which describes the whole table.
    """
    case = outcomes[0].case
    live = [o.replicates for o in outcomes if o.replicates is not None and o.value is not None]
    row = replace(
        blank, coefficient=case.row.name, metric="nominal", weights=case.weights, k=2, n_codes=len(live)
    )
    if not live:
        reasons = {str(o.reason) for o in outcomes}
        reason = outcomes[0].reason if len(reasons) == 1 else None
        row = replace(row, reason=reason or msg("no code has a value; see the rows per code"))
        return replace(row, flag=flags(row, varies=True, assumed=assumed_seen, gap=None))
    pooled = mean_of(live)
    span = with_shares(settled(from_replicates(pooled, options), pooled.observed, None), pooled)
    row = replace(
        row,
        value=pooled.value,
        observed=number(pooled.observed),
        expected=number(pooled.expected) if case.row.corrected else None,
    )
    row = with_interval(row, span)
    return replace(row, flag=flags(row, varies=True, assumed=assumed_seen, gap=None))


def mean_of(live: Sequence[Replicates]) -> Replicates:
    """Return the mean of several values, replicate by replicate."""
    return Replicates(
        value=float(np.mean([r.value for r in live])),
        observed=float(np.mean([r.observed for r in live])),
        expected=float(np.mean([r.expected for r in live])),
        left_out=_mean_of([r.left_out for r in live]),
        multiplicity=live[0].multiplicity,
        drawn=_mean_of([r.drawn for r in live]),
        exact=live[0].exact,
    )


def _mean_of(values: Sequence[FloatArray]) -> FloatArray:
    stacked = np.array(values)
    defined = np.isfinite(stacked)
    n = defined.sum(axis=0)
    total = np.where(defined, stacked, 0.0).sum(axis=0)
    mean = np.full(total.shape, np.nan)
    np.divide(total, n, out=mean, where=n > 0)
    return mean
