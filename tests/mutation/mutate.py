"""Small faults put into a room's source text: the operators, what they leave alone, a seeded sample.

A mutant replaces one token (or one condition, bound or statement) by position in the source text,
so everything else of the module stays as it is, byte for byte.

Left alone, because nothing but a repetition of the source could tell the difference:

- docstrings, annotations and type unions, ``__all__``, ``if TYPE_CHECKING``, logging, ``assert_never``;
- words for people: templates of ``msg``, everything inside ``Label`` and ``Term``, f-strings, and every
  text that is not an identifier (keys, ids and names of options are identifiers and are mutated);
- decorators (the flags of ``dataclass`` change no result of a program that type-checks) and ``strict=``
  of ``zip`` (a check on the caller);
- modules that are text tables from end to end (`TEXT_TABLES`).

Modules that lay results out (``*_blocks.py``, ``presentation.py``) are not left out.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

TEXT_TABLES = {
    "agreement/coefficients/explanations.py": "texts of explain",
    "agreement/programs/vendor_terms.py": "texts of explain",
    "agreement/result/words.py": "words for the names of options",
    "theory/terms.py": "texts of explain",
    "crm/audits/terms.py": "texts of explain",
    "crm/audits/sources.py": "texts about the sources of the audits",
    "crm/audits/ecrm_items.py": "wording of the items of a checklist",
    "crm/audits/items.py": "wording of the items of a checklist",
    "crm/audits/maturity_items.py": "wording of the items of a checklist",
    "crm/audits/readiness_items.py": "wording of the items of a checklist",
    "crm/audits/risk_register.py": "wording of the items of a checklist",
}
"""Modules without mutants, and why."""

WORDS_FOR_PEOPLE = {"msg", "Label", "Term"}
NEVER_REMOVED = {"assert_never", "debug", "info", "warning", "filterwarnings", "simplefilter"}

ARITHMETIC: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: ("+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: ("*", "/"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "*"),
    ast.Pow: ("**", "*"),
    ast.MatMult: ("@", "*"),
    ast.BitAnd: ("&", "|"),
    ast.BitOr: ("|", "&"),
}
COMPARISONS: dict[type[ast.cmpop], tuple[str, tuple[str, ...]]] = {
    ast.Lt: ("<", ("<=", ">=")),
    ast.LtE: ("<=", ("<", ">")),
    ast.Gt: (">", (">=", "<=")),
    ast.GtE: (">=", (">", "<")),
    ast.Eq: ("==", ("!=",)),
    ast.NotEq: ("!=", ("==",)),
    ast.Is: ("is", ("is not",)),
    ast.IsNot: ("is not", ("is",)),
    ast.In: ("in", ("not in",)),
    ast.NotIn: ("not in", ("in",)),
}
CALLS = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "sum": "max",
    "sorted": "list",
    "floor": "ceil",
    "ceil": "floor",
    "argmin": "argmax",
    "argmax": "argmin",
    "maximum": "minimum",
    "minimum": "maximum",
}
"""Calls that answer with another value of the same type; ``sum`` has no opposite, ``max`` is its nearest."""

IDENTIFIER = re.compile(r"[a-z][a-z0-9_.:-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One fault.

    Parameters
    ----------
    key
        Name of the mutant that survives edits elsewhere in the module.
    path
        Path below the package, with forward slashes.
    line
        Line of the changed token, from 1.
    span
        First and last line of the statement's own text, whose execution reaches the token.
    scope
        Qualified names of the enclosing classes and functions, joined by full stops; empty at module level.
    imported
        Whether the token is evaluated when the module is imported.
    names
        Names that a statement evaluated on import binds.
    operator
        Kind of fault.
    start, end
        Byte offsets of what is replaced.
    original, replacement
        Old and new text.
    """

    key: str
    path: str
    line: int
    span: tuple[int, int]
    scope: str
    imported: bool
    names: tuple[str, ...]
    operator: str
    start: int
    end: int
    original: str
    replacement: str

    def applied_to(self, source: bytes) -> bytes:
        """Return the source with the fault in it."""
        return source[: self.start] + self.replacement.encode() + source[self.end :]


