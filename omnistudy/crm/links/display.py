"""The tables and figures of `crm links`: the joint display, the tests behind it, the grades by theory.

Guetterman, T. C., Fetters, M. D., & Creswell, J. W. (2015). Integrating quantitative and qualitative
results in health science mixed methods research through joint displays. Annals of Family Medicine,
13(6), 554-561. doi:10.1370/afm.1865
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from omnistudy.crm.links.interrupted import Interrupted
from omnistudy.crm.links.words import (
    AGAINST_WORDS,
    DIRECTION_WORDS,
    FIT_WORDS,
    PROPOSAL_WORDS,
    ROLE_WORDS,
    THEORY_WORDS,
    held_constant,
    metric_name,
    worded,
)
from omnistudy.crm.metrics.rows import NO_LIMITS
from omnistudy.crm.metrics.units import LEVEL_WORDS, number
from omnistudy.pictures import Lines, Series
from omnistudy.results import Cell, Column, Figure, Kind, Label, Message, Number, Table, Undefined, msg

if TYPE_CHECKING:
    from omnistudy.crm.links.result import LinkRow

EXPLORATORY = msg("exploratory: not registered before the data were read")
NOT_WRITTEN = msg("not written yet")
NOT_VARIED = msg("the cases do not vary enough to be resampled")
GRADES = ("X", "D", "C", "B", "A", "Q1", "Q0")


def metric_of(row: LinkRow) -> Message | Label:
    """The metric of a row with its level, in words."""
    level = LEVEL_WORDS.get(row.link.level)
    if level is None:
        return metric_name(row.link.metric, row.link.level)
    return msg("{metric} ({level})", metric=metric_name(row.link.metric), level=level)


def joint_display(rows: Sequence[LinkRow]) -> Table:
    """One row per link: what was said beside what was measured, and what the analyst makes of both."""
    return Table(
        name="crm-links",
        columns=(
            Column("category", msg("Category"), Kind.ID, secondary=True),
            Column("category_label", msg("Name of the category")),
            Column("metric", msg("Metric"), Kind.ID, secondary=True),
            Column("metric_title", msg("Name of the metric")),
            Column("role", msg("Role"), secondary=True),
            Column("direction", msg("Expected direction"), secondary=True),
            Column("grade", msg("Grade"), Kind.ID),
            Column("interviews", msg("Interviews"), Kind.COUNT),
            Column("of_interviews", msg("Of"), Kind.COUNT, secondary=True),
            Column("salience_low", msg("Lower limit of the share"), Kind.SHARE, secondary=True),
            Column("salience_high", msg("Upper limit of the share"), Kind.SHARE, secondary=True),
            Column("quotations", msg("Quotations"), Kind.COUNT, secondary=True),
            Column("quotes", msg("Example quotations"), Kind.ID, secondary=True),
            Column("alpha", msg("Alpha"), Kind.COEFFICIENT, secondary=True),
            Column("alpha_low", msg("Lower limit of alpha"), Kind.COEFFICIENT, secondary=True),
            Column("alpha_high", msg("Upper limit of alpha"), Kind.COEFFICIENT, secondary=True),
            Column("value", msg("Value")),
            Column("ci_low", msg("Lower limit")),
            Column("ci_high", msg("Upper limit")),
            Column("window", msg("Window"), Kind.DATE, secondary=True),
            Column("proposal", msg("Direction of the metric")),
            Column("fit", msg("Fit")),
            Column("meta_inference", msg("Meta-inference"), secondary=True),
            Column("sentence", msg("Evidence"), secondary=True),
        ),
        rows=tuple(_cells(row) for row in rows),
        caption=msg("Joint display of categories and metrics"),
        note=msg(
            "The direction of the metric is the program's proposal; fit and meta-inference are the analyst's own "
            "and are never filled in."
        ),
    )


def _cells(row: LinkRow) -> tuple[Cell, ...]:
    e = row.evidence

    def cell(value: float | None) -> Cell:
        return Undefined(row.reason or NO_LIMITS) if value is None else number(value, row.unit)

    def reliable(value: float | None) -> Cell:
        return Undefined(e.reliability.reason or NO_LIMITS) if value is None else value

    return (
        row.link.category,
        row.label,
        row.link.metric,
        metric_of(row),
        worded(ROLE_WORDS, row.link.role),
        worded(DIRECTION_WORDS, row.link.direction),
        row.grade,
        e.salience[0],
        e.salience[1],
        row.salience_low,
        row.salience_high,
        row.quotations,
        "; ".join(f"{quote.interview}:{quote.start}-{quote.end}" for quote in row.quotes),
        reliable(e.reliability.alpha),
        reliable(e.reliability.low),
        reliable(e.reliability.high),
        cell(e.value),
        cell(e.low),
        cell(e.high),
        e.window,
        worded(PROPOSAL_WORDS, row.proposal),
        worded(FIT_WORDS, row.link.fit) if row.link.fit else Undefined(NOT_WRITTEN),
        row.meta_inference or Undefined(NOT_WRITTEN),
        row.sentence,
    )


def association_table(rows: Sequence[LinkRow]) -> Table:
    """Spearman's ρ over cases with what it could find at all; p only for what was registered."""
    cells: list[tuple[Cell, ...]] = []
    for row in rows:
        found, e = row.evidence.association, row.evidence
        if found is None:
            continue
        unregistered = Undefined(EXPLORATORY)
        cells.append(
            (
                row.label,
                metric_of(row),
                found.n,
                found.rho,
                Undefined(NOT_VARIED) if found.low is None else found.low,
                Undefined(NOT_VARIED) if found.high is None else found.high,
                *found.leave_one_out,
                found.detectable,
                found.p if e.registered else unregistered,
                unregistered if e.p_adjusted is None else e.p_adjusted,
            )
        )
    return Table(
        name="crm-link-cases",
        columns=(
            Column("category_label", msg("Name of the category")),
            Column("metric_title", msg("Name of the metric")),
            Column("n", msg("Cases"), Kind.COUNT),
            Column("rho", msg("Spearman's rho"), Kind.COEFFICIENT),
            Column("low", msg("Lower limit"), Kind.COEFFICIENT),
            Column("high", msg("Upper limit"), Kind.COEFFICIENT),
            Column("left_low", msg("Lowest, one case left out"), Kind.COEFFICIENT, secondary=True),
            Column("left_high", msg("Highest, one case left out"), Kind.COEFFICIENT, secondary=True),
            Column("detectable", msg("Least rho that could be found"), Kind.COEFFICIENT),
            Column("p", msg("p by permutation"), Kind.P_VALUE, secondary=True),
            Column("p_adjusted", msg("p, adjusted"), Kind.P_VALUE),
        ),
        rows=tuple(cells),
        caption=msg("Association over cases"),
        note=msg(
            "p by 99,999 permutations, adjusted after Benjamini and Hochberg within the registered links; association "
            "is not causation."
        ),
    )


