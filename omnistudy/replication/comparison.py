"""Concept by concept: what of the reference is found in the study, in which role, how firmly.

A reference concept is matched when a local concept that some interview holds answers to it one to one, and
recovered when at least two interviews hold it and it keeps two of them in four fifths of the resamples of
the interviews. Not found is not refuted: what a study of this size would have seen stands beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import comb

import numpy as np
from numpy.typing import NDArray

from omnistudy.replication.crosswalk import Crosswalk, Link, matching
from omnistudy.replication.reference import ReferenceModel
from omnistudy.study.model import Level, Role, Study
from omnistudy.theory.counts.frequencies import Integers, incidence, level_targets
from omnistudy.theory.counts.stability import exact_stability

MIN_INTERVIEWS = 2
MIN_STABILITY = 0.80
DETECTION_PREVALENCE = 0.20
"""Share of people for which the detection power beside a concept is worked out."""

PREVALENCES = (0.05, 0.10, 0.15, 0.20, 0.30)
"""Shares for which it is tabulated."""

Present = NDArray[np.bool_]


class Found(StrEnum):
    """How firmly a reference concept is found."""

    RECOVERED = "recovered"
    WEAK = "weak"
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairing:
    """The local side of one reference concept.

    Parameters
    ----------
    partner
        The link that matches it one to one, ``None`` if it is not matched.
    locals
        The local concepts whose evidence counts for it: the partner, and further parts of it that match
        nothing else; without a partner, all that are linked to it at all.
    """

    reference: str
    partner: Link | None
    locals: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the interviews hold, as counts of distinct quotations.

    Parameters
    ----------
    interviews
        Ids of the n interviews that were coded, in the order they were held.
    pairings
        One per reference concept, length R.
    by_reference
        Quotations of each reference concept's local side, shape (n, R).
    locals
        The L local concepts that some interview holds and that are counted, in codebook order.
    by_local
        Quotations of each, shape (n, L).
    groups
        Group of each local concept, shape (L,): the parts of one split are one group, which is what
        precision counts.
    subcategories
        Presence of every subcategory of the study, shape (n, S), for coverage.
    outside
        Which of them have no link to the reference, shape (S,).
    roles
        Local concept to its role.
    """

    interviews: tuple[str, ...]
    pairings: tuple[Pairing, ...]
    by_reference: Integers
    locals: tuple[str, ...]
    by_local: Integers
    groups: Integers
    subcategories: Present
    outside: Present
    roles: Mapping[str, Role | None]

    @property
    def matched(self) -> Present:
        """Which reference concepts are matched, shape (R,)."""
        return np.array([pairing.partner is not None for pairing in self.pairings], dtype=np.bool_)

    @property
    def group_present(self) -> Present:
        """Which interviews hold which group of local concepts, shape (n, G)."""
        number = int(self.groups.max(initial=-1)) + 1
        member = np.zeros((len(self.locals), number), dtype=np.int64)
        member[np.arange(len(self.locals)), self.groups] = 1
        return np.asarray((self.by_local > 0).astype(np.int64) @ member > 0)


def evidence_of(
    study: Study, reference: ReferenceModel, crosswalk: Crosswalk, roles: Mapping[str, Role | None]
) -> Evidence:
    """Count what the analysed codings hold of both models.

    Parameters
    ----------
    roles
        Subcategory to its role, see :func:`local_roles`.
    """
    codes, targets = level_targets(study, Level.SUBCATEGORY)
    counts = incidence(study, codes, targets)
    rows = _coded(study, counts.interviews)
    held = counts.present[rows].sum(axis=0, dtype=np.int64)
    linked = {link.local for link in crosswalk.links}
    listed = set(reference.concepts)
    to_listed = {link.local for link in crosswalk.links if link.reference in listed}
    counted = [
        at
        for at, code in enumerate(codes)
        if held[at] and (roles.get(code) is not Role.PHENOMENON or code in to_listed)
    ]
    locals_ = tuple(codes[at] for at in counted)
    grounded = {codes[at]: int(held[at]) for at in counted}
    pairings = pair(crosswalk, reference.concepts, grounded)
    return Evidence(
        interviews=tuple(name for name, kept in zip(counts.interviews, rows, strict=True) if kept),
        pairings=pairings,
        by_reference=_pooled(study, targets, pairings)[rows],
        locals=locals_,
        by_local=counts.by_interview[rows][:, counted],
        groups=_groups(locals_, pairings),
        subcategories=counts.present[rows],
        outside=np.array([code not in linked for code in codes], dtype=np.bool_),
        roles={code: roles.get(code) for code in codes},
    )


