"""One mutant against the tests that reach it, in a child process forked from one that is warm."""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import resource
import select
import shutil
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from covering import QUIETLY, steady_examples

HEAVY = (
    "babel.core",
    "duckdb",
    "docx",
    "hypothesis.internal.conjecture.engine",
    "hypothesis.strategies",
    "jdatetime",
    "jinja2",
    "krippendorff",
    "lxml.etree",
    "matplotlib.figure",
    "numpy",
    "odfdo",
    "openpyxl",
    "pandas",
    "pydantic",
    "rich.table",
    "scipy.optimize",
    "scipy.special",
    "scipy.stats",
    "sklearn.linear_model",
    "sklearn.metrics",
    "statsmodels.api",
    "typer.testing",
)
"""Imported once, in the parent."""

BELOW = (
    "omnistudy.formats.registry",
    "omnistudy.render.registry",
    "omnistudy.results",
    "omnistudy.study.load",
    "omnistudy.text.units",
)
"""Rooms below those that are mutated: they import nothing of them, so the parent may hold them."""

MEMORY = 6 * 2**30


@dataclass(frozen=True, slots=True)
class Plan:
    """What a child does.

    Parameters
    ----------
    file
        The mutated module.
    source
        Its text with the fault.
    tests
        Node ids in the order in which they run.
    seconds
        Processor time after which the mutant counts as running for ever.
    """

    file: Path
    source: bytes
    tests: Sequence[str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it: ``killed``, ``timeout`` or ``survived``, by which test."""

    kind: str
    test: str = ""


class MutantLoader(importlib.machinery.SourceFileLoader):
    """Loads a module from a text instead of its file."""

    def __init__(self, name: str, path: str, text: bytes) -> None:
        super().__init__(name, path)
        self.text = text

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.text, self.path, "exec", dont_inherit=True)


class MutantFinder(importlib.abc.MetaPathFinder):
    """Finds the mutated module before the import system finds the real one."""

    def __init__(self, name: str, plan: Plan) -> None:
        self.name, self.plan = name, plan

    def find_spec(self, fullname: str, path: object, target: object = None) -> Any:
        if fullname != self.name:
            return None
        loader = MutantLoader(fullname, str(self.plan.file), self.plan.source)
        return spec_from_file_location(fullname, self.plan.file, loader=loader)


class Chosen:
    """A pytest plugin: only these tests, in this order; remembers the first that fails."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.order = {test: place for place, test in enumerate(tests)}
        self.failed = ""

    def pytest_collection(self) -> None:
        steady_examples()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self.order), key=lambda item: self.order[item.nodeid]
        )

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid


def warm_up(package: Path, room: str) -> None:
    """Import what every child needs, with one thread each for the linear algebra of the children.

    Parameters
    ----------
    package
        Folder of the package.
    room
        The room to be mutated, of which nothing is imported.
    """
    os.environ["OMNISTUDY_CI"] = "1"
    for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[threads] = "1"
    below = [name for name in BELOW if package.parent.joinpath(*name.split(".")).with_suffix(".py").is_file()]
    for name in (*HEAVY, *below):
        importlib.import_module(name)
    own = f"omnistudy.{room}"
    assert not [name for name in sys.modules if name == own or name.startswith(f"{own}.")]
    gc.freeze()


def run_here(root: Path, plan: Plan, folder: Path) -> Outcome:
    """Run the tests in this process, the mutated module in place of the real one."""
    name = plan.file.relative_to(root).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
    sys.meta_path.insert(0, MutantFinder(name, plan))
    importlib.invalidate_caches()
    chosen = Chosen(plan.tests)
    files = list(dict.fromkeys(test.split("::", 1)[0] for test in plan.tests))
    options = [*QUIETLY, "-x", "--tb=no", f"--rootdir={root}", f"--basetemp={folder}"]
    code = pytest.main([*options, *(str(root / file) for file in files)], plugins=[chosen])
    if code == pytest.ExitCode.OK:
        return Outcome("survived")
    if code == pytest.ExitCode.NO_TESTS_COLLECTED:
        return Outcome("broken", "no test was found")
    return Outcome("killed", chosen.failed or f"pytest's exit code {int(code)}")


class Child:
    """A forked process that tries one mutant."""

    def __init__(self, work: Callable[[], Outcome], seconds: float, folder: Path) -> None:
        self.folder = folder
        self.began = time.monotonic()
        self.until = self.began + 6 * seconds + 30
        self.reading, writing = os.pipe()
        self.pid = os.fork()
        if not self.pid:
            _live(work, seconds, writing)
        os.close(writing)

    def finished(self, wait: float) -> Outcome | None:
        """Return the outcome, or None while the child is at work."""
        ready = select.select([self.reading], [], [], wait)[0]
        if not ready and time.monotonic() < self.until:
            return None
        text = b""
        if ready:
            while part := os.read(self.reading, 65536):
                text += part
        os.close(self.reading)
        with contextlib.suppress(ProcessLookupError):  # what the tests have started ends with the child
            os.killpg(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        shutil.rmtree(self.folder, ignore_errors=True)
        return Outcome(**json.loads(text)) if text else Outcome("timeout")

    @property
    def lasted(self) -> float:
        return time.monotonic() - self.began


def _live(work: Callable[[], Outcome], seconds: float, writing: int) -> None:
    """Be the child: never returns."""
    try:
        os.setsid()
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        used = int(time.process_time())
        resource.setrlimit(resource.RLIMIT_CPU, (used + int(seconds) + 1, used + int(seconds) + 2))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        outcome = work()
        os.write(writing, json.dumps({"kind": outcome.kind, "test": outcome.test}).encode())
    finally:
        os._exit(0)
