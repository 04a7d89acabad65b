"""Files that options of ``agreement`` name: weights, categories, ratings, and the sheet of disagreements."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from omnistudy.errors import Problem, StudyError

if TYPE_CHECKING:
    from omnistudy.agreement.ratings.rating_table import Ratings, SetRatings
    from omnistudy.agreement.ratings.weights import WeightMatrix
    from omnistudy.agreement.result.result import AgreementResult
    from omnistudy.study.model import Study


def read_categories(given: str | None) -> int | tuple[str, ...] | None:
    """Read ``--categories``: a number, or a file with one category a line, in their order."""
    if given is None:
        return None
    if given.isdecimal():
        return int(given)
    from omnistudy.study.input_files import LARGEST_SETTINGS, fault_of, read_input

    path = Path(given)
    try:
        lines = read_input(path, LARGEST_SETTINGS).decode("utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        fault = fault_of(error) if isinstance(error, OSError) else "is not UTF-8 text"
        raise StudyError.of(
            f"The file of categories {fault}.",
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

    from omnistudy.agreement.ratings.weights import WeightMatrix
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


def ratings_csv(ratings: Ratings | SetRatings) -> bytes:
    """Return the unit × coder table as CSV; labels that a spreadsheet would run are neutralised."""
    from omnistudy.agreement.result.ratings_file import ratings_table
    from omnistudy.render.untrusted import without_formula

    table = ratings_table(ratings)
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([without_formula(column.key) for column in table.columns])
    for row in table.rows:
        writer.writerow([without_formula(cell) if isinstance(cell, str) else cell for cell in row])
    return buffer.getvalue().encode("utf-8")


def disagreement_sheet(result: AgreementResult, study: Study | None) -> bytes:
    """Return the workbook in which a group decides the passages that its coders disagree on.

    Raises
    ------
    StudyError
        Without a study, whose texts and codes the sheet shows.
    """
    from omnistudy.formats.sheets.adjudication import DisputedPassage, adjudication_sheet

    if study is None:
        raise StudyError.of("A bare table has no passages to decide on.", "Use --sheet with a study.")
    passages = [
        DisputedPassage(
            interview=item.interview or "",
            start=item.start or 0,
            end=item.end or 0,
            passage=item.quote or "",
            codes=dict(item.codes),
        )
        for item in result.disagreements
    ]
    return adjudication_sheet(
        passages,
        result.subject.coders,
        [code.label for code in study.codebook],
        language=study.language,
        synthetic=study.synthetic,
    )
