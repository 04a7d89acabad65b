"""Times of the theory room at the sizes it is meant for. Run: python tests/benchmarks/bench_theory.py

Prints one line per task with the seconds of the best of three runs, and the target beside it. Nothing is
asserted: times belong to a machine, and the numbers themselves are tested elsewhere.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests" / "theory"), str(ROOT / "tests" / "render")]


def best_of_three(task: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return min(times)


def saturation() -> Callable[[], object]:
    from theory_builder import PROVENANCE

    from omnistudy.results import Label
    from omnistudy.theory.saturation import Occurrence
    from omnistudy.theory.saturation_result import SaturationOptions, saturation_of_table

    present = np.random.default_rng(1).random((100, 1000)) < 0.08
    occurrence = Occurrence(
        tuple(f"P{n}" for n in range(100)), tuple(Label(f"c{n}") for n in range(1000)), present
    )
    return lambda: saturation_of_table(occurrence, SaturationOptions(orders=10_000), PROVENANCE)


def stability() -> Callable[[], object]:
    from theory_builder import Draft, code

    from omnistudy.study.model import Level
    from omnistudy.theory.frequencies import incidence, level_targets
    from omnistudy.theory.stability import stability as shares

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
    from omnistudy.theory.paradigm_result import ParadigmOptions, paradigm_of
    from omnistudy.theory.suggest_codes import CodesSuggestOptions, suggest_codes

    study = load_study(ROOT / "interviews" / "maskan-demo")
    if kind == "paradigm":
        return lambda: paradigm_of(study, ParadigmOptions(), PROVENANCE)
    return lambda: suggest_codes(study, CodesSuggestOptions(), PROVENANCE)


TASKS: tuple[tuple[str, Callable[[], Callable[[], object]], float | None], ...] = (
    ("saturation, 10,000 orders of 100 interviews x 1,000 codes", saturation, 2.0),
    ("stability, 2,000 resamples of 60 interviews x 500 codes x 50,000 codings", stability, 5.0),
    ("diagram of 60 nodes and 90 arrows as SVG", diagram, 1.0),
    ("paradigm of the demo", lambda: demo("paradigm"), None),
    ("suggest codes on the demo, trial included", lambda: demo("codes"), None),
)


def main() -> None:
    for name, prepare, target in TASKS:
        seconds = best_of_three(prepare())
        against = "" if target is None else f"   target {target:g} s"
        sys.stdout.write(f"{seconds:8.3f} s   {name}{against}\n")


if __name__ == "__main__":
    main()
