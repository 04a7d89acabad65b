"""Words as WordprocessingML: runs and paragraphs that say their direction.

Markup is written as text and parsed once. Everything that is not markup passes :func:`escaped`, the one
place where characters become XML. A run with right-to-left letters is marked ``w:rtl``, so that Word
takes its complex-script font and size; a number in a right-to-left report stands in a run of its own
without that mark, inside isolates, so that its sign and digits keep their order in every program.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from omnistudy.render.language import Language, Piece, PieceKind, direction_of
from omnistudy.render.untrusted import visible
from omnistudy.results import Label, Message, Quote
from omnistudy.text.direction import RTL_LETTER

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
_OWN_ISOLATES = re.compile("([\u2066\u2068\u2069])")
_LTR_STRETCH = re.compile("(\u2066[^\u2066-\u2069]*\u2069)")
_BREAKS = re.compile(r"([\n\t])")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")


def escaped(text: str) -> str:
    """Return text for an element or a quoted attribute; isolates of our own making stay, others show."""
    shown = "".join(
        part if _OWN_ISOLATES.fullmatch(part) else visible(part) for part in _OWN_ISOLATES.split(text)
    )
    return escape(shown, quote=True)


def run(
    text: str,
    *,
    rtl: bool = False,
    complex_script: bool = False,
    bold: bool = False,
    italic: bool = False,
    raised: bool = False,
    style: str = "",
) -> str:
    """Return a run; ``complex_script`` takes the complex-script font without changing the direction."""
    properties = "".join(
        mark
        for wanted, mark in (
            (style, f'<w:rStyle w:val="{style}"/>'),
            (bold, "<w:b/><w:bCs/>"),
            (italic, "<w:i/><w:iCs/>"),
            (raised, '<w:vertAlign w:val="superscript"/>'),
            (rtl, "<w:rtl/>"),
            (complex_script and not rtl, "<w:cs/>"),
        )
        if wanted
    )
    head = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f"<w:r>{head}{_content(text)}</w:r>"


def _content(text: str) -> str:
    """Return the text of a run; line ends become breaks, which is what Word calls them."""
    parts = (part for part in _BREAKS.split(text) if part)
    marks = {"\n": "<w:br/>", "\t": "<w:tab/>"}
    return "".join(marks.get(part) or f'<w:t xml:space="preserve">{escaped(part)}</w:t>' for part in parts)


def piece_runs(
    pieces: Iterable[Piece], language: Language, *, bold: bool = False, italic: bool = False
) -> str:
    """Return the pieces of a sentence as runs, each in its own direction."""
    return "".join(
        isolated_runs(language.isolated(piece), language, bold=bold, italic=italic) for piece in pieces
    )


def isolated_runs(text: str, language: Language, *, bold: bool = False, italic: bool = False) -> str:
    """Return text that :class:`Language` wrote, with its isolates, as runs; Persian is never slanted."""
    return "".join(
        _directed(stretch, language, bold=bold, italic=italic and not RTL_LETTER.search(stretch))
        for stretch in _LTR_STRETCH.split(text)
        if stretch
    )


def _directed(stretch: str, language: Language, *, bold: bool, italic: bool) -> str:
    if RTL_LETTER.search(stretch):
        return run(stretch, rtl=True, bold=bold, italic=italic)
    wordless = not any(character.isalnum() for character in stretch)
    return run(
        stretch,
        rtl=language.is_rtl and wordless,
        complex_script=language.is_rtl and not re.search("[A-Za-z]", stretch),
        bold=bold,
        italic=italic,
    )


def words_runs(
    message: Message | Label | str, language: Language, *, bold: bool = False, italic: bool = False
) -> str:
    """Return a sentence, a label or a name as runs."""
    pieces = (language.label(message),) if isinstance(message, Label) else language.pieces(message)
    return piece_runs(pieces, language, bold=bold, italic=italic)


def number_run(value: str, language: Language, *, raised: bool = False, bold: bool = False) -> str:
    """Return a number that is already written in the reader's digits."""
    text = language.isolated(Piece(value, PieceKind.NUMBER))
    return run(text, complex_script=language.is_rtl, raised=raised, bold=bold)


def is_rtl_quote(quote: Quote) -> bool:
    """Whether a passage runs from right to left: by its language, else by its first letter."""
    if _LANGUAGE_TAG.fullmatch(quote.language):
        return direction_of(quote.language) == "rtl"
    first = re.search(r"[^\W\d_]", quote.text)
    return bool(first and RTL_LETTER.match(first[0]))


def passage_runs(text: str, *, rtl: bool) -> str:
    """Return a passage of a transcript: right-to-left stretches and others, each with its own font."""
    text = visible(text)
    stretches = re.split(r"(\s*[A-Za-z][^\u0590-\u08ff\ufb1d-\ufefc]*)", text) if rtl else [text]
    return "".join(
        run(stretch, rtl=bool(RTL_LETTER.search(stretch)) or (rtl and not re.search("[A-Za-z]", stretch)))
        for stretch in stretches
        if stretch
    )


def paragraph(
    runs: str,
    style: str,
    *,
    rtl: bool = False,
    keep_next: bool | None = False,
    page_break: bool = False,
    align: str = "",
    section: str = "",
) -> str:
    """Return a paragraph.

    Parameters
    ----------
    runs
        Its content, markup already.
    style
        Id of its style.
    rtl
        Whether it starts at the right; ``align="left"`` then means the right side, as Word has it.
    keep_next, page_break
        Stay on the page of the next paragraph, ``None`` even against its style; start a page.
    align
        ``left``, ``center`` or ``right``; empty for that of the style.
    section
        Properties of the section that ends here.
    """
    properties = "".join(
        (
            f'<w:pStyle w:val="{style}"/>',
            "<w:keepNext/>" if keep_next else '<w:keepNext w:val="0"/>' if keep_next is None else "",
            "<w:pageBreakBefore/>" if page_break else "",
            "<w:bidi/>" if rtl else "",
            f'<w:jc w:val="{align}"/>' if align else "",
            section,
        )
    )
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def field(instruction: str, result: str, *, rtl: bool = False, bold: bool = False) -> str:
    """Return a field with the result that shows until the reader updates it."""
    properties = f"{'<w:b/><w:bCs/>' if bold else ''}{'<w:rtl/>' if rtl else ''}"
    head = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    code = f'<w:instrText xml:space="preserve"> {escaped(instruction)} </w:instrText>'
    return (
        f'<w:r>{head}<w:fldChar w:fldCharType="begin"/></w:r><w:r>{head}{code}</w:r>'
        f'<w:r>{head}<w:fldChar w:fldCharType="separate"/></w:r>{result}'
        f'<w:r>{head}<w:fldChar w:fldCharType="end"/></w:r>'
    )
