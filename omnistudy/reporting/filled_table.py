"""How a filled item is told: the researcher's words, then the facts, and where the report shows them."""

from __future__ import annotations

from collections.abc import Sequence

from omnistudy.reporting.checklists import FilledItem
from omnistudy.results import Message, msg


def said(one: FilledItem) -> Message | None:
    """Return the researcher's words, then the facts; ``None`` where there is neither."""
    parts = [fact.text for fact in one.facts]
    if one.answer:
        parts.insert(0, msg("{answer}", answer=one.answer))
    text = parts[0] if parts else None
    for part in parts[1:]:
        text = msg("{first} {second}", first=text, second=part)
    return text


def joined(parts: Sequence[Message]) -> Message | None:
    """Name several sections in one cell; ``None`` where there is none."""
    text = parts[0] if parts else None
    for part in parts[1:]:
        text = msg("{first}; {second}", first=text, second=part)
    return text


def item_json(one: FilledItem) -> dict[str, object]:
    """Return an item as JSON values."""
    return {
        "id": one.item.id,
        "asks": str(one.item.text),
        "fill": one.item.fill,
        "status": one.status,
        "facts": [str(fact.text) for fact in one.facts],
        "answer": one.answer or None,
        "where": [str(where) for where in one.where],
    }
