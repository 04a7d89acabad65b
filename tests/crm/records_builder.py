"""Records of small cases, loaded into an engine that the caller closes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.crm.records.engine import DuckDBEngine
from omnistudy.crm.records.files import RecordFiles
from omnistudy.crm.records.load import load_records
from omnistudy.crm.records.model import Records
from omnistudy.results import Provenance

PROVENANCE = Provenance(version="0", command="test", seed=1, inputs=(), synthetic=True)
TABLES = ("events", "transactions", "survey", "tickets", "contracts", "survivors")


@contextmanager
def records_of(
    folder: Path,
    pairs: tuple[str, ...] = (),
    zone: str | None = None,
    names: tuple[str, ...] = (),
    **tables: Any,
) -> Iterator[Records]:
    """Load tables given as CSV text or as a path; ``calendar``, ``since``, ``until`` pass through."""
    window = {key: tables.pop(key) for key in ("calendar", "since", "until") if key in tables}
    columns = tables.pop("columns", None) or replace(ColumnMap(), zone=zone, names=names).with_pairs(pairs)
    files = {}
    for name, content in tables.items():
        path = content
        if isinstance(content, str):
            path = folder / f"{name}.csv"
            path.write_text(content, encoding="utf-8")
        files["" if name == "table" else name] = (path,)
    with DuckDBEngine() as engine:
        yield load_records(engine, RecordFiles(files=files, columns=columns, **window), TABLES)
