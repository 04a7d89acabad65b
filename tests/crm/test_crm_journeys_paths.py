"""Switches, paths, removal effects and peak–end of small logs, counted by hand, with limits from elsewhere."""

from __future__ import annotations

import inspect
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pytest
from lifetime_builder import same
from records_builder import PROVENANCE, records_of
from scipy import stats

from omnistudy.cli.crm_command import journeys as journeys_command
from omnistudy.crm.journeys import analysis
from omnistudy.crm.journeys.analysis import UNITS, JourneysOptions, journeys_of_records
from omnistudy.crm.journeys.markov import CONVERSION, NULL, START, Chain, removal_effects
from omnistudy.crm.journeys.result import JourneysResult
from omnistudy.crm.records.opening import open_records

EVENTS = "customer_id,ts,channel,event\n"
JOURNEYS = "customer_id,journey_id,ts,channel,event\n"


def described(folder: Path, text: str, **choices: Any) -> JourneysResult:
    with records_of(folder, events=text) as records:
        return journeys_of_records(records, JourneysOptions(**choices), PROVENANCE)


def counted(result: JourneysResult) -> dict[tuple[str, str], int]:
    return {(one.source, one.target): one.n for one in result.switches if one.n}


def refused(result: JourneysResult, subject: str) -> list[dict[str, object]]:
    return [one.as_json() for one in result.refusals if one.subject == subject]


# Customer 1: web, app, app, web, app; customer 2: app, branch; nobody: branch, web.
LOG = EVENTS + (
    "1,2024-01-03 10:00,app,v\n1,2024-01-01 10:00,web,v\n1,2024-01-02 10:00,app,v\n"
    "2,2024-01-01 10:00,app,v\n1,2024-01-04 10:00,web,v\n1,2024-01-04 10:00,app,v\n"
    "2,2024-01-01 10:00,branch,v\n,2024-01-05 10:00,branch,v\n,2024-01-06 10:00,web,v\n"
)


@pytest.mark.parametrize("confidence", [0.95, 0.8])
def test_next_steps_by_hand(tmp_path: Path, confidence: float) -> None:
    """In the order of times, at the same time in that of the rows; limits of a Dirichlet(1/2) posterior."""
    found: Any = described(tmp_path, LOG, confidence=confidence).payload()
    counts = {"app": {"app": 1, "branch": 1, "web": 1}, "branch": {}, "web": {"app": 2}}
    wanted: list[dict[str, Any]] = []
    for source, row in counts.items():
        total = sum(row.values())
        for target in counts:
            n = row.get(target, 0)
            step: dict[str, Any] = {"from": source, "to": target, "n": n, "of": total}
            if total:
                marginal = stats.beta(n + 0.5, total - n + 2 * 0.5)
                low, high = (float(one) for one in marginal.interval(confidence))
                step |= {"share": n / total, "ci_low": low, "ci_high": high, "reason": None}
            else:
                nobody = "nobody was seen after this channel"
                step |= {"share": None, "ci_low": None, "ci_high": None, "reason": nobody}
            wanted.append(step)
    assert same(found["switching"], wanted)
    assert (found["unit"], found["path_unit"], found["ci_method"]) == ("event", "customer", "dirichlet_half")


@pytest.mark.parametrize("names", [("app", "atm"), ("app", "atm", "branch")])
def test_order_is_tested_by_a_likelihood_ratio(tmp_path: Path, names: tuple[str, ...]) -> None:
    random = np.random.default_rng(8)
    channels = np.array(names)[random.integers(0, len(names), 120)]
    rows = [
        f"{at // 12},2024-01-{at % 12 + 1:02d},{channel},v\n"
        for at, channel in enumerate(channels)
        if at % 12 != 11 or channel != "atm"
    ]
    result = described(tmp_path, EVENTS + "".join(rows))
    table = [[one.n for one in result.switches if one.source == name] for name in names]
    wanted = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
    found: Any = result.payload()["order_test"]
    assert same(found, {"ratio": float(wanted[0]), "freedom": (len(names) - 1) ** 2, "p": float(wanted[1])})


