"""What `audit cvr` returns: the content validity ratio of every item, and the index of those kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from omnistudy.results import Block, Kind, Message, Note, Number, Provenance, Result, Status, Table, msg
from omnistudy.study.bare_table import BareTable
from omnistudy.theory.terms import count
from omnistudy.theory.trustworthiness.content_validity import (
    LEVEL,
    NO_LEAST,
    ItemValidity,
    validity_of_sheet,
    validity_table,
)

NONE_KEPT = msg("no item is kept, so there is nothing to take the mean of")


@dataclass(frozen=True, kw_only=True)
class ValidityResult(Result):
    """Content validity of the items of an experts' sheet (Lawshe 1975)."""

    items: tuple[ItemValidity, ...]
    command: ClassVar[str] = "audit-cvr"

    @property
    def kept(self) -> tuple[ItemValidity, ...]:
        """Items that enough experts call essential."""
        return tuple(item for item in self.items if item.kept)

    @property
    def index(self) -> float | None:
        """The content validity index: mean ratio of the items that are kept; ``None`` without any."""
        return sum(item.ratio for item in self.kept) / len(self.kept) if self.kept else None

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Content validity")

    @property
    def summary(self) -> Message:
        """Say how many items are kept, and the index."""
        if not self.items:
            return msg("The experts' sheet rates no item.")
        counts = {"kept": count(len(self.kept)), "items": count(len(self.items))}
        if self.index is None:
            return msg(
                "{kept} of {items} items are kept; the index is undefined: {reason}.",
                **counts,
                reason=NONE_KEPT,
            )
        return msg(
            "{kept} of {items} items are called essential by so many experts that chance gives it below .05; "
            "the content validity index of these is {index}.",
            **counts,
            index=Number(self.index, Kind.COEFFICIENT),
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object; ``least`` is the exact count of "essential" that is needed."""
        return {
            "level": LEVEL,
            "items": [
                {
                    "item": row.item,
                    "experts": row.experts,
                    "essential": row.essential,
                    "cvr": row.ratio,
                    "least": row.least,
                    "reason": str(NO_LEAST) if row.least is None else None,
                    "p": row.p,
                    "kept": row.kept,
                }
                for row in self.items
            ],
            "cvi": self.index,
            "cvi_reason": str(NONE_KEPT) if self.index is None else None,
        }

    def tables(self) -> tuple[Table, ...]:
        """Return the ratios."""
        return (validity_table(self.items),)

    def blocks(self) -> tuple[Block, ...]:
        """Return the ratios, and what to do with items that fewer experts rated."""
        panels = {row.experts for row in self.items}
        shown: list[Block] = [*self.tables()] if self.items else []
        if len(panels) > 1:
            said = msg("Not every expert rated every item, so the number that is needed differs by item.")
            shown.append(Note(text=said, status=Status.WARNING))
        return tuple(shown)


def validity_of(sheet: BareTable, provenance: Provenance) -> ValidityResult:
    """Compute content validity from an experts' sheet.

    Parameters
    ----------
    sheet
        The columns ``item``, ``expert`` and ``rating``, or ``item`` and one column per expert; ratings are
        essential, useful or unnecessary in English or Persian, or 1, 2, 3. An empty rating is no rating.
    provenance
        Where the result comes from.

    Returns
    -------
    ValidityResult
        Ratio, exact probability and verdict of every item; ``index`` is the mean ratio of the items that are
        kept, ``None`` without any.

    Raises
    ------
    StudyError
        With every fault of the sheet.

    References
    ----------
    Lawshe (1975), doi:10.1111/j.1744-6570.1975.tb01393.x. Ayre & Scally (2014),
    doi:10.1177/0748175613513808.

    Examples
    --------
    Five experts, who all have to agree for an item to be kept:

    >>> from omnistudy.study.bare_table import table_of_columns
    >>> from omnistudy.study.provenance import provenance_of
    >>> experts = {f"expert {at}": [1, 1 if at > 1 else 2] for at in range(1, 6)}
    >>> sheet = table_of_columns({"item": ["q1", "q2"], **experts})
    >>> result = validity_of(sheet, provenance_of(sheet))
    >>> [(item.item, round(item.ratio, 1), item.kept) for item in result.items], result.index
    ([('q1', 1.0, True), ('q2', 0.6, False)], 1.0)
    """
    return ValidityResult(provenance=provenance, items=validity_of_sheet(sheet))
