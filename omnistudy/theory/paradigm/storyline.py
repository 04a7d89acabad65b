"""A skeleton of the storyline: the evidenced arrows in reading order, with blanks for the researcher.

Nothing here is prose to be kept. Every line ends in a blank, and a line exists only where the
researchers recorded an arrow with a quotation or a memo behind it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from omnistudy.results import Column, Kind, Label, Message, Table, Value, msg
from omnistudy.study.model import Role
from omnistudy.theory.paradigm.model import Edge, ParadigmModel

BLANK = "____"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """One line to fill: ``part`` names its place in the paradigm, ``evidence`` what to tell it from."""

    part: str
    source: str
    target: str | None
    skeleton: Message
    evidence: tuple[str, ...]


PARTS: dict[str, Message] = {
    "phenomenon": msg("What it is about"),
    "causal": msg("What brings it about"),
    "context": msg("In which setting"),
    "intervening": msg("What eases or hinders"),
    "strategy": msg("What is done"),
    "outcome": msg("What comes of it"),
    "other": msg("Further links"),
    "feedback": msg("What becomes a condition again"),
    "negative": msg("Where it does not hold"),
}

_PART_OF: dict[tuple[Role | None, Role | None], str] = {
    (Role.CAUSAL, Role.PHENOMENON): "causal",
    (Role.CONTEXT, Role.STRATEGY): "context",
    (Role.INTERVENING, Role.STRATEGY): "intervening",
    (Role.PHENOMENON, Role.STRATEGY): "strategy",
    (Role.STRATEGY, Role.OUTCOME): "outcome",
}


def storyline_of(model: ParadigmModel) -> tuple[StoryLine, ...]:
    """Return the lines of the skeleton; empty without a phenomenon or an evidenced arrow."""
    evidenced = [edge for edge in model.drawn if edge.evidenced]
    core = model.in_role(Role.PHENOMENON)
    if not core or not evidenced:
        return ()
    lines = [
        StoryLine(
            part="phenomenon",
            source=node.id,
            target=None,
            skeleton=msg("{category}: {blank}", category=node.label, blank=BLANK),
            evidence=(),
        )
        for node in core
    ]
    order = list(PARTS)
    told = sorted(evidenced, key=lambda edge: order.index(_part(model, edge)))
    return (*lines, *_joined(model, told))


def _part(model: ParadigmModel, edge: Edge) -> str:
    if edge.negative:
        return "negative"
    if edge.relation.feedback:
        return "feedback"
    return _PART_OF.get((model.by_id[edge.source].role, model.by_id[edge.target].role), "other")


def _joined(model: ParadigmModel, edges: Iterable[Edge]) -> list[StoryLine]:
    """Join the relations between two nodes into one line for each part."""
    lines: dict[tuple[str, str, str], dict[str, None]] = {}
    for edge in edges:
        identity = (_part(model, edge), edge.source, edge.target)
        lines.setdefault(identity, {}).update(dict.fromkeys((*edge.evidence, *edge.memos)))
    return [
        StoryLine(
            part=part,
            source=source,
            target=target,
            skeleton=_skeleton(part, model.by_id[source].label, model.by_id[target].label),
            evidence=tuple(evidence),
        )
        for (part, source, target), evidence in lines.items()
    ]


def _skeleton(part: str, source: Label, target: Label) -> Message:
    ends: dict[str, Value] = {"source": source, "target": target, "blank": BLANK}
    skeletons = {
        "causal": msg("{source} leads to {target}, in that {blank}", **ends),
        "context": msg("{source} is the setting of {target}, in that {blank}", **ends),
        "intervening": msg("{source} eases or hinders {target}, in that {blank}", **ends),
        "strategy": msg("{source} is met with {target}, in that {blank}", **ends),
        "outcome": msg("{source} results in {target}, in that {blank}", **ends),
        "other": msg("{source} is linked with {target}, in that {blank}", **ends),
        "feedback": msg("{source} acts back on {target}, in that {blank}", **ends),
        "negative": msg("{source} does not lead to {target} where {blank}", **ends),
    }
    return skeletons[part]


def storyline_table(lines: Sequence[StoryLine]) -> Table:
    """Return the skeleton as a table."""
    return Table(
        name="storyline",
        caption=msg("A skeleton of the storyline, for the researchers to fill"),
        columns=(
            Column("part", msg("Part")),
            Column("skeleton", msg("To be filled")),
            Column("evidence", msg("Evidence to tell it from"), Kind.ID),
        ),
        rows=tuple((PARTS[line.part], line.skeleton, "; ".join(line.evidence) or None) for line in lines),
        note=msg("Only arrows that rest on quotations or memos stand here. The words are the researchers'."),
    )


def storyline_json(line: StoryLine) -> dict[str, object]:
    """Return the JSON object of a line."""
    return {
        "part": line.part,
        "source": line.source,
        "target": line.target,
        "skeleton": str(line.skeleton),
        "evidence": list(line.evidence),
    }
