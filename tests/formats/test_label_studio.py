"""Label Studio exports: several annotators, both ways of counting, and what marks no passage."""

from __future__ import annotations

from pathlib import Path

import pytest
from label_studio_builder import annotation, region, task, written

from omnistudy.errors import StudyError
from omnistudy.formats.reading.dialect import Dialect, Unit
from omnistudy.formats.reading.imported import Check, ImportedProject
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.registry import read_project

MARKED = [
    ("I trust", ["trust"]),
    ("می\u200cروم بانک 😀", ["waiting", "شعبه"]),
    ("صف\r\nبلند", ["waiting"]),
    ("the clerk", ["trust"]),
    ("the app", ["waiting"]),
    ("not", ["trust"]),
]


def words(project: ImportedProject) -> list[tuple[str, str, str]]:
    texts = {source.id: source.text for source in project.sources}
    places = {quotation.id: quotation for quotation in project.quotations}
    return [
        (texts[at.source][at.start : at.end], coding.code, coding.coder)
        for coding in project.codings
        for at in (places[coding.quotation],)
    ]


@pytest.mark.parametrize("unit", [Unit.CODEPOINT, Unit.UTF16])
def test_passages_of_two_annotators_in_both_ways_of_counting(tmp_path: Path, unit: Unit) -> None:
    both = [annotation(*(region(*each, unit) for each in MARKED), by=who) for who in (1, 2)]
    project = read_project(written(tmp_path, task(*both)))
    expected = [
        (said.replace("\r\n", "\n"), label, f"annotator {who}")
        for who in (1, 2)
        for said, labels in MARKED
        for label in labels
    ]
    assert words(project) == expected
    assert project.checks == {Check.EXACT: 12}
    assert project.dialect == Dialect(unit=unit)
    assert (project.format, project.sources[0].name) == ("Label Studio", "P1")
    assert project.counts == {"interviews": 1, "codes": 3, "quotations": 12, "codings": 14}
    assert project.codings[0].created == "2024-02-03T10:11:12"
    assert "annotator 1" in " ".join(map(str, project.warnings))


def test_annotators_have_names_where_the_file_gives_them(tmp_path: Path) -> None:
    people = [
        {"id": 4, "email": "s@example.org", "first_name": "سارا", "last_name": "الف"},
        {"id": 5, "email": "r@example.org"},
    ]
    project = read_project(
        written(tmp_path, task(*(annotation(region("I trust", ["a"]), by=p) for p in people)))
    )
    assert project.coders == ("سارا الف", "r@example.org")
    assert "numbers" not in " ".join(map(str, project.warnings))


def test_the_caller_names_a_single_annotator_and_never_several(tmp_path: Path) -> None:
    one = annotation(region("I trust", ["a"]))
    assert read_project(written(tmp_path, task(one)), "سارا").coders == ("سارا",)
    several = written(tmp_path, task(one, annotation(region("not", ["a"]), by=2)))
    assert read_project(several, "سارا").coders == ("annotator 1", "annotator 2")
    nobody = written(tmp_path, task(annotation(region("not", ["a"]), by=None)))
    with pytest.raises(StudyError, match="does not say who coded"):
        read_project(nobody)


def test_what_marks_no_passage_is_counted_and_left_out(tmp_path: Path) -> None:
    marked = region("I trust", ["trust"])
    note = {"id": marked["id"], "type": "textarea", "value": {"text": ["قوی", "strong"]}}
    choice = {"id": "c", "type": "choices", "value": {"choices": ["happy"]}}
    relation = {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"}
    away = annotation(region("not", ["trust"]), was_cancelled=True)
    machine = {"model_version": "m", "result": [region("the app", ["trust"])]}
    nothing = annotation()
    given = task(annotation(marked, note, choice, relation), away, nothing, predictions=[machine])
    project = read_project(written(tmp_path, given), "a")
    assert words(project) == [("I trust", "trust", "a")]
    assert project.codings[0].memo == "قوی\nstrong"
    assert {str(item.what): item.count for item in project.left_out} == {
        "results of skipped tasks": 1,
        "relations between passages": 1,
        "results that mark no passage": 1,
        "annotations without a passage": 1,
        "predictions": 1,
    }


def test_line_ends_stored_as_two_characters(tmp_path: Path) -> None:
    odd = region("صف\r\nبلند", ["a"])
    odd["value"]["text"] = "صف\\nبلند"
    project = read_project(written(tmp_path, task(annotation(odd))), "a")
    assert project.checks == {Check.EXACT: 1}


def test_texts_are_found_and_named(tmp_path: Path) -> None:
    plain = {"id": 7, "data": {"reviewText": "slow and slow"}, "annotations": []}
    linked = {"id": 8, "data": {"a": "one", "b": "two"}, "annotations": [annotation(region("not", ["a"]))]}
    project = read_project(written(tmp_path, plain, linked), "a")
    assert [(source.name, source.text) for source in project.sources] == [("task 7", "slow and slow")]
    assert {str(item.what): item.count for item in project.left_out} == {"codings without a text": 1}


def test_labels_are_split_into_paths_when_asked(tmp_path: Path) -> None:
    path = written(tmp_path, task(annotation(region("I trust", ["people::clerk"]))))
    project = read_project(path, "a", ReadOptions(split="::"))
    assert [code.path for code in project.codes] == [("people", "clerk")]


@pytest.mark.parametrize("text", ["[]", "[1]", '[{"data": {}}]', '{"data": {}}', "[{", "[" * 9000, "", "﻿[]"])
def test_other_json_is_of_no_known_program(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match="not a file of a known program"):
        read_project(path)


@pytest.mark.parametrize("value", [None, [], {}, "x", 1.5, True, -1, 10**18])
def test_fields_of_other_types_do_no_harm(tmp_path: Path, value: object) -> None:
    for field in ("start", "end", "text", "labels"):
        odd = region("I trust", ["a"])
        odd["value"][field] = value
        project = read_project(written(tmp_path, task(annotation(odd, {"type": value, "value": value}))), "a")
        assert len(project.codings) <= 1
    for field in ("id", "completed_by", "result", "created_at"):
        given = annotation(region("I trust", ["a"]))
        given[field] = value
        assert read_project(written(tmp_path, task(given)), "a").sources
