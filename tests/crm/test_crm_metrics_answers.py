"""Metrics of surveys and tickets, row by row: answers are given one by one, waits in minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from metric_rows import (
    NO_ROW,
    lasting,
    line,
    lines,
    lines_of,
    mean,
    rate_limits,
    refused,
    share,
    told,
)
from records_builder import PROVENANCE, records_of

from omnistudy.crm.metrics.case import By, MetricsOptions
from omnistudy.crm.metrics.registry import metrics_of_records
from omnistudy.crm.records.reading_times import day_of
from omnistudy.crm.statistics.intervals import net_score

HEADER = "ts,instrument,item,score,scale_min,scale_max,channel\n"


def answers(instrument: str, scores: list[float], low: int, high: int, channel: str = "app") -> str:
    return "".join(f"2024-01-01,{instrument},q,{s},{low},{high},{channel}\n" for s in scores)


def test_net_score_by_channel(tmp_path: Path) -> None:
    """9 and 10 promote, 0 to 6 detract; 7 and 8 only count. A channel of passives has a score of 0."""
    text = HEADER + answers("NPS", [10, 9, 9, 8, 7, 6], 0, 10) + answers("nps", [7, 8], 0, 10, "web")
    text += answers("nps", [0, 6, 6.5], 0, 10, "branch")
    found = lines_of(tmp_path, MetricsOptions(metrics=("nps",), by=By.CHANNEL), survey=text)

    def row(channel: str, promoters: int, detractors: int, n: int) -> str:
        limits = net_score(promoters, detractors, n)
        d = promoters - detractors
        between = (limits.low, limits.high)
        return line("nps", 100 * d / n, d, n, "score", between, "adjusted_wald", group=channel)

    assert found == [row("app", 3, 1, 6), row("branch", 0, 2, 3), row("web", 0, 0, 2)]


def test_satisfaction_and_effort_by_channel(tmp_path: Path) -> None:
    """The two best boxes are those of the answer's own scale; easy is 5 to 7."""
    text = HEADER + answers("csat", [5, 4, 3.5, 1], 1, 5) + answers("csat", [2, 3], 1, 5, "web")
    text += answers("ces", [7, 5, 4], 1, 7) + answers("ces", [4, 1], 1, 7, "web")
    options = MetricsOptions(metrics=("csat", "ces"), by=By.CHANNEL)
    assert lines_of(tmp_path, options, survey=text) == [
        share("csat", 2, 4, group="app", level="top_two"),
        mean("csat", [5, 4, 3.5, 1], of=4, group="app", level="mean"),
        share("csat", 0, 2, group="web", level="top_two"),
        mean("csat", [2, 3], of=2, group="web", level="mean"),
        mean("ces", [7, 5, 4], of=3, group="app", level="mean"),
        share("ces", 2, 3, group="app", level="five_to_seven"),
        mean("ces", [4, 1], of=2, group="web", level="mean"),
        share("ces", 0, 2, group="web", level="five_to_seven"),
    ]


def test_an_answer_alone_has_a_mean_without_limits(tmp_path: Path) -> None:
    zero = HEADER + answers("csat", [0], 0, 10)
    assert lines(tmp_path, "csat", survey=zero) == [
        share("csat", 0, 1, level="top_two"),
        mean("csat", [0], of=1, level="mean"),
    ]


@pytest.mark.parametrize(
    ("name", "scales", "reason"),
    [
        ("nps", [], "the survey has no answers to nps"),
        ("csat", [], "the survey has no answers to csat"),
        ("ces", [], "the survey has no answers to ces"),
        ("nps", [(0, 9)], "the scale of nps is 0 to 9, and the measure is defined for 0 to 10"),
        ("nps", [(1, 10)], "the scale of nps is 1 to 10, and the measure is defined for 0 to 10"),
        ("ces", [(0, 7)], "the scale of ces is 0 to 7, and the measure is defined for 1 to 7"),
        ("ces", [(1, 5)], "the scale of ces is 1 to 5, and the measure is defined for 1 to 7"),
        ("csat", [(1, 5), (1, 7)], "the answers to csat are on more than one scale, which are never pooled"),
        ("csat", [(1, 5), (0, 5)], "the answers to csat are on more than one scale, which are never pooled"),
        ("nps", [(0, 10), (0, 11)], "the answers to nps are on more than one scale, which are never pooled"),
    ],
)
def test_a_scale_that_is_not_that_of_the_measure(
    tmp_path: Path, name: str, scales: list[tuple[int, int]], reason: str
) -> None:
    text = HEADER + answers("other", [3], 1, 5)
    text += "".join(answers(name, [3, 4], low, high) for low, high in scales)
    assert lines(tmp_path, name, survey=text) == [refused(name, reason)]


