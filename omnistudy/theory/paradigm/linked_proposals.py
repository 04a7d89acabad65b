"""Arrows that memos and undirected links might suggest; none of them is applied.

A memo about two categories says that a researcher thought of both, not which leads to which. So it is a
place to read again, like overlapping quotations, until somebody writes the relation down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from omnistudy.results import Cell, Column, Kind, Message, Table, msg
from omnistudy.study.model import Memo, Study
from omnistudy.theory.paradigm.model import ParadigmModel, quotation_named
from omnistudy.theory.paradigm.proposals import usual_directions
from omnistudy.theory.terms import arrows_named

BASES = {"memo": msg("memo"), "link": msg("link without a direction")}


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedProposal:
    """Two categories that a memo or a link names together, without an evidenced arrow between them.

    Parameters
    ----------
    first, second
        Nodes in the order in which they are named; the pair has no direction.
    basis
        ``memo`` or ``link``.
    memos
        Ids of the memos that name both, or that stand behind the link.
    places
        Ids of coded quotations that the same memos are about, or that stand behind the link.
    recorded
        Whether a relation between the two is recorded already, and only asserted.
    usual
        The directions (source, target) in which the paradigm knows such an arrow without a rationale.
    origin_of
        The file of the link, where it was imported.
    """

    first: str
    second: str
    basis: str
    memos: tuple[str, ...]
    places: tuple[str, ...]
    recorded: bool
    usual: tuple[tuple[str, str], ...]
    origin_of: str = ""


@dataclass(frozen=True, slots=True)
class _Thought:
    """Everything that one memo is about: an import keeps a row for each thing."""

    memos: tuple[str, ...]
    codes: tuple[str, ...]
    places: tuple[str, ...]


def linked_proposals_of(study: Study, model: ParadigmModel) -> tuple[LinkedProposal, ...]:
    """Return the pairs that memos and undirected links name, memos first.

    A memo counts when it is about exactly two codes, or about one relation, and the two stand in
    different categories. Pairs with an evidenced arrow are left out.
    """
    return (*_of_memos(study, model), *_of_links(model))


def _of_memos(study: Study, model: ParadigmModel) -> Iterator[LinkedProposal]:
    found: dict[frozenset[str], tuple[tuple[str, str], list[_Thought]]] = {}
    for thought in _thoughts(study):
        ends = tuple(dict.fromkeys(model.stands_in[code] for code in thought.codes))
        if len(thought.codes) == 2 and len(ends) == 2:
            found.setdefault(frozenset(ends), ((ends[0], ends[1]), []))[1].append(thought)
    evidenced = {frozenset((e.source, e.target)) for e in model.directed if e.evidenced}
    recorded = {frozenset((e.source, e.target)) for e in model.directed}
    for pair, ((first, second), thoughts) in found.items():
        if pair not in evidenced:
            yield LinkedProposal(
                first=first,
                second=second,
                basis="memo",
                memos=tuple(dict.fromkeys(memo for each in thoughts for memo in each.memos)),
                places=tuple(dict.fromkeys(place for each in thoughts for place in each.places)),
                recorded=pair in recorded,
                usual=usual_directions(model, first, second),
            )


def _thoughts(study: Study) -> Iterator[_Thought]:
    """Join the rows of one memo: the same words of the same person on several things."""
    rows: dict[tuple[str, str, str, str], list[Memo]] = {}
    for memo in study.memos:
        rows.setdefault((memo.coder, memo.created, memo.title, memo.text), []).append(memo)
    coded = study.coded_spans
    for own in rows.values():
        codes = [code for memo in own for code in _codes(study, memo)]
        places = [
            memo.target_id
            for memo in own
            if memo.target == "quotation" and quotation_named(memo.target_id) in coded
        ]
        yield _Thought(
            tuple(memo.id for memo in own), tuple(dict.fromkeys(codes)), tuple(dict.fromkeys(places))
        )


def _codes(study: Study, memo: Memo) -> list[str]:
    names = {"code": [memo.target_id], "relation": memo.target_id.split(">")}.get(memo.target, [])
    return [name.strip() for name in names if name.strip() in study.codebook]


def _of_links(model: ParadigmModel) -> Iterator[LinkedProposal]:
    recorded = {frozenset((e.source, e.target)) for e in model.directed}
    for edge in model.edges:
        if not edge.directed and edge.source != edge.target:
            yield LinkedProposal(
                first=edge.source,
                second=edge.target,
                basis="link",
                memos=edge.memos,
                places=edge.evidence,
                recorded=frozenset((edge.source, edge.target)) in recorded,
                usual=usual_directions(model, edge.source, edge.target),
                origin_of=edge.relation.origin_of,
            )


def linked_proposals_table(
    rows: Sequence[LinkedProposal], model: ParadigmModel, memos: Mapping[str, Memo]
) -> Table:
    """Return the proposals as a table."""
    body: list[tuple[Cell, ...]] = [
        (
            model.by_id[row.first].label,
            model.by_id[row.second].label,
            _basis(row),
            "; ".join(row.memos) or None,
            "; ".join(dict.fromkeys(memos[name].title for name in row.memos if memos[name].title)) or None,
            row.recorded,
            arrows_named(row.usual, model.labels),
            "; ".join(row.places) or None,
        )
        for row in rows
    ]
    return Table(
        name="linked_proposals",
        caption=msg("Proposals from memos and links: categories that somebody named together"),
        columns=(
            Column("first", msg("Category")),
            Column("second", msg("With")),
            Column("basis", msg("Where it comes from")),
            Column("memos", msg("Memos"), Kind.ID),
            Column("title", msg("Title of the memo"), secondary=True),
            Column("recorded", msg("Recorded without evidence"), Kind.FLAG),
            Column("usual", msg("Usual direction")),
            Column("places", msg("Where to read"), Kind.ID),
        ),
        rows=tuple(body),
        note=msg(
            "A memo about two categories is no arrow and is not applied; it becomes one, or its evidence, when "
            "the researchers write it into the table of relations."
        ),
    )


def _basis(row: LinkedProposal) -> Message:
    if row.origin_of:
        return msg("link without a direction in {file}", file=row.origin_of)
    return BASES[row.basis]


def linked_proposal_json(row: LinkedProposal) -> dict[str, object]:
    """Return the JSON object of a proposal."""
    return {
        "first": row.first,
        "second": row.second,
        "basis": row.basis,
        "memos": list(row.memos),
        "places": list(row.places),
        "recorded": row.recorded,
        "usual": [{"source": source, "target": target} for source, target in row.usual],
        "origin_of": row.origin_of or None,
    }
