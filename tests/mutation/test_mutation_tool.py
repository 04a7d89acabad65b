"""The mutation tool itself: what it draws, what its faults are, and whether it can tell killed from alive."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from mutate import ARITHMETIC, CALLS, COMPARISONS, Mutant, mutants_of, mutants_of_room, sample

HERE = Path(__file__).resolve().parent

EVERY_OPERATOR = '''"""A docstring with 1 number."""
from __future__ import annotations
__all__ = ["one"]
LIMIT: int = 3
KIND = "nominal"


def one(values: list[int], top: int = 5, *, strict: bool = False) -> int | None:
    """Return something, not 7."""
    total = 0
    for value in values:
        if not strict and value >= 0:
            total += value
    if total > top or (total == 2):
        return max(values[1:], default=None)
    values.sort()
    return None if LIMIT < 2 else sum(v * 2 for v in values if v)
'''


@pytest.fixture(scope="module")
def package(repository: Path) -> Path:
    return repository / "omnistudy"


def operators(mutants: list[Mutant]) -> set[str]:
    return {mutant.operator for mutant in mutants}


def test_every_operator_finds_something() -> None:
    assert operators(mutants_of("x.py", EVERY_OPERATOR.encode())) == {
        "arithmetic", "boolean", "call", "comparison", "condition", "constant",
        "default", "not", "return", "slice", "statement",
    }  # fmt: skip


@pytest.mark.parametrize("source", [EVERY_OPERATOR, 'x = "سلام" + str(1 < 2)\n'])
def test_every_mutant_is_another_program(source: str) -> None:
    mutants = mutants_of("x.py", source.encode())
    assert mutants
    for mutant in mutants:
        changed = mutant.applied_to(source.encode())
        assert ast.dump(ast.parse(changed)) != ast.dump(ast.parse(source)), mutant
        assert source.encode()[mutant.start : mutant.end].decode() == mutant.original


@pytest.mark.parametrize("room", ["agreement", "theory", "crm"])
def test_every_mutant_of_a_draw_parses_and_differs(package: Path, room: str) -> None:
    for mutant in sample(mutants_of_room(package, room), 60, seed=4):
        source = (package / mutant.path).read_bytes()
        assert ast.dump(ast.parse(mutant.applied_to(source))) != ast.dump(ast.parse(source)), mutant


@pytest.mark.parametrize(
    "line",
    [
        'word = msg("one of {n}")',
        'row = Term(name="kappa", formula="po - pe")',
        "x: Literal['a'] | None = None",
        "def f(x: int | None) -> list[str] | None: ...",
        "@dataclass(frozen=True, slots=True)\nclass A:\n    x: int",
        'name = f"{one}-2"',
        "pairs = zip(a, b, strict=True)",
        "if TYPE_CHECKING:\n    x = 1",
        "Either = int | str | None",
    ],
)
def test_what_is_left_alone(line: str) -> None:
    assert mutants_of("x.py", line.encode()) == []


def test_an_operator_in_a_comment_is_not_the_operator() -> None:
    source = b"x = (a  # - not this\n     - b)\n"
    [mutant] = mutants_of("x.py", source)
    assert mutant.applied_to(source) == b"x = (a  # - not this\n     + b)\n"


def test_opposites_are_no_identities() -> None:
    assert all(old != new for old, new in ARITHMETIC.values())
    assert all(old not in new for old, new in COMPARISONS.values())
    assert all(old != new for old, new in CALLS.items())


def test_a_draw_depends_on_the_seed_alone(package: Path) -> None:
    mutants = mutants_of_room(package, "theory")
    first = sample(mutants, 50, seed=1)
    assert sample(mutants[::-1], 50, seed=1) == first
    assert len({mutant.key for mutant in first}) == 50
    assert {mutant.key for mutant in sample(mutants, 50, seed=2)} != {mutant.key for mutant in first}


def test_an_edit_elsewhere_keeps_a_mutants_key() -> None:
    before = {mutant.key for mutant in mutants_of("x.py", EVERY_OPERATOR.encode())}
    after = {mutant.key for mutant in mutants_of("x.py", EVERY_OPERATOR.replace("KIND", "\n\nKIND").encode())}
    edited = {mutant.key for mutant in mutants_of("x.py", EVERY_OPERATOR.replace("= 3", "= 2").encode())}
    renamed = {mutant.key for mutant in mutants_of("y.py", EVERY_OPERATOR.encode())}
    assert before == after
    assert len(before - edited) == 1
    assert not before & renamed


TOY = """def larger(a: int, b: int) -> int:
    return a if a > b else b


