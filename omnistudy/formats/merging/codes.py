"""Codes of several files: one description for each, and what files and study do not agree on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from omnistudy.formats.into_study.codes import CodeMatcher
from omnistudy.formats.into_study.existing import ExistingStudy
from omnistudy.formats.reading.imported import ImportedProject
from omnistudy.results import Message, msg
from omnistudy.text.keys import match_key


@dataclass(frozen=True, slots=True)
class CodeConflict:
    """A code that files and study do not agree on, with what was done about it."""

    code: str
    what: Message
    choice: Message


def longest_descriptions(projects: Iterable[ImportedProject]) -> Mapping[tuple[str, ...], str]:
    """Return the longest description of every path, whichever file it stands in."""
    found: dict[tuple[str, ...], str] = {}
    for project in projects:
        for code in project.codes:
            key = tuple(map(match_key, code.path))
            found[key] = max(found.get(key, ""), code.description, key=lambda text: (len(text), text))
    return found


def code_conflicts(projects: Sequence[ImportedProject], study: ExistingStudy) -> Iterator[CodeConflict]:
    """Yield codes of one name under several parents, and codes with several definitions."""
    paths: defaultdict[str, dict[tuple[str, ...], tuple[str, ...]]] = defaultdict(dict)
    definitions: defaultdict[str, set[str]] = defaultdict(set)
    matcher = CodeMatcher(study.codebook)
    defined = {
        code.id: {text for text in code.definition.texts.values() if text} for code in study.codebook or ()
    }
    for project in projects:
        ids = matcher.match(project.codes)
        for code in project.codes:
            paths[match_key(code.path[-1])].setdefault(tuple(map(match_key, code.path)), code.path)
            if code.description.strip():
                definitions[ids[code.id]].add(code.description.strip())
    for _, same_name in sorted(paths.items()):
        if len(same_name) > 1:
            written = sorted(same_name.values())
            yield CodeConflict(
                written[0][-1],
                msg("the name stands at several places: {paths}", paths="; ".join(map(" > ".join, written))),
                msg("a code of the study that has the name is taken; else each place is a code"),
            )
    for code_id, texts in sorted(definitions.items()):
        kept = defined.get(code_id, set())
        if len(texts | kept) > 1 and not texts <= kept:
            yield CodeConflict(
                code_id,
                msg("it is defined in several ways"),
                msg("the study's definition is kept") if kept else msg("the longest definition is kept"),
            )
