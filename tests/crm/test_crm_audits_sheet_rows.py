"""Rows of sheets that people fill in: numbers, yes and no, names of columns, and what each fault says."""

from __future__ import annotations

from pathlib import Path

import pytest
from audits_builder import sheet_of

from omnistudy.crm.audits.sheet_rows import SheetRow, sheet_rows
from omnistudy.errors import Problem, StudyError


def row(**cells: str) -> SheetRow:
    return SheetRow(7, cells, "gap.csv")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("3", 3.0),
        ("-2.5", -2.5),
        ("۱۲٫۵", 12.5),
        ("٠١٢٣٤٥٦٧٨٩", 123456789.0),
        ("۰۱۲۳۴۵۶۷۸۹", 123456789.0),
        ("1,234", 1234.0),
        ("۹٬۸۰۰", 9800.0),
        ("1e3", 1000.0),
    ],
)
def test_numbers_are_read_in_both_scripts(written: str, number: float) -> None:
    assert row(current=written).value("current") == number


def test_an_empty_cell_or_a_column_that_is_not_there_has_no_number() -> None:
    assert row(current="").value("current") is None
    assert row(current="").value("target") is None
    assert row(current="").text("target") == ""


def test_the_least_number_is_allowed_and_nothing_below_it() -> None:
    assert row(cost="0").value("cost", low=0) == 0
    with pytest.raises(StudyError) as caught:
        row(cost="-0.5").value("cost", low=0)
    assert caught.value.problems == (
        Problem(
            what="'-0.5' is not a number of at least 0.",
            remedy="Correct the cell, or leave it empty.",
            file="gap.csv",
            row=7,
            column="cost",
        ),
    )


@pytest.mark.parametrize("written", ["four", "nan", "inf", "-inf", "1 2"])
def test_what_is_no_finite_number_is_refused_with_its_place(written: str) -> None:
    with pytest.raises(StudyError) as caught:
        row(current=written).value("current")
    assert [str(one) for one in caught.value.problems] == [
        f"gap.csv row 7, current: '{written}' is not a number. Correct the cell, or leave it empty."
    ]


@pytest.mark.parametrize(
    ("words", "truth"),
    [
        (("1", "true", "YES", "y", "بله", "بلی", "۱"), True),
        (("", "0", "false", "No", "n", "خیر", "نه", "۰"), False),
    ],
)
def test_yes_and_no_in_both_languages(words: tuple[str, ...], truth: bool) -> None:
    assert {row(hurts=word).truth("hurts") for word in words} == {truth}


def test_what_is_neither_yes_nor_no_is_refused_with_its_place() -> None:
    assert row().truth("hurts") is False
    with pytest.raises(StudyError) as caught:
        row(hurts="Maybe").truth("hurts")
    assert caught.value.problems == (
        Problem(
            what="'Maybe' is neither yes nor no.",
            remedy="Write yes or no.",
            file="gap.csv",
            row=7,
            column="hurts",
        ),
    )


def test_rows_keep_their_number_in_the_file_and_columns_their_plain_name(tmp_path: Path) -> None:
    """The header is row 1; an empty row is passed over and still counted."""
    table = sheet_of(tmp_path, "Stage,Hurts Brand\npay,yes\n,\nend,\n")
    rows = sheet_rows(table, ("stage",), ("stage", "hurts_brand"))
    path = str(tmp_path / "sheet.csv")
    assert rows == (
        SheetRow(2, {"stage": "pay", "hurts_brand": "yes"}, path),
        SheetRow(4, {"stage": "end", "hurts_brand": ""}, path),
    )


def test_every_fault_of_the_header_is_told_at_once(tmp_path: Path) -> None:
    table = sheet_of(tmp_path, "stages,current,colour\npay,1,red\n")
    with pytest.raises(StudyError) as caught:
        sheet_rows(table, ("stage", "current", "due"), ("stage", "current", "due"))
    path = str(tmp_path / "sheet.csv")
    assert caught.value.problems == tuple(
        Problem(what=what, remedy=remedy, file=path, row=1)
        for what, remedy in (
            ("The sheet has no column stage.", "Did you mean 'stages'?"),
            ("The sheet has no column due.", "Add it: stage, current, due."),
            ("'stages' is not a column of this sheet.", "Did you mean 'stage'?"),
            ("'colour' is not a column of this sheet.", "Known: stage, current, due."),
        )
    )
