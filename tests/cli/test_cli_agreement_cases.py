"""Every key of every published case through the command line: tables are files, answers are JSON.

Definitions, layouts and tolerances are those of the cases' README. Two keys are no option of a command
and are computed by functions, as the README says: the distances of sets and what QualCoder shows.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from command_line import omnistudy
from scipy.stats import t as student

from omnistudy.agreement.coefficients.metrics import masi_distance
from omnistudy.agreement.coefficients.registry import COEFFICIENTS
from omnistudy.agreement.programs.vendors import qualcoder_prints

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "cases" / "agreement"
CASES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
KEYS = [(name, key) for name, case in CASES.items() for key in case["expected"]]
CI_KEYS = [(name, key) for name, case in CASES.items() for key in case.get("ci", {})]

Row = dict[str, Any]


def write(file: str, rows: Iterable[Sequence[object]]) -> None:
    with Path(file).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)


@dataclass(frozen=True)
class CaseRun:
    """A case whose data lie in a file of the current folder, and the command line that reads it."""

    case: dict[str, Any]
    capfd: pytest.CaptureFixture[str]

    def rows(self, *options: str) -> list[Row]:
        """Run ``agreement`` on the file and return its rows, each with a value or a reason."""
        self.write_table()
        named = () if "--resamples" in options else ("--resamples", "0")
        ran = omnistudy(self.capfd, "agreement", *self.table, *options, *named, "--format", "json")
        assert ran.code == 0, ran.err
        rows: list[Row] = ran.json["rows"]
        assert rows
        assert all((row["value"] is None) == bool(row["reason"]) for row in rows)
        return rows

    def row(self, name: str, *options: str) -> Row:
        (row,) = self.rows("--coefficient", name, *options)
        return row

    def of_spans(self, name: str, scope: str = "overall") -> list[Row]:
        rows = self.rows("--coefficient", name, "--by", "overall,code")
        return [row for row in rows if row["scope"] == scope and row["aggregate"] == "direct"]

    @property
    def table(self) -> tuple[str, ...]:
        return ("case.csv", "--counts") if "table" in self.case else ("case.csv",)

    def write_table(self) -> None:
        """Write the case in the layout of the contract that fits: wide, spans or a contingency table."""
        case = self.case
        if "data" in case:
            units = zip(*case["data"], strict=True)
            header = ["unit", *(f"coder {g}" for g in range(len(case["data"])))]
            cells = (["" if x is None else x for x in unit] for unit in units)
            write("case.csv", [header, *([f"u{u}", *unit] for u, unit in enumerate(cells))])
        elif "spans" in case:
            length = case["continuum"][1]
            spans = [(c, *span) for c, of_coder in case["spans"].items() for span in of_coder]
            body = [("text", start, end, c, code, length) for c, start, end, code in spans]
            write("case.csv", [("interview", "start", "end", "coder", "code", "length"), *body])
        else:
            cells = case["table"]
            only_a, only_b = cells.get("only_a", cells.get("only_one")), cells.get("only_b", 0)
            no, yes = ("no", cells["neither"], only_b), ("yes", only_a, cells["both"])
            write("case.csv", [("a", "no", "yes"), no, yes])

    def weights(self) -> tuple[str, ...]:
        labels = sorted({x for coder in self.case["data"] for x in coder})
        body = [[label, *row] for label, row in zip(labels, self.case["weights"], strict=True)]
        write("weights.csv", [["", *labels], *body])
        return "--weights", "weights.csv", "--weights-kind", self.case["weights_kind"]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], name: str
) -> CaseRun:
    monkeypatch.chdir(tmp_path)
    return CaseRun(CASES[name], capfd)


def close(found: object, expected: object, tolerance: float) -> None:
    """Compare elementwise; ``None`` means undefined on both sides."""
    if isinstance(expected, dict):
        assert isinstance(found, dict)
        assert found.keys() >= expected.keys()  # a case may print some of the codes only
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


def value(name: str, *options: str) -> Callable[[CaseRun], object]:
    return lambda run: run.row(name, *options)["value"]


def of_codes(field: str) -> Callable[[CaseRun], object]:
    return lambda run: {row["code"]: row[field] for row in run.of_spans("ku_alpha", "code")}


def per_category(run: CaseRun) -> object:
    return {row["code"]: row["value"] for row in run.rows("--coefficient", "fleiss_kappa", "--by", "code")}


def unitizing(name: str) -> Callable[[CaseRun], object]:
    return lambda run: run.of_spans(name)[0]["value"]


def qualcoder(run: CaseRun) -> object:
    cells = run.case["table"]
    return qualcoder_prints(cells["both"], cells["only_a"], cells["only_b"], cells["neither"])


SIMPLE: dict[str, Callable[[CaseRun], object]] = {
    **{
        name: value(name)
        for name in (
            "percent_agreement", "bennett_s", "brennan_prediger", "randolph_kappa", "pabak", "scott_pi",
            "cohen_kappa", "kappa_max", "fleiss_kappa", "light_kappa", "hubert_kappa", "gwet_ac1",
        )
    },
    **{
        f"alpha_{metric}": value("krippendorff_alpha", "--metric", metric)
        for metric in ("nominal", "ordinal", "interval", "ratio")
    },
    "conger_exact_kappa": value("conger_kappa"),
    "gwet_ac2_quadratic": value("gwet_ac2", "--weights", "quadratic"),
    "weighted_kappa": lambda run: run.row("weighted_kappa", *run.weights())["value"],
    "se_kappa": lambda run: run.row("cohen_kappa", "--ci", "analytic")["se"],
    "se_weighted_kappa": lambda run: run.row("weighted_kappa", *run.weights(), "--ci", "analytic")["se"],
    "per_category_fleiss": per_category,
    "u_alpha": unitizing("u_alpha"),
    "bar_u_alpha": unitizing("u_alpha_relevance"),
    "cu_alpha": unitizing("cu_alpha"),
    "ku_alpha": of_codes("value"),
    "coverage": of_codes("coverage"),
    "masi_distance": lambda run: [masi_distance(a, b) for a, b in run.case["pairs"]],
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
def test_every_published_key(run: CaseRun, key: str) -> None:
    expected, tolerance = run.case["expected"][key], run.case["tolerance"]
    if "." in key:
        compare_with_irrcac(run, key, expected, tolerance)
    elif key in SIMPLE:
        close(SIMPLE[key](run), expected, tolerance)
    else:
        pytest.fail(f"no test handles the key '{key}'")


def compare_with_irrcac(run: CaseRun, key: str, expected: dict[str, Any], tolerance: float) -> None:
    """irrCAC: alpha's error lacks the factor 1 - 1/N; its table functions divide the variance by n."""
    function, weights = key.split(".")
    chosen = "identity" if weights == "unweighted" else weights
    row = run.row(IRRCAC[function], "--weights", chosen, "--ci", "analytic")
    assert row["value"] is not None
    assert row["se"] is not None
    rated = [sum(x is not None for x in unit) for unit in zip(*run.case["data"], strict=True)]
    n, total = sum(r >= 1 for r in rated), sum(r for r in rated if r >= 2)
    se: float = row["se"]
    if function in {"alpha_irrcac", "alpha"}:
        se *= total / (total - 1)
    if "coeff.val" in expected and function != "kappa":
        se *= math.sqrt((n - 1) / n)
    quantile = student.ppf(0.975, n - 1)
    limits = [row["value"] - quantile * se, min(1.0, row["value"] + quantile * se)]
    observed, chance = row["observed"], row["expected"] or 0.0
    if function == "alpha_irrcac":  # it corrects observed agreement and leaves chance with replacement
        observed = (1 - 1 / total) * observed + 1 / total
        chance = 1 - (1 - chance) * (total - 1) / total
    handlers: dict[str, Callable[[Any], None]] = {
        "coef": lambda x: close(row["value"], x, tolerance),
        "coeff.val": lambda x: close(row["value"], x, tolerance),
        "se": lambda x: close(se, x, tolerance),
        "coeff.se": lambda x: close(se, x, tolerance),
        "ci": lambda x: close(limits, parsed(x), 5.1e-4),
        "coeff.ci": lambda x: close(limits, parsed(x), 5.1e-4),
        "pa": lambda x: close(observed, x, tolerance),
        "pe": lambda x: close(chance, x, tolerance),
        "coeff.pval": lambda x: close(2 * student.sf(abs(row["value"]) / se, n - 1), float(x), tolerance),
        "coeff.name": lambda x: same_name(row["coefficient"], x, weights),
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


def limits(run: CaseRun, ci: str, resamples: int) -> list[float | None]:
    options = ("--metric", "ordinal", "--ci", ci, "--resamples", str(resamples))
    row = run.row("krippendorff_alpha", *options)
    return [row["ci_low"], row["ci_high"]]


@pytest.mark.parametrize(("name", "key"), CI_KEYS)
def test_every_published_interval(run: CaseRun, key: str) -> None:
    computed: dict[str, Callable[[], object]] = {
        "kalpha_style_fixed_De_239_pairs": lambda: limits(run, "kalpha", 20_000),
        "unit_bootstrap_percentile_B5000": lambda: limits(run, "percentile", 5_000),
        "unit_jackknife_se": lambda: run.row("krippendorff_alpha", "--metric", "ordinal")["se"],
    }
    close(computed[key](), run.case["ci"][key], 1e-6 if key == "unit_jackknife_se" else 0.005)


def test_the_registry_and_the_cases_name_the_same_keys(shared: Path) -> None:
    named = {case for row in COEFFICIENTS.values() for case in row.cases}
    assert named <= {*SIMPLE, *IRRCAC}
    assert {key.split(".")[0] for _, key in KEYS} - named == {"masi_distance", "qualcoder_prints"}
