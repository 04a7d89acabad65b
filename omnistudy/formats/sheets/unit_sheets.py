"""Sheets with one row per statement and the codes in columns, perhaps one sheet per coder.

A statement belongs to an interview and was cut out before it was coded; its text may be missing. Cells
hold either the name of a code under a heading, or a yes or no for the code that the heading names.
"""

from __future__ import annotations

import re
import shlex
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from omnistudy.errors import StudyError
from omnistudy.formats.reading.coders import coder_names
from omnistudy.formats.reading.imported import (
    Check,
    ImportedCode,
    ImportedCoding,
    ImportedProject,
    ImportedQuotation,
    ImportedSource,
)
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.sheets.headers import Headers, header_key, header_of, seen, what_columns_mean
from omnistudy.formats.sheets.tabular import Sheet, Workbook
from omnistudy.results import Kind, Message, Number, msg

_NUMBERED = re.compile(r"(?P<stem>.*[^\s\d])\s*\d{1,2}")
_YES = frozenset({"1", "x", "yes", "y", "true", "✓", "بله", "بلی"})
_NO = frozenset({"", "0", "no", "n", "false", "-", "خیر", "نه"})
_PERSON = frozenset({"p", "participant", "interviewee", "respondent", "مصاحبه شونده", "مشارکت کننده"})


