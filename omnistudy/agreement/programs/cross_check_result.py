"""The cross-check as a result of its own: what other packages say of the same ratings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.programs.cross_check import CrossCheck, cross_check
from omnistudy.agreement.ratings.rating_table import Ratings, SetRatings
from omnistudy.agreement.sources.from_study import ratings_of_study
from omnistudy.results import Block, Message, Number, Prose, Provenance, Result, Table, msg
from omnistudy.study.model import Study

NOTHING_TO_CHECK = msg("no other package computes these coefficients for such data")
NEITHER = msg("neither has a value on these ratings")


@dataclass(frozen=True, kw_only=True)
class CrossCheckResult(Result):
    """Comparisons with krippendorff, statsmodels and scikit-learn."""

    command: ClassVar[str] = "cross-check"
    found: CrossCheck

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Cross-check by other packages")

    @property
    def summary(self) -> Message:
        """How many values were compared and how far they are apart."""
        return self.found.sentence

    def payload(self) -> dict[str, object]:
        """The largest difference, and one object per comparison."""
        return {
            "largest_difference": self.found.largest,
            "reason": str(NOTHING_TO_CHECK) if self.found.largest is None else None,
            "rows": [
                {
                    "coefficient": row.coefficient,
                    "metric": row.metric,
                    "about": row.about,
                    "value": row.ours,
                    "peer": row.peer,
                    "peer_value": row.theirs,
                    "difference": row.difference,
                    "reason": str(NEITHER) if row.difference is None else None,
                }
                for row in self.found.rows
            ],
        }

    def tables(self) -> tuple[Table, ...]:
        """One row per comparison."""
        return (self.found.table(),)

    def blocks(self) -> tuple[Block, ...]:
        """The largest difference; the single comparisons only where they differ."""
        if self.found.largest is None:
            return ()
        largest = Prose(text=msg("The largest difference is {value}.", value=Number(self.found.largest)))
        return (largest,) if self.found.agrees else (largest, *self.tables())


class CrossCheckError(Exception):
    """Another package computes another value from the same ratings: a fault of this program or of that one."""


def cross_check_of_study(study: Study, options: AgreementOptions, provenance: Provenance) -> CrossCheckResult:
    """Recompute the agreement of a study from its raw ratings with other packages.

    Parameters
    ----------
    study, options
        As in :func:`~omnistudy.agreement.analysis.agreement_of_study`; only what chooses the ratings counts.
    provenance
        Where the result comes from.

    Returns
    -------
    CrossCheckResult
        Every value that another package computes too, with its own; ``found.agrees`` says whether none
        differs by more than 1e-9.

    Raises
    ------
    StudyError
        Settings that do not fit the study.

    Examples
    --------
    >>> from omnistudy.agreement.options import AgreementOptions
    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> from omnistudy.study.provenance import provenance_of
    >>> study = load_study(shipped_study())
    >>> options = AgreementOptions(level="category")
    >>> cross_check_of_study(study, options, provenance_of(study)).found.agrees
    True
    """
    found = cross_check(ratings_of_study(study, options).ratings)
    return CrossCheckResult(provenance=provenance, found=found)


def cross_check_of_table(ratings: Ratings | SetRatings, provenance: Provenance) -> CrossCheckResult:
    """Recompute the agreement of a bare table with other packages.

    Parameters
    ----------
    ratings
        One category, or a set of codes, per unit and coder.
    provenance
        Where the result comes from.

    Returns
    -------
    CrossCheckResult
        Every value that another package computes too, with its own; ``found.agrees`` says whether none
        differs by more than 1e-9.

    Examples
    --------
    The data of Krippendorff (2011), section C, whose nominal alpha is .743:

    >>> from omnistudy.agreement.matrices import ratings_of_matrix
    >>> from omnistudy.study.provenance import provenance_of
    >>> units = "11.1 2232 3333 3333 2222 1234 4444 1121 2222 .555 ..11 .3..".split()
    >>> data = ratings_of_matrix([[None if x == "." else x for x in coder] for coder in zip(*units)])
    >>> found = cross_check_of_table(data, provenance_of()).found
    >>> alpha = next(row for row in found.rows if row.coefficient == "krippendorff_alpha")
    >>> round(alpha.ours, 3), round(alpha.theirs, 3)
    (0.743, 0.743)
    >>> found.agrees
    True
    """
    return CrossCheckResult(provenance=provenance, found=cross_check(ratings))


def raise_faults(result: CrossCheckResult) -> None:
    """Raise the comparisons that differ by more than the tolerance.

    Raises
    ------
    CrossCheckError
        Naming each of them.
    """
    if not result.found.agrees:
        raise CrossCheckError(str(result.found.sentence))
