"""How journeys read: tables, pictures, sentences and the JSON object of a result made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from records_builder import PROVENANCE
from table_texts import rows

from omnistudy.crm.journeys.markov import Chain, Removal
from omnistudy.crm.journeys.result import Drop, JourneysResult, OrderTest, PeakEnd, Switch
from omnistudy.crm.records.model import LoadedTable
from omnistudy.crm.refusals import Refusal
from omnistudy.crm.statistics.intervals import Interval
from omnistudy.pictures import Flow, Heatmap
from omnistudy.results import Figure, Kind, Note, Prose, Status, Table, msg

READ = LoadedTable(
    name="events",
    fields=frozenset(),
    read=9,
    kept=8,
    set_aside=(),
    first_day=None,
    last_day=None,
    timed=False,
    notes=(),
)
WHOLE = JourneysResult(
    provenance=PROVENANCE,
    unit="event",
    path_unit="journey",
    switches=(
        Switch("branch", "branch", 1, 4, 0.125, 0.5),
        Switch("branch", "lobby", 3, 4, 0.5, 0.875),
        Switch("lobby", "branch", 0, 0, None, None),
        Switch("lobby", "lobby", 0, 0, None, None),
    ),
    order_test=OrderTest(5.5, 1, 0.25),
    lengths=((1, 0, 2), (2, 1, 3)),
    drops=(Drop("branch", 2, 4, Interval(0.25, 0.75, "wilson")),),
    chain=Chain(0.2, (Removal("branch", 0.5, 0.25), Removal("lobby", 1.5, 0.75))),
    peak_end=PeakEnd(-1.5, 12, Interval(-2.0, -1.0, "student_t")),
    refusals=(
        Refusal(code="no_emotion", subject="peak_end", reason=msg("nobody felt."), needed=msg("feelings.")),
    ),
    loaded=(READ,),
)
NOTHING = replace(
    WHOLE,
    switches=(),
    order_test=None,
    lengths=(),
    drops=(),
    chain=None,
    peak_end=None,
    refusals=(),
)


def columns(table: Table) -> list[str]:
    return [f"{one.key}: {one.heading} {one.kind.value}" for one in table.columns]


def test_tables() -> None:
    switching, removal, drop_off, lengths, read = WHOLE.tables()
    assert columns(switching) == [
        "from: From channel id",
        "to: To channel id",
        "n: Steps count",
        "share: Share share",
        "ci_low: Lower limit share",
        "ci_high: Upper limit share",
    ]
    never = ("(nobody was seen after this channel)",) * 3
    assert rows(switching) == [
        ("branch", "branch", 1, 0.25, 0.125, 0.5),
        ("branch", "lobby", 3, 0.75, 0.5, 0.875),
        ("lobby", "branch", 0, *never),
        ("lobby", "lobby", 0, *never),
    ]
    assert columns(removal) == [
        "channel: Channel id",
        "effect: Removal effect coefficient",
        "credit: Share of all effects share",
    ]
    assert rows(removal) == [("branch", 0.5, 0.25), ("lobby", 1.5, 0.75)]
    assert columns(drop_off) == [
        "channel: Channel id",
        "ended: Paths that end here without the goal count",
        "reached: Paths that reach it count",
        "share: Drop-off share",
        "ci_low: Lower limit share",
        "ci_high: Upper limit share",
    ]
    assert rows(drop_off) == [("branch", 2, 4, 0.5, 0.25, 0.75)]
    assert columns(lengths) == ["steps: Steps count", "converted: Reach the goal count", "paths: Paths count"]
    assert rows(lengths) == [(1, 0, 2), (2, 1, 3)]
    assert rows(read) == [("events", "rows read", 9, ""), ("events", "rows kept", 8, "")]
    assert [(table.name, str(table.caption)) for table in WHOLE.tables()] == [
        ("crm-switching", "Next steps, with limits from a Dirichlet(1/2) prior"),
        ("crm-removal", "Removal effects, descriptive"),
        ("crm-drop-off", "Where paths end"),
        ("crm-path-lengths", "Lengths of paths"),
        ("records-read", "Records read, kept and set aside"),
    ]
    assert [len(table.rows) for table in NOTHING.tables()] == [0, 0, 0, 0, 2]


def test_channels_are_named_in_the_language_of_the_reader() -> None:
    """A branch is شعبه in Persian; a word of the study's own stays as it is."""
    for table in WHOLE.tables()[:3]:
        named: list[Any] = [row[0] for row in table.rows]
        said = {one.values["name"].in_language("fa") for one in named}
        assert said == ({"شعبه"} if table.name == "crm-drop-off" else {"شعبه", "lobby"})
    [matrix, flow] = [block.picture for block in WHOLE.blocks() if isinstance(block, Figure)]
    assert isinstance(matrix, Heatmap)
    assert isinstance(flow, Flow)
    for labels in (matrix.rows, matrix.columns, flow.sources, flow.targets):
        assert [label.in_language("fa") for label in labels] == ["شعبه", "lobby"]


