"""The demo study: the planted differences are found, and the verdict follows the evidence."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from replication_builder import (
    DEMO,
    compared,
    demo_input,
    demo_study,
    in_mode,
    only_interviews,
    planted,
    with_thresholds,
    without_concepts,
)

from omnistudy.replication.compare_result import CompareResult
from omnistudy.replication.comparison import Found, evidence_of, local_roles
from omnistudy.replication.crosswalk import crosswalk_of
from omnistudy.replication.options import CompareOptions
from omnistudy.replication.verdict import Verdict
from omnistudy.results import Message
from omnistudy.study.model import Role, RoleVote

FORBIDDEN = ("replicat", "failed", "confirmed", "proved")


@pytest.fixture(scope="module")
def demo() -> CompareResult:
    return compared(demo_study(), options=CompareOptions(resamples=2000, bootstrap=4000, decoys=40))


def test_planted_differences_are_found_exactly(demo: CompareResult) -> None:
    truth = planted()
    assert [c.reference for c in demo.of_status(Found.NOT_FOUND)] == truth["missing"]
    assert sorted(c.local for c in demo.extensions) == sorted(truth["extra"])
    assert [(c.reference, str(c.role_reference), c.local[0], str(c.role_local)) for c in demo.moved] == [
        (m["reference"], m["reference_role"], m["local"], m["local_role"]) for m in truth["moved"]
    ]
    matches = {c.local[0]: c.reference for c in demo.concepts if c.matched}
    matches |= {link.local: link.reference for link in demo.phenomenon}
    assert matches == truth["matches"]
    assert all(c.found is Found.RECOVERED for c in demo.concepts if c.reference not in truth["missing"])


def test_numbers_of_the_demo(demo: CompareResult) -> None:
    recall = demo.recovery.recall
    assert (demo.recovery.recovered, demo.recovery.references, demo.recovery.locals) == (17, 19, 20)
    assert recall.value == pytest.approx(17 / 19)
    assert demo.recovery.precision.value == pytest.approx(17 / 20)
    assert recall.low is not None
    assert recall.high is not None
    assert recall.low < 17 / 19 <= recall.high
    assert demo.role.value == pytest.approx(0.9258, abs=5e-5)
    assert demo.role_collapsed.value == 1.0


def test_verdict_of_the_demo(demo: CompareResult) -> None:
    assert demo.judgement.verdict is Verdict.CONSISTENT
    assert all(gate.passed for gate in demo.judgement.gates)
    assert demo.freeze.exploratory
    assert "exploratory" in str(demo.summary)


def test_what_the_record_does_not_report_has_no_number(demo: CompareResult) -> None:
    said = demo.reference.not_reported
    assert (demo.rank.value, str(demo.rank.reason)) == (None, str(said["frequencies"]))
    assert (demo.edges.recall, str(demo.edges.reason)) == (None, str(said["relations"]))


def test_payload_keeps_the_contract(demo: CompareResult) -> None:
    payload = demo.payload()
    for measure in ("recall", "precision", "f1", "jaccard"):
        assert {"value", "ci_low", "ci_high"} <= set(payload[measure])  # type: ignore[call-overload]
    assert {"value", "ci_low", "ci_high", "null_p95"} <= set(payload["role_kappa"])  # type: ignore[call-overload]
    concepts = payload["concepts"]
    assert isinstance(concepts, list)
    wanted = "reference local relation role_reference role_local status interviews stability detection_power"
    assert all(set(wanted.split()) <= set(concept) for concept in concepts)
    assert {"role_kappa_collapsed", "extensions", "mode", "verdict", "reasons", "thresholds"} <= set(payload)
    assert payload["mode"] == "blind"


def words(result: CompareResult) -> str:
    found: list[str] = [str(result.summary)]

    def walk(value: object) -> None:
        if isinstance(value, Message):
            found.append(str(value))
        elif isinstance(value, (tuple, list)):
            for part in value:
                walk(part)
        elif hasattr(value, "__dataclass_fields__"):
            for name in value.__dataclass_fields__:
                walk(getattr(value, name))

    walk(result.blocks())
    walk(result.tables())
    return " ".join(found).casefold()


def test_words_that_a_comparison_never_says(demo: CompareResult) -> None:
    said = words(demo) + " ".join(
        words(compared(in_mode(demo_study(), mode))) for mode in ("blind", "informed")
    )
    assert len(said) > 5000
    assert [word for word in FORBIDDEN if word in said] == []


def test_decoys_and_permuted_studies_are_not_consistent(demo: CompareResult) -> None:
    rates = {rate.kind: rate.consistent for rate in demo.decoys}
    assert rates["resampled"] > 0.6
    assert (rates["permuted"], rates["permuted_roles"], rates["other_domain"]) == (0.0, 0.0, 0.0)


@pytest.mark.slow
def test_verdict_shares_over_200_draws() -> None:
    result = compared(demo_study(), options=CompareOptions(decoys=200, leave_out=False))
    rates = {rate.kind: rate for rate in result.decoys}
    assert all(rate.draws == 200 for rate in rates.values())
    assert all(sum(rate.shares.values()) == pytest.approx(1) for rate in rates.values())
    assert rates["resampled"].consistent > 0.7
    assert max(rates[k].consistent for k in ("permuted", "permuted_roles", "other_domain")) <= 0.01


@pytest.mark.slow
def test_rebuilt_permuted_studies_are_not_consistent() -> None:
    """The same, through the whole comparison of studies whose codings and roles were really shuffled."""
    study = demo_study()
    book = study.codebook
    open_codes = [c.code for c in study.analysed]
    concepts = [code.id for code in book if code.role not in (None, Role.PHENOMENON) and code.parent]
    verdicts = []
    for seed in range(200):
        generator = np.random.default_rng(seed)
        shuffled = [open_codes[i] for i in generator.permutation(len(open_codes))]
        roles = [book[concept].role for concept in concepts]
        new = {c: roles[i] for c, i in zip(concepts, generator.permutation(len(roles)), strict=True)}
        permuted = replace(
            study,
            analysed=tuple(replace(c, code=code) for c, code in zip(study.analysed, shuffled, strict=True)),
            codebook=replace(
                book, codes=tuple(replace(code, role=new.get(code.id, code.role)) for code in book)
            ),
        )
        verdicts.append(compared(permuted).judgement.verdict)
    assert verdicts.count(Verdict.CONSISTENT) == 0


def test_verdict_moves_as_concepts_lose_their_evidence() -> None:
    study = demo_study()
    # Every third concept goes first, so that all roles keep some until the end.
    matches = [local for local in planted()["matches"] if local != "one-relationship"]
    order = matches[::3] + matches[1::3] + matches[2::3]
    seen = []
    for gone in range(0, len(order), 3):
        result = compared(without_concepts(study, order[:gone]))
        assert result.recovery.recovered == 17 - gone
        verdict = result.judgement.verdict
        assert math.isclose(result.recovery.recall.value or 0, (17 - gone) / 19)
        seen.append(verdict)
    assert seen[0] is Verdict.CONSISTENT
    assert seen[1] is Verdict.PARTLY  # 14 of 19
    assert seen[2] is Verdict.PARTLY  # 11 of 19
    assert seen[3] is Verdict.DIVERGENT  # 8 of 19
    assert Verdict.CONSISTENT not in seen[1:]


def test_a_concept_in_few_interviews_is_weak() -> None:
    study = demo_study()
    result = compared(study)
    concept = next(c for c in result.concepts if c.reference == "training")
    held = concept.held_by[:2]
    thinned = replace(
        study,
        analysed=tuple(
            c
            for c in study.analysed
            if _under(c.code, list(concept.local)) is None or c.quotation.interview in held
        ),
    )
    changed = compared(thinned)
    thin = next(c for c in changed.concepts if c.reference == "training")
    assert thin.held_by == held
    assert thin.found is Found.WEAK
    assert thin.matched
    assert changed.recovery.recovered == 16
    assert changed.recovery.matched == 17


def test_verdict_moves_as_interviews_go() -> None:
    study = demo_study()
    names = [i.id for i in study.interviews]
    assert compared(only_interviews(study, names[:13])).judgement.verdict is not Verdict.INCONCLUSIVE
    result = compared(only_interviews(study, names[:11]))
    assert result.judgement.verdict is Verdict.INCONCLUSIVE
    assert any("11 interviews are coded" in str(reason) for reason in result.judgement.reasons)


def test_three_interviews_are_inconclusive_with_every_reason() -> None:
    result = compared(only_interviews(demo_study(), ["P01", "P02", "P03"]))
    assert result.judgement.verdict is Verdict.INCONCLUSIVE
    failed = {gate.name for gate in result.judgement.gates if not gate.passed}
    assert {"interviews", "double_coded"} <= failed
    assert len(result.judgement.reasons) == len(failed)


def test_without_interviews_nothing_is_claimed() -> None:
    result = compared(only_interviews(demo_study(), []), options=CompareOptions(resamples=10, bootstrap=10))
    assert result.judgement.verdict is Verdict.INCONCLUSIVE
    assert result.recovery.recall.value is None
    assert str(result.recovery.recall.reason) == "no interview is coded"
    assert result.role.value is None
    assert result.payload()["recall"]["value"] is None  # type: ignore[index]


def test_interviews_without_codes_are_interviews_without_evidence() -> None:
    study = demo_study()
    result = compared(replace(study, analysed=(), codings=()))
    assert len(result.interviews) == 14
    assert result.judgement.verdict is Verdict.INCONCLUSIVE
    assert result.recovery.recall.value == 0
    assert result.recovery.precision.value is None


def test_without_a_crosswalk_nothing_is_said_of_any_concept() -> None:
    result = compared(replace(demo_study(), crosswalk=()))
    assert result.judgement.verdict is Verdict.INCONCLUSIVE
    assert {concept.found for concept in result.concepts} == {None}
    assert result.extensions == ()
    assert "no crosswalk" in str(result.recovery.recall.reason)


def test_informed_mode_never_reads_consistent() -> None:
    study = in_mode(demo_study(), "informed")
    result = compared(study)
    assert result.judgement.verdict is Verdict.FRAME_APPLICABLE
    assert result.role.value is None
    assert "did not code" in str(result.role.reason)
    assert result.decoys == ()
    fewer = without_concepts(study, list(planted()["matches"])[:4])
    assert compared(fewer).judgement.verdict is Verdict.FRAME_PARTLY
    none = without_concepts(study, planted()["matches"])
    assert compared(none).judgement.verdict is Verdict.FRAME_NOT_APPLICABLE


def test_informed_mode_counts_coverage_outside_the_frame_only() -> None:
    study = in_mode(demo_study(), "informed")
    extra = planted()["extra"]
    # Each concept outside the frame in one interview only: coverage collapses there and nowhere else.
    of = {coding: _under(coding.code, extra) for coding in study.analysed}
    first = {name: min(c.quotation for c in of if of[c] == name) for name in extra}
    thinned = replace(
        study,
        analysed=tuple(c for c, name in of.items() if name is None or c.quotation == first[name]),
    )
    result = compared(thinned)
    assert result.measured.coverage is not None
    assert result.measured.coverage < 0.9
    assert compared(in_mode(thinned, "blind")).measured.coverage > 0.9  # type: ignore[operator]
    bare = compared(without_concepts(study, extra))
    assert bare.measured.nothing_outside
    assert bare.judgement.verdict is Verdict.FRAME_APPLICABLE


def _under(code: str, concepts: list[str]) -> str | None:
    book = demo_study().codebook
    return next((name for name in (code, *book.ancestors(code)) if name in concepts), None)


def test_roles_voted_by_people_who_did_not_code_count_in_informed_mode() -> None:
    study = in_mode(demo_study(), "informed")
    votes = tuple(
        RoleVote(code=code.id, role=code.role, coder=voter)
        for voter in ("expert-1", "expert-2")
        for code in study.codebook
        if code.role is not None and code.parent
    )
    result = compared(replace(study, role_votes=votes))
    assert result.role.value == pytest.approx(0.9258, abs=5e-5)
    assert result.judgement.verdict is Verdict.FRAME_APPLICABLE


def test_declared_thresholds_decide() -> None:
    study = demo_study()
    assert compared(with_thresholds(study, recall=0.90)).judgement.verdict is Verdict.PARTLY
    strict = compared(with_thresholds(study, alpha=0.99))
    assert strict.judgement.verdict is Verdict.INCONCLUSIVE
    assert [gate.name for gate in strict.judgement.gates if not gate.passed] == ["alpha"]


def test_leaving_each_part_out(demo: CompareResult) -> None:
    interviews = [left for left in demo.left_out if left.kind == "interview"]
    assert [left.name for left in interviews] == list(demo.interviews)
    assert {left.interviews for left in interviews} == {13}
    coders = {left.name: left for left in demo.left_out if left.kind == "coder"}
    assert set(coders) == {"c1", "c2", "c3"}
    # Interviews that nobody else coded go with their coder.
    assert {left.interviews for left in coders.values()} == {11}
    assert all(left.reasons for left in demo.left_out if left.influential)


def test_an_interview_that_carries_the_verdict_is_named() -> None:
    study = demo_study()
    base = compared(study)
    # Two of the seventeen concepts are left with exactly the four interviews that the rule asks for.
    book = study.codebook
    thin = {
        c.local[0]: set(c.held_by[:4]) for c in base.concepts if c.reference in ("training", "ict", "access")
    }
    lost = without_concepts(study, ["app-and-web-front"])
    thinned = replace(
        lost,
        analysed=tuple(
            c
            for c in lost.analysed
            if all(
                name not in (c.code, *book.ancestors(c.code)) or c.quotation.interview in held
                for name, held in thin.items()
            )
        ),
    )
    result = compared(
        with_thresholds(thinned, recall=16 / 19),
        options=CompareOptions(resamples=50, bootstrap=500, decoys=0),
    )
    assert result.judgement.verdict is Verdict.CONSISTENT
    influential = {left.name for left in result.left_out if left.kind == "interview" and left.influential}
    held = set().union(*thin.values())
    assert influential
    assert influential <= held


def test_respondent_groups(demo: CompareResult) -> None:
    groups = {group.value: group for group in demo.groups if group.attribute == "role_group"}
    assert {value: len(group.interviews) for value, group in groups.items()} == {
        "manager": 6,
        "technical": 3,
        "marketing": 3,
        "rnd": 2,
    }
    ict = next(held for held in groups["technical"].concepts if held.reference == "ict")
    assert ict.held == 3
    for concept in demo.concepts:
        held = sum(h.held for g in groups.values() for h in g.concepts if h.reference == concept.reference)
        assert held == len(concept.held_by)


def test_same_seed_same_result(demo: CompareResult) -> None:
    options = CompareOptions(resamples=100, bootstrap=100, decoys=5)
    first, second = (compared(demo_study(), options=options).payload() for _ in range(2))
    assert first == second


def test_parts_of_a_double_item_are_one_concept() -> None:
    """Two local halves of one item of the reference: one matched concept, no extension, precision unharmed."""
    study = demo_study()
    rows = [row for row in study.crosswalk if row.local != "customer-record-quality"]
    halves = [
        replace(row, reference="word-of-mouth-viral", relation="narrower")
        for row in study.crosswalk
        if row.local == "customer-record-quality"
    ]
    rows = [
        replace(row, relation="narrower") if row.reference == "word-of-mouth-viral" else row for row in rows
    ]
    result = compared(replace(study, crosswalk=(*rows, *halves)))
    concept = next(c for c in result.concepts if c.reference == "word-of-mouth-viral")
    assert set(concept.local) == {"recommendation-and-sharing", "customer-record-quality"}
    assert concept.found is Found.RECOVERED
    assert "customer-record-quality" not in [c.local for c in result.unmatched]
    assert result.recovery.locals == 19
    union = {c.quotation.interview for c in study.analysed if _under(c.code, list(concept.local))}
    assert set(concept.held_by) == union


def test_one_local_concept_matches_one_reference_strictly() -> None:
    study = demo_study()
    both = tuple(
        replace(row, reference="innovation-creativity", relation="broader")
        for row in study.crosswalk
        if row.local == "process-digitization"
    )
    result = compared(replace(study, crosswalk=(*study.crosswalk, *both)))
    found = {c.reference: c for c in result.concepts}
    assert found["bank-digitization"].matched
    assert not found["innovation-creativity"].matched
    assert found["innovation-creativity"].found is Found.WEAK
    assert (result.recovery.matched, result.recovery.lenient) == (17, 18)


def test_codings_alone_decide_and_not_names_in_the_codebook() -> None:
    study = demo_study()
    crosswalk = crosswalk_of(study, demo_input().reference)
    evidence = evidence_of(replace(study, analysed=()), demo_input().reference, crosswalk, local_roles(study))
    assert not evidence.matched.any()
    assert evidence.locals == ()
    assert DEMO.is_dir()