def tickets(*rows: str) -> str:
    """Rows of id, customer, opened, first response, closed, channel; days are of January 2024."""
    text = "ticket_id,customer_id,opened,first_response,closed,channel\n"
    for row in rows:
        ticket, who, *times, channel = row.split(",")
        written = [f"2024-01-{time}" if time else "" for time in times]
        text += ",".join((ticket, who, *written, channel)) + "\n"
    return text


WAITS = (
    "t1,a,01 10:00,01 11:00,,app",
    "t2,a,01 10:00,01 10:30,,app",
    "t3,b,01 10:00,,01 12:30,app",
    "t4,b,01 10:00,01 12:00,,web",
    "t5,c,01 10:00,,,none",
)


def test_response_times_by_channel(tmp_path: Path) -> None:
    """The last thing that was seen is a ticket closed at 12:30: who waits has waited 150 minutes."""
    options = MetricsOptions(metrics=("response_time",), by=By.CHANNEL)
    never = "too few tickets were answered: the curve never reaches {}"
    app = lasting("response_time", [(1_800, 1, 0), (3_600, 1, 0), (9_000, 0, 1)], "seconds", group="app")
    assert app[0].split(" | ")[4:8] == ["median", "3600", "2", "3"]
    assert lines_of(tmp_path, options, tickets=tickets(*WAITS)) == [
        app[0],
        line("response_time", None, 2, 3, "seconds", group="app", level="p90", reason=never.format("90.0 %")),
        line(
            "response_time",
            None,
            0,
            1,
            "seconds",
            group="none",
            level="median",
            reason=never.format("50.0 %"),
        ),
        line(
            "response_time", None, 0, 1, "seconds", group="none", level="p90", reason=never.format("90.0 %")
        ),
        *lasting("response_time", [(7_200, 1, 0)], "seconds", group="web"),
    ]


def test_who_still_waits_has_waited_to_the_end_of_the_window(tmp_path: Path) -> None:
    """Answered after 1 to 39 hours, and one waits: to the last event, or to midnight of --until."""
    rows = [f"t{at},a,01 00:00,{1 + at // 24:02d} {at % 24:02d}:00,,app" for at in range(1, 40)]
    text = tickets(*rows, "w,a,02 00:00,,,app")
    hour = 3_600
    answered = [(at * hour, 1, 0) for at in range(1, 40)]
    # The last answer, at 39 hours after the first of January, is 15 hours after the second.
    open_end = lasting(
        "response_time", sorted([*answered[:14], (15 * hour, 1, 1), *answered[15:]]), "seconds"
    )
    assert " | km_loglog | " in open_end[0]
    assert lines(tmp_path, "response_time", tickets=text) == open_end
    # Until the third the wait is 48 hours, longer than all others.
    until = lasting("response_time", [*answered, (48 * hour, 0, 1)], "seconds")
    assert lines(tmp_path, "response_time", tickets=text, until=date(2024, 1, 3)) == until
    assert until != open_end


