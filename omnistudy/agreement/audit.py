"""Which formula did a printed kappa come from?

Some published syntheses multiply all four marginal shares where Cohen's kappa adds two products; chance
then nearly vanishes and the printed value rises towards percent agreement. The audit evaluates every
formula on the four cells and names those that reproduce the printed digits.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from statistics import NormalDist
from typing import ClassVar

from omnistudy.errors import StudyError
from omnistudy.results import (
    Block,
    Column,
    Kind,
    Message,
    Note,
    Number,
    Provenance,
    Result,
    Status,
    Table,
    Undefined,
    listed,
    msg,
)

NOBODY_CODED = msg("neither coder coded any unit")
NO_FOURTH = msg("the fourth cell, units that neither coded, is needed")
NO_VARIATION = msg("no variation: both coders always chose the same category")

_OF_CODED_UNITS = frozenset({"holsti", "positive_agreement", "jaccard", "qualcoder"})
_PRINTED = re.compile(r"[+-]?\d*[.,٫/](?P<digits>\d+)|[+-]?\d+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A formula with its value on the four cells, and whether it rounds to the printed one."""

    formula: str
    title: Message
    value: float | None
    matches: bool

    @property
    def reason(self) -> Message:
        """Why a formula has no value on the cells: what it divides by is 0."""
        return NOBODY_CODED if self.formula in _OF_CODED_UNITS else NO_VARIATION


@dataclass(frozen=True, kw_only=True)
class KappaAudit(Result):
    """The result of ``audit kappa``.

    Parameters
    ----------
    cells
        A both, B and C one only, D neither (``None`` where nobody counted).
    printed
        The printed value as written, so that its digits are known.
    candidates
        Every formula that the cells allow.
    """

    cells: tuple[int, int, int, int | None]
    printed: str | None
    candidates: tuple[Candidate, ...]

    command: ClassVar[str] = "audit-kappa"

    @property
    def title(self) -> Message:
        """The heading in a report."""
        return msg("Audit of a printed kappa")

    @property
    def reason(self) -> Message | None:
        """Why Cohen's kappa is not answered."""
        d = self.cells[3]
        if not d:
            return msg(
                "the fourth cell (neither coder) is {cell}: nobody lists what both left out, so chance agreement"
                " cannot be known; count the units that neither coded",
                cell=msg("0") if d == 0 else msg("unknown"),
            )
        if self._value("cohen_kappa") is None:
            return NO_VARIATION
        return None

    def _with_reason(self, formula: str, why: Message) -> dict[str, object]:
        value = self._value(formula)
        return {formula: value, f"{formula}_reason": str(why) if value is None else None}

    def _value(self, formula: str) -> float | None:
        return next((item.value for item in self.candidates if item.formula == formula), None)

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa, where it may be answered."""
        return None if self.reason is not None else self._value("cohen_kappa")

    @property
    def summary(self) -> Message:
        """One honest sentence."""
        names = listed([item.formula for item in self.candidates if item.matches])
        if self.printed is not None and not names:
            return msg("No known formula gives {printed} on these cells.", printed=self.printed)
        if self.printed is not None:
            return msg(
                "The printed {printed} is what {formulas} gives.", printed=self.printed, formulas=names
            )
        if self.kappa is None:
            return msg("Cohen's kappa is undefined: {reason}.", reason=self.reason)
        return msg("Cohen's kappa is {value}.", value=Number(self.kappa, Kind.COEFFICIENT))

    def payload(self) -> dict[str, object]:
        """The contract's object, with the row that SPSS prints."""
        return {
            "cohen_kappa": {"value": self.kappa, "reason": None if self.reason is None else str(self.reason)},
            **self._with_reason("holsti", NOBODY_CODED),
            **self._with_reason("positive_agreement", NOBODY_CODED),
            **self._with_reason("percent_agreement", NO_FOURTH),
            "printed": self.printed,
            "candidates": [
                {
                    "formula": item.formula,
                    "value": item.value,
                    "reason": None if item.value is not None else str(item.reason),
                    "matches": item.matches,
                }
                for item in self.candidates
            ],
            "spss": None if self.kappa is None else spss_row(self.cells),
        }

    def tables(self) -> tuple[Table, ...]:
        """Every formula with its value."""
        columns = (
            Column("formula", msg("Formula"), Kind.TEXT),
            Column("value", msg("Value"), Kind.COEFFICIENT),
            Column("matches", msg("Matches the printed value"), Kind.FLAG),
        )
        rows = tuple(
            (item.title, Undefined(item.reason) if item.value is None else item.value, item.matches)
            for item in self.candidates
        )
        return (Table(name="audit-kappa", columns=columns, rows=rows),)

    def blocks(self) -> tuple[Block, ...]:
        """The table, and a warning where several formulas match."""
        out: list[Block] = [*self.tables()]
        if sum(item.matches for item in self.candidates) > 1:
            text = msg("Several formulas match: the printed value alone does not say which one was used.")
            out.append(Note(text=text, status=Status.WARNING))
        if self.printed is not None and self.reason is not None:
            out.append(Note(text=msg("Cohen's kappa is undefined: {reason}.", reason=self.reason)))
        return tuple(out)


