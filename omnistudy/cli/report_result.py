"""What ``report`` and ``run`` answer: the sentences of all sections, and where the files are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from omnistudy.cli.in_short import in_short
from omnistudy.results import Block, Column, Kind, Message, Number, Prose, Result, Table, msg


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
        return (*(Prose(text=section.summary) for section in self.sections), self.written())

    def written(self) -> Table:
        """The files of the report; its figures are counted, not listed."""
        pages = [file for file in self.files if "/figures/" not in file]
        drawn = len(self.files) - len(pages)
        return Table(
            name="files",
            columns=(Column("file", msg("Written"), Kind.ID),),
            rows=tuple((file,) for file in pages),
            note=msg("and {n} figures beside them", n=Number(drawn, Kind.COUNT)) if drawn else None,
        )


@dataclass(frozen=True, kw_only=True)
class RunResult(ReportResult):
    """The same for ``run``, with what a reader wants to know first instead of every sentence."""

    command: ClassVar[str] = "run"

    def payload(self) -> dict[str, object]:
        """The report's object with the first answers."""
        return {**super().payload(), "in_short": [line.as_json() for line in in_short(self.sections)]}

    def tables(self) -> tuple[Table, ...]:
        """The first answers, then one row per section."""
        return (self._short(), *super().tables())

    def blocks(self) -> tuple[Block, ...]:
        """The first answers, then the files."""
        return (self._short(), self.written())

    def _short(self) -> Table:
        return Table(
            name="in_short",
            columns=(Column("about", msg("In short")), Column("answer", msg("What the study says"))),
            rows=tuple((line.about, line.answer) for line in in_short(self.sections)),
        )
