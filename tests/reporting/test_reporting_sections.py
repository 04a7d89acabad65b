"""The trace of every category, and what the report says of its participants."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from omnistudy.render.context import RenderContext
from omnistudy.render.registry import RENDERERS
from omnistudy.reporting.participants_result import participants_of
from omnistudy.reporting.privacy import singled_out
from omnistudy.reporting.trace_result import trace_of
from omnistudy.results import Provenance
from omnistudy.study.load import load_study
from omnistudy.study.model import Interview, Level, Study
from omnistudy.text.transcript import Transcript

PROVENANCE = Provenance(version="0", command="test", seed=1, inputs=(), synthetic=True)


@pytest.fixture(scope="module")
def study(demo: Path) -> Study:
    return load_study(demo)


def person(name: str, **attributes: str) -> Interview:
    return Interview(id=name, order=1, transcript=Transcript("text"), attributes=attributes)


def test_the_trace_counts_what_the_codings_say(study: Study) -> None:
    rows = {row.id: row for row in trace_of(study, PROVENANCE).rows}
    assert set(rows) == set(study.codebook.at_level(Level.SUBCATEGORY))
    for name, row in rows.items():
        mine = {
            c.quotation for c in study.analysed if study.codebook.rolled_up(c.code, Level.SUBCATEGORY) == name
        }
        assert len(row.quotes) == len(mine)
        assert set(row.interviewees) == {span.interview for span in mine}
        assert all(study.interview[q.interview].text[q.start : q.end] == q.text for q in row.quotes)


def test_a_category_without_quotations_is_named(study: Study) -> None:
    name = study.codebook.at_level(Level.SUBCATEGORY)[0]
    kept = tuple(c for c in study.analysed if study.codebook.rolled_up(c.code, Level.SUBCATEGORY) != name)
    result = trace_of(replace(study, analysed=kept), PROVENANCE)
    assert f"{study.codebook[name].label} has no quotation." in [
        str(block.text) for block in result.blocks() if hasattr(block, "text")
    ]
    assert "20 of 21" in str(result.summary)


def test_participants_appear_by_id_only(study: Study) -> None:
    result = participants_of(study, PROVENANCE)
    page = str(RENDERERS["md"].render([result], RenderContext()))
    assert result.described is None
    # A value that only one participant has would describe that person.
    assert "پژوهشگر رفتار مشتری" not in page
    assert "P05" not in page


def test_participants_are_described_when_asked_for(study: Study) -> None:
    result = participants_of(study, PROVENANCE, described=True)
    page = str(RENDERERS["md"].render([result], RenderContext()))
    assert "پژوهشگر رفتار مشتری" in page
    assert "single out" in page


def test_role_and_place_together_single_out() -> None:
    people = [
        person("P1", role="manager", branch="north"),
        person("P2", role="manager", branch="north"),
        person("P3", role="manager", branch="south"),
        person("P4", role="clerk", branch=""),
    ]
    (found,) = singled_out(people)
    assert (found.role, found.place, found.interviews) == ("role", "branch", ("P3",))


def test_persian_headings_are_recognised() -> None:
    people = [person("P1", **{"سمت": "مدير", "شعبه": "۱"}), person("P2", **{"سمت": "مدير", "شعبه": "۲"})]
    assert [one.interviews for one in singled_out(people)] == [("P1", "P2")]


def test_nobody_is_singled_out_without_such_columns() -> None:
    assert singled_out([person("P1", age="40"), person("P2", age="50")]) == ()
