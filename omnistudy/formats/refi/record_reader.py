"""The XML of a REFI-QDA project or codebook, read into records.

Elements are read as they end and cleared at once, so that memory follows the records and not the XML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from omnistudy.errors import StudyError
from omnistudy.formats.refi.records import (
    RawCase,
    RawCode,
    RawCoding,
    RawLink,
    RawMedium,
    RawProject,
    RawSelection,
    RawSet,
    RawText,
)
from omnistudy.formats.refi.xml import (
    attribute,
    child,
    children,
    finished_elements,
    guid,
    is_foreign,
    local,
    strangers,
    text_of,
    whole_text,
)

if TYPE_CHECKING:
    from lxml.etree import _Element


_TEXTS = frozenset({"TextSource", "Note", "Representation", "TextDescription", "Transcript"})
_MEDIA = frozenset({"PDFSource", "PictureSource", "AudioSource", "VideoSource"})
_OTHERS = frozenset({"User", "Codes", "Variable", "Case", "Link", "Set", "Graph", "Project", "CodeBook"})
_UNITS = _TEXTS | _MEDIA | _OTHERS | {"PlainTextSelection"}
_PARTS = frozenset(
    {
        "Description",
        "PlainTextContent",
        "PlainTextSelection",
        "Coding",
        "NoteRef",
        "VariableValue",
        "SyncPoint",
        "TranscriptSelection",
        "PDFSelection",
        "PictureSelection",
        "AudioSelection",
        "VideoSelection",
        "Transcript",
        "Representation",
        "TextDescription",
    }
)
_OF_PROJECT = frozenset(
    {
        "Users",
        "CodeBook",
        "Variables",
        "Cases",
        "Sources",
        "Notes",
        "Links",
        "Sets",
        "Graphs",
        "Description",
        "NoteRef",
    }
)
_VALUES = ("TextValue", "BooleanValue", "IntegerValue", "FloatValue", "DateValue", "DateTimeValue")
_MEMBERS = {"MemberCode": "code", "MemberSource": "source", "MemberNote": "note"}


def read_records(data: bytes, file: str, root: str) -> RawProject:
    """Read the XML of a project or codebook.

    Parameters
    ----------
    data
        The whole .qde or .qdc.
    file
        Name for errors.
    root
        Local name that the root element must have: ``Project`` or ``CodeBook``.

    Raises
    ------
    StudyError
        If it is not intact XML, declares a document type, or has another root.
    """
    reader = _Reader(RawProject())
    last = ""
    for element in finished_elements(data, _UNITS, file):
        last = local(element)
        if is_foreign(element):
            continue
        reader.take(element)
    if last != root:
        raise StudyError.of(
            f"The XML is no REFI-QDA file: its root is not {root}.",
            "Export it again from the program it comes from.",
            file=file,
        )
    return reader.project


@dataclass
class _Reader:
    """Collects records in the order in which elements end; lives as long as one call."""

    project: RawProject
    selections: list[RawSelection] = field(default_factory=list)  # of the text that is still open
    texts: list[RawText] = field(default_factory=list)  # of the medium that is still open

    def take(self, element: _Element) -> None:
        name = local(element)
        if name == "PlainTextSelection":
            self.selections.append(self._selection(element))
        elif name in _TEXTS:
            self._take_text(element, name)
        elif name in _MEDIA:
            self.project.media.append(self._medium(element, name))
            self.texts = []
        elif name == "Codes":
            self._take_codes(element)
        elif name == "Project":
            self._take_project(element)
        elif name == "CodeBook":
            self._take_codebook(element)
            return  # a .qdc's root; inside a project its codes are taken already
        else:
            self._take_other(element, name)
        element.clear()

    def _take_text(self, element: _Element, name: str) -> None:
        text = self._text(element, name)
        self.selections = []
        parent = element.getparent()
        if name == "Note":
            self.project.memos.append(text)
        elif name == "TextSource":
            self.project.texts.append(text)
        elif parent is not None and local(parent) in _MEDIA:
            self.texts.append(text)
        else:  # the words of a PDFSelection repeat those of the page; what is coded in them is counted
            self.project.ignored.update({"PlainTextSelection": len(text.selections)})

    def _text(self, element: _Element, kind: str) -> RawText:
        self.project.ignored.update(strangers(element, _PARTS))
        content = child(element, "PlainTextContent")
        spans = [self._selection(each) for each in children(element, "TranscriptSelection")]
        return RawText(
            kind=kind,
            guid=guid(attribute(element, "guid")),
            name=attribute(element, "name"),
            user=guid(attribute(element, "creatingUser")),
            created=attribute(element, "creationDateTime"),
            plain=attribute(element, "plainTextPath"),
            rich=attribute(element, "richTextPath"),
            content=None if content is None else whole_text(content),
            description=text_of(element, "Description"),
            selections=(*self.selections, *spans),
            codings=self._codings(element),
            notes=_references(element, "NoteRef"),
            values=_values(element),
            sync={
                guid(attribute(each, "guid")): attribute(each, "position")
                for each in children(element, "SyncPoint")
            },
        )

    def _medium(self, element: _Element, kind: str) -> RawMedium:
        self.project.ignored.update(strangers(element, _PARTS))
        own = kind.replace("Source", "Selection")
        return RawMedium(
            kind=kind,
            guid=guid(attribute(element, "guid")),
            name=attribute(element, "name"),
            user=guid(attribute(element, "creatingUser")),
            created=attribute(element, "creationDateTime"),
            description=text_of(element, "Description"),
            texts=tuple(self.texts),
            selections=tuple(self._selection(each) for each in children(element, own)),
            codings=self._codings(element),
            notes=_references(element, "NoteRef"),
            values=_values(element),
        )

    def _selection(self, element: _Element) -> RawSelection:
        kind = local(element)
        start, end = (
            (guid(attribute(element, "fromSyncPoint")), guid(attribute(element, "toSyncPoint")))
            if kind == "TranscriptSelection"
            else (attribute(element, "startPosition"), attribute(element, "endPosition"))
        )
        return RawSelection(
            kind=kind,
            guid=guid(attribute(element, "guid")),
            name=attribute(element, "name"),
            user=guid(attribute(element, "creatingUser")),
            created=attribute(element, "creationDateTime"),
            start=start,
            end=end,
            description=text_of(element, "Description"),
            codings=self._codings(element),
            notes=_references(element, "NoteRef"),
        )

    def _codings(self, element: _Element) -> tuple[RawCoding, ...]:
        found: list[RawCoding] = []
        for each in element:
            if local(each) != "Coding" or is_foreign(each):
                continue
            codes = _references(each, "CodeRef")
            notes = _references(each, "NoteRef")
            # the schema wants exactly one code; each further one is a coding of its own
            found.extend(
                RawCoding(
                    guid(attribute(each, "guid")),
                    code,
                    guid(attribute(each, "creatingUser")),
                    attribute(each, "creationDateTime"),
                    notes,
                )
                for code in codes or ("",)
            )
        return tuple(found)

    def _take_codes(self, element: _Element) -> None:
        waiting = [(each, "") for each in reversed(children(element, "Code"))]
        while waiting:
            each, parent = waiting.pop()
            own = guid(attribute(each, "guid"))
            self.project.codes.append(
                RawCode(
                    own,
                    attribute(each, "name"),
                    parent,
                    text_of(each, "Description"),
                    attribute(each, "color"),
                    _references(each, "NoteRef"),
                )
            )
            self.project.ignored.update(strangers(each, frozenset({"Description", "NoteRef", "Code"})))
            waiting.extend((below, own) for below in reversed(children(each, "Code")))

    def _take_other(self, element: _Element, name: str) -> None:
        project, own = self.project, guid(attribute(element, "guid"))
        title = attribute(element, "name")
        if name == "User":
            project.users.append((own, title, attribute(element, "id")))
        elif name == "Variable":
            project.variables[own] = title
        elif name == "Case":
            project.cases.append(
                RawCase(
                    own,
                    title,
                    text_of(element, "Description"),
                    _references(element, "CodeRef"),
                    _references(element, "SourceRef"),
                    _references(element, "SelectionRef"),
                    _values(element),
                )
            )
        elif name == "Link":
            ends = (guid(attribute(element, "originGUID")), guid(attribute(element, "targetGUID")))
            notes = _references(element, "NoteRef")
            project.links.append(RawLink(own, title, attribute(element, "direction"), *ends, notes))
        elif name == "Set":
            members = tuple(
                (_MEMBERS[local(each)], guid(attribute(each, "targetGUID") or attribute(each, "guid")))
                for each in element
                if local(each) in _MEMBERS
            )
            project.sets.append(RawSet(own, title, text_of(element, "Description"), members))
        elif name == "Graph":
            edges = children(element, "Edge")
            project.graphs += 1
            project.edges += len(edges)
            project.loose_edges += sum(not attribute(edge, "representedGUID") for edge in edges)

    def _take_project(self, element: _Element) -> None:
        project = self.project
        project.name = attribute(element, "name")
        project.origin = attribute(element, "origin")
        project.user = guid(attribute(element, "creatingUserGUID"))
        project.description = text_of(element, "Description")
        project.notes = _references(element, "NoteRef")
        project.ignored.update(strangers(element, _OF_PROJECT))

    def _take_codebook(self, element: _Element) -> None:
        if element.getparent() is None:
            self.project.origin = attribute(element, "origin")


def _references(element: _Element, name: str) -> tuple[str, ...]:
    found = [
        guid(attribute(each, "targetGUID"))
        for each in element
        if local(each) == name and not is_foreign(each)
    ]
    return tuple(reference for reference in found if reference)


def _values(element: _Element) -> tuple[tuple[str, str], ...]:
    """Return pairs of the variable's GUID and its value as text; a value that is not given is left out."""
    pairs = []
    for each in children(element, "VariableValue"):
        variable = next(iter(_references(each, "VariableRef")), "")
        value = next((text for name in _VALUES if (text := text_of(each, name).strip())), "")
        if variable and value:
            pairs.append((variable, value))
    return tuple(pairs)
