"""Every key of every published case: definitions and tolerances are those of the cases' README."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from agreement_builder import PROVENANCE, row_of, table
from scipy.stats import t as student

from omnistudy.agreement.analysis import agreement_of_spans, agreement_of_table
from omnistudy.agreement.from_table import ratings_of_table
from omnistudy.agreement.metrics import masi_distance
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings import Ratings, UnitFrame
from omnistudy.agreement.registry import COEFFICIENTS, find
from omnistudy.agreement.rows import AgreementRow
from omnistudy.agreement.spans import span_ratings
from omnistudy.agreement.vendors import qualcoder_prints
from omnistudy.agreement.weights import WeightMatrix
from omnistudy.study.bare_table import read_bare_table

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "cases" / "agreement"
CASES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
KEYS = [(name, key) for name, case in CASES.items() for key in case["expected"]]
CI_KEYS = [(name, key) for name, case in CASES.items() for key in case.get("ci", {})]

Case = dict[str, Any]


def close(found: object, expected: object, tolerance: float) -> None:
    """Compare elementwise; ``None`` means undefined on both sides."""
    if isinstance(expected, dict):
        assert isinstance(found, dict)
        for key, value in expected.items():
            close(found[key], value, tolerance)
    elif isinstance(expected, list):
        assert isinstance(found, list)
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            close(one, other, tolerance)
    elif expected is None:
        assert found is None
    else:
        assert isinstance(found, float | int)
        assert found == pytest.approx(expected, abs=tolerance, rel=0)


def ratings_of(case: Case) -> Ratings:
    if "data" in case:
        ratings = table(case["data"])
    else:
        cells = case["table"]
        one = cells.get("only_one")
        counts = [cells["neither"], cells.get("only_a", one), cells.get("only_b", 0), cells["both"]]
        ratings = Ratings(
            coders=("a", "b"),
            categories=("no", "yes"),
            codes=np.array([[0, 1, 0, 1], [0, 0, 1, 1]], np.int8),
            frame=UnitFrame(ids=np.arange(4), weight=np.array(counts, np.int64)),
        )
    assert isinstance(ratings, Ratings)
    return ratings


def value(name: str, **options: Any) -> Callable[[Case], object]:
    def compute(case: Case) -> object:
        row = row_of(ratings_of(case), name, **options)
        assert (row.value is None) == (row.reason is not None)
        return row.value

    return compute


def weighted(case: Case, **options: Any) -> AgreementRow:
    labels = tuple(str(label) for label in sorted({x for coder in case["data"] for x in coder}))
    matrix = WeightMatrix(labels, np.array(case["weights"], float), case["weights_kind"])
    return row_of(ratings_of(case), "weighted_kappa", weight_matrix=matrix, **options)


def per_category(case: Case) -> object:
    options = AgreementOptions(coefficients=("fleiss_kappa",), by=("code",), resamples=0)
    return {row.code: row.value for row in agreement_of_table(ratings_of(case), options, PROVENANCE).rows}


def span_rows(case: Case) -> list[AgreementRow]:
    coders = tuple(case["spans"])
    codes = tuple(sorted({str(span[2]) for spans in case["spans"].values() for span in spans}))
    rows = [
        (0, coders.index(coder), codes.index(str(code)), start, end)
        for coder, spans in case["spans"].items()
        for start, end, code in spans
    ]
    spans = span_ratings(
        coders=coders,
        codes=codes,
        interviews=("text",),
        lengths=np.array([case["continuum"][1]]),
        seen=np.ones((1, len(coders)), np.bool_),
        rows=np.array(rows),
    )
    names = ("u_alpha", "u_alpha_relevance", "cu_alpha", "ku_alpha")
    options = AgreementOptions(coefficients=names, by=("overall", "code"), resamples=0)
    return list(agreement_of_spans(spans, options, PROVENANCE).rows)


def unitizing(name: str) -> Callable[[Case], object]:
    def compute(case: Case) -> object:
        (row,) = [
            r
            for r in span_rows(case)
            if r.scope == "overall" and r.coefficient == name and r.aggregate == "direct"
        ]
        return row.value

    return compute


def of_codes(field: str) -> Callable[[Case], object]:
    def compute(case: Case) -> object:
        rows = [row for row in span_rows(case) if row.coefficient == "ku_alpha"]
        return {row.code: getattr(row, field) for row in rows}

    return compute


def qualcoder(case: Case) -> object:
    cells = case["table"]
    return qualcoder_prints(cells["both"], cells["only_a"], cells["only_b"], cells["neither"])


SIMPLE: dict[str, Callable[[Case], object]] = {
    **{
        name: value(find(name).name)
        for name in (
            "percent_agreement", "bennett_s", "brennan_prediger", "randolph_kappa", "pabak", "scott_pi",
            "cohen_kappa", "kappa_max", "fleiss_kappa", "light_kappa", "hubert_kappa", "gwet_ac1",
        )
    },
    **{
        f"alpha_{metric}": value("krippendorff_alpha", metric=metric)
        for metric in ("nominal", "ordinal", "interval", "ratio")
    },
    "conger_exact_kappa": value("conger_kappa"),
    "gwet_ac2_quadratic": value("gwet_ac2", weights="quadratic"),
    "weighted_kappa": lambda case: weighted(case).value,
    "se_kappa": lambda case: row_of(ratings_of(case), "cohen_kappa", ci="analytic").se,
    "se_weighted_kappa": lambda case: weighted(case, ci="analytic").se,
    "per_category_fleiss": per_category,
    "u_alpha": unitizing("u_alpha"),
    "bar_u_alpha": unitizing("u_alpha_relevance"),
    "cu_alpha": unitizing("cu_alpha"),
    "ku_alpha": of_codes("value"),
    "coverage": of_codes("coverage"),
    "masi_distance": lambda case: [masi_distance(a, b) for a, b in case["pairs"]],
    "qualcoder_prints": qualcoder,
}  # fmt: skip

IRRCAC = {
    "percent_agreement_irrcac": "percent_agreement",
    "gwet_ac": "gwet_ac2",
    "fleiss_gwet_missing": "fleiss_kappa_gwet",
    "conger_kappa": "conger_kappa",
    "brennan_prediger": "brennan_prediger",
    "alpha_irrcac": "krippendorff_alpha",
    "kappa": "weighted_kappa",
    "scott": "scott_pi",
    "ac": "gwet_ac2",
    "bp": "brennan_prediger",
    "alpha": "krippendorff_alpha",
    "pa": "percent_agreement",
}


@pytest.mark.parametrize(("name", "key"), KEYS)
def test_every_published_key(name: str, key: str, shared: Path) -> None:
    case = CASES[name]
    expected, tolerance = case["expected"][key], case["tolerance"]
    if "." in key:
        compare_with_irrcac(case, key, expected, tolerance)
    elif key in SIMPLE:
        close(SIMPLE[key](case), expected, tolerance)
    else:
        pytest.fail(f"no test handles the key '{key}' of {name}")


def compare_with_irrcac(case: Case, key: str, expected: dict[str, Any], tolerance: float) -> None:
    """irrCAC: alpha's error lacks the factor 1 - 1/N; its table functions divide the variance by n."""
    function, weights = key.split(".")
    ratings = ratings_of(case)
    row = row_of(
        ratings,
        IRRCAC[function],
        weights="identity" if weights == "unweighted" else weights,
        ci="analytic",
    )
    assert row.value is not None
    assert row.se is not None
    rated = np.asarray(ratings.codes) >= 0
    of_tables = "coeff.val" in expected
    n = int((rated.sum(axis=0) >= 1).sum()) if ratings.frame.weight is None else ratings.frame.n_units
    total = int(rated[:, rated.sum(axis=0) >= 2].sum())
    se = row.se
    if function in {"alpha_irrcac", "alpha"}:
        se *= total / (total - 1)
    if of_tables and function != "kappa":
        se *= math.sqrt((n - 1) / n)
    quantile = student.ppf(0.975, n - 1)
    limits = [row.value - quantile * se, min(1.0, row.value + quantile * se)]
    observed, chance = row.observed, row.expected or 0.0
    assert observed is not None
    if function == "alpha_irrcac":  # it corrects observed agreement and leaves chance with replacement
        observed = (1 - 1 / total) * observed + 1 / total
        chance = 1 - (1 - chance) * (total - 1) / total
    handlers: dict[str, Callable[[Any], None]] = {
        "coef": lambda x: close(row.value, x, tolerance),
        "coeff.val": lambda x: close(row.value, x, tolerance),
        "se": lambda x: close(se, x, tolerance),
        "coeff.se": lambda x: close(se, x, tolerance),
        "ci": lambda x: close(limits, parsed(x), 5.1e-4),
        "coeff.ci": lambda x: close(limits, parsed(x), 5.1e-4),
        "pa": lambda x: close(observed, x, tolerance),
        "pe": lambda x: close(chance, x, tolerance),
        "coeff.pval": lambda x: close(2 * student.sf(abs(row.value or 0) / se, n - 1), float(x), tolerance),
        "coeff.name": lambda x: same_name(row.coefficient, x, weights),
    }
    for item, wanted in expected.items():
        handlers[item](wanted)


