"""The metrics that links need: each computed once for every view of the records, however many links use it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from omnistudy.crm.links.register import Link, group_of
from omnistudy.crm.metrics.case import By, MetricsOptions
from omnistudy.crm.metrics.registry import METRICS, metrics_of_records
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.crm.names import named
from omnistudy.crm.records.calendar_table import month_bounds
from omnistudy.crm.records.model import Records
from omnistudy.crm.records.reading_times import day_of
from omnistudy.crm.refusals import Refusal
from omnistudy.results import Kind, Message, Number, Provenance, msg
from omnistudy.text.jalali import to_jalali

NO_RECORDS = msg("the study has no customer records")
CONFOUNDERS = {"regulation": "regulation_events", "outage": "outages"}
_NOWHERE = Provenance(version="", command="", seed=None, inputs=(), synthetic=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How the records are looked at: grouped by what, of which days, within which rows."""

    by: By = By.ALL
    kind: str = ""
    since: int | None = None
    until: int | None = None
    within: tuple[str, str] | None = None


Rows = Mapping[tuple[View, str], tuple[MetricRow, ...]]


def whole(link: Link) -> View:
    """All rows that the link is about."""
    return View(within=group_of(link.within))


def before(link: Link, change: date) -> View:
    """The rows before the change."""
    return View(until=day_of(change) - 1, within=group_of(link.within))


def after(link: Link, change: date) -> View:
    """The rows from the change on."""
    return View(since=day_of(change), within=group_of(link.within))


def months(link: Link) -> View:
    """Month by month."""
    return View(by=By.PERIOD, within=group_of(link.within))


def control(link: Link, by: By) -> View:
    """The rows that the strategy did not touch."""
    return View(by=by, within=group_of(link.control))


def cases(link: Link, records: Records) -> View:
    """Case by case: of the table of cases where it has that kind, else by segment."""
    return View(by=By.CASE if has_cases(records, link.case) else By.SEGMENT, kind=link.case)


def has_cases(records: Records, kind: str) -> bool:
    """Whether the table of cases has cases of a kind."""
    if not records.has("cases"):
        return False
    return bool(records.engine.rows("select 1 from cases where kind = ? limit 1", [kind]).rows)


def views_of(link: Link, records: Records) -> Iterable[View]:
    """Every view that a link needs its metric in."""
    yield whole(link)
    if link.role != "effect":
        return
    change = link.change
    if change is not None:
        yield from (before(link, change), after(link, change), months(link))
    if link.control:
        yield control(link, By.ALL if change is None else By.PERIOD)
    if link.case:
        yield cases(link, records)


def measured(records: Records, links: Iterable[Link], options: MetricsOptions) -> Rows:
    """Compute every metric once per view; a view's metrics share its tables."""
    wanted: dict[View, dict[str, None]] = defaultdict(dict)
    for link in links:
        for view in views_of(link, records):
            if link.metric in METRICS:
                wanted[view][link.metric] = None
        if link.change is not None and link.role == "effect":
            for name in link.adjusted_for:
                if name in CONFOUNDERS:
                    wanted[View(by=By.PERIOD)][CONFOUNDERS[name]] = None
    found: dict[tuple[View, str], tuple[MetricRow, ...]] = {}
    for view, names in wanted.items():
        asked = replace(options, metrics=tuple(names), by=view.by, case_kind=view.kind, within=view.within)
        seen = replace(
            records,
            since=records.since if view.since is None else view.since,
            until=records.until if view.until is None else view.until,
        )
        by_name: dict[str, list[MetricRow]] = defaultdict(list)
        for row in metrics_of_records(seen, asked, _NOWHERE).rows:
            by_name[row.metric].append(row)
        found.update({(view, name): tuple(by_name[name]) for name in names})
    return found


def rows_of(rows: Rows, view: View, link: Link) -> tuple[MetricRow, ...]:
    """The metric's rows of the level that the link means."""
    found = rows.get((view, link.metric), ())
    return tuple(row for row in found if not link.level or row.level == link.level)


def several(found: Iterable[MetricRow], link: Link) -> Message | None:
    """Say when one group has several values, of which the link has to name one by its level."""
    groups = [row.group for row in found if row.value is not None]
    if len(set(groups)) == len(groups):
        return None
    return msg("{metric} has several rows: name a level in the link", metric=METRICS[link.metric].title)


