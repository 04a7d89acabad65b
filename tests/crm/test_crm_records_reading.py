"""How cells become values: every field of every table, texts as people write them, columns of other types."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from records_builder import records_of

from omnistudy.crm.records.model import Records
from omnistudy.crm.records.reading_sql import as_read
from omnistudy.crm.records.reading_times import FIRST_DAY, LAST_DAY, date_of, day_of
from omnistudy.crm.records.tables import TABLES
from omnistudy.errors import StudyError
from omnistudy.text.jalali import to_jalali

DAY = float(day_of(date(2024, 3, 20)))
# One row of every table with all its fields, and what the analyses read of it.
FULL: dict[str, dict[str, tuple[str, Any]]] = {
    "tickets": {
        "ticket_id": ("007", "007"), "customer_id": ("۰۱", "01"), "agent_id": ("a1", "a1"), "branch_id": ("b1", "b1"),
        "channel": ("شعبه", "شعبه"), "topic": ("card", "card"), "segment": ("s", "s"), "region": ("كرج", "کرج"),
        "opened": ("2024-03-20", DAY), "first_response": ("1403-01-01", DAY), "closed": ("2024-03-21", DAY + 1),
        "is_complaint": ("yes", True), "reopened": ("no", False), "transfers": ("2", 2),
    },
    "survey": {
        "respondent_id": ("r1", "r1"), "customer_id": ("c1", "c1"), "branch_id": ("b1", "b1"), "instrument": ("nps", "nps"),
        "item": ("q1", "q1"), "channel": ("app", "app"), "segment": ("s", "s"), "wave": ("2", "2"), "region": ("n", "n"),
        "ts": ("2024-03-20", DAY), "score": ("7.5", 7.5), "scale_min": ("0", 0.0), "scale_max": ("10", 10.0),
        "weight": ("0.25", 0.25), "reversed": ("بله", True),
    },
    "events": {
        "customer_id": ("c1", "c1"), "event_id": ("e1", "e1"), "journey_id": ("j1", "j1"), "branch_id": ("b1", "b1"),
        "offer_id": ("o1", "o1"), "channel": ("app", "app"), "event": ("login", "login"), "outcome": ("completed", "completed"),
        "initiator": ("bank", "bank"), "trigger_event": ("t", "t"), "service": ("loan", "loan"), "region": ("n", "n"),
        "segment": ("s", "s"), "ts": ("2024-03-20", DAY), "journey_step": ("3", 3), "reentry": ("خیر", False),
        "personalised": ("1", True), "value": ("1,500.25", 1500.25), "emotion": ("-2", -2.0),
    },
    "transactions": {
        "customer_id": ("c1", "c1"), "referrer_id": ("c0", "c0"), "branch_id": ("b1", "b1"), "kind": ("fee", "fee"),
        "currency": ("IRR", "IRR"), "product": ("card", "card"), "channel": ("app", "app"), "acquired_by": ("ad", "ad"),
        "segment": ("s", "s"), "region": ("n", "n"), "ts": ("2024-03-20", DAY), "value": ("10", 10.0), "margin": ("-1", -1.0),
    },
    "contracts": {
        "customer_id": ("c1", "c1"), "segment": ("s", "s"), "duration": ("12", 12.0), "value": ("3", 3.0),
        "churned": ("no", False),
    },
    "survivors": {"period": ("0", 0), "customers": ("100", 100)},
    "ops": {
        "period": ("1403", DAY), "unit": ("B1", "B1"), "indicator": ("calls", "calls"), "value": ("5", 5.0),
        "denominator": ("0", 0.0),
    },
    "identity_map": {"channel": ("app", "app"), "source_id": ("01", "01"), "customer_id": ("c1", "c1")},
    "preferences": {"customer_id": ("c1", "c1"), "channel": ("app", "app")},
    "cases": {
        "case_id": ("k1", "k1"), "interview": ("P01", "P01"), "customer_id": ("c1", "c1"), "branch_id": ("b1", "b1"),
        "kind": ("branch", "branch"), "region": ("n", "n"), "segment": ("s", "s"), "since": ("2024-03-20", DAY),
        "until": ("2024-03-20", DAY),
    },
}  # fmt: skip
NEVER_EMPTY = {
    "tickets": {"ticket_id", "opened"},
    "survey": {"ts", "instrument", "score", "scale_min", "scale_max"},
    "events": {"ts", "channel", "event"},  # a customer may be unknown
    "transactions": {"customer_id", "ts", "value"},
    "contracts": {"customer_id", "duration", "churned"},
    "survivors": {"period", "customers"},
    "ops": {"period", "indicator", "value"},
    "identity_map": {"channel", "source_id", "customer_id"},
    "preferences": {"customer_id", "channel"},
    "cases": {"case_id", "kind"},
}
TIMES = {"opened", "first_response", "closed", "ts", "since", "until"}


def read(folder: Path, table: str, text: str) -> AbstractContextManager[Records]:
    given: dict[str, Any] = {table: text}
    return records_of(folder, **given)


def types(records: Records, table: str) -> dict[str, str]:
    """Column to its SQL type."""
    rows = records.engine.rows(f"describe select * from {table}").rows
    return {str(row[0]): str(row[1]) for row in rows}


SQL_TYPES = {str: "VARCHAR", float: "DOUBLE", int: "BIGINT", bool: "BOOLEAN"}


def column_of(table: str, field: str) -> str:
    return f"{field}_day" if field in TIMES or (table, field) == ("ops", "period") else field


def one(records: Records, table: str, *columns: str) -> tuple[Any, ...]:
    (row,) = records.engine.rows(f"select {', '.join(columns)} from {table}").rows
    return row


def csv(*rows: list[str]) -> str:
    return "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows)


@pytest.mark.parametrize("table", FULL)
def test_every_field_of_a_table(tmp_path: Path, table: str) -> None:
    fields = FULL[table]
    assert set(fields) == set(TABLES[table].fields)
    text = csv(list(fields), [cell for cell, _ in fields.values()])
    with read(tmp_path, table, text) as records:
        columns = [column_of(table, field) for field in fields]
        assert one(records, table, "row", *columns) == (1, *(value for _, value in fields.values()))
        loaded = records.tables[table]
        assert (loaded.fields, loaded.read, loaded.kept, loaded.set_aside) == (frozenset(fields), 1, 1, ())
        dated = TABLES[table].clock
        assert (loaded.first_day, loaded.last_day) == ((DAY, DAY) if dated else (None, None))
        if dated:
            assert one(records, table, "day_ix", "instant", "month_ix") == (DAY, 86_400 * DAY, 2024 * 12 + 2)
        else:
            with pytest.raises(ValueError, match=f"{table} has no days"):
                records.window(table)


@pytest.mark.parametrize("table", FULL)
def test_what_a_row_cannot_be_without(tmp_path: Path, table: str) -> None:
    """Rows that leave a needed field empty are set aside by name; other fields may be empty, and stay so."""
    fields = FULL[table]
    whole = {field: cell for field, (cell, _) in fields.items()}
    rows = [list(whole.values())] + [list((whole | {field: ""}).values()) for field in fields]
    with read(tmp_path, table, csv(list(fields), *rows)) as records:
        missing = {kind.kind: kind.rows for kind in records.tables[table].set_aside if "missing" in kind.kind}
        assert missing == {
            f"missing:{field}": (at,)
            for at, field in enumerate(fields, start=2)
            if field in NEVER_EMPTY[table]
        }
        for at, field in enumerate(fields, start=2):
            if field not in NEVER_EMPTY[table]:
                sql = f"select {column_of(table, field)} from {table} where row = {at}"
                assert records.engine.rows(sql).rows == ((None,),)


@pytest.mark.parametrize("table", FULL)
def test_columns_that_a_table_cannot_be_without(tmp_path: Path, table: str) -> None:
    """With them alone it is read, and every other field is there, and empty."""
    required = TABLES[table].required
    text = csv(list(required), [FULL[table][field][0] for field in required])
    with read(tmp_path, table, text) as records:
        others = [column_of(table, field) for field in TABLES[table].fields if field not in required]
        assert one(records, table, *others, "row") == (*(None for _ in others), 1)
        empty = types(records, table)
    # Empty columns have the types of filled ones.
    for field, (_, value) in FULL[table].items():
        if field not in required:
            kind = "INTEGER" if column_of(table, field) != field else SQL_TYPES[type(value)]
            assert empty[column_of(table, field)] == kind
    for column in required:
        fewer = [field for field in required if field != column] + ["other"]
        with (
            pytest.raises(StudyError, match=f"The table of {table} has no column {column}"),
            read(tmp_path, table, csv(fewer, ["1"] * len(fewer))),
        ):
            pass


def values(folder: Path, field: str, cells: list[str], table: str = "events") -> list[Any]:
    """What the cells of a field are read as; ``"set aside: kind"`` for those that cannot be."""
    needed = {"events": {"ts": "2024-01-01", "channel": "c", "event": "e", "customer_id": "1"}}[table]
    columns = [*(name for name in needed if name != field), field]
    rows = [[*(value for name, value in needed.items() if name != field), cell] for cell in cells]
    good = [*(value for name, value in needed.items() if name != field), needed.get(field, "1")]
    with read(folder, table, csv(columns, *rows, good)) as records:
        name = column_of(table, field)
        sql = f"select row, {name} from {table}"
        found: dict[Any, Any] = {row[0]: row[1] for row in records.engine.rows(sql).rows}
        aside: dict[Any, str] = {}
        for kind in records.tables[table].set_aside:
            if not kind.kept:
                where = f"reason = {_reason(records, table, kind.kind)}"
                bad = records.engine.rows(f"select row from read_{table} where {where}").rows
                aside |= {row[0]: f"set aside: {kind.kind}" for row in bad}
    return [found[at] if at in found else aside[at] for at in range(1, len(cells) + 1)]


def _reason(records: Records, table: str, kind: str) -> int:
    (first,) = {row for one in records.tables[table].set_aside if one.kind == kind for row in one.rows[:1]}
    ((number,),) = records.engine.rows(f"select reason from read_{table} where row = {first}").rows
    return int(number or 0)


UNREADABLE = "set aside: unreadable:value"
NUMBERS: dict[str, float | str | None] = {
    "": None, "5": 5.0, " 5 ": 5.0, "+5.5": 5.5, "-0.25": -0.25, "1e3": 1000.0, "۱۲": 12.0, "٣": 3.0,
    "1,234": 1234.0, "12,345,678.5": 12345678.5, "-1,000": -1000.0, "1٬234٫5": 1234.5, "۳٫۵": 3.5,
    "12,34": UNREADABLE, "1,2345": UNREADABLE, "1234,567": UNREADABLE, "abc": UNREADABLE, "nan": UNREADABLE,
    "inf": UNREADABLE, "999999999999": 999999999999.0, "1000000000000": UNREADABLE, "-1000000000000": UNREADABLE,
}  # fmt: skip


def test_numbers_as_people_write_them(tmp_path: Path) -> None:
    """Marks group by thousands or are not marks of groups; a million millions is no amount of a record."""
    assert dict(zip(NUMBERS, values(tmp_path, "value", list(NUMBERS)), strict=True)) == NUMBERS


def test_whole_numbers(tmp_path: Path) -> None:
    cells = {"3": 3, "3.0": 3, "۷": 7, "-1": -1, "": None, "3.5": "set aside: unreadable:journey_step"}
    cells["1e12"] = "set aside: unreadable:journey_step"
    assert dict(zip(cells, values(tmp_path, "journey_step", list(cells)), strict=True)) == cells


def test_yes_and_no(tmp_path: Path) -> None:
    yes = dict.fromkeys(["1", "1.0", "true", "True", "t", "T", "yes", "YES", "y", "بله", "بلی", "۱"], True)
    no = dict.fromkeys(["0", "0.0", "false", "F", "f", "no", "No", "n", "N", "خیر", "نه", "۰"], False)
    other = dict.fromkeys(["2", "maybe", "ja", "-"], "set aside: unreadable:reentry")
    cells = yes | no | other | {"": None}
    assert dict(zip(cells, values(tmp_path, "reentry", list(cells)), strict=True)) == cells


def test_names_in_two_spellings_are_one_name_and_identifiers_stay(tmp_path: Path) -> None:
    """Arabic ye and kaf, the joiner and Persian digits; an identifier keeps its letters."""
    names = {"كارت": "کارت", "بانكي": "بانکی", "همراه‌بانک": "همراهبانک", " app ": "app", "ط۱": "ط1", "": None}
    assert dict(zip(names, values(tmp_path, "service", list(names)), strict=True)) == names
    ids = {"۰۰۷": "007", " x 1 ": "x 1", "كي‌": "كي‌", "": None}
    assert dict(zip(ids, values(tmp_path, "offer_id", list(ids)), strict=True)) == ids
    assert as_read("channel", " همراه‌بانك۱ ") == "همراهبانک1"
    assert as_read("customer_id", " كي‌۱ ") == "كي‌1"


def moment(text: str) -> float:
    """Seconds since 1970, UTC where no offset is named."""
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


WRITTEN = {
    "2024-03-20": "2024-03-20", "2024/3/5": "2024-03-05", "2024-3-15": "2024-03-15", "20240320": "2024-03-20",
    "1403/1/1": "2024-03-20", "۱۴۰۳-۰۱-۰۱": "2024-03-20", "14030101": "2024-03-20", "1399-12-30": "2021-03-20",
    "2024-03-20 07:05": "2024-03-20T07:05", "2024/3/5 7:05": "2024-03-05T07:05", "2024-03-20 7:05": "2024-03-20T07:05",
    "2024-03-20T7:05:09": "2024-03-20T07:05:09",
    "2024-03-20 10:15:30.25": "2024-03-20T10:15:30.250", "20240320 10:15": "2024-03-20T10:15",
    "1403-01-01 24:00": "2024-03-21", "1403-01-01 23:59:59": "2024-03-20T23:59:59", "2024-03-20 00:00:00": "2024-03-20",
    "1999-12-31 23:59:59": "1999-12-31T23:59:59", "1999-12-31": "1999-12-31", "2024-03-20T10:15:30": "2024-03-20T10:15:30",
}  # fmt: skip
WITH_OFFSET = {
    "2024-03-20T10:15Z": "2024-03-20T10:15+00:00", "2024-03-20T10:15:30Z": "2024-03-20T10:15:30+00:00",
    "2024-03-20 10:15+03:30": "2024-03-20T10:15+03:30", "2024-03-20 10:15:30-0500": "2024-03-20T10:15:30-05:00",
    "2024-03-20T10:15:30.5+03": "2024-03-20T10:15:30.500+03:00", "1403/1/1 1:15-11:30": "2024-03-20T01:15-11:30",
}  # fmt: skip


@pytest.mark.parametrize("cells", [WRITTEN, WITH_OFFSET], ids=["of a clock", "with an offset"])
def test_times_as_people_write_them(tmp_path: Path, cells: dict[str, str]) -> None:
    rows = [["1", written, "c", "e"] for written in cells]
    with records_of(tmp_path, events=csv(["customer_id", "ts", "channel", "event"], *rows)) as records:
        found = records.engine.rows("select instant, day_ix from events order by row").rows
        assert records.tables["events"].timed
    assert dict(zip(cells, (row[0] for row in found), strict=True)) == {
        a: moment(b) for a, b in cells.items()
    }
    # Without a zone the day is that of the clock as written.
    assert [row[1] for row in found] == [day_of(date.fromisoformat(text[:10])) for text in cells.values()]


def test_days_at_the_ends_of_the_calendar(tmp_path: Path) -> None:
    """1920 to 2059 in either calendar; a day beyond, or one that no calendar has, is impossible."""
    assert (date(1920, 1, 1), date(2059, 12, 31)) == (FIRST_DAY, LAST_DAY)
    day = timedelta(days=1)
    inside = [FIRST_DAY, LAST_DAY]
    outside = [FIRST_DAY - day, LAST_DAY + day]
    cells: dict[str, int | str] = {}
    for kind, days in (("in", inside), ("out", outside)):
        for one_day in days:
            y, m, d = to_jalali(one_day)
            for text in (one_day.isoformat(), f"{y}-{m:02d}-{d:02d}", f"{one_day.isoformat()} 10:00"):
                cells[text] = day_of(one_day) if kind == "in" else "set aside: impossible:ts"
    cells |= dict.fromkeys(
        ["2023-02-29", "1402-12-30", "2023-13-01", "1403-07-31"], "set aside: impossible:ts"
    )
    cells |= dict.fromkeys(["20-03-2024", "March 2024", "2024", "2024-03"], "set aside: unreadable:ts")
    cells |= dict.fromkeys(
        ["2024-03-20 25:00", "2024-03-20 10:61", "2024-03-20 noon"], "set aside: no_time:ts"
    )
    assert dict(zip(cells, values(tmp_path, "ts", list(cells)), strict=True)) == cells


@pytest.mark.parametrize("clean", [True, False])
def test_a_column_of_one_shape_is_held_to_its_ends_too(tmp_path: Path, clean: bool) -> None:
    """Days written alike are read by the engine itself; one of another shape sends all of them the longer way."""
    cells: dict[str, Any] = {"1919-12-31": "set aside: impossible:ts", "1920-01-01": day_of(FIRST_DAY)}
    cells |= {
        "2059-12-31": day_of(LAST_DAY),
        "2060-01-01": "set aside: impossible:ts",
        "2023-02-29": "set aside: impossible:ts",
    }
    if not clean:
        cells["1403/1/1"] = int(DAY)
    assert dict(zip(cells, values(tmp_path, "ts", list(cells)), strict=True)) == cells


def test_periods_of_operations(tmp_path: Path) -> None:
    """A year or a month is known by its first day, of either calendar."""
    cells = {
        "1403": date(2024, 3, 20),
        "2024": date(2024, 1, 1),
        "1403-02": date(2024, 4, 20),
        "2024/5": date(2024, 5, 1),
    }
    cells |= {"1403/2/3": date(2024, 4, 22), "2024-05-06": date(2024, 5, 6), "20240507": date(2024, 5, 7)}
    text = csv(["period", "indicator", "value"], *([cell, "calls", "1"] for cell in cells))
    with records_of(tmp_path, ops=text) as records:
        found = records.engine.rows("select period_day from ops order by row").rows
    assert [date_of(int(row[0] or 0)) for row in found] == list(cells.values())


RULES = {
    "tickets": ({"ticket_id": "t", "customer_id": "1", "opened": "2024-01-02 10:00"}, {
        "first_response": ("2024-01-02 09:59", "2024-01-02 10:00", "before_opened:first_response"),
        "closed": ("2024-01-01 10:00", "2024-01-02 10:00", "before_opened:closed"),
        "transfers": ("-1", "0", "negative:transfers"),
    }),
    "survey": ({"ts": "2024-01-01", "instrument": "csat", "scale_min": "1", "scale_max": "5", "score": "3"}, {
        "score": ("0.9", "1", "off_scale:score"),
        "scale_max": ("2.9", "3", "off_scale:score"),
        "scale_min": ("3.1", "3", "off_scale:score"),
    }),
    "contracts": ({"customer_id": "1", "duration": "1", "churned": "no"}, {"duration": ("-0.1", "0", "negative:duration")}),
    "survivors": ({"period": "1", "customers": "5"}, {
        "customers": ("-1", "0", "negative:customers"), "period": ("-1", "0", "negative:period"),
    }),
    "ops": ({"period": "2024-01", "indicator": "x", "value": "-1", "denominator": "1"}, {
        "denominator": ("-0.5", "0", "negative:denominator"),
    }),
    "cases": ({"case_id": "a", "kind": "b", "since": "2024-01-02", "until": "2024-01-03"}, {
        "until": ("2024-01-01", "2024-01-02", "before_since:until"),
    }),
}  # fmt: skip


@pytest.mark.parametrize("table", RULES)
def test_what_cannot_be_true_of_a_row(tmp_path: Path, table: str) -> None:
    """Each rule by a row just beyond it, and one that just keeps it."""
    good, rules = RULES[table]
    columns = [*good, *(field for field in rules if field not in good)]
    rows: list[list[str]] = []
    expected: dict[str, list[int]] = {}
    for field, (bad, fine, kind) in rules.items():
        expected.setdefault(kind, []).append(len(rows) + 1)
        rows += [[(good | {field: cell}).get(column, "") for column in columns] for cell in (bad, fine)]
    with read(tmp_path, table, csv(columns, *rows)) as records:
        found = {one.kind: list(one.rows) for one in records.tables[table].set_aside if not one.kept}
        assert found == expected
        assert records.tables[table].kept == len(rows) // 2


def test_a_scale_that_has_no_length_holds_no_answer(tmp_path: Path) -> None:
    columns = ["ts", "instrument", "score", "scale_min", "scale_max"]
    text = csv(columns, ["2024-01-01", "x", "3", "3", "3"], ["2024-01-01", "x", "3", "3", "4"])
    with records_of(tmp_path, survey=text) as records:
        assert [one.kind for one in records.tables["survey"].set_aside] == ["off_scale:score"]


def parquet(folder: Path, columns: str, name: str = "events") -> Path:
    import duckdb

    path = folder / f"{name}.parquet"
    with duckdb.connect() as database:
        database.execute(f"copy (select {columns}) to '{path}' (format parquet)")
    return path


NEEDED = {"customer_id": "'1'", "ts": "date '2024-01-01'", "channel": "'c'", "event": "'e'"}


@pytest.mark.parametrize(
    "fields",
    [
        {"offer_id": ("7::tinyint", "7"), "service": ("true", "true"), "value": ("7::smallint", 7.0),
         "journey_step": ("3::ubigint", 3), "reentry": ("true", True), "ts": ("timestamp '2024-03-20 23:00'", DAY)},
        {"offer_id": ("7::hugeint", "7"), "service": ("12::integer", "12"), "value": ("7.25::decimal(9, 2)", 7.25),
         "journey_step": ("3.0::double", 3), "reentry": ("0::integer", False), "ts": ("date '2024-03-20'", DAY)},
        {"offer_id": ("7.0::double", "7"), "service": ("7.5::double", "7.5"), "value": ("7.25::float", 7.25),
         "journey_step": ("'۳'", 3), "reentry": ("1.0::double", True),
         "ts": ("timestamptz '2024-03-20 23:30:00+00'", DAY)},
        {"offer_id": ("7.00::decimal(9, 2)", "7"), "service": ("date '2024-03-20'", "2024-03-20"),
         "value": ("'1,000'", 1000.0), "journey_step": ("null::integer", None), "reentry": ("'خیر'", False),
         "ts": ("20240320::integer", DAY)},
        {"offer_id": ("7.5::double", "7.5"), "journey_id": ("date '2024-03-20'", "2024-03-20"),
         "value": ("null::double", None), "reentry": ("null::boolean", None), "ts": ("'1403/1/1'", DAY)},
    ],
    ids=["whole numbers", "decimals", "fractions", "texts", "empty"],
)  # fmt: skip
def test_columns_that_a_file_holds_as_other_types(tmp_path: Path, fields: dict[str, tuple[str, Any]]) -> None:
    cells = NEEDED | {field: sql for field, (sql, _) in fields.items()}
    path = parquet(tmp_path, ", ".join(f"{sql} as {field}" for field, sql in cells.items()))
    with records_of(tmp_path, events=path) as records:
        found = one(records, "events", *(column_of("events", field) for field in fields))
    assert dict(zip(fields, found, strict=True)) == {field: value for field, (_, value) in fields.items()}


@pytest.mark.parametrize(
    ("field", "column", "reason"),
    [
        ("value", "true", "value cannot be read"),
        ("value", "date '2024-03-20'", "value cannot be read"),
        ("reentry", "2::integer", "reentry cannot be read"),
        ("ts", "date '1919-12-31'", "ts is a day that does not exist or lies outside 1920 to 2059"),
        ("ts", "null::timestamp", "ts is empty"),
    ],
)
def test_columns_of_a_type_that_says_nothing_here(
    tmp_path: Path, field: str, column: str, reason: str
) -> None:
    cells = NEEDED | {field: column}
    path = parquet(tmp_path, ", ".join(f"{sql} as {name}" for name, sql in cells.items()))
    with (
        pytest.raises(StudyError, match=f"the most frequent reason is: {reason}"),
        records_of(tmp_path, events=path),
    ):
        pass


def test_a_moment_with_its_zone_is_placed_in_the_zone_that_is_declared(tmp_path: Path) -> None:
    """22:00 UTC is half past one of the next day in Tehran, and a clock of 01:30 there is the same moment."""
    for column in ("timestamptz '2024-03-19 22:00:00+00'", "timestamp '2024-03-20 01:30:00'"):
        path = parquet(tmp_path, f"'1' as customer_id, {column} as ts, 'c' as channel, 'e' as event")
        with records_of(tmp_path, zone="Asia/Tehran", events=path) as records:
            assert one(records, "events", "day_ix", "instant") == (DAY, moment("2024-03-19T22:00"))
            assert records.tables["events"].notes == ()
