"""What `crm links` returns: the joint display of categories, quotations, agreement and metrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import ClassVar

from omnistudy.crm.links import display
from omnistudy.crm.links.cases import OverCases
from omnistudy.crm.links.change import Change
from omnistudy.crm.links.grades import Evidence
from omnistudy.crm.links.interrupted import Interrupted
from omnistudy.crm.links.panel import Panel
from omnistudy.crm.links.register import Link
from omnistudy.crm.metrics.registry import METRICS
from omnistudy.crm.metrics.rows import NO_LIMITS
from omnistudy.crm.names import without_ids
from omnistudy.crm.records.loading_blocks import (
    loading_blocks,
    loading_payload,
    loading_table,
    refusal_blocks,
)
from omnistudy.crm.records.model import LoadedTable
from omnistudy.crm.refusals import Refusal
from omnistudy.results import (
    Block,
    Figure,
    Heading,
    Kind,
    Label,
    Message,
    Note,
    Number,
    Quote,
    Quotes,
    Result,
    Status,
    Table,
    msg,
)

NO_INTERVIEW = msg("no interview is coded")
NO_OTHER_DATE = msg("no other date leaves enough points on both sides")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """One link with its grade; ``proposal`` is the program's, ``link.fit`` the analyst's own word.

    Parameters
    ----------
    label
        Name of the category.
    codes
        The study's codes that stand for it, and those above them.
    unit
        Of the metric's value; empty where there is none.
    change, cases, panel
        What stands behind the evidence: series and differences, pairs over cases, branches by months.
    meta_inference
        The analyst's text; empty where it is missing or its words are refused.
    """

    link: Link
    label: Label
    grade: str
    sentence: Message
    evidence: Evidence
    codes: frozenset[str]
    salience_low: float | None
    salience_high: float | None
    quotations: int
    proposal: str
    reason: Message | None
    unit: str
    ci_method: str | None
    quotes: tuple[Quote, ...]
    change: Change
    cases: OverCases
    panel: Panel | None
    meta_inference: str
    refusals: tuple[Refusal, ...]

    def as_json(self) -> dict[str, object]:
        """The row as JSON values."""
        e, link = self.evidence, self.link
        title = METRICS[link.metric].title if link.metric in METRICS else None
        return {
            "link": link.id,
            "category": link.category,
            "category_label": self.label.in_language("en"),
            "metric": link.metric,
            "metric_title": None if title is None else str(title),
            "level": link.level or None,
            "role": link.role,
            "direction": link.direction,
            "theory": link.theory or None,
            "source": link.source or None,
            "rationale": link.rationale or None,
            "within": link.within or None,
            "control": link.control or None,
            "target": float(link.target) if link.target else None,
            "test": link.test or None,
            "grade": self.grade,
            "sentence": str(self.sentence),
            "proposal": self.proposal,
            "fit": link.fit or None,
            "meta_inference": self.meta_inference or None,
            "registered": e.registered,
            "interviews": e.salience[0],
            "of_interviews": e.salience[1],
            "salience_low": self.salience_low,
            "salience_high": self.salience_high,
            "salience_reason": str(NO_INTERVIEW) if self.salience_low is None else None,
            "quotations": self.quotations,
            "alpha": e.reliability.alpha,
            "alpha_low": e.reliability.low,
            "alpha_high": e.reliability.high,
            "alpha_reason": str(e.reliability.reason or NO_LIMITS) if e.reliability.low is None else None,
            "alpha_code": e.reliability.code,
            "value": e.value,
            "unit": self.unit or None,
            "ci_low": e.low,
            "ci_high": e.high,
            "ci_method": self.ci_method,
            "ci_reason": str(self.reason or NO_LIMITS) if e.low is None else None,
            "window": e.window or None,
            "reason": None if self.reason is None else str(self.reason),
            "date": link.date or None,
            "difference": None if e.difference is None else asdict(e.difference),
            "months": self._months(),
            "series": _series(e.series),
            "controlled": _series(e.controlled),
            "repetitions": e.repetitions,
            "cases": [asdict(pair) for pair in self.cases.pairs],
            "association": self._association(),
            "panel": None if self.panel is None else asdict(self.panel),
            "quotes": [
                {"interview": q.interview, "start": q.start, "end": q.end, "text": q.text}
                for q in self.quotes
            ],
            "refusals": [refusal.as_json() for refusal in self.refusals],
        }

    def _months(self) -> list[dict[str, object]]:
        series, other = self.change.months, self.change.control
        if series is None:
            return []
        beside = other.values if other is not None else (None,) * len(series.values)
        return [
            {"month": label, "value": value, "control": control, "after": at >= series.change}
            for at, (label, value, control) in enumerate(
                zip(series.labels, series.values, beside, strict=True)
            )
        ]

    def _association(self) -> dict[str, object] | None:
        found = self.evidence.association
        if found is None:
            return None
        # What was not registered before the records were read is exploratory and shows no p.
        data = asdict(found)
        data["p"] = found.p if self.evidence.registered else None
        data["p_adjusted"] = self.evidence.p_adjusted
        data["ci_reason"] = str(display.NOT_VARIED) if found.low is None else None
        data["reason"] = (
            None if self.evidence.registered else "exploratory: not registered before the data were read"
        )
        return data


def _series(series: Interrupted | None) -> dict[str, object] | None:
    if series is None:
        return None
    return {
        "rho": series.rho,
        "df": series.freedom,
        "coefficients": [asdict(one) for one in series.coefficients],
        "before": series.before,
        "after": series.after,
        "placebo_p": series.placebo_p,
        "placebo_reason": str(NO_OTHER_DATE) if series.placebo_p is None else None,
        "placebo_dates": series.placebo_dates,
        "adjusted": list(series.adjusted),
        "not_adjusted": list(series.left_out),
        "notes": [str(note) for note in series.notes],
    }


@dataclass(frozen=True, kw_only=True)
class LinksResult(Result):
    """The joint display, contradictions first."""

    rows: tuple[LinkRow, ...]
    register: str
    registered: int
    interviews: int
    loaded: tuple[LoadedTable, ...]
    figure: Figure | None = None
    refusals: tuple[Refusal, ...] = ()
    command: ClassVar[str] = "crm-links"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("Categories and customer metrics")

    @property
    def summary(self) -> Message:
        """Say how many links rest on more than the interviews, and how many are contradicted."""
        grades = [row.grade for row in self.rows]
        return msg(
            "{links} links: {beyond} rest on more than the interviews, {against} are contradicted by the records; "
            "{registered} were registered before the records were read.",
            links=Number(len(grades), Kind.COUNT),
            beyond=Number(sum(grade in {"A", "B", "C", "D"} for grade in grades), Kind.COUNT),
            against=Number(grades.count("X"), Kind.COUNT),
            registered=Number(self.registered, Kind.COUNT),
        )

    @property
    def without_meta_inference(self) -> tuple[str, ...]:
        """The links whose meta-inference nobody has written yet, which the export of the display asks for."""
        return tuple(row.link.id for row in self.rows if not row.meta_inference)

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "register": self.register,
            "registered": self.registered,
            "rows": [row.as_json() for row in self.rows],
            "refusals": [refusal.as_json() for refusal in self.refusals],
            "without_meta_inference": list(self.without_meta_inference),
            "tables": loading_payload(self.loaded),
        }

    def tables(self) -> tuple[Table, ...]:
        """The joint display, the tests behind it, the grades by theory, and what was read."""
        return (
            display.joint_display(self.rows),
            display.association_table(self.rows),
            display.series_table(self.rows),
            display.panel_table(self.rows),
            display.theory_table(self.rows),
            loading_table(self.loaded),
        )

    def blocks(self) -> tuple[Block, ...]:
        """Return the section of a report."""
        return tuple(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        for row in self.rows:
            if row.grade == "X":
                text = msg("{category}: {sentence}", category=row.label, sentence=row.sentence)
                yield Note(text=text, status=Status.BAD)
        yield without_ids(display.joint_display(self.rows), "category", "metric")
        yield Note(
            text=msg(
                "{n} informants speak about the organisation; they are no sample of its customers. How often a "
                "category was mentioned says how present it is in talk, not how much of it there is.",
                n=Number(self.interviews, Kind.COUNT),
            ),
            status=Status.NEUTRAL,
        )
        if self.figure is not None:
            yield self.figure
        yield from self._tests()
        yield display.theory_table(self.rows)
        yield from self._quotes()
        seen: dict[tuple[str, str], Refusal] = {}
        for refusal in (*self.refusals, *(one for row in self.rows for one in row.refusals)):
            seen.setdefault((refusal.code, str(refusal.reason)), refusal)
        yield from refusal_blocks(tuple(seen.values()), {row.link.id: _link_name(row) for row in self.rows})
        yield from loading_blocks(self.loaded) if self.loaded else ()

    def _tests(self) -> Iterator[Block]:
        tables = (
            display.association_table(self.rows),
            display.series_table(self.rows),
            display.panel_table(self.rows),
        )
        yield from (table for table in tables if table.rows)
        notes: dict[str, Message] = {}
        for row in self.rows:
            for series in (row.evidence.series, row.evidence.controlled):
                notes.update({str(note): note for note in (series.notes if series else ())})
        yield from (Note(text=note, status=Status.WARNING) for note in notes.values())
        yield from display.series_figures(self.rows)

    def _quotes(self) -> Iterator[Block]:
        """The passages of every category once, under the sentence of its first link."""
        seen: set[str] = set()
        for row in self.rows:
            if not row.quotes or row.link.category in seen:
                continue
            seen.add(row.link.category)
            metrics = [other for other in self.rows if other.link.category == row.link.category]
            heading = _link_name(row)
            if len(metrics) > 1:
                heading = msg(
                    "{category} and {n} metrics", category=row.label, n=Number(len(metrics), Kind.COUNT)
                )
            yield Heading(text=heading, level=3)
            yield Quotes(
                quotes=row.quotes, caption=row.sentence, left_out=max(0, row.quotations - len(row.quotes))
            )


def _link_name(row: LinkRow) -> Message:
    return msg("{category} and {metric}", category=row.label, metric=display.metric_of(row))
