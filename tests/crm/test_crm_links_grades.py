"""Grades by rule and their sentences: every condition of every grade, at its boundary."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from omnistudy.crm.links.association import Association
from omnistudy.crm.links.grades import (
    Difference,
    Evidence,
    Grade,
    Reliability,
    changed_with_control,
    difference,
    grade,
    sentence,
)
from omnistudy.crm.links.interrupted import Coefficient, Interrupted

UP = Difference(before=0.2, after=0.4, value=0.2, low=0.1, high=0.3)
DOWN = Difference(before=0.4, after=0.2, value=-0.2, low=-0.3, high=-0.1)
OPEN = Difference(before=0.2, after=0.3, value=0.1, low=-0.1, high=0.3)


def series(
    low: float, high: float, placebo: float | None = 0.01, adjusted: tuple[str, ...] = ()
) -> Interrupted:
    """A series whose step has these limits."""
    step = Coefficient("level_change", (low + high) / 2, 1.0, 0.5, low, high)
    others = [
        Coefficient(name, -9.0, 1.0, 0.5, -10.0, -8.0) for name in ("intercept", "slope", "slope_change")
    ]
    return Interrupted(
        rho=0.1, freedom=20, coefficients=(*others[:2], step, others[2]), before=12, after=12, placebo_p=placebo,
        placebo_dates=30, notes=(), adjusted=adjusted,
    )  # fmt: skip


STEP, FALL, NONE = series(0.1, 0.5), series(-0.5, -0.1), series(-0.1, 0.5)


def related(low: float | None, high: float | None, rho: float) -> Association:
    return Association(rho=rho, p=0.01, low=low, high=high, n=14, leave_one_out=(0.6, 0.8), detectable=0.71)


RELATED = {"association": related(0.3, 0.9, 0.7), "registered": True, "p_adjusted": 0.01}
COUNTER = {"association": related(-0.9, -0.3, -0.7), "registered": True, "p_adjusted": 0.01}
SHOWN = Evidence(
    direction="+", role="effect", fit="", salience=(9, 14), metric="csat", difference=UP,
    reliability=Reliability(alpha=0.8, low=0.7, high=0.9), value=0.4, low=0.3, high=0.5, unit="share",
    window="2024-01-01/2024-06-30", date="2024-04-01",
)  # fmt: skip


def given(**changes: Any) -> str:
    return str(grade(replace(SHOWN, **changes)))


@pytest.mark.parametrize(
    ("low", "high", "value", "answers"),
    [
        (0.1, 0.3, 0.2, (True, False, True)),
        (-0.3, -0.1, -0.2, (False, True, True)),
        (-0.1, 0.3, 0.1, (None, None, None)),
        (0.0, 0.3, 0.2, (None, None, None)),
        (-0.3, 0.0, -0.2, (None, None, None)),
    ],
)
def test_a_difference_agrees_where_its_limits_exclude_nothing(
    low: float, high: float, value: float, answers: tuple[bool | None, ...]
) -> None:
    found = Difference(before=0, after=value, value=value, low=low, high=high)
    assert tuple(found.agrees(direction) for direction in ("+", "-", "two-sided")) == answers


def test_a_difference_by_recovered_variances() -> None:
    """Limits by Pythagoras: 5 - 1 = 4, down by √(0.3² + 0.4²) and up by √(0.8² + 0.6²)."""
    found = difference((1.0, 0.4, 1.4), (5.0, 4.7, 5.8), "control")
    assert (found.before, found.after, found.value, found.against) == (1.0, 5.0, 4.0, "control")
    assert (found.low, found.high) == pytest.approx((3.5, 5.0))
    assert difference((1.0, 0.4, 1.4), (5.0, 4.7, 5.8)).against == UP.against == "before"
    # Against a number without error, the limits are those of the other.
    assert difference((1.0, 1.0, 1.0), (5.0, 4.7, 5.8)).high == pytest.approx(4.8)


def test_without_more_than_interviews_it_is_their_reliability_that_counts() -> None:
    assert [given(reliability=Reliability(alpha=alpha, low=0, high=1)) for alpha in (None, 0.666, 0.667)] == [
        "Q0",
        "Q0",
        "A",
    ]
    assert given(difference=None) == "Q1"
    assert given(difference=OPEN) == "Q1"
    assert given(role="moderator") == "Q1"
    assert given(role="confounder", series=STEP) == "Q1"
    assert given(difference=None, reliability=Reliability(alpha=0.1, low=0, high=1)) == "Q0"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "A"),
        ({"series": STEP}, "C"),
        ({"controlled": STEP}, "C"),
        ({"controlled": STEP, "repetitions": 1}, "D"),
        ({"series": STEP, "repetitions": 1}, "C"),
        ({"series": NONE}, "A"),
        ({"series": series(0.0, 0.5)}, "A"),
        ({"series": series(0.1, 0.5, None)}, "A"),
        ({"series": series(0.1, 0.5, 0.05)}, "A"),
        ({"series": series(0.1, 0.5, 0.049)}, "C"),
        ({"series": STEP, "controlled": NONE}, "C"),
        (RELATED, "B"),
        ({**RELATED, "series": STEP}, "C"),
        ({**RELATED, "registered": False}, "A"),
        ({**RELATED, "association": None}, "A"),
        ({**RELATED, "p_adjusted": None}, "A"),
        ({**RELATED, "p_adjusted": 0.05}, "A"),
        ({**RELATED, "p_adjusted": 0.049}, "B"),
        ({**RELATED, "association": related(None, 0.9, 0.7)}, "A"),
        ({**RELATED, "association": related(0.3, None, 0.7)}, "A"),
        ({**RELATED, "association": related(0.0, 0.9, 0.7)}, "A"),
        ({**RELATED, "association": related(-0.9, 0.0, -0.7)}, "A"),
    ],
)
def test_the_grade_of_what_agrees(changes: dict[str, Any], expected: str) -> None:
    assert given(**changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"difference": DOWN}, "X"),
        ({"difference": DOWN, "role": "moderator"}, "X"),
        ({"fit": "discord"}, "X"),
        ({"fit": "expand"}, "A"),
        ({"series": FALL}, "X"),
        ({"series": FALL, "role": "moderator"}, "Q1"),
        ({"series": series(-0.5, -0.1, 0.06)}, "A"),
        ({"series": series(-0.5, 0.0)}, "A"),
        # Where there is a control, the series alone decides nothing.
        ({"series": FALL, "controlled": STEP}, "C"),
        ({"series": STEP, "controlled": FALL}, "X"),
        ({"series": FALL, "controlled": NONE}, "A"),
        (COUNTER, "X"),
        ({**COUNTER, "registered": False}, "A"),
        ({**COUNTER, "p_adjusted": 0.05}, "A"),
        ({**COUNTER, "role": "moderator"}, "Q1"),
        ({"direction": "-", "difference": DOWN, "series": FALL}, "C"),
        ({"direction": "-", "difference": DOWN, **COUNTER}, "B"),
        ({"direction": "-", "difference": DOWN, **RELATED}, "X"),
        ({"direction": "-", "difference": DOWN, "series": STEP}, "X"),
        ({"direction": "two-sided", "difference": DOWN, "series": STEP}, "C"),
        ({"direction": "two-sided", **COUNTER}, "B"),
    ],
)
def test_what_stands_against_the_expectation(changes: dict[str, Any], expected: str) -> None:
    assert given(**changes) == expected


def test_a_step_with_control_is_one_of_the_difference_from_it() -> None:
    assert changed_with_control(replace(SHOWN, controlled=STEP))
    assert not changed_with_control(replace(SHOWN, series=STEP))
    assert not changed_with_control(replace(SHOWN, controlled=FALL))
    assert changed_with_control(replace(SHOWN, controlled=FALL, direction="two-sided"))


def said(at: Grade, **changes: Any) -> str:
    return str(sentence(replace(SHOWN, **changes), at))


def test_every_grade_has_its_sentence() -> None:
    alpha = Reliability(alpha=0.8, low=0.7, high=0.9)
    assert [said(one, reliability=alpha) for one in (Grade.Q0, Grade.Q1, Grade.A, Grade.C, Grade.X)] == [
        "Proposed by informants (9 of 14); reliability of the coding below .667 (alpha = 0.800, 0.700 to 0.900).",
        "Grounded in the interviews (9 of 14); coded with alpha = 0.800 (0.700 to 0.900).",
        "Consistent with csat = 40.0 % (30.0 % to 50.0 %) in 2024-01-01/2024-06-30; not tested.",
        "csat changed after 2024-04-01; other changes at that time are not excluded.",
        "Contradicted by csat; shown because disagreement is a finding.",
    ]
    assert said(Grade.B, **RELATED) == "Associated across 14 cases; association is not causation."
    assert said(Grade.B) == "Associated across 0 cases; association is not causation."
    assert said(Grade.A, unit="score", value=12.5, low=10.0, high=15.0) == (
        "Consistent with csat = 12.5 (10 to 15) in 2024-01-01/2024-06-30; not tested."
    )


def test_sentences_of_the_interviews_alone() -> None:
    without = Reliability(alpha=None, low=None, high=None)
    open_ended = Reliability(alpha=0.9, low=None, high=None)
    low = Reliability(alpha=0.5, low=None, high=None)
    assert said(Grade.Q0, reliability=without) == (
        "Proposed by informants (9 of 14); reliability of the coding not measured."
    )
    assert said(Grade.Q1, reliability=open_ended) == (
        "Grounded in the interviews (9 of 14); coded with alpha = 0.900, without an interval."
    )
    assert said(Grade.Q0, reliability=low) == (
        "Proposed by informants (9 of 14); reliability of the coding below .667 (alpha = 0.500, without an interval)."
    )


def test_what_an_effect_takes_for_granted() -> None:
    start = (
        "Evidence of an effect under the stated assumptions: nothing else changed at {n} dates or places for the metric "
        "and not for its control, both would have kept their trends, the strategy left the control alone, "
    )
    plain = said(Grade.D, controlled=STEP, repetitions=1)
    assert plain == start.format(n=2) + "and errors follow each other as AR(1)."
    held = said(
        Grade.D, controlled=series(0.1, 0.5, adjusted=("nowruz", "month:02", "month:03")), repetitions=2
    )
    assert held == start.format(n=3) + (
        "errors follow each other as AR(1), and Nowruz, months of the year were held constant."
    )
    assert said(Grade.D) == start.format(n=1) + "and errors follow each other as AR(1)."


def test_grades_are_written_as_themselves() -> None:
    assert [str(one) for one in Grade] == ["Q0", "Q1", "A", "B", "C", "D", "X"]
    assert np.all([Grade(str(one)) is one for one in Grade])
