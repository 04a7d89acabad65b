"""A researcher's own sheet, as she would make it, becomes a study without her learning our column names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from command_line import Ran, omnistudy

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TEXTS = {
    "Interview 1": "Interviewer: Why?\nP1: The clerk at the branch knows me by name. The app is slow.\n",
    "Interview 2": "Interviewer: And you?\nP2: It charged me twice and nobody answered the phone.\n",
}
ROWS = (
    (1, "The clerk at the branch knows me by name", "Trust in a person"),
    (1, "The app is slow", "Slow app"),
    (2, "It charged me twice", "Errors"),
    (2, "nobody answered the phone", "No answer"),
)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    for name, text in TEXTS.items():
        (tmp_path / "docs" / f"{name}.txt").write_text(text, encoding="utf-8")
    assert omnistudy(capfd, "new", "my study", "--transcripts", "docs").code == 0
    return tmp_path / "my study"


def sheet() -> Worksheet:
    import openpyxl

    made = openpyxl.Workbook().active
    assert made is not None
    return made


def saved(made: Worksheet) -> Path:
    path = Path("sheet.xlsx")
    assert made.parent is not None
    made.parent.save(path)
    return path


def imported(capfd: pytest.CaptureFixture[str], study: Path, *options: str) -> Ran:
    return omnistudy(capfd, "import", "sheet.xlsx", "--into", study, "--format", "json", *options)


def test_new_takes_the_transcripts(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert (study / "participants.csv").read_text(encoding="utf-8") == (
        "interview,date,order\nInterview 1,,1\nInterview 2,,2\n"
    )
    assert 'language = "en"' in (study / "study.toml").read_text(encoding="utf-8")
    ran = omnistudy(capfd, "check", study, "--format", "json")
    assert (ran.code, ran.json["interviews"], ran.json["problems"]) == (0, 2, [])
    assert "omnistudy import FILE --into" in ran.err


def test_persian_transcripts_are_recognised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "متن‌ها").mkdir()
    (tmp_path / "متن‌ها" / "مصاحبه ۱.txt").write_bytes(
        "\ufeffمصاحبه‌کننده: چرا؟\r\nم۱: كارمند شعبه مرا مي‌شناسد.\r\n".encode()
    )
    assert omnistudy(capfd, "new", "رضایت", "--transcripts", "متن‌ها", "--lang", "fa").code == 0
    assert 'language = "fa"' in (tmp_path / "رضایت" / "study.toml").read_text(encoding="utf-8")
    (tmp_path / "رضایت" / "participants.csv").write_text(
        "مصاحبه,تاریخ,ترتیب\nمصاحبه 1,۱۴۰۴/۰۲/۰۳,1\n", encoding="utf-8-sig"
    )
    shown = omnistudy(capfd, "show", "رضایت", "--format", "json").json["interviews"]
    assert [(one["id"], one["date"]) for one in shown] == [("مصاحبه ۱", "2025-04-23")]


def test_a_folder_without_transcripts_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    ran = omnistudy(capfd, "new", "mine", "--transcripts", "docs")
    assert ran.code == 2
    assert "no transcript" in ran.err
    assert not (tmp_path / "mine").exists()


def test_a_title_merged_cells_own_headers_and_numbers(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    made = sheet()
    made.append(["Coding sheet of May 2025"])
    made.merge_cells("A1:D1")
    made.append([])
    made.append(["Interview no.", "Quote", "Open code", "Coded by"])
    for number, quote, code in ROWS:
        made.append([number, quote, code, "Anna"])
    made["A5"] = made["A7"] = None
    made.merge_cells("A4:A5")
    made.merge_cells("A6:A7")
    saved(made)
    ran = imported(capfd, study)
    assert ran.code == 0, ran.err
    assert (ran.json["added"]["codings"], ran.json["added"]["interviews"]) == (4, 0)
    assert ran.json["read"]["interviews"] == 2
    assert ran.json["left_out"] == []
    said = " ".join(ran.json["warnings"])
    assert "2 cells of the workbook are merged" in said
    assert "1 = Interview 1, 2 = Interview 2" in said


def test_names_that_are_said_once_are_filled_down_when_asked(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made = sheet()
    made.append(["Interview", "Quote", "Code", "Coder"])
    for at, (number, quote, code) in enumerate(ROWS):
        made.append([None if at % 2 else f"Interview {number}", quote, code, None if at else "Anna"])
    saved(made)
    ran = imported(capfd, study, "--coder", "Anna", "--dry-run")
    assert [(one["count"], "--fill-down" in one["why"]) for one in ran.json["left_out"]] == [(2, True)]
    ran = imported(capfd, study, "--fill-down")
    assert ran.json["added"]["codings"] == 4
    assert {one["coder"] for one in ran.json["codings_by"]} == {"Anna"}


def test_persian_headers_and_columns_that_are_not_read(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made = sheet()
    made.append(["شمارهٔ مصاحبه", "متن نقل‌قول", "کد باز", "کد‌گذار", "مفهوم"])
    for number, quote, code in ROWS:
        made.append([number, quote, code, "سارا", f"مفهوم {code}"])
    saved(made)
    ran = imported(capfd, study)
    assert ran.code == 0, ran.err
    assert ran.json["added"]["codings"] == 4
    assert "Columns of the table that were not read: مفهوم." in ran.json["warnings"]


def test_words_that_stand_in_another_transcript_name_it(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made = sheet()
    made.append(["Interview", "Quote", "Code", "Coder"])
    for number, quote, code in ROWS:
        made.append([{1: "Mrs A", 2: "Mr B"}[number], quote, code, "Anna"])
    saved(made)
    before = sorted(path.name for path in (study / "transcripts").iterdir())
    ran = imported(capfd, study)
    assert ran.code == 2
    assert ["Interview 1" in one["remedy"] for one in ran.json["problems"]] == [True, False]
    assert "Interview 2" in ran.json["problems"][1]["remedy"]
    assert sorted(path.name for path in (study / "transcripts").iterdir()) == before


def test_headers_that_nobody_knows_are_asked_for_with_those_that_are_clear(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    made = sheet()
    made.append(["A title"])
    made.append(["Who", "Passage", "Sense", "Coder"])
    for number, quote, code in ROWS:
        made.append([number, quote, code, "Anna"])
    saved(made)
    ran = imported(capfd, study)
    (problem,) = ran.json["problems"]
    assert problem["row"] == 2
    assert '--map source="…" --map code="…" --map quote="Passage"' in problem["remedy"]
    assert imported(capfd, study, "--map", "source=Who", "--map", "code=Sense").json["added"]["codings"] == 4


def test_lines_for_study_toml_stand_under_their_section(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (study / "study.toml").write_text('[study]\nid = "bare"\n', encoding="utf-8")
    made = sheet()
    made.append(["Interview", "Quote", "Code", "Coder"])
    for number, quote, code in ROWS:
        made.append([f"Interview {number}", quote, code, "Anna"])
    saved(made)
    shown = omnistudy(capfd, "import", "sheet.xlsx", "--into", study).out
    lines = [line.split(maxsplit=1) for line in shown.split("\n") if line.startswith("[")]
    assert ["[codings]", 'files = ["codings.csv"]'] in [[part.strip() for part in line] for line in lines]


def test_the_same_text_under_two_names_keeps_the_codings_of_both(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (study / "transcripts" / "Copy.txt").write_text(TEXTS["Interview 1"], encoding="utf-8")
    made = sheet()
    made.append(["Interview", "Quote", "Code", "Coder"])
    for name in ("Interview 1", "Copy"):
        made.append([name, "The app is slow", "Slow app", "Anna"])
    saved(made)
    assert imported(capfd, study).json["added"]["codings"] == 2
    assert omnistudy(capfd, "export", study, "--to", "qdpx", "--output", "both.qdpx").code == 0
    assert omnistudy(capfd, "new", "fresh").code == 0
    ran = omnistudy(capfd, "merge", "fresh", "both.qdpx", "--format", "json")
    assert (ran.code, ran.json["added"]["codings"], ran.json["added"]["interviews"]) == (0, 2, 3)


def test_reports_in_two_languages_lie_side_by_side_and_are_both_verified(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for lang in ("fa", "en"):
        ran = omnistudy(capfd, "report", study, "--to", "md", "--lang", lang)
        assert ran.code == 0, ran.err
    folder = Path("reports") / "my-study"
    assert (folder / "report.md").is_file()
    assert (folder / "fa" / "report.md").is_file()
    assert omnistudy(capfd, "verify", study).code == 0
    with (folder / "fa" / "report.md").open("a", encoding="utf-8") as stream:
        stream.write("!")
    assert omnistudy(capfd, "verify", study, "--format", "json").json["verified"] is False


def test_a_report_of_another_study_with_the_same_id_is_noticed(
    study: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert omnistudy(capfd, "report", study, "--to", "md").code == 0
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "P.txt").write_text("P: Something else entirely.\n", encoding="utf-8")
    assert omnistudy(capfd, "new", "below/my study", "--transcripts", "other").code == 0
    ran = omnistudy(capfd, "verify", "below/my study", "--format", "json")
    assert ran.code == 1
    assert [one["what"] for one in ran.json["differences"] if one["kind"] == "study"] != []


def test_where_there_is_no_study_those_below_are_named(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = omnistudy(capfd, "run")
    assert ran.code == 2
    assert study.name in ran.err


def test_a_table_of_spans_says_which_column_it_lacks(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "spans.csv"
    path.write_text("interview,start,end,coder\nP1,0,4,a\n", encoding="utf-8")
    ran = omnistudy(capfd, "agreement", path)
    assert ran.code == 2
    assert "missing: code" in ran.err


def test_columns_that_can_be_no_coders_are_named(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "ratings.csv"
    path.write_text("unit,a,b,date\nu1,x,x,2025-01-01\nu2,y,x,2025-01-02\n", encoding="utf-8")
    notes = omnistudy(capfd, "agreement", path, "--format", "json", "--ci", "none").json["notes"]
    assert [note for note in notes if "date" in note and "coder" in note]


def test_errors_and_next_steps_speak_persian(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "run", "nosuch", "--lang", "fa")
    assert ran.code == 2
    assert ran.err.startswith("خطا: ")
    assert "چنین مطالعه‌ای نیست" in ran.err
    ran = omnistudy(capfd, "check", study, "--lang=fa")
    assert ran.code == 0
    assert "omnistudy import FILE --into" in ran.err
    assert "U+2066" not in ran.err
    ran = omnistudy(capfd, "check", "--lang", "farsi")
    assert ran.code == 2
    assert ran.err.startswith("error: ")


def test_errors_in_json_keep_their_words(capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "run", "nosuch", "--lang", "fa", "--format", "json")
    assert ran.json["problems"][0]["what"] == "There is no such study."
