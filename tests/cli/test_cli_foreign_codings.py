"""Other programs' files named under [codings] files are read where they lie."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import omnistudy


@pytest.fixture
def study(
    tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Path:
    """The demonstration study with its codings in a REFI-QDA project instead of a table."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(repository / "interviews" / "maskan-demo", tmp_path / "interviews" / "maskan-demo")
    shutil.copytree(repository / "codebooks", tmp_path / "codebooks")
    folder = tmp_path / "interviews" / "maskan-demo"
    assert omnistudy(capfd, "export", folder, "--to", "qdpx", "--output", folder / "all.qdpx").code == 0
    text = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(text.replace('"codings.csv"', '"all.qdpx"'), encoding="utf-8")
    return folder


def test_the_numbers_are_those_of_the_table(
    study: Path, demo: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    found = omnistudy(capfd, "agreement", study, "--format", "json").json["rows"]
    assert found == omnistudy(capfd, "agreement", demo, "--format", "json").json["rows"]
    shown = omnistudy(capfd, "show", study, "--format", "json").json
    assert shown["codings"] == omnistudy(capfd, "show", demo, "--format", "json").json["codings"]
    assert "all.qdpx" in {item["path"] for item in shown["provenance"]["inputs"]}


def test_a_text_that_differs_is_a_problem(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    transcript = study / "transcripts" / "P05.txt"
    transcript.write_text("x" + transcript.read_text(encoding="utf-8"), encoding="utf-8")
    ran = omnistudy(capfd, "check", study, "--format", "json")
    assert ran.code == 2
    assert {(p["file"], p["column"]) for p in ran.json["problems"] if p["severity"] == "error"} == {
        ("all.qdpx", "quote")
    }


def test_a_damaged_file_is_one_line(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (study / "all.qdpx").write_bytes(b"PK not a project")
    ran = omnistudy(capfd, "check", study)
    assert ran.code == 2
    assert "all.qdpx" in ran.err
    assert "Traceback" not in ran.err
