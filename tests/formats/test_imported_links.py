"""Links and memos of an imported project: what becomes a relation, its evidence, or only a proposal."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from refi_builder import ATLASTI, MAXQDA, QUOTES, TEXT, Project, Way, guid

from omnistudy.cli.main import main
from omnistudy.formats.into_study.existing import existing_study
from omnistudy.formats.into_study.growth import into_study
from omnistudy.formats.refi.project_writer import export_qdpx
from omnistudy.formats.registry import read_project
from omnistudy.study.load import load_study
from omnistudy.study.scaffold import new_study

CODES = {"bank": "code bank", "queue": "code queue", "trust": "code trust", "anger": "code anger"}
MORE_CODES = "".join(
    f'<Code guid="{guid(CODES[name])}" name="{label}" isCodable="true"/>'
    for name, label in (("trust", "اعتماد"), ("anger", "خشم"))
)
SELECTION = guid("selection" + QUOTES[0] + "سارارضا")


def note(name: str, text: str) -> str:
    return f'<Note guid="{guid(name)}" name="{name}"><PlainTextContent>{text}</PlainTextContent></Note>'


def link(name: str, ends: tuple[str, str], *, label: str = "", direction: str = "", notes: str = "") -> str:
    attributes = f' name="{label}"' if label else ""
    attributes += f' direction="{direction}"' if direction else ""
    return (
        f'<Link guid="{guid(name)}"{attributes} originGUID="{ends[0]}" targetGUID="{ends[1]}">{notes}</Link>'
    )


def code(name: str) -> str:
    return guid(CODES[name])


def project(way: Way) -> Project:
    reference = f'<NoteRef targetGUID="{guid("on the link")}"/>'
    links = (
        link("l1", (code("bank"), code("queue")), label="is cause of", direction="OneWay", notes=reference),
        # a memo that also stands at a quotation brings it along, whatever order the links come in
        link("l2", (guid("on the link"), SELECTION)),
        link("l3", (code("trust"), code("queue")), label="is associated with", direction="Associative"),
        link("l4", (guid("two codes"), code("trust"))),
        link("l5", (guid("two codes"), code("anger"))),
        link("l6", (guid("two codes"), SELECTION)),
        link("l7", (guid("three codes"), code("trust"))),
        link("l8", (guid("three codes"), code("bank"))),
        link("l9", (guid("three codes"), code("anger"))),
        link("l10", (code("anger"), code("bank")), label="contradicts", direction="OneWay"),
    )
    notes = note("on the link", "صف") + note("two codes", "خشم و اعتماد") + note("three codes", "x")
    built = Project(
        way, parts={"Notes": f"<Notes>{notes}</Notes>", "Links": f"<Links>{''.join(links)}</Links>"}
    )
    built.more_codes = MORE_CODES
    return built


@pytest.fixture(params=[ATLASTI, MAXQDA], ids=["ATLAS.ti", "MAXQDA"])
def study(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    file = project(request.param).write(tmp_path / "علی.qdpx")
    folder = tmp_path / "s"
    assert main(["new", str(folder), "--language", "fa", "-q"]) == 0
    assert main(["import", str(file), "--into", str(folder), "-q", "--output", str(tmp_path / "o")]) == 0
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def paradigm(folder: Path, capfd: pytest.CaptureFixture[str]) -> Any:
    capfd.readouterr()
    assert main(["paradigm", str(folder), "--format", "json", "--resamples", "0", "-q"]) == 0
    return json.loads(capfd.readouterr().out)


def test_links_between_codes_become_relations_that_name_their_file(study: Path) -> None:
    found = {(row["source"], row["target"]): row for row in rows(study / "relations.csv")}
    labels = {row["id"]: row["label"] for row in rows(study / "codebook.csv")}
    named = {(labels[a], labels[b]): row for (a, b), row in found.items()}
    assert set(named) == {("بانک", "صف"), ("اعتماد", "صف"), ("خشم", "بانک")}
    assert {row["origin"] for row in found.values()} == {"link: علی.qdpx"}
    start = TEXT.index(QUOTES[0])
    memos = {row["id"]: row for row in rows(study / "memos.csv")}
    memo, quotation = named["بانک", "صف"]["evidence"].split(";")
    assert memos[memo]["target"] == "relation"
    assert quotation.endswith(f":{start}-{start + len(QUOTES[0])}")
    assert named["خشم", "بانک"]["evidence"] == ""
    assert named["اعتماد", "صف"]["direction"] == "associative"


def test_status_follows_the_evidence_and_memos_only_propose(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    found = paradigm(study, capfd)
    edges = {
        (edge["source"], edge["target"]): (edge["status"], edge["direction"], edge["origin"])
        for edge in found["edges"]
    }
    assert edges == {
        ("بانک", "صف"): ("evidenced", "oneway", "link"),
        ("اعتماد", "صف"): ("asserted", "associative", "link"),
        ("خشم", "بانک"): ("asserted", "oneway", "link"),
    }
    assert {edge["origin_of"] for edge in found["edges"]} == {"علی.qdpx"}
    proposed = [({row["first"], row["second"]}, row["basis"]) for row in found["linked_proposals"]]
    # Three codes name no pair, and the recorded arrows are no proposals.
    assert proposed == [({"اعتماد", "خشم"}, "memo"), ({"اعتماد", "دسته"}, "link")]
    by_memo = found["linked_proposals"][0]
    assert by_memo["memos"]
    assert len(by_memo["places"]) == 1
    assert not by_memo["recorded"]
    rules = {finding["rule"] for finding in found["lint"]}
    assert {"link_without_direction", "arrow_without_evidence"} <= rules


def test_a_proposal_becomes_an_arrow_only_when_somebody_writes_it(
    study: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    before = paradigm(study, capfd)
    proposal = before["linked_proposals"][0]
    path = study / "relations.csv"
    header = path.read_text(encoding="utf-8").split("\n", 1)[0].split(",")
    new = {
        "source": proposal["first"],
        "target": proposal["second"],
        "origin": f"memo: {proposal['memos'][0]}",
        "evidence": proposal["memos"][0],
    }
    with path.open("a", encoding="utf-8") as stream:
        stream.write(",".join(new.get(column, "") for column in header) + "\n")
    after = paradigm(study, capfd)
    assert len(after["edges"]) == len(before["edges"]) + 1
    assert after["edges"][-1]["origin"] == "memo"
    assert after["edges"][-1]["origin_of"] == proposal["memos"][0]
    assert after["edges"][-1]["status"] == "evidenced"
    assert [row["basis"] for row in after["linked_proposals"]] == ["link"]


def test_the_same_file_again_adds_nothing_and_an_export_keeps_the_origin(study: Path, tmp_path: Path) -> None:
    file = tmp_path / "علی.qdpx"
    assert into_study([read_project(file)], existing_study(study)).files == {}
    loaded = load_study(study)
    (tmp_path / "own.qdpx").write_bytes(export_qdpx(loaded).data)
    folder = tmp_path / "back"
    for path, content in new_study("s", "fa").items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    for path, content in into_study(
        [read_project(tmp_path / "own.qdpx")], existing_study(folder)
    ).files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    assert set(load_study(folder).relations) == set(loaded.relations)
