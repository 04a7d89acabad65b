"""Figures as pictures in the text, with their words for those who do not see them."""

from __future__ import annotations

import struct
from collections.abc import Callable

from omnistudy.render import words
from omnistudy.render.figures import readable
from omnistudy.render.png import DPI, png_file
from omnistudy.render.word.paper import Paper
from omnistudy.render.word.text import escaped, paragraph
from omnistudy.render.word.widths import Orientation
from omnistudy.results import Figure

_EMU_PER_TWIP = 635
_EMU_PER_INCH = 914400
_CAPTION_HEIGHT = 1100
_SMALLEST = 0.62
"""Below this share of its own size the letters of a figure are too small to read; the page is turned."""


def add_figure(figure: Figure, paper: Paper, embed: Callable[[bytes], str], *, synthetic: bool) -> None:
    """Draw a figure into the text; ``embed`` takes the bytes of a PNG and returns its relationship."""
    whole = figure
    figure, part = readable(whole)
    # A picture that is cut to what a page can show is another one than the whole of the same name.
    made = paper.context.pictures.get(figure.name) if figure is whole else None
    data = made or png_file(figure, paper.language, synthetic=synthetic)
    width, height = _size(data)
    sections = paper.sections
    upright = _scale(width, height, sections.portrait_room, sections.portrait_height)
    lying = _scale(width, height, sections.landscape_room, sections.landscape_height)
    turned = upright < _SMALLEST and lying > upright
    paper.turn(Orientation.LANDSCAPE if turned else Orientation.PORTRAIT)
    scale = lying if turned else upright
    below = paper.language.is_rtl
    if not below:
        paper.caption("Figure", words.numbered_figure, figure.caption, figure.name)
    drawn = _drawing(figure, paper, embed(data), round(width * scale), round(height * scale))
    paper.add(paragraph(drawn, paper.style("OmnistudyFigure"), keep_next=below, align="center"))
    if below:
        paper.caption("Figure", words.numbered_figure, figure.caption, figure.name, below=True)
    if part is not None:
        paper.words(part, "OmnistudyNote")


def _size(png: bytes) -> tuple[int, int]:
    """Return width and height in English metric units from the header of a PNG."""
    width, height = struct.unpack(">II", png[16:24])
    unit = _EMU_PER_INCH // DPI
    return width * unit, height * unit


def _scale(width: int, height: int, room: int, page: int) -> float:
    """Return how much of its own size a picture can have on a page, at most 1."""
    return min(1.0, room * _EMU_PER_TWIP / width, (page - _CAPTION_HEIGHT) * _EMU_PER_TWIP / height)


def _drawing(figure: Figure, paper: Paper, relation: str, width: int, height: int) -> str:
    language = paper.language
    number = len(paper.captions["Figure"]) + 1
    alternative = escaped(f"{language.text(figure.caption)} {language.text(figure.alt)}")
    extent = f'cx="{width}" cy="{height}"'
    named = f'id="{number}" name="{escaped(figure.name)}"'
    return (
        f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent {extent}/>'
        f'<wp:docPr {named} descr="{alternative}"/>'
        '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
        f"<pic:nvPicPr><pic:cNvPr {named}/><pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {extent}/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