def test_a_channel_that_is_left_alone_has_no_order_to_test(tmp_path: Path) -> None:
    """Every step starts in the app, so there is one row and nothing to compare it with."""
    result = described(tmp_path, EVENTS + "1,2024-01-01,app,v\n1,2024-01-02,app,v\n1,2024-01-03,web,v\n")
    assert counted(result) == {("app", "app"): 1, ("app", "web"): 1}
    assert (result.order_test, refused(result, "switching")) == (None, [])


def test_a_single_channel_is_always_stayed_in(tmp_path: Path) -> None:
    result = described(tmp_path, EVENTS + "1,2024-01-01,app,v\n1,2024-01-02,app,v\n")
    [switch] = result.switches
    assert (switch.n, switch.total, switch.share, switch.low, switch.high) == (1, 1, 1, 1, 1)
    assert result.order_test is None
    assert refused(result, "switching") == [
        {
            "code": "one_channel",
            "subject": "switching",
            "reason": "every event is in one channel.",
            "needed": "events of two channels or more.",
        }
    ]


# Journey x ends in the branch at noon of day 1 (its rows are not in order), y begins on day 2 at noon in the
# app and ends in the web, z begins an hour later while y is going on.
OF_JOURNEYS = JOURNEYS + (
    "1,x,2024-01-01 12:00,branch,v\n1,x,2024-01-01 09:00,web,v\n1,x,2024-01-01 10:00,atm,v\n"
    "1,y,2024-01-02 12:00,app,v\n1,y,2024-01-02 15:00,web,v\n1,z,2024-01-02 13:00,atm,v\n"
    "1,,2024-01-03 13:00,phone,v\n,w,2024-01-03 13:00,phone,v\n2,u,2024-01-01 09:00,phone,v\n"
    "2,u,2024-01-01 09:00,kiosk,v\n2,v,2024-01-01 09:00,sms,v\n2,v,2024-01-01 09:00,email,v\n"
)


def test_from_journey_to_journey(tmp_path: Path) -> None:
    """From the last channel of one to the first of the next; at the same time the order of the rows counts."""
    both = {("branch", "app"): 1, ("web", "atm"): 1, ("kiosk", "sms"): 1}
    result = described(tmp_path, OF_JOURNEYS, unit="journey")
    assert counted(result) == both
    assert (result.unit, result.path_unit) == ("journey", "journey")
    day = described(tmp_path, OF_JOURNEYS, unit="journey", gap_hours=24)
    assert counted(day) == both  # from noon to noon: 24 hours are within 24 hours
    assert counted(described(tmp_path, OF_JOURNEYS, unit="journey", gap_hours=23.9)) == {
        ("web", "atm"): 1,  # z begins before y has ended
        ("kiosk", "sms"): 1,
    }
    assert counted(described(tmp_path, OF_JOURNEYS, unit="journey", gap_hours=0)) == {
        ("web", "atm"): 1,
        ("kiosk", "sms"): 1,
    }


def test_a_pause_of_the_longest_length_is_still_one(tmp_path: Path) -> None:
    text = EVENTS + "1,2024-01-01 10:00:00,a,v\n1,2024-01-01 12:00:00,b,v\n1,2024-01-01 14:00:01,a,v\n"
    assert counted(described(tmp_path, text, gap_hours=2)) == {("a", "b"): 1}
    assert counted(described(tmp_path, text, gap_hours=2.001)) == {("a", "b"): 1, ("b", "a"): 1}
    assert refused(described(tmp_path, text, gap_hours=0), "switching")[0]["code"] == "no_sequence"


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({}, "no customer has two events in a row."),
        ({"unit": "journey"}, "no customer has two journeys in a row."),
        ({"gap_hours": 1.5}, "no customer has two events within 1.5 hours of each other."),
        ({"unit": "journey", "gap_hours": 2}, "no customer has two journeys within 2 hours of each other."),
    ],
)
def test_nothing_in_a_row_is_said_in_words(tmp_path: Path, choices: dict[str, Any], reason: str) -> None:
    result = described(tmp_path, JOURNEYS + "1,x,2024-01-01,app,v\n2,y,2024-01-02,web,v\n", **choices)
    assert refused(result, "switching") == [
        {
            "code": "no_sequence",
            "subject": "switching",
            "reason": reason,
            "needed": "customer ids and repeated contacts.",
        }
    ]
    assert (result.switches, result.order_test, len(result.drops)) == ((), None, 2)


