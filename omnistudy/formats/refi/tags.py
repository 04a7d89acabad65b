"""What REFI-QDA has no field for, written at the end of a Description and read back.

One line per fact, ``omnistudy:key=value``, after the words that are meant for people, so that a study
that went through a .qdpx or .qdc comes back with its own ids, levels, roles and labels.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from omnistudy.study.model import Code, Property

TEXT_FIELDS = ("label", "definition", "include", "exclude", "example")
_LINE = re.compile(r"omnistudy:([a-z_]+(?:\.[A-Za-z-]+)?)=(.*)")
_ESCAPED = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_ENDS = ("name", "low", "high")


def tagged(words: str, tags: Iterable[tuple[str, str]]) -> str:
    """Return ``words`` with the tags below them, one a line; empty values are left out."""
    lines = [f"omnistudy:{key}={_escaped(value)}" for key, value in tags if value]
    return "\n".join([words, *lines] if words else lines)


def untagged(description: str) -> tuple[str, Mapping[str, str]]:
    """Return the words of a Description and the tags below them."""
    lines = description.split("\n")
    tags: dict[str, str] = {}
    while lines and (found := _LINE.fullmatch(lines[-1])):
        tags.setdefault(found[1], _unescaped(found[2]))
        lines.pop()
    return "\n".join(lines), tags


def code_tags(code: Code, language: str) -> Iterable[tuple[str, str]]:
    """Yield everything of a code that a Code element has no attribute for; its role stands in a Set."""
    yield "id", code.id
    yield "language", language
    yield "level", str(code.level)
    for column in TEXT_FIELDS:
        for tag, text in sorted(getattr(code, column).texts.items()):
            if (column, tag) != ("definition", language):
                yield f"{column}.{tag}", text
    yield "aliases", json.dumps(code.aliases, ensure_ascii=False) if code.aliases else ""
    yield "since", code.since
    if code.properties:
        yield "properties", json.dumps([_property(each) for each in code.properties], ensure_ascii=False)


def texts_of_code(words: str, tags: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the texts of a tagged code: column to language to text."""
    texts: dict[str, dict[str, str]] = {}
    for key, value in tags.items():
        column, _, language = key.partition(".")
        if column in TEXT_FIELDS and language:
            texts.setdefault(column, {})[language] = value
    if words and tags.get("language"):
        texts.setdefault("definition", {})[tags["language"]] = words
    return texts


def aliases_of(tags: Mapping[str, str]) -> tuple[str, ...]:
    """Return the aliases of a tagged code; none if the tag was tampered with."""
    found = _parsed(tags.get("aliases", "[]"))
    return tuple(str(each) for each in found if isinstance(each, str)) if isinstance(found, list) else ()


def properties_of(tags: Mapping[str, str]) -> tuple[Mapping[str, Mapping[str, str]], ...]:
    """Return the properties of a tagged code, each as name, low and high by language."""
    found = _parsed(tags.get("properties", "[]"))
    if not isinstance(found, list):
        return ()
    return tuple(
        {
            end: {str(tag): str(text) for tag, text in dict(each.get(end) or {}).items()}
            for end in _ENDS
            if isinstance(each.get(end), dict)
        }
        for each in found
        if isinstance(each, dict)
    )


def _property(each: Property) -> dict[str, dict[str, str]]:
    return {end: dict(sorted(getattr(each, end).texts.items())) for end in _ENDS}


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _escaped(value: str) -> str:
    return re.sub(r"[\\\n\r]", lambda sign: _ESCAPED[sign[0]], value)


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", lambda sign: {"n": "\n", "r": "\r"}.get(sign[1], sign[1]), value)