def _coded(study: Study, interviews: Sequence[str]) -> Present:
    """Which interviews were coded: somebody saw them, or they hold an analysed coding."""
    coded = {entry.interview for entry in study.seen} | {c.quotation.interview for c in study.analysed}
    return np.array([name in coded for name in interviews], dtype=np.bool_)


def pair(crosswalk: Crosswalk, references: Sequence[str], grounded: Mapping[str, int]) -> tuple[Pairing, ...]:
    """Pair every reference concept with its local side.

    Parameters
    ----------
    grounded
        Local concept to the interviews that hold it; others are no evidence.
    """
    matched = matching(crosswalk.links, references, grounded)
    taken = {link.local for link in matched.values()}
    pairings = []
    for reference in references:
        linked = [link for link in crosswalk.of_reference(reference) if grounded.get(link.local)]
        partner = matched.get(reference)
        if partner is not None:
            own = [k.local for k in linked if k.local == partner.local or (k.strict and k.local not in taken)]
        else:
            own = [link.local for link in linked]
        pairings.append(Pairing(reference=reference, partner=partner, locals=tuple(own)))
    return tuple(pairings)


def _pooled(study: Study, targets: Mapping[str, tuple[str, ...]], pairings: Sequence[Pairing]) -> Integers:
    """Count distinct quotations of the local side of every reference concept, shape (all interviews, R)."""
    of_local: dict[str, list[str]] = {}
    for pairing in pairings:
        for local in pairing.locals:
            of_local.setdefault(local, []).append(pairing.reference)
    towards = {
        code: tuple(reference for local in reached for reference in of_local.get(local, ()))
        for code, reached in targets.items()
    }
    return incidence(study, [pairing.reference for pairing in pairings], towards).by_interview


def _groups(locals_: Sequence[str], pairings: Sequence[Pairing]) -> Integers:
    leader: dict[str, str] = {}
    for pairing in pairings:
        if pairing.partner is not None:
            for local in pairing.locals:
                leader.setdefault(local, pairing.partner.local)
    number: dict[str, int] = {}
    return np.array(
        [number.setdefault(leader.get(local, local), len(number)) for local in locals_], dtype=np.int64
    )


def local_roles(study: Study, *, votes_first: bool = False) -> dict[str, Role | None]:
    """Return the role of every subcategory.

    It is the codebook's, which is the agreed one; where the codebook has none, that of more than half of
    the role votes.

    Parameters
    ----------
    votes_first
        Ask the votes before the codebook: to see what the roles would be without one of the voters.
    """
    codes, _ = level_targets(study, Level.SUBCATEGORY)
    voted = {code: majority([vote.role for vote in study.role_votes if vote.code == code]) for code in codes}
    agreed = {code: study.codebook.role_of(code) for code in codes}
    first, second = (voted, agreed) if votes_first else (agreed, voted)
    return {code: first[code] if first[code] is not None else second[code] for code in codes}


def majority(votes: Sequence[Role]) -> Role | None:
    """Return the role that more than half of the votes name, ``None`` without one."""
    for role, number in Counter(votes).most_common(1):
        if 2 * number > len(votes):
            return role
    return None


def needed(interviews: int) -> int:
    """Return how many of n interviews must hold a concept so that it counts as recovered.

    The smallest k of at least 2 whose exact stability reaches .80; n + 1 if none does.
    """
    return next(
        (k for k in range(MIN_INTERVIEWS, interviews + 1) if exact_stability(k, interviews) >= MIN_STABILITY),
        interviews + 1,
    )


def detection_power(prevalence: float, interviews: int, at_least: int) -> float:
    """Return the probability that at least k of n interviews hold what a share of all people hold.

    It presumes that interviews were drawn at random, which informants chosen on purpose are not.

    Parameters
    ----------
    prevalence
        Share of all people who hold it, from 0 to 1.
    interviews
        Interviews n.
    at_least
        How many of them have to hold it, k.

    Returns
    -------
    float
        Binomial probability, from 0 to 1.

    References
    ----------
    Fugard & Potts (2015), Supporting thinking on sample sizes for thematic analyses,
    doi:10.1080/13645579.2015.1005453: two instances of a theme of 10 % prevalence, power .80, 29 interviews.

    Examples
    --------
    >>> detection_power(0.10, 29, 2) >= 0.80 > detection_power(0.10, 28, 2)
    True

    With fourteen interviews such a theme is seen at all with .77, and twice with .42:

    >>> round(detection_power(0.10, 14, 1), 2), round(detection_power(0.10, 14, 2), 2)
    (0.77, 0.42)
    """
    missed = sum(
        comb(interviews, k) * prevalence**k * (1 - prevalence) ** (interviews - k)
        for k in range(min(at_least, interviews + 1))
    )
    return min(max(1.0 - missed, 0.0), 1.0)


