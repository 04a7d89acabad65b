"""What is said of intervals that simulations showed to be too narrow, and of coders who never differed."""

from __future__ import annotations

import importlib.util
import json
import math
import sys
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from agreement_builder import PROVENANCE, coding, of_study, of_table, pick, study

from omnistudy.agreement.intervals.unanimous import lowest_value, most_differing
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings.rating_table import Ratings, UnitFrame
from omnistudy.agreement.scopes import coverage
from omnistudy.agreement.scopes.coverage import (
    ENOUGH,
    LEAST_INTERVALS,
    Simulated,
    warnings_of_many,
    warnings_of_one,
)
from omnistudy.agreement.scopes.rows import NEVER_DIFFERED, AgreementRow
from omnistudy.explain import explain
from omnistudy.render.language import language
from omnistudy.results import Note, msg

ALPHA = msg("Krippendorff's alpha")
KIND = Simulated(
    lowest=0.884,
    highest=0.951,
    method="jackknife",
    coefficient="krippendorff_alpha",
    sampled="interview",
    n=5,
    coders=3,
    categories="four",
)


@pytest.fixture(scope="module")
def simulation() -> ModuleType:
    """The script that made the table, which is no part of the package."""
    name = "coverage_of_intervals"
    if name not in sys.modules:
        path = Path(__file__).parent.parent / "benchmarks" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


def coded(codes: list[list[int]], *, interviews: list[int] | None = None, categories: int = 2) -> Ratings:
    inside = None if interviews is None else np.array(interviews)
    names = () if inside is None else tuple(f"i{i}" for i in range(int(inside.max()) + 1))
    return Ratings(
        coders=tuple(f"c{g}" for g in range(len(codes))),
        categories=tuple(str(c) for c in range(categories)),
        codes=np.array(codes, np.int8),
        frame=UnitFrame(ids=np.arange(len(codes[0])), interviews=names, interview=inside),
    )


# Coders who never differed


@pytest.mark.parametrize(("units", "confidence"), [(1, 0.95), (5, 0.95), (10, 0.9), (300, 0.99)])
def test_the_exact_limit_is_clopper_and_pearsons(units: int, confidence: float) -> None:
    from scipy.stats import binomtest

    wanted = binomtest(0, units).proportion_ci(confidence, "exact").high
    assert 1 - lowest_value(0.0, units, 1.0, confidence) == pytest.approx(wanted, abs=1e-12)
    assert lowest_value(0.0, 100, 1.0, 0.95) == pytest.approx(1 - 3.7 / 100, abs=0.002)  # about 3.7 / n


def test_the_exact_limit_grows_with_chance_and_ends_at_minus_one() -> None:
    half = lowest_value(0.5, 10, 1.0, 0.95)
    assert half == pytest.approx(1 - 2 * (1 - 0.025 ** (1 / 10)))
    assert lowest_value(0.5, 10, 2 / 3, 0.95) == pytest.approx(1 - (1 - half) * 2 / 3)
    assert lowest_value(0.9, 5, 1.0, 0.95) == -1


@pytest.mark.parametrize(("ratings", "categories"), [(2, 2), (3, 2), (3, 3), (4, 3), (5, 2), (6, 4)])
def test_the_most_that_coders_can_differ_by_trying_all(ratings: int, categories: int) -> None:
    shares = [
        np.mean([a != b for a, b in combinations(given, 2)])
        for given in product(range(categories), repeat=ratings)
    ]
    assert most_differing(ratings, categories) == pytest.approx(max(shares))


@pytest.mark.parametrize("ci", ["jackknife", "jackknife_z", "bca", "percentile"])
@pytest.mark.parametrize("name", ["krippendorff_alpha", "cohen_kappa", "gwet_ac1", "percent_agreement"])
def test_ten_units_without_a_difference_are_no_certainty(ci: str, name: str) -> None:
    once = [0, 0, 1, 1, 0, 1, 0, 1, 0, 1]
    options = AgreementOptions(coefficients=(name,), ci=ci, resamples=200)
    (row,) = of_table(coded([once, once]), options).rows
    differing = 1 - 0.025 ** (1 / 10)
    expected = row.expected if row.expected is not None else 0.0
    assert row.value == row.ci_high == 1
    assert row.ci_low == pytest.approx(1 - differing / (1 - expected))
    assert (row.ci_method, row.se, row.ci_reason) == ("exact", None, NEVER_DIFFERED)


