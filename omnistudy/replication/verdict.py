"""The rule that was declared beforehand: gates, thresholds, and the verdict with its reasons.

The thresholds are the study's own; the literature sets none, and the defaults are deliberately not named
after any scale of agreement. A gate that is not passed makes the comparison inconclusive whatever was
found. In informed mode recovery is circular, because the coders were given the frame: the question then is
whether the frame could be applied.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from omnistudy.replication.comparison import Evidence
from omnistudy.replication.reliability import CodingAgreement
from omnistudy.replication.resampling import Estimate
from omnistudy.replication.role_agreement import RoleAgreement
from omnistudy.results import Kind, Message, Number, msg
from omnistudy.study.settings import Thresholds
from omnistudy.theory.counts.frequencies import Integers
from omnistudy.theory.saturation.richness import chao, coverage

MIN_INTERVIEWS = 12
MIN_CODERS = 2
MIN_DOUBLE_CODED = 3
MIN_CROSSWALK_KAPPA = 0.60
LOW_RECALL = 0.50
LOW_ROLE_KAPPA = 0.41


class Verdict(StrEnum):
    """What the rule says, of a study in blind or in informed mode."""

    CONSISTENT = "consistent"
    PARTLY = "partly"
    DIVERGENT = "divergent"
    INCONCLUSIVE = "inconclusive"
    FRAME_APPLICABLE = "frame_applicable"
    FRAME_PARTLY = "frame_partly"
    FRAME_NOT_APPLICABLE = "frame_not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Everything the rule looks at; ``None`` where a number does not exist.

    ``coverage`` is the estimated share of occurrences that belong to subcategories already seen, in
    informed mode outside the frame only; ``nothing_outside`` says that there are none there. The agreement
    of the crosswalk's raters is not asked of a study that was built around the model (``by_frame``).
    """

    interviews: int
    coders: int
    double_coded: int
    alpha: float | None
    alpha_low: float | None
    coverage: float | None
    nothing_outside: bool
    crosswalk_kappa: float | None
    by_frame: bool
    recall: float | None
    recall_reason: Message | None
    role: RoleAgreement
    informed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A condition without which nothing is concluded; ``reason`` says in words what is wanting."""

    name: str
    value: float | None
    threshold: float
    passed: bool
    reason: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The verdict, the gates, and every reason in words."""

    verdict: Verdict
    gates: tuple[Gate, ...]
    reasons: tuple[Message, ...]


def judge(measured: Measures, thresholds: Thresholds) -> Judgement:
    """Apply the rule to a study."""
    found = tuple(gates(measured, thresholds))
    failed = [gate.reason for gate in found if gate.reason is not None]
    if failed or measured.recall is None:
        return Judgement(verdict=Verdict.INCONCLUSIVE, gates=found, reasons=tuple(failed))
    if measured.informed:
        verdict = frame_rule(measured.recall, thresholds)
        reasons = _frame_reasons(measured, thresholds)
    else:
        verdict = rule(measured.recall, measured.role, thresholds)
        reasons = tuple(_reasons(measured.recall, measured.role, thresholds))
    return Judgement(verdict=verdict, gates=found, reasons=reasons)


def rule(recall: float, role: RoleAgreement, thresholds: Thresholds) -> Verdict:
    """Apply the rule of blind mode to what was found, the gates set aside."""
    kappa = role.value
    if kappa is None:
        return Verdict.INCONCLUSIVE
    if recall >= thresholds.recall and kappa >= thresholds.role_kappa and above_chance(role):
        return Verdict.CONSISTENT
    if recall < LOW_RECALL or kappa < LOW_ROLE_KAPPA:
        return Verdict.DIVERGENT
    return Verdict.PARTLY


def frame_rule(recall: float, thresholds: Thresholds) -> Verdict:
    """Apply the rule of informed mode: by the share of the frame's codes that the interviews hold."""
    if recall >= thresholds.recall:
        return Verdict.FRAME_APPLICABLE
    return Verdict.FRAME_NOT_APPLICABLE if recall < LOW_RECALL else Verdict.FRAME_PARTLY


def above_chance(role: RoleAgreement) -> bool:
    """Whether the lower limit of kappa lies above the 95th percentile of permuted roles."""
    return role.low is not None and role.null_p95 is not None and role.low > role.null_p95


def seen_share(occurrences: Integers, interviews: int) -> float | None:
    """Return sample coverage from the interviews per class; ``None`` without occurrences.

    Parameters
    ----------
    occurrences
        Interviews that hold each class, zeros allowed.
    interviews
        Interviews T.
    """
    held = occurrences[occurrences > 0]
    estimate = chao(interviews, len(held), int((held == 1).sum()), int((held == 2).sum()))
    return coverage(estimate, int(held.sum()))


def measures_of(
    evidence: Evidence,
    agreement: CodingAgreement,
    crosswalk: tuple[float | None, bool],
    found: tuple[Estimate, RoleAgreement],
    *,
    informed: bool,
) -> Measures:
    """Gather what the rule looks at.

    Parameters
    ----------
    crosswalk
        Agreement of its raters, and whether it only repeats the frame.
    found
        Recall and role agreement.
    """
    counted = evidence.subcategories
    if informed:
        counted = counted[:, evidence.outside]
    occurrences = np.asarray(counted.sum(axis=0, dtype=np.int64))
    return Measures(
        interviews=len(evidence.interviews),
        coders=len(agreement.coders),
        double_coded=len(agreement.interviews),
        alpha=agreement.alpha,
        alpha_low=agreement.low,
        coverage=seen_share(occurrences, len(evidence.interviews)),
        nothing_outside=informed and not occurrences.any(),
        crosswalk_kappa=crosswalk[0],
        by_frame=informed and crosswalk[1],
        recall=found[0].value,
        recall_reason=found[0].reason,
        role=found[1],
        informed=informed,
    )


