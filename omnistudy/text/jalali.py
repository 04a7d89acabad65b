"""Jalali and Gregorian dates: the rule of the calendar, and dates as people write them.

The 33-year rule (leap years are those whose remainder by 33 is 1, 5, 9, 13, 17, 22, 26 or 30) gives
the official Iranian calendar for the years 1200 to 1599.
"""

from __future__ import annotations

from datetime import date, timedelta

FIRST_YEAR, LAST_YEAR = 1200, 1599
_LEAP = frozenset({1, 5, 9, 13, 17, 22, 26, 30})
_NEW_YEAR_1400 = date(2021, 3, 21)


def is_leap(year: int) -> bool:
    """Tell whether a Jalali year has 366 days."""
    return year % 33 in _LEAP


def month_days(year: int, month: int) -> int:
    """Number of days of a Jalali month."""
    if month <= 6:
        return 31
    return 30 if month < 12 or is_leap(year) else 29


def new_year(year: int) -> date:
    """The Gregorian date of 1 Farvardin.

    Raises
    ------
    ValueError
        Outside 1200 to 1599, where the rule does not hold.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR + 1:
        raise ValueError(f"the Jalali year {year} is outside {FIRST_YEAR} to {LAST_YEAR}")
    step = 1 if year >= 1400 else -1
    years = range(1400, year) if step == 1 else range(year, 1400)
    days = sum(366 if is_leap(one) else 365 for one in years)
    return _NEW_YEAR_1400 + step * timedelta(days=days)


def to_gregorian(year: int, month: int, day: int) -> date:
    """Turn a Jalali date into a Gregorian one.

    Raises
    ------
    ValueError
        When the date does not exist.
    """
    if not (1 <= month <= 12 and FIRST_YEAR <= year <= LAST_YEAR and 1 <= day <= month_days(year, month)):
        raise ValueError(f"{year:04d}-{month:02d}-{day:02d} is not a Jalali date")
    before = sum(month_days(year, one) for one in range(1, month))
    return new_year(year) + timedelta(days=before + day - 1)


def to_jalali(day: date) -> tuple[int, int, int]:
    """Return the Jalali year, month and day of a Gregorian date."""
    year = day.year - 621
    if day < new_year(year):
        year -= 1
    left = (day - new_year(year)).days
    month = 1
    while left >= month_days(year, month):
        left -= month_days(year, month)
        month += 1
    return year, month, left + 1


def parse_day(text: str) -> date:
    """Read ``YYYY-MM-DD`` in either calendar; years 1200 to 1599 are Jalali.

    Raises
    ------
    ValueError
        When it is no date.
    """
    digits = text.strip().translate(str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789"))
    parts = digits.replace("/", "-").split("-")
    if len(parts) == 1 and len(digits) == 8:
        parts = [digits[:4], digits[4:6], digits[6:]]
    if len(parts) != 3 or not all(part.isdecimal() and len(part) <= 4 for part in parts):
        raise ValueError(f"'{text}' is not a date such as 2024-03-20 or 1403-01-01")
    year, month, day = (int(part) for part in parts)
    return to_gregorian(year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else date(year, month, day)
