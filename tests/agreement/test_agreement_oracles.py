"""Other packages on random ratings, each fed the raw data, where each is right."""

from __future__ import annotations

import numpy as np
import pytest
from agreement_builder import random_table, table

from omnistudy.agreement.programs.cross_check import TOLERANCE, cross_check


def largest_difference(first: int, count: int) -> tuple[float, int]:
    worst, compared = 0.0, 0
    for seed in range(first, first + count):
        generator = np.random.default_rng(seed)
        m, n, k = (int(generator.integers(low, high)) for low, high in ((2, 13), (1, 61), (1, 10)))
        missing = float(generator.choice([0.0, generator.uniform(0, 0.6)]))
        data = random_table(seed, m, n, k, missing)
        if all(value is None for coder in data for value in coder):
            continue
        found = cross_check(table(data))
        compared += len(found.rows)
        for row in found.rows:
            if row.difference is not None:
                worst = max(worst, row.difference)
    return worst, compared


def test_random_matrices_agree_with_the_peers() -> None:
    worst, compared = largest_difference(0, 60)
    assert compared > 1000
    assert worst <= TOLERANCE


@pytest.mark.slow
def test_many_random_matrices_agree_with_the_peers() -> None:
    worst, _ = largest_difference(1_000_000, 200)
    assert worst <= TOLERANCE


def test_code_sets_are_checked_code_by_code() -> None:
    found = cross_check(table([["a|b", "a", "b", "|", "b"], ["a", "a", "b", "b", "|"]]))
    assert found.agrees
    assert {row.about.split(":")[0] for row in found.rows} == {"a", "b"}


def test_a_wrong_value_is_noticed() -> None:
    from dataclasses import replace

    from omnistudy.agreement.programs.cross_check import CrossCheck

    found = cross_check(table(random_table(1, 3, 20, 3, 0.1)))
    assert found.agrees
    spoiled = CrossCheck((replace(found.rows[0], ours=(found.rows[0].ours or 0) + 1e-6), *found.rows[1:]))
    assert not spoiled.agrees
    missing = CrossCheck((replace(found.rows[0], ours=None),))
    assert not missing.agrees
