"""From every category to its quotations and interviewees: what a category is grounded in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from omnistudy.reporting.material import count
from omnistudy.results import (
    Block,
    Column,
    Heading,
    Kind,
    Label,
    Message,
    Note,
    Provenance,
    Quote,
    Quotes,
    Result,
    Table,
    msg,
)
from omnistudy.study.model import Coding, Level, Role, Study
from omnistudy.theory.counts.retrieval import quotes_of
from omnistudy.theory.terms import analysis_set_words, role_name

_COLUMNS = (
    Column("role", msg("Role")),
    Column("subcategory", msg("Subcategory")),
    Column("codes", msg("Codes"), Kind.COUNT, secondary=True),
    Column("quotations", msg("Quotations"), Kind.COUNT),
    Column("interviews", msg("Interviews"), Kind.COUNT),
    Column("interviewees", msg("Interviewees"), Kind.ID),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedCategory:
    """One subcategory with everything it rests on in the analysis set."""

    id: str
    label: Label
    role: Role | None
    codes: int
    interviewees: tuple[str, ...]
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, kw_only=True)
class TraceResult(Result):
    """The trace of every subcategory."""

    analysis_words: Message
    rows: tuple[TracedCategory, ...]
    command: ClassVar[str] = "trace"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("From the category to its quotations")

    @property
    def summary(self) -> Message:
        """Say how many subcategories have quotations, and how few interviews the thinnest has."""
        grounded = [row for row in self.rows if row.quotes]
        if not self.rows:
            return msg("The codebook has no code yet, so nothing can be traced.")
        return msg(
            "{grounded} of {n} subcategories can be followed back to quotations; {thin} rest on a single interview "
            "(counting {analysis_set}).",
            grounded=count(len(grounded)),
            n=count(len(self.rows)),
            thin=count(sum(len(row.interviewees) == 1 for row in grounded)),
            analysis_set=self.analysis_words,
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "categories": [
                {
                    "id": row.id,
                    "role": row.role,
                    "codes": row.codes,
                    "interviewees": list(row.interviewees),
                    "quotations": [f"{one.interview}:{one.start}-{one.end}" for one in row.quotes],
                }
                for row in self.rows
            ]
        }

    def tables(self) -> tuple[Table, ...]:
        """Return one row a subcategory."""
        return (
            Table(
                name="trace_by_category",
                caption=msg(
                    "What every subcategory rests on, counting {analysis_set}",
                    analysis_set=self.analysis_words,
                ),
                columns=_COLUMNS,
                rows=tuple(
                    (
                        role_name(row.role),
                        row.label,
                        row.codes,
                        len(row.quotes),
                        len(row.interviewees),
                        ", ".join(row.interviewees),
                    )
                    for row in self.rows
                ),
                note=msg("Quotations are distinct passages, interviews are distinct interviewees."),
            ),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the table, then the quotations of every subcategory."""
        return tuple(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        empty = [row for row in self.rows if not row.quotes]
        for row in empty:
            yield Note(text=msg("{category} has no quotation.", category=row.label))
        yield from self.tables()
        for row in self.rows:
            if row.quotes:
                yield Heading(text=msg("{category}", category=row.label), level=3, anchor=f"trace-{row.id}")
                yield Quotes(
                    quotes=row.quotes,
                    caption=msg("{role}", role=role_name(row.role)),
                )


def trace_of(study: Study, provenance: Provenance) -> TraceResult:
    """Trace every subcategory; a branch without subcategories is traced by what stands for it."""
    grouped: dict[str, list[Coding]] = {name: [] for name in study.codebook.at_level(Level.SUBCATEGORY)}
    for coding in study.analysed:
        grouped.setdefault(study.codebook.rolled_up(coding.code, Level.SUBCATEGORY), []).append(coding)
    order = {role: place for place, role in enumerate(Role)}
    rows = [_traced(study, name, codings) for name, codings in grouped.items()]
    rows.sort(key=lambda row: len(order) if row.role is None else order[row.role])
    return TraceResult(provenance=provenance, analysis_words=analysis_set_words(study), rows=tuple(rows))


def _traced(study: Study, name: str, codings: list[Coding]) -> TracedCategory:
    quotes = quotes_of(study, codings)
    return TracedCategory(
        id=name,
        label=study.codebook[name].label,
        role=study.codebook.role_of(name),
        codes=len({coding.code for coding in codings}),
        interviewees=tuple(dict.fromkeys(one.interview for one in quotes)),
        quotes=quotes,
    )
