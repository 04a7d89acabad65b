"""Weighted scores and scales of surveys, row by row, against values and weights given one by one."""

from __future__ import annotations

from math import sqrt
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from metric_rows import NOBODY, line, lines, lines_of, mean, refused, score_limits
from scipy.special import stdtrit

from omnistudy.crm.metrics.case import By, MetricsOptions

HEADER = "ts,instrument,item,score,scale_min,scale_max,respondent_id,weight,reversed,channel\n"
Pairs = list[tuple[float, float]]


def weighed(instrument: str, pairs: Pairs, low: int, high: int, channel: str = "app") -> str:
    return "".join(
        f"2024-01-01,{instrument},q,{score},{low},{high},r{at},{weight},no,{channel}\n"
        for at, (score, weight) in enumerate(pairs)
    )


def effective(pairs: Pairs) -> float:
    """Kish: the square of the sum of the weights over the sum of their squares."""
    weights = np.array([weight for _, weight in pairs])
    return float(weights.sum() ** 2 / (weights**2).sum())


def worth(name: str, pairs: Pairs, group: str) -> str:
    counted = sum(weight > 0 for _, weight in pairs)
    return line(name, effective(pairs), counted, None, "answers", group=group, level="effective_n")


def weighted_net(pairs: Pairs, group: str) -> str:
    """Answers worth 1, 0 and −1, their weighted mean and its error with the effective number."""
    weights = np.array([weight for _, weight in pairs])
    points = np.array([1.0 if score >= 9 else -1.0 if score <= 6 else 0.0 for score, _ in pairs])
    value = float(np.average(points, weights=weights))
    variance = float(np.average((points - value) ** 2, weights=weights))
    half = NormalDist().inv_cdf(0.975) * sqrt(variance / effective(pairs))
    limits = (max(-100.0, 100 * (value - half)), min(100.0, 100 * (value + half)))
    n = len(pairs)
    return line(
        "nps_weighted", 100 * value, n, n, "score", limits, "wald_effective_n", group=group, level="weighted"
    )


def weighted_share(name: str, pairs: Pairs, least: float, level: str, group: str) -> str:
    whole = sum(weight for _, weight in pairs)
    p = sum(weight for score, weight in pairs if score >= least) / whole
    n = sum(weight > 0 for _, weight in pairs)
    return line(name, p, n, n, "share", score_limits(p, effective(pairs)), "wilson", group=group, level=level)


def weighted_mean(name: str, pairs: Pairs, group: str) -> str:
    weights = np.array([weight for _, weight in pairs])
    scores = np.array([score for score, _ in pairs])
    value, size = float(np.average(scores, weights=weights)), effective(pairs)
    n, limits = int((weights > 0).sum()), None
    if size > 1:
        variance = float(np.average((scores - value) ** 2, weights=weights)) / (size - 1)
        half = float(stdtrit(size - 1, 0.975)) * sqrt(variance)
        limits = (value - half, value + half)
    method = None if limits is None else "student_t_effective_n"
    return line(name, value, n, n, "mean", limits, method, group=group, level="mean")


def by_channel(*names: str) -> MetricsOptions:
    return MetricsOptions(metrics=names, by=By.CHANNEL)


def test_weighted_net_score_by_channel(tmp_path: Path) -> None:
    """Six of weight 6: promoters weigh 3, detractors 2. Passives alone have neither."""
    app: Pairs = [(10, 2), (9, 1), (8, 0.5), (7, 0.5), (6, 1.5), (0, 0.5)]
    web: Pairs = [(7, 1), (8, 3)]
    none: Pairs = [(0, 3), (6, 1), (2, 1)]
    text = (
        HEADER
        + weighed("nps", app, 0, 10)
        + weighed("nps", web, 0, 10, "web")
        + weighed("nps", none, 0, 10, "call")
    )
    assert lines_of(tmp_path, by_channel("nps_weighted"), survey=text) == [
        weighted_net(app, "app"),
        worth("nps_weighted", app, "app"),
        weighted_net(none, "call"),
        worth("nps_weighted", none, "call"),
        weighted_net(web, "web"),
        worth("nps_weighted", web, "web"),
    ]


def test_a_weighted_net_score_stays_within_its_scale(tmp_path: Path) -> None:
    """Three of four promote, with an effective number of 1.8: the upper limit would be 154."""
    pairs: Pairs = [(10, 6), (9, 1), (9, 1), (7, 1)]
    assert lines(tmp_path, "nps_weighted", survey=HEADER + weighed("nps", pairs, 0, 10))[0] == weighted_net(
        pairs, "all"
    )
    worst = [(1.0 if score > 8 else 8, weight) for score, weight in pairs]
    assert lines(tmp_path, "nps_weighted", survey=HEADER + weighed("nps", worst, 0, 10))[0] == weighted_net(
        worst, "all"
    )
    assert " | 100 | wald" in weighted_net(pairs, "all")
    assert " | -100 | " in weighted_net(worst, "all")


