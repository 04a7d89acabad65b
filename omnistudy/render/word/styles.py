"""The paragraph styles of a report, and how they find their places in the user's own template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from omnistudy.render.language import Language
from omnistudy.render.word.text import NAMESPACES

if TYPE_CHECKING:
    from docx.document import Document

LATIN_FONT = "Times New Roman"
PERSIAN_FONT = "B Nazanin"
PERSIAN_INSTEAD = "Tahoma"
"""What the font table names for machines without the font that Iranian universities ask for."""

_INK, _SOFT, _ALARM, _SHADE = "1B2530", "566270", "A61C1C", "F3F4F6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """A paragraph style; sizes are half points, distances twentieths of a point.

    ``name`` is the one that Word knows in every language, ``id`` ours; a template may have the same
    name under another id, and then its style is taken.
    """

    id: str
    name: str
    size: int
    complex_size: int
    before: int = 0
    after: int = 0
    bold: bool = False
    italic: bool = False
    colour: str = ""
    outline: int | None = None
    keep_next: bool = False
    keep_lines: bool = False
    align: str = ""
    indent: int = 0
    shade: str = ""
    line: int = 0
    below: str = "Normal"
    after_it: str = ""


STYLES: tuple[Style, ...] = (
    Style(id="Normal", name="Normal", size=22, complex_size=26, after=120, line=276, below=""),
    Style(
        id="Title", name="Title", size=40, complex_size=48, before=3600, after=240, bold=True, align="center"
    ),
    Style(id="Subtitle", name="Subtitle", size=24, complex_size=28, after=120, colour=_SOFT, align="center"),
    *(
        Style(
            id=f"Heading{level}",
            name=f"heading {level}",
            size=size,
            complex_size=complex_size,
            before=before,
            after=120,
            bold=True,
            colour=_INK,
            outline=level - 1,
            keep_next=True,
            keep_lines=True,
            after_it="Normal",
        )
        for level, size, complex_size, before in (
            (1, 32, 38, 0),
            (2, 26, 30, 300),
            (3, 23, 27, 240),
            (4, 22, 26, 200),
        )
    ),
    Style(
        id="TOCHeading", name="TOC Heading", size=32, complex_size=38, after=160, bold=True, keep_next=True
    ),
    Style(id="TOC1", name="toc 1", size=22, complex_size=24, before=60, after=20, bold=True),
    Style(id="TOC2", name="toc 2", size=20, complex_size=23, after=10, indent=360),
    Style(id="TableofFigures", name="table of figures", size=20, complex_size=23, after=30),
    Style(
        id="Caption",
        name="caption",
        size=22,
        complex_size=24,
        before=280,
        after=80,
        keep_next=True,
        keep_lines=True,
    ),
    Style(id="Quote", name="Quote", size=22, complex_size=25, after=0, indent=440, keep_lines=True),
    Style(id="Header", name="header", size=18, complex_size=20, align="center"),
    Style(id="Footer", name="footer", size=18, complex_size=22, align="center"),
    Style(
        id="OmnistudyTable", name="omnistudy table", size=18, complex_size=20, before=30, after=30, line=240
    ),
    Style(
        id="OmnistudyNote", name="omnistudy note", size=18, complex_size=20, before=60, after=200, line=250
    ),
    Style(
        id="OmnistudySource",
        name="omnistudy source",
        size=17,
        complex_size=19,
        after=140,
        indent=440,
        colour=_SOFT,
    ),
    Style(id="OmnistudyPassage", name="omnistudy passage", size=20, complex_size=23, after=100, indent=300),
    Style(
        id="OmnistudyRemark",
        name="omnistudy remark",
        size=22,
        complex_size=25,
        before=80,
        after=160,
        shade=_SHADE,
    ),
    Style(
        id="OmnistudyFigure",
        name="omnistudy figure",
        size=22,
        complex_size=26,
        before=120,
        after=80,
        align="center",
    ),
    Style(
        id="OmnistudyMark",
        name="omnistudy watermark",
        size=18,
        complex_size=20,
        bold=True,
        colour=_ALARM,
        align="center",
    ),
)
"""Every style that a report uses, in the order in which they are written."""


def style_xml(style: Style, based_on: str, next_style: str) -> str:
    """Return the definition of a style; fonts stand in the document's defaults only."""
    paragraph = "".join(
        (
            "<w:keepNext/>" if style.keep_next else "",
            "<w:keepLines/>" if style.keep_lines else "",
            f'<w:shd w:val="clear" w:color="auto" w:fill="{style.shade}"/>' if style.shade else "",
            _spacing(style),
            f'<w:ind w:left="{style.indent}" w:right="{style.indent}"/>' if style.indent else "",
            f'<w:jc w:val="{style.align}"/>' if style.align else "",
            f'<w:outlineLvl w:val="{style.outline}"/>' if style.outline is not None else "",
        )
    )
    letters = "".join(
        (
            "<w:b/><w:bCs/>" if style.bold else "",
            "<w:i/><w:iCs/>" if style.italic else "",
            f'<w:color w:val="{style.colour}"/>' if style.colour else "",
            f'<w:sz w:val="{style.size}"/><w:szCs w:val="{style.complex_size}"/>',
        )
    )
    default = ' w:default="1"' if not style.below else ""
    custom = ' w:customStyle="1"' if style.id.startswith("Omnistudy") else ""
    return (
        f'<w:style {NAMESPACES} w:type="paragraph"{default}{custom} w:styleId="{style.id}">'
        f'<w:name w:val="{style.name}"/>'
        + (f'<w:basedOn w:val="{based_on}"/>' if style.below else "")
        + (f'<w:next w:val="{next_style}"/>' if style.after_it else "")
        + f"<w:qFormat/><w:pPr>{paragraph}</w:pPr><w:rPr>{letters}</w:rPr></w:style>"
    )


