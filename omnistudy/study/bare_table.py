"""Tables of people who have no study: CSV, TSV, XLSX or Parquet, every cell as text.

Cells are read as text and stay text: ``007``, ``+2``, ``NA`` and ``nan`` are labels that somebody
wrote, only an empty cell is missing. Persian typed with Arabic letters or other digits is the same label.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from omnistudy.errors import StudyError, did_you_mean
from omnistudy.results import InputFile
from omnistudy.text.keys import letter_form

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".parquet"})
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, slots=True)
class Factor:
    """A column as distinct labels and one index per row; ``-1`` is an empty cell.

    Labels are stripped of outer white space; ``trimmed`` counts the cells that this changed. Labels
    that differ in letter forms only are one label, the form that stands first; ``folded`` pairs the
    others with it.
    """

    labels: tuple[str, ...]
    codes: NDArray[np.int32]
    trimmed: int = 0
    folded: tuple[tuple[str, str], ...] = ()

    def __len__(self) -> int:
        return len(self.codes)


@dataclass(frozen=True, slots=True)
class BareTable:
    """A table as factors under its own headers, in the order of the file."""

    columns: Mapping[str, Factor]
    source: InputFile

    @property
    def n_rows(self) -> int:
        """Number of rows without the header."""
        return len(next(iter(self.columns.values()))) if self.columns else 0


def is_table(path: Path) -> bool:
    """Tell whether a command's argument is a bare table and not a study."""
    return path.suffix.casefold() in TABLE_SUFFIXES and not path.is_dir()


def read_bare_table(path: Path) -> BareTable:
    """Read a table file.

    Raises
    ------
    StudyError
        When it does not exist, is not such a table, has no rows, or names a column twice.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        siblings = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        near = did_you_mean(path.name, siblings)
        raise StudyError.of("The file does not exist.", near or "Correct the path.", file=str(path)) from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StudyError.of(
            f"The file cannot be read ({reason}).", "Check its permissions.", file=str(path)
        ) from None
    frame = _frame(path, data)
    if frame.empty:
        raise StudyError.of(
            "The table has no rows.", "Give it a header and at least one row.", file=str(path)
        )
    columns = {str(name): _factor(frame.iloc[:, at]) for at, name in enumerate(frame.columns)}
    return BareTable(columns, InputFile(str(path), hashlib.sha256(data).hexdigest()))


def _frame(path: Path, data: bytes) -> pd.DataFrame:
    import pandas as pd

    suffix = path.suffix.casefold()
    try:
        if suffix == ".parquet":
            return _parquet_frame(path)
        if suffix == ".xlsx":
            return _workbook_frame(path, data)
        return _csv_frame(path, data)
    except (ValueError, OSError, KeyError, pd.errors.ParserError, ImportError) as error:
        reason = str(error).strip().split("\n")[0]
        raise StudyError.of(
            f"This is not a table that can be read: {reason}.", "Save it as CSV UTF-8.", file=str(path)
        ) from None


def _workbook_frame(path: Path, data: bytes) -> pd.DataFrame:
    import pandas as pd

    from omnistudy.study.workbook_faults import workbook_faults

    try:
        with warnings.catch_warnings():
            # Validation lists and styles that the reader skips do not matter for values.
            warnings.simplefilter("ignore", UserWarning)
            return pd.read_excel(
                io.BytesIO(data), dtype=str, keep_default_na=False, na_values=[""], engine="openpyxl"
            )
    except workbook_faults() as error:
        raise StudyError.of(
            f"The workbook is damaged ({type(error).__name__}).",
            "Save it again, or as CSV UTF-8.",
            file=str(path),
        ) from None


def _parquet_frame(path: Path) -> pd.DataFrame:
    """Read Parquet with the engine that the customer records use: pandas has no reader of its own."""
    import duckdb

    try:
        with duckdb.connect() as connection:
            frame: pd.DataFrame = connection.read_parquet(str(path)).df()
            return frame
    except duckdb.Error as error:
        reason = str(error).strip().split("\n")[0]
        raise ValueError(reason) from error


def _csv_frame(path: Path, data: bytes) -> pd.DataFrame:
    import pandas as pd

    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    head = data[:65536].decode(encoding, errors="replace").split("\n", 1)[0].rstrip("\r")
    names = [name.strip() for name in head.split(_delimiter(head))]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        what = f"The column '{twice[0]}' appears twice."
        raise StudyError.of(what, "Rename one of them.", file=str(path), row=1)
    return pd.read_csv(
        io.BytesIO(data),
        sep=_delimiter(head),
        dtype=str,  # "category" would read a column of numbers as numbers: 007 and 7, +2 and 2 as one label
        keep_default_na=False,
        na_values=[""],
        encoding=encoding,
        skipinitialspace=False,
    )


def _delimiter(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def _factor(column: pd.Series) -> Factor:
    import numpy as np
    import pandas as pd

    as_category = (
        column if isinstance(column.dtype, pd.CategoricalDtype) else _as_text(column).astype("category")
    )
    written = [str(label) for label in as_category.cat.categories]
    codes = as_category.cat.codes.to_numpy().astype(np.int32)
    stripped = [label.strip() for label in written]
    first = {stripped[code]: None for code in pd.unique(codes) if code >= 0 and stripped[code]}
    shown: dict[str, str] = {}
    for label in first:
        shown.setdefault(letter_form(label), label)
    meant = {label: shown[letter_form(label)] for label in first}
    labels = tuple(dict.fromkeys(meant[label] for label in stripped if label in meant))
    place = {label: at for at, label in enumerate(labels)}
    table = np.array([*(place[meant[x]] if x in meant else -1 for x in stripped), -1], dtype=np.int32)
    changed = np.array([*(a != b for a, b in zip(written, stripped, strict=True)), False])
    folded = tuple((label, one) for label, one in meant.items() if label != one)
    return Factor(labels, table[codes], int(changed[codes].sum()), folded)


def _as_text(column: pd.Series) -> pd.Series:
    """Write numbers of a typed file as people would: 1.0 of an integer column with gaps is 1."""
    import pandas as pd

    if pd.api.types.is_string_dtype(column.dtype) and not pd.api.types.is_object_dtype(column.dtype):
        return column
    if pd.api.types.is_float_dtype(column):
        return column.map(lambda value: f"{value:.15g}", na_action="ignore")
    return column.map(str, na_action="ignore")
