"""What is asked of Spark, and what is made of its answers, with a session that writes down what it is told."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from spark_parser import with_parser

from omnistudy.crm.records import spark_engine
from omnistudy.crm.records.engine import FileSource, QuerySource, RowSource
from omnistudy.crm.records.spark_engine import SparkEngine, spark_sql
from omnistudy.errors import Problem, StudyError


class SparkFaultError(Exception):
    """Stands for the exceptions of Spark."""


def typed(name: str, kind: str) -> SimpleNamespace:
    """A field of a schema."""
    return SimpleNamespace(name=name, dataType=SimpleNamespace(simpleString=lambda: kind))


class Frame:
    """A data frame that remembers how it was made."""

    def __init__(self, session: Session, *made: tuple[Any, ...]) -> None:
        self.session, self.made, self.columns = session, made, list(session.columns)
        kinds = {"file_row": "bigint", "a": "string", "b": "double"}
        self.schema = SimpleNamespace(fields=[typed(name, kinds.get(name, name)) for name in self.columns])

    def __getattr__(self, name: str) -> Any:
        def step(*given: Any) -> Any:
            if name in {"persist", "unpersist", "createOrReplaceTempView", "count"}:
                self.session.told.append((name, self.made[-1], *given))
            match name:
                case "count" if self.session.late_fault is not None:
                    raise SparkFaultError(self.session.late_fault)
                case "count":
                    return 10
                case "collect":
                    return [(1, "x"), (2, "y")]
                case "createOrReplaceTempView":
                    self.session.views[given[0]] = self
            if name in {"persist", "unpersist", "createOrReplaceTempView"}:
                return self
            return Frame(self.session, *self.made, (name, *given))

        return step


class Session:
    """A session, its builder, its catalogue and its readers in one."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.config_of: dict[str, str] = {}
        self.columns: tuple[str, ...] = ("file_row", "a", "b")
        self.fault: str | None = None
        self.late_fault: str | None = None
        self.views: dict[str, Frame] = {}
        self.builder = self.catalog = self.sparkContext = self.read = self

    def appName(self, name: str) -> Session:  # noqa: N802 - Spark's name
        self.told.append(("app", name))
        return self

    def master(self, where: str) -> Session:
        self.told.append(("master", where))
        return self

    def config(self, key: str, value: str) -> Session:
        self.config_of[key] = value
        return self

    def getOrCreate(self) -> Session:  # noqa: N802 - Spark's name
        return self

    def setLogLevel(self, level: str) -> None:  # noqa: N802 - Spark's name
        self.told.append(("log", level))

    def dropTempView(self, name: str) -> None:  # noqa: N802 - Spark's name
        self.told.append(("drop", name))

    def createDataFrame(self, rows: list[Any], schema: str) -> Frame:  # noqa: N802 - Spark's name
        return Frame(self, ("rows", tuple(rows), schema))

    def sql(self, text: str) -> Frame:
        if self.fault is not None:
            raise SparkFaultError(self.fault)
        return Frame(self, ("sql", text))

    def csv(self, place: str, **options: Any) -> Frame:
        return Frame(self, ("csv", place, options))

    def parquet(self, place: str) -> Frame:
        return Frame(self, ("parquet", place))

    def text(self, place: str) -> Frame:
        return Frame(self, ("text", place))

    def stop(self) -> None:
        self.told.append(("stop",))


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Session:
    made = Session()
    for name, given in (
        ("pyspark", {}),
        ("pyspark.sql", {"SparkSession": made}),
        ("pyspark.errors", {"PySparkException": SparkFaultError}),
    ):
        module = ModuleType(name)
        module.__dict__.update(given)
        monkeypatch.setitem(sys.modules, name, module)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setenv("JAVA_HOME", "/java")
    monkeypatch.setattr(spark_engine, "spark_sql", lambda sql, parameters=(): f"{sql} {list(parameters)}")
    return made


@pytest.fixture
def engine(session: Session) -> Iterator[SparkEngine]:
    with SparkEngine() as made:
        session.told.clear()
        yield made


def frame_of(engine: SparkEngine, session: Session, source: Any) -> Frame:
    """The frame that is put up under a name."""
    engine.register("t", source)
    return session.views["t"]


