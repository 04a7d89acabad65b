"""What an audit asks: items with an id, the words of the question and the scale of the answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from omnistudy.crm.audits.sources import AuditSource
from omnistudy.results import Message, msg


class Scale(StrEnum):
    """How an item is answered."""

    YES_NO = "yes_no"  # yes, partly, no
    SCORE = "score"  # 0 to 4
    STAGE = "stage"  # 1 to 3
    LEVEL = "level"  # single, multi, cross, omni
    SIDE = "side"  # multi or omni
    RISK = "risk"  # open, mitigated, accepted, closed
    DAY = "day"  # a date, Gregorian or Jalali


# Every accepted spelling of an answer, in match form, to the answer.
_YES_NO = {
    **dict.fromkeys(("yes", "y", "true", "1", "بله", "بلی"), "yes"),
    **dict.fromkeys(("partly", "partial", "تا حدی", "تاحدی"), "partly"),
    **dict.fromkeys(("no", "n", "false", "0", "خیر", "نه"), "no"),
}
_LEVEL = {
    **dict.fromkeys(("single", "1", "تک کاناله"), "single"),
    **dict.fromkeys(("multi", "2", "چند کاناله"), "multi"),
    **dict.fromkeys(("cross", "3", "میان کاناله"), "cross"),
    **dict.fromkeys(("omni", "4", "همه کاناله"), "omni"),
}
_SIDE = {
    **dict.fromkeys(("multi", "no", "n", "چند کاناله", "خیر"), "multi"),
    **dict.fromkeys(("omni", "yes", "y", "همه کاناله", "بله"), "omni"),
}
_RISK = {
    **dict.fromkeys(("open", "باز"), "open"),
    **dict.fromkeys(("mitigated", "مهار شده"), "mitigated"),
    **dict.fromkeys(("accepted", "پذیرفته"), "accepted"),
    **dict.fromkeys(("closed", "بسته"), "closed"),
}
ANSWERS: Mapping[Scale, Mapping[str, str]] = MappingProxyType(
    {
        Scale.YES_NO: _YES_NO,
        Scale.SCORE: {str(score): str(score) for score in range(5)},
        Scale.STAGE: {str(stage): str(stage) for stage in range(1, 4)},
        Scale.LEVEL: _LEVEL,
        Scale.SIDE: _SIDE,
        Scale.RISK: _RISK,
        Scale.DAY: {},
    }
)
CHOICES: Mapping[Scale, str] = MappingProxyType(
    {
        Scale.YES_NO: "yes, partly or no",
        Scale.SCORE: "a whole number from 0 to 4",
        Scale.STAGE: "1, 2 or 3",
        Scale.LEVEL: "single, multi, cross or omni",
        Scale.SIDE: "multi or omni",
        Scale.RISK: "open, mitigated, accepted or closed",
        Scale.DAY: "a date such as 2024-03-20 or 1403-01-01",
    }
)
ANSWER_WORDS: Mapping[str, Message] = MappingProxyType(
    {
        "yes": msg("yes"),
        "partly": msg("partly"),
        "no": msg("no"),
        "single": msg("single-channel"),
        "multi": msg("multichannel"),
        "cross": msg("cross-channel"),
        "omni": msg("omnichannel"),
        "open": msg("open"),
        "mitigated": msg("mitigated"),
        "accepted": msg("accepted"),
        "closed": msg("closed"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question of an audit.

    Parameters
    ----------
    id
        ``section.name``: what a sheet writes.
    title, asks
        Its short name, and what the source asks in full; ``asks`` may be the title.
    scale
        How it is answered.
    source
        The text it comes from.
    show
        What evidence would show it; ``None`` where the source and this program say nothing.
    categories
        Subcategories of the published model that the step belongs to.
    number
        Number in the source's own count; 0 where there is none.
    """

    id: str
    title: Message
    asks: Message
    scale: Scale
    source: AuditSource
    show: Message | None = None
    categories: tuple[str, ...] = ()
    number: int = 0

    @property
    def section(self) -> str:
        """The checklist that the item belongs to."""
        return self.id.partition(".")[0]


def checklist(
    section: str,
    source: AuditSource,
    items: Iterable[tuple[str, Message, Message]],
    scale: Scale = Scale.YES_NO,
) -> tuple[Item, ...]:
    """Make the items of one checklist from (name, title, question)."""
    return tuple(
        Item(id=f"{section}.{name}", title=title, asks=asks, scale=scale, source=source, number=at)
        for at, (name, title, asks) in enumerate(items, 1)
    )
