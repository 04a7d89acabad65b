"""What `crm links` returns: the joint display of categories, quotations, agreement and metrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import ClassVar

from omnistudy.crm.evidence import Evidence
from omnistudy.crm.inputs import LoadedTable
from omnistudy.crm.link_register import Link
from omnistudy.crm.loading_blocks import loading_blocks, loading_payload, loading_table, refusal_blocks
from omnistudy.crm.refusals import Refusal
from omnistudy.results import (
    Block,
    Cell,
    Column,
    Heading,
    Kind,
    Message,
    Note,
    Number,
    Quote,
    Quotes,
    Result,
    Status,
    Table,
    Undefined,
    msg,
)

NOT_MEASURED = msg("not measured")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """One link with its grade; ``proposal`` is the program's, ``link.fit`` the analyst's own word."""

    link: Link
    grade: str
    sentence: Message
    evidence: Evidence
    salience_low: float | None
    salience_high: float | None
    quotations: int
    proposal: str
    reason: Message | None
    ci_method: str | None
    quotes: tuple[Quote, ...]
    refusals: tuple[Refusal, ...]

    def as_json(self) -> dict[str, object]:
        """The row as JSON values."""
        e, link = self.evidence, self.link
        series = e.series
        return {
            "link": link.id,
            "category": link.category,
            "metric": link.metric,
            "level": link.level or None,
            "role": link.role,
            "direction": link.direction,
            "theory": link.theory or None,
            "source": link.source or None,
            "grade": self.grade,
            "sentence": str(self.sentence),
            "proposal": self.proposal,
            "fit": link.fit or None,
            "meta_inference": link.meta_inference or None,
            "registered": e.registered,
            "interviews": e.salience[0],
            "of_interviews": e.salience[1],
            "salience_low": self.salience_low,
            "salience_high": self.salience_high,
            "quotations": self.quotations,
            "alpha": e.reliability.alpha,
            "alpha_low": e.reliability.low,
            "alpha_high": e.reliability.high,
            "alpha_code": e.reliability.code,
            "value": e.value,
            "ci_low": e.low,
            "ci_high": e.high,
            "ci_method": self.ci_method,
            "window": e.window or None,
            "reason": None if self.reason is None else str(self.reason),
            "date": link.date or None,
            "difference": None if e.difference is None else asdict(e.difference),
            "series": None
            if series is None
            else {
                "rho": series.rho,
                "df": series.freedom,
                "coefficients": [asdict(one) for one in series.coefficients],
                "before": series.before,
                "after": series.after,
                "placebo_p": series.placebo_p,
                "placebo_dates": series.placebo_dates,
                "notes": [str(note) for note in series.notes],
            },
            "association": self._association(),
            "quotes": [
                {"interview": q.interview, "start": q.start, "end": q.end, "text": q.text}
                for q in self.quotes
            ],
            "refusals": [refusal.as_json() for refusal in self.refusals],
        }

    def _association(self) -> dict[str, object] | None:
        found = self.evidence.association
        if found is None:
            return None
        # What was not registered before the records were read is exploratory and shows no p.
        data = asdict(found)
        data["p"] = found.p if self.evidence.registered else None
        data["p_adjusted"] = self.evidence.p_adjusted
        data["reason"] = (
            None if self.evidence.registered else "exploratory: not registered before the data were read"
        )
        return data


@dataclass(frozen=True, kw_only=True)
class LinksResult(Result):
    """The joint display, contradictions first."""

    rows: tuple[LinkRow, ...]
    register: str
    registered: int
    interviews: int
    loaded: tuple[LoadedTable, ...]
    command: ClassVar[str] = "links"

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
            beyond=Number(sum(grade in {"A", "B", "C"} for grade in grades), Kind.COUNT),
            against=Number(grades.count("X"), Kind.COUNT),
            registered=Number(self.registered, Kind.COUNT),
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object."""
        return {
            "register": self.register,
            "registered": self.registered,
            "rows": [row.as_json() for row in self.rows],
            "tables": loading_payload(self.loaded),
        }

    def tables(self) -> tuple[Table, ...]:
        """The joint display, and what was read."""
        return (self._display(), loading_table(self.loaded))

    def blocks(self) -> tuple[Block, ...]:
        """Return the section of a report."""
        return tuple(self._blocks())

    def _blocks(self) -> Iterator[Block]:
        contradicted = [row for row in self.rows if row.grade == "X"]
        for row in contradicted:
            text = msg("{category}: {sentence}", category=row.link.category, sentence=row.sentence)
            yield Note(text=text, status=Status.BAD)
        yield self._display()
        yield Note(
            text=msg(
                "{n} informants speak about the organisation; they are no sample of its customers. How often a "
                "category was mentioned says how present it is in talk, not how much of it there is.",
                n=Number(self.interviews, Kind.COUNT),
            ),
            status=Status.NEUTRAL,
        )
        for row in self.rows:
            if row.quotes:
                yield Heading(
                    text=msg("{category} and {metric}", category=row.link.category, metric=row.link.metric),
                    level=3,
                )
                yield Quotes(
                    quotes=row.quotes, caption=row.sentence, left_out=max(0, row.quotations - len(row.quotes))
                )
        seen: dict[tuple[str, str], Refusal] = {}
        for row in self.rows:
            for refusal in row.refusals:
                seen.setdefault((refusal.code, str(refusal.reason)), refusal)
        yield from refusal_blocks(tuple(seen.values()))
        yield from loading_blocks(self.loaded) if self.loaded else ()

    def _display(self) -> Table:
        columns = (
            Column("category", msg("Category"), Kind.ID),
            Column("metric", msg("Metric"), Kind.ID),
            Column("role", msg("Role"), Kind.ID),
            Column("direction", msg("Direction"), Kind.ID),
            Column("grade", msg("Grade"), Kind.ID),
            Column("interviews", msg("Interviews"), Kind.COUNT),
            Column("quotations", msg("Quotations"), Kind.COUNT),
            Column("alpha", msg("Alpha"), Kind.COEFFICIENT),
            Column("value", msg("Value"), Kind.NUMBER),
            Column("ci_low", msg("Lower limit"), Kind.NUMBER),
            Column("ci_high", msg("Upper limit"), Kind.NUMBER),
            Column("window", msg("Window"), Kind.ID),
            Column("proposal", msg("Direction of the metric"), Kind.ID),
            Column("fit", msg("Fit"), Kind.ID),
            Column("meta_inference", msg("Meta-inference")),
            Column("sentence", msg("Evidence")),
        )
        return Table(
            name="crm-links",
            columns=columns,
            rows=tuple(_cells(row) for row in self.rows),
            caption=msg("Joint display of categories and metrics"),
        )


def _cells(row: LinkRow) -> tuple[Cell, ...]:
    e = row.evidence

    def cell(value: float | None) -> Cell:
        return Undefined(row.reason or NOT_MEASURED) if value is None else value

    alpha: Cell = e.reliability.alpha
    return (
        row.link.category,
        row.link.metric,
        row.link.role,
        row.link.direction,
        row.grade,
        e.salience[0],
        row.quotations,
        Undefined(e.reliability.reason or NOT_MEASURED) if e.reliability.alpha is None else alpha,
        cell(e.value),
        cell(e.low),
        cell(e.high),
        e.window,
        row.proposal,
        row.link.fit,
        row.link.meta_inference,
        row.sentence,
    )