def test_weighted_satisfaction_and_effort_by_channel(tmp_path: Path) -> None:
    csat: Pairs = [(5, 3), (4, 1), (2, 1), (1, 0.25)]
    low: Pairs = [(2, 1), (3, 2)]
    ces: Pairs = [(7, 1), (5, 2), (4, 1), (1, 2)]
    text = (
        HEADER + weighed("csat", csat, 1, 5) + weighed("csat", low, 1, 5, "web") + weighed("ces", ces, 1, 7)
    )
    assert lines_of(tmp_path, by_channel("csat_weighted", "ces_weighted"), survey=text) == [
        weighted_share("csat_weighted", csat, 4, "top_two", "app"),
        weighted_mean("csat_weighted", csat, "app"),
        worth("csat_weighted", csat, "app"),
        weighted_share("csat_weighted", low, 4, "top_two", "web"),
        weighted_mean("csat_weighted", low, "web"),
        worth("csat_weighted", low, "web"),
        weighted_share("ces_weighted", ces, 5, "five_to_seven", "app"),
        weighted_mean("ces_weighted", ces, "app"),
        worth("ces_weighted", ces, "app"),
    ]


def test_an_answer_worth_one_has_no_limits_of_its_mean(tmp_path: Path) -> None:
    one: Pairs = [(4, 2.5)]
    assert lines(tmp_path, "csat_weighted", survey=HEADER + weighed("csat", one, 1, 5)) == [
        weighted_share("csat_weighted", one, 4, "top_two", "all"),
        weighted_mean("csat_weighted", one, "all"),
        worth("csat_weighted", one, "all"),
    ]


def test_answers_of_no_weight_do_not_count(tmp_path: Path) -> None:
    with_nothing: Pairs = [(5, 3), (1, 0), (2, 1)]
    found = lines(tmp_path, "csat_weighted", survey=HEADER + weighed("csat", with_nothing, 1, 5))
    assert found[0] == weighted_share("csat_weighted", with_nothing, 4, "top_two", "all")
    assert found[2] == worth("csat_weighted", with_nothing, "all")
    nothing = HEADER + weighed("csat", [(5, 0), (1, 0)], 1, 5)
    assert lines(tmp_path, "csat_weighted", survey=nothing) == [
        line("csat_weighted", None, 0, 0, reason=NOBODY)
    ]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("nps", weighed("nps", [(3, 1)], 0, 9), "the scale of nps is 0 to 9, and the measure is defined for 0 to 10"),
        ("nps", weighed("nps", [(3, 1)], 1, 10), "the scale of nps is 1 to 10, and the measure is defined for 0 to 10"),
        ("ces", weighed("ces", [(3, 1)], 0, 7), "the scale of ces is 0 to 7, and the measure is defined for 1 to 7"),
        ("ces", weighed("ces", [(3, 1)], 1, 8), "the scale of ces is 1 to 8, and the measure is defined for 1 to 7"),
        ("csat", weighed("nps", [(3, 1)], 0, 10), "the survey has no answers to csat"),
        ("csat", "2024-01-01,csat,q,3,1,5,r,,no,app\n", "some answers to csat have no weight"),
        ("csat", weighed("csat", [(3, 1)], 1, 5) + weighed("csat", [(3, 1)], 1, 7),
         "the answers to csat are on more than one scale, which are never pooled"),
    ],
)  # fmt: skip
def test_what_cannot_be_weighed(tmp_path: Path, name: str, text: str, reason: str) -> None:
    # Other answers without a weight do not matter.
    text = HEADER + text + "2024-01-01,other,q,3,1,5,r,,no,app\n"
    assert lines(tmp_path, f"{name}_weighted", survey=text) == [refused(f"{name}_weighted", reason)]


def item(scale: str, name: str, who: str, score: float, high: int = 5, turned: str = "no") -> str:
    return f"2024-01-01,Scale:{scale},{name},{score},1,{high},{who},1,{turned},app\n"


def test_means_of_scales_over_respondents(tmp_path: Path) -> None:
    """r1 has answered 5 and 3, r2 a reversed 2, which is a 4; nobody's answers stand alone. Scales in order."""
    text = (
        HEADER
        + item("Trust", "a", "r1", 5)
        + item("Trust", "b", "r1", 3)
        + item("trust", "a", "r2", 2, turned="yes")
    )
    text += item("Trust", "a", "", 1) + item("Trust", "b", "", 2)
    text += item("Ease", "a", "r1", 3) + "2024-01-01,nps,q,3,0,10,r1,1,no,app\n"
    assert lines(tmp_path, "scale_mean", survey=text) == [
        mean("scale_mean", [3], level="ease"),
        mean("scale_mean", [4, 4, 1, 2], level="trust"),
    ]