def test_journeys_need_a_name(tmp_path: Path) -> None:
    result = described(tmp_path, LOG, unit="journey")
    assert refused(result, "switching") == [
        {
            "code": "no_journeys",
            "subject": "switching",
            "reason": "the events name no journey.",
            "needed": "a column journey_id, or --unit event.",
        }
    ]
    assert (result.switches, result.order_test) == ((), None)
    assert result.lengths == ((2, 0, 1), (5, 0, 1))


# Four paths; buying is the goal event, completed an outcome. a: app, web (buys), app; b: web, web; c: app (the
# outcome), web; d: app alone.
PATHS = "journey_id,customer_id,ts,channel,event,outcome\n" + (
    "a,1,2024-01-01,app,look,\na,1,2024-01-02,web,buy,\na,1,2024-01-03,app,buy,\n"
    "b,1,2024-01-01,web,look,\nb,1,2024-01-02,web,look,failed\n"
    "c,2,2024-01-01,app,look,completed\nc,2,2024-01-02,web,look,\nd,2,2024-01-01,app,look,\n"
)


def drops(result: JourneysResult) -> list[tuple[object, ...]]:
    return [(one.channel, one.ended, one.reached, one.limits.low, one.limits.high) for one in result.drops]


def wilson(k: int, n: int, confidence: float) -> tuple[float, float]:
    z, share = stats.norm.ppf(0.5 + confidence / 2), k / n
    low, high = sorted(np.roots([1 + z * z / n, -2 * share - z * z / n, share * share]).real)
    return float(low), float(high)


def test_a_path_ends_at_its_first_goal_event(tmp_path: Path) -> None:
    """With a goal event the outcome does not count: a: app > web, won; b: web > web; c: app > web; d: app."""
    result = described(tmp_path, PATHS, goal="buy", confidence=0.9)
    assert result.lengths == ((1, 0, 1), (2, 1, 3))  # steps, won, paths
    assert same(drops(result), [("app", 1, 3, *wilson(1, 3, 0.9)), ("web", 2, 3, *wilson(2, 3, 0.9))], 1e-6)
    # Start: app 3, web 1. From app: web 2, out 1. From web: web 1, won 1, out 2.
    # P(won | web) = 1/4 + 1/4 P, so 1/3; P(won | app) = 2/3 · 1/3 = 2/9; whole = 3/4 · 2/9 + 1/4 · 1/3 = 1/4.
    # Without web nothing is won; without app 1/4 · 1/3 = 1/12, a third of it is left.
    chain: Any = result.payload()
    assert chain["conversion"] == pytest.approx(1 / 4)
    removal = [
        {"channel": "app", "effect": 2 / 3, "credit": 2 / 5},
        {"channel": "web", "effect": 1.0, "credit": 3 / 5},
    ]
    assert same(chain["removal"], removal)
    assert refused(result, "removal") == []


