"""Counts per role: how many of the reference's concepts are found, in words and not in percentages of three."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from omnistudy.replication.comparison import Concept, Found
from omnistudy.study.model import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleCount:
    """One role of the reference.

    ``moved`` counts matched concepts that play another role here, ``local`` the local concepts in the role.
    """

    role: Role
    reference: int
    recovered: int
    weak: int
    not_found: int
    moved: int
    local: int

    @property
    def found(self) -> str:
        """``all``, ``some`` or ``none`` of the role's concepts are recovered."""
        if not self.recovered:
            return "none"
        return "all" if self.recovered == self.reference else "some"


def per_role(concepts: Sequence[Concept], local: Mapping[str, Role | None]) -> tuple[RoleCount, ...]:
    """Return the counts of every role that the reference or the study has, in reading order."""
    rows = []
    for role in Role:
        own = [concept for concept in concepts if concept.role_reference is role]
        here = sum(of_local is role for of_local in local.values())
        if own or here:
            rows.append(
                RoleCount(
                    role=role,
                    reference=len(own),
                    recovered=sum(concept.found is Found.RECOVERED for concept in own),
                    weak=sum(concept.found is Found.WEAK for concept in own),
                    not_found=sum(concept.found is Found.NOT_FOUND for concept in own),
                    moved=sum(concept.moved for concept in own),
                    local=here,
                )
            )
    return tuple(rows)
