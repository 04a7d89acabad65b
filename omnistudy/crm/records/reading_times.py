"""The SQL of times: cells as written become days and seconds, without any engine's date arithmetic.

Three small tables help: ``calendar`` (a day and its month in both calendars), ``written_days`` (a
date as the digits yyyymmdd, of either calendar, and its day; the years of the two do not overlap) and
``zone_days`` (the offset of the declared zone on a day, and the second of the day at which it changes).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from omnistudy.crm.records.calendar_table import CalendarDay, calendar_days
from omnistudy.crm.records.engine import RowSource

EPOCH = date(1970, 1, 1)
FIRST_DAY, LAST_DAY = date(1920, 1, 1), date(2059, 12, 31)
TYPED_TIMES = ("DATE", "TIMESTAMP")
_DAY = 86_400
_NEVER = 2.0 * _DAY


def day_of(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def date_of(day: int) -> date:
    """The date that is ``day`` days after 1970-01-01."""
    return EPOCH + timedelta(days=day)


@cache
def _days() -> tuple[CalendarDay, ...]:
    return tuple(calendar_days(FIRST_DAY, LAST_DAY))


@cache
def calendar_source() -> RowSource:
    """The calendar table: a day, and the index of its month in both calendars."""
    days = enumerate(_days(), start=day_of(FIRST_DAY))
    rows = [(at, day.g_month_ix, day.j_month_ix) for at, day in days]
    return RowSource(
        columns=(("day_ix", "integer"), ("g_month_ix", "integer"), ("j_month_ix", "integer")),
        rows=tuple(rows),
    )


@cache
def written_days_source() -> RowSource:
    """Dates as digits (yyyymmdd) of both calendars, and their days."""
    rows: list[tuple[int, int]] = []
    for at, day in enumerate(_days(), start=day_of(FIRST_DAY)):
        rows += [(int(day.date.replace("-", "")), at), (int(day.jalali.replace("-", "")), at)]
    return RowSource(columns=(("k", "integer"), ("day_ix", "integer")), rows=tuple(rows))


@cache
def zone_source(name: str) -> RowSource:
    """The offset of a time zone on every day, before and after it changes, in seconds.

    An hour that the clock shows twice is taken as the first, one that it skips as the time before.
    """
    edges = _transitions(ZoneInfo(name))
    changes = {
        kind: {int(moment // _DAY): (moment % _DAY, before, after) for moment, before, after in moments}
        for kind, moments in (
            ("utc", [(start, a, b) for (_, a), (start, b) in pairwise(edges)]),
            ("wall", [(start + a, a, b) for (_, a), (start, b) in pairwise(edges)]),
        )
    }
    rows = []
    utc = wall = edges[0][1]
    for day in range(day_of(FIRST_DAY) - 1, day_of(LAST_DAY) + 2):
        utc_at, utc_before, utc = changes["utc"].get(day, (_NEVER, utc, utc))
        wall_at, wall_before, wall = changes["wall"].get(day, (_NEVER, wall, wall))
        rows.append((day, utc_at, utc_before, utc, wall_at, wall_before, wall))
    names = ("utc_at", "utc_before", "utc_after", "wall_at", "wall_before", "wall_after")
    return RowSource(
        columns=(("day_ix", "integer"), *((column, "double") for column in names)), rows=tuple(rows)
    )


def _transitions(zone: ZoneInfo) -> list[tuple[float, float]]:
    """Find every change of the offset, to the second, by halving the weeks in which one happens."""

    def offset(seconds: int) -> float:
        found = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).astimezone(zone).utcoffset()
        return 0.0 if found is None else found.total_seconds()

    first, last = _DAY * (day_of(FIRST_DAY) - 2), _DAY * (day_of(LAST_DAY) + 2)
    edges = [(float(first), offset(first))]
    step = 7 * _DAY
    for start in range(first, last, step):
        low, high = start, start + step
        if offset(low) == offset(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offset(start) else (low, middle)
        edges.append((float(high), offset(high)))
    return edges


def typed_time(name: str, kind: str) -> str:
    """Microseconds of a column that the file itself holds as a date or a time."""
    moment = name if kind.startswith("TIMESTAMP WITH") else f"cast({name} as timestamp)"
    return f"epoch_us({moment})"


def fast_time(name: str) -> str:
    """Microseconds of a text such as ``2024-03-20 10:15:00``, by the engine's own cast; else null."""
    shapes = ("20__-__-__ __:__:__", "19__-__-__ __:__:__", "20__-__-__T__:__:__")
    return _cast_of(name, shapes, "timestamp")


