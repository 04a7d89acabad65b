"""Building the paradigm model: categories in roles, and the researchers' own arrows with evidence.

Nothing is drawn that nobody wrote down: a role comes from the codebook, an arrow from the relations
table. What is computed is only what each of them rests on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from omnistudy.results import Label
from omnistudy.study.model import Level, Proposition, Quotation, Relation, Role, Study
from omnistudy.theory.counts.frequencies import Incidence, incidence, level_density
from omnistudy.theory.counts.stability import exact_stability, stability

SEARCHED = frozenset({"none found", "none-found", "none_found", "یافت نشد"})
"""Entries of a proposition's negative cases that say: looked for, not found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A category of the model.

    Parameters
    ----------
    role
        ``None`` for a category that has no place in the model yet; such nodes are not drawn.
    grounding, held_by
        Distinct quotations, and the interviews that hold them, in the analysis set.
    coders
        Human coders that applied it or a code below it, in any round.
    density
        Distinct other nodes linked with it by a relation.
    stability
        Share of interview resamples in which it keeps two interviews and two quotations.
    stability_exact
        The same as a probability, which needs no resampling.
    properties
        Properties recorded for it and the codes below it.
    """

    id: str
    label: Label
    role: Role | None
    grounding: int
    held_by: tuple[str, ...]
    coders: int
    density: int
    stability: float
    stability_exact: float
    properties: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """One relation of the researchers with what it rests on.

    Parameters
    ----------
    relation
        The relation as written, between codes of any level.
    source, target
        The nodes that its ends stand in; equal for a relation inside one category, which is kept and
        not drawn.
    evidence, memos
        Those of its evidence ids that are quotations coded by anybody, or memos of the study.
    missing
        The ids that are neither.
    """

    relation: Relation
    source: str
    target: str
    evidence: tuple[str, ...]
    memos: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def evidenced(self) -> bool:
        """Whether at least one quotation or memo stands behind it; else it is asserted."""
        return bool(self.evidence or self.memos)

    @property
    def directed(self) -> bool:
        """Whether it leads from one end to the other; a link without a direction is no arrow."""
        return self.relation.direction == "oneway"

    @property
    def negative(self) -> bool:
        """Whether it records a negative case."""
        return self.relation.polarity == "-"

    @property
    def subject(self) -> str:
        """Its name in findings."""
        return f"{self.relation.source} > {self.relation.target}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PropositionState:
    """A proposition with the evidence of its relations and the cases against it.

    ``edges`` are the relations it names that the study records, ``unrecorded`` those it does not.
    ``negative`` holds the negative cases that resolve to a quotation or memo, ``missing`` those that
    do not; ``searched`` says that negative cases were looked for and none was found.
    """

    proposition: Proposition
    edges: tuple[Edge, ...]
    unrecorded: tuple[tuple[str, str], ...]
    negative: tuple[str, ...]
    missing: tuple[str, ...]
    searched: bool

    @property
    def status(self) -> str:
        """``evidenced`` if all relations are, ``partly`` if some are, else ``asserted``."""
        supported = sum(edge.evidenced for edge in self.edges)
        if supported and supported == len(self.edges) and not self.unrecorded:
            return "evidenced"
        return "partly" if supported else "asserted"


@dataclass(frozen=True, kw_only=True)
class ParadigmModel:
    """The model of a study at one level of its code tree.

    ``nodes`` stand in role order, then codebook order; ``unplaced`` are the categories without a
    role; ``stands_in`` maps every code of the codebook to its node, ``labels`` to its label.
    """

    level: Level
    nodes: tuple[Node, ...]
    unplaced: tuple[Node, ...]
    edges: tuple[Edge, ...]
    propositions: tuple[PropositionState, ...]
    stands_in: Mapping[str, str]
    labels: Mapping[str, Label]

    @cached_property
    def by_id(self) -> Mapping[str, Node]:
        """Node id to node, placed or not."""
        return {node.id: node for node in (*self.nodes, *self.unplaced)}

    def in_role(self, role: Role) -> tuple[Node, ...]:
        """Return the nodes of a role."""
        return tuple(node for node in self.nodes if node.role is role)

    @cached_property
    def directed(self) -> tuple[Edge, ...]:
        """The relations that are arrows; the others are links without a direction."""
        return tuple(edge for edge in self.edges if edge.directed)

    @cached_property
    def drawn(self) -> tuple[Edge, ...]:
        """The arrows between two different nodes that both have a role."""
        return tuple(
            edge
            for edge in self.directed
            if edge.source != edge.target
            and self.by_id[edge.source].role is not None
            and self.by_id[edge.target].role is not None
        )

    @cached_property
    def arrows(self) -> frozenset[tuple[str, str]]:
        """Pairs of nodes that a path may use: neither feedback nor a negative case."""
        return frozenset(
            (edge.source, edge.target)
            for edge in self.drawn
            if not edge.negative and not edge.relation.feedback
        )


def build_model(study: Study, level: Level, *, resamples: int, seed: int) -> ParadigmModel:
    """Build the paradigm model of ``study``.

    Parameters
    ----------
    study
        The study; nodes are counted on its analysis set, evidence may be anybody's quotation.
    level
        Level at which codes are rolled up into nodes. Several subcategories that have the phenomenon's
        role only from the category above them are that category's parts and not several phenomena.
    resamples, seed
        Of the stability; with 0 resamples the exact probability stands in its place.

    Returns
    -------
    ParadigmModel
        Categories with a role as nodes, those without as ``unplaced``, relations as edges with their
        evidence, propositions with their state.

    Examples
    --------
    The shipped demonstration study, which is synthetic, in the six roles of Strauss & Corbin (1990):

    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> study = load_study(shipped_study())
    >>> from omnistudy.study.model import Level
    >>> model = build_model(study, Level.SUBCATEGORY, resamples=0, seed=1)
    >>> len(model.nodes), len(model.directed), sum(edge.evidenced for edge in model.directed)
    (21, 29, 27)
    """
    stands_in = _stands_in(study, level)
    shown = _shown(study, level, stands_in)
    targets = {code: (node,) for code, node in stands_in.items()}
    counts = incidence(study, shown, targets)
    density = level_density(((r.source, r.target) for r in study.relations), targets)
    nodes = _nodes(study, counts, density, stands_in, (resamples, seed))
    edges = _edges(study, stands_in)
    order = list(Role)
    placed = [node for node in nodes if node.role is not None]
    return ParadigmModel(
        level=level,
        nodes=tuple(sorted(placed, key=lambda node: order.index(node.role or Role.OUTCOME))),
        unplaced=tuple(node for node in nodes if node.role is None),
        edges=edges,
        propositions=_propositions(study, edges),
        stands_in=stands_in,
        labels={code.id: code.label for code in study.codebook},
    )


def _stands_in(study: Study, level: Level) -> dict[str, str]:
    """Roll codes up to ``level``; subcategories that only share the phenomenon's role become one node."""
    book = study.codebook
    rolled = {code.id: book.rolled_up(code.id, level) for code in book}
    whole = {code: _phenomenon_above(study, node) for code, node in rolled.items()}
    applied = {coding.code for coding in study.analysed}
    parts: dict[str, set[str]] = {}
    for code, node in rolled.items():
        above = whole[code]
        if above is not None and (code != above or code in applied):
            parts.setdefault(above, set()).add(node)
    nodes = {}
    for code, node in rolled.items():
        above = whole[code]
        nodes[code] = node
        if above is not None and len(parts.get(above, ())) > 1:
            nodes[code] = above
        elif above is None:
            # An open code can be the phenomenon although its category has another role or none.
            nodes[code] = _phenomenon_above(study, code) or node
    return nodes


