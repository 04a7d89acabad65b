"""A study as a REFI-QDA project (.qdpx), valid against the schema and the same bytes every time.

Texts are UTF-8 with LF and no byte order mark, positions are code points, ends exclusive; for NVivo they
are UTF-16 units of texts with CRLF and a byte order mark, one selection per coding. The paradigm model
goes as links, one set per role, and a graph. Source: REFI-QDA standard 1.5 and its Project schema.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from omnistudy import __version__
from omnistudy.formats.exported import NO_TABLES, WATERMARK, Exported, KeptTables, frozen, packed
from omnistudy.formats.reading.imported import LeftOut
from omnistudy.formats.refi.codebook_writer import add_codes, name_warnings
from omnistudy.formats.refi.elements import Elements
from omnistudy.formats.refi.model_writer import ModelWriter
from omnistudy.formats.refi.note_writer import NoteWriter, refer
from omnistudy.formats.refi.source_writer import SourceWriter
from omnistudy.results import msg
from omnistudy.study.model import CoderKind, Study
from omnistudy.text.keys import match_key

if TYPE_CHECKING:
    from lxml.etree import _Element


def export_qdpx(study: Study, *, nvivo: bool = False, kept: KeptTables = NO_TABLES) -> Exported:
    """Return a study as a .qdpx.

    Parameters
    ----------
    study
        The study.
    nvivo
        Count, split and encode as NVivo for Windows does.
    kept
        Names, comments and bare quotations, and groups, that earlier imports left in the study.

    Returns
    -------
    Exported
        With a list of what REFI-QDA has no place for.
    """
    elements = Elements(study.id)
    members = {"project.qde": _project(study, elements, kept, nvivo=nvivo)}
    for interview in study.interviews:
        text = interview.text
        data = "\ufeff" + text.replace("\n", "\r\n") if nvivo else text
        if not nvivo and text.startswith("\ufeff"):
            data = f"\ufeff{text}"  # readers take one mark for the file's
        members[f"sources/{elements.guid('source', interview.id)}.txt"] = data.encode("utf-8", "replace")
    return Exported(
        data=packed(members),
        counts=frozen(elements.counts),
        left_out=tuple(_left_out(study, elements)),
        warnings=tuple(name_warnings(study)),
    )


def _project(study: Study, elements: Elements, kept: KeptTables, *, nvivo: bool) -> bytes:
    """Return the project.qde, its children in the order of the schema."""
    from lxml import etree

    root = elements.root(
        "Project",
        name=study.settings.study.title or study.id,
        origin=f"omnistudy {__version__}{' for NVivo' if nvivo else ''}",
    )
    _add_users(root, study, elements, kept)
    notes = NoteWriter(study, elements)
    notes.add_memos()
    notes.add_rounds()
    if study.codebook.codes:
        add_codes(elements.add(elements.add(root, "CodeBook"), "Codes"), study, notes.of_code)
        elements.counts["codes"] = len(study.codebook.codes)
    sources = SourceWriter(study, elements, notes, kept, nvivo)
    sources.add_variables(root)
    sources.add_sources(root)
    model = ModelWriter(study, elements, notes, kept, sources.selections)
    links = model.links()
    if notes.notes:
        elements.add(root, "Notes").extend(notes.notes)
    if links is not None:
        root.append(links)
    model.add_sets(root)
    model.add_graph(root)
    if study.synthetic:
        elements.add(root, "Description", WATERMARK)
    refer(elements, root, notes.of_study)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def _add_users(root: _Element, study: Study, elements: Elements, kept: KeptTables) -> None:
    coders = dict.fromkeys(coder.id for coder in study.coders)
    coders |= dict.fromkeys(memo.coder for memo in study.memos)
    coders |= dict.fromkeys(row.get("coder", "") for row in kept.quotations)
    coders.pop("", None)
    if coders:
        users = elements.add(root, "Users")
        for coder in coders:
            elements.add(users, "User", guid=elements.user(coder), name=coder)
    elements.counts["coders"] = len(coders)
    elements.lost["kinds of coders"] = sum(
        coder.kind is not CoderKind.HUMAN
        and not (coder.kind is CoderKind.CONSENSUS and match_key(coder.id) == "consensus")
        for coder in study.coders
    )


def _left_out(study: Study, elements: Elements) -> Iterable[LeftOut]:
    """Yield what REFI-QDA has no place for."""
    no_field = msg("REFI-QDA has no field for them")
    for what, count, why in (
        (msg("role votes"), len(study.role_votes), no_field),
        (msg("propositions"), len(study.propositions), no_field),
        (msg("rows of the crosswalk"), len(study.crosswalk), no_field),
        (msg("rows of who saw what"), 0 if study.seen_assumed else len(study.seen), no_field),
        (msg("kinds of coders"), elements.lost["kinds of coders"], no_field),
        (msg("origins of codings"), sum(bool(each.source) for each in study.codings), no_field),
        (msg("times"), elements.lost["times"], msg("they are not written as ISO 8601")),
        (msg("targets of memos"), elements.lost["targets of memos"],
         msg("the study does not hold them; the memos are about the project")),
        (msg("further names and comments of quotations"), elements.lost["further names"],
         msg("a selection has one name and one comment")),
        (msg("members of groups"), elements.lost["members of groups"], msg("the study does not hold them")),
        (msg("characters"), elements.lost["characters"],
         msg("XML cannot hold them; each is now U+FFFD")),
    ):  # fmt: skip
        if count:
            yield LeftOut(what, count, why)
