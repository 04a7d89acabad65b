"""requal projects (.requal): spans that count from 1 and include their last character.

Positions come from a browser, hence perhaps in UTF-16 units, while the words stored beside them were
cut by code points; both are tried. Source: the program's database schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from omnistudy.formats.programs.project_tables import codes_in_categories, sources_of, with_cases
from omnistudy.formats.programs.sqlite_file import (
    Cell,
    Tables,
    open_database,
    read_rows,
    table_names,
    text_of,
    whole,
)
from omnistudy.formats.reading.coders import coder_names
from omnistudy.formats.reading.dialect import Dialect
from omnistudy.formats.reading.imported import ImportedMemo, ImportedProject
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.reading.placing import SpanRow, placed
from omnistudy.results import Message, msg
from omnistudy.study.input_files import sha256_of

HABIT = Dialect(end_inclusive=True, base=1)
TABLES = frozenset({"documents", "codes", "segments", "users"})
_WANTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "users": ("user_id", "user_name"),
        "documents": ("doc_id", "doc_name", "doc_text", "doc_description"),
        "codes": ("code_id", "code_name", "code_description"),
        "categories": ("category_id", "category_name", "category_description"),
        "categories_codes_map": ("category_id", "code_id"),
        "segments": (
            "segment_id", "user_id", "doc_id", "code_id", "segment_start", "segment_end", "segment_text",
        ),
        "cases": ("case_id", "case_name"),
        "cases_documents_map": ("case_id", "doc_id"),
        "memos": ("memo_id", "text", "user_id"),
        "memos_documents_map": ("memo_id", "doc_id"),
        "memos_codes_map": ("memo_id", "code_id"),
        "memos_segments_map": ("memo_id", "segment_id"),
    }
)  # fmt: skip


def is_requal(path: Path) -> bool:
    """Tell whether the file is a database with requal's tables."""
    return table_names(path) >= TABLES


def read_requal(path: Path, options: ReadOptions) -> ImportedProject:
    """Read a requal project.

    Parameters
    ----------
    path
        The .requal file; it is opened read-only.
    options
        ``coder`` stands for users without a name of their own.

    Raises
    ------
    StudyError
        For a damaged database, codings without a coder, and stored words that contradict every way to
        count offsets.
    """
    with open_database(path) as connection:
        tables = {table: read_rows(connection, table, columns) for table, columns in _WANTED.items()}
    users = {text_of(row[1]): text_of(row[2]) for row in tables["users"]}
    texts = {text_of(row[1]): text_of(row[3]) for row in tables["documents"]}
    members = [(code, category) for _, category, code in tables["categories_codes_map"]]
    codes = tuple(
        codes_in_categories(
            (row[1:4] for row in tables["categories"]),
            (row[1:4] for row in tables["codes"]),
            members,
            options.split,
        )
    )
    coders = coder_names((users.get(text_of(row[2]), "") for row in tables["segments"]), options, path.name)
    rows = [_span_row(row, coders[users.get(text_of(row[2]), "")]) for row in tables["segments"]]
    found = placed(rows, texts, (code.id for code in codes), HABIT, options, file=path.name, bases=(0,))
    linked = (row[1:3] for row in tables["cases_documents_map"])
    cases = with_cases({}, {}, (row[1:3] for row in tables["cases"]), linked)
    return ImportedProject(
        format="requal",
        file=path.name,
        sha256=sha256_of(path),
        sources=sources_of((row[1:3] for row in tables["documents"]), texts, cases),
        codes=codes,
        coders=tuple(dict.fromkeys(coders.values())),
        quotations=found.quotations,
        codings=found.codings,
        memos=tuple(_memos(tables, users)),
        counts=MappingProxyType(
            {
                "interviews": len(texts),
                "codes": len(codes),
                "categories": len(tables["categories"]),
                "quotations": len({(each.source, each.start, each.end) for each in found.quotations}),
                "codings": len(rows),
            }
        ),
        dialect=found.dialect,
        left_out=found.left_out,
        warnings=(*found.warnings, *_warnings(rows)),
    )


def _span_row(row: tuple[Cell, ...], coder: str) -> SpanRow:
    number, segment, _, source, code, start, end, words = row
    return SpanRow(
        id=text_of(segment) or f"row:{text_of(number)}",
        source=text_of(source),
        start=whole(start),
        end=whole(end),
        words=text_of(words),
        code=text_of(code),
        coder=coder,
    )


def _memos(tables: Tables, users: Mapping[str, str]) -> Iterator[ImportedMemo]:
    """Yield memos under what they are about; those about nothing else are about the study."""
    targets: dict[str, tuple[str, str]] = {}
    for table, target in (
        ("memos_segments_map", "quotation"),
        ("memos_codes_map", "code"),
        ("memos_documents_map", "interview"),
    ):
        for _, memo, about in tables[table]:
            targets.setdefault(text_of(memo), (target, text_of(about)))
    for _, memo, text, user in tables["memos"]:
        target, about = targets.get(text_of(memo), ("study", ""))
        yield ImportedMemo(
            target=target, target_id=about, text=text_of(text), coder=users.get(text_of(user), "")
        )


def _warnings(rows: list[SpanRow]) -> Iterator[Message]:
    if rows:
        yield msg(
            "requal joins overlapping spans of one code as they are entered: counts of quotations cannot be"
            " compared with those of other programs."
        )
