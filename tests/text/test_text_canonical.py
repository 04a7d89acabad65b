"""Canonical text and the way back to the file: what every offset of a study rests on."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnistudy.text.canonical import NotTextError, canonical_text, normalised

# The selection «علی» of this text is the vector of the offset table: canonical 7 to 10.
VECTOR = "سلام 😀\r\nعلی"
WITH_ZWNJ = "می\u200cروم 😀\r\nعلی"

lines = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\n", min_codepoint=0x20), max_size=8
)
files = st.lists(st.tuples(lines, st.sampled_from(["\n", "\r\n", "\r", ""])), max_size=8).map(
    lambda parts: "".join(line + end for line, end in parts)
)


@pytest.mark.parametrize(
    ("data", "start_in_file"),
    [
        (VECTOR.encode(), 8),
        (VECTOR.replace("\r", "").encode(), 7),
        (codecs.BOM_UTF8 + VECTOR.encode(), 9),
        (codecs.BOM_UTF16_LE + VECTOR.encode("utf-16-le"), 9),
        (codecs.BOM_UTF16_BE + VECTOR.encode("utf-16-be"), 9),
        (codecs.BOM_UTF32_LE + VECTOR.encode("utf-32-le"), 9),
        (VECTOR.replace("\r\n", "\r").encode(), 7),
    ],
    ids=["crlf", "lf", "bom", "utf-16-le", "utf-16-be", "utf-32-le", "cr"],
)
def test_the_selection_of_the_vector_lies_where_the_table_says(data: bytes, start_in_file: int) -> None:
    transcript = canonical_text(data)
    assert transcript.text == "سلام 😀\nعلی"
    assert transcript.text[7:10] == "علی"
    assert [transcript.offsets.to_file(at) for at in (7, 10)] == [start_in_file, start_in_file + 3]


def test_zwnj_is_one_code_point_and_stays() -> None:
    transcript = canonical_text(WITH_ZWNJ.encode())
    assert transcript.text == "می\u200cروم 😀\nعلی"
    assert transcript.text[9:12] == "علی"
    assert transcript.offsets.to_file(9) == 10


def test_an_end_before_a_crlf_stays_before_it() -> None:
    transcript = canonical_text(b"ab\r\ncd")
    assert [transcript.offsets.to_file(at) for at in range(6)] == [0, 1, 2, 4, 5, 6]


def test_only_one_byte_order_mark_is_removed() -> None:
    assert canonical_text(codecs.BOM_UTF8 * 2 + b"a").text == "\ufeffa"


def test_nothing_else_is_touched() -> None:
    odd = "a\u0085b\u2028c\x0bd\x0ce  \u064a\u0643 e\u0301 \t"
    assert canonical_text(odd.encode()).text == odd


@given(files, st.booleans())
def test_every_position_leads_back_to_its_character(decoded: str, marked: bool) -> None:
    decoded = ("\ufeff" if marked else "") + decoded
    transcript = canonical_text(decoded.encode())
    positions = [transcript.offsets.to_file(at) for at in range(len(transcript.text) + 1)]
    for character, position in zip(transcript.text, positions, strict=False):
        assert position is not None
        assert decoded[position] == character or (character == "\n" and decoded[position] == "\r")
    assert positions[-1] == len(decoded)
    assert positions == sorted(set(positions), key=lambda position: position or 0)


@given(files)
def test_canonical_text_is_canonical(decoded: str) -> None:
    once = normalised(decoded).text
    assert "\r" not in once
    if not once.startswith("\ufeff"):
        assert normalised(once).text == once


def test_windows_1256_is_read_only_when_declared() -> None:
    data = "مصاحبه‌کننده: چطور بود؟\r\n".encode("cp1256")
    with pytest.raises(NotTextError, match="byte 1") as caught:
        canonical_text(data)
    assert 'encoding = "windows-1256"' in caught.value.remedy
    assert canonical_text(data, encoding="windows-1256").text == "مصاحبه‌کننده: چطور بود؟\n"


def test_a_declared_encoding_does_not_spoil_the_utf8_files_of_the_folder() -> None:
    text = "این پرونده با یونیکد نوشته شده است."
    assert canonical_text(text.encode(), encoding="windows-1256").text == text
    assert canonical_text(codecs.BOM_UTF8 + "سگ".encode(), encoding="windows-1256").text == "سگ"
    # two bytes that happen to be UTF-8 are not enough to overrule the declaration
    assert canonical_text("سگ".encode("cp1256"), encoding="windows-1256").text == "سگ"


def test_any_declared_codec_is_used() -> None:
    assert canonical_text("été".encode("latin-1"), encoding="latin-1").text == "été"
    assert canonical_text("سلام".encode("utf-16-le"), encoding="utf-16-le").text == "سلام"


@pytest.mark.parametrize(
    ("data", "encoding", "reason"),
    [
        (b"%PDF-1.7 x", None, "PDF"),
        (b"PK\x03\x04rest", None, "zip"),
        (b"\xd0\xcf\x11\xe0rest", "windows-1256", "old Office"),
        (b"{\\rtf1 x}", None, "RTF"),
        (b"SQLite format 3\x00", None, "database"),
        (b"abc\x00def", None, "NUL"),
        ("سلام".encode("utf-16-le"), None, "control"),
        ("سلام بر".encode("utf-16-le"), None, "NUL"),
        (b"\xff\xfea", None, "utf-16"),
        (b"caf\xe9", None, "byte 4"),
        (b"\xed\xa0\x80", None, "byte 1"),
        (b"\x81", "ascii", "ascii"),
        (b"x", "klingon", "not the name of an encoding"),
        (b"x", "rot13", "not the name of an encoding"),
    ],
)
def test_what_is_no_text_says_why_and_what_to_do(data: bytes, encoding: str | None, reason: str) -> None:
    with pytest.raises(NotTextError, match=reason) as caught:
        canonical_text(data, encoding=encoding)
    assert caught.value.reason == str(caught.value)
    assert caught.value.remedy.endswith(".")
