"""However the engine cuts its work into pieces, and whichever way it counts, the numbers are the same."""

from __future__ import annotations

from itertools import combinations
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from agreement_builder import bare, of_table, random_table, row_of, table

from omnistudy.agreement.intervals import replicates
from omnistudy.agreement.intervals.replicates import Draws, View, by_interview, by_unit, replicate
from omnistudy.agreement.matrices import ratings_of_contingency
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings import counts
from omnistudy.agreement.ratings.counts import Block, tally
from omnistudy.agreement.ratings.rating_table import Ratings, UnitFrame, set_ratings
from omnistudy.agreement.scopes import scope
from omnistudy.agreement.scopes.rows import LEFT_UNDEFINED, AgreementRow
from omnistudy.agreement.sources.from_table import ratings_of_table

NAMES = ("percent_agreement", "holsti", "light_kappa", "conger_kappa", "gwet_ac1", "krippendorff_alpha")


def with_interviews(missing: float) -> Any:
    """Four coders, 150 units in seven interviews, five categories: nearly every unit has its own pattern."""
    data = random_table(3, 4, 150, 5, missing)
    columns = {f"c{g}": ["" if x is None else x for x in coder] for g, coder in enumerate(data)}
    units = {"unit": [str(at) for at in range(150)], "interview": [f"P{at % 7}" for at in range(150)]}
    return ratings_of_table(bare({**units, **columns})).ratings


def all_rows(resamples: int) -> list[AgreementRow]:
    rows: list[AgreementRow] = []
    ci = "percentile" if resamples else "jackknife"
    for ratings in (
        with_interviews(0.2),
        with_interviews(0.0),
        ratings_of_contingency([[20, 5, 1], [3, 30, 2], [1, 4, 40]]),
        table([["a|b", "a", "|", None, "b"] * 30, ["a", "b", "|", "b", "a|b"] * 30]),
    ):
        for cluster in ("interview", "unit"):
            options = AgreementOptions(coefficients=NAMES, ci=ci, resamples=resamples, cluster=cluster)
            rows += of_table(ratings, options).rows
        if isinstance(ratings, Ratings):
            alpha = ("krippendorff_alpha",)
            ordinal = AgreementOptions(coefficients=alpha, metric="ordinal", ci=ci, resamples=resamples)
            rows += of_table(ratings, ordinal).rows
    return rows


def numbers(rows: list[AgreementRow]) -> list[tuple[Any, ...]]:
    fields = ("value", "observed", "expected", "se", "ci_low", "ci_high", "p_below_667", "p_below_80")
    counted = ("coefficient", "resamples", "n_units", "n_pairable", "missing_share", "flag")
    return [
        (
            *(None if getattr(row, name) is None else near(getattr(row, name)) for name in fields),
            *(getattr(row, name) for name in counted),
        )
        for row in rows
    ]


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-9, abs=1e-9)


@pytest.fixture(scope="module")
def usual() -> dict[int, list[tuple[Any, ...]]]:
    return {resamples: numbers(all_rows(resamples)) for resamples in (0, 120)}


