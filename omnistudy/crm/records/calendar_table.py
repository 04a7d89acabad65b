"""The calendar table that SQL joins instead of computing months, Gregorian and Jalali side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from omnistudy.text.jalali import month_days, to_gregorian, to_jalali


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One row of the calendar table; month indices are ``year * 12 + month - 1``."""

    date: str
    jalali: str
    g_month_ix: int
    j_month_ix: int

    @property
    def row(self) -> tuple[str, str, int, int]:
        """The row as the table wants it."""
        return self.date, self.jalali, self.g_month_ix, self.j_month_ix


def calendar_days(first: date, last: date) -> Iterator[CalendarDay]:
    """Iterate over the days from ``first`` to ``last``, both included."""
    year, month, day = to_jalali(first)
    here = first
    while here <= last:
        yield CalendarDay(
            here.isoformat(),
            f"{year:04d}-{month:02d}-{day:02d}",
            here.year * 12 + here.month - 1,
            year * 12 + month - 1,
        )
        here += timedelta(days=1)
        day += 1
        if day > month_days(year, month):
            day, month = 1, month + 1
            if month > 12:
                month, year = 1, year + 1


def month_label(index: int) -> str:
    """Write a month index as ``YYYY-MM`` in its own calendar."""
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def month_bounds(index: int, calendar: str) -> tuple[date, date]:
    """First and last Gregorian day of a month of the ``gregorian`` or ``jalali`` calendar."""
    year, month = index // 12, index % 12 + 1
    if calendar == "jalali":
        return to_gregorian(year, month, 1), to_gregorian(year, month, month_days(year, month))
    start = date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    return start, following - timedelta(days=1)
