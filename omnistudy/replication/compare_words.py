"""The sentences of a comparison. None of them says more than the rule: a comparison settles no truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from omnistudy.replication.comparison import (
    DETECTION_PREVALENCE,
    MIN_INTERVIEWS,
    Concept,
    Found,
    detection_power,
    upper_limit,
)
from omnistudy.replication.crosswalk import Crosswalk
from omnistudy.replication.verdict import Verdict
from omnistudy.results import Kind, Label, Message, Number, msg
from omnistudy.study.model import Role
from omnistudy.theory.terms import count, role_name

if TYPE_CHECKING:
    from omnistudy.replication.compare_result import CompareResult

VERDICTS: Mapping[Verdict, Message] = {
    Verdict.CONSISTENT: msg("consistent with the model"),
    Verdict.PARTLY: msg("partly consistent with the model"),
    Verdict.DIVERGENT: msg("divergent from the model"),
    Verdict.INCONCLUSIVE: msg("inconclusive"),
    Verdict.FRAME_APPLICABLE: msg("the frame is applicable"),
    Verdict.FRAME_PARTLY: msg("the frame is partly applicable"),
    Verdict.FRAME_NOT_APPLICABLE: msg("the frame is not applicable"),
}

VERDICT_WORDS: Mapping[Verdict, Message] = {
    Verdict.CONSISTENT: msg("consistent"),
    Verdict.PARTLY: msg("partly"),
    Verdict.DIVERGENT: msg("divergent"),
    Verdict.INCONCLUSIVE: msg("inconclusive"),
    Verdict.FRAME_APPLICABLE: msg("applicable"),
    Verdict.FRAME_PARTLY: msg("partly"),
    Verdict.FRAME_NOT_APPLICABLE: msg("not applicable"),
}
"""Short forms for tables."""

STATUSES: Mapping[Found | None, Message] = {
    Found.RECOVERED: msg("recovered"),
    Found.WEAK: msg("weak"),
    Found.NOT_FOUND: msg("not found"),
    None: msg("not assessed"),
}

RELATIONS: Mapping[str | None, Message] = {
    "exact": msg("exact"),
    "narrower": msg("narrower"),
    "broader": msg("broader"),
    "overlap": msg("overlap"),
    None: msg("none"),
}

SHARES = {"all": msg("all"), "some": msg("some"), "none": msg("none")}

USUAL_CONFUSION = frozenset({Role.CONTEXT, Role.INTERVENING})


def how_counted(result: CompareResult) -> Message:
    """Say what was counted and where the limits come from."""
    return msg(
        "Counted are {recovered} recovered concepts of {references}, {matched} matched one to one and {lenient} "
        "with any relation, and {locals} local concepts; the phenomenon is in none of these counts. The limits "
        "of recall, precision, F1 and Jaccard come from {resamples} resamples of the {interviews} interviews, "
        "those of role kappa from resampled concepts. The coding is taken as given.",
        recovered=count(result.recovery.recovered),
        references=count(result.recovery.references),
        matched=count(result.recovery.matched),
        lenient=count(result.recovery.lenient),
        locals=count(result.recovery.locals),
        resamples=count(result.options.resamples),
        interviews=count(len(result.interviews)),
    )


def crosswalk_agreement(crosswalk: Crosswalk) -> Message:
    """Say how far the raters of the crosswalk agree."""
    if crosswalk.kappa is None:
        return msg(
            "Agreement on the crosswalk is undefined: {reason}.",
            reason=crosswalk.reason or msg("no reason is known"),
        )
    return msg(
        "The {raters} raters of the crosswalk agree with kappa {kappa} on the primary reference of {rated} local "
        "concepts; relations that stay unsettled and do not count: {disputed}.",
        raters=count(len(crosswalk.raters)),
        kappa=Number(crosswalk.kappa, Kind.COEFFICIENT),
        rated=count(crosswalk.rated),
        disputed=count(len(crosswalk.disputes)),
    )


def beyond(result: CompareResult) -> Iterator[Message]:
    """Say what of frequencies and arrows can be compared."""
    rank, edges = result.rank, result.edges
    if rank.value is None:
        yield msg(
            "The order of frequencies is not compared. {reason}",
            reason=rank.reason or msg("No reason is known."),
        )
    else:
        yield msg(
            "The order of frequencies agrees with Kendall's tau-b {value} over {concepts} matched concepts.",
            value=Number(rank.value, Kind.COEFFICIENT),
            concepts=count(rank.concepts),
        )
    if edges.recall is None:
        yield msg("Arrows are not compared. {reason}", reason=edges.reason or msg("No reason is known."))
    else:
        yield msg(
            "Of {reported} reported arrows between matched concepts the study has {shared}; it has {local} itself.",
            reported=count(edges.reported),
            shared=count(edges.shared),
            local=count(edges.local),
        )


def differences(result: CompareResult) -> Iterator[Message]:
    """Say what differs from the model, and what may lie behind it."""
    for concept in result.of_status(Found.NOT_FOUND):
        yield _not_found(result, concept)
    for concept in result.of_status(Found.WEAK):
        yield msg(
            "{concept} is weak: {held} of {interviews} interviews hold it, matched one to one: {matched}.",
            concept=result.reference.label(concept.reference),
            held=count(len(concept.held_by)),
            interviews=count(len(result.interviews)),
            matched=concept.matched,
        )
    for concept in result.moved:
        yield _moved(result, concept)
    if result.extensions:
        yield msg(
            "{number} stable concepts have no counterpart in the model. They may be new, they may lie in another "
            "setting, or the publication may have left them out.",
            number=count(len(result.extensions)),
        )
    yield msg(
        "Differences may lie in the setting, the informants, the years between, the questions asked, the language "
        "or the fineness of coding as much as in the model."
    )


def _not_found(result: CompareResult, concept: Concept) -> Message:
    total = len(result.interviews)
    return msg(
        "{concept} was not found in {interviews} interviews, which does not refute it: if interviews were drawn at "
        "random, a theme of {prevalence} of people would be in two of them with probability {power}, and up to "
        "{limit} of people may still hold what none of them said.",
        concept=result.reference.label(concept.reference),
        interviews=count(total),
        prevalence=Number(DETECTION_PREVALENCE, Kind.SHARE),
        power=Number(detection_power(DETECTION_PREVALENCE, total, MIN_INTERVIEWS), Kind.COEFFICIENT),
        limit=Number(upper_limit(total), Kind.SHARE),
    )


def _moved(result: CompareResult, concept: Concept) -> Message:
    names: dict[str, Label | Message] = {
        "concept": result.reference.label(concept.reference),
        "there": role_name(concept.role_reference),
        "here": role_name(concept.role_local),
    }
    if {concept.role_reference, concept.role_local} == USUAL_CONFUSION:
        return msg(
            "{concept} has the role {there} in the model and {here} in this study; these two are the roles most "
            "often taken for each other, and kappa over three roles does not tell them apart.",
            **names,
        )
    return msg("{concept} has the role {there} in the model and {here} in this study.", **names)
