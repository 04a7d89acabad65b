"""Records as people keep them: two calendars, zones, Persian digits, faults counted by kind."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import jdatetime
import pytest
from records_builder import records_of

from omnistudy.crm.records.column_map import read_column_map
from omnistudy.crm.records.reading_times import day_of
from omnistudy.errors import StudyError
from omnistudy.text import jalali

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
        assert [str(note) for note in records.tables["transactions"].notes] == [
            "transactions: values are in IRR."
        ]


SIDE: dict[str, Any] = {
    "ops": "period,unit,indicator,value,denominator\n1403-05,B1,calls,10,100\n1403/6,B1,calls,x,\n"
    "2024,B1,calls,5,-1\n۱۴۰۳-۰۷,B1,calls,11,\n2024-08-15,B2,calls,3,9\n",
    "identity_map": "channel,source_id,customer_id\napp,001,c1\nib,,c1\n",
    "preferences": "customer_id,channel\nc1,app\nc2,شعبه\n",
    "cases": "case_id,kind,branch_id,since,until\nB1,branch,01,,\nP1,period,,1403-01-01,1402-01-01\n"
    "P2,period,,1403-01-01,1403-12-30\n",
}


def test_side_tables_are_read_and_their_faults_counted(tmp_path: Path) -> None:
    with records_of(tmp_path, calendar="jalali", **SIDE) as records:
        rows = {
            "ops": "select period_day, unit, indicator, value, denominator, month_ix from ops order by row",
            "identity_map": "select channel, source_id, customer_id from identity_map",
            "preferences": "select customer_id, channel from preferences order by row",
            "cases": "select case_id, kind, branch_id, customer_id, since_day, until_day from cases order by row",
        }
        found = {name: records.engine.rows(sql).rows for name, sql in rows.items()}
        aside = {
            name: {one.kind: one.rows for one in table.set_aside} for name, table in records.tables.items()
        }
        assert records.has("ops", "denominator")
        assert not records.has("cases", "region")
        assert records.window("ops") == (day_of(date(2024, 7, 22)), day_of(date(2024, 9, 22)))
    mordad, mehr = 1403 * 12 + 4, 1403 * 12 + 6
    assert found["ops"] == (
        (day_of(date(2024, 7, 22)), "B1", "calls", 10.0, 100.0, mordad),
        (day_of(date(2024, 9, 22)), "B1", "calls", 11.0, None, mehr),
        (day_of(date(2024, 8, 15)), "B2", "calls", 3.0, 9.0, mordad),
    )
    assert found["identity_map"] == (("app", "001", "c1"),)
    assert found["preferences"] == (("c1", "app"), ("c2", "شعبه"))
    assert found["cases"] == (
        ("B1", "branch", "01", None, None, None),
        ("P2", "period", None, None, day_of(date(2024, 3, 20)), day_of(date(2025, 3, 20))),
    )
    assert aside == {
        "ops": {"negative:denominator": (3,), "unreadable:value": (2,)},
        "identity_map": {"missing:source_id": (2,)},
        "preferences": {},
        "cases": {"before_since:until": (2,)},
    }


def test_a_bare_table_is_never_taken_for_a_side_table(tmp_path: Path) -> None:
    with (
        pytest.raises(StudyError, match="fit no table"),
        records_of(tmp_path, table="customer_id,channel\n1,app\n"),
    ):
        pass


def test_times_of_day_that_no_clock_shows(tmp_path: Path) -> None:
    times = (
        "2024-01-01 25:00",
        "2024-01-01 10:60",
        "2024-01-01 -1:00",
        "2024-01-01 10:00:99",
        "1403-01-01 24:00",
        "-2024-01-01 10:00",
        "2024-01-01 10:00",
    )
    with records_of(tmp_path, events=EVENTS + "".join(f"1,{time},a,e\n" for time in times)) as records:
        table = records.tables["events"]
        days = [row[0] for row in records.engine.rows("select day_ix from events order by row").rows]
    assert {one.kind: (one.count, one.rows) for one in table.set_aside} == {
        "no_time:ts": (4, (1, 2, 3)),
        "unreadable:ts": (1, (6,)),
    }
    # The end of a day is the beginning of the next.
    assert days == [day_of(date(2024, 3, 21)), day_of(date(2024, 1, 1))]


def test_plain_times_and_others_give_the_same_instants(tmp_path: Path) -> None:
    """A column of one simple shape is read by the engine's own cast, any other by parts."""
    seconds = [(at * 7_919) % 86_400 for at in range(3_000)]
    clocks = [f"{one // 3600:02d}:{one % 3600 // 60:02d}:{one % 60:02d}" for one in seconds]
    rows = [f"{at},2023-{1 + at % 12:02d}-{1 + at % 28:02d} {clock},app,e" for at, clock in enumerate(clocks)]
    sql = "select row, day_ix, instant, month_ix from events where row <= 3000 order by row"
    found = []
    for last in ("1,2023-01-01 00:00:00,app,e", "1,1402/1/1 0:00,app,e"):
        with records_of(tmp_path, zone="Europe/Berlin", events=EVENTS + "\n".join([*rows, last])) as records:
            found.append(records.engine.rows(sql).rows)
            assert records.tables["events"].kept == 3_001
    assert found[0] == found[1]


