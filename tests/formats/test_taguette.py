"""Taguette projects: byte offsets over HTML text, proved on the stored words."""

from __future__ import annotations

import csv
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from taguette_builder import TEXT_1, TEXT_2, TaguetteFile, small_project

from omnistudy.errors import StudyError
from omnistudy.formats.programs.taguette import text_of_html
from omnistudy.formats.reading.dialect import Dialect, Ruler, Unit, collapsed
from omnistudy.formats.reading.dialect_choice import StoredSpan, choose_dialect
from omnistudy.formats.reading.imported import Check
from omnistudy.formats.reading.snippets import checked_span
from omnistudy.formats.registry import FORMATS, read_project
from omnistudy.text.canonical import normalised


def test_texts_and_codings_of_a_small_persian_project(tmp_path: Path) -> None:
    project = read_project(small_project().write(tmp_path / "a.sqlite3"), "سارا")
    assert [(source.name, source.text) for source in project.sources] == [
        ("P2 app.txt", TEXT_2),
        ("مصاحبه ۱.odt", TEXT_1),
    ]
    assert project.checks == {Check.EXACT: 7}
    texts = {source.id: source.text for source in project.sources}
    words = {
        quotation.id: texts[quotation.source][quotation.start : quotation.end]
        for quotation in project.quotations
    }
    assert words == {
        "1": "می\u200cروم بانک",
        "2": "<بلند>",
        "3": "😀",
        "4": "The app is slow.",
        "5": "slow",
        "6": "I wait, and I wait.",
        "7": "P2",
    }
    paths = {code.id: code.path for code in project.codes}
    assert [(coding.quotation, *paths[coding.code]) for coding in project.codings][:3] == [
        ("1", "کانال: شعبه"),
        ("2", "waiting"),
        ("2", "کانال: شعبه"),
    ]
    assert {coding.coder for coding in project.codings} == {"سارا"} == set(project.coders)
    assert project.counts == {"interviews": 2, "codes": 3, "quotations": 7, "codings": 9}
    assert [(str(item.what), item.count) for item in project.left_out] == [("highlights without a tag", 1)]
    assert project.dialect == Dialect(unit=Unit.UTF8)
    assert [memo.text for memo in project.memos] == ["What the project is about"]


def test_html_text_is_taken_as_it_stands() -> None:
    assert text_of_html("<p> a&nbsp;b</p>\n<p>c<br>d</p><p>e &lt;f&gt; &#x06a9;</p>") == (
        " a\u00a0b\ncde <f> ک",
        2,
    )
    assert text_of_html("<!-- no --><p>a &amp;amp; b</p>") == ("a &amp; b", 0)
    assert text_of_html("") == ("", 0)


def test_a_moved_highlight_is_mended_and_said(tmp_path: Path) -> None:
    file = small_project()
    file.highlight(1, TEXT_2, "app is", 1, shift=-2)  # words found nearby
    file.highlight(1, TEXT_2, "P2: The", 1, shift=30)  # outside the text, words found once
    file.highlight(1, TEXT_2, "wait", 1, shift=-22)  # words found twice: ambiguous
    file.highlight(1, TEXT_2, "slow", 1, snippet="<p>never said</p>")  # words nowhere
    file.highlight(1, TEXT_2, "slow", 1, snippet="")  # no words stored
    for words in (
        "The app",
        "app is slow",
        "is slow",
        "and I",
        "I wait, and",
        "wait, and I",
        "P2: The app",
        "slow.",
    ):
        file.highlight(1, TEXT_2, words, 3)
    for words in ("پرسشگر", "چطور", "چرا", "بود", "صف", "P1", "بانک", "می"):
        file.highlight(2, TEXT_1, words, 3)
    project = read_project(file.write(tmp_path / "a.sqlite3"), "a")
    checks = {quotation.id: quotation for quotation in project.quotations}
    assert [checks[str(at)].check for at in range(8, 13)] == [
        Check.SHIFTED,
        Check.LOCATED,
        Check.AMBIGUOUS,
        Check.FAILED,
        Check.UNVERIFIED,
    ]
    assert checks["8"].shift == 2
    assert TEXT_2[checks["8"].start : checks["8"].end] == "app is"
    assert TEXT_2[checks["9"].start : checks["9"].end] == "P2: The"
    assert len(project.warnings) == 4
    assert len(project.quotations) == project.counts["quotations"]


def test_what_has_no_place_is_listed_and_counted(tmp_path: Path) -> None:
    file = small_project()
    file.highlight(1, TEXT_2, "slow", 1, shift=5000, snippet="")
    file.highlight(9, TEXT_2, "slow", 1, 2)
    path = file.write(tmp_path / "a.sqlite3")
    project = read_project(path, "a")
    left_out = {str(item.what): item.count for item in project.left_out}
    assert left_out == {
        "highlights without a place": 2,
        "tags of such highlights": 3,
        "highlights without a tag": 1,
    }
    assert len(project.codings) + left_out["tags of such highlights"] == project.counts["codings"]


