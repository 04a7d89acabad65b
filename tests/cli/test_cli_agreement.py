"""agreement on studies and on bare tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from command_line import omnistudy

ROW_FIELDS = re.split(
    r"\s+",
    "scope aggregate code coders interview coefficient metric weights unit value reason observed expected k se "
    "ci_low ci_high ci_method cluster n_clusters resamples p_below_667 p_below_80 n_units n_pairable n_coders "
    "n_codes missing_share prevalence prevalence_index bias_index coverage flag ci_reason simulated_coverage",
)


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("group", "published"), [(1, 0.19762597248876537), (2, 0.7780866026522338)])
def test_published_fleiss_kappas_are_reproduced(
    shared: Path, capfd: pytest.CaptureFixture[str], group: int, published: float
) -> None:
    """Röttger et al. (2022), arXiv:2112.07475: 200 items, 20 raters."""
    table = shared / "data" / "rater-matrices" / f"annotations_g{group}.csv"
    ran = omnistudy(capfd, "agreement", table, "--coefficient", "fleiss_kappa", "--format", "json")
    (row,) = ran.json["rows"]
    assert row["value"] == pytest.approx(published, abs=1e-12)


def test_the_demo_has_every_scope(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = omnistudy(capfd, "agreement", demo, "--format", "json").json
    rows = found["rows"]
    assert all(list(row) == ROW_FIELDS for row in rows)
    assert {row["interview"] for row in rows if row["scope"] == "interview"} == {
        "P02",
        "P05",
        "P08",
        "P11",
        "P14",
    }
    assert {tuple(row["coders"]) for row in rows if row["scope"] == "pair"} == {
        ("c1", "c2"),
        ("c1", "c3"),
        ("c2", "c3"),
    }
    assert len({row["code"] for row in rows if row["scope"] == "code"}) >= 20
    assert {row["aggregate"] for row in rows if row["scope"] == "overall"} == {"direct", "mean_of_codes"}
    for row in rows:
        if row["value"] is None:
            assert row["reason"]
        elif row["ci_low"] is not None:
            assert row["ci_low"] <= row["value"] <= row["ci_high"]
    assert any(row["ci_low"] is not None for row in rows)


def test_the_cross_check_runs(demo: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert omnistudy(capfd, "agreement", demo, "--cross-check", "--format", "json").code == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("a,b\n1,2\n", "unit"),
        ("unit,a,b\nu1,x,y\nu1,x,x\n", "twice"),
        ("unit,coder,value\nu1,a,x\nu1,a,y\n", "twice"),
        ("unit,a,a\nu1,x,y\n", "twice"),
        ("", "not a table"),
        ("unit,a,b\n", "no rows"),
    ],
)
def test_a_faulty_table_is_one_clear_error(
    somewhere: Path, capfd: pytest.CaptureFixture[str], content: str, words: str
) -> None:
    (somewhere / "t.csv").write_text(content)
    ran = omnistudy(capfd, "agreement", "t.csv")
    assert ran.code == 2
    assert words in ran.err
    assert "Traceback" not in ran.err


def test_labels_stay_labels_and_blanks_are_reported(
    somewhere: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (somewhere / "t.csv").write_text("unit,a,b\nu1,nan,nan \nu2,0,0\nu3,NA,NA\nu4,,0\n")
    found = omnistudy(
        capfd, "agreement", "t.csv", "--coefficient", "krippendorff_alpha", "--format", "json"
    ).json
    (row,) = found["rows"]
    assert (row["value"], row["n_units"], row["n_pairable"], row["k"]) == (1.0, 4, 3, 3)


def test_numbers_that_are_written_otherwise_stay_other_labels(
    somewhere: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A column of numbers only is no column of numbers: 007 is not 7, +2 is not 2, true is not True."""
    (somewhere / "t.csv").write_text("unit,a,b\nu1,007,7\nu2,+2,2\nu3,5,5\nu4,1e1,10\n")
    (somewhere / "u.csv").write_text("unit,a,b\nu1,true,True\nu2,false,false\n")
    for name, share, k in (("t.csv", 0.25, 7), ("u.csv", 0.5, 3)):
        options = ("--coefficient", "percent_agreement", "--format", "json")
        (row,) = omnistudy(capfd, "agreement", name, *options).json["rows"]
        assert (row["value"], row["k"]) == (share, k)


