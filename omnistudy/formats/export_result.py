"""What `export` returns: which file was made, what it holds, and what of the study it cannot hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from omnistudy.formats.exported import Exported
from omnistudy.results import Block, Column, Kind, Message, Note, Number, Result, Table, msg


@dataclass(frozen=True, kw_only=True)
class ExportResult(Result):
    """The report of an export.

    Parameters
    ----------
    target
        What the study was exported to, for example ``qdpx``.
    file
        The file that was written, as the user sees it.
    exported
        Its bytes, counts and losses.
    """

    command: ClassVar[str] = "export"
    target: str
    file: str
    exported: Exported

    @property
    def title(self) -> Message:
        """The heading of the report."""
        return msg("Export")

    @property
    def summary(self) -> Message:
        """What was written, and how much the format cannot hold."""
        lost = sum(item.count for item in self.exported.left_out)
        return msg(
            "Exported to {file}: {codings} codings, {codes} codes, {memos} memos; {lost} things have no place in it.",
            file=self.file,
            codings=Number(self.exported.counts.get("codings", 0), Kind.COUNT),
            codes=Number(self.exported.counts.get("codes", 0), Kind.COUNT),
            memos=Number(self.exported.counts.get("memos", 0), Kind.COUNT),
            lost=Number(lost, Kind.COUNT),
        )

    def payload(self) -> dict[str, object]:
        """Return target, file, written, left_out and warnings; the content stands in the file."""
        return {
            "target": self.target,
            "file": self.file,
            "content": None,
            "written": dict(self.exported.counts),
            "left_out": [
                {"what": str(item.what), "count": item.count, "why": str(item.why)}
                for item in self.exported.left_out
            ],
            "warnings": [str(warning) for warning in self.exported.warnings],
        }

    def tables(self) -> tuple[Table, ...]:
        """Return what was written, and what was left out."""
        return (
            Table(
                name="written",
                columns=(Column("what", msg("What")), Column("count", msg("Number"), Kind.COUNT)),
                rows=tuple(self.exported.counts.items()),
            ),
            Table(
                name="left_out",
                columns=(
                    Column("what", msg("Left out")),
                    Column("count", msg("Number"), Kind.COUNT),
                    Column("why", msg("Why")),
                ),
                rows=tuple((item.what, item.count, item.why) for item in self.exported.left_out),
            ),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the report for people."""
        written, left_out = self.tables()
        notes = tuple(Note(text=warning) for warning in self.exported.warnings)
        return (written, *((left_out,) if left_out.rows else ()), *notes)
