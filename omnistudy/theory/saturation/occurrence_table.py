"""Bare tables of codes and interviews, for people who have no study."""

from __future__ import annotations

import numpy as np

from omnistudy.errors import Problem, StudyError
from omnistudy.results import Label
from omnistudy.study.bare_table import BareTable, Factor
from omnistudy.theory.saturation.guest_rule import Occurrence, occurrence_of_rows

_PRESENT = {"0": False, "1": True}


def occurrence_of_table(table: BareTable) -> Occurrence:
    """Read ``interview, code`` rows, or a 0/1 matrix of codes down and interviews across.

    Rows stand in the order in which the interviews were held, columns of a matrix too. A row with an
    interview and no code keeps an interview in which nothing was found; other columns of such rows are
    not looked at. In a matrix the first column names the codes.

    Parameters
    ----------
    table
        The table, from a file or from columns.

    Returns
    -------
    Occurrence
        Of T interviews and C codes.

    Raises
    ------
    StudyError
        With every row without an interview, cell that is neither 0 nor 1, and code that comes twice.

    Examples
    --------
    >>> from omnistudy.study.bare_table import table_of_columns
    >>> matrix = table_of_columns({"code": ["trust", "fees"], "P01": [1, 1], "P02": [1, 0], "P03": [0, 0]})
    >>> occurrence_of_table(matrix).new.tolist()
    [2, 0, 0]
    """
    if {"interview", "code"} <= set(table.columns):
        return _of_rows(table)
    return _of_matrix(table)


def _of_rows(table: BareTable) -> Occurrence:
    interviews, codes = table.columns["interview"], table.columns["code"]
    nameless = np.flatnonzero(interviews.codes < 0)
    if nameless.size:
        raise StudyError(
            Problem(
                what="The row names no interview.",
                remedy="Give the interview of every row.",
                file=table.source.path,
                row=int(at) + 2,
                column="interview",
            )
            for at in nameless[:50]
        )
    return occurrence_of_rows(zip(_texts(interviews), _texts(codes), strict=True))


def _of_matrix(table: BareTable) -> Occurrence:
    names, *columns = table.columns.items()
    if not columns:
        raise StudyError.of(
            "The table has neither the columns interview and code nor a column for each interview.",
            "Give rows of interview,code, or a 0/1 matrix with the codes down and the interviews across.",
            file=table.source.path,
            row=1,
        )
    codes = _texts(names[1])
    cells = [_texts(factor) for _, factor in columns]
    problems = [*_names(table, names[0], codes), *_cells(table, [name for name, _ in columns], cells)]
    if problems:
        raise StudyError(problems[:50])
    present = np.asarray([[_PRESENT[cell] for cell in column] for column in cells], dtype=np.bool_)
    return Occurrence(tuple(name for name, _ in columns), tuple(map(Label, codes)), present)


def _names(table: BareTable, column: str, codes: list[str]) -> list[Problem]:
    first: dict[str, int] = {}
    problems = []
    for row, code in enumerate(codes, start=2):
        if code and code not in first:
            first[code] = row
            continue
        what = f"The code '{code}' stands in row {first[code]} already." if code else "The row names no code."
        problems.append(
            Problem(
                what=what,
                remedy="Give every code one row with its name.",
                file=table.source.path,
                row=row,
                column=column,
            )
        )
    return problems


def _cells(table: BareTable, names: list[str], columns: list[list[str]]) -> list[Problem]:
    return [
        Problem(
            what=f"'{cell}' is neither 0 nor 1." if cell else "The cell is empty.",
            remedy="Write 1 where the interview holds the code, else 0.",
            file=table.source.path,
            row=row,
            column=name,
        )
        for name, column in zip(names, columns, strict=True)
        for row, cell in enumerate(column, start=2)
        if cell not in _PRESENT
    ]


def _texts(factor: Factor) -> list[str]:
    return [factor.labels[code] if code >= 0 else "" for code in factor.codes]
