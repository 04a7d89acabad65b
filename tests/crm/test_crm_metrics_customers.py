"""Metrics of customers over few rows: every row whole, and every boundary of a window."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import sqrt
from pathlib import Path
from typing import Any

import pytest
from metric_rows import NO_ROW, NOBODY, line, lines, lines_of, refused, share, told
from records_builder import PROVENANCE, records_of

from omnistudy.crm.metrics.case import By, MetricsOptions
from omnistudy.crm.metrics.registry import metrics_of_records
from omnistudy.crm.records.reading_times import day_of

INCOMPLETE = "the month is not wholly inside the window of observation"
# January: a and b; February: a and c; March: a, b and d, up to its last day.
BUYS = """customer_id,ts,value
a,2024-01-01,5
b,2024-01-15,5
a,2024-02-10,5
c,2024-02-05,5
b,2024-03-02,5
d,2024-03-09,5
a,2024-03-31,5
"""


def within(folder: Path, name: str, **window: Any) -> list[str]:
    """The rows of a metric when all records are known and a window is looked at."""
    with records_of(folder, transactions=BUYS) as records:
        days: dict[str, Any] = {key: day_of(day) for key, day in window.items()}
        result = metrics_of_records(replace(records, **days), MetricsOptions(metrics=(name,)), PROVENANCE)
        return [told(row) for row in result.rows]


def test_retention_bounded_and_rolling(tmp_path: Path) -> None:
    """b stays away in February and comes again in March: bounded 1 of 2, rolling 2 of 2."""
    assert lines(tmp_path, "retention", "retention_rolling", transactions=BUYS) == [
        share("retention", 1, 2, cohort="2024-01", k=1, level="bounded"),
        share("retention", 2, 2, cohort="2024-01", k=2, level="bounded"),
        share("retention", 0, 1, cohort="2024-02", k=1, level="bounded"),
        share("retention_rolling", 2, 2, cohort="2024-01", k=1, level="rolling"),
        share("retention_rolling", 2, 2, cohort="2024-01", k=2, level="rolling"),
        share("retention_rolling", 0, 1, cohort="2024-02", k=1, level="rolling"),
    ]


def test_retention_in_jalali_months(tmp_path: Path) -> None:
    """The first of Farvardin 1403 is 20 March 2024, the first of Bahman 1402 is 21 January."""
    buys = "customer_id,ts,value\na,2024-01-21,5\na,2024-02-19,5\na,2024-03-19,5\nb,2024-01-22,5\nb,2024-02-20,5\n"
    assert lines(tmp_path, "retention", transactions=buys, calendar="jalali") == [
        share("retention", 2, 2, cohort="1402-11", k=1, level="bounded")
    ]


def test_the_first_cohort_of_a_window_in_jalali_months(tmp_path: Path) -> None:
    """Farvardin 1403 begins on 20 March and Ordibehesht ends on 20 May; old was a customer in Bahman."""
    buys = "customer_id,ts,value\nold,2024-02-01,5\nold,2024-04-25,5\na,2024-03-20,5\n"
    buys += "a,2024-04-20,5\nb,2024-03-21,5\nc,2024-05-20,5\n"
    with records_of(tmp_path, transactions=buys, calendar="jalali") as records:
        later = replace(records, since=day_of(date(2024, 3, 20)))
        rows = metrics_of_records(later, MetricsOptions(metrics=("retention",)), PROVENANCE).rows
    assert [told(row) for row in rows] == [share("retention", 1, 2, cohort="1403-01", k=1, level="bounded")]


@pytest.mark.parametrize("name", ["retention", "retention_rolling"])
def test_a_month_that_ends_after_the_records_is_counted_and_not_divided(tmp_path: Path, name: str) -> None:
    level = {"retention": "bounded", "retention_rolling": "rolling"}[name]
    until = lines(tmp_path, name, transactions=BUYS, until=date(2024, 3, 30))
    # Without the last day a does not come in March.
    assert until[1:] == [
        line(name, n=1, of=2, cohort="2024-01", k=2, level=level, reason=INCOMPLETE),
        line(name, n=0, of=1, cohort="2024-02", k=1, level=level, reason=INCOMPLETE),
    ]


@pytest.mark.parametrize(
    ("since", "cohorts"),
    [(date(2024, 1, 1), 3), (date(2024, 1, 2), 1), (date(2024, 2, 1), 1), (date(2024, 2, 2), 0)],
)
def test_cohorts_begin_with_the_first_month_that_is_seen_whole(
    tmp_path: Path, since: date, cohorts: int
) -> None:
    found = within(tmp_path, "retention", since=since)
    expected = [
        share("retention", 1, 2, cohort="2024-01", k=1, level="bounded"),
        share("retention", 2, 2, cohort="2024-01", k=2, level="bounded"),
        share("retention", 0, 1, cohort="2024-02", k=1, level="bounded"),
    ]
    # Nobody can come again after March.
    none = [line("retention", n=0, of=0, reason=NO_ROW)]
    assert found == (expected[3 - cohorts :] if cohorts else none)


def test_where_no_month_is_seen_whole_there_is_no_cohort(tmp_path: Path) -> None:
    """d first came in March, the first whole month, and nobody can come again after it."""
    reason = "no customer came first in a month that the window holds from its first day"
    window = {"since": date(2024, 2, 2), "until": date(2024, 2, 28)}
    for name, level in (("retention", "bounded"), ("retention_rolling", "rolling")):
        assert within(tmp_path, name, **window) == [refused(name, reason, level=level)]


def test_return_rate_of_every_month_and_of_all(tmp_path: Path) -> None:
    """Of a and b came a; of a and c came a. A pooled share has no interval: a stands in it twice."""
    assert lines(tmp_path, "return_rate", transactions=BUYS) == [
        share("return_rate", 1, 2, level="2024-02"),
        share("return_rate", 1, 2, level="2024-03"),
        line("return_rate", 0.5, 2, 4, level="pooled"),
    ]


@pytest.mark.parametrize(
    ("window", "february", "march"),
    [
        ({"since": date(2024, 1, 2)}, None, True),
        ({"until": date(2024, 3, 30)}, True, None),
        ({"since": date(2024, 1, 2), "until": date(2024, 3, 30)}, None, None),
    ],
)
def test_return_rate_needs_both_months_whole(
    tmp_path: Path, window: dict[str, date], february: bool | None, march: bool | None
) -> None:
    """a's only day of January is the first, and a's only day of March the last."""
    first = 1 if "since" in window else 2
    came = {"2024-02": 0 if "since" in window else 1, "2024-03": 0 if "until" in window else 1}
    of = {"2024-02": first, "2024-03": 2}
    rows = [
        share("return_rate", came[month], of[month], level=month)
        if whole
        else line("return_rate", n=came[month], of=of[month], level=month, reason=INCOMPLETE)
        for month, whole in (("2024-02", february), ("2024-03", march))
    ]
    known = [month for month, whole in (("2024-02", february), ("2024-03", march)) if whole]
    n, total = sum(came[month] for month in known), sum(of[month] for month in known)
    pooled = line(
        "return_rate",
        n / total if total else None,
        n,
        total,
        level="pooled",
        reason=None if total else INCOMPLETE,
    )
    assert within(tmp_path, "return_rate", **window) == [*rows, pooled]


def test_repeat_purchases_by_rows_and_by_days(tmp_path: Path) -> None:
    """a bought on two days, b twice on one day, c once; the other group has nobody who bought twice."""
    buys = "customer_id,ts,value,segment\n" + "".join(
        f"{who},2024-01-{day:02d},5,{segment}\n"
        for who, day, segment in (
            ("a", 1, "s"),
            ("a", 2, "s"),
            ("b", 3, "s"),
            ("b", 3, "s"),
            ("c", 4, "s"),
            ("d", 5, ""),
        )
    )
    options = MetricsOptions(metrics=("repeat_rate",), by=By.SEGMENT)
    assert lines_of(tmp_path, options, transactions=buys) == [
        share("repeat_rate", 0, 1, group="(none)", level="rows"),
        share("repeat_rate", 0, 1, group="(none)", level="days"),
        share("repeat_rate", 2, 3, group="s", level="rows"),
        share("repeat_rate", 1, 3, group="s", level="days"),
    ]


def test_scores_of_recency_frequency_and_value(tmp_path: Path) -> None:
    """Five customers in opposite orders: who came last came least often and spent most."""
    buys = "customer_id,ts,value\n"
    for who, last, days, spent in (
        ("a", 9, 1, 60),
        ("b", 8, 2, 48),
        ("c", 7, 3, 36),
        ("d", 6, 4, 24),
        ("e", 5, 5, 10),
    ):
        buys += "".join(f"{who},2024-01-{last - day:02d},{spent / days}\n" for day in range(days))
    assert lines(tmp_path, "rfm", transactions=buys) == [
        share("rfm", 1, 5, level=level) for level in ("515", "424", "333", "242", "151")
    ]


def test_equal_customers_are_ranked_by_their_id(tmp_path: Path) -> None:
    """Of eleven equal customers ranks 0 to 2 score 1, then two each: floor(rank × 5 / 11) + 1."""
    buys = "customer_id,ts,value\n" + "".join(f"c{at:02d},2024-01-01,5\n" for at in range(11))
    sizes = {score: sum(rank * 5 // 11 + 1 == score for rank in range(11)) for score in range(5, 0, -1)}
    assert sizes == {5: 2, 4: 2, 3: 2, 2: 2, 1: 3}
    assert lines(tmp_path, "rfm", transactions=buys) == [
        share("rfm", n, 11, level=str(score) * 3) for score, n in sizes.items()
    ]


def test_ended_contracts_by_group(tmp_path: Path) -> None:
    contracts = "customer_id,duration,churned,segment\na,3,yes,s\nb,4,no,s\nc,5,no,t\n"
    options = MetricsOptions(metrics=("churn",), by=By.SEGMENT, inactive_days=1)
    assert lines_of(tmp_path, options, contracts=contracts, transactions=BUYS) == [
        share("churn", 1, 2, group="s", level="contractual"),
        share("churn", 0, 1, group="t", level="contractual"),
    ]


def test_silence_of_exactly_so_many_days_is_not_yet_a_loss(tmp_path: Path) -> None:
    """On the 31st with ten days: silent since the 20th is lost, since the 21st is not; nor known since then."""
    buys = "customer_id,ts,value\n" + "".join(
        f"{who},2024-01-{day:02d},5\n"
        for who, days in {
            "lost": (20,),
            "new": (21,),
            "kept": (5, 21),
            "gone": (5, 20),
            "last": (31,),
        }.items()
        for day in days
    )
    options = MetricsOptions(metrics=("churn",), inactive_days=10)
    assert lines_of(tmp_path, options, transactions=buys) == [share("churn", 2, 3, level="inactive")]
    nobody = MetricsOptions(metrics=("churn",), inactive_days=40)
    assert lines_of(tmp_path, nobody, transactions=buys) == [line("churn", n=0, of=0, reason=NO_ROW)]


def test_without_a_silent_day_everybody_is_lost_who_did_not_come_on_the_last(tmp_path: Path) -> None:
    buys = "customer_id,ts,value\na,2024-01-29,5\na,2024-01-31,5\nb,2024-01-30,5\nc,2024-01-31,5\n"
    options = MetricsOptions(metrics=("churn",), inactive_days=0)
    assert lines_of(tmp_path, options, transactions=buys) == [share("churn", 1, 2, level="inactive")]


def test_churn_is_what_somebody_declares_it_to_be(tmp_path: Path) -> None:
    reason = (
        "customers without a contract do not end visibly: say after how many silent days, --inactive-days N"
    )
    assert lines(tmp_path, "churn", transactions=BUYS) == [refused("churn", reason)]
    survey = "ts,instrument,score,scale_min,scale_max\n2024-01-01,nps,3,0,10\n"
    assert lines(tmp_path, "churn", survey=survey) == [
        refused("churn", "there are neither contracts nor customers' activity")
    ]


REFERRED = """customer_id,ts,value,referrer_id,segment
a,2024-01-01,5,,s
b,2024-01-02,5,a,s
b,2024-01-03,5,,s
c,2024-01-03,5,,t
c,2024-01-04,5,a,t
"""


def test_a_customer_is_referred_when_the_first_purchase_names_somebody(tmp_path: Path) -> None:
    options = MetricsOptions(metrics=("referral_rate",), by=By.SEGMENT)
    assert lines_of(tmp_path, options, transactions=REFERRED) == [
        share("referral_rate", 1, 2, group="s"),
        share("referral_rate", 0, 1, group="t"),
    ]
    # b and c were customers before the window; nobody is new in it.
    with records_of(tmp_path, transactions=REFERRED) as records:
        later = replace(records, since=day_of(date(2024, 1, 4)))
        result = metrics_of_records(later, MetricsOptions(metrics=("referral_rate",)), PROVENANCE)
    assert [told(row) for row in result.rows] == [line("referral_rate", n=0, of=0, reason=NO_ROW)]


INVITED = "customer_id,ts,channel,event,outcome,segment\n" + "".join(
    f"{who},2024-01-01,app,{event},{outcome},{segment}\n"
    for who, event, outcome, segment in (
        *(("a", "invitation", "completed", "s"),) * 3,
        *(("b", "invitation", "failed", "s"),) * 2,
        ("b", "login", "completed", "s"),
        ("c", "login", "", "s"),
        ("d", "invitation", "failed", "t"),
        ("e", "login", "completed", "u"),
        ("", "invitation", "completed", "v"),
    )
)


def test_the_viral_coefficient_by_group(tmp_path: Path) -> None:
    """Three customers sent five invitations, three of which won somebody: K = 5/3 × 3/5 = 1.

    Accepted invitations out of a Poisson number of them are a Poisson number: the variance is 3 / 3².
    """
    half = 1.959963984540054 * sqrt(3) / 3
    options = MetricsOptions(metrics=("viral_k",), by=By.SEGMENT)
    missing = "there is no event invitation; name it with --invitation EVENT"
    assert lines_of(tmp_path, options, events=INVITED) == [
        line("viral_k", 1, 3, 3, "score", (max(0, 1 - half), 1 + half), "delta", group="s"),
        line("viral_k", 0, 0, 1, "score", (0, 0), "delta", group="t"),
        line("viral_k", n=0, of=1, unit="score", group="u", reason=missing),
        line("viral_k", n=1, of=0, unit="score", group="v", reason=NOBODY),
    ]


def test_the_event_of_an_invitation_has_the_name_that_is_given(tmp_path: Path) -> None:
    """a logged in never, b and e once each with success, c once without: K = 2 of 5 customers."""
    options = MetricsOptions(metrics=("viral_k",), invitation="login", confidence=0.5)
    half = 0.6744897501960817 * sqrt(2) / 5
    assert lines_of(tmp_path, options, events=INVITED) == [
        line("viral_k", 2 / 5, 2, 5, "score", (2 / 5 - half, 2 / 5 + half), "delta")
    ]
