"""Trustworthiness: what is described, what is not, and where the two tables do not fit each other."""

from __future__ import annotations

from dataclasses import replace

import pytest
from theory_builder import PROVENANCE, Draft, code

from omnistudy.study.model import MemberCheck, Study, TrustTechnique
from omnistudy.theory.trustworthiness.analysis import TrustworthinessResult, trustworthiness_of
from omnistudy.theory.trustworthiness.techniques import CRITERION_NAMES, TECHNIQUES, technique_named


def answer(
    member: str, words: str, shown: str = "model", *, comment: str = "", change: str = ""
) -> MemberCheck:
    return MemberCheck(
        member=member, date="", shown=shown, shown_id="", answer=words, comment=comment, change=change
    )


def did(
    technique: str, done: str = "yes", criterion: str = "credibility", evidence: str = "here"
) -> TrustTechnique:
    return TrustTechnique(criterion=criterion, technique=technique, done=done, evidence=evidence)


def result(*rows: TrustTechnique, checks: tuple[MemberCheck, ...] = ()) -> TrustworthinessResult:
    study: Study = Draft(codes=[code("a")], interviews=["P1", "P2"]).study()
    study = replace(study, trustworthiness=rows, member_checks=checks)
    return trustworthiness_of(study, PROVENANCE)


def states(found: TrustworthinessResult) -> dict[str, str]:
    return {row.id or str(row.title): row.state for row in found.techniques}


def test_silence_is_said_and_never_filled() -> None:
    found = result()
    assert "not described" in str(found.summary)
    assert set(states(found).values()) == {"not described"}
    assert len(found.techniques) == len(TECHNIQUES)
    assert not found.findings
    assert len(found.blocks()) == 1


def test_techniques_stand_where_the_table_puts_them_and_own_ones_stay() -> None:
    found = result(
        did("توصیف فربه", criterion="confirmability"), did("شمارش", "no", criterion="dependability")
    )
    assert states(found)["thick-description"] == "yes"
    assert states(found)["شمارش"] == "no"
    assert [row.criterion for row in found.techniques if row.id == "thick-description"] == ["confirmability"]
    payload = found.payload()["criteria"]
    assert isinstance(payload, list)
    assert [row["criterion"] for row in payload] == list(CRITERION_NAMES)
    assert payload[1] == {
        "criterion": "transferability",
        "described": False,
        "techniques": [],
        "not_described": [],
    }


def test_answers_are_counted_by_member_and_by_thing_shown() -> None:
    checks = (
        answer("P1", "agree"),
        answer("P1", "disagree", "role", comment="why"),
        answer("expert", "partly", change="done"),
    )
    found = result(checks=checks).members
    assert (found.members, found.interviewees, found.shown, found.changes) == (2, 1, 2, 1)
    assert found.answers == {"agree": 1, "partly": 1, "disagree": 1}
    assert found.unanswered == 0


@pytest.mark.parametrize(
    ("rows", "checks", "words"),
    [
        ((did("Member checks"),), (), "no table holds what the members answered"),
        ((did("Triangulation"),), (answer("P1", "agree"),), "does not describe member checks"),
        ((did("Triangulation", evidence=""),), (), "without naming any evidence: Triangulation"),
        ((), (answer("P1", "disagree"),), "neither a comment nor a change: P1"),
    ],
)
def test_what_does_not_fit_is_a_finding(
    rows: tuple[TrustTechnique, ...], checks: tuple[MemberCheck, ...], words: str
) -> None:
    (finding,) = result(*rows, checks=checks).findings
    assert words in str(finding)


def test_a_technique_that_was_not_done_needs_no_evidence() -> None:
    assert not result(
        did("Triangulation", "no", evidence=""), did("member-checks", "no", evidence="")
    ).findings


def test_every_technique_is_found_by_all_its_names() -> None:
    for technique in TECHNIQUES:
        for words in (technique.id, str(technique.title), *technique.words):
            assert technique_named(words) is technique
    assert technique_named("astrology") is None


def test_tables_are_rectangular() -> None:
    found = result(did("Member checks"), checks=(answer("P1", "agree"), answer("x", "partly", comment="c")))
    for table in found.tables():
        assert table.rows
        assert all(len(row) == len(table.columns) for row in table.rows)
