"""Switching, paths, removal effects, peak–end; funnels and journey gaps."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from records_builder import PROVENANCE, records_of

from omnistudy.crm.audits.funnel import funnel_of
from omnistudy.crm.audits.gap import gaps_of
from omnistudy.crm.journeys.analysis import JourneysOptions, journeys_of_records
from omnistudy.crm.journeys.markov import CONVERSION, NULL, START, removal_effects
from omnistudy.crm.journeys.result import JourneysResult
from omnistudy.errors import StudyError
from omnistudy.study.bare_table import read_bare_table

CLICKS = ("ts=timestamp", "channel=platform", "customer_id=user_id", "journey_id=session_id")
HEADER = "journey_id,customer_id,ts,channel,event,outcome\n"
TOY = HEADER + (
    "a,1,2024-01-01 10:00,C1,x,\na,1,2024-01-01 10:01,C2,x,\na,1,2024-01-01 10:02,C3,x,completed\n"
    "b,2,2024-01-01 10:00,C1,x,\nc,3,2024-01-01 10:00,C2,x,\nc,3,2024-01-01 10:01,C3,x,\n"
)


def described(folder: Path, events: Any, pairs: tuple[str, ...] = (), **choices: Any) -> JourneysResult:
    with records_of(folder, pairs=pairs, events=events) as records:
        result = journeys_of_records(records, JourneysOptions(**choices), PROVENANCE)
    assert str(result.summary)
    assert result.blocks()
    return result


def test_the_toy_chain_exactly(tmp_path: Path) -> None:
    chain = described(tmp_path, TOY).chain
    assert chain is not None
    assert chain.conversion == pytest.approx(1 / 3, abs=1e-15)
    assert [one.effect for one in chain.removals] == pytest.approx([0.5, 1.0, 1.0], abs=1e-15)
    assert [one.credit for one in chain.removals] == pytest.approx([0.2, 0.4, 0.4], abs=1e-15)


def test_removal_agrees_with_walks() -> None:
    """Probability of conversion from many random walks over the same chain."""
    random = np.random.default_rng(3)
    moves = {(START, "a"): 6, (START, "b"): 4, ("a", "b"): 5, ("a", CONVERSION): 2, ("a", NULL): 3}
    moves |= {("b", "a"): 2, ("b", "b"): 3, ("b", CONVERSION): 1, ("b", NULL): 6}

    def walk(without: str) -> bool:
        state = START
        while state not in (CONVERSION, NULL):
            options = {target: n for (source, target), n in moves.items() if source == state}
            weights = np.array(list(options.values()), dtype=float)
            state = str(random.choice(list(options), p=weights / weights.sum()))
            if state == without:
                return False
        return state == CONVERSION

    chain = removal_effects(("a", "b"), moves)
    assert chain is not None
    share = np.mean([walk("") for _ in range(4000)])
    assert chain.conversion == pytest.approx(share, abs=0.03)
    without_b = np.mean([walk("b") for _ in range(4000)])
    assert 1 - chain.removals[1].effect == pytest.approx(without_b / chain.conversion, abs=0.08)


def test_clickstream_switches(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "ecom-clickstream" / "retentioneering_ecom.csv.gz"
    events = described(tmp_path, path, CLICKS, goal="purchase")
    assert [one.n for one in events.switches] == [15_688, 114, 36, 106, 11_003, 24, 35, 23, 3_477]
    assert sum(one.n for one in events.switches) == 30_506
    journeys = described(tmp_path, path, CLICKS, goal="purchase", unit="journey")
    assert [one.n for one in journeys.switches] == [1_432, 114, 36, 106, 945, 24, 35, 23, 290]
    assert journeys.chain is not None
    assert journeys.chain.conversion == pytest.approx(470 / 3605)
    for one in events.switches:
        assert one.low is not None
        assert one.low <= (one.share or 0) <= (one.high or 0)


def test_switches_and_drop_off_are_those_of_pandas(tmp_path: Path) -> None:
    random = np.random.default_rng(2)
    n = 800
    frame = pd.DataFrame(
        {
            "journey_id": random.integers(0, 90, n),
            "ts": [f"2024-01-{day:02d} 10:00" for day in random.integers(1, 28, n)],
            "channel": random.choice(["app", "atm", "branch"], n),
            "event": random.choice(["look", "buy"], n, p=[0.95, 0.05]),
        }
    )
    frame["customer_id"] = frame["journey_id"] % 40
    frame.to_csv(tmp_path / "made_up.csv", index=False)
    found = described(tmp_path, tmp_path / "made_up.csv", goal="buy")
    steps = frame.sort_values("ts", kind="stable")
    pairs = [p for _, group in steps.groupby("customer_id") for p in pairwise(group["channel"])]
    assert {(one.source, one.target): one.n for one in found.switches} == pd.Series(
        pairs
    ).value_counts().to_dict()
    ended: dict[str, int] = {}
    reached: dict[str, int] = {}
    for _, group in steps.groupby("journey_id"):
        bought = (group["event"] == "buy").to_numpy()
        upto = group.iloc[: bought.argmax() + 1] if bought.any() else group
        for channel in set(upto["channel"]):
            reached[channel] = reached.get(channel, 0) + 1
        if not bought.any():
            ended[upto["channel"].iloc[-1]] = ended.get(upto["channel"].iloc[-1], 0) + 1
    assert {one.channel: (one.ended, one.reached) for one in found.drops} == {
        channel: (ended.get(channel, 0), n) for channel, n in reached.items()
    }
    assert sum(n for _, _, n in found.lengths) == frame["journey_id"].nunique()


def test_a_long_pause_is_no_switch(tmp_path: Path) -> None:
    text = "customer_id,ts,channel,event\n1,2024-01-01 10:00,a,x\n1,2024-01-01 11:00,b,x\n1,2024-02-01 11:00,a,x\n"
    assert sum(one.n for one in described(tmp_path, text, gap_hours=24).switches) == 1
    assert sum(one.n for one in described(tmp_path, text).switches) == 2


def test_peak_end(tmp_path: Path) -> None:
    text = "journey_id,customer_id,ts,channel,event,emotion\n"
    text += "a,1,2024-01-01 10:00,app,x,-3\na,1,2024-01-01 10:01,app,x,2\na,1,2024-01-01 10:02,app,x,1\n"
    text += "b,2,2024-01-01 10:00,app,x,2\nb,2,2024-01-01 10:01,app,x,-2\n"
    found = described(tmp_path, text).peak_end
    assert found is not None
    # a: mean(−3, 1) = −1; b: the later of two equal peaks, mean(−2, −2).
    assert (found.value, found.n) == (-1.5, 2)


def test_what_cannot_be_described_is_refused(tmp_path: Path) -> None:
    one_channel = described(tmp_path, "customer_id,ts,channel,event\n1,2024-01-01,a,x\n1,2024-01-02,a,x\n")
    assert {one.code for one in one_channel.refusals} == {"one_channel", "no_conversion", "no_emotion"}
    anonymous = described(tmp_path, "customer_id,ts,channel,event\n,2024-01-01,a,x\n,2024-01-02,b,x\n")
    assert {one.code for one in anonymous.refusals} == {"no_sequence", "no_paths", "no_emotion"}
    assert anonymous.payload()["removal"] == []


def sheet(folder: Path, text: str) -> Any:
    path = folder / "sheet.csv"
    path.write_text(text, encoding="utf-8")
    return read_bare_table(path)


def test_a_funnel_refuses_ratios_of_unlike_counts(tmp_path: Path) -> None:
    """A practitioner's campaign: downloads and votes are not persons, and nobody counted who noticed."""
    text = "campaign,engaged,engaged_unit,acted,acted_unit,valid,cost\nads,50000,persons,75000,votes,18000,150000\n"
    rows = {row.measure: row for row in funnel_of(sheet(tmp_path, text), PROVENANCE).rows}
    assert rows["valid_share"].value == 0.24
    assert rows["cost_per_act"].value == 2.0
    assert "different units" in str(rows["acted_per_engaged"].reason)
    assert str(rows["engaged_per_noticed"].reason) == "the number who noticed was not counted"
    assert {row.value is None for row in rows.values() if row.measure.endswith("noticed")} == {True}


