"""The words of the Word report that other formats do not need."""

from __future__ import annotations

from omnistudy.results import Kind, Message, Number, Value, msg

MADE_BY = msg("Report of the analyses, made with omnistudy")
TABLES = msg("List of tables")
FIGURES = msg("List of figures")
UPDATE = msg("Page numbers appear when this list is updated: click into it and press F9.")
NOTE = msg("Note.")
MODEL_CATEGORIES = msg("The categories of the model, by role")
APPENDIX = msg("Appendix: quotations by category and interviewee")
BEHIND_ARROWS = msg("Quotations behind the arrows of the model")
IN_APPENDIX = msg(
    "The quotations stand in the appendix at the end of this report, by category and interviewee."
)
NO_CATEGORY = msg("Without a category")
SUBCATEGORIES = msg("Subcategories")


def columns_left_out(names: Value | Message) -> Message:
    """Say which columns a page had no room for, and where they are."""
    return msg(
        "Left out here for want of room: {names}. The spreadsheet report has these columns.", names=names
    )


def rows_in_spreadsheet(count: int) -> Message:
    """Say how many rows of a table the page does not show, and where they are."""
    return msg(
        "Further rows: {count}; the spreadsheet report lists them all.", count=Number(count, Kind.COUNT)
    )


def for_code(code: Value | Message) -> Message:
    """Name the open code of a passage."""
    return msg("{code}", code=code)


def version(number: str) -> Message:
    """Name the version of the program."""
    return msg("Version {version}", version=number)
