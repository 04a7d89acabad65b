"""Which arrow may stand between which roles of the paradigm model.

The roles are those of Strauss & Corbin (1990, 1998); the table and its two readings are this
program's own rules and are named so wherever they are applied.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from omnistudy.study.model import Role


class Arrow(StrEnum):
    """What the paradigm says of an arrow."""

    OK = "ok"
    REASON = "reason"
    """Needs a recorded rationale."""
    FEEDBACK = "feedback"
    """Stands only as feedback: an outcome or action that becomes a condition later."""
    ERROR = "error"
    """Contradicts the paradigm."""


_ORDER = (Role.CAUSAL, Role.PHENOMENON, Role.CONTEXT, Role.INTERVENING, Role.STRATEGY, Role.OUTCOME)
_CELLS = {
    Role.CAUSAL: "reason ok reason reason reason reason",
    Role.PHENOMENON: "feedback error error error ok error",
    Role.CONTEXT: "reason reason reason reason ok reason",
    Role.INTERVENING: "reason reason reason reason ok reason",
    Role.STRATEGY: "error feedback feedback feedback reason ok",
    Role.OUTCOME: "feedback feedback feedback feedback feedback reason",
}

ARROWS: Mapping[tuple[Role, Role], Arrow] = MappingProxyType(
    {
        (source, target): Arrow(cell)
        for source, cells in _CELLS.items()
        for target, cell in zip(_ORDER, cells.split(), strict=True)
    }
)
"""From role and to role to what the paradigm says, in the lenient reading."""

STRICT: Mapping[tuple[Role, Role], Arrow] = MappingProxyType(
    {
        **ARROWS,
        (Role.CAUSAL, Role.OUTCOME): Arrow.ERROR,
        (Role.CONTEXT, Role.OUTCOME): Arrow.ERROR,
        (Role.INTERVENING, Role.OUTCOME): Arrow.ERROR,
    }
)
"""The same, where conditions reach outcomes only through the phenomenon and strategies."""


def arrow(source: Role, target: Role, *, strict: bool = False) -> Arrow:
    """Return what the paradigm says of an arrow between two roles."""
    return (STRICT if strict else ARROWS)[source, target]
