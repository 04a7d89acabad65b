"""The table of relations: what each rests on, and whether somebody wrote it or a file brought it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from omnistudy.results import Cell, Column, Kind, Message, Table, msg
from omnistudy.study.model import Relation
from omnistudy.theory.terms import code_name, relation_name

if TYPE_CHECKING:
    from omnistudy.theory.paradigm.result import ParadigmResult

STATES = {
    "evidenced": msg("rests on evidence"),
    "partly": msg("rests on evidence in part"),
    "asserted": msg("asserted"),
}
DIRECTIONS = {
    "oneway": msg("one way"),
    "bidirectional": msg("both ways"),
    "associative": msg("none"),
}


def edges_table(result: ParadigmResult) -> Table:
    """Return one row per relation with its evidence and where it comes from, drawn or not."""
    labels = result.model.labels
    rows: list[tuple[Cell, ...]] = []
    for edge in result.model.edges:
        quotes = [result.passages[name] for name in edge.evidence]
        rows.append(
            (
                *(code_name(end, labels) for end in (edge.relation.source, edge.relation.target)),
                *(code_name(end, labels) for end in (edge.source, edge.target)),
                relation_name(edge.relation.type),
                DIRECTIONS[edge.relation.direction],
                STATES["evidenced" if edge.evidenced else "asserted"],
                edge.negative,
                edge.relation.feedback,
                len(edge.evidence),
                len({quote.interview for quote in quotes}),
                len(edge.memos),
                "; ".join((*edge.evidence, *edge.memos)) or None,
                _origin(edge.relation),
                edge.relation.rationale or None,
            )
        )
    return Table(
        name="edges",
        caption=msg("The researchers' arrows and what each rests on"),
        columns=(
            Column("source", msg("From")),
            Column("target", msg("To")),
            Column("source_node", msg("From category"), secondary=True),
            Column("target_node", msg("To category"), secondary=True),
            Column("type", msg("Type"), secondary=True),
            Column("direction", msg("Direction"), secondary=True),
            Column("status", msg("Status")),
            Column("negative", msg("Negative case"), Kind.FLAG),
            Column("feedback", msg("Feedback"), Kind.FLAG),
            Column("quotations", msg("Quotations"), Kind.COUNT),
            Column("interviews", msg("Interviews"), Kind.COUNT),
            Column("memos", msg("Memos"), Kind.COUNT, secondary=True),
            Column("evidence", msg("Evidence"), Kind.ID, secondary=True),
            Column("origin", msg("Where it comes from"), secondary=not _imported(result)),
            Column("rationale", msg("Rationale"), secondary=True),
        ),
        rows=tuple(rows),
    )


def _imported(result: ParadigmResult) -> bool:
    return any(edge.relation.origin != "table" for edge in result.model.edges)


def _origin(relation: Relation) -> Message:
    """Say where a relation comes from; an imported link is somebody's, in another program."""
    match relation.origin:
        case "link" if relation.origin_of:
            return msg("link in {file}", file=relation.origin_of)
        case "link":
            return msg("imported link")
        case "memo" if relation.origin_of:
            return msg("written down after memo {memo}", memo=relation.origin_of)
        case "memo":
            return msg("written down after a memo")
        case _:
            return msg("the table of relations")
