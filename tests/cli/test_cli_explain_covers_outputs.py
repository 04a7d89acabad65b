"""Whatever word an output prints, ``explain`` answers it, in English and by the Persian word for it.

A word is the heading of a table's column, the title of a section, a value that a schema lists, or the id of
a row in a registry. Headings and titles are read from the source, because some appear only with certain data,
and again from what commands print of the demonstration.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from command_line import omnistudy

from omnistudy.agreement.coefficients.registry import COEFFICIENTS
from omnistudy.crm.metrics.registry import METRICS
from omnistudy.explain import persian_terms, terms
from omnistudy.formats.reading.imported import Check
from omnistudy.render.language import language
from omnistudy.study.load import load_study
from omnistudy.study.model import Level, Role
from omnistudy.text.keys import tight_key
from omnistudy.theory.paradigm.lint import LINT_RULES

PACKAGE = Path(__file__).resolve().parents[2] / "omnistudy"
# A part of these is a name of the data: a coder, an attribute, a grade.
WITH_A_NAME = re.compile(r"\{")


def literal(node: ast.AST) -> str | None:
    match node:
        case ast.Call(func=ast.Name(id="msg"), args=[ast.Constant(value=str(text)), *_]):
            return text
    return None


def literals(tree: ast.AST) -> Iterator[str]:
    return (text for node in ast.walk(tree) if (text := literal(node)) is not None)


def headings() -> set[str]:
    """The headings of all columns that the package can print."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Column":
                given = [
                    *node.args,
                    *(keyword.value for keyword in node.keywords if keyword.arg == "heading"),
                ]
                found.update(text for each in given for text in literals(each))
    return {text for text in found if not WITH_A_NAME.search(text)}


def titles() -> set[str]:
    """The titles of all results, which are the sections of a report."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name == "title":
                found.update(literals(node))
    return {text for text in found if not WITH_A_NAME.search(text)}


def schema_values(node: object) -> Iterator[str]:
    """The words that a schema lists as values; signs such as ``>=`` are none."""
    if isinstance(node, dict):
        listed = [*node.get("enum", ()), node.get("const")] if isinstance(node.get("enum", ()), list) else []
        yield from (value for value in listed if isinstance(value, str) and tight_key(value))
        for each in node.values():
            yield from schema_values(each)
    elif isinstance(node, list):
        for each in node:
            yield from schema_values(each)


def values() -> set[str]:
    found: set[str] = set()
    for path in (PACKAGE / "schemas").glob("*.json"):
        if path.name != "index.json":
            found.update(schema_values(json.loads(path.read_text(encoding="utf-8"))))
    return {value for value in found if not value.startswith("omnistudy.")}


def unexplained(words: set[str]) -> list[str]:
    return sorted(word for word in words if tight_key(word) not in terms())


def test_headings_of_tables() -> None:
    found = headings()
    assert len(found) > 300
    assert unexplained(found) == []


def test_titles_of_sections() -> None:
    found = titles()
    assert len(found) > 30
    assert unexplained(found) == []


def test_values_that_schemas_list() -> None:
    found = values()
    assert len(found) > 150
    assert unexplained(found) == []


def test_ids_of_registries() -> None:
    ids = {*COEFFICIENTS, *METRICS, *(rule.id for rule in LINT_RULES), *Level, *Role, *Check}
    assert unexplained({str(one) for one in ids}) == []


def test_persian_words_for_headings_and_titles() -> None:
    catalogue = language("fa").catalogue
    printed = {text: catalogue[text] for text in headings() | titles() if text in catalogue}
    assert len(printed) > 250
    missing = {
        english: persian
        for english, persian in printed.items()
        if tight_key(persian) not in persian_terms() and tight_key(persian) not in terms()
    }
    assert missing == {}


@pytest.mark.parametrize(
    "line",
    [("check",), ("show",), ("paradigm",), ("compare",), ("crm", "gap"), ("crm", "readiness")],
    ids=" ".join,
)
def test_every_heading_that_the_demonstration_prints(
    line: tuple[str, ...],
    demo: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Some headings are put together where no source line shows them; what is printed has them all."""
    monkeypatch.chdir(tmp_path)
    ran = omnistudy(capfd, *line, demo, "--format", "md")
    assert ran.code == 0, ran.err
    of_groups = re.compile(r".+ \(of \d+\)")
    printed = {text for text in markdown_headings(ran.out) if not of_groups.fullmatch(text)}
    assert printed
    coders = {coding.coder for coding in load_study(demo).codings}
    assert sorted(printed & set(unexplained(printed)) - coders) == []


def markdown_headings(text: str) -> Iterator[str]:
    """The cells of every row of a table that a row of dashes follows."""
    lines = text.split("\n")
    for line, below in pairwise(lines):
        if line.startswith("|") and re.fullmatch(r"\|[\s:|-]+\|", below):
            yield from (cell.strip(" *") for cell in line.strip("|").split("|") if cell.strip())


def test_a_word_with_several_meanings_has_them_all(capfd: pytest.CaptureFixture[str]) -> None:
    found = omnistudy(capfd, "explain", "partly", "--format", "json").json["terms"]
    assert len({term["name"] for term in found}) > 1


def test_persian_words_are_answered(capfd: pytest.CaptureFixture[str]) -> None:
    ran = omnistudy(capfd, "explain", "آلفای کریپندورف", "--format", "json")
    assert [term["name"] for term in ran.json["terms"]] == ["krippendorff_alpha"]
