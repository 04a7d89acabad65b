"""What the verdict rests on: the comparison without each interview and without each coder.

The gates on how many interviews, coders and double-coded interviews there are stay as in the whole study:
leaving one of twelve interviews out would else change every verdict by arithmetic alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from omnistudy.replication.comparison import Evidence, Present, evidence_of, local_roles, needed
from omnistudy.replication.crosswalk import Crosswalk
from omnistudy.replication.reference import ReferenceModel
from omnistudy.replication.role_agreement import RoleAgreement, role_agreement
from omnistudy.replication.verdict import Measures, Verdict, judge, seen_share
from omnistudy.results import Message, msg
from omnistudy.study.analysis_set import select
from omnistudy.study.model import Role, Study
from omnistudy.study.settings import Thresholds

Known = dict[tuple[tuple[Role, ...], tuple[Role, ...]], RoleAgreement]
"""Role agreement already worked out; leaving an interview out seldom changes a role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """The comparison without one interview or coder.

    Parameters
    ----------
    kind, name
        ``interview`` or ``coder``, and which.
    interviews
        Interviews that remain.
    recall, role_kappa
        Their values without it; ``recall_change`` and ``role_kappa_change`` are the differences from the
        whole study. ``None`` where a value does not exist.
    verdict
        The verdict without it; ``None`` with ``reason`` where nothing remains.
    influential
        Whether the verdict is another one.
    reasons
        Why it is another one; empty where it is the same.
    """

    kind: str
    name: str
    interviews: int
    recall: float | None
    role_kappa: float | None
    recall_change: float | None
    role_kappa_change: float | None
    verdict: Verdict | None
    influential: bool
    reason: Message | None = None
    reasons: tuple[Message, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Whole:
    """The comparison of the whole study, which the others are set beside."""

    study: Study
    reference: ReferenceModel
    crosswalk: Crosswalk
    evidence: Evidence
    measured: Measures
    verdict: Verdict
    thresholds: Thresholds
    alpha_without_interview: Mapping[str, float | None]
    alpha_without_coder: Mapping[str, float | None]
    draws: int
    seed: int


def without_each(whole: Whole) -> tuple[LeftOut, ...]:
    """Return the comparison without each interview, in order, then without each human coder."""
    known: Known = {}
    found = [_without_interview(whole, at, known) for at in range(len(whole.evidence.interviews))]
    found += [_without_coder(whole, coder, known) for coder in whole.study.human_coders]
    return tuple(found)


def role_pairs(evidence: Evidence, held: Present, reference: ReferenceModel) -> tuple[list[Role], list[Role]]:
    """Return the roles of the matched concepts that are held, in the reference and here.

    Parameters
    ----------
    held
        Whether an interview holds the local side of each reference concept, shape (R,).
    """
    theirs, ours = [], []
    for pairing, present in zip(evidence.pairings, held, strict=True):
        if pairing.partner is None or not present:
            continue
        role, local = reference.role(pairing.reference), evidence.roles.get(pairing.partner.local)
        if role is not None and local is not None:
            theirs.append(role)
            ours.append(local)
    return theirs, ours


def _role(whole: Whole, evidence: Evidence, held: Present, known: Known) -> RoleAgreement:
    if whole.measured.informed:
        return whole.measured.role
    theirs, ours = role_pairs(evidence, held, whole.reference)
    key = (tuple(theirs), tuple(ours))
    if key not in known:
        known[key] = role_agreement(theirs, ours, draws=whole.draws, seed=whole.seed)
    return known[key]


def _without_interview(whole: Whole, at: int, known: Known) -> LeftOut:
    evidence, measured = whole.evidence, whole.measured
    name = evidence.interviews[at]
    left = len(evidence.interviews) - 1
    held = (np.delete(evidence.by_reference, at, axis=0) > 0).sum(axis=0)
    recovered = int((evidence.matched & (held >= needed(left))).sum())
    seen = np.delete(evidence.subcategories, at, axis=0)
    if measured.informed:
        seen = seen[:, evidence.outside]
    reduced = replace(
        measured,
        recall=None if measured.recall is None or not left else recovered / len(evidence.pairings),
        role=_role(whole, evidence, held > 0, known),
        coverage=seen_share(np.asarray(seen.sum(axis=0, dtype=np.int64)), left),
        alpha=whole.alpha_without_interview.get(name, measured.alpha),
    )
    return _compared(whole, "interview", name, left, reduced)


def _without_coder(whole: Whole, coder: str, known: Known) -> LeftOut:
    study = study_without(whole.study, coder)
    if study is None:
        reason = msg("all analysed codings are those of this coder")
        return LeftOut(
            kind="coder",
            name=coder,
            interviews=0,
            recall=None,
            role_kappa=None,
            recall_change=None,
            role_kappa_change=None,
            verdict=None,
            influential=False,
            reason=reason,
        )
    evidence = evidence_of(study, whole.reference, whole.crosswalk, local_roles(study, votes_first=True))
    held = (evidence.by_reference > 0).sum(axis=0)
    left = len(evidence.interviews)
    recovered = int((evidence.matched & (held >= needed(left))).sum())
    fresh = replace(
        whole.measured,
        recall=None if whole.measured.recall is None or not left else recovered / len(evidence.pairings),
        role=_role(whole, evidence, held > 0, known),
        coverage=_coverage(evidence, informed=whole.measured.informed),
    )
    alpha = whole.alpha_without_coder.get(coder)
    if alpha is not None:
        fresh = replace(fresh, alpha=alpha)
    return _compared(whole, "coder", coder, left, fresh)


def _coverage(evidence: Evidence, *, informed: bool) -> float | None:
    seen = evidence.subcategories[:, evidence.outside] if informed else evidence.subcategories
    return seen_share(np.asarray(seen.sum(axis=0, dtype=np.int64)), len(evidence.interviews))


def study_without(study: Study, coder: str) -> Study | None:
    """Return the study as if one coder had not taken part; ``None`` when nothing would remain.

    Where the analysis set is the consensus, whose codings have one author, the interviews go that nobody
    else coded independently. Role votes of the coder go in any case.
    """
    chosen = study.analysis_set
    if chosen == f"lead:{coder}" or study.human_coders == (coder,):
        return None
    humans = set(study.human_coders)
    others = {s.interview for s in study.seen if s.coder in humans and s.coder != coder}
    alone = {s.interview for s in study.seen if s.coder == coder} - others
    coders = tuple(known for known in study.coders if known.id != coder)
    codings = tuple(c for c in study.codings if c.coder != coder and c.quotation.interview not in alone)
    seen = frozenset(s for s in study.seen if s.coder != coder and s.interview not in alone)
    return replace(
        study,
        coders=coders,
        codings=codings,
        analysed=select(chosen, coders, codings, study.rounds, seen),
        seen=seen,
        role_votes=tuple(vote for vote in study.role_votes if vote.coder != coder),
    )


def _compared(whole: Whole, kind: str, name: str, left: int, reduced: Measures) -> LeftOut:
    judgement = judge(reduced, whole.thresholds)
    influential = judgement.verdict is not whole.verdict
    return LeftOut(
        kind=kind,
        name=name,
        interviews=left,
        recall=reduced.recall,
        role_kappa=reduced.role.value,
        recall_change=_difference(reduced.recall, whole.measured.recall),
        role_kappa_change=_difference(reduced.role.value, whole.measured.role.value),
        verdict=judgement.verdict,
        influential=influential,
        reasons=judgement.reasons if influential else (),
    )


def _difference(value: float | None, base: float | None) -> float | None:
    return None if value is None or base is None else value - base
