"""requal projects (.requal): spans that count from 1 and include their last character.

Positions come from a browser, hence perhaps in UTF-16 units, while the words stored beside them were
cut by code points; both are tried. Source: the program's database schema.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from omnistudy.formats.dialect import Dialect
from omnistudy.formats.imported import (
    ImportedCode,
    ImportedMemo,
    ImportedProject,
    ImportedSource,
)
from omnistudy.formats.placing import SpanRow, coder_names, placed
from omnistudy.formats.read_options import ReadOptions, split_path
from omnistudy.formats.sqlite_file import Cell, open_database, read_rows, table_names, text_of, whole
from omnistudy.results import Message, msg
from omnistudy.text.canonical import normalised

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
Tables = Mapping[str, list[tuple[Cell, ...]]]


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
    codes = tuple(_codes(tables, options))
    coders = coder_names((users.get(text_of(row[2]), "") for row in tables["segments"]), options, path.name)
    rows = [_span_row(row, coders[users.get(text_of(row[2]), "")]) for row in tables["segments"]]
    found = placed(rows, texts, (code.id for code in codes), HABIT, options, file=path.name, bases=(0,))
    cases = _cases(tables)
    return ImportedProject(
        format="requal",
        file=path.name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        sources=tuple(
            ImportedSource(
                id=text_of(row[1]),
                name=text_of(row[2]),
                text=normalised(texts[text_of(row[1])]).text,
                attributes=cases.get(text_of(row[1]), {}),
            )
            for row in tables["documents"]
        ),
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


def _codes(tables: Tables, options: ReadOptions) -> Iterator[ImportedCode]:
    """Yield categories and codes; a code that stands in several categories goes under the first."""
    categories = {text_of(row[1]): split_path(text_of(row[2]), options.split) for row in tables["categories"]}
    category_of: dict[str, str] = {}
    for _, category, code in tables["categories_codes_map"]:
        if text_of(category) in categories:
            category_of.setdefault(text_of(code), text_of(category))
    for row in tables["categories"]:
        yield ImportedCode(
            id=f"category:{text_of(row[1])}", path=categories[text_of(row[1])], description=text_of(row[3])
        )
    for _, code, name, description in tables["codes"]:
        above = categories.get(category_of.get(text_of(code), ""), ())
        path = (*above, *split_path(text_of(name), options.split))
        yield ImportedCode(id=text_of(code), path=path, description=text_of(description))


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


def _cases(tables: Tables) -> Mapping[str, Mapping[str, str]]:
    names = {text_of(row[1]): text_of(row[2]) for row in tables["cases"]}
    found: defaultdict[str, list[str]] = defaultdict(list)
    for _, case, document in tables["cases_documents_map"]:
        if text_of(case) in names:
            found[text_of(document)].append(names[text_of(case)])
    return {document: {"case": "; ".join(cases)} for document, cases in found.items()}


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
