"""Direction of texts, and what must not reach a terminal."""

from __future__ import annotations

import pytest

from omnistudy.text.direction import direction, isolate, neutralise_bidi, terminal_safe, without_escapes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("fa", "rtl"),
        ("fa-IR", "rtl"),
        ("ar", "rtl"),
        ("en", "ltr"),
        ("de-AT", "ltr"),
        ("سلام", "rtl"),
        ("ICT در بانک مهم است", "rtl"),
        ("the word بانک means bank", "ltr"),
        ("۱۲٫۵", "ltr"),
        ("", "ltr"),
        ("اب ab", "rtl"),
        ("ab اب", "ltr"),
    ],
)
def test_direction(text: str, expected: str) -> None:
    assert direction(text) == expected


def test_isolated_text_is_between_lri_and_pdi() -> None:
    assert isolate("−0.13") == "\u2066−0.13\u2069"


def test_overrides_become_visible_and_persian_joiners_stay() -> None:
    assert neutralise_bidi("a\u202eb\u2067c\u2069") == "a‹U+202E›b‹U+2067›c‹U+2069›"
    assert neutralise_bidi("می\u200cروم\u200f") == "می\u200cروم\u200f"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31;1mred\x1b[0m", "red"),
        ("\x9b2Jgone", "gone"),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;title\x1b\\text", "text"),
        ("\x1b(Bplain\x1bc", "plain"),
        ("a\x07b\rc\x7f", "abc"),
        ("tab\tand\nnewline", "tab\tand\nnewline"),
    ],
)
def test_escape_sequences_are_removed(text: str, expected: str) -> None:
    assert without_escapes(text) == expected


def test_an_escape_hidden_by_an_override_is_caught_as_well() -> None:
    assert terminal_safe("\x1b[1m\u202eevil") == "‹U+202E›evil"
