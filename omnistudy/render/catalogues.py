"""Translations as they stand in ``locale/``: of results by template, of problems by sentence, of words in these."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

VALUE_CONTEXT = "value"


@cache
def read_catalogue(tag: str) -> Mapping[str, str]:
    """Return the translations in ``locale/<tag>.po``; fuzzy and empty entries count as missing."""
    if tag == "en":
        return MappingProxyType({})
    return MappingProxyType({text: said for _, text, said in _entries(tag, f"{tag}.po")})


@cache
def read_problem_catalogue(tag: str) -> Mapping[str, str]:
    """Return the sentences in ``locale/<tag>-problems.po``; empty entries count as missing."""
    entries = _entries(tag, f"{tag}-problems.po")
    return MappingProxyType({text: said for context, text, said in entries if context is None})


@cache
def read_value_words(tag: str) -> Mapping[str, str]:
    """Return the words that stand as values in sentences: entries of the context ``value``."""
    entries = _entries(tag, f"{tag}-problems.po")
    return MappingProxyType({text: said for context, text, said in entries if context == VALUE_CONTEXT})


@cache
def _entries(tag: str, name: str) -> tuple[tuple[str | None, str, str], ...]:
    """Return context, text and translation of every entry that is finished."""
    from importlib.resources import files
    from io import BytesIO

    from babel.messages.pofile import read_po

    source = files("omnistudy.render").joinpath("locale", name).read_bytes()
    entries = read_po(BytesIO(source), locale=tag, abort_invalid=True)
    return tuple((e.context, str(e.id), str(e.string)) for e in entries if e.id and e.string and not e.fuzzy)
