"""Rules about arrows: their evidence, their place in the paradigm, and the paths they make."""

from __future__ import annotations

from collections.abc import Iterable

from omnistudy.results import Message, listed, msg
from omnistudy.study.model import Role
from omnistudy.theory.paradigm.arrows import Arrow, arrow
from omnistudy.theory.paradigm.findings import Case, Remark, Weight
from omnistudy.theory.paradigm.model import Edge, quotation_named
from omnistudy.theory.paradigm.paths import connected, cycles, reached
from omnistudy.theory.terms import count, role_name


def no_relations(case: Case) -> Iterable[Remark]:
    """Say that arrows are not invented where none is recorded."""
    if case.model.nodes and not case.study.relations:
        yield Remark(
            "study",
            msg(
                "The study records no relation, so that the model has roles and no arrows. The usual arrows "
                "between roles are not drawn for it: they would follow from the roles and prove nothing."
            ),
        )


def arrow_without_evidence(case: Case) -> Iterable[Remark]:
    """Name the arrows that are asserted only."""
    for edge in case.model.directed:
        if not edge.evidenced:
            yield Remark(
                edge.subject,
                msg(
                    "The researchers' arrow from {source} to {target} rests on no quotation or memo; it is "
                    "asserted.",
                    **_ends(case, edge),
                ),
            )


def arrow_from_one_interview(case: Case) -> Iterable[Remark]:
    """Name arrows that one participant alone bears out; a memo beside the quotations answers the question."""
    if len(case.study.interviews) < 2:
        return
    for edge in case.model.directed:
        spans = [quotation_named(name) for name in edge.evidence]
        interviews = {span.interview for span in spans if span}
        if len(interviews) == 1 and not edge.memos and not edge.negative:
            yield Remark(
                edge.subject,
                msg(
                    "The arrow from {source} to {target} rests on interview {interview} alone.",
                    interview=min(interviews),
                    **_ends(case, edge),
                ),
            )


def evidence_not_found(case: Case) -> Iterable[Remark]:
    """Name evidence ids that lead nowhere."""
    for edge in case.model.edges:
        if edge.missing:
            yield Remark(
                edge.subject,
                msg(
                    "Evidence that is neither a coded quotation nor a memo: {ids}.",
                    ids=listed(edge.missing),
                ),
            )


def evidence_beside_the_point(case: Case) -> Iterable[Remark]:
    """Name evidence that was coded with neither end of its arrow."""
    coded = case.study.coded_spans
    for edge in case.model.edges:
        beside = []
        for name in edge.evidence:
            span = quotation_named(name)
            nodes = {case.model.stands_in[coding.code] for coding in coded[span]} if span else set()
            if not nodes & {edge.source, edge.target}:
                beside.append(name)
        if beside:
            yield Remark(
                edge.subject,
                msg("Evidence coded with neither end of the arrow: {ids}.", ids=listed(beside)),
            )


def arrow_without_role(case: Case) -> Iterable[Remark]:
    """Name arrows that cannot be drawn because an end has no role."""
    for edge in case.model.directed:
        bare = [end for end in (edge.source, edge.target) if case.model.by_id[end].role is None]
        if bare:
            yield Remark(
                edge.subject,
                msg(
                    "The arrow is not drawn, because {code} has no role.",
                    code=case.study.codebook[bare[0]].label,
                ),
            )


def link_without_direction(case: Case) -> Iterable[Remark]:
    """Name imported links that say that two codes belong together, and not which leads to which."""
    for edge in case.model.edges:
        if not edge.directed:
            yield Remark(
                edge.subject,
                msg(
                    "The link between {source} and {target} has no direction, so it is no arrow and is only "
                    "proposed; write oneway as its direction, or take it out.",
                    **_ends(case, edge),
                ),
            )


def unusual_arrow(case: Case) -> Iterable[Remark]:
    """Hold every arrow against the table of roles.

    In the lenient reading a recorded rationale keeps any arrow; the strict one reads the table as
    written. Causal conditions that lead straight to outcomes have a rule of their own.
    """
    for edge in case.model.drawn:
        if edge.negative or _jumps(case, edge):
            continue
        source, target = _roles(case, edge)
        verdict = arrow(source, target, strict=case.strict)
        weight = _weight(edge, verdict, strict=case.strict)
        if weight is not None:
            yield Remark(edge.subject, _unusual(case, edge, verdict, weight), weight)


def _weight(edge: Edge, verdict: Arrow, *, strict: bool) -> Weight | None:
    reasoned = bool(edge.relation.rationale.strip())
    if verdict is Arrow.OK or (verdict is Arrow.FEEDBACK and edge.relation.feedback):
        return None
    if verdict is Arrow.REASON:
        return None if reasoned else Weight.WARNING
    return Weight.INFO if reasoned and not strict else Weight.ERROR


