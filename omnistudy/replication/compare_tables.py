"""The tables of what a comparison finds: measures, concepts, roles, extensions, thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from omnistudy.replication.compare_words import RELATIONS, SHARES, STATUSES
from omnistudy.replication.per_role import per_role
from omnistudy.results import Cell, Column, Kind, Message, Number, Table, Undefined, listed, msg
from omnistudy.theory.terms import codes_named, role_name

if TYPE_CHECKING:
    from omnistudy.replication.compare_result import CompareResult


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One measure with its limits, for the table and the figure."""

    key: str
    name: Message
    value: float | None
    low: float | None
    high: float | None
    reason: Message | None
    null: float | None = None


_MEASURES = {
    "recall": msg("Recall"),
    "precision": msg("Precision"),
    "f1": msg("F1"),
    "jaccard": msg("Jaccard"),
}
_GATES = {
    "interviews": msg("Coded interviews"),
    "coders": msg("Independent coders"),
    "double_coded": msg("Double-coded interviews"),
    "alpha": msg("Krippendorff's alpha of the coding"),
    "coverage": msg("Coverage of the subcategories"),
    "crosswalk_kappa": msg("Agreement on the crosswalk"),
    "role_kappa": msg("Role kappa is defined"),
    "recall": msg("Recall is defined"),
}


def measured(result: CompareResult) -> tuple[Measured, ...]:
    """Return the six measures."""
    rows = [
        Measured(key=key, name=_MEASURES[key], value=e.value, low=e.low, high=e.high, reason=e.reason)
        for key, e in result.recovery.named()
    ]
    for key, name, role in (
        ("role_kappa", msg("Role kappa, five roles"), result.role),
        ("role_kappa_collapsed", msg("Role kappa, three roles"), result.role_collapsed),
    ):
        rows.append(
            Measured(
                key=key,
                name=name,
                value=role.value,
                low=role.low,
                high=role.high,
                reason=role.reason,
                null=role.null_p95,
            )
        )
    return tuple(rows)


def measures(result: CompareResult) -> Table:
    """Return the measures with their limits and, for the roles, the level of chance."""
    undefined = result.role.undefined
    return Table(
        name="measures",
        columns=(
            Column("measure", msg("Measure")),
            Column("value", msg("Value"), Kind.COEFFICIENT),
            Column("ci_low", msg("Lower limit"), Kind.COEFFICIENT),
            Column("ci_high", msg("Upper limit"), Kind.COEFFICIENT),
            Column("null_p95", msg("95th percentile by chance"), Kind.COEFFICIENT),
        ),
        rows=tuple(
            (row.name, or_reason(row.value, row.reason), row.low, row.high, row.null)
            for row in measured(result)
        ),
        note=msg(
            "{undefined} of {draws} resamples of concepts had no role kappa and are left out of its limits.",
            undefined=Number(undefined, Kind.COUNT),
            draws=Number(result.role.draws, Kind.COUNT),
        )
        if undefined
        else None,
    )


def or_reason(value: float | None, reason: Message | None) -> Cell:
    """Return the value, or the reason why there is none."""
    return Undefined(reason) if value is None and reason is not None else value


def concepts(result: CompareResult, *, named: bool = False) -> Table:
    """Return every concept of the reference with its local side, roles, status and evidence.

    ``named`` gives the local concepts by their labels, for people.
    """
    return Table(
        name="concepts",
        columns=(
            Column("reference", msg("Concept of the model")),
            Column("local", msg("Here"), Kind.TEXT if named else Kind.ID),
            Column("relation", msg("Relation")),
            Column("role_reference", msg("Role in the model")),
            Column("role_local", msg("Role here")),
            Column("status", msg("Status")),
            Column("interviews", msg("Interviews"), Kind.COUNT),
            Column("quotations", msg("Quotations"), Kind.COUNT),
            Column("stability", msg("Stability"), Kind.COEFFICIENT),
        ),
        rows=tuple(
            (
                result.reference.label(concept.reference),
                codes_named(concept.local, result.labels) if named else ", ".join(concept.local),
                RELATIONS[concept.relation],
                role_name(concept.role_reference),
                role_name(concept.role_local) if concept.local else None,
                STATUSES[concept.found],
                len(concept.held_by),
                concept.quotations,
                concept.stability,
            )
            for concept in result.concepts
        ),
        note=msg(
            "Recovered: matched one to one, in at least two interviews, with a stability of .80 or more, which "
            "follows from the number of interviews alone."
        ),
    )


