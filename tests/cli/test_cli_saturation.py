"""The command line of `saturation`: the worked numbers from tables, studies, plots and bad tables."""

from __future__ import annotations

import csv
import warnings
from pathlib import Path

import pytest
from command_line import omnistudy
from lxml import etree

FAMILIES = {
    "quality": "Quality Factor",
    "context": "Context Factor",
    "activities": "Activity ",
    "facts": "Entity-Fact",
    "attributes": "Attribute ",
}
Rows = list[tuple[str, str]]


@pytest.fixture(scope="module")
def relf(shared: Path) -> dict[str, Rows]:
    """The interview,code rows of every family, in interview order; empty codes keep the interview."""
    import openpyxl

    with warnings.catch_warnings():
        # The sheet uses conditional formats that openpyxl does not know; no value depends on them.
        warnings.simplefilter("ignore", UserWarning)
        book = openpyxl.load_workbook(shared / "data" / "relf" / "interview-data.xlsx", data_only=True)
    heading, *rows = book["Data"].iter_rows(values_only=True)
    book.close()
    names = [str(cell) for cell in heading]
    who = names.index("P")
    found: dict[str, Rows] = {}
    for family, start in FAMILIES.items():
        columns = [at for at, name in enumerate(names) if name.startswith(start) and name[-1].isdigit()]
        held = [row for row in rows if row[who] is not None]
        pairs = [(f"P{row[who]}", "" if row[at] is None else str(row[at])) for row in held for at in columns]
        found[family] = sorted(pairs, key=lambda pair: pair[0])
    return found


def as_rows(path: Path, rows: Rows) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("interview", "code"), *rows])
    return path


def as_matrix(path: Path, rows: Rows) -> Path:
    interviews = sorted({interview for interview, _ in rows})
    codes = sorted({code for _, code in rows if code})
    table = [[code, *(int((interview, code) in rows) for interview in interviews)] for code in codes]
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["code", *interviews], *table])
    return path


WORKED: list[tuple[str, int, int, list[int], int, list[float], int | None, int | None]] = [
    ("quality", 4, 2, [6, 6, 4, 0, 2, 1, 2, 3], 16, [0.1875, 0.1875, 0.3125], None, None),
    ("quality", 4, 3, [6, 6, 4, 0, 2, 1, 2, 3], 16, [0.3125, 0.3750], None, None),
    ("quality", 5, 2, [6, 6, 4, 0, 2, 1, 2, 3], 18, [0.1667, 0.2778], None, None),
    ("quality", 6, 2, [6, 6, 4, 0, 2, 1, 2, 3], 19, [0.2632], None, None),
    ("context", 4, 2, [3, 0, 0, 1, 3, 0, 0, 0], 4, [0.75, 0, 0], 5, 5),
    ("activities", 4, 2, [7, 3, 0, 1, 0, 0, 0, 0], 11, [0, 0, 0], 4, 4),
    ("facts", 4, 2, [5, 1, 2, 2, 0, 1, 1, 3], 10, [0.1, 0.2, 0.4], None, None),
    ("attributes", 4, 2, [5, 2, 0, 0, 1, 0, 1, 0], 7, [0.1429, 0.1429, 0.1429], None, None),
]


@pytest.mark.parametrize("case", WORKED)
def test_worked_numbers_from_rows(
    relf: dict[str, Rows], tmp_path: Path, capfd: pytest.CaptureFixture[str], case: tuple[object, ...]
) -> None:
    family, base, run, new, base_codes, shares, first, sustained = case
    table = as_rows(tmp_path / "t.csv", relf[str(family)])
    ran = omnistudy(
        capfd, "saturation", table, "--base", base, "--run", run, "--threshold", 0.05, "--format", "json"
    )
    assert ran.code == 0
    found = ran.json
    assert found["schema"] == "omnistudy.saturation/1"
    assert found["new_codes"] == new
    (rule,) = found["guest"]
    assert (rule["base"], rule["run"], rule["threshold"]) == (base, run, 0.05)
    assert rule["base_codes"] == base_codes
    assert rule["shares"] == pytest.approx(shares, abs=5e-5)
    assert (rule["first"], rule["sustained"]) == (first, sustained)


