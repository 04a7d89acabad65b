"""The wheel is built once and tried where there is no source tree: what a pip user has must be enough."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import venv
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

from omnistudy import __version__
from omnistudy.study.demonstration import demonstration_study

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "omnistudy"
LARGEST = 8_000_000
"""Bytes; of them three and a half million are the customer records of the demonstration study."""

pytestmark = pytest.mark.slow


def run(*call: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program as a user would: without this process's paths."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [str(word) for word in call],
        cwd=cwd,
        env={**kept, "PYTHONUTF8": "1", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def distributions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the source archive; the build backend is one of the developers' packages."""
    folder = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "hatchling", "build", "-d", folder, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def wheel(distributions: Path) -> Path:
    (found,) = distributions.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    with ZipFile(wheel) as archive:
        return archive.namelist()


def test_the_wheel_holds_the_package_and_its_data_and_nothing_else(names: list[str]) -> None:
    source = {
        path.relative_to(ROOT).as_posix()
        for path in PACKAGE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    codebooks = {f"omnistudy/codebooks/{path.name}" for path in (ROOT / "codebooks").iterdir()}
    demo = {
        f"omnistudy/interviews/maskan-demo/{name}"
        for name in demonstration_study()
        if not name.startswith("codebooks/")
    }
    info = f"omnistudy-{__version__}.dist-info"
    about = {
        f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE")
    }
    assert sorted(names) == sorted(source | codebooks | demo | about)
    assert {Path(name).suffix for name in source} <= {
        *(".py", ".json", ".po", ".css", ".js", ".j2", ".xsd", ".md", ".txt", ".csv", ".typed"),
    }


def test_the_wheel_is_small_and_the_same_anywhere(wheel: Path) -> None:
    assert wheel.name == f"omnistudy-{__version__}-py3-none-any.whl"
    assert wheel.stat().st_size < LARGEST


def test_the_record_of_the_wheel_is_true(wheel: Path, names: list[str]) -> None:
    with ZipFile(wheel) as archive:
        record = archive.read(next(name for name in names if name.endswith("/RECORD"))).decode("utf-8")
        rows = {name: (digest, size) for name, digest, size in csv.reader(io.StringIO(record))}
        assert sorted(rows) == sorted(names)
        for name, (digest, size) in rows.items():
            if not name.endswith("/RECORD"):
                data = archive.read(name)
                hashed = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
                assert (digest, size) == (f"sha256={hashed}", str(len(data)))


def test_the_metadata_says_what_an_index_wants_to_know(wheel: Path, names: list[str]) -> None:
    with ZipFile(wheel) as archive:
        text = archive.read(next(name for name in names if name.endswith("/METADATA"))).decode("utf-8")
        entries = archive.read(next(name for name in names if name.endswith("entry_points.txt"))).decode()
    metadata = Parser().parsestr(text)
    assert metadata["Name"] == "omnistudy"
    assert metadata["Version"] == __version__
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "GPL-3.0-or-later"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload() == (ROOT / "README.md").read_text(encoding="utf-8")
    assert metadata["Summary"]
    assert set(metadata.get_all("Provides-Extra") or ()) == {"dev", "spark"}
    assert re.findall(r"^omnistudy = (.+)$", entries, flags=re.MULTILINE) == ["omnistudy.cli.main:run"]


def test_the_source_archive_holds_what_makes_the_wheel_and_no_leftovers(distributions: Path) -> None:
    (archive,) = distributions.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        inside = {name.partition("/")[2] for name in opened.getnames()}
    top = {name.partition("/")[0] for name in inside}
    assert {"omnistudy", "codebooks", "interviews", "tests", "pyproject.toml", "README.md", "LICENSE"} <= top
    assert {name for name in inside if name.startswith("reports/")} <= {"reports/README.md"}
    stray = re.compile(r"__pycache__|\.pyc$|\.(?:git|ci|venv|hypothesis|mypy_cache|ruff_cache|pytest_cache)/")
    assert [name for name in inside if stray.search(name)] == []


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of an environment with the wheel and the other packages of this one, but no source tree.

    The other packages come by a path file, in which the path files of this environment, and so an
    editable installation, are not read.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / "python"
    site = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder)
    packages = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(site.stdout.strip(), "packages.pth").write_text("\n".join(sorted(packages)), encoding="utf-8")
    done = run(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--no-deps",
        "--no-index",
        wheel,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    return scripts


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    return tmp_path


def test_the_installed_package_is_not_the_source_tree(installed: Path, elsewhere: Path) -> None:
    script = (
        "import json, sys, importlib.metadata as m, importlib.resources as r, omnistudy\n"
        "print(json.dumps([omnistudy.__file__, sys.path, m.version('omnistudy'),"
        " r.files('omnistudy').joinpath('py.typed').is_file()]))"
    )
    file, paths, version, typed = json.loads(run(installed / "python", "-c", script, cwd=elsewhere).stdout)
    assert Path(file).is_relative_to(installed.parent)
    assert not [path for path in paths if path and Path(path).resolve() == ROOT]
    assert (version, typed) == (__version__, True)


def test_the_command_and_the_module_are_one(installed: Path, elsewhere: Path) -> None:
    for call in ([installed / "omnistudy"], [installed / "python", "-m", "omnistudy"]):
        done = run(*call, "--version", cwd=elsewhere)
        assert (done.returncode, done.stdout) == (0, f"omnistudy {__version__}\n")
        assert run(*call, "check", "nowhere", cwd=elsewhere).returncode == 2


def test_every_command_has_its_help(installed: Path, elsewhere: Path) -> None:
    script = (
        "import sys\n"
        "from omnistudy.cli.help_pages import HELP_PAGES\n"
        "from omnistudy.cli.main import main\n"
        "lines = [[], *(name.split() for name in HELP_PAGES)]\n"
        "sys.exit(max(main([*line, '--help']) for line in lines))"
    )
    done = run(installed / "python", "-c", script, cwd=elsewhere)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("Usage: ") == done.stdout.count("Exit codes:")
    assert done.stdout.count("Usage: ") > 30


def test_a_user_without_the_repository_can_do_all_of_it(installed: Path, elsewhere: Path) -> None:
    def omnistudy(line: str) -> str:
        done = run(installed / "omnistudy", *line.split(), cwd=elsewhere)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        return done.stdout

    omnistudy("new demo --demo")
    assert '"problems": []' in omnistudy("check demo --format json")
    assert "maskan-bank" in omnistudy("run demo --to html,docx,md --lang fa --quiet")
    written = {path.name for path in (elsewhere / "reports" / "maskan-demo").rglob("*")}
    assert {"report.html", "report.docx", "report.md", "manifest.json"} <= written
    omnistudy("export demo --to qdpx --output demo.qdpx")
    omnistudy("new mine --reference maskan-bank --language fa")
    imported = json.loads(omnistudy("import demo.qdpx --into mine --format json"))
    assert imported["verified"]
    omnistudy("check mine")
    omnistudy("compare demo --resamples 20 --reference maskan-bank")
    assert "crm-clv" in omnistudy("explain --schema all")
    assert "آلفا" in omnistudy("explain krippendorff_alpha --lang fa")
    assert sorted(path.name for path in elsewhere.iterdir()) == ["demo", "demo.qdpx", "mine", "reports"]
