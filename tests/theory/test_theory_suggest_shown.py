"""Suggestions for people and scripts: groups, look-alikes and decisions, in table, JSON and sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from theory_builder import PROVENANCE, Draft, Span, code

from omnistudy.pictures import Heatmap
from omnistudy.results import Figure, Note, Number, Prose, Status, Table, Undefined
from omnistudy.study.model import Level, Study
from omnistudy.theory.suggestions.categories import CategoriesResult, suggest_categories
from omnistudy.theory.suggestions.duplicates import DuplicatesResult, suggest_duplicates
from omnistudy.theory.suggestions.log import Decision, acceptance, acceptance_json, acceptance_table
from omnistudy.theory.suggestions.nearest import harmonic

TREE = [
    code("trust", Level.SUBCATEGORY),
    code("speed", Level.SUBCATEGORY),
    code("trust in staff", Level.CODE, "trust"),
    code("trust of staff", Level.CODE, "trust"),
    code("waiting times", Level.CODE, "speed"),
    code("queues", Level.CODE, "speed"),
    code("never", Level.CODE, "speed"),
]
USED = ["trust in staff", "trust of staff", "waiting times", "queues"]
SPANS: list[Span] = [
    ("P1", 0, 9, "a", "trust in staff"),
    ("P1", 5, 9, "a", "trust of staff"),
    ("P2", 0, 9, "a", "trust in staff"),
    ("P1", 20, 29, "a", "waiting times"),
    ("P1", 20, 29, "a", "queues"),
    ("P2", 20, 29, "a", "queues"),
]


def study(**more: Any) -> Study:
    return Draft(**{"codes": TREE, "spans": SPANS, **more}).study()


def groups(given: Study | None = None, **options: Any) -> CategoriesResult:
    return suggest_categories(given or study(), PROVENANCE, **options)


def alike(given: Study | None = None, **options: Any) -> DuplicatesResult:
    return suggest_duplicates(given or study(), PROVENANCE, **options)


def dicts(table: Table) -> list[dict[str, Any]]:
    keys = [column.key for column in table.columns]
    assert len(set(keys)) == len(keys)
    assert all(keys)
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def test_groups_in_table_json_and_picture() -> None:
    result = groups()
    payload: Any = result.payload()
    assert (payload["kind"], payload["reason"]) == ("categories", None)
    assert {frozenset(row["codes"]) for row in payload["suggestions"]} == {
        frozenset(USED[:2]),
        frozenset(USED[2:]),
    }
    clusters, tree, comparison, accepted = (dicts(table) for table in result.tables())
    for row, entry in zip(clusters, payload["suggestions"], strict=True):
        assert (row["id"], row["codes"], row["likeness"]) == (
            entry["id"],
            "; ".join(entry["codes"]),
            entry["likeness"],
        )
        assert (row["size"], entry["decision"], str(row["decision"])) == (
            len(entry["codes"]),
            "shown",
            "open",
        )
    found = payload["dendrogram"]
    assert found["codes"] == USED
    assert sorted(found["order"]) == sorted(USED)
    assert [row["code"] for row in tree] == found["order"]
    assert found["merges"][-1]["size"] == 4
    assert [merge["distance"] for merge in found["merges"]] == sorted(m["distance"] for m in found["merges"])
    first = {merge["left"]: merge["distance"] for merge in found["merges"]}
    first |= {merge["right"]: merge["distance"] for merge in found["merges"]}
    for row in tree:
        assert row["joined_at"] == first[USED.index(row["code"])]
        assert row["label"].id == row["code"]
    same = {row["code"]: row["group"] for row in tree}
    assert same[USED[0]] == same[USED[1]] != same[USED[2]] == same[USED[3]]
    assert payload["evaluation"] == {"own_categories": 2, "adjusted_rand": 1, "v_measure": 1, "reason": None}
    assert comparison == [{"own": 2, "adjusted_rand": 1, "v_measure": 1}]
    assert accepted[0]["shown"] == 0
    assert str(result.summary).startswith(
        "2 groups of codes might belong together; against the researchers' own 2"
    )
    [figure] = [block for block in result.blocks() if isinstance(block, Figure)]
    assert isinstance(figure.picture, Heatmap)
    assert [label.id for label in figure.picture.rows] == found["order"]
    values = np.array(figure.picture.values, float)
    assert np.allclose(values, values.T)
    assert "4 of 4 codes" in str(figure.caption)


def test_likeness_is_half_of_letters_and_half_of_overlap() -> None:
    """queues and waiting times share no letter group that counts and overlap once in 1 + 2 - 1 quotations."""
    result = groups()
    assert result.grouping is not None
    place = {name: at for at, name in enumerate(result.grouping.codes)}
    pair = result.grouping.likeness[place["waiting times"], place["queues"]]
    assert pair >= 0.5 * 1 / 2
    assert pair < 0.5 * 1 / 2 + 0.1
    apart = result.grouping.likeness[place["queues"], place["trust of staff"]]
    assert apart < 0.1


def test_how_many_groups_and_what_there_is_to_compare_with() -> None:
    assert len(groups(clusters=3).grouping.clusters) == 3  # type: ignore[union-attr]
    alone = groups(clusters=4)
    assert alone.shown == ()
    assert alone.payload()["suggestions"] == []
    flat = groups(study(codes=[code(name) for name in USED]))
    payload: Any = flat.payload()
    assert payload["evaluation"]["adjusted_rand"] is None
    assert payload["evaluation"]["reason"]
    assert payload["evaluation"]["own_categories"] == 0
    assert "no categories of the researchers to compare them with" in str(flat.summary)
    assert all(
        isinstance(dicts(flat.tables()[2])[0][key], Undefined) for key in ("adjusted_rand", "v_measure")
    )
    few = groups(study(spans=SPANS[:3]))
    payload = few.payload()
    assert (few.grouping, payload["dendrogram"]) == (None, {"codes": [], "order": [], "merges": []})
    assert payload["reason"]
    assert "No groups can be suggested" in str(few.summary)
    assert [type(block) for block in few.blocks()] == [Note]
    three = groups(study(spans=[span for span in SPANS if span[4] != "queues"]))
    assert three.grouping is not None


def test_decisions_stand_beside_the_suggestions() -> None:
    ids = groups().ids
    standing = {ids[0]: Decision.ACCEPTED, ids[1]: Decision.REJECTED, "older": Decision.ACCEPTED}
    result = groups(standing=standing)
    payload: Any = result.payload()
    assert [row["decision"] for row in payload["suggestions"]] == ["accepted", "rejected"]
    assert [str(row["decision"]) for row in dicts(result.tables()[0])] == ["accepted", "rejected"]
    assert payload["acceptance"] == {"shown": 3, "accepted": 2, "rejected": 1, "rate": 2 / 3, "reason": None}
    [row] = dicts(result.tables()[3])
    assert (row["shown"], row["accepted"], row["rejected"]) == (3, 2, 1)
    assert isinstance(row["rate"], Number)
    assert row["rate"].value == 2 / 3
    nothing = acceptance({"a": Decision.SHOWN})
    assert acceptance_json(nothing)["rate"] is None
    assert acceptance_json(nothing)["reason"]
    assert isinstance(dicts(acceptance_table(nothing))[0]["rate"], Undefined)


def test_look_alikes_in_table_json_and_sentence() -> None:
    result = alike(threshold=0.5)
    payload: Any = result.payload()
    [entry] = payload["suggestions"]
    assert (entry["id"], entry["first"], entry["second"]) == (
        "trust in staff~trust of staff",
        "trust in staff",
        "trust of staff",
    )
    assert (entry["quotations"], entry["interviews"], entry["overlaps"]) == ([2, 1], [2, 1], 1)
    assert (entry["language"], entry["decision"], payload["threshold"]) == ("en", "shown", 0.5)
    [row] = dicts(result.tables()[0])
    for key in ("id", "score", "overlaps"):
        assert row[key] == entry[key]
    assert (row["first"].id, row["second"].id) == (entry["first"], entry["second"])
    assert [row["first_quotations"], row["second_quotations"]] == entry["quotations"]
    assert str(row["decision"]) == "open"
    assert str(result.summary).startswith("1 pair among 7 codes")
    evaluation = payload["evaluation"]
    assert (evaluation["names_of_one_code"], evaluation["recall"], evaluation["precision"]) == (0, None, None)
    assert evaluation["recall_reason"]
    assert evaluation["precision_reason"]
    none = alike(threshold=1.0)
    payload = none.payload()
    assert (payload["suggestions"], payload["evaluation"]["precision"]) == ([], None)
    assert payload["evaluation"]["precision_reason"]
    assert str(none.summary).startswith("0 pairs among 7 codes")
    assert [b.status for b in none.blocks() if isinstance(b, Prose)] == [Status.GOOD]
    assert not [b for b in result.blocks() if isinstance(b, Prose)]


def test_a_code_and_a_category_above_it_are_no_pair() -> None:
    tree = [code("trust", Level.SUBCATEGORY), code("trust.", Level.CODE, "trust"), code("trust!", Level.CODE)]
    pairs = {pair.id for pair in alike(study(codes=tree, spans=[]), threshold=0.9).pairs}
    assert "trust~trust." not in pairs
    assert "trust~trust!" in pairs


def test_the_trial_counts_pairs_of_names() -> None:
    """Six names: the code's own label and alias are alike, and so are two names of two codes."""
    tree = [code(name) for name in (*USED, "far off")]
    tree[0] = replace(tree[0], aliases=("trust in the staff",))
    payload: Any = alike(study(codes=tree, spans=[]), threshold=0.5).payload()["evaluation"]
    assert payload["names_of_one_code"] == 1
    assert (payload["pairs_right"], payload["recall"], payload["recall_reason"]) == (1, 1, None)
    assert payload["pairs_shown"] == 3
    assert payload["precision"] == pytest.approx(1 / 3)
    assert payload["precision_reason"] is None


def test_the_harmonic_mean() -> None:
    assert harmonic(3, 4, 8) == pytest.approx(2 / (1 / (3 / 4) + 1 / (3 / 8)))
    assert harmonic(0, 0, 5) == 0
    assert harmonic(0, 0, 0) is None
