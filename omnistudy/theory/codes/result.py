"""What `codes` returns: counts as data, and the JSON object of the contract."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from omnistudy.results import Block, Label, Message, Quote, Result, Table, msg
from omnistudy.study.model import Level, Role
from omnistudy.theory.codes import blocks as codes_blocks
from omnistudy.theory.codes import tables as codes_tables
from omnistudy.theory.counts.co_occurrence import NESTED, CoOccurrence
from omnistudy.theory.counts.coverage import Coverage
from omnistudy.theory.counts.history import CodeHistory, history_json
from omnistudy.theory.terms import count, counted


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCount:
    """What one code carries in the analysis set, its descendants included.

    Parameters
    ----------
    quotations
        Distinct quotations (groundedness).
    codings
        Codings: quotation × code × coder.
    direct_codings
        Those of the code itself, without its descendants.
    interviews
        Distinct interviews.
    coders
        Human coders that applied it, in any round.
    density
        Distinct codes linked with it by a relation.
    """

    code: str
    label: Label
    level: Level
    parent: str | None
    role: Role | None
    quotations: int
    codings: int
    direct_codings: int
    interviews: int
    coders: int
    density: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeCount:
    """One code among the interviews that share a participant's attribute."""

    attribute: str
    value: str
    code: str
    quotations: int
    interviews: int
    of_interviews: int


@dataclass(frozen=True, kw_only=True)
class CodesResult(Result):
    """Frequencies, density, co-occurrence, cross tables, coverage and retrieved quotations.

    ``matrix`` holds quotations, one row per code of ``matrix_codes`` and one column per interview;
    ``totals`` the distinct quotations and the codings of the analysis set. ``quotes`` is ``None``
    unless quotations were asked for, and ``searched`` says where they were looked for if not in the
    analysis set.
    """

    language: str
    analysis_set: str
    analysis_words: Message
    n_coders: int
    level: Level
    all_levels: bool
    interviews: tuple[str, ...]
    codes: tuple[CodeCount, ...]
    matrix_codes: tuple[str, ...]
    matrix: tuple[tuple[int, ...], ...]
    labels: Mapping[str, Label]
    attributes: tuple[AttributeCount, ...]
    co_occurrence: tuple[CoOccurrence, ...]
    unit: str
    history: tuple[CodeHistory, ...]
    singletons: tuple[str, ...]
    unused: tuple[str, ...]
    undefined_codes: tuple[str, ...]
    coverage: Coverage
    speakers: str
    quotes: tuple[Quote, ...] | None
    searched: Message | None
    totals: tuple[int, int]
    command: ClassVar[str] = "codes"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Codes")

    @property
    def summary(self) -> Message:
        """Say what was counted or found, on whose codings."""
        if self.quotes is not None:
            return msg(
                "Found {quotations}, searching {searched}.",
                quotations=counted(len(self.quotes), len({passage.interview for passage in self.quotes})),
                searched=self.searched or self.analysis_words,
            )
        return msg(
            "Counting {analysis_set}: {codings} codings of {quotations} quotations in {held} of {interviews} "
            "interviews; {used} of {codes} codes and categories are in use.",
            analysis_set=self.analysis_words,
            codings=count(self.totals[1]),
            quotations=count(self.totals[0]),
            held=count(sum(any(column) for column in zip(*self.matrix, strict=True))),
            interviews=count(len(self.interviews)),
            used=count(len(self.labels) - len(self.unused)),
            codes=count(len(self.labels)),
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object; every count is on ``analysis_set``."""
        return {
            "analysis_set": self.analysis_set,
            "level": None if self.all_levels else str(self.level),
            "codes": [_code(row) for row in self.codes],
            "unit": self.unit,
            "code_history": [history_json(row) for row in self.history],
            "co_occurrence": [_pair(pair) for pair in self.co_occurrence],
            "code_by_interview": [
                {"code": code, "quotations": dict(zip(self.interviews, row, strict=True))}
                for code, row in zip(self.matrix_codes, self.matrix, strict=True)
            ],
            "code_by_attribute": [
                {
                    "attribute": row.attribute,
                    "value": row.value,
                    "code": row.code,
                    "quotations": row.quotations,
                    "interviews": row.interviews,
                    "of_interviews": row.of_interviews,
                }
                for row in self.attributes
            ],
            "quotes": [_quote(passage) for passage in self.quotes or ()],
            "coverage": self._coverage(),
            "singletons": list(self.singletons),
            "unused": list(self.unused),
            "undefined_codes": list(self.undefined_codes),
        }

    def _coverage(self) -> dict[str, object]:
        silent = "no participant's speech was recognised in the transcripts"
        share = self.coverage.share
        return {
            "share": share,
            "reason": silent if share is None else None,
            "speakers": self.speakers,
            "characters": self.coverage.characters,
            "coded_characters": self.coverage.coded,
            "interviews": [
                {
                    "interview": row.interview,
                    "share": row.share,
                    "reason": silent if row.share is None else None,
                    "characters": row.characters,
                    "coded_characters": row.coded,
                }
                for row in self.coverage.interviews
            ],
            "longest_uncoded": [
                {"interview": gap.interview, "start": gap.start, "end": gap.end, "text": gap.text}
                for gap in self.coverage.gaps
            ],
        }

    def tables(self) -> tuple[Table, ...]:
        """Return the tidy tables; the quotations come first where they were asked for."""
        return codes_blocks.tables(self)

    def blocks(self) -> tuple[Block, ...]:
        """Return the section of a report, or only the quotations where they were asked for."""
        return codes_blocks.blocks(self)


def _code(row: CodeCount) -> dict[str, object]:
    return {
        "code": row.code,
        "label": str(row.label),
        "labels": dict(row.label.texts),
        "level": str(row.level),
        "parent": row.parent,
        "role": None if row.role is None else str(row.role),
        "quotations": row.quotations,
        "codings": row.codings,
        "direct_codings": row.direct_codings,
        "interviews": row.interviews,
        "coders": row.coders,
        "density": row.density,
    }


def _pair(pair: CoOccurrence) -> dict[str, object]:
    return {
        "first": pair.first,
        "second": pair.second,
        "overlaps": pair.overlaps,
        "c_coefficient": pair.c_coefficient,
        "reason": str(NESTED) if pair.c_coefficient is None else None,
        "interviews": pair.interviews,
        "jaccard": pair.jaccard,
        "units": pair.units,
        "unit_jaccard": pair.unit_jaccard,
        "unit_reason": str(codes_tables.NO_UNIT) if pair.unit_jaccard is None else None,
        "lift": pair.lift,
        "p": pair.p,
        "p_adjusted": pair.p_adjusted,
    }


def _quote(passage: Quote) -> dict[str, object]:
    return {
        "id": f"{passage.interview}:{passage.start}-{passage.end}",
        "interview": passage.interview,
        "start": passage.start,
        "end": passage.end,
        "text": passage.text,
        "codes": [label.id for label in passage.codes],
        "coders": list(passage.coders),
    }
