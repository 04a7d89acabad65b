"""How time and memory grow when the data grow tenfold and a hundredfold. Run by run.py, or alone.

The exponent of a step is the slope between two sizes on logarithmic scales: 1 is proportional growth, 2
quadratic. Time is of the processor, memory is what the work adds; both without imports and without the
making of the data. Fixed costs hide growth in the first step, so the second one judges.
"""

from __future__ import annotations

import atexit
import math
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from comparing import as_markdown
from measure import Cost, FailedError, Job, Work, cost

if TYPE_CHECKING:
    from omnistudy.results import Provenance

FACTORS = (1, 10, 100)
WORST = 1.2
"""An exponent above this is growth that wants a reason."""
_LEAST_SECONDS, _LEAST_MEGABYTES = 0.05, 2.0  # below these, noise and fixed costs are all there is
HEADINGS = ("task", "grows", "1×", "10×", "100×", "exponent of time", "exponent of memory", "verdict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Growing:
    """A task, what grows, and its size at 1×; ``known`` says why it may grow faster."""

    task: str
    grows: str
    job: str
    base: int
    known: str = ""


def ratings_of_units(units: int) -> Callable[[], object]:
    """All coefficients of three coders with their intervals."""
    from bench_agreement import as_table, ratings

    from omnistudy.agreement.analysis import agreement_of_table
    from omnistudy.agreement.options import AgreementOptions

    table = as_table(ratings(units, 3, 8, 0.1), 8)
    small = as_table(ratings(2_000, 3, 8, 0.1), 8)
    options = AgreementOptions(by=("overall", "code", "pair"))
    agreement_of_table(small, options, _provenance())
    return lambda: agreement_of_table(table, options, _provenance()).summary.template


def unitized_spans(spans: int) -> Callable[[], object]:
    """The unitizing family of two coders."""
    from bench_agreement import our_spans

    our_spans(20)
    return lambda: our_spans(spans)


def imported_project(codings: int) -> Callable[[], object]:
    """Read a .qdpx and write it into an empty study."""
    from bench_formats import imported, write_project

    folder = _scratch()
    write_project(folder / "small.qdpx", 1, 10)
    write_project(folder / "project.qdpx", max(1, codings // 200), codings)
    imported(folder / "small.qdpx")
    return lambda: imported(folder / "project.qdpx")


def loaded_codings(codings: int) -> Callable[[], object]:
    """Load a study from its tables, all quotes checked."""
    from made_up_study import Size, write_study

    from omnistudy.study.load import load_study

    folder = _scratch()
    write_study(folder / "small", Size(interviews=2, codings=20, codes=10))
    write_study(folder / "study", Size(interviews=max(2, codings // 500), codings=codings, codes=200))
    load_study(folder / "small")
    return lambda: len(load_study(folder / "study").codings)


def saturation_of_interviews(interviews: int) -> Callable[[], object]:
    """Saturation of 300 codes."""
    return _saturation(interviews, 300)


def saturation_of_codes(codes: int) -> Callable[[], object]:
    """Saturation of 50 interviews."""
    return _saturation(50, codes)


def _saturation(interviews: int, codes: int) -> Callable[[], object]:
    import numpy as np

    from omnistudy.results import Label
    from omnistudy.theory.saturation.guest_rule import Occurrence
    from omnistudy.theory.saturation.result import SaturationOptions, saturation_of_table

    def table(rows: int, columns: int) -> Occurrence:
        present = np.random.default_rng(1).random((rows, columns)) < 0.08
        names = tuple(Label(f"c{n}") for n in range(columns))
        return Occurrence(tuple(f"P{n}" for n in range(rows)), names, present)

    whole, small = table(interviews, codes), table(5, 10)
    saturation_of_table(small, SaturationOptions(), _provenance())
    return lambda: saturation_of_table(whole, SaturationOptions(), _provenance()).summary.template


def report_of_codings(codings: int) -> Callable[[], object]:
    """Every analysis and the page, for 200 codes in ever more interviews."""
    return _report(max(4, codings // 250), codings, 200)


def report_of_codes(codes: int) -> Callable[[], object]:
    """Every analysis and the page, for 5,000 codings in 20 interviews."""
    return _report(20, 5_000, codes)


def _report(interviews: int, codings: int, codes: int) -> Callable[[], object]:
    from made_up_study import Size, write_study

    from omnistudy.cli.report_choices import ReportChoices
    from omnistudy.cli.report_making import report_files
    from omnistudy.study.load import load_study
    from omnistudy.workflow import WorkflowOptions, run_steps

    folder = _scratch()
    write_study(folder / "small", Size(interviews=4, codings=60, codes=10))
    write_study(folder / "study", Size(interviews=interviews, codings=codings, codes=codes))
    choices = ReportChoices.of_command_line(
        to="html", lang="fa", seed=1, cross_check=False, quotes="full", participants="id", template=None
    )

    def run(name: str) -> int:
        study = load_study(folder / name)
        results = run_steps(study, WorkflowOptions(cross_check=False), _provenance())
        return sum(map(len, report_files(study, results, choices).values()))

    run("small")
    return lambda: run("study")


def metrics_of_events(events: int) -> Callable[[], object]:
    """Every metric that a log of events allows."""
    from omnistudy.crm.metrics.case import MetricsOptions
    from omnistudy.crm.metrics.registry import metrics_of_records

    def run(path: Path) -> object:
        from bench_crm import loaded

        with loaded(path) as records:
            return len(metrics_of_records(records, MetricsOptions(), _provenance()).rows) and None

    return _of_files(run, events)


def journeys_of_events(events: int) -> Callable[[], object]:
    """Switches, paths and removal effects, of four events a path."""
    from omnistudy.crm.journeys.analysis import JourneysOptions, journeys_of_records

    def run(path: Path) -> object:
        from bench_crm import loaded

        with loaded(path) as records:
            return journeys_of_records(records, JourneysOptions(), _provenance()).summary.template

    return _of_files(run, events)


def _of_files(run: Callable[[Path], object], events: int) -> Callable[[], object]:
    from bench_crm import made_up_paths

    folder = _scratch()
    made_up_paths(folder / "small.parquet", 100)
    made_up_paths(folder / "events.parquet", events // 4)
    run(folder / "small.parquet")
    return lambda: run(folder / "events.parquet")


def _provenance() -> Provenance:
    from omnistudy.results import Provenance

    return Provenance(version="0", command="bench", seed=1, inputs=(), synthetic=True)


def _scratch() -> Path:
    """A folder that is gone when this process ends."""
    folder = Path(tempfile.mkdtemp(prefix="omnistudy-bench-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _sized(task: Callable[[int], Callable[[], object]]) -> Job:
    return lambda data: task(int(data.name))


_TASKS = (
    ratings_of_units,
    unitized_spans,
    imported_project,
    loaded_codings,
    saturation_of_interviews,
    saturation_of_codes,
    report_of_codings,
    report_of_codes,
    metrics_of_events,
    journeys_of_events,
)
JOBS: Mapping[str, Job] = {task.__name__: _sized(task) for task in _TASKS}
ROWS: Sequence[Growing] = (
    Growing(
        task="agreement, all coefficients and intervals", grows="units", job="ratings_of_units", base=10_000
    ),
    Growing(task="unitizing family", grows="spans", job="unitized_spans", base=1_000),
    Growing(task="import of a .qdpx", grows="codings and documents", job="imported_project", base=1_000),
    Growing(task="load codings.csv", grows="codings and interviews", job="loaded_codings", base=1_000),
    Growing(task="saturation of 300 codes", grows="interviews", job="saturation_of_interviews", base=5),
    Growing(task="saturation of 50 interviews", grows="codes", job="saturation_of_codes", base=50),
    Growing(
        task="report (html), 200 codes", grows="codings and interviews", job="report_of_codings", base=1_000
    ),
    Growing(
        task="report (html), 5,000 codings",
        grows="codes",
        job="report_of_codes",
        base=10,
        known="pairs of codes that stand together grow with the square of the codes",
    ),
    Growing(task="all customer metrics", grows="events", job="metrics_of_events", base=20_000),
    Growing(task="channel journeys", grows="events", job="journeys_of_events", base=20_000),
)


def exponents(amounts: Sequence[float], least: float) -> tuple[float, ...]:
    """Return the slope of each tenfold step on logarithmic scales; amounts below ``least`` count as it."""
    held = [max(amount, least) for amount in amounts]
    return tuple(math.log10(after / before) for before, after in pairwise(held))


def verdict(row: Growing, time: Sequence[float], memory: Sequence[float]) -> str:
    """Say in plain words how a task grows, by the steeper of its steps."""
    steepest = max(*time, *memory)
    if steepest <= WORST:
        return "no faster than the data" if steepest <= 1.05 else "about as fast as the data"
    what = "time" if max(time) >= max(memory) else "memory"
    return f"FASTER than the data ({what})" + (f": {row.known}" if row.known else "")


def grown(rows: Sequence[Growing] = ROWS, share: float = 1.0) -> Iterator[tuple[str, ...]]:
    """Measure the rows one after the other; ``share`` makes every size smaller."""
    for row in rows:
        try:
            costs = [_at(row, max(1, int(row.base * share * factor))) for factor in FACTORS]
        except FailedError as error:
            yield row.task, row.grows, f"failed: {error}".replace("\n", " "), "", "", "", "", ""
            continue
        time = exponents([one.cpu for one in costs], _LEAST_SECONDS)
        memory = exponents([one.megabytes for one in costs], _LEAST_MEGABYTES)
        sizes = (f"{max(1, int(row.base * share * factor)):,}" for factor in FACTORS)
        shown = (
            f"{size}: {one.cpu:.2f} s, {one.megabytes:.0f} MB" for size, one in zip(sizes, costs, strict=True)
        )
        yield (row.task, row.grows, *shown, _two(time), _two(memory), verdict(row, time, memory))


def _at(row: Growing, size: int) -> Cost:
    return cost(Work(job=f"growth:{row.job}", data=Path(str(size)), whole=False))


def _two(slopes: Sequence[float]) -> str:
    return ", ".join(f"{slope:.2f}" for slope in slopes)


if __name__ == "__main__":
    print(as_markdown(HEADINGS, grown()))
