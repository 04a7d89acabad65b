"""Grades of evidence: fixed sentences, given by rule, never by hand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from omnistudy.crm.association import Association
from omnistudy.crm.interrupted import Interrupted
from omnistudy.results import Kind, Message, Number, msg

RELIABLE = 0.667
LEVEL = 0.05


class Grade(StrEnum):
    """From the interviews alone (Q0, Q1) over consistent metrics (A, B, C) to contradiction (X).

    Grade D, evidence of an effect, asks for a control series and repetition, which no single study of
    one organisation has; this program never gives it.
    """

    Q0 = "Q0"
    Q1 = "Q1"
    A = "A"
    B = "B"
    C = "C"
    X = "X"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """Krippendorff's alpha of the category with its interval; ``None`` where it was not measured."""

    alpha: float | None
    low: float | None
    high: float | None
    code: str | None = None
    reason: Message | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A metric after a date minus before it, with limits."""

    before: float
    after: float
    value: float
    low: float
    high: float

    def agrees(self, direction: str) -> bool | None:
        """Whether the limits exclude 0 in the stated direction (or the other); ``None`` if they hold 0."""
        if self.low <= 0 <= self.high:
            return None
        return True if direction == "two-sided" else (self.value > 0) == (direction == "+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything a grade rests on."""

    direction: str
    role: str
    fit: str
    salience: tuple[int, int]
    reliability: Reliability
    metric: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    window: str = ""
    date: str = ""
    difference: Difference | None = None
    series: Interrupted | None = None
    association: Association | None = None
    p_adjusted: float | None = None
    registered: bool = False


def difference(before: tuple[float, float, float], after: tuple[float, float, float]) -> Difference:
    """Difference of two independent estimates (value, low, high), limits recovered from theirs.

    Zou, G. Y., & Donner, A. (2008). Construction of confidence limits about effect measures. Statistics
    in Medicine, 27(10), 1693-1702. doi:10.1002/sim.3095. For Wilson limits it is Newcombe's interval.
    """
    value = after[0] - before[0]
    low = value - sqrt((after[0] - after[1]) ** 2 + (before[2] - before[0]) ** 2)
    high = value + sqrt((after[2] - after[0]) ** 2 + (before[0] - before[1]) ** 2)
    return Difference(before=before[0], after=after[0], value=value, low=low, high=high)


def grade(evidence: Evidence) -> Grade:
    """Grade the evidence of one link by the rules of the evidence table."""
    shown = None if evidence.difference is None else evidence.difference.agrees(evidence.direction)
    if evidence.fit == "discord" or shown is False:
        return Grade.X
    alpha = evidence.reliability.alpha
    if alpha is None or alpha < RELIABLE:
        return Grade.Q0
    if evidence.role != "effect" or not shown:
        return Grade.Q1
    if _changed(evidence):
        return Grade.C
    return Grade.B if _associated(evidence) else Grade.A


def _changed(evidence: Evidence) -> bool:
    series = evidence.series
    if series is None or series.placebo_p is None or series.placebo_p >= LEVEL:
        return False
    step = series.term("level_change")
    if step.low <= 0 <= step.high:
        return False
    return evidence.direction == "two-sided" or (step.value > 0) == (evidence.direction == "+")


def _associated(evidence: Evidence) -> bool:
    found, p = evidence.association, evidence.p_adjusted
    if (
        not evidence.registered
        or found is None
        or p is None
        or p >= LEVEL
        or found.low is None
        or found.high is None
    ):
        return False
    if found.low <= 0 <= found.high:
        return False
    return evidence.direction == "two-sided" or (found.rho > 0) == (evidence.direction == "+")


def sentence(evidence: Evidence, given: Grade) -> Message:
    """The fixed sentence of a grade."""
    match given:
        case Grade.Q0 | Grade.Q1:
            return _of_interviews(evidence, given)
        case Grade.A:
            return msg(
                "Consistent with {metric} = {value} ({low} to {high}) in {window}; not tested.",
                metric=evidence.metric,
                value=Number(evidence.value),
                low=Number(evidence.low),
                high=Number(evidence.high),
                window=evidence.window,
            )
        case Grade.B:
            cases = 0 if evidence.association is None else evidence.association.n
            return msg(
                "Associated across {n} cases; association is not causation.", n=Number(cases, Kind.COUNT)
            )
        case Grade.C:
            return msg(
                "{metric} changed after {date}; other changes at that time are not excluded.",
                metric=evidence.metric,
                date=evidence.date,
            )
        case Grade.X:
            return msg(
                "Contradicted by {metric}; shown because disagreement is a finding.", metric=evidence.metric
            )


def _of_interviews(evidence: Evidence, given: Grade) -> Message:
    k, n = (Number(count, Kind.COUNT) for count in evidence.salience)
    measured = evidence.reliability
    if measured.alpha is None:
        return msg("Proposed by informants ({k} of {n}); reliability of the coding not measured.", k=k, n=n)
    limits = {
        "alpha": Number(measured.alpha, Kind.COEFFICIENT),
        "low": Number(measured.low, Kind.COEFFICIENT),
        "high": Number(measured.high, Kind.COEFFICIENT),
    }
    if given is Grade.Q1:
        return msg(
            "Grounded in the interviews ({k} of {n}); coded with alpha = {alpha} ({low} to {high}).",
            k=k,
            n=n,
            **limits,
        )
    return msg(
        "Proposed by informants ({k} of {n}); reliability of the coding below .667 (alpha = {alpha}, {low} to {high}).",
        k=k,
        n=n,
        **limits,
    )
