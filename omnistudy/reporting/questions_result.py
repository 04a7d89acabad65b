"""The ten questions with the study's answers in one sentence each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from omnistudy.reporting.answers import Answers
from omnistudy.reporting.checklists import Filled, FilledItem, filled
from omnistudy.reporting.filled_table import item_json, joined, said
from omnistudy.reporting.material import Material, count
from omnistudy.reporting.questions import QUESTIONS
from omnistudy.results import Block, Column, Message, Provenance, Result, Table, Undefined, msg

_SILENT = msg("the study has no data that would answer it")


@dataclass(frozen=True, kw_only=True)
class QuestionsResult(Result):
    """Every question with its answer, or with the statement that there is none."""

    rows: tuple[FilledItem, ...]
    command: ClassVar[str] = "questions"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return QUESTIONS.title

    @property
    def summary(self) -> Message:
        """Say how many have an answer."""
        answered = sum(one.status is not Filled.OPEN for one in self.rows)
        return msg(
            "The report answers {answered} of {n} questions from the study's data.",
            answered=count(answered),
            n=count(len(self.rows)),
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        return {"questions": [item_json(one) for one in self.rows]}

    def tables(self) -> tuple[Table, ...]:
        """Return one row a question."""
        return (
            Table(
                name="questions",
                columns=(
                    Column("question", msg("Question")),
                    Column("answer", msg("In one sentence")),
                    Column("where", msg("Where")),
                ),
                rows=tuple(
                    (one.item.text, said(one) or Undefined(_SILENT), joined(one.where)) for one in self.rows
                ),
            ),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the table."""
        return self.tables()


def questions_of(material: Material, answers: Answers, provenance: Provenance) -> QuestionsResult:
    """Answer the questions as far as the sections of the report do."""
    return QuestionsResult(provenance=provenance, rows=tuple(filled(QUESTIONS, material, answers)))
