"""audit kappa and plan: small questions before and after a study."""

from __future__ import annotations

import pytest
from command_line import omnistudy


def test_the_audit_names_the_formula_that_was_used(capfd: pytest.CaptureFixture[str]) -> None:
    """Method reference 5.3: the product of four margins gives .8167 where kappa is .6169."""
    ran = omnistudy(capfd, "audit", "kappa", 52, 7, 9, 24, "--printed", ".82", "--format", "json")
    found = ran.json
    assert found["schema"] == "omnistudy.audit-kappa/1"
    assert found["cohen_kappa"] == {"value": pytest.approx(0.6169, abs=5e-5), "reason": None}
    assert found["holsti"] == found["positive_agreement"] == pytest.approx(0.8667, abs=5e-5)
    assert [c["formula"] for c in found["candidates"] if c["matches"]] == ["four_margin_product"]
    assert found["spss"]["Value"] == pytest.approx(found["cohen_kappa"]["value"], abs=1e-14)


@pytest.mark.parametrize("printed", [".40", "0.40", "۰٫۴۰", "0/40"])
def test_an_ambiguous_value_names_all_formulas(printed: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "audit", "kappa", "۲۰", 5, 10, 15, "--printed", printed, "--format", "json")
    matching = {c["formula"] for c in ran.json["candidates"] if c["matches"]}
    assert matching == {"cohen_kappa", "krippendorff_alpha", "pabak"}
    shown = omnistudy(capfd, "audit", "kappa", 20, 5, 10, 15, "--printed", printed)
    assert "Several formulas match" in shown.out
    assert shown.out.count("is what") == 1


@pytest.mark.parametrize("fourth", ["-", "0"])
def test_kappa_needs_the_fourth_cell(fourth: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "audit", "kappa", 30, 6, 4, fourth, "--format", "json")
    assert ran.code == 0
    found = ran.json
    assert found["cohen_kappa"]["value"] is None
    assert "fourth cell" in found["cohen_kappa"]["reason"]
    assert found["holsti"] == pytest.approx(60 / 70)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (("0", "0", "0", "0"), "all 0"),
        (("1", "2", "x", "4"), "whole number"),
        (("1", "2", "3", "4.5"), "whole number"),
        (("1", "2", "3"), "Missing argument"),
        (("1", "2", "3", "4", "--printed", "high"), "no printed kappa"),
    ],
)
def test_impossible_audits_are_one_clear_error(
    cells: tuple[str, ...], words: str, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = omnistudy(capfd, "audit", "kappa", *cells)
    assert ran.code == 2
    assert words in ran.err


def test_units_to_double_code(capfd: pytest.CaptureFixture[str]) -> None:
    found = omnistudy(capfd, "plan", "agreement", "--prevalence", 0.1, "--format", "json").json
    assert found["schema"] == "omnistudy.plan-agreement/1"
    assert found["units_for_width"] > 300  # rare codes need many units
    common = omnistudy(capfd, "plan", "agreement", "--prevalence", 0.5, "--format", "json").json
    assert common["units_for_width"] < found["units_for_width"]
    assert common["units_for_power"] < found["units_for_power"]
    assert omnistudy(capfd, "plan", "agreement", "--kappa", 0.5).code == 2


@pytest.mark.parametrize(("prevalence", "twice"), [(0.10, 29), (0.15, 19), (0.20, 14), (0.30, 9)])
def test_interviews_that_show_a_theme_twice(
    prevalence: float, twice: int, capfd: pytest.CaptureFixture[str]
) -> None:
    found = omnistudy(capfd, "plan", "themes", "--prevalence", prevalence, "--format", "json").json
    assert found["schema"] == "omnistudy.plan-themes/1"
    assert {"times": 2, "interviews": twice} in found["interviews"]
    assert omnistudy(capfd, "plan", "themes", "--prevalence", 2).code == 2
