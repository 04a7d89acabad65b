"""Cycles of an electronic CRM sheet, and the stages of its attributes with their medians."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from audits_builder import keys_of, outline, rows_of, table_of
from ecrm_builder import made

from omnistudy.crm.audits.ecrm_indicators import Paired
from omnistudy.crm.audits.ecrm_result import EcrmResult
from omnistudy.crm.audits.ecrm_stages import ATTRIBUTES, DimensionStage, dimension_stages, imbalance
from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.audits.sheet import Rating
from omnistudy.crm.statistics.intervals import Interval
from omnistudy.results import msg


def answers(result: EcrmResult, at: int) -> dict[str, str]:
    return {one.item.id: one.answer for one in result.in_cycle(at) if one.answer is not None}


SHEET = (
    "strategy.aligned,no,a.pdf,9\nstrategy.aligned,partly,b.pdf,10\nstrategy.culture,yes,a.pdf,9\n"
    "value.balanced,yes,a.pdf,\nstage.services_hours,1,a.pdf,9\nstage.services_hours,2,,10\ncycle.start,1403-01-01,,11\n"
)


def test_the_latest_cycle_of_the_sheet_is_the_one_with_the_highest_number(tmp_path: Path) -> None:
    """Rows without a cycle are of the latest; the first day of a cycle makes no cycle."""
    result = made(tmp_path, SHEET)
    assert result.sheet_cycles == ("10", "9")
    assert answers(result, 0) == {
        "strategy.aligned": "partly",
        "value.balanced": "yes",
        "stage.services_hours": "2",
    }
    assert answers(result, 1) == {
        "strategy.aligned": "no",
        "strategy.culture": "yes",
        "stage.services_hours": "1",
    }
    assert result.in_cycle(2) == ()
    assert len(result.in_cycle(0)) == len({one.item.id for one in result.in_cycle(0)}) == 55
    culture = next(one for one in result.in_cycle(0) if one.item.id == "strategy.culture")
    assert culture == Rating(item=culture.item)


def test_a_sheet_without_cycles_has_one(tmp_path: Path) -> None:
    result = made(tmp_path, "strategy.aligned,no,a.pdf,\n")
    assert (result.sheet_cycles, result.in_cycle(1)) == (("",), ())
    assert answers(result, 0) == {"strategy.aligned": "no"}
    assert result.payload()["sheet_cycles"] == []


def test_a_row_of_the_cycle_goes_before_one_without(tmp_path: Path) -> None:
    result = made(tmp_path, "value.balanced,no,a.pdf,2\nvalue.balanced,yes,a.pdf,\n")
    assert answers(result, 0) == {"value.balanced": "no"}


def rated(**stages: int | None) -> tuple[Rating, ...]:
    """Ratings of attributes by dimension and name; ``None`` was answered without evidence."""
    items = {one.item.id.partition(".")[2]: one.item for one in ATTRIBUTES}
    return tuple(
        Rating(item=items[name], answer=str(stage or 3), counts=stage is not None, row=2, evidence=())
        for name, stage in stages.items()
    )


def test_a_sheet_names_an_attribute_by_its_dimension() -> None:
    """Three, five and nine attributes, as in the table of the source."""
    names = {
        "information": "store content gathering",
        "channel": "presence integration number cost media",
        "services": "marketing hours centre direction customer dynamics speed place personal",
    }
    assert [(one.item.id, one.dimension) for one in ATTRIBUTES] == [
        (f"stage.{dimension}_{name}", dimension)
        for dimension, attributes in names.items()
        for name in attributes.split()
    ]
    assert all(one.item.asks == one.item.title for one in ATTRIBUTES)


def test_a_dimension_has_the_median_of_what_counts() -> None:
    found = dimension_stages(
        rated(information_store=1, information_content=2, channel_cost=3, channel_media=1, channel_number=3,
              information_gathering=None)
    )  # fmt: skip
    assert found == (
        DimensionStage(id="information", title=msg("Information"), median=1.5, rated=2, of=3),
        DimensionStage(id="channel", title=msg("Medium and channel"), median=3.0, rated=3, of=5),
        DimensionStage(id="services", title=msg("Services"), median=None, rated=0, of=9),
    )
    assert imbalance(found) is None
    assert imbalance(found[:2]) == 1.5
    assert imbalance(()) is None


@pytest.mark.parametrize(
    ("name", "stage", "row"),
    [
        # The cells of the source; where it is silent the table says so, and after electronic comes nothing.
        ("information_store", 1, "Store | 1 | separate databases | integrated data warehouse"),
        ("information_store", 2, "Store | 2 | integrated data warehouse | integrated store fed by the web"),
        ("information_store", 3, "Store | 3 | integrated store fed by the web | –"),
        ("channel_integration", 2, "Integration | 2 | integrated | the source does not say"),
        ("channel_integration", 3, "Integration | 3 | the source does not say | –"),
        ("channel_number", 1, "Number of channels | 1 | one channel | the source does not say"),
        ("channel_cost", 1, "Cost | 1 | the source does not say | medium"),
        ("services_personal", 2, "Personalisation | 2 | the source does not say | full"),
    ],
)
def test_a_stage_stands_with_its_words_and_the_next(name: str, stage: int, row: str) -> None:
    result = made(ratings=rated(**{name: stage}))
    table = table_of(result, "ecrm-stages")
    assert keys_of(table) == "attribute stage means next evidence"
    (found,) = [one for one in rows_of(table) if "unscored" not in one]
    assert found == f"{row} | –"
    assert len(table.rows) == 17


def test_stages_without_evidence_say_why(tmp_path: Path) -> None:
    result = made(tmp_path, "stage.services_hours,2,,\nstage.services_speed,1,a.pdf,\n")
    rows = rows_of(table_of(result, "ecrm-stages"))
    assert rows[9] == "Hours | [unscored: no evidence is named] | – | – | –"
    assert rows[14] == "Speed | 1 | slow | medium | a.pdf"
    assert rows[16] == "Personalisation | [unscored: not answered] | – | – | –"


def test_medians_stand_beside_those_of_the_cycle_before(tmp_path: Path) -> None:
    text = "stage.services_hours,1,a.pdf,1\nstage.services_hours,3,a.pdf,2\nstage.channel_cost,2,a.pdf,2\n"
    result = made(tmp_path, text + "stage.information_store,2,a.pdf,2\n")
    table = table_of(result, "ecrm-dimensions")
    assert keys_of(table) == "dimension before median rated attributes"
    assert rows_of(table) == [
        "Information | – | 2 | 1 | 3",
        "Medium and channel | – | 2 | 1 | 5",
        "Services | 1 | 3 | 1 | 9",
    ]
    payload: Any = result.payload()["stages"]
    assert (payload["imbalance"], payload["reason"], result.imbalance) == (1.0, None, 1.0)
    assert "neutral: Imbalance, highest minus lowest median: 1." in outline(result.blocks())
    nothing: Any = made().payload()["stages"]
    assert nothing["dimensions"][0] == {
        "id": "information",
        "median": None,
        "reason": "no attribute is rated with evidence",
        "rated": 0,
        "attributes": 3,
    }
    assert (nothing["imbalance"], nothing["reason"]) == (None, "not every dimension has a rated attribute")


@pytest.mark.parametrize(("limit", "apart"), [(0.75, True), (0.625, True), (0.5, False)])
def test_a_change_whose_interval_touches_0_is_none(limit: float, apart: bool) -> None:
    """From .5 to .75 with a lower limit of .5: the change lies between 0 and .25; beside it a sure fall."""
    one, other = (
        Indicator(id=name, title=msg("x"), definition=msg("x")) for name in ("perceived_value", "firm_value")
    )

    def at(source: Indicator, value: float, low: float | None = None, high: float | None = None) -> Indicator:
        limits = Interval(value if low is None else low, value if high is None else high, "wilson")
        return replace(source, value=value, interval=limits)

    rise = Paired(process="value", now=at(one, 0.75, low=limit), before=at(one, 0.5))
    fall = Paired(process="value", now=at(other, 0.5), before=at(other, 0.75))
    assert made(pairs=(rise, fall)).diverging is apart
    lower = Paired(process="value", now=at(one, 0.5, high=1.25 - limit), before=at(one, 0.75))
    gain = Paired(process="value", now=at(other, 0.75), before=at(other, 0.5))
    assert made(pairs=(lower, gain)).diverging is apart
