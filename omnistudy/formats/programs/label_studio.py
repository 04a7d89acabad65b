"""Label Studio (.json, the export called JSON): marked passages of several annotators, with the words marked.

Positions count code points; releases before the end of 2021 counted UTF-16 units, so the stored words
decide. A line end of two characters counts as two. Annotators are numbers, or records with a name where the
edition gives them. Source: the program's pages on its task format and its Text tag.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

from omnistudy.formats.reading.coders import coder_names
from omnistudy.formats.reading.dialect import Dialect
from omnistudy.formats.reading.imported import ImportedCode, ImportedProject, ImportedSource, LeftOut
from omnistudy.formats.reading.options import ReadOptions, split_path
from omnistudy.formats.reading.placing import SpanRow, placed
from omnistudy.results import Message, listed, msg
from omnistudy.study.input_files import loads_json, read_input, sha256_of
from omnistudy.text.canonical import normalised

HABIT = Dialect()
Record = Mapping[str, Any]
_NAMES = ("interview", "name", "title", "filename", "file_name", "id")
"""Fields of a task's data that say what its text is called, the likeliest first."""


def is_label_studio(path: Path) -> bool:
    """Tell whether the file is a list of tasks with their annotations."""
    with path.open("rb") as stream:
        if not stream.read(16).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
            return False
    try:
        return bool(_tasks(path))
    except ValueError:
        return False


def _tasks(path: Path) -> list[Record]:
    """Return the tasks; empty where the file holds something else."""
    data = loads_json(read_input(path).removeprefix(b"\xef\xbb\xbf"))
    tasks = data if isinstance(data, list) else []
    wanted = all(
        isinstance(task, dict)
        and isinstance(task.get("data"), dict)
        and isinstance(task.get("annotations"), list)
        for task in tasks
    )
    return tasks if wanted else []


def read_label_studio(path: Path, options: ReadOptions) -> ImportedProject:
    """Read an export of Label Studio.

    Parameters
    ----------
    path
        The .json file in the format that the program calls JSON (not JSON-MIN, which names no annotator).
    options
        ``coder`` names an annotator without a record; with several numbered ones it is not used.

    Raises
    ------
    StudyError
        For annotations without an annotator, and stored words that contradict every way to count offsets.
    """
    tasks = _tasks(path)
    texts = {text_of(task["id"]): text for task in tasks if (text := _text(task)) and "id" in task}
    regions = list(_regions(tasks, texts))
    marked = [region for region in regions if region.labels and region.skipped is None]
    owners = _annotators(tasks)
    coders = _coders(owners, options, path.name)
    labels = dict.fromkeys(label for region in marked for label in region.labels)
    rows = [
        SpanRow(
            id=region.id,
            source=region.task,
            start=region.start,
            end=region.end,
            words=region.words,
            code=label,
            coder=coders[region.annotator],
            created=region.created,
            memo=region.note,
        )
        for region in marked
        for label in region.labels
    ]
    found = placed(rows, texts, labels, HABIT, options, file=path.name)
    return ImportedProject(
        format="Label Studio",
        file=path.name,
        sha256=sha256_of(path),
        sources=tuple(_sources(tasks, texts)),
        codes=tuple(ImportedCode(id=label, path=split_path(label, options.split)) for label in labels),
        coders=tuple(dict.fromkeys(coders.values())),
        quotations=found.quotations,
        codings=found.codings,
        counts=MappingProxyType(
            {"interviews": len(texts), "codes": len(labels), "quotations": len(marked), "codings": len(rows)}
        ),
        dialect=found.dialect,
        left_out=(*_left_out(tasks, regions), *found.left_out),
        warnings=(*found.warnings, *_warnings(coders.values())),
    )


def text_of(value: object) -> str:
    """Return a field as text; empty where it is neither text nor a number."""
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _text(task: Record) -> str:
    """Return the text that was annotated: the field that its regions name, ``text``, or the only one."""
    data: Record = task["data"]
    named = [
        text_of(result.get("to_name"))
        for annotation in _dicts(task["annotations"])
        for result in _dicts(annotation.get("result"))
    ]
    for field in (*named, "text"):
        if isinstance(data.get(field), str):
            return str(data[field])
    fields = [value for value in data.values() if isinstance(value, str)]
    return fields[0] if len(fields) == 1 else ""


def _dicts(value: object) -> Iterator[Record]:
    yield from (each for each in (value if isinstance(value, list) else []) if isinstance(each, dict))


