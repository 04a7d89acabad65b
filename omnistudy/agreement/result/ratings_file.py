"""The ratings themselves as a table that SPSS and R read: one column per coder.

Values come one row per unit. Codes come one row per unit and code, 1 applied and 0 not, because other
programs know no sets: a package's kappa of one code is a filter on the column ``code``. Nothing stands
where a coder was not asked.
"""

from __future__ import annotations

from collections.abc import Iterator

from omnistudy.agreement.ratings.rating_table import MISSING, Ratings, SetRatings, UnitFrame
from omnistudy.results import Cell, Column, Kind, Table, msg


def ratings_table(ratings: Ratings | SetRatings) -> Table:
    """Return the unit × coder table.

    Parameters
    ----------
    ratings
        Values, or code sets. Runs of equal characters are one row with their number in ``count``.
    """
    frame = ratings.frame
    columns = [Column("unit", msg("Unit"), Kind.ID)]
    if frame.interview is not None:
        columns.append(Column("interview", msg("Interview"), Kind.ID))
    if frame.spans is not None:
        columns += [Column("start", msg("Start"), Kind.COUNT), Column("end", msg("End"), Kind.COUNT)]
    if frame.weight is not None:
        columns.append(Column("count", msg("Equal units"), Kind.COUNT))
    if isinstance(ratings, SetRatings):
        columns.append(Column("code", msg("Code"), Kind.ID))
    columns += [Column(coder, msg("{coder}", coder=coder), Kind.ID) for coder in ratings.coders]
    rows = _sets(ratings) if isinstance(ratings, SetRatings) else _values(ratings)
    return Table(name="ratings", columns=tuple(columns), rows=tuple(rows))


def _values(ratings: Ratings) -> Iterator[tuple[Cell, ...]]:
    labels: list[Cell] = [*ratings.categories, None]  # index -1 is the missing rating
    for u in range(ratings.frame.rows):
        yield (*_unit(ratings.frame, u), *(labels[int(code)] for code in ratings.codes[:, u]))


def _sets(ratings: SetRatings) -> Iterator[tuple[Cell, ...]]:
    tables = [
        [None if value == MISSING else int(value) for value in ratings.binary_table(code)]
        for code in range(len(ratings.codes))
    ]
    for u in range(ratings.frame.rows):
        unit, states = _unit(ratings.frame, u), [int(state) for state in ratings.index[:, u]]
        for code, table in zip(ratings.codes, tables, strict=True):
            yield (*unit, code, *(table[state] for state in states))


def _unit(frame: UnitFrame, u: int) -> list[Cell]:
    cells: list[Cell] = [str(frame.ids[u])]
    if frame.interview is not None:
        cells.append(frame.interviews[int(frame.interview[u])])
    if frame.spans is not None:
        cells += [int(frame.spans[u, 0]), int(frame.spans[u, 1])]
    if frame.weight is not None:
        cells.append(int(frame.weight[u]))
    return cells
