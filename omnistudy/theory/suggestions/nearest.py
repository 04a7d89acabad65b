"""Which codes do the nearest coded quotations of a passage carry?  And how often is that right?

The first code of a passage is the code of its nearest coded quotation. The trial leaves one interview
out at a time: quotations of the other interviews speak on every unit of the one left out, coded or not,
and are held against its coders' codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from omnistudy.results import Message, msg
from omnistudy.study.model import Quotation, Study
from omnistudy.text.keys import match_key
from omnistudy.theory.counts.frequencies import Incidence, Integers
from omnistudy.theory.counts.unit_presence import unit_bounds, unit_presence
from omnistudy.theory.suggestions.ngrams import vectorizer

LEAST_WORDS = 4
"""Words of the shortest passage that is looked at; shorter ones carry too few letters."""
MOST_CODES = 5
NEVER = msg("the suggestion never names this code")
NO_UNIT = msg("no unit of an interview carries this code")
NOTHING = msg("nothing was suggested")
NO_CODED_UNIT = msg("no unit was tried")
ONE_INTERVIEW = msg("a trial needs coded quotations in two interviews")


@dataclass(frozen=True, eq=False)
class Passages:
    """The text units of a study and the codes they carry.

    ``keys`` are match keys, ``interview_of`` positions in the order of the interviews, ``carries`` has
    shape (U units, C codes); ``fit`` marks the units that are long enough to be looked at.
    """

    starts: Integers
    ends: Integers
    interview_of: Integers
    keys: tuple[str, ...]
    carries: NDArray[np.bool_]
    fit: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeScore:
    """The trial of one code, in units: carrying it, suggested for it, and both.

    ``majority_f1`` belongs to always naming the most frequent code, ``random_f1`` to naming codes at
    random with their frequencies (its expected precision and recall).
    """

    code: str
    carried: int
    suggested: int
    right: int
    majority_f1: float
    random_f1: float

    @property
    def precision(self) -> float | None:
        """Share of the suggestions that are right."""
        return self.right / self.suggested if self.suggested else None

    @property
    def recall(self) -> float | None:
        """Share of the carrying units that are found."""
        return self.right / self.carried if self.carried else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of both, as 2·right/(suggested + carried)."""
        return harmonic(self.right, self.suggested, self.carried)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The whole trial.

    Parameters
    ----------
    interviews, units
        Interviews left out in turn, and units looked at.
    codes
        One row per code, in codebook order.
    in_list, coded
        Coded units with one of their codes among the suggested ones (at most five), and coded units.
    majority_right
        Units that carry the code which is most frequent in the other interviews.
    random_right
        Expected right ones when as many codes are named at random by their frequency.
    named
        The passages with a first suggestion, and its code.
    reason
        Why there was no trial.
    """

    interviews: int
    units: int
    codes: tuple[CodeScore, ...]
    in_list: int
    coded: int
    majority_right: int
    random_right: float
    named: tuple[tuple[Quotation, str], ...] = ()
    reason: Message | None = None

    @property
    def right(self) -> int:
        """First suggestions that are right."""
        return sum(row.right for row in self.codes)

    @property
    def suggested(self) -> int:
        """Units with a suggestion."""
        return sum(row.suggested for row in self.codes)

    @property
    def carried(self) -> int:
        """Unit × code pairs of the coders."""
        return sum(row.carried for row in self.codes)

    @property
    def precision(self) -> float | None:
        """Share of the first suggestions that are right."""
        return self.right / self.suggested if self.suggested else None

    @property
    def recall(self) -> float | None:
        """Share of the coders' unit × code pairs that the first suggestion finds."""
        return self.right / self.carried if self.carried else None


def harmonic(right: float, suggested: float, carried: float) -> float | None:
    """Return 2·right/(suggested + carried), the F1 measure; ``None`` where both are 0."""
    return 2 * right / (suggested + carried) if suggested + carried else None


