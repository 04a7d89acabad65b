"""Models as codebook files: concepts with labels, definitions and roles, written as TOML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from omnistudy.results import Label
from omnistudy.study.model import Code, Role

TEXTS = ("definition", "include", "exclude")


def written(value: str) -> str:
    """Write a text as a TOML basic string."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def table(name: str, values: Mapping[str, str | int | bool | Label]) -> list[str]:
    """Return the lines of a TOML table; keys are quoted where they are not bare, labels are inline tables."""
    lines = [f"[{name}]"]
    for key, value in values.items():
        bare = key if key.replace("-", "").replace("_", "").isalnum() and key.isascii() else written(key)
        lines.append(f"{bare} = {_value(value)}")
    return [*lines, ""]


def _value(value: str | int | bool | Label) -> str:
    if isinstance(value, Label):
        return texts(value)
    return written(value) if isinstance(value, str) else json.dumps(value)


def texts(label: Label) -> str:
    """Return the texts of a label as an inline table."""
    pairs = ", ".join(f"{tag} = {written(text)}" for tag, text in label.texts.items())
    return f"{{ {pairs} }}" if pairs else '""'


def code_lines(codes: Iterable[tuple[Code, Role | None]]) -> Iterator[str]:
    """Yield one ``[[codes]]`` table per code, with the role that it is given here.

    Examples are left out: they may be words of participants.
    """
    for code, role in codes:
        yield "[[codes]]"
        yield f"id = {written(code.id)}"
        yield f"level = {written(str(code.level))}"
        if code.parent is not None:
            yield f"parent = {written(code.parent)}"
        if role is not None:
            yield f"role = {written(str(role))}"
        yield f"label = {texts(code.label)}"
        for name in TEXTS:
            label: Label = getattr(code, name)
            if label.texts:
                yield f"{name} = {texts(label)}"
        if code.aliases:
            yield f"aliases = [{', '.join(written(alias) for alias in code.aliases)}]"
        yield ""
