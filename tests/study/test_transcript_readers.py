"""Transcripts in every format: the words, in order, and nothing from a hostile file."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnistudy.study import office
from omnistudy.study.transcripts import LARGEST_TRANSCRIPT, TRANSCRIPT_SUFFIXES, read_transcript
from omnistudy.text.canonical import NotTextError
from omnistudy.text.transcript import Transcript
from omnistudy.text.units import turns

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
)
PERSIAN = "مصاحبه‌گر: می‌آیید؟ 😀"


def read(name: str, data: bytes | str, encoding: str | None = None) -> Transcript:
    return read_transcript(Path(name), data.encode() if isinstance(data, str) else data, encoding=encoding)


def zipped(members: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def docx(body: str) -> bytes:
    return zipped({"word/document.xml": f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>"})


def odt(body: str) -> bytes:
    text = f"<office:body><office:text>{body}</office:text></office:body>"
    content = f"<office:document-content {ODF}>{text}</office:document-content>"
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def rtf(body: str, head: str = "") -> bytes:
    return ("{\\rtf1\\ansi\\ansicpg1252\\deff0" + head + "\\uc1 " + body + "}").encode("latin-1")


def test_plain_files_keep_their_offset_map() -> None:
    transcript = read("P1.TXT", "\ufeffa\r\nb")
    assert transcript.text == "a\nb"
    assert transcript.offsets.to_file(2) == 4
    assert read("P1.md", "سلام".encode("cp1256"), "windows-1256").text == "سلام"


def test_a_word_document_made_by_python_docx(tmp_path: Path) -> None:
    import docx as python_docx

    document = python_docx.Document()
    paragraph = document.add_paragraph("مصاحبه‌گر: ")
    paragraph.add_run("می‌آیید؟").bold = True
    paragraph.add_run(" 😀")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "one"
    table.cell(0, 1).text = "two"
    broken = document.add_paragraph("after\ttab").add_run()
    broken.add_break()
    broken.add_text("line")
    document.sections[0].header.paragraphs[0].text = "HEADER"
    document.save(str(tmp_path / "P1.docx"))
    transcript = read("P1.docx", (tmp_path / "P1.docx").read_bytes())
    assert transcript.text == f"{PERSIAN}\none\ntwo\nafter\ttab\nline"
    assert transcript.offsets.to_file(0) is None


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "<w:p><w:r><w:t>kept </w:t></w:r><w:ins><w:r><w:t>new</w:t></w:r></w:ins>"
            "<w:del><w:r><w:delText>old</w:delText></w:r></w:del></w:p>",
            "kept new",
        ),
        (
            "<w:p><w:moveFrom><w:r><w:t>away</w:t></w:r></w:moveFrom><w:moveTo><w:r><w:t>here</w:t></w:r></w:moveTo></w:p>",
            "here",
        ),
        (
            "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>one </w:t></w:r></w:p>"
            "<w:p><w:r><w:t>line</w:t></w:r></w:p>",
            "one line",
        ),
        (
            "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>gone</w:t></w:r></w:p></w:tc></w:tr>"
            "<w:tr><w:tc><w:p><w:r><w:t>stays</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
            "stays",
        ),
        (
            "<w:p><w:r><w:t>out</w:t><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p>"
            "</w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r></w:p></w:txbxContent>"
            "</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>side</w:t></w:r></w:p>",
            "outside\nbox",
        ),
        (
            "<w:p><w:r><w:fldChar/><w:instrText>PAGE</w:instrText></w:r><w:hyperlink><w:r><w:t>link</w:t></w:r></w:hyperlink>"
            "<w:sdt><w:sdtContent><w:r><w:t>!</w:t></w:r></w:sdtContent></w:sdt></w:p>",
            "link!",
        ),
        (
            "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t>"
            '<w:br w:type="page"/>'
            "<w:cr/><w:t>c</w:t></w:r></w:p><w:p/>",
            "a\u2011b\nc\n",
        ),
    ],
    ids=["insertion", "move", "joined paragraph", "deleted row", "text box", "field", "signs"],
)
def test_what_a_word_document_says(body: str, expected: str) -> None:
    assert read("P1.docx", docx(body)).text == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<text:h>Title</text:h><text:p>a<text:span>b</text:span> c</text:p>", "Title\nab c"),
        ("<text:p>  two\n  words </text:p><text:p/>", "two words\n"),
        ("<text:p>a <text:s text:c='2'/>b<text:tab/>c<text:line-break/> d</text:p>", "a   b\tc\n d"),
        ("<text:p>a <text:span> b</text:span></text:p>", "a b"),
        (
            "<text:tracked-changes><text:changed-region><text:deletion><text:p>old</text:p></text:deletion>"
            "</text:changed-region></text:tracked-changes><text:p>new<text:change/></text:p>",
            "new",
        ),
        (
            "<text:p>a<text:note><text:note-body><text:p>note</text:p></text:note-body></text:note>b"
            "<office:annotation><text:p>comment</text:p></office:annotation></text:p>",
            "ab",
        ),
        (
            "<table:table><table:table-row><table:table-cell><text:p>1</text:p></table:table-cell>"
            "<table:table-cell><text:p>2</text:p></table:table-cell></table:table-row></table:table>"
            "<text:list><text:list-item><text:p>3</text:p></text:list-item></text:list>",
            "1\n2\n3",
        ),
        (f"<text:p>{PERSIAN}</text:p>", PERSIAN),
    ],
    ids=["spans", "blanks", "signs", "blank across", "tracked", "notes", "table and list", "persian"],
)
def test_what_an_opendocument_text_says(body: str, expected: str) -> None:
    assert read("P1.odt", odt(body)).text == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("one\\par two\\line three\\tab four\\par\r\n", "one\ntwo\nthree\tfour"),
        ("\\u1587?\\u1604?\\u1575?\\u1605?", "سلام"),
        ("\\uc2\\u1587??\\uc0\\u1604\\u1575 \\uc1\\u1605\\'3f", "سلام"),
        ("\\u-10179?\\u-8704?", "😀"),
        ("\\u8220\\ldblquote x\\u8221\\rdblquote", "“x”"),
        ("caf\\'e9 {\\b bold} a\\~b\\_c \\{\\}\\\\", "café bold a\u00a0b\u2011c {}\\"),
        ("a{\\*\\generator Riched20;}{\\info{\\title T}}{\\header H}{\\pict 0123}b", "ab"),
        ("{\\field{\\*\\fldinst HYPERLINK \"x\"}{\\fldrslt link}}", "link"),
        ("{\\deleted gone}{\\revised new}", "new"),
        ("x{\\object\\bin3 }}}y}z", "xz"),
        ("caf\xe9 \x93x\x94", "café “x”"),
    ],
    ids=["lines", "unicode", "stand-ins", "astral", "quotes", "signs", "skipped", "field", "tracked", "binary", "raw"],
)  # fmt: skip
def test_what_an_rtf_document_says(body: str, expected: str) -> None:
    assert read("P1.rtf", rtf(body)).text == expected


def test_rtf_bytes_are_read_with_the_code_page_of_their_font() -> None:
    fonts = "{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset178 Tahoma;}{\\f2\\fcharset128 Mincho;}}"
    body = "caf\\'e9 \\f1 \\'d3\\'e1\\'c7\\'e3{\\f0 \\'e9}\\'d3\\f2 \\'82\\'a0"
    assert read("P1.rtf", rtf(body, fonts)).text == "café سلامéسあ"
    assert read("P1.rtf", b"{\\rtf1\\ansi\\ansicpg1256 \\'d3}").text == "س"


VTT = (
    "WEBVTT - a title\n\nNOTE about\nthe file\n\nSTYLE\n::cue { color: red }\n\nintro\n"
    "00:00:01.000 --> 00:00:02.500 align:start\n<v.loud Sara Ahmadi>Hello &amp; <i>welcome</i>\nto it.</v>\n\n"
    "00:03.000 --> 00:04.000\n<v Sara Ahmadi>More.\n\nNOTE 00:03.500 --> 00:04.000\n\n"
    "00:04.000 --> 00:05.000\n<v علی>سلام\n<v Sara Ahmadi> بله\n\n00:06.000 --> 00:07.000\nno voice\n"
)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_webvtt_voices_become_turns_and_cues_lines(newline: str) -> None:
    file = VTT.replace("\n", newline)
    transcript = read("P1.vtt", "\ufeff" + file)
    assert (
        transcript.text == "Sara Ahmadi: Hello & welcome to it.\nMore.\nعلی: سلام\nSara Ahmadi: بله\nno voice"
    )
    assert transcript.voices == ("Sara Ahmadi", "علی")
    assert [turn.speaker for turn in turns(transcript)] == ["Sara Ahmadi", "علی", "Sara Ahmadi"]
    assert [turn.is_participant for turn in turns(transcript, ("Sara Ahmadi",))] == [False, True, False]
    for words in ("Sara Ahmadi", "Hello ", "welcome", "More.", "علی", "سلام", "بله", "no voice"):
        at = transcript.text.index(words)
        place = transcript.offsets.to_file(at)
        assert place is not None
        assert ("\ufeff" + file)[place : place + len(words)] == words


def test_subrip_keeps_words_after_a_blank_line() -> None:
    file = (
        "1\n00:00:01,000 --> 00:00:02,000\nHello <b>you</b>\n\nand &amp; {\\an8}more\n\n"
        "2\n00:00:02,000 --> 00:00:03,000\n12\n\n3\n00:00:03,000 --> 00:00:04,000\n\n"
    )
    transcript = read("P1.srt", file)
    assert transcript.text == "Hello you and & more\n12"
    assert transcript.offsets.to_file(transcript.text.index("more")) == file.index("more")


@given(st.lists(st.text(st.sampled_from("ab <>&;{}\\'\"سل:-"), max_size=12), max_size=5))
def test_any_captions_are_read_with_offsets_inside_the_file(cues: list[str]) -> None:
    file = "WEBVTT\n\n" + "".join(f"00:0{at}.000 --> 00:0{at}.500\n{cue}\n\n" for at, cue in enumerate(cues))
    if not cues:
        with pytest.raises(NotTextError, match="no cue"):
            read("a.vtt", file)
        return
    transcript = read("a.vtt", file)
    for at in range(len(transcript.text)):
        place = transcript.offsets.to_file(at)
        assert place is not None
        assert 0 <= place < len(file)


def encrypted_zip() -> bytes:
    data = bytearray(docx("<w:p/>"))
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + at] |= 1
    return bytes(data)


def corrupted(data: bytes) -> bytes:
    middle = data.index(b"document.xml") + len("document.xml") + 5
    return data[:middle] + b"\xff" * 10 + data[middle + 10 :]


BOMB = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("a.docx", b"plain text", "not a Word document"),
        ("a.docx", docx("<w:p/>")[:-30], "not a Word document, or it is damaged"),
        ("a.docx", corrupted(docx("<w:p><w:r><w:t>" + "words " * 50 + "</w:t></w:r></w:p>")), "damaged"),
        ("a.docx", zipped({"other.txt": "x"}), "no text part"),
        ("a.docx", zipped({"word/document.xml": "<w:document"}), "XML cannot be read"),
        ("a.docx", zipped({"word/document.xml": f"<w:document {W}/>"}), "no body"),
        ("a.docx", zipped({"word/document.xml": BOMB + "<d>&b;</d>"}), "document type"),
        ("a.docx", zipped({"word/document.xml": (BOMB + "<d>&b;</d>").encode("utf-16")}), "document type"),
        ("a.docx", zipped({"word/document.xml": "x", "../evil": "x"}), "outside"),
        ("a.docx", zipped({"word/document.xml": "x", "C:/evil": "x"}), "outside"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old .doc, or a document protected"),
        ("a.docx", encrypted_zip(), "protected by a password"),
        ("a.odt", zipped({"mimetype": "x"}), "no content.xml"),
        (
            "a.odt",
            zipped({"content.xml": "x", "META-INF/manifest.xml": "<manifest:encryption-data/>"}),
            "protected by a password",
        ),
        (
            "a.odt",
            zipped(
                {"content.xml": f"<office:document-content {ODF}><office:body/></office:document-content>"}
            ),
            "another kind of document",
        ),
        ("a.odt", zipped({"content.xml": BOMB + "<d>&b;</d>"}), "document type"),
        ("a.rtf", b"plain", "not RTF"),
        ("a.rtf", b"{\\rtf1 never closed", "ends before its last brace"),
        ("a.vtt", b"1\n00:00:01.000 --> 00:00:02.000\nx", "does not begin with WEBVTT"),
        ("a.srt", b"just text", "no cue"),
        ("a.srt", b"PK\x03\x04", "zip"),
        ("a.pdf", b"%PDF-1.4", "not a transcript format"),
        ("a.txt", b"a\0b", "NUL"),
        ("a.txt", b"a" * (LARGEST_TRANSCRIPT + 1), "larger than 64 MiB"),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(name: str, data: bytes, reason: str) -> None:
    with pytest.raises(NotTextError, match=re.escape(reason)) as caught:
        read(name, data)
    assert caught.value.remedy


def test_a_zip_bomb_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({"word/document.xml": b"<a>" + b" " * (office.RATIO_FROM + 10) + b"</a>"})
    assert len(bomb) < 100_000
    with pytest.raises(NotTextError, match="far more than a text"):
        read("a.docx", bomb)
    monkeypatch.setattr(office, "LARGEST_PART", 1000)
    with pytest.raises(NotTextError, match="far more than a text"):
        read("a.docx", docx("<w:p/>" * 1000))
    monkeypatch.setattr(office, "MOST_MEMBERS", 0)
    with pytest.raises(NotTextError, match="more than 0 files"):
        read("a.docx", docx("<w:p/>"))


def test_every_suffix_has_a_reader_and_case_does_not_matter() -> None:
    assert {".txt", ".md", ".docx", ".odt", ".rtf", ".vtt", ".srt"} == TRANSCRIPT_SUFFIXES
    assert read("P1.DOCX", docx("<w:p><w:r><w:t>x</w:t></w:r></w:p>")).text == "x"


@given(st.binary(max_size=200), st.sampled_from(sorted(TRANSCRIPT_SUFFIXES)))
def test_any_bytes_give_a_text_or_a_reason(data: bytes, suffix: str) -> None:
    prefix = {".rtf": b"{\\rtf1", ".vtt": b"WEBVTT\n\n"}.get(suffix, b"")
    try:
        text = read(f"a{suffix}", prefix + data).text
    except NotTextError as error:
        text = error.remedy
    assert not {"\r", "\0"} & set(text)


def test_real_documents_say_what_another_program_read(shared: Path) -> None:
    from omnistudy.formats.registry import read_project

    folder = shared / "data" / "serdif"
    project = read_project(next(folder.glob("*.sqlite3")), "analyst")
    differing = []
    for source in project.sources:
        text = read(source.name, (folder / "raw" / source.name).read_bytes()).text
        if "".join(text.split()) != "".join(source.text.split()):
            differing.append(text)
    assert len(project.sources) == 17
    # in three documents the other program's copy has "reusable" for "re-usable"
    assert len(differing) == 3
    assert all("re-usable" in text for text in differing)
