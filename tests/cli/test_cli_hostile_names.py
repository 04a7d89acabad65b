"""Names and words that come from anybody: none reaches a terminal as a command, none leaves the study."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from command_line import omnistudy
from small_study import TEXTS, small_study

ESCAPE, CLEAR, OVERRIDE = "\x1b", "\x1b[2J\x1b]0;owned\x07", "\u202e"
SIGNS = (ESCAPE, "\x9b", "\x07", OVERRIDE)


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    # Wide enough that no word is broken at the end of a line.
    monkeypatch.setenv("COLUMNS", "200")
    return small_study(tmp_path)


def clean(ran_out: str) -> None:
    assert [sign for sign in SIGNS if sign in ran_out] == []


def test_escapes_in_a_transcript_do_not_reach_the_terminal(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = TEXTS["P1"].replace("the clerk", f"the {CLEAR}{OVERRIDE}clerk")
    (study / "transcripts" / "P1.txt").write_text(text, encoding="utf-8")
    start, end = text.index("I trust"), text.index(", not")
    rows = f"interview,start,end,coder,code\nP1,{start},{end},a,trust\nP1,{start},{end - 1},b,slow\n"
    (study / "codings.csv").write_text(rows, encoding="utf-8")
    for arguments in (("codes", study, "--quotes"), ("agreement", study, "--disagreements", "--ci", "none")):
        ran = omnistudy(capfd, *arguments)
        assert ran.code == 0
        assert "clerk" in ran.out
        clean(ran.out + ran.err)
    with (study / "codings.csv").open("a", encoding="utf-8") as table:
        table.write(f"P{CLEAR}{OVERRIDE}1,0,3,a,trust\n")
    ran = omnistudy(capfd, "check", study)
    assert ran.code == 2
    clean(ran.out + ran.err)


@pytest.mark.skipif(os.name == "nt", reason="such names cannot exist there")
def test_overrides_in_file_names_are_shown(study: Path, capfd: pytest.CaptureFixture[str]) -> None:
    name = f"P{OVERRIDE}3{ESCAPE}[1m"
    (study / "transcripts" / f"{name}.txt").write_text("P3: One more voice.\n", encoding="utf-8")
    (study / "transcripts" / f"{name}.xyz").write_text("x", encoding="utf-8")
    for command in ("check", "show"):
        ran = omnistudy(capfd, command, study)
        assert ran.code == 0
        clean(ran.out + ran.err)
    ran = omnistudy(capfd, "show", study, "--output", f"out{OVERRIDE}{ESCAPE}.txt")
    clean(ran.err)
    ran = omnistudy(capfd, "show", f"no{OVERRIDE}{ESCAPE}where")
    assert ran.code == 2
    assert "no‹U+202E›here" in ran.err
    clean(ran.err)


@pytest.mark.parametrize(
    "name", ["../../evil", "/etc/evil", "a/b\\c", "C:\\evil", "..", "con", "x\0y", "evil\n.csv", " "]
)
def test_interviews_named_like_paths_stay_in_the_study(
    name: str, study: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = "Something that somebody said at length, so that the signs in it are few. " * 5
    Path("sheet.csv").write_text(
        f'interview,coder,code,quote\n"{name}",a,trust,"{words}{CLEAR}"\n', encoding="utf-8"
    )
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    ran = omnistudy(capfd, "import", "sheet.csv", "--into", study)
    clean(ran.out + ran.err)
    new = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    if name in {" ", "x\0y"}:
        assert not [path for path in new if path.suffix == ".txt"]
        return
    assert ran.code == 0
    (text,) = [path for path in new if path.suffix == ".txt"]
    assert text.parent == study / "transcripts"
    assert not set(text.name) & set('/\\:\n"')
    assert omnistudy(capfd, "check", study).code == 0


def test_a_text_that_could_not_be_read_back_is_not_imported(
    study: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("sheet.csv").write_text(f"interview,coder,code,quote\nS1,a,trust,{CLEAR * 3}\n", encoding="utf-8")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    ran = omnistudy(capfd, "import", "sheet.csv", "--into", study)
    assert ran.code == 2
    assert "the document 'S1'" in ran.err
    assert "full of control characters" in ran.err
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
