"""The conditional/consequential matrix: how far conditions and outcomes reach, from a person to the world.

After Strauss & Corbin (1990, 1998). The codebook has no field for it: the researchers record the level
of a category in a memo on its code (target ``code``) whose title is ``scope: organisation`` or another
of the six levels. Cells without a category are shown and not filled.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from omnistudy.results import Column, Message, Table, msg
from omnistudy.study.model import Role, Study
from omnistudy.theory.paradigm.model import ParadigmModel
from omnistudy.theory.terms import codes_named, role_name


class Scope(StrEnum):
    """Levels of the matrix, from the nearest to the widest."""

    INDIVIDUAL = "individual"
    GROUP = "group"
    ORGANISATION = "organisation"
    COMMUNITY = "community"
    NATION = "nation"
    GLOBAL = "global"


SCOPE_NAMES: dict[Scope, Message] = {
    Scope.INDIVIDUAL: msg("individual"),
    Scope.GROUP: msg("group"),
    Scope.ORGANISATION: msg("organisation"),
    Scope.COMMUNITY: msg("community"),
    Scope.NATION: msg("nation"),
    Scope.GLOBAL: msg("global"),
}
ROLES = (Role.CAUSAL, Role.CONTEXT, Role.INTERVENING, Role.OUTCOME)
"""Conditions and outcomes; the phenomenon and the strategies have no place in the matrix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedNode:
    """A category with a level that a memo gives it."""

    node: str
    role: Role
    scope: Scope
    memo: str


def conditional_matrix(study: Study, model: ParadigmModel) -> tuple[ScopedNode, ...]:
    """Return the scoped conditions and outcomes; a category with two levels stands in both."""
    found: dict[tuple[str, Scope], ScopedNode] = {}
    for memo in study.memos:
        name, _, level = memo.title.partition(":")
        level = level.strip().casefold()
        if memo.target != "code" or name.strip().casefold() != "scope" or level not in set(Scope):
            continue
        node = model.by_id.get(model.stands_in.get(memo.target_id, ""))
        if node is not None and node.role in ROLES:
            row = ScopedNode(node=node.id, role=node.role, scope=Scope(level), memo=memo.id)
            found.setdefault((node.id, row.scope), row)
    return tuple(found.values())


def matrix_table(rows: tuple[ScopedNode, ...], model: ParadigmModel) -> Table:
    """Return level × role with the categories in the cells; empty cells stay empty."""
    cells: dict[tuple[Scope, Role], list[str]] = {}
    for node in model.nodes:
        for row in rows:
            if row.node == node.id:
                cells.setdefault((row.scope, row.role), []).append(node.id)
    return Table(
        name="conditional_matrix",
        caption=msg("Conditional and consequential matrix"),
        columns=(
            Column("level", msg("Level")),
            *(Column(str(role), role_name(role)) for role in ROLES),
        ),
        rows=tuple(
            (SCOPE_NAMES[scope], *(codes_named(cells.get((scope, role), ()), model.labels) for role in ROLES))
            for scope in Scope
        ),
        note=msg(
            "Levels are those of the memos titled 'scope'; an empty cell says that nobody recorded one."
        ),
    )


def scoped_json(row: ScopedNode) -> dict[str, object]:
    """Return the JSON object of a scoped category."""
    return {"node": row.node, "role": str(row.role), "scope": str(row.scope), "memo": row.memo}
