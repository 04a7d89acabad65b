"""The functions that the package's docstring names are documented, and their examples are true."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import omnistudy
from omnistudy.agreement.coefficients.registry import COEFFICIENTS
from omnistudy.results import Result

PACKAGE = Path(omnistudy.__file__).resolve().parent
ROOMS = ("agreement", "theory", "replication", "crm")  # whose analyses are for scripts too
LINE = re.compile(r"^    ([a-z_]+(?:\.\w+)+): (\S.*)$", re.MULTILINE)
PUBLIC = tuple(name for name, _ in LINE.findall(omnistudy.__doc__ or ""))
MODULES = tuple(dict.fromkeys(name.rpartition(".")[0] for name in PUBLIC))
SECTIONS = ("Parameters", "Returns", "Raises", "References", "Examples")
SOURCE = re.compile(r"doi:10\.\d{4}|demonstration study|[Ww]orked by hand")
READERS = re.compile(
    r"(load|read|open|find|ratings|spans|occurrence|table|provenance|protocol|cross_check)_?"
)


def module_of(name: str) -> ModuleType:
    return importlib.import_module(f"omnistudy.{name}")


def object_of(name: str) -> Any:
    module, _, last = name.rpartition(".")
    return getattr(module_of(module), last)


def sections(text: str) -> list[str]:
    """The numpydoc sections of a docstring, in their order."""
    lines = text.split("\n")
    return [one for one, below in pairwise(lines) if below == "-" * len(one) and len(one) > 3]


def raises(function: Callable[..., object]) -> bool:
    """Whether the function's own body raises anything but what a bare ``raise`` hands on."""
    tree = ast.parse(inspect.getsource(inspect.unwrap(function)).lstrip())
    return any(isinstance(node, ast.Raise) and node.exc is not None for node in ast.walk(tree))


def parameters(text: str) -> set[str]:
    """Names that a docstring's section of parameters explains."""
    found = re.search(r"^Parameters\n-+\n(.*?)(?=^\w[\w ]+\n-+\n|\Z)", text, re.MULTILINE | re.DOTALL)
    heads = [line for line in (found[1] if found else "").split("\n") if line and not line.startswith(" ")]
    return {name.strip().lstrip("*") for head in heads for name in head.split(",")}


def test_the_list_names_each_function_once() -> None:
    assert len(PUBLIC) > 80
    assert len(set(PUBLIC)) == len(PUBLIC)
    assert all(f"    {name}: " in (omnistudy.__doc__ or "") for name in PUBLIC)
    listed = [line for line in (omnistudy.__doc__ or "").split("\n") if line.startswith("    ")]
    assert len(listed) == len(PUBLIC), "a line of the list cannot be read"


def test_importing_the_package_imports_nothing() -> None:
    script = "import sys; before = set(sys.modules); import omnistudy; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["omnistudy"]


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_function_is_documented(name: str) -> None:
    found = object_of(name)
    text = inspect.getdoc(found) or ""
    here = [one for one in sections(text) if one in SECTIONS]
    assert here == sorted(here, key=SECTIONS.index), "sections stand in the order of numpydoc"
    assert "Examples" in here
    assert ">>>" in text.partition("Examples\n")[2]
    if inspect.isclass(found):
        assert "References" in here
        return
    assert "Returns" in here
    assert raises(found) <= ("Raises" in here)
    taken = set(inspect.signature(found).parameters)
    assert parameters(text) == taken, "Parameters explains what the function takes"


def computes(name: str) -> bool:
    """Whether the function gives numbers, and does not only read, find or fix something."""
    return name.partition(".")[0] in ROOMS and not READERS.match(name.rpartition(".")[2])


@pytest.mark.parametrize("name", [name for name in PUBLIC if computes(name)])
def test_an_example_says_where_its_value_comes_from(name: str) -> None:
    text = inspect.getdoc(object_of(name)) or ""
    words = " ".join(text.split())
    assert "References" in sections(text) or SOURCE.search(words), "name the source, or say how it was worked"


def test_the_list_holds_whatever_is_documented_like_it() -> None:
    shown = {
        f"{module}.{name}"
        for module in MODULES
        for name, found in vars(module_of(module)).items()
        if getattr(found, "__module__", "") == f"omnistudy.{module}"
        and "Examples" in sections(inspect.getdoc(found) or "")
    }
    assert shown == set(PUBLIC)


def with_examples() -> list[str]:
    """Every module that holds an example, of public functions and of others."""
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8")]
    return [".".join(path.relative_to(PACKAGE).with_suffix("").parts) for path in paths]


def examples(module: ModuleType) -> Iterator[doctest.DocTest]:
    return (test for test in doctest.DocTestFinder().find(module) if test.examples)


@pytest.mark.parametrize("name", sorted({*MODULES, *with_examples()}))
def test_the_examples_are_true(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # an example works wherever it is tried
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF)
    for test in examples(module_of(name)):
        runner.run(test, out=said.append)
    assert runner.tries > 0
    assert runner.failures == 0, "".join(said)
    assert list(tmp_path.iterdir()) == []


def test_a_false_example_is_seen() -> None:
    def wrong() -> None:
        """Add.

        >>> 1 + 1
        3
        """

    runner = doctest.DocTestRunner()
    for test in doctest.DocTestFinder().find(wrong, "wrong", globs={}):
        runner.run(test, out=lambda _: None)
    assert runner.failures == 1


def analyses() -> Iterator[str]:
    """Every function of the analysing rooms that returns a result."""
    for room in ROOMS:
        for path in sorted((PACKAGE / room).rglob("*.py")):
            dotted = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    returned = getattr(module_of(dotted), ast.unparse(node.returns or ast.Constant("")), None)
                    if inspect.isclass(returned) and issubclass(returned, Result):
                        yield f"{dotted}.{node.name}"


def test_every_analysis_is_public() -> None:
    found = set(analyses())
    assert len(found) > 25
    assert found - set(PUBLIC) == set()


def test_every_coefficient_has_an_example() -> None:
    shown = "".join(inspect.getdoc(object_of(name)) or "" for name in PUBLIC if name.startswith("agreement."))
    assert {name for name in COEFFICIENTS if f'"{name}"' not in shown} == set()
