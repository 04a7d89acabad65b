"""Quotes typed in other letter forms, names one slip away, and workbooks damaged at random."""

from __future__ import annotations

import io
import random
import zipfile
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest

from omnistudy.errors import StudyError
from omnistudy.formats.into_study.near_names import one_edit_away
from omnistudy.formats.reading.imported import Check
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.registry import read_project
from omnistudy.formats.sheets.quote_search import SearchableText
from omnistudy.formats.sheets.tabular import read_workbook
from omnistudy.study.bare_table import read_bare_table
from omnistudy.text.keys import letter_form

TEXT = "مصاحبه‌گر: چطور بود؟\nم۱: کارمند را می\u200cشناسم و ۲۰ سال می\u200cرود که به او اعتماد دارم.\n"


@pytest.mark.parametrize(
    ("quote", "kept"),
    [
        ("كارمند را مي\u200cشناسم", "کارمند را می\u200cشناسم"),
        ("کارمند را می شناسم", "کارمند را می\u200cشناسم"),
        ("کارمند را میشناسم", "کارمند را می\u200cشناسم"),
        ("20 سال مي رود", "۲۰ سال می\u200cرود"),
    ],
)
def test_other_letter_forms_are_found_and_the_transcript_is_kept(
    quote: str, kept: str, tmp_path: Path
) -> None:
    path = tmp_path / "q.csv"
    path.write_text(f"interview,coder,code,quote\nP1,a,x,{quote}\nP1,a,x,اعتماد دارم\n", encoding="utf-8")
    project = read_project(path, options=ReadOptions(texts={"P1": TEXT}))
    first, second = project.quotations
    assert TEXT[first.start : first.end] == kept
    assert (first.check, second.check) == (Check.NORMALISED, Check.EXACT)
    assert any("other letter forms only" in str(warning) for warning in project.warnings)


def test_other_letters_never_cut_a_word() -> None:
    assert SearchableText("او می\u200cرود").find_in_other_letters("رود") == []
    assert SearchableText("قیمت ۱۲۰ بود").find_in_other_letters("12") == []
    text = "آن\u200cها " * 30 + "ها"
    assert SearchableText(text).find_in_other_letters("ها") == [(len(text) - 2, len(text))]


@pytest.mark.parametrize(
    ("name", "known", "expected"),
    [
        ("trsut", "trust", "trust"),
        ("trus", "trust", "trust"),
        ("trustt", "trust", "trust"),
        ("trist", "trust", "trust"),
        ("rtust", "trust", "trust"),
        ("اعتماذ", "اعتماد", "اعتماد"),
        ("trsu", "trust", None),
        ("rust-belt", "trust", None),
        ("code1", "code2", None),
        ("code1", "code12", None),
        ("fee", "fees", None),
    ],
)
def test_names_one_edit_away(name: str, known: str, expected: str | None) -> None:
    assert one_edit_away(name, ["something", known]) == expected
    assert one_edit_away(known, [name]) == (None if expected is None else name)


@pytest.mark.parametrize(("one", "other"), [("كافي", "کافی"), ("۱۲", "12"), ("کافی\u200f", "کافی")])
def test_letter_forms_are_one(one: str, other: str) -> None:
    assert letter_form(one) == letter_form(other)


@pytest.mark.parametrize(("one", "other"), [("+", "-"), ("a", "A"), ("می\u200cرود", "میرود"), ("007", "7")])
def test_labels_of_data_stay_apart(one: str, other: str) -> None:
    assert letter_form(one) != letter_form(other)


def _damaged(whole: bytes, chance: random.Random) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        victim = chance.choice(old.namelist())
        for name in old.namelist():
            data = bytearray(old.read(name))
            if name == victim:
                for _ in range(chance.choice([1, 2, 5, 30])):
                    at = chance.randrange(len(data))
                    data[at : at + chance.choice([1, 1, 3])] = chance.choice([b"", b"0", b'"', b"<", b"z"])
            if name != victim or chance.random() < 0.9:
                new.writestr(name, bytes(data))
    return out.getvalue()


def test_any_damage_to_a_workbook_is_an_error_of_the_file(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["unit", "a", "b"], ["u1", "x", 1.5], ["u2", "کد", True]):
        book.worksheets[0].append(row)
    whole = io.BytesIO()
    book.save(whole)
    chance = random.Random(20261122)
    path = tmp_path / "a.xlsx"
    refused: list[StudyError] = []
    for _ in range(40):
        path.write_bytes(_damaged(whole.getvalue(), chance))
        for read in (read_workbook, read_bare_table):
            try:
                read(path)
            except StudyError as error:
                refused.append(error)
    assert len(refused) > 20
    assert {len(error.problems) for error in refused} == {1}


def test_a_fault_of_our_own_is_not_blamed_on_the_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["unit", "a"])
    book.save(tmp_path / "a.xlsx")

    def broken(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(openpyxl, "load_workbook", broken)
    with pytest.raises(AssertionError):
        read_workbook(tmp_path / "a.xlsx")
    with suppress(StudyError):
        monkeypatch.undo()
        read_bare_table(tmp_path / "a.xlsx")
