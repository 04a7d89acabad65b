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
    "n_codes missing_share prevalence prevalence_index bias_index coverage flag",
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
