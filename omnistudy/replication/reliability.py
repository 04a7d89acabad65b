"""How far the coders of the study agree: the headline alpha that a comparison rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from omnistudy.agreement.intervals.limits import jackknife
from omnistudy.agreement.intervals.replicates import Sampling
from omnistudy.agreement.intervals.unanimous import settled
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings.counts import tally
from omnistudy.agreement.ratings.rating_table import SetRatings
from omnistudy.agreement.scopes.cases import Case, build_set_case
from omnistudy.agreement.scopes.scope import Outcome, run, sampling_for
from omnistudy.agreement.sources.from_study import ratings_of_study
from omnistudy.results import Message, msg
from omnistudy.study.model import Study

_OPTIONS = AgreementOptions(ci="jackknife", resamples=0)
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class CodingAgreement:
    """Krippendorff's alpha with MASI distance over the code sets of a unit, at the study's level.

    Parameters
    ----------
    alpha, low, high
        Value and 95 % jackknife limits over interviews; ``None`` with ``reason``.
    coders, interviews
        Independent coders, and the interviews that at least two of them coded.
    level, unit
        What was compared.
    without_interview, without_coder
        Alpha without each of the interviews and coders; ``None`` where it does not exist.
    """

    alpha: float | None
    low: float | None
    high: float | None
    reason: Message | None
    coders: tuple[str, ...]
    interviews: tuple[str, ...]
    level: str
    unit: str
    without_interview: Mapping[str, float | None] = field(default_factory=lambda: MappingProxyType({}))
    without_coder: Mapping[str, float | None] = field(default_factory=lambda: MappingProxyType({}))


def coding_agreement(study: Study) -> CodingAgreement:
    """Measure the agreement of the independent coders, once in full and once without each part."""
    found = ratings_of_study(study, _OPTIONS)
    ratings = found.ratings
    about = {"level": str(found.level), "unit": found.unit, "interviews": found.interviews}
    if len(ratings.coders) < 2 or not ratings.codes or not found.interviews:
        reason = msg("no two independent coders coded the same interview")
        return CodingAgreement(
            alpha=None,
            low=None,
            high=None,
            reason=reason,
            coders=ratings.coders,
            **about,  # type: ignore[arg-type]
        )
    outcome, sampling = _alpha(ratings)
    low = high = None
    without: dict[str, float | None] = {}
    if outcome.replicates is not None and outcome.value is not None:
        span = settled(jackknife(outcome.replicates, _CONFIDENCE), outcome.replicates.observed, None)
        low, high = span.low, span.high
        if sampling.cluster == "interview" and ratings.frame.interview is not None:
            names = [ratings.frame.interviews[int(i)] for i in np.unique(ratings.frame.interview)]
            left_out = (float(value) for value in outcome.replicates.left_out)
            without = {n: v if np.isfinite(v) else None for n, v in zip(names, left_out, strict=True)}
    return CodingAgreement(
        alpha=outcome.value,
        low=low,
        high=high,
        reason=outcome.reason,
        coders=ratings.coders,
        without_interview=without,
        without_coder=_without_coder(ratings),
        **about,  # type: ignore[arg-type]
    )


def _alpha(ratings: SetRatings) -> tuple[Outcome, Sampling]:
    states = tally(ratings.as_states)
    case: Case = build_set_case(ratings, states.mapped(ratings.set_table), "masi")
    sampling = sampling_for(ratings.as_states, states, _OPTIONS)
    return run([case], sampling, _OPTIONS)[0], sampling


def _without_coder(ratings: SetRatings) -> dict[str, float | None]:
    everyone = range(len(ratings.coders))
    if len(ratings.coders) < 3:
        return dict.fromkeys(ratings.coders)
    return {
        ratings.coders[g]: _alpha(ratings.of_coders([h for h in everyone if h != g]))[0].value
        for g in everyone
    }
