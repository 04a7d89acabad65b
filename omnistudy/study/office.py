"""Word and OpenDocument files read as canonical text: one line per paragraph, in document order.

The XML is read as it is rather than through an object model, because tracked changes decide what the
text says: insertions are kept, deletions and moved-away passages dropped. Headers, footers, notes,
comments and automatic numbers are no speech. The archive and its XML are taken for hostile: sizes are
bounded while unpacking, entities and document types refused, nothing is fetched.

Sources: ECMA-376 part 1 (WordprocessingML); OASIS OpenDocument 1.3 part 3, sections 5, 6.1.2 and 5.5.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from omnistudy.text.canonical import NotTextError, normalised
from omnistudy.text.transcript import OffsetMap, Transcript

if TYPE_CHECKING:
    from lxml.etree import _Element

LARGEST_PART = 64 * 2**20
LARGEST_RATIO = 200
RATIO_FROM = 10 * 2**20
MOST_MEMBERS = 10_000

_SAVE_AGAIN = "Open it in the program it comes from and save it again."
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


def read_docx(data: bytes) -> Transcript:
    """Read a Word document.

    Parameters
    ----------
    data
        The bytes of the file.

    Returns
    -------
    Transcript
        Without an offset map. Every cell of a table gives its own lines; tabs and line breaks stay,
        page breaks do not; text boxes follow the paragraph that holds them.

    Raises
    ------
    NotTextError
        For anything that is not an intact, unprotected Word document.
    """
    with _archive(data, "a Word document") as archive:
        part = _main_part(archive)
        root = _xml(_member(archive, part))
    body = next((element for element in root if _name(element) == "body"), None)
    if body is None:
        raise NotTextError("This is not a Word document: it has no body.", _SAVE_AGAIN)
    lines = _Lines()
    _walk_word(body, lines)
    return lines.transcript()


def read_odt(data: bytes) -> Transcript:
    """Read an OpenDocument text.

    White space is collapsed as the standard asks; ``text:s``, tabs and line breaks are written out.
    Tracked deletions, notes and comments are dropped.

    Raises
    ------
    NotTextError
        For anything that is not an intact, unprotected OpenDocument text.
    """
    with _archive(data, "an OpenDocument text") as archive:
        names = archive.namelist()
        if "content.xml" not in names:
            raise NotTextError("This is not an OpenDocument text: it has no content.xml.", _SAVE_AGAIN)
        if "META-INF/manifest.xml" in names and b"encryption-data" in _member(
            archive, "META-INF/manifest.xml"
        ):
            raise NotTextError("This document is protected by a password.", "Save it without one.")
        root = _xml(_member(archive, "content.xml"))
    body = next((element for element in root.iter() if _name(element) == "text" and _is_body(element)), None)
    if body is None:
        raise NotTextError("This is not an OpenDocument text: it is another kind of document.", _SAVE_AGAIN)
    lines = _Lines()
    _walk_odf(body, lines)
    return lines.transcript()


@dataclass
class _Lines:
    """Lines of the text under construction; the lines of a box inside a paragraph wait for its end."""

    done: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    drops_blank: bool = True  # OpenDocument: at the start of a paragraph and after a blank

    def end(self) -> None:
        self.done.append("".join(self.current))
        self.done.extend(self.boxes)
        self.current.clear()
        self.boxes.clear()
        self.drops_blank = True

    def transcript(self) -> Transcript:
        if self.current or self.boxes:
            self.end()
        return Transcript(normalised("\n".join(self.done)).text, OffsetMap())


def _archive(data: bytes, what: str) -> zipfile.ZipFile:
    """Open a zip after looking for every way in which its directory lies or overreaches."""
    if data.startswith(_OLD_OFFICE):
        raise NotTextError(
            "This is an old .doc, or a document protected by a password.",
            "Save it as .docx without a password.",
        )
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, IndexError):
        raise NotTextError(f"This is not {what}, or it is damaged.", _SAVE_AGAIN) from None
    if len(members) > MOST_MEMBERS:
        raise NotTextError(f"The archive holds more than {MOST_MEMBERS:,} files.", _SAVE_AGAIN)
    for member in members:
        if member.flag_bits & 0x1:
            raise NotTextError("This document is protected by a password.", "Save it without one.")
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise NotTextError(f"This is not {what}: it is packed in another way.", _SAVE_AGAIN)
        if _escapes(member.filename):
            raise NotTextError("The archive holds a file that points outside of it.", _SAVE_AGAIN)
    return archive


def _escapes(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return ".." in parts or not parts[0] or re.match(r"[A-Za-z]:", name) is not None


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Unpack one member, counting bytes on the way: headers are not believed."""
    try:
        info = archive.getinfo(name)
        with archive.open(info) as stream:
            data = stream.read(LARGEST_PART + 1)
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        raise NotTextError("The document is damaged: its text cannot be unpacked.", _SAVE_AGAIN) from None
    packed = max(info.compress_size, 1)
    if len(data) > LARGEST_PART or (len(data) > RATIO_FROM and len(data) / packed > LARGEST_RATIO):
        raise NotTextError("The document unpacks to far more than a text can be.", _SAVE_AGAIN)
    return data


