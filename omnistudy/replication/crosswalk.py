"""The crosswalk: which local concept answers to which of the reference, by two raters, settled by rule.

Strict matching pairs concepts one to one on ``exact``, ``narrower`` and ``broader``; lenient matching
takes every relation but ``none``. Where the raters differ and nobody settled it, a relation stands if
more than half of the raters of that local concept give it, with the weakest relation they give.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from omnistudy.agreement.analysis import agreement_of_table
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings.rating_table import MISSING, Ratings, UnitFrame
from omnistudy.errors import Problem, StudyError, did_you_mean
from omnistudy.replication.reference import ReferenceModel
from omnistudy.results import Message, Provenance, msg
from omnistudy.study.model import CrosswalkRow, Level, Role, Study
from omnistudy.text.keys import match_key

STRICT = ("exact", "narrower", "broader")
LENIENT = (*STRICT, "overlap")
ADJUDICATED = frozenset(match_key(word) for word in ("adjudicated", "agreed", "consensus", "final", "توافق"))
"""Raters of this name are no raters: their rows settle what the raters differ on."""
_STRENGTH = {"exact": 3, "narrower": 2, "broader": 2, "overlap": 1}
_NONE = "(none)"

Votes = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Local concept to rater to reference concept to relation; a rater who found none has no reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A relation between a local and a reference concept that stands."""

    local: str
    reference: str
    relation: str

    @property
    def strict(self) -> bool:
        """Whether the relation can match two concepts one to one."""
        return self.relation in STRICT


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A relation on which the raters differ and that nobody settled; it does not stand."""

    local: str
    reference: str
    votes: tuple[tuple[str, str], ...]
    """Rater and relation, ``none`` included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crosswalk:
    """The settled crosswalk and how far its raters agreed.

    Parameters
    ----------
    links
        What stands, by local concept in codebook order, then in the order of the reference.
    disputes
        What does not stand although a rater gives it.
    raters
        The raters, without those that settle.
    kappa
        Cohen's kappa over the primary reference or none, for more than two raters the mean over pairs;
        ``None`` with ``reason``.
    observed
        Share of the concepts with the same primary reference, ``None`` where kappa does not exist.
    rated
        Local concepts that at least two raters rated.
    identity
        Whether every link joins a local concept with the reference concept of the same id, as in a
        study that was built around the model.
    """

    links: tuple[Link, ...]
    disputes: tuple[Dispute, ...]
    raters: tuple[str, ...]
    kappa: float | None
    observed: float | None
    reason: Message | None
    rated: int
    identity: bool

    def of_local(self, local: str) -> tuple[Link, ...]:
        """Return the links of a local concept."""
        return tuple(link for link in self.links if link.local == local)

    def of_reference(self, reference: str) -> tuple[Link, ...]:
        """Return the links of a reference concept."""
        return tuple(link for link in self.links if link.reference == reference)


def crosswalk_of(study: Study, reference: ReferenceModel) -> Crosswalk:
    """Settle the crosswalk of a study and measure the agreement of its raters.

    Raises
    ------
    StudyError
        Rows that name no concept of the reference, or a category instead of a subcategory.
    """
    _check(study, reference)
    votes = _votes(study)
    links: list[Link] = []
    disputes: list[Dispute] = []
    settled = _settled(study)
    order = {concept: at for at, concept in enumerate(reference.everything)}
    for local in (code.id for code in study.codebook if code.id in votes or code.id in settled):
        stands, open_ = _resolve(local, votes.get(local, {}), settled.get(local))
        links += sorted(stands, key=lambda link: order[link.reference])
        disputes += sorted(open_, key=lambda dispute: order[dispute.reference])
    raters = tuple(dict.fromkeys(r.rater for r in study.crosswalk if match_key(r.rater) not in ADJUDICATED))
    kappa, observed, reason, rated = _agreement(study, reference, votes, raters)
    return Crosswalk(
        links=tuple(links),
        disputes=tuple(disputes),
        raters=raters,
        kappa=kappa,
        observed=observed,
        reason=reason,
        rated=rated,
        identity=bool(links) and all(link.local == link.reference for link in links),
    )


def _check(study: Study, reference: ReferenceModel) -> None:
    problems: dict[Problem, None] = {}
    file = study.settings.reference.crosswalk
    known = set(reference.everything)
    for row in study.crosswalk:
        if row.reference is not None and row.reference not in known:
            what = (
                f"'{row.reference}', which '{row.rater}' gives '{row.local}', "
                f"is not a concept of the model '{reference.name}'."
            )
            remedy = did_you_mean(row.reference, known) or "Name a subcategory of the model."
            problems[Problem(what=what, remedy=remedy, file=file, column="reference")] = None
        if study.codebook[row.local].level is Level.CATEGORY:
            problems[
                Problem(
                    what=f"'{row.local}' is a category; concepts are compared at subcategory level.",
                    remedy="Relate its subcategories.",
                    file=file,
                    column="local",
                )
            ] = None
    if problems:
        raise StudyError(problems)


def _votes(study: Study) -> dict[str, dict[str, dict[str, str]]]:
    votes: dict[str, dict[str, dict[str, str]]] = {}
    for row in study.crosswalk:
        if match_key(row.rater) not in ADJUDICATED:
            local, relation = _at_level(study, row)
            _note(votes.setdefault(local, {}).setdefault(row.rater, {}), row.reference, relation)
    return votes


