"""Files that options of ``agreement`` name: weights and lists of categories."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from omnistudy.errors import Problem, StudyError

if TYPE_CHECKING:
    from omnistudy.agreement.weights import WeightMatrix


def read_categories(given: str | None) -> int | tuple[str, ...] | None:
    """Read ``--categories``: a number, or a file with one category a line, in their order."""
    if given is None:
        return None
    if given.isdecimal():
        return int(given)
    path = Path(given)
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise StudyError.of(
            f"The categories cannot be read: {reason}.",
            "Give a number, or a file with one a line.",
            file=given,
        ) from None
    names = tuple(dict.fromkeys(line.strip() for line in lines if line.strip()))
    if not names:
        raise StudyError.of("The file names no category.", "Write one category a line.", file=given)
    return names


def read_weights(path: Path, kind: str) -> WeightMatrix:
    """Read a labelled square CSV of numbers: header and first column name the categories.

    Raises
    ------
    StudyError
        A table that is not square over the same labels, or a cell that is no number.
    """
    import numpy as np

    from omnistudy.agreement.weights import WeightMatrix
    from omnistudy.study.bare_table import read_bare_table

    table = read_bare_table(path)
    names = list(table.columns)
    labels = tuple(name.strip() for name in names[1:])
    first = table.columns[names[0]]
    rows = [first.labels[code] if code >= 0 else "" for code in first.codes]
    if sorted(rows) != sorted(labels):
        raise StudyError.of(
            f"The rows are {', '.join(rows)}, the columns {', '.join(labels)}.",
            "Weights have the same categories down and across.",
            file=str(path),
        )
    values = np.zeros((len(labels), len(labels)))
    problems = []
    for at, name in enumerate(names[1:]):
        column = table.columns[name]
        for row, code in enumerate(column.codes):
            text = column.labels[code] if code >= 0 else ""
            try:
                values[labels.index(rows[row]), at] = float(text)
            except ValueError:
                what = f"'{text}' is not a number."
                problems.append(
                    Problem(what=what, remedy="Give a weight.", file=str(path), row=row + 2, column=name)
                )
    if not np.isfinite(values).all():
        problems.append(
            Problem(what="A weight is not finite.", remedy="Give finite numbers.", file=str(path))
        )
    if problems:
        raise StudyError(problems)
    return WeightMatrix(labels, values, kind)
