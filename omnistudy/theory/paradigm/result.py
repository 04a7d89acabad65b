"""What `paradigm` returns: the model, what it rests on, and what the rules say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from omnistudy.results import Block, Message, Provenance, Quote, Result, Table, msg
from omnistudy.study.model import Coding, Level, Memo, Role, RoleVote, Study
from omnistudy.theory.counts.retrieval import quotes_of, spread
from omnistudy.theory.paradigm import blocks as paradigm_blocks
from omnistudy.theory.paradigm.conditional_matrix import ScopedNode, conditional_matrix, scoped_json
from omnistudy.theory.paradigm.core import Criterion, core_criteria, negative_cases
from omnistudy.theory.paradigm.findings import Finding, Weight
from omnistudy.theory.paradigm.leaving_out import LeftOut, left_out, left_out_json
from omnistudy.theory.paradigm.linked_proposals import (
    LinkedProposal,
    linked_proposal_json,
    linked_proposals_of,
)
from omnistudy.theory.paradigm.lint import lint
from omnistudy.theory.paradigm.model import (
    Edge,
    Node,
    ParadigmModel,
    PropositionState,
    build_model,
    quotation_named,
)
from omnistudy.theory.paradigm.proposals import Proposal, proposal_json, proposals_of
from omnistudy.theory.paradigm.storyline import StoryLine, storyline_json, storyline_of
from omnistudy.theory.terms import analysis_set_words, count


@dataclass(frozen=True, slots=True, kw_only=True)
class ParadigmOptions:
    """How the model is built and judged.

    Parameters
    ----------
    strict
        Read the table of arrows as written instead of keeping what has a rationale.
    resamples, seed
        Interview resamples of the stability; 0 takes the exact probability instead.
    level
        Level at which codes are rolled up into the categories of the model.
    """

    strict: bool = False
    resamples: int = 2000
    seed: int = 1
    level: Level = Level.SUBCATEGORY


@dataclass(frozen=True, kw_only=True)
class ParadigmResult(Result):
    """The paradigm model of a study.

    ``passages`` holds the words of every quotation that an arrow or a negative case rests on, by
    quotation id; ``examples`` some quotations of every node.
    """

    analysis_set: str
    analysis_words: Message
    options: ParadigmOptions
    n_interviews: int
    model: ParadigmModel
    findings: tuple[Finding, ...]
    core: tuple[Criterion, ...]
    negative: tuple[str, ...]
    role_votes: tuple[RoleVote, ...]
    memos: Mapping[str, Memo]
    passages: Mapping[str, Quote]
    examples: Mapping[str, tuple[Quote, ...]]
    agreed: Mapping[str, Role | None]
    proposals: tuple[Proposal, ...]
    linked: tuple[LinkedProposal, ...]
    storyline: tuple[StoryLine, ...]
    left_out: tuple[LeftOut, ...]
    matrix: tuple[ScopedNode, ...]
    command: ClassVar[str] = "paradigm"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Paradigm model")

    @property
    def summary(self) -> Message:
        """Say what the model has, what it rests on and what the rules found."""
        if not self.model.nodes:
            return msg(
                "There is no paradigm model yet: none of the {categories} categories has a role.",
                categories=count(len(self.model.unplaced)),
            )
        return msg(
            "The researchers' model has {categories} categories in {roles} of 6 roles and {arrows} arrows, "
            "of which {evidenced} rest on quotations or memos; {errors} errors and {warnings} warnings "
            "(counting {analysis_set}).",
            categories=count(len(self.model.nodes)),
            roles=count(len({node.role for node in self.model.nodes})),
            arrows=count(len(self.model.directed)),
            evidenced=count(sum(edge.evidenced for edge in self.model.directed)),
            errors=count(self.weighing(Weight.ERROR)),
            warnings=count(self.weighing(Weight.WARNING)),
            analysis_set=self.analysis_words,
        )

    def weighing(self, weight: Weight) -> int:
        """Return the number of findings of a weight."""
        return sum(finding.severity is weight for finding in self.findings)

    def payload(self) -> dict[str, object]:
        """Return the JSON object; nodes are counted on ``analysis_set``."""
        return {
            "analysis_set": self.analysis_set,
            "level": str(self.model.level),
            "strict": self.options.strict,
            "stability": {
                "resamples": self.options.resamples,
                "seed": self.options.seed if self.options.resamples else None,
                "min_interviews": 2,
                "min_quotations": 2,
            },
            "nodes": [_node(node) for node in self.model.nodes],
            "without_role": [_node(node) for node in self.model.unplaced],
            "edges": [_edge(edge) for edge in self.model.edges],
            "propositions": [_proposition(state) for state in self.model.propositions],
            "negative_cases": list(self.negative),
            "core": [
                {
                    "node": criterion.node,
                    "criterion": criterion.criterion,
                    "met": criterion.met,
                    "finding": str(criterion.finding),
                    **criterion.values,
                }
                for criterion in self.core
            ],
            "role_votes": [
                {
                    "code": vote.code,
                    "agreed": None if self.agreed[vote.code] is None else str(self.agreed[vote.code]),
                    "coder": vote.coder,
                    "role": str(vote.role),
                    "rationale": vote.rationale,
                }
                for vote in self.role_votes
            ],
            "lint": [
                {
                    "rule": finding.rule,
                    "severity": str(finding.severity),
                    "subject": finding.subject,
                    "message": str(finding.message),
                }
                for finding in self.findings
            ],
            "proposals": [proposal_json(row) for row in self.proposals],
            "linked_proposals": [linked_proposal_json(row) for row in self.linked],
            "storyline": [storyline_json(line) for line in self.storyline],
            "left_out": [left_out_json(row) for row in self.left_out],
            "conditional_matrix": [scoped_json(row) for row in self.matrix],
        }

    def tables(self) -> tuple[Table, ...]:
        """Return nodes, edges, propositions, core criteria, role votes and findings."""
        return paradigm_blocks.tables(self)

    def blocks(self) -> tuple[Block, ...]:
        """Return the section of a report."""
        return paradigm_blocks.blocks(self)


def paradigm_of(study: Study, options: ParadigmOptions, provenance: Provenance) -> ParadigmResult:
    """Build the paradigm model of a study, and hold it against the rules.

    Parameters
    ----------
    study
        The study; nodes are counted on its analysis set.
    options
        Level of the nodes, resamples and seed of their stability, and whether unusual arrows are errors.
    provenance
        Where the result comes from.

    Returns
    -------
    ParadigmResult
        The model with the quotations every arrow rests on, findings, evidence for the core, storyline,
        proposals; without a category in a role, a result that says so.

    References
    ----------
    Strauss & Corbin (1990, 1998), Basics of Qualitative Research, for the roles and the arrows between them.

    Examples
    --------
    The shipped demonstration study, which is synthetic; two arrows are asserted without evidence:

    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> study = load_study(shipped_study())
    >>> from omnistudy.study.provenance import provenance_of
    >>> result = paradigm_of(study, ParadigmOptions(resamples=0), provenance_of(study))
    >>> len(result.model.nodes), [(e.source, e.target) for e in result.model.directed if not e.evidenced]
    (21, [('service-standards', 'earnings-and-cost'), ('skill-building', 'earnings-and-cost')])
    """
    model = build_model(study, options.level, resamples=options.resamples, seed=options.seed)
    negative = negative_cases(model)
    cited = {name for edge in model.edges for name in edge.evidence}
    cited |= {name for state in model.propositions for name in state.negative}
    return ParadigmResult(
        provenance=provenance,
        analysis_set=study.analysis_set,
        analysis_words=analysis_set_words(study),
        options=options,
        n_interviews=len(study.interviews),
        model=model,
        findings=lint(study, model, strict=options.strict),
        core=tuple(c for node in model.in_role(Role.PHENOMENON) for c in core_criteria(study, model, node)),
        negative=negative,
        role_votes=study.role_votes,
        memos={memo.id: memo for memo in study.memos},
        passages=_passages(study, cited),
        examples=_examples(study, model),
        agreed={code.id: study.codebook.role_of(code.id) for code in study.codebook},
        proposals=proposals_of(study, model),
        linked=linked_proposals_of(study, model),
        storyline=storyline_of(model),
        left_out=left_out(study, model),
        matrix=conditional_matrix(study, model),
    )


def _passages(study: Study, names: set[str]) -> dict[str, Quote]:
    coded = study.coded_spans
    spans = {name: quotation_named(name) for name in sorted(names)}
    return {
        name: quotes_of(study, coded[span])[0]
        for name, span in spans.items()
        if span is not None and span in coded
    }


def _examples(study: Study, model: ParadigmModel) -> dict[str, tuple[Quote, ...]]:
    """Choose up to three quotations of each node, from different interviews where there are any."""
    codings: dict[str, list[Coding]] = {node.id: [] for node in model.nodes}
    for coding in study.analysed:
        if model.stands_in[coding.code] in codings:
            codings[model.stands_in[coding.code]].append(coding)
    return {node: spread(quotes_of(study, own), 3) for node, own in codings.items()}


def _node(node: Node) -> dict[str, object]:
    return {
        "id": node.id,
        "label": str(node.label),
        "labels": dict(node.label.texts),
        "role": None if node.role is None else str(node.role),
        "grounding": node.grounding,
        "interviews": len(node.held_by),
        "interview_ids": list(node.held_by),
        "coders": node.coders,
        "density": node.density,
        "stability": node.stability,
        "stability_exact": node.stability_exact,
        "properties": node.properties,
    }


def _edge(edge: Edge) -> dict[str, object]:
    return {
        "source": edge.relation.source,
        "target": edge.relation.target,
        "source_node": edge.source,
        "target_node": edge.target,
        "type": edge.relation.type,
        "status": "evidenced" if edge.evidenced else "asserted",
        "evidence": list(edge.evidence),
        "memos": list(edge.memos),
        "evidence_missing": list(edge.missing),
        "polarity": edge.relation.polarity,
        "feedback": edge.relation.feedback,
        "direction": edge.relation.direction,
        "origin": edge.relation.origin,
        "origin_of": edge.relation.origin_of or None,
        "rationale": edge.relation.rationale,
    }


def _proposition(state: PropositionState) -> dict[str, object]:
    return {
        "id": state.proposition.id,
        "text": state.proposition.text,
        "status": state.status,
        "relations": [
            {"source": edge.relation.source, "target": edge.relation.target, "evidenced": edge.evidenced}
            for edge in state.edges
        ],
        "unrecorded_relations": [{"source": source, "target": target} for source, target in state.unrecorded],
        "negative_cases": list(state.negative),
        "negative_cases_missing": list(state.missing),
        "negative_cases_searched": state.searched or bool(state.negative),
    }
