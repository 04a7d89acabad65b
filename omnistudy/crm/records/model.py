"""Customer records in an engine: the tables that were loaded, and what is known about them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any

from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.crm.records.engine import Engine
from omnistudy.crm.records.set_aside import SetAside
from omnistudy.results import InputFile, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedTable:
    """One table of records in the engine, under its own name.

    Parameters
    ----------
    fields
        The fields that the files have.
    read, kept
        Rows of the files, and rows that the analyses see.
    set_aside
        Rows not kept, by kind; and exact duplicates, which are kept.
    first_day, last_day
        Days since 1970-01-01 of the earliest and latest kept row; ``None`` for undated tables.
    timed
        Whether any kept row has a time of day.
    notes
        What the reader of a result has to know about the times.
    """

    name: str
    fields: frozenset[str]
    read: int
    kept: int
    set_aside: tuple[SetAside, ...]
    first_day: int | None
    last_day: int | None
    timed: bool
    notes: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """All records of one command: the engine that holds them, and what is known about them.

    ``memo`` keeps what was computed from them, by window and choices, so that the sections of a report
    do not compute it again; a copy with another window shares it. It never changes what is answered.
    """

    engine: Engine
    tables: Mapping[str, LoadedTable]
    inputs: tuple[InputFile, ...]
    calendar: str
    columns: ColumnMap
    since: int | None = None
    until: int | None = None
    memo: dict[Hashable, Any] = attribute(default_factory=dict, compare=False, repr=False)

    @property
    def synthetic(self) -> bool:
        """Whether the records are made up."""
        return self.columns.synthetic

    def has(self, table: str, *fields: str) -> bool:
        """Tell whether a table was given, has rows, and has all these fields."""
        loaded = self.tables.get(table)
        return loaded is not None and loaded.kept > 0 and loaded.fields.issuperset(fields)

    def window(self, table: str) -> tuple[int, int]:
        """First and last day of observation of a dated table that has rows, both included."""
        loaded = self.tables[table]
        first, last = loaded.first_day, loaded.last_day
        if first is None or last is None:
            raise ValueError(f"{table} has no days")
        return (first if self.since is None else self.since), (last if self.until is None else self.until)
