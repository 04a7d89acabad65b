"""Commands that are killed: at a random moment, or just before a chosen step of writing.

Run as a program it is a server that imports omnistudy once and forks a child for every command line it
is given, so that hundreds of deaths take seconds. The steps are the calls by which files come to be:
temporary file, flush to disk, rename, removal, new folder.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LEFTOVERS = (".part", "journal.json")


@dataclass(frozen=True)
class End:
    """How a command ended: its exit code (minus the signal that killed it), its words, its seconds and steps."""

    code: int
    err: str
    seconds: float
    steps: int


@dataclass
class Server:
    process: subprocess.Popen[str]

    def run(self, folder: Path, *arguments: str, **fault: Any) -> End:
        """Run a command line; ``delay`` and ``signal`` stop it in time, ``step`` kills it before a step."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"folder": str(folder), "arguments": arguments, **fault}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return End(**answer)


@contextmanager
def server() -> Iterator[Server]:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        yield Server(process)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


@dataclass
class Tried:
    """What became of a command that was killed many times; every number but ``tried`` should be 0."""

    tried: int = 0
    killed: int = 0
    inputs_changed: int = 0
    half: int = 0
    next_fails: int = 0
    other_result: int = 0
    left_behind: int = 0
    faults: list[str] = field(default_factory=list)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder; what a kill may leave waiting is marked by its name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def is_leftover(name: str) -> bool:
    return Path(name).name.startswith(".omnistudy-") and name.endswith(LEFTOVERS)


def killed_often(
    host: Server, make: Callable[[Path], None], arguments: tuple[str, ...], trials: range, seed: int
) -> Tried:
    """Kill a command at every step of its writing in turn, else at random moments, and run it again.

    Odd trials take the steps one after the other, even ones a moment drawn from ``seed``.
    """
    chance = random.Random(seed)
    with tempfile.TemporaryDirectory() as name:
        whole = Path(name)
        make(whole)
        before = contents(whole)
        end = host.run(whole, *arguments)
        assert end.code == 0, end.err
        after = contents(whole)
    tried = Tried()
    for at in trials:
        if at % 2 and end.steps:
            fault: dict[str, Any] = {"step": at // 2 % end.steps}
        else:
            fault = {"delay": chance.uniform(0, end.seconds), "signal": signal.SIGKILL}
        with tempfile.TemporaryDirectory() as name:
            _one(host, make, arguments, fault, Path(name), (before, after), tried)
    return tried


def _one(
    host: Server,
    make: Callable[[Path], None],
    arguments: tuple[str, ...],
    fault: Mapping[str, Any],
    folder: Path,
    ends: tuple[dict[str, bytes], dict[str, bytes]],
    tried: Tried,
) -> None:
    before, after = ends
    make(folder)
    died = host.run(folder, *arguments, **fault)
    tried.tried += 1
    tried.killed += died.code == -signal.SIGKILL
    left = contents(folder)
    own = {name: data for name, data in left.items() if not is_leftover(name)}
    untouched = {name for name in before if before[name] == after.get(name)}
    if any(own.get(name) != before[name] for name in untouched):
        tried.inputs_changed += 1
        tried.faults.append(f"{fault}: an input was changed")
    if any(own[name] not in {before.get(name), after.get(name)} for name in own):
        tried.half += 1
        tried.faults.append(f"{fault}: a file is neither the old nor the new one")
    again = host.run(folder, *arguments)
    if again.code != 0:
        tried.next_fails += 1
        tried.faults.append(f"{fault}: {again.err}")
    final = contents(folder)
    if any(is_leftover(name) for name in final):
        tried.left_behind += 1
        tried.faults.append(f"{fault}: {[name for name in final if is_leftover(name)]}")
    if {name: data for name, data in final.items() if not is_leftover(name)} != after:
        tried.other_result += 1
        tried.faults.append(f"{fault}: the next run leaves another result")


def _serve() -> None:
    from omnistudy.cli import main as door

    # A program started in the background ignores the keyboard's interrupt, and its children would too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _warm()
    for line in sys.stdin:
        asked = json.loads(line)
        count = tempfile.mkstemp()
        words = tempfile.mkstemp()
        started = time.perf_counter()
        child = os.fork()
        if child == 0:
            _child(door.main, asked, count[1], words[0])
        if "delay" in asked:
            time.sleep(asked["delay"])
            os.kill(child, asked["signal"])
        _, status = os.waitpid(child, 0)
        answer = {
            "code": os.waitstatus_to_exitcode(status),
            "err": Path(words[1]).read_text("utf-8", "replace"),
            "seconds": time.perf_counter() - started,
            "steps": len(Path(count[1]).read_bytes()),
        }
        for handle, path in (count, words):
            os.close(handle)
            Path(path).unlink()
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _warm() -> None:
    """Import what commands import, or the kills would only hit the loading of modules."""
    import omnistudy

    own = [module.name for module in pkgutil.walk_packages(omnistudy.__path__, "omnistudy.")]
    heavy = (
        "pandas",
        "scipy.stats",
        "sklearn.metrics",
        "statsmodels.api",
        "krippendorff",
        "duckdb",
        "openpyxl",
    )
    for name in (*(name for name in own if "spark" not in name and "__main__" not in name), *heavy):
        importlib.import_module(name)


def _child(run: Callable[[list[str]], int], asked: dict[str, Any], count: str, words: int) -> None:
    code = 70
    try:
        os.chdir(asked["folder"])
        for handle in (0, 1):
            os.dup2(os.open(os.devnull, os.O_RDWR), handle)
        os.dup2(words, 2)
        _count_steps(Path(count), asked.get("step"))
        code = int(run(list(asked["arguments"])))
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _count_steps(count: Path, fatal: int | None) -> None:
    steps = 0

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*arguments: Any, **named: Any) -> Any:
            nonlocal steps
            if steps == fatal:
                os.kill(os.getpid(), signal.SIGKILL)
            steps += 1
            count.write_bytes(b"." * steps)
            return call(*arguments, **named)

        return wrapped

    for module, name in (
        (os, "replace"),
        (os, "fsync"),
        (os, "unlink"),
        (os, "mkdir"),
        (os, "chmod"),
        (tempfile, "mkstemp"),
    ):
        setattr(module, name, counted(getattr(module, name)))


def copied(study: Path) -> Callable[[Path], None]:
    """Return a function that puts a copy of a folder's contents into another."""

    def copy(folder: Path) -> None:
        shutil.copytree(study, folder, dirs_exist_ok=True)

    return copy


if __name__ == "__main__":
    _serve()
