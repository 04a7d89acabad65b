"""Spark behind the interface of the engine: for logs that outgrow one machine (extra ``spark``).

The SQL is that of DuckDB; sqlglot writes it for Spark, and parameters become literals of the parsed
query, never pieces of text. What the two engines read differently is rewritten in
:func:`spark_sql`; the conformance tests run every metric on both.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omnistudy.crm.records.engine import (
    Answer,
    FileSource,
    QuerySource,
    RowSource,
    Scalar,
    Source,
    check_name,
)
from omnistudy.errors import StudyError

if TYPE_CHECKING:
    from types import TracebackType

# Spark's names of types where DuckDB calls them otherwise.
_TYPES = {
    "string": "VARCHAR",
    "int": "INTEGER",
    "timestamp_ntz": "TIMESTAMP",
    "timestamp": "TIMESTAMP WITH TIME ZONE",
}
_MANY_ROWS = 1_000
_SPARK_TYPES = {"varchar": "string", "integer": "int"}


def spark_sql(sql: str, parameters: Sequence[Scalar] = ()) -> str:
    """Write a query of DuckDB for Spark, with its ``?`` bound as literals through the parser.

    Raises
    ------
    ValueError
        When the number of parameters is not that of the placeholders.
    """
    import sqlglot
    from sqlglot import expressions as exp

    tree = sqlglot.parse_one(sql, read="duckdb")
    places = list(tree.find_all(exp.Placeholder, bfs=False))
    if len(places) != len(parameters):
        raise ValueError(f"{len(places)} placeholders and {len(parameters)} parameters")
    for place, value in zip(places, parameters, strict=True):
        place.replace(_literal(value))
    return str(tree.transform(_rewritten).sql(dialect="spark"))


def _literal(value: Scalar) -> Any:
    from sqlglot import expressions as exp

    # A float would be read as a decimal, whose arithmetic is another one.
    return exp.cast(exp.convert(repr(value)), "double") if isinstance(value, float) else exp.convert(value)


def _rewritten(node: Any) -> Any:
    """Give Spark its own functions where the two engines disagree."""
    from sqlglot import expressions as exp

    if isinstance(node, exp.Anonymous):
        name = node.name.casefold()
        if name == "epoch_us":
            moment = exp.cast(node.expressions[0], "timestampltz")
            return exp.Anonymous(this="UNIX_MICROS", expressions=[moment])
        if name == "hash":
            return exp.Anonymous(this="XXHASH64", expressions=node.expressions)
    if isinstance(node, exp.RegexpReplace):
        # Groups are \1 there and $1 here.
        replacement = node.args["replacement"]
        if isinstance(replacement, exp.Literal):
            text = replacement.name
            for at in range(1, 10):
                text = text.replace(f"\\{at}", f"${at}")
            node.set("replacement", exp.Literal.string(text))
    return node


class SparkEngine:
    """Spark in the process or on the cluster that its own configuration names.

    Parameters
    ----------
    master
        Where Spark runs, for example ``local[2]``; ``None`` leaves it to Spark's configuration.

    Raises
    ------
    StudyError
        When pyspark, sqlglot or Java are not installed.
    """

    dialect = "spark"

    def __init__(self, master: str | None = None) -> None:
        _check_installed()
        from pyspark.sql import SparkSession

        self._scratch = tempfile.TemporaryDirectory(prefix="omnistudy-", ignore_cleanup_errors=True)
        builder = SparkSession.builder.appName("omnistudy")
        if master is not None:
            builder = builder.master(master)
        for key, value in _settings(Path(self._scratch.name)).items():
            builder = builder.config(key, value)
        self._session: Any = builder.getOrCreate()
        self._session.sparkContext.setLogLevel("ERROR")
        self._stored: dict[str, Any] = {}

    def __enter__(self) -> SparkEngine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def register(self, name: str, source: Source) -> Mapping[str, str]:
        """Register files, rows or a query; see :class:`omnistudy.crm.records.engine.Engine`."""
        check_name(name)
        self.forget(name)
        match source:
            case FileSource():
                frame = self._reading(source.paths, lambda: self._files(source))
            case RowSource():
                frame = self._rows(name, source)
            case QuerySource():
                frame = self._reading(source.reads, lambda: self._query(source))
        if isinstance(source, RowSource) or (isinstance(source, QuerySource) and source.stored):
            self._stored[name] = frame = frame.persist()
            self._reading(() if isinstance(source, RowSource) else source.reads, frame.count)
        frame.createOrReplaceTempView(name)
        return {
            field.name: _TYPES.get(field.dataType.simpleString(), field.dataType.simpleString().upper())
            for field in frame.schema.fields
        }

    def forget(self, name: str) -> None:
        """Drop a view and what was stored for it; see :class:`omnistudy.crm.records.engine.Engine`."""
        self._session.catalog.dropTempView(name)
        stored = self._stored.pop(name, None)
        if stored is not None:
            stored.unpersist()

    def rows(self, sql: str, parameters: Sequence[Scalar] = ()) -> Answer:
        """Run a query; see :class:`omnistudy.crm.records.engine.Engine`."""
        frame = self._session.sql(spark_sql(sql, parameters))
        return Answer(tuple(frame.columns), tuple(tuple(row) for row in frame.collect()))

    def close(self) -> None:
        """Stop Spark and remove its scratch folder."""
        self._session.stop()
        self._scratch.cleanup()

    def _rows(self, name: str, source: RowSource) -> Any:
        schema = ", ".join(f"`{column}` {_SPARK_TYPES.get(kind, kind)}" for column, kind in source.columns)
        if len(source.rows) < _MANY_ROWS or any(kind == "varchar" for _, kind in source.columns):
            return self._session.createDataFrame([tuple(row) for row in source.rows], schema)
        # Handing many rows over one by one takes seconds, a file of numbers does not.
        path = Path(self._scratch.name) / f"{name}.csv"
        lines = (",".join("" if cell is None else repr(cell) for cell in row) for row in source.rows)
        path.write_text("\n".join(lines), encoding="utf-8")
        return self._session.read.csv(path.as_uri(), schema=schema)

    def _query(self, source: QuerySource) -> Any:
        return self._session.sql(spark_sql(source.sql, source.parameters))

    def _files(self, source: FileSource) -> Any:
        """Read the files one after the other, each numbered from where the one before ended."""
        frames, before = [], 0
        for path in source.paths:
            frame = self._file(source, path)
            columns = [f"`{column}`" for column in source.keep or frame.columns[1:]]
            frames.append(frame.selectExpr(f"file_row + {before} as file_row", *columns))
            if len(source.paths) > 1:
                before += frame.count()
        whole = frames[0]
        for frame in frames[1:]:
            whole = whole.unionByName(frame)
        return whole

    def _file(self, source: FileSource, path: Path) -> Any:
        reader, place = self._session.read, path.resolve().as_uri()
        if source.parquet:
            frame = reader.parquet(place)
            return frame.selectExpr("_metadata.row_index + 1 as file_row", "*")
        # A file of several partitions could not be numbered, and quoted line breaks could be cut.
        number = "monotonically_increasing_id() + 1 as file_row"
        if source.delimiter == " ":
            lines = reader.text(place).coalesce(1).where("trim(value) <> ''")
            if source.header:
                lines = lines.selectExpr("monotonically_increasing_id() as at", "value").where("at > 0")
            parts = lines.selectExpr(r"split(trim(value), '\\s+') as part")
            columns = [
                f"try_element_at(part, {at}) as `{name}`" for at, name in enumerate(source.names, start=1)
            ]
            return parts.selectExpr(number, *columns)
        schema = ", ".join(f"`{name}` string" for name in source.names)
        frame = reader.csv(
            place, schema=schema, sep=source.delimiter, header=source.header, quote='"', escape='"',
            multiLine=True, encoding="UTF-8",
        )  # fmt: skip
        return frame.coalesce(1).selectExpr(number, "*")

    def _reading(self, paths: Sequence[Path], task: Any) -> Any:
        from pyspark.errors import PySparkException

        try:
            return task()
        except PySparkException as error:
            if not paths:
                raise
            raise StudyError.of(
                f"This table cannot be read: {str(error).strip().splitlines()[0]}",
                "Save it as CSV UTF-8 or Parquet with one header row, or name its columns with --columns FILE.",
                file=str(paths[0]),
            ) from None


def _settings(scratch: Path) -> dict[str, str]:
    return {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.caseSensitive": "true",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": (scratch / "warehouse").as_uri(),
        "spark.sql.shuffle.partitions": "8",
        "spark.sql.adaptive.coalescePartitions.parallelismFirst": "false",
        "spark.local.dir": str(scratch),
        # Nothing is served or asked for outside this machine unless Spark's own configuration says so.
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
    }


def _check_installed() -> None:
    from importlib.util import find_spec

    lacking = [name for name in ("pyspark", "sqlglot") if find_spec(name) is None]
    if lacking:
        raise StudyError.of(
            f"The engine spark needs {' and '.join(lacking)}, which {'is' if len(lacking) == 1 else 'are'} "
            "not installed.",
            "Install the extra: pip install 'omnistudy[spark]', or use --engine duckdb.",
        )
    if "JAVA_HOME" not in os.environ and shutil.which("java") is None:
        raise StudyError.of(
            "The engine spark needs Java, and there is none.",
            "Install Java 17 or newer and put it on the path, or use --engine duckdb.",
        )
