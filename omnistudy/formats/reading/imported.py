"""What every reader of another program's file returns: one neutral, immutable project.

Positions are 0-based, half-open code points of the canonical text, whatever the file counted in.
Readers give what the file says and judge nothing; :mod:`omnistudy.formats.into_study` decides what of
it is new to a study.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from omnistudy.formats.reading.dialect import Dialect
from omnistudy.results import Message


def _nothing() -> Mapping[str, str]:
    return MappingProxyType({})


class Check(StrEnum):
    """How a quotation compares with the words that the file itself stores for it."""

    EXACT = "exact"  # white space apart
    SHIFTED = "shifted"  # found within 20 characters
    LOCATED = "located"  # found once elsewhere in the text
    NORMALISED = "normalised"  # found once in other letter forms: ي for ی, a blank for ZWNJ, other digits
    AMBIGUOUS = "ambiguous"  # found more than once: kept where the file says
    UNVERIFIED = "unverified"  # the file stores no words
    FAILED = "failed"  # not found: kept where the file says


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSource:
    """A document with its canonical text.

    ``joined_blocks`` counts the ends of paragraphs at which the text has no line end, because the
    file's offsets do not count one; such paragraphs run into each other.
    """

    id: str
    name: str
    text: str
    attributes: Mapping[str, str] = field(default_factory=_nothing)
    excerpt: bool = False
    joined_blocks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCode:
    """A code; ``path`` holds the names from the root to the code itself.

    The fields after ``example`` are known only where a file carries them: ``proposed_id`` is the id
    that the code had in the study the file was made from, ``texts`` holds column (label, definition,
    include, exclude, example) to language to text, ``properties`` name, low and high by language.
    """

    id: str
    path: tuple[str, ...]
    description: str = ""
    include: str = ""
    exclude: str = ""
    example: str = ""
    proposed_id: str = ""
    level: str = ""
    role: str = ""
    since: str = ""
    aliases: tuple[str, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    properties: tuple[Mapping[str, Mapping[str, str]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedQuotation:
    """A span of a source; ``shift`` says by how much the file's offsets were off."""

    id: str
    source: str
    start: int
    end: int
    check: Check = Check.UNVERIFIED
    shift: int = 0
    coder: str = ""
    name: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedCoding:
    """One code on one quotation by one coder; ``quotation`` and ``code`` are ids of this project.

    ``coder_from`` says where the file names the coder: coding, selection, source or project; else --coder or unknown.
    """

    quotation: str
    code: str
    coder: str
    round: str = ""
    created: str = ""
    memo: str = ""
    coder_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedMemo:
    """A memo; ``target`` is study, interview, code, quotation or relation.

    ``target_id`` is its id in this project; for a relation that is the ids of its two codes joined by
    ``>``. ``proposed_id`` is the id that the memo had in the study the file was made from.
    """

    target: str
    target_id: str
    text: str
    title: str = ""
    coder: str = ""
    created: str = ""
    id: str = ""
    proposed_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedRelation:
    """A relation between two codes; ``source`` and ``target`` are ids of this project.

    ``evidence`` holds pairs of what is referred to (``quotation``, ``memo``, or empty for words that the
    file does not resolve) and its id in this project. ``direction`` is oneway, bidirectional or
    associative. ``origin`` is empty for a relation that somebody wrote into the table of a study from
    which the file was made, else ``link``, or what that study's table said.
    """

    source: str
    target: str
    type: str = ""
    direction: str = "oneway"
    polarity: str = "+"
    feedback: bool = False
    rationale: str = ""
    evidence: tuple[tuple[str, str], ...] = ()
    origin: str = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedSet:
    """A named group; ``members`` are pairs of kind (code, source) and id in this project."""

    name: str
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Things of one kind that did not enter the study, or not as codings, and the reason."""

    what: Message
    count: int
    why: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedProject:
    """Everything that was read from one file.

    Parameters
    ----------
    format
        Name of the program.
    file, sha256
        Name of the file without its folder, and the hash of its bytes.
    sources, codes, quotations, codings, memos
        In the order of the file. A quotation without a coding stands in ``quotations`` only.
    coders
        Who coded, also those who coded nothing.
    counts
        What the file holds, by kind, before anything was left out.
    dialect
        How the file counts positions; ``None`` where it has none.
    relations, sets
        Relations between codes, and groups of codes and of documents.
    origin
        The program's name for itself, where the format has one.
    """

    format: str
    file: str
    sha256: str
    sources: tuple[ImportedSource, ...]
    codes: tuple[ImportedCode, ...]
    coders: tuple[str, ...]
    quotations: tuple[ImportedQuotation, ...]
    codings: tuple[ImportedCoding, ...]
    memos: tuple[ImportedMemo, ...] = ()
    counts: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    dialect: Dialect | None = None
    left_out: tuple[LeftOut, ...] = ()
    warnings: tuple[Message, ...] = ()
    relations: tuple[ImportedRelation, ...] = ()
    sets: tuple[ImportedSet, ...] = ()
    origin: str = ""

    @property
    def checks(self) -> Mapping[Check, int]:
        """Number of quotations by outcome of the comparison with the file's own words."""
        return Counter(quotation.check for quotation in self.quotations)
