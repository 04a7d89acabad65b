"""Both engines give the same: every metric, the matrices of journeys, and lifetime value."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from records_builder import PROVENANCE, TABLES
from spark_parser import HAS_PARSER, with_parser

from omnistudy.crm.journeys.analysis import JourneysOptions, journeys_of_records
from omnistudy.crm.lifetime.analysis import clv_of_records
from omnistudy.crm.lifetime.options import ClvOptions
from omnistudy.crm.metrics.case import By, MetricsOptions
from omnistudy.crm.metrics.registry import METRICS, metrics_of_records
from omnistudy.crm.records.column_map import ColumnMap
from omnistudy.crm.records.engine import DuckDBEngine, Engine
from omnistudy.crm.records.files import RecordFiles, files_of_folder
from omnistudy.crm.records.load import load_records
from omnistudy.crm.records.model import Records
from omnistudy.crm.records.spark_engine import SparkEngine, spark_sql

HAS_SPARK = importlib.util.find_spec("pyspark") is not None and HAS_PARSER
HAS_JAVA = "JAVA_HOME" in os.environ or shutil.which("java") is not None
on_spark = [
    pytest.mark.spark,
    pytest.mark.slow,
    pytest.mark.skipif(not HAS_SPARK, reason="pyspark and sqlglot of the extra spark are not installed"),
    pytest.mark.skipif(not HAS_JAVA, reason="there is no Java"),
]
DEMO = Path(__file__).resolve().parent.parent.parent / "interviews" / "maskan-demo" / "crm"
GROUPS = {"app": "digital", "ib": "digital", "شعبه": "physical"}


@pytest.fixture(scope="module")
def spark() -> Iterator[Engine]:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Spark warns of the versions of packages that are not used here
        with SparkEngine("local[2]") as engine:
            yield engine


def write_records(folder: Path, seed: int) -> None:
    """All tables, with ties in time, gaps, faults, duplicates and Persian words in two spellings."""
    random = np.random.default_rng(seed)
    n = 400

    def pick(*values: str) -> str:
        return str(random.choice(list(values)))

    def when(hours: bool = True) -> str:
        day = f"2024-{random.integers(1, 7):02d}-{random.integers(1, 31):02d}"
        return f"{day} {random.integers(24):02d}:{random.integers(60):02d}" if hours else day

    def write(name: str, header: str, rows: list[str]) -> None:
        (folder / f"{name}.csv").write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")

    def customer() -> str:
        return f"{random.integers(40):03d}" if random.random() > 0.1 else ""

    events = [
        f"{customer()},{when()},{pick('app', 'ib', 'شعبه', ' app')},{pick('login', 'pay', 'invitation', 'start')},"
        f"{pick('started', 'completed', 'resumed', 'failed', '')},J{random.integers(90)},{random.integers(1, 5)},"
        f"{pick('yes', 'no', '')},{pick('bank', 'customer')},{pick('1', '0', '')},{pick('a', 'b', '')},"
        f"{random.integers(-3, 4)}"
        for _ in range(n)
    ]
    write(
        "events",
        "customer_id,ts,channel,event,outcome,journey_id,journey_step,reentry,initiator,personalised,segment,emotion",
        [*events, events[0], events[1], ",no date,app,login,,,,,,,,"],
    )
    write(
        "transactions",
        "customer_id,ts,value,referrer_id,segment",
        [
            f"{random.integers(40):03d},{when(False)},{random.integers(1, 90)}.5,{customer()},{pick('a', 'b')}"
            for _ in range(n)
        ],
    )
    write(
        "tickets",
        "ticket_id,customer_id,opened,first_response,closed,channel,topic,is_complaint,reopened,transfers",
        [
            f"t{at},{customer()},2024-0{1 + at % 6}-05 10:{at % 60:02d},{pick('', f'2024-0{1 + at % 6}-05 12:00')},"
            f"2024-0{1 + at % 6}-0{random.integers(6, 9)},app,{pick('card', 'loan', 'كارت', 'کارت')},"
            f"{pick('yes', 'no')},{pick('yes', 'no', '')},{random.integers(3)}"
            for at in range(120)
        ],
    )
    survey = [f"{when(False)},nps,q,{random.integers(11)},0,10,{pick('app', 'ib')}" for _ in range(80)]
    survey += [f"{when(False)},csat,q,{random.integers(1, 6)},1,5,app" for _ in range(40)]
    survey += [f"{when(False)},ces,q,{random.integers(1, 8)},1,7,ib" for _ in range(40)]
    write("survey", "ts,instrument,item,score,scale_min,scale_max,channel", survey)
    write(
        "ops",
        "period,unit,indicator,value,denominator",
        [f"2024-{m:02d},B{u},{i},{random.integers(1, 90)},{random.integers(90, 200)}"
         for m in range(1, 7) for u in (1, 2) for i in ("agent_hours", "handoffs", "resolved")],
    )  # fmt: skip
    write(
        "identity_map", "channel,source_id,customer_id",
        [f"{pick('app', 'ib')},s{random.integers(60)},{random.integers(40):03d}" for _ in range(80)],
    )  # fmt: skip
    write("preferences", "customer_id,channel", [f"{at:03d},{pick('app', 'شعبه')}" for at in range(40)])
    write("cases", "case_id,kind,segment", ["a,segment,a", "b,segment,b"])
    write(
        "contracts", "customer_id,duration,churned,segment",
        [f"{at:03d},{random.integers(1, 24)},{pick('yes', 'no')},{pick('a', 'b')}" for at in range(60)],
    )  # fmt: skip


def loaded(engine: Engine, folder: Path, columns: ColumnMap, calendar: str = "gregorian") -> Records:
    return load_records(
        engine, RecordFiles(files=files_of_folder(folder), columns=columns, calendar=calendar), TABLES
    )


def close_to(value: Any) -> Any:
    """Equal, but for the order in which an engine adds floating-point numbers."""
    if isinstance(value, float):
        return pytest.approx(value, rel=1e-9, abs=1e-9)
    if isinstance(value, dict):
        return {key: close_to(one) for key, one in value.items()}
    return [close_to(one) for one in value] if isinstance(value, list | tuple) else value


def assert_same(first: Any, second: Any) -> None:
    assert type(first) is type(second) or isinstance(first, int | float)
    if isinstance(first, dict):
        assert first.keys() == second.keys()
        for key in first:
            assert_same(first[key], second[key])
    elif isinstance(first, list | tuple):
        assert len(first) == len(second)
        for one, other in zip(first, second, strict=True):
            assert_same(one, other)
    else:
        assert first == close_to(second)


def compare(spark: Engine, folder: Path, columns: ColumnMap, calendar: str, options: MetricsOptions) -> None:
    found: list[dict[str, Any]] = []
    with DuckDBEngine() as duckdb:
        for engine in (duckdb, spark):
            records = loaded(engine, folder, columns, calendar)
            result = metrics_of_records(records, options, PROVENANCE)
            payload = result.payload()
            if options.by is By.ALL:
                payload["journeys"] = journeys_of_records(
                    records, JourneysOptions(gap_hours=200), PROVENANCE
                ).payload()
                payload["journeys unit"] = journeys_of_records(
                    records, JourneysOptions(unit="journey", goal="pay"), PROVENANCE
                ).payload()
                payload["clv"] = clv_of_records(
                    records, ClvOptions(model="kaplan_meier"), PROVENANCE
                ).payload()
            found.append(payload)
    assert_same(*found)
    computed = {row["metric"] for row in found[0]["rows"] if row["value"] is not None}
    assert len(computed) > len(METRICS) / 2 if options.by is By.ALL else computed


class TestOnSpark:
    pytestmark = on_spark

    def test_every_metric_and_matrix(self, spark: Engine, tmp_path: Path) -> None:
        write_records(tmp_path, 1)
        options = MetricsOptions(inactive_days=30, goal="pay", start="login")
        compare(spark, tmp_path, ColumnMap(channels=GROUPS), "gregorian", options)

    def test_in_a_zone_and_the_other_calendar(self, spark: Engine, tmp_path: Path) -> None:
        write_records(tmp_path, 2)
        columns = ColumnMap(channels=GROUPS, zone="Asia/Tehran")
        compare(spark, tmp_path, columns, "jalali", MetricsOptions(inactive_days=60, by=By.SEGMENT))

    def test_the_demo(self, spark: Engine) -> None:
        if not DEMO.is_dir() or not files_of_folder(DEMO):
            pytest.skip("the demonstration study has no records")
        from omnistudy.crm.records.column_map import read_column_map

        path = DEMO / "columns.toml"
        columns = read_column_map(path) if path.is_file() else ColumnMap()
        compare(spark, DEMO, columns, "jalali", MetricsOptions(inactive_days=60))

    def test_parts_of_parquet_are_numbered_through(self, spark: Engine, tmp_path: Path) -> None:
        import duckdb as files

        for at in range(2):
            sql = (
                "select 'c' || i as customer_id, timestamp '2024-01-01 23:00' as ts, 'app' as channel, "
                f"i::varchar as event from range({at * 5}, {at * 5 + 5}) t(i)"
            )
            files.sql(f"copy ({sql}) to '{tmp_path / f'part{at}.parquet'}' (format parquet)")
        paths = tuple(sorted(tmp_path.glob("*.parquet")))
        files_given = RecordFiles(files={"events": paths}, columns=ColumnMap())
        with DuckDBEngine() as duckdb:
            answers = []
            for engine in (duckdb, spark):
                load_records(engine, files_given, ("events",))
                answers.append(
                    engine.rows("select row, event, day_ix, instant from events order by row").rows
                )
        assert answers[0] == answers[1]
        assert [row[0] for row in answers[0]] == list(range(1, 11))


@with_parser
def test_parameters_are_literals_and_never_text() -> None:
    sql = spark_sql("select a from t where b = ? and c > ? and d is not ?", ("o' or 1 = 1 --", 1.5, None))
    assert "'o\\' or 1 = 1 --'" in sql
    assert "CAST('1.5' AS DOUBLE)" in sql
    with pytest.raises(ValueError, match="1 placeholders and 0 parameters"):
        spark_sql("select ?")


@with_parser
def test_functions_that_differ_are_rewritten() -> None:
    sql = spark_sql(
        "select hash(a, b), epoch_us(cast(a as timestamp)), regexp_replace(a, '^(.)', '\\1-') from t"
    )
    assert "XXHASH64(a, b)" in sql
    assert "UNIX_MICROS(CAST(" in sql
    assert "'$1-'" in sql


@with_parser
def test_null_order_is_that_of_duckdb() -> None:
    assert spark_sql("select a from t order by a") == "SELECT a FROM t ORDER BY a NULLS LAST"


def test_what_to_install_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from omnistudy.errors import StudyError

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(StudyError, match=r"pyspark and sqlglot, which are not installed.*omnistudy\[spark\]"):
        SparkEngine()
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with pytest.raises(StudyError, match="needs Java"):
        SparkEngine()
