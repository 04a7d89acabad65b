"""What `export --to reference` returns: the model, how much of it there is, and what it does not hold."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import ClassVar

from omnistudy.results import Block, Column, Kind, Message, Number, Result, Table, msg


@dataclass(frozen=True, kw_only=True)
class ModelExport(Result):
    """The model of a study as a reference for later studies.

    Parameters
    ----------
    text
        The model in TOML.
    file
        Where it was written, as the user sees it; ``None`` where it was printed.
    """

    command: ClassVar[str] = "export"
    text: str
    file: str | None

    @property
    def title(self) -> Message:
        """The heading of the report."""
        return msg("Export")

    @property
    def written(self) -> dict[str, int]:
        """How many codes, frequencies and relations the model holds."""
        model = tomllib.loads(self.text)
        return {kind: len(model.get(kind, ())) for kind in ("codes", "frequencies", "relations")}

    @property
    def summary(self) -> Message:
        """How much of the study's model later studies can be compared with."""
        found = self.written
        return msg(
            "The model has {codes} codes and {relations} relations; it holds no words of participants.",
            codes=Number(found["codes"], Kind.COUNT),
            relations=Number(found["relations"], Kind.COUNT),
        )

    def payload(self) -> dict[str, object]:
        """Return target, file or content, and counts, like every export."""
        return {
            "target": "reference",
            "file": self.file,
            "content": self.text if self.file is None else None,
            "written": self.written,
            "left_out": [],
            "warnings": [],
        }

    def tables(self) -> tuple[Table, ...]:
        """Return what was written."""
        columns = (Column("what", msg("What")), Column("count", msg("Number"), Kind.COUNT))
        return (Table(name="written", columns=columns, rows=tuple(self.written.items())),)

    def blocks(self) -> tuple[Block, ...]:
        """Return the counts."""
        return self.tables()
