"""Turn the results of `run_mutants.py` into results.md.

    python tests/mutation/results_table.py results-agreement-seed1.jsonl … --heading heading.md > results.md

The judgement of every survivor stands in judgements.toml, by the mutant's key: ``equivalent`` (no input
can tell it from the original), ``harmless`` (it can be told, but no number or sentence that a reader
relies on changes) or ``gap`` (a test is missing), each with its reason.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mutate import mutants_of_room

HERE = Path(__file__).resolve().parent
KILLED = ("killed", "timeout")
Row = Mapping[str, Any]


def read(file: Path) -> list[Row]:
    """Return the last result of every mutant in a file, in the order of the text."""
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    last = {row["key"]: row for row in rows}
    return sorted(last.values(), key=lambda row: (row["path"], row["start"], row["end"], row["replacement"]))


def located(rows: Sequence[Row], package: Path) -> list[Row]:
    """Return the rows with the lines that their mutants have now; 0 for code that was changed since."""
    rooms = {row["path"].split("/", 1)[0] for row in rows}
    lines = {mutant.key: mutant.line for room in rooms for mutant in mutants_of_room(package, room)}
    return [{**row, "line": lines.get(row["key"], 0)} for row in rows]


def judgements(file: Path) -> dict[str, tuple[str, str]]:
    """Return key → judgement and reason."""
    if not file.is_file():
        return {}
    table = tomllib.loads(file.read_text("utf-8"))
    return {
        key: (judgement, reason)
        for judgement in ("equivalent", "harmless", "gap")
        for key, reason in table.get(judgement, {}).items()
    }


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def of_kind(rows: Sequence[Row], *kinds: str) -> int:
    return sum(row["kind"] in kinds for row in rows)


def overview(samples: Mapping[str, Sequence[Row]], judged: Mapping[str, tuple[str, str]]) -> list[str]:
    """Return the table with one line per sample."""
    lines = [
        "| sample | mutants | killed by a test | by time-out | survived | not covered | killed | equivalents set aside |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for name, rows in samples.items():
        killed = of_kind(rows, *KILLED)
        equal = sum(
            row["kind"] not in KILLED and judged.get(row["key"], ("",))[0] == "equivalent" for row in rows
        )
        cells = [
            name,
            len(rows),
            of_kind(rows, "killed"),
            of_kind(rows, "timeout"),
            of_kind(rows, "survived"),
            of_kind(rows, "not covered"),
            f"**{percent(killed, len(rows))}**",
            f"{percent(killed, len(rows) - equal)} ({equal})",
        ]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return lines


def by_operator(samples: Mapping[str, Sequence[Row]]) -> list[str]:
    """Return the table of killed shares by operator."""
    names = sorted({row["operator"] for rows in samples.values() for row in rows})
    lines = ["| operator | " + " | ".join(samples) + " |", "|---|" + "--:|" * len(samples)]
    for operator in names:
        cells = []
        for rows in samples.values():
            same = [row for row in rows if row["operator"] == operator]
            killed = of_kind(same, *KILLED)
            cells.append(f"{killed} of {len(same)} ({percent(killed, len(same))})" if same else "–")
        lines.append(f"| {operator} | " + " | ".join(cells) + " |")
    return lines


def short(text: str) -> str:
    """Return code for a table cell: one line, not too long."""
    flat = " ".join(text.split()) or "(nothing)"
    flat = flat if len(flat) <= 60 else flat[:57] + "…"
    return "`" + flat.replace("|", "\\|").replace("`", "'") + "`"


def survivors(rows: Sequence[Row], judged: Mapping[str, tuple[str, str]]) -> list[str]:
    """Return the table of the mutants that lived."""
    lines = ["| where | line | change | judgement |", "|---|---|---|---|"]
    for row in rows:
        if row["kind"] in KILLED:
            continue
        judgement, reason = judged.get(row["key"], ("not judged", ""))
        covered = " (not covered)" if row["kind"] == "not covered" else ""
        told = f"{judgement}{covered}" + (f": {reason}" if reason else "")
        change = f"{short(row['original'])} → {short(row['replacement'])}"
        where = f"{row['path']}:{row['line']}" if row["line"] else f"{row['path']} (changed since)"
        lines.append(f"| {where} | {short(row['text'])} | {change} | {told} |")
    return lines


def page(heading: str, samples: Mapping[str, Sequence[Row]], judged: Mapping[str, tuple[str, str]]) -> str:
    """Return results.md."""
    parts = [heading.strip(), "", "## Shares", "", *overview(samples, judged), ""]
    parts += ["## By operator", "", *by_operator(samples), ""]
    for name, rows in samples.items():
        parts += [f"## Survivors: {name}", "", *survivors(rows, judged), ""]
    return "\n".join(parts)


def main() -> None:
    """Read the command line and print the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("results", nargs="+", type=Path)
    parser.add_argument("--heading", type=Path, required=True, help="Markdown that stands above the tables")
    parser.add_argument("--judgements", type=Path, default=HERE / "judgements.toml")
    options = parser.parse_args()
    samples: dict[str, list[Row]] = defaultdict(list)
    for file in options.results:
        _, room, seed = file.stem.split("-")
        samples[f"{room}, {seed.replace('seed', 'seed ')}"] = located(
            read(file), HERE.parents[1] / "omnistudy"
        )
    sys.stdout.write(page(options.heading.read_text("utf-8"), samples, judgements(options.judgements)))


if __name__ == "__main__":
    main()
