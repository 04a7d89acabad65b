"""Member checks, trustworthiness and the origin of relations: read at the door, with every fault at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from study_folder import StudyFolder

from omnistudy.errors import StudyError
from omnistudy.study.load import load_study

THEORY = (
    '[theory]\nrelations = "relations.csv"\npropositions = "propositions.csv"\n'
    'member_checks = "member_checks.csv"\ntrustworthiness = "trust.csv"\n'
)
TABLES = {
    "relations.csv": "source,target,type,evidence\nslow,trust,causes,\n",
    "propositions.csv": "id,text\nPR1,slowness breeds distrust\n",
    "member_checks.csv": (
        "interview,date,shown,shown_id,answer,comment,change\n"
        "P1,2025-02-01,کد,Slow,موافق,,\n"
        "P1,2025-02-01,relation,slow -> trust,partly,only at noon,\n"
        "P2,2025-02-02,role,context,disagree,,role was changed\n"
        "expert,,model,,agree,,\n"
        "expert,,proposition,PR1,no,,\n"
    ),
    "trust.csv": (
        "criterion,technique,done,evidence,note\n"
        "Credibility,Member checks,yes,member_checks.csv,\n"
        "انتقال‌پذیری,توصیف فربه,تا حدی,,\n"
    ),
}


@pytest.fixture
def folder() -> StudyFolder:
    small = StudyFolder()
    small.files["study.toml"] = small.text("study.toml") + THEORY
    small.files.update(TABLES)
    return small


def problems(folder: StudyFolder, path: Path) -> list[tuple[str | None, int | None, str]]:
    with pytest.raises(StudyError) as caught:
        load_study(folder.write(path))
    return [(problem.file, problem.row, problem.what) for problem in caught.value.problems]


def test_answers_are_read_in_both_languages_and_names_resolved(folder: StudyFolder, tmp_path: Path) -> None:
    study = load_study(folder.write(tmp_path))
    assert [(row.member, row.shown, row.shown_id, row.answer) for row in study.member_checks] == [
        ("P1", "code", "slow", "agree"),
        ("P1", "relation", "slow>trust", "partly"),
        ("P2", "role", "context", "disagree"),
        ("expert", "model", "", "agree"),
        ("expert", "proposition", "PR1", "disagree"),
    ]
    assert [(row.criterion, row.technique, row.done) for row in study.trustworthiness] == [
        ("credibility", "Member checks", "yes"),
        ("transferability", "توصیف فربه", "partly"),
    ]
    assert not study.warnings
    assert {file.path for file in study.inputs} >= {"member_checks.csv", "trust.csv"}


def test_every_fault_of_both_tables_is_named(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["member_checks.csv"] = (
        "member,date,shown,shown_id,answer\n"
        "P1,,code,slwo,agree\n"
        "P1,,codee,slow,agree\n"
        "P1,,model,,maybe\n"
        ",,model,,agree\n"
        "P1,,relation,slow,agree\n"
        "P1,,proposition,PR9,agree\n"
        "P1,,role,strategi,agree\n"
        "P2,,model,,agree\n"
        "P2,,model,,partly\n"
    )
    folder.files["trust.csv"] = (
        "criterion,technique,done\ncredibilty,a,yes\ncredibility,,yes\ncredibility,a,perhaps\n"
        "credibility,a,yes\ncredibility,A,no\n"
    )
    found = problems(folder, tmp_path)
    assert [(row, file) for file, row, _ in found] == [
        *((row, "member_checks.csv") for row in (2, 3, 4, 5, 6, 7, 8, 10)),
        *((row, "trust.csv") for row in (2, 3, 4, 6)),
    ]
    words = [what for _, _, what in found]
    assert words[0] == "code 'slwo' is not in the codebook."
    assert "'maybe' is no answer" in words[2]
    assert "twice" in words[7]
    assert "stands twice under credibility" in words[-1]


def test_a_name_that_is_nearly_an_interview_is_a_warning(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["member_checks.csv"] = "member,shown,answer\nP11,model,agree\nexpert,model,agree\n"
    (warning,) = load_study(folder.write(tmp_path)).warnings
    assert (warning.row, warning.remedy) == (2, "Did you mean 'P1'?")


def test_where_a_relation_comes_from(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["relations.csv"] = (
        "source,target,type,direction,origin\n"
        "slow,trust,causes,,\n"
        "slow,trust,is part of,associative,link: p.qdpx\n"
        "trust,slow,,oneway,Memo: M7\n"
    )
    found = load_study(folder.write(tmp_path)).relations
    assert [(row.direction, row.origin, row.origin_of) for row in found] == [
        ("oneway", "table", ""),
        ("associative", "link", "p.qdpx"),
        ("oneway", "memo", "M7"),
    ]


def test_unknown_directions_and_origins_are_refused(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["relations.csv"] = (
        "source,target,direction,origin\nslow,trust,onway,table\ntrust,slow,,somewhere\n"
    )
    assert problems(folder, tmp_path) == [
        ("relations.csv", 2, "'onway' is no direction of a relation."),
        ("relations.csv", 3, "'somewhere' is no origin of a relation."),
    ]


def test_a_type_of_the_studys_own_is_named_once(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["relations.csv"] = (
        "source,target,type,origin\nslow,trust,cuases,\ntrust,slow,cuases,\nslow,trust,sways,\n"
        "slow,trust,leads to,\nslow,trust,anything at all,link: p.qdpx\n"
    )
    study = load_study(folder.write(tmp_path))
    assert len(study.relations) == 5
    assert [(w.row, w.column) for w in study.warnings] == [(2, "type"), (4, "type")]
    assert study.warnings[0].remedy == "Did you mean 'causes'?"
    assert "leads-to" in study.warnings[1].remedy
