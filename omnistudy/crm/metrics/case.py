# ruff: noqa: S608 - names of tables and columns are our own or quoted; values are parameters
"""What a metric looks at: the records, the choices, and views that carry the group of every row."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from omnistudy.crm.metrics.rows import Found
from omnistudy.crm.records.calendar_table import month_bounds, month_label
from omnistudy.crm.records.engine import QuerySource, Row, RowSource, Scalar, as_count
from omnistudy.crm.records.model import Records
from omnistudy.crm.records.reading_sql import as_read
from omnistudy.crm.records.reading_times import date_of, day_of
from omnistudy.results import Message


class By(StrEnum):
    """What rows are told apart by."""

    ALL = "all"
    SEGMENT = "segment"
    CHANNEL = "channel"
    PERIOD = "period"
    CASE = "case"  # the cases of one kind in the table of cases; only the links ask for it
    PANEL = "panel"  # branch and month; only the links ask for it


BY_CHOICES = (By.ALL, By.SEGMENT, By.CHANNEL, By.PERIOD)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricsOptions:
    """Choices of `crm metrics`.

    Parameters
    ----------
    metrics
        Names to compute; empty means all.
    by
        Segment, channel, period (month) or all.
    activity
        Table whose rows count as activity; ``None`` takes transactions where there are any.
    inactive_days
        After how many silent days a customer without contract counts as lost; no default.
    goal, start
        Events that end and begin a conversion; without a goal the outcome ``completed`` counts.
    invitation, feature
        Events that are an invitation, for the viral coefficient, and the use of a new feature.
    recontact_days, silent_days
        Windows of first-contact resolution and silent churn, in days.
    case_kind
        Kind of the cases that ``by`` CASE groups by.
    within
        A column and its value: only such rows are looked at, in the tables that have the column.
    confidence
        Level of the intervals.
    """

    metrics: tuple[str, ...] = ()
    by: By = By.ALL
    activity: str | None = None
    inactive_days: int | None = None
    goal: str | None = None
    start: str | None = None
    invitation: str = "invitation"
    feature: str = "feature"
    recontact_days: int = 7
    silent_days: int = 90
    case_kind: str = ""
    within: tuple[str, str] | None = None
    confidence: float = 0.95


# Group of a row of a table; a customer's segment is a column of the row.
_GROUPS = {
    By.ALL: "'all'",
    By.SEGMENT: "coalesce(segment, '(none)')",
    By.CHANNEL: "coalesce(channel, '(none)')",
    By.PERIOD: "month_label",
    By.CASE: "member_of",
    By.PANEL: "coalesce(branch_id, '(none)') || '|' || month_label",
}
# Columns of the table of cases and the columns of records they are joined with; a row of cases may
# use several at once, and every one that it fills has to fit.
_KEYS = (
    ("customer_id", "t.customer_id = c.customer_id"),
    ("branch_id", "t.branch_id = c.branch_id"),
    ("region", "t.region = c.region"),
    ("segment", "t.segment = c.segment"),
    ("since", "t.day_ix >= c.since_day"),
    ("until", "t.day_ix <= c.until_day"),
)
WITHIN = ("segment", "channel", "region", "branch_id")


@dataclass(frozen=True, slots=True)
class Case:
    """The records of one command as a metric sees them: tables ``m_<name>`` with a column ``grp``."""

    records: Records
    options: MetricsOptions
    answered: dict[tuple[str, tuple[Scalar, ...]], tuple[Row, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def rows(self, sql: str, *parameters: Scalar) -> tuple[Row, ...]:
        """Run a metric's SQL, once however many metrics ask for it: the tables of a case never change."""
        if (sql, parameters) not in self.answered:
            self.answered[sql, parameters] = self.records.engine.rows(sql, parameters).rows
        return self.answered[sql, parameters]

    def happened(self, event: str) -> bool:
        """Whether the records hold an event of this name, in whatever spelling."""
        return bool(self.rows("select 1 from events where event = ? limit 1", as_read("event", event)))

    @property
    def confidence(self) -> float:
        """Level of the intervals."""
        return self.options.confidence

    @property
    def activity(self) -> str:
        """The table whose rows count as activity."""
        if self.options.activity is not None:
            return self.options.activity
        return "transactions" if self.records.has("transactions") else "events"

    def window_days(self, table: str) -> tuple[int, int]:
        """First and last observed day of a table."""
        return self.records.window(table)

    def shared_days(self, *tables: str) -> tuple[int, int] | None:
        """First and last day that all these tables cover; ``None`` where no day is in all of them."""
        spans = [self.window_days(table) for table in tables]
        first, last = max(first for first, _ in spans), min(last for _, last in spans)
        return (first, last) if first <= last else None

    @property
    def cut(self) -> bool:
        """Whether customers may have been active before the window, which then hides their first row."""
        loaded, since = self.records.tables[self.activity], self.records.since
        return since is not None and loaded.first_day is not None and loaded.first_day < since

    @property
    def ever(self) -> str:
        """The view of activity that knows the first row of every customer: of all days, window or not."""
        return "activity_ever" if self.cut else "activity"

    def window(self, table: str) -> str:
        """The window as ISO dates."""
        if table not in self.records.tables or self.records.tables[table].first_day is None:
            return ""
        first, last = self.records.window(table)
        return iso_days(first, last)

    def complete(self, table: str, month: int) -> bool:
        """Whether a month lies wholly inside the window of a table."""
        first, last = self.records.window(table)
        start, end = month_bounds(month, self.records.calendar)
        return first <= day_of(start) and day_of(end) <= last


def iso_days(first: int, last: int) -> str:
    """Two days as ISO dates, joined by a stroke."""
    return f"{date_of(first).isoformat()}/{date_of(last).isoformat()}"