def test_contacts_resolved_at_first(tmp_path: Path) -> None:
    """Seven days of 24 hours: a contact exactly seven days after closing is still the same matter."""
    text = "ticket_id,customer_id,opened,closed,topic,reopened,channel\n"
    for ticket, who, opened, closed, topic, reopened, channel in (
        ("t1", "a", "01 10:00", "02 10:00", "card", "", "app"),  # came again exactly seven days later
        ("t2", "a", "09 10:00", "09 11:00", "card", "no", "app"),
        ("t3", "b", "01 10:00", "02 10:00", "card", "no", "app"),  # came again a second too late
        ("t4", "b", "09 10:00:01", "09 11:00", "card", "no", "app"),
        ("t5", "c", "01 10:00", "02 10:00", "card", "yes", "app"),  # reopened
        ("t6", "d", "01 10:00", "02 10:00", "card", "no", "app"),  # came again about something else
        ("t7", "d", "03 10:00", "03 11:00", "loan", "no", "app"),
        ("t8", "e", "01 10:00", "", "card", "no", "app"),  # never closed
        ("t9", "f", "20 10:00", "25 00:00", "card", "no", "web"),  # seven days before the end of the 31st
        ("t10", "g", "20 10:00", "25 00:01", "card", "no", "web"),  # a minute less
        ("t11", "h", "31 10:00", "", "card", "no", "web"),
    ):
        close = closed and f"2024-01-{closed}"
        text += f"{ticket},{who},2024-01-{opened},{close},{topic},{reopened},{channel}\n"
    options = MetricsOptions(metrics=("first_contact_resolution",), by=By.CHANNEL)
    # Resolved of app: t2, t3, t4, t6, t7; not: t1, t5. Of web t9 alone is old enough.
    assert lines_of(tmp_path, options, tickets=text) == [
        share("first_contact_resolution", 5, 7, group="app"),
        share("first_contact_resolution", 1, 1, group="web"),
    ]
    short = replace(options, recontact_days=6, by=By.ALL)
    # A week is not six days: t1 is resolved; t10 is old enough.
    assert lines_of(tmp_path, short, tickets=text) == [share("first_contact_resolution", 8, 9)]


def complaint_row(n: int, customers: int, **place: Any) -> str:
    limits = rate_limits(n, customers / 1000)
    return line(
        "complaint_rate", 1000 * n / customers, n, customers, "per_1000", limits, "poisson_exact", **place
    )


def test_complaints_by_channel(tmp_path: Path) -> None:
    """Of two customers in app one complains twice; of those in web nobody does. A question is no complaint."""
    events = "customer_id,ts,channel,event\n" + "".join(
        f"{who},2024-01-0{day},{channel},x\n"
        for who, channel, day in (("a", "app", 1), ("b", "app", 9), ("c", "web", 5))
    )
    text = "ticket_id,customer_id,opened,is_complaint,channel\n" + "".join(
        f"t{at},{who},2024-01-0{day},{kind},{channel}\n"
        for at, (who, day, kind, channel) in enumerate(
            (
                ("a", 1, "yes", "app"),
                ("a", 9, "yes", "app"),
                ("b", 2, "no", "app"),
                ("x", 2, "yes", "app"),
                ("c", 3, "no", "web"),
            )
        )
    )
    options = MetricsOptions(metrics=("complaint_rate",), by=By.CHANNEL)
    assert lines_of(tmp_path, options, events=events, tickets=text) == [
        complaint_row(2, 2, group="app"),
        complaint_row(0, 1, group="web"),
    ]


def test_complaints_and_activity_of_different_years(tmp_path: Path) -> None:
    events = "customer_id,ts,channel,event\na,2023-01-01,app,x\n"
    text = "ticket_id,customer_id,opened,is_complaint\nt,a,2024-01-01,yes\n"
    assert lines(tmp_path, "complaint_rate", events=events, tickets=text) == [
        line("complaint_rate", unit="per_1000", reason="tickets and activity have no day in common")
    ]


def silent(folder: Path, opened: str, **choices: Any) -> list[str]:
    """One customer, lost after the tenth of January, with one ticket; another is kept to the end."""
    buys = (
        "customer_id,ts,value\nlost,2024-01-01,1\nlost,2024-01-10,1\nkept,2024-01-01,1\nkept,2024-01-31,1\n"
    )
    text = f"ticket_id,customer_id,opened\nt,lost,2024-01-{opened}\nk,kept,2024-01-15\n"
    options = MetricsOptions(metrics=("silent_churn",), **{"inactive_days": 5, "silent_days": 3, **choices})
    return lines_of(folder, options, transactions=buys, tickets=text)


