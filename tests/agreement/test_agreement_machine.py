"""A machine's suggestions beside people: which pairs, in which interviews and round, on which unit and level."""

from __future__ import annotations

from typing import Any

import pytest
from agreement_builder import PROVENANCE, code, coding, study

from omnistudy.agreement.machine_beside import alphas_beside_machine
from omnistudy.agreement.scopes.rows import NO_INTERVAL, AgreementRow
from omnistudy.study.model import Coder, CoderKind, Level, Quotation, Study

TEXT = "Participant: one two three. four five six. seven eight nine.\n"
FIRST, SECOND, THIRD = (13, 27), (28, 42), (43, 60)
BOTH = {"P1": TEXT, "P2": TEXT}


def beside(
    given: Study, suggested: list[tuple[Quotation, str]], unit: Any = "sentence", level: Any = "code"
) -> tuple[str, tuple[AgreementRow, ...]]:
    return alphas_beside_machine(given, suggested, unit=unit, level=level, provenance=PROVENANCE)


def values(rows: tuple[AgreementRow, ...]) -> dict[frozenset[str], float | None]:
    return {frozenset(row.coders): row.value for row in rows}


def test_whole_rows_of_every_pair() -> None:
    """In six sentences x gave a to two, y to one of them, the machine to the other; nothing else was given.

    Two who share one of their codes: 4 or 3 of 12 ratings are a. x with y or with the machine: one sentence
    differs, alpha 1 - (2/12) / (2 · 3 · 9 / 132) = 16/27. y with the machine: two differ of 2 a among 12,
    1 - (4/12) / (2 · 2 · 10 / 132) = -1/10.
    """
    rows = [coding("P1", *FIRST, coder, "a") for coder in "xy"] + [coding("P1", *SECOND, "x", "a")]
    given = study(BOTH, rows)
    name, found = beside(given, [(Quotation("P1", *SECOND), "a")])
    assert name == "machine"
    assert values(found) == {
        frozenset({"machine", "x"}): pytest.approx(16 / 27),
        frozenset({"machine", "y"}): pytest.approx(-1 / 10),
        frozenset({"x", "y"}): pytest.approx(16 / 27),
    }
    for row in found:
        assert (row.scope, row.aggregate, row.coefficient, row.metric, row.unit) == (
            "pair",
            "direct",
            "krippendorff_alpha",
            "masi",
            "sentence",
        )
        assert (row.n_units, row.n_coders, row.ci_method, row.ci_reason) == (6, 2, "none", NO_INTERVAL)
    assert [row.unit for row in beside(given, [], unit="turn")[1]] == ["turn"] * 3


def test_who_the_study_compares_and_no_other_person() -> None:
    rows = [coding("P1", *FIRST, coder, "a") for coder in "xyz"]
    _, found = beside(study(BOTH, rows, agreement={"coders": ["x", "y"]}), [])
    assert sorted(sorted(row.coders) for row in found) == [["machine", "x"], ["machine", "y"], ["x", "y"]]


def test_interviews_and_round_are_those_of_the_study() -> None:
    """r1 is chosen in the settings although r2 is later, and P2 was seen by one person only."""
    rows = [coding("P1", *FIRST, "x", "a", round_="r1"), coding("P1", *SECOND, "y", "a", round_="r1")]
    rows += [coding("P1", *THIRD, coder, "a", round_="r2") for coder in "xy"]
    seen = [("P1", coder, round_) for coder in "xy" for round_ in ("r1", "r2")] + [("P2", "x", "r1")]
    given = study(BOTH, rows, seen=seen, rounds=("r1", "r2"), agreement={"round": "r1"})
    suggested = [(Quotation("P1", *FIRST), "a"), (Quotation("P2", *FIRST), "a")]
    _, found = beside(given, suggested)
    assert {frozenset(row.coders): (row.value, row.n_units) for row in found} == {
        frozenset({"x", "y"}): (pytest.approx(1 - (4 / 6) / (2 * 2 * 4 / 30)), 3),
        frozenset({"x", "machine"}): (1, 3),
        frozenset({"y", "machine"}): (pytest.approx(-1 / 4), 3),
    }
    later = study(BOTH, rows, seen=seen, rounds=("r1", "r2"))
    assert values(beside(later, [(Quotation("P1", *THIRD), "a")])[1])[frozenset({"x", "y"})] == 1


def test_codes_are_compared_at_the_level_asked_for() -> None:
    tree = [code("top", Level.CATEGORY), code("a", parent="top"), code("b", parent="top")]
    rows = [coding("P1", *FIRST, coder, "a") for coder in "xy"]
    given = study(BOTH, rows, codes=tree)
    suggested = [(Quotation("P1", *FIRST), "b")]
    by_level = {
        level: {row.value for row in beside(given, suggested, level=level)[1] if "machine" in row.coders}
        for level in ("code", "category")
    }
    # as codes, a and b in one sentence differ; in their category they are the same
    assert by_level["category"] == {1}
    assert all(value is not None and value < 1 for value in by_level["code"])


def test_a_name_that_is_taken_is_numbered() -> None:
    rows = [coding("P1", *FIRST, coder, "a") for coder in "xy"]
    people = [Coder("x"), Coder("y"), Coder("machine", CoderKind.MACHINE), Coder("machine-2")]
    given = study(BOTH, rows, coders=people, agreement={"coders": ["x", "y"]})
    name, found = beside(given, [])
    assert name == "machine-3"
    assert sum(name in row.coders for row in found) == 2


def test_without_an_interview_that_two_coded_there_is_nothing() -> None:
    rows = [coding("P1", *FIRST, "x", "a"), coding("P2", *FIRST, "y", "a")]
    apart = study(BOTH, rows, seen=[("P1", "x", ""), ("P2", "y", "")])
    assert beside(apart, [(Quotation("P1", *FIRST), "a")]) == ("machine", ())
    unseen = study(BOTH, rows, seen=[], agreement={"double_coded": ["P1"]})
    assert beside(unseen, []) == ("machine", ())