@dataclass(frozen=True, slots=True)
class Change:
    """A replacement in a source text, before it is a mutant."""

    operator: str
    start: int
    end: int
    replacement: str


class _Place:
    """Where the walk is: the statement, the scope, and whether the code runs on import."""

    __slots__ = ("imported", "names", "scope", "span")

    def __init__(self) -> None:
        self.span = (1, 1)
        self.scope: tuple[str, ...] = ()
        self.imported = True
        self.names: tuple[str, ...] = ()


class Walk:
    """Collects the mutants of one module."""

    def __init__(self, path: str, source: bytes) -> None:
        self.path, self.source = path, source
        self.lines = source.splitlines(keepends=True)
        self.offsets = [0]
        for line in self.lines:
            self.offsets.append(self.offsets[-1] + len(line))
        self.place = _Place()
        self.optional = False
        self.seen: Counter[tuple[str, ...]] = Counter()
        self.found: list[Mutant] = []

    def run(self) -> list[Mutant]:
        """Return the mutants in the order of the text."""
        tree = ast.parse(self.source)
        for statement in tree.body:
            self.statement(statement)
        return sorted(self.found, key=lambda mutant: (mutant.start, mutant.end, mutant.replacement))

    def begin(self, node: ast.expr | ast.stmt) -> int:
        return self.offsets[node.lineno - 1] + node.col_offset

    def finish(self, node: ast.expr | ast.stmt) -> int:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.offsets[node.end_lineno - 1] + node.end_col_offset

    def add(self, change: Change) -> None:
        """Record a mutant at the present place."""
        original = self.source[change.start : change.end].decode()
        line = self.source.count(b"\n", 0, change.start) + 1
        text = self.lines[line - 1].decode().strip()
        scope = ".".join(self.place.scope)
        identity = (self.path, scope, text, change.operator, original, change.replacement)
        self.seen[identity] += 1
        name = "\x1f".join((*identity, str(self.seen[identity])))
        self.found.append(
            Mutant(
                key=hashlib.sha256(name.encode()).hexdigest()[:12],
                path=self.path,
                line=line,
                span=self.place.span,
                scope=scope,
                imported=self.place.imported,
                names=self.place.names,
                operator=change.operator,
                start=change.start,
                end=change.end,
                original=original,
                replacement=change.replacement,
            )
        )

    def replace(self, operator: str, node: ast.expr | ast.stmt, replacement: str) -> None:
        self.add(Change(operator, self.begin(node), self.finish(node), replacement))

    def token(self, operator: str, between: tuple[int, int], token: str, replacement: str) -> None:
        """Replace an operator that stands somewhere between two operands."""
        for found in re.finditer(rb"#[^\n]*|" + re.escape(token.encode()), self.source[slice(*between)]):
            if not found.group().startswith(b"#"):
                start = between[0] + found.start()
                self.add(Change(operator, start, start + len(token), replacement))
                return

    # Statements

    def statement(self, node: ast.stmt) -> None:
        """Collect the mutants of a statement and of those inside it."""
        before = self.place
        place = _Place()
        place.scope, place.imported, place.names = before.scope, before.imported, before.names
        body = getattr(node, "body", None) or getattr(node, "cases", None)
        last = node.end_lineno or node.lineno
        if body:
            inner = body[0].pattern if isinstance(body[0], ast.match_case) else body[0]
            last = max(node.lineno, inner.lineno - 1)
        place.span = (node.lineno, last)
        if place.imported and not place.scope:
            place.names = tuple(_bound(node))
        self.place = place
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.function(node)
            case ast.ClassDef():
                place.scope = (*before.scope, node.name)
                self.statements(node.body)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                pass
            case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.Import() | ast.ImportFrom():
                pass
            case ast.AnnAssign():
                self.expressions([node.value])
            case ast.Expr(value=ast.Constant()):
                pass  # a docstring
            case _:
                self.other_statement(node)
        self.place = before

    def statements(self, nodes: list[ast.stmt]) -> None:
        for node in nodes:
            self.statement(node)

    def function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if isinstance(default, ast.Constant):
                self.constant(default, "default")
            else:
                self.expressions([default])
        before, optional = self.place, self.optional
        inner = _Place()
        inner.scope, inner.imported, inner.span = (*before.scope, node.name), False, before.span
        self.place = inner
        self.optional = node.returns is not None and "None" in _parts(node.returns)
        # A function that only answers None has nothing else to answer.
        self.optional = self.optional and not isinstance(node.returns, ast.Constant)
        self.statements(node.body)
        self.place, self.optional = before, optional

    def other_statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Expr(value=ast.Call() as call) if _name(call.func) not in NEVER_REMOVED:
                self.replace("statement", node, "pass")
            case ast.Expr(value=ast.Call()):
                return
            case ast.AugAssign():
                self.replace("statement", node, "pass")
                self.arithmetic(node.op, (self.finish(node.target), self.begin(node.value)))
            case ast.Return(value=ast.expr() as value) if self.optional and not _is_none(value):
                self.replace("return", value, "None")
            case ast.If():
                self.replace("condition", node.test, "True")
                self.replace("condition", node.test, "False")
            case ast.While():
                self.replace("condition", node.test, "False")
        for child in ast.iter_child_nodes(node):
            self.child(child)

    def child(self, node: ast.AST) -> None:
        match node:
            case ast.stmt():
                self.statement(node)
            case ast.match_case():
                self.case(node)
            case ast.expr():
                self.expression(node)
            case _:
                for inner in ast.iter_child_nodes(node):
                    self.child(inner)

    def case(self, node: ast.match_case) -> None:
        for value in ast.walk(node.pattern):
            if isinstance(value, ast.MatchValue):
                self.expression(value.value)
        if node.guard is not None:
            self.replace("condition", node.guard, "True")
            self.replace("condition", node.guard, "False")
            self.expression(node.guard)
        self.statements(node.body)

    # Expressions

    def expressions(self, nodes: list[ast.expr | None]) -> None:
        for node in nodes:
            if node is not None:
                self.expression(node)

    def expression(self, node: ast.expr) -> None:
        """Collect the mutants of an expression and of those inside it."""
        match node:
            case ast.JoinedStr():
                return
            case ast.Call() if _name(node.func) in WORDS_FOR_PEOPLE:
                self.call_for_people(node)
                return
            case ast.Call():
                self.call(node)
                return
            case ast.Subscript(value=ast.Name(id="Literal" | "Callable" | "Mapping" | "Sequence")):
                return
            case ast.BinOp(op=ast.BitOr()) if _is_type(node.left) and _is_type(node.right):
                return
            case ast.BoolOp() | ast.UnaryOp(op=ast.Not()) | ast.IfExp():
                self.logic(node)
            case _:
                self.values(node)
        for child in ast.iter_child_nodes(node):
            self.expression_child(child)

    def logic(self, node: ast.BoolOp | ast.UnaryOp | ast.IfExp) -> None:
        match node:
            case ast.BoolOp():
                old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
                for left, right in pairwise(node.values):
                    self.token("boolean", (self.finish(left), self.begin(right)), old, new)
            case ast.UnaryOp():
                self.add(Change("not", self.begin(node), self.begin(node) + 3, ""))
            case ast.IfExp():
                self.replace("condition", node.test, "True")
                self.replace("condition", node.test, "False")

    def values(self, node: ast.expr) -> None:
        match node:
            case ast.Constant():
                self.constant(node, "constant")
            case ast.BinOp():
                self.arithmetic(node.op, (self.finish(node.left), self.begin(node.right)))
            case ast.Compare():
                self.comparison(node)
            case ast.Slice():
                for bound in (node.lower, node.upper, node.step):
                    if bound is not None:
                        self.replace("slice", bound, "")

    def expression_child(self, node: ast.AST) -> None:
        match node:
            case ast.expr():
                self.expression(node)
            case ast.comprehension():
                for test in node.ifs:
                    self.replace("condition", test, "True")
                    self.replace("condition", test, "False")
                self.expressions([node.iter, *node.ifs])
            case ast.arguments():
                self.expressions([*node.defaults, *node.kw_defaults])
            case _:
                for inner in ast.iter_child_nodes(node):
                    self.expression_child(inner)

    def call(self, node: ast.Call) -> None:
        name = _name(node.func)
        if name in CALLS:
            end = self.finish(node.func)
            self.add(Change("call", end - len(name), end, CALLS[name]))
        if isinstance(node.func, ast.Attribute):
            self.expression(node.func.value)
        arguments = node.args[1:] if name in {"cast", "TypeVar"} else node.args
        self.expressions(list(arguments))
        self.expressions([word.value for word in node.keywords if word.arg != "strict"])

    def call_for_people(self, node: ast.Call) -> None:
        """Look only at the values that a sentence of ``msg`` carries."""
        if _name(node.func) == "msg":
            self.expressions([word.value for word in node.keywords])

    def comparison(self, node: ast.Compare) -> None:
        left = node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            token, replacements = COMPARISONS[type(op)]
            for replacement in replacements:
                self.token("comparison", (self.finish(left), self.begin(right)), token, replacement)
            left = right

    def arithmetic(self, op: ast.operator, between: tuple[int, int]) -> None:
        if type(op) in ARITHMETIC:
            self.token("arithmetic", between, *ARITHMETIC[type(op)])

    def constant(self, node: ast.Constant, operator: str) -> None:
        match node.value:
            case bool():
                self.replace(operator, node, str(not node.value))
            case int() | float():
                self.replace(operator, node, "0" if node.value == 1 else repr(node.value + 1))
            case str() if IDENTIFIER.fullmatch(node.value):
                self.replace(operator, node, '""')


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case _:
            return ""


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_type(node: ast.expr) -> bool:
    match node:
        case ast.BinOp(op=ast.BitOr()):
            return _is_type(node.left) and _is_type(node.right)
        case ast.Subscript():
            return _is_type(node.value)
        case ast.Name():
            return node.id[0].isupper() or node.id in {
                "str",
                "int",
                "float",
                "bool",
                "bytes",
                "tuple",
                "list",
            }
        case _:
            return _is_none(node)


