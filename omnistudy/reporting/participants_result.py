"""Who was interviewed: distributions by default, one row each only on request, and what could reveal them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from omnistudy.reporting.material import count
from omnistudy.reporting.privacy import Singled, singled_out
from omnistudy.results import (
    Block,
    Column,
    Kind,
    Message,
    Note,
    Prose,
    Provenance,
    Result,
    Table,
    listed,
    msg,
)
from omnistudy.study.model import Interview, Study
from omnistudy.theory.codes.reporting_tables import participants_table

MOST_VALUES = 8
"""An attribute with more distinct values is only counted: its values would describe single people."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """One attribute: its values with the number of participants, or only the number of values."""

    attribute: str
    values: tuple[tuple[str, int], ...]
    distinct: int
    recorded: int


@dataclass(frozen=True, kw_only=True)
class ParticipantsResult(Result):
    """The participants of a study."""

    interviews: int
    distributions: tuple[Distribution, ...]
    singled: tuple[Singled, ...]
    described: Table | None
    command: ClassVar[str] = "participants"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Participants")

    @property
    def summary(self) -> Message:
        """Say how many there are, and how they appear."""
        if not self.distributions:
            return msg("{n} interviews; nothing is recorded of the participants.", n=count(self.interviews))
        if self.described is not None:
            return msg(
                "{n} interviews; each participant is described in a row of its own, as asked for.",
                n=count(self.interviews),
            )
        return msg(
            "{n} interviews with {attributes} attributes; participants appear by their id, and attributes only "
            "as distributions.",
            n=count(self.interviews),
            attributes=count(len(self.distributions)),
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "interviews": self.interviews,
            "attributes": [
                {
                    "attribute": one.attribute,
                    "recorded": one.recorded,
                    "distinct": one.distinct,
                    "values": [{"value": value, "participants": times} for value, times in one.values],
                }
                for one in self.distributions
            ],
            "singled_out": [
                {"role": one.role, "place": one.place, "interviews": list(one.interviews)}
                for one in self.singled
            ],
            "described": self.described is not None,
        }

    def tables(self) -> tuple[Table, ...]:
        """Return the distributions, then the participants where they were asked for."""
        if not self.distributions:
            return ()
        columns = (
            Column("attribute", msg("Attribute"), Kind.ID),
            Column("value", msg("Value")),
            Column("participants", msg("Participants"), Kind.COUNT),
        )
        table = Table(
            name="distributions",
            caption=msg("How the participants are distributed"),
            columns=columns,
            rows=tuple(row for one in self.distributions for row in _rows(one)),
        )
        return (table,) if self.described is None else (table, self.described)

    def blocks(self) -> tuple[Block, ...]:
        """Return the warnings, then the tables."""
        return tuple(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        for one in self.singled if self.described is not None else ():
            yield Note(
                text=msg(
                    "{role} and {place} together single out {n} participants: {interviews}. Leave one of them out "
                    "before this report is passed on.",
                    role=one.role,
                    place=one.place,
                    n=count(len(one.interviews)),
                    interviews=listed(one.interviews),
                )
            )
        if self.singled and self.described is None:
            yield Prose(
                text=msg(
                    "Role and place of work together would single out participants, so they are not shown side by "
                    "side; quotations may still give somebody away."
                )
            )
        yield from self.tables()


def participants_of(study: Study, provenance: Provenance, *, described: bool = False) -> ParticipantsResult:
    """Describe the participants as a group; one row each only where ``described``."""
    names = tuple(dict.fromkeys(name for one in study.interviews for name in one.attributes))
    return ParticipantsResult(
        provenance=provenance,
        interviews=len(study.interviews),
        distributions=tuple(_distribution(name, study.interviews) for name in names),
        singled=singled_out(study.interviews),
        described=participants_table(study) if described else None,
    )


def _distribution(name: str, interviews: tuple[Interview, ...]) -> Distribution:
    values = Counter(one.attributes[name] for one in interviews if one.attributes.get(name))
    ordered = sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))
    shown = tuple(ordered) if len(values) <= MOST_VALUES and len(values) < sum(values.values()) else ()
    return Distribution(name, shown, len(values), sum(values.values()))


def _rows(one: Distribution) -> Iterator[tuple[str, str | Message, int]]:
    if not one.values:
        yield one.attribute, msg("{n} different values", n=count(one.distinct)), one.recorded
    for value, times in one.values:
        yield one.attribute, value, times
