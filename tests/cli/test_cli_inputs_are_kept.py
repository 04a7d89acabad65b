"""No option writes over what a study is made of, or over the table that was read."""

from __future__ import annotations

import json
import os
import shutil
import threading
from pathlib import Path

import pytest
from command_line import omnistudy


@pytest.fixture
def study(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(repository / "interviews" / "maskan-demo", tmp_path / "interviews" / "maskan-demo")
    shutil.copytree(repository / "codebooks", tmp_path / "codebooks")
    return tmp_path / "interviews" / "maskan-demo"


@pytest.mark.parametrize(
    ("command", "target"),
    [
        (("show", "{study}", "--output"), "codings.csv"),
        (("check", "{study}", "--output"), "study.toml"),
        (("check", "{study}", "--output"), "transcripts/P02.txt"),
        (("agreement", "{study}", "--resamples", "0", "--ratings"), "codings.csv"),
        (("paradigm", "{study}", "--resamples", "0", "--diagram"), "transcripts/model.svg"),
        (("export", "{study}", "--to", "csv", "--output"), "codings.csv"),
    ],
)
def test_a_file_of_the_study_is_never_a_target(
    study: Path, capfd: pytest.CaptureFixture[str], command: tuple[str, ...], target: str
) -> None:
    before = {path: path.read_bytes() for path in study.parent.parent.rglob("*") if path.is_file()}
    ran = omnistudy(capfd, *(part.format(study=study) for part in command), study / target)
    assert ran.code == 2
    assert "never changed" in ran.err
    assert {path: path.read_bytes() for path in study.parent.parent.rglob("*") if path.is_file()} == before


def test_the_table_that_was_read_is_never_a_target(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    table = study.parent / "t.csv"
    table.write_text("unit,a,b\nu1,x,y\nu2,y,y\n", encoding="utf-8")
    assert omnistudy(capfd, "agreement", table, "--output", table).code == 2
    assert table.read_text(encoding="utf-8").startswith("unit,a,b")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of Unix")
def test_a_pipe_is_written_into_and_not_replaced(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe")
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(Path("pipe").read_text(encoding="utf-8")))
    reader.start()
    ran = omnistudy(capfd, "plan", "themes", "--format", "json", "--output", "pipe")
    reader.join(timeout=20)
    assert ran.code == 0
    assert json.loads(found[0])["schema"] == "omnistudy.plan-themes/1"
    assert Path("pipe").is_fifo()
    assert [path.name for path in tmp_path.iterdir()] == ["pipe"]
