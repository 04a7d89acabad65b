"""Texts of imported documents as a study stores them, so that reading them gives them back."""

from __future__ import annotations

import re
from collections.abc import Iterable

from omnistudy.formats.reading.imported import ImportedSource
from omnistudy.results import Kind, Message, Number, msg
from omnistudy.text.canonical import NotTextError, canonical_text


def storable(text: str) -> str:
    """Replace what UTF-8 text cannot hold, one code point by one, so that offsets stay."""
    return re.sub("[\0\ud800-\udfff]", "\ufffd", text)


def file_of(text: str) -> bytes:
    """Write canonical text so that reading it gives it back: one leading mark is taken for the file's."""
    return (f"\ufeff{text}" if text.startswith("\ufeff") else text).encode("utf-8")


def unreadable(text: str) -> str:
    """Return why the study could not read a text that was stored as a transcript; empty if it can."""
    try:
        canonical_text(file_of(text))
    except NotTextError as error:
        return error.reason
    return ""


def text_warnings(source: ImportedSource, stored: str) -> Iterable[Message]:
    """Yield what is to be said of a new text and of what had to be stored in its place."""
    if stored != source.text:
        yield msg(
            "'{name}' held characters that no text file can hold; each is now U+FFFD.", name=source.name
        )
    if source.joined_blocks:
        yield msg(
            "In '{name}' {n} paragraphs run into the next: the file counts no line end there.",
            name=source.name,
            n=Number(source.joined_blocks, Kind.COUNT),
        )
