"""Results whose blocks and tables are made once, though several documents and their parts ask for them."""

from __future__ import annotations

from dataclasses import dataclass

from omnistudy.results import Block, Message, Result, Table


@dataclass(frozen=True, kw_only=True)
class Once(Result):
    """A result as it answered when it was first asked; on a large study every answer takes seconds."""

    origin: Result
    command: str  # type: ignore[misc]  # of the result it stands for
    made_summary: Message
    made_tables: tuple[Table, ...]
    made_blocks: tuple[Block, ...]

    @classmethod
    def of(cls, result: Result) -> Once:
        """Ask a result everything that a document needs, unless somebody did already."""
        if isinstance(result, cls):
            return result
        return cls(
            provenance=result.provenance,
            origin=result,
            command=result.command,
            made_summary=result.summary,
            made_tables=result.tables(),
            made_blocks=result.blocks(),
        )

    @property
    def title(self) -> Message:
        """Its heading."""
        return self.origin.title

    @property
    def summary(self) -> Message:
        """Its sentence."""
        return self.made_summary

    def payload(self) -> dict[str, object]:
        """Its JSON object."""
        return self.origin.payload()

    def tables(self) -> tuple[Table, ...]:
        """Its tidy tables."""
        return self.made_tables

    def blocks(self) -> tuple[Block, ...]:
        """Its part of a page."""
        return self.made_blocks
