"""The adjudication sheet: passages that coders disagree on, to be decided and read back as consensus.

One row per passage with every coder's codes and an empty column for the decision. What comes back is
one coding per decided code by the coder ``consensus``, and a memo per passage that says who had chosen
what: the trail from two opinions to one.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from omnistudy.errors import Problem, StudyError, did_you_mean
from omnistudy.formats.exported import WATERMARK, without_times
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
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.sheets.tabular import Sheet, Workbook, read_workbook
from omnistudy.results import Label, Message, msg
from omnistudy.study.input_files import sha256_of
from omnistudy.text.keys import match_key

CONSENSUS = "consensus"
SHEET, CODES = "adjudication", "codes"
NO_CODE, NOT_SEEN = "-", "(not seen)"
COLUMNS = ("interview", "start", "end", "passage", "decision", "comment")
LONGEST_PASSAGE = 32_000
HOW = (
    "Write into the column decision the ids or labels of the codes that hold, separated by ; - or a hyphen"
    " where none does. Rows without a decision are left undecided."
)
_OF_CODER = "codes of "
_FORMULA_START = tuple("=+-@\t\r\n＝＋－＠")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BETWEEN = re.compile(r"[;؛|\n]")
_NONE = frozenset(match_key(word) or word for word in ("-", "–", "—", "none", "no code", "هیچ", "بدون کد"))


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputedPassage:
    """A passage with what every coder gave it; a coder who did not see it is not in ``codes``."""

    interview: str
    start: int
    end: int
    passage: str
    codes: Mapping[str, tuple[str, ...]]


def adjudication_sheet(
    passages: Sequence[DisputedPassage],
    coders: Sequence[str],
    codes: Sequence[Label],
    *,
    language: str,
    synthetic: bool,
) -> bytes:
    """Return the workbook; the same passages give the same bytes.

    Parameters
    ----------
    passages
        In the order in which they are to be discussed.
    coders
        One column each.
    codes
        The codes that may be decided for, listed on a second sheet.
    language
        Of the passages: right-to-left sheets are turned.
    synthetic
        Whether to put the watermark on top.
    """
    from openpyxl import Workbook as NewWorkbook

    book = NewWorkbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.sheet_view.rightToLeft = language in {"fa", "ar", "he", "ur"}
    top = [[WATERMARK]] if synthetic else []
    header = [*COLUMNS[:4], *(f"{_OF_CODER}{coder}" for coder in coders), *COLUMNS[4:]]
    sheet.freeze_panes = f"A{len(top) + 3}"
    for at, name in enumerate(header):
        sheet.column_dimensions[_letter(at)].width = _WIDTHS.get(name, 24)
    for row in [*top, [HOW]]:
        sheet.append([_text_cell(sheet, cell, bold=False, wrap=False) for cell in row])
    sheet.append([_text_cell(sheet, cell, bold=True) for cell in header])
    for item in passages:
        cells = _cells(item, coders)
        sheet.append([cell if isinstance(cell, int) else _text_cell(sheet, cell) for cell in cells])
    listed = book.create_sheet(CODES)
    listed.append(["id", "label"])
    for code in codes:
        listed.append([_text_cell(listed, code.id), _text_cell(listed, code.in_language(language))])
    buffer = io.BytesIO()
    book.save(buffer)
    return without_times(buffer.getvalue())


def _letter(at: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(at + 1))


def _text_cell(sheet: Any, text: str, *, bold: bool = False, wrap: bool = True) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    cell = WriteOnlyCell(sheet, _neutral(text))
    cell.data_type = "s"
    cell.font = Font(bold=bold)
    cell.alignment = Alignment(wrap_text=wrap, vertical="top")
    return cell


_WIDTHS = {"start": 8, "end": 8, "interview": 12, "passage": 80, "decision": 30, "comment": 40}


def _cells(item: DisputedPassage, coders: Sequence[str]) -> list[str | int]:
    opinions = [
        " ; ".join(item.codes[name]) or NO_CODE if name in item.codes else NOT_SEEN for name in coders
    ]
    return [item.interview, item.start, item.end, _cut(item.passage), *opinions, "", ""]


def _cut(text: str) -> str:
    return f"{text[:LONGEST_PASSAGE]}…" if len(text) > LONGEST_PASSAGE else text


def _neutral(text: str) -> str:
    """Return what a spreadsheet takes for text, a hyphen for itself."""
    text = _ILLEGAL.sub("\ufffd", text)
    return f"'{text}" if text.startswith(_FORMULA_START) and text != NO_CODE else text


def is_adjudication(path: Path) -> bool:
    """Tell whether a workbook has the sheet of an adjudication."""
    with path.open("rb") as stream:
        if stream.read(4) != b"PK\x03\x04":
            return False
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo("xl/workbook.xml")
            return info.file_size < 2**20 and f'name="{SHEET}"'.encode() in archive.read(info)
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, RuntimeError):
        return False


def read_adjudication(path: Path, options: ReadOptions) -> ImportedProject:
    """Read a filled-in sheet: decisions become codings of ``consensus`` with an audit memo each.

    Parameters
    ----------
    path
        The workbook.
    options
        ``texts`` are the texts of the study, against which every passage is checked; ``coder`` names
        the consensus coder otherwise.

    Raises
    ------
    StudyError
        Every row whose decision names an unknown code, or whose passage does not stand in the text.
    """
    book = read_workbook(path)
    sheet = next((each for each in book.sheets if each.name == SHEET), None)
    if sheet is None:
        what = f"The workbook has no sheet '{SHEET}'."
        raise StudyError.of(what, "Write the sheet again: omnistudy agreement STUDY --sheet.", file=str(path))
    work = _Reading(path.name, options, _codes_of(book))
    for number, cells in _rows(sheet, path.name):
        work.take(number, cells)
    if work.problems:
        raise StudyError(work.problems)
    return work.project(sha256_of(path))


def _codes_of(book: Workbook) -> Mapping[str, str]:
    """Return id by id, and by the match keys of ids and labels."""
    found: dict[str, str] = {}
    for each in book.sheets:
        if each.name == CODES:
            rows = [row for row in each.rows[1:] if row and row[0].strip()]
            for row in rows:
                code = _as_written(row[0].strip())
                found[code] = code
            for row in rows:
                code = _as_written(row[0].strip())
                for name in (code, *(cell.strip() for cell in row[1:2])):
                    found.setdefault(match_key(name), code)
    return found


def _rows(sheet: Sheet, file: str) -> Iterable[tuple[int, Mapping[str, str]]]:
    for at, cells in enumerate(sheet.rows[:20]):
        names = [cell.strip().casefold() for cell in cells]
        if set(COLUMNS[:5]) <= set(names):
            for number, row in enumerate(sheet.rows[at + 1 :], start=at + 2):
                if any(cell.strip() for cell in row):
                    written = [cell.strip() for cell in cells]
                    columns = [name.casefold() if name.casefold() in COLUMNS else name for name in written]
                    yield number, dict(zip(columns, row, strict=False))
            return
    wanted = ", ".join(COLUMNS[:5])
    raise StudyError.of("The header is missing.", f"Keep the columns {wanted}.", file=file)


def _as_written(cell: str) -> str:
    """Take off the apostrophe that kept a cell from being a formula."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA_START) else cell


