"""What a study holds, counted by hand, in table, JSON and sentence; coverage and its gaps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from theory_builder import PROVENANCE, Draft, code, memo

from omnistudy.results import Table
from omnistudy.study.model import CoderKind, Level, Relation, Study
from omnistudy.theory.counts.contents import ContentsResult, contents_of
from omnistudy.theory.counts.coverage import coverage_of, participants_speech

TEXT = "Interviewer: why?\nParticipant: one two three. four five.\n"
CODES = [
    code("group", Level.CATEGORY),
    code("part", Level.SUBCATEGORY, "group"),
    code("a", Level.CODE, "part"),
]


def at(words: str) -> tuple[int, int]:
    start = TEXT.index(words)
    return start, start + len(words)


def study(**more: Any) -> Study:
    spans = [
        ("P1", *at("one two"), "x", "a"),
        ("P1", *at("one two"), "y", "a"),
        ("P2", *at("four"), "x", "part"),
    ]
    given: dict[str, Any] = {
        "codes": CODES,
        "spans": spans,
        "texts": {"P1": TEXT, "P2": TEXT, "P3": TEXT},
        "relations": [Relation(source="a", target="part")],
        "memos": [memo("M1"), memo("M2")],
        "coder_kinds": {"y": CoderKind.MACHINE},
        "attributes": {"P1": {"age": "old"}},
        "analysed_coder": "x",
    }
    return Draft(**{**given, **more}).study()


def contents(given: Study | None = None) -> ContentsResult:
    return contents_of(given or study(), PROVENANCE)


def dicts(table: Table) -> list[dict[str, Any]]:
    keys = [column.key for column in table.columns]
    assert len(set(keys)) == len(keys)
    assert all(keys)
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def test_counts_by_hand() -> None:
    payload: Any = contents().payload()
    assert {
        key: payload[key] for key in ("codes", "categories", "codings", "analysed_codings", "quotations")
    } == {
        "codes": 3,
        "categories": 2,
        "codings": 3,
        "analysed_codings": 2,
        "quotations": 2,
    }
    assert (payload["memos"], payload["relations"], payload["analysis_set"]) == (2, 1, "any")
    assert payload["study"]["id"] == "small"
    assert payload["coders"] == [
        {"id": "x", "kind": "human", "interviews": 2, "codings": 2},
        {"id": "y", "kind": "machine", "interviews": 1, "codings": 1},
    ]
    first, second, third = payload["interviews"]
    assert (first["id"], first["order"], first["codings"], first["coders"]) == ("P1", 1, 2, ["x", "y"])
    assert (second["codings"], second["coders"], third["codings"], third["coders"]) == (1, ["x"], 0, [])
    assert first["attributes"] == {"age": "old"}
    assert (first["characters"], first["turns"], first["coverage_reason"]) == (len(TEXT), 2, None)
    said = len("onetwothree.fourfive.")
    assert [row["coverage"] for row in payload["interviews"]] == pytest.approx([6 / said, 4 / said, 0])
    assert payload["coverage"] == pytest.approx(10 / (3 * said))
    assert payload["coverage_reason"] is None


def test_tables_hold_what_the_json_holds() -> None:
    result = contents()
    payload: Any = result.payload()
    interviews, coders = result.tables()
    assert (interviews.name, coders.name) == ("interviews", "coders")
    for row, entry in zip(dicts(interviews), payload["interviews"], strict=True):
        assert row["interview"] == entry["id"]
        for key in ("order", "date", "characters", "turns", "codings", "coverage"):
            assert row[key] == entry[key], key
    assert [row["coders"] is None for row in dicts(interviews)] == [False, False, True]
    assert str(dicts(interviews)[1]["coders"]) == "x"
    for row, entry in zip(dicts(coders), payload["coders"], strict=True):
        assert (str(row["coder"]), row["interviews"], row["codings"]) == (
            entry["id"],
            entry["interviews"],
            entry["codings"],
        )
    assert [str(row["kind"]) for row in dicts(coders)] == ["person", "machine"]
    assert result.blocks() == result.tables()


def test_the_sentence_names_the_study_and_its_counts() -> None:
    said = str(contents().summary)
    assert said.startswith("small: interviews 3, coders 2, codes 3, codings 3 of quotations 2; 15.9")
    titled = study(settings={"study": {"id": "small", "title": "A title"}})
    assert str(contents(titled).summary).startswith("A title: interviews 3")
    named: Any = contents(titled).payload()["study"]
    assert (named["id"], named["title"]) == ("small", "A title")


def test_why_there_is_no_coverage() -> None:
    given = study()
    mixed = replace(given, interviews=(replace(given.interviews[0], excerpt=True), *given.interviews[1:]))
    payload: Any = contents(mixed).payload()
    assert "single statements" in payload["interviews"][0]["coverage_reason"]
    assert (payload["interviews"][0]["coverage"], payload["interviews"][1]["coverage_reason"]) == (None, None)
    assert payload["coverage_reason"] is None
    silent = study(texts=dict.fromkeys(("P1", "P2", "P3"), TEXT.replace("Participant: ", "Interviewer: ")))
    quiet: Any = contents(silent).payload()
    if quiet["coverage"] is None:
        assert "single statements" not in quiet["coverage_reason"]
        half = replace(
            silent, interviews=(replace(silent.interviews[0], excerpt=True), *silent.interviews[1:])
        )
        assert "single statements" not in str(contents(half).payload()["coverage_reason"])
    every = replace(given, interviews=tuple(replace(i, excerpt=True) for i in given.interviews))
    assert "single statements" in str(contents(every).payload()["coverage_reason"])


def test_gaps_are_the_longest_stretches_without_a_code() -> None:
    given = study()
    found = coverage_of(given, participants_speech(given), gaps=2)
    assert [(gap.interview, gap.text) for gap in found.gaps] == [
        ("P3", "one two three. four five."),
        ("P1", "three. four five."),
    ]
    assert coverage_of(given, participants_speech(given), gaps=0).gaps == ()
    assert len(coverage_of(given, participants_speech(given)).gaps) == 4


def test_a_long_gap_is_cut_for_reading_and_keeps_its_span() -> None:
    for words, cut in ((300, False), (301, True)):
        text = "Participant: " + "x" * words + "\n"
        given = Draft(codes=[code("a")], texts={"P1": text}).study()
        [gap] = coverage_of(given, participants_speech(given)).gaps
        assert gap.end - gap.start == words
        assert gap.text == ("x" * 300 + " …" if cut else "x" * 300)


def test_a_stop_that_a_quotation_left_over_is_no_gap() -> None:
    start, end = at("one two three")
    spans = [("P1", start, end, "x", "a"), ("P1", *at("four five"), "x", "a")]
    given = Draft(codes=CODES, spans=spans, texts={"P1": TEXT}).study()
    found = coverage_of(given, participants_speech(given))
    assert found.gaps == ()
    assert found.characters - found.coded == 2
