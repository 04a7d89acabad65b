"""Sections of a report: which of them the sources give rise to, and that each is what its command computes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from links_builder import DATED
from records_builder import PROVENANCE, records_of

from omnistudy.crm.audits.ecrm import EcrmOptions, ecrm_of
from omnistudy.crm.audits.funnel import funnel_of
from omnistudy.crm.audits.gap import gaps_of
from omnistudy.crm.audits.maturity import MaturityOptions, maturity_of
from omnistudy.crm.audits.readiness import ReadinessOptions, readiness_of
from omnistudy.crm.journeys.analysis import JourneysOptions, journeys_of_records
from omnistudy.crm.lifetime.analysis import clv_of_records
from omnistudy.crm.lifetime.options import ClvOptions
from omnistudy.crm.links.analysis import LinksOptions, links_of
from omnistudy.crm.links.register import LinkRegister, read_links
from omnistudy.crm.metrics.case import MetricsOptions
from omnistudy.crm.metrics.registry import METRICS, metrics_of_records
from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.crm.records.model import Records
from omnistudy.crm.refusals import Refusal
from omnistudy.crm.sections import SECTIONS, CustomerSection, CustomerSources
from omnistudy.results import Label, Result, msg
from omnistudy.study.bare_table import BareTable, table_of_columns
from omnistudy.study.load import load_study
from omnistudy.study.model import Study

BY_NAME: Mapping[str, CustomerSection] = {one.name: one for one in SECTIONS}
ANSWERS: dict[str, dict[str, list[object]]] = {
    "funnel": {"campaign": ["spring"], "acted": [75], "valid": [18]},
    "gap": {"stage": ["pay"], "current": [2], "target": [4], "evidence_ref": ["P01:1118-1221"]},
    "maturity": {"item": ["level.declared"], "answer": ["omni"], "evidence": [""]},
    "readiness": {"item": ["step.know_needs"], "score": [3], "evidence": ["P01:1118-1221"]},
    "ecrm": {"item": ["stage.channel_cost"], "stage": [2], "evidence": ["P01:1118-1221"]},
}
SHEETS: dict[str, BareTable] = {name: table_of_columns(columns) for name, columns in ANSWERS.items()}
METRIC_CHOICES = MetricsOptions(confidence=0.9, goal="pay")
EVENTS = "customer_id,ts,channel,event\n" + "".join(
    f"c{at % 5},2023-{1 + at % 12:02d}-{1 + at % 28:02d},{'app' if at % 3 else 'branch'},{'pay' if at % 7 == 0 else 'look'}\n"
    for at in range(60)
)  # fmt: skip
SALES = "customer_id,ts,value\n" + "".join(
    f"c{at % 6},2023-{1 + at % 12:02d}-{1 + at % 28:02d},{5 + at}\n" for at in range(40)
)


@pytest.fixture(scope="module")
def study(repository: Path) -> Study:
    return load_study(repository / "interviews" / "maskan-demo")


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    columns = ColumnMap(channels={"app": "digital", "branch": "physical"})
    folder = tmp_path_factory.mktemp("records")
    with records_of(folder, events=EVENTS, transactions=SALES, columns=columns) as found:
        yield found


@pytest.fixture
def register(tmp_path: Path) -> LinkRegister:
    path = tmp_path / "links.toml"
    path.write_text(DATED, encoding="utf-8")
    return read_links(path, METRICS)


def computed(name: str, study: Study, sources: CustomerSources) -> Any:
    """The JSON of a section."""
    return BY_NAME[name].compute(study, sources, 5, PROVENANCE).payload()


def names(sources: CustomerSources) -> list[str]:
    return [one.name for one in SECTIONS if one.needed(sources)]


def test_sections_stand_in_the_order_of_the_report() -> None:
    assert [(one.name, str(one.title)) for one in SECTIONS] == [
        ("crm-links", "Categories and customer metrics"),
        ("crm-metrics", "Customer metrics"),
        ("crm-clv", "Customer lifetime value"),
        ("crm-journeys", "Channel journeys"),
        ("crm-funnel", "Campaign funnel"),
        ("crm-gap", "Journey gap analysis"),
        ("crm-maturity", "Channel maturity"),
        ("crm-readiness", "Readiness"),
        ("crm-ecrm", "Electronic CRM"),
    ]


def test_a_section_is_there_when_the_sources_have_what_it_needs(
    tmp_path: Path, records: Records, register: LinkRegister
) -> None:
    """An audit needs its sheet, channel maturity the sheet or a log, lifetime value transactions."""
    assert names(CustomerSources()) == []
    assert names(CustomerSources(links=register)) == ["crm-links"]
    assert names(CustomerSources(records=records)) == [
        "crm-metrics", "crm-clv", "crm-journeys", "crm-maturity"
    ]  # fmt: skip
    for name in ANSWERS:
        assert names(CustomerSources(sheets={name: SHEETS[name]})) == [f"crm-{name}"]
    with records_of(tmp_path, transactions=SALES) as sales:
        sources = CustomerSources(records=sales)
        assert names(sources) == ["crm-metrics", "crm-clv"]
        assert (sources.has("transactions"), sources.has("events"), CustomerSources().has("events")) == (
            True, False, False
        )  # fmt: skip


def test_the_audits_are_those_of_their_commands(study: Study, records: Records) -> None:
    """With the records and without, and with the choices of the report's metrics."""
    choices = METRIC_CHOICES
    for given in (None, records):
        sources = CustomerSources(records=given, sheets=SHEETS, metrics=choices)
        expected: dict[str, Result] = {
            "crm-maturity": maturity_of(
                study, given, SHEETS["maturity"], MaturityOptions(metrics=choices), PROVENANCE
            ),
            "crm-readiness": readiness_of(
                study, given, SHEETS["readiness"], ReadinessOptions(metrics=choices), PROVENANCE
            ),
            "crm-ecrm": ecrm_of(study, given, SHEETS["ecrm"], EcrmOptions(metrics=choices), PROVENANCE),
            "crm-funnel": funnel_of(SHEETS["funnel"], PROVENANCE),
            "crm-gap": gaps_of(SHEETS["gap"], PROVENANCE, study=study),
        }
        for name, result in expected.items():
            assert computed(name, study, sources) == result.payload(), name
            assert BY_NAME[name].compute(study, sources, 5, PROVENANCE).provenance is PROVENANCE
    maturity = computed("crm-maturity", study, CustomerSources(records=records, metrics=choices))
    assert (maturity["declared"], maturity["confidence"]) == (None, 0.9)
    # Quotations are looked up in the study.
    steps = computed("crm-readiness", study, sources)["steps"]
    assert steps[0]["evidence"][0]["checked"] is True
    assert computed("crm-gap", study, sources)["stages"][0]["evidence"][0]["checked"] is True
    assert computed("crm-ecrm", study, sources)["stages"]["attributes"][6]["evidence"][0]["checked"] is True
    assert computed("crm-maturity", study, sources)["declared"] == "omni"


