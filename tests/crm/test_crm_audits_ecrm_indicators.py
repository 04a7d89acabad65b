"""Indicators of electronic CRM counted by hand, the cycles they are read in, and the guard-rail of cost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from records_builder import records_of

from omnistudy.crm.audits.ecrm_indicators import INDICATORS, Paired, difference
from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.metrics.case import MetricsOptions, prepared
from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.crm.records.reading_times import day_of
from omnistudy.crm.statistics.intervals import Clustered, Interval, mean_t, wilson, wilson_clustered
from omnistudy.results import msg

ONE = Indicator(id="x", title=msg("X"), definition=msg("x / all"))
GROUPS = ColumnMap(channels={"app": "digital", "call": "assisted", "branch": "physical", "sms": "digital"})
SOURCES = {one.id: one for one in INDICATORS}


def found(folder: Path, name: str, columns: ColumnMap = GROUPS, **tables: Any) -> Indicator:
    with records_of(folder, columns=columns, **tables) as records:
        return SOURCES[name].of(prepared(records, MetricsOptions(confidence=0.9)))


def counted(one: Indicator) -> tuple[float | None, int | None, int | None]:
    return one.value, one.n, one.denominator


EVENTS = "customer_id,ts,channel,event,journey_id\n" + "".join(
    f"{who},2024-01-{at:02d},{channel},x,{journey}\n"
    for at, (who, channel, journey) in enumerate(
        [("a", "app", "J1"), ("a", "call", "J1"), ("b", "app", "J2"), ("b", "branch", "J3"), ("b", "branch", "J3"),
         ("c", "app", "J4"), ("", "sms", "J4")], 1)
)  # fmt: skip


def test_contacts_in_a_preferred_channel(tmp_path: Path) -> None:
    """A wants app or branch and got 1 of 2, b wants the branch and got 2 of 3; nobody knows what c wants."""
    wishes = "customer_id,channel\na,app\na,branch\na,app\nb,branch\nz,app\n"
    one = found(tmp_path, "preference_match", events=EVENTS, preferences=wishes)
    sums = Clustered(clusters=2, successes=3, members=5, yy=5, yn=8, nn=13)
    assert (counted(one), one.interval) == ((3 / 5, 3, 5), wilson_clustered(sums, 0.9))
    assert one.window == ""
    nobody = found(tmp_path, "preference_match", events=EVENTS, preferences="customer_id,channel\nz,app\n")
    assert (counted(nobody), str(nobody.reason)[:6]) == ((None, 0, 0), "nobody")


def test_a_hybrid_journey_has_a_digital_and_another_channel(tmp_path: Path) -> None:
    """J1 has app and call, J3 only the branch, J4 two that are digital: 1 of 4."""
    one = found(tmp_path, "hybrid_share", events=EVENTS)
    assert (counted(one), one.interval) == ((1 / 4, 1, 4), wilson(1, 4, 0.9))
    assert one.window == "2024-01-01/2024-01-07"
    ungrouped = found(tmp_path, "hybrid_share", ColumnMap(), events=EVENTS)
    assert (str(ungrouped.reason), str(ungrouped.needed)) == (
        "no channel has a group",
        "[channels] with physical, assisted or digital in a column map",
    )


def test_feedback_counts_when_it_was_answered_or_closed(tmp_path: Path) -> None:
    tickets = (
        "ticket_id,customer_id,opened,channel,topic,first_response,closed,is_complaint\n"
        "1,a,2024-05-01,app,x,2024-05-02,,true\n2,a,2024-05-01,app,x,,2024-05-03,true\n"
        "3,b,2024-06-01,app,x,,,true\n4,b,2024-06-03,app,x,2024-06-04,2024-06-04,false\n"
    )
    one = found(tmp_path, "feedback_loop", tickets=tickets)
    assert (counted(one), one.interval) == ((2 / 3, 2, 3), wilson(2, 3, 0.9))


def test_value_per_customer_is_the_margin_where_there_is_one(tmp_path: Path) -> None:
    """A bought for 10 and 20, b for 50: mean 40 of sums 30 and 50; margins 3 and 9: mean 6."""
    rows = ("a,2024-01-01,10,1", "a,2024-02-01,20,2", "b,2024-03-01,50,9")
    plain = "customer_id,ts,value\n" + "\n".join(row.rpartition(",")[0] for row in rows) + "\n"
    one = found(tmp_path, "firm_value", transactions=plain)
    assert (counted(one), one.unit, one.interval) == ((40, 2, 2), "value", mean_t(80, 900 + 2500, 2, 0.9))
    margin = "customer_id,ts,value,margin\n" + "\n".join(rows) + "\n"
    one = found(tmp_path, "firm_value", transactions=margin)
    assert (counted(one), one.interval) == ((6, 2, 2), mean_t(12, 9 + 81, 2, 0.9))
    with records_of(tmp_path, transactions=plain) as records:
        later = replace(records, since=day_of(date(2024, 4, 1)), until=day_of(date(2024, 4, 30)))
        none = SOURCES["firm_value"].of(prepared(later, MetricsOptions()))
    assert (none.value, str(none.reason), str(none.needed)) == (
        None,
        "nobody bought in this window",
        "transactions in both cycles",
    )


def test_perceived_value_is_the_mean_of_its_scale(tmp_path: Path) -> None:
    """Respondents a (4 and 2: 3) and b (5): mean 4; other scales are not mixed in."""
    survey = "ts,instrument,item,score,scale_min,scale_max,respondent_id\n" + "".join(
        f"2024-01-0{at},{scale},{item},{score},1,5,{who}\n"
        for at, (scale, item, score, who) in enumerate(
            [("scale:perceived-value", "w1", 4, "a"), ("scale:perceived-value", "w2", 2, "a"),
             ("scale:perceived-value", "w1", 5, "b"), ("scale:perceived-value", "w2", 5, "b"),
             ("scale:zeal", "z1", 1, "a"), ("scale:zeal", "z1", 1, "b")], 1)
    )  # fmt: skip
    one = found(tmp_path, "perceived_value", survey=survey)
    assert (one.value, one.n) == (4, 2)
    assert one.interval == mean_t(8, 9 + 25, 2, 0.9)
    only = survey.replace("perceived-value", "trust")
    none = found(tmp_path, "perceived_value", survey=only)
    needed = "answers to the instrument scale:perceived-value"
    assert (str(none.reason), str(none.needed)) == ("the survey has no answers to it in this window", needed)
    csat = "ts,instrument,score,scale_min,scale_max\n2024-01-01,csat,5,1,5\n"
    refused = found(tmp_path, "perceived_value", survey=csat)
    assert (refused.value, str(refused.needed)) == (None, needed)


OPS = "period,unit,indicator,value,denominator\n"


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [
        # Filled fields of all fields, summed over the rows.
        ("completeness", "600,1000 300,500", (0.6, 900, 1500, "share")),
        ("completeness", "10,10", (1, 10, 10, "share")),
        ("completeness", "0,10", (0, 0, 10, "share")),
        ("completeness", "12,10", (1.2, None, 10, "mean")),
        ("completeness", "2.5,10", (0.25, None, 10, "mean")),
        ("completeness", "0.5, 0.7,", (0.6, 2, 2, "mean")),
        ("completeness", "0.5,10 0.7,", (0.6, 2, 2, "mean")),
        ("completeness", "5,0", (5, 1, 1, "mean")),
        ("segment_agreement", "30,40", (0.75, 30, 40, "share")),
        # A delay of 30 hours over 50 feeds is 0.6 hours and no share of them.
        ("feed_lag", "30,50", (0.6, None, 50, "mean")),
        ("feed_lag", "4, 6,", (5, 2, 2, "mean")),
    ],
)
def test_figures_of_the_table_ops(
    tmp_path: Path, name: str, rows: str, expected: tuple[float, int | None, int, str]
) -> None:
    ops = OPS + "".join(f"2024-0{at},,{name},{row}\n" for at, row in enumerate(rows.split(), 1))
    one = found(tmp_path, name, ops=ops + "2024-01,,other,1,1\n")
    value, n, of, unit = expected
    assert one.value == pytest.approx(value)
    assert (one.n, one.denominator, one.unit) == (n, of, unit)
    assert one.interval == (None if unit == "mean" or n is None else wilson(n, of, 0.9))


def test_what_is_lacking_is_named_with_what_would_be_needed(tmp_path: Path) -> None:
    other = OPS + "2024-01,,other,1,1\n"
    row = "a row of completeness in the table ops, with value and denominator"
    bare = (
        EVENTS.replace(",journey_id\n", "\n")
        .replace(",x,J1", ",x")
        .replace(",x,J2", ",x")
        .replace(",x,J3", ",x")
    )
    cases = [
        (found(tmp_path, "completeness", ops=other), "the table ops has no row of it in this window", row),
        (found(tmp_path, "completeness", events=EVENTS), "there is no table of ops", row),
        (
            found(tmp_path, "hybrid_share", events=bare.replace(",x,J4", ",x")),
            "the table of events has no column journey_id",
            "a table events with journey_id",
        ),
        (
            found(tmp_path, "firm_value", events=EVENTS),
            "there is no table of transactions",
            "a table transactions with transactions",
        ),
        (
            SOURCES["preference_match"].of(None),
            "there is no table of preferences",
            "a table preferences with customer_id, channel",
        ),
        (
            SOURCES["feedback_loop"].of(None),
            "there is no table of tickets",
            "a table tickets with is_complaint",
        ),
    ]  # fmt: skip
    for one, reason, needed in cases:
        assert (one.value, str(one.reason), str(one.needed)) == (None, reason, needed)


def pair(now: Indicator, before: Indicator) -> Paired:
    return Paired(process="value", now=now, before=before)


def test_a_pair_has_a_change_its_interval_or_a_reason() -> None:
    now, before = ONE.share_of(56, 70, 0.95), ONE.share_of(48, 80, 0.95)
    both = pair(now, before)
    between = difference(now, before)
    assert between is not None
    assert both.as_json() == {
        "process": "value",
        "id": "x",
        "now": now.as_json(),
        "before": before.as_json(),
        "change": pytest.approx(0.2),
        "change_ci_low": between.low,
        "change_ci_high": between.high,
        "change_ci_method": "mover",
        "change_reason": None,
    }
    old, new = msg("nothing before"), msg("nothing now")
    for one, change, reason in (
        (pair(now, ONE.lacking(old)), None, "nothing before"),
        (pair(ONE.lacking(new), before), None, "nothing now"),
        (pair(ONE.lacking(new), ONE.lacking(old)), None, "nothing now"),
        (
            pair(replace(now, interval=None), before),
            pytest.approx(0.2),
            "a value of this kind has no interval",
        ),
        (
            pair(now, replace(before, interval=None)),
            pytest.approx(0.2),
            "a value of this kind has no interval",
        ),
    ):
        assert one.interval is None
        assert one.change == change
        told = one.as_json()
        assert [told[f"change_ci_{key}"] for key in ("low", "high", "method")] == [None] * 3
        assert str(told["change_reason"]).startswith(reason)


def exact(value: float, low: float | None = None, high: float | None = None) -> Indicator:
    limits = Interval(value if low is None else low, value if high is None else high, "wilson")
    return replace(ONE, value=value, interval=limits)


def test_the_interval_of_a_change_adds_the_squares_of_the_arms() -> None:
    """Arms of 3 and 4 below, 5 and 12 above: the change 10 − 2 lies between 8 − 5 and 8 + 13."""
    found = difference(exact(10, 7, 15), exact(2, -10, 6))
    assert found == Interval(3.0, 21.0, "mover")
