"""Whole commands: start-up, check and run of the demonstration, a large study. Run by run.py."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from comparing import Target, Task
from made_up_study import Size, write_study
from measure import Job, Work

REPOSITORY = Path(__file__).resolve().parent.parent.parent
DEMO = REPOSITORY / "interviews" / "maskan-demo"
_COUNTED = """
import json, sys
from omnistudy.cli.main import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
own = [name for name in sys.modules if name.partition(".")[0] == "omnistudy"]
sys.stderr.write(json.dumps([len(sys.modules), len(own)]))
"""

JOBS: Mapping[str, Job] = {}


def tasks(scratch: Path, scale: float, peers: Path | None) -> Iterator[Task]:
    """Yield the tasks; the large study is written to ``scratch`` when it is reached."""

    def command(name: str, target: Target, *arguments: str, repeats: int = 3) -> Task:
        return Task(name=name, ours=Work(arguments=arguments, folder=scratch), target=target, repeats=repeats)

    yield command("omnistudy --help", Target(seconds=0.3, cpu=True), "--help", repeats=9)
    yield command(
        "omnistudy agreement --help", Target(seconds=0.4, cpu=True), "agreement", "--help", repeats=9
    )
    yield command("check the demonstration", Target(seconds=1.5), "check", str(DEMO))
    run = ("run", str(DEMO), "--quiet", "--to")
    yield command(
        "run the demonstration: html, docx, xlsx", Target(seconds=12, cpu=True), *run, "html,docx,xlsx"
    )
    yield command("run the demonstration: all four formats", Target(seconds=15), *run, "html,docx,xlsx,md")
    size = Size(
        interviews=max(2, int(500 * scale)), codings=max(200, int(200_000 * scale)), codes=300, words=10_000
    )
    write_study(scratch / "large", size)
    yield command(
        f"check {size.interviews:,} interviews of 10,000 words, {size.codings:,} codings",
        Target(seconds=20, megabytes=1500),
        "check",
        str(scratch / "large"),
    )


def imports() -> Iterator[tuple[str, ...]]:
    """Yield for some commands: modules imported, those of omnistudy, and wall milliseconds of importing."""
    for arguments in (("--help",), ("agreement", "--help"), ("crm", "--help"), ("check", str(DEMO))):
        shown = " ".join("the demonstration" if part == str(DEMO) else part for part in arguments)
        command = [sys.executable, "-X", "importtime", "-c", _COUNTED, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
        lines = done.stderr.splitlines()
        every, own = lines[-1].strip("[]").split(", ")
        spent = [line.split("|")[0].rpartition(":")[2] for line in lines if line.startswith("import time:")]
        milliseconds = sum(int(part) for part in spent if part.strip().isdigit()) / 1000
        yield f"omnistudy {shown}", every, own, f"{milliseconds:.0f} ms"


IMPORT_HEADINGS = ("command", "modules imported", "of omnistudy", "time of imports")
