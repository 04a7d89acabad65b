"""Codes that might belong together: clusters with their tree, as a question to the researchers.

Average linkage over two signals, the letters of the labels and the overlap of the quotations. Clusters
are no findings: the comparison with the researchers' own categories says how far to trust them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from omnistudy.pictures import Heatmap
from omnistudy.results import (
    Block,
    Column,
    Figure,
    Kind,
    Label,
    Message,
    Note,
    Number,
    Provenance,
    Result,
    Table,
    Undefined,
    msg,
)
from omnistudy.study.model import Level, Study
from omnistudy.theory.counts.co_occurrence import overlap_counts
from omnistudy.theory.counts.frequencies import incidence
from omnistudy.theory.suggestions.log import (
    DECISIONS,
    Acceptance,
    Decision,
    acceptance,
    acceptance_json,
    acceptance_table,
)
from omnistudy.theory.suggestions.ngrams import likeness
from omnistudy.theory.terms import codes_named, count

KIND = "categories"
MOST_SHOWN = 40
NO_CATEGORIES = msg("the codebook has fewer than two categories of its own to compare with")
TOO_FEW = msg("there are fewer than three used codes to group")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Codes that the signals put together; ``likeness`` is the mean over its pairs, 1 for a single one."""

    id: str
    codes: tuple[str, ...]
    likeness: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """One step of the tree: two groups, numbered as in SciPy's linkage, and the distance between them."""

    left: int
    right: int
    distance: float
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """Clusters, the tree, and the codes in the tree's order.

    ``rand`` and ``v_measure`` compare with the researchers' own categories (adjusted Rand index and
    V-measure); both are ``None`` without categories to compare with.
    """

    codes: tuple[str, ...]
    order: tuple[str, ...]
    merges: tuple[Merge, ...]
    clusters: tuple[Cluster, ...]
    likeness: NDArray[np.float64]
    rand: float | None
    v_measure: float | None
    own: int


