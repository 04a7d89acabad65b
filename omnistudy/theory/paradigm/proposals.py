"""Arrows that the codings might suggest: pairs of categories that stand together without a relation.

A proposal says where to read again. It is never drawn, never counted as an arrow, and has no direction
of its own: the table of arrows only says which way the paradigm would read it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from omnistudy.results import Column, Kind, Table, Undefined, msg
from omnistudy.study.model import Quotation, Study
from omnistudy.theory.counts.co_occurrence import NESTED, co_occurrences
from omnistudy.theory.counts.frequencies import incidence
from omnistudy.theory.paradigm.arrows import Arrow, arrow
from omnistudy.theory.paradigm.model import ParadigmModel
from omnistudy.theory.terms import arrows_named

LEAST_INTERVIEWS = 2
"""Interviews in which the quotations must overlap: once can be chance."""
MOST_PLACES = 5
"""Places to read that are named with a proposal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Two categories whose quotations overlap in several interviews, and no relation between them.

    Parameters
    ----------
    first, second
        Nodes in model order; the pair has no direction.
    overlaps, c_coefficient, jaccard
        As in :class:`omnistudy.theory.counts.co_occurrence.CoOccurrence`.
    overlap_interviews
        Interviews in which they overlap.
    usual
        The directions (source, target) in which the paradigm knows such an arrow without a rationale.
    places
        Ids of quotations of the first category that overlap one of the second, at most five.
    """

    first: str
    second: str
    overlaps: int
    c_coefficient: float | None
    overlap_interviews: int
    jaccard: float
    usual: tuple[tuple[str, str], ...]
    places: tuple[str, ...]


def proposals_of(study: Study, model: ParadigmModel) -> tuple[Proposal, ...]:
    """Return the pairs of placed categories to read again, the strongest overlap first."""
    names = tuple(node.id for node in model.nodes)
    counts = incidence(study, names, {code: (node,) for code, node in model.stands_in.items()})
    recorded = {frozenset((edge.source, edge.target)) for edge in model.edges}
    spans: dict[str, list[Quotation]] = {name: [] for name in names}
    for at, code in zip(counts.quotation_of, counts.code_of, strict=True):
        spans[names[code]].append(counts.quotations[at])
    stretches = {name: _Stretches.of(found) for name, found in spans.items()}
    proposals = []
    for pair in co_occurrences(counts):
        if frozenset((pair.first, pair.second)) in recorded:
            continue
        met = [span for span in spans[pair.first] if stretches[pair.second].meets(span)]
        held = len({span.interview for span in met})
        if held < LEAST_INTERVIEWS:
            continue
        proposals.append(
            Proposal(
                first=pair.first,
                second=pair.second,
                overlaps=pair.overlaps,
                c_coefficient=pair.c_coefficient,
                overlap_interviews=held,
                jaccard=pair.jaccard,
                usual=usual_directions(model, pair.first, pair.second),
                places=tuple(span.id for span in met[:MOST_PLACES]),
            )
        )
    return tuple(proposals)


@dataclass(frozen=True, slots=True)
class _Stretches:
    """The quotations of a category by interview, ready to be asked whether one overlaps them.

    Per interview the starts in ascending order, and beside each the furthest end up to there: a span
    meets one of them exactly where the furthest end of those that start before its end lies beyond
    its start.
    """

    starts: Mapping[str, list[int]]
    furthest: Mapping[str, list[int]]

    @classmethod
    def of(cls, spans: Sequence[Quotation]) -> _Stretches:
        starts: dict[str, list[int]] = {}
        furthest: dict[str, list[int]] = {}
        for span in sorted(spans):
            starts.setdefault(span.interview, []).append(span.start)
            ends = furthest.setdefault(span.interview, [])
            ends.append(max(span.end, ends[-1]) if ends else span.end)
        return cls(starts, furthest)

    def meets(self, span: Quotation) -> bool:
        before = bisect_left(self.starts.get(span.interview, []), span.end)
        return before > 0 and self.furthest[span.interview][before - 1] > span.start


def usual_directions(model: ParadigmModel, first: str, second: str) -> tuple[tuple[str, str], ...]:
    """Return the directions in which the paradigm knows an arrow between two nodes without a rationale."""
    known = []
    for source, target in ((first, second), (second, first)):
        roles = model.by_id[source].role, model.by_id[target].role
        if roles[0] and roles[1] and arrow(roles[0], roles[1]) is Arrow.OK:
            known.append((source, target))
    return tuple(known)


def proposals_table(proposals: Sequence[Proposal], model: ParadigmModel) -> Table:
    """Return the proposals as a table."""
    return Table(
        name="proposals",
        caption=msg("Proposals to read again: categories that stand together without an arrow"),
        columns=(
            Column("first", msg("Category")),
            Column("second", msg("With")),
            Column("overlaps", msg("Overlaps"), Kind.COUNT),
            Column("interviews", msg("Interviews in which they overlap"), Kind.COUNT),
            Column("c_coefficient", msg("c-coefficient"), Kind.COEFFICIENT),
            Column("jaccard", msg("Jaccard by interview"), Kind.COEFFICIENT),
            Column("usual", msg("Usual direction")),
            Column("places", msg("Where to read"), Kind.ID),
        ),
        rows=tuple(
            (
                model.by_id[row.first].label,
                model.by_id[row.second].label,
                row.overlaps,
                row.overlap_interviews,
                Undefined(NESTED) if row.c_coefficient is None else row.c_coefficient,
                row.jaccard,
                arrows_named(row.usual, model.labels),
                "; ".join(row.places),
            )
            for row in proposals
        ),
        note=msg(
            "Standing together is no cause and has no direction. A proposal is not drawn and not counted; "
            "it becomes an arrow when the researchers write it down as a relation."
        ),
    )


def proposal_json(row: Proposal) -> dict[str, object]:
    """Return the JSON object of a proposal."""
    return {
        "first": row.first,
        "second": row.second,
        "overlaps": row.overlaps,
        "interviews": row.overlap_interviews,
        "c_coefficient": row.c_coefficient,
        "reason": str(NESTED) if row.c_coefficient is None else None,
        "jaccard": row.jaccard,
        "usual": [{"source": source, "target": target} for source, target in row.usual],
        "places": list(row.places),
    }
