"""A Word template of the user's own: its styles, pages and headers stay, ours are added."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt, Twips
from render_samples import PROVENANCE, SampleResult, whole

from omnistudy.errors import StudyError
from omnistudy.render import words
from omnistudy.render.context import RenderContext
from omnistudy.render.language import language
from omnistudy.render.registry import render
from omnistudy.results import Figure, Heading, Message


def report_of(*, synthetic: bool = True) -> SampleResult:
    """Return every kind of block but figures, which take long to draw and do not care for templates."""
    result = whole(synthetic=synthetic)
    return replace(result, content=tuple(b for b in result.content if not isinstance(b, Figure)))


def template(*paragraphs: str, header: str | None = None) -> Any:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if header is not None:
        document.sections[0].header.paragraphs[0].text = header
    return document


def saved(document: Any) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def made(document: Any, result: SampleResult | None = None, tag: str = "en") -> Any:
    context = RenderContext(language=language(tag), template=saved(document))
    data = render("docx", [result or report_of()], context)
    assert data == render("docx", [result or report_of()], context)
    assert isinstance(data, bytes)
    return docx.Document(io.BytesIO(data))


def test_the_report_goes_behind_the_text_of_the_template() -> None:
    document = template("A foreword", header="University")
    document.styles["Heading 1"].font.size = Pt(31)
    document.sections[0].left_margin = Twips(2268)
    report = made(document)
    texts = [paragraph.text for paragraph in report.paragraphs]
    assert texts[0] == "A foreword"
    assert report.styles["Heading 1"].font.size == Pt(31)
    assert report.sections[0].left_margin == Twips(2268)
    heads = [paragraph.text for paragraph in report.sections[0].header.paragraphs]
    assert heads == ["University", str(words.SYNTHETIC)]
    # Its own title page is the template's business.
    assert "Title" not in {paragraph.style.name for paragraph in report.paragraphs}


def test_an_empty_template_gets_a_title_page() -> None:
    report = made(template())
    assert report.paragraphs[0].style.name == "Title"


@pytest.mark.parametrize("tag", ["en", "fa"])
def test_a_placeholder_is_replaced_where_it_stands(tag: str) -> None:
    report = made(template("Before", "{{omnistudy}}", "After"), tag=tag)
    texts = [paragraph.text for paragraph in report.paragraphs]
    assert texts[0] == "Before"
    assert texts[-1] == "After"
    assert "{{omnistudy}}" not in "".join(texts)
    assert len(texts) > 30


def test_a_placeholder_that_ends_a_section_leaves_the_section() -> None:
    document = template("Before", "{{omnistudy}}")
    document.add_section()
    document.add_paragraph("After")
    sections = len(document.sections)
    result = SampleResult(provenance=PROVENANCE, content=(Heading(text=Message("Part"), level=3),))
    report = made(document, result)
    assert len(report.sections) == sections
    assert report.paragraphs[-1].text == "After"
    assert "{{omnistudy}}" not in "".join(paragraph.text for paragraph in report.paragraphs)


def test_styles_are_found_by_their_names_and_added_where_missing() -> None:
    document = template("Vorwort")
    root = document.styles.element
    for style in list(root.findall(qn("w:style"))):
        name = style.find(qn("w:name")).get(qn("w:val"))
        if name == "heading 1":
            style.set(qn("w:styleId"), "berschrift1")
        if name in {"Quote", "caption"}:
            root.remove(style)
    report = made(document)
    used = {p.find(f"{qn('w:pPr')}/{qn('w:pStyle')}") for p in report.element.body.iter(qn("w:p"))}
    ids = {style.get(qn("w:val")) for style in used if style is not None}
    known = {style.get(qn("w:styleId")) for style in report.styles.element.findall(qn("w:style"))}
    assert "berschrift1" in ids
    assert {"Quote", "Caption", "OmnistudyTable"} <= ids <= known


def test_contents_of_the_template_are_not_doubled() -> None:
    document = template("Before")
    paragraph = document.add_paragraph()
    for kind in ("begin", "end"):
        run = paragraph.add_run()
        char = run._r.makeelement(qn("w:fldChar"), {qn("w:fldCharType"): kind})
        if kind == "end":
            code = run._r.makeelement(qn("w:instrText"), {})
            code.text = 'TOC \\o "1-3"'
            run._r.append(code)
        run._r.append(char)
    report = made(document)
    codes = [code.text.strip() for code in report.element.body.iter(qn("w:instrText"))]
    assert [code for code in codes if code.startswith("TOC")] == ['TOC \\o "1-3"']


def test_every_header_of_a_template_says_synthetic() -> None:
    document = template("Before", header="One")
    document.sections[0].different_first_page_header_footer = True
    document.add_section().header.is_linked_to_previous = False
    report = made(document)
    mark = str(words.SYNTHETIC)
    first, second = report.sections[0], report.sections[1]
    for head in (first.header, first.first_page_header, second.header):
        assert mark in [paragraph.text for paragraph in head.paragraphs]
    plain = made(document, report_of(synthetic=False))
    assert mark not in "".join(paragraph.text for paragraph in plain.sections[0].header.paragraphs)


def broken_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("hello.txt", "no document")
    return buffer.getvalue()


def without_body() -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(template()))) as source,
        zipfile.ZipFile(buffer, "w") as archive,
    ):
        for name in source.namelist():
            data = source.read(name)
            if name == "word/document.xml":
                data = re.sub(rb"<w:body>.*</w:body>", b"", data, flags=re.DOTALL)
            archive.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize("data", [b"", b"not a zip", broken_zip(), without_body(), saved(template())[:3000]])
def test_a_broken_template_is_an_error_with_a_remedy(data: bytes) -> None:
    with pytest.raises(StudyError, match="Word template") as caught:
        render("docx", [report_of()], RenderContext(template=data))
    assert "docx" in caught.value.problems[0].remedy