@dataclass(frozen=True, kw_only=True)
class CategoriesResult(Result):
    """Candidate categories."""

    grouping: Grouping | None
    labels: Mapping[str, Label]
    standing: Mapping[str, Decision]
    command: ClassVar[str] = "suggest-categories"

    @property
    def kind(self) -> str:
        """The kind of suggestion, as in the log."""
        return KIND

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of the clusters of two codes or more."""
        return tuple(cluster.id for cluster in self.shown)

    @property
    def shown(self) -> tuple[Cluster, ...]:
        """Clusters of two codes or more."""
        found = () if self.grouping is None else self.grouping.clusters
        return tuple(cluster for cluster in found if len(cluster.codes) > 1)

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Codes that might belong together")

    @property
    def accepted(self) -> Acceptance:
        """What became of the suggestions so far."""
        return acceptance(self.standing)

    @property
    def summary(self) -> Message:
        """Say how many groups there are and how they compare with the researchers' own."""
        if self.grouping is None:
            return msg("No groups can be suggested: {reason}.", reason=TOO_FEW)
        groups = count(len(self.shown))
        if self.grouping.rand is None:
            return msg(
                "{groups} groups of codes might belong together; there are no categories of the researchers "
                "to compare them with, and clusters are no findings.",
                groups=groups,
            )
        return msg(
            "{groups} groups of codes might belong together; against the researchers' own {own} categories "
            "the adjusted Rand index is {rand} (0 is chance, 1 the same), and clusters are no findings.",
            groups=groups,
            own=count(self.grouping.own),
            rand=Number(self.grouping.rand, Kind.COEFFICIENT),
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        found = self.grouping
        compared = found is not None and found.rand is not None
        return {
            "kind": KIND,
            "reason": str(TOO_FEW) if found is None else None,
            "suggestions": [
                {
                    "id": cluster.id,
                    "codes": list(cluster.codes),
                    "likeness": cluster.likeness,
                    "decision": str(self.standing.get(cluster.id, Decision.SHOWN)),
                }
                for cluster in self.shown
            ],
            "dendrogram": {
                "codes": [] if found is None else list(found.codes),
                "order": [] if found is None else list(found.order),
                "merges": [
                    {"left": m.left, "right": m.right, "distance": m.distance, "size": m.size}
                    for m in (() if found is None else found.merges)
                ],
            },
            "evaluation": {
                "own_categories": 0 if found is None else found.own,
                "adjusted_rand": None if found is None else found.rand,
                "v_measure": None if found is None else found.v_measure,
                "reason": None if compared else str(NO_CATEGORIES),
            },
            "acceptance": acceptance_json(self.accepted),
        }

    def tables(self) -> tuple[Table, ...]:
        """Return the groups, the codes in the order of the tree, the comparison, the acceptance."""
        return (self._clusters(), self._tree(), self._comparison(), acceptance_table(self.accepted))

    def blocks(self) -> tuple[Block, ...]:
        """Return the section."""
        if self.grouping is None:
            return (Note(text=msg("No groups can be suggested: {reason}.", reason=TOO_FEW)),)
        _, tree, *rest = self.tables()
        return (self._clusters(named=True), self._heatmap(self.grouping), tree, *rest)

    def _clusters(self, *, named: bool = False) -> Table:
        """Return the groups; ``named`` gives their codes by labels, for people."""
        return Table(
            name="clusters",
            caption=msg("Groups of codes to think about"),
            columns=(
                Column("id", msg("Suggestion"), Kind.ID),
                Column("size", msg("Codes"), Kind.COUNT),
                Column("likeness", msg("Mean likeness"), Kind.COEFFICIENT),
                Column("codes", msg("Code"), Kind.TEXT if named else Kind.ID),
                Column("decision", msg("Decision")),
            ),
            rows=tuple(
                (
                    cluster.id,
                    len(cluster.codes),
                    cluster.likeness,
                    codes_named(cluster.codes, self.labels) if named else "; ".join(cluster.codes),
                    DECISIONS[self.standing.get(cluster.id, Decision.SHOWN)],
                )
                for cluster in self.shown
            ),
            note=msg(
                "Likeness is half that of the labels' letters and half the overlap of the quotations. Roles "
                "and the core category are never suggested."
            ),
        )

    def _tree(self) -> Table:
        rows = []
        if self.grouping is not None:
            group = {c: at for at, cl in enumerate(self.grouping.clusters, start=1) for c in cl.codes}
            joined = _joined_at(self.grouping)
            rows = [(code, self.labels[code], group[code], joined[code]) for code in self.grouping.order]
        return Table(
            name="dendrogram",
            caption=msg("The codes in the order of the tree"),
            columns=(
                Column("code", msg("Code"), Kind.ID),
                Column("label", msg("Label")),
                Column("group", msg("Group"), Kind.COUNT),
                Column("joined_at", msg("First joined at distance"), Kind.COEFFICIENT),
            ),
            rows=tuple(rows),
        )

    def _comparison(self) -> Table:
        found = self.grouping
        none = Undefined(NO_CATEGORIES)
        rand = None if found is None else found.rand
        measure = None if found is None else found.v_measure
        return Table(
            name="comparison",
            caption=msg("The groups beside the researchers' own categories"),
            columns=(
                Column("own", msg("Own categories"), Kind.COUNT),
                Column("adjusted_rand", msg("Adjusted Rand index"), Kind.COEFFICIENT),
                Column("v_measure", msg("V-measure"), Kind.COEFFICIENT),
            ),
            rows=(
                (
                    0 if found is None else found.own,
                    none if rand is None else rand,
                    none if measure is None else measure,
                ),
            ),
        )

    def _heatmap(self, found: Grouping) -> Figure:
        place = {code: at for at, code in enumerate(found.codes)}
        shown = found.order[:MOST_SHOWN]
        return Figure(
            name="likeness",
            picture=Heatmap(
                rows=tuple(self.labels[code] for code in shown),
                columns=tuple(self.labels[code] for code in shown),
                values=tuple(
                    tuple(float(found.likeness[place[one], place[other]]) for other in shown) for one in shown
                ),
                axis=msg("Likeness"),
                kind=Kind.NUMBER,
            ),
            caption=msg(
                "Likeness of the codes in the order of the tree: {shown} of {codes} codes",
                shown=count(len(shown)),
                codes=count(len(found.codes)),
            ),
            alt=msg("Matrix of likeness between {codes} codes.", codes=count(len(shown))),
        )


def _joined_at(found: Grouping) -> dict[str, float]:
    """Return the distance at which each code is first joined with another."""
    joined: dict[str, float] = {}
    for merge in found.merges:
        for side in (merge.left, merge.right):
            if side < len(found.codes):
                joined[found.codes[side]] = merge.distance
    return joined


def suggest_categories(
    study: Study,
    provenance: Provenance,
    *,
    clusters: int | None = None,
    standing: Mapping[str, Decision] | None = None,
) -> CategoriesResult:
    """Group the open codes that are used in the analysis set.

    Parameters
    ----------
    study
        The study.
    provenance
        Where the result comes from.
    clusters
        How many groups; ``None`` takes as many as the researchers have categories above these codes, or
        the root of the number of codes where they have none.
    standing
        Decisions of the log so far.

    Returns
    -------
    CategoriesResult
        Groups with their dendrogram, and how far they agree with the researchers' own categories; without
        three used codes no groups.

    Examples
    --------
    Groups of the open codes of the shipped demonstration study, which is synthetic, beside its own
    categories: an adjusted Rand index near 0 says that letters and company do not find them.

    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> study = load_study(shipped_study())
    >>> from omnistudy.study.provenance import provenance_of
    >>> result = suggest_categories(study, provenance_of(study))
    >>> round(result.grouping.rand, 3)
    0.057
    """
    applied = {coding.code for coding in study.analysed}
    codes = tuple(code.id for code in study.codebook if code.level is Level.CODE and code.id in applied)
    labels = {code: Label(code, study.codebook[code].label.texts) for code in codes}
    grouping = _grouping(study, codes, clusters) if len(codes) >= 3 else None
    return CategoriesResult(
        provenance=provenance, grouping=grouping, labels=labels, standing=dict(standing or {})
    )


def _grouping(study: Study, codes: tuple[str, ...], clusters: int | None) -> Grouping:
    from scipy.cluster.hierarchy import fcluster, leaves_list, linkage
    from scipy.spatial.distance import squareform

    alike = _likeness(study, codes)
    distance = 1 - alike
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), method="average")
    own = [study.codebook.rolled_up(code, Level.SUBCATEGORY) for code in codes]
    held = len({above for above, code in zip(own, codes, strict=True) if above != code})
    wanted = clusters or (held if held >= 2 else max(2, round(len(codes) ** 0.5)))
    # Asked for as many groups as there are codes, SciPy before 1.15 still joins the nearest two.
    alone = wanted >= len(codes)
    groups = np.arange(len(codes), dtype=np.int32) if alone else fcluster(tree, wanted, criterion="maxclust")
    order = [int(at) for at in leaves_list(tree)]
    members: dict[int, list[int]] = {}
    for at in order:
        members.setdefault(int(groups[at]), []).append(at)
    rand, measure = _against(own, groups) if held >= 2 else (None, None)
    return Grouping(
        codes=codes,
        order=tuple(codes[at] for at in order),
        merges=tuple(
            Merge(left=int(left), right=int(right), distance=float(at), size=int(size))
            for left, right, at, size in tree
        ),
        clusters=tuple(_cluster(codes, own_members, alike) for own_members in members.values()),
        likeness=alike,
        rand=rand,
        v_measure=measure,
        own=held,
    )


