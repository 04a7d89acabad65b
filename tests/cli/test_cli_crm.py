"""The crm commands from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import omnistudy

ROW_FIELDS = [
    "metric",
    "value",
    "n",
    "denominator",
    "ci_low",
    "ci_high",
    "ci_method",
    "window",
    "reason",
    "definition",
]


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_cdnow_from_the_raw_file(shared: Path, capfd: pytest.CaptureFixture[str], somewhere: Path) -> None:
    """Fader, Hardie & Lee (2005): .243, 4.414, .793, 2.426, −9582.4; Gamma–Gamma 6.25, 3.74, 15.44."""
    (somewhere / "columns.txt").write_text("- customer_id ts - value\n", encoding="utf-8")
    table = shared / "data" / "cdnow" / "CDNOW_sample.txt"
    ran = omnistudy(
        capfd, "crm", "clv", table, "--columns", "columns.txt", "--calibration-end", "1997-09-30",
        "--time-unit", "week", "--horizon", "39", "--format", "json",
    )  # fmt: skip
    assert ran.code == 0
    found = ran.json
    assert found["schema"] == "omnistudy.crm-clv/1"
    assert found["model"] == "bgnbd"
    assert found["parameters"] == pytest.approx(
        {"r": 0.24259, "alpha": 4.41353, "a": 0.79289, "b": 2.42575}, rel=1e-4
    )
    assert found["log_likelihood"] == pytest.approx(-9582.4256, abs=5e-3)
    assert found["spend"]["parameters"] == pytest.approx({"p": 6.2488, "q": 3.7446, "v": 15.4477}, rel=3e-4)
    assert found["spend"]["log_likelihood"] == pytest.approx(-4055.923, abs=0.01)
    first = found["customers"][0]
    assert (first["frequency"], first["recency"], first["age"]) == (
        2,
        pytest.approx(30.43, abs=5e-3),
        pytest.approx(38.86, abs=5e-3),
    )
    assert first["expected"] == pytest.approx(1.22591, abs=2e-4)
    assert first["p_alive"] == pytest.approx(0.72661, abs=2e-5)
    assert [one["mean_value"] for one in found["customers"][:2]] == pytest.approx(
        [24.6586, 18.9115], abs=6e-3
    )
    assert found["refusals"] == []
    assert found["tables"][0]["read"] == 6_919


def test_telco_from_the_command_line(shared: Path, capfd: pytest.CaptureFixture[str]) -> None:
    table = shared / "data" / "telco" / "telco_churn_ibm.csv"
    maps = [
        "customer_id=customerID",
        "duration=tenure",
        "churned=Churn",
        "segment=Contract",
        "value=MonthlyCharges",
    ]
    ran = omnistudy(
        capfd, "crm", "clv", table, *(part for one in maps for part in ("--map", one)), "--format", "json"
    )
    assert (ran.code, ran.json["model"]) == (0, "kaplan_meier")
    assert ran.json["segments"][0]["churn"] == pytest.approx(0.26537, abs=5e-6)
    assert ran.json["survival"][0]["survival"] == pytest.approx(0.94596, abs=5e-6)
    churned = omnistudy(
        capfd, "crm", "metrics", table, "--metric", "churn", "--by", "segment",
        *(part for one in maps for part in ("--map", one)), "--format", "json",
    )  # fmt: skip
    assert {row["group"]: row["n"] for row in churned.json["rows"]} == {
        "Month-to-month": 1655,
        "One year": 166,
        "Two year": 48,
    }


def test_rows_of_metrics_have_the_fields_of_the_contract(
    shared: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    table = shared / "data" / "ecom-clickstream" / "retentioneering_ecom.csv.gz"
    maps = ["ts=timestamp", "channel=platform", "customer_id=user_id", "journey_id=session_id"]
    mapped = [part for one in maps for part in ("--map", one)]
    ran = omnistudy(
        capfd,
        "crm",
        "metrics",
        table,
        *mapped,
        "--goal",
        "purchase",
        "--until",
        "2024-06-30",
        "--format",
        "json",
    )
    assert ran.code == 0
    assert all(list(row)[:10] == ROW_FIELDS for row in ran.json["rows"])
    assert all((row["value"] is None) == (row["reason"] is not None) for row in ran.json["rows"])
    assert "30 of 31106 rows are same as an earlier row" in ran.err
    journeys = omnistudy(
        capfd, "crm", "journeys", table, *mapped, "--goal", "purchase", "--format", "json"
    ).json
    assert [cell["n"] for cell in journeys["switching"]] == [15_688, 114, 36, 106, 11_003, 24, 35, 23, 3_477]
    for form in ("table", "md", "csv"):
        assert omnistudy(capfd, "crm", "metrics", table, *mapped, "--format", form).code == 0


@pytest.mark.parametrize("lang", ["en", "fa"])
def test_a_folder_of_tables_with_its_column_map(
    capfd: pytest.CaptureFixture[str], somewhere: Path, lang: str
) -> None:
    folder = somewhere / "records"
    folder.mkdir()
    (folder / "events.csv").write_text(
        "who,زمان,where,event\n۱,۱۴۰۳/۱/۱,همراه بانك,ورود\n۲,1403-01-02,شعبه,ورود\n", encoding="utf-8"
    )
    (folder / "columns.toml").write_text(
        'zone = "Asia/Tehran"\nsynthetic = true\n[columns]\ncustomer_id = "who"\nts = "زمان"\nchannel = "where"\n'
        '[channels]\napp = "digital"\nbranch = "physical"\n[values.channel]\n"همراه بانک" = "app"\n"شعبه" = "branch"\n',
        encoding="utf-8",
    )
    ran = omnistudy(
        capfd,
        "crm",
        "metrics",
        folder,
        "--metric",
        "digital_share",
        "--calendar",
        "jalali",
        "--format",
        "json",
    )
    (row,) = ran.json["rows"]
    assert (row["value"], row["window"], row["calendar"]) == (0.5, "2024-03-20/2024-03-21", "jalali")
    assert ran.json["provenance"]["synthetic"] is True
    assert omnistudy(capfd, "crm", "metrics", folder, "--lang", lang).code == 0


def test_a_study_names_its_records(capfd: pytest.CaptureFixture[str], somewhere: Path) -> None:
    study = somewhere / "study"
    (study / "crm").mkdir(parents=True)
    (study / "study.toml").write_text(
        '[study]\nid = "s"\n[crm]\nevents = "crm/events.csv"\n', encoding="utf-8"
    )
    (study / "crm" / "events.csv").write_text(
        "customer_id,ts,channel,event\n1,2024-01-01,a,x\n", encoding="utf-8"
    )
    ran = omnistudy(capfd, "crm", "metrics", study, "--metric", "identity_match", "--format", "json")
    assert ran.json["rows"][0]["value"] == 1.0
    paths = [file["path"] for file in ran.json["provenance"]["inputs"]]
    assert paths[0] == "study.toml"
    assert paths[1].endswith("events.csv")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["metrics", "nothing.csv"], "does not exist"),
        (["metrics", "events.csv", "--map", "custmer_id=a"], "Did you mean 'customer_id'?"),
        (["metrics", "events.csv", "--zone", "Tehran"], "is not a time zone"),
        (["metrics", "events.csv", "--metric", "npss"], "Did you mean 'nps'?"),
        (["metrics", "events.csv", "--until", "1403-13-01"], "is not a Jalali date"),
        (["metrics", "empty.csv"], "has no rows"),
        (["clv", "events.csv", "--model", "pareto"], "is not one of"),
        (["journeys", "sales.csv"], "There are no events"),
        (["gap", "events.csv"], "is not a column of this sheet"),
        (["metrics", "sheet.xlsx"], "neither CSV nor Parquet"),
    ],
)
def test_bad_input_is_one_clear_error(
    capfd: pytest.CaptureFixture[str], somewhere: Path, arguments: list[str], words: str
) -> None:
    (somewhere / "events.csv").write_text(
        "customer_id,ts,channel,event\n1,2024-01-01,a,x\n", encoding="utf-8"
    )
    (somewhere / "empty.csv").write_text("customer_id,ts,channel,event\n", encoding="utf-8")
    (somewhere / "sales.csv").write_text("customer_id,ts,value\n1,2024-01-01,5\n", encoding="utf-8")
    (somewhere / "sheet.xlsx").write_bytes(b"PK")
    ran = omnistudy(capfd, "crm", *arguments)
    assert ran.code == 2, ran.err
    assert words in ran.err
    assert ran.out == ""


def test_refusals_are_answers(capfd: pytest.CaptureFixture[str], somewhere: Path) -> None:
    (somewhere / "sales.csv").write_text(
        "customer_id,ts,value\n1,2024-01-01,5\n1,2024-02-01,5\n", encoding="utf-8"
    )
    ran = omnistudy(capfd, "crm", "clv", "sales.csv", "--format", "json")
    assert ran.code == 0
    assert ran.json["refusals"][0]["code"] == "too_few_repeaters"
    assert ran.json["log_likelihood"] is None
    assert ran.json["customers"] == []


def test_links_of_the_demo_refuse_correlation(
    demo: Path, repository: Path, capfd: pytest.CaptureFixture[str], somewhere: Path
) -> None:
    (somewhere / "crm").mkdir()
    events = "customer_id,ts,channel,event\n1,2024-01-01,app,x\n,2024-01-02,branch,x\n"
    (somewhere / "crm" / "events.csv").write_text(events, encoding="utf-8")
    shipped = ("--links", repository / "codebooks" / "maskan-crm-links.toml")
    ran = omnistudy(capfd, "crm", "links", demo, *shipped, "--records", "crm", "--format", "json", "--quiet")
    assert ran.code == 0, ran.err
    rows = ran.json["rows"]
    assert len({row["category"] for row in rows}) == 19
    assert all(row["grade"] in {"Q0", "Q1"} for row in rows)
    assert {refusal["code"] for row in rows for refusal in row["refusals"]} == {"no_cases", "role"}
    assert all(row["fit"] is None for row in rows)
    ict = next(row for row in rows if row["link"] == "ict-identity")
    assert (ict["value"], ict["of_interviews"]) == (0.5, 14)
    assert ran.json["provenance"]["synthetic"] is True
    written = omnistudy(capfd, "crm", "links", demo, *shipped, "--register", "register.json")
    assert (written.code, written.out) == (0, "")
    again = omnistudy(
        capfd,
        "crm",
        "links",
        demo,
        *shipped,
        "--records",
        "crm",
        "--registered",
        "register.json",
        "--format",
        "json",
    )
    assert again.json["registered"] == len(rows)


def test_the_funnel_speaks_json(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "funnel.csv"
    table.write_text("campaign,noticed,engaged,acted\nspring,1000,100,10\nautumn,,50,5\n", encoding="utf-8")
    ran = omnistudy(capfd, "crm", "funnel", table, "--format", "json")
    assert ran.code == 0, ran.err
    assert all(row["value"] is not None or row["reason"] for row in ran.json["rows"])
