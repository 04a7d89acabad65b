"""Everything that ``explain`` can explain, gathered from the tables of the rooms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import ClassVar

from omnistudy.agreement.vendor_terms import VENDOR_TERMS
from omnistudy.errors import StudyError, did_you_mean
from omnistudy.formats.terms import FORMAT_TERMS
from omnistudy.glossary import GLOSSARY
from omnistudy.replication.terms import COMPARISON_TERMS
from omnistudy.results import (
    Block,
    Column,
    Kind,
    Message,
    Prose,
    Provenance,
    Result,
    Table,
    Term,
    msg,
)
from omnistudy.text.keys import tight_key


@cache
def terms() -> Mapping[str, Term]:
    """All terms by the key of their names, titles and aliases; the first to claim a word keeps it.

    Keys know neither blanks nor case nor letter forms, so "Cohen's kappa" finds ``cohen_kappa``'s alias.
    """
    found: dict[str, Term] = {}
    for term in (
        *_coefficient_terms(),
        *GLOSSARY,
        *VENDOR_TERMS,
        *COMPARISON_TERMS,
        *FORMAT_TERMS,
        *_metric_terms(),
        *_lint_terms(),
    ):
        for name in (term.name, str(term.title), *term.aliases):
            found.setdefault(tight_key(name), term)
    return MappingProxyType(found)


def _coefficient_terms() -> Iterator[Term]:
    from omnistudy.agreement.registry import COEFFICIENTS

    for row in COEFFICIENTS.values():
        source = f"{row.citation}. doi:{row.doi}" if row.doi else row.citation
        yield Term(name=row.name, title=row.title, text=row.explain, source=source, aliases=row.aliases)


def _metric_terms() -> Iterator[Term]:
    from omnistudy.crm.metrics.registry import METRICS

    for row in METRICS.values():
        yield Term(name=row.name, title=row.title, text=row.definition, source=row.source)


def _lint_terms() -> Iterator[Term]:
    from omnistudy.theory.paradigm.lint import LINT_RULES

    for rule in LINT_RULES:
        yield Term(name=rule.id, title=rule.title, text=rule.explain)


@dataclass(frozen=True, kw_only=True)
class ExplainResult(Result):
    """One term, or the list of all of them."""

    command: ClassVar[str] = "explain"
    explained: tuple[Term, ...]
    is_list: bool = False

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Terms") if self.is_list else self.explained[0].title

    @property
    def summary(self) -> Message:
        """The meaning of the term, or how many there are."""
        if self.is_list:
            return msg("{n} terms can be explained.", n=len(self.explained))
        term = self.explained[0]
        return msg("{title}: {text}", title=term.title, text=term.text)

    def payload(self) -> dict[str, object]:
        """One object per term."""
        return {
            "terms": [
                {
                    "name": term.name,
                    "title": str(term.title),
                    "text": str(term.text),
                    "use": None if term.use is None else str(term.use),
                    "formula": term.formula or None,
                    "source": term.source or None,
                    "aliases": list(term.aliases),
                }
                for term in self.explained
            ]
        }

    def tables(self) -> tuple[Table, ...]:
        """Names, meanings, formulas and sources."""
        columns = (
            Column("name", msg("Term"), Kind.ID),
            Column("title", msg("Name")),
            Column("text", msg("Meaning")),
            Column("formula", msg("Formula"), Kind.ID),
            Column("source", msg("Source"), Kind.ID),
        )
        rows = tuple((t.name, t.title, t.text, t.formula, t.source) for t in self.explained)
        return (Table(name="terms", columns=columns, rows=rows, caption=msg("Terms")),)

    def blocks(self) -> tuple[Block, ...]:
        """A list of names, or the term as a short page."""
        if self.is_list:
            columns = (Column("name", msg("Term"), Kind.ID), Column("title", msg("Name")))
            rows = tuple((term.name, term.title) for term in self.explained)
            return (Table(name="terms", columns=columns, rows=rows, caption=msg("Terms")),)
        return tuple(block for term in self.explained for block in _page(term))


def _page(term: Term) -> list[Block]:
    blocks: list[Block] = []
    if term.use is not None:
        blocks.append(Prose(text=msg("When to use it: {text}", text=term.use)))
    if term.formula:
        blocks.append(Prose(text=msg("Formula: {text}", text=term.formula)))
    if term.source:
        blocks.append(Prose(text=msg("Source: {text}", text=term.source)))
    return blocks


def explain(word: str | None, provenance: Provenance) -> ExplainResult:
    """Explain a term in the field's spelling, a synonym or another letter form; ``None`` lists all.

    Raises
    ------
    StudyError
        When nothing near it is known.
    """
    known = terms()
    if word is None:
        unique = {term.name: term for term in known.values()}
        return ExplainResult(
            provenance=provenance, explained=tuple(unique[name] for name in sorted(unique)), is_list=True
        )
    term = known.get(tight_key(word))
    if term is None:
        names = [name for known_term in known.values() for name in (known_term.name, *known_term.aliases)]
        near = did_you_mean(word, names)
        raise StudyError.of(
            f"'{word}' is not a term that is explained here.", near or "See: omnistudy explain"
        )
    return ExplainResult(provenance=provenance, explained=(term,))
