"""The Word report: real headings, numbers and lists, both directions of writing, nothing obeyed."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from lxml import etree
from render_samples import PROVENANCE, SMALL, TABLE, SampleResult, diagram, figures, quote, whole

from omnistudy.pictures import Heatmap
from omnistudy.render import words
from omnistudy.render.context import QuotePolicy, RenderContext
from omnistudy.render.figures import MOST_SHADED
from omnistudy.render.language import language
from omnistudy.render.png import png_file
from omnistudy.render.registry import render
from omnistudy.render.word import phrases
from omnistudy.render.word.tables import MOST_ROWS
from omnistudy.results import (
    Block,
    Column,
    Figure,
    Heading,
    Kind,
    Label,
    Message,
    Prose,
    Quotes,
    Result,
    Table,
    Undefined,
)
from omnistudy.text.direction import RTL_LETTER

TAGS = ("en", "fa")
FIELDS = {"PAGE", "SEQ Table \\* ARABIC", "SEQ Figure \\* ARABIC", 'TOC \\o "1-2" \\h \\z \\u'} | {
    f'TOC \\h \\z \\c "{name}"' for name in ("Table", "Figure")
}


def made(results: Result | Iterable[Result], tag: str = "en", **options: Any) -> bytes:
    listed = [results] if isinstance(results, Result) else list(results)
    data = render("docx", listed, RenderContext(language=language(tag), **options))
    assert isinstance(data, bytes)
    return data


def opened(*arguments: Any, **options: Any) -> Any:
    return docx.Document(io.BytesIO(made(*arguments, **options)))


@cache
def sample(tag: str, *, synthetic: bool = True) -> bytes:
    """The report of every kind of block, which many tests look at and none changes."""
    return made(whole(synthetic=synthetic), tag)


def sample_document(tag: str, *, synthetic: bool = True) -> Any:
    return docx.Document(io.BytesIO(sample(tag, synthetic=synthetic)))


def result(*blocks: Block) -> SampleResult:
    return SampleResult(provenance=PROVENANCE, content=blocks)


def text_of(element: Any) -> str:
    return "".join(part.text or "" for part in element.iter(qn("w:t")))


def all_text(document: Any) -> str:
    return "\n".join(text_of(paragraph) for paragraph in document.element.body.iter(qn("w:p")))


def is_bidi(paragraph: Any) -> bool:
    return paragraph.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None


def numbers_table(columns: int, secondary: int = 0, rows: int = 3, letters: int = 4) -> Table:
    """Return a table of so many columns, the last ones secondary, with headings of a given length."""
    first = columns - secondary
    return Table(
        name="wide",
        caption=Message("Wide"),
        columns=tuple(
            Column(f"c{at}", Message(f"{'Wxyz' * letters}{at}"), Kind.COUNT, secondary=at >= first)
            for at in range(columns)
        ),
        rows=tuple(tuple(range(columns)) for _ in range(rows)),
    )


@pytest.mark.parametrize("tag", TAGS)
def test_same_bytes_twice_and_no_clock(tag: str) -> None:
    data = sample(tag)
    assert data == made(whole(), tag)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert "dcterms:created" not in core
    assert "dcterms:modified" not in core


@pytest.mark.parametrize("tag", TAGS)
def test_headings_are_real_and_the_contents_list_them(tag: str) -> None:
    document = sample_document(tag)
    chapters = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    reader = language(tag)
    strip = re.compile("[\u2066-\u2069]")
    wanted = [strip.sub("", reader.text(m)) for m in (words.SUMMARY, whole().title)]
    assert [strip.sub("", chapter) for chapter in chapters[:2]] == wanted
    assert strip.sub("", chapters[-1]) == strip.sub("", reader.text(words.PROVENANCE))
    entries = [
        link
        for paragraph in document.element.body.iter(qn("w:p"))
        for link in paragraph.iter(qn("w:hyperlink"))
    ]
    marks = [mark.get(qn("w:name")) for mark in document.element.body.iter(qn("w:bookmarkStart"))]
    assert len(marks) == len({mark.casefold() for mark in marks})
    assert {link.get(qn("w:anchor")) for link in entries} <= set(marks)
    listed = [text_of(link) for link in entries]
    shown = [p.text for p in document.paragraphs if p.style.name in {"Heading 1", "Heading 2"}]
    assert listed[: len(shown)] == shown


@pytest.mark.parametrize("tag", TAGS)
def test_tables_and_figures_are_numbered_by_fields(tag: str) -> None:
    document = sample_document(tag)
    codes = [code.text.strip() for code in document.element.body.iter(qn("w:instrText"))]
    assert codes.count("SEQ Table \\* ARABIC") == len(document.tables)
    assert codes.count("SEQ Figure \\* ARABIC") == len(figures())
    captions = [p for p in document.paragraphs if p.style.name == "Caption"]
    assert len(captions) == len(document.tables) + len(figures())
    digits = "۱۲۳" if tag == "fa" else "123"
    shown = [re.sub("[\u2066-\u2069]", "", p.text) for p in captions]
    numbers = [text for text in shown if text.startswith("جدول" if tag == "fa" else "Table")]
    assert [digits[at] in numbers[at] for at in range(2)] == [True, True]
    starts = [char.get(qn("w:fldCharType")) for char in document.element.body.iter(qn("w:fldChar"))]
    assert starts.count("begin") == starts.count("separate") == starts.count("end") == len(codes)


def test_a_table_without_a_title_takes_that_of_its_section() -> None:
    document = opened(
        result(Heading(text=Message("Part of the test"), level=3), replace(TABLE, caption=None))
    )
    caption = [p.text for p in document.paragraphs if p.style.name == "Caption"]
    assert caption[0] == "Table 1\nPart of the test"


@pytest.mark.parametrize("tag", TAGS)
def test_table_rows_stay_whole_and_headings_repeat(tag: str) -> None:
    document = sample_document(tag)
    for table in document.tables:
        rows = table._tbl.findall(qn("w:tr"))
        assert rows[0].find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        assert all(row.find(f"{qn('w:trPr')}/{qn('w:cantSplit')}") is not None for row in rows)
        borders = table._tbl.tblPr.find(qn("w:tblBorders"))
        assert [border.tag for border in borders] == [qn("w:top"), qn("w:bottom")]
        widths = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
        assert all(width > 0 for width in widths)
        assert sum(widths) <= 14002


def test_persian_runs_from_right_to_left() -> None:
    document = sample_document("fa")
    body = document.element.body
    for section in document.sections:
        assert section._sectPr.find(qn("w:bidi")) is not None
    assert all(table._tbl.tblPr.find(qn("w:bidiVisual")) is not None for table in document.tables)
    headings = [p._p for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings
    assert all(is_bidi(paragraph) for paragraph in headings)
    for run in body.iter(qn("w:r")):
        if RTL_LETTER.search(text_of(run)):
            assert run.find(f"{qn('w:rPr')}/{qn('w:rtl')}") is not None, text_of(run)
    fonts = document.styles.element.find(f".//{qn('w:rFonts')}")
    assert fonts.get(qn("w:cs")) == "B Nazanin"
    sizes = [style.find(f".//{qn('w:szCs')}") for style in document.styles.element.findall(qn("w:style"))]
    assert sum(size is not None for size in sizes) >= 15


def test_numbers_in_persian_are_isolated_and_no_rtl_runs() -> None:
    document = sample_document("fa")
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    number = next(cell for cell in cells if "۰٫۱۳۰" in cell.text)
    run = next(number._tc.iter(qn("w:r")))
    assert text_of(run) == "\u2066−۰٫۱۳۰\u2069"
    assert run.find(f"{qn('w:rPr')}/{qn('w:rtl')}") is None
    assert run.find(f"{qn('w:rPr')}/{qn('w:cs')}") is not None
    paragraph = next(number._tc.iter(qn("w:p")))
    assert paragraph.find(f"{qn('w:pPr')}/{qn('w:jc')}").get(qn("w:val")) == "right"


def test_english_report_of_persian_interviews_keeps_each_direction() -> None:
    passages = (quote("English words", "en"), quote("متن (ICT) فارسی", "fa"), quote("متن", "?"))
    document = opened(result(Quotes(quotes=passages)))
    shown = [p for p in document.paragraphs if p.style.name == "Quote"]
    assert [is_bidi(p._p) for p in shown] == [False, True, True]
    assert [p.text for p in shown] == ["English words", "متن (ICT) فارسی", "متن"]
    headings = [p._p for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert not any(is_bidi(paragraph) for paragraph in headings)


@pytest.mark.parametrize("tag", TAGS)
def test_persian_texts_that_begin_with_a_latin_name_keep_their_direction(tag: str) -> None:
    said = "c1: بافت انسانی شهرهای کوچک است که راهبردها در آن می‌نشینند؛ c2: همین اعتماد مشتری را می‌کشاند"
    table = Table(name="t", columns=(Column("a", Message("A")),), rows=((said,), ("P01",), ("زن",)))
    cells = [row.cells[0] for row in opened(result(table), tag).tables[0].rows][1:]
    assert cells[0].text == said
    assert [is_bidi(cell.paragraphs[0]._p) for cell in cells] == [True, tag == "fa", tag == "fa"]


@pytest.mark.parametrize("tag", TAGS)
def test_hostile_text_stays_text(tag: str) -> None:
    data = sample(tag)
    document = docx.Document(io.BytesIO(data))
    codes = {code.text.strip() for code in document.element.body.iter(qn("w:instrText"))}
    assert codes <= FIELDS
    text = all_text(document)
    assert "<script>alert(1)</script>" in text
    assert "[bold red]loud[/bold red] :smile:" in text
    assert "⟨U+202E⟩" in text
    assert not re.search("[\u202a-\u202e\u2067]", text)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))
        relations = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".rels"))
    assert b'TargetMode="External"' not in relations
    assert '=HYPERLINK("http://example.org";"x")' in text


@pytest.mark.parametrize("tag", TAGS)
def test_every_page_says_synthetic(tag: str) -> None:
    mark = re.sub("[\u2066-\u2069]", "", language(tag).text(words.SYNTHETIC))
    for synthetic in (True, False):
        document = sample_document(tag, synthetic=synthetic)
        section = document.sections[0]
        heads = [text_of(head._element) for head in (section.header, section.first_page_header)]
        assert [mark in re.sub("[\u2066-\u2069]", "", head) for head in heads] == [synthetic] * 2
        assert section.different_first_page_header_footer
        foot = section.footer._element
        assert [code.text.strip() for code in foot.iter(qn("w:instrText"))] == ["PAGE"]


@pytest.mark.parametrize("tag", TAGS)
def test_undefined_cells_have_numbered_reasons(tag: str) -> None:
    document = sample_document(tag)
    notes = "".join(p.text for p in document.paragraphs if p.style.name == "omnistudy note")
    assert "no variation in the test" in notes
    assert not re.search(r"\b(nan|inf)\b", all_text(document), re.IGNORECASE)


def test_two_undefined_cells_with_one_reason_share_a_number() -> None:
    same, other = Undefined(Message("none coded")), Undefined(Message("one coder"))
    table = Table(
        name="t",
        columns=(Column("a", Message("A"), Kind.COEFFICIENT), Column("b", Message("B"), Kind.COEFFICIENT)),
        rows=((same, other), (same, 0.5)),
        caption=Message("T"),
    )
    document = opened(result(table))
    cells = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert cells == [["A", "B"], ["–1", "–2"], ["–1", "0.500"]]


def test_figures_are_pictures_with_words() -> None:
    document = sample_document("en")
    pictures = list(document.element.body.iter(qn("wp:docPr")))
    assert len(pictures) == len(figures()) == len(document.inline_shapes)
    assert all("Alt" in (picture.get("descr") or "") for picture in pictures)
    assert len({picture.get("id") for picture in pictures}) == len(pictures)
    room = 9070 * 635
    assert all(shape.width <= 14002 * 635 for shape in document.inline_shapes)
    assert any(shape.width <= room for shape in document.inline_shapes)


def test_a_picture_that_is_drawn_already_is_taken() -> None:
    figure = figures()[0]
    drawn = png_file(figure, language("fa"), synthetic=True)
    taken = made(result(figure), pictures={figure.name: drawn})

    def media(document: bytes) -> list[bytes]:
        with zipfile.ZipFile(io.BytesIO(document)) as package:
            return [package.read(name) for name in package.namelist() if name.startswith("word/media/")]

    assert media(taken) == [drawn]
    assert media(made(result(figure))) != [drawn]


def test_wide_tables_lose_secondary_columns_with_a_sentence() -> None:
    document = opened(result(numbers_table(9, secondary=3, letters=1)))
    assert len(document.tables[0].columns) == 6
    assert "Left out here for want of room: " in all_text(document)
    assert len(document.sections) == 1


def test_wide_tables_without_secondary_columns_lie_on_their_side() -> None:
    wide = result(
        Heading(text=Message("Wide ones"), level=3),
        numbers_table(12, letters=5),
        Prose(text=Message("After")),
    )
    document = opened(wide)
    assert len(document.tables[0].columns) == 12
    sizes = [(section.page_width > section.page_height) for section in document.sections]
    assert sizes == [False, True, False]
    assert [section.different_first_page_header_footer for section in document.sections] == [
        True,
        False,
        False,
    ]
    # The heading goes with its table: nothing stands between it and the caption.
    names = [(p.style.name, p.text) for p in document.paragraphs]
    at = names.index(("Heading 2", "Wide ones"))
    assert names[at + 1][0] == "Caption"


def test_the_lead_of_a_section_goes_with_a_wide_table() -> None:
    document = opened(result(numbers_table(12, letters=5)))
    body = list(document.element.body)
    title = next(p._p for p in document.paragraphs if p.text == "A sample" and p.style.name == "Heading 1")
    before = body[body.index(title) - 1]
    assert before.find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None


def test_heading_levels_are_consecutive() -> None:
    blocks = (Heading(text=Message("Upper"), level=2), Heading(text=Message("Lower"), level=4))
    document = opened(result(*blocks))
    levels = {p.text: p.style.name for p in document.paragraphs if p.style.name.startswith("Heading")}
    assert levels["Upper"] == "Heading 2"
    assert levels["Lower"] == "Heading 3"


def test_long_tables_are_cut_and_say_so() -> None:
    long = Table(
        name="t", columns=(Column("n", Message("N"), Kind.COUNT),), rows=tuple((n,) for n in range(40))
    )
    document = opened(result(long), page_row_limit=10)
    assert len(document.tables[0].rows) == 11
    assert "Further rows: 30; the spreadsheet report" in all_text(document)


def test_no_table_has_more_rows_than_somebody_reads_on_paper() -> None:
    rows = tuple((n,) for n in range(MOST_ROWS + 7))
    document = opened(result(Table(name="t", columns=(Column("n", Message("N"), Kind.COUNT),), rows=rows)))
    assert len(document.tables[0].rows) == 1 + MOST_ROWS
    assert "Further rows: 7; the spreadsheet report lists them all." in all_text(document)


def test_a_shaded_matrix_shows_what_can_be_read() -> None:
    def figure(size: int) -> Figure:
        names = tuple(Label(f"c{n}") for n in range(size))
        values = tuple(tuple(float(n + m) for m in range(size)) for n in range(size))
        heatmap = Heatmap(rows=names, columns=names, values=values, axis=Message("N"))
        return Figure(name="h", picture=heatmap, caption=Message("H"), alt=Message("A"))

    said = f"The figure shows {MOST_SHADED} of {MOST_SHADED + 2} rows"
    assert said in all_text(opened(result(figure(MOST_SHADED + 2))))
    # Of a matrix that is cut, the picture of the whole is not taken.
    large = made(result(figure(MOST_SHADED + 2)), pictures={"h": b"the whole"})
    assert b"the whole" not in large
    assert "The figure shows" not in all_text(opened(result(figure(3))))


def test_a_category_of_the_appendix_shows_passages_of_every_interviewee_in_turn() -> None:
    table = trace()
    said = [("P01", 1), ("P01", 2), ("P01", 3), ("P02", 4), ("P03", 5)]
    first = table.rows[0]
    rows = tuple(
        (replace(quote(f"w{n}", "en"), interview=interview), interview, *first[2:]) for interview, n in said
    )
    text = all_text(opened(result(replace(table, rows=rows)), quote_limit=4))
    assert re.findall(r"w\d", text) == ["w1", "w2", "w4", "w5"]
    assert "Further quotations: 1; the spreadsheet report lists them all." in text


@pytest.mark.parametrize(("policy", "shown"), [("full", True), ("short", False), ("none", False)])
def test_the_policy_on_quotations_holds_everywhere(policy: QuotePolicy, shown: bool) -> None:
    said = "w1 w2 w3 w4 w5 w6 w7 w8 w9 w10 w11 w12 w13 secret"
    cell = Table(name="q", columns=(Column("q", Message("Q"), Kind.QUOTE),), rows=((quote(said, "en"),),))
    picture = diagram(SMALL, edges=2)
    spoken = replace(
        picture, edges=tuple(replace(edge, quotes=(quote(said, "en"),)) for edge in picture.edges)
    )
    model = Figure(name="m", picture=spoken, caption=Message("M"), alt=Message("A"))
    text = all_text(opened(result(cell, Quotes(quotes=(quote(said, "en"),)), model), quotes=policy))
    assert ("secret" in text) is shown
    assert ("w1 w2" in text) is (policy != "none")
    assert "P03" in text


def trace() -> Table:
    def row(text: str, interview: str, category: str, code: str) -> tuple[Any, ...]:
        passage = replace(quote(text), interview=interview)
        return (passage, interview, Label(code), Label(category), Label(category), Message("Causal"))

    return Table(
        name="trace",
        caption=Message("Trace"),
        columns=(
            Column("quotation", Message("Quotation"), Kind.QUOTE),
            Column("interviewee", Message("Interviewee"), Kind.ID),
            Column("code", Message("Open code")),
            Column("subcategory", Message("Subcategory")),
            Column("category", Message("Main category")),
            Column("role", Message("Role")),
        ),
        rows=(
            row("یک", "P02", "trust", "honest"),
            row("دو", "P01", "trust", "open"),
            row("سه", "P01", "speed", "fast"),
            row("چهار", "P02", "trust", "honest"),
        ),
    )


def test_the_table_from_quotation_to_role_becomes_the_appendix() -> None:
    document = opened(result(trace()))
    names = [(p.style.name, re.sub("[\u2066-\u2069]", "", p.text)) for p in document.paragraphs]
    start = names.index(("Heading 1", str(phrases.APPENDIX)))
    part = names[start + 1 : names.index(("Heading 1", str(words.PROVENANCE)))]
    assert [text for style, text in part if style == "Heading 2"] == ["trust", "speed"]
    assert [text.split(" [")[0] for style, text in part if style != "Heading 2"] == [
        "P01",
        "دو",
        "P02",
        "یک",
        "چهار",
        "P01",
        "سه",
    ]
    assert [p.text for p in document.paragraphs if p.text == str(phrases.IN_APPENDIX)]
    # The table itself stands nowhere else: what is left are the two of the provenance.
    assert len(document.tables) == 2


def test_the_model_is_listed_by_role_with_merged_cells() -> None:
    model = Figure(name="m", picture=diagram(SMALL), caption=Message("M"), alt=Message("A"))
    document = opened([result(model), result(trace())])
    table = document.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["Role", "Category", "Subcategories"]
    assert [[cell.text for cell in row.cells] for row in table.rows[1:]] == [
        ["Causal", "trust", "trust"],
        ["Causal", "speed", "speed"],
    ]
    merges = [cell.get(qn("w:val")) for cell in table._tbl.iter(qn("w:vMerge"))]
    assert merges == ["restart", "restart", None, "restart"]


def test_results_without_anything() -> None:
    document = opened(SampleResult(provenance=PROVENANCE))
    assert "Alpha is 0.712" in all_text(document)
