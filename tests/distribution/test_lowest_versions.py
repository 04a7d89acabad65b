"""What pyproject.toml promises to packagers: lower bounds that are kept in one place and tried together."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
BOUND = re.compile(r"(?P<name>[A-Za-z0-9_.-]+)>=(?P<lowest>[0-9.]+)(?:,<[0-9.]+)?")


def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def lowest() -> dict[str, str]:
    bounds = {}
    for requirement in project()["dependencies"]:
        match = BOUND.fullmatch(requirement)
        assert match is not None, f"{requirement} has no lower bound"
        bounds[match["name"].lower()] = match["lowest"]
    return bounds


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {package.lower().replace("_", "-"): version for package, version in pairs}


def test_the_lowest_versions_are_those_of_the_project() -> None:
    assert pins("constraints-lowest.txt") == lowest()


def test_the_versions_of_developers_are_allowed() -> None:
    def number(version: str) -> tuple[int, ...]:
        return tuple(int(part) for part in re.findall(r"\d+", version))

    pinned = pins("constraints.txt")
    for name, least in lowest().items():
        assert number(pinned[name]) >= number(least), name


def test_every_python_that_is_named_is_allowed() -> None:
    least = project()["requires-python"].removeprefix(">=")
    named = [text.rpartition(" ")[2] for text in project()["classifiers"] if "Python :: 3." in text]
    assert named == sorted(named, key=lambda text: int(text.split(".")[1]))
    assert named[0] == least
