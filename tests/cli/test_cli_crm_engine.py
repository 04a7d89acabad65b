"""Which engine runs the queries, and where a study keeps its column map."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from command_line import omnistudy

STUDY = '[study]\nid = "s"\n[crm]\nevents = "crm/events.csv"\ntickets = "crm/tickets.csv"\n'


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "study"
    (folder / "crm").mkdir(parents=True)
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    (folder / "crm" / "events.csv").write_text("who,ts,channel,event\n1,2024-01-01,a,x\n", encoding="utf-8")
    (folder / "crm" / "tickets.csv").write_text("ticket_id,who,opened\n1,1,2024-01-01\n", encoding="utf-8")
    return folder


def test_a_study_names_its_column_map(capfd: pytest.CaptureFixture[str], study: Path) -> None:
    """[crm] columns goes before the columns.toml beside the tables, --columns before both."""
    (study / "crm" / "columns.toml").write_text('[columns]\ncustomer_id = "nobody"\n', encoding="utf-8")
    assert omnistudy(capfd, "crm", "journeys", study).code == 2
    (study / "study.toml").write_text(STUDY + 'columns = "map.toml"\n', encoding="utf-8")
    (study / "map.toml").write_text('[columns]\ncustomer_id = "who"\n', encoding="utf-8")
    ran = omnistudy(capfd, "crm", "journeys", study, "--format", "json")
    assert ran.code == 0, ran.err
    assert [Path(one["path"]).name for one in ran.json["provenance"]["inputs"]] == [
        "study.toml",
        "map.toml",
        "events.csv",
    ]
    (study / "other.txt").write_text("customer_id ts channel event\n", encoding="utf-8")
    other = omnistudy(capfd, "crm", "journeys", study, "--columns", study / "other.txt", "--format", "json")
    # The header is a row of a file that is said to have none.
    assert other.json["tables"][0]["read"] == 2


def test_a_column_map_that_is_not_there_is_one_error(capfd: pytest.CaptureFixture[str], study: Path) -> None:
    (study / "study.toml").write_text(STUDY + 'columns = "map.toml"\n', encoding="utf-8")
    ran = omnistudy(capfd, "crm", "journeys", study)
    assert ran.code == 2
    assert "map.toml" in ran.err


def test_a_command_reads_only_its_own_tables(capfd: pytest.CaptureFixture[str], study: Path) -> None:
    arguments = ("--map", "customer_id=who", "--format", "json")
    journeys = omnistudy(capfd, "crm", "journeys", study, *arguments).json
    assert [table["table"] for table in journeys["tables"]] == ["events"]
    metrics = omnistudy(capfd, "crm", "metrics", study, *arguments).json
    assert {table["table"] for table in metrics["tables"]} == {"events", "tickets"}


def test_an_engine_that_is_not_known(capfd: pytest.CaptureFixture[str], study: Path) -> None:
    ran = omnistudy(capfd, "crm", "metrics", study, "--map", "customer_id=who", "--engine", "spork")
    assert ran.code == 2
    assert "spork" in ran.err


@pytest.mark.skipif(importlib.util.find_spec("pyspark") is not None, reason="the extra spark is installed")
@pytest.mark.parametrize("command", ["metrics", "journeys"])
def test_an_engine_that_is_not_installed(
    capfd: pytest.CaptureFixture[str], study: Path, command: str
) -> None:
    ran = omnistudy(capfd, "crm", command, study, "--map", "customer_id=who", "--engine", "spark")
    assert ran.code == 2
    assert "omnistudy[spark]" in ran.err
