"""What the fuzzer found, kept: every case ends as it should since its fault was mended."""

from __future__ import annotations

import random
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from fuzz_cases import read_case
from fuzz_judge import Case, run, verdict
from fuzz_targets import EXPLAIN, RECORD_TARGETS, TARGETS, Target, drawn_case

CASES = sorted((Path(__file__).resolve().parent / "cases").glob("*.json"))
EVERY = (*TARGETS, *RECORD_TARGETS, EXPLAIN)

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="limits are set as Linux sets them"
)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_was_found_stays_mended(path: Path, tmp_path: Path) -> None:
    case = read_case(path)
    assert verdict(case, run(case, tmp_path / "x")) == []


@pytest.mark.slow
@pytest.mark.parametrize("target", EVERY, ids=lambda target: target.name)
def test_what_the_fuzzer_starts_from_is_sound(target: Target, tmp_path: Path) -> None:
    """A target whose unchanged files were refused would fuzz nothing."""
    ended = []
    for arguments in target.commands:
        case = Case(arguments=arguments, files=target.files(), writes=target.writes, codes=target.codes)
        ran = run(case, tmp_path / "x")
        assert verdict(case, ran) == []
        ended.append(ran.code)
    assert ended.count(0) * 2 > len(ended)


def test_the_same_seed_draws_the_same_cases() -> None:
    target = TARGETS[1]
    first, again = (drawn_case(target, random.Random(7)) for _ in range(2))
    assert first == again
