"""What went wrong, where, and what to do about it.

Everything left of the immutable :class:`~omnistudy.study.model.Study` may fail, and fails in full:
problems are collected and raised together as one :class:`StudyError`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

LONGEST_NAME = 200


class Severity(StrEnum):
    """How much a problem weighs: an error stops the command, a warning is only reported."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with an input.

    Parameters
    ----------
    what
        The fault in one sentence, in the words of the user's files. Never holds transcript text
        beyond the few characters that identify a row.
    remedy
        What the user can do about it, as an imperative sentence.
    file
        The file as the user named it, relative to the study folder where it lies inside.
    row
        1-based row of a table (the header is row 1) or line of a text; ``None`` where there is none.
    column
        Name of the column or key; ``None`` where there is none.
    severity
        Whether the command can go on.
    """

    what: str
    remedy: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    severity: Severity = Severity.ERROR

    @property
    def place(self) -> str:
        """The file, row and column as one phrase, for example ``codings.csv row 14, code``."""
        place = self.file or ""
        if self.row is not None:
            place = f"{place} row {self.row}".strip()
        if self.column is not None:
            place = f"{place}, {self.column}" if place else self.column
        return place

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.what} {self.remedy}".strip()


class StudyError(Exception):
    """Bad input: every problem that was found, in the order of the files.

    Parameters
    ----------
    problems
        At least one problem of severity ``error``; warnings may stand between them.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def of(cls, what: str, remedy: str, **where: str | int | None) -> StudyError:
        """Build the error of a single problem; ``where`` takes ``file``, ``row`` and ``column``."""
        return cls([Problem(what=what, remedy=remedy, **where)])  # type: ignore[arg-type]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``"Did you mean 'x'?"`` for the nearest known name, or an empty string.

    Near means a similarity of at least 0.6 by ``difflib``; case is ignored. Names of more than 200
    characters are near to nothing, because the similarity of two of them takes the square of their length.
    """
    if len(name) > LONGEST_NAME:
        return ""
    by_fold = {candidate.casefold(): candidate for candidate in known if len(candidate) <= LONGEST_NAME}
    near = difflib.get_close_matches(name.casefold(), list(by_fold), n=1, cutoff=0.6)
    return f"Did you mean '{by_fold[near[0]]}'?" if near else ""
