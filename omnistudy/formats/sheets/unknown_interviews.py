"""Interviews that a table names and a study lacks, where the study has the transcript or those of others."""

from __future__ import annotations

from collections import defaultdict

from omnistudy.errors import Problem, did_you_mean
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.sheets.interview_names import InterviewNames
from omnistudy.formats.sheets.quote_rows import QuoteRow, QuoteTable


def unknown_interviews(table: QuoteTable, names: InterviewNames, options: ReadOptions) -> list[Problem]:
    """Return a problem for every interview of a table without offsets that has no transcript.

    A table none of whose interviews has running text, and none of whose words stands in one, is material
    of single statements: nothing is wrong with it.
    """
    rows: defaultdict[str, list[QuoteRow]] = defaultdict(list)
    for row in table.rows:
        if row["source"].strip() and row["quote"].strip():
            rows[row["source"]].append(row)
    known = {name: found for name in rows if (found := names.name_of(name)) is not None}
    unknown = {name: of_it for name, of_it in rows.items() if name not in known}
    elsewhere = {
        name: found
        for name, of_it in unknown.items()
        if (found := names.holding([row["quote"] for row in of_it]))
    }
    if not elsewhere and not set(known.values()) - options.excerpts:
        return []
    return [
        Problem(
            what=f"Interview '{name}' has no transcript in the study; rows that name it: {len(of_it)}.",
            remedy=(
                f"Its words stand in '{elsewhere[name]}': write that name in the table."
                if name in elsewhere
                else did_you_mean(name, options.texts)
                or "Correct the name, or put its transcript into the study first."
            ),
            file=table.file,
            row=of_it[0].number,
            column="interview",
        )
        for name, of_it in unknown.items()
    ]
