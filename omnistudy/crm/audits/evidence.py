"""Evidence of an answer: a quotation of the study, a metric of the records, or a document.

An answer without evidence is not counted. A quotation is looked up in the study, a metric is computed
and its value shown; a document is named and cannot be checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from omnistudy.crm.audits.indicators import Indicator
from omnistudy.crm.metrics.registry import METRICS
from omnistudy.errors import did_you_mean
from omnistudy.results import Message, msg
from omnistudy.study.model import Study

QUOTATION = re.compile(r"^(?:(?:quote|quotation):\s*)?(?P<interview>[^:\s]+):(?P<start>\d+)-(?P<end>\d+)$")
_MARKED = re.compile(r"^(?:quote|quotation):", re.IGNORECASE)
_METRIC = re.compile(r"^metric:\s*(?P<name>[^/\s]+)(?:/(?P<level>\S+))?$")
_PERSIAN = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
NO_STUDY = msg("no study was given to look it up in")


class EvidenceKind(StrEnum):
    """What a reference names."""

    QUOTATION = "quotation"
    METRIC = "metric"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reference.

    Parameters
    ----------
    written
        The reference: a quotation's id, a metric's name or a document's.
    counts
        Whether an answer may rest on it: false for a metric that has no value here.
    checked
        Whether it was found; a document never is, a quotation only in a study.
    reason
        Why it does not count or could not be checked.
    indicator
        The metric's value.
    """

    kind: EvidenceKind
    written: str
    counts: bool = True
    checked: bool = False
    reason: Message | None = None
    indicator: Indicator | None = None

    def as_json(self) -> dict[str, object]:
        """The reference as JSON values."""
        return {
            "kind": str(self.kind),
            "reference": self.written,
            "counts": self.counts,
            "checked": self.checked,
            "reason": None if self.reason is None else str(self.reason),
            "metric": None if self.indicator is None else self.indicator.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Fault:
    """A reference to something that does not exist."""

    what: str
    remedy: str


def references(cell: str) -> Iterator[str]:
    """Split a cell into its references, parted by ``|`` or ``;``."""
    yield from (part.strip() for part in re.split(r"[|;؛]", cell) if part.strip())


def metric_names(cell: str) -> Iterator[str]:
    """Name the known metrics that a cell refers to."""
    for part in references(cell):
        found = _METRIC.match(part)
        if found and found["name"] in METRICS:
            yield found["name"]


def evidence_of(
    reference: str, study: Study | None, metrics: Mapping[tuple[str, str], Indicator]
) -> Evidence | Fault:
    """Look up one reference.

    Parameters
    ----------
    reference
        As written: ``P01:481-646``, ``metric:csat/top_two``, or anything else, which is a document.
    study
        Where quotations are looked up; without one they count, and the output says that nobody checked.
    metrics
        (name, level) to value; level ``""`` is the metric's first row.
    """
    ascii_form = reference.translate(_PERSIAN)
    if ascii_form.casefold().startswith("metric:"):
        return _metric(ascii_form, metrics)
    found = QUOTATION.match(ascii_form)
    if found is None and _MARKED.match(ascii_form):
        return Fault(f"'{reference}' is no quotation.", "Write interview:start-end, for example P01:481-646.")
    if found is None:
        name = reference.removeprefix("doc:").strip() or reference
        return Evidence(kind=EvidenceKind.DOCUMENT, written=name)
    quotation = f"{found['interview']}:{int(found['start'])}-{int(found['end'])}"
    return _quotation(quotation, found["interview"], study)


def _quotation(quotation: str, interview: str, study: Study | None) -> Evidence | Fault:
    if study is None:
        return Evidence(kind=EvidenceKind.QUOTATION, written=quotation, reason=NO_STUDY)
    known = {coding.quotation.id for coding in study.codings}
    if quotation in known:
        return Evidence(kind=EvidenceKind.QUOTATION, written=quotation, checked=True)
    if interview not in study.interview:
        near = did_you_mean(interview, study.interview) or "Name one of the study's interviews."
        return Fault(f"There is no interview {interview}.", near)
    near = did_you_mean(quotation, (one for one in known if one.startswith(f"{interview}:")))
    return Fault(
        f"Nobody coded the quotation {quotation}.", near or "omnistudy codes --quotes lists the quotations."
    )


def _metric(written: str, metrics: Mapping[tuple[str, str], Indicator]) -> Evidence | Fault:
    found = _METRIC.match(written)
    if found is None:
        return Fault(f"'{written}' names no metric.", "Write metric:NAME, for example metric:csat.")
    name, level = found["name"], found["level"] or ""
    if name not in METRICS:
        near = did_you_mean(name, METRICS) or f"Known: {', '.join(METRICS)}."
        return Fault(f"'{name}' is not a metric.", near)
    indicator = metrics.get((name, level))
    if indicator is None and level and (name, "") in metrics and metrics[name, ""].value is not None:
        levels = [at for metric, at in metrics if metric == name and at]
        near = did_you_mean(level, levels) or f"Its levels here: {', '.join(levels) or 'none'}."
        return Fault(f"The metric {name} has no level '{level}'.", near)
    indicator = indicator or metrics.get((name, ""))
    reference = f"{name}/{level}" if level else name
    if indicator is None:
        reason = msg("there are no records to compute it from")
        return Evidence(kind=EvidenceKind.METRIC, written=reference, counts=False, reason=reason)
    counts = indicator.value is not None
    return Evidence(
        kind=EvidenceKind.METRIC,
        written=reference,
        counts=counts,
        checked=counts,
        reason=indicator.reason,
        indicator=indicator,
    )