def test_a_funnel_must_narrow(tmp_path: Path) -> None:
    text = "campaign,noticed,engaged,acted\na,100,۴۰,50\n"
    rows = {row.measure: row for row in funnel_of(sheet(tmp_path, text), PROVENANCE).rows}
    assert rows["engaged_per_noticed"].value == 0.4
    assert str(rows["acted_per_engaged"].reason) == "the number who acted is more than the number who engaged"
    with pytest.raises(StudyError, match="not a number of at least 0"):
        funnel_of(sheet(tmp_path, "campaign,noticed\na,-1\n"), PROVENANCE)


def test_verdicts_of_stages(tmp_path: Path) -> None:
    header = (
        "stage,current,target,acceptable_min,hurts_brand,critical_need,importance_customer,importance_brand,"
    )
    text = header + "competitor,owner,action,due\n"
    text += "pay,1,4,2,yes,yes,5,5,3,people,train,2025-01-01\nsearch,3,4,2,yes,,5,4,,,,\nbrowse,3,4,2,no,,2,4,,,,\n"
    text += (
        "call,5,3,2,no,no,1,1,,,,\nhelp,5,3,2,no,yes,4,1,,,,\nend,,3,,,,,,,,,\nfind,2,4,2,yes,,5,5,,a,b,c\n"
    )
    stages = gaps_of(sheet(tmp_path, text), PROVENANCE).stages
    assert [(one.stage, str(one.verdict)) for one in stages] == [
        ("pay", "unacceptable"),
        ("find", "fix"),
        ("search", "fix"),
        ("browse", "watch"),
        ("call", "over_served"),
        ("help", "hold"),
        ("end", "unrated"),
    ]
    by_name = {one.stage: one for one in stages}
    assert by_name["pay"].competitor_ahead
    assert by_name["search"].missing == ("owner", "action", "due")
    assert [str(by_name[name].quadrant) for name in ("pay", "browse", "call", "help")] == [
        "focus",
        "test",
        "minimum",
        "maintain",
    ]


def test_a_sheet_names_its_faults(tmp_path: Path) -> None:
    with pytest.raises(StudyError) as caught:
        gaps_of(sheet(tmp_path, "stage,curent,target\na,1,2\n"), PROVENANCE)
    assert "Did you mean 'curent'?" in str(caught.value)
