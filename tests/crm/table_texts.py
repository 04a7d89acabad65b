"""Tables as they read: cells as texts, undefined ones as their reason."""

from __future__ import annotations

from omnistudy.results import Message, Table, Undefined


def cell(found: object) -> object:
    """A cell as it reads; undefined ones as their reason in brackets."""
    if isinstance(found, Undefined):
        return f"({found.reason})"
    return str(found) if isinstance(found, Message) else found


def rows(table: Table) -> list[tuple[object, ...]]:
    return [tuple(cell(one) for one in row) for row in table.rows]
