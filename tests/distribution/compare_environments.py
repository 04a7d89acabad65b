"""Do several Python environments give the same numbers?

Run it with the interpreters to be compared; the first is what the others are held against:

    python tests/distribution/compare_environments.py .venv/bin/python other/bin/python --report

omnistudy must be importable in each. Every command below runs with ``--format json`` on a copy of the
demonstration study, which the first interpreter makes, or on ``--study``; the answers are compared
value by value. Exit code 0 means that no number differs by more than the tolerance and nothing else
differs at all, 1 that something does.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMANDS = (
    "agreement",
    "codes",
    "saturation",
    "paradigm",
    "compare",
    "suggest categories",
    "crm metrics",
    "crm clv",
    "crm journeys",
    "crm links",
    "crm maturity",
    "crm readiness",
    "crm ecrm",
)
VERSIONS = """
import json, platform
from importlib.metadata import version
names = ("numpy", "scipy", "pandas", "duckdb", "scikit-learn", "statsmodels", "typer", "matplotlib")
print(json.dumps({"python": platform.python_version(), **{name: version(name) for name in names}}))
"""


@dataclass(frozen=True)
class Difference:
    """Two values at one place of two answers; ``size`` is infinite where they are no numbers."""

    place: str
    first: object
    second: object
    size: float


def differences(first: Any, second: Any, place: str = "$") -> Iterator[Difference]:
    """Every place at which two JSON values differ."""
    numbers = (int, float)
    if isinstance(first, dict) and isinstance(second, dict) and first.keys() == second.keys():
        for key, value in first.items():
            yield from differences(value, second[key], f"{place}.{key}")
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for at, (one, other) in enumerate(zip(first, second, strict=True)):
            yield from differences(one, other, f"{place}[{at}]")
    elif first != second:
        both = isinstance(first, numbers) and isinstance(second, numbers)
        both = both and not isinstance(first, bool) and not isinstance(second, bool)
        size = abs(first - second) / max(1.0, abs(first), abs(second)) if both else float("inf")
        yield Difference(place, first, second, size)


def answer(python: str, command: str, study: Path, folder: Path) -> bytes:
    """The JSON of one command in one environment."""
    call = [python, "-m", "omnistudy", *command.split(), str(study), "--format", "json", "--quiet"]
    done = subprocess.run(call, cwd=folder, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{python}: {command} ended with {done.returncode}: {done.stderr.decode()[-500:]}")
    return done.stdout


def made_study(python: str, folder: Path) -> Path:
    """A copy of the demonstration study: suggestions leave a log in theirs."""
    call = [python, "-m", "omnistudy", "new", "study", "--demo", "--quiet"]
    subprocess.run(call, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    return folder / "study"


def compared(first: bytes, second: bytes, tolerance: float) -> tuple[str, bool]:
    """What to print of two answers, and whether they are the same."""
    if first == second:
        return "same bytes", True
    found = list(differences(json.loads(first), json.loads(second)))
    largest = max(found, key=lambda difference: difference.size)
    if largest.size == float("inf"):
        return f"{largest.place}: {largest.first!r:.40} / {largest.second!r:.40}", False
    text = f"{largest.size:.1e} ({len(found)} numbers; {largest.place})"
    return text, largest.size <= tolerance


def report_files(python: str, study: Path, folder: Path) -> dict[str, str]:
    """Hash of every file that ``run`` writes."""
    answer(python, "run", study, folder)
    files = sorted(path for path in (folder / "reports").rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files
    }


def compared_files(first: dict[str, str], second: dict[str, str]) -> str:
    """What to print of two reports; figures may differ by the versions of fonts and libraries."""
    if first.keys() != second.keys():
        return f"other files: {sorted(first.keys() ^ second.keys())}"
    other = [name.rpartition("/")[2] for name in first if first[name] != second[name]]
    return (
        f"{len(first) - len(other)} of {len(first)} files have the same bytes; not: {', '.join(other) or '-'}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line per command and environment."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("pythons", nargs="+", help="interpreters; the first is the one to compare with")
    parser.add_argument("--study", type=Path, help="instead of a copy of the demonstration study")
    parser.add_argument("--tolerance", type=float, default=1e-9, help="largest relative difference")
    parser.add_argument("--report", action="store_true", help="also compare the files that run writes")
    parser.add_argument("--only", nargs="*", default=COMMANDS, help="commands to compare")
    given = parser.parse_args(arguments)
    # Not resolved: the interpreter of a virtual environment is a link to one outside.
    pythons = [str(Path(shutil.which(python) or python).absolute()) for python in given.pythons]
    same = True
    with tempfile.TemporaryDirectory() as temporary:
        study = given.study.resolve() if given.study else made_study(pythons[0], Path(temporary))
        for at, python in enumerate(pythons):
            done = subprocess.run([python, "-c", VERSIONS], capture_output=True, text=True, check=True)
            print(f"[{at}] {python}: {done.stdout.strip()}")
        for command in given.only:
            answers = [answer(python, command, study, Path(temporary)) for python in pythons]
            for at, other in enumerate(answers[1:], start=1):
                text, fine = compared(answers[0], other, given.tolerance)
                same = same and fine
                print(f"{command:<20} [{at}] {'' if fine else 'DIFFERS '}{text}", flush=True)
        if given.report:
            folders = [Path(temporary) / str(at) for at in range(len(pythons))]
            for folder in folders:
                folder.mkdir()
            files = [
                report_files(python, study, folder) for python, folder in zip(pythons, folders, strict=True)
            ]
            for at, other_files in enumerate(files[1:], start=1):
                print(f"{'run':<20} [{at}] {compared_files(files[0], other_files)}", flush=True)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
