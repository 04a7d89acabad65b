"""The sheet of an audit: one row per item with its answer, evidence, owner and note.

The same columns serve all audits: ``item,answer,evidence,owner,note,cycle``; ``score`` and ``stage``
are other names of ``answer``. All faults of a sheet are reported together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from omnistudy.crm.audits.evidence import Evidence, Fault, evidence_of, metric_names, references
from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.audits.items import ANSWERS, CHOICES, Item, Scale
from omnistudy.crm.audits.sheet_rows import SheetRow, sheet_rows
from omnistudy.errors import Problem, StudyError, did_you_mean
from omnistudy.results import Message, msg
from omnistudy.study.bare_table import BareTable
from omnistudy.study.model import Study
from omnistudy.text.jalali import parse_day
from omnistudy.text.keys import tight_key

ANSWER_COLUMNS = ("answer", "score", "stage")
COLUMNS = ("item", *ANSWER_COLUMNS, "evidence", "owner", "note", "cycle")
# Columns that give another sheet away.
_FOREIGN = {
    "crm gap": frozenset({"acceptable_min", "current", "target", "hurts_brand"}),
    "crm funnel": frozenset({"campaign", "noticed", "engaged", "acted"}),
}
_PUNCTUATION = frozenset("+-−–—.,/%٫")
UNANSWERED = msg("not answered")
NO_EVIDENCE = msg("no evidence is named")
NO_VALUE = msg("none of its evidence has a value here")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """An item with its answer.

    Parameters
    ----------
    answer
        As the scale writes it; ``None`` where it was not answered.
    counts
        Whether the answer is supported: answered, and with evidence that counts.
    reason
        Why it does not count.
    cycle
        The cycle it belongs to; empty where there is only one.
    """

    item: Item
    answer: str | None = None
    counts: bool = False
    reason: Message | None = UNANSWERED
    evidence: tuple[Evidence, ...] = ()
    owner: str = ""
    note: str = ""
    cycle: str = ""
    row: int | None = None

    @property
    def number(self) -> int | None:
        """The answer as a number where the scale has numbers and it counts."""
        numeric = self.item.scale in {Scale.SCORE, Scale.STAGE}
        return int(self.answer) if numeric and self.counts and self.answer is not None else None

    def as_json(self) -> dict[str, object]:
        """The rating as JSON values."""
        return {
            "item": self.item.id,
            "title": str(self.item.title),
            "answer": self.answer,
            "counts": self.counts,
            "reason": None if self.reason is None else str(self.reason),
            "evidence": [one.as_json() for one in self.evidence],
            "owner": self.owner,
            "note": self.note,
            "cycle": self.cycle,
            "source": self.item.source.key,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetReader:
    """What rows of one audit's sheet are read against.

    Parameters
    ----------
    audit
        The command, for example ``crm readiness``.
    items
        Its items.
    others
        Other commands' item ids, to say whose sheet this is.
    study
        Where quotations are looked up.
    metrics
        Values of the metrics that the sheet refers to.
    without_evidence
        Items that are declarations and need none.
    cycles
        Whether an item may be answered once per cycle.
    """

    audit: str
    items: Sequence[Item]
    others: Mapping[str, Iterable[str]] = field(default_factory=dict)
    study: Study | None = None
    metrics: Mapping[tuple[str, str], Indicator] = field(default_factory=dict)
    without_evidence: frozenset[str] = frozenset()
    cycles: bool = False


def metrics_of_sheet(table: BareTable | None) -> tuple[str, ...]:
    """Name the metrics that a sheet refers to, so that they are computed before it is read."""
    column = None if table is None else table.columns.get("evidence")
    if column is None:
        return ()
    return tuple(dict.fromkeys(name for label in column.labels for name in metric_names(label)))


def ratings_of(table: BareTable | None, reader: SheetReader) -> tuple[Rating, ...]:
    """Read a sheet; every item without a row is there as not answered.

    Raises
    ------
    StudyError
        Unknown columns and items, answers off their scale, evidence that does not exist, items that
        stand twice, the sheet of another audit: all of them together.
    """
    if table is None:
        return tuple(Rating(item=item) for item in reader.items)
    _check_kind(table, reader)
    found: list[Rating] = []
    problems: list[Problem] = []
    for row in sheet_rows(table, ("item",), COLUMNS):
        read = _Row(row, reader)
        rating = read.rating()
        problems += read.problems
        if rating is None:
            continue
        earlier = [one for one in found if (one.item.id, one.cycle) == (rating.item.id, rating.cycle)]
        if earlier:
            problems.append(
                read.problem(
                    f"'{rating.item.id}' stands in row {earlier[0].row} already.", "Keep one.", "item"
                )
            )
        found.append(rating)
    if problems:
        raise StudyError(problems)
    return tuple(_in_order(found, reader))


def _in_order(found: Sequence[Rating], reader: SheetReader) -> Iterator[Rating]:
    for item in reader.items:
        mine = [one for one in found if one.item.id == item.id]
        mine.sort(key=lambda one: cycle_order(one.cycle))
        yield from mine or (Rating(item=item),)


def cycle_order(name: str) -> tuple[str | int, ...]:
    """Sort key of a cycle's name: numbers in it by their value, so that cycle 10 comes after cycle 9."""
    parts = re.split(r"(\d+)", name)
    return tuple(int(part) if at % 2 else part for at, part in enumerate(parts))


