"""The generator of the demo's records, and its records loaded."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import duckdb
import pandas as pd

from omnistudy.crm.records.column_map import read_column_map
from omnistudy.crm.records.engine import DuckDBEngine
from omnistudy.crm.records.files import RecordFiles, files_of_folder
from omnistudy.crm.records.load import load_records
from omnistudy.crm.records.model import Records

KINDS = ("events", "transactions", "survey", "tickets", "contracts")


def generator(demo: Path) -> ModuleType:
    """The module beside the demo, which is no part of the package."""
    name = "demo_make_records"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, demo / "make_records.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


@contextmanager
def loaded(
    columns: Path, files: Mapping[str, tuple[Path, ...]], calendar: str = "jalali"
) -> Iterator[Records]:
    """Load tables with the demo's column map."""
    wanted = RecordFiles(files=files, columns=read_column_map(columns), calendar=calendar)
    with DuckDBEngine() as engine:
        yield load_records(engine, wanted, KINDS)


@contextmanager
def demo_records(demo: Path, *names: str) -> Iterator[Records]:
    """Load the demo's records, or only the tables of these names."""
    folder = demo / "crm"
    files = files_of_folder(folder)
    with loaded(folder / "columns.toml", {n: files[n] for n in names or files}) as records:
        yield records


def written(frame: pd.DataFrame, path: Path) -> Path:
    """Write a frame as Parquet."""
    with duckdb.connect(":memory:") as database:
        database.register("frame", frame)
        database.execute(f"copy (select * from frame) to '{path}' (format parquet)")
    return path


def rows_of(path: Path) -> list[tuple[object, ...]]:
    """All rows of a Parquet file in its order."""
    with duckdb.connect(":memory:") as database:
        return database.execute("select * from read_parquet(?)", [str(path)]).fetchall()
