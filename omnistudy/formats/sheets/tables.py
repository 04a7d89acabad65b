"""Tables of any program: which kind of table a sheet is, and the reader for it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from omnistudy.errors import StudyError
from omnistudy.formats.reading.imported import ImportedCode, ImportedProject, LeftOut
from omnistudy.formats.reading.options import ReadOptions, split_path
from omnistudy.formats.sheets.headers import Headers, header_of
from omnistudy.formats.sheets.quote_rows import QuoteTable, quote_rows
from omnistudy.formats.sheets.quote_tables import read_quote_table
from omnistudy.formats.sheets.tabular import Sheet, Workbook, bytes_of, read_workbook
from omnistudy.formats.sheets.unit_sheets import read_unit_sheets
from omnistudy.results import Kind, Message, Number, msg

_NUMBER = re.compile(r"(\d+(?:[.,]\d+)?)\s*%?")
Found = Sequence[tuple[Sheet, Headers]]


def read_table(path: Path, options: ReadOptions) -> ImportedProject:
    """Read a .xlsx, .csv or .tsv file, whichever program wrote it.

    Parameters
    ----------
    path
        The file.
    options
        ``columns`` names the columns of tables with other headers, ``texts`` gives the study's texts.

    Raises
    ------
    StudyError
        If no sheet holds rows, or no kind of table has such columns.
    """
    data = bytes_of(path)
    book = read_workbook(path, options.encoding, data)
    sha256 = hashlib.sha256(data).hexdigest()
    filled = [sheet for sheet in book.sheets if sum(any(row) for row in sheet.rows) > 1]
    if not filled:
        raise StudyError.of(
            "The table has no rows.", "Give it a header and at least one row.", file=str(path)
        )
    by_kind: dict[str, list[tuple[Sheet, Headers]]] = {}
    for sheet in filled:
        if kind := _kind(sheet, headers := _headers(sheet, options, path.name, only=len(filled) == 1)):
            by_kind.setdefault(kind, []).append((sheet, headers))
    first = next(iter(by_kind), "")
    if first in {"codebook", "comparison"}:
        reader = _codebook if first == "codebook" else _comparison
        project = reader(by_kind[first], options, path.name, sha256)
    elif first:
        project = read_quote_table(
            _quote_table(by_kind[first], first, path.name, sha256, fill_down=options.fill_down), options
        )
    else:
        project = read_unit_sheets(
            Workbook(tuple(filled)), options, file=path.name, stem=path.stem, sha256=sha256
        )
    return _with_notes(project, book)


def _headers(sheet: Sheet, options: ReadOptions, file: str, *, only: bool) -> Headers:
    """Return the header of a sheet; the columns that the caller names need not be in every sheet."""
    if "codes" in options.columns:
        return header_of(sheet, {}, file)
    try:
        return header_of(sheet, options.columns, file)
    except StudyError:
        if only:
            raise
        return header_of(sheet, {}, file)


def _kind(sheet: Sheet, headers: Headers) -> str:
    """Return what kind of table a sheet is; empty if it has the columns of none."""
    columns = headers.columns
    if columns.keys() >= {"source", "code", "begin", "end"} and _counts_offsets(sheet, headers):
        return "codings"
    if columns.keys() >= {"kappa", "agreement"}:
        return "comparison"
    if columns.keys() >= {"source", "code", "quote"}:
        return "quotes"
    if "quote" not in columns and "source" not in columns:
        described = columns.keys() & {"description", "count"}
        if ("code" in columns or "name" in columns) and described and "id" not in columns:
            return "codebook"
        if columns.keys() >= {"code", "memo"} and "id" not in columns:
            return "codebook"
    return ""


def _counts_offsets(sheet: Sheet, headers: Headers) -> bool:
    """Tell whether begin and end are offsets, as in codings.csv, and not paragraphs."""
    if (headers.named("begin"), headers.named("end")) != ("start", "end"):
        return False
    at = headers.columns["begin"]
    cells = [row[at].strip() for row in sheet.rows[headers.row + 1 :] if len(row) > at and row[at].strip()]
    return sum(cell.isdecimal() for cell in cells) * 2 > len(cells)


def _quote_table(found: Found, kind: str, file: str, sha256: str, *, fill_down: bool) -> QuoteTable:
    headers = found[0][1]
    if kind == "codings":
        program = "codings table"
    elif headers.named("quote") == "quotation content":
        program = "ATLAS.ti table"
    elif headers.named("quote") == "segment":
        program = "MAXQDA table"
    elif {headers.named(field) for field in ("source", "code", "quote")} == {"document", "tag", "content"}:
        program = "Taguette table"
    else:
        program = "table of quotations"
    rows = tuple(row for sheet, header in found for row in quote_rows(sheet, header, fill_down=fill_down))
    return QuoteTable(program=program, file=file, sha256=sha256, rows=rows, has_offsets=kind == "codings")


def _codebook(found: Found, options: ReadOptions, file: str, sha256: str) -> ImportedProject:
    """Read codes with their descriptions; counts of use are reported, not imported."""
    codes: dict[tuple[str, ...], ImportedCode] = {}
    used = 0
    for sheet, headers in found:
        name = headers.columns.get("code", headers.columns.get("name", 0))
        text = headers.columns.get("description", headers.columns.get("memo"))
        count = headers.columns.get("count")
        for row in sheet.rows[headers.row + 1 :]:
            if len(row) <= name or not row[name].strip():
                continue
            described = row[text].strip() if text is not None and text < len(row) else ""
            separator = options.split or ("\\" if "\\" in row[name] else None)
            path = split_path(row[name], separator)
            codes.setdefault(path, ImportedCode(id=" > ".join(path), path=path, description=described))
            if count is not None and count < len(row) and row[count].strip().isdecimal():
                used += int(row[count].strip()[:12])
    warnings = (
        (
            msg(
                "The codes were used {n} times, says the table; it holds no codings.",
                n=Number(used, Kind.COUNT),
            ),
        )
        if used
        else ()
    )
    return _codes_only("codebook table", codes.values(), file, sha256, warnings=warnings)


def _comparison(found: Found, options: ReadOptions, file: str, sha256: str) -> ImportedProject:
    """Read NVivo's coding comparison: numbers about codings, with both ways to average them."""
    codes: dict[tuple[str, ...], ImportedCode] = {}
    shares: list[tuple[float, float]] = []
    rows = 0
    for sheet, headers in found:
        for row in sheet.rows[headers.row + 1 :]:
            cells = {field: row[at] for field, at in headers.columns.items() if at < len(row)}
            if not any(cell.strip() for cell in cells.values()):
                continue
            rows += 1
            if cells.get("code", "").strip():
                path = split_path(cells["code"], options.split or "\\")
                codes.setdefault(path, ImportedCode(id=" > ".join(path), path=path))
            agreed = _NUMBER.match(cells.get("agreement", "").strip())
            size = _NUMBER.match(cells.get("size", "").strip())
            if agreed:
                weight = float(size[1].replace(",", ".")) if size else 0.0
                shares.append((float(agreed[1].replace(",", ".")), weight))
    left_out = LeftOut(
        msg("rows of a coding comparison"), rows, msg("they count characters and hold no codings")
    )
    return _codes_only(
        "coding comparison", codes.values(), file, sha256, (left_out,), tuple(_averages(shares))
    )


