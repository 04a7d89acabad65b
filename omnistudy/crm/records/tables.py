"""The tables of customer records: their fields, what each field holds, and which must be there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Holds(StrEnum):
    """What the cells of a field hold, hence how they are read."""

    ID = "id"  # always text: leading zeros count
    TEXT = "text"  # a name; spelling variants of Persian are made equal
    TIME = "time"  # a date or a date with a time of day
    PERIOD = "period"  # a year, a month or a day: known by its first day
    NUMBER = "number"
    WHOLE = "whole"
    TRUTH = "truth"  # yes or no


@dataclass(frozen=True, slots=True)
class RecordTable:
    """One table: field to what it holds, in the order in which they are documented.

    Parameters
    ----------
    required
        Columns without which the table cannot be used.
    filled
        Fields without which a row is set aside.
    clock
        The field that places a row in time; empty where rows have no date.
    side
        Whether it only goes with other tables: a bare table is never taken for it.
    """

    name: str
    fields: Mapping[str, Holds]
    required: tuple[str, ...]
    filled: tuple[str, ...]
    clock: str = ""
    side: bool = False


DATED = frozenset({Holds.TIME, Holds.PERIOD})


def _fields(**groups: str) -> Mapping[str, Holds]:
    pairs = ((field, Holds(holds)) for holds, names in groups.items() for field in names.split())
    return MappingProxyType(dict(pairs))


TABLES: Mapping[str, RecordTable] = MappingProxyType(
    {
        table.name: table
        for table in (
            RecordTable(
                "tickets",
                _fields(
                    id="ticket_id customer_id agent_id branch_id",
                    text="channel topic segment region",
                    time="opened first_response closed",
                    truth="is_complaint reopened",
                    whole="transfers",
                ),
                required=("ticket_id", "customer_id", "opened"),
                filled=("ticket_id", "opened"),
                clock="opened",
            ),
            RecordTable(
                "survey",
                _fields(
                    id="respondent_id customer_id branch_id",
                    text="instrument item channel segment wave region",
                    time="ts",
                    number="score scale_min scale_max weight",
                    truth="reversed",
                ),
                required=("ts", "instrument", "score", "scale_min", "scale_max"),
                filled=("ts", "instrument", "score", "scale_min", "scale_max"),
                clock="ts",
            ),
            RecordTable(
                "events",
                _fields(
                    id="customer_id event_id journey_id branch_id offer_id",
                    text="channel event outcome initiator trigger_event service region segment",
                    time="ts",
                    whole="journey_step",
                    truth="reentry personalised",
                    number="value emotion",
                ),
                required=("customer_id", "ts", "channel", "event"),
                filled=("ts", "channel", "event"),
                clock="ts",
            ),
            RecordTable(
                "transactions",
                _fields(
                    id="customer_id referrer_id branch_id",
                    text="kind currency product channel acquired_by segment region",
                    time="ts",
                    number="value margin",
                ),
                required=("customer_id", "ts", "value"),
                filled=("customer_id", "ts", "value"),
                clock="ts",
            ),
            RecordTable(
                "contracts",
                _fields(id="customer_id", text="segment", number="duration value", truth="churned"),
                required=("customer_id", "duration", "churned"),
                filled=("customer_id", "duration", "churned"),
            ),
            RecordTable(
                "survivors",
                _fields(whole="period customers"),
                required=("period", "customers"),
                filled=("period", "customers"),
            ),
            RecordTable(
                "ops",
                _fields(period="period", text="unit indicator", number="value denominator"),
                required=("period", "indicator", "value"),
                filled=("period", "indicator", "value"),
                clock="period",
                side=True,
            ),
            RecordTable(
                "identity_map",
                _fields(text="channel", id="source_id customer_id"),
                required=("channel", "source_id", "customer_id"),
                filled=("channel", "source_id", "customer_id"),
                side=True,
            ),
            RecordTable(
                "preferences",
                _fields(id="customer_id", text="channel"),
                required=("customer_id", "channel"),
                filled=("customer_id", "channel"),
                side=True,
            ),
            RecordTable(
                "cases",
                _fields(
                    id="case_id interview customer_id branch_id",
                    text="kind region segment",
                    time="since until",
                ),
                required=("case_id", "kind"),
                filled=("case_id", "kind"),
                side=True,
            ),
        )
    }
)


def kinds_of(columns: Iterable[str]) -> tuple[str, ...]:
    """Name the tables whose required fields are all among ``columns``; side tables are never guessed."""
    present = set(columns)
    fitting = (table for table in TABLES.values() if not table.side)
    return tuple(table.name for table in fitting if present.issuperset(table.required))
