"""What `anonymize` returns: how often every row of the table was found, and what became of the quotes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from omnistudy.formats.anonymizing.anonymize import AnonymizedCopy, replacements_unused
from omnistudy.formats.anonymizing.replacements import Replacement
from omnistudy.results import Block, Column, Kind, Message, Note, Number, Result, Table, msg


@dataclass(frozen=True, kw_only=True)
class AnonymizeResult(Result):
    """The report of an anonymised copy; ``verified`` quotes were compared when it was read back."""

    command: ClassVar[str] = "anonymize"
    copy: AnonymizedCopy
    rows: tuple[Replacement, ...]
    verified: int

    @property
    def title(self) -> Message:
        """The heading of the report."""
        return msg("Anonymised copy")

    @property
    def summary(self) -> Message:
        """How much was replaced, and whether the quotations kept their words."""
        return msg(
            "{n} places in transcripts and {tables} in tables replaced; {quotations} quotations carried over,"
            " {verified} quotes verified in the copy; {unused} rows of the table matched nothing.",
            n=Number(sum(self.copy.in_texts.values()), Kind.COUNT),
            tables=Number(sum(self.copy.in_tables.values()), Kind.COUNT),
            quotations=Number(self.copy.quotations, Kind.COUNT),
            verified=Number(self.verified, Kind.COUNT),
            unused=Number(len(replacements_unused(self.rows, self.copy)), Kind.COUNT),
        )

    def payload(self) -> dict[str, object]:
        """Return counts per row of the table; the words themselves stay in the table."""
        copy = self.copy
        return {
            "replacements": [
                {
                    "row": row.row,
                    "kind": row.kind or None,
                    "transcripts": copy.in_texts.get(row.row, 0),
                    "tables": copy.in_tables.get(row.row, 0),
                }
                for row in self.rows
            ],
            "unused": [row.row for row in replacements_unused(self.rows, copy)],
            "quotations": {
                "carried": copy.quotations,
                "changed": copy.touched,
                "widened": copy.widened,
                "verified": self.verified,
            },
            "renamed": len(copy.renamed),
            "synthetic_copy": copy.synthetic,
            "files": list(copy.files),
            "left_out": list(copy.left_out),
            "warnings": [str(warning) for warning in copy.warnings],
        }

    def tables(self) -> tuple[Table, ...]:
        """Return counts per row; what is found is not shown, so that the report can be kept."""
        return (
            Table(
                name="replacements",
                columns=(
                    Column("row", msg("Row of the table"), Kind.COUNT),
                    Column("replace", msg("Replacement"), Kind.ID),
                    Column("transcripts", msg("In transcripts"), Kind.COUNT),
                    Column("tables", msg("In tables"), Kind.COUNT),
                ),
                rows=tuple(
                    (
                        row.row,
                        row.replace,
                        self.copy.in_texts.get(row.row, 0),
                        self.copy.in_tables.get(row.row, 0),
                    )
                    for row in self.rows
                ),
            ),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the table, then everything that asks for a look."""
        notes = list(self.copy.warnings)
        if self.copy.widened:
            notes.append(
                msg(
                    "{n} quotations began or ended inside a replaced word and now hold it whole.",
                    n=Number(self.copy.widened, Kind.COUNT),
                )
            )
        if unused := replacements_unused(self.rows, self.copy):
            notes.append(
                msg(
                    "Rows that matched nothing: {rows}. Look for other spellings.",
                    rows=", ".join(str(row.row) for row in unused),
                )
            )
        if self.copy.left_out:
            notes.append(
                msg(
                    "Not copied, because no words are replaced in them: {files}.",
                    files=", ".join(self.copy.left_out),
                )
            )
        if self.copy.synthetic:
            notes.append(msg("The study is synthetic, and so is the copy."))
        return (*self.tables(), *(Note(text=note) for note in notes))
