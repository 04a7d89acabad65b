"""Times of the theory room at the sizes it is meant for. Run by run.py."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from comparing import Target, Task
from measure import Job, Work

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests" / "theory"), str(ROOT / "tests" / "render")]


def saturation() -> Callable[[], object]:
    from theory_builder import PROVENANCE

    from omnistudy.results import Label
    from omnistudy.theory.saturation.guest_rule import Occurrence
    from omnistudy.theory.saturation.result import SaturationOptions, saturation_of_table

    present = np.random.default_rng(1).random((100, 1000)) < 0.08
    occurrence = Occurrence(
        tuple(f"P{n}" for n in range(100)), tuple(Label(f"c{n}") for n in range(1000)), present
    )
    return lambda: saturation_of_table(occurrence, SaturationOptions(orders=10_000), PROVENANCE)


def stability() -> Callable[[], object]:
    from theory_builder import Draft, code

    from omnistudy.study.model import Level
    from omnistudy.theory.counts.frequencies import incidence, level_targets
    from omnistudy.theory.counts.stability import stability as shares

    chance = np.random.default_rng(1)
    size = 50_000
    drawn = zip(*(chance.integers(most, size=size) for most in (60, 5_000, 500)), strict=True)
    spans = [(f"P{i}", int(at), int(at) + 30, "a", f"c{c}") for i, at, c in drawn]
    study = Draft(codes=[code(f"c{n}") for n in range(500)], spans=spans).study()

    def task() -> object:
        counts = incidence(study, *level_targets(study, Level.CODE))
        return shares(counts.by_interview, resamples=2000, seed=1)

    return task


def diagram() -> Callable[[], object]:
    from render_samples import diagram as model

    from omnistudy.render.figures import svg
    from omnistudy.render.language import language
    from omnistudy.results import Figure, Message

    counts = {"causal": 12, "phenomenon": 1, "context": 10, "intervening": 12, "strategy": 13, "outcome": 12}
    figure = Figure(name="f", picture=model(counts, edges=90), caption=Message("C"), alt=Message("A"))
    return lambda: svg(figure, language("en"), synthetic=True)


def demo(kind: str) -> Callable[[], object]:
    from theory_builder import PROVENANCE

    from omnistudy.study.load import load_study
    from omnistudy.theory.paradigm.result import ParadigmOptions, paradigm_of
    from omnistudy.theory.suggestions.codes import CodesSuggestOptions, suggest_codes

    study = load_study(ROOT / "interviews" / "maskan-demo")
    if kind == "paradigm":
        return lambda: paradigm_of(study, ParadigmOptions(), PROVENANCE)
    return lambda: suggest_codes(study, CodesSuggestOptions(), PROVENANCE)


def once(prepare: Callable[[], Callable[[], object]]) -> Job:
    """A job without data, run once beforehand so that imports are not counted; its value is left out."""

    def job(_: Path) -> Callable[[], object]:
        task = prepare()

        def run() -> None:
            task()

        run()
        return run

    return job


JOBS: Mapping[str, Job] = {
    "saturation": once(saturation),
    "stability": once(stability),
    "diagram": once(diagram),
    "paradigm": once(lambda: demo("paradigm")),
    "codes": once(lambda: demo("codes")),
}
_ROWS: tuple[tuple[str, str, Target], ...] = (
    ("saturation, 10,000 orders of 100 interviews × 1,000 codes", "saturation", Target(seconds=2)),
    (
        "stability, 2,000 resamples of 60 interviews × 500 codes × 50,000 codings",
        "stability",
        Target(seconds=5),
    ),
    ("diagram of 60 boxes and 90 arrows as SVG", "diagram", Target(seconds=1)),
    ("paradigm model of the demonstration", "paradigm", Target()),
    ("suggest codes on the demonstration, trial included", "codes", Target()),
)


def tasks(scratch: Path, scale: float, peers: Path | None) -> Iterator[Task]:
    """Yield the tasks; their sizes are those that were asked for, whatever the scale."""
    for name, job, target in _ROWS:
        yield Task(name=name, ours=Work(job=f"bench_theory:{job}", whole=False), target=target)
