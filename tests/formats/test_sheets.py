"""Tables of other programs: headers in any order and language, quotes placed, statements as excerpts."""

from __future__ import annotations

import csv
import datetime
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from omnistudy.errors import StudyError
from omnistudy.formats.into_study.existing import existing_study
from omnistudy.formats.into_study.growth import into_study
from omnistudy.formats.reading.dialect import collapsed
from omnistudy.formats.reading.imported import Check, ImportedProject
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.registry import read_project
from omnistudy.formats.sheets.quote_search import SearchableText
from omnistudy.formats.sheets.tabular import read_workbook
from omnistudy.formats.sheets.unit_sheets import sheet_agreement, unit_sheets
from omnistudy.study.load import load_study
from omnistudy.study.scaffold import new_study

TEXT = "مصاحبه‌گر: چطور بود؟\nصف بلند بود و من «کارمند» را می\u200cشناسم — همیشه.\nصف بلند بود."


def table(path: Path, *rows: Sequence[str], delimiter: str = ",", encoding: str = "utf-8") -> Path:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def workbook(path: Path, **sheets: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def codings(project: ImportedProject) -> list[tuple[str, str, str]]:
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


def test_a_quotation_manager_of_atlas(tmp_path: Path) -> None:
    rows = [
        [
            "Comment",
            "Codes",
            "Quotation Content",
            "Document",
            "ID",
            "Created by",
            "Quotation Name",
            "Created",
        ],
        [
            "",
            "صف\nانتظار",
            'من "کارمند" را می\u200cشناسم - همیشه',
            "P1",
            "1:1",
            "Sara",
            "name",
            "2024-01-02 03:04:05",
        ],
        ["m", "صف; بانک", "چطور بود؟", "P1", "1:2", "Sara", "", ""],
    ]
    path = workbook(tmp_path / "quotations.xlsx", Quotations=rows)
    project = read_project(path, options=ReadOptions(texts={"P1": TEXT}))
    assert project.format == "ATLAS.ti table"
    assert codings(project) == [
        ("من «کارمند» را می\u200cشناسم — همیشه", "صف", "Sara"),
        ("من «کارمند» را می\u200cشناسم — همیشه", "انتظار", "Sara"),
        ("چطور بود؟", "صف", "Sara"),
        ("چطور بود؟", "بانک", "Sara"),
    ]
    assert project.checks == {Check.LOCATED: 1, Check.EXACT: 1}
    assert "Quotes found in the study's texts: 2 of 2." in " ".join(map(str, project.warnings))
    assert project.codings[0].created == "2024-01-02T03:04:05"


def test_coded_segments_of_maxqda_in_german(tmp_path: Path) -> None:
    path = table(
        tmp_path / "s.csv",
        [
            "Farbe",
            "Kommentar",
            "Dokumentgruppe",
            "Dokumentname",
            "Code",
            "Anfang",
            "Ende",
            "Segment",
            "Autor",
        ],
        ["●", "", "A", "P1", r"Bank\صف", "3", "3", "صف بلند بود", "Mina"],
        ["●", "", "A", "P1", "Bank > کارمند", "2", "2", "صف بلند بود", "Mina"],
        delimiter=";",
    )
    project = read_project(path, options=ReadOptions(texts={"P1.docx": TEXT}))
    assert project.format == "MAXQDA table"
    assert [code for _, code, _ in codings(project)] == ["Bank > صف", "Bank > کارمند"]
    assert [q.start for q in project.quotations] == [TEXT.rindex("صف"), TEXT.index("صف")]
    by_group = read_project(path, options=ReadOptions(texts={"P1": TEXT}, coder_from_group=True))
    assert by_group.coders == ("A",)


def test_persian_headers_and_an_encoding_that_must_be_named(tmp_path: Path) -> None:
    rows = [["كد", "نقل قول", "مصاحبه", "کدگذار"], ["صف", "صف بلند بود.", "P1", "سارا"]]
    path = table(tmp_path / "a.csv", *rows, delimiter="\t")
    project = read_project(path, options=ReadOptions(texts={"P1": TEXT}))
    assert codings(project) == [("صف بلند بود.", "صف", "سارا")]
    arabic = [["code", "quote", "document", "coder"], ["صف", "صف", "P9", "سارا"]]
    old = table(tmp_path / "old.csv", *arabic, encoding="cp1256")
    with pytest.raises(StudyError, match="not UTF-8") as caught:
        read_project(old)
    assert "--encoding cp1256" in caught.value.problems[0].remedy
    assert codings(read_project(old, options=ReadOptions(encoding="cp1256")))[0][1] == "صف"
    with pytest.raises(StudyError, match="not an encoding"):
        read_project(old, options=ReadOptions(encoding="nonsense"))


def test_words_in_several_places_are_listed_and_not_guessed(tmp_path: Path) -> None:
    rows = [
        ["P1", "a", "صف بلند بود"],
        *(["P1", "a", word] for word in ("چطور بود", "همیشه", "کارمند", "شناسم")),
    ]
    path = table(tmp_path / "q.csv", ["document", "tag", "content"], *rows)
    project = read_project(path, "me too", ReadOptions(texts={"P1": TEXT}))
    assert [(str(item.what), item.count) for item in project.left_out] == [("codings without a place", 1)]
    assert len(project.codings) + 1 == project.counts["codings"] == 5
    first, second = TEXT.index("صف بلند بود"), TEXT.rindex("صف بلند بود")
    assert f"several places of P1: {first}-{first + 11}, {second}-{second + 11}" in " ".join(
        map(str, project.warnings)
    )


def test_quotes_of_another_text_are_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "q.csv", ["document", "code", "quote", "coder"], ["P1", "a", "not there", "c"])
    with pytest.raises(StudyError, match="Only 0 of 1 quotes"):
        read_project(path, options=ReadOptions(texts={"P1": TEXT}))


