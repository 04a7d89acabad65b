"""The sentences of problems in the reader's language.

Problems are found where nothing of languages is known, and hold English sentences. Their translations stand in
``locale/<tag>-problems.po`` by template, with numbered values; a sentence is recognised by its template and said
again with its own values. One that no template fits stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from omnistudy.text.direction import terminal_safe

_VALUE = re.compile(r"\{(\d)\}")
_LTR_ISOLATE, _FIRST_STRONG_ISOLATE, _POP = "\u2066", "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A template with values: the expression that recognises its sentences, and how they are said."""

    expression: re.Pattern[str]
    translation: str


@dataclass(frozen=True, slots=True)
class _Sentences:
    """All translations of a language: sentences without values by their text, patterns by their first word."""

    fixed: Mapping[str, str]
    patterns: tuple[_Pattern, ...]


def said_in(tag: str, sentences: str) -> str:
    """Return one or two sentences of a problem in a language, their values set apart.

    Parameters
    ----------
    tag
        Language tag; English comes back as it is.
    sentences
        What a problem says: a sentence of the catalogue, or several, each of which is looked up on its own.
    """
    if tag == "en" or not sentences:
        return sentences
    known = _sentences_of(tag)
    if (whole := _said(known, sentences)) is not None:
        return whole
    # A suggestion may stand before the choices: "Did you mean 'x'? Use one of x, y."
    parts = re.split(r"(?<=[.?]) (?=[A-Z])", sentences)
    said = [_said(known, part) for part in parts]
    if len(parts) > 1 and all(part is not None for part in said):
        return " ".join(part for part in said if part is not None)
    return f"{_LTR_ISOLATE}{terminal_safe(sentences)}{_POP}"


def _said(known: _Sentences, sentence: str) -> str | None:
    if sentence in known.fixed:
        return known.fixed[sentence]
    for pattern in known.patterns:
        if found := pattern.expression.fullmatch(sentence):
            values = [f"{_FIRST_STRONG_ISOLATE}{terminal_safe(value)}{_POP}" for value in found.groups()]
            parts = _VALUE.split(pattern.translation)  # text, number, text, …
            return "".join(values[int(part)] if at % 2 else part for at, part in enumerate(parts))
    return None


@cache
def _sentences_of(tag: str) -> _Sentences:
    catalogue = read_problem_catalogue(tag)
    templates = sorted(
        (text for text in catalogue if _VALUE.search(text)), key=_words_of_its_own, reverse=True
    )
    return _Sentences(
        MappingProxyType({text: said for text, said in catalogue.items() if not _VALUE.search(text)}),
        tuple(_Pattern(_expression(text), catalogue[text]) for text in templates),
    )


def _words_of_its_own(template: str) -> int:
    return len(_VALUE.sub("", template))


def _expression(template: str) -> re.Pattern[str]:
    parts = _VALUE.split(template)  # text, number, text, …
    return re.compile(
        "".join("(.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)), re.DOTALL
    )


@cache
def read_problem_catalogue(tag: str) -> Mapping[str, str]:
    """Return the translations in ``locale/<tag>-problems.po``; empty entries count as missing."""
    from importlib.resources import files
    from io import BytesIO

    from babel.messages.pofile import read_po

    source = files("omnistudy.render").joinpath("locale", f"{tag}-problems.po").read_bytes()
    entries = read_po(BytesIO(source), locale=tag, abort_invalid=True)
    return MappingProxyType({str(e.id): str(e.string) for e in entries if e.id and e.string and not e.fuzzy})