@dataclass(frozen=True, slots=True)
class UnitSheet:
    """A sheet's columns: id, interview and text of a statement (``None`` if absent), and the codes."""

    sheet: Sheet
    headers: Headers
    id: int
    interview: int | None
    text: int | None
    coder: int | None
    codes: tuple[int, ...]

    def cell(self, row: Sequence[str], at: int | None) -> str:
        """Return a cell as written; short rows end in empty cells."""
        return row[at] if at is not None and at < len(row) else ""

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The rows that have an id."""
        return tuple(
            row for row in self.sheet.rows[self.headers.row + 1 :] if self.cell(row, self.id).strip()
        )


@dataclass(frozen=True, slots=True)
class SheetAgreement:
    """Cells that two sheets both hold, and how many are equal as written and without outer blanks."""

    cells: int
    equal_as_written: int
    equal: int


def unit_sheets(book: Workbook, options: ReadOptions, file: str) -> tuple[UnitSheet, ...]:
    """Return the sheets of statements: the first with code columns, and those with the same columns."""
    found: list[UnitSheet] = []
    for sheet in book.sheets:
        headers = header_of(sheet, {}, file)
        keys = [header_key(cell) for cell in headers.cells]
        asked = {field: header_key(header) for field, header in options.columns.items() if field != "codes"}

        def at(field: str, keys: list[str] = keys, asked: Mapping[str, str] = asked) -> int | None:
            return keys.index(asked[field]) if asked.get(field) in keys else None

        unit = at("id") if "id" in asked else headers.columns.get("id")
        if unit is None:
            continue
        person = next((place for place, key in enumerate(keys) if key in _PERSON), None)
        interview = at("source") if "source" in asked else headers.columns.get("source", person)
        text = at("quote") if "quote" in asked else headers.columns.get("quote")
        coder = at("coder") if "coder" in asked else headers.columns.get("coder")
        taken = {unit, interview, text, coder}
        codes = _code_columns(sheet, headers, options, {place for place in taken if place is not None})
        names = tuple(headers.cells[place] for place in codes)
        same = found and names == tuple(found[0].headers.cells[place] for place in found[0].codes)
        if codes and (not found or same):
            found.append(UnitSheet(sheet, headers, unit, interview, text, coder, codes))
    return tuple(found)


def _code_columns(sheet: Sheet, headers: Headers, options: ReadOptions, taken: set[int]) -> tuple[int, ...]:
    """Return the columns that the caller names, else the numbered ones, else those of yes and no."""
    if "codes" in options.columns:
        wanted = [header_key(name) for name in options.columns["codes"].split("|")]
        keys = [header_key(cell) for cell in headers.cells]
        return tuple(keys.index(name) for name in wanted if name in keys)
    free = [at for at, cell in enumerate(headers.cells) if cell and at not in taken]
    numbered = tuple(at for at in free if _NUMBERED.fullmatch(headers.cells[at]))
    return numbered or tuple(at for at in free if _is_yes_or_no(sheet, headers, at))


def _is_yes_or_no(sheet: Sheet, headers: Headers, at: int) -> bool:
    values = {row[at].strip().casefold() if at < len(row) else "" for row in sheet.rows[headers.row + 1 :]}
    return bool(values & _YES) and values <= _YES | _NO


def sheet_agreement(
    one: UnitSheet, other: UnitSheet, statements: frozenset[str] | None = None
) -> SheetAgreement:
    """Compare two sheets cell by cell on the statements that both hold; an empty cell is a value.

    Parameters
    ----------
    one, other
        Sheets with the same code columns.
    statements
        Ids to compare; ``None`` means all that both hold.
    """
    rows = {other.cell(row, other.id).strip(): row for row in other.rows}
    cells = as_written = equal = 0
    for row in one.rows:
        unit = one.cell(row, one.id).strip()
        if unit not in rows or (statements is not None and unit not in statements):
            continue
        for mine, theirs in zip(one.codes, other.codes, strict=True):
            a, b = one.cell(row, mine), other.cell(rows[unit], theirs)
            cells, as_written, equal = cells + 1, as_written + (a == b), equal + (a.strip() == b.strip())
    return SheetAgreement(cells, as_written, equal)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unit:
    """A statement with its place in the excerpt of its interview."""

    interview: str
    start: int
    line: str


def read_unit_sheets(
    book: Workbook, options: ReadOptions, *, file: str, stem: str, sha256: str
) -> ImportedProject:
    """Build the project of sheets of statements.

    Raises
    ------
    StudyError
        If no sheet has such columns, a statement stands twice, or nobody is named as the coder.
    """
    sheets = unit_sheets(book, options, file)
    if not sheets:
        headers = header_of(book.sheets[0], {}, file)
        raise StudyError.of(
            f"The columns are not those of a known table: {seen(headers.cells)}.",
            f'{what_columns_mean(headers)}; or, with one column per code: --map id="…" --map codes="…|…".'
            " With one column per coder it is a table of ratings, which needs no import:"
            f" omnistudy agreement {shlex.quote(file)}",
            file=file,
            row=headers.row + 1,
        )
    _refuse_repeated(sheets, file)
    units = _units(sheets, stem)
    coders = _coders(sheets, options, file)
    codes: dict[str, ImportedCode] = {}
    codings = list(_codings(sheets, coders, codes))
    texts = _texts(units)
    people = {unit.interview for unit in units.values()}
    return ImportedProject(
        format="code-by-unit table",
        file=file,
        sha256=sha256,
        sources=tuple(ImportedSource(id=name, name=name, text=texts[name], excerpt=True) for name in texts),
        codes=tuple(codes.values()),
        coders=tuple(dict.fromkeys(coders.values())),
        quotations=tuple(_quotations(units, sheets[0])),
        codings=tuple(codings),
        counts=MappingProxyType(
            {
                "interviews": len(people),
                "codes": len(codes),
                "quotations": len(units),
                "codings": len(codings),
            }
        ),
        warnings=tuple(_warnings(sheets, coders)),
    )


def _refuse_repeated(sheets: Sequence[UnitSheet], file: str) -> None:
    for each in sheets:
        known: set[tuple[str, str]] = set()
        for row in each.rows:
            key = (each.cell(row, each.id).strip(), each.cell(row, each.coder).strip())
            if key in known:
                raise StudyError.of(
                    f"The statement '{key[0]}' stands twice in the sheet '{each.sheet.name}'.",
                    'Keep one row, or name the column of the coder: --map coder="Column".',
                    file=file,
                )
            known.add(key)


def _units(sheets: Sequence[UnitSheet], stem: str) -> Mapping[str, _Unit]:
    """Return every statement of every sheet once; who said it may stand in one of the sheets only."""
    person: dict[str, str] = {}
    words: dict[str, str] = {}
    for each in sheets:
        for row in each.rows:
            unit = each.cell(row, each.id).strip()
            if said_by := each.cell(row, each.interview).strip():
                person.setdefault(unit, said_by)
            if line := " ".join(each.cell(row, each.text).split()):
                words.setdefault(unit, line)
    order = dict.fromkeys(each.cell(row, each.id).strip() for each in sheets for row in each.rows)
    label = sheets[0].headers.cells[sheets[0].id]
    heading = sheets[0].headers.cells[sheets[0].interview] if sheets[0].interview is not None else ""
    lengths: defaultdict[str, int] = defaultdict(int)
    units: dict[str, _Unit] = {}
    for unit in order:
        interview = person.get(unit, stem)
        if interview.isdecimal():
            interview = f"{heading}{interview}"
        line = words.get(unit, f"{label} {unit}")
        units[unit] = _Unit(interview=interview, start=lengths[interview], line=line)
        lengths[interview] += len(line) + 1
    return units


def _texts(units: Mapping[str, _Unit]) -> Mapping[str, str]:
    lines: defaultdict[str, list[str]] = defaultdict(list)
    for unit in units.values():
        lines[unit.interview].append(unit.line)
    return {interview: "\n".join(of_it) for interview, of_it in lines.items()}


def _coders(sheets: Sequence[UnitSheet], options: ReadOptions, file: str) -> Mapping[str, str]:
    """Return who is behind each name: a column of coders, else a sheet each, else the one named."""
    if all(each.coder is not None for each in sheets):
        names = {each.cell(row, each.coder).strip() for each in sheets for row in each.rows}
    elif len(sheets) > 1:
        names = {each.sheet.name for each in sheets}
    else:
        names = {""}
    return coder_names(names, options, file)


def _coder_of(each: UnitSheet, row: Sequence[str], coders: Mapping[str, str]) -> str:
    written = each.cell(row, each.coder).strip()
    return coders.get(written) or coders.get(each.sheet.name) or coders.get("", "")


def _codings(
    sheets: Sequence[UnitSheet], coders: Mapping[str, str], codes: dict[str, ImportedCode]
) -> Iterator[ImportedCoding]:
    for each in sheets:
        yes_or_no = {at for at in each.codes if _is_yes_or_no(each.sheet, each.headers, at)}
        numbered = {at: _NUMBERED.fullmatch(each.headers.cells[at]) for at in each.codes}
        for row in each.rows:
            for at in each.codes:
                value = " ".join(each.cell(row, at).split())
                if not value or (at in yes_or_no and value.casefold() in _NO):
                    continue
                heading = each.headers.cells[at]
                stem = found["stem"] if (found := numbered[at]) else heading
                path = (heading,) if at in yes_or_no else (stem, value)
                code = " > ".join(path)
                codes.setdefault(code, ImportedCode(id=code, path=path))
                yield ImportedCoding(
                    quotation=each.cell(row, each.id).strip(),
                    code=code,
                    coder=_coder_of(each, row, coders),
                    memo=heading if found else "",
                )


def _quotations(units: Mapping[str, _Unit], first: UnitSheet) -> Iterator[ImportedQuotation]:
    """Yield statements; what other columns say of one becomes its comment."""
    taken = {first.id, first.interview, first.text, first.coder, *first.codes}
    comments = {
        first.cell(row, first.id).strip(): "; ".join(
            f"{header}: {row[at].strip()}"
            for at, header in enumerate(first.headers.cells)
            if at not in taken and header and at < len(row) and row[at].strip()
        )
        for row in first.rows
    }
    for name, unit in units.items():
        yield ImportedQuotation(
            id=name,
            source=unit.interview,
            start=unit.start,
            end=unit.start + len(unit.line),
            check=Check.UNVERIFIED,
            name=name,
            comment=comments.get(name, ""),
        )


def _warnings(sheets: Sequence[UnitSheet], coders: Mapping[str, str]) -> Iterator[Message]:
    first = sheets[0]
    yield msg(
        "Codes were read from the columns {columns}.",
        columns=", ".join(first.headers.cells[at] for at in first.codes),
    )
    if first.text is None:
        yield msg("The sheet holds no words: every statement stands as a paragraph with its number.")
    for each in sheets:
        cells = [each.cell(row, at) for row in each.rows for at in each.codes]
        if trimmed := sum(cell != cell.strip() for cell in cells):
            yield msg(
                "In the sheet {sheet} {n} cells had blanks at their ends, which were trimmed.",
                sheet=each.sheet.name,
                n=Number(trimmed, Kind.COUNT),
            )
    for other in sheets[1:]:
        both = sheet_agreement(first, other)
        if both.cells and len(coders) > 1:
            yield msg(
                "{one} and {other} hold the same in {equal} of {cells} cells, and in {written} as written;"
                " the difference are blanks at the ends of cells.",
                one=first.sheet.name,
                other=other.sheet.name,
                equal=Number(both.equal, Kind.COUNT),
                cells=Number(both.cells, Kind.COUNT),
                written=Number(both.equal_as_written, Kind.COUNT),
            )
        if len(other.rows) < len(first.rows):
            yield msg(
                "{other} holds {n} of {of} statements; the others were not rated by it, which a table of"
                " seen interviews cannot say. For their agreement compare the two sheets as tables.",
                other=other.sheet.name,
                n=Number(len(other.rows), Kind.COUNT),
                of=Number(len(first.rows), Kind.COUNT),
            )
