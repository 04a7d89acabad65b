"""The user's own Word document, in whose styles and pages the report is written."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from omnistudy.errors import StudyError
from omnistudy.render.word.text import NAMESPACES

if TYPE_CHECKING:
    from docx.document import Document

_HERE = "omnistudy-report"
PLACEHOLDER = "{{omnistudy}}"
"""A paragraph with nothing else marks where the report goes."""

_REMEDY = "Save the template in Word or LibreOffice as a Word document (.docx) and pass that file."


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened template.

    Parameters
    ----------
    document
        The template as the library sees it.
    before
        The element of its body before which the report goes.
    properties
        Those of the section around that place.
    has_text, has_contents
        Whether it brings text of its own, and a table of contents.
    """

    document: Document
    before: Any
    properties: Any
    has_text: bool
    has_contents: bool


def open_template(data: bytes) -> Opened:
    """Open a template and find the place of the report: its placeholder, else its end.

    Raises
    ------
    StudyError
        If the bytes are no Word document, or one that is damaged or holds macros.
    """
    document = _document(data)
    body = document.element.body
    place = _placeholder(body)
    text = "".join(element.text or "" for element in body.iter(_tag("t"))).replace(PLACEHOLDER, "")
    codes = "".join(element.text or "" for element in body.iter(_tag("instrText")))
    simple = "".join(element.get(_tag("instr")) or "" for element in body.iter(_tag("fldSimple")))
    before = _end(document) if place is None else place
    return Opened(
        document, before, _properties_after(before, document), bool(text.strip()), "TOC" in codes + simple
    )


def _document(data: bytes) -> Document:
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        document = docx.Document(io.BytesIO(data))
        if document.element.body is None or document.styles is None:
            raise ValueError("the document has no body")
        document.sections[0].header.is_linked_to_previous  # noqa: B018 the parts are read when asked for
    except (
        OpcError,
        LxmlError,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        IndexError,
        AttributeError,
    ) as error:
        raise StudyError.of("The Word template is no Word document that can be read.", _REMEDY) from error
    return document


def _tag(name: str) -> str:
    from docx.oxml.ns import qn

    return str(qn(f"w:{name}"))


def _placeholder(body: Any) -> Any | None:
    for element in body.findall(_tag("p")):
        if "".join(part.text or "" for part in element.iter(_tag("t"))).strip() == PLACEHOLDER:
            return element
    return None


def _end(document: Document) -> Any:
    """Return the properties of the last section, which close the body."""
    body = document.element.body
    return body.get_or_add_sectPr()


def _properties_after(element: Any, document: Document) -> Any:
    """Return the properties of the section that ``element`` stands in: the next ones in the body."""
    at = element
    while at is not None:
        found = at if at.tag == _tag("sectPr") else at.find(f"{_tag('pPr')}/{_tag('sectPr')}")
        if found is not None:
            return found
        at = at.getnext()
    return document.element.body.get_or_add_sectPr()


def put(markup: str, opened: Opened) -> None:
    """Put the report into its place; a placeholder goes, unless a section ends in it."""
    from docx.oxml import parse_xml
    from lxml import etree

    document = opened.document.element
    known = dict(document.nsmap)
    parsed = parse_xml(f"<w:body {NAMESPACES}/>")
    here = etree.ProcessingInstruction(_HERE)
    opened.before.addprevious(here)
    _clear(opened)
    written = etree.tostring(document, encoding="unicode")
    mark = etree.tostring(here, encoding="unicode", with_tail=False)
    needed = dict(parsed.nsmap)
    if written.count(mark) == 1 and all(known.get(prefix, uri) == uri for prefix, uri in needed.items()):
        # To join the texts and parse them is sixty times faster than to move elements between trees.
        lacking = (f' xmlns:{prefix}="{uri}"' for prefix, uri in needed.items() if prefix not in known)
        name, blank, rest = written.replace(mark, markup).partition(" ")
        opened.document.part._element = parse_xml(f"{name}{''.join(lacking)}{blank}{rest}")
        return
    for element in parse_xml(f"<w:body {NAMESPACES}>{markup}</w:body>"):
        here.addprevious(element)
    parent = here.getparent()
    if parent is not None:
        parent.remove(here)


def _clear(opened: Opened) -> None:
    """Remove the placeholder, or its words where a section ends in it."""
    if opened.before.tag != _tag("p"):
        return
    if opened.before.find(f"{_tag('pPr')}/{_tag('sectPr')}") is None:
        opened.before.getparent().remove(opened.before)
        return
    for child in list(opened.before):
        if child.tag != _tag("pPr"):
            opened.before.remove(child)
