"""How fast agreement is, as ratios to other packages measured in the same run.

A script and not a test, because a time is no property of the code::

    python tests/benchmarks/bench_agreement.py --peers /path/to/peers/bin/python

Peers run in an environment of their own (some pin old versions of scipy), called as a process; without
one, or where a package is missing there, its row says "unmeasured". ``--scale 0.1`` shrinks every size.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds and peak memory of one task, and the value it computed."""

    seconds: float
    megabytes: float
    value: float | None


def ratings(units: int, coders: int, categories: int, missing: float) -> Codes:
    """Return (coders, units) correlated ratings with Zipf-distributed categories, -1 for missing."""
    generator = np.random.default_rng(1)
    shares = 1 / np.arange(1, categories + 1)
    shares /= shares.sum()
    truth = generator.choice(categories, units, p=shares)
    codes = np.empty((coders, units), np.int8)
    for coder in codes:
        guess = generator.choice(categories, units, p=shares)
        coder[:] = np.where(generator.random(units) < 0.7, truth, guess)
        coder[generator.random(units) < missing] = -1
    return codes


def as_table(codes: Codes, categories: int):  # type: ignore[no-untyped-def]
    """Return the ratings as a table of ours."""
    from omnistudy.agreement.ratings import Ratings, UnitFrame

    return Ratings(
        coders=tuple(f"c{g}" for g in range(len(codes))),
        categories=tuple(str(c) for c in range(categories)),
        codes=codes,
        frame=UnitFrame(ids=np.arange(codes.shape[1])),
    )


def our_alpha(codes: Codes, resamples: int = 0, *, jackknife: bool = False) -> float:
    """Nominal alpha, with exact resamples or a jackknife of all units if asked for."""
    from omnistudy.agreement.counts import tally
    from omnistudy.agreement.metrics import alpha_for
    from omnistudy.agreement.replicates import Draws, View, by_unit, replicate
    from omnistudy.agreement.threads import one_thread

    table = as_table(codes, int(codes.max()) + 1)
    counted = tally(table)
    draws = Draws(resamples=resamples, seed=1, effort=10**13) if resamples else None
    view = View(counted, alpha_for("nominal", table, counted))
    return one_thread(replicate)([view], by_unit(counted), draws, jackknife=jackknife)[0].value


def our_pairs(codes: Codes) -> float:
    """All pairwise Cohen kappas; their mean."""
    from omnistudy.agreement.analysis import agreement_of_table
    from omnistudy.agreement.options import AgreementOptions
    from omnistudy.results import Provenance

    options = AgreementOptions(coefficients=("cohen_kappa",), by=("pair",), ci="none", resamples=0)
    nowhere = Provenance(version="0", command="bench", seed=1, inputs=(), synthetic=True)
    rows = agreement_of_table(as_table(codes, int(codes.max()) + 1), options, nowhere).rows
    return float(np.mean([row.value for row in rows if row.value is not None]))


def our_spans(spans: int) -> float:
    """The unitizing family of that many spans of two coders."""
    from omnistudy.agreement.spans import span_ratings
    from omnistudy.agreement.unitizing import Unitizing, features

    generator = np.random.default_rng(1)
    length, each, codes = 100 * spans, spans // 2, 20
    rows = []
    for coder in range(2):
        borders = np.sort(generator.choice(length, 2 * each, replace=False)).reshape(-1, 2)
        code = generator.integers(0, codes, each)
        rows.append(np.column_stack([np.zeros(each, int), np.full(each, coder), code, borders]))
    table = span_ratings(
        coders=("a", "b"),
        codes=tuple(map(str, range(codes))),
        interviews=("t",),
        lengths=np.array([length]),
        seen=np.ones((1, 2), np.bool_),
        rows=np.concatenate(rows),
    )
    family, sums = Unitizing(codes), features(table).sum(axis=0, keepdims=True)
    for function in (family.relevance, family.cu_alpha):
        function(sums)
    for k in range(codes):
        family.ku_alpha(sums, k)
    return float(family.u_alpha(sums).value[0])


def krippendorff_alpha(codes: Codes) -> float:
    """Nominal alpha by the package krippendorff."""
    import krippendorff

    data = np.where(codes < 0, np.nan, codes.astype(float))
    return float(krippendorff.alpha(reliability_data=data, level_of_measurement="nominal"))


def irrcac_alpha(codes: Codes) -> float:
    """Nominal alpha by irrCAC."""
    import pandas as pd
    from irrCAC.raw import CAC  # type: ignore[import-not-found]

    frame = pd.DataFrame(np.where(codes < 0, np.nan, codes.astype(float)).T)
    return float(CAC(frame, digits=15).krippendorff()["est"]["coefficient_value"])


def sklearn_pairs(codes: Codes) -> float:
    """All pairwise Cohen kappas by scikit-learn, each on the units that both rated; their mean."""
    from sklearn.metrics import cohen_kappa_score

    values = []
    for g in range(len(codes)):
        for h in range(g + 1, len(codes)):
            both = (codes[g] >= 0) & (codes[h] >= 0)
            values.append(cohen_kappa_score(codes[g][both], codes[h][both]))
    return float(np.mean(values))


TASKS: dict[str, Callable[[Codes], float]] = {
    "our_alpha": our_alpha,
    "our_jackknife": lambda codes: our_alpha(codes, jackknife=True),
    "our_bootstrap": lambda codes: our_alpha(codes, 10_000),
    "our_pairs": our_pairs,
    "our_spans": lambda codes: our_spans(codes.shape[1]),
    "krippendorff": krippendorff_alpha,
    "irrCAC": irrcac_alpha,
    "scikit-learn": sklearn_pairs,
}


