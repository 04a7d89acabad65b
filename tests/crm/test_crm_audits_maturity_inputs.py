"""What `crm maturity` is told: declared level, central record, records without a log, thresholds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from audits_builder import outline, sheet_of
from records_builder import PROVENANCE, records_of

from omnistudy.crm.audits.maturity import MaturityOptions, maturity_of, thresholds_of
from omnistudy.crm.audits.maturity_items import VALUES
from omnistudy.crm.audits.maturity_levels import PRECONDITION, Level, Thresholds
from omnistudy.errors import StudyError
from omnistudy.results import msg

CENTRAL = replace(PRECONDITION, value=1.0, n=1, denominator=1)
SINGLE, MULTI, CROSS, OMNI = Level
EVENTS = "customer_id,ts,channel,event\na,2024-01-01,app,visit\nb,2024-02-01,branch,visit\n"


def test_the_declared_level_of_the_command_line_goes_before_the_sheets(tmp_path: Path) -> None:
    sheet = "item,answer,evidence\nlevel.declared,cross,\nprecondition.central_record,no,a.pdf\n"
    table = sheet_of(tmp_path, sheet)
    options = MaturityOptions(declared=SINGLE, central_record="record.pdf", days=3)
    asked = maturity_of(None, None, table, options, PROVENANCE)
    assert (asked.declared, asked.central, asked.days) == (SINGLE, CENTRAL, 3)
    read = maturity_of(None, None, table, MaturityOptions(), PROVENANCE)
    needed = msg(
        "the row {item} with yes and evidence, or --central-record DOCUMENT",
        item="precondition.central_record",
    )
    reason = msg("there is no central customer record, so omnichannel cannot be assessed")
    assert (read.declared, read.central) == (CROSS, PRECONDITION.lacking(reason, needed))
    nothing = maturity_of(None, None, None, MaturityOptions(), PROVENANCE)
    assert nothing.declared is None
    assert str(nothing.central.reason) == (
        "whether there is a central customer record is not evidenced: not answered"
    )
    yes = maturity_of(
        None, None, sheet_of(tmp_path, sheet.replace("no,", "yes,")), MaturityOptions(), PROVENANCE
    )
    assert (yes.central, yes.window, yes.loaded, yes.days) == (CENTRAL, "", (), 7)


def test_records_without_events_are_read_and_show_no_level(tmp_path: Path) -> None:
    survey = "ts,instrument,score,scale_min,scale_max\n2024-01-01,csat,5,1,5\n2024-01-02,csat,4,1,5\n"
    with records_of(tmp_path, survey=survey) as records:
        result = maturity_of(None, records, None, MaturityOptions(), PROVENANCE)
    assert (result.observed, result.window, [one.name for one in result.loaded]) == (None, "", ["survey"])
    found = {name: [(one.id, one.value) for one in metrics] for name, _, metrics in result.values}
    assert found["customer_centred"] == [("nps", None), ("csat/top_two", 1.0)]
    assert list(found) == [name for name, _, _ in VALUES]
    assert outline(result.blocks())[-1] == "table records-read"
    assert [one["table"] for one in result.payload()["tables"]] == ["survey"]  # type: ignore[attr-defined]


def test_events_give_the_window_of_the_result(tmp_path: Path) -> None:
    with records_of(tmp_path, events=EVENTS) as records:
        result = maturity_of(None, records, None, MaturityOptions(), PROVENANCE)
    assert result.window == "2024-01-01/2024-02-01"
    assert result.observed is not None
    found = {one.indicator.id: str(one.indicator.reason) for one in result.observed.criteria}
    assert found["continuity"] == "the table of events has no column journey_id, reentry"
    assert found["process_similarity"] == "the table of events has no column service, journey_id"


@pytest.mark.parametrize("written", ["-0.01", "1.01", "half", "nan"])
def test_a_threshold_is_a_share(written: str) -> None:
    with pytest.raises(StudyError) as caught:
        thresholds_of({"continuity": written, "qqq": "0.5"})
    assert [f"{one.what} {one.remedy}" for one in caught.value.problems] == [
        "The threshold continuity is no share from 0 to 1. Write it as --threshold continuity=0.8.",
        "'qqq' is not a threshold. Known: active_share, identity_match, duplicate_identity, continuity, "
        "repeat_information, process_similarity, personalised_share.",
    ]


def test_thresholds_reach_from_none_to_all() -> None:
    assert thresholds_of({"continuity": "0", "active_share": "1"}) == Thresholds(
        continuity=0.0, active_share=1.0
    )
