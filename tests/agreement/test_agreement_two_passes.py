"""Test–retest and two coders as theses print them: Khastar's table, Holsti's value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnistudy.agreement.ratings.rating_table import SetRatings, UnitFrame, set_ratings
from omnistudy.agreement.rounds.two_passes import (
    NO_CODES,
    PassCounts,
    audit_passes,
    count_passes,
    passes_of_coders,
    passes_of_rounds,
    passes_table,
)
from omnistudy.errors import StudyError
from omnistudy.results import Provenance, Undefined

PROVENANCE = Provenance(version="0", command="test", seed=None, inputs=(), synthetic=False)
Cells = list[list[list[int]]]  # coder, unit, code


def ratings(cells: Cells, interview: list[int], weight: list[int] | None = None) -> SetRatings:
    applied = np.asarray(cells, dtype=np.int8)
    frame = UnitFrame(
        ids=np.asarray([str(n) for n in range(applied.shape[1])], dtype=np.object_),
        interviews=tuple(f"P{n}" for n in range(max(interview) + 1)),
        interview=np.asarray(interview, dtype=np.int64),
        weight=None if weight is None else np.asarray(weight, dtype=np.int64),
        runs=weight is not None,
    )
    return set_ratings(
        coders=[f"c{n}" for n in range(len(cells))],
        codes=[f"k{n}" for n in range(applied.shape[2])],
        applied=applied,
        seen=np.asarray((applied >= 0).any(axis=2)),
        frame=frame,
    )


def test_the_worked_example() -> None:
    counts = PassCounts(interview=None, first=22, second=20, agreements=17)
    assert counts.share == pytest.approx(0.8095, abs=5e-5)
    assert (counts.total, counts.disagreements) == (42, 8)
    result = audit_passes(22, 20, 17, PROVENANCE)
    assert result.payload()["percent"] == pytest.approx(80.95, abs=5e-3)
    assert result.payload()["above_threshold"] is True
    assert len(result.blocks()) == 1
    assert len(audit_passes(22, 20, 5, PROVENANCE).blocks()) == 2


@pytest.mark.parametrize("counts", [(22, 20, 21), (2, 9, 3), (0, 0, 0), (5, -1, 0)])
def test_impossible_counts_are_refused(counts: tuple[int, int, int]) -> None:
    with pytest.raises(StudyError):
        audit_passes(*counts, PROVENANCE)


def test_codes_are_counted_by_unit_and_interview() -> None:
    one = [[1, 1], [0, 1], [1, 0]]
    other = [[1, 0], [0, 1], [0, 0]]
    found = count_passes(ratings([one, other], [0, 0, 1]), 0, 1)
    assert [(row.interview, row.first, row.second, row.agreements) for row in found] == [
        ("P0", 3, 2, 2),
        ("P1", 1, 0, 0),
        (None, 4, 2, 2),
    ]
    assert found[1].share == 0.0


def test_what_one_did_not_see_or_could_not_use_is_left_out() -> None:
    one = [[1, 1], [1, 1]]
    other = [[-1, -1], [1, -1]]
    found = count_passes(ratings([one, other], [0, 1]), 0, 1)
    assert [(row.interview, row.total, row.agreements) for row in found] == [("P1", 2, 1), (None, 2, 1)]


def test_a_run_of_characters_counts_as_many() -> None:
    found = count_passes(ratings([[[1], [1]], [[1], [0]]], [0, 0], [7, 3]), 0, 1)
    assert [(row.first, row.second, row.agreements) for row in found] == [(10, 7, 7)] * 2


def test_nobody_coded_is_undefined_with_its_reason() -> None:
    found = count_passes(ratings([[[0]], [[0]]], [0]), 0, 1)
    assert found[-1].share is None
    assert found[-1].as_json()["reason"] == str(NO_CODES)
    pair = passes_of_coders(ratings([[[0]], [[0]]], [0]), "turn")
    assert isinstance(passes_table(pair).rows[-1][-1], Undefined)


def test_both_kinds_stand_in_one_table_under_their_names() -> None:
    three = ratings([[[1]], [[1]], [[0]]], [0])
    pairs = passes_of_coders(three, "turn")
    assert [(pair.first, pair.second) for pair in pairs] == [("c0", "c1"), ("c0", "c2"), ("c1", "c2")]
    assert passes_of_coders(ratings([[[1]]] * 6, [0]), "turn") == ()
    again = passes_of_rounds(three.of_coders([0, 1]), "sara", "turn")
    table = passes_table((again, *pairs))
    assert {str(row[0]) for row in table.rows} == {
        "Test–retest reliability",
        "Reliability between two coders",
    }
    assert str(table.rows[0][1]) == "sara: c0, c1"
    assert all(len(row) == len(table.columns) for row in table.rows)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_the_value_is_the_dice_measure_of_the_two_lists(pairs: list[tuple[bool, bool]]) -> None:
    cells = [[[int(pair[at])] for pair in pairs] for at in (0, 1)]
    row = count_passes(ratings(cells, [0] * len(pairs)), 0, 1)[-1]
    both = sum(a and b for a, b in pairs)
    total = sum(a + b for a, b in pairs)
    assert row.disagreements == sum(a != b for a, b in pairs)
    assert row.share == (2 * both / total if total else None)
