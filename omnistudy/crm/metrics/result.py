"""What `crm metrics` returns: rows with value, interval and definition, and their tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from omnistudy.crm.metrics.case import By
from omnistudy.crm.metrics.rows import MetricRow
from omnistudy.crm.metrics.units import METHOD_WORDS, level_name, number, unit_name
from omnistudy.crm.names import all_named, named, without_ids
from omnistudy.crm.records.loading_blocks import loading_blocks, loading_payload, loading_table
from omnistudy.crm.records.model import LoadedTable
from omnistudy.pictures import Heatmap
from omnistudy.results import (
    Block,
    Cell,
    Column,
    Figure,
    Kind,
    Label,
    Message,
    Note,
    Number,
    Result,
    Status,
    Table,
    Undefined,
    msg,
)

NONE = msg("not defined here")
NO_INTERVAL = msg("no interval")
_COHORTS = ("retention", "retention_rolling")


@dataclass(frozen=True, kw_only=True)
class MetricsResult(Result):
    """Metrics of customer records, in the order of the registry."""

    by: By
    calendar: str
    rows: tuple[MetricRow, ...]
    titles: Mapping[str, Message]
    loaded: tuple[LoadedTable, ...]
    command: ClassVar[str] = "crm-metrics"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Customer metrics")

    @property
    def summary(self) -> Message:
        """Say how many metrics the records allow."""
        able = {row.metric for row in self.rows if row.value is not None}
        return msg(
            "{able} of {all} metrics can be computed from {tables}; months are {calendar}.",
            able=Number(len(able), Kind.COUNT),
            all=Number(len(self.titles), Kind.COUNT),
            tables=all_named(table.name for table in self.loaded),
            calendar=msg("Jalali") if self.calendar == "jalali" else msg("Gregorian"),
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "by": str(self.by),
            "calendar": self.calendar,
            "rows": [row.as_json() for row in self.rows],
            "tables": loading_payload(self.loaded),
        }

    def tables(self) -> tuple[Table, ...]:
        """All rows as one tidy table, and what was read."""
        return (_table("crm-metrics", self.rows, msg("Metrics"), self.titles), loading_table(self.loaded))

    def blocks(self) -> tuple[Block, ...]:
        """Return the section: metrics, cohorts as a heat map, refusals, the files."""
        return tuple(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        refused = [row for row in self.rows if row.value is None and row.n is None]
        shown = [row for row in self.rows if row not in refused and row.metric not in (*_COHORTS, "rfm")]
        if shown:
            yield without_ids(_table("crm-metrics", shown, msg("Metrics"), self.titles), "metric", "level")
        for name in _COHORTS:
            cohorts = [row for row in self.rows if row.metric == name and row.cohort is not None]
            if cohorts:
                yield _heatmap(name, self.titles[name], cohorts)
        cells = sorted(
            (row for row in self.rows if row.metric == "rfm" and row.n),
            key=lambda row: (-(row.n or 0), row.level or ""),
        )
        if cells:
            caption = msg("The largest groups by recency, frequency and value")
            yield without_ids(_table("crm-rfm", cells[:10], caption, self.titles), "metric", "level")
        for row in refused:
            yield Note(
                text=msg("{metric}: {reason}.", metric=self.titles[row.metric], reason=row.reason or NONE),
                status=Status.UNDEFINED,
            )
        yield from loading_blocks(self.loaded)


def _table(name: str, rows: Sequence[MetricRow], caption: Message, titles: Mapping[str, Message]) -> Table:
    return Table(
        name=name,
        columns=(
            Column("metric", msg("Metric"), Kind.ID, secondary=True),
            Column("metric_title", msg("Name of the metric")),
            Column("group", msg("Group"), Kind.ID),
            Column("cohort", msg("Cohort"), Kind.ID, secondary=True),
            Column("k", msg("Month after"), Kind.COUNT, secondary=True),
            Column("level", msg("Level"), Kind.ID, secondary=True),
            Column("level_name", msg("Name of the level")),
            Column("value", msg("Value")),
            Column("ci_low", msg("Lower limit")),
            Column("ci_high", msg("Upper limit")),
            Column("n", msg("Counted"), Kind.COUNT),
            Column("denominator", msg("Of"), Kind.COUNT),
            Column("unit", msg("Unit")),
            Column("ci_method", msg("Interval"), secondary=True),
            Column("window", msg("Window"), Kind.DATE, secondary=True),
            Column("definition", msg("Definition"), secondary=True),
        ),
        rows=tuple(_cells(row, titles) for row in rows),
        caption=caption,
    )


def _cells(row: MetricRow, titles: Mapping[str, Message]) -> tuple[Cell, ...]:
    reason = Undefined(row.reason or NO_INTERVAL)

    def cell(value: float | None) -> Cell:
        return reason if value is None else number(value, row.unit)

    return (
        row.metric,
        titles.get(row.metric, row.metric),
        named(row.group),
        row.cohort,
        row.k,
        row.level,
        level_name(row.metric, row.level),
        cell(row.value),
        cell(row.ci_low),
        cell(row.ci_high),
        row.n,
        row.denominator,
        unit_name(row.unit),
        METHOD_WORDS.get(row.ci_method or "", row.ci_method),
        row.window,
        row.definition,
    )


def _heatmap(name: str, title: Message, rows: list[MetricRow]) -> Figure:
    cohorts = list(dict.fromkeys(row.cohort or "" for row in rows))
    months = sorted({row.k or 0 for row in rows})
    values = {(row.cohort, row.k): row.value for row in rows}
    picture = Heatmap(
        rows=tuple(Label(cohort) for cohort in cohorts),
        columns=tuple(Label(str(k)) for k in months),
        values=tuple(tuple(values.get((cohort, k)) for k in months) for cohort in cohorts),
        axis=msg("Share of the cohort"),
        kind=Kind.SHARE,
    )
    return Figure(
        name=f"crm-{name.replace('_', '-')}",
        picture=picture,
        caption=title,
        alt=msg(
            "{title}: one row per cohort, one column per month after it; empty cells are months that the records "
            "do not cover wholly.",
            title=title,
        ),
    )
