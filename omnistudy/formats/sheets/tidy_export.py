"""Codings as one wide table for people: a row per coding, with code path and interview attributes.

Free text is neutralised, so that no spreadsheet takes it for a formula; codes and numbers stay as they
are, as text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence

from omnistudy.errors import StudyError
from omnistudy.formats.exported import WATERMARK, Exported, frozen, without_times
from omnistudy.formats.reading.imported import LeftOut
from omnistudy.results import msg
from omnistudy.study.interviews import natural_order
from omnistudy.study.model import Coding, Study

LONGEST_CELL = 32_767
MOST_ROWS = 1_048_575
COLUMNS = (
    "interview",
    "start",
    "end",
    "quote",
    "coder",
    "code",
    "label",
    "path",
    "role",
    "level",
    "round",
    "created",
    "memo",
)
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")
_FORMULA_START = tuple("=+-@\t\r\n＝＋－＠")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def export_csv(study: Study) -> Exported:
    """Return the codings as CSV for Excel: UTF-8 with a byte order mark, LF, every text neutralised."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    rows = list(_rows(study))
    writer.writerows(rows)
    data = ("\ufeff" + _ILLEGAL.sub("\ufffd", buffer.getvalue())).encode("utf-8")
    return Exported(data=data, counts=frozen({"codings": len(rows) - 1}), left_out=_left_out(study))


def export_xlsx(study: Study) -> Exported:
    """Return the codings as a workbook whose cells are all text; the same study gives the same bytes.

    Raises
    ------
    StudyError
        If the study has more codings than a sheet has rows.
    """
    from openpyxl import Workbook

    rows = list(_rows(study))
    if len(rows) > MOST_ROWS:
        raise StudyError.of(
            f"The study has {len(rows) - 1} codings; a sheet holds {MOST_ROWS - 1}.", "Export to csv."
        )
    cut = 0
    book = Workbook(write_only=True)
    sheet = book.create_sheet("codings")
    sheet.freeze_panes = "A2"
    for row in rows:
        cells = [_ILLEGAL.sub("\ufffd", cell) for cell in row]
        cut += sum(len(cell) > LONGEST_CELL for cell in cells)
        sheet.append([f"{cell[: LONGEST_CELL - 1]}…" if len(cell) > LONGEST_CELL else cell for cell in cells])
    buffer = io.BytesIO()
    book.save(buffer)
    left_out = list(_left_out(study))
    if cut:
        left_out.append(LeftOut(msg("ends of long cells"), cut, msg("a cell holds 32,767 characters")))
    return Exported(
        data=without_times(buffer.getvalue()),
        counts=frozen({"codings": len(rows) - 1}),
        left_out=tuple(left_out),
    )


def _rows(study: Study) -> Iterator[list[str]]:
    attributes = _attribute_columns(study)
    names = [f"interview_{name}" if name in COLUMNS else name for name in attributes]
    mark = ["synthetic"] if study.synthetic else []
    yield [*COLUMNS, *map(_text, names), *mark]
    order = {interview.id: interview.order for interview in study.interviews}
    for coding in sorted(study.codings, key=lambda coding: _order(coding, order)):
        yield [*_coding(study, coding, attributes), *([WATERMARK] if study.synthetic else [])]


def _order(coding: Coding, order: dict[str, int]) -> tuple[object, ...]:
    place = coding.quotation
    return (
        order[place.interview],
        place.start,
        place.end,
        natural_order(coding.coder),
        coding.code,
        coding.round,
    )


def _attribute_columns(study: Study) -> list[str]:
    found: dict[str, None] = {"date": None, "order": None}
    for interview in study.interviews:
        found.update(dict.fromkeys(interview.attributes))
    return list(found)


def _coding(study: Study, coding: Coding, attributes: Sequence[str]) -> list[str]:
    place, code = coding.quotation, study.codebook[coding.code]
    interview = study.interview[place.interview]
    known = {"date": interview.date or "", "order": str(interview.order), **interview.attributes}
    return [
        place.interview,
        str(place.start),
        str(place.end),
        _text(study.passage(place)),
        _text(coding.coder),
        code.id,
        _text(code.label.in_language(study.language)),
        study.codebook.path(code.id),
        str(study.codebook.role_of(code.id) or ""),
        str(code.level),
        _text(coding.round),
        coding.created,
        _text(coding.memo),
        *(_text(known.get(name, "")) for name in attributes),
    ]


def _text(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would compute; plain numbers compute to themselves."""
    return f"'{text}" if text.startswith(_FORMULA_START) and not _NUMBER.fullmatch(text) else text


def _left_out(study: Study) -> tuple[LeftOut, ...]:
    no_row = msg("the table has one row per coding")
    pairs = (
        (msg("memos"), len(study.memos)),
        (msg("relations"), len(study.relations)),
        (msg("role votes"), len(study.role_votes)),
        (msg("propositions"), len(study.propositions)),
    )
    return tuple(LeftOut(what, count, no_row) for what, count in pairs if count)
