"""Counts, co-occurrence, coverage and retrieval on small studies whose answers can be counted by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from theory_builder import PROVENANCE, Draft, code, quotation

from omnistudy.errors import StudyError
from omnistudy.pictures import Heatmap, Network
from omnistudy.results import Figure
from omnistudy.study.load import load_study
from omnistudy.study.model import CoderKind, Level, Relation, Role
from omnistudy.theory.codes.analysis import CodesOptions, codes_of
from omnistudy.theory.codes.result import CodesResult
from omnistudy.theory.counts.co_occurrence import c_coefficient, co_occurrences, overlap_counts
from omnistudy.theory.counts.contents import contents_of
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


def small(**more: object) -> Draft:
    return Draft(codes=TREE, spans=SPANS, interviews=["P1", "P2", "P3"], **more)  # type: ignore[arg-type]


def result(draft: Draft, **options: object) -> CodesResult:
    return codes_of(draft.study(), CodesOptions(**options), PROVENANCE)  # type: ignore[arg-type]


def test_every_level_counts_what_is_below_it_once() -> None:
    rows = {row.code: row for row in result(small()).codes}
    passwords, safety, trust = rows["passwords"], rows["safety"], rows["trust"]
    assert (passwords.quotations, passwords.codings, passwords.interviews, passwords.coders) == (2, 3, 2, 2)
    assert (safety.quotations, safety.codings, safety.direct_codings, safety.interviews) == (2, 4, 0, 2)
    assert (trust.quotations, trust.codings, trust.interviews) == (4, 6, 2)
    assert rows["passwords"].role is Role.CAUSAL
    assert rows["unused"].quotations == 0


def test_a_level_shows_only_what_stands_at_it() -> None:
    rolled = result(small(), level=Level.SUBCATEGORY)
    assert [row.code for row in rolled.codes] == ["safety", "speed"]
    assert rolled.matrix == ((1, 1, 0), (1, 1, 0))


def test_the_analysis_set_is_counted_but_coders_are_people() -> None:
    spans = [*SPANS, ("P1", 0, 10, "agreed", "passwords")]
    draft = Draft(
        codes=TREE,
        spans=spans,
        coder_kinds={"agreed": CoderKind.CONSENSUS},
        analysis_set="consensus",
        analysed_coder="agreed",
    )
    found = result(draft)
    passwords = next(row for row in found.codes if row.code == "passwords")
    assert (passwords.quotations, passwords.codings, passwords.coders) == (1, 1, 2)
    assert found.payload()["analysis_set"] == "consensus"
    assert "the consensus codings" in str(found.summary)


def test_one_coder_is_named() -> None:
    alone = Draft(codes=TREE, spans=[span for span in SPANS if span[3] == "a"])
    assert str(result(alone).summary).startswith("Counting the codings of a:")
    assert str(result(small()).summary).startswith("Counting the codings of any coder:")
    assert any(
        "2 coders are counted together" in str(getattr(b, "text", "")) for b in result(small()).blocks()
    )


def test_density_counts_distinct_linked_codes_at_the_same_level() -> None:
    relations = [
        Relation(source="passwords", target="queues"),
        Relation(source="queues", target="passwords", type="again"),
        Relation(source="fraud", target="queues"),
        Relation(source="passwords", target="fraud"),
    ]
    rows = {row.code: row.density for row in result(small(relations=relations)).codes}
    assert rows == {"trust": 0, "safety": 1, "passwords": 2, "fraud": 2, "speed": 1, "queues": 2, "unused": 0}


def test_published_c_coefficient() -> None:
    assert c_coefficient(4, 11, 8) == pytest.approx(4 / 15)
    assert c_coefficient(4, 11, 8) == pytest.approx(0.2667, abs=5e-5)
    assert c_coefficient(5, 2, 3) is None


def test_overlap_counts_pairs_of_quotations_like_a_double_loop() -> None:
    spans = [
        (f"P{i % 3}", 7 * i % 50, 7 * i % 50 + 3 + i % 11, "a", ("passwords", "fraud", "queues")[i * i % 3])
        for i in range(60)
    ]
    study = Draft(codes=TREE, spans=spans).study()
    counts = incidence(study, *level_targets(study, Level.CODE))
    overlaps = overlap_counts(counts)
    carried = {(c.quotation, c.code) for c in study.analysed}
    for i, first in enumerate(counts.codes):
        for j, second in enumerate(counts.codes):
            expected = sum(
                p.interview == q.interview and p.start < q.end and q.start < p.end
                for p, own in carried
                for q, other in carried
                if own == first and other == second
            )
            assert overlaps[i, j] == (0 if i == j else expected)


def test_co_occurrence_by_overlap_and_by_interview() -> None:
    pairs = {(p.first, p.second): p for p in result(small(), every_pair=True, exact_p=True).co_occurrence}
    both = pairs["passwords", "queues"]
    assert (both.overlaps, both.c_coefficient, both.interviews, both.jaccard) == (1, 1 / 3, 2, 1.0)
    assert both.lift == pytest.approx(1.5)
    assert both.p == pytest.approx(1 / 3)
    assert pairs["passwords", "fraud"].c_coefficient == pytest.approx(1 / 2)
    # Pairs of the three used codes: the adjusted values keep the order and never fall below p.
    assert all(p.p is not None and p.p_adjusted is not None and p.p_adjusted >= p.p for p in pairs.values())
    assert ("passwords", "unused") not in pairs


def test_nested_quotations_can_exceed_one() -> None:
    spans = [("P1", n, 50 - n, "a", "fraud") for n in range(3)]
    spans += [("P1", n, 40 - n, "a", "queues") for n in range(3)]
    (pair,) = result(Draft(codes=TREE, spans=spans)).co_occurrence
    assert (pair.overlaps, pair.c_coefficient) == (9, None)
    assert "nest" in json.dumps(result(Draft(codes=TREE, spans=spans)).payload())


def test_codes_to_review() -> None:
    found = result(small())
    assert found.singletons == ("fraud",)
    assert found.unused == ("unused",)
    assert found.undefined_codes == ("fraud",)


def test_attributes_that_group_people_are_tabulated() -> None:
    people = {
        "P1": {"job": "manager", "name": "x"},
        "P2": {"job": "expert", "name": "y"},
        "P3": {"job": "manager", "name": "z"},
    }
    rows = result(small(attributes=people)).attributes
    assert {row.attribute for row in rows} == {"job"}
    held = {(row.value, row.code): (row.quotations, row.interviews, row.of_interviews) for row in rows}
    assert held["manager", "passwords"] == (1, 1, 2)
    assert held["expert", "queues"] == (1, 1, 1)
    asked = result(small(attributes=people), attributes=("name",)).attributes
    assert {row.value for row in asked} == {"x", "y", "z"}
    with pytest.raises(StudyError, match="job"):
        result(small(attributes=people), attributes=("jobb",))


def test_coverage_counts_participants_words_only() -> None:
    turns = ["Interviewer: What is it?", "Participant: Good and slow.", "Interviewer: Why?"]
    text = "\n".join([*turns, "Participant: Long queues."])
    said = text.index("Good")
    draft = Draft(codes=TREE, texts={"P1": text}, spans=[("P1", said, said + 4, "a", "queues")])
    coverage = result(draft).coverage
    assert (coverage.characters, coverage.coded) == (len("Goodandslow.Longqueues."), 4)
    assert [gap.text for gap in coverage.gaps] == ["Long queues.", "and slow."]
    everything = result(
        Draft(
            codes=TREE,
            texts={"P1": text},
            spans=[("P1", said, said + 4, "a", "queues")],
            settings={"analysis": {"speakers": "all"}},
        )
    )
    assert everything.coverage.characters > coverage.characters


def test_coverage_of_silence_is_undefined_with_a_reason() -> None:
    payload = result(Draft(codes=TREE, texts={"P1": "  "})).payload()
    coverage = payload["coverage"]
    assert isinstance(coverage, dict)
    assert coverage["share"] is None
    assert "recognised" in coverage["reason"]


def test_retrieval_filters() -> None:
    people = {"P1": {"job": "manager"}, "P2": {"job": "expert"}}
    draft = small(attributes=people)

    def ids(**wanted: object) -> list[str]:
        found = result(draft, quotes=QuoteFilter(**wanted)).quotes  # type: ignore[arg-type]
        return [f"{q.interview}:{q.start}-{q.end}" for q in found or ()]

    assert ids() == ["P1:0-10", "P1:5-20", "P2:0-10", "P2:10-20"]
    assert ids(code="safety") == ["P1:0-10", "P2:0-10"]
    assert ids(role=Role.CAUSAL, coder="b") == ["P1:0-10", "P1:5-20"]
    assert ids(attribute=("job", "expert"), code="queues") == ["P2:10-20"]
    assert ids(interview="P3") == []
    first = (result(draft, quotes=QuoteFilter(code="safety")).quotes or ())[0]
    assert [label.id for label in first.codes] == ["passwords", "fraud"]
    assert first.coders == ("a", "b")
    said = str(result(draft, quotes=QuoteFilter(coder="b")).summary)
    assert said == "Found 2 quotations in 1 interview, searching all codings of b, of every round."
    assert first.text == draft.study().passage(quotation("P1:0-10"))


@pytest.mark.parametrize(
    ("wanted", "named"),
    [
        (QuoteFilter(code="pasword"), "passwords"),
        (QuoteFilter(interview="P9"), "P9"),
        (QuoteFilter(coder="z"), "z"),
        (QuoteFilter(attribute=("job", "x")), "attribute"),
    ],
)
def test_retrieval_names_what_is_unknown(wanted: QuoteFilter, named: str) -> None:
    with pytest.raises(StudyError, match=named):
        result(small(), quotes=wanted)


def test_blocks_and_payload_are_complete() -> None:
    found = result(small())
    payload = found.payload()
    json.dumps(payload, allow_nan=False)
    assert set(payload) >= {
        "codes",
        "co_occurrence",
        "code_by_interview",
        "code_by_attribute",
        "quotes",
        "coverage",
        "singletons",
        "unused",
        "undefined_codes",
        "analysis_set",
    }
    for table in found.tables():
        assert all(len(row) == len(table.columns) for row in table.rows), table.name
    pictures = [block.picture for block in found.blocks() if isinstance(block, Figure)]
    assert any(isinstance(picture, Heatmap) for picture in pictures)
    assert found.tables()[0].name == "codes"
    assert result(small(), quotes=QuoteFilter()).tables()[0].name == "quotes"


def test_an_empty_study_has_an_answer() -> None:
    found = result(Draft(codes=[]))
    json.dumps(found.payload(), allow_nan=False)
    assert found.blocks()
    assert str(found.summary).startswith("Counting")


def test_many_codings_are_counted_quickly() -> None:
    import time

    spans = [
        (f"P{i % 500}", i // 500 * 20, i // 500 * 20 + 60, "a", TREE[2 + i * 7 % 4].id)
        for i in range(200_000)
    ]
    study = Draft(codes=TREE, spans=spans, texts={f"P{i}": "" for i in range(500)}).study()
    start = time.process_time()
    counts = incidence(study, *level_targets(study, Level.CODE))
    co_occurrences(counts)
    assert time.process_time() - start < 6


def test_single_statements_have_no_coverage(demo: Path) -> None:
    study = load_study(demo)
    excerpts = tuple(replace(interview, excerpt=True) for interview in study.interviews)
    contents = contents_of(replace(study, interviews=excerpts), PROVENANCE)
    assert contents.coverage is None
    assert "single statements" in str(contents.summary)
    assert {row.coverage for row in contents.interviews} == {None}


def test_codes_that_overlap_are_drawn_as_network_and_matrix(demo: Path) -> None:
    result = codes_of(load_study(demo), CodesOptions(), PROVENANCE)
    figures = {block.name: block.picture for block in result.blocks() if isinstance(block, Figure)}
    network, matrix = figures["co_occurrence_network"], figures["co_occurrence_matrix"]
    assert isinstance(network, Network)
    assert isinstance(matrix, Heatmap)
    overlaps = {frozenset((p.first, p.second)): p.overlaps for p in result.co_occurrence}
    assert all(overlaps[frozenset((first, second))] == weight for first, second, weight in network.links)
    ids = [node.id for node in network.nodes]
    drawn = {frozenset((first, second)): weight for first, second, weight in network.links}
    for row, values in zip(ids, matrix.values, strict=True):
        for column, value in zip(ids, values, strict=True):
            assert value == (None if row == column else drawn.get(frozenset((row, column)), 0))


def test_two_codes_make_no_network() -> None:
    draft = Draft(codes=TREE, spans=SPANS[:3], interviews=["P1"])
    result = codes_of(draft.study(), CodesOptions(), PROVENANCE)
    assert result.co_occurrence
    assert not [block for block in result.blocks() if isinstance(block, Figure) and "co_occ" in block.name]
