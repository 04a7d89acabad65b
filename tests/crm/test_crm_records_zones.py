"""The tables that times are placed with: offsets of a zone to the second, and written days of both calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from omnistudy.crm.records.reading_times import (
    FIRST_DAY,
    LAST_DAY,
    calendar_source,
    date_of,
    day_of,
    written_days_source,
    zone_source,
)
from omnistudy.text.jalali import to_jalali

DAY = 86_400


def offset(zone: ZoneInfo, second: float) -> float:
    """Offset from UTC at a second of UTC since 1970."""
    found = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=second)).astimezone(zone).utcoffset()
    assert found is not None
    return found.total_seconds()


@pytest.mark.parametrize("name", ["Asia/Tehran", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "UTC"])
def test_offsets_of_a_zone_on_every_day(name: str) -> None:
    """On a day of change the offset is the old one until a second of it, and the new one from there on."""
    zone = ZoneInfo(name)
    source = zone_source(name)
    assert source.columns == (
        ("day_ix", "integer"), ("utc_at", "double"), ("utc_before", "double"), ("utc_after", "double"),
        ("wall_at", "double"), ("wall_before", "double"), ("wall_after", "double"),
    )  # fmt: skip
    days = [int(row[0] or 0) for row in source.rows]
    # A day more on either side, for the zones ahead of UTC and behind it.
    assert days == list(range(day_of(FIRST_DAY) - 1, day_of(LAST_DAY) + 2))
    changes = 0
    for row in source.rows:
        day, utc_at, before, after, wall_at, wall_before, wall_after = (float(cell or 0) for cell in row)
        start = DAY * day
        if utc_at < DAY:
            changes += 1
            assert offset(zone, start + utc_at - 1) == before != after == offset(zone, start + utc_at)
        elif day % 5 == 0:
            # No day of the clock is longer than two of these.
            assert utc_at == 2 * DAY
            assert before == after == offset(zone, start) == offset(zone, start + DAY - 1)
        if wall_at < DAY:
            moment = start + wall_at - wall_before
            assert offset(zone, moment - 1) == wall_before != wall_after == offset(zone, moment)
        elif day % 5 == 0:
            assert wall_at == 2 * DAY
            assert wall_before == wall_after == offset(zone, start + DAY / 2 - wall_before)
    assert (changes == 0) == (name == "UTC")
    # Every change is there: two days of the year in Berlin, none in Tehran since 2022.
    years = {"Europe/Berlin": 2, "America/New_York": 2, "Asia/Tehran": 0, "UTC": 0, "Asia/Kolkata": 0}
    of_2024 = [
        row for row in source.rows if float(row[1] or 0) < DAY and date_of(int(row[0] or 0)).year == 2024
    ]
    assert len(of_2024) == years[name]


def test_a_day_is_found_by_its_digits_in_either_calendar() -> None:
    source = written_days_source()
    assert source.columns == (("k", "integer"), ("day_ix", "integer"))
    days = {int(key or 0): int(day or 0) for key, day in source.rows}
    # No digits mean two days: years of the two calendars do not meet.
    assert len(days) == len(source.rows) == 2 * ((LAST_DAY - FIRST_DAY).days + 1)
    for day in (FIRST_DAY, date(2024, 2, 29), date(2024, 3, 20), date(2025, 3, 20), LAST_DAY):
        y, m, d = to_jalali(day)
        assert days[int(f"{day:%Y%m%d}")] == days[y * 10_000 + m * 100 + d] == day_of(day)
    assert 20230229 not in days
    assert 14021230 not in days


def test_days_are_counted_from_1970() -> None:
    assert [day_of(date(1970, 1, 1)), day_of(date(1969, 12, 31)), day_of(date(2024, 1, 1))] == [0, -1, 19_723]
    assert all(date_of(day_of(day)) == day for day in (FIRST_DAY, date(2000, 2, 29), LAST_DAY))


def test_the_calendar_table_has_every_day_once() -> None:
    source = calendar_source()
    assert [name for name, _ in source.columns] == ["day_ix", "g_month_ix", "j_month_ix"]
    assert len(source.rows) == (LAST_DAY - FIRST_DAY).days + 1
    days = {int(row[0] or 0): row[1:] for row in source.rows}
    nowruz = day_of(date(2024, 3, 20))
    assert days[nowruz - 1] == (2024 * 12 + 2, 1402 * 12 + 11)
    assert days[nowruz] == (2024 * 12 + 2, 1403 * 12)
    assert (min(days), max(days)) == (day_of(FIRST_DAY), day_of(LAST_DAY))
