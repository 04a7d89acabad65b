"""Coded interview statements of Frattini (2024), REFSQ: the authors' numbers, and ours beside them.

The authors compare raw strings over nine statements and thirteen label columns, an empty cell being the
label "na", and count a pair in kappa only where both labels stand in their lists. Five labels of the
second rater end in a blank ("true "), so they differ from "true" and stand in no list. We take blanks
off and say so, which makes four of the five pairs equal: 102 of 117 agree instead of 98, and kappa is
lower than .7178, because the pairs that their lists drop are mostly disagreements.
"""

from __future__ import annotations

import csv
import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
from command_line import omnistudy

Pairs = dict[str, list[tuple[str, str]]]
LEFT_OUT = 1  # by the authors


@pytest.fixture
def folder(shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return shared / "data" / "relf"


def lists(folder: Path) -> dict[str, list[str]]:
    columns = json.loads((folder / "columns.json").read_text("utf-8"))
    return {column["name"]: [*column["codes"], "na"] for column in columns if column.get("codes")}


def labels(folder: Path, sheet: str) -> dict[int, dict[str, str]]:
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # validation lists do not matter for values
        rows = openpyxl.load_workbook(folder / "interview-data.xlsx")[sheet].iter_rows(values_only=True)
        header = [str(cell) for cell in next(rows)]
        cells = [dict(zip(header, row, strict=True)) for row in rows if row[0] is not None]
    return {int(str(row["ID"])): {name: written(x) for name, x in row.items()} for row in cells}


def written(cell: object) -> str:
    return "na" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)


def pairs(folder: Path) -> Pairs:
    first, second = labels(folder, "Data"), labels(folder, "Overlap")
    statements = sorted(second.keys() - {LEFT_OUT})
    return {name: [(first[s][name], second[s][name]) for s in statements] for name in lists(folder)}


def rows_of(
    capfd: pytest.CaptureFixture[str], table: list[tuple[str, str]], codes: list[str], *names: str
) -> dict[str, Any]:
    with Path("t.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(
            [("unit", "first", "second"), *((i, *pair) for i, pair in enumerate(table))]
        )
    Path("codes.txt").write_text("\n".join(codes), encoding="utf-8")
    named = [part for name in names for part in ("--coefficient", name)]
    options = (*named, "--categories", "codes.txt", "--ci", "none", "--resamples", "0", "--format", "json")
    found: dict[str, Any] = omnistudy(capfd, "agreement", "t.csv", *options).json
    return {"notes": found["notes"], **{row["coefficient"]: row for row in found["rows"]}}


def agreeing(rows: list[dict[str, Any]]) -> int:
    of_columns = [row["percent_agreement"] for row in rows]
    total: float = sum(row["value"] * row["n_pairable"] for row in of_columns)
    return round(total)


def each(
    folder: Path,
    capfd: pytest.CaptureFixture[str],
    treat: Callable[[tuple[str, str], list[str]], tuple[str, str]],
    *names: str,
) -> Iterator[dict[str, Any]]:
    codes = lists(folder)
    for name, table in pairs(folder).items():
        treated = [treat(pair, codes[name]) for pair in table]
        known = [*codes[name], *sorted({x.strip() for pair in treated for x in pair} - {*codes[name], ""})]
        yield rows_of(capfd, treated, known, *names)


def raw(pair: tuple[str, str], codes: list[str]) -> tuple[str, str]:
    """Make a blank at the end visible, so that the labels stay different."""
    return pair[0].replace(" ", "_"), pair[1].replace(" ", "_")


def listed_only(pair: tuple[str, str], codes: list[str]) -> tuple[str, str]:
    """Drop a pair in which a label stands in no list."""
    return pair if {*pair} <= {*codes} else ("", "")


def as_they_are(pair: tuple[str, str], codes: list[str]) -> tuple[str, str]:
    return pair


def test_the_authors_numbers_by_their_rule(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert len(pairs(folder)) == 13
    whole = list(each(folder, capfd, raw, "percent_agreement", "cohen_kappa"))
    assert sum(row["percent_agreement"]["n_pairable"] for row in whole) == 117
    assert agreeing(whole) == 98
    assert mean(row["cohen_kappa"]["value"] for row in whole) == pytest.approx(0.6580918, abs=1e-6)
    listed = list(each(folder, capfd, listed_only, "cohen_kappa"))
    assert sum(row["cohen_kappa"]["n_pairable"] for row in listed) == 117 - 5
    assert mean(row["cohen_kappa"]["value"] for row in listed) == pytest.approx(0.7178463, abs=1e-6)


def test_ours_beside_them(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    rows = list(each(folder, capfd, as_they_are, "percent_agreement", "cohen_kappa", "brennan_prediger"))
    assert agreeing(rows) == 102
    assert mean(row["cohen_kappa"]["value"] for row in rows) == pytest.approx(0.6955138, abs=1e-6)
    assert mean(row["brennan_prediger"]["value"] for row in rows) == pytest.approx(0.8591, abs=5e-5)
    said = [note for row in rows for note in row["notes"] if "Blanks" in note]
    assert len(said) >= 1  # the reason for the difference is said where it applies
    constant = rows[list(pairs(folder)).index("Context Factor 3")]
    assert constant["cohen_kappa"]["value"] == 0
    assert constant["percent_agreement"]["value"] == pytest.approx(8 / 9)
