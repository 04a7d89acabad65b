"""Tables beside JSON: what is printed, exported and written by a script are the same numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from records_builder import PROVENANCE, records_of

from omnistudy.cli.report_customers import customer_sources
from omnistudy.cli.schemas import schema_bytes
from omnistudy.crm.journeys.analysis import JourneysOptions, journeys_of_records
from omnistudy.crm.journeys.result import JourneysResult
from omnistudy.crm.lifetime.analysis import clv_of_records
from omnistudy.crm.lifetime.options import ClvOptions
from omnistudy.crm.metrics.case import MetricsOptions
from omnistudy.crm.metrics.registry import metrics_of_records
from omnistudy.crm.sections import SECTIONS, CustomerSection, CustomerSources
from omnistudy.pictures import Flow, Heatmap
from omnistudy.render.json import json_object
from omnistudy.results import Figure, Number, Result, Table, Undefined
from omnistudy.study.load import load_study
from omnistudy.study.model import Study

HEADER = "journey_id,customer_id,ts,channel,event,outcome\n"
TOY = HEADER + (
    "a,1,2024-01-01 10:00,C1,x,\na,1,2024-01-01 10:01,C2,x,\na,1,2024-01-01 10:02,C3,x,completed\n"
    "b,2,2024-01-01 10:00,C1,x,\nc,3,2024-01-01 10:00,C2,x,\nc,3,2024-01-01 10:01,C3,x,\n"
)
PAIRS = {
    "crm-journeys": {
        "crm-switching": "switching",
        "crm-removal": "removal",
        "crm-drop-off": "drop_off",
        "crm-path-lengths": "path_lengths",
    },
    "crm-funnel": {"crm-funnel": "rows"},
    "crm-gap": {"crm-gap": "stages"},
    "crm-maturity": {
        "maturity-criteria": "criteria",
        "maturity-channels": "channels",
        "maturity-consistency": "checklists.consistency",
        "maturity-practice": "checklists.practice",
        "maturity-head": "checklists.head",
        "maturity-technology": "checklists.technology",
    },
    "crm-readiness": {
        "readiness-steps": "steps",
        "readiness-kpis": "kpis",
        "readiness-risks": "risks",
    },
    "crm-ecrm": {
        "ecrm-stages": "stages.attributes",
        "ecrm-dimensions": "stages.dimensions",
        "ecrm-guard-rail": "guard_rail",
        "ecrm-matrix": "matrix",
    },
}
"""Tables of a section with the list of the JSON that holds the same rows."""

WORDS = {
    "answer",
    "asks",
    "evidence",
    "meaning",
    "means",
    "status",
    "step",
    "title",
    "verdict",
    "quadrant",
    "value_name",
    "test",
    "unit",
    "window",
    "measure",
    "criterion",
    "categories",
    "attributes",
    "definition",
    "owner",
    "missing",
    "why",
    "segment",
    "journey",
    "stage",
}
"""Columns of words, which are a name for people in the table and an id in the JSON."""


@pytest.fixture(scope="module")
def sections(demo: Path) -> Iterator[Mapping[str, Result]]:
    """The demo's sections, each computed when a test asks for it."""
    study = load_study(demo)
    with customer_sources(study, demo) as (sources, _):
        assert sources is not None
        yield Computed({one.name: one for one in SECTIONS if one.name in PAIRS}, study, sources)


class Computed(Mapping[str, Result]):
    """Sections by name."""

    def __init__(self, found: Mapping[str, CustomerSection], study: Study, sources: CustomerSources) -> None:
        self.found, self.study, self.sources = found, study, sources
        self.done: dict[str, Result] = {}

    def __getitem__(self, name: str) -> Result:
        if name not in self.done:
            self.done[name] = self.found[name].compute(self.study, self.sources, 1, PROVENANCE)
        return self.done[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)


def plain(cell: Any) -> Any:
    """A cell as JSON has it."""
    if isinstance(cell, Undefined):
        return None
    return cell.value if isinstance(cell, Number) else cell