def _averages(shares: Sequence[tuple[float, float]]) -> Iterator[Message]:
    total = sum(weight for _, weight in shares)
    if shares:
        yield msg(
            "Mean agreement of its rows: {equal} with equal weights, {sized} weighted by size.",
            equal=Number(sum(share for share, _ in shares) / len(shares), Kind.PERCENT_POINTS),
            sized=Number(
                sum(share * weight for share, weight in shares) / total if total else None,
                Kind.PERCENT_POINTS,
            ),
        )


def _codes_only(
    program: str,
    codes: Iterable[ImportedCode],
    file: str,
    sha256: str,
    left_out: tuple[LeftOut, ...] = (),
    warnings: tuple[Message, ...] = (),
) -> ImportedProject:
    known = tuple(codes)
    return ImportedProject(
        format=program,
        file=file,
        sha256=sha256,
        sources=(),
        codes=known,
        coders=(),
        quotations=(),
        codings=(),
        counts=MappingProxyType({"codes": len(known)}),
        left_out=left_out,
        warnings=warnings,
    )


def _with_notes(project: ImportedProject, book: Workbook) -> ImportedProject:
    """Say what of a workbook was read otherwise than it stands in the cells."""
    said = []
    if book.formulas:
        said.append(
            msg(
                "{n} cells of the workbook hold formulas; their last computed values are read.",
                n=Number(book.formulas, Kind.COUNT),
            )
        )
    if book.merged:
        said.append(
            msg(
                "{n} cells of the workbook are merged with one above them and were read with its value.",
                n=Number(book.merged, Kind.COUNT),
            )
        )
    return replace(project, warnings=(*project.warnings, *said))
