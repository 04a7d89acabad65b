"""The `saturation` result: JSON of the contract, sentences, parts, meaning, frames."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pytest
from theory_builder import PROVENANCE, Draft, Span, code

from omnistudy.pictures import Lines
from omnistudy.results import Figure, Undefined
from omnistudy.study.model import CrosswalkRow, Level, Role
from omnistudy.theory.saturation.guest_rule import occurrence_of_rows
from omnistudy.theory.saturation.result import (
    SaturationOptions,
    SaturationResult,
    saturation_of,
    saturation_of_table,
)

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


def of_study(**options: object) -> SaturationResult:
    study = Draft(codes=TREE, spans=SPANS).study()
    return saturation_of(study, SaturationOptions(**options), PROVENANCE)  # type: ignore[arg-type]


def of_new(new: list[int], **options: object) -> SaturationResult:
    """A table in which interview t brings new[t] codes that no other interview holds."""
    rows = [(f"P{at}", f"{at}-{n}" if n else "") for at, amount in enumerate(new) for n in range(amount + 1)]
    return saturation_of_table(occurrence_of_rows(rows), SaturationOptions(**options), PROVENANCE)  # type: ignore[arg-type]


def test_new_codes_follow_the_order_of_the_interviews() -> None:
    result = of_study()
    assert result.new == (3, 1, 0, 1, 0, 0, 0, 1)
    assert result.cumulative == (3, 4, 4, 5, 5, 5, 5, 6)
    rolled = of_study(level=Level.SUBCATEGORY)
    assert rolled.new == (2, 0, 0, 0, 0, 0, 0, 0)


def test_parts_are_roles_and_subcategories() -> None:
    parts = {(part.kind, part.id): part for part in of_study().parts}
    assert set(parts) == {
        ("role", "causal"),
        ("role", "outcome"),
        ("subcategory", "trust"),
        ("subcategory", "speed"),
    }
    assert parts["role", "causal"].new == (2, 1, 0, 0, 0, 0, 0, 1)
    assert parts["subcategory", "speed"].guest.first == 4
    assert {part.kind for part in of_study(level=Level.SUBCATEGORY).parts} == {"role"}


def test_codes_of_a_given_frame_are_left_out() -> None:
    result = of_study(frame=frozenset({"speed"}))
    assert result.new == (2, 1, 0, 0, 0, 0, 0, 1)
    assert result.left_out == ("speed", "s0", "s1", "s2")
    assert any("frame" in str(getattr(block, "text", "")) for block in result.blocks())


def test_payload_holds_the_contract() -> None:
    payload = of_study().payload()
    json.dumps(payload, allow_nan=False)
    guest, order, chao2 = payload["guest"], payload["order"], payload["chao2"]
    assert isinstance(guest, list)
    assert isinstance(order, dict)
    assert isinstance(chao2, dict)
    assert set(guest[0]) >= {"base", "run", "threshold", "base_codes", "shares", "first", "sustained"}
    assert (guest[0]["base"], guest[0]["run"], guest[0]["threshold"]) == (4, 2, 0.05)
    assert len(guest) == 12
    assert set(order) >= {"resamples", "median", "p05", "p95", "never"}
    assert order["resamples"] == 40_320
    assert {"estimate", "se"} <= set(chao2)
    assert {"new_codes", "cumulative", "coverage", "rarefaction", "stopping_10_3"} <= set(payload)
    assert payload["stopping_10_3"] is None
    assert "13 interviews" in str(payload["stopping_10_3_reason"])
    meaning = payload["meaning"]
    assert isinstance(meaning, dict)
    assert "not assessed" in meaning["reason"]


def test_sentences_say_codes_and_nothing_more() -> None:
    said = {
        "never": str(of_new([6, 6, 4, 0, 2, 1, 2, 3]).summary),
        "stays": str(of_new([7, 3, 0, 1, 0, 0, 0, 0]).summary),
        "breaks": str(of_new([36, 7, 0, 7, 0, 0, 8, 6]).summary),
        "later": str(of_new([20, 0, 0, 0, 1, 0, 0, 1, 1, 0, 0]).summary),
    }
    assert "not saturated" in said["never"]
    assert "Over all 40,320 orders" in said["never"]
    assert "saturated after interview 4 and stay so" in said["stays"]
    assert "do not stay saturated" in said["breaks"]
    assert "stay saturated after interview 8" in said["later"]
    assert "random orders" in said["later"]
    assert not any("theory" in sentence for sentence in said.values())


@pytest.mark.parametrize("new", [[], [3], [2, 1, 0], [0] * 9])
def test_few_interviews_and_few_codes_are_answers(new: list[int]) -> None:
    result = of_new(new, orders=50)
    payload = result.payload()
    json.dumps(payload, allow_nan=False)
    assert "cannot be judged" in str(result.summary)
    assert result.headline.reason is not None
    order = payload["order"]
    assert isinstance(order, dict)
    assert order["median"] is None
    assert result.blocks()
    assert result.tables()


def test_tables_are_rectangular_and_name_reasons() -> None:
    result = of_new([6, 6, 4, 0, 2, 1, 2, 3])
    for table in (*result.tables(), *of_study().tables()):
        assert all(len(row) == len(table.columns) for row in table.rows), table.name
    guest = next(table for table in result.tables() if table.name == "guest")
    assert isinstance(guest.rows[0][4], Undefined)


def test_comments_on_codings_assess_meaning() -> None:
    study = Draft(codes=TREE, spans=SPANS).study()
    words = {"P1": "warm", "P2": "warm", "P5": "cold", "P7": "warm"}
    commented = tuple(
        replace(c, memo=words.get(c.quotation.interview, "")) if c.code == "t0" else c for c in study.analysed
    )
    result = saturation_of(replace(study, analysed=commented), SaturationOptions(), PROVENANCE)
    assert [(row.code, row.interview, row.place) for row in result.meaning] == [("t0", "P5", 5)]
    assert [(row.properties, row.dimensions, row.comments) for row in result.meaning] == [(0, 0, 2)]


def test_properties_and_dimensions_are_told_from_comments() -> None:
    tree = [code("trust", Level.SUBCATEGORY, properties=["depth"]), code("t0", Level.CODE, "trust")]
    spans: list[Span] = [(f"P{n}", 0, 9, "a", "t0") for n in range(1, 6)]
    study = Draft(codes=tree, spans=spans).study()
    words = {
        "P1": "Depth: low; odd: case",
        "P2": "depth = high",
        "P3": "DEPTH: low",
        "P4": "depth",
        "P5": " ",
    }
    said = tuple(replace(c, memo=words[c.quotation.interview]) for c in study.analysed)
    (row,) = saturation_of(replace(study, analysed=said), SaturationOptions(), PROVENANCE).meaning
    assert (row.properties, row.dimensions, row.comments) == (1, 2, 1)
    assert (row.interview, row.place) == ("P2", 2)


def test_informed_studies_leave_out_the_given_frame() -> None:
    crosswalk = (
        CrosswalkRow(local="speed", reference="ict", relation="exact", rater="r1"),
        CrosswalkRow(local="trust", reference="access", relation="overlap", rater="r1"),
    )
    for mode, left_out in (("blind", ()), ("informed", ("speed", "s0", "s1", "s2"))):
        study = Draft(codes=TREE, spans=SPANS, settings={"reference": {"mode": mode}}).study()
        result = saturation_of(replace(study, crosswalk=crosswalk), SaturationOptions(), PROVENANCE)
        assert result.left_out == left_out


def test_the_band_of_all_orders_is_that_of_a_plain_recount() -> None:
    result = of_new([3, 0, 2, 1], bases=(2,), runs=(1,))
    assert result.band is not None
    counts = [list(itertools.accumulate(order)) for order in itertools.permutations([3, 0, 2, 1])]
    for at, (low, middle, high) in enumerate(
        zip(result.band.low, result.band.median, result.band.high, strict=True)
    ):
        seen = sorted(order[at] for order in counts)
        assert (low, middle, high) == (seen[1], seen[11], seen[22])  # of 24: 5 %, 50 % and 95 %


def test_the_curve_shows_orders_and_what_may_come() -> None:
    figures = [block for block in of_study().blocks() if isinstance(block, Figure)]
    assert [figure.name for figure in figures] == ["new_codes", "saturation"]
    picture = figures[1].picture
    assert isinstance(picture, Lines)
    seen, others, expected = picture.series
    assert seen.values == (3, 4, 4, 5, 5, 5, 5, 6)
    assert len(others.lows) == len(others.highs) == 8
    assert expected.places[-1] == 16
    assert expected.dashed


def test_the_same_seed_gives_the_same_result() -> None:
    new = [5, *itertools.repeat(1, 9)]
    assert of_new(new, orders=200).payload() == of_new(new, orders=200).payload()


def nulls(node: object, path: str = "") -> list[tuple[str, bool]]:
    """Every number of the stopping rules that is null, and whether a reason stands beside it."""
    if isinstance(node, list):
        return [found for part in node for found in nulls(part, path)]
    if not isinstance(node, dict):
        return []
    names = ("median", "p05", "p95", "first", "sustained", "stopping_10_3", "estimate", "coverage", "chao2")
    own = [
        (f"{path}.{name}", bool(node.get(f"{name}_reason") or node.get("reason")))
        for name in names
        if name in node and node[name] is None
    ]
    return own + [found for key, part in node.items() for found in nulls(part, f"{path}.{key}")]


@pytest.mark.parametrize(
    "new", [[6, 6, 4, 0, 2, 1, 2, 3], [7, 3, 0, 1, 0, 0, 0, 0], [3] * 9, [36, 7, 0, 7, 0, 0, 8, 6]]
)
def test_every_percentile_that_falls_on_never_has_its_reason(new: list[int]) -> None:
    found = nulls(of_new(new).payload())
    assert found
    assert [path for path, reasoned in found if not reasoned] == []


def test_a_percentile_that_exists_needs_no_reason() -> None:
    same = occurrence_of_rows((f"P{n}", "c") for n in range(8))
    order = saturation_of_table(same, SaturationOptions(), PROVENANCE).payload()["order"]
    assert isinstance(order, dict)
    assert (order["p05"], order["median"], order["p95"], order["reason"]) == (4, 4, 4, None)
