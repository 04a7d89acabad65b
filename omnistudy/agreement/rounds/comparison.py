"""Two rounds, or two groups of coders, on the same material: is the second better?

The same units (or interviews) are drawn for both sides, so what makes a unit hard for one side makes
it hard for the other too and drops out of the difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from omnistudy.agreement.coefficients.registry import COEFFICIENTS
from omnistudy.agreement.intervals.replicates import Draws, Sampling, View, by_interview, by_unit, replicate
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings.counts import Tally, tally
from omnistudy.agreement.ratings.rating_table import PRESENT, FloatArray, Ratings, SetRatings, set_ratings
from omnistudy.agreement.ratings.threads import one_thread
from omnistudy.agreement.scopes.cases import build_case, build_set_case
from omnistudy.agreement.scopes.scope import MAIN_EFFORT, number
from omnistudy.agreement.sources.from_study import ratings_of_study, select
from omnistudy.errors import StudyError
from omnistudy.results import Message, msg
from omnistudy.study.model import Study


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Second minus first, with a paired bootstrap interval.

    ``share_above`` is the share of resamples in which the second is better.
    """

    coefficient: str
    first: float | None
    second: float | None
    low: float | None
    high: float | None
    share_above: float | None
    cluster: str
    n_clusters: int
    resamples: int
    reason: Message | None = None

    @property
    def value(self) -> float | None:
        """The difference; ``None`` where one side is undefined."""
        return None if self.first is None or self.second is None else self.second - self.first


def difference_of_rounds(
    study: Study, first: str, second: str, options: AgreementOptions, coefficient: str = "krippendorff_alpha"
) -> Difference:
    """Compare two rounds on the units that both have.

    Alpha compares code sets (MASI unless the options say Jaccard); other coefficients are not offered,
    because a mean of codes has other codes in every round.
    """
    sides = [ratings_of_study(study, replace(options, round=name)).ratings for name in (first, second)]
    return difference(sides[0], sides[1], options, coefficient)


def difference_of_groups(
    ratings: Ratings | SetRatings,
    first: Sequence[str],
    second: Sequence[str],
    options: AgreementOptions,
    coefficient: str = "krippendorff_alpha",
) -> Difference:
    """Compare two groups of coders on the same units."""
    groups = []
    for group in (first, second):
        unknown = [name for name in group if name not in ratings.coders]
        if unknown:
            raise StudyError.of(
                f"No coder is called '{unknown[0]}'.", f"Coders: {', '.join(ratings.coders)}."
            )
        groups.append(ratings.of_coders([ratings.coders.index(name) for name in group]))
    return difference(groups[0], groups[1], options, coefficient)


@one_thread
def difference(
    first: Ratings | SetRatings, second: Ratings | SetRatings, options: AgreementOptions, coefficient: str
) -> Difference:
    """Compare a coefficient on two tables over the units that both have."""
    common = _common(first, second)
    sides = [_view(side, options, coefficient) for side in common]
    # both sides hold the same units, hence the same sampling units in the same order
    sampling = _sampling(common[0], sides[0][0], options)
    draws = Draws(resamples=options.resamples, seed=options.seed, effort=MAIN_EFFORT)
    done = []
    for _, view in sides:
        if isinstance(view, Message):
            return _undefined(coefficient, sampling, view)
        done += replicate([view], _sampling(common[0], view.tally, options), draws, jackknife=False)
    before, after = done
    values = [number(before.value), number(after.value)]
    if values[0] is None or values[1] is None:
        return _undefined(coefficient, sampling, msg("one side has no value: no variation or no shared unit"))
    gaps = after.drawn - before.drawn
    gaps = gaps[np.isfinite(gaps)]
    low, high = _limits(gaps, options.confidence)
    return Difference(
        coefficient=coefficient,
        first=values[0],
        second=values[1],
        low=low,
        high=high,
        share_above=float((gaps > 0).mean()) if len(gaps) else None,
        cluster=sampling.cluster,
        n_clusters=sampling.n,
        resamples=len(gaps),
    )


def _limits(values: FloatArray, confidence: float) -> tuple[float | None, float | None]:
    if len(values) < 2:
        return None, None
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def _undefined(coefficient: str, sampling: Sampling, reason: Message) -> Difference:
    return Difference(
        coefficient=coefficient,
        first=None,
        second=None,
        low=None,
        high=None,
        share_above=None,
        cluster=sampling.cluster,
        n_clusters=sampling.n,
        resamples=0,
        reason=reason,
    )


