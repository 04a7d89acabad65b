"""Who holds a concept: its interviews and its stability within groups of respondents.

A concept that only a few experts can know is rare among all and firm among them; a rule on all interviews
would demote it, so the groups stand beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from omnistudy.errors import StudyError, did_you_mean
from omnistudy.replication.comparison import Concept
from omnistudy.study.model import Study
from omnistudy.theory.counts.stability import exact_stability

GROUP_WORDS = ("role_group", "group", "respondent_group", "role", "position", "department", "unit")
"""Attributes that name groups of respondents, the most telling first."""
_MOST = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One concept in one group: the interviews of the group that hold it, and its stability there."""

    reference: str
    held: int
    stability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RespondentGroup:
    """The interviews that share a value of an attribute."""

    attribute: str
    value: str
    interviews: tuple[str, ...]
    concepts: tuple[Held, ...]


def groups_of(
    study: Study, interviews: Sequence[str], concepts: Sequence[Concept], attributes: Sequence[str] = ()
) -> tuple[RespondentGroup, ...]:
    """Return the groups of respondents with what each holds.

    Parameters
    ----------
    interviews
        The coded interviews.
    attributes
        Attributes to group by; empty means those with a telling name (role, department, …) that put at
        least two interviews into some group and make at most half as many groups as there are interviews.

    Raises
    ------
    StudyError
        An attribute that no interview has.
    """
    known = {name for interview in study.interviews for name in interview.attributes}
    for name in attributes:
        if name not in known:
            remedy = did_you_mean(name, known) or f"Known: {', '.join(sorted(known)) or 'none'}."
            raise StudyError.of(f"No interview has the attribute '{name}'.", remedy)
    values = {
        name: {i: study.interview[i].attributes.get(name, "").strip() for i in interviews}
        for name in (attributes or _telling(study, interviews))
    }
    return tuple(
        _group(name, value, [i for i in interviews if given[i] == value], concepts)
        for name, given in values.items()
        for value in dict.fromkeys(given.values())
        if value
    )


def _telling(study: Study, interviews: Sequence[str]) -> list[str]:
    chosen = []
    for name in GROUP_WORDS:
        values = [study.interview[i].attributes.get(name, "").strip() for i in interviews]
        groups = {value for value in values if value}
        if 2 <= len(groups) <= len(interviews) / 2:
            chosen.append(name)
    return chosen[:_MOST]


def _group(name: str, value: str, interviews: Sequence[str], concepts: Sequence[Concept]) -> RespondentGroup:
    own = set(interviews)
    held: Mapping[str, int] = {c.reference: len(own & set(c.held_by)) for c in concepts}
    return RespondentGroup(
        attribute=name,
        value=value,
        interviews=tuple(interviews),
        concepts=tuple(
            Held(reference=reference, held=number, stability=exact_stability(number, len(own)))
            for reference, number in held.items()
        ),
    )
