"""What people stumble over on their first day: misspelt names, options that do not apply, missing columns."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import omnistudy
from small_study import small_study


@pytest.fixture(autouse=True)
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return small_study(tmp_path)


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def sheet(*rows: str, header: str = "interview,coder,code,quote") -> Path:
    path = Path("sheet.csv")
    path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return path


def test_misspelt_interviews_are_refused_together(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = contents(study)
    rows = ("P1,a,trust,the clerk", "PP1,a,trust,the clerk", "P2,a,slow,the branch", "P22,a,slow,the branch")
    ran = omnistudy(capfd, "import", sheet(*rows), "--into", study, "--format", "json")
    assert ran.code == 2
    found = [(one["row"], one["column"], one["remedy"]) for one in ran.json["problems"]]
    assert found == [(3, "interview", "Did you mean 'P1'?"), (5, "interview", "Did you mean 'P2'?")]
    assert contents(study) == before


def test_a_sheet_of_statements_still_makes_interviews(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "import", "statements.csv", "--into", study, "--format", "json")
    assert ran.code == 0
    assert ran.json["added"]["interviews"] == 2
    assert omnistudy(capfd, "check", study).code == 0


def test_new_codes_are_named_and_slips_stand_first(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = sheet("P1,a,trsut,the clerk", "P1,a,fees,not the app", "P2,a,slow,the branch")
    ran = omnistudy(capfd, "import", path, "--into", study, "--dry-run", "--format", "json")
    assert ran.json["new_codes"] == [
        {"code": "trsut", "nearest": "trust"},
        {"code": "fees", "nearest": None},
    ]
    shown = " ".join(omnistudy(capfd, "import", path, "--into", study, "--dry-run").out.split())
    assert "The new code 'trsut' is one edit away from 'trust'" in shown
    assert shown.index("one edit away") < shown.index("New codes: 2 (trsut, fees)")


def test_a_table_without_offsets_points_to_import(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (study / "codings.csv").write_text("interview,coder,code,quote\nP1,a,trust,the clerk\n", encoding="utf-8")
    ran = omnistudy(capfd, "check", study)
    assert ran.code == 2
    assert "omnistudy import codings.csv --into STUDY" in ran.err


def test_quotes_that_are_nowhere_are_listed_by_row(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rows = ("P1,a,trust,the clerk", "P1,a,trust,never said", "P2,a,slow,nor this")
    ran = omnistudy(capfd, "import", sheet(*rows), "--into", study, "--format", "json")
    assert ran.code == 2
    assert [one["row"] for one in ran.json["problems"]] == [None, 3, 4]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--retest",), "this study has no rounds"),
        (("--compare-rounds", "one,two"), "the codings of this study name no rounds"),
    ],
)
def test_comparisons_of_rounds_need_rounds(
    options: tuple[str, ...], words: str, study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = omnistudy(capfd, "agreement", study, *options)
    assert ran.code == 2
    assert words in ran.err
    assert not ran.out


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--by", "interview"), "--by interview needs to know the interview"),
        (("--cluster", "interview"), "--cluster interview needs to know the interview"),
        (("--unit", "turn"), "--unit divides the texts of a study"),
        (("--level", "code"), "--level climbs the code tree"),
        (("--min-overlap", "3"), "--min-overlap is about quotations"),
        (("--round", "one"), "--round needs a long table"),
    ],
)
def test_options_that_cannot_apply_to_a_table(
    options: tuple[str, ...], words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    path = sheet("u1,x,y", "u2,x,x", header="unit,a,b")
    ran = omnistudy(capfd, "agreement", path, *options)
    assert ran.code == 2
    assert words in " ".join(ran.err.split())
    assert omnistudy(capfd, "agreement", path, "--format", "json").code == 0


def test_interviews_of_a_table_can_be_asked_for(capfd: pytest.CaptureFixture[str]) -> None:
    path = sheet("u1,P1,x,y", "u2,P1,x,x", "u3,P2,y,y", header="unit,interview,a,b")
    ran = omnistudy(
        capfd, "agreement", path, "--by", "interview", "--cluster", "interview", "--format", "json"
    )
    assert {row["interview"] for row in ran.json["rows"]} == {"P1", "P2"}


def test_letter_forms_of_a_table_are_one_label(capfd: pytest.CaptureFixture[str]) -> None:
    path = sheet("u1,کافی,كافي", "u2,۱,1", "u3,بد ,بد", "u4,بد,کافی", header="unit,a,b")
    ran = omnistudy(capfd, "agreement", path, "--format", "json", "--coefficient", "percent_agreement")
    assert ran.json["rows"][0]["value"] == 0.75
    (note,) = [note for note in ran.json["notes"] if "letter forms" in note]
    assert "كافي = کافی" in note
    assert any("Blanks around" in note for note in ran.json["notes"])


def test_single_statements_are_a_warning_of_agreement(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert omnistudy(capfd, "import", "statements.csv", "--into", study).code == 0
    ran = omnistudy(capfd, "agreement", study, "--format", "json", "--ci", "none")
    assert any("never shown counts as one in which they found nothing" in note for note in ran.json["notes"])


def test_new_answers_in_json(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "new", "mine", "--format", "json")
    assert ran.code == 0
    assert ran.json["schema"] == "omnistudy.new/1"
    assert ran.json["folder"] == "mine"
    assert set(ran.json["files"]) == {
        str(p.relative_to(tmp_path / "mine")) for p in (tmp_path / "mine").rglob("*") if p.is_file()
    }


def test_one_thing_is_not_many(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "import", sheet("P1,a,trust,the clerk"), "--into", study, "--dry-run")
    shown = f"{ran.out}{omnistudy(capfd, 'check', study).out}"
    assert "interviews 1" in shown
    for wrong in ("1 interviews", "1 codings", "1 codes", "1 quotes", "1 snippets"):
        assert wrong not in shown.replace("1 of 1 snippets", "")
