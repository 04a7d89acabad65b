"""Sentences, numbers, labels and dates in both languages."""

from __future__ import annotations

import math
from dataclasses import replace
from types import MappingProxyType

import pytest

from omnistudy.render.catalogues import read_catalogue
from omnistudy.render.language import Language, PieceKind, language
from omnistudy.render.untrusted import one_line, visible, without_formula
from omnistudy.results import Day, Kind, Label, Message, Number, msg

ENGLISH, PERSIAN = language("en"), language("fa")


@pytest.mark.parametrize(
    ("value", "kind", "english", "persian"),
    [
        (12345, Kind.COUNT, "12,345", "۱۲٬۳۴۵"),
        (0.71250001, Kind.COEFFICIENT, "0.713", "۰٫۷۱۳"),
        (-0.13, Kind.COEFFICIENT, "−0.130", "−۰٫۱۳۰"),
        (-0.0001, Kind.COEFFICIENT, "0.000", "۰٫۰۰۰"),
        (0.125, Kind.SHARE, "12.5%", "۱۲٫۵٪"),
        (12.54, Kind.PERCENT_POINTS, "12.5%", "۱۲٫۵٪"),
        (0.04567, Kind.P_VALUE, "0.046", "۰٫۰۴۶"),
        (0.00034, Kind.P_VALUE, "0.0003", "۰٫۰۰۰۳"),
        (0.00001, Kind.P_VALUE, "< 0.0001", "< ۰٫۰۰۰۱"),
        (3.14159, Kind.NUMBER, "3.142", "۳٫۱۴۲"),
        (0.0, Kind.NUMBER, "0", "۰"),
        (1234567.8, Kind.NUMBER, "1,234,568", "۱٬۲۳۴٬۵۶۸"),
        (0.00001234, Kind.NUMBER, "1.234×10⁻⁵", "۱٫۲۳۴×۱۰⁻⁵"),
    ],
)
def test_numbers(value: float, kind: Kind, english: str, persian: str) -> None:
    assert ENGLISH.number(value, kind) == english
    assert PERSIAN.number(value, kind) == persian
    assert language("fa", persian_digits=False).number(value, kind) == english


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="reason"):
        ENGLISH.number(value, Kind.COEFFICIENT)


def test_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="en, fa"):
        language("de")


def translated(template: str, persian: str) -> Language:
    return replace(PERSIAN, catalogue=MappingProxyType({template: persian}))


def test_values_in_persian_are_isolated() -> None:
    speaker = translated("{n} codes of {study}", "{n} کد از {study}")
    message = Message("{n} codes of {study}", {"n": Number(19, Kind.COUNT), "study": "maskan-demo"})
    assert speaker.text(message) == "\u2066۱۹\u2069 کد از \u2068maskan-demo\u2069"
    assert ENGLISH.text(message) == "19 codes of maskan-demo"


def test_interval_shares_one_isolate() -> None:
    speaker = translated("a {x} [{low}, {high}] b", "الف {x} [{low}، {high}] ب")
    values = {name: Number(0.5, Kind.COEFFICIENT) for name in ("x", "low", "high")}
    pieces = speaker.pieces(Message("a {x} [{low}, {high}] b", values))
    assert [p.text for p in pieces if p.kind is PieceKind.NUMBER] == ["۰٫۵۰۰", "[۰٫۵۰۰، ۰٫۵۰۰]"]


def test_range_beside_a_name_keeps_the_name_apart() -> None:
    pieces = PERSIAN.pieces(Message("{interview}, {start}–{end}", {"interview": "P01", "start": 1, "end": 9}))
    assert [(p.text, p.kind) for p in pieces if p.kind is not PieceKind.WORDS] == [
        ("P01", PieceKind.NAME),
        ("۱–۹", PieceKind.NUMBER),
    ]


def test_untranslated_sentence_stays_whole_and_marked() -> None:
    (piece,) = PERSIAN.pieces(Message("nobody translated {n}", {"n": 3}))
    assert (piece.text, piece.language) == ("nobody translated ۳", "en")


def test_words_for_flags_and_nothing() -> None:
    assert PERSIAN.text(Message("{label}", {"label": True})) == "بله"
    assert ENGLISH.text(Message("{a} {b}", {"a": None, "b": Number(None)})) == "none undefined"


def test_label_falls_back_visibly() -> None:
    label = Label("c2", {"en": "service quality"})
    assert PERSIAN.label(label).fallback
    assert PERSIAN.name(label) == "service quality [en]"
    assert not ENGLISH.label(label).fallback
    assert not PERSIAN.label(Label("P03")).fallback


def test_dates() -> None:
    assert ENGLISH.date("2025-03-12") == "12 March 2025"
    assert PERSIAN.date("2025-03-12") == "۲۲ اسفند ۱۴۰۳ (\u2066۲۰۲۵-۰۳-۱۲\u2069)"
    assert ENGLISH.date("spring 2025") == "spring 2025"


@pytest.mark.parametrize(
    ("text", "english", "persian"),
    [
        ("فناوری (ICT)", "rtl", "rtl"),
        ("ICT فناوری", "ltr", "rtl"),
        ("−۰٫۱۳", "ltr", "ltr"),
        ("12.5%", "ltr", "ltr"),
    ],
)
def test_base_direction(text: str, english: str, persian: str) -> None:
    assert ENGLISH.base_direction(text) == english
    assert PERSIAN.base_direction(text) == persian


def test_catalogue_is_read_once() -> None:
    assert read_catalogue("fa") is read_catalogue("fa")
    assert not read_catalogue("en")


def test_steering_characters_become_visible() -> None:
    assert visible("a\x1b[31m\u202eb\u2066\x9b\ud800") == "a␛[31m⟨U+202E⟩b⟨U+2066⟩\ufffd\ufffd"
    assert visible("می\u200cشود\u200f\r\nx") == "می\u200cشود\u200f\nx"
    assert one_line(" a\n\tb ") == "a b"


@pytest.mark.parametrize("start", list("=+-@\t\r＝"))
def test_formulas_are_neutralised(start: str) -> None:
    assert without_formula(f"{start}x").startswith("'")
    assert without_formula(f"x{start}") == f"x{start}"


def test_a_comma_between_two_phrases_joins_no_interval() -> None:
    place = msg("turn {turn}, {start}–{end}", turn=Number(7, Kind.COUNT), start=10, end=20)
    numbers = [piece.text for piece in ENGLISH.pieces(place) if piece.kind is PieceKind.NUMBER]
    assert numbers == ["7", "10–20"]
    limits = msg("between [{low}, {high}]", low=Number(1, Kind.COUNT), high=Number(2, Kind.COUNT))
    numbers = [piece.text for piece in ENGLISH.pieces(limits) if piece.kind is PieceKind.NUMBER]
    assert numbers == ["[1, 2]"]


def test_a_span_of_days_shows_no_marks_of_direction() -> None:
    shown = PERSIAN.text(msg("{label}", label=Day("2023-03-21/2025-03-20")))
    assert "U+20" not in shown
    assert "۱ فروردین ۱۴۰۲" in shown
    assert "۲۰۲۵-۰۳-۲۰" in shown
