"""REFI-QDA's XML, read hardened and leniently: no document types, entities or network, names without namespaces.

The standard wants children in a fixed order and a fixed namespace; real files keep neither, so elements
are found by local name wherever they stand, and what belongs to a foreign namespace is only counted.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.parsers import expat

from omnistudy.errors import StudyError

if TYPE_CHECKING:
    from lxml.etree import _Element

MOST_DEPTH = 256
_AGAIN = "Export the project again from the program it comes from."
_GUID = re.compile(r"\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}?")
_OURS = "urn:qda-xml:"


class _DoctypeError(Exception):
    """The XML declares a document type."""


class _DepthError(Exception):
    """Elements lie too deep in each other."""


def guard_xml(data: bytes, file: str) -> None:
    """Refuse XML with a document type, hence with entities, too deep XML, and what is not XML.

    Raises
    ------
    StudyError
        With the line, where there is one.
    """
    parser = expat.ParserCreate()
    depth = 0

    def doctype(*_: object) -> None:
        raise _DoctypeError

    def start(*_: object) -> None:
        nonlocal depth
        depth += 1
        if depth > MOST_DEPTH:
            raise _DepthError

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)
    except _DoctypeError:
        what = "The XML declares a document type, through which files and entities could be drawn in."
        raise StudyError.of(what, "Remove the DOCTYPE, or export it again.", file=file) from None
    except _DepthError:
        what = f"Elements of the XML lie more than {MOST_DEPTH} deep in each other."
        raise StudyError.of(what, _AGAIN, file=file) from None
    except (expat.ExpatError, ValueError, LookupError, UnicodeError) as error:
        row = error.lineno if isinstance(error, expat.ExpatError) else None
        raise StudyError.of(f"This is not intact XML ({error}).", _AGAIN, file=file, row=row) from error


def root_name(head: bytes) -> str:
    """Return the local name of the root element, judged from the beginning of a file; empty if it has none."""
    found: list[str] = []

    def start(name: str, _: object) -> None:
        if not found:
            found.append(name.rpartition(":")[2])

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    with contextlib.suppress(expat.ExpatError, ValueError, LookupError, UnicodeError):
        parser.Parse(head, False)
    return found[0] if found else ""


def finished_elements(data: bytes, names: frozenset[str], file: str) -> Iterator[_Element]:
    """Yield the elements with these local names as they end; the caller clears what it has used.

    Raises
    ------
    StudyError
        If the XML cannot be parsed.
    """
    from lxml import etree

    guard_xml(data, file)
    try:
        for _, element in etree.iterparse(
            io.BytesIO(data),
            events=("end",),
            tag=[f"{{*}}{name}" for name in sorted(names)],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=True,
        ):
            yield element
    except etree.XMLSyntaxError as error:
        raise StudyError.of(f"This is not intact XML ({error}).", _AGAIN, file=file) from error


def local(element: _Element) -> str:
    """Return the element's name without its namespace; empty for comments and the like."""
    tag = element.tag
    return _local(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1024)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def is_foreign(element: _Element) -> bool:
    """Tell whether the element belongs to another vocabulary than REFI-QDA's."""
    tag = element.tag
    if not isinstance(tag, str) or not tag.startswith("{"):
        return False
    space = tag[1:].partition("}")[0]
    return not space.casefold().startswith(_OURS) and space != _space(element.getroottree().getroot())


def _space(root: _Element) -> str:
    tag = root.tag
    return tag[1:].partition("}")[0] if isinstance(tag, str) and tag.startswith("{") else ""


def children(element: _Element, name: str) -> list[_Element]:
    """Return the children with this local name that are not of a foreign vocabulary."""
    return [child for child in element if local(child) == name and not is_foreign(child)]


def child(element: _Element, name: str) -> _Element | None:
    """Return the first such child."""
    return next(iter(children(element, name)), None)


def text_of(element: _Element, name: str) -> str:
    """Return the text of the first child with this name; empty if there is none."""
    found = child(element, name)
    return "" if found is None else whole_text(found)


def whole_text(element: _Element) -> str:
    """Return all the text inside an element."""
    return "".join(str(part) for part in element.itertext())


@lru_cache(maxsize=4096)
def guid(text: str | None) -> str:
    """Return a GUID in lower case without braces; anything else as it stands, so that it still can be matched."""
    written = (text or "").strip()
    found = _GUID.fullmatch(written)
    return found[1].lower() if found else written.strip("{}").lower()


def attribute(element: _Element, name: str) -> str:
    """Return an attribute, also where its case differs; empty if it is missing."""
    value = element.get(name)
    if value is None:
        value = next((str(v) for k, v in element.attrib.items() if str(k).casefold() == name.casefold()), "")
    return str(value)


def strangers(element: _Element, known: frozenset[str]) -> Counter[str]:
    """Count the children that are foreign or that nobody knows, by name."""
    return Counter(
        local(each) for each in element if local(each) and (local(each) not in known or is_foreign(each))
    )
