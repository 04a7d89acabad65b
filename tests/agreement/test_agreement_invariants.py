"""What must hold for every coefficient of the registry, whatever the data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from agreement_builder import PROVENANCE, of_table, pick, random_table, row_of, table, value_of
from hypothesis import given, settings
from hypothesis import strategies as st

from omnistudy.agreement.analysis import agreement_of_table
from omnistudy.agreement.coefficients.explanations import EXPLANATIONS
from omnistudy.agreement.coefficients.metrics import (
    jaccard_distance,
    masi_distance,
    paired_distances,
    set_distances,
)
from omnistudy.agreement.coefficients.registry import COEFFICIENTS, Chance
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings.rating_table import Ratings

OF_RATINGS = [row.name for row in COEFFICIENTS.values() if not row.spans]
CHANCE_FROM_RATINGS = [name for name in OF_RATINGS if COEFFICIENTS[name].chance is Chance.RATINGS]
CHANCE_FROM_CATEGORIES = [name for name in OF_RATINGS if COEFFICIENTS[name].chance is Chance.CATEGORIES]
TWO_CODERS = {name for name in OF_RATINGS if COEFFICIENTS[name].max_coders == 2}
BINARY = {name for name in OF_RATINGS if COEFFICIENTS[name].binary}
COMPLETE_ONLY = {name for name in OF_RATINGS if COEFFICIENTS[name].missing == "refused"}

Data = Sequence[Sequence[object]]


def test_the_registry_has_what_was_promised() -> None:
    promised = (
        "percent_agreement holsti positive_agreement negative_agreement cohen_kappa weighted_kappa kappa_max pabak"
        " scott_pi light_kappa fleiss_kappa conger_kappa hubert_kappa randolph_kappa brennan_prediger gwet_ac1"
        " gwet_ac2 krippendorff_alpha u_alpha u_alpha_relevance cu_alpha ku_alpha fleiss_kappa_gwet"
        " fleiss_kappa_listwise"
    )
    assert set(promised.split()) <= set(COEFFICIENTS)


@pytest.mark.parametrize("name", COEFFICIENTS)
def test_every_coefficient_is_explained(name: str) -> None:
    row = COEFFICIENTS[name]
    assert name in EXPLANATIONS, f"write what {name} means in agreement/coefficients/explanations.py"
    assert str(row.explain)
    assert str(row.title)
    assert set(row.extended_by) <= set(COEFFICIENTS)


def example(name: str, seed: int = 3) -> list[list[str | None]]:
    """Ratings that the coefficient is defined for."""
    coders = 2 if name in TWO_CODERS else 4
    missing = 0.0 if name in COMPLETE_ONLY else 0.15
    return random_table(seed, coders, 40, 2 if name in BINARY else 4, missing)


@pytest.mark.parametrize("name", OF_RATINGS)
def test_the_order_of_the_units_does_not_matter(name: str) -> None:
    data = example(name)
    backwards = [coder[::-1] for coder in data]
    assert value_of(backwards, name) == pytest.approx(value_of(data, name), abs=1e-13)


@pytest.mark.parametrize("name", OF_RATINGS)
def test_the_order_of_the_coders_does_not_matter(name: str) -> None:
    data = example(name)
    assert value_of(data[::-1], name) == pytest.approx(value_of(data, name), abs=1e-13)


@pytest.mark.parametrize("name", sorted(set(OF_RATINGS) - {"positive_agreement", "negative_agreement"}))
def test_new_labels_do_not_matter(name: str) -> None:
    data = example(name)
    labels = {"0": "zebra", "1": "nan", "2": "0", "3": "NA", None: None}
    renamed = [[labels[value] for value in coder] for coder in data]
    assert value_of(renamed, name) == pytest.approx(value_of(data, name), abs=1e-13)


@pytest.mark.parametrize("name", OF_RATINGS)
def test_perfect_agreement_is_one(name: str) -> None:
    coder = ["0", "1", "1", "0", "1"] * 4
    assert value_of([coder] * (2 if name in TWO_CODERS else 3), name) == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize("name", CHANCE_FROM_RATINGS)
def test_constant_ratings_are_undefined_with_a_reason(name: str) -> None:
    # A coefficient that has a value here takes chance from elsewhere: give its row another Chance.
    row = row_of([["a"] * 8, ["a"] * 8], name, categories=None)
    assert row.value is None
    assert "no variation" in str(row.reason)
    assert "no_variation" in row.flag
    assert row.ci_low is row.ci_high is row.se is None


@pytest.mark.parametrize("name", sorted(set(CHANCE_FROM_CATEGORIES) - BINARY))
def test_constant_ratings_depend_on_the_codebook(name: str) -> None:
    constant = [["a"] * 8, ["a"] * 8]
    alone = row_of(constant, name)
    assert alone.value is None
    assert "one category" in str(alone.reason)
    two = row_of(table(constant, 2), name)
    assert two.value == pytest.approx(1)
    assert "no_variation" in two.flag


@pytest.mark.parametrize("name", sorted(TWO_CODERS))
def test_more_than_two_coders_are_refused_with_a_reason(name: str) -> None:
    row = row_of(random_table(1, 3, 20, 2, 0), name)
    assert row.value is None
    assert "two coders" in str(row.reason)
    assert all(other in str(row.reason) for other in COEFFICIENTS[name].extended_by)
    assert ("for more there are" in str(row.reason)) == bool(COEFFICIENTS[name].extended_by)


def test_fleiss_with_missing_ratings_names_the_rules() -> None:
    row = row_of(random_table(1, 3, 20, 3, 0.3), "fleiss_kappa")
    assert row.value is None
    assert "fleiss_kappa_gwet" in str(row.reason)


ratings = st.integers(2, 5).flatmap(
    lambda m: st.integers(2, 12).flatmap(
        lambda n: st.lists(
            st.lists(st.sampled_from(["1", "2", "3", None]), min_size=n, max_size=n), min_size=m, max_size=m
        )
    )
)


@settings(max_examples=60, deadline=None)
@given(ratings)
def test_every_value_has_a_reason_or_a_number(data: list[list[str | None]]) -> None:
    if not any(value for coder in data for value in coder):
        return
    options = AgreementOptions(coefficients=tuple(OF_RATINGS), by=("overall", "code", "pair"), resamples=50)
    result = agreement_of_table(table(data), options, PROVENANCE)
    for row in result.rows:
        assert (row.value is None) == (row.reason is not None)
        numbers = [row.value, row.observed, row.expected, row.se, row.ci_low, row.ci_high, row.p_below_667]
        assert all(number is None or np.isfinite(number) for number in numbers)
        if row.value is not None:
            assert row.value <= 1 + 1e-12
        if row.ci_low is not None and row.ci_high is not None:
            # With missing ratings Conger's kappa can lie below -1, and its interval has to hold it.
            assert row.value is not None
            assert min(-1.0, row.value) <= row.ci_low <= row.ci_high + 1e-12 <= 1 + 1e-11


def test_an_interval_holds_a_value_below_minus_one() -> None:
    data: list[list[str | None]] = [["1", None, "1", "2"], ["2", "1", None, "1"]]
    options = AgreementOptions(coefficients=("conger_kappa",), resamples=0)
    (row,) = agreement_of_table(table(data), options, PROVENANCE).rows
    assert row.value is not None
    assert row.value == pytest.approx(-1.25)
    if row.ci_low is not None and row.ci_high is not None:
        assert row.ci_low <= row.value <= row.ci_high


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 6), st.integers(2, 5))
def test_identities_of_complete_data(seed: int, coders: int, categories: int) -> None:
    data = random_table(seed, coders, 25, categories, 0.0)
    alpha, fleiss = value_of(data, "krippendorff_alpha"), value_of(data, "fleiss_kappa")
    if fleiss is None or alpha is None:
        return
    assert alpha == pytest.approx(fleiss + (1 - fleiss) / (25 * coders), abs=1e-12)
    for name in ("fleiss_kappa_gwet", "fleiss_kappa_listwise"):
        assert value_of(data, name) == pytest.approx(fleiss, abs=1e-12)
    assert value_of(data, "hubert_kappa") == value_of(data, "conger_kappa")
    quadratic = value_of(data, "krippendorff_alpha", weights="quadratic")
    assert value_of(data, "krippendorff_alpha", metric="interval") == pytest.approx(quadratic, abs=1e-12)
    if coders == 2:
        assert value_of(data, "conger_kappa") == pytest.approx(value_of(data, "cohen_kappa"), abs=1e-12)
        assert value_of(data, "scott_pi") == pytest.approx(fleiss, abs=1e-12)
        assert value_of(data, "light_kappa") == pytest.approx(value_of(data, "cohen_kappa"), abs=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_kappa_from_its_diagnostics(seed: int) -> None:
    """Kappa = (PABAK - PI² + BI²) / (1 - PI² + BI²) (Byrt, Bishop & Carlin 1993)."""
    row = row_of(random_table(seed, 2, 60, 2, 0.0), "cohen_kappa")
    if row.value is None or row.observed is None:
        return
    assert row.prevalence_index is not None
    assert row.bias_index is not None
    prevalence, bias = row.prevalence_index**2, row.bias_index**2
    expected = (2 * row.observed - 1 - prevalence + bias) / (1 - prevalence + bias)
    assert row.value == pytest.approx(expected, abs=1e-12)


def test_ordinal_alpha_is_interval_alpha_of_mid_ranks() -> None:
    data = random_table(5, 3, 50, 5, 0.2)
    complete = [u for u in range(50) if sum(coder[u] is not None for coder in data) >= 2]
    pooled = sorted(float(coder[u] or 0) for u in complete for coder in data if coder[u] is not None)
    ranks = {str(int(v)): pooled.index(v) + (pooled.count(v) + 1) / 2 for v in set(pooled)}
    ranked = [[None if v is None else ranks[v] for v in coder] for coder in data]
    ordinal = value_of(data, "krippendorff_alpha", metric="ordinal")
    assert value_of(ranked, "krippendorff_alpha", metric="interval") == pytest.approx(ordinal, abs=1e-12)


def test_ordinal_alpha_of_many_values_is_the_same_coefficient() -> None:
    import krippendorff

    generator = np.random.default_rng(2)
    truth = generator.normal(size=60)
    data = [[f"{v:.6f}" for v in truth + generator.normal(scale=0.4, size=60)] for _ in range(3)]
    expected = krippendorff.alpha(reliability_data=np.array(data, float), level_of_measurement="ordinal")
    assert value_of(data, "krippendorff_alpha", metric="ordinal") == pytest.approx(expected, abs=1e-10)


WEIGHT_SETS = ("linear", "quadratic", "ordinal", "radical", "ratio", "circular", "bipolar")


@pytest.mark.parametrize("weights", WEIGHT_SETS)
def test_weights_fall_with_distance_from_one(weights: str) -> None:
    from omnistudy.agreement.ratings.counts import tally
    from omnistudy.agreement.ratings.weights import weights_for

    ratings = table([["1", "2", "3", "4", "5"]] * 2)
    assert isinstance(ratings, Ratings)
    matrix = weights_for(weights, ratings, tally(ratings).used).matrix
    assert matrix is not None
    assert np.allclose(np.diag(matrix), 1)
    assert np.allclose(matrix, matrix.T)
    assert (matrix >= -1e-12).all()
    if weights not in {"circular"}:
        assert (np.diff(matrix[0]) <= 1e-12).all()


def brute_force(data: list[list[str | None]], name: str, groups: list[list[int]]) -> float:
    """Standard error by leaving out each group of units and starting anew."""
    n = len(data[0])
    values = []
    for group in groups:
        kept = [u for u in range(n) if u not in set(group)]
        left = table([[coder[u] for u in kept] for coder in data], 4)
        value = value_of(left, name)
        assert value is not None
        values.append(value)
    g = len(groups)
    return float(np.sqrt((g - 1) / g * np.sum((np.array(values) - np.mean(values)) ** 2)))


JACKKNIFED = sorted(set(OF_RATINGS) - BINARY)


@pytest.mark.parametrize("name", JACKKNIFED)
def test_the_closed_form_jackknife_is_the_brute_force_one(name: str) -> None:
    data = example(name, seed=9)
    row = row_of(table(data, 4), name)
    assert row.se == pytest.approx(brute_force(data, name, [[u] for u in range(40)]), abs=1e-12)


@pytest.mark.parametrize("name", JACKKNIFED)
def test_the_jackknife_by_interview_is_the_brute_force_one(name: str) -> None:
    data = example(name, seed=11)
    ratings = table(data, 4)
    assert isinstance(ratings, Ratings)
    where = np.arange(40) // 7
    names = tuple(f"P{i}" for i in range(6))
    clustered = replace(ratings, frame=replace(ratings.frame, interviews=names, interview=where))
    row = row_of(clustered, name)
    assert row.cluster == "interview"
    assert row.n_clusters == 6
    groups = [[u for u in range(40) if where[u] == g] for g in range(6)]
    assert row.se == pytest.approx(brute_force(data, name, groups), abs=1e-12)


@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval", "ratio"])
def test_the_bootstrap_draws_units(metric: str) -> None:
    """The multinomial of patterns against resampled columns, within Monte Carlo error."""
    data = random_table(4, 3, 30, 3, 0.1)
    row = row_of(data, "krippendorff_alpha", metric=metric, ci="percentile", resamples=4000)
    generator = np.random.default_rng(8)
    values = []
    for _ in range(400):
        picked = generator.integers(0, 30, 30)
        value = value_of([[coder[u] for u in picked] for coder in data], "krippendorff_alpha", metric=metric)
        if value is not None:
            values.append(value)
    assert row.se == pytest.approx(np.std(values), rel=0.12)


def test_resamples_are_the_same_for_the_same_seed_only() -> None:
    data = random_table(4, 3, 30, 3, 0.1)
    one, again, other = (
        row_of(data, "krippendorff_alpha", ci="bca", resamples=500, seed=seed) for seed in (1, 1, 2)
    )
    assert one == again
    assert one.ci_low != other.ci_low


def test_the_normal_limit_agrees_with_the_exact_bootstrap() -> None:
    from omnistudy.agreement.coefficients.metrics import alpha_for
    from omnistudy.agreement.intervals.replicates import Draws, View, by_unit, replicate
    from omnistudy.agreement.ratings.counts import tally

    ratings = table(random_table(6, 3, 4000, 4, 0.1))
    assert isinstance(ratings, Ratings)
    counted = tally(ratings)
    view = View(counted, alpha_for("nominal", ratings, counted))
    spread = []
    for effort in (0, 10**12):
        (found,) = replicate(
            [view], by_unit(counted), Draws(resamples=4000, seed=1, effort=effort), jackknife=False
        )
        assert found.exact == (effort > 0)
        spread.append((float(np.mean(found.drawn)), float(np.std(found.drawn))))
    assert spread[0][0] == pytest.approx(spread[1][0], abs=2e-3)
    assert spread[0][1] == pytest.approx(spread[1][1], rel=0.06)


def test_per_category_values_weigh_up_to_the_whole() -> None:
    """Fleiss' kappa is the mean of its categories' kappas weighted by p (1 - p)."""
    data = random_table(2, 4, 50, 4, 0.0)
    options = AgreementOptions(coefficients=("fleiss_kappa",), by=("overall", "code"), resamples=0)
    result = of_table(data, options)
    weights: list[float] = []
    values: list[float] = []
    for row in result.rows:
        if row.scope == "code":
            assert row.prevalence is not None
            assert row.value is not None
            weights.append(row.prevalence * (1 - row.prevalence))
            values.append(row.value)
    assert pick(result, scope="overall").value == pytest.approx(
        np.average(values, weights=weights), abs=1e-12
    )


@pytest.mark.parametrize("metric", ["masi", "jaccard"])
def test_distances_of_sets_are_those_of_counting_one_by_one(metric: str) -> None:
    """Every pair of subsets of four codes: J = |A ∩ B| / |A ∪ B|, and two empty sets are equal."""
    members = np.array([[bool(number >> code & 1) for code in range(4)] for number in range(16)])
    distances = set_distances(members, metric)
    for i in range(16):
        for j in range(16):
            one, other = (set(np.flatnonzero(members[k]).tolist()) for k in (i, j))
            apart = masi_distance if metric == "masi" else jaccard_distance
            expected = apart([*map(str, one)], [*map(str, other)])
            assert distances[i, j] == pytest.approx(expected)
            assert paired_distances(members[[i]], members[[j]], metric)[0] == pytest.approx(expected)
