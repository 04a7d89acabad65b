"""Fuzz every reader, table and TOML file of the command line, from a seed, for some minutes.

    python tests/fuzz/run_fuzz.py --minutes 35 --seed 3 [--only NAME] [--records | --no-records] [--keep FOLDER]

A case is one changed input and one command line, run in a child with bounded memory and time. It must
end with exit code 0 or 2 (1 where the contract says so), without a traceback, without steering
characters on the terminal, without a change of its inputs or a file left half-written, and without words
of a transcript in its error. Findings are made small and written to ``--keep``; those worth keeping
belong to ``tests/fuzz/cases``, which ``test_fuzz_cases.py`` replays.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from fuzz_cases import write_case
from fuzz_judge import Case, Ran, run, verdict, warm_up
from fuzz_targets import EXPLAIN, RECORD_TARGETS, TARGETS, Target, drawn_case


def main() -> None:
    wanted = _parsed()
    chance = random.Random(wanted.seed)
    targets = [
        *(() if wanted.records else (*TARGETS, EXPLAIN)),
        *(() if wanted.no_records else RECORD_TARGETS),
    ]
    targets = [each for each in targets if wanted.only in each.name]
    warm_up()
    wanted.keep.mkdir(parents=True, exist_ok=True)
    run_for(targets, chance, 60 * wanted.minutes, wanted.keep)
    sys.stdout.flush()
    os._exit(0)  # what the frozen collector holds need not be taken apart


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=35)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--only", default="", help="only targets whose name holds this")
    parser.add_argument("--records", action="store_true", help="only the customer records")
    parser.add_argument("--no-records", action="store_true", help="all but the customer records")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "omnistudy-fuzz")
    return parser.parse_args()


class Tally:
    """What was run so far, by target."""

    def __init__(self) -> None:
        self.done: Counter[str] = Counter()
        self.ends: Counter[tuple[str, int]] = Counter()
        self.spent: dict[str, float] = {}
        self.found: dict[str, str] = {}
        self.slowest: dict[str, tuple[float, int]] = {}

    def add(self, name: str, ran: Ran, seconds: float) -> None:
        self.done[name] += 1
        self.ends[name, ran.code] += 1
        self.spent[name] = self.spent.get(name, 0.0) + seconds
        worst = self.slowest.get(name, (0.0, 0))
        self.slowest[name] = (max(worst[0], ran.seconds), max(worst[1], ran.growth))

    def table(self) -> str:
        lines = [
            f"{'target':<28}{'cases':>7}{'minutes':>9}{'done':>7}{'refused':>9}{'findings':>10}{'slowest s':>11}{'MiB':>6}"
        ]
        for name, number in sorted(self.done.items()):
            seconds, growth = self.slowest[name]
            lines.append(
                f"{name:<28}{number:>7}{self.spent[name] / 60:>9.2f}{self.ends[name, 0] + self.ends[name, 1]:>7}"
                f"{self.ends[name, 2]:>9}{sum(each == name for each in self.found.values()):>10}"
                f"{seconds:>11.1f}{growth // 2**20:>6}"
            )
        whole = sum(self.spent.values()) / 60
        return "\n".join([*lines, f"{'all':<28}{sum(self.done.values()):>7}{whole:>9.2f}"])


def run_for(targets: list[Target], chance: random.Random, seconds: float, keep: Path) -> None:
    """Run cases until the time is up, and print a table of what was run."""
    tally = Tally()
    end = time.monotonic() + seconds
    with tempfile.TemporaryDirectory(dir=_quick_disk()) as scratch:
        folder = Path(scratch)
        while time.monotonic() < end:
            target = chance.choices(targets, [each.share for each in targets])[0]
            began = time.monotonic()
            case = drawn_case(target, chance)
            ran = run(case, folder)
            tally.add(target.name, ran, time.monotonic() - began)
            for fault in verdict(case, ran):
                where = raised(case, folder) if fault.startswith("exit code 3") else ""
                sign = _sign(fault) + where
                if sign not in tally.found:
                    tally.found[sign] = target.name
                    _keep(case, target, folder, fault, keep / f"{len(tally.found):03d}", where)
            if sum(tally.done.values()) % 100 == 0:
                (keep / "tally.txt").write_text(tally.table() + "\n", encoding="utf-8")
    print(f"\n{tally.table()}")


def _keep(case: Case, target: Target, folder: Path, fault: str, place: Path, where: str) -> None:
    small = smaller(case, target, folder, fault)
    name = f"{place.name}-{re.sub(r'[^a-z]+', '-', target.name.casefold()).strip('-')}"
    write_case(place.with_name(f"{name}.json"), small, dict(target.files()), target.name, fault)
    print(f"{time.strftime('%T')} {name}: {' '.join(case.arguments)}\n    {fault[:600]}{where}", flush=True)


def raised(case: Case, folder: Path) -> str:
    """Return the last lines of the code that a fault of ours went through."""
    ran = run(replace(case, arguments=(*case.arguments, "--debug")), folder)
    places = re.findall(
        r'File ".*?/(omnistudy/[^"]+)", line (\d+), in (\w+)', ran.err.decode("utf-8", "replace")
    )
    return "".join(f"\n      {file}:{line} {name}" for file, line, name in places[-3:])


def _quick_disk() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - thousands of small folders


def _sign(fault: str) -> str:
    """What makes a fault this fault: its words without names, numbers and quotations."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|\d+", "_", fault)[:160]


def smaller(case: Case, target: Target, folder: Path, fault: str) -> Case:
    """Take back what a case does not need for its fault: whole files, then lines."""
    sign = _sign(fault)
    base: Mapping[str, bytes] = target.files()

    def still(candidate: Case) -> bool:
        return sign in map(_sign, verdict(candidate, run(candidate, folder)))

    end = time.monotonic() + 40
    for name in [name for name in case.files if case.files[name] != base.get(name)]:
        candidate = replace(case, files={**case.files, name: base[name]})
        if still(candidate):
            case = candidate
    for name in [name for name in case.files if case.files[name] != base.get(name)]:
        case = _fewer_lines(case, name, still, end)
    return case


def _fewer_lines(case: Case, name: str, still: object, end: float) -> Case:
    assert callable(still)
    lines = case.files[name].split(b"\n")
    width = max(len(lines) // 2, 1)
    while width and len(lines) > 1:
        at = 0
        while at < len(lines) and time.monotonic() < end:
            fewer = lines[:at] + lines[at + width :]
            candidate = replace(case, files={**case.files, name: b"\n".join(fewer)})
            if still(candidate):
                lines, case = fewer, candidate
            else:
                at += width
        width //= 2
    return case


if __name__ == "__main__":
    main()
