"""Times and memory of the customer records, beside pandas and lifetimes. Run by run.py.

pandas runs in omnistudy's own environment: its newest version is the harder one to beat.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from comparing import Target, Task
from measure import Job, Work

if TYPE_CHECKING:
    from omnistudy.crm.records.model import Records

EVENTS = 10_000_000
LARGE = 100_000_000
CUSTOMERS = 1_000_000
PATHS = 1_000_000
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


@contextmanager
def loaded(path: Path) -> Iterator[Records]:
    """Load a log of events, as a command does."""
    from omnistudy.crm.records.column_map import ColumnMap
    from omnistudy.crm.records.engine import DuckDBEngine, memory_for
    from omnistudy.crm.records.files import RecordFiles
    from omnistudy.crm.records.load import load_records

    with DuckDBEngine(memory_for([path]), THREADS) as engine:
        files = RecordFiles(files={"events": (path,)}, columns=ColumnMap())
        yield load_records(engine, files, ("events",))


def ours(path: Path) -> object:
    """Load a log, and compute retention, RFM and switching."""
    from omnistudy.crm.journeys.analysis import EVENT_SWITCHES_SQL
    from omnistudy.crm.metrics.case import MetricsOptions, prepared
    from omnistudy.crm.metrics.customers import RETENTION_SQL, RFM_SQL

    with loaded(path) as records:
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


def our_buyers(data: Path) -> Callable[[], object]:
    """Fit BG/NBD; its value is the log-likelihood."""
    import numpy as np
    import scipy.optimize
    import scipy.special  # noqa: F401 - the peer's imports are not in its time either

    from omnistudy.crm.lifetime import bgnbd

    x, tx, t = np.load(data)

    def run() -> float:
        days = np.stack([x, np.round(7 * tx), np.round(7 * t)]).astype(np.int64)
        keys = (days[0] << 34) | (days[1] << 17) | days[2]
        _, first, weight = np.unique(keys, return_index=True, return_counts=True)
        distinct = np.stack([x, tx, t])[:, first]
        histories = bgnbd.Histories(x=distinct[0], tx=distinct[1], t=distinct[2], weight=weight.astype(float))
        return float(bgnbd.fit(histories).log_likelihood)

    return run


def their_buyers(data: Path) -> Callable[[], object]:
    """The same by lifetimes; its log-likelihood is the sum that ours is."""
    import numpy as np
    from lifetimes import BetaGeoFitter  # type: ignore[import-not-found, unused-ignore]

    x, tx, t = np.load(data)

    def run() -> float:
        fit = BetaGeoFitter(penalizer_coef=0.0)
        fit.fit(x, tx, t)
        found = np.log([fit.params_[name] for name in ("r", "alpha", "a", "b")])
        return -float(fit._negative_log_likelihood(found, x, tx, t, np.ones_like(x), 0.0)) * len(x)

    return run


def removal(path: Path) -> Callable[[], object]:
    """Exact removal effects of paths that are loaded already."""
    from omnistudy.crm.journeys.analysis import JourneysOptions, _paths

    stack = ExitStack()
    records = stack.enter_context(loaded(path))

    def run() -> object:
        with stack:
            chain, _, _ = _paths(records, JourneysOptions(), "journey_id", [])
        if chain is None:
            raise ValueError("the made-up paths lead nowhere")
        return {one.channel: round(one.effect, 6) for one in chain.removals}

    return run


JOBS: Mapping[str, Job] = {
    "ours": lambda data: lambda: ours(data),
    "theirs": lambda data: lambda: theirs(data),
    "our_buyers": our_buyers,
    "their_buyers": their_buyers,
    "removal": removal,
}


def tasks(scratch: Path, scale: float, peers: Path | None) -> Iterator[Task]:
    """Yield the tasks; their data are written to ``scratch`` when they are reached, 1 GB in all."""
    import numpy as np

    events, customers, paths = (int(size * scale) for size in (EVENTS, CUSTOMERS, PATHS))
    for kind in ("parquet", "csv"):
        path = scratch / f"events.{kind}"
        made_up_events(path, events)
        yield Task(
            name=f"load, problem count, retention, RFM, switching of {events:,} events from {kind}",
            ours=Work(job="bench_crm:ours", data=path),
            peer="pandas",
            theirs=Work(job="bench_crm:theirs", data=path),
            target=Target(seconds=8, megabytes=1000, faster=2) if kind == "parquet" else Target(faster=2),
        )
        path.unlink()
    buyers = scratch / "buyers.npy"
    np.save(buyers, np.stack(made_up_buyers(customers)))
    theirs = None
    if peers is not None:
        theirs = Work(job="bench_crm:their_buyers", data=buyers, whole=False, python=peers)
    yield Task(
        name=f"BG/NBD of {customers:,} customers",
        ours=Work(job="bench_crm:our_buyers", data=buyers, whole=False),
        peer="lifetimes",
        theirs=theirs,
        target=Target(seconds=2, faster=10),
    )
    journeys = scratch / "paths.parquet"
    made_up_paths(journeys, paths)
    yield Task(
        name=f"exact removal effects of {paths:,} paths, after loading",
        ours=Work(job="bench_crm:removal", data=journeys, whole=False),
        target=Target(seconds=3),
    )


def large_tasks(scratch: Path, scale: float, peers: Path | None) -> Iterator[Task]:
    """Yield the task that takes minutes and 2 GB of scratch; only when asked for."""
    events = int(LARGE * scale)
    path = scratch / "large.parquet"
    made_up_events(path, events)
    yield Task(
        name=f"load, problem count, retention, RFM, switching of {events:,} events from parquet",
        ours=Work(job="bench_crm:ours", data=path),
        target=Target(seconds=120, megabytes=8000),
        repeats=1,
    )