def _spacing(style: Style) -> str:
    line = f' w:line="{style.line}" w:lineRule="auto"' if style.line else ""
    return f'<w:spacing w:before="{style.before}" w:after="{style.after}"{line}/>'


def _defaults(language: Language) -> str:
    fonts = f'<w:rFonts w:ascii="{LATIN_FONT}" w:hAnsi="{LATIN_FONT}" w:eastAsia="{LATIN_FONT}" w:cs="{PERSIAN_FONT}"/>'
    main = "fa-IR" if language.is_rtl else "en-US"
    return (
        f"<w:docDefaults {NAMESPACES}><w:rPrDefault><w:rPr>{fonts}"
        f'<w:lang w:val="{"en-US" if language.is_rtl else main}" w:bidi="fa-IR"/>'
        "</w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>"
    )


_NO_PARAGRAPHS = (
    '<w:style {ns} w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
    '<w:name w:val="Default Paragraph Font"/></w:style>',
    '<w:style {ns} w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
    '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/>'
    '<w:left w:w="70" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="70" w:type="dxa"/>'
    "</w:tblCellMar></w:tblPr></w:style>",
    '<w:style {ns} w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/></w:style>',
)


def own_styles(document: Document, language: Language) -> Mapping[str, str]:
    """Replace all styles of an empty document by ours, and return each id under itself."""
    from docx.oxml import parse_xml

    root = document.styles.element
    for child in list(root):
        root.remove(child)
    root.append(parse_xml(_defaults(language)))
    for plain in _NO_PARAGRAPHS:
        root.append(parse_xml(plain.format(ns=NAMESPACES)))
    for style in STYLES:
        root.append(parse_xml(style_xml(style, style.below, style.after_it)))
    return MappingProxyType({style.id: style.id for style in STYLES})


def styles_of_template(document: Document) -> Mapping[str, str]:
    """Add the styles that a template lacks, and return our ids with the ids that it has for them."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import qn

    root = document.styles.element
    known = {
        element.find(qn("w:name")).get(qn("w:val")).lower(): element.get(qn("w:styleId"))
        for element in root.findall(qn("w:style"))
        if element.find(qn("w:name")) is not None and element.get(qn("w:type")) == "paragraph"
    }
    taken = {element.get(qn("w:styleId")) for element in root.findall(qn("w:style"))}
    ids: dict[str, str] = {}
    for style in STYLES:
        if style.name.lower() in known:
            ids[style.id] = known[style.name.lower()]
            continue
        free = style.id if style.id not in taken else f"Omnistudy{style.id}"
        written = style_xml(style, ids.get(style.below, style.below), ids.get(style.after_it, style.after_it))
        element = parse_xml(written)
        element.set(qn("w:styleId"), free)
        root.append(element)
        ids[style.id] = free
    return MappingProxyType(ids)
