"""A workbook's archive, looked through before anything unpacks or parses it for real.

Sizes are bounded, macros, passwords and document types refused. Whoever reads cells afterwards only has
to bound how many there are.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib

LARGEST_UNPACKED = 512 * 2**20
LARGEST_RATIO = 200
RATIO_FROM = 10 * 2**20
MOST_MEMBERS = 10_000
MOST_CELLS = 20_000_000
SAVE_AGAIN = "Save it again, as .xlsx without macros or as CSV UTF-8."
_FORMULA = re.compile(rb"<f[ >]")
_ROW = re.compile(rb'<row[^>]{0,200}? r="(\d{1,7})"')
_CELL = re.compile(rb'<c [^>]{0,200}?r="([A-Z]{1,3})\d{1,7}"')


class WorkbookFaultError(Exception):
    """What is wrong with a workbook, and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy


def inspected(data: bytes) -> int:
    """Look through a workbook; return the number of its formulas.

    Raises
    ------
    WorkbookFaultError
        For what is no intact, unprotected workbook without macros, or unpacks to more than one can be.
    """
    formulas = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _refuse_archive(members)
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    content = archive.read(member)  # never more than the size that was checked
                    # Written in UTF-16, a document type would not be seen; no program writes it so.
                    if b"\0" in content[:256]:
                        raise WorkbookFaultError("The workbook is damaged (not UTF-8).", SAVE_AGAIN)
                    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                        raise WorkbookFaultError("The workbook's XML declares a document type.", SAVE_AGAIN)
                    if member.filename.startswith("xl/worksheets/"):
                        formulas += len(_FORMULA.findall(content))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError) as error:
        raise WorkbookFaultError(f"The workbook is damaged ({type(error).__name__}).", SAVE_AGAIN) from None
    return formulas


def refuse_endless(data: bytes, most_columns: int) -> None:
    """Refuse a workbook with a sheet of too many columns, or of more than ``MOST_CELLS`` when filled up.

    Raises
    ------
    WorkbookFaultError
        With that number.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for member in archive.infolist():
            if not member.filename.startswith("xl/worksheets/") or not member.filename.endswith(".xml"):
                continue
            content = archive.read(member)
            last = max((int(row) for row in _ROW.findall(content)), default=content.count(b"<row"))
            widest = max((column(letters) for letters in set(_CELL.findall(content))), default=0)
            if widest >= most_columns:
                what = f"A sheet has more than {most_columns:,} columns."
                raise WorkbookFaultError(what, "Remove the far ones.")
            if last * (widest + 1) > MOST_CELLS:
                raise WorkbookFaultError(
                    f"A sheet has more than {MOST_CELLS:,} cells.", "Remove the far ones."
                )


def column(letters: bytes) -> int:
    """Return the position of a column, from 0, by its letters."""
    at = 0
    for letter in letters:
        at = at * 26 + letter - ord("A") + 1
    return at - 1


def _refuse_archive(members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & 0x1 for member in members):
        raise WorkbookFaultError("The workbook is protected by a password.", "Save it without one.")
    if any(member.filename.casefold().endswith("vbaproject.bin") for member in members):
        raise WorkbookFaultError("The workbook holds macros.", SAVE_AGAIN)
    unpacked = sum(member.file_size for member in members)
    ratio = max(
        (m.file_size / max(m.compress_size, 1) for m in members if m.file_size > RATIO_FROM), default=0
    )
    if len(members) > MOST_MEMBERS or unpacked > LARGEST_UNPACKED or ratio > LARGEST_RATIO:
        raise WorkbookFaultError("The workbook unpacks to far more than a table can be.", SAVE_AGAIN)
