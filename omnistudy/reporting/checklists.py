"""The checklists, and filling them from what the study says and what the researcher answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from omnistudy.reporting.answers import Answers
from omnistudy.reporting.corbin_strauss import CORBIN_STRAUSS
from omnistudy.reporting.coreq import COREQ
from omnistudy.reporting.facts import FACTS
from omnistudy.reporting.gramms import GRAMMS
from omnistudy.reporting.jars_qual import JARS_QUAL
from omnistudy.reporting.material import Fact, Material
from omnistudy.reporting.srqr import SRQR
from omnistudy.reporting.standard import Fill, Item, Standard
from omnistudy.results import Message

STANDARDS: Mapping[str, Standard] = MappingProxyType(
    {standard.name: standard for standard in (COREQ, SRQR, JARS_QUAL, CORBIN_STRAUSS, GRAMMS)}
)
"""Name in answer files to checklist, in the order of the report."""


class Filled(StrEnum):
    """How an item stands."""

    DATA = "from_data"
    RESEARCHER = "by_researcher"
    PARTLY = "partly"
    OPEN = "to_write"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledItem:
    """An item with what is known: facts of the study, then the researcher's own words."""

    item: Item
    status: Filled
    facts: tuple[Fact, ...]
    answer: str = ""

    @property
    def where(self) -> tuple[Message, ...]:
        """The sections of the report that show it, each once."""
        return tuple({str(fact.where): fact.where for fact in self.facts if fact.where is not None}.values())


def filled(standard: Standard, material: Material, answers: Answers) -> Iterator[FilledItem]:
    """Yield every item of a checklist with its state.

    An item counts as answered from data only where data can answer it in full and did; a researcher's
    answer settles any item and stands beside the facts, never in their place.
    """
    for item in standard.items:
        found = tuple(fact for name in item.facts if (fact := FACTS[name](material)) is not None)
        answer = answers.by_item.get((standard.name, item.id), "")
        yield FilledItem(item=item, status=_status(item, found, answer), facts=found, answer=answer)


def _status(item: Item, found: tuple[Fact, ...], answer: str) -> Filled:
    if answer:
        return Filled.RESEARCHER
    if not found:
        return Filled.OPEN
    whole = item.fill is Fill.DATA and len(found) == len(item.facts) and all(fact.complete for fact in found)
    return Filled.DATA if whole else Filled.PARTLY
