"""The sentences of problems in the reader's language.

Problems are found where nothing of languages is known, and hold English sentences. Their translations stand in
``locale/<tag>-problems.po`` by template, with numbered values; a sentence is recognised by its template and said
again with its own values. Words that stand as a value, such as why a file cannot be read, have entries of their
own (context ``value``). A sentence that no template fits stays English.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from omnistudy.render.catalogues import read_catalogue, read_problem_catalogue, read_value_words
from omnistudy.render.numbers import PERSIAN_DIGITS, to_persian_digits
from omnistudy.text.direction import RTL_LETTER, terminal_safe

_VALUE = re.compile(r"\{(\d)\}")
_NUMBER = re.compile(r"-?[0-9][0-9,]*(?:\.[0-9]+)?%?")
_SENTENCE_END = re.compile(r"(?<=[.?]) (?=[A-Z'\[]|--)")
_LTR_ISOLATE, _FIRST_STRONG_ISOLATE, _POP = "\u2066", "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A template with values: the expression that recognises its sentences, and how they are said."""

    expression: re.Pattern[str]
    translation: str
    names: frozenset[int]
    """Values that stand in quotation marks: names of the user's, which are never translated."""


@dataclass(frozen=True, slots=True)
class _Sentences:
    """All translations of a kind: sentences without values by their text, patterns by words of their own."""

    fixed: Mapping[str, str]
    patterns: tuple[_Pattern, ...]


@dataclass(frozen=True, slots=True)
class _Speech:
    """What a language says: sentences, words that stand as values in them, and the words of results."""

    sentences: _Sentences
    values: _Sentences
    results: Mapping[str, str]
    persian_digits: bool


def said_in(tag: str, sentences: str) -> str:
    """Return one or more sentences of a problem in a language, their values set apart.

    Parameters
    ----------
    tag
        Language tag; English comes back as it is.
    sentences
        What a problem says: a sentence of the catalogue, or several, each of which is looked up on its own.
    """
    if tag == "en" or not sentences:
        return sentences
    speech = _speech_of(tag)
    if (whole := _said(speech, speech.sentences, sentences)) is not None:
        return whole
    # A suggestion may stand before the choices: "Did you mean 'x'? Use one of x, y."
    parts = _SENTENCE_END.split(sentences)
    said = [_said(speech, speech.sentences, part) for part in parts]
    if not any(said):
        return _apart(sentences)
    return " ".join(_apart(part) if known is None else known for part, known in zip(parts, said, strict=True))


def _apart(text: str) -> str:
    return f"{_LTR_ISOLATE}{terminal_safe(text)}{_POP}"


def _said(speech: _Speech, known: _Sentences, sentence: str) -> str | None:
    if sentence in known.fixed:
        return known.fixed[sentence]
    for pattern in known.patterns:
        if found := pattern.expression.fullmatch(sentence):
            values = [
                _name(value) if at in pattern.names else _value(speech, value)
                for at, value in enumerate(found.groups())
            ]
            parts = _VALUE.split(pattern.translation)  # text, number, text, …
            return "".join(values[int(part)] if at % 2 else part for at, part in enumerate(parts))
    return None


def _name(value: str) -> str:
    return f"{_FIRST_STRONG_ISOLATE}{terminal_safe(value)}{_POP}"


def _value(speech: _Speech, value: str) -> str:
    """Say a value that may itself be words: a phrase, sentences, or words of a result."""
    if not value:
        return ""
    words = value.strip()
    phrase = None
    if words.endswith((".", "?")):
        said = [_said(speech, speech.sentences, part) for part in _SENTENCE_END.split(words)]
        phrase = " ".join(part for part in said if part is not None) if None not in said else None
    if phrase is None:
        bare = words.removesuffix(".")
        phrase = _said(speech, speech.values, bare)
        phrase = None if phrase is None else phrase + words[len(bare) :]
    if phrase is None and " " in words:
        phrase = speech.results.get(words)
    if phrase is not None:
        return phrase
    if _NUMBER.fullmatch(words):
        return _name(to_persian_digits(words) if speech.persian_digits else words)
    named = words.split(", ")
    # Words of somebody else's, such as a reader's, must keep their order; names need the reader's comma.
    if all(" " not in each or RTL_LETTER.search(each) for each in named):
        return "، ".join(map(_name, named))
    return _name(value)


@cache
def _speech_of(tag: str) -> _Speech:
    return _Speech(
        _sentences_of(read_problem_catalogue(tag)),
        _sentences_of(read_value_words(tag)),
        read_catalogue(tag),
        tag in PERSIAN_DIGITS,
    )


def _sentences_of(catalogue: Mapping[str, str]) -> _Sentences:
    templates = sorted(
        (text for text in catalogue if _VALUE.search(text)), key=_words_of_its_own, reverse=True
    )
    return _Sentences(
        MappingProxyType({text: said for text, said in catalogue.items() if not _VALUE.search(text)}),
        tuple(_Pattern(_expression(text), catalogue[text], _names(text)) for text in templates),
    )


def _words_of_its_own(template: str) -> int:
    return len(_VALUE.sub("", template))


def _names(template: str) -> frozenset[int]:
    return frozenset(int(number) for number in re.findall(r"'\{(\d)\}'", template))


def _expression(template: str) -> re.Pattern[str]:
    parts = _VALUE.split(template)  # text, number, text, …
    groups = []
    for at, part in enumerate(parts):
        if at % 2 == 0:
            groups.append(re.escape(part))
        elif at > 1 and not parts[at - 1]:
            groups.append("(.*?)")  # touches the value before it, which takes all there is
        else:
            touched = at + 2 < len(parts) and not parts[at + 1]
            groups.append("(.+)" if touched else "(.+?)")
    return re.compile("".join(groups), re.DOTALL)