def parsed(limits: str) -> list[float]:
    return [float(part) for part in limits.strip("()").split(",")]


def same_name(coefficient: str, printed: str, weights: str) -> None:
    title = str(COEFFICIENTS[coefficient].title).casefold().replace("–", "-")
    if coefficient == "weighted_kappa":
        title = "cohen's kappa"  # of which it is the weighted form
    if coefficient == "gwet_ac2" and weights == "unweighted":
        title = "gwet's ac1"
    assert title.startswith(printed.casefold())


@pytest.mark.parametrize(("name", "key"), CI_KEYS)
def test_every_published_interval(name: str, key: str, shared: Path) -> None:
    case = CASES[name]
    ratings = ratings_of(case)
    wanted = case["ci"][key]
    computed: dict[str, Callable[[], object]] = {
        "kalpha_style_fixed_De_239_pairs": lambda: limits_of(ratings, "kalpha", 20_000),
        "unit_bootstrap_percentile_B5000": lambda: limits_of(ratings, "percentile", 5_000),
        "unit_jackknife_se": lambda: row_of(ratings, "krippendorff_alpha", metric="ordinal").se,
    }
    close(computed[key](), wanted, 1e-6 if key == "unit_jackknife_se" else 0.005)


def limits_of(ratings: Ratings, ci: str, resamples: int) -> list[float | None]:
    row = row_of(ratings, "krippendorff_alpha", metric="ordinal", ci=ci, resamples=resamples)
    return [row.ci_low, row.ci_high]


