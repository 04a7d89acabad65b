"""Everything that ``explain`` can explain, gathered from the tables of the rooms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import ClassVar

from omnistudy.agreement.programs.vendor_terms import VENDOR_TERMS
from omnistudy.errors import StudyError, did_you_mean
from omnistudy.formats.terms import FORMAT_TERMS
from omnistudy.glossary import GLOSSARY, PRINTED_WORDS
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
def terms() -> Mapping[str, tuple[Term, ...]]:
    """All terms by the key of their names, titles and aliases; words of the field before printed ones.

    Keys know neither blanks nor case nor letter forms, so "Cohen's kappa" finds ``cohen_kappa``'s alias.
    A word that means several things, as ``partly`` does, has several terms.
    """
    return _indexed((term, (term.name, str(term.title), *term.aliases)) for term in _all_terms())


@cache
def persian_terms() -> Mapping[str, tuple[Term, ...]]:
    """All terms by the key of the Persian words that outputs print for their titles and aliases."""
    from omnistudy.render.language import language

    english = terms()
    return _indexed(
        (term, (persian,))
        for words, persian in language("fa").catalogue.items()
        for term in english.get(tight_key(words), ())
    )


def _indexed(named: Iterable[tuple[Term, Iterable[str]]]) -> Mapping[str, tuple[Term, ...]]:
    found: dict[str, dict[str, Term]] = {}
    for term, names in named:
        for name in names:
            found.setdefault(tight_key(name), {}).setdefault(term.name, term)
    return MappingProxyType({key: tuple(same.values()) for key, same in found.items()})


def _all_terms() -> Iterator[Term]:
    yield from _coefficient_terms()
    yield from (*GLOSSARY, *VENDOR_TERMS, *COMPARISON_TERMS, *FORMAT_TERMS)
    yield from _metric_terms()
    yield from _lint_terms()
    yield from PRINTED_WORDS


def _coefficient_terms() -> Iterator[Term]:
    from omnistudy.agreement.coefficients.registry import COEFFICIENTS

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
    """What one word means, which may be several things, or the list of all terms."""

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
        first, *others = self.explained
        blocks = _page(first)
        for term in others:
            blocks.append(Prose(text=msg("{title}: {text}", title=term.title, text=term.text)))
            blocks.extend(_page(term))
        return tuple(blocks)


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
    if word is None:
        unique = {term.name: term for term in _all_terms()}
        return ExplainResult(
            provenance=provenance, explained=tuple(unique[name] for name in sorted(unique)), is_list=True
        )
    key = tight_key(word)
    found = terms().get(key) or persian_terms().get(key)
    if found is None:
        known = {name for term in _all_terms() for name in (term.name, str(term.title), *term.aliases)}
        near = did_you_mean(word, sorted(known))
        raise StudyError.of(
            f"'{word}' is not a term that is explained here.", near or "See: omnistudy explain"
        )
    return ExplainResult(provenance=provenance, explained=found)
