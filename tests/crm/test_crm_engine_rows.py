"""Small tables made in Python, and names that are used again: what the database holds is what was given."""

from __future__ import annotations

from pathlib import Path

import pytest

from omnistudy.crm.records.engine import DuckDBEngine, FileSource, QuerySource, Row, RowSource
from omnistudy.errors import StudyError

COLUMNS = (("k", "integer"), ("v", "double"))


@pytest.mark.parametrize(
    ("columns", "rows"),
    [
        (COLUMNS, ((1, 0.5), (2, -1.0), (3, 2.0))),
        (COLUMNS, ((1, 0.5), (2, None))),
        (COLUMNS, ()),
        ((("k", "bigint"), ("w", "varchar")), ((2**40, "الف"), (-1, "o'clock"), (0, None))),
        ((("k", "integer"), ("b", "boolean")), ((1, True), (2, None), (3, False))),
        ((("k", "integer"), ("b", "boolean")), ((1, True), (2, False))),
    ],
)
def test_rows_come_back_as_they_were_given(
    columns: tuple[tuple[str, str], ...], rows: tuple[Row, ...]
) -> None:
    with DuckDBEngine() as engine:
        kinds = engine.register("given", RowSource(columns=columns, rows=rows))
        assert {name: kind.lower() for name, kind in kinds.items()} == dict(columns)
        assert sorted(engine.rows("select * from given").rows) == sorted(rows)


def test_a_name_can_be_used_again_for_anything(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("x\n1\n2\n", encoding="utf-8")
    numbers = RowSource(columns=(("x", "integer"),), rows=((7,),))
    words = QuerySource(sql="select 'b' as x", words={"x": ("a", "b")})
    sources = (
        (numbers, ((7,),)),
        (FileSource(paths=(path,), names=("x",)), (("1",), ("2",))),
        (QuerySource(sql="select 3 as x", stored=False), ((3,),)),
        (QuerySource(sql="select 4 as x", stored=False), ((4,),)),
        (words, (("b",),)),
    )
    with DuckDBEngine() as engine:
        for source, expected in (*sources, *sources[::-1], *sources):
            engine.register("t", source)
            assert engine.rows("select x from t order by x").rows == expected
        engine.forget("t")
        engine.forget("t")
        assert engine.rows("select count(*) from information_schema.tables").rows == ((0,),)
        assert engine.rows(
            "select count(*) from duckdb_types() where starts_with(type_name, 't__')"
        ).rows == ((0,),)


def test_a_table_that_could_not_be_made_leaves_the_name_free() -> None:
    with DuckDBEngine() as engine:
        failing = QuerySource(sql="select 'c' as x", words={"x": ("a",)})
        with pytest.raises(StudyError):
            engine.register("t", failing)
        engine.register("t", QuerySource(sql="select 'a' as x", words={"x": ("a",)}))
        assert engine.rows("select x from t").rows == (("a",),)
