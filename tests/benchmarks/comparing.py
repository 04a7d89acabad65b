"""A row of the table: what is measured, against whom, what is asked, and whether it is met."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from measure import Cost, FailedError, Others, Work, cost

QUIET = 0.25
"""Up to so many cores taken by others the machine counts as ours and wall time is judged."""

_ENOUGH = 60.0  # seconds after which a task is not repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is asked: at most so many seconds and megabytes, at least so many times less than the peer's."""

    seconds: float | None = None
    megabytes: float | None = None
    faster: float | None = None
    smaller: float | None = None
    cpu: bool = False
    """Whether the seconds asked for are of the processor, whatever the load."""

    def __str__(self) -> str:
        parts = (
            (self.faster, f"{self.faster:g}× time" if self.faster else ""),
            (self.smaller, f"{self.smaller:g}× memory" if self.smaller else ""),
            (self.seconds, f"{self.seconds:g} s{' CPU' if self.cpu else ''}" if self.seconds else ""),
            (self.megabytes, f"{self.megabytes:g} MB" if self.megabytes else ""),
        )
        return ", ".join(text for value, text in parts if value is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One row: our work and a peer's, alternately, so that both see the same machine."""

    name: str
    ours: Work
    peer: str = ""
    theirs: Work | None = None
    target: Target = Target()
    repeats: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A row that was measured; ``failure`` says why a side is missing."""

    task: Task
    ours: tuple[Cost, ...] = ()
    theirs: tuple[Cost, ...] = ()
    failure: str = ""
    others: float = 0.0


def measured(task: Task) -> Measured:
    """Measure a task, at most as often as it says and until it took a minute."""
    others = Others()
    ours: list[Cost] = []
    theirs: list[Cost] = []
    failure = "" if task.theirs or not task.peer else "unmeasured, no environment of peers"
    for _ in range(task.repeats):
        try:
            ours.append(cost(task.ours))
        except FailedError as error:
            return Measured(task=task, failure=f"failed: {error}")
        if task.theirs is not None and not failure:
            try:
                theirs.append(cost(task.theirs))
            except FailedError as error:
                failure = f"peer failed: {error}"
        if sum(one.wall for one in (*ours, *theirs)) > _ENOUGH:
            break
    return Measured(task=task, ours=tuple(ours), theirs=tuple(theirs), failure=failure, others=others.cores())


def least(costs: Sequence[Cost]) -> Cost:
    """Return the least of each measure over repetitions: noise only ever adds."""
    return Cost(
        wall=min(one.wall for one in costs),
        cpu=min(one.cpu for one in costs),
        megabytes=median(one.megabytes for one in costs),
        value=costs[0].value,
    )


def ratios(row: Measured) -> tuple[float, float, float] | None:
    """How many times more wall, processor time and memory the peer needs; a megabyte is the least."""
    if not row.ours or not row.theirs:
        return None
    ours, theirs = least(row.ours), least(row.theirs)
    return (
        theirs.wall / ours.wall,
        theirs.cpu / max(ours.cpu, 1e-6),
        max(theirs.megabytes, 1) / max(ours.megabytes, 1),
    )


def verdict(row: Measured) -> str:
    """Return whether the target is met.

    Seconds are wall seconds on a quiet machine; on a busy one the lesser of wall and processor seconds,
    since waiting for others is not the program's. Ratios are of wall time on a quiet machine, on a busy
    one the lesser of both.
    """
    target = row.task.target
    if not row.ours or not str(target):
        return ""
    if row.task.peer and not row.theirs:
        return "unmeasured"
    quiet = row.others <= QUIET
    ours, found = least(row.ours), ratios(row) or (0.0, 0.0, 0.0)
    taken = ours.cpu if target.cpu else ours.wall if quiet else min(ours.wall, ours.cpu)
    limits = ((taken, target.seconds), (ours.megabytes, target.megabytes))
    floors = ((found[0] if quiet else min(found[:2]), target.faster), (found[2], target.smaller))
    above = any(limit is not None and value > limit for value, limit in limits)
    below = any(floor is not None and value < floor for value, floor in floors)
    return "no" if above or below else "yes"


def same(row: Measured) -> str:
    """Say whether both sides found the same."""
    if not row.ours or not row.theirs:
        return ""
    ours, theirs = row.ours[0].value, row.theirs[0].value
    if isinstance(ours, float) and isinstance(theirs, float):
        return f"differ by {abs(ours - theirs):.0e}" if ours != theirs else "same"
    if ours is None or theirs is None:
        return ""
    return "same" if ours == theirs else "DIFFERENT"


HEADINGS = (
    "task",
    "omnistudy: wall, CPU, memory",
    "peer: wall, CPU, memory",
    "peer ÷ omnistudy: wall, CPU, memory",
    "results",
    "asked",
    "met",
    "spread of CPU",
    "cores of others",
)


def cells(row: Measured) -> tuple[str, ...]:
    """Return a row as texts."""
    found = ratios(row)
    peer = f"{row.task.peer}: " if row.task.peer else ""
    return (
        row.task.name,
        _cost(row.ours) if row.ours else row.failure.replace("\n", " "),
        f"{peer}{_cost(row.theirs)}" if row.theirs else f"{peer}{row.failure}" if peer else "",
        "" if found is None else ", ".join(f"{_short(one)}×" for one in found),
        same(row),
        str(row.task.target),
        verdict(row),
        " / ".join(_spread(costs) for costs in (row.ours, row.theirs) if costs),
        f"{row.others:.1f}",
    )


def _cost(costs: Sequence[Cost]) -> str:
    one = least(costs)
    return f"{_short(one.wall)} s, {_short(one.cpu)} s, {one.megabytes:.0f} MB"


def _short(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2g}"


def _spread(costs: Sequence[Cost]) -> str:
    cpu = [one.cpu for one in costs]
    return f"{_short(min(cpu))}–{_short(max(cpu))} s ({len(cpu)})"


def as_markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)
