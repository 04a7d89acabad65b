"""Ids of interviews made from the names of documents: file names on every system."""

from __future__ import annotations

import re
import unicodedata

from omnistudy.study.transcripts import TRANSCRIPT_SUFFIXES

_DOCUMENT_SUFFIXES = TRANSCRIPT_SUFFIXES | {".doc", ".pdf", ".html", ".htm"}
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_LONGEST_ID = 80


def safe_id(name: str) -> str:
    """Return an interview id made from a document's name: a file name on every system.

    Letters and digits of any script, dots, underscores and hyphens stay; the suffix of a document goes;
    everything else becomes a hyphen.
    """
    name = unicodedata.normalize("NFC", name).strip()
    stem, dot, suffix = name.rpartition(".")
    if stem and f"{dot}{suffix}".casefold() in _DOCUMENT_SUFFIXES:
        name = stem
    kept = "".join(c if c in "._-" or unicodedata.category(c)[0] in "LNM" else "-" for c in name)
    clean = re.sub("-{2,}", "-", kept).strip("-.")[:_LONGEST_ID].strip("-.")
    return f"{clean}-" if _RESERVED.fullmatch(clean.partition(".")[0]) else clean or "interview"


def same_file(one: str, other: str) -> bool:
    """Tell whether two ids name one file on a system that ignores case or normalises."""
    return unicodedata.normalize("NFC", one).casefold() == unicodedata.normalize("NFC", other).casefold()
