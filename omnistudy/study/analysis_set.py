"""Whose codings feed counts, saturation, model and comparison: decided here and nowhere else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from omnistudy.errors import did_you_mean
from omnistudy.study.model import Coder, CoderKind, Coding, Quotation, Seen
from omnistudy.study.tables import Door

CHOICES = "consensus, lead:<coder>, majority or any"


def chosen_set(door: Door, setting: str | None, coders: Sequence[Coder], codings: Sequence[Coding]) -> str:
    """Return the analysis set as ``consensus``, ``lead:<coder>``, ``majority`` or ``any``.

    Without a setting it is the consensus where there is one, and the only coder where there is one;
    several coders without a consensus must be chosen from, which is recorded as a problem.
    """
    used = {coding.coder for coding in codings}
    humans = [coder.id for coder in coders if coder.kind is CoderKind.HUMAN and coder.id in used]
    consensus = [coder.id for coder in coders if coder.kind is CoderKind.CONSENSUS and coder.id in used]
    key = "analysis.codings"
    if setting is None:
        if consensus:
            return "consensus"
        if len(humans) > 1:
            door.problem(
                f"{len(humans)} coders coded and there is no consensus: whose codings count?",
                f"Set codings under [analysis] to {CHOICES}.",
                file="study.toml",
                column=key,
            )
        return f"lead:{humans[0]}" if len(humans) == 1 else "any"
    if setting == "consensus" and used and not consensus:
        door.problem(
            "The analysis set is the consensus, but no consensus coder coded anything.",
            "Name a coder 'consensus', or choose lead:<coder>, majority or any.",
            file="study.toml",
            column=key,
        )
    if setting.startswith("lead:") and setting[5:].strip() not in {coder.id for coder in coders}:
        lead = setting[5:].strip()
        remedy = did_you_mean(lead, [coder.id for coder in coders]) or f"Choose {CHOICES}."
        door.problem(f"'{lead}' coded nothing in this study.", remedy, file="study.toml", column=key)
    return setting


def select(
    chosen: str,
    coders: Sequence[Coder],
    codings: Sequence[Coding],
    rounds: Sequence[str],
    seen: Iterable[Seen],
) -> tuple[Coding, ...]:
    """Return the codings of an analysis set, in a fixed order.

    Of a coder who coded an interview in several rounds, the last round counts. ``any`` keeps all
    human coders' codings; ``majority`` keeps, code by code, the words that more than half of the
    coders who saw the interview gave that code.
    """
    kinds = {coder.id: coder.kind for coder in coders}
    if chosen == "consensus":
        kept = [c for c in codings if kinds[c.coder] is CoderKind.CONSENSUS]
    elif chosen.startswith("lead:"):
        kept = [c for c in codings if c.coder == chosen[5:].strip()]
    else:
        kept = [c for c in codings if kinds[c.coder] is CoderKind.HUMAN]
    latest = _latest_round(kept, rounds)
    if chosen == "majority":
        humans = {(s.interview, s.coder) for s in seen if kinds.get(s.coder) is CoderKind.HUMAN}
        humans |= {(c.quotation.interview, c.coder) for c in latest}
        latest = _majority(latest, humans)
    return tuple(sorted(latest, key=lambda c: (c.quotation, c.code, c.coder)))


def _latest_round(codings: Sequence[Coding], rounds: Sequence[str]) -> list[Coding]:
    rank = {name: at for at, name in enumerate(rounds)}
    last: dict[tuple[str, str], int] = {}
    for coding in codings:
        place = (coding.quotation.interview, coding.coder)
        last[place] = max(last.get(place, -1), rank[coding.round])
    return [c for c in codings if rank[c.round] == last[c.quotation.interview, c.coder]]


def _majority(codings: Sequence[Coding], saw: Iterable[tuple[str, str]]) -> list[Coding]:
    coders_of: dict[str, int] = defaultdict(int)
    for interview, _ in saw:
        coders_of[interview] += 1
    grouped: dict[tuple[str, str], list[Coding]] = defaultdict(list)
    for coding in codings:
        grouped[coding.quotation.interview, coding.code].append(coding)
    kept = []
    for (interview, code), group in grouped.items():
        for start, end in _covered_by_most(group, coders_of[interview]):
            kept.append(Coding(quotation=Quotation(interview, start, end), coder="majority", code=code))
    return kept


def _covered_by_most(group: Sequence[Coding], coders: int) -> list[tuple[int, int]]:
    """Return the maximal spans that more than half of ``coders`` cover, by a sweep over the borders."""
    borders: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for coding in group:
        borders[coding.quotation.start].append((coding.coder, 1))
        borders[coding.quotation.end].append((coding.coder, -1))
    depth: dict[str, int] = defaultdict(int)
    spans: list[tuple[int, int]] = []
    opened: int | None = None
    for position in sorted(borders):
        for coder, step in borders[position]:
            depth[coder] += step
        is_majority = 2 * sum(d > 0 for d in depth.values()) > coders
        if is_majority and opened is None:
            opened = position
        elif not is_majority and opened is not None:
            spans.append((opened, position))
            opened = None
    return spans
