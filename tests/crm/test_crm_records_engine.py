"""The engine by itself: files of every layout, numbers of their rows, faults, and what it lets go of."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from omnistudy.crm.records.engine import (
    LEAST_MEMORY,
    MOST_MEMORY,
    Answer,
    DuckDBEngine,
    FileSource,
    QuerySource,
    RowSource,
    as_count,
    as_number,
    check_name,
    memory_for,
)
from omnistudy.errors import Problem, StudyError


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDBEngine]:
    with DuckDBEngine(threads=1) as made:
        yield made


def parquet(path: Path, sql: str) -> Path:
    import duckdb

    with duckdb.connect() as database:
        database.execute(f"copy ({sql}) to '{path}' (format parquet)")
    return path


def text(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("content", "names", "header", "delimiter", "rows"),
    [
        ("a,b\n1,2\n3,4\n", ("a", "b"), True, ",", (("1", "2"), ("3", "4"))),
        ("1;2\n3;4\n", ("a", "b"), False, ";", (("1", "2"), ("3", "4"))),
        ('a,b\n"1,5","say ""x"""\n', ("a", "b"), True, ",", (("1,5", 'say "x"'),)),
        ('a,b\n"two\nlines",4\n', ("a", "b"), True, ",", (("two\nlines", "4"),)),
        ("a,b\n1\n", ("a", "b"), True, ",", (("1", None),)),
        ("a b\n 1   2\n\n3\t4 \n", ("a", "b"), True, " ", (("1", "2"), ("3", "4"))),
        ("  1 2\n3 4\n", ("a", "b"), False, " ", (("1", "2"), ("3", "4"))),
    ],
)
def test_text_files_of_every_layout(
    engine: DuckDBEngine, tmp_path: Path, content: str, names: tuple[str, ...], header: bool, delimiter: str,
    rows: tuple[tuple[str | None, ...], ...],
) -> None:  # fmt: skip
    source = FileSource(
        paths=(text(tmp_path / "it's [1].csv", content),), names=names, header=header, delimiter=delimiter
    )
    kinds = engine.register("t", source)
    assert kinds == {"file_row": "BIGINT", "a": "VARCHAR", "b": "VARCHAR"}
    found = engine.rows("select * from t order by file_row").rows
    assert found == tuple((at, *row) for at, row in enumerate(rows, start=1))


@pytest.mark.parametrize("delimiter", [",", " "])
def test_only_the_columns_that_are_needed_are_kept(
    engine: DuckDBEngine, tmp_path: Path, delimiter: str
) -> None:
    """Columns have whatever names people give them."""
    content = delimiter.join(['x"y', "b", "c"]) + "\n" + delimiter.join("123") + "\n"
    names = ('x"y', "b", "c")
    source = FileSource(
        paths=(text(tmp_path / "a.csv", content),), names=names, delimiter=delimiter, keep=("c", 'x"y')
    )
    assert list(engine.register("t", source)) == ["file_row", "c", 'x"y']
    assert engine.rows("select * from t").rows == ((1, "3", "1"),)


def test_parts_are_numbered_through_packed_or_not(engine: DuckDBEngine, tmp_path: Path) -> None:
    plain = text(tmp_path / "a.csv", "k,v\na,1\nb,2\n")
    packed = tmp_path / "b.csv.gz"
    packed.write_bytes(gzip.compress(b"k,v\nc,3\n"))
    engine.register("t", FileSource(paths=(plain, packed), names=("k", "v")))
    assert engine.rows("select * from t order by file_row").rows == (
        (1, "a", "1"),
        (2, "b", "2"),
        (3, "c", "3"),
    )