@pytest.mark.parametrize("ci", ["analytic", "kalpha"])
def test_intervals_that_reproduce_other_programs_stay(ci: str) -> None:
    once = [0, 0, 1, 1, 0, 1, 0, 1, 0, 1]
    options = AgreementOptions(coefficients=("krippendorff_alpha",), ci=ci, resamples=200)
    (row,) = of_table(coded([once, once]), options).rows
    assert (row.ci_low, row.ci_high, row.ci_method) == (1, 1, ci)


def test_three_coders_of_two_categories_cannot_all_differ() -> None:
    once = [0, 1] * 6
    options = AgreementOptions(coefficients=("percent_agreement",), resamples=0)
    (row,) = of_table(coded([once] * 3), options).rows
    assert row.ci_low == pytest.approx(1 - 2 / 3 * (1 - 0.025 ** (1 / 12)))
    missing = [*once[:-1], -1]
    (row,) = of_table(coded([once, once, missing]), options).rows
    assert row.ci_low == pytest.approx(1 - (1 - 0.025 ** (1 / 12)))  # two ratings can differ in full


def test_interviews_without_a_difference_have_no_interval() -> None:
    once, inside = [0, 1, 1, 0] * 3, [0] * 4 + [1] * 4 + [2] * 4
    options = AgreementOptions(coefficients=("krippendorff_alpha",), resamples=100)
    result = of_table(coded([once, once], interviews=inside), options)
    (row,) = result.rows
    assert (row.cluster, row.value, row.ci_low, row.ci_high, row.se) == ("interview", 1, None, None, None)
    assert row.ci_reason == NEVER_DIFFERED
    notes = [str(block.text) for block in result.blocks() if isinstance(block, Note)]
    assert any("never differed and interviews were sampled" in note for note in notes)


def test_passages_and_means_of_codes_without_a_difference_have_no_interval() -> None:
    text = "one two three. four five six. seven eight.\n"
    texts = dict.fromkeys(("P1", "P2", "P3"), text)
    places = {"a": (0, 3), "b": (15, 19)}
    codings = [coding(i, *places[name], who, name) for i in texts for who in ("x", "y") for name in places]
    options = AgreementOptions(
        coefficients=("krippendorff_alpha", "u_alpha"), unit="sentence", resamples=50, by=("overall", "code")
    )
    rows = of_study(study(texts, codings), options).rows
    assert {(row.coefficient, row.aggregate) for row in rows} == set(
        product(("krippendorff_alpha", "u_alpha"), ("direct", "mean_of_codes"))
    )
    for row in rows:
        assert (row.value, row.ci_low, row.ci_high, row.se) == (1, None, None, None)
        assert row.ci_reason == NEVER_DIFFERED


def test_positive_agreement_has_no_exact_limit() -> None:
    once = [0, 1] * 6
    options = AgreementOptions(coefficients=("positive_agreement", "kappa_max"), resamples=0)
    for row in of_table(coded([once, once]), options).rows:
        assert (row.value, row.ci_low, row.ci_reason) == (1, None, NEVER_DIFFERED)


def test_the_caption_and_the_note_tell_the_two_kinds_apart() -> None:
    data: list[list[Any]] = [["a", "b"] * 20, ["a", "b"] * 20, ["a", "b", "b", "b"] * 10]
    result = of_table(data, AgreementOptions(by=("overall", "pair"), resamples=0))
    exact = [row for row in result.rows if row.ci_method == "exact"]
    assert {row.coders for row in exact} == {("c0", "c1")}
    text = " ".join(str(getattr(block, "text", getattr(block, "caption", ""))) for block in result.blocks())
    assert "delete-one jackknife" in text
    assert "the lower limit is the exact one" in text


# The jackknife on Fisher's z


def test_limits_on_fishers_z_by_hand() -> None:
    ratings = coded([[0, 1] * 8, [0, 1] * 7 + [1, 0]])
    rows = {
        ci: of_table(ratings, AgreementOptions(coefficients=("cohen_kappa",), ci=ci, resamples=0)).rows[0]
        for ci in ("jackknife", "jackknife_z")
    }
    plain, on_z = rows["jackknife"], rows["jackknife_z"]
    assert plain.value == on_z.value == pytest.approx(0.75)
    assert (plain.se, on_z.ci_method) == (on_z.se, "jackknife_z")
    assert plain.se is not None
    # t with 15 degrees of freedom: 2.13145
    half = 2.131450 * plain.se / (1 - 0.75**2)
    limits = [math.tanh(math.atanh(0.75) + sign * half) for sign in (-1, 1)]
    assert [on_z.ci_low, on_z.ci_high] == pytest.approx(limits, abs=1e-6)
    assert plain.ci_high == 1 > limits[1]  # cut, which on z is never needed


