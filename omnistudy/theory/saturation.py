"""When new codes stop coming: Guest, Namey & Chen's rule, its sustained form, and order sensitivity.

What saturates here is codes, never the theory: theoretical saturation concerns properties and
relations. The rule is that of Guest, Namey & Chen (2020, doi:10.1371/journal.pone.0232076); the
sustained form and the range over orders are this program's own, and stopping_10_3 follows Francis et
al. (2010, doi:10.1080/08870440903194015).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.typing import NDArray

from omnistudy.results import Label, Message, msg
from omnistudy.theory.frequencies import Integers
from omnistudy.theory.terms import count

EXACT_UP_TO = 8
"""Interviews up to which every order is gone through (8! = 40,320)."""
WORDS_AT_ONCE = 8_000_000
"""64-bit words of permuted incidence held in memory together; it changes no number."""


@dataclass(frozen=True, eq=False)
class Occurrence:
    """Which interview holds which code.

    Parameters
    ----------
    interviews
        In the order in which they were held, length T.
    codes
        Length C; codes that no interview holds are allowed and count nowhere.
    present
        Shape (T, C).
    """

    interviews: tuple[str, ...]
    codes: tuple[Label, ...]
    present: NDArray[np.bool_]

    @property
    def new(self) -> Integers:
        """Codes first seen in each interview, shape (T,)."""
        return np.diff(self.cumulative, prepend=0)

    @property
    def cumulative(self) -> Integers:
        """Codes seen up to and including each interview, shape (T,)."""
        seen: Integers = np.logical_or.accumulate(self.present, axis=0).sum(axis=1, dtype=np.int64)
        return seen

    @property
    def frequencies(self) -> Integers:
        """Interviews per code, for the codes that occur."""
        held: Integers = self.present.sum(axis=0, dtype=np.int64)
        return held[held > 0]

    def only(self, codes: Iterable[str]) -> Occurrence:
        """Return the occurrence of some of the codes in the same interviews."""
        wanted = set(codes)
        kept = [at for at, code in enumerate(self.codes) if code.id in wanted]
        return Occurrence(self.interviews, tuple(self.codes[at] for at in kept), self.present[:, kept])


def occurrence_of_rows(rows: Iterable[tuple[str, str]]) -> Occurrence:
    """Build an occurrence from ``interview, code`` rows in interview order.

    Blanks around both are ignored, and so is a repeated row. An empty code keeps an interview in which
    nothing was found.
    """
    pairs = [(interview.strip(), code.strip()) for interview, code in rows]
    interviews = list(dict.fromkeys(interview for interview, _ in pairs))
    codes = list(dict.fromkeys(code for _, code in pairs if code))
    row = {name: at for at, name in enumerate(interviews)}
    column = {name: at for at, name in enumerate(codes)}
    present = np.zeros((len(interviews), len(codes)), dtype=np.bool_)
    for interview, code in pairs:
        if code:
            present[row[interview], column[code]] = True
    return Occurrence(tuple(interviews), tuple(Label(code) for code in codes), present)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Guest, Namey & Chen's rule for one base size, run length and threshold.

    Parameters
    ----------
    base_codes
        Codes of the first ``base`` interviews, the denominator throughout; ``None`` with fewer.
    shares
        New codes of the run after interview s over the base codes, for s = base, base + 1, ….
    first
        Least s whose share is at most the threshold (written s⁺ʳ); ``None`` if none is.
    sustained
        Least s from which on every share is; ``None`` if the last one is not.
    reason
        Why there are no shares.
    """

    base: int
    run: int
    threshold: float
    base_codes: int | None
    shares: tuple[float, ...]
    first: int | None
    sustained: int | None
    reason: Message | None = None


def guest(cumulative: Sequence[int] | Integers, base: int, run: int, threshold: float) -> Guest:
    """Apply the rule to a cumulative count of codes in interview order.

    Parameters
    ----------
    cumulative
        Codes seen up to each interview, length T.
    base, run, threshold
        Base size B, run length R, and the largest share of new codes that still counts as saturated.
    """
    seen = np.asarray(cumulative, dtype=np.int64)
    total = seen.size
    base_codes = int(seen[base - 1]) if base <= total else None
    reason = None
    if base + run > total:
        reason = msg(
            "a base of {base} and a run of {run} need {needed} interviews, and there are {n}",
            base=count(base),
            run=count(run),
            needed=count(base + run),
            n=count(total),
        )
    elif not base_codes:
        reason = msg("the first {base} interviews hold no code", base=count(base))
    if reason is not None or not base_codes:
        return Guest(
            base=base,
            run=run,
            threshold=threshold,
            base_codes=base_codes,
            shares=(),
            first=None,
            sustained=None,
            reason=reason,
        )
    shares = (seen[base + run - 1 :] - seen[base - 1 : total - run]) / base_codes
    first, sustained = _stops(shares[np.newaxis, :] <= threshold, base)
    return Guest(
        base=base,
        run=run,
        threshold=threshold,
        base_codes=base_codes,
        shares=tuple(float(share) for share in shares),
        first=int(first[0]) or None,
        sustained=int(sustained[0]) or None,
    )


def _stops(hits: NDArray[np.bool_], base: int) -> tuple[Integers, Integers]:
    """First and sustained stop of each row of ``hits``; 0 stands for never."""
    first = np.where(hits.any(axis=1), hits.argmax(axis=1) + base, 0)
    lasting = np.logical_and.accumulate(hits[:, ::-1], axis=1).sum(axis=1)
    return first, np.where(lasting > 0, hits.shape[1] - lasting + base, 0)


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


Rule = tuple[int, int, float]


def order_ranges(
    present: NDArray[np.bool_], rules: Sequence[Rule], *, orders: int, seed: int
) -> tuple[OrderRange, ...]:
    """Apply rules to the interviews in other orders.

    Parameters
    ----------
    present
        Shape (T, C).
    rules
        (base, run, threshold) triples; those that need more than T interviews are left out.
    orders, seed
        Number of random orders and seed of the generator. Up to 8 interviews all orders are taken and
        both are ignored.

    Returns
    -------
    tuple of OrderRange
        Two for each rule: the first and the sustained stop.
    """
    total = present.shape[0]
    possible = [rule for rule in rules if rule[0] + rule[1] <= total]
    if not possible:
        return ()
    tallies = {(rule, which): np.zeros(total + 1, dtype=np.int64) for rule in possible for which in STOPS}
    taken = 0
    for cumulative in _cumulatives(present, orders, seed):
        taken += len(cumulative)
        for rule in possible:
            for which, stops in zip(STOPS, _stops(_hits(cumulative, rule), rule[0]), strict=True):
                tallies[rule, which] += np.bincount(stops, minlength=total + 1)
    exact = total <= EXACT_UP_TO
    return tuple(_range(rule, which, tally, taken, exact=exact) for (rule, which), tally in tallies.items())


STOPS = ("first", "sustained")


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


def stopping_10_3(new: Sequence[int] | Integers) -> int | None:
    """Return the interviews before the first run of three that adds nothing, after at least ten.

    ``None`` where no such run exists, hence always below 13 interviews.
    """
    fresh = [int(n) for n in new]
    for before in range(10, len(fresh) - 2):
        if not any(fresh[before : before + 3]):
            return before
    return None
