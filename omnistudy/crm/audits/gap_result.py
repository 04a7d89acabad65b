"""What `crm gap` returns: stages with verdict, priority, owner and evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import ClassVar

from omnistudy.crm.audits.blocks import source_line
from omnistudy.crm.audits.evidence import Evidence
from omnistudy.crm.audits.sources import ESSAYS
from omnistudy.results import (
    Block,
    Cell,
    Column,
    Kind,
    Message,
    Note,
    Number,
    Result,
    Status,
    Table,
    Undefined,
    listed,
    msg,
)


class Verdict(StrEnum):
    """What a stage needs, in the order in which stages are listed."""

    UNACCEPTABLE = "unacceptable"
    FIX = "fix"
    WATCH = "watch"
    OVER_SERVED = "over_served"
    HOLD = "hold"
    UNRATED = "unrated"


class Quadrant(StrEnum):
    """Importance to customer and brand, cut at the midpoint of the scale."""

    FOCUS = "focus"
    MAINTAIN = "maintain"
    TEST = "test"
    MINIMUM = "minimum"


UNRATED = msg("a score is missing")
VERDICT_WORDS: Mapping[Verdict, Message] = MappingProxyType(
    {
        Verdict.UNACCEPTABLE: msg("unacceptable"),
        Verdict.FIX: msg("fix"),
        Verdict.WATCH: msg("watch"),
        Verdict.OVER_SERVED: msg("over-served: reduce"),
        Verdict.HOLD: msg("hold"),
        Verdict.UNRATED: msg("unrated"),
    }
)
# Only the first quadrant has a meaning in the source: it gets most attention.
QUADRANT_WORDS: Mapping[Quadrant, tuple[Message, Message]] = MappingProxyType(
    {
        Quadrant.FOCUS: (msg("focus"), msg("important to customer and brand: most attention")),
        Quadrant.MAINTAIN: (msg("maintain"), msg("important to the customer only")),
        Quadrant.TEST: (msg("test"), msg("important to the brand only")),
        Quadrant.MINIMUM: (msg("minimum"), msg("important to neither")),
    }
)
_LACKING: Mapping[str, Message] = MappingProxyType(
    {"owner": msg("owner"), "action": msg("action"), "due": msg("date")}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage with its verdict; ``missing`` names what a fix still lacks (owner, action, due).

    ``owner_kind`` is people, process or technology where the cell begins with such a word.
    """

    segment: str
    journey: str
    stage: str
    importance_customer: float | None
    importance_brand: float | None
    current: float | None
    target: float | None
    gap: float | None
    verdict: Verdict
    quadrant: Quadrant | None
    competitor_ahead: bool
    missing: tuple[str, ...]
    row: int
    owner: str = ""
    owner_kind: str | None = None
    action: str = ""
    due: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GapResult(Result):
    """Stages in the order in which they want attention."""

    stages: tuple[Stage, ...]
    midpoint: float
    command: ClassVar[str] = "crm-gap"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Journey gaps")

    @property
    def summary(self) -> Message:
        """Say how many stages are unacceptable, to be fixed, and over-served."""
        counts = {verdict: sum(one.verdict is verdict for one in self.stages) for verdict in Verdict}
        return msg(
            "{stages} stages: {unacceptable} unacceptable, {fix} to fix, {over} over-served, {unrated} unrated.",
            stages=Number(len(self.stages), Kind.COUNT),
            unacceptable=Number(counts[Verdict.UNACCEPTABLE], Kind.COUNT),
            fix=Number(counts[Verdict.FIX], Kind.COUNT),
            over=Number(counts[Verdict.OVER_SERVED], Kind.COUNT),
            unrated=Number(counts[Verdict.UNRATED], Kind.COUNT),
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "midpoint": self.midpoint,
            "stages": [
                {
                    "segment": one.segment,
                    "journey": one.journey,
                    "stage": one.stage,
                    "current": one.current,
                    "target": one.target,
                    "gap": one.gap,
                    "reason": None if one.gap is not None else str(UNRATED),
                    "verdict": str(one.verdict),
                    "quadrant": None if one.quadrant is None else str(one.quadrant),
                    "competitor_ahead": one.competitor_ahead,
                    "missing": list(one.missing),
                    "owner": one.owner,
                    "owner_kind": one.owner_kind,
                    "action": one.action,
                    "due": one.due,
                    "evidence": [evidence.as_json() for evidence in one.evidence],
                    "row": one.row,
                }
                for one in self.stages
            ],
            "quadrants": {
                str(quadrant): [one.stage for one in self.stages if one.quadrant is quadrant]
                for quadrant in Quadrant
            },
            "sources": [ESSAYS.as_json()],
        }

    def tables(self) -> tuple[Table, ...]:
        """The stages, and the four quadrants."""
        return (self._stages(), self._quadrants())

    def _stages(self) -> Table:
        rows = tuple(_cells(one) for one in self.stages)
        names = (
            ("segment", msg("Segment"), Kind.QUOTE),
            ("journey", msg("Journey"), Kind.QUOTE),
            ("stage", msg("Stage"), Kind.QUOTE),
            ("verdict", msg("Verdict"), Kind.TEXT),
            ("quadrant", msg("Priority"), Kind.TEXT),
            ("current", msg("Current"), Kind.NUMBER),
            ("target", msg("Target"), Kind.NUMBER),
            ("gap", msg("Gap"), Kind.NUMBER),
            ("competitor_ahead", msg("Competitor ahead"), Kind.FLAG),
            ("owner", msg("Owner"), Kind.QUOTE),
            ("missing", msg("Still missing"), Kind.TEXT),
            ("evidence", msg("Evidence"), Kind.ID),
        )
        columns = [Column(key, heading, kind) for key, heading, kind in names]
        # Columns that nobody filled would only take room.
        kept = [
            at for at, column in enumerate(columns) if column.key not in _OPTIONAL or any(r[at] for r in rows)
        ]
        return Table(
            name="crm-gap",
            columns=tuple(columns[at] for at in kept),
            rows=tuple(tuple(row[at] for at in kept) for row in rows),
            caption=msg("Stages, the most urgent first"),
        )

    def _quadrants(self) -> Table:
        rows = tuple(
            (name, meaning, listed([one.stage for one in self.stages if one.quadrant is quadrant]))
            for quadrant, (name, meaning) in QUADRANT_WORDS.items()
        )
        columns = (
            Column("priority", msg("Priority")),
            Column("meaning", msg("Which means")),
            Column("stages", msg("Stages"), Kind.QUOTE),
        )
        caption = msg("Priority by importance, cut at {midpoint}", midpoint=Number(self.midpoint))
        return Table(name="crm-gap-priority", columns=columns, rows=rows, caption=caption)

    def blocks(self) -> tuple[Block, ...]:
        """Return the section of a report."""
        found: list[Block] = [source_line(ESSAYS)]
        unowned = sum(bool(one.missing) for one in self.stages)
        if unowned:
            text = msg(
                "Stages to fix that lack an owner, an action or a date: {n}.", n=Number(unowned, Kind.COUNT)
            )
            found.append(Note(text=text))
        strangers = sum(bool(one.owner) and one.owner_kind is None for one in self.stages)
        if strangers:
            found.append(
                Note(
                    text=msg(
                        "Owners that do not begin with people, process or technology, which the source tells apart: {n}.",
                        n=Number(strangers, Kind.COUNT),
                    ),
                    status=Status.NEUTRAL,
                )
            )
        found.append(self._stages())
        if any(one.quadrant is not None for one in self.stages):
            found.append(self._quadrants())
        return tuple(found)


_OPTIONAL = frozenset({"segment", "journey", "quadrant", "owner", "missing", "evidence"})


def _cells(one: Stage) -> tuple[Cell, ...]:
    return (
        one.segment,
        one.journey,
        one.stage,
        VERDICT_WORDS[one.verdict],
        None if one.quadrant is None else QUADRANT_WORDS[one.quadrant][0],
        Undefined(UNRATED) if one.current is None else one.current,
        Undefined(UNRATED) if one.target is None else one.target,
        Undefined(UNRATED) if one.gap is None else one.gap,
        one.competitor_ahead,
        one.owner,
        _missing_words(one.missing),
        "; ".join(evidence.written for evidence in one.evidence),
    )


def _missing_words(missing: Sequence[str]) -> Message | None:
    words = [_LACKING[name] for name in missing]
    match words:
        case [first]:
            return first
        case [first, second]:
            return msg("{first} and {second}", first=first, second=second)
        case [first, second, third]:
            return msg("{first}, {second} and {third}", first=first, second=second, third=third)
        case _:
            return None
