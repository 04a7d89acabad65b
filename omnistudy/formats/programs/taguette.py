"""Taguette projects (.sqlite3, exported or from the program's own folder).

Documents are stored as sanitised HTML; a highlight's offsets count UTF-8 bytes of the text nodes put
end to end with nothing between blocks. Highlights carry no coder: one file is one coder's work, whose
name the caller must give. Source: the database schema of Taguette 1.x, read from real projects.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from types import MappingProxyType
from typing import cast

from omnistudy.errors import StudyError
from omnistudy.formats.programs.sqlite_file import open_database, table_names
from omnistudy.formats.reading.dialect import Dialect, Ruler, Unit
from omnistudy.formats.reading.dialect_choice import (
    Choice,
    ChoiceRules,
    StoredSpan,
    choose_dialect,
    contradiction,
)
from omnistudy.formats.reading.imported import (
    Check,
    ImportedCode,
    ImportedCoding,
    ImportedMemo,
    ImportedProject,
    ImportedQuotation,
    ImportedSource,
    LeftOut,
)
from omnistudy.formats.reading.options import ReadOptions, split_path
from omnistudy.formats.reading.snippets import checked_span
from omnistudy.results import Kind, Message, Number, msg
from omnistudy.study.input_files import sha256_of
from omnistudy.text.canonical import normalised

HABIT = Dialect(unit=Unit.UTF8)
TABLES = frozenset({"projects", "documents", "tags", "highlights", "highlight_tags"})
_BLOCKS = frozenset(
    {
        "p",
        "div",
        "li",
        "tr",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "dt",
        "dd",
        "table",
        "ul",
        "ol",
    }
)


def is_taguette(path: Path) -> bool:
    """Tell whether the file is a database with Taguette's tables."""
    return table_names(path) >= TABLES


def read_taguette(path: Path, options: ReadOptions) -> ImportedProject:
    """Read a Taguette project.

    Parameters
    ----------
    path
        The .sqlite3 file; it is opened read-only.
    options
        With the coder: Taguette's files do not say whose work they are.

    Raises
    ------
    StudyError
        Without a coder, for a damaged or foreign database, for a database of several projects, and if
        the stored words contradict every way to count offsets.
    """
    coder = " ".join((options.coder or "").split())
    if not coder:
        raise StudyError.of(
            "A Taguette file does not say who coded.", "Name the coder: --coder NAME.", file=str(path)
        )
    with open_database(path) as connection:
        try:
            rows = _read_rows(connection, path)
        except (sqlite3.OperationalError, sqlite3.ProgrammingError) as error:
            raise StudyError.of(
                f"The database cannot be read as a Taguette project ({error}).",
                "Export the project again with a current Taguette.",
                file=str(path),
            ) from error
    digest = sha256_of(path)
    return _project(rows, path, digest, coder, options)


