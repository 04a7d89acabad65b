"""What `freeze` returns: the hash to be deposited, and what was fixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from omnistudy.replication.freeze import PROTOCOL_FILE, canonical_hash, lines_of
from omnistudy.results import Block, Column, Kind, Message, Note, Number, Result, Status, Table, msg


@dataclass(frozen=True, kw_only=True)
class FreezeResult(Result):
    """A frozen protocol.

    Parameters
    ----------
    protocol
        What was fixed.
    date, codings
        What the local clock says, and the codings that the study has already.
    """

    protocol: Mapping[str, Any]
    date: str
    codings: int
    command: ClassVar[str] = "freeze"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Frozen protocol")

    @property
    def sha256(self) -> str:
        """Hash of the protocol."""
        return canonical_hash(self.protocol)

    @property
    def summary(self) -> Message:
        """Say what was written, and what has to be deposited."""
        return msg(
            "Wrote {file} in {mode} mode; deposit its hash {hash} before coding starts, because a local clock "
            "proves no date.",
            file=PROTOCOL_FILE,
            mode=str(self.protocol["mode"]),
            hash=self.sha256,
        )

    def payload(self) -> dict[str, object]:
        """Return the protocol with its hash."""
        return {
            "file": PROTOCOL_FILE,
            "sha256": self.sha256,
            "frozen": self.date,
            "codings": self.codings,
            "before_coding": self.codings == 0,
            "protocol": dict(self.protocol),
        }

    def tables(self) -> tuple[Table, ...]:
        """Return the protocol line by line."""
        return (
            Table(
                name="protocol",
                columns=(Column("line", msg("Line"), Kind.ID), Column("value", msg("Value"), Kind.ID)),
                rows=tuple(lines_of(self.protocol).items()),
            ),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return what was fixed, and a warning where coding has begun."""
        late: tuple[Block, ...] = ()
        if self.codings:
            late = (
                Note(
                    text=msg(
                        "The study has {codings} codings already, so that a comparison stays exploratory.",
                        codings=Number(self.codings, Kind.COUNT),
                    )
                ),
            )
        blind: tuple[Block, ...] = ()
        if self.protocol["mode"] == "blind":
            blind = (
                Note(
                    text=msg(
                        "The codebook is not frozen: in blind mode constant comparison must be free to change it."
                    ),
                    status=Status.NEUTRAL,
                ),
            )
        return (*late, *blind, *self.tables())
