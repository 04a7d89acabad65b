"""`crm gap`: stages of a journey, current against target: fix, reduce, hold.

The rule is that of the source framework's journey gap analysis; `watch` is this program's own, where
the source is silent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from omnistudy.crm.sheet import SheetRow, sheet_rows
from omnistudy.results import (
    Block,
    Column,
    Kind,
    Message,
    Note,
    Number,
    Provenance,
    Result,
    Table,
    Undefined,
    msg,
)
from omnistudy.study.bare_table import BareTable

REQUIRED = ("stage", "current", "target")
COLUMNS = (
    "segment", "journey", "stage", "importance_customer", "importance_brand", "current", "target", "acceptable_min",
    "hurts_brand", "critical_need", "competitor", "owner", "action", "due", "evidence_ref",
)  # fmt: skip


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage with its verdict; ``missing`` names what a fix still lacks (owner, action, due)."""

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


@dataclass(frozen=True, kw_only=True)
class GapResult(Result):
    """Stages in the order in which they want attention."""

    stages: tuple[Stage, ...]
    midpoint: float
    command: ClassVar[str] = "gap"

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
                    "row": one.row,
                }
                for one in self.stages
            ],
        }

    def tables(self) -> tuple[Table, ...]:
        """The stages."""
        rows = tuple(
            (
                one.segment,
                one.journey,
                one.stage,
                str(one.verdict),
                None if one.quadrant is None else str(one.quadrant),
                Undefined(UNRATED) if one.current is None else one.current,
                Undefined(UNRATED) if one.target is None else one.target,
                Undefined(UNRATED) if one.gap is None else one.gap,
                one.competitor_ahead,
                ", ".join(one.missing),
            )
            for one in self.stages
        )
        names = (
            ("segment", msg("Segment"), Kind.ID),
            ("journey", msg("Journey"), Kind.ID),
            ("stage", msg("Stage"), Kind.ID),
            ("verdict", msg("Verdict"), Kind.ID),
            ("quadrant", msg("Priority"), Kind.ID),
            ("current", msg("Current"), Kind.NUMBER),
            ("target", msg("Target"), Kind.NUMBER),
            ("gap", msg("Gap"), Kind.NUMBER),
            ("competitor_ahead", msg("Competitor ahead"), Kind.FLAG),
            ("missing", msg("Still missing"), Kind.ID),
        )
        columns = tuple(Column(key, heading, kind) for key, heading, kind in names)
        return (
            Table(name="crm-gap", columns=columns, rows=rows, caption=msg("Stages, the most urgent first")),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the section of a report."""
        unowned = sum(bool(one.missing) for one in self.stages)
        notes: tuple[Block, ...] = ()
        if unowned:
            text = msg("{n} stages to fix lack an owner, an action or a date.", n=Number(unowned, Kind.COUNT))
            notes = (Note(text=text),)
        return (*notes, *self.tables())


UNRATED = msg("a score is missing")
_ORDER = tuple(Verdict)


def gaps_of(table: BareTable, provenance: Provenance, midpoint: float = 3.0) -> GapResult:
    """Judge every stage of a sheet.

    Parameters
    ----------
    table
        Columns of :data:`COLUMNS`; those of :data:`REQUIRED` must be there.
    provenance
        Carried into the result.
    midpoint
        Middle of the scale of importance, where the four quadrants meet.

    Raises
    ------
    StudyError
        Unknown or missing columns, cells that are no numbers.
    """
    stages = [_stage(row, midpoint) for row in sheet_rows(table, REQUIRED, COLUMNS)]
    return GapResult(provenance=provenance, stages=tuple(sorted(stages, key=_urgency)), midpoint=midpoint)


def _urgency(one: Stage) -> tuple[float, ...]:
    weight = (one.importance_customer or 0) * (one.importance_brand or 0) * (one.gap or 0)
    return (_ORDER.index(one.verdict), -weight, one.row)


def _stage(row: SheetRow, midpoint: float) -> Stage:
    current, target = row.value("current"), row.value("target")
    customer, brand = row.value("importance_customer"), row.value("importance_brand")
    verdict = _verdict(row, current, target)
    competitor = row.value("competitor")
    ahead = (
        row.truth("critical_need") and competitor is not None and current is not None and competitor > current
    )
    needs = ("owner", "action", "due") if verdict in {Verdict.FIX, Verdict.UNACCEPTABLE} else ()
    return Stage(
        segment=row.text("segment"),
        journey=row.text("journey"),
        stage=row.text("stage"),
        importance_customer=customer,
        importance_brand=brand,
        current=current,
        target=target,
        gap=None if current is None or target is None else target - current,
        verdict=verdict,
        quadrant=_quadrant(customer, brand, midpoint),
        competitor_ahead=ahead,
        missing=_lacking(row, needs),
        row=row.number,
    )


def _lacking(row: SheetRow, needs: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in needs if not row.text(name))


def _verdict(row: SheetRow, current: float | None, target: float | None) -> Verdict:
    least = row.value("acceptable_min")
    hurts = row.truth("hurts_brand")
    if current is None or target is None:
        return Verdict.UNRATED
    if least is not None and current < least:
        return Verdict.UNACCEPTABLE
    if current < target:
        return Verdict.FIX if hurts else Verdict.WATCH
    if current > target and not hurts and not row.truth("critical_need"):
        return Verdict.OVER_SERVED
    return Verdict.HOLD


def _quadrant(customer: float | None, brand: float | None, midpoint: float) -> Quadrant | None:
    if customer is None or brand is None:
        return None
    if customer > midpoint:
        return Quadrant.FOCUS if brand > midpoint else Quadrant.MAINTAIN
    return Quadrant.TEST if brand > midpoint else Quadrant.MINIMUM