def _common(
    first: Ratings | SetRatings, second: Ratings | SetRatings
) -> tuple[Ratings | SetRatings, Ratings | SetRatings]:
    """Return both tables on their common units, in the same order."""
    shared, at, also = np.intersect1d(
        first.frame.ids.astype(str), second.frame.ids.astype(str), return_indices=True
    )
    if not len(shared):
        raise StudyError.of(
            "The two sides have no unit in common.", "Compare rounds over the same interviews."
        )
    return first.of_units(at), second.of_units(also)


def _view(
    ratings: Ratings | SetRatings, options: AgreementOptions, coefficient: str
) -> tuple[Tally, View | Message]:
    if isinstance(ratings, SetRatings):
        if coefficient != "krippendorff_alpha":
            raise StudyError.of(
                f"{coefficient} does not compare code sets.",
                "Compare krippendorff_alpha, or one code at a time.",
            )
        # one row per unit, so that both sides draw the same units
        counted = _per_unit(ratings.as_sets)
        case = build_set_case(ratings, counted, options.metric or "masi")
    else:
        counted = _per_unit(ratings)
        case = build_case(COEFFICIENTS[coefficient], ratings, counted, options)
    if case.estimator is None:
        return counted, case.reason or msg("undefined")
    return counted, View(counted, case.estimator)


def _per_unit(ratings: Ratings) -> Tally:
    counted = tally(ratings)
    if counted.rows is None:
        return counted
    weight = ratings.frame.weight
    ones = np.ones(ratings.frame.rows, np.int64) if weight is None else weight
    return replace(counted, codes=counted.codes[:, counted.pattern], multiplicity=ones, rows=None)


def _sampling(ratings: Ratings | SetRatings, counted: Tally, options: AgreementOptions) -> Sampling:
    frame = ratings.frame
    by_unit_wanted = (
        options.cluster == "unit" or frame.interview is None or len(np.unique(frame.interview)) < 2
    )
    if by_unit_wanted or frame.interview is None:
        return by_unit(counted)
    return by_interview(counted, frame.interview, frame.weight)


def retest_ratings(
    study: Study, coder: str, first: str, second: str, options: AgreementOptions
) -> SetRatings:
    """Return one coder's two rounds as if they were two coders: intra-coder (test–retest) agreement.

    Only interviews that the coder coded in both rounds enter. The names of the "coders" are the rounds.

    Raises
    ------
    StudyError
        A coder who coded no interview in both rounds.
    """
    seen = {
        name: {entry.interview for entry in study.seen if entry.coder == coder and entry.round == name}
        for name in (first, second)
    }
    both = [interview.id for interview in study.interviews if interview.id in seen[first] & seen[second]]
    if not both:
        raise StudyError.of(
            f"'{coder}' coded no interview in both '{first}' and '{second}'.",
            "Name two rounds in which the same coder coded the same interviews.",
        )
    section = study.settings.agreement.model_copy(update={"coders": (coder,), "double_coded": tuple(both)})
    settings = study.settings.model_copy(update={"agreement": section})
    rounds = [
        ratings_of_study(replace(study, settings=settings), replace(options, round=name)).ratings
        for name in (first, second)
    ]
    return _side_by_side(rounds, (first, second))


def _side_by_side(rounds: Sequence[SetRatings], names: tuple[str, str]) -> SetRatings:
    codes = tuple(dict.fromkeys(code for part in rounds for code in part.codes))
    one, other = (part for part in _common(rounds[0], rounds[1]) if isinstance(part, SetRatings))
    applied = np.zeros((2, one.frame.rows, len(codes)), np.int8)
    for g, part in enumerate((one, other)):
        for c, code in enumerate(part.codes):
            applied[g, :, codes.index(code)] = part.binary(c).codes[0] == PRESENT
    seen = np.stack([one.index[0] >= 0, other.index[0] >= 0])
    return set_ratings(coders=names, codes=codes, applied=applied, seen=seen, frame=one.frame)


def rounds_of(study: Study) -> tuple[str, ...]:
    """Return the rounds in which two independent coders coded the same interview."""
    return tuple(
        name
        for name in study.rounds
        if name and name.casefold() != "consensus" and select(study, name).interviews
    )
