"""The demo's records give back the truth that they were drawn from.

The seed was not chosen for its luck, and there are some eighty comparisons, so the intervals here are those of
99.9 %; that intervals of 95 % cover in 95 % of the cases is shown in test_crm_coverage_simulation.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from demo_records import demo_records, generator, loaded, rows_of
from records_builder import PROVENANCE

from omnistudy.crm.journeys.analysis import JourneysOptions, journeys_of_records
from omnistudy.crm.lifetime.analysis import clv_of_records
from omnistudy.crm.lifetime.options import ClvOptions
from omnistudy.crm.links.interrupted import Interrupted, interrupted_series
from omnistudy.crm.metrics.case import By, MetricsOptions
from omnistudy.crm.metrics.registry import metrics_of_records
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.crm.records.model import Records
from omnistudy.crm.records.reading_times import day_of
from omnistudy.text.jalali import parse_day

CONFIDENCE = 0.999
CHANNELS = ("branch", "atm", "call_centre", "mobile_bank", "internet_bank")


@pytest.fixture(scope="module")
def truth(demo: Path) -> dict[str, Any]:
    return dict(tomllib.loads((demo / "truth.toml").read_text(encoding="utf-8"))["records"])


@pytest.fixture(scope="module")
def records(demo: Path) -> Iterator[Records]:
    with demo_records(demo) as found:
        yield found


def rows(records: Records, *names: str, by: By = By.ALL, **choices: Any) -> list[MetricRow]:
    options = MetricsOptions(metrics=names, by=by, confidence=CONFIDENCE, **choices)
    return list(metrics_of_records(records, options, PROVENANCE).rows)


def one(records: Records, name: str, level: str | None = None) -> MetricRow:
    (found,) = [row for row in rows(records, name) if row.level == level]
    return found


def holds(row: MetricRow, value: float) -> None:
    assert row.ci_low is not None, row.reason
    assert row.ci_high is not None
    assert row.ci_low <= value <= row.ci_high, (row.metric, row.group, row.level, row.value)


def test_the_file_of_the_truth_is_the_generator_s(demo: Path, truth: dict[str, Any]) -> None:
    assert generator(demo).truth() == truth


def test_records_are_small_and_marked_as_made_up(demo: Path) -> None:
    folder = demo / "crm"
    assert sum(path.stat().st_size for path in folder.rglob("*.parquet")) < 6_000_000
    assert tomllib.loads((folder / "columns.toml").read_text(encoding="utf-8"))["synthetic"] is True


def test_a_seed_gives_the_same_files_and_another_one_others(demo: Path, tmp_path: Path) -> None:
    make = generator(demo).make
    sizes = make(tmp_path / "a", 7, 400)
    make(tmp_path / "b", 7, 400)
    make(tmp_path / "c", 8, 400)
    for name in sizes:
        first, second, other = ((tmp_path / folder / f"{name}.parquet") for folder in "abc")
        assert first.read_bytes() == second.read_bytes()
        assert first.read_bytes() != other.read_bytes()


@pytest.mark.slow
def test_the_files_of_the_demo_are_those_of_the_generator(demo: Path, tmp_path: Path) -> None:
    for name in generator(demo).make(tmp_path):
        assert rows_of(tmp_path / f"{name}.parquet") == rows_of(demo / "crm" / f"{name}.parquet"), name


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("repeat_rate", "days"),
        ("conversion", "journey"),
        ("continuity", None),
        ("repeat_information", None),
        ("stitch_rate", None),
        ("digital_share", None),
        ("identity_match", None),
        ("personalised_share", None),
        ("csat", "top_two"),
        ("ces", "five_to_seven"),
    ],
)
def test_shares(records: Records, truth: dict[str, Any], name: str, level: str | None) -> None:
    holds(one(records, name, level), truth["shares"][name])


@pytest.mark.parametrize(
    ("name", "level", "key"),
    [
        ("csat", "top_two", "csat"),
        ("ces", "five_to_seven", "ces"),
        ("identity_match", None, "identity_match"),
        ("nps", None, "nps"),
    ],
)
def test_metrics_by_channel(
    records: Records, truth: dict[str, Any], name: str, level: str | None, key: str
) -> None:
    wanted = truth["nps"]["by_channel"] if key == "nps" else truth[key]
    found = [row for row in rows(records, name, by=By.CHANNEL) if row.level == level]
    assert {row.group for row in found} == set(CHANNELS)
    for row in found:
        holds(row, wanted[row.group])


def test_two_channels_fail_the_threshold_of_recognition(records: Records, truth: dict[str, Any]) -> None:
    found = {row.group: row for row in rows(records, "identity_match", by=By.CHANNEL)}
    failing = sorted(name for name, row in found.items() if row.ci_high is not None and row.ci_high < 0.90)
    passing = {name for name, row in found.items() if row.ci_low is not None and row.ci_low >= 0.90}
    assert failing == truth["maturity"]["failing"]
    assert passing == set(CHANNELS) - set(failing)


def test_invitations(records: Records, truth: dict[str, Any]) -> None:
    holds(one(records, "viral_k"), truth["viral_k"])


def test_waits_for_an_answer(records: Records, truth: dict[str, Any]) -> None:
    hours = truth["response_hours"]
    for level in ("median", "p90"):
        holds(one(records, "response_time", level), hours[level] * 3600)
    for row in rows(records, "response_time", by=By.CHANNEL):
        if row.level == "median":
            holds(row, hours["by_channel"][row.group] * 3600)


def test_scales(records: Records, truth: dict[str, Any]) -> None:
    for name, wanted in truth["scales"].items():
        level = name.removeprefix("scale:")
        holds(one(records, "scale_mean", level), wanted["mean"])
        holds(one(records, "scale_alpha", level), wanted["alpha"])


def test_what_the_interviews_do_not_say(records: Records, truth: dict[str, Any]) -> None:
    """Recommendation and referral fall after the programme of which the interviews speak well."""
    start = day_of(parse_day(truth["dates"]["one_record"]))
    sides = {"before": replace(records, until=start - 1), "after": replace(records, since=start)}
    for side, part in sides.items():
        holds(one(part, "nps"), truth["nps"][side])
        holds(one(part, "referral_rate"), truth["referral"][side])
    assert truth["nps"]["after"] < truth["nps"]["before"]
    assert truth["referral"]["after"] < truth["referral"]["before"]


def test_training_moves_first_contact_resolution(records: Records, truth: dict[str, Any]) -> None:
    series = sorted(
        (row.group, row.value)
        for row in rows(records, "first_contact_resolution", by=By.PERIOD)
        if row.value is not None
    )
    change = sum(month < truth["dates"]["training"][:7] for month, _ in series)
    assert (change, len(series) - change) == (26, 25)
    found = interrupted_series([value for _, value in series], change, CONFIDENCE)
    assert isinstance(found, Interrupted)
    level, slope = found.term("level_change"), found.term("slope_change")
    assert level.low <= truth["training"]["level_change"] <= level.high
    assert level.low > 0
    assert slope.low <= 0 <= slope.high
    assert found.placebo_p is not None
    assert found.placebo_p < 0.05


def test_lifetime_value(records: Records, truth: dict[str, Any]) -> None:
    found = clv_of_records(records, ClvOptions(confidence=CONFIDENCE), PROVENANCE)
    assert len(found.customers) == 18_000
    assert not found.refusals
    for estimates, wanted in ((found.parameters, truth["bgnbd"]), (found.spend, truth["gamma_gamma"])):
        assert [one.name for one in estimates] == list(wanted)
        for one in estimates:
            assert one.low is not None
            assert one.high is not None
            assert one.low <= wanted[one.name] <= one.high, one.name
    payload = json.dumps([str(note) for note in found.notes])
    assert "scheduled" in payload


def test_scheduled_postings_alone_are_refused(demo: Path) -> None:
    part = demo / "crm" / "transactions" / "scheduled.parquet"
    with loaded(demo / "crm" / "columns.toml", {"transactions": (part,)}) as records:
        found = clv_of_records(records, ClvOptions(), PROVENANCE)
    assert [refusal.code for refusal in found.refusals] == ["scheduled"]
    assert not found.customers


def test_deposits(demo: Path, truth: dict[str, Any]) -> None:
    part = demo / "crm" / "deposits.parquet"
    with loaded(demo / "crm" / "columns.toml", {"contracts": (part,)}) as records:
        found = clv_of_records(records, ClvOptions(model="sbg", confidence=CONFIDENCE), PROVENANCE)
    for one in found.parameters:
        assert one.low is not None
        assert one.high is not None
        assert one.low <= truth["sbg"][one.name] <= one.high


@pytest.mark.parametrize(("unit", "key"), [("event", "switching"), ("journey", "switching_of_journeys")])
def test_switching(records: Records, truth: dict[str, Any], unit: str, key: str) -> None:
    found = journeys_of_records(records, JourneysOptions(unit=unit, confidence=CONFIDENCE), PROVENANCE)
    assert len(found.switches) == len(CHANNELS) ** 2
    for switch in found.switches:
        assert switch.low is not None
        assert switch.high is not None
        assert switch.low <= truth[key][switch.source][switch.target] <= switch.high, switch
    assert found.order_test is not None
    assert found.order_test.p < 1e-9


def test_removal_and_peak_end(records: Records, truth: dict[str, Any]) -> None:
    found = journeys_of_records(records, JourneysOptions(confidence=CONFIDENCE), PROVENANCE)
    assert found.chain is not None
    assert {one.channel: one.effect for one in found.chain.removals} == pytest.approx(
        truth["removal"], abs=0.01
    )
    assert np.sum([one.credit for one in found.chain.removals]) == pytest.approx(1)
    assert found.peak_end is not None
    limits = found.peak_end.limits
    assert limits is not None
    assert limits.low <= truth["peak_end"] <= limits.high