def test_a_session_counts_in_utc_keeps_to_itself_and_cleans_up(session: Session) -> None:
    with SparkEngine("local[2]") as engine:
        assert session.told == [("app", "omnistudy"), ("master", "local[2]"), ("log", "ERROR")]
        asked = session.config_of
        assert asked["spark.sql.session.timeZone"] == "UTC"
        # As DuckDB does: a fault is an error, names differ by case, nothing is kept in a catalogue of the machine.
        assert (asked["spark.sql.ansi.enabled"], asked["spark.sql.caseSensitive"]) == ("true", "true")
        assert asked["spark.sql.catalogImplementation"] == "in-memory"
        # Confidential records: no page is served, and only this machine is spoken to.
        assert (asked["spark.ui.enabled"], asked["spark.ui.showConsoleProgress"]) == ("false", "false")
        assert asked["spark.driver.host"] == asked["spark.driver.bindAddress"] == "127.0.0.1"
        scratch = Path(asked["spark.local.dir"])
        assert scratch.is_dir()
        assert scratch.name.startswith("omnistudy-")
        assert asked["spark.sql.warehouse.dir"] == (scratch / "warehouse").as_uri()
        assert engine.dialect == "spark"
    assert not scratch.exists()
    assert session.told[-1] == ("stop",)


def test_without_a_master_it_is_that_of_sparks_own_configuration(session: Session) -> None:
    with SparkEngine():
        assert session.told == [("app", "omnistudy"), ("log", "ERROR")]


def test_types_have_the_names_of_duckdb(engine: SparkEngine, session: Session) -> None:
    kinds = {
        "string": "VARCHAR", "bigint": "BIGINT", "int": "INTEGER", "smallint": "SMALLINT", "tinyint": "TINYINT",
        "double": "DOUBLE", "float": "FLOAT", "boolean": "BOOLEAN", "date": "DATE", "timestamp_ntz": "TIMESTAMP",
        "timestamp": "TIMESTAMP WITH TIME ZONE", "decimal(9,2)": "DECIMAL(9,2)",
    }  # fmt: skip
    from omnistudy.crm.records.engine import DuckDBEngine

    session.columns = tuple(kinds)
    assert engine.register("t", QuerySource(sql="q", stored=False)) == kinds
    columns = ", ".join(f"cast(null as {kind}) as c{at}" for at, kind in enumerate(kinds.values()))
    with DuckDBEngine(threads=1) as duckdb:
        theirs = duckdb.register("t", QuerySource(sql=f"select {columns}", stored=False))
    assert list(theirs.values()) == list(kinds.values())


def test_few_rows_and_rows_with_texts_are_handed_over(engine: SparkEngine, session: Session) -> None:
    columns = (("n", "integer"), ("x", "double"), ("w", "varchar"))
    rows = ((1, 0.5, "a"), (2, None, None))
    frame = frame_of(engine, session, RowSource(columns=columns, rows=rows))
    assert frame.made == (("rows", rows, "`n` int, `x` double, `w` string"),)
    many = tuple((at, 0.5, "a") for at in range(1_000))
    assert frame_of(engine, session, RowSource(columns=columns, rows=many)).made[0][0] == "rows"
    numbers = (("n", "bigint"), ("x", "double"))
    few = RowSource(columns=numbers, rows=tuple((at, 0.5) for at in range(999)))
    assert frame_of(engine, session, few).made[0][:1] == ("rows",)


def test_many_numbers_go_by_a_file(engine: SparkEngine, session: Session) -> None:
    rows = ((1, None), *((at, at / 3) for at in range(999)))
    source = RowSource(columns=(("n", "bigint"), ("x", "double")), rows=rows)
    (made,) = frame_of(engine, session, source).made
    path = Path(session.config_of["spark.local.dir"]) / "t.csv"
    assert made == ("csv", path.as_uri(), {"schema": "`n` bigint, `x` double"})
    lines = [line.split(",") for line in path.read_text(encoding="utf-8").split("\n")]
    assert [(int(n), float(x) if x else None) for n, x in lines] == list(rows)


