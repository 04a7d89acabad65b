"""What a checklist is filled from: the study and the sections of its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from omnistudy import results
from omnistudy.results import Kind, Message, Number, Result, Value, msg
from omnistudy.study.model import Study

Section = TypeVar("Section", bound=Result)


@dataclass(frozen=True, slots=True)
class Material:
    """The study and the results that stand in the report."""

    study: Study
    sections: Sequence[Result]

    def section(self, kind: type[Section]) -> Section | None:
        """Return the section of a kind, or ``None`` where the report has none."""
        return next((one for one in self.sections if isinstance(one, kind)), None)


@dataclass(frozen=True, slots=True)
class Fact:
    """What the study says to an item.

    Parameters
    ----------
    text
        The sentence.
    where
        The section of the report in which it is shown, or ``None`` where no section shows it.
    complete
        Whether the item is answered by it; else the researcher adds what data cannot know.
    """

    text: Message
    where: Message | None = None
    complete: bool = True


def count(value: int) -> Number:
    """Write a whole number inside a sentence."""
    return Number(value, Kind.COUNT)


def listed(values: Sequence[Value | Message]) -> Message:
    """Join a few names; a long list ends with the number of the others."""
    shown = results.listed(values[:8])
    if len(values) <= 8:
        return msg("{names}", names=shown)
    return msg("{names} and {others} others", names=shown, others=count(len(values) - 8))
