"""QualCoder projects (.qda folders, or their data.qda): every version of the database.

Columns are asked for by name and not by version, because they came and went. Offsets are code points
of the stored text, half-open; the coder is the owner of the coding, also where the program hides them.
Source: the program's database versions 1 to 17.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from omnistudy.formats.programs.project_tables import (
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
from omnistudy.formats.reading.imported import ImportedCode, ImportedMemo, ImportedProject, LeftOut
from omnistudy.formats.reading.options import ReadOptions, split_path
from omnistudy.formats.reading.placing import Placed, SpanRow, placed
from omnistudy.results import Kind, Message, Number, msg
from omnistudy.study.input_files import sha256_of

DATABASE = "data.qda"
HABIT = Dialect()
TABLES = frozenset({"source", "code_name", "code_text"})
_WANTED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "project": ("memo",),
        "source": ("id", "name", "fulltext", "mediapath", "memo", "owner", "date"),
        "code_name": ("cid", "name", "memo", "catid", "supercid"),
        "code_cat": ("catid", "name", "memo", "supercatid"),
        "code_text": (
            "ctid", "cid", "fid", "seltext", "pos0", "pos1", "owner", "date", "memo", "important",
        ),
        "annotation": ("fid", "pos0", "pos1", "memo", "owner", "date"),
        "cases": ("caseid", "name"),
        "case_text": ("caseid", "fid"),
        "attribute": ("name", "attr_type", "value", "id"),
        "journal": ("name", "jentry", "owner", "date"),
        "coder_names": ("name", "visibility"),
        "code_image": ("cid",),
        "code_av": ("cid",),
    }
)  # fmt: skip
Path_ = tuple[str, ...]


def is_qualcoder(path: Path) -> bool:
    """Tell whether the file is a database with QualCoder's tables."""
    return table_names(path) >= TABLES


def read_qualcoder(path: Path, options: ReadOptions) -> ImportedProject:
    """Read a QualCoder project.

    Parameters
    ----------
    path
        The project's data.qda; it is opened read-only.
    options
        ``coder`` stands for the stock name ``default``; ``keep_twins`` keeps a category and the code
        of the same name inside it apart, which imports from other programs leave behind.

    Raises
    ------
    StudyError
        For a damaged database, codings under the stock name only, and stored words that contradict
        every way to count offsets.
    """
    with open_database(path) as connection:
        tables = {table: read_rows(connection, table, columns) for table, columns in _WANTED.items()}
    name = path.parent.name if path.name == DATABASE and path.parent.suffix == ".qda" else path.name
    texts = {text_of(row[1]): text_of(row[3]) for row in tables["source"] if text_of(row[3]).strip()}
    tree = _tree(tables, options)
    noted = tables["annotation"]
    owners = (text_of(row[7]) for row in tables["code_text"])
    coders = coder_names(owners, options, name)
    rows = [*(_coding(row, coders) for row in tables["code_text"]), *map(_annotation, noted)]
    found = placed(rows, texts, (code.id for code in tree.codes), HABIT, options, file=name)
    return ImportedProject(
        format="QualCoder",
        file=name,
        sha256=sha256_of(path),
        sources=sources_of((row[1:3] for row in tables["source"]), texts, _attributes(tables)),
        codes=tree.codes,
        coders=tuple(dict.fromkeys(coders.values())),
        quotations=found.quotations,
        codings=found.codings,
        memos=tuple(_memos(tables)),
        counts=MappingProxyType(
            {
                "interviews": len(texts),
                "codes": len(tree.codes),
                "categories": len(tables["code_cat"]),
                "quotations": len({(each.source, each.start, each.end) for each in found.quotations}),
                "codings": sum(len(tables[kind]) for kind in ("code_text", "code_image", "code_av")),
            }
        ),
        dialect=found.dialect,
        left_out=(*found.left_out, *_left_out(tables, texts)),
        warnings=tuple(_warnings(tables, tree, coders, found)),
    )


@dataclass(frozen=True, slots=True)
class _Tree:
    """Categories and codes with their paths; ``twins`` were collapsed, ``loops`` cut."""

    codes: tuple[ImportedCode, ...]
    twins: int
    loops: int


