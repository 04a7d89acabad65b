"""From traditional to new to electronic CRM: one stage per attribute, a median per dimension.

The cells are the source's, in our own words; ``None`` is a cell where it says nothing. Its top stage
is multichannel, so a 3 everywhere is no evidence of omnichannel and is never mapped to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from omnistudy.crm.audits.items import Item, Scale
from omnistudy.crm.audits.sheet import Rating
from omnistudy.crm.audits.sources import ECRM
from omnistudy.results import Message, msg

_EMPTY = None
DIMENSIONS: tuple[tuple[str, Message], ...] = (
    ("information", msg("Information")),
    ("channel", msg("Medium and channel")),
    ("services", msg("Services")),
)
# dimension, attribute, name, traditional, new, electronic
_ATTRIBUTES: tuple[tuple[str, str, Message, Message | None, Message | None, Message | None], ...] = (
    (
        "information", "store", msg("Store"),
        msg("separate databases"), msg("integrated data warehouse"), msg("integrated store fed by the web"),
    ),
    (
        "information", "content", msg("Content"),
        msg("customers and products"), msg("also the history of transactions"),
        msg("also click streams and contacts"),
    ),
    (
        "information", "gathering", msg("Gathering"),
        msg("by asking"), msg("by data mining"), msg("by web mining and analysis of activity"),
    ),
    (
        "channel", "presence", msg("Presence"),
        msg("physical"), msg("physical and virtual"), msg("physical and virtual made one"),
    ),
    ("channel", "integration", msg("Integration"), msg("separate"), msg("integrated"), _EMPTY),
    ("channel", "number", msg("Number of channels"), msg("one channel"), _EMPTY, msg("several channels")),
    ("channel", "cost", msg("Cost"), _EMPTY, msg("medium"), msg("low")),
    (
        "channel", "media", msg("Media"),
        msg("sales force, telephone, fax"), msg("call centre, direct marketing, e-mail"), msg("internet"),
    ),
    (
        "services", "marketing", msg("Marketing"),
        msg("to the masses"), msg("to target groups"), msg("one to one"),
    ),
    ("services", "hours", msg("Hours"), msg("limited"), msg("fairly limited"), msg("unlimited")),
    (
        "services", "centre", msg("Centre"),
        msg("the product"), msg("the customer"), msg("the customer"),
    ),
    ("services", "direction", msg("Direction"), msg("one-way"), _EMPTY, msg("two-way")),
    (
        "services", "customer", msg("Part of the customer"),
        msg("passive"), msg("fairly active"), msg("active"),
    ),
    ("services", "dynamics", msg("Dynamics"), _EMPTY, msg("fairly dynamic"), msg("dynamic")),
    ("services", "speed", msg("Speed"), msg("slow"), msg("medium"), msg("fast")),
    ("services", "place", msg("Place"), _EMPTY, msg("fewer limits"), msg("any place")),
    ("services", "personal", msg("Personalisation"), _EMPTY, _EMPTY, msg("full")),
)  # fmt: skip
NOT_STATED = msg("the source does not say")
MULTICHANNEL_ONLY = msg(
    "The highest stage of this source is multichannel. It says nothing of one identity or of work that goes on in "
    "another channel, so no stage is read as omnichannel: see omnistudy crm maturity."
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One row of the table of stages: the item, its dimension and the words of the three stages."""

    item: Item
    dimension: str
    cells: tuple[Message | None, Message | None, Message | None]


ATTRIBUTES: tuple[Attribute, ...] = tuple(
    Attribute(
        Item(id=f"stage.{dimension}_{name}", title=title, asks=title, scale=Scale.STAGE, source=ECRM),
        dimension,
        cells,
    )
    for dimension, name, title, *rest in _ATTRIBUTES
    for cells in ((rest[0], rest[1], rest[2]),)
)
STAGE_ITEMS = tuple(attribute.item for attribute in ATTRIBUTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class DimensionStage:
    """The median stage of a dimension, over the attributes that count; ``None`` without any."""

    id: str
    title: Message
    median: float | None
    rated: int
    of: int


def dimension_stages(ratings: Sequence[Rating]) -> tuple[DimensionStage, ...]:
    """Median stage of every dimension; attributes without evidence do not enter."""
    stage = {one.item.id: one.number for one in ratings}
    found = []
    for name, title in DIMENSIONS:
        mine = [stage.get(one.item.id) for one in ATTRIBUTES if one.dimension == name]
        rated = [one for one in mine if one is not None]
        value = float(median(rated)) if rated else None
        found.append(DimensionStage(id=name, title=title, median=value, rated=len(rated), of=len(mine)))
    return tuple(found)


def imbalance(stages: Sequence[DimensionStage]) -> float | None:
    """Highest minus lowest median; ``None`` unless every dimension has one."""
    medians = [one.median for one in stages if one.median is not None]
    return max(medians) - min(medians) if medians and len(medians) == len(stages) else None
