"""Electronic CRM: cycles beside each other, the guard-rail, stages that are never read as omnichannel."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from records_builder import PROVENANCE, records_of

from omnistudy.crm.audits.ecrm import EcrmOptions, ecrm_of
from omnistudy.crm.audits.ecrm_guard_rail import CycleValues, GuardRail, guard
from omnistudy.crm.audits.ecrm_indicators import Paired, difference
from omnistudy.crm.audits.ecrm_result import EcrmResult
from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.errors import StudyError
from omnistudy.results import msg
from omnistudy.study.bare_table import read_bare_table

EVENTS = """customer_id,ts,channel,event,journey_id,segment
a,2023-01-10,app,visit,J1,young
a,2023-01-11,call,visit,J1,young
b,2023-02-10,app,visit,J2,old
,2023-03-10,app,visit,,
a,2023-11-10,app,visit,J3,young
b,2023-12-10,branch,visit,J4,old
a,2024-01-10,app,visit,J5,young
b,2024-02-10,branch,visit,J6,old
b,2024-02-11,app,visit,J6,old
a,2024-12-30,app,visit,J7,young
"""
SIDE: dict[str, Any] = {
    "preferences": "customer_id,channel\na,app\nb,branch\n",
    "tickets": (
        "ticket_id,customer_id,opened,channel,topic,first_response,closed,is_complaint\n"
        "1,a,2023-05-01,app,x,2023-05-02,,true\n2,a,2024-05-01,app,x,,,true\n3,b,2024-06-01,app,x,,2024-06-02,true\n"
        "4,b,2024-06-03,app,x,,2024-06-04,false\n"
    ),
    "ops": (
        "period,unit,indicator,value,denominator\n2023-06,,completeness,600,1000\n2024-06,,completeness,700,1000\n"
        "2024-07,,completeness,800,1000\n2024-06,,feed_lag,4,\n2024-07,,feed_lag,6,\n"
        "2023-06,app,cost_to_serve,500,10\n2024-06,app,cost_to_serve,400,10\n"
        "2023-06,branch,cost_to_serve,500,10\n2024-06,branch,cost_to_serve,900,10\n"
    ),
}


def audited(folder: Path, sheet: str | None = None, **options: Any) -> EcrmResult:
    table = None
    if sheet is not None:
        path = folder / "sheet.csv"
        path.write_text(sheet, encoding="utf-8")
        table = read_bare_table(path)
    columns = ColumnMap(channels={"app": "digital", "call": "assisted", "branch": "physical"})
    with records_of(folder, events=EVENTS, columns=columns, **SIDE) as records:
        return ecrm_of(None, records, table, EcrmOptions(**options), PROVENANCE)


def test_this_cycle_stands_beside_the_one_before(tmp_path: Path) -> None:
    result = audited(tmp_path, cycle_start=date(2024, 1, 1))
    assert [str(one) for one in result.cycles] == ["2024-01-01/2024-12-30", "2023-01-01/2023-12-31"]
    found = {one.now.id: one for one in result.pairs}
    counts = {
        # Before: five contacts of a and b, of which the call is not what a prefers, nor the app what b does.
        "preference_match": ((3, 4), (3, 5)),
        "hybrid_share": ((1, 3), (1, 4)),
        "feedback_loop": ((1, 2), (1, 1)),
        "completeness": ((1500, 2000), (600, 1000)),
        "identity_match": ((4, 4), (5, 6)),
    }
    for name, (now, before) in counts.items():
        assert (found[name].now.n, found[name].now.denominator) == now, name
        assert (found[name].before.n, found[name].before.denominator) == before, name
    assert found["feed_lag"].now.value == 5
    assert found["feed_lag"].before.value is None
    assert found["completeness"].change == pytest.approx(0.15)
    assert found["segment_agreement"].now.needed is not None
    assert found["perceived_value"].now.reason is not None


def test_without_a_first_day_there_is_one_cycle(tmp_path: Path) -> None:
    result = audited(tmp_path)
    assert len(result.cycles) == 1
    assert all(one.before.value is None and one.before.reason for one in result.pairs)
    assert result.guards == ()
    assert result.payload()["guard_rail_reason"]


def test_a_cycle_begins_inside_the_records(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match="outside the records"):
        audited(tmp_path, cycle_start=date(2026, 1, 1))


def test_the_sheet_says_when_the_cycle_begins_in_either_calendar(tmp_path: Path) -> None:
    result = audited(tmp_path, "item,answer\ncycle.start,1403-01-01\n")
    assert str(result.cycles[0]) == "2024-03-20/2024-12-30"
    with pytest.raises(StudyError) as caught:
        audited(tmp_path, "item,answer\ncycle.start,1403-13-01\nstage.services_hours,4\n")
    assert len(caught.value.problems) == 2


def test_the_difference_of_two_shares_is_newcombes() -> None:
    """Newcombe (1998), 56/70 against 48/80: .2000, method 10: .0524 to .3339."""
    one = Indicator(id="x", title=msg("x"), definition=msg("x"))
    interval = difference(one.share_of(56, 70, 0.95), one.share_of(48, 80, 0.95))
    assert interval is not None
    assert interval.low == pytest.approx(0.0524, abs=5e-5)
    assert interval.high == pytest.approx(0.3339, abs=5e-5)
    assert difference(one.share_of(56, 70, 0.95), one.lacking(msg("none"))) is None


def values(cost: float | None, *shares: tuple[int, int]) -> CycleValues:
    one = Indicator(id="x", title=msg("x"), definition=msg("x"))
    price = Indicator(id="c", title=msg("c"), definition=msg("c"), value=cost)
    if cost is None:
        price = one.lacking(msg("none"))
    return CycleValues(price, tuple(one.share_of(n, of, 0.95) for n, of in shares))


SAME = ((9_000, 10_000),) * 4
FEW = ((90, 100),) * 4
WORSE = (*SAME[:3], (8_000, 10_000))


@pytest.mark.parametrize(
    ("now", "before", "verdict"),
    [
        (values(8.0, *SAME), values(9.0, *SAME), GuardRail.GOOD),
        (
            values(8.0, *FEW),
            values(9.0, *FEW),
            GuardRail.UNCLEAR,
        ),  # ±.08 does not exclude a fall by the margin
        (values(8.0, *WORSE), values(9.0, *SAME), GuardRail.HARMFUL),
        (values(9.0, *WORSE), values(9.0, *SAME), GuardRail.NO_FALL),
        (values(8.0, *SAME), values(None, *SAME), GuardRail.UNCLEAR),
        (values(8.0, *SAME[:3], (0, 0)), values(9.0, *SAME), GuardRail.UNCLEAR),
    ],
)
def test_a_fall_of_cost_is_good_only_while_nothing_else_fell(
    now: CycleValues, before: CycleValues, verdict: GuardRail
) -> None:
    assert guard("app", now, before, 0.02).verdict is verdict


def test_the_guard_rail_reads_cost_per_channel(tmp_path: Path) -> None:
    result = audited(tmp_path, cycle_start=date(2024, 1, 1))
    found = {one.channel: one for one in result.guards}
    assert (found["app"].cost.now.value, found["app"].cost.before.value) == (40, 50)
    assert found["app"].verdict is GuardRail.UNCLEAR
    assert found["branch"].verdict is GuardRail.NO_FALL
    # Before, a and b used the app in the first half and came back in the second.
    kept = {one.now.id: one for one in found["app"].changes}["retention_own"]
    assert (kept.before.n, kept.before.denominator) == (2, 2)
    assert (kept.now.n, kept.now.denominator) == (1, 2)


def test_value_for_both_sides_is_read_per_cycle(tmp_path: Path) -> None:
    """Perceived value: 3 before (2 and 4), 5 now; a and b brought 10 and 30 before, a alone 50 now."""
    survey = "ts,instrument,item,score,scale_min,scale_max,respondent_id\n"
    for day, who, score in (
        ("2023-05-01", "a", 2),
        ("2023-05-01", "b", 4),
        ("2024-05-01", "a", 5),
        ("2024-05-02", "b", 5),
    ):
        survey += f"{day},scale:perceived-value,worth,{score},1,5,{who}\n"
    sales = "customer_id,ts,value\na,2023-05-01,10\nb,2023-06-01,30\na,2024-05-01,20\na,2024-06-01,30\n"
    with records_of(tmp_path, events=EVENTS, survey=survey, transactions=sales) as records:
        result = ecrm_of(None, records, None, EcrmOptions(cycle_start=date(2024, 1, 1)), PROVENANCE)
    found = {one.now.id: one for one in result.pairs}
    assert (found["perceived_value"].now.value, found["perceived_value"].before.value) == (5, 3)
    assert (found["firm_value"].now.value, found["firm_value"].before.value) == (50, 20)
    assert result.diverging is False


STAGES = """item,stage,evidence,cycle
stage.information_store,3,a.pdf,2
stage.information_content,2,a.pdf,2
stage.information_gathering,3,,2
stage.channel_number,3,a.pdf,2
stage.services_hours,1,a.pdf,2
stage.services_speed,1,a.pdf,2
stage.services_place,2,a.pdf,2
stage.services_hours,2,a.pdf,1
strategy.aligned,yes,a.pdf,2
strategy.aligned,no,a.pdf,1
"""


def test_stages_have_a_median_per_dimension_and_an_imbalance(tmp_path: Path) -> None:
    """Information 3 and 2 (the third has no evidence): 2.5; channel 3; services 1, 1, 2: 1; imbalance 2."""
    result = audited(tmp_path, STAGES)
    assert [(one.id, one.median, one.rated, one.of) for one in result.stages] == [
        ("information", 2.5, 2, 3),
        ("channel", 3, 1, 5),
        ("services", 1, 3, 9),
    ]
    assert result.imbalance == 2
    assert result.sheet_cycles == ("2", "1")
    latest = {one.item.id: one.answer for one in result.in_cycle(0)}
    assert latest["strategy.aligned"] == "yes"
    assert [one.answer for one in result.in_cycle(1)] == ["no", "2"]
    stages = result.payload()["stages"]
    assert isinstance(stages, dict)
    assert stages["omnichannel"] is None
    assert "multichannel" in stages["omnichannel_reason"]


def test_a_dimension_without_evidence_has_no_median(tmp_path: Path) -> None:
    result = audited(tmp_path, "item,stage,evidence\nstage.channel_number,3,\n")
    assert [one.median for one in result.stages] == [None, None, None]
    assert result.imbalance is None


def test_no_records_and_no_sheet_is_all_reasons() -> None:
    result = ecrm_of(None, None, None, EcrmOptions(), PROVENANCE)
    assert all(one.now.value is None and one.now.reason is not None for one in result.pairs)
    assert result.payload()["cycles"] == []
    assert len(result.in_cycle(0)) == 55
    assert result.blocks()


def test_events_by_channel_and_segment(tmp_path: Path) -> None:
    result = audited(tmp_path)
    cells = {(one.channel, one.segment): one.events for one in result.matrix}
    assert cells[("app", "young")] == 4
    assert cells[("branch", "old")] == 2
    assert sum(cells.values()) == 10


def test_value_for_both_sides_is_flagged_when_it_moves_apart() -> None:
    def pair(name: str, now: tuple[int, int], before: tuple[int, int]) -> Paired:
        one = Indicator(id=name, title=msg("x"), definition=msg("x"))
        return Paired(process="value", now=one.share_of(*now, 0.95), before=one.share_of(*before, 0.95))

    empty = ecrm_of(None, None, None, EcrmOptions(), PROVENANCE)
    up, down = ((900, 1000), (500, 1000)), ((500, 1000), (900, 1000))
    cases = [(up, down, True), (down, up, True), (up, up, False), (up, ((1, 2), (1, 2)), False)]
    for perceived, firm, expected in cases:
        pairs = (pair("perceived_value", *perceived), pair("firm_value", *firm))
        result = EcrmResult(
            provenance=PROVENANCE, ratings=empty.ratings, cycles=(), pairs=pairs, by_channel=(), lifecycle=(),
            guards=(), matrix=(), margin=0.02, confidence=0.95, loaded=(),
        )  # fmt: skip
        assert result.diverging is expected