def test_bca_of_the_same_data(shared: Path) -> None:
    ratings = ratings_of(CASES["hayes_krippendorff2007"])
    row = row_of(ratings, "krippendorff_alpha", metric="ordinal", ci="bca", resamples=10_000)
    close([row.ci_low, row.ci_high], [0.643, 0.852], 0.006)
    assert row.p_below_80 == pytest.approx(0.83, abs=0.02)


def test_cases_named_in_the_registry_are_handled() -> None:
    handled = {*SIMPLE, *IRRCAC}
    named = {case for row in COEFFICIENTS.values() for case in row.cases}
    assert named <= handled


@pytest.mark.parametrize(
    ("file", "expected", "tolerance"),
    [("annotations_g1.csv", 0.19762597248876537, 1e-12), ("annotations_g2.csv", 0.7780866026522338, 1e-12)],
)
def test_fleiss_of_twenty_annotators(shared: Path, file: str, expected: float, tolerance: float) -> None:
    read = ratings_of_table(read_bare_table(shared / "data" / "rater-matrices" / file))
    assert isinstance(read.ratings, Ratings)
    found = row_of(read.ratings, "fleiss_kappa").value
    assert found == pytest.approx(expected, abs=tolerance, rel=0)


def test_khastar_retest_is_holsti() -> None:
    """N1 = 22, N2 = 20, M = 17 gives 80.95 % (Khastar 2009)."""
    ratings = Ratings(
        coders=("first", "second"),
        categories=("absent", "code"),
        codes=np.array([[1, 1, 0, 0], [1, 0, 1, 0]], np.int8),
        frame=UnitFrame(ids=np.arange(4), weight=np.array([17, 5, 3, 100])),
        presence=True,
    )
    for name in ("holsti", "positive_agreement"):
        assert row_of(ratings, name).value == pytest.approx(34 / 42, abs=1e-15)


def test_names_of_other_programs_find_the_coefficient() -> None:
    for row in COEFFICIENTS.values():
        assert row.citation
        assert not row.doi or re.fullmatch(r"10\.\d{4,9}/\S+", row.doi)
        for alias in (row.name, *row.aliases):
            assert find(alias.upper().replace("_", "-")) is row
