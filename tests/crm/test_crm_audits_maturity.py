"""Channel maturity: every criterion on small logs counted by hand, traits, and what cannot be assessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from records_builder import PROVENANCE, records_of

from omnistudy.crm.audits.ecrm_stages import ATTRIBUTES
from omnistudy.crm.audits.maturity import MaturityOptions, maturity_of, thresholds_of
from omnistudy.crm.audits.maturity_items import PRACTICE_NUMBER, PRACTICES
from omnistudy.crm.audits.maturity_levels import Level, Status, Thresholds
from omnistudy.crm.audits.maturity_processes import similarity
from omnistudy.crm.audits.maturity_result import MaturityResult
from omnistudy.crm.audits.maturity_traits import TRAITS
from omnistudy.crm.audits.questionnaire import AUDIT_ITEMS
from omnistudy.crm.audits.terms import AUDIT_TERMS
from omnistudy.errors import StudyError
from omnistudy.study.bare_table import BareTable, read_bare_table

HEADER = (
    "customer_id,ts,channel,event,service,journey_id,journey_step,outcome,reentry,initiator,personalised\n"
)


def sheet_of(folder: Path, text: str) -> BareTable:
    path = folder / "sheet.csv"
    path.write_text(text, encoding="utf-8")
    return read_bare_table(path)


def plain_log(*channels: tuple[str, int, int]) -> str:
    """Events of (channel, number, number with a customer)."""
    rows = [
        f"{f'c{at}' if at < known else ''},2024-01-{1 + at % 28:02d},{channel},visit"
        for channel, number, known in channels
        for at in range(number)
    ]
    return "customer_id,ts,channel,event\n" + "\n".join(rows) + "\n"


def audited(
    folder: Path,
    events: str,
    sheet: str | None = None,
    options: MaturityOptions | None = None,
    **side: Any,
) -> MaturityResult:
    table = None if sheet is None else sheet_of(folder, sheet)
    with records_of(folder, events=events, **side) as records:
        return maturity_of(None, records, table, options or MaturityOptions(), PROVENANCE)


def omni_log(customers: int = 200, *, again: int = 0) -> str:
    """One completed journey each from app to branch, one within each channel, one personal contact."""
    rows = []
    for at in range(customers):
        day, asked = f"2024-01-{1 + at % 28:02d}", "true" if at < again else "false"
        rows += [
            f"c{at},{day} 09:00,app,ask,loan,x{at},1,started,,customer,",
            f"c{at},{day} 10:00,branch,sign,loan,x{at},2,completed,{asked},customer,",
            f"c{at},{day} 11:00,app,ask,loan,a{at},1,started,,customer,",
            f"c{at},{day} 11:05,app,sign,loan,a{at},2,completed,,customer,",
            f"c{at},{day} 12:00,branch,ask,loan,b{at},1,started,,customer,",
            f"c{at},{day} 12:05,branch,sign,loan,b{at},2,completed,,customer,",
            f"c{at},{day} 13:00,app,offer,loan,,,,,bank,true",
        ]
    return HEADER + "\n".join(rows) + "\n"


def unique_ids(customers: int, twice: int = 0) -> str:
    rows = [f"{channel},{channel}{at},c{at}" for at in range(customers) for channel in ("app", "branch")]
    rows += [f"app,second{at},c{at}" for at in range(twice)]
    return "channel,source_id,customer_id\n" + "\n".join(rows) + "\n"


CENTRAL = "item,answer,evidence\nlevel.declared,omni,\nprecondition.central_record,yes,record.pdf\n"


def test_one_channel_is_single(tmp_path: Path) -> None:
    result = audited(tmp_path, plain_log(("branch", 40, 40)), CENTRAL)
    assert result.level is Level.SINGLE
    assert result.observed is not None
    assert result.observed.failing is not None
    assert (result.observed.failing.indicator.id, result.observed.failing.indicator.value) == (
        "active_channels",
        1,
    )
    assert (result.gap, result.declared) == (3, Level.OMNI)


def test_a_channel_is_active_by_its_lower_limit(tmp_path: Path) -> None:
    """10 of 100 reach .0552 at the lower limit, 9 of 100 only .0481."""
    ten = audited(tmp_path, plain_log(("branch", 90, 90), ("app", 10, 10)))
    nine = audited(tmp_path, plain_log(("branch", 91, 91), ("app", 9, 9)))
    assert ten.observed is not None
    assert nine.observed is not None
    app = ten.observed.channels[1]
    assert (app.share.group, app.active) == ("app", True)
    assert app.share.low == pytest.approx(0.0552, abs=5e-5)
    assert nine.observed.channels[1].share.value == 0.09
    assert not nine.observed.channels[1].active
    assert (ten.level, nine.level) == (Level.MULTI, Level.SINGLE)


def test_the_weakest_channel_decides_identity(tmp_path: Path) -> None:
    """Of 100 events in the branch 80 name their customer: .80 (.7112 to .8666)."""
    result = audited(tmp_path, plain_log(("app", 100, 100), ("branch", 100, 80)), CENTRAL)
    assert result.observed is not None
    failing = result.observed.failing
    assert failing is not None
    assert (failing.level, failing.indicator.id, failing.indicator.group) == (
        Level.CROSS,
        "identity_match",
        "branch",
    )
    assert (failing.indicator.value, failing.indicator.n) == (0.8, 80)
    assert failing.indicator.low == pytest.approx(0.7112, abs=5e-5)
    assert failing.indicator.high == pytest.approx(0.8666, abs=5e-5)
    assert (result.level, result.gap) == (Level.MULTI, 2)
    assert not failing.only_by_bound


def test_a_value_that_passes_may_fail_by_its_bound(tmp_path: Path) -> None:
    result = audited(tmp_path, plain_log(("app", 20, 19), ("branch", 20, 20)))
    assert result.observed is not None
    assert result.observed.failing is not None
    assert result.observed.failing.indicator.value == 0.95
    assert result.observed.failing.only_by_bound


def test_without_identity_map_cross_is_neither_met_nor_failed(tmp_path: Path) -> None:
    result = audited(tmp_path, plain_log(("app", 100, 100), ("branch", 100, 100)), CENTRAL)
    assert result.level is Level.MULTI
    assert result.observed is not None
    assert result.observed.stop is not None
    assert result.observed.stop.status is Status.NOT_ASSESSABLE
    assert "no identity map" in str(result.observed.stop.indicator.reason)
    assert "at least" in str(result.summary)


def test_everything_met_is_omni(tmp_path: Path) -> None:
    result = audited(tmp_path, omni_log(), CENTRAL, identity_map=unique_ids(200))
    assert result.observed is not None
    assert {one.status for one in result.observed.criteria} == {Status.MET}
    assert (result.level, result.gap, result.observed.stop) == (Level.OMNI, 0, None)
    found = {one.indicator.id: one.indicator for one in result.observed.criteria}
    assert found["process_similarity"].value == 1
    assert (found["continuity"].n, found["continuity"].denominator) == (200, 200)
    # 0 of 200 has the upper limit z²/(n + z²).
    assert found["duplicate_identity"].high == pytest.approx(3.8415 / 203.8415, abs=1e-5)
    assert found["personalised_share"].denominator == 200


@pytest.mark.parametrize(
    ("again", "twice", "criterion"),
    [(0, 8, "duplicate_identity"), (30, 0, "repeat_information"), (60, 0, "continuity")],
)
def test_each_failing_criterion_is_named(tmp_path: Path, again: int, twice: int, criterion: str) -> None:
    result = audited(tmp_path, omni_log(again=again), CENTRAL, identity_map=unique_ids(200, twice))
    assert result.observed is not None
    failed = [one.indicator.id for one in result.observed.criteria if one.status is Status.NOT_MET]
    assert criterion in failed
    assert result.observed.failing is not None
    assert result.observed.failing.indicator.id == failed[0]
    assert result.level is (Level.MULTI if twice else Level.CROSS)


def test_ids_of_different_channels_are_no_duplicates(tmp_path: Path) -> None:
    result = audited(tmp_path, omni_log(), CENTRAL, identity_map=unique_ids(200, 5))
    assert result.observed is not None
    duplicate = next(one for one in result.observed.criteria if one.indicator.id == "duplicate_identity")
    assert (duplicate.indicator.n, duplicate.indicator.denominator) == (5, 200)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("precondition.central_record,no,minutes.pdf\n", "there is no central customer record"),
        ("precondition.central_record,yes,\n", "no evidence is named"),
        ("", "not answered"),
    ],
)
def test_without_a_central_record_omni_is_not_assessable(tmp_path: Path, row: str, words: str) -> None:
    sheet = "item,answer,evidence\nlevel.declared,omni,\n" + row
    result = audited(tmp_path, omni_log(), sheet, identity_map=unique_ids(200))
    assert result.level is Level.CROSS
    assert result.observed is not None
    assert result.observed.open is not None
    assert result.observed.open.indicator.id == "central_record"
    assert words in str(result.observed.open.indicator.reason)


def test_a_log_without_names_is_multi(tmp_path: Path) -> None:
    result = audited(tmp_path, plain_log(("app", 50, 0), ("branch", 50, 0)))
    assert result.observed is not None
    assert result.observed.failing is not None
    assert (result.observed.failing.indicator.id, result.observed.failing.indicator.value) == (
        "identity_match",
        0,
    )
    assert (result.level, result.gap) == (Level.MULTI, None)
    assert str(result.gap_reason) == "no level was declared"


def test_without_a_log_only_the_declaration_is_known(tmp_path: Path) -> None:
    result = maturity_of(None, None, sheet_of(tmp_path, CENTRAL), MaturityOptions(), PROVENANCE)
    assert (result.declared, result.level, result.gap) == (Level.OMNI, None, None)
    payload = result.payload()
    assert payload["reason"] == "there is no log of events"
    assert payload["criteria"] == []
    assert all(one.value is None and one.reason for trait in result.traits for one in trait.observables)
    assert "not assessable" in str(result.summary)


def test_thresholds_are_options(tmp_path: Path) -> None:
    options = MaturityOptions(thresholds=thresholds_of({"identity_match": "0.7"}))
    result = audited(tmp_path, plain_log(("app", 100, 100), ("branch", 100, 80)), None, options)
    assert result.observed is not None
    assert result.observed.failing is None
    assert result.payload()["thresholds"] == {
        "active_share": 0.05,
        "identity_match": 0.7,
        "duplicate_identity": 0.02,
        "continuity": 0.8,
        "repeat_information": 0.1,
        "process_similarity": 0.8,
        "personalised_share": 0.2,
    }
    with pytest.raises(StudyError) as caught:
        thresholds_of({"identity_mach": "0.7", "continuity": "80"})
    assert len(caught.value.problems) == 2
    assert "Did you mean 'identity_match'?" in str(caught.value)
    assert thresholds_of({}) == Thresholds()


def test_similarity_of_sequences() -> None:
    """Kitten and sitting differ by three of seven; a missing step counts once."""
    assert similarity(tuple("kitten"), tuple("sitting")) == pytest.approx(4 / 7)
    assert similarity(("ask", "form", "sign"), ("ask", "sign")) == pytest.approx(2 / 3)
    assert similarity((), ()) == 1
    assert similarity(("a",), ()) == 0


def test_processes_are_weighted_by_journeys(tmp_path: Path) -> None:
    """Loan: 3 + 1 journeys at 2/3; card: 1 + 1 at 1: (4·2/3 + 2·1)/6."""
    text = "customer_id,ts,channel,event,service,journey_id\n"
    for journey, channel, service, steps in (
        ("l1", "app", "loan", "ask form sign"),
        ("l2", "app", "loan", "ask form sign"),
        ("l3", "app", "loan", "ask sign"),
        ("l4", "branch", "loan", "ask sign"),
        ("c1", "app", "card", "ask"),
        ("c2", "branch", "card", "ask"),
    ):
        for at, step in enumerate(steps.split()):
            text += f"c,2024-01-01 10:{at:02d},{channel},{step},{service},{journey}\n"
    result = audited(tmp_path, text)
    found = result.traits[0].observables[0]
    assert found.value == pytest.approx((4 * 2 / 3 + 2) / 6)
    assert (found.n, found.denominator, found.interval) == (2, 6, None)


LOG = """customer_id,ts,channel,event,service,journey_id,outcome,reentry,initiator,trigger_event,offer_id
a,2024-01-01 09:00,app,ask,loan,J1,started,,customer,,
a,2024-01-01 10:00,branch,sign,loan,J1,completed,false,customer,,
b,2024-01-01 09:00,app,ask,loan,J2,abandoned,,customer,,
b,2024-01-02 09:00,branch,sign,card,J2,completed,true,customer,,
c,2024-01-01 09:00,app,ask,loan,J3,abandoned,,customer,,
c,2024-01-03 09:00,sms,remind,loan,J3,,,bank,left_off,
d,2024-01-01 09:00,app,ask,loan,J4,abandoned,,customer,,
e,2024-01-05 09:00,sms,offer,card,,,,bank,,O1
e,2024-01-06 09:00,app,accept,card,,completed,,customer,,O1
f,2024-01-05 09:00,sms,offer,card,,,,bank,,O2
f,2024-01-20 09:00,app,ask,card,,,,customer,,
g,2024-01-30 09:00,sms,offer,card,,,,bank,,O3
g,2024-01-31 09:00,app,ask,card,,,,customer,,
"""


def test_observables_of_the_traits_counted_by_hand(tmp_path: Path) -> None:
    result = audited(tmp_path, LOG)
    found = {one.id: one for trait in result.traits for one in trait.observables}
    expected = {
        "resume_success": (1, 3),  # J1 goes on without asking again, J2 asks again, J3 is never completed
        "resume_prompt": (1, 3),  # J2, J3, J4 were left off; J3 was reminded after two days
        "task_completion": (2, 4),
        "several_products": (1, 4),
        "bank_initiated": (4, 13),
        "reply_rate": (1, 3),  # c and f do not answer within a week; g's offer is too close to the end
        "triggered": (1, 4),
        "offer_acceptance": (1, 3),
        "anticipation_precision": (1, 2),
    }
    for name, counts in expected.items():
        assert (found[name].n, found[name].denominator) == counts, name
    assert found["steps_per_goal"].value == 2
    # J1, J2 and J4 have one turn, J3 has two.
    assert (found["turns"].value, found["turns"].denominator) == (1, 4)
    assert "definition" in found["turns"].as_json()


def test_the_days_of_replies_are_an_option(tmp_path: Path) -> None:
    result = audited(tmp_path, LOG, None, MaturityOptions(days=16))
    found = {one.id: one for trait in result.traits for one in trait.observables}
    assert (found["reply_rate"].n, found["reply_rate"].denominator) == (2, 3)
    assert (found["anticipation_precision"].n, found["anticipation_precision"].denominator) == (2, 2)


def test_answers_count_with_evidence_only(tmp_path: Path) -> None:
    sheet = CENTRAL + "consistency.look,yes,brand.pdf\nprice,partly,\nhead.top_down,بله,minutes.pdf\n"
    sheet += "practice.measures,no,metric:identity_match\n"
    result = audited(tmp_path, plain_log(("app", 50, 50), ("branch", 50, 50)), sheet)
    by_id = {one.item.id: one for one in result.ratings}
    assert (by_id["consistency.look"].answer, by_id["consistency.look"].counts) == ("yes", True)
    assert (by_id["consistency.price"].answer, by_id["consistency.price"].counts) == ("partly", False)
    assert str(by_id["consistency.price"].reason) == "no evidence is named"
    assert by_id["head.top_down"].answer == "yes"
    metric = by_id["practice.measures"].evidence[0].indicator
    assert metric is not None
    assert metric.value == 1
    checklists = result.payload()["checklists"]
    assert isinstance(checklists, dict)
    assert [one["number"] for one in checklists["practice"]] == [1, 2, 3, 4, 4, 4, 5, 6, 6, 6]
    assert [len(checklists[name]) for name in ("consistency", "head", "technology")] == [7, 10, 5]
    sources = result.payload()["sources"]
    assert isinstance(sources, list)
    assert sources[0]["kind"] == "essay"


def test_items_of_all_audits_have_names_of_their_own() -> None:
    """A row in the wrong sheet can be sent to the right command only while no id is in two audits."""
    ids = [item.id for items in AUDIT_ITEMS.values() for item in items]
    assert len(ids) == len(set(ids)) == 109
    practices = [item.id.partition(".")[2] for item in PRACTICES]
    assert set(practices) == set(PRACTICE_NUMBER)
    assert len(ATTRIBUTES) == 17
    assert {at for at, *_ in TRAITS} == {1, 2, 3, 4, 5}


def test_every_term_of_the_audits_is_explained_once() -> None:
    names = [name for term in AUDIT_TERMS for name in (term.name, *term.aliases)]
    assert len(names) == len(set(names))
    assert all(str(term.text).endswith(".") for term in AUDIT_TERMS)
