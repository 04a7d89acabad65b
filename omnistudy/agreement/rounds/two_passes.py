"""Two passes over the same interviews as theses report them: total, agreements, disagreements, per cent.

Test–retest (one coder twice) and two coders use the same count: twice the shared codes over all codes of
both passes, which is Holsti's coefficient and the Dice measure. It is not corrected for chance.

Source: Khastar (2009), Methodology of Social Sciences and Humanities 15(58), 161-174 (abstract); Holsti
(1969), Content Analysis for the Social Sciences and Humanities; threshold of 60 % after Kvale (1996).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import ClassVar

import numpy as np

from omnistudy.agreement.ratings.rating_table import MISSING, PRESENT, SetRatings
from omnistudy.errors import StudyError
from omnistudy.results import (
    Block,
    Cell,
    Column,
    Kind,
    Message,
    Note,
    Number,
    Provenance,
    Result,
    Status,
    Table,
    Undefined,
    msg,
)

THRESHOLD = 0.60
MOST_CODERS = 5
"""With more coders the pairs would fill pages; theses print the table for two."""
NO_CODES = msg("neither pass gave a code")
KINDS = {"retest": msg("Test–retest reliability"), "coders": msg("Reliability between two coders")}
NO_CHANCE = msg(
    "Per cent is twice the agreements over the codes of both passes (Holsti, Dice), not corrected for chance; "
    "the usual threshold is 60 %."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PassCounts:
    """Codes of two passes over the same material.

    Parameters
    ----------
    interview
        ``None`` for all interviews together.
    first, second
        Codes given in each pass, one for every unit that carries a code.
    agreements
        Codes that both passes gave to the same unit.
    """

    interview: str | None
    first: int
    second: int
    agreements: int

    @property
    def total(self) -> int:
        """Codes of both passes together."""
        return self.first + self.second

    @property
    def disagreements(self) -> int:
        """Codes that stand in one pass only."""
        return self.total - 2 * self.agreements

    @property
    def share(self) -> float | None:
        """Twice the agreements over the total; ``None`` where nobody coded."""
        return 2 * self.agreements / self.total if self.total else None

    def as_json(self) -> dict[str, object]:
        """The counts as JSON values."""
        return {
            "interview": self.interview,
            "total": self.total,
            "agreements": self.agreements,
            "disagreements": self.disagreements,
            "percent": None if self.share is None else 100 * self.share,
            "reason": str(NO_CODES) if self.share is None else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoPasses:
    """Two passes over several interviews; ``kind`` is retest (one coder's rounds) or coders.

    ``coder`` is set for a retest, whose ``first`` and ``second`` are then rounds; the last row of ``rows`` is
    all interviews together.
    """

    kind: str
    coder: str | None
    first: str
    second: str
    unit: str
    rows: tuple[PassCounts, ...]

    def as_json(self) -> dict[str, object]:
        """The comparison as JSON values."""
        return {
            "kind": self.kind,
            "coder": self.coder,
            "first": self.first,
            "second": self.second,
            "unit": self.unit,
            "rows": [row.as_json() for row in self.rows],
        }


def passes_of_coders(ratings: SetRatings, unit: str) -> tuple[TwoPasses, ...]:
    """Return every pair of coders, interview by interview, with all interviews last.

    Nothing with more than :data:`MOST_CODERS` coders.
    """
    if len(ratings.coders) > MOST_CODERS:
        return ()
    return tuple(
        TwoPasses(
            kind="coders",
            coder=None,
            first=ratings.coders[one],
            second=ratings.coders[other],
            unit=unit,
            rows=count_passes(ratings, one, other),
        )
        for one, other in combinations(range(len(ratings.coders)), 2)
    )


def passes_of_rounds(ratings: SetRatings, coder: str, unit: str) -> TwoPasses:
    """Return one coder's two rounds; the "coders" of ``ratings`` are the rounds."""
    first, second = ratings.coders
    return TwoPasses(
        kind="retest",
        coder=coder,
        first=first,
        second=second,
        unit=unit,
        rows=count_passes(ratings, 0, 1),
    )


def count_passes(ratings: SetRatings, one: int, other: int) -> tuple[PassCounts, ...]:
    """Count the codes of two passes per interview, on the units that both rated; all together last.

    A unit that stands for several equal ones (a run of characters) counts as often. Interviews that one
    of the two did not see have no row. A code that did not exist in a pass is no disagreement.
    """
    states = np.vstack([ratings.states, np.full((1, len(ratings.codes)), MISSING, np.int8)])
    first, second = states[ratings.index[one]], states[ratings.index[other]]
    both = (first != MISSING) & (second != MISSING)
    weight = np.ones(ratings.frame.rows, np.int64) if ratings.frame.weight is None else ratings.frame.weight
    given = [
        ((mask & both).sum(axis=1) * weight).astype(np.int64)
        for mask in (first == PRESENT, second == PRESENT, (first == PRESENT) & (second == PRESENT))
    ]
    rated = (ratings.index[one] >= 0) & (ratings.index[other] >= 0)
    rows = []
    where = ratings.frame.interview
    for at, name in enumerate(ratings.frame.interviews if where is not None else ()):
        here = (where == at) & rated
        if here.any():
            sums = [int(part[here].sum()) for part in given]
            rows.append(PassCounts(interview=name, first=sums[0], second=sums[1], agreements=sums[2]))
    sums = [int(part[rated].sum()) for part in given]
    return (*rows, PassCounts(interview=None, first=sums[0], second=sums[1], agreements=sums[2]))


def passes_table(items: Sequence[TwoPasses]) -> Table:
    """Return the table that theses print, one row per pair and interview, with all interviews last."""
    rows: list[tuple[Cell, ...]] = [
        (
            KINDS[item.kind],
            _names(item),
            msg("all interviews") if row.interview is None else row.interview,
            row.total,
            row.agreements,
            row.disagreements,
            Undefined(NO_CODES) if row.share is None else row.share,
        )
        for item in items
        for row in item.rows
    ]
    return Table(
        name="agreement-percent",
        columns=(
            Column("kind", msg("Reliability")),
            Column("passes", msg("Passes")),
            Column("interview", msg("Interview"), Kind.ID),
            Column("total", msg("Total codes"), Kind.COUNT),
            Column("agreements", msg("Agreements"), Kind.COUNT),
            Column("disagreements", msg("Disagreements"), Kind.COUNT),
            Column("percent", msg("Per cent of agreement"), Kind.SHARE),
        ),
        rows=tuple(rows),
        note=NO_CHANCE,
    )


def _names(item: TwoPasses) -> Message:
    if item.coder is None:
        return msg("{first} and {second}", first=item.first, second=item.second)
    return msg("{coder}: {first}, {second}", coder=item.coder, first=item.first, second=item.second)


@dataclass(frozen=True, kw_only=True)
class PassAudit(Result):
    """The result of ``audit holsti``: the row of a thesis from three counts."""

    counts: PassCounts
    command: ClassVar[str] = "audit-holsti"

    @property
    def title(self) -> Message:
        """The heading in a report."""
        return msg("Per cent of agreement from three counts")

    @property
    def summary(self) -> Message:
        """One honest sentence."""
        return msg(
            "{agreements} agreements among {total} codes of both passes leave {disagreements} disagreements: "
            "{percent} agreement, under both names (test–retest, two coders) and without correction for chance.",
            agreements=Number(self.counts.agreements, Kind.COUNT),
            total=Number(self.counts.total, Kind.COUNT),
            disagreements=Number(self.counts.disagreements, Kind.COUNT),
            percent=Number(self.counts.share, Kind.SHARE),
        )

    def payload(self) -> dict[str, object]:
        """The row, with the coefficient and the threshold of its source."""
        return {
            "first": self.counts.first,
            "second": self.counts.second,
            **self.counts.as_json(),
            "holsti": self.counts.share,
            "threshold_percent": 100 * THRESHOLD,
            "above_threshold": self.counts.share is not None and self.counts.share > THRESHOLD,
        }

    def tables(self) -> tuple[Table, ...]:
        """The row as theses print it, under both names."""
        found = self.counts
        rows = tuple(
            (title, found.total, found.agreements, found.disagreements, found.share)
            for title in KINDS.values()
        )
        columns = (
            Column("kind", msg("Reliability")),
            Column("total", msg("Total codes"), Kind.COUNT),
            Column("agreements", msg("Agreements"), Kind.COUNT),
            Column("disagreements", msg("Disagreements"), Kind.COUNT),
            Column("percent", msg("Per cent of agreement"), Kind.SHARE),
        )
        return (Table(name="audit-holsti", columns=columns, rows=rows, note=NO_CHANCE),)

    def blocks(self) -> tuple[Block, ...]:
        """The table; a note where the usual threshold is missed."""
        if self.counts.share is not None and self.counts.share <= THRESHOLD:
            said = msg("The usual threshold of 60 % is not passed.")
            return (*self.tables(), Note(text=said, status=Status.WARNING))
        return self.tables()


def audit_passes(first: int, second: int, agreements: int, provenance: Provenance) -> PassAudit:
    """Return the per cent of agreement of two passes, by one coder twice or by two coders.

    Parameters
    ----------
    first, second
        Codes given in each pass, N1 and N2.
    agreements
        Codes that both gave, M; the value is 2 M / (N1 + N2).
    provenance
        Where the result comes from.

    Returns
    -------
    PassAudit
        The counts, with ``counts.share`` from 0 to 1, not corrected for chance.

    Raises
    ------
    StudyError
        Without any code, or with more agreements than either pass has codes.

    References
    ----------
    Holsti (1969), Content Analysis for the Social Sciences and Humanities. Khastar (2009), Methodology of
    Social Sciences and Humanities 15(58), 161-174, for test–retest and two coders in interview studies.

    Examples
    --------
    Worked by hand: 2 17 / (22 + 20) = 80.95 %, and 42 - 34 = 8 disagreements.

    >>> from omnistudy.study.provenance import provenance_of
    >>> counts = audit_passes(22, 20, 17, provenance_of()).counts
    >>> round(100 * counts.share, 2), counts.disagreements
    (80.95, 8)
    """
    if min(first, second, agreements) < 0 or first + second == 0:
        raise StudyError.of("The counts are negative or all 0.", "Give the codes of both passes.")
    if agreements > min(first, second):
        raise StudyError.of(
            f"{agreements} agreements are impossible with {first} and {second} codes.",
            "An agreement is a code that both passes gave, so it cannot exceed either count.",
        )
    counts = PassCounts(interview=None, first=first, second=second, agreements=agreements)
    return PassAudit(provenance=provenance, counts=counts)
