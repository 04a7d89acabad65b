"""The core category: evidence for the researchers' choice, never a choice by itself.

The criteria follow Strauss & Corbin (1990, 1998); their operational form is this program's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from omnistudy.results import Kind, Message, Number, msg
from omnistudy.study.model import Study
from omnistudy.text.keys import match_key
from omnistudy.theory.paradigm.model import Node, ParadigmModel
from omnistudy.theory.paradigm.paths import connected
from omnistudy.theory.terms import count

FREQUENT = 0.80
"""Share of interviews below which a core category is flagged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion for one phenomenon node; ``met`` is ``None`` where the study cannot say."""

    node: str
    criterion: str
    title: Message
    finding: Message
    met: bool | None
    values: Mapping[str, float | int | None]


def core_criteria(study: Study, model: ParadigmModel, node: Node) -> tuple[Criterion, ...]:
    """Return what the study holds for and against ``node`` as its core category."""
    return (
        _central(model, node),
        _frequent(study, node),
        _linked(model, node),
        _abstract(study, model, node),
        _deep(node),
        _variation(model, node),
    )


def _central(model: ParadigmModel, node: Node) -> Criterion:
    links = [(edge.source, edge.target) for edge in model.drawn]
    degrees = {other.id: 0 for other in model.nodes}
    for source, target in {(min(pair), max(pair)) for pair in links}:
        degrees[source] += 1
        degrees[target] += 1
    others = connected(node.id, links) - {node.id}
    rank = 1 + sum(degree > degrees[node.id] for degree in degrees.values())
    share = len(others) / (len(model.nodes) - 1) if len(model.nodes) > 1 else None
    values = {
        "degree": degrees[node.id],
        "degree_rank": rank if links else None,
        "eigenvector_rank": _eigenvector_rank(node.id, links),
        "share_linked": share if links else None,
    }
    if not links:
        finding = msg("No arrow is recorded, so that centrality cannot be judged.")
        return Criterion(
            node=node.id, criterion="central", title=msg("central"), finding=finding, met=None, values=values
        )
    finding = msg(
        "Linked with {degree} categories, rank {rank} by degree and {eigen} by eigenvector; {share} of the "
        "other categories have a path to it.",
        degree=count(degrees[node.id]),
        rank=count(rank),
        eigen=Number(values["eigenvector_rank"], Kind.COUNT),
        share=Number(share, Kind.SHARE),
    )
    return Criterion(
        node=node.id,
        criterion="central",
        title=msg("central"),
        finding=finding,
        met=share == 1.0,
        values=values,
    )


def _eigenvector_rank(node: str, links: list[tuple[str, str]]) -> int | None:
    """Rank by eigenvector centrality inside the node's connected part; ``None`` without links."""
    members = sorted(connected(node, links))
    if len(members) < 2:
        return None
    place = {name: at for at, name in enumerate(members)}
    adjacency = np.zeros((len(members), len(members)))
    for source, target in links:
        if source in place:
            adjacency[place[source], place[target]] = adjacency[place[target], place[source]] = 1.0
    # A connected part has one leading eigenvector (Perron–Frobenius).
    weights = np.abs(np.linalg.eigh(adjacency)[1][:, -1])
    return 1 + int((weights > weights[place[node]] + 1e-9).sum())


def _frequent(study: Study, node: Node) -> Criterion:
    total = len(study.interviews)
    share = len(node.held_by) / total if total else None
    finding = msg(
        "In {held} of {interviews} interviews ({share}).",
        held=count(len(node.held_by)),
        interviews=count(total),
        share=Number(share, Kind.SHARE),
    )
    met = None if share is None else share >= FREQUENT
    return Criterion(
        node=node.id,
        criterion="frequent",
        title=msg("frequent"),
        finding=finding,
        met=met,
        values={"share_of_interviews": share},
    )


def _linked(model: ParadigmModel, node: Node) -> Criterion:
    own = [edge for edge in model.drawn if node.id in (edge.source, edge.target)]
    evidenced = sum(edge.evidenced for edge in own)
    finding = msg(
        "{evidenced} of its {links} arrows rest on evidence.",
        evidenced=count(evidenced),
        links=count(len(own)),
    )
    if not own:
        finding = msg("No arrow of the researchers links it with another category.")
    met = None if not own else evidenced == len(own)
    return Criterion(
        node=node.id,
        criterion="linked",
        title=msg("logically linked"),
        finding=finding,
        met=met,
        values={"links": len(own), "evidenced": evidenced},
    )


def _abstract(study: Study, model: ParadigmModel, node: Node) -> Criterion:
    keys = [key for key in map(match_key, node.label.texts.values()) if key]
    spans = {c.quotation for c in study.analysed if model.stands_in[c.code] == node.id}
    passages = [f" {match_key(study.passage(span))} " for span in sorted(spans)]
    verbatim = sum(any(f" {key} " in passage for key in keys) for passage in passages)
    finding = msg(
        "Its label stands word for word in {verbatim} of its {quotations} quotations.",
        verbatim=count(verbatim),
        quotations=count(len(passages)),
    )
    met = None if not passages else verbatim == 0
    return Criterion(
        node=node.id,
        criterion="abstract",
        title=msg("abstract"),
        finding=finding,
        met=met,
        values={"verbatim_quotations": verbatim},
    )


def _deep(node: Node) -> Criterion:
    finding = msg("Properties recorded: {properties}.", properties=count(node.properties))
    return Criterion(
        node=node.id,
        criterion="deep",
        title=msg("grown in depth"),
        finding=finding,
        met=node.properties > 0,
        values={"properties": node.properties},
    )


def _variation(model: ParadigmModel, node: Node) -> Criterion:
    cases = len(negative_cases(model))
    title = msg("explains variation")
    if cases:
        finding = msg("Negative cases recorded in the study: {cases}.", cases=count(cases))
    elif any(state.searched for state in model.propositions):
        finding = msg("Negative cases were searched and none was found.")
    else:
        finding = msg("No negative case is recorded, and no search for one.")
    return Criterion(
        node=node.id,
        criterion="variation",
        title=title,
        finding=finding,
        met=cases > 0,
        values={"negative_cases": cases},
    )


def negative_cases(model: ParadigmModel) -> tuple[str, ...]:
    """Return the ids of the study's negative cases: of propositions, and of relations against."""
    found = [case for state in model.propositions for case in state.negative]
    found += [case for edge in model.edges if edge.negative for case in (*edge.evidence, *edge.memos)]
    return tuple(dict.fromkeys(found))
