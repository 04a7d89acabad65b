"""Grades of evidence: fixed sentences, given by rule, never by hand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import sqrt

from omnistudy.crm.links.association import Association
from omnistudy.crm.links.interrupted import Interrupted
from omnistudy.crm.links.words import held_constant
from omnistudy.crm.metrics.units import number
from omnistudy.results import Day, Kind, Message, Number, Value, msg

RELIABLE = 0.667
LEVEL = 0.05


class Grade(StrEnum):
    """From the interviews alone (Q0, Q1) over consistent metrics (A to D) to contradiction (X).

    Grade D, evidence of an effect, asks for a control series and for the same finding in two periods,
    groups or organisations at least, so it is never given to a link that stands alone.
    """

    Q0 = "Q0"
    Q1 = "Q1"
    A = "A"
    B = "B"
    C = "C"
    D = "D"
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
    """A metric minus what it is compared with, with limits.

    ``against`` says what that is: ``before`` the date of the link, its ``target``, or the ``control``.
    """

    before: float
    after: float
    value: float
    low: float
    high: float
    against: str = "before"

    def agrees(self, direction: str) -> bool | None:
        """Whether the limits exclude 0 in the stated direction (or the other); ``None`` if they hold 0."""
        if self.low <= 0 <= self.high:
            return None
        return True if direction == "two-sided" else (self.value > 0) == (direction == "+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything a grade rests on.

    ``series`` is the interrupted series of the metric alone, ``controlled`` that of its difference from
    a control; ``repetitions`` counts the other links that found the same with a control elsewhere.
    """

    direction: str
    role: str
    fit: str
    salience: tuple[int, int]
    reliability: Reliability
    metric: Value | Message
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str = ""
    window: str = ""
    date: str = ""
    difference: Difference | None = None
    series: Interrupted | None = None
    controlled: Interrupted | None = None
    repetitions: int = 0
    association: Association | None = None
    p_adjusted: float | None = None
    registered: bool = False


def difference(
    before: tuple[float, float, float], after: tuple[float, float, float], against: str = "before"
) -> Difference:
    """Return the difference of two independent estimates, limits recovered from theirs.

    Parameters
    ----------
    before, after
        Value, lower and upper limit of each.
    against
        What ``before`` is, for the sentence: ``before``, ``target`` or ``control``.

    Returns
    -------
    Difference
        ``after`` minus ``before``.

    References
    ----------
    Zou & Donner (2008), Construction of confidence limits about effect measures, Statistics in Medicine
    27(10), 1693-1702, doi:10.1002/sim.3095. For Wilson limits it is Newcombe's interval.

    Examples
    --------
    Newcombe (1998), Interval estimation for the difference between independent proportions, Statistics in
    Medicine 17, 873-890, method 10: 56/70 against 48/80 gives .0524 to .3339.

    >>> from omnistudy.crm.statistics.intervals import wilson
    >>> first, second = wilson(48, 80), wilson(56, 70)
    >>> found = difference((0.6, first.low, first.high), (0.8, second.low, second.high))
    >>> round(found.low, 4), round(found.high, 4)
    (0.0524, 0.3339)
    """
    value = after[0] - before[0]
    low = value - sqrt((after[0] - after[1]) ** 2 + (before[2] - before[0]) ** 2)
    high = value + sqrt((after[2] - after[0]) ** 2 + (before[0] - before[1]) ** 2)
    return Difference(before=before[0], after=after[0], value=value, low=low, high=high, against=against)


def grade(evidence: Evidence) -> Grade:
    """Grade the evidence of one link by the rules of the evidence table."""
    shown = None if evidence.difference is None else evidence.difference.agrees(evidence.direction)
    if evidence.fit == "discord" or shown is False or _tested_against(evidence):
        return Grade.X
    alpha = evidence.reliability.alpha
    if alpha is None or alpha < RELIABLE:
        return Grade.Q0
    if evidence.role != "effect" or not shown:
        return Grade.Q1
    if changed_with_control(evidence) and evidence.repetitions:
        return Grade.D
    if _changed(evidence, evidence.series) or changed_with_control(evidence):
        return Grade.C
    return Grade.B if _associated(evidence) else Grade.A