def _settled(study: Study) -> dict[str, dict[str, str]]:
    settled: dict[str, dict[str, str]] = {}
    for row in study.crosswalk:
        if match_key(row.rater) in ADJUDICATED:
            local, relation = _at_level(study, row)
            _note(settled.setdefault(local, {}), row.reference, relation)
    return settled


def _at_level(study: Study, row: CrosswalkRow) -> tuple[str, str]:
    """Return the subcategory of a row; a code below it that is exact is a part, hence narrower."""
    local = study.codebook.rolled_up(row.local, Level.SUBCATEGORY)
    relation = "narrower" if row.relation == "exact" and local != row.local else row.relation
    return local, relation


def _note(given: dict[str, str], reference: str | None, relation: str) -> None:
    if reference is not None and _STRENGTH[relation] > _STRENGTH.get(given.get(reference, ""), 0):
        given[reference] = relation


def _resolve(
    local: str, votes: Mapping[str, Mapping[str, str]], settled: Mapping[str, str] | None
) -> tuple[list[Link], list[Dispute]]:
    if settled is not None:
        return [Link(local=local, reference=ref, relation=rel) for ref, rel in settled.items()], []
    links, disputes = [], []
    for reference in dict.fromkeys(ref for given in votes.values() for ref in given):
        given = [of_rater[reference] for of_rater in votes.values() if reference in of_rater]
        if 2 * len(given) > len(votes):
            links.append(Link(local=local, reference=reference, relation=_weakest(given)))
        else:
            told = tuple((rater, of_rater.get(reference, "none")) for rater, of_rater in votes.items())
            disputes.append(Dispute(local=local, reference=reference, votes=told))
    return links, disputes


def _weakest(relations: Sequence[str]) -> str:
    if {"narrower", "broader"} <= set(relations):
        return "overlap"
    return min(relations, key=lambda relation: _STRENGTH[relation])


def _agreement(
    study: Study, reference: ReferenceModel, votes: Votes, raters: Sequence[str]
) -> tuple[float | None, float | None, Message | None, int]:
    """Return kappa over the primary references, observed agreement, the reason and the number rated.

    The local phenomenon is left out, as it is from every count: it has one counterpart by construction.
    """
    rated = [
        code.id
        for code in study.codebook
        if len(votes.get(code.id, {})) >= 2 and study.codebook.role_of(code.id) is not Role.PHENOMENON
    ]
    if len(raters) < 2 or not rated:
        return None, None, msg("the crosswalk was not rated by two people"), len(rated)
    labels = (*reference.everything, _NONE)
    place = {label: at for at, label in enumerate(labels)}
    codes = np.full((len(raters), len(rated)), MISSING, dtype=np.int16)
    for unit, local in enumerate(rated):
        for rater, given in votes[local].items():
            codes[raters.index(rater), unit] = place[_primary(given)]
    frame = UnitFrame(ids=np.array(rated, dtype=np.object_))
    name = "cohen_kappa" if len(raters) == 2 else "light_kappa"
    options = AgreementOptions(coefficients=(name,), ci="none", resamples=0)
    nowhere = Provenance(version="", command="", seed=None, inputs=(), synthetic=study.synthetic)
    table = Ratings(coders=tuple(raters), categories=labels, codes=codes, frame=frame)
    row = agreement_of_table(table, options, nowhere).rows[0]
    return row.value, row.observed, row.reason, len(rated)


def _primary(given: Mapping[str, str]) -> str:
    """Return the reference of the strongest relation, the first written where several are equal."""
    return max(given, key=lambda reference: _STRENGTH[given[reference]], default=_NONE)


def matching(
    links: Sequence[Link], references: Sequence[str], grounded: Mapping[str, int]
) -> Mapping[str, Link]:
    """Match reference and local concepts one to one: as many as possible, then as exactly as possible.

    Parameters
    ----------
    links
        The relations that stand; only strict ones can match.
    references
        The concepts to be matched.
    grounded
        Local concept to the number of interviews that hold it; concepts that no interview holds are
        left out, because a name in a codebook is no finding.

    Returns
    -------
    Mapping
        Reference concept to the link that matches it. Of equally good matchings the one with more
        interviews is taken.
    """
    from scipy.optimize import linear_sum_assignment

    locals_ = [local for local, held in grounded.items() if held]
    row = {reference: at for at, reference in enumerate(references)}
    column = {local: at for at, local in enumerate(locals_)}
    usable = [link for link in links if link.strict and link.reference in row and link.local in column]
    if not usable:
        return {}
    most = min(len(row), len(column))
    # One more match outweighs every gain in exactness, and that every gain in interviews.
    exactness = most * max(grounded.values()) + 1
    cardinality = most * exactness * (max(_STRENGTH.values()) + 1) + 1
    score = np.zeros((len(row), len(column)))
    best: dict[tuple[int, int], Link] = {}
    for link in usable:
        at = (row[link.reference], column[link.local])
        score[at] = cardinality + exactness * _STRENGTH[link.relation] + grounded[link.local]
        best[at] = link
    pairs = zip(*linear_sum_assignment(score, maximize=True), strict=True)
    return {
        best[i, j].reference: best[i, j] for i, j in ((int(i), int(j)) for i, j in pairs) if (i, j) in best
    }
