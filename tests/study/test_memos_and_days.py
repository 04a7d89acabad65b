"""What memos are about, and days in tables: resolved where they are known, named where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from study_folder import StudyFolder

from omnistudy.errors import Severity, StudyError
from omnistudy.study.load import load_study

MEMOS = "target,target_id,text\n"
CHECKS = "member,date,shown,answer\n"


@pytest.fixture
def folder() -> StudyFolder:
    small = StudyFolder()
    small.files["study.toml"] = small.text("study.toml") + (
        '[theory]\nmemos = "memos.csv"\nmember_checks = "member_checks.csv"\n'
    )
    small.files.update({"memos.csv": MEMOS, "member_checks.csv": CHECKS})
    return small


def test_a_memo_is_about_what_the_study_calls_by_that_name(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["memos.csv"] = MEMOS + (
        "code,Slow,a\nrelation,Slow -> trust,b\ninterview,P1,c\nquotation,P1:0-4,d\nstudy,,e\n"
    )
    study = load_study(folder.write(tmp_path))
    assert [memo.target_id for memo in study.memos] == ["slow", "slow>trust", "P1", "P1:0-4", ""]
    assert not [problem for problem in study.warnings if problem.file == "memos.csv"]


def test_a_memo_on_what_is_not_there_is_kept_and_named(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["memos.csv"] = MEMOS + (
        "interview,P77,a\nquotation,P77:0-4,b\ncode,slwo,c\nrelation,slow>nothing,d\n"
    )
    study = load_study(folder.write(tmp_path))
    assert [memo.target_id for memo in study.memos] == ["P77", "P77:0-4", "slwo", "slow>nothing"]
    told = [(problem.row, problem.what) for problem in study.warnings if problem.file == "memos.csv"]
    assert told == [
        (2, "The memo is about the interview 'P77', which the study does not have."),
        (3, "The memo is about the quotation 'P77:0-4', which the study does not have."),
        (4, "The memo is about the code 'slwo', which the study does not have."),
        (5, "The memo is about the relation 'slow>nothing', which the study does not have."),
    ]
    assert next(problem for problem in study.warnings if problem.row == 4).remedy == "Did you mean 'slow'?"


@pytest.mark.parametrize(
    ("written", "read"),
    [("2025-11-08", "2025-11-08"), ("1404/08/17", "2025-11-08"), ("in autumn", "in autumn"), ("", "")],
)
def test_a_member_check_has_a_day_of_either_calendar(
    folder: StudyFolder, tmp_path: Path, written: str, read: str
) -> None:
    folder.files["member_checks.csv"] = CHECKS + f"P1,{written},model,agree\n"
    assert [row.date for row in load_study(folder.write(tmp_path)).member_checks] == [read]


@pytest.mark.parametrize("written", ["2025-13-08", "1404-13-01", "05-12-24"])
def test_a_day_that_no_calendar_has_is_reported(folder: StudyFolder, tmp_path: Path, written: str) -> None:
    folder.files["member_checks.csv"] = CHECKS + f"P1,{written},model,agree\n"
    with pytest.raises(StudyError) as caught:
        load_study(folder.write(tmp_path))
    found = [(one.severity, one.file, one.row, one.column, one.what) for one in caught.value.problems]
    assert found == [
        (Severity.ERROR, "member_checks.csv", 2, "date", f"There is no date '{written}'."),
    ]
