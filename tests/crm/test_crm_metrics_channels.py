"""Metrics of channels, journeys and reach, row by row, with groups in which nothing happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import log, sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from metric_rows import NO_ROW, NOBODY, clustered, line, lines, lines_of, mean, refused, share, t_limits

from omnistudy.crm.metrics.case import By, MetricsOptions
from omnistudy.crm.records.column_map import ColumnMap

GROUPS = ColumnMap(channels={"app": "digital", "web": "digital", "branch": "physical", "call": "assisted"})
FIELDS = (
    "customer_id",
    "ts",
    "channel",
    "event",
    "journey_id",
    "outcome",
    "reentry",
    "journey_step",
    "segment",
)


def events(*rows: str, fields: Sequence[str] = FIELDS) -> str:
    """Rows of customer, minute of the first of January, channel, event and the other fields, as far as they go."""
    text = ",".join(fields) + "\n"
    for row in rows:
        who, minute, *rest = row.split(",")
        cells = [who, f"2024-01-01 10:{int(minute):02d}", *rest]
        text += ",".join([*cells, *([""] * (len(fields) - len(cells)))]) + "\n"
    return text


def by_segment(*names: str, **choices: Any) -> MetricsOptions:
    return MetricsOptions(metrics=names, by=By.SEGMENT, **choices)


JOURNEYS = (
    # customer, minute, channel, event, journey, outcome, reentry, step, segment
    "a,0,app,start,j1,started,,,s",
    "a,1,app,pay,j1,completed,,,s",
    "b,0,app,start,j2,,,,s",
    "b,0,app,pay,j3,,,,s",
    "c,0,app,look,j4,completed,,,t",
    "c,1,app,look,,,,,t",
)


def test_events_are_found_in_any_spelling(tmp_path: Path) -> None:
    """Records are read with Persian letters made equal and without joiners; so are the names that a user gives."""
    text = events("a,0,app,start,j1", "a,1,app,پرداخت\u200cشدهٔ يك,j1", "b,0,app,start,j2")
    found = lines_of(
        tmp_path, MetricsOptions(metrics=("conversion",), goal="پرداخت\u200cشدهٔ یک"), events=text
    )
    assert found == lines_of(
        tmp_path, MetricsOptions(metrics=("conversion",), goal="پرداختشدهٔ يك"), events=text
    )
    assert [row.split()[:2] for row in found] == [row.split()[:2] for row in found if "conversion" in row]
    assert not any("there is no event" in row for row in found)
    invited = lines_of(
        tmp_path, MetricsOptions(metrics=("viral_k",), invitation="پرداخت\u200cشدهٔ یک"), events=text
    )
    assert not any("there is no event" in row for row in invited)


def test_conversion_of_journeys_and_customers(tmp_path: Path) -> None:
    """Without a start everything has started; without a goal the outcome tells."""
    text = events(*JOURNEYS)
    assert lines_of(tmp_path, by_segment("conversion"), events=text) == [
        share("conversion", 1, 3, group="s", level="journey"),
        share("conversion", 1, 1, group="t", level="journey"),
        share("conversion", 1, 2, group="s", level="customer"),
        share("conversion", 1, 1, group="t", level="customer"),
    ]
    # j3 reached the goal and never began; as a customer b did both. Of t nobody began.
    assert lines_of(tmp_path, by_segment("conversion", goal="pay", start="start"), events=text) == [
        share("conversion", 1, 2, group="s", level="journey"),
        share("conversion", 0, 0, group="t", level="journey"),
        share("conversion", 2, 2, group="s", level="customer"),
        share("conversion", 0, 0, group="t", level="customer"),
    ]
    assert lines_of(tmp_path, by_segment("conversion", start="look"), events=text)[1] == share(
        "conversion", 1, 1, group="t", level="journey"
    )
    plain = "customer_id,ts,channel,event\na,2024-01-01,app,pay\nb,2024-01-01,app,x\n"
    assert lines_of(tmp_path, MetricsOptions(metrics=("conversion",), goal="pay"), events=plain) == [
        share("conversion", 1, 2, level="customer")
    ]


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({}, "the events have no outcome: name the event that is the goal, --goal EVENT"),
        ({"goal": "buy"}, "there is no event buy"),
        ({"goal": "pay", "start": "begin"}, "there is no event begin"),
        ({"start": "pay"}, "the events have no outcome: name the event that is the goal, --goal EVENT"),
    ],
)
def test_a_goal_that_nobody_knows(tmp_path: Path, choices: dict[str, Any], reason: str) -> None:
    text = "customer_id,ts,channel,event\na,2024-01-01,app,pay\n"
    options = MetricsOptions(metrics=("conversion",), **choices)
    assert lines_of(tmp_path, options, events=text) == [refused("conversion", reason)]


def test_digital_share_by_customer(tmp_path: Path) -> None:
    """In s a was 3 times of 4 in digital channels, b 0 of 2; whoever is unknown stands by journey, else alone."""
    rows = ["a,0,app,x,,,,,s", "a,1,web,x,,,,,s", "a,2,app,x,,,,,s", "a,3,branch,x,,,,,s", "b,0,call,x,,,,,s"]
    rows += [
        "b,1,branch,x,,,,,s",
        ",0,app,x,j,,,,t",
        ",1,app,x,j,,,,t",
        ",0,branch,x,,,,,t",
        "c,0,branch,x,,,,,u",
    ]
    names = ("digital_share", "identity_match")
    assert lines_of(tmp_path, by_segment(*names), events=events(*rows), columns=GROUPS) == [
        clustered("digital_share", [(3, 4), (0, 2)], group="s"),
        clustered("digital_share", [(2, 2), (0, 1)], group="t"),
        clustered("digital_share", [(0, 1)], group="u"),
        clustered("identity_match", [(4, 4), (2, 2)], group="s"),
        clustered("identity_match", [(0, 2), (0, 1)], group="t"),
        clustered("identity_match", [(1, 1)], group="u"),
    ]
    none = ColumnMap(
        channels={"app": "assisted", "web": "assisted", "branch": "physical", "call": "assisted"}
    )
    found = lines(tmp_path, "digital_share", events=events(*rows), columns=none)
    assert found == [clustered("digital_share", [(0, 4), (0, 2), (0, 2), (0, 1), (0, 1)])]


def test_personalised_contacts_that_the_bank_began(tmp_path: Path) -> None:
    head = "customer_id,ts,channel,event,initiator,personalised,segment\n"
    rows = (
        "a,bank,yes,s", "a,bank,no,s", "b,bank,no,s", "b,bank,,s", "b,customer,yes,s", "c,customer,yes,t", "d,bank,no,u",
    )  # fmt: skip
    text = head + "".join(
        f"{who},2024-01-01,app,x,{','.join(rest)}\n" for who, *rest in (row.split(",") for row in rows)
    )
    assert lines_of(tmp_path, by_segment("personalised_share"), events=text) == [
        clustered("personalised_share", [(1, 2), (0, 1)], group="s"),
        clustered("personalised_share", [(0, 1)], group="u"),
    ]
    never = head + "a,2024-01-01,app,x,customer,yes,s\n"
    assert lines(tmp_path, "personalised_share", events=never) == [
        line("personalised_share", None, 0, 0, reason=NOBODY)
    ]


def entropy(counts: Sequence[float]) -> float:
    p = np.array(counts, dtype=float) / np.sum(counts)
    return float(-(p[p > 0] * np.log(p[p > 0])).sum())


def entropies(group: str, customers: dict[str, dict[str, int]]) -> list[str]:
    """Pooled entropy; its error from what each customer changes, Σₖ nₖ (−ln pₖ − H), squared and summed."""
    channels = sorted({channel for counts in customers.values() for channel in counts})
    pooled = {one: sum(counts.get(one, 0) for counts in customers.values()) for one in channels}
    n, h, k = sum(pooled.values()), entropy(list(pooled.values())), len(channels)
    known = [counts for who, counts in customers.items() if who]
    changes = [sum(times * (-log(pooled[one] / n) - h) for one, times in counts.items()) for counts in known]
    limits = None
    if len(known) > 1:
        half = 1.959963984540054 * sqrt(sum(change**2 for change in changes)) / n
        limits = (max(0.0, h - half), h + half)
    place: dict[str, Any] = {"group": group}
    rows = [
        line(
            "channel_entropy",
            h,
            n,
            None,
            "nats",
            limits,
            limits and "linearised_by_customer",
            level="pooled",
            **place,
        ),
        line("channel_entropy", h + (k - 1) / (2 * n), n, None, "nats", level="pooled_miller_madow", **place),
    ]
    if k > 1:
        rows.append(line("channel_entropy", h / log(k), n, None, "share", level="normalised", **place))
    else:
        reason = "there is one channel only"
        rows.append(
            line("channel_entropy", None, n, None, "share", level="normalised", reason=reason, **place)
        )
    return rows


def test_channel_entropy_by_group(tmp_path: Path) -> None:
    """In s a uses two channels unevenly and b one; in t one channel; in u two customers and the same channel."""
    use: dict[str, dict[str, dict[str, int]]] = {
        "s": {"a": {"app": 6, "branch": 2}, "b": {"app": 1}, "": {"call": 1}},
        "t": {"c": {"app": 2}},
        "u": {"d": {"web": 1}, "e": {"web": 3}},
        "v": {"f": {"app": 1, "web": 1}, "g": {"app": 2, "web": 1}, "h": {"web": 4}},
    }
    rows = [
        f"{who},0,{channel},x,,,,,{group}"
        for group, customers in use.items() for who, counts in customers.items()
        for channel, times in counts.items() for _ in range(times)
    ]  # fmt: skip
    found = lines_of(tmp_path, by_segment("channel_entropy"), events=events(*rows))
    expected = [row for group, customers in use.items() for row in entropies(group, customers)]
    assert found[:12] == expected
    for row, (group, customers) in zip(found[12:], use.items(), strict=True):
        own = [entropy(list(counts.values())) for who, counts in customers.items() if who]
        # SQL rounds the entropy of one customer to twelve decimals.
        assert row == mean(
            "channel_entropy", [round(h, 12) for h in own], "nats", group=group, level="mean_over_customers"
        )
    assert t_limits([0.0]) is None


SWITCHES = (
    # Two channels, known on both sides, the step not earlier, nothing asked again.
    "a,0,app,x,j1,,no,1,s",
    "a,1,branch,x,j1,,no,1,s",
    # The step falls back.
    "b,0,app,x,j2,,no,2,s",
    "b,1,branch,x,j2,,no,1,s",
    # The step falls back, but the branch resumed; then the app asks again.
    "c,0,app,x,j3,,no,2,s",
    "c,1,branch,x,j3,resumed,no,1,s",
    "c,2,app,x,j3,,yes,2,s",
    # At the second switch nobody is known.
    "d,0,app,x,j4,,no,1,s",
    "d,1,branch,x,j4,,no,2,s",
    ",2,app,x,j4,,,3,s",
    # One channel only.
    "e,0,app,x,j5,,yes,1,s",
    "e,1,app,x,j5,,yes,2,s",
    # Whether something was asked again was not written down.
    "f,0,app,x,j6,,,1,t",
    "f,1,web,x,j6,,,2,t",
    # No step and not resumed: nobody can tell.
    "g,0,app,x,j7,,no,,u",
    "g,1,web,x,j7,,no,,u",
)


def test_continuity_over_channels(tmp_path: Path) -> None:
    """Known: j1, j2 and j3, of which j1 alone is smooth. Stitched: all but j4. Asked again: c at one of two."""
    names = ("continuity", "stitch_rate", "repeat_information")
    assert lines_of(tmp_path, by_segment(*names), events=events(*SWITCHES)) == [
        share("continuity", 1, 3, group="s"),
        share("continuity", 0, 0, group="t"),
        share("continuity", 0, 0, group="u"),
        share("stitch_rate", 3, 4, group="s"),
        share("stitch_rate", 1, 1, group="t"),
        share("stitch_rate", 1, 1, group="u"),
        # By customer: a 0 of 1, b 0 of 1, c 1 of 2, d 0 of 1, and the unknown switch says nothing.
        clustered("repeat_information", [(0, 1), (0, 1), (1, 2), (0, 1), (0, 0)], group="s"),
        share("repeat_information", 0, 0, group="t"),
        clustered("repeat_information", [(0, 1)], group="u"),
    ]


@pytest.mark.parametrize("name", ["continuity", "stitch_rate", "repeat_information", "resume_success"])
def test_journeys_in_one_channel_have_no_switch(tmp_path: Path, name: str) -> None:
    text = events("a,0,app,x,j1,,no,1,s", "a,1,app,x,j1,,no,1,s", "a,2,web,x,j2,,no,1,s")
    assert lines(tmp_path, name, events=text) == [refused(name, "no journey uses more than one channel")]


def test_reach_by_group(tmp_path: Path) -> None:
    rows = [
        "a,0,app,x,,,,,s",
        "a,1,web,x,,,,,s",
        "a,2,branch,x,,,,,s",
        "b,0,branch,x,,,,,s",
        "c,0,call,x,,,,,t",
    ]
    names = ("active_channels", "multichannel_share", "digital_users")
    assert lines_of(tmp_path, by_segment(*names), events=events(*rows, ",0,app,x,,,,,s"), columns=GROUPS) == [
        mean("active_channels", [3, 1], group="s"),
        mean("active_channels", [1], group="t"),
        share("multichannel_share", 1, 2, group="s"),
        share("multichannel_share", 0, 1, group="t"),
        share("digital_users", 1, 2, group="s"),
        share("digital_users", 0, 1, group="t"),
    ]


def test_who_moved_from_the_branch(tmp_path: Path) -> None:
    """Days 1 to 4: the first half ends with day 2. A fall by exactly half has moved, by less has not."""
    use = {
        "half": "1 branch,2 branch,3 branch,4 app",  # 2/2 to 1/2
        "less": "1 branch,3 branch,3 branch,4 app",  # 1/1 to 2/3
        "whole": "1 branch,2 app,3 app",  # 1/2 to none
        "stays": "2 branch,3 branch",  # 1/1 to 1/1
        "never": "1 app,3 app",
        "gone": "1 branch,2 branch",
        "later": "1 call,3 branch",
    }
    head = "customer_id,ts,channel,event,segment\n"
    text = head + "".join(
        f"{who},2024-01-0{step[0]},{step[2:]},x,s\n"
        for who, steps in use.items()
        for step in steps.split(",")
    )
    text += "stays-t,2024-01-02,branch,x,t\nstays-t,2024-01-03,branch,x,t\n"
    assert lines_of(tmp_path, by_segment("migrated_customers"), events=text, columns=GROUPS) == [
        share("migrated_customers", 2, 4, group="s"),
        share("migrated_customers", 0, 1, group="t"),
    ]
    nobody = head + "a,2024-01-01,app,x,s\na,2024-01-02,app,x,s\n"
    assert lines(tmp_path, "migrated_customers", events=nobody, columns=GROUPS) == [
        line("migrated_customers", None, 0, 0, reason=NOBODY)
    ]


def adoption(days: dict[str, Sequence[int]], last: int, feature: str = "feature") -> str:
    """Customers who log in on these days after the first of January; users of the feature are in capitals."""
    start = date(2024, 1, 1)
    text = "customer_id,ts,channel,event,segment\n"
    for who, offsets in days.items():
        event = feature if who.isupper() else "login"
        text += "".join(f"{who},{start + timedelta(at)},app,{event},{'st'[who in 'Zz']}\n" for at in offsets)
    return text + f",{start + timedelta(last)},app,login,s\n"


def test_adoption_within_thirty_and_ninety_days_of_the_launch(tmp_path: Path) -> None:
    """The launch is day 2: day 31 is its thirtieth day, day 32 is not; before it nobody counts."""
    text = adoption(
        {"A": [2], "B": [31], "C": [32], "d": [1], "e": [31, 91], "f": [92], "G": [91], "z": [5]}, 91
    )
    assert lines_of(tmp_path, by_segment("feature_adoption"), events=text) == [
        share("feature_adoption", 2, 3, group="s", level="30"),
        share("feature_adoption", 0, 1, group="t", level="30"),
        share("feature_adoption", 4, 5, group="s", level="90"),
        share("feature_adoption", 0, 1, group="t", level="90"),
    ]


@pytest.mark.parametrize(("last", "known"), [(30, 0), (31, 1), (90, 1), (91, 2)])
def test_adoption_is_not_told_before_the_days_are_over(tmp_path: Path, last: int, known: int) -> None:
    text = adoption({"A": [2], "b": [3]}, last, "tap")
    reason = "the records end before {} days after the launch are over"
    rows = [
        share("feature_adoption", 1, 2, level=days) if at < known
        else refused("feature_adoption", reason.format(days), level=days)
        for at, days in enumerate(("30", "90"))
    ]  # fmt: skip
    options = MetricsOptions(metrics=("feature_adoption",), feature="tap")
    assert lines_of(tmp_path, options, events=text) == rows


def test_a_feature_launched_after_the_window_or_never(tmp_path: Path) -> None:
    text = adoption({"A": [50], "b": [3]}, 99)
    early = lines(tmp_path, "feature_adoption", events=text, until=date(2024, 1, 31))
    reason = "there is no event feature: name the use of the feature under [values.event] of a column map"
    assert early == [refused("feature_adoption", reason)]
    options = replace(MetricsOptions(metrics=("feature_adoption",)), within=("segment", "t"))
    # It was launched, but not among those who are looked at.
    assert lines_of(tmp_path, options, events=text + "z,2024-01-01,app,login,t\n") == [
        line("feature_adoption", None, 0, 0, reason=NOBODY)
    ]


def test_offers_are_counted_once_for_every_customer(tmp_path: Path) -> None:
    """a takes one of two offers, b none of one that a was made too; who is unknown stands by the offer."""
    rows = (
        "a,o1,started,s", "a,o1,completed,s", "a,o2,failed,s", "b,o1,failed,s", ",o3,completed,s", ",o3,failed,s",
        "c,o1,failed,t", "c,,completed,t",
    )  # fmt: skip
    text = "customer_id,ts,channel,event,offer_id,outcome,segment\n" + "".join(
        f"{who},2024-01-01,app,x,{','.join(rest)}\n" for who, *rest in (row.split(",") for row in rows)
    )
    assert lines_of(tmp_path, by_segment("offer_acceptance"), events=text) == [
        clustered("offer_acceptance", [(1, 2), (0, 1), (1, 1)], group="s"),
        clustered("offer_acceptance", [(0, 1)], group="t"),
    ]
    none = "customer_id,ts,channel,event,offer_id,outcome\na,2024-01-01,app,x,,completed\n"
    assert lines(tmp_path, "offer_acceptance", events=none) == [
        line("offer_acceptance", n=0, of=0, reason=NO_ROW)
    ]
