"""Named attacks on every door: bounded memory and time, one clear error, nothing run, nothing followed.

Each runs the command line in a child with limits. With ``pytest -s`` every attack prints a line with its
time, the growth of its memory and its error.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from attacks import ATTACKS
from fuzz_judge import Case, run, verdict
from fuzz_material import study_files, study_with_records

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="limits are set as Linux sets them"
)

SECONDS = 20.0
QUICK = 9
"""Every so many attacks run with the quick tests, all of them with the others."""


@pytest.mark.parametrize(
    "name",
    [
        name if at % QUICK == 0 else pytest.param(name, marks=pytest.mark.slow)
        for at, name in enumerate(ATTACKS)
    ],
)
def test_attacks_end_with_one_error(name: str, tmp_path: Path) -> None:
    attack = ATTACKS[name]
    files = {**(study_with_records() if attack.records else study_files()), **attack.files()}
    case = Case(arguments=attack.arguments, files=files, writes=attack.writes, codes=frozenset({attack.code}))
    ran = run(case, tmp_path / "x", attack.prepare)
    err = ran.err.decode()
    errors = [line for line in err.splitlines() if line.startswith("error: ")]
    print(
        f"\n| {name} | {ran.seconds:.1f} s | {max(ran.growth, 0) // 2**20} MiB | {(errors or [''])[0][:140]} |"
    )
    assert verdict(case, ran) == []
    assert attack.says in err
    assert len(errors) == (attack.code == 2)
    assert ran.seconds < SECONDS
    assert ran.growth < attack.growth
    assert "root:" not in err + ran.out.decode()  # of /etc/passwd
