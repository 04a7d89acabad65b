"""Cases on disk: what differs from the material, the command line, and what was wrong with it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path

from fuzz_judge import Case
from fuzz_targets import EXPLAIN, RECORD_TARGETS, TARGETS

BY_NAME = {target.name: target for target in (*TARGETS, *RECORD_TARGETS, EXPLAIN)}


def write_case(path: Path, case: Case, base: Mapping[str, bytes], target: str, was: str) -> None:
    """Write a case; files that are text stand in it as text."""
    changed = {name: data for name, data in case.files.items() if data != base.get(name)}
    held = {
        "target": target,
        "arguments": list(case.arguments),
        "was": was[:400],
        "without": sorted(base.keys() - case.files.keys()),
        "texts": {name: text for name, data in changed.items() if (text := _text(data)) is not None},
        "bytes": {
            name: base64.b64encode(data).decode() for name, data in changed.items() if _text(data) is None
        },
    }
    path.write_text(json.dumps(held, ensure_ascii=True, indent=1) + "\n", encoding="utf-8")


def read_case(path: Path) -> Case:
    """Read a case back, with all its files."""
    held = json.loads(path.read_text(encoding="utf-8"))
    target = BY_NAME[held["target"]]
    files = {name: data for name, data in target.files().items() if name not in held["without"]}
    files |= {name: text.encode() for name, text in held["texts"].items()}
    files |= {name: base64.b64decode(data) for name, data in held["bytes"].items()}
    return Case(arguments=tuple(held["arguments"]), files=files, writes=target.writes, codes=target.codes)


def _text(data: bytes) -> str | None:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None
