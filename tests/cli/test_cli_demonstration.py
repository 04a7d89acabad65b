"""A copy of the demonstration study is the same study, wherever it lies and without the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from command_line import omnistudy

from omnistudy.study import demonstration
from omnistudy.study.load import load_study


@pytest.fixture
def copy(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    ran = omnistudy(capfd, "new", "copy", "--demo", "--format", "json")
    assert ran.code == 0
    assert ran.json["provenance"]["synthetic"] is True
    assert "omnistudy run copy" in ran.err
    assert sorted(ran.json["files"]) == sorted(
        path.relative_to("copy").as_posix() for path in Path("copy").rglob("*") if path.is_file()
    )
    return tmp_path / "copy"


def test_the_copy_is_whole_and_needs_nothing_outside(copy: Path) -> None:
    study = load_study(copy)
    assert study.synthetic
    assert study.warnings == ()
    assert not [file.path for file in study.inputs if ".." in Path(file.path).parts]
    assert '"../' not in (copy / "study.toml").read_text(encoding="utf-8")


def test_the_copy_leaves_out_how_it_was_made(copy: Path, demo: Path) -> None:
    left = {path.name for path in demo.iterdir()} - {path.name for path in copy.iterdir()}
    assert (
        {"make_records.py", "truth.toml"}
        <= left
        <= {
            *("make_records.py", "truth.toml", "suggestions.log", "protocol.json", "__pycache__"),
        }
    )


@pytest.mark.parametrize("line", ["show", "agreement --ci none", "saturation --permutations 0", "crm gap"])
def test_the_copy_gives_the_same_answers(
    copy: Path, demo: Path, capfd: pytest.CaptureFixture[str], line: str
) -> None:
    def answer(study: Path) -> dict[str, Any]:
        ran = omnistudy(capfd, *line.split(), study, "--format", "json", "--quiet")
        assert ran.code == 0
        found: dict[str, Any] = json.loads(ran.out)
        del found["provenance"]
        return found

    assert answer(copy) == answer(demo)


def test_a_place_that_is_taken_is_left_alone(copy: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = (copy / "codings.csv").read_bytes()
    ran = omnistudy(capfd, "new", "copy", "--demo")
    assert ran.code == 2
    assert "taken" in ran.err
    assert (copy / "codings.csv").read_bytes() == before


@pytest.mark.parametrize("option", [["--reference", "maskan-bank"], ["--language", "fa"]])
def test_options_of_an_empty_study_are_refused(
    option: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = omnistudy(capfd, "new", "copy", "--demo", *option)
    assert ran.code == 2
    assert "--demo copies a whole study" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_an_installation_without_it_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demonstration, "_PACKAGE", tmp_path / "nowhere" / "package")
    ran = omnistudy(capfd, "new", "copy", "--demo")
    assert ran.code == 2
    assert "no demonstration study" in ran.err
    assert list(tmp_path.iterdir()) == []
