"""Hostile and broken databases and tables: one clear error or a counted warning, never a crash."""

from __future__ import annotations

import io
import random
import sqlite3
import zipfile
from contextlib import closing, suppress
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qualcoder_builder import QualCoderFile

from omnistudy.errors import StudyError
from omnistudy.formats.programs import sqlite_file
from omnistudy.formats.reading.imported import ImportedProject
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.registry import read_project
from omnistudy.formats.sheets import tabular

TEXT = "I trust the clerk, not the app. صف بلند 😀 بود."


def refused(path: Path, reason: str, options: ReadOptions | None = None) -> None:
    with pytest.raises(StudyError, match=reason) as caught:
        read_project(path, options=options)
    assert len(caught.value.problems) == 1
    assert caught.value.problems[0].remedy


def xlsx(path: Path, **members: bytes) -> Path:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("a", 0)
    sheet.append(["interview", "code", "quote", "coder"])
    sheet.append(["P1", "trust", "I trust", "a"])
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            key = name.replace("/", "_").replace(".", "_")
            new.writestr(name, members.pop(key, old.read(name)))
        for name, data in members.items():
            new.writestr(name.replace("__", "/"), data)
    return path


def test_a_workbook_that_is_a_bomb(tmp_path: Path) -> None:
    bomb = b"<worksheet><sheetData>" + b" " * (64 * 2**20) + b"</sheetData></worksheet>"
    refused(xlsx(tmp_path / "a.xlsx", xl_worksheets_sheet1_xml=bomb), "unpacks to far more")


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({"xl__vbaProject.bin": b"x"}, "holds macros"),
        ({"xl_workbook_xml": b'<!DOCTYPE a [<!ENTITY b "c">]><workbook/>'}, "declares a document type"),
        ({"xl_workbook_xml": b"<workbook"}, "damaged"),
        ({"xl_worksheets_sheet1_xml": b"\xff\xfe\x00"}, "damaged"),
    ],
)
def test_other_faulty_workbooks(tmp_path: Path, members: dict[str, bytes], reason: str) -> None:
    refused(xlsx(tmp_path / "a.xlsx", **members), reason)


def test_a_sheet_of_a_hundred_thousand_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(",".join(f"c{at}" for at in range(100_000)) + "\n" + "1," * 99_999 + "1\n")
    refused(path, "more than 16,384 columns")


def test_a_sheet_that_claims_to_be_endless(tmp_path: Path) -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<dimension ref="A1:XFD1048576"/><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>id</t></is></c></row>'
        b'<row r="900000"><c r="XFD900000" t="inlineStr"><is><t>x</t></is></c></row></sheetData></worksheet>'
    )
    refused(xlsx(tmp_path / "a.xlsx", xl_worksheets_sheet1_xml=sheet), "not those of a known table")


def test_formulas_are_read_as_what_they_last_were(tmp_path: Path) -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>interview</t></is></c><c r="B1" t="inlineStr"><is><t>code</t></is></c>'
        b'<c r="C1" t="inlineStr"><is><t>quote</t></is></c><c r="D1" t="inlineStr"><is><t>coder</t></is></c></row>'
        b'<row r="2"><c r="A2" t="inlineStr"><is><t>P1</t></is></c><c r="B2" t="str"><f>HYPERLINK("x")</f><v>trust</v></c>'
        b'<c r="C2" t="inlineStr"><is><t>=cmd|run</t></is></c><c r="D2" t="inlineStr"><is><t>a</t></is></c></row>'
        b"</sheetData></worksheet>"
    )
    project = read_project(xlsx(tmp_path / "a.xlsx", xl_worksheets_sheet1_xml=sheet))
    assert [code.path for code in project.codes] == [("trust",)]
    assert project.sources[0].text == "=cmd|run"
    assert "1 cells of the workbook hold formulas" in str(project.warnings[-1])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no rows"),
        (b"interview,code,quote,coder\n", "no rows"),
        (b'interview,code,quote,coder\nP1,"open\n', "not CSV"),
        (b"interview,code,quote,coder\nP1,a\0,b,c\n", "NUL"),
        (b"interview,code,quote\nP1,a,b\n", "does not say who coded"),
        (b"PK\x03\x04broken", "damaged|not a file of a known program"),
        ("interview,code\nP1,صف\n".encode("utf-16-le"), "NUL|not UTF-8"),
    ],
)
def test_faulty_tables(tmp_path: Path, data: bytes, reason: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    refused(path, reason)


def test_old_and_protected_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 100)
    refused(path, "old .xls")


def project_file() -> QualCoderFile:
    file = QualCoderFile(sources=[("P1", TEXT)], codes=[("trust", None)])
    for words in ("I trust", "the clerk", "the app", "صف بلند", "بود"):
        file.code(1, 1, words, "sara")
    return file


@pytest.mark.parametrize("span", [(-5, 3), (9, 2), (10**12, 10**12 + 4), (2**62, -(2**62)), (0, 0)])
def test_impossible_offsets_are_repaired_or_listed(tmp_path: Path, span: tuple[int, int]) -> None:
    file = project_file()
    file.codings.append((1, 1, "the clerk", *span, "sara", ""))
    file.codings.append((1, 1, "", *span, "sara", ""))
    project = read_project(file.write(tmp_path / "a.qda"))
    left = sum(item.count for item in project.left_out)
    assert len(project.codings) + left == project.counts["codings"] == 7
    assert all(0 <= q.start <= q.end <= len(TEXT) for q in project.quotations)