def test_limits_on_fishers_z_at_the_ends() -> None:
    opposite = coded([[0, 1] * 8, [1, 0] * 8])
    options = AgreementOptions(coefficients=("cohen_kappa",), ci="jackknife_z", resamples=0)
    (row,) = of_table(opposite, options).rows
    assert row.value == row.ci_low == -1
    assert row.ci_high is not None


# Which simulated kind a row is like


def rows_like(**changes: Any) -> AgreementRow:
    options = AgreementOptions(coefficients=("krippendorff_alpha",), resamples=0)
    (row,) = of_table(coded([[0, 1] * 8, [0, 1] * 7 + [1, 0]]), options).rows
    return replace(row, **changes)


PLAIN = ("jackknife", "krippendorff_alpha")
CELLS: Mapping[tuple[str, str, str, int, str], Mapping[int, tuple[float, ...]]] = {
    (*PLAIN, "unit", 2, "balanced"): {10: (0.91, 0.95), 100: (0.94, 0.96)},
    (*PLAIN, "unit", 2, "rare"): {100: (0.80, 0.82)},
    (*PLAIN, "unit", 2, "very_rare"): {100: (0.70, 0.72)},
    (*PLAIN, "unit", 2, "four"): {100: (0.94, 0.94)},
    (*PLAIN, "unit", 3, "four"): {100: (0.941, 0.95)},
    (*PLAIN, "interview", 2, "balanced"): {5: (0.92, 0.93)},
    (*PLAIN, "unit_in_interview", 2, "balanced"): {5: (0.6, 0.7)},
    ("percentile", "krippendorff_alpha", "interview", 2, "balanced"): {5: (0.8, 0.85)},
    ("jackknife", "kappa", "unit", 2, "balanced"): {10: (0.89, 0.9)},
}


@pytest.fixture
def invented(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverage, "_cells", lambda: CELLS)


@pytest.mark.usefixtures("invented")
@pytest.mark.parametrize(
    ("changes", "interviews", "n", "lowest"),
    [
        ({"n_pairable": 99, "prevalence": 0.5}, 1, 10, 0.91),  # the nearest that is not larger
        ({"n_pairable": 100, "prevalence": 0.5}, 1, 100, 0.94),
        ({"n_pairable": 4000, "prevalence": 0.5}, 1, 100, 0.94),
        ({"n_pairable": 3, "prevalence": 0.5}, 1, 10, 0.91),  # or the smallest there is
        ({"n_pairable": 100, "prevalence": 0.2}, 1, 100, 0.80),
        ({"n_pairable": 100, "prevalence": 0.85}, 1, 100, 0.80),  # as rare as what is not the code
        ({"n_pairable": 100, "prevalence": 0.04}, 1, 100, 0.70),
        ({"n_pairable": 100, "k": 7}, 1, 100, 0.94),
        ({"n_pairable": 100, "k": None, "metric": "masi", "n_coders": 6}, 1, 100, 0.941),
        ({"cluster": "interview", "n_clusters": 7, "prevalence": 0.5}, 1, 5, 0.92),
        ({"prevalence": 0.5}, 6, 5, 0.6),  # single units of six interviews
        ({"coefficient": "scott_pi", "n_pairable": 10, "prevalence": 0.5}, 1, 10, 0.89),
    ],
)
def test_a_row_is_like_the_nearest_kind_that_is_no_larger(
    changes: dict[str, Any], interviews: int, n: int, lowest: float
) -> None:
    found = coverage.simulated(rows_like(**changes), "jackknife", interviews)
    assert found is not None
    assert (found.n, found.lowest) == (n, lowest)
    assert found.short == (lowest < ENOUGH)


@pytest.mark.usefixtures("invented")
@pytest.mark.parametrize(
    "changes",
    [
        {"coefficient": "holsti"},
        {"coefficient": "weighted_kappa", "weights": "linear"},
        {"metric": "ordinal"},
        {"aggregate": "mean_of_codes"},
        {"prevalence": None},
        {"prevalence": 1.0},
        {"ci_low": None},
        {"n_coders": 3, "prevalence": 0.5},  # nothing of that kind gave enough intervals
    ],
)
def test_nothing_is_claimed_of_what_was_not_simulated(changes: dict[str, Any]) -> None:
    assert coverage.simulated(rows_like(**changes), "jackknife") is None


# The words


