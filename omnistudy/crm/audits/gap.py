"""`crm gap`: stages of a journey, current against target: fix, reduce, hold.

The rule is that of the source framework's journey gap analysis; `watch` is this program's own, where
the source is silent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from omnistudy.crm.audits.evidence import Evidence, Fault, evidence_of, references
from omnistudy.crm.audits.gap_result import GapResult, Quadrant, Stage, Verdict
from omnistudy.crm.audits.sheet_rows import SheetRow, sheet_rows
from omnistudy.errors import Problem, StudyError
from omnistudy.results import Provenance
from omnistudy.study.bare_table import BareTable
from omnistudy.study.model import Study
from omnistudy.text.keys import tight_key

# Who can mend a stage, after the source: by the key of the word that begins the cell.
OWNERS = {
    **dict.fromkeys(("people", "افراد", "کارکنان"), "people"),
    **dict.fromkeys(("process", "فرایند", "فرآیند"), "process"),
    **dict.fromkeys(("technology", "فناوری"), "technology"),
}
REQUIRED = ("stage", "current", "target")
COLUMNS = (
    "segment", "journey", "stage", "importance_customer", "importance_brand", "current", "target", "acceptable_min",
    "hurts_brand", "critical_need", "competitor", "owner", "action", "due", "evidence_ref",
)  # fmt: skip
_ORDER = tuple(Verdict)


def gaps_of(
    table: BareTable, provenance: Provenance, midpoint: float = 3.0, study: Study | None = None
) -> GapResult:
    """Judge every stage of a sheet.

    Parameters
    ----------
    table
        Columns of :data:`COLUMNS`; those of :data:`REQUIRED` must be there.
    provenance
        Carried into the result.
    midpoint
        Middle of the scale of importance, where the four quadrants meet.
    study
        Where quotations in ``evidence_ref`` are looked up.

    Returns
    -------
    GapResult
        A verdict for every stage, the quadrants of importance, and stages sorted by urgency.

    Raises
    ------
    StudyError
        Unknown or missing columns, cells that are no numbers, evidence that does not exist, stages
        that stand twice: all of them together.

    Examples
    --------
    Worked by hand: one stage is below what is acceptable, one better than it has to be.

    >>> from omnistudy.study.bare_table import table_of_columns
    >>> from omnistudy.study.provenance import provenance_of
    >>> sheet = table_of_columns({
    ...     "stage": ["apply", "repay"], "current": [2, 5], "target": [4, 4], "acceptable_min": [3, 2],
    ...     "hurts_brand": ["yes", "no"], "critical_need": ["yes", "no"],
    ... })
    >>> [(one.stage, str(one.verdict)) for one in gaps_of(sheet, provenance_of(sheet)).stages]
    [('apply', 'unacceptable'), ('repay', 'over_served')]
    """
    problems: list[Problem] = []
    stages: dict[tuple[str, str, str], Stage] = {}
    for row in sheet_rows(table, REQUIRED, COLUMNS):
        found = _faults(row, study)
        if found:
            problems += found
            continue
        one = _stage(row, midpoint, study)
        key = (one.segment, one.journey, one.stage)
        if key in stages:
            what = f"The stage '{one.stage}' stands in row {stages[key].row} already."
            problems.append(
                Problem(what=what, remedy="Keep one.", file=row.file, row=row.number, column="stage")
            )
        stages[key] = one
    if problems:
        raise StudyError(problems)
    return GapResult(
        provenance=provenance, stages=tuple(sorted(stages.values(), key=_urgency)), midpoint=midpoint
    )


_NUMBERS = ("importance_customer", "importance_brand", "current", "target", "acceptable_min", "competitor")


def _faults(row: SheetRow, study: Study | None) -> list[Problem]:
    """Every fault of one row, not the first only."""
    found: list[Problem] = []
    readers: list[tuple[Callable[[str], object], str]] = [(row.value, name) for name in _NUMBERS]
    readers += [(row.truth, name) for name in ("hurts_brand", "critical_need")]
    for read, name in readers:
        try:
            read(name)
        except StudyError as error:
            found += error.problems
    for reference in references(row.text("evidence_ref")):
        evidence = evidence_of(reference, study, {})
        if isinstance(evidence, Fault):
            found.append(
                Problem(
                    what=evidence.what,
                    remedy=evidence.remedy,
                    file=row.file,
                    row=row.number,
                    column="evidence_ref",
                )
            )
    return found


def _urgency(one: Stage) -> tuple[float, ...]:
    weight = (one.importance_customer or 0) * (one.importance_brand or 0) * (one.gap or 0)
    return (_ORDER.index(one.verdict), -weight, one.row)


def _stage(row: SheetRow, midpoint: float, study: Study | None) -> Stage:
    current, target = row.value("current"), row.value("target")
    customer, brand = row.value("importance_customer"), row.value("importance_brand")
    verdict = _verdict(row, current, target)
    competitor = row.value("competitor")
    ahead = (
        row.truth("critical_need") and competitor is not None and current is not None and competitor > current
    )
    needs = ("owner", "action", "due") if verdict in {Verdict.FIX, Verdict.UNACCEPTABLE} else ()
    return Stage(
        segment=row.text("segment"),
        journey=row.text("journey"),
        stage=row.text("stage"),
        importance_customer=customer,
        importance_brand=brand,
        current=current,
        target=target,
        gap=None if current is None or target is None else target - current,
        verdict=verdict,
        quadrant=_quadrant(customer, brand, midpoint),
        competitor_ahead=ahead,
        missing=_lacking(row, needs),
        row=row.number,
        owner=row.text("owner"),
        owner_kind=_owner_kind(row.text("owner")),
        action=row.text("action"),
        due=row.text("due"),
        evidence=tuple(
            one
            for reference in references(row.text("evidence_ref"))
            for one in (evidence_of(reference, study, {}),)
            if isinstance(one, Evidence)
        ),
    )


def _owner_kind(written: str) -> str | None:
    key = tight_key(written)
    return next((kind for word, kind in OWNERS.items() if key.startswith(tight_key(word))), None)


def _lacking(row: SheetRow, needs: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in needs if not row.text(name))


def _verdict(row: SheetRow, current: float | None, target: float | None) -> Verdict:
    least = row.value("acceptable_min")
    hurts = row.truth("hurts_brand")
    if current is None or target is None:
        return Verdict.UNRATED
    if least is not None and current < least:
        return Verdict.UNACCEPTABLE
    if current < target:
        return Verdict.FIX if hurts else Verdict.WATCH
    if current > target and not hurts and not row.truth("critical_need"):
        return Verdict.OVER_SERVED
    return Verdict.HOLD


def _quadrant(customer: float | None, brand: float | None, midpoint: float) -> Quadrant | None:
    if customer is None or brand is None:
        return None
    if customer > midpoint:
        return Quadrant.FOCUS if brand > midpoint else Quadrant.MAINTAIN
    return Quadrant.TEST if brand > midpoint else Quadrant.MINIMUM