def _phenomenon_above(study: Study, code: str) -> str | None:
    """Return the code that gives ``code`` the role of the phenomenon: itself or the nearest above."""
    book = study.codebook
    if book.role_of(code) is not Role.PHENOMENON:
        return None
    return next(name for name in (code, *book.ancestors(code)) if book[name].role is Role.PHENOMENON)


def _shown(study: Study, level: Level, stands_in: Mapping[str, str]) -> tuple[str, ...]:
    """Nodes in codebook order; a code above ``level`` is one if used, related or without children."""
    book = study.codebook
    at_level = set(book.at_level(level))
    named = {coding.code for coding in study.analysed}
    named |= {end for relation in study.relations for end in (relation.source, relation.target)}
    named |= {code.id for code in book if not book.children(code.id)}
    reached = {stands_in[code] for code in (*at_level, *named)}
    return tuple(code.id for code in book if code.id in reached)


def _nodes(
    study: Study,
    counts: Incidence,
    density: Mapping[str, int],
    stands_in: Mapping[str, str],
    drawing: tuple[int, int],
) -> list[Node]:
    resamples, seed = drawing
    total = len(counts.interviews)
    exact = [exact_stability(int(held), total) for held in counts.n_interviews]
    shares = exact
    if resamples:
        shares = [float(s) for s in stability(counts.by_interview, resamples=resamples, seed=seed)]
    properties: dict[str, int] = {}
    for code in study.codebook:
        node = stands_in[code.id]
        properties[node] = properties.get(node, 0) + len(code.properties)
    return [
        Node(
            id=name,
            label=study.codebook[name].label,
            role=study.codebook.role_of(name),
            grounding=int(counts.grounding[at]),
            held_by=tuple(
                interview
                for interview, holds in zip(counts.interviews, counts.present[:, at], strict=True)
                if holds
            ),
            coders=int(counts.coders[at]),
            density=density.get(name, 0),
            stability=shares[at],
            stability_exact=exact[at],
            properties=properties.get(name, 0),
        )
        for at, name in enumerate(counts.codes)
    ]


