"""Dates as people write them into tables: of the Gregorian or the Jalali calendar, or in words."""

from __future__ import annotations

import re

from omnistudy.study.tables import Door, Row
from omnistudy.text.jalali import parse_day

EARLIEST_YEAR = 1800
DAY_REMEDY = "Write 2025-01-31, or 1403-05-12 of the Jalali calendar."
_THREE_NUMBERS = re.compile(r"\s*\d+\s*[-/.]\s*\d+\s*[-/.]\s*\d+\s*|\s*\d{8}\s*")


def day_of(door: Door, table: str | None, row: Row, column: str) -> str | None:
    """Return the day that a cell names as ISO 8601, ``""`` for an empty cell, ``None`` for words.

    Three numbers that are no day of either calendar are reported, and come back as they are.
    """
    written = row[column]
    if not written:
        return ""
    try:
        day = parse_day(written)
        if day.year < EARLIEST_YEAR:
            raise ValueError(written)  # 05-12-24 is no date of the fifth year
    except ValueError:
        if not _THREE_NUMBERS.fullmatch(written):
            return None
        what = f"There is no date '{written}'."
        door.problem(what, DAY_REMEDY, file=table, row=row.number, column=column)
        return written
    return day.isoformat()
