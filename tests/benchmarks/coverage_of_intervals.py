"""How often 95 % intervals of agreement hold the true value: a simulation with the product's own intervals.

A script and not a test, because it takes some twenty minutes of one core::

    python tests/benchmarks/coverage_of_intervals.py --write

``--write`` renews ``omnistudy/agreement/scopes/coverage_of_intervals.csv``, which the program reads to warn its users,
and ``tests/benchmarks/coverage_of_intervals.md``, which people read.

The population. A unit has a true category, drawn by the shares of the categories. A coder knows it with the
probability √t, else guesses by the same shares, independently of the other coders. Two coders then agree beyond
chance in a share t of the units, so alpha and every kappa are t exactly, and percent agreement and AC1 follow:
truth is a formula and no estimate. Where units lie in interviews, an interview has shares and a t of its own,
drawn around the means (Dirichlet and beta distributions with an intraclass correlation of .1), and 10 to 30 units;
the mean of t is set so that the coefficients over all interviews of the population are the stated ones.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import version
from itertools import product
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from omnistudy.agreement.coefficients.registry import COEFFICIENTS
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.ratings.counts import tally
from omnistudy.agreement.ratings.rating_table import Ratings, UnitFrame
from omnistudy.agreement.ratings.threads import one_thread
from omnistudy.agreement.scopes.cases import build_case
from omnistudy.agreement.scopes.coverage import LEAST_INTERVALS
from omnistudy.agreement.scopes.scope import interval_of, run, sampling_for

SEED, SAMPLES, RESAMPLES = 1, 1_000, 1_000
SHARES: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "balanced": (0.5, 0.5),
        "rare": (0.9, 0.1),
        "very_rare": (0.98, 0.02),
        "four": (0.4, 0.3, 0.2, 0.1),
    }
)
TRUTHS = (0.6, 0.85)
CODERS = (2, 3)
SIZES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {"unit": (5, 10, 30, 100, 300), "interview": (2, 3, 5, 8, 14, 30)}
)
FEWEST_UNITS, MOST_UNITS = 10, 30
INTRACLASS = 0.1
METHODS = ("jackknife", "jackknife_z", "bca", "percentile", "analytic")
LEAVING_OUT = METHODS[:2]
COLUMNS = (
    "sampled", "n", "coders", "population", "truth", "coefficient", "method",
    "samples", "values", "intervals", "held", "width",
)  # fmt: skip
HERE = Path(__file__).resolve().parent
DATA = HERE.parent.parent / "omnistudy" / "agreement" / "scopes" / "coverage_of_intervals.csv"
PAGE = HERE / "coverage_of_intervals.md"

Limits = tuple[float, float] | None
Found = Mapping[tuple[str, str], Limits]
"""Coefficient and method to the limits; without the key there is no value."""


@dataclass(frozen=True, kw_only=True)
class Design:
    """One population and one size of sample.

    ``sampled`` is ``unit``, ``interview``, or ``unit_in_interview``: units within interviews, of which single
    units are sampled all the same. ``n`` counts units for the first and interviews for the others.
    """

    sampled: str
    n: int
    coders: int
    population: str
    truth: float

    @property
    def shares(self) -> NDArray[np.float64]:
        """Shares of the categories."""
        return np.array(SHARES[self.population])

    @property
    def coefficients(self) -> tuple[str, ...]:
        """What is measured: plain agreement, kappa, AC1, alpha."""
        kappa = "cohen_kappa" if self.coders == 2 else "fleiss_kappa"
        return ("percent_agreement", kappa, "gwet_ac1", "krippendorff_alpha")

    @cached_property
    def true_values(self) -> Mapping[str, float]:
        """The coefficients of the population."""
        agreed = 1 - (1 - self.truth) * float(1 - self.shares @ self.shares)
        chance = float(self.shares @ (1 - self.shares)) / (len(self.shares) - 1)
        known = {"percent_agreement": agreed, "gwet_ac1": (agreed - chance) / (1 - chance)}
        return {name: known.get(name, self.truth) for name in self.coefficients}


@dataclass(kw_only=True)
class Count:
    """What became of the samples of a design under one coefficient and one method."""

    samples: int = 0
    values: int = 0
    intervals: int = 0
    held: int = 0
    widths: list[float] = field(default_factory=list)


def designs() -> Iterator[Design]:
    """Return everything that is simulated, without the units in interviews, which come with the interviews."""
    for sampled, sizes in SIZES.items():
        for population, truth, coders, n in product(SHARES, TRUTHS, CODERS, sizes):
            yield Design(sampled=sampled, n=n, coders=coders, population=population, truth=truth)


def draw(design: Design, generator: np.random.Generator) -> Ratings:
    """Draw one sample of a design."""
    shares, interview = design.shares, None
    if design.sampled == "unit":
        of_unit = np.broadcast_to(shares, (design.n, len(shares)))
        knowing = np.full(design.n, design.truth)
    else:
        units = generator.integers(FEWEST_UNITS, MOST_UNITS + 1, design.n)
        interview = np.repeat(np.arange(design.n), units)
        weight = 1 / INTRACLASS - 1
        mean = 1 - (1 - design.truth) / (1 - INTRACLASS)
        of_unit = generator.dirichlet(weight * shares, design.n)[interview]
        knowing = generator.beta(weight * mean, weight * (1 - mean), design.n)[interview]
    borders = of_unit.cumsum(axis=1)[:, :-1]
    size = len(knowing)

    def guess() -> NDArray[np.int8]:
        return np.asarray((generator.random(size)[:, None] > borders).sum(axis=1), np.int8)

    true = guess()
    codes = [np.where(generator.random(size) < np.sqrt(knowing), true, guess()) for _ in range(design.coders)]
    return Ratings(
        coders=tuple(f"c{g}" for g in range(design.coders)),
        categories=tuple(str(c) for c in range(len(shares))),
        codes=np.array(codes, np.int8),
        frame=UnitFrame(
            ids=np.arange(size),
            interviews=() if interview is None else tuple(f"i{i}" for i in range(design.n)),
            interview=interview,
        ),
    )


def limits_of(ratings: Ratings, by_method: Mapping[str, AgreementOptions]) -> Found:
    """Return the limits of every coefficient and method; the first method decides what is sampled."""
    first = next(iter(by_method.values()))
    counted = tally(ratings)
    cases = [build_case(COEFFICIENTS[name], ratings, counted, first) for name in first.coefficients]
    sampling = sampling_for(ratings, counted, first)
    found: dict[tuple[str, str], Limits] = {}
    for outcome in run(cases, sampling, first):
        if outcome.replicates is None or outcome.value is None:
            continue
        for method, options in by_method.items():
            span = interval_of(outcome.case, outcome.replicates, sampling.cluster, options)
            limits = None if span.low is None or span.high is None else (span.low, span.high)
            found[outcome.case.row.name, method] = limits
    return found


def options_of(
    design: Design, methods: Sequence[str], cluster: str, coefficients: Sequence[str] = ()
) -> dict[str, AgreementOptions]:
    """Return the options by method; BCa comes first because it needs resamples and the jackknife."""
    wanted = AgreementOptions(
        coefficients=tuple(coefficients) or design.coefficients,
        ci=methods[0],
        resamples=RESAMPLES if "bca" in methods else 0,
        seed=SEED,
        cluster=cluster,
    )
    return {method: replace(wanted, ci=method) for method in methods}


def add(
    counts: dict[tuple[str, str], Count],
    design: Design,
    asked: Sequence[Mapping[str, AgreementOptions]],
    found: Found,
) -> None:
    """Count one sample."""
    for way in asked:
        for name, method in product(next(iter(way.values())).coefficients, way):
            count = counts.setdefault((name, method), Count())
            count.samples += 1
            if (name, method) not in found:
                continue
            count.values += 1
            limits = found[name, method]
            if limits is None:
                continue
            count.intervals += 1
            count.held += limits[0] - 1e-12 <= design.true_values[name] <= limits[1] + 1e-12
            count.widths.append(limits[1] - limits[0])


def ways(design: Design) -> list[dict[str, AgreementOptions]]:
    """Return what is asked of every sample: bootstraps of alpha and kappa only, the rest of everything."""
    cheap = LEAVING_OUT if design.sampled == "interview" else (*LEAVING_OUT, "analytic")
    plain, corrected = design.coefficients[::2], design.coefficients[1::2]
    return [
        options_of(design, ("bca", "percentile", *cheap), design.sampled, corrected),
        options_of(design, cheap, design.sampled, plain),
    ]


@one_thread
def simulate(design: Design, samples: int, seed: int = SEED) -> list[dict[str, object]]:
    """Return the rows of one design, and with interviews those of its units too."""
    place = [
        list(SIZES).index(design.sampled),
        design.n,
        design.coders,
        list(SHARES).index(design.population),
    ]
    generator = np.random.default_rng([seed, *place, round(1000 * design.truth)])
    nested = design.sampled == "interview"
    main = ways(design)
    by_unit = options_of(design, (*LEAVING_OUT, "analytic"), "unit", design.coefficients[1::2])
    known: dict[bytes, Found] = {}  # few units have few patterns, and the same ratings the same limits
    counts: dict[tuple[str, str], Count] = {}
    of_units: dict[tuple[str, str], Count] = {}
    for _ in range(samples):
        ratings = draw(design, generator)
        ordered = b"" if nested else ratings.codes[:, np.lexsort(ratings.codes)].tobytes()
        found = known.get(ordered) or {
            key: limits for way in main for key, limits in limits_of(ratings, way).items()
        }
        add(counts, design, main, found)
        if nested:
            add(of_units, design, [by_unit], limits_of(ratings, by_unit))
        else:
            known[ordered] = found
    rows = list(_rows(design, counts))
    return [*rows, *_rows(replace(design, sampled="unit_in_interview"), of_units)]


def _rows(design: Design, counts: Mapping[tuple[str, str], Count]) -> Iterator[dict[str, object]]:
    for (name, method), count in counts.items():
        yield {
            "sampled": design.sampled,
            "n": design.n,
            "coders": design.coders,
            "population": design.population,
            "truth": design.truth,
            "coefficient": name,
            "method": method,
            "samples": count.samples,
            "values": count.values,
            "intervals": count.intervals,
            "held": count.held,
            "width": f"{np.mean(count.widths):.4f}" if count.widths else "",
        }


def main() -> None:
    """Simulate everything and print, or write, what was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--samples", type=int, default=SAMPLES)
    parser.add_argument("--write", action="store_true", help="renew the program's table and the page")
    parser.add_argument("--page", action="store_true", help="renew the page from the program's table only")
    asked = parser.parse_args()
    if asked.page:
        PAGE.write_text(page(read(DATA), made_of(DATA)), encoding="utf-8")
        return
    start, rows = time.process_time(), []
    printed = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    printed.writeheader()
    for design in designs():
        found = simulate(design, asked.samples)
        printed.writerows(found)
        sys.stdout.flush()
        rows += found
    made = (
        f"Seed {SEED}, {asked.samples:,} samples per population, {RESAMPLES:,} resamples;"
        f" {time.process_time() - start:,.0f} s of one core ({platform.machine()}, {os.cpu_count()} cores),"
        f" Python {platform.python_version()}, numpy {version('numpy')}, scipy {version('scipy')}."
    )
    if asked.write:
        with DATA.open("w", encoding="utf-8", newline="") as out:
            out.write(f"# {made} Made by tests/benchmarks/coverage_of_intervals.py\n")
            writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        PAGE.write_text(page(rows_as_read(rows), made), encoding="utf-8")


