"""RQDA, QualCoder and requal databases: live rows, every version, twins, hidden coders, real facts."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from qualcoder_builder import QualCoderFile

from omnistudy.errors import StudyError
from omnistudy.formats.reading.dialect import Unit
from omnistudy.formats.reading.imported import Check, ImportedProject
from omnistudy.formats.reading.options import ReadOptions, parsed_offsets
from omnistudy.formats.registry import read_project

TEXT = "P1: می\u200cروم بانک 😀؛ صف\r\nبلند بود. I trust the clerk, not the app."


def qualcoder(version: int = 17) -> QualCoderFile:
    file = QualCoderFile(
        version=version,
        sources=[("P1.txt", TEXT), ("P2.txt", "slow and slow")],
        categories=[("trust", None), ("people", 1)],
        codes=[("trust", 1), ("clerk", 2), ("waiting", None)],
        hidden=("reza",),
        media=("film.mp4",),
        annotations=[(2, 0, 4, "look again")],
        attributes=[("age", "case", "41", 1), ("mode", "file", "phone", 1)],
        cases=[("Ms A", (1,))],
    )
    file.code(1, 1, "I trust", "sara", memo="strong")
    file.code(1, 2, "the clerk", "reza")
    file.code(1, 3, "می\u200cروم بانک 😀", "sara")
    file.code(1, 3, "صف\r\nبلند", "sara")
    file.code(2, 3, "slow and", "reza")
    return file


def words(project: ImportedProject) -> list[tuple[str, str, str]]:
    texts = {source.id: source.text for source in project.sources}
    places = {quotation.id: quotation for quotation in project.quotations}
    names = {code.id: " > ".join(code.path) for code in project.codes}
    return [
        (
            texts[places[c.quotation].source][places[c.quotation].start : places[c.quotation].end],
            names[c.code],
            c.coder,
        )
        for c in project.codings
    ]


@pytest.mark.parametrize("version", [1, 2, 13, 14, 16, 17])
def test_every_version_of_qualcoder(tmp_path: Path, version: int) -> None:
    project = read_project(qualcoder(version).write(tmp_path / "p.qda" / "data.qda").parent)
    assert project.format == "QualCoder"
    assert project.file == "p.qda"
    assert words(project) == [
        ("I trust", "trust", "sara"),
        ("the clerk", "trust > people > clerk", "reza"),
        ("می\u200cروم بانک 😀", "waiting", "sara"),
        ("صف\nبلند", "waiting", "sara"),
        ("slow and", "waiting", "reza"),
    ]
    assert project.checks == {Check.EXACT: 5, Check.UNVERIFIED: 1}
    assert (project.codings[0].created, project.codings[0].memo) == ("2024-02-03T10:11:12", "strong")
    assert project.sources[0].attributes == {"age": "41", "mode": "phone", "case": "Ms A"}
    assert [quotation.comment for quotation in project.quotations if quotation.comment] == ["look again"]
    said = " ".join(map(str, project.warnings))
    assert "1 codes stand in a category of their own name" in said
    assert ("hides the codings of reza" in said) == (version >= 14)
    assert {str(item.what): item.count for item in project.left_out} == {"documents without text": 1}


def test_twins_are_kept_apart_when_asked(tmp_path: Path) -> None:
    path = qualcoder().write(tmp_path / "data.qda")
    kept = read_project(path, options=ReadOptions(keep_twins=True))
    assert [code.path for code in kept.codes if code.id == "1"] == [("trust", "trust")]
    joined = read_project(path)
    assert [code.path for code in joined.codes if code.id == "1"] == [("trust",)]


def test_a_code_may_stand_under_a_code_and_under_itself(tmp_path: Path) -> None:
    file = qualcoder()
    file.parents = {2: 1}
    project = read_project(file.write(tmp_path / "a.qda"))
    assert [code.path for code in project.codes if code.id == "2"] == [("trust", "clerk")]
    file.parents = {2: 3, 3: 2}
    project = read_project(file.write(tmp_path / "b.qda"))
    assert "2 codes are their own ancestors" in " ".join(map(str, project.warnings))


def test_the_stock_name_is_asked_for(tmp_path: Path) -> None:
    file = qualcoder()
    file.code(1, 1, "the app", "default")
    path = file.write(tmp_path / "data.qda")
    with pytest.raises(StudyError, match="stock name 'default'"):
        read_project(path)
    assert Counter(coder for _, _, coder in words(read_project(path, "mina"))) == {
        "sara": 3, "reza": 2, "mina": 1,
    }  # fmt: skip


REQUAL = """
CREATE TABLE users (user_id INTEGER PRIMARY KEY, user_name TEXT);
CREATE TABLE documents (doc_id INTEGER PRIMARY KEY, doc_name TEXT, doc_text TEXT);
CREATE TABLE codes (code_id INTEGER PRIMARY KEY, code_name TEXT, code_description TEXT);
CREATE TABLE categories (category_id INTEGER PRIMARY KEY, category_name TEXT, category_description TEXT);
CREATE TABLE categories_codes_map (category_id INTEGER, code_id INTEGER);
CREATE TABLE segments (segment_id INTEGER PRIMARY KEY, user_id INTEGER, doc_id INTEGER, code_id INTEGER,
    segment_start INTEGER, segment_end INTEGER, segment_text TEXT);
