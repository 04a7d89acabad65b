"""Names for people of what the links call by an id: roles, directions, grades, fits, levels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from omnistudy.crm.metrics.registry import METRICS
from omnistudy.results import Cell, Label, Message, msg

ROLE_WORDS: Mapping[str, Message] = MappingProxyType(
    {"effect": msg("effect"), "moderator": msg("moderator"), "confounder": msg("confounder")}
)
DIRECTION_WORDS: Mapping[str, Message] = MappingProxyType(
    {"+": msg("rises"), "-": msg("falls"), "two-sided": msg("either way")}
)
PROPOSAL_WORDS: Mapping[str, Message] = MappingProxyType(
    {"agrees": msg("agrees"), "disagrees": msg("disagrees"), "unknown": msg("unknown")}
)
FIT_WORDS: Mapping[str, Message] = MappingProxyType(
    {
        "confirm": msg("confirms"),
        "expand": msg("expands"),
        "discord": msg("discord"),
        "silent": msg("silent"),
    }
)
ADJUST_WORDS: Mapping[str, Message] = MappingProxyType(
    {
        "nowruz": msg("Nowruz"),
        "month": msg("months of the year"),
        "regulation": msg("regulation"),
        "outage": msg("outages"),
        "mixed_month": msg("the month of the change"),
    }
)
AGAINST_WORDS: Mapping[str, Message] = MappingProxyType(
    {"before": msg("the time before"), "target": msg("the target"), "control": msg("the control")}
)
THEORY_WORDS: Mapping[str, Message] = MappingProxyType(
    {
        "relationship-marketing": msg("relationship marketing"),
        "social-exchange": msg("social exchange"),
        "information-systems": msg("information systems"),
        "resource-based": msg("resource-based view"),
        "customer-value": msg("customer value"),
        "clv": msg("customer lifetime value"),
        "tam": msg("technology acceptance"),
        "service-dominant": msg("service-dominant logic"),
        "trust-commitment": msg("trust and commitment"),
        "stp": msg("segmentation, targeting, positioning"),
        "cem": msg("customer experience"),
        "data-analytics": msg("data analytics"),
    }
)


def held_constant(names: Iterable[str]) -> Message | None:
    """What a series was adjusted for, in words; ``None`` for nothing."""
    found: Message | None = None
    for name in dict.fromkeys(name.partition(":")[0] for name in names):
        word = ADJUST_WORDS[name]
        found = word if found is None else msg("{first}, {second}", first=found, second=word)
    return found


def worded(words: Mapping[str, Message], name: str) -> Cell:
    """The word for an id, or the id where it has none."""
    return words.get(name, name or None)


def metric_name(name: str, level: str = "") -> Message | Label:
    """The title of a metric, with the level that tells its rows apart."""
    title: Message | Label = METRICS[name].title if name in METRICS else Label(name)
    return msg("{metric} ({level})", metric=title, level=level) if level else title
