"""Jalali dates: the two calendars agree day by day, and anything that is no date is a ValueError."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

import jdatetime
import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnistudy.text.jalali import (
    FIRST_YEAR,
    LAST_YEAR,
    month_days,
    new_year,
    parse_day,
    to_gregorian,
    to_jalali,
)

DAYS = st.dates(new_year(FIRST_YEAR), new_year(LAST_YEAR + 1) - timedelta(days=1))
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


@given(DAYS)
def test_there_and_back(day: date) -> None:
    year, month, number = to_jalali(day)
    assert 1 <= number <= month_days(year, month)
    assert to_gregorian(year, month, number) == day


@given(DAYS)
def test_the_calendar_of_another_package(day: date) -> None:
    other = jdatetime.date.fromgregorian(date=day)
    assert to_jalali(day) == (other.year, other.month, other.day)


@given(
    DAYS,
    st.sampled_from(["-", "/", ""]),
    st.sampled_from([None, PERSIAN, ARABIC]),
    st.sampled_from(["", " "]),
)
def test_every_way_of_writing(day: date, mark: str, digits: dict[int, int] | None, outer: str) -> None:
    year, month, number = to_jalali(day)
    written = f"{year:04d}{mark}{month:02d}{mark}{number:02d}"
    assert parse_day(outer + (written.translate(digits) if digits else written) + outer) == day


@given(st.text(st.sampled_from("0123456789-/.۱۲٣²½ \u200c"), max_size=14) | st.text(max_size=10))
def test_anything_is_a_day_or_a_value_error(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(parse_day(text), date)


@pytest.mark.parametrize(
    "text", [f"{10**30}-01-01", "9" * 5000, f"2024-{'1' * 400}-1", "0000-01-01", "²⁰²⁴-01-01"]
)
def test_years_that_no_calendar_has(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|year"):
        parse_day(text)
