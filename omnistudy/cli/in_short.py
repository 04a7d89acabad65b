"""What the reader of a report wants to know first: verdict, agreement, saturation, what is weak."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from omnistudy.agreement.result.result import AgreementResult
from omnistudy.crm.links.result import LinkRow, LinksResult
from omnistudy.replication.compare_result import CompareResult
from omnistudy.results import Kind, Message, Number, Result, msg
from omnistudy.theory.paradigm.result import ParadigmResult
from omnistudy.theory.saturation.result import SaturationResult

_BY_GRADE = ("Q0", "Q1", "A", "B", "C", "D")


@dataclass(frozen=True, slots=True)
class Line:
    """One of the first answers."""

    about: Message
    answer: Message

    def as_json(self) -> dict[str, str]:
        """The line in plain English."""
        return {"about": str(self.about), "answer": str(self.answer)}


def in_short(sections: Sequence[Result]) -> tuple[Line, ...]:
    """Pick the first answers out of the sections; a question without a section has no line."""
    return tuple(_lines(sections))


def _lines(sections: Sequence[Result]) -> Iterator[Line]:
    names = {
        CompareResult: msg("Verdict"),
        AgreementResult: msg("Agreement"),
        SaturationResult: msg("Saturation"),
    }
    for kind, name in names.items():
        for section in sections:
            if isinstance(section, kind):
                yield Line(name, section.summary)
    for section in sections:
        if isinstance(section, ParadigmResult):
            yield from _categories(section)
        if isinstance(section, LinksResult):
            yield from _links(section)


def _categories(section: ParadigmResult) -> Iterator[Line]:
    nodes = sorted(section.model.nodes, key=lambda node: (len(node.held_by), node.grounding))
    if not nodes:
        return
    for name, node in ((msg("Strongest category"), nodes[-1]), (msg("Weakest category"), nodes[0])):
        yield Line(
            name,
            msg(
                "{category}: {quotations} quotations in {interviews} of {n} interviews.",
                category=node.label,
                quotations=Number(node.grounding, Kind.COUNT),
                interviews=Number(len(node.held_by), Kind.COUNT),
                n=Number(section.n_interviews, Kind.COUNT),
            ),
        )


def _links(section: LinksResult) -> Iterator[Line]:
    graded = sorted(
        (row for row in section.rows if row.grade in _BY_GRADE), key=lambda row: _BY_GRADE.index(row.grade)
    )
    if graded:
        yield Line(msg("Strongest link to the records"), _link(graded[-1]))
        yield Line(msg("Weakest link to the records"), _link(graded[0]))
    for row in section.rows:
        if row.grade == "X":
            yield Line(msg("Contradicted by the records"), _link(row))


def _link(row: LinkRow) -> Message:
    return msg("{link}: {sentence}", link=row.link.id, sentence=row.sentence)
