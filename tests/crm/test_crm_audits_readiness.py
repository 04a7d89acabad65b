"""Readiness, gaps, and the sheets of all audits: scores need evidence, faults are reported together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from records_builder import PROVENANCE, records_of

from omnistudy.crm.audits.gap import gaps_of
from omnistudy.crm.audits.maturity import MaturityOptions, maturity_of
from omnistudy.crm.audits.readiness import ReadinessOptions, readiness_of
from omnistudy.crm.audits.readiness_result import ReadinessResult
from omnistudy.errors import StudyError
from omnistudy.study.bare_table import BareTable, read_bare_table
from omnistudy.study.load import load_study
from omnistudy.study.model import Study

SURVEY = "ts,instrument,score,scale_min,scale_max\n2024-01-01,csat,5,1,5\n2024-01-02,csat,3,1,5\n2024-01-03,csat,4,1,5\n"
DEMO = Path(__file__).resolve().parents[2] / "interviews" / "maskan-demo"


@pytest.fixture(scope="module")
def demo() -> Study:
    return load_study(DEMO)


def sheet_of(folder: Path, text: str) -> BareTable:
    path = folder / "sheet.csv"
    path.write_text(text, encoding="utf-8")
    return read_bare_table(path)


def audited(folder: Path, rows: str, study: Study | None = None) -> ReadinessResult:
    sheet = sheet_of(folder, "item,score,evidence,owner\n" + rows)
    with records_of(folder, survey=SURVEY) as records:
        return readiness_of(study, records, sheet, ReadinessOptions(), PROVENANCE)


def faults(folder: Path, rows: str, study: Study | None = None) -> list[str]:
    with pytest.raises(StudyError) as caught:
        audited(folder, rows, study)
    return [f"{one.row} {one.column}: {one.what} {one.remedy}" for one in caught.value.problems]


def test_mean_weakest_and_coverage_stand_together(tmp_path: Path) -> None:
    """4, 1 and 2 have evidence, 0 has none: mean 7/3 of three, not of four or nine."""
    rows = (
        "know_needs,4,study.pdf,\nstep.journey_map,1,map.pdf,\ncentral_data,2,metric:csat,\npersonalise,0,,\n"
    )
    result = audited(tmp_path, rows)
    assert result.mean == pytest.approx(7 / 3)
    assert [one.item.id for one in result.weakest] == ["step.journey_map"]
    payload = result.payload()
    assert payload["coverage"] == {"scored": 3, "steps": 9}
    assert payload["weakest"] == ["step.journey_map"]
    steps = payload["steps"]
    assert isinstance(steps, list)
    assert [one["score"] for one in steps] == [4, 1, None, 2, None, None, None, None, None]
    assert steps[4]["answer"] == "0"
    assert steps[4]["reason"] == "no evidence is named"
    assert steps[3]["evidence"][0]["metric"]["value"] == pytest.approx(2 / 3)
    assert steps[0]["categories"] == ["I3", "I4"]
    assert "3 of 9 steps" in str(result.summary)


def test_a_zero_with_evidence_is_a_score(tmp_path: Path) -> None:
    result = audited(tmp_path, "step.journey_map,0,audit.pdf,\nstep.know_needs,۲,audit.pdf,\n")
    assert (result.mean, result.scores) == (1, (2, 0))


def test_ties_for_the_weakest_are_all_named(tmp_path: Path) -> None:
    result = audited(tmp_path, "step.journey_map,1,a.pdf,\nstep.know_needs,1,a.pdf,\n")
    assert len(result.weakest) == 2
    assert "and 1 more" in str(result.summary)


def test_without_a_score_there_is_no_mean(tmp_path: Path) -> None:
    result = audited(tmp_path, "risk.privacy,open,audit.pdf,security\n")
    assert (result.mean, result.weakest) == (None, ())
    assert result.payload()["reason"] == "no step is scored with evidence"
    (risk,) = [one for one in result.ratings if one.item.id == "risk.privacy"]
    assert (risk.answer, risk.owner, risk.counts) == ("open", "security", True)


def test_a_metric_without_value_supports_no_score(tmp_path: Path) -> None:
    result = audited(tmp_path, "step.fluent_cross_channel,3,metric:continuity,\n")
    (step,) = [one for one in result.steps if one.answer is not None]
    assert (step.counts, str(step.reason)) == (False, "none of its evidence has a value here")
    assert str(step.evidence[0].reason) == "there is no table of events"


def test_kpis_have_unit_and_window_or_a_reason(tmp_path: Path) -> None:
    result = audited(tmp_path, "step.journey_map,1,a.pdf,\n")
    found = {one.id: one for one in result.kpis}
    assert list(found) == [
        "csat/top_two",
        "conversion/journey",
        "response_time/median",
        "response_time/p90",
        "return_rate/pooled",
    ]
    assert (found["csat/top_two"].n, found["csat/top_two"].denominator) == (2, 3)
    assert (found["csat/top_two"].unit, found["csat/top_two"].window) == ("share", "2024-01-01/2024-01-03")
    assert found["response_time/p90"].value is None
    assert "no table of tickets" in str(found["response_time/p90"].reason)
    alone = readiness_of(None, None, None, ReadinessOptions(), PROVENANCE)
    assert all("no records" in str(one.reason) for one in alone.kpis)


def test_claims_are_never_findings(tmp_path: Path) -> None:
    result = audited(tmp_path, "side.goal,yes,strategy.pdf,\n")
    claims = result.payload()["claims"]
    assert isinstance(claims, list)
    assert not any(one["finding"] for one in claims)
    assert sum("89 %" in one["claim"] for one in claims) == 1
    texts = [str(getattr(block, "text", "")) for block in result.blocks()]
    assert any("not findings" in text for text in texts)
    assert not any("89" in text for text in texts)
    assert "89" not in str(result.summary)
    sides = result.payload()["multi_or_omni"]
    assert isinstance(sides, list)
    assert [one["answer"] for one in sides] == ["omni", None, None, None, None]
    sources = result.payload()["sources"]
    assert isinstance(sources, list)
    assert [one["kind"] for one in sources] == ["vendor_page", "essay", "journal_article"]


def test_quotations_are_looked_up_in_the_study(tmp_path: Path, demo: Study) -> None:
    result = audited(tmp_path, "step.know_needs,2,P01:481-646 | quote:P۰۱:۹۳۵-۱۱۱۷,\n", demo)
    (step,) = [one for one in result.steps if one.answer is not None]
    assert [(one.written, one.checked) for one in step.evidence] == [
        ("P01:481-646", True),
        ("P01:935-1117", True),
    ]
    unchecked = audited(tmp_path, "step.know_needs,2,P01:481-646,\n")
    (step,) = [one for one in unchecked.steps if one.answer is not None]
    assert (step.counts, step.evidence[0].checked) == (True, False)
    assert step.evidence[0].reason is not None


def test_all_faults_of_a_sheet_come_together(tmp_path: Path, demo: Study) -> None:
    rows = (
        "step.know_need,2,a.pdf,\n"  # 2
        "step.journey_map,5,a.pdf,\n"  # 3
        "step.central_data,-1,a.pdf,\n"  # 4
        "step.personalise,2.5,a.pdf,\n"  # 5
        "step.train_align,2,P01:1-2,\n"  # 6
        "step.evaluate_improve,2,metric:csatt,\n"  # 7
        "step.security_privacy,1,a.pdf,\n"
        "security_privacy,2,a.pdf,\n"  # 9
        "consistency.look,yes,a.pdf,\n"  # 10
        "side.goal,perhaps,a.pdf,\n"  # 11
        "step.integrate_systems,2,P99:1-2,\n"  # 12
        ",2,a.pdf,\n"  # 13
        "side.link,omni,metric:csat/top,\n"  # 14
    )
    found = faults(tmp_path, rows, demo)
    assert [one.split(" ", 1)[0] for one in found] == [
        str(row) for row in (2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14)
    ]
    assert "Did you mean 'step.know_needs'?" in found[0]
    assert all("whole number from 0 to 4" in one for one in found[1:4])
    assert "Nobody coded the quotation P01:1-2." in found[4]
    assert "Did you mean 'csat'?" in found[5]
    assert "stands in row 8 already" in found[6]
    assert "is an item of crm maturity" in found[7]
    assert "multi or omni" in found[8]
    assert "no interview P99" in found[9]
    assert "names no item" in found[10]
    assert "no level 'top'" in found[11]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("stage,current,target,acceptable_min\na,1,2,1\n", "columns of a sheet for crm gap"),
        ("campaign,noticed,engaged\na,1,2\n", "columns of a sheet for crm funnel"),
        ("item,score,evidnce\nstep.know_needs,1,a\n", "Did you mean 'evidence'?"),
        ("item,answer,score\nstep.know_needs,1,1\n", "both hold an answer"),
    ],
)
def test_another_sheet_is_recognised(tmp_path: Path, header: str, words: str) -> None:
    with pytest.raises(StudyError, match=words.replace("?", r"\?")):
        readiness_of(None, None, sheet_of(tmp_path, header), ReadinessOptions(), PROVENANCE)


def test_the_demo_sheets_know_their_weakest_link(demo: Study) -> None:
    """The planted sheet: eight of nine steps with evidence, the central data weakest, mean 17/8."""
    sheet = read_bare_table(DEMO / "crm" / "readiness.csv")
    with records_of(DEMO, events=DEMO / "crm" / "events.parquet") as records:
        result = readiness_of(demo, records, sheet, ReadinessOptions(), PROVENANCE)
    assert (result.mean, len(result.scores)) == (17 / 8, 8)
    assert [one.item.id for one in result.weakest] == ["step.central_data"]
    quotations = [one for rating in result.ratings for one in rating.evidence if one.kind == "quotation"]
    assert quotations
    assert all(one.checked for one in quotations)


def test_the_demo_falls_short_of_what_it_declares(demo: Study) -> None:
    """Planted: declared 4, observed 2, branch and call centre below .90."""
    sheet = read_bare_table(DEMO / "crm" / "maturity.csv")
    tables: dict[str, Any] = {name: DEMO / "crm" / f"{name}.parquet" for name in ("events", "identity_map")}
    with records_of(DEMO, **tables) as records:
        result = maturity_of(demo, records, sheet, MaturityOptions(), PROVENANCE)
    assert (int(result.declared or 0), int(result.level or 0), result.gap) == (4, 2, 2)
    assert result.observed is not None
    low = {one.identity.group for one in result.observed.channels if (one.identity.low or 0) < 0.9}
    assert low == {"branch", "call_centre"}
    assert result.observed.failing is not None
    assert result.observed.failing.indicator.group == "branch"


HEADER = "stage,current,target,acceptable_min,hurts_brand,importance_customer,importance_brand,owner,evidence_ref\n"


def test_faults_of_a_gap_sheet_come_together(tmp_path: Path, demo: Study) -> None:
    rows = "pay,x,4,y,maybe,,,,\npay,1,2,1,yes,5,5,people,P01:1-2\nend,1,2,,,,,,\nend,1,3,,,,,,\n"
    with pytest.raises(StudyError) as caught:
        gaps_of(sheet_of(tmp_path, HEADER + rows), PROVENANCE, study=demo)
    assert [(one.row, one.column) for one in caught.value.problems] == [
        (2, "current"),
        (2, "acceptable_min"),
        (2, "hurts_brand"),
        (3, "evidence_ref"),
        (5, "stage"),
    ]


def test_gaps_name_priority_owner_and_evidence(tmp_path: Path, demo: Study) -> None:
    rows = "pay,1,4,2,yes,5,5,فرایند: شعب,P01:481-646\nend,1,4,,yes,5,2,Ms X,report.pdf\n"
    result = gaps_of(sheet_of(tmp_path, HEADER + rows), PROVENANCE, study=demo)
    pay, end = result.stages
    assert (pay.owner_kind, end.owner_kind) == ("process", None)
    assert (pay.evidence[0].checked, end.evidence[0].checked) == (True, False)
    assert result.payload()["quadrants"] == {"focus": ["pay"], "maintain": ["end"], "test": [], "minimum": []}
    assert end.missing == ("action", "due")
