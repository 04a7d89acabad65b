"""The spine under load: start-up, check and run of the demonstration study, and a large study.

Run it with ``python tests/benchmarks/bench_spine.py``. Figures are of whole processes: CPU seconds of
user and system together, wall seconds and peak memory, the median of the runs.
"""

from __future__ import annotations

import csv
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
DEMO = REPOSITORY / "interviews" / "maskan-demo"


@dataclass(frozen=True)
class Cost:
    cpu: float
    wall: float
    megabytes: float


def cost_of(arguments: Sequence[str], folder: Path) -> Cost:
    """Run omnistudy once in a process of its own and return what the operating system counted."""
    code = (
        "import resource, subprocess, sys, time;"
        "t = time.perf_counter();"
        "r = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL);"
        "u = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(r.returncode, u.ru_utime + u.ru_stime, time.perf_counter() - t, u.ru_maxrss / 1024)"
    )
    command = [sys.executable, "-c", code, sys.executable, "-m", "omnistudy", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    returncode, cpu, wall, megabytes = done.stdout.split()
    if returncode != "0":
        raise SystemExit(f"omnistudy {' '.join(arguments)} ended with {returncode}")
    return Cost(float(cpu), float(wall), float(megabytes))


def median_cost(arguments: Sequence[str], folder: Path, runs: int = 5) -> Cost:
    cost_of(arguments, folder)  # a warm-up fills the disk cache
    costs = [cost_of(arguments, folder) for _ in range(runs)]
    return Cost(
        *(statistics.median(getattr(c, name) for c in costs) for name in ("cpu", "wall", "megabytes"))
    )


def write_large_study(
    folder: Path, interviews: int = 500, words: int = 10_000, codings: int = 200_000
) -> None:
    """Write a study of random words with every quote stored, so that every quote is checked."""
    rng = random.Random(1)
    vocabulary = ["".join(rng.choices("abcdefghijklmnop", k=rng.randint(2, 9))) for _ in range(5000)]
    (folder / "transcripts").mkdir(parents=True)
    with (folder / "codings.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["interview", "start", "end", "coder", "code", "quote"])
        for at in range(interviews):
            turns = (
                f"{'Interviewer' if turn % 2 else f'P{at}'}: {' '.join(rng.choices(vocabulary, k=words // 100))}."
                for turn in range(100)
            )
            text = "\n\n".join(turns) + "\n"
            (folder / "transcripts" / f"I{at:03}.txt").write_text(text, encoding="utf-8")
            for _ in range(codings // interviews):
                start = rng.randrange(len(text) - 200)
                end = start + rng.randint(20, 150)
                row = [
                    f"I{at:03}",
                    start,
                    end,
                    rng.choice("abc"),
                    f"code{rng.randrange(300)}",
                    text[start:end],
                ]
                writer.writerow(row)
    codebook = "id,label\n" + "".join(f"code{at},Code {at}\n" for at in range(300))
    (folder / "codebook.csv").write_text(codebook, encoding="utf-8")
    (folder / "study.toml").write_text(
        '[study]\nid = "large"\n[codings]\nfiles = ["codings.csv"]\n[codebook]\nfile = "codebook.csv"\n'
        '[analysis]\ncodings = "any"\n',
        encoding="utf-8",
    )


def main() -> None:
    machine = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    print(f"{machine}; limit of memory per process {resource.getrlimit(resource.RLIMIT_AS)[0]}")
    print(f"{'what':<44} {'cpu s':>8} {'wall s':>8} {'MB':>8}  target")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        started = time.perf_counter()
        write_large_study(folder / "large")
        print(f"(the large study was written in {time.perf_counter() - started:.0f} s)")
        for what, arguments, target, runs in (
            ("omnistudy --help", ["--help"], "0.3 s of CPU", 5),
            ("omnistudy agreement --help", ["agreement", "--help"], "0.4 s of CPU", 5),
            ("check the demo", ["check", str(DEMO)], "1.5 s", 5),
            ("run the demo", ["run", str(DEMO)], "15 s", 3),
            ("check 500 interviews, 200,000 codings", ["check", "large"], "20 s, 1.5 GB", 3),
        ):
            cost = median_cost(arguments, folder, runs)
            print(f"{what:<44} {cost.cpu:>8.2f} {cost.wall:>8.2f} {cost.megabytes:>8.0f}  {target}")


if __name__ == "__main__":
    main()
