"""Imports point one way, every module has a place, and the map of ARCHITECTURE.md is the tree."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "omnistudy"

# From the ground up; rooms on one line are strangers to each other.
LAYERS: tuple[frozenset[str], ...] = (
    frozenset({"errors"}),
    frozenset({"text", "results"}),
    frozenset({"study", "pictures"}),
    frozenset({"agreement", "theory", "formats", "render"}),
    frozenset({"replication", "crm"}),
    frozenset({"reporting"}),
    frozenset({"glossary"}),
    frozenset({"workflow", "explain"}),
    frozenset({"cli"}),
)
# Rooms within a room, in the same way.
INNER: dict[str, tuple[frozenset[str], ...]] = {
    "agreement": (
        frozenset({"ratings", "audit", "planning"}),
        frozenset({"intervals"}),
        frozenset({"coefficients"}),
        frozenset({"options"}),
        frozenset({"scopes", "sources"}),
        frozenset({"passages", "rounds"}),
        frozenset({"programs"}),
        frozenset({"result"}),
        frozenset({"analysis"}),
        frozenset({"machine_beside", "matrices"}),
    ),
    "crm": (
        frozenset({"names", "refusals"}),
        frozenset({"statistics"}),
        frozenset({"records"}),
        frozenset({"metrics", "journeys", "lifetime"}),
        frozenset({"links", "audits"}),
        frozenset({"sections"}),
    ),
    "theory": (
        frozenset({"terms"}),
        frozenset({"counts"}),
        frozenset({"codes", "saturation", "paradigm", "suggestions", "trustworthiness"}),
    ),
    "formats": (
        frozenset({"reading", "terms"}),
        frozenset({"exported"}),
        frozenset({"refi", "programs", "sheets", "into_study", "export_result"}),
        frozenset({"registry", "targets", "merging", "anonymizing"}),
        frozenset({"as_codings"}),
    ),
}
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}
PRINTING = {"print", "open", "input", "exit"}
HEAVY = {
    "pandas",
    "scipy",
    "sklearn",
    "statsmodels",
    "matplotlib",
    "duckdb",
    "krippendorff",
    "lxml",
    "openpyxl",
    "docx",
}


def modules() -> Iterator[Path]:
    yield from sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    part = path.relative_to(PACKAGE).parts[0]
    return part.removesuffix(".py")


def imported_rooms(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("omnistudy"):
            parts = node.module.split(".")
            names = [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]
            yield from ((node.lineno, name) for name in names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            yield node.lineno, "(relative import)"
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.startswith("omnistudy."):
                    yield node.lineno, alias.name.split(".")[1]


def wrong_arrows(room: str, source: str) -> list[str]:
    """Every import in ``source``, taken as a module of ``room``, that does not point down."""
    wrong = []
    for line, target in imported_rooms(ast.parse(source)):
        if target in {"__version__", room}:
            continue
        if target not in LEVEL:
            wrong.append(f"line {line}: {target} has no place")
        elif LEVEL[target] >= LEVEL[room]:
            wrong.append(f"line {line}: {room} imports {target}")
    return wrong


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    room = room_of(path)
    if room in {"__init__", "__main__"}:
        return
    assert room in LEVEL, f"{path.name} has no place: add its room to LAYERS and to ARCHITECTURE.md"
    assert wrong_arrows(room, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("room", "source"),
    [
        ("text", "from omnistudy.study import model"),
        ("agreement", "import omnistudy.theory.codes.analysis"),
        ("render", "from omnistudy.cli.output import emit"),
        ("study", "from omnistudy import workflow"),
        ("errors", "from . import results"),
        ("theory", "from omnistudy.newroom import thing"),
    ],
)
def test_a_wrong_arrow_is_seen(room: str, source: str) -> None:
    assert wrong_arrows(room, source)


def imported_modules(tree: ast.AST) -> Iterator[str]:
    """Every module of the package that the code imports when it runs, functions included."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("omnistudy"):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        yield from imported_modules(node)