def test_long_and_wide_tables_agree(somewhere: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (somewhere / "wide.csv").write_text("unit,a,b,c\nu1,x,x,\nu2,y,x,y\nu3,y,y,y\n")
    rows = [("u3", "y", "y", "y"), ("u1", "x", "x", ""), ("u2", "y", "x", "y")]
    long = "".join(
        f"{u},{coder},{v}\n" for u, *values in rows for coder, v in zip("abc", values, strict=True)
    )
    (somewhere / "long.csv").write_text("unit,coder,value\n" + long)
    values = []
    for name in ("wide.csv", "long.csv"):
        found = omnistudy(capfd, "agreement", name, "--format", "json", "--by", "overall,pair,code").json
        values.append([(r["scope"], r["coefficient"], r["value"]) for r in found["rows"]])
    assert values[0] == values[1]


def test_counts_are_a_table_of_two_coders(somewhere: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Feinstein & Cicchetti (1990), second table: kappa .318 beside agreement of .85."""
    (somewhere / "t.csv").write_text("a,yes,no\nyes,80,10\nno,5,5\n")
    found = omnistudy(
        capfd, "agreement", "t.csv", "--counts", "--coefficient", "cohen_kappa", "--format", "json"
    ).json
    chance = 0.9 * 0.85 + 0.1 * 0.15
    assert found["rows"][0]["value"] == pytest.approx((0.85 - chance) / (1 - chance))


def test_a_missed_threshold_ends_with_one(somewhere: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (somewhere / "t.csv").write_text("unit,a,b\nu1,x,y\nu2,y,y\nu3,x,x\nu4,x,y\n")
    options = ("agreement", "t.csv", "--coefficient", "cohen_kappa", "--format", "json", "--fail-under")
    assert omnistudy(capfd, *options, "0.9").code == 1
    assert omnistudy(capfd, *options, "0.1").code == 0


DEGENERATE: dict[str, tuple[str, tuple[str, ...], int, dict[str, object]]] = {
    # name: (table, options, exit code, coefficient -> value, or words of the reason or error)
    "constant ratings": (
        "unit,a,b,c\nu1,x,x,x\nu2,x,x,x\n", (), 0,
        {"percent_agreement": 1, "krippendorff_alpha": "no variation", "conger_kappa": "no variation",
         "fleiss_kappa": "no variation", "gwet_ac1": "only one category"},
    ),
    "constant ratings, codebook of two": (
        "unit,a,b\nu1,x,x\nu2,x,x\n", ("--categories", "2"), 0,
        {"percent_agreement": 1, "krippendorff_alpha": "no variation", "cohen_kappa": "no variation", "gwet_ac1": 1},
    ),
    "one deviating value": (
        "unit,a,b\n" + "".join(f"u{i},3,{'1' if i == 11 else '3'}\n" for i in range(12)), (), 0,
        {"krippendorff_alpha": 0, "percent_agreement": 11 / 12},
    ),
    "one coder": ("unit,a\nu1,x\nu2,y\n", (), 0, {"": "takes two"}),
    "one unit": ("unit,a,b\nu1,x,y\n", (), 0, {"percent_agreement": 0, "krippendorff_alpha": 0, "cohen_kappa": 0}),
    "one unit, alike": (
        "unit,a,b\nu1,x,x\n", (), 0, {"percent_agreement": 1, "krippendorff_alpha": "no variation"},
    ),
    "pairs that share no unit": (
        "unit,a,b\nu1,x,\nu2,,y\n", (), 0,
        {"percent_agreement": "0 shared", "krippendorff_alpha": "0 shared", "cohen_kappa": "0 shared"},
    ),
    "a coder column of blanks": (
        "unit,a,b,c\nu1,x,x,\nu2,y,x,\nu3,y,y,\n", (), 0,
        {"percent_agreement": 2 / 3, "krippendorff_alpha": 4 / 9, "fleiss_kappa": 1 / 3},
    ),
    "codes literally named nan and 0": (
        "unit,a,b\nu1,nan,nan\nu2,0,0\nu3,nan,0\nu4,None,None\n", (), 0, {"percent_agreement": 0.75},
    ),
    "numbers stored as text": (
        "unit,a,b\nu1,1,1.0\nu2,2.0,2\nu3,3,3.0\n", ("--metric", "interval"), 0,
        {"percent_agreement": 1, "krippendorff_alpha": 1},
    ),
    "10,000 categories": (
        "unit,a,b\n" + "".join(f"u{i},k{i},k{i if i < 9000 else i - 1}\n" for i in range(10_000)),
        ("--resamples", "0"), 0, {"percent_agreement": 0.9},
    ),
    "duplicate rows": ("unit,coder,value\nu1,a,x\nu1,b,x\nu1,a,y\n", (), 2, {"": "rated twice by 'a'"}),
    "weights of the wrong shape": (
        "unit,a,b\nu1,x,y\nu2,x,x\n", ("--weights", "w.csv"), 2, {"": "same categories down and across"},
    ),
    "weights for words": ("unit,a,b\nu1,x,y\nu2,x,x\n", ("--weights", "linear"), 2, {"": "words"}),
    "missing ratings": (
        "unit,a,b,c\nu1,x,x,\nu2,y,x,y\nu3,y,y,y\n", (), 0, {"fleiss_kappa": "no single meaning"},
    ),
    "three coders": (
        "unit,a,b,c\nu1,x,x,y\nu2,y,x,y\n", ("--coefficient", "cohen_kappa"), 0, {"cohen_kappa": "two coders"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", list(DEGENERATE))
def test_odd_input_has_a_value_a_reason_or_one_clear_error(
    name: str, somewhere: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    table, options, code, expected = DEGENERATE[name]
    (somewhere / "t.csv").write_text(table)
    (somewhere / "w.csv").write_text(",x,y\nx,1,0\n")
    ran = omnistudy(capfd, "agreement", "t.csv", *options, "--format", "json")
    assert ran.code == code
    assert "NaN" not in ran.out
    assert "Infinity" not in ran.out
    assert "Traceback" not in ran.err
    if code:
        assert any(
            str(expected[""]) in problem["what"] + problem["remedy"] for problem in ran.json["problems"]
        )
        return
    rows = {row["coefficient"]: row for row in ran.json["rows"]}
    if "" in expected:
        assert str(expected.pop("")) in ran.json["summary"]
        assert not rows
    for coefficient, wanted in expected.items():
        row = rows[coefficient]
        if isinstance(wanted, str):
            assert row["value"] is None
            assert wanted in row["reason"]
        else:
            assert row["reason"] is None
            assert row["value"] == pytest.approx(wanted, abs=1e-12)


def test_a_parquet_table_is_read(somewhere: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import duckdb

    (somewhere / "t.csv").write_text("unit,a,b\nu1,1,1\nu2,2,1\nu3,2,2\n")
    with duckdb.connect() as connection:
        connection.execute(
            "copy (select * from read_csv('t.csv', all_varchar=true)) to 't.parquet' (format parquet)"
        )
    values = [
        [row["value"] for row in omnistudy(capfd, "agreement", name, "--format", "json").json["rows"]]
        for name in ("t.csv", "t.parquet")
    ]
    assert values[0] == values[1]
    (somewhere / "broken.parquet").write_bytes(b"PAR1 not really")
    assert omnistudy(capfd, "agreement", "broken.parquet").code == 2


def test_a_measure_of_spans_on_ratings_is_null_with_its_reason(
    somewhere: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (somewhere / "t.csv").write_text("unit,a,b\nu1,x,y\nu2,y,y\n")
    ran = omnistudy(
        capfd, "agreement", "t.csv", "--coefficient", "u_alpha", "--format", "json", "--fail-under", "0.5"
    )
    (row,) = ran.json["rows"]
    assert list(row) == ROW_FIELDS
    assert (ran.code, row["value"]) == (0, None)
    assert "passages" in row["reason"]
    assert "could not be judged" in ran.err


def test_a_threshold_is_a_number(somewhere: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (somewhere / "t.csv").write_text("unit,a,b\nu1,x,y\nu2,y,y\n")
    assert omnistudy(capfd, "agreement", "t.csv", "--fail-under", "nan").code == 2
