"""Tables that all audits print: checklists with their evidence, values with their intervals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from omnistudy.crm.audits.evidence import Evidence
from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.audits.items import ANSWER_WORDS, Item
from omnistudy.crm.audits.sheet import Rating
from omnistudy.crm.audits.sources import AuditSource
from omnistudy.crm.metrics.registry import METRICS
from omnistudy.crm.metrics.units import unit_name
from omnistudy.crm.names import named
from omnistudy.results import (
    Cell,
    Column,
    Kind,
    Message,
    Note,
    Number,
    Prose,
    Status,
    Table,
    Undefined,
    Value,
    listed,
    msg,
)

_NONE = msg("not computed")
CLAIM_NOTE = msg("These are claims of the source. They are not findings, and no benchmark.")


def source_line(source: AuditSource) -> Prose:
    """The line that says what kind of text a framework comes from."""
    return Prose(text=source.sentence())


def value_cell(one: Indicator) -> Cell:
    """The value of an indicator, or why there is none."""
    return Undefined(one.reason or _NONE) if one.value is None else limit_cell(one, one.value)


def limit_cell(one: Indicator, limit: float | None) -> Cell:
    """A limit in the unit of its indicator; an empty cell where the value has no interval."""
    return None if limit is None else Number(limit, Kind.SHARE if one.unit == "share" else Kind.NUMBER)


def answer_cell(rating: Rating) -> Cell:
    """An answer for people; empty where there is none."""
    if rating.answer is None:
        return None
    return ANSWER_WORDS.get(rating.answer, rating.answer)


def evidence_cells(rating: Rating, *, named: bool = True) -> tuple[Cell, Cell]:
    """The references of an answer, and the value of the first metric among them.

    ``named`` gives metrics by their titles, for people; a tidy sheet has their ids.
    """
    written = listed([_reference(one) if named else one.written for one in rating.evidence], apart=True)
    metric = next((one.indicator for one in rating.evidence if one.indicator is not None), None)
    return written, None if metric is None else value_cell(metric)


def _reference(one: Evidence) -> Value | Message:
    """Name a reference: a metric by its title, a quotation or document as it was written."""
    return one.written if one.indicator is None else one.indicator.title


def checklist_table(name: str, ratings: Sequence[Rating], caption: Message, *, full: bool = False) -> Table:
    """One row per item: answer, evidence, the value of a metric among it, and why it does not count.

    ``full`` adds the item's id, the question in full and the note.
    """
    columns = [
        Column("title", msg("What is asked")),
        Column("answer", msg("Answer")),
        Column("evidence", msg("Evidence"), Kind.ID),
        Column("value", msg("Value"), Kind.NUMBER),
        Column("reason", msg("Why it does not count")),
    ]
    cycles = any(rating.cycle for rating in ratings)
    if cycles:
        columns.insert(1, Column("cycle", msg("Cycle"), Kind.ID))
    if full:
        columns += [
            Column("item", msg("Item"), Kind.ID),
            Column("asks", msg("In full")),
            Column("note", msg("Note"), Kind.QUOTE),
        ]
    rows = []
    for rating in ratings:
        written, value = evidence_cells(rating, named=not full)
        cells: list[Cell] = [rating.item.title, answer_cell(rating), written, value, rating.reason]
        if cycles:
            cells.insert(1, rating.cycle)
        if full:
            cells += [rating.item.id, rating.item.asks, rating.note]
        rows.append(tuple(cells))
    return without_empty(
        Table(name=name, columns=tuple(columns), rows=tuple(rows), caption=caption), "reason", "value"
    )


def without_empty(table: Table, *keys: str) -> Table:
    """The same table without those of the named columns that hold nothing: they would only take room."""
    kept = [
        at
        for at, column in enumerate(table.columns)
        if column.key not in keys or any(row[at] not in (None, "") for row in table.rows)
    ]
    return replace(
        table,
        columns=tuple(table.columns[at] for at in kept),
        rows=tuple(tuple(row[at] for at in kept) for row in table.rows),
    )


def indicator_table(
    name: str, indicators: Sequence[tuple[Cell, Indicator]], caption: Message, lead: Message, *, full: bool
) -> Table:
    """One row per value; ``lead`` heads the first column.

    ``full`` adds window, definition and what would be needed: too much for a page, right for a sheet.
    """
    columns = [
        Column("of", lead),
        Column("indicator", msg("What is observed")),
        Column("value", msg("Value"), Kind.NUMBER),
        Column("ci_low", msg("Lower limit"), Kind.NUMBER),
        Column("ci_high", msg("Upper limit"), Kind.NUMBER),
        Column("n", msg("Counted"), Kind.COUNT),
        Column("denominator", msg("Of"), Kind.COUNT),
        Column("unit", msg("Unit")),
    ]
    rows: list[tuple[Cell, ...]] = [
        (
            first,
            one.title,
            value_cell(one),
            limit_cell(one, one.low),
            limit_cell(one, one.high),
            one.n,
            one.denominator,
            unit_name(one.unit),
        )
        for first, one in indicators
    ]
    if full:
        columns += [
            Column("group", msg("Group"), Kind.ID),
            Column("window", msg("Window"), Kind.DATE),
            Column("definition", msg("Definition")),
            Column("needed", msg("What would be needed")),
        ]
        rows = [
            (*row, named(one.group), one.window, one.definition, one.needed)
            for row, (_, one) in zip(rows, indicators, strict=True)
        ]
    return Table(name=name, columns=tuple(columns), rows=tuple(rows), caption=caption)


def needed_notes(indicators: Iterable[Indicator]) -> tuple[Note, ...]:
    """One note per value that cannot be assessed: why, and what would be needed."""
    return tuple(
        Note(
            text=msg(
                "{indicator}: {reason}. Needed: {needed}.",
                indicator=one.title,
                reason=one.reason,
                needed=one.needed,
            ),
            status=Status.UNDEFINED,
        )
        for one in indicators
        if one.value is None and one.reason is not None and one.needed is not None
    )


def checklist_counts(ratings: Sequence[Rating]) -> Message:
    """Say how many answers of a checklist count, and what they are; never a score."""
    answers = [rating.answer for rating in ratings if rating.counts]
    return msg(
        "{yes} yes, {partly} partly, {no} no; {open} of {all} without an answer that counts.",
        yes=Number(answers.count("yes"), Kind.COUNT),
        partly=Number(answers.count("partly"), Kind.COUNT),
        no=Number(answers.count("no"), Kind.COUNT),
        open=Number(len(ratings) - len(answers), Kind.COUNT),
        all=Number(len(ratings), Kind.COUNT),
    )


def items_of(ratings: Sequence[Rating], items: Sequence[Item]) -> tuple[Rating, ...]:
    """The ratings of these items, in order."""
    wanted = {item.id for item in items}
    return tuple(rating for rating in ratings if rating.item.id in wanted)


def metric_indicators(
    names: Sequence[str], values: Mapping[tuple[str, str], Indicator], without: Mapping[str, Message]
) -> tuple[Indicator, ...]:
    """Values of metrics by name; a name outside the registry is shown with why it is not offered."""
    found = []
    for name in names:
        if (name, "") in values:
            found.append(values[name, ""])
            continue
        metric = METRICS.get(name)
        title = METRIC_NAMES.get(name, msg("{metric}", metric=name)) if metric is None else metric.title
        found.append(
            Indicator(
                id=name,
                title=title,
                definition=title if metric is None else metric.definition,
                reason=without.get(name, msg("there are no records to compute it from")),
            )
        )
    return tuple(found)


METRIC_NAMES: Mapping[str, Message] = {"lift": msg("Lift of targeted contacts")}
