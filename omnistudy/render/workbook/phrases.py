"""The words of the workbook that other formats do not need."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from omnistudy.results import Kind, Message, Value, msg

SHEET = msg("Sheet")
SECTION = msg("Section")
CAPTION = msg("Caption")
ROWS = msg("Rows")
NOTE = msg("Note")
TEXT = msg("Text")
DICTIONARY = msg("Dictionary")
QUOTATIONS = msg("Quotations")
COLUMN = msg("Column")
HEADING = msg("Heading")
KIND = msg("Kind of value")
KIND_OF_TEXT = msg("Kind of text")
SYNTHETIC_COLUMN = msg("Synthetic")
LIST = msg("List")
INTERVIEW = msg("Interview")
START = msg("Start")
END = msg("End")
SPEAKER = msg("Speaker")
CODERS = msg("Coders")
CODES = msg("Codes")
LANGUAGE = msg("Language")
WORDS = msg("Words")

HEADING_KIND = msg("heading")
SENTENCE = msg("sentence")
REMARK = msg("remark")
SUMMARY = msg("summary")

TEXT_CAPTION = msg("What the report says in sentences, section by section")
QUOTATIONS_CAPTION = msg("Every quotation that the report lists")
DICTIONARY_CAPTION = msg("What every column holds")
PROVENANCE_CAPTION = msg("Where the numbers come from: version, seed, command and inputs")
PLACES = msg(
    "Start and end count the characters of the transcript from 0; the end is the first one after it."
)
CUT = msg("Texts of more than 32,767 characters, the most that a cell holds, are cut and end in …")

REASON_KIND = msg("text: why the value before it does not exist")
KINDS: Mapping[Kind, Message] = MappingProxyType(
    {
        Kind.TEXT: msg("text"),
        Kind.SENTENCE: msg("text"),
        Kind.ID: msg("identifier, the same in every language"),
        Kind.COUNT: msg("whole number"),
        Kind.COEFFICIENT: msg("coefficient, shown with three decimals"),
        Kind.NUMBER: msg("number"),
        Kind.SHARE: msg("share from 0 to 1, shown as per cent"),
        Kind.PERCENT_POINTS: msg("per cent, from 0 to 100"),
        Kind.P_VALUE: msg("p of a test, from 0 to 1"),
        Kind.QUOTE: msg("words of a transcript"),
        Kind.FLAG: msg("true or false"),
        Kind.DATE: msg("date of the Gregorian calendar"),
    }
)
"""What the dictionary says of each kind of value."""


def reason_of(heading: Value | Message) -> Message:
    """Name the column that says why values of another are undefined."""
    return msg("{heading}: reason", heading=heading)