def test_other_headers_are_named_and_missing_ones_listed(tmp_path: Path) -> None:
    path = table(tmp_path / "q.csv", ["Fall", "Begriff", "Stelle", "coder"], ["P1", "a", "کارمند", "c"])
    with pytest.raises(StudyError, match="'Fall', 'Begriff', 'Stelle'") as caught:
        read_project(path)
    remedy = caught.value.problems[0].remedy
    assert '--map source="…" --map code="…" --map quote="…"' in remedy
    assert "one column per coder" in remedy
    assert "omnistudy agreement q.csv" in remedy
    columns = {"source": "Fall", "code": "begriff", "quote": "Stelle"}
    project = read_project(path, options=ReadOptions(columns=columns, texts={"P1": TEXT}))
    assert codings(project) == [("کارمند", "a", "c")]
    with pytest.raises(StudyError, match="'Fal' is missing"):
        read_project(path, options=ReadOptions(columns={**columns, "source": "Fal"}))


def empty_study(folder: Path) -> Path:
    for name, data in new_study("study", "fa").items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def test_statements_without_running_text_become_excerpts(tmp_path: Path) -> None:
    path = table(
        tmp_path / "s.csv",
        ["interview", "code", "statement", "coder", "city"],
        ["P1", "trust", "I trust\nher", "a", "Yazd"],
        ["P1", "wait", "I wait", "a", "Yazd"],
        ["P1", "trust", "I wait", "b", "Yazd"],
        ["P2", "wait", "slow", "a", "Qom"],
    )
    study = empty_study(tmp_path / "study")
    project = read_project(path)
    plan = into_study([project], existing_study(study))
    for name, data in plan.files.items():
        (study / name).parent.mkdir(parents=True, exist_ok=True)
        (study / name).write_bytes(data)
    loaded = load_study(study)
    assert [(each.text, each.excerpt) for each in loaded.interviews] == [
        ("I trust her\nI wait", True),
        ("slow", True),
    ]
    assert loaded.interviews[0].attributes["city"] == "Yazd"
    assert plan.settings[-2:] == ("[agreement]", 'unit = "quotation"')
    again = read_project(path, options=ReadOptions(texts=existing_study(study).texts))
    assert into_study([again], existing_study(study)).files == {}


def test_yes_and_no_columns_are_codes(tmp_path: Path) -> None:
    path = table(
        tmp_path / "m.csv",
        ["id", "participant", "text", "trust", "waiting", "city"],
        ["1", "P1", "I wait", "0", "1", "Yazd"],
        ["2", "P1", "I trust", "x", "", "Qom"],
    )
    project = read_project(path, "a")
    assert codings(project) == [("I wait", "waiting", "a"), ("I trust", "trust", "a")]
    assert [quotation.comment for quotation in project.quotations] == ["city: Yazd", "city: Qom"]


def test_cells_stay_text(tmp_path: Path) -> None:
    row = ["+0", "-3", "007", True, 3.0, 0.1, datetime.date(2024, 1, 2), None, "=1+1"]
    path = workbook(tmp_path / "t.xlsx", a=[["h"] * 9, row])
    book = read_workbook(path)
    assert book.sheets[0].rows[1] == ("+0", "-3", "007", "TRUE", "3", "0.1", "2024-01-02T00:00:00")
    assert book.formulas == 1


