"""freeze, compare and export --to reference through the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import omnistudy

FAST = ("--resamples", 200, "--bootstrap", 500, "--decoys", 10)


@pytest.fixture
def study(tmp_path: Path, demo: Path, repository: Path) -> Path:
    """A copy of the demo in a folder of its own, so that freezing writes nothing into the repository."""
    shutil.copytree(demo, tmp_path / "interviews" / "maskan-demo")
    shutil.copytree(repository / "codebooks", tmp_path / "codebooks")
    return tmp_path / "interviews" / "maskan-demo"


def test_compare_in_json(capfd: pytest.CaptureFixture[str], study: Path) -> None:
    ran = omnistudy(capfd, "compare", study, "--format", "json", *FAST)
    assert ran.code == 0
    assert ran.json["schema"] == "omnistudy.compare/1"
    assert ran.json["verdict"] == "consistent"
    assert ran.json["exploratory"] is True
    assert ran.json["recall"]["value"] == pytest.approx(17 / 19)
    assert ran.json["provenance"]["synthetic"] is True
    paths = [item["path"] for item in ran.json["provenance"]["inputs"]]
    assert "codebooks/maskan-bank.toml" in paths
    assert not (study / "protocol.json").exists()


@pytest.mark.parametrize("form", ["table", "csv", "md"])
def test_compare_for_people(capfd: pytest.CaptureFixture[str], study: Path, form: str) -> None:
    ran = omnistudy(capfd, "compare", study, "--format", form, *FAST)
    assert ran.code == 0
    assert "Political and regulatory conditions" in ran.out or "political" in ran.out


def test_freeze_then_compare(capfd: pytest.CaptureFixture[str], study: Path) -> None:
    (study / "codings.csv").rename(study / "later.csv")
    (study / "codings.csv").write_text("interview,start,end,coder,code\n", encoding="utf-8")
    toml = study / "study.toml"
    written = toml.read_text(encoding="utf-8")
    # Before coding there is neither a coder nor a round yet.
    early = written.replace('coders = ["c1", "c2", "c3"]\nround = "independent"\n', "").replace(
        'codings = "consensus"\n', 'codings = "any"\n'
    )
    toml.write_text(early.replace('seen = "seen.csv"\n', ""), encoding="utf-8")
    frozen = omnistudy(capfd, "freeze", study, "--date", "2025-01-01", "--format", "json", *FAST)
    assert frozen.code == 0, frozen.err
    assert frozen.json["codings"] == 0
    assert len(frozen.json["sha256"]) == 64
    (study / "later.csv").replace(study / "codings.csv")
    toml.write_text(written.replace("recall = 0.80", "recall = 0.85"), encoding="utf-8")
    ran = omnistudy(capfd, "compare", study, "--format", "json", *FAST)
    protocol = ran.json["protocol"]
    assert protocol["sha256"] == frozen.json["sha256"]
    assert protocol["before_coding"] is True
    assert ran.json["exploratory"] is False
    lines = {d["line"]: (d["frozen"], d["now"]) for d in protocol["deviations"]}
    assert lines["thresholds.recall"] == ("0.8", "0.85")
    assert set(lines) == {"coding.analysis", "coding.coders", "coding.round", "thresholds.recall"}


def test_a_second_freeze_needs_to_be_asked_for(capfd: pytest.CaptureFixture[str], study: Path) -> None:
    assert omnistudy(capfd, "freeze", study, "--quiet").code == 0
    before = (study / "protocol.json").read_bytes()
    again = omnistudy(capfd, "freeze", study)
    assert again.code == 2
    assert "frozen already" in again.err
    assert (study / "protocol.json").read_bytes() == before
    assert omnistudy(capfd, "freeze", study, "--replace", "--seed", 9).code == 0
    assert (study / "protocol.json").read_bytes() != before


def test_freeze_refuses_a_date_that_is_none(capfd: pytest.CaptureFixture[str], study: Path) -> None:
    ran = omnistudy(capfd, "freeze", study, "--date", "yesterday")
    assert ran.code == 2
    assert not (study / "protocol.json").exists()


def test_another_reference(capfd: pytest.CaptureFixture[str], study: Path) -> None:
    ran = omnistudy(capfd, "compare", study, "--reference", "maskan-bnk", "--format", "json")
    assert ran.code == 2
    assert "maskan-bank" in ran.json["problems"][0]["remedy"]


def test_a_reference_without_roles(capfd: pytest.CaptureFixture[str], study: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.csv"
    bare.write_text("id,label,level\na,A,subcategory\n", encoding="utf-8")
    ran = omnistudy(capfd, "compare", study, "--reference", bare)
    assert ran.code == 2
    assert "role" in ran.err


def test_duplicate_row_of_the_crosswalk(capfd: pytest.CaptureFixture[str], study: Path) -> None:
    crosswalk = study / "crosswalk.csv"
    text = crosswalk.read_text(encoding="utf-8")
    crosswalk.write_text(text + "core-systems,ict,narrower,r1,once more\n", encoding="utf-8")
    ran = omnistudy(capfd, "compare", study, "--format", "json")
    assert ran.code == 2
    (problem,) = ran.json["problems"]
    assert problem["file"] == "crosswalk.csv"
    assert problem["row"] == len(text.splitlines()) + 1
    assert "twice" in problem["what"]


def test_groups(capfd: pytest.CaptureFixture[str], study: Path) -> None:
    ran = omnistudy(capfd, "compare", study, "--group", "gender", "--format", "json", *FAST)
    assert {group["attribute"] for group in ran.json["groups"]} == {"gender"}
    wrong = omnistudy(capfd, "compare", study, "--group", "gendr", *FAST)
    assert wrong.code == 2
    assert "gender" in wrong.err


def test_export_as_reference(capfd: pytest.CaptureFixture[str], study: Path, tmp_path: Path) -> None:
    target = tmp_path / "codebooks" / "avin.toml"
    ran = omnistudy(capfd, "export", study, "--to", "reference", "--output", target)
    assert ran.code == 0
    assert "[[frequencies]]" in target.read_text(encoding="utf-8")
    compared = omnistudy(capfd, "compare", study, "--reference", "avin", "--format", "json", *FAST)
    assert compared.code == 2  # the crosswalk relates to another model, which the errors say row by row
    assert "'avin'" in compared.json["problems"][0]["what"]
    assert omnistudy(capfd, "export", study, "--to", "pictures").code == 2
