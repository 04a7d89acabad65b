"""The result of ``agreement``: a sentence, the contract's rows, tables and blocks for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import ClassVar

from omnistudy.agreement.coefficients.registry import COEFFICIENTS
from omnistudy.agreement.options import AgreementOptions
from omnistudy.agreement.result import presentation
from omnistudy.agreement.result.disagreements import Disagreement
from omnistudy.agreement.result.methods import measured_by, methods_sentence
from omnistudy.agreement.result.side_tables import SideTables
from omnistudy.agreement.result.subject import Subject
from omnistudy.agreement.result.tables import disagreement_table, tables_beside
from omnistudy.agreement.scopes.coverage import warnings_of_many, warnings_of_one
from omnistudy.agreement.scopes.rows import AgreementRow
from omnistudy.results import Block, Cell, Column, Kind, Message, Number, Result, Table, Undefined, msg


@dataclass(frozen=True, kw_only=True)
class AgreementResult(Result):
    """How far the coders agree.

    Parameters
    ----------
    subject
        Unit, level, round, coders and interviews.
    rows
        One per scope and coefficient, in the contract's order.
    notes
        What a reader has to know about the selection of the ratings.
    disagreements
        The passages that coders disagree on; empty unless asked for.
    beside
        Other units, differences, test–retest, other programs.
    options
        The choices made.
    """

    subject: Subject
    rows: tuple[AgreementRow, ...]
    notes: tuple[Message, ...] = ()
    disagreements: tuple[Disagreement, ...] = ()
    beside: SideTables = field(default_factory=SideTables)
    options: AgreementOptions

    command: ClassVar[str] = "agreement"

    @property
    def title(self) -> Message:
        """The heading in a report."""
        return msg("Agreement between coders")

    @property
    def headline(self) -> AgreementRow | None:
        """The row that the sentence is about: overall alpha where it was computed."""
        overall = [row for row in self.rows if row.scope == "overall"] or list(self.rows)
        alpha = [row for row in overall if row.coefficient == "krippendorff_alpha"]
        return next(iter(alpha or overall), None)

    @property
    def summary(self) -> Message:
        """One honest sentence."""
        row = self.headline
        if self.subject.answer is not None:
            return self.subject.answer
        if row is None:
            return msg("No coefficient was asked for.")
        name = COEFFICIENTS[row.coefficient].title
        if row.value is None:
            return msg("{name} is undefined: {reason}.", name=name, reason=row.reason)
        values: dict[str, Message | Number] = {
            "name": name,
            "value": Number(row.value, Kind.COEFFICIENT),
            "coders": Number(row.n_coders, Kind.COUNT),
            "units": Number(row.n_pairable, Kind.COUNT),
        }
        if row.ci_low is None:
            return msg(
                "{name} is {value} for {coders} coders on {units} units that at least two rated.", **values
            )
        return msg(
            "{name} is {value} (interval {low} to {high}) for {coders} coders on {units} units"
            " that at least two rated.",
            low=Number(row.ci_low, Kind.COEFFICIENT),
            high=Number(row.ci_high, Kind.COEFFICIENT),
            **values,
        )

    def payload(self) -> dict[str, object]:
        """The contract's object."""
        return {
            "rows": [row.as_json() for row in self.rows],
            "disagreements": [item.as_json() for item in self.disagreements],
            "notes": [str(note) for note in (*self.notes, *self.warnings)],
            "round": self.subject.round,
            "level": self.subject.level,
            "interviews": list(self.subject.interviews),
            "methods_sentence": None if self.methods is None else str(self.methods),
            **self.beside.as_json(),
        }

    @property
    def warnings(self) -> tuple[Message, ...]:
        """What simulations say of intervals like these: nothing where they hold the true value often enough."""
        head = self.headline
        own = () if head is None else warnings_of_one(head.simulated, measured_by(head))
        return (*own, *warnings_of_many([row.simulated for row in self.rows]))

    @property
    def methods(self) -> Message | None:
        """The sentence for the methods section of a paper; ``None`` where nothing was measured."""
        return methods_sentence(self.subject, self.headline, self.options)

    def tables(self) -> tuple[Table, ...]:
        """All rows as a tidy table, then the disagreements if asked for, and the tables beside."""
        rows = Table(name="agreement", columns=_COLUMNS, rows=tuple(_cells(row) for row in self.rows))
        listed = (disagreement_table(self.disagreements, self.subject),) if self.disagreements else ()
        return (rows, *listed, *(table for _, table in tables_beside(self.beside)))

    def blocks(self) -> tuple[Block, ...]:
        """Headline, figure, tables for people, and notes for every flag that was raised."""
        return presentation.blocks(self)


def _cells(row: AgreementRow) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for column in _COLUMNS:
        value = getattr(row, column.key)
        if column.key == "value" and value is None and row.reason is not None:
            cells.append(Undefined(row.reason))
        else:
            cells.append(", ".join(value) if isinstance(value, tuple) else value)
    return tuple(cells)


_KINDS: Mapping[str, tuple[Message, Kind]] = MappingProxyType(
    {
        "scope": (msg("Scope"), Kind.TEXT),
        "aggregate": (msg("Aggregate"), Kind.TEXT),
        "code": (msg("Code"), Kind.ID),
        "coders": (msg("Coders"), Kind.ID),
        "interview": (msg("Interview"), Kind.ID),
        "coefficient": (msg("Coefficient"), Kind.ID),
        "metric": (msg("Metric"), Kind.TEXT),
        "weights": (msg("Weights"), Kind.TEXT),
        "unit": (msg("Unit"), Kind.TEXT),
        "value": (msg("Value"), Kind.COEFFICIENT),
        "reason": (msg("Reason"), Kind.TEXT),
        "observed": (msg("Observed agreement"), Kind.COEFFICIENT),
        "expected": (msg("Expected agreement"), Kind.COEFFICIENT),
        "k": (msg("Categories"), Kind.COUNT),
        "se": (msg("Standard error"), Kind.COEFFICIENT),
        "ci_low": (msg("Lower limit"), Kind.COEFFICIENT),
        "ci_high": (msg("Upper limit"), Kind.COEFFICIENT),
        "ci_method": (msg("Interval"), Kind.TEXT),
        "cluster": (msg("Sampled"), Kind.TEXT),
        "n_clusters": (msg("Number sampled"), Kind.COUNT),
        "resamples": (msg("Resamples"), Kind.COUNT),
        "p_below_667": (msg("Share of resamples below .667"), Kind.SHARE),
        "p_below_80": (msg("Share of resamples below .80"), Kind.SHARE),
        "n_units": (msg("Units"), Kind.COUNT),
        "n_pairable": (msg("Units rated twice or more"), Kind.COUNT),
        "n_coders": (msg("Number of coders"), Kind.COUNT),
        "n_codes": (msg("Codes in the mean"), Kind.COUNT),
        "missing_share": (msg("Missing ratings"), Kind.SHARE),
        "prevalence": (msg("Prevalence"), Kind.SHARE),
        "prevalence_index": (msg("Prevalence index"), Kind.COEFFICIENT),
        "bias_index": (msg("Bias index"), Kind.COEFFICIENT),
        "coverage": (msg("Coverage"), Kind.SHARE),
        "flag": (msg("Flags"), Kind.TEXT),
    }
)

_COLUMNS = tuple(
    Column(item.name, *_KINDS[item.name]) for item in fields(AgreementRow) if item.name in _KINDS
)
