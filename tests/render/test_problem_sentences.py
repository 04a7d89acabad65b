"""Errors and warnings are said in Persian, with their own values, and English where no template fits."""

from __future__ import annotations

import re

import pytest
from problem_templates import problem_templates

from omnistudy.render.language import language
from omnistudy.render.problem_sentences import read_problem_catalogue, said_in
from omnistudy.results import Kind

# The rooms whose problems a study's user meets first; others say theirs in English where nothing is known.
TRANSLATED = ("study/", "formats/", "cli/", "explain.py")
VALUE = re.compile(r"\{\d\}")
REMEDY = "translate in omnistudy/render/locale/fa-problems.po:\n"


def words_of_its_own(template: str) -> int:
    return len(re.findall(r"[A-Za-z]{2,}", VALUE.sub("", template)))


def test_every_sentence_of_these_rooms_is_translated() -> None:
    known = read_problem_catalogue("fa")
    found = {
        text: place
        for text, place in problem_templates().items()
        if place.startswith(TRANSLATED) and words_of_its_own(text) > 2
    }
    assert len(found) > 250
    missing = [f"{place}: {text}" for text, place in found.items() if text not in known]
    assert not missing, REMEDY + "\n".join(missing)


def test_translations_have_values_of_their_sentence_only() -> None:
    wrong = {
        text: said
        for text, said in read_problem_catalogue("fa").items()
        if not set(VALUE.findall(said)) <= set(VALUE.findall(text))
        or said.count("\u2066") != said.count("\u2069")
    }
    assert wrong == {}


# Where two values touch, which of them a letter belongs to cannot be told, and need not be.
@pytest.mark.parametrize("text", sorted(text for text in read_problem_catalogue("fa") if "}{" not in text))
def test_a_sentence_is_recognised_by_its_template(text: str) -> None:
    values = [f"value{at}" for at in range(5)]
    sentence = VALUE.sub(lambda place: values[int(place[0][1])], text)
    said = said_in("fa", sentence)
    assert re.search("[\u0600-\u06ff]", said)
    expected = {values[int(place[1])] for place in VALUE.findall(read_problem_catalogue("fa")[text])}
    assert {value for value in values if value in said} == expected


def test_several_sentences_are_said_one_by_one() -> None:
    said = said_in("fa", "Did you mean 'trust'? Use one of trust, fees.")
    assert said == "آیا منظور «\u2068trust\u2069» بود؟ یکی از \u2068trust, fees\u2069 را به کار ببرید."


def test_what_is_not_known_stays_english_and_is_set_apart() -> None:
    assert said_in("fa", "Nobody ever wrote this.") == "\u2066Nobody ever wrote this.\u2069"
    assert said_in("fa", "") == ""
    assert said_in("en", "The transcript is empty.") == "The transcript is empty."


def test_names_cannot_disturb_the_line() -> None:
    said = said_in("fa", "Interview 'a\u202eb' is listed twice.")
    assert "\u202e" not in said


def test_cells_of_sentences_are_translated() -> None:
    assert language("fa").cell("The transcript is empty.", Kind.SENTENCE)[0].text == "متن مصاحبه خالی است."
    assert (
        language("en").cell("The transcript is empty.", Kind.SENTENCE)[0].text == "The transcript is empty."
    )