def test_cells_of_other_types(tmp_path: Path) -> None:
    path = project_file().write(tmp_path / "a.qda")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE code_text SET pos0 = 'two', memo = X'FFFE' WHERE ctid = 1")
        db.execute("UPDATE code_text SET pos0 = 8.0, pos1 = '17', date = 5 WHERE ctid = 2")
        db.execute("UPDATE code_text SET owner = 7, cid = 'x' WHERE ctid = 3")
        db.execute("UPDATE code_text SET fid = NULL WHERE ctid = 4")
        db.execute("UPDATE code_text SET pos1 = 1e999 WHERE ctid = 5")
        db.execute("UPDATE code_name SET name = CAST(X'C328' AS TEXT)")
    project = read_project(path)
    left = sum(item.count for item in project.left_out)
    assert len(project.codings) + left == project.counts["codings"] == 5
    assert left == 2


def test_a_huge_text_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_file, "LARGEST_CELL", 1000)
    file = project_file()
    file.sources.append(("P2", "x" * 2000))
    refused(file.write(tmp_path / "a.qda"), "larger than")


def test_tables_that_are_views_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.qda"
    with closing(sqlite3.connect(path)) as db, db:
        for table in ("source", "code_name", "code_text"):
            db.execute(f"CREATE VIEW {table} AS SELECT 1")
    refused(path, "database of another program")


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tabular, "LARGEST_FILE", 10)
    path = tmp_path / "a.csv"
    path.write_text("interview,code,quote,coder\n")
    refused(path, "more than the 0 MiB that are read")


def holds_together(project: ImportedProject) -> None:
    """What every project must be, whatever the file was."""
    texts = {source.id: source.text for source in project.sources}
    places = {quotation.id: quotation for quotation in project.quotations}
    codes = {code.id for code in project.codes}
    assert all(0 <= q.start <= q.end <= len(texts[q.source]) for q in project.quotations)
    assert all(coding.quotation in places and coding.code in codes for coding in project.codings)
    assert all(code.path and all(code.path) for code in project.codes)
    if lost := project.counts.get("codings", 0) - len(project.codings):
        assert sum(item.count for item in project.left_out) >= lost


FUZZ = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.integers(-3, 60),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.binary(max_size=6),
)
CELLS = [
    ("source", "fulltext"), ("source", "name"), ("source", "id"), ("code_name", "name"), ("code_name", "catid"),
    ("code_text", "cid"), ("code_text", "fid"), ("code_text", "pos0"), ("code_text", "pos1"),
    ("code_text", "seltext"), ("code_text", "owner"), ("code_text", "memo"), ("code_text", "date"),
]  # fmt: skip


@FUZZ
@given(st.lists(st.tuples(st.sampled_from(CELLS), st.integers(1, 5), VALUES), max_size=6))
def test_mutated_cells_of_a_database(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[tuple[str, str], int, object]]
) -> None:
    path = project_file().write(tmp_path_factory.mktemp("fuzz") / "a.qda")
    with closing(sqlite3.connect(path)) as db, db:
        for (table, column), row, value in changes:
            try:
                db.execute(f"UPDATE OR IGNORE {table} SET {column} = ? WHERE rowid = ?", (value, row))
            except sqlite3.IntegrityError:
                continue  # the column is the row's number
    with suppress(StudyError):
        holds_together(read_project(path, "somebody"))


@FUZZ
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_mutated_bytes_of_a_database(tmp_path_factory: pytest.TempPathFactory, seed: int, many: int) -> None:
    path = project_file().write(tmp_path_factory.mktemp("fuzz") / "a.qda")
    data = bytearray(path.read_bytes())
    chance = random.Random(seed)
    for _ in range(many):
        data[chance.randrange(len(data))] = chance.randrange(256)
    path.write_bytes(data[: chance.choice([len(data), chance.randrange(len(data))])])
    with suppress(StudyError):
        holds_together(read_project(path, "somebody"))


HEADERS = [
    "interview",
    "code",
    "quote",
    "coder",
    "start",
    "end",
    "id",
    "memo",
    "Codes",
    "کد",
    "x 1",
    "x 2",
    "",
    "group",
]
WORDS = st.one_of(
    st.sampled_from(
        ["", "P1", "I trust", "the clerk", "0", "7", "-1", "1e9", "a;b", "a > b", "x", "…", "\n"]
    ),
    st.text(max_size=6),
)


@FUZZ
@given(
    st.lists(st.sampled_from(HEADERS), min_size=1, max_size=9),
    st.lists(st.lists(WORDS, max_size=9), max_size=6),
    st.sampled_from([",", ";", "\t", "|"]),
)
def test_tables_of_anything(
    tmp_path_factory: pytest.TempPathFactory, header: list[str], rows: list[list[str]], delimiter: str
) -> None:
    import csv

    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([header, *rows])
    path = tmp_path_factory.mktemp("fuzz") / "a.csv"
    path.write_bytes(out.getvalue().encode("utf-8", "replace"))
    with suppress(StudyError):
        holds_together(read_project(path, "somebody", ReadOptions(texts={"P1": TEXT})))