def test_parquet_is_numbered_through_and_keeps_its_types(engine: DuckDBEngine, tmp_path: Path) -> None:
    """Three parts of 3, 1 and 2 rows, the second with its columns in another order."""
    parts = (
        parquet(
            tmp_path / "a[1].parquet", "select i as n, i::varchar as w, true as other from range(3) t(i)"
        ),
        parquet(tmp_path / "b.parquet", "select 'x' as w, 9::bigint as n, false as other"),
        parquet(tmp_path / "c.PARQUET", "select i + 5 as n, 'y' as w, true as other from range(2) t(i)"),
    )
    source = FileSource(paths=parts, keep=("n", "w"))
    assert source.parquet
    assert engine.register("t", source) == {"file_row": "BIGINT", "n": "BIGINT", "w": "VARCHAR"}
    assert engine.rows("select * from t order by file_row").rows == (
        (1, 0, "0"), (2, 1, "1"), (3, 2, "2"), (4, 9, "x"), (5, 5, "y"), (6, 6, "y"),
    )  # fmt: skip
    whole = engine.register("t", FileSource(paths=parts[1:2]))
    assert whole == {"file_row": "BIGINT", "w": "VARCHAR", "n": "BIGINT", "other": "BOOLEAN"}
    assert engine.rows("select * from t").rows == ((1, "x", 9, False),)
    assert not FileSource(paths=(parts[0], tmp_path / "a.csv")).parquet


ADVICE = "Save it as CSV UTF-8 or Parquet with one header row, or name its columns with --columns FILE."


def test_faults_of_files_are_told_with_the_file(engine: DuckDBEngine, tmp_path: Path) -> None:
    broken = tmp_path / "x.parquet"
    broken.write_bytes(b"PAR1 this is no Parquet PAR1")
    two = text(tmp_path / "two.csv", "a,b\n1,2,3,4,5\n")
    for source in (FileSource(paths=(broken,)), FileSource(paths=(two,), names=("a", "b"))):
        with pytest.raises(StudyError) as caught:
            engine.register("t", source)
        (problem,) = caught.value.problems
        assert problem.what.startswith("This table cannot be read: ")
        assert "\n" not in problem.what
        assert problem == Problem(what=problem.what, remedy=ADVICE, file=str(source.paths[0]))
    # What could not be registered leaves nothing behind.
    engine.register("t", RowSource(columns=(("a", "integer"),), rows=((1,),)))
    assert engine.rows("select a from t").rows == ((1,),)


def test_faults_of_a_query_are_told_without_a_file_and_faults_of_ours_are_not(engine: DuckDBEngine) -> None:
    """A text that is no number is a fault of the data; a column that is not there is one of the query."""
    import duckdb

    with pytest.raises(StudyError) as caught:
        engine.rows("select cast(? as integer)", ("x",))
    (problem,) = caught.value.problems
    assert (problem.file, problem.remedy) == (None, ADVICE)
    for sql in ("select nothing", "select * from nothing", "selct 1"):
        with pytest.raises(duckdb.Error):
            engine.rows(sql)
    with pytest.raises(StudyError, match=r"^a\.csv: This table cannot be read: "):
        engine.register("t", QuerySource(sql="select nothing", reads=(Path("a.csv"), Path("b.csv"))))


def test_an_answer_has_the_names_of_its_columns(engine: DuckDBEngine) -> None:
    assert engine.rows("select ? as a, ? as b", ("x", 2.5)) == Answer(("a", "b"), (("x", 2.5),))
    assert engine.rows("select 1 as one where false") == Answer(("one",), ())