@dataclass
class _Reading:
    """The decisions of one sheet, while it is read."""

    file: str
    options: ReadOptions
    codes: Mapping[str, str]
    problems: list[Problem] = field(default_factory=list)
    quotations: list[ImportedQuotation] = field(default_factory=list)
    codings: list[ImportedCoding] = field(default_factory=list)
    memos: list[ImportedMemo] = field(default_factory=list)
    undecided: int = 0

    @property
    def coder(self) -> str:
        return self.options.coder or CONSENSUS

    def take(self, number: int, cells: Mapping[str, str]) -> None:
        decision = cells.get("decision", "").strip()
        if not decision:
            self.undecided += 1
            return
        place = self._place(number, cells)
        codes = self._decided(number, decision)
        if place is None or codes is None:
            return
        quotation = f"row {number}"
        interview, start, end = place
        comment = _as_written(cells.get("comment", "").strip())
        self.quotations.append(
            ImportedQuotation(
                id=quotation, source=interview, start=start, end=end, check=Check.EXACT, coder=self.coder
            )
        )
        for code in codes:
            self.codings.append(
                ImportedCoding(
                    quotation=quotation, code=code, coder=self.coder, round=CONSENSUS, memo=comment
                )
            )
        self.memos.append(self._audit(quotation, cells, codes, comment))

    def _audit(
        self, quotation: str, cells: Mapping[str, str], codes: Sequence[str], comment: str
    ) -> ImportedMemo:
        opinions = [
            f"{name.removeprefix(_OF_CODER)}: {_as_written(cell.strip()) or NO_CODE}"
            for name, cell in cells.items()
            if name.startswith(_OF_CODER)
        ]
        text = f"{'; '.join(part.replace(' ; ', ', ') for part in opinions)} → {', '.join(codes) or NO_CODE}"
        return ImportedMemo(
            target="quotation",
            target_id=quotation,
            text=f"{text}. {comment}".strip() if comment else text,
            title="adjudication",
            coder=self.coder,
            id=quotation,
        )

    def _place(self, number: int, cells: Mapping[str, str]) -> tuple[str, int, int] | None:
        interview = _as_written(cells.get("interview", "").strip())
        text = self.options.texts.get(interview)
        if text is None:
            near = did_you_mean(interview, self.options.texts)
            self._wrong(number, "interview", f"The study has no interview '{interview}'. {near}".strip())
            return None
        start, end = cells.get("start", "").strip(), cells.get("end", "").strip()
        passage = _as_written(cells.get("passage", ""))
        if start.isdecimal() and end.isdecimal() and int(start) < int(end) <= len(text):
            stands = _ILLEGAL.sub("\ufffd", _cut(text[int(start) : int(end)])).replace("\r", "\n")
            if stands.strip() == passage.strip():
                return interview, int(start), int(end)
        self._wrong(number, "passage", "The passage does not stand at this place of the interview.")
        return None

    def _decided(self, number: int, decision: str) -> tuple[str, ...] | None:
        parts = [part.strip() for part in _BETWEEN.split(_as_written(decision)) if part.strip()]
        if len(parts) == 1 and (match_key(parts[0]) or parts[0]) in _NONE:
            return ()
        found = [self.codes.get(part, self.codes.get(match_key(part))) for part in parts]
        for part, code in zip(parts, found, strict=True):
            if code is None:
                near = did_you_mean(part, self.codes)
                self._wrong(number, "decision", f"'{part}' is no code of the sheet '{CODES}'. {near}".strip())
        return tuple(dict.fromkeys(code for code in found if code)) if None not in found else None

    def _wrong(self, number: int, column: str, what: str) -> None:
        remedy = (
            "Correct the cell, or empty the decision." if column == "decision" else "Export the sheet again."
        )
        self.problems.append(Problem(what=what, remedy=remedy, file=self.file, row=number, column=column))

    def project(self, sha256: str) -> ImportedProject:
        interviews = dict.fromkeys(quotation.source for quotation in self.quotations)
        codes = dict.fromkeys(coding.code for coding in self.codings)
        decided = len(self.quotations)
        left_out = LeftOut(msg("passages"), self.undecided, msg("the column decision is empty"))
        return ImportedProject(
            format="adjudication sheet",
            file=self.file,
            sha256=sha256,
            sources=tuple(
                ImportedSource(id=name, name=name, text=self.options.texts[name]) for name in interviews
            ),
            codes=tuple(ImportedCode(id=code, path=(code,), proposed_id=code) for code in codes),
            coders=(self.coder,) if decided else (),
            quotations=tuple(self.quotations),
            codings=tuple(self.codings),
            memos=tuple(self.memos),
            counts=MappingProxyType(
                {
                    "interviews": len(interviews),
                    "codes": len(codes),
                    "quotations": decided,
                    "codings": len(self.codings),
                    "memos": len(self.memos),
                }
            ),
            left_out=(left_out,) if self.undecided else (),
            warnings=self._warnings(),
        )

    def _warnings(self) -> tuple[Message, ...]:
        if match_key(self.coder) == CONSENSUS:
            return ()
        return (
            msg(
                "'{coder}' is taken for a person unless the table of coders calls them consensus.",
                coder=self.coder,
            ),
        )