def view_of(records: Records, options: MetricsOptions) -> Hashable:
    """What decides on the answers to a metric's SQL: the window, and every choice but that of metrics."""
    return records.since, records.until, replace(options, metrics=())


def prepared(records: Records, options: MetricsOptions) -> Case:
    """Register the views that metrics read: every table with its group, and the table of activity."""
    engine = records.engine
    dated = [name for name, table in records.tables.items() if table.first_day is not None]
    if "months" not in records.memo:
        records.memo["months"] = {
            as_count(row[0])
            for name in dated
            for row in engine.rows(f"select distinct month_ix from {name}").rows
        }
    labels: list[Row] = [(month, month_label(month)) for month in sorted(records.memo["months"])]
    engine.register(
        "months", RowSource(columns=(("month_ix", "bigint"), ("month_label", "varchar")), rows=labels)
    )
    for table, value in (("asked_kind", options.case_kind), ("asked_value", (options.within or ("", ""))[1])):
        engine.register(table, RowSource(columns=(("value", "varchar"),), rows=[(value,)]))
    for name in records.tables:
        sql = _grouped(records, name, options, windowed=name in dated)
        engine.register(f"m_{name}", QuerySource(sql=sql, stored=False))
    case = Case(records, options)
    if case.records.has(case.activity):
        fields = "select customer_id, day_ix, month_ix, grp from"
        for view, rows in (
            ("activity", f"m_{case.activity}"),
            ("activity_ever", f"({_grouped(records, case.activity, options)}) as t"),
        ):
            sql = f"{fields} {rows} where customer_id is not null"
            engine.register(view, QuerySource(sql=sql, stored=False))
    return case


def register_channel_groups(case: Case) -> None:
    """Register the declared group of every channel for joins."""
    pairs = sorted(case.records.columns.channels.items())
    source = RowSource(columns=(("channel", "varchar"), ("kind", "varchar")), rows=pairs)
    case.records.engine.register("channel_groups", source)


def _grouped(records: Records, name: str, options: MetricsOptions, *, windowed: bool = False) -> str:
    """The query for the rows of a table with their group, of the window or of all days."""
    fields, by = records.tables[name].fields, options.by
    dated = records.tables[name].first_day is not None
    without_column = by in {By.SEGMENT, By.CHANNEL} and str(by) not in fields
    without_column = without_column or (by is By.PANEL and "branch_id" not in fields)
    by_month = by in {By.PERIOD, By.PANEL}
    group = "'all'" if without_column or (by_month and not dated) else _GROUPS[by]
    join = " left join months using (month_ix)" if by_month and dated else ""
    if by is By.CASE:
        join = f" join ({_case_rows(records, name, dated=dated)}) as members using (row)"
    tests = []
    if windowed:
        first, last = records.window(name)
        tests.append(f"day_ix >= {first} and day_ix <= {last}")
    if options.within is not None and options.within[0] in fields and options.within[0] in WITHIN:
        tests.append(f"{options.within[0]} in (select value from asked_value)")
    where = f" where {' and '.join(tests)}" if tests else ""
    return f"select *, {group} as grp from {name}{join}{where}"


def _case_rows(records: Records, name: str, *, dated: bool) -> str:
    """The query that tells which rows of a table belong to which cases of the asked kind.

    Every pattern of filled keys is one equality join, so that a million rows are hashed, not compared
    with every case. A table without a key of a pattern has no member by it.
    """
    known = records.tables[name].fields
    cases = records.tables["cases"].fields if "cases" in records.tables else frozenset()
    queries = []
    if name == "ops" and cases:
        queries.append("select t.row, c.case_id as member_of from ops t join cases c on c.case_id = t.unit")
    filled = ", ".join(f"{_column(key)} is not null" if key in cases else "false" for key, _ in _KEYS)
    patterns = records.engine.rows(f"select distinct {filled} from cases").rows if cases else ()
    for pattern in sorted(patterns, key=str):
        keys = [key for (key, _), has in zip(_KEYS, pattern, strict=True) if has]
        usable = all(dated if key in {"since", "until"} else key in known for key in keys)
        if not keys or not usable:
            continue
        joined = " and ".join(test for key, test in _KEYS if key in keys)
        rest = [f"c.{_column(key)} is null" for key, _ in _KEYS if key not in keys and key in cases]
        where = "".join(f" and {test}" for test in rest)
        queries.append(f"select t.row, c.case_id as member_of from {name} t join cases c on {joined}{where}")
    if not queries:
        return "select cast(null as bigint) as row, cast(null as varchar) as member_of where 1 = 0"
    asked = "c.kind in (select value from asked_kind)"
    return " union ".join(f"{query} where {asked}" for query in queries)


def _column(key: str) -> str:
    return f"{key}_day" if key in {"since", "until"} else key


Compute = Callable[[Case], Iterable[Found]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One row of the registry.

    Parameters
    ----------
    name, title, definition
        What it is called and what it is.
    table
        The table it rests on; ``activity`` stands for transactions or events.
    needs
        Fields without which it is refused.
    also
        Further tables that it needs.
    compute
        Turns the small answers into values with intervals.
    by
        What it can be split by.
    together
        Whether its window is that of all its tables together, and not that of the first.
    refused
        Any further reason to refuse it; ``None`` when there is none.
    source
        Author, year, DOI.
    """

    name: str
    title: Message
    definition: Message
    table: str
    compute: Compute
    needs: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    by: frozenset[By] = frozenset({By.ALL, By.SEGMENT, By.CHANNEL, By.PERIOD})
    together: bool = False
    refused: Callable[[Case], Message | None] = lambda _: None
    source: str = ""