def test_offsets_that_fit_no_way_of_counting_are_an_error(tmp_path: Path) -> None:
    file = TaguetteFile()
    for words in ("The app", "is slow", "slow.", "and I wait", "P2"):
        file.highlight(1, TEXT_2, words, 1, shift=1)
    with pytest.raises(StudyError, match="unit=utf8") as caught:
        read_project(file.write(tmp_path / "a.sqlite3"), "a")
    assert str(caught.value).count("finds") == 3


def test_a_file_that_counts_code_points_is_recognised(tmp_path: Path) -> None:
    file = TaguetteFile()
    for words in ("چطور", "چرا", "می\u200cروم", "بانک", "صف", "بود"):
        start = TEXT_1.index(words)
        file.highlights.append((2, start, start + len(words), f"<p>{words}</p>", (1,)))
    project = read_project(file.write(tmp_path / "a.sqlite3"), "a")
    assert project.dialect == Dialect(unit=Unit.CODEPOINT)
    assert project.checks == {Check.EXACT: 6}
    assert "not how Taguette does" in str(project.warnings[0])


@pytest.mark.parametrize("coder", [None, "", "  "])
def test_the_coder_must_be_named(tmp_path: Path, coder: str | None) -> None:
    with pytest.raises(StudyError, match="does not say who coded") as caught:
        read_project(small_project().write(tmp_path / "a.sqlite3"), coder)
    assert "--coder NAME" in caught.value.problems[0].remedy


def other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE freecode (id INTEGER)")


def views_only(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        for table in ("projects", "documents", "tags", "highlights", "highlight_tags"):
            db.execute(f"CREATE VIEW {table} AS SELECT 1 AS id")


def cut_off(path: Path) -> None:
    small_project().write(path)
    path.write_bytes(path.read_bytes()[:9000])


def overwritten(path: Path) -> None:
    small_project().write(path)
    data = bytearray(path.read_bytes())
    data[4096:16384] = b"\xff" * (16384 - 4096)
    path.write_bytes(data)


def other_columns(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        for table in ("projects", "documents", "tags", "highlights", "highlight_tags"):
            db.execute(f"CREATE TABLE {table} (id INTEGER)")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (other_database, r"database of another program \(its tables: freecode\)"),
        (views_only, r"database of another program \(its tables: none\)"),
        (cut_off, "cut off"),
        (overwritten, "damaged"),
        (other_columns, "cannot be read as a Taguette project"),
        (lambda path: path.write_text("id,code\n"), "not an SQLite database, although it is called .sqlite3"),
        (lambda path: path.write_bytes(b"SQLite format 3\x00"), "cut off"),
        (lambda path: path.write_bytes(b""), "not an SQLite database"),
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: None, "no such file"),
        (lambda path: TaguetteFile(projects=2).write(path), "several projects: 'project 1', 'project 2'"),
        (
            lambda path: small_project().write(path).with_name("a.sqlite3-wal").write_bytes(b"x"),
            "wait in a.sqlite3-wal",
        ),
    ],
)  # fmt: skip
def test_other_files_give_one_clear_error(tmp_path: Path, make: object, reason: str) -> None:
    assert callable(make)
    path = tmp_path / "a.sqlite3"
    make(path)
    with pytest.raises(StudyError, match=reason) as caught:
        read_project(path, "a")
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].file == str(path)
    assert caught.value.problems[0].remedy


def test_reading_leaves_no_trace(tmp_path: Path) -> None:
    path = small_project().write(tmp_path / "نام با فاصله #1?.sqlite3")
    before = path.read_bytes()
    read_project(path, "a")
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_every_format_is_listed_with_what_the_command_line_needs() -> None:
    names = [format_.name for format_ in FORMATS]
    assert len(set(names)) == len(names)
    assert {"taguette", "rqda", "qualcoder", "requal", "table"} <= set(names)
    assert all(format_.title and format_.suffixes for format_ in FORMATS)


# The offset table: «علی» in this text, in every way of counting.
VECTOR = "سلام 😀\r\nعلی"


@pytest.mark.parametrize(
    ("text", "dialect", "start", "end"),
    [
        (VECTOR, Dialect(), 8, 11),
        (VECTOR, Dialect(newline=1), 7, 10),
        (VECTOR, Dialect(unit=Unit.UTF16), 9, 12),
        (VECTOR, Dialect(unit=Unit.UTF16, newline=1), 8, 11),
        (VECTOR, Dialect(unit=Unit.UTF8), 15, 21),
        (VECTOR, Dialect(unit=Unit.UTF8, newline=1), 14, 20),
        (VECTOR, Dialect(end_inclusive=True), 8, 10),
        (VECTOR, Dialect(end_inclusive=True, base=1), 9, 11),
        ("\ufeff" + VECTOR, Dialect(), 8, 11),
        ("\ufeff" + VECTOR, Dialect(bom_counts=True), 9, 12),
        ("\ufeff" + VECTOR, Dialect(unit=Unit.UTF8, bom_counts=True), 18, 24),
    ],
)
def test_the_offset_table(text: str, dialect: Dialect, start: int, end: int) -> None:
    assert Ruler(text, dialect).span(start, end) == (7, 10)
    assert normalised(text).text[7:10] == "علی"


