"""The manifest of a report: every input, choice and output with its hash, so that it can be made again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from omnistudy.results import Result

SCHEMA = "omnistudy.manifest/1"


def manifest(
    results: Sequence[Result], options: Mapping[str, object], outputs: Mapping[Path, bytes]
) -> bytes:
    """Return the manifest as JSON; it holds hashes and counts, never words of a transcript.

    Parameters
    ----------
    results
        The sections; the hash of each one's payload lets ``verify`` name the analysis that differs.
    options
        What the user chose: language, formats, seed.
    outputs
        The files of the report, path to content.
    """
    first = results[0].provenance
    data = {
        "schema": SCHEMA,
        "version": first.version,
        "command": first.command,
        "synthetic": first.synthetic,
        "options": dict(options),
        "inputs": [{"path": file.path, "sha256": file.sha256} for file in first.inputs],
        "results": [{"command": result.command, "sha256": _payload_hash(result)} for result in results],
        "outputs": [
            {
                "path": path.name if path.parent.name != "figures" else f"figures/{path.name}",
                "sha256": _hash(content),
            }
            for path, content in outputs.items()
        ],
    }
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def _payload_hash(result: Result) -> str:
    text = json.dumps(result.payload(), ensure_ascii=False, sort_keys=True, allow_nan=False, default=str)
    return _hash(text.encode("utf-8"))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
