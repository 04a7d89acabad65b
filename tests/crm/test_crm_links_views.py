"""The metric of a link in every view: which rows, which months, what stands beside them, why there is none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from links_builder import GROUPS
from records_builder import records_of

from omnistudy.crm.links.metrics import (
    Monthly,
    Rows,
    View,
    dummies,
    gaps,
    measured,
    monthly,
    months,
    row_of,
    rows_of,
    views_of,
    whole,
)
from omnistudy.crm.links.register import Link
from omnistudy.crm.metrics.case import By, MetricsOptions
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.crm.records.model import Records
from omnistudy.results import msg

PLAIN = Link(id="a", category="access", metric="digital_share", role="effect", direction="+")
DATE = date(2024, 2, 10)
DAY = (DATE - date(1970, 1, 1)).days
EVENTS = """customer_id,ts,channel,event,segment
c1,2024-01-05,app,v,retail
c1,2024-01-06,branch,v,retail
c2,2024-01-07,branch,v,corporate
c2,2024-02-09,branch,v,retail
c1,2024-02-10,app,v,retail
c1,2024-02-11,app,v,corporate
c3,2024-02-12,app,v,retail
"""


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    with records_of(tmp_path_factory.mktemp("views"), columns=GROUPS, events=EVENTS) as found:
        yield found


def row(group: str = "all", value: float | None = 1.0, **more: object) -> MetricRow:
    return MetricRow(
        metric="digital_share", group=group, value=value, n=1, denominator=2, unit="share",
        window="2024-01-01/2024-03-31", calendar="gregorian", definition=msg("defined"), **more,  # type: ignore[arg-type]
    )  # fmt: skip


def test_views_of_a_link(tmp_path: Path) -> None:
    """Whole, before, after and by month; the control by month where there is a date; cases by their table."""
    retail, rest = ("segment", "retail"), ("segment", "corporate")
    bare = replace(PLAIN, within="segment=retail", control="segment=corporate")
    dated = replace(bare, date="2024-02-10", case="branch")
    cases = "case_id,kind,segment\nB1,branch,retail\n"
    with records_of(tmp_path, columns=GROUPS, events=EVENTS, cases=cases) as records:
        assert list(views_of(dated, records)) == [
            View(within=retail),
            View(until=DAY - 1, within=retail),
            View(since=DAY, within=retail),
            View(by=By.PERIOD, within=retail),
            View(by=By.PERIOD, within=rest),
            View(by=By.CASE, kind="branch"),
        ]
        assert list(views_of(replace(PLAIN, case="region"), records)) == [
            View(),
            View(by=By.SEGMENT, kind="region"),
        ]
        assert list(views_of(bare, records)) == [View(within=retail), View(within=rest)]
        assert list(views_of(replace(dated, role="moderator"), records)) == [View(within=retail)]
    with records_of(tmp_path, columns=GROUPS, events=EVENTS) as records:
        assert list(views_of(replace(PLAIN, case="branch"), records))[1] == View(by=By.SEGMENT, kind="branch")


def test_every_view_has_its_own_value(tmp_path: Path) -> None:
    """Digital events out of all, counted by hand in the seven rows."""
    link = replace(PLAIN, date="2024-02-10", within="segment=retail", control="segment=corporate")
    ops = "period,unit,indicator,value\n2024-01,all,regulation_events,2\n2024-02,all,outages,1\n"
    with records_of(tmp_path, columns=GROUPS, events=EVENTS, ops=ops) as records:
        found = measured(records, [link], MetricsOptions())
        views = list(views_of(link, records))
        retail = [[(one.group, one.value) for one in found[view, "digital_share"]] for view in views]
        assert retail == [
            [("all", 3 / 5)],
            [("all", 1 / 3)],
            [("all", 1.0)],
            [("2024-01", 1 / 2), ("2024-02", 2 / 3)],
            [("2024-01", 0.0), ("2024-02", 1.0)],
        ]
        assert {key for key in found if key[1] != "digital_share"} == {
            (View(by=By.PERIOD), "regulation_events"),
            (View(by=By.PERIOD), "outages"),
        }
        undated = measured(records, [PLAIN], MetricsOptions())
        moderated = measured(records, [replace(link, role="moderator")], MetricsOptions())
        unadjusted = measured(records, [replace(link, adjust="nowruz")], MetricsOptions())
        unknown = measured(records, [replace(PLAIN, metric="own:one")], MetricsOptions())
    assert set(undated) == {(View(), "digital_share")}
    assert set(moderated) == {(whole(link), "digital_share")}
    assert {name for _, name in unadjusted} == {"digital_share"}
    assert unknown == {}


def test_days_outside_the_window_stay_outside(records: Records) -> None:
    """A view without a first or last day keeps those of the records."""
    first, last = (date(2024, 1, 6), date(2024, 2, 11))
    link = replace(PLAIN, date="2024-02-10")
    days = {key: (day - date(1970, 1, 1)).days for key, day in (("since", first), ("until", last))}
    found = measured(replace(records, **days), [link], MetricsOptions())  # type: ignore[arg-type]
    assert [(one[0].n, one[0].denominator) for key, one in found.items() if key[0].by is By.ALL] == [
        (2, 5),
        (0, 3),
        (2, 2),
    ]


def test_options_of_the_metrics_are_kept(records: Records) -> None:
    (narrow,) = measured(records, [PLAIN], MetricsOptions(confidence=0.5))[View(), "digital_share"]
    (wide,) = measured(records, [PLAIN], MetricsOptions())[View(), "digital_share"]
    assert narrow.ci_low is not None
    assert wide.ci_low is not None
    assert narrow.ci_low > wide.ci_low
    # Two metrics of one view come from one computation, each under its own name.
    twice = measured(records, [PLAIN, replace(PLAIN, id="b", metric="digital_users")], MetricsOptions())
    assert [(view, name, len(rows)) for (view, name), rows in twice.items()] == [
        (View(), "digital_share", 1),
        (View(), "digital_users", 1),
    ]


def test_the_one_row_of_a_metric_or_why_there_is_none(records: Records) -> None:
    def answer(rows: tuple[MetricRow, ...], link: Link) -> tuple[MetricRow | None, str | None]:
        found, reason = row_of({(View(), link.metric): rows}, View(), link, records)
        return found, None if reason is None else str(reason)

    mean, median = row(level="mean"), row(level="median", value=2.0)
    lost = row(value=None, level="mean", reason=msg("nobody answered"))
    refused = row(value=None, reason=msg("there is no table"))
    levelled = replace(PLAIN, level="median")
    assert answer((mean,), PLAIN) == (mean, None)
    assert answer((mean, median), levelled) == (median, None)
    assert answer((lost, median), PLAIN) == (median, None)
    assert answer((mean, median), PLAIN) == (
        None,
        "Digital share has several rows: name a level in the link",
    )
    assert answer((lost,), PLAIN) == (None, "nobody answered")
    assert answer((lost, median), replace(PLAIN, level="mean")) == (None, "nobody answered")
    # A metric that is refused as a whole says why, whatever the level; one that has rows has no such level.
    assert answer((refused,), levelled) == (None, "there is no table")
    assert answer((lost,), levelled) == (None, "Digital share has no level median")
    assert answer((mean,), levelled) == (None, "Digital share has no level median")


def test_rows_that_are_not_there(records: Records, tmp_path: Path) -> None:
    rows: Rows = {(View(), "digital_share"): (row(),)}

    def reason(view: View, link: Link, given: Records | None) -> str:
        return str(row_of(rows, view, link, given)[1])

    assert reason(View(), PLAIN, None) == "the study has no customer records"
    assert (
        reason(View(), replace(PLAIN, metric="own:one"), records)
        == "own:one is not computed from these records"
    )
    north = View(within=("region", "north"))
    assert reason(north, PLAIN, records) == "the table of events has no column region"
    active = replace(PLAIN, metric="return_rate")
    assert reason(north, active, records) == "the table of events has no column region"
    sales = "customer_id,ts,value\nc1,2024-01-01,5\n"
    with records_of(tmp_path, columns=GROUPS, transactions=sales) as bought:
        assert reason(north, active, bought) == "the table of transactions has no column region"


def test_rows_of_a_level() -> None:
    rows: Rows = {(View(), "digital_share"): (row(level="mean"), row(level="median"))}
    assert rows_of(rows, View(), PLAIN) == rows[View(), "digital_share"]
    assert rows_of(rows, View(), replace(PLAIN, level="median")) == (row(level="median"),)
    assert rows_of(rows, months(PLAIN), PLAIN) == ()


def test_whole_months_in_order() -> None:
    """The window is January to March; April is cut by it, February is missing, totals are no month."""
    found = (
        row("2024-03", 3.0),
        row("2024-04", 4.0),
        row("2024-01", 1.0),
        row("all", 9.0),
        row("2024/02", 8.0),
    )
    series = monthly(found, date(2024, 3, 1), "gregorian")
    assert series == Monthly(("2024-01", "2024-02", "2024-03"), (1.0, None, 3.0), 2, mixed=False)
    assert not series.complete
    assert monthly((row("2024-01"), row("2024-02")), DATE, "gregorian") == Monthly(
        ("2024-01", "2024-02"), (1.0, 1.0), 1, mixed=True
    )
    assert Monthly(("2024-01",), (0.0,), 1).complete
    assert monthly((row("2024-04"), row("all")), DATE, "gregorian") is None
    assert monthly((), DATE, "gregorian") is None


def test_months_that_the_window_cuts_are_left_out() -> None:
    def labels(window: str) -> tuple[str, ...]:
        rows = tuple(replace(row(f"2024-0{at}"), window=window) for at in range(1, 5))
        series = monthly(rows, DATE, "gregorian")
        return () if series is None else series.labels

    assert labels("2024-01-01/2024-04-30") == ("2024-01", "2024-02", "2024-03", "2024-04")
    assert labels("2024-01-02/2024-04-29") == ("2024-02", "2024-03")
    assert labels("2024-02-02/2024-02-28") == ()


@pytest.mark.parametrize(
    ("day", "change", "mixed"),
    [
        (date(2023, 12, 31), 0, False),
        (date(2024, 1, 1), 0, False),
        (date(2024, 1, 2), 0, True),
        (date(2024, 2, 1), 1, False),
        (date(2024, 3, 31), 2, True),
        (date(2024, 4, 1), 3, False),
        (date(2024, 4, 2), 3, False),
    ],
)
def test_where_the_change_lies(day: date, change: int, mixed: bool) -> None:
    found = monthly((row("2024-01"), row("2024-02"), row("2024-03")), day, "gregorian")
    assert found is not None
    assert (found.change, found.mixed) == (change, mixed)


def test_months_of_the_jalali_calendar() -> None:
    """Farvardin 1403 begins on 2024-03-20: its first day is a change between two months, the next one is not."""
    rows = tuple(
        replace(row(label), window="2024-02-20/2024-05-20") for label in ("1402-12", "1403-01", "1403-02")
    )
    first = monthly(rows, date(2024, 3, 20), "jalali")
    assert first == Monthly(("1402-12", "1403-01", "1403-02"), (1.0, 1.0, 1.0), 1, mixed=False)
    assert monthly(rows, date(2024, 3, 21), "jalali") == replace(first, mixed=True)


def test_what_stands_beside_a_series() -> None:
    labels = tuple(f"2024-{at:02d}" for at in range(2, 5))
    series = Monthly(labels, (1.0, 1.0, 1.0), 1)
    ops = {
        (View(by=By.PERIOD), "regulation_events"): (
            row("2024-02", 2.0),
            row("2024-03", 0.0),
            row("2024-04", None),
        ),
        (View(by=By.PERIOD), "outages"): (row("2024-03", None),),
    }
    assert dummies(ops, PLAIN, series, "gregorian") == {
        "nowruz": (0.0, 1.0, 0.0),
        "regulation": (1.0, 0.0, 0.0),
    }
    assert dummies({}, PLAIN, series, "gregorian") == {"nowruz": (0.0, 1.0, 0.0)}
    assert dummies({}, PLAIN, replace(series, labels=("1402-12", "1403-01", "1403-02")), "jalali") == {
        "nowruz": (0.0, 1.0, 0.0)
    }
    held = dummies({}, replace(PLAIN, adjust="none"), replace(series, mixed=True), "gregorian")
    assert held == {"mixed_month": (0.0, 1.0, 0.0)}
    year = Monthly(tuple(f"2024-{at:02d}" for at in range(1, 13)), (1.0,) * 12, 1)
    assert dummies({}, replace(PLAIN, adjust="month"), year, "gregorian") == {
        f"month:{month:02d}": tuple(float(at == month) for at in range(1, 13)) for month in range(2, 13)
    }


def test_a_series_with_holes_is_refused() -> None:
    found = gaps(Monthly(("2024-01", "2024-02", "2024-03"), (1.0, None, None), 1))
    assert found.as_json() == {
        "code": "series_has_gaps",
        "subject": "interrupted_time_series",
        "reason": "2 months of the series have no value, the first 2024-02.",
        "needed": "a value in every month from the first whole month to the last.",
    }
