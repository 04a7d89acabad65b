"""What stands beside the main table: other units, two rounds or groups, retest, other programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.programs.beside_ours import ProgramRow, programs_of_study
from omnistudy.agreement.ratings.rating_table import MISSING, PRESENT, Ratings, SetRatings
from omnistudy.agreement.rounds.comparison import (
    Difference,
    difference,
    difference_of_groups,
    difference_of_rounds,
    retest_ratings,
)
from omnistudy.agreement.rounds.two_passes import TwoPasses, passes_of_coders, passes_of_rounds
from omnistudy.agreement.scopes.cases import coefficients_for
from omnistudy.agreement.scopes.rows import AgreementRow
from omnistudy.agreement.scopes.scope import Scope
from omnistudy.agreement.scopes.set_rows import code_outcomes, codes_in_use, overall_rows
from omnistudy.agreement.sources.from_study import StudyRatings, ratings_of_study
from omnistudy.errors import StudyError
from omnistudy.results import Message, msg
from omnistudy.study.model import Study

TOO_FEW_DRAWN = msg("fewer than two resamples have both values")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A difference with the names of its two sides; ``kind`` is rounds or coders."""

    kind: str
    first: str
    second: str
    found: Difference

    def as_json(self) -> dict[str, object]:
        """The comparison as JSON values."""
        found = self.found
        return {
            "kind": self.kind,
            "first": self.first,
            "second": self.second,
            "coefficient": found.coefficient,
            "value_first": found.first,
            "value_second": found.second,
            "difference": found.value,
            "reason": None if found.reason is None else str(found.reason),
            "ci_low": found.low,
            "ci_high": found.high,
            "share_above": found.share_above,
            "cluster": found.cluster,
            "n_clusters": found.n_clusters,
            "resamples": found.resamples,
            "ci_reason": str(found.reason or TOO_FEW_DRAWN) if found.low is None else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Retest:
    """One coder's earlier and later round over the same interviews: intra-coder agreement."""

    coder: str
    first: str
    second: str
    rows: tuple[AgreementRow, ...]
    passes: TwoPasses

    def as_json(self) -> dict[str, object]:
        """The rows as JSON values, under the coder and the two rounds."""
        return {
            "coder": self.coder,
            "first": self.first,
            "second": self.second,
            "rows": [row.as_json() for row in self.rows],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMap:
    """Positive agreement per code and interview: ``None`` where nobody applied the code."""

    codes: tuple[str, ...] = ()
    interviews: tuple[str, ...] = ()
    values: tuple[tuple[float | None, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SideTables:
    """Everything beside the main table; empty parts were not asked for or have no data."""

    units: tuple[AgreementRow, ...] = ()
    differences: tuple[Compared, ...] = ()
    retests: tuple[Retest, ...] = ()
    pairs: tuple[TwoPasses, ...] = ()
    programs: tuple[ProgramRow, ...] = ()
    code_map: CodeMap = CodeMap()
    notes: tuple[Message, ...] = ()

    @property
    def passes(self) -> tuple[TwoPasses, ...]:
        """Counts as theses print them: coders with themselves, then every pair of coders."""
        return (*(item.passes for item in self.retests), *self.pairs)

    def as_json(self) -> dict[str, object]:
        """The parts as JSON values."""
        return {
            "units": [row.as_json() for row in self.units],
            "differences": [item.as_json() for item in self.differences],
            "retest": [item.as_json() for item in self.retests],
            "percent": [item.as_json() for item in self.passes],
            "other_programs": [row.as_json() for row in self.programs],
        }


def side_tables_of_study(study: Study, found: StudyRatings, options: AgreementOptions) -> SideTables:
    """Return what was asked for beside the main table, what other programs print, and the map of codes.

    Test–retest agreement needs one coder only; everything else needs two with a code to compare.
    """
    retests = tuple(_retests(study, found.unit, options)) if options.retest else ()
    silent = options.retest and not retests
    note = msg("No coder coded an interview in two rounds, so there is no test–retest agreement.")
    if len(found.ratings.coders) < 2 or not found.ratings.codes:
        return SideTables(retests=retests, notes=(note,) if silent else ())
    return SideTables(
        units=tuple(row for unit in options.units for row in _of_unit(study, replace(options, unit=unit))),
        differences=(*_rounds(study, options), *_groups(found.ratings, options)),
        retests=retests,
        pairs=passes_of_coders(found.ratings, found.unit),
        programs=programs_of_study(study, found, options),
        code_map=_code_map(found.ratings),
        notes=(note,) if silent else (),
    )


def side_tables_of_table(
    ratings: Ratings | SetRatings,
    options: AgreementOptions,
    rounds: tuple[Ratings | SetRatings, Ratings | SetRatings] | None,
) -> SideTables:
    """Return the differences that were asked for on a bare table.

    Raises
    ------
    StudyError
        When units or test–retest are asked for, which need texts and interviews.
    """
    if options.units or options.retest:
        raise StudyError.of(
            "A bare table has no texts to divide and no coders' rounds by interview.",
            "Use --units and --retest with a study.",
        )
    name = _compared_coefficient(options)
    differences = list(_groups(ratings, options))
    if rounds is not None and options.compare_rounds is not None:
        first, second = options.compare_rounds
        found = difference(rounds[0], rounds[1], options, name)
        differences.append(Compared(kind="rounds", first=first, second=second, found=found))
    return SideTables(differences=tuple(differences))


def _of_unit(study: Study, options: AgreementOptions) -> list[AgreementRow]:
    found = ratings_of_study(study, options)
    if len(found.ratings.coders) < 2 or not found.ratings.codes:
        return []
    scope = Scope(name="overall", unit=found.unit, assumed_seen=found.assumed_seen)
    return overall_rows(code_outcomes(found.ratings, options), scope, options)


def _compared_coefficient(options: AgreementOptions) -> str:
    return options.coefficients[0] if options.coefficients else "krippendorff_alpha"


def _rounds(study: Study, options: AgreementOptions) -> Iterator[Compared]:
    if options.compare_rounds is not None:
        first, second = options.compare_rounds
        found = difference_of_rounds(study, first, second, options)
        yield Compared(kind="rounds", first=first, second=second, found=found)


def _groups(ratings: Ratings | SetRatings, options: AgreementOptions) -> Iterator[Compared]:
    if options.compare_coders is not None:
        first, second = options.compare_coders
        name = "krippendorff_alpha" if isinstance(ratings, SetRatings) else _compared_coefficient(options)
        found = difference_of_groups(ratings, first, second, options, name)
        yield Compared(kind="coders", first=", ".join(first), second=", ".join(second), found=found)


def _retests(study: Study, unit: str, options: AgreementOptions) -> Iterator[Retest]:
    rounds = [name for name in study.rounds if name and name.casefold() != "consensus"]
    for coder in study.human_coders:
        seen: defaultdict[str, set[str]] = defaultdict(set)
        for entry in study.seen:
            if entry.coder == coder:
                seen[entry.round].add(entry.interview)
        own = [name for name in rounds if name in seen]
        for first, second in pairwise(own):
            if seen[first] & seen[second]:
                ratings = codes_in_use(retest_ratings(study, coder, first, second, options))
                rows = _retest_rows(ratings, unit, options)
                passes = passes_of_rounds(ratings, coder, unit)
                yield Retest(coder=coder, first=first, second=second, rows=rows, passes=passes)


def _retest_rows(ratings: SetRatings, unit: str, options: AgreementOptions) -> tuple[AgreementRow, ...]:
    named = options.coefficients or tuple(row.name for row in coefficients_for(options, 2))
    options = replace(options, coefficients=(*named, "holsti"))
    scope = Scope(name="overall", unit=unit)
    return tuple(overall_rows(code_outcomes(ratings, options), scope, options)) if ratings.codes else ()


def _code_map(ratings: SetRatings) -> CodeMap:
    frame = ratings.frame
    if frame.interview is None:
        return CodeMap()
    values = [_positive_agreement(ratings, frame.interview == i) for i in range(len(frame.interviews))]
    return CodeMap(
        codes=ratings.codes,
        interviews=frame.interviews,
        values=tuple(tuple(column[code] for column in values) for code in range(len(ratings.codes))),
    )


def _positive_agreement(ratings: SetRatings, rows: NDArray[np.bool_]) -> Sequence[float | None]:
    """Given that a coder applied the code in a unit, the share of the others who did (C values)."""
    index = ratings.index[:, rows]
    weight = np.ones(index.shape[1]) if ratings.frame.weight is None else ratings.frame.weight[rows]
    states = np.vstack([ratings.states, np.full((1, len(ratings.codes)), MISSING, np.int8)])
    applied = np.zeros((index.shape[1], len(ratings.codes)))
    rated = np.zeros_like(applied)
    for coder in index:
        applied += states[coder] == PRESENT
        rated += states[coder] != MISSING
    applied = np.where(rated > 1, applied, 0.0)
    agreeing = (weight[:, None] * applied * (applied - 1) / np.maximum(rated - 1, 1)).sum(axis=0)
    chosen = (weight[:, None] * applied).sum(axis=0)
    return [float(a / n) if n else None for a, n in zip(agreeing, chosen, strict=True)]
