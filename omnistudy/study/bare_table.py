"""Tables of people who have no study: CSV, TSV, XLSX or Parquet, every cell as text.

Cells are read as text and stay text: ``007``, ``+2``, ``NA`` and ``nan`` are labels that somebody
wrote, only an empty cell is missing. Persian typed with Arabic letters or other digits is the same label.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from omnistudy.errors import StudyError, did_you_mean
from omnistudy.results import InputFile
from omnistudy.study.input_files import fault_of, read_input, remedy_of
from omnistudy.study.workbook_guard import MOST_CELLS, WorkbookFaultError, inspected, refuse_endless
from omnistudy.text.keys import letter_form

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

TABLE_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".parquet"})
MOST_COLUMNS = 5_000
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


def read_bare_table(path: str | Path) -> BareTable:
    r"""Read a table file.

    Parameters
    ----------
    path
        CSV, TSV, XLSX or Parquet. Nothing in it is modified.

    Returns
    -------
    BareTable
        Every cell as text under its own header; only an empty cell is missing.

    Raises
    ------
    StudyError
        When it does not exist, is not such a table, has no rows, or names a column twice.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "ratings.csv"
    ...     _ = path.write_text("unit,sara,reza\nu1,007,7\nu2,,NA\n")
    ...     table = read_bare_table(path)
    >>> table.columns["sara"].labels, table.columns["reza"].labels, table.columns["sara"].codes.tolist()
    (('007',), ('7', 'NA'), [0, -1])
    """
    path = Path(path)
    try:
        data = read_input(path)
    except FileNotFoundError:
        siblings = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
        near = did_you_mean(path.name, siblings)
        raise StudyError.of("The file does not exist.", near or "Correct the path.", file=str(path)) from None
    except OSError as error:
        raise StudyError.of(f"The file {fault_of(error)}.", remedy_of(error), file=str(path)) from None
    frame = _frame(path, data)
    if frame.empty:
        raise StudyError.of(
            "The table has no rows.", "Give it a header and at least one row.", file=str(path)
        )
    columns = {str(name): _factor(frame.iloc[:, at]) for at, name in enumerate(frame.columns)}
    return BareTable(columns, InputFile(str(path), hashlib.sha256(data).hexdigest()))


def table_of_columns(columns: Mapping[str, Sequence[object]], name: str = "table") -> BareTable:
    """Make a table of columns that a program already holds, such as lists or those of a data frame.

    Parameters
    ----------
    columns
        Header to cells, all columns equally long; ``None``, NaN and the empty string are empty cells.
        Whole numbers are the same label whether they are written ``1`` or ``1.0``.
    name
        What results and errors call the table.

    Returns
    -------
    BareTable
        As if read from a CSV file with these columns; its SHA-256 is that of the cells as CSV.

    Raises
    ------
    StudyError
        Without rows, or with columns of different lengths.

    Examples
    --------
    >>> table = table_of_columns({"unit": ["u1", "u2", "u3"], "sara": [1, 2, None], "reza": [1, 1, 2]})
    >>> table.n_rows, table.columns["sara"].labels
    (3, ('1', '2'))
    """
    import pandas as pd

    lengths = {str(header): len(cells) for header, cells in columns.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{header} {length}" for header, length in lengths.items())
        raise StudyError.of(f"The columns differ in length: {listed}.", "Give every column one cell per row.")
    if not any(lengths.values()):
        raise StudyError.of("The table has no rows.", "Give it a header and at least one row.", file=name)
    cells = {str(header): _as_text(pd.Series(list(column))) for header, column in columns.items()}
    written = pd.DataFrame(cells).to_csv(index=False).encode("utf-8")
    factors = {header: _factor(column.replace("", None).astype("object")) for header, column in cells.items()}
    return BareTable(factors, InputFile(name, hashlib.sha256(written).hexdigest()))


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
        inspected(data)
        refuse_endless(data, MOST_COLUMNS)
        with warnings.catch_warnings():
            # Validation lists and styles that the reader skips do not matter for values.
            warnings.simplefilter("ignore", UserWarning)
            return pd.read_excel(
                io.BytesIO(data), dtype=str, keep_default_na=False, na_values=[""], engine="openpyxl"
            )
    except WorkbookFaultError as error:
        raise StudyError.of(error.what, error.remedy, file=str(path)) from None
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
            # One file is meant: unescaped, the engine would read x[1].parquet as the name of x1.parquet.
            relation = connection.read_parquet(re.sub(r"[*?\[]", r"[\g<0>]", str(path)))
            # Repetitions are packed so well that a few bytes may mean any number of rows.
            if len(relation) * len(relation.columns) > MOST_CELLS:
                raise ValueError(f"it has more than {MOST_CELLS:,} cells")
            frame: pd.DataFrame = relation.df()
            return frame
    except duckdb.Error as error:
        reason = str(error).strip().split("\n")[0]
        raise ValueError(reason) from error


def _csv_frame(path: Path, data: bytes) -> pd.DataFrame:
    import pandas as pd

    if b"\0" in data and data[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
        raise ValueError("it contains NUL characters")
    encoding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    head = data[:65536].decode(encoding, errors="replace").split("\n", 1)[0].rstrip("\r")
    names = [name.strip() for name in head.split(_delimiter(head))]
    if len(names) > MOST_COLUMNS:
        raise ValueError(f"it has more than {MOST_COLUMNS:,} columns")
    twice = sorted(name for name, times in Counter(names).items() if name and times > 1)
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
