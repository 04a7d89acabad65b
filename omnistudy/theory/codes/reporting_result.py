"""What `codes --reporting` returns: quotation to role, frequencies and participants, as theses print them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from omnistudy.results import Block, Message, Prose, Provenance, Result, Table, msg
from omnistudy.study.model import Study
from omnistudy.theory.codes.reporting_tables import (
    frequencies,
    frequency_table,
    participants_table,
    place_of,
    trace_table,
    traced,
)
from omnistudy.theory.counts.frequencies import in_order
from omnistudy.theory.terms import analysis_set_words, count


@dataclass(frozen=True, kw_only=True)
class ReportingResult(Result):
    """The three tables that Iranian theses and journals ask for, on the analysis set of ``study``.

    ``described`` tells whether every participant has a row of its own.
    """

    study: Study
    described: bool = True
    command: ClassVar[str] = "reporting"

    @property
    def title(self) -> Message:
        """Heading of the section."""
        return msg("From the quotation to the role")

    @property
    def summary(self) -> Message:
        """Say how far every coded quotation leads up to a role."""
        pairs = traced(self.study)
        placed = sum(place_of(self.study, code).role is not None for code, _ in pairs)
        return msg(
            "Counting {analysis_set}: {rows} quotations with a code from {interviewees} interviewees, of which "
            "{placed} lead up to a role of the model; {codes} codes are in use.",
            analysis_set=analysis_set_words(self.study),
            rows=count(len(pairs)),
            interviewees=count(len({span.interview for _, span in pairs})),
            placed=count(placed),
            codes=count(len({code for code, _ in pairs})),
        )

    def payload(self) -> dict[str, object]:
        """Return the JSON object; a level that a branch of the tree lacks is ``null``."""
        study = self.study
        return {
            "analysis_set": study.analysis_set,
            "trace": [
                {
                    "quotation": span.id,
                    "interview": span.interview,
                    "start": span.start,
                    "end": span.end,
                    "text": study.passage(span),
                    "code": code,
                    **_place(study, code),
                }
                for code, span in traced(study)
            ],
            "frequencies": [
                {
                    "code": row.code,
                    "label": str(study.codebook[row.code].label),
                    **_place(study, row.code),
                    "interview_ids": list(row.interviewees),
                    "interviewees": len(row.interviewees),
                    "mentions": row.mentions,
                }
                for row in frequencies(study)
            ],
            "participants": [
                {
                    "interview": interview.id,
                    "date": interview.date,
                    "attributes": {name: value or None for name, value in interview.attributes.items()},
                    "words": len(interview.text.split()),
                }
                for interview in (in_order(study) if self.described else ())
            ],
        }

    def tables(self) -> tuple[Table, ...]:
        """Return the trace from quotation to role, the frequencies and the participants."""
        people = (participants_table(self.study),) if self.described else ()
        return (trace_table(self.study), frequency_table(self.study), *people)

    def blocks(self) -> tuple[Block, ...]:
        """Return the participants, the frequencies, and last the long table of quotations."""
        if not self.study.analysed:
            said = msg("Nothing is coded in the analysis set, so there is nothing to trace.")
            return (Prose(text=said), *self.tables()[2:])
        trace, frequency, *people = self.tables()
        return (*people, frequency, trace)


def _place(study: Study, code: str) -> dict[str, object]:
    place = place_of(study, code)
    return {
        "concept": place.concept,
        "subcategory": place.subcategory,
        "category": place.category,
        "role": None if place.role is None else str(place.role),
    }


def reporting_of(study: Study, provenance: Provenance, *, described: bool = True) -> ReportingResult:
    """Return the reporting tables of ``study``: from the quotation through code and category to the role.

    Parameters
    ----------
    study
        The study, counted on its analysis set.
    provenance
        Where the result comes from.
    described
        Whether each participant has a row; without it nobody can be singled out.

    Returns
    -------
    ReportingResult
        The trace of every quotation, frequencies by interviewees and by mentions, and the participants.

    Examples
    --------
    The shipped demonstration study, which is synthetic, has a row for every quotation and code:

    >>> from omnistudy.study.demonstration import shipped_study
    >>> from omnistudy.study.load import load_study
    >>> study = load_study(shipped_study())
    >>> from omnistudy.study.provenance import provenance_of
    >>> result = reporting_of(study, provenance_of(study), described=False)
    >>> len(result.payload()["trace"])
    458
    """
    return ReportingResult(provenance=provenance, study=study, described=described)
