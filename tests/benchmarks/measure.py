"""What a task costs: wall seconds, seconds of processor time and peak memory, in a process of its own.

Every benchmark asks here and nowhere else. A job is a function of a benchmark file, ``job(data) -> run``:
it prepares (imports, reads its data) and returns a function that does the work. A *whole* job is counted
from the start of its process to the end, as a user pays for it; of others only ``run()`` counts, and its
memory is what it adds to what was there before. This file is also the program of the process, so that an
environment without omnistudy can run the jobs of peers: it imports the standard library only.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
_MEGABYTE = 1024**2 if sys.platform == "darwin" else 1024  # what getrusage counts in
# Memory that a process inherits from its parent counts as its own, so a small program starts it.
_LAUNCHER = (
    "import json, resource, subprocess, sys, time;"
    "t = time.perf_counter();"
    "r = subprocess.run(sys.argv[1:], capture_output=True);"
    "w = time.perf_counter() - t;"
    "u = resource.getrusage(resource.RUSAGE_CHILDREN);"
    "e = r.stderr.decode('utf-8', 'replace')[-2000:];"
    "o = r.stdout.decode('utf-8', 'replace')[-100000:];"
    "print(json.dumps([r.returncode, w, u.ru_utime + u.ru_stime, u.ru_maxrss, o, e]))"
)

Job = Callable[[Path], Callable[[], object]]


class FailedError(Exception):
    """A task ended with an error, or is not possible in this environment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Wall and processor seconds, peak megabytes, and the value that was computed."""

    wall: float
    cpu: float
    megabytes: float
    value: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Something to measure.

    Parameters
    ----------
    arguments
        Of a command of omnistudy, which is measured whole; or
    job, data
        ``"file:name"`` of a job of this folder, and the path it is given.
    whole
        Whether the job's process counts from its start.
    python
        The interpreter, ``None`` for this one.
    folder
        Where a command runs.
    """

    arguments: tuple[str, ...] = ()
    job: str = ""
    data: Path = Path()
    whole: bool = True
    python: Path | None = None
    folder: Path | None = None


def cost(work: Work) -> Cost:
    """Do the work once in a process of its own.

    Raises
    ------
    FailedError
        With the last lines that the process wrote.
    """
    interpreter = str(work.python or sys.executable)
    if work.job:
        command = [interpreter, "-W", "ignore", str(FOLDER / "measure.py"), work.job, str(work.data)]
        command += ["--whole"] if work.whole else []
    else:
        command = [interpreter, "-m", "omnistudy", *work.arguments]
    wall, cpu, peak, written = _launched(command, work.folder)
    if not work.job:
        return Cost(wall=wall, cpu=cpu, megabytes=peak)
    found = json.loads(written.splitlines()[-1])
    return Cost(wall=wall, cpu=cpu, megabytes=peak, value=found) if work.whole else Cost(**found)


def _launched(command: Sequence[str], folder: Path | None) -> tuple[float, float, float, str]:
    launched = subprocess.run(
        [sys.executable, "-S", "-c", _LAUNCHER, *command],
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    code, wall, cpu, peak, written, errors = json.loads(launched.stdout)
    if code:
        raise FailedError("\n".join(errors.strip().splitlines()[-3:]) or f"ended with {code}")
    return float(wall), float(cpu), float(peak) / _MEGABYTE, str(written)


def memory(field: str) -> float:
    """Megabytes that this process holds (VmRSS) or held at most (VmHWM); elsewhere than on Linux the peak."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTE
    return float(next(line.split()[1] for line in lines if line.startswith(field))) / 1024


def counted(run: Callable[[], object]) -> Cost:
    """Run a function in this process and count it alone; its memory is what it adds."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak starts anew
    before = memory("VmRSS")
    wall, cpu = time.perf_counter(), time.process_time()
    value = run()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Cost(wall=wall, cpu=cpu, megabytes=max(0.0, memory("VmHWM") - before), value=value)


def speed() -> float:
    """Processor seconds of a fixed piece of arithmetic: how fast this machine is at this moment.

    A shared machine gives fewer instructions for a second of processor time when others use it, so even
    processor seconds of two runs compare only beside this number.
    """
    started = time.process_time()
    total = 0
    for number in range(3_000_000):
        total += number * number % 7
    return time.process_time() - started + total * 0.0


class Others:
    """How many cores the machine's other work took on average since this was made.

    Counted from the system's clock of busy processors less our own time and that of children that have
    ended; where there is no such clock, from the system's load, of which one is ours.
    """

    def __init__(self) -> None:
        self._started, self._busy, self._own = time.perf_counter(), _busy(), _own()

    def cores(self) -> float:
        """Return the average so far."""
        if self._busy is None:
            return max(0.0, os.getloadavg()[0] - 1)
        busy = (_busy() or 0.0) - self._busy - (_own() - self._own)
        return max(0.0, busy / max(time.perf_counter() - self._started, 1e-6))


def _own() -> float:
    return sum(os.times()[:4])


def _busy() -> float | None:
    """Seconds that all processors were not idle, time that a host took away included."""
    try:
        line = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0]
    except OSError:
        return None
    user, nice, system, _idle, _waiting, *interrupts = map(int, line.split()[1:9])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Do one job of this folder and print what it took, or with ``--whole`` what it found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("job", metavar="FILE:NAME")
    parser.add_argument("data", type=Path)
    parser.add_argument("--whole", action="store_true", help="the process is counted from outside")
    given = parser.parse_args()
    file, _, name = given.job.partition(":")
    jobs: dict[str, Job] = importlib.import_module(file).JOBS
    run = jobs[name](given.data)
    if given.whole:
        print(json.dumps(run()))
        return
    found = counted(run)
    print(
        json.dumps({"wall": found.wall, "cpu": found.cpu, "megabytes": found.megabytes, "value": found.value})
    )


if __name__ == "__main__":
    main()
