"""Rows of code sets: alpha over the sets, and every coefficient code by code, on common resamples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings.counts import tally
from omnistudy.agreement.ratings.rating_table import PRESENT, SetRatings
from omnistudy.agreement.scopes.cases import Case, build_case, build_set_case, coefficients_for
from omnistudy.agreement.scopes.rows import AgreementRow
from omnistudy.agreement.scopes.scope import Outcome, Scope, blank_row, mean_row, row_of, run, sampling_for
from omnistudy.errors import StudyError


class SetOutcomes:
    """All coefficients of one set-valued table on common resamples."""

    def __init__(self, ratings: SetRatings, options: AgreementOptions) -> None:
        states = tally(ratings.as_states)
        self.ratings = ratings
        self.sampling = sampling_for(ratings.as_states, states, options)
        self.wanted = coefficients_for(options, len(ratings.coders))
        cases: list[Case] = [
            build_set_case(ratings, states.mapped(ratings.set_table), options.metric or "masi")
        ]
        for code in range(len(ratings.codes)):
            binary, counted = ratings.binary(code), states.mapped(ratings.binary_table(code))
            cases += [build_case(row, binary, counted, options) for row in self.wanted]
        outcomes = run(cases, self.sampling, options)
        self.direct = outcomes[0]
        width = max(len(self.wanted), 1)
        self.per_code: list[list[Outcome]] = [outcomes[i : i + width] for i in range(1, len(outcomes), width)]


def code_outcomes(ratings: SetRatings, options: AgreementOptions) -> SetOutcomes:
    """Compute everything on code sets, refusing what compares single values only."""
    if options.weights_name != "identity":
        raise StudyError.of(
            "Weights were given, but a unit may carry several codes.",
            "Use --metric masi or jaccard for sets of codes; the rows per code need no weights.",
        )
    if options.metric not in {None, "masi", "jaccard"}:
        raise StudyError.of(
            f"The metric '{options.metric}' compares values, but a unit may carry several codes.",
            "Use --metric masi or jaccard.",
        )
    return SetOutcomes(ratings, options)


def codes_in_use(ratings: SetRatings) -> SetRatings:
    """Leave out the codes that none of these coders applied in these units."""
    present = np.unique(ratings.index)
    used = (ratings.states[present[present >= 0]] == PRESENT).any(axis=0)
    return replace(
        ratings,
        codes=tuple(code for code, yes in zip(ratings.codes, used, strict=True) if yes),
        states=ratings.states[:, used],
    )


def overall_rows(outcomes: SetOutcomes, scope: Scope, options: AgreementOptions) -> list[AgreementRow]:
    """Return alpha over the code sets, and the mean of the per-code coefficients: never pooled cells."""
    rows = []
    if any(row.name == "krippendorff_alpha" for row in outcomes.wanted):
        rows.append(row_of(outcomes.direct, scope, outcomes.sampling, options))
    if not outcomes.per_code:
        return rows
    blank = blank_row(outcomes.direct.case, replace(scope, aggregate="mean_of_codes"), outcomes.sampling)
    for i in range(len(outcomes.wanted)):
        per_code = [code[i] for code in outcomes.per_code]
        rows.append(mean_row(per_code, blank, options, assumed_seen=scope.assumed_seen))
    return rows


def code_rows(
    ratings: SetRatings, outcomes: SetOutcomes, scope: Scope, options: AgreementOptions
) -> list[AgreementRow]:
    """Return the rows of every code, in the order of the codebook."""
    rows = []
    for code, of_code in zip(ratings.codes, outcomes.per_code, strict=True):
        code_scope = replace(scope, code=code)
        rows += [row_of(outcome, code_scope, outcomes.sampling, options) for outcome in of_code]
    return rows
