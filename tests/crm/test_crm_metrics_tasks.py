"""Metrics of tasks and of the table of operations, row by row."""

from __future__ import annotations

from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from metric_rows import (
    NOBODY,
    Limits,
    clustered,
    lasting,
    line,
    lines,
    lines_of,
    rate_limits,
    refused,
    score_limits,
    share,
)
from scipy.special import stdtrit

from omnistudy.crm.metrics.case import By, MetricsOptions
from omnistudy.crm.metrics.ops import INDICATORS
from omnistudy.crm.records.column_map import ColumnMap

GROUPS = ColumnMap(channels={"app": "digital", "web": "digital", "branch": "physical", "call": "assisted"})
TASKS = """journey_id,ts,channel,customer_id,event,outcome,reentry,segment
j1,2024-01-01 10:00,app,1,transfer,started,no,s
j1,2024-01-01 10:02,app,1,transfer,completed,no,s
j1,2024-01-01 10:05,app,1,transfer,completed,no,s
j2,2024-01-01 10:00,app,2,transfer,abandoned,no,s
j2,2024-01-01 10:04,branch,2,transfer,completed,no,s
j3,2024-01-01 10:00,web,2,transfer,abandoned,no,s
j4,2024-01-01 10:00,branch,4,transfer,failed,no,s
j4,2024-01-01 10:09,app,4,transfer,completed,no,s
j5,2024-01-01 10:00,app,4,step_up,abandoned,no,s
j5,2024-01-01 10:01,call,4,transfer,completed,yes,s
j6,2024-01-01 10:00,app,1,step_up,completed,no,s
j6,2024-01-01 10:00,app,1,step_up,,no,s
j7,2024-01-01 10:00,branch,7,transfer,failed,no,t
j8,2024-01-01 10:00,app,8,transfer,started,no,t
j8,2024-01-01 10:01,web,8,transfer,failed,no,t
,2024-01-01 10:01,branch,9,transfer,,no,t
"""


def test_tasks_by_group(tmp_path: Path) -> None:
    names = ("task_completion", "abandonment", "time_to_complete")
    options = MetricsOptions(metrics=names, by=By.SEGMENT)
    assert lines_of(tmp_path, options, events=TASKS, columns=GROUPS) == [
        share("task_completion", 5, 6, group="s"),
        share("task_completion", 0, 2, group="t"),
        # j2 and j5 were given up in one channel and completed in another.
        share("abandonment", 1, 6, group="s"),
        share("abandonment", 0, 2, group="t"),
        # To the first completion of each: j6 0, j5 60, j1 120, j2 240, j4 540 seconds; none in t.
        *lasting(
            "time_to_complete",
            [(at, 1, 0) for at in (0, 60, 120, 240, 540)],
            "seconds",
            all_ended=True,
            group="s",
        ),
    ]


def test_faults_and_further_proof_by_customer(tmp_path: Path) -> None:
    """Attempts that ended: of 1 four, of 2 three, of 4 four with one fault; of 7 and 8 one each, both faults."""
    options = MetricsOptions(metrics=("technical_failure", "step_up_abandonment"), by=By.SEGMENT)
    assert lines_of(tmp_path, options, events=TASKS, columns=GROUPS) == [
        clustered("technical_failure", [(0, 3), (0, 3), (1, 4)], group="s"),
        clustered("technical_failure", [(1, 1), (1, 1)], group="t"),
        # The request without an outcome does not count.
        clustered("step_up_abandonment", [(1, 1), (0, 1)], group="s"),
    ]


