"""What a REFI-QDA project says, element by element, before anything is resolved or judged.

References are kept as normalised GUIDs; they may point forward, so nothing is looked up here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RawCoding:
    """A Coding element."""

    guid: str
    code: str
    user: str
    created: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RawSelection:
    """A selection of any kind; ``start`` and ``end`` are text positions, or GUIDs of sync points."""

    kind: str
    guid: str
    name: str
    user: str
    created: str
    start: str
    end: str
    description: str
    codings: tuple[RawCoding, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawText:
    """A TextSource, Note, Representation, TextDescription or Transcript."""

    kind: str
    guid: str
    name: str
    user: str
    created: str
    plain: str
    rich: str
    content: str | None
    description: str
    selections: tuple[RawSelection, ...]
    codings: tuple[RawCoding, ...]
    notes: tuple[str, ...]
    values: tuple[tuple[str, str], ...]
    sync: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMedium:
    """A PDF, picture, audio or video source with its texts and its selections outside of text."""

    kind: str
    guid: str
    name: str
    user: str
    created: str
    description: str
    texts: tuple[RawText, ...]
    selections: tuple[RawSelection, ...]
    codings: tuple[RawCoding, ...]
    notes: tuple[str, ...]
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RawCode:
    """A Code with the GUID of its parent, empty at the root."""

    guid: str
    name: str
    parent: str
    description: str
    colour: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RawCase:
    """A Case."""

    guid: str
    name: str
    description: str
    codes: tuple[str, ...]
    sources: tuple[str, ...]
    selections: tuple[str, ...]
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RawSet:
    """A Set with its members as pairs of kind (code, source, note) and GUID."""

    guid: str
    name: str
    description: str
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RawLink:
    """A Link."""

    guid: str
    name: str
    direction: str
    origin: str
    target: str
    notes: tuple[str, ...]


@dataclass
class RawProject:
    """Everything that the .qde or .qdc holds; ``ignored`` counts elements that nobody knows."""

    name: str = ""
    origin: str = ""
    user: str = ""
    description: str = ""
    notes: tuple[str, ...] = ()
    users: list[tuple[str, str, str]] = field(default_factory=list)  # GUID, name, id
    codes: list[RawCode] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    cases: list[RawCase] = field(default_factory=list)
    texts: list[RawText] = field(default_factory=list)
    media: list[RawMedium] = field(default_factory=list)
    memos: list[RawText] = field(default_factory=list)
    links: list[RawLink] = field(default_factory=list)
    sets: list[RawSet] = field(default_factory=list)
    graphs: int = 0
    edges: int = 0
    loose_edges: int = 0
    ignored: Counter[str] = field(default_factory=Counter)