def test_the_analyses_are_those_of_their_commands(study: Study, records: Records) -> None:
    sources = CustomerSources(records=records, metrics=METRIC_CHOICES)
    assert computed("crm-metrics", study, sources) == (
        metrics_of_records(records, METRIC_CHOICES, PROVENANCE).payload()
    )
    journeys = journeys_of_records(records, JourneysOptions(goal="pay"), PROVENANCE).payload()
    assert computed("crm-journeys", study, sources) == journeys
    assert journeys["conversion"] is not None
    assert (
        computed("crm-clv", study, sources)
        == clv_of_records(records, ClvOptions(seed=5), PROVENANCE).payload()
    )


def test_links_know_the_registered_hashes_the_names_and_the_seed(
    study: Study, records: Records, register: LinkRegister
) -> None:
    hashes = frozenset(one.sha256 for one in register.links)
    labels = {"access": Label("access", {"en": "Access to the bank"})}
    sources = CustomerSources(
        records=records, links=register, registered=hashes, metrics=METRIC_CHOICES, labels=labels
    )
    options = LinksOptions(metrics=METRIC_CHOICES, registered=hashes, labels=labels, seed=5)
    found = computed("crm-links", study, sources)
    assert found == links_of(study, records, register, options, PROVENANCE).payload()
    for other in (replace(sources, registered=frozenset()), replace(sources, labels={})):
        assert computed("crm-links", study, other) != found


@pytest.mark.parametrize("name", ["crm-metrics", "crm-clv", "crm-journeys"])
def test_a_section_without_its_records_cannot_be_computed(study: Study, name: str) -> None:
    with pytest.raises(ValueError, match="the section needs records"):
        computed(name, study, CustomerSources())


def test_a_section_without_its_links_cannot_be_computed(study: Study) -> None:
    with pytest.raises(ValueError, match="the section needs links"):
        computed("crm-links", study, CustomerSources())


def test_a_refusal_is_an_answer_in_words() -> None:
    refusal = Refusal(
        code="few_cases", subject="bg_nbd", reason=msg("{n} cases", n=3), needed=msg("ten cases")
    )
    assert refusal.as_json() == {
        "code": "few_cases",
        "subject": "bg_nbd",
        "reason": "3 cases",
        "needed": "ten cases",
    }
