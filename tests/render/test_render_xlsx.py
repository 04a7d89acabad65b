"""The workbook: typed and exact values, one tidy sheet per table, nothing that runs."""

from __future__ import annotations

import csv
import io
import re
import time
import zipfile
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import openpyxl
import pytest
from lxml import etree
from render_samples import HOSTILE, PROVENANCE, SMALL, TABLE, SampleResult, diagram, figures, quote, whole

from omnistudy.render import words
from omnistudy.render.context import QuotePolicy, RenderContext
from omnistudy.render.language import language
from omnistudy.render.registry import render
from omnistudy.render.workbook import phrases
from omnistudy.results import (
    Block,
    Column,
    Figure,
    Heading,
    Kind,
    Message,
    Note,
    Number,
    Prose,
    Quotes,
    Result,
    Table,
    Undefined,
)

TAGS = ("en", "fa")
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def made(results: Result | list[Result], tag: str = "en", **options: Any) -> bytes:
    listed = results if isinstance(results, list) else [results]
    data = render("xlsx", listed, RenderContext(language=language(tag), **options))
    assert isinstance(data, bytes)
    return data


@cache
def sample(tag: str, *, synthetic: bool = True) -> bytes:
    return made(whole(synthetic=synthetic), tag)


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def records(sheet: Any) -> list[dict[str, Any]]:
    rows = list(sheet.iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def result(*blocks: Block, **more: Any) -> SampleResult:
    return SampleResult(provenance=replace(PROVENANCE, **more), content=blocks)


def one_table(*rows: tuple[Any, ...], kinds: tuple[Kind, ...], name: str = "t") -> Table:
    columns = tuple(Column(f"c{at}", Message(f"C{at}"), kind) for at, kind in enumerate(kinds))
    return Table(name=name, columns=columns, rows=rows, caption=Message("T"))


@pytest.mark.parametrize("tag", TAGS)
def test_same_bytes_twice_and_no_clock(tag: str) -> None:
    assert sample(tag) == made(whole(), tag)
    with zipfile.ZipFile(io.BytesIO(sample(tag))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"<dcterms:\w+[^>]*>([^<]*)<", core)) == {"1980-01-01T00:00:00Z"}


def test_values_are_typed_exact_and_formatted_by_kind() -> None:
    sheet = opened(sample("en"))["codes"]
    rows = records(sheet)
    assert rows[0]["Units of the test"] == 12345
    assert rows[0]["Alpha of the test"] == 0.71234567890123
    assert rows[0]["Share of the test"] == 0.125
    assert rows[0]["Flag of the test"] is True
    assert rows[0]["Date of the test"] == datetime(2025, 3, 12)
    formats = {cell.column_letter: cell.number_format for cell in sheet[2]}
    assert [formats[letter] for letter in "CDFI"] == ["#,##0", "0.000", "0.0%", "yyyy-mm-dd"]


@pytest.mark.parametrize("number", [0.1 + 0.2, 1e-300, -1 / 3, 123456789012345680.0, 5e-324])
def test_numbers_keep_all_their_digits(number: float) -> None:
    data = made(result(one_table((number,), kinds=(Kind.NUMBER,)), synthetic=False))
    assert opened(data)["t"]["A2"].value == number


def test_undefined_values_are_empty_beside_their_reason() -> None:
    rows = records(opened(sample("en"))["codes"])
    assert rows[2]["Alpha of the test"] is None
    assert rows[2]["Alpha of the test: reason"] == "no variation in the test"
    assert rows[0]["Alpha of the test: reason"] is None
    assert "Share of the test: reason" not in rows[0]
    assert rows[2]["Share of the test"] is None


def test_nothing_is_a_formula_and_texts_are_exact() -> None:
    hostile = (*HOSTILE, "#N/A", "=1+1", "-", "@SUM(A1)", "+49 30", "\tx", "_x0041_", " blank ", "＝1")
    table = one_table(*((text,) for text in hostile), kinds=(Kind.TEXT,))
    data = made(result(table, synthetic=False))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            tree = etree.fromstring(archive.read(name))
            assert not tree.findall(f".//{MAIN}f")
            assert not [cell for cell in tree.iter(f"{MAIN}c") if cell.get("t") in {"e", "str"}]
    cells = [row[0] for row in opened(data)["t"].iter_rows(min_row=2)]
    shown = [cell.value for cell in cells]
    assert "=1+1" in shown
    assert '=HYPERLINK("http://example.org";"x")' in shown
    assert "#N/A" in shown
    assert " blank " in shown
    assert "_x005F_x0041_" in shown
    assert {cell.data_type for cell in cells} == {"s"}
    guarded = {cell.value for cell in cells if cell.quotePrefix}
    assert guarded == {text for text in shown if text[0] in "=+-@\t＝"}
    whole_text = "".join(shown)
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", whole_text)


