"""The renderers' own words, as messages, so that the catalogues hold them like all others."""

from __future__ import annotations

from omnistudy.results import Kind, Message, Number, Quote, Value, msg

SYNTHETIC = msg("SYNTHETIC — demonstration data, not a study of any real bank")
SYNTHETIC_SHORT = msg("SYNTHETIC demo data")

YES = msg("yes")
NO = msg("no")
NONE = msg("none")
UNDEFINED = msg("undefined")

SUMMARY = msg("Summary")
CONTENTS = msg("Contents")
SKIP = msg("Skip to the report")
REPORT = msg("Report")
FIGURE_DATA = msg("The figure as text")
QUOTATIONS_BEHIND = msg("Quotations behind the model")
MISSING_LABEL = msg("No label in the language of this report")

PROVENANCE = msg("Provenance")
VERSION = msg("Version of omnistudy")
COMMAND = msg("Command")
SEED = msg("Seed")
NO_SEED = msg("none: nothing was drawn at random")
INPUTS = msg("Inputs")
FILE = msg("File")
HASH = msg("SHA-256")
REPEATABLE = msg("The same inputs, version and seed give the same report, byte for byte.")

LABEL = msg("Label")
VALUE = msg("Value")
LOW = msg("Lower limit")
HIGH = msg("Upper limit")
ROLE = msg("Role")
CATEGORY = msg("Category")
DETAIL = msg("Detail")
FROM = msg("From")
TO = msg("To")
RESTS_ON = msg("Rests on")
EVIDENCED = msg("evidence")
ASSERTED = msg("assertion only")
DIRECTION = msg("Kind of link")
NEGATIVE = msg("negative: hinders, or a contrary case")
FEEDBACK = msg("feedback")
ORDINARY = msg("ordinary")
BOXES = msg("Boxes of the model")
ARROWS = msg("Arrows of the model")
EMPTY_ROLE = msg("no category has this role")

LEGEND_SOLID = msg("rests on quotations or memos")
LEGEND_DASHED = msg("asserted, without evidence so far")
LEGEND_NEGATIVE = msg("negative: hinders, or a contrary case")
LEGEND_FEEDBACK = msg("feedback: an outcome becomes a condition")


def more_rows(count: int) -> Message:
    """Say that a table was cut short, and where the rest is."""
    return msg("More rows: {count}; --format csv shows all", count=Number(count, Kind.COUNT))


def hidden_columns(names: str) -> Message:
    """Say which columns had no room, and where they are."""
    return msg("No room for the columns: {names}; --format csv shows all", names=names)


def more_quotations(count: int) -> Message:
    """Say how many passages of a list were left out."""
    return msg("Further quotations, left out here: {count}", count=Number(count, Kind.COUNT))


def undefined_because(reason: Message) -> Message:
    """Write the note that belongs to an undefined cell."""
    return msg("undefined: {reason}", reason=reason)


def arrow(source: Value, target: Value) -> Message:
    """Name an arrow by its two ends."""
    return msg("from {source} to {target}", source=source, target=target)


def numbered_table(number: int) -> Message:
    """Number a table of a report."""
    return msg("Table {number}", number=Number(number, Kind.COUNT))


def numbered_figure(number: int) -> Message:
    """Number a figure of a report."""
    return msg("Figure {number}", number=Number(number, Kind.COUNT))


def place_of(quote: Quote) -> Message:
    """Say where a passage stands: interview, code points, speaker."""
    if quote.speaker is None:
        return msg("{interview}, {start}–{end}", interview=quote.interview, start=quote.start, end=quote.end)
    return msg(
        "{interview}, {start}–{end}, {speaker}",
        interview=quote.interview,
        start=quote.start,
        end=quote.end,
        speaker=quote.speaker,
    )
