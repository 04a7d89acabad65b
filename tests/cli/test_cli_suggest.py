"""The command line of `suggest`: the log, decisions, and that nothing else is ever written."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from command_line import omnistudy

Hashes = dict[str, str]


@pytest.fixture
def study(demo: Path, tmp_path: Path) -> Path:
    """A copy of the demo that may be written to."""
    shutil.copytree(demo, tmp_path / "interviews" / demo.name)
    shutil.copytree(demo.parent.parent / "codebooks", tmp_path / "codebooks")
    return tmp_path / "interviews" / demo.name


def hashes(folder: Path) -> Hashes:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "suggestions.log"
    }


def log(study: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (study / "suggestions.log").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("kind", ["duplicates", "categories", "codes"])
def test_nothing_is_applied(study: Path, capfd: pytest.CaptureFixture[str], kind: str) -> None:
    before = hashes(study)
    ran = omnistudy(capfd, "suggest", kind, study, "--format", "json")
    assert ran.code == 0
    assert ran.json["schema"] == f"omnistudy.suggest-{kind}/1"
    assert ran.json["kind"] == kind
    assert {"suggestions", "evaluation", "acceptance"} <= set(ran.json)
    for language in ("en", "fa"):
        assert omnistudy(capfd, "suggest", kind, study, "--lang", language).code == 0
    assert hashes(study) == before


def test_decisions_go_to_the_log_and_stay(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    first = omnistudy(capfd, "suggest", "codes", study, "--format", "json").json
    ids = [candidate["id"] for row in first["suggestions"] for candidate in row["codes"]]
    assert [entry["id"] for entry in log(study)] == ids
    assert {entry["decision"] for entry in log(study)} == {"shown"}
    whole = (study / "suggestions.log").read_bytes()
    decided = omnistudy(
        capfd, "suggest", "codes", study, "--accept", ids[0], "--reject", ids[1], "--format", "json"
    ).json
    assert (study / "suggestions.log").read_bytes().startswith(whole)
    assert [entry["decision"] for entry in log(study)][-2:] == ["accepted", "rejected"]
    assert decided["acceptance"] == {
        "shown": len(ids),
        "accepted": 1,
        "rejected": 1,
        "rate": 0.5,
        "reason": None,
    }
    later = omnistudy(capfd, "suggest", "codes", study, "--format", "json").json
    candidates = {c["id"]: c["decision"] for row in later["suggestions"] for c in row["codes"]}
    assert (candidates[ids[0]], candidates[ids[1]], candidates[ids[2]]) == ("accepted", "rejected", "shown")
    assert len(log(study)) == len(ids) + 2


def test_bad_decisions_leave_the_log_alone(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    omnistudy(capfd, "suggest", "categories", study)
    before = (study / "suggestions.log").read_bytes()
    ran = omnistudy(capfd, "suggest", "categories", study, "--accept", "group-none")
    assert ran.code == 2
    assert "no suggestion 'group-none'" in ran.err
    assert (study / "suggestions.log").read_bytes() == before
    (study / "suggestions.log").write_text("broken\n", encoding="utf-8")
    ran = omnistudy(capfd, "suggest", "categories", study)
    assert ran.code == 2
    assert "row 1" in " ".join(ran.err.split())
    assert (study / "suggestions.log").read_text(encoding="utf-8") == "broken\n"


@pytest.mark.parametrize(
    "arguments", [["codes", "--unit", "word"], ["codes", "--threshold", "0"], ["categories", "--groups", "1"]]
)
def test_wrong_options_are_refused(
    study: Path, capfd: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    kind, *options = arguments
    assert omnistudy(capfd, "suggest", kind, study, *options).code == 2
    assert not (study / "suggestions.log").exists()


def test_csv_is_the_list_of_suggestions(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "suggest", "codes", study, "--most", 1, "--format", "csv", "--quiet")
    assert ran.code == 0
    assert ran.out.lstrip("\ufeff").split("\n")[0].startswith("id,passage")


def test_agreement_with_the_machine_stands_beside_that_of_people_and_changes_nothing(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    options = ("--unit", "turn", "--level", "subcategory")
    trial = omnistudy(capfd, "suggest", "codes", study, *options, "--format", "json").json["evaluation"]
    pairs = {(pair["first"], pair["second"]): pair for pair in trial["alpha"]}
    people = {names for names, pair in pairs.items() if pair["kind"] == "human-human"}
    assert people == {("c1", "c2"), ("c1", "c3"), ("c2", "c3")}
    assert {names for names, pair in pairs.items() if pair["kind"] == "human-machine"} == {
        ("c1", "machine"),
        ("c2", "machine"),
        ("c3", "machine"),
    }
    assert "no coder" in trial["alpha_warning"]
    # The pairs of people are those of agreement itself, whose answer knows no machine.
    found = omnistudy(
        capfd, "agreement", study, *options, "--by", "pair", "--ci", "none", "--format", "json", "--quiet",
        "--coefficient", "krippendorff_alpha",
    ).json  # fmt: skip
    assert "machine" not in json.dumps(found)
    rows = [row for row in found["rows"] if row["scope"] == "pair" and row["aggregate"] == "direct"]
    assert len(rows) == 3
    for row in rows:
        assert pairs[tuple(row["coders"])]["value"] == pytest.approx(row["value"], abs=1e-12)
    assert omnistudy(capfd, "suggest", "codes", study, *options, "--lang", "fa").code == 0


def test_one_coder_has_nobody_to_stand_beside_and_the_machine_takes_a_free_name(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    toml = study / "study.toml"
    text = toml.read_text("utf-8").replace('["c1", "c2", "c3"]', '["machine"]')
    toml.write_text(text, "utf-8")
    for name in ("codings.csv", "seen.csv"):
        table = (study / name).read_text("utf-8").replace(",c1,", ",machine,")
        (study / name).write_text(table, "utf-8")
    trial = omnistudy(capfd, "suggest", "codes", study, "--format", "json").json["evaluation"]
    assert [(p["first"], p["second"], p["kind"]) for p in trial["alpha"]] == [
        ("machine", "machine-2", "human-machine")
    ]
