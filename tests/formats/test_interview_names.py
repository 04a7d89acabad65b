"""Interviews are found by their name, another spelling of it, their number or their words, and never guessed."""

from __future__ import annotations

import pytest

from omnistudy.formats.into_study.same_text import by_hash, in_study
from omnistudy.formats.reading.imported import ImportedSource
from omnistudy.formats.sheets.interview_names import InterviewNames

TEXTS = {
    "Interview 1": "P1: I trust the clerk at the desk.\n",
    "Interview 2": "P2: The machine is out of order.\n",
    "مصاحبه ۳": "م۳: به کارمند شعبه اعتماد دارم.\n",
    "loose": "one statement\nanother statement",
}


def names(texts: dict[str, str] | None = None) -> InterviewNames:
    return InterviewNames(texts or TEXTS, frozenset({"loose"}))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Interview 1", "Interview 1"),
        ("interview-1.docx", "Interview 1"),
        ("1", "Interview 1"),
        ("۲", "Interview 2"),
        ("3", "مصاحبه ۳"),
        ("مصاحبه 3", "مصاحبه ۳"),
        ("مصاحبة ٣", "مصاحبه ۳"),
        ("4", None),
        ("Interview 3", None),
        ("", None),
    ],
)
def test_names_and_numbers(written: str, meant: str | None) -> None:
    assert names().name_of(written) == meant


def test_a_number_that_two_names_hold_means_neither() -> None:
    texts = {"Interview 1": "a", "Pretest 1": "b", "Interview 2": "c"}
    assert names(texts).name_of("1") is None
    assert names(texts).name_of("2") == "Interview 2"
    assert names({"Interview 1 of 2025": "a"}).name_of("1") is None


def test_offsets_are_never_placed_by_a_number() -> None:
    assert names().name_of("1", by_number=False) is None


def test_longer_quotes_tell_the_transcript() -> None:
    assert names().holding(["trust the clerk at"]) == "Interview 1"
    assert names().holding(["the clerk"]) is None  # too short to tell
    assert names().holding(["The machine is out of order", "trust the clerk at the desk"]) is None
    assert names().holding(["one statement another statement"]) is None  # excerpts are no transcripts


def source(name: str, text: str = "the same words") -> ImportedSource:
    return ImportedSource(id=f"id of {name}", name=name, text=text)


def test_documents_with_the_same_text_stay_apart() -> None:
    digest = next(iter(by_hash_of("the same words")))
    known = {digest: ["P1", "P2"]}
    assert in_study([source("P1"), source("P2")], known) == {"id of P1": "P1", "id of P2": "P2"}
    assert in_study([source("a"), source("P1")], known) == {"id of P1": "P1", "id of a": "P2"}
    assert in_study([source("a"), source("b"), source("c")], known) == {"id of a": "P1", "id of b": "P2"}
    assert in_study([source("other", "other words")], known) == {}


def by_hash_of(text: str) -> dict[str, list[str]]:
    from omnistudy.text.transcript import Transcript

    return by_hash({"P1": Transcript(text).sha256})
