"""Values that audits show, and the tables and sentences that all audits make of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from audits_builder import keys_of, outline, rows_of
from records_builder import PROVENANCE, records_of

from omnistudy.crm.audits.blocks import (
    answer_cell,
    checklist_counts,
    checklist_table,
    evidence_cells,
    indicator_table,
    items_of,
    limit_cell,
    metric_indicators,
    needed_notes,
    value_cell,
    without_empty,
)
from omnistudy.crm.audits.evidence import Evidence, EvidenceKind
from omnistudy.crm.audits.indicators import Indicator, by_level, indicator_of, metric_rows
from omnistudy.crm.audits.items import Item, Scale
from omnistudy.crm.audits.sheet import UNANSWERED, Rating
from omnistudy.crm.audits.sources import ESSAYS
from omnistudy.crm.metrics.case import MetricsOptions
from omnistudy.crm.metrics.registry import METRICS
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.crm.statistics.intervals import Clustered, Interval, wilson, wilson_clustered
from omnistudy.results import Column, Kind, Number, Table, Undefined, msg

ONE = Indicator(id="kept", title=msg("Kept"), definition=msg("kept / all"), window="2024-01-01/2024-12-31")
NOBODY = "nobody and nothing to count: the denominator is 0"
NO_LIMITS = "a value of this kind has no interval here, or too few units were counted for one"


def test_a_share_has_wilsons_interval() -> None:
    """9 of 14: .3876 to .8366 (published)."""
    found = ONE.share_of(9, 14, 0.95, "app")
    assert found == replace(ONE, value=9 / 14, n=9, denominator=14, group="app", interval=wilson(9, 14, 0.95))
    assert [found.low, found.high] == pytest.approx([0.3876, 0.8366], abs=5e-5)
    assert found.as_json() == {
        "id": "kept",
        "group": "app",
        "value": 9 / 14,
        "n": 9,
        "denominator": 14,
        "unit": "share",
        "ci_low": found.low,
        "ci_high": found.high,
        "ci_method": "wilson",
        "ci_reason": None,
        "window": "2024-01-01/2024-12-31",
        "definition": "kept / all",
        "reason": None,
        "needed": None,
    }


def test_a_share_of_nobody_has_a_reason_and_no_value() -> None:
    found = ONE.share_of(0, 0, 0.95)
    assert (found.value, found.interval, found.low, found.high, found.denominator) == (
        None,
        None,
        None,
        None,
        0,
    )
    told = found.as_json()
    assert (told["group"], told["reason"], told["ci_reason"], told["ci_method"]) == (
        "all",
        NOBODY,
        NOBODY,
        None,
    )


def test_events_of_one_customer_are_alike_so_that_the_interval_is_wider() -> None:
    """Four customers with 10 events each, two always in the app: 20 of 40, worth four answers."""
    sums = Clustered(clusters=4, successes=20, members=40, yy=200, yn=200, nn=400)
    found = ONE.share_of_clusters(sums, 0.9, "app")
    expected = wilson_clustered(sums, 0.9)
    assert found == replace(ONE, value=0.5, n=20, denominator=40, group="app", interval=expected)
    assert found.low is not None
    assert found.low < wilson(20, 40, 0.9).low
    nothing = Clustered(clusters=0, successes=0, members=0, yy=0, yn=0, nn=0)
    assert str(ONE.share_of_clusters(nothing, 0.95).reason) == NOBODY


def test_what_is_lacking_takes_all_numbers_with_it() -> None:
    reason, needed = msg("no log"), msg("a log")
    found = ONE.share_of(9, 14, 0.95).lacking(reason, needed)
    assert found == replace(ONE, reason=reason, needed=needed)
    told = found.as_json()
    assert (told["reason"], told["needed"], told["ci_reason"]) == ("no log", "a log", "no log")
    assert replace(ONE, value=2.0).as_json()["ci_reason"] == NO_LIMITS


ROW = MetricRow(
    metric="csat",
    group="app",
    value=0.5,
    n=2,
    denominator=4,
    unit="share",
    window="2024-01-01/2024-01-31",
    calendar="gregorian",
    definition=msg("best / all"),
    level="top_two",
    ci_low=0.15,
    ci_high=0.85,
    ci_method="wilson",
)


def test_a_row_of_metrics_becomes_an_indicator() -> None:
    found = indicator_of(ROW)
    assert found == Indicator(
        id="csat/top_two",
        title=found.title,
        definition=msg("best / all"),
        value=0.5,
        n=2,
        denominator=4,
        interval=Interval(0.15, 0.85, "wilson"),
        window="2024-01-01/2024-01-31",
        group="app",
    )
    assert str(found.title) == "Customer satisfaction, two best boxes"
    whole = indicator_of(replace(ROW, level=None, unit="mean", ci_method=None))
    assert (whole.id, whole.title, whole.unit) == ("csat", METRICS["csat"].title, "mean")
    assert whole.interval == Interval(0.15, 0.85, "")
    assert indicator_of(replace(ROW, ci_low=None)).interval is None
    assert indicator_of(replace(ROW, ci_high=None)).interval is None
    lacking = indicator_of(replace(ROW, value=None, reason=msg("no answers")))
    assert (lacking.value, str(lacking.reason)) == (None, "no answers")


def test_the_pooled_row_stands_for_a_metric_else_its_first() -> None:
    rows = [replace(ROW, metric="return_rate", level=level, value=at) for at, level in
            enumerate((None, "pooled", "rolling"), 1)]  # fmt: skip
    rows += [replace(ROW, level="mean", value=7), ROW]
    found = by_level(rows)
    assert {key: one.value for key, one in found.items()} == {
        ("return_rate", ""): 2,
        ("return_rate", "pooled"): 2,
        ("return_rate", "rolling"): 3,
        ("csat", ""): 7,
        ("csat", "mean"): 7,
        ("csat", "top_two"): 0.5,
    }


def test_metrics_are_computed_once_and_only_those_that_exist(tmp_path: Path) -> None:
    survey = "ts,instrument,score,scale_min,scale_max\n2024-01-01,csat,5,1,5\n2024-01-02,csat,3,1,5\n"
    options = MetricsOptions(confidence=0.9)
    with records_of(tmp_path, survey=survey) as records:
        rows = metric_rows(records, ("csat", "nothing", "csat"), options, PROVENANCE)
        assert metric_rows(records, ("nothing",), options, PROVENANCE) == ()
    assert [(row.metric, row.level, row.value) for row in rows] == [
        ("csat", "top_two", 0.5),
        ("csat", "mean", 4),
    ]
    assert rows[0].ci_low == wilson(1, 2, 0.9).low
    assert metric_rows(None, ("csat",), options, PROVENANCE) == ()


def item(name: str) -> Item:
    return Item(id=name, title=msg("T"), asks=msg("In full?"), scale=Scale.YES_NO, source=ESSAYS)


SHARE = ONE.share_of(1, 4, 0.95)
METRIC = Evidence(kind=EvidenceKind.METRIC, written="kept", checked=True, indicator=SHARE)
DOCUMENT = Evidence(kind=EvidenceKind.DOCUMENT, written="a.pdf")
UNSURE = replace(METRIC, written="lost", counts=False, indicator=ONE.lacking(msg("no log")))


def rating(name: str, answer: str | None = "yes", **more: object) -> Rating:
    counts = bool(more.pop("counts", answer is not None))
    reason = None if counts else more.pop("reason", UNANSWERED)
    return Rating(item=item(name), answer=answer, counts=counts, reason=reason, **more)  # type: ignore[arg-type]


def test_cells_of_values_limits_and_answers() -> None:
    assert value_cell(SHARE) == Number(0.25, Kind.SHARE)
    assert value_cell(replace(SHARE, unit="mean")) == Number(0.25, Kind.NUMBER)
    assert value_cell(ONE.lacking(msg("no log"))) == Undefined(msg("no log"))
    assert value_cell(ONE) == Undefined(msg("not computed"))
    assert limit_cell(SHARE, None) is None
    assert limit_cell(SHARE, 0.0) == Number(0.0, Kind.SHARE)
    answers = {one: answer_cell(rating("a.b", one)) for one in ("omni", "2024-01-01", "3", None)}
    assert answers == {"omni": msg("omnichannel"), "2024-01-01": "2024-01-01", "3": "3", None: None}


def test_evidence_names_metrics_by_title_for_people_and_by_id_in_a_sheet() -> None:
    one = rating("a.b", evidence=(DOCUMENT, METRIC, UNSURE))
    written, value = evidence_cells(one)
    assert (str(written), value) == ("a.pdf; Kept; Kept", Number(0.25, Kind.SHARE))
    tidy, same = evidence_cells(one, named=False)
    assert (str(tidy), same) == ("a.pdf; kept; lost", value)
    assert evidence_cells(rating("a.b", evidence=(DOCUMENT,)))[1] is None
    assert evidence_cells(rating("a.b")) == (None, None)
    assert evidence_cells(rating("a.b", evidence=(UNSURE, METRIC)))[1] == Undefined(msg("no log"))


def test_a_checklist_shows_only_columns_that_hold_something() -> None:
    plain = (rating("a.one", evidence=(DOCUMENT,)), rating("a.two", "no", evidence=(DOCUMENT,)))
    table = checklist_table("list", plain, msg("Caption"))
    assert (table.name, str(table.caption), keys_of(table)) == ("list", "Caption", "title answer evidence")
    assert rows_of(table) == ["T | yes | a.pdf", "T | no | a.pdf"]
    more = (*plain, rating("a.three", None, note="later"), rating("a.four", evidence=(METRIC,)))
    table = checklist_table("list", more, msg("Caption"))
    assert keys_of(table) == "title answer evidence value reason"
    assert rows_of(table)[2:] == ["T | – | – | – | not answered", "T | yes | Kept | 25.00% | –"]
    full = checklist_table("list", more, msg("Caption"), full=True)
    assert keys_of(full) == "title answer evidence value reason item asks note"
    assert rows_of(full)[2:] == [
        "T | – | – | – | not answered | a.three | In full? | later",
        "T | yes | kept | 25.00% | – | a.four | In full? | –",
    ]


def test_cycles_stand_beside_the_item_where_there_are_any() -> None:
    ratings = (rating("a.one", cycle="1402"), rating("a.two", None))
    table = checklist_table("list", ratings, msg("Caption"))
    assert keys_of(table) == "title cycle answer evidence reason"
    assert rows_of(table) == ["T | 1402 | yes | – | –", "T | – | – | – | not answered"]


def test_a_column_goes_only_when_it_is_named_and_empty() -> None:
    columns = tuple(Column(key, msg("x")) for key in ("a", "b", "c"))
    table = Table(name="t", columns=columns, rows=((None, "", 1), ("", None, None)), caption=msg("C"))
    assert keys_of(without_empty(table, "b", "c")) == "a c"
    assert rows_of(without_empty(table, "b")) == ["– | 1", "– | –"]
    zero = replace(table, rows=((0, False, 1),))
    assert keys_of(without_empty(zero, "a", "b")) == "a b c"


def test_values_stand_in_a_table_with_what_they_mean() -> None:
    needed = ONE.lacking(msg("no log"), msg("a log"))
    values = [("First", SHARE), ("Second", replace(needed, group="app"))]
    table = indicator_table("values", values, msg("Caption"), msg("Lead"), full=False)
    assert (table.name, str(table.caption), str(table.columns[0].heading)) == ("values", "Caption", "Lead")
    assert keys_of(table) == "of indicator value ci_low ci_high n denominator unit"
    # Wilson for 1 of 4: .0456 to .6994.
    short = ["First | Kept | 25.00% | 4.56% | 69.94% | 1 | 4 | share", "Second | Kept | [no log] | – | – | – | – | share"]  # fmt: skip # noqa: E501
    assert rows_of(table) == short
    full = indicator_table("values", values, msg("Caption"), msg("Lead"), full=True)
    assert keys_of(full) == keys_of(table) + " group window definition needed"
    window = "2024-01-01/2024-12-31"
    assert rows_of(full) == [
        f"{short[0]} | all | {window} | kept / all | –",
        f"{short[1]} | app | {window} | kept / all | a log",
    ]


def test_a_note_tells_what_would_be_needed_and_only_then() -> None:
    reason, needed = msg("no log"), msg("a log")
    values = [SHARE, ONE.lacking(reason), ONE.lacking(reason, needed), replace(SHARE, needed=needed),
              replace(SHARE, needed=needed, reason=reason), replace(ONE, needed=needed)]  # fmt: skip
    assert outline(needed_notes(values)) == ["undefined: Kept: no log. Needed: a log."]


def test_answers_of_a_checklist_are_counted_and_never_scored() -> None:
    ratings = [rating("a.b", answer) for answer in ("yes", "yes", "yes", "partly", "partly", "no")]
    ratings += [rating("a.b", "no", counts=False), rating("a.b", None)]
    assert str(checklist_counts(ratings)) == "3 yes, 2 partly, 1 no; 2 of 8 without an answer that counts."


def test_ratings_of_a_checklist_keep_their_order() -> None:
    ratings = [rating("a.two"), rating("b.one"), rating("a.one"), rating("a.two", "no")]
    found = items_of(ratings, (item("a.one"), item("a.two")))
    assert [(one.item.id, one.answer) for one in found] == [
        ("a.two", "yes"),
        ("a.one", "yes"),
        ("a.two", "no"),
    ]


def test_metrics_are_named_even_where_they_have_no_value() -> None:
    values = {("csat", ""): SHARE, ("csat", "mean"): ONE}
    found = metric_indicators(("csat", "nps", "lift", "gut"), values, {"lift": msg("not offered")})
    assert found[0] == SHARE
    nps = METRICS["nps"]
    reason = msg("there are no records to compute it from")
    assert found[1] == Indicator(id="nps", title=nps.title, definition=nps.definition, reason=reason)
    assert [(one.id, str(one.title), str(one.definition), str(one.reason)) for one in found[2:]] == [
        ("lift", "Lift of targeted contacts", "Lift of targeted contacts", "not offered"),
        ("gut", "gut", "gut", str(reason)),
    ]
