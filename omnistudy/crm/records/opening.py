"""Customer records for scripts and notebooks: a table or a folder, without a study and a command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from omnistudy.crm.records.column_map import ColumnMap, read_column_map
from omnistudy.crm.records.engine import DuckDBEngine, memory_for
from omnistudy.crm.records.files import RecordFiles, files_of_folder, parts_of
from omnistudy.crm.records.load import load_records
from omnistudy.crm.records.model import Records
from omnistudy.errors import StudyError

COLUMN_MAP = "columns.toml"
KINDS = ("events", "transactions", "survey", "tickets", "contracts", "survivors")


@contextmanager
def open_records(
    path: str | Path,
    columns: ColumnMap | None = None,
    *,
    calendar: str = "gregorian",
    prefer: Sequence[str] = KINDS,
) -> Iterator[Records]:
    r"""Open customer records, and let go of the engine afterwards.

    Parameters
    ----------
    path
        A CSV or Parquet file, whose columns tell which table it is, or a folder of tables named like
        ``events.csv``. Nothing in it is modified.
    columns
        How their columns are called and what their values mean; ``None`` takes the ``columns.toml`` of
        the folder, or else the names as they are.
    calendar
        Calendar of months: gregorian or jalali.
    prefer
        Which table a file is taken for first, where its columns fit several.

    Returns
    -------
    context manager of Records
        To be used with ``with``: results outlive it, the records do not. Rows that cannot be used are
        set aside and named in the tables' ``set_aside``.

    Raises
    ------
    StudyError
        Columns that fit no table, unreadable files, mixed time zones, unknown channels, no row left.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> rows = "customer_id,ts,value\n007,2025-01-03,20\n007,2025-02-07,30\nb,2025-01-09,10\n"
    >>> with TemporaryDirectory() as folder:
    ...     table = Path(folder) / "sales.csv"
    ...     _ = table.write_text(rows)
    ...     with open_records(table) as records:
    ...         [(loaded.name, loaded.kept) for loaded in records.tables.values()]
    [('transactions', 3)]
    """
    path, given = Path(path), columns
    if path.is_dir():
        files = files_of_folder(path)
        if not files:
            what = "The folder has no table of records."
            raise StudyError.of(
                what, f"Name its files {', '.join(f'{kind}.csv' for kind in prefer)}.", file=str(path)
            )
        beside = path / COLUMN_MAP
        given = read_column_map(beside) if columns is None and beside.is_file() else columns
    else:
        files = {"": parts_of(path)}
    wanted = RecordFiles(files=files, columns=given or ColumnMap(), calendar=calendar)
    with DuckDBEngine(memory_for([part for parts in files.values() for part in parts])) as engine:
        yield load_records(engine, wanted, prefer)
