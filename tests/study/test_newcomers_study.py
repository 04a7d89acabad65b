"""Dates of either calendar, twin transcripts, and transcripts too large to read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from study_folder import TEXT_1, StudyFolder

from omnistudy.errors import StudyError
from omnistudy.study.load import load_study


@pytest.fixture
def folder() -> StudyFolder:
    return StudyFolder()


@pytest.mark.parametrize("written", ["1403/05/12", "۱۴۰۳-۰۵-۱۲", "١٤٠٣/٠٥/١٢", "2024-08-02", "2024/08/02"])
def test_dates_are_kept_as_gregorian(written: str, folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["participants.csv"] = f"interview,date\nP1,{written}\nP2,1403-01-01\n"
    study = load_study(folder.write(tmp_path))
    assert [(one.id, one.date) for one in study.interviews] == [("P2", "2024-03-20"), ("P1", "2024-08-02")]


@pytest.mark.parametrize("written", ["1403/13/01", "1404/12/30", "2025-02-29", "05-12-24", "12.5.2024"])
def test_dates_that_do_not_exist_are_refused(written: str, folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["participants.csv"] = f"interview,date\nP1,2025-01-01\nP2,{written}\n"
    with pytest.raises(StudyError, match="There is no date") as caught:
        load_study(folder.write(tmp_path))
    assert [(p.file, p.row, p.column) for p in caught.value.problems] == [("participants.csv", 3, "date")]


def test_a_date_in_words_orders_nothing_and_is_said(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["participants.csv"] = "interview,date\nP2,spring\nP1,2020-01-01\n"
    study = load_study(folder.write(tmp_path))
    assert [one.date for one in study.interviews] == ["spring", "2020-01-01"]
    assert ["orders no interview" in problem.what for problem in study.warnings] == [True]


def test_one_text_under_two_names_is_a_warning(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["transcripts/P3.txt"] = TEXT_1.replace("\n", "\r\n")
    folder.files["participants.csv"] = "interview,date\nP1,\nP2,\nP3,\n"
    study = load_study(folder.write(tmp_path))
    assert "Interviews 'P1' and 'P3' have the same text." in [problem.what for problem in study.warnings]


def test_a_transcript_too_large_is_not_even_opened(
    folder: StudyFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write(tmp_path)
    with (tmp_path / "transcripts" / "P1.txt").open("wb") as stream:
        stream.truncate(2**30)  # a hole: it takes no room on the disk
    read = Path.open
    opened: list[str] = []

    def counted(path: Path, *how: Any) -> Any:
        opened.append(path.name)
        return read(path, *how)

    monkeypatch.setattr(Path, "open", counted)
    with pytest.raises(StudyError) as caught:
        load_study(tmp_path)
    (problem,) = caught.value.problems
    assert problem.file == "transcripts/P1.txt"
    assert problem.what.startswith("The file has 1,024 MiB, more than the 64 MiB")
    assert "P1.txt" not in opened
    assert "P2.txt" in opened