@pytest.mark.parametrize("name", ["a", "events", "m_events2"])
def test_names_of_tables(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize("name", ["", "Events", "2a", "_a", "a b", "a;drop table b", "ا"])
def test_what_is_no_name_of_a_table(engine: DuckDBEngine, name: str) -> None:
    with pytest.raises(ValueError, match="is not a table name"):
        engine.register(name, RowSource(columns=(("a", "integer"),), rows=()))


def test_stored_tables_stay_and_views_follow(engine: DuckDBEngine) -> None:
    engine.register("base", RowSource(columns=(("a", "integer"),), rows=((1,), (2,))))
    engine.register("kept", QuerySource(sql="select sum(a) as s from base"))
    engine.register("seen", QuerySource(sql="select sum(a) as s from base", stored=False))
    engine.rows("insert into base values (4)")
    assert engine.rows("select kept.s, seen.s from kept, seen").rows == ((3, 7),)
    engine.forget("seen")
    engine.forget("kept")
    assert engine.rows("select count(*) from duckdb_tables() where table_name = 'kept'").rows == ((0,),)
    assert engine.rows("select count(*) from duckdb_views() where view_name = 'seen'").rows == ((0,),)
    # A stored query can have parameters.
    engine.register("kept", QuerySource(sql="select a from base where a > ? and a < ?", parameters=(1, 4)))
    assert engine.rows("select a from kept").rows == ((2,),)


def test_words_read_and_sort_as_texts(engine: DuckDBEngine) -> None:
    """A column of few words is kept as numbers, in the order of the list; quotes may stand in them."""
    words = {"w": ("a", "it's", "z")}
    engine.register(
        "t", QuerySource(sql="select * from (values ('z', 1), ('it''s', 2), (null, 3)) v(w, n)", words=words)
    )
    assert engine.rows("select w, n from t order by w nulls last").rows == (("it's", 2), ("z", 1), (None, 3))
    assert engine.rows("select n from t where w = 'z'").rows == ((1,),)


def test_rows_of_every_type_come_back(engine: DuckDBEngine) -> None:
    columns = (("i", "bigint"), ("f", "double"), ("t", "varchar"), ("b", "boolean"))
    rows = ((2**53 + 1, 0.1, "it's", True), (None, None, None, None), (-1, 1e300, "", False))
    engine.register("t", RowSource(columns=columns, rows=rows))
    assert sorted(engine.rows("select * from t").rows, key=str) == sorted(rows, key=str)
    engine.register("t", RowSource(columns=(("k", "integer"), ("wide", "double")), rows=((1, 2), (3, 4))))
    assert sorted(engine.rows("select * from t").rows) == [(1, 2.0), (3, 4.0)]
    assert engine.rows("select count(*) from duckdb_views() where view_name = 't_given'").rows == ((0,),)


def test_memory_grows_with_the_files_between_its_bounds(tmp_path: Path) -> None:
    """Twice a text, four times a Parquet file, whose columns are packed."""
    files = {"a.csv": 400_000_000, "b.PARQUET": 300_000_000, "c.csv": 1_000, "d.csv": 4_000_000_000}
    for name, size in files.items():
        with (tmp_path / name).open("wb") as stream:
            stream.truncate(size)  # a file with a hole in it takes no room

    def wanted(*names: str) -> int:
        return memory_for([tmp_path / name for name in names])

    assert (LEAST_MEMORY, MOST_MEMORY) == (700_000_000, 6_000_000_000)
    assert wanted("a.csv") == 800_000_000
    assert wanted("b.PARQUET") == 1_200_000_000
    assert wanted("a.csv", "b.PARQUET", "c.csv") == 2_000_002_000
    assert wanted("c.csv") == wanted() == LEAST_MEMORY
    assert wanted("d.csv") == MOST_MEMORY


def test_an_engine_keeps_its_limits_and_cleans_up() -> None:
    with DuckDBEngine(memory=123_000_000, threads=1) as engine:
        settings = "select current_setting('threads'), current_setting('TimeZone'), current_setting('temp_directory')"
        ((threads, zone, scratch),) = engine.rows(settings).rows
        ((memory,),) = engine.rows("select current_setting('memory_limit')").rows
        ((extensions,),) = engine.rows("select current_setting('autoinstall_known_extensions')").rows
        ((ordered,),) = engine.rows("select current_setting('preserve_insertion_order')").rows
        assert (threads, zone, extensions, ordered) == (1, "UTC", False, False)
        assert str(memory).startswith("117.3 MiB")
        folder = Path(str(scratch))
        assert folder.is_dir()
        assert folder.name.startswith("omnistudy-")
        assert engine.dialect == "duckdb"
    assert not folder.exists()


def test_order_is_kept_only_while_text_is_read(engine: DuckDBEngine, tmp_path: Path) -> None:
    order = "select current_setting('preserve_insertion_order')"
    engine.register("t", FileSource(paths=(text(tmp_path / "a.csv", "a\n1\n"),), names=("a",)))
    assert engine.rows(order).rows == ((False,),)
    with pytest.raises(StudyError):
        engine.register("t", FileSource(paths=(tmp_path / "absent.csv",), names=("a",)))
    assert engine.rows(order).rows == ((False,),)


def test_cells_of_answers_as_numbers() -> None:
    assert [as_count(cell) for cell in (None, 0, 3, 4.0, "5", True)] == [0, 0, 3, 4, 5, 1]
    assert [as_number(cell) for cell in (None, 0, 3, 4.5, "5.5")] == [0.0, 0.0, 3.0, 4.5, 5.5]
    assert isinstance(as_count(4.0), int)
    assert isinstance(as_number(3), float)
