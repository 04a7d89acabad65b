"""Bad and thin input of the theory commands: one report of everything, or an answer with its reasons."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import omnistudy

Row = dict[str, str]


@pytest.fixture
def study(demo: Path, tmp_path: Path) -> Path:
    """A copy of the demo that may be written to."""
    shutil.copytree(demo, tmp_path / "interviews" / demo.name)
    shutil.copytree(demo.parent.parent / "codebooks", tmp_path / "codebooks")
    return tmp_path / "interviews" / demo.name


def rewrite(path: Path, keep: Callable[[Row], bool], change: Callable[[Row], None] = lambda _: None) -> int:
    """Keep some rows of a table, changed; return how many went."""
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows = list(reader)
        header = list(reader.fieldnames or ())
    kept = [row for row in rows if keep(row)]
    for row in kept:
        change(row)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)
    return len(rows) - len(kept)


def add(path: Path, *lines: str) -> int:
    """Append rows and return the number of the first."""
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\n".join(lines) + "\n", encoding="utf-8")
    with path.open(encoding="utf-8", newline="") as stream:
        return sum(1 for _ in csv.reader(stream)) - len(lines) + 1


def paradigm(capfd: pytest.CaptureFixture[str], study: Path, *more: object) -> Any:
    ran = omnistudy(capfd, "paradigm", study, "--resamples", 0, "--format", "json", "--quiet", *more)
    assert ran.code == 0, ran.out
    return ran.json


def edge(found: Any, source: str, target: str, polarity: str = "+") -> Any:
    (one,) = [
        e for e in found["edges"] if (e["source"], e["target"], e["polarity"]) == (source, target, polarity)
    ]
    return one


ENDS = ("core-systems", "one-relationship")


def test_an_arrow_that_loses_its_quotations_turns_dashed_and_its_proposition_is_flagged(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = paradigm(capfd, study)
    arrow = edge(before, *ENDS)
    spans = {name.rpartition(":")[::2] for name in arrow["evidence"]}
    assert arrow["status"] == "evidenced"
    gone = rewrite(
        study / "codings.csv",
        lambda row: (row["interview"], f"{row['start']}-{row['end']}") not in spans,
    )
    assert gone >= len(spans)
    drawn = study.parent / "model.dot"
    after = paradigm(capfd, study, "--diagram", drawn)
    arrow = edge(after, *ENDS)
    assert (arrow["status"], arrow["evidence"]) == ("asserted", [])
    assert len(arrow["evidence_missing"]) == len(spans)
    (line,) = [line for line in drawn.read_text("utf-8").splitlines() if '"core-systems" -> "one-rel' in line]
    assert "style=dashed" in line
    state = {row["id"]: row["status"] for row in after["propositions"]}
    assert {row["id"]: row["status"] for row in before["propositions"]}["PR1"] == "evidenced"
    assert state["PR1"] == "partly"
    flagged = {(row["rule"], row["subject"]) for row in after["lint"]}
    assert ("arrow_without_evidence", " > ".join(ENDS)) in flagged
    assert ("evidence_not_found", " > ".join(ENDS)) in flagged
    assert ("proposition_without_evidence", "PR1") in flagged - {
        (row["rule"], row["subject"]) for row in before["lint"]
    }


def test_evidence_that_is_taken_out_of_the_relations_dashes_the_arrow_in_the_picture(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    def bare(row: Row) -> None:
        row["evidence"] = ""

    rewrite(study / "relations.csv", lambda _: True, bare)
    found = paradigm(capfd, study, "--diagram", study.parent / "model.dot")
    assert {e["status"] for e in found["edges"]} == {"asserted"}
    assert {row["status"] for row in found["propositions"]} == {"asserted"}
    assert "style=solid" not in (study.parent / "model.dot").read_text("utf-8")


def test_a_relation_that_is_taken_out_leaves_its_proposition_without_ground(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert rewrite(study / "relations.csv", lambda row: (row["source"], row["target"]) != ENDS) == 1
    found = paradigm(capfd, study)
    (state,) = [row for row in found["propositions"] if row["id"] == "PR1"]
    assert state["unrecorded_relations"] == [{"source": ENDS[0], "target": ENDS[1]}]
    assert ("proposition_without_relation", "error") in {(r["rule"], r["severity"]) for r in found["lint"]}


def test_relations_between_unknown_codes_are_all_named(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    first = add(
        study / "relations.csv",
        "core-sistems,one-relationship,causes,+,false,,",
        "core-systems,nowhere-at-all,causes,+,false,,",
        "core-systems,core-systems,causes,+,false,,",
    )
    ran = omnistudy(capfd, "paradigm", study, "--format", "json")
    assert ran.code == 2
    found = [(p["file"], p["row"], p["remedy"]) for p in ran.json["problems"] if p["severity"] == "error"]
    assert [row for _, row, _ in found] == [first, first + 1, first + 2]
    assert {file for file, _, _ in found} == {"relations.csv"}
    assert found[0][2] == "Did you mean 'core-systems'?"


def test_a_slip_in_a_type_of_relation_is_warned_of_with_the_nearest(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    row = add(study / "relations.csv", "core-systems,skill-building,cuases,+,false,why,")
    ran = omnistudy(capfd, "check", study, "--format", "json")
    assert ran.code == 0
    (problem,) = [p for p in ran.json["problems"] if p["file"] == "relations.csv"]
    assert (problem["row"], problem["severity"]) == (row, "warning")
    assert problem["remedy"] == "Did you mean 'causes'?"


def test_a_circle_without_feedback_is_an_error_of_the_model(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    add(study / "relations.csv", "skill-building,one-relationship,causes,+,false,why,")
    circles = [row for row in paradigm(capfd, study)["lint"] if row["rule"] == "cycle_without_feedback"]
    assert [(row["severity"], row["subject"]) for row in circles] == [
        ("error", "one-relationship > skill-building")
    ]
    text = (study / "relations.csv").read_text("utf-8")
    marked = text.replace("one-relationship,causes,+,false,why", "one-relationship,causes,+,true,why")
    (study / "relations.csv").write_text(marked, encoding="utf-8")
    assert not [row for row in paradigm(capfd, study)["lint"] if row["rule"] == "cycle_without_feedback"]


def thin(study: Path, kept: tuple[str, ...]) -> None:
    """Leave only some interviews in the study."""
    for path in (study / "transcripts").iterdir():
        if path.stem not in kept:
            path.unlink()
    for name in ("codings.csv", "participants.csv", "seen.csv"):
        rewrite(study / name, lambda row: row["interview"] in kept)
    toml = study / "study.toml"
    lines = toml.read_text("utf-8").splitlines()
    toml.write_text("\n".join(x for x in lines if not x.startswith("double_coded")) + "\n", "utf-8")


def test_three_interviews_are_an_answer_everywhere(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    thin(study, ("P02", "P05", "P08"))
    for command in ("codes", "saturation", "paradigm", "compare"):
        ran = omnistudy(capfd, command, study, "--format", "json", "--quiet")
        assert ran.code == 0, ran.out
        answer = ran.json
        if command == "saturation":
            assert all(rule["first"] is None and rule["reason"] for rule in answer["guest"])
            assert answer["order"]["median"] is None
            assert answer["order"]["reason"]
            assert answer["stopping_10_3"] is None
            assert answer["stopping_10_3_reason"]
        if command == "compare":
            assert answer["verdict"] == "inconclusive"
            assert answer["reasons"]
    for form in ("table", "md"):
        assert omnistudy(capfd, "paradigm", study, "--format", form, "--lang", "fa", "--quiet").code == 0


def test_interviews_without_codes_are_named_and_counted(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    silent = ("P03", "P09")
    rewrite(study / "codings.csv", lambda row: row["interview"] not in silent)
    found = paradigm(capfd, study)
    assert {r["subject"] for r in found["lint"] if r["rule"] == "interview_without_coding"} == set(silent)
    saturation = omnistudy(capfd, "saturation", study, "--format", "json", "--quiet").json
    assert len(saturation["interviews"]) == 14
    assert saturation["new_codes"][saturation["interviews"].index("P03")] == 0
    codes = omnistudy(capfd, "codes", study, "--format", "json", "--quiet").json
    assert all(row["quotations"]["P09"] == 0 for row in codes["code_by_interview"])


def test_a_study_without_any_coding_is_an_answer(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rewrite(study / "codings.csv", lambda _: False)
    rewrite(study / "seen.csv", lambda _: False)
    toml = study / "study.toml"
    text = toml.read_text("utf-8")
    for line in ('coders = ["c1", "c2", "c3"]\n', 'round = "independent"\n', 'codings = "consensus"\n'):
        text = text.replace(line, "")
    toml.write_text(text, "utf-8")
    for command in ("codes", "saturation", "paradigm"):
        assert omnistudy(capfd, command, study, "--format", "json", "--quiet").code == 0
    reporting = omnistudy(capfd, "codes", study, "--reporting", "--format", "json", "--quiet").json
    assert (reporting["trace"], len(reporting["participants"])) == ([], 14)


def test_a_protocol_that_was_changed_after_the_freeze_is_named_line_by_line(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert omnistudy(capfd, "freeze", study, "--quiet").code == 0
    toml = study / "study.toml"
    text = (
        toml.read_text("utf-8")
        .replace("recall = 0.80", "recall = 0.60")
        .replace("alpha = 0.667", "alpha = 0.5")
    )
    toml.write_text(text, "utf-8")
    ran = omnistudy(capfd, "compare", study, "--format", "json", "--quiet")
    changed = {row["line"]: (row["frozen"], row["now"]) for row in ran.json["protocol"]["deviations"]}
    assert changed == {"thresholds.recall": ("0.8", "0.6"), "thresholds.alpha": ("0.667", "0.5")}
    assert ran.json["exploratory"] is True
