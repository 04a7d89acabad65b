"""Cycles of electronic CRM, and the guard-rail: cost beside satisfaction and retention of one channel."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from records_builder import PROVENANCE, records_of

from omnistudy.crm.audits.ecrm import EcrmOptions, ecrm_of
from omnistudy.crm.audits.ecrm_guard_rail import (
    ChannelGuard,
    CycleValues,
    GuardRail,
    cost_channels,
    cycle_values,
    guard,
)
from omnistudy.crm.audits.ecrm_result import Cycle, EcrmResult
from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.metrics.case import MetricsOptions, prepared
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.crm.statistics.intervals import Interval, wilson
from omnistudy.errors import StudyError
from omnistudy.results import msg

ONE = Indicator(id="x", title=msg("X"), definition=msg("x / all"))
GROUPS = ColumnMap(channels={"app": "digital", "call": "assisted", "branch": "physical", "sms": "digital"})
OPS = "period,unit,indicator,value,denominator\n"


def exact(value: float, low: float | None = None, high: float | None = None) -> Indicator:
    limits = Interval(value if low is None else low, value if high is None else high, "wilson")
    return replace(ONE, value=value, interval=limits)


STILL = exact(0.75)
NAMES = tuple(replace(STILL, title=msg("{name}", name=name)) for name in ("own", "others", "kept", "stayed"))


def judged(
    cost: tuple[float | None, float | None], *changed: Indicator, margin: float = 0.25
) -> ChannelGuard:
    """Costs of both cycles; the parts of this cycle, where they differ from a steady .75."""
    parts = tuple(changed) + NAMES[len(changed):]  # fmt: skip
    price = [ONE.lacking(msg("none")) if one is None else replace(ONE, id="c", value=one) for one in cost]
    return guard("app", CycleValues(price[0], parts), CycleValues(price[1], NAMES), margin)


FELL = (8.0, 9.0)
LOW = replace(exact(0.75, 0.5), title=msg("own"))
WORSE = replace(exact(0.5), title=msg("others"))
GONE = replace(ONE, title=msg("kept")).lacking(msg("no survey"))


@pytest.mark.parametrize(
    ("found", "verdict", "reason"),
    [
        (judged(FELL), "good", "neither satisfaction nor retention fell by more than the margin"),
        (judged((9.0, 9.0)), "no_fall", "the cost did not fall"),
        (judged((10.0, 9.0), NAMES[0], WORSE), "no_fall", "the cost did not fall"),
        (judged((None, 9.0)), "unclear", "the cost of one cycle is not known"),
        (judged((9.0, None)), "unclear", "the cost of one cycle is not known"),
        # The lower limit of the change is −.25: at the margin it is not above it.
        (judged(FELL, LOW), "unclear", "a fall of own is not excluded"),
        (judged(FELL, LOW, margin=0.26), "good", "neither satisfaction nor retention fell by more than the margin"),
        (judged(FELL, LOW, WORSE), "harmful", "others fell, beyond chance"),
        (judged(FELL, NAMES[0], NAMES[1], GONE), "unclear", "kept has no value in both cycles"),
        (judged(FELL, LOW, NAMES[1], GONE), "unclear", "a fall of own is not excluded"),
        (judged(FELL, GONE, WORSE), "harmful", "others fell, beyond chance"),
    ],
)  # fmt: skip
def test_the_guard_rail_says_why(found: ChannelGuard, verdict: str, reason: str) -> None:
    assert (found.channel, str(found.verdict), str(found.reason)) == ("app", verdict, reason)
    assert found.as_json() == {
        "channel": "app",
        "verdict": verdict,
        "why": reason,
        "cost": found.cost.as_json(),
        "changes": [one.as_json() for one in found.changes],
    }
    assert {one.process for one in (found.cost, *found.changes)} == {"performance"}
    assert found.verdict in GuardRail


def answers(channel: str, n: int | None, of: int | None, level: str = "top_two") -> MetricRow:
    return MetricRow(
        metric="csat", group=channel, value=None, n=n, denominator=of, unit="share", window="",
        calendar="gregorian", definition=msg("x"), level=level,
    )  # fmt: skip


DAYS = "customer_id,ts,channel,event\n" + "".join(
    f"{who},2024-01-{day:02d},{channel},x\n"
    for who, channel, day in [
        ("a", "app", 1), ("a", "app", 6), ("b", "app", 5), ("c", "branch", 2), ("c", "branch", 10),
        ("d", "branch", 5), ("d", "app", 6), ("e", "branch", 3), ("e", "app", 4), ("e", "call", 9),
        ("f", "branch", 4), ("", "app", 10), ("g", "app", 8),
    ]
)  # fmt: skip
COSTS = OPS + "".join(
    f"2024-0{at},{unit},{name},{row}\n"
    for at, (unit, name, row) in enumerate(
        [("app", "cost_per_task", "9,1"), ("branch", "cost_to_serve", "400,1000"), ("app", "cost_to_serve", "300,100"),
         ("app", "cost_to_serve", "100,100"), ("", "cost_to_serve", "5,1")], 1)
)  # fmt: skip


def test_one_cycle_of_a_channel(tmp_path: Path) -> None:
    """Ten days, five and five. In the app a, b and e were early, a and e late; of the others c, d and f, c and d."""
    rows = [answers("app", 3, 4), answers("branch", 1, 2), answers("call", 2, 2), answers("app", 9, 9, "mean"),
            answers("sms", None, 3), answers("web", 0, 0)]  # fmt: skip
    with records_of(tmp_path, events=DAYS, ops=COSTS) as records:
        case = prepared(records, MetricsOptions(confidence=0.9))
        channels = cost_channels(case)
        app = cycle_values(case, "cost_to_serve", "app", rows)
        branch = cycle_values(case, "cost_to_serve", "branch", rows)
        silent = cycle_values(case, "cost_to_serve", "sms", [])
    assert channels == (("cost_to_serve", "app"), ("cost_to_serve", "branch"))
    # Summed over the rows of the unit; a cost per task below 1 is still a cost and no share.
    assert (app.cost.value, app.cost.n, app.cost.denominator, app.cost.unit) == (2.0, None, 200, "mean")
    assert (branch.cost.value, branch.cost.unit, branch.cost.interval) == (0.4, "mean", None)
    assert (app.cost.id, app.cost.window[:7]) == ("cost_to_serve", "2024-01")
    assert [(one.id, one.n, one.denominator) for one in app.parts] == [
        ("csat_own", 3, 4),
        ("csat_others", 3, 4),
        ("retention_own", 2, 3),
        ("retention_others", 2, 3),
    ]
    assert app.parts[0].interval == wilson(3, 4, 0.9)
    assert app.parts[2].interval == wilson(2, 3, 0.9)
    assert [(one.n, one.denominator) for one in branch.parts] == [(1, 2), (5, 6), (3, 4), (1, 2)]
    assert [str(one.reason) for one in silent.parts[:2]] == ["the survey has no satisfaction by channel"] * 2
    assert str(silent.parts[0].needed) == "a survey with csat and channel"


def test_a_guard_rail_without_events_or_costs(tmp_path: Path) -> None:
    per_task = OPS + "2024-01,app,cost_per_task,9,1\n"
    with records_of(tmp_path, ops=per_task) as records:
        case = prepared(records, MetricsOptions())
        assert cost_channels(case) == (("cost_per_task", "app"),)
        parts = cycle_values(case, "cost_per_task", "app", []).parts
    assert [(str(one.reason), str(one.needed)) for one in parts[2:]] == [
        ("there is no log of events", "a table of events")
    ] * 2
    others: list[dict[str, Any]] = [{"ops": OPS + "2024-01,app,other,9,1\n"}, {"events": DAYS}]
    for tables in others:
        with records_of(tmp_path, **tables) as records:
            assert cost_channels(prepared(records, MetricsOptions())) == ()


def audited(folder: Path, start: date | None = None, **tables: Any) -> EcrmResult:
    options = EcrmOptions(cycle_start=start)
    with records_of(folder, columns=GROUPS, **tables) as records:
        return ecrm_of(None, records, None, options, PROVENANCE)


TEN_DAYS: dict[str, Any] = {"events": DAYS, "ops": OPS + "2030-01,,completeness,1,2\n"}
"""What the table ops holds after the ten days of events belongs to no cycle."""


@pytest.mark.parametrize(
    ("start", "cycles"),
    [
        (date(2024, 1, 10), ["2024-01-10/2024-01-10", "2024-01-09/2024-01-09"]),
        (date(2024, 1, 2), ["2024-01-02/2024-01-10", "2023-12-24/2024-01-01"]),
        (None, ["2024-01-01/2024-01-10"]),
    ],
)
def test_the_cycle_before_is_as_long_and_ends_the_day_before(
    tmp_path: Path, start: date | None, cycles: list[str]
) -> None:
    assert [str(one) for one in audited(tmp_path, start, **TEN_DAYS).cycles] == cycles


@pytest.mark.parametrize("day", [1, 11])
def test_a_cycle_begins_after_the_first_day_and_not_after_the_last(tmp_path: Path, day: int) -> None:
    with pytest.raises(StudyError) as caught:
        audited(tmp_path, date(2024, 1, day), **TEN_DAYS)
    (problem,) = caught.value.problems
    assert problem.what == (
        f"The cycle begins on 2024-01-{day:02d}, outside the records (2024-01-01 to 2024-01-10)."
    )
    assert problem.remedy == "Name a day inside them that leaves some records before it."


def test_records_without_dates_have_a_cycle_without_days(tmp_path: Path) -> None:
    assert audited(tmp_path, identity_map="channel,source_id,customer_id\napp,1,a\n").cycles == (
        Cycle(first=None, last=None),
    )
    assert str(Cycle(first=None, last=3)) == str(Cycle(first=3, last=None)) == ""


def test_tables_without_a_leading_one_still_have_a_cycle(tmp_path: Path) -> None:
    ops = OPS + "2024-01,,completeness,1,2\n2024-02,,completeness,2,2\n"
    result = audited(tmp_path, ops=ops)
    (cycle,) = result.cycles
    assert str(cycle).startswith("2024-01-")
    assert {one.now.id: one.now.value for one in result.pairs}["completeness"] == 0.75


def test_two_measures_of_cost_are_never_compared(tmp_path: Path) -> None:
    """In the app one of two is satisfied before and both now; in the branch nobody was asked before."""
    ops = OPS + "2024-01-02,app,{},10,1\n2024-01-08,app,cost_to_serve,8,1\n"
    survey = "ts,instrument,score,scale_min,scale_max,channel\n" + "".join(
        f"2024-01-{day:02d},csat,{score},1,5,{channel}\n"
        for day, score, channel in (
            (2, 5, "app"),
            (3, 1, "app"),
            (7, 5, "app"),
            (8, 4, "app"),
            (9, 2, "branch"),
        )
    )
    same = audited(tmp_path, date(2024, 1, 6), events=DAYS, survey=survey, ops=ops.format("cost_to_serve"))
    (app,) = same.guards
    assert (app.channel, app.cost.before.value, app.cost.now.value) == ("app", 10, 8)
    own, others = app.changes[:2]
    assert [(one.n, one.denominator) for one in (own.now, own.before, others.now)] == [(2, 2), (1, 2), (0, 1)]
    assert str(others.before.reason) == "the survey has no satisfaction by channel"
    other = audited(tmp_path, date(2024, 1, 6), events=DAYS, ops=ops.format("cost_per_task"))
    assert other.guards == ()