def test_nvivos_comparison_holds_numbers_and_no_codings(tmp_path: Path) -> None:
    path = table(
        tmp_path / "c.csv",
        ["Node", "Source", "Source Size", "Kappa", "Agreement (%)", "A and B (%)"],
        ["trust", "P1", "1000 chars", "0.33", "85", "5"],
        ["wait", "P1", "3000 chars", "1", "100 %", "5"],
    )
    project = read_project(path)
    assert project.codings == ()
    assert [(str(item.what), item.count) for item in project.left_out] == [("rows of a coding comparison", 2)]
    assert "92.5 % with equal weights, 96.2 % weighted" in str(project.warnings[0])


def test_search_finds_what_a_cell_cut() -> None:
    text = "a " + "long " * 10_000
    assert SearchableText(text).find(text[2 : 2 + 32_767])[0] == (2, 2 + 32_767)
    assert SearchableText("the end " + "x" * 40_000).find("the end " + "x" * 32_759 + "…") == [(0, 32_767)]
    words = "دو سه چهار پنج شش"
    assert SearchableText(f"یک {words} هفت").find("دو  سه چهار پنج شش…") == [(3, 3 + len(words))]
    assert SearchableText("aaa").find("aa") == [(0, 2), (1, 3)]
    assert SearchableText("abc").find("") == []


def test_a_real_sheet_with_two_raters(shared: Path) -> None:
    path = shared / "data" / "relf" / "interview-data.xlsx"
    project = read_project(path)
    assert project.coders == ("Data", "Overlap")
    assert [source.text.count("\n") + 1 for source in project.sources] == [14, 16, 12, 12, 14, 12, 15, 13]
    assert Counter(coding.coder for coding in project.codings)["Data"] == 439
    factors = {code.id for code in project.codes if code.path[0] == "Quality Factor"}
    place = {quotation.id: quotation.source for quotation in project.quotations}
    found: set[str] = set()
    cumulative = []
    for source in project.sources:
        found |= {
            c.code for c in project.codings if place[c.quotation] == source.id and c.coder == "Data"
        } & factors
        cumulative.append(len(found))
    assert cumulative == [6, 12, 16, 16, 18, 19, 21, 24]
    said = " ".join(map(str, project.warnings))
    assert "hold the same in 113 of 130 cells, and in 109 as written" in said
    assert "In the sheet Overlap 5 cells had blanks" in said


def test_the_real_raters_agreement_cell_by_cell(shared: Path) -> None:
    book = read_workbook(shared / "data" / "relf" / "interview-data.xlsx")
    one, other = unit_sheets(book, ReadOptions(), "interview-data.xlsx")
    assert len(one.codes) == 13
    nine = frozenset({"10", "27", "50", "58", "63", "69", "86", "92", "96"})
    both = sheet_agreement(one, other, nine)
    assert (both.cells, both.equal_as_written, both.equal) == (117, 98, 102)
    whole = sheet_agreement(one, other)
    assert (whole.cells, whole.equal_as_written, whole.equal) == (130, 109, 113)


def test_a_real_export_of_tags_equals_its_database(shared: Path) -> None:
    folder = shared / "data" / "serdif"
    database = read_project(next(folder.glob("*.sqlite3")), "a")
    path = next((folder / "tags" / "csv").glob("all_tags*.csv"))
    excerpts = read_project(path, "a")
    assert excerpts.format == "Taguette table"
    assert excerpts.counts["codings"] == len(excerpts.codings) == 1930
    names = {source.id: source.name for source in database.sources}
    sources = {quotation.id: names[quotation.source] for quotation in database.quotations}
    mine = {quotation.id: quotation.source for quotation in excerpts.quotations}
    left = Counter(
        (mine[c.quotation], collapsed(words), code)
        for c, (words, code, _) in zip(excerpts.codings, codings(excerpts), strict=True)
    )
    right = Counter(
        (sources[c.quotation], collapsed(words), code)
        for c, (words, code, _) in zip(database.codings, codings(database), strict=True)
    )
    assert left == right
    texts = {source.name: source.text for source in database.sources}
    placed = read_project(path, "a", ReadOptions(texts=texts))
    assert (len(placed.codings), [item.count for item in placed.left_out]) == (1892, [38])


def test_real_codebooks_shrink_over_time(shared: Path) -> None:
    paths = sorted((shared / "data" / "serdif" / "codebooks").glob("*.csv"))
    books = [read_project(path) for path in paths]
    assert [len(book.codes) for book in books] == [120, 80, 61, 49, 41, 25, 22, 22, 22]
    assert "used 1,930 times" in str(books[-1].warnings[0])
    database = read_project(next((shared / "data" / "serdif").glob("*.sqlite3")), "a")
    assert {(code.path, code.description) for code in books[-1].codes} == {
        (code.path, code.description.strip()) for code in database.codes
    }
