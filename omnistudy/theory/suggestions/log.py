"""The log of suggestions: what was shown, accepted and rejected. Nothing is ever applied.

One JSON object a line, appended only; a later decision on a suggestion stands over an earlier one. The
log holds no time, because a local clock proves nothing, and no transcript text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from omnistudy.errors import Problem, StudyError, did_you_mean
from omnistudy.results import Column, Kind, Message, Number, Table, Undefined, msg

LOG_FILE = "suggestions.log"


class Decision(StrEnum):
    """What became of a suggestion."""

    SHOWN = "shown"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


DECISIONS: dict[Decision, Message] = {
    Decision.SHOWN: msg("open"),
    Decision.ACCEPTED: msg("accepted"),
    Decision.REJECTED: msg("rejected"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log: the kind of suggestion, its id, and the decision."""

    kind: str
    id: str
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """How often people took what was suggested, over the whole log of a kind.

    ``rate`` is accepted / (accepted + rejected); ``None`` before any decision.
    """

    shown: int
    accepted: int
    rejected: int

    @property
    def rate(self) -> float | None:
        """Share of the decided suggestions that were accepted."""
        decided = self.accepted + self.rejected
        return self.accepted / decided if decided else None


NOT_DECIDED = msg("nothing was accepted or rejected so far")


def read_log(text: str, file: str = LOG_FILE) -> tuple[Entry, ...]:
    """Read the log.

    Raises
    ------
    StudyError
        With every line that is no entry.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    for row, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found = json.loads(line)
            entry = Entry(str(found["kind"]), str(found["id"]), Decision(found["decision"]))
        except (ValueError, KeyError, TypeError):
            what = "The line is no entry of the log of suggestions."
            problems.append(Problem(what=what, remedy="Restore or remove the line.", file=file, row=row))
        else:
            entries.append(entry)
    if problems:
        raise StudyError(problems)
    return tuple(entries)


def log_lines(entries: Iterable[Entry]) -> str:
    """Write entries as the lines to append."""
    rows = ({"kind": e.kind, "id": e.id, "decision": str(e.decision)} for e in entries)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def decisions(entries: Iterable[Entry], kind: str) -> Mapping[str, Decision]:
    """Return the standing decision on every suggestion of a kind that was ever shown."""
    standing: dict[str, Decision] = {}
    for entry in entries:
        if entry.kind == kind and (entry.decision is not Decision.SHOWN or entry.id not in standing):
            standing[entry.id] = entry.decision
    return standing


def acceptance(standing: Mapping[str, Decision]) -> Acceptance:
    """Count the standing decisions."""
    made = list(standing.values())
    return Acceptance(
        shown=len(made), accepted=made.count(Decision.ACCEPTED), rejected=made.count(Decision.REJECTED)
    )


def new_entries(
    kind: str,
    shown: Iterable[str],
    standing: Mapping[str, Decision],
    *,
    accept: Iterable[str] = (),
    reject: Iterable[str] = (),
) -> tuple[Entry, ...]:
    """Return what is to be appended: suggestions shown for the first time, then the decisions.

    Raises
    ------
    StudyError
        When a decision names no suggestion that is or was shown, or an id is accepted and rejected.
    """
    ids = list(shown)
    known = {*ids, *standing}
    wanted = [(name, Decision.ACCEPTED) for name in accept]
    wanted += [(name, Decision.REJECTED) for name in reject]
    problems = []
    for name, _ in wanted:
        if name not in known:
            remedy = did_you_mean(name, known) or "Take an id from the list of suggestions."
            problems.append(Problem(what=f"There is no suggestion '{name}'.", remedy=remedy))
    for name in sorted(set(accept) & set(reject)):
        what = f"'{name}' is accepted and rejected at once."
        problems.append(Problem(what=what, remedy="Decide on one of them."))
    if problems:
        raise StudyError(problems)
    fresh = [Entry(kind, name, Decision.SHOWN) for name in ids if name not in standing]
    return (*fresh, *(Entry(kind, name, decision) for name, decision in wanted))


def acceptance_table(found: Acceptance) -> Table:
    """Return how often people took what was suggested."""
    rate = Undefined(NOT_DECIDED) if found.rate is None else Number(found.rate, Kind.SHARE)
    return Table(
        name="acceptance",
        caption=msg("What became of the suggestions so far"),
        columns=(
            Column("shown", msg("Shown"), Kind.COUNT),
            Column("accepted", msg("Accepted"), Kind.COUNT),
            Column("rejected", msg("Rejected"), Kind.COUNT),
            Column("rate", msg("Accepted of the decided"), Kind.SHARE),
        ),
        rows=((found.shown, found.accepted, found.rejected, rate),),
        note=msg("Accepting is a note in the log. Nothing is applied: merging and coding stay with people."),
    )


def acceptance_json(found: Acceptance) -> dict[str, object]:
    """Return the JSON object of the acceptance."""
    return {
        "shown": found.shown,
        "accepted": found.accepted,
        "rejected": found.rejected,
        "rate": found.rate,
        "reason": str(NOT_DECIDED) if found.rate is None else None,
    }
