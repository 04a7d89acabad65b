"""What ``report`` and ``run`` answer: the sentences of all sections, and where the files are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from omnistudy.results import Block, Column, Kind, Message, Prose, Result, Table, msg


@dataclass(frozen=True, kw_only=True)
class ReportResult(Result):
    """The sections of a report and the files it was written to, relative to the current folder."""

    command: ClassVar[str] = "report"
    sections: Sequence[Result]
    files: tuple[str, ...]

    @property
    def title(self) -> Message:
        """Heading of the summary."""
        return msg("Report")

    @property
    def summary(self) -> Message:
        """Where to read."""
        return msg("The report is {file}.", file=self.files[0])

    def payload(self) -> dict[str, object]:
        """Sections with their sentences, and the files."""
        return {
            "sections": [
                {"command": section.command, "title": str(section.title), "summary": str(section.summary)}
                for section in self.sections
            ],
            "files": list(self.files),
        }

    def tables(self) -> tuple[Table, ...]:
        """One row per section."""
        columns = (
            Column("section", msg("Section")),
            Column("summary", msg("In one sentence")),
        )
        rows = tuple((section.title, section.summary) for section in self.sections)
        return (Table(name="sections", columns=columns, rows=rows),)

    def blocks(self) -> tuple[Block, ...]:
        """The sentences, then the files."""
        files = Table(
            name="files",
            columns=(Column("file", msg("Written"), Kind.ID),),
            rows=tuple((file,) for file in self.files),
        )
        return (*(Prose(text=section.summary) for section in self.sections), files)


@dataclass(frozen=True, kw_only=True)
class RunResult(ReportResult):
    """The same for ``run``."""

    command: ClassVar[str] = "run"