def row_of(
    rows: Rows, view: View, link: Link, records: Records | None
) -> tuple[MetricRow | None, Message | None]:
    """The one row of the metric that the link means, or why there is none."""
    lacking = _lacking(records, view, link)
    if lacking is not None:
        return None, lacking
    found = rows_of(rows, view, link)
    known = [row for row in found if row.value is not None]
    if len(known) == 1:
        return known[0], None
    title = METRICS[link.metric].title
    if known:
        return None, several(found, link)
    # A refused metric has one row without any level.
    reasons = [row.reason for row in (*found, *rows[view, link.metric]) if row.reason is not None]
    if found or (reasons and rows[view, link.metric][0].level is None):
        return None, reasons[0]
    return None, msg("{metric} has no level {level}", metric=title, level=link.level)


def _lacking(records: Records | None, view: View, link: Link) -> Message | None:
    if records is None:
        return NO_RECORDS
    if link.metric not in METRICS:
        return msg("{metric} is not computed from these records", metric=link.metric)
    return without_column(records, view, link)


def without_column(records: Records, view: View, link: Link) -> Message | None:
    """Say when the rows that a link is about cannot be told apart in the metric's table."""
    if view.within is None or link.metric not in METRICS:
        return None
    table = METRICS[link.metric].table
    if table == "activity":
        table = "transactions" if records.has("transactions") else "events"
    if records.has(table, view.within[0]):
        return None
    return msg("the table of {table} has no column {column}", table=named(table), column=view.within[0])


@dataclass(frozen=True, slots=True)
class Monthly:
    """A series of whole months, ``None`` where a month has no value.

    ``change`` is the index of the month in which the change happened; ``mixed`` says that it happened
    inside that month, which then belongs to neither side wholly.
    """

    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    change: int
    mixed: bool = False

    @property
    def complete(self) -> bool:
        """Whether no month is missing."""
        return all(value is not None for value in self.values)


def monthly(found: tuple[MetricRow, ...], change: date, calendar: str) -> Monthly | None:
    """The whole months of a metric in order, the missing ones among them; ``None`` without any."""
    values = {_index(row.group): row.value for row in found if len(row.group) == 7 and row.group[4:5] == "-"}
    inside = [at for at in values if _whole(at, next(row.window for row in found if row.window), calendar)]
    if not inside:
        return None
    span = range(min(inside), max(inside) + 1)
    year, month, day = to_jalali(change) if calendar == "jalali" else (change.year, change.month, change.day)
    first = year * 12 + month - 1
    return Monthly(
        labels=tuple(f"{at // 12:04d}-{at % 12 + 1:02d}" for at in span),
        values=tuple(values.get(at) for at in span),
        change=sum(at < first for at in span),
        mixed=day > 1 and first in span,
    )


def _index(label: str) -> int:
    return int(label[:4]) * 12 + int(label[5:7]) - 1


def _whole(index: int, window: str, calendar: str) -> bool:
    first, _, last = window.partition("/")
    start, end = month_bounds(index, calendar)
    return date.fromisoformat(first) <= start and end <= date.fromisoformat(last)


def dummies(rows: Rows, link: Link, series: Monthly, calendar: str) -> dict[str, tuple[float, ...]]:
    """Columns that stand beside the lines: Nowruz, months, regulation, outages, as far as they are known."""
    found: dict[str, tuple[float, ...]] = {}
    if series.mixed:
        # Its own dummy takes a month of both sides out, and leaves the months equally far apart.
        found["mixed_month"] = tuple(float(at == series.change) for at in range(len(series.labels)))
    months_of = [int(label[5:7]) for label in series.labels]
    for name in link.adjusted_for:
        if name == "nowruz":
            # 1 Farvardin falls in March; the first month of the Jalali year holds the whole holiday.
            holiday = 1 if calendar == "jalali" else 3
            found["nowruz"] = tuple(float(month == holiday) for month in months_of)
        elif name == "month":
            for month in range(2, 13):
                found[f"month:{month:02d}"] = tuple(float(one == month) for one in months_of)
        else:
            counted = rows.get((View(by=By.PERIOD), CONFOUNDERS[name]), ())
            by_month = {row.group: row.value for row in counted if row.value is not None}
            if by_month:
                found[name] = tuple(float((by_month.get(label) or 0) > 0) for label in series.labels)
    return found


def gaps(series: Monthly) -> Refusal:
    """Refuse a series in which months are missing: its points are not equally far apart."""
    missing = [label for label, value in zip(series.labels, series.values, strict=True) if value is None]
    return Refusal(
        code="series_has_gaps",
        subject="interrupted_time_series",
        reason=msg(
            "{n} months of the series have no value, the first {month}.",
            n=Number(len(missing), Kind.COUNT),
            month=missing[0],
        ),
        needed=msg("a value in every month from the first whole month to the last."),
    )