def _xml(data: bytes) -> _Element:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise NotTextError(
            "The document's XML declares a document type, which no such document does.", _SAVE_AGAIN
        )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise NotTextError("The document is damaged: its XML cannot be read.", _SAVE_AGAIN) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotTextError(
            "The document's XML declares a document type, which no such document does.", _SAVE_AGAIN
        )
    return root


def _name(element: _Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _attribute(element: _Element, name: str) -> str | None:
    return next(
        (str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), None
    )


def _main_part(archive: zipfile.ZipFile) -> str:
    """Return the name of the part that holds the text; almost always ``word/document.xml``."""
    if "_rels/.rels" in archive.namelist():
        for relation in _xml(_member(archive, "_rels/.rels")):
            if (_attribute(relation, "Type") or "").endswith("/officeDocument"):
                target = (_attribute(relation, "Target") or "").lstrip("/")
                if target in archive.namelist():
                    return target
    if "word/document.xml" in archive.namelist():
        return "word/document.xml"
    raise NotTextError("This is not a Word document: it has no text part.", _SAVE_AGAIN)


_WORD_DROPPED = {
    "del", "moveFrom", "instrText", "delText", "delInstrText", "Fallback", "sectPr", "pPr", "rPr", "tblPr",
    "trPr", "footnoteReference", "endnoteReference", "commentReference",
}  # fmt: skip
_WORD_CHARACTERS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}


def _walk_word(element: _Element, lines: _Lines) -> None:
    for child in element:
        name = _name(child)
        if name == "p":
            _word_paragraph(child, lines)
        elif name in _WORD_CHARACTERS:
            lines.current.append(_WORD_CHARACTERS[name])
        elif name == "t":
            lines.current.append(child.text or "")
        elif name == "br":
            if _attribute(child, "type") in {None, "textWrapping"}:
                lines.current.append("\n")
        elif name == "txbxContent":
            box = _Lines()
            _walk_word(child, box)
            lines.boxes.extend(box.done)
        elif name not in _WORD_DROPPED and not (name == "tr" and _is_deleted(child, "trPr")):
            _walk_word(child, lines)


def _word_paragraph(paragraph: _Element, lines: _Lines) -> None:
    _walk_word(paragraph, lines)
    mark = next((child for child in paragraph if _name(child) == "pPr"), None)
    if mark is None or not _is_deleted(mark, "rPr"):
        lines.end()


def _is_deleted(element: _Element, properties: str) -> bool:
    return any(
        _name(change) in {"del", "moveFrom"}
        for child in element
        if _name(child) == properties
        for change in child
    )


_ODF_DROPPED = {
    "tracked-changes",
    "annotation",
    "annotation-end",
    "note",
    "ruby-text",
    "forms",
    "sequence-decls",
}
_ODF_BLANKS = re.compile("[\t\r\n ]+")


def _is_body(element: _Element) -> bool:
    parent = element.getparent()
    return parent is not None and _name(parent) == "body"


def _walk_odf(element: _Element, lines: _Lines) -> None:
    for child in element:
        name = _name(child)
        if name in {"p", "h"}:
            _odf_characters(child, lines)
            if lines.current and lines.drops_blank:
                lines.current[-1] = lines.current[-1].removesuffix(" ")
            lines.end()
        elif name not in _ODF_DROPPED:
            _walk_odf(child, lines)


def _odf_characters(element: _Element, lines: _Lines) -> None:
    _odf_text(element.text, lines)
    for child in element:
        _odf_child(child, lines)
        _odf_text(child.tail, lines)


def _odf_child(child: _Element, lines: _Lines) -> None:
    name = _name(child)
    if name == "s":
        count = _attribute(child, "c") or "1"
        _odf_sign(" " * (int(count[:4]) if count.isdecimal() else 1), lines)
    elif name == "tab":
        _odf_sign("\t", lines)
    elif name == "line-break":
        _odf_sign("\n", lines)
    elif name in {"text-box", "table"}:
        box = _Lines()
        _walk_odf(child, box)
        lines.boxes.extend(box.done)
    elif name not in _ODF_DROPPED:
        _odf_characters(child, lines)


def _odf_sign(sign: str, lines: _Lines) -> None:
    """Add white space that stands as an element and is not collapsed."""
    lines.current.append(sign)
    lines.drops_blank = False


def _odf_text(text: str | None, lines: _Lines) -> None:
    """Add character data with its white space collapsed, also across elements."""
    text = _ODF_BLANKS.sub(" ", text or "")
    if lines.drops_blank:
        text = text.removeprefix(" ")
    if text:
        lines.current.append(text)
        lines.drops_blank = text.endswith(" ")