def test_another_order_and_the_matrix_give_the_same_numbers(
    relf: dict[str, Rows], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    order = [f"P{n}" for n in (0, 1, 4, 7, 3, 2, 6, 5)]
    rows = sorted(relf["quality"], key=lambda pair: order.index(pair[0]))
    moved = omnistudy(capfd, "saturation", as_rows(tmp_path / "o.csv", rows), "--format", "json").json
    assert moved["new_codes"] == [6, 6, 4, 6, 0, 1, 1, 0]
    assert moved["guest"][0]["shares"] == pytest.approx([0.0455, 0.0909, 0.0455], abs=5e-5)
    assert (moved["guest"][0]["base_codes"], moved["guest"][0]["first"], moved["guest"][0]["sustained"]) == (
        22,
        4,
        6,
    )
    matrix = as_matrix(tmp_path / "m.csv", relf["quality"])
    found = omnistudy(capfd, "saturation", matrix, "--format", "json").json
    assert found["cumulative"] == [6, 12, 16, 16, 18, 19, 21, 24]
    assert found["order"]["resamples"] == 40_320
    assert (found["order"]["p05"], found["order"]["median"], found["order"]["p95"]) == (4, None, None)
    assert found["order"]["never"] == pytest.approx(27_312 / 40_320)
    assert found["chao2"]["estimate"] == pytest.approx(28.667, abs=5e-4)
    assert found["chao2"]["se"] == pytest.approx(4.380, abs=5e-4)
    assert found["coverage"] == pytest.approx(0.8920, abs=5e-5)
    assert found["rarefaction"][0]["codes"] == pytest.approx(7.625, abs=5e-4)
    assert found["stopping_10_3"] is None
    assert "not saturated" in found["summary"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("code,P1,P2\na,1,0\na,1,1\n", ["row 3", "stands in row 2 already"]),
        ("code,P1,P2\na,1,x\nb,,1\n", ["row 2, P2", "'x' is neither 0 nor 1", "row 3, P1", "empty"]),
        ("interview,code\n,a\nP1,b\n", ["row 2, interview", "names no interview"]),
        ("code\na\nb\n", ["row 1", "neither the columns interview and code"]),
        ("interview,code\n", ["no rows"]),
    ],
)
def test_bad_tables_are_named_cell_by_cell(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], text: str, words: list[str]
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    ran = omnistudy(capfd, "saturation", path)
    assert ran.code == 2
    assert ran.out == ""
    said = " ".join(ran.err.split())
    for word in words:
        assert word in said


def test_three_interviews_are_an_answer(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    table = as_rows(tmp_path / "t.csv", [("P1", "a"), ("P2", "b"), ("P3", "")])
    ran = omnistudy(capfd, "saturation", table, "--format", "json")
    assert ran.code == 0
    assert ran.json["interviews"] == ["P1", "P2", "P3"]
    assert ran.json["guest"][0]["first"] is None
    assert "need 6 interviews" in ran.json["guest"][0]["reason"]
    assert ran.json["band"]["median"] == [1, 1, 2]


def test_study_plot_and_options(demo: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    plot = tmp_path / "curve.svg"
    ran = omnistudy(
        capfd, "saturation", demo, "--permutations", 200, "--plot", plot, "--format", "json", "--seed", 3
    )
    assert ran.code == 0
    assert ran.json["order"]["resamples"] == 200
    assert ran.json["provenance"]["seed"] == 3
    assert {part["kind"] for part in ran.json["parts"]} == {"role", "subcategory"}
    root = etree.fromstring(plot.read_bytes())
    assert len(root.findall(".//{*}circle[@class='curve-0-mark']")) == 15  # 14 interviews and the legend
    lower = omnistudy(capfd, "saturation", demo, "--level", "subcategory", "--format", "json").json
    assert lower["cumulative"][-1] < ran.json["cumulative"][-1]
    table = omnistudy(capfd, "saturation", demo, "--permutations", 50, "--lang", "fa")
    assert table.code == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--threshold", "1.5"], "share of new codes"),
        (["--level", "codes"], "not one of"),
        (["--frame", "no-such-code"], "no code 'no-such-code'"),
        (["--plot", "curve.gif"], "FILE.svg"),
        (["--base", "0"], "--base"),
    ],
)
def test_wrong_options_are_refused(
    demo: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    ran = omnistudy(capfd, "saturation", demo, *arguments)
    assert ran.code == 2
    assert words in " ".join(ran.err.split())


def test_a_table_has_no_levels(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "saturation", as_rows(tmp_path / "t.csv", [("P1", "a")]), "--level", "code")
    assert ran.code == 2
    assert "codebook" in ran.err