def test_pictures() -> None:
    matrix, flow = (block for block in WHOLE.blocks() if isinstance(block, Figure))
    assert isinstance(matrix.picture, Heatmap)
    assert isinstance(flow.picture, Flow)
    assert (matrix.name, str(matrix.caption)) == ("crm-switching", "Switching between channels")
    assert str(matrix.alt) == (
        "Matrix of channels: each row is where customers were, each column where they were next."
    )
    assert matrix.picture.values == ((0.25, 0.75), (None, None))
    assert (str(matrix.picture.axis), matrix.picture.kind) == ("Share of next steps", Kind.SHARE)
    assert (flow.name, str(flow.caption)) == ("crm-flow", "Where customers go next")
    assert str(flow.alt) == (
        "Ribbons from the channel of a contact to the channel of the next, as wide as they are frequent."
    )
    assert flow.picture.amounts == ((1.0, 3.0), (0.0, 0.0))
    assert (str(flow.picture.axis), flow.picture.kind) == ("Next steps", Kind.COUNT)


def laid_out(result: JourneysResult) -> list[str]:
    return [
        block.name if isinstance(block, Table | Figure) else str(getattr(block, "text", ""))
        for block in result.blocks()
    ]


ORDER = (
    "Whether the next channel depends on the last one: likelihood ratio 5.5, 1 degrees of freedom, p = 0.25. "
    "Steps of one customer are not independent, so p is a rough guide."
)
DESCRIPTIVE = (
    "Removal effects describe the paths as recorded; they do not say what would happen without the channel."
)


def test_the_section() -> None:
    assert laid_out(WHOLE) == [
        "peak_end is refused: nobody felt. Needed: feelings.",
        "crm-switching",
        "crm-flow",
        "crm-switching",
        ORDER,
        "crm-removal",
        DESCRIPTIVE,
        "crm-drop-off",
        "Peak–end score -1.5 (-2 to -1) over 12 journeys.",
        "records-read",
    ]
    kinds = [type(block) for block in WHOLE.blocks()]
    assert kinds == [Note, Figure, Figure, Table, Prose, Table, Note, Table, Prose, Table]
    [note] = [block for block in WHOLE.blocks() if isinstance(block, Note) and str(block.text) == DESCRIPTIVE]
    assert note.status is Status.NEUTRAL
    assert laid_out(NOTHING) == ["records-read"]
    alone = replace(NOTHING, peak_end=PeakEnd(0.5, 1, None))
    assert laid_out(alone) == ["Peak–end score 0.5 over 1 journeys.", "records-read"]


@pytest.mark.parametrize(
    ("p", "said"),
    [(0.00009, "p < 0.0001"), (0.0001, "p = 0.0001"), (0.04567, "p = 0.04567"), (0.0, "p < 0.0001")],
)
def test_a_tiny_p_is_not_written_as_a_number(p: float, said: str) -> None:
    [prose] = [
        str(block.text)
        for block in replace(NOTHING, order_test=OrderTest(5.5, 1, p)).blocks()
        if isinstance(block, Prose)
    ]
    assert prose == ORDER.replace("p = 0.25", said)


def test_the_json_object() -> None:
    nobody = "nobody was seen after this channel"
    undefined = {"n": 0, "of": 0, "share": None, "ci_low": None, "ci_high": None, "reason": nobody}
    assert WHOLE.payload() == {
        "unit": "event",
        "path_unit": "journey",
        "switching": [
            {
                "from": "branch",
                "to": "branch",
                "n": 1,
                "of": 4,
                "share": 0.25,
                "ci_low": 0.125,
                "ci_high": 0.5,
                "reason": None,
            },
            {
                "from": "branch",
                "to": "lobby",
                "n": 3,
                "of": 4,
                "share": 0.75,
                "ci_low": 0.5,
                "ci_high": 0.875,
                "reason": None,
            },
            {"from": "lobby", "to": "branch", **undefined},
            {"from": "lobby", "to": "lobby", **undefined},
        ],
        "ci_method": "dirichlet_half",
        "order_test": {"ratio": 5.5, "freedom": 1, "p": 0.25},
        "path_lengths": [
            {"steps": 1, "converted": 0, "paths": 2},
            {"steps": 2, "converted": 1, "paths": 3},
        ],
        "drop_off": [
            {"channel": "branch", "ended": 2, "reached": 4, "share": 0.5, "ci_low": 0.25, "ci_high": 0.75}
        ],
        "conversion": 0.2,
        "conversion_reason": None,
        "removal": [
            {"channel": "branch", "effect": 0.5, "credit": 0.25},
            {"channel": "lobby", "effect": 1.5, "credit": 0.75},
        ],
        "peak_end": {"value": -1.5, "n": 12, "ci_low": -2.0, "ci_high": -1.0, "reason": None},
        "refusals": [
            {"code": "no_emotion", "subject": "peak_end", "reason": "nobody felt.", "needed": "feelings."}
        ],
        "tables": [
            {
                "table": "events",
                "read": 9,
                "kept": 8,
                "first_day": None,
                "last_day": None,
                "set_aside": [],
                "notes": [],
            }
        ],
    }
    empty = NOTHING.payload()
    no_paths = "there are no paths to a goal to compute it from: see the refusals"
    assert (empty["conversion"], empty["conversion_reason"]) == (None, no_paths)
    assert (empty["order_test"], empty["peak_end"], empty["removal"]) == (None, None, [])


def test_sentences() -> None:
    assert str(WHOLE.title) == "Channel journeys"
    moved = "3 of 4 next steps change the channel."
    assert str(WHOLE.summary) == f"{moved} 20.0 % of 5 paths reach the goal."
    assert str(replace(WHOLE, chain=None).summary) == moved
    nothing = "No two steps of a customer follow each other."
    assert str(NOTHING.summary) == nothing
    assert str(replace(WHOLE, switches=()).summary) == f"{nothing} 20.0 % of 5 paths reach the goal."
