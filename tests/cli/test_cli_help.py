"""Every command's help is a page: files, options in groups, examples that run, exit codes, related commands."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import omnistudy
from help_inputs import make_inputs
from typer.main import get_command

from omnistudy.cli.help_command import _ELSEWHERE, _GROUPS
from omnistudy.cli.help_pages import GROUP_SHORT, HELP_PAGES, PATH_OF_WORK
from omnistudy.cli.main import app

ROOT: Any = get_command(app)


def leaves(command: Any = ROOT, path: str = "") -> Iterator[tuple[str, Any]]:
    for name, inner in command.commands.items():
        here = f"{path} {name}".strip()
        if hasattr(inner, "commands"):
            yield from leaves(inner, here)
        else:
            yield here, inner


COMMANDS = dict(leaves())
EXAMPLES = [command for page in HELP_PAGES.values() for command, _ in page.examples]


def test_every_command_has_a_page_and_every_page_a_command() -> None:
    assert set(HELP_PAGES) == set(COMMANDS), (
        "every command has a row in cli/help_pages.py or help_pages_crm.py"
    )
    assert set(GROUP_SHORT) == {name for name, inner in ROOT.commands.items() if hasattr(inner, "commands")}


def test_the_list_of_commands_follows_the_path_of_work(capfd: pytest.CaptureFixture[str]) -> None:
    placed = [name for _, names in PATH_OF_WORK for name in names]
    assert sorted(placed) == sorted(ROOT.commands), "every command has its place in PATH_OF_WORK"
    ran = omnistudy(capfd, "--help")
    assert ran.code == 0
    listed = re.findall(r"^  ([a-z]+)  +\S", ran.out, flags=re.MULTILINE)
    assert listed == placed
    headings = [title for title, _ in PATH_OF_WORK]
    assert re.findall(r"^(\S.*):$", ran.out, flags=re.MULTILINE) == [
        "Options",
        *headings,
        "Try it",
        "Exit codes",
    ]
    assert "..." not in ran.out.split("\n", 1)[1], "no description is cut"


@pytest.mark.parametrize("command", sorted(GROUP_SHORT))
def test_a_group_lists_its_commands_with_their_short_help(
    capfd: pytest.CaptureFixture[str], command: str
) -> None:
    ran = omnistudy(capfd, command, "--help")
    assert ran.code == 0
    for path, page in HELP_PAGES.items():
        if path.startswith(f"{command} "):
            assert re.search(rf"^  {path.split()[1]} +{re.escape(page.short)}$", ran.out, flags=re.MULTILINE)
    assert f" {command} COMMAND --help" in ran.out


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_help_is_a_page(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ran = omnistudy(capfd, *command.split(), "--help")
    assert ran.code == 0
    sections = re.findall(r"^(\S.*):$", ran.out, flags=re.MULTILINE)
    assert sections[-5:] == ["Output", "Files", "Examples", "Exit codes", "See also"]
    page = HELP_PAGES[command]
    assert 1 <= len(page.examples) <= 5
    for example, meaning in page.examples:
        assert f"  {example}\n      {meaning}\n" in ran.out
        assert example.startswith(f"omnistudy {command} ") or example == f"omnistudy {command}"
        assert len(example) <= 96
    codes = [int(code) for code in re.findall(r"^  (\d+) +\S", ran.out, flags=re.MULTILINE)]
    assert codes == [0, *([1] if page.missed else []), 2, 3, 130]
    long = [line for line in ran.out.splitlines() if len(line) > 80 and line.strip() not in EXAMPLES]
    assert [line for line in long if not re.match(r"^  --\S+ \S+$", line)] == []
    assert not re.search(r"\[\[", ran.out)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_parameter_is_in_the_help_once(capfd: pytest.CaptureFixture[str], command: str) -> None:
    out = omnistudy(capfd, *command.split(), "--help").out
    first = re.search(r"^\S.*:$", out, flags=re.MULTILINE)
    assert first is not None
    out = out[first.start() : out.index("\nFiles:")]
    for param in COMMANDS[command].params:
        if param.param_type_name == "option":
            name = max(param.opts, key=len)
            assert len(re.findall(rf"^  (?:-\w, )?{name}\b(?!-)", out, flags=re.MULTILINE)) == 1, name


def test_groups_of_options_name_options_that_exist() -> None:
    known = {str(param.name) for command in COMMANDS.values() for param in command.params}
    grouped = [name for names in _GROUPS.values() for name in names]
    assert len(grouped) == len(set(grouped))
    assert set(grouped) - known == {"help", "version"}
    for command, name in _ELSEWHERE:
        assert name in {str(param.name) for param in COMMANDS[command].params}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_related_commands_exist(capfd: pytest.CaptureFixture[str], command: str) -> None:
    see = HELP_PAGES[command].see
    assert see
    for other in see:
        if other.startswith("explain "):
            assert omnistudy(capfd, *shlex.split(other), "--quiet").code == 0, other
        else:
            assert other in COMMANDS
            assert other != command


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_a_command_line_that_parses(example: str) -> None:
    words = shlex.split(example)
    assert words[0] == "omnistudy"
    context, command, rest = None, ROOT, words[1:]
    while hasattr(command, "commands"):
        context = command.make_context("omnistudy", [rest[0]], parent=context, ignore_unknown_options=True)
        command, rest = command.commands[rest[0]], rest[1:]
    assert command.make_context(words[1], rest, parent=context).args == []


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_inputs(tmp_path_factory.mktemp("examples"))


BEFORE = {
    "verify": ("report my-study --to md --quiet",),
    "freeze": ("freeze my-study --quiet",),
}
"""Commands without which an example has nothing to look at."""


RUNNABLE = {
    command: examples
    for command, page in HELP_PAGES.items()
    if (examples := [line for line, _ in page.examples if line != f"omnistudy {command} my-study"])
}
"""Examples but those that only name the study: on the demonstration test_cli_schemas.py runs those."""


@pytest.mark.slow
@pytest.mark.parametrize("command", [name for name in RUNNABLE if name != "run"])
def test_the_examples_run(
    capfd: pytest.CaptureFixture[str],
    inputs: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    """The examples of ``run`` are those of ``report``, and the README's test runs it."""
    folder = tmp_path / "examples"
    if command == "new":
        folder.mkdir()
    else:
        shutil.copytree(inputs, folder)
    monkeypatch.chdir(folder)
    for line in BEFORE.get(command, ()):
        assert omnistudy(capfd, *shlex.split(line)).code == 0
    for example in RUNNABLE[command]:
        before = set(folder.rglob("*"))
        ran = omnistudy(capfd, *shlex.split(example)[1:])
        assert ran.code == 0, f"{example}\n{ran.err}\n{ran.out[-500:]}"
        written = {path.relative_to(folder).as_posix() for path in set(folder.rglob("*")) - before}
        named = set(re.findall(r"--(?:output|sheet|plot|diagram|register) (\S+)", example))
        if HELP_PAGES[command].writes.startswith("nothing"):
            assert written == named, example
        assert all((folder / name).stat().st_size for name in named)
