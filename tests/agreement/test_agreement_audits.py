"""The audits of printed values: whole payloads, tables and sentences from cells worked out by hand."""

from __future__ import annotations

import pytest
from agreement_builder import PROVENANCE, layout, rows_of

from omnistudy.agreement.audit import NO_FOURTH, NO_VARIATION, NOBODY_CODED, audit_kappa, spss_row
from omnistudy.agreement.rounds.two_passes import audit_passes
from omnistudy.errors import StudyError
from omnistudy.results import Note, Status

FORMULAS = [
    "percent_agreement",
    "cohen_kappa",
    "four_margin_product",
    "scott_pi",
    "krippendorff_alpha",
    "pabak",
    "gwet_ac1",
    "qualcoder",
    "holsti",
    "positive_agreement",
    "jaccard",
]
OF_CODED_UNITS = FORMULAS[-4:]


def by_hand() -> list[float]:
    """Cells 20, 5, 10, 15: margins .5 and .6, mean share .55; of 35 coded units 20 are shared."""
    observed = 35 / 50
    pi = (observed - (0.55**2 + 0.45**2)) / (1 - (0.55**2 + 0.45**2))
    product = (25 / 35 * 30 / 35) * (5 / 35 * 10 / 35)
    return [
        observed,
        (observed - 0.5) / 0.5,
        (observed - 0.5 * 0.6 * 0.5 * 0.4) / (1 - 0.06),
        pi,
        pi + (1 - pi) / 100,
        2 * observed - 1,
        (observed - 2 * 0.55 * 0.45) / (1 - 2 * 0.55 * 0.45),
        (20 / 35 - product) / (1 - product),
        40 / 55,
        40 / 55,
        20 / 35,
    ]


def test_the_whole_payload_of_an_audit() -> None:
    audit = audit_kappa(20, 5, 10, 15, PROVENANCE, ".40")
    matching = {"cohen_kappa", "krippendorff_alpha", "pabak"}
    found = audit.payload()
    assert found == {
        "cohen_kappa": {"value": pytest.approx(0.4), "reason": None},
        "holsti": pytest.approx(40 / 55),
        "holsti_reason": None,
        "positive_agreement": pytest.approx(40 / 55),
        "positive_agreement_reason": None,
        "percent_agreement": pytest.approx(0.7),
        "percent_agreement_reason": None,
        "printed": ".40",
        "candidates": [
            {
                "formula": formula,
                "value": pytest.approx(value),
                "reason": None,
                "matches": formula in matching,
            }
            for formula, value in zip(FORMULAS, by_hand(), strict=True)
        ],
        "spss": spss_row((20, 5, 10, 15)),
    }
    assert str(audit.summary) == "The printed .40 is what cohen_kappa, krippendorff_alpha, pabak gives."
    assert (audit.command, str(audit.title), audit.reason) == (
        "audit-kappa",
        "Audit of a printed kappa",
        None,
    )


def test_the_table_of_an_audit_and_the_warning_beside_it() -> None:
    audit = audit_kappa(20, 5, 10, 15, PROVENANCE, ".40")
    (table,) = audit.tables()
    assert table.name == "audit-kappa"
    assert layout(table) == [
        "formula | Formula | text",
        "value | Value | coefficient",
        "matches | Matches the printed value | flag",
    ]
    assert [(value, matches) for _, value, matches in rows_of(table)] == [
        (pytest.approx(value), value == pytest.approx(0.4)) for value in by_hand()
    ]
    shown, warning = audit.blocks()
    assert shown == table
    assert isinstance(warning, Note)
    assert warning.status is Status.WARNING
    assert str(warning.text).startswith("Several formulas match")
    assert len(audit_kappa(20, 5, 10, 15, PROVENANCE, ".6809").blocks()) == 1  # one formula: no doubt
    assert len(audit_kappa(20, 5, 10, 15, PROVENANCE).blocks()) == 1
    assert str(audit_kappa(20, 5, 10, 15, PROVENANCE).summary) == "Cohen's kappa is 0.400."


