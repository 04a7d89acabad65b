"""Variables and cases of a REFI-QDA project as attributes of its documents.

Some programs give values to sources, others to cases: both are read, and where they differ the value of
the source stands. A case is a column of its own only if its name says more than the document's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from omnistudy.formats.reading.imported import LeftOut
from omnistudy.formats.refi.records import RawCase, RawProject
from omnistudy.formats.refi.sources import Library
from omnistudy.results import Kind, Message, Number, msg
from omnistudy.text.keys import match_key

_CASE = "case"


@dataclass(frozen=True, slots=True)
class Attributes:
    """Attributes by document, with what did not become one."""

    of: Mapping[str, Mapping[str, str]]
    left_out: tuple[LeftOut, ...]
    warnings: tuple[Message, ...]


def attributes_of(
    project: RawProject,
    shelf: Library,
    quotations: Mapping[str, str],
    coded: Mapping[str, set[str]],
) -> Attributes:
    """Gather the attributes of every document.

    Parameters
    ----------
    project, shelf
        What the file says, and its documents.
    quotations
        GUIDs of selections that are quotations.
    coded
        Case to the documents in which something was coded with it.
    """
    of: dict[str, dict[str, str]] = {}
    counts: Counter[str] = Counter()
    for document in shelf.documents:
        for variable, value in document.values:
            if name := project.variables.get(variable, "").strip():
                of.setdefault(document.id, {})[name] = value
                counts["source"] += 1
            else:
                counts["no variable"] += 1
    for case in project.cases:
        members = {shelf.by_guid[source].id for source in case.sources if source in shelf.by_guid}
        members |= coded.get(case.guid, set())
        counts["parts"] += sum(selection in quotations for selection in case.selections)
        counts["media"] += sum(source not in shelf.by_guid for source in case.sources)
        counts["descriptions"] += bool(case.description.strip())
        counts["codes"] += len(case.codes)
        counts["no document"] += not members
        for member in members:
            _join(of.setdefault(member, {}), case, project, shelf.by_guid[member].name, counts)
    return Attributes(
        MappingProxyType({document: MappingProxyType(values) for document, values in of.items()}),
        tuple(_left_out(counts)),
        tuple(_warnings(counts)),
    )


def _join(
    values: dict[str, str], case: RawCase, project: RawProject, document: str, counts: Counter[str]
) -> None:
    name = " ".join(case.name.split())
    if name and match_key(name) not in {match_key(document), match_key(document.rpartition(".")[0])}:
        before = values.get(_CASE, "")
        if name not in before.split("; "):
            values[_CASE] = f"{before}; {name}" if before else name
    for variable, value in case.values:
        column = project.variables.get(variable, "").strip()
        if not column:
            counts["no variable"] += 1
        elif column not in values:
            values[column] = value
            counts["case"] += 1
        elif values[column] != value:
            counts["conflict"] += 1


def _left_out(counts: Counter[str]) -> list[LeftOut]:
    reasons = {
        "parts": (
            msg("parts of documents in a case"),
            msg("a case of a study is whole interviews"),
        ),
        "media": (msg("members of cases"), msg("they are no documents with text")),
        "descriptions": (msg("descriptions of cases"), msg("a column has no place for them")),
        "codes": (msg("codes of cases"), msg("a case of a study is whole interviews")),
        "no document": (msg("cases without a document"), msg("their values belong to no interview")),
        "no variable": (
            msg("values of variables"),
            msg("the file does not hold the variable that they refer to"),
        ),
        "conflict": (msg("values of cases"), msg("the document, or another case, says otherwise")),
    }
    return [LeftOut(what, counts[key], why) for key, (what, why) in reasons.items() if counts[key]]


def _warnings(counts: Counter[str]) -> list[Message]:
    if not counts["source"] and not counts["case"]:
        return []
    return [
        msg(
            "Attributes of interviews: {sources} values stand in the file on sources, {cases} on cases.",
            sources=Number(counts["source"], Kind.COUNT),
            cases=Number(counts["case"], Kind.COUNT),
        )
    ]