def series_table(rows: Sequence[LinkRow]) -> Table:
    """What the metric did against its comparison, and the step of its series, alone and against a control."""
    cells: list[tuple[Cell, ...]] = []
    for row in rows:
        e = row.evidence
        if e.difference is not None:
            d = e.difference
            cells.append(
                (
                    row.label, metric_of(row), msg("difference from {what}", what=AGAINST_WORDS[d.against]),
                    d.value, d.low, d.high, None, None, None, None,
                )
            )  # fmt: skip
        named: tuple[tuple[Message, Interrupted | None], ...] = (
            (msg("step of the series"), e.series),
            (msg("step of the difference from the control"), e.controlled),
        )
        for what, series in named:
            if series is None:
                continue
            step = series.term("level_change")
            held = held_constant(series.adjusted)
            cells.append(
                (
                    row.label, metric_of(row), what, step.value, step.low, step.high, step.p, series.placebo_p,
                    series.before + series.after, held,
                )
            )  # fmt: skip
    return Table(
        name="crm-link-changes",
        columns=(
            Column("category_label", msg("Name of the category")),
            Column("metric_title", msg("Name of the metric")),
            Column("what", msg("What")),
            Column("value", msg("Value"), Kind.NUMBER),
            Column("low", msg("Lower limit"), Kind.NUMBER),
            Column("high", msg("Upper limit"), Kind.NUMBER),
            Column("p", msg("p of the step"), Kind.P_VALUE, secondary=True),
            Column("placebo_p", msg("p by placebo dates"), Kind.P_VALUE),
            Column("points", msg("Months"), Kind.COUNT, secondary=True),
            Column("adjusted", msg("Held constant"), secondary=True),
        ),
        rows=tuple(cells),
        caption=msg("Change of the metrics"),
    )