def test_tasks_without_help_by_group(tmp_path: Path) -> None:
    """Begun in a digital channel: j1, j2, j3, j5, j6. Wholly digital: j1, j3, j6. Resumed elsewhere: j2, j5."""
    names = ("self_service", "digital_completion", "resume_success")
    options = MetricsOptions(metrics=names, by=By.SEGMENT)
    assert lines_of(tmp_path, options, events=TASKS, columns=GROUPS) == [
        share("self_service", 2, 5, group="s"),
        share("self_service", 0, 1, group="t"),
        share("digital_completion", 2, 3, group="s"),
        share("digital_completion", 0, 1, group="t"),
        share("resume_success", 1, 2, group="s"),
        share("resume_success", 0, 1, group="t"),
    ]


def test_nothing_left_unfinished_is_resumed(tmp_path: Path) -> None:
    text = TASKS.replace("abandoned", "failed").replace("started", "failed")
    assert lines(tmp_path, "resume_success", events=text) == [
        line("resume_success", None, 0, 0, reason=NOBODY)
    ]


@pytest.mark.parametrize(
    "name", ["self_service", "digital_completion", "digital_share", "digital_users", "migrated_customers"]
)
def test_which_channels_are_digital_has_to_be_said(tmp_path: Path, name: str) -> None:
    reason = (
        "no channel has a group: put [channels] with physical, assisted or digital for each into a column map"
    )
    assert lines(tmp_path, name, events=TASKS) == [refused(name, reason)]


def test_the_event_of_a_further_proof_has_to_be_there(tmp_path: Path) -> None:
    text = TASKS.replace("step_up", "token")
    reason = "there is no event step_up: name yours under [values.event] of a column map"
    assert lines(tmp_path, "step_up_abandonment", events=text) == [refused("step_up_abandonment", reason)]


UNITS = {
    "availability": "share", "fraud_bp": "basis_points", "incidents": "per_million", "certified_staff": "share",
    "training_hours": "hours", "quality_assurance": "share", "agent_productivity": "per_hour",
    "cost_per_task": "amount", "cost_per_act": "amount", "cost_to_serve": "amount", "releases": "per_quarter",
    "time_to_market": "days", "coverage": "share", "unserved_attempts": "share", "regulation_events": "events",
    "outages": "events",
}  # fmt: skip
TIMES = {"fraud_bp": 10_000, "incidents": 1_000_000}
EVENTS, MEMBERS, TOTALS = (
    {"incidents", "releases"},
    {"certified_staff", "unserved_attempts"},
    {"regulation_events", "outages"},
)
PERIODS = ((3, 40), (5, 60), (2, 30))
"""What is counted and of how many, in three months; every indicator has the same here."""


def over_periods(pairs: tuple[tuple[float, float], ...]) -> Limits:
    """Ratio of sums with the error of its residuals over the periods (Cochran, 1977, section 6.3)."""
    y, x = np.array(pairs, dtype=float).T
    ratio, n = y.sum() / x.sum(), len(pairs)
    residuals = y - ratio * x
    half = float(stdtrit(n - 1, 0.975)) * sqrt((residuals**2).sum() / (n - 1) / n) / float(x.mean())
    return max(0.0, float(ratio) - half) if ratio >= 0 else float(ratio) - half, float(ratio) + half


def indicator_row(name: str) -> str:
    y, x = (sum(column) for column in zip(*PERIODS, strict=True))
    factor, unit = TIMES.get(name, 1), UNITS[name]
    if name in TOTALS:
        return line(name, y, y, None, unit)
    if name == "certified_staff":  # a stock: the last month alone
        y, x = PERIODS[-1]
    if name in MEMBERS:
        return line(name, y / x, y, x, unit, score_limits(y / x, x), "wilson")
    low, high = rate_limits(y, x) if name in EVENTS else over_periods(PERIODS)
    method = "poisson_exact" if name in EVENTS else "ratio_over_periods"
    return line(name, factor * y / x, y, x, unit, (factor * low, factor * high), method)


def ops(*rows: str) -> str:
    return "period,unit,indicator,value,denominator\n" + "".join(f"{row}\n" for row in rows)