def _tree(tables: Tables, options: ReadOptions) -> _Tree:
    """Build the code tree; ids of categories are kept apart from those of codes."""
    names: dict[str, Path_] = {}
    above: dict[str, str] = {}
    memos: dict[str, str] = {}
    for _, number, name, memo, parent in tables["code_cat"]:
        node = f"category:{text_of(number)}"
        names[node], memos[node] = split_path(text_of(name), options.split), text_of(memo)
        above[node] = f"category:{text_of(parent)}" if parent is not None else ""
    for _, number, name, memo, category, parent in tables["code_name"]:
        node = text_of(number)
        names[node], memos[node] = split_path(text_of(name), options.split), text_of(memo)
        above[node] = text_of(parent) or (f"category:{text_of(category)}" if category is not None else "")
    twins = 0
    if not options.keep_twins:
        for node, parent in above.items():
            is_twin = parent.startswith("category:") and not node.startswith("category:")
            if is_twin and names.get(parent) == names[node]:
                names[node] = ()
                twins += 1
    codes, loops = [], 0
    for node in names:
        path, looped = _path(node, names, above)
        loops += looped
        codes.append(ImportedCode(id=node, path=path, description=memos[node]))
    return _Tree(tuple(_described(codes)), twins, loops)


def _path(node: str, names: Mapping[str, Path_], above: Mapping[str, str]) -> tuple[Path_, bool]:
    path: Path_ = ()
    seen: set[str] = set()
    while node in names and node not in seen:
        seen.add(node)
        path = (*names[node], *path)
        node = above[node]
    return path, node in seen


def _described(codes: list[ImportedCode]) -> Iterator[ImportedCode]:
    """Yield codes; of those with one path, the first carries the longest description."""
    best: dict[Path_, str] = {}
    for code in codes:
        best[code.path] = max(best.get(code.path, ""), code.description, key=len)
    for code in codes:
        yield ImportedCode(id=code.id, path=code.path, description=best[code.path])


def _coding(row: tuple[Cell, ...], coders: Mapping[str, str]) -> SpanRow:
    number, identity, code, source, words, start, end, owner, date, memo, _ = row
    return SpanRow(
        id=text_of(identity) or f"row:{text_of(number)}",
        source=text_of(source),
        start=whole(start),
        end=whole(end),
        words=text_of(words),
        code=text_of(code),
        coder=coders[text_of(owner)],
        created=text_of(date),
        memo=text_of(memo),
    )


def _annotation(row: tuple[Cell, ...]) -> SpanRow:
    number, source, start, end, memo, owner, _ = row
    return SpanRow(
        id=f"annotation:{text_of(number)}",
        source=text_of(source),
        start=whole(start),
        end=whole(end),
        words="",
        code=None,
        coder=text_of(owner),
        comment=text_of(memo),
    )


def _attributes(tables: Tables) -> Mapping[str, Mapping[str, str]]:
    """Return attributes of files, and those of their case where there is only one."""
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    of_case: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for _, name, kind, value, target in tables["attribute"]:
        if text_of(value):
            holder = of_case if text_of(kind).casefold() == "case" else found
            holder[text_of(target)][text_of(name)] = text_of(value)
    linked = (row[1:3] for row in tables["case_text"])
    return with_cases(found, of_case, (row[1:3] for row in tables["cases"]), linked)


def _memos(tables: Tables) -> Iterator[ImportedMemo]:
    yield from project_memos(memo for _, memo in tables["project"])
    yield from journal_memos(row[1:5] for row in tables["journal"])
    yield from document_memos((row[1], *row[5:8]) for row in tables["source"])


def _left_out(tables: Tables, texts: Mapping[str, str]) -> Iterator[LeftOut]:
    no_words = msg("they are on no words of a text")
    if tables["code_image"]:
        yield LeftOut(msg("codings of pictures"), len(tables["code_image"]), no_words)
    if tables["code_av"]:
        yield LeftOut(msg("codings of sound or film"), len(tables["code_av"]), no_words)
    if media := len(tables["source"]) - len(texts):
        yield LeftOut(msg("documents without text"), media, msg("there is nothing in them to code"))
    if marked := sum(bool(whole(row[10])) for row in tables["code_text"]):
        yield LeftOut(msg("marks of importance"), marked, msg("a study has no place for them"))


def _warnings(tables: Tables, tree: _Tree, coders: Mapping[str, str], found: Placed) -> Iterator[Message]:
    yield from found.warnings
    hidden = {text_of(row[1]) for row in tables["coder_names"] if row[2] is not None and whole(row[2]) == 0}
    if names := sorted(hidden & set(coders)):
        yield msg("The program hides the codings of {coders}; they are read.", coders=", ".join(names))
    if tree.twins:
        yield msg(
            "{n} codes stand in a category of their own name; each is one code with its category.",
            n=Number(tree.twins, Kind.COUNT),
        )
    if tree.loops:
        yield msg("{n} codes are their own ancestors; the loop is cut.", n=Number(tree.loops, Kind.COUNT))
