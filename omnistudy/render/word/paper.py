"""The body of the document while it is written: numbers given once, entries of its lists, turned pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from omnistudy.render.context import RenderContext
from omnistudy.render.language import Language, PieceKind
from omnistudy.render.word.text import field as field_runs
from omnistudy.render.word.text import number_run, paragraph, piece_runs, run, words_runs
from omnistudy.render.word.widths import Orientation
from omnistudy.results import Label, Message

Numbered = Literal["Table", "Figure"]
"""Names of the two sequences that Word counts; they stand in the fields and not on the page."""

_LONGEST_BOOKMARK = 40
_HAIRLINE = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a list at the front: its words as runs, its bookmark, its level."""

    runs: str
    bookmark: str
    level: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """How the pages of the document are: properties of sections as markup, widths of the text.

    ``first`` belongs to the section that the report starts in, which may have a page of its own at its
    beginning; ``portrait`` to the later ones.
    """

    first: str
    portrait: str
    landscape: str
    portrait_room: int
    landscape_room: int
    portrait_height: int
    landscape_height: int


@dataclass(slots=True)
class Paper:
    """What is written so far."""

    context: RenderContext
    styles: Mapping[str, str]
    sections: Sections
    parts: list[str] = field(default_factory=list)
    headings: list[Entry] = field(default_factory=list)
    captions: dict[Numbered, list[Entry]] = field(default_factory=lambda: {"Table": [], "Figure": []})
    orientation: Orientation = Orientation.PORTRAIT
    turned: bool = False
    waiting: int | None = None
    title: Message | Label | str | None = None
    marks: int = 0
    taken: set[str] = field(default_factory=set)

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.context.language

    @property
    def rooms(self) -> tuple[int, int]:
        """Widths of the text upright and lying."""
        return self.sections.portrait_room, self.sections.landscape_room

    def add(self, markup: str) -> None:
        """Write on."""
        self.waiting = None
        self.parts.append(markup)

    def style(self, name: str) -> str:
        """Return the id that one of our styles has in this document."""
        return self.styles[name]

    def turn(self, orientation: Orientation) -> None:
        """Go on in pages that lie so; a section ends where that changes, before headings that wait."""
        if orientation is self.orientation:
            return
        if self.orientation is Orientation.LANDSCAPE:
            properties = self.sections.landscape
        else:
            properties = self.sections.portrait if self.turned else self.sections.first
        at = len(self.parts) if self.waiting is None else self.waiting
        self.parts.insert(at, f"<w:p><w:pPr>{_HAIRLINE}{properties}</w:pPr></w:p>")
        self.orientation, self.turned = orientation, True

    def bookmark(self, wish: str) -> str:
        """Return a name for a bookmark that is free and stable for the same results."""
        base = re.sub(r"\W+", "_", wish, flags=re.ASCII)[:_LONGEST_BOOKMARK].strip("_") or "part"
        name, copy = base, 2
        while name.casefold() in self.taken:
            name, copy = f"{base[: _LONGEST_BOOKMARK - 4]}_{copy}", copy + 1
        self.taken.add(name.casefold())
        return name

    def marked(self, runs: str, name: str) -> str:
        """Put a bookmark around runs."""
        self.marks += 1
        start = f'<w:bookmarkStart w:id="{self.marks}" w:name="{name}"/>'
        return f'{start}{runs}<w:bookmarkEnd w:id="{self.marks}"/>'

    def heading(self, message: Message | Label | str, level: int, *, page_break: bool = False) -> None:
        """Write a heading and remember it for the table of contents."""
        runs = words_runs(message, self.language)
        # Names of this form are those that Word gives to headings itself.
        name = f"_Toc{len(self.headings) + 1:09d}"
        self.headings.append(Entry(runs, name, level))
        style = self.style(f"Heading{level}")
        text = self.marked(runs, name)
        waiting = len(self.parts) if self.waiting is None else self.waiting
        self.add(paragraph(text, style, rtl=self.language.is_rtl, keep_next=True, page_break=page_break))
        self.waiting, self.title = waiting, message

    def words(
        self, message: Message, style: str = "Normal", *, bold: bool = False, keep: bool = False
    ) -> None:
        """Write a paragraph of our own words."""
        runs = words_runs(message, self.language, bold=bold)
        self.add(paragraph(runs, self.style(style), rtl=self.language.is_rtl, keep_next=keep))

    def lead(self, message: Message) -> None:
        """Write the sentence below a heading, which goes with it where a page is turned."""
        waiting = self.waiting
        self.words(message, bold=True)
        self.waiting = waiting

    def gap(self) -> None:
        """Leave a line, so that two tables do not grow together."""
        self.add(paragraph("", self.style("OmnistudyNote"), rtl=self.language.is_rtl))

    def caption(
        self,
        sequence: Numbered,
        numbered: Callable[[int], Message],
        title: Message | Label | str | None,
        name: str,
        *,
        below: bool = False,
    ) -> None:
        """Write a numbered caption: the number bold, its title on the next line, or beside it in Persian.

        What has no title of its own takes that of the section it stands in.
        """
        title = self.title if title is None else title
        language, entries = self.language, self.captions[sequence]
        count = len(entries) + 1
        bookmark = self.bookmark(f"{sequence}_{name}")
        plain = words_runs(numbered(count), language)
        number = self.marked(self._counted(sequence, numbered(count)), bookmark)
        words = "" if title is None else words_runs(title, language, italic=True)
        dot = run(". ", rtl=language.is_rtl, bold=True)
        between = "" if not words else dot if language.is_rtl else "<w:r><w:br/></w:r>"
        listed = run(". ", rtl=language.is_rtl) if words else ""
        entries.append(Entry(f"{plain}{listed}{words_runs(title, language) if title else ''}", bookmark))
        self.add(
            paragraph(
                f"{number}{between}{words}",
                self.style("Caption"),
                rtl=language.is_rtl,
                keep_next=None if below else True,
            )
        )

    def _counted(self, sequence: Numbered, message: Message) -> str:
        """Return the words of a number with the number itself as a field that Word counts on."""
        runs = []
        for piece in self.language.pieces(message):
            if piece.kind is PieceKind.NUMBER:
                shown = number_run(piece.text, self.language, bold=True)
                code = f"SEQ {sequence} \\* ARABIC"
                runs.append(field_runs(code, shown, rtl=self.language.is_rtl, bold=True))
            else:
                runs.append(piece_runs([piece], self.language, bold=True))
        return "".join(runs)
