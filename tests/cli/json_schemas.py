"""The shipped JSON Schemas, read for tests: every object, every number that may be null, and validators."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

import omnistudy

FOLDER = Path(omnistudy.__file__).parent / "schemas"
Schema = dict[str, Any]


def names() -> list[str]:
    """Names of the schemas: file names without their version."""
    return sorted(path.stem.removesuffix("-1") for path in FOLDER.glob("*-1.json"))


def schema(name: str) -> Schema:
    found: Schema = json.loads((FOLDER / f"{name}-1.json").read_text(encoding="utf-8"))
    return found


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name))


def faults(answer: dict[str, Any]) -> list[str]:
    """Everything in which an answer differs from the schema that it names, with the place."""
    name = answer["schema"].removeprefix("omnistudy.").removesuffix("/1")
    return [f"{error.json_path}: {_said(error)}" for error in validator(name).iter_errors(answer)]


def _said(error: Any) -> str:
    if error.validator == "anyOf" and "allOf" in error.schema_path:
        return "a number is null without its reason"
    return str(error.message)[-300:]


def objects(part: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    """Every schema of an object inside ``part``, with its place; shared definitions under ``$name``."""
    if "properties" in part:
        yield path, part
    for key, inner in part.get("properties", {}).items():
        yield from objects(inner, f"{path}.{key}")
    for key in ("items", "additionalProperties"):
        if isinstance(part.get(key), dict):
            yield from objects(part[key], f"{path}[]")
    for key, inner in part.get("$defs", {}).items():
        yield from objects(inner, f"${key}")


def reasons(part: Schema) -> dict[str, str]:
    """Number of an object to the key that says why it is null."""
    found = {}
    for rule in part.get("allOf", ()):
        given, numbers = rule["anyOf"]
        (key,) = given["required"]
        found.update(dict.fromkeys(numbers["properties"], key))
    return found


def bare_numbers(part: Schema, path: str) -> Iterator[str]:
    """Numbers that may be null although nothing says that a reason must stand beside them."""
    for place, each in objects(part, path):
        tied = reasons(each)
        for name, inner in each["properties"].items():
            where = f"{place}.{name}"
            if name not in tied and _may_be_null(inner):
                yield where
            yield from _bare_items(inner, where)


def _bare_items(part: Schema, where: str) -> Iterator[str]:
    """Numbers of a list or a map, of lists of lists too, that may be null."""
    each = part.get("items") or part.get("additionalProperties")
    if isinstance(each, dict):
        if _may_be_null(each):
            yield f"{where}[]"
        yield from _bare_items(each, f"{where}[]")


def _may_be_null(part: Schema) -> bool:
    kinds = part.get("type")
    return isinstance(kinds, list) and "null" in kinds and not {"number", "integer"}.isdisjoint(kinds)
