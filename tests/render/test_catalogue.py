"""Every sentence of the package has a Persian translation with the same values in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

from omnistudy.render.language import read_catalogue

PACKAGE = Path(__file__).resolve().parents[2] / "omnistudy"
CONSTRUCTORS = {"msg", "Message"}


def template_nodes() -> Iterator[tuple[str, ast.expr]]:
    """Yield the place and the first argument of every call that makes a message."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and called(node.func) in CONSTRUCTORS:
                yield f"{path.relative_to(PACKAGE.parent)}:{node.lineno}", node.args[0]


def called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def literals(node: ast.expr) -> list[str] | None:
    """Return the templates an argument can stand for, or ``None`` when it is no literal."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        branches = [literals(node.body), literals(node.orelse)]
        return None if None in branches else [text for branch in branches if branch for text in branch]
    return None


def templates() -> dict[str, str]:
    """Return every literal template with the place where it is first used."""
    found: dict[str, str] = {}
    for place, node in template_nodes():
        for text in literals(node) or []:
            found.setdefault(text, place)
    return found


def values_in(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


def test_templates_are_literals() -> None:
    # results.py builds a Message out of msg's own argument; nobody else may.
    computed = [
        place
        for place, node in template_nodes()
        if literals(node) is None and not place.startswith("omnistudy/results.py")
    ]
    assert not computed, f"templates must be literal texts, else no catalogue can hold them: {computed}"


def test_values_are_plain_names() -> None:
    wrong = [
        f"{place}: {text}"
        for text, place in templates().items()
        for _, name, form, conversion in Formatter().parse(text)
        if name is not None and (form or conversion or not name.isidentifier())
    ]
    assert not wrong, "renderers format values, templates only name them"


def test_every_template_is_translated() -> None:
    catalogue = read_catalogue("fa")
    missing = [f"{place}: {text}" for text, place in sorted(templates().items()) if text not in catalogue]
    assert not missing, f"{len(missing)} templates without Persian:\n" + "\n".join(missing)


def test_translations_keep_the_values() -> None:
    wrong = [
        text for text, translated in read_catalogue("fa").items() if values_in(text) != values_in(translated)
    ]
    assert not wrong


def test_catalogue_holds_nothing_stale() -> None:
    stale = sorted(set(read_catalogue("fa")) - set(templates()))
    assert not stale, "translations of templates that no longer exist"


@pytest.mark.parametrize("text", ["{a} of {b}", "no value", "{a}–{b}"])
def test_values_in_finds_names(text: str) -> None:
    assert values_in(text) == {letter for letter in "ab" if f"{{{letter}}}" in text}
