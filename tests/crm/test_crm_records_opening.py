"""Records opened by scripts: which map, which calendar and which memory they get."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.crm.records.opening import COLUMN_MAP, KINDS, open_records
from omnistudy.crm.records.tables import TABLES
from omnistudy.errors import Problem, StudyError

SALES = "kunde,ts,value\na,2024-03-20,20\nb,2024-03-21,10\n"
MAP = 'synthetic = true\n[columns]\ncustomer_id = "kunde"\n'


def test_a_folder_without_tables_is_told_their_names(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    with pytest.raises(StudyError) as caught, open_records(tmp_path):
        pass
    (problem,) = caught.value.problems
    names = "events.csv, transactions.csv, survey.csv, tickets.csv, contracts.csv, survivors.csv"
    assert problem == Problem(
        what="The folder has no table of records.", remedy=f"Name its files {names}.", file=str(tmp_path)
    )
    with (
        pytest.raises(StudyError, match=r"Name its files events\.csv\."),
        open_records(tmp_path, prefer=("events",)),
    ):
        pass
    assert set(KINDS) == {name for name, table in TABLES.items() if not table.side}


def test_the_map_of_the_folder_is_that_beside_its_tables(tmp_path: Path) -> None:
    """A file has no map beside it, and a map that is given comes before that of the folder."""
    (tmp_path / "transactions.csv").write_text(SALES, encoding="utf-8")
    (tmp_path / COLUMN_MAP).write_text(MAP, encoding="utf-8")
    assert COLUMN_MAP == "columns.toml"
    with open_records(tmp_path) as records:
        assert (records.synthetic, records.calendar) == (True, "gregorian")
        months = records.engine.rows("select distinct month_ix from transactions").rows
        assert months == ((2024 * 12 + 2,),)
    with pytest.raises(StudyError, match="fit no table"), open_records(tmp_path / "transactions.csv"):
        pass
    with pytest.raises(StudyError, match="no column customer_id"), open_records(tmp_path, ColumnMap()):
        pass
    (tmp_path / COLUMN_MAP).unlink()
    with pytest.raises(StudyError, match="no column customer_id"), open_records(tmp_path):
        pass
    given = ColumnMap(columns={"customer_id": "kunde"})
    with open_records(tmp_path, given, calendar="jalali") as records:
        assert records.columns == given
        months = records.engine.rows("select distinct month_ix from transactions").rows
        assert months == ((1403 * 12,),)
        assert (records.since, records.until) == (None, None)
        assert [Path(one.path).name for one in records.inputs] == ["transactions.csv"]


def test_a_table_that_fits_two_kinds_is_the_one_that_is_preferred(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("customer_id,ts,channel,event,value\na,2024-03-20,app,x,5\n", encoding="utf-8")
    with open_records(path) as records:
        assert list(records.tables) == ["events"]
    with open_records(path, prefer=("transactions",)) as records:
        assert list(records.tables) == ["transactions"]
        assert records.has("transactions")
        assert records.has("transactions", "value", "channel")
        assert not records.has("transactions", "value", "margin")
        assert not records.has("events")
