"""Rating tables: who put which unit into which category, and what nobody was asked to rate.

Two shapes cover all data. :class:`Ratings` holds one category per unit and coder. :class:`SetRatings`
holds any number of codes per unit and coder, and turns into one binary :class:`Ratings` per code or
into one :class:`Ratings` whose categories are code sets. Missing is -1 and never a category.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]
CodeArray = NDArray[np.signedinteger[Any]]
FloatArray = NDArray[np.float64]

MISSING = -1
ABSENT, PRESENT = 0, 1


def smallest_type(categories: int) -> type[np.signedinteger[Any]]:
    """Return the smallest signed integer type that holds ``categories`` codes and -1."""
    if categories <= 127:
        return np.int8
    return np.int16 if categories <= 32_767 else np.int32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class UnitFrame:
    """The units that were rated, without the ratings.

    Parameters
    ----------
    ids
        (n,) identifiers in the order of the material.
    interviews
        Names of the interviews that hold the units; empty where they are not known.
    interview
        (n,) index into ``interviews``, or ``None``.
    spans
        (n, 2) half-open offsets in the interview's canonical text, or ``None``.
    weight
        (n,) how many equal units a row stands for (runs of characters), or ``None`` for one each.
    runs
        Whether the rows are runs of characters. Neighbouring characters are one decision, so they are
        never left out or drawn one by one.
    """

    ids: NDArray[Any]
    interviews: tuple[str, ...] = ()
    interview: IntArray | None = None
    spans: IntArray | None = None
    weight: IntArray | None = None
    runs: bool = False

    @property
    def rows(self) -> int:
        """Number of stored rows, each of which may stand for several equal units."""
        return len(self.ids)

    @property
    def n_units(self) -> int:
        """Number of units."""
        return self.rows if self.weight is None else int(self.weight.sum())

    def take(self, rows: NDArray[Any]) -> UnitFrame:
        """Return the frame of some rows (an index or a mask); interview names stay as they are."""
        return replace(
            self,
            ids=self.ids[rows],
            interview=None if self.interview is None else self.interview[rows],
            spans=None if self.spans is None else self.spans[rows],
            weight=None if self.weight is None else self.weight[rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ratings:
    """One category per unit and coder.

    Parameters
    ----------
    coders
        Names of the m coders.
    categories
        Labels of the K categories that a coder could choose from, used or not. K enters AC1 and
        Brennan–Prediger, so it is the codebook's size wherever there is a codebook.
    codes
        (m, n) indices into ``categories``, -1 where a coder did not rate a unit.
    frame
        The n units.
    values
        (K,) numeric values of the categories, or ``None`` where the labels are no numbers.
    ordered
        Whether the order of the categories means something.
    presence
        Whether this is one code of many: category 0 says that the code was not applied, 1 that it was.
    collapsed
        Whether these are two categories made of more: a code or category against the rest.
    declared
        Number of categories where the labels of the unused ones are not known.
    """

    coders: tuple[str, ...]
    categories: tuple[str, ...]
    codes: CodeArray
    frame: UnitFrame
    values: FloatArray | None = None
    ordered: bool = False
    presence: bool = False
    collapsed: bool = False
    declared: int = 0

    @property
    def k(self) -> int:
        """Number of categories that a coder could choose from."""
        return max(self.declared, len(self.categories))

    def of_coders(self, coders: Sequence[int]) -> Ratings:
        """Return the ratings of some coders, by position."""
        return replace(
            self, coders=tuple(self.coders[g] for g in coders), codes=self.codes[np.asarray(coders, np.intp)]
        )

    def of_units(self, rows: NDArray[Any]) -> Ratings:
        """Return the ratings of some rows (an index or a mask)."""
        return replace(self, codes=self.codes[:, rows], frame=self.frame.take(rows))

    def against_the_rest(self, category: int) -> Ratings:
        """Collapse to one category against all others, as binary ratings."""
        table = np.zeros(len(self.categories) + 1, np.int8)
        table[category] = PRESENT
        table[-1] = MISSING  # index -1 is the missing code
        return replace(
            self,
            categories=("other", self.categories[category]),
            codes=table[self.codes],
            values=None,
            ordered=False,
            collapsed=True,
            declared=2,
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class SetRatings:
    """Any number of codes per unit and coder.

    Parameters
    ----------
    coders
        Names of the m coders.
    codes
        Ids of the C codes in codebook order.
    states
        (V, C) distinct answers: 1 code applied, 0 not applied, -1 not asked for (the code did not
        exist in that round).
    index
        (m, n) index into ``states``, -1 where a coder did not see the unit.
    frame
        The n units.
    """

    coders: tuple[str, ...]
    codes: tuple[str, ...]
    states: NDArray[np.int8]
    index: CodeArray
    frame: UnitFrame

    def of_coders(self, coders: Sequence[int]) -> SetRatings:
        """Return the ratings of some coders, by position."""
        return replace(
            self, coders=tuple(self.coders[g] for g in coders), index=self.index[np.asarray(coders, np.intp)]
        )

    def of_units(self, rows: NDArray[Any]) -> SetRatings:
        """Return the ratings of some rows (an index or a mask)."""
        return replace(self, index=self.index[:, rows], frame=self.frame.take(rows))

    def binary_table(self, code: int) -> NDArray[np.int8]:
        """(V + 1,) from state to absent, present or missing; the last entry serves index -1."""
        return np.append(self.states[:, code], np.int8(MISSING))

    def binary(self, code: int) -> Ratings:
        """Return one code as binary ratings: applied or not."""
        return Ratings(
            coders=self.coders,
            categories=("absent", self.codes[code]),
            codes=self.binary_table(code)[self.index],
            frame=self.frame,
            presence=True,
            collapsed=True,
            declared=2,
        )

    @cached_property
    def sets(self) -> tuple[frozenset[str], ...]:
        """The code sets of the states."""
        return tuple(
            frozenset(self.codes[c] for c in np.flatnonzero(state == PRESENT)) for state in self.states
        )

    @cached_property
    def as_states(self) -> Ratings:
        """The answers as they are, each a category: what patterns are counted on."""
        labels = tuple(str(i) for i in range(len(self.states)))
        return Ratings(coders=self.coders, categories=labels, codes=self.index, frame=self.frame)

    @cached_property
    def set_table(self) -> NDArray[np.int32]:
        """(V + 1,) from state to code set; states that differ only in codes not asked for are one set."""
        order = {codes: i for i, codes in enumerate(dict.fromkeys(self.sets))}
        return np.array([*(order[codes] for codes in self.sets), MISSING], np.int32)

    @cached_property
    def as_sets(self) -> Ratings:
        """Every distinct code set as one category."""
        labels = tuple(" | ".join(sorted(codes)) for codes in dict.fromkeys(self.sets))
        return Ratings(
            coders=self.coders, categories=labels, codes=self.set_table[self.index], frame=self.frame
        )

    @cached_property
    def members(self) -> NDArray[np.bool_]:
        """(K, C) which code belongs to which category of :attr:`as_sets`."""
        members = np.zeros((int(self.set_table.max(initial=-1)) + 1, len(self.codes)), np.bool_)
        members[self.set_table[:-1]] = self.states == PRESENT
        return members


def set_ratings(
    *,
    coders: Sequence[str],
    codes: Sequence[str],
    applied: NDArray[np.int8],
    seen: NDArray[np.bool_],
    frame: UnitFrame,
) -> SetRatings:
    """Build set-valued ratings from one 0/1/-1 array.

    Parameters
    ----------
    coders, codes
        m coder names and C code ids.
    applied
        (m, n, C): 1 applied, 0 not applied, -1 not asked for.
    seen
        (m, n): whether the coder rated the unit at all.
    frame
        The n units.
    """
    m, n, c = applied.shape
    flat = applied.reshape(m * n, c)[seen.ravel()]
    index = np.full(m * n, MISSING, np.int32)
    if len(flat) and c:
        # one void per row makes the row a single value to sort
        keys = np.ascontiguousarray(flat).view(np.dtype((np.void, c))).ravel()
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        states = flat[first]
        index[seen.ravel()] = inverse
    else:
        states = np.zeros((1, c), np.int8)
        index[seen.ravel()] = 0
    return SetRatings(
        coders=tuple(coders), codes=tuple(codes), states=states, index=index.reshape(m, n), frame=frame
    )