def test_sheets_are_made_for_reading_and_filtering() -> None:
    for tag in TAGS:
        book = opened(sample(tag))
        for sheet in book.worksheets:
            assert bool(sheet.sheet_view.rightToLeft) is (tag == "fa")
        codes = book["codes"]
        assert codes.freeze_panes == "A2"
        assert codes.auto_filter.ref == "A1:J4"
        assert codes["A1"].font.bold
        assert all(dimension.width >= 9 for dimension in codes.column_dimensions.values())


@pytest.mark.parametrize("tag", TAGS)
def test_the_first_sheet_lists_all_others_with_links(tag: str) -> None:
    book = opened(sample(tag))
    first = book.worksheets[0]
    head = next(row for row in range(1, 8) if first.cell(row, 2).value)
    names = [first.cell(row, 1).value for row in range(head + 1, first.max_row + 1)]
    assert names == book.sheetnames[1:]
    links = [first.cell(row, 1).hyperlink.location for row in range(head + 1, first.max_row + 1)]
    assert links == [f"'{name}'!A1" for name in names]
    assert first["A1"].value == "A sample"


@pytest.mark.parametrize("tag", TAGS)
def test_the_dictionary_names_every_column_of_every_sheet(tag: str) -> None:
    reader = language(tag)
    book = opened(sample(tag))
    listing, dictionary = reader.name(words.CONTENTS), reader.name(phrases.DICTIONARY)
    described = [row[:3] for row in book[dictionary].iter_rows(min_row=2, values_only=True)]
    headings = {
        (sheet.title, cell.value)
        for sheet in book.worksheets
        if sheet.title not in {listing, dictionary}
        for cell in sheet[1]
        if cell.value != reader.name(phrases.SYNTHETIC_COLUMN)
    }
    assert {(sheet, heading) for sheet, _, heading in described if sheet} == headings
    assert ("codes", "alpha_reason") in {(sheet, key) for sheet, key, _ in described}
    kinds = {row[3] for row in book[dictionary].iter_rows(min_row=2, values_only=True)}
    assert reader.name(phrases.KINDS[Kind.COEFFICIENT]) in kinds


@pytest.mark.parametrize("tag", TAGS)
def test_every_sheet_says_synthetic(tag: str) -> None:
    reader = language(tag)
    mark = reader.text(words.SYNTHETIC)
    short = reader.text(words.SYNTHETIC_SHORT)
    book = opened(sample(tag))
    for sheet in book.worksheets:
        assert sheet.oddHeader.center.text == mark
    assert mark in [row[0] for row in book.worksheets[0].iter_rows(max_row=4, values_only=True)]
    for sheet in book.worksheets[1:]:
        assert {row[-1] for row in sheet.iter_rows(min_row=2, values_only=True)} <= {short}
    plain = opened(sample(tag, synthetic=False))
    everything = "".join(
        str(v) for s in plain.worksheets for row in s.iter_rows(values_only=True) for v in row
    )
    assert mark not in everything
    assert short not in everything
    assert not any(sheet.oddHeader.center.text for sheet in plain.worksheets)


def test_every_kind_of_block_has_its_place() -> None:
    blocks: tuple[Block, ...] = (
        Heading(text=Message("A heading")),
        Prose(text=Message("A sentence")),
        Note(text=Message("A remark")),
        TABLE,
        Quotes(quotes=(quote("Words", "en"),), caption=Message("Passages")),
        *figures(),
    )
    book = opened(made(result(*blocks)))
    texts = [row["Text"] for row in records(book["text"])]
    assert {"A heading", "A sentence", "A remark", "Alpha is 0.712 [−0.400, 0.815]."} <= set(texts)
    assert {figure.name for figure in figures()} <= {name.split("_")[0] for name in book.sheetnames}
    listed = records(book["quotations"])
    assert listed[0]["Words"] == "Words"
    assert listed[0]["List"] == "Passages"
    assert listed[0]["Start"] == 10
    assert {row["List"] for row in listed} > {"Passages"}  # those behind the model


def test_all_quotations_are_written_whatever_the_limit() -> None:
    many = Quotes(quotes=tuple(quote(f"passage {n}", "en") for n in range(50)))
    book = opened(made(result(many), quote_limit=5))
    assert len(records(book["quotations"])) == 50


@pytest.mark.parametrize(("policy", "shown"), [("full", True), ("short", False), ("none", False)])
def test_the_policy_on_quotations_holds(policy: QuotePolicy, shown: bool) -> None:
    said = quote("w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 w12 w13 secret", "en")
    picture = diagram(SMALL, edges=2)
    spoken = replace(picture, edges=tuple(replace(edge, quotes=(said,)) for edge in picture.edges))
    model = Figure(name="m", picture=spoken, caption=Message("M"), alt=Message("A"))
    table = one_table((said,), kinds=(Kind.QUOTE,))
    book = opened(made(result(table, Quotes(quotes=(said,)), model), quotes=policy))
    text = " ".join(str(v) for s in book.worksheets for row in s.iter_rows(values_only=True) for v in row)
    assert ("secret" in text) is shown
    assert ("w1 w2" in text) is (policy != "none")


