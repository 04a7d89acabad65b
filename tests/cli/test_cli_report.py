"""report, run and verify: files, manifest, and making it again."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from command_line import omnistudy


@pytest.fixture
def copied(tmp_path: Path, repository: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demonstration study and its codebooks in a place that may be changed."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(repository / "interviews" / "maskan-demo", tmp_path / "interviews" / "maskan-demo")
    shutil.copytree(repository / "codebooks", tmp_path / "codebooks")
    settings = tmp_path / "interviews" / "maskan-demo" / "study.toml"
    # Records have tests of their own; without them a report takes a fraction of the time.
    settings.write_text(re.sub(r"\[crm\][^\[]*", "", settings.read_text(encoding="utf-8")), encoding="utf-8")
    return settings.parent


def report_of(folder: Path) -> dict[str, bytes]:
    found = folder / "reports" / "maskan-demo"
    return {str(path.relative_to(found)): path.read_bytes() for path in found.rglob("*") if path.is_file()}


def test_two_reports_are_the_same_bytes(
    copied: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert omnistudy(capfd, "report", copied, "--to", "html,md", "--quiet").code == 0
    first = report_of(tmp_path)
    assert omnistudy(capfd, "report", copied, "--to", "html,md", "--quiet").code == 0
    assert report_of(tmp_path) == first
    assert {"report.html", "report.md", "manifest.json"} <= set(first)
    assert b"SYNTHETIC" in first["report.html"]
    assert b"SYNTHETIC" in first["report.md"]


def test_the_manifest_names_every_input_and_no_words(
    copied: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    omnistudy(capfd, "report", copied, "--to", "html,md", "--quiet")
    text = report_of(tmp_path)["manifest.json"].decode("utf-8")
    manifest = json.loads(text)
    paths = {item["path"] for item in manifest["inputs"]}
    assert {"study.toml", "codings.csv", "transcripts/P01.txt"} <= paths
    assert any("maskan-bank" in path for path in paths)
    assert "مصاحبه" not in text


def test_run_answers_with_sections_and_files(
    copied: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = omnistudy(capfd, "run", copied, "--to", "md", "--format", "json", "--quiet")
    assert ran.code == 0
    assert [section["command"] for section in ran.json["sections"]] == [
        "questions",
        "show",
        "participants",
        "agreement",
        "cross-check",
        "codes",
        "saturation",
        "paradigm",
        "compare",
        "audit-trustworthiness",
        "checklists",
        "trace",
        "reporting",
    ]
    about = {line["about"]: line["answer"] for line in ran.json["in_short"]}
    assert {"Verdict", "Agreement", "Saturation", "Strongest category", "Weakest category"} <= set(about)
    assert all((tmp_path / file).is_file() for file in ran.json["files"])


def test_verify_names_what_changed(copied: Path, capfd: pytest.CaptureFixture[str]) -> None:
    omnistudy(capfd, "report", copied, "--to", "html,md", "--quiet")
    same = omnistudy(capfd, "verify", copied, "--format", "json")
    assert (same.code, same.json["verified"], same.json["differences"]) == (0, True, [])
    transcript = copied / "transcripts" / "P03.txt"
    text = transcript.read_text(encoding="utf-8")
    transcript.write_text(text[:-2] + "؟" + text[-1:], encoding="utf-8")
    changed = omnistudy(capfd, "verify", copied, "--format", "json")
    assert changed.code == 1
    assert ("input", "transcripts/P03.txt") in {(d["kind"], d["name"]) for d in changed.json["differences"]}


def test_verify_names_a_touched_file(copied: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    omnistudy(capfd, "report", copied, "--to", "html,md", "--quiet")
    page = tmp_path / "reports" / "maskan-demo" / "report.md"
    page.write_text(page.read_text(encoding="utf-8") + "one more line\n", encoding="utf-8")
    found = omnistudy(capfd, "verify", copied, "--format", "json").json["differences"]
    assert [(d["kind"], d["name"]) for d in found] == [("file", "report.md")]


def test_verify_without_a_report_says_what_to_do(copied: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "verify", copied)
    assert ran.code == 2
    assert "omnistudy report" in ran.err


def test_a_failed_report_leaves_the_old_one(
    copied: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    omnistudy(capfd, "report", copied, "--to", "html,md", "--quiet")
    before = report_of(tmp_path)
    (copied / "codings.csv").write_text("interview,start\n", encoding="utf-8")
    assert omnistudy(capfd, "report", copied, "--to", "md").code == 2
    assert report_of(tmp_path) == before
