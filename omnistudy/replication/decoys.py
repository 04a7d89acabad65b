"""What the rule calls consistent by chance: decoy models, permuted studies, and the study drawn again.

The gates are set aside, so that only the rule speaks. A decoy of another domain has no crosswalk; its
relations are drawn at random: as many as the study has, each to any concept of a model of the same size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from omnistudy.replication.comparison import Evidence, needed
from omnistudy.replication.reference import ReferenceModel
from omnistudy.replication.resampling import multiplicities, recovered_in
from omnistudy.replication.role_agreement import role_agreement
from omnistudy.replication.verdict import LOW_RECALL, Verdict, rule
from omnistudy.results import Message, msg
from omnistudy.study.model import Role
from omnistudy.study.settings import Thresholds

BOOTSTRAP = 1000
"""Resamples of concepts inside each draw; the interval is needed only where kappa is high enough."""

KINDS: Mapping[str, Message] = {
    "resampled": msg("this study with its interviews drawn again"),
    "permuted": msg("this study with codes shuffled over its codings and roles over its concepts"),
    "permuted_roles": msg("decoy models: the reference with its roles shuffled"),
    "other_domain": msg("decoy models: as many concepts, related to the study at random"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoyRate:
    """Verdicts of the rule over draws of one kind; ``shares`` sum to 1."""

    kind: str
    draws: int
    shares: Mapping[str, float]

    @property
    def consistent(self) -> float:
        """Share of the draws that the rule calls consistent."""
        return self.shares.get(Verdict.CONSISTENT, 0.0)


Pair = tuple[list[Role], list[Role]]
Draw = tuple[float, Pair]
"""Recall, and the roles of the matched concepts in the reference and in the study."""


def decoy_rates(
    evidence: Evidence,
    reference: ReferenceModel,
    thresholds: Thresholds,
    *,
    draws: int,
    seed: int,
) -> tuple[DecoyRate, ...]:
    """Apply the rule to many draws of each kind of :data:`KINDS`.

    Parameters
    ----------
    draws, seed
        Draws of each kind, and the seed of all of them; no draw gives no rates.
    """
    if not draws or not evidence.interviews or not evidence.matched.any():
        return ()
    kinds = {
        "resampled": _resampled(evidence, reference, draws, seed),
        "permuted": _permuted(evidence, reference, draws, seed),
        "permuted_roles": _permuted_roles(evidence, reference, draws, seed),
        "other_domain": _other_domain(evidence, reference, draws, seed),
    }
    return tuple(_rate(kind, tuple(found), thresholds, seed) for kind, found in kinds.items())


def _rate(kind: str, found: Sequence[Draw], thresholds: Thresholds, seed: int) -> DecoyRate:
    verdicts = [_verdict(recall, pair, thresholds, seed) for recall, pair in found]
    return DecoyRate(
        kind=kind,
        draws=len(found),
        shares={
            str(name): verdicts.count(name) / len(found)
            for name in (Verdict.CONSISTENT, Verdict.PARTLY, Verdict.DIVERGENT, Verdict.INCONCLUSIVE)
        },
    )


def _verdict(recall: float, pair: Pair, thresholds: Thresholds, seed: int) -> Verdict:
    quick = role_agreement(*pair, draws=0, seed=seed)
    if quick.value is None:
        return Verdict.DIVERGENT if recall < LOW_RECALL else Verdict.INCONCLUSIVE
    if recall < thresholds.recall or quick.value < thresholds.role_kappa:
        return rule(recall, quick, thresholds)
    return rule(recall, role_agreement(*pair, draws=BOOTSTRAP, seed=seed), thresholds)


def _roles(evidence: Evidence, reference: ReferenceModel) -> tuple[list[Role | None], list[Role | None]]:
    """Return the roles of the matched concepts, in the order of the reference."""
    matched = [pairing for pairing in evidence.pairings if pairing.partner is not None]
    return (
        [reference.role(pairing.reference) for pairing in matched],
        [evidence.roles.get(pairing.partner.local) for pairing in matched if pairing.partner is not None],
    )


def _both(theirs: Sequence[Role | None], ours: Sequence[Role | None], kept: NDArray[np.bool_]) -> Pair:
    pairs = [(t, o) for t, o, k in zip(theirs, ours, kept, strict=True) if k and t and o]
    return [t for t, _ in pairs], [o for _, o in pairs]


def _resampled(evidence: Evidence, reference: ReferenceModel, draws: int, seed: int) -> Iterator[Draw]:
    weights = multiplicities(len(evidence.interviews), draws, seed)
    recovered, _ = recovered_in(evidence, weights)
    theirs, ours = _roles(evidence, reference)
    held = weights @ (evidence.by_reference[:, evidence.matched] > 0) > 0
    for row in range(draws):
        yield float(recovered[row]) / len(evidence.pairings), _both(theirs, ours, held[row])


def _permuted(evidence: Evidence, reference: ReferenceModel, draws: int, seed: int) -> Iterator[Draw]:
    """Shuffle which code stands at which quotation, and which role belongs to which local concept."""
    generator = np.random.default_rng(seed)
    interview, code = np.nonzero(evidence.by_local)
    amounts = evidence.by_local[interview, code]
    interview, code = np.repeat(interview, amounts), np.repeat(code, amounts)
    column = {local: at for at, local in enumerate(evidence.locals)}
    matched = [pairing for pairing in evidence.pairings if pairing.partner is not None]
    theirs, _ = _roles(evidence, reference)
    roles = [evidence.roles.get(local) for local in evidence.locals]
    enough = needed(len(evidence.interviews))
    for _ in range(draws):
        present = np.zeros(evidence.by_local.shape, dtype=np.bool_)
        present[interview, generator.permutation(code)] = True
        shuffled = [roles[at] for at in generator.permutation(len(roles))]
        held = np.array(
            [present[:, [column[local] for local in pairing.locals]].any(axis=1).sum() for pairing in matched]
        )
        ours = [shuffled[column[pairing.partner.local]] for pairing in matched if pairing.partner is not None]
        yield float((held >= enough).sum()) / len(evidence.pairings), _both(theirs, ours, held > 0)


def _permuted_roles(evidence: Evidence, reference: ReferenceModel, draws: int, seed: int) -> Iterator[Draw]:
    generator = np.random.default_rng(seed)
    every = [reference.role(concept) for concept in reference.concepts]
    matched = evidence.matched
    _, ours = _roles(evidence, reference)
    held = (evidence.by_reference > 0).sum(axis=0)
    recall = float((matched & (held >= needed(len(evidence.interviews)))).sum()) / len(evidence.pairings)
    for _ in range(draws):
        shuffled = generator.permutation(len(every))
        theirs = [every[int(at)] for at in shuffled[matched]]
        yield recall, _both(theirs, ours, held[matched] > 0)


def _other_domain(evidence: Evidence, reference: ReferenceModel, draws: int, seed: int) -> Iterator[Draw]:
    generator = np.random.default_rng(seed)
    partners = [pairing.partner.local for pairing in evidence.pairings if pairing.partner is not None]
    column = {local: at for at, local in enumerate(evidence.locals)}
    held = (evidence.by_local > 0).sum(axis=0)
    enough = needed(len(evidence.interviews))
    every = [reference.role(concept) for concept in reference.concepts]
    for _ in range(draws):
        related = generator.integers(len(every), size=len(partners))
        first = {
            int(concept): local for concept, local in reversed(list(zip(related, partners, strict=True)))
        }
        recovered = sum(held[column[local]] >= enough for local in first.values())
        theirs = [every[concept] for concept in first]
        ours = [evidence.roles.get(local) for local in first.values()]
        yield float(recovered) / len(every), _both(theirs, ours, np.ones(len(first), dtype=np.bool_))
