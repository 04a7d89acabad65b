"""The shell is offered commands, options, choices and the names that a study uses; quickly, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli_startup import HEAVY

from omnistudy.cli.completion import SOURCES
from omnistudy.cli.help_pages import PATH_OF_WORK
from omnistudy.cli.main import main

SCRIPT = """
import sys
from omnistudy.cli.main import app
sys.argv = ["omnistudy"]
try:
    app(prog_name="omnistudy")
finally:
    sys.stderr.write(" ".join(sorted({name.split(".")[0] for name in sys.modules})))
"""


def complete(line: str, folder: Path) -> tuple[list[str], set[str]]:
    """What Tab offers at the end of a line, and the packages that were imported for it."""
    words = line.split()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=folder,
        env={
            **os.environ,
            "_OMNISTUDY_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(len(words) - (not line.endswith(" "))),
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split(), set(done.stderr.split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("completion")
    assert (
        main(
            [
                "new",
                str(folder / "demo"),
                "--demo",
                "--quiet",
                "--output",
                str(folder.parent / f"{folder.name}.txt"),
            ]
        )
        == 0
    )
    (folder / "ratings.csv").write_text("unit,a,b\n", encoding="utf-8")
    (folder / "notes").mkdir()
    broken = folder / "broken"
    broken.mkdir()
    (broken / "study.toml").write_text("[study\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("omnistudy agree", ["agreement"]),
        ("omnistudy crm m", ["metrics", "maturity"]),
        ("omnistudy agreement --lev", ["--level"]),
        ("omnistudy agreement --level ", ["code", "subcategory", "category"]),
        ("omnistudy agreement demo --ci k", ["kalpha"]),
        ("omnistudy check --format j", ["json"]),
        ("omnistudy check de", ["demo"]),
        ("omnistudy agreement rat", ["ratings.csv"]),
        ("omnistudy import x.qdpx --into de", ["demo"]),
        ("omnistudy agreement demo --coefficient conger", ["conger_kappa"]),
        ("omnistudy agreement demo --by overall,pa", ["overall,pair"]),
        ("omnistudy run demo --to html,d", ["html,docx"]),
        ("omnistudy export demo --to ", ["qdpx", "qdc", "csv", "xlsx", "reference"]),
        ("omnistudy codes demo --quotes --interview P1", [f"P{n}" for n in range(10, 15)]),
        ("omnistudy codes demo --quotes --code known-", ["known-clerk-trust"]),
        ("omnistudy codes demo --quotes --coder ", ["c1", "consensus", "c2", "c3"]),
        ("omnistudy codes demo --attribute role_", ["role_group"]),
        ("omnistudy codes demo/study.toml --quotes --interview P14", ["P14"]),
        ("omnistudy compare demo --reference ", ["maskan-bank"]),
        ("omnistudy crm metrics demo --metric nps_", ["nps_weighted"]),
        ("omnistudy explain krip", ["krippendorff_alpha"]),
        ("omnistudy explain --schema crm-c", ["crm-clv"]),
    ],
)
def test_values_are_offered(line: str, offered: list[str], folder: Path) -> None:
    found, loaded = complete(line, folder)
    assert found == offered
    assert "typer" in loaded
    assert loaded & HEAVY == set()


def test_names_that_stand_elsewhere_too_are_all_offered() -> None:
    """What completion writes out, because the tables themselves are slow to import, is what they hold."""
    from omnistudy.agreement.options import SCOPES
    from omnistudy.agreement.ratings.weights import WEIGHT_SETS

    assert set(SOURCES["by"](None, "")) == set(SCOPES)
    assert set(SOURCES["weights"](None, "")) == set(WEIGHT_SETS)


def test_all_commands_are_offered(folder: Path) -> None:
    found, _ = complete("omnistudy ", folder)
    assert sorted(found) == sorted(name for _, names in PATH_OF_WORK for name in names)


@pytest.mark.parametrize(
    "line",
    [
        "omnistudy codes broken --quotes --interview ",  # a study.toml that is none
        "omnistudy codes nowhere --quotes --code ",
        "omnistudy agreement nowh",  # files are left to the shell
        "omnistudy agreement demo --ratings ra",
        "omnistudy agreement demo --resamples ",
    ],
)
def test_nothing_is_offered_and_nothing_is_said(line: str, folder: Path) -> None:
    assert complete(line, folder)[0] == []


@pytest.mark.parametrize(
    ("shell", "line"), [("bash", "complete -o"), ("zsh", "compdef"), ("fish", "complete ")]
)
def test_the_script_of_a_shell_is_printed(shell: str, line: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=tmp_path,
        env={**os.environ, "_OMNISTUDY_COMPLETE": f"source_{shell}"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert line in done.stdout
    assert "_OMNISTUDY_COMPLETE" in done.stdout


@pytest.mark.parametrize(
    ("shell", "file"),
    [
        ("bash", ".bash_completions/omnistudy.sh"),
        ("zsh", ".zfunc/_omnistudy"),
        ("fish", ".config/fish/completions/omnistudy.fish"),
    ],
)
def test_the_script_is_installed(shell: str, file: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "omnistudy", "--install-completion", shell],
        env={
            **os.environ,
            "HOME": str(tmp_path),
            "USERPROFILE": str(tmp_path),
            "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1",
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    script = "omnistudy" if "-m" in Path(sys.argv[0]).name else file
    assert (tmp_path / script).is_file() or "completion installed" in done.stdout