def _check_kind(table: BareTable, reader: SheetReader) -> None:
    names = {name.strip().casefold().replace(" ", "_") for name in table.columns}
    if "item" in names:
        return
    for command, columns in _FOREIGN.items():
        if len(columns & names) > 1:
            raise StudyError.of(
                f"These are the columns of a sheet for {command}, not for {reader.audit}.",
                f"Give it to omnistudy {command}.",
                file=table.source.path,
                row=1,
            )


@dataclass(slots=True)
class _Row:
    """One row while it is read, with its problems."""

    row: SheetRow
    reader: SheetReader
    problems: list[Problem] = field(default_factory=list)

    def problem(self, what: str, remedy: str, column: str) -> Problem:
        return Problem(what=what, remedy=remedy, file=self.row.file, row=self.row.number, column=column)

    def rating(self) -> Rating | None:
        item = self._item()
        if item is None:
            return None
        answer = self._answer(item)
        evidence = tuple(self._evidence())
        rating = Rating(
            item=item,
            answer=answer,
            evidence=evidence,
            owner=self.row.text("owner"),
            note=self.row.text("note"),
            cycle=self.row.text("cycle") if self.reader.cycles else "",
            row=self.row.number,
        )
        reason = _why_not(rating, needs=item.id not in self.reader.without_evidence)
        return replace(rating, counts=reason is None, reason=reason)

    def _item(self) -> Item | None:
        written = self.row.text("item")
        known = {item.id: item for item in self.reader.items}
        if written in known:
            return known[written]
        short = [item for item in self.reader.items if written == item.id.partition(".")[2]]
        if len(short) == 1:
            return short[0]
        self.problems.append(self._unknown(written, known))
        return None

    def _unknown(self, written: str, known: Iterable[str]) -> Problem:
        if not written:
            return self.problem("The row names no item.", "Write the item, or remove the row.", "item")
        for command, ids in self.reader.others.items():
            if written in ids:
                what = f"'{written}' is an item of {command}, not of {self.reader.audit}."
                return self.problem(what, f"Give the row to omnistudy {command}.", "item")
        names = tuple(known)
        near = did_you_mean(written, (*names, *(name.partition(".")[2] for name in names)))
        sections = ", ".join(dict.fromkeys(name.partition(".")[0] for name in names))
        remedy = near or f"Items begin with one of: {sections}."
        return self.problem(f"'{written}' is not an item of {self.reader.audit}.", remedy, "item")

    def _answer(self, item: Item) -> str | None:
        given = [(column, self.row.text(column)) for column in ANSWER_COLUMNS if self.row.text(column)]
        if not given:
            return None
        if len(given) > 1:
            names = " and ".join(column for column, _ in given)
            self.problems.append(
                self.problem(f"{names} both hold an answer.", "Keep one column.", given[1][0])
            )
        column, written = given[0]
        if item.scale is Scale.DAY:
            return self._day(column, written)
        # A key drops punctuation, which must not turn -1 into 1.
        key = written if _PUNCTUATION.intersection(written) else tight_key(written)
        answers = {tight_key(one): answer for one, answer in ANSWERS[item.scale].items()}
        if key not in answers:
            what = f"'{written}' is no answer to {item.id}."
            remedy = f"Write {CHOICES[item.scale]}, or leave it empty."
            self.problems.append(self.problem(what, remedy, column))
        return answers.get(key)

    def _day(self, column: str, written: str) -> str | None:
        try:
            return parse_day(written).isoformat()
        except ValueError:
            what = f"There is no date '{written}'."
            self.problems.append(self.problem(what, f"Write {CHOICES[Scale.DAY]}.", column))
            return None

    def _evidence(self) -> Iterator[Evidence]:
        for reference in references(self.row.text("evidence")):
            found = evidence_of(reference, self.reader.study, self.reader.metrics)
            if isinstance(found, Fault):
                self.problems.append(self.problem(found.what, found.remedy, "evidence"))
            else:
                yield found


def _why_not(rating: Rating, *, needs: bool) -> Message | None:
    if rating.answer is None:
        return UNANSWERED
    if not needs or any(one.counts for one in rating.evidence):
        return None
    return NO_VALUE if rating.evidence else NO_EVIDENCE
