"""Pages: size, margins, direction, and what stands in their headers and footers."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from omnistudy.render import words
from omnistudy.render.language import Language
from omnistudy.render.word.paper import Sections
from omnistudy.render.word.text import NAMESPACES, field, number_run, paragraph, words_runs
from omnistudy.results import Kind, Message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docx.document import Document

_A4 = (11906, 16838)
_MARGIN = 1418  # 2.5 cm
_HEADER = 709


def own_pages(
    document: Document, language: Language, styles: Mapping[str, str], title: Message, *, synthetic: bool
) -> Sections:
    """Set up A4 pages with the page number below and the watermark, else the title, above.

    The first page has no number. Returns the properties of sections for :class:`Paper`.
    """
    _make_a4(document, language)
    section = document.sections[0]
    section.different_first_page_header_footer = True
    mark = _watermark(language, styles)
    head = (
        mark if synthetic else paragraph(words_runs(title, language), styles["Header"], rtl=language.is_rtl)
    )
    number = number_run(language.number(1, Kind.COUNT), language)
    foot = paragraph(field("PAGE", number, rtl=language.is_rtl), styles["Footer"], rtl=language.is_rtl)
    nothing = paragraph("", styles["Footer"])
    _fill(section.header, head)
    _fill(section.first_page_header, mark if synthetic else nothing)
    _fill(section.footer, foot)
    _fill(section.first_page_footer, nothing)
    return _sections_like(section._sectPr)


def pages_of_template(
    document: Document, properties: Any, language: Language, styles: Mapping[str, str], *, synthetic: bool
) -> Sections:
    """Take the pages of a template as they are; a synthetic study adds its watermark to every header."""
    if synthetic:
        for header in _headers(document):
            _append(header, _watermark(language, styles))
    return _sections_like(properties)


def _headers(document: Document) -> Iterator[Any]:
    """Yield every header that some page shows; the first section gets those that it lacks."""
    sections = list(document.sections)
    even = document.settings.odd_and_even_pages_header_footer
    first = any(section.different_first_page_header_footer for section in sections)
    for at, section in enumerate(sections):
        kinds = (
            (section.header, True),
            (section.first_page_header, first),
            (section.even_page_header, even),
        )
        for header, used in kinds:
            if used and at == 0:
                header.is_linked_to_previous = False
            if used and not header.is_linked_to_previous:
                yield header


def _watermark(language: Language, styles: Mapping[str, str]) -> str:
    runs = words_runs(words.SYNTHETIC, language)
    return paragraph(runs, styles["OmnistudyMark"], rtl=language.is_rtl)


def _fill(place: Any, markup: str) -> None:
    """Put a paragraph into a header or footer in place of what the library starts it with."""
    place.is_linked_to_previous = False
    element = place._element
    for child in list(element):
        element.remove(child)
    _append(place, markup)


def _append(place: Any, markup: str) -> None:
    from docx.oxml import parse_xml

    for element in parse_xml(f"<w:hdr {NAMESPACES}>{markup}</w:hdr>"):
        place._element.append(element)


def _make_a4(document: Document, language: Language) -> None:
    """Give the only section of a new document its size, margins and direction."""
    from docx.oxml import parse_xml

    properties = document.sections[0]._sectPr
    width, height = _A4
    edges = " ".join(f'w:{side}="{_MARGIN}"' for side in ("top", "right", "bottom", "left"))
    written = (
        f'<w:pgSz {NAMESPACES} w:w="{width}" w:h="{height}"/>',
        f'<w:pgMar {NAMESPACES} {edges} w:header="{_HEADER}" w:footer="{_HEADER}" w:gutter="0"/>',
        *((f"<w:bidi {NAMESPACES}/>",) if language.is_rtl else ()),
    )
    for child in list(properties):
        properties.remove(child)
    for markup in written:
        properties.append(parse_xml(markup))


def _sections_like(properties: Any) -> Sections:
    """Derive all sections from the properties of the one that the report starts in."""
    from docx.oxml.ns import qn

    later = deepcopy(properties)
    continue_counting(later)
    lying = deepcopy(later)
    size = lying.find(qn("w:pgSz"))
    if size is not None:
        sides = sorted((int(size.get(qn("w:w"))), int(size.get(qn("w:h")))))
        size.set(qn("w:w"), str(sides[1]))
        size.set(qn("w:h"), str(sides[0]))
        size.set(qn("w:orient"), "landscape")
    upright, flat = _text_area(later), _text_area(lying)
    return Sections(
        first=_markup(properties),
        portrait=_markup(later),
        landscape=_markup(lying),
        portrait_room=upright[0],
        landscape_room=flat[0],
        portrait_height=upright[1],
        landscape_height=flat[1],
    )


def _markup(properties: Any) -> str:
    from lxml import etree

    return etree.tostring(properties, encoding="unicode")


def _text_area(properties: Any) -> tuple[int, int]:
    """Return width and height of the text; a template that names no size is taken for A4."""
    from docx.oxml.ns import qn

    size, margin = properties.find(qn("w:pgSz")), properties.find(qn("w:pgMar"))
    width, height = _A4 if size is None else (int(size.get(qn("w:w"))), int(size.get(qn("w:h"))))

    def edge(name: str) -> int:
        return _MARGIN if margin is None else abs(int(margin.get(qn(f"w:{name}"), "0")))

    return (
        width - edge("left") - edge("right") - (edge("gutter") if margin is not None else 0),
        height - edge("top") - edge("bottom"),
    )


def continue_counting(properties: Any) -> None:
    """Make a section go on counting pages on a new page, without a first page of its own."""
    from docx.oxml.ns import qn

    for name in ("w:type", "w:titlePg"):
        for element in properties.findall(qn(name)):
            properties.remove(element)
    for element in properties.findall(qn("w:pgNumType")):
        element.attrib.pop(qn("w:start"), None)
