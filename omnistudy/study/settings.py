"""study.toml as typed settings: every key of the contract, nothing else.

Unknown keys are refused (with the nearest known one) by :mod:`omnistudy.study.load`, because a
misspelt key that is silently ignored changes a published number.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

UnitName = Literal["character", "token", "sentence", "paragraph", "turn", "quotation", "interview"]
LevelName = Literal["code", "subcategory", "category"]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class StudySection(_Section):
    """``[study]``: identity, language of the transcripts, and whether the data are made up."""

    id: str = Field(min_length=1, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    title: str = ""
    language: str = "en"
    synthetic: bool = False


class InterviewsSection(_Section):
    """``[interviews]``: where the transcripts lie and how they are written.

    ``encoding`` is needed only for files that are neither UTF-8 nor UTF-16. ``interviewers`` adds
    names to the words by which the interviewer's turns are recognised.
    """

    transcripts: str = "transcripts"
    attributes: str | None = None
    encoding: str | None = None
    interviewers: tuple[str, ...] = ()
    excerpt: bool = False

    @field_validator("interviewers", mode="before")
    @classmethod
    def _as_tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value


class CodingFile(_Section):
    """One entry of ``codings.files``; a bare string is the same as ``{file = "…"}``."""

    file: str
    coder: str | None = None


class CodingsSection(_Section):
    """``[codings]``: the codings, who saw what, and what kind of coder each is."""

    files: tuple[CodingFile, ...] = ()
    seen: str | None = None
    coders: str | None = None

    @field_validator("files", mode="before")
    @classmethod
    def _entries(cls, value: object) -> object:
        if isinstance(value, str):
            value = [value]
        if isinstance(value, list):
            return tuple({"file": entry} if isinstance(entry, str) else entry for entry in value)
        return value


class CodebookSection(_Section):
    """``[codebook]``: the code tree and the role votes."""

    file: str | None = None
    roles: str | None = None


class TheorySection(_Section):
    """``[theory]``: relations, propositions and memos, and what was done to earn trust in them."""

    relations: str | None = None
    propositions: str | None = None
    memos: str | None = None
    member_checks: str | None = None
    trustworthiness: str | None = None


class AnalysisSection(_Section):
    """``[analysis]``: whose codings feed counts and model, and whose speech is data."""

    codings: str | None = None
    speakers: Literal["participants", "all"] = "participants"

    @field_validator("codings")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        if value is None or value in {"consensus", "majority", "any"}:
            return value
        if value.startswith("lead:") and value[5:].strip():
            return value
        raise ValueError("must be consensus, lead:<coder>, majority or any")


class AgreementSection(_Section):
    """``[agreement]``: what is compared, at which level, between whom."""

    unit: UnitName = "turn"
    level: LevelName = "subcategory"
    coders: tuple[str, ...] | None = None
    round: str | None = None
    double_coded: tuple[str, ...] | None = None
    min_overlap: int | str = 1

    @field_validator("coders", "double_coded", mode="before")
    @classmethod
    def _as_tuple(cls, value: object) -> object:
        return tuple(value) if isinstance(value, list) else value

    @field_validator("min_overlap")
    @classmethod
    def _overlap(cls, value: int | str) -> int | str:
        if isinstance(value, int):
            if value < 1:
                raise ValueError("must be at least 1 character, or a share such as '50%'")
            return value
        share = value.strip().removesuffix("%")
        try:
            number = float(share)
        except ValueError:
            number = 0.0
        if not value.strip().endswith("%") or not 0 < number <= 100:
            raise ValueError("must be at least 1 character, or a share such as '50%'")
        return value


class Thresholds(_Section):
    """Thresholds of the structured comparison, declared before coding."""

    recall: float = 0.80
    role_kappa: float = 0.61
    alpha: float = 0.667
    coverage: float = 0.90


class ReferenceSection(_Section):
    """``[reference]``: the published model and the crosswalk to it."""

    model: str | None = None
    crosswalk: str | None = None
    mode: Literal["blind", "informed"] = "blind"
    thresholds: Thresholds = Thresholds()


class CrmSection(_Section):
    """``[crm]``: customer records, their column map, the links to the model and the audits' sheets.

    ``calendar`` groups by month, ``goal`` names the event that is a conversion, ``inactive_days`` the
    silence after which a customer counts as lost: the report has no options for them.
    """

    events: str | None = None
    transactions: str | None = None
    survey: str | None = None
    tickets: str | None = None
    ops: str | None = None
    identity_map: str | None = None
    preferences: str | None = None
    cases: str | None = None
    columns: str | None = None
    calendar: Literal["gregorian", "jalali"] = "gregorian"
    goal: str | None = None
    inactive_days: int | None = Field(default=None, ge=1)
    links: str | None = None
    registered: str | None = None
    funnel: str | None = None
    gap: str | None = None
    maturity: str | None = None
    readiness: str | None = None
    ecrm: str | None = None


class ReportSection(_Section):
    """``[report]``: what the researcher answers where no file can, for the reporting checklists."""

    answers: str | None = None


class StudySettings(_Section):
    """The whole of study.toml."""

    study: StudySection
    interviews: InterviewsSection = InterviewsSection()
    codings: CodingsSection = CodingsSection()
    codebook: CodebookSection = CodebookSection()
    theory: TheorySection = TheorySection()
    analysis: AnalysisSection = AnalysisSection()
    agreement: AgreementSection = AgreementSection()
    reference: ReferenceSection = ReferenceSection()
    crm: CrmSection = CrmSection()
    report: ReportSection = ReportSection()