@pytest.mark.parametrize(("opened", "mute"), [("06", 1), ("07", 0), ("10", 0), ("15", 0), ("16", 1)])
def test_lost_without_a_word(tmp_path: Path, opened: str, mute: int) -> None:
    """A word counts from three days before the last activity until the loss five days after it."""
    assert silent(tmp_path, opened) == [share("silent_churn", mute, 1)]


@pytest.mark.parametrize(("opened", "mute"), [("10", 0), ("11", 1)])
def test_lost_from_one_day_to_the_next(tmp_path: Path, opened: str, mute: int) -> None:
    """After no silent day at all a customer is lost at once, and a word on the next day comes too late."""
    assert silent(tmp_path, opened, inactive_days=0) == [share("silent_churn", mute, 1)]


def test_silent_churn_of_nobody_lost(tmp_path: Path) -> None:
    assert silent(tmp_path, "10", inactive_days=20) == [share("silent_churn", 0, 1)]
    # 21 days after the tenth is the end itself: not yet lost.
    assert silent(tmp_path, "10", inactive_days=21) == [line("silent_churn", n=0, of=0, reason=NO_ROW)]


def test_silent_churn_needs_churn_to_be_declared(tmp_path: Path) -> None:
    text = "ticket_id,customer_id,opened\nt,a,2024-01-01\n"
    buys = "customer_id,ts,value\na,2024-01-01,1\n"
    reason = "say after how many silent days a customer counts as lost, --inactive-days N"
    assert lines(tmp_path, "silent_churn", transactions=buys, tickets=text) == [
        refused("silent_churn", reason)
    ]
    assert lines(tmp_path, "silent_churn", tickets=text) == [
        refused("silent_churn", "there is no table of events")
    ]


WORK = """ticket_id,customer_id,opened,closed,transfers,is_complaint,reopened,channel
t1,a,2024-01-01 08:00,2024-01-31 08:00,2,yes,no,app
t2,a,2024-01-01 08:00,2024-01-31 08:01,0,yes,no,app
t3,a,2024-01-02 08:00,2024-01-03 08:00,1,yes,yes,app
t4,b,2024-01-30 00:00,2024-01-30 09:00,0,yes,,web
t5,b,2024-01-30 00:01,2024-03-01 00:00,0,no,,web
t6,b,2024-02-28 08:00,,,yes,no,web
t7,c,2024-01-01 08:00,2024-01-01 09:00,0,no,,web
"""


def test_work_on_tickets_by_channel(tmp_path: Path) -> None:
    """Thirty days of 24 hours; the end is midnight of the 28th of February, at which t5 was still open."""
    options = MetricsOptions(metrics=("handoffs", "backlog", "complaint_resolution"), by=By.CHANNEL)
    assert lines_of(tmp_path, options, tickets=WORK, until=date(2024, 2, 28)) == [
        mean("handoffs", [2, 0, 1], group="app"),
        mean("handoffs", [0, 0, 0], group="web"),
        share("backlog", 0, 3, group="app"),
        share("backlog", 2, 4, group="web"),
        share("complaint_resolution", 1, 3, group="app"),
        share("complaint_resolution", 1, 1, group="web"),
    ]


def test_the_end_of_a_window_is_the_midnight_after_its_last_day(tmp_path: Path) -> None:
    with records_of(tmp_path, tickets=WORK) as records:
        for until, still_open, resolution in (
            (30, 3, line("complaint_resolution", n=0, of=0, reason=NO_ROW)),
            (31, 1, share("complaint_resolution", 1, 2)),
        ):
            early = replace(records, until=day_of(date(2024, 1, until)))
            names = ("backlog", "complaint_resolution")
            rows = metrics_of_records(early, MetricsOptions(metrics=names), PROVENANCE).rows
            # At the end of the 31st t1 and t2 are thirty days old, and both were closed that day.
            assert [told(row) for row in rows] == [share("backlog", still_open, 6), resolution]
