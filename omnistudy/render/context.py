"""What a renderer must know besides the results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from omnistudy.render.language import Language
from omnistudy.results import Message

QuotePolicy = Literal["full", "short", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderContext:
    """How to render.

    Parameters
    ----------
    language
        The reader's language, with its digits.
    title
        Heading of a page; ``None`` takes the title of the first result.
    width
        Columns of the terminal.
    colour
        Whether the terminal understands colour; ``False`` where the output is no terminal.
    row_limit
        Rows of a table that a terminal shows before it points to ``--format csv``.
    page_row_limit
        Rows of a table in a page or a Markdown document.
    figure_files
        Figure name to the path or address of its file, for formats that link figures.
    pictures
        Figure name to its PNG where it is drawn already, for formats that hold pictures; others are drawn.
    quotes
        How much of a passage a document shows: ``full``, ``short`` (its beginning) or ``none``.
    quote_limit
        Passages shown in one list; the rest is counted.
    template
        Bytes of the user's Word template, for the Word report.
    """

    language: Language = field(default_factory=Language)
    title: Message | None = None
    width: int = 100
    colour: bool = False
    row_limit: int = 40
    page_row_limit: int = 1000
    figure_files: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    pictures: Mapping[str, bytes] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    quotes: QuotePolicy = "full"
    quote_limit: int = 20
    template: bytes | None = None
