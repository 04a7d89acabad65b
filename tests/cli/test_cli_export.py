"""export to other programs through the command line."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from command_line import omnistudy

from omnistudy.cli.export_command import FILE_TARGETS
from omnistudy.formats.targets import EXPORT_TARGETS


def test_the_targets_are_those_of_the_table() -> None:
    assert [target.name for target in EXPORT_TARGETS] == list(FILE_TARGETS)


@pytest.mark.parametrize("target", FILE_TARGETS)
def test_every_target_is_written_and_reported(
    capfd: pytest.CaptureFixture[str], demo: Path, tmp_path: Path, target: str
) -> None:
    file = tmp_path / f"demo.{target}"
    ran = omnistudy(capfd, "export", demo, "--to", target, "--output", file, "--format", "json")
    assert ran.code == 0
    assert ran.json["schema"] == "omnistudy.export/1"
    assert ran.json["target"] == target
    assert ran.json["provenance"]["synthetic"] is True
    assert ran.json["written"]["codes" if target == "qdc" else "codings"] > 0
    assert all(set(item) == {"what", "count", "why"} for item in ran.json["left_out"])
    first = file.read_bytes()
    assert omnistudy(capfd, "export", demo, "--to", target, "--output", file).code == 0
    assert file.read_bytes() == first


def test_the_default_place_is_the_folder_of_reports(
    capfd: pytest.CaptureFixture[str], demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert omnistudy(capfd, "export", demo, "--to", "qdc").code == 0
    assert (tmp_path / "reports" / "maskan-demo" / "maskan-demo.qdc").is_file()


def test_for_nvivo(capfd: pytest.CaptureFixture[str], demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "n.qdpx"
    assert omnistudy(capfd, "export", demo, "--to", "qdpx", "--for", "nvivo", "-o", file).code == 0
    with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
        assert archive.namelist()[0] == "project.qde"
        text = archive.read(archive.namelist()[1])
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.count(b"\r\n") == text.count(b"\n") > 0


@pytest.mark.parametrize(
    "arguments", [("--to", "csv", "--for", "nvivo"), ("--to", "qdpy"), ("--to", "qdpx", "--for", "word")]
)
def test_wrong_uses_are_refused(
    capfd: pytest.CaptureFixture[str], demo: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert omnistudy(capfd, "export", demo, *arguments, "-o", tmp_path / "x").code == 2
    assert not list(tmp_path.iterdir())