def untested(a: int) -> int:
    return a + 1


def for_ever(n: int) -> int:
    while n > 0:
        n -= 1
    return n
"""
TOY_TEST = """from omnistudy.toy.measures import for_ever, larger
import pytest

@pytest.mark.parametrize(("a", "b", "expected"), [(1, 2, 2), (4, 3, 4), (5, 5, 5)])
def test_larger(a, b, expected):
    assert larger(a, b) == expected

def test_it_ends():
    assert for_ever(2) == 0
"""


@pytest.mark.slow
def test_a_toy_room(tmp_path: Path) -> None:
    """What a test pins down is killed, an equivalent lives, what never runs is not covered."""
    toy = tmp_path / "omnistudy" / "toy"
    tests = tmp_path / "tests" / "toy"
    tool = tmp_path / "tests" / "mutation"
    for folder in (toy, tests, tool):
        folder.mkdir(parents=True)
    for folder in (toy.parent, toy):
        (folder / "__init__.py").write_text("")
    (toy / "measures.py").write_text(TOY)
    (tests / "test_toy.py").write_text(TOY_TEST)
    for file in HERE.glob("*.py"):
        if not file.name.startswith("test_"):
            (tool / file.name).write_bytes(file.read_bytes())
    run = (tool / "run_mutants.py").read_text("utf-8")
    (tool / "run_mutants.py").write_text(
        run.replace("ROOMS = {", 'ROOMS = {"toy": ("tests/toy",),', 1), "utf-8"
    )
    work = tmp_path / "work"
    answer = subprocess.run(
        [sys.executable, tool / "run_mutants.py", "toy", "--work", work, "--sample", "100", "--least", "1"],
        capture_output=True, text=True, check=False, cwd=tmp_path, timeout=300,
    )  # fmt: skip
    assert answer.returncode == 0, answer.stdout + answer.stderr

    sys_path_rows = (work / "results-toy-seed1.jsonl").read_text("utf-8")
    from results_table import judgements, overview, read, survivors

    rows = read(work / "results-toy-seed1.jsonl")
    assert sys_path_rows.count("\n") == len(rows) == len(mutants_of("toy/measures.py", TOY.encode()))
    kinds = {(row["scope"], row["original"], row["replacement"]): row["kind"] for row in rows}
    assert kinds["larger", ">", "<="] == "killed"
    assert kinds["larger", ">", ">="] == "survived"  # of two equal numbers either is the larger
    assert kinds["larger", "a > b", "True"] == "killed"
    assert kinds["untested", "+", "-"] == "not covered"
    assert kinds["for_ever", "n -= 1", "pass"] == "timeout"
    lives = [row for row in rows if row["kind"] not in {"killed", "timeout"}]
    assert len(survivors(rows, {})) == 2 + len(lives)
    equal = next(row["key"] for row in rows if row["replacement"] == ">=" and row["scope"] == "larger")
    table = overview({"toy": rows}, {equal: ("equivalent", "")})[-1]
    dead = len(rows) - len(lives)
    assert f"**{100 * dead / len(rows):.1f} %**" in table
    assert f"{100 * dead / (len(rows) - 1):.1f} % (1)" in table
    assert judgements(tmp_path / "absent.toml") == {}