def dicts(table: Table) -> list[dict[str, Any]]:
    keys = [column.key for column in table.columns]
    assert all(keys)
    assert len(set(keys)) == len(keys)
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def named(result: Result, name: str) -> Table:
    [table] = [table for table in result.tables() if table.name == name]
    return table


@pytest.mark.parametrize(("section", "name"), [(s, t) for s, tables in PAIRS.items() for t in tables])
def test_the_tables_of_the_demo_are_its_json(sections: Mapping[str, Result], section: str, name: str) -> None:
    result = sections[section]
    found: Any = result.payload()
    for step in PAIRS[section][name].split("."):
        found = found[step]
    rows = dicts(named(result, name))
    assert len(rows) == len(found) > 0
    for row, entry in zip(rows, found, strict=True):
        for key in (set(row) & set(entry)) - WORDS:
            value = plain(row[key])
            told = entry[key]["value"] if isinstance(entry[key], dict) else entry[key]
            if isinstance(told, int | float) or value is None or isinstance(value, int | float):
                assert value == told, (key, row, entry)


@pytest.mark.parametrize(("section", "name"), [(s, t) for s, tables in PAIRS.items() for t in tables])
def test_the_words_of_the_demo_are_those_of_its_json(
    sections: Mapping[str, Result], section: str, name: str
) -> None:
    """Names are written as they are; of ids, one has one name, and no two have the same."""
    result = sections[section]
    found: Any = result.payload()
    for step in PAIRS[section][name].split("."):
        found = found[step]
    names: dict[tuple[str, str], set[str]] = {}
    for row, entry in zip(dicts(named(result, name)), found, strict=True):
        for key in (
            set(row) & set(entry) & {"item", "cycle", "segment", "journey", "stage", "note", "campaign"}
        ):
            assert str(row[key] or "") == str(entry[key] or ""), key
        for key in set(row) & set(entry) & {"status", "verdict", "quadrant", "title", "criterion"}:
            names.setdefault((key, str(entry[key])), set()).add(str(row[key]))
    assert all(len(words) == 1 for words in names.values()), names
    for key in {key for key, _ in names}:
        words = [word for (own, _), found_words in names.items() if own == key for word in found_words]
        assert len(set(words)) == len(words), words


def assert_follows_its_schema(result: Result) -> None:
    shipped = json.loads(schema_bytes(result.command))
    validator = Draft202012Validator(shipped)
    answer = json.loads(json.dumps(json_object(result), allow_nan=False))
    assert [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(answer)] == []


@pytest.mark.parametrize("section", list(PAIRS))
def test_the_json_of_the_demo_follows_its_schema(sections: Mapping[str, Result], section: str) -> None:
    assert_follows_its_schema(sections[section])
    for block in sections[section].blocks():
        if isinstance(block, Table):
            assert dicts(block) or not block.rows


def test_tables_of_a_result_have_names_and_keys_of_their_own(sections: Mapping[str, Result]) -> None:
    for name, result in sections.items():
        assert result.command == name
        tables = [table.name for table in result.tables()]
        assert len(set(tables)) == len(tables), name
        assert all(tables)
        for table in result.tables():
            assert dicts(table) or not table.rows


def journeys(folder: Path, events: str, **choices: Any) -> JourneysResult:
    with records_of(folder, events=events) as records:
        return journeys_of_records(records, JourneysOptions(**choices), PROVENANCE)


