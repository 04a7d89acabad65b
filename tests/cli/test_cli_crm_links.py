"""crm links on the command line: registration in study.toml, export of the joint display, Persian."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from command_line import omnistudy

LINK = """[register]
reference = "maskan-bank"

[[links]]
id = "one"
category = "ict"
metric = "identity_match"
role = "effect"
direction = "+"
"""
EVENTS = "customer_id,ts,channel,event\n1,2024-01-01,app,x\n,2024-01-02,branch,x\n"


@pytest.fixture
def own(demo: Path, repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo study in a place of its own, with records and one link."""
    study = tmp_path / "interviews" / "maskan-demo"
    shutil.copytree(demo, study, ignore=shutil.ignore_patterns("crm"))
    shutil.copytree(repository / "codebooks", tmp_path / "codebooks")
    (study / "crm").mkdir()
    (study / "crm" / "events.csv").write_text(EVENTS, encoding="utf-8")
    (study / "links.toml").write_text(LINK, encoding="utf-8")
    settings = study / "study.toml"
    text = re.sub(r"\n\[crm\][^\[]*", "\n", settings.read_text(encoding="utf-8"))
    text += '\n[crm]\nevents = "crm/events.csv"\nlinks = "links.toml"\nregistered = "registered.json"\n'
    settings.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return study


def test_study_toml_names_what_was_registered(own: Path, capfd: pytest.CaptureFixture[str]) -> None:
    kept = own / "registered.json"
    assert omnistudy(capfd, "crm", "links", own, "--register", kept, "--quiet").code == 0
    ran = omnistudy(capfd, "crm", "links", own, "--format", "json", "--quiet")
    assert ran.code == 0, ran.err
    assert ran.json["registered"] == 1
    assert any(file["path"].endswith("registered.json") for file in ran.json["provenance"]["inputs"])
    # The analyst's words come later and change nothing; another direction is another link.
    links = own / "links.toml"
    links.write_text(LINK + 'fit = "confirm"\nmeta_inference = "Seen in both."\n', encoding="utf-8")
    assert omnistudy(capfd, "crm", "links", own, "--format", "json", "--quiet").json["registered"] == 1
    links.write_text(LINK.replace('"+"', '"-"'), encoding="utf-8")
    assert omnistudy(capfd, "crm", "links", own, "--format", "json", "--quiet").json["registered"] == 0


def registered(own: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert omnistudy(capfd, "crm", "links", own, "--register", own / "registered.json", "--quiet").code == 0


@pytest.mark.parametrize("suffix", [".md", ".html", ".csv"])
def test_the_joint_display_waits_for_meta_inferences(
    own: Path, capfd: pytest.CaptureFixture[str], suffix: str
) -> None:
    registered(own, capfd)
    target = Path(f"display{suffix}")
    refused = omnistudy(capfd, "crm", "links", own, "--export", target, "--quiet")
    assert refused.code == 2
    assert "meta_inference" in refused.err
    assert not target.exists()
    links = own / "links.toml"
    links.write_text(LINK + 'meta_inference = "This causes that."\n', encoding="utf-8")
    assert omnistudy(capfd, "crm", "links", own, "--export", target, "--quiet").code == 2
    links.write_text(LINK + 'fit = "expand"\nmeta_inference = "Both point the same way."\n', encoding="utf-8")
    ran = omnistudy(capfd, "crm", "links", own, "--export", target, "--quiet")
    assert ran.code == 0, ran.err
    text = target.read_text(encoding="utf-8")
    assert "Both point the same way." in text
    assert "Identity match" in text
    assert "SYNTHETIC" in text


def test_the_display_has_no_other_formats(own: Path, capfd: pytest.CaptureFixture[str]) -> None:
    registered(own, capfd)
    ran = omnistudy(capfd, "crm", "links", own, "--export", "display.pdf", "--quiet")
    assert ran.code == 2
    assert ".md, .html, .csv" in ran.err


def test_names_are_those_of_the_reference_in_the_readers_language(
    own: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    registered(own, capfd)
    ran = omnistudy(capfd, "crm", "links", own, "--format", "md", "--lang", "fa", "--quiet")
    assert ran.code == 0, ran.err
    assert "فناوری اطلاعات و ارتباطات" in ran.out
    english = omnistudy(capfd, "crm", "links", own, "--format", "json", "--quiet").json["rows"][0]
    assert english["category_label"] == "Information and communication technology"
    assert english["metric_title"] == "Identity match"


def test_a_missing_registration_is_an_error(own: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "crm", "links", own, "--quiet")
    assert ran.code == 2
    assert "registered.json" in ran.err
