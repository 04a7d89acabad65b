"""What a load says of its tables: rows kept and set aside, notes, and every refusal with its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from records_builder import records_of

from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.crm.records.loading_blocks import (
    loading_blocks,
    loading_payload,
    loading_table,
    refusal_blocks,
)
from omnistudy.crm.records.model import LoadedTable
from omnistudy.crm.records.reading_times import day_of
from omnistudy.crm.records.set_aside import SetAside, reason_words
from omnistudy.crm.refusals import Refusal
from omnistudy.errors import Problem, StudyError
from omnistudy.results import Note, Prose, Status, msg

HEADER = "customer_id,ts,channel,event\n"
FAULTY = HEADER + (
    "1,2024-01-05,app,e\n"
    "1,soon,app,e\n"
    "1,2024-01-09,,e\n"
    "1,late,app,e\n"
    "1,2023-12-31,app,e\n"
    "1,never,app,e\n"
    "1,2024-02-01,app,e\n"
    "1,2024-01-05,app,e\n"
    "1,no,app,\n"
    "1,2024-01-31,app,e\n"
)


def loaded(folder: Path, name: str = "events", **given: Any) -> LoadedTable:
    with records_of(folder, **given) as records:
        return records.tables[name]


def fault(folder: Path, **given: Any) -> Problem:
    with pytest.raises(StudyError) as caught, records_of(folder, **given):
        pass
    (problem,) = caught.value.problems
    return problem


def test_a_table_with_every_kind_of_row(tmp_path: Path) -> None:
    """The most frequent kind first, equal ones by name; row 9 has two faults and counts once."""
    window: dict[str, Any] = {"since": date(2024, 1, 1), "until": date(2024, 1, 31)}
    assert loaded(tmp_path, events=FAULTY, **window) == LoadedTable(
        name="events",
        fields=frozenset({"customer_id", "ts", "channel", "event"}),
        read=10,
        kept=3,
        set_aside=(
            SetAside("unreadable:ts", msg("{field} cannot be read", field="ts"), 3, (2, 4, 6)),
            SetAside("after_window:ts", msg("later than the window that was asked for"), 1, (7,)),
            SetAside("before_window:ts", msg("earlier than the window that was asked for"), 1, (5,)),
            SetAside("missing:channel", msg("{field} is empty", field="channel"), 1, (3,)),
            SetAside("missing:event", msg("{field} is empty", field="event"), 1, (9,)),
            SetAside("duplicate:row", msg("same as an earlier row in every field; kept"), 1, (8,)),
        ),
        first_day=day_of(date(2024, 1, 5)),
        last_day=day_of(date(2024, 1, 31)),
        timed=False,
        notes=(),
    )


@pytest.mark.parametrize(
    ("window", "kept", "kinds"),
    [
        ({"since": date(2024, 1, 5)}, 4, ["before_window:ts"]),
        ({"since": date(2024, 1, 6)}, 2, ["before_window:ts"]),
        ({"until": date(2024, 1, 31)}, 4, ["after_window:ts"]),
        ({"until": date(2024, 1, 30)}, 3, ["after_window:ts"]),
    ],
)
def test_a_window_holds_its_first_and_last_day(
    tmp_path: Path, window: dict[str, Any], kept: int, kinds: list[str]
) -> None:
    with records_of(tmp_path, events=FAULTY, **window) as records:
        table = records.tables["events"]
        assert table.kept == kept
        assert [one.kind for one in table.set_aside if "window" in one.kind] == kinds
        days = (date(2023, 12, 31), date(2024, 2, 1))
        expected = tuple(
            day_of(window.get(key, day)) for key, day in zip(("since", "until"), days, strict=True)
        )
        assert records.window("events") == expected
        assert (records.since, records.until) == tuple(
            None if key not in window else day_of(window[key]) for key in ("since", "until")
        )


def test_a_window_leaves_undated_tables_alone(tmp_path: Path) -> None:
    contracts = "customer_id,duration,churned\na,3,no\na,3,no\n"
    table = loaded(tmp_path, "contracts", contracts=contracts, since=date(2024, 1, 1), until=date(2024, 1, 2))
    assert table == LoadedTable(
        name="contracts",
        fields=frozenset({"customer_id", "duration", "churned"}),
        read=2,
        kept=2,
        set_aside=(SetAside("duplicate:row", reason_words("duplicate:row"), 1, (2,)),),
        first_day=None,
        last_day=None,
        timed=False,
        notes=(),
    )


def test_many_repeated_rows_are_counted_and_three_are_named(tmp_path: Path) -> None:
    rows = "1,2024-01-05,app,e\n2,2024-01-05,app,e\n" * 4
    (again,) = loaded(tmp_path, events=HEADER + rows).set_aside
    assert (again.count, again.rows, again.kept) == (6, (3, 4, 5), True)


def test_rows_that_differ_in_the_time_of_day_are_not_repeated(tmp_path: Path) -> None:
    table = loaded(tmp_path, events=HEADER + "1,2024-01-05 10:00,app,e\n1,2024-01-05 10:01,app,e\n")
    assert (table.set_aside, table.timed) == ((), True)


CLOCK = (
    "{}: the times name no zone and are taken as local clock time; spans across a change of the clock can be off by "
    "an hour. Declare the zone with --zone."
)


@pytest.mark.parametrize(
    ("times", "zone", "notes"),
    [
        (["2024-01-05", "2024-01-06"], None, []),
        (["2024-01-05 10:00", "2024-01-06"], None, [CLOCK.format("ts")]),
        (["2024-01-05 10:00", "2024-01-06"], "Asia/Tehran", []),
        (["2024-01-05 10:00Z"], None, ["ts: days are those of the offsets as written; no zone was declared."]),
        (["2024-01-05 10:00Z", "2024-01-05 10:00"], "Asia/Tehran", []),
        (["1402-10-15", "1402-10-16"], None, []),
        (["1402-10-15", "2024-01-06", "2024-01-07"], None, ["ts: 1 of 3 dates are Jalali, the others Gregorian."]),
        (["1402-10-15 10:00", "1402-10-16", "2024-01-06"], None,
         ["ts: 2 of 3 dates are Jalali, the others Gregorian.", CLOCK.format("ts")]),
        (["1402-10-15 10:00", "soon", "1402-10-16"], "UTC", []),
    ],
)  # fmt: skip
def test_notes_on_times(tmp_path: Path, times: list[str], zone: str | None, notes: list[str]) -> None:
    text = HEADER + "".join(f"{at},{time},app,e\n" for at, time in enumerate(times))
    assert [str(note) for note in loaded(tmp_path, events=text, zone=zone).notes] == notes


@pytest.mark.parametrize(
    ("kind", "notes"),
    [
        ("date", []),
        ("timestamp", [CLOCK.format("ts")]),
        ("timestamptz", ["ts: days are those of the offsets as written; no zone was declared."]),
    ],
)
def test_notes_on_times_that_a_file_holds_as_such(tmp_path: Path, kind: str, notes: list[str]) -> None:
    import duckdb

    path = tmp_path / "events.parquet"
    columns = f"'1' as customer_id, {kind} '2024-01-05' as ts, 'c' as channel, 'e' as event"
    duckdb.sql(f"copy (select {columns}) to '{path}' (format parquet)")
    table = loaded(tmp_path, events=path)
    assert ([str(note) for note in table.notes], table.timed) == (notes, kind != "date")


def test_times_of_which_some_say_their_offset(tmp_path: Path) -> None:
    """The row that is named is the first with a time of day and without an offset, wherever it stands."""
    rows = [
        "1,2024-01-01,a,e",
        "1,2024-01-01 10:00Z,a,e",
        "1,2024-01-02 10:00,a,e",
        "1,2024-01-01T10:00Z,a,e",
        "1,2024-01-03 10:00,a,e",
    ]
    for order, row in ((rows, 3), ([*rows[:2], *rows[3:]], 4)):
        problem = fault(tmp_path, events=HEADER + "\n".join(order) + "\n")
        assert problem == Problem(
            what=f"Some times say their offset from UTC (2), others do not ({len(order) - 3}).",
            remedy="Say in which zone the others are: --zone Asia/Tehran.",
            file=str(tmp_path / "events.csv"),
            row=row,
            column="ts",
        )


def test_no_row_that_can_be_used(tmp_path: Path) -> None:
    where = str(tmp_path / "events.csv")
    remedy = "Correct the file or the column map."
    assert fault(tmp_path, events=HEADER + "1,2024-01-01,,e\n1,soon,a,e\n1,later,a,e\n") == Problem(
        what="No row of the table can be used; the most frequent reason is: ts cannot be read",
        remedy=remedy, file=where, row=2,
    )  # fmt: skip
    assert fault(tmp_path, events=HEADER + "1,2024-01-01,a,e\n", since=date(2024, 1, 2)) == Problem(
        what="No row of the table can be used; the most frequent reason is: earlier than the window that was asked for",
        remedy=remedy, file=where, row=1,
    )  # fmt: skip


def test_channels_without_a_group(tmp_path: Path) -> None:
    text = HEADER + "1,2024-01-01,b,e\n1,2024-01-01,zoo,e\n1,2024-01-01,fax,e\n1,2024-01-01,fax,e\n"
    columns = ColumnMap(channels={"b": "physical"})
    assert fault(tmp_path, events=text, columns=columns) == Problem(
        what="These channels have no group: fax, zoo.",
        remedy="Add them under [channels] of the column map, or map them under [values.channel].",
        file=str(tmp_path / "events.csv"),
        column="channel",
    )
    mapped = ColumnMap(channels={"b": "physical"}, values={"channel": {"fax": "b", "zoo": "b"}})
    assert loaded(tmp_path, events=text, columns=mapped).kept == 4
    # Channels that nobody has filled in need no group.
    sales = "customer_id,ts,value,channel\n1,2024-01-01,5,\n1,2024-01-02,5,b\n"
    assert loaded(tmp_path, "transactions", transactions=sales, columns=columns).kept == 2
    plain = "customer_id,ts,value\n1,2024-01-01,5\n"
    assert loaded(tmp_path, "transactions", transactions=plain, columns=columns).kept == 1


SALES = "customer_id,ts,value,currency\n"


def test_one_currency_written_or_declared(tmp_path: Path) -> None:
    def notes(text: str, currency: str | None, table: str = "transactions") -> list[str]:
        columns = ColumnMap(currency=currency)
        return [str(note) for note in loaded(tmp_path, table, columns=columns, **{table: text}).notes]

    rials = SALES + "A,2025-01-01,5,IRR\nB,2025-01-02,7,\n"
    unsaid = SALES + "A,2025-01-01,5,\n"
    said = ["transactions: values are in IRR."]
    assert notes(rials, None) == notes(rials, "IRR") == notes(unsaid, "IRR") == said
    assert notes(unsaid, None) == []
    assert notes("customer_id,ts,value\nA,2025-01-01,5\n", "IRR") == said
    contracts = "customer_id,duration,churned,value\na,3,no,5\n"
    assert notes(contracts, "IRR", "contracts") == ["contracts: values are in IRR."]
    assert notes("customer_id,duration,churned\na,3,no\n", "IRR", "contracts") == []
    assert notes(HEADER.strip() + ",value\n1,2024-01-01,a,e,5\n", "IRR", "events") == []


def test_several_currencies_have_no_sum(tmp_path: Path) -> None:
    where = str(tmp_path / "transactions.csv")
    mixed = SALES + "A,2025-01-01,5,USD\nB,2025-01-02,7,EUR\n"
    assert fault(tmp_path, transactions=mixed) == Problem(
        what="The values are in several currencies: EUR, USD.",
        remedy="Convert them to one, or analyse one file for each.", file=where, column="currency",
    )  # fmt: skip
    other = SALES + "A,2025-01-01,5,USD\n"
    assert fault(tmp_path, transactions=other, columns=ColumnMap(currency="IRR")) == Problem(
        what="The column map declares IRR, the values are in USD.",
        remedy="Correct the declaration or the file.", file=where, column="currency",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "words", "kept"),
    [
        ("missing:ts", "ts is empty", False),
        ("unreadable:value", "value cannot be read", False),
        ("impossible:ts", "ts is a day that does not exist or lies outside 1920 to 2059", False),
        ("no_time:ts", "ts has a time of day that cannot be read or does not exist", False),
        ("before_opened:closed", "closed is earlier than opened", False),
        ("before_since:until", "until is earlier than since", False),
        ("off_scale:score", "score is outside its scale", False),
        ("negative:transfers", "transfers is negative", False),
        ("before_window:ts", "earlier than the window that was asked for", False),
        ("after_window:ts", "later than the window that was asked for", False),
        ("duplicate:row", "same as an earlier row in every field; kept", True),
    ],
)
def test_what_a_kind_of_row_means(kind: str, words: str, kept: bool) -> None:
    found = SetAside(kind, reason_words(kind), 1, (1,))
    assert (str(found.what), found.kept) == (words, kept)


def test_columns_that_cannot_be_told_apart_or_are_not_there(tmp_path: Path) -> None:
    where = str(tmp_path / "events.csv")
    names = ["ts", "region", "outcome", "event", "customer_id", "channel"]
    twice = ",".join([*names, *names]) + "\n" + ",".join("1" for _ in [*names, *names]) + "\n"
    assert fault(tmp_path, events=twice) == Problem(
        what="The column 'channel' appears twice.", remedy="Rename one of them.", file=where
    )
    assert fault(tmp_path, events="customer_id,ts,chanel,evnt\n1,2024-01-01,a,e\n") == Problem(
        what="The table of events has no column channel, event.",
        remedy="Did you mean 'chanel'? Map it: --map channel=Column.", file=where, row=1,
    )  # fmt: skip
    assert fault(tmp_path, events="customer_id,ts,channel\n1,2024-01-01,a\n") == Problem(
        what="The table of events has no column event.",
        remedy="Map it: --map event=Column.",
        file=where,
        row=1,
    )
    for empty in (HEADER, HEADER + "\n"):
        assert fault(tmp_path, events=empty) == Problem(
            what="The table has no rows.", remedy="Give it at least one row.", file=where
        )


def test_a_bare_table_that_fits_none_is_told_what_is_needed(tmp_path: Path) -> None:
    assert fault(tmp_path, table="who,when\n1,2024-01-01\n") == Problem(
        what="The columns (who, when) fit no table of this command.",
        remedy="Name them with --map field=Column, or --columns FILE for a file without a header. Needed: "
        "events: customer_id, ts, channel, event; transactions: customer_id, ts, value; "
        "survey: ts, instrument, score, scale_min, scale_max; tickets: ticket_id, customer_id, opened; "
        "contracts: customer_id, duration, churned; survivors: period, customers.",
        file=str(tmp_path / "table.csv"),
    )


def test_a_bare_table_is_taken_for_the_first_that_is_preferred(tmp_path: Path) -> None:
    both = "customer_id,ts,channel,event,value\n1,2024-01-01,a,e,5\n"
    assert loaded(tmp_path, "events", table=both).kept == 1
    # A kind that no command of these prefers is taken where it is the only one.
    from omnistudy.crm.records.engine import DuckDBEngine
    from omnistudy.crm.records.files import RecordFiles
    from omnistudy.crm.records.load import load_records

    files = RecordFiles(files={"": (tmp_path / "table.csv",)}, columns=ColumnMap())
    for prefer, name in ((("transactions", "events"), "transactions"), (("contracts",), "events")):
        with DuckDBEngine() as engine:
            assert list(load_records(engine, files, prefer).tables) == [name]


def test_names_of_more_than_two_thousand_words_are_read_alike(tmp_path: Path) -> None:
    """A small vocabulary is cleaned once and kept as numbers; a large one in every row."""
    for n in (2_000, 2_001):
        rows = "".join(f"1,2024-01-01,كانال‌ {at},e\n" for at in range(n))
        columns = ColumnMap(values={"channel": {"کانال 7": "seven"}})
        with records_of(tmp_path, events=HEADER + rows, columns=columns) as records:
            found = records.engine.rows("select channel from events where row in (7, 8) order by row").rows
            ((kind,),) = records.engine.rows("select typeof(channel) from events limit 1").rows
        assert found == (("کانال 6",), ("seven",))
        assert str(kind).startswith("ENUM") == (n == 2_000)


def test_words_are_mapped_in_whatever_spelling_they_are_written(tmp_path: Path) -> None:
    columns = ColumnMap(values={"event": {"ورود‌": "login", "5": "five"}, "customer_id": {"۰۷": "seven"}})
    rows = "07,2024-01-01,a,ورود\n۰۷,2024-01-01,a,۵\n8,2024-01-01,a,خروج\n"
    with records_of(tmp_path, events=HEADER + rows, columns=columns) as records:
        found = records.engine.rows("select customer_id, event from events order by row").rows
    assert found == (("seven", "login"), ("seven", "five"), ("8", "خروج"))


TOLD = LoadedTable(
    name="events",
    fields=frozenset({"ts"}),
    read=7,
    kept=5,
    set_aside=(
        SetAside("missing:ts", reason_words("missing:ts"), 2, (3, 4)),
        SetAside("duplicate:row", reason_words("duplicate:row"), 1, (6,)),
    ),
    first_day=19_723,
    last_day=19_753,
    timed=True,
    notes=(msg("a note"),),
)


def test_a_load_in_a_table_and_in_json() -> None:
    undated = LoadedTable(
        name="north", fields=frozenset(), read=1, kept=1, set_aside=(), first_day=None, last_day=None, timed=False, notes=(),
    )  # fmt: skip
    table = loading_table([TOLD, undated])
    assert (table.name, str(table.caption)) == ("records-read", "Records read, kept and set aside")
    keys = [column.key for column in table.columns]
    assert keys == ["table", "what", "count", "first_rows"]
    assert [tuple(cell if isinstance(cell, int) else str(cell) for cell in row) for row in table.rows] == [
        ("events", "rows read", 7, ""),
        ("events", "rows kept", 5, ""),
        ("events", "ts is empty", 2, "3, 4"),
        ("events", "same as an earlier row in every field; kept", 1, "6"),
        ("north", "rows read", 1, ""),
        ("north", "rows kept", 1, ""),
    ]
    assert loading_blocks([TOLD]) == (loading_table([TOLD]), Prose(text=msg("a note")))
    first, second = loading_payload([TOLD, undated])
    assert first == {
        "table": "events", "read": 7, "kept": 5, "first_day": "2024-01-01", "last_day": "2024-01-31",
        "set_aside": [
            {"kind": "missing:ts", "what": "ts is empty", "count": 2, "rows": [3, 4], "kept": False},
            {"kind": "duplicate:row", "what": "same as an earlier row in every field; kept", "count": 1, "rows": [6],
             "kept": True},
        ],
        "notes": ["a note"],
    }  # fmt: skip
    assert second == {
        "table": "north", "read": 1, "kept": 1, "first_day": None, "last_day": None, "set_aside": [], "notes": [],
    }  # fmt: skip


def test_refusals_are_notes_with_what_would_be_needed() -> None:
    refusal = Refusal(code="few", subject="bgnbd", reason=msg("too few."), needed=msg("more."))
    plain, named = refusal_blocks([refusal]), refusal_blocks([refusal], {"bgnbd": msg("The model")})
    assert [(str(block.text), block.status) for block in (*plain, *named) if isinstance(block, Note)] == [
        ("bgnbd is refused: too few. Needed: more.", Status.UNDEFINED),
        ("The model is refused: too few. Needed: more.", Status.UNDEFINED),
    ]
    assert refusal.as_json() == {"code": "few", "subject": "bgnbd", "reason": "too few.", "needed": "more."}
