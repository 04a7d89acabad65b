"""What the databases of several programs hold alike: documents, codes in categories, cases, memos.

Rows come as the readers select them; every cell may be missing or of another type than its column says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from omnistudy.formats.programs.sqlite_file import Cell, text_of
from omnistudy.formats.reading.imported import ImportedCode, ImportedMemo, ImportedSource
from omnistudy.formats.reading.options import split_path
from omnistudy.formats.reading.placing import iso_time
from omnistudy.text.canonical import normalised

Attributes = Mapping[str, Mapping[str, str]]
Rows = Iterable[tuple[Cell, ...]]


def sources_of(
    documents: Rows, texts: Mapping[str, str], attributes: Attributes
) -> tuple[ImportedSource, ...]:
    """Return the documents, given as (id, name), that have a text."""
    return tuple(
        ImportedSource(
            id=text_of(source),
            name=text_of(name),
            text=normalised(texts[text_of(source)]).text,
            attributes=attributes.get(text_of(source), {}),
        )
        for source, name in documents
        if text_of(source) in texts
    )


def codes_in_categories(
    categories: Rows,
    codes: Rows,
    members: Rows,
    split: str | None,
) -> Iterator[ImportedCode]:
    """Yield categories, then codes; a code that stands in several categories goes under the first.

    Parameters
    ----------
    categories, codes
        Id, name and description of each.
    members
        Code and category.
    split
        What parts the levels of a name, if anything does.
    """
    paths: dict[str, tuple[str, ...]] = {}
    for category, name, description in categories:
        paths[text_of(category)] = path = split_path(text_of(name), split)
        yield ImportedCode(id=f"category:{text_of(category)}", path=path, description=text_of(description))
    category_of: dict[str, str] = {}
    for code, category in members:
        if text_of(category) in paths:
            category_of.setdefault(text_of(code), text_of(category))
    for code, name, description in codes:
        above = paths.get(category_of.get(text_of(code), ""), ())
        path = (*above, *split_path(text_of(name), split))
        yield ImportedCode(id=text_of(code), path=path, description=text_of(description))


def with_cases(
    of_source: Attributes,
    of_case: Attributes,
    cases: Rows,
    members: Rows,
) -> Attributes:
    """Return attributes by document: its own, its cases' names, and those of its case where it has only one.

    Parameters
    ----------
    cases
        Id and name.
    members
        Case and document.
    """
    names = {text_of(case): text_of(name) for case, name in cases}
    cases_of: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for case, source in members:
        if text_of(case) in names:
            cases_of[text_of(source)].setdefault(text_of(case))
    found = {source: dict(values) for source, values in of_source.items()}
    for source, its in cases_of.items():
        own = {**found.get(source, {}), "case": "; ".join(names[case] for case in its)}
        found[source] = {**of_case.get(next(iter(its)), {}), **own} if len(its) == 1 else own
    return found


def project_memos(descriptions: Iterable[Cell]) -> Iterator[ImportedMemo]:
    """Yield what is written about the project itself."""
    for text in descriptions:
        if text_of(text).strip():
            yield ImportedMemo(target="study", target_id="", text=text_of(text))


def journal_memos(rows: Rows) -> Iterator[ImportedMemo]:
    """Yield the entries of a journal: title, text, coder, time."""
    for title, text, coder, time in rows:
        yield ImportedMemo(
            target="study",
            target_id="",
            title=text_of(title),
            text=text_of(text),
            coder=text_of(coder),
            created=iso_time(text_of(time)),
        )


def document_memos(rows: Rows) -> Iterator[ImportedMemo]:
    """Yield memos on documents that say something: document, text, coder, time."""
    for source, text, coder, time in rows:
        if text_of(text).strip():
            yield ImportedMemo(
                target="interview",
                target_id=text_of(source),
                text=text_of(text),
                coder=text_of(coder),
                created=iso_time(text_of(time)),
            )