def test_without_a_goal_event_the_outcome_counts(tmp_path: Path) -> None:
    """c is won at its first step; a goes on to its third."""
    result = described(tmp_path, PATHS)
    assert result.lengths == ((1, 1, 2), (2, 0, 1), (3, 0, 1))
    assert [row[:3] for row in drops(result)] == [("app", 2, 3), ("web", 1, 2)]
    assert result.chain is not None
    # Start: app 3, web 1. From app: won 1, web 1, out 2. From web: web 1, app 1, out 1.
    # w = (a + w) / 3 gives w = a / 2; a = 1/4 + w / 4 gives a = 2/7, w = 1/7; whole = 6/28 + 1/28 = 1/4.
    assert result.chain.conversion == pytest.approx(1 / 4)


def test_without_journeys_a_customer_is_one_path(tmp_path: Path) -> None:
    """Customer 1 sees the app and the web on day 1 and buys on day 2; customer 2 takes three steps and never buys."""
    text = "\n".join(line.partition(",")[2] for line in PATHS.splitlines()) + "\n"
    result = described(tmp_path, text, goal="buy")
    assert (result.path_unit, result.lengths) == ("customer", ((3, 1, 2),))


@pytest.mark.parametrize("goal", ["پرداخت‌کامل", "پرداختكامل", " پرداخت‌كامل "])
def test_a_goal_is_found_in_any_spelling_of_it(tmp_path: Path, goal: str) -> None:
    """Letters of either keyboard, with the joiner or without it, as in the cells of the log."""
    text = EVENTS + "1,2024-01-01,app,دیدن\n1,2024-01-02,app,پرداخت‌کامل\n1,2024-01-03,app,دیدن\n"
    assert described(tmp_path, text, goal=goal).lengths == ((2, 1, 1),)


WITHOUT_GOAL = {
    "code": "no_conversion",
    "subject": "removal",
    "needed": "--goal EVENT, or outcomes completed.",
}


@pytest.mark.parametrize(
    ("outcome", "goal", "reason"),
    [
        (False, None, "the events do not say what a conversion is."),
        (False, "buy", "no path reaches the goal."),
        (True, None, "no path reaches the goal."),
        (True, "buy", "no path reaches the goal."),
    ],
)
def test_why_nothing_converts(tmp_path: Path, outcome: bool, goal: str | None, reason: str) -> None:
    text = EVENTS + "1,2024-01-01,app,v\n1,2024-01-02,web,v\n"
    if outcome:
        text = "".join(
            f"{line},{end}\n" for line, end in zip(text.splitlines(), ("outcome", "failed", ""), strict=True)
        )
    result = described(tmp_path, text, goal=goal)
    assert refused(result, "removal") == [{**WITHOUT_GOAL, "reason": reason}]
    found: Any = result.payload()
    no_paths = "there are no paths to a goal to compute it from: see the refusals"
    assert (found["conversion"], found["conversion_reason"], found["removal"]) == (None, no_paths, [])
    assert [row[:3] for row in drops(result)] == [("app", 0, 1), ("web", 1, 1)]


def test_nobody_has_a_path(tmp_path: Path) -> None:
    result = described(tmp_path, EVENTS + ",2024-01-01,app,v\n")
    assert refused(result, "removal") == [
        {
            "code": "no_paths",
            "subject": "removal",
            "reason": "no event names its customer or journey.",
            "needed": "a column journey_id or customer_id.",
        }
    ]
    assert (result.chain, result.drops, result.lengths) == (None, (), ())


def test_removal_effects_of_moves() -> None:
    """a: back to itself 1, won 1, on to b 2, of 4; b is a dead end; half of the starts go to a, half elsewhere."""
    moves = {(START, "a"): 2, (START, "elsewhere"): 2, ("a", "a"): 1, ("a", CONVERSION): 1, ("a", "b"): 2}
    found = removal_effects(["a", "b"], moves)
    assert found is not None  # P(won | a) = 1/4 + 1/4 P, so 1/3
    assert found.conversion == pytest.approx(1 / 6)
    removals = [(one.channel, one.effect, one.credit) for one in found.removals]
    assert same(removals, [("a", 1.0, 1.0), ("b", 0.0, 0.0)])
    assert removal_effects(["a"], {(START, "a"): 2, ("a", NULL): 2}) is None
    alone = removal_effects(["a"], {(START, "a"): 2, ("a", CONVERSION): 2})
    assert isinstance(alone, Chain)
    assert (alone.conversion, alone.removals[0].effect, alone.removals[0].credit) == (1, 1, 1)