def trial_json(trial: Trial) -> dict[str, object]:
    """Return the JSON object of a trial; a precision or recall that does not exist is null with its reason."""
    return {
        "left_out": "interview",
        "reason": None if trial.reason is None else str(trial.reason),
        "interviews": trial.interviews,
        "units": trial.units,
        "coded_units": trial.coded,
        "in_list": trial.in_list,
        "suggested": trial.suggested,
        "right": trial.right,
        "precision": trial.precision,
        "recall": trial.recall,
        "precision_reason": str(trial.reason or NOTHING) if trial.precision is None else None,
        "recall_reason": str(trial.reason or NO_UNIT) if trial.recall is None else None,
        "majority_precision": trial.majority_right / trial.units if trial.units else None,
        "majority_reason": None if trial.units else str(trial.reason or NO_CODED_UNIT),
        "random_precision": trial.random_right / trial.suggested if trial.suggested else None,
        "random_reason": None if trial.suggested else str(trial.reason or NOTHING),
        "codes": [
            {
                "code": row.code,
                "carried": row.carried,
                "suggested": row.suggested,
                "right": row.right,
                "precision": row.precision,
                "precision_reason": str(NEVER) if row.precision is None else None,
                "recall": row.recall,
                "recall_reason": str(NO_UNIT) if row.recall is None else None,
                "f1": row.f1,
                "f1_reason": None if row.f1 is not None else f"{NEVER}; {NO_UNIT}",
                "majority_f1": row.majority_f1,
                "random_f1": row.random_f1,
            }
            for row in trial.codes
        ],
    }


def passages_of(study: Study, counts: Incidence, unit: str) -> Passages:
    """Cut the study into units and see which codes each carries."""
    starts, ends, at = unit_bounds(study, counts, unit)
    texts = [study.interview[name].text for name in counts.interviews]
    keys = tuple(
        match_key(texts[place][start:end]) for start, end, place in zip(starts, ends, at, strict=True)
    )
    carries = unit_presence(study, counts, unit).toarray().astype(np.bool_)
    fit = np.asarray([key.count(" ") + 1 >= LEAST_WORDS for key in keys], dtype=np.bool_)
    return Passages(starts, ends, at, keys, carries, fit)


def quotation_keys(study: Study, counts: Incidence) -> tuple[str, ...]:
    """Return the match keys of the coded quotations."""
    return tuple(match_key(study.passage(span)) for span in counts.quotations)


def code_scores(
    keys: Sequence[str], known: Sequence[str], carries: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], Integers]:
    """Score every code for every passage by the nearest quotation that carries it.

    Parameters
    ----------
    keys, known
        Match keys of N passages and of Q coded quotations.
    carries
        Shape (Q, C).

    Returns
    -------
    scores
        Largest cosine, shape (N, C); 0 for codes without a quotation.
    nearest
        Position of that quotation, shape (N, C).
    """
    shape = (len(keys), carries.shape[1])
    scores, nearest = np.zeros(shape), np.zeros(shape, dtype=np.int64)
    if not keys or not any(known):
        return scores, nearest
    grams = vectorizer()
    of_known = grams.fit_transform(known)
    cosines = np.clip((grams.transform(keys) @ of_known.T).toarray(), 0.0, 1.0)
    for code in np.flatnonzero(carries.any(axis=0)):
        own = np.flatnonzero(carries[:, code])
        best = cosines[:, own].argmax(axis=1)
        scores[:, code] = cosines[np.arange(shape[0]), own[best]]
        nearest[:, code] = own[best]
    return scores, nearest


def quotation_codes(counts: Incidence) -> NDArray[np.bool_]:
    """Return which quotation carries which code, shape (Q, C)."""
    carries = np.zeros((len(counts.quotations), len(counts.codes)), dtype=np.bool_)
    carries[counts.quotation_of, counts.code_of] = True
    return carries


