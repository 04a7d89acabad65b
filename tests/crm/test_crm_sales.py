"""Metrics of sales, tasks, reach, tickets and operations against numbers worked out by hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from math import sqrt
from pathlib import Path
from typing import Any

import pytest
from records_builder import PROVENANCE, records_of

from omnistudy.crm import metrics
from omnistudy.crm.metrics.case import By, MetricsOptions
from omnistudy.crm.metrics.ops import INDICATORS, ratio_interval
from omnistudy.crm.metrics.registry import METRICS, metrics_of_records
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.crm.metrics.units import LEVEL_WORDS, METHOD_WORDS, UNIT_WORDS
from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.crm.records.reading_times import day_of
from omnistudy.crm.statistics.intervals import wilson

GROUPS = ColumnMap(channels={"app": "digital", "web": "digital", "branch": "physical", "call": "assisted"})


def rows_of(folder: Path, options: MetricsOptions, **tables: Any) -> list[MetricRow]:
    with records_of(folder, **tables) as records:
        result = metrics_of_records(records, options, PROVENANCE)
    for row in result.rows:
        assert (row.value is None) == (row.reason is not None), row
    assert result.blocks()
    return list(result.rows)


def found(folder: Path, *names: str, **tables: Any) -> dict[tuple[str, str | None], MetricRow]:
    rows = rows_of(folder, MetricsOptions(metrics=names), **tables)
    return {(row.metric, row.level): row for row in rows}


def counted(row: MetricRow) -> tuple[int | None, int | None]:
    return row.n, row.denominator


BUYS = """customer_id,ts,value,product,margin,referrer_id
a,2024-01-01,10,card,4,
a,2024-02-01,10,loan,2,
a,2024-02-02,10,loan,,
b,2024-01-11,10,card,3,a
c,2024-02-05,30,card,9,a
d,2024-02-21,50,card,0,c
e,2024-02-22,5,,,
"""


def test_products_and_margins(tmp_path: Path) -> None:
    rows = found(tmp_path, "products_per_customer", "cross_sell", "margin_per_customer", transactions=BUYS)
    assert rows["products_per_customer", None].value == 5 / 4
    assert counted(rows["cross_sell", None]) == (1, 4)
    margin = rows["margin_per_customer", None]
    assert margin.value == (6 + 3 + 9 + 0) / 4
    # Values 6, 3, 9, 0: variance 15, Student's 3.182446 for three degrees of freedom.
    assert margin.ci_high == pytest.approx(4.5 + 3.182446 * sqrt(15 / 4), abs=1e-5)


def test_referrals_by_generation(tmp_path: Path) -> None:
    rows = found(
        tmp_path,
        "referral_generations", "referral_cycle", "referral_value", "wom_coefficient",
        transactions=BUYS, until=date(2024, 2, 29), since=date(2024, 1, 1),
    )  # fmt: skip
    # Generation 0 is a and e, 1 is b and c, 2 is d.
    assert counted(rows["referral_generations", "1"]) == (2, 2)
    assert counted(rows["referral_generations", "2"]) == (1, 2)
    assert counted(rows["referral_generations", "3"]) == (0, 1)
    assert ("referral_generations", "4") not in rows
    # 10 days to b, 35 to c, 16 from c to d.
    assert rows["referral_cycle", None].value == pytest.approx((10 + 35 + 16) / 3)
    # a brought 10 + 30, c brought 50.
    assert rows["referral_value", None].value == 45
    # In February c and d came by word of mouth, a came back, e came otherwise.
    month = rows["wom_coefficient", "2024-02"]
    assert (month.value, counted(month)) == (1.0, (2, 2))
    limits = wilson(2, 4)
    assert month.ci_low == pytest.approx(limits.low / (1 - limits.low))
    assert rows["wom_coefficient", "2024-01"].reason is not None
    assert rows["wom_coefficient", "pooled"].value == 1.0


def test_the_way_to_a_sale(tmp_path: Path) -> None:
    events = "customer_id,ts,channel,event\n" + "".join(
        f"{name},2024-01-0{day},app,x\n" for name, day in (("a", 1), ("b", 1), ("c", 5), ("z", 1), ("e", 9))
    )
    buys = "customer_id,ts,value\na,2024-01-04,1\nb,2024-01-06,1\nc,2024-01-02,1\ne,2024-01-09,1\n"
    rows = found(tmp_path, "sales_cycle", transactions=buys, events=events)
    # Waits of 3 (a), 5 (b) and 0 (e) days, z still waiting after 8; c had bought before.
    median = rows["sales_cycle", "median"]
    assert (median.value, counted(median)) == (3, (3, 4))


def test_who_was_known_before_the_window_is_not_new_in_it(tmp_path: Path) -> None:
    with records_of(tmp_path, transactions=BUYS) as records:
        later = replace(records, since=day_of(date(2024, 2, 1)), until=day_of(date(2024, 2, 29)))
        rows = metrics_of_records(later, MetricsOptions(metrics=("wom_coefficient",)), PROVENANCE).rows
    month = next(row for row in rows if row.level == "2024-02")
    assert counted(month) == (2, 2)
    events = "customer_id,ts,channel,event\na,2024-01-01,app,x\na,2024-02-02,app,x\nb,2024-02-01,app,x\n"
    buys = "customer_id,ts,value\na,2024-02-03,1\nb,2024-02-04,1\n"
    with records_of(tmp_path, transactions=buys, events=events) as records:
        later = replace(records, since=day_of(date(2024, 2, 1)))
        rows = metrics_of_records(later, MetricsOptions(metrics=("sales_cycle",)), PROVENANCE).rows
    assert (rows[0].value, counted(rows[0])) == (3, (1, 1))


def test_the_simple_lifetime_value(tmp_path: Path) -> None:
    text = "customer_id,ts,value,margin\n"
    for at in range(10):
        text += f"c{at},2023-01-01,5,30\n"
        text += f"c{at},2023-12-31,5,30\n" if at < 6 else ""
    rows = found(tmp_path, "clv_simple", transactions=text)
    years = 365 / 365.25
    margin, rate = (10 * 30 + 6 * 30) / 10 / years, 0.6 ** (2 / years)
    row = rows["clv_simple", None]
    assert row.value == pytest.approx(margin * rate / (1.1 - rate))
    assert row.ci_low is not None
    assert row.ci_low < (row.value or 0) < (row.ci_high or 0)
    short = found(tmp_path, "clv_simple", transactions="customer_id,ts,value,margin\na,2024-01-01,1,1\n")
    assert "less than half a year" in str(short["clv_simple", None].reason)


TASKS = """journey_id,ts,channel,customer_id,event,outcome,reentry,offer_id
j1,2024-01-01 10:00,app,1,transfer,started,no,
j1,2024-01-01 10:02,app,1,transfer,completed,no,o1
j2,2024-01-01 10:00,app,2,transfer,abandoned,no,o1
j2,2024-01-01 10:04,branch,2,transfer,completed,no,
j3,2024-01-01 10:00,web,3,transfer,abandoned,no,
j4,2024-01-01 10:00,branch,4,transfer,failed,no,
j4,2024-01-01 10:09,branch,4,transfer,completed,no,
j5,2024-01-01 10:00,app,5,step_up,abandoned,no,
j5,2024-01-01 10:01,call,5,transfer,completed,yes,
j6,2024-01-01 10:00,app,1,step_up,completed,no,
"""


def test_tasks(tmp_path: Path) -> None:
    names = (
        "task_completion", "abandonment", "time_to_complete", "technical_failure", "step_up_abandonment",
        "self_service", "digital_completion", "resume_success", "offer_acceptance",
    )  # fmt: skip
    rows = found(tmp_path, *names, events=TASKS, columns=GROUPS)
    assert counted(rows["task_completion", None]) == (5, 6)
    assert counted(rows["abandonment", None]) == (1, 6)
    # Completed after 120, 240, 540, 60 and 0 seconds.
    assert rows["time_to_complete", "median"].value == 120
    assert rows["time_to_complete", "p90"].value == 540
    assert counted(rows["technical_failure", None]) == (1, 9)
    assert counted(rows["step_up_abandonment", None]) == (1, 2)
    # Begun in a digital channel: j1, j2, j3, j5, j6; alone and completed: j1, j6.
    assert counted(rows["self_service", None]) == (2, 5)
    assert counted(rows["digital_completion", None]) == (2, 3)
    # j2 went on at the branch without asking again, j5 asked again.
    assert counted(rows["resume_success", None]) == (1, 2)
    assert counted(rows["offer_acceptance", None]) == (1, 2)


def test_further_proof_and_features_are_named_by_the_bank(tmp_path: Path) -> None:
    text = "customer_id,ts,channel,event,outcome\n1,2024-01-01,app,login,completed\n"
    rows = found(tmp_path, "step_up_abandonment", "feature_adoption", events=text)
    assert "[values.event]" in str(rows["step_up_abandonment", None].reason)
    assert "[values.event]" in str(rows["feature_adoption", None].reason)


def test_reach(tmp_path: Path) -> None:
    text = "customer_id,ts,channel,event\n"
    for day, who, channel in (
        ("2024-01-01", "a", "branch"), ("2024-01-02", "a", "branch"), ("2024-04-01", "a", "app"),
        ("2024-01-01", "b", "branch"), ("2024-04-02", "b", "branch"), ("2024-04-03", "b", "app"),
        ("2024-01-05", "c", "branch"), ("2024-01-06", "c", "app"), ("2024-04-30", "c", "branch"),
        ("2024-01-07", "d", "app"),
    ):  # fmt: skip
        text += f"{who},{day},{channel},x\n"
    names = ("active_channels", "multichannel_share", "digital_users", "migrated_customers")
    rows = found(tmp_path, *names, events=text, columns=GROUPS)
    assert rows["active_channels", None].value == (2 + 2 + 2 + 1) / 4
    assert counted(rows["multichannel_share", None]) == (3, 4)
    assert counted(rows["digital_users", None]) == (4, 4)
    # a went from 2/2 to 0/1, b from 1/1 to 1/2, c from 1/2 to 1/1; d never came to the branch.
    assert counted(rows["migrated_customers", None]) == (2, 3)


def test_adoption_waits_until_the_days_are_over(tmp_path: Path) -> None:
    text = "customer_id,ts,channel,event\na,2024-01-01,app,feature\nb,2024-01-15,app,login\n"
    text += "c,2024-02-15,app,feature\nc,2024-01-20,app,login\nd,2024-02-28,app,login\n"
    rows = found(tmp_path, "feature_adoption", events=text)
    assert counted(rows["feature_adoption", "30"]) == (1, 3)
    assert "90 days after the launch" in str(rows["feature_adoption", "90"].reason)


def test_work_on_tickets(tmp_path: Path) -> None:
    text = "ticket_id,customer_id,opened,closed,transfers,is_complaint,reopened\n"
    text += "1,a,2024-01-01,2024-01-03,0,yes,no\n2,a,2024-01-02,2024-03-03,3,yes,no\n"
    text += (
        "3,b,2024-01-03,2024-01-04,1,yes,yes\n4,b,2024-04-30,,0,yes,no\n5,b,2024-01-05,2024-01-06,,no,no\n"
    )
    rows = found(tmp_path, "handoffs", "backlog", "complaint_resolution", tickets=text)
    assert (rows["handoffs", None].value, rows["handoffs", None].n) == (1.0, 4)
    assert counted(rows["backlog", None]) == (1, 5)
    # The complaint of 30 April is too young to tell.
    assert counted(rows["complaint_resolution", None]) == (1, 3)


OPS = """period,unit,indicator,value,denominator
2024-01,all,availability,990,1000
2024-02,all,availability,1960,2000
2024-01,all,fraud_bp,3,10000
2024-01,all,incidents,2,4000000
2024-01,all,certified_staff,10,50
2024-02,all,certified_staff,20,50
2024-02,all,regulation_events,1,
2024-01,all,cost_to_serve,500,100
2024-01,all,training_hours,5,
"""


def test_indicators_of_operations(tmp_path: Path) -> None:
    names = tuple(indicator.name for indicator in INDICATORS)
    rows = {name: row for (name, _), row in found(tmp_path, *names, ops=OPS).items()}
    assert rows["availability"].value == pytest.approx(2950 / 3000)
    assert rows["fraud_bp"].value == pytest.approx(3.0)
    assert rows["incidents"].value == pytest.approx(0.5)
    assert rows["incidents"].ci_high == pytest.approx(7.22469 / 4, abs=1e-4)
    assert counted(rows["certified_staff"]) == (20, 50)
    assert rows["regulation_events"].value == 1
    assert rows["cost_to_serve"].value == 5
    assert rows["cost_to_serve"].ci_low is None
    assert "no denominator" in str(rows["training_hours"].reason)
    assert "no indicator releases" in str(rows["releases"].reason)
    assert "availability" in str(rows["releases"].reason)


def test_the_interval_of_a_ratio_over_periods() -> None:
    limits = ratio_interval([(990, 1000), (1960, 2000)], 0.95)
    assert limits is not None
    ratio = 2950 / 3000
    squares = (990 - ratio * 1000) ** 2 + (1960 - ratio * 2000) ** 2
    assert limits.high - ratio == pytest.approx(12.7062047 * sqrt(2 * squares) / 3000)
    assert ratio_interval([(1, 2)], 0.95) is None


def test_indicators_by_period(tmp_path: Path) -> None:
    options = MetricsOptions(metrics=("availability",), by=By.PERIOD)
    assert {row.group: row.value for row in rows_of(tmp_path, options, ops=OPS)} == {
        "2024-01": 0.99,
        "2024-02": 0.98,
    }


def test_only_the_rows_within_a_group(tmp_path: Path) -> None:
    text = "customer_id,ts,channel,event,segment\na,2024-01-01,app,x,s\nb,2024-01-01,app,x,t\n,2024-01-01,app,x,s\n"
    options = MetricsOptions(metrics=("identity_match",), within=("segment", "s"))
    assert [counted(row) for row in rows_of(tmp_path, options, events=text)] == [(1, 2)]


def test_cases_drawn_by_hand(tmp_path: Path) -> None:
    events = "customer_id,ts,channel,event,branch_id,region\n"
    events += "1,2024-01-01,app,x,b1,north\n,2024-01-02,app,x,b1,south\n2,2024-01-03,app,x,b2,north\n3,2024-03-01,app,x,,\n"
    cases = "case_id,kind,branch_id,region,customer_id,since,until\n"
    cases += "B1,branch,b1,,,,\nB2,branch,b2,,,,\nB2,branch,,,3,,\nN,region,,north,,,\n"
    cases += "Q1,period,,,,2024-01-01,2024-01-31\nX,both,b1,north,,,\n"
    expected = {
        "branch": {"B1": (1, 2), "B2": (2, 2)},
        "region": {"N": (2, 2)},
        "period": {"Q1": (2, 3)},
        "both": {"X": (1, 1)},
        "nothing": {},
    }
    for kind, groups in expected.items():
        options = MetricsOptions(metrics=("identity_match",), by=By.CASE, case_kind=kind)
        rows = rows_of(tmp_path, options, events=events, cases=cases)
        assert {row.group: counted(row) for row in rows if row.value is not None} == groups


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.name)
def test_what_people_read_of_a_metric_has_words(metric: Any) -> None:
    """No id stands alone: the metric has a title."""
    assert str(metric.title) != metric.name


def test_units_and_levels_have_words() -> None:
    folder = Path(metrics.__file__).parent
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    units = set(re.findall(r'unit="([a-z0-9_]+)"', source))
    levels = set(re.findall(r'level="([a-z0-9_]+)"', source))
    methods = set(re.findall(r'Interval\([^)]*"([a-z_]+)"\)', source))
    assert units
    assert units <= UNIT_WORDS.keys()
    assert levels
    assert levels <= LEVEL_WORDS.keys()
    assert methods <= METHOD_WORDS.keys()


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda indicator: indicator.name)
def test_every_indicator_is_a_metric(indicator: Any) -> None:
    assert METRICS[indicator.name].table == "ops"
