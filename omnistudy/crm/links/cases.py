"""Association over cases that carry both coded interviews and a metric: branches, regions, segments, periods."""

from __future__ import annotations

from dataclasses import dataclass, replace

from omnistudy.crm.links.association import LEAST_SHOWN, Association, associated
from omnistudy.crm.links.metrics import Rows, cases, has_cases, rows_of, several
from omnistudy.crm.links.refusals import no_cases, several_rows
from omnistudy.crm.links.register import Link
from omnistudy.crm.records.model import Records
from omnistudy.crm.refusals import Refusal
from omnistudy.study.model import Coding, Study


@dataclass(frozen=True, slots=True)
class CasePair:
    """One case: how present the category is in its interviews, and its metric."""

    case: str
    salience: float
    metric: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OverCases:
    """What a link shows over cases; under six cases even the pairs are withheld."""

    pairs: tuple[CasePair, ...] = ()
    association: Association | None = None
    refusal: Refusal | None = None
    n: int = 0


def over_cases(
    study: Study,
    records: Records | None,
    rows: Rows,
    link: Link,
    codings: tuple[Coding, ...],
    choice: tuple[int, float],
) -> OverCases:
    """Associate salience with the metric over cases, or refuse; ``choice`` is seed and confidence."""
    if not link.case or records is None:
        return OverCases(refusal=no_cases(link, len(study.interviews)))
    salience = salience_by_case(study, records, link, codings)
    found_rows = rows_of(rows, cases(link, records), link)
    ambiguous = several(found_rows, link)
    if ambiguous is not None:
        return OverCases(refusal=several_rows(link, ambiguous))
    metric = {row.group: row.value for row in found_rows if row.value is not None}
    pairs = tuple(
        CasePair(case, salience[case], metric[case]) for case in sorted(set(salience) & set(metric))
    )
    found = associated(
        [pair.salience for pair in pairs],
        [pair.metric for pair in pairs],
        seed=choice[0],
        confidence=choice[1],
    )
    shown = pairs if len(pairs) >= LEAST_SHOWN else ()
    if isinstance(found, Refusal):
        return OverCases(pairs=shown, refusal=replace(found, subject=link.id), n=len(pairs))
    return OverCases(pairs=shown, association=found, n=len(pairs))


def salience_by_case(
    study: Study, records: Records, link: Link, codings: tuple[Coding, ...]
) -> dict[str, float]:
    """How present the link's category is in the interviews of every case of its kind."""
    return _salience(study, members(study, records, link.case), codings, link.salience)


def members(study: Study, records: Records, kind: str) -> dict[str, frozenset[str]]:
    """The interviews of every case: by the table of cases, else by the participants' attribute of that name."""
    found: dict[str, set[str]] = {}
    if has_cases(records, kind) and records.has("cases", "interview"):
        sql = "select distinct case_id, interview from cases where kind = ? and interview is not null"
        for case, interview in records.engine.rows(sql, [kind]).rows:
            found.setdefault(str(case), set()).add(str(interview))
    if not found:
        for one in study.interviews:
            case_id = one.attributes.get(kind)
            if case_id:
                found.setdefault(case_id, set()).add(one.id)
    known = {interview.id for interview in study.interviews}
    return {case: frozenset(held & known) for case, held in found.items() if held & known}


def _salience(
    study: Study, interviews: dict[str, frozenset[str]], codings: tuple[Coding, ...], measure: str
) -> dict[str, float]:
    """Share of a case's interviews that hold the category, or its quotations per 1,000 words."""
    spans = {coding.quotation for coding in codings}
    holding = {span.interview for span in spans}
    if measure != "references":
        return {case: len(held & holding) / len(held) for case, held in interviews.items()}
    words = {one.id: len(one.text.split()) for one in study.interviews}
    return {
        case: 1000 * sum(span.interview in held for span in spans) / max(1, sum(words[name] for name in held))
        for case, held in interviews.items()
    }