def audit_kappa(
    a: int, b: int, c: int, d: int | None, provenance: Provenance, printed: str | None = None
) -> KappaAudit:
    """Evaluate every known formula on a 2 × 2 table.

    Parameters
    ----------
    a, b, c, d
        Units that both coders coded, only the first, only the second, neither; ``None`` for a fourth
        cell that nobody counted.
    provenance
        Where the result comes from.
    printed
        The printed value as written, for example ``".68"``.

    Returns
    -------
    KappaAudit
        Every formula with its value, or the reason why it has none, and whether it ``matches`` what was
        printed, to half a unit of the last printed digit; several may.

    Raises
    ------
    StudyError
        Negative cells, an empty table, or a printed value that is no number.

    References
    ----------
    Cohen (1960), doi:10.1177/001316446002000104; the sources of the other coefficients stand in
    :data:`~omnistudy.agreement.coefficients.registry.COEFFICIENTS`. The examples are worked by hand.

    Examples
    --------
    A kappa of .6809 printed for the cells 20, 5, 10, 15 is no kappa (.40) but multiplies all four margins:

    >>> from omnistudy.study.provenance import provenance_of
    >>> audit = audit_kappa(20, 5, 10, 15, provenance_of(), printed=".6809")
    >>> round(audit.kappa, 4), [item.formula for item in audit.candidates if item.matches]
    (0.4, ['four_margin_product'])

    A printed .32 for the cells 80, 10, 5, 5 may be Cohen's kappa or Krippendorff's alpha:

    >>> audit = audit_kappa(80, 10, 5, 5, provenance_of(), printed=".32")
    >>> [item.formula for item in audit.candidates if item.matches]
    ['cohen_kappa', 'krippendorff_alpha']
    """
    if min(a, b, c, d or 0) < 0 or a + b + c + (d or 0) == 0:
        raise StudyError.of(
            "The cells are negative or all 0.", "Give four counts, or - for an unknown fourth."
        )
    target, half = _target(printed)
    candidates = []
    for formula, title, value in _formulas(a, b, c, d):
        close = target is not None and value is not None and abs(value - target) <= half + 1e-12
        candidates.append(Candidate(formula, title, value, close))
    return KappaAudit(
        provenance=provenance, cells=(a, b, c, d), printed=printed, candidates=tuple(candidates)
    )


