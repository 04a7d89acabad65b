"""Customer records for scripts: a file, a folder, and what is neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.crm.records.opening import open_records
from omnistudy.errors import StudyError
from omnistudy.study.provenance import provenance_of

SALES = "kunde,ts,value\na,2025-01-03,20\nb,2025-01-09,10\n"
MAP = 'synthetic = true\n[columns]\ncustomer_id = "kunde"\n'


def test_a_folder_is_read_by_its_own_column_map(tmp_path: Path) -> None:
    (tmp_path / "transactions.csv").write_text(SALES, encoding="utf-8")
    (tmp_path / "columns.toml").write_text(MAP, encoding="utf-8")
    with open_records(tmp_path) as records:
        assert records.has("transactions", "customer_id")
        assert records.synthetic
        assert provenance_of(records).synthetic
        assert [Path(file.path).name for file in provenance_of(records).inputs] == ["transactions.csv"]
    with open_records(tmp_path, ColumnMap(columns={"customer_id": "kunde"})) as records:
        assert not records.synthetic


def test_a_file_tells_by_its_columns_what_it_is(tmp_path: Path) -> None:
    file = tmp_path / "anything.csv"
    file.write_text(SALES, encoding="utf-8")
    with open_records(str(file), ColumnMap(columns={"customer_id": "kunde"}), calendar="jalali") as records:
        assert set(records.tables) == {"transactions"}
        assert records.calendar == "jalali"
        engine = records.engine
    with pytest.raises(Exception, match="closed"):
        engine.rows("select 1")


def test_what_holds_no_records(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="no table of records"), open_records(tmp_path):
        pass
    with pytest.raises(StudyError, match="does not exist"), open_records(tmp_path / "sales.csv"):
        pass
