"""What the figures were measured on: no name of a host and no path, only what explains the numbers."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

OURS = (
    "omnistudy",
    "numpy",
    "scipy",
    "pandas",
    "duckdb",
    "matplotlib",
    "lxml",
    "openpyxl",
    "python-docx",
    "scikit-learn",
    "statsmodels",
)
_VERSIONS = (
    "import json; from importlib.metadata import distributions as d; from platform import python_version as v;"
    "print(json.dumps([v(), {x.name.lower(): [x.name, x.version] for x in d()}]))"
)


def described() -> str:
    """Name the processor, its cores, the memory and the system."""
    parts = [_processor(), f"{os.cpu_count()} cores", _memory(), f"{platform.system()} {platform.machine()}"]
    return ", ".join(part for part in parts if part)


def own_versions() -> str:
    """Name Python and the packages that the figures depend on."""
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in OURS)])


def peer_versions(python: Path | None, wanted: Path) -> str:
    """Name the versions in the environment of the peers, of those that the list of peers names."""
    if python is None:
        return "no environment of peers was given"
    done = subprocess.run([str(python), "-c", _VERSIONS], capture_output=True, text=True, check=True)
    number, found = json.loads(done.stdout)
    lines = wanted.read_text(encoding="utf-8").splitlines()
    names = [line.partition("==")[0].strip().lower() for line in lines if line and not line.startswith("#")]
    return ", ".join([f"Python {number}", *(" ".join(found[name]) for name in names if name in found)])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1024**3:.0f} GiB"
    except (ValueError, OSError):
        return ""