def rows_as_read(rows: Sequence[Mapping[str, object]]) -> list[dict[str, str]]:
    """Return rows as they come out of a file."""
    return [{key: str(value) for key, value in row.items()} for row in rows]


def read(path: Path) -> list[dict[str, str]]:
    """Return the rows of a written table."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def made_of(path: Path) -> str:
    first = path.read_text(encoding="utf-8").split("\n", 1)[0]
    return first.removeprefix("# ").split(" Made by")[0]


WORDS: Mapping[str, str] = MappingProxyType(
    {
        "unit": "units sampled, n units",
        "interview": "interviews sampled, n interviews of 10 to 30 units",
        "unit_in_interview": "units sampled although they lie in interviews, n interviews of 10 to 30 units",
        "jackknife": "jackknife-t (the default)",
        "bca": "BCa bootstrap",
        "percentile": "percentile bootstrap",
        "analytic": "large-sample formula",
        "jackknife_z": "jackknife-t on Fisher's z scale",
        "balanced": "two, .5 and .5",
        "rare": "two, .9 and .1",
        "very_rare": "two, .98 and .02",
        "four": "four, .4 .3 .2 .1",
    }
)
TABLES_BEGIN = "<!-- tables: written by coverage_of_intervals.py -->"


def page(rows: Sequence[Mapping[str, str]], made: str) -> str:
    """Return the page with new tables; what stands above them is kept."""
    before = PAGE.read_text(encoding="utf-8").split(TABLES_BEGIN)[0] if PAGE.exists() else ""
    out = [before + TABLES_BEGIN, "", made, ""]
    for sampled in (*SIZES, "unit_in_interview"):
        out += [f"## {_capital(WORDS[sampled])}", ""]
        for method in METHODS:
            out += _table(rows, sampled, method, ("alpha", "kappa"), _coverage, "coverage of alpha / kappa")
        out += _table(
            rows, sampled, "jackknife", ("percent", "ac1"), _coverage, "coverage of percent agreement / AC1"
        )
        out += _table(rows, sampled, "jackknife", ("alpha", "kappa"), _width, "mean width, alpha / kappa")
        what = "samples in which alpha has no value / has one but no interval"
        out += _table(rows, sampled, "jackknife", ("alpha",), _undefined, what)
    return "\n".join(out).rstrip() + "\n"


def _table(
    rows: Sequence[Mapping[str, str]],
    sampled: str,
    method: str,
    shown: Sequence[str],
    cell: Callable[[Mapping[str, str]], str],
    what: str,
) -> list[str]:
    found: dict[tuple[str, str, str], dict[int, dict[str, str]]] = {}
    for row in rows:
        name = next((part for part in ("alpha", "kappa", "percent", "ac1") if part in row["coefficient"]), "")
        if (row["sampled"], row["method"]) == (sampled, method) and name in shown:
            place = found.setdefault((row["population"], row["truth"], row["coders"]), {})
            place.setdefault(int(row["n"]), {})[name] = cell(row)
    if not found:
        return []
    sizes = sorted(next(iter(found.values())))
    out = [
        f"**{_capital(WORDS[method])}: {what}**",
        "",
        "| categories | true alpha | coders |" + "".join(f" n = {n} |" for n in sizes),
        "|---|---|---|" + "---|" * len(sizes),
    ]
    for (population, truth, coders), cells in found.items():
        values = [" / ".join(cells[n][name] for name in shown) for n in sizes]
        out.append(f"| {WORDS[population]} | {truth} | {coders} | " + " | ".join(values) + " |")
    return [*out, ""]


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _coverage(row: Mapping[str, str]) -> str:
    printed = int(row["intervals"])
    if not printed:
        return "–"
    share = f"{int(row['held']) / printed:.3f}"
    return share if printed >= LEAST_INTERVALS else f"({share})"


def _width(row: Mapping[str, str]) -> str:
    return f"{float(row['width']):.2f}" if row["width"] else "–"


def _undefined(row: Mapping[str, str]) -> str:
    samples, values, printed = (int(row[key]) for key in ("samples", "values", "intervals"))
    return f"{1 - values / samples:.3f} / {(values - printed) / samples:.3f}"


if __name__ == "__main__":
    main()
