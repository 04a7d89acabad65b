"""The joint display of the demo finds what contradicts the interviews, and what agrees with them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from demo_records import demo_records
from records_builder import PROVENANCE

from omnistudy.crm.links.analysis import LinksOptions, links_of
from omnistudy.crm.links.register import read_links, registered_hashes
from omnistudy.crm.links.result import LinksResult
from omnistudy.crm.metrics.registry import METRICS
from omnistudy.study.load import load_study


@pytest.fixture(scope="module")
def shown(demo: Path) -> Iterator[LinksResult]:
    register = read_links(demo / "crm" / "links.toml", METRICS)
    options = LinksOptions(registered=registered_hashes(demo / "crm" / "links-registered.json"))
    with demo_records(demo) as records:
        yield links_of(load_study(demo), records, register, options, PROVENANCE)


def test_the_links_are_those_that_were_registered(shown: LinksResult) -> None:
    assert shown.registered == len(shown.rows) == 8


def test_two_categories_are_contradicted(demo: Path, shown: LinksResult) -> None:
    truth = tomllib.loads((demo / "truth.toml").read_text(encoding="utf-8"))["records"]
    contradicted = [row for row in shown.rows if row.grade == "X"]
    assert sorted(row.link.category for row in contradicted) == sorted(truth["contradicted"])
    assert list(shown.rows[:2]) == contradicted  # and they stand first
    assert {row.proposal for row in contradicted} == {"disagrees"}


def test_the_training_is_followed_by_a_step_in_its_series(demo: Path, shown: LinksResult) -> None:
    truth = tomllib.loads((demo / "truth.toml").read_text(encoding="utf-8"))["records"]
    (row,) = [row for row in shown.rows if row.link.category == "training"]
    assert row.grade == "C"
    assert row.evidence.series is not None
    step = row.evidence.series.term("level_change")
    assert step.low <= truth["training"]["level_change"] <= step.high


def test_what_did_not_change_is_not_said_to_have_changed(shown: LinksResult) -> None:
    (row,) = [row for row in shown.rows if row.link.metric == "csat"]
    assert row.proposal == "unknown"
    assert row.grade in {"Q0", "Q1"}