def test_a_toy_of_journeys_by_hand(tmp_path: Path) -> None:
    """C1→C2→C3 reached; C1 alone; C2→C3 not reached: three next steps, all of them changes."""
    result = journeys(tmp_path, TOY)
    payload: Any = result.payload()
    steps = {(one["from"], one["to"]): (one["n"], one["of"], one["share"]) for one in payload["switching"]}
    assert steps["C1", "C2"] == (1, 1, 1)
    assert steps["C2", "C3"] == (2, 2, 1)
    assert steps["C3", "C1"] == (0, 0, None)
    assert {one["reason"] is None for one in payload["switching"] if one["from"] == "C3"} == {False}
    assert {one["reason"] for one in payload["switching"] if one["from"] == "C1"} == {None}
    assert payload["path_lengths"] == [
        {"steps": 1, "converted": 0, "paths": 1},
        {"steps": 2, "converted": 0, "paths": 1},
        {"steps": 3, "converted": 1, "paths": 1},
    ]
    assert payload["conversion"] == pytest.approx(1 / 3)
    assert payload["conversion_reason"] is None
    drops = {one["channel"]: (one["ended"], one["reached"], one["share"]) for one in payload["drop_off"]}
    assert drops == {"C1": (1, 2, 0.5), "C2": (0, 2, 0), "C3": (1, 2, 0.5)}
    assert str(result.summary).startswith("3 of 3 next steps change the channel. 33.3")
    assert "of 3 paths reach the goal" in str(result.summary)
    assert [entry["table"] for entry in payload["tables"]] == ["events"]


def test_the_pictures_of_journeys_hold_steps_and_shares(tmp_path: Path) -> None:
    result = journeys(tmp_path, TOY)
    figures = {block.name: block for block in result.blocks() if isinstance(block, Figure)}
    flow, matrix = figures["crm-flow"].picture, figures["crm-switching"].picture
    assert isinstance(flow, Flow)
    assert isinstance(matrix, Heatmap)
    assert flow.amounts == ((0, 1, 0), (0, 0, 2), (0, 0, 0))
    assert matrix.values == ((0, 1, 0), (0, 0, 1), (None, None, None))
    assert [label.id for label in matrix.rows] == ["C1", "C2", "C3"]


def test_journeys_without_a_goal_or_a_next_step(tmp_path: Path) -> None:
    result = journeys(tmp_path, "customer_id,ts,channel,event\na,2024-01-01,web,v\nb,2024-01-02,app,v\n")
    payload: Any = result.payload()
    assert str(result.summary) == "No two steps of a customer follow each other."
    assert (payload["conversion"], payload["removal"]) == (None, [])
    assert payload["conversion_reason"]
    assert not [
        block for block in result.blocks() if isinstance(block, Figure) and block.name == "crm-removal"
    ]
    stay = journeys(
        tmp_path, "customer_id,ts,channel,event\na,2024-01-01,web,v\na,2024-01-02,web,v\na,2024-01-03,app,v\n"
    )
    assert str(stay.summary).startswith("1 of 2 next steps change the channel.")


SALES = "customer_id,ts,value\n" + "".join(
    f"c{i % 7},2024-{1 + (i * 5) % 12:02d}-{1 + i % 28:02d},{10 + i}\n" for i in range(60)
)


def test_values_of_customers_in_table_and_json(tmp_path: Path) -> None:
    random = np.random.default_rng(4)
    stays, rates = random.integers(20, 600, 250), random.gamma(1, 0.015, 250)
    bought = [(c, d) for c in range(250) for d in np.flatnonzero(random.random(int(stays[c])) < rates[c])]
    lines = [f"c{c},{date(2022, 1, 1) + timedelta(int(d))},{20 + c % 9 + d % 5}" for c, d in bought]
    with records_of(tmp_path, transactions="\n".join(["customer_id,ts,value", *lines])) as records:
        result = clv_of_records(records, ClvOptions(ci="none"), PROVENANCE)
    assert_follows_its_schema(result)
    payload: Any = result.payload()
    customers = dicts(named(result, "clv-customers"))
    assert len(customers) == len(payload["customers"]) == len({c for c, _ in bought})
    for row, entry in zip(customers, payload["customers"], strict=True):
        for key in set(row) & set(entry):
            assert plain(row[key]) == entry[key], key
        days = {d for c, d in bought if f"c{c}" == entry["customer_id"]}
        assert entry["frequency"] == len(days) - 1
    parameters = dicts(named(result, "clv-parameters"))
    assert all(plain(row["value"]) is not None for row in parameters)


