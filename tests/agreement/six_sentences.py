"""A study of six sentences whose whole result was worked out by hand: rows, tables, page and JSON.

Both coders give code a to the first sentence of P1, only x to the second, nobody to the third; in P2 it
is code b, and there only y uses it twice. So P2 is P1 with the coders changed over.

- Percent agreement of a code is 5/6. Kappa: one says it in 2/6 of the units and the other in 1/6, so chance
  is 22/36 and kappa (30 - 22) / (36 - 22) = 4/7. AC1: share 3/12, chance 2 · 1/4 · 3/4, hence 11/15.
- Alpha of a code: 2 of 12 ratings differ within units, 2 · 3 · 9 of 12 · 11 pairs at all: 1 - 22/54 = 16/27.
- Alpha over sets: {a} thrice, {b} thrice, {} six times, all 1 apart by MASI: 1 - (4/12) / (90/132) = 23/45.
- Within an interview 2 of 3 units agree; halves of the ratings are positive: alpha 4/9, kappa 2/5, AC1 1/3.
- Without P1 as without P2 every coefficient has the same value, so jackknife errors over interviews are 0.
"""

from __future__ import annotations

from typing import Any

import pytest
from agreement_builder import code, coding, of_study, study

from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.result.result import AgreementResult
from omnistudy.study.model import Study

TEXT = "Participant: one two three. four five six. seven eight nine.\n"
FIRST, SECOND = (13, 27), (28, 42)
FLAGS = ["small_n", "few_clusters"]
ALPHA_OF_SETS, ALPHA, KAPPA, AC1 = 23 / 45, 16 / 27, 4 / 7, 11 / 15


def six_sentences() -> Study:
    rows = [coding("P1", *FIRST, coder, "a") for coder in "xy"] + [coding("P1", *SECOND, "x", "a")]
    rows += [coding("P2", *FIRST, coder, "b") for coder in "xy"] + [coding("P2", *SECOND, "y", "b")]
    return study({"P1": TEXT, "P2": TEXT}, rows, codes=[code("a"), code("b"), code("unused")])


def result(**options: Any) -> AgreementResult:
    return of_study(six_sentences(), AgreementOptions(**{"resamples": 0, "unit": "sentence", **options}))


def json_row(**differing: Any) -> dict[str, Any]:
    """A row of this study; what is not named is the same in all of them."""
    return {
        "scope": "overall",
        "aggregate": "mean_of_codes",
        "code": None,
        "coders": ["x", "y"],
        "interview": None,
        "coefficient": "percent_agreement",
        "metric": "nominal",
        "weights": "identity",
        "unit": "sentence",
        "reason": None,
        "observed": pytest.approx(5 / 6),
        "k": 2,
        "se": pytest.approx(0, abs=1e-12),
        "ci_low": differing.get("value"),
        "ci_high": differing.get("value"),
        "ci_method": "jackknife",
        "cluster": "interview",
        "n_clusters": 2,
        "resamples": None,
        "p_below_667": None,
        "p_below_80": None,
        "n_units": 6,
        "n_pairable": 6,
        "n_coders": 2,
        "n_codes": 2,
        "missing_share": 0,
        "prevalence": None,
        "prevalence_index": None,
        "bias_index": None,
        "coverage": None,
        "flag": FLAGS,
        "ci_reason": "no resamples were drawn",
        **differing,
    }


def own(value: float) -> Any:
    return pytest.approx(value, abs=1e-12)


def without_simulations(rows: Any) -> list[dict[str, Any]]:
    """Rows without the shares of the simulations, which have their own tests."""
    return [{key: value for key, value in row.items() if key != "simulated_coverage"} for row in rows]
