"""Trustworthiness as data: what was shown back to members, and what was done under each criterion.

The four criteria are Lincoln & Guba's (1985). Nothing here judges a study: what the tables do not
describe is called "not described" and never filled in, and a count of agreeing members proves nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from omnistudy.results import (
    Block,
    Label,
    Message,
    Note,
    Prose,
    Provenance,
    Result,
    Status,
    Table,
    listed,
    msg,
)
from omnistudy.study.model import MemberCheck, Study, TrustTechnique
from omnistudy.theory.counts.frequencies import in_order
from omnistudy.theory.terms import count
from omnistudy.theory.trustworthiness import blocks as trustworthiness_blocks
from omnistudy.theory.trustworthiness.techniques import CRITERION_NAMES, TECHNIQUES, technique_named

NOT_DESCRIBED = "not described"


@dataclass(frozen=True, slots=True, kw_only=True)
class TechniqueState:
    """One technique under one criterion.

    ``id`` is that of a technique of the source, ``None`` for one of the study's own; ``state`` is yes,
    partly, no, or not described.
    """

    criterion: str
    id: str | None
    title: Message
    state: str
    evidence: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCounts:
    """What the members answered on the things that were shown to them.

    ``unanswered`` counts answers of partly or disagree with neither a comment nor a change.
    """

    members: int
    interviewees: int
    shown: int
    answers: dict[str, int]
    changes: int
    unanswered: int


@dataclass(frozen=True, kw_only=True)
class TrustworthinessResult(Result):
    """Member checks and techniques of a study, with what its tables leave unsaid; ``labels`` by code id."""

    member_checks: tuple[MemberCheck, ...]
    interviews: tuple[str, ...]
    techniques: tuple[TechniqueState, ...]
    told: bool
    findings: tuple[Message, ...]
    labels: Mapping[str, Label]
    command: ClassVar[str] = "audit-trustworthiness"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Trustworthiness")

    @property
    def members(self) -> MemberCounts:
        """Counts over the member checks."""
        return member_counts(self.member_checks, self.interviews)

    def with_state(self, *states: str) -> int:
        """Return the number of techniques in one of these states."""
        return sum(row.state in states for row in self.techniques)

    @property
    def summary(self) -> Message:
        """Say what is described, what is not, and what the members answered."""
        if not self.told and not self.member_checks:
            return msg(
                "Trustworthiness is not described: study.toml names neither member_checks nor trustworthiness "
                "under [theory]."
            )
        found = self.members
        return msg(
            "{done} techniques are described as done and {partly} in part, under {criteria} of 4 criteria; "
            "{silent} techniques of the source are not described. {members} members gave {answers} answers on "
            "{shown} findings: {agree} agree, {some} partly, {against} disagree.",
            done=count(self.with_state("yes")),
            partly=count(self.with_state("partly")),
            criteria=count(len({r.criterion for r in self.techniques if r.state in {"yes", "partly"}})),
            silent=count(self.with_state(NOT_DESCRIBED)),
            members=count(found.members),
            answers=count(len(self.member_checks)),
            shown=count(found.shown),
            agree=count(found.answers["agree"]),
            some=count(found.answers["partly"]),
            against=count(found.answers["disagree"]),
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        found = self.members
        return {
            "criteria": [
                {
                    "criterion": criterion,
                    "described": any(row.state != NOT_DESCRIBED for row in self._under(criterion)),
                    "techniques": [
                        {
                            "technique": row.id,
                            "title": str(row.title),
                            "state": row.state,
                            "evidence": row.evidence or None,
                            "note": row.note or None,
                        }
                        for row in self._under(criterion)
                    ],
                    "not_described": [row.id for row in self._under(criterion) if row.state == NOT_DESCRIBED],
                }
                for criterion in CRITERION_NAMES
            ],
            "member_checks": {
                "members": found.members,
                "interviewees": found.interviewees,
                "of_interviewees": len(self.interviews),
                "shown": found.shown,
                "answers": found.answers,
                "changes": found.changes,
                "without_comment_or_change": found.unanswered,
                "rows": [
                    {
                        "member": row.member,
                        "interviewee": row.member in self.interviews,
                        "date": row.date or None,
                        "shown": row.shown,
                        "shown_id": row.shown_id or None,
                        "answer": row.answer,
                        "comment": row.comment or None,
                        "change": row.change or None,
                    }
                    for row in self.member_checks
                ],
            },
            "findings": [str(finding) for finding in self.findings],
        }

    def _under(self, criterion: str) -> list[TechniqueState]:
        return [row for row in self.techniques if row.criterion == criterion]

    def tables(self) -> tuple[Table, ...]:
        """Return the techniques under their criteria, the counts by thing shown, and every answer."""
        return trustworthiness_blocks.tables(self)

    def blocks(self) -> tuple[Block, ...]:
        """Return the section of a report."""
        if not self.told and not self.member_checks:
            said = msg("Write what was done into a table of criterion, technique, done, evidence and note.")
            return (Prose(text=said),)
        notes = [Note(text=finding, status=Status.WARNING) for finding in self.findings]
        tables = self.tables() if self.member_checks else self.tables()[:1]
        return (*notes, *tables)


def member_counts(checks: tuple[MemberCheck, ...], interviews: tuple[str, ...]) -> MemberCounts:
    """Count members, things shown and answers."""
    members = {row.member for row in checks}
    answers = Counter(row.answer for row in checks)
    return MemberCounts(
        members=len(members),
        interviewees=len(members & set(interviews)),
        shown=len({(row.shown, row.shown_id) for row in checks}),
        answers={name: answers[name] for name in ("agree", "partly", "disagree")},
        changes=sum(bool(row.change) for row in checks),
        unanswered=sum(row.answer != "agree" and not row.comment and not row.change for row in checks),
    )


def trustworthiness_of(study: Study, provenance: Provenance) -> TrustworthinessResult:
    """Return what the tables of ``study`` say of its trustworthiness.

    Techniques stand by criterion: those of the source in its order, then the study's own. A technique of
    the source that the table puts under another criterion stays where the table has it.

    Parameters
    ----------
    study
        The study, with its member checks and techniques.
    provenance
        Where the result comes from.

    Returns
    -------
    TrustworthinessResult
        Four criteria with what is described and what is not, and members' answers to findings.

    References
    ----------
    Lincoln & Guba (1985), Naturalistic Inquiry, for the criteria and techniques.

    Examples
    --------
    The shipped demonstration study, which is synthetic:

    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> study = load_study(shipped_study())
    >>> from omnistudy.study.provenance import provenance_of
    >>> result = trustworthiness_of(study, provenance_of(study))
    >>> [row["criterion"] for row in result.payload()["criteria"]]
    ['credibility', 'transferability', 'dependability', 'confirmability']
    """
    return TrustworthinessResult(
        provenance=provenance,
        member_checks=study.member_checks,
        interviews=tuple(interview.id for interview in in_order(study)),
        techniques=_techniques(study.trustworthiness),
        told=bool(study.trustworthiness),
        findings=tuple(_findings(study)),
        labels={code.id: code.label for code in study.codebook},
    )


def _techniques(rows: tuple[TrustTechnique, ...]) -> tuple[TechniqueState, ...]:
    said = [(row, technique_named(row.technique)) for row in rows]
    mentioned = {technique.id for _, technique in said if technique is not None}
    states = []
    for criterion in CRITERION_NAMES:
        own = [(row, technique) for row, technique in said if row.criterion == criterion]
        for known in TECHNIQUES:
            found = [row for row, technique in own if technique is known]
            states += [_state(row, known.id, known.title) for row in found]
            if known.criterion == criterion and known.id not in mentioned:
                states.append(
                    TechniqueState(criterion=criterion, id=known.id, title=known.title, state=NOT_DESCRIBED)
                )
        states += [
            _state(row, None, msg("{technique}", technique=row.technique))
            for row, technique in own
            if technique is None
        ]
    return tuple(states)


def _state(row: TrustTechnique, known: str | None, title: Message) -> TechniqueState:
    return TechniqueState(
        criterion=row.criterion, id=known, title=title, state=row.done, evidence=row.evidence, note=row.note
    )


def _findings(study: Study) -> list[Message]:
    """Say where the two tables leave something open or do not fit each other."""
    found = []
    checked = [
        row
        for row in study.trustworthiness
        if (technique := technique_named(row.technique)) is not None and technique.id == "member-checks"
    ]
    if any(row.done != "no" for row in checked) and not study.member_checks:
        found.append(
            msg("Member checks are described as done, but no table holds what the members answered.")
        )
    if study.member_checks and study.trustworthiness and not checked:
        found.append(
            msg(
                "Answers of members are recorded, but the table of techniques does not describe member checks."
            )
        )
    bare = [row.technique for row in study.trustworthiness if row.done == "yes" and not row.evidence]
    if bare:
        found.append(
            msg(
                "Described as done without naming any evidence: {techniques}.",
                techniques=listed(bare, apart=True),
            )
        )
    open_answers = [
        row for row in study.member_checks if row.answer != "agree" and not (row.comment or row.change)
    ]
    if open_answers:
        found.append(
            msg(
                "Members who did not fully agree, with neither a comment nor a change: {members}.",
                members=listed(list(dict.fromkeys(row.member for row in open_answers))),
            )
        )
    return found