def leave_one_interview_out(study: Study, counts: Incidence, passages: Passages, threshold: float) -> Trial:
    """Try the suggestion on each interview with the quotations of the others.

    Units without any code count too: a suggestion there is wrong, as far as the coders are right.
    """
    known, carries = quotation_keys(study, counts), quotation_codes(counts)
    tally = _Tally(len(counts.codes))
    named: list[tuple[Quotation, str]] = []
    held = [at for at in range(len(counts.interviews)) if (counts.interview_of == at).any()]
    for left_out in held if len(held) > 1 else ():
        others = np.flatnonzero(counts.interview_of != left_out)
        tested = np.flatnonzero((passages.interview_of == left_out) & passages.fit)
        scores, _ = code_scores(
            [passages.keys[at] for at in tested], [known[at] for at in others], carries[others]
        )
        tally.add(passages.carries[tested], scores, threshold, carries[others].sum(axis=0))
        named += _named(counts, passages, tested, scores, threshold)
    reason = None if len(held) > 1 else ONE_INTERVIEW
    found = tally.trial(counts.codes, len(held) if reason is None else 0, reason)
    return replace(found, named=tuple(named))


def _named(
    counts: Incidence,
    passages: Passages,
    tested: Integers,
    scores: NDArray[np.float64],
    threshold: float,
) -> list[tuple[Quotation, str]]:
    """Return the passages whose best code reaches the threshold, with that code."""
    first = scores.argmax(axis=1) if len(tested) else tested
    return [
        (
            Quotation(
                counts.interviews[passages.interview_of[at]],
                int(passages.starts[at]),
                int(passages.ends[at]),
            ),
            counts.codes[code],
        )
        for row, (at, code) in enumerate(zip(tested, first, strict=True))
        if scores[row, code] >= threshold
    ]


class _Tally:
    """Sums over the interviews that were left out."""

    def __init__(self, codes: int) -> None:
        self.carried = np.zeros(codes, dtype=np.int64)
        self.suggested = np.zeros(codes, dtype=np.int64)
        self.right = np.zeros(codes, dtype=np.int64)
        self.majority_suggested = np.zeros(codes, dtype=np.int64)
        self.majority_right = np.zeros(codes, dtype=np.int64)
        self.random_suggested = np.zeros(codes)
        self.random_right = np.zeros(codes)
        self.units = self.coded = self.in_list = 0

    def add(
        self,
        truth: NDArray[np.bool_],
        scores: NDArray[np.float64],
        threshold: float,
        frequency: Integers,
    ) -> None:
        units = len(truth)
        if not units:
            return
        rows = np.arange(units)
        first = scores.argmax(axis=1)
        named = scores[rows, first] >= threshold
        self.units += units
        self.carried += truth.sum(axis=0)
        np.add.at(self.suggested, first[named], 1)
        np.add.at(self.right, first[named & truth[rows, first]], 1)
        listed = _listed(scores, threshold)
        self.coded += int(truth.any(axis=1).sum())
        self.in_list += int((truth & listed).any(axis=1).sum())
        common = int(frequency.argmax())
        self.majority_suggested[common] += units
        self.majority_right[common] += truth[:, common].sum()
        chance = frequency / max(int(frequency.sum()), 1)
        amount = int(named.sum())
        self.random_suggested += amount * chance
        self.random_right += amount * chance * truth.mean(axis=0)

    def trial(self, codes: Sequence[str], interviews: int, reason: Message | None) -> Trial:
        rows = tuple(
            CodeScore(
                code=code,
                carried=int(self.carried[at]),
                suggested=int(self.suggested[at]),
                right=int(self.right[at]),
                majority_f1=harmonic(
                    float(self.majority_right[at]),
                    float(self.majority_suggested[at]),
                    float(self.carried[at]),
                )
                or 0.0,
                random_f1=harmonic(
                    float(self.random_right[at]), float(self.random_suggested[at]), float(self.carried[at])
                )
                or 0.0,
            )
            for at, code in enumerate(codes)
        )
        return Trial(
            interviews=interviews,
            units=self.units,
            codes=rows,
            in_list=self.in_list,
            coded=self.coded,
            majority_right=int(self.majority_right.sum()),
            random_right=float(self.random_right.sum()),
            reason=reason,
        )


def _listed(scores: NDArray[np.float64], threshold: float) -> NDArray[np.bool_]:
    """Which codes stand in the list of each passage: the best five at or above the threshold."""
    listed = np.zeros(scores.shape, dtype=np.bool_)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :MOST_CODES]
    np.put_along_axis(listed, best, True, axis=1)
    return listed & (scores >= threshold)
