"""The vocabulary of a study: interviews, codings, codes, roles, and the immutable Study.

Nothing here reads a file. Offsets are 0-based, half-open, in Unicode code points of the canonical
text of an interview.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from omnistudy.errors import Problem
from omnistudy.results import InputFile, Label
from omnistudy.study.settings import StudySettings
from omnistudy.text.transcript import Transcript

EMPTY: Mapping[str, str] = MappingProxyType({})


class Role(StrEnum):
    """The roles of the paradigm model (Strauss & Corbin 1990, 1998), in reading order."""

    CAUSAL = "causal"
    PHENOMENON = "phenomenon"
    CONTEXT = "context"
    INTERVENING = "intervening"
    STRATEGY = "strategy"
    OUTCOME = "outcome"


class Level(StrEnum):
    """Levels of the code tree, from open coding upwards."""

    CODE = "code"
    SUBCATEGORY = "subcategory"
    CATEGORY = "category"


class CoderKind(StrEnum):
    """Only human coders enter agreement."""

    HUMAN = "human"
    CONSENSUS = "consensus"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """One interview: its transcript and what is known of the participant.

    ``order`` is the position in which the interviews were held, from 1; saturation depends on it.
    ``excerpt`` marks material that came without running text, one paragraph per statement.
    """

    id: str
    order: int
    transcript: Transcript
    date: str | None = None
    attributes: Mapping[str, str] = field(default_factory=lambda: EMPTY)
    excerpt: bool = False

    @property
    def text(self) -> str:
        """The canonical text."""
        return self.transcript.text


@dataclass(frozen=True, slots=True, order=True)
class Quotation:
    """A span that somebody coded; identified by interview, start and end."""

    interview: str
    start: int
    end: int

    @property
    def id(self) -> str:
        """Stable identifier ``interview:start-end``, used as evidence of relations."""
        return f"{self.interview}:{self.start}-{self.end}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """One code applied by one coder to one quotation in one round."""

    quotation: Quotation
    coder: str
    code: str
    round: str = ""
    created: str = ""
    memo: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a category with the ends of its dimension, for example trust: low … high."""

    name: Label
    low: Label
    high: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A code of the codebook, at any level of the tree.

    ``role`` is the code's own; a role may also be inherited, see :meth:`Codebook.role_of`.
    ``since`` names the coding round in which the code first existed; empty means always.
    """

    id: str
    label: Label
    level: Level
    parent: str | None = None
    role: Role | None = None
    definition: Label
    include: Label
    exclude: Label
    example: Label
    aliases: tuple[str, ...] = ()
    properties: tuple[Property, ...] = ()
    since: str = ""


@dataclass(frozen=True)
class Codebook:
    """The code tree in the order of its file."""

    name: str
    codes: tuple[Code, ...]

    @cached_property
    def by_id(self) -> Mapping[str, Code]:
        """Code id to code."""
        return MappingProxyType({code.id: code for code in self.codes})

    def __iter__(self) -> Iterator[Code]:
        return iter(self.codes)

    def __contains__(self, code: object) -> bool:
        return code in self.by_id

    def __getitem__(self, code: str) -> Code:
        return self.by_id[code]

    def ancestors(self, code: str) -> tuple[str, ...]:
        """Return the parents of ``code`` from the nearest to the root, without itself."""
        chain: list[str] = []
        parent = self.by_id[code].parent
        while parent is not None:
            chain.append(parent)
            parent = self.by_id[parent].parent
        return tuple(chain)

    def path(self, code: str, separator: str = " > ") -> str:
        """Return the full path of ids from the root to ``code``."""
        return separator.join([*reversed(self.ancestors(code)), code])

    def role_of(self, code: str) -> Role | None:
        """Return the role of ``code``: its own, else that of its nearest ancestor with one."""
        for candidate in (code, *self.ancestors(code)):
            role = self.by_id[candidate].role
            if role is not None:
                return role
        return None

    def rolled_up(self, code: str, level: Level) -> str:
        """Return the code that stands for ``code`` at ``level``.

        That is the nearest of the code and its ancestors that is at that level or above it: a code
        whose branch lacks the level is represented by the next level there is. A branch that ends
        below the level is represented by its root.
        """
        rank = _RANK[level]
        chain = (code, *self.ancestors(code))
        return next((one for one in chain if _RANK[self.by_id[one].level] >= rank), chain[-1])

    def at_level(self, level: Level) -> tuple[str, ...]:
        """Return the ids that :meth:`rolled_up` can return at ``level``, in codebook order."""
        reached = {self.rolled_up(code.id, level) for code in self.codes if _RANK[code.level] <= _RANK[level]}
        return tuple(code.id for code in self.codes if code.id in reached)

    def children(self, code: str) -> tuple[str, ...]:
        """Return the direct children of ``code`` in codebook order."""
        return tuple(child.id for child in self.codes if child.parent == code)


_RANK = {Level.CODE: 0, Level.SUBCATEGORY: 1, Level.CATEGORY: 2}


@dataclass(frozen=True, slots=True)
class Coder:
    """A person (or consensus, or machine) who coded."""

    id: str
    kind: CoderKind = CoderKind.HUMAN


@dataclass(frozen=True, slots=True, order=True)
class Seen:
    """One coder coded one interview in one round, whatever they found in it."""

    interview: str
    coder: str
    round: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleVote:
    """One coder's opinion of the role of a code."""

    code: str
    role: Role
    coder: str
    rationale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """An arrow of the model as the researchers wrote it down.

    ``polarity`` is ``+`` or ``-`` (a negative case); ``evidence`` holds quotation and memo ids.
    ``direction`` is oneway, bidirectional or associative; only the first is an arrow. ``origin`` says
    where the row comes from: ``table`` (somebody wrote it), ``link`` (of an imported project) or ``memo``
    (written down after a proposal from a memo); ``origin_of`` names that file or memo.
    """

    source: str
    target: str
    type: str = ""
    polarity: str = "+"
    feedback: bool = False
    rationale: str = ""
    evidence: tuple[str, ...] = ()
    direction: str = "oneway"
    origin: str = "table"
    origin_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposition:
    """A statement of the theory with the relations it rests on and the cases against it."""

    id: str
    text: str
    relations: tuple[tuple[str, str], ...] = ()
    negative_cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """An analytic memo; ``target`` is interview, quotation, code, relation or study."""

    id: str
    target: str
    target_id: str
    coder: str
    created: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberCheck:
    """What one participant or expert said when a finding was shown back to them.

    ``member`` is an interview id, or the name of somebody who was not interviewed. ``shown`` is code,
    role, relation, proposition or model, ``shown_id`` which one (empty for the model); ``answer`` is agree,
    partly or disagree; ``change`` is what was changed in the study because of it.
    """

    member: str
    date: str
    shown: str
    shown_id: str
    answer: str
    comment: str = ""
    change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustTechnique:
    """A technique by which the researchers say they earned trust (Lincoln & Guba 1985).

    ``criterion`` is credibility, transferability, dependability or confirmability; ``technique`` the
    words of the table; ``done`` is yes, partly or no.
    """

    criterion: str
    technique: str
    done: str
    evidence: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrosswalkRow:
    """One rater's opinion of how a local concept relates to one of the reference model."""

    local: str
    reference: str | None
    relation: str
    rater: str
    rationale: str = ""


