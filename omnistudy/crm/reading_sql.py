# ruff: noqa: S608 - names of tables and columns are our own or quoted; values are parameters
"""The SQL that turns cells as written into typed fields, days and seconds, with a reason where it cannot.

Times become numbers, because engines disagree about differences of dates: ``<field>_day`` is the day
on the local calendar (days since 1970-01-01), ``<field>_at`` are seconds since 1970-01-01 00:00 UTC
(of the clock as written, where neither an offset nor a zone is known).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from omnistudy.crm.engine import RowSource
from omnistudy.crm.jalali import calendar_days
from omnistudy.crm.tables import Holds, RecordTable

EPOCH = date(1970, 1, 1)
FIRST_DAY, LAST_DAY = date(1920, 1, 1), date(2059, 12, 31)
_DIGITS = "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩"
_ASCII = "01234567890123456789"
YES = ("1", "1.0", "true", "t", "yes", "y", "بله", "بلی")
NO = ("0", "0.0", "false", "f", "no", "n", "خیر", "نه")
_LARGEST = "1e12"  # beyond it a sum of decimals could overflow, and no record is worth that much
_TYPED_TIMES = ("DATE", "TIMESTAMP")


def quoted(name: str) -> str:
    """Write a column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def day_of(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def date_of(day: int) -> date:
    """The date that is ``day`` days after 1970-01-01."""
    return EPOCH + timedelta(days=day)


def calendar_source() -> RowSource:
    """The calendar table: written key in both calendars (yyyymmdd), day, month index in both."""
    rows = []
    for at, day in enumerate(calendar_days(FIRST_DAY, LAST_DAY), start=day_of(FIRST_DAY)):
        g_key, j_key = int(day.date.replace("-", "")), int(day.jalali.replace("-", ""))
        rows.append((at, g_key, j_key, day.g_month_ix, day.j_month_ix))
    names = ("day_ix", "g_key", "j_key", "g_month_ix", "j_month_ix")
    return RowSource(columns=tuple((name, "bigint") for name in names), rows=rows)


def zone_source(name: str) -> RowSource:
    """The offsets of a time zone over the calendar's years, as stretches of UTC and of its own clock.

    An hour that the clock shows twice is taken as the first, one that it skips as the time before.
    """
    zone = ZoneInfo(name)
    edges = _transitions(zone)
    rows: list[tuple[float, float, float, float, float]] = []
    for at, (start, offset) in enumerate(edges):
        before = edges[at - 1][1] if at else offset
        end = edges[at + 1][0] if at + 1 < len(edges) else 1e12
        rows.append((start, end, start + before, end + offset, offset))
    names = ("utc_from", "utc_to", "wall_from", "wall_to", "shift")
    return RowSource(columns=tuple((column, "double") for column in names), rows=rows)


def _transitions(zone: ZoneInfo) -> list[tuple[float, float]]:
    """Find every change of the offset, to the second, by halving the days on which one happens."""

    def offset(seconds: int) -> float:
        found = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).astimezone(zone).utcoffset()
        return 0.0 if found is None else found.total_seconds()

    first, last = 86_400 * (day_of(FIRST_DAY) - 2), 86_400 * (day_of(LAST_DAY) + 2)
    edges = [(-1e12, offset(first))]
    step = 7 * 86_400
    for start in range(first, last, step):
        low, high = start, start + step
        if offset(low) == offset(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offset(start) else (low, middle)
        edges.append((float(high), offset(high)))
    return edges


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everything that decides how one table is read.

    Parameters
    ----------
    table
        What it is to become.
    columns
        Our field to (their column, its SQL type).
    zone
        Whether a time zone was declared (its stretches are the table ``zone_offsets``).
    calendar
        Calendar of the months: gregorian or jalali.
    mapped
        Fields whose values are looked up in the table ``value_map``.
    """

    table: RecordTable
    columns: Mapping[str, tuple[str, str]]
    zone: bool
    calendar: str
    mapped: frozenset[str]

    @property
    def present(self) -> tuple[str, ...]:
        """The fields that the file has, in the table's order."""
        return tuple(field for field in self.table.fields if field in self.columns)

    @property
    def times(self) -> tuple[str, ...]:
        """The fields among them that hold times."""
        return tuple(field for field in self.present if self.table.fields[field] is Holds.TIME)


def reading_sql(reading: Reading, raw: str) -> str:
    """Return the query over the table ``raw`` that yields typed fields, ``row`` and ``reason``."""
    written = ", ".join(f"{_written(reading, field)} as w_{field}" for field in reading.present)
    parts = [f"{part}" for field in reading.times for part in _time_parts(reading, field)]
    typed = [
        f"{_typed(reading, field)} as {field}" for field in reading.present if field not in reading.times
    ]
    joined = "".join(_calendar_join(field) for field in reading.times)
    days = [f"coalesce(g_{f}.day_ix, j_{f}.day_ix) as d_{f}" for f in reading.times]
    walls = ", ".join(["p.*", *days])
    local = _localised(reading)
    fields = ", ".join(["row", *typed, *_time_fields(reading), f"{_reason(reading)} as reason"])
    return (
        f"with written as (select file_row as row, {written} from {raw}), "
        f"parts as (select {', '.join(['*', *parts])} from written), "
        f"walls as (select {walls} from parts p{joined}), "
        f"located as (select {local}) "
        f"select {fields}{_month(reading)} from located{_month_join(reading)}"
    )


def _written(reading: Reading, field: str) -> str:
    column, kind = reading.columns[field]
    name = quoted(column)
    if kind.startswith(_TYPED_TIMES) or kind in {"DOUBLE", "FLOAT", "BIGINT", "INTEGER", "BOOLEAN"}:
        return (
            f"{name}"
            if reading.table.fields[field] not in {Holds.ID, Holds.TEXT}
            else f"cast({name} as varchar)"
        )
    written = f"cast({name} as varchar)"
    text = f"translate({written}, '{_DIGITS}', '{_ASCII}')"
    if reading.table.fields[field] is Holds.TEXT:
        # Two keyboards write the same Persian word with different letters; the joiner is optional.
        text = f"replace(translate({text}, 'يك', 'یک'), chr(8204), '')"
    # Nearly all cells are plain ASCII, and telling so is five times faster than translating.
    plain = f"case when regexp_matches({written}, '[^ -~]') then {text} else {written} end"
    return f"nullif(trim({plain}), '')"


def _is_typed(reading: Reading, field: str) -> bool:
    return reading.columns[field][1] not in {"VARCHAR", "NULL", '"NULL"'}


def _typed(reading: Reading, field: str) -> str:
    holds, name = reading.table.fields[field], f"w_{field}"
    match holds:
        case Holds.NUMBER:
            return _number(reading, field)
        case Holds.WHOLE:
            number = _number(reading, field)
            return f"case when {number} = floor({number}) then cast({number} as bigint) end"
        case Holds.TRUTH:
            word = f"lower(cast({name} as varchar))"
            return f"case when {word} in {_list(YES)} then true when {word} in {_list(NO)} then false end"
        case _:
            if field in reading.mapped:
                return (
                    f"coalesce((select m.ours from value_map m where m.field = '{field}' and m.theirs = {name}), "
                    f"{name})"
                )
            return name


def _list(words: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{word}'" for word in words) + ")"


def _number(reading: Reading, field: str) -> str:
    name = f"w_{field}"
    if _is_typed(reading, field):
        return f"case when abs(cast({name} as double)) < {_LARGEST} then cast({name} as double) end"
    # Grouping marks go only where they group; a decimal comma would be read as a thousand times more.
    plain = (
        f"case when regexp_matches({name}, '^[-+]?[0-9]{{1,3}}([,٬][0-9]{{3}})+([.٫][0-9]*)?$') "
        f"then replace(replace(replace({name}, ',', ''), '٬', ''), '٫', '.') "
        f"when lower({name}) like '%n%' then null else replace({name}, '٫', '.') end"
    )
    number = f"try_cast({plain} as double)"
    return f"case when abs({number}) < {_LARGEST} then {number} end"


def _time_parts(reading: Reading, field: str) -> tuple[str, ...]:
    name, kind = f"w_{field}", reading.columns[field][1]
    if kind.startswith(_TYPED_TIMES):
        key = (
            f"extract(year from {name}) * 10000 + extract(month from {name}) * 100 + extract(day from {name})"
        )
        clock = "0.0"
        if kind != "DATE":
            clock = (
                f"extract(hour from {name}) * 3600 + extract(minute from {name}) * 60.0 "
                f"+ extract(second from {name})"
            )
        offset = "0" if kind.startswith("TIMESTAMP WITH") else "cast(null as integer)"
        timed = "false" if kind == "DATE" else "true"
        return (
            f"cast({key} as bigint) as k_{field}", f"{clock} as s_{field}",
            f"{offset} as o_{field}", f"{timed} as h_{field}", f"false as jal_{field}",
        )  # fmt: skip
    iso = (
        f"case when {name} like '____-__-__%' then {name} "
        f"when regexp_matches({name}, '^[0-9]{{8}}') then "
        f"regexp_replace({name}, '^([0-9]{{4}})([0-9]{{2}})([0-9]{{2}})', '\\1-\\2-\\3') "
        f"else regexp_replace(regexp_replace(regexp_replace(replace({name}, '/', '-'), "
        "'^([0-9]{4})-([0-9])-', '\\1-0\\2-'), '^([0-9]{4}-[0-9]{2})-([0-9])([ T]|$)', '\\1-0\\2\\3'), "
        "'([ T])([0-9]):', '\\1' || '0' || '\\2:') end"
    )
    iso = f"({iso})"
    digits = f"substr({iso}, 1, 4) || substr({iso}, 6, 2) || substr({iso}, 9, 2)"
    zoned = f"length({iso}) > 16 and not (length({iso}) = 19 and substr({iso}, 17, 1) = ':')"
    mark = (
        f"case when {zoned} then regexp_extract({iso}, '(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)$', 1) else '' end"
    )
    clock = (
        f"case when length({iso}) <= 10 then 0.0 else "
        f"try_cast(substr({iso}, 12, 2) as integer) * 3600.0 + try_cast(substr({iso}, 15, 2) as integer) * 60 "
        f"+ case when substr({iso}, 17, 1) = ':' then "
        f"try_cast(regexp_extract({iso}, ':([0-9]{{2}}([.][0-9]+)?)([^0-9.:]|$)', 1) as double) else 0 end end"
    )
    sign = f"case when substr({mark}, 1, 1) = '-' then -1 else 1 end"
    offset = (
        f"case when {mark} = '' then null when {mark} = 'Z' then 0 else {sign} * "
        f"(cast(substr({mark}, 2, 2) as integer) * 60 + "
        f"coalesce(try_cast(right({mark}, 2) as integer), 0) * case when length({mark}) > 3 then 1 else 0 end) end"
    )
    return (
        f"try_cast({digits} as bigint) as k_{field}",
        f"{clock} as s_{field}",
        f"{offset} as o_{field}",
        f"length({iso}) > 10 as h_{field}",
        f"substr({name}, 1, 2) in ('12', '13', '14', '15') as jal_{field}",
    )


def _calendar_join(field: str) -> str:
    return (
        f" left join calendar g_{field} on g_{field}.g_key = p.k_{field} and not p.jal_{field}"
        f" left join calendar j_{field} on j_{field}.j_key = p.k_{field} and p.jal_{field}"
    )


def _localised(reading: Reading) -> str:
    """Place every time: seconds of UTC, and the day on the calendar of the declared zone."""
    if not reading.zone:
        shown = [
            f"d_{f} * 86400.0 + s_{f} - coalesce(o_{f}, 0) * 60 as at_{f}, d_{f} as day_{f}"
            for f in reading.times
        ]
        return ", ".join(["*", *shown]) + " from walls"
    parts, joins = ["w.*"], ""
    for f in reading.times:
        wall = f"(w.d_{f} * 86400.0 + w.s_{f})"
        utc = f"({wall} - w.o_{f} * 60)"
        joins += (
            f" left join zone_offsets z_{f} on case when w.o_{f} is null then {wall} >= z_{f}.wall_from "
            f"and {wall} < z_{f}.wall_to else {utc} >= z_{f}.utc_from and {utc} < z_{f}.utc_to end"
        )
        at = f"case when w.o_{f} is null then {wall} - z_{f}.shift else {utc} end"
        local = f"floor(({utc} + z_{f}.shift) / 86400)"
        day = f"case when w.o_{f} is null then w.d_{f} else cast({local} as bigint) end"
        parts += [f"{at} as at_{f}", f"{day} as day_{f}"]
    return f"{', '.join(parts)} from walls w{joins}"


def _time_fields(reading: Reading) -> list[str]:
    found = []
    for f in reading.times:
        found += [f"day_{f} as {f}_day", f"at_{f} as {f}_at", f"o_{f} as {f}_offset", f"h_{f} as {f}_timed"]
        found += [f"jal_{f} as {f}_jalali"]
    return found


def _reason(reading: Reading) -> str:
    """The first thing wrong with a row, as ``kind:field``; null for a good row."""
    whens = []
    for field in reading.present:
        holds = reading.table.fields[field]
        if field in reading.table.filled:
            whens.append(f"when w_{field} is null then 'missing:{field}'")
        if holds is Holds.TIME:
            whens.append(
                f"when w_{field} is not null and (k_{field} is null or s_{field} is null) then 'unreadable:{field}'"
            )
            whens.append(f"when w_{field} is not null and d_{field} is null then 'impossible:{field}'")
        elif holds in {Holds.NUMBER, Holds.WHOLE, Holds.TRUTH}:
            whens.append(
                f"when w_{field} is not null and ({_typed(reading, field)}) is null then 'unreadable:{field}'"
            )
    whens += [
        f"when {test} then '{kind}'" for kind, needs, test in _RULES if set(needs) <= set(reading.present)
    ]
    return f"case {' '.join(whens)} end"


# kind:field, the fields it needs, when a row is against it (over w_ texts made numbers and times).
_RULES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("before_opened:first_response", ("opened", "first_response"), "at_first_response < at_opened"),
    ("before_opened:closed", ("opened", "closed"), "at_closed < at_opened"),
    (
        "off_scale:score",
        ("score", "scale_min", "scale_max"),
        "try_cast(w_score as double) < try_cast(w_scale_min as double) "
        "or try_cast(w_score as double) > try_cast(w_scale_max as double) "
        "or try_cast(w_scale_max as double) <= try_cast(w_scale_min as double)",
    ),
    ("negative:duration", ("duration",), "try_cast(w_duration as double) < 0"),
    ("negative:customers", ("customers",), "try_cast(w_customers as double) < 0"),
    ("negative:period", ("period",), "try_cast(w_period as double) < 0"),
)


def _month(reading: Reading) -> str:
    if not reading.table.clock:
        return ""
    column = "g_month_ix" if reading.calendar == "gregorian" else "j_month_ix"
    return (
        f", day_{reading.table.clock} as day_ix, at_{reading.table.clock} as instant, c.{column} as month_ix"
    )


def _month_join(reading: Reading) -> str:
    return f" left join calendar c on c.day_ix = day_{reading.table.clock}" if reading.table.clock else ""
