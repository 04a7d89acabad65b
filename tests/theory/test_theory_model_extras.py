"""Around the paradigm model: proposals, storyline, leaving one out, the matrix, and graph files."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree
from theory_builder import PROVENANCE, Draft, Span, code, memo

from omnistudy.results import Label, Message, Table
from omnistudy.study.load import load_study
from omnistudy.study.model import CoderKind, Coding, Level, Quotation, Relation, Role, Study
from omnistudy.theory.counts.frequencies import incidence, level_targets
from omnistudy.theory.counts.history import code_history
from omnistudy.theory.counts.unit_presence import unit_presence
from omnistudy.theory.paradigm.graph_files import dot, graphml
from omnistudy.theory.paradigm.result import ParadigmOptions, ParadigmResult, paradigm_of

S = Level.SUBCATEGORY
TREE = [
    code("cause", S, role=Role.CAUSAL),
    code("core", S, role=Role.PHENOMENON),
    code("setting", S, role=Role.CONTEXT),
    code("action", S, role=Role.STRATEGY),
    code("result", S, role=Role.OUTCOME),
    code("loose", S),
]
# cause and core overlap in P1 and P2; setting and action in P1, P2 and P3; action and loose in P1, P2.
SPANS: list[Span] = [
    ("P1", 0, 9, "a", "cause"),
    ("P1", 5, 9, "a", "core"),
    ("P2", 0, 9, "b", "cause"),
    ("P2", 0, 9, "b", "core"),
    *((f"P{n}", 20, 29, "ab"[n % 2], "setting") for n in (1, 2, 3)),
    *((f"P{n}", 28, 35, "ab"[n % 2], "action") for n in (1, 2, 3)),
    ("P1", 30, 40, "a", "loose"),
    ("P2", 30, 40, "a", "loose"),
    ("P3", 50, 60, "a", "result"),
    ("P3", 55, 60, "a", "action"),
]


def arrow(source: str, target: str, *evidence: str, **more: object) -> Relation:
    return Relation(source=source, target=target, evidence=evidence, **more)  # type: ignore[arg-type]


RELATIONS = [
    arrow("cause", "core", "P1:0-9", "P2:0-9"),
    arrow("core", "action", "M1"),
    arrow("action", "result", "P3:50-60"),
    arrow("result", "cause", "P3:50-60", feedback=True),
    arrow("action", "result", "P3:55-60", polarity="-"),
    arrow("cause", "action"),
]


def model(**changes: object) -> ParadigmResult:
    draft = Draft(codes=TREE, spans=SPANS, relations=RELATIONS, memos=[memo("M1")])
    study = replace(draft.study(), **changes)  # type: ignore[arg-type]
    return paradigm_of(study, ParadigmOptions(resamples=0), PROVENANCE)


def test_proposals_are_pairs_that_overlap_twice_and_have_no_relation() -> None:
    result = model()
    (row,) = result.proposals
    assert (row.first, row.second) == ("setting", "action")
    assert (row.overlaps, row.overlap_interviews) == (3, 3)
    assert row.c_coefficient == pytest.approx(3 / (3 + 4 - 3))
    assert row.usual == (("setting", "action"),)
    assert row.places == ("P1:20-29", "P2:20-29", "P3:20-29")


def test_proposals_stay_proposals() -> None:
    result = model()
    payload = result.payload()
    assert payload["proposals"]
    edges = payload["edges"]
    assert isinstance(edges, list)
    assert len(edges) == len(RELATIONS)
    assert ("setting", "action") not in {(edge.source, edge.target) for edge in result.model.edges}
    assert "setting" not in {end for pair in result.model.arrows for end in pair}
    written = model(relations=(*RELATIONS, arrow("action", "setting")))
    assert not written.proposals  # recorded in either direction


def test_one_interview_proposes_nothing() -> None:
    only = tuple(c for c in model_study().codings if c.quotation.interview != "P2")
    once = tuple(c for c in only if not (c.quotation.interview == "P3" and c.code == "setting"))
    assert not model(codings=once, analysed=once).proposals


def model_study() -> Study:
    return Draft(codes=TREE, spans=SPANS, relations=RELATIONS, memos=[memo("M1")]).study()


def test_the_storyline_is_a_skeleton_of_evidenced_arrows() -> None:
    result = model()
    assert [(line.part, line.source, line.target) for line in result.storyline] == [
        ("phenomenon", "core", None),
        ("causal", "cause", "core"),
        ("strategy", "core", "action"),
        ("outcome", "action", "result"),
        ("feedback", "result", "cause"),
        ("negative", "action", "result"),
    ]
    assert all(str(line.skeleton).endswith("____") for line in result.storyline)
    assert result.storyline[1].evidence == ("P1:0-9", "P2:0-9")
    assert result.storyline[2].evidence == ("M1",)
    assert not model(relations=(arrow("cause", "core"),)).storyline


def test_what_hangs_on_one_interview_or_one_coder() -> None:
    rows = {(row.kind, row.id): row for row in model().left_out}
    assert set(rows) == {("interview", f"P{n}") for n in (1, 2, 3)} | {("coder", "a"), ("coder", "b")}
    assert rows["interview", "P1"].nodes == ("cause", "core")
    assert rows["interview", "P1"].edges == ()
    assert rows["interview", "P3"].nodes == ()
    assert rows["interview", "P3"].edges == (("action", "result"), ("result", "cause"), ("action", "result"))
    # Each coder alone holds cause and core in one interview; only b holds the setting in two.
    assert rows["coder", "a"].nodes == ("cause", "core")
    assert rows["coder", "b"].nodes == ("cause", "core", "setting")
    assert rows["coder", "a"].edges == (("action", "result"), ("result", "cause"), ("action", "result"))
    assert rows["coder", "b"].edges == ()


def test_coders_are_left_out_of_their_own_codings_not_of_the_consensus() -> None:
    spans = [*SPANS, *((i, start, end, "final", name) for i, start, end, _, name in SPANS)]
    study = Draft(
        codes=TREE, spans=spans, coder_kinds={"final": CoderKind.CONSENSUS}, analysed_coder="final"
    ).study()
    result = paradigm_of(study, ParadigmOptions(resamples=0), PROVENANCE)
    rows = {row.id: row for row in result.left_out if row.kind == "coder"}
    assert set(rows) == {"a", "b"}
    assert "cause" in rows["a"].nodes


def test_the_matrix_comes_from_memos_and_keeps_its_empty_cells() -> None:
    memos = (
        memo("M1"),
        memo("M2", "code", "cause", "Scope: organisation"),
        memo("M3", "code", "action", "scope: nation"),
        memo("M4", "code", "result", "scope: everywhere"),
        memo("M5", "code", "result", "scope: individual"),
    )
    result = model(memos=memos)
    assert [(row.node, str(row.scope), row.memo) for row in result.matrix] == [
        ("cause", "organisation", "M2"),
        ("result", "individual", "M5"),
    ]
    table = next(block for block in result.blocks() if isinstance(block, Table) and "matrix" in block.name)
    assert len(table.rows) == 6
    assert table.rows[0][1:4] == (None, None, None)
    assert str(table.rows[0][4]) == "result"
    assert str(table.rows[2][1]) == "cause"
    assert table.rows[2][2:] == (None, None, None)
    assert not any(isinstance(b, Table) and "matrix" in b.name for b in model().blocks())


HOSTILE = 'a "quoted" \\N label\n<b> & \x07 \u202e end'


def hostile() -> ParadigmResult:
    tree = [replace(TREE[0], label=Label("cause", {"en": HOSTILE, "fa": "علّت"})), *TREE[1:]]
    draft = Draft(codes=tree, spans=SPANS, relations=RELATIONS, memos=[memo("M1")])
    return paradigm_of(draft.study(), ParadigmOptions(resamples=0), PROVENANCE)


def test_dot_quotes_what_people_wrote() -> None:
    text = dot(hostile().model, language="en")
    assert text.startswith("digraph paradigm {\n  rankdir=LR;")
    strings = re.findall(r'"(?:[^"\\]|\\.)*"', text)
    assert '"a \\"quoted\\" \\\\N label\\n<b> & \ufffd  end\\n2 / 2"' in strings
    # Nothing of a label is left outside the strings.
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", text)
    assert re.fullmatch(r"[\w\s{}\[\]=,;>-]*", bare)
    assert '"cause" -> "core" [style=solid' in text
    assert '"cause" -> "action" [style=dashed' in text
    assert "arrowhead=tee" in text
    assert "rankdir=RL" in dot(hostile().model, language="fa")
    assert "علّت" in dot(hostile().model, language="fa")
    assert '"loose"' not in text


def test_graphml_is_xml_with_counts_and_evidence() -> None:
    text = graphml(hostile().model, language="en", synthetic=Message("a demo & more"))
    root = etree.fromstring(text.encode())
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    assert root.findtext(".//g:desc", namespaces=space) == "a demo & more"
    nodes = {node.get("id"): node for node in root.iterfind(".//g:node", space)}
    assert set(nodes) == {code.id for code in TREE}
    data = {d.get("key"): d.text for d in nodes["cause"]}
    assert data["node_label"] == 'a "quoted" \\N label\n<b> & \ufffd  end'
    assert (data["node_role"], data["node_grounding"], data["node_interviews"]) == ("causal", "2", "2")
    assert "node_role" not in {d.get("key") for d in nodes["loose"]}
    edges = root.findall(".//g:edge", space)
    assert len(edges) == len(RELATIONS)
    first = {d.get("key"): d.text for d in edges[0]}
    assert (first["edge_status"], first["edge_evidence"]) == ("evidenced", "P1:0-9; P2:0-9")
    declared = {key.get("id") for key in root.iterfind("g:key", space)}
    assert {d.get("key") for d in root.iterfind(".//g:data", space)} <= declared


def test_history_reads_iso_dates_only() -> None:
    def made(name: str, coder: str, created: str) -> Coding:
        return Coding(quotation=Quotation("P1", 0, 9), coder=coder, code=name, created=created)

    codings = (
        made("core", "b", "2025-03-02T10:00:00"),
        made("core", "a", "2025-01-09"),
        made("core", "a", "03/02/2024"),
        made("cause", "a", "2024-12-31"),
        made("action", "a", ""),
    )
    rows = code_history(replace(model_study(), codings=codings))
    assert [(row.code, row.first, row.first_coder, row.last, row.dated, row.undated) for row in rows] == [
        ("cause", "2024-12-31", "a", "2024-12-31", 1, 0),
        ("core", "2025-01-09", "a", "2025-03-02", 2, 1),
    ]


def test_units_carry_what_overlaps_them() -> None:
    text = "one two\nthree four\nfive six\n"  # lines at 0-7, 8-18 and 19-27
    spans: list[Span] = [
        ("P1", 0, 7, "a", "cause"),
        ("P1", 6, 9, "a", "core"),
        ("P1", 18, 19, "a", "setting"),
        ("P2", 0, 27, "a", "action"),
    ]
    study = Draft(codes=TREE, spans=spans, texts={"P1": text, "P2": text}).study()
    counts = incidence(study, *level_targets(study, S))
    table = unit_presence(study, counts, "paragraph").toarray()
    held = {name: table[:, at].tolist() for at, name in enumerate(counts.codes)}
    assert held["cause"] == [1, 0, 0, 0, 0, 0]
    assert held["core"] == [1, 1, 0, 0, 0, 0]
    assert held["setting"] == [0, 0, 0, 0, 0, 0]  # the line end between two paragraphs
    assert held["action"] == [0, 0, 0, 1, 1, 1]


def test_the_demo_has_a_storyline_and_few_hanging_arrows(demo: Path) -> None:
    study = load_study(demo)
    result = paradigm_of(study, ParadigmOptions(resamples=0), PROVENANCE)
    recorded = {(edge.source, edge.target) for edge in result.model.edges}
    assert not any({(row.first, row.second), (row.second, row.first)} & recorded for row in result.proposals)
    assert {line.part for line in result.storyline} >= {"phenomenon", "causal", "strategy", "outcome"}
    cited = {name for line in result.storyline for name in line.evidence}
    assert cited <= {name for edge in result.model.edges for name in (*edge.evidence, *edge.memos)}
