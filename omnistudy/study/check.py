"""What ``check`` says of a study that could be loaded: its warnings, and what is still to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from omnistudy.errors import Problem, Severity
from omnistudy.results import (
    Block,
    Column,
    Kind,
    Message,
    Note,
    Number,
    Result,
    Status,
    Table,
    listed,
    msg,
)
from omnistudy.study.model import Role, Study


@dataclass(frozen=True, kw_only=True)
class CheckResult(Result):
    """A study without errors. Counts are of interviews, codings, codes and verified quotes."""

    command: ClassVar[str] = "check"
    problems: tuple[Problem, ...]
    interviews: int
    codings: int
    codes: int
    quotes_checked: int
    to_come: tuple[Message, ...]

    @classmethod
    def of(cls, study: Study, **shared: object) -> CheckResult:
        """Gather what ``load_study`` found; ``shared`` is the provenance."""
        return cls(
            problems=study.warnings,
            interviews=len(study.interviews),
            codings=len(study.codings),
            codes=len(study.codebook.codes),
            quotes_checked=study.quotes_checked,
            to_come=_to_come(study),
            **shared,  # type: ignore[arg-type]
        )

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Check of the input")

    @property
    def summary(self) -> Message:
        """Counts, and whether anything needs attention."""
        counts = {
            "interviews": Number(self.interviews, Kind.COUNT),
            "codings": Number(self.codings, Kind.COUNT),
            "codes": Number(self.codes, Kind.COUNT),
            "quotes": Number(self.quotes_checked, Kind.COUNT),
            "warnings": Number(len(self.problems), Kind.COUNT),
        }
        return msg(
            "The study can be read. Interviews: {interviews}, codes: {codes}, codings: {codings}, quotes verified"
            " against the text: {quotes}, warnings: {warnings}.",
            **counts,
        )

    def payload(self) -> dict[str, object]:
        """Problems as the contract states them, and what is still to come."""
        return {
            "problems": [
                {
                    "severity": str(problem.severity),
                    "file": problem.file,
                    "row": problem.row,
                    "column": problem.column,
                    "what": problem.what,
                    "remedy": problem.remedy,
                }
                for problem in self.problems
            ],
            "interviews": self.interviews,
            "codes": self.codes,
            "codings": self.codings,
            "quotes_verified": self.quotes_checked,
            "to_come": [str(message) for message in self.to_come],
        }

    def tables(self) -> tuple[Table, ...]:
        """The warnings, one per row."""
        columns = (
            Column("severity", msg("Severity")),
            Column("file", msg("File"), Kind.ID),
            Column("row", msg("Row"), Kind.COUNT),
            Column("column", msg("Column"), Kind.ID),
            Column("what", msg("What"), Kind.SENTENCE),
            Column("remedy", msg("Remedy"), Kind.SENTENCE),
        )
        weights = {Severity.ERROR: msg("error"), Severity.WARNING: msg("warning")}
        rows = tuple((weights[p.severity], p.file, p.row, p.column, p.what, p.remedy) for p in self.problems)
        return (Table(name="problems", columns=columns, rows=rows, caption=msg("Warnings")),)

    def blocks(self) -> tuple[Block, ...]:
        """The warnings if any, and what is still to come."""
        blocks: list[Block] = []
        if self.problems:
            blocks.extend(self.tables())
        blocks.extend(Note(text=message, status=Status.NEUTRAL) for message in self.to_come)
        return tuple(blocks)


def _to_come(study: Study) -> tuple[Message, ...]:
    """Return what the study does not have yet, in the order in which it is needed, each with its place."""
    settings = study.settings
    notes: list[Message] = []
    if not study.interviews:
        notes.append(
            msg("Still to come: transcripts in the folder {folder}.", folder=settings.interviews.transcripts)
        )
    if not study.codings:
        notes.append(
            msg(
                "Still to come: codings, which an import brings with their codes, or rows in {file}.",
                file=settings.codings.files[0].file if settings.codings.files else "codings.csv",
            )
        )
    elif not any(study.codebook.role_of(code.id) for code in study.codebook):
        notes.append(
            msg(
                "Still to come, for the paradigm model: a role for each category in the column role of {file}, one of"
                " {roles}.",
                file=settings.codebook.file or "codebook.csv",
                roles=listed([str(role) for role in Role]),
            )
        )
    if study.codings and not study.relations:
        notes.append(
            msg(
                "Still to come, for the arrows of the model: relations between the categories, in {file}.",
                file=settings.theory.relations or "[theory] relations",
            )
        )
    if study.codings and settings.reference.model is None:
        notes.append(
            msg("If the study is to be compared with a published model, name it under [reference] model.")
        )
    return tuple(notes)