@dataclass(frozen=True, kw_only=True)
class Study:
    """A whole study, immutable: everything that analyses may look at.

    ``codings`` holds all codings of all coders and rounds; :attr:`analysed` holds those that feed
    counts, saturation, model and comparison, chosen once by the ``codings`` setting.
    ``seen_assumed`` says that no seen table was given, so that a coder is taken to have seen the
    interviews in which they coded anything.
    """

    settings: StudySettings
    interviews: tuple[Interview, ...]
    codebook: Codebook
    coders: tuple[Coder, ...]
    codings: tuple[Coding, ...]
    analysed: tuple[Coding, ...]
    analysis_set: str
    rounds: tuple[str, ...]
    seen: frozenset[Seen]
    seen_assumed: bool
    role_votes: tuple[RoleVote, ...] = ()
    relations: tuple[Relation, ...] = ()
    propositions: tuple[Proposition, ...] = ()
    memos: tuple[Memo, ...] = ()
    crosswalk: tuple[CrosswalkRow, ...] = ()
    member_checks: tuple[MemberCheck, ...] = ()
    trustworthiness: tuple[TrustTechnique, ...] = ()
    inputs: tuple[InputFile, ...] = ()
    synthetic: bool = False
    quotes_checked: int = 0
    warnings: tuple[Problem, ...] = ()

    @cached_property
    def interview(self) -> Mapping[str, Interview]:
        """Interview id to interview."""
        return MappingProxyType({interview.id: interview for interview in self.interviews})

    @cached_property
    def coded_spans(self) -> Mapping[Quotation, tuple[Coding, ...]]:
        """Every span that somebody coded, in any round, with its codings."""
        spans: dict[Quotation, list[Coding]] = {}
        for coding in (*self.codings, *self.analysed):
            spans.setdefault(coding.quotation, []).append(coding)
        return MappingProxyType({span: tuple(codings) for span, codings in spans.items()})

    @property
    def id(self) -> str:
        """The study's identifier, as in study.toml."""
        return self.settings.study.id

    @property
    def language(self) -> str:
        """Language tag of the transcripts."""
        return self.settings.study.language

    @property
    def human_coders(self) -> tuple[str, ...]:
        """Ids of the coders that may enter agreement, in the order of the study."""
        return tuple(coder.id for coder in self.coders if coder.kind is CoderKind.HUMAN)

    def passage(self, quotation: Quotation) -> str:
        """Return the words of a quotation."""
        return self.interview[quotation.interview].text[quotation.start : quotation.end]
