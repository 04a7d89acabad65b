"""The words, tables and the diagram of `paradigm`.

No sentence says more than the researchers' own arrows: what is reported of an arrow is what it rests
on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from omnistudy.pictures import Diagram, DiagramEdge, DiagramNode
from omnistudy.results import (
    Block,
    Cell,
    Column,
    Figure,
    Heading,
    Kind,
    Message,
    Prose,
    Quote,
    Quotes,
    Status,
    Table,
    listed,
    msg,
)
from omnistudy.study.model import Role, RoleVote
from omnistudy.theory.counts.retrieval import spread
from omnistudy.theory.paradigm.arrow_table import STATES, edges_table
from omnistudy.theory.paradigm.conditional_matrix import matrix_table
from omnistudy.theory.paradigm.findings import Weight
from omnistudy.theory.paradigm.leaving_out import left_out_table
from omnistudy.theory.paradigm.linked_proposals import linked_proposals_table
from omnistudy.theory.paradigm.model import Edge
from omnistudy.theory.paradigm.proposals import proposals_table
from omnistudy.theory.paradigm.storyline import storyline_table
from omnistudy.theory.terms import (
    arrow_name,
    arrows_named,
    code_name,
    coder_name,
    codes_named,
    count,
    counted,
    role_name,
)

if TYPE_CHECKING:
    from omnistudy.theory.paradigm.result import ParadigmResult

ROLES = frozenset(Role)
MOST_QUOTES = 5
"""Quotations shown with one arrow."""

WEIGHTS = {Weight.ERROR: msg("error"), Weight.WARNING: msg("warning"), Weight.INFO: msg("remark")}


def tables(result: ParadigmResult) -> tuple[Table, ...]:
    """Return the tidy tables of ``result``."""
    return (
        _nodes(result),
        edges_table(result),
        _propositions(result),
        _core(result),
        _role_votes(result),
        _lint(result),
        proposals_table(result.proposals, result.model),
        linked_proposals_table(result.linked, result.model, result.memos),
        storyline_table(result.storyline),
        left_out_table(result.left_out, result.model.labels),
        matrix_table(result.matrix, result.model),
    )


def blocks(result: ParadigmResult) -> tuple[Block, ...]:
    """Return the blocks of ``result``."""
    shown: list[Block] = []
    if result.model.nodes:
        shown += [_reading(result), _diagram(result), _nodes(result)]
    if result.model.edges:
        shown += [
            Heading(text=msg("Arrows and their evidence"), level=3, anchor="arrows"),
            edges_table(result),
        ]
    if result.model.propositions:
        shown += [Heading(text=msg("Propositions"), level=3, anchor="propositions"), _propositions(result)]
    shown += _negative(result)
    if result.core:
        shown += [Heading(text=msg("The core category"), level=3, anchor="core"), _core(result)]
    if result.role_votes:
        shown += [Heading(text=msg("Role votes"), level=3, anchor="role-votes"), _role_votes(result)]
    return (*shown, *_findings(result), *_hanging(result), *_to_do(result))


def _hanging(result: ParadigmResult) -> list[Block]:
    if not result.model.nodes:
        return []
    heading = Heading(text=msg("Leaving one out"), level=3, anchor="left-out")
    table = left_out_table(result.left_out, result.model.labels)
    if not table.rows:
        said = msg("No category and no arrow hangs on a single interview or a single coder.")
        return [heading, Prose(text=said, status=Status.GOOD)]
    return [heading, table]


def _to_do(result: ParadigmResult) -> list[Block]:
    shown: list[Block] = []
    if result.matrix:
        shown.append(matrix_table(result.matrix, result.model))
    if result.linked:
        table = linked_proposals_table(result.linked, result.model, result.memos)
        shown += [Heading(text=msg("Named together"), level=3, anchor="linked-proposals"), table]
    if result.proposals:
        table = proposals_table(result.proposals, result.model)
        shown += [Heading(text=msg("Proposals"), level=3, anchor="proposals"), table]
    if result.storyline:
        table = storyline_table(result.storyline)
        shown += [Heading(text=msg("Storyline"), level=3, anchor="storyline"), table]
    return shown


def _reading(result: ParadigmResult) -> Prose:
    if result.options.resamples:
        return Prose(
            text=msg(
                "Arrows are the researchers' own and show what they rest on; nothing here tests a cause. "
                "Stability is the share of {resamples} resamples of the {interviews} interviews in which a "
                "category keeps two interviews and two quotations, given the coding: it follows how many "
                "interviews hold the category.",
                resamples=count(result.options.resamples),
                interviews=count(result.n_interviews),
            )
        )
    return Prose(
        text=msg(
            "Arrows are the researchers' own and show what they rest on; nothing here tests a cause. "
            "Stability is the probability that a resample of the {interviews} interviews keeps two "
            "interviews and two quotations of a category, given the coding: it follows how many interviews "
            "hold the category.",
            interviews=count(result.n_interviews),
        )
    )


def _diagram(result: ParadigmResult) -> Figure:
    model = result.model
    nodes = tuple(
        DiagramNode(
            id=node.id,
            label=node.label,
            group=str(node.role),
            detail=counted(node.grounding, len(node.held_by)),
            quotes=result.examples.get(node.id, ()),
        )
        for node in model.nodes
    )
    edges = _arrows(result)
    return Figure(
        name="paradigm",
        picture=Diagram(
            groups=tuple((str(role), role_name(role)) for role in Role), nodes=nodes, edges=edges
        ),
        caption=msg(
            "The paradigm model with the researchers' arrows: solid ones rest on quotations or memos, "
            "dashed ones are asserted"
        ),
        alt=msg(
            "Paradigm model with {categories} categories and {arrows} arrows between them, {solid} of which "
            "rest on evidence.",
            categories=count(len(nodes)),
            arrows=count(len(edges)),
            solid=count(sum(edge.solid for edge in edges)),
        ),
    )


def _arrows(result: ParadigmResult) -> tuple[DiagramEdge, ...]:
    """Join the relations between two nodes into one arrow per direction, polarity and feedback."""
    joined: dict[tuple[str, str, bool, bool], list[Edge]] = {}
    for edge in result.model.drawn:
        identity = (edge.source, edge.target, edge.negative, edge.relation.feedback)
        joined.setdefault(identity, []).append(edge)
    arrows = []
    for (source, target, negative, feedback), edges in joined.items():
        names = dict.fromkeys(name for edge in edges for name in edge.evidence)
        memos = dict.fromkeys(name for edge in edges for name in edge.memos)
        quotes = [result.passages[name] for name in names]
        arrows.append(
            DiagramEdge(
                source=source,
                target=target,
                solid=bool(names or memos),
                negative=negative,
                feedback=feedback,
                detail=_rests_on(quotes, len(memos)),
                quotes=spread(quotes, MOST_QUOTES),
            )
        )
    return tuple(arrows)


def _rests_on(quotes: Sequence[Quote], memos: int) -> Message:
    evidence = counted(len(quotes), len({quote.interview for quote in quotes}))
    if quotes and memos:
        return msg("rests on {evidence}; memos: {memos}", evidence=evidence, memos=count(memos))
    if quotes:
        return msg("rests on {evidence}", evidence=evidence)
    if memos:
        return msg("rests on memos only: {memos}", memos=count(memos))
    return msg("asserted: no quotation or memo stands behind it")


def _nodes(result: ParadigmResult) -> Table:
    return Table(
        name="nodes",
        caption=msg("Categories of the model, counting {analysis_set}", analysis_set=result.analysis_words),
        columns=(
            Column("id", msg("Code"), Kind.ID),
            Column("label", msg("Category")),
            Column("role", msg("Role")),
            Column("grounding", msg("Quotations"), Kind.COUNT),
            Column("interviews", msg("Interviews"), Kind.COUNT),
            Column("coders", msg("Coders"), Kind.COUNT),
            Column("density", msg("Density"), Kind.COUNT),
            Column("stability", msg("Stability"), Kind.SHARE),
        ),
        rows=tuple(
            (
                node.id,
                node.label,
                role_name(node.role),
                node.grounding,
                len(node.held_by),
                node.coders,
                node.density,
                node.stability,
            )
            for node in result.model.nodes
        ),
        note=msg("Coders are the human coders that applied the category or a code below it, in any round."),
    )


def _propositions(result: ParadigmResult) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for state in result.model.propositions:
        evidence = dict.fromkeys(name for edge in state.edges for name in (*edge.evidence, *edge.memos))
        searched = msg("searched, none found") if state.searched else msg("none recorded")
        rows.append(
            (
                state.proposition.id,
                state.proposition.text,
                arrows_named(state.proposition.relations, result.model.labels),
                STATES[state.status],
                len(evidence),
                "; ".join(evidence) or None,
                listed(state.negative, apart=True) or searched,
            )
        )
    return Table(
        name="propositions",
        caption=msg("Propositions with their evidence and the cases against them"),
        columns=(
            Column("id", msg("Proposition"), Kind.ID),
            Column("text", msg("Text")),
            Column("relations", msg("Relations")),
            Column("status", msg("Status")),
            Column("pieces", msg("Pieces of evidence"), Kind.COUNT),
            Column("evidence", msg("Evidence"), Kind.ID),
            Column("negative_cases", msg("Negative cases")),
        ),
        rows=tuple(rows),
    )


def _negative(result: ParadigmResult) -> list[Block]:
    quotes = tuple(result.passages[name] for name in result.negative if name in result.passages)
    if not quotes:
        return []
    return [Quotes(quotes=quotes, caption=msg("Negative cases"))]


def _core(result: ParadigmResult) -> Table:
    met = {True: msg("yes"), False: msg("no"), None: msg("cannot be said")}
    return Table(
        name="core",
        caption=msg("Evidence for the core category; the choice stays the researchers'"),
        columns=(
            Column("node", msg("Category")),
            Column("criterion", msg("Criterion")),
            Column("met", msg("Met")),
            Column("finding", msg("Finding")),
        ),
        rows=tuple(
            (result.model.by_id[row.node].label, row.title, met[row.met], row.finding) for row in result.core
        ),
        note=msg(
            "The criteria are those of Strauss and Corbin; how they are measured is this program's choice."
        ),
    )


def _role_votes(result: ParadigmResult) -> Table:
    coders = tuple(dict.fromkeys(vote.coder for vote in result.role_votes))
    votes = {(vote.code, vote.coder): vote for vote in result.role_votes}
    rows: list[tuple[Cell, ...]] = []
    for code, agreed in result.agreed.items():
        own = [votes.get((code, coder)) for coder in coders]
        cast = [vote for vote in own if vote is not None]
        if not cast:
            continue
        rows.append(
            (
                code_name(code, result.model.labels),
                None if agreed is None else role_name(agreed),
                *(None if vote is None else role_name(vote.role) for vote in own),
                len({vote.role for vote in cast}) == 1,
                listed([_reason(vote) for vote in cast if vote.rationale], apart=True),
            )
        )
    return Table(
        name="role_votes",
        caption=msg("Role votes of the coders beside the agreed role"),
        columns=(
            Column("code", msg("Code")),
            Column("agreed", msg("Agreed role")),
            *(Column(f"vote_{coder}", coder_name(coder)) for coder in coders),
            Column("unanimous", msg("Unanimous"), Kind.FLAG),
            Column("rationale", msg("Rationale")),
        ),
        rows=tuple(rows),
    )


def _reason(vote: RoleVote) -> Message:
    return msg("{coder}: {rationale}", coder=coder_name(vote.coder), rationale=vote.rationale)


def _subject(name: str, result: ParadigmResult) -> Cell:
    """Say what a finding is about: a category, an arrow or circle, a role, the study, or an id."""
    labels = result.model.labels
    if name in labels:
        return labels[name]
    if name in ROLES:
        return role_name(Role(name))
    ends = name.split(" > ")
    if len(ends) == 2:
        return arrow_name((ends[0], ends[1]), labels)
    if len(ends) > 2:
        return codes_named(ends, labels)
    return msg("the study") if name == "study" else msg("{id}", id=name)


def _lint(result: ParadigmResult) -> Table:
    return Table(
        name="lint",
        caption=msg("What the rules of the paradigm ask the researchers"),
        columns=(
            Column("severity", msg("Weight")),
            Column("rule", msg("Rule")),
            Column("subject", msg("Subject")),
            Column("message", msg("Finding")),
        ),
        rows=tuple(
            (WEIGHTS[finding.severity], finding.title, _subject(finding.subject, result), finding.message)
            for finding in result.findings
        ),
    )


def _findings(result: ParadigmResult) -> list[Block]:
    heading = Heading(text=msg("Questions to the model"), level=3, anchor="lint")
    if not result.findings:
        return [heading, Prose(text=msg("No rule of the paradigm objects."), status=Status.GOOD)]
    return [heading, _lint(result)]
