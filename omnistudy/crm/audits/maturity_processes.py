# ruff: noqa: S608 - names of columns are our own; values are parameters
"""Is the process the same in every channel?  Modal sequences of steps, and how far they differ.

Per service and channel the most frequent sequence of the customer's steps is taken from completed
journeys that stayed in that channel. The similarity of two channels is 1 − Levenshtein distance /
length of the longer sequence; pairs are averaged by the number of journeys behind them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations, pairwise

from omnistudy.crm.metrics.case import Case

LONGEST = 24
_STEPS = ", ".join(f"max(case when place = {at} then event end) as s{at}" for at in range(1, LONGEST + 1))
_NAMES = ", ".join(f"s{at}" for at in range(1, LONGEST + 1))
SEQUENCES_SQL = f"""
select service, channel, {_NAMES}, count(*) as journeys from (
    select journey_id, min(service) as service, min(channel) as channel, {_STEPS}
    from (
        select journey_id, service, channel, event, outcome,
            row_number() over (partition by journey_id order by instant, row) as place
        from m_events
        where journey_id is not null and service is not null and coalesce(initiator, 'customer') <> 'bank'
    ) as steps
    group by journey_id
    having count(distinct channel) = 1 and count(distinct service) = 1 and max(place) <= {LONGEST}
        and (? = 0 or max(case when outcome = 'completed' then 1 else 0 end) = 1)
) as journeys group by service, channel, {_NAMES}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairSimilarity:
    """Two channels of one service: modal sequences, similarity, and journeys behind both."""

    service: str
    first: str
    second: str
    first_steps: tuple[str, ...]
    second_steps: tuple[str, ...]
    similarity: float
    journeys: int


def similarities(case: Case) -> tuple[PairSimilarity, ...]:
    """Every pair of channels that offer the same service, in the order of their names."""
    outcome = 1 if case.records.has("events", "outcome") else 0
    counts: dict[tuple[str, str], dict[tuple[str, ...], int]] = defaultdict(dict)
    for service, channel, *steps, journeys in case.rows(SEQUENCES_SQL, outcome):
        sequence = tuple(str(step) for step in steps if step is not None)
        counts[str(service), str(channel)][sequence] = int(journeys or 0)
    # Ties between sequences go to the shorter, then to the first by name.
    modal = {
        key: min(found, key=lambda sequence: (-found[sequence], len(sequence), sequence))
        for key, found in counts.items()
    }
    volume = {key: sum(found.values()) for key, found in counts.items()}
    pairs = []
    for one, other in combinations(sorted(modal), 2):
        if one[0] == other[0]:
            pairs.append(
                PairSimilarity(
                    service=one[0],
                    first=one[1],
                    second=other[1],
                    first_steps=modal[one],
                    second_steps=modal[other],
                    similarity=similarity(modal[one], modal[other]),
                    journeys=volume[one] + volume[other],
                )
            )
    return tuple(pairs)


def weighted(pairs: tuple[PairSimilarity, ...]) -> float | None:
    """Mean similarity of the pairs, weighted by journeys; ``None`` without a pair."""
    total = sum(pair.journeys for pair in pairs)
    return sum(pair.similarity * pair.journeys for pair in pairs) / total if total else None


def similarity(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    """1 − Levenshtein distance / length of the longer sequence; 1 for two empty ones."""
    longest = max(len(first), len(second))
    return 1 - _distance(first, second) / longest if longest else 1.0


def _distance(first: tuple[str, ...], second: tuple[str, ...]) -> int:
    """Levenshtein's distance: insertions, deletions and substitutions of steps."""
    above = list(range(len(second) + 1))
    for at, step in enumerate(first, 1):
        line = [at]
        for (left, up), other in zip(pairwise(above), second, strict=True):
            line.append(min(up + 1, line[-1] + 1, left + (step != other)))
        above = line
    return above[-1]
