"""Ratings that a program already holds, and one coefficient of them, without files and without a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from omnistudy.agreement.analysis import agreement_of_table
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings.rating_table import Ratings
from omnistudy.agreement.ratings.weights import WeightMatrix
from omnistudy.agreement.scopes.rows import AgreementRow
from omnistudy.agreement.sources.from_table import ratings_of_counts, ratings_of_table
from omnistudy.errors import StudyError
from omnistudy.results import Provenance
from omnistudy.study.bare_table import table_of_columns

_NOWHERE = Provenance(version="", command="", seed=None, inputs=(), synthetic=False)


def ratings_of_matrix(
    matrix: Iterable[Iterable[object]],
    *,
    coders: Sequence[str] = (),
    categories: int | Sequence[str] | None = None,
) -> Ratings:
    """Read ratings from a matrix of coders by units.

    Parameters
    ----------
    matrix
        m rows, one per coder, of n cells, one per unit, as lists or as an array: labels or numbers;
        ``None``, NaN and the empty string say that the coder did not rate the unit.
    coders
        Names of the m coders; without them c1, c2, …
    categories
        The categories that could be chosen, in their order, or how many there were; ``None`` takes
        those observed, in ascending order. Their number enters AC1 and Brennan–Prediger.

    Returns
    -------
    Ratings
        Of m coders and n units, missing ratings as -1.

    Raises
    ------
    StudyError
        Rows of different lengths, names that do not fit, a value outside ``categories``, or cells that
        hold several codes parted by ``|`` (read those with
        :func:`~omnistudy.agreement.sources.from_table.ratings_of_table`).

    Examples
    --------
    >>> ratings = ratings_of_matrix([["a", "b", None], ["a", "a", "b"]], coders=["sara", "reza"])
    >>> ratings.coders, ratings.categories, ratings.frame.n_units
    (('sara', 'reza'), ('a', 'b'), 3)
    >>> ratings.codes.tolist()
    [[0, 1, -1], [0, 0, 1]]
    """
    rows = [list(row) for row in matrix]
    names = [str(coder) for coder in coders] or [f"c{at}" for at in range(1, len(rows) + 1)]
    if len(names) != len(rows) or len(set(names)) != len(names):
        raise StudyError.of(
            f"There are {len(rows)} rows of ratings for the coders {', '.join(names)}.",
            "Name every coder once, in the order of the rows.",
        )
    units = max(map(len, rows), default=0)
    columns: dict[str, Sequence[object]] = {"unit": [str(at) for at in range(1, units + 1)]}
    # Coders get their names afterwards: one may be called like a column of a table.
    columns |= {f"c{at}": row for at, row in enumerate(rows, start=1)}
    found = ratings_of_table(table_of_columns(columns), categories).ratings
    if not isinstance(found, Ratings):
        raise StudyError.of(
            "A cell holds several codes parted by '|'.", "Read the table with ratings_of_table."
        )
    return replace(found, coders=tuple(names))


def ratings_of_contingency(counts: Sequence[Sequence[int]], categories: Sequence[str] = ()) -> Ratings:
    """Read the ratings of two coders from their contingency table.

    Parameters
    ----------
    counts
        (K, K) units: rows are the first coder's categories, columns the second's.
    categories
        Names of the K categories in their order; without them 1, 2, …, which are also their values.

    Returns
    -------
    Ratings
        Of two coders, one row for each cell that is not 0, with its count as weight.

    Raises
    ------
    StudyError
        A table that is not square, names that do not fit, or a count that is no whole number.

    Examples
    --------
    >>> ratings = ratings_of_contingency([[20, 5], [10, 15]], ["yes", "no"])
    >>> ratings.frame.n_units
    50
    """
    names = [str(name) for name in categories] or [str(at) for at in range(1, len(counts) + 1)]
    if {len(names)} != {len(counts), *map(len, counts)}:
        raise StudyError.of(
            "The table is not square, or its categories are not as many as its rows.",
            "Give K rows of K counts, and K names or none.",
        )
    columns = {name: [row[at] for row in counts] for at, name in enumerate(names)}
    return ratings_of_counts(table_of_columns({"": names, **columns}))


def estimate(
    name: str,
    ratings: Ratings,
    *,
    metric: str | None = None,
    weights: str | WeightMatrix = "identity",
    ci: str = "none",
    confidence: float = 0.95,
) -> AgreementRow:
    """Compute one coefficient of one table of ratings.

    For several coefficients, bootstrap intervals, codes, pairs of coders and a report, see
    :func:`~omnistudy.agreement.analysis.agreement_of_table`.

    Parameters
    ----------
    name
        Name or alias of the coefficient, as ``omnistudy explain`` lists them.
    ratings
        The ratings; what a missing rating does depends on the coefficient.
    metric
        Metric of Krippendorff's alpha: nominal (the default), ordinal, interval or ratio.
    weights
        Name of a weight set, or a matrix, for the coefficients that take weights.
    ci
        ``none``, ``jackknife`` (units left out one at a time) or ``analytic`` (large samples).
    confidence
        Level of the interval.

    Returns
    -------
    AgreementRow
        ``value``, or ``None`` with the ``reason``; ``observed`` and ``expected`` agreement, and the
        interval from ``ci_low`` to ``ci_high``.

    Raises
    ------
    StudyError
        An unknown name, or a metric or weights that the categories do not allow.

    Examples
    --------
    Two coders and three categories: Cohen (1960), A coefficient of agreement for nominal scales, p. 37,
    doi:10.1177/001316446002000104, has observed agreement .29 and kappa -.09.

    >>> cohen_1960 = ratings_of_contingency([[25, 12, 3], [13, 2, 15], [12, 16, 2]])
    >>> row = estimate("cohen_kappa", cohen_1960, ci="analytic")
    >>> round(row.observed, 2), round(row.value, 3)
    (0.29, -0.092)

    A value that does not exist has a reason:

    >>> row = estimate("cohen_kappa", ratings_of_matrix([["a", "a"], ["a", "a"]]))
    >>> row.value is None, str(row.reason)
    (True, "no variation: every rating is 'a'")
    """
    options = AgreementOptions(
        coefficients=(name,),
        metric=metric,
        weights=weights if isinstance(weights, str) else "identity",
        weight_matrix=None if isinstance(weights, str) else weights,
        ci=ci,
        confidence=confidence,
        resamples=0,
    )
    (row,) = agreement_of_table(ratings, options, _NOWHERE).rows
    return row