def _edges(study: Study, stands_in: Mapping[str, str]) -> tuple[Edge, ...]:
    coded = study.coded_spans
    memos = {memo.id for memo in study.memos}
    edges = []
    for relation in study.relations:
        ids = tuple(dict.fromkeys(relation.evidence))
        quotations = tuple(name for name in ids if name not in memos and quotation_named(name) in coded)
        edges.append(
            Edge(
                relation=relation,
                source=stands_in[relation.source],
                target=stands_in[relation.target],
                evidence=quotations,
                memos=tuple(name for name in ids if name in memos),
                missing=tuple(name for name in ids if name not in memos and name not in quotations),
            )
        )
    return tuple(edges)


def _propositions(study: Study, edges: Iterable[Edge]) -> tuple[PropositionState, ...]:
    coded = study.coded_spans
    memos = {memo.id for memo in study.memos}
    by_ends: dict[tuple[str, str], list[Edge]] = {}
    for edge in edges:
        if not edge.negative and edge.directed:
            by_ends.setdefault((edge.relation.source, edge.relation.target), []).append(edge)
    states = []
    for proposition in study.propositions:
        cases = tuple(case for case in proposition.negative_cases if case.casefold() not in SEARCHED)
        found = tuple(case for case in cases if case in memos or quotation_named(case) in coded)
        states.append(
            PropositionState(
                proposition=proposition,
                edges=tuple(edge for ends in proposition.relations for edge in by_ends.get(ends, ())),
                unrecorded=tuple(ends for ends in proposition.relations if ends not in by_ends),
                negative=found,
                missing=tuple(case for case in cases if case not in found),
                searched=len(cases) < len(proposition.negative_cases),
            )
        )
    return tuple(states)


def quotation_named(name: str) -> Quotation | None:
    """Return the span that a quotation id ``interview:start-end`` names, ``None`` if it is no such id."""
    interview, _, span = name.rpartition(":")
    start, _, end = span.partition("-")
    if not interview or not start.isdecimal() or not end.isdecimal():
        return None
    return Quotation(interview, int(start), int(end))
