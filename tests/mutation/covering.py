"""Which tests execute which lines of a room.

Fixtures that several tests share and values that modules cache are computed once, in whichever test
comes first; the lines of a shared fixture are therefore credited to every test that uses it, and the
caches of the program are emptied before each test.
"""

from __future__ import annotations

import importlib
import inspect
import json
import sys
from collections import defaultdict
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import Phase, settings

Lines = set[tuple[str, int]]
NOT_NEEDED = "not slow and not browser and not office and not spark"
QUIETLY = ("-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
"""The plugins' packages are imported before pytest could rewrite their assertions, which is no matter here."""


def steady_examples() -> None:
    """Let hypothesis draw the same examples in every run, without deadlines and without shrinking."""
    settings.register_profile(
        "mutation",
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate),
    )
    settings.load_profile("mutation")


@dataclass(slots=True)
class Coverage:
    """What the tests execute.

    Parameters
    ----------
    seconds
        Node id of a passing test to its duration.
    tests
        ``path:line`` below the package to the node ids of the tests that execute it.
    on_import
        ``path:line`` of functions that importing the room executes.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    tests: dict[str, list[str]] = field(default_factory=dict)
    on_import: list[str] = field(default_factory=list)

    def save(self, file: Path) -> None:
        file.write_text(
            json.dumps({"seconds": self.seconds, "tests": self.tests, "on_import": self.on_import}), "utf-8"
        )

    def timed_by(self, plain: Coverage) -> Coverage:
        """Return this coverage with the durations of a run without tracing, and its passing tests only."""
        seconds = {test: plain.seconds[test] for test in self.seconds if test in plain.seconds}
        tests = {place: [test for test in found if test in seconds] for place, found in self.tests.items()}
        return Coverage(seconds, tests, self.on_import)

    def of_file(self, name: str) -> Coverage:
        """Return the part of one file of tests, named as in node ids."""
        seconds = {test: cost for test, cost in self.seconds.items() if test.split("::", 1)[0] == name}
        tests = {place: [test for test in found if test in seconds] for place, found in self.tests.items()}
        return Coverage(seconds, {place: found for place, found in tests.items() if found}, self.on_import)

    def add(self, other: Coverage) -> None:
        """Take in the coverage of further tests."""
        self.seconds.update(other.seconds)
        for place, tests in other.tests.items():
            self.tests.setdefault(place, []).extend(tests)
        self.on_import = sorted({*self.on_import, *other.on_import})

    @classmethod
    def load(cls, file: Path) -> Coverage:
        return cls(**json.loads(file.read_text("utf-8")))


class Tracer:
    """Records the lines executed inside a folder, module bodies and class bodies apart."""

    def __init__(self, folder: Path) -> None:
        self.prefix = f"{folder}/"
        self.open: list[Lines] = []

    def __call__(self, frame: FrameType, event: str, argument: object) -> Any:
        code = frame.f_code
        if not code.co_filename.startswith(self.prefix) or not code.co_flags & inspect.CO_OPTIMIZED:
            return None
        self.line(frame, event, argument)
        return self.line

    def line(self, frame: FrameType, event: str, argument: object) -> Any:
        for lines in self.open:
            lines.add((frame.f_code.co_filename, frame.f_lineno))
        return self.line


class Recorder:
    """A pytest plugin that records the lines of each passing test.

    Parameters
    ----------
    package
        Folder of the package.
    room
        Folder of the room below the package.
    traced
        Whether to record lines; without, only durations, which tracing would inflate.
    """

    def __init__(self, package: Path, room: str, *, traced: bool) -> None:
        self.package, self.room, self.traced = package, room, traced
        self.tracer = Tracer(package / room)
        self.lines: dict[str, Lines] = defaultdict(set)
        self.of_file: dict[str, Lines] = {}
        self.of_fixture: dict[int, Lines] = {}
        self.seconds: dict[str, float] = defaultdict(float)
        self.failed: set[str] = set()
        self.on_import: Lines = set()

    def pytest_collection(self) -> None:
        """Import the whole room first, so that its import is credited to no test."""
        steady_examples()
        if not self.traced:
            return
        self.tracer.open = [self.on_import]
        sys.settrace(self.tracer)
        for file in sorted((self.package / self.room).rglob("*.py")):
            name = file.relative_to(self.package.parent).with_suffix("").as_posix().replace("/", ".")
            importlib.import_module(name.removesuffix(".__init__"))
        sys.settrace(None)

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Generator[None, Any, Any]:
        if not isinstance(collector, pytest.Module):
            return (yield)
        lines = self.of_file.setdefault(collector.nodeid, set())
        self.tracer.open = [lines]
        sys.settrace(self.tracer if self.traced else None)
        try:
            return (yield)
        finally:
            sys.settrace(None)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Generator[None, Any, Any]:
        if fixturedef.scope == "function":
            return (yield)
        lines = self.of_fixture.setdefault(id(fixturedef), set())
        self.tracer.open.append(lines)
        try:
            return (yield)
        finally:
            self.tracer.open.pop()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        empty_caches()
        lines = self.lines[item.nodeid]
        self.tracer.open = [lines]
        sys.settrace(self.tracer if self.traced else None)
        try:
            answer = yield
        finally:
            sys.settrace(None)
        lines |= self.of_file.get(item.nodeid.split("::", 1)[0], set())
        for definitions in getattr(item, "_fixtureinfo").name2fixturedefs.values():  # noqa: B009
            for definition in definitions:
                lines |= self.of_fixture.get(id(definition), set())
        return answer

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.outcome != "passed":
            self.failed.add(report.nodeid)

    def coverage(self) -> Coverage:
        """Return what was recorded, without the tests that did not pass."""

        def named(place: tuple[str, int]) -> str:
            return f"{Path(place[0]).relative_to(self.package).as_posix()}:{place[1]}"

        tests = defaultdict(list)
        for test in sorted(set(self.lines) - self.failed):
            for place in self.lines[test]:
                tests[named(place)].append(test)
        seconds = {test: self.seconds[test] for test in sorted(set(self.lines) - self.failed)}
        return Coverage(seconds, dict(sorted(tests.items())), sorted(map(named, self.on_import)))


def empty_caches() -> None:
    """Empty what the program's modules have cached."""
    for name, module in list(sys.modules.items()):
        if name.startswith("omnistudy"):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def collect(package: Path, room: str, tests: list[Path], *, traced: bool) -> Coverage:
    """Run the tests in this process and return what they execute and how long they take.

    Parameters
    ----------
    package
        Folder of the package.
    room
        Folder of the room below the package.
    tests
        Files and folders of tests.
    traced
        Whether to record lines.
    """
    recorder = Recorder(package, room, traced=traced)
    code = pytest.main([*QUIETLY, "-m", NOT_NEEDED, *map(str, tests)], plugins=[recorder])
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED}:
        raise RuntimeError("the tests could not be collected")
    return recorder.coverage()
