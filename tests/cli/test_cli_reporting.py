"""What theses print, from the command line: trace, frequencies, content validity, trustworthiness, per cents."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command_line import omnistudy


@pytest.fixture
def study(demo: Path, tmp_path: Path) -> Path:
    """A copy of the demo that names its tables of member checks and trustworthiness."""
    shutil.copytree(demo, tmp_path / "interviews" / demo.name)
    shutil.copytree(demo.parent.parent / "codebooks", tmp_path / "codebooks")
    folder = tmp_path / "interviews" / demo.name
    toml = folder / "study.toml"
    text = toml.read_text("utf-8")
    if "member_checks" not in text:
        named = 'member_checks = "member_checks.csv"\ntrustworthiness = "trustworthiness.csv"\n'
        toml.write_text(text.replace("[analysis]", f"{named}\n[analysis]"), "utf-8")
    return folder


def test_every_quotation_is_traced_to_its_role(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = omnistudy(capfd, "codes", demo, "--reporting", "--format", "json").json
    assert found["schema"] == "omnistudy.reporting/1"
    codes = omnistudy(capfd, "codes", demo, "--level", "code", "--format", "json").json
    assert len(found["trace"]) == sum(row["quotations"] for row in codes["codes"])
    assert {row["interview"] for row in found["trace"]} == {f"P{n:02d}" for n in range(1, 15)}
    assert all(row["text"] and row["role"] and row["subcategory"] for row in found["trace"])
    by_code = {row["code"]: row for row in codes["codes"]}
    for row in found["frequencies"]:
        assert row["interviewees"] == len(row["interview_ids"]) == by_code[row["code"]]["interviews"]
        assert row["mentions"] == by_code[row["code"]]["quotations"]
    assert len(found["participants"]) == 14


def test_the_table_prints_persian_headings_and_csv_the_trace(
    demo: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = omnistudy(capfd, "codes", demo, "--reporting", "--format", "csv")
    assert (
        ran.out.lstrip("\ufeff").splitlines()[0]
        == "quotation,interviewee,code,concept,subcategory,category,role,synthetic"
    )
    assert omnistudy(capfd, "codes", demo, "--reporting", "--lang", "fa").code == 0


@pytest.mark.parametrize(
    "more", [["--quotes"], ["--level", "code"], ["--unit", "turn"], ["--attribute", "city"]]
)
def test_reporting_takes_no_filters(demo: Path, capfd: pytest.CaptureFixture[str], more: list[str]) -> None:
    ran = omnistudy(capfd, "codes", demo, "--reporting", *more)
    assert ran.code == 2
    assert "--reporting" in ran.err


def test_co_occurrence_counts_the_unit_that_is_asked_for(
    demo: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    names = ("character", "token", "sentence", "paragraph", "turn", "interview")
    shared = {}
    for unit in names:
        found = omnistudy(capfd, "codes", demo, "--unit", unit, "--format", "json").json
        assert found["unit"] == unit
        shared[unit] = {(pair["first"], pair["second"]): pair["units"] for pair in found["co_occurrence"]}
        for pair in found["co_occurrence"]:
            if unit == "interview":
                assert pair["units"] == pair["interviews"]
                assert pair["unit_jaccard"] == pytest.approx(pair["jaccard"])
    assert shared["turn"] == {
        (pair["first"], pair["second"]): pair["units"]
        for pair in omnistudy(capfd, "codes", demo, "--format", "json").json["co_occurrence"]
    }
    # What shares a character shares its word, sentence and turn.
    for pair, characters in shared["character"].items():
        if characters:
            assert 0 < shared["token"][pair] <= characters
            assert shared["sentence"][pair] > 0
            assert shared["turn"][pair] > 0
    assert omnistudy(capfd, "codes", demo, "--unit", "word").code == 2


RATINGS = {"trust": 11, "speed": 10, "safety": 14}


def sheet(path: Path, essential: dict[str, int], experts: int) -> Path:
    rows = [
        f"{item},e{n},{'ضروری' if n < amount else 'مفید'}"
        for item, amount in essential.items()
        for n in range(experts)
    ]
    path.write_text("\n".join(["item,expert,rating", *rows]) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("experts", "least"), [(14, 11), (20, 15)])
def test_content_validity_of_a_panel(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], experts: int, least: int
) -> None:
    path = sheet(tmp_path / "experts.csv", {"a": least, "b": least - 1}, experts)
    found = omnistudy(capfd, "audit", "cvr", path, "--format", "json").json
    assert found["schema"] == "omnistudy.audit-cvr/1"
    assert [(row["least"], row["kept"]) for row in found["items"]] == [(least, True), (least, False)]
    half = experts / 2
    assert found["items"][1]["cvr"] == pytest.approx((least - 1 - half) / half)
    assert found["cvi"] == pytest.approx((least - half) / half)
    for language in ("en", "fa"):
        assert omnistudy(capfd, "audit", "cvr", path, "--lang", language).code == 0


def test_small_panels_and_rejected_items_have_reasons(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    found = omnistudy(capfd, "audit", "cvr", sheet(tmp_path / "e.csv", {"a": 4}, 4), "--format", "json").json
    assert found["items"][0]["least"] is None
    assert found["items"][0]["reason"]
    assert found["cvi"] is None
    assert found["cvi_reason"]


def test_a_malformed_sheet_is_refused_with_one_report(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "e.csv"
    path.write_text("item,expert,rating\na,e1,good\na,e2,1\na,e2,2\n,e1,1\n", encoding="utf-8")
    ran = omnistudy(capfd, "audit", "cvr", path, "--format", "json")
    assert ran.code == 2
    assert [problem["row"] for problem in ran.json["problems"]] == [2, 4, 5]
    path.write_text("question,judge,rating\na,e1,1\n", encoding="utf-8")
    ran = omnistudy(capfd, "audit", "cvr", path, "--format", "json")
    assert ran.code == 2
    assert len(ran.json["problems"]) == 2
    assert omnistudy(capfd, "audit", "cvr", tmp_path / "missing.csv").code == 2


def test_per_cent_of_agreement_from_three_counts(capfd: pytest.CaptureFixture[str]) -> None:
    found = omnistudy(capfd, "audit", "holsti", 22, 20, 17, "--format", "json").json
    assert found["percent"] == pytest.approx(80.95, abs=5e-3)
    assert (found["total"], found["agreements"], found["disagreements"]) == (42, 17, 8)
    table = omnistudy(capfd, "audit", "holsti", "۲۲", "۲۰", "۱۷", "--format", "csv").out
    assert len(table.splitlines()) == 3  # test–retest and two coders: one formula, both names


@pytest.mark.parametrize("counts", [(22, 20, 21), (0, 0, 0), (5, "x", 1), (5, 5, "-")])
def test_impossible_counts_are_refused(capfd: pytest.CaptureFixture[str], counts: tuple[object, ...]) -> None:
    assert omnistudy(capfd, "audit", "holsti", *counts).code == 2


def test_two_coders_have_the_table_of_theses(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    fast = ("--ci", "none", "--by", "overall", "--format", "json", "--quiet")
    found = omnistudy(capfd, "agreement", demo, *fast).json
    pairs = found["percent"]
    assert [(pair["kind"], pair["first"], pair["second"]) for pair in pairs] == [
        ("coders", "c1", "c2"),
        ("coders", "c1", "c3"),
        ("coders", "c2", "c3"),
    ]
    for pair in pairs:
        *rows, total = pair["rows"]
        assert [row["interview"] for row in rows] == ["P02", "P05", "P08", "P11", "P14"]
        for key in ("total", "agreements", "disagreements"):
            assert total[key] == sum(row[key] for row in rows)
        for row in pair["rows"]:
            assert row["disagreements"] == row["total"] - 2 * row["agreements"]
            assert row["percent"] == pytest.approx(200 * row["agreements"] / row["total"])


def test_a_coders_second_round_has_the_same_table(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = (study / "codings.csv").read_text("utf-8")
    again = [
        line.replace(",independent,", ",retest,")
        for line in text.splitlines()
        if line.startswith("P02,") and ",c1," in line and ",independent," in line
    ]
    (study / "codings.csv").write_text(text + "\n".join(again[1:]) + "\n", "utf-8")
    seen = study / "seen.csv"
    seen.write_text(seen.read_text("utf-8") + "P02,c1,retest\n", "utf-8")
    ran = omnistudy(
        capfd, "agreement", study, "--retest", "--ci", "none", "--by", "overall", "--unit", "paragraph",
        "--level", "code", "--format", "json", "--quiet",
    )  # fmt: skip
    (own,) = [item for item in ran.json["percent"] if item["kind"] == "retest"]
    assert (own["coder"], own["first"], own["second"]) == ("c1", "independent", "retest")
    assert [row["interview"] for row in own["rows"]] == ["P02", None]
    assert 0 < own["rows"][0]["percent"] <= 100
    assert own["rows"][0]["disagreements"] == own["rows"][0]["total"] - 2 * own["rows"][0]["agreements"]


def test_trustworthiness_of_the_demo(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = omnistudy(capfd, "audit", "trustworthiness", study, "--format", "json").json
    assert found["schema"] == "omnistudy.audit-trustworthiness/1"
    assert [row["criterion"] for row in found["criteria"]] == [
        "credibility",
        "transferability",
        "dependability",
        "confirmability",
    ]
    assert "triangulation" in found["criteria"][0]["not_described"]
    checks = found["member_checks"]
    assert (checks["members"], checks["interviewees"], checks["of_interviewees"]) == (8, 7, 14)
    assert sum(checks["answers"].values()) == len(checks["rows"])
    # P08 found too many arrows, and commented; nobody who disagrees is left without an answer.
    assert checks["without_comment_or_change"] == 0
    for language in ("en", "fa"):
        ran = omnistudy(capfd, "audit", "trustworthiness", study, "--lang", language)
        assert ran.code == 0


def test_what_a_study_does_not_describe_is_said(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    toml = study / "study.toml"
    lines = toml.read_text("utf-8").splitlines()
    names = ("member_checks", "trustworthiness")
    toml.write_text("\n".join(x for x in lines if not x.startswith(names)) + "\n", "utf-8")
    found = omnistudy(capfd, "audit", "trustworthiness", study, "--format", "json").json
    assert "not described" in found["summary"]
    assert all(not row["described"] for row in found["criteria"])
    assert found["member_checks"]["members"] == 0
    assert omnistudy(capfd, "audit", "trustworthiness", study).code == 0
