"""What ``verify`` found: whether the last report can be made again from the study as it is now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from omnistudy.results import Block, Column, Kind, Message, Number, Result, Table, msg


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it was: an input, an analysis, a file of the report or the version."""

    kind: Message
    name: str
    what: Message


@dataclass(frozen=True, kw_only=True)
class VerifyResult(Result):
    """Everything that differs from the manifest of the last report; empty when it can be made again."""

    command: ClassVar[str] = "verify"
    manifest: str
    checked: int
    differences: tuple[Difference, ...]

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Verification")

    @property
    def summary(self) -> Message:
        """Whether the report can be made again."""
        if not self.differences:
            return msg(
                "The report can be made again byte for byte: {n} inputs, analyses and files are as {manifest} says.",
                n=Number(self.checked, Kind.COUNT),
                manifest=self.manifest,
            )
        return msg(
            "The report differs from what {manifest} says in {n} places.",
            manifest=self.manifest,
            n=Number(len(self.differences), Kind.COUNT),
        )

    def payload(self) -> dict[str, object]:
        """The differences, and how many things were compared."""
        return {
            "verified": not self.differences,
            "checked": self.checked,
            "differences": [
                {"kind": str(item.kind), "name": item.name, "what": str(item.what)}
                for item in self.differences
            ],
        }

    def tables(self) -> tuple[Table, ...]:
        """One row per difference."""
        columns = (
            Column("kind", msg("Kind")),
            Column("name", msg("Name"), Kind.ID),
            Column("what", msg("Difference")),
        )
        rows = tuple((item.kind, item.name, item.what) for item in self.differences)
        return (Table(name="differences", columns=columns, rows=rows, caption=msg("Differences")),)

    def blocks(self) -> tuple[Block, ...]:
        """The differences, if there are any."""
        return self.tables() if self.differences else ()