@pytest.mark.usefixtures("invented")
def test_the_warning_says_how_often_in_both_languages() -> None:
    (one,) = warnings_of_one(KIND, ALPHA)
    assert str(one) == (
        "In simulations with 5 interviews and 3 coders, 95 % intervals like that of Krippendorff's alpha held the true"
        " value in 88.4 % to 95.1 % of the samples (four categories). Take its limits as rough; more double-coded"
        " interviews make them firmer."
    )
    persian = language("fa").text(one)
    for part in ("شبیه‌سازی", "۵", "۸۸٫۴", "۹۵٫۱", "چهار رده", "آلفای کریپندورف"):
        assert part in persian
    (units,) = warnings_of_one(replace(KIND, sampled="unit", n=10), ALPHA)
    assert "with 10 units and 3 coders" in str(units)
    (nested,) = warnings_of_one(replace(KIND, sampled="unit_in_interview"), ALPHA)
    assert "--cluster interview" in str(nested)
    (many,) = warnings_of_many([KIND, None, replace(KIND, lowest=0.94), replace(KIND, lowest=0.9)])
    assert str(many).startswith("2 of 3 intervals in these tables")
    assert "the weakest (four categories, 5 interviews) in 88.4 %" in str(many)
    for message in (units, nested, many):
        assert any("\u0600" <= letter <= "\u06ff" for letter in language("fa").text(message))


def test_an_interval_that_holds_often_enough_says_nothing() -> None:
    assert warnings_of_one(replace(KIND, lowest=ENOUGH), ALPHA) == ()
    assert warnings_of_one(None, ALPHA) == ()
    assert warnings_of_many([replace(KIND, lowest=ENOUGH), None]) == ()


@pytest.mark.usefixtures("invented")
def test_a_bootstrap_is_told_of_the_jackknife_where_that_does_better() -> None:
    kind = replace(KIND, method="percentile", lowest=0.8, coders=2, categories="balanced")
    _, second = warnings_of_one(kind, ALPHA)
    assert str(second) == "In the same simulations --ci jackknife held it in 92.0 % to 93.0 %."
    assert len(warnings_of_one(replace(kind, lowest=0.91), ALPHA)) == 1  # hardly better


def test_the_line_is_not_crossed_by_the_chance_of_the_simulation() -> None:
    from scipy.stats import binom

    assert binom.cdf(math.ceil(ENOUGH * 1000) - 1, 1000, 0.95) < 0.003
    assert binom.cdf(math.ceil(ENOUGH * LEAST_INTERVALS) - 1, LEAST_INTERVALS, 0.95) < 0.1


# The table, and what commands print of it


def test_the_table_holds_every_design_once(simulation: ModuleType) -> None:
    rows = simulation.read(simulation.DATA)
    found = {
        (row["sampled"], int(row["n"]), int(row["coders"]), row["population"], float(row["truth"]))
        for row in rows
    }
    wanted = {(d.sampled, d.n, d.coders, d.population, d.truth) for d in simulation.designs()}
    nested = {("unit_in_interview", *rest) for sampled, *rest in wanted if sampled == "interview"}
    assert found == wanted | nested
    keys = [tuple(row[key] for key in simulation.COLUMNS[:7]) for row in rows]
    assert len(set(keys)) == len(keys)
    for row in rows:
        held, intervals, values, samples = (
            int(row[key]) for key in ("held", "intervals", "values", "samples")
        )
        assert 0 <= held <= intervals <= values <= samples
        assert samples >= 1000


def test_the_page_shows_the_table_that_is_shipped(simulation: ModuleType) -> None:
    written = simulation.PAGE.read_text(encoding="utf-8")
    assert simulation.page(simulation.read(simulation.DATA), simulation.made_of(simulation.DATA)) == written


