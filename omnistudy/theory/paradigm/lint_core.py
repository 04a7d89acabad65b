"""Rules about selective coding: the core category, propositions and negative cases."""

from __future__ import annotations

from collections.abc import Iterable

from omnistudy.results import Kind, Number, listed, msg
from omnistudy.study.model import Role
from omnistudy.theory.paradigm.core import FREQUENT, Criterion, core_criteria, negative_cases
from omnistudy.theory.paradigm.findings import Case, Remark, Weight
from omnistudy.theory.terms import count


def core_not_frequent(case: Case) -> Iterable[Remark]:
    """Flag a core that too few interviews hold."""
    for node, criterion in _criteria(case, "frequent"):
        if criterion.met is False:
            yield Remark(
                node,
                msg(
                    "The phenomenon stands in {share} of the interviews, less than {threshold}.",
                    share=Number(criterion.values["share_of_interviews"], Kind.SHARE),
                    threshold=Number(FREQUENT, Kind.SHARE),
                ),
            )


def core_not_central(case: Case) -> Iterable[Remark]:
    """Flag a core that is not the best linked category."""
    for node, criterion in _criteria(case, "central"):
        if criterion.met is False:
            yield Remark(
                node,
                msg("The phenomenon is not the centre of the arrows: {finding}", finding=criterion.finding),
            )


def core_links_asserted(case: Case) -> Iterable[Remark]:
    """Flag a core whose arrows do not all rest on evidence."""
    for node, criterion in _criteria(case, "linked"):
        if criterion.met is False:
            yield Remark(
                node,
                msg(
                    "Not every arrow of the phenomenon rests on evidence: {finding}",
                    finding=criterion.finding,
                ),
            )


def core_in_vivo(case: Case) -> Iterable[Remark]:
    """Flag a core whose label is the participants' own wording."""
    for node, criterion in _criteria(case, "abstract"):
        if criterion.met is False:
            yield Remark(
                node,
                msg(
                    "The phenomenon may be an in-vivo code rather than an abstraction: {finding}",
                    finding=criterion.finding,
                ),
            )


def core_without_memo(case: Case) -> Iterable[Remark]:
    """Flag a core without a storyline memo."""
    for node in case.model.in_role(Role.PHENOMENON):
        own = {code for code, stands in case.model.stands_in.items() if stands == node.id}
        if not any(memo.target == "code" and memo.target_id in own for memo in case.study.memos):
            yield Remark(
                node.id, msg("No memo on {code} tells the storyline of the phenomenon.", code=node.label)
            )


def no_negative_case(case: Case) -> Iterable[Remark]:
    """Tell a search without result from no record of a search."""
    if not case.model.nodes or negative_cases(case.model):
        return
    if any(state.searched for state in case.model.propositions):
        yield Remark("study", msg("Negative cases were searched and none was found."), Weight.INFO)
    else:
        yield Remark(
            "study",
            msg(
                "No negative case is recorded, and nothing says that one was searched: none recorded is not "
                "none found."
            ),
        )


def negative_case_not_found(case: Case) -> Iterable[Remark]:
    """Name negative cases whose ids lead nowhere."""
    for state in case.model.propositions:
        if state.missing:
            yield Remark(
                state.proposition.id,
                msg(
                    "Negative cases that are neither a coded quotation nor a memo: {ids}.",
                    ids=listed(state.missing),
                ),
            )


def no_proposition(case: Case) -> Iterable[Remark]:
    """Say that the model states nothing."""
    if case.model.nodes and not case.study.propositions:
        yield Remark("study", msg("No proposition is recorded: the model has parts and states nothing."))


def proposition_without_evidence(case: Case) -> Iterable[Remark]:
    """Flag propositions none of whose relations rests on evidence, or only some of them."""
    for state in case.model.propositions:
        supported = sum(edge.evidenced for edge in state.edges)
        if state.status == "asserted":
            yield Remark(
                state.proposition.id,
                msg("None of the relations of proposition {id} rests on evidence.", id=state.proposition.id),
            )
        elif state.status == "partly":
            yield Remark(
                state.proposition.id,
                msg(
                    "{supported} of the {relations} relations of proposition {id} rest on evidence.",
                    supported=count(supported),
                    relations=count(len(state.edges) + len(state.unrecorded)),
                    id=state.proposition.id,
                ),
                Weight.INFO,
            )


def proposition_without_relation(case: Case) -> Iterable[Remark]:
    """Name relations that a proposition rests on and the relations table lacks."""
    for state in case.model.propositions:
        if state.unrecorded:
            names = listed([f"{source} > {target}" for source, target in state.unrecorded])
            yield Remark(
                state.proposition.id,
                msg("Relations that the proposition names and no relation records: {names}.", names=names),
            )


def _criteria(case: Case, name: str) -> Iterable[tuple[str, Criterion]]:
    for node in case.model.in_role(Role.PHENOMENON):
        for criterion in core_criteria(case.study, case.model, node):
            if criterion.criterion == name:
                yield node.id, criterion
