"""Removal effects of channels in an absorbing Markov chain, solved exactly. Descriptive, not causal.

Anderl, E., Becker, I., von Wangenheim, F., & Schumann, J. H. (2016). Mapping the customer journey.
International Journal of Research in Marketing, 33(3), 457-474. doi:10.1016/j.ijresmar.2016.03.001
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

START, CONVERSION, NULL = "(start)", "(conversion)", "(null)"


@dataclass(frozen=True, slots=True)
class Removal:
    """What sending a channel's visitors away would cost: ``effect`` of the conversions, share of all effects."""

    channel: str
    effect: float
    credit: float


@dataclass(frozen=True, slots=True)
class Chain:
    """Probability of conversion, and the effect of each channel in the given order."""

    conversion: float
    removals: tuple[Removal, ...]


def removal_effects(channels: Sequence[str], moves: Mapping[tuple[str, str], int]) -> Chain | None:
    """Solve the chain.

    Parameters
    ----------
    channels
        The transient states.
    moves
        (from, to) to how often; from is a channel or the start, to a channel, the conversion or null.

    Returns
    -------
    Chain or None
        ``None`` when nothing converts, so that there is nothing to lose.

    References
    ----------
    Anderl, Becker, von Wangenheim & Schumann (2016), Mapping the customer journey,
    doi:10.1016/j.ijresmar.2016.03.001.

    Examples
    --------
    Three journeys, worked by hand: C1 > C2 > C3 converts, C1 and C2 > C3 do not. A third converts; without C2
    or C3 nothing does, without C1 half as much.

    >>> moves = {
    ...     (START, "C1"): 2, (START, "C2"): 1, ("C1", "C2"): 1, ("C1", NULL): 1,
    ...     ("C2", "C3"): 2, ("C3", CONVERSION): 1, ("C3", NULL): 1,
    ... }
    >>> chain = removal_effects(["C1", "C2", "C3"], moves)
    >>> round(chain.conversion, 4)
    0.3333
    >>> [(one.channel, round(one.effect, 2), round(one.credit, 2)) for one in chain.removals]
    [('C1', 0.5, 0.2), ('C2', 1.0, 0.4), ('C3', 1.0, 0.4)]
    """
    import numpy as np

    place = {channel: at for at, channel in enumerate(channels)}
    size = len(channels)
    between, converting, first = np.zeros((size, size)), np.zeros(size), np.zeros(size)
    leaving = np.zeros(size)
    for (source, target), n in moves.items():
        if source == START:
            if target in place:
                first[place[target]] += n
            continue
        leaving[place[source]] += n
        if target in place:
            between[place[source], place[target]] += n
        elif target == CONVERSION:
            converting[place[source]] += n
    # A channel that nobody left is a dead end, not a division by zero.
    safe = np.where(leaving > 0, leaving, 1.0)
    between, converting = between / safe[:, None], converting / safe
    first = first / sum(n for (source, _), n in moves.items() if source == START)

    def probability(without: int | None) -> float:
        kept = [at for at in range(size) if at != without]
        system = np.eye(len(kept)) - between[np.ix_(kept, kept)]
        return float(first[kept] @ np.linalg.solve(system, converting[kept]))

    whole = probability(None)
    if whole <= 0:
        return None
    effects = [1 - probability(at) / whole for at in range(size)]
    total = sum(effects)
    return Chain(
        whole,
        tuple(
            Removal(channel, effect, effect / total)
            for channel, effect in zip(channels, effects, strict=True)
        ),
    )
