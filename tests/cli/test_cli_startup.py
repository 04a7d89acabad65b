"""Start-up is quick because help imports nothing heavy: counted in imports, not in seconds."""

from __future__ import annotations

import subprocess
import sys

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
SCRIPT = """
import sys
from omnistudy.cli.main import main
sys.argv = ["omnistudy", *sys.argv[1:]]
code = main(sys.argv[1:])
sys.stderr.write("\\n".join(sorted({name.split(".")[0] for name in sys.modules})))
raise SystemExit(code)
"""


@pytest.mark.parametrize("arguments", [["--help"], ["agreement", "--help"], ["run", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    loaded = set(done.stderr.split())
    assert "typer" in loaded
    assert loaded & HEAVY == set()


def test_check_needs_no_numbers(demo: object) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, "check", str(demo), "--format", "json"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert set(done.stderr.split("\n")) & {"pandas", "numpy", "scipy", "sklearn", "statsmodels"} == set()
