"""The one door in: what a study folder becomes, and what is said of a faulty one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from study_folder import CODEBOOK, TEXT_1, StudyFolder, coding

from omnistudy.errors import Problem, StudyError
from omnistudy.study.load import find_study, load_study
from omnistudy.study.model import CoderKind, Level, Quotation, Role


@pytest.fixture
def folder() -> StudyFolder:
    return StudyFolder()


def problems(folder: StudyFolder, path: Path) -> tuple[Problem, ...]:
    with pytest.raises(StudyError) as caught:
        load_study(folder.write(path))
    return caught.value.problems


def test_a_study_is_loaded(folder: StudyFolder, tmp_path: Path) -> None:
    study = load_study(folder.write(tmp_path))
    assert [(i.id, i.order, i.date, dict(i.attributes)) for i in study.interviews] == [
        ("P2", 1, "2025-01-01", {"role": "manager"}),
        ("P1", 2, "2025-01-02", {"role": "clerk"}),
    ]
    assert len(study.codings) == 3
    assert study.quotes_checked == 3
    assert study.passage(study.codings[0].quotation) == "I trust the clerk"
    assert study.codebook.role_of("trust") is Role.CONTEXT
    assert study.seen_assumed
    assert study.analysis_set == "any"
    assert {f.path for f in study.inputs} >= {"study.toml", "codings.csv", "transcripts/P1.txt"}
    assert not study.synthetic


def test_nothing_is_written(folder: StudyFolder, tmp_path: Path) -> None:
    folder.write(tmp_path)
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in tmp_path.rglob("*") if p.is_file()}
    load_study(tmp_path)
    assert before == {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in tmp_path.rglob("*") if p.is_file()}


def test_ten_planted_faults_are_listed_together(folder: StudyFolder, tmp_path: Path) -> None:
    settings = folder.text("study.toml").replace(
        "[analysis]", '[agreement]\nlevle = "code"\n[analysis]\nspeekers = "all"'
    )
    folder.files["study.toml"] = settings
    folder.files["transcripts/P3.txt"] = b"PK\x03\x04 not a text \x00"
    folder.files["codebook.csv"] = (
        CODEBOOK + "trust,Again,x,,subcategory,context\nwait,Wait,x,nowhere,code,causl\n"
    )
    folder.files["codings.csv"] = (
        folder.text("codings.csv")
        + "P1,10,9999,a,slow,\n"
        + "P1,0,5,a,trsut,\n"
        + "P9,0,5,a,slow,\n"
        + "P1,0,5,علي,slow,\nP1,5,9,علی,slow,\n"
        + 'P1,3,9,a,slow,"other words"\n'
    )
    found = problems(folder, tmp_path)
    lines = [str(problem) for problem in found]
    expected = [
        ("study.toml", "'levle'", "Did you mean 'level'?"),
        ("study.toml", "'speekers'", "Did you mean 'speakers'?"),
        ("transcripts/P3.txt", "not a text", ""),
        ("codebook.csv row 4", "Two codes have the id 'trust'", ""),
        ("codebook.csv row 5", "parent 'nowhere'", ""),
        ("codebook.csv row 5", "'causl' is not a role", "Did you mean 'causal'?"),
        ("codings.csv row 5", f"has {len(TEXT_1)} characters", ""),
        ("codings.csv row 6", "code 'trsut' is not in the codebook", "Did you mean 'trust'?"),
        ("codings.csv row 7", "interview 'P9' has no transcript", ""),
        ("codings.csv row 10", "The quote differs", ""),
        ("codings.csv", "letter forms", ""),
    ]
    for place, what, remedy in expected:
        assert any(line.startswith(place) and what in line and remedy in line for line in lines), (
            place,
            what,
            lines,
        )


def test_an_empty_folder_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"study\.toml"):
        find_study(tmp_path, tmp_path)
    with pytest.raises(StudyError, match="no study"):
        find_study(None, tmp_path)


def test_several_studies_are_listed(folder: StudyFolder, tmp_path: Path) -> None:
    folder.write(tmp_path / "interviews" / "one")
    assert find_study(None, tmp_path) == tmp_path / "interviews" / "one"
    folder.write(tmp_path / "interviews" / "two")
    with pytest.raises(StudyError, match=r"one.*two"):
        find_study(None, tmp_path)


def test_a_file_that_cannot_be_read_is_one_line(folder: StudyFolder, tmp_path: Path) -> None:
    folder.write(tmp_path)
    (tmp_path / "codings.csv").unlink()
    (tmp_path / "codings.csv").mkdir()
    with pytest.raises(StudyError) as caught:
        load_study(tmp_path)
    assert any("folder" in p.what and p.file == "codings.csv" for p in caught.value.problems)


def test_missing_columns_name_the_nearest_header(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["codings.csv"] = folder.text("codings.csv").replace("interview,start", "intervew,start")
    found = problems(folder, tmp_path)
    assert any("'interview' is missing" in p.what and "'intervew'" in p.remedy for p in found)


@pytest.mark.parametrize("newline", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_newlines_and_marks_of_the_files_do_not_matter(
    folder: StudyFolder, tmp_path: Path, newline: str, bom: bytes
) -> None:
    for name in ("transcripts/P1.txt", "codings.csv", "codebook.csv", "participants.csv", "study.toml"):
        if name == "study.toml" and newline == "\r":
            continue  # TOML allows no lone carriage return
        folder.files[name] = bom + folder.text(name).replace("\n", newline).encode()
    assert load_study(folder.write(tmp_path)).quotes_checked == 3


def test_codes_are_found_by_key_and_label_but_shown_as_written(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["codebook.csv"] = "id,label_fa,role\nاعتماد به کارمند,اعتماد,context\nslow,کندی,causal\n"
    folder.files["codings.csv"] = "interview,start,end,coder,code\nP1,0,5,a,اعتماد به كارمند\nP1,5,9,a,كندي\n"
    study = load_study(folder.write(tmp_path))
    assert [c.code for c in study.codings] == ["اعتماد به کارمند", "slow"]


def test_levels_follow_the_tree_when_not_declared(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["codebook.csv"] = (
        "id,parent,role\nconditions,,causal\nspeed,conditions,\nslow,speed,\ntrust,,context\n"
    )
    folder.files["codings.csv"] = "interview,start,end,coder,code\nP1,0,5,a,slow\n"
    book = load_study(folder.write(tmp_path)).codebook
    assert [book[c].level for c in ("conditions", "speed", "slow")] == [
        Level.CATEGORY,
        Level.SUBCATEGORY,
        Level.CODE,
    ]
    assert book.role_of("slow") is Role.CAUSAL
    assert book.rolled_up("slow", Level.SUBCATEGORY) == "speed"
    assert book.rolled_up("slow", Level.CATEGORY) == "conditions"
    assert book.rolled_up("trust", Level.SUBCATEGORY) == "trust"
    assert book.path("slow") == "conditions > speed > slow"


def test_a_circle_of_parents_is_a_problem(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["codebook.csv"] = "id,parent\ntrust,slow\nslow,trust\n"
    assert any("its own ancestor" in p.what for p in problems(folder, tmp_path))


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        ("any", [("P1", "trust", "a"), ("P1", "slow", "b"), ("P2", "slow", "a")]),
        ("lead:b", [("P1", "slow", "b")]),
        ("consensus", [("P1", "slow", "consensus")]),
    ],
)
def test_the_analysis_set_is_applied_once(
    folder: StudyFolder, tmp_path: Path, setting: str, expected: list[tuple[str, str, str]]
) -> None:
    folder.files["codings.csv"] = folder.text("codings.csv") + coding(
        TEXT_1, "slow", "P1", "consensus", "slow"
    )
    folder.files["study.toml"] = folder.text("study.toml").replace('"any"', f'"{setting}"')
    study = load_study(folder.write(tmp_path))
    assert [(c.quotation.interview, c.code, c.coder) for c in study.analysed] == expected
    assert {c.id: c.kind for c in study.coders}["consensus"] is CoderKind.CONSENSUS
    assert study.human_coders == ("a", "b")


def test_a_majority_needs_more_than_half_of_those_who_saw_the_interview(
    folder: StudyFolder, tmp_path: Path
) -> None:
    rows = ["P1,0,10,a,slow", "P1,5,15,b,slow", "P1,8,20,c,slow", "P1,0,4,a,trust", "P2,0,6,a,trust"]
    folder.files["codings.csv"] = "interview,start,end,coder,code\n" + "\n".join(rows) + "\n"
    folder.files["study.toml"] = folder.text("study.toml").replace('"any"', '"majority"')
    study = load_study(folder.write(tmp_path))
    assert [(c.quotation, c.code) for c in study.analysed] == [
        (Quotation("P1", 5, 15), "slow"),
        (Quotation("P2", 0, 6), "trust"),
    ]


def test_whose_codings_count_must_be_chosen(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["study.toml"] = folder.text("study.toml").replace('[analysis]\ncodings = "any"\n', "")
    assert any("whose codings count" in p.what for p in problems(folder, tmp_path))


def test_the_last_round_of_a_coder_counts(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["codings.csv"] = (
        "interview,start,end,coder,code,round\nP1,0,5,a,slow,first\nP1,0,5,a,trust,second\nP1,6,9,b,slow,first\n"
    )
    study = load_study(folder.write(tmp_path))
    assert [(c.coder, c.code, c.round) for c in study.analysed] == [
        ("a", "trust", "second"),
        ("b", "slow", "first"),
    ]
    assert study.rounds == ("first", "second")


def test_repeated_rows_are_counted_once_and_said(folder: StudyFolder, tmp_path: Path) -> None:
    row = coding(TEXT_1, "I trust the clerk", "P1", "a", "trust")
    folder.files["codings.csv"] = folder.text("codings.csv") + row
    study = load_study(folder.write(tmp_path))
    assert len(study.codings) == 3
    assert any("repeats row 2" in p.what for p in study.warnings)


def test_without_a_codebook_codes_come_from_the_codings(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["study.toml"] = folder.text("study.toml").replace('[codebook]\nfile = "codebook.csv"\n', "")
    study = load_study(folder.write(tmp_path))
    assert {code.id for code in study.codebook} == {"slow", "trust"}
    assert any("no codebook" in p.what for p in study.warnings)


def test_an_unusable_codebook_does_not_hide_other_faults(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["codebook.csv"] = b"\x00\x01 not a table"
    folder.files["codings.csv"] = folder.text("codings.csv") + "P1,10,9999,a,slow,\n"
    files = {p.file for p in problems(folder, tmp_path)}
    assert {"codebook.csv", "codings.csv"} <= files


def test_a_missing_codebook_is_one_fault_and_not_one_for_every_row(tmp_path: Path) -> None:
    demo = Path(__file__).resolve().parents[2] / "interviews" / "maskan-demo"
    copy = shutil.copytree(demo, tmp_path / "elsewhere" / "maskan-demo")
    with pytest.raises(StudyError) as caught:
        load_study(copy)
    assert [problem.file for problem in caught.value.problems] == ["../../codebooks/maskan-demo.toml"]


def test_a_missing_id_does_not_hide_other_faults(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["study.toml"] = folder.text("study.toml").replace('id = "small"\n', "")
    folder.files["codings.csv"] = folder.text("codings.csv") + "P1,0,5,a,trsut,\n"
    files = {p.file for p in problems(folder, tmp_path)}
    assert {"study.toml", "codings.csv"} <= files


def test_missing_customer_records_are_reported(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["study.toml"] = folder.text("study.toml") + '[crm]\nevents = "crm/events.parquet"\n'
    assert [p.file for p in load_study(folder.write(tmp_path)).warnings] == ["crm/events.parquet"]


def test_keys_of_records_that_are_no_files_are_not_looked_for(folder: StudyFolder, tmp_path: Path) -> None:
    words = '[crm]\ncalendar = "jalali"\ngoal = "purchase"\ninactive_days = 30\n'
    folder.files["study.toml"] = folder.text("study.toml") + words
    assert load_study(folder.write(tmp_path)).warnings == ()


def test_a_branch_without_the_level_is_represented_by_the_next_level_up(
    folder: StudyFolder, tmp_path: Path
) -> None:
    folder.files["codebook.csv"] = (
        "id,parent,level,role\nspeed,,category,causal\nslow,speed,code,\ntrust,,code,\n"
    )
    book = load_study(folder.write(tmp_path)).codebook
    assert book.rolled_up("slow", Level.SUBCATEGORY) == "speed"
    assert book.rolled_up("trust", Level.SUBCATEGORY) == "trust"


def test_dates_order_the_interviews_where_no_order_is_given(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["participants.csv"] = "interview,date\nP1,2025-03-01\nP2,2025-02-01\n"
    assert [i.id for i in load_study(folder.write(tmp_path)).interviews] == ["P2", "P1"]


def test_letters_of_another_language_are_a_warning(folder: StudyFolder, tmp_path: Path) -> None:
    folder.files["study.toml"] = folder.text("study.toml").replace('language = "en"', 'language = "fa"')
    assert any("letters" in p.what for p in load_study(folder.write(tmp_path)).warnings)