@pytest.mark.parametrize("sampled", ["unit", "interview"])
@pytest.mark.parametrize(("population", "coders", "truth"), [("rare", 2, 0.6), ("four", 3, 0.85)])
def test_the_truth_of_a_population_is_what_a_very_large_sample_shows(
    simulation: ModuleType, sampled: str, population: str, coders: int, truth: float
) -> None:
    n = 400_000 if sampled == "unit" else 20_000
    design = simulation.Design(sampled=sampled, n=n, coders=coders, population=population, truth=truth)
    ratings = simulation.draw(design, np.random.default_rng(7))
    options = AgreementOptions(coefficients=design.coefficients, ci="none", resamples=0)
    for row in of_table(ratings, options).rows:
        assert row.value == pytest.approx(design.true_values[row.coefficient], abs=0.01)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sampled", "n", "population", "truth"),
    [("unit", 10, "balanced", 0.85), ("unit", 30, "rare", 0.6), ("interview", 5, "four", 0.85)],
)
def test_a_new_seed_gives_the_shipped_shares_within_chance(
    simulation: ModuleType, sampled: str, n: int, population: str, truth: float
) -> None:
    design = simulation.Design(sampled=sampled, n=n, coders=2, population=population, truth=truth)
    shipped = {
        tuple(row[key] for key in simulation.COLUMNS[:7]): row for row in simulation.read(simulation.DATA)
    }
    compared = 0
    for row in simulation.simulate(design, 1000, seed=20_261_122):
        key = tuple(str(row[name]) for name in simulation.COLUMNS[:7])
        counts = [(int(one["held"]), int(one["intervals"])) for one in (row, shipped[key])]
        (held, printed), (held_before, printed_before) = counts
        if min(printed, printed_before) < LEAST_INTERVALS:
            continue
        share = (held + held_before) / (printed + printed_before)
        error = math.sqrt(share * (1 - share) * (1 / printed + 1 / printed_before)) + 1e-9
        # 4.5 errors: once in 150,000 per comparison
        assert abs(held / printed - held_before / printed_before) < 4.5 * error + 0.002, key
        compared += 1
    assert compared >= 12


@pytest.mark.slow
def test_the_command_gives_the_limits_that_the_simulation_counts(simulation: ModuleType) -> None:
    """A cell by the whole way of the command, with its default of 10,000 resamples behind the jackknife."""
    design = simulation.Design(sampled="unit", n=10, coders=2, population="balanced", truth=0.85)
    generator = np.random.default_rng(3)
    options = AgreementOptions(coefficients=("krippendorff_alpha",))
    main = simulation.ways(design)[0]
    for _ in range(50):
        ratings = simulation.draw(design, generator)
        (row,) = of_table(ratings, options).rows
        limits = simulation.limits_of(ratings, main).get(("krippendorff_alpha", "jackknife"))
        assert limits == (None if row.ci_low is None else (row.ci_low, row.ci_high))


def test_few_interviews_are_warned_of_in_json_and_in_blocks(simulation: ModuleType) -> None:
    design = simulation.Design(sampled="interview", n=3, coders=2, population="rare", truth=0.6)
    ratings = simulation.draw(design, np.random.default_rng(6))
    result = of_table(ratings, AgreementOptions(ci="percentile", resamples=500))
    payload = json.loads(json.dumps(result.payload()))
    about = {row["coefficient"]: row["simulated_coverage"] for row in payload["rows"]}
    assert about["krippendorff_alpha"]["lowest"] < ENOUGH
    assert (about["krippendorff_alpha"]["sampled"], about["krippendorff_alpha"]["n"]) == ("interview", 3)
    assert any(note.startswith("In simulations with 3 interviews and 2 coders") for note in payload["notes"])
    assert any("--ci jackknife" in note for note in payload["notes"])
    shown = [str(block.text) for block in result.blocks() if isinstance(block, Note)]
    assert set(payload["notes"]) <= set(shown)


def test_units_of_interviews_that_are_sampled_singly_are_warned_of(simulation: ModuleType) -> None:
    design = simulation.Design(sampled="interview", n=14, coders=3, population="balanced", truth=0.6)
    ratings = simulation.draw(design, np.random.default_rng(5))
    result = of_table(ratings, AgreementOptions(cluster="unit", resamples=0))
    assert any("sample single units although" in str(warning) for warning in result.warnings)
    by_interview = of_table(ratings, AgreementOptions(resamples=0))
    assert not any("sample single units" in str(warning) for warning in by_interview.warnings)


def test_explain_cites_the_table() -> None:
    low, high = coverage.range_of("jackknife", "interview", 5)
    text = str(explain("jackknife", PROVENANCE).summary)
    assert low.value is not None
    assert high.value is not None
    assert f"{100 * low.value:.1f} % to {100 * high.value:.1f} %" in text
    few = coverage.range_of("percentile", "interview", 5)[0]
    assert few.value is not None
    assert few.value < low.value  # as the words of the bootstrap say
    assert str(explain("simulated_coverage", PROVENANCE).summary).startswith("Simulated coverage")


def test_a_table_for_people_has_no_column_for_it() -> None:
    result = of_table(coded([[0, 1] * 8, [0, 1] * 7 + [1, 0]]), AgreementOptions(resamples=0))
    assert "simulated" not in {column.key for column in result.tables()[0].columns}
    assert pick(result, coefficient="krippendorff_alpha").as_json()["simulated_coverage"] is not None
