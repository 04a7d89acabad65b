"""When new codes stop coming: Guest, Namey & Chen's rule and its sustained form.

What saturates here is codes, never the theory: theoretical saturation concerns properties and
relations. The rule is that of Guest, Namey & Chen (2020, doi:10.1371/journal.pone.0232076); the
sustained form is this program's own, and stopping_10_3 follows Francis et
al. (2010, doi:10.1080/08870440903194015).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from omnistudy.results import Label, Message, msg
from omnistudy.theory.counts.frequencies import Integers
from omnistudy.theory.terms import count

Rule = tuple[int, int, float]
"""Base size, run length and threshold."""


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

    Parameters
    ----------
    rows
        Interview and code of each row; interviews and codes come in the order of their first row.

    Returns
    -------
    Occurrence
        Of T interviews and C codes.

    Examples
    --------
    >>> found = occurrence_of_rows([("P01", "trust"), ("P01", "fees"), ("P02", "trust"), ("P03", "")])
    >>> found.interviews, found.new.tolist(), found.cumulative.tolist()
    (('P01', 'P02', 'P03'), [2, 0, 0], [2, 2, 2])
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

    Returns
    -------
    Guest
        ``first`` and ``sustained`` stop; without enough interviews, or without a code among the first
        ``base``, no shares and the reason.

    References
    ----------
    Guest, Namey & Chen (2020), A simple method to assess and report thematic saturation in qualitative
    research, doi:10.1371/journal.pone.0232076; the sustained stop is this program's own.

    Examples
    --------
    New codes 6 6 4 6 0 1 1 0 in eight interviews (statements of github.com/JulianFrattini/rqi-relf, quality
    factors, one order of the participants): the base is 22 codes, the run after interview 4 brings 1 of them.

    >>> import numpy as np
    >>> found = guest(np.cumsum([6, 6, 4, 6, 0, 1, 1, 0]), base=4, run=2, threshold=0.05)
    >>> [round(share, 4) for share in found.shares], found.first, found.sustained
    ([0.0455, 0.0909, 0.0455], 4, 6)

    A first hit can come early: species in 15 soil samples (Foissner, Agatha & Berger 2002, S. Namib, as in R
    iNEXT) meet the rule after four samples, and the last two bring .82 of the base.

    >>> new = [36, 7, 0, 7, 0, 0, 8, 6, 0, 13, 5, 5, 22, 28, 13]
    >>> found = guest(np.cumsum(new), base=4, run=2, threshold=0.05)
    >>> found.first, found.sustained, round(found.shares[-1], 2)
    (4, None, 0.82)
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
    first, sustained = stops(shares[np.newaxis, :] <= threshold, base)
    return Guest(
        base=base,
        run=run,
        threshold=threshold,
        base_codes=base_codes,
        shares=tuple(float(share) for share in shares),
        first=int(first[0]) or None,
        sustained=int(sustained[0]) or None,
    )


def stops(hits: NDArray[np.bool_], base: int) -> tuple[Integers, Integers]:
    """Return the first and the sustained stop of each row of ``hits``; 0 stands for never."""
    first = np.where(hits.any(axis=1), hits.argmax(axis=1) + base, 0)
    lasting = np.logical_and.accumulate(hits[:, ::-1], axis=1).sum(axis=1)
    return first, np.where(lasting > 0, hits.shape[1] - lasting + base, 0)


def stopping_10_3(new: Sequence[int] | Integers) -> int | None:
    """Return the interviews before the first run of three that adds nothing, after at least ten.

    Parameters
    ----------
    new
        Codes first seen in each interview, in interview order.

    Returns
    -------
    int or None
        ``None`` where no such run exists, hence always below 13 interviews.

    References
    ----------
    Francis et al. (2010), What is an adequate sample size? Operationalising data saturation for theory-based
    interview studies, doi:10.1080/08870440903194015: an initial sample of ten, a stopping criterion of three.

    Examples
    --------
    >>> stopping_10_3([6, 4, 3, 2, 2, 1, 1, 0, 0, 0, 0, 0, 0])
    10
    >>> stopping_10_3([6, 4, 3, 2, 2, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0])
    11
    >>> stopping_10_3([6, 6, 4, 0, 2, 1, 2, 3]) is None
    True
    """
    fresh = [int(n) for n in new]
    for before in range(10, len(fresh) - 2):
        if not any(fresh[before : before + 3]):
            return before
    return None
