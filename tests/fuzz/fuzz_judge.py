"""One case: files in a folder of their own, one command line in a forked child with limits, and a verdict."""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import re
import resource
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from fuzz_material import SECRET

SECONDS = 30.0
LARGEST_HELD = 64 * 2**20
MEMORY = 2 * 2**30
GROWTH = 700 * 2**20
"""What the peak of a case may lie above what the imports take."""
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]")
_OPENS = re.compile("[\u2066-\u2068]")
_PYTHON = re.compile(r"Traceback|\w+Warning:|fault of its own|Exception ignored")
_LEFT_OVER = re.compile(r"(^|/)\.(?!keep$)[^/]*$|\.tmp$|\.part$|journal")
_HEAVY = ("pandas", "numpy", "scipy.stats", "scipy.optimize", "sklearn.cluster", "sklearn.feature_extraction.text",
          "lxml.etree", "openpyxl", "duckdb", "pydantic", "jinja2", "statsmodels.stats.inter_rater", "krippendorff",
          "jdatetime", "babel.numbers", "docx", "odfdo")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Files to write, the command line to run among them, and what it may change."""

    arguments: tuple[str, ...]
    files: Mapping[str, bytes]
    writes: tuple[str, ...] = ()
    codes: frozenset[int] = frozenset({0, 2})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How the child ended."""

    code: int
    signal: int
    out: bytes
    err: bytes
    seconds: float
    growth: int
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]


def warm_up() -> None:
    """Import everything once, so that the children need not."""
    import omnistudy

    for found in pkgutil.walk_packages(omnistudy.__path__, "omnistudy."):
        if not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    for name in _HEAVY:
        importlib.import_module(name)
    _commands()
    # A child that collects what it inherited would copy the parent's memory for nothing.
    gc.collect()
    gc.freeze()


@cache
def _commands() -> Any:
    """The commands, built once: the framework builds them for every line, most of the time of a short case."""
    from typer import main as framework

    from omnistudy.cli.main import app

    return framework.get_command(app)


def run(case: Case, folder: Path, prepare: Callable[[Path], object] | None = None) -> Ran:
    """Run the command line in a child that can neither eat the machine nor stay.

    ``prepare`` adds to the folder what is no plain file: a pipe, a link, a hole of a gigabyte.
    """
    shutil.rmtree(folder, ignore_errors=True)
    for name, data in case.files.items():
        path = folder / "work" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    if prepare is not None:
        prepare(folder / "work")
    before = _held(folder / "work")
    base = int(re.findall(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[0])
    _commands()
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        _be_the_child(case, folder)
    status, usage = _awaited(child)
    return Ran(
        code=os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else -1,
        signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        out=(folder / "out").read_bytes(),
        err=(folder / "err").read_bytes(),
        seconds=time.monotonic() - began,
        growth=1024 * (usage.ru_maxrss - base),
        before=before,
        after=_held(folder / "work"),
    )


def _awaited(child: int) -> tuple[int, resource.struct_rusage]:
    """Wait for the child; the limit of its processor time ends it, and this clock where it sleeps."""
    end = time.monotonic() + 3 * SECONDS
    pause = 0.001
    while True:
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid:
            return status, usage
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            _, status, usage = os.wait4(child, 0)
            return status, usage
        time.sleep(pause)
        pause = min(pause * 1.5, 0.05)


def _be_the_child(case: Case, folder: Path) -> None:
    code = 99
    try:
        os.chdir(folder / "work")
        for number, name in ((1, "out"), (2, "err")):
            handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(handle, number)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        used = 1024 * int(re.findall(r"VmSize:\s+(\d+)", Path("/proc/self/status").read_text())[0])
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (int(SECONDS), int(SECONDS)))
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**28, 2**28))
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - a descriptor, for good
        sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
        from typer import main as framework

        from omnistudy.cli.main import main

        framework.get_command = lambda typer_instance: _commands()
        code = main([*case.arguments])
        sys.stdout.flush()
        sys.stderr.flush()
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else 98
    except BaseException as error:
        os.write(2, f"\nTraceback of the child: {type(error).__name__}: {error}".encode("utf-8", "replace"))
        code = 97
    finally:
        os._exit(code)


def _held(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.stat().st_size < LARGEST_HELD else b"large"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def verdict(case: Case, ran: Ran) -> list[str]:
    """Return what is wrong with how a command ended; nothing, in most cases."""
    out, err = ran.out.decode("utf-8", "replace"), ran.err.decode("utf-8", "replace")
    faults = [*_ending(case, ran, out, err), *_words(case, ran, out, err), *_files(case, ran)]
    if ran.growth > GROWTH:
        faults.append(f"memory grew by {ran.growth // 2**20} MiB")
    return faults


def _ending(case: Case, ran: Ran, out: str, err: str) -> Iterable[str]:
    if ran.signal:
        yield f"ended by signal {ran.signal} after {ran.seconds:.0f} s"
    elif ran.code not in case.codes:
        yield f"exit code {ran.code}: {(err.strip() or out.strip())[-300:]}"
    if ran.seconds > SECONDS:
        yield f"took {ran.seconds:.0f} s"
    if ran.code in case.codes and (found := _PYTHON.search(err)):
        yield f"standard error says {found[0]}: {err[max(0, found.start() - 50) :][:400]}"


def _words(case: Case, ran: Ran, out: str, err: str) -> Iterable[str]:
    as_json = "json" in case.arguments
    shown = [("standard error", err)] + ([("standard output", out)] if not _machine_readable(case) else [])
    for name, text in shown:
        if found := _STEERING.search(text):
            yield f"{name} holds {found[0]!r}: {text[max(0, found.start() - 60) : found.end() + 20]!r}"
        if len(_OPENS.findall(text)) != text.count(
            "\u2069"
        ):  # ours close; one that does not came from outside
            yield f"{name} leaves an isolate open"
    if ran.code == 2 and not as_json and not any(word in err for word in ("error: ", "خطا: ")):
        yield f"exit code 2 without an error: {err[-200:]!r}"
    if ran.code == 2 and max(map(len, err.splitlines()), default=0) > 3000:
        yield f"a line of {max(map(len, err.splitlines()))} characters in an error"
    for text in SECRET.values():
        for at in range(0, len(text) - 40, 10):
            if text[at : at + 40] in err:
                yield f"standard error repeats a transcript: {text[at : at + 40]}"
                return
    if as_json and out.strip():
        try:
            json.loads(out, parse_constant=_no_constant)
        except ValueError as error:
            yield f"standard output is no JSON: {error}"


def _machine_readable(case: Case) -> bool:
    return any(each in case.arguments for each in ("json", "csv", "md"))


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} in JSON")


def _files(case: Case, ran: Ran) -> Iterable[str]:
    changed = {
        name for name in ran.before.keys() | ran.after.keys() if ran.before.get(name) != ran.after.get(name)
    }
    if ran.code != 0 and changed:
        yield f"exit code {ran.code}, and yet changed: {sorted(changed)[:5]}"
    strangers = [name for name in sorted(changed) if not name.startswith(case.writes or ("\0",))]
    if strangers:
        yield f"changed without being asked: {strangers[:5]}"
    if left := [name for name in ran.after.keys() - ran.before.keys() if _LEFT_OVER.search(name)]:
        yield f"left behind: {left[:5]}"


def reproduced(case: Case, folder: Path, words: Sequence[str]) -> bool:
    """Tell whether a case still ends with a fault that begins like one of ``words``."""
    return any(fault.startswith(tuple(words)) for fault in verdict(case, run(case, folder)))