def roles(result: CompareResult) -> Table:
    """Return the counts per role."""
    return Table(
        name="roles",
        columns=(
            Column("role", msg("Role")),
            Column("reference", msg("In the model"), Kind.COUNT),
            Column("recovered", msg("Recovered"), Kind.COUNT),
            Column("weak", msg("Weak"), Kind.COUNT),
            Column("not_found", msg("Not found"), Kind.COUNT),
            Column("moved", msg("In another role here"), Kind.COUNT),
            Column("found", msg("Found")),
            Column("local", msg("Local concepts in the role"), Kind.COUNT),
        ),
        rows=tuple(
            (
                role_name(row.role),
                row.reference,
                row.recovered,
                row.weak,
                row.not_found,
                row.moved,
                SHARES[row.found],
                row.local,
            )
            for row in per_role(result.concepts, result.local_roles)
        ),
    )


def unmatched(result: CompareResult) -> Table:
    """Return the local concepts without a counterpart; the stable ones are extensions."""
    return Table(
        name="extensions",
        columns=(
            Column("local", msg("Concept here")),
            Column("role", msg("Role here")),
            Column("stable", msg("Stable"), Kind.FLAG),
            Column("interviews", msg("Interviews"), Kind.COUNT),
            Column("quotations", msg("Quotations"), Kind.COUNT),
            Column("stability", msg("Stability"), Kind.COEFFICIENT),
            Column("disputed", msg("Raters differ on it"), Kind.FLAG),
        ),
        rows=tuple(
            (
                result.labels[concept.local],
                role_name(concept.role),
                concept.stable,
                len(concept.held_by),
                concept.quotations,
                concept.stability,
                concept.disputed,
            )
            for concept in result.unmatched
        ),
    )


def disputes(result: CompareResult) -> Table:
    """Return the rows of the crosswalk on which the raters differ and that nobody settled."""
    return Table(
        name="disputes",
        columns=(
            Column("local", msg("Concept here")),
            Column("reference", msg("Concept of the model")),
            Column("votes", msg("Votes")),
        ),
        rows=tuple(
            (
                result.labels[dispute.local],
                result.reference.label(dispute.reference),
                listed(
                    [
                        msg(
                            "{rater}: {relation}",
                            rater=rater,
                            relation=RELATIONS.get(relation, RELATIONS[None]),
                        )
                        for rater, relation in dispute.votes
                    ]
                ),
            )
            for dispute in result.crosswalk.disputes
        ),
        note=msg(
            "To settle a row, add it once more with the rater 'adjudicated'; both votes stay in the file."
        ),
    )


def gates(result: CompareResult) -> Table:
    """Return the gates and the declared thresholds."""
    declared = result.thresholds
    rows: list[tuple[Cell, ...]] = [
        (_GATES[gate.name], gate.value, None if gate.name in _DEFINED else gate.threshold, gate.passed)
        for gate in result.judgement.gates
        if gate.name not in _DEFINED or not gate.passed
    ]
    recall = result.recovery.recall.value
    rows.append(
        (_MEASURES["recall"], recall, declared.recall, recall is not None and recall >= declared.recall)
    )
    kappa = result.role.value
    if not result.informed:
        reached = kappa is not None and kappa >= declared.role_kappa
        rows.append((msg("Role kappa, five roles"), kappa, declared.role_kappa, reached))
    return Table(
        name="thresholds",
        columns=(
            Column("condition", msg("Condition")),
            Column("value", msg("Value"), Kind.NUMBER),
            Column("threshold", msg("Threshold"), Kind.NUMBER),
            Column("met", msg("Met"), Kind.FLAG),
        ),
        rows=tuple(rows),
        caption=msg("Declared thresholds: the study's own, none is given by the literature"),
    )


_DEFINED = frozenset({"role_kappa", "recall"})
