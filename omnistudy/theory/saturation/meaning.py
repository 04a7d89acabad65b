"""Meaning: the last interview that added a property, a dimension or a comment to a code.

After Hennink, Kaiser & Marconi (2017, doi:10.1177/1049732316665344), who tell code from meaning
saturation. A codings table has no column for properties; what is written of them stands in the comment
on a coding, as ``property: value`` with a property of the codebook. Everything else written there is a
comment. A piece that repeats an earlier one of its code adds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from omnistudy.results import Label
from omnistudy.study.model import Study
from omnistudy.text.keys import match_key
from omnistudy.theory.counts.frequencies import in_order

_PIECES = re.compile(r"[;؛\n]")
_NAMED = re.compile(r"\s*([^:=]+?)\s*[:=]\s*(.+)")

Piece = tuple[str, str]
"""Kind (property, dimension or comment) and the match key of what was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What was written about a code, and where it stopped being added to.

    Parameters
    ----------
    properties, dimensions, comments
        Distinct properties named, distinct values given to them, and distinct other comments.
    interview, place
        The last interview that added any of these, and its place in the order, from 1.
    """

    code: str
    label: Label
    properties: int
    dimensions: int
    comments: int
    interview: str
    place: int


def meaning_of(study: Study, left_out: Collection[str] = ()) -> tuple[Meaning, ...]:
    """Return the codes about which anything is written in the analysis set; empty: not assessed."""
    place = {interview.id: at for at, interview in enumerate(in_order(study), start=1)}
    written: dict[str, dict[Piece, str]] = {}
    for coding in sorted(study.analysed, key=lambda coding: place[coding.quotation.interview]):
        if coding.memo.strip() and coding.code not in left_out:
            named = _properties(study, coding.code)
            for piece in _pieces(coding.memo, named):
                written.setdefault(coding.code, {}).setdefault(piece, coding.quotation.interview)
    rows = []
    for code in study.codebook:
        pieces = written.get(code.id)
        if pieces:
            last = max(pieces.values(), key=place.__getitem__)
            kinds = [kind for kind, _ in pieces]
            rows.append(
                Meaning(
                    code=code.id,
                    label=code.label,
                    properties=kinds.count("property"),
                    dimensions=kinds.count("dimension"),
                    comments=kinds.count("comment"),
                    interview=last,
                    place=place[last],
                )
            )
    return tuple(rows)


def _properties(study: Study, code: str) -> frozenset[str]:
    """Return the match keys of the properties of a code and of the categories above it."""
    book = study.codebook
    labels = [p.name for name in (code, *book.ancestors(code)) for p in book[name].properties]
    return frozenset(match_key(name) for label in labels for name in (label.id, *label.texts.values())) - {""}


def _pieces(memo: str, named: frozenset[str]) -> Iterator[Piece]:
    for part in _PIECES.split(memo):
        found = _NAMED.fullmatch(part.strip())
        key = match_key(part)
        if found and match_key(found[1]) in named:
            yield "property", match_key(found[1])
            yield "dimension", key
        elif key in named:
            yield "property", key
        elif key:
            yield "comment", key
