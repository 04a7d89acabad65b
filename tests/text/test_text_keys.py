"""Match keys: the equalities and inequalities that Persian names need, and three laws."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnistudy.text.keys import match_key, tight_key

persian = st.characters(min_codepoint=0x0600, max_codepoint=0x06FF)
arabic_marks = st.characters(min_codepoint=0x08D0, max_codepoint=0x08FF, categories=["Mn"])
latin_marks = st.characters(min_codepoint=0x0300, max_codepoint=0x036F)
forms = st.characters(min_codepoint=0xFB50, max_codepoint=0xFEFC)
signs = st.sampled_from("\u200c\u200d\u200e\u2067ـ.%٪٫٬ 0۵٤اهی🙂\ufeff")
texts = st.text(
    st.one_of(persian, arabic_marks, latin_marks, forms, signs, st.characters(exclude_categories=["Cs"]))
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كتاب هاي ١٤", "کتاب‌های ۱۴"),
        ("پدیدۀ محوری", "پدیدهٔ محوری"),
        ("پدیدۀ محوری", "پدیده‌ی محوری"),
        ("پدیدۀ محوری", "پدیده محوری"),
        ("شرايط علي", "شرایط علّی"),
        ("«فناوری (ICT)»", "فناوري ict"),
        ("۱۲٫۵٪", "12.5%"),
        ("۱٬۲۰۰", "1200"),
        ("مشتــــري", "مشتری"),
        ("\ufee3\ufeb8\ufe98\ufeae\ufef1", "مشتری"),
        ("رأی", "رای"),
    ],
)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(
    "spellings",
    [("کسب‌وکار", "کسب و کار", "کسبوکار"), ("همه‌کاناله", "همهکاناله"), ("مصاحبه‌گر", "مصاحبه گر", "مصاحبهگر")],
)
def test_a_lost_zwnj_shows_in_the_key_and_not_in_the_tight_key(spellings: tuple[str, ...]) -> None:
    assert len({tight_key(spelling) for spelling in spellings}) == 1
    assert len({match_key(spelling) for spelling in spellings}) > 1


@pytest.mark.parametrize(
    ("one", "other"), [("مسئله", "مسأله"), ("آموزش", "اموزش"), ("12.5", "125"), ("5%", "5")]
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert match_key(one) != match_key(other)
    assert tight_key(one) != tight_key(other)


def test_an_accent_that_meets_its_letter_when_a_mark_goes_is_composed() -> None:
    assert match_key("w\u06e2\u0308") == match_key("w\u0308") == "\u1e85"


@given(texts)
def test_a_key_is_its_own_key(text: str) -> None:
    assert match_key(match_key(text)) == match_key(text)


@given(texts)
def test_the_normal_form_of_a_text_does_not_matter(text: str) -> None:
    keys = {match_key(unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    assert keys == {match_key(text)}


@given(texts)
def test_a_key_has_no_hidden_characters(text: str) -> None:
    key = match_key(text)
    assert not any(unicodedata.category(character) == "Cf" or character == "ـ" for character in key)
    arabic = (c for c in key if "\u0600" <= c <= "\u06ff" or "\u08d0" <= c <= "\u08ff")
    assert not any(unicodedata.category(character)[0] == "M" for character in arabic)
    assert "  " not in key
    assert key == key.strip()
    assert tight_key(text) == key.replace(" ", "")
