"""What `crm ecrm` says: cycles of the sheet, stages, guard-rail, matrix, JSON and page, on results made by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from audits_builder import keys_of, outline, rows_of, sheet_of, table_of
from ecrm_builder import BEFORE, CYCLES, HEADER, NONE, NOW, ONE, made, pair
from records_builder import PROVENANCE, records_of

from omnistudy.crm.audits.ecrm import EcrmOptions, ecrm_of
from omnistudy.crm.audits.ecrm_guard_rail import ChannelGuard, GuardRail
from omnistudy.crm.audits.ecrm_indicators import Paired, difference
from omnistudy.crm.audits.ecrm_items import LIFECYCLE
from omnistudy.crm.audits.ecrm_result import Cycle
from omnistudy.crm.audits.ecrm_stages import ATTRIBUTES
from omnistudy.crm.audits.ecrm_tables import MatrixCell
from omnistudy.pictures import Heatmap
from omnistudy.results import Figure, Label, msg
from omnistudy.text.jalali import parse_day


def guard(channel: str, cost: tuple[float, float], verdict: GuardRail, *changes: Paired) -> ChannelGuard:
    now, before = (replace(ONE, id="cost_to_serve", value=value, unit="mean") for value in cost)
    price = Paired(process="performance", now=now, before=before)
    return ChannelGuard(channel=channel, cost=price, changes=changes, verdict=verdict, reason=msg("why"))


GUARDS = (
    guard("app", (4.0, 5.0), GuardRail.GOOD, pair("performance"), pair("performance", NONE, BEFORE)),
    guard("kite", (5.0, 5.0), GuardRail.NO_FALL, pair("performance", NOW, NONE), pair("performance", ONE, BEFORE)),
    guard("sms", (4.0, 5.0), GuardRail.HARMFUL, pair("performance"), pair("performance")),
    guard("call", (4.0, 5.0), GuardRail.UNCLEAR, pair("performance"), pair("performance")),
    guard("mail", (3.0, 5.0), GuardRail.UNCLEAR, pair("performance"), pair("performance")),
)  # fmt: skip


def test_the_guard_rail_has_a_row_per_channel() -> None:
    """From .6 to .8 is a change of 20 points; one that is not known says which cycle lacks it, this one first."""
    table = table_of(made(guards=GUARDS), "ecrm-guard-rail")
    assert keys_of(table) == "channel cost_before cost_now kept kept verdict why"
    assert rows_of(table)[:3] == [
        "app | 5 | 4 | 20.00% | [no log] | good | why",
        "kite | 5 | 5 | [no log] | [not computed] | no fall of cost | why",
        "sms | 5 | 4 | 20.00% | 20.00% | harmful | why",
    ]
    assert keys_of(table_of(made(), "ecrm-guard-rail")) == "channel cost_before cost_now verdict why"


def test_the_summary_counts_answers_indicators_and_verdicts(tmp_path: Path) -> None:
    """Of the 30 items of the processes two count; stages and conditions are no items of a process."""
    sheet = (
        "strategy.aligned,no,a.pdf,\nvalue.balanced,yes,a.pdf,\nstrategy.culture,yes,,\n"
        "condition.staff,yes,a.pdf,\nstage.services_hours,2,a.pdf,\n"
    )
    pairs = (pair("value"), pair("value", NONE))
    plain = made(tmp_path, sheet, pairs=pairs)
    start = "2 of 30 items of five processes are answered with evidence; 1 of 2 indicators have a value. "
    assert str(plain.summary) == start + "They are not summed."
    judged = made(tmp_path, sheet, pairs=pairs, guards=GUARDS)
    assert str(judged.summary) == start + "Cost fell in 4 of 5 channels: 1 good, 1 harmful, 2 unclear."
    assert str(plain.title) == "Processes of electronic CRM"
    lost = replace(GUARDS[0], cost=replace(GUARDS[0].cost, before=NONE))
    assert "Cost fell in 0 of 1 channels" in str(made(guards=(lost,)).summary)


def test_pairs_stand_with_the_limits_of_value_and_change() -> None:
    """Newcombe (1998), 56 of 70 against 48 of 80: .2000 with .0524 to .3339; Wilson for 56/70 .6918 to .8775."""
    pairs = (
        pair("value"), pair("value", group="branch"), pair("value", NOW, NONE), pair("value", NONE, BEFORE),
        pair("value", ONE, ONE, value=2.5, unit="mean"),
    )  # fmt: skip
    table = table_of(made(pairs=pairs), "ecrm-indicators")
    assert keys_of(table) == "indicator group before now ci_low ci_high change change_low change_high unit"
    between = difference(NOW, BEFORE)
    assert between is not None
    assert [between.low, between.high] == pytest.approx([0.0524, 0.3339], abs=5e-5)
    limits = f"{100 * (NOW.low or 0):.2f}% | {100 * (NOW.high or 0):.2f}%"
    full = f"60.00% | 80.00% | {limits} | 20.00% | 5.24% | 33.39% | share"
    assert rows_of(table) == [
        f"Kept | – | {full}",
        f"Kept | branch | {full}",
        f"Kept | – | – | 80.00% | {limits} | – | – | – | share",
        "Kept | – | 60.00% | [no log] | – | – | – | – | – | share",
        "Kept | – | 2.5 | 2.5 | – | – | 0 | – | – | mean",
    ]


@pytest.mark.parametrize(
    ("perceived", "firm", "apart"),
    [((90, 50), (50, 90), True), ((50, 90), (90, 50), True), ((90, 50), (90, 50), False),
     ((50, 90), (50, 90), False), ((90, 50), (50, 50), False), ((50, 50), (50, 90), False)],
)  # fmt: skip
def test_value_moves_apart_only_beyond_chance_on_both_sides(
    perceived: tuple[int, int], firm: tuple[int, int], apart: bool
) -> None:
    pairs = tuple(
        Paired(
            process="value", now=source.share_of(now, 100, 0.95), before=source.share_of(before, 100, 0.95)
        )
        for name, (now, before) in (("perceived_value", perceived), ("firm_value", firm), ("other", (90, 50)))
        for source in (replace(ONE, id=name),)
    )
    assert made(pairs=pairs).diverging is apart
    assert made(pairs=pairs[1:]).diverging is False
    lines = outline(made(pairs=pairs, cycles=CYCLES).blocks())
    note = "warning: Value for customers and for the organisation moved in opposite directions."
    assert (lines.count(note) == 1) is apart


MATRIX = (
    MatrixCell("app", "loan", "young", 5),
    MatrixCell("app", "loan", "old", 2),
    MatrixCell("branch", "", "old", 3),
)


def test_the_matrix_adds_up_over_segments_or_stands_by_segment() -> None:
    result = made(matrix=MATRIX, cycles=CYCLES[:1])
    table = table_of(result, "ecrm-matrix")
    assert keys_of(table) == "channel service segment events"
    assert rows_of(table) == ["app | loan | young | 5", "app | loan | old | 2", "branch | – | old | 3"]
    assert result.payload()["matrix"] == [
        {"channel": "app", "service": "loan", "segment": "young", "events": 5},
        {"channel": "app", "service": "loan", "segment": "old", "events": 2},
        {"channel": "branch", "service": None, "segment": "old", "events": 3},
    ]
    (figure,) = [one for one in result.blocks() if isinstance(one, Figure)]
    app, branch = Label("app", {"en": "app", "fa": "برنامک"}), Label("branch", {"en": "branch", "fa": "شعبه"})
    assert (figure.name, str(figure.caption)) == ("ecrm-matrix", "Events by channel and service")
    assert figure.picture == Heatmap(
        rows=(app, branch),
        columns=(Label("–"), Label("loan")),
        values=((None, 7), (3, None)),
        axis=msg("Events"),
    )
    by_segment = made(matrix=tuple(replace(one, service="", segment=one.segment[:1] and one.segment) for one in MATRIX[1:]),
                      cycles=CYCLES[:1])  # fmt: skip
    (figure,) = [one for one in by_segment.blocks() if isinstance(one, Figure)]
    assert str(figure.caption) == "Events by channel and segment"
    assert isinstance(figure.picture, Heatmap)
    assert (figure.picture.columns, figure.picture.values) == ((Label("old"),), ((2,), (3,)))
    assert "ecrm-matrix" not in [one.name for one in made().tables()]
    empty = outline(made(cycles=CYCLES[:1]).blocks())
    assert "undefined: Not assessable: the events have neither service nor segment." in empty


SOURCE = (
    "neutral: Source: a strategic framework of five processes for electronic CRM, after Payne and Frow (2005); an "
    "essay: a practitioner's or author's view, without data of its own."
)
MULTICHANNEL = (
    "neutral: The highest stage of this source is multichannel. It says nothing of one identity or of work that goes "
    "on in another channel, so no stage is read as omnichannel: see omnistudy crm maturity."
)
CLAIM = (
    "neutral: A claim of the source, not a finding: The framework says that keeping a customer is about five times "
    "cheaper than winning one; it has no data."
)


def counts(n: int, words: str = "0 yes, 0 partly, 0 no", left: int | None = None) -> str:
    return f"neutral: {words}; {n if left is None else left} of {n} without an answer that counts."


def test_a_page_without_anything_says_what_is_missing() -> None:
    assert outline(made().blocks()) == [
        SOURCE,
        "undefined: There are no records, so no indicator has a value.",
        "### Strategy development",
        counts(5),
        "### Value creation",
        counts(3),
        "### Multichannel integration",
        counts(6),
        "### Information management",
        counts(12),
        "### Performance assessment",
        counts(4),
        "undefined: Not assessable: the guard-rail needs two cycles and the cost per channel in the table ops.",
        "### Traditional, new, electronic",
        MULTICHANNEL,
        "table ecrm-dimensions",
        "### Enabling conditions",
        counts(3),
        "### Four integrations",
        counts(4),
        CLAIM,
    ]


def test_a_page_with_cycles_shows_each_process_with_its_indicators(tmp_path: Path) -> None:
    sheet = (
        "strategy.aligned,no,a.pdf,\nstage.services_hours,2,a.pdf,\ncondition.staff,partly,a.pdf,\n"
        "performance.silent,yes,a.pdf,\n"
    )
    result = made(
        tmp_path, sheet, cycles=CYCLES, guards=GUARDS, matrix=MATRIX, lifecycle=(pair("retain"),),
        pairs=(pair("strategy", NONE), pair("value")), by_channel=(pair("performance", group="app"),),
    )  # fmt: skip
    assert outline(result.blocks()) == [
        SOURCE,
        "neutral: This cycle: 2024-01-01/2024-12-30; the cycle before: 2023-01-01/2023-12-31.",
        "### Strategy development",
        counts(5, "0 yes, 0 partly, 1 no", 4),
        "table ecrm-strategy",
        "table ecrm-strategy-indicators",
        "undefined: Kept: no log. Needed: a log.",
        "### Value creation",
        counts(3),
        "table ecrm-value-indicators",
        "### Multichannel integration",
        counts(6),
        "### Information management",
        counts(12),
        "### Performance assessment",
        counts(4, "1 yes, 0 partly, 0 no", 3),
        "table ecrm-performance",
        "table ecrm-performance-indicators",
        "table ecrm-guard-rail",
        "neutral: Good needs every lower limit above −2.0 %, harmful one upper limit below 0. Cost is as booked: "
        "prices are not adjusted.",
        "### Traditional, new, electronic",
        MULTICHANNEL,
        "table ecrm-stages",
        "table ecrm-dimensions",
        "### Enabling conditions",
        counts(3, "0 yes, 1 partly, 0 no", 2),
        "table ecrm-condition",
        "### Four integrations",
        counts(4),
        "### Four stages of a customer's life",
        "table ecrm-lifecycle",
        "### Channel by service and segment",
        "figure ecrm-matrix",
        CLAIM,
    ]
    shown = table_of(result.blocks(), "ecrm-performance-indicators")
    assert [row[:12] for row in rows_of(shown)] == ["Kept | app |"]
    one = made(cycles=CYCLES[:1], pairs=(pair("value"),))
    assert outline(one.blocks())[1] == (
        "neutral: One cycle: 2024-01-01/2024-12-30. Name the first day of this cycle to see it beside the one before."
    )


def test_a_checklist_shows_both_cycles_and_the_evidence_of_the_later(tmp_path: Path) -> None:
    text = "value.balanced,no,a.pdf,1\nvalue.balanced,yes,b.pdf,2\nvalue.firm_value,partly,,2\n"
    result = made(tmp_path, text)
    table = table_of(result.blocks(), "ecrm-value")
    assert keys_of(table) == "title before now evidence reason"
    assert rows_of(table) == [
        "Balanced exchange | no | yes | b.pdf | –",
        "Value for the customer | – | – | – | not answered",
        "Value for the organisation | – | partly | – | no evidence is named",
    ]
    assert str(table.caption) == "Value creation"
    full = table_of(result, "ecrm-value")
    assert keys_of(full) == "title cycle answer evidence reason item asks note"
    assert [row.split(" | ")[:3] for row in rows_of(full)] == [
        ["Balanced exchange", "1", "no"],
        ["Balanced exchange", "2", "yes"],
        ["Value for the customer", "–", "–"],
        ["Value for the organisation", "2", "partly"],
    ]
    names = ["indicators", "strategy", "value", "integration", "information", "performance", "condition", "joined",
             "stages", "dimensions", "guard-rail"]  # fmt: skip
    assert [one.name for one in made().tables()] == [f"ecrm-{name}" for name in names]


def test_json_holds_processes_cycles_and_claims(tmp_path: Path) -> None:
    text = "value.balanced,no,a.pdf,1\nvalue.balanced,yes,b.pdf,2\njoined.systems,partly,b.pdf,2\n"
    mine, app = pair("value"), pair("value", group="app")
    retained = pair("retain")
    result = made(
        tmp_path, text, cycles=CYCLES, pairs=(mine, pair("strategy")), by_channel=(app,), lifecycle=(retained,),
        guards=GUARDS[:1],
    )  # fmt: skip
    payload: Any = result.payload()
    assert [one["id"] for one in payload["processes"]] == [
        "strategy", "value", "integration", "information", "performance"
    ]  # fmt: skip
    assert [len(one["indicators"]) for one in payload["processes"]] == [1, 1, 0, 0, 0]
    assert [len(one["by_channel"]) for one in payload["processes"]] == [0, 1, 0, 0, 0]
    value = payload["processes"][1]
    assert (value["title"], value["indicators"], value["by_channel"]) == (
        "Value creation", [mine.as_json()], [app.as_json()]
    )  # fmt: skip
    assert [(one["item"], one["answer"]) for one in value["checklist"]] == [
        ("value.balanced", "yes"),
        ("value.customer_value", None),
        ("value.firm_value", None),
    ]
    assert [(one["item"], one["answer"]) for one in value["checklist_before"]] == [("value.balanced", "no")]
    assert [one["item"] for one in payload["conditions"]] == [
        "condition.management", "condition.staff", "condition.people_first",
        "joined.information", "joined.systems", "joined.channels", "joined.resources",
    ]  # fmt: skip
    assert (payload["cycles"], payload["sheet_cycles"]) == ([str(one) for one in CYCLES], ["2", "1"])
    assert (payload["guard_rail"], payload["guard_rail_reason"]) == ([GUARDS[0].as_json()], None)
    assert (payload["lifecycle"], payload["value_diverges"]) == ([retained.as_json()], False)
    assert (payload["margin"], payload["confidence"], payload["tables"]) == (0.02, 0.9, [])
    assert [one["item"] for one in payload["stages"]["attributes"]] == [one.item.id for one in ATTRIBUTES]
    claim = CLAIM.partition("finding: ")[2]
    assert payload["claims"] == [{"claim": claim, "finding": False, "source": "ecrm-framework"}]
    assert [one["key"] for one in payload["sources"]] == ["ecrm-framework"]
    undated: Any = made(cycles=(Cycle(first=None, last=None),)).payload()
    assert undated["cycles"] == [None]
    assert undated["guard_rail_reason"] == (
        "the guard-rail needs two cycles and the cost per channel in the table ops"
    )


def test_records_fill_every_process(tmp_path: Path) -> None:
    """Ten days, the second half is the cycle; the sheet's latest first day counts, the option goes before it."""
    events = "customer_id,ts,channel,event,segment\n" + "".join(
        f"{'' if day == 4 else 'ab'[day % 2]},2024-01-{day:02d},{'app' if day % 3 else 'branch'},x,young\n"
        for day in range(1, 11)
    )
    survey = "ts,instrument,score,scale_min,scale_max,channel\n" + "".join(
        f"2024-01-{day:02d},csat,{score},1,5,{channel}\n"
        for day, score, channel in ((2, 5, "app"), (3, 1, "app"), (7, 5, "app"), (8, 4, "branch"))
    )
    ids = "channel,source_id,customer_id\napp,1,a\napp,2,a\nbranch,3,b\n"
    sheet = sheet_of(tmp_path, HEADER + "cycle.start,2024-01-03,,1\ncycle.start,2024-01-06,,2\n")
    with records_of(tmp_path, events=events, survey=survey, identity_map=ids) as records:
        result = ecrm_of(None, records, sheet, EcrmOptions(margin=0.1), PROVENANCE)
        asked = ecrm_of(None, records, sheet, EcrmOptions(cycle_start=parse_day("2024-01-08")), PROVENANCE)
    assert [str(one) for one in result.cycles] == ["2024-01-06/2024-01-10", "2024-01-01/2024-01-05"]
    assert str(asked.cycles[0]) == "2024-01-08/2024-01-10"
    ids_of = [(one.process, one.now.id.partition("/")[0]) for one in result.pairs]
    assert ids_of == [
        ("strategy", "segment_agreement"),
        ("value", "perceived_value"),
        ("value", "firm_value"),
        ("integration", "preference_match"),
        ("integration", "hybrid_share"),
        ("information", "duplicate_identity"),
        ("information", "completeness"),
        ("information", "feed_lag"),
        ("information", "feedback_loop"),
        ("integration", "identity_match"),
        ("integration", "repeat_information"),
        ("performance", "csat"),
        ("performance", "silent_churn"),
    ]
    assert [(one.process, one.now.id.partition("/")[0]) for one in result.lifecycle] == [
        (stage, name) for stage, _, names in LIFECYCLE for name in names
    ]
    found = {one.now.id: one for one in result.pairs}
    matched = found["identity_match"]
    assert [(one.n, one.denominator) for one in (matched.now, matched.before)] == [(5, 5), (4, 5)]
    satisfied = found["csat/top_two"]
    assert [(one.n, one.denominator) for one in (satisfied.now, satisfied.before)] == [(2, 2), (1, 2)]
    twice = found["duplicate_identity"]
    assert (twice.now.n, twice.now.denominator) == (1, 2)
    assert str(twice.before.reason) == "the table has no dates, so the cycles cannot be told apart"
    assert str(twice.now.title) == "Duplicate identities"
    channels = [
        (one.process, one.now.id, one.now.group, one.now.n, one.before.n) for one in result.by_channel
    ]
    assert channels == [
        ("performance", "csat/top_two", "app", 1, 1),
        ("performance", "csat/top_two", "branch", 1, None),
        ("integration", "identity_match", "app", 3, 3),
        ("integration", "identity_match", "branch", 2, 1),
    ]
    assert str(result.by_channel[1].before.reason).startswith("the first day of this cycle was not named")
    # The matrix is that of the cycle: days 6 and 9 in the branch, 7, 8 and 10 in the app.
    assert result.matrix == (MatrixCell("app", "", "young", 3), MatrixCell("branch", "", "young", 2))
    assert (result.margin, result.confidence, len(result.loaded)) == (0.1, 0.95, 3)
    assert EcrmOptions().margin == 0.02
    assert outline(result.blocks())[-1] == "table records-read"


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        ("service", [MatrixCell("app", "x", "", 2), MatrixCell("branch", "", "", 1)]),
        ("segment", [MatrixCell("app", "", "x", 2), MatrixCell("branch", "", "", 1)]),
        ("touchpoint", []),
    ],
)
def test_the_matrix_needs_services_or_segments(tmp_path: Path, column: str, cells: list[MatrixCell]) -> None:
    events = f"customer_id,ts,channel,event,{column}\n"
    events += "a,2024-01-01,branch,v,\na,2024-01-02,app,v,x\nb,2024-01-03,app,v,x\n"
    with records_of(tmp_path, events=events) as records:
        assert list(ecrm_of(None, records, None, EcrmOptions(), PROVENANCE).matrix) == cells


def test_without_records_every_indicator_is_named_with_its_reason() -> None:
    result = ecrm_of(None, None, None, EcrmOptions(), PROVENANCE)
    assert (result.cycles, result.by_channel, result.guards, result.matrix, result.loaded) == ((),) * 5
    reasons = {one.now.id: (str(one.now.reason), str(one.before.reason)) for one in result.pairs}
    named = "the first day of this cycle was not named, so there is no cycle before"
    assert reasons["csat"] == ("there are no records to compute it from", named)
    assert reasons["completeness"] == ("there is no table of ops", named)
    assert {one.before.value for one in (*result.pairs, *result.lifecycle)} == {None}
