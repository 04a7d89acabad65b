"""Checklists: what data can answer is answered, what they cannot is left to the researcher."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from omnistudy.errors import StudyError
from omnistudy.reporting.answers import Answers, read_answers
from omnistudy.reporting.checklists import STANDARDS, Filled, FilledItem, filled
from omnistudy.reporting.checklists_result import checklists_of
from omnistudy.reporting.facts import FACTS
from omnistudy.reporting.material import Material
from omnistudy.reporting.questions import QUESTIONS
from omnistudy.reporting.questions_result import questions_of
from omnistudy.reporting.standard import Fill, Item, Standard
from omnistudy.results import Provenance
from omnistudy.study.load import load_study
from omnistudy.workflow import WorkflowOptions, run_steps

PROVENANCE = Provenance(version="0", command="test", seed=1, inputs=(), synthetic=True)

# Items and fills of the record that the project works from (reporting standards as data).
SIZES = {
    "coreq": {"A": 12, "P": 13, "M": 7},
    "srqr": {"A": 4, "P": 10, "M": 7},
    "jars_qual": {"A": 4, "P": 5, "M": 5},
    "corbin_strauss": {"A": 8, "P": 5, "M": 1},
    "gramms": {"A": 1, "P": 4, "M": 1},
}


@pytest.fixture(scope="module")
def material(demo: Path) -> Material:
    study = load_study(demo)
    return Material(study, run_steps(study, WorkflowOptions(cross_check=False), PROVENANCE))


def rows(standard: Standard, material: Material, answers: Answers | None = None) -> dict[str, FilledItem]:
    return {one.item.id: one for one in filled(standard, material, answers or Answers())}


def items() -> Iterator[tuple[Standard, Item]]:
    for standard in (*STANDARDS.values(), QUESTIONS):
        for item in standard.items:
            yield standard, item


@pytest.mark.parametrize("name", STANDARDS)
def test_every_item_is_there_once_with_its_fill(name: str) -> None:
    assert name in SIZES, "count the checklist's items by fill in its source, and write the counts in SIZES"
    found = [item.fill for item in STANDARDS[name].items]
    assert {str(fill): found.count(fill) for fill in Fill} == SIZES[name]
    ids = [item.id for item in STANDARDS[name].items]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(("standard", "item"), list(items()), ids=lambda part: getattr(part, "id", ""))
def test_items_name_known_facts(standard: Standard, item: Item) -> None:
    assert set(item.facts) <= set(FACTS), standard.name
    assert (item.fill is Fill.RESEARCHER) <= (item.facts == ())
    assert (item.fill is Fill.DATA) <= bool(item.facts)


def test_every_fact_is_used() -> None:
    assert {fact for _, item in items() for fact in item.facts} == set(FACTS)


def test_what_data_cannot_know_is_never_filled(material: Material) -> None:
    for standard in STANDARDS.values():
        for one in rows(standard, material).values():
            if one.item.fill is Fill.RESEARCHER:
                assert one.status is Filled.OPEN
            if one.item.fill is Fill.PART:
                assert one.status is not Filled.DATA


def test_the_demo_answers_from_its_data(material: Material) -> None:
    coreq = rows(STANDARDS["coreq"], material)
    assert str(coreq["12"].facts[0].text) == "14 interviews."
    assert coreq["24"].status is Filled.DATA
    assert "3 people coded" in str(coreq["24"].facts[0].text)
    assert "41 to 66 minutes" in str(coreq["21"].facts[0].text)
    # No column tells who was interviewed twice, so the item is not answered in full.
    assert coreq["18"].status is Filled.PARTLY


def test_a_researchers_answer_stands_beside_the_facts(material: Material) -> None:
    answers = Answers({("coreq", "2"): "PhD", ("coreq", "12"): "Fourteen."})
    coreq = rows(STANDARDS["coreq"], material, answers)
    assert (coreq["2"].status, coreq["2"].answer) == (Filled.RESEARCHER, "PhD")
    assert coreq["12"].facts


def test_the_mixed_checklist_waits_for_records(material: Material) -> None:
    crm = material.study.settings.crm.model_copy(
        update=dict.fromkeys(("events", "transactions", "survey", "tickets"))
    )
    bare = replace(material.study, settings=material.study.settings.model_copy(update={"crm": crm}))
    without = checklists_of(Material(bare, material.sections), Answers(), PROVENANCE)
    assert [standard.name for standard in without.left_out] == ["gramms"]
    with_records = bare.settings.model_copy(update={"crm": crm.model_copy(update={"events": "e.csv"})})
    study = replace(bare, settings=with_records)
    assert checklists_of(Material(study, material.sections), Answers(), PROVENANCE).left_out == ()


def test_the_ten_questions_have_answers(material: Material) -> None:
    result = questions_of(material, Answers(), PROVENANCE)
    assert len(result.rows) == 10
    # The workflow of this test has no comparison, so its question has no data.
    assert [one.item.id for one in result.rows if one.status is Filled.OPEN] == ["9"]


def test_a_study_without_codings_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "transcripts").mkdir()
    (tmp_path / "transcripts" / "P1.txt").write_text("P1: Only this.\n", encoding="utf-8")
    (tmp_path / "study.toml").write_text(
        '[study]\nid = "bare"\n[analysis]\ncodings = "any"\n', encoding="utf-8"
    )
    study = load_study(tmp_path)
    bare = Material(study, run_steps(study, WorkflowOptions(cross_check=False), PROVENANCE))
    result = checklists_of(bare, Answers(), PROVENANCE)
    found = {
        one.item.id: one.status
        for standard, all_ in result.filled
        for one in all_
        if standard.name == "coreq"
    }
    assert found["29"] is Filled.OPEN
    assert found["12"] is Filled.DATA


def test_answers_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "answers.toml"
    path.write_text('[coreq]\n2 = "PhD"\n[jars_qual]\nJ1 = "  "\n', encoding="utf-8")
    answers = read_answers(path, "answers.toml", STANDARDS)
    assert answers.by_item == {("coreq", "2"): "PhD"}
    assert answers.source is not None
    assert answers.source.path == "answers.toml"


def test_all_faults_of_an_answer_file_come_at_once(tmp_path: Path) -> None:
    path = tmp_path / "answers.toml"
    path.write_text('[corek]\n1 = "x"\n[srqr]\nS99 = "x"\nS3 = 4\n', encoding="utf-8")
    with pytest.raises(StudyError) as raised:
        read_answers(path, "answers.toml", STANDARDS)
    texts = [str(problem) for problem in raised.value.problems]
    assert len(texts) == 3
    assert "Did you mean 'coreq'?" in texts[0]
    assert "S99" in texts[1]
    assert "not a text" in texts[2]


@pytest.mark.parametrize("content", [None, b"[coreq", b"\xff\xfe\x00"])
def test_an_unreadable_answer_file_is_one_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "answers.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StudyError) as raised:
        read_answers(path, "answers.toml", STANDARDS)
    assert len(raised.value.problems) == 1
