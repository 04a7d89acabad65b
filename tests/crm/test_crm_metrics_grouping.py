"""Which rows a metric sees: groups, cases drawn by hand, the window, and rows within a column's value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from metric_rows import told
from records_builder import PROVENANCE, records_of

from omnistudy.crm.metrics.case import By, MetricsOptions, iso_days, prepared
from omnistudy.crm.metrics.registry import metrics_of_records
from omnistudy.crm.records.model import Records
from omnistudy.crm.records.reading_times import day_of

EVENTS = """customer_id,ts,channel,event,branch_id,region,segment
1,2024-01-01,app,x,b1,north,s
,2024-01-31,web,x,b1,south,s
2,2024-02-01,app,x,b2,north,t
3,2024-03-01,app,x,,,
"""


def counted(
    folder: Path, name: str = "identity_match", **given: Any
) -> dict[str, tuple[int | None, int | None]]:
    """Group to what was counted, and of how many."""
    choices = {key: given.pop(key) for key in ("by", "case_kind", "within") if key in given}
    tables = given or {"events": EVENTS}
    with records_of(folder, **tables) as records:
        rows = metrics_of_records(records, MetricsOptions(metrics=(name,), **choices), PROVENANCE).rows
    return {row.group: (row.n, row.denominator) for row in rows if row.value is not None}


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (By.ALL, {"all": (3, 4)}),
        (By.SEGMENT, {"(none)": (1, 1), "s": (1, 2), "t": (1, 1)}),
        (By.CHANNEL, {"app": (3, 3), "web": (0, 1)}),
        (By.PERIOD, {"2024-01": (1, 2), "2024-02": (1, 1), "2024-03": (1, 1)}),
        (By.PANEL, {"(none)|2024-03": (1, 1), "b1|2024-01": (1, 2), "b2|2024-02": (1, 1)}),
        (By.CASE, {}),
    ],
)
def test_groups(tmp_path: Path, by: By, expected: dict[str, tuple[int, int]]) -> None:
    assert counted(tmp_path, by=by) == expected


@pytest.mark.parametrize(
    ("within", "expected"),
    [
        (("segment", "s"), (1, 2)),
        (("channel", "app"), (3, 3)),
        (("region", "north"), (2, 2)),
        (("branch_id", "b1"), (1, 2)),
        (("event", "y"), (3, 4)),  # no column by which records are narrowed
        (None, (3, 4)),
    ],
)
def test_rows_within_the_value_of_a_column(
    tmp_path: Path, within: tuple[str, str] | None, expected: tuple[int, int]
) -> None:
    assert counted(tmp_path, within=within) == {"all": expected}


def test_a_table_without_the_column_is_not_narrowed(tmp_path: Path) -> None:
    plain = "customer_id,ts,channel,event\na,2024-01-01,app,x\n,2024-01-02,app,x\n"
    assert counted(tmp_path, within=("segment", "s"), events=plain) == {"all": (1, 2)}


def test_a_window_and_a_column_together(tmp_path: Path) -> None:
    days: dict[str, Any] = {"since": date(2024, 1, 31), "until": date(2024, 2, 1)}
    assert counted(tmp_path, within=("channel", "app"), events=EVENTS, **days) == {"all": (1, 1)}
    with records_of(tmp_path, events=EVENTS) as records:
        later = replace(records, since=day_of(days["since"]), until=day_of(days["until"]))
        (row,) = metrics_of_records(later, MetricsOptions(metrics=("identity_match",)), PROVENANCE).rows
        case = prepared(later, MetricsOptions())
        assert (case.cut, case.ever) == (True, "activity_ever")
        # Activity is of the window, and the first row of every customer of all days.
        assert case.rows("select count(*) from activity") == ((1,),)
        assert case.rows("select count(*) from activity_ever") == ((3,),)
        assert case.window("events") == "2024-01-31/2024-02-01"
        whole = prepared(records, MetricsOptions())
        assert (whole.cut, whole.ever) == (False, "activity")
        # A window that begins with the first row hides none.
        first = prepared(replace(records, since=day_of(date(2024, 1, 1))), MetricsOptions())
        assert (first.cut, first.ever) == (False, "activity")
    assert (row.n, row.denominator) == (1, 2)


def cases(*rows: str, columns: str = "case_id,kind,branch_id,region,segment,customer_id,since,until") -> str:
    return f"{columns}\n" + "".join(f"{row}\n" for row in rows)


DRAWN: tuple[tuple[tuple[str, ...], dict[str, tuple[int, int]]], ...] = (
    (("A,k,b1,,,,,",), {"A": (1, 2)}),
    (("A,k,,north,,,,",), {"A": (2, 2)}),
    (("A,k,,,t,,,",), {"A": (1, 1)}),
    (("A,k,,,,3,,",), {"A": (1, 1)}),
    # A day belongs to a span that begins or ends with it.
    (("A,k,,,,,2024-01-31,",), {"A": (2, 3)}),
    (("A,k,,,,,2024-02-01,",), {"A": (2, 2)}),
    (("A,k,,,,,,2024-01-31",), {"A": (1, 2)}),
    (("A,k,,,,,,2024-01-30",), {"A": (1, 1)}),
    (("A,k,,,,,2024-01-31,2024-02-01",), {"A": (1, 2)}),
    # Everything that a row of cases fills has to fit.
    (("A,k,b1,north,,,,",), {"A": (1, 1)}),
    (("A,k,b1,,,,2024-01-02,",), {"A": (0, 1)}),
    (("A,k,b1,,s,1,2024-01-01,2024-01-01",), {"A": (1, 1)}),
    (("A,k,b1,north,t,,,",), {}),
    # Several rows of a case are one case, and no row counts twice in it.
    (("A,k,b1,,,,,", "A,k,b2,,,,,"), {"A": (2, 3)}),
    (("A,k,b1,,,,,", "A,k,,south,,,,", "A,k,,,s,,,"), {"A": (1, 2)}),
    # A row may be of two cases; cases of another kind, and of no key, have no rows.
    (("A,k,b1,,,,,", "B,k,,north,,,,", "C,other,b1,,,,,"), {"A": (1, 2), "B": (2, 2)}),
    (("A,k,,,,,,",), {}),
)
"""Rows of a kind of cases, and how many rows of which case have a customer."""


@pytest.fixture(scope="module")
def with_cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    """The events, and every kind of cases under its number."""
    rows = [row.replace(",k,", f",k{at},") for at, (drawn, _) in enumerate(DRAWN) for row in drawn]
    with records_of(tmp_path_factory.mktemp("drawn"), events=EVENTS, cases=cases(*rows)) as records:
        yield records


@pytest.mark.parametrize("at", range(len(DRAWN)), ids=lambda at: " ".join(DRAWN[at][0]))
def test_cases_drawn_by_hand(with_cases: Records, at: int) -> None:
    options = MetricsOptions(metrics=("identity_match",), by=By.CASE, case_kind=f"k{at}")
    rows = metrics_of_records(with_cases, options, PROVENANCE).rows
    assert {row.group: (row.n, row.denominator) for row in rows if row.value is not None} == DRAWN[at][1]


def test_cases_of_tables_without_a_key_or_without_days(tmp_path: Path) -> None:
    """Contracts have a segment and no days; a case by region or by days has none of them."""
    contracts = "customer_id,duration,churned,segment\na,3,yes,s\nb,3,no,s\nc,3,no,t\n"
    drawn = cases("S,k,,,s,,,", "R,k,,north,,,,", "D,k,,,,,2024-01-01,", "E,k,,,s,,,2024-01-31", "C,k,,,,c,,")
    found = counted(tmp_path, "churn", by=By.CASE, case_kind="k", contracts=contracts, cases=drawn)
    assert found == {"S": (1, 2), "C": (0, 1)}


def test_cases_of_a_table_with_few_columns(tmp_path: Path) -> None:
    """Keys that the table of cases has no column for are no keys of its rows."""
    drawn = cases("A,k,b1", "B,k,b2", columns="case_id,kind,branch_id")
    assert counted(tmp_path, by=By.CASE, case_kind="k", events=EVENTS, cases=drawn) == {
        "A": (1, 2),
        "B": (1, 1),
    }


def test_units_of_operations_are_cases_by_their_name(tmp_path: Path) -> None:
    ops = (
        "period,unit,indicator,value,denominator\n2024-01,B1,availability,1,2\n2024-01,B2,availability,2,2\n"
    )
    ops += "2024-02,B1,availability,2,2\n2024-02,B9,availability,2,2\n"
    drawn = cases("B1,branch,b1,,,,,", "B2,branch,,,,,,", "B9,other,,,,,,", "T,branch,,,,,2024-02-01,")
    found = counted(tmp_path, "availability", by=By.CASE, case_kind="branch", ops=ops, cases=drawn)
    # A unit needs no key, for its name is that of the case; a case of days has all units of these days.
    assert found == {"B1": (3, 4), "B2": (2, 2), "T": (4, 4)}


def test_months_of_an_undated_table_are_one_group(tmp_path: Path) -> None:
    """What has no days and no such column stands as a whole; nothing fails."""
    contracts = "customer_id,duration,churned\na,3,yes\n"
    with records_of(tmp_path, contracts=contracts) as records:
        for by in By:
            case = prepared(records, MetricsOptions(by=by))
            groups = case.rows("select distinct grp from m_contracts")
            assert groups == (() if by is By.CASE else (("all",),))


def test_choices_that_are_taken_without_being_asked_for(tmp_path: Path) -> None:
    """A week for a further contact, ninety days for silence, nineteen in twenty for intervals."""
    options = MetricsOptions()
    assert options == MetricsOptions(
        metrics=(), by=By.ALL, activity=None, inactive_days=None, goal=None, start=None, invitation="invitation",
        feature="feature", recontact_days=7, silent_days=90, case_kind="", within=None, confidence=0.95,
    )  # fmt: skip
    with records_of(tmp_path, events=EVENTS) as records:
        assert prepared(records, options).confidence == 0.95


def test_a_question_is_asked_once_for_all_metrics(tmp_path: Path) -> None:
    with records_of(tmp_path, events=EVENTS) as records:
        case = prepared(records, MetricsOptions())
        sql = "select count(*) from events where channel = ?"
        assert case.rows(sql, "app") == ((3,),)
        records.engine.rows("create temporary table other as select 1")
        assert case.rows(sql, "app") is case.rows(sql, "app")
        assert case.rows(sql, "web") == ((1,),)
        # What was asked does not make a case another one.
        assert prepared(records, MetricsOptions()) == case


def test_days_are_written_as_iso_dates() -> None:
    assert iso_days(0, 19_723) == "1970-01-01/2024-01-01"


def test_months_of_a_second_window_are_still_named(tmp_path: Path) -> None:
    """The months are looked up once for the records, whatever window asks first."""
    with records_of(tmp_path, events=EVENTS) as records:
        options = MetricsOptions(metrics=("identity_match",), by=By.PERIOD)
        early = replace(records, until=day_of(date(2024, 1, 31)))
        for window, months in ((early, ["2024-01"]), (records, ["2024-01", "2024-02", "2024-03"])):
            rows = metrics_of_records(window, options, PROVENANCE).rows
            assert [row.group for row in rows] == months
            assert all(told(row).startswith("identity_match | 2024-0") for row in rows)
        assert records.memo["months"] == {2024 * 12, 2024 * 12 + 1, 2024 * 12 + 2}
