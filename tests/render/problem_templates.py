"""The sentences of problems, as the package writes them: templates with numbered values, by file."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "omnistudy"
PARTS = ("what", "reason", "remedy")
# Who takes a sentence without calling it so: the parser of options, and the outermost error.
MAKERS: Mapping[str, frozenset[int]] = {
    "BadParameter": frozenset({0}),
    "StudyError.of": frozenset({0, 1}),
    "problem": frozenset({0, 1}),
    "warning": frozenset({0, 1}),
}
_TOLD = re.compile("Problem|Error[(.]|BadParameter|remedy|problem[(]")
_SUGGESTED = re.compile(r"(?<=[.?]) ?\{\d\}$")


@cache
def problem_templates() -> dict[str, str]:
    """Return every sentence with the file that has it first.

    A sentence is what goes to somebody who takes a ``what``, ``reason`` or ``remedy``, directly or by way of
    a name, a table of sentences or a function that returns it.
    """
    sources = {path: path.read_text(encoding="utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
    trees = {path: ast.parse(text) for path, text in sources.items() if _TOLD.search(text)}
    makers = _makers(trees.values())
    found: dict[str, str] = {}
    for path, tree in trees.items():
        for text in _of_module(tree, makers):
            found.setdefault(text, path.relative_to(PACKAGE).as_posix())
    return found


def _makers(trees: Iterable[ast.Module]) -> dict[str, frozenset[int]]:
    """Return who takes sentences, and at which places: classes and functions by the names of their parts."""
    makers: dict[str, set[int]] = defaultdict(set, {name: set(at) for name, at in MAKERS.items()})
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and "remedy" in (fields := _fields(node)):
                makers[node.name] |= {at for at, part in enumerate(fields) if part in PARTS}
            elif isinstance(node, ast.FunctionDef) and node.name != "__init__":
                taken = [argument.arg for argument in node.args.args if argument.arg not in {"self", "cls"}]
                makers[node.name] |= {at for at, part in enumerate(taken) if part in {"what", "remedy"}}
    return {name: frozenset(at) for name, at in makers.items() if at}


def _fields(made: ast.ClassDef) -> list[str]:
    """Return what a class is made of: the parameters of its ``__init__``, else its fields."""
    for each in made.body:
        if isinstance(each, ast.FunctionDef) and each.name == "__init__":
            return [argument.arg for argument in each.args.args[1:]]
    targets = [each.target for each in made.body if isinstance(each, ast.AnnAssign)]
    return [target.id for target in targets if isinstance(target, ast.Name)]


@dataclass
class _Names:
    """What the names of a module stand for: expressions by name, and what its functions return."""

    values: dict[str, list[ast.expr]] = field(default_factory=lambda: defaultdict(list))
    returns: dict[str, list[ast.expr]] = field(default_factory=lambda: defaultdict(list))


def _of_module(tree: ast.Module, makers: Mapping[str, frozenset[int]]) -> Iterator[str]:
    names = _Names()
    _assign(tree.body, names)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and inner.value is not None:
                    names.returns[node.name].append(inner.value)
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef):
            local = _Names(defaultdict(list, {k: [*v] for k, v in names.values.items()}), names.returns)
            _assign(list(ast.walk(scope)), local)
            for node in ast.walk(scope):
                if isinstance(node, ast.Call) and (places := _places(node.func, makers)) is not None:
                    for argument in _sentences(node, places):
                        yield from (_SUGGESTED.sub("", text) for text in _templates(argument, local))


def _assign(body: list[ast.stmt] | list[ast.AST], names: _Names) -> None:
    for node in body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                names.values[name].append(value)
            case ast.Assign(targets=[ast.Tuple(elts=[*targets])], value=ast.Tuple(elts=[*parts])):
                for target, part in zip(targets, parts, strict=False):
                    if isinstance(target, ast.Name):
                        names.values[target.id].append(part)
            case ast.Assign(targets=[ast.Tuple(elts=[*targets])], value=ast.Name() | ast.Call() as whole):
                for target in targets:
                    if isinstance(target, ast.Name):
                        names.values[target.id].append(whole)
            case ast.For(
                target=ast.Tuple(elts=[_, ast.Name(id=name)]),
                iter=ast.Call(func=ast.Attribute(value=table, attr="items")),
            ):
                names.values[name].append(table)
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                names.values[name].append(value)


def _places(function: ast.expr, makers: Mapping[str, frozenset[int]]) -> frozenset[int] | None:
    match function:
        case ast.Attribute(attr="of", value=ast.Name(id="StudyError")):
            return makers["StudyError.of"]
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return makers.get(name)
    return None


def _sentences(call: ast.Call, places: frozenset[int]) -> Iterator[ast.expr]:
    for at, argument in enumerate(call.args):
        if isinstance(argument, ast.Starred):
            yield argument.value
        elif at in places:
            yield argument
    yield from (keyword.value for keyword in call.keywords if keyword.arg in PARTS)


def _templates(node: ast.expr, names: _Names, depth: int = 0) -> Iterator[str]:
    if depth > 6:
        return
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.JoinedStr(values=parts):
            yield numbered(parts)
        case _:
            for each in _behind(node, names):
                yield from _templates(each, names, depth + 1)


def _behind(node: ast.expr, names: _Names) -> list[ast.expr]:
    """Return the expressions that an expression may stand for."""
    found: list[ast.expr] = []
    match node:
        case ast.IfExp(body=first, orelse=second):
            found = [first, second]
        case ast.BoolOp(values=several) | ast.Tuple(elts=several) | ast.Dict(values=several):
            found = several
        case ast.Name(id=name):
            found = names.values.get(name, [])
        case ast.Subscript(value=whole) | ast.Call(func=ast.Attribute(value=whole, attr="strip" | "rstrip")):
            found = [whole]
        case ast.Call(func=ast.Name(id=name)):
            found = names.returns.get(name, [])
    return found


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
