"""Small sheets that people fill in by hand: rows of named cells, numbers checked with their place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite

from omnistudy.errors import Problem, StudyError, did_you_mean
from omnistudy.study.bare_table import BareTable

_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩٫", "01234567890123456789.", "٬,")
_YES = frozenset({"1", "true", "yes", "y", "بله", "بلی"})
_NO = frozenset({"", "0", "false", "no", "n", "خیر", "نه"})


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: its number in the file (the header is row 1) and its texts."""

    number: int
    cells: dict[str, str]
    file: str

    def text(self, column: str) -> str:
        """The text of a cell; empty where there is none."""
        return self.cells.get(column, "")

    def value(self, column: str, low: float | None = None) -> float | None:
        """The number in a cell; ``None`` where it is empty.

        Raises
        ------
        StudyError
            When it is no number, or below ``low``.
        """
        written = self.text(column)
        if not written:
            return None
        try:
            number = float(written.translate(_DIGITS))
        except ValueError:
            number = float("nan")
        if not isfinite(number) or (low is not None and number < low):
            least = "" if low is None else f" of at least {low:g}"
            raise StudyError.of(
                f"'{written}' is not a number{least}.", "Correct the cell, or leave it empty.",
                file=self.file, row=self.number, column=column,
            )  # fmt: skip
        return number

    def truth(self, column: str) -> bool:
        """Yes or no; an empty cell is no.

        Raises
        ------
        StudyError
            When it is neither.
        """
        written = self.text(column)
        word = written.casefold().translate(_DIGITS)
        if word not in _YES | _NO:
            raise StudyError.of(
                f"'{written}' is neither yes nor no.",
                "Write yes or no.",
                file=self.file,
                row=self.number,
                column=column,
            )
        return word in _YES


def sheet_rows(table: BareTable, required: Sequence[str], known: Sequence[str]) -> tuple[SheetRow, ...]:
    """Read a bare table as a sheet.

    Raises
    ------
    StudyError
        When a required column is missing or a column is not known, with the nearest name.
    """
    names = {name.strip().casefold().replace(" ", "_"): name for name in table.columns}
    problems = []
    for column in required:
        if column not in names:
            near = did_you_mean(column, names)
            what = f"The sheet has no column {column}."
            problems.append(
                Problem(
                    what=what, remedy=near or f"Add it: {', '.join(required)}.", file=table.source.path, row=1
                )
            )
    for name in names:
        if name not in known:
            near = did_you_mean(name, known) or f"Known: {', '.join(known)}."
            problems.append(
                Problem(
                    what=f"'{name}' is not a column of this sheet.",
                    remedy=near,
                    file=table.source.path,
                    row=1,
                )
            )
    if problems:
        raise StudyError(problems)
    return tuple(_rows(table, names))


def _rows(table: BareTable, names: dict[str, str]) -> Iterator[SheetRow]:
    columns = {name: table.columns[theirs] for name, theirs in names.items()}
    for at in range(table.n_rows):
        cells = {name: f.labels[f.codes[at]] if f.codes[at] >= 0 else "" for name, f in columns.items()}
        if any(cells.values()):
            yield SheetRow(at + 2, cells, table.source.path)