FELT = "journey_id,customer_id,ts,channel,event,emotion\n"


@pytest.mark.parametrize("confidence", [0.95, 0.8])
def test_peaks_and_ends(tmp_path: Path, confidence: float) -> None:
    """x: peak −3, end 2 of the same moment as 1 but a later row; y: 2 and −2 are equal peaks, the later counts,
    then 1; z: 3 alone, for its last step says nothing; a step without a journey is nobody's."""
    text = FELT + (
        "x,1,2024-01-01 10:00,app,v,-3\nx,1,2024-01-01 12:00,app,v,1\nx,1,2024-01-01 12:00,app,v,2\n"
        "y,1,2024-01-01 12:00,app,v,1\ny,1,2024-01-01 10:00,app,v,2\ny,1,2024-01-01 11:00,app,v,-2\n"
        "z,1,2024-01-01 10:00,app,v,3\nz,1,2024-01-01 11:00,app,v,\n,1,2024-01-01 11:00,app,v,-3\n"
    )
    scores = [(-3 + 2) / 2, (-2 + 1) / 2, 3.0]
    limits = stats.t.interval(confidence, 2, np.mean(scores), stats.sem(scores))
    found = described(tmp_path, text, confidence=confidence).payload()["peak_end"]
    wanted = {
        "value": float(np.mean(scores)),
        "n": 3,
        "ci_low": float(limits[0]),
        "ci_high": float(limits[1]),
    }
    assert same(found, {**wanted, "reason": None})


def test_one_journey_has_no_interval(tmp_path: Path) -> None:
    result = described(tmp_path, FELT + "x,1,2024-01-01,app,v,-3\nx,1,2024-01-02,app,v,2\n")
    assert result.payload()["peak_end"] == {
        "value": -0.5,
        "n": 1,
        "ci_low": None,
        "ci_high": None,
        "reason": "one journey has no interval",
    }
    assert refused(result, "peak_end") == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (FELT + "x,1,2024-01-01,app,v,\n,1,2024-01-02,app,v,2\n", "no step of a journey has an emotion."),
        (JOURNEYS + "1,x,2024-01-01,app,v\n", "the events have no column emotion, or no journey_id."),
        (
            "customer_id,ts,channel,event,emotion\n1,2024-01-01,app,v,2\n",
            "the events have no column emotion, or no journey_id.",
        ),
    ],
)
def test_nothing_is_felt(tmp_path: Path, text: str, reason: str) -> None:
    result = described(tmp_path, text)
    assert refused(result, "peak_end") == [
        {
            "code": "no_emotion",
            "subject": "peak_end",
            "reason": reason,
            "needed": "emotion from −3 to 3 per step of a journey.",
        }
    ]
    assert result.payload()["peak_end"] is None


def test_the_command_line_starts_from_the_options_of_scripts(tmp_path: Path) -> None:
    command, hints = (
        inspect.signature(journeys_command).parameters,
        get_type_hints(journeys_command, include_extras=True),
    )
    assert {one.name: command[one.name].default for one in fields(JourneysOptions)} == {
        one.name: one.default for one in fields(JourneysOptions)
    }
    assert hints["unit"].__metadata__[0].metavar == "|".join(UNITS)
    (tmp_path / "bare.csv").write_text(
        "ticket_id,opened,customer_id,ts,channel,event\nt,2024-01-01,1,2024-01-01,app,v\n", encoding="utf-8"
    )
    with open_records(tmp_path / "bare.csv", prefer=analysis.PREFERRED) as records:
        assert list(records.tables) == ["events"]
