"""What of the model hangs on one interview or on one coder.

A category falls when it keeps fewer than two interviews or two quotations, an arrow when no quotation
and no memo is left behind it. Interviews are left out of the analysis set. A coder is left out of the
human coders' own codings, of all rounds: a consensus has one author, and leaving out one of its parents
would not change it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from omnistudy.results import Column, Kind, Label, Message, Table, msg
from omnistudy.study.model import CoderKind, Coding, Quotation, Study
from omnistudy.theory.counts.frequencies import Incidence, incidence
from omnistudy.theory.counts.stability import leave_one_out
from omnistudy.theory.paradigm.model import ParadigmModel, quotation_named
from omnistudy.theory.terms import arrows_named, codes_named


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What falls without one interview or one coder.

    Parameters
    ----------
    kind, id
        ``interview`` or ``coder``, and which.
    nodes
        Categories that meet the rule with it and not without it.
    edges
        Arrows, by source and target as written, that rest on evidence with it and not without it.
    """

    kind: str
    id: str
    nodes: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]


def left_out(study: Study, model: ParadigmModel) -> tuple[LeftOut, ...]:
    """Leave out each interview, then each human coder who coded anything."""
    names = tuple(node.id for node in model.nodes)
    targets = {code: (node,) for code, node in model.stands_in.items()}
    counts = incidence(study, names, targets)
    fallen = leave_one_out(counts.by_interview)
    rows = [
        LeftOut(
            kind="interview",
            id=interview,
            nodes=tuple(name for at, name in enumerate(names) if fallen[place, at]),
            edges=_without_interview(model, interview),
        )
        for place, interview in enumerate(counts.interviews)
    ]
    return (*rows, *_coders(study, model, names, targets))


def _without_interview(model: ParadigmModel, interview: str) -> tuple[tuple[str, str], ...]:
    lost = []
    for edge in model.edges:
        spans = [quotation_named(name) for name in edge.evidence]
        if spans and not edge.memos and all(span and span.interview == interview for span in spans):
            lost.append((edge.relation.source, edge.relation.target))
    return tuple(lost)


def _coders(
    study: Study, model: ParadigmModel, names: tuple[str, ...], targets: Mapping[str, tuple[str, ...]]
) -> list[LeftOut]:
    human = {coder.id for coder in study.coders if coder.kind is CoderKind.HUMAN}
    own = tuple(coding for coding in study.codings if coding.coder in human)
    coders = [coder for coder in study.human_coders if any(coding.coder == coder for coding in own)]
    if len(coders) < 2:
        return []

    def held(without: str | None) -> set[str]:
        kept = tuple(coding for coding in own if coding.coder != without)
        return _meets(incidence(replace(study, analysed=kept), names, targets))

    spans = study.coded_spans
    whole = held(None)
    fallen = {coder: whole - held(coder) for coder in coders}
    return [
        LeftOut(
            kind="coder",
            id=coder,
            nodes=tuple(name for name in names if name in fallen[coder]),
            edges=tuple(
                (edge.relation.source, edge.relation.target)
                for edge in model.edges
                if edge.evidence
                and not edge.memos
                and all(_only_by(coder, quotation_named(name), spans) for name in edge.evidence)
            ),
        )
        for coder in coders
    ]


def _meets(counts: Incidence) -> set[str]:
    return {
        name
        for name, interviews, quotations in zip(
            counts.codes, counts.n_interviews, counts.grounding, strict=True
        )
        if interviews >= 2 and quotations >= 2
    }


def _only_by(coder: str, span: Quotation | None, spans: Mapping[Quotation, Sequence[Coding]]) -> bool:
    return span is not None and {coding.coder for coding in spans.get(span, ())} == {coder}


KINDS: dict[str, Message] = {"interview": msg("interview"), "coder": msg("coder")}


def left_out_table(rows: Sequence[LeftOut], labels: Mapping[str, Label]) -> Table:
    """Return a row for each interview and coder on whom something hangs, codes by their labels."""
    return Table(
        name="left_out",
        caption=msg("What hangs on one interview or one coder"),
        columns=(
            Column("kind", msg("Left out")),
            Column("id", msg("Name"), Kind.ID),
            Column("nodes", msg("Categories that fall")),
            Column("edges", msg("Arrows that lose their evidence")),
        ),
        rows=tuple(
            (
                KINDS[row.kind],
                row.id,
                codes_named(row.nodes, labels),
                arrows_named(row.edges, labels),
            )
            for row in rows
            if row.nodes or row.edges
        ),
        note=msg(
            "A category falls when fewer than two interviews or two quotations are left. Coders are left out "
            "of the coders' own codings of all rounds, whatever set is analysed."
        ),
    )


def left_out_json(row: LeftOut) -> dict[str, object]:
    """Return the JSON object of a row."""
    return {
        "kind": row.kind,
        "id": row.id,
        "nodes": list(row.nodes),
        "edges": [{"source": source, "target": target} for source, target in row.edges],
    }