def test_own_tables_come_whole_and_shortened_ones_only_where_they_are_alone() -> None:
    class Two(SampleResult):
        def tables(self) -> tuple[Table, ...]:
            return (one_table((1,), (2,), (3,), kinds=(Kind.COUNT,), name="whole"),)

    blocks = (
        one_table((1,), kinds=(Kind.COUNT,), name="whole"),
        one_table((9,), kinds=(Kind.COUNT,), name="more"),
    )
    book = opened(made(Two(provenance=PROVENANCE, content=blocks)))
    assert len(records(book["whole"])) == 3
    assert len(records(book["more"])) == 1


def test_names_of_sheets_are_short_and_differ() -> None:
    long = "a-very-long-name-of-a-table-that-no-sheet-can-have"
    names = ("codes", "Codes", "history", "contents", "a:b/c[d]*?", long, long + "2", "")
    tables = [one_table((1,), kinds=(Kind.COUNT,), name=name) for name in names]
    book = opened(made([result(table) for table in tables]))
    assert len(book.sheetnames) >= len(names) + 4
    assert len({name.casefold() for name in book.sheetnames}) == len(book.sheetnames)
    assert all(0 < len(name) <= 31 for name in book.sheetnames)
    assert {"codes", "sample_Codes", "a_b_c_d___"} <= set(book.sheetnames)


def test_equal_headings_are_told_apart() -> None:
    columns = (Column("a", Message("Value"), Kind.COUNT), Column("b", Message("Value"), Kind.COUNT))
    table = Table(name="t", columns=columns, rows=((1, 2),))
    sheet = opened(made(result(table, synthetic=False)))["t"]
    assert [cell.value for cell in sheet[1]] == ["Value", "Value (2)"]


def test_tables_that_a_sheet_cannot_hold_go_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    from omnistudy.render.workbook import document

    monkeypatch.setattr(document, "MOST_ROWS", 10)
    table = one_table(*((n,) for n in range(25)), kinds=(Kind.COUNT,))
    book = opened(made(result(table, synthetic=False)))
    assert [len(records(book[name])) for name in ("t", "t (2)", "t (3)")] == [10, 10, 5]


def test_only_long_texts_are_wrapped() -> None:
    table = one_table(("short", "long words " * 30), kinds=(Kind.TEXT, Kind.TEXT))
    sheet = opened(made(result(table)))["t"]
    assert [bool(sheet[name].alignment.wrap_text) for name in ("A2", "B2")] == [False, True]
    assert sheet.column_dimensions["B"].width <= 48


def test_long_texts_are_cut_and_say_so() -> None:
    sheet = opened(made(result(one_table(("x" * 40_000,), kinds=(Kind.TEXT,)))))["t"]
    assert len(sheet["A2"].value) == 32_767
    assert sheet["A2"].value.endswith("…")


def test_numbers_in_other_columns_keep_their_own_kind() -> None:
    table = one_table(
        (Number(0.25, Kind.SHARE), Number(None), "text"), kinds=(Kind.TEXT, Kind.NUMBER, Kind.COUNT)
    )
    sheet = opened(made(result(table)))["t"]
    assert sheet["A2"].value == 0.25
    assert sheet["A2"].number_format == "0.0%"
    assert sheet["B2"].value is None
    assert sheet["C2"].value == "text"


def test_a_number_that_is_none_is_refused() -> None:
    for bad in (float("nan"), float("inf")):
        with pytest.raises(ValueError, match="Undefined"):
            made(result(one_table((bad,), kinds=(Kind.NUMBER,))))


def test_the_sheet_of_a_table_says_what_its_csv_says() -> None:
    text = render("csv", [result(TABLE, synthetic=False)], RenderContext())
    rows = list(csv.reader(io.StringIO(str(text))))
    sheet = opened(made(result(TABLE, synthetic=False)))["codes"]
    headings = [cell.value for cell in sheet[1]]
    kept = [at for at, heading in enumerate(headings) if not heading.endswith(": reason")]
    assert len(kept) == len(rows[0])
    numbers = [[row[at] for at in kept][2] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert [str(number) for number in numbers] == [row[2] for row in rows[1:]]


def test_many_rows_in_seconds() -> None:
    rows = tuple(
        (f"code {n % 50}", n, n / 7, Undefined(Message("none")) if n % 9 else 0.5) for n in range(20_000)
    )
    table = one_table(*rows, kinds=(Kind.TEXT, Kind.COUNT, Kind.COEFFICIENT, Kind.SHARE))
    start = time.process_time()
    made(result(table, synthetic=False))
    # A fifth of the rows that the measure of fifteen seconds is for, on a machine that may be busy.
    assert time.process_time() - start < 6


def test_results_without_anything() -> None:
    book = opened(made(SampleResult(provenance=PROVENANCE)))
    assert book.sheetnames == ["Contents", "text", "Dictionary", "provenance"]
