"""What `crm maturity` says: summary, reasons, tables, JSON and page, each on a result made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from audits_builder import keys_of, outline, rows_of, table_of
from records_builder import PROVENANCE

from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.audits.maturity_items import MATURITY_ITEMS
from omnistudy.crm.audits.maturity_levels import (
    PRECONDITION,
    ChannelShare,
    Criterion,
    Level,
    Thresholds,
    ascent,
    named,
)
from omnistudy.crm.audits.maturity_result import MaturityResult
from omnistudy.crm.audits.maturity_traits import Trait
from omnistudy.crm.audits.sheet import Rating
from omnistudy.crm.statistics.intervals import wilson
from omnistudy.pictures import Forest
from omnistudy.results import Figure, Kind, Label, Number, Prose, Status, msg

SINGLE, MULTI, CROSS, OMNI = Level
COUNT = replace(named("active_channels"), value=2.0, n=2, denominator=3, unit="count")
IDENTITY = replace(named("identity_match").share_of(95, 100, 0.95), group="branch")
NO_MAP = named("duplicate_identity").lacking(msg("there is no identity map"), msg("a map"))
ASKED_AGAIN = named("repeat_information").share_of(5, 100, 0.95)
CENTRAL = replace(PRECONDITION, value=1.0, n=1, denominator=1)
SHARE = Indicator(id="channel_share", title=msg("Share"), definition=msg("of all"))
CHANNELS = (
    ChannelShare(
        share=SHARE.share_of(80, 100, 0.95, "branch"), identity=IDENTITY.share_of(60, 80, 0.95, "branch"), active=True
    ),
    ChannelShare(
        share=SHARE.share_of(20, 100, 0.95, "kite"), identity=IDENTITY.share_of(20, 20, 0.95, "kite"), active=False
    ),
)  # fmt: skip


def criteria(
    identity: Indicator = IDENTITY, duplicate: Indicator = NO_MAP, again: Indicator = ASKED_AGAIN
) -> tuple[Criterion, ...]:
    return (
        Criterion(level=SINGLE, indicator=COUNT, threshold=1.0),
        Criterion(level=MULTI, indicator=COUNT, threshold=2.0),
        Criterion(level=CROSS, indicator=identity, threshold=0.85),
        Criterion(level=CROSS, indicator=duplicate, threshold=0.02, at_least=False),
        Criterion(level=OMNI, indicator=again, threshold=0.1, at_least=False),
    )


KNOWN = SHARE.share_of(3, 4, 0.95)
UNKNOWN = replace(SHARE, id="turns", title=msg("Turns")).lacking(msg("no log"), msg("a log"))
TRAIT = Trait(
    number=4, id="interaction", title=msg("Talk"), meaning=msg("both"), observables=(KNOWN, UNKNOWN)
)


def made(*found: Criterion, declared: Level | None = OMNI, **more: Any) -> MaturityResult:
    values: dict[str, Any] = {
        "provenance": PROVENANCE,
        "declared": declared,
        "observed": ascent(found, CHANNELS) if found else None,
        "central": CENTRAL,
        "thresholds": Thresholds(identity_match=0.7),
        "traits": (TRAIT,),
        "ratings": tuple(Rating(item=one) for one in MATURITY_ITEMS),
        "values": (("seen", msg("Seen"), (KNOWN,)),),
        "days": 9,
        "confidence": 0.9,
        "window": "2024-01-01/2024-01-31",
        "loaded": (),
    }
    return MaturityResult(**(values | more))


FEW = named("identity_match").share_of(9, 10, 0.95)
NONE_ACTIVE = replace(COUNT, value=0.0, n=0)
NOBODY = tuple(
    Criterion(level=level, indicator=NONE_ACTIVE, threshold=float(level)) for level in (SINGLE, MULTI)
)
NEVER = named("repeat_information").share_of(0, 100, 0.95)
ALL_MET = criteria(duplicate=named("duplicate_identity").share_of(0, 1000, 0.95), again=NEVER)


@pytest.mark.parametrize(
    ("result", "level", "gap", "reason", "words"),
    [
        (
            made(*criteria()), MULTI, 2, None,
            "Declared: omnichannel; the log shows: multichannel at least. Whether it is cross-channel cannot be "
            "assessed: Duplicate identities.",
        ),
        (
            made(*criteria(FEW), declared=CROSS), MULTI, 1, None,
            "Declared: cross-channel; the log shows: multichannel. It is not cross-channel: "
            "Identity match, weakest active channel fails.",
        ),
        (made(*ALL_MET), OMNI, 0, None, "Declared: omnichannel; the log shows: omnichannel."),
        (
            made(*ALL_MET, declared=None), OMNI, None, "no level was declared",
            "Declared: no level was declared; the log shows: omnichannel.",
        ),
        (made(*ALL_MET, declared=SINGLE), OMNI, -3, None, "Declared: single-channel; the log shows: omnichannel."),
        (
            made(*NOBODY), None, None, "no channel is active, so not even one channel is observed",
            "Declared: omnichannel; the log shows: none. It is not single-channel: Active channels fails.",
        ),
        (
            made(), None, None, "there is no log of events",
            "Declared: omnichannel. Without a log of events the observed level is not assessable.",
        ),
        (
            made(declared=None), None, None, "there is no log of events",
            "Declared: no level was declared. Without a log of events the observed level is not assessable.",
        ),
    ],
)  # fmt: skip
def test_the_summary_says_what_was_declared_and_what_stops(
    result: MaturityResult, level: Level | None, gap: int | None, reason: str | None, words: str
) -> None:
    assert (result.level, result.gap) == (level, gap)
    assert (None if result.gap_reason is None else str(result.gap_reason)) == reason
    assert str(result.summary) == words
    assert str(result.title) == "Channel maturity"


@pytest.mark.parametrize(
    ("result", "statuses"),
    [
        (made(*criteria()), ["met", "met", "not assessable", "not met"]),
        (made(*criteria(again=NEVER)), ["met", "met", "not assessable", "not assessable"]),
        (made(*criteria(FEW)), ["met", "met", "not met", "not met"]),
        (made(*ALL_MET), ["met"] * 4),
        (made(*NOBODY), ["not met"] * 4),
        (made(), ["not assessable"] * 4),
        (
            made(*criteria()[:4], Criterion(level=OMNI, indicator=FEW, threshold=0.9)),
            ["met", "met", "not assessable", "not met"],
        ),
    ],
)
def test_a_level_is_met_not_met_or_not_assessable(result: MaturityResult, statuses: list[str]) -> None:
    table = table_of(result, "maturity-levels")
    assert keys_of(table) == "level meaning declared status"
    rows = [row.split(" | ") for row in rows_of(table)]
    assert [row[3] for row in rows] == statuses
    assert [(row[0], row[2]) for row in rows] == [
        ("single-channel", "no"),
        ("multichannel", "no"),
        ("cross-channel", "no"),
        ("omnichannel", "yes"),
    ]
    assert rows[1][1] == "several routes, each on its own; one customer looks like several"


def test_criteria_and_channels_stand_in_tables() -> None:
    """Wilson: 95 of 100 .8882 to .9785; 5 of 100 .0215 to .1118, which exceeds the .10 that is allowed."""
    result = made(*criteria())
    table = table_of(result, "maturity-criteria")
    assert keys_of(table) == "level criterion value ci_low ci_high test threshold status n denominator"
    assert str(table.caption) == "Criteria of the levels in the log of 2024-01-01/2024-01-31"
    missing = "[there is no identity map]"
    assert rows_of(table) == [
        "single-channel | Active channels | 2 | – | – | ≥ | 1 | met | 2 | 3",
        "multichannel | Active channels | 2 | – | – | ≥ | 2 | met | 2 | 3",
        "cross-channel | Identity match, weakest active channel | 95.00% | 88.82% | 97.85% | ≥ | 85.00% | met"
        " | 95 | 100",
        f"cross-channel | Duplicate identities | {missing} | – | – | ≤ | 2.00% | not assessable | – | –",
        "omnichannel | Repeated information | 5.00% | 2.15% | 11.18% | ≤ | 10.00% | not met | 5 | 100",
    ]
    channels = table_of(result, "maturity-channels")
    assert keys_of(channels) == "channel share share_low active identity_match identity_low events"
    low = {
        counts: f"{100 * wilson(*counts).low:.2f}%" for counts in ((80, 100), (20, 100), (60, 80), (20, 20))
    }
    assert rows_of(channels) == [
        f"branch | 80.00% | {low[80, 100]} | yes | 75.00% | {low[60, 80]} | 80",
        f"kite | 20.00% | {low[20, 100]} | no | 100.00% | {low[20, 20]} | 20",
    ]


def test_the_picture_shows_the_identity_of_every_channel() -> None:
    (figure,) = [one for one in made(*criteria()).blocks() if isinstance(one, Figure)]
    branch, kite = wilson(60, 80), wilson(20, 20)
    assert figure.name == "maturity-identity"
    assert figure.picture == Forest(
        labels=(Label("branch", {"en": "branch", "fa": "شعبه"}), Label("kite")),
        values=(0.75, 1.0),
        lows=(branch.low, kite.low),
        highs=(branch.high, kite.high),
        axis=msg("Events with a customer / events"),
        lines=(0.7,),
    )


def test_json_holds_criteria_channels_traits_and_reasons() -> None:
    payload: Any = made(*criteria()).payload()
    first = payload["criteria"]
    assert first[2] == {
        "level": "cross",
        "criterion": "identity_match",
        "status": "met",
        "test": ">=",
        "threshold": 0.85,
        "tested": IDENTITY.low,
        **{key: value for key, value in IDENTITY.as_json().items() if key != "id"},
    }
    told = [(one["criterion"], one["status"], one["test"], one["tested"]) for one in first]
    assert told == [
        ("active_channels", "met", ">=", 2),
        ("active_channels", "met", ">=", 2),
        ("identity_match", "met", ">=", IDENTITY.low),
        ("duplicate_identity", "not_assessable", "<=", None),
        ("repeat_information", "not_met", "<=", ASKED_AGAIN.high),
    ]
    assert (payload["first_failing"], payload["first_not_assessable"]) == (first[4], first[3])
    assert payload["channels"][1] == {
        "channel": "kite",
        "active": False,
        "share": CHANNELS[1].share.as_json(),
        "identity_match": CHANNELS[1].identity.as_json(),
    }
    observables = [KNOWN.as_json(), UNKNOWN.as_json()]
    assert payload["traits"] == [
        {"number": 4, "id": "interaction", "title": "Talk", "meaning": "both", "observables": observables}
    ]
    assert payload["values"] == [{"id": "seen", "title": "Seen", "metrics": [KNOWN.as_json()]}]
    rest = ("declared", "observed", "gap", "reason", "window", "confidence", "days", "tables")
    assert [payload[key] for key in rest] == ["omni", "multi", 2, None, "2024-01-01/2024-01-31", 0.9, 9, []]
    assert payload["precondition"] == CENTRAL.as_json()
    assert payload["thresholds"]["identity_match"] == 0.7
    assert [one["key"] for one in payload["sources"]] == ["omnichannel-essays"]
    assert {name: len(found) for name, found in payload["checklists"].items()} == {
        "consistency": 7, "practice": 10, "head": 10, "technology": 5
    }  # fmt: skip
    assert payload["checklists"]["head"][9]["number"] == 10


def test_json_without_a_log_is_empty_with_a_reason() -> None:
    payload: Any = made(declared=None, window="").payload()
    keys = (
        "declared",
        "observed",
        "gap",
        "window",
        "first_failing",
        "first_not_assessable",
        "criteria",
        "channels",
    )
    assert [payload[key] for key in keys] == [None] * 6 + [[], []]
    assert payload["reason"] == "there is no log of events"


HEAD = [
    "neutral: Source: essays on omnichannel retail, contact centres, a campaign and banking; an essay: a "
    "practitioner's or author's view, without data of its own.",
    "neutral: Criteria and thresholds are this program's and not the source's; at 90.0 % confidence a threshold from "
    "below is tested on the lower limit, one from above on the upper limit.",
    "table maturity-levels",
]
TRAITS = [
    "### Five traits of omnichannel banking",
    "table maturity-traits",
    "neutral: The five rows are not summed. Replies, prompts and requests count within 9 days. Offers have no "
    "control group here, so their acceptance is no effect.",
]
EMPTY = [
    line
    for caption, n in (
        ("Consistency of the channels, seven items", 7),
        ("Six best practices: three of design, three of implementation", 10),
        ("Ten heads of omnichannel practice", 10),
        ("Technology that the source lists", 5),
    )
    for line in (
        f"### {caption}",
        f"neutral: 0 yes, 0 partly, 0 no; {n} of {n} without an answer that counts.",
    )
]
LAST = ["### Five values that the source wants measured", "table maturity-values"]
CHANNEL_BLOCKS = ["table maturity-channels", "figure maturity-identity"]


def test_a_page_with_a_log_names_what_fails_and_what_is_not_assessable() -> None:
    result = made(*criteria(FEW))
    assert outline(result.blocks()) == [
        *HEAD,
        "table maturity-criteria",
        "bad: First criterion that fails: Identity match, weakest active channel: 90.0 % (59.6 % to 98.2 %); the lower "
        "limit must reach 85.0 %.",
        "warning: The value itself would pass; the records are too few to be sure of it.",
        "undefined: First criterion that is not assessable: Duplicate identities, because there is no identity map.",
        "warning: Declared level minus observed level: 2.",
        *CHANNEL_BLOCKS,
        *TRAITS,
        "undefined: Turns: no log. Needed: a log.",
        *EMPTY,
        *LAST,
    ]


def test_a_page_without_a_log_says_so_once() -> None:
    central = PRECONDITION.lacking(msg("nobody said so"), msg("a document"))
    assert outline(made(central=central).blocks()) == [
        *HEAD,
        "undefined: Precondition: nobody said so. Omnichannel is not assessable before it is met.",
        "undefined: Not assessable: there is no log of events.",
        *TRAITS,
        *EMPTY,
        *LAST,
    ]


def test_a_page_where_all_is_met_has_no_note() -> None:
    lines = outline(made(*ALL_MET[:4], declared=CROSS).blocks())
    assert lines[3:6] == [
        "table maturity-criteria",
        "neutral: Declared level minus observed level: 0.",
        "table maturity-channels",
    ]
    bad = made(*criteria(IDENTITY.share_of(1, 100, 0.95)), declared=None)
    notes = [line for line in outline(bad.blocks()) if line.startswith(("bad", "warning"))]
    assert len(notes) == 1
    ahead = made(*ALL_MET, declared=MULTI)
    (gap,) = [one for one in ahead.blocks() if isinstance(one, Prose) and "minus observed" in str(one.text)]
    assert (gap.status, gap.text.values["gap"]) == (Status.NEUTRAL, Number(-2, Kind.NUMBER))


def test_tables_hold_everything_in_full_and_pages_only_what_was_answered() -> None:
    look = next(one for one in MATURITY_ITEMS if one.id == "consistency.look")
    ratings = tuple(
        Rating(item=one, answer="yes", note="checked") if one is look else Rating(item=one) for one in MATURITY_ITEMS
    )  # fmt: skip
    result = made(*criteria(), ratings=ratings)
    names = [table.name for table in result.tables()]
    checklists = [f"maturity-{one}" for one in ("consistency", "practice", "head", "technology")]
    rest = ["maturity-levels", "maturity-traits", *checklists, "maturity-values"]
    assert names == ["maturity-criteria", "maturity-channels", *rest]
    assert [table.name for table in made().tables()] == rest
    shown = [line for line in outline(result.blocks()) if line in {f"table {one}" for one in checklists}]
    assert shown == ["table maturity-consistency"]
    table = table_of(result, "maturity-consistency")
    assert keys_of(table) == "title answer evidence reason item asks note"
    assert rows_of(table)[0] == (
        "Look | yes | – | not answered | consistency.look | "
        "Every channel looks the same: colours, signs, layout. | checked"
    )
    assert str(table.caption) == "Consistency of the channels, seven items"
    assert keys_of(table_of(result.blocks(), "maturity-consistency")) == "title answer evidence reason"
    for name, lead in (("maturity-traits", "4. Talk"), ("maturity-values", "Seen")):
        full, page = table_of(result, name), table_of(result.blocks(), name)
        assert keys_of(full) == keys_of(page) + " group window definition needed"
        assert rows_of(page)[0].startswith(f"{lead} | Share | 75.00% | ")
    assert rows_of(table_of(result, "maturity-traits"))[1].endswith(" | all | – | of all | a log")
