"""The section of `compare` in a report, in the order in which a reader asks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from omnistudy.pictures import Forest
from omnistudy.replication import compare_tables, compare_words, grounds_tables
from omnistudy.results import (
    Block,
    Figure,
    Heading,
    Kind,
    Message,
    Note,
    Number,
    Prose,
    Status,
    Table,
    Value,
    msg,
)

if TYPE_CHECKING:
    from omnistudy.replication.compare_result import CompareResult


def sentence(result: CompareResult) -> Message:
    """Say what was found, what the declared rule makes of it, and whether it was fixed beforehand."""
    verdict = compare_words.VERDICTS[result.judgement.verdict]
    standing = msg("exploratory") if result.freeze.exploratory else msg("by a protocol fixed beforehand")
    name: dict[str, Value | Message] = {
        "model": result.reference.name,
        "verdict": verdict,
        "standing": standing,
    }
    if result.recovery.recall.value is None:
        return msg("Structured comparison with {model}: {verdict} ({standing}).", **name)
    counts: dict[str, Value] = {
        "recovered": Number(result.recovery.recovered, Kind.COUNT),
        "references": Number(result.recovery.references, Kind.COUNT),
    }
    if result.informed:
        return msg(
            "Structured comparison with {model} in informed mode: {recovered} of the frame's {references} "
            "concepts are firmly held by the interviews; {verdict} ({standing}).",
            **name,
            **counts,
        )
    if result.role.value is None:
        return msg(
            "Structured comparison with {model}: {recovered} of {references} concepts recovered, agreement of "
            "the roles undefined; {verdict} ({standing}).",
            **name,
            **counts,
        )
    return msg(
        "Structured comparison with {model}: {recovered} of {references} concepts recovered, role kappa {kappa}; "
        "{verdict} ({standing}).",
        **name,
        **counts,
        kappa=Number(result.role.value, Kind.COEFFICIENT),
    )


def tables(result: CompareResult) -> tuple[Table, ...]:
    """Return every table, the concepts first."""
    return (
        compare_tables.concepts(result),
        compare_tables.measures(result),
        compare_tables.roles(result),
        compare_tables.unmatched(result),
        compare_tables.disputes(result),
        compare_tables.gates(result),
        grounds_tables.left_out(result),
        grounds_tables.groups(result),
        grounds_tables.detection(result),
        grounds_tables.voters(result),
        grounds_tables.decoys(result),
        grounds_tables.deviations(result),
    )


def blocks(result: CompareResult) -> tuple[Block, ...]:
    """Return the section: verdict, concepts, roles, extensions, what differs, what it rests on."""
    return (
        *_verdict(result),
        *_measures(result),
        *_section("concepts", msg("Concept by concept"), compare_tables.concepts(result, named=True)),
        *_section("roles", msg("Role by role"), compare_tables.roles(result)),
        *_extensions(result),
        *_section("disputes", msg("Unsettled rows of the crosswalk"), compare_tables.disputes(result)),
        *_differences(result),
        *_section("left-out", msg("What the verdict rests on"), grounds_tables.left_out(result)),
        *_section("groups", msg("Who holds which concept"), grounds_tables.groups(result)),
        *_section("detection", msg("What this study would have seen"), grounds_tables.detection(result)),
        *_section("voters", msg("Roles as each voter sees them"), grounds_tables.voters(result)),
        *_section("decoys", msg("What the rule calls consistent by chance"), grounds_tables.decoys(result)),
        *_section(
            "deviations", msg("Deviations from the frozen protocol"), grounds_tables.deviations(result)
        ),
    )


def _section(anchor: str, heading: Message, table: Table) -> tuple[Block, ...]:
    """Return a table under its heading; nothing when it has no row."""
    return (Heading(text=heading, level=3, anchor=anchor), table) if table.rows else ()


def _verdict(result: CompareResult) -> Iterator[Block]:
    undecided = result.judgement.verdict == "inconclusive"
    yield Note(
        text=msg("Verdict: {verdict}.", verdict=compare_words.VERDICTS[result.judgement.verdict]),
        status=Status.WARNING if undecided else Status.NEUTRAL,
    )
    for reason in result.judgement.reasons:
        yield Prose(text=reason)
    yield Note(text=result.freeze.why, status=Status.WARNING if result.freeze.exploratory else Status.NEUTRAL)
    if result.freeze.stored is not None and not result.freeze.intact:
        yield Note(text=msg("The file protocol.json was edited after the freeze: its hash no longer fits."))
    yield compare_tables.gates(result)


def _measures(result: CompareResult) -> Iterator[Block]:
    yield Heading(text=msg("How much is found, and in which roles"), level=3, anchor="measures")
    yield compare_tables.measures(result)
    if result.recovery.recall.value is not None:
        yield _forest(result)
    yield Prose(text=compare_words.how_counted(result))
    yield Prose(text=compare_words.crosswalk_agreement(result.crosswalk))
    for message in compare_words.beyond(result):
        yield Prose(text=message)


def _forest(result: CompareResult) -> Figure:
    rows = compare_tables.measured(result)
    return Figure(
        name="recovery",
        picture=Forest(
            labels=tuple(row.name for row in rows),
            values=tuple(row.value for row in rows),
            lows=tuple(row.low for row in rows),
            highs=tuple(row.high for row in rows),
            axis=msg("Value with 95 % limits"),
        ),
        caption=msg("Recovery of the model and agreement of the roles"),
        alt=msg(
            "Points with intervals: recall {recall}, and below it precision, F1, Jaccard and role kappa.",
            recall=Number(result.recovery.recall.value, Kind.COEFFICIENT),
        ),
    )


def _extensions(result: CompareResult) -> Iterator[Block]:
    table = compare_tables.unmatched(result)
    if table.rows:
        yield Heading(
            text=msg("Extensions: concepts that the model does not have"), level=3, anchor="extensions"
        )
        yield table


def _differences(result: CompareResult) -> Iterator[Block]:
    yield Heading(text=msg("What differs, and why it may"), level=3, anchor="differences")
    for message in compare_words.differences(result):
        yield Prose(text=message)
    if result.reference.not_reported:
        yield grounds_tables.not_reported(result)