def dotted(path: Path) -> str:
    parts = ("omnistudy", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts).removesuffix(".__init__")


def cycles(imports: Mapping[str, set[str]]) -> list[str]:
    """Modules left when those that import nothing are taken away again and again: the cycles and what needs them."""
    left = {module: set(found) for module, found in imports.items()}
    while free := {module for module, found in left.items() if not found & left.keys()}:
        left = {module: found for module, found in left.items() if module not in free}
    return sorted(left)


def test_no_module_needs_itself_through_others() -> None:
    imports = {
        dotted(path): set(imported_modules(ast.parse(path.read_text(encoding="utf-8")))) - {dotted(path)}
        for path in modules()
    }
    assert cycles(imports) == []


def test_a_cycle_is_seen() -> None:
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": set()}) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "path",
    [path for path in modules() if room_of(path) in INNER and len(path.relative_to(PACKAGE).parts) > 1],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_rooms_within_a_room_point_down(path: Path) -> None:
    outer, inner = path.relative_to(PACKAGE).parts[:2]
    room = inner.removesuffix(".py")
    if room == "__init__":
        return
    level = {name: at for at, names in enumerate(INNER[outer]) for name in names}
    targets = {
        name.split(".")[2]
        for name in imported_modules(ast.parse(path.read_text(encoding="utf-8")))
        if name.startswith(f"omnistudy.{outer}.")
    }
    assert {target for target in targets - {room} if level[target] >= level[room]} == set()


@pytest.mark.parametrize(
    "path",
    [p for p in modules() if room_of(p) not in {"cli", "study", "__main__"}],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_only_the_command_line_prints_writes_or_exits(path: Path) -> None:
    calls = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert calls & PRINTING == set()


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_packages_are_imported_inside_functions(path: Path) -> None:
    top = ast.parse(path.read_text(encoding="utf-8")).body
    found = set()
    for node in top:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    assert found & HEAVY == set()


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_product_code_reads_the_demo_truth(path: Path) -> None:
    assert "truth.toml" not in path.read_text(encoding="utf-8")


def test_no_module_hides_behind_an_empty_name() -> None:
    empty = {"utils", "util", "helpers", "helper", "common", "misc", "manager"}
    assert {path.stem for path in modules()} & empty == set()


def test_the_map_names_every_room() -> None:
    text = (PACKAGE.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
    drawn = set(re.findall(r"^  ([a-z]+)(?:/|\.py) ", text, flags=re.MULTILINE))
    assert drawn == set(LEVEL)
    inner = set(re.findall(r"^    ([a-z_]+)/ ", text, flags=re.MULTILINE))
    folders = {path.parent.name for room in INNER for path in (PACKAGE / room).glob("*/__init__.py")}
    assert inner == folders


def recipes() -> str:
    text = (PACKAGE.parent / "ARCHITECTURE.md").read_text(encoding="utf-8")
    return text.split("## How to add …\n")[1].split("\n## ")[0]


def test_the_recipes_name_files_that_exist() -> None:
    root = PACKAGE.parent
    named = set(re.findall(r"`(?:\.\./)?([\w/.-]+\.(?:py|toml|json|md))`", recipes()))
    known = {path.relative_to(base).as_posix() for base in (root, PACKAGE) for path in base.rglob("*.*")}
    names = {name.rsplit("/", maxsplit=1)[-1] for name in known}
    assert len(named) > 40
    gone = sorted(name for name in named if name not in (known if "/" in name else names))
    assert not gone, "ARCHITECTURE.md, How to add …: these were moved or renamed"


def test_the_recipes_name_tables_that_exist() -> None:
    tables = set(re.findall(r"`(_?[A-Z][A-Z_]{3,})`", recipes()))
    sources = [*modules(), *(PACKAGE.parent / "tests").rglob("*.py")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    defined = set(re.findall(r"^(_?[A-Z][A-Z_]+)(?:: [^=\n]+)? = ", code, flags=re.MULTILINE))
    assert len(tables) > 10
    assert not tables - defined, "ARCHITECTURE.md, How to add …: these tables were renamed"