def memory(field: str) -> float:
    """Megabytes that this process holds (VmRSS) or held at most (VmHWM); elsewhere than on Linux the peak.

    The peak of getrusage starts at that of the parent, so a small task would seem to need nothing.
    """
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return float(next(line.split()[1] for line in lines if line.startswith(field))) / 1024


def forget_peak() -> None:
    """Start the peak anew, where the system allows it."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def run_task(name: str, file: str) -> None:
    """Run one task in this process and print what it took; a tiny run first keeps imports out."""
    codes: Codes = np.load(file)
    TASKS[name](np.array(codes[:, :200]))
    forget_peak()
    before = memory("VmRSS")
    started = time.perf_counter()
    value = TASKS[name](codes)
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "megabytes": memory("VmHWM") - before, "value": value}))


def measure(name: str, codes: Codes, python: str | None) -> Measured | None:
    """Run a task in a process of its own; ``None`` where there is no environment or it fails there."""
    if python is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "codes.npy"
        np.save(file, codes)
        command = [python, str(Path(__file__).resolve()), "--task", name, "--data", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"{name}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    return Measured(**json.loads(done.stdout))


def peer_versions(python: str | None) -> str:
    """Name the versions in the environment of the peers."""
    if python is None:
        return "unmeasured, no environment given"
    code = (
        "from importlib.metadata import distributions as d;"
        "print(', '.join(sorted(f'{x.name} {x.version}' for x in d()"
        " if x.name.lower() in {'krippendorff', 'irrcac', 'scikit-learn', 'numpy', 'scipy'})))"
    )
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unmeasured, the environment does not run"


def whole_process(rows: int) -> float | None:
    """Seconds of the command line on a long table with everything switched on."""
    codes = ratings(rows // 10, 10, 20, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ratings.csv"
        with file.open("w", encoding="utf-8") as out:
            out.write("unit,coder,value\n")
            for g, coder in enumerate(codes):
                out.writelines(f"u{u},c{g},code{c}\n" for u, c in enumerate(coder))
        command = [sys.executable, "-m", "omnistudy", "agreement", str(file), "--by", "overall,code,pair"]
        started = time.perf_counter()
        done = subprocess.run([*command, "--format", "json"], capture_output=True, check=False)
        seconds = time.perf_counter() - started
    return seconds if done.returncode == 0 else None


def line(task: str, ours: Measured | None, peer: str, theirs: Measured | None, target: str) -> str:
    """Return one row of the report."""
    if ours is None:
        return f"| {task} | failed | | | {target} |"
    own = f"{ours.seconds:.3f} s, {ours.megabytes:.0f} MB"
    if not peer:
        return f"| {task} | {own} | | | {target} |"
    if theirs is None:
        return f"| {task} | {own} | {peer}: unmeasured | | {target} |"
    ratio = (
        f"{theirs.seconds / ours.seconds:.0f}× time, {theirs.megabytes / max(ours.megabytes, 1):.0f}× memory"
    )
    same = (
        ""
        if theirs.value is None or ours.value is None
        else f", differ by {abs(theirs.value - ours.value):.1e}"
    )
    return f"| {task} | {own} | {peer}: {theirs.seconds:.2f} s, {theirs.megabytes:.0f} MB | {ratio}{same} | {target} |"


def main() -> None:
    """Measure everything and print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", help="Python of an environment with krippendorff, irrCAC, scikit-learn")
    parser.add_argument("--scale", type=float, default=1.0, help="factor on all sizes")
    parser.add_argument("--task", choices=TASKS, help=argparse.SUPPRESS)
    parser.add_argument("--data", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.task:
        run_task(given.task, given.data)
        return
    million = int(1_000_000 * given.scale)
    big, small = ratings(million, 10, 20, 0.2), ratings(million, 3, 8, 0.1)
    machine = f"{platform.machine()}, {os.cpu_count()} cores"
    print(f"Python {platform.python_version()}, numpy {version('numpy')}, {machine}, {million:,} units")
    print(f"Peers: {peer_versions(given.peers)}\n")
    print("| task | omnistudy | peer | ratio | target |\n|---|---|---|---|---|")
    ours = measure("our_alpha", big, sys.executable)
    for peer, target in (("krippendorff", "20× time, 20× memory"), ("irrCAC", "8× time")):
        print(line("nominal alpha, 10 coders, 20 codes", ours, peer, measure(peer, big, given.peers), target))
    print(line("jackknife of all units", measure("our_jackknife", big, sys.executable), "", None, "0.5 s"))
    exact = measure("our_bootstrap", small, sys.executable)
    print(line("10,000 exact resamples, 3 coders, 8 codes", exact, "", None, "1 s"))
    pairs = measure("our_pairs", big, sys.executable)
    print(
        line("45 Cohen kappas", pairs, "scikit-learn", measure("scikit-learn", big, given.peers), "5× time")
    )
    spans = np.zeros((1, int(100_000 * given.scale)), np.int8)
    print(line("unitizing family, spans", measure("our_spans", spans, sys.executable), "", None, "1 s"))
    whole = whole_process(million)
    print(f"| {million:,} rows of CSV, whole process | {f'{whole:.1f} s' if whole else 'failed'} | | | 6 s |")


if __name__ == "__main__":
    main()
