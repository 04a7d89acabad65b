"""What `compare` returns: the verdict with its reasons, and everything it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from omnistudy.replication import compare_blocks, compare_json
from omnistudy.replication.comparison import Concept, Found, LocalConcept
from omnistudy.replication.crosswalk import Crosswalk, Link
from omnistudy.replication.decoys import DecoyRate
from omnistudy.replication.freeze import FreezeReport
from omnistudy.replication.leave_out import LeftOut
from omnistudy.replication.options import CompareOptions
from omnistudy.replication.reference import ReferenceModel
from omnistudy.replication.reliability import CodingAgreement
from omnistudy.replication.reported import EdgeAgreement, RankAgreement
from omnistudy.replication.resampling import Recovery
from omnistudy.replication.respondents import RespondentGroup
from omnistudy.replication.role_agreement import RoleAgreement
from omnistudy.replication.verdict import Judgement, Measures
from omnistudy.replication.voters import VoterAgreement
from omnistudy.results import Block, Label, Message, Result, Table, msg
from omnistudy.study.model import Role
from omnistudy.study.settings import Thresholds


@dataclass(frozen=True, kw_only=True)
class CompareResult(Result):
    """The structured comparison of a study with a reference model.

    Parameters
    ----------
    reference, options, thresholds
        What was compared with, how, and the thresholds that the study declared.
    informed
        Whether the coders were given the model's frame.
    interviews
        The coded interviews.
    crosswalk, concepts, unmatched, phenomenon
        The settled crosswalk; every reference concept; the local concepts without counterpart; the links
        to the reference's phenomenon, which no count includes.
    recovery, role, role_collapsed, voters
        The measures.
    agreement, measured, judgement
        What the rule looked at, and what it says.
    left_out, groups, rank, edges, decoys
        What the verdict rests on, who holds what, what the reference allows beyond, and chance.
    freeze
        Whether the protocol was fixed beforehand.
    labels, local_roles
        Labels of the study's codes, and the roles of the local concepts that are counted.
    """

    reference: ReferenceModel
    options: CompareOptions
    thresholds: Thresholds
    informed: bool
    interviews: tuple[str, ...]
    crosswalk: Crosswalk
    concepts: tuple[Concept, ...]
    unmatched: tuple[LocalConcept, ...]
    phenomenon: tuple[Link, ...]
    recovery: Recovery
    role: RoleAgreement
    role_collapsed: RoleAgreement
    voters: tuple[VoterAgreement, ...]
    agreement: CodingAgreement
    measured: Measures
    judgement: Judgement
    left_out: tuple[LeftOut, ...]
    groups: tuple[RespondentGroup, ...]
    rank: RankAgreement
    edges: EdgeAgreement
    decoys: tuple[DecoyRate, ...]
    freeze: FreezeReport
    labels: Mapping[str, Label]
    local_roles: Mapping[str, Role | None]
    command: ClassVar[str] = "compare"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Structured comparison with a published model")

    @property
    def extensions(self) -> tuple[LocalConcept, ...]:
        """Stable local concepts without a counterpart: always reported, never held against the study."""
        return tuple(concept for concept in self.unmatched if concept.stable)

    def of_status(self, found: Found) -> tuple[Concept, ...]:
        """Return the reference concepts of a status."""
        return tuple(concept for concept in self.concepts if concept.found is found)

    @property
    def moved(self) -> tuple[Concept, ...]:
        """Matched concepts that play another role here."""
        return tuple(concept for concept in self.concepts if concept.moved)

    @property
    def summary(self) -> Message:
        """Say what was found and what the declared rule makes of it."""
        return compare_blocks.sentence(self)

    def payload(self) -> dict[str, object]:
        """Return the JSON object of the contract."""
        return compare_json.payload(self)

    def tables(self) -> tuple[Table, ...]:
        """Return the concepts first, then everything else as tables."""
        return compare_blocks.tables(self)

    def blocks(self) -> tuple[Block, ...]:
        """Return the section of a report."""
        return compare_blocks.blocks(self)