Cell = str | int | None
Rows = list[tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class _Rows:
    projects: Rows
    documents: Rows
    tags: Rows
    highlights: Rows
    highlight_tags: Rows


_QUERIES = {
    "projects": "SELECT id, name, description FROM projects"
    " WHERE id IN (SELECT project_id FROM documents) ORDER BY id",
    "documents": "SELECT id, name, description, contents FROM documents ORDER BY id",
    "tags": "SELECT id, path, description FROM tags ORDER BY id",
    "highlights": "SELECT id, document_id, start_offset, end_offset, snippet FROM highlights ORDER BY id",
    "highlight_tags": "SELECT highlight_id, tag_id FROM highlight_tags ORDER BY highlight_id, tag_id",
}


def _read_rows(connection: sqlite3.Connection, path: Path) -> _Rows:
    found = {name: cast(Rows, connection.execute(query).fetchall()) for name, query in _QUERIES.items()}
    rows = _Rows(**found)
    if len(rows.projects) > 1:
        names = ", ".join(f"'{_text(name)}'" for _, name, _ in rows.projects)
        raise StudyError.of(
            f"The database holds several projects: {names}.",
            "Export the one you mean from Taguette (Project info, Export this project).",
            file=str(path),
        )
    return rows


class _TextNodes(HTMLParser):
    """Collects text nodes exactly, and counts block ends at which the text has no line end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.joined_blocks = 0
        self._block_ended = False

    def handle_data(self, data: str) -> None:
        if not data:
            return
        if self._block_ended and not data[0].isspace() and not "".join(self.parts[-1:])[-1:].isspace():
            self.joined_blocks += 1
        self._block_ended = False
        self.parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._block_ended = self._block_ended or (tag in _BLOCKS and bool(self.parts))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._block_ended = self._block_ended or (tag == "br" and bool(self.parts))


def text_of_html(html: str) -> tuple[str, int]:
    """Return the text nodes of HTML put end to end, and the number of blocks that run together."""
    parser = _TextNodes()
    parser.feed(html)
    parser.close()
    return "".join(parser.parts), parser.joined_blocks


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)


def _project(rows: _Rows, path: Path, sha256: str, coder: str, options: ReadOptions) -> ImportedProject:
    stripped = {_text(row[0]): text_of_html(_text(row[3])) for row in rows.documents}
    texts = {source: text for source, (text, _) in stripped.items()}
    canonical = {source: normalised(text).text for source, text in texts.items()}
    spans = {_text(row[0]): span for row in rows.highlights if (span := _stored_span(row)) is not None}
    choice = choose_dialect(
        texts,
        canonical,
        list(spans.values()),
        HABIT,
        ChoiceRules(forced=options.offsets, strict=options.strict),
    )
    if not choice.fits:
        raise contradiction(choice, path.name)
    quotations = tuple(_quotations(spans, texts, canonical, choice.dialect, coder))
    tags = {_text(tag): _text(name) for tag, name, _ in rows.tags}
    placed = {quotation.id for quotation in quotations}
    codings = tuple(
        ImportedCoding(quotation=_text(highlight), code=_text(tag), coder=coder)
        for highlight, tag in rows.highlight_tags
        if _text(highlight) in placed and _text(tag) in tags
    )
    return ImportedProject(
        format="Taguette",
        file=path.name,
        sha256=sha256,
        sources=tuple(
            ImportedSource(
                id=_text(row[0]),
                name=_text(row[1]),
                text=canonical[_text(row[0])],
                joined_blocks=stripped[_text(row[0])][1],
            )
            for row in rows.documents
        ),
        codes=tuple(
            ImportedCode(
                id=_text(tag), path=split_path(_text(name), options.split), description=_text(description)
            )
            for tag, name, description in rows.tags
        ),
        coders=(coder,),
        quotations=quotations,
        codings=codings,
        memos=tuple(_memos(rows)),
        counts=MappingProxyType(
            {
                "interviews": len(rows.documents),
                "codes": len(rows.tags),
                "quotations": len(rows.highlights),
                "codings": len(rows.highlight_tags),
            }
        ),
        dialect=choice.dialect,
        left_out=tuple(_left_out(rows, placed, len(codings))),
        warnings=tuple(_warnings(choice, quotations)),
    )


def _stored_span(row: tuple[Cell, ...]) -> StoredSpan | None:
    _, document, start, end, snippet = row
    if not isinstance(start, int) or not isinstance(end, int):
        return None
    return StoredSpan(_text(document), start, end, text_of_html(_text(snippet))[0])


def _quotations(
    spans: Mapping[str, StoredSpan],
    texts: Mapping[str, str],
    canonical: Mapping[str, str],
    dialect: Dialect,
    coder: str,
) -> Iterator[ImportedQuotation]:
    rulers = {source: Ruler(text, dialect) for source, text in texts.items()}
    for highlight, stored in spans.items():
        if stored.source not in texts:
            continue
        named = rulers[stored.source].span(stored.start, stored.end)
        span, check, shift = checked_span(canonical[stored.source], named, stored.words)
        if span is not None:
            yield ImportedQuotation(
                id=highlight,
                source=stored.source,
                start=span[0],
                end=span[1],
                check=check,
                shift=shift,
                coder=coder,
            )


def _memos(rows: _Rows) -> Iterator[ImportedMemo]:
    """Descriptions of the project and of documents are the only notes that Taguette has."""
    described: Rows = [
        *(("study", "", name, description) for _, name, description in rows.projects),
        *(("interview", document, name, description) for document, name, description, _ in rows.documents),
    ]
    for target, target_id, name, description in described:
        if _text(description).strip():
            yield ImportedMemo(
                target=_text(target), target_id=_text(target_id), title=_text(name), text=_text(description)
            )


def _left_out(rows: _Rows, placed: set[str], n_codings: int) -> Iterator[LeftOut]:
    if lost := len(rows.highlights) - len(placed):
        yield LeftOut(
            msg("highlights without a place"),
            lost,
            msg("their document is missing, or their offsets lie in no text and their words are not found"),
        )
    if lost := len(rows.highlight_tags) - n_codings:
        yield LeftOut(
            msg("tags of such highlights"), lost, msg("a coding needs a place and a tag that exists")
        )
    tagged = {_text(highlight) for highlight, _ in rows.highlight_tags}
    if bare := len(placed - tagged):
        yield LeftOut(
            msg("highlights without a tag"),
            bare,
            msg("a quotation without a code is no coding; it is kept in quotations.csv"),
        )


def _warnings(choice: Choice, quotations: tuple[ImportedQuotation, ...]) -> Iterator[Message]:
    if not choice.proved:
        yield msg(
            "Fewer than five highlights store their words; offsets are taken to count as {dialect}.",
            dialect=str(choice.dialect),
        )
    elif choice.dialect != HABIT:
        yield msg("Offsets count as {dialect}, which is not how Taguette does.", dialect=str(choice.dialect))
    checks = Counter(quotation.check for quotation in quotations)
    number = {check: Number(checks[check], Kind.COUNT) for check in Check}
    words = {
        Check.SHIFTED: msg(
            "{n} highlights were moved by a few characters to the words that the file stores.",
            n=number[Check.SHIFTED],
        ),
        Check.LOCATED: msg(
            "{n} highlights were moved to the only place where their words stand.", n=number[Check.LOCATED]
        ),
        Check.AMBIGUOUS: msg(
            "{n} highlights differ from their stored words, which stand in several places; they are kept.",
            n=number[Check.AMBIGUOUS],
        ),
        Check.FAILED: msg(
            "{n} highlights differ from their stored words, which stand nowhere; they are kept.",
            n=number[Check.FAILED],
        ),
    }
    yield from (message for check, message in words.items() if checks[check])
