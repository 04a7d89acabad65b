"""The renderers' own words, as messages, so that the catalogues hold them like all others."""

from __future__ import annotations

from omnistudy.results import Day, Kind, Message, Number, Quote, Value, msg

SYNTHETIC = msg("SYNTHETIC — demonstration data, not a study of any real bank")
SYNTHETIC_SHORT = msg("SYNTHETIC demo data")

YES = msg("yes")
NO = msg("no")
NONE = msg("none")
UNDEFINED = msg("undefined")
CONSENSUS = msg("consensus")

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


SEARCH = msg("Search in this report")
NOTHING_FOUND = msg("Nothing found")
NEXT = msg("Next place")
PREVIOUS = msg("Previous place")
FILTER = msg("Show only rows with")
DARK = msg("Dark colours")
COPY_LINK = msg("Copy the link to this part")
COPIED = msg("The link is copied.")
CLOSE = msg("Close")
SORT = msg("Sort by this column")
SKIP_FIGURE = msg("Skip this figure")
EXPLORE = msg(
    "Point at, tap or focus a box or an arrow to read the quotations behind it. "
    "Enter or a tap keeps them open, Escape closes them."
)
NO_QUOTATIONS = msg("No quotation is given for it.")
QUOTES_SHORT = msg("Quotations are shortened to their first words.")
QUOTES_NONE = msg("The words of quotations are left out; only where they stand is printed.")


def more_rows(count: int) -> Message:
    """Say that a table was cut short, and where the rest is."""
    return msg("More rows: {count}; --format csv shows all", count=Number(count, Kind.COUNT))


def hidden_columns(names: str) -> Message:
    """Say which columns had no room, and where they are."""
    return msg("No room for the columns: {names}; --format csv shows all", names=names)


def more_quotations(count: int) -> Message:
    """Say how many passages of a list were left out."""
    return msg("Further quotations, left out here: {count}", count=Number(count, Kind.COUNT))


def quotations_in_spreadsheet(count: int) -> Message:
    """Say how many passages of a list a document does not print, and where they are."""
    return msg(
        "Further quotations: {count}; the spreadsheet report lists them all.", count=Number(count, Kind.COUNT)
    )


def places_found(count: str) -> Message:
    """Say how many places a search found; the page's script writes the number."""
    return msg("Places found: {count}", count=count)


def further_places(count: str) -> Message:
    """Say how many places the list of a search does not name; the page's script writes the number."""
    return msg("Further places: {count}", count=count)


def rows_shown(shown: str, whole: str) -> Message:
    """Say how many rows a filter shows; the page's script writes the numbers."""
    return msg("Rows shown: {shown} of {whole}", shown=shown, whole=whole)


def part_of_figure(rows: int, all_rows: int, columns: int, all_columns: int) -> Message:
    """Say how much of a large matrix a figure shows."""
    return msg(
        "The figure shows {rows} of {all_rows} rows and {columns} of {all_columns} columns.",
        rows=Number(rows, Kind.COUNT),
        all_rows=Number(all_rows, Kind.COUNT),
        columns=Number(columns, Kind.COUNT),
        all_columns=Number(all_columns, Kind.COUNT),
    )


def undefined_because(reason: Message) -> Message:
    """Write the note that belongs to an undefined cell."""
    return msg("undefined: {reason}", reason=reason)


def arrow(source: Value, target: Value) -> Message:
    """Name an arrow by its two ends."""
    return msg("from {source} to {target}", source=source, target=target)


def span_of(first: str, last: str) -> Message:
    """Name a span of days by its first and last day, both ISO dates."""
    return msg("{first} to {last}", first=Day(first), last=Day(last))


def numbered_table(number: int) -> Message:
    """Number a table of a report."""
    return msg("Table {number}", number=Number(number, Kind.COUNT))


def numbered_figure(number: int) -> Message:
    """Number a figure of a report."""
    return msg("Figure {number}", number=Number(number, Kind.COUNT))


def coder_name(coder: str) -> Message:
    """Name a coder; the consensus is no person and has a word of its own."""
    return CONSENSUS if coder == "consensus" else msg("{coder}", coder=coder)


def place_of(quote: Quote) -> Message:
    """Say where a passage stands: interview, turn where it is known, code points, speaker."""
    place = msg("{interview}, {start}–{end}", interview=quote.interview, start=quote.start, end=quote.end)
    if quote.turn is not None:
        place = msg(
            "{interview}, turn {turn}, {start}–{end}",
            interview=quote.interview,
            turn=quote.turn,
            start=quote.start,
            end=quote.end,
        )
    return place if quote.speaker is None else msg("{place}, {speaker}", place=place, speaker=quote.speaker)
