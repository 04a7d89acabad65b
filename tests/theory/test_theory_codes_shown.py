"""Codes recounted in plain loops, and the tables, figures and JSON of `codes` against those counts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from theory_builder import PROVENANCE, Draft, code

from omnistudy.pictures import Bars, Heatmap, Network
from omnistudy.results import Figure, Heading, Label, Note, Prose, Quotes, Status, Table, Undefined
from omnistudy.study.model import Level, Role
from omnistudy.theory.codes.analysis import CodesOptions, codes_of
from omnistudy.theory.codes.result import CodesResult
from omnistudy.theory.counts.co_occurrence import co_occurrences
from omnistudy.theory.counts.frequencies import incidence, level_targets
from omnistudy.theory.counts.retrieval import QuoteFilter

TREE = [
    code("trust", Level.CATEGORY, role=Role.CAUSAL),
    code("safety", Level.SUBCATEGORY, "trust"),
    code("passwords", Level.CODE, "safety"),
    code("fraud", Level.CODE, "safety", definition=""),
    code("speed", Level.SUBCATEGORY, "trust"),
    code("queues", Level.CODE, "speed"),
    code("unused", Level.CODE, "speed"),
]
SPANS = [
    ("P1", 0, 10, "a", "passwords"),
    ("P1", 0, 10, "b", "passwords"),
    ("P1", 0, 10, "a", "fraud"),
    ("P1", 5, 20, "b", "queues"),
    ("P2", 0, 10, "a", "passwords"),
    ("P2", 10, 20, "a", "queues"),
]
AGES = {"P1": {"age": "old"}, "P2": {"age": "young"}, "P3": {"age": "young"}}


def draft(**more: Any) -> Draft:
    given: dict[str, Any] = {
        "codes": TREE,
        "spans": SPANS,
        "interviews": ["P1", "P2", "P3"],
        "attributes": AGES,
    }
    return Draft(**{**given, **more})


def found(given: Draft | None = None, **options: Any) -> CodesResult:
    return codes_of((given or draft()).study(), CodesOptions(**options), PROVENANCE)


def dicts(table: Table) -> list[dict[str, Any]]:
    keys = [column.key for column in table.columns]
    assert len(set(keys)) == len(keys)
    assert all(keys)
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def named(tables: Sequence[Table], name: str) -> Table:
    [table] = [table for table in tables if table.name == name]
    return table


def random_draft(seed: int) -> Draft:
    generator = np.random.default_rng(seed)
    spans = []
    for _ in range(60):
        start, size = int(generator.integers(0, 50)), int(generator.integers(1, 15))
        name = ("passwords", "fraud", "queues")[int(generator.integers(0, 3))]
        spans.append(
            (f"P{generator.integers(1, 9)}", start, start + size, "ab"[int(generator.integers(0, 2))], name)
        )
    return Draft(codes=TREE, spans=spans, interviews=[f"P{i}" for i in range(1, 11)])


@pytest.mark.parametrize("seed", range(5))
def test_counts_are_those_of_plain_loops(seed: int) -> None:
    study = random_draft(seed).study()
    below = {"trust": {"passwords", "fraud", "queues"}, "safety": {"passwords", "fraud"}, "speed": {"queues"}}
    for row in codes_of(study, CodesOptions(), PROVENANCE).codes:
        own = below.get(row.code, {row.code})
        rows = [c for c in study.codings if c.code in own]
        assert row.quotations == len({c.quotation for c in rows})
        assert row.codings == len(rows)
        assert row.direct_codings == sum(c.code == row.code for c in study.codings)
        assert row.interviews == len({c.quotation.interview for c in rows})
        assert row.coders == len({c.coder for c in rows})


@pytest.mark.parametrize("seed", range(5))
def test_co_occurrence_is_that_of_plain_loops_and_of_another_package(seed: int) -> None:
    from scipy.stats import false_discovery_control, fisher_exact

    study = random_draft(seed).study()
    rows = co_occurrences(incidence(study, *level_targets(study, Level.CODE)), every=True, exact_p=True)
    spans = {
        name: {c.quotation for c in study.codings if c.code == name}
        for name in ("passwords", "fraud", "queues")
    }
    held = {name: {span.interview for span in own} for name, own in spans.items()}
    p = []
    assert {(row.first, row.second) for row in rows} == set(combinations(spans, 2))
    for row in sorted(rows, key=lambda row: list(combinations(spans, 2)).index((row.first, row.second))):
        one, other = spans[row.first], spans[row.second]
        overlaps = sum(
            x.interview == y.interview and x.start < y.end and y.start < x.end for x in one for y in other
        )
        assert row.overlaps == overlaps
        assert row.c_coefficient == pytest.approx(overlaps / (len(one) + len(other) - overlaps))
        both, either = held[row.first] & held[row.second], held[row.first] | held[row.second]
        n1, n2, n12 = len(held[row.first]), len(held[row.second]), len(both)
        assert (row.interviews, row.units) == (n12, None)
        assert row.jaccard == pytest.approx(n12 / len(either))
        assert row.lift == pytest.approx(n12 / 10 / (n1 / 10 * n2 / 10))
        table = np.array([[n12, n1 - n12], [n2 - n12, 10 - len(either)]])
        p.append(fisher_exact(table, alternative="greater").pvalue)
        assert row.p == pytest.approx(p[-1])
    adjusted = dict(zip(combinations(spans, 2), false_discovery_control(p), strict=True))
    for row in rows:
        assert row.p_adjusted == pytest.approx(adjusted[row.first, row.second])
    assert [row.c_coefficient for row in rows] == sorted(
        (row.c_coefficient or 0 for row in rows), reverse=True
    )


def test_pairs_that_share_interviews_only_are_listed_on_request() -> None:
    apart = draft(
        spans=[("P1", 0, 5, "a", "passwords"), ("P1", 5, 9, "a", "queues"), ("P2", 0, 9, "a", "fraud")]
    )
    assert found(apart).co_occurrence == ()
    [pair] = found(apart, every_pair=True).co_occurrence
    assert (pair.first, pair.second, pair.overlaps, pair.interviews) == ("passwords", "queues", 0, 1)
    assert (pair.jaccard, pair.lift, pair.p) == (1, 3, None)
    said = [str(block.text) for block in found(apart).blocks() if isinstance(block, Prose)]
    assert "No two codes overlap anywhere." in said


def test_the_tidy_tables_hold_what_the_json_holds() -> None:
    result = found(exact_p=True)
    payload: Any = result.payload()
    tables = result.tables()
    for row, entry in zip(dicts(named(tables, "codes")), payload["codes"], strict=True):
        for key in ("code", "parent", "quotations", "codings", "interviews", "coders", "density"):
            assert row[key] == entry[key], key
        assert isinstance(row["label"], Label)
        assert row["label"].id == entry["label"] or str(row["label"]) == entry["label"]
        assert (row["role"] is None) == (entry["role"] is None)
    entries = {entry["code"]: entry for entry in payload["codes"]}
    assert (entries["passwords"]["role"], entries["passwords"]["parent"]) == ("causal", "safety")
    assert entries["trust"]["parent"] is None
    assert entries["trust"]["labels"] == {"en": "trust"}
    assert [entries[name]["level"] for name in ("trust", "safety", "fraud")] == [
        "category",
        "subcategory",
        "code",
    ]
    pairs = dicts(named(tables, "co_occurrence"))
    assert len(pairs) == len(payload["co_occurrence"]) == 3
    for row, entry in zip(pairs, payload["co_occurrence"], strict=True):
        for key in (
            "overlaps",
            "c_coefficient",
            "units",
            "unit_jaccard",
            "interviews",
            "jaccard",
            "lift",
            "p",
        ):
            assert row[key] == entry[key], key
        assert row["p_adjusted"] == entry["p_adjusted"]
        assert (row["first"].id, row["second"].id) == (entry["first"], entry["second"])
    for row, entry in zip(
        dicts(named(tables, "code_by_interview")), payload["code_by_interview"], strict=True
    ):
        assert row == {"code": entry["code"], **entry["quotations"]}
    assert [row["P1"] for row in dicts(named(tables, "code_by_interview"))] == [1, 1, 1, 0]
    assert dicts(named(tables, "code_by_attribute")) == payload["code_by_attribute"]
    covered = dicts(named(tables, "coverage"))
    for row, entry in zip(covered, payload["coverage"]["interviews"], strict=True):
        assert {key: row[key] for key in row} == {key: entry[key] for key in row}
    assert payload["level"] is None
    assert found(level=Level.CATEGORY).payload()["level"] == "category"


def test_codes_by_attribute_by_hand() -> None:
    rows = {(row.value, row.code): row for row in found().attributes}
    old, young = rows["old", "passwords"], rows["young", "passwords"]
    assert (old.attribute, old.quotations, old.interviews, old.of_interviews) == ("age", 1, 1, 1)
    assert (young.quotations, young.interviews, young.of_interviews) == (1, 1, 2)
    [table] = [b for b in found().blocks() if isinstance(b, Table) and b.name == "interviews_by_age"]
    assert [str(column.heading) for column in table.columns] == ["Code", "old (of 1)", "young (of 2)"]
    assert [(row[0].id, *row[1:]) for row in table.rows if isinstance(row[0], Label)] == [
        ("passwords", 1, 1),
        ("fraud", 1, 0),
        ("queues", 1, 1),
    ]


def test_an_attribute_that_names_everybody_or_nobody_is_not_tabulated() -> None:
    everyone = {f"P{i}": {"name": f"n{i}", "sex": "f", "age": "old" if i < 2 else "young"} for i in (1, 2, 3)}
    assert {row.attribute for row in found(draft(attributes=everyone)).attributes} == {"age"}
    asked = found(draft(attributes=everyone), attributes=("sex",)).attributes
    assert {(row.attribute, row.value, row.of_interviews) for row in asked} == {("sex", "f", 3)}
    six = {f"P{i}": {"town": f"t{min(i, 6)}"} for i in range(1, 10)}
    seven = {f"P{i}": {"town": f"t{min(i, 7)}"} for i in range(1, 10)}
    many = [f"P{i}" for i in range(1, 10)]
    assert found(draft(attributes=six, interviews=many)).attributes
    assert not found(draft(attributes=seven, interviews=many)).attributes


def test_codes_to_look_at_again() -> None:
    result = found()
    assert (result.singletons, result.unused, result.undefined_codes) == (("fraud",), ("unused",), ("fraud",))
    table = named(result.tables(), "codes_to_review")
    assert [(row["code"], str(row["finding"])) for row in dicts(table)] == [
        ("unused", "never used in the analysis set"),
        ("fraud", "used for a single quotation"),
        ("fraud", "has no definition"),
    ]
    headings = [block.anchor for block in result.blocks() if isinstance(block, Heading)]
    assert headings == ["co-occurrence", "codes-to-review", "coverage"]
    twice = [(i, 0, 10, "a", name) for name in ("x", "y") for i in ("P1", "P2")]
    good = found(Draft(codes=[code("x"), code("y")], spans=twice, interviews=["P1", "P2"]))
    praised = [block for block in good.blocks() if isinstance(block, Prose) and block.status is Status.GOOD]
    assert [str(block.text) for block in praised] == ["Every code is defined and used more than once."]
    assert "codes-to-review" not in [block.anchor for block in good.blocks() if isinstance(block, Heading)]


def test_figures_show_used_codes_with_their_quotations() -> None:
    result = found()
    figures = {block.name: block for block in result.blocks() if isinstance(block, Figure)}
    bars, matrix = figures["groundedness"], figures["code_by_interview"]
    assert isinstance(bars.picture, Bars)
    assert [label.id for label in bars.picture.labels] == ["passwords", "queues", "fraud"]
    assert bars.picture.values == (2, 2, 1)
    assert "the longest is passwords with 2" in str(bars.alt)
    assert isinstance(matrix.picture, Heatmap)
    assert [label.id for label in matrix.picture.rows] == ["passwords", "fraud", "queues"]
    assert [label.id for label in matrix.picture.columns] == ["P1", "P2", "P3"]
    assert matrix.picture.values == ((1, 1, 0), (1, 0, 0), (1, 1, 0))
    assert "3 of 4 codes" in str(matrix.caption)
    silent = found(Draft(codes=TREE, interviews=["P1"]))
    assert not [block for block in silent.blocks() if isinstance(block, Figure)]


def test_figures_hold_the_forty_and_the_twenty_best_grounded() -> None:
    names = [f"c{i:02d}" for i in range(45)]
    spans = [("P1", at * 3, at * 3 + 2, "a", name) for at, name in enumerate(names)]
    spans += [("P1", 200 + at, 203 + at, "a", name) for at, name in enumerate(names[5:])]
    result = found(Draft(codes=[code(name) for name in names], spans=spans, interviews=["P1"]))
    figures = {block.name: block.picture for block in result.blocks() if isinstance(block, Figure)}
    matrix, bars = figures["code_by_interview"], figures["groundedness"]
    assert isinstance(matrix, Heatmap)
    assert isinstance(bars, Bars)
    assert [label.id for label in matrix.rows] == names[5:]
    assert [label.id for label in bars.labels] == names[5:25]
    table = next(
        block for block in result.blocks() if isinstance(block, Table) and block.name == "co_occurrence"
    )
    pairs = len(result.co_occurrence)
    assert pairs > 40
    assert len(table.rows) == 40
    assert str(table.note).startswith(f"The 40 strongest of {pairs} pairs.")
    tidy = named(result.tables(), "co_occurrence")
    assert len(tidy.rows) == pairs
    assert str(tidy.note).startswith("The c-coefficient is")


def test_several_coders_are_said_to_be_counted_together() -> None:
    def notes(result: CodesResult) -> list[str]:
        return [str(block.text) for block in result.blocks() if isinstance(block, Note)]

    assert any(note.startswith("2 coders are counted together") for note in notes(found()))
    one = found(draft(spans=[span for span in SPANS if span[3] == "a"]))
    assert not any("counted together" in note for note in notes(one))
    assert "4 codings of 3 quotations in 2 of 3 interviews; 6 of 7 codes and categories are in use" in str(
        one.summary
    )


def test_coverage_is_said_as_a_share_with_its_longest_gaps() -> None:
    text = "Participant: one two three four five.\n"
    start = text.index("one")
    given = Draft(codes=[code("x")], spans=[("P1", start, start + 3, "a", "x")], texts={"P1": text})
    result = found(given)
    letters = len("onetwothreefourfive.")
    assert result.coverage.share == pytest.approx(3 / letters)
    blocks = list(result.blocks())
    said = next(str(b.text) for b in blocks if isinstance(b, Prose) and "carries a code" in str(b.text))
    assert said.startswith(f"{100 * 3 / letters:.1f}") or "15" in said
    [gaps] = [block for block in blocks if isinstance(block, Quotes)]
    assert [quote.text for quote in gaps.quotes] == ["two three four five."]
    payload: Any = result.payload()["coverage"]
    assert (payload["characters"], payload["coded_characters"], payload["reason"]) == (letters, 3, None)
    [gap] = payload["longest_uncoded"]
    assert text[gap["start"] : gap["end"]] == gap["text"] == "two three four five."
    assert gap["interview"] == "P1"
    silent = found(Draft(codes=[code("x")], texts={"P1": "Interviewer: one two.\n"}, settings={}))
    if silent.coverage.share is None:
        assert any("No participant's speech" in str(b.text) for b in silent.blocks() if isinstance(b, Note))


def test_quotations_that_were_asked_for_stand_alone() -> None:
    result = found(quotes=QuoteFilter(code="passwords"))
    [block] = result.blocks()
    assert isinstance(block, Quotes)
    assert [(q.interview, q.start, q.end) for q in block.quotes] == [("P1", 0, 10), ("P2", 0, 10)]
    assert block.left_out == 0
    assert result.tables()[0].name == "quotes"
    rows = dicts(result.tables()[0])
    assert (rows[0]["interview"], rows[0]["start"], rows[0]["end"]) == ("P1", 0, 10)
    assert rows[0]["codes"] == "passwords"  # the codes that fit, not all it carries
    assert rows[0]["coders"] == "a|b"
    payload: Any = result.payload()
    assert payload["quotes"][0]["id"] == "P1:0-10"
    assert payload["quotes"][0]["codes"] == ["passwords"]
    assert payload["quotes"][0]["coders"] == ["a", "b"]
    assert str(result.summary).startswith("Found 2 quotations")
    of_b = found(quotes=QuoteFilter(coder="b"))
    assert "all codings of b, of every round" in str(of_b.summary)
    none = found(quotes=QuoteFilter(code="unused"))
    assert [str(block.text) for block in none.blocks() if isinstance(block, Note)] == [
        "No quotation fits what was asked for."
    ]
    assert found().payload()["quotes"] == []


def test_nesting_leaves_the_coefficient_undefined_with_its_reason() -> None:
    spans = [("P1", 0, 30, "a", "passwords"), ("P1", 1, 29, "a", "passwords")]
    spans += [("P1", 2 + i, 20 + i, "b", "queues") for i in range(2)]
    result = found(draft(spans=spans))
    [pair] = result.co_occurrence
    assert (pair.overlaps, pair.c_coefficient) == (4, None)
    payload: Any = result.payload()["co_occurrence"]
    assert payload[0]["reason"]
    [row] = dicts(named(result.tables(), "co_occurrence"))
    assert isinstance(row["c_coefficient"], Undefined)
    assert "p" not in row


def test_the_network_holds_the_thirty_codes_with_most_overlaps_and_their_links_only() -> None:
    """32 codes in a row overlap their neighbours; the two at the ends have one overlap each and drop out."""
    names = [f"c{i:02d}" for i in range(32)]
    spans = [("P1", at * 10, at * 10 + 11, "a", name) for at, name in enumerate(names)]
    result = found(Draft(codes=[code(name) for name in names], spans=spans, interviews=["P1"]))
    figures = {block.name: block for block in result.blocks() if isinstance(block, Figure)}
    network, matrix = figures["co_occurrence_network"], figures["co_occurrence_matrix"]
    assert isinstance(network.picture, Network)
    assert isinstance(matrix.picture, Heatmap)
    assert [node.id for node in network.picture.nodes] == names[1:31]
    assert [(one, other) for one, other, _ in network.picture.links] == list(pairwise(names[1:31]))
    assert {number for _, _, number in network.picture.links} == {1}
    assert "30 of 32 codes" in str(network.caption)
    assert "30 codes with 29 links" in str(network.alt)
    assert [label.id for label in matrix.picture.rows] == names[1:31]


def test_pairs_without_an_overlap_are_in_no_picture() -> None:
    spans = [("P1", at * 10, at * 10 + 11, "a", name) for at, name in enumerate(("x", "y", "z"))]
    spans.append(("P1", 90, 95, "a", "lone"))
    given = Draft(codes=[code(name) for name in ("x", "y", "z", "lone")], spans=spans, interviews=["P1"])
    result = found(given, every_pair=True)
    assert len(result.co_occurrence) == 6
    network = next(
        b.picture for b in result.blocks() if isinstance(b, Figure) and b.name == "co_occurrence_network"
    )
    assert isinstance(network, Network)
    assert [node.id for node in network.nodes] == ["x", "y", "z"]
    assert len(network.links) == 2


def test_five_hundred_quotations_are_shown_of_more() -> None:
    spans = [("P1", at, at + 1, "a", "x") for at in range(501)]
    result = found(Draft(codes=[code("x")], spans=spans, interviews=["P1"]), quotes=QuoteFilter())
    [block] = result.blocks()
    assert isinstance(block, Quotes)
    assert (len(block.quotes), block.left_out) == (500, 1)
    assert len(result.quotes or ()) == 501
    payload: Any = result.payload()
    assert [entry["text"] for entry in payload["quotes"]] == [quote.text for quote in result.quotes or ()]


def test_exact_tests_are_made_on_request_only() -> None:
    study = draft().study()
    rows = co_occurrences(incidence(study, *level_targets(study, Level.CODE)))
    assert rows
    assert {(row.p, row.p_adjusted) for row in rows} == {(None, None)}
