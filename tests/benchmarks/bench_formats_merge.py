"""Time to merge ten coders' databases with 200,000 codings together into a study: at most 60 s.

Run with: python tests/benchmarks/bench_formats_merge.py
"""

from __future__ import annotations

import random
import resource
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from omnistudy.formats.existing import existing_study
from omnistudy.formats.merge import merge
from omnistudy.formats.registry import read_project
from omnistudy.study.scaffold import new_study

CODERS = 10
CODINGS = 20_000
INTERVIEWS = 100
CODES = 150
MOST_SECONDS = 60.0
WORDS = (
    *("بانک", "شعبه", "صف", "کارمند", "برنامه", "گوشی", "اعتماد", "می\u200cروم"),
    *("همیشه", "گاهی", "پیامک", "قسط", "وام", "مشتری", "خواهر", "شهر"),
)


def text_of(number: int) -> str:
    chance = random.Random(number)
    return "".join(
        " ".join(chance.choices(WORDS, k=12)) + ("؟\r\n" if at % 3 else "😀.\r\n") for at in range(400)
    )


def database(path: Path, coder: int, texts: list[str]) -> Path:
    chance = random.Random(1000 + coder)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("CREATE TABLE source (id INTEGER PRIMARY KEY, name TEXT, fulltext TEXT)")
        db.execute("CREATE TABLE code_name (cid INTEGER PRIMARY KEY, name TEXT, memo TEXT, catid INTEGER)")
        db.execute("CREATE TABLE code_text (cid, fid, seltext, pos0, pos1, owner, date, memo)")
        # every coder has another version of a tenth of the texts
        mine = [f"مصاحبه\r\n{text}" if at % 10 == coder else text for at, text in enumerate(texts)]
        db.executemany(
            "INSERT INTO source VALUES (?, ?, ?)",
            [(at, f"P{at:03}.txt", text) for at, text in enumerate(mine)],
        )
        db.executemany(
            "INSERT INTO code_name VALUES (?, ?, '', NULL)", [(at, f"code {at}") for at in range(CODES)]
        )
        for _ in range(CODINGS):
            source = chance.randrange(INTERVIEWS)
            start = chance.randrange(10, len(mine[source]) - 200)
            end = start + chance.randrange(20, 180)
            row = (
                chance.randrange(CODES),
                source,
                mine[source][start:end],
                start,
                end,
                f"coder {coder}",
                "",
                "",
            )
            db.execute("INSERT INTO code_text VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
    return path


def main() -> int:
    """Print the measures; return 1 if the merge took too long."""
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        for name, data in new_study("bench", "fa").items():
            (here / "study" / name).parent.mkdir(parents=True, exist_ok=True)
            (here / "study" / name).write_bytes(data)
        texts = [text_of(number) for number in range(INTERVIEWS)]
        for number, text in enumerate(texts):
            (here / "study" / "transcripts" / f"P{number:03}.txt").write_text(
                text, encoding="utf-8", newline=""
            )
        paths = [database(here / f"{coder}.qda", coder, texts) for coder in range(CODERS)]
        started = time.perf_counter()
        projects = [read_project(path) for path in paths]
        read = time.perf_counter() - started
        merged = merge(projects, existing_study(here / "study"))
        seconds = time.perf_counter() - started
    kept = merged.conservation
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(
        f"read {read:.1f} s, read and merged {seconds:.1f} s (at most {MOST_SECONDS:.0f}), peak {peak:.0f} MiB\n"
        f"given {kept.given}, held {kept.held}, duplicates {kept.duplicates}, refused {kept.refused}\n"
    )
    return int(seconds > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
