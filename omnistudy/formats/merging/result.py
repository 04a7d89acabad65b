"""What `merge` returns: the report of an import, and how texts, people and codes were recognised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from omnistudy.formats.into_study.result import ImportResult
from omnistudy.formats.merging.merge import MergePlan
from omnistudy.formats.reading.imported import Check
from omnistudy.results import Block, Column, Kind, Message, Number, Table, msg


@dataclass(frozen=True, kw_only=True)
class MergeResult(ImportResult):
    """The report of a merge; ``dry_run`` says that nothing was written."""

    command: ClassVar[str] = "merge"
    merged: MergePlan

    @property
    def title(self) -> Message:
        """The heading of the report."""
        return msg("Merge")

    @property
    def summary(self) -> Message:
        """Where every coding went."""
        kept = self.merged.conservation
        values = {
            "given": Number(kept.given, Kind.COUNT),
            "added": Number(self.plan.added["codings"], Kind.COUNT),
            "held": Number(kept.held, Kind.COUNT),
            "duplicates": Number(kept.duplicates, Kind.COUNT),
            "refused": Number(kept.refused, Kind.COUNT),
            "coders": Number(len({row.coder for row in self.merged.coders}), Kind.COUNT),
        }
        if self.dry_run and self.plan.files:
            return msg(
                "{given} codings of {coders} coders would be {held} codings of the study, {added} of them new;"
                " {duplicates} are exact duplicates, {refused} have no place. Nothing was written.",
                **values,
            )
        return msg(
            "{given} codings of {coders} coders are {held} codings of the study, {added} of them new; {duplicates}"
            " are exact duplicates, {refused} have no place.",
            **values,
        )

    def payload(self) -> dict[str, object]:
        """Return the object of the contract and how everything was recognised."""
        kept = self.merged.conservation
        return {
            **super().payload(),
            "conservation": {
                "given": kept.given,
                "held": kept.held,
                "duplicates": kept.duplicates,
                "refused": kept.refused,
            },
            "sources": [
                {
                    "file": row.file,
                    "name": row.name,
                    "interview": row.interview,
                    "how": row.how,
                    "similarity": row.similarity,
                }
                for row in self.merged.sources
            ],
            "coders": [
                {"file": row.file, "name": row.name, "coder": row.coder, "how": row.how}
                for row in self.merged.coders
            ],
            "conflicts": [
                {"code": row.code, "what": str(row.what), "choice": str(row.choice)}
                for row in self.merged.conflicts
            ],
            "shifted": self.plan.checks.get(Check.SHIFTED, 0),
        }

    def tables(self) -> tuple[Table, ...]:
        """Return the tables of an import, then coders, realigned texts and codes in conflict."""
        coders = Table(
            name="coders",
            columns=(
                Column("file", msg("File"), Kind.ID),
                Column("name", msg("Name in the file"), Kind.ID),
                Column("coder", msg("Coder"), Kind.ID),
                Column("how", msg("Recognised by")),
            ),
            rows=tuple((row.file, row.name, row.coder, _HOW[row.how]) for row in self.merged.coders),
        )
        moved = Table(
            name="realigned",
            columns=(
                Column("file", msg("File"), Kind.ID),
                Column("name", msg("Document"), Kind.ID),
                Column("interview", msg("Interview"), Kind.ID),
                Column("similarity", msg("Equal characters"), Kind.SHARE),
            ),
            rows=tuple(
                (row.file, row.name, row.interview, row.similarity)
                for row in self.merged.sources
                if row.how == "realigned"
            ),
            caption=msg("Other versions of a text, whose quotations were carried over"),
        )
        conflicts = Table(
            name="conflicts",
            columns=(
                Column("code", msg("Code"), Kind.ID),
                Column("what", msg("Conflict")),
                Column("choice", msg("What was done")),
            ),
            rows=tuple((row.code, row.what, row.choice) for row in self.merged.conflicts),
        )
        return (*super().tables(), coders, moved, conflicts)

    def blocks(self) -> tuple[Block, ...]:
        """Return coders and conflicts before the report of the import."""
        coders, moved, conflicts = self.tables()[-3:]
        own = tuple(table for table in (coders, moved, conflicts) if table.rows)
        return (*own, *super().blocks())


_HOW = {
    "listed": msg("alias table"),
    "same": msg("the name"),
    "new": msg("nothing: new to the study"),
}
