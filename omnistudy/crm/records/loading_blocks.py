"""What every result on records says of its files: rows read, kept and set aside, by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from omnistudy.crm.names import named
from omnistudy.crm.records.model import LoadedTable
from omnistudy.crm.records.reading_times import date_of
from omnistudy.crm.refusals import Refusal
from omnistudy.results import Block, Cell, Column, Kind, Message, Note, Prose, Status, Table, msg


def loading_payload(loaded: Sequence[LoadedTable]) -> list[dict[str, object]]:
    """The tables as JSON values; ``rows`` are the first data rows of each kind, counted from 1."""
    return [
        {
            "table": one.name,
            "read": one.read,
            "kept": one.kept,
            "first_day": None if one.first_day is None else date_of(one.first_day).isoformat(),
            "last_day": None if one.last_day is None else date_of(one.last_day).isoformat(),
            "set_aside": [
                {
                    "kind": kind.kind,
                    "what": str(kind.what),
                    "count": kind.count,
                    "rows": list(kind.rows),
                    "kept": kind.kept,
                }
                for kind in one.set_aside
            ],
            "notes": [str(note) for note in one.notes],
        }
        for one in loaded
    ]


def loading_blocks(loaded: Sequence[LoadedTable]) -> tuple[Block, ...]:
    """The table of what was read, and the notes on times."""
    notes = tuple(Prose(text=note) for one in loaded for note in one.notes)
    return (loading_table(loaded), *notes)


def loading_table(loaded: Sequence[LoadedTable]) -> Table:
    """One row per table and kind of problem."""
    rows: list[tuple[Cell, ...]] = []
    for one in loaded:
        rows.append((named(one.name), msg("rows read"), one.read, ""))
        rows.append((named(one.name), msg("rows kept"), one.kept, ""))
        rows += [
            (named(one.name), kind.what, kind.count, ", ".join(str(row) for row in kind.rows))
            for kind in one.set_aside
        ]
    return Table(
        name="records-read",
        columns=(
            Column("table", msg("Table"), Kind.ID),
            Column("what", msg("What")),
            Column("count", msg("Rows"), Kind.COUNT),
            Column("first_rows", msg("First rows"), Kind.ID),
        ),
        rows=tuple(rows),
        caption=msg("Records read, kept and set aside"),
        note=msg("Rows are counted from 1 without the header."),
    )


def refusal_blocks(
    refusals: Sequence[Refusal], names: Mapping[str, Message] = MappingProxyType({})
) -> tuple[Block, ...]:
    """One note per refusal: what, why and what would be needed; ``names`` are names of subjects for people."""
    return tuple(
        Note(
            text=msg(
                "{subject} is refused: {reason} Needed: {needed}",
                subject=names.get(refusal.subject, refusal.subject),
                reason=refusal.reason,
                needed=refusal.needed,
            ),
            status=Status.UNDEFINED,
        )
        for refusal in refusals
    )
