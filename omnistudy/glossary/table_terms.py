"""The columns that the tables of several commands share."""

from __future__ import annotations

from omnistudy.results import Term, msg

TABLE_TERMS: tuple[Term, ...] = (
    Term(
        name="limits",
        title=msg("Limits of an interval"),
        text=msg(
            "The lower and the upper end of an interval, usually of 95 %: values that the data do not "
            "contradict. The caption of the table says how it was found and what was resampled."
        ),
        aliases=(
            "Value with 95 % limits",
            "Lower limit",
            "Upper limit",
            "Lower limit of alpha",
            "Upper limit of alpha",
            "Lower limit of the share",
            "Upper limit of the share",
            "Change, lower",
            "Change, upper",
            "Value from",
            "Value to",
        ),
    ),
    Term(
        name="value",
        title=msg("Value"),
        text=msg(
            "The number that the row is about, in full precision in JSON and CSV and rounded in print. "
            "Where there is none, the reason stands in its place."
        ),
        aliases=(
            "First value",
            "Second value",
            "Score",
            "Quantity",
            "Measure",
            "Name of the measure",
            "Now",
            "Number",
        ),
    ),
    Term(
        name="reason",
        title=msg("Reason"),
        text=msg(
            "Why a number is missing, a row does not count or something was left out. An undefined number"
            " is never replaced by another one."
        ),
        aliases=(
            "Why",
            "Why it does not count",
            "Why it is another number",
            "What would be needed",
            "Needed",
        ),
    ),
    Term(
        name="counted",
        title=msg("Counted"),
        text=msg(
            "How many cases a value rests on: people, rows, events or units, as the table says. Of is the"
            " number of those that could have counted."
        ),
        aliases=(
            "Of",
            "Of interviews",
            "Rows",
            "First rows",
            "Cases",
            "Events",
            "What",
            "Total codes",
        ),
    ),
    Term(
        name="share",
        title=msg("Share"),
        text=msg(
            "A part of a whole between 0 and 1, printed as per cent; the caption or the column beside it "
            "names the whole."
        ),
        aliases=(
            "Share of the events",
            "Share of all effects",
            "Share of the disagreement",
            "Share of people who hold a theme",
            "Mean",
            "Median",
        ),
    ),
    Term(
        name="severity",
        title=msg("Severity"),
        text=msg(
            "How much a finding weighs. An error stops the command or contradicts the model, a warning "
            "should be looked at, a remark only informs."
        ),
        aliases=(
            "error",
            "warning",
            "info",
            "remark",
            "Weight",
        ),
    ),
    Term(
        name="remedy",
        title=msg("Remedy"),
        text=msg("What can be done about a problem. The program never changes your files on its own."),
        aliases=(
            "What was done",
            "What is asked",
            "What it asks",
        ),
    ),
    Term(
        name="place in a file",
        title=msg("Place in a file"),
        text=msg(
            "Where something stands: the file, the row (the header is row 1) and the column or key. Lines"
            " of study.toml belong under the section that is named beside them."
        ),
        aliases=(
            "File",
            "Row",
            "Column",
            "Row of the table",
            "Line",
            "Section of study.toml",
            "Table",
            "Where",
            "Where to read",
            "Written",
        ),
    ),
    Term(
        name="status",
        title=msg("Status"),
        text=msg(
            "What became of an item: met or not, found or not, evidenced or only asserted. The words of "
            "each table are explained on their own."
        ),
        aliases=(
            "State",
            "Result",
            "Met",
            "Finding",
            "Flags",
            "Flag",
            "Subject",
            "Rule",
        ),
    ),
    Term(
        name="kind",
        title=msg("Kind"),
        text=msg(
            "Which sort of thing a row is; the sorts differ from table to table. A coder is a person, the"
            " consensus or a machine, and only people enter agreement."
        ),
        aliases=(
            "Type",
            "human",
            "machine",
            "person",
            "Group",
            "Name",
            "Part",
            "Condition",
            "Window",
            "Scope",
            "Topic",
        ),
    ),
    Term(
        name="difference",
        title=msg("Difference"),
        text=msg(
            "How far two numbers or versions are apart: the second less the first, or what of a report is"
            " not as it was."
        ),
        aliases=(
            "Change",
            "Differences",
            "r",
            "Equal characters",
            "Equal units",
        ),
    ),
    Term(
        name="coder",
        title=msg("Coder"),
        text=msg(
            "A person who coded, under the name in the tables. Agreement compares persons; the consensus "
            "and machines are shown beside them."
        ),
        aliases=(
            "Coders",
            "Coder and rounds",
            "Name in the file",
            "First by",
            "Rated",
            "Reliability",
            "Between",
            "Second",
            "Passes",
            "human-human",
            "human-machine",
        ),
    ),
    Term(
        name="date",
        title=msg("Date"),
        text=msg(
            "When an interview was held or a coding made. Dates of either calendar are read and kept in "
            "the Gregorian one; Persian output shows the Jalali date first."
        ),
        aliases=(
            "Dated codings",
            "Undated codings",
            "First used",
            "Last used",
            "Period",
            "gregorian",
            "jalali",
            "Month after",
            "Months",
        ),
    ),
    Term(
        name="passage",
        title=msg("Passage"),
        text=msg(
            "A stretch of a transcript with its start and end, counted from 0 in characters; the end is "
            "not included."
        ),
        aliases=(
            "Start",
            "End",
            "Characters",
            "Coded characters",
            "Words of the transcript",
            "Example quotations",
            "Nearest coded quotation",
            "Text",
        ),
    ),
    Term(
        name="count of interviews",
        title=msg("Interviews, quotations, codings"),
        text=msg(
            "The three counts that always stand together, because ten quotations of one talkative person "
            "are not ten people."
        ),
        aliases=(
            "Interviews",
            "Interviewee",
            "Quotations",
            "Codings",
            "Turns",
            "Codes",
            "Memos",
            "Comments",
            "Dimensions",
            "Properties",
            "Coded interviews",
            "Participants",
            "Customers",
            "Votes",
        ),
    ),
    Term(
        name="order of interviews",
        title=msg("Order of the interviews"),
        text=msg(
            "The order in which the interviews were held, by the column order of the participants table, "
            "else by date, else by name. Saturation depends on it."
        ),
        aliases=(
            "Order",
            "Place in the order",
            "Orders",
            "All orders",
        ),
    ),
    Term(
        name="imported counts",
        title=msg("Read, added, known"),
        text=msg(
            "What an import found in the files, what of it is new to the study, and what the study held "
            "before. Importing a file again adds nothing."
        ),
        aliases=(
            "Read",
            "Added",
            "In the study before",
            "Import",
            "Left out",
            "Conflict",
            "Recognised by",
            "Number of codings",
        ),
    ),
    Term(
        name="provenance",
        title=msg("Provenance"),
        text=msg(
            "What a result rests on: the version, the command, the seed of everything drawn at random, "
            "and every input with the SHA-256 of its bytes. The same of all gives the same report."
        ),
        aliases=(
            "SHA-256",
            "Inputs",
            "Version of omnistudy",
            "Command",
            "Seed",
            "Detail",
            "Rests on",
            "Kind of link",
        ),
    ),
    Term(
        name="explained word",
        title=msg("Term"),
        text=msg(
            "A word that outputs use. Omnistudy explain without a word lists all of them; with --schema "
            "it prints what the JSON of a command holds."
        ),
        aliases=(
            "Terms",
            "Term",
            "Title",
            "Meaning",
            "Definition",
            "Formula",
            "Which means",
            "Note",
            "Comment",
        ),
    ),
    Term(
        name="anonymized copy",
        title=msg("Anonymised copy"),
        text=msg(
            "A copy of the study in which names and places are replaced and every quotation is carried "
            "over; it says how often each replacement was made, never what was replaced."
        ),
        aliases=(
            "Replacement",
            "In tables",
            "In transcripts",
            "anonymize",
        ),
    ),
    Term(
        name="export target",
        title=msg("Export"),
        text=msg(
            "The study in a form for other programs: a REFI-QDA project (qdpx) or codebook (qdc), tables "
            "(csv, xlsx), or its model as a reference to compare with."
        ),
        aliases=(
            "qdpx",
            "qdc",
            "csv",
            "xlsx",
            "reference",
        ),
    ),
    Term(
        name="report",
        title=msg("Report"),
        text=msg(
            "Everything that the study has data for, as page, Word document, workbook and Markdown, with "
            "a manifest that lets verify make it again."
        ),
        aliases=(
            "In short",
            "What the study says",
            "In one sentence",
            "Section",
            "Where it is",
            "The study",
            "New study",
            "Check of the input",
            "Verification",
            "manifest",
            "en",
            "fa",
            "full",
            "short",
            "none",
        ),
    ),
)
