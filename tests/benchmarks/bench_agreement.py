"""How fast agreement is, beside krippendorff, irrCAC and scikit-learn. Run by run.py."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from comparing import Target, Task
from measure import Job, Work
from numpy.typing import NDArray

Codes = NDArray[np.int8]

MILLION = 1_000_000
SPANS = 100_000


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
    from omnistudy.agreement.ratings.rating_table import Ratings, UnitFrame

    return Ratings(
        coders=tuple(f"c{g}" for g in range(len(codes))),
        categories=tuple(str(c) for c in range(categories)),
        codes=codes,
        frame=UnitFrame(ids=np.arange(codes.shape[1])),
    )


def our_alpha(codes: Codes, resamples: int = 0, *, jackknife: bool = False) -> float:
    """Nominal alpha, with exact resamples or a jackknife of all units if asked for."""
    from omnistudy.agreement.coefficients.metrics import alpha_for
    from omnistudy.agreement.intervals.replicates import Draws, View, by_unit, replicate
    from omnistudy.agreement.ratings.counts import tally
    from omnistudy.agreement.ratings.threads import one_thread

    table = as_table(codes, int(codes.max()) + 1)
    counted = tally(table)
    draws = Draws(resamples=resamples, seed=1, effort=10**13)
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
    from omnistudy.agreement.passages.spans import span_ratings
    from omnistudy.agreement.passages.unitizing import Unitizing, features

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


def on_codes(function: Callable[[Codes], float]) -> Job:
    """A job on a table of ratings; a run on 200 units first keeps imports out of the time."""

    def job(data: Path) -> Callable[[], object]:
        codes: Codes = np.load(data)
        function(np.array(codes[:, :200]))
        return lambda: function(codes)

    return job


def write_long_table(path: Path, rows: int) -> None:
    """Write a long table of ten coders."""
    codes = ratings(rows // 10, 10, 20, 0.0)
    with path.open("w", encoding="utf-8") as out:
        out.write("unit,coder,value\n")
        for g, coder in enumerate(codes):
            out.writelines(f"u{u},c{g},code{c}\n" for u, c in enumerate(coder))


JOBS: Mapping[str, Job] = {
    "our_alpha": on_codes(our_alpha),
    "our_jackknife": on_codes(lambda codes: our_alpha(codes, jackknife=True)),
    "our_bootstrap": on_codes(lambda codes: our_alpha(codes, 10_000)),
    "our_pairs": on_codes(our_pairs),
    "our_spans": on_codes(lambda codes: our_spans(codes.shape[1])),
    "krippendorff": on_codes(krippendorff_alpha),
    "irrCAC": on_codes(irrcac_alpha),
    "scikit-learn": on_codes(sklearn_pairs),
}


def tasks(scratch: Path, scale: float, peers: Path | None) -> Iterator[Task]:
    """Yield the tasks; their data are written to ``scratch`` when they are reached."""
    units = int(MILLION * scale)
    big, small, spans, table = (
        scratch / name for name in ("big.npy", "small.npy", "spans.npy", "ratings.csv")
    )
    np.save(big, ratings(units, 10, 20, 0.2))
    np.save(small, ratings(units, 3, 8, 0.1))
    np.save(spans, np.zeros((1, int(SPANS * scale)), np.int8))

    def task(name: str, job: str, data: Path, target: Target, peer: str = "") -> Task:
        theirs = None
        if peer and peers is not None:
            theirs = Work(job=f"bench_agreement:{peer}", data=data, whole=False, python=peers)
        ours = Work(job=f"bench_agreement:{job}", data=data, whole=False)
        return Task(name=name, ours=ours, peer=peer, theirs=theirs, target=target)

    size = f"{units:,} units"
    alpha = f"nominal alpha, 10 coders, 20 codes, {size}"
    yield task(alpha, "our_alpha", big, Target(faster=20, smaller=20), "krippendorff")
    yield task(alpha, "our_alpha", big, Target(faster=8), "irrCAC")
    yield task(f"45 Cohen kappas, {size}", "our_pairs", big, Target(faster=5), "scikit-learn")
    yield task(f"jackknife of all {size}", "our_jackknife", big, Target(seconds=0.5))
    resampled = f"10,000 exact resamples, 3 coders, 8 codes, {size}"
    yield task(resampled, "our_bootstrap", small, Target(seconds=1))
    yield task(f"unitizing family, {int(SPANS * scale):,} spans", "our_spans", spans, Target(seconds=1))
    write_long_table(table, units)
    command = ("agreement", str(table), "--by", "overall,code,pair", "--format", "json")
    yield Task(
        name=f"command agreement on {units:,} rows of CSV",
        ours=Work(arguments=command),
        target=Target(seconds=6),
    )
