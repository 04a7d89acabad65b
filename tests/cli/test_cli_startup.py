"""Start-up is quick because help imports nothing heavy: counted in imports, not in seconds."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

HEAVY = {
    "pandas",
    "numpy",
    "scipy",
    "sklearn",
    "statsmodels",
    "matplotlib",
    "duckdb",
    "krippendorff",
    "lxml",
    "openpyxl",
    "docx",
    "odfdo",
    "babel",
    "jinja2",
}
NUMBERS = {"pandas", "numpy", "scipy", "sklearn", "statsmodels"}
BELOW = {"cli", "errors", "results", "pictures", "text"}
"""Rooms that help may load: the command line, and the words and values that its signatures name."""

MODULES = (
    (("--version",), 270),
    (("--help",), 270),
    (("agreement", "--help"), 380),
    (("run", "--help"), 380),
    (("crm", "--help"), 380),
)
"""Commands and the most modules that they may import, the standard library and Typer's own included.

In 2026 these were 205 and, where Typer checks options with pydantic, 308 on Python 3.11. Half a second of
start-up came back each time somebody imported a room at the top of a command's module.
"""
MODULES_OF_CHECK = 520
SCRIPT = """
import sys
from omnistudy.cli.main import main
sys.argv = ["omnistudy", *sys.argv[1:]]
code = main(sys.argv[1:])
sys.stderr.write("\\n".join(sorted(sys.modules)))
raise SystemExit(code)
"""


def imported(*arguments: str) -> frozenset[str]:
    """The full names of all modules that a command leaves imported."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return frozenset(done.stderr.splitlines())


def packages(names: Iterable[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def rooms(names: Iterable[str]) -> set[str]:
    return {name.split(".")[1] for name in names if name.startswith("omnistudy.")}


def within(names: frozenset[str], budget: int) -> None:
    """Fail with the packages that most modules belong to."""
    counted = Counter(name.partition(".")[0] for name in names).most_common(12)
    assert len(names) <= budget, f"{len(names)} modules, budget {budget}; most: {counted}"


@pytest.mark.parametrize(("arguments", "budget"), MODULES)
def test_help_imports_little(arguments: tuple[str, ...], budget: int) -> None:
    names = imported(*arguments)
    assert "typer" in names
    assert packages(names) & HEAVY == set()
    assert rooms(names) <= BELOW
    within(names, budget)


def test_check_needs_no_numbers(demo: Path) -> None:
    names = imported("check", str(demo), "--format", "json")
    assert "omnistudy.study.load" in names
    assert packages(names) & NUMBERS == set()
    within(names, MODULES_OF_CHECK)
