"""The watermark: made-up interviews are recognised by their words, not only by a flag.

Whoever copies the demonstration transcripts and drops ``synthetic = true`` still gets the watermark
on every output, because the hashes of the shipped transcripts are known here.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files


@cache
def synthetic_hashes() -> frozenset[str]:
    """SHA-256 of the canonical texts of all interviews that were made up for omnistudy."""
    lines = files("omnistudy.study").joinpath("synthetic.txt").read_text(encoding="utf-8").split("\n")
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def is_synthetic(hashes: Iterable[str]) -> bool:
    """Tell whether any of the transcripts is one of the made-up ones."""
    return not synthetic_hashes().isdisjoint(hashes)
