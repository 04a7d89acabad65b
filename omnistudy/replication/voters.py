"""Who says that a concept plays a role: each voter's kappa, and votes that are independent of the frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from omnistudy.replication.comparison import Concept, majority
from omnistudy.replication.role_agreement import RoleAgreement, role_agreement
from omnistudy.results import msg
from omnistudy.study.model import Role, Study

MIN_INDEPENDENT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class VoterAgreement:
    """Role kappa of one voter with the reference, over the matched concepts that they voted on."""

    voter: str
    role: RoleAgreement


def roles_of_model(
    study: Study, concepts: Sequence[Concept], *, draws: int, seed: int, informed: bool
) -> tuple[RoleAgreement, RoleAgreement]:
    """Return role kappa over five and over three roles.

    In informed mode the coders knew the roles, so that only votes of at least two people who did not code
    count; without them kappa is undefined.
    """
    matched = [concept for concept in concepts if concept.matched and concept.held_by]
    local: Mapping[str, Role | None] = {concept.reference: concept.role_local for concept in matched}
    if informed:
        outside = sorted({vote.coder for vote in study.role_votes} - {coder.id for coder in study.coders})
        if len(outside) < MIN_INDEPENDENT:
            reason = msg(
                "the coders were given the model's roles, and no two people who did not code voted on them"
            )
            gone = RoleAgreement(concepts=0, reason=reason)
            return gone, gone
        local = {c.reference: _voted(study, c, outside) for c in matched}
    theirs, ours = _both(matched, local)
    return (
        role_agreement(theirs, ours, draws=draws, seed=seed),
        role_agreement(theirs, ours, draws=draws, seed=seed, collapsed=True),
    )


def voter_agreements(study: Study, concepts: Sequence[Concept]) -> tuple[VoterAgreement, ...]:
    """Return the role kappa of every voter, without interval, in the order of the votes."""
    matched = [concept for concept in concepts if concept.matched and concept.held_by]
    found = []
    for voter in dict.fromkeys(vote.coder for vote in study.role_votes):
        local = {concept.reference: _voted(study, concept, (voter,)) for concept in matched}
        theirs, ours = _both(matched, local)
        found.append(VoterAgreement(voter=voter, role=role_agreement(theirs, ours, draws=0, seed=0)))
    return tuple(found)


def _voted(study: Study, concept: Concept, voters: Sequence[str]) -> Role | None:
    """Return what most of these voters say of the local side of a concept, one vote a voter."""
    votes = []
    for voter in voters:
        own = [v.role for v in study.role_votes if v.coder == voter and v.code in concept.local]
        votes += [role for role, _ in Counter(own).most_common(1)]
    return majority(votes)


def _both(concepts: Sequence[Concept], local: Mapping[str, Role | None]) -> tuple[list[Role], list[Role]]:
    pairs = [(c.role_reference, local[c.reference]) for c in concepts]
    kept = [(theirs, ours) for theirs, ours in pairs if theirs is not None and ours is not None]
    return [theirs for theirs, _ in kept], [ours for _, ours in kept]
