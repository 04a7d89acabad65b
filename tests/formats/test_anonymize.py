"""Anonymising: every spelling replaced, every quotation kept, the watermark carried over."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnistudy.errors import StudyError
from omnistudy.formats.anonymizing.anonymize import (
    AnonymizedCopy,
    anonymize,
    replacements_unused,
    study_tables,
)
from omnistudy.formats.anonymizing.replacements import (
    Carrier,
    Edit,
    Replacement,
    Replacer,
    applied,
    read_replacements,
)
from omnistudy.formats.anonymizing.result import AnonymizeResult
from omnistudy.results import Provenance
from omnistudy.study.load import load_study
from omnistudy.study.model import Study

TEXT = "پرسشگر: آقای علي رضايي کجاست؟\nP1: علی‌رضایی رفت کرج؛ کَرَج دور است. کرجی نیست. Ali said ALI's name."
TOML = """# Interviews of علی رضایی
[study]
id = "s"
title = "بانک کرج"
language = "fa"
synthetic = true
[interviews]
attributes = "participants.csv"
[codings]
files = ["codings.csv"]
seen = "seen.csv"
[codebook]
file = "book.toml"
[theory]
relations = "relations.csv"
propositions = "propositions.csv"
memos = "memos.csv"
[analysis]
codings = "any"
[agreement]
coders = ["سارا"]
double_coded = ["کرج-1"]
[crm]
events = "events.csv"
"""
BOOK = '[[codes]]\nid = "کرج"\nlabel = "place"\nexample = "رفت کرج"\n[[codes]]\nid = "move"\n'


def rows(*cells: str) -> str:
    return "\n".join(cells) + "\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    folder = tmp_path / "s"
    (folder / "transcripts").mkdir(parents=True)
    (folder / "transcripts" / "کرج-1.txt").write_text("\ufeff" + TEXT.replace("\n", "\r\n"), encoding="utf-8")
    (folder / "transcripts" / "P2.txt").write_text("nothing here", encoding="utf-8")
    at = TEXT.index("رفت کرج")
    cut = TEXT.index("رضایی رفت")
    files = {
        "study.toml": TOML,
        "book.toml": BOOK,
        "participants.csv": rows(
            "interview,order,city,original_name", "کرج-1,1,كرج,علی رضایی.docx", "P2,2,Qom,b"
        ),
        "codings.csv": rows(
            "interview,start,end,coder,code,quote,memo",
            f"کرج-1,{at},{at + 7},سارا,کرج,رفت کرج,در کرج",
            f"کرج-1,{cut},{cut + 9},سارا,move,رضایی رفت,",
            "P2,0,7,سارا,move,nothing,",
        ),
        "seen.csv": rows("interview,coder", "کرج-1,سارا", "P2,سارا"),
        "relations.csv": rows(
            "source,target,type,rationale,evidence", f"کرج,move,causes,چون کرج,کرج-1:{at}-{at + 7};M1"
        ),
        "propositions.csv": rows("id,text,negative_cases", f"PR1,از کرج,کرج-1:{at}-{at + 7}"),
        "memos.csv": rows(
            "id,target,target_id,coder,title,text",
            f"M1,quotation,کرج-1:{at}-{at + 7},سارا,کرج,علی رضایی",
            "M2,interview,کرج-1,سارا,,x",
        ),
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


TABLE = """find,replace,kind,whole_word
علی رضایی,[نام ۱],name,
کرج,[شهر بزرگ],place,yes
ali,[NAME],name,true
سارا,c1,coder,
نیامده,[هیچ],,
"""


def copy_of(folder: Path, table: str = TABLE) -> tuple[AnonymizedCopy, Study]:
    study = load_study(folder)
    return anonymize(study, study_tables(folder, study), read_replacements(table.encode(), "t.csv")), study


def written(copy: AnonymizedCopy, folder: Path) -> Study:
    for name, data in copy.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return load_study(folder)


def test_a_copy_keeps_everything_but_the_names(study: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in study.rglob("*") if path.is_file()}
    copy, _ = copy_of(study)
    loaded = written(copy, tmp_path / "copy")
    assert {path: path.read_bytes() for path in study.rglob("*") if path.is_file()} == before
    first = next(each for each in loaded.interviews if each.id != "P2")
    assert first.id == "شهر-بزرگ-1"
    assert first.text == (
        "پرسشگر: آقای [نام ۱] کجاست؟\nP1: [نام ۱] رفت [شهر بزرگ]؛ [شهر بزرگ] دور است. کرجی نیست."
        " [NAME] said [NAME]'s name."
    )
    passages = Counter(
        (loaded.passage(coding.quotation), coding.coder, coding.code) for coding in loaded.codings
    )
    assert passages == {
        ("رفت [شهر بزرگ]", "c1", "کرج"): 1,
        ("[نام ۱] رفت", "c1", "move"): 1,
        ("nothing", "c1", "move"): 1,
    }
    assert loaded.quotes_checked == 3
    evidence = loaded.relations[0].evidence
    at = first.text.index("رفت [شهر بزرگ]")
    assert evidence == (f"شهر-بزرگ-1:{at}-{at + 14}", "M1")
    assert loaded.propositions[0].negative_cases == evidence[:1]
    assert [(memo.target_id, memo.title, memo.text) for memo in loaded.memos] == [
        (evidence[0], "[شهر بزرگ]", "[نام ۱]"),
        ("شهر-بزرگ-1", "", "x"),
    ]
    assert loaded.relations[0].rationale == "چون [شهر بزرگ]"
    assert first.attributes["city"] == "[شهر بزرگ]"
    assert loaded.settings.study.title == "بانک [شهر بزرگ]"
    assert loaded.settings.agreement.double_coded == ("شهر-بزرگ-1",)
    assert str(loaded.codebook["کرج"].example) == "رفت [شهر بزرگ]"
    assert loaded.settings.crm.events is None
    assert copy.left_out == ("events.csv",)


def test_the_report_counts_every_row(study: Path) -> None:
    copy, _ = copy_of(study)
    assert copy.in_texts == {2: 2, 3: 2, 4: 2}
    assert (copy.quotations, copy.touched, copy.widened) == (3, 2, 1)
    table = read_replacements(TABLE.encode(), "t.csv")
    assert [row.find for row in replacements_unused(table, copy)] == ["نیامده"]
    provenance = Provenance(version="0", command="a", seed=None, inputs=(), synthetic=True)
    result = AnonymizeResult(copy=copy, rows=table, verified=3, provenance=provenance)
    assert result.payload()["unused"] == [6]
    assert "علی" not in str(result.payload())
    assert "1 rows of the table matched nothing" in str(result.summary)
    assert "book.toml" in str(copy.warnings[0])  # the id of a code is not replaced


def test_a_synthetic_study_stays_synthetic(demo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "interviews" / "demo"
    shutil.copytree(demo, folder)
    shutil.copytree(demo.parent.parent / "codebooks", tmp_path / "codebooks")
    toml = (folder / "study.toml").read_text(encoding="utf-8").replace("synthetic = true\n", "")
    (folder / "study.toml").write_text(toml, encoding="utf-8")
    original = load_study(folder)
    copy, _ = copy_of(folder, "find,replace,whole_word\nبانک,[بانک نخست],no\nشعبه,[جا],no\n")
    loaded = written(copy, tmp_path / "elsewhere" / "copy")
    assert loaded.settings.study.synthetic
    assert len(loaded.codings) == len(original.codings) == loaded.quotes_checked == 1237
    assert len(loaded.codebook.codes) == len(original.codebook.codes)
    assert len(loaded.relations) == len(original.relations)
    known = {(each.quotation.id) for each in loaded.codings} | {memo.id for memo in loaded.memos}
    lost = {e for relation in loaded.relations for e in relation.evidence} - known
    had = {(each.quotation.id) for each in original.codings} | {memo.id for memo in original.memos}
    assert len(lost) == len({e for relation in original.relations for e in relation.evidence} - had)
    assert "شعبه" not in "".join(interview.text for interview in loaded.interviews)


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("find,with\na,b\n", "Column 'replace' is missing"),
        ("find,replace\n", "no rows"),
        ("find,replace\nname,\n", "has no words"),
        ("find,replace\n؟،,x\n", "has no words"),
        ("find,replace,whole_word\na,b,perhaps\n", "neither yes nor no"),
        ("find,replace\nعلي,x\nعلی,y\n", "another replacement in row 2"),
    ],
)
def test_a_faulty_table_is_refused(table: str, reason: str) -> None:
    with pytest.raises(StudyError, match=reason):
        read_replacements(table.encode(), "t.csv")


def test_two_interviews_must_not_become_one(study: Path) -> None:
    (study / "transcripts" / "قم-1.txt").write_text("x", encoding="utf-8")
    with pytest.raises(StudyError, match="would be called 'X-1'"):
        copy_of(study, "find,replace\nکرج,X\nقم,X\n")


def test_parts_of_words_only_when_asked() -> None:
    whole = Replacer([Replacement(2, "رضا", "X")])
    part = Replacer([Replacement(2, "رضا", "X", "", False)])
    text = "رضا رضایی رضا‌ها"
    assert whole.replaced(text, Counter()) == "X رضایی X‌ها"
    assert part.replaced(text, Counter()) == "X Xیی X‌ها"


edits = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 4), st.text("xyz", min_size=1, max_size=6)), max_size=5
)


@given(st.text("abc ", min_size=1, max_size=30), edits, st.data())
def test_spans_follow_their_words(text: str, drawn: list[tuple[int, int, str]], data: st.DataObject) -> None:
    disjoint: list[Edit] = []
    for start, length, new in sorted(drawn):
        if start + length <= len(text) and (not disjoint or disjoint[-1].end <= start):
            disjoint.append(Edit(start, start + length, new, 2))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    new_start, new_end = Carrier(disjoint).span(start, end)
    first = min([start, *(edit.start for edit in disjoint if edit.start < start < edit.end)])
    last = max([end, *(edit.end for edit in disjoint if edit.start < end < edit.end)])
    inside = [
        Edit(edit.start - first, edit.end - first, edit.new, 2)
        for edit in disjoint
        if first <= edit.start and edit.end <= last
    ]
    assert applied(text, disjoint)[new_start:new_end] == applied(text[first:last], inside)


def test_member_checks_follow_their_interviews_and_lose_names(study: Path, tmp_path: Path) -> None:
    toml = study / "study.toml"
    named = 'member_checks = "checks.csv"\ntrustworthiness = "trust.csv"\n[analysis]'
    toml.write_text(toml.read_text("utf-8").replace("[analysis]", named), "utf-8")
    (study / "checks.csv").write_text(
        rows(
            "member,shown,shown_id,answer,comment",
            "کرج-1,code,کرج,agree,در کرج دیدیم",
            "علی رضایی,relation,کرج>move,disagree,",
        ),
        "utf-8",
    )
    (study / "trust.csv").write_text(
        rows("criterion,technique,done,evidence", "credibility,Triangulation,yes,سفر کرج"), "utf-8"
    )
    copy, _ = copy_of(study)
    loaded = written(copy, tmp_path / "copy")
    assert [(row.member, row.shown_id, row.answer, row.comment) for row in loaded.member_checks] == [
        ("شهر-بزرگ-1", "کرج", "agree", "در [شهر بزرگ] دیدیم"),
        ("[نام ۱]", "کرج>move", "disagree", ""),
    ]
    assert loaded.trustworthiness[0].evidence == "سفر [شهر بزرگ]"
