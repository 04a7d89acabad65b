"""From a bare table to ratings: wide, long, set-valued and contingency layouts.

A wide table has a column of units and one column per coder; a long one the columns unit, coder and
value; cells with ``|`` hold several codes. An empty cell means that the coder did not rate the unit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from omnistudy.agreement.ratings.rating_table import (
    MISSING,
    Ratings,
    SetRatings,
    UnitFrame,
    set_ratings,
    smallest_type,
)
from omnistudy.errors import Problem, StudyError, did_you_mean
from omnistudy.results import Kind, Message, Number, listed, msg
from omnistudy.study.bare_table import BareTable, Factor
from omnistudy.text.keys import letter_form

MOST_DIGITS = 12
"""Digits of a count: no table holds more units, and sums of larger ones would overflow."""

UNIT_COLUMNS = ("unit", "id", "item")
VALUE_COLUMNS = ("value", "code")
SET_SEPARATOR = "|"
SPAN_COLUMNS = frozenset({"interview", "start", "end", "coder", "code"})
LISTED_DUPLICATES = 20
LISTED_FOLDS = 12
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_WHOLE = re.compile(r"(-?\d+)\.0*")


@dataclass(frozen=True, slots=True)
class TableRatings:
    """What a table holds, and what its reader has to say about it."""

    ratings: Ratings | SetRatings
    notes: tuple[Message, ...] = ()


def is_span_table(table: BareTable) -> bool:
    """Tell whether the rows are spans of texts and not ratings of units."""
    return {name.casefold().strip() for name in table.columns} >= SPAN_COLUMNS


def ratings_of_table(
    table: BareTable, categories: int | Sequence[str] | None = None, round_wanted: str | None = None
) -> TableRatings:
    """Read a wide or long table of ratings.

    Parameters
    ----------
    table
        n rows under named columns.
    categories
        The categories that could be chosen, in their order, or how many there were; ``None`` takes
        those observed, in ascending order.
    round_wanted
        The round of a long table with a column ``round``; ``None`` takes the last one in the file that
        is not called consensus.

    Returns
    -------
    TableRatings
        ``ratings``: one category per unit and coder, or code sets where a cell parts codes by ``|``; an
        empty cell is a missing rating. ``notes``: what was trimmed or taken for one label.

    Raises
    ------
    StudyError
        A missing column, an unknown round, a (unit, coder) pair that stands twice, or a value outside ``categories``.

    Examples
    --------
    A table with one column per coder. The four coders and twelve units of Krippendorff (2011), Computing
    Krippendorff's alpha-reliability, section C, stand in :class:`~omnistudy.agreement.coefficients.alpha.NominalAlpha`.

    >>> from omnistudy.study.bare_table import table_of_columns
    >>> wide = table_of_columns({"unit": ["u1", "u2", "u3"], "sara": ["a", "b", ""], "reza": ["a", "a", "b"]})
    >>> ratings = ratings_of_table(wide).ratings
    >>> ratings.coders, ratings.categories, ratings.codes.tolist()
    (('sara', 'reza'), ('a', 'b'), [[0, 1, -1], [0, 0, 1]])

    The same with one row per rating; coders then come by name:

    >>> long = table_of_columns({
    ...     "unit": ["u1", "u2", "u1", "u2", "u3"],
    ...     "coder": ["sara", "sara", "reza", "reza", "reza"],
    ...     "value": ["a", "b", "a", "a", "b"],
    ... })
    >>> ratings = ratings_of_table(long).ratings
    >>> ratings.coders, ratings.codes.tolist()
    (('reza', 'sara'), [[0, 0, 1], [0, 1, -1]])
    """
    named = {name.casefold().strip(): name for name in table.columns}
    unit = next((named[name] for name in UNIT_COLUMNS if name in named), None)
    value = next((named[name] for name in VALUE_COLUMNS if name in named), None)
    if unit is not None and value is not None and "coder" in named:
        if "round" in named:
            table = _one_round(table, named["round"], round_wanted)
        cells = _long(table, unit, named["coder"], value, named.get("interview"))
    elif unit is not None:
        cells = _wide(table, unit)
    elif missing := _missing_of_spans(named):
        raise StudyError.of(
            f"A table of spans needs the columns {', '.join(sorted(SPAN_COLUMNS))}; missing: {', '.join(missing)}.",
            "Add them, or for ratings of units name the first column unit.",
            file=table.source.path,
            row=1,
        )
    else:
        headers = list(table.columns)
        near = did_you_mean("unit", headers)
        raise StudyError.of(
            f"There is no column 'unit'; the columns are {', '.join(headers[:12])}.",
            near or "Name the first column unit; every other column is a coder (or: unit, coder, value).",
            file=table.source.path,
            row=1,
        )
    notes = (*_trim_notes(table), *_fold_notes(table, cells), *_stranger_notes(cells))
    if any(SET_SEPARATOR in label for label in cells.labels):
        return TableRatings(_as_sets(cells, categories, table.source.path), notes)
    return TableRatings(_as_values(cells, categories, table.source.path), notes)


def ratings_of_counts(table: BareTable) -> Ratings:
    """Read a square contingency table of two coders: rows are the first coder's categories.

    The first column and the header name the categories; cells are whole numbers. Every cell becomes one
    row of the frame, weighted by its count.

    Raises
    ------
    StudyError
        A table that is not square over the same categories, or a cell that is no whole number.
    """
    names = list(table.columns)
    first = table.columns[names[0]]
    rows = [first.labels[code] if code >= 0 else "" for code in first.codes]
    columns = [name.strip() for name in names[1:]]
    place = table.source.path
    if sorted(rows) != sorted(columns):
        raise StudyError.of(
            f"The rows are {', '.join(rows)}, the columns {', '.join(columns)}.",
            "A contingency table has the same categories down and across.",
            file=place,
        )
    counts = np.zeros((len(columns), len(columns)), np.int64)
    problems = []
    for at, name in enumerate(names[1:]):
        column = table.columns[name]
        for row, code in enumerate(column.codes):
            text = column.labels[code] if code >= 0 else "0"
            if not text.isdecimal() or len(text) > MOST_DIGITS:
                problems.append(
                    Problem(
                        what=f"'{text}' is not a whole number.",
                        remedy="Give counts.",
                        file=place,
                        row=row + 2,
                        column=name,
                    )
                )
            else:
                counts[columns.index(rows[row]), at] = int(text)
    if problems:
        raise StudyError(problems)
    one, two = np.nonzero(counts)
    return Ratings(
        coders=("rows", "columns"),
        categories=tuple(columns),
        codes=np.stack([one, two]).astype(smallest_type(len(columns))),
        frame=UnitFrame(ids=np.arange(len(one)), weight=counts[one, two]),
        values=_values(columns),
        ordered=True,
    )


@dataclass(frozen=True, slots=True)
class _Cells:
    """(m, n) indices into ``labels``, -1 for empty, with the units they belong to."""

    coders: tuple[str, ...]
    labels: tuple[str, ...]
    codes: NDArray[np.int32]
    frame: UnitFrame
    folded: tuple[tuple[str, str], ...] = ()


def _one_round(table: BareTable, column: str, wanted: str | None) -> BareTable:
    """Keep the rows of one round; the others stay as empty ratings, so that row numbers hold."""
    rounds = table.columns[column]
    in_order = [rounds.labels[code] for code in dict.fromkeys(rounds.codes.tolist()) if code >= 0]
    if wanted is None:
        independent = [name for name in in_order if name.casefold() != "consensus"]
        wanted = (independent or in_order or [""])[-1]
    elif wanted not in in_order:
        near = did_you_mean(wanted, in_order)
        what = f"No round is called '{wanted}'. {near}".strip()
        raise StudyError.of(
            what, f"Choose among {', '.join(in_order)}.", file=table.source.path, column=column
        )
    kept = rounds.codes == (rounds.labels.index(wanted) if wanted else MISSING)
    columns = {
        name: Factor(
            factor.labels,
            np.where(kept, factor.codes, MISSING).astype(np.int32),
            factor.trimmed,
            factor.folded,
        )
        if name.casefold().strip() in VALUE_COLUMNS
        else factor
        for name, factor in table.columns.items()
    }
    return BareTable(columns, table.source)


def _wide(table: BareTable, unit: str) -> _Cells:
    units, place = table.columns[unit], table.source.path
    _refuse_unnamed(units, unit, place)
    _refuse_twice(units.codes, lambda at: f"Unit '{units.labels[units.codes[at]]}' stands twice.", place)
    context = {name for name in table.columns if name.casefold().strip() == "interview"}
    coders = [
        name
        for name in table.columns
        if name != unit and name not in context and not name.startswith("Unnamed")
    ]
    labels: dict[str, int] = {}
    shown: dict[str, str] = {}
    folded: dict[tuple[str, str], None] = {}
    codes = np.full((len(coders), table.n_rows), MISSING, np.int32)
    for g, coder in enumerate(coders):
        factor = table.columns[coder]
        # Two coders may type one label on keyboards of their own.
        meant = [shown.setdefault(letter_form(x), x) for x in map(_written, factor.labels)]
        folded.update((pair, None) for pair in zip(map(_written, factor.labels), meant, strict=True))
        lookup = np.array([*(labels.setdefault(x, len(labels)) for x in meant), MISSING], np.int32)
        codes[g] = lookup[factor.codes]
    interviews = table.columns[next(iter(context))] if context else None
    ids = np.array(units.labels, object)[units.codes]
    return _Cells(
        coders=tuple(name.strip() for name in coders),
        labels=tuple(labels),
        codes=codes,
        frame=_frame(ids, interviews),
        folded=tuple((written, kept) for written, kept in folded if written != kept),
    )


def _long(table: BareTable, unit: str, coder: str, value: str, interview: str | None) -> _Cells:
    place = table.source.path
    units, coders, values = table.columns[unit], table.columns[coder], table.columns[value]
    _refuse_unnamed(units, unit, place)
    _refuse_unnamed(coders, coder, place)
    unit_codes, ids, first = units.codes, np.array(units.labels, object), None
    where = table.columns[interview] if interview is not None else None
    if where is not None:
        # Units are numbered anew in every interview of many files.
        joint = unit_codes.astype(np.int64) * (len(where.labels) + 1) + where.codes
        joint, first, unit_codes = np.unique(joint, return_index=True, return_inverse=True)
        ids = ids[units.codes[first]]
    n = len(ids)
    order = _order_of_appearance(unit_codes, n)
    position = np.empty(n, np.int64)
    position[order] = np.arange(n)
    cell = position[unit_codes] * len(coders.labels) + coders.codes
    rated = values.codes >= 0
    rows = np.flatnonzero(rated)
    _refuse_twice(
        cell[rated],
        lambda at: (
            f"Unit '{ids[unit_codes[rows[at]]]}' is rated twice by '{coders.labels[coders.codes[rows[at]]]}'."
        ),
        place,
        rows,
    )
    labels: dict[str, int] = {}
    lookup = np.array(
        [*(labels.setdefault(_written(x), len(labels)) for x in values.labels), MISSING], np.int32
    )
    codes = np.full((len(coders.labels), n), MISSING, np.int32)
    codes[coders.codes[rated], position[unit_codes[rated]]] = lookup[values.codes[rated]]
    interviews = None if where is None or first is None else Factor(where.labels, where.codes[first][order])
    return _Cells(tuple(coders.labels), tuple(labels), codes, _frame(ids[order], interviews))


def _order_of_appearance(codes: NDArray[np.int32], n: int) -> NDArray[np.int64]:
    first = np.full(n, len(codes), np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    return np.argsort(first, kind="stable")


def _frame(ids: NDArray[np.object_], interviews: Factor | None) -> UnitFrame:
    if interviews is None or (interviews.codes < 0).any():
        return UnitFrame(ids=ids)
    return UnitFrame(ids=ids, interviews=interviews.labels, interview=interviews.codes.astype(np.int64))


def _written(label: str) -> str:
    """Write 1.0 as 1: spreadsheets and databases turn whole numbers into decimals and back."""
    whole = _WHOLE.fullmatch(label)
    return whole.group(1) if whole else label


def _refuse_unnamed(factor: Factor, column: str, file: str) -> None:
    empty = np.flatnonzero(factor.codes < 0)
    if len(empty):
        raise StudyError(
            Problem(
                what=f"The {column} is missing.",
                remedy="Name it in every row.",
                file=file,
                row=int(row) + 2,
                column=column,
            )
            for row in empty[:LISTED_DUPLICATES]
        )


def _refuse_twice(
    cells: NDArray[np.integer], what: Callable[[int], str], file: str, rows: NDArray[np.intp] | None = None
) -> None:
    """Refuse a unit that stands twice, or is rated twice by one coder: peers silently reach kappa > 1."""
    kept = np.sort(cells)
    if not (kept[1:] == kept[:-1]).any():
        return
    _, first = np.unique(cells, return_index=True)
    again = np.setdiff1d(np.arange(len(cells)), first)[:LISTED_DUPLICATES]
    raise StudyError(
        Problem(
            what=what(int(at)),
            remedy="Keep one row.",
            file=file,
            row=int(at if rows is None else rows[at]) + 2,
        )
        for at in again
    )


def _as_values(cells: _Cells, categories: int | Sequence[str] | None, file: str) -> Ratings:
    names = (
        _ordered_names(cells.labels)
        if categories is None or isinstance(categories, int)
        else tuple(categories)
    )
    place = {name: at for at, name in enumerate(names)}
    unknown = [label for label in cells.labels if label not in place]
    if unknown:
        raise StudyError(
            Problem(
                what=f"'{label}' is not one of the categories.",
                remedy=did_you_mean(label, names) or f"Categories: {', '.join(names)}.",
                file=file,
            )
            for label in unknown
        )
    lookup = np.array([*(place[label] for label in cells.labels), MISSING], smallest_type(len(names)))
    values = _values(names)
    return Ratings(
        coders=cells.coders,
        categories=names,
        codes=lookup[cells.codes],
        frame=cells.frame,
        values=values,
        ordered=values is not None or not (categories is None or isinstance(categories, int)),
        declared=categories if isinstance(categories, int) else 0,
    )


def _as_sets(cells: _Cells, categories: int | Sequence[str] | None, file: str) -> SetRatings:
    shown: dict[str, str] = {}
    members = [
        frozenset(
            shown.setdefault(letter_form(part).strip(), part.strip())
            for part in label.split(SET_SEPARATOR)
            if part.strip()
        )
        for label in cells.labels
    ]
    found = _ordered_names({code for codes in members for code in codes})
    codes = found if categories is None or isinstance(categories, int) else tuple(categories)
    strangers = [code for code in found if code not in codes]
    if strangers:
        raise StudyError.of(
            f"'{strangers[0]}' is not one of the codes.", f"Codes: {', '.join(codes)}.", file=file
        )
    table = np.array([[code in codes_of for code in codes] for codes_of in members], np.int8)
    return set_ratings(
        coders=cells.coders,
        codes=codes,
        applied=table[cells.codes],
        seen=cells.codes != MISSING,
        frame=cells.frame,
    )


def _ordered_names(labels: Sequence[str] | set[str]) -> tuple[str, ...]:
    names = sorted(labels)
    return (
        tuple(sorted(names, key=float))
        if names and all(_NUMBER.fullmatch(name) for name in names)
        else tuple(names)
    )


def _values(names: Sequence[str]) -> NDArray[np.float64] | None:
    return (
        np.array([float(name) for name in names])
        if names and all(_NUMBER.fullmatch(n) for n in names)
        else None
    )


def _trim_notes(table: BareTable) -> tuple[Message, ...]:
    trimmed: Mapping[str, int] = {
        name: factor.trimmed for name, factor in table.columns.items() if factor.trimmed
    }
    if not trimmed:
        return ()
    return (
        msg(
            "Blanks around the value were removed in {cells} cells (columns: {columns}).",
            cells=Number(sum(trimmed.values()), Kind.COUNT),
            columns=listed(list(trimmed)),
        ),
    )


def _missing_of_spans(named: Mapping[str, str]) -> list[str]:
    """Return which columns a table of spans lacks; none where it has no start and end, so is not one."""
    return sorted(SPAN_COLUMNS - named.keys()) if named.keys() >= {"start", "end"} else []


def _stranger_notes(cells: _Cells) -> tuple[Message, ...]:
    """Name the columns that share no label with any other: they are hardly coders, but texts or dates."""
    used = [frozenset(np.unique(row[row >= 0]).tolist()) for row in cells.codes]
    strangers = [
        coder
        for at, coder in enumerate(cells.coders)
        if used[at] and not any(used[at] & other for place, other in enumerate(used) if place != at)
    ]
    if len(cells.coders) < 3 or not strangers:
        return ()
    return (
        msg(
            "Every column beside the unit was taken for a coder. These share no label with any other, so they may be"
            " none: {columns}. Remove them from the table if they are not.",
            columns=listed([*strangers[:LISTED_FOLDS], *(["…"] if len(strangers) > LISTED_FOLDS else [])]),
        ),
    )


def _fold_notes(table: BareTable, cells: _Cells) -> tuple[Message, ...]:
    """Say which labels were taken for one, because their letters or digits are typed in another form."""
    folded = [*(pair for factor in table.columns.values() for pair in factor.folded), *cells.folded]
    pairs = [f"{written} = {kept}" for written, kept in dict.fromkeys(folded)]
    if not pairs:
        return ()
    return (
        msg(
            "Labels that differ only in letter forms or digits are one label: {n} ({pairs}).",
            n=Number(len(pairs), Kind.COUNT),
            pairs=listed([*pairs[:LISTED_FOLDS], *(["…"] if len(pairs) > LISTED_FOLDS else [])], apart=True),
        ),
    )