@pytest.mark.parametrize(
    ("module", "bounds", "resamples"),
    [
        (counts, {"BLOCK_CELLS": 64}, 0),
        (counts, {"BLOCK_CELLS": 64}, 120),
        (counts, {"_DENSE_KEYS": 0}, 120),
        # without patterns every unit is drawn by itself, so the resamples are others
        (counts, {"_DENSE_KEYS": 0, "_SAMPLE": 10}, 0),
        (replicates, {"_CACHED_CELLS": 0}, 0),
        (replicates, {"_DRAW_BLOCK": 1}, 120),
        (replicates, {"_DRAW_BLOCK": 1000}, 120),
    ],
)
def test_pieces_change_nothing(
    module: ModuleType,
    bounds: dict[str, int],
    resamples: int,
    usual: dict[int, list[tuple[Any, ...]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in bounds.items():
        monkeypatch.setattr(module, name, value)
    if "_CACHED_CELLS" in bounds:
        monkeypatch.setattr(counts, "BLOCK_CELLS", 64)
    assert numbers(all_rows(resamples)) == usual[resamples]


@pytest.mark.parametrize("dense", [True, False])
def test_a_tally_is_a_count_of_patterns(monkeypatch: pytest.MonkeyPatch, *, dense: bool) -> None:
    if not dense:
        monkeypatch.setattr(counts, "_DENSE_KEYS", 0)
    ratings = table(
        [["a", "a", None, "a", "c"], ["b", "b", "c", "b", "c"], [None, None, None, "c", None]],
        categories=["a", "b", "unused", "c"],
    )
    assert isinstance(ratings, Ratings)
    found = tally(ratings)
    assert found.used.tolist() == [0, 1, 3]
    patterns = {
        tuple(column): int(n) for column, n in zip(found.codes.T.tolist(), found.multiplicity, strict=True)
    }
    assert patterns == {(0, 1, -1): 2, (-1, 2, -1): 1, (0, 1, 2): 1, (2, 2, -1): 1}
    assert [tuple(found.codes.T.tolist()[at]) for at in found.pattern] == [
        (0, 1, -1),
        (0, 1, -1),
        (-1, 2, -1),
        (0, 1, 2),
        (2, 2, -1),
    ]
    assert (found.m, found.d, found.k, found.n_units, found.n_pairable) == (3, 4, 3, 5, 4)
    assert found.missing_share == pytest.approx(1 - 10 / 15)
    assert found.totals.tolist() == [3, 3, 3]  # the single rating of the third unit is in no pair
    assert (found.varies, found.ratings_per_unit) == (True, (1, 2, 3))
    # a against the rest
    mapped = found.mapped(np.array([1, 0, 0, 0, -1], np.int8))
    assert (mapped.used.tolist(), mapped.n_units) == ([0, 1], 5)
    weighted = Ratings(
        coders=ratings.coders,
        categories=ratings.categories,
        codes=ratings.codes,
        frame=UnitFrame(ids=ratings.frame.ids, weight=np.array([3, 0, 2, 1, 1])),
    )
    again = tally(weighted)
    times = {
        tuple(column): int(n) for column, n in zip(again.codes.T.tolist(), again.multiplicity, strict=True)
    }
    assert times == {(0, 1, -1): 3, (-1, 2, -1): 2, (0, 1, 2): 1, (2, 2, -1): 1}


def test_a_table_without_units_has_no_share_of_missing_ratings() -> None:
    empty = Ratings(
        coders=("x", "y"),
        categories=("a",),
        codes=np.zeros((2, 0), np.int8),
        frame=UnitFrame(ids=np.array([])),
    )
    found = tally(empty)
    assert (found.n_units, found.n_pairable, found.missing_share, found.ratings_per_unit) == (0, 0, None, ())
    assert not found.varies


def test_counts_of_a_block() -> None:
    block = Block(np.array([[0, -1, 1], [0, -1, 0], [1, 1, 0]]), 2)
    assert block.counts.tolist() == [[2, 1], [0, 1], [2, 1]]
    assert block.rated.tolist() == [3, 1, 3]
    assert block.pairable.tolist() == [True, False, True]


def test_three_hundred_coders() -> None:
    """More than 255 ratings of one category, and patterns of more digits than a whole number holds."""
    data = [["a", "b", "a"]] * 300 + [["a", "a", "a"]] * 20
    row = row_of(data, "percent_agreement")
    alike = (300 * 299 + 20 * 19) / (320 * 319)
    assert row.value == pytest.approx((2 + alike) / 3)
    assert (row.n_coders, row.n_units) == (320, 3)


def test_thirty_coders_pair_by_pair() -> None:
    data = random_table(2, 30, 40, 4, 0.1)
    pairs = []
    for unit in zip(*data, strict=True):
        rated = [x for x in unit if x is not None]
        pairs.append(np.mean([a == b for a, b in combinations(rated, 2)]))
    assert row_of(data, "percent_agreement").value == pytest.approx(np.mean(pairs))


@pytest.mark.parametrize("n", [20, 40])
def test_the_bootstrap_of_a_share_is_binomial(n: int) -> None:
    """Twenty units are drawn one by one, forty of two patterns by a multinomial."""
    data = [["a"] * n, ["a"] * (3 * n // 4) + ["b"] * (n // 4)]
    row = row_of(data, "percent_agreement", ci="percentile", resamples=6000)
    assert row.se == pytest.approx((0.75 * 0.25 / n) ** 0.5, rel=0.04)
    from scipy.stats import binom

    below = binom.cdf(np.ceil(0.667 * n) - 1, n, 0.75)
    assert row.p_below_667 == pytest.approx(below, abs=0.02)


def test_what_is_sampled() -> None:
    """Units u0 u1 u2 have one pattern, u3 another; A holds u0 and u3, C the rest, and B nothing."""
    ratings = table([["a", "a", "a", "b"], ["b", "b", "b", "b"]])
    assert isinstance(ratings, Ratings)
    counted = tally(ratings)
    single = by_unit(counted)
    assert (single.cluster, single.n, single.multiplicity.tolist(), single.membership) == (
        "unit",
        4,
        [3, 1],
        None,
    )
    whole = by_interview(counted, np.array([0, 2, 2, 0]))
    assert whole.membership is not None
    assert (whole.cluster, whole.n, whole.multiplicity.tolist()) == ("interview", 2, [1, 1])
    assert sorted(zip(*whole.membership.tolist(), strict=True)) == [(0, 0, 1), (0, 1, 1), (1, 0, 2)]
    heavy = by_interview(counted, np.array([0, 2, 2, 0]), np.array([5, 1, 2, 4]))
    assert heavy.membership is not None
    assert sorted(zip(*heavy.membership.tolist(), strict=True)) == [(0, 0, 5), (0, 1, 4), (1, 0, 3)]


def one_view(resamples: int, effort: int, *, jackknife: bool = False) -> Any:
    ratings = table(random_table(6, 2, 50, 3, 0.0))
    assert isinstance(ratings, Ratings)
    counted = tally(ratings)
    from omnistudy.agreement.coefficients.kappas import PooledMargins
    from omnistudy.agreement.ratings.weights import weights_for

    view = View(counted, PooledMargins(weights_for("identity", ratings, counted.used), counted.k))
    draws = Draws(resamples=resamples, seed=1, effort=effort)
    [found] = replicate([view], by_unit(counted), draws, jackknife=jackknife)
    return found, counted


def test_the_effort_at_which_sums_are_drawn_from_their_normal_limit() -> None:
    """50 units in nine patterns: a resample costs 58 draws, or 12 per pattern where that is less."""
    _, counted = one_view(0, 0)
    cost = 10 * min(12 * counted.d, 58)
    assert [one_view(10, effort)[0].exact for effort in (cost - 1, cost, cost + 1)] == [False, True, True]
    nothing, _ = one_view(0, 0)
    assert (len(nothing.drawn), nothing.exact, len(nothing.left_out), len(nothing.multiplicity)) == (
        0,
        True,
        0,
        0,
    )
    left, counted = one_view(0, 0, jackknife=True)
    assert (len(left.left_out), left.multiplicity.tolist()) == (counted.d, counted.multiplicity.tolist())


def test_wide_coefficients_have_no_normal_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Percent agreement has two features and fits; alpha of three categories has four and does not."""
    monkeypatch.setattr(scope, "MAIN_EFFORT", 0)
    data = random_table(6, 2, 50, 3, 0.0)

    def found(name: str) -> AgreementRow:
        return row_of(data, name, ci="percentile", resamples=300)

    for widest, exist in ((2, (True, False)), (4, (True, True))):
        monkeypatch.setattr(replicates, "_WIDEST_NORMAL", widest)
        rows = [found(name) for name in ("percent_agreement", "krippendorff_alpha")]
        assert [row.ci_method for row in rows] == ["percentile_normal"] * 2
        assert tuple(row.ci_low is not None for row in rows) == exist
    monkeypatch.setattr(replicates, "_WIDEST_NORMAL", 2)
    missing = found("krippendorff_alpha")
    assert (missing.resamples, missing.p_below_667, missing.ci_reason) == (0, None, LEFT_UNDEFINED)
    both = AgreementOptions(
        coefficients=("percent_agreement", "krippendorff_alpha"), ci="percentile", resamples=300
    )
    assert [row.ci_low is None for row in of_table(data, both).rows] == [False, True]


@pytest.mark.parametrize("block", [1, 64, 1000])
def test_normal_sums_in_pieces_are_the_same(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three features at a time, for block // 5 resamples; the sums keep the mean and the spread of the units'."""
    whole, counted = one_view(400, 0)
    monkeypatch.setattr(replicates, "_DRAW_BLOCK", block)
    pieces, _ = one_view(400, 0)
    assert pieces.drawn == pytest.approx(whole.drawn, abs=1e-12)
    assert (len(pieces.drawn), pieces.exact, counted.n_units) == (400, False, 50)
    exact, _ = one_view(4000, 10**12)
    assert np.mean(whole.drawn) == pytest.approx(np.mean(exact.drawn), abs=0.02)
    assert np.std(whole.drawn) == pytest.approx(np.std(exact.drawn), rel=0.1)


def test_rows_that_stand_for_no_unit_count_nowhere() -> None:
    """The only unit that three rated occurs 0 times, so Fleiss' kappa has two ratings everywhere."""
    ratings = table([["a", "a", "a"], ["b", "a", "b"], [None, None, "b"]])
    assert isinstance(ratings, Ratings)
    weighted = Ratings(
        coders=ratings.coders,
        categories=ratings.categories,
        codes=ratings.codes,
        frame=UnitFrame(ids=ratings.frame.ids, weight=np.array([2, 3, 0])),
    )
    found = tally(weighted)
    assert (found.ratings_per_unit, found.n_units, found.n_pairable) == ((2,), 5, 5)
    assert found.totals.tolist() == [8, 2]
    row = row_of(weighted, "fleiss_kappa")
    assert row.value == near((0.6 - 0.68) / 0.32)


def test_only_intervals_from_resamples_are_always_exact() -> None:
    for ci in ("bca", "percentile"):
        assert scope.draws_for(AgreementOptions(ci=ci, resamples=7, seed=3)).effort == scope.MAIN_EFFORT
    for ci in ("jackknife", "jackknife_z", "analytic", "kalpha", "none"):
        draws = scope.draws_for(AgreementOptions(ci=ci, resamples=7, seed=3))
        assert (draws.resamples, draws.seed, draws.effort) == (7, 3, scope.SIDE_EFFORT)


def test_sets_are_numbered_by_what_was_asked_and_answered() -> None:
    applied = np.array([[[1, 0, -1], [0, 0, 1], [1, 1, 0]], [[1, 0, 0], [0, 0, 0], [1, 0, -1]]], np.int8)
    seen = np.array([[True, True, True], [True, False, True]])
    frame = UnitFrame(ids=np.array(["u", "v", "w"], dtype=object))
    found = set_ratings(coders=("x", "y"), codes=("a", "b", "c"), applied=applied, seen=seen, frame=frame)
    answers = [[None if s < 0 else found.states[s].tolist() for s in coder] for coder in found.index.tolist()]
    assert answers == [[[1, 0, -1], [0, 0, 1], [1, 1, 0]], [[1, 0, 0], None, [1, 0, -1]]]
    assert len(found.states) == 4
    # not asked for c, and asked without applying it, are the same set
    sets = found.as_sets
    assert [[None if s < 0 else sets.categories[s] for s in coder] for coder in sets.codes.tolist()] == [
        ["a", "c", "a | b"],
        ["a", None, "a"],
    ]
    assert [set(np.array(found.codes)[row]) for row in found.members] == [
        set(label.split(" | ")) for label in sets.categories
    ]
    assert found.binary(2).codes.tolist() == [[-1, 1, 0], [0, -1, -1]]
    assert found.binary(2).categories == ("absent", "c")
    part = found.of_coders([1]).of_units(np.array([0, 2]))
    assert (part.coders, part.index.shape, list(part.frame.ids)) == (("y",), (1, 2), ["u", "w"])
    nothing = set_ratings(
        coders=("x",),
        codes=(),
        applied=np.zeros((1, 2, 0), np.int8),
        seen=np.array([[True, False]]),
        frame=frame,
    )
    assert (nothing.states.shape, nothing.index.tolist()) == ((1, 0), [[0, -1]])


def test_a_category_that_only_single_ratings_used_widens_no_scale() -> None:
    """Observed agreement is relative to the largest difference among ratings that are compared."""
    data: list[list[str | None]] = [["1", "2", "2", "9"], ["1", "1", "2", None]]
    wide = row_of(data, "krippendorff_alpha", metric="ordinal")
    narrow = row_of([coder[:3] for coder in data], "krippendorff_alpha", metric="ordinal")
    assert (wide.value, wide.observed, wide.expected) == (narrow.value, narrow.observed, narrow.expected)
