"""Settling the crosswalk, matching one to one, and what is wrong in it."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from replication_builder import demo_input, demo_study

from omnistudy.errors import StudyError
from omnistudy.replication.crosswalk import Crosswalk, Link, crosswalk_of, matching
from omnistudy.study.model import CrosswalkRow, Study


def rows(*written: str) -> tuple[CrosswalkRow, ...]:
    """``local reference relation rater`` per row; ``-`` for no reference."""
    made = []
    for line in written:
        local, reference, relation, rater = line.split()
        made.append(
            CrosswalkRow(
                local=local, reference=None if reference == "-" else reference, relation=relation, rater=rater
            )
        )
    return tuple(made)


def settled(*written: str) -> Crosswalk:
    return crosswalk_of(with_rows(*written), demo_input().reference)


def with_rows(*written: str) -> Study:
    return replace(demo_study(), crosswalk=rows(*written))


def test_demo_crosswalk() -> None:
    found = crosswalk_of(demo_study(), demo_input().reference)
    assert found.raters == ("r1", "r2")
    # 19 of 20 primary references agree; 17 references and none occur.
    assert found.observed == pytest.approx(0.95)
    assert found.kappa == pytest.approx(0.9468, abs=5e-5)
    assert [(d.local, d.reference) for d in found.disputes] == [("known-clerk-trust", "cultural-social")]


def test_of_two_opinions_the_weaker_relation_stands() -> None:
    found = settled("core-systems ict exact r1", "core-systems ict overlap r2")
    assert [link.relation for link in found.links] == ["overlap"]
    found = settled("core-systems ict narrower r1", "core-systems ict broader r2")
    assert [link.relation for link in found.links] == ["overlap"]


def test_what_one_of_two_raters_gives_does_not_stand() -> None:
    found = settled("core-systems ict exact r1", "core-systems - none r2")
    assert found.links == ()
    assert found.disputes[0].votes == (("r1", "exact"), ("r2", "none"))


def test_an_adjudicated_row_settles_it_and_enters_no_agreement() -> None:
    found = settled(
        "core-systems ict exact r1", "core-systems - none r2", "core-systems ict narrower adjudicated"
    )
    assert [(link.reference, link.relation) for link in found.links] == [("ict", "narrower")]
    assert found.disputes == ()
    assert found.raters == ("r1", "r2")


def test_two_of_three_raters_decide() -> None:
    found = settled("core-systems ict exact r1", "core-systems ict exact r2", "core-systems access exact r3")
    assert [link.reference for link in found.links] == ["ict"]
    assert [dispute.reference for dispute in found.disputes] == ["access"]


def test_one_rater_has_no_agreement() -> None:
    found = settled("core-systems ict exact r1")
    assert found.kappa is None
    assert "two people" in str(found.reason)


def test_an_open_code_counts_for_its_subcategory_as_a_part() -> None:
    found = settled("legacy-core ict exact r1", "legacy-core ict exact r2")
    assert [(link.local, link.relation) for link in found.links] == [("core-systems", "narrower")]


def test_unknown_reference_is_named_with_the_nearest() -> None:
    with pytest.raises(StudyError) as error:
        settled("core-systems itc exact r1", "account-protection cyber-security exact r1")
    first, second = error.value.problems
    assert "'itc'" in first.what
    assert "cybersecurity" in second.remedy


def test_categories_are_no_concepts() -> None:
    with pytest.raises(StudyError, match="category"):
        settled("causal-conditions ict exact r1")
    with pytest.raises(StudyError, match="not a concept"):
        settled("core-systems causal-conditions exact r1")


def link(local: str, reference: str, relation: str = "exact") -> Link:
    return Link(local=local, reference=reference, relation=relation)


def test_matching_prefers_many_over_exact() -> None:
    links = [link("a", "X"), link("a", "Y", "broader"), link("b", "X", "narrower")]
    found = matching(links, ["X", "Y"], {"a": 5, "b": 5})
    assert {reference: pair.local for reference, pair in found.items()} == {"X": "b", "Y": "a"}


def test_matching_prefers_exact_over_frequent_and_frequent_over_rare() -> None:
    links = [link("a", "X", "narrower"), link("b", "X"), link("c", "Y"), link("d", "Y")]
    found = matching(links, ["X", "Y"], {"a": 14, "b": 1, "c": 3, "d": 9})
    assert {reference: pair.local for reference, pair in found.items()} == {"X": "b", "Y": "d"}


def test_overlap_and_ungrounded_concepts_match_nothing() -> None:
    assert matching([link("a", "X", "overlap")], ["X"], {"a": 4}) == {}
    assert matching([link("a", "X")], ["X"], {"a": 0}) == {}
    assert matching([], [], {}) == {}


@pytest.mark.parametrize("seed", range(25))
def test_matching_is_maximum(seed: int) -> None:
    generator = np.random.default_rng(seed)
    left, right = "abcde", "VWXYZ"
    links = [link(a, x) for a in left for x in right if generator.random() < 0.3]
    usable = {(pair.local, pair.reference) for pair in links}
    best = max(
        sum((a, x) in usable for a, x in zip(left, order, strict=True)) for order in permutations(right)
    )
    found = matching(links, list(right), dict.fromkeys(left, 3))
    assert len(found) == best
    assert len({pair.local for pair in found.values()}) == best
