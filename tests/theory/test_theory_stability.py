"""Stability under resampled interviews: closed form, simulation, speed."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from omnistudy.theory.counts.stability import exact_stability, leave_one_out, stability


@pytest.mark.parametrize(("holding", "published"), [(2, 0.407), (3, 0.722), (4, 0.890), (5, 0.963)])
def test_closed_form_for_fourteen_interviews(holding: int, published: float) -> None:
    n, k = 14, holding
    formula = 1 - (1 - k / n) ** n - k * ((1 - (k - 1) / n) ** n - (1 - k / n) ** n)
    assert exact_stability(holding, 14) == pytest.approx(formula, abs=1e-12)
    assert exact_stability(holding, 14) == pytest.approx(published, abs=5e-4)


@pytest.mark.parametrize("needed", [1, 2, 3])
def test_exact_value_equals_the_enumeration_of_all_resamples(needed: int) -> None:
    for holding in range(6):
        kept = sum(
            len({i for i in drawn if i < holding}) >= needed
            for drawn in itertools.product(range(5), repeat=5)
        )
        assert exact_stability(holding, 5, min_interviews=needed) == pytest.approx(kept / 5**5, abs=1e-12)


def test_simulation_comes_near_the_closed_form() -> None:
    counts = np.zeros((14, 6), dtype=np.int64)
    for code in range(6):
        counts[:code, code] = 1 + code % 3
    shares = stability(counts, resamples=20_000, seed=3)
    assert shares == pytest.approx([exact_stability(k, 14) for k in range(6)], abs=0.012)
    assert (stability(counts, seed=3) == stability(counts, seed=3)).all()
    assert (stability(counts, seed=3) != stability(counts, seed=4)).any()


def test_quotations_count_once_however_often_the_interview_is_drawn() -> None:
    counts = np.asarray([[1, 5], [1, 5], [0, 0]], dtype=np.int64)
    four = stability(counts, resamples=4000, min_quotations=4)
    assert four[0] == 0.0
    assert four[1] == pytest.approx(exact_stability(2, 3), abs=0.03)


def test_leave_one_out_names_the_interviews_a_code_depends_on() -> None:
    counts = np.asarray([[2, 1, 1], [2, 1, 0], [0, 1, 0]], dtype=np.int64)
    assert leave_one_out(counts).tolist() == [
        [True, False, False],
        [True, False, False],
        [False, False, False],
    ]


def test_nothing_to_resample() -> None:
    assert stability(np.zeros((0, 3), dtype=np.int64)).tolist() == [0.0, 0.0, 0.0]
    assert exact_stability(0, 0) == 0.0


def test_resampling_sixty_interviews_and_five_hundred_codes_is_fast() -> None:
    counts = np.random.default_rng(0).poisson(50_000 / 60 / 500, (60, 500))
    start = time.process_time()
    stability(counts, resamples=2000)
    assert time.process_time() - start < 2.5
