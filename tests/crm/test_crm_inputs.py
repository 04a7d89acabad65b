"""Records as people keep them: two calendars, zones, Persian digits, faults counted by kind."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import jdatetime
import pytest
from records_builder import records_of

from omnistudy.crm import jalali
from omnistudy.crm.column_map import read_column_map
from omnistudy.crm.reading_sql import day_of
from omnistudy.errors import StudyError

EVENTS = "customer_id,ts,channel,event\n"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1375-10-12", date(1997, 1, 1)),
        ("1399-12-30", date(2021, 3, 20)),
        ("1400-01-01", date(2021, 3, 21)),
        ("۱۴۰۳/۱/۱", date(2024, 3, 20)),
        ("1403-12-30", date(2025, 3, 20)),
        ("14040701", date(2025, 9, 23)),
        ("1408-12-30", date(2030, 3, 20)),
        ("2024-02-29", date(2024, 2, 29)),
    ],
)
def test_days_in_both_calendars(written: str, expected: date) -> None:
    assert jalali.parse_day(written) == expected


def test_the_calendar_is_that_of_jdatetime() -> None:
    day = date(1921, 3, 21)
    while day < date(2059, 1, 1):
        theirs = jdatetime.date.fromgregorian(date=day)
        assert jalali.to_jalali(day) == (theirs.year, theirs.month, theirs.day)
        day += timedelta(days=17)


@pytest.mark.parametrize("written", ["1404-12-30", "1403-13-01", "2023-02-29", "yesterday", ""])
def test_days_that_do_not_exist(written: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        jalali.parse_day(written)


def test_every_way_of_writing_a_time(tmp_path: Path) -> None:
    """Iran had summer time until September 2022 and has none since (tzdata)."""
    rows = (
        "۰۰۱,۱۴۰۱/۶/۱ 8:05,شعبه,a\n"
        "002,2022-09-22T23:30:00+00:00,كارت,b\n"
        ",2022-09-21 23:30:15.5Z,app,c\n"
        "003,20220922,app,d\n"
    )
    with records_of(tmp_path, zone="Asia/Tehran", events=EVENTS + rows) as records:
        found = records.engine.rows(
            "select customer_id, channel, day_ix, instant from events order by row"
        ).rows
        table = records.tables["events"]
    assert [(row[0], row[1]) for row in found] == [
        ("001", "شعبه"),
        ("002", "کارت"),
        (None, "app"),
        ("003", "app"),
    ]
    expected_days = [date(2022, 8, 23), date(2022, 9, 23), date(2022, 9, 22), date(2022, 9, 22)]
    assert [row[2] for row in found] == [day_of(day) for day in expected_days]
    # 08:05 at +04:30 is 03:35 UTC; the last day begins at +03:30.
    assert found[0][3] == 1661225700.0
    assert found[2][3] == 1663803015.5
    assert found[3][3] == 86400 * day_of(date(2022, 9, 22)) - 3.5 * 3600
    assert "1 of 4 dates are Jalali" in str(table.notes[0])


def test_faults_are_counted_by_kind_with_their_first_rows(tmp_path: Path) -> None:
    times = (
        "1403-12-31,a",
        "13/03/2022,a",
        ",a",
        "9999-12-31,a",
        "2024-01-01,a",
        "2024-01-01,a",
        "2024-01-02,",
    )
    rows = "".join(f"1,{time},e\n" for time in times)
    with records_of(tmp_path, events=EVENTS + rows) as records:
        table = records.tables["events"]
    assert (table.read, table.kept) == (7, 2)
    assert {one.kind: (one.count, one.rows) for one in table.set_aside} == {
        "impossible:ts": (2, (1, 4)),
        "unreadable:ts": (1, (2,)),
        "missing:ts": (1, (3,)),
        "missing:channel": (1, (7,)),
        "duplicate:row": (1, (6,)),
    }


def test_numbers_as_people_write_them(tmp_path: Path) -> None:
    values = ('"1,234.5"', "۱٬۰۰۰٫۲۵", '"12,50"', "nan", "1e15")
    text = "customer_id,ts,value\n" + "".join(f"1,2024-01-01,{value}\n" for value in values)
    with records_of(tmp_path, transactions=text) as records:
        found = [row[0] for row in records.engine.rows("select value from transactions order by row").rows]
        table = records.tables["transactions"]
    assert found == [1234.5, 1000.25]
    assert [(one.kind, one.count) for one in table.set_aside] == [("unreadable:value", 3)]


def test_mixed_offsets_need_a_zone(tmp_path: Path) -> None:
    rows = "1,2024-01-01 10:00,a,e\n1,2024-01-01T10:00Z,a,e\n"
    with (
        pytest.raises(StudyError, match="Some times say their offset"),
        records_of(tmp_path, events=EVENTS + rows),
    ):
        pass


def test_an_unknown_channel_stops_the_load_with_the_list(tmp_path: Path) -> None:
    map_file = tmp_path / "columns.toml"
    map_file.write_text(
        '[channels]\nbranch = "physical"\n[values.channel]\n"خودپرداز" = "branch"\n', encoding="utf-8"
    )
    rows = "1,2024-01-01,خودپرداز,e\n1,2024-01-01,fax,e\n"
    with (
        pytest.raises(StudyError, match="no group: fax"),
        records_of(tmp_path, columns=read_column_map(map_file), events=EVENTS + rows),
    ):
        pass


def test_tickets_cannot_close_before_they_open(tmp_path: Path) -> None:
    text = "ticket_id,customer_id,opened,closed,channel,topic\nt1,1,2024-01-02,2024-01-01,a,x\nt2,1,2024-01-02,,a,x\n"
    with records_of(tmp_path, tickets=text) as records:
        assert [one.kind for one in records.tables["tickets"].set_aside] == ["before_opened:closed"]


def test_no_usable_row_is_one_error_with_its_reason(tmp_path: Path) -> None:
    with (
        pytest.raises(StudyError, match="No row of the table can be used"),
        records_of(tmp_path, events=EVENTS + "1,x,a,e\n"),
    ):
        pass


def test_columns_that_fit_no_table_are_named(tmp_path: Path) -> None:
    with (
        pytest.raises(StudyError, match="fit no table"),
        records_of(tmp_path, table="who,when\n1,2024-01-01\n"),
    ):
        pass


def test_parquet_and_csv_give_the_same_rows(tmp_path: Path) -> None:
    text = EVENTS + "001,2024-01-01 10:00:30,a,e\n2,2024-01-02 00:00:00,b,e\n"
    with records_of(tmp_path, events=text) as records:
        sql = "select customer_id, channel, day_ix, instant, month_ix from events order by row"
        written = records.engine.rows(sql).rows
    import duckdb

    target = tmp_path / "events.parquet"
    typed = "customer_id, ts::timestamp as ts, channel, event"
    written_file = duckdb.read_csv(str(tmp_path / "events.csv"), all_varchar=True)
    written_file.project(typed).write_parquet(str(target))
    with records_of(tmp_path, events=target) as records:
        assert records.engine.rows(sql).rows == written


def test_headerless_columns_are_counted(tmp_path: Path) -> None:
    with (
        pytest.raises(StudyError, match="4 columns, and 3 are named"),
        records_of(tmp_path, names=("customer_id", "ts", "value"), transactions="1 2024-01-01 5 6\n"),
    ):
        pass


def test_values_of_several_currencies_have_no_sum(tmp_path: Path) -> None:
    rows = "customer_id,ts,value,currency\nA,2025-01-01,5,IRR\nB,2025-01-02,7,EUR\n"
    with (
        pytest.raises(StudyError, match="several currencies: EUR, IRR"),
        records_of(tmp_path, transactions=rows),
    ):
        pass


def test_values_of_one_currency_are_read(tmp_path: Path) -> None:
    rows = "customer_id,ts,value,currency\nA,2025-01-01,5,IRR\nB,2025-01-02,7,IRR\n"
    with records_of(tmp_path, transactions=rows) as records:
        assert records.tables["transactions"].kept == 2
