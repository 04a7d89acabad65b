"""The sentences of problems, as the package writes them: templates with numbered values, by file."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "omnistudy"
PARTS = ("what", "remedy")
MAKERS = frozenset({"problem", "warning", "BadParameter"})


def problem_templates() -> dict[str, str]:
    """Return every sentence with the file that has it first; what is put together elsewhere is not seen."""
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = _assigned(tree.body)
        for scope in ast.walk(tree):
            if isinstance(scope, ast.FunctionDef):
                names = {**constants, **_assigned(list(ast.walk(scope)))}
                for node in ast.walk(scope):
                    if isinstance(node, ast.Call) and _makes_problem(node.func):
                        for argument in _sentences(node):
                            for text in _templates(argument, names):
                                found.setdefault(text, path.relative_to(PACKAGE).as_posix())
    return found


def _assigned(body: list[ast.stmt] | list[ast.AST]) -> dict[str, list[ast.expr]]:
    names: dict[str, list[ast.expr]] = {}
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                names.setdefault(name, []).append(value)
            case ast.Assign(targets=[ast.Tuple(elts=[*targets])], value=ast.Tuple(elts=[*parts])):
                for target, part in zip(targets, parts, strict=False):
                    if isinstance(target, ast.Name):
                        names.setdefault(target.id, []).append(part)
    return names


def _makes_problem(function: ast.expr) -> bool:
    match function:
        case ast.Name(id="Problem"):
            return True
        case ast.Attribute(attr="of", value=ast.Name(id="StudyError")):
            return True
        case ast.Attribute(attr=name):
            return name in MAKERS
    return False


def _sentences(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args[:2]
    yield from (keyword.value for keyword in call.keywords if keyword.arg in PARTS)


def _templates(node: ast.expr, names: Mapping[str, list[ast.expr]], depth: int = 0) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.JoinedStr(values=parts):
            yield numbered(parts)
        case ast.IfExp(body=first, orelse=second):
            yield from _templates(first, names, depth)
            yield from _templates(second, names, depth)
        case ast.BoolOp(values=several):
            for each in several:
                yield from _templates(each, names, depth)
        case ast.Name(id=name) if depth < 3:
            for value in names.get(name, ()):
                yield from _templates(value, names, depth + 1)


def numbered(parts: list[ast.expr]) -> str:
    """Return an f-string with its values as ``{0}``, ``{1}``, …"""
    text, at = "", 0
    for part in parts:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        else:
            text += f"{{{at}}}"
            at += 1
    return text