def _target(printed: str | None) -> tuple[float | None, float]:
    """Return the printed value and half a unit of its last digit."""
    if printed is None:
        return None, 0.0
    found = _PRINTED.fullmatch(printed.strip())
    if not found:
        raise StudyError.of(f"'{printed}' is no printed kappa.", "Write it as printed, for example .68.")
    digits = len(found["digits"] or "")
    text = printed.strip().replace(",", ".").replace("٫", ".").replace("/", ".")
    return float(text), 0.5 * 10.0**-digits


def _formulas(a: int, b: int, c: int, d: int | None) -> list[tuple[str, Message, float | None]]:
    shared = 2 * a / (2 * a + b + c) if a + b + c else None
    free = [
        ("holsti", msg("Holsti's coefficient"), shared),
        ("positive_agreement", msg("Positive agreement (Dice)"), shared),
        ("jaccard", msg("Jaccard: shared over coded by anyone"), a / (a + b + c) if a + b + c else None),
    ]
    if d is None:
        return free
    n = a + b + c + d
    observed = (a + d) / n
    row, column = (a + b) / n, (a + c) / n
    pooled = (row + column) / 2
    scott = _corrected(observed, pooled**2 + (1 - pooled) ** 2)
    ignored = a + b + c
    qualcoder = None
    if ignored:
        yes = (a + b) / ignored * (a + c) / ignored
        no = b / ignored * c / ignored
        qualcoder = _corrected(a / ignored, yes * no)
    return [
        ("percent_agreement", msg("Percent agreement"), observed),
        ("cohen_kappa", msg("Cohen's kappa"), _corrected(observed, row * column + (1 - row) * (1 - column))),
        (
            "four_margin_product",
            msg("Kappa with the product of all four margins as chance (wrong)"),
            _corrected(observed, row * column * (1 - row) * (1 - column)),
        ),
        ("scott_pi", msg("Scott's pi"), scott),
        (
            "krippendorff_alpha",
            msg("Krippendorff's alpha"),
            None if scott is None else scott + (1 - scott) / (2 * n),
        ),
        ("pabak", msg("Bennett's S, Brennan–Prediger, PABAK"), 2 * observed - 1),
        ("gwet_ac1", msg("Gwet's AC1"), _corrected(observed, 2 * pooled * (1 - pooled))),
        ("qualcoder", msg("QualCoder's product of chances on coded text (wrong)"), qualcoder),
        *free,
    ]


def _corrected(observed: float, expected: float) -> float | None:
    return None if expected >= 1 else (observed - expected) / (1 - expected)


def spss_row(cells: tuple[int, int, int, int | None]) -> dict[str, float | None]:
    """Return the row of SPSS Crosstabs: value, asymptotic error, T and significance.

    T and its significance test that kappa is 0 with the error under that hypothesis; they say nothing of
    how good the agreement is.
    """
    a, b, c, d = cells[0], cells[1], cells[2], cells[3] or 0
    n = a + b + c + d
    shares = [[a / n, b / n], [c / n, d / n]]
    row = [sum(shares[0]), sum(shares[1])]
    column = [shares[0][0] + shares[1][0], shares[0][1] + shares[1][1]]
    observed = shares[0][0] + shares[1][1]
    expected = row[0] * column[0] + row[1] * column[1]
    kappa = (observed - expected) / (1 - expected)
    total = sum(
        shares[i][j] * ((i == j) - (column[i] + row[j]) * (1 - kappa)) ** 2
        for i in range(2)
        for j in range(2)
    )
    variance = (total - (kappa - expected * (1 - kappa)) ** 2) / (n * (1 - expected) ** 2)
    cross = sum(row[i] * column[i] * (row[i] + column[i]) for i in range(2))
    null = (expected + expected**2 - cross) / (n * (1 - expected) ** 2)
    t = kappa / math.sqrt(null) if null > 0 else None
    significance = None if t is None else 2 * (1 - NormalDist().cdf(abs(t)))
    return {
        "Value": kappa,
        "Asymptotic Standard Error": math.sqrt(max(variance, 0.0)),
        "Approximate T": t,
        "Approximate Significance": significance,
    }
