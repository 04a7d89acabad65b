"""What a link's metric did: against the time before, a target or a control, and month by month."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from omnistudy.crm.links.grades import Difference, difference
from omnistudy.crm.links.interrupted import Interrupted, interrupted_series, too_short
from omnistudy.crm.links.metrics import (
    Monthly,
    Rows,
    after,
    before,
    control,
    dummies,
    gaps,
    monthly,
    months,
    row_of,
    rows_of,
    several,
    whole,
    without_column,
)
from omnistudy.crm.links.refusals import no_control, no_months
from omnistudy.crm.links.register import Link
from omnistudy.crm.metrics.case import By
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.crm.records.model import Records
from omnistudy.crm.refusals import Refusal
from omnistudy.results import msg


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Difference, series and refusals of one link; ``control`` are the months of the control."""

    difference: Difference | None = None
    months: Monthly | None = None
    control: Monthly | None = None
    series: Interrupted | None = None
    controlled: Interrupted | None = None
    refusals: tuple[Refusal, ...] = ()


NOTHING = Change()


def changes_of(
    rows: Rows, links: tuple[Link, ...], records: Records | None, confidence: float
) -> Mapping[str, Change]:
    """The change of every link that may be tested; links on the same series share its fit."""
    found: dict[str, Change] = {}
    shared: dict[tuple[object, ...], Change] = {}
    for link in links:
        if records is None or link.role != "effect":
            found[link.id] = NOTHING
            continue
        key = (
            link.metric, link.level, link.date, link.within, link.control, link.adjusted_for, link.target,
        )  # fmt: skip
        if key not in shared:
            shared[key] = _change(rows, link, records, confidence)
        change = shared[key]
        found[link.id] = replace(
            change, refusals=tuple(replace(one, subject=link.id) for one in change.refusals)
        )
    return found


def _change(rows: Rows, link: Link, records: Records, confidence: float) -> Change:
    if link.change is not None:
        return _dated(rows, link, link.change, records, confidence)
    now = _limits(row_of(rows, whole(link), link, records)[0])
    if now is None:
        return NOTHING
    if link.target:
        target = float(link.target)
        return Change(difference=difference((target, target, target), now, "target"))
    if link.control:
        row, reason = row_of(rows, control(link, By.ALL), link, records)
        other = _limits(row)
        if other is None:
            return Change(refusals=(no_control(link, reason or NO_LIMITS),))
        return Change(difference=difference(other, now, "control"))
    return NOTHING


NO_LIMITS = msg("it has no interval")


def _limits(row: MetricRow | None) -> tuple[float, float, float] | None:
    if row is None or row.value is None or row.ci_low is None or row.ci_high is None:
        return None
    return row.value, row.ci_low, row.ci_high


def _dated(rows: Rows, link: Link, change: date, records: Records, confidence: float) -> Change:
    if without_column(records, months(link), link) is not None:
        return NOTHING
    first, then = (
        _limits(row_of(rows, view, link, records)[0]) for view in (before(link, change), after(link, change))
    )
    found = None if first is None or then is None else difference(first, then)
    by_month = rows_of(rows, months(link), link)
    ambiguous = several(by_month, link)
    if ambiguous is not None:
        return Change(difference=found, refusals=(no_months(link, ambiguous),))
    series = monthly(by_month, change, records.calendar)
    if series is None:
        every = rows.get((months(link), link.metric), ())
        reason = next((row.reason for row in every if row.reason is not None), None)
        return Change(
            difference=found, refusals=(too_short(0, 0, 0) if reason is None else no_months(link, reason),)
        )
    refusals: list[Refusal] = []
    fitted = _fitted(rows, link, series, records.calendar, confidence, refusals)
    beside = _control(rows, link, series, records, refusals) if link.control else None
    controlled = None
    if beside is not None:
        apart = tuple(
            None if one is None or other is None else one - other
            for one, other in zip(series.values, beside.values, strict=True)
        )
        controlled = _fitted(
            rows, link, replace(series, values=apart), records.calendar, confidence, refusals
        )
    return Change(
        difference=found,
        months=series,
        control=beside,
        series=fitted,
        controlled=controlled,
        refusals=tuple({one.code: one for one in refusals}.values()),
    )


def _fitted(
    rows: Rows, link: Link, series: Monthly, calendar: str, confidence: float, refusals: list[Refusal]
) -> Interrupted | None:
    values = [value for value in series.values if value is not None]
    if len(values) < len(series.values):
        refusals.append(gaps(series))
        return None
    found = interrupted_series(values, series.change, confidence, dummies(rows, link, series, calendar))
    if isinstance(found, Refusal):
        refusals.append(found)
        return None
    return found


def _control(
    rows: Rows, link: Link, series: Monthly, records: Records, refusals: list[Refusal]
) -> Monthly | None:
    """The months of the control in the order of the series."""
    view = control(link, By.PERIOD)
    lacking = without_column(records, view, link)
    found = rows_of(rows, view, link)
    by_month = {row.group: row.value for row in found if row.value is not None}
    if lacking is not None or not by_month:
        refusals.append(no_control(link, lacking or msg("no month of it has a value")))
        return None
    return replace(series, values=tuple(by_month.get(label) for label in series.labels))
