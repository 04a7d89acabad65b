"""What `crm maturity` returns: levels, criteria, traits, checklists, with the source of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import ClassVar

from omnistudy.crm.audits.blocks import (
    checklist_counts,
    checklist_table,
    indicator_table,
    items_of,
    needed_notes,
    source_line,
)
from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.audits.items import ANSWER_WORDS
from omnistudy.crm.audits.maturity_items import PRACTICE_NUMBER, SECTIONS
from omnistudy.crm.audits.maturity_levels import (
    MEANINGS,
    NO_LOG,
    STATUS_WORDS,
    Criterion,
    Level,
    Observed,
    Thresholds,
    bound_sentence,
)
from omnistudy.crm.audits.maturity_levels import Status as CriterionStatus
from omnistudy.crm.audits.maturity_tables import channels_table, criteria_table, identity_figure
from omnistudy.crm.audits.maturity_traits import Trait
from omnistudy.crm.audits.sheet import Rating
from omnistudy.crm.audits.sources import ESSAYS
from omnistudy.crm.records.loading_blocks import loading_blocks, loading_payload
from omnistudy.crm.records.model import LoadedTable
from omnistudy.results import (
    Block,
    Column,
    Heading,
    Kind,
    Message,
    Note,
    Number,
    Prose,
    Result,
    Status,
    Table,
    Value,
    msg,
)

NOTHING_DECLARED = msg("no level was declared")
NO_LEVEL = msg("no channel is active, so not even one channel is observed")


@dataclass(frozen=True, kw_only=True)
class MaturityResult(Result):
    """Declared and observed level, traits and checklists; nothing is summed."""

    declared: Level | None
    observed: Observed | None
    central: Indicator
    thresholds: Thresholds
    traits: tuple[Trait, ...]
    ratings: tuple[Rating, ...]
    values: tuple[tuple[str, Message, tuple[Indicator, ...]], ...]
    days: int
    confidence: float
    window: str
    loaded: tuple[LoadedTable, ...]
    command: ClassVar[str] = "crm-maturity"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Channel maturity")

    @property
    def level(self) -> Level | None:
        """The level that the log shows."""
        return None if self.observed is None else self.observed.level

    @property
    def gap(self) -> int | None:
        """Declared minus observed level; ``None`` where one of them is missing."""
        if self.declared is None or self.level is None:
            return None
        return int(self.declared) - int(self.level)

    @property
    def gap_reason(self) -> Message | None:
        """Why there is no gap to state."""
        if self.gap is not None:
            return None
        if self.observed is None:
            return NO_LOG
        return NO_LEVEL if self.level is None else NOTHING_DECLARED

    @property
    def summary(self) -> Message:
        """Say what was declared, what the log shows, and what stops the next level."""
        declared = NOTHING_DECLARED if self.declared is None else ANSWER_WORDS[self.declared.id]
        if self.observed is None:
            return msg(
                "Declared: {declared}. Without a log of events the observed level is not assessable.",
                declared=declared,
            )
        shown = msg("none") if self.level is None else ANSWER_WORDS[self.level.id]
        stop = self.observed.stop
        if stop is None:
            return msg("Declared: {declared}; the log shows: {observed}.", declared=declared, observed=shown)
        words: dict[str, Value | Message] = {
            "declared": declared,
            "observed": shown,
            "next": ANSWER_WORDS[stop.level.id],
            "criterion": stop.indicator.title,
        }
        if stop is self.observed.failing:
            return msg(
                "Declared: {declared}; the log shows: {observed}. It is not {next}: {criterion} fails.",
                **words,
            )
        return msg(
            "Declared: {declared}; the log shows: {observed} at least. Whether it is {next} cannot be assessed: "
            "{criterion}.",
            **words,
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "declared": None if self.declared is None else self.declared.id,
            "observed": None if self.level is None else self.level.id,
            "gap": self.gap,
            "reason": None if self.gap_reason is None else str(self.gap_reason),
            "window": self.window or None,
            "confidence": self.confidence,
            "thresholds": asdict(self.thresholds),
            "days": self.days,
            "precondition": self.central.as_json(),
            "criteria": [] if self.observed is None else [_criterion(one) for one in self.observed.criteria],
            "first_failing": None if self.observed is None else _optional(self.observed.failing),
            "first_not_assessable": None if self.observed is None else _optional(self.observed.open),
            "channels": []
            if self.observed is None
            else [
                {
                    "channel": one.share.group,
                    "active": one.active,
                    "share": one.share.as_json(),
                    "identity_match": one.identity.as_json(),
                }
                for one in self.observed.channels
            ],
            "traits": [
                {
                    "number": trait.number,
                    "id": trait.id,
                    "title": str(trait.title),
                    "meaning": str(trait.meaning),
                    "observables": [one.as_json() for one in trait.observables],
                }
                for trait in self.traits
            ],
            "checklists": {
                name: [self._rating(one) for one in items_of(self.ratings, items)]
                for name, _, items in SECTIONS
            },
            "values": [
                {"id": name, "title": str(title), "metrics": [one.as_json() for one in found]}
                for name, title, found in self.values
            ],
            "sources": [ESSAYS.as_json()],
            "tables": loading_payload(self.loaded),
        }

    @staticmethod
    def _rating(rating: Rating) -> dict[str, object]:
        number = PRACTICE_NUMBER.get(rating.item.id.partition(".")[2], rating.item.number)
        return {
            **rating.as_json(),
            "number": number if rating.item.section == "practice" else rating.item.number,
        }

    def tables(self) -> tuple[Table, ...]:
        """Criteria, channels, traits, and one table per checklist."""
        found = []
        if self.observed is not None:
            found += [criteria_table(self.observed, self.window), channels_table(self.observed)]
        found.append(self._levels())
        found.append(self._traits(full=True))
        found += [
            checklist_table(f"maturity-{name}", items_of(self.ratings, items), caption, full=True)
            for name, caption, items in SECTIONS
        ]
        found.append(self._values(full=True))
        return tuple(found)

    def blocks(self) -> tuple[Block, ...]:
        """Return the section of a report."""
        return tuple(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        yield source_line(ESSAYS)
        yield Prose(
            text=msg(
                "Criteria and thresholds are this program's and not the source's; at {confidence} confidence a "
                "threshold from below is tested on the lower limit, one from above on the upper limit.",
                confidence=Number(self.confidence, Kind.SHARE),
            )
        )
        yield from self._level_blocks()
        yield Heading(text=msg("Five traits of omnichannel banking"), level=3)
        yield self._traits(full=False)
        yield Prose(
            text=msg(
                "The five rows are not summed. Replies, prompts and requests count within {days} days. Offers have no "
                "control group here, so their acceptance is no effect.",
                days=Number(self.days, Kind.COUNT),
            )
        )
        if self.observed is not None:
            yield from needed_notes(one for trait in self.traits for one in trait.observables)
        for name, caption, items in SECTIONS:
            ratings = items_of(self.ratings, items)
            yield Heading(text=caption, level=3)
            yield Prose(text=checklist_counts(ratings))
            if any(rating.answer is not None for rating in ratings):
                yield checklist_table(f"maturity-{name}", ratings, caption)
        yield Heading(text=msg("Five values that the source wants measured"), level=3)
        yield self._values(full=False)
        if self.loaded:
            yield from loading_blocks(self.loaded)

    def _level_blocks(self) -> Iterator[Block]:
        yield self._levels()
        if self.central.value is None and self.central.reason is not None:
            yield Note(
                text=msg(
                    "Precondition: {reason}. Omnichannel is not assessable before it is met.",
                    reason=self.central.reason,
                ),
                status=Status.UNDEFINED,
            )
        if self.observed is None:
            yield Note(text=msg("Not assessable: {reason}.", reason=NO_LOG), status=Status.UNDEFINED)
            return
        yield criteria_table(self.observed, self.window)
        if self.observed.failing is not None:
            yield Note(
                text=msg(
                    "First criterion that fails: {criterion}.",
                    criterion=bound_sentence(self.observed.failing),
                ),
                status=Status.BAD,
            )
            if self.observed.failing.only_by_bound:
                yield Note(
                    text=msg("The value itself would pass; the records are too few to be sure of it."),
                )
        if self.observed.open is not None and self.observed.open.indicator.reason is not None:
            yield Note(
                text=msg(
                    "First criterion that is not assessable: {criterion}, because {reason}.",
                    criterion=self.observed.open.indicator.title,
                    reason=self.observed.open.indicator.reason,
                ),
                status=Status.UNDEFINED,
            )
        if self.gap is not None:
            yield Prose(
                text=msg("Declared level minus observed level: {gap}.", gap=Number(self.gap)),
                status=Status.WARNING if self.gap > 0 else Status.NEUTRAL,
            )
        yield channels_table(self.observed)
        yield identity_figure(self.observed, self.thresholds.identity_match)

    def _traits(self, *, full: bool) -> Table:
        rows = [
            (msg("{number}. {trait}", number=trait.number, trait=trait.title), one)
            for trait in self.traits
            for one in trait.observables
        ]
        caption = msg("The five traits and what is observed")
        return indicator_table("maturity-traits", rows, caption, msg("Trait"), full=full)

    def _values(self, *, full: bool) -> Table:
        rows = [(title, one) for _, title, found in self.values for one in found]
        caption = msg("Values and the metrics that speak to them")
        return indicator_table("maturity-values", rows, caption, msg("To be measured"), full=full)

    def _levels(self) -> Table:
        columns = (
            Column("level", msg("Level")),
            Column("meaning", msg("What the source means by it")),
            Column("declared", msg("Declared"), Kind.FLAG),
            Column("status", msg("In the log")),
        )
        rows = tuple(
            (
                ANSWER_WORDS[level.id],
                MEANINGS[level],
                level is self.declared,
                STATUS_WORDS[self._status(level)],
            )
            for level in Level
        )
        return Table(name="maturity-levels", columns=columns, rows=rows, caption=msg("Levels"))

    def _status(self, level: Level) -> CriterionStatus:
        if self.observed is None:
            return CriterionStatus.NOT_ASSESSABLE
        if self.level is not None and level <= self.level:
            return CriterionStatus.MET
        failing = self.observed.failing
        failed = failing is not None and level >= failing.level
        return CriterionStatus.NOT_MET if failed else CriterionStatus.NOT_ASSESSABLE


def _criterion(one: Criterion) -> dict[str, object]:
    return {
        "level": one.level.id,
        "criterion": one.indicator.id,
        "status": str(one.status),
        "test": ">=" if one.at_least else "<=",
        "threshold": one.threshold,
        "tested": one.tested if one.status is not CriterionStatus.NOT_ASSESSABLE else None,
        **{key: value for key, value in one.indicator.as_json().items() if key != "id"},
    }


def _optional(one: Criterion | None) -> dict[str, object] | None:
    return None if one is None else _criterion(one)