def gates(measured: Measures, thresholds: Thresholds) -> Iterator[Gate]:
    """Yield every gate in the order of the rule."""
    yield _count("interviews", measured.interviews, MIN_INTERVIEWS)
    yield _count("coders", measured.coders, MIN_CODERS)
    yield _count("double_coded", measured.double_coded, MIN_DOUBLE_CODED)
    yield _share("alpha", measured.alpha, thresholds.alpha)
    if not measured.nothing_outside:
        yield _share("coverage", measured.coverage, thresholds.coverage)
    if not measured.by_frame:
        yield _share("crosswalk_kappa", measured.crosswalk_kappa, MIN_CROSSWALK_KAPPA)
    if not measured.informed:
        role = measured.role
        reason = None
        if role.value is None:
            why = role.reason or msg("no reason is known")
            reason = msg("The agreement of the roles is undefined: {reason}.", reason=why)
        yield Gate(name="role_kappa", value=role.value, threshold=-1.0, passed=reason is None, reason=reason)
    if measured.recall is None:
        why = measured.recall_reason or msg("no reason is known")
        reason = msg("The share of the model that is found is undefined: {reason}.", reason=why)
        yield Gate(name="recall", value=None, threshold=0.0, passed=False, reason=reason)


def _count(name: str, value: int, threshold: int) -> Gate:
    sentences = {
        "interviews": msg(
            "{value} interviews are coded; the rule asks for at least {threshold}.",
            value=Number(value, Kind.COUNT),
            threshold=Number(threshold, Kind.COUNT),
        ),
        "coders": msg(
            "{value} coders coded independently; the rule asks for at least {threshold}.",
            value=Number(value, Kind.COUNT),
            threshold=Number(threshold, Kind.COUNT),
        ),
        "double_coded": msg(
            "{value} interviews were coded by two or more coders; the rule asks for at least {threshold}.",
            value=Number(value, Kind.COUNT),
            threshold=Number(threshold, Kind.COUNT),
        ),
    }
    passed = value >= threshold
    return Gate(
        name=name, value=value, threshold=threshold, passed=passed, reason=None if passed else sentences[name]
    )


_NAMES = {
    "alpha": msg("Krippendorff's alpha of the coders"),
    "coverage": msg("the estimated coverage of the subcategories"),
    "crosswalk_kappa": msg("the agreement on the crosswalk"),
}


def _share(name: str, value: float | None, threshold: float) -> Gate:
    passed = value is not None and value >= threshold
    limit = Number(threshold, Kind.COEFFICIENT)
    reason: Message | None = None
    if value is None:
        reason = msg(
            "Undefined: {name}; the rule asks for at least {threshold}.", name=_NAMES[name], threshold=limit
        )
    elif not passed:
        reason = msg(
            "Too low: {name} is {value}; the rule asks for at least {threshold}.",
            name=_NAMES[name],
            value=Number(value, Kind.COEFFICIENT),
            threshold=limit,
        )
    return Gate(name=name, value=value, threshold=threshold, passed=passed, reason=reason)


def _reasons(recall: float, role: RoleAgreement, thresholds: Thresholds) -> Iterator[Message]:
    shown = {
        "value": Number(recall, Kind.COEFFICIENT),
        "threshold": Number(thresholds.recall, Kind.COEFFICIENT),
    }
    if recall >= thresholds.recall:
        yield msg("Recall is {value}, at least the declared {threshold}.", **shown)
    elif recall < LOW_RECALL:
        yield msg("Recall is {value}, below {low}.", **shown, low=Number(LOW_RECALL, Kind.COEFFICIENT))
    else:
        yield msg("Recall is {value}, below the declared {threshold}.", **shown)
    if role.value is None:
        return
    shown = {
        "value": Number(role.value, Kind.COEFFICIENT),
        "threshold": Number(thresholds.role_kappa, Kind.COEFFICIENT),
    }
    if role.value >= thresholds.role_kappa:
        yield msg("Role kappa is {value}, at least the declared {threshold}.", **shown)
    elif role.value < LOW_ROLE_KAPPA:
        low = Number(LOW_ROLE_KAPPA, Kind.COEFFICIENT)
        yield msg("Role kappa is {value}, below {low}.", **shown, low=low)
    else:
        yield msg("Role kappa is {value}, below the declared {threshold}.", **shown)
    limits = {"low": Number(role.low, Kind.COEFFICIENT), "null": Number(role.null_p95, Kind.COEFFICIENT)}
    if above_chance(role):
        yield msg("The lower limit of role kappa, {low}, lies above the chance level {null}.", **limits)
    else:
        yield msg(
            "The lower limit of role kappa, {low}, does not lie above the chance level {null}.", **limits
        )


def _frame_reasons(measured: Measures, thresholds: Thresholds) -> tuple[Message, ...]:
    return (
        msg("The coders were given the model's frame, so finding it again is no evidence for it."),
        msg(
            "The interviews hold {value} of the frame's concepts firmly; the declared share is {threshold}.",
            value=Number(measured.recall, Kind.SHARE),
            threshold=Number(thresholds.recall, Kind.SHARE),
        ),
    )
