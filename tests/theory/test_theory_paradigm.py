"""The paradigm model: nodes, evidence, the table of arrows, and every rule made to speak."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from theory_builder import PROVENANCE, Draft, code, memo

from omnistudy.pictures import Diagram
from omnistudy.results import Figure
from omnistudy.study.model import Level, Proposition, Relation, Role, RoleVote, Study
from omnistudy.theory.paradigm.arrows import Arrow, arrow
from omnistudy.theory.paradigm.findings import Finding
from omnistudy.theory.paradigm.lint import LINT_RULES
from omnistudy.theory.paradigm.result import ParadigmOptions, ParadigmResult, paradigm_of

SUB = Level.SUBCATEGORY
ROLES = {
    "ict": Role.CAUSAL,
    "relationship": Role.PHENOMENON,
    "platform": Role.CONTEXT,
    "access": Role.INTERVENING,
    "training": Role.STRATEGY,
    "profit": Role.OUTCOME,
}
CODES = [
    *(code(name, SUB, role=role, properties=["extent"]) for name, role in ROLES.items()),
    code("phones", Level.CODE, "ict"),
    code("apps", Level.CODE, "ict"),
]
PEOPLE = ["P1", "P2", "P3", "P4", "P5"]
SPANS = [
    (person, 10 * at, 10 * at + 9, coder, name)
    for person in PEOPLE
    for coder in ("a", "b")
    for at, name in enumerate([*list(ROLES)[1:], "phones", "apps"])
]
RELATIONS = [
    Relation(source="phones", target="relationship", type="causes", evidence=("P1:50-59", "P2:50-59")),
    Relation(source="relationship", target="training", evidence=("P1:0-9", "P2:0-9")),
    Relation(source="platform", target="training", evidence=("P1:10-19", "P2:10-19")),
    Relation(source="access", target="training", evidence=("M1",)),
    Relation(source="training", target="profit", evidence=("P3:30-39", "P4:30-39")),
]
VOTES = [RoleVote(code=name, role=role, coder="a", rationale="because") for name, role in ROLES.items()]


def sound(**more: object) -> Draft:
    whole: dict[str, object] = {
        "codes": CODES,
        "spans": SPANS,
        "relations": RELATIONS,
        "role_votes": VOTES,
        "memos": [memo("M1"), memo("M2", "code", "relationship", "storyline")],
        "propositions": [
            Proposition(
                id="T1", text="…", relations=(("phones", "relationship"),), negative_cases=("P4:20-29",)
            )
        ],
    }
    return Draft(**{**whole, **more})  # type: ignore[arg-type]


def model(study: Study, *, strict: bool = False, resamples: int = 200) -> ParadigmResult:
    return paradigm_of(study, ParadigmOptions(strict=strict, resamples=resamples), PROVENANCE)


def findings(draft: Draft, rule: str, *, strict: bool = False) -> list[Finding]:
    return [f for f in model(draft.study(), strict=strict).findings if f.rule == rule]


def subjects(draft: Draft, rule: str, *, strict: bool = False) -> list[str]:
    return [finding.subject for finding in findings(draft, rule, strict=strict)]


def test_a_sound_model_raises_no_question_but_the_open_codes() -> None:
    result = model(sound().study())
    assert [f.rule for f in result.findings] == [], "sound() keeps every rule: extend it for a new one"
    nodes = {node.id: node for node in result.model.nodes}
    assert list(nodes) == list(ROLES)
    ict = nodes["ict"]
    assert (ict.grounding, len(ict.held_by), ict.coders, ict.density) == (10, 5, 2, 1)
    assert nodes["training"].density == 4
    assert ict.stability_exact == pytest.approx(1 - 5 / 5**5, abs=1e-9)


def test_edges_keep_the_codes_and_roll_up_for_the_drawing() -> None:
    result = model(sound().study())
    first = result.model.edges[0]
    assert (first.relation.source, first.source, first.evidence) == (
        "phones",
        "ict",
        ("P1:50-59", "P2:50-59"),
    )
    assert result.model.edges[3].memos == ("M1",)
    (figure,) = [block for block in result.blocks() if isinstance(block, Figure)]
    assert isinstance(figure.picture, Diagram)
    drawn = figure.picture.edges[0]
    assert (drawn.source, drawn.target, drawn.solid) == ("ict", "relationship", True)
    assert str(drawn.detail) == "rests on 2 quotations in 2 interviews"
    assert [q.interview for q in drawn.quotes] == ["P1", "P2"]
    assert [group for group, _ in figure.picture.groups] == [str(role) for role in Role]
    assert str(figure.picture.nodes[0].detail) == "10 quotations in 5 interviews"


def test_an_arrow_that_loses_its_quotations_is_dashed_and_its_proposition_flagged() -> None:
    spans = [span for span in SPANS if (span[0], span[1]) not in {("P1", 50), ("P2", 50)}]
    result = model(sound(spans=spans).study())
    edge = result.model.edges[0]
    assert not edge.evidenced
    assert edge.missing == ("P1:50-59", "P2:50-59")
    rules = {f.rule for f in result.findings}
    assert {"arrow_without_evidence", "evidence_not_found", "proposition_without_evidence"} <= rules
    payload = result.payload()
    edges = payload["edges"]
    assert isinstance(edges, list)
    assert edges[0]["status"] == "asserted"
    figure = next(block for block in result.blocks() if isinstance(block, Figure))
    assert isinstance(figure.picture, Diagram)
    assert not figure.picture.edges[0].solid


def test_no_arrow_is_invented() -> None:
    draft = sound(relations=[], propositions=[])
    result = model(draft.study())
    assert result.payload()["edges"] == []
    assert subjects(draft, "no_relations") == ["study"]
    assert not {"orphan_category", "causal_without_path", "outcome_without_strategy"} & {
        finding.rule for finding in result.findings
    }


# The published table of arrows, cell by cell: rows are the role an arrow comes from.
TABLE = {
    Role.CAUSAL: "reason ok reason reason reason strict",
    Role.PHENOMENON: "feedback error error error ok error",
    Role.CONTEXT: "reason reason reason reason ok strict",
    Role.INTERVENING: "reason reason reason reason ok strict",
    Role.STRATEGY: "error feedback feedback feedback reason ok",
    Role.OUTCOME: "feedback feedback feedback feedback feedback reason",
}
CELLS = [
    (source, target, cell)
    for source, row in TABLE.items()
    for target, cell in zip(TABLE, row.split(), strict=True)
]


@pytest.mark.parametrize(("source", "target", "cell"), CELLS)
def test_table_of_arrows(source: Role, target: Role, cell: str) -> None:
    assert arrow(source, target) is (Arrow.REASON if cell == "strict" else Arrow(cell))
    assert arrow(source, target, strict=True) is (Arrow.ERROR if cell == "strict" else Arrow(cell))


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(("source", "target", "cell"), CELLS)
def test_lint_reads_the_table(source: Role, target: Role, cell: str, strict: bool) -> None:
    """Every cell with and without rationale and feedback mark, in both readings."""
    pair = [
        code("from", SUB, role=source),
        code("to", SUB, role=target),
        *(code(f"x-{r}", SUB, role=r) for r in Role),
    ]

    def weight(**more: object) -> str | None:
        relation = Relation(source="from", target="to", **more)  # type: ignore[arg-type]
        draft = Draft(codes=pair, relations=[relation])
        found = [
            *findings(draft, "unusual_arrow", strict=strict),
            *findings(draft, "causal_to_outcome", strict=strict),
        ]
        assert len(found) <= 1
        return str(found[0].severity) if found else None

    plain, reasoned, feedback = weight(), weight(rationale="why"), weight(feedback=True)
    jump = (source, target) == (Role.CAUSAL, Role.OUTCOME)
    match cell:
        case "ok":
            assert (plain, reasoned, feedback) == (None, None, None)
        case "reason":
            assert (plain, reasoned) == ("warning", None)
        case "strict":
            lenient = ("warning", "info" if jump else None)
            assert (plain, reasoned) == (("error", "error") if strict else lenient)
        case "feedback":
            assert (plain, feedback) == ("error", None)
            assert reasoned == ("error" if strict else "info")
        case _:
            assert (plain, feedback) == ("error", "error")
            assert reasoned == ("error" if strict else "info")


def test_phenomenon_rules() -> None:
    without = [c if c.role is not Role.PHENOMENON else replace(c, role=Role.CONTEXT) for c in CODES]
    assert subjects(sound(codes=without), "no_phenomenon") == ["phenomenon"]
    two = [*CODES, code("rival", SUB, role=Role.PHENOMENON)]
    assert "rival" in str(findings(sound(codes=two), "two_phenomena")[0].message)


def test_a_phenomenon_with_subcategories_is_one_phenomenon() -> None:
    tree = [
        *(c for c in CODES if c.role is not Role.PHENOMENON),
        code("relationship", Level.CATEGORY, role=Role.PHENOMENON),
        code("online", SUB, "relationship"),
        code("branch", SUB, "relationship"),
    ]
    spans = [*SPANS, ("P1", 90, 95, "a", "online"), ("P2", 90, 95, "b", "branch")]
    result = model(sound(codes=tree, spans=spans).study())
    (phenomenon,) = result.model.in_role(Role.PHENOMENON)
    assert (phenomenon.id, phenomenon.grounding) == ("relationship", 7)
    assert "two_phenomena" not in {f.rule for f in result.findings}


def test_a_container_of_one_phenomenon_gives_way_to_it() -> None:
    tree = [
        *(c for c in CODES if c.role is not Role.PHENOMENON),
        code("core", Level.CATEGORY, role=Role.PHENOMENON),
        code("relationship", SUB, "core", properties=["extent"]),
    ]
    assert [node.id for node in model(sound(codes=tree).study()).model.in_role(Role.PHENOMENON)] == [
        "relationship"
    ]
    two = [*tree[:-1], *(code(n, SUB, "core", Role.PHENOMENON) for n in ("relationship", "rival"))]
    assert len(findings(sound(codes=two), "two_phenomena")) == 1
    direct = [*SPANS, ("P1", 90, 95, "a", "core")]
    whole = model(sound(codes=tree, spans=direct).study()).model.in_role(Role.PHENOMENON)
    assert [(node.id, node.grounding) for node in whole] == [("core", 6)]


def test_an_open_code_can_be_the_phenomenon() -> None:
    tree = [replace(c, role=Role.PHENOMENON) if c.id == "phones" else c for c in CODES]
    draft = sound(codes=tree)
    assert "ict" in {node.id for node in model(draft.study()).model.nodes}
    assert len(findings(draft, "two_phenomena")) == 1


def test_no_roles_at_all() -> None:
    draft = Draft(codes=[code("x"), code("y")], spans=[("P1", 0, 5, "a", "x")])
    result = model(draft.study())
    assert {f.rule for f in result.findings if f.severity == "error"} == {"no_roles"}
    assert "no paradigm model yet" in str(result.summary)
    json.dumps(result.payload(), allow_nan=False)
    assert result.blocks()


def test_empty_role_with_and_without_a_search() -> None:
    fewer = [c for c in CODES if c.role is not Role.CONTEXT]
    spans = [span for span in SPANS if span[4] != "platform"]
    relations = [r for r in RELATIONS if r.source != "platform"]
    votes = [vote for vote in VOTES if vote.code != "platform"]
    draft = sound(codes=fewer, spans=spans, relations=relations, role_votes=votes)
    assert [str(f.severity) for f in findings(draft, "empty_role")] == ["warning"]
    draft.memos = [*draft.memos, memo("M9", "role", "context")]
    (found,) = findings(draft, "empty_role")
    assert (str(found.severity), found.subject) == ("info", "context")
    assert "M9" in str(found.message)


def test_role_votes() -> None:
    split = [
        *VOTES,
        RoleVote(code="platform", role=Role.INTERVENING, coder="b"),
        RoleVote(code="platform", role=Role.INTERVENING, coder="c"),
    ]
    draft = sound(role_votes=split)
    (found,) = findings(draft, "code_in_two_roles")
    assert "Intervening conditions 2, Context 1" in str(found.message)
    assert subjects(draft, "role_against_votes") == ["platform"]
    assert subjects(sound(role_votes=split[:-1]), "role_against_votes") == []
    table = next(table for table in model(draft.study()).tables() if table.name == "role_votes")
    assert [column.key for column in table.columns[2:5]] == ["vote_a", "vote_b", "vote_c"]


def test_roles_need_reasons() -> None:
    bare = [RoleVote(code=v.code, role=v.role, coder="a") if v.code == "ict" else v for v in VOTES]
    assert subjects(sound(role_votes=bare), "role_without_rationale") == ["ict"]
    assert subjects(sound(role_votes=[]), "role_without_rationale") == ["study"]


def test_a_code_against_its_category() -> None:
    tree = [*CODES, code("rumours", Level.CODE, "ict", Role.OUTCOME)]
    assert subjects(sound(codes=tree), "role_within_category") == ["rumours"]


def test_thin_categories() -> None:
    tree = [
        *CODES,
        code("thin", SUB, role=Role.CONTEXT),
        code("empty", SUB, role=Role.CONTEXT),
        code("loose", SUB),
    ]
    spans = [*SPANS, ("P1", 90, 95, "a", "thin"), ("P1", 96, 99, "a", "loose")]
    draft = sound(codes=tree, spans=spans)
    assert subjects(draft, "category_from_one_interview") == ["thin"]
    assert subjects(draft, "category_from_one_coder") == ["thin"]
    assert subjects(draft, "category_without_quotation") == ["empty"]
    assert subjects(draft, "category_without_property") == ["thin", "empty"]
    assert subjects(draft, "category_without_role") == ["loose"]
    assert subjects(draft, "orphan_category") == ["thin", "empty"]
    alone = sound(codes=tree, spans=[span for span in spans if span[3] == "a"])
    assert subjects(alone, "category_from_one_coder") == []


def test_paths() -> None:
    loose = [*RELATIONS[1:-1], Relation(source="ict", target="platform", rationale="x", evidence=("M1",))]
    draft = sound(relations=loose, propositions=[])
    assert subjects(draft, "causal_without_path") == ["ict"]
    assert subjects(draft, "outcome_without_strategy") == ["profit"]
    assert subjects(draft, "orphan_category") == ["profit"]
    apart = [*RELATIONS[1:2], Relation(source="ict", target="platform", rationale="x", evidence=("M1",))]
    assert subjects(sound(relations=apart, propositions=[]), "no_path_to_core") == ["ict", "platform"]
    short = [*RELATIONS[:2], Relation(source="ict", target="profit", evidence=("M1",))]
    assert subjects(sound(relations=short), "causal_to_outcome") == ["ict > profit"]
    # The same arrow beside a path through a strategy is only an unusual one.
    both = [*RELATIONS, Relation(source="ict", target="profit", evidence=("M1",))]
    assert subjects(sound(relations=both), "causal_to_outcome") == []
    assert subjects(sound(relations=both), "unusual_arrow") == ["ict > profit"]


def test_circles_need_feedback() -> None:
    back = Relation(source="profit", target="relationship", evidence=("M1",), rationale="later")
    (found,) = findings(sound(relations=[*RELATIONS, back]), "cycle_without_feedback")
    assert found.subject == "profit > relationship > training"
    marked = replace(back, feedback=True)
    assert subjects(sound(relations=[*RELATIONS, marked]), "cycle_without_feedback") == []
    against = replace(back, polarity="-")
    assert subjects(sound(relations=[*RELATIONS, against]), "cycle_without_feedback") == []


def test_evidence_of_arrows() -> None:
    odd = [
        replace(RELATIONS[0], evidence=("P1:50-59", "P1:51-59", "nonsense", "P1:10-19")),
        *RELATIONS[1:],
        Relation(source="apps", target="platform", rationale="why"),
    ]
    draft = sound(relations=odd)
    (missing,) = findings(draft, "evidence_not_found")
    assert "P1:51-59, nonsense" in str(missing.message)
    (beside,) = findings(draft, "evidence_beside_the_point")
    assert "P1:10-19" in str(beside.message)
    assert subjects(draft, "arrow_without_evidence") == ["apps > platform"]
    unplaced = [*CODES, code("loose", SUB)]
    extra = [*RELATIONS, Relation(source="loose", target="ict", evidence=("M1",))]
    assert subjects(sound(codes=unplaced, relations=extra), "arrow_without_role") == ["loose > ict"]


def test_arrows_that_one_interview_bears_out() -> None:
    once = replace(RELATIONS[1], evidence=("P1:0-9",))
    assert subjects(sound(relations=[once]), "arrow_from_one_interview") == ["relationship > training"]
    for answered in (
        replace(once, evidence=("P1:0-9", "P2:0-9")),
        replace(once, evidence=("P1:0-9", "M1")),
        replace(once, polarity="-"),
        replace(once, direction="associative"),
        replace(once, evidence=()),
    ):
        assert subjects(sound(relations=[answered]), "arrow_from_one_interview") == []
    alone = [span for span in SPANS if span[0] == "P1"]
    assert subjects(sound(relations=[once], spans=alone), "arrow_from_one_interview") == []


def test_negative_cases() -> None:
    def about(cases: tuple[str, ...]) -> Draft:
        proposition = Proposition(
            id="T1", text="…", relations=(("phones", "relationship"),), negative_cases=cases
        )
        return sound(propositions=[proposition])

    assert [str(f.severity) for f in findings(about(()), "no_negative_case")] == ["warning"]
    (searched,) = findings(about(("none found",)), "no_negative_case")
    assert (str(searched.severity), "searched" in str(searched.message)) == ("info", True)
    assert findings(about(("P4:20-29",)), "no_negative_case") == []
    assert subjects(about(("P9:0-1",)), "negative_case_not_found") == ["T1"]
    against = [*RELATIONS, replace(RELATIONS[1], polarity="-", evidence=("P5:0-9",))]
    assert findings(replace(about(()), relations=against), "no_negative_case") == []


def test_propositions() -> None:
    some = Proposition(id="T2", text="…", relations=(("relationship", "training"), ("ict", "profit")))
    draft = sound(propositions=[some])
    assert subjects(draft, "proposition_without_relation") == ["T2"]
    (partly,) = findings(draft, "proposition_without_evidence")
    assert (str(partly.severity), "1 of the 2" in str(partly.message)) == ("info", True)
    assert subjects(sound(propositions=[]), "no_proposition") == ["study"]


def test_core_criteria() -> None:
    rare = [span for span in SPANS if span[4] != "relationship" or span[0] in {"P1", "P2", "P3"}]
    draft = sound(spans=rare, memos=[memo("M1")])
    assert "60.0 %" in str(findings(draft, "core_not_frequent")[0].message)
    assert subjects(draft, "core_without_memo") == ["relationship"]
    # 'training' has four links and the phenomenon two.
    core = {c.criterion: c for c in model(sound().study()).core}
    assert (core["central"].values["degree"], core["central"].values["degree_rank"]) == (2, 2)
    assert core["central"].values["eigenvector_rank"] == 2
    assert core["linked"].met is True
    assert core["central"].met is True
    assert subjects(sound(relations=RELATIONS[1:], propositions=[]), "core_not_central") == ["relationship"]
    asserted = [replace(RELATIONS[0], evidence=()), *RELATIONS[1:]]
    assert subjects(sound(relations=asserted), "core_links_asserted") == ["relationship"]
    said = dict.fromkeys(PEOPLE, "relationship matters so much to us, and the rest is noise " * 3)
    spans = [(p, 0, 30, c, n) if n == "relationship" else (p, s, e, c, n) for p, s, e, c, n in SPANS]
    assert subjects(sound(spans=spans, texts=said), "core_in_vivo") == ["relationship"]


def test_open_coding_rules() -> None:
    tree = [*CODES, code("vague", Level.CODE, "ict", definition="")]
    draft = sound(codes=tree, spans=[*SPANS, ("P1", 90, 95, "a", "vague")], interviews=["P9"])
    assert subjects(draft, "interview_without_coding") == ["P9"]
    assert subjects(draft, "code_without_definition") == ["vague"]
    assert subjects(draft, "code_used_once") == ["vague"]


def test_the_registry_names_each_rule_once_and_explains_it() -> None:
    ids = [rule.id for rule in LINT_RULES]
    assert len(set(ids)) == len(ids)
    assert all(str(rule.title) and str(rule.explain).endswith(".") for rule in LINT_RULES)


def test_payload_and_tables() -> None:
    result = model(sound().study())
    payload = result.payload()
    json.dumps(payload, allow_nan=False)
    nodes, edges, lint = payload["nodes"], payload["edges"], payload["lint"]
    assert isinstance(nodes, list)
    assert isinstance(edges, list)
    assert lint == []
    assert set(nodes[0]) >= {
        "id",
        "label",
        "role",
        "grounding",
        "interviews",
        "coders",
        "density",
        "stability",
    }
    assert set(edges[0]) >= {"source", "target", "type", "status", "evidence", "polarity", "feedback"}
    for table in result.tables():
        assert all(len(row) == len(table.columns) for row in table.rows), table.name
    assert model(sound().study()).payload() == payload
    assert paradigm_of(sound().study(), ParadigmOptions(resamples=0), PROVENANCE).model.nodes[
        0
    ].stability == (pytest.approx(1 - 5 / 5**5))