@pytest.mark.parametrize("zone", ["Asia/Tehran", "Europe/Berlin", "America/New_York", "UTC"])
def test_every_change_of_the_clock_is_that_of_the_zone(tmp_path: Path, zone: str) -> None:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    moments = [datetime(2021, 3, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(0, 24 * 620, 5)]
    rows = "".join(f"1,{moment:%Y-%m-%dT%H:%M:%SZ},a,e\n" for moment in moments)
    local = [moment.astimezone(ZoneInfo(zone)) for moment in moments]
    with records_of(tmp_path, zone=zone, events=EVENTS + rows) as records:
        found = records.engine.rows("select instant, day_ix from events order by row").rows
    assert found == tuple(
        (moment.timestamp(), day_of(there.date())) for moment, there in zip(moments, local, strict=True)
    )
    walls = "".join(f"1,{there:%Y-%m-%d %H:%M:%S},a,e\n" for there in local)
    with records_of(tmp_path, zone=zone, events=EVENTS + walls) as records:
        again = records.engine.rows("select instant from events order by row").rows
    # fold = 0 is the first of two equal times of the clock.
    expected = [there.replace(fold=0).timestamp() for there in local]
    assert [row[0] for row in again] == expected


def test_rows_of_many_lines_keep_their_numbers(tmp_path: Path) -> None:
    n = 150_000
    rows = "".join(f"{at},2024-01-01,a,e\n" for at in range(1, n + 1))
    with records_of(tmp_path, events=EVENTS + rows) as records:
        sql = (
            "select count(*), sum(case when cast(customer_id as bigint) = row then 1 else 0 end) from events"
        )
        assert records.engine.rows(sql).rows == ((n, n),)


def test_parts_of_a_folder_are_numbered_through(tmp_path: Path) -> None:
    from omnistudy.crm.records.column_map import ColumnMap
    from omnistudy.crm.records.engine import DuckDBEngine
    from omnistudy.crm.records.files import RecordFiles, parts_of
    from omnistudy.crm.records.load import load_records

    (tmp_path / "events").mkdir()
    for at in range(3):
        text = EVENTS + "".join(f"{3 * at + one},2024-01-01,a,e\n" for one in (1, 2, 3))
        (tmp_path / "events" / f"{at}.csv").write_text(text, encoding="utf-8")
    files = RecordFiles(files={"events": parts_of(tmp_path / "events")}, columns=ColumnMap())
    with DuckDBEngine() as engine:
        load_records(engine, files, ("events",))
        found = engine.rows("select row, customer_id from events order by row").rows
    assert found == tuple((at, str(at)) for at in range(1, 10))


def test_identifiers_and_days_that_a_file_holds_as_numbers(tmp_path: Path) -> None:
    import duckdb

    sql = "select 17.0::double as customer_id, 20240105 as ts, 'app' as channel, 'e' as event, 3::decimal(9, 2) as value"
    rows = f"{sql} union all select 18.0, 14030101, 'app', 'e', 4"
    duckdb.sql(f"copy ({rows}) to '{tmp_path / 'n.parquet'}' (format parquet)")
    with records_of(tmp_path, events=tmp_path / "n.parquet") as records:
        found = records.engine.rows("select customer_id, day_ix, value from events order by row").rows
    assert found == (("17", day_of(date(2024, 1, 5)), 3.0), ("18", day_of(date(2024, 3, 20)), 4.0))


def test_repeated_rows_are_named_from_the_second_on(tmp_path: Path) -> None:
    rows = ("1,2024-01-01,a,e", "2,2024-01-01,a,e", "1,2024-01-01,a,e", ",2024-01-01,a,e", "1,2024-01-01,a,e")
    with records_of(tmp_path, events=EVENTS + "\n".join(rows)) as records:
        (again,) = records.tables["events"].set_aside
    assert (again.kind, again.count, again.rows, again.kept) == ("duplicate:row", 2, (3, 5), True)


def test_a_window_without_rows_is_one_error(tmp_path: Path) -> None:
    with (
        pytest.raises(StudyError, match="later than the window that was asked for"),
        records_of(tmp_path, events=EVENTS + "1,2024-01-01,a,e\n", until=date(2023, 1, 1)),
    ):
        pass


def test_empty_times_do_not_count_as_gregorian(tmp_path: Path) -> None:
    header = "ticket_id,customer_id,opened,closed\n"
    with records_of(tmp_path, tickets=header + "1,1,1403-01-01,\n2,1,1403-01-02,1403-01-03\n") as records:
        assert records.tables["tickets"].notes == ()


@pytest.mark.parametrize("name", ["x[1].csv", "*.csv", "x?.csv"])
def test_a_name_with_signs_of_a_pattern_is_one_file(tmp_path: Path, name: str) -> None:
    """Read as a pattern, x[1].csv would give the records of x1.csv under the hash of another file."""
    head = "customer_id,ts,value\n"
    (tmp_path / "x1.csv").write_text(f"{head}other,2024-01-01,1\nother,2024-01-02,1\n", encoding="utf-8")
    (tmp_path / name).write_text(f"{head}mine,2024-01-03,5\n", encoding="utf-8")
    with records_of(tmp_path, table=tmp_path / name) as records:
        assert [loaded.kept for loaded in records.tables.values()] == [1]


def test_parquet_whose_pages_are_damaged_is_one_error(tmp_path: Path) -> None:
    import duckdb

    path = tmp_path / "events.parquet"
    with duckdb.connect() as database:
        rows = "select 'c' || (i % 17) as customer_id, timestamp '2024-01-01' + interval (i) hour as ts, 'app' as channel"
        database.execute(
            f"copy ({rows}, 'visit' as event from range(20000) as t(i)) to '{path}' (format parquet)"
        )
    data = bytearray(path.read_bytes())
    data[100:-3000:50] = b"\xff" * len(data[100:-3000:50])
    path.write_bytes(data)
    with pytest.raises(StudyError, match="cannot be read") as caught, records_of(tmp_path, table=path):
        pass
    assert len(caught.value.problems) == 1