def test_text_files_are_read_whole_and_numbered_through(
    engine: SparkEngine, session: Session, tmp_path: Path
) -> None:
    paths = (tmp_path / "a b.csv", tmp_path / "b.csv")
    source = FileSource(paths=paths, names=("a", "b"), header=False, delimiter=";", keep=("b",))
    frame = frame_of(engine, session, source)
    first, *steps, union = frame.made
    options = {
        "schema": "`a` string, `b` string", "sep": ";", "header": False, "quote": '"', "escape": '"',
        "multiLine": True, "encoding": "UTF-8",
    }  # fmt: skip
    assert first == ("csv", paths[0].resolve().as_uri(), options)
    number = ("selectExpr", "monotonically_increasing_id() + 1 as file_row", "*")
    assert steps == [("coalesce", 1), number, ("selectExpr", "file_row + 0 as file_row", "`b`")]
    # The second file goes on where the ten rows of the first end.
    assert union[0] == "unionByName"
    assert union[1].made[0][1] == paths[1].resolve().as_uri()
    assert union[1].made[-1] == ("selectExpr", "file_row + 10 as file_row", "`b`")
    session.told.clear()
    alone = frame_of(engine, session, FileSource(paths=paths[:1], names=("a", "b")))
    assert alone.made[-1] == ("selectExpr", "file_row + 0 as file_row", "`a`", "`b`")
    # Nothing is counted where nothing follows.
    assert [told for told in session.told if told[0] == "count"] == []


def test_parquet_is_numbered_by_itself(engine: SparkEngine, session: Session, tmp_path: Path) -> None:
    frame = frame_of(engine, session, FileSource(paths=(tmp_path / "a.parquet",)))
    assert frame.made == (
        ("parquet", (tmp_path / "a.parquet").resolve().as_uri()),
        ("selectExpr", "_metadata.row_index + 1 as file_row", "*"),
        ("selectExpr", "file_row + 0 as file_row", "`a`", "`b`"),
    )


@pytest.mark.parametrize("header", [True, False])
def test_columns_parted_by_white_space(
    engine: SparkEngine, session: Session, tmp_path: Path, header: bool
) -> None:
    """Lines without anything are none; the first of the others is the header, if there is one."""
    source = FileSource(paths=(tmp_path / "a.txt",), names=("a", "b"), header=header, delimiter=" ")
    made = frame_of(engine, session, source).made
    skipped = [("selectExpr", "monotonically_increasing_id() as at", "value"), ("where", "at > 0")]
    assert list(made) == [
        ("text", (tmp_path / "a.txt").resolve().as_uri()),
        ("coalesce", 1),
        ("where", "trim(value) <> ''"),
        *(skipped if header else []),
        ("selectExpr", r"split(trim(value), '\\s+') as part"),
        (
            "selectExpr",
            "monotonically_increasing_id() + 1 as file_row",
            "try_element_at(part, 1) as `a`",
            "try_element_at(part, 2) as `b`",
        ),
        ("selectExpr", "file_row + 0 as file_row", "`a`", "`b`"),
    ]


def test_what_is_stored_is_computed_once_and_let_go(engine: SparkEngine, session: Session) -> None:
    query = ("sql", "q [1]")
    engine.register("t", QuerySource(sql="q", parameters=(1,)))
    assert session.told == [
        ("drop", "t"),
        ("persist", query),
        ("count", query),
        ("createOrReplaceTempView", query, "t"),
    ]
    session.told.clear()
    engine.register("t", QuerySource(sql="v", stored=False))
    assert session.told == [
        ("drop", "t"),
        ("unpersist", query),
        ("createOrReplaceTempView", ("sql", "v []"), "t"),
    ]
    session.told.clear()
    engine.forget("t")
    engine.register("r", RowSource(columns=(("n", "integer"),), rows=((1,),)))
    kept = ("rows", ((1,),), "`n` int")
    assert session.told == [
        ("drop", "t"), ("drop", "r"), ("persist", kept), ("count", kept), ("createOrReplaceTempView", kept, "r"),
    ]  # fmt: skip


def test_an_answer_is_one_of_plain_rows(engine: SparkEngine, session: Session) -> None:
    session.columns = ("n", "w")
    found = engine.rows("select ?", (5,))
    assert (found.columns, found.rows) == (("n", "w"), ((1, "x"), (2, "y")))


def test_names_are_ours(engine: SparkEngine) -> None:
    with pytest.raises(ValueError, match="'a b' is not a table name"):
        engine.register("a b", QuerySource(sql="q"))