def test_every_indicator_with_its_unit_and_its_interval(tmp_path: Path) -> None:
    names = [indicator.name for indicator in INDICATORS]
    assert set(names) == set(UNITS)
    # Two units of the bank share each month; names of indicators are written as people like.
    text = ops(*(
        f"2024-0{month},{unit},{name.upper() if month == 2 else name},{value},{of}"
        for name in names for month, (y, x) in enumerate(PERIODS, start=1)
        for unit, value, of in (("B1", 1, 10), ("B2", y - 1, x - 10))
    ))  # fmt: skip
    assert lines(tmp_path, *names, ops=text) == [indicator_row(name) for name in names]


def test_indicators_month_by_month_have_no_interval_over_periods(tmp_path: Path) -> None:
    text = ops("2024-01,a,availability,9,10", "2024-02,a,availability,0,10", "2024-01,a,incidents,0,1000000")
    options = MetricsOptions(metrics=("availability", "incidents"), by=By.PERIOD)
    none = tuple(1e6 * limit for limit in rate_limits(0, 1_000_000))
    assert lines_of(tmp_path, options, ops=text) == [
        line("availability", 0.9, 9, 10, group="2024-01"),
        line("availability", 0, 0, 10, group="2024-02"),
        line(
            "incidents", 0, 0, 1_000_000, "per_million", (none[0], none[1]), "poisson_exact", group="2024-01"
        ),
    ]


def test_ratios_of_amounts_may_be_negative_and_stop_at_nought_otherwise(tmp_path: Path) -> None:
    """Costs of 1 and 99 in two months have an error larger than their ratio; a gain is a negative cost."""
    wide, gain = ((1.0, 10.0), (99.0, 10.0)), ((-40.0, 10.0), (-20.0, 10.0))
    for pairs in (wide, gain):
        text = ops(*(f"2024-0{at},a,cost_to_serve,{y},{x}" for at, (y, x) in enumerate(pairs, start=1)))
        total = sum(y for y, _ in pairs)
        limits = over_periods(pairs)
        assert (limits[0] == 0) == (total > 0)
        assert lines(tmp_path, "cost_to_serve", ops=text) == [
            line("cost_to_serve", total / 20, int(total), 20, "amount", limits, "ratio_over_periods")
        ]


@pytest.mark.parametrize(
    ("name", "rows", "expected"),
    [
        ("cost_to_serve", ("2024-01,a,cost_to_serve,5.6,10", "2024-02,a,cost_to_serve,3,"),
         {"n": 9, "unit": "amount", "reason": "some rows of cost_to_serve have no denominator"}),
        ("cost_to_serve", ("2024-01,a,cost_to_serve,5,0",), {"n": 5, "of": 0, "unit": "amount", "reason": NOBODY}),
        ("releases", ("2024-01,a,releases,0,0",), {"n": 0, "of": 0, "unit": "per_quarter", "reason": NOBODY}),
        ("certified_staff", ("2024-01,a,certified_staff,1,2", "2024-02,a,certified_staff,6,5"),
         {"n": 6, "of": 5, "reason": "certified_staff counts more members than there are"}),
        ("certified_staff", ("2024-01,a,certified_staff,1,", "2024-02,a,certified_staff,5,5"),
         {"value": 1, "n": 5, "of": 5, "limits": score_limits(1, 5), "method": "wilson"}),
        ("outages", ("2024-01,a,outages,2,", "2024-02,a,outages,0,7"), {"value": 2, "n": 2, "unit": "events"}),
        ("coverage", ("2024-01,a,outages,1,", "2024-01,a,Releases,1,1"),
         {"reason": "the table of operations has no indicator coverage; it has outages, releases"}),
    ],
)  # fmt: skip
def test_indicators_that_do_not_add_up(
    tmp_path: Path, name: str, rows: tuple[str, ...], expected: dict[str, object]
) -> None:
    assert lines(tmp_path, name, ops=ops(*rows)) == [line(name, **expected)]  # type: ignore[arg-type]
