"""Peak memory of the main commands on the demonstration and on a large study, and who holds it.

    python tests/benchmarks/memory.py --holders report --to html       the demonstration
    python tests/benchmarks/memory.py --study FOLDER --holders agreement

Peaks are of whole processes, as run.py prints them. ``--holders`` runs one command in this process under
tracemalloc, which is slow, and prints the lines that hold most when most is held.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

from bench_spine import DEMO
from made_up_study import Size, write_study
from measure import FailedError, Work, cost

HEADINGS = ("command", "demonstration: peak, CPU", "large study: peak, CPU")
LARGE = Size(interviews=200, codings=100_000, codes=1_000, words=9_600)
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("check",),
    ("show",),
    ("codes",),
    ("agreement",),
    ("saturation",),
    ("paradigm",),
    ("codes", "--reporting"),
    ("report", "--no-cross-check", "--to", "html"),
    ("report", "--no-cross-check", "--to", "docx"),
    ("report", "--no-cross-check", "--to", "xlsx"),
)


def peaks(scale: float = 1.0) -> Iterator[tuple[str, ...]]:
    """Yield each command with its peaks on both studies."""
    size = Size(
        interviews=max(4, int(LARGE.interviews * scale)),
        codings=max(200, int(LARGE.codings * scale)),
        codes=max(20, int(LARGE.codes * scale)),
        words=LARGE.words,
    )
    with tempfile.TemporaryDirectory(prefix="omnistudy-bench-") as name:
        folder = Path(name)
        write_study(folder / "large", size)
        for command in COMMANDS:
            studies = (DEMO, folder / "large")
            yield " ".join(command), *(_peak(command, study, folder) for study in studies)
    shown = f"{size.interviews:,} interviews × {size.codes:,} codes × {size.codings:,} codings"
    yield f"(the large study: {shown})", "", ""


def _peak(command: tuple[str, ...], study: Path, folder: Path) -> str:
    try:
        found = cost(Work(arguments=(command[0], str(study), *command[1:], "--quiet"), folder=folder))
    except FailedError as error:
        return f"failed: {error}".replace("\n", " ")
    return f"{found.megabytes:.0f} MB, {found.cpu:.1f} s"


def holders(arguments: tuple[str, ...], lines: int = 15) -> Iterator[str]:
    """Run a command under tracemalloc and yield the lines that hold most at the highest point seen."""
    from omnistudy.cli.main import main

    most, best = 0, None
    done = threading.Event()

    def watch() -> None:
        nonlocal most, best
        while not done.wait(0.05):
            held = tracemalloc.get_traced_memory()[0]
            if held > 1.1 * most:
                most, best = held, tracemalloc.take_snapshot()

    tracemalloc.start()
    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    started = time.perf_counter()
    nowhere = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    with contextlib.redirect_stdout(nowhere), contextlib.suppress(SystemExit):
        main(list(arguments))
    done.set()
    watcher.join()
    yield (
        f"{' '.join(arguments[:1])}: {tracemalloc.get_traced_memory()[1] / 1024**2:.0f} MB at most, "
        f"{time.perf_counter() - started:.0f} s under tracemalloc"
    )
    for one in [] if best is None else best.statistics("lineno")[:lines]:
        frame = one.traceback[0]
        place = "/".join(Path(frame.filename).parts[-3:])
        yield f"{one.size / 1024**2:8.1f} MB {one.count:9,} × {place}:{frame.lineno}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--study", type=Path, default=DEMO)
    parser.add_argument("--holders", nargs=argparse.REMAINDER, required=True, metavar="COMMAND")
    given = parser.parse_args()
    command, *options = given.holders
    with tempfile.TemporaryDirectory() as scratch:
        study = given.study.resolve()
        os.chdir(scratch)
        for line in holders((command, str(study), *options, "--quiet")):
            sys.stdout.write(f"{line}\n")