def _likeness(study: Study, codes: tuple[str, ...]) -> NDArray[np.float64]:
    """Mean of the labels' likeness in the transcripts' language and the c-coefficient, at most 1."""
    letters = likeness([study.codebook[code].label.in_language(study.language) for code in codes])
    counts = incidence(study, codes, {code: (code,) for code in codes})
    overlaps = overlap_counts(counts)
    either = counts.grounding[:, np.newaxis] + counts.grounding - overlaps
    # Nesting can push the coefficient above 1 and its denominator below 1.
    together = np.where(either > 0, np.minimum(overlaps / np.maximum(either, 1), 1.0), 1.0)
    alike = np.asarray((letters + together) / 2, dtype=np.float64)
    np.fill_diagonal(alike, 1.0)
    return alike


def _cluster(codes: tuple[str, ...], members: list[int], alike: NDArray[np.float64]) -> Cluster:
    inside = alike[np.ix_(members, members)]
    pairs = inside[np.triu_indices(len(members), k=1)]
    names = tuple(codes[at] for at in members)
    digest = hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:8]
    return Cluster(id=f"group-{digest}", codes=names, likeness=float(pairs.mean()) if pairs.size else 1.0)


def _against(own: list[str], groups: NDArray[np.int32]) -> tuple[float, float]:
    from sklearn.metrics import adjusted_rand_score, v_measure_score

    return float(adjusted_rand_score(own, groups)), float(v_measure_score(own, groups))
