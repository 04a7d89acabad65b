"""new, check, show, codes, paradigm, explain, and what every command does with bad input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import omnistudy

COMMANDS = (
    *("new", "import", "merge", "anonymize", "export", "check", "show", "agreement", "audit kappa"),
    *("plan agreement", "plan themes", "codes", "saturation", "paradigm", "suggest duplicates"),
    *("suggest categories", "suggest codes", "freeze", "compare", "crm metrics", "crm clv", "crm journeys"),
    *("crm funnel", "crm gap", "crm links", "report", "run", "verify", "explain"),
)
READING = ("check", "show", "agreement", "codes", "paradigm", "report", "run")


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, *command.split(), "--help")
    assert ran.code == 0
    assert "Usage:" in ran.out


def test_a_new_study_passes_check_and_says_what_is_to_come(capfd: pytest.CaptureFixture[str]) -> None:
    assert omnistudy(capfd, "new", "mine").code == 0
    ran = omnistudy(capfd, "check", "mine", "--format", "json")
    assert ran.code == 0
    assert [p for p in ran.json["problems"] if p["severity"] == "error"] == []
    assert any("transcripts" in line for line in ran.json["to_come"])


def test_names_in_persian_give_ids_of_their_own(capfd: pytest.CaptureFixture[str]) -> None:
    ids = set()
    for name in ("مطالعه", "مطالعهٔ دوم"):
        omnistudy(capfd, "new", name)
        ids.add(omnistudy(capfd, "show", name, "--format", "json").json["study"]["id"])
    assert len(ids) == 2


def test_new_does_not_touch_what_is_there(somewhere: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (somewhere / "mine").mkdir()
    (somewhere / "mine" / "note.txt").write_text("kept")
    ran = omnistudy(capfd, "new", "mine")
    assert ran.code == 2
    assert everything(somewhere) == {"mine/note.txt": b"kept"}


@pytest.mark.parametrize("command", READING)
def test_an_empty_study_is_answered_not_refused(command: str, capfd: pytest.CaptureFixture[str]) -> None:
    omnistudy(capfd, "new", "mine")
    ran = omnistudy(capfd, command, "mine", "--format", "json")
    assert ran.code == 0, ran.err
    assert ran.json["schema"] == f"omnistudy.{command}/1"
    assert ran.json["summary"]


@pytest.mark.parametrize("command", READING)
def test_a_folder_without_a_study_is_one_line(
    command: str, somewhere: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = omnistudy(capfd, command, somewhere)
    assert ran.code == 2
    assert ran.out == ""
    assert "study.toml" in ran.err
    assert "Traceback" not in ran.err
    assert everything(somewhere) == {}


@pytest.mark.parametrize("command", READING)
def test_problems_are_json_where_json_was_asked_for(
    command: str, somewhere: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    omnistudy(capfd, "new", "mine")
    (somewhere / "mine" / "codings.csv").write_text("interview,start,end,coder,code\nP1,0,5,a,trust\n")
    before = everything(somewhere)
    ran = omnistudy(capfd, command, "mine", "--format", "json")
    assert ran.code == 2
    assert ran.json["schema"] == "omnistudy.error/1"
    assert {p["row"] for p in ran.json["problems"] if p["file"] == "codings.csv"} == {2}
    assert all(
        set(p) == {"severity", "file", "row", "column", "what", "remedy"} for p in ran.json["problems"]
    )
    assert everything(somewhere) == before


def test_usage_errors_name_the_nearest_word(capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "agreement", "--coefficient", "kohen_kappa", "x.csv")
    assert ran.code == 2
    assert "cohen_kappa" in ran.err
    ran = omnistudy(capfd, "show", "--format", "jsn")
    assert ran.code == 2
    assert "json" in ran.err


def test_usage_errors_are_json_where_json_was_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "show", "--format", "json", "--no-such-option")
    assert ran.code == 2
    assert json.loads(ran.out)["schema"] == "omnistudy.error/1"


def test_show_counts_the_demo(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = omnistudy(capfd, "show", demo, "--format", "json").json
    assert found["provenance"]["synthetic"] is True
    assert len(found["interviews"]) == 14
    assert [coder["kind"] for coder in found["coders"] if coder["id"] == "consensus"] == ["consensus"]
    assert all(row["characters"] > 700 and row["turns"] >= 20 for row in found["interviews"])
    assert 0 < found["coverage"] < 1


def test_quotes_are_retrieved(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = omnistudy(
        capfd, "codes", demo, "--quotes", "--code", "known-clerk-trust", "--format", "json"
    ).json
    assert len({quote["interview"] for quote in found["quotes"]}) >= 5
    for quote in found["quotes"]:
        text = (demo / "transcripts" / f"{quote['interview']}.txt").read_text(encoding="utf-8")
        assert text[quote["start"] : quote["end"]] == quote["text"]


def test_filters_without_quotes_are_refused(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert omnistudy(capfd, "codes", demo, "--code", "known-clerk-trust").code == 2


def test_the_diagram_is_written(demo: Path, somewhere: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "paradigm", demo, "--diagram", "model.svg", "--format", "json")
    assert ran.code == 0
    assert {edge["status"] for edge in ran.json["edges"]} == {"evidenced", "asserted"}
    drawn = (somewhere / "model.svg").read_text(encoding="utf-8")
    assert "SYNTHETIC" in drawn


def test_output_goes_to_the_file_and_nothing_to_stdout(
    demo: Path, somewhere: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = omnistudy(capfd, "show", demo, "--format", "csv", "--output", "out/show.csv")
    assert (ran.code, ran.out) == (0, "")
    assert (somewhere / "out" / "show.csv").read_text(encoding="utf-8").startswith("interview,")


def test_a_place_that_cannot_be_written_is_one_line(
    demo: Path, somewhere: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (somewhere / "out").write_text("a file, not a folder")
    ran = omnistudy(capfd, "show", demo, "--output", "out/show.txt")
    assert ran.code == 2
    assert everything(somewhere) == {"out": b"a file, not a folder"}


@pytest.mark.parametrize("term", ["cohen_kappa", "Krippendorff's alpha", "grounding", "علّی", "few_clusters"])
def test_terms_are_explained(term: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "explain", term, "--format", "json")
    assert ran.code == 0, ran.err
    assert ran.json["terms"][0]["text"]


def test_an_unknown_term_names_the_nearest(capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "explain", "groundng")
    assert ran.code == 2
    assert "grounding" in ran.err


def test_all_terms_are_listed(capfd: pytest.CaptureFixture[str]) -> None:
    names = [term["name"] for term in omnistudy(capfd, "explain", "--format", "json").json["terms"]]
    assert len(names) == len(set(names)) > 50