def test_metrics_in_table_and_json(tmp_path: Path) -> None:
    events = "customer_id,ts,channel,event\n" + "".join(
        f"c{i % 9},2024-{1 + (i * 5) % 12:02d}-{1 + i % 28:02d},{'abc'[i % 3]},visit\n" for i in range(80)
    )
    with records_of(tmp_path, events=events, transactions=SALES) as records:
        result = metrics_of_records(records, MetricsOptions(), PROVENANCE)
    assert_follows_its_schema(result)
    payload: Any = result.payload()
    rows = dicts(named(result, "crm-metrics"))
    assert len(rows) == len(payload["rows"]) > 0
    for row, entry in zip(rows, payload["rows"], strict=True):
        for key in ("metric", "value", "ci_low", "ci_high", "n", "denominator", "k"):
            assert plain(row[key]) == entry[key], key
        assert (entry["value"] is None) == (entry["reason"] is not None)
        if entry["ci_low"] is not None and entry["value"] is not None:
            assert entry["ci_low"] <= entry["value"] <= entry["ci_high"]
    loaded = {entry["table"]: entry for entry in payload["tables"]}
    assert (loaded["events"]["read"], loaded["events"]["kept"]) == (80, 80)
    assert loaded["transactions"]["set_aside"] in ({}, [])


PAGES = {
    "crm-journeys": ["crm-switching", "crm-removal", "crm-drop-off", "records-read"],
    "crm-funnel": ["crm-funnel"],
    "crm-gap": ["crm-gap", "crm-gap-priority"],
    "crm-readiness": [
        "readiness-steps",
        "readiness-kpis",
        "readiness-organisation",
        "readiness-sides",
        "readiness-risks",
        "readiness-benefits",
        "readiness-claims",
        "records-read",
    ],
    "crm-maturity": [
        "maturity-levels",
        "maturity-criteria",
        "maturity-channels",
        "maturity-traits",
        "maturity-consistency",
        "maturity-practice",
        "maturity-head",
        "maturity-technology",
        "maturity-values",
        "records-read",
    ],
}
FOR_SHEETS = {"asks", "item", "definition", "needed", "note"}
"""Columns that are too long for a page."""


@pytest.mark.parametrize("section", list(PAGES))
def test_a_page_holds_the_tables_in_order_without_what_belongs_into_a_sheet(
    sections: Mapping[str, Result], section: str
) -> None:
    result = sections[section]
    shown = [block for block in result.blocks() if isinstance(block, Table)]
    assert [table.name for table in shown] == PAGES[section]
    for table in shown:
        assert not FOR_SHEETS & {column.key for column in table.columns}, table.name
    if section in {"crm-readiness", "crm-maturity"}:
        tidy = {column.key for table in result.tables() for column in table.columns}
        assert tidy >= {"asks", "item", "definition", "needed"}


def test_sentences_of_the_sheets_count_what_they_hold(sections: Mapping[str, Result]) -> None:
    ready: Any = sections["crm-readiness"].payload()
    scores = [step["score"] for step in ready["steps"] if step["score"] is not None]
    assert ready["mean"] == pytest.approx(sum(scores) / len(scores))
    assert ready["coverage"] == {"scored": len(scores), "steps": 9}
    said = str(sections["crm-readiness"].summary)
    assert said.startswith(
        f"{len(scores)} of 9 steps are scored with evidence: mean {ready['mean']:.4g} of 4"
    )
    assert ("and" in said.rsplit("weakest:", 1)[1]) == (len(ready["weakest"]) > 1)
    gap: Any = sections["crm-gap"].payload()
    verdicts = [stage["verdict"] for stage in gap["stages"]]
    assert str(sections["crm-gap"].summary).startswith(
        f"9 stages: {verdicts.count('unacceptable')} unacceptable, {verdicts.count('fix')} to fix"
    )
    funnel: Any = sections["crm-funnel"].payload()
    known = sum(row["value"] is not None for row in funnel["rows"])
    campaigns = len({row["campaign"] for row in funnel["rows"]})
    assert str(sections["crm-funnel"].summary).startswith(
        f"{known} of {len(funnel['rows'])} measures of {campaigns} campaigns"
    )
