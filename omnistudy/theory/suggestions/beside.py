"""Agreement among people beside that of people with the suggestions, shown and never counted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from omnistudy.results import Cell, Column, Kind, Message, Table, Undefined, msg
from omnistudy.study.model import Quotation

WARNING = msg(
    "The machine is no coder and enters no coefficient of the study. The people's codings also fed the "
    "suggestions for the other interviews, so the pairs with the machine are not independent."
)
NO_PAIR = msg("no interview was coded by a person who could be compared")
UNKNOWN = msg("undefined")
KINDS = {"human-human": msg("two people"), "human-machine": msg("a person and the machine")}


@dataclass(frozen=True, slots=True, kw_only=True)
class PairAlpha:
    """Krippendorff's alpha (MASI) of one pair; ``kind`` is human-human or human-machine."""

    first: str
    second: str
    kind: str
    value: float | None
    reason: Message | None
    units: int


Alphas = Callable[[Sequence[tuple[Quotation, str]]], tuple[PairAlpha, ...]]
"""Computes the pairs from the suggestions of the trial; agreement is another room's, so it is handed in."""


def beside_table(pairs: Sequence[PairAlpha]) -> Table:
    """Return the pairs as a table, people first."""
    rows: list[tuple[Cell, ...]] = [
        (
            KINDS[pair.kind],
            pair.first,
            pair.second,
            Undefined(pair.reason or UNKNOWN) if pair.value is None else pair.value,
            pair.units,
        )
        for pair in sorted(pairs, key=lambda pair: pair.kind != "human-human")
    ]
    return Table(
        name="alpha_beside",
        caption=msg("Krippendorff's alpha (MASI): people with each other, and with the suggestions"),
        columns=(
            Column("kind", msg("Between")),
            Column("first", msg("First"), Kind.ID),
            Column("second", msg("Second"), Kind.ID),
            Column("value", msg("Alpha"), Kind.COEFFICIENT),
            Column("units", msg("Units"), Kind.COUNT),
        ),
        rows=tuple(rows),
        note=WARNING,
    )


def pair_json(pair: PairAlpha) -> dict[str, object]:
    """Return the JSON object of a pair."""
    return {
        "first": pair.first,
        "second": pair.second,
        "kind": pair.kind,
        "value": pair.value,
        "reason": str(pair.reason or UNKNOWN) if pair.value is None else None,
        "units": pair.units,
    }
