"""Exports of Label Studio, built as the program writes them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from omnistudy.formats.reading.dialect import Unit

TEXT = "P1: می\u200cروم بانک 😀؛ صف\r\nبلند بود. I trust the clerk, not the app."
Record = dict[str, Any]


def region(words: str, labels: list[str], unit: Unit = Unit.CODEPOINT) -> Record:
    """A result as the program writes it, with the positions that it counts."""
    start = TEXT.index(words)
    end = start + len(words)
    if unit is Unit.UTF16:
        start, end = (len(TEXT[:at].encode("utf-16-le")) // 2 for at in (start, end))
    value = {"start": start, "end": end, "text": words, "labels": labels}
    return {"id": f"r{start}", "from_name": "label", "to_name": "text", "type": "labels", "value": value}


def annotation(*results: Record, by: object = 1, **more: object) -> Record:
    when = "2024-02-03T10:11:12.123456Z"
    return {"id": 9, "completed_by": by, "created_at": when, "result": list(results), **more}


def task(*annotations: Record, text: str = TEXT, **more: object) -> Record:
    return {"id": 3, "data": {"text": text, "name": "P1"}, "annotations": list(annotations), **more}


def written(folder: Path, *tasks: Record) -> Path:
    path = folder / "project-1.json"
    path.write_text(json.dumps(tasks, ensure_ascii=False), encoding="utf-8")
    return path
