"""COREQ: what to report of interviews and focus groups (Tong, Sainsbury & Craig 2007)."""

from __future__ import annotations

from omnistudy.reporting.standard import Fill, Item, Standard
from omnistudy.results import msg

COREQ = Standard(
    name="coreq",
    title=msg("COREQ"),
    source="Tong, Sainsbury & Craig 2007, https://doi.org/10.1093/intqhc/mzm042",
    items=(
        Item("1", msg("Who held the interviews"), Fill.PART, ("interviewers",)),
        Item("2", msg("The researchers' degrees"), Fill.RESEARCHER),
        Item("3", msg("The researchers' jobs at the time"), Fill.RESEARCHER),
        Item("4", msg("The researchers' gender"), Fill.RESEARCHER),
        Item("5", msg("Their experience and training"), Fill.RESEARCHER),
        Item("6", msg("Ties to the participants before the study"), Fill.RESEARCHER),
        Item("7", msg("What participants knew of the interviewer"), Fill.RESEARCHER),
        Item("8", msg("The interviewer's own stance and interest"), Fill.RESEARCHER),
        Item("9", msg("The methodological school"), Fill.PART, ("school",)),
        Item("10", msg("How participants were chosen"), Fill.PART, ("sampling",)),
        Item("11", msg("How participants were approached"), Fill.PART, ("setting",)),
        Item("12", msg("How many took part"), Fill.DATA, ("sample_size",)),
        Item("13", msg("Who refused or dropped out, and why"), Fill.PART, ("losses",)),
        Item("14", msg("Where the interviews took place"), Fill.PART, ("setting",)),
        Item("15", msg("Whether anybody else was there"), Fill.PART, ("speakers",)),
        Item("16", msg("What the participants are like"), Fill.DATA, ("participants", "dates")),
        Item("17", msg("The interview guide, and whether it was piloted"), Fill.PART),
        Item("18", msg("Whether interviews were repeated"), Fill.DATA, ("repeats",)),
        Item("19", msg("How the interviews were recorded"), Fill.PART, ("transcripts",)),
        Item("20", msg("Whether field notes were made"), Fill.PART, ("memos",)),
        Item("21", msg("How long the interviews were"), Fill.DATA, ("length",)),
        Item("22", msg("How saturation was judged"), Fill.DATA, ("saturation",)),
        Item("23", msg("Whether participants saw their transcripts"), Fill.PART, ("member_checks",)),
        Item("24", msg("How many people coded"), Fill.DATA, ("coders", "agreement")),
        Item("25", msg("What the code tree looks like"), Fill.DATA, ("code_tree",)),
        Item("26", msg("Whether themes were given beforehand or found"), Fill.DATA, ("origin_of_themes",)),
        Item("27", msg("Which software was used"), Fill.DATA, ("software",)),
        Item("28", msg("Whether participants commented on the findings"), Fill.PART, ("member_checks",)),
        Item("29", msg("Quotations, each with its participant"), Fill.DATA, ("quotations",)),
        Item("30", msg("Whether findings fit the data shown"), Fill.PART, ("traced",)),
        Item("31", msg("The main themes"), Fill.DATA, ("model",)),
        Item("32", msg("Minor themes and contrary cases"), Fill.DATA, ("negative_cases", "minor_themes")),
    ),
)
