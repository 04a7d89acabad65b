"""What the columns of other programs' tables mean: by header, in any order and several languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from omnistudy.errors import StudyError
from omnistudy.formats.sheets.tabular import Sheet
from omnistudy.text.keys import match_key

HEADER_ROWS = 20
FEWEST_COLUMNS = 3  # of a table of quotes: interview, quote, code
_IN_WORDS: Mapping[str, str] = MappingProxyType(
    {"source": "the interview", "code": "the code", "quote": "the quoted words"}
)

# In order of preference: where a table has two columns of one meaning, the first here is taken.
SYNONYMS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "source": (
            "interview", "document name", "document", "source", "source name", "file name", "file", "transcript",
            "dokumentname", "dokument", "participant", "سند", "مصاحبه", "متن",
            "interview no", "interview nr", "interview number", "interview id", "interview name", "interviewee",
            "respondent", "informant", "نام مصاحبه", "شماره مصاحبه", "کد مصاحبه", "مصاحبه شونده", "مشارکت کننده",
            "نام سند", "فایل", "پرونده",
        ),
        "group": ("document group", "document groups", "folder", "dokumentgruppe", "گروه"),
        "code": (
            "code", "codes", "tag", "tags", "node", "label", "theme", "nodes", "کد", "کدها", "برچسب",
            "code name", "code label", "open code", "open codes", "initial code", "initial codes",
            "کد باز", "کدهای باز", "کد اولیه", "کدهای اولیه", "نام کد", "عنوان کد", "مقوله", "مفهوم",
        ),
        "quote": (
            "quotation content", "segment", "content", "quote", "quotation", "highlight", "coded text", "text",
            "statement", "نقل قول", "گزاره", "متن کدگذاری شده",
            "quotes", "quoted text", "text segment", "passage", "excerpt", "extract", "verbatim", "meaning unit",
            "متن نقل قول", "نقل قولها", "نقل قول ها", "گزاره کلامی", "گزاره های کلامی", "قطعه", "عبارت", "واحد معنایی",
        ),
        "coder": (
            "coder", "author", "created by", "user", "owner", "rater", "annotator", "autor", "erstellt von",
            "کدگذار", "ارزیاب", "coder name", "name of coder", "coded by", "researcher", "analyst",
            "کد گذار", "نام کدگذار", "نام کد گذار", "پژوهشگر", "محقق",
        ),
        "begin": ("start", "beginning", "begin", "anfang"),
        "end": ("end", "ende"),
        "reference": ("reference",),
        "memo": (
            "memo", "comment", "kommentar", "یادداشت", "comments", "note", "notes", "remark", "remarks", "توضیح",
            "توضیحات", "ملاحظات",
        ),
        "weight": ("weight", "weight score", "gewicht"),
        "created": ("created", "created on", "date", "erstellt am"),
        "round": ("round",),
        "id": ("id", "unit", "item", "quotation id", "شناسه"),
        "name": ("quotation name", "name"),
        "description": ("description", "definition", "beschreibung", "تعریف"),
        "count": ("number of highlights", "references", "number of documents", "files", "coded segments"),
        "kappa": ("kappa", "kappa coefficient"),
        "agreement": ("agreement",),
        "size": ("size", "source size", "file size"),
    }
)  # fmt: skip


def header_key(header: str) -> str:
    """Return the key under which spellings of one header are equal."""
    return match_key(header[:200]).replace("%", "").strip()


_FIELD_OF: Mapping[str, tuple[str, int]] = MappingProxyType(
    {
        header_key(header): (field, rank)
        for field, headers in SYNONYMS.items()
        for rank, header in enumerate(headers)
    }
)


@dataclass(frozen=True, slots=True)
class Headers:
    """The header of a sheet: its row (from 0), its cells, and field to column."""

    row: int
    cells: tuple[str, ...]
    columns: Mapping[str, int]

    def named(self, field: str) -> str:
        """Return the match key of the header of a field; empty where there is none."""
        return header_key(self.cells[self.columns[field]]) if field in self.columns else ""


def header_of(sheet: Sheet, asked: Mapping[str, str], file: str) -> Headers:
    """Find the header among the first rows: the one that names most fields, else the first full one.

    A title above the table fills one cell or two, so a row of three is the first that can be a header.

    Parameters
    ----------
    sheet
        The sheet.
    asked
        Field to header, as the caller says.
    file
        Name of the file, for errors.

    Raises
    ------
    StudyError
        If a header that the caller names is missing or stands twice.
    """
    wanted = {field: header_key(header) for field, header in asked.items() if field != "codes"}
    best = Headers(0, (), MappingProxyType({}))
    for at, cells in enumerate(sheet.rows[:HEADER_ROWS]):
        found = _columns(cells, wanted)
        first_full = not best.columns and _filled(best.cells) < FEWEST_COLUMNS <= _filled(cells)
        if not best.cells or len(found) > len(best.columns) or (first_full and not found):
            best = Headers(at, tuple(cell.strip() for cell in cells), found)
    keys = [header_key(cell) for cell in best.cells]
    for field, key in wanted.items():
        if keys.count(key) != 1:
            fault = "is missing" if key not in keys else "stands twice"
            raise StudyError.of(
                f"The column '{asked[field]}' {fault}.",
                f"Its columns: {seen(best.cells)}.",
                file=file,
                row=best.row + 1,
            )
    return best


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def what_columns_mean(headers: Headers) -> str:
    """Return the options that would name the columns of a sheet of quotes, with those that are clear."""
    known = {field: headers.cells[at] for field, at in headers.columns.items()}
    named = " ".join(f'--map {field}="{known.get(field, "…")}"' for field in ("source", "code", "quote"))
    unclear = [words for field, words in _IN_WORDS.items() if field not in known]
    return f"Say which column holds {' and '.join(unclear)}: {named}" if unclear else f"Say: {named}"


def seen(cells: Sequence[str]) -> str:
    """Return headers for an error, at most twenty of them."""
    named = [f"'{cell[:40]}'" for cell in cells if cell]
    return ", ".join(named[:20]) + (f" and {len(named) - 20} more" if len(named) > 20 else "")


def _columns(cells: Sequence[str], wanted: Mapping[str, str]) -> Mapping[str, int]:
    ranked: dict[str, tuple[int, int]] = {}
    for at, cell in enumerate(cells):
        key = header_key(cell)
        for field, asked in wanted.items():
            if key == asked:
                ranked[field] = (-1, at)
        field, rank = _FIELD_OF.get(key, ("", 0))
        if field and (field not in ranked or rank < ranked[field][0]):
            ranked[field] = (rank, at)
    return MappingProxyType({field: at for field, (_, at) in ranked.items()})
