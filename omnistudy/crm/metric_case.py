# ruff: noqa: S608 - names of tables and columns are our own or quoted; values are parameters
"""What a metric looks at: the records, the choices, and views that carry the group of every row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from omnistudy.crm.engine import QuerySource, Row, RowSource, Scalar
from omnistudy.crm.inputs import Records
from omnistudy.crm.jalali import month_bounds, month_label
from omnistudy.crm.metric_rows import Found
from omnistudy.crm.reading_sql import date_of, day_of
from omnistudy.results import Message


class By(StrEnum):
    """What rows are told apart by."""

    ALL = "all"
    SEGMENT = "segment"
    CHANNEL = "channel"
    PERIOD = "period"


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
    invitation
        Event that is an invitation, for the viral coefficient.
    recontact_days, silent_days
        Windows of first-contact resolution and silent churn, in days.
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
    recontact_days: int = 7
    silent_days: int = 90
    confidence: float = 0.95


# Group of a row of a table; a customer's segment is a column of the row.
_GROUPS = {
    By.ALL: "'all'",
    By.SEGMENT: "coalesce(segment, '(none)')",
    By.CHANNEL: "coalesce(channel, '(none)')",
    By.PERIOD: "month_label",
}


@dataclass(frozen=True, slots=True)
class Case:
    """The records of one command as a metric sees them: tables ``m_<name>`` with a column ``grp``."""

    records: Records
    options: MetricsOptions

    def rows(self, sql: str, *parameters: Scalar) -> tuple[Row, ...]:
        """Run a metric's SQL."""
        return self.records.engine.rows(sql, parameters).rows

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

    def window(self, table: str) -> str:
        """The window as ISO dates."""
        if table not in self.records.tables or self.records.tables[table].first_day is None:
            return ""
        first, last = self.records.window(table)
        return f"{date_of(first).isoformat()}/{date_of(last).isoformat()}"

    def complete(self, table: str, month: int) -> bool:
        """Whether a month lies wholly inside the window of a table."""
        first, last = self.records.window(table)
        start, end = month_bounds(month, self.records.calendar)
        return first <= day_of(start) and day_of(end) <= last


def prepared(records: Records, options: MetricsOptions) -> Case:
    """Register the views that metrics read: every table with its group, and the table of activity."""
    engine = records.engine
    dated = [name for name, table in records.tables.items() if table.first_day is not None]
    months = sorted(
        {
            int(row[0] or 0)
            for name in dated
            for row in engine.rows(f"select distinct month_ix from {name}").rows
        }
    )
    labels: list[Row] = [(month, month_label(month)) for month in months]
    engine.register(
        "months", RowSource(columns=(("month_ix", "bigint"), ("month_label", "varchar")), rows=labels)
    )
    for name in records.tables:
        _with_group(records, name, options.by, dated=name in dated)
    case = Case(records, options)
    if case.records.has(case.activity):
        engine.register(
            "activity",
            QuerySource(
                sql=f"select customer_id, day_ix, month_ix, grp from m_{case.activity} where customer_id is not null",
                stored=False,
            ),
        )
    return case


def _with_group(records: Records, name: str, by: By, *, dated: bool) -> None:
    fields = records.tables[name].fields
    without_column = by in {By.SEGMENT, By.CHANNEL} and str(by) not in fields
    group = "'all'" if without_column or (by is By.PERIOD and not dated) else _GROUPS[by]
    join = " left join months using (month_ix)" if by is By.PERIOD and dated else ""
    windowed = ""
    if dated:
        first, last = records.window(name)
        windowed = f" where day_ix >= {first} and day_ix <= {last}"
    sql = f"select *, {group} as grp from {name}{join}{windowed}"
    records.engine.register(f"m_{name}", QuerySource(sql=sql, stored=False))


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
    method
        Name of its interval.
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
    method: str = "wilson"
    refused: Callable[[Case], Message | None] = lambda _: None
    source: str = ""
