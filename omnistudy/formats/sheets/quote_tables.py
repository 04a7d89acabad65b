"""Tables with one row per coded quotation: ATLAS.ti, MAXQDA, Taguette and our own codings.csv.

Tables without offsets give the words only, which are looked for in the study's texts. Where the study
has no text of a document, its quotations become one: a paragraph each, marked as an excerpt.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from omnistudy.errors import Problem, StudyError
from omnistudy.formats.reading.coders import coder_names
from omnistudy.formats.reading.dialect import LOWEST_SHARE, Dialect
from omnistudy.formats.reading.imported import (
    Check,
    ImportedCode,
    ImportedCoding,
    ImportedProject,
    ImportedQuotation,
    ImportedSource,
    LeftOut,
)
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.reading.placing import SpanRow, iso_time, normalised_warning, placed
from omnistudy.formats.sheets.interview_names import InterviewNames
from omnistudy.formats.sheets.quote_places import found_quotes
from omnistudy.formats.sheets.quote_rows import QuoteRow, QuoteTable, code_paths
from omnistudy.formats.sheets.unknown_interviews import unknown_interviews
from omnistudy.results import Kind, Message, Number, listed, msg
from omnistudy.text.keys import match_key

MOST_ROWS_NAMED = 100
_WHOLE = re.compile(r"-?\d{1,15}")


def read_quote_table(table: QuoteTable, options: ReadOptions) -> ImportedProject:
    """Build the project of a table.

    Raises
    ------
    StudyError
        If nobody is named as the coder, if some interviews of the table have a transcript and others
        have none, and if fewer than four in five quotes stand in texts that the study has.
    """
    coders = _coders(table, options)
    paths = {
        path: " > ".join(path)
        for row in table.rows
        for path in code_paths(row["code"], table.program, options)
    }
    work = _Work(table=table, options=options, coders=coders)
    if table.has_offsets:
        work.place_by_offsets()
    else:
        work.place_by_words()
    return ImportedProject(
        format=table.program,
        file=table.file,
        sha256=table.sha256,
        sources=tuple(work.sources.values()),
        codes=tuple(ImportedCode(id=code, path=path) for path, code in paths.items()),
        coders=tuple(dict.fromkeys(coders.values())),
        quotations=tuple(work.quotations),
        codings=tuple(work.codings),
        counts=MappingProxyType(
            {
                "interviews": len({row["source"] for row in table.rows if row["source"]}),
                "codes": len(paths),
                "quotations": len({(each.source, each.start, each.end) for each in work.quotations}),
                "codings": sum(len(code_paths(row["code"], table.program, options)) for row in table.rows),
            }
        ),
        dialect=work.dialect,
        left_out=tuple(work.left_out),
        warnings=tuple(work.warnings),
    )


def _coders(table: QuoteTable, options: ReadOptions) -> Mapping[str, str]:
    return coder_names(
        (_written_coder(row, options) for row in table.rows if row["code"]), options, table.file
    )


def _written_coder(row: QuoteRow, options: ReadOptions) -> str:
    return row["group"] if options.coder_from_group else row["coder"]


@dataclass
class _Work:
    """The placing of a table's quotes; lives as long as one reading."""

    table: QuoteTable
    options: ReadOptions
    coders: Mapping[str, str]
    sources: dict[str, ImportedSource] = field(default_factory=dict)
    quotations: list[ImportedQuotation] = field(default_factory=list)
    codings: list[ImportedCoding] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    warnings: list[Message] = field(default_factory=list)
    dialect: Dialect | None = None

    @cached_property
    def names(self) -> InterviewNames:
        """The study's interviews as a table may call them."""
        return InterviewNames(self.options.texts, self.options.excerpts)

    def _known_name(self, name: str) -> str | None:
        return self.names.name_of(name, by_number=not self.table.has_offsets)

    def _known_text(self, name: str) -> str | None:
        found = self._known_name(name)
        return None if found is None else self.options.texts[found]

    def _coding(self, row: QuoteRow, quotation: str, path: tuple[str, ...]) -> ImportedCoding:
        return ImportedCoding(
            quotation=quotation,
            code=" > ".join(path),
            coder=self.coders[_written_coder(row, self.options)],
            round=row["round"],
            created=iso_time(row["created"]),
            memo=row["memo"],
        )

    def place_by_offsets(self) -> None:
        """Place rows of a tidy table, which count code points of the study's texts."""
        texts = {
            name: text
            for name in dict.fromkeys(row["source"] for row in self.table.rows)
            if (text := self._known_text(name)) is not None
        }
        self.sources = {name: ImportedSource(id=name, name=name, text=text) for name, text in texts.items()}
        rows = [
            SpanRow(
                id=str(row.number) if at == 0 else f"{row.number}/{at}",
                source=row["source"],
                start=_whole(row["begin"]),
                end=_whole(row["end"]),
                words=row["quote"],
                code=" > ".join(path),
                coder=self.coders[_written_coder(row, self.options)],
                round=row["round"],
                created=row["created"],
                memo=row["memo"],
            )
            for row in self.table.rows
            for at, path in enumerate(code_paths(row["code"], self.table.program, self.options))
        ]
        codes = {row.code for row in rows if row.code is not None}
        found = placed(rows, texts, codes, Dialect(), self.options, file=self.table.file)
        self.quotations.extend(found.quotations)
        self.codings.extend(found.codings)
        self.left_out.extend(found.left_out)
        self.warnings.extend(found.warnings)
        self.dialect = found.dialect

    def place_by_words(self) -> None:
        """Find the words of every row in the study's texts, or make excerpts of them."""
        if unknown := unknown_interviews(self.table, self.names, self.options):
            raise StudyError(unknown)
        by_source: defaultdict[str, list[QuoteRow]] = defaultdict(list)
        for row in self.table.rows:
            by_source[row["source"]].append(row)
        searched = sought = 0
        unplaced: list[QuoteRow] = []
        for name, rows in by_source.items():
            text = self._known_text(name)
            with_words = [row for row in rows if row["quote"].strip()]
            silent = [row for row in rows if not row["quote"].strip()]
            self._leave_out(
                silent, msg("codings of rows without words"), msg("the cell of the quote is empty")
            )
            if not name.strip():
                self._leave_out(
                    with_words,
                    msg("codings without a document"),
                    msg("the cell is empty; if it means the one above it, import with --fill-down"),
                )
            elif text is None:
                self._excerpt(name, with_words)
            else:
                missing = self._locate(name, text, with_words)
                searched, sought = searched + len(with_words) - len(missing), sought + len(with_words)
                unplaced += missing
        if sought and searched < LOWEST_SHARE * sought:
            raise StudyError([self._too_few(searched, sought), *self._lost(unplaced)])
        self._tell_unread()
        self._leave_out(
            unplaced, msg("codings without a place"), msg("their words stand nowhere, or in several places")
        )
        self._tell_taken(by_source)
        if sought:
            self.warnings.append(
                msg(
                    "Quotes found in the study's texts: {n} of {of}.",
                    n=Number(searched, Kind.COUNT),
                    of=Number(sought, Kind.COUNT),
                )
            )

    def _locate(self, name: str, text: str, rows: Sequence[QuoteRow]) -> list[QuoteRow]:
        """Place rows in a text; return those whose words stand nowhere or in several places."""
        attributes = self._attributes(rows)
        self.sources[name] = ImportedSource(id=name, name=name, text=text, attributes=attributes)
        missing = []
        for quote in found_quotes(text, rows):
            if len(quote.places) == 1:
                self._quotation(quote.row, name, *quote.places[0], quote.check)
            else:
                missing.append(quote.row)
                self._tell_unplaced(quote.row, quote.places)
        return missing

    def _lost(self, rows: Sequence[QuoteRow]) -> Iterator[Problem]:
        """Yield a problem for each of the first rows whose quote was not found."""
        for row in rows[:MOST_ROWS_NAMED]:
            yield Problem(
                what=f"The words do not stand once in '{row['source']}'.",
                remedy="Copy them from the transcript.",
                file=self.table.file,
                row=row.number,
                column="quote",
            )

    def _too_few(self, searched: int, sought: int) -> Problem:
        return Problem(
            what=f"Only {searched} of {sought} quotes stand once in the texts that the study has.",
            remedy="Correct the names of the documents, or import the transcripts that were coded.",
            file=self.table.file,
        )

    def _tell_taken(self, names: Iterable[str]) -> None:
        """Say which numbers were taken for interviews, and how many quotes stand in other letter forms."""
        if numbered := [
            f"{name} = {found}"
            for name in names
            if match_key(name).isdecimal()
            and (found := self._known_name(name)) is not None
            and match_key(found) != match_key(name)
        ]:
            self.warnings.append(
                msg(
                    "Numbers of the table are taken for the interviews whose names hold them: {pairs}.",
                    pairs=listed(numbered),
                )
            )
        if normalised := sum(each.check is Check.NORMALISED for each in self.quotations):
            self.warnings.append(normalised_warning(normalised))

    def _tell_unplaced(self, row: QuoteRow, found: Sequence[tuple[int, int]]) -> None:
        if found:
            self.warnings.append(
                msg(
                    "{sheet} row {row}: the words stand in several places of {source}: {places}.",
                    sheet=row.sheet,
                    row=str(row.number),
                    source=row["source"],
                    places=", ".join(f"{start}-{end}" for start, end in found),
                )
            )
        else:
            self.warnings.append(
                msg(
                    "{sheet} row {row}: the words do not stand in {source}.",
                    sheet=row.sheet,
                    row=str(row.number),
                    source=row["source"],
                )
            )

    def _excerpt(self, name: str, rows: Sequence[QuoteRow]) -> None:
        """Make a text of the rows' distinct words, one paragraph each."""
        if not rows:
            return
        place: dict[str, int] = {}
        length = 0
        for row in rows:
            line = " ".join(row["quote"].split())
            if line not in place:
                place[line] = length
                length += len(line) + 1
        text = "\n".join(place)
        self.sources[name] = ImportedSource(
            id=name, name=name, text=text, attributes=self._attributes(rows), excerpt=True
        )
        for row in rows:
            line = " ".join(row["quote"].split())
            self._quotation(row, name, place[line], place[line] + len(line), Check.EXACT)

    def _quotation(self, row: QuoteRow, source: str, start: int, end: int, check: Check) -> None:
        identity = f"{row.sheet}!{row.number}"
        self.quotations.append(
            ImportedQuotation(
                id=identity,
                source=source,
                start=start,
                end=end,
                check=check,
                coder=self.coders.get(_written_coder(row, self.options), ""),
                name=row["name"],
                comment="" if row["code"] else row["memo"],
            )
        )
        for path in code_paths(row["code"], self.table.program, self.options):
            self.codings.append(self._coding(row, identity, path))

    def _tell_unread(self) -> None:
        """Name the columns that became neither part of a coding nor an attribute of an interview."""
        read = {header for source in self.sources.values() for header in source.attributes}
        headers = dict.fromkeys(header for row in self.table.rows for header in row.rest)
        if unread := [header for header in headers if header not in read]:
            self.warnings.append(
                msg("Columns of the table that were not read: {columns}.", columns=", ".join(unread))
            )

    def _attributes(self, rows: Sequence[QuoteRow]) -> Mapping[str, str]:
        """Return what unmapped columns say of a whole document: the same in all its rows."""
        values: defaultdict[str, set[str]] = defaultdict(set)
        for row in rows:
            for header, cell in row.rest.items():
                values[header].add(cell)
        filled = Counter(header for row in rows for header in row.rest)
        return {
            header: next(iter(cells))
            for header, cells in values.items()
            if len(cells) == 1 and filled[header] == len(rows) > 1
        }

    def _leave_out(self, rows: Sequence[QuoteRow], what: Message, why: Message) -> None:
        count = sum(len(code_paths(row["code"], self.table.program, self.options)) for row in rows)
        if count:
            self.left_out.append(LeftOut(what, count, why))


def _whole(cell: str) -> int | None:
    return int(cell) if _WHOLE.fullmatch(cell) else None
