"""The tables of what a comparison rests on: its parts left out, groups, chance, votes and the protocol."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from omnistudy.replication.compare_tables import or_reason
from omnistudy.replication.compare_words import VERDICT_WORDS
from omnistudy.replication.comparison import PREVALENCES, detection_power
from omnistudy.replication.decoys import KINDS
from omnistudy.replication.verdict import Verdict
from omnistudy.results import Column, Kind, Message, Number, Table, msg
from omnistudy.theory.terms import coder_name

if TYPE_CHECKING:
    from omnistudy.replication.compare_result import CompareResult


TOPICS: Mapping[str, Message] = {
    "phenomenon": msg("Phenomenon"),
    "relations": msg("Relations"),
    "frequencies": msg("Frequencies"),
    "kappa": msg("Kappa of the coding"),
    "saturation": msg("Saturation"),
    "definitions": msg("Definitions"),
    "crm_metrics": msg("CRM metrics"),
    "interviews": msg("Interviews"),
}
"""What a publication may leave unsaid; a model file may name further topics, which stand for themselves."""


def left_out(result: CompareResult) -> Table:
    """Return the comparison without each interview and coder."""
    return Table(
        name="left_out",
        columns=(
            Column("kind", msg("Left out")),
            Column("name", msg("Name"), Kind.ID),
            Column("recall", msg("Recall"), Kind.COEFFICIENT),
            Column("recall_change", msg("Change"), Kind.COEFFICIENT),
            Column("role_kappa", msg("Role kappa"), Kind.COEFFICIENT),
            Column("role_kappa_change", msg("Change"), Kind.COEFFICIENT),
            Column("verdict", msg("Verdict")),
            Column("influential", msg("Changes the verdict"), Kind.FLAG),
            Column("reason", msg("Reason")),
        ),
        rows=tuple(
            (
                msg("interview") if left.kind == "interview" else msg("coder"),
                coder_name(left.name),
                or_reason(left.recall, left.reason),
                left.recall_change,
                left.role_kappa,
                left.role_kappa_change,
                None if left.verdict is None else VERDICT_WORDS[left.verdict],
                left.influential,
                left.reasons[0] if left.reasons else None,
            )
            for left in result.left_out
        ),
        note=msg(
            "The required numbers of interviews and coders are those of the whole study. Without a coder go the "
            "interviews that nobody else coded, and the coder's role votes."
        ),
    )


def groups(result: CompareResult) -> Table:
    """Return the interviews of every group of respondents that hold each concept."""
    held = [{of.reference: of for of in group.concepts} for group in result.groups]
    return Table(
        name="groups",
        columns=(
            Column("reference", msg("Concept of the model")),
            *(
                Column(
                    f"{group.attribute}:{group.value}",
                    msg(
                        "{group} (of {size})",
                        group=group.value,
                        size=Number(len(group.interviews), Kind.COUNT),
                    ),
                    Kind.COUNT,
                )
                for group in result.groups
            ),
        ),
        rows=tuple(
            (result.reference.label(concept.reference), *(of[concept.reference].held for of in held))
            for concept in result.concepts
        )
        if result.groups
        else (),
        note=msg(
            "Interviews of each group that hold the concept; a rule on all interviews hides such concepts."
        ),
    )


def detection(result: CompareResult) -> Table:
    """Return the probability of seeing a theme at all, in two and in three interviews."""
    total = len(result.interviews)
    return Table(
        name="detection",
        columns=(
            Column("prevalence", msg("Share of people who hold a theme"), Kind.SHARE),
            Column("one", msg("In one interview or more"), Kind.COEFFICIENT),
            Column("two", msg("In two or more"), Kind.COEFFICIENT),
            Column("three", msg("In three or more"), Kind.COEFFICIENT),
        ),
        rows=tuple((share, *(detection_power(share, total, k) for k in (1, 2, 3))) for share in PREVALENCES)
        if total
        else (),
        note=msg("Only if interviews were drawn at random, which informants chosen on purpose are not."),
    )


def voters(result: CompareResult) -> Table:
    """Return the role kappa of every voter."""
    return Table(
        name="voters",
        columns=(
            Column("voter", msg("Voter"), Kind.ID),
            Column("role_kappa", msg("Role kappa"), Kind.COEFFICIENT),
            Column("concepts", msg("Matched concepts voted on"), Kind.COUNT),
        ),
        rows=tuple(
            (coder_name(voter.voter), or_reason(voter.role.value, voter.role.reason), voter.role.concepts)
            for voter in result.voters
        ),
    )


def decoys(result: CompareResult) -> Table:
    """Return the verdicts of the rule over decoys, permuted studies and resamples."""
    verdicts = (Verdict.CONSISTENT, Verdict.PARTLY, Verdict.DIVERGENT, Verdict.INCONCLUSIVE)
    return Table(
        name="decoys",
        columns=(
            Column("kind", msg("Drawn")),
            Column("draws", msg("Draws"), Kind.COUNT),
            *(Column(str(verdict), VERDICT_WORDS[verdict], Kind.SHARE) for verdict in verdicts),
        ),
        rows=tuple(
            (KINDS[rate.kind], rate.draws, *(rate.shares.get(verdict, 0.0) for verdict in verdicts))
            for rate in result.decoys
        ),
        note=msg("The rule alone, with the gates on interviews, coders and coverage set aside."),
    )


def deviations(result: CompareResult) -> Table:
    """Return every line of the protocol that has changed since the freeze."""
    return Table(
        name="deviations",
        columns=(
            Column("line", msg("Line"), Kind.ID),
            Column("frozen", msg("Frozen"), Kind.ID),
            Column("now", msg("Now"), Kind.ID),
            Column("edited", msg("Edited in the file"), Kind.FLAG),
            Column("reason", msg("Reason")),
        ),
        rows=tuple(
            (d.line, d.frozen, d.now, d.edited, d.reason or msg("no reason recorded"))
            for d in result.freeze.deviations
        ),
        note=msg(
            "A memo with the target 'protocol' and the line as target id records the reason of a change."
        ),
    )


def not_reported(result: CompareResult) -> Table:
    """Return what the publication leaves unsaid, so that it cannot be compared."""
    return Table(
        name="not_reported",
        columns=(
            Column("topic", msg("Topic")),
            Column("words", msg("What the reference leaves unsaid")),
        ),
        rows=tuple(
            (TOPICS.get(topic) or msg("{topic}", topic=topic), words)
            for topic, words in result.reference.not_reported.items()
        ),
    )
