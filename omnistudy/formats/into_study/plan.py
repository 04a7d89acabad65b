"""What an import would do: the files to write, and what is new, known and left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from omnistudy.formats.reading.imported import Check, LeftOut
from omnistudy.results import Message

KINDS = ("interviews", "codes", "quotations", "codings", "memos")
RARER_KINDS = ("relations", "sets")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """What an import would do.

    Parameters
    ----------
    files
        Path relative to the study folder to the whole new content; only files that change.
    settings
        Lines that study.toml still needs, section headers included; it is never edited.
    read, added, known
        Counts by kind: in the files, new to the study, in the study already.
    checks
        Quotations by how they compare with the words stored in the files.
    codings_by
        Codings of the files by coder and code.
    dialects
        File name to the way in which it counts positions, empty where it has none.
    """

    files: Mapping[str, bytes]
    settings: tuple[str, ...]
    read: Mapping[str, int]
    added: Mapping[str, int]
    known: Mapping[str, int]
    checks: Mapping[Check, int]
    codings_by: Mapping[tuple[str, str], int]
    dialects: Mapping[str, str]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[Message, ...]
    new_codes: tuple[NewName, ...] = ()


@dataclass(frozen=True, slots=True)
class NewName:
    """A code that an import adds; ``nearest`` is the known code that it is one edit away from, if any."""

    code: str
    nearest: str | None
