"""The scripts of tests/examples run as they stand, and say what is to be expected of their data."""

from __future__ import annotations

import csv
import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent / "examples"
Run = Callable[..., list[str]]


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., list[str]]:
    """Run a script in an empty folder and return the lines that it prints."""

    def lines(name: str, *arguments: Path) -> list[str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [name, *map(str, arguments)])
        runpy.run_path(str(FOLDER / name), run_name="__main__")
        return capsys.readouterr().out.splitlines()

    return lines


def test_alpha_by_role(run: Run, demo: Path) -> None:
    said = run("alpha_by_role.py", demo)
    assert said[0] == "all codes (direct): 0.751 (0.703 to 0.798)"
    roles = {"causal", "phenomenon", "context", "intervening", "strategy", "outcome"}
    assert {line.partition(":")[0] for line in said[2:-1]} == roles
    assert said[-1] == "These data are made up."


def test_agreement_of_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    sheet, page = tmp_path / "ratings.csv", tmp_path / "page.html"
    units = zip(
        *["11.1", "2232", "3333", "3333", "2222", "1234", "4444", "1121", "2222", ".555", "..11", ".3.."],
        strict=True,
    )
    coders = [["" if x == "." else x for x in coder] for coder in units]
    rows = [[f"u{at}", *unit] for at, unit in enumerate(zip(*coders, strict=True))]
    with sheet.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["unit", "a", "b", "c", "d"], *rows])
    said = " ".join(run("agreement_of_a_spreadsheet.py", sheet, page))
    assert "Krippendorff's alpha is 0.743" in said  # Krippendorff (2011), section C
    assert 'dir="rtl"' in page.read_text(encoding="utf-8")


def test_saturation_to_csv(run: Run, demo: Path, tmp_path: Path) -> None:
    said = run("saturation_to_csv.py", demo, tmp_path / "curve.csv")
    assert said == ["Codes are saturated first after 10 interviews, for good after 10."]
    with (tmp_path / "curve.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["cumulative"]) for row in rows][-1] == sum(int(row["new"]) for row in rows) == 53
    expected = [float(row["expected"]) for row in rows]
    assert expected == sorted(expected)
    assert expected[-1] == 53


def test_compare_with_maskan(run: Run, demo: Path) -> None:
    said = run("compare_with_maskan.py", demo)
    missing = [line for line in said if line.startswith("Not recovered: ")]
    assert [line.partition(": ")[2] for line in missing] == [
        "Political and regulatory conditions (not_found)",
        "Innovation and creativity (not_found)",
    ]
    assert any(line.startswith("Beyond the model: ") for line in said)


def test_metrics_from_csv(run: Run, tmp_path: Path) -> None:
    rows = ["a,2025-01-03,20", "a,2025-02-07,30", "b,2025-01-09,10", "c,2025-02-09,10", "c,2025-03-01,5"]
    table = tmp_path / "sales.csv"
    table.write_text("\n".join(["customer_id,ts,value", *rows]), encoding="utf-8")
    said = run("metrics_from_csv.py", table)
    (repeat,) = [line for line in said if line.startswith("repeat_rate days")]
    assert repeat.startswith("repeat_rate days: 0.667 (0.2076")  # Wilson's interval of 2 of 3
    assert repeat.endswith("n = 3")
    assert any(line.startswith("churn: none, because ") for line in said)


def test_every_example_is_tested() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    assert [path.name for path in sorted(FOLDER.glob("*.py")) if f'"{path.name}"' not in here] == []


def test_the_readme_shows_an_example_as_it_stands(repository: Path) -> None:
    readme = (repository / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```python\n(.*?)^```$", readme, flags=re.MULTILINE | re.DOTALL)
    scripts = [path.read_text(encoding="utf-8").partition("\n\n")[2] for path in FOLDER.glob("*.py")]
    assert len(shown) == 1
    assert shown[0] in scripts
