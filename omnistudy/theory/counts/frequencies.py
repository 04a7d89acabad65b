"""Which quotation carries which code: the one place where analysed codings are counted.

Everything is counted on the analysis set (:attr:`omnistudy.study.model.Study.analysed`), except the
number of coders: a consensus round has one author whoever agreed to it, so coders are the human
coders that applied a code anywhere in the study.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from omnistudy.study.model import Interview, Level, Quotation, Study

Integers = NDArray[np.int64]
Targets = Mapping[str, tuple[str, ...]]
"""Code of the codebook to the codes that it is counted for, for example itself and its ancestors."""


@dataclass(frozen=True, kw_only=True)
class Incidence:
    """Quotations × codes of the analysis set, in integers.

    Parameters
    ----------
    interviews
        Ids in the order in which the interviews were held, length T; those without codings included.
    quotations
        Distinct analysed spans by interview, start and end, length Q.
    codes
        The codes that are counted, in codebook order, length C.
    interview_of
        Position of each quotation's interview, shape (Q,).
    quotation_of, code_of
        The distinct (quotation, code) pairs, both of shape (P,).
    codings
        Rows of the codings table per code, shape (C,): quotation × code × coder, so that two codes
        under one category on one quotation are two codings and one quotation of the category.
    coders
        Human coders that applied the code, in any round, shape (C,).
    """

    interviews: tuple[str, ...]
    quotations: tuple[Quotation, ...]
    codes: tuple[str, ...]
    interview_of: Integers
    quotation_of: Integers
    code_of: Integers
    codings: Integers
    coders: Integers

    @cached_property
    def by_interview(self) -> Integers:
        """Distinct quotations per interview and code, shape (T, C)."""
        shape = (len(self.interviews), len(self.codes))
        cell = self.interview_of[self.quotation_of] * shape[1] + self.code_of
        counts: Integers = np.bincount(cell, minlength=shape[0] * shape[1]).astype(np.int64)
        return counts.reshape(shape)

    @cached_property
    def grounding(self) -> Integers:
        """Distinct quotations per code, shape (C,)."""
        return np.bincount(self.code_of, minlength=len(self.codes)).astype(np.int64)

    @cached_property
    def present(self) -> NDArray[np.bool_]:
        """Whether the interview holds the code, shape (T, C)."""
        return self.by_interview > 0

    @cached_property
    def n_interviews(self) -> Integers:
        """Interviews per code, shape (C,)."""
        held: Integers = self.present.sum(axis=0, dtype=np.int64)
        return held

    @cached_property
    def column(self) -> Mapping[str, int]:
        """Code to its position."""
        return {code: position for position, code in enumerate(self.codes)}


def in_order(study: Study) -> tuple[Interview, ...]:
    """Return the interviews in the order in which they were held; equal orders by id."""
    return tuple(sorted(study.interviews, key=lambda interview: (interview.order, interview.id)))


def tree_targets(study: Study) -> tuple[tuple[str, ...], Targets]:
    """Return every code of the tree, and for each code itself and its ancestors."""
    book = study.codebook
    return tuple(book.by_id), {code.id: (code.id, *book.ancestors(code.id)) for code in book}


def level_targets(study: Study, level: Level) -> tuple[tuple[str, ...], Targets]:
    """Return the codes that stand at ``level``, and for each code the one that stands for it.

    A code above ``level`` that was applied directly stands beside the codes of the level.
    """
    book = study.codebook
    rolled = {code.id: book.rolled_up(code.id, level) for code in book}
    shown = {*book.at_level(level), *(rolled[code] for code in {c.code for c in study.analysed})}
    return tuple(code.id for code in book if code.id in shown), {code: (to,) for code, to in rolled.items()}


def incidence(study: Study, codes: Sequence[str], targets: Targets) -> Incidence:
    """Count the analysed codings of ``study`` for ``codes``.

    Parameters
    ----------
    study
        The study; only :attr:`Study.analysed` is counted.
    codes
        What is counted, in the order of the result. Targets outside it are left out.
    targets
        For each code of the codebook the codes that it is counted for.
    """
    interviews = in_order(study)
    place = {interview.id: position for position, interview in enumerate(interviews)}
    column = {code: position for position, code in enumerate(codes)}
    columns = {
        code: tuple(column[target] for target in reached if target in column)
        for code, reached in targets.items()
    }
    spans = {coding.quotation for coding in study.analysed}
    quotations = tuple(sorted(spans, key=lambda span: (place[span.interview], span.start, span.end)))
    row = {quotation: position for position, quotation in enumerate(quotations)}
    cells = [
        row[coding.quotation] * len(codes) + target
        for coding in study.analysed
        for target in columns[coding.code]
    ]
    every = np.asarray(cells, dtype=np.int64)
    distinct = np.unique(every)
    width = max(len(codes), 1)
    return Incidence(
        interviews=tuple(interview.id for interview in interviews),
        quotations=quotations,
        codes=tuple(codes),
        interview_of=np.asarray([place[span.interview] for span in quotations], dtype=np.int64),
        quotation_of=distinct // width,
        code_of=distinct % width,
        codings=np.bincount(every % width, minlength=len(codes)).astype(np.int64),
        coders=_coders(study, columns, len(codes)),
    )


def _coders(study: Study, columns: Mapping[str, tuple[int, ...]], width: int) -> Integers:
    human = set(study.human_coders)
    pairs = {(coding.coder, coding.code) for coding in study.codings if coding.coder in human}
    applied = {(coder, target) for coder, code in pairs for target in columns[code]}
    counts = np.zeros(width, dtype=np.int64)
    for _, target in applied:
        counts[target] += 1
    return counts


def tree_density(study: Study) -> Mapping[str, int]:
    """Return for each code the distinct codes that relations link with it or its descendants.

    The other end of each relation is counted at the code's own level; links inside its own branch
    are none. This is the density of ATLAS.ti, not the dense description of grounded theory.
    """
    book = study.codebook
    linked: dict[str, set[str]] = {code.id: set() for code in book}
    ends = {(r.source, r.target) for r in study.relations} | {(r.target, r.source) for r in study.relations}
    for near, far in ends:
        for code in (near, *book.ancestors(near)):
            other = book.rolled_up(far, book[code].level)
            if other != code and code not in book.ancestors(other):
                linked[code].add(other)
    return {code: len(others) for code, others in linked.items()}


def level_density(links: Iterable[tuple[str, str]], targets: Targets) -> Mapping[str, int]:
    """Return for each code the distinct other codes linked with it, after roll-up by ``targets``."""
    linked: dict[str, set[str]] = {}
    for source, target in links:
        for near in targets[source]:
            for far in targets[target]:
                if near != far:
                    linked.setdefault(near, set()).add(far)
                    linked.setdefault(far, set()).add(near)
    return {code: len(others) for code, others in linked.items()}