@pytest.mark.parametrize("name", ["scale_mean", "scale_alpha", "scale_omega"])
def test_scales_that_are_not_there_or_of_two_lengths(tmp_path: Path, name: str) -> None:
    none = HEADER + "2024-01-01,nps,q,3,0,10,r1,1,no,app\n"
    assert lines(tmp_path, name, survey=none) == [refused(name, "the survey has no instrument scale:<name>")]
    mixed = (
        HEADER
        + item("b", "a", "r", 3)
        + item("b", "c", "r", 3, 7)
        + item("a", "a", "r", 3)
        + item("a", "b", "r", 3, 6)
    )
    reason = "the items of a, b are on more than one scale, which are never pooled"
    assert lines(tmp_path, name, survey=mixed + item("c", "a", "r", 3)) == [refused(name, reason)]


def answered(scale: str, data: np.ndarray) -> str:
    return "".join(
        item(scale, f"i{at}", f"r{who:03d}", score)
        for who, row in enumerate(data)
        for at, score in enumerate(row)
    )


def test_reliability_of_scales_with_those_too_small(tmp_path: Path) -> None:
    """Forty respondents of four items with common answers; two items; three items nobody answered together."""
    random = np.random.default_rng(2)
    common = random.integers(1, 5, (40, 1))
    data = np.clip(common + random.integers(0, 2, (40, 4)), 1, 5)
    covariance = np.cov(data.T)
    alpha = 4 / 3 * (1 - np.trace(covariance) / covariance.sum())
    apart = "".join(item("apart", f"i{at}", f"r{at}", 3) for at in range(3))
    # Who left an item out does not count; who answered an item twice counts with the mean of both.
    text = (
        HEADER
        + answered("whole", data)
        + item("whole", "i0", "late", 5)
        + answered("pair", data[:35, :2])
        + apart
    )
    text += item("whole", "i1", "r007", float(data[7, 1]))
    needed = "; needed: at least 3 items and 30 respondents who answered all of them."
    pair = f"the scale has 2 items answered in full by 35 respondents{needed}"
    none = f"the scale has 3 items answered in full by 0 respondents{needed}"
    found = lines(tmp_path, "scale_alpha", "scale_omega", survey=text)
    for name, at in (("scale_alpha", 0), ("scale_omega", 3)):
        assert found[at : at + 2] == [
            line(name, n=0, unit="coefficient", level="apart", reason=none),
            line(name, n=35, unit="coefficient", level="pair", reason=pair),
        ]
    whole = found[2].split(" | ")
    assert whole[:5] == ["scale_alpha", "all", "None", "None", "whole"]
    assert float(whole[5]) == pytest.approx(alpha, abs=1e-6)
    assert (whole[6:9], whole[11:]) == (["40", "None", "coefficient"], ["feldt", "None"])
    assert float(whole[9]) < alpha < float(whole[10])
    omega = found[5].split(" | ")
    assert (omega[0], omega[4], omega[6:]) == (
        "scale_omega", "whole", ["40", "None", "coefficient", "no limits", "None", "None"],
    )  # fmt: skip
    assert float(omega[5]) == pytest.approx(alpha, abs=0.05)


def test_a_scale_that_one_factor_does_not_fit_has_alpha_and_no_omega(tmp_path: Path) -> None:
    """Correlations .8, .7 and .5, in answers of thirty-two: the first item would have a loading above 1."""
    r = np.array([[1, 0.8, 0.7], [0.8, 1, 0.5], [0.7, 0.5, 1]])
    signs = np.array([[1 if at >> bit & 1 else -1 for bit in range(3)] for at in range(8)] * 4, dtype=float)
    data = 3 + signs @ np.linalg.cholesky(r).T / 3
    alpha, omega = lines(tmp_path, "scale_alpha", "scale_omega", survey=HEADER + answered("x", data))
    assert float(alpha.split(" | ")[5]) == pytest.approx(1.5 * (1 - 3 / 7), abs=1e-5)
    reason = "one common factor does not fit the items: the share of an item's own is at its bound"
    assert omega == line("scale_omega", n=32, unit="coefficient", level="x", reason=reason)


def test_a_scale_on_which_nobody_differs(tmp_path: Path) -> None:
    text = HEADER + answered("x", np.full((30, 3), 3.3))
    reason = "an item or the sum of the items does not vary; needed: items on which respondents differ."
    assert lines(tmp_path, "scale_alpha", "scale_omega", survey=text) == [
        line(name, n=30, unit="coefficient", level="x", reason=reason)
        for name in ("scale_alpha", "scale_omega")
    ]