def test_without_variation_every_formula_has_its_own_reason() -> None:
    """Both always said no: percent agreement is 1, and only what chance cannot explain away has a value."""
    audit = audit_kappa(0, 0, 0, 8, PROVENANCE)
    found = audit.payload()
    assert found["cohen_kappa"] == {"value": None, "reason": str(NO_VARIATION)}
    assert (found["holsti"], found["holsti_reason"]) == (None, str(NOBODY_CODED))
    assert (found["positive_agreement"], found["positive_agreement_reason"]) == (None, str(NOBODY_CODED))
    assert (found["percent_agreement"], found["percent_agreement_reason"]) == (1, None)
    assert found["spss"] is None
    values = {
        item.formula: (item.value, None if item.value is not None else str(item.reason))
        for item in audit.candidates
    }
    ones = {"percent_agreement", "four_margin_product", "pabak", "gwet_ac1"}
    assert values == {
        formula: (1, None)
        if formula in ones
        else (None, str(NOBODY_CODED if formula in OF_CODED_UNITS else NO_VARIATION))
        for formula in FORMULAS
    }
    assert [row[1] for row in rows_of(audit.tables()[0])] == [
        1 if formula in ones else f"undefined: {NOBODY_CODED if formula in OF_CODED_UNITS else NO_VARIATION}"
        for formula in FORMULAS
    ]
    assert str(audit.summary) == f"Cohen's kappa is undefined: {NO_VARIATION}."


@pytest.mark.parametrize(
    "cells", [(1, 1, 2, 5), (1, 3, 2, 5), (2, 1, 1, 4), (1, 1, 1, 1), (0, 2, 2, 3), (3, 0, 0, 2)]
)
def test_cells_that_cancel_each_other(cells: tuple[int, int, int, int]) -> None:
    """Sums stay sums where a difference of the cells would be 0; nothing is undefined here."""
    a, b, c, d = cells
    found = {item.formula: item.value for item in audit_kappa(*cells, PROVENANCE).candidates}
    assert found["holsti"] == found["positive_agreement"] == pytest.approx(2 * a / (2 * a + b + c))
    assert found["jaccard"] == pytest.approx(a / (a + b + c))
    assert found["percent_agreement"] == pytest.approx((a + d) / sum(cells))
    yes, no = (a + b) * (a + c) / (a + b + c) ** 2, b * c / (a + b + c) ** 2
    assert found["qualcoder"] == pytest.approx((a / (a + b + c) - yes * no) / (1 - yes * no))


@pytest.mark.parametrize(("d", "cell"), [(0, "0"), (None, "unknown")])
def test_without_the_fourth_cell_kappa_is_not_answered(d: int | None, cell: str) -> None:
    audit = audit_kappa(30, 6, 4, d, PROVENANCE, ".86")
    why = str(audit.reason)
    assert why.startswith(f"the fourth cell (neither coder) is {cell}: nobody lists what both left out")
    payload = audit.payload()
    assert payload["cohen_kappa"] == {"value": None, "reason": why}
    assert payload["percent_agreement_reason"] == (None if d == 0 else str(NO_FOURTH))
    assert [item.formula for item in audit.candidates] == (FORMULAS if d == 0 else FORMULAS[-3:])
    # 60 / 70 is what Holsti's coefficient gives, which is Dice's as well
    assert str(audit.summary) == "The printed .86 is what holsti, positive_agreement gives."
    notes = [str(block.text) for block in audit.blocks() if isinstance(block, Note)]
    assert notes[1:] == [f"Cohen's kappa is undefined: {why}."]
    unprinted = audit_kappa(30, 6, 4, d, PROVENANCE)
    assert str(unprinted.summary) == f"Cohen's kappa is undefined: {why}."
    assert len(unprinted.blocks()) == 1


@pytest.mark.parametrize(
    ("printed", "matches"),
    [
        (".745", True),
        (".74", True),  # half a unit of the last digit is still rounding
        ("0,75", True),
        ("٫75", True),
        ("0/75", True),
        ("۰٫۷۴", True),
        (" +.75 ", True),
        (".73", False),
        (".76", False),
        (".744", False),
        (".746", False),
        ("1", True),  # no digits: anything from .5 to 1.5
        ("0", False),
        ("-.745", False),
    ],
)
def test_a_printed_value_is_read_with_its_digits(printed: str, matches: bool) -> None:
    """149 of 200 units agree: .745."""
    audit = audit_kappa(100, 30, 21, 49, PROVENANCE, printed)
    found = next(item for item in audit.candidates if item.formula == "percent_agreement")
    assert (found.value, found.matches) == (0.745, matches)
    assert audit.printed == printed


