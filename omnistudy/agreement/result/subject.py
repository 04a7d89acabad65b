"""What was compared: unit, level, round, coders, interviews, and the labels of the codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from omnistudy.results import Label, Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What was compared, in words for the headline.

    ``answer`` is set where agreement cannot be computed at all: that is an answer, not an error.
    """

    unit: str
    level: str | None = None
    round: str | None = None
    coders: tuple[str, ...] = ()
    interviews: tuple[str, ...] = ()
    of_interviews: int = 0
    labels: Mapping[str, Label] = field(default_factory=lambda: MappingProxyType({}))
    language: str = "en"
    answer: Message | None = None

    def without_answer(self, why: Message) -> Subject:
        """Return the subject of a result without rows."""
        return replace(self, answer=why)

    def label(self, code: str) -> Label:
        """Return the label of a code; a bare table's categories are their own labels."""
        return self.labels.get(code, Label(code))
