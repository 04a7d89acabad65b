"""Iranian reporting: tables that say what they count, and content validity."""

from __future__ import annotations

from pathlib import Path

import pytest
from theory_builder import Draft, Span, code

from omnistudy.errors import StudyError
from omnistudy.results import Quote, Table
from omnistudy.study.bare_table import read_bare_table
from omnistudy.study.load import load_study
from omnistudy.study.model import Level, Role
from omnistudy.theory.codes.reporting_tables import frequency_table, participants_table, trace_table
from omnistudy.theory.trustworthiness.content_validity import (
    ItemValidity,
    content_validity_ratio,
    least_essential,
    upper_tail,
    validity_of_sheet,
    validity_table,
)

TREE = [
    code("means", Level.CATEGORY),
    code("action", Level.SUBCATEGORY, "means", role=Role.STRATEGY),
    code("learning", Level.CODE, "action"),
    code("teach", Level.CODE, "learning"),
    code("trust", Level.SUBCATEGORY, role=Role.CAUSAL),
    code("loose", Level.CODE),
]
SPANS: list[Span] = [
    ("P2", 0, 4, "a", "teach"),
    ("P1", 5, 9, "a", "teach"),
    ("P1", 5, 9, "b", "teach"),
    ("P1", 0, 4, "a", "teach"),
    ("P1", 0, 4, "a", "trust"),
    ("P2", 0, 4, "a", "loose"),
]


def draft() -> Draft:
    ages = {"P1": {"age": "40"}, "P2": {"city": "Yasuj"}}
    texts = {"P1": "word more text", "P2": "long talk"}
    return Draft(codes=TREE, spans=SPANS, interviews=["P1", "P2"], texts=texts, attributes=ages)


def cells(table: Table) -> list[tuple[str, ...]]:
    return [
        tuple("" if c is None else c.text if isinstance(c, Quote) else str(c) for c in row)
        for row in table.rows
    ]


def test_every_quotation_leads_to_its_role() -> None:
    assert cells(trace_table(draft().study())) == [
        ("word", "P1", "trust", "", "trust", "", "Causal conditions"),
        ("word", "P1", "teach", "learning", "action", "means", "Strategies"),
        ("more", "P1", "teach", "learning", "action", "means", "Strategies"),
        ("long", "P2", "teach", "learning", "action", "means", "Strategies"),
        ("long", "P2", "loose", "", "", "", ""),
    ]


def test_a_tree_without_concepts_says_so_and_fills_nothing(demo: Path) -> None:
    table = trace_table(load_study(demo))
    assert table.note is not None
    assert "concepts" in str(table.note)
    assert trace_table(draft().study()).note is None
    at = [column.key for column in table.columns].index("concept")
    assert {row[at] for row in table.rows} == {None}


def test_frequencies_say_interviewees_or_mentions() -> None:
    table = frequency_table(draft().study())
    assert [row[0] + row[5] + row[6] + row[7] for row in cells(table)] == [
        "trustP111",
        "teachP1, P223",
        "looseP211",
    ]
    headings = [str(column.heading) for column in table.columns if "requen" in str(column.heading)]
    assert headings == ["Frequency: interviewees", "Frequency: mentions"]


def test_participants_keep_gaps() -> None:
    table = participants_table(draft().study())
    assert [column.key for column in table.columns] == ["interview", "date", "age", "city", "words"]
    assert cells(table) == [("P1", "", "40", "", "3"), ("P2", "", "", "Yasuj", "2")]


def test_the_demo_is_traced_whole(demo: Path) -> None:
    study = load_study(demo)
    assert len(trace_table(study).rows) == len({(c.quotation, c.code) for c in study.analysed})
    mentions = sum(row[-1] for row in frequency_table(study).rows if isinstance(row[-1], int))
    assert mentions == len(trace_table(study).rows)
    assert len(participants_table(study).rows) == 14


@pytest.mark.parametrize(
    ("essential", "experts", "ratio"), [(10, 14, 0.429), (11, 14, 0.571), (14, 20, 0.40), (15, 20, 0.50)]
)
def test_arithmetic_of_the_ratio(essential: int, experts: int, ratio: float) -> None:
    assert content_validity_ratio(essential, experts) == pytest.approx(ratio, abs=5e-4)


def test_how_many_are_needed() -> None:
    assert least_essential(14) == 11
    assert upper_tail(11, 14) == pytest.approx(0.029, abs=5e-4)
    assert least_essential(20) == 15
    assert upper_tail(15, 20) == pytest.approx(0.021, abs=5e-4)
    assert least_essential(5) == 5
    assert least_essential(4) is None
    assert not ItemValidity(item="a", experts=4, essential=4).kept
    with pytest.raises(ValueError, match="3 of 2"):
        content_validity_ratio(3, 2)


def test_a_sheet_in_persian_and_english(tmp_path: Path) -> None:
    ratings = ["ضروری", "Essential", "1", "essential ", "ضروري", "مفید", ""]
    rows = [f"trust,e{n},{rating}" for n, rating in enumerate(ratings)]
    path = tmp_path / "experts.csv"
    path.write_text("\n".join(["item,expert,rating", *rows, "speed,e0,غیرضروری"]), encoding="utf-8")
    items = validity_of_sheet(read_bare_table(path))
    assert [(row.item, row.experts, row.essential) for row in items] == [("trust", 6, 5), ("speed", 1, 0)]
    assert items[0].ratio == pytest.approx(2 / 3)
    assert not items[0].kept  # 5 of 6 has p = .109
    assert all(len(row) == 7 for row in validity_table(items).rows)


def test_a_bad_sheet_is_named_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "experts.csv"
    path.write_text("item,expert,rating\na,e1,good\na,e2,1\na,e2,2\n,e1,1\n", encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        validity_of_sheet(read_bare_table(path))
    said = [(problem.row, problem.what) for problem in caught.value.problems]
    assert [row for row, _ in said] == [2, 4, 5]
    assert "'good' is no rating" in said[0][1]
    assert "twice" in said[1][1]
    path.write_text("item,judge,rating\na,e1,1\n", encoding="utf-8")
    with pytest.raises(StudyError, match="no column 'expert'"):
        validity_of_sheet(read_bare_table(path))


def test_a_wide_sheet_has_a_column_per_expert(tmp_path: Path) -> None:
    path = tmp_path / "experts.csv"
    path.write_text("item,e1,e2,استاد\ntrust,1,ضروری,\nspeed,مفید,1,essential\n", encoding="utf-8")
    items = validity_of_sheet(read_bare_table(path))
    assert [(row.item, row.experts, row.essential) for row in items] == [("trust", 2, 2), ("speed", 3, 2)]
    path.write_text("item,e1,e2\ntrust,1,good\ntrust,1,1\n", encoding="utf-8")
    with pytest.raises(StudyError) as caught:
        validity_of_sheet(read_bare_table(path))
    assert [problem.row for problem in caught.value.problems] == [2, 3]
