"""Which simulated intervals a row is like: every kind of the shipped table, read once more with pandas."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from agreement_builder import of_table

from omnistudy.agreement.coefficients.registry import COEFFICIENTS
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.scopes.coverage import LEAST_INTERVALS, Simulated, range_of, simulated
from omnistudy.agreement.scopes.rows import AgreementRow

PREVALENCE = {"balanced": 0.5, "rare": 0.1, "very_rare": 0.02}
FAMILY = {
    "cohen_kappa": "kappa",
    "scott_pi": "kappa",
    "light_kappa": "kappa",
    "fleiss_kappa": "kappa",
    "fleiss_kappa_gwet": "kappa",
    "fleiss_kappa_listwise": "kappa",
    "conger_kappa": "kappa",
    "hubert_kappa": "kappa",
    "krippendorff_alpha": "krippendorff_alpha",
    "percent_agreement": "percent_agreement",
    "gwet_ac1": "gwet_ac1",
}


@cache
def plain() -> AgreementRow:
    options = AgreementOptions(coefficients=("krippendorff_alpha",), resamples=0)
    (found,) = of_table([["a", "b"] * 8, ["a", "b"] * 7 + ["b", "a"]], options).rows
    return found


def row(**changes: Any) -> AgreementRow:
    """Alpha of two coders and two equally common categories on a thousand units."""
    return replace(plain(), **{"n_pairable": 1000, "prevalence": 0.5, **changes})


def shipped() -> Any:
    import pandas as pd

    text = files("omnistudy.agreement.scopes").joinpath("coverage_of_intervals.csv")
    with text.open(encoding="utf-8") as stream:
        table = pd.read_csv(stream, comment="#")
    table = table[table["intervals"] >= LEAST_INTERVALS]
    return table.assign(share=table["held"] / table["intervals"])


def test_every_kind_of_the_table_is_found_with_its_shares() -> None:
    table = shipped()
    table["family"] = table["coefficient"].map(FAMILY)
    groups = table.dropna(subset=["family"]).groupby(
        ["method", "family", "sampled", "coders", "population", "n"]
    )["share"]
    assert len(groups) > 100
    seen = set()
    for (method, family, sampled, coders, population, n), shares in groups:
        name = next(key for key, value in FAMILY.items() if value == family)
        place = {
            "unit": {"cluster": "unit", "n_pairable": n},
            "interview": {"cluster": "interview", "n_clusters": n},
            "unit_in_interview": {"cluster": "unit"},
        }[sampled]
        about = {"k": 4} if population == "four" else {"k": 2, "prevalence": PREVALENCE[population]}
        like = row(coefficient=name, n_coders=coders, **place, **about)
        found = simulated(like, method, n if sampled == "unit_in_interview" else 1)
        assert found is not None
        assert found.as_json() == {
            "lowest": pytest.approx(shares.min()),
            "highest": pytest.approx(shares.max()),
            "method": method,
            "coefficient": family,
            "sampled": sampled,
            "n": n,
            "coders": coders,
            "categories": population,
        }
        assert found.short == (shares.min() < 0.93)
        seen.add((sampled, coders, population))
    assert {sampled for sampled, *_ in seen} == {"unit", "interview", "unit_in_interview"}


def test_the_coefficients_that_were_simulated_under_their_names() -> None:
    found = {
        name: None if kind is None else kind.coefficient
        for name, kind in ((name, simulated(row(coefficient=name), "jackknife")) for name in COEFFICIENTS)
    }
    assert found == {name: FAMILY.get(name) for name in COEFFICIENTS}


def kind(method: str = "jackknife", interviews: int = 1, **changes: Any) -> Simulated:
    found = simulated(row(**changes), method, interviews)
    assert found is not None
    return found


def test_the_nearest_kind() -> None:
    assert kind(n_coders=9).coders == 3
    assert kind(n_coders=2).coders == 2
    assert kind("percentile_normal").method == "percentile"
    assert kind("bca_normal").method == "bca"
    # halfway between 1 in 2 and 1 in 10 is 1 in √20 = .2236, between 1 in 10 and 1 in 50 it is 1 in √500 = .0447
    by_prevalence = [
        kind(prevalence=p).categories for p in (0.7, 0.23, 0.22, 0.78, 0.05, 0.044, 0.956, 0.001)
    ]
    assert by_prevalence == [
        "balanced",
        "balanced",
        "rare",
        "rare",
        "rare",
        "very_rare",
        "very_rare",
        "very_rare",
    ]
    assert kind(k=None, metric="masi").categories == "four"
    assert kind(k=3).categories == "four"
    assert (kind(interviews=2).sampled, kind(interviews=1).sampled) == ("unit_in_interview", "unit")
    assert kind(cluster="interview", n_clusters=7, interviews=9).sampled == "interview"
    sizes = sorted(
        set(shipped().query("sampled == 'unit' and coders == 2 and population == 'balanced'")["n"])
    )
    assert kind(n_pairable=sizes[1]).n == sizes[1]
    assert kind(n_pairable=sizes[1] - 1).n == sizes[0]
    assert kind(n_pairable=1).n == sizes[0]
    assert kind(n_pairable=10**6).n == sizes[-1]


@pytest.mark.parametrize(
    "changes",
    [
        {"ci_low": None},
        {"metric": "interval"},
        {"weights": "linear"},
        {"aggregate": "mean_of_codes"},
        {"prevalence": 0.0},
        {"prevalence": 1.0},
        {"prevalence": None},
    ],
)
def test_rows_that_are_like_nothing_that_was_simulated(changes: dict[str, Any]) -> None:
    assert simulated(row(**changes), "jackknife") is None
    assert simulated(row(), "kalpha") is None


def test_the_range_over_all_populations_of_a_size() -> None:
    table = shipped()
    names = [name for name, family in FAMILY.items() if family in {"kappa", "krippendorff_alpha"}]
    for method, sampled, n in (("jackknife", "interview", 5), ("percentile", "unit", 100)):
        chosen = table[
            (table["method"] == method)
            & (table["sampled"] == sampled)
            & (table["n"] == n)
            & table["coefficient"].isin(names)
        ]["share"]
        low, high = range_of(method, sampled, n)
        assert low.value == pytest.approx(chosen.min())
        assert high.value == pytest.approx(chosen.max())
        assert {low.kind.value, high.kind.value} == {"share"}