def test_zwnj_is_one_unit_and_three_bytes() -> None:
    text = "می\u200cروم علی"
    assert Ruler(text, Dialect(unit=Unit.UTF16)).span(7, 10) == (7, 10)
    assert Ruler(text, Dialect(unit=Unit.UTF8)).span(14, 20) == (7, 10)


def test_positions_inside_a_character_or_outside_are_none() -> None:
    assert Ruler("😀", Dialect(unit=Unit.UTF16)).span(0, 1) is None
    assert Ruler("😀", Dialect(unit=Unit.UTF8)).span(2, 4) is None
    assert Ruler("ab", Dialect()).span(1, 3) is None
    assert Ruler("ab", Dialect()).span(2, 1) is None
    assert Ruler("ab", Dialect()).span(-1, 1) is None
    assert Ruler("ab", Dialect(end_inclusive=True)).span(0, 2) is None


def test_an_offset_between_cr_and_lf_is_the_line_end() -> None:
    assert Ruler("a\r\nb", Dialect()).span(1, 2) == (1, 1)
    assert Ruler("a\r\nb", Dialect()).span(2, 4) == (1, 3)


texts = st.text(st.sampled_from("ab \r\nعلی\u200c😀é"), max_size=30)


@given(texts, st.sampled_from(list(Unit)), st.data())
def test_a_ruler_finds_what_the_other_program_measured(decoded: str, unit: Unit, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(decoded)))
    end = data.draw(st.integers(start, len(decoded)))
    codec = {Unit.CODEPOINT: "utf-32-le", Unit.UTF16: "utf-16-le", Unit.UTF8: "utf-8"}[unit]
    width = {Unit.CODEPOINT: 4, Unit.UTF16: 2, Unit.UTF8: 1}[unit]
    measured = [len(decoded[:at].encode(codec)) // width for at in (start, end)]
    span = Ruler(decoded, Dialect(unit=unit)).span(*measured)
    assert span is not None
    expected = decoded[start:end].replace("\r\n", "\n").replace("\r", "\n")
    if not decoded[:end].endswith("\r") and not decoded[:start].endswith("\r"):
        assert normalised(decoded).text[slice(*span)] == expected


def test_the_habit_is_kept_while_nothing_speaks_against_it() -> None:
    text = {"1": "سلام علی، سلام سارا، سلام رضا"}
    few = [StoredSpan("1", 5, 8, "علی")]
    choice = choose_dialect(text, text, few, Dialect(unit=Unit.UTF8))
    assert choice.dialect == Dialect(unit=Unit.UTF8)
    assert not choice.proved
    assert choice.fits


def test_a_repair_never_leaves_words_that_are_right() -> None:
    assert checked_span("a b  c", (2, 6), "b c") == ((2, 6), Check.EXACT, 0)
    assert checked_span("a b a b", None, "a b") == (None, Check.AMBIGUOUS, 0)
    assert checked_span("abc", None, "") == (None, Check.UNVERIFIED, 0)


def test_a_real_finished_analysis(shared: Path) -> None:
    folder = shared / "data" / "serdif"
    project = read_project(next(folder.glob("*.sqlite3")), "analyst")
    assert project.counts == {"interviews": 17, "codes": 22, "quotations": 1794, "codings": 1930}
    assert project.checks == {Check.EXACT: 1794}
    assert len(project.codings) == 1930
    assert str(project.dialect) == "unit=utf8,newline=2,bom=skip,end=exclusive"
    assert sum(len(source.text) for source in project.sources) == 315_920
    assert sum(len(source.text.encode()) for source in project.sources) == 316_358
    per_quotation = Counter(Counter(coding.quotation for coding in project.codings).values())
    assert per_quotation == {1: 1663, 2: 124, 3: 5, 4: 1}
    coded = {coding.quotation for coding in project.codings}
    assert [quotation.id for quotation in project.quotations if quotation.id not in coded] == ["1630"]
    assert [(str(item.what), item.count) for item in project.left_out] == [("highlights without a tag", 1)]


def test_the_real_analysis_equals_its_own_spreadsheet(shared: Path) -> None:
    folder = shared / "data" / "serdif"
    project = read_project(next(folder.glob("*.sqlite3")), "analyst")
    names = {source.id: source.name for source in project.sources}
    texts = {source.id: source.text for source in project.sources}
    tags = {code.id: code.path[0] for code in project.codes}
    quotations = {quotation.id: quotation for quotation in project.quotations}
    ours = Counter[tuple[str, str, str]]()
    for coding in project.codings:
        quotation = quotations[coding.quotation]
        words = texts[quotation.source][quotation.start : quotation.end]
        ours[names[quotation.source], tags[coding.code], collapsed(words)] += 1
    with next((folder / "tags" / "csv").glob("all_tags*.csv")).open(
        encoding="utf-8-sig", newline=""
    ) as stream:
        theirs = Counter(
            (row["document"], " ".join(row["tag"].split()), collapsed(row["content"]))
            for row in csv.DictReader(stream)
        )
    assert theirs.total() == 1930
    assert ours == theirs