@pytest.mark.parametrize("printed", ["", "kappa", ".6x", "1.", "1 2"])
def test_what_is_no_printed_value(printed: str) -> None:
    with pytest.raises(StudyError, match="is no printed kappa"):
        audit_kappa(20, 5, 10, 15, PROVENANCE, printed)


@pytest.mark.parametrize("cells", [(-1, 2, 2, 2), (2, -1, 2, 2), (2, 2, -1, 2), (2, 2, 2, -1), (0, 0, 0, 0)])
def test_cells_that_count_nothing(cells: tuple[int, int, int, int]) -> None:
    with pytest.raises(StudyError, match="negative or all 0"):
        audit_kappa(*cells, PROVENANCE)


def test_spss_tests_nothing_where_chance_has_no_error() -> None:
    """One coder always said no: kappa is 0 whatever the other did, so its error under chance is 0."""
    assert spss_row((0, 0, 5, 5)) == {
        "Value": 0,
        "Asymptotic Standard Error": 0,
        "Approximate T": None,
        "Approximate Significance": None,
    }
    perfect = spss_row((5, 0, 0, 5))
    # under chance Fleiss's variance is (1/2 + 1/4 - 1/2) / (10 · 1/4) = 1/10
    assert perfect["Value"] == 1
    assert perfect["Asymptotic Standard Error"] == 0
    assert perfect["Approximate T"] == pytest.approx(10**0.5)
    assert perfect["Approximate Significance"] == pytest.approx(0.0015654, abs=1e-7)
    # without the fourth cell the others stand for the table
    assert spss_row((3, 1, 1, None)) == spss_row((3, 1, 1, 0))


def test_the_whole_audit_of_two_passes() -> None:
    """22 and 20 codes, 17 shared: 34 of 42."""
    audit = audit_passes(22, 20, 17, PROVENANCE)
    assert audit.payload() == {
        "first": 22,
        "second": 20,
        "interview": None,
        "total": 42,
        "agreements": 17,
        "disagreements": 8,
        "percent": pytest.approx(100 * 34 / 42),
        "reason": None,
        "holsti": pytest.approx(34 / 42),
        "threshold_percent": 60,
        "above_threshold": True,
    }
    assert str(audit.summary) == (
        "17 agreements among 42 codes of both passes leave 8 disagreements: 81.0 % agreement, under both names"
        " (test–retest, two coders) and without correction for chance."
    )
    assert (audit.command, str(audit.title)) == ("audit-holsti", "Per cent of agreement from three counts")
    (table,) = audit.tables()
    assert audit.blocks() == (table,)
    assert table.name == "audit-holsti"
    assert layout(table) == [
        "kind | Reliability | text",
        "total | Total codes | count",
        "agreements | Agreements | count",
        "disagreements | Disagreements | count",
        "percent | Per cent of agreement | share",
    ]
    assert rows_of(table) == [
        ("Test–retest reliability", 42, 17, 8, 34 / 42),
        ("Reliability between two coders", 42, 17, 8, 34 / 42),
    ]
    assert str(table.note).startswith("Per cent is twice the agreements")


def test_sixty_per_cent_itself_does_not_pass() -> None:
    """2 · 3 / 10 = .60; the threshold has to be passed."""
    at_threshold, above, none = (audit_passes(5, 5, shared, PROVENANCE) for shared in (3, 4, 0))
    assert [audit.payload()["above_threshold"] for audit in (at_threshold, above, none)] == [
        False,
        True,
        False,
    ]
    assert [len(audit.blocks()) for audit in (at_threshold, above, none)] == [2, 1, 2]
    warning = at_threshold.blocks()[1]
    assert isinstance(warning, Note)
    assert warning.status is Status.WARNING
    assert audit_passes(0, 4, 0, PROVENANCE).payload()["percent"] == 0
    assert audit_passes(4, 4, 4, PROVENANCE).counts.share == 1
    for impossible in ((0, 0, 0), (-1, 3, 0), (3, -1, 0), (3, 3, -1)):
        with pytest.raises(StudyError, match="negative or all 0"):
            audit_passes(*impossible, PROVENANCE)
    for impossible in ((3, 5, 4), (5, 3, 4)):
        with pytest.raises(StudyError, match="4 agreements are impossible"):
            audit_passes(*impossible, PROVENANCE)
