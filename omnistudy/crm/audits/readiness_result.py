"""What `crm readiness` returns: scored steps, KPIs, sides, risks, benefits, and claims as claims."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from omnistudy.crm.audits.blocks import (
    CLAIM_NOTE,
    answer_cell,
    evidence_cells,
    indicator_table,
    items_of,
    limit_cell,
    source_line,
    value_cell,
    without_empty,
)
from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.audits.readiness_items import CLAIMS, KPI_TITLES, SCORES, SIDE_ITEMS, STEP_ITEMS
from omnistudy.crm.audits.risk_register import RISK_ITEMS
from omnistudy.crm.audits.sheet import Rating
from omnistudy.crm.audits.sources import ABSTRACT, STEPS, THEORY
from omnistudy.crm.metrics.units import unit_name
from omnistudy.crm.records.loading_blocks import loading_blocks, loading_payload
from omnistudy.crm.records.model import LoadedTable
from omnistudy.pictures import Forest
from omnistudy.results import (
    Block,
    Cell,
    Column,
    Figure,
    Heading,
    Kind,
    Message,
    Note,
    Number,
    Prose,
    Result,
    Table,
    Undefined,
    Value,
    listed,
    msg,
)

NOTHING_SCORED = msg("no step is scored with evidence")
NO_OWNER = msg("no owner")


@dataclass(frozen=True, kw_only=True)
class ReadinessResult(Result):
    """Nine steps with their evidence; mean, weakest and coverage together."""

    ratings: tuple[Rating, ...]
    kpis: tuple[Indicator, ...]
    benefits: tuple[tuple[str, Message, tuple[Indicator, ...]], ...]
    organisation: tuple[tuple[str, Message, tuple[Indicator, ...]], ...]
    confidence: float
    loaded: tuple[LoadedTable, ...]
    command: ClassVar[str] = "crm-readiness"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Omnichannel readiness")

    @property
    def steps(self) -> tuple[Rating, ...]:
        """The nine steps in order."""
        return items_of(self.ratings, STEP_ITEMS)

    @property
    def scores(self) -> tuple[int, ...]:
        """Scores of the steps that have evidence."""
        return tuple(one.number for one in self.steps if one.number is not None)

    @property
    def mean(self) -> float | None:
        """Mean score of the scored steps."""
        return sum(self.scores) / len(self.scores) if self.scores else None

    @property
    def weakest(self) -> tuple[Rating, ...]:
        """The scored steps with the lowest score: several when they tie."""
        return tuple(one for one in self.steps if one.number is not None and one.number == min(self.scores))

    @property
    def summary(self) -> Message:
        """Say mean, weakest and coverage in one breath."""
        if self.mean is None:
            return msg(
                "No step of nine is scored with evidence, so there is neither a mean nor a weakest step."
            )
        first = self.weakest[0]
        words: dict[str, Value | Message] = {
            "k": Number(len(self.scores), Kind.COUNT),
            "mean": Number(self.mean),
            "weakest": first.item.title,
            "score": first.number,
        }
        if len(self.weakest) > 1:
            return msg(
                "{k} of 9 steps are scored with evidence: mean {mean} of 4; weakest: {weakest} and {more} more, "
                "with {score}.",
                more=Number(len(self.weakest) - 1, Kind.COUNT),
                **words,
            )
        return msg(
            "{k} of 9 steps are scored with evidence: mean {mean} of 4; weakest: {weakest}, with {score}.",
            **words,
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "steps": [
                {
                    **one.as_json(),
                    "number": one.item.number,
                    "score": one.number,
                    "asks": str(one.item.asks),
                    "evidence_to_ask_for": str(one.item.show),
                    "categories": list(one.item.categories),
                }
                for one in self.steps
            ],
            "mean": self.mean,
            "weakest": [one.item.id for one in self.weakest],
            "coverage": {"scored": len(self.scores), "steps": len(self.steps)},
            "reason": None if self.mean is not None else str(NOTHING_SCORED),
            "kpis": [one.as_json() for one in self.kpis],
            "multi_or_omni": [one.as_json() for one in items_of(self.ratings, SIDE_ITEMS)],
            "risks": [one.as_json() for one in items_of(self.ratings, RISK_ITEMS)],
            "benefits": [
                {"id": name, "title": str(title), "metrics": [one.as_json() for one in found]}
                for name, title, found in self.benefits
            ],
            "organisation": [
                {"id": name, "title": str(title), "metrics": [one.as_json() for one in found]}
                for name, title, found in self.organisation
            ],
            "claims": [
                {"id": name, "claim": str(text), "finding": False, "source": STEPS.key}
                for name, text in CLAIMS
            ],
            "confidence": self.confidence,
            "sources": [one.as_json() for one in (STEPS, THEORY, ABSTRACT)],
            "tables": loading_payload(self.loaded),
        }

    def tables(self) -> tuple[Table, ...]:
        """Steps, KPIs, sides, risks, benefits and claims."""
        return (
            self._steps(full=True),
            self._kpis(),
            self._organisation(full=True),
            self._sides(),
            self._risks(full=True),
            self._benefits(full=True),
            _claims(),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the section of a report."""
        return tuple(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        yield source_line(STEPS)
        yield self._steps(full=False)
        without = [one for one in self.steps if one.answer is not None and not one.counts]
        if without:
            yield Note(
                text=msg(
                    "Scores that are not counted, because no evidence supports them: {n}.",
                    n=Number(len(without), Kind.COUNT),
                )
            )
        if self.scores:
            yield self._figure()
        yield Heading(text=msg("Four KPIs"), level=3)
        yield self._kpis()
        yield Heading(text=msg("Four benefits for the organisation"), level=3)
        yield source_line(ABSTRACT)
        yield self._organisation(full=False)
        yield Heading(text=msg("Multichannel or omnichannel"), level=3)
        yield self._sides()
        yield Prose(text=msg("Every omnichannel organisation is multichannel; the reverse does not hold."))
        yield Heading(text=msg("Register of risks"), level=3)
        yield source_line(THEORY)
        yield self._risks(full=False)
        yield Heading(text=msg("Benefits of CRM and the metrics that would show them"), level=3)
        yield self._benefits(full=False)
        yield Heading(text=msg("Claims of the source"), level=3)
        yield _claims()
        yield Note(text=CLAIM_NOTE)
        if self.loaded:
            yield from loading_blocks(self.loaded)

    def _steps(self, *, full: bool) -> Table:
        columns = [
            Column("number", msg("Step"), Kind.COUNT),
            Column("step", msg("What is asked")),
            Column("score", msg("Score"), Kind.COUNT),
            Column("means", msg("Which means")),
            Column("evidence", msg("Evidence"), Kind.ID),
            Column("value", msg("Value"), Kind.NUMBER),
        ]
        if full:
            columns += [
                Column("item", msg("Item"), Kind.ID),
                Column("asks", msg("In full")),
                Column("show", msg("Evidence to ask for")),
                Column("categories", msg("Categories of the model"), Kind.ID),
                Column("owner", msg("Owner"), Kind.ID),
                Column("note", msg("Note"), Kind.QUOTE),
            ]
        rows = []
        for one in self.steps:
            score = one.number
            cells: list[Cell] = [
                one.item.number,
                one.item.title,
                score if score is not None else Undefined(msg("unscored: {why}", why=one.reason)),
                None if score is None else SCORES[score],
                *evidence_cells(one, named=not full),
            ]
            if full:
                cells += [one.item.id, one.item.asks, one.item.show, listed(one.item.categories)]
                cells += [one.owner, one.note]
            rows.append(tuple(cells))
        return Table(
            name="readiness-steps",
            columns=tuple(columns),
            rows=tuple(rows),
            caption=msg("Nine steps, scored 0 to 4"),
            note=msg("Scores are this program's scale; unscored is not 0."),
        )

    def _figure(self) -> Figure:
        return Figure(
            name="readiness-steps",
            picture=Forest(
                labels=tuple(
                    msg("{number}. {step}", number=one.item.number, step=one.item.title) for one in self.steps
                ),
                values=tuple(None if one.number is None else float(one.number) for one in self.steps),
                lows=(None,) * len(self.steps),
                highs=(None,) * len(self.steps),
                axis=msg("Score, 0 to 4"),
            ),
            caption=msg("Scores of the nine steps"),
            alt=msg(
                "One point per step; steps without evidence have none. The numbers are in the table of steps."
            ),
        )

    def _kpis(self) -> Table:
        columns = (
            Column("kpi", msg("KPI")),
            Column("value", msg("Value"), Kind.NUMBER),
            Column("ci_low", msg("Lower limit"), Kind.NUMBER),
            Column("ci_high", msg("Upper limit"), Kind.NUMBER),
            Column("n", msg("Counted"), Kind.COUNT),
            Column("denominator", msg("Of"), Kind.COUNT),
            Column("unit", msg("Unit")),
            Column("window", msg("Window"), Kind.DATE),
        )
        rows = tuple(
            (
                KPI_TITLES[one.id],
                value_cell(one),
                limit_cell(one, one.low),
                limit_cell(one, one.high),
                one.n,
                one.denominator,
                unit_name(one.unit),
                one.window,
            )
            for one in self.kpis
        )
        caption = msg("Four KPIs with unit and window")
        return Table(name="readiness-kpis", columns=columns, rows=rows, caption=caption)

    def _sides(self) -> Table:
        columns = (
            Column("row", msg("Row")),
            Column("multi", msg("Multichannel")),
            Column("omni", msg("Omnichannel")),
            Column("answer", msg("Answer")),
            Column("evidence", msg("Evidence"), Kind.ID),
            Column("reason", msg("Why it does not count")),
        )
        rows = tuple(
            (
                one.item.title,
                one.item.asks,
                one.item.show,
                answer_cell(one),
                evidence_cells(one)[0],
                one.reason,
            )
            for one in items_of(self.ratings, SIDE_ITEMS)
        )
        caption = msg("Five rows in which multichannel and omnichannel differ")
        return without_empty(
            Table(name="readiness-sides", columns=columns, rows=rows, caption=caption), "reason"
        )

    def _risks(self, *, full: bool) -> Table:
        columns = [
            Column("risk", msg("Risk")),
            Column("status", msg("Status")),
            Column("owner", msg("Owner"), Kind.QUOTE),
            Column("evidence", msg("Evidence"), Kind.ID),
            Column("reason", msg("Why it does not count")),
        ]
        if full:
            columns += [
                Column("item", msg("Item"), Kind.ID),
                Column("asks", msg("In full")),
                Column("note", msg("Note"), Kind.QUOTE),
            ]
        rows = []
        for one in items_of(self.ratings, RISK_ITEMS):
            owner: Cell = one.owner or (None if one.answer is None else Undefined(NO_OWNER))
            cells: list[Cell] = [one.item.title, answer_cell(one), owner, evidence_cells(one)[0], one.reason]
            if full:
                cells += [one.item.id, one.item.asks, one.note]
            rows.append(tuple(cells))
        caption = msg("Six challenges as a register of risks")
        table = Table(name="readiness-risks", columns=tuple(columns), rows=tuple(rows), caption=caption)
        return without_empty(table, "reason")

    def _organisation(self, *, full: bool) -> Table:
        rows: list[tuple[Cell, Indicator]] = [
            (title, one) for _, title, found in self.organisation for one in found
        ]
        caption = msg("Four benefits that the study names, and their metrics")
        return indicator_table("readiness-organisation", rows, caption, msg("Benefit"), full=full)

    def _benefits(self, *, full: bool) -> Table:
        rows: list[tuple[Cell, Indicator]] = [
            (title, one) for _, title, found in self.benefits for one in found
        ]
        caption = msg("Seven benefits that the source names")
        return indicator_table("readiness-benefits", rows, caption, msg("Benefit"), full=full)


def _claims() -> Table:
    return Table(
        name="readiness-claims",
        columns=(Column("claim", msg("Claim of the source, not a finding")),),
        rows=tuple((text,) for _, text in CLAIMS),
        caption=msg("What the vendor's page promises"),
    )
