"""merge, and the options of import that say how a file is to be read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from command_line import omnistudy

TEXT = "P1: I trust the clerk, not the app. The app is slow.\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    (folder / "transcripts").mkdir(parents=True)
    (folder / "transcripts" / "P1.txt").write_text(TEXT, encoding="utf-8")
    (folder / "study.toml").write_text(
        '[study]\nid = "s"\n[codings]\nfiles = ["codings.csv"]\n[analysis]\ncodings = "any"\n',
        encoding="utf-8",
    )
    (folder / "codings.csv").write_text("interview,start,end,coder,code\nP1,4,11,a,trust\n", encoding="utf-8")
    return folder


def database(path: Path, owner: str, *, shift: int = 0) -> Path:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE source (id INTEGER, name TEXT, fulltext TEXT)")
        db.execute("CREATE TABLE code_name (cid INTEGER, name TEXT)")
        db.execute("CREATE TABLE code_text (cid, fid, seltext, pos0, pos1, owner)")
        db.execute("INSERT INTO source VALUES (1, 'P1.docx', ?)", (TEXT,))
        db.execute("INSERT INTO code_name VALUES (1, 'trust')")
        for words in ("I trust", "the clerk", "the app", "The app", "is slow"):
            start = TEXT.index(words) + shift
            db.execute(
                "INSERT INTO code_text VALUES (1, 1, ?, ?, ?, ?)", (words, start, start + len(words), owner)
            )
    return path


def test_merge_says_where_every_coding_went(
    capfd: pytest.CaptureFixture[str], study: Path, tmp_path: Path
) -> None:
    files = [database(tmp_path / "b.qda", "B"), database(tmp_path / "c.qda", "default")]
    ran = omnistudy(capfd, "merge", study, *files, "--format", "json")
    assert ran.code == 2
    assert "stock name 'default'" in ran.json["problems"][0]["what"]
    ran = omnistudy(capfd, "merge", study, *files, "--coder", "c.qda=a", "--format", "json")
    assert ran.code == 0
    assert ran.json["schema"] == "omnistudy.merge/1"
    assert ran.json["conservation"] == {"given": 10, "held": 10, "duplicates": 0, "refused": 0}
    assert ran.json["added"]["codings"] == 9
    assert ran.json["known"]["codings"] == 1
    assert [(row["coder"], row["how"]) for row in sorted(ran.json["coders"], key=str)] == [
        ("B", "new"),
        ("a", "listed"),
    ]
    again = omnistudy(capfd, "merge", study, *files, "--coder", "c.qda=a")
    assert again.code == 0
    assert "0 of them new" in " ".join(again.out.split())


def test_merge_with_an_alias_table(capfd: pytest.CaptureFixture[str], study: Path, tmp_path: Path) -> None:
    file = database(tmp_path / "c.qda", "default")
    table = tmp_path / "who.csv"
    table.write_text("file,native_id,coder\nc.qda,default,mina\n", encoding="utf-8")
    before = (study / "codings.csv").read_bytes()
    ran = omnistudy(capfd, "merge", study, file, "--coder-map", table, "--round", "first", "--dry-run")
    assert ran.code == 0
    assert "Nothing was written" in " ".join(ran.out.split())
    assert (study / "codings.csv").read_bytes() == before
    assert omnistudy(capfd, "merge", study, file, "--coder-map", table, "--round", "first").code == 0
    assert ",mina,trust,I trust,first," in (study / "codings.csv").read_text(encoding="utf-8")
    table.write_text("file,who\nc.qda,mina\n", encoding="utf-8")
    assert omnistudy(capfd, "merge", study, file, "--coder-map", table).code == 2
    assert omnistudy(capfd, "merge", study, file, "--coder", "d.qda=mina").code == 2


def test_import_may_be_told_how_a_file_counts(
    capfd: pytest.CaptureFixture[str], study: Path, tmp_path: Path
) -> None:
    file = database(tmp_path / "b.qda", "B", shift=1)
    refused = omnistudy(capfd, "import", file, "--into", study)
    assert refused.code == 2
    assert "--offsets" in refused.err
    ran = omnistudy(
        capfd, "import", file, "--into", study, "--offsets", "base=1", "--strict", "--format", "json"
    )
    assert ran.code == 0
    assert ran.json["verified"]["exact"] == ran.json["verified"]["of"] == 5
    assert ran.json["dialect"] == "unit=codepoint,newline=2,bom=skip,end=exclusive,base=1"
    assert omnistudy(capfd, "import", file, "--into", study, "--offsets", "unit=cm").code == 2


def test_import_takes_columns_by_name(capfd: pytest.CaptureFixture[str], study: Path, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_bytes("Fall;Stelle;Begriff\nP1;is slow;زمان\n".encode("cp1256"))
    fields = [
        argument for pair in ("source=Fall", "quote=Stelle", "code=Begriff") for argument in ("--map", pair)
    ]
    given = ["import", table, "--into", study, "--coder", "c", *fields]
    assert "--encoding" in omnistudy(capfd, *given).err
    assert omnistudy(capfd, *given, "--encoding", "cp1256").code == 0
    assert "P1,44,51,c,زمان,is slow" in (study / "codings.csv").read_text(encoding="utf-8")
    assert omnistudy(capfd, *given, "--map", "quote").code == 2
