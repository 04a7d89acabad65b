"""The commands that README shows print what README shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).resolve().parent.parent / "README.md"
WIDE = {**os.environ, "COLUMNS": "100"}  # README shows a terminal of 100 columns
HEAD = re.compile(r" \| head -(\d+)$")
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def sessions(text: str) -> list[tuple[str, str]]:
    """Every command of the console blocks with the output shown under it."""
    found = []
    for block in BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            found.append((command, shown))
    return found


def runnable(command: str) -> list[str] | None:
    """The omnistudy call of a command line, or None for the one that runs these very tests."""
    last = HEAD.sub("", command.rsplit(" && ", maxsplit=1)[-1]).split()
    if last[0].endswith("pytest"):
        return None
    assert last[0].split("/")[-1] == "omnistudy", command
    return [sys.executable, "-m", "omnistudy", *last[1:]]


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Path:
    """A folder that looks like a clone to the commands."""
    folder = tmp_path_factory.mktemp("clone")
    shutil.copytree(repository / "interviews", folder / "interviews")
    shutil.copytree(repository / "codebooks", folder / "codebooks")
    return folder


def test_the_commands_print_what_the_readme_shows(workplace: Path, request: pytest.FixtureRequest) -> None:
    text = README.read_text(encoding="utf-8")
    outputs = []
    for command, shown in sessions(text):
        call = runnable(command)
        if call is None:
            outputs.append((command, shown))
            continue
        done = subprocess.run(
            call, cwd=workplace, capture_output=True, text=True, encoding="utf-8", env=WIDE, check=False
        )
        assert done.returncode == 0, done.stderr
        outputs.append((command, _first_lines(command, done.stdout)))
    expected = BLOCK.sub(lambda block: _with_outputs(block.group(1), outputs), text)
    if request.config.getoption("--rewrite-readme"):
        README.write_text(expected, encoding="utf-8")
    assert expected == README.read_text(encoding="utf-8"), "run: just readme"


def _first_lines(command: str, output: str) -> str:
    """Return what a pipe to ``head`` leaves of an output."""
    cut = HEAD.search(command)
    return output if cut is None else "".join(output.splitlines(keepends=True)[: int(cut[1])])


def _with_outputs(block: str, outputs: list[tuple[str, str]]) -> str:
    commands = re.findall(r"^\$ (.*)$", block, flags=re.MULTILINE)
    by_command = dict(outputs)
    return "```console\n" + "".join(f"$ {c}\n{by_command[c]}" for c in commands) + "```"


def test_the_first_two_commands_install_and_test() -> None:
    first, second = [command for command, _ in sessions(README.read_text(encoding="utf-8"))[:2]]
    assert "pip install" in first
    assert first.endswith("omnistudy run interviews/maskan-demo")
    assert "pytest" in second