def fast_day(name: str) -> str:
    """Microseconds of the first moment of a text such as ``2024-03-20``; else null."""
    return _cast_of(name, ("20__-__-__", "19__-__-__"), "date")


def _cast_of(name: str, shapes: tuple[str, ...], kind: str) -> str:
    fits = " or ".join(f"{name} like '{shape}'" for shape in shapes)
    return f"case when {fits} then epoch_us(cast(try_cast({name} as {kind}) as timestamp)) end"


def shaped_time(name: str, *, period: bool) -> str:
    """A text as ``yyyy-mm-dd[ hh:mm[:ss[.s]][offset]]``, from the ways in which people write it."""
    if period:
        # A year or a month is known by its first day.
        name = (
            f"(case when regexp_matches({name}, '^[0-9]{{4}}$') then {name} || '-01-01' "
            f"when regexp_matches({name}, '^[0-9]{{4}}[-/][0-9]{{1,2}}$') then {name} || '-01' else {name} end)"
        )
    return (
        f"case when {name} like '____-__-__' or {name} like '____-__-__ __:%' or {name} like '____-__-__T__:%' "
        f"then {name} "
        f"when regexp_matches({name}, '^[0-9]{{8}}') then "
        f"regexp_replace({name}, '^([0-9]{{4}})([0-9]{{2}})([0-9]{{2}})', '\\1-\\2-\\3') "
        f"else regexp_replace(regexp_replace(regexp_replace(replace({name}, '/', '-'), "
        "'^([0-9]{4})-([0-9])-', '\\1-0\\2-'), '^([0-9]{4}-[0-9]{2})-([0-9])([ T]|$)', '\\1-0\\2\\3'), "
        "'([ T])([0-9]):', '\\1' || '0' || '\\2:') end"
    )


def written_parts(f: str) -> tuple[str, ...]:
    """Date digits, second of the day, offset in minutes, of the shaped text ``iso_<f>``."""
    iso = f"iso_{f}"
    digits = f"substr({iso}, 1, 4) || substr({iso}, 6, 2) || substr({iso}, 9, 2)"
    key = f"case when {iso} like '____-__-__%' then try_cast({digits} as integer) end"
    zoned = f"length({iso}) > 16 and not (length({iso}) = 19 and substr({iso}, 17, 1) = ':')"
    mark = (
        f"case when {zoned} then regexp_extract({iso}, '(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)$', 1) else '' end"
    )
    return (
        f"{key} as k_{f}",
        f"{_clock(iso)} as s_{f}",
        f"{mark} as mark_{f}",
        f"length({iso}) > 10 as h_{f}",
    )


def _clock(iso: str) -> str:
    """Second of the day, to 24:00:00; null for a time of day that no clock shows."""
    hour, minute = f"try_cast(substr({iso}, 12, 2) as integer)", f"try_cast(substr({iso}, 15, 2) as integer)"
    second = f"try_cast(regexp_extract({iso}, ':([0-9]{{2}}([.][0-9]+)?)([^0-9.:]|$)', 1) as double)"
    second = f"case when substr({iso}, 17, 1) = ':' then {second} else 0e0 end"
    total = f"{hour} * 3600e0 + {minute} * 60 + {second}"
    possible = f"{minute} between 0 and 59 and {second} < 61 and {hour} >= 0 and {total} <= {_DAY}"
    return f"case when length({iso}) <= 10 then 0e0 when substr({iso}, 14, 1) = ':' and {possible} then {total} end"


def offset_minutes(f: str) -> str:
    """Offset in minutes of the mark at the end of a time; null without one."""
    mark = f"mark_{f}"
    sign = f"case when substr({mark}, 1, 1) = '-' then -1 else 1 end"
    return (
        f"cast(case when {mark} = '' then null when {mark} = 'Z' then 0 else {sign} * "
        f"(try_cast(substr({mark}, 2, 2) as integer) * 60 + coalesce(try_cast(right({mark}, 2) as integer), 0) "
        f"* case when length({mark}) > 3 then 1 else 0 end) end as integer)"
    )
