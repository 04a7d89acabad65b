"""Other programs and packages: every value they are said to print, and what they are asked."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import pytest
from agreement_builder import PROVENANCE, coding, of_study, passages, study, table

from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.programs import cross_check as peers
from omnistudy.agreement.programs.beside_ours import cells_of_pair
from omnistudy.agreement.programs.cross_check import cross_check
from omnistudy.agreement.programs.cross_check_result import cross_check_of_study, cross_check_of_table
from omnistudy.agreement.programs.vendors import (
    VendorValue,
    cohen_of_table,
    qualcoder_kappa,
    qualcoder_prints,
    vendor_values,
)
from omnistudy.results import Prose
from omnistudy.study.model import Coder


def near(value: float) -> Any:
    return pytest.approx(value, abs=1e-12)


def test_every_value_of_the_vendors_and_its_name() -> None:
    """50 characters by both, 75 by each alone, 800 by neither, ten codes."""

    def shown(values: tuple[VendorValue, ...]) -> list[tuple[str, str, float | None]]:
        return [(value.program, value.measure, value.value) for value in values]

    chance = (125 * 125 + 875 * 875) / 1000**2
    coded = 125 * 125 * 75 * 75 / 200**4
    assert shown(vendor_values(50, 75, 75, 800, 10)) == [
        ("NVivo", "percent_agreement", near(85)),
        ("NVivo", "kappa", near((0.85 - chance) / (1 - chance))),
        ("QualCoder", "kappa", near((0.25 - coded) / (1 - coded))),
        ("MAXQDA", "kappa", near((0.25 - 0.1) / 0.9)),
        ("ATLAS.ti", "holsti", near(100 / 250)),
    ]
    nothing = [("NVivo", "percent_agreement", 100), ("NVivo", "kappa", 1), ("QualCoder", "kappa", None)]
    nothing += [("MAXQDA", "kappa", None), ("ATLAS.ti", "holsti", None)]
    assert shown(vendor_values(0, 0, 0, 9, 10)) == nothing
    assert shown(vendor_values(0, 0, 0, 0, 10))[0] == ("NVivo", "percent_agreement", None)
    assert [value for *_, value in shown(vendor_values(1, 1, 0, 0, 1))] == [
        50,
        near(0),
        near(0.5),
        None,
        near(2 / 3),
    ]
    assert [value for *_, value in shown(vendor_values(0, 1, 0, 1, 2))][1:4] == [0, 0, -1]


def test_kappa_of_four_cells() -> None:
    assert cohen_of_table(20, 5, 10, 15) == near(0.4)
    assert cohen_of_table(0, 0, 0, 0) is None
    assert cohen_of_table(4, 0, 0, 0) is None
    assert cohen_of_table(0, 0, 0, 4) is None
    assert cohen_of_table(0, 2, 2, 0) == near(-1)
    assert qualcoder_kappa(0, 0, 0, 4) is None
    assert qualcoder_prints(0, 0, 0, 4) is None
    assert qualcoder_prints(50, 75, 75, 800) == 0.2064  # four decimals, as on the screen


def test_cells_of_a_pair_leave_out_what_one_did_not_see() -> None:
    spans = passages(
        [(0, 0, 0, 2, 8), (0, 1, 0, 5, 12), (1, 0, 1, 0, 4)], lengths=(20, 30), seen=[[1, 1], [1, 0]]
    )
    assert cells_of_pair(spans, 0, 1).tolist() == [[[3, 3, 4, 10], [0, 0, 0, 20]]]
    assert cells_of_pair(passages([], codes=0), 0, 1).shape == (2, 0, 4)
    assert cells_of_pair(spans, 1, 0).tolist() == [[[3, 4, 3, 10], [0, 0, 0, 20]]]


def test_spss_prints_kappa_where_both_coders_vary() -> None:
    """Of four sentences both gave a to one, either alone to one: kappa 0. Only x gave b, so b has no second column."""
    text = "Participant: one two. three four. five six. seven eight.\n"
    rows = [
        coding("P1", text.index(word), text.index(word) + 3, coder, name)
        for word, coder, name in (
            ("one", "x", "a"),
            ("one", "y", "a"),
            ("three", "x", "a"),
            ("five", "y", "a"),
            ("seven", "x", "b"),
        )
    ]
    [*_, spss] = of_study(
        study({"P1": text}, rows), AgreementOptions(resamples=0, unit="sentence")
    ).beside.programs
    assert (spss.program, spss.values, spss.mean, spss.lowest, spss.highest) == ("SPSS", 1, 0, 0, 0)
    seen = [("P1", coder, "") for coder in "xyz"]
    [*_, beside] = of_study(
        study({"P1": text}, rows, seen=seen, coders=[Coder(c) for c in "xyz"]),
        AgreementOptions(resamples=0, unit="sentence"),
    ).beside.programs
    assert (beside.values, beside.mean) == (1, 0)  # z found nothing anywhere, and is constant


def test_peers_are_spared_tables_beyond_their_size(monkeypatch: pytest.MonkeyPatch) -> None:
    data = [list("123"), list("122")]
    asked = {row.coefficient for row in cross_check(table(data)).rows}
    assert "krippendorff_alpha" in asked
    monkeypatch.setattr(peers, "_MOST_UNITS", 3)
    assert {row.coefficient for row in cross_check(table(data)).rows} == asked
    monkeypatch.setattr(peers, "_MOST_UNITS", 2)
    assert {row.coefficient for row in cross_check(table(data)).rows} == asked - {"krippendorff_alpha"}
    monkeypatch.setattr(peers, "_MOST_UNITS", 20_000)
    monkeypatch.setattr(peers, "_MOST_CATEGORIES", 2)
    assert {row.coefficient for row in cross_check(table(data)).rows} == {"fleiss_kappa"}
    monkeypatch.setattr(peers, "_MOST_CATEGORIES", 3)
    assert {row.coefficient for row in cross_check(table(data)).rows} == asked


def test_peers_have_no_value_where_nothing_varies() -> None:
    rows = cross_check(table([list("aa"), list("aa")])).rows
    assert [(row.coefficient, row.ours, row.theirs, row.difference) for row in rows] == [
        ("krippendorff_alpha", None, None, None)
    ]
    unshared: list[list[str | None]] = [["a", None, "b"], [None, "b", "b"]]
    assert [row.coefficient for row in cross_check(table(unshared)).rows] == ["krippendorff_alpha"]


def test_a_cross_check_of_a_study_and_of_a_table_are_results() -> None:
    """Both coders give a to the first of two sentences and only x gives b to the second: a is 1, b is 0."""
    text = "Participant: one two. three four.\n"
    rows = [coding("P1", 13, 16, coder, "a") for coder in "xy"] + [coding("P1", 22, 27, "x", "b")]
    found = cross_check_of_study(study({"P1": text}, rows), AgreementOptions(unit="sentence"), PROVENANCE)
    krippendorff, statsmodels, sklearn = (
        f"{name} {version(name)}" for name in ("krippendorff", "statsmodels", "scikit-learn")
    )

    def row(code: str, name: str, about: str, peer: str, value: float) -> dict[str, Any]:
        return {
            "coefficient": name,
            "metric": "nominal",
            "about": about,
            "value": near(value),
            "peer": peer,
            "peer_value": near(value),
            "difference": near(0),
            "reason": None,
        }

    expected = [
        row(code, name, about, peer, value)
        for code, (alpha, fleiss, cohen) in (("a", (1, 1, 1)), ("b", (0, -1 / 3, 0)))
        for name, about, peer, value in (
            ("krippendorff_alpha", code, krippendorff, alpha),
            ("fleiss_kappa", code, statsmodels, fleiss),
            ("cohen_kappa", f"{code}: x, y", statsmodels, cohen),
            ("cohen_kappa", f"{code}: x, y", sklearn, cohen),
        )
    ]
    assert found.payload() == {"largest_difference": near(0), "reason": None, "rows": expected}
    assert (str(found.title), str(found.summary)) == (
        "Cross-check by other packages",
        str(found.found.sentence),
    )
    assert found.tables() == (found.found.table(),)
    [line] = found.blocks()
    assert isinstance(line, Prose)
    assert str(line.text).startswith("The largest difference is ")
    alone = cross_check_of_table(table([["1", "2"]]), PROVENANCE)
    assert alone.payload() == {
        "largest_difference": None,
        "reason": "no other package computes these coefficients for such data",
        "rows": [],
    }
    constant: Any = cross_check_of_table(table([list("aa"), list("aa")]), PROVENANCE).payload()["rows"]
    [undefined] = constant
    assert undefined["reason"] == "neither has a value on these ratings"
    assert (undefined["value"], undefined["peer_value"], undefined["difference"]) == (None, None, None)
