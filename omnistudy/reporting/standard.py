"""What a reporting checklist is made of.

Checklists are copyrighted forms. Only the numbers of their items are used here, with a paraphrase of
our own for each; whoever submits to a journal fills in the journal's form.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from omnistudy.results import Message


class Fill(StrEnum):
    """How far data can answer an item: all of it, part of it, or not at all."""

    DATA = "A"
    PART = "P"
    RESEARCHER = "M"


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a checklist.

    Parameters
    ----------
    id
        Its number in the checklist, or ours where the checklist has no numbers.
    text
        What it asks for, in our words.
    fill
        How far the study's data can answer it.
    facts
        Names of the facts that answer it, in :data:`omnistudy.reporting.facts.FACTS`.
    """

    id: str
    text: Message
    fill: Fill
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """A checklist: its name in answer files, its title, its source and its items."""

    name: str
    title: Message
    source: str
    items: tuple[Item, ...]
