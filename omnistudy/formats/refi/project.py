"""REFI-QDA projects (.qdpx): what their elements say, resolved into one neutral project.

References are looked up after everything has been read; whatever cannot be placed is counted with its
reason. Rules for PDFs, transcripts, coders and case codings: REFI-QDA standard 1.5, and real files of
ATLAS.ti and NVivo.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from omnistudy.formats.reading.imported import Check, ImportedProject, ImportedSource, LeftOut
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.refi.cases import Attributes, attributes_of
from omnistudy.formats.refi.codes import code_tree
from omnistudy.formats.refi.container import open_container
from omnistudy.formats.refi.notes import Notes, imported_notes
from omnistudy.formats.refi.offsets import habit_of
from omnistudy.formats.refi.people import FROM, UNKNOWN, People
from omnistudy.formats.refi.placing import Placing
from omnistudy.formats.refi.record_reader import read_records
from omnistudy.formats.refi.sets import imported_sets
from omnistudy.formats.refi.sources import library
from omnistudy.results import Kind, Message, Number, msg

_AREAS = {
    "PDFSelection": msg("page areas"),
    "PictureSelection": msg("picture areas"),
    "AudioSelection": msg("times of sound recordings"),
    "VideoSelection": msg("times of videos"),
}


def read_refi_project(path: Path, options: ReadOptions) -> ImportedProject:
    """Read a REFI-QDA project.

    Parameters
    ----------
    path
        The .qdpx file; nothing is unpacked.
    options
        ``offsets`` forces the way of counting, ``split`` splits code names into paths.

    Raises
    ------
    StudyError
        If the archive or its XML is damaged or hostile, and if the selections contradict every way of
        counting positions.
    """
    with open_container(path) as container:
        project = read_records(container.project(), str(path), "Project")
        shelf = library(project, container, path)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    canonical = {each.id: each.text.canonical for each in shelf.documents if each.text is not None}
    tree = code_tree(project, options.split)
    placed = Placing(project, shelf, canonical, tree, People.of(project, options.coder))
    placed.place(options, path.name)
    cases = attributes_of(project, shelf, placed.quotation_ids, placed.case_members)
    notes = imported_notes(project, shelf, placed.note_targets(), tree.ids, placed.people)
    return _assembled(placed, cases, notes, file=path.name, sha256=digest)


def _assembled(
    placed: Placing, cases: Attributes, notes: Notes, *, file: str, sha256: str
) -> ImportedProject:
    project, shelf = placed.project, placed.shelf
    codings = notes.with_memos(placed.codings)
    groups = imported_sets(
        project,
        placed.code_ids,
        {guid: document.id for guid, document in shelf.by_guid.items()},
        shelf.names,
    )
    return ImportedProject(
        format="REFI-QDA project",
        file=file,
        sha256=sha256,
        sources=tuple(
            ImportedSource(
                id=each.id,
                name=each.name,
                text=placed.canonical.get(each.id, ""),
                attributes=cases.of.get(each.id, MappingProxyType({})),
            )
            for each in shelf.documents
        ),
        codes=placed.tree.codes,
        coders=placed.people.coders(coding.coder for coding in codings),
        quotations=tuple(placed.quotations.values()),
        codings=codings,
        memos=notes.memos,
        counts=MappingProxyType(_counts(placed, notes)),
        dialect=placed.choices[0].dialect if placed.choices else habit_of(project.origin),
        left_out=(
            *shelf.left_out,
            *placed.tree.left_out,
            *_lost(placed),
            *cases.left_out,
            *groups.left_out,
            *notes.left_out,
        ),
        warnings=tuple(_warnings(placed, cases)),
        relations=notes.relations,
        sets=groups.sets,
        origin=project.origin,
    )


def _counts(placed: Placing, notes: Notes) -> dict[str, int]:
    project = placed.project
    return {
        "interviews": len(placed.shelf.documents) + sum(item.count for item in placed.shelf.left_out),
        "codes": len(project.codes),
        "quotations": placed.selections,
        "codings": placed.all_codings,
        "memos": notes.count,
        "relations": len(project.links),
        "sets": len(project.sets),
        "graphs": project.graphs,
        "users": len(project.users),
        "cases": len(project.cases),
    }


_LOSSES: Mapping[str, tuple[Message, Message]] = MappingProxyType(
    {
        "selections": (
            msg("selections without a place"),
            msg("their positions are missing, reversed, outside of the text, or inside a character"),
        ),
        "codings of lost selections": (
            msg("codings of such selections"),
            msg("a coding needs a place in a text"),
        ),
        "case codings": (
            msg("codings with a case"),
            msg("the document became a member of the case; cases are columns of participants.csv"),
        ),
        "codings without a code": (
            msg("codings without a code"),
            msg("the file does not hold the code that they refer to"),
        ),
        "rectangles": (
            msg("rectangles of PDF quotations"),
            msg("the same quotation stands in the file as text"),
        ),
        "codings of rectangles": (
            msg("codings of such rectangles"),
            msg("the same coding stands in the file on the text"),
        ),
        "values": (
            msg("values of variables of sources without text"),
            msg("only interviews have attributes here"),
        ),
    }
)


def _lost(placed: Placing) -> Iterator[LeftOut]:
    for key, (what, why) in _LOSSES.items():
        if placed.lost[key]:
            yield LeftOut(what, placed.lost[key], why)
    for kind, what in _AREAS.items():
        if placed.areas[kind]:
            yield LeftOut(what, placed.areas[kind], msg("a study holds quotations of texts only"))
    for (kind, code, coder), count in sorted(placed.area_codings.items()):
        place = _AREAS.get(kind, msg("whole media without text"))
        yield LeftOut(
            msg("codings of {place} with '{code}' by {coder}", place=place, code=code, coder=coder),
            count,
            msg("their place is not a text"),
        )
    if placed.project.graphs:
        yield LeftOut(
            msg("graphs"),
            placed.project.graphs,
            msg("their layout has no place in a study; of their {edges} edges {loose} stand for no link",
                edges=Number(placed.project.edges, Kind.COUNT),
                loose=Number(placed.project.loose_edges, Kind.COUNT)),
        )  # fmt: skip
    for name, count in sorted(placed.project.ignored.items()):
        if count:
            yield LeftOut(
                msg("elements '{name}'", name=name), count, msg("they are not part of REFI-QDA there")
            )


def _warnings(placed: Placing, cases: Attributes) -> Iterator[Message]:
    yield from placed.shelf.warnings
    yield from placed.tree.warnings
    yield from placed.people.warnings()
    yield from cases.warnings
    steps = {step: count for step, count in placed.steps.items() if step != "coding"}
    for step, count in sorted(steps.items()):
        n = Number(count, Kind.COUNT)
        if step == UNKNOWN:
            yield msg(
                "{n} codings do not name their coder, nor does anything around them: they stand under {coder}. "
                "Say who it was: --coder NAME.",
                n=n,
                coder=UNKNOWN,
            )
        else:
            yield msg("{n} codings do not name their coder; it is taken from {step}.", n=n, step=FROM[step])
    habit = habit_of(placed.project.origin)
    for at, choice in enumerate(placed.choices):
        if not choice.proved and placed.quotations:
            yield msg(
                "Too few selections are named by their words to prove how positions count; they are taken to count"
                " as {dialect}.",
                dialect=str(choice.dialect),
            )
        elif choice.dialect not in {habit, habit_of(placed.project.origin, inline=True)}:
            yield msg(
                "Positions count as {dialect}, which is not how {origin} usually does.",
                dialect=str(choice.dialect),
                origin=placed.project.origin or "the standard",
            )
        if at and choice.dialect != placed.choices[0].dialect:
            yield msg("Positions of texts inside the XML count as {dialect}.", dialect=str(choice.dialect))
    shifted = sum(each.check is Check.SHIFTED for each in placed.quotations.values())
    if shifted:
        yield msg(
            "{n} selections were moved by a few characters to the words that their names repeat.",
            n=Number(shifted, Kind.COUNT),
        )
