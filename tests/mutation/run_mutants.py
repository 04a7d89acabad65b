"""Mutation testing: how many small faults do a room's tests notice?

    python tests/mutation/run_mutants.py agreement --sample 400 --seed 1 --work FOLDER

draws a seeded sample of mutants (`mutate.py` lists operators and what is left alone), finds out which
tests execute which line (`covering.py`), and runs for each mutant only the tests that reach it
(`trial.py`). FOLDER keeps coverage and one line of JSON per mutant; a second run goes on where the first
stopped, `--again` tries the survivors once more, for example after tests were added.
`results_table.py` turns the JSON into results.md.

A mutant is *killed* when a covering test fails or the program runs for ever, and *survives* when all of
them pass, or when no test reaches it. Slow tests and those that need a browser, an office program or
Spark are not run. Needs POSIX (fork, process groups) and nothing that the project does not need anyway.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from covering import Coverage, collect
from mutate import Mutant, mutants_of_room, sample
from trial import Child, Outcome, Plan, run_here, warm_up

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {
    "agreement": ("tests/agreement", "tests/cli/test_cli_a*.py", "tests/cli/test_cli_schemas.py"),
    "theory": (
        "tests/theory",
        "tests/cli/test_cli_paradigm.py",
        "tests/cli/test_cli_reporting.py",
        "tests/cli/test_cli_schemas.py",
        "tests/cli/test_cli_saturation.py",
        "tests/cli/test_cli_suggest.py",
        "tests/cli/test_cli_theory_inputs.py",
    ),
    "crm": ("tests/crm", "tests/cli/test_cli_crm*.py", "tests/cli/test_cli_schemas.py"),
}
"""Rooms and the tests that answer for them: their own and those of their commands."""


class Reach:
    """Which tests reach a mutant, and in which order they are tried."""

    def __init__(self, root: Path, room: str, coverage: Coverage) -> None:
        self.coverage = coverage
        self.by_file: dict[str, set[str]] = defaultdict(set)
        for place, tests in coverage.tests.items():
            self.by_file[place.rpartition(":")[0]].update(tests)
        package = root / "omnistudy"
        self.texts = {
            file.relative_to(package).as_posix(): file.read_text("utf-8").splitlines()
            for file in sorted((package / room).rglob("*.py"))
        }
        files = {test.split("::", 1)[0] for test in coverage.seconds}
        self.words = {
            file: frozenset(re.findall(r"\w+", (root / file).read_text("utf-8"))) for file in sorted(files)
        }

    def of(self, mutant: Mutant) -> set[str]:
        """Return the node ids of the tests that can notice the mutant."""
        if mutant.imported:
            return self._of_import(mutant)
        found: set[str] = set()
        on_import = False
        for line in range(mutant.span[0], mutant.span[1] + 1):
            place = f"{mutant.path}:{line}"
            found.update(self.coverage.tests.get(place, ()))
            on_import = on_import or place in self.coverage.on_import
        return found | self.by_file[mutant.path] if on_import else found

    def _of_import(self, mutant: Mutant) -> set[str]:
        """What runs on import is seen by the tests of its module and of every line that uses its names."""
        found = set(self.by_file[mutant.path])
        names = [name for name in (*mutant.names, *mutant.scope.split(".")) if name]
        if not names:
            return found
        used = re.compile(rf"\b({'|'.join(map(re.escape, names))})\b")
        for path, lines in self.texts.items():
            for number, line in enumerate(lines, 1):
                if used.search(line):
                    found.update(self.coverage.tests.get(f"{path}:{number}", ()))
        return found or set(self.coverage.seconds)

    def ordered(self, tests: set[str], budget: float, names: Sequence[str]) -> tuple[list[str], float]:
        """Return the tests in the order in which they are tried, as many as the budget allows.

        Files that mention one of ``names`` come first. Then the quickest case of every test function
        comes before the second case of any, so that a budget leaves out repetitions first. Tests of one
        file stay together, for its fixtures' sake.
        """
        seconds = self.coverage.seconds
        cases: dict[str, list[str]] = defaultdict(list)
        for test in sorted(tests, key=lambda test: (seconds[test], test)):
            cases[test.split("[", 1)[0]].append(test)
        rounds = sorted(
            (self.words[test.split("::", 1)[0]].isdisjoint(names), place, seconds[test], test)
            for same in cases.values()
            for place, test in enumerate(same)
        )
        chosen: list[str] = []
        total = 0.0
        for _, _, cost, test in rounds:
            if not chosen or total + cost <= budget:
                chosen.append(test)
                total += cost
        cost_of_file: dict[str, float] = defaultdict(float)
        for test in chosen:
            cost_of_file[test.split("::", 1)[0]] += seconds[test]
        files = sorted(cost_of_file, key=lambda file: cost_of_file[file])
        rank = {file: place for place, file in enumerate(files)}
        return sorted(chosen, key=lambda test: (rank[test.split("::", 1)[0]], seconds[test], test)), total


class Room:
    """One room's run: its sample, its coverage, and the file of results."""

    def __init__(self, room: str, options: argparse.Namespace) -> None:
        self.room, self.options = room, options
        self.package = ROOT / "omnistudy"
        self.work = Path(options.work).resolve()
        self.work.mkdir(parents=True, exist_ok=True)
        self.results = self.work / f"results-{room}-seed{options.seed}.jsonl"
        self.drawn = sample(mutants_of_room(self.package, room), options.sample, options.seed)

    def coverage(self) -> Coverage:
        """Return the coverage, computed only for tests that are new or changed since the last run."""
        folder = self.work / f"coverage-{self.room}"
        folder.mkdir(exist_ok=True)
        given = [found for pattern in ROOMS[self.room] for found in sorted(ROOT.glob(pattern))]
        files = [
            file for path in given for file in ([path] if path.is_file() else sorted(path.rglob("test_*.py")))
        ]
        sources = b"".join(file.read_bytes() for file in sorted((self.package / self.room).rglob("*.py")))
        kept = {
            file: folder / f"{hashlib.sha256(sources + file.read_bytes()).hexdigest()[:16]}.json"
            for file in files
        }
        new = [file for file in files if not kept[file].is_file()]
        if new:
            lines, times = folder / "lines", folder / "times"
            self._collected(new, lines, traced=True)
            self._collected(new, times, traced=False)
            found = Coverage.load(lines).timed_by(Coverage.load(times))
            for file in new:
                found.of_file(file.relative_to(ROOT).as_posix()).save(kept[file])
        whole = Coverage()
        for file in files:
            whole.add(Coverage.load(kept[file]))
        return whole

    def _collected(self, tests: list[Path], file: Path, *, traced: bool) -> None:
        """Run the tests in a child, so that this process imports nothing of the room."""
        pid = os.fork()
        if not pid:
            try:
                collect(self.package, self.room, tests, traced=traced).save(file)
            except BaseException:
                traceback.print_exc()
                raise
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(0)
        os.waitpid(pid, 0)

    def known(self) -> dict[str, dict[str, object]]:
        """Return the results so far that still hold: same mutant, module unchanged since."""
        if not self.results.is_file():
            return {}
        rows = [json.loads(line) for line in self.results.read_text("utf-8").splitlines()]
        return {row["key"]: row for row in rows if row["module"] == self.hash_of(row["path"])}

    def hash_of(self, path: str) -> str:
        file = self.package / path
        return hashlib.sha256(file.read_bytes()).hexdigest()[:16] if file.is_file() else ""

    def record(self, mutant: Mutant, outcome: Outcome, **more: object) -> None:
        text = (self.package / mutant.path).read_text("utf-8").splitlines()[mutant.line - 1].strip()
        row = asdict(mutant) | {"kind": outcome.kind, "test": outcome.test, "text": text}
        row |= {"module": self.hash_of(mutant.path)} | more
        with self.results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def run(self) -> None:
        """Try every mutant of the sample that has no result yet."""
        reach = Reach(ROOT, self.room, self.coverage())
        known, todo = self.known(), []
        # Keys are hashes, so a run that is stopped early has tried a smaller random sample.
        for mutant in sorted(self.drawn, key=lambda mutant: mutant.key):
            kind = known.get(mutant.key, {}).get("kind")
            if kind is None or (self.options.again and kind not in {"killed", "timeout"}):
                todo.append(mutant)
        print(f"{self.room}: {len(self.drawn)} drawn, {len(todo)} to try", flush=True)
        waiting, at_work = iter(todo), list[tuple[Child, Mutant, int, int]]()
        while True:
            while len(at_work) < self.options.jobs and (following := next(waiting, None)) is not None:
                self.start(following, reach, at_work)
            if not at_work:
                break
            self.gather(at_work)

    def start(self, mutant: Mutant, reach: Reach, at_work: list[tuple[Child, Mutant, int, int]]) -> None:
        tests = reach.of(mutant)
        if not tests:
            self.record(mutant, Outcome("not covered"), tests=0, of_tests=0, seconds=0.0)
            return
        chosen, planned = reach.ordered(tests, self.options.budget, mutant.names)
        file = self.package / mutant.path
        seconds = self.options.least + 4 * planned
        plan = Plan(file, mutant.applied_to(file.read_bytes()), chosen, seconds)
        folder = self.work / f"tmp-{mutant.key}"
        child = Child(partial(run_here, ROOT, plan, folder), seconds, folder)
        at_work.append((child, mutant, len(chosen), len(tests)))

    def gather(self, at_work: list[tuple[Child, Mutant, int, int]]) -> None:
        for entry in list(at_work):
            child, mutant, chosen, tests = entry
            outcome = child.finished(0.05 if len(at_work) > 1 else 1.0)
            if outcome is not None:
                at_work.remove(entry)
                seconds = round(child.lasted, 2)
                self.record(mutant, outcome, tests=chosen, of_tests=tests, seconds=seconds)
                print(
                    f"{outcome.kind:9} {seconds:6.1f} s {mutant.path}:{mutant.line} {mutant.operator}",
                    flush=True,
                )

    def summary(self) -> str:
        known = self.known()
        kinds = [str(known[mutant.key]["kind"]) for mutant in self.drawn if mutant.key in known]
        killed = sum(kind in {"killed", "timeout"} for kind in kinds)
        counts = {kind: kinds.count(kind) for kind in sorted(set(kinds))}
        return f"{self.room}: {killed} of {len(kinds)} killed ({killed / max(len(kinds), 1):.1%}); {counts}"


def main() -> None:
    """Read the command line and run the rooms."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("room", choices=sorted(ROOMS))
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", required=True, help="folder for coverage and results")
    parser.add_argument("--jobs", type=int, default=1, help="mutants tried at the same time")
    parser.add_argument("--budget", type=float, default=25.0, help="seconds of tests per mutant")
    parser.add_argument("--least", type=float, default=15.0, help="seconds that any mutant may take")
    parser.add_argument("--again", action="store_true", help="try the survivors once more")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    warm_up(ROOT / "omnistudy", options.room)
    room = Room(options.room, options)
    began = time.monotonic()
    room.run()
    print(room.summary())
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