def upper_limit(interviews: int, confidence: float = 0.95) -> float | None:
    """Return the largest prevalence that still leaves a concept unseen in n interviews; ``None`` for 0."""
    return 1 - (1 - confidence) ** (1 / interviews) if interviews else None


def prevalence_for(power: float, interviews: int, at_least: int) -> float:
    """Return the smallest prevalence that reaches a detection power, by bisection."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (
            (low, middle) if detection_power(middle, interviews, at_least) >= power else (middle, high)
        )
    return high


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One reference concept in the study.

    Parameters
    ----------
    local
        Its local side; ``relation`` is that of the matching link, else of the strongest.
    found
        ``None`` where the study has no crosswalk, so that nothing can be said.
    held_by
        Ids of the interviews that hold it; ``quotations`` counts distinct ones.
    stability
        Exact share of interview resamples that keep two interviews and two quotations.
    """

    reference: str
    local: tuple[str, ...]
    relation: str | None
    matched: bool
    role_reference: Role | None
    role_local: Role | None
    found: Found | None
    held_by: tuple[str, ...]
    quotations: int
    stability: float

    @property
    def moved(self) -> bool:
        """Whether it is matched and plays another role here."""
        return self.matched and self.role_local is not None and self.role_local is not self.role_reference


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalConcept:
    """A local concept without a counterpart in the reference."""

    local: str
    role: Role | None
    held_by: tuple[str, ...]
    quotations: int
    stability: float
    disputed: bool

    @property
    def stable(self) -> bool:
        """Whether it is held as firmly as a recovered concept."""
        return len(self.held_by) >= MIN_INTERVIEWS and self.stability >= MIN_STABILITY


def concepts_of(
    evidence: Evidence, reference: ReferenceModel, crosswalk: Crosswalk, *, rated: bool
) -> tuple[Concept, ...]:
    """Return every reference concept with its status, in the order of the reference.

    Parameters
    ----------
    rated
        Whether the study has a crosswalk at all; without one no status is given.
    """
    total = len(evidence.interviews)
    enough = needed(total)
    concepts = []
    for at, pairing in enumerate(evidence.pairings):
        column = evidence.by_reference[:, at]
        held_by = tuple(evidence.interviews[i] for i in np.flatnonzero(column))
        links = [link for link in crosswalk.of_reference(pairing.reference) if link.local in pairing.locals]
        relation = pairing.partner or max(links, key=lambda link: link.strict, default=None)
        found: Found | None = None
        if rated:
            found = Found.NOT_FOUND if not held_by else Found.WEAK
            if pairing.partner is not None and len(held_by) >= enough:
                found = Found.RECOVERED
        concepts.append(
            Concept(
                reference=pairing.reference,
                local=pairing.locals,
                relation=None if relation is None else relation.relation,
                matched=pairing.partner is not None,
                role_reference=reference.role(pairing.reference),
                role_local=None if relation is None else evidence.roles.get(relation.local),
                found=found,
                held_by=held_by,
                quotations=int(column.sum()),
                stability=exact_stability(len(held_by), total),
            )
        )
    return tuple(concepts)


def unmatched_of(evidence: Evidence, crosswalk: Crosswalk) -> tuple[LocalConcept, ...]:
    """Return the local concepts without any link to the reference; the stable ones are extensions."""
    linked = {link.local for link in crosswalk.links}
    disputed = {dispute.local for dispute in crosswalk.disputes}
    total = len(evidence.interviews)
    return tuple(
        LocalConcept(
            local=local,
            role=evidence.roles.get(local),
            held_by=tuple(evidence.interviews[i] for i in np.flatnonzero(evidence.by_local[:, at])),
            quotations=int(evidence.by_local[:, at].sum()),
            stability=exact_stability(int((evidence.by_local[:, at] > 0).sum()), total),
            disputed=local in disputed,
        )
        for at, local in enumerate(evidence.locals)
        if local not in linked
    )
