"""Weighted scores and scales: hand-computed values, published data, independent routes."""

from __future__ import annotations

from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from records_builder import PROVENANCE, records_of

from omnistudy.crm.metrics.case import MetricsOptions
from omnistudy.crm.metrics.registry import metrics_of_records
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.crm.refusals import Refusal
from omnistudy.crm.statistics.scale_reliability import ScaleReliability, one_factor, scale_reliability

# Chatterjee & Price (1977), survey of 35 employees in each of 30 departments, the data set "attitude" of R:
# rating, complaints, privileges, learning, raises, critical, advance. Its α is published as 0.84 in the
# documentation of the R package psych, which prints rating as 64.63 on average.
ATTITUDE = """
43 51 30 39 61 92 45  63 64 51 54 63 73 47  71 70 68 69 76 86 48  61 63 45 47 54 84 35  81 78 56 66 71 83 47
43 55 49 44 54 49 34  58 67 42 56 66 68 35  71 75 50 55 70 66 41  72 82 72 67 71 83 31  67 61 45 47 62 80 41
64 53 53 58 58 67 34  67 60 47 39 59 74 41  69 62 57 42 55 63 25  68 83 83 45 59 77 35  77 77 54 72 79 77 46
81 90 50 72 60 54 36  74 85 64 69 79 79 63  65 60 65 75 55 80 60  65 70 46 57 75 85 46  50 58 68 54 64 78 52
50 40 33 34 43 64 33  64 61 52 62 66 80 41  53 66 52 50 63 80 37  40 37 42 58 50 57 49  63 54 42 48 66 75 33
66 77 66 63 88 76 72  78 75 58 74 80 78 49  48 57 44 45 51 83 38  85 85 71 71 77 74 55  82 82 39 59 64 78 39
"""


def attitude() -> np.ndarray:
    return np.array(ATTITUDE.split(), dtype=float).reshape(30, 7)


def rows_of(folder: Path, *names: str, **tables: Any) -> dict[tuple[str, str | None], MetricRow]:
    with records_of(folder, **tables) as records:
        result = metrics_of_records(records, MetricsOptions(metrics=names), PROVENANCE)
    return {(row.metric, row.level): row for row in result.rows}


def test_alpha_of_published_data() -> None:
    data = attitude()
    assert data[:, 0].mean() == pytest.approx(64.63, abs=0.005)
    found = scale_reliability(np.cov(data.T), 30)
    assert isinstance(found, ScaleReliability)
    assert round(found.alpha, 2) == 0.84
    # Hoyt (1941): the same number from the mean squares of respondents and of residuals.
    n, k = data.shape
    rows, columns = data.mean(axis=1), data.mean(axis=0)
    residual = data - rows[:, None] - columns[None, :] + data.mean()
    between = k * ((rows - data.mean()) ** 2).sum() / (n - 1)
    within = (residual**2).sum() / ((n - 1) * (k - 1))
    assert found.alpha == pytest.approx(1 - within / between)
    from scipy.stats import f

    limits = [1 - (1 - found.alpha) * f.ppf(at, n - 1, (n - 1) * (k - 1)) for at in (0.975, 0.025)]
    assert [found.interval.low, found.interval.high] == pytest.approx(limits)


def test_one_factor_is_that_of_statsmodels() -> None:
    from statsmodels.multivariate.factor import Factor

    data = attitude()[:, :5]
    theirs = Factor(data, n_factor=1, method="ml").fit().loadings[:, 0]
    ours = one_factor(np.cov(data.T))
    assert ours is not None
    assert ours == pytest.approx(np.abs(theirs), abs=1e-4)


def test_omega_of_a_scale_that_one_factor_fits_exactly() -> None:
    loadings, uniquenesses = np.array([0.9, 0.8, 0.7, 0.5]), np.array([0.5, 0.6, 0.9, 1.1])
    found = scale_reliability(np.outer(loadings, loadings) + np.diag(uniquenesses), 100)
    assert isinstance(found, ScaleReliability)
    assert found.omega == pytest.approx(2.9**2 / (2.9**2 + 3.1), abs=1e-6)
    assert found.alpha < (found.omega or 0)


@pytest.mark.parametrize(("items", "n"), [(2, 100), (4, 29)])
def test_small_scales_are_refused(items: int, n: int) -> None:
    found = scale_reliability(np.eye(items) + 0.5, n)
    assert isinstance(found, Refusal)
    assert found.code == "scale_too_small"
    assert "3 items and 30" in str(found.needed)


