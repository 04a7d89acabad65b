"""RQDA projects (.rqda): live rows only, because the program marks as deleted what it hides.

Offsets are code points of the stored text, half-open, kept as REAL; the coder is the owner of the
coding. Source: the database schema of RQDA 0.2, read from a real project.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from omnistudy.formats.programs.project_tables import (
    codes_in_categories,
    document_memos,
    journal_memos,
    project_memos,
    sources_of,
    with_cases,
)
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
from omnistudy.formats.reading.imported import ImportedMemo, ImportedProject, LeftOut
from omnistudy.formats.reading.options import ReadOptions
from omnistudy.formats.reading.placing import SpanRow, iso_time, placed
from omnistudy.results import msg
from omnistudy.study.input_files import sha256_of

HABIT = Dialect()
TABLES = frozenset({"source", "freecode", "codecat", "treecode", "coding"})
_WANTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "source": ("id", "name", "file", "memo", "owner", "date"),
        "freecode": ("id", "name", "memo"),
        "codecat": ("catid", "name", "memo"),
        "treecode": ("cid", "catid"),
        "coding": ("cid", "fid", "seltext", "selfirst", "selend", "owner", "date", "memo"),
        "coding2": ("cid", "fid", "seltext", "selfirst", "selend", "owner", "date", "memo"),
        "cases": ("id", "name"),
        "caselinkage": ("caseid", "fid"),
        "caseAttr": ("caseID", "variable", "value"),
        "fileAttr": ("fileID", "variable", "value"),
        "journal": ("name", "journal", "owner", "date"),
        "annotation": ("fid", "position", "annotation", "owner", "date"),
        "project": ("memo",),
        "imageCoding": ("cid",),
    }
)


def is_rqda(path: Path) -> bool:
    """Tell whether the file is a database with RQDA's tables."""
    return table_names(path) >= TABLES


def read_rqda(path: Path, options: ReadOptions) -> ImportedProject:
    """Read an RQDA project.

    Parameters
    ----------
    path
        The .rqda file; it is opened read-only.
    options
        ``coder`` stands for owners without a name of their own.

    Raises
    ------
    StudyError
        For a damaged database, codings without a coder, and stored words that contradict every way to
        count offsets.
    """
    with open_database(path) as connection:
        read = {table: _read(connection, table) for table in _WANTED}
    live: Tables = {table: rows for table, (rows, _) in read.items()}
    deleted = {table: gone for table, (_, gone) in read.items()}
    texts = {text_of(row[1]): text_of(row[3]) for row in live["source"]}
    codes = tuple(
        codes_in_categories(
            (row[1:4] for row in live["codecat"]),
            (row[1:4] for row in live["freecode"]),
            (row[1:3] for row in live["treecode"]),
            options.split,
        )
    )
    coded = [(table, row) for table in ("coding", "coding2") for row in live[table]]
    coders = coder_names((text_of(row[6]) for _, row in coded), options, path.name)
    rows = [_span_row(table, row, coders) for table, row in coded]
    found = placed(rows, texts, (code.id for code in codes), HABIT, options, file=path.name)
    return ImportedProject(
        format="RQDA",
        file=path.name,
        sha256=sha256_of(path),
        sources=sources_of((row[1:3] for row in live["source"]), texts, _attributes(live)),
        codes=codes,
        coders=tuple(dict.fromkeys(coders.values())),
        quotations=found.quotations,
        codings=found.codings,
        memos=tuple(_memos(live)),
        counts=MappingProxyType(
            {
                "interviews": len(live["source"]),
                "codes": len(codes),
                "categories": len(live["codecat"]),
                "quotations": len({(each.source, each.start, each.end) for each in found.quotations}),
                "codings": len(coded) + deleted["coding"] + deleted["coding2"],
            }
        ),
        dialect=found.dialect,
        left_out=(*_deleted(deleted), *found.left_out, *_images(live)),
        warnings=found.warnings,
    )


def _read(connection: sqlite3.Connection, table: str) -> tuple[list[tuple[Cell, ...]], int]:
    """Return the live rows of a table, and how many are marked as deleted."""
    rows = read_rows(connection, table, (*_WANTED[table], "status"))
    live = [row[:-1] for row in rows if row[-1] is None or whole(row[-1]) == 1]
    return live, len(rows) - len(live)


def _span_row(table: str, row: tuple[Cell, ...], coders: Mapping[str, str]) -> SpanRow:
    number, code, source, words, start, end, owner, date, memo = row
    second = table == "coding2"
    return SpanRow(
        id=f"second:{text_of(number)}" if second else text_of(number),
        source=text_of(source),
        start=whole(start),
        end=whole(end),
        words=text_of(words),
        code=text_of(code),
        coder=coders[text_of(owner)],
        round="second" if second else "",
        created=text_of(date),
        memo=text_of(memo),
    )


def _attributes(live: Tables) -> Mapping[str, Mapping[str, str]]:
    """Return attributes of files, and of their case where there is only one."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for _, source, variable, value in live["fileAttr"]:
        found[text_of(source)][text_of(variable)] = text_of(value)
    of_case: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for _, case, variable, value in live["caseAttr"]:
        of_case[text_of(case)][text_of(variable)] = text_of(value)
    linked = (row[1:3] for row in live["caselinkage"])
    return with_cases(found, of_case, (row[1:3] for row in live["cases"]), linked)


def _memos(live: Tables) -> Iterator[ImportedMemo]:
    yield from project_memos(memo for _, memo in live["project"])
    yield from journal_memos(row[1:5] for row in live["journal"])
    yield from document_memos((row[1], *row[4:7]) for row in live["source"])
    for _, source, position, text, owner, date in live["annotation"]:
        yield ImportedMemo(
            target="interview",
            target_id=text_of(source),
            title=f"@{text_of(position)}",
            text=text_of(text),
            coder=text_of(owner),
            created=iso_time(text_of(date)),
        )


def _deleted(deleted: Mapping[str, int]) -> Iterator[LeftOut]:
    why = msg("the program marks them as deleted")
    if count := deleted["coding"] + deleted["coding2"]:
        yield LeftOut(msg("deleted codings"), count, why)
    if deleted["freecode"]:
        yield LeftOut(msg("deleted codes"), deleted["freecode"], why)
    if deleted["source"]:
        yield LeftOut(msg("deleted documents"), deleted["source"], why)
    rest = sum(deleted.values()) - count - deleted["freecode"] - deleted["source"]
    if rest:
        yield LeftOut(msg("other deleted things"), rest, why)


def _images(live: Tables) -> Iterator[LeftOut]:
    if live["imageCoding"]:
        yield LeftOut(
            msg("codings of pictures"), len(live["imageCoding"]), msg("they are on no words of a text")
        )