def test_faults_of_a_file_are_told_with_it_and_others_are_sparks(
    engine: SparkEngine, session: Session
) -> None:
    session.fault = " cannot parse 'x'\nat line 7\n"
    with pytest.raises(StudyError) as caught:
        engine.register("t", QuerySource(sql="q", reads=(Path("a.csv"), Path("b.csv"))))
    assert caught.value.problems == (
        Problem(
            what="This table cannot be read: cannot parse 'x'",
            remedy="Save it as CSV UTF-8 or Parquet with one header row, or name its columns with --columns FILE.",
            file="a.csv",
        ),
    )
    with pytest.raises(SparkFaultError):
        engine.register("t", QuerySource(sql="q"))
    # Spark reads a file when its rows are wanted, not when it is named.
    session.fault, session.late_fault = None, "damaged"
    with pytest.raises(StudyError, match=r"^a\.csv: This table cannot be read: damaged "):
        engine.register("t", QuerySource(sql="q", reads=(Path("a.csv"),)))
    with pytest.raises(SparkFaultError):
        engine.register("t", RowSource(columns=(("n", "integer"),), rows=((1,),)))


@pytest.mark.parametrize(
    ("lacking", "what"),
    [
        ({"pyspark", "sqlglot"}, "The engine spark needs pyspark and sqlglot, which are not installed."),
        ({"pyspark"}, "The engine spark needs pyspark, which is not installed."),
        ({"sqlglot"}, "The engine spark needs sqlglot, which is not installed."),
    ],
)
def test_what_is_not_installed(monkeypatch: pytest.MonkeyPatch, lacking: set[str], what: str) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in lacking else object())
    with pytest.raises(StudyError) as caught:
        SparkEngine()
    remedy = "Install the extra: pip install 'omnistudy[spark]', or use --engine duckdb."
    assert caught.value.problems == (Problem(what=what, remedy=remedy),)


@pytest.mark.parametrize(
    ("home", "path", "fine"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_java_is_found_by_its_home_or_on_the_path(
    session: Session, monkeypatch: pytest.MonkeyPatch, home: bool, path: bool, fine: bool
) -> None:
    if not home:
        monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setattr("shutil.which", lambda name: "/bin/java" if path and name == "java" else None)
    if fine:
        SparkEngine().close()
        assert session.told[-1] == ("stop",)
        return
    with pytest.raises(
        StudyError, match=r"^The engine spark needs Java, and there is none\. Install Java 17"
    ):
        SparkEngine()


@with_parser
def test_only_functions_that_differ_are_rewritten() -> None:
    sql = "select hash(a, b), EPOCH_US(a), other(a), trim(a) from t"
    expected = "SELECT XXHASH64(a, b), UNIX_MICROS(CAST(a AS TIMESTAMP_LTZ)), OTHER(a), TRIM(a) FROM t"
    assert spark_sql(sql) == expected


@with_parser
def test_groups_of_a_pattern_are_written_as_spark_has_them() -> None:
    """A backslash and a digit here is a dollar and a digit there; a column that replaces stays."""
    pattern = "(.)" * 9
    sql = f"select regexp_replace(a, '{pattern}', '\\9-\\1'), regexp_replace(a, 'x', b) from t"
    assert (
        spark_sql(sql) == f"SELECT REGEXP_REPLACE(a, '{pattern}', '$9-$1'), REGEXP_REPLACE(a, 'x', b) FROM t"
    )


@with_parser
def test_parameters_stand_in_the_order_of_the_text() -> None:
    """Also inside a query within the query; a fraction is a double and no decimal."""
    found = spark_sql(
        "select ? as a, (select ? as x) as b, ? as c, ? as d from t where e in (?, ?)",
        (1, "x'y", 2.5, None, True, 4),
    )
    assert found == (
        "SELECT 1 AS a, (SELECT 'x\\'y' AS x) AS b, CAST('2.5' AS DOUBLE) AS c, NULL AS d FROM t WHERE e IN (TRUE, 4)"
    )
    for given in ((), (1, 2)):
        with pytest.raises(ValueError, match=f"^1 placeholders and {len(given)} parameters$"):
            spark_sql("select ?", given)
