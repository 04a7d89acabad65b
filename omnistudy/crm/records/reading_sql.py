# ruff: noqa: S608 - names of tables and columns are our own or quoted; values are parameters
"""The SQL that turns cells as written into typed fields, days and seconds, with a reason where it cannot.

Times become numbers, because engines disagree about differences of dates: ``<field>_day`` is the day
on the local calendar (days since 1970-01-01), ``<field>_at`` are seconds since 1970-01-01 00:00 UTC
(of the clock as written, where neither an offset nor a zone is known). What is wrong with a row is
the number of one of :attr:`Reading.reasons`, or null.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as made_by
from types import MappingProxyType

from omnistudy.crm.records.reading_times import (
    FIRST_DAY,
    LAST_DAY,
    TYPED_TIMES,
    day_of,
    fast_day,
    fast_time,
    offset_minutes,
    shaped_time,
    typed_time,
    written_parts,
)
from omnistudy.crm.records.tables import DATED, TABLES, Holds, RecordTable

_DIGITS = "۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩"
_JOINER = "\u200c"
_ASCII = "01234567890123456789"
YES = ("1", "1.0", "true", "t", "yes", "y", "بله", "بلی")
NO = ("0", "0.0", "false", "f", "no", "n", "خیر", "نه")
_LARGEST = "1e12"  # beyond it a sum of decimals could overflow, and no record is worth that much
_WHOLE_NUMBERS = frozenset(
    ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "HUGEINT", "UBIGINT", "UINTEGER", "USMALLINT", "UTINYINT")
)
OTHER_SHAPE = "other_shape"
_FRACTIONS = ("DOUBLE", "FLOAT", "DECIMAL")


def quoted(name: str) -> str:
    """Write a column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


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
        Whether a time zone was declared (its offsets are the table ``zone_days``).
    calendar
        Calendar of the months: gregorian or jalali.
    mapped
        Fields whose values are looked up in the table ``value_map``.
    clean
        Fields of which every cell is known to need no cleaning.
    coded
        Fields with few distinct cells: the table ``words_<field>`` says what each is read as.
    plain
        Texts of times taken to be all of one simple shape, DATE (``2024-03-20``) or TIMESTAMP
        (``2024-03-20 10:15:00``); a cell of another shape has the reason ``other_shape:<field>``.
    """

    table: RecordTable
    columns: Mapping[str, tuple[str, str]]
    zone: bool
    calendar: str
    mapped: frozenset[str]
    clean: frozenset[str] = frozenset()
    coded: frozenset[str] = frozenset()
    plain: Mapping[str, str] = made_by(default_factory=lambda: MappingProxyType({}))

    @property
    def present(self) -> tuple[str, ...]:
        """The fields that the file has, in the table's order."""
        return tuple(field for field in self.table.fields if field in self.columns)

    @property
    def times(self) -> tuple[str, ...]:
        """The fields among them that hold times."""
        return tuple(field for field in self.present if self.table.fields[field] in DATED)

    @property
    def written_times(self) -> tuple[str, ...]:
        """The times among them that the file holds as text of any shape."""
        return tuple(field for field in self.times if not self.kind_of_time(field).startswith(TYPED_TIMES))

    def kind_of_time(self, field: str) -> str:
        """SQL type that the cells of a field of times have, or are taken to be written as."""
        return self.plain.get(field, self.columns[field][1])

    @property
    def words(self) -> tuple[str, ...]:
        """The fields that hold a name out of a vocabulary."""
        return tuple(field for field in self.present if self.table.fields[field] is Holds.TEXT)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What can be wrong with a row, ``kind:field``; number 1 is the first."""
        return tuple(kind for kind, _ in _tests(self))


def reading_sql(reading: Reading, raw: str) -> str:
    """Return the query over the table ``raw`` that yields typed fields, ``row`` and ``reason``."""
    written = ", ".join(f"{written_cell(reading, field)} as w_{field}" for field in reading.present)
    coded = "".join(
        f" left join words_{f} v_{f} on v_{f}.theirs = cast({quoted(reading.columns[f][0])} as varchar)"
        for f in reading.present
        if f in reading.coded
    )
    numbers = [f"{_number(reading, f)} as n_{f}" for f in reading.present if _counts(reading, f)]
    return (
        f"with written as (select file_row as row, {written} from {raw} as r{coded}), "
        f"counted as (select {', '.join(['*', *numbers, *_moments(reading)])} from written), "
        f"{_reading_times(reading)}"
        f"located as (select {_localised(reading)}) "
        f"select {', '.join(_fields(reading))} from located l{_month_join(reading)}"
    )


def as_read(field: str, text: str) -> str:
    """A word of a column map in the spelling in which the cells of the field are read."""
    digits = text.translate(str.maketrans(_DIGITS, _ASCII)).strip()
    if not any(table.fields.get(field) is Holds.TEXT for table in TABLES.values()):
        return digits
    return digits.translate(str.maketrans("يك", "یک")).replace(_JOINER, "")


def written_cell(reading: Reading, field: str) -> str:
    """A cell without blanks around it, digits and Persian letters in one spelling; null when empty."""
    if field in reading.coded:
        return f"v_{field}.ours"
    column, kind = reading.columns[field]
    name, holds = quoted(column), reading.table.fields[field]
    if kind.startswith((*TYPED_TIMES, *_FRACTIONS)) or kind == "BOOLEAN" or kind in _WHOLE_NUMBERS:
        return _held_cell(name, kind, holds)
    written = name if kind == "VARCHAR" else f"cast({name} as varchar)"
    if field in reading.clean:
        return written
    if field in reading.plain:
        return f"nullif({written}, '')"
    text = f"translate({written}, '{_DIGITS}', '{_ASCII}')"
    if holds is Holds.TEXT:
        # Two keyboards write the same Persian word with different letters; the joiner is optional.
        text = f"replace(translate({text}, 'يك', 'یک'), '{_JOINER}', '')"
    # Nearly all cells are plain ASCII without blanks, and telling so costs a third of cleaning them.
    odd = f"bit_length({written}) <> 8 * length({written})"
    return (
        f"nullif(case when {odd} or {written} like ' %' or {written} like '% ' "
        f"then trim({text}) else {written} end, '')"
    )


def _held_cell(name: str, kind: str, holds: Holds) -> str:
    """A cell that the file itself holds as a time, a number or a truth value."""
    if kind.startswith(TYPED_TIMES):
        as_it_is = holds in DATED
    elif kind == "BOOLEAN":
        as_it_is = holds is Holds.TRUTH
    else:
        as_it_is = holds in {Holds.NUMBER, Holds.WHOLE, Holds.TRUTH}
    if as_it_is:
        return name
    if not kind.startswith(_FRACTIONS):
        return f"cast({name} as varchar)"
    # Identifiers pass through tables of decimals; 17.0 is customer 17.
    whole = f"cast(cast({name} as bigint) as varchar)"
    return f"case when {name} = floor({name}) then {whole} else cast({name} as varchar) end"


def shapes_sql(reading: Reading, raw: str, rows: int) -> str:
    """The query for how many of the first rows have times, and how many of these are of each simple shape.

    The columns are three for each field of ``written_times``, in that order.
    """
    counts = []
    for f in reading.written_times:
        cell = f"nullif({quoted(reading.columns[f][0])}, '')"
        counts += [f"count({part})" for part in (cell, fast_time(cell), fast_day(cell))]
    return f"select {', '.join(counts)} from (select * from {raw} limit {rows}) as first_rows"


def vocabulary_sql(reading: Reading, field: str, raw: str) -> str:
    """The query for the distinct cells of a field as the file has them, and as they are read."""
    column = quoted(reading.columns[field][0])
    cells = f"(select distinct cast({column} as varchar) as theirs, {column} from {raw}) as cells"
    return f"select theirs, {_word(reading, field, written_cell(reading, field))} as ours from {cells}"


def _counts(reading: Reading, field: str) -> bool:
    return reading.table.fields[field] in {Holds.NUMBER, Holds.WHOLE}


def _number(reading: Reading, field: str) -> str:
    name, kind = f"w_{field}", reading.columns[field][1]
    if kind in _WHOLE_NUMBERS or kind.startswith(_FRACTIONS):
        number = f"cast({name} as double)"
    else:
        # Grouping marks go only where they group; a decimal comma would be read as a thousand times more.
        grouped = (
            f"case when regexp_matches({name}, '^[-+]?[0-9]{{1,3}}([,٬][0-9]{{3}})+([.٫][0-9]*)?$') "
            f"then replace(replace(replace({name}, ',', ''), '٬', ''), '٫', '.') "
            f"else replace({name}, '٫', '.') end"
        )
        number = f"coalesce(try_cast({name} as double), try_cast({grouped} as double))"
    within = f"case when abs({number}) < {_LARGEST} then {number} end"
    if reading.table.fields[field] is Holds.WHOLE:
        return f"case when {number} = floor({number}) then {within} end"
    return within


def _typed(reading: Reading, field: str) -> str:
    match reading.table.fields[field]:
        case Holds.NUMBER:
            return f"n_{field}"
        case Holds.WHOLE:
            return f"cast(n_{field} as bigint)"
        case Holds.TRUTH:
            return _truth(field)
        case _:
            return _word(reading, field, f"w_{field}")


def _truth(field: str) -> str:
    word = f"lower(cast(w_{field} as varchar))"
    return f"case when {word} in {_list(YES)} then true when {word} in {_list(NO)} then false end"


def _word(reading: Reading, field: str, name: str) -> str:
    if field not in reading.mapped or field in reading.clean or field in reading.coded:
        return name
    ours = f"select max(m.ours) from value_map m where m.field = '{field}' and m.theirs = {name}"
    return f"coalesce(({ours}), {name})"


def _list(words: Iterable[str]) -> str:
    return "(" + ", ".join(f"'{word}'" for word in words) + ")"


def _moments(reading: Reading) -> Iterator[str]:
    """Microseconds of every time that the engine can read by itself, and what else must be shaped."""
    for f in reading.times:
        if f in reading.plain:
            read = fast_day if reading.plain[f] == "DATE" else fast_time
            yield f"{read(f'w_{f}')} as us_{f}"
        elif f not in reading.written_times:
            yield f"{typed_time(f'w_{f}', reading.columns[f][1])} as us_{f}"
        else:
            yield f"{fast_time(f'w_{f}')} as us_{f}"


def _reading_times(reading: Reading) -> str:
    """The stages that read texts: shape, parts, offset, and the day in the table of written days."""
    shapes: list[str] = []
    parts: list[str] = []
    offsets: list[str] = []
    days: list[str] = []
    joins = ""
    for f in reading.written_times:
        iso = shaped_time(f"w_{f}", period=reading.table.fields[f] is Holds.PERIOD)
        shapes.append(f"case when us_{f} is null then {iso} end as iso_{f}")
        parts += written_parts(f)
        offsets.append(f"{offset_minutes(f)} as o_{f}")
        joins += f" left join written_days g_{f} on g_{f}.k = p.k_{f}"
        days.append(f"g_{f}.day_ix as d_{f}")
    return (
        f"shaped as (select {', '.join(['*', *shapes])} from counted), "
        f"parts as (select {', '.join(['*', *parts])} from shaped), "
        f"marked as (select {', '.join(['*', *offsets])} from parts), "
        f"dated as (select {', '.join(['p.*', *days])} from marked p{joins}), "
        f"walls as (select {', '.join(['*', *(_wall(reading, f) for f in reading.times)])} from dated), "
    )


def _wall(reading: Reading, f: str) -> str:
    """Seconds since 1970 of the clock as written."""
    fast = f"cast(us_{f} as double) / 1e6"
    if f not in reading.written_times:
        return f"{fast} as wall_{f}"
    return f"case when us_{f} is not null then {fast} else d_{f} * 86400e0 + s_{f} end as wall_{f}"


def _day(seconds: str) -> str:
    return f"cast(floor({seconds} / 86400) as integer)"


def _offset(reading: Reading, f: str) -> str:
    """Offset of a time in minutes: null where it names none."""
    if f in reading.written_times:
        return f"o_{f}"
    return "0" if reading.kind_of_time(f).startswith("TIMESTAMP WITH") else "cast(null as integer)"


def _localised(reading: Reading) -> str:
    """Place every time: seconds of UTC, and the day on the calendar of the declared zone."""
    parts, joins = ["w.*"], ""
    for f in reading.times:
        wall, offset = f"w.wall_{f}", _offset(reading, f)
        offset = f"w.{offset}" if offset == f"o_{f}" else offset
        utc = f"({wall} - coalesce({offset}, 0) * 60)"
        if not reading.zone:
            parts += [f"{utc} as at_{f}", f"{_day(wall)} as day_{f}"]
            continue
        # A naive time is looked up by its own day, one with an offset by its day of UTC.
        joins += f" left join zone_days z_{f} on z_{f}.day_ix = {_day(utc)}"
        second = f"({utc} - 86400e0 * z_{f}.day_ix)"
        by_wall = f"case when {second} < z_{f}.wall_at then z_{f}.wall_before else z_{f}.wall_after end"
        by_utc = f"case when {second} < z_{f}.utc_at then z_{f}.utc_before else z_{f}.utc_after end"
        parts += [
            f"case when {offset} is null then {wall} - {by_wall} else {utc} end as at_{f}",
            f"case when {offset} is null then {_day(wall)} else {_day(f'({utc} + {by_utc})')} end as day_{f}",
        ]
    return f"{', '.join(parts)} from walls w{joins}"


def _fields(reading: Reading) -> Iterator[str]:
    yield "row"
    for field in reading.present:
        if field in reading.times:
            yield f"day_{field} as {field}_day"
            yield f"at_{field} as {field}_at"
        else:
            yield f"{_typed(reading, field)} as {field}"
    for field in reading.written_times:
        yield f"o_{field} as {field}_offset"
        yield f"(us_{field} is not null or h_{field}) as {field}_timed"
        yield f"(us_{field} is null and k_{field} < 16000000) as {field}_jalali"
    whens = " ".join(f"when {test} then {at}" for at, (_, test) in enumerate(_tests(reading), start=1))
    yield f"cast(case {whens} end as smallint) as reason"
    if reading.table.clock:
        yield f"c.{'g' if reading.calendar == 'gregorian' else 'j'}_month_ix as month_ix"


def _month_join(reading: Reading) -> str:
    return f" left join calendar c on c.day_ix = l.day_{reading.table.clock}" if reading.table.clock else ""


def _tests(reading: Reading) -> Iterator[tuple[str, str]]:
    """Everything that can be wrong, in the order in which it is looked for."""
    for field in reading.present:
        holds, there = reading.table.fields[field], f"w_{field} is not null"
        if field in reading.table.filled:
            yield f"missing:{field}", f"w_{field} is null"
        if field in reading.plain:
            yield f"{OTHER_SHAPE}:{field}", f"{there} and us_{field} is null"
        if field in reading.written_times:
            yield f"unreadable:{field}", f"{there} and us_{field} is null and k_{field} is null"
            yield (
                f"no_time:{field}",
                f"{there} and us_{field} is null and s_{field} is null and d_{field} is not null",
            )
        if holds in DATED:
            first, last = day_of(FIRST_DAY), day_of(LAST_DAY)
            yield (
                f"impossible:{field}",
                f"{there} and (day_{field} is null or day_{field} < {first} or day_{field} > {last})",
            )
        elif _counts(reading, field):
            yield f"unreadable:{field}", f"{there} and n_{field} is null"
        elif holds is Holds.TRUTH:
            yield f"unreadable:{field}", f"{there} and ({_truth(field)}) is null"
    yield from ((kind, test) for kind, needs, test in _RULES if set(needs) <= set(reading.present))


# kind:field, the fields it needs, when a row is against it (over n_ numbers and at_ times).
_RULES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("before_opened:first_response", ("opened", "first_response"), "at_first_response < at_opened"),
    ("before_opened:closed", ("opened", "closed"), "at_closed < at_opened"),
    (
        "off_scale:score",
        ("score", "scale_min", "scale_max"),
        "n_score < n_scale_min or n_score > n_scale_max or n_scale_max <= n_scale_min",
    ),
    ("before_since:until", ("since", "until"), "at_until < at_since"),
    ("negative:denominator", ("denominator",), "n_denominator < 0"),
    ("negative:duration", ("duration",), "n_duration < 0"),
    ("negative:customers", ("customers",), "n_customers < 0"),
    ("negative:transfers", ("transfers",), "n_transfers < 0"),
    ("negative:period", ("period", "customers"), "n_period < 0"),
)
