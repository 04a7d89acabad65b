"""The command line of `paradigm`: diagram files by suffix, proposals and storyline in JSON."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import omnistudy
from lxml import etree

SPACE = {"g": "http://graphml.graphdrawing.org/xmlns"}


def test_the_diagram_is_written_by_its_suffix(
    demo: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    found = {}
    for suffix in ("svg", "dot", "graphml"):
        path = tmp_path / f"model.{suffix}"
        ran = omnistudy(capfd, "paradigm", demo, "--resamples", 0, "--diagram", path, "--format", "json")
        assert ran.code == 0
        found[suffix] = path.read_text(encoding="utf-8")
    drawn = {node["id"] for node in ran.json["nodes"]}
    assert etree.fromstring(found["svg"].encode()).tag.endswith("svg")
    assert all(f'"{node}" [label=' in found["dot"] for node in drawn)
    root = etree.fromstring(found["graphml"].encode())
    assert {node.get("id") for node in root.iterfind(".//g:node", SPACE)} >= drawn
    assert len(root.findall(".//g:edge", SPACE)) == len(ran.json["edges"])
    # The watermark of synthetic data goes with every file.
    assert all("SYNTHETIC" in text for text in found.values())


def test_persian_files_speak_persian(demo: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "model.dot"
    assert omnistudy(capfd, "paradigm", demo, "--lang", "fa", "--diagram", path).code == 0
    text = path.read_text(encoding="utf-8")
    assert "rankdir=RL" in text
    assert "ساختگی" in text
    assert not set(text) & set("\u2066\u2067\u2068\u2069")


def test_an_unknown_suffix_is_refused_and_nothing_is_written(
    demo: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "model.pdf"
    ran = omnistudy(capfd, "paradigm", demo, "--diagram", path)
    assert ran.code == 2
    assert ".graphml" in ran.err
    assert not path.exists()


def test_what_is_proposed_is_apart_from_what_is_recorded(
    demo: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    found = omnistudy(capfd, "paradigm", demo, "--resamples", 0, "--format", "json").json
    recorded = {frozenset((edge["source_node"], edge["target_node"])) for edge in found["edges"]}
    assert all(frozenset((row["first"], row["second"])) not in recorded for row in found["proposals"])
    assert found["storyline"][0]["part"] == "phenomenon"
    assert all(line["skeleton"].endswith("____") for line in found["storyline"])
    assert {row["kind"] for row in found["left_out"]} == {"interview", "coder"}
    assert found["conditional_matrix"] == []
