"""What the checklists say: every item with its state, the facts, and where the report shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from omnistudy.reporting.answers import Answers
from omnistudy.reporting.checklists import STANDARDS, Filled, FilledItem, filled
from omnistudy.reporting.filled_table import item_json, joined, said
from omnistudy.reporting.material import Material, count
from omnistudy.reporting.standard import Standard
from omnistudy.results import (
    Block,
    Column,
    Heading,
    Kind,
    Message,
    Note,
    Prose,
    Provenance,
    Result,
    Status,
    Table,
    msg,
)

STATES: dict[Filled, Message] = {
    Filled.DATA: msg("from the data"),
    Filled.RESEARCHER: msg("by the researcher"),
    Filled.PARTLY: msg("partly; the researcher completes it"),
    Filled.OPEN: msg("to be written by the researcher"),
}
_COLUMNS = (
    Column("item", msg("Item"), Kind.ID),
    Column("asks", msg("What it asks")),
    Column("status", msg("State")),
    Column("answer", msg("What the study says")),
    Column("where", msg("Where"), secondary=True),
)


@dataclass(frozen=True, kw_only=True)
class ChecklistsResult(Result):
    """All checklists that apply, filled as far as data can fill them."""

    filled: tuple[tuple[Standard, tuple[FilledItem, ...]], ...]
    left_out: tuple[Standard, ...]
    command: ClassVar[str] = "checklists"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Reporting checklists")

    @property
    def summary(self) -> Message:
        """Say how many items stand."""
        items = [one for _, rows in self.filled for one in rows]
        by = {state: count(sum(one.status is state for one in items)) for state in Filled}
        return msg(
            "Of {n} items of {checklists} checklists, {data} are answered from the data, {researcher} by the "
            "researcher, {partly} partly; {open} are left to be written.",
            n=count(len(items)),
            checklists=count(len(self.filled)),
            data=by[Filled.DATA],
            researcher=by[Filled.RESEARCHER],
            partly=by[Filled.PARTLY],
            open=by[Filled.OPEN],
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "checklists": [
                {
                    "name": standard.name,
                    "title": str(standard.title),
                    "source": standard.source,
                    "items": [item_json(one) for one in rows],
                }
                for standard, rows in self.filled
            ],
            "left_out": [standard.name for standard in self.left_out],
        }

    def tables(self) -> tuple[Table, ...]:
        """Return one table a checklist."""
        return tuple(_table(standard, rows) for standard, rows in self.filled)

    def blocks(self) -> tuple[Block, ...]:
        """Return the section of a report."""
        return tuple(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        yield Note(
            text=msg(
                "The items are paraphrased and only their numbers are the checklists' own: fill in the journal's "
                "form for a submission."
            ),
            status=Status.NEUTRAL,
        )
        for standard, rows in self.filled:
            yield Heading(text=standard.title, level=3, anchor=f"checklist-{standard.name}")
            yield Prose(text=msg("Source: {source}.", source=standard.source))
            yield _table(standard, rows)
        for standard in self.left_out:
            yield Prose(
                text=msg(
                    "{name} is left out: the study has no records beside its interviews.", name=standard.title
                )
            )


def checklists_of(material: Material, answers: Answers, provenance: Provenance) -> ChecklistsResult:
    """Fill the checklists; the one for mixed methods only where the study has customer records."""
    crm = material.study.settings.crm
    mixed = any((crm.events, crm.transactions, crm.survey, crm.tickets))
    applies = {name: standard for name, standard in STANDARDS.items() if mixed or name != "gramms"}
    return ChecklistsResult(
        provenance=provenance,
        filled=tuple((standard, tuple(filled(standard, material, answers))) for standard in applies.values()),
        left_out=tuple(standard for name, standard in STANDARDS.items() if name not in applies),
    )


def _table(standard: Standard, rows: tuple[FilledItem, ...]) -> Table:
    return Table(
        name=f"checklist_{standard.name}",
        caption=msg("{name}, filled as far as the data can", name=standard.title),
        columns=_COLUMNS,
        rows=tuple(
            (one.item.id, one.item.text, STATES[one.status], said(one), joined(one.where)) for one in rows
        ),
    )
