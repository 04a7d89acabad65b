"""The paradigm model for people and scripts: every table beside its JSON, the section's order, the drawing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from theory_builder import PROVENANCE, Draft, Span, code, memo

from omnistudy.pictures import Diagram
from omnistudy.results import Figure, Heading, Label, Prose, Quotes, Status, Table
from omnistudy.study.model import Level, Proposition, Relation, Role, RoleVote
from omnistudy.theory.paradigm.result import ParadigmOptions, ParadigmResult, paradigm_of

S = Level.SUBCATEGORY
TREE = [
    code("cause", S, role=Role.CAUSAL, properties=["extent"]),
    code("core", S, role=Role.PHENOMENON),
    code("setting", S, role=Role.CONTEXT),
    code("action", S, role=Role.STRATEGY),
    code("result", S, role=Role.OUTCOME),
    code("loose", S),
]
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


def arrow(source: str, target: str, *evidence: str, **more: Any) -> Relation:
    return Relation(source=source, target=target, evidence=evidence, **more)


RELATIONS = [
    arrow("cause", "core", "P1:0-9", "P2:0-9", type="causes", rationale="they say so"),
    arrow("core", "action", "M1"),
    arrow("action", "result", "P3:50-60", "M1", "gone"),
    arrow("result", "cause", "P3:50-60", feedback=True),
    arrow("action", "result", "P3:55-60", polarity="-"),
    arrow("cause", "action"),
    arrow("setting", "loose", "P1:20-29", direction="associative", origin="link", origin_of="a.qdpx"),
]
PROPOSITIONS = [
    Proposition(id="T1", text="all", relations=(("cause", "core"),), negative_cases=("P3:55-60", "lost")),
    Proposition(id="T2", text="some", relations=(("cause", "core"), ("cause", "action"))),
    Proposition(id="T3", text="none", relations=(("cause", "action"),), negative_cases=("none found",)),
    Proposition(id="T4", text="unknown", relations=(("cause", "core"), ("result", "core"))),
]
VOTES = [
    RoleVote(code="cause", role=Role.CAUSAL, coder="a", rationale="it comes first"),
    RoleVote(code="cause", role=Role.CONTEXT, coder="b"),
    RoleVote(code="core", role=Role.PHENOMENON, coder="a", rationale="why"),
    RoleVote(code="loose", role=Role.OUTCOME, coder="b", rationale="maybe"),
]


def model(resamples: int = 0, **changes: Any) -> ParadigmResult:
    draft = Draft(
        codes=TREE,
        spans=SPANS,
        relations=RELATIONS,
        propositions=PROPOSITIONS,
        role_votes=VOTES,
        memos=[
            memo("M1"),
            memo("M2", "code", "cause", "scope: group"),
            memo("M3", "relation", "core > result", "t"),
        ],
    )
    study = replace(draft.study(), **changes)
    return paradigm_of(study, ParadigmOptions(resamples=resamples), PROVENANCE)


def bare(**more: Any) -> ParadigmResult:
    return paradigm_of(Draft(codes=TREE, **more).study(), ParadigmOptions(resamples=0), PROVENANCE)


def dicts(result: ParadigmResult, name: str) -> list[dict[str, Any]]:
    [table] = [table for table in result.tables() if table.name == name]
    keys = [column.key for column in table.columns]
    assert all(keys)
    assert len(set(keys)) == len(keys)
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def test_nodes_in_table_and_json() -> None:
    result = model()
    payload: Any = result.payload()
    assert [node["id"] for node in payload["nodes"]] == ["cause", "core", "setting", "action", "result"]
    assert [node["id"] for node in payload["without_role"]] == ["loose"]
    for row, node in zip(dicts(result, "nodes"), payload["nodes"], strict=True):
        for key in ("id", "grounding", "interviews", "coders", "density", "stability"):
            assert row[key] == node[key], key
        assert row["label"].id == node["id"]
        assert node["stability"] == node["stability_exact"]
    cause = payload["nodes"][0]
    assert (cause["label"], cause["labels"], cause["role"]) == ("cause", {"en": "cause"}, "causal")
    assert (cause["grounding"], cause["interviews"], cause["interview_ids"]) == (2, 2, ["P1", "P2"])
    assert (cause["coders"], cause["density"], cause["properties"]) == (2, 3, 1)
    # two of three interviews hold it: 1 minus the resamples in which at most one of the two appears
    keeps = 27 - 1 - 2 * (2**3 - 1)
    assert cause["stability_exact"] == pytest.approx(keeps / 27)
    assert payload["without_role"][0]["role"] is None
    assert (payload["level"], payload["strict"]) == ("subcategory", False)
    assert payload["stability"] == {"resamples": 0, "seed": None, "min_interviews": 2, "min_quotations": 2}
    assert model(resamples=50).payload()["stability"] == {**payload["stability"], "resamples": 50, "seed": 1}


def test_edges_in_table_and_json() -> None:
    result = model()
    payload: Any = result.payload()
    first = payload["edges"][0]
    assert first == {
        "source": "cause",
        "target": "core",
        "source_node": "cause",
        "target_node": "core",
        "type": "causes",
        "status": "evidenced",
        "evidence": ["P1:0-9", "P2:0-9"],
        "memos": [],
        "evidence_missing": [],
        "polarity": "+",
        "feedback": False,
        "direction": "oneway",
        "origin": "table",
        "origin_of": None,
        "rationale": "they say so",
    }
    assert [edge["status"] for edge in payload["edges"]] == [*["evidenced"] * 5, "asserted", "evidenced"]
    assert (payload["edges"][2]["memos"], payload["edges"][2]["evidence_missing"]) == (["M1"], ["gone"])
    assert (payload["edges"][6]["origin"], payload["edges"][6]["origin_of"]) == ("link", "a.qdpx")
    rows = dicts(result, "edges")
    for row, edge in zip(rows, payload["edges"], strict=True):
        assert (row["negative"], row["feedback"]) == (edge["polarity"] == "-", edge["feedback"])
        assert (row["quotations"], row["memos"]) == (len(edge["evidence"]), len(edge["memos"]))
        assert row["interviews"] == len({name.split(":")[0] for name in edge["evidence"]})
        assert row["evidence"] == ("; ".join([*edge["evidence"], *edge["memos"]]) or None)
        assert row["rationale"] == (edge["rationale"] or None)
    assert [str(row["direction"]) for row in rows] == [*["one way"] * 6, "none"]
    assert len({str(row["status"]) for row in rows}) == 2
    asserted = str(rows[5]["status"])
    for row, edge in zip(rows, payload["edges"], strict=True):
        assert (str(row["status"]) == asserted) == (edge["status"] == "asserted")
    assert [str(rows[at]["origin"]) for at in (0, 6)] == ["the table of relations", "link in a.qdpx"]
    columns = {column.key: column for column in next(t for t in result.tables() if t.name == "edges").columns}
    assert not columns["origin"].secondary
    own = model(relations=tuple(RELATIONS[:6]))
    columns = {column.key: column for column in next(t for t in own.tables() if t.name == "edges").columns}
    assert columns["origin"].secondary


def test_origins_of_imported_relations_in_words() -> None:
    origins = [("link", ""), ("link", "b.qdpx"), ("memo", ""), ("memo", "M1"), ("table", "")]
    given = tuple(arrow("cause", "core", origin=origin, origin_of=of) for origin, of in origins)
    assert [str(row["origin"]) for row in dicts(model(relations=given), "edges")] == [
        "imported link",
        "link in b.qdpx",
        "written down after a memo",
        "written down after memo M1",
        "the table of relations",
    ]


def test_propositions_in_table_and_json() -> None:
    result = model()
    payload: Any = result.payload()
    states = {state["id"]: state for state in payload["propositions"]}
    assert [states[f"T{n}"]["status"] for n in (1, 2, 3, 4)] == ["evidenced", "partly", "asserted", "partly"]
    assert states["T1"]["relations"] == [{"source": "cause", "target": "core", "evidenced": True}]
    assert (states["T1"]["negative_cases"], states["T1"]["negative_cases_missing"]) == (
        ["P3:55-60"],
        ["lost"],
    )
    assert states["T4"]["unrecorded_relations"] == [{"source": "result", "target": "core"}]
    assert states["T1"]["negative_cases_searched"] is True
    assert states["T2"]["negative_cases_searched"] is False
    rows = {row["id"]: row for row in dicts(result, "propositions")}
    assert (rows["T1"]["pieces"], rows["T1"]["evidence"]) == (2, "P1:0-9; P2:0-9")
    assert str(rows["T1"]["negative_cases"]) == "P3:55-60"
    assert (rows["T3"]["pieces"], rows["T3"]["evidence"]) == (0, None)
    assert str(rows["T2"]["negative_cases"]) == "none recorded"
    searched = states["T3"]["negative_cases_searched"]
    assert str(rows["T3"]["negative_cases"]) == ("searched, none found" if searched else "none recorded")
    assert [str(rows[f"T{n}"]["text"]) for n in (1, 2)] == ["all", "some"]


def test_role_votes_in_table_and_json() -> None:
    result = model()
    payload: Any = result.payload()
    assert payload["role_votes"][1] == {
        "code": "cause",
        "agreed": "causal",
        "coder": "b",
        "role": "context",
        "rationale": "",
    }
    assert payload["role_votes"][3]["agreed"] is None
    rows = dicts(result, "role_votes")
    assert len(rows) == 3
    cause, core, loose = rows
    assert [cause["unanimous"], core["unanimous"], loose["unanimous"]] == [False, True, True]
    assert (cause["vote_b"] is None, core["vote_b"], loose["vote_a"]) == (False, None, None)
    assert loose["agreed"] is None
    assert str(cause["rationale"]) == "a: it comes first"


def test_everything_beside_the_model_in_table_and_json() -> None:
    result = model()
    payload: Any = result.payload()
    for row, proposal in zip(dicts(result, "proposals"), payload["proposals"], strict=True):
        for key in ("overlaps", "interviews", "c_coefficient", "jaccard"):
            assert row[key] == proposal[key], key
        assert (row["first"].id, row["second"].id) == (proposal["first"], proposal["second"])
        assert row["places"] == "; ".join(proposal["places"])
        assert proposal["usual"] == [{"source": "setting", "target": "action"}]
    assert payload["proposals"]
    linked = payload["linked_proposals"]
    assert [(row["basis"], row["first"], row["second"]) for row in linked] == [
        ("memo", "core", "result"),
        ("link", "setting", "loose"),
    ]
    assert (linked[0]["memos"], linked[0]["origin_of"], linked[0]["recorded"]) == (["M3"], None, False)
    assert (linked[1]["places"], linked[1]["origin_of"]) == (["P1:20-29"], "a.qdpx")
    rows = dicts(result, "linked_proposals")
    assert (rows[0]["memos"], rows[0]["title"], rows[0]["recorded"]) == ("M3", "t", False)
    assert str(rows[1]["basis"]) == "link without a direction in a.qdpx"
    for row, line in zip(dicts(result, "storyline"), payload["storyline"], strict=True):
        assert str(row["skeleton"]) == line["skeleton"]
        assert row["evidence"] == ("; ".join(line["evidence"]) or None)
    assert (payload["storyline"][1]["source"], payload["storyline"][1]["target"]) == ("cause", "core")
    hanging = [row for row in payload["left_out"] if row["nodes"] or row["edges"]]
    [third] = [row for row in payload["left_out"] if row["id"] == "P3"]
    assert {"source": "result", "target": "cause"} in third["edges"]
    assert "link_without_direction" in {finding["rule"] for finding in payload["lint"]}
    for row, entry in zip(dicts(result, "left_out"), hanging, strict=True):
        assert (str(row["kind"]), row["id"]) == (entry["kind"], entry["id"])
        assert (row["nodes"] is None or str(row["nodes"]) == "") == (not entry["nodes"])
    assert payload["conditional_matrix"] == [
        {"node": "cause", "role": "causal", "scope": "group", "memo": "M2"}
    ]
    matrix = dicts(result, "conditional_matrix")
    assert [str(row["level"]) for row in matrix] == [
        "individual",
        "group",
        "organisation",
        "community",
        "nation",
        "global",
    ]
    assert [str(row["causal"]) for row in matrix if row["causal"]] == ["cause"]
    assert len(payload["lint"]) == len(result.findings) == len(dicts(result, "lint"))
    for row, finding in zip(dicts(result, "lint"), payload["lint"], strict=True):
        assert str(row["message"]) == finding["message"]
        assert (
            str(row["severity"])
            == {"error": "error", "warning": "warning", "info": "remark"}[finding["severity"]]
        )
    assert [row["criterion"] for row in payload["core"]]
    for row, criterion in zip(dicts(result, "core"), payload["core"], strict=True):
        assert str(row["met"]) == {True: "yes", False: "no", None: "cannot be said"}[criterion["met"]]
        assert str(row["finding"]) == criterion["finding"]
        assert row["node"].id == criterion["node"] == "core"


def test_findings_name_what_they_are_about() -> None:
    result = model()
    shown = {
        finding.subject: row["subject"]
        for finding, row in zip(result.findings, dicts(result, "lint"), strict=True)
    }
    for subject, words in shown.items():
        if subject in {"cause", "core", "setting", "action", "result", "loose"}:
            assert isinstance(words, Label)
        elif subject == "study":
            assert str(words) == "the study"
        elif subject.count(" > ") == 1:
            assert all(end in str(words) for end in subject.split(" > "))
    assert any(" > " in subject for subject in shown)
    assert any(subject.startswith("T") and str(words) == subject for subject, words in shown.items())


def test_the_section_of_a_report_in_its_order() -> None:
    blocks = list(model().blocks())
    assert [block.anchor for block in blocks if isinstance(block, Heading)] == [
        "arrows",
        "propositions",
        "core",
        "role-votes",
        "lint",
        "left-out",
        "linked-proposals",
        "proposals",
        "storyline",
    ]
    assert [block.name for block in blocks if isinstance(block, Table)] == [
        "nodes",
        "edges",
        "propositions",
        "core",
        "role_votes",
        "lint",
        "left_out",
        "conditional_matrix",
        "linked_proposals",
        "proposals",
        "storyline",
    ]
    [negative] = [block for block in blocks if isinstance(block, Quotes)]
    assert [(quote.interview, quote.start) for quote in negative.quotes] == [("P3", 55)]
    reading = next(str(block.text) for block in blocks if isinstance(block, Prose))
    assert "Stability is the probability that a resample of the 3 interviews" in reading
    drawn = next(str(block.text) for block in model(resamples=50).blocks() if isinstance(block, Prose))
    assert "the share of 50 resamples of the 3 interviews" in drawn


def test_a_study_without_roles_has_no_model_to_show() -> None:
    tree = [replace(code, role=None) for code in TREE]
    result = paradigm_of(Draft(codes=tree, spans=SPANS).study(), ParadigmOptions(resamples=0), PROVENANCE)
    blocks = list(result.blocks())
    assert not [block for block in blocks if isinstance(block, Figure)]
    assert "none of the 6 categories has a role" in str(result.summary)
    assert [block.anchor for block in blocks if isinstance(block, Heading)] == ["lint"]


def test_nothing_that_hangs_on_one_is_said() -> None:
    spans = [
        (f"P{n}", 10 * at, 10 * at + 9, coder, c.id)
        for n in range(1, 6)
        for coder in "ab"
        for at, c in enumerate(TREE)
    ]
    good = [b for b in bare(spans=spans).blocks() if isinstance(b, Prose) and b.status is Status.GOOD]
    assert ["hangs on a single interview or a single coder" in str(block.text) for block in good] == [True]
    assert not [b for b in model().blocks() if isinstance(b, Prose) and b.status is Status.GOOD]


def test_the_drawing_joins_relations_of_one_kind_and_says_what_each_rests_on() -> None:
    more = (*RELATIONS, arrow("cause", "core", "P1:5-9", "M1"))
    result = model(relations=more)
    [figure] = [block for block in result.blocks() if isinstance(block, Figure)]
    assert figure.name == "paradigm"
    assert isinstance(figure.picture, Diagram)
    edges = {(e.source, e.target, e.negative, e.feedback): e for e in figure.picture.edges}
    assert len(edges) == len(figure.picture.edges) == 6
    said = {identity: (str(edge.detail), edge.solid) for identity, edge in edges.items()}
    assert said["cause", "core", False, False] == ("rests on 3 quotations in 2 interviews; memos: 1", True)
    assert said["core", "action", False, False] == ("rests on memos only: 1", True)
    assert said["action", "result", True, False][0].startswith("rests on 1 quotation")
    assert said["cause", "action", False, False] == ("asserted: no quotation or memo stands behind it", False)
    assert said["result", "cause", False, True][1]
    assert [node.id for node in figure.picture.nodes] == ["cause", "core", "setting", "action", "result"]
    assert [node.group for node in figure.picture.nodes][:2] == ["causal", "phenomenon"]
    assert "5 categories and 6 arrows between them, 5 of which" in str(figure.alt)
    quotes = {node.id: node.quotes for node in figure.picture.nodes}
    assert [quote.interview for quote in quotes["setting"]] == ["P1", "P2", "P3"]
    assert len(quotes["action"]) == 3


def test_the_sentence_counts_what_the_model_holds() -> None:
    result = model()
    errors = sum(str(finding.severity) == "error" for finding in result.findings)
    said = str(result.summary)
    assert "5 categories in 5 of 6 roles and 6 arrows, of which 5 rest on" in said
    assert f"{errors} errors" in said


def test_the_criteria_of_the_core_by_hand() -> None:
    """Links: cause with core, result and action; action with core and result; the setting has none."""
    core: Any = {row["criterion"]: row for row in model().payload()["core"]}  # type: ignore[attr-defined]
    assert list(core) == ["central", "frequent", "linked", "abstract", "deep", "variation"]
    central = core["central"]
    assert (central["degree"], central["degree_rank"], central["eigenvector_rank"]) == (2, 3, 3)
    assert (central["share_linked"], central["met"]) == (3 / 4, False)
    assert central["finding"].startswith(
        "Linked with 2 categories, rank 3 by degree and 3 by eigenvector; 75.0"
    )
    assert (core["frequent"]["share_of_interviews"], core["frequent"]["met"]) == (pytest.approx(2 / 3), False)
    assert core["frequent"]["finding"].startswith("In 2 of 3 interviews")
    assert (core["linked"]["links"], core["linked"]["evidenced"], core["linked"]["met"]) == (2, 2, True)
    assert core["linked"]["finding"] == "2 of its 2 arrows rest on evidence."
    assert (core["deep"]["properties"], core["deep"]["met"]) == (0, False)
    assert (core["variation"]["negative_cases"], core["variation"]["met"]) == (1, True)
    assert (core["abstract"]["verbatim_quotations"], core["abstract"]["met"]) == (0, True)
    asserted: Any = model(relations=(*RELATIONS, arrow("core", "result"))).payload()["core"]
    assert (asserted[2]["links"], asserted[2]["evidenced"], asserted[2]["met"]) == (3, 2, False)


def test_the_criteria_without_arrows_and_without_cases() -> None:
    bare_core: Any = {row["criterion"]: row for row in bare(spans=SPANS).payload()["core"]}  # type: ignore[attr-defined]
    central, linked = bare_core["central"], bare_core["linked"]
    assert [central[key] for key in ("degree", "degree_rank", "eigenvector_rank", "share_linked", "met")] == [
        0,
        None,
        None,
        None,
        None,
    ]
    assert "centrality cannot be judged" in central["finding"]
    assert (linked["links"], linked["met"]) == (0, None)
    assert linked["finding"] == "No arrow of the researchers links it with another category."
    assert bare_core["variation"]["finding"] == "No negative case is recorded, and no search for one."
    searched = model(
        propositions=(replace(PROPOSITIONS[1], negative_cases=("none found",)),),
        relations=tuple(RELATIONS[:4]),
    )
    variation: Any = searched.payload()["core"]
    assert "searched and none was found" in variation[5]["finding"]
    tree = [replace(part, properties=TREE[0].properties) if part.id == "core" else part for part in TREE]
    deep: Any = paradigm_of(
        Draft(codes=tree, spans=SPANS).study(), ParadigmOptions(resamples=0), PROVENANCE
    ).payload()
    assert [(row["properties"], row["met"]) for row in deep["core"] if row["criterion"] == "deep"] == [
        (1, True)
    ]
    verbatim = Draft(codes=TREE, spans=[("P1", 0, 8, "a", "core")], texts={"P1": "the core of it"}).study()
    found: Any = paradigm_of(verbatim, ParadigmOptions(resamples=0), PROVENANCE).payload()["core"]
    assert (found[3]["verbatim_quotations"], found[3]["met"]) == (1, False)


def test_a_memo_about_two_categories_with_an_arrow() -> None:
    """An evidenced arrow needs no proposal; one that is only asserted is said to be recorded."""
    memos = (
        memo("M1"),
        memo("M4", "relation", "cause > core", "t"),
        memo("M5", "relation", "cause > action", "u"),
        memo("M6", "relation", "setting > loose", "v"),
    )
    rows = [row for row in model(memos=memos).linked if row.basis == "memo"]
    assert [(row.first, row.second, row.recorded) for row in rows] == [
        ("cause", "action", True),
        ("setting", "loose", False),
    ]
    both = (*RELATIONS, arrow("setting", "loose"))
    link = [row for row in model(relations=both).linked if row.basis == "link"]
    assert [row.recorded for row in link] == [True]
    assert [row.recorded for row in model().linked if row.basis == "link"] == [False]
