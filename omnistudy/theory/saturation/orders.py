"""How saturation depends on the order in which the interviews happened to be held.

The range over orders is this program's own: the rule of Guest, Namey & Chen is applied to the interviews
in other orders, to all of them where there are few interviews and to seeded random ones elsewhere.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

from omnistudy.theory.counts.frequencies import Integers
from omnistudy.theory.saturation.guest_rule import Rule, stops

EXACT_UP_TO = 8
"""Interviews up to which every order is gone through (8! = 40,320)."""
WORDS_AT_ONCE = 250_000
"""64-bit words of permuted incidence worked on together: 2 MB stay in the processor's cache, which is
several times faster than going through main memory. It changes no number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRange:
    """Where a stop falls when the interviews come in other orders.

    Parameters
    ----------
    rule
        ``first`` or ``sustained``.
    orders, exact
        Number of orders, and whether these are all there are.
    at
        Interview count of the stop to the number of orders that stop there.
    never
        Share of orders without a stop.
    median, p05, p95
        Least interview count by which that share of the orders has stopped. A never counts as
        infinite, and a percentile that falls there is ``None``.
    """

    base: int
    run: int
    threshold: float
    rule: str
    orders: int
    exact: bool
    at: Mapping[int, int]
    never: float
    median: int | None
    p05: int | None
    p95: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBand:
    """Codes seen up to each interview when the interviews come in other orders, each of length T.

    ``low`` and ``high`` are the 5th and the 95th percentile, ``median`` the 50th: the least number of
    codes that so many of the orders do not exceed.
    """

    low: tuple[int, ...]
    median: tuple[int, ...]
    high: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Orders:
    """What other orders of the interviews do to the rule and to the count of codes."""

    ranges: tuple[OrderRange, ...]
    band: OrderBand | None


STOPS = ("first", "sustained")


def other_orders(present: NDArray[np.bool_], rules: Sequence[Rule], *, orders: int, seed: int) -> Orders:
    """Apply rules to the interviews in other orders, and count the codes seen on the way.

    Parameters
    ----------
    present
        Shape (T, C).
    rules
        (base, run, threshold) triples; those that need more than T interviews are left out.
    orders, seed
        Number of random orders and seed of the generator; without orders there is neither range nor
        band. Up to 8 interviews all orders are taken and both are ignored.

    Returns
    -------
    Orders
        Two ranges for each rule, the first and the sustained stop, and the band.
    """
    total, codes = present.shape
    possible = [rule for rule in rules if rule[0] + rule[1] <= total]
    exact = total <= EXACT_UP_TO
    if not total or not codes or not (exact or orders):
        return Orders((), None)
    tallies = {(rule, which): np.zeros(total + 1, dtype=np.int64) for rule in possible for which in STOPS}
    seen = np.zeros((total, codes + 1), dtype=np.int64)
    taken = 0
    for cumulative in _cumulatives(present, orders, seed):
        taken += len(cumulative)
        cells = cumulative + np.arange(total) * (codes + 1)
        seen += np.bincount(cells.ravel(), minlength=seen.size).reshape(seen.shape)
        for rule in possible:
            for which, fell in zip(STOPS, stops(_hits(cumulative, rule), rule[0]), strict=True):
                tallies[rule, which] += np.bincount(fell, minlength=total + 1)
    ranges = tuple(_range(rule, which, tally, taken, exact=exact) for (rule, which), tally in tallies.items())
    return Orders(ranges, _band(seen, taken))


def _band(seen: Integers, orders: int) -> OrderBand:
    reached = np.cumsum(seen, axis=1)

    def percentile(share: float) -> tuple[int, ...]:
        return tuple(int(at) for at in (reached >= share * orders).argmax(axis=1))

    return OrderBand(low=percentile(0.05), median=percentile(0.5), high=percentile(0.95))


def _hits(cumulative: Integers, rule: Rule) -> NDArray[np.bool_]:
    base, run, threshold = rule
    total = cumulative.shape[1]
    base_codes = cumulative[:, base - 1, np.newaxis]
    fresh = cumulative[:, base + run - 1 :] - cumulative[:, base - 1 : total - run]
    # Orders whose base holds no code have no share, hence no stop.
    shares = fresh / np.maximum(base_codes, 1)
    return np.asarray((shares <= threshold) & (base_codes > 0), dtype=np.bool_)


def _range(rule: Rule, which: str, tally: Integers, orders: int, *, exact: bool) -> OrderRange:
    reached = np.cumsum(tally[1:])

    def percentile(share: float) -> int | None:
        enough = np.flatnonzero(reached >= share * orders)
        return int(enough[0]) + 1 if enough.size else None

    return OrderRange(
        base=rule[0],
        run=rule[1],
        threshold=rule[2],
        rule=which,
        orders=orders,
        exact=exact,
        at={at: int(n) for at, n in enumerate(tally) if at and n},
        never=int(tally[0]) / orders,
        median=percentile(0.5),
        p05=percentile(0.05),
        p95=percentile(0.95),
    )


def _cumulatives(present: NDArray[np.bool_], orders: int, seed: int) -> Iterator[Integers]:
    """Yield blocks of cumulative counts, shape (orders, T), one row per order.

    Codes are bits of 64-bit words, so that the union of what was seen so far is one bitwise or.
    """
    total = present.shape[0]
    words = _packed(present)
    at_once = max(1, WORDS_AT_ONCE // max(1, words.size))
    for block in _orders(total, orders, seed, at_once):
        seen = np.bitwise_or.accumulate(words[block], axis=1)
        yield _bits(seen)


def _packed(present: NDArray[np.bool_]) -> NDArray[np.uint64]:
    used = present[:, present.any(axis=0)]
    width = -(-max(used.shape[1], 1) // 64) * 64
    padded = np.zeros((present.shape[0], width), dtype=np.bool_)
    padded[:, : used.shape[1]] = used
    return np.packbits(padded, axis=1).view(np.uint64)


def _bits(words: NDArray[np.uint64]) -> Integers:
    """Count the set bits of the last axis."""
    if hasattr(np, "bitwise_count"):  # NumPy 2.0 and newer
        counted: Integers = np.bitwise_count(words).sum(axis=-1, dtype=np.int64)
        return counted
    table = np.unpackbits(np.arange(256, dtype=np.uint8)[:, np.newaxis], axis=1).sum(axis=1, dtype=np.uint8)
    looked_up: Integers = table[words.view(np.uint8)].sum(axis=-1, dtype=np.int64)
    return looked_up


def _orders(total: int, orders: int, seed: int, at_once: int) -> Iterator[Integers]:
    if total <= EXACT_UP_TO:
        every = itertools.permutations(range(total))
        for _ in range(0, factorial(total), at_once):
            yield np.asarray(list(itertools.islice(every, at_once)), dtype=np.int64)
        return
    generator = np.random.default_rng(seed)
    for start in range(0, orders, at_once):
        rows = np.tile(np.arange(total, dtype=np.int64), (min(at_once, orders - start), 1))
        yield generator.permuted(rows, axis=1)
