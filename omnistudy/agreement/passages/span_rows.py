"""Rows of the unitizing family: overall, per code, per pair, per interview."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations

import numpy as np

from omnistudy.agreement.coefficients.registry import COEFFICIENTS, DEFAULT_SPANS
from omnistudy.agreement.intervals.replicates import Replicates, replicate_sums
from omnistudy.agreement.intervals.unanimous import settled
from omnistudy.agreement.options import LEAVING_OUT, AgreementOptions
from omnistudy.agreement.passages.spans import SpanRatings
from omnistudy.agreement.passages.unitizing import Unitizing, features
from omnistudy.agreement.ratings.estimators import Estimates
from omnistudy.agreement.ratings.rating_table import FloatArray
from omnistudy.agreement.scopes.rows import AgreementRow
from omnistudy.agreement.scopes.scope import (
    Scope,
    draws_for,
    flags,
    from_replicates,
    mean_of,
    number,
    with_interval,
    with_shares,
)
from omnistudy.results import Message, msg

UNIT = "span"
_OVERLAP = msg(
    "one coder's passages with different codes overlap, so a position has no single code;"
    " see the rows per code, which have a continuum each"
)
_NO_PAIR = msg("no interview was coded by two coders")
_REASONS = {
    "u_alpha": msg("no variation: nothing was coded, or everything alike, so no disagreement was possible"),
    "u_alpha_relevance": msg(
        "no variation: nothing was coded, or everything, so no disagreement was possible"
    ),
    "cu_alpha": msg("where two coders coded there is at most one code, so no disagreement was possible"),
    "ku_alpha": msg("nobody else coded where this code is, or there is no other code to confuse it with"),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Table:
    """One set of coders and interviews with its features, and the options."""

    spans: SpanRatings
    rows: FloatArray
    scope: Scope
    options: AgreementOptions

    @property
    def family(self) -> Unitizing:
        return Unitizing(len(self.spans.codes))

    @property
    def total(self) -> FloatArray:
        return np.asarray(self.rows.sum(axis=0, keepdims=True))


def wanted_names(options: AgreementOptions) -> tuple[str, ...]:
    """Return the measures of spans that were asked for, or all of them for a span table."""
    named = tuple(name for name in options.coefficients if COEFFICIENTS[name].spans)
    return named if options.coefficients else DEFAULT_SPANS


def rows_of_spans(
    spans: SpanRatings, scope: Scope, options: AgreementOptions, wanted: Sequence[str]
) -> list[AgreementRow]:
    """Return the rows of the unitizing family.

    Parameters
    ----------
    spans
        The passages.
    scope
        Unit and assumptions for the rows.
    options
        Coefficients and intervals.
    wanted
        Scopes.
    """
    names = wanted_names(options)
    scope = replace(scope, unit=UNIT)
    rows: list[AgreementRow] = []
    if "overall" in wanted:
        rows += _whole(spans, replace(scope, name="overall"), options, names)
    if "code" in wanted:
        rows += _per_code(spans, replace(scope, name="code"), options, names)
    m = len(spans.coders)
    if "pair" in wanted:
        for pair in combinations(sorted(range(m), key=lambda g: spans.coders[g]), 2):
            rows += _whole(spans.of_coders(sorted(pair)), replace(scope, name="pair"), options, names)
    if "interview" in wanted:
        for i, name in enumerate(spans.interviews):
            only = spans.of_interview(i)
            rows += _whole(only, replace(scope, name="interview", interview=name), options, names)
    if "without_coder" in wanted and m > 2:
        for g in range(m):
            rest = spans.of_coders([h for h in range(m) if h != g])
            rows += _whole(rest, replace(scope, name="without_coder"), options, names)
    return rows


def _whole(
    spans: SpanRatings, scope: Scope, options: AgreementOptions, names: Sequence[str]
) -> list[AgreementRow]:
    overlapping = spans.overlapping
    rows: list[AgreementRow] = []
    table = _Table(spans=spans, rows=np.zeros((0, 0)), scope=scope, options=options)
    if not overlapping:
        table = replace(table, rows=_compared(spans))
    for name in names:
        if name == "ku_alpha":
            continue  # it is about one code
        if overlapping:
            rows.append(_undefined(table, name, _OVERLAP))
        else:
            rows.append(_row(table, name, _function(table.family, name)))
    if "u_alpha" in names and len(spans.codes) > 1:
        rows.append(_mean(spans, replace(scope, aggregate="mean_of_codes"), options))
    return rows


def _compared(spans: SpanRatings) -> FloatArray:
    """Return the features of the interviews that at least two coders saw."""
    return np.asarray(features(spans)[spans.seen.sum(axis=1) > 1])


def _function(family: Unitizing, name: str) -> Callable[[FloatArray], Estimates]:
    return {"u_alpha": family.u_alpha, "u_alpha_relevance": family.relevance, "cu_alpha": family.cu_alpha}[
        name
    ]


def _per_code(
    spans: SpanRatings, scope: Scope, options: AgreementOptions, names: Sequence[str]
) -> list[AgreementRow]:
    rows = []
    overlapping = spans.overlapping
    joint = np.zeros((0, 0)) if overlapping else _compared(spans)
    for code, label in enumerate(spans.codes):
        own = spans.of_code(code)
        code_scope = replace(scope, code=label)
        if "u_alpha" in names:
            table = _Table(spans=own, rows=_compared(own), scope=code_scope, options=options)
            rows.append(_row(table, "u_alpha", table.family.u_alpha))
        if "ku_alpha" in names:
            table = _Table(spans=spans, rows=joint, scope=code_scope, options=options)
            if overlapping:
                rows.append(_undefined(table, "ku_alpha", _OVERLAP))
                continue
            row = _row(table, "ku_alpha", partial(_ku, table.family, code))
            rows.append(replace(row, coverage=_share(table.family.coverage(table.total, code))))
    return rows


def _ku(family: Unitizing, code: int, sums: FloatArray) -> Estimates:
    return family.ku_alpha(sums, code)


def _share(values: FloatArray) -> float | None:
    return number(float(values[0]))


def _row(table: _Table, name: str, function: Callable[[FloatArray], Estimates]) -> AgreementRow:
    if len(table.rows) == 0 or len(table.spans.coders) < 2:
        return _undefined(table, name, _NO_PAIR)
    (found,) = replicate_sums(
        table.rows,
        [function],
        draws_for(table.options),
        jackknife=table.options.ci in LEAVING_OUT,
    )
    if number(found.value) is None:
        return _undefined(table, name, _REASONS[name])
    row = _with_values(_blank(table, name), found, table.options)
    if name == "cu_alpha":
        row = replace(row, coverage=_share(table.family.coverage(table.total)))
    return replace(row, flag=flags(row, varies=True, assumed=table.scope.assumed_seen, gap=None))


def _mean(spans: SpanRatings, scope: Scope, options: AgreementOptions) -> AgreementRow:
    """Return the mean over codes of u_alpha with a continuum per code."""
    found = []
    for code in range(len(spans.codes)):
        own = spans.of_code(code)
        rows = _compared(own)
        if len(rows) and len(spans.coders) > 1:
            family = Unitizing(len(own.codes))
            wanted = options.ci in LEAVING_OUT
            found += replicate_sums(rows, [family.u_alpha], draws_for(options), jackknife=wanted)
    live = [r for r in found if number(r.value) is not None]
    table = _Table(spans=spans, rows=np.zeros((0, 0)), scope=scope, options=options)
    if not live:
        return replace(
            _undefined(table, "u_alpha", msg("no code has a value; see the rows per code")), n_codes=0
        )
    row = _with_values(_blank(table, "u_alpha"), mean_of(live), options)
    row = replace(row, n_codes=len(live))
    return replace(row, flag=flags(row, varies=True, assumed=scope.assumed_seen, gap=None))


def _with_values(row: AgreementRow, found: Replicates, options: AgreementOptions) -> AgreementRow:
    span = with_shares(settled(from_replicates(found, options), found.observed, None), found)
    row = replace(row, value=found.value, observed=number(found.observed), expected=number(found.expected))
    return with_interval(row, span)


def _undefined(table: _Table, name: str, reason: Message) -> AgreementRow:
    row = replace(_blank(table, name), reason=reason)
    return replace(row, flag=flags(row, varies=True, assumed=table.scope.assumed_seen, gap=None))


def _blank(table: _Table, name: str) -> AgreementRow:
    spans, scope = table.spans, table.scope
    compared = spans.seen.sum(axis=1) > 1
    return AgreementRow(
        scope=scope.name,
        aggregate=scope.aggregate,
        code=scope.code,
        coders=spans.coders,
        interview=scope.interview,
        coefficient=name,
        metric="nominal",
        weights="identity",
        unit=scope.unit,
        value=None,
        reason=None,
        observed=None,
        expected=None,
        k=len(spans.codes),
        se=None,
        ci_low=None,
        ci_high=None,
        ci_method="none",
        cluster="interview",
        n_clusters=int(compared.sum()),
        resamples=None,
        p_below_667=None,
        p_below_80=None,
        n_units=len(spans.start),
        n_pairable=int(compared[spans.interview].sum()),
        n_coders=len(spans.coders),
        n_codes=None,
        missing_share=float(1 - spans.seen.mean()) if spans.seen.size else None,
        prevalence=None,
        prevalence_index=None,
        bias_index=None,
        coverage=None,
        flag=(),
    )