def _parts(annotation: ast.expr) -> set[str]:
    if isinstance(annotation, ast.BinOp):
        return _parts(annotation.left) | _parts(annotation.right)
    return {"None" if _is_none(annotation) else ast.unparse(annotation)}


def _bound(node: ast.stmt) -> Iterator[str]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                yield from (part.id for part in ast.walk(target) if isinstance(part, ast.Name))


def mutants_of(path: str, source: bytes) -> list[Mutant]:
    """Return all mutants of one module.

    Parameters
    ----------
    path
        Path below the package, with forward slashes; part of the mutants' keys.
    source
        Its text as bytes, for the positions of Python's syntax tree count bytes.
    """
    return Walk(path, source).run()


def mutants_of_room(package: Path, room: str) -> list[Mutant]:
    """Return all mutants of a room, in the order of its files."""
    found = []
    for file in sorted((package / room).rglob("*.py")):
        path = file.relative_to(package).as_posix()
        if path not in TEXT_TABLES:
            found.extend(mutants_of(path, file.read_bytes()))
    return found


def sample(mutants: list[Mutant], size: int, seed: int) -> list[Mutant]:
    """Return ``size`` mutants drawn without replacement, in the order of the text.

    The draw ranks the mutants by a hash of seed and key, so an edit in one module leaves the draw
    in the others as it was.
    """

    def rank(mutant: Mutant) -> str:
        return hashlib.sha256(f"{seed}:{mutant.key}".encode()).hexdigest()

    drawn = sorted(mutants, key=rank)[:size]
    return sorted(drawn, key=lambda mutant: (mutant.path, mutant.start, mutant.end, mutant.replacement))
