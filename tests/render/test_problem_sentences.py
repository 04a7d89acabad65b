"""Errors and warnings are said in Persian, with their own values, and English where no template fits."""

from __future__ import annotations

import re

import pytest
from catalogue import faults
from problem_templates import problem_templates

from omnistudy.render.catalogues import read_problem_catalogue, read_value_words
from omnistudy.render.language import language
from omnistudy.render.problem_sentences import said_in
from omnistudy.results import Kind

VALUE = re.compile(r"\{\d\}")
REMEDY = "translate in omnistudy/render/locale/fa-problems.po:\n"
# Words that stand in a sentence of their maker's, where they are looked up as values.
SENTENCES = {text: said for text, said in read_problem_catalogue("fa").items() if "}{" not in text}


def words_of_its_own(template: str) -> int:
    return len(re.findall(r"[A-Za-z]{2,}", VALUE.sub("", template)))


def test_every_sentence_of_the_package_is_translated() -> None:
    known = {*read_problem_catalogue("fa"), *read_value_words("fa")}
    found = {text: place for text, place in problem_templates().items() if words_of_its_own(text) > 2}
    assert len(found) > 600
    missing = [f"{place}: {text}" for text, place in found.items() if text not in known]
    assert not missing, REMEDY + "\n".join(missing)


def test_sentences_are_found_wherever_they_are_made() -> None:
    """In a name, a table of sentences, a function that returns it, a local function, with a suggestion."""
    found = problem_templates()
    assert found["A metric and weights were both given."].startswith("agreement/")
    assert found["--level climbs the code tree of a study; a table has none."].startswith("cli/")
    assert found["A label of the weights occurs twice."].startswith("agreement/")
    assert found["Keep one of the two ratings."].startswith("theory/")
    assert found["Link {0}: {1}"].startswith("crm/")
    assert found["No coder is called '{0}'."].startswith("agreement/")
    assert found["Nobody coded the quotation {0}."].startswith("crm/")
    assert found["This document is protected by a password."].startswith("study/")


@pytest.mark.parametrize("catalogue", [read_problem_catalogue("fa"), read_value_words("fa")])
def test_translations_are_sound(catalogue: dict[str, str]) -> None:
    wrong = {
        text: said
        for text, said in catalogue.items()
        if not set(VALUE.findall(said)) <= set(VALUE.findall(text))
        or faults("", VALUE.sub("n", said).replace("{", "").replace("}", ""))
    }
    assert wrong == {}


def value(number: str) -> str:
    return f"value{number}"


@pytest.mark.parametrize("text", sorted(SENTENCES))
def test_a_sentence_is_recognised_by_its_template(text: str) -> None:
    sentence = VALUE.sub(lambda place: value(place[0][1]), text)
    said = said_in("fa", sentence)
    assert re.search("[\u0600-\u06ff]", said)
    expected = {value(place[1]) for place in VALUE.findall(SENTENCES[text])}
    assert {each for each in map(value, "01234") if each in said} == expected


def test_several_sentences_are_said_one_by_one() -> None:
    said = said_in("fa", "Did you mean 'trust'? Use one of trust, fees.")
    assert said == (
        "آیا منظور «\u2068trust\u2069» بود؟ یکی از \u2068trust\u2069، \u2068fees\u2069 را به کار ببرید."
    )


def test_an_unknown_sentence_beside_a_known_one_stays_english_alone() -> None:
    said = said_in("fa", "The transcript is empty. Nobody ever wrote this.")
    assert said == "متن مصاحبه خالی است. \u2066Nobody ever wrote this.\u2069"


def test_what_is_not_known_stays_english_and_is_set_apart() -> None:
    assert said_in("fa", "Nobody ever wrote this.") == "\u2066Nobody ever wrote this.\u2069"
    assert said_in("fa", "") == ""
    assert said_in("en", "The transcript is empty.") == "The transcript is empty."


def test_names_cannot_disturb_the_line() -> None:
    said = said_in("fa", "Interview 'a\u202eb' is listed twice.")
    assert "\u202e" not in said


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("The file of columns cannot be read (Nobody knows).", "پروندهٔ ستون‌ها خواندنی نیست"),
        ("This is not valid TOML: Invalid value (at line 6, column 12).", "مقدار نادرست (سطر"),
        ("Link L1: 'x' is not a metric.", "از سنجه‌ها نیست"),
        ("Known: none.", "شناخته‌شده: هیچ."),
        ("Choose consensus, lead:<coder>, majority or any.", "یا"),
        ("Invalid value for '--run': Input should be a valid integer.", "باید عدد صحیح باشد."),
        ("Left out: documents without text (1), there is nothing in them to code.", "سند"),
    ],
)
def test_words_that_stand_as_a_value_are_said_too(sentence: str, words: str) -> None:
    said = said_in("fa", sentence)
    assert words in said
    assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", said.replace("Nobody knows", ""))


def test_names_in_quotation_marks_are_never_translated() -> None:
    assert said_in("fa", "'none' is not one of the codes.") == "«\u2068none\u2069» از کدها نیست."


def test_numbers_are_written_in_the_readers_digits_and_names_as_they_are() -> None:
    said = said_in("fa", "The row has 3 cells, the header 9.")
    assert said == "سطر \u2068۳\u2069 خانه دارد و سرستون \u2068۹\u2069."
    assert "«\u20687\u2069»" in said_in("fa", "'7' is not one of the codes.")


def test_words_of_another_program_keep_their_order() -> None:
    said = said_in("fa", "The file cannot be read: some reason, unheard of.")
    assert "\u2068some reason, unheard of\u2069" in said


def test_values_that_touch_are_said_once() -> None:
    said = said_in("fa", "2 of 8 links have no meta-inference that can be printed: a-b, c.")
    assert "\u2068a-b\u2069، \u2068c\u2069" in said


def test_cells_of_sentences_are_translated() -> None:
    assert language("fa").cell("The transcript is empty.", Kind.SENTENCE)[0].text == "متن مصاحبه خالی است."
    assert (
        language("en").cell("The transcript is empty.", Kind.SENTENCE)[0].text == "The transcript is empty."
    )
