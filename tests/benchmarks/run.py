"""All benchmarks as one command, with a table of ratios to peers that are measured in the same run.

    python tests/benchmarks/run.py --setup-peers FOLDER      once: an environment with the peers
    python tests/benchmarks/run.py --peers FOLDER            everything, some 20 minutes
    python tests/benchmarks/run.py --only agreement --quick  a tenth of the sizes, each once

``--peers`` may also stand in the environment variable OMNISTUDY_PEERS. Without it the peers' columns say
"unmeasured". ``--write`` puts the tables into results.md beside this file. Nothing is asserted: a time
belongs to a machine, and the numbers themselves are tested elsewhere.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import time
import venv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import bench_agreement
import bench_crm
import bench_formats
import bench_spine
import bench_theory
import growth
import machine
import memory
from comparing import HEADINGS, QUIET, Target, Task, as_markdown, cells, measured
from measure import FOLDER, Others, speed

PEERS = FOLDER / "peers.txt"
RESULTS = FOLDER / "results.md"
QUICK = 0.05

Tasks = Callable[[Path, float, Path | None], Iterator[Task]]
COMPARED: dict[str, tuple[str, Tasks]] = {
    "spine": ("Whole commands", bench_spine.tasks),
    "agreement": ("Agreement", bench_agreement.tasks),
    "formats": ("Other programs' files", bench_formats.tasks),
    "theory": ("Theory", bench_theory.tasks),
    "crm": ("Customers' records", bench_crm.tasks),
    "large": ("A hundred million events", bench_crm.large_tasks),
}
OTHER = ("imports", "growth", "memory")
USUAL = tuple(name for name in (*COMPARED, *OTHER) if name != "large")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What the command line asks for."""

    only: tuple[str, ...]
    peers: Path | None
    quick: bool


def sections(choice: Choice) -> Iterator[tuple[str, tuple[str, ...], Iterator[tuple[str, ...]]]]:
    """Yield title, headings and rows of every table; rows are measured as they are asked for."""
    scale = QUICK if choice.quick else 1.0
    for name, (title, tasks) in COMPARED.items():
        if name in choice.only:
            yield title, HEADINGS, _compared(tasks, scale, choice)
    if "imports" in choice.only:
        yield "What start-up imports", bench_spine.IMPORT_HEADINGS, bench_spine.imports()
    if "growth" in choice.only:
        yield "Growth", growth.HEADINGS, growth.grown(share=scale)
    if "memory" in choice.only:
        yield "Memory of whole commands", memory.HEADINGS, memory.peaks(scale)


def _compared(tasks: Tasks, scale: float, choice: Choice) -> Iterator[tuple[str, ...]]:
    with tempfile.TemporaryDirectory(prefix="omnistudy-bench-") as scratch:
        for task in tasks(Path(scratch), scale, choice.peers):
            # A target belongs to the size that it was set for.
            asked = replace(task, repeats=1, target=Target()) if choice.quick else task
            yield cells(measured(asked))


def set_up_peers(folder: Path) -> Path:
    """Make a virtual environment and install the peers; return its interpreter."""
    venv.create(folder, with_pip=True)
    python = interpreter(folder)
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--requirement", str(PEERS)], check=True)
    return python


def interpreter(peers: Path) -> Path:
    """Return the interpreter of an environment that is named by its folder or its interpreter."""
    found = peers if peers.is_file() else peers / "bin" / "python"
    if not found.exists():
        raise SystemExit(f"{peers} holds no environment; make one with --setup-peers {peers}")
    return found.absolute()


def front(choice: Choice) -> str:
    """Say what was measured where, and how to read it."""
    return "\n".join(
        (
            "# The last run of the benchmarks",
            "",
            f"- Machine: {machine.described()}",
            f"- Ours: {machine.own_versions()}",
            f"- Peers: {machine.peer_versions(choice.peers, PEERS)}",
            "",
            "Each row is the least of its repetitions, ours and the peer's in turn; the spread is that of the"
            " processor time, with the number of repetitions. Memory is the peak of the process for whole"
            " commands and jobs that load their data, and what the work adds for functions. The last column"
            " says how many cores other work of the machine took meanwhile: up to"
            f" {QUIET:g} the machine was ours and wall time is judged. Above it wall times and even processor"
            " seconds are too long, the lesser ratio of both is judged, and ratios are what holds.",
        )
    )


def moment(choice: Choice) -> str:
    """Say when a table was begun, and how busy and fast the machine was in the second before."""
    others = Others()
    time.sleep(1)
    return (
        f"Begun {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, when others took {others.cores():.1f} cores and a fixed"
        f" piece of arithmetic {speed():.2f} s of the processor"
        f"{'; quick sizes without targets' if choice.quick else ''}."
    )


def kept_sections() -> dict[str, str]:
    """Return the tables that the file of results holds, by title: a run of some leaves the others."""
    if not RESULTS.is_file():
        return {}
    parts = RESULTS.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.partition("\n")[0]: f"## {part}".strip() for part in parts}


def main() -> None:
    """Measure what is asked for, print it as it comes, and write it if asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", action="append", choices=(*COMPARED, *OTHER), help="repeatable")
    parser.add_argument("--peers", type=Path, default=os.environ.get("OMNISTUDY_PEERS"), metavar="FOLDER")
    parser.add_argument("--setup-peers", type=Path, metavar="FOLDER", help="make the environment and stop")
    parser.add_argument("--quick", action="store_true", help="small sizes, once each, no targets")
    parser.add_argument("--write", action="store_true", help=f"write {RESULTS.name}")
    given = parser.parse_args()
    if given.setup_peers is not None:
        set_up_peers(given.setup_peers)
        return
    peers = None if given.peers is None else interpreter(Path(given.peers))
    choice = Choice(only=tuple(given.only or USUAL), peers=peers, quick=given.quick)
    head = front(choice)
    written = kept_sections() if given.write else {}
    print(head, flush=True)
    for title, headings, rows in sections(choice):
        lines = [f"## {title}", "", moment(choice), "", as_markdown(headings, ())]
        print("", *lines, sep="\n", flush=True)
        for row in rows:
            lines.append(as_markdown(row, ()).splitlines()[0])
            print(lines[-1], flush=True)
        written[title] = "\n".join(lines)
        if given.write:
            RESULTS.write_text("\n\n".join((head, *written.values())) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