def test_a_scale_whose_items_do_not_vary_is_refused() -> None:
    found = scale_reliability(np.zeros((3, 3)), 100)
    assert isinstance(found, Refusal)
    assert found.code == "scale_constant"


SURVEY = "ts,instrument,item,score,scale_min,scale_max,respondent_id,weight,reversed\n"


def scale_rows(name: str, data: np.ndarray, reversed_item: int) -> str:
    text = ""
    for who, answers in enumerate(data):
        for item, score in enumerate(answers):
            turned = item == reversed_item
            text += f"2024-01-01,scale:{name},i{item},{120 - score if turned else score},20,100,r{who},1,{turned}\n"
    return text


def test_scales_of_a_survey(tmp_path: Path) -> None:
    data = attitude()
    text = SURVEY + scale_rows("Attitude", data, 2) + scale_rows("small", data[:5, :2], 0)
    # Who leaves an item out enters the mean and not the reliability.
    text += "2024-01-01,scale:attitude,i0,20,20,100,incomplete,1,no\n"
    found = rows_of(tmp_path, "scale_mean", "scale_alpha", "scale_omega", survey=text)
    alpha = found["scale_alpha", "attitude"]
    assert alpha.n == 30
    assert round(alpha.value or 0, 2) == 0.84
    assert (alpha.ci_method, found["scale_omega", "attitude"].value is not None) == ("feldt", True)
    assert found["scale_mean", "attitude"].n == 31
    assert found["scale_mean", "attitude"].value == pytest.approx((data.mean(axis=1).sum() + 20) / 31)
    assert "3 items and 30 respondents" in str(found["scale_alpha", "small"].reason)


def test_scales_of_two_lengths_are_not_pooled(tmp_path: Path) -> None:
    text = SURVEY + "2024-01-01,scale:x,a,3,1,5,r1,1,no\n2024-01-01,scale:x,b,3,1,7,r1,1,no\n"
    found = rows_of(tmp_path, "scale_mean", survey=text)
    assert "more than one scale" in str(found["scale_mean", None].reason)


def weighted(instrument: str, pairs: list[tuple[int, float | str]], low: int, high: int) -> str:
    return "".join(
        f"2024-01-01,{instrument},q,{score},{low},{high},r{at},{weight},no\n"
        for at, (score, weight) in enumerate(pairs)
    )


def test_weights_are_declared_and_widen_the_interval(tmp_path: Path) -> None:
    text = SURVEY + weighted("nps", [(10, 2), (9, 1), (7, 1), (3, 2)], 0, 10)
    text += weighted("csat", [(5, 3), (2, 1)], 1, 5) + weighted("ces", [(7, 1), (4, 1), (1, 2)], 1, 7)
    found = rows_of(tmp_path, "nps_weighted", "csat_weighted", "ces_weighted", survey=text)
    nps = found["nps_weighted", "weighted"]
    # Promoters weigh 3 of 6, detractors 2 of 6; six squared over 4 + 1 + 1 + 4.
    assert nps.value == pytest.approx(100 * (3 - 2) / 6)
    assert found["nps_weighted", "effective_n"].value == pytest.approx(36 / 10)
    p, q = 3 / 6, 2 / 6
    half = 1.959963984540054 * sqrt((p + q - (p - q) ** 2) / 3.6)
    assert nps.ci_high == pytest.approx(100 * min(1.0, p - q + half))
    assert found["csat_weighted", "top_two"].value == pytest.approx(3 / 4)
    assert found["csat_weighted", "mean"].value == pytest.approx((15 + 2) / 4)
    assert found["ces_weighted", "five_to_seven"].value == pytest.approx(1 / 4)
    assert found["ces_weighted", "mean"].value == pytest.approx((7 + 4 + 2) / 4)


def test_equal_weights_change_nothing(tmp_path: Path) -> None:
    pairs: list[tuple[int, float | str]] = [(score, 3) for score in (5, 5, 4, 2, 1, 4, 3)]
    text = SURVEY + weighted("csat", pairs, 1, 5)
    found = rows_of(tmp_path, "csat", "csat_weighted", survey=text)
    for level in ("top_two", "mean"):
        plain, heavy = found["csat", level], found["csat_weighted", level]
        assert (plain.value, plain.ci_low, plain.ci_high) == pytest.approx(
            (heavy.value, heavy.ci_low, heavy.ci_high)
        )


def test_an_answer_without_weight_is_named(tmp_path: Path) -> None:
    text = SURVEY + weighted("csat", [(5, 3), (2, "")], 1, 5)
    found = rows_of(tmp_path, "csat_weighted", survey=text)
    assert "have no weight" in str(found["csat_weighted", None].reason)