CREATE TABLE memos (memo_id INTEGER PRIMARY KEY, text TEXT, user_id INTEGER);
CREATE TABLE memos_segments_map (memo_id INTEGER, segment_id INTEGER);
INSERT INTO users VALUES (1, 'سارا'), (2, 'reza');
INSERT INTO codes VALUES (1, 'صف', 'انتظار'), (2, 'بانک', '');
INSERT INTO categories VALUES (1, 'شعبه', '');
INSERT INTO categories_codes_map VALUES (1, 1);
INSERT INTO memos VALUES (1, 'یادداشت', 1);
INSERT INTO memos_segments_map VALUES (1, 1);
"""


def requal(path: Path, *, utf16: bool) -> Path:
    text = "😀 سلام 😀 صف بلند بود و بانک شلوغ 😀 بود و رفتم خانه"
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(REQUAL)
        db.execute("INSERT INTO documents VALUES (1, 'P1', ?)", (text,))
        for at, wanted in enumerate(("سلام", "صف بلند", "بانک", "شلوغ", "رفتم", "خانه"), start=1):
            start = text.index(wanted)
            units = len(text[:start].encode("utf-16-le")) // 2 if utf16 else start
            db.execute(
                "INSERT INTO segments VALUES (?, ?, 1, ?, ?, ?, ?)",
                (at, 1 + at % 2, 1 + at % 2, units + 1, units + len(wanted), wanted),
            )
    return path


@pytest.mark.parametrize("utf16", [False, True])
def test_requal_counts_from_one_in_either_unit(tmp_path: Path, utf16: bool) -> None:
    project = read_project(requal(tmp_path / "a.requal", utf16=utf16))
    assert project.checks == {Check.EXACT: 6}
    assert project.dialect is not None
    assert (project.dialect.unit, project.dialect.base) == (Unit.UTF16 if utf16 else Unit.CODEPOINT, 1)
    assert words(project)[0] == ("سلام", "بانک", "reza")
    assert words(project)[1] == ("صف بلند", "شعبه > صف", "سارا")
    assert [(memo.target, memo.target_id, memo.coder) for memo in project.memos] == [
        ("quotation", "1", "سارا")
    ]
    assert "counts of quotations cannot be compared" in str(project.warnings[-1]).replace("\n", " ")


def test_rqda_reads_what_is_live(tmp_path: Path) -> None:
    path = tmp_path / "a.rqda"
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript("""
        CREATE TABLE source (name, id, file, memo, owner, date, status);
        CREATE TABLE freecode (name, memo, id, status);
        CREATE TABLE codecat (name, catid, memo, status);
        CREATE TABLE treecode (cid, catid, status);
        CREATE TABLE coding (cid, fid, seltext, selfirst REAL, selend REAL, status, owner, date, memo);
        CREATE TABLE cases (name, id, status);
        CREATE TABLE caselinkage (caseid, fid, status);
        CREATE TABLE journal (name, journal, date, owner, status);
        INSERT INTO source VALUES ('P1', 1, 'I wait, and I wait.', 'a note', 'sara', 'x', 1);
        INSERT INTO source VALUES ('P2', 2, 'gone', NULL, 'sara', 'x', -1);
        INSERT INTO freecode VALUES ('waiting', 'time', 1, 1), ('old', '', 2, -1);
        INSERT INTO codecat VALUES ('time', 1, '', 1);
        INSERT INTO treecode VALUES (1, 1, 1);
        INSERT INTO coding VALUES (1, 1, 'I wait', 0, 6, 1, 'sara', 'Tue Apr  1 10:51:03 2014', 'm');
        INSERT INTO coding VALUES (2, 1, 'I wait', 0, 6, 1, 'sara', 'soon', NULL);
        INSERT INTO coding VALUES (1, 2, 'gone', 0, 4, 1, 'sara', 'soon', NULL);
        INSERT INTO coding VALUES (1, 1, 'and', 8, 11, -1, 'sara', 'soon', NULL);
        INSERT INTO cases VALUES ('Ms A', 1, 1);
        INSERT INTO caselinkage VALUES (1, 1, 1);
        INSERT INTO journal VALUES ('day 1', 'text', 'Tue Apr  1 10:51:03 2014', 'sara', 1);
        """)
    project = read_project(path)
    assert words(project) == [("I wait", "time > waiting", "sara")]
    assert project.codings[0].created == "2014-04-01T10:51:03"
    assert project.sources[0].attributes == {"case": "Ms A"}
    assert [(memo.target, memo.text) for memo in project.memos] == [
        ("study", "text"),
        ("interview", "a note"),
    ]
    left = {str(item.what): item.count for item in project.left_out}
    assert left == {
        "deleted codings": 1, "deleted codes": 1, "deleted documents": 1, "codings without a code": 1,
        "codings without a text": 1,
    }  # fmt: skip
    assert len(project.codings) + 3 == project.counts["codings"] == 4


def test_a_real_rqda_project(shared: Path) -> None:
    project = read_project(shared / "data" / "rqda-opcw" / "OPCW.rqda")
    assert project.counts == {
        "interviews": 16, "codes": 8, "categories": 0, "quotations": 911, "codings": 1039,
    }  # fmt: skip
    assert sum(len(source.text) for source in project.sources) == 1_960_759
    assert project.coders == ("tobiasweise",)
    assert project.checks == {Check.EXACT: 1021, Check.SHIFTED: 2}
    shifted = {q.id: (q.source, q.shift) for q in project.quotations if q.check is Check.SHIFTED}
    assert shifted == {"32": ("16", -1), "33": ("16", -1)}
    assert [source.name for source in project.sources if source.id == "16"] == ["2011"]
    names = {code.id: code.path[0] for code in project.codes}
    assert Counter(names[coding.code] for coding in project.codings) == {
        "ACT.Part": 757, "Transparency": 91, "Participation": 54, "NGO": 40, "TALK-Participation": 37,
        "TALK-Transparency": 24, "Hint Decision": 17, "Openness": 3,
    }  # fmt: skip
    assert [(str(item.what), item.count) for item in project.left_out] == [("deleted codings", 16)]


def test_strict_asks_for_every_snippet(shared: Path) -> None:
    path = shared / "data" / "rqda-opcw" / "OPCW.rqda"
    with pytest.raises(StudyError, match="do not fit the words"):
        read_project(path, options=ReadOptions(strict=True))
    with pytest.raises(StudyError, match="unit=utf8"):
        read_project(path, options=ReadOptions(offsets=parsed_offsets("unit=utf8"), strict=True))


@pytest.mark.parametrize("written", ["unit=bytes", "newline=3", "bogus", "end="])
def test_a_way_of_counting_must_be_known(written: str) -> None:
    with pytest.raises(StudyError, match="not a way to count offsets"):
        parsed_offsets(written)
