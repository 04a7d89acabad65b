"""What a lint rule is, looks at, and says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from omnistudy.results import Message
from omnistudy.study.model import Study
from omnistudy.theory.paradigm.model import ParadigmModel


class Weight(StrEnum):
    """How much a finding weighs; none of them stops a command."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule looks at: the study, its model, and whether the arrow table is read as written."""

    study: Study
    model: ParadigmModel
    strict: bool


@dataclass(frozen=True, slots=True)
class Remark:
    """What a rule says of one subject; ``weight`` replaces the weight of the rule."""

    subject: str
    message: Message
    weight: Weight | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A remark with the rule that made it, and what the rule is called."""

    rule: str
    title: Message
    severity: Weight
    subject: str
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class LintRule:
    """One row of the registry of rules.

    Parameters
    ----------
    id
        Stable name, used in JSON and by `explain`.
    severity
        The usual weight; a remark may carry another.
    title, explain
        What the rule is called and why it exists.
    check
        Returns the remarks, in a fixed order.
    """

    id: str
    severity: Weight
    title: Message
    explain: Message
    check: Callable[[Case], Iterable[Remark]]
