"""The help of one command beside its options, as data."""

from __future__ import annotations

from dataclasses import dataclass

STUDY_FILES = "study.toml and every file that it names"
RECORD_FILES = "the records that [crm] in study.toml names, or a table (CSV, Parquet), or a folder of tables"


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpPage:
    """The help of one command.

    Parameters
    ----------
    short
        What the list of commands says of it: a few words.
    about
        What the first line of the help leaves open: paragraphs.
    reads, writes
        The files that it looks at, and what it leaves on the disk.
    examples
        Command lines as they are typed, each with what it does.
    see
        Other commands that belong to it.
    missed
        When it ends with exit code 1; ``None`` where it never does.
    """

    short: str
    about: str = ""
    reads: str = ""
    writes: str = "nothing, except --output FILE"
    examples: tuple[tuple[str, str], ...] = ()
    see: tuple[str, ...] = ()
    missed: str | None = None
