"""crm maturity, readiness, ecrm, gap and funnel from the command line."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from command_line import omnistudy

ROOT = Path(__file__).resolve().parents[2]
EVENTS = "customer_id,ts,channel,event\n" + "".join(
    f"{f'c{at}' if at % 10 else ''},2024-01-{1 + at % 28:02d},{'app' if at % 2 else 'branch'},visit\n"
    for at in range(120)
)
MATURITY = "item,answer,evidence\nlevel.declared,omni,\nconsistency.look,yes,P01:481-646\n"
READINESS = "item,score,evidence\nstep.know_needs,3,P01:481-646\nstep.central_data,1,P01:1646-1819\n"
ECRM = "item,stage,evidence\nstage.services_hours,2,P03:4049-4213\n"
GAP = "stage,current,target,evidence_ref\npay,1,3,P01:481-646\n"
FUNNEL = "campaign,noticed,engaged,acted\nspring,1000,400,100\n"
CRM = """
[crm]
events = "crm/events.csv"
maturity = "crm/maturity.csv"
readiness = "crm/readiness.csv"
ecrm = "crm/ecrm.csv"
gap = "crm/gap.csv"
funnel = "crm/funnel.csv"
"""


@pytest.fixture(autouse=True)
def somewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "events.csv").write_text(EVENTS, encoding="utf-8")
    (tmp_path / "sheet.csv").write_text(MATURITY, encoding="utf-8")
    return tmp_path


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """The demonstration study with small records and sheets of its own."""
    kept = shutil.ignore_patterns("crm", "__pycache__")
    folder = tmp_path / "interviews" / "demo"
    shutil.copytree(ROOT / "interviews" / "maskan-demo", folder, ignore=kept)
    shutil.copytree(ROOT / "codebooks", tmp_path / "codebooks")
    settings = (folder / "study.toml").read_text(encoding="utf-8")
    without = re.sub(r"(?ms)^\[crm\].*?(?=^\[|\Z)", "", settings)
    (folder / "study.toml").write_text(without + CRM, encoding="utf-8")
    (folder / "crm").mkdir()
    sheets = {"maturity": MATURITY, "readiness": READINESS, "ecrm": ECRM, "gap": GAP, "funnel": FUNNEL}
    for name, text in {"events": EVENTS, **sheets}.items():
        (folder / "crm" / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("command", "keys"),
    [
        (
            "maturity",
            {"declared", "observed", "gap", "criteria", "traits", "checklists", "thresholds", "window"},
        ),
        ("readiness", {"steps", "mean", "weakest", "coverage", "kpis", "risks", "benefits", "claims"}),
        ("ecrm", {"cycles", "processes", "stages", "guard_rail", "lifecycle", "matrix"}),
    ],
)
def test_a_study_names_records_and_sheet(
    capfd: pytest.CaptureFixture[str], study: Path, command: str, keys: set[str]
) -> None:
    ran = omnistudy(capfd, "crm", command, study, "--format", "json")
    assert ran.code == 0, ran.err
    found = ran.json
    assert found["schema"] == f"omnistudy.crm-{command}/1"
    assert keys | {"sources", "tables", "summary", "provenance"} <= set(found)
    assert found["provenance"]["synthetic"] is True
    paths = [Path(one["path"]).name for one in found["provenance"]["inputs"]]
    assert {f"{command}.csv", "events.csv", "study.toml"} <= set(paths)
    assert len(paths) == len(set(paths))


def test_gap_and_funnel_take_a_study(capfd: pytest.CaptureFixture[str], study: Path) -> None:
    gap = omnistudy(capfd, "crm", "gap", study, "--format", "json")
    assert gap.code == 0, gap.err
    assert gap.json["stages"][0]["evidence"][0]["checked"] is True
    assert gap.json["provenance"]["synthetic"] is True
    funnel = omnistudy(capfd, "crm", "funnel", study, "--format", "json")
    assert {row["measure"]: row["value"] for row in funnel.json["rows"]}["engaged_per_noticed"] == 0.4
    assert omnistudy(capfd, "crm", "gap", study / "crm" / "gap.csv").code == 0


def test_a_bare_log_and_a_bare_sheet(capfd: pytest.CaptureFixture[str]) -> None:
    """One in ten events names nobody, all in the branch: .80 of 60 there."""
    log = omnistudy(
        capfd,
        "crm",
        "maturity",
        "events.csv",
        "--declared",
        "cross",
        "--central-record",
        "x.pdf",
        "--format",
        "json",
    )
    assert log.code == 0, log.err
    assert (log.json["declared"], log.json["observed"], log.json["gap"]) == ("cross", "multi", 1)
    assert log.json["first_failing"]["value"] == 0.8
    assert log.json["precondition"]["value"] == 1
    lower = omnistudy(
        capfd, "crm", "maturity", "events.csv", "--threshold", "identity_match=0.6", "--format", "json"
    )
    assert lower.json["first_failing"] is None
    assert lower.json["first_not_assessable"]["criterion"] == "duplicate_identity"
    sheet = omnistudy(capfd, "crm", "maturity", "sheet.csv", "--format", "json")
    assert (sheet.json["declared"], sheet.json["observed"], sheet.json["tables"]) == ("omni", None, [])
    both = omnistudy(
        capfd, "crm", "maturity", "--sheet", "sheet.csv", "--records", "events.csv", "--format", "json"
    )
    assert (both.json["declared"], both.json["observed"]) == ("omni", "multi")


@pytest.mark.parametrize("command", ["maturity", "readiness", "ecrm"])
@pytest.mark.parametrize("shape", [("--lang", "fa"), ("--format", "csv"), ("--format", "md"), ()])
def test_every_format_and_language(
    capfd: pytest.CaptureFixture[str], study: Path, command: str, shape: tuple[str, ...]
) -> None:
    ran = omnistudy(capfd, "crm", command, study, *shape)
    assert ran.code == 0, ran.err
    assert ran.out.strip()
    assert "{" not in ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["maturity", "events.csv", "--declared", "omnichannel"], "is not one of"),
        (["maturity", "events.csv", "--threshold", "continuty=0.5"], "Did you mean 'continuity'?"),
        (["maturity", "events.csv", "--threshold", "continuity"], "is not NAME=VALUE"),
        (["maturity", "events.csv", "--sheet", "shet.csv"], "Did you mean 'sheet.csv'?"),
        (["readiness", "sheet.csv"], "is an item of crm maturity"),
        (["readiness", "gap.csv"], "columns of a sheet for crm gap"),
        (["maturity", "nothing.csv"], "does not exist"),
        (["ecrm", "events.csv", "--cycle-start", "1999-01-01"], "outside the records"),
        (["gap", "sheet.csv"], "is not a column of this sheet"),
        (["maturity"], "no study"),
    ],
)
def test_bad_input_is_one_clear_error(
    capfd: pytest.CaptureFixture[str], somewhere: Path, arguments: list[str], words: str
) -> None:
    (somewhere / "gap.csv").write_text(GAP.replace("evidence_ref", "acceptable_min"), encoding="utf-8")
    ran = omnistudy(capfd, "crm", *arguments)
    assert ran.code == 2, ran.err
    assert words in ran.err
    assert ran.out == ""


def test_problems_are_json_too(capfd: pytest.CaptureFixture[str], somewhere: Path) -> None:
    (somewhere / "bad.csv").write_text("item,score\nstep.know_need,9\nstep.journey_map,9\n", encoding="utf-8")
    ran = omnistudy(capfd, "crm", "readiness", "bad.csv", "--format", "json")
    assert ran.code == 2
    assert ran.json["schema"] == "omnistudy.error/1"
    assert [(one["row"], one["column"]) for one in ran.json["problems"]] == [(2, "item"), (3, "score")]


def test_a_study_without_crm_says_what_to_add(capfd: pytest.CaptureFixture[str], study: Path) -> None:
    settings = (study / "study.toml").read_text(encoding="utf-8").replace(CRM, "")
    (study / "study.toml").write_text(settings, encoding="utf-8")
    ran = omnistudy(capfd, "crm", "readiness", study)
    assert ran.code == 2
    assert 'readiness = "crm/readiness.csv"' in ran.err
    ran = omnistudy(capfd, "crm", "gap", study)
    assert ran.code == 2
    assert 'gap = "crm/gap.csv"' in ran.err