def _sources(tasks: Iterable[Record], texts: Mapping[str, str]) -> Iterator[ImportedSource]:
    """Yield the texts with the names that tell them apart."""
    known = {text_of(task.get("id")): task for task in tasks}
    for field in (*_NAMES, ""):
        names = {key: text_of(known[key]["data"].get(field)).strip() for key in texts}
        if all(names.values()) and len(set(names.values())) == len(names):
            break
    for key, text in texts.items():
        yield ImportedSource(id=key, name=names[key] or f"task {key}", text=normalised(text).text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Region:
    """One result of one annotation; ``skipped`` says why it is no coding, where it is none."""

    id: str
    task: str
    annotator: str
    start: int | None
    end: int | None
    words: str
    labels: tuple[str, ...]
    note: str
    created: str
    skipped: str | None


def _regions(tasks: Iterable[Record], texts: Mapping[str, str]) -> Iterator[_Region]:
    numbers = count(1)
    for task in tasks:
        for annotation in _dicts(task["annotations"]):
            results = list(_dicts(annotation.get("result")))
            notes = {
                text_of(each.get("id")): _note(each) for each in results if each.get("type") == "textarea"
            }
            for result in results:
                if result.get("type") == "textarea" and _is_note(result, results):
                    continue
                yield _region(str(next(numbers)), result, annotation, text_of(task.get("id")), notes, texts)


def _region(
    name: str,
    result: Record,
    annotation: Record,
    task: str,
    notes: Mapping[str, str],
    texts: Mapping[str, str],
) -> _Region:
    value = result.get("value")
    value = value if isinstance(value, dict) else {}
    labels = value.get("labels")
    words = text_of(value.get("text"))
    if "\\n" in words and "\\n" not in texts.get(task, ""):
        words = words.replace("\\n", "\n")  # some releases store a line end as two characters
    skipped = "skipped" if annotation.get("was_cancelled") is True else None
    if skipped is None and result.get("type") != "labels":
        skipped = "relation" if result.get("type") == "relation" else "other"
    return _Region(
        id=name,
        task=task,
        annotator=_annotator_key(annotation),
        start=_whole(value.get("start")),
        end=_whole(value.get("end")),
        words=words,
        labels=tuple(text_of(each) for each in labels if text_of(each)) if isinstance(labels, list) else (),
        note=notes.get(text_of(result.get("id")), ""),
        created=text_of(annotation.get("created_at"))[:19],
        skipped=skipped,
    )


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _note(result: Record) -> str:
    """Return what an annotator wrote beside a region."""
    value = result.get("value")
    said = value.get("text") if isinstance(value, dict) else None
    return "\n".join(text_of(each) for each in said) if isinstance(said, list) else text_of(said)


def _is_note(result: Record, results: Iterable[Record]) -> bool:
    return any(each.get("id") == result.get("id") and each.get("type") == "labels" for each in results)


def _annotator_key(annotation: Record) -> str:
    who = annotation.get("completed_by")
    return text_of(who.get("id")) or text_of(who.get("email")) if isinstance(who, dict) else text_of(who)


def _annotators(tasks: Iterable[Record]) -> Mapping[str, str]:
    """Return annotators by number: their names, else their addresses, else ``annotator N``."""
    found: dict[str, str] = {}
    for task in tasks:
        for annotation in _dicts(task["annotations"]):
            key, who = _annotator_key(annotation), annotation.get("completed_by")
            record: Record = who if isinstance(who, dict) else {}
            name = " ".join(f"{text_of(record.get('first_name'))} {text_of(record.get('last_name'))}".split())
            found.setdefault(key, name or text_of(record.get("email")) or (f"annotator {key}" if key else ""))
    return found


def _coders(owners: Mapping[str, str], options: ReadOptions, file: str) -> Mapping[str, str]:
    """Return the coder behind every annotator: the one whom the caller names, where there is only one."""
    if options.coder and len(owners) == 1:
        return {key: " ".join(options.coder.split()) for key in owners}
    names = coder_names(owners.values(), options, file)
    return {key: names[name] for key, name in owners.items()}


def _left_out(tasks: Iterable[Record], regions: Iterable[_Region]) -> Iterator[LeftOut]:
    kinds = Counter(region.skipped or ("" if region.labels else "other") for region in regions)
    machine = sum(len(list(_dicts(task.get("predictions")))) for task in tasks)
    if kinds["skipped"]:
        yield LeftOut(
            msg("results of skipped tasks"), kinds["skipped"], msg("their annotator withdrew the annotation")
        )
    if kinds["relation"]:
        yield LeftOut(
            msg("relations between passages"), kinds["relation"], msg("only relations between codes are kept")
        )
    if kinds["other"]:
        yield LeftOut(
            msg("results that mark no passage"),
            kinds["other"],
            msg("choices, ratings, notes and regions of pages, pictures or sound are no codings of a text"),
        )
    if empty := sum(
        not annotation.get("result") and annotation.get("was_cancelled") is not True
        for task in tasks
        for annotation in _dicts(task["annotations"])
    ):
        yield LeftOut(
            msg("annotations without a passage"),
            empty,
            msg("a coder who found nothing has a row in the seen table, which an import does not write"),
        )
    if machine:
        yield LeftOut(msg("predictions"), machine, msg("a machine is no coder"))


def _warnings(coders: Iterable[str]) -> Iterator[Message]:
    numbered = [name for name in dict.fromkeys(coders) if name.startswith("annotator ")]
    if numbered:
        yield msg(
            "The file gives annotators as numbers, so these are not their names: {names}. With one annotator --coder"
            " names them; with several, give merge a table with --coder-map.",
            names=listed(numbered),
        )