def changed_with_control(evidence: Evidence) -> bool:
    """Whether the difference from the control stepped in the stated direction, beyond placebo dates."""
    return _changed(evidence, evidence.controlled)


def _changed(evidence: Evidence, series: Interrupted | None) -> bool:
    step = _step(series)
    return step is not None and _fits(evidence.direction, step)


def _step(series: Interrupted | None) -> float | None:
    """The step of a series that is beyond its placebo dates and its own error; ``None`` otherwise."""
    if series is None or series.placebo_p is None or series.placebo_p >= LEVEL:
        return None
    step = series.term("level_change")
    return None if step.low <= 0 <= step.high else step.value


def _fits(direction: str, value: float) -> bool:
    return direction == "two-sided" or (value > 0) == (direction == "+")


def _tested_against(evidence: Evidence) -> bool:
    """Whether a test found the opposite: the step with control (else without), or the registered ρ."""
    if evidence.role != "effect":
        return False
    step = _step(evidence.controlled if evidence.controlled is not None else evidence.series)
    if step is not None and not _fits(evidence.direction, step):
        return True
    rho = _rho(evidence)
    return rho is not None and not _fits(evidence.direction, rho)


def _rho(evidence: Evidence) -> float | None:
    """The registered association that is beyond chance in its family; ``None`` otherwise."""
    found, p = evidence.association, evidence.p_adjusted
    if not evidence.registered or found is None or p is None or p >= LEVEL:
        return None
    if found.low is None or found.high is None or found.low <= 0 <= found.high:
        return None
    return found.rho


def _associated(evidence: Evidence) -> bool:
    rho = _rho(evidence)
    return rho is not None and _fits(evidence.direction, rho)


def sentence(evidence: Evidence, given: Grade) -> Message:
    """The fixed sentence of a grade."""
    match given:
        case Grade.Q0 | Grade.Q1:
            return _of_interviews(evidence, given)
        case Grade.A:
            return msg(
                "Consistent with {metric} = {value} ({low} to {high}) in {window}; not tested.",
                metric=evidence.metric,
                value=number(evidence.value, evidence.unit),
                low=number(evidence.low, evidence.unit),
                high=number(evidence.high, evidence.unit),
                window=Day(evidence.window),
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
        case Grade.D:
            return msg(
                "Evidence of an effect under the stated assumptions: {list}.", list=assumptions(evidence)
            )
        case Grade.X:
            return msg(
                "Contradicted by {metric}; shown because disagreement is a finding.", metric=evidence.metric
            )


def assumptions(evidence: Evidence) -> Message:
    """What grade D takes for granted."""
    held = None if evidence.controlled is None else held_constant(evidence.controlled.adjusted)
    n = Number(evidence.repetitions + 1, Kind.COUNT)
    if held is not None:
        return msg(
            "nothing else changed at {n} dates or places for the metric and not for its control, both would have kept "
            "their trends, the strategy left the control alone, errors follow each other as AR(1), and {adjusted} "
            "were held constant",
            n=n,
            adjusted=held,
        )
    return msg(
        "nothing else changed at {n} dates or places for the metric and not for its control, both would have kept "
        "their trends, the strategy left the control alone, and errors follow each other as AR(1)",
        n=n,
    )


def _of_interviews(evidence: Evidence, given: Grade) -> Message:
    k, n = (Number(count, Kind.COUNT) for count in evidence.salience)
    measured = evidence.reliability
    if measured.alpha is None:
        return msg("Proposed by informants ({k} of {n}); reliability of the coding not measured.", k=k, n=n)
    alpha = Number(measured.alpha, Kind.COEFFICIENT)
    if measured.low is None:
        if given is Grade.Q1:
            return msg(
                "Grounded in the interviews ({k} of {n}); coded with alpha = {alpha}, without an interval.",
                k=k,
                n=n,
                alpha=alpha,
            )
        return msg(
            "Proposed by informants ({k} of {n}); reliability of the coding below .667 (alpha = {alpha}, without an "
            "interval).",
            k=k,
            n=n,
            alpha=alpha,
        )
    limits = {
        "alpha": alpha,
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