def panel_table(rows: Sequence[LinkRow]) -> Table:
    """The coefficient of branches by months."""
    cells = [
        (
            row.label, metric_of(row), row.panel.branches, row.panel.months, row.panel.observations, row.panel.effect,
            row.panel.low, row.panel.high, row.panel.p, row.panel.method,
        )
        for row in rows
        if row.panel is not None
    ]  # fmt: skip
    return Table(
        name="crm-link-panel",
        columns=(
            Column("category_label", msg("Name of the category")),
            Column("metric_title", msg("Name of the metric")),
            Column("branches", msg("Branches"), Kind.COUNT),
            Column("months", msg("Months"), Kind.COUNT),
            Column("observations", msg("Branch months"), Kind.COUNT, secondary=True),
            Column("estimate", msg("Difference"), Kind.NUMBER),
            Column("low", msg("Lower limit"), Kind.NUMBER),
            Column("high", msg("Upper limit"), Kind.NUMBER),
            Column("p", msg("p"), Kind.P_VALUE),
            Column("method", msg("Errors"), Kind.ID, secondary=True),
        ),
        rows=tuple(cells),
        caption=msg("Branches by months, with fixed effects of both"),
    )


def theory_table(rows: Sequence[LinkRow]) -> Table:
    """How many links of every theory have which grade."""
    counts: dict[str, Counter[str]] = {}
    for row in rows:
        counts.setdefault(row.link.theory, Counter())[row.grade] += 1
    return Table(
        name="crm-link-theories",
        columns=(
            Column("theory", msg("Theory")),
            *(Column(f"grade_{grade}", msg("Grade {grade}", grade=grade), Kind.COUNT) for grade in GRADES),
        ),
        rows=tuple(
            (
                worded(THEORY_WORDS, theory) or msg("no theory named"),
                *(counts[theory][grade] for grade in GRADES),
            )
            for theory in sorted(counts)
        ),
        caption=msg("Evidence by theory"),
    )


def series_figures(rows: Sequence[LinkRow]) -> Iterator[Figure]:
    """The months of every dated link, before and after its date, and those of its control."""
    seen: set[tuple[str, str, str, str, str]] = set()
    for row in rows:
        months, other, link = row.change.months, row.change.control, row.link
        key = (link.metric, link.level, link.date, link.within, link.control)
        if months is None or key in seen:
            continue
        seen.add(key)
        n = len(months.values)
        places = tuple(float(at + 1) for at in range(n))
        curves = [
            Series(
                name=name,
                places=places,
                values=tuple(value if low <= at < high else None for at, value in enumerate(months.values)),
                marked=True,
            )
            for name, low, high in (
                (msg("before {date}", date=link.date), 0, months.change),
                (msg("from {date} on", date=link.date), months.change, n),
            )
            if low < high
        ]
        if other is not None:
            curves.append(Series(name=msg("control"), places=places, values=other.values, dashed=True))
        title = msg("{metric} by month, from {first} to {last}", metric=metric_of(row), first=months.labels[0],
                    last=months.labels[-1])  # fmt: skip
        yield Figure(
            name=f"crm-series-{link.id}",
            picture=Lines(
                series=tuple(curves),
                across=msg("Month"),
                axis=msg("Value"),
                kind=number(0.0, row.unit).kind if row.unit else Kind.NUMBER,
            ),
            caption=title,
            alt=msg(
                "{title}: {before} months before the change, {after} after it.",
                title=title,
                before=Number(months.change, Kind.COUNT),
                after=Number(n - months.change, Kind.COUNT),
            ),
        )