def _unusual(case: Case, edge: Edge, verdict: Arrow, weight: Weight) -> Message:
    source, target = _roles(case, edge)
    names = {**_ends(case, edge), "from_role": role_name(source), "to_role": role_name(target)}
    if weight is Weight.INFO:
        return msg(
            "Unusual, kept for its rationale: an arrow from {source} ({from_role}) to {target} ({to_role}).",
            **names,
        )
    if verdict is Arrow.FEEDBACK:
        return msg(
            "An arrow from {source} ({from_role}) back to {target} ({to_role}) needs the mark of feedback.",
            **names,
        )
    if verdict is Arrow.REASON:
        return msg("An arrow from {source} ({from_role}) to {target} ({to_role}) needs a rationale.", **names)
    return msg("The paradigm has no arrow from {source} ({from_role}) to {target} ({to_role}).", **names)


def causal_to_outcome(case: Case) -> Iterable[Remark]:
    """Name arrows from causal conditions to outcomes that no strategy stands between."""
    for edge in case.model.drawn:
        if edge.negative or not _jumps(case, edge):
            continue
        reasoned = bool(edge.relation.rationale.strip())
        weight = Weight.ERROR if case.strict else Weight.INFO if reasoned else Weight.WARNING
        yield Remark(
            edge.subject,
            msg("{source} leads to {target} without a strategy between them.", **_ends(case, edge)),
            weight,
        )


def _jumps(case: Case, edge: Edge) -> bool:
    if _roles(case, edge) != (Role.CAUSAL, Role.OUTCOME):
        return False
    return edge.target not in _through_strategies(case, [edge.source])


def _through_strategies(case: Case, starts: Iterable[str]) -> frozenset[str]:
    strategies = {node.id for node in case.model.in_role(Role.STRATEGY)}
    return reached(reached(starts, case.model.arrows) & strategies, case.model.arrows)


def causal_without_path(case: Case) -> Iterable[Remark]:
    """Name causal conditions that do not lead to the phenomenon."""
    phenomena = {node.id for node in case.model.in_role(Role.PHENOMENON)}
    if not case.model.arrows or not phenomena:
        return
    for node in case.model.in_role(Role.CAUSAL):
        if not reached([node.id], case.model.arrows) & phenomena:
            yield Remark(node.id, msg("No path leads from {code} to the phenomenon.", code=node.label))


def outcome_without_strategy(case: Case) -> Iterable[Remark]:
    """Name outcomes that the phenomenon does not reach through a strategy."""
    phenomena = [node.id for node in case.model.in_role(Role.PHENOMENON)]
    if not case.model.arrows or not phenomena:
        return
    through = _through_strategies(case, phenomena)
    for node in case.model.in_role(Role.OUTCOME):
        if node.id not in through:
            yield Remark(
                node.id,
                msg("No path leads from the phenomenon through a strategy to {code}.", code=node.label),
            )


def cycle_without_feedback(case: Case) -> Iterable[Remark]:
    """Name circles of arrows in which none is marked as feedback."""
    for group in cycles(case.model.arrows):
        yield Remark(
            " > ".join(group),
            msg(
                "{n} categories lead back to themselves and no arrow among them is marked as feedback: "
                "{ids}.",
                n=count(len(group)),
                ids=listed(group),
            ),
        )


def orphan_category(case: Case) -> Iterable[Remark]:
    """Name categories that no arrow touches."""
    if not case.model.drawn:
        return
    touched = {end for edge in case.model.drawn for end in (edge.source, edge.target)}
    for node in case.model.nodes:
        if node.id not in touched:
            yield Remark(node.id, msg("No arrow touches {code}.", code=node.label))


def no_path_to_core(case: Case) -> Iterable[Remark]:
    """Name categories with arrows that are not linked with the phenomenon at all."""
    links = [(edge.source, edge.target) for edge in case.model.drawn]
    phenomena = [node.id for node in case.model.in_role(Role.PHENOMENON)]
    if not links or not phenomena:
        return
    linked = {name for phenomenon in phenomena for name in connected(phenomenon, links)}
    touched = {end for pair in links for end in pair}
    for node in case.model.nodes:
        if node.id in touched - linked:
            yield Remark(node.id, msg("No path of arrows links {code} with the phenomenon.", code=node.label))


def _roles(case: Case, edge: Edge) -> tuple[Role, Role]:
    """Roles of the ends of a drawn edge, which both exist."""
    source, target = case.model.by_id[edge.source].role, case.model.by_id[edge.target].role
    if source is None or target is None:
        raise ValueError(f"{edge.subject} is not drawn")
    return source, target


def _ends(case: Case, edge: Edge) -> dict[str, Message]:
    book = case.study.codebook
    return {
        "source": msg("{code}", code=book[edge.relation.source].label),
        "target": msg("{code}", code=book[edge.relation.target].label),
    }
