"""What can be compared only where the reference reports it: the order of its frequencies, and its arrows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from omnistudy.replication.comparison import Concept, Pairing
from omnistudy.replication.reference import ReferenceModel
from omnistudy.results import Message, msg
from omnistudy.study.model import Level, Role, Study


@dataclass(frozen=True, slots=True, kw_only=True)
class RankAgreement:
    """Kendall's tau-b of the reported and the local frequencies of matched concepts.

    References
    ----------
    Kendall, M. G. (1945), doi:10.1093/biomet/33.3.239.
    """

    value: float | None
    concepts: int
    counted: str
    reason: Message | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeAgreement:
    """Arrows among matched concepts: reported ones, the study's own, and those that both have.

    ``recall``, ``precision`` and ``jaccard`` are shares of them; ``None`` with a reason.
    """

    reported: int
    local: int
    shared: int
    recall: float | None
    precision: float | None
    jaccard: float | None
    reason: Message | None


def rank_agreement(reference: ReferenceModel, concepts: Sequence[Concept]) -> RankAgreement:
    """Compare the order of frequencies; undefined where the reference reports none."""
    if not reference.frequencies:
        reason = _not_reported(reference, "frequencies") or msg("The reference reports no frequencies.")
        return RankAgreement(value=None, concepts=0, counted="", reason=reason)
    both = [c for c in concepts if c.matched and c.held_by and c.reference in reference.frequencies]
    reported = [reference.frequencies[c.reference] for c in both]
    own = [len(c.held_by) if reference.frequency_of == "interviews" else c.quotations for c in both]
    counted = reference.frequency_of
    if len(set(reported)) < 2 or len(set(own)) < 2:
        reason = msg("The frequencies of the matched concepts do not differ, so that there is no order.")
        return RankAgreement(value=None, concepts=len(both), counted=counted, reason=reason)
    from scipy.stats import kendalltau

    value = float(kendalltau(reported, own).statistic)
    return RankAgreement(value=value, concepts=len(both), counted=counted, reason=None)


def edge_agreement(study: Study, reference: ReferenceModel, pairings: Sequence[Pairing]) -> EdgeAgreement:
    """Compare the arrows among matched concepts; undefined where the reference reports none.

    The template's own arrows follow from the roles; scoring them would count the roles twice, so only
    arrows that the publication reports and that the researchers wrote down are compared.
    """
    if not reference.relations:
        unsaid = _not_reported(reference, "relations") or msg("The reference reports no relations.")
        return EdgeAgreement(
            reported=0, local=0, shared=0, recall=None, precision=None, jaccard=None, reason=unsaid
        )
    answers = {local: p.reference for p in pairings if p.partner is not None for local in p.locals}
    phenomenon = set(reference.phenomenon)
    matched = set(answers.values()) | phenomenon
    reported = {(s, t) for s, t in reference.relations if s in matched and t in matched and s != t}
    own = set()
    for relation in study.relations:
        ends = [_answer(study, end, answers, reference) for end in (relation.source, relation.target)]
        arrow = relation.polarity == "+" and relation.direction == "oneway"
        if arrow and None not in ends and ends[0] != ends[1]:
            own.add((ends[0], ends[1]))
    shared = len(reported & own)
    reason = None if reported else msg("No reported arrow joins two matched concepts.")
    return EdgeAgreement(
        reported=len(reported),
        local=len(own),
        shared=shared,
        recall=shared / len(reported) if reported else None,
        precision=shared / len(own) if own and reported else None,
        jaccard=shared / len(reported | own) if reported else None,
        reason=reason,
    )


def _answer(study: Study, code: str, answers: dict[str, str], reference: ReferenceModel) -> str | None:
    """Return the reference concept that a local end answers to; phenomenon answers to phenomenon."""
    node = study.codebook.rolled_up(code, Level.SUBCATEGORY)
    if node in answers:
        return answers[node]
    is_core = study.codebook.role_of(node) is Role.PHENOMENON
    return reference.phenomenon[0] if is_core and reference.phenomenon else None


def _not_reported(reference: ReferenceModel, topic: str) -> Message | None:
    """Return the model's own words on what it leaves out."""
    said = reference.not_reported.get(topic)
    return msg("{words}", words=said) if said else None
