"""Metrics against published and recomputed numbers, against pandas, and what they refuse."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from records_builder import PROVENANCE, records_of

from omnistudy.crm.metrics.case import By, MetricsOptions
from omnistudy.crm.metrics.registry import METRICS, metrics_of_records
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.crm.statistics import intervals
from omnistudy.errors import StudyError

CLICKS = (
    "ts=timestamp",
    "channel=platform",
    "customer_id=user_id",
    "journey_id=session_id",
    "segment=user_lifecycle",
)
TOY = """journey_id,ts,channel,journey_step,customer_id,event,outcome,reentry
J1,2024-01-01 10:00,app,1,c1,e,,no
J1,2024-01-01 10:01,app,2,c1,e,,no
J1,2024-01-01 10:02,branch,3,c1,e,,no
J2,2024-01-01 10:00,app,1,c2,e,,no
J2,2024-01-01 10:01,call,1,c2,e,,yes
J3,2024-01-01 10:00,app,1,c3,e,,no
J3,2024-01-01 10:01,app,2,c3,e,,no
J4,2024-01-01 10:00,ib,1,c4,e,,no
J4,2024-01-01 10:01,atm,2,,e,,no
J5,2024-01-01 10:00,ib,2,c5,e,,no
J5,2024-01-01 10:01,branch,1,c5,e,,no
J6,2024-01-01 10:00,app,1,c6,e,,no
J6,2024-01-01 10:01,ib,1,c6,e,resumed,no
"""


def rows_of(folder: Path, options: MetricsOptions, **tables: Any) -> list[MetricRow]:
    with records_of(folder, **tables) as records:
        result = metrics_of_records(records, options, PROVENANCE)
    for row in result.rows:
        assert (row.value is None) == (row.reason is not None), row
        if row.value is not None and row.ci_low is not None and row.ci_high is not None:
            assert row.ci_low <= row.value <= row.ci_high
            assert row.ci_method
    assert str(result.summary)
    assert result.blocks()
    return list(result.rows)


def only(*names: str, **choices: Any) -> MetricsOptions:
    return MetricsOptions(metrics=names, **choices)


@pytest.mark.parametrize(
    ("found", "low", "high"),
    [
        (intervals.wilson(9, 14), 0.3876, 0.8366),
        (intervals.wilson(14, 14), 0.7847, 1.0),
        (intervals.wilson(0, 14), 0.0, 0.2153),
        (intervals.poisson(12, 4), 1.550, 5.240),
        (intervals.net_score(7, 2, 14), -5.2, 64.1),
        (intervals.net_score(45, 25, 100), 4.1, 35.9),
    ],
)
def test_intervals(found: intervals.Interval, low: float, high: float) -> None:
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.05 if high > 10 else 5e-4)


def test_wilson_and_poisson_are_those_of_statsmodels() -> None:
    from statsmodels.stats.proportion import proportion_confint
    from statsmodels.stats.rates import confint_poisson

    for n, of in ((1, 9), (5, 17), (99, 100)):
        found = intervals.wilson(n, of, 0.9)
        assert (found.low, found.high) == pytest.approx(proportion_confint(n, of, 0.1, "wilson"))
        exact = intervals.poisson(n, of)
        assert (exact.low, exact.high) == pytest.approx(confint_poisson(n, of, method="exact-c"))


def test_cdnow_repeat_rate_and_scores(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "cdnow" / "CDNOW_master.txt"
    pairs = ("ts=date", "value=dollar_value")
    rows = rows_of(tmp_path, only("repeat_rate", "rfm"), pairs=pairs, transactions=path)
    found = {(row.metric, row.level): (row.n, row.denominator) for row in rows}
    assert found["repeat_rate", "rows"] == (11_662, 23_570)
    assert found["repeat_rate", "days"] == (11_516, 23_570)
    assert found["rfm", "555"] == (2_509, 23_570)
    assert found["rfm", "111"] == (1_733, 23_570)
    assert sum(row.n or 0 for row in rows if row.metric == "rfm") == 23_570


@pytest.mark.parametrize(
    ("calendar", "sizes", "first", "counts"),
    [
        (
            "gregorian",
            {"1997-01": 7_846, "1997-02": 8_476, "1997-03": 7_248},
            "1997-01",
            [1_157, 964, 810, 679, 736],
        ),
        (
            "jalali",
            {"1375-10": 4_498, "1375-11": 8_849, "1375-12": 8_979, "1376-01": 1_244},
            "1375-10",
            [725, 539, 448, 410, 344],
        ),
    ],
)
def test_cdnow_cohorts(
    shared: Path, tmp_path: Path, calendar: str, sizes: dict[str, int], first: str, counts: list[int]
) -> None:
    path = shared / "data" / "cdnow" / "CDNOW_master.txt"
    pairs = ("ts=date", "value=dollar_value")
    rows = rows_of(tmp_path, only("retention"), pairs=pairs, transactions=path, calendar=calendar)
    assert {row.cohort: row.denominator for row in rows} == sizes
    assert [row.n for row in rows if row.cohort == first][:5] == counts
    # The Jalali month in which the log ends is incomplete, the Gregorian one is not.
    last = [row for row in rows if row.cohort == first][-1]
    assert (last.value is None) == (calendar == "jalali")
    months = sum(row.n or 0 for row in rows) + sum(sizes.values())
    assert months == {"gregorian": 55_379, "jalali": 55_548}[calendar]


def test_clickstream_cohorts_conversion_and_entropy(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "ecom-clickstream" / "retentioneering_ecom.csv.gz"
    options = only("retention", "conversion", "channel_entropy", goal="purchase")
    rows = rows_of(tmp_path, options, pairs=CLICKS, events=path, until=date(2024, 6, 30))
    cohorts = {row.cohort: row.denominator for row in rows if row.cohort}
    assert cohorts == {"2024-01": 63, "2024-02": 124, "2024-03": 181, "2024-04": 167, "2024-05": 62}
    expected = {"2024-01": [45, 38, 43, 39, 32], "2024-02": [90, 93, 81, 77], "2024-03": [150, 138, 141]}
    for cohort, counts in expected.items():
        assert [row.n for row in rows if row.cohort == cohort] == counts
    found = {(row.metric, row.level): row for row in rows}
    assert (found["conversion", "journey"].n, found["conversion", "journey"].denominator) == (470, 3605)
    assert (found["conversion", "customer"].n, found["conversion", "customer"].denominator) == (328, 600)
    assert found["channel_entropy", "pooled"].value == pytest.approx(0.95807, abs=5e-6)
    assert found["channel_entropy", "normalised"].value == pytest.approx(0.87207, abs=5e-6)
    assert found["channel_entropy", "mean_over_customers"].value == pytest.approx(0.13378, abs=5e-6)


def test_a_month_that_is_not_over_has_a_count_and_no_share(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "ecom-clickstream" / "retentioneering_ecom.csv.gz"
    rows = rows_of(tmp_path, only("retention"), pairs=CLICKS, events=path)
    last = [row for row in rows if row.cohort == "2024-01"][-1]
    assert (last.k, last.n, last.value) == (5, 32, None)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [(date(2024, 5, 19), date(2024, 6, 7), (46, 130)), (date(2024, 4, 19), date(2024, 5, 18), (121, 145))],
)
def test_the_payment_incident_shows(
    shared: Path, tmp_path: Path, since: date, until: date, expected: tuple[int, int]
) -> None:
    """The authors of the log wrote a payment incident into 19 May to 7 June 2024."""
    path = shared / "data" / "ecom-clickstream" / "retentioneering_ecom.csv.gz"
    rows = rows_of(
        tmp_path,
        only("conversion", goal="purchase", start="payment_details"),
        pairs=CLICKS, events=path, since=since, until=until,
    )  # fmt: skip
    (journeys,) = [row for row in rows if row.level == "journey"]
    assert (journeys.n, journeys.denominator) == expected


def test_the_checkout_fault_shows_on_mobiles(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "ecom-clickstream" / "retentioneering_ecom.csv.gz"
    options = only("conversion", goal="payment_details", start="shipping_details", by=By.CHANNEL)
    during = rows_of(
        tmp_path, options, pairs=CLICKS, events=path, since=date(2024, 4, 9), until=date(2024, 5, 9)
    )
    (mobile,) = [row for row in during if row.level == "journey" and row.group == "mobile"]
    assert (mobile.n, mobile.denominator) == (22, 60)
    others = [row for row in during if row.level == "journey" and row.group != "mobile"]
    assert (sum(row.n or 0 for row in others), sum(row.denominator or 0 for row in others)) == (119, 149)


def test_continuity_toy(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, only("continuity", "stitch_rate", "repeat_information"), events=TOY)
    assert {row.metric: (row.n, row.denominator) for row in rows} == {
        "continuity": (2, 4),
        "stitch_rate": (4, 5),
        "repeat_information": (1, 5),
    }


def made_up(folder: Path) -> pd.DataFrame:
    random = np.random.default_rng(11)
    n = 3_000
    day = pd.Timestamp("2023-01-01") + pd.to_timedelta(random.integers(0, 365 * 86_400, n), unit="s")
    frame = pd.DataFrame(
        {
            "customer_id": [f"c{number:03d}" for number in random.integers(0, 300, n)],
            "ts": day.strftime("%Y-%m-%d %H:%M:%S"),
            "value": random.integers(1, 90, n),
            "segment": random.choice(["a", "b"], n),
        }
    )
    frame.to_csv(folder / "made_up.csv", index=False)
    return frame


def test_retention_is_that_of_pandas(tmp_path: Path) -> None:
    frame = made_up(tmp_path)
    month = pd.PeriodIndex(frame["ts"].str[:7], freq="M").map(lambda period: period.ordinal)
    frame["month"] = month
    frame["cohort"] = frame.groupby("customer_id")["month"].transform("min")
    active = frame.drop_duplicates(["customer_id", "month"])
    cells = active.groupby(["cohort", active["month"] - active["cohort"]]).size()
    rows = rows_of(tmp_path, only("retention", "retention_rolling"), transactions=tmp_path / "made_up.csv")
    for row in rows:
        cohort = pd.Period(row.cohort, freq="M").ordinal
        if row.metric == "retention":
            assert row.n == cells.get((cohort, row.k), 0)
        else:
            last = frame[frame["cohort"] == cohort].groupby("customer_id")["month"].max()
            assert row.n == (last - cohort >= row.k).sum()


def test_scores_and_repeats_are_those_of_pandas(tmp_path: Path) -> None:
    frame = made_up(tmp_path)
    frame["day"] = frame["ts"].str[:10]
    customers = (
        frame.groupby("customer_id")
        .agg(r=("day", "max"), f=("day", "nunique"), m=("value", "sum"))
        .reset_index()
    )
    size = len(customers)
    scores = pd.DataFrame(
        {
            name: (
                customers.sort_values([name, "customer_id"]).assign(rank=range(size))["rank"] * 5 // size + 1
            )
            for name in "rfm"
        }
    )
    cells = scores.astype(str).agg("".join, axis=1).value_counts().to_dict()
    rows = rows_of(tmp_path, only("rfm", "churn", inactive_days=60), transactions=tmp_path / "made_up.csv")
    assert {row.level: row.n for row in rows if row.metric == "rfm"} == cells
    days = frame.groupby("customer_id")["day"].agg(["min", "max"]).apply(pd.to_datetime)
    end = days["max"].max()
    known = days[(end - days["min"]).dt.days > 60]
    (churn,) = [row for row in rows if row.metric == "churn"]
    assert (churn.n, churn.denominator) == (((end - known["max"]).dt.days > 60).sum(), len(known))


def test_segments_add_up(tmp_path: Path) -> None:
    frame = made_up(tmp_path)
    rows = rows_of(tmp_path, only("repeat_rate", by=By.SEGMENT), transactions=tmp_path / "made_up.csv")
    found = {row.group: row.denominator for row in rows if row.level == "rows"}
    assert found == frame.groupby("segment")["customer_id"].nunique().to_dict()


SURVEY = "ts,instrument,item,score,scale_min,scale_max,channel\n"


def answers(instrument: str, scores: list[int], low: int, high: int) -> str:
    return "".join(
        f"2024-01-{at % 28 + 1:02d},{instrument},q,{s},{low},{high},app\n" for at, s in enumerate(scores)
    )


def test_scores_of_a_survey(tmp_path: Path) -> None:
    text = SURVEY + answers("nps", [9, 10] * 3 + [9] + [7] * 5 + [0, 6], 0, 10)
    text += answers("csat", [5, 4, 3, 1], 1, 5) + answers("ces", [7, 5, 4], 1, 7)
    rows = {
        (row.metric, row.level): row for row in rows_of(tmp_path, only("nps", "csat", "ces"), survey=text)
    }
    nps = rows["nps", None]
    assert nps.value == pytest.approx(35.714, abs=1e-3)
    assert nps.denominator == 14
    assert (rows["csat", "top_two"].n, rows["csat", "mean"].value) == (2, 3.25)
    assert rows["ces", "five_to_seven"].n == 2
    assert rows["ces", "mean"].value == pytest.approx(16 / 3)


def test_scales_are_never_pooled(tmp_path: Path) -> None:
    text = SURVEY + answers("nps", [3, 4], 1, 5) + answers("csat", [3], 1, 5) + answers("csat", [3], 1, 7)
    reasons = {
        row.metric: str(row.reason) for row in rows_of(tmp_path, only("nps", "csat", "ces"), survey=text)
    }
    assert "1 to 5" in reasons["nps"]
    assert "more than one scale" in reasons["csat"]
    assert "no answers to ces" in reasons["ces"]


TICKETS = """ticket_id,customer_id,opened,first_response,closed,channel,topic,is_complaint
t1,1,2024-01-01 10:00,2024-01-01 11:00,2024-01-02 10:00,app,card,yes
t2,1,2024-01-05 10:00,2024-01-05 10:30,2024-01-06 10:00,app,card,no
t3,2,2024-01-01 10:00,2024-01-01 12:00,2024-01-01 13:00,app,loan,no
t4,3,2024-01-30 10:00,,,app,loan,no
t5,4,2024-01-10 10:00,2024-01-10 13:00,2024-01-30 10:00,app,loan,no
"""


def test_tickets(tmp_path: Path) -> None:
    events = "customer_id,ts,channel,event\n" + "".join(
        f"{at},2024-01-0{at},app,login\n" for at in range(1, 5)
    )
    options = only(
        "first_contact_resolution", "complaint_rate", "response_time", "silent_churn", inactive_days=0
    )
    rows = {(r.metric, r.level): r for r in rows_of(tmp_path, options, tickets=TICKETS, events=events)}
    # t1 came back within a week, t5 was closed less than a week before the end.
    fcr = rows["first_contact_resolution", None]
    assert (fcr.n, fcr.denominator) == (2, 3)
    complaints = rows["complaint_rate", None]
    assert (complaints.value, complaints.denominator) == (250.0, 4)
    # Five tickets, waits 30, 60, 120 and 180 minutes, one still open after 0.
    assert rows["response_time", "median"].value == 3600.0
    assert rows["response_time", "p90"].value == 10_800.0
    silent = rows["silent_churn", None]
    # Customer 3 wrote only after having been silent for too long.
    assert (silent.n, silent.denominator) == (1, 3)


def test_referral_and_viral_coefficient(tmp_path: Path) -> None:
    buys = "customer_id,ts,value,referrer_id\n1,2024-01-01,5,\n2,2024-01-02,5,1\n2,2024-01-03,5,\n3,2024-01-03,5,1\n"
    events = "customer_id,ts,channel,event,outcome\n"
    events += (
        "1,2024-01-01,app,invitation,completed\n1,2024-01-01,app,invitation,failed\n2,2024-01-02,app,login,\n"
    )
    rows = {
        r.metric: r
        for r in rows_of(tmp_path, only("referral_rate", "viral_k"), transactions=buys, events=events)
    }
    assert (rows["referral_rate"].n, rows["referral_rate"].denominator) == (2, 3)
    assert rows["viral_k"].value == pytest.approx((2 / 2) * (1 / 2))


def test_digital_share_needs_groups(tmp_path: Path) -> None:
    (refused,) = rows_of(tmp_path, only("digital_share"), events=TOY)
    assert "no channel has a group" in str(refused.reason)
    groups = {"app": "digital", "ib": "digital", "branch": "physical", "call": "assisted", "atm": "physical"}
    (row,) = rows_of(tmp_path, only("digital_share"), events=TOY, columns=ColumnMap(channels=groups))
    assert (row.n, row.denominator) == (9, 13)


def test_every_metric_is_refused_with_a_reason_where_nothing_is_there(tmp_path: Path) -> None:
    text = "customer_id,ts,channel,event\n,2024-01-01,app,login\n,2024-01-02,app,login\n"
    rows = rows_of(tmp_path, MetricsOptions(), events=text)
    assert {row.metric for row in rows} == set(METRICS)
    able = {row.metric for row in rows if row.value is not None}
    assert able == {"identity_match", "channel_entropy"}, "metrics that need no customer are named here"
    assert {str(row.reason) for row in rows if row.metric == "retention"} == {"no row names its customer"}


def test_an_unknown_metric_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="Did you mean 'retention'"):
        rows_of(tmp_path, only("retenton"), events=TOY)


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_every_metric_is_documented_and_portable(metric: Any) -> None:
    assert str(metric.definition)
    assert str(metric.title)
    assert metric.by


def test_a_month_without_rows_is_a_month_of_nobody(tmp_path: Path) -> None:
    events = "customer_id,ts,channel,event\n" + "".join(
        f"{who},2024-{month:02d}-{day:02d},app,e\n" for who in (1, 2) for month in (1, 3) for day in (1, 31)
    )
    rows = rows_of(tmp_path, only("retention", "return_rate", by=By.ALL), events=events)
    found = {(row.metric, row.k or row.level): (row.n, row.denominator, row.value) for row in rows}
    assert found["retention", 1] == (0, 2, 0.0)
    assert found["retention", 2] == (2, 2, 1.0)
    assert found["return_rate", "2024-02"] == (0, 2, 0.0)


def test_what_one_channel_and_anonymous_customers_leave(tmp_path: Path) -> None:
    """Every metric of such logs is a value or a reason; nothing fails."""
    one_channel = "customer_id,ts,channel,event\n1,2024-01-01,app,e\n2,2024-01-02,app,e\n"
    (normalised,) = [
        row for row in rows_of(tmp_path, MetricsOptions(), events=one_channel) if row.level == "normalised"
    ]
    assert str(normalised.reason) == "there is one channel only"
    nobody = "customer_id,ts,channel,event\n,2024-01-01,app,e\n,2024-01-02,branch,e\n"
    rows = rows_of(tmp_path, only("retention", "churn", "identity_match", inactive_days=5), events=nobody)
    assert {row.metric: row.value for row in rows} == {
        "retention": None,
        "churn": None,
        "identity_match": 0.0,
    }
