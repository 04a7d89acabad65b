"""anonymize: a new folder or nothing, read back before it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import omnistudy

from omnistudy.study.load import load_study


def table(folder: Path, text: str) -> Path:
    path = folder / "words.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_copy_of_the_demo(capfd: pytest.CaptureFixture[str], demo: Path, tmp_path: Path) -> None:
    words = table(tmp_path, "find,replace,whole_word\nبانک,[سازمان],no\nnowhere,x,yes\n")
    new = tmp_path / "deep" / "copy"
    ran = omnistudy(capfd, "anonymize", demo, "--table", words, "--into", new, "--format", "json")
    assert ran.code == 0
    assert ran.json["schema"] == "omnistudy.anonymize/1"
    assert ran.json["provenance"]["synthetic"] is True
    assert ran.json["synthetic_copy"] is True
    assert ran.json["unused"] == [3]
    assert ran.json["quotations"]["carried"] == ran.json["quotations"]["verified"] == 1237
    assert load_study(new).settings.study.synthetic
    assert [path.name for path in new.parent.iterdir()] == ["copy"]
    again = omnistudy(capfd, "anonymize", demo, "--table", words, "--into", new)
    assert again.code == 2
    assert "The place is taken" in again.err


def test_nothing_is_left_behind_by_a_failure(
    capfd: pytest.CaptureFixture[str], demo: Path, tmp_path: Path
) -> None:
    new = tmp_path / "copy"
    assert omnistudy(capfd, "anonymize", demo, "--table", tmp_path / "none.csv", "--into", new).code == 2
    words = table(tmp_path, "find,replace\nname,\n")
    ran = omnistudy(capfd, "anonymize", demo, "--table", words, "--into", new)
    assert ran.code == 2
    assert "row 2, replace" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["words.csv"]


def test_what_a_killed_copy_left_is_removed_by_the_next(
    capfd: pytest.CaptureFixture[str], demo: Path, tmp_path: Path
) -> None:
    left = tmp_path / ".omnistudy-copy-abcdefgh" / "transcripts"
    left.mkdir(parents=True)
    (left / "P01.txt").write_text("half a copy", encoding="utf-8")
    (tmp_path / ".omnistudy-copy-of-mine").mkdir()
    words = table(tmp_path, "find,replace\nnowhere,x\n")
    assert omnistudy(capfd, "anonymize", demo, "--table", words, "--into", tmp_path / "copy").code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"words.csv", "copy", ".omnistudy-copy-of-mine"}
