"""Times and memory of the customer records. Run: python tests/benchmarks/bench_crm.py --scratch FOLDER

Every task runs in a process of its own, so that its peak memory is its own; wall seconds, seconds of
processor time and peak megabytes are printed, with the target and the ratio to the peer. Nothing is
asserted: times belong to a machine, and the numbers themselves are tested elsewhere.

Tasks (choose with ``--only``): ``records`` (retention, RFM and switching of 10 million events from Parquet
and from CSV, loading and the count of all problems included, against pandas, which only loads and computes),
``bgnbd`` (a million customers, against lifetimes with ``--peer PYTHON``, an interpreter that has it),
``removal`` (exact removal effects of a million paths), ``large`` (100 million events; not by default).
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

EVENTS = 10_000_000
THREADS = 2


def made_up_events(path: Path, n: int) -> None:
    """Events of n / 20 customers in three years: seeded by their number, the same on every machine."""
    import duckdb

    kind = "parquet" if path.suffix == ".parquet" else "csv, header"
    duckdb.sql(
        f"copy (select 'c' || (hash(i) % {n // 20})::varchar as customer_id, "
        "timestamp '2022-01-01' + to_seconds((hash(i + 7) % 94608000)::int) as ts, "
        "['app', 'web', 'branch', 'atm'][1 + (hash(i + 3) % 4)::int] as channel, 'visit' as event, "
        f"(hash(i + 9) % 1000)::double / 10 as value from range({n}) t(i)) to '{path}' (format {kind})"
    )


def made_up_paths(path: Path, n: int) -> None:
    import duckdb

    duckdb.sql(
        "copy (select 'p' || p as journey_id, 'c' || p as customer_id, "
        "timestamp '2024-01-01' + to_seconds(s::int) as ts, "
        "['app', 'web', 'branch', 'atm', 'call', 'sms', 'mail', 'kiosk'][1 + (hash(p * 10 + s) % 8)::int] as channel, "
        "'visit' as event, case when s = last and hash(p + 5) % 3 = 0 then 'completed' end as outcome "
        f"from (select p, 1 + (hash(p) % 7)::int as last, unnest(range(1, 2 + (hash(p) % 7)::int)) as s "
        f"from range({n}) t(p))) to '{path}' (format parquet)"
    )


def ours(path: Path) -> object:
    from omnistudy.crm.journeys.analysis import EVENT_SWITCHES_SQL
    from omnistudy.crm.metrics.case import MetricsOptions, prepared
    from omnistudy.crm.metrics.customers import RETENTION_SQL, RFM_SQL
    from omnistudy.crm.records.column_map import ColumnMap
    from omnistudy.crm.records.engine import DuckDBEngine, memory_for
    from omnistudy.crm.records.files import RecordFiles
    from omnistudy.crm.records.inputs import load_records

    with DuckDBEngine(memory_for([path]), THREADS) as engine:
        records = load_records(
            engine, RecordFiles(files={"events": (path,)}, columns=ColumnMap()), ("events",)
        )
        case = prepared(records, MetricsOptions())
        retention = sum(int(row[2] or 0) for row in case.rows(RETENTION_SQL.format(ever="m"), 0))
        scores = sorted(int(row[3] or 0) for row in case.rows(RFM_SQL.replace("m_transactions", "m_events")))
        switches = sorted(int(row[2] or 0) for row in case.rows(EVENT_SWITCHES_SQL))
    return {"retention": retention, "scores": scores[-3:], "switches": switches[-3:]}


def theirs(path: Path) -> object:
    """The same in pandas: the calendar and the channels as codes, ties by the order of the file."""
    import numpy as np
    import pandas as pd

    if path.suffix == ".parquet":
        import duckdb

        # Without a Parquet reader of its own, pandas is handed the frame by DuckDB, which is faster.
        frame = duckdb.read_parquet(str(path)).project("customer_id, ts, channel, value").df()
    else:
        frame = pd.read_csv(path, parse_dates=["ts"], usecols=["customer_id", "ts", "channel", "value"])
    month = frame["ts"].dt.year * 12 + frame["ts"].dt.month - 1
    active = pd.DataFrame({"customer_id": frame["customer_id"], "month": month}).drop_duplicates()
    cohort = active.groupby("customer_id")["month"].transform("min")
    retention = int(active.groupby([cohort, active["month"] - cohort]).size().sum())
    frame["day"] = frame["ts"].dt.floor("D")
    customers = frame.groupby("customer_id").agg(
        r=("day", "max"), f=("day", "nunique"), m=("value", "sum")
    )  # sorted by customer
    size, place = len(customers), np.arange(len(customers))
    scores = {}
    for name in "rfm":
        rank = np.empty(size, dtype=np.int64)
        rank[np.lexsort((place, customers[name].round(6).to_numpy()))] = place
        scores[name] = rank * 5 // size + 1
    cells = pd.DataFrame(scores).groupby(list("rfm")).size()
    ordered = frame[["customer_id", "ts", "channel"]].sort_values(["customer_id", "ts"], kind="stable")
    before = ordered.groupby("customer_id")["channel"].shift()
    switches = ordered.groupby([before, ordered["channel"]]).size()
    return {
        "retention": retention,
        "scores": sorted(int(n) for n in cells)[-3:],
        "switches": sorted(int(n) for n in switches)[-3:],
    }


def made_up_buyers(n: int) -> Any:
    """Histories drawn from BG/NBD with r .243, α 4.414, a .793, b 2.426 over up to 39 weeks, in days / 7."""
    import numpy as np

    random = np.random.default_rng(1)
    rate = random.gamma(0.243, 1 / 4.414, n)
    leaving = random.beta(0.793, 2.426, n)
    end = random.integers(189, 274, n).astype(float)
    x, last, now = np.zeros(n), np.zeros(n), np.zeros(n)
    alive = np.ones(n, dtype=bool)
    while alive.any():
        now[alive] += np.maximum(1.0, np.round(7 * random.exponential(1 / rate[alive])))
        bought = alive & (now <= end)
        x[bought] += 1
        last[bought] = now[bought]
        alive = bought & (random.random(n) > leaving)
    return x, last / 7, end / 7


def our_buyers(scratch: Path) -> object:
    import numpy as np
    import scipy.optimize
    import scipy.special  # noqa: F401 - the peer's imports are not in its time either

    from omnistudy.crm.lifetime import bgnbd

    x, tx, t = made_up_buyers(1_000_000)
    start, cpu = time.perf_counter(), time.process_time()
    days = np.stack([np.asarray(x), np.round(7 * np.asarray(tx)), np.round(7 * np.asarray(t))]).astype(
        np.int64
    )
    _, first, weight = np.unique(
        (days[0] << 34) | (days[1] << 17) | days[2], return_index=True, return_counts=True
    )
    distinct = np.stack([np.asarray(x), np.asarray(tx), np.asarray(t)])[:, first]
    fit = bgnbd.fit(
        bgnbd.Histories(x=distinct[0], tx=distinct[1], t=distinct[2], weight=weight.astype(float))
    )
    return {
        "fit": time.perf_counter() - start,
        "fit_cpu": time.process_time() - cpu,
        "log_likelihood": fit.log_likelihood,
        "parameters": [round(float(one), 5) for one in np.exp(fit.log_parameters)],
    }


def their_buyers(scratch: Path) -> object:
    import numpy as np
    from lifetimes import BetaGeoFitter  # type: ignore[import-not-found, unused-ignore]

    x, tx, t = made_up_buyers(1_000_000)
    start, cpu = time.perf_counter(), time.process_time()
    fit = BetaGeoFitter(penalizer_coef=0.0)
    fit.fit(x, tx, t)
    mean = fit._negative_log_likelihood(
        np.log([fit.params_[name] for name in ("r", "alpha", "a", "b")]), x, tx, t, np.ones_like(x), 0.0
    )
    return {
        "fit": time.perf_counter() - start,
        "fit_cpu": time.process_time() - cpu,
        "log_likelihood": -float(mean) * len(x),
        "parameters": [round(float(fit.params_[name]), 5) for name in ("r", "alpha", "a", "b")],
    }


def removal(path: Path) -> object:
    from omnistudy.crm.journeys.analysis import JourneysOptions, _paths
    from omnistudy.crm.records.column_map import ColumnMap
    from omnistudy.crm.records.engine import DuckDBEngine, memory_for
    from omnistudy.crm.records.files import RecordFiles
    from omnistudy.crm.records.inputs import load_records

    with DuckDBEngine(memory_for([path]), THREADS) as engine:
        records = load_records(
            engine, RecordFiles(files={"events": (path,)}, columns=ColumnMap()), ("events",)
        )
        start, cpu = time.perf_counter(), time.process_time()
        chain, _, _ = _paths(records, JourneysOptions(), "journey_id", [])
    assert chain is not None
    effects = {one.channel: round(one.effect, 6) for one in chain.removals}
    return {"paths": time.perf_counter() - start, "paths_cpu": time.process_time() - cpu, "effects": effects}


TASKS: dict[str, Callable[[Path], object]] = {
    task.__name__: task for task in (ours, theirs, our_buyers, their_buyers, removal)
}


def child(name: str, path: Path) -> None:
    """Do one task and say what it took; what only the task needs is imported inside it, and counted."""
    start = time.perf_counter()
    result = TASKS[name](path)
    used = resource.getrusage(resource.RUSAGE_SELF)
    peak = used.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    print(
        json.dumps(
            {
                "wall": time.perf_counter() - start,
                "cpu": used.ru_utime + used.ru_stime,
                "peak": peak,
                "result": result,
            }
        )
    )


def ran(name: str, path: Path, interpreter: str = sys.executable) -> dict[str, object]:
    command = [interpreter, str(Path(__file__).resolve()), "--child", name, "--scratch", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name} failed:\n{done.stderr[-2000:]}")
    found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    print(
        f"{name:12} {path.name:22} wall {found['wall']:7.2f} s  cpu {found['cpu']:7.2f} s  "
        f"peak {found['peak']:6.0f} MB  {found['result']}"
    )
    return found


def ratio(ours: dict[str, object], theirs: dict[str, object]) -> str:
    parts = (
        f"{key} {float(str(theirs[key])) / float(str(ours[key])):.1f}" for key in ("wall", "cpu", "peak")
    )
    return f"peer / ours: {', '.join(parts)}; same results: {ours['result'] == theirs['result']}"


def records(scratch: Path, n: int, kinds: tuple[str, ...], *, peer: bool) -> None:
    for kind in kinds:
        path = scratch / f"events-{n}.{kind}"
        if not path.exists():
            made_up_events(path, n)
        found = ran("ours", path)
        if peer:
            print(ratio(found, ran("theirs", path)))


def buyers(scratch: Path, interpreter: str | None) -> None:
    found = ran("our_buyers", scratch)
    if interpreter is None:
        print("no peer: name an interpreter that has lifetimes with --peer")
        return
    other = ran("their_buyers", scratch, interpreter)
    mine, its = found["result"], other["result"]
    assert isinstance(mine, dict)
    assert isinstance(its, dict)
    print(
        f"peer / ours: wall {its['fit'] / mine['fit']:.1f}, cpu {its['fit_cpu'] / mine['fit_cpu']:.1f}; "
        f"difference of the log-likelihoods {mine['log_likelihood'] - its['log_likelihood']:.6f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--scratch", type=Path, required=True, help="folder for made-up files (1 GB; large: 2 GB)"
    )
    parser.add_argument("--only", action="append", choices=("records", "bgnbd", "removal", "large"))
    parser.add_argument("--events", type=int, default=EVENTS)
    parser.add_argument("--peer", help="an interpreter that has lifetimes")
    parser.add_argument("--child", choices=TASKS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        child(chosen.child, chosen.scratch)
        return
    chosen.scratch.mkdir(parents=True, exist_ok=True)
    wanted = chosen.only or ["records", "bgnbd", "removal"]
    if "records" in wanted:
        print(f"retention, RFM, switching of {chosen.events:,} events; target 8 s, 1000 MB, pandas x2")
        records(chosen.scratch, chosen.events, ("parquet", "csv"), peer=True)
    if "bgnbd" in wanted:
        print("BG/NBD of 1,000,000 customers; target 2 s, lifetimes x10, log-likelihood to 1e-4")
        buyers(chosen.scratch, chosen.peer)
    if "removal" in wanted:
        print("removal effects of 1,000,000 paths; target 3 s after loading")
        path = chosen.scratch / "paths.parquet"
        if not path.exists():
            made_up_paths(path, 1_000_000)
        ran("removal", path)
    if "large" in wanted:
        print("100,000,000 events; target 120 s, 8000 MB")
        records(chosen.scratch, 100_000_000, ("parquet",), peer=False)


if __name__ == "__main__":
    main()
