"""The benchmarks themselves: what a cost counts, how growth is read, when a target is met."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from comparing import Measured, Target, Task, as_markdown, cells, ratios, same, verdict
from growth import JOBS as GROWING_JOBS
from growth import ROWS, Growing, exponents
from growth import verdict as grows
from measure import Cost, FailedError, Others, Work, cost, counted

BUSY, QUIET = 1.8, 0.1
TASK = Task(name="t", ours=Work(arguments=("--version",)), peer="p", theirs=Work(arguments=("--help",)))


def spent(wall: float, cpu: float, megabytes: float = 10.0, value: object = None) -> Cost:
    return Cost(wall=wall, cpu=cpu, megabytes=megabytes, value=value)


def row(target: Target, others: float = QUIET, **costs: tuple[Cost, ...]) -> Measured:
    return Measured(task=replace(TASK, target=target), others=others, **costs)  # type: ignore[arg-type]


def test_a_command_is_counted_with_its_own_memory_and_not_ours() -> None:
    held = bytearray(300 * 1024**2)
    found = cost(Work(arguments=("--version",)))
    assert len(held) > 0
    assert 5 < found.megabytes < 150
    assert 0 < found.cpu < 30
    assert found.wall > 0


def test_a_function_is_counted_by_what_it_adds() -> None:
    def work() -> int:
        held = bytearray(80 * 1024**2)
        for at in range(0, len(held), 4096):
            held[at] = 1
        return len(held)

    found = counted(work)
    assert found.value == 80 * 1024**2
    if sys.platform == "linux":
        assert 70 < found.megabytes < 120


def test_our_own_work_is_not_that_of_others() -> None:
    others, started = Others(), time.process_time()
    while time.process_time() - started < 0.3:
        sum(range(10_000))
    assert 0 <= others.cores() <= (os.cpu_count() or 1)


def test_a_job_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="FileNotFoundError"):
        cost(Work(job="bench_agreement:krippendorff", data=tmp_path / "none.npy"))


@pytest.mark.parametrize(
    ("amounts", "steps"),
    [
        ((1, 10, 100), (1.0, 1.0)),
        ((1, 100, 10_000), (2.0, 2.0)),
        ((0.001, 0.01, 0.5), (0.0, 1.0)),  # below the least amount there is nothing to see
    ],
)
def test_exponents_are_slopes_of_tenfold_steps(amounts: tuple[float, ...], steps: tuple[float, ...]) -> None:
    assert exponents(amounts, 0.05) == pytest.approx(steps)


def test_growth_above_the_limit_is_named_with_its_reason() -> None:
    known = Growing(task="t", grows="codes", job="j", base=1, known="pairs are many")
    assert grows(known, (1.0, 1.2), (0.1, 0.9)) == "about as fast as the data"
    assert grows(known, (0.2, 0.4), (0.1, 0.9)) == "no faster than the data"
    assert grows(known, (1.0, 1.9), (0.1, 0.9)) == "FASTER than the data (time): pairs are many"
    assert grows(replace(known, known=""), (1.0, 1.1), (0.1, 1.3)) == "FASTER than the data (memory)"


def test_every_growing_row_has_its_job() -> None:
    assert {one.job for one in ROWS} == set(GROWING_JOBS)


@pytest.mark.parametrize(
    ("target", "others", "expected"),
    [
        (Target(seconds=2), QUIET, "no"),  # 3 s of wall time on a machine of our own
        (Target(seconds=2), BUSY, "yes"),  # 1 s of the processor, the rest was waiting
        (Target(seconds=2, cpu=True), QUIET, "yes"),
        (Target(faster=4), QUIET, "yes"),
        (Target(faster=4), BUSY, "no"),  # the lesser of 5 and 3
        (Target(smaller=3), QUIET, "no"),
        (Target(megabytes=9), QUIET, "no"),
        (Target(), QUIET, ""),
    ],
)
def test_targets(target: Target, others: float, expected: str) -> None:
    measured = row(target, others, ours=(spent(3.0, 1.0), spent(4.0, 1.5)), theirs=(spent(15.0, 3.0, 20.0),))
    assert ratios(measured) == pytest.approx((5.0, 3.0, 2.0))
    assert verdict(measured) == expected


def test_a_ratio_without_a_peer_is_unmeasured() -> None:
    assert verdict(row(Target(faster=2), ours=(spent(1.0, 1.0),))) == "unmeasured"


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [(1.0, 1.0, "same"), (1.0, 1.5, "differ by 5e-01"), ({"a": 1}, {"a": 2}, "DIFFERENT"), (None, 1.0, "")],
)
def test_results_of_both_sides_are_compared(ours: object, theirs: object, expected: str) -> None:
    measured = row(Target(), ours=(spent(1, 1, value=ours),), theirs=(spent(1, 1, value=theirs),))
    assert same(measured) == expected


def test_a_row_prints_costs_ratios_and_spread() -> None:
    measured = row(Target(seconds=5), ours=(spent(2.0, 1.0), spent(2.5, 1.5)), theirs=(spent(4.0, 3.0),))
    assert cells(measured)[1:4] == ("2 s, 1 s, 10 MB", "p: 4 s, 3 s, 10 MB", "2×, 3×, 1×")
    assert cells(measured)[7] == "1–1.5 s (2) / 3–3 s (1)"
    assert as_markdown(("a", "b|c"), [("1", "2")]).splitlines() == [
        "| a | b/c |",
        "| --- | --- |",
        "| 1 | 2 |",
    ]


def test_a_small_growing_task_runs() -> None:
    job: Callable[[Path], Callable[[], object]] = GROWING_JOBS["loaded_codings"]
    # Two interviews of three coders each: 60 codings in sixths.
    assert job(Path("60"))() == 60
