"""Saturation for people and scripts: sentences by case, tables, figures and JSON with the same numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from theory_builder import PROVENANCE, Draft, Span, code

from omnistudy.errors import StudyError
from omnistudy.pictures import Bars, Lines
from omnistudy.results import Figure, Heading, Note, Number, Prose, Status, Table, Undefined
from omnistudy.study.model import Level, Role
from omnistudy.theory.saturation.guest_rule import occurrence_of_rows
from omnistudy.theory.saturation.result import (
    SaturationOptions,
    SaturationResult,
    saturation_of,
    saturation_of_table,
)
from omnistudy.theory.saturation.richness import chao, further_units

TREE = [
    code("trust", Level.SUBCATEGORY, role=Role.CAUSAL),
    code("speed", Level.SUBCATEGORY, role=Role.OUTCOME),
    *(code(f"t{n}", Level.CODE, "trust") for n in range(4)),
    *(code(f"s{n}", Level.CODE, "speed") for n in range(3)),
]
HELD = ["t0 t1 s0", "t0 t2", "t1", "s0 s1", "t0", "t2 s1", "t0 t1", "t3"]
SPANS: list[Span] = [
    (f"P{at}", 10 * place, 10 * place + 9, "a", name)
    for at, names in enumerate(HELD, start=1)
    for place, name in enumerate(names.split())
]


def of_study(**options: Any) -> SaturationResult:
    return saturation_of(Draft(codes=TREE, spans=SPANS).study(), SaturationOptions(**options), PROVENANCE)


def of_new(new: list[int], **options: Any) -> SaturationResult:
    """A table in which interview t brings new[t] codes that no other interview holds."""
    rows = [(f"P{at}", f"{at}-{n}" if n else "") for at, amount in enumerate(new) for n in range(amount + 1)]
    return saturation_of_table(occurrence_of_rows(rows), SaturationOptions(**options), PROVENANCE)


def dicts(result: SaturationResult, name: str) -> list[dict[str, Any]]:
    [table] = [table for table in result.tables() if table.name == name]
    keys = [column.key for column in table.columns]
    assert all(keys)
    assert len(set(keys)) == len(keys)
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def plain(cell: Any) -> Any:
    """A cell as JSON has it."""
    if isinstance(cell, Undefined):
        return None
    return cell.value if isinstance(cell, Number) else cell


def prose(result: SaturationResult) -> list[str]:
    return [str(block.text) for block in result.blocks() if isinstance(block, Prose)]


RESULTS = {
    "study": of_study(),
    "never": of_new([6, 6, 4, 0, 2, 1, 2, 3]),
    "stays": of_new([7, 3, 0, 1, 0, 0, 0, 0]),
    "breaks": of_new([36, 7, 0, 7, 0, 0, 8, 6]),
    "few": of_new([2, 1, 0]),
    "one": of_new([3]),
}


@pytest.mark.parametrize("name", list(RESULTS))
def test_tables_and_json_hold_the_same_numbers(name: str) -> None:
    result = RESULTS[name]
    payload: Any = result.payload()
    for row, interview, new, cumulative in zip(
        dicts(result, "new_codes"),
        payload["interviews"],
        payload["new_codes"],
        payload["cumulative"],
        strict=True,
    ):
        assert row == {"interview": interview, "new_codes": new, "cumulative": cumulative}
    assert len(dicts(result, "guest")) == len(payload["guest"]) == 12
    for row, rule in zip(dicts(result, "guest"), payload["guest"], strict=True):
        for key in ("base", "run", "threshold", "base_codes", "first", "sustained"):
            assert plain(row[key]) == rule[key], key
        assert plain(row["last_share"]) == (rule["shares"][-1] if rule["shares"] else None)
        assert (rule["reason"] is None) == (rule["first"] is not None and rule["sustained"] is not None)
    for row, found in zip(dicts(result, "orders"), payload["orders"], strict=True):
        for key in ("base", "run", "threshold", "p05", "median", "p95", "never", "exact"):
            assert plain(row[key]) == found[key], key
        assert row["orders"] == found["resamples"]
        assert str(row["rule"]) == {"first": "first met", "sustained": "sustained"}[found["rule"]]
        assert sum(found["at"].values()) == pytest.approx((1 - found["never"]) * found["resamples"])
    for row, point in zip(dicts(result, "rarefaction"), payload["rarefaction"], strict=True):
        for key in ("interviews", "codes", "ci_low", "ci_high", "coverage"):
            assert plain(row[key]) == point[key], key
        held = len(result.interviews)
        kind = ("fewer interviews", "as held", "more interviews")[
            (point["interviews"] >= held) + (point["interviews"] > held)
        ]
        assert str(row["kind"]) == kind
        assert (
            point["kind"]
            == {"fewer interviews": "rarefied", "as held": "observed", "more interviews": "extrapolated"}[
                kind
            ]
        )
    chao2 = payload["chao2"]
    measures = [plain(row["value"]) for row in dicts(result, "richness")]
    names = ("observed", "in_one_interview", "in_two_interviews", "estimate", "se", "ci_low", "ci_high")
    assert measures[:7] == [chao2[key] for key in names]
    assert measures[7] == payload["coverage"]
    assert measures[8:] == [goal["interviews"] for goal in payload["further_interviews"]]
    assert [goal["share"] for goal in payload["further_interviews"]] == [0.9, 0.95]
    for row, part in zip(dicts(result, "parts"), payload["parts"], strict=True):
        assert (row["codes"], plain(row["first"])) == (part["codes"], part["first"])
        assert str(row["kind"]) == part["kind"]


def test_what_the_json_says_of_a_study() -> None:
    payload: Any = of_study().payload()
    assert (payload["analysis_set"], payload["level"]) == ("any", "code")
    assert payload["codes_left_out"] == []
    assert payload["band"]["resamples"] == payload["order"]["resamples"] == 40_320
    assert payload["band"]["exact"] is True
    assert payload["band"]["p05"][-1] == payload["band"]["p95"][-1] == payload["band"]["median"][-1] == 6
    # t0 3, t1 3, t2 2, s0 2, s1 2, t3 1 interviews: one code seen once, three seen twice
    chao2 = payload["chao2"]
    assert (chao2["observed"], chao2["in_one_interview"], chao2["in_two_interviews"]) == (6, 1, 3)
    assert chao2["estimate"] == pytest.approx(6 + 7 / 8 * 1 / 6)
    parts = {(part["kind"], part["id"]): part for part in payload["parts"]}
    trust = parts["subcategory", "trust"]
    assert (trust["codes"], trust["new_codes"], trust["base"], trust["run"]) == (
        4,
        [2, 1, 0, 0, 0, 0, 0, 1],
        4,
        2,
    )
    assert trust["chao2"] == pytest.approx(4 + 7 / 8 * 1 / 2)
    assert parts["role", "outcome"]["chao2_reason"] is None
    order = payload["order"]
    assert order["sustained"]["rule"] == "sustained"
    assert order["rule"] == "first"


def test_random_orders_are_said_to_be_random() -> None:
    result = of_new([5, *[1] * 9], orders=200)
    payload: Any = result.payload()
    assert payload["band"]["exact"] is False
    assert payload["band"]["resamples"] == 200
    assert "Over 200 random orders" in str(result.summary)
    figure = next(
        block for block in result.blocks() if isinstance(block, Figure) and block.name == "saturation"
    )
    assert isinstance(figure.picture, Lines)
    assert "in 200 random orders" in str(figure.picture.series[1].name)
    everything = next(b for b in of_study().blocks() if isinstance(b, Figure) and b.name == "saturation")
    assert isinstance(everything.picture, Lines)
    assert "in all 40,320 orders" in str(everything.picture.series[1].name)


def test_sentences_give_the_orders_as_limits_and_median() -> None:
    result = RESULTS["stays"]
    order: Any = result.payload()["order"]
    said = str(result.summary)
    assert "the 8 interviews" in said
    assert "(base 4, run 2, threshold 5.0" in said
    assert f"falls at interview {order['p05']} (5 %), interview {order['median']} (median)" in said
    never = str(RESULTS["never"].summary)
    order = RESULTS["never"].payload()["order"]
    assert "not reached" in never
    assert order["p95"] is None
    alone = str(of_new([4, 1, 0, 1, 0, 0], orders=0, bases=(4,)).summary)
    assert "orders" not in alone or "Over all" in alone


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ([3, *[1] * 11], "cannot be applied: it needs 13 interviews"),
        ([3, *[1] * 12], "is not met: no three interviews after the tenth"),
        ([3, *[1] * 9, 0, 0, 0], "is met after 10 interviews: the next three add no code"),
        ([3, *[1] * 10, 0, 0, 0], "is met after 11 interviews"),
        ([3, *[1] * 9, 0, 0, 1], "is not met"),
    ],
)
def test_the_rule_of_ten_and_three_in_words(new: list[int], said: str) -> None:
    result = of_new(new, orders=20)
    assert any(said in text for text in prose(result))
    payload: Any = result.payload()
    met = "is met after" in said
    assert (payload["stopping_10_3"] is not None) == met
    assert (payload["stopping_10_3_reason"] is None) == met
    if not met:
        assert ("13 interviews" in payload["stopping_10_3_reason"]) == (len(new) < 13)


def test_the_section_of_a_report_in_its_order() -> None:
    blocks = list(of_study().blocks())
    assert [block.anchor for block in blocks if isinstance(block, Heading)] == [
        "richness",
        "parts",
        "meaning",
    ]
    assert [block.name for block in blocks if isinstance(block, Table)] == [
        "new_codes",
        "guest",
        "orders",
        "richness",
        "rarefaction",
        "parts",
    ]
    undefined = [b for b in blocks if isinstance(b, Prose) and b.status is Status.UNDEFINED]
    assert ["not assessed" in str(block.text) for block in undefined] == [True]
    seen = [text for text in prose(of_study()) if "codes were seen" in text]
    assert len(seen) == 1
    assert seen[0].startswith("6 codes were seen; the estimated lower bound is 6.146")
    bare = list(RESULTS["one"].blocks())
    assert not [
        block for block in bare if isinstance(block, Table) and block.name in {"orders", "parts", "richness"}
    ]
    assert any("cannot be estimated" in str(block.text) for block in bare if isinstance(block, Note))


def test_the_figures_hold_the_counts() -> None:
    figures = {block.name: block for block in of_study().blocks() if isinstance(block, Figure)}
    bars, lines = figures["new_codes"], figures["saturation"]
    assert isinstance(bars.picture, Bars)
    assert bars.picture.values == (3, 1, 0, 1, 0, 0, 0, 1)
    assert [label.id for label in bars.picture.labels] == [f"P{n}" for n in range(1, 9)]
    assert "3 in the first and 1 in the last; 6 in all" in str(bars.alt)
    assert isinstance(lines.picture, Lines)
    result = of_study()
    seen, others, expected = lines.picture.series
    assert seen.places == others.places == tuple(range(1, 9))
    assert (seen.marked, others.marked, seen.dashed) == (True, False, False)
    assert result.band is not None
    assert (others.lows, others.values, others.highs) == (
        result.band.low,
        result.band.median,
        result.band.high,
    )
    curve = result.richness.curve
    assert expected.places == tuple(point.units for point in curve)
    assert expected.values == tuple(point.classes for point in curve)
    assert expected.lows == tuple(point.low for point in curve)
    assert expected.highs == tuple(point.high for point in curve)
    assert "6 after 8 interviews" in str(lines.alt)
    assert "are to be expected after 16" in str(lines.alt)
    nothing = of_new([0] * 5, orders=20)
    assert not [block for block in nothing.blocks() if isinstance(block, Figure)]


def test_codes_given_beforehand_are_counted_in_a_note() -> None:
    notes = [str(b.text) for b in of_study(frame=frozenset({"speed"})).blocks() if isinstance(b, Note)]
    assert any(note.startswith("4 codes of the frame") for note in notes)
    assert not [b for b in of_study().blocks() if isinstance(b, Note) and "frame" in str(b.text)]
    with pytest.raises(StudyError, match="no code 'sped'"):
        of_study(frame=frozenset({"sped"}))


def test_the_level_is_named_under_the_table_of_a_study() -> None:
    def note(result: SaturationResult) -> str:
        return str(next(table for table in result.tables() if table.name == "new_codes").note)

    assert note(of_study()) == "Counted at the level: code."
    assert note(of_study(level=Level.SUBCATEGORY)) == "Counted at the level: subcategory."
    assert note(RESULTS["stays"]) == "None"


def test_what_is_judged_without_options() -> None:
    payload: Any = of_study().payload()
    rules = [(rule["base"], rule["run"], rule["threshold"]) for rule in payload["guest"]]
    assert rules == [(b, r, t) for t in (0.05, 0.0) for r in (2, 3) for b in (4, 5, 6)]
    assert (payload["chao2"]["reason"], payload["chao2"]["se"] is not None) == (None, True)
    assert payload["chao2"]["ci_low"] < payload["chao2"]["estimate"] < payload["chao2"]["ci_high"]
    assert {part.kind for part in of_study(level=Level.SUBCATEGORY).parts} == {"role"}


def test_meaning_in_table_and_json() -> None:
    study = Draft(codes=TREE, spans=SPANS).study()
    words = {"P1": "warm", "P2": "cold"}
    told = tuple(
        replace(c, memo=words.get(c.quotation.interview, "")) if c.code == "t0" else c for c in study.analysed
    )
    result = saturation_of(replace(study, analysed=told), SaturationOptions(orders=10), PROVENANCE)
    payload: Any = result.payload()["meaning"]
    assert payload == {
        "reason": None,
        "codes": [
            {
                "code": "t0",
                "properties": 0,
                "dimensions": 0,
                "comments": 2,
                "last_interview": "P2",
                "position": 2,
            }
        ],
    }
    [row] = dicts(result, "meaning")
    assert {key: row[key] for key in ("code", "properties", "dimensions", "comments", "position")} == {
        key: payload["codes"][0][key] for key in ("code", "properties", "dimensions", "comments", "position")
    }
    assert row["interview"] == "P2"
    assert "meaning" in [block.name for block in result.blocks() if isinstance(block, Table)]


def test_an_estimate_at_the_edges_of_its_formula() -> None:
    """T = 10: with f1 = 3 and f2 = 1 unseen is .9 · 9/2; with f2 = 0 it is .9 · 3 · 2/2."""
    one_twice, none_twice = chao(10, 5, 3, 1), chao(10, 5, 3, 0)
    assert (one_twice.unseen, none_twice.unseen) == pytest.approx((0.9 * 9 / 2, 0.9 * 3))
    assert one_twice.se is not None
    assert none_twice.se is not None
    single = chao(10, 5, 1, 0)
    assert (single.unseen, single.se) == (0, None)
    assert single.reason is not None
    assert further_units(one_twice, 1.0) is None
    assert further_units(chao(2, 5, 2, 1), 1.0) is None  # unseen is exactly 1 here
    assert further_units(one_twice, 5 / (5 + 4.05)) == pytest.approx(0, abs=1e-9)
    assert [result.name for result in RESULTS["few"].tables()][3] == "richness"


def test_a_curve_needs_two_interviews() -> None:
    names = [block.name for block in RESULTS["one"].blocks() if isinstance(block, Figure)]
    assert names == ["new_codes"]
    pair = [block.name for block in of_new([3, 1], orders=5).blocks() if isinstance(block, Figure)]
    assert pair == ["new_codes", "saturation"]


def test_parts_without_a_code_in_use_have_a_reason() -> None:
    only = [span for span in SPANS if span[4].startswith("t")]
    result = saturation_of(Draft(codes=TREE, spans=only).study(), SaturationOptions(orders=10), PROVENANCE)
    payload: Any = result.payload()
    for row, part in zip(dicts(result, "parts"), payload["parts"], strict=True):
        assert plain(row["coverage"]) == part["coverage"]
        assert plain(row["chao2"]) == part["chao2"]
        assert (part["coverage_reason"] is None) == (part["coverage"] is not None)
        assert isinstance(row["coverage"], Undefined) == (part["coverage"] is None)
    for point, row in zip(payload["rarefaction"], dicts(result, "rarefaction"), strict=True):
        assert (point["coverage_reason"] is None) == (point["coverage"] is not None)
        assert isinstance(row["coverage"], Undefined) == (point["coverage"] is None)


def test_the_further_the_extrapolation_the_wider_its_interval() -> None:
    points = [point for point in RESULTS["study"].richness.curve if point.kind == "extrapolated"]
    widths = [point.high - point.low for point in points]
    assert widths == sorted(widths)
    assert widths[0] > 0
    for point in RESULTS["study"].richness.curve:
        assert point.low <= point.classes <= point.high
        assert point.high - point.classes == pytest.approx(point.classes - point.low)
